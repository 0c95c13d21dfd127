"""Groups by something as a field of coloured cells with text: what such pictures share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import Normalize, to_hex

from .style import FAINT, GRID, INK, dress, ems, fit, readable_on, room

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap

__all__ = ["draw_field", "field_frame", "room_below", "text_size"]


def text_size(
    ax: Axes, width: float, letters: float, rows: int, lines: int = 1, below: float = 0
) -> float:
    """A size at which so many ems fit into a cell `width` points wide, and so many lines into a row."""
    height = (room_below(ax) - below) / max(rows, 1)
    return float(np.clip(min(0.92 * width / max(letters, 1), height / (1.35 * lines)), 3.5, 9))


def room_below(ax: Axes) -> float:
    """About how many points are left for what is drawn, below the heading."""
    spec = ax.get_subplotspec()
    share = 1.0 if spec is None else spec.get_position(ax.figure).height / 0.77
    return max(72 * ax.figure.get_figheight() * share - (115 if fit(ax) == 1 else 132), 40)


def draw_field(
    ax: Axes, left: float, values: npt.NDArray[np.float64], texts: Sequence[Sequence[str]],
    hidden: Sequence[bool], ramp: Colormap, limits: tuple[float, float], size: float, suppressed: str,
    upright: bool = False,
) -> None:  # fmt: skip
    """Cells from `left` on, coloured where there is a value; of a hidden group it is said that it is.

    Groups are rows, or columns where `upright`.
    """
    rows, columns = values.shape
    norm = Normalize(*limits)
    long = room_below(ax) if upright else room(ax)
    small = float(np.clip(0.8 * long / ems(suppressed), 3.5, min(size + 1, 8)))
    for group in np.flatnonzero(hidden):
        x, y = (group + 0.5, (rows - 1) / 2) if upright else (columns / 2, group)
        ax.text(
            left + x, y, suppressed, ha="center", va="center", fontsize=small, color=FAINT,
            rotation=90 if upright else 0,
        )  # fmt: skip
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
    wide = 0.4 * 72 * ax.figure.get_figwidth() / max(map(ems, rows), default=1)
    size = min((room_below(ax) - below) / (1.2 * max(len(rows), 1)), 10 * fit(ax) ** 0.5, wide)
    ax.set_yticks(range(len(rows)), rows, fontsize=max(size, 3.5))
    for label in ax.get_yticklabels():
        label.set_parse_math(False)  # a group may be called $a$
    ax.set_xlim(0, width)
    ax.set_ylim(max(len(rows), 1) - 0.5, -0.5)
    ax.tick_params(length=0)
    dress(ax)
    for spine in ax.spines.values():
        spine.set_color(GRID)
