"""Text files of cells: CSV and TSV as people export them, in whatever encoding and width of rows."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from . import _core
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
_LOOKED_AT = 100  # filled rows among which a header is looked for
_JOINED = 1 << 16  # rows that are put in order at once
_FEW_VALUES = ("ordinal", "category", "set")


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
        The file cannot be read or its encoding not told, a quote is never closed, or two columns
        have one name.
    """
    try:
        return _open(Path(path), document, spellings)
    except EvidenceError as error:
        said = str(error)
    raise EvidenceError(said)  # with no traceback to what would keep the file open while it is mended


def _open(path: Path, document: g.Document, spellings: Collection[str]) -> Raw:
    try:
        with path.open("rb") as file:
            # read, not mapped: the process would not survive that a mapped file is cut short
            before = os.fstat(file.fileno())
            content = file.read()
            after = os.fstat(file.fileno())
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be read: {error.strerror}") from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise EvidenceError(f"{path}: was changed while it was read; read it again when it is complete")
    encoding = detect_encoding(content, path.name, whole=False)
    try:
        return _read(path, content, encoding, document, spellings)
    except _Undecodable:  # what lies behind the part that was looked at
        return _read(path, content, detect_encoding(content, path.name), document, spellings)


class _Undecodable(Exception):
    """Text that is not UTF-8 after all."""


def _read(
    path: Path, content: bytes, encoding: str, document: g.Document, spellings: Collection[str]
) -> Raw:
    text = _as_utf8(content, encoding)
    _refuse_zeros(text, path.name)
    delimiter = DELIMITED[path.suffix.lower()]
    head, places = _head(text, delimiter, path.name)
    known = frozenset(key(spelling) for spelling in spellings)
    top = header_row(head, known)
    if top is None:
        top = next((i for i, row in enumerate(head) if any(cell is not None for cell in row)), None)
    if top is None:
        return Raw(path.stem, path.name, {}, 0, 2, encoding=encoding, sheet=True)
    widest = max(map(len, head))
    sheet = Sheet(path.stem, [row + [None] * (widest - len(row)) for row in head])
    several = sum(cell is not None for cell in sheet.cells[top]) > 1
    header = Header(sheet, top, known, again=several)
    names = _names(header, path.name)
    least = max(names) + 1
    width = max(least, *(len(row) for row in head[top : header.end]))
    types = _types(document, names, width, known)
    table, misfits = _body(text, places[header.end], delimiter, width, types, path.name)
    for place in range(width):
        if place not in names and _is_filled(table.column(place)):
            names[place] = _unused(f"column {letters(place)}", names)
    columns = {names[place]: table.column(place) for place in sorted(names)}
    short = sum(misfit.cells < least for misfit in misfits)
    notes = [f"rows shorter than the header, blank at their end: {short:,}"] if short else []
    bad = [
        Bad(
            "", np.array([misfit.row]), misfit.beyond,
            f"stands beyond the header: the row has {misfit.cells} cells", f"{width} cells, as the header",
            "put cells that hold the separator into quotes",
        )
        for misfit in misfits if misfit.beyond
    ]  # fmt: skip
    return Raw(
        path.stem, path.name, columns, table.num_rows, header.end + 1,
        bad=bad, notes=tuple(notes), encoding=encoding, sheet=True,
    )  # fmt: skip


# --- encodings ---------------------------------------------------------------------------------------

_MARKS = [
    (codecs.BOM_UTF8, "UTF-8 with BOM"), (codecs.BOM_UTF32_LE, "UTF-32"), (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"), (codecs.BOM_UTF16_BE, "UTF-16"),
]  # fmt: skip
_CODECS = {"UTF-8": "utf-8", "UTF-8 with BOM": "utf-8-sig", "UTF-16": "utf-16", "UTF-32": "utf-32"}
_SIGNS = ",\t\r\n"
_STRANGE = re.compile("[\x80\uf8f0-\uf8f3]")


def detect_encoding(content: bytes, name: str, whole: bool = True) -> str:
    """``UTF-8``, ``UTF-8 with BOM``, ``UTF-16``, ``UTF-16LE``, ``UTF-16BE``, ``UTF-32`` or ``cp932``.

    Never a guess: every byte must fit. Unless `whole`, of UTF-8 only the first 16 MiB are looked at.

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
        place = _misfit(content, _CODECS[marked], whole or not marked.startswith("UTF-8"))
        if place is not None:
            spot = _spot(content, place)
            raise EvidenceError(f"{name}: begins as {marked}, but {spot} does not go on so; save it anew")
        return marked
    start = content[:_BLOCK]
    for encoding in ("UTF-16LE", "UTF-16BE"):
        if _is_wide(start, encoding) and _misfit(content, encoding) is None:
            return encoding
    if start.isascii() and b"\x1b(" in start and not start.decode("iso2022_jp", "ignore").isascii():
        raise EvidenceError(f"{name}: is ISO-2022-JP (JIS); save it as UTF-8")
    place = _misfit(content, "utf-8", whole)
    if place is None:
        return "UTF-8"
    other = _misfit(content, "cp932")
    if _misfit(content, "euc_jp") is None and (other is not None or _half_width(content)):
        raise EvidenceError(f"{name}: is EUC-JP rather than UTF-8 or cp932 (Shift_JIS); save it as UTF-8")
    if other is not None:
        spots = f"not UTF-8 at {_spot(content, place)}, not cp932 at {_spot(content, other)}"
        raise EvidenceError(f"{name}: is neither UTF-8 nor cp932 (Shift_JIS): {spots}; save it as UTF-8")
    return "cp932"


def _is_wide(start: bytes, encoding: str) -> bool:
    """Whether the signs that make a table of a text have two bytes each."""
    if b"\x00" not in start:
        return False
    letters_ = start.decode(encoding, "ignore")
    wide = sum(letters_.count(sign) for sign in _SIGNS)
    return wide > 0 and 3 * wide >= 2 * sum(start.count(sign.encode()) for sign in _SIGNS)


def _half_width(content: bytes) -> bool:
    """Whether most letters would be half-width katakana, as EUC-JP taken for cp932 is."""
    others = [letter for letter in content[:_PARSED].decode("cp932", "ignore") if ord(letter) > 127]
    return 2 * sum("\uff61" <= letter <= "\uff9f" for letter in others) > len(others)


def _misfit(content: bytes | memoryview, encoding: str, whole: bool = True) -> int | None:
    """The place of the first byte that is not of an encoding; unless `whole`, among the first ones."""
    decoder = codecs.getincrementaldecoder(encoding)()
    view = memoryview(content)
    for start in range(0, len(content) if whole else min(len(content), _BLOCK), _BLOCK):
        try:
            letters_ = decoder.decode(view[start : start + _BLOCK], start + _BLOCK >= len(content))
        except UnicodeDecodeError as error:
            return max(0, start + error.start)
        # bytes that Shift_JIS never has, though the codec gives them letters
        strange = _STRANGE.search(letters_) if encoding == "cp932" else None
        if strange:
            return start + len(letters_[: strange.start()].encode("cp932"))
    return None


def _spot(content: bytes, place: int) -> str:
    place = min(place, len(content) - 1)
    return f"byte {content[place]:#04x} in line {_line(content[:place]):,}"


def _line(before: bytes) -> int:
    """The number of a line, by all that stands before its end."""
    return before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n") + 1


def _as_utf8(content: bytes, encoding: str) -> memoryview:
    if encoding.startswith("UTF-8"):
        return memoryview(content)[3 if encoding.endswith("BOM") else 0 :]
    decoder = codecs.getincrementaldecoder(_CODECS.get(encoding, encoding))()
    view = memoryview(content)
    result = bytearray()
    for start in range(0, len(content), _BLOCK):
        result += decoder.decode(view[start : start + _BLOCK], start + _BLOCK >= len(content)).encode("utf-8")
    return memoryview(result)


def _refuse_zeros(text: memoryview, where: str) -> None:
    """A damaged file has zeros, mostly at its end; one far within shows in its cell."""
    for start in {0, max(0, len(text) - _BLOCK)}:
        place = bytes(text[start : start + _BLOCK]).find(0)
        if place >= 0:
            line = _line(bytes(text[: start + place]))
            raise EvidenceError(f"{where}: holds a zero byte in line {line:,}, as no text does; save it anew")


# --- rows --------------------------------------------------------------------------------------------


@cache
def _cell(delimiter: str) -> re.Pattern[bytes]:
    """A cell: what is in quotes, the closing quote, what is not in them, and what ends the cell."""
    end = re.escape(delimiter).encode()
    return re.compile(rb'(?:"([^"]*+(?:""[^"]*+)*+)("?))?([^%b\r\n]*+)(%b|\r\n|\r|\n|)' % (end, end))


def _rows(
    text: memoryview, delimiter: str, where: str, place: int = 0
) -> Iterator[tuple[list[str], int]]:
    """The cells of each row from a byte on, and the byte after it."""
    match, separator = _cell(delimiter).match, delimiter.encode()
    row: list[str] = []
    while place < len(text):
        quoted, closed, others, end = (found := match(text, place)).groups()  # type: ignore[union-attr]
        if quoted is not None and not closed:
            raise _unclosed(text, place, where)
        try:
            row.append(((quoted or b"").replace(b'""', b'"') + others).decode())
        except UnicodeDecodeError:
            raise _Undecodable from None
        place = found.end()  # type: ignore[union-attr]
        if end != separator:
            yield row, place
            row = []
    if row:  # the file ends in a separator
        yield [*row, ""], place


def _unclosed(text: memoryview, place: int, where: str) -> EvidenceError:
    line = _line(bytes(text[:place]))
    return EvidenceError(f"{where}: a quote that opens a cell in line {line:,} is never closed; close it")


def _head(text: memoryview, delimiter: str, where: str) -> tuple[list[list[str | None]], list[int]]:
    """The cells of the first rows, and the byte at which each row starts, and the one after the last."""
    rows: list[list[str | None]] = []
    places = [0]
    filled = 0
    for row, end in _rows(text, delimiter, where):
        rows.append([cell if cell.strip() else None for cell in row])
        places.append(end)
        filled += any(cell is not None for cell in rows[-1])
        if filled == _LOOKED_AT:
            break
    return rows, places


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


def _unused(name: str, names: dict[int, str]) -> str:
    while name in names.values():
        name += "'"
    return name


def _types(
    document: g.Document, names: dict[int, str], width: int, known: frozenset[str]
) -> list[pa.DataType]:
    """Columns with few distinct cells are kept as such."""
    few = {
        key(spelling)
        for table in document.tables.values() for id_, column in table.columns.items()
        if column.type in _FEW_VALUES for spelling in (id_, *column.label.values(), *column.aliases)
    }  # fmt: skip
    types = []
    for place in range(width):
        name = key(names.get(place, ""))
        chosen = name in few or ("." in name and name in known)
        types.append(pa.dictionary(pa.int32(), pa.string()) if chosen else pa.string())
    return types


def _is_filled(column: pa.ChunkedArray) -> bool:
    return bool(pc.any(pc.not_equal(pc.utf8_trim_whitespace(column), ""), min_count=0).as_py())


@dataclass
class _Misfit:
    """A row that has another number of cells than the header: its place from 0, and its text."""

    row: int
    cells: int
    text: str
    beyond: str = ""


def _body(
    whole: memoryview, start: int, delimiter: str, width: int, types: list[pa.DataType], where: str
) -> tuple[pa.Table, list[_Misfit]]:
    """All cells below the header, and the rows that have more or fewer."""
    text = whole[start + 3 :] if bytes(whole[start : start + 3]) == codecs.BOM_UTF8 else whole[start:]
    names = [str(place) for place in range(width)]
    found: list[_Misfit] = []

    def misfit(row: Any) -> str:
        found.append(_Misfit((row.number or 0) - 1, row.actual_columns, row.text))
        return "skip"

    def read(text: memoryview, threads: bool, block: int, long_cells: bool) -> pa.Table:
        return pacsv.read_csv(
            pa.BufferReader(pa.py_buffer(text)),
            read_options=pacsv.ReadOptions(column_names=names, use_threads=threads, block_size=block),
            parse_options=pacsv.ParseOptions(
                delimiter=delimiter, newlines_in_values=long_cells, ignore_empty_lines=False,
                invalid_row_handler=misfit,
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict(zip(names, types, strict=True)), strings_can_be_null=False
            ),
        )  # fmt: skip

    if len(text) == 0:
        return pa.table([pa.array([], kind) for kind in types], names=names), []
    # where no cell goes on in another line, the parser may cut the text at any
    long_cells = _core.line_ends_in_quotes(text, delimiter)
    for block in (_PARSED, _BLOCK, min(len(text) + 1, 2**31 - 1)):
        found.clear()
        try:
            table = read(text, True, block, long_cells)
            if found:  # only a reader that goes row by row knows their numbers
                found.clear()
                table = read(text, False, block, long_cells)
            break
        except pa.ArrowInvalid as error:  # one row may be longer than a block
            said = str(error).splitlines()[0]
            if "UTF8" in said:
                raise _Undecodable from None
    else:
        raise EvidenceError(f"{where}: cannot be read: {said}")
    misfits = found.copy()
    if any("\ufffd" in misfit.text for misfit in misfits) and _misfit(text, "utf-8") is not None:
        raise _Undecodable
    _refuse_unclosed(whole, delimiter, table, misfits, where)
    if misfits:
        fitted = "".join(_fitted(misfit, delimiter, width, where) + "\n" for misfit in misfits).encode()
        rows = read(memoryview(fitted), False, min(len(fitted) + 1, 2**31 - 1), True)
        if rows.num_rows != len(misfits):
            raise EvidenceError(f"{where}: cannot be read: quotes within cells; write each of them twice")
        table = _in_order(table, rows, np.array([misfit.row for misfit in misfits]))
    return table, misfits


def _refuse_unclosed(
    text: memoryview, delimiter: str, table: pa.Table, misfits: Sequence[_Misfit], where: str
) -> None:
    """A quote that is not closed makes one cell of the rest of the file."""
    rows = table.num_rows + len(misfits)
    if misfits and misfits[-1].row == rows - 1:
        last = misfits[-1].text.encode()
        before = [len(text) - len(last) - end for end in (0, 1, 2)]  # of the line end
        place = next((place for place in before if text[max(0, place) : place + len(last)] == last), 0)
        for _ in _rows(text if place else memoryview(last), delimiter, where, place):
            pass
        return
    if rows == 0:
        return
    cell = table.column(table.num_columns - 1)[-1].as_py()
    opened = ('"' + cell.replace('"', '""')).encode()
    place = len(text) - len(opened)
    ahead = bytes(text[max(0, place - 1) : place])
    if text[max(0, place) :] == opened and ahead in (b"", b"\n", b"\r", delimiter.encode()):
        raise _unclosed(text, place, where)


def _fitted(misfit: _Misfit, delimiter: str, width: int, where: str) -> str:
    """The text of a row with as many cells as the header has; what is left goes beyond."""
    if misfit.cells < width:
        return misfit.text + delimiter * (width - misfit.cells)
    if misfit.text.endswith(delimiter * (misfit.cells - width)):  # no cell of these is within quotes
        return misfit.text[: len(misfit.text) - (misfit.cells - width)]
    row, _ = next(_rows(memoryview(misfit.text.encode()), delimiter, where))
    if any(cell.strip() for cell in row[width:]):
        misfit.beyond = delimiter.join(row[width:])
    return delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row[:width])


def _in_order(table: pa.Table, misfits: pa.Table, places: np.ndarray) -> pa.Table:
    """Rows that fit the header and rows that did not, in the order of the file."""
    rows = table.num_rows + misfits.num_rows
    pieces = []
    done = 0  # rows of the misfits
    for start in range(0, rows, _JOINED):
        end = min(start + _JOINED, rows)
        theirs = places[(places >= start) & (places < end)] - start
        good = table.slice(start - done, end - start - len(theirs))
        if len(theirs):
            both = pa.concat_tables([good, misfits.slice(done, len(theirs))]).combine_chunks()
            others = np.setdiff1d(np.arange(end - start), theirs, assume_unique=True)
            good = both.take(pa.array(np.argsort(np.concatenate([others, theirs]))))
        pieces.append(good)
        done += len(theirs)
    return pa.concat_tables(pieces)
