"""DuckDB: one window shared by seven masked running maxima; bits united by `bit_or`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from .files import IDS, NUMBERS, SETS, USED, blank, codes, words_of
from .sql import COLUMNS, found, records
from .standard import COUNTED, WORK


def load(folder: Path, threads: int) -> Any:
    import duckdb

    base = duckdb.connect()
    base.execute(f"SET threads = {threads}; SET preserve_insertion_order = false")
    words = words_of(folder)
    for table, columns in USED.items():
        file = f"read_parquet('{folder / table}.parquet')"
        cells = ", ".join(coded(base, file, column, words.get(column)) for column in columns)
        base.execute(f"CREATE TABLE {table} AS SELECT {cells} FROM {file}")
    return base


def coded(base: Any, file: str, column: str, words: list[str] | None) -> str:
    """The expression that codes a column."""
    cell = f'"{column}"'
    if words is not None:
        texts = words
        if column in SETS:
            found = base.execute(f"SELECT DISTINCT {cell} FROM {file} WHERE {cell} IS NOT NULL").fetchall()
            texts = [text for (text,) in found]
            # an index into the list, since joining costs more than looking up
        base.execute(f"CREATE OR REPLACE TYPE of_{column} AS ENUM ({', '.join(map(repr, texts))})")
        place = f"enum_code({cell}::of_{column})"
        code = (
            f"{codes(column, words, texts)}[1 + {place}]::SMALLINT" if column in SETS else f"{place}::TINYINT"
        )
    elif column in IDS:
        code = f"{cell}[2:]::INTEGER"
    else:
        code = f"{cell}::SMALLINT" if column in NUMBERS else f"({cell} - DATE '1970-01-01')::INTEGER"
    # a blank engagement id is a record by itself
    other = "(-1 - row_number() OVER ())::INTEGER" if column == "engagement_id" else blank(column)
    return f"{code if column == 'person_id' else f'coalesce({code}, {other})'} AS {cell}"


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
