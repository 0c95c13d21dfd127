"""Where evidence comes from: files, folders, databases and frames, all as tables of Arrow columns."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from . import _core
from . import grammar as g
from .connection import database_file
from .delimited import DELIMITED, open_delimited
from .error import EvidenceError, listed
from .mapping import MAPPING_FILE, Names
from .raw import Raw, once, plain
from .store import PARQUET, open_database, open_parquet, parquet_tables, shelved_parquet
from .text import key
from .workbook import WORKBOOKS, known_spellings, open_workbook

__all__ = ["named_index", "open_source", "to_library"]

# what Arrow says of cells that have no one type of its own
_MIXED = (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, UnicodeEncodeError, OverflowError)


def open_source(source: Any, document: g.Document, names: Names) -> tuple[list[Raw], str]:
    """The tables of a source, and the library that results go back in.

    Parameters
    ----------
    source : path, URL, connection or mapping
        See :func:`tassei.read_evidence`.
    document : grammar.Document
        The framework.
    names : Names
        How the source names what the framework has.

    Raises
    ------
    EvidenceError
        There is no such source, it holds no tables, or it is of no known kind.
    """
    opener = _Opener(document, names)
    if isinstance(source, Mapping):
        raws = []
        for name, frame in source.items():
            if isinstance(frame, str | os.PathLike):
                raws.append(dataclasses.replace(opener.only(Path(frame)), name=str(name)))
            else:
                raws.append(_frame(str(name), frame))
        libraries = [_library(frame) for frame in source.values()]
        return raws, next(iter(libraries), "pandas")
    if isinstance(source, str) and "://" in source:
        return opener.database(source), "pandas"
    if isinstance(source, str | os.PathLike):
        return opener.path(Path(source)), "pandas"
    if hasattr(source, "cursor") or hasattr(source, "connect") or hasattr(source, "dialect"):
        return opener.database(source), "pandas"
    raise EvidenceError(
        f"expected a folder, a file, a database or a mapping of table name to frame, came "
        f'{type(source).__name__}; try read_evidence({{"table": frame}}, framework)'
    )


class _Opener:
    """Opens files by what they are."""

    def __init__(self, document: g.Document, names: Names) -> None:
        self.document, self.names = document, names
        written = {name for table in names.written.values() for name in table.values()}
        self.spellings = known_spellings(document) | {key(name) for name in written}
        self.tables = {
            key(s): name
            for name, t in document.tables.items() for s in (name, *t.label.values(), *t.aliases)
        }  # fmt: skip

    def path(self, path: Path) -> list[Raw]:
        if not path.exists():
            kind = "file" if path.suffix else "folder"
            if "password=" in str(path) or (":/" in str(path) and "@" in str(path)):  # a secret may be in it
                raise EvidenceError(
                    "there is no such file; a database's URL is written postgresql://user:password@host/name"
                )
            raise EvidenceError(f"there is no {kind} {path}")
        return self.folder(path) if path.is_dir() else self.file(path)

    def folder(self, path: Path) -> list[Raw]:
        raws: list[Raw] = parquet_tables(path)
        for file in sorted(path.iterdir()):
            suffix = file.suffix.lower()
            if file.name.startswith((".", "~$", "_")) or not file.is_file():
                continue
            if suffix in DELIMITED or suffix in WORKBOOKS:
                raws += self.file(file)
        if not raws:
            raise EvidenceError(
                f"the folder {path} holds no table; expected files {', '.join((*DELIMITED, *WORKBOOKS))} "
                "or .parquet"
            )
        return raws

    def file(self, path: Path) -> list[Raw]:
        suffix = path.suffix.lower()
        if suffix in DELIMITED:
            return [open_delimited(path, self.document, self.spellings)]
        if suffix in WORKBOOKS:
            return self.workbook(path)
        if suffix in PARQUET:
            return [shelved_parquet(path)]
        if path.name == MAPPING_FILE:
            raise EvidenceError(f"{path.name} is a mapping; give the data, and mapping={path.name!r}")
        if database_file(path) is not None:
            return self.database(path)
        kinds = ", ".join((*DELIMITED, *WORKBOOKS, *sorted(PARQUET)))
        raise EvidenceError(f"{path.name}: is no file that is read here; expected {kinds}, or a database")

    def workbook(self, path: Path) -> list[Raw]:
        raws = open_workbook(path, self.spellings)
        called = {key(name) for name in self.names.tables.values()}
        known = [raw for raw in raws if key(raw.name) in self.tables or key(raw.name) in called]
        named = key(path.stem) in self.tables or key(path.stem) in called
        if not known and named and len(raws) == 1:  # a table saved as a workbook, in a sheet of any name
            return [dataclasses.replace(raws[0], name=path.stem)]
        return raws

    def database(self, source: Any) -> list[Raw]:
        wanted = [word for word, name in self.tables.items() if name not in self.names.tables]
        raws = open_database(source, dict(self.names.tables), wanted)
        return [dataclasses.replace(raw, name=self.names.tables.get(raw.name, raw.name)) for raw in raws]

    def only(self, path: Path) -> Raw:
        """The one table of a file that a mapping names."""
        raws = [open_parquet(path)] if path.is_dir() else self.path(path)
        if len(raws) != 1:
            there = listed(raw.name for raw in raws)
            raise EvidenceError(f"{path}: holds {len(raws)} tables ({there}), expected one")
        return raws[0]


def _library(frame: Any) -> str:
    module = type(frame).__module__.split(".")[0]
    known = {"builtins": "pandas", "pandas": "pandas", "polars": "polars", "pathlib": "pandas"}
    return known.get(module, "pyarrow")


def _frame(name: str, frame: Any) -> Raw:
    if type(frame).__module__.startswith("pandas"):
        index = named_index(frame)
        once(name, [str(column) for column in (*index, *frame.columns)])
        parts = {**index, **{column: frame[column] for column in frame.columns}}
        columns = {str(column): _pandas_column(name, cells) for column, cells in parts.items()}
        return Raw(name, name, columns, len(frame), 0)
    if hasattr(frame, "collect"):  # a lazy frame
        frame = frame.collect()
    if isinstance(frame, Mapping):
        table = _table_of(name, frame)
    elif _library(frame) == "polars":
        table = _polars_table(name, frame)
    elif isinstance(frame, pa.Table):
        table = frame
    elif hasattr(frame, "__arrow_c_stream__"):
        table = pa.table(frame)
    else:
        raise EvidenceError(
            f"{name}: cannot read a {type(frame).__module__}.{type(frame).__name__}; expected a "
            "pandas, polars or pyarrow frame, or anything with __arrow_c_stream__"
        )
    once(name, table.column_names)
    columns = {column: plain(table.column(i)) for i, column in enumerate(table.column_names)}
    return Raw(name, name, columns, table.num_rows, 0)


def named_index(frame: Any) -> dict[Any, Any]:
    """What the index of a pandas frame says by name, as ``set_index`` leaves it: columns like all others."""
    names = [name for name in frame.index.names if name is not None and name not in frame.columns]
    return {name: frame.index.get_level_values(name).to_series() for name in names}


def _polars_table(name: str, frame: Any) -> pa.Table:
    """A polars frame where it lies."""
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:  # most of it is the core's, without the GIL
        columns = list(pool.map(partial(_polars_column, name), frame.get_columns()))
    return pa.table(dict(zip(frame.columns, columns, strict=True)))


def _polars_column(table: str, series: Any) -> pa.ChunkedArray:
    if not str(series.dtype).startswith(("Categorical", "Enum")):
        try:
            return pa.table(series.to_frame()).column(0)  # as a series alone old versions misname its dates
        except pa.ArrowInvalid:  # a type of polars' own
            return _as_written(table, series.name, series.to_list())
    codes = pa.chunked_array(series.to_physical())  # polars itself would copy the codes of its categories
    first = _core.first_rows(_core.ArrowColumn(codes))
    used = np.flatnonzero(first >= 0)
    words = np.full(len(first), None, object)
    words[used] = series.gather(first[used]).to_list()
    dictionary = pa.array(words, pa.string())
    parts = [pa.DictionaryArray.from_arrays(chunk, dictionary) for chunk in codes.chunks]
    return pa.chunked_array(parts, pa.dictionary(codes.type, pa.string()))


def _table_of(name: str, cells: Mapping[Any, Any]) -> pa.Table:
    once(name, [str(column) for column in cells])
    columns = {}
    for column, values in cells.items():
        if isinstance(values, pa.Array | pa.ChunkedArray):
            columns[str(column)] = values
            continue
        if isinstance(values, str | bytes) or not hasattr(values, "__iter__"):
            raise EvidenceError(f"{name}.{column}: expected a list of cells, came {values!r:.80}")
        try:
            columns[str(column)] = pa.chunked_array([pa.array(values)])
        except _MIXED:
            columns[str(column)] = _as_written(name, str(column), values)
    lengths = {column: len(values) for column, values in columns.items()}
    if len(set(lengths.values())) > 1:
        raise EvidenceError(f"{name}: its columns have different lengths: {lengths}")
    return pa.table(columns)


def _pandas_column(table: str, series: Any) -> pa.ChunkedArray:
    if str(series.dtype).startswith("period["):  # a month or a year, of which Arrow keeps a mere number
        series = series.astype(str).where(series.notna(), None)
    try:
        column = pa.array(series, from_pandas=True)
    except _MIXED:
        return _as_written(table, str(series.name), series)
    return plain(column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column]))


def _as_written(table: str, name: str, cells: Any) -> pa.ChunkedArray:
    """Cells of several types, each as it would be written."""

    def written(cell: Any) -> str | None:
        if isinstance(cell, list | tuple | set | frozenset):
            items = map(str, cell)
            return ";".join(items if isinstance(cell, list | tuple) else sorted(items)) or "none"
        blank = cell is None or cell != cell  # NaN and NaT differ from themselves
        return None if blank else str(cell.date()) if hasattr(cell, "date") else str(cell)

    def texts() -> Iterator[str | None]:
        for row, cell in enumerate(cells):
            text = written(cell)
            try:
                if text is not None:
                    text.encode("utf-8")
            except UnicodeEncodeError as error:
                raise EvidenceError(
                    f"{table}.{name}, row {row}: {text!r:.80} holds half a letter (a lone surrogate, "
                    f"U+{ord(error.object[error.start]):04X}); decode the text anew"
                ) from None
            yield text

    return pa.chunked_array([pa.array(list(texts()), pa.large_string())])


def to_library(table: pa.Table, library: str) -> Any:
    """An Arrow table as a frame of pandas, polars or pyarrow.

    Raises
    ------
    EvidenceError
        The library is not installed.
    """
    if library == "pandas":
        return table.to_pandas()
    if library == "polars":
        try:
            import polars
        except ImportError:
            raise EvidenceError("polars is not installed: pip install 'tassei[polars]'") from None
        return polars.from_arrow(table)
    return table
