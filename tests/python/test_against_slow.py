"""The package and the slow evaluator agree on thousands of random people."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
import tassei
from random_people import Recipe, Tables, random_people, to_frames
from slow_evaluator import Result, evaluate

TOLERANCE = 1e-9
LIBRARIES = ["pandas", "polars", "pyarrow"]
CLEAR = Recipe(seed=0)
BLANK = Recipe(seed=0, blanks=0.05)
PATCHY = Recipe(seed=0, blanks=0.1, partial_sets=0.4, missing_columns=1)

READINGS: list[dict[str, Any]] = [
    {"activities": "any"},
    {"activities": "all"},
    {"overlap": "union"},
    {"overlap": "sum"},
    {"size_bands": "or_larger"},
    {"size_bands": "as_printed"},
    {"cumulative": "no"},
    {"cumulative": "yes"},
    {"deeming": "accept"},
    {"deeming": "ignore"},
    {"errata": "as_published"},
    {"errata": "corrected"},
    {"recency_years": None},
    {"recency_years": 1},
    {"recency_years": 3},
    {"recency_years": 5},
    {"overlap": "sum", "recency_years": 3},
    {"activities": "all", "size_bands": "as_printed"},
    {"cumulative": "yes", "deeming": "ignore"},
    {"cumulative": "yes", "size_bands": "as_printed", "errata": "corrected"},
]
NOT_SUPPLIED = [
    ("people",),
    ("engagements",),
    ("contributions",),
    ("certifications",),
    ("people", "certifications"),
    ("engagements", "contributions"),
    ("engagements", "contributions", "certifications"),
]


@pytest.fixture(scope="session")
def framework():
    return tassei.load_framework("itss-v3-2011-customer-service")


def ask(tables: Tables, framework, library: str, options: dict) -> Result:
    evidence = tassei.read_evidence(to_frames(tables, library), framework)
    return Result.of_assessment(tassei.assess(evidence, framework, **options))


def compare(recipe: Recipe, framework, library: str = "pandas", **options) -> None:
    tables = random_people(recipe)
    options = {"as_of": recipe.as_of, "readings": {}, "min_verification": None, **options}
    expected = evaluate(tables, **options)
    got = ask(tables, framework, library, options)
    if people := differing_people(expected, got):
        tell(recipe, tables, people, framework, library, options)


# --- telling a difference ------------------------------------------------------------------------


def differences(expected: Result, got: Result) -> list[str]:
    found = []
    for part in ("levels", "sheets", "criteria"):
        ours, theirs = getattr(expected, part), getattr(got, part)
        for key in sorted(set(ours) | set(theirs), key=str):
            if not same(ours.get(key), theirs.get(key)):
                words = " ".join(map(str, key))
                found.append(f"{words}: expected {ours.get(key)}, got {theirs.get(key)}")
    return found


def same(ours: tuple | None, theirs: tuple | None) -> bool:
    if ours is None or theirs is None:
        return ours is theirs
    return all(
        a == b or (isinstance(a, float) and isinstance(b, float) and abs(a - b) <= TOLERANCE)
        for a, b in zip(ours, theirs, strict=True)
    )


def differing_people(expected: Result, got: Result) -> list[str]:
    return sorted(
        {
            key[0]
            for part in ("levels", "sheets", "criteria")
            for key in set(getattr(expected, part)) | set(getattr(got, part))
            if not same(getattr(expected, part).get(key), getattr(got, part).get(key))
        }
    )


def rows_of(tables: Tables, person: str) -> Tables:
    return {table: [row for row in rows if row["person_id"] == person] for table, rows in tables.items()}


def shrink(tables: Tables, wrong) -> Tables:
    """Leave out rows as long as the answer stays wrong."""
    for table in tables:
        for row in list(tables[table]) if table != "people" else []:
            fewer = {**tables, table: [r for r in tables[table] if r is not row]}
            if wrong(fewer):
                tables = fewer
    return tables


def tell(recipe: Recipe, tables, people, framework, library: str, options: dict) -> None:
    def differ(some: Tables) -> list[str]:
        return differences(evaluate(some, **options), ask(some, framework, library, options))

    rows = Counter(row["person_id"] for part in tables.values() for row in part)
    person = min(people, key=lambda name: rows[name])
    own = rows_of(tables, person)
    small = shrink(own, differ) if differ(own) else own
    lines = differ(small) or ["(alone, this person's answers agree)"]
    told = "\n".join(
        f"  {table}: { {k: v for k, v in row.items() if v is not None} }"
        for table, some in small.items()
        for row in some
    )
    pytest.fail(
        f"{len(people)} people differ, among them {person}\n{recipe}\n{library} {options}\n{told}\n"
        + "\n".join(lines),
        pytrace=False,
    )


# --- comparisons ---------------------------------------------------------------------------------


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("recipe", [CLEAR, BLANK, PATCHY], ids=["clear", "blank", "patchy"])
def test_libraries(framework, library, recipe):
    seed = 100 + LIBRARIES.index(library)
    compare(replace(recipe, seed=seed, people=200), framework, library)


@pytest.mark.parametrize("strong", [0.0, 1.0], ids=["weak", "strong"])
@pytest.mark.parametrize("recipe", [CLEAR, BLANK, PATCHY], ids=["clear", "blank", "patchy"])
def test_strong_and_weak(framework, recipe, strong):
    compare(replace(recipe, seed=200, people=200, strong=strong), framework, "polars")


@pytest.mark.parametrize("recipe", [CLEAR, BLANK, PATCHY], ids=["clear", "blank", "patchy"])
@pytest.mark.parametrize("readings", READINGS, ids=str)
def test_readings(framework, readings, recipe):
    seed = 300 + READINGS.index(readings)
    library = LIBRARIES[seed % 3]
    compare(replace(recipe, seed=seed, people=40), framework, library, readings=readings)


@pytest.mark.parametrize("recipe", [CLEAR, BLANK], ids=["clear", "blank"])
@pytest.mark.parametrize("word", ["self", "supervisor", "document", "third_party"])
def test_verification(framework, word, recipe):
    compare(replace(recipe, seed=400, people=60), framework, "polars", min_verification=word)


def test_verification_with_recency(framework):
    compare(
        replace(BLANK, seed=450, people=100),
        framework,
        "polars",
        min_verification="document",
        readings={"recency_years": 3, "overlap": "sum"},
    )


@pytest.mark.parametrize("recipe", [CLEAR, BLANK], ids=["clear", "blank"])
@pytest.mark.parametrize(
    "not_supplied",
    [names for names in NOT_SUPPLIED if not {"people", "engagements", "contributions"} <= set(names)],
    ids="+".join,
)
def test_tables_not_supplied(framework, not_supplied, recipe):
    compare(replace(recipe, seed=500, people=40, not_supplied=not_supplied), framework, "pyarrow")


@pytest.mark.parametrize("missing", [3, 6])
def test_columns_missing(framework, missing):
    for seed, library in enumerate(LIBRARIES, start=600):
        compare(replace(CLEAR, seed=seed, people=40, missing_columns=missing), framework, library)


def test_many_blanks(framework):
    compare(replace(BLANK, seed=700, people=200, blanks=0.35), framework, "polars")
