"""Groups by something as a field of coloured cells with text: what such pictures share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, Normalize, to_hex

from .style import (
    GRID,
    INK,
    LEVEL_COLOURS,
    dress,
    readable_on,
    room_below,
    row_labels,
    say_suppressed,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap

__all__ = ["draw_field", "field_frame", "in_cells", "share_ramp", "text_size"]


def text_size(
    ax: Axes, width: float, letters: float, rows: int, lines: int = 1, below: float = 0
) -> float:
    """A size at which so many ems fit into a cell `width` points wide, and so many lines into a row.

    `below` is what labels below the axes take beyond one line.
    """
    height = (room_below(ax) - below) / max(rows, 1)
    return float(np.clip(min(0.92 * width / max(letters, 1), height / (1.3 * lines)), 3.5, 9))


def in_cells(
    ax: Axes, width: float, both: float, longer: float, first: float, rows: int, below: float = 0
) -> tuple[float, str | None]:
    """Size of two numbers in a cell, and what stands between them: they share a line where it is wide
    enough; None: there is room for the first one only. Widths are of both, the longer and the first in
    ems."""
    between: str | None = " "
    size = text_size(ax, width, both, rows, 1, below)
    if size < 5.5:
        size, between = text_size(ax, width, longer, rows, 2, below), "\n"
    if size < 4:
        size, between = text_size(ax, width, first, rows, 1, below), None
    return max(size, 4.0), between


def share_ramp() -> LinearSegmentedColormap:
    """From nearly white, for none, to dark, for all of a group."""
    return LinearSegmentedColormap.from_list("shares", ["#f4f8fb", *LEVEL_COLOURS])


def draw_field(
    ax: Axes, left: float, values: npt.NDArray[np.float64], texts: Sequence[Sequence[str]],
    hidden: Sequence[bool], size: float, say: Mapping[str, str], width: float,
    ramp: Colormap | None = None, limits: tuple[float, float] = (0, 1), upright: bool = False,
) -> None:  # fmt: skip
    """Cells from `left` on, coloured where there is a value; of a hidden group it is said that it is.

    Groups are rows, or columns where `upright`; a group has `width` points for the saying.
    """
    rows, columns = values.shape
    ramp, norm = ramp or share_ramp(), Normalize(*limits)
    for group in np.flatnonzero(hidden).tolist():
        x, y = (group + 0.5, (rows - 1) / 2) if upright else (columns / 2, group)
        say_suppressed(ax, left + x, y, say, width, "center", 90 if upright else 0)
    for (row, at), value in np.ndenumerate(values):
        if not hidden[at if upright else row]:
            ink = INK if np.isnan(value) else readable_on(to_hex(ramp(norm(value))))
            ax.text(
                left + at + 0.5, row, texts[row][at], ha="center", va="center", fontsize=size, color=ink
            )  # fmt: skip
    if rows and columns:
        ax.pcolormesh(
            left + np.arange(columns + 1), np.arange(rows + 1) - 0.5, np.ma.masked_invalid(values), cmap=ramp,
            norm=norm, edgecolors="white", linewidth=1.0, zorder=0,
        )  # fmt: skip


def field_frame(ax: Axes, rows: Sequence[str], width: float, below: float = 0) -> None:
    """Names of the rows, limits and faint edges; `below` points are taken by what the columns are called."""
    row_labels(ax, rows, below=below)
    ax.set_xlim(0, width)
    ax.set_ylim(max(len(rows), 1) - 0.5, -0.5)
    ax.tick_params(length=0)
    dress(ax)
    for spine in ax.spines.values():
        spine.set_color(GRID)
