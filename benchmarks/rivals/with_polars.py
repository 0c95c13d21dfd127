"""polars: the offset key, no `over`; bits united by `bitwise_or`, the joins on person."""

from __future__ import annotations

from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

import numpy as np

from .conditions import holds, sizes, terms
from .files import IDS, NUMBERS, SETS, USED, blank, codes, words_of
from .standard import (
    AP,
    AREAS,
    AS_OF,
    COUNTED,
    DAYS,
    DOMAINS,
    EXPERT,
    FIRST_ACHIEVEMENT,
    FM_ITEMS,
    HANDED_ON,
    IT_ITEMS,
    MEETS,
    MENTORS,
    SHEETS,
    WORK,
    standing,
)  # fmt: skip

SPAN = 1 << 17


def load(folder: Path, threads: int) -> Any:
    import polars as pl  # POLARS_MAX_THREADS is set for the process

    words, tables = words_of(folder), {}
    for name, columns in USED.items():
        table = pl.read_parquet(folder / f"{name}.parquet", columns=columns)
        tables[name] = table.select(coded(table[column], words.get(column)) for column in columns)
    return tables


def coded(column: Any, words: list[str] | None) -> Any:
    """The expression that codes a column."""
    import polars as pl

    name, cells = column.name, pl.col(column.name)
    if words is not None:
        texts = column.unique().drop_nulls().cast(pl.String).to_list() if name in SETS else words
        table = pl.lit(pl.Series(codes(name, words, texts), dtype=pl.Int16 if name in SETS else pl.Int8))
        return table.gather(cells.cast(pl.Enum(texts)).to_physical()).fill_null(blank(name)).alias(name)
    if name in IDS:
        numbers = cells.str.slice(1).cast(pl.Int32)
        return (
            numbers.fill_null(-1 - pl.int_range(pl.len(), dtype=pl.Int32)) if column.null_count() else numbers
        )
    if name in NUMBERS:
        return cells.fill_null(-1).cast(pl.Int16)
    return cells.to_physical().fill_null(blank(name))


def total(bits: dict[str, int]) -> Any:
    import polars as pl

    say = terms(pl.col)
    return reduce(or_, (holds(name, say).cast(pl.Int32) * bit for name, bit in bits.items()))


def records(engagements: Any) -> Any:
    import polars as pl

    c, (of_work, of_facility) = pl.col, sizes(pl.col)

    def highest(six: Any, five: Any, four: Any) -> Any:
        # a bool is 0 or 1: the cheapest choice among three conditions that do not exclude each other
        return 3 + pl.max_horizontal(
            six * pl.lit(3, pl.Int8), five * pl.lit(2, pl.Int8), four * pl.lit(1, pl.Int8)
        )

    return (
        engagements.lazy()
        .filter(c("start") <= AS_OF, c("outcome") >= 1, c("activities") != 0)
        .with_columns(
            stop=pl.min_horizontal("end", pl.lit(AS_OF, pl.Int32)) + 1,
            it=(c("complexity") & IT_ITEMS).bitwise_count_ones(),
            fm=(c("complexity") & FM_ITEMS).bitwise_count_ones(),
        )
        .with_columns(
            size=highest(*of_work),
            fm_size=highest(*of_facility),
        )
        .select(
            "person_id", "engagement_id", "start", "stop", bits=total(WORK | MEETS), counted=total(COUNTED)
        )
        .filter(c("bits") != 0)
        .collect()
    )


def given(contributions: Any) -> Any:
    import polars as pl

    c, bits = pl.col, []
    for sheet, areas in AREAS.items():
        test = (c("kind") == 0) & (c("standing") >= standing(sheet)) & c("area").is_in(areas)
        if sheet not in ("hw6", "sw6"):
            test &= c("domain") == DOMAINS[sheet[:2]]
        bits.append(test.cast(pl.Int64) * EXPERT[sheet])
    bits.append((c("kind") == 2).cast(pl.Int64) * MENTORS)
    shift = FIRST_ACHIEVEMENT + 7 * c("domain").cast(pl.Int64) + c("achievement")
    hands_on = (c("kind") == 1) & (c("domain") >= 0) & (c("achievement") >= 0)
    powers = pl.lit(pl.Series([1 << i for i in range(40)], dtype=pl.Int64))
    bits.append(
        pl.when(hands_on).then(powers.gather(pl.when(hands_on).then(shift).otherwise(0))).otherwise(0)
    )
    return (
        contributions.lazy()
        .filter(c("date") <= AS_OF)
        .select("person_id", gave=reduce(or_, bits))
        .group_by("person_id").agg(c("gave").bitwise_or())
    )  # fmt: skip


def evaluate(tables: Any) -> tuple[np.ndarray, ...]:
    import polars as pl

    c = pl.col
    rows = records(tables["engagements"])
    base = c("person_id").cast(pl.Int64) * SPAN + SPAN // 2
    lasting = (
        rows.lazy()
        .filter(c("bits") & sum(WORK.values()) != 0)
        .select("person_id", "bits", start=base + c("start"), stop=base + c("stop"))
        .sort("start")
    )
    for name, bit in WORK.items():
        ours = c("bits") & bit != 0
        latest = pl.when(ours).then(c("stop")).otherwise(0).cum_max().shift(1, fill_value=0)
        days = (c("stop") - pl.max_horizontal("start", latest)).clip(lower_bound=0)
        lasting = lasting.with_columns(pl.when(ours).then(days).otherwise(0).alias(f"days_{name}"))
    days = lasting.group_by("person_id").agg(c(f"days_{name}").sum() for name in WORK)
    engaged = rows.lazy().group_by("person_id").agg(did=c("bits").bitwise_or())
    counts = (
        rows.lazy()
        .filter(c("counted") != 0)
        .group_by("person_id", "engagement_id").agg(c("counted").bitwise_or())
        .group_by("person_id")
        .agg((c("counted") & bit != 0).sum().alias(f"n_{name}") for name, bit in COUNTED.items())
    )  # fmt: skip
    passed = (
        tables["certifications"].lazy()
        .filter(c("examination") == AP, c("date") <= AS_OF)
        .select("person_id", ap=pl.lit(True)).unique()
    )  # fmt: skip
    found = tables["people"].lazy()
    for of_people in (engaged, days, counts, given(tables["contributions"]), passed):
        found = found.join(of_people, on="person_id", how="left")
    met: dict[str, Any] = {}
    for sheet, (work, bits, expert, succession) in SHEETS.items():
        need, gift = sum(MEETS[b] for b in bits), EXPERT[expert] | (MENTORS if succession else 0)
        met[sheet] = (c("did") & need == need) & (c("gave") & gift == gift)
        for w in work:
            met[sheet] &= c(f"days_{w}") >= DAYS[w] if isinstance(w, str) else c(f"n_{w[0]}") >= w[1]
        if succession:
            met[sheet] &= (c("gave") & HANDED_ON[succession[0]]).bitwise_count_ones() >= succession[1]
    found = found.select("person_id", *(
        pl.when(met[f"{f}6"]).then(6).when(met[f"{f}5"]).then(5).when(met[f"{f}4"]).then(4)
        .when(met[f"{f}3"]).then(3).when("ap").then(3).otherwise(0).cast(pl.Int8).alias(f)
        for f in ("hw", "sw", "fm")
    )).collect()  # fmt: skip
    return tuple(found[name].to_numpy() for name in ("person_id", "hw", "sw", "fm"))
