"""DuckDB: one window shared by seven masked running maxima; bits united by `bit_or`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from .files import IDS, NUMBERS, SETS, blank
from .sql import COLUMNS, found, records, selects
from .standard import COUNTED, WORK


def load(folder: Path, threads: int) -> Any:
    import duckdb

    base = duckdb.connect()
    base.execute(f"SET threads = {threads}; SET preserve_insertion_order = false")
    for table, select in selects(
        folder,
        "read_parquet('{}')",
        lambda query: [text for (text,) in base.execute(query).fetchall()],
        coded,
    ):
        base.execute(f"CREATE TABLE {table} AS {select}")
    return base


def coded(column: str, texts: list[str], numbers: list[int]) -> str:
    """The expression that codes a column."""
    cell = f'"{column}"'
    if texts:  # looking up in a list costs less than joining
        code = f"enum_code({cell}::ENUM ({', '.join(map(repr, texts))}))"
        code = f"{numbers}[1 + {code}]::SMALLINT" if column in SETS else f"{code}::TINYINT"
    elif column in IDS:
        code = f"{cell}[2:]::INTEGER"
    else:
        code = f"{cell}::SMALLINT" if column in NUMBERS else f"({cell} - DATE '1970-01-01')::INTEGER"
    # a blank engagement id is a record by itself
    other = "(-1 - row_number() OVER ())::INTEGER" if column == "engagement_id" else blank(column)
    return code if column == "person_id" else f"coalesce({code}, {other})"


def both(a: str, b: str) -> str:
    return f"({a} & {b})"


def query() -> str:
    before = ", ".join(
        f"max(CASE WHEN bits & {bit} <> 0 THEN stop END) OVER w AS p{bit}" for bit in WORK.values()
    )
    days = ", ".join(
        f"sum(CASE WHEN bits & {bit} <> 0"
        f" THEN greatest(0, stop - greatest(start, coalesce(p{bit}, start))) END) AS days_{name}"
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
            WINDOW w AS (
                PARTITION BY person_id ORDER BY start ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            )
        ) GROUP BY person_id
    ),
    counts AS (
        SELECT person_id, {counts} FROM (
            SELECT person_id, engagement_id, bit_or(counted) AS counted FROM records WHERE counted <> 0
            GROUP BY person_id, engagement_id
        ) GROUP BY person_id
    ),
    {found(both, "bit_or", "bit_count", "passed IS NOT NULL")}"""


def evaluate(base: Any) -> tuple[np.ndarray, ...]:
    levels = base.execute(query()).fetchnumpy()
    return tuple(np.asarray(levels[name]) for name in COLUMNS)
