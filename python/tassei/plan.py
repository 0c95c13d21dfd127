"""A framework under chosen readings, built as the core's plain values and compiled.

Every node gets a number; `Plan.nodes` says by that number what the framework file says there, so that
explanations can name what the core only numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import _core
from . import grammar as g
from .nodes import meant_by, quantity_of, words_of

__all__ = ["NodeInfo", "Plan", "build", "is_cumulative"]

_CORE_TYPES = {name: getattr(_core.ColumnType, name) for name in _core.ColumnType.__members__}


@dataclass(frozen=True)
class NodeInfo:
    """What stands in the framework file at a numbered node.

    Attributes
    ----------
    form : object
        The grammar's node.
    table : str or None
        The table whose records are meant.
    level : int or None
        The level at which a named condition is meant.
    name : str or None
        The name of a named condition.
    label : dict or None
        Its label by language.
    need : int or None
        How many parts or items have to hold.
    local : dict
        The conditions of the node's own sheet, by name, where it may refer to them.
    """

    form: Any
    table: str | None = None
    level: int | None = None
    name: str | None = None
    label: Mapping[str, str] | None = None
    need: int | None = None
    local: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CriterionColumn:
    """A top criterion of a sheet: a column of the criteria table."""

    sheet: int
    specialty: str
    level: int
    criterion: str
    required: float
    unit: str


@dataclass(frozen=True)
class Plan:
    """A compiled framework.

    Attributes
    ----------
    core : object
        The compiled plan of the core.
    nodes : list of NodeInfo
        By number.
    columns : list of CriterionColumn
        The top criteria of all sheets, in the order of the core.
    """

    core: Any
    nodes: list[NodeInfo]
    columns: list[CriterionColumn]
    readings: Mapping[str, Any] = field(default_factory=dict)


def build(document: g.Document, readings: Mapping[str, Any]) -> Plan:
    """Compiles a checked document under readings, which name a choice for every reading."""
    return _Builder(document, readings).build()


def is_cumulative(document: g.Document, readings: Mapping[str, Any]) -> bool:
    """Whether a level holds only with those below it."""
    return bool(_chosen(document.rules.cumulative, readings))


def _chosen(value: Any, readings: Mapping[str, Any]) -> Any:
    if not isinstance(value, g.Choose):
        return value
    choice = readings[value.choose]
    return choice if value.choices is None else value.choices[choice]


class _Builder:
    def __init__(self, document: g.Document, readings: Mapping[str, Any]) -> None:
        self.document = document
        self.readings = readings
        self.nodes: list[NodeInfo] = []
        self.tables = list(document.tables)
        self.sheet_places = {(s.specialty, s.level): i for i, s in enumerate(document.sheets)}

    def chosen(self, value: Any) -> Any:
        return _chosen(value, self.readings)

    def number(self, info: NodeInfo) -> int:
        self.nodes.append(info)
        return len(self.nodes) - 1

    # --- the whole -----------------------------------------------------------------------------

    def build(self) -> Plan:
        d = self.document
        rules = d.rules
        years = self.chosen(rules.recency_years) if rules.recency_years else None
        sheets, columns = [], []
        for i, sheet in enumerate(d.sheets):
            criteria = []
            for name, criterion in sheet.criteria.items():
                weight = sheet.weights.get(name, d.criteria[name].weight)
                criteria.append(
                    _core.SheetCriterion(
                        name, self.criterion(criterion, sheet.level, sheet.conditions), weight
                    )
                )
                required, unit = self.measure(criterion)
                columns.append(CriterionColumn(i, sheet.specialty, sheet.level, name, required, unit))
            sheets.append(_core.Sheet(list(d.specialties).index(sheet.specialty), sheet.level, criteria))
        deemings = []
        if self.chosen(rules.deeming):
            deemings = [
                _core.Deeming(
                    self.criterion(deeming.when, None, {}),
                    [self.sheet_places[(s.specialty, s.level)] for s in deeming.sheets],
                )
                for deeming in d.deeming
            ]
        framework = _core.Framework(
            d.id,
            [self.table(name, table) for name, table in d.tables.items()],
            [self.specialty(name, specialty) for name, specialty in d.specialties.items()],
            sheets,
            deemings,
            is_cumulative(d, self.readings),
            0 if years in (None, "none") else int(years) * d.rules.days_per_year,
        )
        core = _core.compile(framework)
        return Plan(core, self.nodes, columns, dict(self.readings))

    def table(self, name: str, table: g.Table) -> Any:
        roles = {c.role: i for i, c in enumerate(table.columns.values()) if c.role}
        columns = [
            _core.Column(
                column_id,
                _CORE_TYPES[column.type],
                len(self.document.vocabularies[column.vocabulary].words) if column.vocabulary else 0,
            )
            for column_id, column in table.columns.items()
        ]
        of_roles = {
            role: roles.get(role, -1) for role in ("start", "end", "date", "identity", "verification")
        }
        return _core.TableModel(name, columns, unique=table.unique, **of_roles)

    def specialty(self, name: str, specialty: g.Specialty) -> Any:
        if specialty.grade is None:
            return _core.Specialty(name, -1, [])
        named = self.document.conditions[specialty.grade]
        reference = g.ConditionRef(condition=specialty.grade)
        levels = sorted(s.level for s in self.document.sheets if s.specialty == name)
        grades = [
            _core.Grade(level, self.condition(reference, named.table, level, {}))
            for level in levels
            if named.levels is None or level in named.levels
        ]
        return _core.Specialty(name, self.tables.index(named.table), grades)

    # --- criteria ------------------------------------------------------------------------------

    def measure(self, node: Any) -> tuple[float, str]:
        """What a top criterion requires, and of what unit."""
        if isinstance(node, g.ChooseCriterion):
            return self.measure(node.choices[self.readings[node.choose]])
        if isinstance(node, g.DurationCriterion):
            return self.days(node.duration), "days"
        if isinstance(node, g.LongestCriterion):
            return self.days(node.longest), "days"
        if isinstance(node, g.CountCriterion):
            return float(self.chosen(node.count.at_least)), node.count.unit
        if isinstance(node, g.DistinctCriterion):
            return float(self.chosen(node.distinct.at_least)), node.distinct.unit
        return 1.0, "yes_no"

    def days(self, node: g.Duration | g.Longest) -> float:
        span = self.chosen(node.at_least)
        if span.days is not None:
            return float(span.days)
        return float(math.ceil(span.years * self.document.rules.days_per_year))

    def criterion(self, node: Any, level: int | None, local: Mapping[str, Any]) -> Any:
        if isinstance(node, g.ChooseCriterion):
            return self.criterion(node.choices[self.readings[node.choose]], level, local)
        core = _core.Criterion
        if isinstance(node, g.AlwaysCriterion):
            return core.constant(True, self.number(NodeInfo(node, level=level)))
        if isinstance(node, g.SheetCriterion):
            place = self.sheet_places[(node.sheet.specialty, node.sheet.level)]
            return core.other_sheet(place, self.number(NodeInfo(node, level=level)))
        if isinstance(node, g.NotCriterion):
            part = self.criterion(node.not_, level, local)
            return core.negation(part, self.number(NodeInfo(node, level=level)))
        if isinstance(node, g.AllCriterion | g.AnyCriterion | g.SomeOfCriterion | g.AtLeastCriterion):
            if isinstance(node, g.AllCriterion):
                parts, need = node.all, len(node.all)
            elif isinstance(node, g.AnyCriterion):
                parts, need = node.any, 1
            elif isinstance(node, g.SomeOfCriterion):
                parts, need = node.some_of, int(self.chosen(self.document.rules.some_of))
            else:
                parts, need = node.of, node.at_least
            built = [self.criterion(part, level, local) for part in parts]
            return core.at_least(need, built, self.number(NodeInfo(node, level=level, need=need)))
        quantity = quantity_of(node)[1]
        table = self.tables.index(quantity.table)
        where = self.condition(quantity.where, quantity.table, level, local)
        at = self.number(NodeInfo(node, quantity.table, level))
        if isinstance(quantity, g.Some):
            return core.some(table, where, at)
        if isinstance(quantity, g.Duration):
            united = self.chosen(quantity.overlap) == "union"
            return core.duration(table, where, self.days(quantity), united, at)
        if isinstance(quantity, g.Longest):
            return core.longest(table, where, self.days(quantity), at)
        required = float(self.chosen(quantity.at_least))
        if isinstance(quantity, g.Distinct):
            column = list(self.document.tables[quantity.table].columns).index(quantity.column)
            return core.distinct(table, column, where, required, at)
        nested = [
            _core.Nested(
                self.condition(part.where, quantity.table, level, local),
                float(self.chosen(part.at_least)),
            )
            for part in quantity.of_which
        ]
        return core.count(table, where, required, nested, at)

    # --- conditions ----------------------------------------------------------------------------

    def condition(self, node: Any, table: str, level: int | None, local: Mapping[str, Any]) -> Any:
        if isinstance(node, g.ChooseCondition):
            return self.condition(node.choices[self.readings[node.choose]], table, level, local)
        core = _core.Condition
        if isinstance(node, g.Always):
            return core.constant(node.always, self.number(NodeInfo(node, table, level)))
        if isinstance(node, g.ColumnTest):
            return self.column_test(node, table, level)
        if isinstance(node, g.NoneOf):
            part = self.condition(node.not_, table, level, local)
            return core.negation(part, self.number(NodeInfo(node, table, level, local=local)))
        if isinstance(node, g.ConditionRef):
            return self.named(node, table, level, local)
        if isinstance(node, g.AllOf):
            parts, need = node.all, len(node.all)
        elif isinstance(node, g.AnyOf):
            parts, need = node.any, 1
        else:
            parts, need = node.of, node.at_least
        built = [self.condition(part, table, level, local) for part in parts]
        info = NodeInfo(node, table, level, need=need, local=local)
        return core.at_least(need, built, self.number(info))

    def named(self, node: g.ConditionRef, table: str, level: int | None, local: Mapping[str, Any]) -> Any:
        meant = meant_by(node, level, local, self.document)
        if meant is None:
            return _core.Condition.constant(False, self.number(NodeInfo(node, table, level)))
        named, form, target, inner = meant
        part = self.condition(form, table, target, inner)
        info = NodeInfo(node, table, target, node.condition, named.label)
        return _core.Condition.at_least(1, [part], self.number(info))

    def column_test(self, node: g.ColumnTest, table: str, level: int | None) -> Any:
        columns = self.document.tables[table].columns
        at = list(columns).index(node.column)
        column = columns[node.column]
        core = _core.Condition
        if column.type == "number":
            low, low_open = _tighter(node.at_least, node.more_than, max)
            high, high_open = _tighter(node.at_most, node.less_than, min)
            info = NodeInfo(node, table, level)
            return core.between(at, low, high, low_open, high_open, self.number(info))
        vocabulary = self.document.vocabularies[column.vocabulary or ""]
        words = list(vocabulary.words)
        if column.type == "set":
            items = words_of(node.items or [], vocabulary)
            need = self.chosen(node.need)
            count = {
                "any": 1,
                "all": len(items),
                "some": int(self.chosen(self.document.rules.some_of)),
            }.get(need, need)
            info = NodeInfo(node, table, level, need=count)
            return core.contains(at, [words.index(item) for item in items], count, self.number(info))
        allowed = list(range(len(words)))
        if node.is_ is not None:
            allowed = [i for i in allowed if words[i] == node.is_]
        if node.in_ is not None:
            chosen = set(words_of(node.in_, vocabulary))
            allowed = [i for i in allowed if words[i] in chosen]
        if node.at_least is not None:
            allowed = [i for i in allowed if i >= words.index(str(node.at_least))]
        if node.at_most is not None:
            allowed = [i for i in allowed if i <= words.index(str(node.at_most))]
        return core.one_of(at, allowed, self.number(NodeInfo(node, table, level)))


def _tighter(closed: Any, open_: Any, pick: Any) -> tuple[float, bool]:
    """The tighter of a closed and an open end; infinite where there is neither."""
    ends = [(float(closed), False)] if closed is not None else []
    ends += [(float(open_), True)] if open_ is not None else []
    if not ends:
        return (-math.inf if pick is max else math.inf), False
    value = pick(end[0] for end in ends)
    return value, any(is_open for end, is_open in ends if end == value)
