"""How many people stand at which level: head counts, or shares by group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.ticker import MaxNLocator

from ..error import AssessError, listed
from ..suppress import MIN_GROUP
from ..words import basis, words
from .interactive import distribution_chart
from .style import (
    FAINT,
    GRID,
    INK,
    block_names,
    block_ticks,
    block_title,
    bold,
    chosen,
    columns_of,
    dress,
    edge,
    fit,
    group_labels,
    group_names,
    hatched,
    heading,
    kind_legend,
    level_colours,
    level_names,
    level_ticks,
    looks,
    new_axes,
    readable_on,
    room,
    row_height,
    row_labels,
    rows_of,
    say_nobody,
    say_suppressed,
    shade_legend,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from .. import Assessment

__all__ = ["distribution", "draw_counts", "draw_shares"]

_OF = {"share": "share_axis", "people": "people_axis"}  # what bars of groups are, and what the axis says


def distribution(
    assessment: Assessment,
    by: str | None = None,
    specialty: str | None = None,
    of: str = "share",
    min_group: int = MIN_GROUP,
    lang: str = "en",
    ax: Axes | None = None,
    interactive: bool = False,
    return_data: bool = False,
) -> Any:
    """How many people stand at which level, certain solid and possible hatched.

    Without `by`, bars of head counts, one block a specialty. With `by`, one row a group with the
    shares or the head counts of its levels, head counts written into them.

    Parameters
    ----------
    assessment
        What to show.
    by
        Column of the people to group by.
    specialty
        One specialty of the framework; None shows them all side by side.
    of : {"share", "people"}
        What the bars of groups are: shares of the group, all of one length, or head counts, long
        for a large group.
    min_group
        Groups of fewer people are shown as suppressed, and as many others as it takes that nothing
        tells their numbers; 0 shows all. Without `by` nothing is hidden.
    lang
        Language of title, axes and labels.
    ax
        Where to draw; None makes a new figure.
    interactive
        A chart that answers to the pointer instead of a picture, from the same table; it needs
        ``tassei[interactive]`` and no `ax`, and is shown by Altair's renderer; see :mod:`tassei.plot`.
    return_data
        Also return the table behind the picture.

    Returns
    -------
    matplotlib.axes.Axes or altair.FacetChart; (Axes, frame) with ``return_data=True``
        The frame is that of ``assessment.distribution(by, min_group)``, of the specialties shown.

    Raises
    ------
    AssessError
        If the specialty or the column does not exist, or `of` is neither.
    ValueError
        If the language is not one of :func:`languages`.
    FontError
        If no installed font has the characters to be drawn.
    ImportError
        If altair is needed and missing.

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
    if of not in _OF:
        raise AssessError(f"of: expected one of {listed(_OF)}, got {of!r}")
    say = words(lang)
    known = assessment.framework.specialties
    specialties = chosen(assessment.framework, specialty)
    frame = assessment.distribution(by=by, min_group=min_group if by is not None else 0)
    if interactive:
        frame = rows_of(frame, specialties, known)
        chart = distribution_chart(assessment, frame, by, specialties, of, lang, ax)
        return (chart, frame) if return_data else chart
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
    blocks = block_names(assessment.framework, specialties, lang)
    subtitle = basis(assessment, lang)
    names = level_names(assessment, lang)
    texts = [*say.values(), *blocks, *subtitle, *names.values(), *map(str, groups)]
    with looks(texts, lang):
        if by is None:
            ax = ax or new_axes(max(6.4, 1.2 + 3.6 * len(blocks)), 5.2)
            draw_counts(ax, specialties, blocks, levels, names, counts, say)
        else:
            height = 2.4 + 0.48 * max(len(groups), 1)
            ax = ax or new_axes(max(7.2, 2.2 + 3.0 * len(blocks)), height)
            draw_shares(ax, specialties, blocks, level_colours(levels), groups, counts, say, of)
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


def draw_counts(
    ax: Axes, specialties: Sequence[str], blocks: Sequence[str], levels: Sequence[int],
    names: Mapping[int, str], counts: Any, say: Mapping[str, str],
) -> None:  # fmt: skip
    """Bars of head counts, a block a specialty; `counts` by specialty, level and None."""
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
        block_title(ax, (places[0] + places[-1]) / 2, title, room(ax) / len(blocks))
        if block:
            ax.axvline(places[0] - (step - len(levels) + 1) / 2, color=GRID, linewidth=1)
        ticks += places
        top = max([top, *(max(pair) for pair in pairs)])
    level_ticks(ax, ticks, levels, names, room(ax) / len(ticks))
    ax.tick_params(axis="y", labelsize=10 * fit(ax))
    ax.set_xlim(-0.75, ticks[-1] + 0.75)
    ax.set_ylim(0, max(top * 1.08, 1))
    ax.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    ax.yaxis.set_major_formatter("{x:,.0f}")
    ax.grid(axis="y", color=GRID, linewidth=0.7, zorder=0)
    ax.set_axisbelow(True)
    ax.set_xlabel(say["level_axis"])
    ax.set_ylabel(say["people_axis"])


def _number_size(ax: Axes, letters: int, slots: float) -> float:
    """A size of text at which so many letters fit into one slot of the axes' width."""
    points = room(ax) / slots
    return float(min(max(points / (0.68 * letters), 4.5), 9.0 * fit(ax)))


def draw_shares(
    ax: Axes, specialties: Sequence[str], blocks: Sequence[str], colours: Any, groups: Any, counts: Any,
    say: Mapping[str, str], of: str = "share",
) -> None:  # fmt: skip
    """A row a group, a block a specialty: shares of the parts, or people, certain above possible."""
    levels = list(colours)
    step, gap = 112.0, 12.0
    first = specialties[0]
    sizes = {
        group: sum(counts[first, level, group][0] for level in levels)
        for group in groups
        if (first, levels[0], group) in counts
    }
    row_labels(ax, group_labels(group_names(groups, say), [sizes.get(group) for group in groups], say))
    most = max(sizes.values(), default=0) or 1
    wholes = [most if of == "people" else sizes.get(group) or 1 for group in groups]
    width = room(ax) / len(blocks) * 100 / step
    for block, (s, title) in enumerate(zip(specialties, blocks, strict=True)):
        for which in (0, 1):
            table = [[counts.get((s, level, group), (0, 0))[which] for group in groups]
                     for level in levels]  # fmt: skip
            _stacked(ax, block * step, colours, table, wholes, width, possible=bool(which))
        for row, group in enumerate(groups):
            if group not in sizes:
                say_suppressed(ax, block * step, row, say, width)
        block_title(ax, block * step + 50, title, width)
    last = 100 if width > 90 else 70  # a number at the very end would run into the next block's
    marks: dict[float, str] = {mark: str(mark) for mark in (0, 50, 100) if mark <= last}
    if of == "people":
        ticks = MaxNLocator(nbins=3, integer=True).tick_values(0, most)
        marks = {100 * tick / most: f"{tick:,.0f}" for tick in ticks if 100 * tick <= last * most}
    block_ticks(ax, len(blocks), step, marks, list(marks.values()))
    ax.set_ylim(max(len(groups), 1) - 0.45, -0.55)
    ax.set_xlim(-1, len(blocks) * step - gap + 1)
    ax.spines["left"].set_visible(False)
    ax.set_xlabel(say[_OF[of]])


def _stacked(
    ax: Axes, left: float, colours: Any, table: list[list[int]], wholes: Any, width: float, possible: bool
) -> None:
    """One bar a group, its levels side by side from `left` on, counts where they fit."""
    height, offset, size = (0.3, 0.22, 7.0) if possible else (0.44, -0.2, 8.5)
    size = min(size, 0.85 * row_height(ax, len(wholes)) * height) if fit(ax) < 1 else size
    lefts = [left] * len(wholes)
    rows = [place + offset for place in range(len(wholes))]
    for colour, numbers in zip(colours.values(), table, strict=True):
        shares = [100 * n / whole for n, whole in zip(numbers, wholes, strict=True)]
        bars = ax.barh(rows, shares, height, left=lefts, color=colour, edgecolor="white",
                       linewidth=0.6, zorder=2)  # fmt: skip
        if possible:
            hatched(bars.patches, [colour] * len(bars.patches))
        for bar, share in zip(bars.patches, shares, strict=True):
            bar.set_visible(share > 0)
        for number, share, start, row in zip(numbers, shares, lefts, rows, strict=True):
            if size > 4 and share * width / 100 >= 5 + 0.62 * size * len(f"{number:,}"):
                box = {"facecolor": "white", "edgecolor": "none", "pad": 0.6} if possible else None
                ax.text(start + share / 2, row, f"{number:,}", ha="center", va="center", zorder=3,
                        fontsize=size, color=INK if possible else readable_on(colour),
                        bbox=box)  # fmt: skip
        lefts = [start + share for start, share in zip(lefts, shares, strict=True)]
