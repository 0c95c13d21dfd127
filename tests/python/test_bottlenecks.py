"""Bottlenecks: the table against a plain count, and the picture."""

from __future__ import annotations

import matplotlib as mpl
import pytest
import tassei
from drawing import AS_OF
from tassei import words

mpl.use("Agg")

pytestmark = pytest.mark.usefixtures("no_figure_stays_open")

WHAT = ["people", "lacking", "open", "only"]


@pytest.fixture(scope="module")
def assessment(framework):
    evidence = tassei.read_evidence(tassei.synthesize(120, seed=5), framework)
    return tassei.assess(evidence, framework, as_of=AS_OF)


def counted(a, target, group=None):
    """Person by person, from the contract's tables."""
    levels = a.levels().set_index(["person_id", "specialty"])["level"].to_dict()
    sites = a.evidence.people.set_index("person_id")["site_id"].to_dict()
    sheets = {(s, at) for s, at in zip(a.criteria()["specialty"], a.criteria()["level"], strict=True)}
    found = {}
    for (person, specialty, level), rows in a.criteria().groupby(["person_id", "specialty", "level"]):
        now = levels[person, specialty]
        steps = sorted(at for s, at in sheets if s == specialty)
        next_one = next((at for at in steps if at > now), None)
        if now >= level or (target is None and level != next_one) or target not in (None, level):
            continue
        if group is not None and sites[person] != group:
            continue
        status = dict(zip(rows["criterion"], rows["status"], strict=True))
        for criterion, word in status.items():
            others = [other for name, other in status.items() if name != criterion]
            cell = found.setdefault((specialty, level, criterion), [0, 0, 0, 0])
            cell[0] += 1
            cell[1] += word == "unmet"
            cell[2] += word == "unknown"
            cell[3] += word != "met" and all(other == "met" for other in others)
    return found


def as_dict(table):
    keys = table[["specialty", "target", "criterion"]].itertuples(index=False, name=None)
    return dict(zip(keys, table[WHAT].to_numpy().tolist(), strict=True))


@pytest.mark.parametrize("target", [None, 3, 5])
def test_counts_are_those_of_the_criteria(assessment, target):
    found = as_dict(assessment.bottlenecks(target))
    expected = counted(assessment, target)
    assert {key: found[key] for key in expected} == expected
    assert all(row == [0, 0, 0, 0] for key, row in found.items() if key not in expected)
    assert sum(row[3] for row in expected.values()) > 0


def test_by_group_and_small_ones(assessment):
    table = assessment.bottlenecks(4, by="site_id")
    site = table["site_id"].iloc[0]
    assert as_dict(table[table["site_id"] == site]) == counted(assessment, 4, site)
    hidden = assessment.bottlenecks(4, by="seniority", min_group=200)
    assert hidden["suppressed"].all() and hidden[WHAT].isna().all(axis=None)
    with pytest.raises(tassei.AssessError, match="no level 9"):
        assessment.bottlenecks(9)


def drawn(ax):
    ax.figure.canvas.draw()  # a missing glyph warns here, and warnings are errors
    box, figure = ax.get_tightbbox(), ax.figure.bbox
    assert box.x0 >= figure.x0 - 1 and box.x1 <= figure.x1 + 1
    return [text.get_text() for text in ax.texts]


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("specialty", [None, "facility_management"])
@pytest.mark.parametrize("target", [None, 4])
def test_bars_are_the_table(assessment, lang, specialty, target):
    ax, data = assessment.plot.bottlenecks(specialty=specialty, target=target, lang=lang, return_data=True)
    texts, say = drawn(ax), words.words(lang)
    assert set(data["specialty"]) == ({specialty} if specialty else set(assessment.framework.specialties))
    for row in data.itertuples():
        numbers = say["lacking_of"].format(lacking=row.lacking, open=row.open, people=row.people)
        assert (numbers if row.people else say["nobody_below"]) in texts
    widths = [bar.get_width() for bars in ax.containers for bar in bars]
    expected = []
    for row in data[data["people"] > 0].itertuples():
        expected += [100 * n / row.people for n in (row.lacking, row.open, row.only)]
    assert widths == pytest.approx(expected)
    assert ax.get_xlabel() == say["below_axis"]


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("specialty", [None, "software"])
@pytest.mark.parametrize("target", [None, 4])
def test_cells_of_groups_are_the_table(assessment, lang, specialty, target):
    ax, data = assessment.plot.bottlenecks(
        by="department", specialty=specialty, target=target, min_group=13, lang=lang, return_data=True
    )
    texts, say = drawn(ax), words.words(lang)
    table = assessment.bottlenecks(target, by="department", min_group=13)
    everybody = assessment.bottlenecks(target)
    if specialty:
        table, everybody = (t[t["specialty"] == specialty] for t in (table, everybody))
    below = everybody.groupby(["target", "specialty"])["people"].first().groupby("target").sum()
    level = below.idxmax()
    assert data.equals(table[table["target"] == level].reset_index(drop=True))
    shown = data[~data["suppressed"]]
    assert 0 < len(shown) < len(data)
    for row in shown.itertuples():
        assert f"{row.lacking:.0f}+{row.open:.0f}" in texts
        assert say["of_people"].format(n=int(row.people)) in texts
    colours = [share for mesh in ax.collections for share in mesh.get_array().filled(-1).ravel()]
    assert colours == pytest.approx((data["lacking"] / data["people"]).fillna(-1).tolist())
    hidden = data[data["suppressed"]][["specialty", "department"]].drop_duplicates()
    assert texts.count(say["suppressed"]) + texts.count(say["hidden"]) == len(hidden)
    assert any(assessment.framework.label("level", level, lang) in text for text in texts)


def test_who_has_nobody_below_says_so(framework):
    evidence = tassei.read_evidence({"people": {"person_id": ["P1"], "site": ["A"]}}, framework)
    a = tassei.assess(evidence, framework, as_of=AS_OF)
    nobody = words.words("en")["nobody_below"]
    table = a.bottlenecks()
    assert drawn(a.plot.bottlenecks()).count(nobody) == (table["people"] == 0).sum() > 0
    assert nobody not in drawn(a.plot.bottlenecks(target=3))
    assert nobody not in drawn(a.plot.bottlenecks(by="site", min_group=0))
    passed = {"person_id": ["P1"], "examination": ["AP"]}
    people = {"person_id": ["P1", "P2"], "site": ["A", "B"]}
    evidence = tassei.read_evidence({"people": people, "certifications": passed}, framework)
    a = tassei.assess(evidence, framework, as_of=AS_OF)
    below = a.bottlenecks(3, by="site").groupby(["specialty", "site"])["people"].first()
    texts = drawn(a.plot.bottlenecks(by="site", target=3, min_group=0))
    assert texts.count(nobody) == (below == 0).sum() > 0


@pytest.mark.parametrize("count", [0, 1])
def test_nobody_and_one_person_of_whom_nothing_is_known(framework, count):
    people = {"person_id": ["P1"][:count], "site": ["A"][:count]}
    evidence = tassei.read_evidence({"people": people}, framework)
    a = tassei.assess(evidence, framework, as_of=AS_OF)
    drawn(a.plot.bottlenecks())
    drawn(a.plot.bottlenecks(by="site", min_group=0))
    assert a.bottlenecks(3)["lacking"].sum() == 0
