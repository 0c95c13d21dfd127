"""Who gets to the next level by when, as a picture: numbers, edges and both languages."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left

import matplotlib as mpl
import pandas as pd
import pytest
import tassei
from drawing import AS_OF, LANGS, drawn, of_people
from tassei import plot, words

mpl.use("Agg")
import matplotlib.pyplot as plt

pytestmark = pytest.mark.usefixtures("no_figure_stays_open")

COUNTS = ["reaching", "reached", "possible_reached", "people"]


def shown(ax):
    return [text.get_text() for text in ax.texts]


def steps(ax):
    return [line.get_ydata().tolist() for line in ax.lines if line.get_drawstyle() == "steps-post"]


def widths(ax):
    """Of each stage the shares of the groups, block by block, certain before possible."""
    return [[bar.get_width() for bar in container] for container in ax.containers]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("target", [None, 4])
def test_lines_and_numbers_are_the_curve(assessment, framework, target, lang):
    ax, data = assessment.plot.readiness(target=target, lang=lang, return_data=True)
    drawn(ax)
    pd.testing.assert_frame_equal(data, assessment.forecast_curve(target, until="2029-06-30"))
    curves = data.groupby(["specialty", "target"], sort=False)
    assert steps(ax) == [rows["reached"].tolist() for _, rows in curves]
    bands = [c.get_paths()[0].get_extents() for c in ax.collections]
    assert {c.get_hatch() for c in ax.collections} == {plot.HATCH}
    assert [band.y1 for band in bands] == [rows["possible_reached"].max() for _, rows in curves]
    for _, rows in curves:
        for month in ("2026-12-01", "2027-06-01", "2028-06-01"):
            row = rows[pd.to_datetime(rows["month"]) == month].iloc[0]
            assert f"{row['reached']:,} ({row['possible_reached']:,})" in shown(ax)
    say = words.words(lang)
    assert ax.get_xlabel() == say["ready_axis"].format(year=2026, month=6)
    assert ax.get_ylabel() == say["people_axis"]
    assert [shown(ax).count(say["ready_months"].format(n=n)) for n in (6, 12, 24)] == [3, 3, 3]


def test_until_is_how_far_it_looks(assessment):
    ax, data = assessment.plot.readiness(specialty="software", until="2027-06-15", return_data=True)
    drawn(ax)
    assert set(data["specialty"]) == {"software"}
    assert pd.to_datetime(data["month"]).max() == pd.Timestamp("2027-06-01")
    assert "12 mo." in shown(ax) and "24 mo." not in shown(ax)
    drawn(assessment.plot.readiness(until=AS_OF))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("target", [None, 4])
def test_shares_of_groups_are_the_forecast(assessment, framework, target, lang):
    ax, data = assessment.plot.readiness(by="department", target=target, lang=lang, return_data=True)
    drawn(ax)
    pd.testing.assert_frame_equal(data, assessment.forecast_curve(target, by="department", min_group=5))
    people = tassei.synthesize(400, seed=3)["people"][["person_id", "department"]]
    forecast = assessment.forecast(target).merge(people, on="person_id")
    forecast = forecast[forecast["target"].notna()]
    ends = [dt.date(2026, 12, 31), dt.date(2027, 6, 30), dt.date(2028, 6, 30), dt.date.max]
    expected = []
    for specialty in framework.specialties:
        own = forecast[forecast["specialty"] == specialty]
        for column in ("date", "possible_date"):
            day = own[column].map(lambda d: None if pd.isna(d) else pd.Timestamp(d).date()).astype(object)
            stage = day.map(lambda d: 4 if pd.isna(d) else bisect_left(ends, d))
            shares = pd.crosstab(own["department"], stage, normalize="index")
            expected += (100 * shares.reindex(columns=range(5), fill_value=0)).T.to_numpy().tolist()
    assert len(widths(ax)) == len(expected) == 3 * 2 * 5
    for found, wanted in zip(widths(ax), expected, strict=True):
        assert found == pytest.approx(wanted)
    hatches = [{bar.get_hatch() for bar in container} for container in ax.containers]
    assert hatches == ([{None}] * 5 + [{plot.HATCH}] * 5) * 3
    sizes = people.groupby("department").size()
    say = words.words(lang)
    first = say["ready_within" if target is None else "ready_already"].format(n=6)
    assert first in [text.get_text() for own in ax.findobj(mpl.legend.Legend) for text in own.get_texts()]
    group_n = say["group_n"]
    labels = [tick.get_text() for tick in ax.get_yticklabels()]
    assert labels == [group_n.format(group=name, n=n) for name, n in sizes.items()]


@pytest.mark.parametrize("until", [AS_OF, "2026-09-30", "2027-06-30", "2040-01-01"])
def test_stages_of_groups_go_no_further_than_until(assessment, until):
    ax = drawn(assessment.plot.readiness(by="site", until=until))
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    say = words.words("en")
    named = [text.get_text() for legend in ax.findobj(mpl.legend.Legend) for text in legend.get_texts()]
    assert len(legend) == 2
    assert say["ready_not_until"] in named and say["ready_never"] not in named
    assert (say["ready_within"].format(n=24) in named) == (until > "2028")
    assert (say["ready_later"] in named) == (until > "2028")
    groups = zip(*widths(ax), strict=True)
    assert all(sum(own) == pytest.approx(600) for own in groups)


@pytest.mark.parametrize("lang", LANGS)
def test_a_suppressed_group_has_no_numbers(framework, lang):
    few = of_people(framework, 21, ["$a$ <b>"] * 9 + ["B"] * 4 + ["C"] * 8)
    ax, data = few.plot.readiness(by="site", lang=lang, return_data=True)
    drawn(ax)
    say = words.words(lang)
    labels = [tick.get_text() for tick in ax.get_yticklabels()]
    assert labels == [say["group_n"].format(group="$a$ <b>", n=9), "B", "C"]
    assert shown(ax).count(say["suppressed"]) == 2 * 3
    assert "9" in shown(ax) and not {"4", "8"} & set(shown(ax))
    assert all(own[1:] == [0, 0] for own in widths(ax))
    hidden = data[data["suppressed"]]
    assert set(hidden["site"]) == {"B", "C"}
    assert hidden[COUNTS].isna().all(axis=None)
    every = drawn(few.plot.readiness(by="site", lang=lang, min_group=0))
    assert {"4", "8", "9"} <= set(shown(every))


@pytest.mark.parametrize("by", [None, "site"])
@pytest.mark.parametrize(("count", "groups"), [(0, 1), (1, 1), (12, 1), (180, 60)])
@pytest.mark.parametrize("lang", LANGS)
def test_any_number_of_people_and_groups_all_unknown(framework, count, groups, by, lang):
    sites = [f"S{i % groups}" if i % groups or groups == 1 else None for i in range(count)]
    a = of_people(framework, count, sites)
    ax, data = a.plot.readiness(by=by, min_group=0, lang=lang, return_data=True)
    drawn(ax)
    assert (words.words(lang)["nobody"] in shown(ax)) == (count == 0)
    if by is None:
        assert data.empty == (count == 0)
        assert all(set(own) == {0} for own in steps(ax))
        if count:  # unknown is possible from the start
            assert f"0 ({count})" in shown(ax)
    elif count:
        share = [own[0] for own in widths(ax)]
        assert share == pytest.approx([0, 0, 0, 0, 100, 100, 0, 0, 0, 0] * 3)
        assert len(ax.get_yticks()) == min(count, groups)


def test_who_is_at_the_highest_level_has_no_next(framework):
    tables = tassei.synthesize(400, seed=3)
    a = tassei.assess(tassei.read_evidence(tables, framework), framework, as_of=AS_OF)
    levels = a.levels()
    top = levels[(levels["specialty"] == "software") & (levels["level"] == max(framework.levels))]
    one = {name: frame[frame["person_id"].isin(top["person_id"][:1])] for name, frame in tables.items()}
    alone = tassei.assess(tassei.read_evidence(one, framework), framework, as_of=AS_OF)
    assert len(alone) == 1
    say = words.words("en")
    ax, data = alone.plot.readiness(specialty="software", return_data=True)
    drawn(ax)
    assert data.empty and say["nobody"] in shown(ax)
    assert say["nobody"] in shown(drawn(alone.plot.readiness(by="site", specialty="software", min_group=0)))


def test_what_does_not_exist_is_named(assessment):
    with pytest.raises(tassei.AssessError, match="did you mean 'software'"):
        assessment.plot.readiness(specialty="softwear")
    with pytest.raises(tassei.AssessError, match="level 9"):
        assessment.plot.readiness(target=9)
    with pytest.raises(tassei.AssessError, match="people have no column 'depart'"):
        assessment.plot.readiness(by="depart")
    with pytest.raises(tassei.AssessError, match="until is the as-of date"):
        assessment.plot.readiness(until="2020-01-01")


@pytest.mark.parametrize("lang", LANGS)
def test_in_a_column_numbers_stay_and_words_get_short(assessment, lang):
    figure, ax = plt.subplots(figsize=(4, 5), layout="constrained")
    assessment.plot.readiness(specialty="software", lang=lang, ax=ax)
    figure.canvas.draw()
    say = words.words(lang)
    named = [text.get_text() for legend in ax.findobj(mpl.legend.Legend) for text in legend.get_texts()]
    wide = plt.figure(figsize=(9, 5), layout="constrained").add_subplot()
    assessment.plot.readiness(specialty="software", lang=lang, ax=wide)
    numbers = [text for text in shown(wide) if text.endswith(")") and text[0].isdigit() and "(" in text]
    assert len(numbers) == 12 and set(numbers) <= set(shown(ax))
    assert say["certain_short"] in named and say["certain"] not in named
