"""What all pictures share: looks, colours, fonts, headings and legends."""

from __future__ import annotations

import io
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from threading import RLock
from typing import TYPE_CHECKING, Any

try:
    import matplotlib as mpl
except ImportError as error:
    raise ImportError(
        "pictures need matplotlib: pip install 'tassei[plot,fonts]'", name="matplotlib"
    ) from error
import numpy as np
from matplotlib import font_manager
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from ..describe import number
from ..error import AssessError, listed, near
from ..fonts import font_families
from ..text import printable
from ..words import headline, level_label, one_line, words

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from .. import Assessment
    from ..framework import Framework

INK, FAINT, GRID = "#1f2933", "#52606d", "#d9dee4"
# From light to dark, so that the order of the levels survives a grey printer.
NONE_COLOUR, NONE_EDGE = "#c3cad2", "#8a95a1"
LEVEL_COLOURS = ["#8fc1e3", "#4f97cb", "#1f66a6", "#0c2f57"]
HATCH = "////"
# where a line may end: after a word or a run of katakana, between other Japanese, at a line break
_PARTS = re.compile(r"\n|[「（]*(?:[ァ-ヶー]+|[^\s\u3000-\uffef]+\s?|.)[、。）」：・]*")

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


def columns_of(frame: Any) -> dict[str, list[Any]]:
    """Columns of a frame of any supported library as lists; missing values are None.

    Examples
    --------
    >>> import pandas as pd
    >>> columns_of(pd.DataFrame({"a": [1, 2]}))
    {'a': [1, 2]}
    """
    if hasattr(frame, "to_pydict"):  # pyarrow
        return dict(frame.to_pydict())
    if hasattr(frame, "get_columns"):  # polars
        return dict(frame.to_dict(as_series=False))
    found = {name: frame[name].tolist() for name in frame.columns}
    return {
        name: [None if value is None or value != value else value for value in values]
        for name, values in found.items()
    }


def level_colours(levels: Sequence[int]) -> dict[int, str]:
    above = [level for level in levels if level != 0]
    ramp = LinearSegmentedColormap.from_list("levels", LEVEL_COLOURS)
    places = [i / max(len(above) - 1, 1) for i in range(len(above))]
    return {0: NONE_COLOUR} | {
        level: mpl.colors.to_hex(ramp(place)) for level, place in zip(above, places, strict=True)
    }


def readable_on(colour: str) -> str:
    red, green, blue = to_rgb(colour)
    return INK if 0.299 * red + 0.587 * green + 0.114 * blue > 0.55 else "white"


def edge(colour: str) -> str:
    return NONE_EDGE if colour == NONE_COLOUR else colour


def bold() -> str:
    """Bold where every font in use has it: matplotlib logs a complaint otherwise."""
    faces = font_manager.fontManager.ttflist
    weights: Mapping[Any, Any] = font_manager.weight_dict
    heavy = {f.name for f in faces if weights.get(f.weight, f.weight) >= 600}
    return "bold" if heavy.issuperset(mpl.rcParams["font.family"]) else "normal"


@contextmanager
def looks(texts: Iterable[str], lang: str) -> Iterator[None]:
    """Our looks for what is drawn inside; the user's settings stay as they are."""
    with _drawing:
        ours: Any = {**STYLE, "font.family": font_families(texts, lang)}
        before: Any = {name: mpl.rcParams[name] for name in ours}
        # no rc_context: the first figure in a notebook turns interactive drawing on, which has to stay on
        mpl.rcParams.update(ours)
        try:
            yield
        finally:
            mpl.rcParams.update(before)


_drawing = RLock()  # matplotlib's settings and fonts are the whole process's: one thread draws at a time
_for_a_file = ContextVar("for_a_file", default=False)


def png(draw: Callable[[], Axes], dpi: int = 150) -> bytes:
    """A picture as PNG, as large as it likes to be, beside any screen and pyplot's list of figures.

    Examples
    --------
    >>> png(lambda: new_axes(2, 1), dpi=50)[1:4]
    b'PNG'
    """
    target = io.BytesIO()
    with _drawing:
        token = _for_a_file.set(True)
        try:
            figure: Any = draw().figure
        finally:
            _for_a_file.reset(token)
        figure.savefig(target, format="png", dpi=dpi, facecolor="white", metadata={"Software": None})
    return target.getvalue()


def new_axes(width: float, height: float) -> Axes:
    import matplotlib.pyplot as plt

    new = Figure if _for_a_file.get() else plt.figure
    figure: Any = new(figsize=(width, height), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.12, h_pad=0.12)
    axes: Axes = figure.add_subplot()
    return axes


def dress(ax: Axes) -> None:
    """Our looks for parts that axes from elsewhere already had, and for ticks yet to come."""
    family = mpl.rcParams["font.family"]
    ax.set_facecolor(STYLE["axes.facecolor"])
    ax.tick_params(labelfontfamily=family, colors=INK)
    for label in (ax.xaxis.label, ax.yaxis.label):
        label.set(fontfamily=family, color=INK, fontsize=STYLE["font.size"] * fit(ax))
    if "\n" not in ax.get_xlabel():
        ax.set_xlabel(folded(ax.get_xlabel(), 1.1 * room(ax) / float(ax.xaxis.label.get_fontsize())))
    for side, spine in ax.spines.items():
        spine.set_color(FAINT)
        if side in ("top", "right"):
            spine.set_visible(False)


def hatched(patches: Any, colours: Any) -> None:
    for patch, colour in zip(patches, colours, strict=True):
        patch.set(facecolor="white", edgecolor=edge(colour), hatch=HATCH, linewidth=1.0)
        if hasattr(patch, "set_hatch_linewidth"):
            patch.set_hatch_linewidth(STYLE["hatch.linewidth"])


def ems(text: str) -> float:
    """About how many times its size a text is wide."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.56 for c in text)


def beside(ax: Axes) -> float:
    """About how many points the labels of the y axis are wide."""
    labels = [(float(label.get_fontsize()), label.get_text()) for label in ax.get_yticklabels()]
    return max((size * ems(line) for size, text in labels for line in text.split("\n")), default=0.0)


def _own(ax: Axes) -> float:
    """Points of the figure's width that are the axes' share, labels and all."""
    figure: Any = ax.figure
    whole = 72 * figure.get_figwidth()
    if ax.figure.get_layout_engine() is None:
        return float(whole * ax.get_position().width)
    spec: Any = ax.get_subplotspec()
    return float(whole * spec.get_position(figure).width / 0.775)


def room(ax: Axes) -> float:
    """About how many points the axes are wide, also before their place is settled."""
    if ax.figure.get_layout_engine() is None:
        return _own(ax)
    return max(_own(ax) - 40 - beside(ax), 60.0)


def fit(ax: Axes) -> float:
    """How large text is beside its usual size: smaller on axes for a column than for a slide."""
    return min(max(_own(ax) / 430, 0.74), 1.0)


def is_small(ax: Axes) -> bool:
    """Whether there is room for the most important only, as in a column of a page."""
    return fit(ax) < 0.8 or room_below(ax) < (180 if _own(ax) < 450 else 90)


def folded(text: str, most: float) -> str:
    """The text in lines of about so many times its size, broken between words."""
    lines = [""]
    for part in _PARTS.findall(text):
        if not lines[-1] or (part != "\n" and ems(lines[-1] + part.rstrip()) <= most):
            lines[-1] += part.lstrip("\n")
        else:
            lines.append(part.lstrip())
    return "\n".join(line.rstrip() for line in lines)


def wrapped(parts: list[str], between: str, room: float, size: float) -> str:
    lines = [parts[0]]
    for part in parts[1:]:
        longer = lines[-1] + between + part
        if size * ems(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(part)
    return "\n".join(folded(line, room / size) for line in lines)


def heading(
    ax: Axes, title: str, subtitle: list[str], between: str, legends: Sequence[Sequence[Artist]]
) -> None:
    """Title, subtitle and legends above the axes, one under the other, from the left.

    Where there is little room they begin above the labels of the y axis.
    """
    scale = fit(ax)
    size, left = 9.5 * scale, -(beside(ax) + 4) if scale < 1 or beside(ax) > 0.2 * _own(ax) else 0.0
    width = room(ax) - left
    blocks = [text.get_text().count("\n") + 1 for text in ax.texts if text.get_gid() == "block"]
    above = 14.0 + 15 * scale * max(blocks, default=1)
    bar, pad, gap = (1.8, 0.6, 1.6) if scale == 1 else (1.3, 0.4, 1.0)
    around = bar + pad + gap
    for place, handles in enumerate(reversed(legends), 1):
        if not handles:
            continue
        said = [str(handle.get_label()) for handle in handles]
        if size * sum(ems(text) + around for text in said) > width:
            if scale < 1:  # what explains a word gives way before the word
                said = [text.partition(":")[0].partition("：")[0] for text in said]
            said = [folded(text, width / size - around) for text in said]
            for handle, text in zip(handles, said, strict=True):
                handle.set_label(text)
        texts = [text.split("\n") for text in said]
        each = [size * (max(map(ems, text)) + around) for text in texts]
        columns = len(handles) if sum(each) <= width else int(width / max(each))
        columns = min(max(columns, 1), len(handles))
        rows = math.ceil(len(handles) / columns)
        up = mpl.transforms.ScaledTranslation(left / 72, above / 72, ax.figure.dpi_scale_trans)
        legend = ax.legend(
            handles=list(handles), loc="lower left", bbox_to_anchor=(0, 1), ncols=columns,
            bbox_transform=ax.transAxes + up, frameon=False, borderaxespad=0, borderpad=0,
            handlelength=bar, handletextpad=pad, columnspacing=gap, fontsize=size,
        )  # fmt: skip
        if place < len(legends):  # the next legend would take its place
            ax.add_artist(legend)
        lines = sum(max(map(len, texts[row::rows])) for row in range(rows))
        above += size * (0.54 * rows + 1.25 * lines)
    below = wrapped(subtitle, between, width, size)
    title = folded(title, width / (15 * scale))
    for line, points, colour, weight, height in (
        (below, size, FAINT, "normal", above + 6),
        (title, 15 * scale, INK, bold(), above + 10 + 1.42 * size * (below.count("\n") + 1)),
    ):
        ax.annotate(
            line, (0, 1), (left, height), xycoords="axes fraction", textcoords="offset points",
            fontsize=points, color=colour, fontweight=weight, ha="left", va="bottom",
            annotation_clip=False,
        )  # fmt: skip


def span(low: float, high: float, say: Mapping[str, str]) -> str:
    """A number, or both ends where they differ.

    Examples
    --------
    >>> span(3, 3, words("en")), span(3, 4, words("en")), span(3, math.inf, words("en"))
    ('3', '3–4', '3 or more')
    """
    if math.isinf(high):
        return say["or_more"].format(low=number(low))
    return number(low) if low == high else f"{number(low)}–{number(high)}"


def block_title(ax: Axes, x: float, text: str, width: float = math.inf) -> None:
    """What a block shows, above it, in lines of so many points."""
    size = 11 * fit(ax)
    text = folded(text, width / size)
    size = max(min(size, width / max(map(ems, text.split("\n")))), 4.5)
    ax.annotate(
        text, (x, 1), (0, 8), xycoords=ax.get_xaxis_transform(),
        textcoords="offset points", fontsize=size, fontweight=bold(), ha="center", va="bottom",
        annotation_clip=False, gid="block",
    )  # fmt: skip


def row_labels(
    ax: Axes, labels: Sequence[str], places: Sequence[float] | None = None, below: float = 0
) -> float:
    """Labels of the rows of a picture, small and in lines where there is little room; their size.

    `below` is what stands below the rows beside an axis, in points.
    """
    places = range(len(labels)) if places is None else places
    scale, high = fit(ax), (room_below(ax) - below) / max([1, *(place + 1 for place in places)])
    size, most = STYLE["font.size"] * scale, (0.34 if scale < 1 else 0.4) * _own(ax)
    if high > 2.4 * size:
        labels = [folded(label, most / size) for label in labels]
    widest = max((ems(line) for label in labels for line in label.split("\n")), default=1)
    size = max(min(size, high / 1.1, most / max(widest, 1)), 3.5)
    ax.set_yticks(places, labels, fontsize=size)
    for label in ax.get_yticklabels():
        label.set_parse_math(False)  # a group may be called $a$
    ax.tick_params(axis="y", length=0)
    return float(size)


def room_below(ax: Axes) -> float:
    """About how many points are left for what is drawn, below a heading as high as on a column."""
    figure: Any = ax.figure
    whole, spec = 72 * figure.get_figheight(), ax.get_subplotspec()
    if ax.figure.get_layout_engine() is None or spec is None:
        return float(whole * ax.get_position().height)
    return max(float(whole * spec.get_position(figure).height) / 0.77 - 130, 30.0)


def row_height(ax: Axes, rows: float) -> float:
    """About how many points high a row is."""
    return room_below(ax) / max(rows, 1)


def level_ticks(
    ax: Axes, places: list[float], levels: Sequence[int], names: Mapping[int, str], slot: float
) -> None:
    """Levels under the axes, by name, or by number where names do not fit into so many points."""
    size = 9.0 * fit(ax)
    wide = max(ems(line) for level in levels for line in names[level].split("\n"))
    if size * wide > 1.1 * slot:
        lowest = min((level for level in levels if level), default=0)
        names = {level: str(level) if level else f"<{lowest}" for level in levels}
    ax.set_xticks(places, [names[level] for level in levels] * (len(places) // len(levels)), fontsize=size)
    ax.tick_params(axis="x", length=0)


def block_ticks(
    ax: Axes, blocks: int, step: float, marks: Iterable[float], labels: Sequence[str] | None = None
) -> None:
    """The same marks under each of so many blocks that begin `step` apart."""
    marks = list(marks)
    labels = [str(mark) for mark in marks] if labels is None else labels
    places = [block * step + mark for block in range(blocks) for mark in marks]
    ax.set_xticks(places, list(labels) * blocks, fontsize=STYLE["font.size"] * fit(ax))


def say_suppressed(
    ax: Axes, x: float, y: float, say: Any, width: float, ha: str = "left", rotation: float = 0
) -> None:
    """That the numbers of a row are hidden, in as many words as so many points hold."""
    size = 8.5 * fit(ax)
    text = say["suppressed"] if size * ems(say["suppressed"]) <= width else say["hidden"]
    size = max(min(size, width / ems(text)), 4.5)
    ax.text(
        x, y, text, ha=ha, va="center", fontsize=size, color=FAINT, clip_on=True, rotation=rotation
    )  # fmt: skip


def chosen(framework: Framework, specialty: str | None) -> list[str]:
    """The specialties to show: one, or all."""
    known = framework.specialties
    if specialty is not None and specialty not in known:
        hint = near(specialty, known)
        raise AssessError(
            f"specialty: expected one of {listed(known)}, got {specialty!r}"
            + (f"; did you mean {hint!r}?" if hint else "")
        )
    return known if specialty is None else [specialty]


def rows_of(frame: Any, shown: list[Any], known: list[Any], column: str = "specialty") -> Any:
    """The rows of a frame whose column has one of the values that are shown."""
    if shown == known:
        return frame
    wanted = [value in shown for value in columns_of(frame)[column]]
    if hasattr(frame, "to_pydict") or hasattr(frame, "get_columns"):
        return frame.filter(wanted)
    return frame[np.array(wanted, bool)].reset_index(drop=True)


def kind_legend(certain: str, possible: str, colour: str = FAINT) -> list[Patch]:
    """What solid and what hatched stands for."""
    solid, open_ = Patch(facecolor=colour, edgecolor=colour, label=certain), Patch(label=possible)
    hatched([open_], [colour])
    return [solid, open_]


def shade_legend(levels: list[int], names: dict[int, str]) -> list[Patch]:
    colours = level_colours(levels)
    return [Patch(facecolor=colours[level], label=one_line(names[level])) for level in levels]


def block_names(framework: Framework, specialties: Sequence[str], lang: str) -> list[str]:
    """What stands above the block of each specialty."""
    return [headline(framework.label("specialty", name, lang)) for name in specialties]


def group_names(
    groups: Iterable[Any], say: Mapping[str, str], shown: Callable[[str], str] = printable
) -> list[str]:
    """What groups of people are called, those without one among them."""
    return [say["no_group"] if group is None else shown(str(group)) for group in groups]


def group_labels(names: Sequence[str], sizes: Iterable[int | None], say: Mapping[str, str]) -> list[str]:
    """Names of groups with their head counts, but for the hidden ones."""
    return [
        name if size is None else say["group_n"].format(group=name, n=size)
        for name, size in zip(names, sizes, strict=True)
    ]


def level_names(assessment: Assessment, lang: str) -> dict[int, str]:
    """What stands under each level, 0 among them, which may take two lines."""
    levels = assessment.framework.levels
    below = words(lang)["below"].format(level=level_label(assessment, min(levels), lang))
    return {0: headline(below)} | {at: headline(level_label(assessment, at, lang)) for at in levels}


def say_nobody(ax: Axes, lang: str) -> None:
    ax.text(
        0.5, 0.5, words(lang)["nobody"], transform=ax.transAxes, ha="center", color=FAINT,
        fontsize=STYLE["font.size"] * fit(ax),
    )  # fmt: skip
