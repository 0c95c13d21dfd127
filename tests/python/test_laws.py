"""What must hold for any people, asked of the package alone."""

from __future__ import annotations

import datetime as dt
from random import Random

import tassei
from hypothesis import given, settings
from hypothesis import strategies as st
from random_people import (
    AS_OF,
    COLUMNS,
    EDGES,
    SETS,
    WORDS,
    Recipe,
    Tables,
    random_people,
    to_frames,
)
from slow_evaluator import Result

law = settings(derandomize=True, deadline=None, max_examples=12, database=None)
seeds = st.integers(0, 2**32 - 1)
any_readings = st.fixed_dictionaries(
    {
        "activities": st.sampled_from(["any", "all"]),
        "overlap": st.sampled_from(["union", "sum"]),
        "size_bands": st.sampled_from(["or_larger", "as_printed"]),
        "cumulative": st.sampled_from(["no", "yes"]),
        "deeming": st.sampled_from(["accept", "ignore"]),
        "errata": st.sampled_from(["as_published", "corrected"]),
        "recency_years": st.sampled_from([None, 3]),
    }
)
verifications = st.sampled_from([None, "supervisor"])


def people(seed: int, **knobs) -> Tables:
    return random_people(Recipe(seed=seed, **{"people": 40, "blanks": 0.05, **knobs}))


def assess(tables: Tables, framework, **options) -> Result:
    evidence = tassei.read_evidence(to_frames(tables, "polars"), framework)
    return Result.of_assessment(tassei.assess(evidence, framework, as_of=AS_OF, **options))


@law
@given(seed=seeds, readings=any_readings)
def test_the_order_of_rows_and_people_changes_nothing(framework, seed, readings):
    tables = people(seed, partial_sets=0.2)
    rng = Random(seed)
    shuffled = {table: rng.sample(rows, len(rows)) for table, rows in tables.items()}
    assert assess(shuffled, framework, readings=readings) == assess(tables, framework, readings=readings)


@law
@given(seed=seeds)
def test_a_row_told_twice_adds_no_day(framework, seed):
    tables = people(seed)
    rng = Random(seed)
    rows = tables["engagements"]
    twice = {**tables, "engagements": rows + rng.sample(rows, len(rows) // 2)}

    def days(result: Result) -> dict:
        return {key: value for key, value in result.criteria.items() if "days" in value}

    before = days(assess(tables, framework))
    assert before
    assert days(assess(twice, framework)) == before


@law
@given(seed=seeds, readings=any_readings, word=verifications)
def test_more_evidence_never_lowers_a_certain_level(framework, seed, readings, word):
    tables, others = people(seed), people(seed + 1)
    rng = Random(seed)
    more = {
        table: rows + rng.sample(others[table], len(others[table]) // 3)
        for table, rows in tables.items()
        if table != "people"
    }
    more["people"] = tables["people"]
    before = assess(tables, framework, readings=readings, min_verification=word)
    after = assess(more, framework, readings=readings, min_verification=word)
    assert {
        key: (before.levels[key], after.levels[key])
        for key in before.levels
        if after.levels[key][0] < before.levels[key][0]
    } == {}


def fill(rng: Random, row: dict, column: str) -> None:
    """Some value for a blank cell, such that the row stays possible."""
    name, _, item = column.partition(".")
    kind = next(columns[name] for columns in COLUMNS.values() if name in columns)
    if item:
        row[column] = rng.random() < 0.5
    elif kind == "date":
        last = min(row.get("end") or AS_OF, AS_OF)
        row[column] = last - dt.timedelta(days=rng.choice([0, 364, 1094, rng.randrange(4000)]))
    elif kind == "set":
        row[column] = rng.sample(SETS[name], rng.randint(0, len(SETS[name])))
    elif kind == "number":
        row[column] = rng.choice(EDGES[name])
    else:
        row[column] = rng.choice(WORDS[name])


def fill_some_blanks(rng: Random, tables: Tables) -> Tables:
    """`end` and `engagement_id` stay: there a blank has a meaning of its own."""
    filled = {"people": tables["people"]}
    for table in list(tables)[1:]:
        filled[table] = [dict(row) for row in tables[table]]
        for row in filled[table]:
            for column, value in list(row.items()):
                open_cell = value is None and column not in ("end", "engagement_id")
                if open_cell and rng.random() < 0.6:
                    fill(rng, row, column)
    return filled


@law
@given(seed=seeds, readings=any_readings, word=verifications)
def test_filling_a_blank_never_widens_the_range_of_levels(framework, seed, readings, word):
    tables = people(seed, blanks=0.1, partial_sets=0.3, strong=0.9)
    filled = fill_some_blanks(Random(seed), tables)
    before = assess(tables, framework, readings=readings, min_verification=word)
    after = assess(filled, framework, readings=readings, min_verification=word)
    assert {
        key: (before.levels[key], after.levels[key])
        for key in before.levels
        if after.levels[key][0] < before.levels[key][0] or after.levels[key][1] > before.levels[key][1]
    } == {}


@law
@given(seed=seeds, readings=any_readings)
def test_the_number_of_threads_changes_nothing(framework, seed, readings):
    tables = people(seed)
    assert assess(tables, framework, readings=readings, threads=1) == assess(
        tables, framework, readings=readings, threads=4
    )


@law
@given(seed=seeds, readings=any_readings)
def test_two_halves_make_the_whole(framework, seed, readings):
    tables = people(seed)
    rng = Random(seed)
    left = {row["person_id"] for row in tables["people"] if rng.random() < 0.5}
    halves = [
        {
            table: [row for row in rows if (row["person_id"] in left) == is_left]
            for table, rows in tables.items()
        }
        for is_left in (True, False)
    ]
    one, other = (assess(half, framework, readings=readings) for half in halves)
    assert assess(tables, framework, readings=readings) == Result(
        one.levels | other.levels, one.sheets | other.sheets, one.criteria | other.criteria
    )


@law
@given(seed=seeds, readings=any_readings, word=verifications)
def test_certain_never_exceeds_possible(framework, seed, readings, word):
    result = assess(people(seed), framework, readings=readings, min_verification=word)
    for level, possible_level, basis in result.levels.values():
        assert level <= possible_level
        assert (basis == "none") == (level == 0)
    for (*_, criterion), (status, low, high, required, unit, progress) in result.criteria.items():
        assert 0 <= low <= high
        assert 0 <= progress <= 1
        assert status != "met" or low >= required
        if criterion != "responsibility" or unit != "engagements":  # that has a nested part
            assert (status == "unmet") == (high < required)
            assert (status == "met") == (low >= required)


@law
@given(seed=seeds)
def test_hardware_6_implies_software_6(framework, seed):
    result = assess(people(seed, strong=1.0, people=80), framework)
    for (person, specialty, level), (status, _, _) in result.sheets.items():
        if (specialty, level, status) == ("hardware", 6, "met"):
            assert result.sheets[person, "software", 6][0] == "met"
