"""Flows between two assessments: suppressed groups, drawn numbers, edges and both languages."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import tassei

DATES = ["2024-06-30", "2026-06-30"]
COUNTS = ["certain", "possible"]


@pytest.fixture(scope="module")
def framework():
    return tassei.load_framework("itss-v3-2011-customer-service")


def of_people(framework, ids, as_of=DATES[0], **columns):
    """People of whom nothing else is known."""
    people = pd.DataFrame({"person_id": pd.Series(ids, dtype="str"), **columns})
    return tassei.assess(tassei.read_evidence({"people": people}, framework), framework, as_of=as_of)


# --- small groups -----------------------------------------------------------------------------------


def shown(frame, by="site"):
    hidden = frame[frame["suppressed"]]
    assert hidden[COUNTS].isna().all(axis=None)
    assert frame.loc[~frame["suppressed"], COUNTS].notna().all(axis=None)
    return set(frame.loc[~frame["suppressed"], by])


def test_numbers_of_small_groups_are_blank_and_not_zero(framework):
    sites = ["A"] * 9 + ["B"] * 4 + ["C"] * 8 + ["D"] * 9
    a = of_people(framework, [f"P{i}" for i in range(30)], site=sites)
    c = tassei.compare(a, tassei.assess(a.evidence, framework, as_of=DATES[1]))
    frame = c.transitions("site", min_group=5)
    assert shown(frame) == {"A", "D"}
    plain = c.transitions("site")
    assert "suppressed" not in plain
    same = frame[~frame["suppressed"]]
    assert same[COUNTS].to_numpy().tolist() == plain.loc[same.index, COUNTS].to_numpy().tolist()
    assert not c.transitions(min_group=5)["suppressed"].any()
    with pytest.raises(tassei.AssessError, match="min_group is a whole number"):
        c.transitions("site", min_group=-1)


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        ([], {"A", "B", "C"}),
        ([0], set()),  # everybody minus the compared tells of one
        ([*range(5), *range(20, 25)], {"A", "B", "C"}),
        ([*range(8), *range(20, 26)], {"B"}),  # two of A and four of C are left
    ],
)
def test_people_in_one_assessment_only_cannot_be_worked_out(framework, left, expected):
    """Groups of 10, 10 and 10; distributions of the 30 before are published too."""
    sites = ["A"] * 10 + ["B"] * 10 + ["C"] * 10
    before = of_people(framework, [f"P{i}" for i in range(30)], site=sites)
    after = of_people(framework, [f"P{i}" for i in range(30) if i not in left], as_of=DATES[1])
    assert shown(tassei.compare(before, after).transitions("site", min_group=5)) == expected


@pytest.mark.parametrize("seed", range(4))
def test_an_attacker_with_every_table_learns_of_no_hidden_group(framework, seed):
    """Who is where is known, and the distributions before, by any column, and all transitions are."""
    random = np.random.default_rng(seed)
    n = 120
    columns = {
        "site": random.choice(["A", "B", "C", "D"], n, p=[0.5, 0.3, 0.12, 0.08]).tolist(),
        "grade": random.choice(["x", "y", "z"], n, p=[0.7, 0.25, 0.05]).tolist(),
    }
    before = of_people(framework, [f"P{i}" for i in range(n)], **columns)
    stay = random.random(n) < 0.85
    after = of_people(framework, [f"P{i}" for i in np.flatnonzero(stay)], as_of=DATES[1])
    c = tassei.compare(before, after)
    known, secret = [np.ones(n), 1.0 * stay], []
    for by, values in columns.items():
        members = {group: (np.array(values) == group).astype(float) for group in set(values)}
        open_ = shown(before.distribution(by, min_group=5), by)
        moved = shown(c.transitions(by, min_group=5), by)
        for group, own in members.items():
            known += [own] * (group in open_) + [own * stay] * (group in moved)
            secret += [own, own * stay, own * ~stay]
    told = np.array(known).T
    rank = np.linalg.matrix_rank(told)
    small = [s for s in secret if 0 < s.sum() < 5]
    assert small
    for members in small:
        assert np.linalg.matrix_rank(np.column_stack([told, members])) == rank + 1
