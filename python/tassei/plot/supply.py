"""What a plan asks for at each level, against who is there."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ..suppress import MIN_GROUP
from ..words import basis, words
from .distribution import draw_counts
from .field import draw_field, field_frame, in_cells
from .style import (
    FAINT,
    INK,
    block_names,
    block_title,
    bold,
    chosen,
    columns_of,
    dress,
    ems,
    fit,
    group_names,
    heading,
    is_small,
    kind_legend,
    level_names,
    looks,
    new_axes,
    room,
    room_below,
    rows_of,
    say_nobody,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from matplotlib.axes import Axes

    from .. import Assessment

__all__ = ["supply"]

SHORT = "#a03c06"
# two hues, and ever lighter from short to plenty, so that a grey printer keeps the order
BALANCE = ["#7f2704", "#d9752b", "#e9dccf", "#e0e7ea", "#d8effd"]


def supply(
    assessment: Assessment,
    demand: Any,
    by: str | None = None,
    specialty: str | None = None,
    min_group: int = MIN_GROUP,
    lang: str = "en",
    ax: Axes | None = None,
    return_data: bool = False,
) -> Axes | tuple[Axes, Any]:
    """People at each level against the head counts that a plan asks for, and who is missing.

    Without `by`, bars of head counts with a dark line across where the target is, and above them what
    is short: "−3 (to −1)" where places stay empty by what is certain (if all that is possible holds).
    With `by`, one row a group, in each cell the people there / the target, and what is short; the
    darker and browner, the larger the part of the places that stays empty. Whoever is not needed at a level
    fills a place below. People below the lowest level are left out: no plan asks for them.

    Parameters
    ----------
    assessment
        What to show.
    demand
        The target head counts, as :meth:`tassei.Assessment.supply` takes them.
    by
        Column of the people to group by; `demand` has it too.
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
        The frame is that of ``assessment.supply(demand, by, min_group)``, of the specialties shown.

    Raises
    ------
    AssessError
        If the demand cannot be used, or the specialty or the column does not exist.
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
    >>> plot.supply(a, {("hardware", 4): 9}, ax=Figure().add_subplot()).get_ylabel()
    'Head count (people)'
    """
    say, framework = words(lang), assessment.framework
    specialties = chosen(framework, specialty)
    frame = assessment.supply(demand, by, min_group if by is not None else 0)
    frame = rows_of(frame, specialties, framework.specialties)
    data = columns_of(frame)
    levels = list(framework.levels)
    groups = list(dict.fromkeys(data[by])) if by is not None else [None]
    numbers = ("demand", "certain", "possible", "short_certain", "short_possible")
    cells = {  # hidden numbers and targets that were not given are NaN
        name: np.array(data[name], float).reshape(len(specialties), len(groups), 1 + len(levels))[:, :, 1:]
        for name in numbers
    }
    names = level_names(assessment, lang)
    rows = group_names(groups, say)
    blocks = block_names(framework, specialties, lang)
    subtitle = [*basis(assessment, lang), say["supply_flow"]]
    subtitle.append(say["supply_marks" if by is None else "supply_cells"])
    if not any(data.get("suppressed", [])):
        subtitle.insert(0, _total(cells, say))
    with looks([*say.values(), *blocks, *names.values(), *subtitle, *rows], lang):
        if by is None:
            ax = ax or new_axes(max(6.4, 1.2 + 3.3 * len(blocks)), 5.2)
            _bars(ax, specialties, blocks, levels, names, cells, say)
            target = Line2D([], [], color=INK, linewidth=2.5, label=say["supply_needed"])
            legends: list[list[Any]] = [[*kind_legend(say["certain"], say["possible"])], [target]]
        else:
            ax = ax or new_axes(max(7.2, 2.2 + 3.2 * len(blocks)), 2.6 + 0.46 * max(len(groups), 1))
            _cells(ax, blocks, levels, names, rows, cells, say)
            shades = {"all": 0.0, "half": 0.25, "even": 0.5, "over": 1.0}
            legends = [
                [
                    Patch(facecolor=_ramp()(place), edgecolor=FAINT, label=say[f"supply_{shade}"])
                    for shade, place in shades.items()
                ]
            ]
        if not len(assessment):
            say_nobody(ax, lang)
        if is_small(ax):
            subtitle = subtitle[:-2]  # what is left has to be readable
        heading(ax, say["supply_title"], subtitle, say["between"], legends)
        if by is None:
            dress(ax)
    return (ax, frame) if return_data else ax


def _total(cells: Mapping[str, np.ndarray], say: Mapping[str, str]) -> str:
    if np.isnan(cells["demand"]).all():
        return say["supply_nothing"]
    short, may = (int(np.nansum(cells[f"short_{name}"])) for name in ("certain", "possible"))
    return say["supply_total"].format(certain=short, possible=may) if short else say["supply_all_filled"]


def _shortage(short: float, may: float, certain: float, demand: float, say: Mapping[str, str]) -> str:
    """What is missing at one level, in words; nothing where nothing was asked for."""
    if np.isnan(demand):
        return ""
    if not short and not may:
        return say["supply_enough"] if certain >= demand else say["supply_above"]
    if short == may:
        return say["supply_short"].format(n=int(short))
    return say["supply_range"].format(n=_minus(short), m=_minus(may))


def _minus(count: float) -> str:
    return f"−{count:,.0f}" if count else "0"


def _bars(
    ax: Axes, specialties: Sequence[str], blocks: Sequence[str], levels: Sequence[int],
    names: Mapping[int, str], cells: Any, say: Mapping[str, str],
) -> None:  # fmt: skip
    counts = {
        (s, level, None): (int(cells["certain"][block, 0, at]), int(cells["possible"][block, 0, at]))
        for block, s in enumerate(specialties)
        for at, level in enumerate(levels)
    }
    draw_counts(ax, specialties, blocks, levels, names, counts, say)
    step = len(levels) + 0.5
    slot = room(ax) / (len(blocks) * step)
    size = float(np.clip(slot / 5.2, 4.2, 9))
    high = room_below(ax)  # above the bars stand their numbers, and what is short in two lines
    top = max(ax.get_ylim()[1], np.nanmax(cells["demand"], initial=0) * 1.08)
    top /= 1 - min((2.6 * size + 12) / high, 0.5)
    ax.set_ylim(0, top)
    text: Any
    for text in ax.texts:
        if text.xycoords != "data":  # a title
            continue
        (x, height), (block, at) = text.xy, divmod(text.xy[0] + 0.5, step)
        target = cells["demand"][int(block), 0, int(at)]
        if height <= target < height + 16 / high * top:  # its line would cross the bar's number
            text.xy = (x, target)
    wide = slot >= 9 * max(ems(names[level].partition("\n")[0]) for level in levels)
    ticks = []
    for block in range(len(blocks)):
        for at, level in enumerate(levels):
            target = cells["demand"][block, 0, at]
            need = "" if np.isnan(target) else say["supply_need"].format(n=int(target))
            ticks.append(f"{names[level]}\n{need}" if wide else str(level))
    ax.set_xticks(ax.get_xticks(), ticks, fontsize=8.5)
    ax.tick_params(axis="y", labelsize=10 * fit(ax) ** 0.5)
    asked = []
    for block in range(len(blocks)):
        for at in range(len(levels)):
            demand, certain, _, short, may = (values[block, 0, at] for values in cells.values())
            if not np.isnan(demand):
                said = _shortage(short, may, certain, demand, say).replace(" ", "\n", 1)
                asked.append((block * step + at, demand, short, said))
    widest = max((ems(line) for *_, said in asked for line in said.split("\n")), default=1)
    for x, demand, short, said in asked:
        ax.plot([x - 0.5, x + 0.5], [demand] * 2, color=INK, linewidth=2.5, zorder=2.5,
                solid_capstyle="butt")  # fmt: skip
        ax.text(
            x, 0.985, said, transform=ax.get_xaxis_transform(), ha="center", va="top",
            fontsize=min(size, max(0.88 * slot / widest, 3.5)), linespacing=1.15,
            color=SHORT if short else FAINT, fontweight=bold() if short else "normal",
        )  # fmt: skip


def _ramp() -> LinearSegmentedColormap:
    return LinearSegmentedColormap.from_list("balance", BALANCE)


def _cells(
    ax: Axes, blocks: Sequence[str], levels: Sequence[int], names: Mapping[int, str], rows: Sequence[str],
    cells: Any, say: Mapping[str, str],
) -> None:  # fmt: skip
    demand, certain, short = cells["demand"], cells["certain"], cells["short_certain"]
    asked = np.maximum(demand, 1)
    balance = np.where(short > 0, -short / asked, np.clip((certain - demand) / asked, 0, 1))
    texts = [
        [
            [_cell((values[block, row, at] for values in cells.values()), say) for at in range(len(levels))]
            for row in range(len(rows))
        ]
        for block in range(len(blocks))
    ]
    step = len(levels) + 0.4
    field_frame(ax, rows, len(blocks) * step - 0.4)
    said = [text.split("\n") for block in texts for row in block for text in row]
    longer, first = (max((ems(line) for own in said for line in own[:some]), default=1) for some in (2, 1))
    slot = room(ax) / (len(blocks) * step)
    size, between = in_cells(ax, slot, math.inf, longer, first, len(rows))
    if not between:
        texts = [[[text.split("\n")[0] for text in row] for row in block] for block in texts]
    for block, title in enumerate(blocks):
        hidden = np.isnan(certain[block]).any(axis=1)
        draw_field(
            ax, block * step, balance[block], texts[block], hidden, size, say, slot * len(levels),
            _ramp(), (-1, 1),
        )  # fmt: skip
        block_title(ax, block * step + len(levels) / 2, title, slot * step)
    ticks = [block * step + at + 0.5 for block in range(len(blocks)) for at in range(len(levels))]
    wide = slot >= 8 * max(ems(names[level].partition("\n")[0]) for level in levels)
    labels = [names[level] if wide else str(level) for level in levels]
    ax.set_xticks(ticks, labels * len(blocks), fontsize=8)
    ax.set_xlabel(say["level_axis"])


def _cell(numbers: Iterable[float], say: Mapping[str, str]) -> str:
    demand, certain, _, short, may = numbers
    if np.isnan(demand):
        return f"{certain:,.0f} / –"
    said = _shortage(short, may, certain, demand, say)
    return f"{certain:,.0f} / {demand:,.0f}" + ("" if said == say["supply_enough"] else f"\n{said}")
