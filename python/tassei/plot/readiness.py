"""Who reaches the next level by when, if running engagements go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from ..suppress import MIN_GROUP, hidden_groups
from ..words import basis, headline, words
from .style import (
    FAINT,
    GRID,
    HATCH,
    INK,
    NONE_COLOUR,
    block_names,
    block_ticks,
    block_title,
    chosen,
    columns_of,
    dress,
    edge,
    fit,
    group_labels,
    group_names,
    hatched,
    heading,
    is_small,
    kind_legend,
    level_colours,
    looks,
    new_axes,
    readable_on,
    room,
    room_below,
    row_labels,
    rows_of,
    say_nobody,
    say_suppressed,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from .. import Assessment

__all__ = ["readiness"]

_MARKS = [6, 12, 24]  # months
_HORIZON = 36
_STEP = 116.0  # from block to block of 100 percent


def readiness(
    assessment: Assessment,
    by: str | None = None,
    specialty: str | None = None,
    target: int | None = None,
    until: Any = None,
    min_group: int = MIN_GROUP,
    lang: str = "en",
    ax: Axes | None = None,
    return_data: bool = False,
) -> Axes | tuple[Axes, Any]:
    """How many people reach their next level by when, if running engagements go on.

    Without `by`, a line a level, one block a specialty: certain solid, up to the possible hatched; the
    table above gives head counts within 6, 12 and 24 months, certain (possible). With `by`, a row a
    group: shares of those who get there within 6 months (or are there already), within 12, within 24,
    later, or not by time alone; below, in a thinner hatched bar, the same for what is possible. Months
    are whole calendar months after that of the as-of date: within 6 months is by the end of the sixth.

    Parameters
    ----------
    assessment
        What to show.
    by
        Column of the people to group by.
    specialty
        One specialty of the framework; None shows them all side by side.
    target
        A level. None: of each person the next above the certain level.
    until
        A date in the last month that is looked at. None: 36 months on or, with `by`, as long as
        somebody still gets there.
    min_group
        Groups of fewer people are shown as suppressed, and as many others as it takes that nothing
        tells their numbers; 0 shows all. Without `by` nothing is hidden.
    lang
        Language of title, axes and labels.
    ax
        Where to draw; None makes a new figure.
    return_data
        Also return the table behind the picture.

    Returns
    -------
    matplotlib.axes.Axes, or (Axes, frame) with ``return_data=True``
        The frame is that of ``assessment.forecast_curve(target, until, by, min_group)``, of the
        specialties shown.

    Raises
    ------
    AssessError
        If the specialty, the level or the column does not exist, or `until` is before the as-of date.
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
    >>> evidence = tassei.read_evidence(tassei.synthesize(50, seed=1), framework)
    >>> a = tassei.assess(evidence, framework, as_of="2026-06-30")
    >>> plot.readiness(a, ax=Figure().add_subplot()).get_xlabel()
    'Months after 2026-06'
    """
    from ..tables import groups_of

    say, framework = words(lang), assessment.framework
    specialties = chosen(framework, specialty)
    target = assessment._check_level(target)
    start = np.datetime64(assessment.as_of, "M")
    end = start + _HORIZON if by is None and until is None else until
    frame = assessment.forecast_curve(target, end, by, min_group if by is not None else 0)
    frame = rows_of(frame, specialties, framework.specialties)
    data = columns_of(frame)
    codes, names = groups_of(assessment.evidence, by)
    hidden = hidden_groups(assessment.evidence, by, min_group, len(names))
    months = max(len(set(data["month"])), 1)
    targets = {s: sorted({t for o, t in zip(data["specialty"], data["target"], strict=True) if o == s})
               for s in specialties}  # fmt: skip
    counts = {  # of each specialty: what × target × group × month; hidden is NaN
        s: np.array([data[what] for what in ("reached", "possible_reached", "people")], float)[
            :, np.array(data["specialty"], object) == s
        ].reshape(3, len(targets[s]), len(names), months)
        for s in specialties
    }
    levels = sorted(set().union(*targets.values()))
    named = {at: headline(framework.label("level", at, lang)) for at in framework.levels}
    title = say["ready_title"] if target is None else say["ready_for"].format(level=named[target])
    blocks = block_names(framework, specialties, lang)
    first = assessment.as_of
    axis = say["ready_axis"].format(year=first.year, month=first.month)
    subtitle = [*basis(assessment, lang), say["ready_if"]]
    groups = group_names(names.to_pylist(), say)
    with looks([*say.values(), *blocks, *named.values(), *subtitle, *groups], lang):
        if by is None:
            ax = ax or new_axes(max(6.4, 1.2 + 3.6 * len(blocks)), 5.2)
            colours = level_colours([0, *framework.levels])
            curves = [counts[s][:, :, 0] for s in specialties]
            fills = [[colours[t] for t in targets[s]] for s in specialties]
            _draw_curves(ax, curves, blocks, fills, say)
            ax.set_xlabel(axis)
            ax.set_ylabel(say["people_axis"])
            shades = [Patch(facecolor=colours[at], label=named[at]) for at in levels]
            if not is_small(ax):  # else there is no room to say it
                subtitle.append(say["ready_table"])
        else:
            ax = ax or new_axes(max(7.2, 2.2 + 3.0 * len(blocks)), 2.8 + 0.48 * max(len(groups), 1))
            marks = [mark for mark in _MARKS if until is None or mark < months] or [months - 1]
            late = [say["ready_later"]] if until is None or months - 1 > marks[-1] else []
            never = say["ready_never"] if until is None else say["ready_not_until"]
            stage = "ready_months" if is_small(ax) else "ready_within"
            within = [say[stage].format(n=mark) for mark in marks] + late
            if target is not None and stage == "ready_within":
                within[0] = say["ready_already"].format(n=marks[0])
            ramp = level_colours(list(range(len(within) + 1)))
            stages = [*(ramp[i] for i in range(len(within), 0, -1)), NONE_COLOUR]
            ends = [min(mark, months - 1) for mark in marks] + [months - 1] * len(late)
            sizes = np.bincount(codes, minlength=len(groups))
            shown = [None if hide else n for n, hide in zip(sizes.tolist(), hidden, strict=True)]
            labels = group_labels(groups, shown, say)
            tables = [_stages(counts[s].sum(axis=1), ends) for s in specialties]
            _draw_groups(ax, tables, blocks, stages, labels, hidden, say)
            ax.set_xlabel(say["share_axis" if target is not None else "ready_share"])
            shades = [Patch(facecolor=fill, label=label)
                      for fill, label in zip(stages, [*within, never], strict=True)]  # fmt: skip
        if not levels:
            say_nobody(ax, lang)
        brief = "_short" if is_small(ax) else ""
        kinds = kind_legend(say["certain" + brief], say["possible" + brief])
        heading(ax, title, subtitle, say["between"], [kinds, shades] if shades else [kinds])
        dress(ax)
    return (ax, frame) if return_data else ax


def _draw_curves(ax: Axes, curves: Any, blocks: Sequence[str], fills: Any, say: Mapping[str, str]) -> None:
    last = max(curves[0].shape[-1] - 1, 1)
    step, small = 1.16 * last, fit(ax)
    most = max((found[1].max(initial=0) for found in curves), default=0)
    marks = [mark for mark in _MARKS if mark <= last]
    lines = max(len(found[0]) for found in curves) + 1 if marks else 0
    # the table takes the upper part: this much of about so many points
    above = min(12 * small * (lines + 0.5) / (room_below(ax) - 15), 0.7)
    texts = [
        [[_pair(found[:2, t, mark]) for mark in marks] for t in range(found.shape[1])] for found in curves
    ]
    heads = [say["ready_months"].format(n=mark) for mark in marks]
    longest = max(map(len, [*heads, *(text for block in texts for row in block for text in row)]), default=1)
    wide = room(ax) / len(blocks) / 1.16 / (len(marks) + 0.4)
    size = min(max(wide / (0.6 * max(longest, 1)), 4.0), 8.0 * small)
    for block, (found, own, title) in enumerate(zip(curves, fills, blocks, strict=True)):
        left = block * step
        x = left + np.arange(found.shape[-1])
        columns = [left + last * (0.24 + 0.8 * i / max(len(marks), 1)) for i in range(len(marks))]
        for mark, head, column in zip(marks, heads, columns, strict=True):
            ax.plot([left + mark] * 2, [0, 1 - above], color=FAINT, linewidth=0.7, linestyle=":",
                    transform=ax.get_xaxis_transform())  # fmt: skip
            _cell(ax, column, 0, head, size, small, FAINT)
        for t, colour in enumerate(own):
            low, high = found[0, t], found[1, t]
            ax.fill_between(x, low, high, step="post", facecolor="none", edgecolor=edge(colour),
                            hatch=HATCH, linewidth=0.6)  # fmt: skip
            ax.plot(x, low, drawstyle="steps-post", color=colour, linewidth=2)
            box = {"facecolor": colour, "edgecolor": "none", "pad": 2 * small}
            _cell(ax, left + last * 0.05, t + 1, "  ", 4 * small, small, colour, bbox=box)
            for column, text in zip(columns, texts[block][t], strict=True):
                _cell(ax, column, t + 1, text, size, small, INK)
        block_title(ax, left + last / 2, title, room(ax) / len(blocks) / 1.1)
        if block:
            ax.axvline(left - 0.08 * last, color=GRID, linewidth=1)
    ticks = sorted({0, *range(0, last + 1, 12 if last >= 12 else last)})
    ax.set_xticks(
        [block * step + tick for block in range(len(blocks)) for tick in ticks],
        [str(tick) for _ in blocks for tick in ticks],
        fontsize=9 * small,
    )
    ax.set_xlim(-0.04 * last, len(blocks) * step - 0.12 * last)
    ax.set_ylim(0, max(most * 1.06, 1) / (1 - above))
    ax.tick_params(axis="y", labelsize=9 * small)
    ax.yaxis.set_major_locator(MaxNLocator(nbins=4 if is_small(ax) else 6, integer=True))
    ax.yaxis.set_major_formatter("{x:,.0f}")
    ax.grid(axis="y", color=GRID, linewidth=0.7)
    ax.set_axisbelow(True)


def _cell(
    ax: Axes, x: Any, line: float, text: str, size: float, small: float, colour: str, **more: Any
) -> None:
    ax.annotate(
        text, (x, 1), (0, -12 * small * (line + 0.6)), xycoords=ax.get_xaxis_transform(),
        textcoords="offset points", fontsize=size, color=colour, ha="center", va="center", **more,
    )  # fmt: skip


def _pair(numbers: Any) -> str:
    return "{:,.0f} ({:,.0f})".format(*numbers)


def _stages(found: Any, ends: Any) -> np.ndarray:
    """Certain and possible × stages × groups: there by each end but not the one before; the rest last."""
    by_end = np.moveaxis(found[:2, :, ends], 2, 1)
    rest = found[2, :, -1] - by_end[:, -1]
    return np.concatenate([np.diff(by_end, axis=1, prepend=0), rest[:, None]], axis=1)


def _draw_groups(
    ax: Axes, tables: Any, blocks: Sequence[str], fills: Any, labels: Sequence[str], hidden: Any,
    say: Mapping[str, str],
) -> None:  # fmt: skip
    small, rows = fit(ax), np.arange(len(labels))
    below = 80 if small == 1 else 0  # its heading is that much higher than others
    line = (room_below(ax) - below) / max(len(labels), 1)
    row_labels(ax, labels, below=below)
    points = room(ax) / len(blocks) / _STEP  # of a percent
    for block, (table, title) in enumerate(zip(tables, blocks, strict=True)):
        left = block * _STEP
        people = table[0].sum(axis=0)
        for kind, (height, offset, size) in enumerate(((0.44, -0.2, 8.5), (0.3, 0.22, 7.0))):
            size = min(size * small, line * height * 0.95)
            shares = 100 * np.nan_to_num(table[kind]) / np.maximum(np.nan_to_num(people), 1)
            starts = left + shares.cumsum(axis=0) - shares
            for stage, fill in enumerate(fills):
                bars = ax.barh(
                    rows + offset, shares[stage], height, left=starts[stage], color=fill,
                    edgecolor="white", linewidth=0.6, zorder=2,
                )  # fmt: skip
                if kind:
                    hatched(bars.patches, [fill] * len(rows))
                for bar, share in zip(bars.patches, shares[stage], strict=True):
                    bar.set_visible(share > 0)
            box = {"facecolor": "white", "edgecolor": "none", "pad": 0.6} if kind else {"alpha": 0}
            for stage, row in np.argwhere(shares > 0):
                text = f"{table[kind, stage, row]:,.0f}"
                if size >= 4 and shares[stage, row] * points >= 4 + 0.62 * size * len(text):
                    ax.text(
                        starts[stage, row] + shares[stage, row] / 2, row + offset, text, ha="center",
                        va="center", fontsize=size, zorder=3, bbox=box,
                        color=INK if kind else readable_on(fills[stage]),
                    )  # fmt: skip
        for row in rows[hidden]:
            say_suppressed(ax, left, row, say, 100 * points)
        for row in rows[people == 0]:
            ax.text(left, row, say["nobody"], va="center", fontsize=8.5 * small, color=FAINT)
        block_title(ax, left + 50, title, 110 * points)
    marks = (0, 50, 100) if 100 * points > 90 else (0, 50)
    block_ticks(ax, len(blocks), _STEP, marks)
    ax.set_xlim(-1, len(blocks) * _STEP - 15)
    ax.set_ylim(max(len(labels), 1) - 0.45, -0.55)
    ax.spines["left"].set_visible(False)
