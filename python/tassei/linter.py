"""The checks behind :mod:`tassei.lint`, each a walk over the compiled framework."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _core
from .assessment import assess
from .grid import Grid, TooLarge
from .imply import Logic
from .outline import Node, Outline, Place, under
from .witness import AS_OF, Maker, Rows, evidence_of

if TYPE_CHECKING:
    from .framework import Framework

__all__ = ["Linter"]

Found = dict[str, Any]  # what a Finding is made of


class Linter:
    """Looks at one framework under one choice of readings."""

    def __init__(
        self, framework: Framework, readings: Mapping[str, Any], lang: str, say: Mapping[str, Any]
    ) -> None:
        self.framework = framework
        self.readings = readings
        self.say = say
        self.outline = Outline(framework, framework.plan(readings), lang)
        self.logic = Logic(self.outline)
        self.maker = Maker(self.outline)
        self.describe = self.outline.describe
        sheets = framework.document.sheets
        self.criteria = {
            (sheet.specialty, sheet.level): nodes
            for sheet, nodes in zip(sheets, self.outline.sheets, strict=True)
        }

    def findings(self) -> Iterator[Found]:
        """Everything that there is to say."""
        yield from self.easier_levels()
        yield from self.idle_criteria()
        yield from self.idle_alternatives()
        yield from self.unused_words()
        yield from self.words_that_differ()

    # --- words ---------------------------------------------------------------------------------

    def _sheet(self, specialty: str, level: int) -> str:
        return self.outline.sheet(specialty, level, self.say["sheet"])

    def _at(self, specialty: str, level: int, criterion: str | None, **more: Any) -> Found:
        where = self._sheet(specialty, level)
        return {"where": where, "specialty": specialty, "level": level, "criterion": criterion, **more}

    def _label(self, criterion: str | None, specialty: str = "", level: int = 0) -> str:
        if criterion is None:
            return str(self.say["deemed"].format(sheet=self._sheet(specialty, level)))
        return self.describe.label("criterion", criterion)

    def _ladders(self) -> Iterator[tuple[str, int, int]]:
        """Each specialty's levels, one above the other: lower and upper."""
        for specialty in self.framework.specialties:
            levels = sorted(level for name, level in self.criteria if name == specialty)
            for lower, upper in itertools.pairwise(levels):
                yield specialty, lower, upper

    # --- (a) a level that can be had without the one below ---------------------------------------

    def easier_levels(self) -> Iterator[Found]:
        """Criteria of a lower sheet that somebody who meets the upper one misses."""
        asked = []
        for specialty, lower, upper in self._ladders():
            above = self.deciding(specialty, upper)
            for name, node in self.criteria[specialty, lower].items():
                if not any(
                    self.logic.implies(given, node) for given in self.criteria[specialty, upper].values()
                ):
                    tries = self._tries(above, node)
                    asked.append((specialty, lower, upper, name, tries))
        confirmed = self._confirm(asked)
        for i, (specialty, lower, upper, name, _) in enumerate(asked):
            sheets = {"upper": self._sheet(specialty, upper), "lower": self._sheet(specialty, lower)}
            label = self._label(name)
            if i in confirmed:
                status, rows = confirmed[i]
                word = self.describe.say["status"][status]
                text = self.say["easier"].format(person="{person}", criterion=label, status=word, **sheets)
                yield self._at(specialty, lower, name, kind="easier", message=text, witness=rows)
            elif self.logic.possible_all(self.criteria[specialty, upper].values()) is not False:
                text = self.say["open"].format(criterion=label, **sheets)
                yield self._at(specialty, lower, name, kind="open", message=text)

    def _tries(self, above: list[Node], node: Node) -> list[Rows]:
        wants = itertools.product(self.maker.meet_all(above), self.maker.miss(node))
        made = [self.maker.rows(meet + miss) for meet, miss in itertools.islice(wants, 24)]
        return [rows for rows in made if rows is not None]

    def _confirm(self, asked: list[Any]) -> dict[int, tuple[str, Rows]]:
        """By question, the first invented person of whom the engine says so too."""
        people = {f"{i} {t}": rows for i, (*_, tries) in enumerate(asked) for t, rows in enumerate(tries)}
        if not people:
            return {}
        a = assess(evidence_of(self.framework, people), self.framework, AS_OF, self.readings)
        places = {name: i for i, name in enumerate(self.criteria)}
        names = [(c.specialty, c.level, c.criterion) for c in a._plan.columns]
        status = _core.criteria(a._whole, np.arange(len(a), dtype=np.int64)).status
        words = ["unmet", "unknown", "met"]
        found: dict[int, tuple[str, Rows]] = {}
        for who, rows in people.items():
            i, at = int(who.split()[0]), a._place(who)
            specialty, lower, upper, name, _ = asked[i]
            sheets = [words[a._core.status[at, places[specialty, level]]] for level in (upper, lower)]
            word = words[status[at, names.index((specialty, lower, name))]]
            if sheets[0] == "met" and sheets[1] != "met" and word != "met":
                better = i not in found or (found[i][0], word) == ("unknown", "unmet")
                found[i] = (word, rows) if better else found[i]
        return found

    # --- (b) criteria ----------------------------------------------------------------------------

    def deciding(self, specialty: str, level: int) -> list[Node]:
        """The criteria of a sheet that the others do not imply."""
        implied = self.implied(specialty, level)
        return [node for name, node in self.criteria[specialty, level].items() if name not in implied]

    def implied(self, specialty: str, level: int) -> dict[str, str]:
        """Criteria of a sheet, and by which other criterion each is implied."""
        left = dict(self.criteria[specialty, level])
        found: dict[str, str] = {}
        for name in reversed(list(left)):
            node = left.pop(name)
            if self.logic.settled(node) or self.logic.possible(node) is False:
                left[name] = node
                continue
            by = next((o for o, n in left.items() if o not in found and self._shows(n, node)), None)
            if by is None:
                left[name] = node
            else:
                found[name] = by
        return found

    def _shows(self, given: Node, then: Node) -> bool:
        return self.logic.possible(given) is not False and bool(self.logic.implies(given, then))

    def idle_criteria(self) -> Iterator[Found]:
        """Criteria that nobody can meet, that everybody meets, or that others imply."""
        for place in self.outline.places:
            label = self._label(place.criterion, place.specialty, place.level)
            at = (place.specialty, place.level, place.criterion)
            possible = self.logic.possible(place.node)
            if possible is False:
                yield self._at(*at, kind="never_met", message=self.say["never_met"].format(criterion=label))
            elif self.logic.settled(place.node):
                yield self._at(*at, kind="always_met", message=self.say["always_met"].format(criterion=label))
            elif possible is None:
                yield self._at(*at, kind="too_large", message=self.say["too_large"].format(criterion=label))
        for specialty, level in self.criteria:
            for name, by in reversed(self.implied(specialty, level).items()):
                text = self.say["never_decides"].format(criterion=self._label(name), others=self._label(by))
                yield self._at(specialty, level, name, kind="never_decides", message=text)

    # --- (b) alternatives --------------------------------------------------------------------------

    def idle_alternatives(self) -> Iterator[Found]:
        """Alternatives without which every condition and criterion would be the same, once each."""
        known: dict[tuple[Any, ...], list[Any]] = {}
        for place in self.outline.places:
            for part, text in self._idle_parts(place):
                info = self.outline.info(part)
                name = (id(info.form) if info else part["id"], info.level if info else None, text)
                known.setdefault(name, []).append(place)
        for (_, _, text), places in known.items():
            first = places[0]
            found = self._at(first.specialty, first.level, first.criterion, kind="never_helps", message=text)
            others = len(dict.fromkeys((p.specialty, p.level, p.criterion) for p in places)) - 1
            label = str(self.describe.say["and"]).join(
                (found["where"], self._label(first.criterion, first.specialty, first.level))
            )
            found["where"] = self.say["more"].format(place=label, count=others) if others else label
            yield found

    def _idle_parts(self, place: Place) -> Iterator[tuple[Node, str]]:
        for node in under(place.node):
            if "where" in node:
                roots: list[tuple[tuple[Node, ...], Node]] = [((), node["where"])]
                roots += [((node["where"],), part["where"]) for part in node.get("of_which", [])]
                for outer, root in roots:
                    try:
                        grid = Grid(self.outline, node["table"], [*outer, root])
                        yield from self._idle_conditions(grid, node["table"], outer, root)
                    except TooLarge:
                        continue
        for node in _criteria(place.node):
            if node["form"] == "at_least" and node["need"] == 1:
                yield from self._idle_among_criteria(node)

    def _idle_conditions(
        self, grid: Grid, table: int, outer: tuple[Node, ...], root: Node
    ) -> Iterator[tuple[Node, str]]:
        removed: set[int] = set()
        given = grid.all(outer)
        whole = given & grid.holds(root)
        waiting = [root]
        while waiting:
            node = waiting.pop(0)
            parts = node.get("of", [])
            if node["form"] == "at_least" and node["need"] < len(parts):
                for part in reversed(parts):
                    if part["form"] == "constant":  # what stands above the highest level
                        continue
                    if bool(((given & grid.holds(root, frozenset({*removed, part["id"]}))) == whole).all()):
                        removed.add(part["id"])
                        others = [o for o in parts if o["id"] not in removed]
                        yield part, self._why_idle(table, part, others if node["need"] == 1 else [])
            waiting += [part for part in parts if part["id"] not in removed]

    def _why_idle(self, table: int, part: Node, others: list[Node]) -> str:
        say = self.say["never_helps"]
        name = self.outline.condition(part)
        if self.logic.can_hold(table, (part,)) is False:
            return str(say["never"].format(part=name))
        for other in others:
            if self.logic.covers(table, (part,), (other,)):
                return str(say["covered"].format(part=name, other=self.outline.condition(other)))
        return str(say["context"].format(part=name))

    def _idle_among_criteria(self, node: Node) -> Iterator[tuple[Node, str]]:
        left = list(node["of"])
        say = self.say["never_helps"]
        for part in reversed(node["of"]):
            others = [o for o in left if o is not part]
            name = self.outline.criterion(part)
            if not others:
                continue
            if self.logic.possible(part) is False:
                text = say["never"].format(part=name)
            elif (by := next((o for o in others if self.logic.implies(part, o)), None)) is not None:
                text = say["covered"].format(part=name, other=self.outline.criterion(by))
            else:
                continue
            left = others
            yield part, str(text)

    # --- (b), (c) words ----------------------------------------------------------------------------

    def unused_words(self) -> Iterator[Found]:
        """Words that no test of any sheet or deeming accepts."""
        document = self.framework.document
        used: dict[str, set[str]] = {}
        for table, t in document.tables.items():
            for column_id, column in t.columns.items():
                if column.vocabulary and column.role is None:
                    used.setdefault(column.vocabulary, set())
                    place = (list(document.tables).index(table), list(t.columns).index(column_id))
                    for top in self.outline.places:
                        used[column.vocabulary] |= self._asked(top.node, *place)
        for vocabulary, words in used.items():
            unused = [word for word in document.vocabularies[vocabulary].words if word not in words]
            if unused:
                where = self.say["vocabulary"].format(label=self.describe.label("vocabulary", vocabulary))
                text = self.say["unused_words"].format(words=self._spelled(vocabulary, unused))
                yield {"kind": "unused_words", "where": where, "message": text}

    def _asked(self, criterion: Node, table: int, column: int) -> set[str]:
        """Words of a column that a criterion's tests accept; of kinds that are counted, every word."""
        words = self.outline.words(table, column)
        found: set[str] = set()
        for leaf in under(criterion):
            if leaf.get("table") != table:
                continue
            if leaf.get("column") == column:
                found |= set(words)
            for where in (leaf["where"], *(part["where"] for part in leaf.get("of_which", []))):
                for node, denied in _tests(where):
                    if node["column"] == column:
                        found |= set(_named(node, words, denied))
        return found

    def words_that_differ(self) -> Iterator[Found]:
        """Words of categories and sets that a criterion takes at one level and not at the next."""
        for specialty, lower, upper in self._ladders():
            here, there = self.criteria[specialty, upper], self.criteria[specialty, lower]
            for name in here:
                if name not in there:
                    continue
                for t, (table, model) in enumerate(self.outline.tables):
                    for c, (column_id, column) in enumerate(model.columns.items()):
                        if column.type not in ("category", "set"):
                            continue
                        above, below = self._asked(here[name], t, c), self._asked(there[name], t, c)
                        if not above or not below or above == below:
                            continue
                        label = self.describe.label("column", f"{table}.{column_id}")
                        parts = self._differing(column.vocabulary or "", (upper, above), (lower, below))
                        text = self.say["words_differ"].format(
                            criterion=self._label(name), column=label, parts=parts
                        )
                        yield self._at(specialty, upper, name, kind="words_differ", message=text)

    def _differing(self, vocabulary: str, *sides: tuple[int, set[str]]) -> str:
        texts = []
        for (level, words), (other, others) in (sides, sides[::-1]):
            only = [w for w in self.framework.document.vocabularies[vocabulary].words if w in words - others]
            if only:
                names = {
                    "level": self.describe.label("level", level),
                    "other": self.describe.label("level", other),
                }
                texts.append(self.say["only_at"].format(words=self._spelled(vocabulary, only), **names))
        return "; ".join(texts)

    def _spelled(self, vocabulary: str, words: list[str]) -> str:
        return str(self.describe.say["and"]).join(
            self.describe.label("word", f"{vocabulary}.{w}") for w in words
        )


def _criteria(node: Node) -> Iterator[Node]:
    """The criterion and those below it, without their conditions."""
    yield node
    for part in node.get("of", []):
        yield from _criteria(part)


def _tests(node: Node, denied: bool = False) -> Iterator[tuple[Node, bool]]:
    """The column tests of a condition, and whether it is their failing that is asked."""
    if "column" in node:
        yield node, denied
    for part in node.get("of", []):
        yield from _tests(part, denied != (node["form"] == "not"))


def _named(node: Node, words: list[str], denied: bool) -> list[str]:
    """Words that help to pass a test, or to fail it; items of a set are meant either way."""
    if node["form"] == "one_of":
        return [word for i, word in enumerate(words) if (i in node["words"]) != denied]
    return [word for i, word in enumerate(words) if node["items"] >> i & 1]
