"""The package and the slow evaluator agree on thousands of random people."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from against_slow import as_a_test, ask, differences, differing_people, smallest
from random_people import Recipe, random_people
from slow_evaluator import evaluate

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


def compare(recipe: Recipe, framework, library: str = "pandas", **options) -> None:
    tables = random_people(recipe)
    options = {"as_of": recipe.as_of, "readings": {}, "min_verification": None, **options}
    expected = evaluate(tables, **options)
    got = ask(tables, framework, library, options)
    if people := differing_people(expected, got):
        evidence, smaller = smallest(tables, people, framework, library, options)
        told = as_a_test(evidence, smaller, library, f"seed_{recipe.seed}")
        answers = differences(evaluate(evidence, **smaller), ask(evidence, framework, library, smaller))
        pytest.fail("\n".join([f"{len(people)} people differ, {recipe}", *answers, told]), pytrace=False)


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
