"""Tassei on what need not fit into memory: some people at a time, from files to a file of levels."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import tassei
from careers import AS_OF

from .with_tassei import framework


def load(folder: Path, threads: int) -> Any:
    """Nothing is read yet."""
    names = ("people", "engagements", "contributions", "certifications")
    files = {name: folder / f"{name}.parquet" for name in names}
    return tassei.assess_batches(files, framework(), as_of=AS_OF, threads=threads)


def evaluate(batches: Any) -> int:
    with tempfile.TemporaryDirectory() as home:
        return batches.to_parquet(Path(home) / "levels.parquet", digest=False)
