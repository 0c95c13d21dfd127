"""Which blanks hold people back."""

import numpy as np
import pyarrow as pa
import pytest
import tassei
from random_people import Recipe, random_people, to_frames
from tassei import _core
from tassei.date import EPOCH

AS_OF = "2020-12-31"
HW3 = {
    "position": "member", "service": "hardware_service", "activities": ["fault_repair"],
    "outcome": "carried_out", "complexity": ["multi_vendor", "mission_critical"],
    "start": "2018-01-01", "end": "2018-12-31",
}  # fmt: skip
EXPERTISE = {
    "kind": "expertise", "area": "it_main_components", "standing": "practises_independently",
    "domain": "hardware_service",
}  # fmt: skip


def assessed(framework, engagement, contribution=EXPERTISE, **options):
    tables = {
        "engagements": pa.Table.from_pylist([{"person_id": "P1", **engagement}]),
        "contributions": pa.Table.from_pylist([{"person_id": "P1", **contribution}]),
        "certifications": {"person_id": pa.array([], pa.string())},
    }
    return tassei.assess(tassei.read_evidence(tables, framework), framework, as_of=AS_OF, **options)


def rows(a):
    return {(r["table"], r["column"]): r for r in a.to_arrow("completeness").to_pylist()}


@pytest.mark.parametrize("column", ["position", "service", "activities", "outcome", "complexity", "start"])
def test_the_one_blank_that_keeps_level_3_open_is_named(framework, column):
    a = assessed(framework, HW3 | {column: None})
    assert a.levels().select(["level", "possible_level"]).to_pylist()[0] == {"level": 0, "possible_level": 3}
    row = rows(a)["engagements", column]
    assert (row["blank"], row["blank_share"], row["people_rising"], row["people_settled"]) == (1, 1.0, 1, 1)


def test_a_blank_that_decides_nothing_holds_nobody_back(framework):
    found = rows(assessed(framework, HW3))
    assert found["engagements", "customer_scope"]["blank"] == 1
    assert all(row["people_rising"] == 0 for row in found.values())


def test_two_blanks_hold_back_only_together(framework):
    a = assessed(framework, HW3 | {"service": None}, EXPERTISE | {"area": None})
    assert a.levels()["possible_level"][0].as_py() == 3
    assert all(row["people_rising"] == 0 for row in rows(a).values())


def test_verification_that_is_blank_and_not_that_is_weak(framework):
    weak = assessed(
        framework,
        HW3 | {"verification": "self"},
        EXPERTISE | {"verification": "document"},
        min_verification="supervisor",
    )
    assert ("engagements", "verification") not in rows(weak)
    blank = assessed(framework, HW3, EXPERTISE | {"verification": "document"}, min_verification="supervisor")
    assert rows(blank)["engagements", "verification"]["people_rising"] == 1


def test_a_table_that_was_not_supplied_is_a_row(framework):
    tables = {
        "people": {"person_id": ["P1", "P2"]},
        "engagements": pa.Table.from_pylist([{"person_id": "P1", **HW3}]),
    }
    a = tassei.assess(tassei.read_evidence(tables, framework), framework, as_of=AS_OF)
    found = {(r["table"], r["column"]): r for r in a.to_arrow("completeness").to_pylist()}
    assert found["certifications", None]["people_rising"] == 2  # an examination deems level 3
    assert found["contributions", None]["people_rising"] == 1


@pytest.mark.parametrize(
    "readings", [{}, {"recency_years": 4}, {"overlap": "sum", "size_bands": "as_printed"}]
)
@pytest.mark.parametrize("not_supplied", [(), ("contributions",)])
def test_with_every_blank_at_its_best_the_certain_level_is_the_possible_one(
    framework, readings, not_supplied
):
    recipe = Recipe(seed=21, people=150, strong=0.8, blanks=0.15, partial_sets=0.3, not_supplied=not_supplied)
    evidence = tassei.read_evidence(to_frames(random_people(recipe), "pandas"), framework)
    a = tassei.assess(evidence, framework, as_of=recipe.as_of, readings=readings)
    assert (a._core.level < a._core.possible_level).any()
    filled = [[True] * len(table.columns) for table in framework.document.tables.values()]
    best = _core.assess(
        a._plan.core, evidence._core, recipe.as_of.toordinal() - EPOCH, [-1] * len(filled), 1, filled
    )
    assert np.array_equal(best.level, a._core.possible_level)
    assert np.array_equal(best.possible_level, a._core.possible_level)
