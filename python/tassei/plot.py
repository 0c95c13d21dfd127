"""Pictures of an assessment. Each takes an Assessment and returns the Axes it drew on."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

try:
    import matplotlib as mpl
except ImportError as error:
    raise ImportError(
        "pictures need matplotlib: pip install 'tassei[plot,fonts]'", name="matplotlib"
    ) from error
from matplotlib import font_manager
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from .error import AssessError, listed, near
from .fonts import font_families
from .words import basis, headline, level_label, one_line, words

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
    figure.get_layout_engine().set(w_pad=0.12, h_pad=0.12)
    return figure.add_subplot()


def _dress(ax: Axes) -> None:
    """Our looks for parts that axes from elsewhere already had, and for ticks yet to come."""
    family = mpl.rcParams["font.family"]
    ax.set_facecolor(STYLE["axes.facecolor"])
    ax.tick_params(labelfontfamily=family, colors=INK)
    for label in (ax.xaxis.label, ax.yaxis.label):
        label.set(fontfamily=family, color=INK, fontsize=STYLE["font.size"])
    for side, spine in ax.spines.items():
        spine.set_color(FAINT)
        if side in ("top", "right"):
            spine.set_visible(False)


def _hatched(patches, colours) -> None:
    for patch, colour in zip(patches, colours, strict=True):
        patch.set(facecolor="white", edgecolor=_edge(colour), hatch=HATCH, linewidth=1.0)
        if hasattr(patch, "set_hatch_linewidth"):
            patch.set_hatch_linewidth(STYLE["hatch.linewidth"])


def _ems(text: str) -> float:
    """About how many times its size a text is wide."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.56 for c in text)


def _room(ax: Axes) -> float:
    """About how many points the axes are wide, also before their place is settled."""
    whole = 72 * ax.figure.get_figwidth()
    if ax.figure.get_layout_engine() is None:
        return whole * ax.get_position().width
    beside = max((_ems(label.get_text()) for label in ax.get_yticklabels()), default=0)
    return (whole - 40 - 10 * beside) * ax.get_subplotspec().get_position(ax.figure).width / 0.775


def _wrapped(parts: list[str], between: str, room: float, size: float) -> str:
    lines = [parts[0]]
    for part in parts[1:]:
        longer = lines[-1] + between + part
        if size * _ems(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(part)
    return "\n".join(lines)


def _heading(
    ax: Axes, title: str, subtitle: list[str], between: str, legends: list[list[Patch]]
) -> None:
    """Title, subtitle and legends above the axes, one under the other, from the left."""
    above, size, room = 30.0, 9.5, _room(ax)
    for number, handles in enumerate(reversed(legends), 1):
        wide = sum(size * (_ems(handle.get_label()) + 4.2) for handle in handles)
        rows = 1 if wide <= room else len(handles) if len(handles) == 2 else math.ceil(wide / room)
        up = mpl.transforms.ScaledTranslation(0, above / 72, ax.figure.dpi_scale_trans)
        legend = ax.legend(
            handles=handles, loc="lower left", bbox_to_anchor=(0, 1),
            ncols=math.ceil(len(handles) / rows), bbox_transform=ax.transAxes + up, frameon=False,
            borderaxespad=0, borderpad=0, handlelength=1.8, handletextpad=0.6, columnspacing=1.6,
            fontsize=size,
        )  # fmt: skip
        if number < len(legends):  # the next legend would take its place
            ax.add_artist(legend)
        above += 17 * rows
    said = _wrapped(subtitle, between, room, size)
    for text, points, colour, weight, height in (
        (said, size, FAINT, "normal", above + 6),
        (title, 15, INK, _bold(), above + 10 + 13.5 * (said.count("\n") + 1)),
    ):
        ax.annotate(
            text, (0, 1), (0, height), xycoords="axes fraction", textcoords="offset points",
            fontsize=points, color=colour, fontweight=weight, ha="left", va="bottom",
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
    people = len(assessment)
    blocks = [headline(assessment.framework.label("specialty", s, lang)) for s in specialties]
    subtitle = basis(assessment, lang)
    names = {level: headline(level_label(assessment, level, lang)) for level in levels}
    lowest = level_label(assessment, min(levels[1:]), lang)
    names[0] = headline(say["below"].format(level=lowest))
    texts = [*say.values(), *blocks, *subtitle, *names.values(), *map(str, groups)]
    with _style(texts, lang):
        if by is None:
            ax = ax or _new_axes(max(6.4, 1.2 + 3.6 * len(blocks)), 5.2)
            _draw_counts(ax, specialties, blocks, levels, names, counts, say)
        else:
            height = 2.4 + 0.48 * max(len(groups), 1)
            ax = ax or _new_axes(max(7.2, 2.2 + 3.0 * len(blocks)), height)
            _draw_shares(ax, specialties, blocks, levels, groups, counts, say)
        if people == 0:
            ax.text(0.5, 0.5, say["nobody"], transform=ax.transAxes, ha="center", color=FAINT)
        legends = [_kinds(say)] + ([_shades(levels, names)] if by is not None else [])
        _heading(ax, say["title"], subtitle, say["between"], legends)
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
    points = _room(ax) / slots
    return float(min(max(points / (0.62 * letters), 4.5), 9.0))


def _draw_shares(ax, specialties, blocks, levels, groups, counts, say) -> None:
    step, gap = 112.0, 12.0
    for block, (s, title) in enumerate(zip(specialties, blocks, strict=True)):
        for which in (0, 1):
            table = [[counts.get((s, level, group), (0, 0))[which] for group in groups]
                     for level in levels]  # fmt: skip
            _stacked(ax, block * step, levels, table, hatched=bool(which))
        _block_title(ax, block * step + 50, title)
    marks = [0, 50, 100]
    ax.set_xticks(
        [block * step + mark for block in range(len(blocks)) for mark in marks],
        [str(mark) for _ in blocks for mark in marks],
    )
    first = specialties[0]
    sizes = [sum(counts.get((first, level, group), (0, 0))[0] for level in levels)
             for group in groups]  # fmt: skip
    names = [say["no_group"] if group is None else str(group) for group in groups]
    ax.set_yticks(
        range(len(groups)),
        [say["group_n"].format(group=name, n=n) for name, n in zip(names, sizes, strict=True)],
    )
    for label in ax.get_yticklabels():
        label.set_parse_math(False)  # a group may be called $a$
    ax.set_ylim(max(len(groups), 1) - 0.45, -0.55)
    ax.set_xlim(-1, len(blocks) * step - gap + 1)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.set_xlabel(say["share_axis"])


def _stacked(ax, left: float, levels, table: list[list[int]], hatched: bool) -> None:
    """One bar a group, its levels side by side from `left` on, counts where they fit."""
    colours = _level_colours(levels)
    height, offset, size = (0.3, 0.22, 7.0) if hatched else (0.44, -0.2, 8.5)
    totals = [sum(column) for column in zip(*table, strict=True)]
    lefts = [left] * len(totals)
    rows = [place + offset for place in range(len(totals))]
    for level, numbers in zip(levels, table, strict=True):
        colour = colours[level]
        shares = [100 * n / total if total else 0 for n, total in zip(numbers, totals, strict=True)]
        bars = ax.barh(rows, shares, height, left=lefts, color=colour, edgecolor="white",
                       linewidth=0.6, zorder=2)  # fmt: skip
        if hatched:
            _hatched(bars.patches, [colour] * len(bars.patches))
        for bar, share in zip(bars.patches, shares, strict=True):
            bar.set_visible(share > 0)
        for number, share, start, row in zip(numbers, shares, lefts, rows, strict=True):
            if share >= 4.5 + 1.6 * len(str(number)):
                box = {"facecolor": "white", "edgecolor": "none", "pad": 0.6} if hatched else None
                ax.text(start + share / 2, row, f"{number:,}", ha="center", va="center", zorder=3,
                        fontsize=size, color=INK if hatched else _readable_on(colour),
                        bbox=box)  # fmt: skip
        lefts = [start + share for start, share in zip(lefts, shares, strict=True)]
