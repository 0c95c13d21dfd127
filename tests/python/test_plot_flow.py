"""Flows between two assessments: suppressed groups, drawn numbers, edges and both languages."""

from __future__ import annotations

import re

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import tassei
from drawing import LANGS, drawn
from tassei import plot, words

mpl.use("Agg")
import matplotlib.pyplot as plt

pytestmark = pytest.mark.usefixtures("no_figure_stays_open")

DATES = ["2024-06-30", "2026-06-30"]
COUNTS = ["certain", "possible"]


@pytest.fixture(scope="module")
def comparison(framework):
    evidence = tassei.read_evidence(tassei.synthesize(400, seed=3), framework)
    return tassei.compare(*(tassei.assess(evidence, framework, as_of=day) for day in DATES))


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


# --- the picture --------------------------------------------------------------------------------------


def said(ax):
    return [text.get_text() for text in ax.texts]


def bands(ax):
    """Way, and height in the share of people, of every band."""
    found = []
    for patch in ax.patches:
        if patch.get_gid() is not None:
            points = patch.get_path().vertices
            found.append((int(patch.get_gid()), round(points[4, 1] - points[3, 1], 6)))
    return sorted(found)


@pytest.mark.parametrize("lang", LANGS)
def test_bands_and_bars_are_the_transitions(comparison, framework, lang):
    ax, data = comparison.plot(lang=lang, return_data=True)
    drawn(ax)
    pd.testing.assert_frame_equal(data, comparison.transitions())
    ways = np.sign(data["level_after"] - data["level_before"])
    expected = []
    for kind in COUNTS:
        some = data[kind] > 0
        expected += zip(ways[some], (data.loc[some, kind] / len(comparison)).round(6), strict=True)
    assert bands(ax) == sorted(expected)
    totals = [
        data.groupby(["specialty", side])[kind].sum()
        for kind in COUNTS for side in ("level_before", "level_after")
    ]  # fmt: skip
    shown = [text for text in said(ax) if re.fullmatch(r"[\d,]+", text)]
    for total in pd.concat(totals)[lambda t: t > 0].astype(str):
        assert total in shown
    headings = " ".join(said(ax)[-2:])
    assert "2024-06-30 → 2026-06-30" in headings and "400" in headings
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == [words.words(lang)[way] for way in ("rose", "stayed", "fell")]
    kinds = [label.get_text() for label in ax.get_yticklabels()]
    places = ax.get_yticks()
    assert places[kinds.index(words.headline(words.words(lang)["certain_short"]))] == max(places)


@pytest.mark.parametrize("lang", LANGS)
def test_shares_of_a_group_are_its_transitions(comparison, lang):
    ax, data = comparison.plot(by="department_id", specialty="software", lang=lang, return_data=True)
    drawn(ax)
    own = data.assign(way=np.sign(data["level_after"] - data["level_before"]))
    expected = []
    for kind in COUNTS:
        sums = own.pivot_table(kind, "way", "department_id", "sum")
        expected += (100 * sums / sums.sum()).to_numpy().tolist()
    widths = [[bar.get_width() for bar in container] for container in ax.containers]
    assert widths == [pytest.approx(row) for row in expected]


@pytest.mark.parametrize("lang", LANGS)
def test_a_reading_that_differs_is_said_in_the_language(comparison, framework, lang):
    b = comparison.after
    other = tassei.assess(b.evidence, framework, as_of=b.as_of, readings={"deeming": "ignore"})
    ax = drawn(tassei.compare(b, other).plot(lang=lang))
    assert framework.label("choice", "deeming.ignore", lang) in " ".join(said(ax))
    assert -1 in {way for way, _ in bands(ax)} and 1 not in {way for way, _ in bands(ax)}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("people", "groups"), [(1, 1), (9, 1), (180, 60)])
def test_any_number_of_people_and_groups(framework, lang, people, groups):
    sites = [f"$a{i % groups}$ <b>" for i in range(people)]
    a = of_people(framework, [f"P{i}" for i in range(people)], site=sites)
    c = tassei.compare(a, tassei.assess(a.evidence, framework, as_of=DATES[1]))
    drawn(c.plot(lang=lang))
    ax = drawn(c.plot(by="site", min_group=0, lang=lang))
    assert len(ax.get_yticks()) == groups
    assert all("$ <b>" in label.get_text() for label in ax.get_yticklabels())
    if people > 9:
        assert said(drawn(c.plot(by="site", lang=lang))).count(words.words(lang)["suppressed"]) == 60 * 3


def test_in_a_column(comparison):
    for options in ({"specialty": "hardware"}, {"specialty": "hardware", "lang": "ja"}):
        ax = plt.figure(figsize=(4, 3), layout="constrained").add_subplot()
        assert plot.flow(comparison, ax=ax, **options) is ax
        drawn(ax)


def test_what_does_not_exist_is_named(comparison):
    with pytest.raises(tassei.AssessError, match="did you mean 'hardware'"):
        comparison.plot(specialty="hardwear")
    with pytest.raises(tassei.AssessError, match="no column 'sites'"):
        comparison.plot(by="sites")
    assert "flow" not in dir(comparison.before.plot)
