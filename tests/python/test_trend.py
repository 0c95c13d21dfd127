"""Levels as of several dates."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import tassei
from random_people import Recipe, random_people, to_frames
from slow_evaluator import evaluate

DATES = ["2016-12-31", "2018-06-30", "2020-12-31"]
PASSED = {"certifications": {"person_id": ["P1"], "examination": ["AP"], "date": ["2020-04-01"]}}


@pytest.mark.parametrize(
    "options", [{}, {"readings": {"recency_years": 3}, "min_verification": "supervisor"}]
)
def test_each_date_is_an_assessment_of_its_own(framework, options):
    tables = random_people(Recipe(seed=4, people=80, blanks=0.05))
    evidence = tassei.read_evidence(to_frames(tables, "pandas"), framework)
    trend = tassei.assess_over(evidence, framework, DATES, **options)
    got = {
        (str(as_of), person, specialty): answer
        for as_of, person, specialty, *answer in trend.levels().to_numpy().tolist()
    }
    for date in DATES:
        slow = evaluate(tables, dt.date.fromisoformat(date), **options).levels
        assert {key: list(answer) for key, answer in slow.items()} == {
            key[1:]: answer for key, answer in got.items() if key[0] == date
        }


def test_the_distribution_is_that_of_each_date(framework):
    tables = random_people(Recipe(seed=5, people=60))
    evidence = tassei.read_evidence(to_frames(tables, "pandas"), framework)
    trend = tassei.assess_over(evidence, framework, DATES)
    for by in (None, "department"):
        parts = trend.to_arrow(by=by).to_pandas()
        for date in DATES:
            one = tassei.assess(evidence, framework, as_of=date).distribution(by)
            mine = parts[parts["as_of"] == dt.date.fromisoformat(date)].drop(columns="as_of")
            pd.testing.assert_frame_equal(mine.reset_index(drop=True), one, check_dtype=False)


@pytest.mark.parametrize(
    "dates",
    [
        ["2020-04-01", dt.date(2020, 3, 31), "2020-04-01"],
        pd.date_range("2020-03-31", periods=2),
        pd.Series(pd.to_datetime(["2020-03-31", "2020-04-01"])),
        pl.Series([dt.date(2020, 4, 1), dt.date(2020, 3, 31)]),
        pa.array([dt.date(2020, 3, 31), dt.date(2020, 4, 1)]),
        np.array(["2020-03-31", "2020-04-01"], "datetime64[D]"),
        (d for d in ("2020-03", "2020-04-01")),
    ],
    ids=lambda dates: type(dates).__name__,
)
def test_dates_of_any_kind_rising_and_once(framework, dates):
    evidence = tassei.read_evidence(PASSED, framework)
    trend = tassei.assess_over(evidence, framework, dates)
    assert trend.dates == [dt.date(2020, 3, 31), dt.date(2020, 4, 1)]
    levels = trend.levels()
    assert levels[levels["specialty"] == "software"]["level"].tolist() == [0, 3]


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        ([], "empty"),
        ("2020-03-31", "for one date use assess"),
        (dt.date(2020, 3, 31), "for one date use assess"),
        (None, "for one date use assess"),
        (["2020-03-31", None], "blank"),
        ([pd.NaT], "blank"),
        (["soon"], "'soon'"),
    ],
    ids=str,
)
def test_dates_that_are_none(framework, dates, said):
    evidence = tassei.read_evidence(PASSED, framework)
    with pytest.raises(tassei.AssessError, match=said):
        tassei.assess_over(evidence, framework, dates)


def test_only_levels_are_kept(framework):
    evidence = tassei.read_evidence(PASSED, framework)
    trend = tassei.assess_over(evidence, framework, DATES)
    assert all(type(kept).__name__ == "Standings" for kept in trend._kept)
    assert not any(hasattr(kept, "score") or hasattr(kept, "status") for kept in trend._kept)


def test_libraries_and_tables(framework):
    for library, frame in (("pandas", pd.DataFrame), ("polars", pl.DataFrame), ("pyarrow", pa.Table)):
        tables = random_people(Recipe(seed=6, people=5))
        evidence = tassei.read_evidence(to_frames(tables, library), framework)
        trend = tassei.assess_over(evidence, framework, DATES)
        assert isinstance(trend.levels(), frame)
        assert isinstance(trend.distribution(by="department"), frame)
        assert trend.to_arrow("levels").num_rows == 3 * 5 * 3
    with pytest.raises(tassei.AssessError, match=r"'level'.*did you mean 'levels'"):
        trend.to_arrow("level")
    with pytest.raises(tassei.AssessError, match=r"did you mean 'department'"):
        trend.distribution(by="departments")


def test_it_shows_itself(framework):
    evidence = tassei.read_evidence(PASSED, framework)
    trend = tassei.assess_over(evidence, framework, ["2020-03-31", "2020-04-01"])
    assert "software 2020-04-01: none 0 (0) · level 3 1 (0)" in str(trend)
    assert "ソフトウェア 2020-04-01: なし 0 (0)" in trend.text("ja")
    assert trend._repr_html_().count("<tr>") == 7
    assert repr(trend) == "Trend(1 people, 2 dates from 2020-03-31 to 2020-04-01)"
