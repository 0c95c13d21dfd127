"""A large random population for benchmarks: typed polars columns, fixed seed.

Cells are drawn from the framework's own vocabularies, so that nothing here is tied to one standard.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import tassei

FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2026, 3, 31)


def population(
    framework: tassei.Framework, people: int, rows: dict[str, int], seed: int = 1, blank: float = 0.05,
    order: str = "shuffled",
) -> dict[str, Any]:
    """Frames of random evidence: `rows` a table, blanks at a rate; rows grouped by person or shuffled."""
    rng = np.random.default_rng(seed)
    ids = pl.Series("person_id", [f"P{i:08d}" for i in range(people)])
    frames: dict[str, Any] = {}
    for name, count in rows.items():
        table = framework.document.tables[name]
        persons = rng.integers(0, people, count)
        if order != "shuffled":
            persons.sort()
        frame: dict[str, Any] = {}
        span = (LAST_DAY - FIRST_DAY).days
        starts = rng.integers(0, span, count).astype("timedelta64[D]") + np.datetime64(FIRST_DAY)
        for column_id, column in table.columns.items():
            if column.role == "person":
                frame[column_id] = ids.gather(pl.Series(persons))
                continue
            if column.role in ("start", "date"):
                series = pl.Series(starts)
            elif column.role == "end":
                series = pl.Series(starts + rng.integers(30, 1500, count).astype("timedelta64[D]"))
            elif column.type == "number":
                series = pl.Series(rng.choice([0.0, 1, 2, 3, 5, 150, 400, 2500, 6000], count))
            elif column.type == "text":
                series = pl.Series(rng.integers(0, max(1, count // 2), count).astype(str))
            else:
                series = words(framework, column, count, rng)
            keep = 0 if column.role == "start" else blank
            if keep and column.type != "text":
                filled = pl.lit(pl.Series(rng.random(count) >= keep))
                series = pl.select(pl.when(filled).then(series)).to_series()
            frame[column_id] = series
        frames[name] = pl.DataFrame(frame)
    return frames


def words(framework: tassei.Framework, column: Any, count: int, rng: np.random.Generator) -> pl.Series:
    """Random words of a column, as Categorical; sets as texts."""
    vocabulary = list(framework.document.vocabularies[column.vocabulary].words)
    if column.type != "set":
        weights = np.arange(1.0, len(vocabulary) + 1)
        codes = rng.choice(len(vocabulary), count, p=weights / weights.sum())
        return pl.Series(vocabulary).gather(pl.Series(codes)).cast(pl.Categorical)
    cells = []
    for _ in range(500):
        size = int(rng.integers(0, min(6, len(vocabulary)) + 1))
        cells.append(";".join(rng.choice(vocabulary, size, replace=False)) or "none")
    return pl.Series(cells).gather(pl.Series(rng.integers(0, len(cells), count))).cast(pl.Categorical)
