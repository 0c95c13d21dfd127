"""What one person did when, of which grade, and which days count for the next level."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from matplotlib.dates import AutoDateLocator, DateFormatter, date2num
from matplotlib.patches import Patch

from ..describe import number
from ..source import to_library
from ..text import printable
from ..words import basis, headline, words
from .style import (
    FAINT,
    GRID,
    INK,
    LEVEL_COLOURS,
    NONE_COLOUR,
    chosen,
    dress,
    edge,
    fit,
    hatched,
    heading,
    is_small,
    kind_legend,
    level_colours,
    looks,
    new_axes,
    row_height,
    row_labels,
    span,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

    from .. import Assessment

__all__ = ["timeline"]


def timeline(
    assessment: Assessment,
    person_id: str,
    specialty: str | None = None,
    lang: str = "en",
    ax: Axes | None = None,
    return_data: bool = False,
) -> Axes | tuple[Axes, Any]:
    """One person's records over the years by grade, and the days that count for the next level.

    A bar is a record from its start to its end; one that runs on as of the date has an arrow. Its
    colour is its grade: the highest level whose demands on the work it meets certainly, and, in a
    hatched lower half, the highest that it may meet. Records whose start is not known stand below
    without a bar, never left out. Dots are records with one date. At the bottom the days that count
    certainly (solid) and possibly (hatched) towards what the next level asks in days.

    Parameters
    ----------
    assessment
        What to show.
    person_id
        Whose records.
    specialty
        Whose grades and next level; None takes all, and the highest of a record's grades.
    lang
        Language of title, axes and labels.
    ax
        Where to draw; None makes a new figure.
    return_data
        Also return the table behind the picture.

    Returns
    -------
    matplotlib.axes.Axes, or (Axes, frame) with ``return_data=True``
        One row a record with a period: ``table``, ``row``, ``start``, ``end`` (blank for one that
        has none), ``running`` (on the as-of date; blank where the start is), ``grade`` and
        ``possible_grade`` (blank for none).

    Raises
    ------
    AssessError
        If person or specialty does not exist.
    ValueError
        If the language is not one of :func:`languages`.
    FontError
        If no installed font has the characters to be drawn.

    Examples
    --------
    >>> import tassei
    >>> from matplotlib.figure import Figure
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> evidence = tassei.read_evidence(tassei.synthesize(50, seed=1), framework)
    >>> a = tassei.assess(evidence, framework, as_of="2026-06-30")
    >>> a.plot.timeline("P00007", "software", ax=Figure().add_subplot()).get_xlabel()
    'Date'
    """
    say, framework = words(lang), assessment.framework
    specialties = chosen(framework, specialty)
    assessment._place(person_id)  # says it where there is no such person
    periods, dots = _records(assessment, person_id, specialties, lang)
    strips = [s for name in specialties for s in _strips(assessment, person_id, name, say, lang)]
    labels = [_name(framework, record, lang) for record in periods]
    tables = [headline(framework.label("table", table, lang)) for table in dots]
    whose = [headline(framework.label("specialty", name, lang)) for name, _, _ in strips]
    found = {record[kind] for record in periods for kind in ("grade", "possible_grade")}
    colours = level_colours([0, *framework.levels])
    grades = [
        Patch(
            facecolor=colours[grade or 0],
            label=headline(
                say["grade_of"].format(level=framework.label("level", grade, lang))
                if grade else say["no_grade"]
            ),
        )
        for grade in sorted(found, key=lambda grade: grade or 0)
    ]  # fmt: skip
    title = say["timeline_title"].format(person=printable(str(person_id)))
    subtitle = basis(assessment, lang, people=False)
    if specialty is not None:
        subtitle.insert(0, headline(framework.label("specialty", specialty, lang)))
    kinds = kind_legend(headline(say["certain_short"]), headline(say["possible_short"]), LEVEL_COLOURS[2])
    texts = [*say.values(), *labels, *tables, *whose, *(text for _, text, _ in strips), title, *subtitle]
    with looks([*texts, *(str(patch.get_label()) for patch in grades)], lang):
        count = len(periods) + len(tables) + 1.6 * len(strips)
        ax = ax or new_axes(9.6, 2.5 + 0.3 * max(count, 2))
        size = float(np.clip(0.8 * row_height(ax, max(count, 4)), 3.5, 8.5 * fit(ax)))
        _limits(ax, assessment.as_of, periods, dots)
        for row, record in enumerate(periods):
            _draw_record(ax, row, record, colours, assessment.as_of, say, size)
        place: float = len(periods)
        for days in dots.values():
            dated = date2num([day for day in days if day])
            ax.plot(dated, [place] * len(dated), "D", color=LEVEL_COLOURS[2], markersize=4.5, zorder=3)
            if undated := days.count(None):
                ax.text(
                    0.02, place, say["undated"].format(n=undated), va="center", fontsize=size, color=FAINT,
                    transform=ax.get_yaxis_transform(),
                )  # fmt: skip
            place += 1
        ticks: list[float] = list(range(len(periods) + len(dots)))
        for _, text, spans in strips:
            ax.text(0.01, place, text, va="center", fontsize=size, transform=ax.get_yaxis_transform())
            for certain in (False, True):
                own = [(first, length) for first, length, sure in spans if sure is certain]
                bars = ax.barh(
                    [place + 0.65] * len(own), [length for _, length in own], 0.42,
                    left=[first for first, _ in own], color=LEVEL_COLOURS[2], zorder=2 + certain,
                )  # fmt: skip
                if not certain:
                    hatched(bars.patches, [LEVEL_COLOURS[2]] * len(own))
            ticks.append(place + 0.4)
            place += 1.6
        if not periods:
            ax.text(0.99, 0.98, say["no_periods"], transform=ax.transAxes, ha="right", va="top", color=FAINT)
        ax.axvline(date2num(assessment.as_of), color=INK, linewidth=1, linestyle=(0, (3, 2)), zorder=1)
        row_labels(ax, [*labels, *tables, *whose], ticks)
        ax.set_ylim(max(place, 1) - 0.3, -0.7)
        ax.tick_params(axis="x", labelsize=10 * fit(ax))
        ax.xaxis.set_major_locator(AutoDateLocator(minticks=2, maxticks=4 if is_small(ax) else 8))
        ax.xaxis.set_major_formatter(DateFormatter("%Y-%m"))
        ax.grid(axis="x", color=GRID, linewidth=0.7)
        ax.set_axisbelow(True)
        if not is_small(ax):
            ax.set_xlabel(say["date_axis"])
        for label in ax.texts:
            label.set_in_layout(False)  # they stand within the axes
        heading(ax, title, subtitle, say["between"], [grades if is_small(ax) else [*grades, *kinds]])
        dress(ax)
        for label in [*ax.texts, *ax.get_yticklabels()]:
            label.set_parse_math(False)  # a person may be called $a$
    return (ax, _frame(assessment, periods)) if return_data else ax


def _nodes(nodes: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for node in nodes:
        yield node
        yield from _nodes(node["parts"])


def _records(
    a: Assessment, person_id: str, specialties: list[str], lang: str
) -> tuple[list[dict[str, Any]], dict[str, list[dt.date | None]]]:
    """Records with a period, by their start, those without one last; and dates of others by table."""
    periods: dict[tuple[str, int], dict[str, Any]] = {}
    dots: dict[tuple[str, int], dt.date | None] = {}
    for sheet in a.framework.document.sheets:
        why = a.explain(person_id, sheet.specialty, sheet.level, lang).to_dict()
        for node in _nodes([*why["criteria"], *why["deemed_by"]]):
            for record in node["records"]:
                key, roles = (node["table"], record["row"]), _roles(a, node["table"])
                if "start" not in roles:
                    dots[key] = _day(record["cells"].get(roles.get("date")))
                    continue
                own = periods.setdefault(key, {"grade": None, "possible_grade": None})
                if sheet.specialty in specialties:
                    for kind in ("grade", "possible_grade"):
                        own[kind] = max(own[kind] or 0, record[kind] or 0) or None
                start, end = (_day(record["cells"].get(roles.get(role))) for role in ("start", "end"))
                running = None if start is None else start <= a.as_of and (end is None or end > a.as_of)
                own |= {"table": key[0], "row": key[1], "start": start, "end": end, "running": running}
                own["name"] = record["cells"].get(roles.get("identity"))
    by_table: dict[str, list[dt.date | None]] = {}
    for (table, _), day in dots.items():
        by_table.setdefault(table, []).append(day)
    rows = sorted(periods.values(), key=lambda own: (own["start"] or dt.date.max, own["table"], own["row"]))
    return rows, by_table


def _roles(a: Assessment, table: str) -> dict[str, str]:
    return {c.role: name for name, c in a.framework.document.tables[table].columns.items() if c.role}


def _day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)


def _name(framework: Any, record: dict[str, Any], lang: str) -> str:
    if record["name"]:
        return printable(str(record["name"]))
    return f"{framework.label('record', record['table'], lang)} {record['row']}"


def _strips(
    a: Assessment, person_id: str, specialty: str, say: Any, lang: str
) -> Iterator[tuple[str, str, list[tuple[float, float, bool]]]]:
    """What the next level asks in days: text, and first day, length and certainty of what counts."""
    why = a.explain(person_id, specialty, lang=lang).to_dict()
    for criterion in why["criteria"]:
        for node in _nodes([criterion]):
            if node["form"] not in ("duration", "longest"):
                continue
            end_role = _roles(a, node["table"]).get("end")
            spans = []
            for record in node["records"]:
                if record["counts"] == "ignored" or not record["days"]:
                    continue
                end = min(_day(record["cells"].get(end_role)) or a.as_of, a.as_of)
                # days before the first one that counts are not among the record's
                first = date2num(end) + 1 - record["days"]
                spans.append((first, record["days"], record["counts"] == "counted"))
            high = math.inf if node["high"] is None else node["high"]
            text = say["of_required"].format(
                found=span(node["low"], high, say), required=number(node["required"]),
                unit=a.framework.label("unit", node["unit"], lang),
            )  # fmt: skip
            named = say["criterion_of"].format(
                level=headline(a.framework.label("level", why["level"], lang)), criterion=criterion["label"]
            )
            yield specialty, f"{named}{say['between']}{text}", spans


def _limits(ax: Axes, as_of: dt.date, periods: Any, dots: Any) -> None:
    days = [record[side] for record in periods for side in ("start", "end") if record["start"]]
    days += [day for own in dots.values() for day in own]
    known = date2num([as_of, *(min(day, as_of + dt.timedelta(3660)) for day in days if day)])
    wide = max(known.max() - known.min(), 365.0)
    ax.set_xlim(known.max() - wide * 1.03, known.max() + wide * 0.05)


def _draw_record(
    ax: Axes, place: Any, record: Any, colours: Any, as_of: dt.date, say: Mapping[str, str], size: float
) -> None:
    start, end = record["start"], record["end"]
    sure, may = (record[kind] or 0 for kind in ("grade", "possible_grade"))
    if start is None:
        ax.text(
            0.03, place, say["no_start"], va="center", fontsize=size, color=FAINT,
            transform=ax.get_yaxis_transform(),
        )  # fmt: skip
        ax.plot(
            [0.01], [place], "s", color=colours[sure], transform=ax.get_yaxis_transform(), clip_on=False,
            markersize=5, markeredgecolor=edge(colours[max(sure, may)]),
        )  # fmt: skip
        return
    left, right = date2num(start), date2num(as_of if record["running"] else end or start) + 1
    bar = {"color": colours[sure], "edgecolor": edge(colours[sure]), "zorder": 2, "linewidth": 0.6}
    if may > sure:
        ax.barh(place - 0.16, right - left, 0.36, left=left, **bar)
        under = ax.barh(place + 0.18, right - left, 0.3, left=left, zorder=2)
        hatched(under.patches, [colours[may]])
    else:
        ax.barh(place, right - left, 0.68, left=left, **bar)
    if record["running"]:
        ax.plot([right], [place], ">", color=colours[max(sure, may)] if max(sure, may) else NONE_COLOUR,
                markersize=7, zorder=3, markeredgecolor="white", markeredgewidth=0.6)  # fmt: skip


def _frame(a: Assessment, periods: list[dict[str, Any]]) -> Any:
    types = {
        "table": pa.large_string(), "row": pa.int64(), "start": pa.date32(), "end": pa.date32(),
        "running": pa.bool_(), "grade": pa.int64(), "possible_grade": pa.int64(),
    }  # fmt: skip
    columns = {name: pa.array([own[name] for own in periods], kind) for name, kind in types.items()}
    return to_library(pa.table(columns), a.evidence.library)
