"""Where evidence comes from: folders of files and mappings of frames, as Arrow tables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv

from .error import EvidenceError, listed

__all__ = ["Raw", "open_source", "to_library"]

_SUFFIXES = {".csv": ",", ".tsv": "\t"}


@dataclass(frozen=True)
class Raw:
    """A table as it came.

    Attributes
    ----------
    name : str
        What it is called there.
    origin : str
        What to call it in messages.
    columns : dict of str to pyarrow.ChunkedArray or pyarrow.Array
    rows : int
    first_row : int
        What the user sees as the number of the first row: 2 below a header line, else 0.
    """

    name: str
    origin: str
    columns: dict[str, Any]
    rows: int
    first_row: int


def open_source(source: Any) -> tuple[list[Raw], str]:
    """The tables of a source, and the library that results go back in.

    Raises
    ------
    EvidenceError
        There is no such folder, it holds no tables, or a frame is of no known kind.
    """
    if isinstance(source, str | os.PathLike):
        return _folder(Path(source)), "pandas"
    if isinstance(source, Mapping):
        library = "pandas"
        raws = []
        for i, (name, frame) in enumerate(source.items()):
            if i == 0:
                library = _library(frame)
            raws.append(_frame(str(name), frame))
        return raws, library
    raise EvidenceError(
        f"expected a folder or a mapping of table name to frame, came {type(source).__name__}; "
        'try read_evidence({"table": frame}, framework)'
    )


def _folder(path: Path) -> list[Raw]:
    if not path.exists():
        raise EvidenceError(f"there is no folder {path}")
    if path.is_file():
        raise EvidenceError(f"expected a folder of CSV files, came the file {path}")
    files = sorted(p for p in path.iterdir() if p.suffix.lower() in _SUFFIXES)
    if not files:
        raise EvidenceError(f"the folder {path} holds no CSV or TSV file")
    return [_csv(file) for file in files]


def _csv(path: Path) -> Raw:
    try:
        text = path.read_bytes()
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be read: {error.strerror}") from None
    if not text.strip():
        return Raw(path.stem, path.name, {}, 0, 2)
    encoding = _encoding(text, path)
    if encoding not in ("utf-8", "utf-8-sig"):
        text = text.decode(encoding).encode("utf-8")
    elif text.startswith(b"\xef\xbb\xbf"):
        text = text[3:]
    delimiter = _SUFFIXES[path.suffix.lower()]
    header = _header(text, delimiter, path)
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise EvidenceError(f"{path.name}: the header has {listed(repr(t) for t in twice)} more than once")
    ragged: list[Any] = []

    def wrong(row: Any) -> str:
        ragged.append(row)
        return "skip"

    table = pa.csv.read_csv(
        pa.BufferReader(text),
        read_options=pa.csv.ReadOptions(use_threads=False, block_size=max(1 << 20, len(text))),
        parse_options=pa.csv.ParseOptions(
            delimiter=delimiter, newlines_in_values=True, invalid_row_handler=wrong
        ),
        convert_options=pa.csv.ConvertOptions(
            column_types={name: pa.string() for name in header}, strings_can_be_null=False
        ),
    )
    if ragged:
        shown = "; ".join(
            f"row {row.number or '?'}: {row.actual_columns} cells, {row.expected_columns} expected"
            for row in ragged[:5]
        )
        raise EvidenceError(
            f"{path.name}: {len(ragged)} rows have too many or too few cells ({shown}); "
            "put cells that hold the separator into quotes"
        )
    columns = {name: table.column(i) for i, name in enumerate(table.column_names)}
    return Raw(path.stem, path.name, columns, table.num_rows, 2)


def _header(text: bytes, delimiter: str, path: Path) -> list[str]:
    reader = pa.csv.open_csv(
        pa.BufferReader(text.split(b"\n", 1)[0] + b"\n"),
        parse_options=pa.csv.ParseOptions(delimiter=delimiter),
    )
    del path
    return list(reader.schema.names)


def _encoding(text: bytes, path: Path) -> str:
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    for encoding in ("utf-8", "cp932"):
        try:
            text.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise EvidenceError(f"{path.name}: neither UTF-8 nor cp932 (Shift_JIS); save it as UTF-8")


def _library(frame: Any) -> str:
    module = type(frame).__module__.split(".")[0]
    known = {"builtins": "pandas", "pandas": "pandas", "polars": "polars"}
    return known.get(module, "pyarrow")


def _frame(name: str, frame: Any) -> Raw:
    if type(frame).__module__.startswith("pandas"):
        columns = {str(column): _pandas_column(frame[column]) for column in frame.columns}
        if len(columns) < len(frame.columns):
            raise EvidenceError(f"{name}: the frame has columns of one name more than once")
        return Raw(name, name, columns, len(frame), 0)
    if hasattr(frame, "collect"):  # a lazy frame
        frame = frame.collect()
    if isinstance(frame, Mapping):
        table = pa.table({str(k): v for k, v in frame.items()})
    elif isinstance(frame, pa.Table):
        table = frame
    elif hasattr(frame, "__arrow_c_stream__"):
        table = pa.table(frame)
    else:
        raise EvidenceError(
            f"{name}: cannot read a {type(frame).__module__}.{type(frame).__name__}; expected a "
            "pandas, polars or pyarrow frame, or anything with __arrow_c_stream__"
        )
    twice = sorted({c for c in table.column_names if table.column_names.count(c) > 1})
    if twice:
        raise EvidenceError(f"{name}: the frame has {listed(twice)} more than once")
    columns = {column: table.column(i) for i, column in enumerate(table.column_names)}
    return Raw(name, name, columns, table.num_rows, 0)


def _pandas_column(series: Any) -> Any:
    try:
        return pa.Array.from_pandas(series)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        # cells of several types: each as it would be written
        def written(cell: Any) -> Any:
            if isinstance(cell, list | tuple | set | frozenset):
                return ";".join(map(str, cell)) or "none"
            blank = cell is None or cell != cell  # NaN and NaT differ from themselves
            return None if blank else str(cell.date()) if hasattr(cell, "date") else str(cell)

        return pa.array([written(cell) for cell in series], pa.large_string())


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
