"""A whole assessment as a workbook for those who live in Excel."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from .arguments import several
from .error import AssessError
from .export import SHEET_ROWS, replacing, workbook, write_sheet
from .layout import columns_wide
from .provenance import in_words
from .suppress import MIN_GROUP
from .words import headline, level_label, one_line, readings, verification_label, words

if TYPE_CHECKING:
    from .assessment import Assessment

__all__ = ["write_book"]

_LABELLED = ("specialty", "criterion", "unit", "table")  # ids, each called what its column is
_WORDS = ("status", "basis", "counts")
_LEVELS = ("level", "possible_level", "target", "of_level", "grade", "possible_grade")
_SHARES = ("score", "progress", "certain_share", "possible_share", "blank_share")
_SHADES = {"met": "#CDE7D8", "unknown": "#FBE9C6", "unmet": "#F3D3D0"}  # text stays readable on each
_BLUES = (0xE3EFF9, 0x5FA2D3)  # of the lowest and the highest level


def write_book(
    a: Assessment, path: Path, lang: str = "en", by: str | None = None, min_group: int = MIN_GROUP,
    people: Sequence[str] = (),
) -> Path:  # fmt: skip
    """Writes the workbook; see :meth:`tassei.Assessment.to_excel`."""
    if path.suffix.lower() != ".xlsx":
        raise AssessError(f"{path.name}: expected a name that ends in .xlsx")
    say, people = words(lang), several(people)
    frames = {
        name: _shown(a, table.to_pandas(), lang, by if name == "groups" else None)
        for name, table in _tables(a, lang, by, min_group, people)
    }
    with replacing(path) as target, workbook(target) as book:
        book.set_properties({"created": a.assessed_at.replace(tzinfo=None)})
        overview = book.add_worksheet(say["book_overview"])
        sheets = {name: book.add_worksheet(say[f"book_{name}"]) for name in frames}
        _overview(book, overview, a, lang, frames, min_group)
        for name, frame in frames.items():
            ours = frame.columns.drop([by]) if name == "groups" else frame.columns
            heads = {column: headline(say[f"column_{column}"]) for column in ours}
            write_sheet(book, sheets[name], frame, heads, _formats(a, frame[ours], lang))
            sheets[name].set_footer(f"&L{say[f'book_{name}']}&R&P / &N")
            _colours(book, sheets[name], frame, ours, a, lang)
    return path


def _tables(
    a: Assessment, lang: str, by: str | None, min_group: int, people: Sequence[str]
) -> Iterator[tuple[str, pa.Table]]:
    """What the sheets hold, by their names."""
    made: dict[str, tuple[str, Callable[[], pa.Table]]] = {
        "distribution": ("distribution", lambda: a.to_arrow("distribution")),
        "groups": ("distribution", lambda: a.to_arrow("distribution", by=by, min_group=min_group)),
        "levels": ("levels", lambda: a.to_arrow("levels")),
        "sheets": ("sheets", lambda: a.to_arrow("sheets")),
        "next": ("criteria", lambda: _next_level(a)),
        "gaps": ("gaps", lambda: a.to_arrow("gaps")),
        "bottlenecks": ("bottlenecks", lambda: a.to_arrow("bottlenecks")),
        "completeness": ("completeness", lambda: a.to_arrow("completeness")),
        "ledger": ("ledger", lambda: a.to_arrow("ledger", person_id=list(people), lang=lang)),
    }
    if by is None:
        del made["groups"]
    if not people:
        del made["ledger"]
    for name, (source, make) in made.items():
        table = make()
        if table.num_rows > SHEET_ROWS:
            raise AssessError(
                f"{name}: {table.num_rows:,} rows do not go into a sheet, which holds {SHEET_ROWS:,}; "
                f"write the table alone, as Parquet: a.to_arrow({source!r})"
            )
        yield name, table


def _next_level(a: Assessment) -> pa.Table:
    """Everybody's standing on the criteria of the level after the certain one."""
    columns, sheets = a._plan.columns, a.framework.document.sheets
    places = [a.framework.specialties.index(c.specialty) for c in columns]
    below = [
        max((s.level for s in sheets if s.specialty == c.specialty and s.level < c.level), default=0)
        for c in columns
    ]
    now = a._core.level[:, places]
    wanted = (now >= np.array(below)) & (now < np.array([c.level for c in columns]))
    return a.to_arrow("criteria").filter(pa.array(wanted.ravel()))


def _overview(
    book: Any, sheet: Any, a: Assessment, lang: str, frames: Mapping[str, pd.DataFrame], min_group: int
) -> None:
    say, framework = words(lang), a.framework
    bold = book.add_format({"bold": True, "valign": "top"})
    value = book.add_format({"text_wrap": True, "align": "left", "valign": "top"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
    count = book.add_format({"num_format": "#,##0", "align": "left"})
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 80)
    sheet.set_column(2, 2, 10)
    sheet.write_string(0, 0, say["report_title"], book.add_format({"bold": True, "font_size": 14}))
    rows = [
        (say["framework"], framework.label_title(lang)), (say["version"], framework.version),
        (say["fingerprint"], framework.fingerprint), (say["evaluated"], a.as_of),
        (say["book_people"], len(a)),
        *((label, choice) for label, choice, _ in readings(a, lang)),
        (say["minimum"], verification_label(a, lang) if a.min_verification else say["none"]),
        *in_words(a, lang),
        (say["method"], say["method_text"].strip()),
    ]  # fmt: skip
    if "groups" in frames and min_group > 1:
        rows.append((say["suppressed"], say["suppression_note"].format(n=min_group)))
    for row, (name, said) in enumerate(rows, 2):
        sheet.write_string(row, 0, headline(name), bold)
        if isinstance(said, str):
            sheet.set_row(row, 16 * (1 + columns_wide(said) // 70))
            sheet.write_string(row, 1, said, value)
        elif isinstance(said, int):
            sheet.write_number(row, 1, said, count)
        else:
            sheet.write_datetime(row, 1, said, day)
    start = len(rows) + 3
    for place, name in enumerate((say["book_sheet"], "", say["book_rows"])):
        sheet.write_string(start, place, name, bold)
    for row, (name, frame) in enumerate(frames.items(), start + 1):
        title = say[f"book_{name}"]
        sheet.write_url(row, 0, f"internal:'{title}'!A1", string=title)
        sheet.write_string(row, 1, say[f"about_{name}"], value)
        sheet.write_number(row, 2, len(frame), count)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _shown(a: Assessment, frame: pd.DataFrame, lang: str, by: str | None) -> pd.DataFrame:
    """Ids as labels, and in words what is no number; people's own column stays as it is."""
    say, label = words(lang), a.framework.label
    if "suppressed" in frame:
        hidden = frame.pop("suppressed").to_numpy(bool)
        for name in frame.columns.difference(["specialty", "level", by]):
            frame[name] = frame[name].astype(object).mask(hidden, say["column_suppressed"])
    if by in frame:
        frame[by] = frame[by].astype(object).where(frame[by].notna(), say["no_group"])
    if "column" in frame and by != "column":
        pairs = frame["table"].astype(object) + "." + frame["column"].astype(object)
        frame["column"] = _each(pairs, lambda x: label("column", x, lang))
    for name in frame.columns.drop([by], errors="ignore"):
        if name in _LABELLED:
            frame[name] = _each(frame[name], partial(label, name, lang=lang))
        elif name in _WORDS:
            frame[name] = _each(frame[name], lambda x: say[x])
        elif frame[name].dtype == bool:
            frame[name] = _each(frame[name], lambda x: say["yes" if x else "no"])
        elif name == "high":
            frame[name] = frame[name].astype(object).mask(np.isinf(frame[name]), say["no_limit"])
    return frame


def _each(cells: pd.Series, label: Callable[[Any], str]) -> pd.Series:
    """Cells by their labels, each different one looked up once; blank stays blank."""
    cells = cells.astype(object)
    return cells.map({cell: headline(label(cell)) for cell in cells.dropna().unique()})


def _formats(a: Assessment, frame: pd.DataFrame, lang: str) -> dict[str, str]:
    below = words(lang)["below"].format(level=level_label(a, min(a.framework.levels), lang))
    none = one_line(below).replace('"', "")
    return {name: "0.0%" for name in frame.columns if name in _SHARES} | {
        name: f'0;-0;"{none}"' for name in frame.columns if name in _LEVELS and (frame[name] == 0).any()
    }


def _colours(book: Any, sheet: Any, frame: pd.DataFrame, ours: pd.Index, a: Assessment, lang: str) -> None:
    say, last = words(lang), max(len(frame), 1)
    statuses = [(f'"{headline(say[word])}"', shade) for word, shade in _SHADES.items()]
    levels = list(_blues(a.framework.levels).items())
    for name in ours:
        place = frame.columns.get_loc(name)
        for value, shade in statuses if name == "status" else levels if name in _LEVELS else []:
            rule = {"type": "cell", "criteria": "==", "value": value,
                    "format": book.add_format({"bg_color": shade})}  # fmt: skip
            sheet.conditional_format(1, place, last, place, rule)
        if name in _SHARES:
            bar = {"type": "data_bar", "bar_color": "#8FC1E3", "min_length": 0, "max_length": 100,
                   "min_value": 0, "max_value": 1, "min_type": "num", "max_type": "num"}  # fmt: skip
            sheet.conditional_format(1, place, last, place, bar)


def _blues(levels: Sequence[int]) -> dict[int, str]:
    """A blue a level, from the framework's lowest to its highest, so that it means the same everywhere."""
    low, high = (np.array([end >> 16, end >> 8 & 255, end & 255]) for end in _BLUES)
    steps = np.linspace(0, 1, len(levels))
    return {
        level: "#{:02X}{:02X}{:02X}".format(*np.round(low + (high - low) * step).astype(int))
        for level, step in zip(levels, steps, strict=True)
    }
