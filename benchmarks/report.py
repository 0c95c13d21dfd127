"""The page docs/benchmarks.md and its picture, from the results of `bench.py`."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Any

NAMES = {
    "tassei": "Tassei", "duckdb": "DuckDB", "polars": "polars", "chdb": "chDB", "numpy": "NumPy (one thread)",
    "numba": "numba", "stream": "memory, once through",
}  # fmt: skip


def write(results: dict[str, Any], out: Path) -> None:
    (out / "images").mkdir(parents=True, exist_ok=True)
    (out / "benchmarks.md").write_text(page(results), encoding="utf-8")
    (out / "images" / "benchmarks.png").write_bytes(picture(results))


def whole(took: dict[str, list[float]]) -> list[float]:
    """Each run from the files to the levels: reading, the first evaluation, and Tassei's table."""
    tables = took.get("table") or [0.0] * len(took["read"])
    return [sum(parts) for parts in zip(took["read"], took["first"], tables, strict=True)]


def seconds(values: list[float]) -> str:
    low, middle = (f"{x:.3f}" if x < 0.1 else f"{x:.2f}" for x in (min(values), median(values)))
    return f"{low} / {middle}"


def ratio(values: list[float], ours: list[float]) -> str:
    return f"{median(values) / median(ours):.2g}"


def levels_ready(took: dict[str, list[float]]) -> list[float]:
    """Evaluation up to the levels as columns: Tassei's table is made after it."""
    return [e + t for e, t in zip(took["evaluate"], took.get("table") or [0.0] * len(took["evaluate"]), strict=True)]


def table_of(compared: dict[str, Any]) -> list[str]:
    lines = [
        "| | read (s) | evaluate (s) | ÷ Tassei | read + evaluate (s) | ÷ Tassei | peak memory (GiB) | warm-up (s) |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    ours = compared["tassei"]
    for tool, took in compared.items():
        cells = [
            seconds(took["read"]), seconds(levels_ready(took)), ratio(levels_ready(took), levels_ready(ours)),
            seconds(whole(took)), ratio(whole(took), whole(ours)),
            f"{max(took['peak']):.2f}", f"{median(took['warm']):.1f}",
        ]  # fmt: skip
        if tool == "stream":  # reading for it is the benchmark's own affair
            cells[0] = cells[3] = cells[4] = cells[5] = cells[6] = ""
        lines.append(f"| {NAMES[tool]} | " + " | ".join(cells) + " |")
    return lines


def growth(results: dict[str, Any]) -> list[str]:
    lines = [
        "| people | rows | read (s) | assess (s) | levels table (s) | files to table (s) | assess, µs a person "
        "| memory once through (s) | peak memory (GiB) |",
        "|--:|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in results["growth"]:
        took, people = row["tassei"], row["people"]
        lines.append(
            f"| {people:,} | {row['order']} | {seconds(took['read'])} | {seconds(took['evaluate'])} | "
            f"{seconds(took['table'])} | {seconds(whole(took))} | {median(took['evaluate']) / people * 1e6:.2f} | "
            f"{seconds(row['stream']['evaluate'])} | {max(took['peak']):.2f} |"
        )
    return lines


def page(results: dict[str, Any]) -> str:
    machine, rows = results["machine"], results["rows"]
    busy = max(results["load"], results["load_after"] - results["threads"])
    warning = (
        [
            ":::{warning}",
            f"The machine was busy with other work while this ran (load {busy:.1f} on {machine['cores']} cores): "
            "the times are not to be quoted.",
            ":::",
            "",
        ]
        if busy > 0.5
        else []
    )
    counts = ", ".join(f"{rows[name]:,} {name}" for name in ("people", "engagements", "contributions", "certifications"))
    versions = ", ".join(f"{name} {of}" for name, of in results["versions"].items())
    return "\n".join([
        "---", "orphan: true", "---", "",
        "# Benchmarks",
        "",
        "What a skilled user could write instead: the certain levels of all twelve sheets, in five other tools, each",
        "tuned for this one standard. Every tool first has to find **the same levels for everybody** as Tassei;",
        "otherwise nothing is timed. Written by `make bench`.",
        "",
        f"{results['date']}; {machine['cores']} cores ({machine['kind']}), {machine['memory']} GiB of memory;"
        f" {results['threads']} threads each.",
        f"{counts}.",
        f"Times are minimum / median of {results['runs']} processes, taken in turn.",
        f"{versions}.",
        "",
        *warning,
        "![Seconds to evaluate and to read, by tool](images/benchmarks.png)",
        "",
        "## Rows of a person together",
        "",
        *table_of(results["compared"]["grouped"]),
        "",
        "## Rows shuffled",
        "",
        *table_of(results["compared"]["shuffled"]),
        "",
        "## How Tassei grows",
        "",
        *growth(results),
        "",
        "*grouped*: rows of a person together; *sorted*: these also by date; *shuffled*: in any order.",
        "",
        "## What is compared with what",
        "",
        "- The others know less: they give certain levels and nothing else. Tassei's time includes what is possible,",
        "  the score and the state of every criterion, and it takes the standard from a file instead of from code.",
        "- The others are given more: their files are encoded in small integers beforehand, people as 0, 1, 2, …,",
        "  blanks as -1, dates as day numbers. That encoding is not timed. Tassei reads texts, dates and sets as",
        "  users have them; its reading checks and encodes them. So the columns *read* are different work.",
        "- The others use what Tassei is not told: that the sheets nest, that two of them ask for the same work, that",
        "  start dates are never blank. Records that count nowhere are dropped before anything is sorted.",
        "- *evaluate* begins with columns in memory and ends with levels as columns (for Tassei: its table of levels,",
        "  three rows a person); it is the second evaluation in a process. *read + evaluate* takes the first one.",
        "- *warm-up* is importing, compiling and answering for 1,000 people, in no other column. numba keeps compiled",
        "  code on disk; the first run ever takes some ten seconds more.",
        "- *memory, once through* is a limit, not an answer: the encoded columns summed by NumPy in as many threads.",
        "- Days in a union need no islands: sorted by start they are the sum of max(0, end − max(start, latest end",
        "  before)). DuckDB does this in one window with seven masked maxima, polars and NumPy with one offset key,",
        "  chDB with `intervalLengthSumIf`, numba with an insertion sort a person.",
        "- The people are made up, with careers, so that all levels occur: see `benchmarks/careers.py`.",
        "",
    ])  # fmt: skip


def picture(results: dict[str, Any]) -> bytes:
    """Bars of the medians on a log scale: evaluation solid, from files to levels pale."""
    from matplotlib.patches import Patch
    from tassei.plot import style

    compared = results["compared"]["grouped"]
    shown = sorted((tool for tool in compared if tool != "stream"), key=lambda tool: median(levels_ready(compared[tool])))
    names = [NAMES[tool] for tool in shown]
    parts = [
        ("from the files to the levels", [median(whole(compared[tool])) for tool in shown], style.LEVEL_COLOURS[0]),
        ("evaluation alone", [median(levels_ready(compared[tool])) for tool in shown], style.LEVEL_COLOURS[2]),
    ]

    def draw() -> Any:
        with style.looks(names, "en"):
            ax = style.new_axes(8, 0.62 * len(shown) + 1.8)
            for i, (_, values, colour) in enumerate(parts):
                places = [y + (0.2, -0.2)[i] for y in range(len(shown))]
                ax.barh(places, values, height=0.38, color=colour)
                for y, value in zip(places, values, strict=True):
                    ax.annotate(
                        f"{value:.2f} s", (value, y), (4, 0), textcoords="offset points", va="center", fontsize=8.5
                    )
            ax.set_xscale("log")
            ax.set_xlim(min(parts[1][1]) / 3, max(parts[0][1] + parts[1][1]) * 2)
            ax.invert_yaxis()
            limit = median(compared["stream"]["evaluate"])
            if limit > ax.get_xlim()[0]:
                ax.axvline(limit, color=style.FAINT, linestyle=":")
            style.row_labels(ax, names)
            for label, tool in zip(ax.get_yticklabels(), shown, strict=True):
                label.set_fontweight(style.bold() if tool == "tassei" else "normal")
            ax.set_xlabel("seconds, log scale")
            ax.grid(axis="x", color=style.GRID, linewidth=0.6)
            ax.set_axisbelow(True)
            said = [
                f"{results['people']:,} people", f"{results['rows']['engagements']:,} engagements",
                f"{results['threads']} threads", "median", results["date"],
            ]  # fmt: skip
            legend = [Patch(color=colour, label=label) for label, _, colour in reversed(parts)]
            style.heading(ax, "Levels of a whole workforce", said, " · ", [legend])
            return ax

    return style.png(draw)
