"""References of a framework file that run in circles, or to a level that is not there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from . import grammar as g
from .nodes import condition_parts, conditions_under, level_of, sheets_under

__all__ = ["CircleFinder"]


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

    def cycles(self) -> None:
        d = self.document
        done: set[tuple[int, int | None]] = set()
        # conditions that no sheet uses must not run in circles either, but may lack levels
        self.lenient = True
        for name, named in d.conditions.items():
            for level in self.levels:
                with self.at("conditions", name):
                    self.follow(named, name, level, {}, [], set())
        self.lenient = False
        for i, sheet in enumerate(d.sheets):
            for name, named in sheet.conditions.items():
                with self.at("sheets", i, "conditions", name):
                    self.follow(named, name, sheet.level, sheet.conditions, [], done)
            for name, criterion in sheet.criteria.items():
                with self.at("sheets", i, "criteria", name):
                    for keys, node in conditions_under(criterion):
                        with self.at(*keys):
                            self.descend(node, sheet.level, sheet.conditions, [], done)
        for i, deeming in enumerate(d.deeming):
            with self.at("deeming", i):
                for keys, node in conditions_under(deeming.when):
                    with self.at("when", *keys):
                        self.descend(node, None, {}, [], done)
        self.sheet_cycles()

    def follow(
        self, named: Any, name: str, level: int | None, local: Mapping[str, Any],
        trail: list[tuple[str, int | None]], done: set[tuple[int, int | None]],
    ) -> None:  # fmt: skip
        if (name, level) in trail:
            circle = " → ".join(f"{n} at {at}" for n, at in [*trail, (name, level)])
            self.say(f"conditions refer to each other in a circle: {circle}")
            return
        if (id(named), level) in done:
            return
        levels = getattr(named, "levels", None)
        if levels is not None:
            if level not in levels:
                if not self.lenient:
                    where = "outside of any sheet" if level is None else f"at level {level}"
                    self.say(f"{name!r} is not defined {where}", "add the level, or refer to another one")
                return
            node = levels[level]
        else:
            node = named.when
        self.descend(node, level, local, [*trail, (name, level)], done)
        done.add((id(named), level))

    def descend(
        self, node: Any, level: int | None, local: Mapping[str, Any],
        trail: list[tuple[str, int | None]], done: set[tuple[int, int | None]],
    ) -> None:  # fmt: skip
        if isinstance(node, g.ConditionRef):
            target, exists = level_of(node, level, self.levels)
            if (node.above or node.below) and level is None:
                self.say(f"{node.condition!r} above or below no level: say `level`")
            elif exists:
                named = local.get(node.condition) or self.document.conditions[node.condition]
                inner = local if node.condition in local else {}
                self.follow(named, node.condition, target, inner, trail, done)
            return
        for part in condition_parts(node):
            self.descend(part, level, local, trail, done)

    def sheet_cycles(self) -> None:
        places = {(s.specialty, s.level): i for i, s in enumerate(self.document.sheets)}
        edges: dict[int, list[int]] = {i: [] for i in places.values()}
        for i, sheet in enumerate(self.document.sheets):
            for criterion in sheet.criteria.values():
                edges[i] += [places[(r.specialty, r.level)] for r in sheets_under(criterion)]
        for deeming in self.document.deeming:
            for deemed in deeming.sheets:
                edges[places[(deemed.specialty, deemed.level)]] += [
                    places[(r.specialty, r.level)] for r in sheets_under(deeming.when)
                ]
        state: dict[int, int] = {}

        def visit(i: int, trail: list[int]) -> None:
            if state.get(i) == 2:
                return
            if i in trail:
                sheets = [self.document.sheets[j] for j in [*trail[trail.index(i) :], i]]
                circle = " → ".join(f"{s.specialty} {s.level}" for s in sheets)
                with self.at("sheets", i):
                    self.say(f"sheets refer to each other in a circle: {circle}")
                return
            for j in edges[i]:
                visit(j, [*trail, i])
            state[i] = 2

        for i in edges:
            visit(i, [])
