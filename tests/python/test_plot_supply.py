"""Demand against supply as a picture."""

from __future__ import annotations

import warnings

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import tassei
from drawing import AS_OF, LANGS, drawn
from tassei import words
from tassei.plot.supply import BALANCE

mpl.use("Agg")
import matplotlib.pyplot as plt

pytestmark = pytest.mark.usefixtures("no_figure_stays_open")


@pytest.fixture(scope="module")
def demand(framework):
    asked = {(s, level): n for s in framework.specialties for level, n in ((3, 80), (4, 25), (5, 8), (6, 0))}
    return {where: n for where, n in asked.items() if where != ("software", 4)}


def by_group(demand, groups):
    return pd.DataFrame(
        [
            {"specialty": s, "level": level, "group": group, "people": n // 10 + place % 3}
            for (s, level), n in demand.items()
            for place, group in enumerate(groups)
        ]
    )


def of_people(framework, count, groups):
    people = pd.DataFrame({"person_id": [f"P{i}" for i in range(count)], "group": groups}, dtype="str")
    return tassei.assess(tassei.read_evidence({"people": people}, framework), framework, as_of=AS_OF)


def shortage(short, may, certain, demand, say):
    if short == may == 0:
        return say["supply_enough"] if certain >= demand else say["supply_above"]
    if short == may:
        return say["supply_short"].format(n=int(short))
    least, most = (f"−{n:,.0f}" if n else "0" for n in (may, short))
    return say["supply_range"].format(n=most, m=least)


@pytest.mark.parametrize("lang", LANGS)
def test_bars_lines_and_shortages_are_the_table(assessment, framework, demand, lang):
    say = words.words(lang)
    ax, data = assessment.plot.supply(demand, lang=lang, return_data=True)
    drawn(ax)
    pd.testing.assert_frame_equal(data, assessment.supply(demand))
    above = data[data["level"] > 0]
    for kind, bars in (("certain", ax.containers[::2]), ("possible", ax.containers[1::2])):
        assert [bar.get_height() for own in bars for bar in own] == above[kind].tolist()
    lines = [line.get_ydata()[0] for line in ax.lines if len(set(line.get_xdata())) == 2]
    asked = above[above["demand"].notna()]
    assert lines == asked["demand"].tolist()
    said = [text.get_text().replace("\n", " ") for text in ax.texts]
    for row in asked.itertuples():
        assert shortage(row.short_certain, row.short_possible, row.certain, row.demand, say) in said
    total = say["supply_total"].format(
        certain=int(asked["short_certain"].sum()), possible=int(asked["short_possible"].sum())
    )
    assert any(total in text for text in said)
    ticks = [tick.get_text().split("\n") for tick in ax.get_xticklabels()]
    needs = [say["supply_need"].format(n=int(n)) if n == n else "" for n in above["demand"]]
    assert [tick[1] for tick in ticks] == needs


@pytest.mark.parametrize("lang", LANGS)
def test_cells_are_the_table(assessment, demand, lang):
    say = words.words(lang)
    sites = sorted(assessment.evidence.people["site"].dropna().unique())
    frame = by_group(demand, sites).rename(columns={"group": "site"})
    ax, data = assessment.plot.supply(frame, by="site", specialty="hardware", lang=lang, return_data=True)
    drawn(ax)
    assert set(data["specialty"]) == {"hardware"}
    texts = [text.get_text() for text in ax.texts]
    balance = []
    for row in data[data["level"] > 0].itertuples():
        head = f"{row.certain:,.0f} / {row.demand:,.0f}"
        short = shortage(row.short_certain, row.short_possible, row.certain, row.demand, say)
        assert (head if short == say["supply_enough"] else f"{head}\n{short}") in texts
        spare = min(max((row.certain - row.demand) / max(row.demand, 1), 0), 1)
        balance.append(-row.short_certain / row.demand if row.short_certain else spare)
    assert ax.collections[0].get_array().ravel().tolist() == pytest.approx(balance)


def said_in(ax):
    return [text.get_text().replace("\n", " ") for text in drawn(ax).texts]


def test_what_is_filled_from_above_and_what_was_not_asked_is_said(assessment):
    own = assessment.distribution().set_index(["specialty", "level"])["certain"]["hardware"]
    asked = {("hardware", 3): int(own[3] + own[4] - 1), ("hardware", 4): 1}
    texts = said_in(assessment.plot.supply(asked))
    assert texts.count("from above") == texts.count("enough") == 1
    assert any(text.startswith("every place filled, by certain levels") for text in texts)
    assert any(text.startswith("no targets given") for text in said_in(assessment.plot.supply({})))
    less = said_in(assessment.plot.supply({("hardware", 3): int(own[3])}))
    assert "enough" in less and "from above" not in less


@pytest.mark.parametrize("lang", LANGS)
def test_small_groups_are_said_to_be_suppressed(framework, demand, lang):
    few = of_people(framework, 21, ["A"] * 9 + ["B"] * 4 + ["C"] * 8)
    ax = drawn(few.plot.supply(by_group(demand, "ABC"), by="group", lang=lang))
    texts = [text.get_text() for text in ax.texts]
    say = words.words(lang)
    assert texts.count(say["suppressed"]) == 2 * 3
    assert sum(text.startswith("0 / ") for text in texts) == 4 * 3
    part = say["supply_total"].partition("{")[0] or "places empty"
    assert not any(text.startswith(part) for text in texts)  # a total would tell of the hidden ones


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("count", "groups"), [(0, 1), (1, 1), (12, 1), (180, 60)])
def test_any_number_of_people_and_groups_all_unknown(framework, demand, count, groups, lang):
    sites = [f"$S{i % groups}$ <b>" if i % groups or groups == 1 else None for i in range(count)]
    a = of_people(framework, count, sites)
    frame = by_group(demand, sorted(set(sites), key=str))
    ax = drawn(a.plot.supply(frame if count else {**demand}, by="group" if count else None, lang=lang,
                             min_group=0))  # fmt: skip
    if not count:
        assert words.words(lang)["nobody"] in [text.get_text() for text in ax.texts]
        drawn(a.plot.supply({}, by="group", lang=lang))
        return
    labels = [tick.get_text() for tick in ax.get_yticklabels()]
    assert len(labels) == groups
    assert any("$S" in label and "<b>" in label for label in labels)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("by", [None, "site"])
@pytest.mark.parametrize("specialty", [None, "hardware"])
def test_in_a_column_no_texts_overlap(assessment, demand, lang, by, specialty):
    figure, ax = plt.subplots(figsize=(4, 3), layout="constrained")
    sites = sorted(assessment.evidence.people["site"].dropna().unique())
    asked = demand if by is None else by_group(demand, sites).rename(columns={"group": "site"})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn(assessment.plot.supply(asked, by=by, specialty=specialty, lang=lang, ax=ax))
    renderer = figure.canvas.get_renderer()
    shown = [t for t in [*ax.texts, *ax.get_xticklabels(), *ax.get_yticklabels()] if t.get_text()]
    boxes = [t.get_window_extent(renderer).shrunk(0.9, 0.7) for t in shown]
    for i, box in enumerate(boxes):
        for j in range(i):
            assert not box.overlaps(boxes[j]), (shown[i].get_text(), shown[j].get_text())


def test_shades_get_lighter_from_short_to_plenty():
    light = [np.dot(mpl.colors.to_rgb(colour), (0.299, 0.587, 0.114)) for colour in BALANCE]
    assert light == sorted(light)
    assert light[2] - light[0] > 0.5


def test_what_does_not_exist_is_named(assessment, demand):
    with pytest.raises(tassei.AssessError, match="did you mean 'software'"):
        assessment.plot.supply(demand, specialty="softwear")
    with pytest.raises(tassei.AssessError, match="row 0, level"):
        assessment.plot.supply({"specialty": ["software"], "level": [9], "people": [1]})
    with pytest.raises(ValueError, match="lang: expected one of en, ja"):
        assessment.plot.supply(demand, lang="fr")
