"""chDB (ClickHouse in the process): united days by its own aggregate, intervalLengthSumIf."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from .files import IDS, NUMBERS, SETS, USED, blank, codes, words_of
from .sql import COLUMNS, found, records
from .standard import COUNTED, WORK


def load(folder: Path, threads: int) -> Any:
    from chdb import session

    base = session.Session()
    base.query("CREATE DATABASE b ENGINE = Atomic")
    base.query("USE b")
    base.query("SET max_query_size = 100000000")  # the texts of sets are many
    words = words_of(folder)
    for table, columns in USED.items():
        file = f"file('{folder / table}.parquet', Parquet)"
        cells = ", ".join(coded(base, file, column, words.get(column)) for column in columns)
        base.query(
            f"CREATE TABLE b.{table} ENGINE = Memory AS SELECT {cells} FROM {file}"
            f" SETTINGS max_threads = {threads}"
        )
    return base, threads


def coded(base: Any, file: str, column: str, words: list[str] | None) -> str:
    """The expression that codes a column."""
    cell = f'"{column}"'
    if words is not None:
        texts = words
        if column in SETS:
            answer = base.query(f"SELECT DISTINCT {cell} FROM {file} WHERE {cell} IS NOT NULL", "CSV")
            texts = [line.strip('"') for line in str(answer).split()]
        wide = "toInt16" if column in SETS else "toInt8"
        table = f"CAST({codes(column, words, texts)}, 'Array({wide[2:]})')"
        return f"transform(assumeNotNull({cell}), {texts}, {table}, {wide}({blank(column)})) AS {cell}"
    if column in IDS:
        digits = f"substring(assumeNotNull({cell}), 2)"
        # a blank engagement id is a record by itself
        blank_one = "-1 - toInt32(rowNumberInAllBlocks())"
        code = (
            f"toInt32({digits})" if column == "person_id" else f"ifNull(toInt32OrNull({digits}), {blank_one})"
        )
        return f"{code} AS {cell}"
    kind = "Int16" if column in NUMBERS else "Int32"
    return f"to{kind}(ifNull(to{kind}({cell}), {blank(column)})) AS {cell}"


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
