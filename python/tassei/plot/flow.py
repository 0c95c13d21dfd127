"""Who moved from which level to which between two assessments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path

from ..movement import facts, movement_words
from ..suppress import MIN_GROUP
from ..words import headline, words
from .distribution import draw_shares
from .style import (
    FAINT,
    INK,
    LEVEL_COLOURS,
    NONE_COLOUR,
    block_names,
    block_title,
    columns_of,
    dress,
    ems,
    fit,
    hatched,
    heading,
    is_small,
    kind_legend,
    level_colours,
    level_names,
    looks,
    new_axes,
    readable_on,
    room,
    room_below,
    rows_of,
    shade_legend,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from .. import Comparison

__all__ = ["flow"]

# dark, light, in between: also apart in grey
_COLOURS = {-1: "#e08a1e", 0: NONE_COLOUR, 1: LEVEL_COLOURS[2]}
_NAMES = {-1: "fell", 0: "stayed", 1: "rose"}
_SIGNS = {-1: "↓", 0: "", 1: "↑"}
_STEP, _BAR = 1.3, 0.17  # from block to block, and a bar's width; a block is 1 wide


def flow(
    comparison: Comparison,
    by: str | None = None,
    specialty: str | None = None,
    min_group: int = MIN_GROUP,
    lang: str = "en",
    ax: Axes | None = None,
    return_data: bool = False,
) -> Axes | tuple[Axes, Any]:
    """How people moved between levels from one assessment to another.

    Without `by`, a block a specialty: levels before at the left, after at the right, and bands of
    those who rose, stayed and fell; certain levels above, possible ones hatched below. With `by`,
    one row a group with the shares that fell, stayed and rose, head counts written into them.

    Parameters
    ----------
    comparison
        From :func:`tassei.compare`.
    by
        Column of the people before to group by.
    specialty
        One specialty that both assessments have; None shows them all side by side.
    min_group
        Groups of fewer people are shown as suppressed, and as many others as it takes that nothing
        tells their numbers; 0 shows all. Which, :meth:`tassei.Comparison.transitions` says. Without
        `by` nothing is hidden.
    lang
        Language of title, axes and labels.
    ax
        Where to draw; None makes a new figure.
    return_data
        Also return the table behind the picture.

    Returns
    -------
    matplotlib.axes.Axes, or (Axes, frame) with ``return_data=True``
        The frame is that of ``comparison.transitions(by, min_group)``, of the specialties shown.

    Raises
    ------
    AssessError
        If the specialty or the column does not exist.
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
    >>> a, b = (tassei.assess(evidence, framework, as_of=day) for day in ("2025-06-30", "2026-06-30"))
    >>> tassei.compare(a, b).plot(ax=Figure().add_subplot()).get_ylabel()
    'Share of the people compared (%)'
    """
    say, framework = words(lang), comparison.before.framework
    known = comparison.specialties
    if specialty is not None and specialty not in known:
        comparison.before._check_specialty(specialty)
        comparison.after._check_specialty(specialty)
    specialties = known if specialty is None else [specialty]
    frame = rows_of(comparison.transitions(by, min_group if by is not None else 0), specialties, known)
    data = columns_of(frame)
    blocks = block_names(framework, specialties, lang)
    subtitle = [*facts(comparison, lang), framework.label_title(lang)]
    groups = list(dict.fromkeys(data[by])) if by is not None else []
    names = level_names(comparison.after, lang) | level_names(comparison.before, lang)
    sides = _sides(comparison, lang)
    moves = [Patch(facecolor=_COLOURS[way], label=say[_NAMES[way]]) for way in (1, 0, -1)]
    kinds = kind_legend(headline(say["certain_short"]), headline(say["possible_short"]))
    with looks([*say.values(), *blocks, *subtitle, *names.values(), *sides, *map(str, groups)], lang):
        if by is None:
            ax = ax or new_axes(max(6.8, 1.4 + 3.6 * len(blocks)), 6.2)
            levels = sorted(set(data["level_before"]))
            middles = _draw_bands(ax, blocks, levels, data, len(comparison), sides)
            ax.set_yticks(middles, [str(kind.get_label()) for kind in kinds], rotation=90, va="center")
            legends = [moves, shade_legend(levels, names)]
            if is_small(ax):
                legends.pop()
            else:
                ax.set_ylabel(say["flow_share_axis"])
        else:
            ax = ax or new_axes(max(7.2, 2.2 + 3.0 * len(blocks)), 2.4 + 0.48 * max(len(groups), 1))
            draw_shares(ax, specialties, blocks, _COLOURS, groups, _ways(data, by), say)
            legends = [[*kinds, *moves]]
        heading(ax, say["flow_title"], subtitle, say["between"], legends)
        dress(ax)
    return (ax, frame) if return_data else ax


def _sides(comparison: Comparison, lang: str) -> list[str]:
    """What the two sides are called: by their dates, where these differ."""
    say = movement_words(lang)
    return [headline(text) for text in comparison.differs.get("as_of", (say["before"], say["after"]))]


def _ways(data: dict[str, list[Any]], by: str) -> dict[Any, tuple[int, int]]:
    """People certain and possible by specialty, way and group, of the groups shown."""
    found: dict[Any, tuple[int, int]] = {}
    ways = np.sign(np.array(data["level_after"]) - np.array(data["level_before"])).tolist()
    cells = zip(data["specialty"], ways, data[by], data["certain"], data["possible"], strict=True)
    for *key, certain, possible in cells:
        if certain is not None:
            so_far = found.get(tuple(key), (0, 0))
            found[tuple(key)] = (so_far[0] + int(certain), so_far[1] + int(possible))
    return found


def _draw_bands(
    ax: Axes, blocks: Sequence[str], levels: Sequence[int], data: Any, people: Any, sides: list[str]
) -> tuple[float, float]:
    """Draws the levels certain and, below, possible; returns the middles of the two."""
    wide = room(ax) / len(blocks)
    size = float(np.clip(wide / _STEP * _BAR / (0.62 * len(f"{people:,}")), 4.5, 8.5))
    apart = fits = 3.2 * size / room_below(ax)  # the least height of a number
    if is_small(ax):
        apart = 0.05
    high = 1 + apart * (len(levels) - 1)  # levels stand apart
    gaps = apart * np.arange(len(levels))
    shape = (len(blocks), len(levels), len(levels))
    for kind, bottom in (("certain", high + 0.12), ("possible", 0.0)):
        numbers = np.array(data[kind]).reshape(shape)
        colours = level_colours(levels)
        for block, own in enumerate(numbers):
            possible = kind == "possible"
            _draw_block(ax, block * _STEP, bottom + gaps, colours, own, people, possible, size, fits)
    for block, title in enumerate(blocks):
        block_title(ax, block * _STEP + 0.5, title, wide / _STEP * 1.25)
    small = 8 * fit(ax)
    ends = np.array([_BAR / 2, 1 - _BAR / 2])
    if small * max(map(ems, sides)) > 0.9 * wide * (1 - ends[1] + ends[0] + _STEP - 1) / _STEP:
        ends = 0.5 + _STEP * np.array([-0.25, 0.25])  # as far apart as they can be, within and between
    ax.set_xticks([block * _STEP + end for block in range(len(blocks)) for end in ends], sides * len(blocks))
    ax.tick_params(length=0, labelsize=small)
    ax.tick_params(axis="x", labelsize=min(small, 0.46 * wide / max(map(ems, sides))))
    ax.set_xlim(-0.1, len(blocks) * _STEP - _STEP + 1.1)
    ax.set_ylim(-0.02, 2 * high + 0.14)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    return high * 1.5 + 0.12, high / 2


def _draw_block(
    ax: Axes, left: float, apart: Any, colours: Any, moved: Any, people: Any, possible: Any, size: float,
    fits: float,
) -> None:  # fmt: skip
    parts = moved / people
    # a band's lower end at each side: bars are stacked by level, bands within by the other side's level
    before = apart[:, None] + np.cumsum(np.append(0, parts.ravel()))[:-1].reshape(parts.shape)
    after = apart + np.cumsum(np.append(0, parts.T.ravel()))[:-1].reshape(parts.shape).T
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.4}
    for i, j in sorted(zip(*np.nonzero(moved), strict=True), key=lambda at: at[0] != at[1]):
        way, high = int(np.sign(j - i)), parts[i, j]
        band = PathPatch(
            _band(left + _BAR, left + 1 - _BAR, before[i, j], after[i, j], high),
            facecolor=_COLOURS[way], alpha=0.45 if possible else 0.85,
            edgecolor=_COLOURS[way] if way else "none", linewidth=0.5, zorder=1 + abs(way) / 2, gid=f"{way}",
        )  # fmt: skip
        ax.add_patch(band)
        if high >= fits:
            ax.text(
                left + 0.5, (before[i, j] + after[i, j] + high) / 2, f"{_SIGNS[way]}{moved[i, j]:,}",
                ha="center", va="center", fontsize=size, zorder=4,
                color=INK if possible else readable_on(_COLOURS[way]),
            )  # fmt: skip
    for x, totals in ((left, moved.sum(axis=1)), (left + 1 - _BAR, moved.sum(axis=0))):
        shares = totals / people
        starts = apart + np.cumsum(shares) - shares
        for level, total, share, start in zip(colours, totals, shares, starts, strict=True):
            if not total:
                continue
            colour = colours[level]
            bar = ax.bar(x, share, _BAR, start, align="edge", color=colour, edgecolor="white", zorder=3)
            if possible:
                hatched(bar.patches, [colour])
            if share >= fits:
                ax.text(
                    x + _BAR / 2, start + share / 2, f"{total:,}", ha="center", va="center", fontsize=size,
                    zorder=4, color=INK if possible else readable_on(colour), bbox=box if possible else None,
                )  # fmt: skip
            elif not is_small(ax):
                place, side = (left - 0.015, "right") if x == left else (left + 1.015, "left")
                ax.text(
                    place, start + share / 2, f"{total:,}", ha=side, va="center", fontsize=size, color=FAINT
                )


def _band(left: float, right: float, before: float, after: float, high: float) -> Path:
    """A band of one height from one side to the other, smooth at both."""
    middle = (left + right) / 2
    points = [
        (left, before), (middle, before), (middle, after), (right, after),
        (right, after + high), (middle, after + high), (middle, before + high), (left, before + high),
        (left, before),
    ]  # fmt: skip
    curve = [Path.CURVE4] * 3
    return Path(points, [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY])
