"""How many people stand at a level or above, over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.dates import date2num
from matplotlib.patches import Patch

from ..suppress import MIN_GROUP
from ..words import basis, headline, words
from .style import (
    FAINT,
    GRID,
    HATCH,
    block_names,
    block_title,
    chosen,
    columns_of,
    dress,
    fit,
    group_labels,
    group_names,
    heading,
    kind_legend,
    level_colours,
    looks,
    new_axes,
    room,
    row_height,
    row_labels,
    rows_of,
    say_nobody,
    say_suppressed,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from .. import Trend

__all__ = ["trend"]

_HIGH = 0.8  # of a row, from nobody to the largest share


def trend(
    trend: Trend,
    by: str | None = None,
    specialty: str | None = None,
    level: int | None = None,
    min_group: int = MIN_GROUP,
    lang: str = "en",
    ax: Axes | None = None,
    return_data: bool = False,
) -> Axes | tuple[Axes, Any]:
    """How many people stand at each level or above as of each date, a block a specialty.

    Lines are what is certain; the hatched band above a line reaches up to what is possible. With `by`,
    one level or above, a row a group: the share of its people over time, with head counts at the end.

    Parameters
    ----------
    trend : Trend
        From :func:`tassei.assess_over`.
    by
        Column of the people to group by.
    specialty
        One specialty of the framework; None shows them all side by side.
    level
        Which level or above; None: every one, with `by` the lowest.
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
        The frame is that of ``trend.distribution(by, min_group)``, of the specialties shown; the picture
        adds up its levels from the highest down.

    Raises
    ------
    AssessError
        If the specialty, the level or the column does not exist.
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
    >>> years = tassei.assess_over(evidence, framework, ["2024-06-30", "2025-06-30", "2026-06-30"])
    >>> plot.trend(years, ax=Figure().add_subplot()).get_ylabel()
    'Head count (people)'
    """
    say, framework = words(lang), trend.framework
    specialties = chosen(framework, specialty)
    level = framework.check_level(level)
    frame = trend.distribution(by, min_group if by is not None else 0)
    frame = rows_of(frame, specialties, framework.specialties)
    data = columns_of(frame)
    every = list(framework.levels)
    levels = every if level is None and by is None else [min(every) if level is None else level]
    groups = list(dict.fromkeys(data[by])) if by is not None else [None]
    shape = (len(trend), len(specialties), len(groups), len(every) + 1)
    certain, possible = (
        np.array(data[name], float).reshape(shape)[..., ::-1].cumsum(axis=3)[..., ::-1]
        for name in ("certain", "possible")
    )  # people at each level, 0 among them, or above: dates × specialties × groups × levels
    at = [every.index(level) + 1 for level in levels]
    people, certain, possible = certain[-1, 0, :, 0], certain[..., at], possible[..., at]
    blocks = block_names(framework, specialties, lang)
    names = [say["or_above"].format(level=headline(framework.label("level", at, lang))) for at in levels]
    subtitle = basis(trend, lang)
    rows = group_names(groups, say)
    if by is not None:
        top = np.nanmax(possible[..., 0] / np.maximum(people, 1), initial=0.1)
        top = np.ceil(10 * top) / 10
        subtitle = [*subtitle, say["trend_rows"].format(top=top)]
        rows = group_labels(rows, [None if np.isnan(n) else int(n) for n in people], say)
    with looks([*say.values(), *blocks, *names, *subtitle, *rows], lang):
        high = 2.4 + 0.55 * max(len(groups), 1) if by is not None else 5.2
        ax = ax or new_axes(max(6.4, (2.4 if by is not None else 1.2) + 3.6 * len(blocks)), high)
        colours = level_colours([0, *every])
        days = date2num(trend.dates)
        x = (days - days[0]) / max(days[-1] - days[0], 1.0)
        if by is None:
            step, beyond = 1.2, 0.1
            _lines(ax, x, step, certain[:, :, 0], possible[:, :, 0], [colours[at] for at in levels])
            _people_axis(ax, max(np.max(possible, initial=0) * 1.08, 1), say)
        else:
            step, beyond = 1.65, 0.5
            _rows(
                ax, x, step, certain[..., 0], possible[..., 0], people, rows, colours[levels[0]], say, top
            )  # fmt: skip
        width = room(ax) / len(blocks)
        for block, title in enumerate(blocks):
            block_title(ax, block * step + 0.5, title, width)
            if block:
                ax.axvline(block * step - 0.1, color=GRID, linewidth=1)
        size = 8 * fit(ax)
        most = min(int(width / step / (4.6 * size)), 3)  # as many dates as there is room for
        ends = np.unique(np.linspace(0, len(days) - 1, max(most, 2)).round().astype(int))
        ends = ends if most > 1 else ends[-1:]
        ticks = [block * step + x[end] for block in range(len(blocks)) for end in ends]
        shown = [f"{trend.dates[end]:%Y-%m}" for end in ends]
        ax.set_xticks(ticks, shown * len(blocks), fontsize=size)
        if fit(ax) < 1 and len(ends) > 1:  # the outer ones would run into the next block's
            for place, label in enumerate(ax.get_xticklabels()):
                first, last = place % len(ends) == 0, (place + 1) % len(ends) == 0
                label.set_horizontalalignment("left" if first else "right" if last else "center")
        ax.set_xlim(-0.1, (len(blocks) - 1) * step + 1 + beyond)
        ax.set_axisbelow(True)
        ax.set_xlabel(say["as_of_axis"])
        if not len(trend.evidence):
            say_nobody(ax, lang)
        shades = [Patch(facecolor=colours[at], label=name) for at, name in zip(levels, names, strict=True)]
        kinds = kind_legend(say["certain"], say["possible"])
        heading(ax, say["trend_title"], subtitle, say["between"], [kinds, shades])
        dress(ax)
    return (ax, frame) if return_data else ax


def _lines(ax: Axes, x: Any, step: float, certain: Any, possible: Any, colours: Any) -> None:
    """Dates × blocks × levels as lines, and bands up to what is possible."""
    for block in range(certain.shape[1]):
        for at, colour in enumerate(colours):
            _band(ax, block * step + x, certain[:, block, at], possible[:, block, at], colour)


def _band(ax: Axes, x: Any, low: Any, high: Any, colour: str) -> None:
    ax.fill_between(x, low, high, facecolor="none", edgecolor=colour, hatch=HATCH, linewidth=0)
    ax.plot(x, low, color=colour, marker="o", markersize=4 * fit(ax), linewidth=2)


def _people_axis(ax: Axes, top: float, say: Mapping[str, str]) -> None:
    ax.set_ylim(0, top)
    ax.tick_params(axis="y", labelsize=10 * fit(ax))
    ax.yaxis.set_major_formatter("{x:,.0f}")
    locator: Any = ax.yaxis.get_major_locator()
    locator.set_params(integer=True)
    ax.grid(axis="y", color=GRID, linewidth=0.7)
    ax.set_ylabel(say["people_axis"])


def _rows(
    ax: Axes, x: Any, step: float, certain: Any, possible: Any, people: Any, labels: Sequence[str],
    colour: str, say: Mapping[str, str], top: float,
) -> None:  # fmt: skip
    """Dates × blocks × groups as rows of shares of the group, from nobody up to the share `top`."""
    row_labels(ax, labels)
    scale = room(ax) / (certain.shape[1] * step)
    size = min(8.0 * fit(ax), row_height(ax, len(labels)) if fit(ax) < 1 else 8.0)
    for block in range(certain.shape[1]):
        left = block * step
        for row, n in enumerate(people):
            if np.isnan(n):
                say_suppressed(ax, left, row, say, scale * (step - 0.1))
                continue
            base = row + _HIGH / 2
            for y, style in ((base, "-"), (base - _HIGH, ":")):
                ax.plot([left, left + 1], [y, y], color=GRID, linewidth=0.8, linestyle=style, zorder=0)
            low, high = certain[:, block, row], possible[:, block, row]
            low_, high_ = (base - _HIGH * each / max(n, 1) / top for each in (low, high))  # rows go down
            _band(ax, left + x, low_, high_, colour)
            ax.text(
                left + 1.06, row, f"{low[-1]:,.0f} ({high[-1]:,.0f})", va="center", fontsize=size, color=FAINT
            )
    ax.set_ylim(max(len(labels), 1) - 0.45, -0.55)
    ax.spines["left"].set_visible(False)
