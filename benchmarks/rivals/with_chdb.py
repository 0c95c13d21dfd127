"""chDB (ClickHouse in the process): united days by its own aggregate, intervalLengthSumIf."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from .files import IDS, NUMBERS, SETS, blank
from .sql import COLUMNS, found, records, selects
from .standard import COUNTED, WORK


def load(folder: Path, threads: int) -> Any:
    from chdb import session

    base = session.Session()
    base.query("CREATE DATABASE b ENGINE = Atomic")
    base.query("USE b")
    base.query("SET max_query_size = 100000000")  # the texts of sets are many
    for table, select in selects(
        folder, "file('{}', Parquet)",
        lambda query: [line.strip('"') for line in str(base.query(query, "CSV")).split()], coded,
    ):  # fmt: skip
        base.query(f"CREATE TABLE b.{table} ENGINE = Memory AS {select} SETTINGS max_threads = {threads}")
    return base, threads


def coded(column: str, texts: list[str], numbers: list[int]) -> str:
    """The expression that codes a column."""
    cell = f'"{column}"'
    if texts:
        kind = "Int16" if column in SETS else "Int8"
        table = f"CAST({numbers}, 'Array({kind})')"
        return f"transform(assumeNotNull({cell}), {texts}, {table}, to{kind}({blank(column)}))"
    if column in IDS:
        digits = f"substring(assumeNotNull({cell}), 2)"
        if column == "person_id":
            return f"toInt32({digits})"
        # a blank engagement id is a record by itself
        return f"ifNull(toInt32OrNull({digits}), -1 - toInt32(rowNumberInAllBlocks()))"
    kind = "Int16" if column in NUMBERS else "Int32"
    return f"to{kind}(ifNull(to{kind}({cell}), {blank(column)}))"


def both(a: str, b: str) -> str:
    return f"bitAnd({a}, {b})"


def record_table() -> str:
    return f"CREATE TABLE b.records ENGINE = Memory AS {records(both, 'bitCount')}"


def query() -> str:
    days = ", ".join(
        f"intervalLengthSumIf(start, stop, bitAnd(bits, {bit}) <> 0) AS days_{name}"
        for name, bit in WORK.items()
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
    {found(both, "groupBitOr", "bitCount", "passed")}"""


def evaluate(state: Any) -> tuple[np.ndarray, ...]:
    base, threads = state
    limit = f" SETTINGS max_threads = {threads}"
    base.query("DROP TABLE IF EXISTS b.records")
    base.query(record_table() + limit)  # else each of its three uses would compute it again
    answer = base.query(query() + limit, "Arrow")
    levels = pa.ipc.open_file(pa.py_buffer(answer.bytes())).read_all()
    return tuple(levels[name].to_numpy() for name in COLUMNS)
