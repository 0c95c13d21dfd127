"""The timeline of one person: bars are the records, strips the days that count."""

from __future__ import annotations

import datetime as dt

import matplotlib as mpl
import pandas as pd
import pytest
import tassei
from drawing import AS_OF, LANGS, drawn
from matplotlib.colors import to_rgba
from matplotlib.dates import date2num
from tassei import plot, words
from tassei.plot.style import columns_of, level_colours

mpl.use("Agg")
import matplotlib.pyplot as plt

pytestmark = pytest.mark.usefixtures("no_figure_stays_open")

WORK = {
    "person_id": "P1", "position": "manager", "service": "hardware_service", "activities": ["fault_repair"],
    "outcome": "succeeded", "complexity": ["multi_vendor", "mission_critical"],
    "customer_scope": "whole_region_or_industry",
}  # fmt: skip


def assessed(framework, rows, as_of=AS_OF, **options):
    more = options.pop("tables", {})
    tables = {"people": {"person_id": ["P1", "$a$ <b>"]}, "engagements": pd.DataFrame(rows), **more}
    return tassei.assess(tassei.read_evidence(tables, framework), framework, as_of=as_of, **options)


def bars(ax, row):
    """First day, last day and hatch of each bar around a row."""
    return sorted(
        (
            mpl.dates.num2date(patch.get_x()).date().isoformat(),
            mpl.dates.num2date(patch.get_x() + patch.get_width() - 1).date().isoformat(),
            patch.get_hatch() or "",
        )
        for patch in ax.patches
        if abs(patch.get_y() + patch.get_height() / 2 - row) < 0.3
    )


def said(ax):
    return [text.get_text() for text in ax.texts]


@pytest.fixture(scope="module")
def several(framework):
    rows = [
        WORK | {"engagement_id": "late", "start": "2025-01-01", "end": None},
        WORK | {"engagement_id": "lost", "start": None, "end": "2012-12-31"},
        WORK | {"engagement_id": "early", "start": "2018-01-01", "end": "2018-12-31"},
        WORK | {"engagement_id": "dim", "start": "2020-01-01", "end": "2020-12-31", "complexity": None},
    ]
    return assessed(framework, rows)


@pytest.mark.parametrize("lang", LANGS)
def test_every_record_has_its_row_and_bar(several, framework, lang):
    ax, data = several.plot.timeline("P1", "hardware", lang=lang, return_data=True)
    drawn(ax)
    assert data["start"].astype(str).tolist()[:3] == ["2018-01-01", "2020-01-01", "2025-01-01"]
    assert data["row"].tolist() == [2, 3, 0, 1]
    assert pd.isna(data["start"].iloc[3]) and pd.isna(data["running"].iloc[3])
    assert data["running"].tolist()[:3] == [False, False, True]
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels[:4] == ["early", "dim", "late", "lost"]
    assert bars(ax, 0) == [("2018-01-01", "2018-12-31", "")]
    assert bars(ax, 1) == [("2020-01-01", "2020-12-31", ""), ("2020-01-01", "2020-12-31", plot.HATCH)]
    assert bars(ax, 2) == [("2025-01-01", AS_OF, "")]
    assert bars(ax, 3) == []
    assert words.words(lang)["no_start"] in said(ax)
    arrows = [line for line in ax.lines if line.get_marker() == ">"]
    assert [line.get_ydata().tolist() for line in arrows] == [[2]]


def test_grades_are_those_of_the_ledger_and_colours_are_of_the_grades(several):
    ax, data = several.plot.timeline("P1", "hardware", return_data=True)
    ledger = several.ledger("P1", "hardware")
    ledger = ledger[ledger["table"] == "engagements"].groupby("row")[["grade", "possible_grade"]].max()
    own = data.set_index("row")[["grade", "possible_grade"]].sort_index()
    pd.testing.assert_frame_equal(own, ledger, check_dtype=False, check_index_type=False)
    colours = level_colours([0, *several.framework.levels])
    solid = {round(p.get_y() + p.get_height() / 2): p for p in ax.patches if not p.get_hatch()}
    for place, grade in enumerate(data["grade"].fillna(0)[:3]):
        assert solid[place].get_facecolor() == to_rgba(colours[int(grade)])
    names = {text.get_text().lower() for text in ax.get_legend().get_texts()}
    assert {f"level {grade:.0f} work" for grade in data["grade"].dropna()} <= names


@pytest.mark.parametrize("lang", LANGS)
def test_the_strip_is_the_day_criterion_of_the_next_level(several, framework, lang):
    ax = several.plot.timeline("P1", "hardware", lang=lang)
    level = several.explain("P1", "hardware").level
    criteria = several.criteria("P1", "hardware", level)
    days = criteria[criteria["unit"] == "days"].iloc[0]
    text = next(text for text in said(ax) if framework.label("criterion", days["criterion"], lang) in text)
    assert words.words(lang)["or_more"].format(low=f"{days['low']:,.0f}") in text
    assert f"{days['required']:,.0f}" in text
    row = max(ax.get_yticks()) + 0.25
    certain = [bar for bar in bars(ax, row) if not bar[2]]
    covered = {day for first, last, _ in certain for day in pd.date_range(first, last)}
    assert len(covered) == days["low"]
    assert ("2020-01-01", "2020-12-31", plot.HATCH) in bars(ax, row)


def test_days_that_are_too_old_are_not_in_the_strip(framework):
    rows = [WORK | {"start": "2021-01-01", "end": "2024-12-31"}]
    a = assessed(framework, rows, readings={"recency_years": 3})
    ax = a.plot.timeline("P1", "hardware")
    assert bars(ax, 0) == [("2021-01-01", "2024-12-31", "")]
    assert bars(ax, max(ax.get_yticks()) + 0.25) == [("2023-07-02", "2024-12-31", "")]


@pytest.mark.parametrize("lang", LANGS)
def test_records_with_one_date_are_dots_and_those_without_are_counted(framework, lang):
    passed = {"person_id": ["P1"] * 3, "examination": ["AP", "FE", "AP"], "date": ["2020-04-01", None, None]}
    a = assessed(framework, [WORK | {"start": "2021-01-01"}], tables={"certifications": passed})
    ax = drawn(a.plot.timeline("P1", lang=lang))
    dots = [line.get_xdata().tolist() for line in ax.lines if line.get_marker() == "D"]
    assert dots == [[date2num(dt.date(2020, 4, 1))]]
    assert words.words(lang)["undated"].format(n=2) in said(ax)
    assert words.headline(framework.label("table", "certifications", lang)) in [
        label.get_text() for label in ax.get_yticklabels()
    ]


@pytest.mark.parametrize("lang", LANGS)
def test_somebody_of_whom_nothing_is_known(several, lang):
    ax, data = several.plot.timeline("$a$ <b>", lang=lang, return_data=True)
    drawn(ax)
    assert len(data) == 0
    assert words.words(lang)["no_periods"] in said(ax)
    assert any(text.startswith("$a$ <b>") for text in said(ax))


@pytest.mark.parametrize("lang", LANGS)
def test_sixty_records_and_a_column(framework, lang):
    years = [f"20{i % 20 + 5:02}" for i in range(60)]
    many = [WORK | {"start": f"{year}-01-01", "end": f"{year}-09-30"} for year in years]
    ax, data = assessed(framework, many).plot.timeline("P1", lang=lang, return_data=True)
    drawn(ax)
    assert len(data) == 60
    own = plt.figure(figsize=(4, 3), layout="constrained").add_subplot()
    few = assessed(framework, many[:4])
    assert few.plot.timeline("P1", "software", lang=lang, ax=own) is own
    drawn(own)


@pytest.mark.parametrize("library", ["polars", "pyarrow"])
def test_other_libraries(framework, library):
    tables = tassei.synthesize(60, seed=3)
    expected = tassei.assess(tassei.read_evidence(tables, framework), as_of=AS_OF)
    expected = expected.plot.timeline("P00007", return_data=True)[1]
    pa, pl = pytest.importorskip("pyarrow"), pytest.importorskip("polars")
    make = pl.from_pandas if library == "polars" else pa.Table.from_pandas
    evidence = tassei.read_evidence({name: make(frame) for name, frame in tables.items()}, framework)
    _, data = tassei.assess(evidence, as_of=AS_OF).plot.timeline("P00007", return_data=True)
    assert columns_of(data)["row"] == expected["row"].tolist()


def test_another_framework_without_grades():
    from pathlib import Path

    choir = tassei.load_framework(Path(__file__).parents[1] / "frameworks" / "community-choir.yaml")
    table = next(iter(choir.document.tables))
    person = next(n for n, c in choir.document.tables[table].columns.items() if c.role == "person")
    a = tassei.assess(tassei.read_evidence({table: {person: ["s1"]}}, choir), choir, as_of=AS_OF)
    drawn(a.plot.timeline("s1"))


def test_what_does_not_exist_is_named(several):
    with pytest.raises(tassei.AssessError, match="no person 'P2'"):
        several.plot.timeline("P2")
    with pytest.raises(tassei.AssessError, match="did you mean 'hardware'"):
        several.plot.timeline("P1", "hardwear")
    with pytest.raises(ValueError, match="expected one of en, ja"):
        several.plot.timeline("P1", lang="fr")
