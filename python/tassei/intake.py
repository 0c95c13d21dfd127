"""Reading evidence: any supported source, checked against a framework, every mistake at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from . import _core
from . import grammar as g
from .column import Bad, Reader, Sets, distinct, merge, values_and_validity, whole
from .date import EPOCH
from .error import EvidenceError, listed, near
from .evidence import Columns, Evidence, TableReport, row_numbers
from .framework import Framework
from .source import Raw, open_source, to_library
from .text import key

__all__ = ["read_evidence"]

_ISSUES = pa.schema(
    [
        ("table", pa.string()), ("row", pa.int64()), ("column", pa.string()), ("value", pa.string()),
        ("problem", pa.string()), ("expected", pa.string()), ("hint", pa.string()),
    ]
)  # fmt: skip
_SHOWN = 20


def read_evidence(source: Any, framework: Framework, on_error: str = "raise") -> Evidence:
    """Reads evidence about people and checks every cell of it.

    Parameters
    ----------
    source : path or mapping
        A folder of CSV or TSV files, one a table, or a mapping of table name to frame
        (pandas, polars, pyarrow, or anything with the Arrow PyCapsule interface). Tables,
        columns and words go by their id, a label or an alias of the framework.
    framework : Framework
        What the tables mean.
    on_error : {"raise", "collect"}
        ``raise``: one error that carries every bad cell. ``collect``: go on with the good
        rows; ``evidence.issues`` and ``evidence.rejected`` hold the rest.

    Returns
    -------
    Evidence
        Blank cells are unknown; a table that is not there is unknown for everybody.

    Raises
    ------
    EvidenceError
        Bad cells (with ``on_error="raise"``), or a source that cannot be opened.

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> tables = {"certifications": {"person_id": ["P1"], "examination": ["AP"]}}
    >>> len(tassei.read_evidence(tables, framework))
    1
    """
    if on_error not in ("raise", "collect"):
        raise EvidenceError(f"on_error is 'raise' or 'collect', came {on_error!r}")
    raws, library = open_source(source)
    intake = _Intake(framework, raws)
    evidence = intake.read(library)
    if on_error == "raise" and intake.issues:
        issues = to_library(intake.issue_table(), library)
        raise EvidenceError(intake.message(), issues)
    return evidence


class _Intake:
    def __init__(self, framework: Framework, raws: list[Raw]) -> None:
        self.framework = framework
        self.document = framework.document
        self.issues: list[tuple[str, int, Bad]] = []  # table, first row's number, what is bad
        self.raws: dict[str, Raw] = {}
        self.match_tables(raws)

    # --- names ------------------------------------------------------------------------------------

    def match_tables(self, raws: list[Raw]) -> None:
        tables = self.document.tables
        spellings = {
            key(s): name for name, t in tables.items() for s in (name, *t.label.values(), *t.aliases)
        }
        for raw in raws:
            name = spellings.get(key(raw.name))
            if name is None:
                close = near(raw.name, tables)
                self.say(
                    raw.name, 0, "", raw.origin, "is an unknown table", f"one of {listed(tables)}", close
                )
            elif name in self.raws:
                self.say(name, 0, "", raw.origin, "is a second table of this name", "one file a table", None)
            else:
                self.raws[name] = raw

    def say(
        self, table: str, first: int, column: str, value: Any, problem: str, expected: str,
        close: str | None, rows: Any = (),
    ) -> None:  # fmt: skip
        hint = f"did you mean {close!r}?" if close else None
        self.issues.append(
            (table, first, Bad(column, np.asarray(rows, np.int64), value, problem, expected, hint))
        )

    def match_columns(
        self, table: str, raw: Raw
    ) -> tuple[dict[str, Any], dict[str, dict[int, Any]], list[str]]:
        """Columns by id, columns of single items by set column, and what is left."""
        declared = self.document.tables[table].columns
        spellings = {key(s): n for n, c in declared.items() for s in (n, *c.label.values(), *c.aliases)}
        found: dict[str, Any] = {}
        items: dict[str, dict[int, Any]] = {}
        left: list[str] = []
        reader = Reader(self.document, raw.rows)
        for name, data in raw.columns.items():
            column_id = spellings.get(key(name))
            if column_id is not None:
                if column_id in found:
                    self.say(
                        table,
                        raw.first_row,
                        column_id,
                        name,
                        "is a second column of this name",
                        "one column each",
                        None,
                    )
                found[column_id] = data
                continue
            column_id, item = self.item_column(name, spellings, declared, reader)
            if column_id is None:
                left.append(name)
            elif item is None:
                _, _, written = name.partition(".")
                words = self.document.vocabularies[declared[column_id].vocabulary or ""].words
                self.say(
                    table,
                    raw.first_row,
                    name,
                    written,
                    "is an unknown item",
                    f"one of {listed(words)}",
                    near(written, words),
                )
            else:
                items.setdefault(column_id, {})[item] = data
        return found, items, left

    def item_column(
        self, name: str, spellings: Mapping[str, str], declared: Mapping[str, g.Column], reader: Reader
    ) -> tuple[str | None, int | None]:
        if "." not in name:
            return None, None
        before, _, after = name.partition(".")
        column_id = spellings.get(key(before))
        if column_id is None or declared[column_id].type != "set":
            return None, None
        return column_id, reader.words(declared[column_id].vocabulary or "").get(key(after))

    # --- the whole --------------------------------------------------------------------------------

    def read(self, library: str) -> Evidence:
        people_table = next((n for n, t in self.document.tables.items() if t.unique), None)
        read = {name: self.read_table(name, raw) for name, raw in self.raws.items()}
        ids = self.person_ids(people_table, read)
        for table in read.values():
            if table is not None and table.name != people_table:
                table.match(ids, people_table is not None and people_table in read)

        reports, columns, cores, rejected = {}, {}, [], {}
        people = pa.table({"person_id": ids})
        for name, declared in self.document.tables.items():
            table = read.get(name)
            if table is None:
                reports[name] = TableReport()
                cores.append(None)
                if name in self.raws:  # supplied, but without persons: nobody knows whose rows these are
                    raw = self.raws[name]
                    reports[name] = TableReport(raw.origin, raw.rows, 0, raw.rows)
                    rejected[name] = _rows(raw, np.ones(raw.rows, bool))
                continue
            raw = table.raw
            self.issues += [(name, raw.first_row, bad) for bad in table.bad]
            good = None if not table.wrong.any() else ~table.wrong
            if good is not None:
                rejected[name] = _rows(raw, table.wrong)
            kept = table.keep(good)
            numbers = row_numbers(raw.rows, raw.first_row, good)
            columns[name] = Columns(kept, numbers, len(numbers))
            if name == people_table:
                persons = np.arange(len(ids), dtype=np.int32)
                people = _people(ids, table, good, {n: whole(raw.columns[n]) for n in table.left})
            else:
                persons = table.persons if good is None else np.ascontiguousarray(table.persons[good])
            cores.append(_core_table(declared, kept, persons, len(ids)))
            reports[name] = TableReport(
                raw.origin, raw.rows, len(numbers), raw.rows - len(numbers),
                {
                    name: _blank_cells(kept.get(name), len(numbers))
                    for name, column in declared.columns.items() if column.role != "person"
                },
                {} if declared.unique else {c: near(c, declared.columns) for c in table.left},
            )  # fmt: skip
        core = _core.Evidence(len(ids), cores)
        return Evidence(
            self.framework, library, core, ids, people, columns, reports, self.issue_table(), rejected
        )

    def read_table(self, name: str, raw: Raw) -> _Table | None:
        declared = self.document.tables[name]
        found, items, left = self.match_columns(name, raw)
        absent = [c for c in declared.columns if c not in found and c not in items]
        if not declared.unique:
            for column in left:  # a misspelt column would silently become unknown for everybody
                close = near(column, absent)
                if close:
                    self.say(
                        name,
                        raw.first_row,
                        column,
                        column,
                        "is an unknown column",
                        f"one of {listed(absent)}",
                        close,
                    )
        person = next(c for c, column in declared.columns.items() if column.role == "person")
        if person not in found:
            close = near(person, left)
            if raw.columns:
                self.say(
                    name, raw.first_row, person, None, "the column is missing", f"a column {person}", close
                )
                return None
            # an empty file has no header either: a supplied table without rows
            found = {person: pa.array([], pa.large_string())}
        return _Table(name, declared, raw, self.document, found, items, left)

    def person_ids(self, people_table: str | None, read: Mapping[str, _Table | None]) -> pa.Array:
        people = read.get(people_table or "")
        if people is not None:
            return people.unique_ids()
        columns = [table.person_text for table in read.values() if table is not None]
        if not columns:
            return pa.array([], pa.large_string())
        ids = pc.unique(pa.chunked_array(columns, pa.large_string()))
        return ids.filter(pc.is_valid(ids))

    # --- what is wrong ------------------------------------------------------------------------------

    def issue_table(self) -> pa.Table:
        parts: dict[str, list[Any]] = {name: [] for name in _ISSUES.names}
        for table, first, bad in self.issues:
            rows = [None] if len(bad.rows) == 0 else (bad.rows + first).tolist()
            value = None if bad.value is None else str(bad.value)
            for cell, values in zip(
                (table, rows, bad.column or None, value, bad.problem, bad.expected, bad.hint),
                parts.values(), strict=True,
            ):  # fmt: skip
                values.extend(cell if isinstance(cell, list) else [cell] * len(rows))
        # as the rows stand in their tables; what is wrong with a whole table or column comes first
        places = {table: i for i, table in enumerate(dict.fromkeys(parts["table"]))}
        rank = [
            (places[t], -1 if r is None else r) for t, r in zip(parts["table"], parts["row"], strict=True)
        ]
        order = sorted(range(len(rank)), key=rank.__getitem__)
        return pa.table(parts, _ISSUES).take(pa.array(order, pa.int64()))

    def message(self) -> str:
        count = sum(max(1, len(bad.rows)) for _, _, bad in self.issues)
        lines = [f"{count:,} problem{'s' if count != 1 else ''} in the evidence (all of them in .issues):"]
        for table, first, bad in self.issues[:_SHOWN]:
            where = f"{table}.{bad.column}" if bad.column else table
            value = f"{bad.value!r} " if bad.value is not None else ""
            rows = ""
            if len(bad.rows):
                shown = listed((bad.rows + first).tolist(), 5)
                rows = f" (row {shown})" if len(bad.rows) == 1 else f" (rows {shown})"
            hint = f"; {bad.hint}" if bad.hint else ""
            lines.append(f"  {where}: {value}{bad.problem}{rows}; expected {bad.expected}{hint}")
        if len(self.issues) > _SHOWN:
            lines.append(f"  … and {len(self.issues) - _SHOWN:,} more kinds of problem")
        lines.append('on_error="collect" goes on with the good rows and keeps the rejected ones.')
        return "\n".join(lines)


class _Table:
    """A table while it is read: its parsed columns and which rows are wrong."""

    def __init__(
        self, name: str, declared: g.Table, raw: Raw, document: g.Document,
        found: Mapping[str, Any], items: Mapping[str, dict[int, Any]], left: list[str],
    ) -> None:  # fmt: skip
        self.name, self.declared, self.raw, self.left = name, declared, raw, left
        self.document = document
        reader = Reader(document, raw.rows)
        self.bad = reader.bad
        self.cells: dict[str, Any] = {}
        self.person_text: pa.Array = pa.array([], pa.large_string())
        self.persons: npt.NDArray[np.int32] = np.empty(0, np.int32)
        for column_id, column in declared.columns.items():
            if column_id not in found and column_id not in items:
                continue
            data = whole(found[column_id]) if column_id in found else None
            if column.role == "person":
                self.person_column = column_id
                self.person_text = reader.text(data)
            elif column.type == "set":
                marked = [
                    (i, reader.item(f"{column_id}.{self.word(column, i)}", whole(d)))
                    for i, d in items.get(column_id, {}).items()
                ]
                sets = reader.items(column_id, column, data) if data is not None else None
                self.cells[column_id] = merge(sets, raw.rows, marked) if marked else sets
                if marked and sets is not None:
                    self.contradictions(column_id, sets, marked)
            elif column.type == "date":
                self.cells[column_id] = reader.date(column_id, column, data)
            elif column.type == "number":
                self.cells[column_id] = reader.number(column_id, data)
            elif column.type == "text":
                self.cells[column_id] = reader.text(data)
            else:
                self.cells[column_id] = reader.word(column_id, column, data)
        self.check_persons()
        self.check_periods()

    def word(self, column: g.Column, place: int) -> str:
        return list(self.document.vocabularies[column.vocabulary or ""].words)[place]

    def contradictions(self, name: str, sets: Sets, marked: Any) -> None:
        for item, says in marked:
            bit = np.uint64(1 << item)
            has = (sets.has[sets.codes] & bit) != 0
            known = (sets.known[sets.codes] & bit) != 0
            rows = np.flatnonzero(known & (says >= 0) & (has != (says == 1)))
            if len(rows):
                column = self.declared.columns[name]
                self.bad.append(
                    Bad(
                        f"{name}.{self.word(column, item)}",
                        rows,
                        None,
                        f"contradicts {name}",
                        "the same in both, or one blank",
                    )
                )

    def check_persons(self) -> None:
        blank = np.flatnonzero(pc.is_null(self.person_text).to_numpy(zero_copy_only=False))
        if len(blank):
            self.bad.append(Bad(self.person_column, blank, None, "is blank", "whose row this is"))

    def check_periods(self) -> None:
        roles = {c.role: n for n, c in self.declared.columns.items() if c.role}
        start, end = self.cells.get(roles.get("start", "")), self.cells.get(roles.get("end", ""))
        if start is None or end is None:
            return
        before = np.flatnonzero(pc.fill_null(pc.less(end, start), False).to_numpy(zero_copy_only=False))
        if len(before) == 0:
            return
        days = [c.cast(pa.int32()).take(pa.array(before)).to_numpy() for c in (start, end)]
        periods, which = np.unique(np.stack(days), axis=1, return_inverse=True)
        groups = np.split(before[np.argsort(which, kind="stable")], np.cumsum(np.bincount(which))[:-1])
        for (first, last), rows in zip(periods.T.tolist(), groups, strict=True):
            begun, ended = (dt.date.fromordinal(EPOCH + day).isoformat() for day in (first, last))
            self.bad.append(
                Bad(
                    roles["end"],
                    rows,
                    ended,
                    f"is before the start, {begun}",
                    "an end on or after the start",
                )
            )

    def unique_ids(self) -> pa.Array:
        """The persons of a table with one row each; a second row of a person is wrong."""
        values, codes = distinct(self.person_text)
        first = np.full(len(values) + 1, -1, np.int64)
        rows = np.arange(len(codes))
        first[codes[::-1]] = rows[::-1]
        again = np.flatnonzero((codes >= 0) & (first[codes] != rows))
        for row in again:
            earlier = first[codes[row]] + self.raw.first_row
            self.bad.append(
                Bad(
                    self.person_column,
                    np.array([row]),
                    values[codes[row]],
                    f"is there already, in row {earlier}",
                    "one row a person",
                )
            )
        good = ~self.wrong
        ids = self.person_text if good.all() else self.person_text.filter(pa.array(good))
        return whole(ids)

    def match(self, ids: pa.Array, complete: bool) -> None:
        """Finds each row's person; with a people table, others are wrong."""
        places = pc.index_in(self.person_text, value_set=ids)
        self.persons = pc.fill_null(places, -1).to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
        if not complete:
            return
        strangers = np.flatnonzero(
            (self.persons < 0) & pc.is_valid(self.person_text).to_numpy(zero_copy_only=False)
        )
        if len(strangers) == 0:
            return
        names, codes = distinct(self.person_text.take(pa.array(strangers)))
        for i, person in enumerate(names):
            self.bad.append(
                Bad(
                    self.person_column,
                    strangers[codes == i],
                    person,
                    "is not among the people",
                    "a person of the people table",
                )
            )

    @property
    def wrong(self) -> npt.NDArray[np.bool_]:
        wrong = np.zeros(self.raw.rows, bool)
        for bad in self.bad:
            wrong[bad.rows] = True
        return wrong

    def keep(self, good: Any) -> dict[str, Any]:
        """Parsed columns of the accepted rows."""
        if good is None:
            return self.cells
        mask = pa.array(good)
        kept: dict[str, Any] = {}
        for name, cells in self.cells.items():
            if isinstance(cells, pa.Array):
                kept[name] = cells.filter(mask)
            elif isinstance(cells, Sets):
                kept[name] = cells.take(good)
            else:
                kept[name] = np.ascontiguousarray(cells[good])
        return kept


def _rows(raw: Raw, which: npt.NDArray[np.bool_]) -> pa.Table:
    """Rows as they came, with their number in front."""
    mask = pa.array(which)
    numbers = pa.array(np.flatnonzero(which) + raw.first_row)
    return pa.table(
        {"row": numbers, **{n: whole(c).filter(mask) for n, c in raw.columns.items() if n != "row"}}
    )


def _people(ids: pa.Array, table: _Table, good: Any, others: Mapping[str, Any]) -> pa.Table:
    mask = None if good is None else pa.array(good)
    columns = {
        name: c if mask is None else c.filter(mask) for name, c in others.items() if name != "person_id"
    }
    return pa.table({"person_id": ids, **columns})


def _core_table(declared: g.Table, kept: Mapping[str, Any], persons: Any, count: int) -> Any:
    core = _core.TableData(len(declared.columns), persons, count)
    for i, (name, column) in enumerate(declared.columns.items()):
        cells = kept.get(name)
        if cells is None:
            continue
        if column.type == "date":
            core.set_dates(i, *values_and_validity(cells, np.int32))
        elif column.type == "number":
            core.set_numbers(i, *values_and_validity(cells, np.float64))
        elif column.type == "set":
            core.set_sets(i, cells.codes, cells.has, cells.known)
        elif column.role == "identity":
            core.set_identity(i, np.ascontiguousarray(distinct(cells)[1]))
        elif column.type != "text":
            core.set_words(i, cells)
    return core


def _blank_cells(cells: Any, rows: int) -> int:
    if cells is None:
        return rows
    if isinstance(cells, pa.Array):
        blank = cells.null_count
        if pa.types.is_floating(cells.type):
            blank += pc.sum(pc.is_nan(cells)).as_py() or 0
        return int(blank)
    if isinstance(cells, Sets):
        return int((cells.known == 0)[cells.codes].sum())
    return int((cells == 0).sum())
