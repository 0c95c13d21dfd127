"""Small groups stay hidden, also from whoever subtracts; and opaque ids."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import tassei

AS_OF = "2026-06-30"
COUNTS = ["certain", "possible"]


def workforce(framework, people, seed):
    """Departments of which some are small, sections within them, and sites across."""
    random = np.random.default_rng(seed)
    tables = dict(tassei.synthesize(people, seed=seed))
    department = random.choice(["A", "B", "C", "D", "E"], people, p=[0.5, 0.3, 0.12, 0.05, 0.03])
    section = [f"{d}{random.integers(4)}" for d in department]
    tables["people"] = pd.DataFrame(
        {
            "person_id": tables["people"]["person_id"], "department": department, "section": section,
            "site": random.choice(["x", "y", None], people, p=[0.6, 0.36, 0.04]),
            "code": pd.Series(department).map({"A": 5, "B": 4, "C": 3, "D": 2, "E": 1}),
        }
    )  # fmt: skip
    return tassei.assess(tassei.read_evidence(tables, framework), framework, as_of=AS_OF)


@pytest.mark.parametrize("seed", range(6))
def test_hidden_numbers_cannot_be_worked_out(framework, seed):
    """An attacker who knows who is where and sees every table: which numbers follow?"""
    a = workforce(framework, 120, seed)
    people = a.evidence.people
    columns = [c for c in people.columns if c != "person_id"]
    known, wanted = [np.ones(len(people))], []
    for by in columns:
        table = a.distribution(by=by, min_group=5)
        plain = a.distribution(by=by)
        for group, rows in table.groupby(by, dropna=False):
            members = (people[by].isna() if pd.isna(group) else people[by] == group).to_numpy(float)
            same = plain[plain[by].isna()] if pd.isna(group) else plain[plain[by] == group]
            assert rows["suppressed"].all() == rows["suppressed"].any()
            if rows["suppressed"].all():
                assert rows[COUNTS].isna().all(axis=None)
                wanted.append(members)
            else:
                assert members.sum() >= 5
                assert rows[COUNTS].to_numpy().tolist() == same[COUNTS].to_numpy().tolist()
                known.append(members)
    assert wanted
    told = np.array(known).T
    rank = np.linalg.matrix_rank(told)
    for members in wanted:
        assert np.linalg.matrix_rank(np.column_stack([told, members])) == rank + 1


def test_one_small_group_alone_is_not_told_by_the_total(framework):
    people = {"person_id": [f"P{i}" for i in range(23)], "site": ["A"] * 10 + ["B"] * 4 + ["C"] * 9}
    a = tassei.assess(tassei.read_evidence({"people": people}, framework), framework, as_of=AS_OF)
    table = a.distribution(by="site", min_group=5)
    assert table.groupby("site")["suppressed"].all().to_dict() == {"A": False, "B": True, "C": True}
    assert "suppressed" not in a.distribution(by="site").columns
    # just met
    assert not a.distribution(by="site", min_group=4)["suppressed"].any()
    trend = tassei.assess_over(a.evidence, framework, ["2025-06-30", AS_OF])
    assert trend.distribution(by="site", min_group=5)["suppressed"].mean() == pytest.approx(2 / 3)


@pytest.mark.parametrize("wrong", [-1, 2.5, True, "5"])
def test_min_group_is_a_whole_number(framework, wrong):
    people = {"person_id": ["P1"], "site": ["A"]}
    a = tassei.assess(tassei.read_evidence({"people": people}, framework), framework, as_of=AS_OF)
    with pytest.raises(tassei.AssessError, match="min_group is a whole number"):
        a.distribution(by="site", min_group=wrong)


def test_pseudonyms_are_stable_opaque_and_change_nothing_else(framework):
    a = workforce(framework, 60, 1)
    b, again = (a.pseudonymise("kept in a safe", keep=["site"]) for _ in range(2))
    other = a.pseudonymise(b"another key")
    assert b.levels().equals(again.levels())
    ours, theirs = set(a.levels()["person_id"]), set(b.levels()["person_id"])
    assert len(theirs) == len(ours) and not ours & theirs
    assert not theirs & set(other.levels()["person_id"])
    same = ["specialty", "level", "possible_level", "basis"]
    assert a.levels()[same].equals(b.levels()[same])
    assert b.evidence.people.columns.tolist() == ["person_id", "site"]
    assert other.evidence.people.columns.tolist() == ["person_id"]
    assert a.distribution(by="site").equals(b.distribution(by="site"))


def test_no_pseudonymous_answer_holds_an_id(framework):
    a = workforce(framework, 60, 1)
    b = a.pseudonymise("kept in a safe")
    person = b.levels()["person_id"].iloc[0]
    place = a.evidence.place(a.levels()["person_id"].iloc[0])
    for specialty in framework.specialties:
        explained = b.explain(person, specialty)
        said = explained.html + explained.to_json() + b.gap(person, specialty).html
        assert person in said
        assert a.evidence.people["person_id"][place] not in said
    assert len(b.evidence.issues) == 0
    assert not any(len(rows) for rows in b.evidence.rejected.values())


def test_a_short_key_and_an_unknown_column_are_refused(framework):
    a = workforce(framework, 60, 1)
    with pytest.raises(tassei.AssessError, match="8 bytes or more, came 5"):
        a.pseudonymise("short")
    with pytest.raises(tassei.AssessError, match="did you mean 'site'"):
        a.pseudonymise("long enough", keep=["sitee"])
