"""Text files of cells: CSV and TSV as people export them, in whatever encoding and width of rows."""

from __future__ import annotations

import codecs
import csv
import io
import mmap
import os
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from . import grammar as g
from .error import EvidenceError, listed
from .header import Header, header_row
from .raw import Bad, Raw
from .spreadsheet import Sheet, letters
from .text import key

__all__ = ["DELIMITED", "detect_encoding", "open_delimited"]

DELIMITED = {".csv": ",", ".tsv": "\t"}
_BLOCK = 1 << 24  # bytes that are looked at at once
_PARSED = 1 << 21  # bytes that are parsed at once
_LOOKED_AT = 100  # rows among which a header is looked for
_LONGEST_HEAD = 1 << 20  # bytes
_FEW_VALUES = ("ordinal", "category", "set", "date", "number")
_SHOWN = 200  # characters of cells beside the table


def open_delimited(path: str | os.PathLike[str], document: g.Document, spellings: Collection[str]) -> Raw:
    """The table of a CSV or TSV file.

    Parameters
    ----------
    path : path
        Named ``….csv`` (cells apart by commas) or ``….tsv`` (by tabs).
    document : grammar.Document
        The framework.
    spellings : collection of str
        Every way to write a column's name; lines above the first row that has some of them are
        titles.

    Returns
    -------
    Raw
        All cells as text. A row that is shorter than the header has blanks at its end; one with
        filled cells beyond it is bad. ``first_row`` counts rows as a spreadsheet shows them.

    Raises
    ------
    EvidenceError
        The file cannot be read or its encoding not told, or two columns have one name.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be read: {error.strerror}") from None
    if re.search(rb"[^\xef\xbb\xbf \t\r\n\x00]", content) is None:
        return Raw(path.stem, path.name, {}, 0, 2, sheet=True)
    encoding = detect_encoding(content, path.name)
    text = _as_utf8(content, encoding)
    delimiter = DELIMITED[path.suffix.lower()]
    head, places = _head(text, delimiter)
    known = frozenset(key(spelling) for spelling in spellings)
    top = header_row(head, known)
    if top is None:
        top = next(i for i, row in enumerate(head) if any(cell is not None for cell in row))
    header = Header(Sheet(path.stem, head), top, known)
    names = _names(header, path.name)
    width = max(names) + 1
    types = _types(document, names, known)
    table, misfits = _body(text[places[header.end] :], delimiter, width, types, path.name)
    for place in range(width):
        if place not in names and pc.any(pc.not_equal(table.column(place), ""), min_count=0).as_py():
            names[place] = f"column {letters(place)}"
    columns = {names[place]: table.column(place) for place in sorted(names)}
    numbers, bad, notes = None, [], []
    if misfits:
        short = sum(1 for misfit in misfits if not misfit.beyond and misfit.cells < width)
        if short:
            notes.append(f"rows shorter than the header, blank at their end: {short:,}")
        numbers, bad = _placed(table.num_rows, misfits, header.end + 1, width)
    return Raw(
        path.stem, path.name, columns, table.num_rows, header.end + 1,
        numbers=numbers, bad=bad, notes=tuple(notes), encoding=encoding,
        sheet=True,
    )  # fmt: skip


# --- encodings ---------------------------------------------------------------------------------------

_MARKS = [
    (codecs.BOM_UTF8, "UTF-8 with BOM"), (codecs.BOM_UTF32_LE, "UTF-32"), (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"), (codecs.BOM_UTF16_BE, "UTF-16"),
]  # fmt: skip
_CODECS = {"UTF-8": "utf-8", "UTF-8 with BOM": "utf-8-sig", "UTF-16": "utf-16", "UTF-32": "utf-32"}


def detect_encoding(content: bytes | mmap.mmap, name: str) -> str:
    """``UTF-8``, ``UTF-8 with BOM``, ``UTF-16``, ``UTF-16LE``, ``UTF-16BE``, ``UTF-32`` or ``cp932``.

    Never a guess: every byte must fit.

    Raises
    ------
    EvidenceError
        With the place of the first byte that does not fit.

    Examples
    --------
    >>> detect_encoding("立場".encode("cp932"), "engagements.csv")
    'cp932'
    """
    marked = next((encoding for mark, encoding in _MARKS if content[:4].startswith(mark)), None)
    if marked:
        place = _misfit(content, _CODECS[marked])
        if place is not None:
            spot = _spot(content, place)
            raise EvidenceError(f"{name}: begins as {marked}, but {spot} does not go on so; save it anew")
        return marked
    if b"\x00" in content[:_BLOCK]:
        for encoding in ("UTF-16LE", "UTF-16BE"):
            half = slice(1, 200, 2) if encoding == "UTF-16LE" else slice(0, 200, 2)
            if 0 in content[half] and _misfit(content, encoding) is None:
                return encoding
    elif content.find(b"\x1b$") >= 0 or content.find(b"\x1b(J") >= 0:
        raise EvidenceError(f"{name}: is ISO-2022-JP (JIS); save it as UTF-8")
    place = _misfit(content, "utf-8")
    if place is None:
        return "UTF-8"
    if _misfit(content, "cp932") is not None:
        other = ", perhaps EUC-JP" if _misfit(content, "euc_jp") is None else ""
        spot = _spot(content, place)
        problem = f"is neither UTF-8 nor cp932 (Shift_JIS){other}: {spot}"
        raise EvidenceError(f"{name}: {problem}; save it as UTF-8")
    if _misfit(content, "euc_jp") is None and _half_width(content):
        raise EvidenceError(f"{name}: is EUC-JP rather than cp932 (Shift_JIS); save it as UTF-8")
    return "cp932"


def _half_width(content: bytes | mmap.mmap) -> bool:
    """Whether most letters would be half-width katakana, as EUC-JP taken for cp932 is."""
    letters_ = [c for c in content[:4096].decode("cp932", "ignore") if ord(c) > 127]
    return 2 * sum("\uff61" <= c <= "\uff9f" for c in letters_) > len(letters_)


def _misfit(content: bytes | mmap.mmap, encoding: str) -> int | None:
    """The place of the first byte that is not of an encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    view = memoryview(content)
    for start in range(0, len(content), _BLOCK):
        block = view[start : start + _BLOCK]
        try:
            decoder.decode(block, start + _BLOCK >= len(content))
        except UnicodeDecodeError as error:
            return max(0, start + error.start)
    return None


def _spot(content: bytes | mmap.mmap, place: int) -> str:
    line = content[:place].count(b"\n") + 1
    return f"byte {content[place] if place < len(content) else 0:#04x} in line {line:,}"


def _as_utf8(content: bytes | mmap.mmap, encoding: str) -> memoryview:
    if encoding.startswith("UTF-8"):
        return memoryview(content)[3 if encoding.endswith("BOM") else 0 :]
    decoder = codecs.getincrementaldecoder(_CODECS.get(encoding, encoding))()
    view = memoryview(content)
    result = bytearray()
    for start in range(0, len(content), _BLOCK):
        result += decoder.decode(view[start : start + _BLOCK], start + _BLOCK >= len(content)).encode("utf-8")
    return memoryview(result)


# --- rows --------------------------------------------------------------------------------------------


def _head(text: memoryview, delimiter: str) -> tuple[list[list[str | None]], list[int]]:
    """The cells of the first rows, and the byte at which each row starts, and the one after the last."""
    piece = bytes(text[:_LONGEST_HEAD])
    if len(piece) < len(text):  # not the last, half row, nor half a letter
        piece = piece[: piece.rfind(b"\n") + 1] or piece
    decoded = piece.decode("utf-8", "ignore")
    lines = io.StringIO(decoded, newline="").readlines()
    before = 0
    rows: list[list[str | None]] = []
    places = [0]
    done = 0
    longest = csv.field_size_limit(1 << 30)
    try:
        reader = csv.reader(iter(lines), delimiter=delimiter)
        for row in reader:
            rows.append([cell if cell.strip() else None for cell in row])
            before += sum(len(line.encode("utf-8")) for line in lines[done : reader.line_num])
            done = reader.line_num
            places.append(before)
            if len(rows) == _LOOKED_AT:
                break
    finally:
        csv.field_size_limit(longest)
    width = max(map(len, rows))
    return [row + [None] * (width - len(row)) for row in rows], places


def _names(header: Header, where: str) -> dict[int, str]:
    names = {place: name for place, name in enumerate(header.names) if name is not None}
    if not names:
        raise EvidenceError(f"{where}: the first row names no columns")
    twice = sorted({name for name in names.values() if list(names.values()).count(name) > 1})
    if twice:
        raise EvidenceError(
            f"{where}: the header (row {header.row}) has {listed(repr(t) for t in twice)} more than once; "
            "give each column its own name"
        )
    return names


def _types(document: g.Document, names: dict[int, str], known: frozenset[str]) -> list[pa.DataType]:
    """Columns with few distinct cells are kept as such."""
    few = {
        key(spelling)
        for table in document.tables.values() for id_, column in table.columns.items()
        if column.type in _FEW_VALUES for spelling in (id_, *column.label.values(), *column.aliases)
    }  # fmt: skip
    types = []
    for place in range(max(names) + 1):
        name = key(names.get(place, ""))
        chosen = name in few or ("." in name and name in known)
        types.append(pa.dictionary(pa.int32(), pa.string()) if chosen else pa.string())
    return types


class _Misfit:
    """A row that has another number of cells than the header."""

    def __init__(self, row: Any, delimiter: str, width: int) -> None:
        cells = next(csv.reader(io.StringIO(row.text, newline=""), delimiter=delimiter), [])
        self.number = row.number
        self.cells = row.actual_columns
        self.row = (cells + [""] * width)[:width]
        beyond = cells[width:]
        self.beyond = delimiter.join(beyond) if any(cell.strip() for cell in beyond) else ""


def _body(
    text: memoryview, delimiter: str, width: int, types: list[pa.DataType], where: str
) -> tuple[pa.Table, list[_Misfit]]:
    """All cells below the header; the rows that do not fit it are the last."""
    names = [str(place) for place in range(width)]
    found: list[_Misfit] = []

    def misfit(row: Any) -> str:
        found.append(row if row.number is None else _Misfit(row, delimiter, width))
        return "skip"

    def read(threads: bool, block: int) -> pa.Table:
        return pacsv.read_csv(
            pa.BufferReader(pa.py_buffer(text)),
            read_options=pacsv.ReadOptions(column_names=names, use_threads=threads, block_size=block),
            parse_options=pacsv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False,
                invalid_row_handler=misfit,
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict(zip(names, types, strict=True)), strings_can_be_null=False
            ),
        )  # fmt: skip

    if not bytes(text[:_BLOCK]).strip(b"\r\n") and len(text) <= _BLOCK:
        return pa.table([pa.array([], kind) for kind in types], names=names), []
    for block in (_PARSED, _BLOCK, min(len(text) + 1, 2**31 - 1)):
        found.clear()
        try:
            table = read(True, block)
            if found:  # only a reader that goes row by row knows their numbers
                found.clear()
                table = read(False, block)
            break
        except pa.ArrowInvalid as error:  # one row may be longer than a block
            said = str(error).splitlines()[0]
    else:
        raise EvidenceError(f"{where}: cannot be read: {said}; look for a quote that is never closed")
    if found:
        rows = zip(*(misfit.row for misfit in found), strict=True)
        more = [pa.array(list(cells), pa.string()) for cells in rows]
        more = [cells.cast(kind) if kind == pa.string() else cells.dictionary_encode()
                for cells, kind in zip(more, types, strict=True)]  # fmt: skip
        table = pa.concat_tables([table, pa.table(more, names=names)])
    return table, found


def _placed(rows: int, misfits: list[_Misfit], first: int, width: int) -> tuple[Any, list[Bad]]:
    """The number of each row in the file, and which rows are bad."""
    numbers = np.empty(rows, np.int64)
    theirs = np.array([misfit.number - 1 for misfit in misfits], np.int64)
    numbers[rows - len(misfits) :] = theirs
    numbers[: rows - len(misfits)] = np.setdiff1d(np.arange(rows), theirs, assume_unique=True)
    bad = [
        Bad(
            "", np.array([rows - len(misfits) + i]), misfit.beyond[:_SHOWN],
            f"stands beyond the header: the row has {misfit.cells} cells", f"{width} cells, as the header",
            "put cells that hold the separator into quotes",
        )
        for i, misfit in enumerate(misfits) if misfit.beyond
    ]  # fmt: skip
    return numbers + first, bad
