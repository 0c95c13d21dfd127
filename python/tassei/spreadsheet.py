"""The cells of a spreadsheet file, with the errors and merged ranges that libraries leave out."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from .error import EvidenceError

__all__ = ["Merge", "Sheet", "letters", "read_sheets", "written"]

_MOST_CELLS = 50_000_000
# columns and rows that a table within _MOST_CELLS may have, but mostly has not
_FAR = re.compile(rb"""\sr\s*=\s*["'](?:(?:G[H-Z]|[H-Z][A-Z]|[A-Z]{3,})\d+|[A-Z]*\d{7,})["']""")
_LAST_DAY = 2_958_466  # a number beyond it is no date to Excel either

Merge = tuple[int, int, int, int]  # first row, first column, last row, last column


@dataclass
class Sheet:
    """Cells by row from A1, None where blank; merged values stand in the first cell only."""

    name: str
    cells: list[list[Any]]
    merges: list[Merge] = field(default_factory=list)


def read_sheets(path: Path) -> Iterator[Sheet]:
    """The sheets of an ``.xlsx``, ``.xlsm``, ``.xls`` or ``.ods`` file, told apart by its first bytes.

    Raises
    ------
    EvidenceError
        The file cannot be read, is protected or broken, or a library is missing.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be read: {error.strerror}") from None
    try:
        if content.startswith(b"\xd0\xcf\x11\xe0"):
            if "EncryptedPackage".encode("utf-16-le") in content:
                raise _Locked
            yield from _old(content)
        elif content.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                names = archive.namelist()
                if "content.xml" in names:
                    yield from _open_document(content, archive)
                elif "xl/workbook.bin" in names:
                    raise EvidenceError(f"{path.name}: a binary workbook; save it as .xlsx")
                else:
                    yield from _office(content, archive)
        else:
            raise EvidenceError(f"{path.name}: {_otherwise(content)}")
    except _Locked:
        raise EvidenceError(
            f"{path.name}: is protected by a password; save a copy without one and read that"
        ) from None
    except EvidenceError as error:
        said = str(error)
        raise EvidenceError(said if said.startswith(path.name) else f"{path.name}, {said}") from None
    except ImportError as error:
        raise EvidenceError(
            f"{path.name}: to read it, {error.name} is needed: pip install 'tassei[excel]'"
        ) from None
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except MemoryError:
        raise EvidenceError(f"{path.name}: takes more memory than there is; save it as .csv") from None
    except BaseException as error:  # a broken file breaks each library in its own ways, also by panic
        raise EvidenceError(
            f"{path.name}: is broken, or no workbook ({_one_line(error)}); "
            "open it in a spreadsheet program and save it again"
        ) from None


class _Locked(Exception):
    """The file is protected by a password."""


def _one_line(error: BaseException) -> str:
    said = str(error).split("\n")[0]
    return said[:120] or type(error).__name__


def _otherwise(content: bytes) -> str:
    if not content.strip():
        return "the file is empty"
    if content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
        return "is a web page or XML under a workbook's name; open it in Excel and save it as .xlsx"
    return "is no workbook; if it is text, give it the suffix .csv or .tsv"


def _office(content: bytes, archive: zipfile.ZipFile) -> Iterator[Sheet]:
    """`.xlsx` and `.xlsm`."""
    import python_calamine as calamine

    parts = _parts(archive)
    for name, part in parts.items():
        _refuse_far(name, archive, part)
    with calamine.load_workbook(io.BytesIO(content)) as book:
        for about in book.sheets_metadata:
            if about.typ != calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(about.name)
            cells = _cleaned(sheet.to_python(skip_empty_area=False))
            # the library leaves cells with errors blank, which would make them unknown
            for row, column, text in _errors(archive, parts.get(about.name)):
                _put(cells, row, column, text)
            merges = [(*first, *last) for first, last in sheet.merged_cell_ranges or ()]
            yield Sheet(about.name, cells, merges)


def _refuse_far(name: str, archive: zipfile.ZipFile, part: str) -> None:
    """A filled cell far to the right of a long table would take the library all memory there is."""
    if part not in archive.namelist():
        return
    content = archive.read(part)
    if _FAR.search(content):
        rows = columns = 0
        for row, column, cell in _cells(content):
            if len(cell):
                rows, columns = max(rows, row + 1), max(columns, column + 1)
        _refuse_wide(name, rows, columns)


def _refuse_wide(name: str, rows: int, columns: int) -> None:
    if columns * rows > _MOST_CELLS or rows > _MOST_CELLS // 100:
        raise EvidenceError(
            f"sheet {name}: has cells as far off as column {letters(columns - 1)} and row {rows:,}; "
            "delete what stands beside and below the table"
        )


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """The file of each sheet in the archive."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    found = {}
    for sheet in book.iter():
        if _tag(sheet) == "sheet":
            link = next((v for k, v in sheet.attrib.items() if k.endswith("}id")), None)
            target = targets.get(link, "")
            found[sheet.get("name", "")] = target.lstrip("/") if target[:1] == "/" else f"xl/{target}"
    return found


def _errors(archive: zipfile.ZipFile, part: str | None) -> Iterator[tuple[int, int, str]]:
    """Row, column and text of each cell that shows an error."""
    if part is None or part not in archive.namelist():
        return
    content = archive.read(part)
    if not re.search(rb"""\st\s*=\s*["']e["']""", content):
        return
    for row, column, cell in _cells(content):
        if cell.get("t") == "e":
            value = next((e.text for e in cell if _tag(e) == "v"), None)
            yield row, column, value or "#ERROR!"


def _cells(content: bytes) -> Iterator[tuple[int, int, ElementTree.Element]]:
    """Row, column and element of each cell of a sheet; neither needs to say where it stands."""
    row = column = -1
    for event, element in ElementTree.iterparse(io.BytesIO(content), ("start", "end")):
        tag = _tag(element)
        if event == "start" and tag == "row":
            row, column = int(element.get("r", row + 2)) - 1, -1
        elif event == "start" and tag == "c":
            column = _place(element.get("r", ""), column + 1)
        elif event == "end" and tag == "c":
            yield row, column, element
            element.clear()
        elif event == "end" and tag == "row":
            element.clear()


def _place(name: str, otherwise: int) -> int:
    """The column of a cell's name, from 0."""
    place = 0
    for letter in re.match("[A-Z]*", name).group():  # type: ignore[union-attr]
        place = place * 26 + ord(letter) - 64
    return place - 1 if place else otherwise


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _old(content: bytes) -> Iterator[Sheet]:
    """`.xls`."""
    import xlrd

    try:
        book = xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=io.StringIO())
    except xlrd.XLRDError as error:
        if "encrypted" in str(error).lower():
            raise _Locked from None
        raise
    for sheet in book.sheets():
        cells: list[list[Any]] = []
        for row in range(sheet.nrows):
            cells.append([])
            for cell in sheet.row(row):
                value = cell.value
                if cell.ctype == xlrd.XL_CELL_DATE and 1 <= value < _LAST_DAY:
                    value = xlrd.xldate.xldate_as_datetime(value, book.datemode)
                elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
                    value = bool(value)
                elif cell.ctype == xlrd.XL_CELL_ERROR:
                    value = xlrd.error_text_from_code.get(value, "#ERROR!")
                cells[-1].append(value)
        merges = [(top, left, end - 1, right - 1) for top, end, left, right in sheet.merged_cells]
        yield Sheet(sheet.name, _cleaned(cells), merges)


def _open_document(content: bytes, archive: zipfile.ZipFile) -> Iterator[Sheet]:
    """`.ods`."""
    import python_calamine as calamine

    if b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise _Locked
    about = _spans_and_errors(archive.read("content.xml"))
    with calamine.load_workbook(io.BytesIO(content)) as book:
        for name in book.sheet_names:
            cells = _cleaned(book.get_sheet_by_name(name).to_python(skip_empty_area=False))
            merges, errors = about.get(name, ([], []))
            for row, column, text in errors:
                _put(cells, row, column, text)
            yield Sheet(name, cells, merges)


def _spans_and_errors(content: bytes) -> dict[str, tuple[list[Merge], list[tuple[int, int, str]]]]:
    """Merged ranges and cells with errors by sheet, of which the library says nothing."""
    found: dict[str, tuple[list[Merge], list[tuple[int, int, str]]]] = {}
    name = ""
    rows = columns = row = column = 0  # those with filled cells, and where we are
    spans: list[tuple[int, int, int]] = []  # column, height, width
    errors: list[tuple[int, str]] = []  # column, text
    for event, element in ElementTree.iterparse(io.BytesIO(content), ("start", "end")):
        tag = _tag(element)
        has = {k.rpartition("}")[2]: v for k, v in element.attrib.items()} if "table" in tag else {}
        if event == "start" and tag == "table":
            name = has.get("name", "")
            found[name] = ([], [])
            rows = columns = row = 0
        elif event == "start" and tag == "table-row":
            column = filled = 0
            spans, errors = [], []
        elif event == "end" and tag == "table-row":
            repeated = int(has.get("number-rows-repeated", 1))
            if filled:
                rows, columns = row + repeated, max(columns, filled)
                _refuse_wide(name, rows, columns)
                for each in range(row, row + repeated) if spans or errors else ():
                    found[name][0].extend((each, c, each + tall - 1, c + wide - 1) for c, tall, wide in spans)
                    found[name][1].extend((each, c, text) for c, text in errors)
            row += repeated
            element.clear()
        elif event == "end" and tag in ("table-cell", "covered-table-cell"):
            repeated = int(has.get("number-columns-repeated", 1))
            tall, wide = int(has.get("number-rows-spanned", 1)), int(has.get("number-columns-spanned", 1))
            if len(element):
                filled = column + repeated
            if tall > 1 or wide > 1:
                spans.append((column, tall, wide))
                filled = max(filled, column + 1)
            # two attributes go by the name value-type; that of an error is not the standard's
            if any(v == "error" and k.endswith("}value-type") for k, v in element.attrib.items()):
                text = "".join(element.itertext()) or "#ERROR!"
                filled = column + repeated
                _refuse_wide(name, row + 1, filled)
                errors.extend((place, text) for place in range(column, filled))
            column += repeated
    return found


def _cleaned(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return [[_clean(cell) for cell in row] for row in rows]


def _clean(cell: Any) -> Any:
    if isinstance(cell, str):
        return cell if cell.strip() else None
    if isinstance(cell, dt.datetime) and cell.time() == dt.time(0):
        return cell.date()
    return cell


def _put(cells: list[list[Any]], row: int, column: int, value: Any) -> None:
    cells.extend([] for _ in range(row + 1 - len(cells)))
    cells[row].extend([None] * (column + 1 - len(cells[row])))
    cells[row][column] = value


def letters(place: int) -> str:
    """The letters of a column, counted from 0.

    >>> letters(0), letters(27)
    ('A', 'AB')
    """
    found = ""
    while place >= 0:
        found = chr(65 + place % 26) + found
        place = place // 26 - 1
    return found


def written(cell: Any) -> str:
    """A cell as text, as a spreadsheet shows it."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else format(cell, ".15g")
    if isinstance(cell, dt.datetime | dt.date | dt.time):
        return cell.isoformat()
    return str(cell)
