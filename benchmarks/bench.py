"""Tassei beside the strongest formulations of the same answers in other tools: `make bench`.

    python benchmarks/bench.py [--people N] [--growth N,N,…] [--runs N] [--threads N] [--tools A,B,…] [--write-only]

Makes the data, checks that every tool finds the levels that Tassei finds, times them alternately, and writes
docs/benchmarks.md and docs/images/benchmarks.png from build/bench/results.json.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import careers
import numpy as np
import report

HERE = Path(__file__).resolve().parent
HOME = HERE.parent / "build" / "bench"
RIVALS = ("duckdb", "polars", "chdb", "numpy", "numba")
FIELDS = ("hardware", "software", "facility management")
SMALL = 1000
PACKAGES = ("tassei", "duckdb", "polars", "chdb", "numpy", "numba", "pyarrow", "pandas")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--people", type=number, default=1_000_000, help="people of the comparison")
    asked.add_argument("--growth", default="10_000,100_000,1_000_000", help="people of Tassei's growth, in order")
    asked.add_argument("--runs", type=int, default=5, help="processes a tool; the result is their minimum and median")
    asked.add_argument("--threads", type=int, default=2)
    asked.add_argument("--tools", default=",".join(RIVALS))
    asked.add_argument("--data", type=Path, default=HOME, help="where the Parquet files are kept")
    asked.add_argument("--out", type=Path, default=HERE.parent / "docs")
    asked.add_argument("--write-only", action="store_true", help="the page and the picture from the last results")
    options = asked.parse_args()
    kept = options.data / "results.json"
    if not options.write_only:
        options.data.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(measure(options), indent=1))
    report.write(json.loads(kept.read_text()), options.out)
    print(f"written: {options.out / 'benchmarks.md'}")


def number(text: str) -> int:
    return int(text.replace("_", ""))


def measure(options: argparse.Namespace) -> dict[str, Any]:
    tools = [tool for tool in options.tools.split(",") if tool]
    sizes = [number(size) for size in options.growth.split(",") if size]
    busy = os.getloadavg()[0]
    results: dict[str, Any] = {
        "date": dt.date.today().isoformat(), "people": options.people, "runs": options.runs,
        "threads": options.threads, "machine": machine(), "load": busy,
        "versions": {"Python": platform.python_version()} | {name: version(name) for name in PACKAGES},
    }  # fmt: skip
    small = made(options.data, SMALL, "grouped")
    compared = {}
    for order in ("grouped", "shuffled"):
        folder = made(options.data, options.people, order)
        check(tools, folder, small, options)
        compared[order] = rounds(["tassei", *tools, "stream"], folder, small, options)
    results |= {"compared": compared, "rows": rows(made(options.data, options.people, "grouped"))}
    results["growth"] = []
    largest = max(sizes, default=0)
    for people in sizes:
        for order in careers.ORDERS if people == largest else ("grouped",):
            if people == options.people and order in compared:
                took = compared[order]
            else:
                took = rounds(["tassei", "stream"], made(options.data, people, order), small, options)
            results["growth"].append(
                {"people": people, "order": order, "tassei": took["tassei"], "stream": took["stream"]}
            )
    results["load_after"] = os.getloadavg()[0]
    return results


def machine() -> dict[str, Any]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cores": len(os.sched_getaffinity(0)), "memory": round(memory),
        "kind": f"{platform.machine()}, {platform.system()}",
    }  # fmt: skip


def made(data: Path, people: int, order: str) -> Path:
    """The population's folder; made in a process of its own, whose memory is given back."""
    folder = data / f"{people}-1" / order
    if not (folder / "done").exists():
        say(f"making {people:,} people, {order}")
        subprocess.run([sys.executable, HERE / "careers.py", data, str(people), order], check=True)
    return folder


def rows(folder: Path) -> dict[str, int]:
    from pyarrow.parquet import read_metadata

    return {file.stem: read_metadata(file).num_rows for file in sorted((folder / "words").glob("*.parquet"))}


def run(tool: str, folder: Path, small: Path, threads: int, levels: Path | None = None) -> dict[str, float]:
    limits = {name: str(threads) for name in ("POLARS_MAX_THREADS", "NUMBA_NUM_THREADS", "OMP_NUM_THREADS")}
    command = [sys.executable, HERE / "worker.py", tool, folder, small, threads, *([levels] if levels else [])]
    done = subprocess.run(
        [str(word) for word in command], env=os.environ | limits, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{tool} failed on {folder}:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def check(tools: list[str], folder: Path, small: Path, options: argparse.Namespace) -> None:
    """Every tool has the same certain levels for everybody, or the benchmark ends and says who differs."""
    expected = levels_of("tassei", folder, small, options)
    for tool in tools:
        found = levels_of(tool, folder, small, options)
        if found.shape != expected.shape:
            raise SystemExit(f"{tool}: levels of {len(found):,} people, Tassei has {len(expected):,}")
        different = np.argwhere(found != expected)
        if len(different):
            lines = [
                f"  P{p:08d} {FIELDS[f]}: level {found[p, f]}, Tassei says {expected[p, f]}" for p, f in different[:10]
            ]
            raise SystemExit(f"{tool} differs in {len(different):,} levels, {folder.name}:\n" + "\n".join(lines))
        say(f"{tool}: the same levels for {len(expected):,} people, {folder.name}")


def levels_of(tool: str, folder: Path, small: Path, options: argparse.Namespace) -> np.ndarray:
    file = options.data / "levels.npy"
    run(tool, folder, small, options.threads, file)
    return np.load(file)


def rounds(tools: list[str], folder: Path, small: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Runs in turn, so that a slow minute of the machine meets every tool; each begins once."""
    took: dict[str, list[dict[str, float]]] = {tool: [] for tool in tools}
    for i in range(options.runs):
        for tool in tools[i % len(tools) :] + tools[: i % len(tools)]:
            took[tool].append(run(tool, folder, small, options.threads))
        say(f"{folder.parent.name.split('-')[0]} people, {folder.name}: run {i + 1} of {options.runs}")
    return {tool: {part: [one[part] for one in runs] for part in runs[0]} for tool, runs in took.items()}


START = time.monotonic()


def say(text: str) -> None:
    print(f"[{time.monotonic() - START:6.0f} s] {text}", flush=True)


if __name__ == "__main__":
    main()
