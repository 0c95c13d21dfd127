"""The slow evaluator holds every case, and the random people are worth comparing on."""

from __future__ import annotations

from collections import Counter

import pytest
from cases import Case, load_cases
from random_people import AS_OF, Recipe, random_people
from slow_evaluator import LEVELS, SPECIALTIES, evaluate

CASES = load_cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case: Case):
    case.check(evaluate(case.tables, **case.options()))


def test_there_are_many_cases():
    assert len(CASES) >= 150


def test_each_sheet_is_met_and_missed_by_some_case():
    expected = {
        (key[1], key[2], value)
        for case in CASES
        for part, key, name, value in case.expected
        if part == "sheets" and name == "status"
    }
    for specialty in SPECIALTIES:
        for level in LEVELS:
            assert (specialty, level, "met") in expected
            assert (specialty, level, "unmet") in expected


def test_each_criterion_is_met_and_missed_by_some_case():
    expected = {
        (*key[1:], value)
        for case in CASES
        for part, key, name, value in case.expected
        if part == "criteria" and name == "status"
    }
    for specialty in SPECIALTIES:
        for level in LEVELS:
            for criterion in ("responsibility", "complexity", "expertise"):
                assert (specialty, level, criterion, "met") in expected
                assert (specialty, level, criterion, "unmet") in expected
            if level > 3:
                for criterion in ("size", "succession"):
                    assert (specialty, level, criterion, "met") in expected
                    assert (specialty, level, criterion, "unmet") in expected


def test_strong_people_reach_every_level_and_miss_it_by_little():
    tables = random_people(Recipe(seed=1, people=600, strong=1.0))
    result = evaluate(tables, AS_OF)
    reached = Counter((key[1], answer[0]) for key, answer in result.levels.items())
    for specialty in SPECIALTIES:
        for level in [0, *LEVELS]:
            assert reached[specialty, level] >= 5, (specialty, level)
    near = Counter(
        (specialty, level)
        for (_, specialty, level), (status, _, score) in result.sheets.items()
        if status == "unmet" and score > 0.8
    )
    assert all(near[specialty, level] for specialty in SPECIALTIES for level in LEVELS[1:])


def test_each_criterion_of_random_people_is_met_unmet_and_unknown():
    tables = random_people(Recipe(seed=2, people=600, blanks=0.08, partial_sets=0.3))
    result = evaluate(tables, AS_OF)
    found = Counter((*key[1:], answer[0]) for key, answer in result.criteria.items())
    for specialty, level, criterion in {key[1:] for key in result.criteria}:
        words = ["met"] if (level, criterion) == (3, "size") else ["met", "unmet", "unknown"]
        assert all(found[specialty, level, criterion, word] for word in words), (
            specialty,
            level,
            criterion,
        )


def test_the_same_seed_gives_the_same_people():
    recipe = Recipe(seed=3, people=20, blanks=0.1, partial_sets=0.2, missing_columns=2)
    assert random_people(recipe) == random_people(recipe)
    assert random_people(recipe) != random_people(Recipe(seed=4, people=20))
