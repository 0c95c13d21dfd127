"""When: the first day on which the next level holds if time goes on and nothing else changes."""

from __future__ import annotations

import datetime as dt
from random import Random

import pyarrow as pa
import pytest
import tassei
from random_people import AS_OF, Recipe, random_people, to_frames
from slow_evaluator import LEVELS, evaluate

TODAY = dt.date(2025, 3, 31)
DAY = dt.timedelta(days=1)
HW3 = {
    "start": dt.date(2024, 10, 1), "position": "member", "service": "hardware_service",
    "activities": ["fault_repair"], "outcome": "carried_out", "complexity": ["multi_vendor", "nationwide"],
}  # fmt: skip
EXPERTISE = {
    "kind": "expertise", "area": "customer_trust", "standing": "practises_independently",
    "domain": "hardware_service",
}  # fmt: skip


def assessed(framework, engagements, contributions=(EXPERTISE,), certifications=(), as_of=TODAY, **options):
    def rows(own):
        if not own:
            return {"person_id": pa.array([], pa.string())}
        return pa.Table.from_pylist([{"person_id": "P1", **row} for row in own])

    tables = {
        "people": pa.table({"person_id": ["P1"], "department": ["east"]}),
        "engagements": rows(engagements),
        "contributions": rows(contributions),
        "certifications": rows(certifications),
    }
    return tassei.assess(tassei.read_evidence(tables, framework), framework, as_of=as_of, **options)


def hardware(a, **options):
    rows = a.to_arrow("forecast", **options).to_pylist()
    return next(r for r in rows if r["specialty"] == "hardware")


def test_a_running_engagement_completes_the_year_on_its_365th_day(framework):
    a = assessed(framework, [HW3])
    assert hardware(a) == {
        "person_id": "P1", "specialty": "hardware", "level": 0, "target": 3,
        "date": dt.date(2025, 9, 30), "days": 183, "status": "reached", "possible_date": dt.date(2025, 9, 30),
    }  # fmt: skip
    on_the_day = assessed(framework, [HW3], as_of=dt.date(2025, 9, 30))
    assert on_the_day.levels()["level"][0].as_py() == 3
    the_day_before = assessed(framework, [HW3], as_of=dt.date(2025, 9, 29))
    assert the_day_before.levels()["level"][0].as_py() == 0


def test_what_holds_already_is_met_today(framework):
    row = hardware(assessed(framework, [HW3 | {"start": TODAY - 364 * DAY}]), target=3)
    assert (row["status"], row["date"], row["days"]) == ("met", TODAY, 0)
    row = hardware(assessed(framework, [HW3 | {"start": TODAY - 363 * DAY}]), target=3)
    assert (row["status"], row["days"]) == ("reached", 1)


def test_a_criterion_that_time_cannot_move_keeps_the_sheet_open(framework):
    row = hardware(assessed(framework, [HW3], contributions=()))
    assert (row["target"], row["date"], row["days"], row["status"], row["possible_date"]) == (
        3, None, None, "not_by_time", None,
    )  # fmt: skip


def test_an_engagement_that_ended_adds_no_days(framework):
    row = hardware(assessed(framework, [HW3 | {"end": TODAY}]))
    assert (row["date"], row["status"]) == (None, "not_by_time")


def test_an_end_that_lies_ahead_is_gone_on_to_and_no_further(framework):
    enough = HW3["start"] + 364 * DAY
    assert hardware(assessed(framework, [HW3 | {"end": enough}]))["date"] == enough
    assert hardware(assessed(framework, [HW3 | {"end": enough - DAY}]))["date"] is None


def test_what_is_planned_counts_from_its_date(framework):
    exam = {"examination": "AP", "date": TODAY + 100 * DAY}
    row = hardware(assessed(framework, [], certifications=[exam]))
    assert (row["days"], row["status"]) == (100, "reached")


def test_a_blank_leaves_a_possible_date(framework):
    row = hardware(assessed(framework, [HW3 | {"service": None}]))
    assert (row["status"], row["date"], row["possible_date"]) == (
        "not_by_time", None, dt.date(2025, 9, 30),
    )  # fmt: skip
    undated = hardware(assessed(framework, [HW3 | {"start": None}]))
    assert (undated["date"], undated["possible_date"]) == (None, TODAY)


def test_days_that_fall_out_of_the_window_may_come_before_those_that_come_in(framework):
    one_year = {"recency_years": 1}
    # as of today 183 days; the window has 365
    lasting = EXPERTISE | {"date": TODAY}
    row = hardware(assessed(framework, [HW3], [lasting], readings=one_year))
    assert row["date"] == dt.date(2025, 9, 30)
    # a contribution of 300 days ago is forgotten in 65 days, long before the year is full
    old = EXPERTISE | {"date": TODAY - 300 * DAY}
    assert hardware(assessed(framework, [HW3], [old], readings=one_year))["status"] == "not_by_time"
    fresh = EXPERTISE | {"date": dt.date(2024, 10, 1)}
    assert hardware(assessed(framework, [HW3], [fresh], readings=one_year))["status"] == "reached"


def test_nothing_lies_beyond_until(framework):
    a = assessed(framework, [HW3])
    assert hardware(a, until="2025-09-30")["status"] == "reached"
    assert hardware(a, until=dt.date(2025, 9, 29))["status"] == "not_by_time"
    with pytest.raises(tassei.AssessError, match="until is the as-of date, 2025-03-31, or later"):
        a.forecast(until="2025-03-30")
    with pytest.raises(tassei.AssessError, match="until 'soon'"):
        a.forecast(until="soon")


def test_who_is_at_the_top_has_no_target(framework):
    recipe = Recipe(seed=3, people=60, strong=1.0)
    a = tassei.assess(
        tassei.read_evidence(to_frames(random_people(recipe), "pyarrow"), framework), framework, as_of=AS_OF
    )
    rows = a.to_arrow("forecast").to_pylist()
    top = [r for r in rows if r["level"] == max(framework.levels)]
    assert top
    assert {(r["target"], r["date"], r["days"], r["status"]) for r in top} == {(None, None, None, "met")}


def test_names_that_do_not_exist_are_told(framework):
    a = assessed(framework, [HW3])
    with pytest.raises(tassei.AssessError, match="there is no level 7; there are"):
        a.forecast(target=7)
    with pytest.raises(tassei.AssessError, match="there is no person 'P2'"):
        a.forecast(person_id="P2")
    with pytest.raises(tassei.AssessError, match="people have no column 'dept'"):
        a.forecast_curve(by="dept")


def test_one_person_is_a_part_of_everybody(framework):
    recipe = Recipe(seed=4, people=20, blanks=0.05)
    a = tassei.assess(
        tassei.read_evidence(to_frames(random_people(recipe), "polars"), framework), framework, as_of=AS_OF
    )
    everybody = a.to_arrow("forecast").to_pylist()
    assert a.forecast(person_id=["p0007", "p0003"]).to_dicts() == [
        r for p in ("p0007", "p0003") for r in everybody if r["person_id"] == p
    ]


# --- against assessing again --------------------------------------------------------------------


def moved(tables, rng):
    """Some engagements go on, some start or end later, some contributions lie ahead."""
    for row in tables.get("engagements", []):
        if rng.random() < 0.3:
            row["end"] = None
        elif row.get("end") is not None and rng.random() < 0.3:
            row["end"] += dt.timedelta(days=rng.randint(0, 900))
    for row in tables.get("contributions", []):
        if row.get("date") is not None and rng.random() < 0.3:
            row["date"] += dt.timedelta(days=rng.randint(0, 1500))
    return tables


READINGS = [
    {}, {"overlap": "sum"}, {"cumulative": "yes"}, {"recency_years": 3},
    {"recency_years": 5, "overlap": "sum"}, {"recency_years": 1, "cumulative": "yes"},
]  # fmt: skip


@pytest.mark.parametrize("readings", READINGS, ids=str)
@pytest.mark.parametrize("target", [None, 5])
def test_the_date_is_the_first_one_that_an_assessment_finds(framework, readings, target):
    seed = 10 * READINGS.index(readings) + (target or 0)
    rng = Random(seed)
    recipe = Recipe(seed=seed, people=80, strong=0.9, blanks=0.02)
    evidence = tassei.read_evidence(to_frames(moved(random_people(recipe), rng), "pyarrow"), framework)
    word = rng.choice([None, "supervisor"])

    def assess(day):
        return tassei.assess(evidence, framework, as_of=day, readings=readings, min_verification=word)

    def standings(day):
        """Person and specialty to certain and possible sheets, what cumulative levels need in them."""
        found = {}
        words = {"met": 2, "unknown": 1, "unmet": 0}
        for r in sorted(assess(day).to_arrow("sheets").to_pylist(), key=lambda r: r["level"]):
            status = words[r["status"]]
            key = (r["person_id"], r["specialty"])
            if readings.get("cumulative") == "yes" and r["level"] > LEVELS[0]:
                status = min(status, found[key][r["level"] - 1])
            found.setdefault(key, {})[r["level"]] = status
        return found

    rows = assess(AS_OF).to_arrow("forecast", target=target).to_pylist()
    events = {AS_OF}
    for r in rows:
        events |= {d for d in (r["date"], r["possible_date"]) if d}
    days = events | {d - DAY for d in events if d > AS_OF}
    days |= {AS_OF + dt.timedelta(days=rng.randint(0, 3000)) for _ in range(20)}
    at = {day: standings(day) for day in sorted(days)}
    reached = 0
    for r in rows:
        key = (r["person_id"], r["specialty"])
        if r["target"] is None:
            assert r["level"] == max(LEVELS)
            continue
        for date, enough in ((r["date"], 2), (r["possible_date"], 1)):
            holding = [day for day, found in at.items() if found[key][r["target"]] >= enough]
            if date is None:
                assert holding == []
            else:
                assert min(holding) == date
        if r["date"] is not None:
            assert r["days"] == (r["date"] - AS_OF).days
            assert r["status"] == ("met" if r["date"] == AS_OF else "reached")
            reached += r["date"] > AS_OF
    assert reached > 0 or target


def test_an_evaluator_that_shares_no_code_finds_the_same_first_day(framework):
    rng = Random(5)
    tables = moved(random_people(Recipe(seed=5, people=60, strong=1.0)), rng)
    a = tassei.assess(
        tassei.read_evidence(to_frames(tables, "pyarrow"), framework), framework, as_of=AS_OF
    )
    rows = [r for r in a.to_arrow("forecast").to_pylist() if r["status"] == "reached"]
    assert len(rows) > 5
    for r in rows:
        own = {t: [x for x in some if x["person_id"] == r["person_id"]] for t, some in tables.items()}
        key = (r["person_id"], r["specialty"], r["target"])
        assert evaluate(own, r["date"]).sheets[key][0] == "met"
        assert evaluate(own, r["date"] - DAY).sheets[key][0] != "met"


@pytest.mark.parametrize("recency", [None, 3])
def test_the_number_of_threads_changes_nothing(framework, recency):
    tables = moved(random_people(Recipe(seed=6, people=300, blanks=0.02)), Random(6))
    evidence = tassei.read_evidence(to_frames(tables, "pyarrow"), framework)
    one, four = (
        tassei.assess(evidence, framework, as_of=AS_OF, readings={"recency_years": recency}, threads=n)
        for n in (1, 4)
    )
    assert one.to_arrow("forecast").equals(four.to_arrow("forecast"))


# --- the curve ----------------------------------------------------------------------------------


def test_the_curve_of_one_person(framework):
    a = assessed(framework, [HW3])
    rows = [r for r in a.to_arrow("forecast_curve").to_pylist() if r["specialty"] == "hardware"]
    assert [r["month"] for r in rows] == [dt.date(2025, m, 1) for m in range(3, 10)]
    assert [r["reaching"] for r in rows] == [0, 0, 0, 0, 0, 0, 1]
    assert [r["reached"] for r in rows] == [0, 0, 0, 0, 0, 0, 1]
    assert {(r["target"], r["people"]) for r in rows} == {(3, 1)}


@pytest.mark.parametrize("target", [None, 4])
@pytest.mark.parametrize("by", [None, "department"])
def test_the_curve_counts_the_forecast(framework, target, by):
    tables = moved(random_people(Recipe(seed=8, people=200, strong=0.9, blanks=0.02)), Random(8))
    a = tassei.assess(
        tassei.read_evidence(to_frames(tables, "pyarrow"), framework), framework, as_of=AS_OF
    )
    department = {row["person_id"]: row["department"] for row in tables["people"]}
    people = a.to_arrow("forecast", target=target).to_pylist()
    curve = a.to_arrow("forecast_curve", target=target, by=by).to_pylist()
    assert sum(r["reaching"] for r in curve) == sum(r["status"] == "reached" for r in people)
    for r in curve:
        own = [
            p for p in people
            if (p["specialty"], p["target"]) == (r["specialty"], r["target"])
            and (by is None or department[p["person_id"]] == r["department"])
        ]  # fmt: skip
        after = (r["month"] + dt.timedelta(days=32)).replace(day=1)
        assert r["people"] == len(own)
        assert r["reached"] == sum(p["date"] is not None and p["date"] < after for p in own)
        assert r["possible_reached"] == sum(
            p["possible_date"] is not None and p["possible_date"] < after for p in own
        )
        assert r["reaching"] == sum(
            p["status"] == "reached" and r["month"] <= p["date"] < after for p in own
        )


@pytest.mark.parametrize("target", [None, 4])
def test_the_curve_hides_small_groups(framework, target):
    people = [{"person_id": f"p{i}", "site": site} for i, site in enumerate("A" * 9 + "B" * 4 + "C" * 8)]
    work = pa.Table.from_pylist([HW3 | {"person_id": "p10"}])
    tables = {"people": pa.Table.from_pylist(people), "engagements": work}
    a = tassei.assess(tassei.read_evidence(tables, framework), framework, as_of=TODAY)
    every = a.to_arrow("forecast_curve", target=target, by="site").to_pylist()
    curve = a.to_arrow("forecast_curve", target=target, by="site", min_group=5).to_pylist()
    names = ["specialty", "target", "site", "month"]
    assert [[r[n] for n in names] for r in curve] == [[r[n] for n in names] for r in every]
    counts = ["reaching", "reached", "possible_reached", "people"]
    for hidden, known in zip(curve, every, strict=True):
        assert hidden["suppressed"] == (known["site"] != "A")
        blank = dict.fromkeys(counts) if hidden["suppressed"] else {n: known[n] for n in counts}
        assert {n: hidden[n] for n in counts} == blank
    # each site has the same rows, whoever has the target
    rows = {s: [(r["specialty"], r["target"], r["month"]) for r in curve if r["site"] == s] for s in "ABC"}
    assert rows["A"] == rows["B"] == rows["C"]


def test_without_groups_the_curve_hides_nothing(framework):
    a = assessed(framework, [HW3])
    curve = a.to_arrow("forecast_curve", min_group=5)
    assert not any(curve.column("suppressed").to_pylist())
    assert curve.drop_columns("suppressed").equals(a.to_arrow("forecast_curve"))
    with pytest.raises(tassei.AssessError, match="min_group is a whole number"):
        a.forecast_curve(by="department", min_group=-1)


def test_the_curve_goes_to_the_month_of_until(framework):
    a = assessed(framework, [HW3])
    months = a.to_arrow("forecast_curve", until="2025-04-01")["month"].to_pylist()
    assert set(months) == {dt.date(2025, 3, 1), dt.date(2025, 4, 1)}
    assert len(months) == 6


def test_nobody_has_no_curve(framework):
    evidence = tassei.read_evidence({"people": {"person_id": pa.array([], pa.string())}}, framework)
    a = tassei.assess(evidence, framework, as_of=TODAY)
    assert a.to_arrow("forecast").num_rows == a.to_arrow("forecast_curve").num_rows == 0
