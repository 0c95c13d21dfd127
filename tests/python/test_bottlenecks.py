"""Bottlenecks: the table against a plain count, and the picture."""

from __future__ import annotations

import matplotlib as mpl
import pytest
import tassei
from tassei import words

mpl.use("Agg")
import matplotlib.pyplot as plt

AS_OF = "2026-06-30"
WHAT = ["people", "lacking", "open", "only"]


@pytest.fixture(scope="module")
def framework():
    return tassei.load_framework("itss-v3-2011-customer-service")


@pytest.fixture(scope="module")
def assessment(framework):
    evidence = tassei.read_evidence(tassei.synthesize(120, seed=5), framework)
    return tassei.assess(evidence, framework, as_of=AS_OF)


@pytest.fixture(autouse=True)
def _no_figure_stays_open():
    yield
    plt.close("all")


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


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("target", [None, 4])
def test_bars_are_the_table(assessment, lang, target):
    ax, data = assessment.plot.bottlenecks(target=target, lang=lang, return_data=True)
    ax.figure.canvas.draw()
    texts = [text.get_text() for text in ax.texts]
    for row in data.itertuples():
        assert f"{row.lacking:,}+{row.open:,}" in texts
    widths = [bar.get_width() for bars in ax.containers for bar in bars]
    expected = []
    for row in data.itertuples():
        expected += [100 * n / max(row.people, 1) for n in (row.lacking, row.open, row.only)]
    assert widths == pytest.approx(expected)
    assert ax.get_xlabel() == words.words(lang)["below_axis"]
    box, figure = ax.get_tightbbox(), ax.figure.bbox
    assert box.x0 >= figure.x0 - 1 and box.x1 <= figure.x1 + 1


@pytest.mark.parametrize("count", [0, 1])
def test_nobody_and_one_person_of_whom_nothing_is_known(framework, count):
    evidence = tassei.read_evidence({"people": {"person_id": ["P1"][:count]}}, framework)
    a = tassei.assess(evidence, framework, as_of=AS_OF)
    a.plot.bottlenecks().figure.canvas.draw()
    assert a.bottlenecks(3)["lacking"].sum() == 0
