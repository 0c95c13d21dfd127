"""What evidence covers of a framework; and our own cases cover all of the standard."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd
import polars as pl
import pytest
import tassei
from cases import load_cases
from random_people import AS_OF, Recipe, random_people, to_frames
from slow_evaluator import LEVELS, SPECIALTIES, evaluate

FRAMEWORKS = Path(__file__).resolve().parent.parent / "frameworks"
PASSED = {"certifications": {"person_id": ["P1", "P2"], "examination": ["AP", None]}}


@pytest.fixture(scope="module")
def by_cases(framework):
    def assessed(case):
        evidence = tassei.read_evidence(to_frames(case.tables, "pandas"), framework)
        return tassei.assess(evidence, framework, **case.options())

    return framework.coverage(assessed(case) for case in load_cases())


def test_our_cases_reach_all_that_a_criterion_can_come_to(by_cases):
    assert by_cases.missing().to_dict("records") == []
    assert by_cases.share() == 1.0


def test_our_cases_reach_all_that_a_condition_can_come_to(by_cases):
    assert by_cases.missing("condition").to_dict("records") == []


def test_what_a_criterion_can_come_to(by_cases):
    """All but level 3 size, which is always met, can come to all; there are no criteria but the sheets'."""
    tops = {
        (n.specialty, n.level, n.criterion): n for n in by_cases.nodes if n.kind == "criterion" and not n.path
    }
    four = ("responsibility", "complexity", "size", "expertise")
    expected = {(s, level, c) for s in SPECIALTIES for level in LEVELS for c in four}
    expected |= {
        (s, level, c) for s in SPECIALTIES for level in LEVELS[1:] for c in ("succession", "mentoring")
    }
    assert set(tops) == expected | {(s, 3, "deeming") for s in SPECIALTIES}
    for (_, level, criterion), node in tops.items():
        always = (level, criterion) == (3, "size")
        assert node.reachable == (("met",) if always else ("met", "unmet", "unknown"))


@pytest.mark.parametrize("readings", [{}, {"size_bands": "as_printed", "recency_years": 4}])
def test_people_are_counted_as_the_slow_evaluator_finds_them(framework, readings):
    tables = random_people(Recipe(seed=12, people=150, blanks=0.08, partial_sets=0.2))
    evidence = tassei.read_evidence(to_frames(tables, "pandas"), framework)
    a = tassei.assess(evidence, framework, AS_OF, readings, min_verification="supervisor")
    slow = evaluate(tables, AS_OF, readings, "supervisor")
    expected = Counter((*key[1:], answer[0]) for key, answer in slow.criteria.items())
    for node in framework.coverage(a).nodes:
        if node.kind == "criterion" and not node.path and node.criterion != "deeming":
            for truth in ("met", "unmet", "unknown"):
                assert getattr(node, truth) == expected[node.specialty, node.level, node.criterion, truth]


def test_conditions_are_counted_by_record(framework):
    row = {"person_id": "P1", "service": "customer_service", "activities": [], "complexity": []}
    rows = [
        row | {"start": "2020-01-01", "position": "member"},
        row | {"start": "2020-01-01", "position": "manager"},
        row | {"start": "2020-01-01", "position": None},
        row | {"start": "2021-01-01", "position": "manager"},  # after the as-of date: does not count
    ]
    evidence = tassei.read_evidence({"engagements": pd.DataFrame(rows)}, framework)
    found = framework.coverage(tassei.assess(evidence, framework, "2020-12-31")).to_frame("condition")
    asked = found[(found["text"] == "position: team leader or above") & (found["level"] == 4)]
    assert len(asked) == 3
    for counts in asked[["met", "unmet", "unknown"]].to_numpy().tolist():
        assert counts == [1, 1, 1]


def test_evidence_assessments_and_several_of_them(framework):
    evidence = tassei.read_evidence(PASSED, framework)
    one = framework.coverage(evidence)
    assert repr(one) == f"Coverage('{framework.id}': {one})"
    deemed = next(n for n in one.nodes if n.criterion == "deeming" and not n.path)
    assert (deemed.met, deemed.unmet, deemed.unknown) == (1, 0, 1)
    assert deemed.missing == ["unmet"]
    twice = framework.coverage([evidence, tassei.assess(evidence, framework, readings={"overlap": "sum"})])
    assert twice.people == 4
    assert len(twice.nodes) == len(one.nodes)
    assert next(n for n in twice.nodes if n.criterion == "deeming").met == 2


def test_nodes_of_another_reading_are_nodes_as_well(framework):
    evidence = tassei.read_evidence(PASSED, framework)
    readings = ({}, {"size_bands": "as_printed"})
    both = framework.coverage(tassei.assess(evidence, framework, readings=r) for r in readings)
    alone = [framework.coverage(tassei.assess(evidence, framework, readings=r)) for r in readings]
    assert len(both.nodes) > max(len(c.nodes) for c in alone)


def test_every_form_of_criterion(tmp_path):
    choir = tassei.load_framework(FRAMEWORKS / "community-choir.yaml")
    evidence = tassei.read_evidence({"singers": {"singer_id": ["S1"]}}, choir)
    cover = choir.coverage(tassei.assess(evidence, choir))
    parts = [n for n in cover.nodes if n.kind == "criterion" and n.path]
    assert {"/0", "/1", "/of_which.0", "/of_which.1"} <= {n.path for n in parts}
    assert all(n.met + n.unmet + n.unknown == 1 for n in cover.nodes if n.kind == "criterion")
    assert all(n.text for n in parts)


def test_frames_and_looks(framework):
    cover = framework.coverage(tassei.read_evidence(PASSED, framework))
    assert cover.to_frame().columns.tolist() == [
        "specialty", "level", "criterion", "path", "kind", "text", "met", "unmet", "unknown", "missing",
    ]  # fmt: skip
    assert isinstance(cover.to_frame("criterion", "polars"), pl.DataFrame)
    assert 0 < cover.share() < 1
    assert str(cover).startswith("2 people reach ")
    assert "hardware, level 6: responsibility" in cover._repr_html_()


def test_what_covers_nothing(framework):
    with pytest.raises(tassei.AssessError, match="nothing was given"):
        framework.coverage([])
    for wrong in ("cases", 3, [3]):
        with pytest.raises(tassei.AssessError, match="expected assessments or evidence"):
            framework.coverage(wrong)
    other = tassei.load_framework(FRAMEWORKS / "minimal.yaml")
    theirs = tassei.assess(tassei.read_evidence({"bakes": {"baker": ["B"]}}, other))
    with pytest.raises(tassei.AssessError, match="by minimal 1"):
        framework.coverage(theirs)
