"""Invented people who meet what is wanted and miss what is not: counterexamples, as rows."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from .grid import Grid, TooLarge, least
from .outline import Leaf, Node, Outline, leaves, once_each, under

if TYPE_CHECKING:
    from .evidence import Evidence
    from .framework import Framework

__all__ = ["AS_OF", "Maker", "Want", "evidence_of"]

AS_OF = dt.date(2026, 3, 31)  # on which the invented people are seen
_MOST = 12  # ways to meet or to miss something that are tried
_MOST_ROWS, _MOST_DAYS = 10_000, 100_000  # for one criterion
_TYPES = {"text": pa.string(), "date": pa.date32(), "number": pa.float64(), "set": pa.list_(pa.string())}

Row = dict[str, Any]
Rows = dict[str, list[Row]]


@dataclass(frozen=True)
class Want:
    """Leaf criteria that are to be met, and quantities that are to stay small."""

    met: tuple[Node, ...] = ()
    avoided: tuple[Leaf, ...] = ()

    def __add__(self, other: Want) -> Want:
        met = {id(node): node for node in self.met + other.met}
        avoided = {leaf.name: leaf for leaf in self.avoided + other.avoided}
        return Want(tuple(met.values()), tuple(avoided.values()))


class Maker:
    """Makes rows for one outline."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline

    # --- what to want ----------------------------------------------------------------------------

    @once_each(list)
    def meet(self, node: Node) -> list[Want]:
        """Some ways to meet a criterion."""
        form = node["form"]
        if form == "constant":
            return [Want()] if node["value"] else []
        if form == "sheet":
            return self.meet_all(self.outline.sheets[node["sheet"]].values())
        if form == "not":
            return self.miss(node["of"][0])
        if form == "at_least":
            return _some_of(node["of"], node["need"], self.meet)
        return [Want(met=(node,))]

    def meet_all(self, nodes: Iterable[Node]) -> list[Want]:
        nodes = list(nodes)
        return _some_of(nodes, len(nodes), self.meet)

    @once_each(list)
    def miss(self, node: Node) -> list[Want]:
        """Some ways to miss a criterion."""
        form = node["form"]
        if form == "constant":
            return [] if node["value"] else [Want()]
        if form == "sheet":
            criteria = list(self.outline.sheets[node["sheet"]].values())
            return [want for part in criteria for want in self.miss(part)][:_MOST]
        if form == "not":
            return self.meet(node["of"][0])
        if form == "at_least":
            return _some_of(node["of"], len(node["of"]) - node["need"] + 1, self.miss)
        return [Want(avoided=(leaf,)) for leaf in leaves(node)]

    # --- rows --------------------------------------------------------------------------------------

    def rows(self, want: Want) -> Rows | None:
        """Rows of one person, or None where something cannot be met.

        What is to stay small is kept out wherever that can be; else it is as small as it can be.
        """
        found: Rows = {}
        for node in want.met:
            rows = found.setdefault(self.outline.tables[node["table"]][0], [])
            try:
                made = list(self._meeting(node, want.avoided))
            except TooLarge:
                return None
            if not made:
                return None
            rows += [row for row in made if node["form"] != "some" or row not in rows]
        return {table: rows for table, rows in found.items() if rows}

    def _meeting(self, node: Node, avoided: Sequence[Leaf]) -> Iterator[Row]:
        outer, *nested = leaves(node)
        for leaf in (outer, *nested):
            if leaf.required > (_MOST_DAYS if leaf.form in ("duration", "longest") else _MOST_ROWS):
                raise TooLarge("more records than are made for one person")
        away = [leaf for leaf in avoided if leaf.table == node["table"]]
        conditions = [n for leaf in (outer, *nested, *away) for n in leaf.where]
        grid = Grid(self.outline, outer.table, conditions, [outer.column] if outer.form == "distinct" else [])
        clear = grid.all([])
        for leaf in away:
            clear = clear & ~grid.all(leaf.where)
        fits = grid.all(outer.where)
        if outer.form == "distinct":
            cells = [*grid.each(fits & clear, outer.column), *grid.each(fits, outer.column)]
            by_word = {cell[outer.column]: cell for cell in reversed(cells)}
            kept = sorted(by_word.values(), key=cells.index)[: int(outer.required)]
            if len(kept) == int(outer.required):
                yield from (self._row(outer.table, cell) for cell in kept)
            return
        made = 0
        for leaf in nested:
            cell = _pick(grid, grid.all(leaf.where), clear)
            if cell is None:
                return
            made += int(leaf.required)
            yield from (self._row(outer.table, cell) for _ in range(int(leaf.required)))
        cell = _pick(grid, fits, clear)
        if cell is None:
            return
        many = int(outer.required) - made if outer.form == "count" else 1
        days = int(outer.required) if outer.form in ("duration", "longest") else 1
        yield from (self._row(outer.table, cell, days) for _ in range(many))

    def _row(self, table: int, cell: Mapping[int, Any], days: int = 1) -> Row:
        row: Row = {}
        for place, (name, column) in enumerate(self.outline.tables[table][1].columns.items()):
            words = self.outline.words(table, place)
            if column.role in ("person", "identity"):
                continue
            if column.role == "start":
                row[name] = AS_OF - dt.timedelta(days=days - 1)
            elif column.role in ("end", "date"):
                row[name] = AS_OF
            elif column.role == "verification":
                row[name] = words[-1]
            elif place in cell or (table, place) in self._idle:
                value = cell[place] if place in cell else self._idle[table, place]
                row[name] = _spelled(value, column.type, words)
        return row

    @cached_property
    def _idle(self) -> dict[tuple[int, int], Any]:
        """By table and column, what passes the fewest tests: for cells that do not matter."""
        tests: dict[tuple[int, int], list[Node]] = {}
        for place in self.outline.places:
            for criterion in under(place.node):
                if "table" in criterion:
                    for node in under(criterion):
                        if "column" in node and "table" not in node:
                            tests.setdefault((criterion["table"], node["column"]), []).append(node)
        found = {}
        for (table, column), nodes in tests.items():
            try:
                found[table, column] = least(self.outline, table, column, nodes)
            except TooLarge:
                continue
        return found


def _pick(grid: Grid, fits: Any, clear: Any) -> dict[int, Any] | None:
    cell = grid.first(fits & clear)
    return grid.first(fits) if cell is None else cell


def _some_of(nodes: Sequence[Node], need: int, ways: Any) -> list[Want]:
    """Ways for `need` of the nodes at once, the first few."""
    if need <= 0:
        return [Want()]
    found: list[Want] = []
    for chosen in itertools.islice(itertools.combinations(nodes, need), _MOST):
        for parts in itertools.islice(itertools.product(*(ways(node) for node in chosen)), _MOST):
            found.append(sum(parts, Want()))
    return found[:_MOST]


def _spelled(value: Any, kind: str, words: list[str]) -> Any:
    if kind == "set":
        return [words[i] for i in value]
    return words[value] if words else float(value)


def evidence_of(framework: Framework, people: Mapping[str, Rows]) -> Evidence:
    """People's rows as evidence; every table is supplied."""
    from .intake import read_evidence

    frames = {}
    for name, table in framework.document.tables.items():
        person = table.person
        rows = [{person: who, **row} for who, tables in people.items() for row in tables.get(name, [])]
        if table.unique:  # what several records would have to say, the only one cannot
            known = {who: tables.get(name, []) for who, tables in people.items()}
            rows = [{person: who, **(own[0] if len(own) == 1 else {})} for who, own in known.items()]
        used = [person, *(c for c in table.columns if c != person and any(c in row for row in rows))]
        frames[name] = pa.table(
            {
                c: pa.array([row.get(c) for row in rows], _TYPES.get(table.columns[c].type, pa.string()))
                for c in used
            }
        )
    return read_evidence(frames, framework)
