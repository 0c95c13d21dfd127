"""Tassei itself, from the tables in words; its answers are pairs, with scores and criteria for everybody."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import tassei
from careers import AS_OF, FRAMEWORK


framework = cache(lambda: tassei.load_framework(FRAMEWORK))  # once a process, when warming up


def load(folder: Path, threads: int) -> Any:
    return tassei.read_evidence(folder, framework()), threads


def evaluate(state: Any) -> Any:
    evidence, threads = state
    return tassei.assess(evidence, as_of=AS_OF, threads=threads)


def table(assessment: Any) -> pa.Table:
    return assessment.to_arrow("levels")


def columns(levels: pa.Table) -> tuple[np.ndarray, ...]:
    """The form of the others: every third row is a person."""
    found = levels["level"].to_numpy().reshape(-1, 3)
    people = np.array([int(name[1:]) for name in levels["person_id"].to_pylist()[::3]])
    return people, *found.T
