"""Tassei beside the strongest formulations of the same answers in other tools: `make bench`.

    python benchmarks/bench.py [--quick] [--people N] [--largest N] [--runs N] [--threads N]
                                [--orders A,B,…] [--tools A,B,…] [--write-only]

Makes the data, checks that every tool finds the levels that Tassei finds, times all of them in turn, and
writes benchmarks/results.json, docs/benchmarks.md and its pictures. `--quick` takes fewer people and runs,
and writes to build/bench/quick; `--write-only` makes page and pictures afresh from the last results.
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
SMALL, LEAST = 1_000, 10_000
PACKAGES = ("tassei", "duckdb", "polars", "chdb", "numpy", "numba", "pyarrow", "pandas")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--quick", action="store_true", help="100,000 people at most, two runs each")
    asked.add_argument("--people", type=number, help="most people of the comparison; 1,000,000")
    asked.add_argument("--largest", type=number, help="most people of Tassei in batches; 10,000,000")
    asked.add_argument("--runs", type=int, help="processes a tool; 5")
    asked.add_argument("--threads", type=int, default=2)
    asked.add_argument("--orders", help="of rows; grouped,shuffled,sorted")
    asked.add_argument("--tools", default=",".join(RIVALS))
    asked.add_argument("--data", type=Path, default=HOME, help="where the Parquet files are kept")
    asked.add_argument("--write-only", action="store_true")
    o = asked.parse_args()
    o.people = o.people or (100_000 if o.quick else 1_000_000)
    o.largest = o.largest or 10 * o.people
    o.runs = o.runs or (2 if o.quick else 5)
    o.orders = o.orders.split(",") if o.orders else careers.ORDERS[: 2 if o.quick else 3]
    docs = o.data / "quick" if o.quick else HERE.parent / "docs"
    results = docs / "results.json" if o.quick else HERE / "results.json"
    (docs / "images").mkdir(parents=True, exist_ok=True)
    if not o.write_only:
        results.write_text(report.compact(measure(o)))
    report.write(json.loads(results.read_text()), docs)
    say(f"written: {docs / 'benchmarks.md'}")


def number(text: str) -> int:
    return int(text.replace("_", ""))


def powers(most: int) -> list[int]:
    return [10**i for i in range(4, 9) if 10**i < most] + [most]


def measure(o: argparse.Namespace) -> dict[str, Any]:
    tools = ["tassei", *filter(None, o.tools.split(","))]
    busy = os.getloadavg()[0]
    results: dict[str, Any] = {
        "date": dt.date.today().isoformat(), "people": o.people, "runs": o.runs, "threads": o.threads,
        "machine": machine(), "versions": {"Python": platform.python_version()} | versions(), "load": busy,
        "rows": rows(made(o.data, o.people, "grouped")), "compared": [], "batches": [],
    }  # fmt: skip
    for order in o.orders:
        check(tools, {tool: run(tool, LEAST, order, o, True) for tool in tools}, f"{LEAST:,} people, {order}")
    for people in powers(o.people):
        for order in o.orders if people == o.people else ("grouped",):
            limit = ["stream"] if order == "grouped" else []
            results["compared"] += rounds([*tools, *limit], people, order, o)
    for people in powers(o.largest):
        runs = 1 if o.quick or people > 10**6 else min(3, o.runs)
        results["batches"] += rounds(["batches"], people, "grouped", o, runs)
    results["load_after"] = os.getloadavg()[0]
    results["seconds"] = time.monotonic() - START
    return results


def machine() -> dict[str, Any]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    model = [line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
             if line.startswith("model name")]  # fmt: skip
    return {"cores": len(os.sched_getaffinity(0)), "memory": round(memory), "kind": (model or ["unknown"])[0]}


def versions() -> dict[str, str]:
    return {name: version(name) for name in PACKAGES}


def made(data: Path, people: int, order: str) -> Path:
    """The population's folder; made in a process of its own, whose memory is given back."""
    folder = data / f"{people}-1" / order
    if not (folder / "done").exists():
        say(f"making {people:,} people, {order}")
        subprocess.run([sys.executable, HERE / "careers.py", data, str(people), order], check=True)
    return folder


def rows(folder: Path) -> dict[str, int]:
    from pyarrow.parquet import read_metadata

    return {table: read_metadata(folder / f"{table}.parquet").num_rows for table in careers.TABLES}


def run(tool: str, people: int, order: str, o: argparse.Namespace, levels: bool = False) -> Any:
    """What a process took, or the levels that it found."""
    folder, small = made(o.data, people, order), made(o.data, SMALL, "grouped")
    limits = {name: str(o.threads) for name in ("POLARS_MAX_THREADS", "NUMBA_NUM_THREADS", "OMP_NUM_THREADS")}
    command = [sys.executable, HERE / "worker.py", tool, folder, small, o.threads]
    found = o.data / "levels.npy"
    done = subprocess.run(
        [str(word) for word in (*command, *([found] if levels else []))],
        env=os.environ | limits, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{tool} failed on {folder}:\n{done.stderr}")
    took = json.loads(done.stdout.splitlines()[-1])
    return (took, np.load(found)) if levels else took


def check(tools: list[str], found: dict[str, Any], where: str) -> None:
    """Every tool has the same certain levels for everybody, or the benchmark ends and says who differs."""
    expected = found["tassei"][1]
    for tool in tools:
        levels = found[tool][1]
        if levels.shape != expected.shape:
            raise SystemExit(f"{tool}: levels of {len(levels):,} people, Tassei has {len(expected):,}")
        different = np.argwhere(levels != expected)
        if len(different):
            lines = [
                f"  P{p:08d} {FIELDS[f]}: level {levels[p, f]}, Tassei says {expected[p, f]}"
                for p, f in different[:10]
            ]
            raise SystemExit(f"{tool} differs in {len(different):,} levels, {where}:\n" + "\n".join(lines))
    say(f"{where}: the same levels in {', '.join(tools)}")


def rounds(
    tools: list[str], people: int, order: str, o: argparse.Namespace, runs: int = 0
) -> list[dict[str, Any]]:
    """Runs in turn, so that a slow minute of the machine meets every tool; the first also compares levels."""
    took: dict[str, list[dict[str, Any]]] = {tool: [] for tool in tools}
    where, runs = f"{people:,} people, {order}", runs or o.runs
    for i in range(runs):
        compared = {}
        for tool in tools[i % len(tools) :] + tools[: i % len(tools)]:
            if i == 0 and tool not in ("stream", "batches"):
                compared[tool] = run(tool, people, order, o, True)
                took[tool].append(compared[tool][0])
            else:
                took[tool].append(run(tool, people, order, o))
        if compared:
            check(list(compared), compared, where)
        say(f"{where}: run {i + 1} of {runs} ({', '.join(tools)})")
    return [{"people": people, "order": order, "tool": tool} | lists(runs) for tool, runs in took.items()]


def lists(runs: list[dict[str, Any]]) -> dict[str, list[float]]:
    """Everything that was taken, by what it is; evaluations of one process are one by one."""
    return {
        part: [x for one in runs for x in (one[part] if isinstance(one[part], list) else [one[part]])]
        for part in runs[0]
    }


START = time.monotonic()


def say(text: str) -> None:
    print(f"[{time.monotonic() - START:6.0f} s] {text}", flush=True)


if __name__ == "__main__":
    main()
