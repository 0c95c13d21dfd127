"""chDB (ClickHouse in the process): united days by its own aggregate, intervalLengthSumIf."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from .sql import PASSED, contributions, levels, records
from .standard import COUNTED, WORK
from .with_duckdb import TABLES


def load(folder: Path, threads: int) -> Any:
    from chdb import session

    base = session.Session()
    base.query("CREATE DATABASE b ENGINE = Atomic")
    base.query("USE b")
    for table in TABLES:
        base.query(
            f"CREATE TABLE b.{table} ENGINE = Memory AS SELECT * FROM file('{folder / table}.parquet', Parquet)"
            f" SETTINGS max_threads = {threads}, schema_inference_make_columns_nullable = 0"
        )
    return base, threads


def both(a: str, b: str) -> str:
    return f"bitAnd({a}, {b})"


def record_table() -> str:
    return f"CREATE TABLE b.records ENGINE = Memory AS {records(both, 'bitCount')}"


def query() -> str:
    days = ", ".join(
        f"intervalLengthSumIf(start, stop, bitAnd(bits, {bit}) <> 0) AS days_{name}" for name, bit in WORK.items()
    )
    counts = ", ".join(f"countIf(bitAnd(grades, {bit}) <> 0) AS n_{name}" for name, bit in COUNTED.items())
    work = sum(WORK.values())
    return f"""
    WITH engaged AS (SELECT person_id, groupBitOr(bits) AS did FROM b.records GROUP BY person_id),
    days AS (SELECT person_id, {days} FROM b.records WHERE bitAnd(bits, {work}) <> 0 GROUP BY person_id),
    counts AS (
        SELECT person_id, {counts} FROM (
            SELECT person_id, engagement_id, groupBitOr(counted) AS grades
            FROM b.records WHERE counted <> 0 GROUP BY person_id, engagement_id
        ) GROUP BY person_id
    ),
    given AS ({contributions("groupBitOr")}),
    passed AS ({PASSED}),
    found AS (
        SELECT *, passed AS ap FROM people LEFT JOIN engaged USING (person_id)
        LEFT JOIN days USING (person_id) LEFT JOIN counts USING (person_id)
        LEFT JOIN given USING (person_id) LEFT JOIN passed USING (person_id)
    )
    SELECT person_id, {levels(both, "bitCount")} FROM found"""


def evaluate(state: Any) -> tuple[np.ndarray, ...]:
    base, threads = state
    limit = f" SETTINGS max_threads = {threads}"
    base.query("DROP TABLE IF EXISTS b.records")
    base.query(record_table() + limit)  # else each of its three uses would compute it again
    answer = base.query(query() + limit, "Arrow")
    found = pa.ipc.open_file(pa.py_buffer(answer.bytes())).read_all()
    return tuple(found[name].to_numpy() for name in ("person_id", "hw", "sw", "fm"))
