"""Charts for a notebook: the same tables, in either language."""

from __future__ import annotations

import datetime as dt
import sys

import pandas as pd
import pytest
import tassei
from tassei import words

pytest.importorskip("altair", reason="the extra `interactive`")
vl_convert = pytest.importorskip("vl_convert", reason="renders charts without a browser")

AS_OF = "2026-06-30"
LANGS = ["en", "ja"]
CHARTS = {
    "distribution": ("distribution", {}),
    "groups": ("distribution", {"by": "department", "min_group": 40}),
    "people": ("distribution", {"by": "site", "of": "people", "specialty": "software", "min_group": 50}),
    "heatmap": ("heatmap", {"by": "department", "min_group": 40}),
    "bottlenecks": ("bottlenecks", {"target": 4}),
    "field": ("bottlenecks", {"by": "department", "min_group": 40}),
}


def values(chart):
    spec = chart.to_dict()  # checks against the schema
    return pd.DataFrame(spec["datasets"][spec["data"]["name"]])


def svg(chart):
    return vl_convert.vegalite_to_svg(chart.to_dict())


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", CHARTS)
def test_data_are_the_table(assessment, name, lang):
    picture, options = CHARTS[name]
    draw = getattr(assessment.plot, picture)
    chart, frame = draw(**options, lang=lang, interactive=True, return_data=True)
    _, drawn = draw(**options, lang=lang, return_data=True)
    pd.testing.assert_frame_equal(frame, drawn)
    own = values(chart)[list(frame.columns)]
    pd.testing.assert_frame_equal(own, frame, check_dtype=False)
    assert "person_id" not in chart.to_json()
    assert len(values(draw(**options, lang=lang, interactive=True))) == len(frame)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", CHARTS)
def test_it_renders_with_words_of_the_language(assessment, framework, name, lang):
    picture, options = CHARTS[name]
    chart = getattr(assessment.plot, picture)(**options, lang=lang, interactive=True)
    text, say = svg(chart), words.words(lang)
    title = {"distribution": "title", "heatmap": "heatmap_title", "bottlenecks": "bottlenecks_title"}
    assert say[title[picture]] in text
    assert words.headline(framework.label("specialty", "software", lang)) in text
    rows = values(chart)
    hidden = 0
    if "suppressed" in rows and "by" in options:
        groups = rows[rows["suppressed"]][["specialty", options["by"]]].drop_duplicates()
        hidden = len(groups)
        assert 0 < hidden < len(rows[["specialty", options["by"]]].drop_duplicates())
    assert text.count(f">{say['suppressed']}<") == hidden
    assert vl_convert.vegalite_to_png(chart.to_dict()).startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["heatmap", "field"])
def test_cells_say_both_numbers(assessment, name):
    picture, options = CHARTS[name]
    chart, data = getattr(assessment.plot, picture)(**options, interactive=True, return_data=True)
    text, shown = svg(chart), data[~data["suppressed"]]
    for row in shown.itertuples():
        cell = (
            f"{row.certain:.0f} ({row.possible:.0f})"
            if name == "heatmap"
            else f"{row.lacking:.0f}+{row.open:.0f}"
        )
        assert f">{cell}<" in text


@pytest.mark.parametrize("name", ["distribution", "groups", "people", "bottlenecks"])
def test_possible_is_dashed_and_the_legend_can_be_clicked(assessment, name):
    picture, options = CHARTS[name]
    chart = getattr(assessment.plot, picture)(**options, interactive=True)
    text, params = svg(chart), chart.to_dict()["params"]
    assert 'stroke-dasharray="3,2"' in text
    assert params and all(param["bind"] == "legend" for param in params)
    say = words.words("en")
    legend = [say["lacking"], say["open"]] if name == "bottlenecks" else ["certain", "possible", "Level 3"]
    assert all(f">{word}<" in text for word in legend)


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("count", [0, 1])
def test_nobody_and_one_person(framework, name, count):
    picture, options = CHARTS[name]
    people = pd.DataFrame({"person_id": ["P1"], "department": ["<b>"], "site": [None]}, dtype="str")[:count]
    a = tassei.assess(tassei.read_evidence({"people": people}, framework), framework, as_of=AS_OF)
    if "by" in options:
        options = options | {"min_group": 0}
    chart = getattr(a.plot, picture)(**options, interactive=True)
    text = svg(chart)
    assert "<b>" not in text
    if not count:
        assert words.words("en")["nobody"] in text or "by" not in options


def test_who_has_nobody_below_says_so(framework):
    passed = {"person_id": ["P1"], "examination": ["AP"]}
    people = {"person_id": ["P1", "P2"], "site": ["A", "B"]}
    evidence = tassei.read_evidence({"people": people, "certifications": passed}, framework)
    a = tassei.assess(evidence, framework, as_of=AS_OF)
    nobody = f">{words.words('en')['nobody_below']}<"
    for options in ({}, {"by": "site", "target": 3, "min_group": 0}):
        chart, data = a.plot.bottlenecks(**options, interactive=True, return_data=True)
        rows = data[data["people"] == 0]
        expected = len(rows) if not options else len(rows[["specialty", "site"]].drop_duplicates())
        assert svg(chart).count(nobody) == expected > 0


def test_groups_that_are_dates_or_numbers(framework):
    people = pd.DataFrame({"person_id": ["P1", "P2"], "floor": [1, 2], "since": [dt.date(2020, 4, 1)] * 2})
    a = tassei.assess(tassei.read_evidence({"people": people}, framework), framework, as_of=AS_OF)
    assert set(values(a.plot.heatmap(by="floor", min_group=0, interactive=True))["floor"]) == {1, 2}
    assert "2020-04-01" in svg(a.plot.heatmap(by="since", min_group=0, interactive=True))


@pytest.mark.parametrize("name", CHARTS)
def test_axes_are_refused(assessment, name):
    import matplotlib.figure

    picture, options = CHARTS[name]
    ax = matplotlib.figure.Figure().add_subplot()
    with pytest.raises(tassei.AssessError, match="leave out ax or interactive"):
        getattr(assessment.plot, picture)(**options, ax=ax, interactive=True)


def test_without_altair_the_error_says_what_to_install(assessment, monkeypatch):
    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(ImportError, match=r"pip install 'tassei\[interactive\]'"):
        assessment.plot.distribution(interactive=True)
