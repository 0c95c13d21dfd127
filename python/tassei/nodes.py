"""Walking the nodes of a framework file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import grammar as g

__all__ = [
    "QUANTITIES",
    "condition_parts",
    "conditions_under",
    "criterion_parts",
    "level_of",
    "meant_by",
    "parts_of",
    "quantity_of",
    "sheets_under",
    "words_of",
]


QUANTITIES = ("some", "duration", "longest", "count", "distinct")  # forms that ask records


def words_of(words: str | list[str], vocabulary: g.Vocabulary) -> list[str]:
    """Words and groups, spelled out; each word once, in the order given."""
    found: dict[str, None] = {}
    for word in [words] if isinstance(words, str) else words:
        found.update(dict.fromkeys(vocabulary.groups.get(word, [word])))
    return list(found)


def level_of(node: g.ConditionRef, level: int | None, levels: list[int]) -> tuple[int | None, bool]:
    """The level that a reference means, and whether there is such a level."""
    if node.level is not None:
        return node.level, True
    step = (node.above or 0) - (node.below or 0)
    if step == 0 or level is None:
        return level, True
    at = levels.index(level) + step
    return (levels[at], True) if 0 <= at < len(levels) else (None, False)


def meant_by(
    node: g.ConditionRef, level: int | None, local: Mapping[str, Any], document: g.Document
) -> tuple[Any, Any, int | None, Mapping[str, Any]] | None:
    """What a reference leads to: the named condition, its form there, its level, and what it may refer to.

    None where there is no such level. `local` are the conditions of the sheet, by name.
    """
    target, exists = level_of(node, level, sorted(document.levels))
    if not exists:
        return None
    named = local.get(node.condition) or document.conditions[node.condition]
    levels = getattr(named, "levels", None)
    form = levels[target] if levels is not None else named.when
    return named, form, target, local if node.condition in local else {}


def quantity_of(node: Any) -> tuple[str, Any]:
    """The form's key and the quantity under it."""
    for name in QUANTITIES:
        if name in type(node).model_fields:
            return name, getattr(node, name)
    raise TypeError(f"{type(node).__name__} asks for no quantity")


def parts_of(node: Any) -> tuple[str, list[Any]]:
    for name in ("all", "any", "of", "some_of"):
        if name in type(node).model_fields:
            return name, getattr(node, name)
    raise TypeError(f"{type(node).__name__} has no parts")


def condition_parts(node: Any) -> list[Any]:
    if isinstance(node, g.ChooseCondition):
        return list(node.choices.values())
    if isinstance(node, g.NoneOf):
        return [node.not_]
    if isinstance(node, g.Always | g.ColumnTest | g.ConditionRef):
        return []
    return parts_of(node)[1]


def criterion_parts(node: Any) -> list[tuple[tuple[str | int, ...], Any]]:
    if isinstance(node, g.ChooseCriterion):
        return [(("choices", choice), part) for choice, part in node.choices.items()]
    if isinstance(node, g.NotCriterion):
        return [(("not",), node.not_)]
    if isinstance(node, g.AllCriterion | g.AnyCriterion | g.SomeOfCriterion | g.AtLeastCriterion):
        name, parts = parts_of(node)
        return [((name, i), part) for i, part in enumerate(parts)]
    return []


def conditions_under(node: Any) -> list[tuple[tuple[str | int, ...], Any]]:
    """The conditions of a criterion, with their paths below it."""
    if isinstance(node, g.QuantityCriterion):
        name, quantity = quantity_of(node)
        nested = enumerate(getattr(quantity, "of_which", []))
        return [
            ((name, "where"), quantity.where),
            *(((name, "of_which", i, "where"), part.where) for i, part in nested),
        ]
    return [
        ((*keys, *inner), c) for keys, part in criterion_parts(node) for inner, c in conditions_under(part)
    ]


def sheets_under(node: Any) -> list[g.SheetId]:
    if isinstance(node, g.SheetCriterion):
        return [node.sheet]
    return [s for _, part in criterion_parts(node) for s in sheets_under(part)]
