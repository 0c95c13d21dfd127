"""What all pictures share: looks, colours, fonts, headings and legends."""

from __future__ import annotations

import io
import math
import unicodedata
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

try:
    import matplotlib as mpl
except ImportError as error:
    raise ImportError(
        "pictures need matplotlib: pip install 'tassei[plot,fonts]'", name="matplotlib"
    ) from error
from matplotlib import font_manager
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from ..error import AssessError, listed, near
from ..fonts import font_families
from ..words import headline, level_label, one_line, words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .. import Assessment
    from ..framework import Framework

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


def level_colours(levels: list[int]) -> dict[int, str]:
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
    heavy = {f.name for f in faces if font_manager.weight_dict.get(f.weight, f.weight) >= 600}
    return "bold" if heavy.issuperset(mpl.rcParams["font.family"]) else "normal"


@contextmanager
def looks(texts: Iterable[str], lang: str):
    """Our looks for what is drawn inside; the user's settings stay as they are."""
    with mpl.rc_context({**STYLE, "font.family": font_families(texts, lang)}):
        yield


_for_a_file = ContextVar("for_a_file", default=False)


def png(draw: Callable[[], Axes], dpi: int = 150) -> bytes:
    """A picture as PNG, as large as it likes to be, beside any screen and pyplot's list of figures.

    Examples
    --------
    >>> png(lambda: new_axes(2, 1), dpi=50)[1:4]
    b'PNG'
    """
    token = _for_a_file.set(True)
    try:
        figure = draw().figure
    finally:
        _for_a_file.reset(token)
    target = io.BytesIO()
    figure.savefig(target, format="png", dpi=dpi, facecolor="white", metadata={"Software": None})
    return target.getvalue()


def new_axes(width: float, height: float) -> Axes:
    import matplotlib.pyplot as plt

    new = Figure if _for_a_file.get() else plt.figure
    figure = new(figsize=(width, height), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.12, h_pad=0.12)
    return figure.add_subplot()


def dress(ax: Axes) -> None:
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


def hatched(patches, colours) -> None:
    for patch, colour in zip(patches, colours, strict=True):
        patch.set(facecolor="white", edgecolor=edge(colour), hatch=HATCH, linewidth=1.0)
        if hasattr(patch, "set_hatch_linewidth"):
            patch.set_hatch_linewidth(STYLE["hatch.linewidth"])


def ems(text: str) -> float:
    """About how many times its size a text is wide."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.56 for c in text)


def room(ax: Axes) -> float:
    """About how many points the axes are wide, also before their place is settled."""
    whole = 72 * ax.figure.get_figwidth()
    if ax.figure.get_layout_engine() is None:
        return whole * ax.get_position().width
    beside = max((ems(label.get_text()) for label in ax.get_yticklabels()), default=0)
    return (whole - 40 - 10 * beside) * ax.get_subplotspec().get_position(ax.figure).width / 0.775


def wrapped(parts: list[str], between: str, room: float, size: float) -> str:
    lines = [parts[0]]
    for part in parts[1:]:
        longer = lines[-1] + between + part
        if size * ems(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(part)
    return "\n".join(lines)


def heading(
    ax: Axes, title: str, subtitle: list[str], between: str, legends: list[list[Patch]]
) -> None:
    """Title, subtitle and legends above the axes, one under the other, from the left."""
    above, size, width = 30.0, 9.5, room(ax)
    for number, handles in enumerate(reversed(legends), 1):
        wide = sum(size * (ems(handle.get_label()) + 4.2) for handle in handles)
        rows = 1 if wide <= width else len(handles) if len(handles) == 2 else math.ceil(wide / width)
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
    said = wrapped(subtitle, between, width, size)
    for text, points, colour, weight, height in (
        (said, size, FAINT, "normal", above + 6),
        (title, 15, INK, bold(), above + 10 + 13.5 * (said.count("\n") + 1)),
    ):
        ax.annotate(
            text, (0, 1), (0, height), xycoords="axes fraction", textcoords="offset points",
            fontsize=points, color=colour, fontweight=weight, ha="left", va="bottom",
            annotation_clip=False,
        )  # fmt: skip


def block_title(ax: Axes, x: float, text: str) -> None:
    ax.annotate(
        text, (x, 1), (0, 8), xycoords=ax.get_xaxis_transform(), textcoords="offset points",
        fontsize=11, fontweight=bold(), ha="center", va="bottom", annotation_clip=False,
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


def rows_of(frame: Any, specialties: list[str], known: list[str]) -> Any:
    if specialties == known:
        return frame
    wanted = [value in specialties for value in columns_of(frame)["specialty"]]
    if hasattr(frame, "to_pydict") or hasattr(frame, "get_columns"):
        return frame.filter(wanted)
    return frame[wanted].reset_index(drop=True)


def kind_legend(certain: str, possible: str, colour: str = FAINT) -> list[Patch]:
    """What solid and what hatched stands for."""
    solid, open_ = Patch(facecolor=colour, edgecolor=colour, label=certain), Patch(label=possible)
    hatched([open_], [colour])
    return [solid, open_]


def shade_legend(levels: list[int], names: dict[int, str]) -> list[Patch]:
    colours = level_colours(levels)
    return [Patch(facecolor=colours[level], label=one_line(names[level])) for level in levels]


def level_names(assessment: Assessment, lang: str) -> dict[int, str]:
    """What stands under each level, 0 among them, which may take two lines."""
    levels = assessment.framework.levels
    below = words(lang)["below"].format(level=level_label(assessment, min(levels), lang))
    return {0: headline(below)} | {at: headline(level_label(assessment, at, lang)) for at in levels}


def say_nobody(ax: Axes, lang: str) -> None:
    ax.text(0.5, 0.5, words(lang)["nobody"], transform=ax.transAxes, ha="center", color=FAINT)
