"""What users pass: levels, persons and numbers of any library, and what is none."""

from __future__ import annotations

import copy
import datetime as dt
import json
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import tassei

DAY = "2026-06-30"


@pytest.fixture(scope="module")
def a(framework):
    return tassei.assess(tassei.read_evidence(tassei.synthesize(50, seed=1), framework), as_of=DAY)


@pytest.mark.usefixtures("no_figure_stays_open")
@pytest.mark.parametrize("level", [4, 4.0, np.int64(4), np.float32(4), np.array(4)], ids=repr)
def test_levels_are_numbers_of_any_kind(a, level):
    for found in (a.explain("P00001", "hardware", level), a.gap("P00001", "hardware", level)):
        assert json.loads(json.dumps(found.to_dict()))["level"] == 4
    assert a.questions("P00001", "hardware", level).level == 4
    for table in (a.gaps, a.additions, a.forecast, a.forecast_curve, a.bottlenecks):
        pd.testing.assert_frame_equal(table(target=level), table(target=4))
    pd.testing.assert_frame_equal(a.criteria(level=level), a.criteria(level=4))
    assert a.plot.readiness(target=level) is not None


@pytest.mark.parametrize("level", ["4", 4.5, pd.NA, np.array([4, 5]), [4]], ids=repr)
def test_what_is_no_level_is_told(a, level):
    with pytest.raises(tassei.AssessError, match="hardware has no level"):
        a.explain("P00001", "hardware", level)
    with pytest.raises(tassei.AssessError, match="there is no level"):
        a.gaps(target=level)


@pytest.mark.parametrize(
    "persons",
    [["P00001", "P00002"], ("P00001", "P00002"), np.array(["P00001", "P00002"]),
     pd.Series(["P00001", "P00002"]), pa.array(["P00001", "P00002"]), iter(["P00001", "P00002"])],
    ids=lambda persons: type(persons).__name__,
)  # fmt: skip
def test_persons_are_lists_of_any_library(a, persons):
    assert a.criteria(persons)["person_id"].unique().tolist() == ["P00001", "P00002"]


@pytest.mark.parametrize("person", ["P00001", np.str_("P00001"), pa.scalar("P00001"), ["P00001"]], ids=repr)
def test_one_person_is_enough(a, person, tmp_path):
    for found in (a.criteria(person), a.ledger(person), a.forecast(person_id=person)):
        assert set(found["person_id"]) == {"P00001"}
    assert "P00001" in a.report(tmp_path / "one.html", people=person).read_text(encoding="utf-8")
    book = a.to_excel(tmp_path / "one.xlsx", people=person)
    sheets = pd.read_excel(book, sheet_name=None, engine="calamine").values()
    assert any("P00001" in sheet.to_numpy() and "P00002" not in sheet.to_numpy() for sheet in sheets)


@pytest.mark.parametrize("person", [2, np.int64(2), "P"])
def test_who_is_not_there_is_told(a, person, tmp_path):
    for ask in (
        lambda: a.criteria(person), lambda: a.ledger(person), lambda: a.forecast(person_id=person),
        lambda: a.report(tmp_path / "one.html", people=person),
        lambda: a.to_excel(tmp_path / "one.xlsx", people=person),
    ):  # fmt: skip
        with pytest.raises(tassei.AssessError, match="there is no person"):
            ask()


@pytest.mark.parametrize("wrong", [-1, 1.5, "5", True, None])
def test_a_group_has_a_whole_number_of_people(a, wrong, tmp_path):
    for ask in (
        lambda: a.distribution(min_group=wrong), lambda: a.completeness(min_group=wrong),
        lambda: a.distribution(by="department", min_group=wrong),
        lambda: a.report(tmp_path / "all.html", min_group=wrong),
    ):  # fmt: skip
        with pytest.raises(tassei.AssessError, match="min_group is a whole number from 0 on"):
            ask()


def test_a_group_may_be_said_to_be_larger_than_any(a):
    found = a.distribution(by="department", min_group=10**25)
    assert found["certain"].isna().all() and found["suppressed"].all()


def test_levels_that_a_specialty_has_not_are_told():
    choir = tassei.load_framework(Path(__file__).parents[1] / "frameworks" / "community-choir.yaml")
    there = {(sheet.specialty, sheet.level) for sheet in choir.document.sheets}
    missing = next((s, n) for s in choir.specialties for n in choir.levels if (s, n) not in there)
    with pytest.raises(tassei.AssessError, match=f"no sheet is of {missing[0]} and of level {missing[1]}"):
        choir.only(*missing)


def test_days_that_are_dates_are_days_as_text(a):
    last = a.forecast(until=dt.date.max)
    pd.testing.assert_frame_equal(a.forecast(until="9999-12-31"), last)
    early, text = (tassei.assess(a.evidence, as_of=day) for day in (dt.date(1800, 1, 1), "1800-01-01"))
    assert early.as_of == text.as_of
    assert tassei.assess(a.evidence, as_of="2197-06-30").plot.readiness() is not None
    with pytest.raises(tassei.AssessError, match="dates have a blank one"):
        tassei.assess_over(a.evidence, dates=[pd.NA])


def test_nothing_given_is_told(a, framework, tmp_path):
    with pytest.raises(tassei.AssessError, match="no specialty is given; there are hardware"):
        tassei.assess(a.evidence, specialties=[])
    with pytest.raises(tassei.AssessError, match="a page needs a language; there are"):
        a.report(tmp_path / "all.html", lang=[])
    with pytest.raises(tassei.AssessError, match="costs are numbers by name, came int"):
        a.gaps(costs=5)
    with pytest.raises(tassei.AssessError, match="expected a framework from load_framework, came NoneType"):
        tassei.write_template(None, tmp_path / "form.xlsx")
    one, other = (a.gaps(costs={"publications": cost}) for cost in (3, np.int64(3)))
    pd.testing.assert_frame_equal(one, other)


@pytest.mark.parametrize("wrong", [-1, 1.5, "5", True, None])
def test_a_workforce_has_a_whole_number_of_people_and_a_seed(wrong):
    with pytest.raises(tassei.AssessError, match="people is a whole number from 0 on"):
        tassei.synthesize(wrong)
    with pytest.raises(tassei.AssessError, match="seed is a whole number from 0 on"):
        tassei.synthesize(3, seed=wrong)


@pytest.mark.parametrize("key", [8, None, 1.5, [1] * 8], ids=repr)
def test_a_key_is_text_or_bytes(a, key):
    """Bytes of a number would be as many zeros: a key that everybody knows."""
    with pytest.raises(tassei.AssessError, match="key: expected a text or bytes, came"):
        a.pseudonymise(key)
    one = a.pseudonymise("kept in a safe", keep="department")
    assert one.evidence.groups == ["department"]
    assert one.levels().equals(a.pseudonymise(bytearray(b"kept in a safe")).levels())


def test_pickling_says_what_to_do_instead(a):
    for act in (pickle.dumps, copy.deepcopy):
        for one in (a, a.evidence, a.explain("P00001", "hardware")):
            with pytest.raises(TypeError, match=r"keep an assessment with save\(\)"):
                act(one)


def test_tables_of_batches_never_replace_each_other_or_the_evidence(framework, tmp_path):
    frames = {n: f.sort_values("person_id") for n, f in tassei.synthesize(60, seed=7).items()}
    folder = tmp_path / "evidence"
    (folder / "sub").mkdir(parents=True)
    for name, frame in frames.items():
        frame.to_parquet(folder / f"{name}.parquet")
    batches = tassei.assess_batches(folder, framework, as_of=DAY, batch_people=np.int64(7))
    before = (folder / "people.parquet").read_bytes()
    with pytest.raises(tassei.AssessError, match="is evidence that is read for it; choose another folder"):
        batches.to_parquet(folder / "sub" / ".." / "people.parquet")
    assert (folder / "people.parquet").read_bytes() == before
    with pytest.raises(tassei.AssessError, match="each table needs a file of its own"):
        batches.to_parquet(tmp_path / "x.parquet", sheets=folder / ".." / "x.parquet")
    assert batches.to_parquet(tmp_path / "levels.parquet") == 60


GROUPS = {
    "lists": (pa.array([["x"], ["y", "z"], None, []] * 3), ["none", "x", "y;z", None]),
    "NaN and zeros": (pa.array([0.0, -0.0, float("nan"), None] * 3), [0.0, None]),
    "half floats": (pa.array(np.array([1, 2, 3] * 4, np.float16)), [1.0, 2.0, 3.0]),
    "floats": (pa.array([0.1, 0.2, None] * 4, pa.float32()), [np.float32(0.1), np.float32(0.2), None]),
    "nothing": (pa.nulls(12), [None]),
    "moments": (pa.array([dt.datetime(2020, 1, 1)] * 12, pa.timestamp("us", "Asia/Tokyo")), None),
}


@pytest.mark.usefixtures("no_figure_stays_open")
@pytest.mark.parametrize("name", GROUPS)
def test_people_can_be_grouped_by_any_column(framework, name, tmp_path):
    column, expected = GROUPS[name]
    people = {"person_id": [f"P{i:02}" for i in range(12)], "kind": column, "site": ["A", "B"] * 6}
    a = tassei.assess(tassei.read_evidence({"people": pa.table(people)}, framework), as_of=DAY)
    table = a.to_arrow("distribution", by="kind")
    found = table["kind"].unique().to_pylist()
    assert expected is None or found == [None if e is None else pytest.approx(e) for e in expected]
    assert table.num_rows == len(found) * 3 * 5
    assert a.distribution(by="site", min_group=5).num_rows == 30
    for picture in (a.plot.distribution, a.plot.heatmap, a.plot.completeness, a.plot.bottlenecks):
        assert picture(by="kind", min_group=0) is not None
    assert a.to_excel(tmp_path / "book.xlsx", by="kind", min_group=0).is_file()
    assert a.report(tmp_path / "page.html", by="kind", min_group=0).is_file()
