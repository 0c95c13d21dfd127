"""The heat map and the trend: numbers, edges and both languages."""

from __future__ import annotations

import matplotlib as mpl
import pandas as pd
import pytest
import tassei
from drawing import AS_OF, LANGS, drawn
from tassei import words

mpl.use("Agg")
import matplotlib.pyplot as plt

pytestmark = pytest.mark.usefixtures("no_figure_stays_open")

DATES = ["2022-06-30", "2024-06-30", AS_OF]


@pytest.fixture(scope="module")
def evidence(framework):
    return tassei.read_evidence(tassei.synthesize(400, seed=3), framework)


@pytest.fixture(scope="module")
def assessment(evidence, framework):
    return tassei.assess(evidence, framework, as_of=AS_OF)


def of_people(framework, count, sites):
    people = pd.DataFrame({"person_id": [f"P{i}" for i in range(count)], "site": sites}, dtype="str")
    return tassei.read_evidence({"people": people}, framework)


@pytest.mark.parametrize("lang", LANGS)
def test_cells_are_the_distribution(assessment, lang):
    ax, data = assessment.plot.heatmap(by="department", lang=lang, return_data=True)
    drawn(ax)
    pd.testing.assert_frame_equal(data, assessment.distribution(by="department", min_group=5))
    texts = [text.get_text() for text in ax.texts]
    shown = data[~data["suppressed"]]
    for row in shown.itertuples():
        assert f"{row.certain:,.0f} ({row.possible:,.0f})" in texts
    assert len([text for text in texts if text.endswith(")")]) == len(shown)
    colours = [mesh.get_array() for mesh in ax.collections]
    assert pd.concat([pd.Series(c.filled(-1).ravel()) for c in colours]).tolist() == pytest.approx(
        data["certain_share"].fillna(-1).tolist()
    )


@pytest.mark.parametrize("lang", LANGS)
def test_a_small_group_is_suppressed(framework, lang):
    sites = ["A"] * 9 + ["B"] * 4 + ["C"] * 8
    few = tassei.assess(of_people(framework, 21, sites), framework, as_of=AS_OF)
    ax = drawn(few.plot.heatmap(by="site", lang=lang))
    texts = [text.get_text() for text in ax.texts]
    assert texts.count(words.words(lang)["suppressed"]) == 2 * 3
    assert "9 (0)" in texts and "4 (0)" not in texts and "8 (0)" not in texts


@pytest.mark.parametrize(("count", "groups"), [(0, 1), (1, 1), (12, 1), (180, 60)])
@pytest.mark.parametrize("lang", LANGS)
def test_any_number_of_people_and_groups_all_unknown(framework, count, groups, lang):
    sites = [f"$S{i % groups}$" if i % groups or groups == 1 else None for i in range(count)]
    a = tassei.assess(of_people(framework, count, sites), framework, as_of=AS_OF)
    ax = drawn(a.plot.heatmap(by="site", min_group=0, lang=lang))
    assert len(ax.get_yticks()) == min(count, groups)
    if not count:
        assert words.words(lang)["nobody"] in [text.get_text() for text in ax.texts]
    trend = tassei.assess_over(a.evidence, framework, DATES)
    drawn(trend.plot(lang=lang))
    drawn(trend.plot(by="site", min_group=0, lang=lang))
    drawn(a.plot.bottlenecks(by="site", min_group=0, lang=lang))
    drawn(tassei.assess_over(a.evidence, framework, [AS_OF]).plot(lang=lang))


@pytest.mark.parametrize("lang", LANGS)
def test_lines_are_people_at_a_level_or_above(evidence, framework, lang):
    trend = tassei.assess_over(evidence, framework, DATES)
    ax, data = trend.plot(lang=lang, return_data=True)
    drawn(ax)
    lines = [line.get_ydata().tolist() for line in ax.lines if line.get_marker() == "o"]
    expected = []
    for specialty in framework.specialties:
        for level in framework.levels:
            rows = data[(data["specialty"] == specialty) & (data["level"] >= level)]
            expected.append(rows.groupby("as_of")["certain"].sum().tolist())
    assert lines == expected
    one = trend.plot(specialty="software", lang=lang)
    assert len([line for line in one.lines if line.get_marker() == "o"]) == len(framework.levels)
    assert one.get_ylabel() == words.words(lang)["people_axis"]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("level", [None, 4])
def test_a_trend_of_groups_is_the_table(evidence, framework, lang, level):
    trend = tassei.assess_over(evidence, framework, DATES)
    ax, data = trend.plot(by="department", level=level, min_group=40, lang=lang, return_data=True)
    drawn(ax)
    pd.testing.assert_frame_equal(data, trend.distribution("department", 40))
    say, texts = words.words(lang), [text.get_text() for text in ax.texts]
    sizes = data[data["as_of"] == data["as_of"].max()].groupby(["specialty", "department"])["certain"]
    hidden = sizes.sum(min_count=1).isna().sum()
    assert texts.count(say["suppressed"]) == hidden > 0
    above = data[(data["level"] >= (level or min(framework.levels))) & ~data["suppressed"]]
    keys = ["specialty", "department", "as_of"]
    counts = above.groupby(keys, sort=False)[["certain", "possible"]].sum()
    last = counts[[each[2] == counts.index[-1][2] for each in counts.index]].droplevel("as_of")
    assert {f"{c:.0f} ({p:.0f})" for c, p in last.itertuples(index=False)} <= set(texts)
    lines = [line for line in ax.lines if line.get_marker() == "o"]
    assert len(lines) == len(last)
    people = sizes.sum().to_dict()
    rows = list(dict.fromkeys(data["department"]))
    for line, key in zip(lines, last.index, strict=True):
        share = counts.loc[[each[:2] == key for each in counts.index], "certain"] / people[key]
        top = ((counts["possible"].groupby(keys[:2]).max() / sizes.sum()).max() * 10).__ceil__() / 10
        base = rows.index(key[1]) + 0.4
        assert line.get_ydata().tolist() == pytest.approx((base - 0.8 * share / top).tolist())


@pytest.mark.parametrize("lang", LANGS)
def test_cells_too_small_for_two_numbers_say_so(assessment, lang):
    say = words.words(lang)
    for draw, usual, brief in (
        (assessment.plot.heatmap, "heatmap_cells", "heatmap_certain"),
        (assessment.plot.bottlenecks, "lacking_field", "lacking_only"),
    ):
        ax = plt.figure(figsize=(4, 2.6), layout="constrained").add_subplot()
        texts = [t.get_text().replace("\n", "") for t in drawn(draw(by="department", lang=lang, ax=ax)).texts]
        assert any(say[brief].replace(" ", "") in text.replace(" ", "") for text in texts)
        assert not any("(" in text or "+" in text for text in texts if text[:1].isdigit() and len(text) < 9)
        large = "".join(t.get_text() for t in draw(by="department", lang=lang).texts).replace("\n", "")
        assert say[usual].replace(" ", "") in large.replace(" ", "")


def test_a_trend_of_one_level(evidence, framework):
    trend = tassei.assess_over(evidence, framework, DATES)
    every = [line.get_ydata().tolist() for line in trend.plot().lines if line.get_marker() == "o"]
    one = [line.get_ydata().tolist() for line in trend.plot(level=4).lines if line.get_marker() == "o"]
    assert one == every[framework.levels.index(4) :: len(framework.levels)]
    with pytest.raises(tassei.AssessError, match="no level 9; there are 3, 4, 5, 6"):
        trend.plot(level=9)
    with pytest.raises(tassei.AssessError, match="did you mean 'department"):
        trend.plot(by="departmen")


@pytest.mark.parametrize("lang", LANGS)
def test_a_trend_says_what_is_not_the_default(evidence, framework, lang):
    other = tassei.assess_over(
        evidence, framework, DATES, readings={"deeming": "ignore"}, min_verification="supervisor"
    )
    text = "\n".join(t.get_text() for t in drawn(other.plot(lang=lang)).texts).replace("\n", "")
    for part in words.basis(other, lang):
        assert part in text
    assert framework.label("choice", "deeming.ignore", lang) in text
    assert words.verification_label(other, lang) in text
    assert str(len(evidence)) in text


def test_what_does_not_exist_is_named(assessment, evidence, framework):
    with pytest.raises(tassei.AssessError, match="did you mean 'department"):
        assessment.plot.heatmap(by="departmen")
    with pytest.raises(tassei.AssessError, match="did you mean 'software'"):
        tassei.assess_over(evidence, framework, [AS_OF]).plot(specialty="softwear")
    with pytest.raises(AttributeError, match="no picture 'pie'; there are distribution, heatmap"):
        assessment.plot.pie()
    assert "heatmap" in dir(assessment.plot)


def test_settings_stay_as_they_are(assessment, evidence, framework):
    before = dict(plt.rcParams)
    drawn(assessment.plot.heatmap(by="site"))
    drawn(tassei.assess_over(evidence, framework, DATES).plot())
    assert dict(plt.rcParams) == before
