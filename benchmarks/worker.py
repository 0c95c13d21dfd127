"""One tool, one process: python benchmarks/worker.py TOOL FOLDER SMALL THREADS [LEVELS.npy]; says what it took as JSON.

The process first answers for a small population, so that imports, compilation and caches are not timed with the
rest; then it reads FOLDER and evaluates twice. The second evaluation is what a session sees, the peak is of both.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np


def main(tool: str, folder: str, small: str, threads: str, levels: str = "") -> None:
    clock, took = time.perf_counter, {}
    home = "words" if tool == "tassei" else "coded"
    started = clock()
    module = importlib.import_module(f"rivals.with_{tool}")
    answer(module, module.load(Path(small) / home, int(threads)), {})
    took["warm"] = clock() - started

    started = clock()
    state = module.load(Path(folder) / home, int(threads))
    took["read"] = clock() - started
    found = answer(module, state, took)
    del found
    found = answer(module, state, took)
    took["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    if levels:
        np.save(levels, dense(module.columns(found) if hasattr(module, "columns") else found))
    print(json.dumps(took))


def answer(module: Any, state: Any, took: dict[str, float]) -> Any:
    started = time.perf_counter()
    found = module.evaluate(state)
    done = time.perf_counter()
    took["first"] = took.get("first", done - started)
    took["evaluate"] = done - started
    if hasattr(module, "table"):
        found = module.table(found)
        took["table"] = time.perf_counter() - done
    return found


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
