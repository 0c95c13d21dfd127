"""Reading evidence: any supported source, checked against a framework, every mistake at once."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import _core
from .error import EvidenceError, listed, near
from .evidence import Columns, Evidence, TableReport
from .framework import Framework, check_framework
from .issue import Issues
from .mapping import MAPPING_FILE, Names, read_names
from .match import match_columns, match_tables
from .raw import Raw, is_text, some
from .source import _as_written, open_source, to_library
from .table import Blanks, Table, blank_rows, rows_of

__all__ = ["Intake", "read_evidence"]


def read_evidence(
    source: Any,
    framework: Framework,
    on_error: str = "raise",
    *,
    tables: Mapping[str, str] | None = None,
    columns: Mapping[str, Mapping[str, str | None]] | None = None,
    values: Mapping[str, Mapping[str, Mapping[str, Any]]] | None = None,
    mapping: str | os.PathLike[str] | Mapping[str, Any] | None = None,
) -> Evidence:
    """Reads evidence about people and checks every cell of it.

    Parameters
    ----------
    source : path, URL, connection or mapping
        - a folder with a CSV, TSV, Parquet, Arrow or Excel file (or a folder of Parquet files) a table;
        - one such file; of a workbook, each sheet is a table;
        - a DuckDB or SQLite file, a URL (``postgresql://…``, or any that SQLAlchemy knows), or an
          open connection (DuckDB, ADBC, SQLAlchemy, DB-API), which is only read;
        - a mapping of table name to frame (pandas, polars, pyarrow, DuckDB relations, or anything
          with the Arrow PyCapsule interface) or to a file. What the index of a pandas frame has names for
          are columns too.

        Tables, columns and words go by their id, a label or an alias of the framework.
    framework : Framework
        What the tables mean.
    on_error : {"raise", "collect"}
        ``raise``: one error that carries every bad cell. ``collect``: go on with the good
        rows; ``evidence.issues`` and ``evidence.rejected`` hold the rest.
    tables : mapping of str to str, optional
        What evidence tables are called in the source: a file, a sheet, a database's table or view,
        or one SELECT.
    columns : mapping of str to mapping, optional
        By table: the source's names of columns to those of the framework (also ``column.item``);
        None passes a column over.
    values : mapping of str to mapping, optional
        By table and column: what a cell says to what it means; None makes it a blank.
    mapping : path or mapping, optional
        The same three in a YAML file, or in one mapping. A file ``tassei-mapping.yaml`` that lies
        in a source folder, or beside a source file, is used by itself. Arguments go before it.

    Returns
    -------
    Evidence
        Blank cells are unknown; a table that is not there is unknown for everybody.

    Raises
    ------
    EvidenceError
        Bad cells (with ``on_error="raise"``), or a source or a mapping that cannot be used.

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> exported = {"certifications": {"社員番号": ["P1"], "資格": ["応用"]}}
    >>> evidence = tassei.read_evidence(
    ...     exported, framework,
    ...     columns={"certifications": {"社員番号": "person_id", "資格": "examination"}},
    ...     values={"certifications": {"examination": {"応用": "AP"}}},
    ... )
    >>> len(evidence)
    1
    """
    check_framework(framework)
    if on_error not in ("raise", "collect"):
        raise EvidenceError(f"on_error is 'raise' or 'collect', came {on_error!r}")
    mapping = _mapping_beside(source) if mapping is None else mapping
    names = read_names(framework.document, tables, columns, values, mapping)
    raws, library = open_source(source, framework.document, names)
    intake = Intake(framework, raws, names)
    evidence = intake.read(library, str(mapping) if isinstance(mapping, str | os.PathLike) else None)
    if on_error == "raise" and intake.issues:
        raise EvidenceError(intake.issues.message(), to_library(intake.issues.table(), library))
    return evidence


def _mapping_beside(source: Any) -> str | None:
    """The mapping that a company keeps with its export."""
    if not isinstance(source, str | os.PathLike) or "://" in str(source):
        return None
    folder = str(source) if os.path.isdir(source) else os.path.dirname(str(source))
    path = os.path.join(folder, MAPPING_FILE)
    return path if os.path.isfile(path) else None


class Intake:
    """Tables as they came on their way to evidence."""

    def __init__(
        self, framework: Framework, raws: Sequence[Raw], names: Names, threads: int = 0
    ) -> None:
        self.framework = framework
        self.threads = threads
        self.document = framework.document
        self.names = names
        self.issues = Issues()
        self.raws, self.unknown = match_tables(self.document, raws, names, self.issues)
        self.people_table = next((n for n, t in self.document.tables.items() if t.unique), None)
        people = self.raws.get(self.people_table or "")
        # of a form with a sheet a table, the one for people may be left blank
        if people is not None and people.sheet and people.rows == 0 and len(self.raws) > 1:
            del self.raws[self.people_table or ""]

    def read(self, library: str, mapping: str | None) -> Evidence:
        read, index = self.read_tables()
        ids = _ids(index)
        reports, columns, rejected = {}, {}, {}
        cores: list[Any] = []
        people = pa.table({"person_id": ids})
        for name, declared in self.document.tables.items():
            table, raw = read.get(name), self.raws.get(name)
            if raw is None:
                reports[name] = TableReport()
                cores.append(None)
                continue
            if table is None:  # supplied, but without persons: nobody knows whose rows these are
                for bad in raw.bad:
                    self.issues.add(name, raw, bad)
                blank = blank_rows(raw) if raw.sheet else None
                kept = np.ones(raw.rows, bool) if blank is None else ~blank
                rows = int(kept.sum())
                left = {column: near(column, declared.columns) for column in raw.columns}
                reports[name] = TableReport(
                    raw.origin, rows, 0, rows, {}, left, raw.rows - rows, raw.encoding, raw.notes
                )
                rejected[name] = rows_of(raw, kept)
                cores.append(None)
                continue
            for bad in table.bad:
                self.issues.add(name, raw, bad)
            good = table.accepted
            accepted = int(good.sum())
            skipped = 0 if table.skipped is None else int(table.skipped.sum())
            rows = raw.rows - skipped
            if accepted < rows:
                rejected[name] = table.rejected(good)
            columns[name] = Columns(table.cells, raw.number)
            cores.append(table.core(len(ids)))
            if name == self.people_table:
                people = _people(ids, table, good)
            reports[name] = TableReport(
                raw.origin, rows, accepted, rows - accepted,
                Blanks(declared, table.cells, accepted, good),
                {} if declared.unique else {c: near(c, declared.columns) for c in table.matched.left},
                skipped, raw.encoding, raw.notes, table.matched.named,
            )  # fmt: skip
        core = _core.Evidence(len(ids), cores)
        return Evidence(
            self.framework, library, core, ids, people, columns, reports, self.issues.table(), rejected,
            list(self.unknown), mapping,
        )  # fmt: skip

    def read_tables(self) -> tuple[dict[str, Table | None], Any]:
        """All tables, and who there is as an index of ids: the people, or whoever the others name."""
        read: dict[str, Table | None] = {}
        index = _core.TextIndex(True)
        look_up = index.add
        for name in sorted(self.raws, key=lambda name: name != self.people_table):
            table = self.read_table(name, self.raws[name], look_up)
            read[name] = table
            if table is not None and name == self.people_table:
                index = table.own_persons(index)
                look_up = index.find
            elif table is not None:
                table.find_persons()
        return read, index

    def read_table(self, name: str, raw: Raw, look_up: Any) -> Table | None:
        declared = self.document.tables[name]
        matched = match_columns(self.document, name, raw, self.names, self.issues)
        absent = [c for c in declared.columns if c not in matched.columns and c not in matched.items]
        if not declared.unique:
            for column in matched.left:  # a misspelt column would silently become unknown for everybody
                if near(column, absent):
                    self.issues.say(
                        name, None, column, column, "is an unknown column", f"one of {listed(absent)}",
                        absent,
                    )  # fmt: skip
        person = declared.person
        if person not in matched.columns:
            if raw.columns:
                self.issues.say(
                    name, None, person, None, "the column is missing", f"a column {person}",
                    matched.left, person,
                )  # fmt: skip
                return None
            # an empty file has no header either: a supplied table without rows
            matched.columns[person] = pa.chunked_array([pa.array([], pa.large_string())])
        return Table(name, declared, raw, self.document, matched, self.names, look_up, self.threads)


def _ids(index: Any) -> pa.Array:
    """All texts of an index as one column."""
    offsets, letters = pa.py_buffer(index.offsets()), pa.py_buffer(index.letters())
    return pa.LargeStringArray.from_buffers(len(index), offsets, letters)


def _people(ids: pa.Array, table: Table, good: Any) -> pa.Table:
    others = {name: table.raw.columns[name] for name in table.matched.left if name != "person_id"}
    if not good.all():
        others = {name: some(column, np.flatnonzero(good)) for name, column in others.items()}
    filled = {name: _filled(table.name, name, column) for name, column in others.items()}
    return pa.table({"person_id": ids, **filled})


def _filled(table: str, name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Values that can be told apart: texts of one type, null where nothing is known, one zero."""
    kind = column.type
    if pa.types.is_null(kind):
        return column.cast(pa.large_string())
    if pa.types.is_floating(kind):
        column = column.cast(pa.float32()) if pa.types.is_float16(kind) else column
        column = pc.add(column, pa.scalar(0.0, column.type))  # of minus zero zero
        return pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
    if pa.types.is_nested(kind):  # lists; what else is nested has been made text
        column, kind = _as_written(table, name, column.to_pylist()), pa.large_string()
    if not is_text(kind.value_type if pa.types.is_dictionary(kind) else kind):
        return column
    column = column.cast(pa.large_string())
    blank = pc.equal(pc.utf8_trim_whitespace(column), "")
    return pc.if_else(blank, pa.scalar(None, pa.large_string()), column)
