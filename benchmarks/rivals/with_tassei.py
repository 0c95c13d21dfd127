"""Tassei itself; its answers are pairs, with scores and the state of every sheet."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import tassei
from careers import AS_OF, FRAMEWORK

framework = cache(lambda: tassei.load_framework(FRAMEWORK))  # once a process, when warming up


def load(folder: Path, threads: int) -> Any:
    pa.set_cpu_count(threads)
    return tassei.read_evidence(folder, framework()), threads


def evaluate(state: Any) -> Any:
    """Until the columns of levels are there, certain and possible, with statuses and scores of all sheets."""
    evidence, threads = state
    assessment = tassei.assess(evidence, as_of=AS_OF, threads=threads)
    assert assessment._core.level.shape == assessment._core.possible_level.shape
    return assessment


def table(assessment: Any) -> pa.Table:
    return assessment.to_arrow("levels")


def weights(folder: Path, assessment: Any, levels: pa.Table) -> dict[str, float]:
    """Of the input columns as Arrow has them, and of all results, in GiB."""
    read = sum(pq.read_table(file).nbytes for file in folder.glob("*.parquet"))
    core = assessment._core
    parts = (core.level, core.possible_level, core.level_basis, core.status, core.basis, core.score)
    return {"columns": read / 2**30, "results": (sum(part.nbytes for part in parts) + levels.nbytes) / 2**30}


def columns(levels: pa.Table) -> tuple[np.ndarray, ...]:
    """The form of the others: every third row is a person."""
    found = levels["level"].to_numpy().reshape(-1, 3)
    people = np.array([int(name[1:]) for name in levels["person_id"].to_pylist()[::3]])
    return people, *found.T
