"""Forms to fill in: a framework's evidence tables as a workbook, or as a folder of CSV files."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import grammar as g
from .arguments import several
from .error import EvidenceError
from .export import replacing
from .framework import Framework, check_framework
from .guide import Guide, form_file, form_words
from .layout import columns_wide

__all__ = ["write_template"]

_LAST_ROW = 1_048_575
_EARLIEST, _LATEST = dt.date(1900, 1, 1), dt.date(2199, 12, 31)  # Excel knows no earlier dates
_LINE = 17.0  # points of a line of text
_GUIDE_WIDTHS = (42, 32, 42, 36, 40, 64)
_ITEM_WIDTH = 16.0
_PAGE = 260.0  # characters that a printed page takes in its width


def write_template(
    framework: Framework, path: str | os.PathLike[str], lang: Sequence[str] = ("ja", "en"),
    overwrite: bool = False,
) -> Path:  # fmt: skip
    """Writes a form for a framework's evidence, which reads back as it is filled in.

    Parameters
    ----------
    framework : Framework
        Whose tables, columns and words.
    path : path
        An ``.xlsx`` file: one sheet a table with drop-down lists, and a page that explains them
        with an example. Without a suffix, a folder: one CSV file a table, with only a header of
        ids, and the explanations as ``guide.txt``.
    lang : sequence of str
        Languages of the header, the first also of the drop-down lists; those that the framework
        does not speak are left out.
    overwrite : bool
        Whether a file that is there already may be replaced. In a folder this goes for files of
        the same names only: other files, also tables that the framework no longer has, stay.

    Returns
    -------
    pathlib.Path
        What was written.

    Raises
    ------
    EvidenceError
        The path is taken, has another suffix or cannot be written, or a library is missing.

    Examples
    --------
    >>> import tempfile, tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> folder = write_template(framework, tempfile.mkdtemp() + "/forms")
    >>> sorted(file.name for file in folder.iterdir())[:3]
    ['certifications.csv', 'contributions.csv', 'engagements.csv']
    """
    check_framework(framework)
    path = Path(path)
    chosen = dict.fromkeys(several(lang))
    langs = [one for one in chosen if one in framework.languages] or framework.languages[:1]
    if path.suffix.lower() not in ("", ".xlsx"):
        raise EvidenceError(f"{path}: a form is an .xlsx file, or a folder of CSV files without a suffix")
    try:
        if not overwrite and path.exists() and not (path.is_dir() and not any(path.iterdir())):
            raise EvidenceError(f"{path}: is there already; choose another name, or overwrite=True")
        if path.suffix:
            content = _Form(framework, langs).content()
            with replacing(path) as target:
                target.write_bytes(content)
        else:
            _folder(framework, langs, path)
    except OSError as error:  # also a name that is too long
        raise EvidenceError(f"{path}: cannot be written: {error.strerror or error}") from None
    return path


def _folder(framework: Framework, langs: Sequence[str], path: Path) -> None:
    for name, table in framework.document.tables.items():
        with (
            replacing(path / f"{name}.csv") as target,
            target.open("w", encoding="utf-8-sig", newline="") as file,
        ):
            csv.writer(file).writerow(table.columns)
    lines = ["\t".join(cell.replace("\n", "; ") for cell in row) for _, row in Guide(framework, langs).rows()]
    # with a byte order mark, as the tables: else Excel and old editors take it for another encoding
    with replacing(path / "guide.txt") as target:
        target.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")


# --- the workbook ------------------------------------------------------------------------------------

_FRAME = {"border": 1, "border_color": "#A6A6A6"}
_HEAD = {"bold": True, "text_wrap": True, "valign": "vcenter", "align": "center", **_FRAME}
_BAND = {"bold": True, "font_size": 12, "valign": "vcenter", "bg_color": "#1F4E79", "font_color": "#FFFFFF"}
_FORMATS = {
    "required": {**_HEAD, "bg_color": "#1F4E79", "font_color": "#FFFFFF"},
    "plain": {**_HEAD, "bg_color": "#DDEBF7"},
    "group": {**_HEAD, "bg_color": "#E2EFDA", "align": "left", "indent": 1},  # in sight while one scrolls
    "item": {**_HEAD, "bold": False, "font_size": 9, "bg_color": "#F3F8EF"},
    "title": {"bold": True, "font_size": 16, "valign": "vcenter"},
    "section": _BAND,
    "head": {"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#DDEBF7", **_FRAME},
    "cells": {"text_wrap": True, "valign": "top", **_FRAME},
    "text": {"valign": "vcenter", "indent": 1},
    "blank": {},
    # what is written into a text column stays as it is written, with its leading zeros
    "of_text": {"num_format": "@"},
    "of_mark": {"num_format": "@", "align": "center"},
    "of_date": {"num_format": "yyyy-mm-dd", "align": "center"},
    "of_number": {"num_format": "General"},
}  # fmt: skip


class _Form:
    """A workbook while it is written."""

    def __init__(self, framework: Framework, langs: Sequence[str]) -> None:
        self.framework, self.langs = framework, langs
        self.document = framework.document
        self.guide = Guide(framework, langs)

    def content(self) -> bytes:
        """The whole file."""
        try:
            import xlsxwriter
        except ImportError:
            raise EvidenceError(
                "to write a workbook, xlsxwriter is needed: pip install 'tassei[excel]'"
            ) from None
        sheets = form_file()["sheets"]
        file = io.BytesIO()
        options = {
            "strings_to_formulas": False, "strings_to_urls": False, "in_memory": True,
            "default_format_properties": {"font_name": form_words(self.langs[0])["font"], "font_size": 10},
        }  # fmt: skip
        with xlsxwriter.Workbook(file, options) as book:
            self.formats = {name: book.add_format(says) for name, says in _FORMATS.items()}
            guide = book.add_worksheet(sheets["guide"])
            names = _sheet_names(self.framework, self.langs)
            tables = [(t, book.add_worksheet(names[n]), n) for n, t in self.document.tables.items()]
            self.lists = self.write_lists(book.add_worksheet(sheets["lists"]), sheets["lists"])
            for table, sheet, name in tables:
                self.write_table(sheet, name, table)
            self.write_guide(guide)
        return file.getvalue()

    def write_lists(self, sheet: Any, sheet_name: str) -> dict[str, str]:
        """The words of every vocabulary, and where each of them stands."""
        places = {}
        for i, name in enumerate(self.document.vocabularies):
            words = self.guide.choices(name)
            sheet.write_string(0, i, self.framework.label("vocabulary", name, self.langs[0]))
            sheet.write_column(1, i, words)
            sheet.set_column(i, i, _width(words, 8, 60))
            places[name] = f"='{sheet_name}'!{_cell(1, i)}:{_cell(len(words), i)}"
        sheet.hide()
        return places

    # --- a table ---------------------------------------------------------------------------------

    def write_table(self, sheet: Any, name: str, table: g.Table) -> None:
        deep = 2 if any(column.type == "set" for column in table.columns.values()) else 1
        first = deep * len(self.langs)
        place, total = 0, 0.0
        tallest: list[list[int]] = [[1] for _ in self.langs]
        for column_id, column in table.columns.items():
            labels = self.guide.label("column", f"{name}.{column_id}")
            items = (
                list(self.document.vocabularies[column.vocabulary or ""].words)
                if column.type == "set"
                else []
            )
            last = place + max(len(items), 1) - 1
            style = "group" if items else "required" if column.role == "person" else "plain"
            for i, label in enumerate(labels):
                top = i * deep
                bottom = top if items else top + deep - 1
                self.merge(sheet, (top, place, bottom, last), label, style)
                for j, item in enumerate(items):
                    text = self.framework.label("word", f"{column.vocabulary}.{item}", self.langs[i])
                    sheet.write_string(top + 1, place + j, text, self.formats["item"])
                    tallest[i].append(_lines(text, _ITEM_WIDTH))
            note = [*self.guide.about(column), *([column.unit] if column.unit else [])]
            if note:
                sheet.write_comment(0, place, "\n".join(note), {"x_scale": 2, "font_size": 9})
            self.rule(sheet, (first, place, _LAST_ROW, last), column)
            kind = {"date": "of_date", "number": "of_number", "set": "of_mark"}.get(column.type, "of_text")
            wide = _ITEM_WIDTH if items else self.width(column, labels)
            sheet.set_column(place, last, wide, self.formats[kind])
            total += wide * (last + 1 - place)
            place = last + 1
        for i in range(len(self.langs)):
            sheet.set_row(i * deep, 2 * _LINE if deep == 1 else 1.4 * _LINE)
            if deep == 2:
                sheet.set_row(i * deep + 1, 0.9 * _LINE * max(2, *tallest[i]))
        sheet.freeze_panes(first, 1)
        sheet.set_default_row(_LINE)
        sheet.set_tab_color("#9DC3E6")
        _pages(sheet)
        sheet.repeat_rows(0, first - 1)
        sheet.repeat_columns(0, 0)
        if total > _PAGE:
            sheet.set_print_scale(60)
        else:
            sheet.fit_to_pages(1, 0)

    def merge(self, sheet: Any, cells: tuple[int, int, int, int], text: str, style: str) -> None:
        top, left, bottom, right = cells
        if (top, left) == (bottom, right):
            sheet.write_string(top, left, text, self.formats[style])
        else:
            sheet.merge_range(top, left, bottom, right, text, self.formats[style])

    def width(self, column: g.Column, labels: Sequence[str]) -> float:
        words = self.guide.choices(column.vocabulary) if column.vocabulary else []
        return _width([*labels, *words], 12, 36)

    def rule(self, sheet: Any, cells: tuple[int, int, int, int], column: g.Column) -> None:
        """What the cells of a column may hold."""
        yes_no = form_file()["marks"]

        def says(name: str) -> str:
            said = [form_words(lang)[name].format(yes=yes_no[0], no=yes_no[1]) for lang in self.langs]
            return "\n".join(dict.fromkeys(said))[:255]

        if column.type == "set":
            sheet.data_validation(
                *cells, {"validate": "list", "source": yes_no, "error_message": says("not_a_mark")}
            )
        elif column.vocabulary:
            source = self.lists[column.vocabulary]
            sheet.data_validation(
                *cells, {"validate": "list", "source": source, "error_message": says("not_in_list")}
            )
        elif column.type == "number":
            sheet.data_validation(
                *cells,
                {"validate": "decimal", "criteria": ">=", "value": 0, "error_message": says("not_a_number")},
            )
        elif column.type == "date":
            # a warning only: years, months, eras and words for running ones are read as well
            sheet.data_validation(
                *cells,
                {
                    "validate": "date", "criteria": "between", "minimum": _EARLIEST, "maximum": _LATEST,
                    "error_type": "warning", "error_message": says("not_a_date"),
                },
            )  # fmt: skip

    # --- the guide ---------------------------------------------------------------------------------

    def write_guide(self, sheet: Any) -> None:
        last = len(_GUIDE_WIDTHS) - 1
        for row, (style, cells) in enumerate(self.guide.rows()):
            framed = style in ("head", "cells")
            for place, cell in enumerate(cells):
                if framed and place == len(cells) - 1 < last:  # the last cell takes what is left
                    sheet.merge_range(row, place, row, last, cell, self.formats[style])
                else:
                    sheet.write_string(row, place, cell, self.formats[style])
            if style == "section":
                for place in range(len(cells), last + 1):
                    sheet.write_blank(row, place, None, self.formats[style])
            lines = {"title": 2.0, "section": 1.3}.get(style, 1.0)
            if framed:
                wides = [*_GUIDE_WIDTHS[: len(cells) - 1], sum(_GUIDE_WIDTHS[len(cells) - 1 :])]
                lines = max(_lines(cell, wide) for cell, wide in zip(cells, wides, strict=True))
            sheet.set_row(row, _LINE * lines)
        for place, wide in enumerate(_GUIDE_WIDTHS):
            sheet.set_column(place, place, wide)
        sheet.hide_gridlines(2)
        sheet.set_tab_color("#1F4E79")
        _pages(sheet)
        sheet.fit_to_pages(1, 0)
        sheet.activate()


def _pages(sheet: Any) -> None:
    """How a sheet is printed: on A4 across, with numbered pages."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(0.4, 0.4, 0.5, 0.6)
    sheet.set_footer("&L&A&R&P / &N")


def _cell(row: int, column: int) -> str:
    from xlsxwriter.utility import xl_rowcol_to_cell

    return str(xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True))


def _width(texts: Sequence[str], least: float, most: float) -> float:
    return min(max(max(map(columns_wide, texts), default=0) + 3.0, least), most)


def _lines(text: str, width: float) -> int:
    """Lines that a text takes in a column."""
    return sum(max(1, math.ceil(columns_wide(line) * 1.1 / width)) for line in text.split("\n"))


def _sheet_names(framework: Framework, langs: Sequence[str]) -> dict[str, str]:
    """A sheet's name for each table: a spelling of it that Excel allows."""
    taken = {name.casefold() for name in form_file()["sheets"].values()}
    found = {}
    for name, table in framework.document.tables.items():
        spellings = [*(framework.label("table", name, one) for one in langs), name, *table.label.values()]
        legal = [s for s in (*spellings, *table.aliases) if _is_legal(s) and s.casefold() not in taken]
        if not legal:
            raise EvidenceError(f"the table {name} has no label or alias that can name an Excel sheet")
        found[name] = legal[0]
        taken.add(legal[0].casefold())
    return found


def _is_legal(name: str) -> bool:
    return (
        0 < len(name) <= 31
        and not set(name) & set("[]:*?/\\")
        and not name.startswith("'")
        and not name.endswith("'")
        and name.casefold() != "history"
    )
