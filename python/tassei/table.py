"""One table of evidence while it is read: its columns, its persons, and which rows are bad."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from . import _core
from . import grammar as g
from .column import Reader, arrow, index_column, numbers_of, rows_by_code, texts
from .date import EPOCH
from .mapping import Names
from .match import Matched
from .raw import Bad, Raw, some, whole
from .sets import Sets, merge

__all__ = ["Blanks", "Table", "blank_rows", "rows_of"]

Mask = npt.NDArray[np.bool_]
_THREADS = min(8, os.cpu_count() or 1)


class Table:
    """Parsed columns of a table.

    `look_up` gives the number of each row's person: -1 where it is blank, less where nobody knows it.

    Attributes
    ----------
    cells : dict of str to cells
        By column id: Arrow columns of dates, numbers and texts, codes of words, or :class:`Sets`.
    persons : array of int32, shape (rows,)
        Number of each row's person; -1 where the row was rejected.
    skipped : array of bool, shape (rows,), or None
        Rows that are blank throughout and so are none.
    bad : list of Bad
    """

    def __init__(
        self, name: str, declared: g.Table, raw: Raw, document: g.Document, matched: Matched, names: Names,
        look_up: Callable[[Any], npt.NDArray[np.int32]], threads: int = 0,
    ) -> None:  # fmt: skip
        self.name, self.declared, self.raw, self.document = name, declared, raw, document
        self.matched = matched
        told = names.values.get(name, {})
        self.bad = list(raw.bad)
        self.cells: dict[str, Any] = {}
        self.persons: npt.NDArray[np.int32] = np.full(raw.rows, -1, np.int32)
        self.person_column = declared.person
        person = matched.columns[self.person_column]
        self.ids = person
        if self.person_column in told:
            self.ids = Reader(document, raw.rows, told).text(self.person_column, person)
        self.skipped: Mask | None = blank_rows(raw, self.person) if raw.sheet else None
        there = {*matched.columns, *matched.items} - {self.person_column}
        wanted = {name: column for name, column in declared.columns.items() if name in there}
        readers = [Reader(document, raw.rows, told) for _ in wanted]
        # most of the work is the core's, which leaves the GIL
        with ThreadPoolExecutor(threads or _THREADS) as pool:
            codes = pool.submit(numbers_of, self.ids, look_up)
            cells = list(pool.map(self.read, readers, wanted, wanted.values()))
        self.codes = codes.result()
        self.cells = dict(zip(wanted, cells, strict=True))
        for reader in readers:
            self.bad += reader.bad
        self.check_periods()

    def read(self, reader: Reader, column_id: str, column: g.Column) -> Any:
        data = self.matched.columns.get(column_id)
        if column.type == "set":
            return self.read_set(reader, column_id, column)
        if column.type == "date":
            return reader.date(column_id, column, data)
        if column.type == "number":
            return reader.number(column_id, data)
        if column.type == "text":
            return reader.text(column_id, data)
        return reader.word(column_id, column, data)

    def read_set(self, reader: Reader, column_id: str, column: g.Column) -> Sets:
        words = list(self.document.vocabularies[column.vocabulary or ""].words)
        marked = [
            (item, reader.item(f"{column_id}.{words[item]}", data))
            for item, data in self.matched.items.get(column_id, {}).items()
        ]
        whole = self.matched.columns.get(column_id)
        sets = None if whole is None else reader.items(column_id, column, whole)
        if not marked and sets is not None:
            return sets
        if sets is not None:
            for item, says in marked:
                bit = np.uint64(1 << item)
                has = (sets.has[sets.codes] & bit) != 0
                known = (sets.known[sets.codes] & bit) != 0
                rows = np.flatnonzero(known & (says >= 0) & (has != (says == 1)))
                if len(rows):
                    name = f"{column_id}.{words[item]}"
                    contradiction = f"contradicts {column_id}"
                    reader.bad.append(Bad(name, rows, None, contradiction, "the same in both, or one blank"))
        return merge(sets, self.raw.rows, marked)

    def refuse(
        self, column: str, rows: npt.NDArray[np.int64], value: Any, problem: str, expected: str
    ) -> None:
        if len(rows):
            self.bad.append(Bad(column, rows, value, problem, expected))

    def check_periods(self) -> None:
        roles = {c.role: n for n, c in self.declared.columns.items() if c.role}
        start, end = self.cells.get(roles.get("start", "")), self.cells.get(roles.get("end", ""))
        if start is None or end is None:
            return
        wrong = _core.ends_before_start(arrow(start), arrow(end))
        if len(wrong) == 0:
            return
        taken = pa.array(wrong)
        days = [c.take(taken).cast(pa.date32(), safe=False).cast(pa.int32()).to_numpy() for c in (start, end)]
        periods, which = np.unique(np.stack(days), axis=1, return_inverse=True)
        groups = rows_by_code(which.ravel().astype(np.int32), np.arange(periods.shape[1]), periods.shape[1])
        for (first, last), rows in zip(periods.T.tolist(), groups, strict=True):
            begun, ended = (dt.date.fromordinal(EPOCH + day).isoformat() for day in (first, last))
            problem = f"is before the start, {begun}"
            self.refuse(roles["end"], wrong[rows], ended, problem, "an end on or after the start")

    # --- persons -----------------------------------------------------------------------------------

    @property
    def person(self) -> pa.ChunkedArray:
        """Whose each row is, as it is written."""
        return whole(self.ids)

    def own_persons(self, named: Any) -> Any:
        """The persons of a table with one row each, as an index; a second row of a person is bad.

        `named` is the index that the table was read with.
        """
        codes = self.codes
        self.refuse_blank(codes)
        highest = np.maximum.accumulate(np.concatenate([[-1], codes]))[:-1]
        again = np.flatnonzero((codes >= 0) & (codes <= highest))
        if len(again):
            rows = np.flatnonzero((codes >= 0) & (codes > highest))  # by code: the first row
            written = self.person
            for row in again:
                person = str(written[int(row)].as_py()).strip()
                earlier = self.raw.number(rows[codes[row]])
                self.refuse(
                    self.person_column, np.array([row]), person, f"is there already, in row {earlier}",
                    "one row a person",
                )  # fmt: skip
        good = self.accepted
        self.persons = codes
        if good.all():
            return named
        index = _core.TextIndex(True)
        index.scan(index_column(some(self.person, np.flatnonzero(good))))
        self.persons = numbers_of(self.ids, index.find)
        self.persons[~good] = -1
        return index

    def find_persons(self) -> None:
        """Whose each row is; those of nobody known are bad."""
        codes = self.codes
        self.refuse_blank(codes)
        strangers = np.flatnonzero(codes < -1)
        if len(strangers):
            theirs = _core.TextIndex(True)
            written = some(self.person, strangers)
            own = theirs.add(index_column(written))
            groups = rows_by_code(own, np.arange(len(theirs)), len(theirs))
            for rows in groups:
                person = texts(written.take(pa.array(rows[:1])))[0].as_py().strip()
                self.refuse(
                    self.person_column, strangers[rows], person, "is not among the people",
                    "a person of the people table",
                )  # fmt: skip
        good = self.accepted
        self.persons = codes
        if not good.all():
            self.persons[~good] = -1

    def refuse_blank(self, codes: npt.NDArray[np.int32]) -> None:
        blank = codes == -1
        if self.skipped is not None:
            blank &= ~self.skipped
        self.refuse(self.person_column, np.flatnonzero(blank), None, "is blank", "whose row this is")

    @property
    def accepted(self) -> Mask:
        good = np.ones(self.raw.rows, bool)
        for bad in self.bad:
            good[bad.rows] = False
        if self.skipped is not None:
            good[self.skipped] = False
        return good

    # --- what comes of it ----------------------------------------------------------------------------

    def rejected(self, good: Mask) -> pa.Table:
        """Rejected rows as they came, with their number in front."""
        mask = ~good if self.skipped is None else ~good & ~self.skipped
        return rows_of(self.raw, mask)

    def core(self, persons: int) -> Any:
        """The table as the core reads it."""
        core = _core.TableData(len(self.declared.columns), self.persons, persons)
        for i, (name, column) in enumerate(self.declared.columns.items()):
            cells = self.cells.get(name)
            if cells is None:
                continue
            if column.type == "date":
                core.set_dates(i, arrow(cells))
            elif column.type == "number":
                core.set_numbers(i, arrow(cells))
            elif column.type == "set":
                core.set_sets(i, cells.codes, cells.has, cells.known)
            elif column.role == "identity":
                core.set_identity(i, arrow(texts(cells)))
            elif column.type != "text":
                core.set_words(i, cells)
        return core


class Blanks(Mapping[str, int]):
    """Blank cells of accepted rows by declared column, counted when somebody asks."""

    def __init__(self, declared: g.Table, cells: Mapping[str, Any], rows: int, good: Mask) -> None:
        self._declared, self._cells, self._rows = declared, cells, rows
        self._good = None if good.all() else good
        self._counts: dict[str, int] = {}

    def __getitem__(self, column: str) -> int:
        if column == self._declared.person:
            raise KeyError(column)
        if column not in self._counts:
            self._counts[column] = self._count(column)
        return self._counts[column]

    def __iter__(self) -> Iterator[str]:
        return (name for name, column in self._declared.columns.items() if column.role != "person")

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return repr(dict(self))

    def _count(self, column: str) -> int:
        cells = self._cells.get(column)
        if cells is None:
            return self._rows
        if isinstance(cells, pa.ChunkedArray):
            plain = self._declared.columns[column].type in ("date", "number")
            return int(_core.blank_cells(arrow(cells if plain else texts(cells)), self._good))
        blank = (cells.known == 0)[cells.codes] if isinstance(cells, Sets) else cells == 0
        return int(np.count_nonzero(blank if self._good is None else blank & self._good))


def rows_of(raw: Raw, mask: Mask) -> pa.Table:
    """Rows as they came, with their number in front, and behind them what stands beyond the header."""
    rows = np.flatnonzero(mask)
    name = next(n for n in ("row", "row number", "number of the row") if n not in raw.columns)
    columns = {name: pa.array(raw.number(rows))}
    columns |= {name: some(column, rows) for name, column in raw.columns.items()}
    beyond = {int(row): bad.value for bad in raw.bad for row in bad.rows}
    if beyond:
        columns["beyond the header"] = pa.array([beyond.get(int(row), "") for row in rows], pa.large_string())
    return pa.table(columns)


def blank_rows(raw: Raw, person: pa.ChunkedArray | None = None) -> Mask | None:
    """Rows without any filled cell; None where there are none."""
    blank = np.ones(raw.rows, bool)
    if person is not None:
        blank = _core.TextIndex(True).add(index_column(person)) < 0
    for bad in raw.bad:
        blank[bad.rows] = False
    rows = np.flatnonzero(blank)
    for column in raw.columns.values():
        if len(rows) == 0:
            return None
        cells = some(column, rows)
        filled = pc.is_valid(cells)
        if not pa.types.is_nested(cells.type):
            filled = pc.and_(filled, pc.not_equal(pc.utf8_trim_whitespace(_written(cells)), ""))
        rows = rows[~pc.fill_null(filled, False).to_numpy()]
    if len(rows) == 0:
        return None
    skipped = np.zeros(raw.rows, bool)
    skipped[rows] = True
    return skipped


def _written(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    return texts(cells).cast(pa.large_string())
