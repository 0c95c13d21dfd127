"""The measured part of docs/benchmarks.md and its pictures, from what `bench.py` found."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median
from typing import Any

import pictures

NAMES = {
    "tassei": "Tassei", "duckdb": "DuckDB", "polars": "polars", "chdb": "chDB", "numpy": "NumPy (one thread)",
    "numba": "numba", "stream": "memory, once through", "batches": "Tassei in batches",
}  # fmt: skip
ENGINES = ("duckdb", "polars", "chdb")
BEGIN, END = "% measured, by make bench\n", "% end of what was measured\n"

Took = dict[str, Any]


def compact(results: dict[str, Any]) -> str:
    """JSON with four digits a number and a line for each tool."""

    def short(value: Any) -> Any:
        if isinstance(value, float):
            return float(f"{value:.4g}")
        if isinstance(value, list):
            return [short(one) for one in value]
        return {name: short(one) for name, one in value.items()} if isinstance(value, dict) else value

    lines = []
    for name, value in short(results).items():
        text = json.dumps(value)
        if value and isinstance(value, list):
            text = "[\n  " + ",\n  ".join(map(json.dumps, value)) + "\n ]"
        lines.append(f' "{name}": {text}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def write(results: dict[str, Any], docs: Path) -> None:
    """The measured part goes between its marks, if the page is there; the pictures beside it."""
    page, measured = docs / "benchmarks.md", "\n".join(lines(results)) + "\n"
    text = page.read_text(encoding="utf-8") if page.exists() else BEGIN + END
    before, rest = text.split(BEGIN)
    page.write_text(before + BEGIN + measured + END + rest.split(END)[1], encoding="utf-8")
    for name, picture in (("ratios", pictures.ratios(results)), ("growth", pictures.growth(results))):
        (docs / "images" / f"benchmarks-{name}.png").write_bytes(picture)


def lines(results: dict[str, Any]) -> list[str]:
    machine, people, rows = results["machine"], results["people"], results["rows"]
    counts = ", ".join(f"{rows[name]:,} {name}" for name in rows)
    said = ["", *setting(results), *goals(results), ""]
    for order, title in (
        ("grouped", "Rows of a person together, in any order of dates"),
        ("sorted", "Rows sorted by person and date"),
        ("shuffled", "Rows in any order"),
    ):
        if not tools(results, people, order):
            continue
        said += [
            f"### {title}",
            "",
            f"{counts}; {results['threads']} threads of {machine['cores']} cores.",
            "",
        ]
        said += [*compared(tools(results, people, order)), ""]
    return [*said, "### Growth", "", *growth(results), "", *batches(results), ""]


def tools(results: dict[str, Any], people: int, order: str) -> dict[str, Took]:
    """What each tool took on one population."""
    chosen = [row for row in results["compared"] if (row["people"], row["order"]) == (people, order)]
    return {row["tool"]: row for row in chosen}


def setting(results: dict[str, Any]) -> list[str]:
    machine, said = results["machine"], []
    busy = max(results["load"], results["load_after"] - results["threads"])
    if busy > 0.5:
        said = [
            ":::{warning}",
            f"Other work ran on the machine at the same time (load {busy:.1f} on {machine['cores']} cores):",
            "these times are provisional.", ":::", "",
        ]  # fmt: skip
    versions = ", ".join(f"{name} {of}" for name, of in results["versions"].items())
    return [
        *said,
        f"{results['date']}, {machine['cores']} cores of {machine['kind']}, {machine['memory']} GiB;",
        f"{versions}.",
        f"Runs of each tool: {results['runs']}, in turn; times are minimum / median.",
        "",
    ]


def goals(results: dict[str, Any]) -> list[str]:
    """What issue 6 asks for, and what was found in this run."""
    people, at = results["people"], tools(results, results["people"], "grouped")
    ours = at["tassei"]
    evaluate, whole = median(ours["evaluate"]), median(ours["whole"])
    found: list[tuple[str, str, bool]] = []

    def times(text: str, names: tuple[str, ...], part: str, mine: float, wanted: float) -> None:
        others = {name: median(at[name][part]) for name in names if name in at}
        if others:
            best = min(others, key=others.__getitem__)
            ratio = others[best] / mine
            found.append((f"{text}: {wanted:g} ×", f"{ratio:.2g} × ({NAMES[best]})", ratio >= wanted))

    times("evaluation, to the best of DuckDB, polars and chDB", ENGINES, "evaluate", evaluate, 15)
    times("evaluation, to numba", ("numba",), "evaluate", evaluate, 3)
    times("files to levels, to the best of the three", ENGINES, "whole", whole, 5)
    row = evaluate * results["threads"] / results["rows"]["engagements"] * 1e9
    found.append(("a row of engagements and core: 25 ns at most", f"{row:.0f} ns", row <= 25))
    least = median(ours["columns"]) + median(ours["results"])
    more = (max(ours["peak"]) - median(ours["base"])) / least - 1
    found.append(("memory beyond columns and results: 20 % at most", f"{more:.0%}", more <= 0.2))
    runs = results["batches"]
    each = [median(run["whole"]) / run["people"] for run in runs if run["people"] >= 10**5]
    if len(each) > 1:
        rise = each[-1] / each[0] - 1
        text = f"a person's cost in batches, {runs[-1]['people']:,} people to 100,000: flat"
        found.append((text, f"{rise:+.0%}", rise <= 0.1))
        memory = max(runs[-1]["peak"]) / max(runs[-2]["peak"]) - 1
        found.append(
            (f"memory in batches, to {runs[-2]['people']:,}: constant", f"{memory:+.0%}", memory <= 0.1)
        )
    return [
        f"| goal, {people:,} people | found | |", "|---|--:|---|",
        *(f"| {goal} | {what} | {'' if reached else '**not reached**'} |" for goal, what, reached in found),
    ]  # fmt: skip


def seconds(values: list[float]) -> str:
    low, middle = (f"{x:.3f}" if x < 0.1 else f"{x:.2f}" for x in (min(values), median(values)))
    return f"{low} / {middle}"


def ratio(took: Took, ours: Took, part: str) -> str:
    return f"{median(took[part]) / median(ours[part]):.2g}"


def compared(at: dict[str, Took]) -> list[str]:
    said = [
        "| | read (s) | evaluate (s) | ÷ Tassei | CPU (s) "
        "| files to levels (s) | ÷ Tassei | CPU (s) | peak (GiB) | warm (s) |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for tool, took in at.items():
        cells = [
            seconds(took["read"]), seconds(took["evaluate"]), ratio(took, at["tassei"], "evaluate"),
            f"{median(took['evaluate_cpu']):.2g}",
            seconds(took["whole"]), ratio(took, at["tassei"], "whole"),
            f"{median(took['whole_cpu']):.2g}",
            f"{max(took['peak']):.2f}", f"{median(took['warm']):.1f}",
        ]  # fmt: skip
        if tool == "stream":  # reading for it is the benchmark's own affair
            cells = ["", *cells[1:4], "", "", "", "", ""]
        said.append(f"| {NAMES[tool]} | " + " | ".join(cells) + " |")
    return said


def growth(results: dict[str, Any]) -> list[str]:
    """Microseconds a person, by how many people there are."""
    rows = [row for row in results["compared"] if row["order"] == "grouped"]
    sizes = sorted({row["people"] for row in rows})
    said = [
        "Evaluation, microseconds a person (median, rows grouped):", "",
        "| | " + " | ".join(f"{size:,} people" for size in sizes) + " |", "|---|" + "--:|" * len(sizes),
    ]  # fmt: skip
    for tool in dict.fromkeys(row["tool"] for row in rows):
        cells = [median(row["evaluate"]) / row["people"] * 1e6 for row in rows if row["tool"] == tool]
        said.append(f"| {NAMES[tool]} | " + " | ".join(f"{cell:.3g}" for cell in cells) + " |")
    return said


def batches(results: dict[str, Any]) -> list[str]:
    said = [
        "`assess_batches`, from grouped Parquet files to one of levels, without the evidence's digest:",
        "",
        "| people | files to levels (s) | µs a person | peak (GiB) |", "|--:|--:|--:|--:|",
    ]  # fmt: skip
    for run in results["batches"]:
        each = median(run["whole"]) / run["people"] * 1e6
        said.append(f"| {run['people']:,} | {seconds(run['whole'])} | {each:.3g} | {max(run['peak']):.2f} |")
    return said
