"""A column of people that is called as a column that a table by group already has."""

from __future__ import annotations

import pytest
import tassei
from tassei import plot

FRAMEWORK = tassei.load_framework("itss-v3-2011-customer-service")
DATES = ["2024-06-30", "2026-06-30"]


def people(*names):
    tables = tassei.synthesize(30, seed=3)
    column = tables["people"]["seniority"]
    return tables | {"people": tables["people"].assign(**dict.fromkeys(names, column))}


def tables_by_group(evidence):
    """Every table by group, as a function of `by` and `min_group`."""
    before, a = (tassei.assess(evidence, FRAMEWORK, as_of=day) for day in DATES)
    specialty, level = FRAMEWORK.specialties[0], FRAMEWORK.levels[0]

    def supply(by, min_group):
        plan = evidence.people[[by]].drop_duplicates()
        return a.supply(plan.assign(specialty=specialty, level=level, people=1), by, min_group)

    return {
        "distribution": a.distribution,
        "bottlenecks": lambda by, min_group: a.bottlenecks(by=by, min_group=min_group),
        "forecast_curve": lambda by, min_group: a.forecast_curve(by=by, min_group=min_group),
        "supply": supply,
        "completeness": a.completeness,
        "transitions": tassei.compare(before, a).transitions,
        "trend": tassei.assess_over(evidence, FRAMEWORK, DATES).distribution,
        "scores": lambda by, min_group: plot.scores(a, by, min_group=min_group, return_data=True)[1],
    }


@pytest.fixture(scope="module")
def own():
    """By table the names of its own columns."""
    tables = tables_by_group(tassei.read_evidence(people(), FRAMEWORK))
    found = {name: set(table("seniority", 1)) - {"seniority", "person_id"} for name, table in tables.items()}
    found["scores"].add("suppressed")
    return found


TABLES = [
    "distribution", "bottlenecks", "forecast_curve", "supply", "completeness", "transitions", "trend",
    "scores",
]  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_a_table_refuses_a_column_called_as_one_of_its_own(own, name):
    tables = tables_by_group(tassei.read_evidence(people(*own[name]), FRAMEWORK))
    assert len(own[name]) >= 4
    for column in own[name]:
        with pytest.raises(tassei.AssessError, match=f"by='{column}': the table has a column of that name"):
            tables[name](column, 0)
    assert "seniority" in tables[name]("seniority", 0)


def test_other_tables_group_by_a_name_that_is_theirs_alone(own):
    """A name is refused where it is taken, and nowhere else."""
    evidence = tassei.read_evidence(people("table", "month", "criterion", "level_before"), FRAMEWORK)
    for name, table in tables_by_group(evidence).items():
        for column in {"table", "month", "criterion", "level_before"} - own[name]:
            assert len(set(table(column, 0)[column])) > 1
