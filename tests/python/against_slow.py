"""The package's answers beside the slow evaluator's, and the smallest evidence on which they differ."""

from __future__ import annotations

import datetime as dt
import pprint
from collections import Counter
from collections.abc import Callable
from typing import Any

import tassei
from random_people import Tables, to_frames
from slow_evaluator import READINGS, Result, evaluate

TOLERANCE = 1e-9
PARTS = ("levels", "sheets", "criteria")
Options = dict[str, Any]  # as_of, readings, min_verification


def ask(tables: Tables, framework, library: str, options: Options) -> Result:
    evidence = tassei.read_evidence(to_frames(tables, library), framework)
    return Result.of_assessment(tassei.assess(evidence, framework, **options))


# --- differences ---------------------------------------------------------------------------------


def same(ours: tuple | None, theirs: tuple | None) -> bool:
    if ours == theirs or ours is None or theirs is None:
        return ours == theirs
    return all(
        a == b or (isinstance(a, float) and isinstance(b, float) and abs(a - b) <= TOLERANCE)
        for a, b in zip(ours, theirs, strict=True)
    )


def differing_keys(expected: Result, got: Result) -> list[tuple[str, tuple]]:
    found = []
    for part in PARTS:
        ours, theirs = getattr(expected, part), getattr(got, part)
        found += [
            (part, key) for key in ours.keys() | theirs.keys() if not same(ours.get(key), theirs.get(key))
        ]
    return sorted(found, key=lambda found: (PARTS.index(found[0]), str(found[1])))


def differences(expected: Result, got: Result) -> list[str]:
    return [
        f"{' '.join(map(str, key))}: expected {getattr(expected, part).get(key)}, "
        f"got {getattr(got, part).get(key)}"
        for part, key in differing_keys(expected, got)
    ]


def differing_people(expected: Result, got: Result) -> list[str]:
    return sorted({key[0] for _, key in differing_keys(expected, got)})


# --- the smallest person ---------------------------------------------------------------------------


def shrink(
    tables: Tables, options: Options, wrong: Callable[[Tables, Options], Any]
) -> tuple[Tables, Options]:
    """Leave out rows, cells, items of sets and readings as long as the answer stays wrong."""
    smaller = True
    while smaller:
        smaller = False
        for fewer in _smaller(tables, options):
            if wrong(*fewer):
                tables, options = fewer
                smaller = True
                break
    return tables, options


def _smaller(tables: Tables, options: Options):
    """Everything that has one thing less, the largest things first."""

    def with_rows(table: str, rows: list[dict]) -> tuple[Tables, Options]:
        return {**tables, table: rows}, options

    for table, rows in tables.items():
        for row in rows if table != "people" else []:
            yield with_rows(table, [other for other in rows if other is not row])
    for reading in options["readings"]:
        yield tables, {**options, "readings": {k: v for k, v in options["readings"].items() if k != reading}}
    if options["min_verification"] is not None:
        yield tables, {**options, "min_verification": None}
    for table, rows in tables.items():
        for at, row in enumerate(rows):
            for column in row.keys() - {"person_id"}:
                cells = {key: cell for key, cell in row.items() if key != column}
                yield with_rows(table, [*rows[:at], cells, *rows[at + 1 :]])
            for column, cell in row.items():
                for item in cell if isinstance(cell, list) else []:
                    cells = {**row, column: [other for other in cell if other != item]}
                    yield with_rows(table, [*rows[:at], cells, *rows[at + 1 :]])


def smallest(
    tables: Tables, people: list[str], framework, library: str, options: Options
) -> tuple[Tables, Options]:
    """The smallest evidence that still shows a difference, of the person with the fewest rows."""

    def differ(some: Tables, options: Options) -> bool:
        return bool(differing_keys(evaluate(some, **options), ask(some, framework, library, options)))

    rows = Counter(row["person_id"] for part in tables.values() for row in part)
    person = min(people, key=lambda name: rows[name])
    own = {table: [row for row in rows if row["person_id"] == person] for table, rows in tables.items()}
    return shrink(own, options, differ) if differ(own, options) else (tables, options)


def as_a_test(tables: Tables, options: Options, library: str, name: str) -> str:
    """Evidence as a test that can be pasted into test_against_slow.py."""
    width = {"width": 100, "sort_dicts": False}

    def literal(value: object) -> str:
        return pprint.pformat(value, **width).replace("datetime.date(", "dt.date(").replace("\n", "\n    ")

    rows = {
        table: [{k: v for k, v in row.items() if v is not None} for row in part]
        for table, part in tables.items()
    }
    return (
        f"def test_{name}(framework):\n"
        f"    tables = {literal(rows)}\n"
        f"    options = {literal(options)}\n"
        f"    got = ask(tables, framework, {library!r}, options)\n"
        f"    assert differences(evaluate(tables, **options), got) == []\n"
    )


def random_options(rng) -> Options:
    """A day to look from, some readings, and the weakest verification that counts."""
    choices = {
        "activities": ["any", "all"],
        "overlap": ["union", "sum"],
        "size_bands": ["or_larger", "as_printed"],
        "cumulative": ["no", "yes"],
        "deeming": ["accept", "ignore"],
        "errata": ["as_published", "corrected"],
        "recency_years": [None, 1, 3, 5],
    }
    assert choices.keys() == READINGS.keys()
    days = [dt.date(2020, 12, 31), dt.date(2024, 2, 29), dt.date(2011, 4, 1), dt.date(1999, 1, 1)]
    return {
        "as_of": rng.choice(days),
        "readings": {name: rng.choice(words) for name, words in choices.items() if rng.random() < 0.5},
        "min_verification": rng.choice([None, None, None, "supervisor", "document", "third_party"]),
    }
