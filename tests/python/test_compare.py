"""Two assessments of the same people: who moved, and by what."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import tassei
from random_people import AS_OF, Recipe, random_people, to_frames
from slow_evaluator import LEVELS, SPECIALTIES, evaluate

MINIMAL = Path(__file__).resolve().parent.parent / "frameworks" / "minimal.yaml"
PASSED = {"certifications": {"person_id": ["P1"], "examination": ["AP"], "date": ["2020-04-01"]}}


def assessed(framework, tables, as_of="2020-12-31", **options):
    return tassei.assess(tassei.read_evidence(tables, framework), framework, as_of=as_of, **options)


def rows(frame):
    return frame.to_dict("records")


def test_an_examination_moves_a_person_on_the_day_it_is_passed(framework):
    c = tassei.compare(assessed(framework, PASSED, "2020-03-31"), assessed(framework, PASSED, "2020-04-01"))
    assert len(c) == 1
    assert c.differs["as_of"] == ("2020-03-31", "2020-04-01")
    assert set(c.differs) == {"as_of", "evidence"}  # read twice
    first = rows(c.changes())[0]
    assert first == {
        "person_id": "P1", "specialty": "hardware", "level_before": 0, "level_after": 3,
        "possible_before": 6, "possible_after": 6, "moved_by": "3 deemed",
    }  # fmt: skip
    assert not len(c.criteria())


@pytest.mark.parametrize(
    ("before", "after", "options"),
    [
        ({}, {"size_bands": "as_printed"}, ({}, {})),
        ({"overlap": "union"}, {"overlap": "sum", "errata": "corrected"}, ({}, {})),
        ({}, {"cumulative": "yes"}, ({}, {"min_verification": "document"})),
        ({"recency_years": 3}, {"deeming": "ignore", "activities": "all"}, ({}, {})),
    ],
)
def test_everything_agrees_with_the_slow_evaluator(framework, before, after, options):
    tables = random_people(Recipe(seed=31, people=120, strong=0.9, blanks=0.05))
    evidence = tassei.read_evidence(to_frames(tables, "pandas"), framework)
    slow = [
        evaluate(tables, AS_OF, readings, **o) for readings, o in zip((before, after), options, strict=True)
    ]
    a, b = (
        tassei.assess(evidence, framework, as_of=AS_OF, readings=readings, **o)
        for readings, o in zip((before, after), options, strict=True)
    )
    c = tassei.compare(a, b)
    moved = {key for key in slow[0].levels if slow[0].levels[key][:2] != slow[1].levels[key][:2]}
    assert moved
    changes = c.to_arrow("changes").to_pylist()
    assert {(r["person_id"], r["specialty"]) for r in changes} == moved
    for kind, place in (("certain", 0), ("possible", 1)):
        expected = Counter(
            (key[1], slow[0].levels[key][place], slow[1].levels[key][place]) for key in slow[0].levels
        )
        got = {(r["specialty"], r["level_before"], r["level_after"]): r[kind] for r in rows(c.transitions())}
        assert len(got) == len(SPECIALTIES) * (len(LEVELS) + 1) ** 2
        assert {key: n for key, n in got.items() if n} == expected
    for r in changes:
        assert r["moved_by"] == (expected_reasons(slow, r) or None), r


def expected_reasons(slow, r):
    """Criteria of the sheets between that differ, in the order of the sheets as the file has them."""
    spans = [(r["level_before"], r["level_after"]), (r["possible_before"], r["possible_after"])]
    levels = [at for at in reversed(LEVELS) if any(min(s) < at <= max(s) for s in spans)]
    names, deemed = [], []
    for at in levels:
        for key in slow[0].criteria:
            if key[:3] == (r["person_id"], r["specialty"], at):
                old, new = (one.criteria[key][0] for one in slow)
                names += [f"{at} {key[3]}"] if old != new else []
        old, new = (one.sheets[r["person_id"], r["specialty"], at][1] == "deemed" for one in slow)
        deemed += [f"{at} deemed"] if old != new else []
    return "; ".join(names + deemed)


def test_people_in_one_only_are_listed_and_left_out(framework):
    a = assessed(framework, {"people": {"person_id": ["P1", "P2", "P3"]}})
    b = assessed(framework, {"people": {"person_id": ["P3", "P4"]}})
    c = tassei.compare(a, b)
    assert len(c) == 1
    assert rows(c.unmatched()) == [
        {"person_id": "P1", "only_in": "before"},
        {"person_id": "P2", "only_in": "before"},
        {"person_id": "P4", "only_in": "after"},
    ]
    assert c.transitions()["certain"].sum() == 3
    assert "only before: 2; only after: 1" in str(c)


def test_groups_are_those_of_the_people_before(framework):
    tables = {**PASSED, "people": {"person_id": ["P0", "P1"], "site": ["east", "west"]}}
    tables["certifications"] = pa.table(PASSED["certifications"])
    a, b = assessed(framework, tables, "2020-03-31"), assessed(framework, tables, "2020-12-31")
    frame = tassei.compare(a, b).to_arrow("transitions", by="site").to_pandas()
    moved = frame[(frame["certain"] > 0) & (frame["specialty"] == "software")]
    assert moved[["site", "level_before", "level_after"]].to_numpy().tolist() == [
        ["east", 0, 0],
        ["west", 0, 3],
    ]
    with pytest.raises(tassei.AssessError, match=r"'sites'.*did you mean 'site'"):
        tassei.compare(a, b).transitions(by="sites")


@pytest.mark.parametrize(
    ("mine", "theirs"), [("pandas", "polars"), ("polars", "pyarrow"), ("pyarrow", "pandas")]
)
def test_libraries_may_differ(framework, mine, theirs):
    tables = random_people(Recipe(seed=8, people=30))
    a, b = (
        assessed(framework, to_frames(tables, library), readings=readings)
        for library, readings in ((mine, {}), (theirs, {"overlap": "sum"}))
    )
    frames = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.Table}
    c = tassei.compare(a, b)
    for table in (c.transitions(), c.changes(), c.criteria(), c.unmatched()):
        assert isinstance(table, frames[mine])
    same = tassei.compare(a, assessed(framework, to_frames(tables, mine), readings={"overlap": "sum"}))
    assert c.to_arrow("changes").equals(same.to_arrow("changes"))


def test_a_version_with_another_sheet_and_criterion(tmp_path):
    text = MINIMAL.read_text(encoding="utf-8")
    newer = text.replace('version: "1"', 'version: "2"').replace(
        "practice: {label: {en: practice}}\n",
        "practice: {label: {en: practice}}\n  much: {label: {en: much}}\n",
    )
    newer = newer.replace("criteria:\n  practice", "criteria:\n  practice") + (
        "      much: {count: {table: bakes, where: {always: true}, at_least: 2, unit: times}}\n"
    )
    newer = newer.replace("tables:\n", "units: {times: {label: {en: times}}}\n\ntables:\n", 1)
    file = tmp_path / "newer.yaml"
    file.write_text(newer, encoding="utf-8")
    old, new = tassei.load_framework(MINIMAL), tassei.load_framework(file)
    evidence = tassei.read_evidence({"bakes": {"baker": ["B1", "B2", "B2"]}}, old)
    c = tassei.compare(tassei.assess(evidence, old), tassei.assess(evidence, new))
    assert c.differs["version"] == ("1", "2")
    assert c.changes()[["person_id", "level_before", "level_after", "moved_by"]].to_numpy().tolist() == [
        ["B1", 1, 0, "1 much"]
    ]
    assert rows(c.criteria())[0] | {"person_id": "B1"} == {
        "person_id": "B1", "specialty": "baking", "level": 1, "criterion": "much",
        "status_before": "absent", "status_after": "unmet",
    }  # fmt: skip


def test_nothing_that_differs_says_so(framework):
    a = assessed(framework, PASSED)
    c = tassei.compare(a, a)
    assert (c.differs, len(c.changes()), len(c.criteria())) == ({}, 0, 0)
    assert c.changes().columns.tolist()[-1] == "moved_by"
    assert "the same as-of date" in str(c)


def test_text_and_html_in_both_languages(framework):
    a, b = assessed(framework, PASSED, "2020-03-31"), assessed(framework, PASSED, "2020-04-01")
    c = tassei.compare(a, b)
    assert "hardware: certain 1 up, 0 unchanged, 0 down" in c.text()
    assert "as-of date: 2020-03-31 → 2020-04-01" in c.text()
    assert "ハードウェア: 確実 上昇1人" in c.text("ja")
    assert "基準日: 2020-03-31 → 2020-04-01" in c.html("ja")
    assert c._repr_html_().count("<table>") == 3
    with pytest.raises(tassei.AssessError, match="'fr'"):
        c.text("fr")


def test_what_cannot_be_compared(framework):
    a = assessed(framework, PASSED)
    with pytest.raises(tassei.AssessError, match="came str"):
        tassei.compare(a, "b")
    with pytest.raises(tassei.AssessError, match=r"no person in common: P1 and Q are others"):
        tassei.compare(a, assessed(framework, {"people": {"person_id": ["Q"]}}))
    other = tassei.load_framework(MINIMAL)
    theirs = tassei.assess(tassei.read_evidence({"bakes": {"baker": ["P1"]}}, other))
    with pytest.raises(tassei.AssessError, match="no specialty in common"):
        tassei.compare(a, theirs)
    with pytest.raises(tassei.AssessError, match=r"'change'.*did you mean 'changes'"):
        tassei.compare(a, a).to_arrow("change")
