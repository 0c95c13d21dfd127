"""One tool, one process: worker.py TOOL FOLDER SMALL THREADS [LEVELS.npy] says what it took, as JSON.

The process first answers for a small population, so that imports, compilation and caches are not timed
with the rest; then it reads FOLDER and evaluates, more than once if that is quick.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ENOUGH = 1.0  # seconds of evaluation, after which it is not repeated
MOST = 5


def main(tool: str, folder: str, small: str, threads: str, levels: str = "") -> None:
    clock, took = time.perf_counter, {}
    started = clock()
    module = importlib.import_module(f"rivals.with_{tool}")
    through(module, small, threads, {})
    took["warm"] = clock() - started
    took["base"] = peak()
    evaluated, found = through(module, folder, threads, took)
    took["peak"] = peak()
    if hasattr(module, "weights"):
        took |= module.weights(Path(folder), evaluated, found)
    if levels:
        np.save(levels, dense(module.columns(found) if hasattr(module, "columns") else found))
    print(json.dumps(took))


def through(module: Any, folder: str, threads: str, took: dict[str, Any]) -> Any:
    """From the files to the levels; `whole` has the first evaluation in it, `evaluate` is all of them.

    Seconds of all threads together are kept beside, as `cpu`: a busy machine changes them less.
    """
    state = timed(took, "read", lambda: module.load(Path(folder), int(threads)))
    found = timed(took, "evaluate", lambda: module.evaluate(state))
    answer = timed(took, "table", lambda: module.table(found)) if hasattr(module, "table") else found
    for clock in ("", "_cpu"):
        took[f"whole{clock}"] = sum(
            took.get(f"{part}{clock}", [0])[0] for part in ("read", "evaluate", "table")
        )
    while sum(took["evaluate"]) < ENOUGH and len(took["evaluate"]) < MOST:
        found = None  # the levels of the last time give their memory back
        found = timed(took, "evaluate", lambda: module.evaluate(state))
    return found, answer


def timed(took: dict[str, Any], what: str, run: Callable[[], Any]) -> Any:
    wall, cpu = time.perf_counter(), time.process_time()
    result = run()
    took.setdefault(what, []).append(time.perf_counter() - wall)
    took.setdefault(f"{what}_cpu", []).append(time.process_time() - cpu)
    return result


def peak() -> float:
    """The most memory that the process has had, in GiB."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 2**20


def dense(columns: tuple[np.ndarray, ...]) -> np.ndarray:
    """People in order × fields; a person that did not come or came twice leaves a hole."""
    person, *fields = columns
    if len(fields) != 3:
        return np.zeros((0, 3), np.int8)
    found = np.full((len(person), 3), -1, np.int8)
    found[person] = np.stack(fields, axis=1)
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])
