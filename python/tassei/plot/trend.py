"""How many people stand at a level or above, over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.dates import date2num
from matplotlib.patches import Patch

from ..words import basis, headline, words
from .style import (
    GRID,
    HATCH,
    block_title,
    chosen,
    columns_of,
    dress,
    heading,
    kind_legend,
    level_colours,
    looks,
    new_axes,
    rows_of,
    say_nobody,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .. import Trend

__all__ = ["trend"]


def trend(
    trend: Trend,
    specialty: str | None = None,
    lang: str = "en",
    ax: Axes | None = None,
    return_data: bool = False,
) -> Axes | tuple[Axes, Any]:
    """How many people stand at each level or above as of each date, a block a specialty.

    Lines are what is certain; the hatched band above a line reaches up to what is possible.

    Parameters
    ----------
    trend : Trend
        From :func:`tassei.assess_over`.
    specialty
        One specialty of the framework; None shows them all side by side.
    lang
        Language of title, axes and labels.
    ax
        Where to draw; None makes a new figure.
    return_data
        Also return the table behind the picture.

    Returns
    -------
    matplotlib.axes.Axes, or (Axes, frame) with ``return_data=True``
        The frame is that of ``trend.distribution()``, of the specialties shown; the picture adds up
        its levels from the highest down.

    Raises
    ------
    AssessError
        If the specialty does not exist.
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
    frame = rows_of(trend.distribution(), specialties, framework.specialties)
    data = columns_of(frame)
    levels = list(framework.levels)
    shape = (len(trend), len(specialties), len(levels) + 1)
    certain, possible = (
        np.array(data[name]).reshape(shape)[:, :, ::-1].cumsum(axis=2)[:, :, -2::-1]
        for name in ("certain", "possible")
    )  # people at each level or above: dates × specialties × levels
    blocks = [headline(framework.label("specialty", s, lang)) for s in specialties]
    names = [say["or_above"].format(level=headline(framework.label("level", at, lang))) for at in levels]
    subtitle = basis(trend, lang)
    with looks([*say.values(), *blocks, *names, *subtitle], lang):
        ax = ax or new_axes(max(6.4, 1.2 + 3.6 * len(blocks)), 5.2)
        colours = level_colours([0, *levels])
        days = date2num(trend.dates)
        span = max(days[-1] - days[0], 1.0)
        x, step = (days - days[0]) / span, 1.2
        ends = np.unique(np.round(np.linspace(0, len(days) - 1, min(len(days), 3))).astype(int))
        for block, title in enumerate(blocks):
            for at, level in enumerate(levels):
                own = block * step + x
                low, high = certain[:, block, at], possible[:, block, at]
                ax.fill_between(
                    own, low, high, facecolor="none", edgecolor=colours[level], hatch=HATCH, linewidth=0
                )
                ax.plot(own, low, color=colours[level], marker="o", markersize=4, linewidth=2)
            block_title(ax, block * step + 0.5, title)
            if block:
                ax.axvline(block * step - 0.1, color=GRID, linewidth=1)
        ticks = [block * step + x[end] for block in range(len(blocks)) for end in ends]
        shown = [f"{trend.dates[end]:%Y-%m}" for end in ends]
        ax.set_xticks(ticks, shown * len(blocks), fontsize=8)
        ax.set_xlim(-0.1, len(blocks) * step - 0.1)
        ax.set_ylim(0, max(possible.max(initial=0) * 1.08, 1))
        ax.yaxis.set_major_formatter("{x:,.0f}")
        ax.yaxis.get_major_locator().set_params(integer=True)
        ax.grid(axis="y", color=GRID, linewidth=0.7)
        ax.set_axisbelow(True)
        ax.set_xlabel(say["as_of_axis"])
        ax.set_ylabel(say["people_axis"])
        if not len(trend.evidence):
            say_nobody(ax, lang)
        shades = [Patch(facecolor=colours[at], label=name) for at, name in zip(levels, names, strict=True)]
        kinds = kind_legend(say["certain"], say["possible"])
        heading(ax, say["trend_title"], subtitle, say["between"], [kinds, shades])
        dress(ax)
    return (ax, frame) if return_data else ax
