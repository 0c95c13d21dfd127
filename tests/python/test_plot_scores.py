"""Scores as a picture: numbers, edges and both languages."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
import tassei
from drawing import AS_OF, LANGS, drawn, of_people
from matplotlib.colors import to_hex
from tassei import plot, words

mpl.use("Agg")

pytestmark = pytest.mark.usefixtures("no_figure_stays_open")


def dots(ax):
    """Of each row its dots, from 0 to 100."""
    found = [c for c in ax.collections if hasattr(c, "get_offsets") and c.get_rasterized()]
    return [np.mod(np.asarray(c.get_offsets())[:, 0], 146.0) for c in found]


def shown(ax):
    return [text.get_text() for text in ax.texts]


@pytest.mark.parametrize("lang", LANGS)
def test_dots_medians_and_head_counts_are_the_sheets(assessment, framework, lang):
    ax, data = assessment.plot.scores(lang=lang, return_data=True)
    drawn(ax)
    table = assessment.sheets()
    medians = [line.get_xdata()[0] % 146.0 for line in ax.lines if line.get_marker() == "D"]
    assert len(dots(ax)) == len(medians) == 12
    order = [(s, level) for level in framework.levels for s in framework.specialties]
    for (specialty, level), own, median in zip(order, dots(ax), medians, strict=True):
        rows = table[(table["specialty"] == specialty) & (table["level"] == level)]
        assert own == pytest.approx(100 * np.sort(rows["score"]))
        assert median == pytest.approx(100 * rows["score"].median())
        met, maybe = (rows["status"] == "met").sum(), (rows["status"] != "unmet").sum()
        assert f"{met:,} ({maybe:,})" in shown(ax)
    both = data.merge(table, on=["person_id", "specialty", "level"], suffixes=("", "_of_sheet"))
    assert len(both) == len(data) == len(table)
    assert (both["score"] == both["score_of_sheet"]).all()
    labels = [tick.get_text() for tick in ax.get_yticklabels()]
    assert [label.lower() for label in labels] == [
        framework.label("level", level, lang).lower() for level in framework.levels
    ]
    assert ax.get_xlabel() == words.words(lang)["scores_axis"]


def test_a_possible_score_is_what_the_criteria_leave_open(assessment):
    _, data = assessment.plot.scores(specialty="software", level=4, return_data=True)
    criteria = assessment.criteria(specialty="software", level=4)
    progress = np.minimum(criteria["high"] / criteria["required"], 1)  # of this sheet each weighs the same
    expected = progress.groupby(criteria["person_id"], sort=False).mean()
    assert data["possible_score"].tolist() == pytest.approx(expected.tolist())
    assert (data["possible_score"] >= data["score"]).all()
    assert (data["possible_score"] > data["score"]).any()


def test_curves_hold_everybody_and_possible_is_hatched(assessment):
    ax = assessment.plot.scores(specialty="hardware", level=3)
    possible, certain = [c for c in ax.collections if not c.get_rasterized()]
    assert possible.get_hatch() == plot.HATCH and certain.get_hatch() is None
    areas = []
    for curve in (possible, certain):
        points = curve.get_paths()[0].vertices
        assert points[:, 0].min() == 0 and points[:, 0].max() == 100
        areas.append(-(points[1:202, 1]).sum())  # above the row at 0, whose axis points down
    assert areas[0] == pytest.approx(areas[1], rel=1e-6)


def test_by_group_at_the_lowest_level_that_not_everybody_meets(assessment, framework):
    ax, data = assessment.plot.scores(by="site", specialty="software", return_data=True)
    drawn(ax)
    assert set(data["level"]) == {min(framework.levels)}
    sizes = data.groupby("site").size()
    labels = [tick.get_text() for tick in ax.get_yticklabels()]
    assert labels == [f"{site} (n = {n})" for site, n in sizes.items()]
    for (_, rows), own in zip(data.groupby("site"), dots(ax), strict=True):
        assert own == pytest.approx(100 * np.sort(rows["score"]))
    ax, data = assessment.plot.scores(by="site", level=5, return_data=True)
    assert set(data["level"]) == {5}
    colours = {to_hex(c.get_facecolor()[0]) for c in ax.collections if c.get_hatch() is None}
    assert plot.style.level_colours([0, *framework.levels])[5] in colours


@pytest.mark.parametrize("lang", LANGS)
def test_nobody_of_a_suppressed_group_is_drawn(framework, lang):
    few = of_people(framework, 21, ["$a$ <b>"] * 9 + ["B"] * 4 + ["C"] * 8)
    ax, data = few.plot.scores(by="site", lang=lang, return_data=True)
    drawn(ax)
    say = words.words(lang)
    labels = [tick.get_text() for tick in ax.get_yticklabels()]
    assert labels == [say["group_n"].format(group="$a$ <b>", n=9), "B", "C"]
    assert shown(ax).count(say["suppressed"]) == 2 * 3
    assert [len(own) for own in dots(ax)] == [9] * 3
    assert set(data["site"]) == {"$a$ <b>"}
    everybody = few.plot.scores(by="site", lang=lang, min_group=0)
    assert sorted(len(own) for own in dots(everybody)) == sorted([9, 4, 8] * 3)


@pytest.mark.parametrize("by", [None, "site"])
@pytest.mark.parametrize(("count", "groups"), [(0, 1), (1, 1), (12, 1), (180, 60)])
@pytest.mark.parametrize("lang", LANGS)
def test_any_number_of_people_and_groups_all_unknown(framework, count, groups, by, lang):
    sites = [f"S{i % groups}" if i % groups or groups == 1 else None for i in range(count)]
    a = of_people(framework, count, sites)
    ax, data = a.plot.scores(by=by, min_group=0, lang=lang, return_data=True)
    drawn(ax)
    assert data["person_id"].nunique() == count
    assert len(ax.get_yticks()) == (4 if by is None else min(count, groups))
    assert (words.words(lang)["nobody"] in shown(ax)) == (count == 0)
    assert data["possible_score"].eq(1).all()
    if by is not None and groups == 60:
        none = words.words(lang)["no_group"]
        assert ax.get_yticklabels()[-1].get_text() == words.words(lang)["group_n"].format(group=none, n=3)


@pytest.mark.parametrize("lang", LANGS)
def test_of_many_people_some_are_dots_and_it_says_so(framework, lang):
    many = of_people(framework, 2500, ["S"] * 2500)
    ax = drawn(many.plot.scores(specialty="software", level=3, lang=lang))
    assert [len(own) for own in dots(ax)] == [2000]
    said = words.words(lang)["scores_thinned"].format(n=2000)
    assert any(said in text for text in shown(ax))
    few = of_people(framework, 2000, ["S"] * 2000).plot.scores(level=3, lang=lang)
    assert not any(said in text for text in shown(few))


def test_groups_in_polars(framework):
    pl = pytest.importorskip("polars")
    frames = {name: pl.from_pandas(frame) for name, frame in tassei.synthesize(60, seed=3).items()}
    a = tassei.assess(tassei.read_evidence(frames, framework), framework, as_of=AS_OF)
    _, data = a.plot.scores(by="site", min_group=0, return_data=True)
    assert isinstance(data, pl.DataFrame)
    assert data.columns == ["person_id", "specialty", "level", "site", "score", "possible_score"]
    assert data.height == 60 * 3


def test_what_does_not_exist_is_named(assessment):
    with pytest.raises(tassei.AssessError, match="did you mean 'software'"):
        assessment.plot.scores(specialty="softwear")
    with pytest.raises(tassei.AssessError, match="level 9"):
        assessment.plot.scores(level=9)
    with pytest.raises(tassei.AssessError, match="people have no column 'depart'"):
        assessment.plot.scores(by="depart")
