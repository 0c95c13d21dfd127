"""Whether the rules of a framework file can be evaluated: conditions, criteria and sheets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from . import grammar as g
from .error import listed
from .nodes import parts_of, quantity_of, words_of

__all__ = ["LARGEST_SET", "RuleChecker"]

LARGEST_SET = 64  # words that the core keeps as bits
_TESTS = {
    "ordinal": {"is_", "in_", "at_least", "at_most"},
    "category": {"is_", "in_"},
    "set": {"items", "need"},
    "number": {"at_least", "at_most", "more_than", "less_than"},
    "text": set(), "date": set(),
}  # fmt: skip
_SPELLED = {"is_": "is", "in_": "in"}


class RuleChecker:
    """Checks everything of a file that says what is asked.

    Parameters
    ----------
    document : grammar.Document
    say : callable
        Takes a message and a hint, for the place where we are.
    at : callable
        Context manager that moves the place by some keys.
    known : callable
        Whether a word is among options; says so if not.
    """

    def __init__(
        self,
        document: g.Document,
        say: Callable[..., None],
        at: Callable[..., AbstractContextManager[None]],
        known: Callable[..., bool],
    ) -> None:
        self.document = document
        self.say = say
        self.at = at
        self.known = known
        self.levels = sorted(document.levels)
        self.places = {(sheet.specialty, sheet.level) for sheet in document.sheets}

    def run(self) -> None:
        d = self.document
        with self.at("rules"):
            self.rules()
        for name, condition in d.conditions.items():
            with self.at("conditions", name):
                self.named_condition(condition)
        for name, specialty in d.specialties.items():
            if specialty.grade is not None:
                with self.at("specialties", name, "grade"):
                    self.known(specialty.grade, d.conditions, "condition")
        self.sheets()
        for i, deeming in enumerate(d.deeming):
            with self.at("deeming", i):
                with self.at("when"):
                    self.criterion(deeming.when, None, {})
                for j, sheet in enumerate(deeming.sheets):
                    with self.at("sheets", j):
                        self.sheet_id(sheet)

    def rules(self) -> None:
        rules = self.document.rules
        for name in ("some_of", "cumulative", "deeming"):
            with self.at(name):
                self.value(getattr(rules, name), ())
        if rules.recency_years is not None:
            with self.at("recency_years", "choose"):
                name = rules.recency_years.choose
                if self.known(name, self.document.readings, "reading"):
                    reading = self.document.readings[name]
                    if not reading.number:
                        self.say(f"the reading {name!r} is not a number", "declare it with number: true")
            if rules.recency_years.choices is not None:
                with self.at("recency_years", "choices"):
                    self.say("the number itself is meant: no choices")

    def value(self, value: Any, words: Iterable[str]) -> None:
        """A value that a reading may choose; `words` are what a choice's own name may be."""
        if not isinstance(value, g.Choose):
            return
        if not self.chooser(value.choose):
            return
        choices = self.document.readings[value.choose].choices
        if value.choices is not None:
            self.choices(value.choices, value.choose)
        elif not set(choices) <= set(words):
            self.say(f"the choices of {value.choose!r}, {listed(choices)}, need values: `choices`")

    def chooser(self, name: str) -> bool:
        """Whether a reading exists and has choices."""
        with self.at("choose"):
            if not self.known(name, self.document.readings, "reading"):
                return False
            if self.document.readings[name].number:
                self.say(f"the reading {name!r} is a number; expected one that has choices")
                return False
        return True

    def choices(self, given: Mapping[str, Any], reading: str) -> None:
        with self.at("choices"):
            expected = self.document.readings[reading].choices
            for choice in given:
                with self.at(choice):
                    self.known(choice, expected, "choice")
            missing = [choice for choice in expected if choice not in given]
            if missing:
                self.say(f"no value for {listed(missing)} of the reading {reading!r}")

    # --- conditions ----------------------------------------------------------------------------

    def named_condition(self, named: g.NamedCondition) -> None:
        with self.at("table"):
            if not self.known(named.table, self.document.tables, "table"):
                return
        if (named.when is None) == (named.levels is None):
            self.say("has either `when` or `levels`")
        if named.when is not None:
            with self.at("when"):
                self.condition(named.when, named.table, {})
        for level, condition in (named.levels or {}).items():
            with self.at("levels", str(level)):
                self.known(level, self.levels, "level")
                self.condition(condition, named.table, {})

    def condition(self, node: Any, table: str, local: Mapping[str, g.SheetCondition]) -> None:
        if isinstance(node, g.ColumnTest):
            self.column_test(node, table)
        elif isinstance(node, g.ConditionRef):
            self.reference(node, table, local)
        elif isinstance(node, g.ChooseCondition):
            if self.chooser(node.choose):
                self.choices(node.choices, node.choose)
            for choice, part in node.choices.items():
                with self.at("choices", choice):
                    self.condition(part, table, local)
        elif isinstance(node, g.NoneOf):
            with self.at("not"):
                self.condition(node.not_, table, local)
        elif not isinstance(node, g.Always):
            name, parts = parts_of(node)
            if isinstance(node, g.AtLeastOf) and node.at_least > len(parts):
                with self.at("at_least"):
                    self.say(f"at least {node.at_least} of {len(parts)} can never hold")
            for i, part in enumerate(parts):
                with self.at(name, i):
                    self.condition(part, table, local)

    def reference(self, node: g.ConditionRef, table: str, local: Mapping[str, g.SheetCondition]) -> None:
        with self.at("condition"):
            if not self.known(node.condition, [*local, *self.document.conditions], "condition"):
                return
            named = local.get(node.condition) or self.document.conditions[node.condition]
            if named.table != table:
                self.say(f"{node.condition!r} is of table {named.table!r}, expected {table!r}")
        if sum(x is not None for x in (node.level, node.above, node.below)) > 1:
            self.say("has one of `level`, `above` and `below`")
        if node.level is not None:
            with self.at("level"):
                self.known(node.level, self.levels, "level")

    def column_test(self, node: g.ColumnTest, table: str) -> None:
        columns = self.document.tables[table].columns
        with self.at("column"):
            if not self.known(node.column, columns, f"column of {table}"):
                return
        column = columns[node.column]
        given = {
            name for name in ("is_", "in_", "at_least", "at_most", "more_than", "less_than", "items", "need")
            if getattr(node, name) is not None
        }  # fmt: skip
        fitting = _TESTS[column.type]
        spelled = listed(sorted(_SPELLED.get(name, name) for name in fitting)) or "no tests"
        for name in sorted(given - fitting):
            with self.at(_SPELLED.get(name, name)):
                self.say(f"{node.column!r} is of type {column.type}, which has {spelled}")
        if given - fitting:
            return
        if not given:
            self.say(f"tests nothing of {node.column!r}; {column.type} has {spelled}")
            return
        if column.type == "number":
            for name in given:
                if isinstance(getattr(node, name), str):
                    with self.at(name):
                        self.say(f"expected a number, came {getattr(node, name)!r}")
            return
        vocabulary = self.document.vocabularies.get(column.vocabulary or "")
        if vocabulary is None:
            return
        for name in ("is_", "at_least", "at_most"):
            if name in given:
                with self.at(_SPELLED.get(name, name)):
                    self.known(getattr(node, name), vocabulary.words, f"word of {column.vocabulary}")
        for name in ("in_", "items"):
            words = getattr(node, name)
            if words is None:
                continue
            with self.at(_SPELLED.get(name, name)):
                options = [*vocabulary.words, *vocabulary.groups]
                for i, word in enumerate([words] if isinstance(words, str) else words):
                    if isinstance(words, str):
                        self.known(word, options, f"word or group of {column.vocabulary}")
                    else:
                        with self.at(i):
                            self.known(word, options, f"word or group of {column.vocabulary}")
        if column.type == "set":
            self.set_test(node, vocabulary)

    def set_test(self, node: g.ColumnTest, vocabulary: g.Vocabulary) -> None:
        if node.items is None:
            self.say("`need` without `items`")
            return
        if node.need is None:
            self.say("`items` without `need`", "need: any, need: all, or a number")
            return
        size = len(words_of(node.items, vocabulary))
        with self.at("need"):
            self.value(node.need, ("any", "all", "some"))
            needs = [node.need]
            if isinstance(node.need, g.Choose):
                needs = list((node.need.choices or {}).values())
            for need in needs:
                if isinstance(need, int) and not 1 <= need <= size:
                    self.say(f"expected 1 to {size}, the number of items, came {need}")

    # --- criteria ------------------------------------------------------------------------------

    def sheets(self) -> None:
        d = self.document
        taken: dict[tuple[str, int], int] = {}
        for i, sheet in enumerate(d.sheets):
            with self.at("sheets", i):
                with self.at("specialty"):
                    self.known(sheet.specialty, d.specialties, "specialty")
                with self.at("level"):
                    self.known(sheet.level, self.levels, "level")
                first = taken.setdefault((sheet.specialty, sheet.level), i)
                if first != i:
                    self.say(f"{sheet.specialty} {sheet.level} already stands at sheets[{first}]")
                for name, condition in sheet.conditions.items():
                    with self.at("conditions", name):
                        if name in d.conditions:
                            self.say(f"{name!r} is also a condition of the whole framework")
                        with self.at("table"):
                            if not self.known(condition.table, d.tables, "table"):
                                continue
                        with self.at("when"):
                            self.condition(condition.when, condition.table, sheet.conditions)
                for name, criterion in sheet.criteria.items():
                    with self.at("criteria", name):
                        self.known(name, d.criteria, "criterion")
                        self.criterion(criterion, sheet.level, sheet.conditions)
                for name in sheet.weights:
                    with self.at("weights", name):
                        self.known(name, sheet.criteria, "criterion of the sheet")

    def criterion(self, node: Any, level: int | None, local: Mapping[str, g.SheetCondition]) -> None:
        if isinstance(node, g.ChooseCriterion):
            if self.chooser(node.choose):
                self.choices(node.choices, node.choose)
            for choice, part in node.choices.items():
                with self.at("choices", choice):
                    self.criterion(part, level, local)
        elif isinstance(node, g.NotCriterion):
            with self.at("not"):
                self.criterion(node.not_, level, local)
        elif isinstance(node, g.SheetCriterion):
            with self.at("sheet"):
                self.sheet_id(node.sheet)
        elif isinstance(node, g.QuantityCriterion):
            name, quantity = quantity_of(node)
            with self.at(name):
                self.quantity(quantity, local)
        elif not isinstance(node, g.AlwaysCriterion):
            name, parts = parts_of(node)
            if isinstance(node, g.AtLeastCriterion) and node.at_least > len(parts):
                with self.at("at_least"):
                    self.say(f"at least {node.at_least} of {len(parts)} can never hold")
            for i, part in enumerate(parts):
                with self.at(name, i):
                    self.criterion(part, level, local)

    def quantity(self, node: Any, local: Mapping[str, g.SheetCondition]) -> None:
        with self.at("table"):
            if not self.known(node.table, self.document.tables, "table"):
                return
        table = self.document.tables[node.table]
        with self.at("where"):
            self.condition(node.where, node.table, local)
        if isinstance(node, g.Some):
            return
        with self.at("at_least"):
            self.value(node.at_least, ())
            spans = (
                (node.at_least.choices or {}).values()
                if isinstance(node.at_least, g.Choose)
                else [node.at_least]
            )
            for span in spans:
                if isinstance(span, g.Span) and (span.years is None) == (span.days is None):
                    self.say("has either `years` or `days`")
        if isinstance(node, g.Duration):
            with self.at("overlap"):
                self.value(node.overlap, ("union", "sum"))
        starts = any(column.role == "start" for column in table.columns.values())
        if isinstance(node, g.Duration | g.Longest) and not starts:
            with self.at("table"):
                self.say(f"{node.table!r} has no column with the role 'start': no duration")
        if isinstance(node, g.Count | g.Distinct):
            with self.at("unit"):
                if node.unit == "yes_no":
                    self.say("'yes_no' is the unit of what holds or does not; a number needs another")
                else:
                    self.known(node.unit, self.document.units, "unit")
        if isinstance(node, g.Count):
            for i, nested in enumerate(node.of_which):
                with self.at("of_which", i):
                    with self.at("where"):
                        self.condition(nested.where, node.table, local)
                    with self.at("at_least"):
                        self.value(nested.at_least, ())
        if isinstance(node, g.Distinct):
            with self.at("column"):
                if self.known(node.column, table.columns, f"column of {node.table}"):
                    column = table.columns[node.column]
                    vocabulary = self.document.vocabularies.get(column.vocabulary or "")
                    words = len(vocabulary.words) if vocabulary else 0
                    if column.type != "category":
                        self.say(f"kinds are counted of a category, {node.column!r} is of type {column.type}")
                    elif words > LARGEST_SET:
                        self.say(f"at most {LARGEST_SET} kinds can be counted, {node.column!r} has {words}")

    def sheet_id(self, sheet: g.SheetId) -> None:
        d = self.document
        with self.at("specialty"):
            known = self.known(sheet.specialty, d.specialties, "specialty")
        with self.at("level"):
            known = self.known(sheet.level, self.levels, "level") and known
        if known and (sheet.specialty, sheet.level) not in self.places:
            self.say(f"there is no sheet {sheet.specialty} {sheet.level}")
