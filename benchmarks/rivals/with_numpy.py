"""NumPy: one sort, and an offset for each person, so that one running maximum starts afresh at each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .conditions import holds, sizes, terms
from .files import IDS, SETS, USED, blank, codes, words_of
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


def load(folder: Path, threads: int) -> Any:
    pa.set_cpu_count(threads)
    words = words_of(folder)
    tables = {}
    with ThreadPoolExecutor(threads) as pool:
        for name, columns in USED.items():
            table = pq.read_table(folder / f"{name}.parquet", columns=columns)
            cells = pool.map(coded, columns, table.columns, map(words.get, columns))
            tables[name] = dict(zip(columns, cells, strict=True))
    people = len(tables.pop("people")["person_id"])
    return tables, people


def coded(name: str, column: pa.ChunkedArray, words: list[str] | None) -> np.ndarray:
    if words is not None:
        column = column.unify_dictionaries()
        texts = column.chunk(0).dictionary
        table = np.array([*codes(name, words, texts.to_pylist()), blank(name)], narrow(name))
        places = pa.chunked_array([chunk.indices for chunk in column.chunks])
        return table[places.fill_null(len(texts)).to_numpy()]
    if name in IDS:
        numbers = pc.utf8_slice_codeunits(column, 1).cast(pa.int32()).to_numpy()
        if name == "engagement_id":  # a blank one is a record by itself
            numbers = np.where(np.isnan(numbers), -1.0 - np.arange(len(numbers)), numbers)
        return numbers.astype(np.int32)
    if pa.types.is_date(column.type):
        return column.cast(pa.int32()).fill_null(blank(name)).to_numpy()
    return column.fill_null(-1).to_numpy().astype(np.int16)


def narrow(name: str) -> type:
    return np.int16 if name in SETS else np.int8


def bits_of(e: dict[str, np.ndarray]) -> list[np.ndarray]:
    """The bits of each engagement, and those of counted ones."""
    e = e | {
        kind: np.bitwise_count(e["complexity"] & items)
        for kind, items in (("it", IT_ITEMS), ("fm", FM_ITEMS))
    }
    for kind, (six, five, four) in zip(("size", "fm_size"), sizes(e.__getitem__), strict=True):
        e[kind] = np.select([six, five, four], [6, 5, 4], 3).astype(np.int8)
    say, found = terms(e.__getitem__), []
    for bits in (WORK | MEETS, COUNTED):
        total = np.zeros(len(e["start"]), np.int32)
        for name, bit in bits.items():
            total |= np.where(holds(name, say), np.int32(bit), np.int32(0))
        found.append(total)
    return found


def united(person: np.ndarray, bits: np.ndarray, people: int) -> np.ndarray:
    """The OR of a person's bits; rows of a person stand together."""
    found = np.zeros(people, bits.dtype)
    if len(person):
        first = np.flatnonzero(np.r_[True, person[1:] != person[:-1]])
        found[person[first]] = np.bitwise_or.reduceat(bits, first)
    return found


def grouped(columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    person = columns["person_id"]
    if (person[1:] >= person[:-1]).all():
        return columns
    places = np.argsort(person, kind="stable")
    return {name: values[places] for name, values in columns.items()}


def experts() -> np.ndarray:
    """The bits of expertise by area, standing and domain, blanks first."""
    bits = np.zeros((27, 5, 5), np.int64)
    for sheet, areas in AREAS.items():
        domains = slice(None) if sheet in ("hw6", "sw6") else 1 + DOMAINS[sheet[:2]]
        for area in areas:
            bits[1 + area, 1 + standing(sheet) :, domains] |= EXPERT[sheet]
    return bits


def given_bits(c: dict[str, np.ndarray]) -> np.ndarray:
    """Expertise by looking it up; achievements by a shift."""
    shift = FIRST_ACHIEVEMENT + 7 * c["domain"].astype(np.int64) + c["achievement"]
    kind = c["kind"]
    bits = np.where(kind == 0, experts()[c["area"] + 1, c["standing"] + 1, c["domain"] + 1], 0)
    bits |= np.where(kind == 2, MENTORS, 0)
    hands_on = (kind == 1) & (c["domain"] >= 0) & (c["achievement"] >= 0)
    return bits | np.where(hands_on, np.int64(1) << np.maximum(shift, 0), 0)


def levels(days: dict[str, Any], n: dict[str, Any], did: Any, gave: Any, ap: Any) -> list[np.ndarray]:
    found = [np.where(ap, np.int8(3), np.int8(0)) for _ in range(3)]
    for sheet in reversed(SHEETS):  # from the lowest level of each field up
        work, bits, expert, succession = SHEETS[sheet]
        need = sum(MEETS[b] for b in bits)
        met = did & need == need
        need = EXPERT[expert] | (MENTORS if succession else 0)
        met &= gave & need == need
        for w in work:
            met &= days[w] >= DAYS[w] if isinstance(w, str) else n[w[0]] >= w[1]
        if succession:
            met &= np.bitwise_count(gave & HANDED_ON[succession[0]]) >= succession[1]
        of_field = found[("hw", "sw", "fm").index(sheet[:2])]
        of_field[met] = int(sheet[-1])
    return found


def evaluate(state: Any) -> tuple[np.ndarray, ...]:
    tables, people = state
    e, c, x = tables.values()
    counts_for_something = (e["start"] <= AS_OF) & (e["outcome"] >= 1) & (e["activities"] != 0)
    e = {name: values[counts_for_something] for name, values in e.items()}
    bits, counted = bits_of(e)
    stop = np.minimum(e["end"], AS_OF) + 1
    person = e["person_id"]

    some = np.flatnonzero(bits)
    rows = {"person_id": person[some], "bits": bits[some]}
    rows = grouped(rows)
    did = united(rows["person_id"], rows["bits"], people)

    span = 1 << 17
    some = np.flatnonzero(bits & sum(WORK.values()))
    base = person[some].astype(np.int64) * span + span // 2
    some = some[order := np.argsort(base + e["start"][some], kind="stable")]
    base = base[order]
    start, end, who = base + e["start"][some], base + stop[some], person[some]
    days = {}
    for name, bit in WORK.items():
        chosen = bits[some] & bit != 0
        s, t, p = start[chosen], end[chosen], who[chosen]
        latest = np.maximum.accumulate(np.r_[np.int64(0), t[:-1]])
        days[name] = np.bincount(p, np.maximum(0, t - np.maximum(s, latest)), people)

    some = np.flatnonzero(counted)
    key = person[some].astype(np.int64) << 32 | e["engagement_id"][some].astype(np.uint32)
    order = np.argsort(key, kind="stable")
    key, of_key = key[order], counted[some][order]
    first = np.flatnonzero(np.r_[True, key[1:] != key[:-1]]) if len(key) else np.array([], np.int64)
    of_key = np.bitwise_or.reduceat(of_key, first) if len(key) else of_key
    n = {
        name: np.bincount((key[first] >> 32)[of_key & bit != 0], minlength=people)
        for name, bit in COUNTED.items()
    }

    dated = c["date"] <= AS_OF
    rows = grouped(
        {"person_id": c["person_id"][dated], "bits": given_bits({k: v[dated] for k, v in c.items()})}
    )
    gave = united(rows["person_id"], rows["bits"], people)
    ap = np.zeros(people, bool)
    ap[x["person_id"][(x["examination"] == AP) & (x["date"] <= AS_OF)]] = True
    return np.arange(people), *levels(days, n, did, gave, ap)
