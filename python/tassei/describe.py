"""Framework nodes in words, from the framework's labels and the phrases of ``explain.yaml``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from . import grammar as g
from .framework import Framework
from .nodes import words_of
from .plan import NodeInfo

__all__ = ["Describer", "Tree", "cell_text", "number", "phrases"]


@cache
def _phrases() -> dict[str, Any]:
    text = (files("tassei") / "explain.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data


def phrases(lang: str) -> dict[str, Any]:
    """The phrases of a language; English where there are none."""
    every = _phrases()
    found: dict[str, Any] = every.get(lang, every["en"])
    return found


def number(value: float) -> str:
    """1,095 for 1095.0; at most two decimals.

    >>> number(1095.0), number(0.125)
    ('1,095', '0.12')
    """
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def cell_text(say: Mapping[str, Any], cell: Any) -> str:
    """A cell in words."""
    if isinstance(cell, list):
        return str(say["and"]).join(cell) or "–"
    return number(cell) if isinstance(cell, float) else str(cell)


class Describer:
    """Says in one language what a framework asks."""

    listed = 4  # longer lists stand on the sheet; a sentence only counts them

    def __init__(self, framework: Framework, lang: str) -> None:
        self.framework = framework
        self.lang = lang
        self.say = phrases(lang)

    def label(self, kind: str, name: Any) -> str:
        return self.framework.label(kind, name, self.lang)

    def text(self, labels: Any) -> str:
        """A label of the file in this language, else in any."""
        return str(labels.get(self.lang) or next(iter(labels.values())))

    def column(self, info: NodeInfo) -> str:
        return self.label("column", f"{info.table}.{info.form.column}")

    def condition(self, info: NodeInfo) -> str:
        """A named condition's label with its level, or a test in words."""
        if info.label is not None:
            label = self.text(info.label)
            if info.level is None:
                return label
            return str(self.say["at"].format(label=label, level=self.label("level", info.level)))
        if isinstance(info.form, g.ColumnTest):
            return f"{self.column(info)}: {self.test(info)}"
        return str(info.name or "")

    def test(self, info: NodeInfo) -> str:
        """What a column is asked."""
        form, say = info.form, self.say["tests"]
        column = self.framework.document.tables[info.table or ""].columns[form.column]
        if column.type == "number":
            return self.interval(form, column.unit)
        vocabulary = self.framework.document.vocabularies[column.vocabulary or ""]

        def word(name: Any) -> str:
            return self.label("word", f"{column.vocabulary}.{name}")

        def words(names: Any) -> str:
            found = words_of(names, vocabulary)
            if len(found) > self.listed:
                return str(say["many"].format(count=len(found)))
            return str(self.say["and"]).join(word(name) for name in found)

        if form.items is not None:
            count = len(words_of(form.items, vocabulary))
            kind = "any_items" if info.need == 1 else "all_items" if info.need == count else "items"
            return str(say[kind].format(need=info.need, words=words(form.items)))
        texts = []
        if form.is_ is not None:
            texts.append(say["is"].format(word=word(form.is_)))
        if form.in_ is not None:
            texts.append(say["in"].format(words=words(form.in_)))
        for bound in ("at_least", "at_most"):
            if getattr(form, bound) is not None:
                texts.append(say[bound].format(word=word(getattr(form, bound))))
        return str(self.say["and"]).join(texts)

    def interval(self, form: g.ColumnTest, unit: str | None) -> str:
        ends = [
            f"{sign} {number(float(bound))}"
            for sign, bound in (
                ("≥", form.at_least), (">", form.more_than), ("≤", form.at_most), ("<", form.less_than),
            )
            if bound is not None
        ]  # fmt: skip
        return str(self.say["and"]).join(ends) + (f" {unit}" if unit else "")

    def criterion(self, info: NodeInfo) -> str:
        """What a part of a criterion is called."""
        form = info.form
        if getattr(form, "label", None):
            return self.text(form.label)
        say = self.say["parts"]
        if isinstance(form, g.AllCriterion):
            return str(say["all"])
        if isinstance(form, g.AnyCriterion):
            return str(say["any"])
        if isinstance(form, g.SomeOfCriterion | g.AtLeastCriterion):
            return str(say["at_least"].format(need=info.need))
        if isinstance(form, g.NotCriterion):
            return str(say["not"])
        if isinstance(form, g.SheetCriterion):
            return str(
                say["sheet"].format(
                    specialty=self.label("specialty", form.sheet.specialty),
                    level=self.label("level", form.sheet.level),
                )
            )
        if info.table is not None:
            return str(self.say["some"].format(record=self.label("record", info.table)))
        return ""


class Tree:
    """Obstacles as the core lists them, node before parts, as a tree again."""

    def __init__(self, obstacles: Any, nodes: list[NodeInfo]) -> None:
        self.items = [(o.depth, nodes[o.id] if o.id >= 0 else None, o.truth) for o in obstacles]

    def parts(self, place: int) -> Iterator[int]:
        depth = self.items[place][0]
        for i in range(place + 1, len(self.items)):
            if self.items[i][0] <= depth:
                return
            if self.items[i][0] == depth + 1:
                yield i
