"""What is asked of a record, in words: a condition as a list of phrases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import grammar as g
from .describe import Describer
from .nodes import level_of, quantity_of
from .plan import NodeInfo

if TYPE_CHECKING:
    from .assessment import Assessment

__all__ = ["Asked"]


class Asked:
    """Says what the criteria of an assessment's framework ask of records, under its readings."""

    def __init__(self, assessment: Assessment, describe: Describer) -> None:
        self._document = assessment.framework.document
        self._levels = sorted(self._document.levels)
        self._readings = assessment.readings
        self._describe = describe
        self._infos: dict[tuple[int, int | None], NodeInfo] = {
            (id(info.form), info.level): info for info in assessment._plan.nodes
        }

    def of_criterion(self, form: Any, sheet: g.Sheet | None) -> list[str]:
        """What a criterion asks of a record; nothing where it asks no records itself.

        Parameters
        ----------
        form : object
            The criterion, of the grammar.
        sheet : Sheet, optional
            The sheet that it stands on.
        """
        form = self.chosen(form)
        if not isinstance(
            form, g.SomeCriterion | g.DurationCriterion | g.CountCriterion | g.DistinctCriterion
        ):
            return []
        level, local = (sheet.level, sheet.conditions) if sheet else (None, {})
        return self._phrases(quantity_of(form)[1].where, level, local)

    def of_nested(self, nested: g.Nested, sheet: g.Sheet | None) -> list[str]:
        """What an "of which" asks on top."""
        level, local = (sheet.level, sheet.conditions) if sheet else (None, {})
        return self._phrases(nested.where, level, local)

    def of_node(self, info: NodeInfo) -> str:
        """A condition in one phrase, also where it has no name."""
        return self._describe.condition(info) or self._describe.say["and"].join(
            self._phrases(info.form, info.level, {})
        )

    def chosen(self, form: Any) -> Any:
        """The form that the readings choose."""
        while isinstance(form, g.ChooseCondition | g.ChooseCriterion):
            form = form.choices[self._readings[form.choose]]
        return form

    def _phrases(self, form: Any, level: int | None, local: Mapping[str, Any]) -> list[str]:
        form = self.chosen(form)
        say = self._describe.say
        if isinstance(form, g.Always):
            return []
        if isinstance(form, g.ColumnTest):
            info = self._infos.get((id(form), level))
            return [self._describe.condition(info)] if info else []
        if isinstance(form, g.AllOf):
            return [phrase for part in form.all for phrase in self._phrases(part, level, local)]
        if isinstance(form, g.ConditionRef):
            return self._named(form, level, local)
        if isinstance(form, g.NoneOf):
            return [say["tests"]["not"].format(test=say["and"].join(self._phrases(form.not_, level, local)))]
        parts = form.any if isinstance(form, g.AnyOf) else form.of
        texts = [say["and"].join(self._phrases(part, level, local)) for part in parts]
        if isinstance(form, g.AnyOf):
            return [say["or"].join(filter(None, texts))]
        return [say["tests"]["items"].format(need=form.at_least, words=say["or"].join(filter(None, texts)))]

    def _named(self, form: g.ConditionRef, level: int | None, local: Mapping[str, Any]) -> list[str]:
        target, exists = level_of(form, level, self._levels)
        if not exists:
            return []
        named = local.get(form.condition) or self._document.conditions[form.condition]
        levels = getattr(named, "levels", None)
        inner = self.chosen(levels[target] if levels is not None else named.when)
        if isinstance(inner, g.AllOf | g.ColumnTest | g.ConditionRef | g.Always) or named.label is None:
            return self._phrases(inner, target, local if form.condition in local else {})
        if self._is_free(inner, target):
            return []
        return [self._describe.condition(NodeInfo(form, named.table, target, form.condition, named.label))]

    def _is_free(self, form: Any, level: int | None) -> bool:
        """Whether one of the alternatives asks nothing."""
        return isinstance(form, g.AnyOf) and any(not self._phrases(part, level, {}) for part in form.any)
