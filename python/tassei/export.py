"""Data frames as files: CSV, Parquet, and workbooks that open as a reader wants them."""

from __future__ import annotations

import datetime as dt
import errno
import json
import math
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from .arguments import is_blank
from .error import EvidenceError
from .layout import columns_wide
from .provenance import KEY, beside, stamped, write_beside

__all__ = ["SHEET_ROWS", "WRITERS", "replacing", "replacing_folder", "workbook", "write_frame", "write_sheet"]

SHEET_ROWS = 1_048_575  # of a sheet, below the header
_LONGEST = 32_767  # characters of a cell
_LOOKED_AT = 1_000  # rows that decide a column's width
_WIDTHS = (8, 60)
_HEAD = 16  # wider headers take two lines
_LINE = 16  # points
_FULL = {getattr(errno, name) for name in ("ENOSPC", "EFBIG", "EDQUOT", "EIO") if hasattr(errno, name)}


def write_frame(frame: pd.DataFrame, path: Path, provenance: Mapping[str, Any] | None = None) -> None:
    """Writes a data frame as ``.csv``, ``.parquet`` or ``.xlsx``, as the path's suffix says.

    With `provenance` the file says what it rests on: in the metadata of Parquet, in a second sheet of
    a workbook, and beside a CSV file in ``….csv-metadata.json``. A file that is there already stays as it is
    until the new one is whole.

    A workbook has one sheet with a header that stays in sight and a filter on every column; text
    stays text, whatever it looks like. A ``.csv`` begins with a byte order mark, so that Excel reads
    it as UTF-8.

    Raises
    ------
    EvidenceError
        The frame does not go into a workbook, or the library for one is not installed.

    Examples
    --------
    >>> import tempfile, pathlib, pandas as pd
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "people.xlsx"
    >>> write_frame(pd.DataFrame({"person_id": ["0001"]}), path)
    >>> pd.read_excel(path, engine="calamine", dtype=str)["person_id"].tolist()
    ['0001']
    """
    kind = path.suffix.lower()
    with ExitStack() as files:
        target = files.enter_context(replacing(path))
        if provenance is None or kind == ".csv":
            WRITERS[kind](frame, target)
        elif kind == ".parquet":
            table = pa.Table.from_pandas(frame, preserve_index=False)
            pq.write_table(stamped(table, provenance), target)
        else:
            _write_workbook(frame, target, provenance)
        if provenance is not None and kind == ".csv":
            other = files.enter_context(replacing(beside(path)))
            write_beside(path, other, [str(name) for name in frame.columns], provenance)


def _write_workbook(frame: pd.DataFrame, path: Path, provenance: Mapping[str, Any] | None = None) -> None:
    if len(frame) > SHEET_ROWS:
        raise EvidenceError(
            f"{len(frame):,} rows do not go into a sheet, which holds {SHEET_ROWS:,}; write .csv or .parquet"
        )
    with workbook(path) as book:
        write_sheet(book, book.add_worksheet(), frame)
        if provenance is not None:
            texts = (fact if isinstance(fact, str) else json.dumps(fact) for fact in provenance.values())
            said = list(zip(provenance, texts, strict=True))
            write_sheet(book, book.add_worksheet(KEY), pd.DataFrame(said, columns=["what", "said"]))


@contextmanager
def workbook(path: Path) -> Iterator[Any]:
    """A workbook to be written in which text stays text, whatever it looks like.

    Raises
    ------
    EvidenceError
        The library for it is not installed.
    """
    try:
        import xlsxwriter
    except ImportError:
        raise EvidenceError(
            "to write a workbook, xlsxwriter is needed: pip install 'tassei[excel]'"
        ) from None
    # row by row, so that no cell is kept; else a million rows take gigabytes
    options = {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
    # its parts lie in a folder of their own, which goes away also where writing fails
    with (
        tempfile.TemporaryDirectory(prefix="tassei-") as parts,
        xlsxwriter.Workbook(str(path), {**options, "tmpdir": parts}) as book,
    ):
        yield book


def write_sheet(
    book: Any, sheet: Any, frame: pd.DataFrame, heads: Mapping[str, str] | None = None,
    formats: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """A frame as a sheet: a header that stays in sight, a filter on every column, widths that fit.

    Parameters
    ----------
    book, sheet : xlsxwriter objects
    frame : pandas.DataFrame
    heads : mapping, optional
        What columns are called, by column.
    formats : mapping, optional
        Number formats by column, such as ``"0.0%"``.

    Raises
    ------
    EvidenceError
        A text is too long for a cell.
    """
    heads, formats = heads or {}, formats or {}
    head = book.add_format(
        {"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "text_wrap": True, "valign": "top"}
    )
    day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "vcenter", "align": "left"})
    texts, numbers, long = [], [], []
    if any(columns_wide(str(heads.get(name, name))) > _HEAD for name in frame.columns):
        sheet.set_row(0, 2 * _LINE)
    for place, name in enumerate(frame.columns):
        shown = str(heads.get(name, name))
        wide = max(_width(shown, frame[name]), columns_wide(formats.get(name, "")))
        if wide > _WIDTHS[1]:
            long.append(place)
        text = {"num_format": "@", "text_wrap": wide > _WIDTHS[1], "valign": "vcenter"}
        number = {"num_format": formats.get(name, "General"), "valign": "vcenter", "align": "right"}
        texts.append(book.add_format(text))
        numbers.append(book.add_format({**number, "indent": 1}))
        numeric = pd.api.types.is_numeric_dtype(frame[name])
        sheet.set_column(place, place, min(wide, _WIDTHS[1]), None if numeric else texts[-1])
        sheet.write_string(0, place, shown, head)
    for row, cells in enumerate(zip(*(frame[name].array for name in frame.columns), strict=True), 1):
        # said, because not every program fits rows to wrapped texts
        lines = max((_lines(str(cells[place])) for place in long), default=1)
        if lines > 1:
            sheet.set_row(row, lines * _LINE)
        for place, cell in enumerate(cells):
            if is_blank(cell):
                continue
            if isinstance(cell, bool | np.bool_):
                sheet.write_boolean(row, place, bool(cell))
            elif isinstance(cell, int | float | np.number) and abs(float(cell)) < math.inf:
                sheet.write_number(row, place, cell, numbers[place])
            elif isinstance(cell, dt.datetime):  # workbooks know no time zones: as the clock there shows it
                sheet.write_datetime(row, place, cell.replace(tzinfo=None), day)
            elif isinstance(cell, dt.date):
                sheet.write_datetime(row, place, cell, day)
            elif len(str(cell)) > _LONGEST:
                where = f"{frame.columns[place]}, row {row - 1}"
                raise EvidenceError(
                    f"{where}: {len(str(cell)):,} characters do not go into a cell, which holds "
                    f"{_LONGEST:,}; write .csv or .parquet"
                )
            else:
                sheet.write_string(row, place, str(cell), texts[place])
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(frame), max(len(frame.columns) - 1, 0))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _lines(text: str) -> int:
    """About how many lines a text takes in the widest column; no more than a row can show."""
    return min(1 + (columns_wide(text[:2000]) - 1) // _WIDTHS[1], 27)


def _width(name: str, cells: pd.Series) -> float:
    shown = [columns_wide(str(cell)) for cell in cells.iloc[:_LOOKED_AT].array if not is_blank(cell)]
    head = columns_wide(name)
    if head > _HEAD:  # in two lines
        head = max(head // 2 + 2, *(columns_wide(word) for word in name.split(" ") if word != name), 0)
    return max(head + 4, *shown, _WIDTHS[0]) + 1  # with room for the filter's arrow


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file that takes the place of `path` only when all went well.

    What the disk refuses is an OSError that names `path`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_name(f".{path.stem}-{secrets.token_hex(8)}{path.suffix}")
    made.touch(exist_ok=False)  # as the umask has it; mkstemp would keep it to its owner
    try:
        yield made
        _flush(made)
        os.replace(made, path)
    except Exception as error:
        _name(error, path)
        raise
    finally:
        made.unlink(missing_ok=True)


def _name(error: Exception, path: Path) -> None:
    """Raises what the disk refused under the name that the user knows."""
    cause = next((one for one in (error, *error.args) if isinstance(one, OSError)), None)
    if cause is not None and cause.errno is not None and cause.errno in _FULL:
        raise OSError(cause.errno, f"{os.strerror(cause.errno)}; nothing was written", str(path)) from error


@contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """A temporary folder that takes the place of `path` only when all went well."""
    path = path.absolute()
    path.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    before = made / "before"  # a folder cannot be put over another: that one steps aside for an instant
    try:
        new = made / "new"
        new.mkdir()
        yield new
        for file in new.rglob("*"):
            if file.is_file():
                _flush(file)
        if path.exists():
            os.rename(path, before)
        os.rename(new, path)
    except Exception as error:
        _name(error, path)
        raise
    finally:
        if before.exists() and not path.exists():  # refused, or interrupted in that instant
            os.rename(before, path)
        shutil.rmtree(made, ignore_errors=True)


def _flush(path: Path) -> None:
    """Brings a file to the disk before it gets its name, so that no crash leaves a part under it."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


WRITERS: dict[str, Callable[[pd.DataFrame, Path], Any]] = {
    # marked as UTF-8, else Excel in Japan reads it as Shift_JIS
    ".csv": lambda frame, path: frame.to_csv(path, index=False, encoding="utf-8-sig"),
    ".parquet": lambda frame, path: frame.to_parquet(path, index=False),
    ".xlsx": _write_workbook,
}
