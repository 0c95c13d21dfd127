"""How many people stand at which level: head counts, or shares by group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.ticker import MaxNLocator

from ..suppress import MIN_GROUP
from ..words import basis, headline, words
from .style import (
    FAINT,
    GRID,
    INK,
    block_title,
    bold,
    chosen,
    columns_of,
    dress,
    edge,
    hatched,
    heading,
    kind_legend,
    level_colours,
    level_names,
    looks,
    new_axes,
    readable_on,
    room,
    rows_of,
    say_nobody,
    shade_legend,
)  # fmt: skip

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .. import Assessment

__all__ = ["distribution", "draw_shares"]


def distribution(
    assessment: Assessment,
    by: str | None = None,
    specialty: str | None = None,
    min_group: int = MIN_GROUP,
    lang: str = "en",
    ax: Axes | None = None,
    return_data: bool = False,
) -> Axes | tuple[Axes, Any]:
    """How many people stand at which level, certain solid and possible hatched.

    Without `by`, bars of head counts, one block a specialty. With `by`, one row a group with the
    shares of its levels, head counts written into them.

    Parameters
    ----------
    assessment
        What to show.
    by
        Column of the people to group by.
    specialty
        One specialty of the framework; None shows them all side by side.
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
        The frame is that of ``assessment.distribution(by, min_group)``, of the specialties shown.

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
    >>> a = tassei.assess(evidence, framework, as_of="2026-06-30")
    >>> ax = plot.distribution(a, ax=Figure().add_subplot())
    >>> ax.get_ylabel()
    'Head count (people)'
    """
    say = words(lang)
    known = assessment.framework.specialties
    specialties = chosen(assessment.framework, specialty)
    frame = assessment.distribution(by=by, min_group=min_group if by is not None else 0)
    data = columns_of(frame)
    levels = [0, *assessment.framework.levels]
    groups = list(dict.fromkeys(data[by])) if by is not None else [None]
    counts = {
        (s, level, group): (int(certain), int(possible))
        for s, level, group, certain, possible in zip(
            data["specialty"],
            data["level"],
            data[by] if by is not None else [None] * len(data["level"]),
            data["certain"],
            data["possible"],
            strict=True,
        )
        if certain is not None
    }
    people = len(assessment)
    blocks = [headline(assessment.framework.label("specialty", s, lang)) for s in specialties]
    subtitle = basis(assessment, lang)
    names = level_names(assessment, lang)
    texts = [*say.values(), *blocks, *subtitle, *names.values(), *map(str, groups)]
    with looks(texts, lang):
        if by is None:
            ax = ax or new_axes(max(6.4, 1.2 + 3.6 * len(blocks)), 5.2)
            _draw_counts(ax, specialties, blocks, levels, names, counts, say)
        else:
            height = 2.4 + 0.48 * max(len(groups), 1)
            ax = ax or new_axes(max(7.2, 2.2 + 3.0 * len(blocks)), height)
            draw_shares(ax, specialties, blocks, level_colours(levels), groups, counts, say)
        if people == 0:
            say_nobody(ax, lang)
        legends = [kind_legend(say["certain"], say["possible"])]
        if by is not None:
            legends.append(shade_legend(levels, names))
        heading(ax, say["title"], subtitle, say["between"], legends)
        dress(ax)
    if not return_data:
        return ax
    return ax, rows_of(frame, specialties, known)


def _draw_counts(ax, specialties, blocks, levels, names, counts, say) -> None:
    colours = level_colours(levels)
    step, width = len(levels) + 0.5, 0.46
    ticks, top = [], 0
    most = max((max(pair) for pair in counts.values()), default=0)
    size = _number_size(ax, len(f"{most:,}"), len(blocks) * step / width)
    for block, (s, title) in enumerate(zip(specialties, blocks, strict=True)):
        places = [block * step + i for i in range(len(levels))]
        pairs = [counts.get((s, level, None), (0, 0)) for level in levels]
        fills = [colours[level] for level in levels]
        certain = ax.bar(
            [x - width / 2 for x in places], [c for c, _ in pairs], width * 0.93,
            color=fills, edgecolor=[edge(c) for c in fills], label=say["certain"], zorder=2,
        )  # fmt: skip
        possible = ax.bar(
            [x + width / 2 for x in places], [p for _, p in pairs], width * 0.93,
            label=say["possible"], zorder=2,
        )  # fmt: skip
        hatched(possible.patches, fills)
        ax.bar_label(certain, fmt="{:,.0f}", padding=2, fontsize=size, fontweight=bold())
        ax.bar_label(possible, fmt="{:,.0f}", padding=2, fontsize=size, color=FAINT)
        block_title(ax, (places[0] + places[-1]) / 2, title)
        if block:
            ax.axvline(places[0] - (step - len(levels) + 1) / 2, color=GRID, linewidth=1)
        ticks += places
        top = max([top, *(max(pair) for pair in pairs)])
    ax.set_xticks(ticks, [names[level] for level in levels] * len(blocks), fontsize=9)
    ax.tick_params(axis="x", length=0)
    ax.set_xlim(-0.75, ticks[-1] + 0.75)
    ax.set_ylim(0, max(top * 1.08, 1))
    ax.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    ax.yaxis.set_major_formatter("{x:,.0f}")
    ax.grid(axis="y", color=GRID, linewidth=0.7, zorder=0)
    ax.set_axisbelow(True)
    ax.set_xlabel(say["level_axis"])
    ax.set_ylabel(say["people_axis"])


def _number_size(ax, letters: int, slots: float) -> float:
    """A size of text at which so many letters fit into one slot of the axes' width."""
    points = room(ax) / slots
    return float(min(max(points / (0.62 * letters), 4.5), 9.0))


def draw_shares(ax, specialties, blocks, colours, groups, counts, say) -> None:
    """A row a group, a block a specialty: shares of the parts, certain above possible."""
    levels = list(colours)
    step, gap = 112.0, 12.0
    for block, (s, title) in enumerate(zip(specialties, blocks, strict=True)):
        for which in (0, 1):
            table = [[counts.get((s, level, group), (0, 0))[which] for group in groups]
                     for level in levels]  # fmt: skip
            _stacked(ax, block * step, colours, table, possible=bool(which))
        block_title(ax, block * step + 50, title)
    marks = [0, 50, 100]
    ax.set_xticks(
        [block * step + mark for block in range(len(blocks)) for mark in marks],
        [str(mark) for _ in blocks for mark in marks],
    )
    first = specialties[0]
    names = [say["no_group"] if group is None else str(group) for group in groups]
    labels = []
    for row, (group, name) in enumerate(zip(groups, names, strict=True)):
        if (first, levels[0], group) in counts:
            size = sum(counts[first, level, group][0] for level in levels)
            labels.append(say["group_n"].format(group=name, n=size))
            continue
        labels.append(name)
        for block in range(len(blocks)):
            ax.text(block * step, row, say["suppressed"], va="center", fontsize=8.5, color=FAINT)
    ax.set_yticks(range(len(groups)), labels)
    for label in ax.get_yticklabels():
        label.set_parse_math(False)  # a group may be called $a$
    ax.set_ylim(max(len(groups), 1) - 0.45, -0.55)
    ax.set_xlim(-1, len(blocks) * step - gap + 1)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.set_xlabel(say["share_axis"])


def _stacked(ax, left: float, colours, table: list[list[int]], possible: bool) -> None:
    """One bar a group, its levels side by side from `left` on, counts where they fit."""
    height, offset, size = (0.3, 0.22, 7.0) if possible else (0.44, -0.2, 8.5)
    totals = [sum(column) for column in zip(*table, strict=True)]
    lefts = [left] * len(totals)
    rows = [place + offset for place in range(len(totals))]
    for colour, numbers in zip(colours.values(), table, strict=True):
        shares = [100 * n / total if total else 0 for n, total in zip(numbers, totals, strict=True)]
        bars = ax.barh(rows, shares, height, left=lefts, color=colour, edgecolor="white",
                       linewidth=0.6, zorder=2)  # fmt: skip
        if possible:
            hatched(bars.patches, [colour] * len(bars.patches))
        for bar, share in zip(bars.patches, shares, strict=True):
            bar.set_visible(share > 0)
        for number, share, start, row in zip(numbers, shares, lefts, rows, strict=True):
            if share >= 4.5 + 1.6 * len(str(number)):
                box = {"facecolor": "white", "edgecolor": "none", "pad": 0.6} if possible else None
                ax.text(start + share / 2, row, f"{number:,}", ha="center", va="center", zorder=3,
                        fontsize=size, color=INK if possible else readable_on(colour),
                        bbox=box)  # fmt: skip
        lefts = [start + share for start, share in zip(lefts, shares, strict=True)]
