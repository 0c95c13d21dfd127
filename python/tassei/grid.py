"""Conditions on every kind of record that there can be: exact reasoning over few classes.

The tests of a column part its values into few classes within which no test can tell one value from
another. A grid has an axis for each column and a cell for each combination of classes; a condition
is then an array of truths. Records are taken as filled: no cell is blank.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .outline import Node, Outline, under

__all__ = ["Grid", "TooLarge", "least"]

CELLS = 2_000_000
_SETS = 50_000  # combinations of items that are looked at to find a set column's classes

Truths = npt.NDArray[np.bool_]


class TooLarge(Exception):
    """There are more kinds of records than are looked through."""


@dataclass(frozen=True)
class _Axis:
    tests: dict[tuple[Any, ...], Truths]  # by test, by class
    samples: list[Any]  # by class: a word's place, a number, or places of items


class Grid:
    """Every kind of record of a table, as far as some conditions can tell.

    Parameters
    ----------
    outline : Outline
    table : int
    conditions : sequence of Node
        What is to be told apart.
    words_of : sequence of int
        Columns each word of which is a class of its own.

    Raises
    ------
    TooLarge
    """

    def __init__(
        self, outline: Outline, table: int, conditions: Sequence[Node], words_of: Sequence[int] = ()
    ) -> None:
        tests: dict[int, dict[tuple[Any, ...], Node]] = {column: {} for column in words_of}
        for condition in conditions:
            for node in under(condition):
                if "column" in node:
                    tests.setdefault(node["column"], {})[_test(node)] = node
        self.columns = sorted(tests)
        self._axes = []
        for column in self.columns:
            samples = _samples(outline, table, column, list(tests[column].values()))
            self._axes.append(_classes(tests[column], samples, column in words_of))
        self.shape = tuple(len(axis.samples) for axis in self._axes)
        if math.prod(self.shape) > CELLS:
            raise TooLarge(f"{math.prod(self.shape):,} kinds of records")

    def holds(self, node: Node, without: frozenset[int] = frozenset()) -> Truths:
        """By cell, whether a condition holds; the nodes of `without` never do."""
        form = node["form"]
        if node["id"] in without:
            return np.zeros((1,) * len(self.shape), bool)
        if form == "constant":
            return np.full((1,) * len(self.shape), node["value"])
        if form == "not":
            return ~self.holds(node["of"][0], without)
        if form == "at_least":
            # one after the other: of small arrays only what must be is made large
            count: Any = np.zeros((1,) * len(self.shape), np.int16)
            for part in node["of"]:
                count = count + self.holds(part, without)
            return np.asarray(count >= node["need"])
        at = self.columns.index(node["column"])
        shape = [1] * len(self.shape)
        shape[at] = -1
        return self._axes[at].tests[_test(node)].reshape(shape)

    def all(self, nodes: Sequence[Node]) -> Truths:
        truth = np.ones((1,) * len(self.shape), bool)
        for node in nodes:
            truth = truth & self.holds(node)
        return truth

    def first(self, truths: Truths) -> dict[int, Any] | None:
        """The cell that comes first among the true ones: by column a sample of its class."""
        full = np.broadcast_to(truths, self.shape)
        if not full.any():
            return None
        where = np.unravel_index(int(np.argmax(full)), self.shape) if self.shape else ()
        return {c: axis.samples[i] for c, axis, i in zip(self.columns, self._axes, where, strict=True)}

    def each(self, truths: Truths, column: int) -> Iterator[dict[int, Any]]:
        """For each class of a column, the first true cell of that class, where there is one."""
        at = self.columns.index(column)
        full = np.broadcast_to(truths, self.shape)
        for i in range(self.shape[at]):
            mask = np.zeros(self.shape[at], bool)
            mask[i] = True
            shape = [1] * len(self.shape)
            shape[at] = -1
            found = self.first(full & mask.reshape(shape))
            if found is not None:
                yield found


def least(outline: Outline, table: int, column: int, tests: list[Node]) -> Any:
    """The value of a column that passes the fewest tests."""
    samples = _samples(outline, table, column, tests)
    return min(samples, key=lambda sample: sum(_passes(node, sample) for node in tests))


def _test(node: Node) -> tuple[Any, ...]:
    """What a test asks, whichever node asks it."""
    return tuple(tuple(v) if isinstance(v, list) else v for k, v in node.items() if k != "id")


def _passes(node: Node, sample: Any) -> bool:
    if node["form"] == "one_of":
        return bool(sample in node["words"])
    if node["form"] == "contains":
        return bool(sum(node["items"] >> item & 1 for item in sample) >= node["need"])
    above = sample > node["low"] if node["low_open"] else sample >= node["low"]
    below = sample < node["high"] if node["high_open"] else sample <= node["high"]
    return bool(above and below)


def _classes(tests: dict[tuple[Any, ...], Node], samples: list[Any], each: bool) -> _Axis:
    """One sample of each class, the first; `each`: every sample is a class."""
    known: dict[Any, Any] = {}
    for sample in samples:
        seen = tuple(_passes(node, sample) for node in tests.values())
        known.setdefault((seen, sample) if each else seen, sample)
    kept = list(known.values())
    return _Axis({test: np.array([_passes(node, s) for s in kept]) for test, node in tests.items()}, kept)


def _samples(outline: Outline, table: int, column: int, tests: list[Node]) -> list[Any]:
    """Values such that each class has one; what is least comes first."""
    kind = outline.column(table, column)[1].type
    if kind == "number":
        return _numbers(tests)
    if kind == "set":
        return _sets(len(outline.words(table, column)), [node["items"] for node in tests])
    return list(range(len(outline.words(table, column))))


def _numbers(tests: list[Node]) -> list[float]:
    """Every end of an interval and a number between any two; sizes are never negative."""
    cuts = sorted({0.0, *(e for n in tests for e in (n["low"], n["high"]) if math.isfinite(e) and e >= 0)})
    between = [_middle(low, high) for low, high in itertools.pairwise(cuts)]
    return sorted([*cuts, *between, math.floor(cuts[-1]) + 1.0])


def _middle(low: float, high: float) -> float:
    whole = math.floor(low) + 1.0
    return whole if whole < high else (low + high) / 2


def _sets(words: int, masks: list[int]) -> list[tuple[int, ...]]:
    """So many of each kind of items; items are of a kind that stand in the same lists."""
    kinds: dict[tuple[bool, ...], list[int]] = {}
    for word in range(words):
        inside = tuple(bool(mask >> word & 1) for mask in masks)
        if any(inside):
            kinds.setdefault(inside, []).append(word)
    if math.prod(len(items) + 1 for items in kinds.values()) > _SETS:
        raise TooLarge("too many combinations of items")
    counts = itertools.product(*(range(len(items) + 1) for items in kinds.values()))
    found = [
        tuple(sorted(w for n, items in zip(count, kinds.values(), strict=True) for w in items[:n]))
        for count in counts
    ]
    return sorted(found, key=lambda items: (len(items), items))
