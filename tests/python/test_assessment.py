"""The assessment's tables, options and errors."""

import datetime as dt
import gc
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import tassei
from random_people import Recipe, random_people, to_frames
from tassei import _core

RECIPE = Recipe(seed=11, people=120, strong=0.8, blanks=0.08)


@pytest.fixture(scope="module")
def frames():
    return to_frames(random_people(RECIPE), "pandas")


@pytest.fixture(scope="module")
def assessment(framework, frames):
    return tassei.assess(tassei.read_evidence(frames, framework), framework, as_of=RECIPE.as_of)


def test_tables_have_the_columns_of_the_contract(assessment):
    assert list(assessment.levels()) == ["person_id", "specialty", "level", "possible_level", "basis"]
    assert list(assessment.sheets()) == ["person_id", "specialty", "level", "status", "basis", "score"]
    assert list(assessment.criteria()) == [
        "person_id", "specialty", "level", "criterion", "status",
        "low", "high", "required", "unit", "progress",
    ]  # fmt: skip
    assert len(assessment.levels()) == 120 * 3
    assert len(assessment.sheets()) == 120 * 12
    assert len(assessment.criteria()) == 120 * 66


def test_a_sheet_has_rows_only_for_its_criteria(assessment):
    rows = assessment.criteria()
    three = rows[rows["level"] == 3]["criterion"].unique().tolist()
    assert three == ["responsibility", "complexity", "size", "expertise"]
    assert set(rows["unit"]) == {"days", "engagements", "achievements", "yes_no"}


def test_criteria_can_be_narrowed(assessment):
    everything = assessment.criteria()
    wanted = everything[
        (everything["person_id"] == "p0007")
        & (everything["specialty"] == "software")
        & (everything["level"] == 4)
    ]
    narrowed = assessment.criteria("p0007", "software", 4)
    pd.testing.assert_frame_equal(narrowed, wanted.reset_index(drop=True))
    two = assessment.criteria(["p0009", "p0003"])
    assert two["person_id"].unique().tolist() == ["p0009", "p0003"]


def test_levels_follow_from_sheets(assessment):
    sheets = assessment.sheets()
    met = sheets[sheets["status"] == "met"].groupby(["person_id", "specialty"])["level"].max()
    open_ = sheets[sheets["status"] != "unmet"].groupby(["person_id", "specialty"])["level"].max()
    rows = assessment.levels().set_index(["person_id", "specialty"])
    assert rows["level"].equals(met.reindex(rows.index, fill_value=0).rename("level"))
    assert rows["possible_level"].equals(open_.reindex(rows.index, fill_value=0).rename("possible_level"))


def test_distribution_counts_the_levels_table(assessment):
    rows = assessment.levels()
    table = assessment.distribution()
    assert list(table) == ["specialty", "level", "certain", "possible", "certain_share", "possible_share"]
    for row in table.itertuples():
        own = rows[rows["specialty"] == row.specialty]
        assert row.certain == (own["level"] == row.level).sum()
        assert row.possible == (own["possible_level"] == row.level).sum()
        assert row.certain_share == row.certain / 120
    assert sorted(table["level"].unique()) == [0, 3, 4, 5, 6]


def test_distribution_by_group_adds_up_and_keeps_people_without_a_group(assessment):
    total = assessment.distribution()
    groups = assessment.distribution(by="department")
    assert list(groups)[:3] == ["specialty", "department", "level"]
    assert groups["department"].isna().any()
    summed = groups.groupby(["specialty", "level"])[["certain", "possible"]].sum()
    whole = total.set_index(["specialty", "level"])[["certain", "possible"]]
    pd.testing.assert_frame_equal(summed.sort_index(), whole.sort_index())
    shares = groups.groupby(["specialty", "department"], dropna=False)["certain_share"].sum()
    assert np.allclose(shares, 1)


@pytest.mark.parametrize(
    ("library", "kind"), [("pandas", pd.DataFrame), ("polars", pl.DataFrame), ("pyarrow", pa.Table)]
)
def test_frames_come_back_in_the_callers_library(framework, library, kind):
    evidence = tassei.read_evidence(to_frames(random_people(Recipe(seed=3, people=5)), library), framework)
    a = tassei.assess(evidence, framework, as_of=RECIPE.as_of)
    for table in (a.levels(), a.sheets(), a.criteria(), a.distribution(), evidence.people, evidence.issues):
        assert isinstance(table, kind)


def test_every_table_goes_to_arrow(assessment):
    for name in ("levels", "sheets", "criteria", "distribution"):
        assert isinstance(assessment.to_arrow(name), pa.Table)
    assert assessment.to_arrow("criteria", specialty="hardware").num_rows == 120 * 22
    with pytest.raises(tassei.AssessError, match="did you mean 'levels'"):
        assessment.to_arrow("level")


def test_scores_are_seen_without_a_copy_and_cannot_be_written(assessment):
    scores = assessment.scores
    assert scores.shape == (120, 12)
    assert np.shares_memory(scores, assessment.scores)
    with pytest.raises(ValueError, match="read-only"):
        scores[0, 0] = 1
    assert scores.min() >= 0 and scores.max() == 1.0
    assert assessment.sheets()["score"].tolist() == scores.ravel().tolist()


@pytest.mark.parametrize(
    "as_of",
    [
        dt.date(2020, 1, 31),
        dt.datetime(2020, 1, 31, 9),
        "2020-01-31",
        "2020/1",
        "令和2年1月31日",
        np.datetime64("2020-01-31"),
    ],
)
def test_as_of_in_every_form(framework, frames, as_of):
    a = tassei.assess(tassei.read_evidence(frames, framework), framework, as_of=as_of)
    assert a.as_of == dt.date(2020, 1, 31)


def test_today_is_the_default_and_recorded(framework, frames):
    a = tassei.assess(tassei.read_evidence(frames, framework), framework)
    assert abs(a.as_of - dt.date.today()) <= dt.timedelta(1)
    assert str(a.as_of) in repr(a)


def test_readings_and_verification_are_recorded(framework, frames):
    evidence = tassei.read_evidence(frames, framework)
    a = tassei.assess(
        evidence,
        framework,
        as_of="2020",
        readings={"recency_years": 5, "cumulative": "yes"},
        min_verification="上司",
    )
    assert a.readings["recency_years"] == 5
    assert a.readings["cumulative"] == "yes"
    assert a.readings["overlap"] == "union"
    page = a._repr_html_()
    assert "recency_years: 5" in page and framework.fingerprint[:12] in page


def test_min_verification_takes_labels(framework, frames):
    evidence = tassei.read_evidence(frames, framework)
    label = framework.label("word", "verification.document", "ja")
    by_id = tassei.assess(evidence, framework, as_of="2020", min_verification="document").levels()
    by_label = tassei.assess(evidence, framework, as_of="2020", min_verification=label).levels()
    pd.testing.assert_frame_equal(by_id, by_label)


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        ({"readings": {"overlaps": "sum"}}, ["'overlaps'", "did you mean 'overlap'"]),
        ({"readings": {"overlap": "add"}}, ["overlap", "'add'", "union, sum"]),
        ({"readings": {"overlap": "add", "x": "y"}}, ["'add'", "'x'"]),
        ({"readings": {"recency_years": 0}}, ["recency_years", "whole number", "0"]),
        ({"readings": {"recency_years": "few"}}, ["recency_years", "'few'"]),
        ({"min_verification": "supervisr"}, ["'supervisr'", "did you mean 'supervisor'"]),
        ({"as_of": "2020-02-30"}, ["2020-02-30", "29 days"]),
        ({"as_of": "soon"}, ["'soon'", "2026-03-31"]),
        ({"as_of": pd.NaT}, ["as_of", "NaT"]),
        ({"readings": ["overlap"]}, ["choices by name", "list"]),
        *(({"threads": wrong}, ["threads is a whole number", repr(wrong)]) for wrong in (-1, 2.5, "4", None)),
    ],
)
def test_options_that_make_no_sense(framework, frames, options, parts):
    evidence = tassei.read_evidence(frames, framework)
    with pytest.raises(tassei.AssessError) as error:
        tassei.assess(evidence, framework, **options)
    assert all(part in str(error.value) for part in parts), str(error.value)


@pytest.mark.parametrize(
    ("ask", "parts"),
    [
        (lambda a: a.criteria("p000"), ["'p000'", "did you mean"]),
        (lambda a: a.criteria(specialty="hardwares"), ["'hardwares'", "did you mean 'hardware'"]),
        (lambda a: a.criteria(level=7), ["7", "3, 4, 5, 6"]),
        (lambda a: a.distribution(by="departmnt"), ["'departmnt'", "did you mean 'department'"]),
    ],
)
def test_questions_that_make_no_sense(assessment, ask, parts):
    with pytest.raises(tassei.AssessError) as error:
        ask(assessment)
    assert all(part in str(error.value) for part in parts), str(error.value)


def test_wrong_kinds_of_arguments(framework, frames):
    with pytest.raises(tassei.AssessError, match="read_evidence"):
        tassei.assess(frames, framework)
    evidence = tassei.read_evidence(frames, framework)
    with pytest.raises(tassei.AssessError, match="load_framework"):
        tassei.assess(evidence, "itss")


def test_more_threads_than_help_are_none_too_many(framework, frames):
    evidence = tassei.read_evidence(frames, framework)
    one, many = (tassei.assess(evidence, as_of="2020", threads=n).levels() for n in (1, np.int64(10**12)))
    pd.testing.assert_frame_equal(one, many)


def test_the_core_refuses_arguments_of_other_types(framework, frames):
    evidence = tassei.read_evidence(frames, framework)
    plan = framework.plan().core
    with pytest.raises(TypeError, match="incompatible function arguments"):
        _core.assess(plan, evidence._core, 1, 2, 1)
    with pytest.raises(TypeError, match="incompatible function arguments"):
        _core.restore(plan, evidence._core, 1, [], "x", *[np.zeros(0)] * 6)


def test_results_of_the_core_outlive_the_evidence(framework, frames):
    a = tassei.assess(tassei.read_evidence(frames, framework), as_of="2020")
    core, levels, places = a._core, a._core.level.copy(), np.arange(len(a))
    expected = _core.criteria(core, places).low.copy()
    del a
    gc.collect()
    assert np.array_equal(core.level, levels)
    assert np.array_equal(_core.criteria(core, places).low, expected)


def test_another_frameworks_evidence_is_refused(frames, framework):
    other = tassei.load_framework("tests/frameworks/minimal.yaml")
    with pytest.raises(tassei.AssessError, match="read it again"):
        tassei.assess(tassei.read_evidence(frames, framework), other)


def test_nobody(framework):
    evidence = tassei.read_evidence({"people": {"person_id": pa.array([], pa.string())}}, framework)
    a = tassei.assess(evidence, framework, as_of="2020")
    assert len(a.levels()) == len(a.sheets()) == len(a.criteria()) == 0
    assert a.distribution()["certain"].sum() == 0
    assert "0 people" in repr(a)


def test_a_pickled_framework_gives_the_same_levels(framework, frames, assessment):
    again = pickle.loads(pickle.dumps(framework))
    assert again.fingerprint == framework.fingerprint
    evidence = tassei.read_evidence(frames, again)
    pd.testing.assert_frame_equal(
        tassei.assess(evidence, again, as_of=RECIPE.as_of).levels(), assessment.levels()
    )


def test_results_outlive_what_they_were_made_of(framework, frames):
    import gc

    a = tassei.assess(tassei.read_evidence(frames, framework), framework, as_of=RECIPE.as_of)
    scores, expected = a.scores, a.scores.copy()
    core = a._core
    before = a.criteria()
    del a
    gc.collect()
    assert np.array_equal(scores, expected)
    assert len(before) == 120 * 66
    assert core.level.shape == (120, 3)


def test_displays(assessment, framework):
    assert "12 sheets" in repr(framework) and "CS-5" in framework._repr_html_()
    assert "hardware" in assessment._repr_html_()
    assert "120 people" in repr(assessment.evidence)
    page = assessment.evidence._repr_html_()
    assert "engagements" in page and "blank" in page
