"""Workbooks as people keep them: each sheet of an Excel or OpenDocument file as a table.

Libraries give the cells; what people do around a table is undone here: titles above it, merged
cells, headers of several rows, blank rows and columns about it.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Collection
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from . import grammar as g
from .error import EvidenceError
from .header import Header, header_row
from .raw import Raw
from .spreadsheet import Sheet, letters, read_sheets, written
from .text import key

__all__ = ["WORKBOOKS", "known_spellings", "open_workbook"]

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")


def open_workbook(path: str | os.PathLike[str], spellings: Collection[str] | None = None) -> list[Raw]:
    """The tables of a workbook, one a sheet, hidden sheets too.

    Parameters
    ----------
    path : path
        An ``.xlsx``, ``.xlsm``, ``.xls`` or ``.ods`` file.
    spellings : collection of str, optional
        Every way to write a column's name, also ``column.item`` for columns of single items: see
        :func:`known_spellings`. The first row with most of them is the header; without them it
        is the first row with two filled cells.

    Returns
    -------
    list of Raw
        Cells of merged ranges all hold its value, but in rows that have nothing else. Rows that
        are blank throughout stay where others follow. A group's name merged over names of items
        gives ``group.item``. ``first_row`` is the row number as Excel shows it. Columns are
        date32, int64, float64 or bool where all their filled cells are; others are text, with
        dates in ISO form and errors (``#N/A``) as they show.

    Raises
    ------
    EvidenceError
        The file cannot be read, two columns of a sheet have one name, or a library is missing.

    Examples
    --------
    >>> import tempfile, xlsxwriter
    >>> file = tempfile.mkdtemp() + "/evidence.xlsx"
    >>> with xlsxwriter.Workbook(file) as book:
    ...     sheet = book.add_worksheet("people")
    ...     _ = sheet.write_row("A1", ["Our people"])
    ...     _ = sheet.write_row("A3", ["person_id", "site"])
    ...     _ = sheet.write_row("A4", ["P1", "Osaka"])
    >>> [raw] = open_workbook(file)
    >>> raw.name, list(raw.columns), raw.rows, raw.first_row
    ('people', ['person_id', 'site'], 1, 4)
    """
    path = Path(path)
    known = frozenset(key(spelling) for spelling in spellings or ())
    passed_over = _passed_over()
    raws = []
    for sheet in read_sheets(path):
        if key(sheet.name) not in passed_over:
            raw = _table(sheet, path, known)
            if raw is not None:
                raws.append(raw)
    if not raws:
        raise EvidenceError(f"{path.name}: no sheet of it holds a table")
    return raws


def known_spellings(document: g.Document) -> frozenset[str]:
    """Every way to write the name of a column, or of an item's column, of a framework.

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> "開始日" in known_spellings(framework.document)
    True
    """
    found = set()
    for table in document.tables.values():
        for name, column in table.columns.items():
            names = {key(s) for s in (name, *column.label.values(), *column.aliases)}
            found |= names
            if column.type != "set":
                continue
            for item, word in document.vocabularies[column.vocabulary or ""].words.items():
                items = (item, *word.label.values(), *word.aliases, word.printed)
                found |= {f"{n}.{key(i)}" for n in names for i in items if i is not None}
    return frozenset(found)


@cache
def _passed_over() -> frozenset[str]:
    """Names of sheets that a template has beside its tables."""
    words = yaml.safe_load((files("tassei") / "template.yaml").read_text(encoding="utf-8"))
    return frozenset(key(name) for name in words["sheets"].values())


def _table(sheet: Sheet, path: Path, known: frozenset[str]) -> Raw | None:
    width = max(map(len, sheet.cells), default=0)
    for row in sheet.cells:
        row.extend([None] * (width - len(row)))
    top = header_row(sheet.cells, known)
    if top is None:
        return None
    origin = f"{path.name}, sheet {sheet.name}"
    header = Header(sheet, top, known)
    first = header.end
    end = len(sheet.cells)
    _spread(sheet, first)
    while end > first and all(cell is None for cell in sheet.cells[end - 1]):
        end -= 1
    while first < end and all(cell is None for cell in sheet.cells[first]):
        first += 1
    data = [list(cells) for cells in zip(*sheet.cells[first:end], strict=True)] or [[] for _ in range(width)]
    names = _names(header, data, origin)
    columns = {name: pa.chunked_array([_array(data[place])]) for place, name in names.items()}
    return Raw(sheet.name, origin, columns, end - first, first + 1, sheet=True)


def _names(header: Header, data: list[list[Any]], where: str) -> dict[int, str]:
    """The columns that are read, by place: filled or named ones, each with a name of its own."""
    by_name: dict[str, list[int]] = {}
    for place, name in enumerate(header.names):
        if name is not None:
            by_name.setdefault(name, []).append(place)
        elif any(cell is not None for cell in data[place]):
            by_name.setdefault(f"column {letters(place)}", []).append(place)
    found = {}
    for name, places in by_name.items():
        first, *others = places
        found[first] = name
        same = all(
            all(c is None or c == f for c, f in zip(data[p], data[first], strict=True)) for p in others
        )
        if not others or (header.one_cell(places) and same):
            continue  # one wide column of several cells a row
        found |= {place: ".".join(header.parts[place]) for place in places}
    for name in found.values():
        places = [place for place, other in sorted(found.items()) if other == name]
        if len(places) > 1:
            cells = [f"{letters(place)}{header.row}" for place in places]
            raise EvidenceError(
                f"{where}: {' and '.join(cells)} both say {name!r}; give each column its own name"
            )
    return dict(sorted(found.items()))


def _spread(sheet: Sheet, first: int) -> None:
    """Gives every cell of a merged range of the data its value.

    Rows without a cell of their own stay blank: they are room below a record, and no second one.
    """
    filled = [any(cell is not None for cell in row) for row in sheet.cells]
    for top, left, bottom, right in sheet.merges:
        if top < first or top >= len(sheet.cells) or left >= len(sheet.cells[top]):
            continue
        value = sheet.cells[top][left]
        if value is None:
            continue
        for row in range(top, min(bottom + 1, len(sheet.cells))):
            if filled[row]:
                width = len(sheet.cells[row])
                sheet.cells[row][left : right + 1] = [value] * (min(right + 1, width) - left)


def _array(cells: list[Any]) -> pa.Array:
    """Cells of one type as that type, of several as text."""
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds <= {str}:
        return pa.array(cells, pa.large_string())
    if kinds == {bool}:
        return pa.array(cells, pa.bool_())
    if kinds <= {int, float}:
        if all(cell is None or (float(cell).is_integer() and abs(cell) < 2**63) for cell in cells):
            return pa.array([None if cell is None else int(cell) for cell in cells], pa.int64())
        return pa.array(cells, pa.float64())
    if kinds == {dt.date}:
        return pa.array(cells, pa.date32())
    if kinds <= {dt.date, dt.datetime}:
        moments = [dt.datetime.combine(cell, dt.time()) if type(cell) is dt.date else cell for cell in cells]
        return pa.array(moments, pa.timestamp("us"))
    return pa.array([None if cell is None else written(cell) for cell in cells], pa.large_string())
