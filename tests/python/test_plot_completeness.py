"""Which blanks hold people back: by group, of one specialty, and as a picture."""

from __future__ import annotations

import warnings

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import tassei
from drawing import AS_OF, LANGS, drawn
from tassei import words

mpl.use("Agg")
import matplotlib.pyplot as plt

pytestmark = pytest.mark.usefixtures("no_figure_stays_open")

COUNTS = ["people_rising", "people_settled"]


@pytest.fixture(scope="module")
def tables():
    return tassei.synthesize(400, seed=3)


@pytest.fixture(scope="module")
def assessment(framework, tables):
    return tassei.assess(tassei.read_evidence(tables, framework), framework, as_of=AS_OF)


def of_people(framework, sites, **tables):
    people = pd.DataFrame({"person_id": [f"P{i}" for i in range(len(sites))], "site": sites}, dtype="str")
    evidence = tassei.read_evidence({"people": people, **tables}, framework)
    return tassei.assess(evidence, framework, as_of=AS_OF)


def percent(share):
    if 0 < share < 0.001:
        return "<0.1%"
    if 0 < share < 0.0995:
        return f"{100 * share:.1f}%"
    return ">99%" if 0.99 < share < 1 else f"{100 * share:.0f}%"


# --- the table ----------------------------------------------------------------------------


def test_groups_add_up_to_everybody(assessment):
    whole = assessment.completeness().fillna({"column": ""})
    parts = assessment.completeness(by="site").fillna({"column": ""})
    summed = parts.groupby(["table", "column"], sort=False)[COUNTS].sum().reset_index()
    pd.testing.assert_frame_equal(summed, whole[["table", "column", *COUNTS]], check_dtype=False)
    sizes = assessment.evidence.people["site"].value_counts()
    assert (parts["people"] == parts["site"].map(sizes)).all()
    assert not {"blank", "blank_share", "suppressed"} & set(parts)


@pytest.mark.parametrize("specialty", ["hardware", "software", "facility_management"])
def test_a_group_rises_as_it_does_alone(framework, tables, specialty):
    sites = tables["people"].set_index("person_id")["site"]
    a = tassei.assess(tassei.read_evidence(tables, framework), framework, as_of=AS_OF)
    parts = a.completeness(by="site", specialty=specialty)
    for site in sorted(sites.unique())[:3]:
        ids = set(sites.index[sites == site])
        own = {name: table[table["person_id"].isin(ids)] for name, table in tables.items()}
        alone = tassei.assess(tassei.read_evidence(own, framework), framework, as_of=AS_OF)
        wanted = alone.completeness(specialty=specialty).set_index(["table", "column"])[COUNTS]
        found = parts[parts["site"] == site].set_index(["table", "column"])[COUNTS]
        pd.testing.assert_frame_equal(found.loc[wanted.index], wanted, check_dtype=False)
        assert (found.drop(wanted.index) == 0).all(axis=None)


def test_one_specialty_is_at_most_all_of_them(assessment, framework):
    key = ["table", "column"]
    whole = assessment.completeness().set_index(key)["people_rising"]
    ones = [
        assessment.completeness(specialty=s).set_index(key)["people_rising"].reindex(whole.index)
        for s in framework.specialties
    ]
    assert all((one <= whole).all() for one in ones)
    assert (sum(ones) >= whole).all() and whole.sum() > 0


def test_small_groups_are_hidden_and_everybody_is_not(framework):
    a = of_people(framework, ["A"] * 9 + ["B"] * 4 + ["C"] * 8)
    parts = a.completeness(by="site", min_group=5)
    assert set(parts.loc[parts["suppressed"], "site"]) == {"B", "C"}
    assert parts.loc[parts["suppressed"], ["people", *COUNTS]].isna().all(axis=None)
    assert (parts.loc[~parts["suppressed"], "people_rising"] == 9).any()
    whole = a.completeness(min_group=50)
    assert not whole["suppressed"].any() and whole["people_rising"].max() == 21


# --- the picture --------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_bars_are_the_table(assessment, framework, lang):
    say = words.words(lang)
    ax, data = assessment.plot.completeness(lang=lang, return_data=True)
    drawn(ax)
    pd.testing.assert_frame_equal(data, assessment.completeness())
    top = data.head(20)
    blank, settled, more = ([bar.get_width() for bar in bars] for bars in ax.containers)
    assert blank == pytest.approx((100 * top["blank_share"]).tolist())
    scale = 100 / top["people_rising"].max()
    assert settled == pytest.approx((scale * top["people_settled"]).tolist())
    assert np.add(settled, more) == pytest.approx((scale * top["people_rising"]).tolist())
    texts = [text.get_text() for text in ax.texts]
    for row in top.itertuples():
        assert percent(row.blank_share) in texts
        assert (f"{row.people_rising} ({row.people_settled})" if row.people_rising else "0") in texts
    labels = [tick.get_text() for tick in ax.get_yticklabels()]
    assert len(labels) == 20
    for label, row in zip(labels, top.itertuples(), strict=True):
        assert label.endswith(framework.label("column", f"{row.table}.{row.column}", lang))
    assert ax.get_xlabel() == say["completeness_rest_none"].format(n=len(data) - 20)


@pytest.mark.parametrize("lang", LANGS)
def test_a_table_that_was_not_supplied_is_shown_as_such(framework, tables, lang):
    some = {name: table for name, table in tables.items() if name != "contributions"}
    a = tassei.assess(tassei.read_evidence(some, framework), framework, as_of=AS_OF)
    ax, data = a.plot.completeness(specialty="hardware", lang=lang, return_data=True)
    drawn(ax)
    pd.testing.assert_frame_equal(data, a.completeness(specialty="hardware"))
    texts = [text.get_text() for text in ax.texts]
    assert texts.count(words.words(lang)["completeness_absent"]) == 1
    label = words.headline(framework.label("table", "contributions", lang))
    assert [tick.get_text() for tick in ax.get_yticklabels()].count(label) == 1
    assert any(framework.label("specialty", "hardware", lang) in text.casefold() for text in texts)


@pytest.mark.parametrize("lang", LANGS)
def test_cells_are_shares_of_the_group(assessment, lang):
    ax, data = assessment.plot.completeness(by="department", lang=lang, return_data=True)
    drawn(ax)
    pd.testing.assert_frame_equal(data, assessment.completeness(by="department", min_group=5))
    shown = data[data.groupby(["table", "column"])["people_rising"].transform("sum") > 0]
    share = shown["people_rising"] / shown["people"]
    cells = ax.collections[0].get_array()
    assert cells.filled(-1).ravel() == pytest.approx(share.fillna(-1).tolist())
    texts = sorted(text.get_text() for text in ax.texts if text.get_text().endswith("%"))
    assert texts == sorted(percent(part) for part in share.dropna())
    departments = [tick.get_text() for tick in ax.get_xticklabels()]
    assert departments == list(dict.fromkeys(data["department"]))
    assert ax.get_xlabel() == ""


@pytest.mark.parametrize("lang", LANGS)
def test_suppressed_groups_are_said_to_be(framework, lang):
    say = words.words(lang)
    few = of_people(framework, ["A"] * 9 + ["B"] * 4 + ["C"] * 8)
    texts = [text.get_text() for text in drawn(few.plot.completeness(by="site", lang=lang)).texts]
    assert texts.count(say["suppressed"]) == 2
    assert texts.count("100%") == 1  # an examination would raise everybody, and of groups only A is shown
    tiny = of_people(framework, ["A"] * 2 + ["B"] * 2)
    ax = drawn(tiny.plot.completeness(by="site", lang=lang))
    texts = [text.get_text() for text in ax.texts]
    assert texts.count(say["suppressed"]) == 2
    assert not any(text.endswith("%") for text in texts)
    assert ax.get_xlabel() == ""


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("by", [None, "site"])
def test_when_all_is_there_it_is_said(framework, by, lang):
    row = {"person_id": "P0", "date": "2020-01-01", "verification": "document"}
    engagement = {
        "position": "member", "service": "hardware_service", "activities": "fault_repair",
        "outcome": "carried_out", "complexity": "multi_vendor", "customer_scope": "none",
        "computer_rooms": 1, "computer_room_area_m2": 1, "data_center_area_m2": 1, "network_sites": 1,
        "facility_scope": "none", "start": "2018-01-01", "end": "2018-12-31",
    }  # fmt: skip
    del engagement["customer_scope"], engagement["facility_scope"]
    contribution = {"kind": "expertise", "area": "it_main_components", "domain": "hardware_service",
                    "standing": "practises_independently"}  # fmt: skip
    a = of_people(
        framework, ["$S$ <b>"],
        engagements=pd.DataFrame([row | engagement]).drop(columns="date").iloc[:0],
        contributions=pd.DataFrame([row | contribution]).iloc[:0],
        certifications=pd.DataFrame([row | {"examination": "AP"}]),
    )  # fmt: skip
    assert len(a.completeness()) == 0
    ax = drawn(a.plot.completeness(by=by, min_group=0, lang=lang))
    assert words.words(lang)["completeness_none"] in [text.get_text() for text in ax.texts]
    assert ax.get_xlabel() == ""


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("count", "groups"), [(0, 1), (1, 1), (12, 1), (180, 60)])
def test_any_number_of_people_and_groups_all_unknown(framework, count, groups, lang):
    sites = [f"$S{i % groups}$ <b>" if i % groups or groups == 1 else None for i in range(count)]
    a = of_people(framework, sites)
    ax = drawn(a.plot.completeness(lang=lang))
    assert len(ax.get_yticks()) == 3  # no table was supplied
    ax = drawn(a.plot.completeness(by="site", min_group=0, lang=lang))
    labels = [tick.get_text() for tick in ax.get_xticklabels()]
    assert len(labels) == min(count, groups)
    if count:
        assert any("$S" in label and "<b>" in label for label in labels)
    else:
        assert words.words(lang)["nobody"] in [text.get_text() for text in ax.texts]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("by", [None, "site", "department"])
def test_in_a_column_no_texts_overlap_and_the_rest_is_summed_up(assessment, by, lang):
    figure, ax = plt.subplots(figsize=(4, 3), layout="constrained")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn(assessment.plot.completeness(by=by, lang=lang, ax=ax))
    renderer = figure.canvas.get_renderer()
    shown = [t for t in [*ax.texts, *ax.get_xticklabels(), *ax.get_yticklabels()] if t.get_text()]
    boxes = [t.get_window_extent(renderer).shrunk(0.9, 0.7) for t in shown]
    for i, box in enumerate(boxes):
        for j in range(i):
            assert not box.overlaps(boxes[j]), (shown[i].get_text(), shown[j].get_text())
    data = assessment.completeness()
    left = (len(data) if by is None else (data["people_rising"] > 0).sum()) - len(ax.get_yticks())
    assert str(left) in ax.get_xlabel() if left else ax.get_xlabel() == ""


def test_nobody_held_back_is_said(framework):
    tables = {"engagements": {"person_id": []}, "contributions": {"person_id": []}}
    passed = {"certifications": {"person_id": ["P0"], "examination": ["AP"]}}
    a = of_people(framework, ["A"], **tables, **passed)
    ax = drawn(a.plot.completeness(by="site", min_group=0))
    assert ax.get_xlabel() == words.words("en")["completeness_nobody_rises"]
    assert [text.get_text() for text in ax.texts].count("0%") == len(a.completeness())


def test_what_does_not_exist_is_named(assessment):
    with pytest.raises(tassei.AssessError, match="did you mean 'software'"):
        assessment.plot.completeness(specialty="softwear")
    with pytest.raises(tassei.AssessError, match="did you mean 'department"):
        assessment.completeness(by="departmen")
    with pytest.raises(ValueError, match="lang: expected one of en, ja"):
        assessment.plot.completeness(lang="fr")
