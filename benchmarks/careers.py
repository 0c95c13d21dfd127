"""A made-up workforce for comparisons: careers with a field, a rising position and habits, fixed seed.

`population.py` draws each cell for itself, so that hardly a record meets two conditions at once, nobody
gets beyond level 3 and every tool may skip nearly everything. Here people have a field and a skill that
grows, so that all levels are reached and about every third engagement qualifies for something: that is the
work to be timed.

The population is written as Parquet as users have it: ids and words as text, dates, blanks as nulls. Every
tool reads these files. `words.json` beside them has the words that columns are made of, in the order of
the standard.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import tassei

FRAMEWORK = "itss-v3-2011-customer-service"
AS_OF = "2026-03-31"
ORDERS = ("grouped", "shuffled", "sorted")
EPOCH = dt.date(1970, 1, 1)
PART = 50_000  # people made at once
NEVER, ALWAYS = 2**30, -(2**30)  # days that stand for still running and for undated
TABLES = ("people", "engagements", "contributions", "certifications")
FIELDS = {  # share, service, activities (bits), area words, domain
    0: (0.4, 0, 0b0000010000111, [0, 1, 2, 3, 4, 5, 10, 11, 14, 15, 16, 17, 18, 19], 0),
    1: (0.4, 1, 0b0000010111000, [0, 6, 7, 8, 9, 10, 11, 14, 15, 16, 17, 18, 19], 1),
    2: (0.2, 2, 0b1111100000000, [10, 12, 13, 14, 15, 20, 21, 22, 23, 24, 25], 2),
}


def day(text: str) -> int:
    return (dt.date.fromisoformat(text) - EPOCH).days


def blanked(rng: np.random.Generator, codes: np.ndarray, share: float, blank: Any = -1) -> np.ndarray:
    return np.where(rng.random(len(codes)) < share, blank, codes)


def bits(rng: np.random.Generator, chance: np.ndarray, places: range) -> np.ndarray:
    """Sets of items, each with the chance that its row has."""
    found = np.zeros(len(chance), np.int32)
    for place in places:
        found |= (rng.random(len(chance)) < chance).astype(np.int32) << place
    return found


def choose(rng: np.random.Generator, options: list[list[int]], of: np.ndarray) -> np.ndarray:
    """One of the options that a row's field has."""
    found = np.empty(len(of), np.int32)
    for field, words in enumerate(options):
        rows = of == field
        found[rows] = rng.choice(words, rows.sum())
    return found


def dated(rng: np.random.Generator, rows: int, last: int) -> dict[str, np.ndarray]:
    return {
        "date": blanked(rng, rng.integers(day("2005-01-01"), last, rows), 0.05, ALWAYS),
        "verification": blanked(rng, rng.integers(0, 4, rows), 0.05),
    }


def part(people: int, rng: np.random.Generator) -> dict[str, dict[str, np.ndarray]]:
    """Coded columns of a few people; blank is -1 in codes, sets and numbers."""
    field = rng.choice(3, people, p=[share for share, *_ in FIELDS.values()])
    talent = rng.random(people)
    career = rng.integers(day("2000-01-01"), day("2024-01-01"), people)
    last = day("2026-06-30")

    person = np.repeat(np.arange(people), rng.poisson(10, people))
    n, of = len(person), field[person]
    start = (career[person] + rng.random(n) * (last - career[person])).astype(np.int32)
    end = start + np.minimum(30 + rng.lognormal(5.2, 0.7, n), 3000).astype(np.int32)
    skill = 0.75 * talent[person] + 0.35 * (start - career[person]) / 6000 + rng.normal(0, 0.12, n)
    position = np.digitize(skill, [0.4, 0.62])
    own = np.array([service for _, service, *_ in FIELDS.values()])[of]
    heads = (talent > 0.7) & (field < 2)  # they lead customer service as a whole
    own = np.where(heads[person], 3, own)
    service = np.where(rng.random(n) < 0.75, own, np.where(rng.random(n) < 0.8, 3, rng.integers(0, 4, n)))
    activities = bits(rng, np.full(n, 0.35), range(13))
    activities &= np.where(rng.random(n) < 0.95, np.array([f[2] for f in FIELDS.values()])[of], -1)
    activities |= np.where((service == 3) & (rng.random(n) < 0.6), 1 << 7, 0)
    facility = of == 2
    chance = np.clip(0.15 + 0.5 * skill, 0.02, 0.9)
    complexity = np.where(facility, bits(rng, chance + 0.1, range(6, 10)), bits(rng, chance, range(6)))
    again = (np.r_[False, person[1:] == person[:-1]]) & (rng.random(n) < 0.1)  # goes on under the same id
    engagement = np.cumsum(~again).astype(np.int32)

    def numbers(*values: float) -> np.ndarray:
        place = np.clip(skill * len(values) + rng.normal(0, 0.8, n), 0, len(values) - 1).astype(int)
        return np.where(facility & (rng.random(n) < 0.6), np.array(values)[place], -1)

    engagements = {
        "person_id": person,
        "engagement_id": blanked(rng, engagement, 0.05),
        "start": start,
        "end": np.where((end > last) | (rng.random(n) < 0.01), NEVER, end),
        "position": blanked(rng, position, 0.03),
        "service": blanked(rng, service, 0.03),
        "activities": blanked(rng, activities, 0.03),
        "outcome": blanked(rng, rng.choice(4, n, p=[0.05, 0.1, 0.25, 0.6]), 0.03),
        "complexity": blanked(rng, complexity, 0.05),
        "customer_scope": np.where(
            facility, -1, blanked(rng, np.clip(skill * 4.4 + rng.normal(0, 0.7, n), 0, 3).astype(int), 0.05)
        ),
        "computer_rooms": numbers(0, 1, 2, 3, 4, 5, 8),
        "computer_room_area_m2": numbers(0, 150, 400, 1999, 2000, 2500, 5000, 6000),
        "data_center_area_m2": numbers(0, 0, 0, 1500, 5000, 9000),
        "network_sites": numbers(0, 5, 40, 99, 100, 150, 300, 400),
        "facility_scope": np.where(facility, blanked(rng, rng.integers(0, 2, n), 0.1), -1),
        "verification": blanked(rng, rng.integers(0, 4, n), 0.05),
    }

    person = np.repeat(np.arange(people), rng.poisson(1.4 + 7.2 * talent))
    n, of = len(person), field[person]
    kind = rng.choice(3, n, p=[0.45, 0.35, 0.2])
    domain = np.where(rng.random(n) < 0.75, np.array([f[4] for f in FIELDS.values()])[of], 3)
    domain = np.where(heads[person] & (rng.random(n) < 0.7), 3, domain)
    standing = np.clip(talent[person] * 4.5 + rng.normal(0, 0.7, n), 0, 3).astype(int)
    contributions = {
        "person_id": person,
        "kind": blanked(rng, kind, 0.02),
        "area": np.where(kind == 0, blanked(rng, choose(rng, [f[3] for f in FIELDS.values()], of), 0.05), -1),
        "standing": np.where(kind == 0, blanked(rng, standing, 0.05), -1),
        "achievement": np.where(kind == 1, blanked(rng, rng.integers(0, 7, n), 0.05), -1),
        "domain": blanked(rng, domain, 0.05),
        **dated(rng, n, last),
    }
    person = np.sort(rng.integers(0, people, people // 5))
    n = len(person)
    certifications = {
        "person_id": person,
        "examination": blanked(rng, rng.integers(0, 13, n), 0.02),
        **dated(rng, n, last),
    }
    return {"engagements": engagements, "contributions": contributions, "certifications": certifications}


def parts(people: int, seed: int) -> Iterator[dict[str, dict[str, np.ndarray]]]:
    known = 0
    for first in range(0, people, PART):
        tables = part(min(PART, people - first), np.random.default_rng([seed, first]))
        for columns in tables.values():
            columns["person_id"] = (columns["person_id"] + first).astype(np.int32)
        ids = tables["engagements"]["engagement_id"]
        ids[ids >= 0] += known
        known = int(ids.max(initial=known))
        yield tables


def in_order(columns: dict[str, np.ndarray], order: str, rng: np.random.Generator) -> dict[str, np.ndarray]:
    if order == "grouped":
        return columns
    if order == "shuffled":
        places = rng.permutation(len(columns["person_id"]))
    else:
        places = np.lexsort((columns.get("start", columns.get("date")), columns["person_id"]))
    return {name: values[places] for name, values in columns.items()}


def in_words(framework: tassei.Framework, table: str, columns: dict[str, np.ndarray]) -> pa.Table:
    """As users have it: ids and dates, words as text in dictionaries, blanks as nulls."""
    found = {}
    for name, values in columns.items():
        declared = framework.document.tables[table].columns[name]
        blank = values < 0
        if declared.role == "person":
            cells = names("P", values)
        elif declared.role == "identity":
            cells = names("E", values, blank)
        elif declared.type == "date":
            blank = np.abs(values) == NEVER
            cells = pa.array(values.astype(np.int32), pa.int32(), mask=blank).cast(pa.date32())
        elif declared.type == "number":
            cells = pa.array(values.astype(np.float64), mask=blank)
        else:
            words = list(framework.document.vocabularies[declared.vocabulary].words)
            if declared.type == "set":
                masks, values = np.unique(values, return_inverse=True)
                words = [";".join(w for i, w in enumerate(words) if m >> i & 1) or "none" for m in masks]
            cells = pa.DictionaryArray.from_arrays(pa.array(values.astype(np.int32), mask=blank), words)
        found[name] = cells
    return pa.table(found)


def names(letter: str, numbers: np.ndarray, blank: np.ndarray | None = None) -> pa.Array:
    """Ids such as P00000012."""
    digits = np.abs(numbers)[:, None] // 10 ** np.arange(7, -1, -1) % 10 + ord("0")
    rows = np.concatenate([np.full((len(numbers), 1), ord(letter)), digits], axis=1).astype(np.uint8)
    offsets = np.arange(0, 9 * (len(numbers) + 1), 9, dtype=np.int32)
    cells = pa.StringArray.from_buffers(len(numbers), pa.py_buffer(offsets), pa.py_buffer(rows.tobytes()))
    return cells if blank is None else pc.if_else(pa.array(~blank), cells, None)


def write(folder: Path, people: int, order: str, seed: int = 1) -> Path:
    """Parquet files of the population in one order; what is there is kept."""
    framework = tassei.load_framework(FRAMEWORK)
    home = folder / f"{people}-{seed}" / order
    if (home / "done").exists():
        return home
    home.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([seed, 7])
    pieces = parts(people, seed)
    if order == "shuffled":  # the one order that needs all rows at once
        pieces = iter([joined(list(pieces))])
    writers: dict[str, pq.ParquetWriter] = {}
    for piece in pieces:
        for table, columns in piece.items():
            made = in_words(framework, table, in_order(columns, order, rng))
            if table not in writers:
                writers[table] = pq.ParquetWriter(home / f"{table}.parquet", made.schema)
            writers[table].write_table(made, row_group_size=500_000)
    for writer in writers.values():
        writer.close()
    everybody = pa.table({"person_id": names("P", np.arange(people))})
    pq.write_table(everybody, home / "people.parquet", row_group_size=500_000)
    (home / "words.json").write_text(json.dumps(vocabularies(framework)))
    (home / "done").touch()
    return home


def joined(pieces: list[dict[str, dict[str, np.ndarray]]]) -> dict[str, dict[str, np.ndarray]]:
    return {
        table: {name: np.concatenate([piece[table][name] for piece in pieces]) for name in columns}
        for table, columns in pieces[0].items()
    }


def vocabularies(framework: tassei.Framework) -> dict[str, list[str]]:
    """The words of each column that has some."""
    return {
        name: list(framework.document.vocabularies[column.vocabulary].words)
        for table in framework.document.tables.values()
        for name, column in table.columns.items()
        if column.vocabulary
    }


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
