"""Pictures of an assessment. Each takes an Assessment and returns the Axes it drew on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from .error import AssessError, listed, near
from .fonts import font_families
from .words import basis_line, headline, level_label, one_line, words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from . import Assessment

INK, FAINT, GRID = "#1f2933", "#52606d", "#d9dee4"
# From light to dark, so that the order of the levels survives a grey printer.
NONE_COLOUR, NONE_EDGE = "#c3cad2", "#8a95a1"
LEVEL_COLOURS = ["#8fc1e3", "#4f97cb", "#1f66a6", "#0c2f57"]
HATCH = "////"

STYLE: dict[str, Any] = {
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.unicode_minus": False,
    "axes.facecolor": "white",
    "figure.facecolor": "white",
    "font.size": 10.0,
    "hatch.linewidth": 0.7,
    "savefig.facecolor": "white",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


# --- small helpers --------------------------------------------------------------------------------


def columns_of(frame: Any) -> dict[str, list]:
    """Columns of a frame of any supported library as lists; missing values are None.

    Examples
    --------
    >>> import pandas as pd
    >>> columns_of(pd.DataFrame({"a": [1, 2]}))
    {'a': [1, 2]}
    """
    if hasattr(frame, "to_pydict"):  # pyarrow
        return frame.to_pydict()
    if hasattr(frame, "get_columns"):  # polars
        return frame.to_dict(as_series=False)
    found = {name: frame[name].tolist() for name in frame.columns}
    return {
        name: [None if value is None or value != value else value for value in values]
        for name, values in found.items()
    }


def _level_colours(levels: list[int]) -> dict[int, str]:
    above = [level for level in levels if level != 0]
    shades = LinearSegmentedColormap.from_list("levels", LEVEL_COLOURS)
    places = [i / max(len(above) - 1, 1) for i in range(len(above))]
    return {0: NONE_COLOUR} | {
        level: mpl.colors.to_hex(shades(place)) for level, place in zip(above, places, strict=True)
    }


def _readable_on(colour: str) -> str:
    red, green, blue = to_rgb(colour)
    return INK if 0.299 * red + 0.587 * green + 0.114 * blue > 0.55 else "white"


def _edge(colour: str) -> str:
    return NONE_EDGE if colour == NONE_COLOUR else colour


def _bold() -> str:
    """Bold where every font in use has it: matplotlib logs a complaint otherwise."""
    faces = font_manager.fontManager.ttflist
    heavy = {f.name for f in faces if font_manager.weight_dict.get(f.weight, f.weight) >= 600}
    return "bold" if heavy.issuperset(mpl.rcParams["font.family"]) else "normal"


@contextmanager
def _style(texts: Iterable[str], lang: str):
    """Our looks for what is drawn inside; the user's settings stay as they are."""
    with mpl.rc_context({**STYLE, "font.family": font_families(texts, lang)}):
        yield


def _new_axes(width: float, height: float) -> Axes:
    import matplotlib.pyplot as plt

    figure = plt.figure(figsize=(width, height), layout="constrained")
    return figure.add_subplot()


def _dress(ax: Axes) -> None:
    """Our looks for parts that axes from elsewhere already had, and for ticks yet to come."""
    family = mpl.rcParams["font.family"]
    ax.set_facecolor(STYLE["axes.facecolor"])
    ax.tick_params(labelfontfamily=family, colors=INK)
    for label in (ax.xaxis.label, ax.yaxis.label):
        label.set(fontfamily=family, color=INK, fontsize=STYLE["font.size"])
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)


def _hatched(patches, colours) -> None:
    for patch, colour in zip(patches, colours, strict=True):
        patch.set(facecolor="white", edgecolor=_edge(colour), hatch=HATCH, linewidth=1.0)
        if hasattr(patch, "set_hatch_linewidth"):
            patch.set_hatch_linewidth(STYLE["hatch.linewidth"])


def _heading(ax: Axes, title: str, subtitle: str, legends: list[list[Patch]]) -> None:
    """Title, subtitle and legends above the axes, one under the other, from the left."""
    above = 30.0
    for number, handles in enumerate(reversed(legends), 1):
        up = mpl.transforms.ScaledTranslation(0, above / 72, ax.figure.dpi_scale_trans)
        legend = ax.legend(
            handles=handles, loc="lower left", bbox_to_anchor=(0, 1), ncols=len(handles),
            bbox_transform=ax.transAxes + up, frameon=False, borderaxespad=0, borderpad=0,
            handlelength=1.8, handletextpad=0.6, columnspacing=1.6, fontsize=9.5,
        )  # fmt: skip
        if number < len(legends):  # the next legend would take its place
            ax.add_artist(legend)
        above += 17
    for text, size, colour, weight, height in (
        (subtitle, 9.5, FAINT, "normal", above + 6),
        (title, 15, INK, _bold(), above + 23),
    ):
        ax.annotate(
            text, (0, 1), (0, height), xycoords="axes fraction", textcoords="offset points",
            fontsize=size, color=colour, fontweight=weight, ha="left", va="bottom",
            annotation_clip=False,
        )  # fmt: skip


def _block_title(ax: Axes, x: float, text: str) -> None:
    ax.annotate(
        text, (x, 1), (0, 8), xycoords=ax.get_xaxis_transform(), textcoords="offset points",
        fontsize=11, fontweight=_bold(), ha="center", va="bottom", annotation_clip=False,
    )  # fmt: skip


# --- level distribution -----------------------------------------------------------------------


def distribution(
    assessment: Assessment,
    by: str | None = None,
    specialty: str | None = None,
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
    lang
        Language of title, axes and labels.
    ax
        Where to draw; None makes a new figure.
    return_data
        Also return the table behind the picture.

    Returns
    -------
    matplotlib.axes.Axes, or (Axes, frame) with ``return_data=True``
        The frame is that of ``assessment.distribution(by)``, of the specialties shown.

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
    >>> from tassei import plot
    >>> ax = plot.distribution(assessment, lang="ja")  # doctest: +SKIP
    """
    say = words(lang)
    known = assessment.framework.specialties
    if specialty is not None and specialty not in known:
        hint = near(specialty, known)
        raise AssessError(
            f"specialty: expected one of {listed(known)}, got {specialty!r}"
            + (f"; did you mean {hint!r}?" if hint else "")
        )
    specialties = known if specialty is None else [specialty]
    frame = assessment.distribution(by=by)
    data = columns_of(frame)
    levels = [0, *assessment.framework.levels]
    groups = list(dict.fromkeys(data[by])) if by is not None else [None]
    counts = {
        (s, level, group): (certain, possible)
        for s, level, group, certain, possible in zip(
            data["specialty"],
            data["level"],
            data[by] if by is not None else [None] * len(data["level"]),
            data["certain"],
            data["possible"],
            strict=True,
        )
    }
    people = len(assessment.evidence)
    blocks = [headline(assessment.framework.label("specialty", s, lang)) for s in specialties]
    subtitle = basis_line(assessment, people, lang)
    names = {level: headline(level_label(assessment, level, lang)) for level in levels}
    lowest = level_label(assessment, min(levels[1:]), lang)
    names[0] = headline(say["below"].format(level=lowest))
    texts = [*say.values(), *blocks, subtitle, *names.values(), *map(str, groups)]
    with _style(texts, lang):
        if by is None:
            ax = ax or _new_axes(max(6.4, 1.0 + 3.3 * len(blocks)), 4.8)
            _draw_counts(ax, specialties, blocks, levels, names, counts, say)
        else:
            height = 2.4 + 0.48 * max(len(groups), 1)
            ax = ax or _new_axes(max(7.2, 2.2 + 3.0 * len(blocks)), height)
            _draw_shares(ax, specialties, blocks, levels, groups, counts, say)
        if people == 0:
            ax.text(0.5, 0.5, say["nobody"], transform=ax.transAxes, ha="center", color=FAINT)
        legends = [_kinds(say)] + ([_shades(levels, names)] if by is not None else [])
        _heading(ax, say["title"], subtitle, legends)
        _dress(ax)
    if not return_data:
        return ax
    return ax, _rows_of(frame, specialties, known)


def _rows_of(frame: Any, specialties: list[str], known: list[str]) -> Any:
    if specialties == known:
        return frame
    wanted = [value in specialties for value in columns_of(frame)["specialty"]]
    if hasattr(frame, "to_pydict") or hasattr(frame, "get_columns"):
        return frame.filter(wanted)
    return frame[wanted].reset_index(drop=True)


def _kinds(say: Mapping[str, str]) -> list[Patch]:
    solid = Patch(facecolor=FAINT, edgecolor=FAINT, label=say["certain"])
    hatched = Patch(label=say["possible"])
    _hatched([hatched], [FAINT])
    return [solid, hatched]


def _shades(levels: list[int], names: dict[int, str]) -> list[Patch]:
    colours = _level_colours(levels)
    return [Patch(facecolor=colours[level], label=one_line(names[level])) for level in levels]


def _draw_counts(ax, specialties, blocks, levels, names, counts, say) -> None:
    colours = _level_colours(levels)
    step, width = len(levels) + 0.5, 0.46
    ticks, top = [], 0
    most = max((max(pair) for pair in counts.values()), default=0)
    size = _number_size(ax, len(f"{most:,}"), len(blocks) * step / width)
    for block, (s, title) in enumerate(zip(specialties, blocks, strict=True)):
        places = [block * step + i for i in range(len(levels))]
        pairs = [counts.get((s, level, None), (0, 0)) for level in levels]
        shades = [colours[level] for level in levels]
        certain = ax.bar(
            [x - width / 2 for x in places], [c for c, _ in pairs], width * 0.93,
            color=shades, edgecolor=[_edge(c) for c in shades], label=say["certain"], zorder=2,
        )  # fmt: skip
        possible = ax.bar(
            [x + width / 2 for x in places], [p for _, p in pairs], width * 0.93,
            label=say["possible"], zorder=2,
        )  # fmt: skip
        _hatched(possible.patches, shades)
        ax.bar_label(certain, fmt="{:,.0f}", padding=2, fontsize=size, fontweight=_bold())
        ax.bar_label(possible, fmt="{:,.0f}", padding=2, fontsize=size, color=FAINT)
        _block_title(ax, (places[0] + places[-1]) / 2, title)
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
    width = 0.88 if ax.figure.get_layout_engine() is not None else ax.get_position().width
    points = width * ax.figure.get_figwidth() * 72 / slots
    return float(min(max(points / (0.55 * letters), 4.5), 9.0))


def _draw_shares(ax, specialties, blocks, levels, groups, counts, say) -> None:
    colours = _level_colours(levels)
    step, gap = 112.0, 12.0
    sizes = {}
    for block, (s, title) in enumerate(zip(specialties, blocks, strict=True)):
        for row, group in enumerate(groups):
            pairs = [counts.get((s, level, group), (0, 0)) for level in levels]
            for which, height, offset in ((0, 0.44, -0.2), (1, 0.3, 0.22)):
                total = sum(pair[which] for pair in pairs)
                sizes[group] = max(sizes.get(group, 0), total)
                left = block * step
                for level, pair in zip(levels, pairs, strict=True):
                    share = 100 * pair[which] / total if total else 0
                    if not share:
                        continue
                    bar = ax.barh(row + offset, share, height, left=left, linewidth=0.6,
                                  color=colours[level], edgecolor="white", zorder=2)  # fmt: skip
                    if which:
                        _hatched(bar.patches, [colours[level]])
                    if share >= 4.5 + 1.6 * len(str(pair[which])):
                        ax.text(left + share / 2, row + offset, f"{pair[which]:,}",
                                ha="center", va="center", fontsize=8.5 if not which else 7,
                                color=INK if which else _readable_on(colours[level]), zorder=3,
                                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6}
                                if which else None)  # fmt: skip
                    left += share
        _block_title(ax, block * step + 50, title)
    marks = [0, 50, 100]
    ax.set_xticks(
        [block * step + mark for block in range(len(blocks)) for mark in marks],
        [str(mark) for _ in blocks for mark in marks],
    )
    names = [say["no_group"] if group is None else str(group) for group in groups]
    ax.set_yticks(
        range(len(groups)),
        [say["group_n"].format(group=name, n=sizes[group])
         for name, group in zip(names, groups, strict=True)],
    )  # fmt: skip
    ax.set_ylim(max(len(groups), 1) - 0.45, -0.55)
    ax.set_xlim(-1, len(blocks) * step - gap + 1)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.set_xlabel(say["share_axis"])
