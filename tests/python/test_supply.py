"""Demand against supply: what is short, what is refused, what is hidden."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
import tassei
from tassei.supply import _short

AS_OF = "2026-06-30"


def of_sites(framework, sites):
    """People who are all certainly at level 3 of everything, by an examination."""
    ids = [f"P{i}" for i in range(len(sites))]
    tables = {
        "people": pd.DataFrame({"person_id": ids, "site": sites}),
        "certifications": pd.DataFrame({"person_id": ids, "examination": ["AP"] * len(ids)}),
    }
    return tassei.assess(tassei.read_evidence(tables, framework), framework, as_of=AS_OF)


def fewest_empty(people, wanted):
    """The fewest empty places in all, over every way of giving each person one place or none."""
    places = tuple(level for level, count in enumerate(wanted) for _ in range(count))
    persons = [level for level, count in enumerate(people) for _ in range(count)]

    @cache
    def filled(person, left):
        if person == len(persons):
            return 0
        best = filled(person + 1, left)
        for at, level in enumerate(left):
            if level <= persons[person]:
                best = max(best, 1 + filled(person + 1, left[:at] + left[at + 1 :]))
        return best

    return len(places) - filled(0, places)


@pytest.mark.parametrize("seed", range(60))
def test_no_other_way_leaves_fewer_places_empty(seed):
    rng = np.random.default_rng(seed)
    people, wanted = rng.integers(0, 3, (2, int(rng.integers(1, 5))))
    short = _short(people, wanted)
    assert (short >= 0).all() and (short <= wanted).all()
    for level in range(len(people)):  # in total, and from every level on
        asked = np.where(np.arange(len(wanted)) >= level, wanted, 0)
        assert short[level:].sum() == fewest_empty(people.tolist(), asked.tolist())


def test_numbers_are_those_of_the_distribution(assessment):
    demand = {("hardware", 3): 200, ("hardware", 6): 2, ("software", 4): 0}
    table, own = assessment.supply(demand), assessment.distribution()
    kept = ["specialty", "level", "certain", "possible"]
    pd.testing.assert_frame_equal(table[kept], own[kept])
    given = table[table["demand"].notna()].set_index(["specialty", "level"])
    assert given["demand"].astype(int).to_dict() == demand
    hardware = own[own["specialty"] == "hardware"].set_index("level")
    for kind in ("certain", "possible"):
        people = hardware[kind]
        empty = max(2 - people[6], 0)
        free = people[[3, 4, 5, 6]].sum() - 2 + empty
        assert given[f"short_{kind}"].astype(int).to_dict() == {
            ("hardware", 3): 200 - free, ("hardware", 6): empty, ("software", 4): 0
        }  # fmt: skip
    rest = table[table["demand"].isna()]
    assert rest[["short_certain", "short_possible"]].isna().all(axis=None)
    assert "suppressed" not in table


def test_surplus_flows_down_and_never_up(framework):
    a = of_sites(framework, ["A"] * 4)
    table = a.supply({("hardware", 3): 1, ("hardware", 4): 2}).set_index(["specialty", "level"])
    assert table.loc[("hardware", 3), "short_certain"] == 0
    assert table.loc[("hardware", 4), "short_certain"] == 2


def test_groups_lend_each_other_nobody(framework):
    a = of_sites(framework, ["A", "A", "B", None])
    demand = pd.DataFrame(
        {"specialty": "hardware", "level": 3, "site": ["A", "B", None], "people": [1, 3, 1]}
    )
    table = a.supply(demand, by="site")
    asked = table[table["demand"].notna()]
    assert asked["short_certain"].tolist() == [0, 2, 0]
    assert asked["certain"].tolist() == [2, 1, 1]
    assert len(table) == 3 * 3 * 5


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow", "mapping", "texts"])
def test_any_frame_says_the_same(assessment, library):
    columns = {"specialty": ["hardware", "ソフトウェア"], "level": [4, 5], "people": [30, 9]}
    expected = assessment.supply({("hardware", 4): 30, ("software", 5): 9.0})
    if library == "pandas":
        demand = pd.DataFrame(columns).astype({"people": float})
    elif library == "polars":
        demand = pytest.importorskip("polars").DataFrame(columns)
    elif library == "pyarrow":
        demand = pytest.importorskip("pyarrow").table(columns)
    elif library == "texts":
        demand = {name: [str(value) for value in values] for name, values in columns.items()}
    else:
        demand = columns
    pd.testing.assert_frame_equal(assessment.supply(demand), expected)


def test_everything_wrong_is_said_at_once(assessment):
    demand = pd.DataFrame(
        {
            "specialty": ["hardwear", "software", None, "software", "software", "software", "software"],
            "level": [3, 0, 7, 4, 4, "high", 5],
            "people": [1.5, -1, 3, 4, 2, None, 1],
            "site": ["東京", "東京駅", None, "東京", "東京", "東京", "東京"],
        }
    )
    with pytest.raises(tassei.AssessError) as caught:
        assessment.supply(demand, by="site")
    first, *said = str(caught.value).split("\n  ")
    assert first == "demand: 11 problems"
    for part in (
        "row 0, specialty: came 'hardwear', expected one of hardware, software, facility_management; "
        "did you mean 'hardware'?",
        "row 0, people: came '1.5', expected a whole number from 0 to 1,000,000,000",
        "row 1, level: came '0', expected one of 3, 4, 5, 6",
        "row 1, people: came '-1.0', expected a whole number from 0 to 1,000,000,000",
        "row 2, specialty: it is blank, expected one of hardware, software, facility_management",
        "row 2, level: came '7', expected one of 3, 4, 5, 6",
        "row 4: asks for the same as row 3, expected one head count",
        "row 5, level: came 'high', expected one of 3, 4, 5, 6",
        "row 5, people: it is blank, expected a whole number from 0 to 1,000,000,000",
    ):
        assert part in said
    near = [s for s in said if s.startswith("row 1, site: came '東京駅'")]
    assert [s.endswith("did you mean '東京'?") for s in near] == [True]
    assert any(s.startswith("row 2, site: it is blank, expected one of") for s in said)


@pytest.mark.parametrize(
    ("demand", "by", "message"),
    [
        ({"specialty": ["software"], "levle": [3], "people": [1]}, None, "'level'; did you mean 'levle'"),
        ({("software", 3): 1}, "site", "expected a frame with a column site"),
        ({"specialty": ["software"], "level": [3], "people": [1]}, "site", "no column 'site'"),
        ({("software", 3, 1): 1}, None, r"keys such as \(specialty, level\)"),
        ({("software", 3): True}, None, r"\('software', 3\), people: came 'True'"),
        ({("software", 3): 10**12}, None, "whole number from 0"),
        ({("software", 3): float("inf")}, None, "came 'inf'"),
        (7, None, "cannot read a builtins.int"),
        ({("software", 3): 1}, "sight", "no column 'sight'"),
    ],
)
def test_what_cannot_be_used_is_refused(assessment, demand, by, message):
    with pytest.raises(tassei.AssessError, match=message):
        assessment.supply(demand, by=by)


def test_many_problems_are_cut(assessment):
    with pytest.raises(tassei.AssessError, match="30 problems") as caught:
        assessment.supply({("software", -level): 1 for level in range(30)})
    assert str(caught.value).endswith("… and 10 more")


def test_small_groups_are_hidden_and_the_demand_is_not(framework):
    a = of_sites(framework, ["A"] * 9 + ["B"] * 4 + ["C"] * 8)
    demand = {"specialty": ["hardware"] * 3, "level": [3] * 3, "site": list("ABC"), "people": [10] * 3}
    table = a.supply(demand, by="site", min_group=5)
    own = a.distribution(by="site", min_group=5)
    assert table["suppressed"].tolist() == own["suppressed"].tolist()
    hidden = table[table["suppressed"]]
    assert set(hidden["site"]) == {"B", "C"}
    assert hidden[["certain", "possible", "short_certain", "short_possible"]].isna().all(axis=None)
    assert hidden["demand"].dropna().tolist() == [10, 10]
    shown = table[(table["site"] == "A") & table["demand"].notna()]
    assert shown[["certain", "short_certain"]].astype(int).to_numpy().tolist() == [[9, 1]]


def test_nobody_and_no_demand(framework):
    a = of_sites(framework, pd.Series([], dtype="str"))
    table = a.supply({("software", 6): 2})
    assert table["short_certain"].dropna().tolist() == [2]
    assert a.supply({})["demand"].isna().all()
    assert len(a.supply({}, by="site")) == 0
