"""Two pictures of the benchmarks: how many times as long others take, and how cost grows with people."""

from __future__ import annotations

from statistics import median
from typing import Any

from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, LogLocator
from tassei.plot import style

OURS, PALE, DARK = style.LEVEL_COLOURS[3], style.LEVEL_COLOURS[0], style.LEVEL_COLOURS[2]
OTHERS = {"duckdb": "#b8860b", "polars": "#a3487f", "chdb": "#c2572b", "numpy": "#5d8a4a", "numba": "#2a8c82"}
NAMES = {"duckdb": "DuckDB", "polars": "polars", "chdb": "chDB", "numpy": "NumPy", "numba": "numba"}


def said(results: dict[str, Any]) -> list[str]:
    return [
        f"{results['rows']['engagements']:,} engagements", "all twelve sheets",
        f"{results['threads']} threads", "median", results["date"],
    ]  # fmt: skip


def plain_numbers(value: float, _: Any) -> str:
    return f"{value:,.10g}"


def ratios(results: dict[str, Any]) -> bytes:
    """Bars on a log scale around 1, where a tool takes as long as Tassei."""
    people = results["people"]
    at = {
        row["tool"]: row for row in results["compared"]
        if row["people"] == people and row["order"] == "grouped" and row["tool"] != "stream"
    }  # fmt: skip
    ours = at.pop("tassei")

    def times(part: str) -> dict[str, float]:
        return {tool: median(took[part]) / median(ours[part]) for tool, took in at.items()}

    parts = [("evaluation", times("evaluate"), DARK), ("from the files to the levels", times("whole"), PALE)]
    shown = sorted(at, key=lambda tool: -parts[0][1][tool])
    names = [NAMES[tool] for tool in shown]

    def draw() -> Any:
        with style.looks(names, "en"):
            ax = style.new_axes(8, 0.62 * len(shown) + 2.0)
            for shift, (_, values, colour) in zip((-0.2, 0.2), parts, strict=True):
                for y, tool in enumerate(shown):
                    value = values[tool]
                    ax.barh(y + shift, value - 1, left=1, height=0.36, color=colour)
                    ax.annotate(
                        f"{value:.2g} ×", (value, y + shift), (5 if value >= 1 else -5, 0),
                        textcoords="offset points", va="center", ha="left" if value >= 1 else "right",
                        fontsize=9,
                    )  # fmt: skip
            every = [value for _, values, _ in parts for value in values.values()]
            ax.set_xscale("log")
            ax.set_xlim(min(0.5, min(every) / 1.8), max(2.0, max(every) * 1.5))
            ax.invert_yaxis()
            ax.axvline(1, color=style.INK, linewidth=1)
            ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            ax.xaxis.set_major_formatter(FuncFormatter(plain_numbers))
            style.row_labels(ax, names)
            ax.set_xlabel("times as long as Tassei, log scale")
            ax.grid(axis="x", color=style.GRID, linewidth=0.6)
            ax.set_axisbelow(True)
            legend = [Patch(color=colour, label=label) for label, _, colour in parts]
            style.heading(ax, f"Levels of {people:,} people", said(results), " · ", [legend])
            return ax

    return style.png(draw)


def growth(results: dict[str, Any]) -> bytes:
    """Lines of microseconds a person; names stand where the lines end."""
    runs = [row for row in results["compared"] if row["order"] == "grouped"]
    ours = [row for row in runs if row["tool"] == "tassei"]
    curves = [
        (NAMES[tool], [row for row in runs if row["tool"] == tool], "evaluate", OTHERS[tool], "-", 1.4)
        for tool in OTHERS
    ]
    curves += [
        ("Tassei", ours, "evaluate", OURS, "-", 2.6),
        ("Tassei, files to levels", ours, "whole", OURS, "--", 1.6),
        ("Tassei in batches,\nfiles to levels", results["batches"], "whole", OURS, ":", 1.8),
    ]
    curves = [curve for curve in curves if curve[1]]

    def draw() -> Any:
        with style.looks([curve[0] for curve in curves], "en"):
            ax = style.new_axes(8, 4.8)
            ends = []
            for name, rows, part, colour, line, width in curves:
                x = [row["people"] for row in rows]
                y = [median(row[part]) / row["people"] * 1e6 for row in rows]
                ax.plot(x, y, line, color=colour, linewidth=width, marker="o", markersize=4)
                ends.append((x[-1], y[-1], name, colour))
            ax.set_xscale("log")
            ax.set_yscale("log")
            for x, y, name, colour in apart(ends):
                ax.annotate(
                    name, (x, y), (8, 0), textcoords="offset points", va="center", color=colour, fontsize=9,
                    fontweight=style.bold() if name == "Tassei" else "normal", annotation_clip=False,
                )  # fmt: skip
            low, high = ax.get_xlim()
            ax.set_xlim(low, high * 4)
            for axis in (ax.xaxis, ax.yaxis):
                axis.set_major_formatter(FuncFormatter(plain_numbers))
            ax.set_xlabel("people")
            ax.set_ylabel("microseconds a person")
            ax.grid(color=style.GRID, linewidth=0.6)
            title = [
                "evaluation unless said otherwise",
                f"{results['threads']} threads",
                "log scales",
                "median",
            ]
            style.heading(ax, "How cost grows", title, " · ", [])
            return ax

    return style.png(draw)


def apart(ends: list[tuple[Any, ...]], least: float = 1.22) -> list[tuple[Any, ...]]:
    """Names of lines that end near each other, moved up until they can be read."""
    placed: list[tuple[Any, ...]] = []
    for x, y, name, colour in sorted(ends, key=lambda end: end[1]):
        below = max((other[1] for other in placed if other[0] == x), default=0)
        placed.append((x, max(y, below * least), name, colour))
    return placed
