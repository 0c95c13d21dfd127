"""Which blanks of the evidence hold people's levels back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Patch

from ..suppress import MIN_GROUP
from ..words import basis, headline, words
from .field import draw_field, field_frame, share_ramp, text_size
from .style import (
    FAINT,
    GRID,
    HATCH,
    LEVEL_COLOURS,
    NONE_COLOUR,
    NONE_EDGE,
    block_title,
    columns_of,
    dress,
    ems,
    fit,
    folded,
    group_names,
    heading,
    is_small,
    kind_legend,
    looks,
    new_axes,
    room,
    room_below,
    say_nobody,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from .. import Assessment

__all__ = ["completeness"]

MOST = 20  # rows, or columns, that are drawn


def completeness(
    assessment: Assessment,
    by: str | None = None,
    specialty: str | None = None,
    min_group: int = MIN_GROUP,
    lang: str = "en",
    ax: Axes | None = None,
    return_data: bool = False,
) -> Axes | tuple[Axes, Any]:
    """How blank each column of the evidence is, and how many people's levels would rise if it were filled.

    Without `by`, one row a column, or a table that was not supplied, most telling first: the share of
    blank cells, and the people of whom some certain level would rise if this column alone were filled
    with what is best for them (solid: as high as is possible at all). With `by`, one row a column that
    would raise anybody, and in it for each group the share of its people who would rise. At most 20
    rows are drawn, where there is little room fewer; a sentence sums up the others.

    Parameters
    ----------
    assessment
        What to show.
    by
        Column of the people to group by.
    specialty
        Count rises in this specialty of the framework only; None counts those in any.
    min_group
        Groups of fewer people are shown as suppressed, and as many others as it takes that nothing
        tells their numbers; 0 shows all. Without `by` nothing is hidden, however few would rise: as in
        :func:`distribution`, numbers of everybody are no secret.
    lang
        Language of title, axes and labels.
    ax
        Where to draw; None makes a new figure.
    return_data
        Also return the table behind the picture.

    Returns
    -------
    matplotlib.axes.Axes, or (Axes, frame) with ``return_data=True``
        The frame is that of ``assessment.completeness(by, min_group, specialty)``.

    Raises
    ------
    AssessError
        If the specialty or the column of people does not exist.
    ValueError
        If the language is not one of :func:`languages`.
    FontError
        If no installed font has the characters to be drawn.

    Examples
    --------
    >>> import tassei
    >>> from matplotlib.figure import Figure
    >>> from tassei import plot
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> evidence = tassei.read_evidence({"people": {"person_id": ["P1"]}, "engagements": {}}, framework)
    >>> a = tassei.assess(evidence, framework, as_of="2026-06-30")
    >>> ax = plot.completeness(a, ax=Figure().add_subplot())
    >>> [tick.get_text() for tick in ax.get_yticklabels()]
    ['Certifications', 'Contributions']
    """
    say, framework = words(lang), assessment.framework
    frame = assessment.completeness(by, min_group if by is not None else 0, specialty)
    data = columns_of(frame)
    groups = list(dict.fromkeys(data[by])) if by is not None else []
    rows = group_names(groups, say)
    columns = list(dict.fromkeys(zip(data["table"], data["column"], strict=True)))
    labels = [headline(framework.label("table", table, lang)) if column is None
              else say["completeness_row"].format(table=headline(framework.label("table", table, lang)),
                                                  column=framework.label("column", f"{table}.{column}", lang))
              for table, column in columns]  # fmt: skip
    subtitle = [*basis(assessment, lang), say["completeness_fill"]]
    if specialty is not None:
        subtitle.insert(0, headline(framework.label("specialty", specialty, lang)))
    with looks([*say.values(), *labels, *subtitle, *rows], lang):
        if by is None:
            ax = ax or new_axes(8.4, 2.6 + 0.27 * max(min(len(columns), MOST), 3))
            _bars(ax, data, labels, say)
            legends = [kind_legend(say["completeness_settled"], say["completeness_rising"], LEVEL_COLOURS[2])]
        else:
            shape = (len(columns), len(groups))
            people, rising = (
                np.array(data[name], float).reshape(shape) for name in ("people", "people_rising")
            )
            hidden = np.isnan(people).any(axis=0)
            told = [at for at in range(len(columns)) if np.nansum(rising[at]) > 0] or range(len(columns))
            ax = ax or new_axes(max(7.2, 3.6 + 0.5 * len(groups)), 3.4 + 0.27 * max(min(len(told), MOST), 6))
            share = rising[told] / np.maximum(people[told], 1)
            legends = [_field(ax, rows, [labels[at] for at in told], share, hidden, say)]
        if not columns:
            ax.set_xlabel("")
        if not len(assessment):
            say_nobody(ax, lang)
        elif not columns:
            ax.text(0.5, 0.5, say["completeness_none"], transform=ax.transAxes, ha="center", color=FAINT)
        if is_small(ax):
            subtitle = subtitle[:-1]
        heading(ax, say["completeness_title"], subtitle, say["between"], legends)
        if by is None:
            dress(ax)
            ax.xaxis.label.set_fontsize(8.5 * fit(ax))
    return (ax, frame) if return_data else ax


def _rest(say: Mapping[str, str], left: int, most: float) -> str:
    """The sentence about columns that are not drawn."""
    if not left:
        return ""
    return say["completeness_rest" if most else "completeness_rest_none"].format(n=left, most=int(most))


def _bars(ax: Axes, data: Any, labels: Sequence[str], say: Mapping[str, str]) -> None:
    count = min(len(labels), MOST, max(int(room_below(ax) / 6), 3))
    blank, rising, settled = (
        data[name][:count] for name in ("blank_share", "people_rising", "people_settled")
    )
    places, step, most = np.arange(count), 145.0, max([*rising, 1])
    size = float(np.clip(room_below(ax) / (1.35 * max(count, 1)), 4, 8.5))
    shares = [0 if share is None else 100 * share for share in blank]
    ax.barh(places, shares, 0.62, color=NONE_COLOUR, edgecolor=NONE_EDGE, linewidth=0.6, zorder=2)
    scale = 100 / most
    ax.barh(places, [n * scale for n in settled], 0.62, left=step, color=LEVEL_COLOURS[2], zorder=2)
    ax.barh(
        places, [(n - own) * scale for n, own in zip(rising, settled, strict=True)], 0.62,
        left=[step + own * scale for own in settled], facecolor="white", edgecolor=LEVEL_COLOURS[2],
        hatch=HATCH, zorder=2,
    )  # fmt: skip
    for bars in ax.containers:
        for bar in bars:
            bar.set_visible(bar.get_width() > 0)
    for row in range(count):
        missing = blank[row] is None
        said = say["completeness_absent"] if missing else _percent(blank[row])
        ax.text(
            2 if missing else shares[row] + 2, row, said, va="center", fontsize=size, color=FAINT
        )  # fmt: skip
        people = f"{rising[row]:,} ({settled[row]:,})" if rising[row] else "0"
        ax.text(
            step + rising[row] * scale + 2, row, people, va="center", fontsize=size, color=FAINT
        )  # fmt: skip
    wide = 0.42 * room(ax)
    block_title(ax, 50, say["completeness_blank"], wide)
    block_title(ax, step + 50, say["completeness_people"], wide)
    half = most // 2 if most > 1 else 0
    ends = [0, half, most] if half else [0, most]
    ax.set_xticks(
        [0, 50, 100, *(step + n * scale for n in ends)], ["0", "50", "100", *(f"{n:,}" for n in ends)],
        fontsize=8.5 * fit(ax) ** 0.5,
    )  # fmt: skip
    ax.set_yticks(places, labels[:count], fontsize=max(min(size * 1.08, 9), 4))
    ax.set_ylim(max(count, 1) - 0.4, -0.6)
    ax.set_xlim(-1, step + 135)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x", color=GRID, linewidth=0.7)
    ax.set_axisbelow(True)
    rest = _rest(say, len(labels) - count, max(data["people_rising"][count:], default=0))
    ax.set_xlabel(folded(rest, room(ax) / (8.5 * fit(ax))))


def _percent(share: float) -> str:
    """Neither none nor all where there are some."""
    if 0 < share < 0.0995:
        return f"{100 * share:.1f}%" if share >= 0.001 else "<0.1%"
    return ">99%" if 0.99 < share < 1 else f"{100 * share:.0f}%"


def _field(
    ax: Axes, rows: Sequence[str], labels: Sequence[str], share: Any, hidden: Any, say: Mapping[str, str]
) -> list[Patch]:
    field_frame(ax, labels[:MOST], max(len(rows), 1))  # first: how long its names are tells the room
    slot, letters = room(ax) / max(len(rows), 1), 8.5 * fit(ax)
    letters = min(letters, max(0.8 * slot, 3.5))
    longest = letters * max(map(ems, rows), default=0)
    below = longest if longest > 0.95 * slot else 0  # upright
    count = min(len(labels), MOST, max(int((room_below(ax) - below) / 7), 3))
    left, share = len(labels) - count, share[:count]
    field_frame(ax, labels[:count], max(len(rows), 1), below)
    texts = [["" if np.isnan(part) else _percent(part) for part in row] for row in share]
    top = float(np.nanmax(share, initial=0)) or 1.0
    size = text_size(ax, slot, ems("<0.1%") + 0.4, count, below=below)
    high = room_below(ax) - below
    draw_field(ax, 0.0, share, texts, hidden, size, say, high, limits=(0, top), upright=True)
    ax.set_xticks(np.arange(len(rows)) + 0.5, rows, fontsize=letters, rotation=90 if below else 0)
    for label in ax.get_xticklabels():
        label.set_parse_math(False)
    rest = say["completeness_rest_groups"].format(n=left) if left else ""
    rest = rest if np.nansum(share) or all(hidden) else say["completeness_nobody_rises"]
    ax.set_xlabel(folded(rest, room(ax) / (8.5 * fit(ax))))
    ax.xaxis.label.set_fontsize(8.5 * fit(ax))
    marks = [0.0, top / 2, top]
    said = [say["completeness_of_group"].format(share=_percent(mark)) for mark in marks]
    return [
        Patch(facecolor=share_ramp()(mark / top), edgecolor=FAINT, label=text)
        for mark, text in zip(marks, said, strict=True)
    ]
