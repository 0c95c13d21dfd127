"""DuckDB: one window shared by seven masked running maxima; bits united by `bit_or`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from .sql import PASSED, contributions, levels, records
from .standard import COUNTED, WORK

TABLES = ("people", "engagements", "contributions", "certifications")


def load(folder: Path, threads: int) -> Any:
    import duckdb

    base = duckdb.connect()
    base.execute(f"SET threads = {threads}; SET preserve_insertion_order = false")
    for table in TABLES:
        base.execute(f"CREATE TABLE {table} AS SELECT * FROM read_parquet('{folder / table}.parquet')")
    return base


def both(a: str, b: str) -> str:
    return f"({a} & {b})"


def query() -> str:
    before = ", ".join(f"max(CASE WHEN bits & {bit} <> 0 THEN stop END) OVER w AS p{bit}" for bit in WORK.values())
    days = ", ".join(
        f"sum(CASE WHEN bits & {bit} <> 0 THEN greatest(0, stop - greatest(start, coalesce(p{bit}, start))) END)"
        f" AS days_{name}"
        for name, bit in WORK.items()
    )
    counts = ", ".join(f"count(*) FILTER (counted & {bit} <> 0) AS n_{name}" for name, bit in COUNTED.items())
    work = sum(WORK.values())
    return f"""
    WITH records AS MATERIALIZED ({records(both, "bit_count")}),
    engaged AS (SELECT person_id, bit_or(bits) AS did FROM records GROUP BY person_id),
    days AS (
        SELECT person_id, {days} FROM (
            SELECT person_id, start, stop, bits, {before} FROM records WHERE bits & {work} <> 0
            WINDOW w AS (PARTITION BY person_id ORDER BY start ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
        ) GROUP BY person_id
    ),
    counts AS (
        SELECT person_id, {counts} FROM (
            SELECT person_id, engagement_id, bit_or(counted) AS counted FROM records WHERE counted <> 0
            GROUP BY person_id, engagement_id
        ) GROUP BY person_id
    ),
    given AS ({contributions("bit_or")}),
    passed AS ({PASSED}),
    found AS (
        SELECT *, passed IS NOT NULL AS ap FROM people LEFT JOIN engaged USING (person_id)
        LEFT JOIN days USING (person_id) LEFT JOIN counts USING (person_id)
        LEFT JOIN given USING (person_id) LEFT JOIN passed USING (person_id)
    )
    SELECT person_id, {levels(both, "bit_count")} FROM found"""


def evaluate(base: Any) -> tuple[np.ndarray, ...]:
    found = base.execute(query()).fetchnumpy()
    return tuple(np.asarray(found[name]) for name in ("person_id", "hw", "sw", "fm"))
