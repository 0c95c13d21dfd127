"""The longest stretch without a day between, from the framework file to what a user sees."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest
import tassei
from tassei.framework import framework_schema

WORKSHOP = (Path(__file__).resolve().parents[2] / "docs/guide/workshop.yaml").read_text(encoding="utf-8")
DURATION = "duration: {table: shifts, where: {always: true}, at_least: {days: 100}}"
STRETCH = DURATION.replace("duration", "longest")
AS_OF = dt.date(2026, 6, 30)


def load(folder, change=STRETCH):
    file = folder / "workshop.yaml"
    file.write_text(WORKSHOP.replace(DURATION, change), encoding="utf-8")
    return tassei.load_framework(file)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    return load(tmp_path_factory.mktemp("workshop"))


def assessed(workshop, *shifts, as_of=AS_OF):
    """Ada, who took the course and worked on these days; days count back from the assessment's."""

    def day(back):
        return None if back is None else AS_OF - dt.timedelta(days=back)

    starts, ends = ([day(shift[i]) for shift in shifts] for i in (0, 1))
    tables = {
        "people": pa.table({"person_id": ["Ada"]}),
        "shifts": pa.table(
            {
                "person_id": pa.array(["Ada"] * len(shifts), pa.string()),
                "start": pa.array(starts, pa.date32()),
                "end": pa.array(ends, pa.date32()),
            }
        ),
        "courses": pa.table({"person_id": ["Ada"], "course": ["lending"]}),
    }
    return tassei.assess(tassei.read_evidence(tables, workshop), workshop, as_of=as_of)


def practice(a):
    rows = a.to_arrow("criteria", level=2).to_pylist()
    row = next(row for row in rows if row["criterion"] == "practice")
    return row["status"], row["low"], row["high"], row["required"], row["unit"]


@pytest.mark.parametrize(
    ("shifts", "found"),
    [
        ([(99, 50), (49, 0)], ("met", 100, 100, 100, "days")),  # one begins the day after the other ends
        ([(199, 100), (98, 0)], ("met", 100, 100, 100, "days")),
        ([(198, 100), (98, 0)], ("unmet", 99, 99, 100, "days")),  # 198 days in all
        ([(99, 50), (99, 50), (60, 20)], ("unmet", 80, 80, 100, "days")),
        ([(99, None)], ("met", 100, 100, 100, "days")),
        ([(None, 10), (60, 0)], ("unknown", 61, float("inf"), 100, "days")),
        ([], ("unmet", 0, 0, 100, "days")),
    ],
)
def test_days_in_one_stretch(workshop, shifts, found):
    assert practice(assessed(workshop, *shifts)) == found


def test_explanations_say_that_it_is_one_stretch(workshop):
    a = assessed(workshop, (198, 100), (98, 0))
    assert "found 99, needed 100 days in one stretch (1 short)" in a.explain("Ada", "tools", 2).text
    assert "実績 99、必要 100 日(連続)" in a.explain("Ada", "tools", 2, lang="ja").text
    assert "counted already" not in a.explain("Ada", "tools", 2).text


def test_the_ledger_adds_up_to_the_stretch(workshop):
    a = assessed(workshop, (300, 280), (198, 110), (109, 90))
    rows = [r for r in a.to_arrow("ledger").to_pylist() if r["criterion"] == "practice"]
    assert [row["low"] for row in rows] == [21, 68, 20]
    assert practice(a)[1] == 109


def test_a_gap_goes_on_from_today_where_it_can(workshop):
    running = assessed(workshop, (300, 250), (89, None)).gap("Ada", "tools", 2).to_dict()["alternatives"]
    assert (running[0]["additions"][0]["days"], running[0]["exact"]) == (10, True)
    ended = assessed(workshop, (300, 250), (89, 1)).gap("Ada", "tools", 2).to_dict()["alternatives"]
    assert ended[0]["additions"][0]["days"] == 100


def test_a_forecast_reaches_the_stretch_on_its_last_day(workshop):
    a = assessed(workshop, (300, 210), (89, None))
    (row,) = a.to_arrow("forecast", target=2).to_pylist()
    assert (row["date"], row["days"]) == (AS_OF + dt.timedelta(days=10), 10)
    assert practice(assessed(workshop, (300, 210), (89, None), as_of=row["date"]))[0] == "met"
    early = row["date"] - dt.timedelta(days=1)
    assert practice(assessed(workshop, (300, 210), (89, None), as_of=early))[0] == "unmet"


def test_a_start_is_asked_for(workshop):
    (question,) = assessed(workshop, (None, 0)).questions("Ada", "tools", 2).met
    assert (question["kind"], question["column"]) == ("start", "start")


def test_days_in_one_stretch_are_days_in_all(tmp_path):
    both = f"{STRETCH}\n      course:\n        {DURATION}"
    text = WORKSHOP[: WORKSHOP.rindex("      course:")]
    file = tmp_path / "both.yaml"
    file.write_text(text.replace(DURATION, both), encoding="utf-8")
    found = tassei.load_framework(file).lint().of("never_decides")
    assert [f.criterion for f in found] == ["course"]


def test_a_table_without_start_has_no_stretch(tmp_path):
    with pytest.raises(tassei.FrameworkError, match="'courses' has no column with the role 'start'"):
        load(tmp_path, STRETCH.replace("shifts", "courses"))


def test_the_schema_knows_it(workshop):
    assert "longest" in framework_schema()["$defs"]["LongestCriterion"]["properties"]
