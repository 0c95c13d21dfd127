"""What is asked of a record, in words: a condition as a list of phrases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import grammar as g
from .describe import Describer
from .nodes import condition_parts, meant_by, quantity_of, words_of
from .plan import NodeInfo

if TYPE_CHECKING:
    from .assessment import Assessment

__all__ = ["Asked", "Phrase"]


@dataclass(frozen=True)
class Phrase:
    """Something that is asked of a record.

    Attributes
    ----------
    text : str
    column : str
        What the tested column is called; empty where several are.
    words : tuple of str
        The labels of the words that the test names, however many they are.
    need : int or None
        How many of them a set must have.
    joined : bool
        Whether the text joins alternatives.
    """

    text: str
    column: str = ""
    words: tuple[str, ...] = ()
    need: int | None = None
    joined: bool = False


class Asked:
    """Says what the criteria of an assessment's framework ask of records, under its readings."""

    def __init__(self, assessment: Assessment, describe: Describer) -> None:
        self._document = assessment.framework.document
        self._readings = assessment.readings
        self._describe = describe
        self._infos: dict[tuple[int, int | None], NodeInfo] = {
            (id(info.form), info.level): info for info in assessment._plan.nodes
        }

    def of_criterion(self, form: Any, sheet: g.Sheet | None) -> list[Phrase]:
        """What a criterion asks of a record; nothing where it asks no records itself or takes any.

        Parameters
        ----------
        form : object
            The criterion, of the grammar.
        sheet : Sheet, optional
            The sheet that it stands on.
        """
        form = self.chosen(form)
        if not isinstance(form, g.QuantityCriterion):
            return []
        return self._of(quantity_of(form)[1].where, *_at(sheet))

    def of_nested(self, nested: g.Nested, sheet: g.Sheet | None) -> list[Phrase]:
        """What an "of which" asks on top."""
        return self._of(nested.where, *_at(sheet))

    def name_of_nested(self, nested: g.Nested, sheet: g.Sheet | None) -> str:
        """What an "of which" is called, else what it asks."""
        form = self.chosen(nested.where)
        if isinstance(form, g.ConditionRef):
            meant = meant_by(form, *_at(sheet), self._document)
            if meant is not None and meant[0].label is not None:
                return self._name(form, meant[0], meant[2])
        return self._text(self.of_nested(nested, sheet))

    def of_node(self, info: NodeInfo) -> str:
        """A condition in one phrase, also where it has no name."""
        name = self._describe.condition(info)
        return name or self._text(self._of(info.form, info.level, info.local))

    def tests(self, info: NodeInfo) -> list[NodeInfo]:
        """Every column test of a condition."""
        return list(self._tests(info.form, info.level, info.local))

    def is_hopeless(self, info: NodeInfo) -> bool:
        """Whether nothing satisfies a condition, whatever it says of columns."""
        return not info.name and self._phrases(info.form, info.level, info.local) is None

    def chosen(self, form: Any) -> Any:
        """The form that the readings choose."""
        while isinstance(form, g.ChooseCondition | g.ChooseCriterion):
            form = form.choices[self._readings[form.choose]]
        return form

    def _text(self, phrases: list[Phrase]) -> str:
        if not phrases:
            return str(self._describe.say["tests"]["always"])
        if len(phrases) == 1:
            return phrases[0].text
        group = self._describe.say["group"]
        texts = [group.format(text=phrase.text) if phrase.joined else phrase.text for phrase in phrases]
        return str(self._describe.say["and"].join(texts))

    def _inside(self, phrases: list[Phrase]) -> str:
        """A text that belongs together also where something stands beside it."""
        text = self._text(phrases)
        several = len(phrases) > 1 or phrases[0].joined
        return str(self._describe.say["group"].format(text=text)) if several else text

    def _of(self, form: Any, level: int | None, local: Mapping[str, Any]) -> list[Phrase]:
        phrases = self._phrases(form, level, local)
        return [Phrase(str(self._describe.say["tests"]["never"]))] if phrases is None else phrases

    def _phrases(self, form: Any, level: int | None, local: Mapping[str, Any]) -> list[Phrase] | None:
        """What a condition asks: nothing where everything will do, None where nothing does."""
        form = self.chosen(form)
        if isinstance(form, g.Always):
            return [] if form.always else None
        if isinstance(form, g.ColumnTest):
            return self._test(form, level)
        if isinstance(form, g.ConditionRef):
            return self._named(form, level, local)
        if isinstance(form, g.NoneOf):
            inner = self._phrases(form.not_, level, local)
            if not inner:
                return None if inner is not None else []
            return [Phrase(self._describe.say["tests"]["not"].format(test=self._inside(inner)))]
        parts = form.all if isinstance(form, g.AllOf) else form.any if isinstance(form, g.AnyOf) else form.of
        asked = [self._phrases(part, level, local) for part in parts]
        if isinstance(form, g.AllOf):
            known = [phrases for phrases in asked if phrases is not None]
            return [p for phrases in known for p in phrases] if len(known) == len(asked) else None
        return self._some(form, [phrases for phrases in asked if phrases is not None])

    def _some(self, form: Any, asked: list[list[Phrase]]) -> list[Phrase] | None:
        """Alternatives, without those that nothing satisfies."""
        say = self._describe.say
        need = 1 if isinstance(form, g.AnyOf) else form.at_least
        need -= sum(not phrases for phrases in asked)
        if need <= 0:
            return []
        left = [phrases for phrases in asked if phrases]
        if len(left) < need:
            return None
        if len(left) == need:
            return [phrase for phrases in left for phrase in phrases]
        joined = say["or"].join(map(self._inside, left))
        text = joined if need == 1 else say["tests"]["items"].format(need=need, words=joined)
        return [Phrase(text, joined=True)]

    def _test(self, form: g.ColumnTest, level: int | None) -> list[Phrase]:
        info = self._infos[id(form), level]
        column = self._document.tables[info.table or ""].columns[form.column]
        names: list[str] = []
        if column.vocabulary is not None and (form.items or form.in_):
            names = words_of(form.items or form.in_ or [], self._document.vocabularies[column.vocabulary])
        words = tuple(self._describe.label("word", f"{column.vocabulary}.{name}") for name in names)
        called, several = self._describe.column(info), len(form.model_fields_set - {"column", "need"}) > 1
        return [Phrase(self._describe.condition(info), called, words, info.need, several)]

    def _named(
        self, form: g.ConditionRef, level: int | None, local: Mapping[str, Any]
    ) -> list[Phrase] | None:
        meant = meant_by(form, level, local, self._document)
        if meant is None:
            return None
        named, inner, target, inner_local = meant
        inner = self.chosen(inner)
        phrases = self._phrases(inner, target, inner_local)
        if not phrases or named.label is None or not isinstance(inner, g.AnyOf | g.AtLeastOf | g.NoneOf):
            return phrases
        return [Phrase(self._name(form, named, target))]  # alternatives are many: their name says enough

    def _name(self, form: g.ConditionRef, named: Any, level: int | None) -> str:
        return self._describe.condition(NodeInfo(form, named.table, level, form.condition, named.label))

    def _tests(self, form: Any, level: int | None, local: Mapping[str, Any]) -> Iterator[NodeInfo]:
        form = self.chosen(form)
        if isinstance(form, g.ColumnTest):
            yield self._infos[id(form), level]
        elif isinstance(form, g.ConditionRef):
            meant = meant_by(form, level, local, self._document)
            if meant is not None:
                yield from self._tests(*meant[1:])
        else:
            for part in condition_parts(form):
                yield from self._tests(part, level, local)


def _at(sheet: g.Sheet | None) -> tuple[int | None, Mapping[str, Any]]:
    """The level and the conditions of a sheet, which nothing has that stands outside of sheets."""
    return (sheet.level, sheet.conditions) if sheet else (None, {})
