"""References of a framework file that run in circles, or to a level that is not there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from graphlib import CycleError, TopologicalSorter
from typing import Any, NamedTuple

from . import grammar as g
from .nodes import condition_parts, conditions_under, level_of, sheets_under

__all__ = ["CircleFinder"]

_DEEPEST = 100  # nodes under each other once references are spelled out
_LARGEST = 100_000  # nodes of all sheets
_SHOWN = 12  # stations of a circle


class Extent(NamedTuple):
    """Nodes of a condition with its references spelled out: in all, and under each other."""

    size: int
    depth: int


_NONE = Extent(0, 0)


class CircleFinder:
    """Follows every reference from every place that uses one.

    Parameters
    ----------
    document : grammar.Document
        All names in it are known to exist.
    say : callable
        Takes a message and a hint, for the place where we are.
    at : callable
        Context manager that moves the place by some keys.
    """

    def __init__(
        self,
        document: g.Document,
        say: Callable[..., None],
        at: Callable[..., AbstractContextManager[None]],
    ) -> None:
        self.document = document
        self.say = say
        self.at = at
        self.levels = sorted(document.levels)
        self.lenient = False
        self.known: dict[tuple[int, int | None], Extent] = {}

    def run(self) -> None:
        d = self.document
        # conditions that no sheet uses must not run in circles either, but may lack levels
        self.lenient = True
        for name, named in d.conditions.items():
            for level in self.levels:
                with self.at("conditions", name):
                    self.follow(named, name, level, {}, [], 0)
        self.lenient = False
        self.known = {}
        whole = 0
        for i, sheet in enumerate(d.sheets):
            for name, own in sheet.conditions.items():
                with self.at("sheets", i, "conditions", name):
                    self.follow(own, name, sheet.level, sheet.conditions, [], 0)
            for name, criterion in sheet.criteria.items():
                with self.at("sheets", i, "criteria", name):
                    for keys, node in conditions_under(criterion):
                        with self.at(*keys):
                            whole += self.descend(node, sheet.level, sheet.conditions, [], 0).size
        for name, specialty in d.specialties.items():
            if specialty.grade is not None:
                with self.at("specialties", name, "grade"):
                    whole += self.grade(name, specialty.grade)
        for i, deeming in enumerate(d.deeming):
            for keys, node in conditions_under(deeming.when):
                with self.at("deeming", i, "when", *keys):
                    whole += self.descend(node, None, {}, [], 0).size
        if whole > _LARGEST:
            with self.at("conditions"):
                self.say(f"spelled out, the references make {whole:,} tests; at most {_LARGEST:,}")
        self.sheet_circles()

    def grade(self, specialty: str, condition: str) -> int:
        """Follows the condition that grades records, at every level at which it does."""
        named = self.document.conditions[condition]
        levels = [sheet.level for sheet in self.document.sheets if sheet.specialty == specialty]
        return sum(
            self.follow(named, condition, level, {}, [], 0).size
            for level in levels
            if named.levels is None or level in named.levels
        )

    def follow(
        self, named: Any, name: str, level: int | None, local: Mapping[str, Any],
        trail: list[tuple[str, int | None]], above: int,
    ) -> Extent:  # fmt: skip
        place = (id(named), level)
        if (name, level) in trail:
            circle = [f"{n} at {at}" for n, at in [*trail, (name, level)]]
            self.say(f"conditions refer to each other in a circle: {_arrows(circle)}")
            return _NONE
        if place in self.known:
            return self.known[place]
        levels = getattr(named, "levels", None)
        if levels is None:
            found = self.descend(named.when, level, local, [*trail, (name, level)], above)
        elif level in levels:
            found = self.descend(levels[level], level, local, [*trail, (name, level)], above)
        else:
            if not self.lenient:
                where = "outside of any sheet" if level is None else f"at level {level}"
                self.say(f"{name!r} is not defined {where}", "add the level, or refer to another one")
            return _NONE
        self.known[place] = found
        return found

    def descend(
        self, node: Any, level: int | None, local: Mapping[str, Any],
        trail: list[tuple[str, int | None]], above: int,
    ) -> Extent:  # fmt: skip
        """How far a condition reaches once its references are spelled out; `above` are its nodes above."""
        parts: list[Extent] = []
        if above >= _DEEPEST:
            parts = [Extent(1, _DEEPEST)]
        elif isinstance(node, g.ConditionRef):
            target, exists = level_of(node, level, self.levels)
            if (node.above or node.below) and level is None:
                self.say(f"{node.condition!r} above or below no level: say `level`")
            elif exists:
                named = local.get(node.condition) or self.document.conditions[node.condition]
                inner = local if node.condition in local else {}
                parts = [self.follow(named, node.condition, target, inner, trail, above + 1)]
        else:
            parts = [self.descend(part, level, local, trail, above + 1) for part in condition_parts(node)]
        found = Extent(
            1 + sum(part.size for part in parts), 1 + max((part.depth for part in parts), default=0)
        )
        if found.depth <= _DEEPEST:
            return found
        self.say(f"spelled out, the references nest conditions more than {_DEEPEST} deep")
        return _NONE  # said once

    def sheet_circles(self) -> None:
        sheets = self.document.sheets
        places = {(s.specialty, s.level): i for i, s in enumerate(sheets)}
        refers: dict[int, list[int]] = {}
        for i, sheet in enumerate(sheets):
            named = [s for criterion in sheet.criteria.values() for s in sheets_under(criterion)]
            refers[i] = [places[s.specialty, s.level] for s in named]
        for deeming in self.document.deeming:
            named = sheets_under(deeming.when)
            for deemed in deeming.sheets:
                refers[places[deemed.specialty, deemed.level]] += [
                    places[s.specialty, s.level] for s in named
                ]
        try:
            TopologicalSorter(refers).prepare()
        except CycleError as error:
            trail = error.args[1][::-1]  # from the one that refers to the one referred to
            circle = [f"{sheets[i].specialty} {sheets[i].level}" for i in trail]
            with self.at("sheets", trail[0]):
                self.say(f"sheets refer to each other in a circle: {_arrows(circle)}")


def _arrows(circle: list[str]) -> str:
    shown = circle if len(circle) <= _SHOWN else [*circle[: _SHOWN - 2], "…", circle[-1]]
    return " → ".join(shown)
