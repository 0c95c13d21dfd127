"""A whole assessment as a workbook for those who live in Excel."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from .error import AssessError
from .export import SHEET_ROWS, replacing, workbook, write_sheet
from .suppress import MIN_GROUP
from .words import headline, readings, verification_label, words

if TYPE_CHECKING:
    from .assessment import Assessment

__all__ = ["write_book"]

_IDS = ("specialty", "criterion", "unit")  # columns whose cells are ids of what they are called
_SHADES = {"met": "#CDE7D8", "unknown": "#FBE9C6", "unmet": "#F3D3D0"}  # text stays readable on each
_LEVELS = {"min_color": "#FFFFFF", "max_color": "#4F97CB"}


def write_book(
    a: Assessment, path: Path, lang: str = "en", by: str | None = None, min_group: int = MIN_GROUP,
    people: Sequence[str] = (),
) -> Path:  # fmt: skip
    """Writes the workbook; see :meth:`tassei.Assessment.to_excel`."""
    if path.suffix.lower() != ".xlsx":
        raise AssessError(f"{path.name}: expected a name that ends in .xlsx")
    say = words(lang)
    found = {
        "distribution": a.to_arrow("distribution"),
        **({"groups": a.to_arrow("distribution", by=by, min_group=min_group)} if by is not None else {}),
        "levels": a.to_arrow("levels"),
        "sheets": a.to_arrow("sheets"),
        "gaps": a.to_arrow("gaps"),
        "bottlenecks": a.to_arrow("bottlenecks"),
        "completeness": a.to_arrow("completeness"),
        **({"ledger": a.to_arrow("ledger", person_id=list(people), lang=lang)} if people else {}),
    }
    for name, table in found.items():
        if table.num_rows > SHEET_ROWS:
            raise AssessError(
                f"{name}: {table.num_rows:,} rows do not go into a sheet, which holds {SHEET_ROWS:,}; "
                f"write the table alone, as Parquet: a.to_arrow({name!r})"
            )
    with replacing(path) as target, workbook(target) as book:
        _overview(book.add_worksheet(say["book_overview"]), book, a, lang)
        for name, table in found.items():
            sheet = book.add_worksheet(say[f"book_{name}"])
            frame = _labelled(a, table.to_pandas(), lang)
            write_sheet(book, sheet, frame, {c: say.get(f"column_{c}", c) for c in frame.columns})
            _colours(book, sheet, frame, say)
    return path


def _overview(sheet: Any, book: Any, a: Assessment, lang: str) -> None:
    say, framework = words(lang), a.framework
    rows = [
        (say["framework"], framework.label_title(lang)), (say["version"], framework.version),
        (say["fingerprint"], framework.fingerprint), (say["evaluated"], a.as_of.isoformat()),
        (say["book_people"], f"{len(a):,}"),
        *((label, choice) for label, choice, _ in readings(a, lang)),
        (say["minimum"], verification_label(a, lang) if a.min_verification else say["none"]),
        (say["method"], say["method_text"]),
    ]  # fmt: skip
    bold, wrapped = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True})
    sheet.write_string(0, 0, say["report_title"], book.add_format({"bold": True, "font_size": 14}))
    sheet.set_column(0, 0, 34, bold)
    sheet.set_column(1, 1, 80, wrapped)
    for row, (name, value) in enumerate(rows, 2):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value)


def _labelled(a: Assessment, frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Ids of the framework by their labels; people's own columns stay as they are."""
    say, label = words(lang), a.framework.label
    for column in frame.columns:
        if column in _IDS:
            known = {x: headline(label(column, x, lang)) for x in frame[column].dropna().unique()}
            frame[column] = frame[column].astype(object).map(known)
        elif column in ("status", "basis"):
            frame[column] = frame[column].astype(object).map(lambda word: say.get(word, word))
    return frame


def _colours(book: Any, sheet: Any, frame: pd.DataFrame, say: Any) -> None:
    last = max(len(frame), 1)
    for place, name in enumerate(frame.columns):
        if name in ("level", "possible_level"):
            sheet.conditional_format(1, place, last, place, {"type": "2_color_scale", **_LEVELS})
        elif name == "score" or name.endswith("_share"):
            bar = {"type": "data_bar", "bar_color": "#8FC1E3", "min_value": 0,
                   "max_value": 1, "min_type": "num", "max_type": "num"}  # fmt: skip
            sheet.conditional_format(1, place, last, place, bar)
        elif name == "status":
            for word, shade in _SHADES.items():
                format_ = book.add_format({"bg_color": shade})
                rule = {"type": "cell", "criteria": "==", "value": f'"{say[word]}"', "format": format_}
                sheet.conditional_format(1, place, last, place, rule)
