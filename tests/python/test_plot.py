"""Pictures: numbers, words and looks."""

from __future__ import annotations

import re

import matplotlib as mpl
import pandas as pd
import pytest
import tassei
from drawing import AS_OF, LANGS
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from tassei import fonts, plot, words
from tassei.plot import style

mpl.use("Agg")
import matplotlib.pyplot as plt

pytestmark = pytest.mark.usefixtures("no_figure_stays_open")


def of_people(framework, ids, **columns):
    """People of whom nothing else is known."""
    people = pd.DataFrame({"person_id": pd.Series(ids, dtype="str"), **columns})
    evidence = tassei.read_evidence({"people": people}, framework)
    return tassei.assess(evidence, framework, as_of=AS_OF)


def numbers(ax):
    return sorted(
        int(text.get_text().replace(",", ""))
        for text in ax.texts
        if re.fullmatch(r"[\d,]+", text.get_text())
    )


def drawn(ax):
    ax.figure.canvas.draw()  # a missing glyph warns here, and warnings are errors
    return ax


# --- numbers ----------------------------------------------------------------------


def test_bars_are_the_distribution(assessment, framework):
    ax = drawn(plot.distribution(assessment))
    assert isinstance(ax, Axes)
    table = assessment.distribution()
    heights = [[bar.get_height() for bar in container] for container in ax.containers]
    expected = []
    for specialty in framework.specialties:
        rows = table[table["specialty"] == specialty].sort_values("level")
        expected += [rows["certain"].tolist(), rows["possible"].tolist()]
    assert heights == expected
    assert numbers(ax) == sorted([*table["certain"], *table["possible"]])


def test_possible_is_hatched_and_certain_is_not(assessment):
    ax = plot.distribution(assessment)
    hatches = [{bar.get_hatch() for bar in container} for container in ax.containers]
    assert hatches == [{None}, {plot.HATCH}] * 3


def test_one_specialty(assessment, framework):
    ax, data = plot.distribution(assessment, specialty="software", return_data=True)
    assert len(ax.containers) == 2
    assert set(data["specialty"]) == {"software"}
    assert numbers(ax) == sorted([*data["certain"], *data["possible"]])
    assert "Software" in [text.get_text() for text in ax.texts]
    assert "Hardware" not in [text.get_text() for text in ax.texts]


def test_return_data_is_the_table(assessment):
    _, data = plot.distribution(assessment, by="site_id", return_data=True)
    pd.testing.assert_frame_equal(data, assessment.distribution(by="site_id", min_group=5))


def test_by_group_shares_add_up_and_counts_are_right(assessment):
    ax = drawn(plot.distribution(assessment, by="site_id"))
    table = assessment.distribution(by="site_id")
    widths = [[bar.get_width() for bar in container] for container in ax.containers]
    expected = [
        (100 * rows[f"{column}_share"]).tolist()
        for _, block in table.groupby("specialty", sort=False)
        for column in ("certain", "possible")
        for _, rows in block.groupby("level")
    ]
    assert len(widths) == len(expected) == 3 * 2 * 5
    for own, wanted in zip(widths, expected, strict=True):
        assert own == pytest.approx(wanted)
    assert set(numbers(ax)) <= {*table["certain"], *table["possible"]}
    labels = [tick.get_text() for tick in ax.get_yticklabels()]
    assert not plot.distribution(assessment, by="site_id", return_data=True)[1]["suppressed"].any()
    sizes = table[table["specialty"] == "software"].groupby("site_id")["certain"].sum()
    assert labels == [f"{site} (n = {n})" for site, n in sizes.items()]


@pytest.mark.parametrize("lang", LANGS)
def test_by_group_bars_of_people_are_on_one_axis(assessment, lang):
    ax = drawn(plot.distribution(assessment, by="site_id", of="people", lang=lang))
    table = assessment.distribution(by="site_id")
    widths = [bar.get_width() for container in ax.containers for bar in container]
    expected = [
        people
        for _, block in table.groupby("specialty", sort=False)
        for column in ("certain", "possible")
        for _, rows in block.groupby("level")
        for people in rows[column]
    ]
    sizes = table[table["specialty"] == "software"].groupby("site_id")["certain"].sum()
    assert widths == pytest.approx([100 * people / sizes.max() for people in expected])
    assert ax.get_xlabel() == words.words(lang)["people_axis"]
    marks = [(tick.get_position()[0], int(tick.get_text())) for tick in ax.get_xticklabels()]
    assert all(place % 112 == pytest.approx(100 * mark / sizes.max()) for place, mark in marks)
    hidden = drawn(plot.distribution(assessment, by="site_id", of="people", min_group=60, lang=lang))
    assert words.words(lang)["suppressed"] in [text.get_text() for text in hidden.texts]


def test_bars_of_something_else_are_refused(assessment):
    with pytest.raises(tassei.AssessError, match="of: expected one of share, people, got 'heads'"):
        plot.distribution(assessment, by="site_id", of="heads")


@pytest.mark.parametrize("library", ["polars", "pyarrow"])
def test_other_libraries(framework, library):
    pytest.importorskip(library)
    tables = tassei.synthesize(60, seed=3)
    expected = plot.distribution(
        tassei.assess(tassei.read_evidence(tables, framework), framework, as_of=AS_OF)
    )
    if library == "polars":
        import polars as pl

        frames = {name: pl.from_pandas(frame) for name, frame in tables.items()}
    else:
        import pyarrow as pa

        frames = {name: pa.Table.from_pandas(frame) for name, frame in tables.items()}
    own = tassei.assess(tassei.read_evidence(frames, framework), framework, as_of=AS_OF)
    assert numbers(plot.distribution(own)) == numbers(expected)
    ax, data = plot.distribution(own, by="site_id", specialty="hardware", return_data=True)
    assert set(style.columns_of(data)["specialty"]) == {"hardware"}
    drawn(ax)


# --- edges --------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("by", [None, "site"])
def test_nobody(framework, lang, by):
    empty = of_people(framework, [], site=pd.Series([], dtype="str"))
    ax = drawn(plot.distribution(empty, by=by, lang=lang))
    assert words.words(lang)["nobody"] in [text.get_text() for text in ax.texts]


@pytest.mark.parametrize("by", [None, "site"])
def test_one_person_of_whom_nothing_is_known(framework, by):
    one = of_people(framework, ["P1"], site=["S1"])
    ax = drawn(plot.distribution(one, by=by, min_group=0))
    table = one.distribution()
    assert table.loc[table["level"] == 0, "certain"].eq(1).all()
    assert table.loc[table["level"] == 6, "possible"].eq(1).all()
    assert numbers(ax).count(1) == 6


def test_one_group(assessment, framework):
    alone = of_people(framework, [f"P{i}" for i in range(9)], site=["S1"] * 9)
    ax = drawn(plot.distribution(alone, by="site"))
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["S1 (n = 9)"]


def test_sixty_groups_and_people_without_one(framework):
    sites = [f"S{i:02}" if i else None for i in range(60)] * 3
    many = of_people(framework, [f"P{i}" for i in range(180)], site=sites)
    ax = drawn(plot.distribution(many, by="site", lang="en", min_group=0))
    labels = [tick.get_text() for tick in ax.get_yticklabels()]
    assert len(labels) == 60
    assert any(label.startswith(words.words("en")["no_group"]) for label in labels)
    assert ax.figure.get_figheight() > 20


def test_groups_that_are_numbers_or_look_like_mathematics(framework):
    costly = of_people(framework, ["P1", "P2"], site=["$a_1$", "50% & more"], floor=[1, 2])
    ax = drawn(plot.distribution(costly, by="site"))
    assert any("$a_1$" in tick.get_text() for tick in ax.get_yticklabels())
    drawn(plot.distribution(costly, by="floor"))


@pytest.mark.parametrize("lang", LANGS)
def test_small_groups_are_shown_as_suppressed(framework, lang):
    sites = ["A"] * 9 + ["B"] * 4 + ["C"] * 8
    few = of_people(framework, [f"P{i}" for i in range(21)], site=sites)
    ax, data = plot.distribution(few, by="site", lang=lang, return_data=True)
    drawn(ax)
    say = words.words(lang)
    labels = [tick.get_text() for tick in ax.get_yticklabels()]
    assert labels == [say["group_n"].format(group="A", n=9), "B", "C"]
    assert [t.get_text() for t in ax.texts].count(say["suppressed"]) == 2 * 3
    assert 4 not in numbers(ax) and 8 not in numbers(ax)
    hidden = data[data["suppressed"]]
    assert set(hidden["site"]) == {"B", "C"}
    assert hidden[["certain", "possible", "certain_share", "possible_share"]].isna().all(axis=None)


def test_an_unknown_specialty_is_named(assessment):
    with pytest.raises(tassei.AssessError, match="did you mean 'hardware'"):
        plot.distribution(assessment, specialty="hardwear")


def test_an_unknown_column_is_named(assessment):
    with pytest.raises(tassei.AssessError, match="depart"):
        plot.distribution(assessment, by="depart")


def test_an_unknown_language_is_named(assessment):
    with pytest.raises(ValueError, match="lang: expected one of en, ja, got 'fr'"):
        plot.distribution(assessment, lang="fr")


# --- words, fonts and looks -------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("by", [None, "department"])
def test_every_glyph_is_there(assessment, lang, by, recwarn):
    drawn(plot.distribution(assessment, by=by, lang=lang))
    assert not [w for w in recwarn if "Glyph" in str(w.message)]


def test_both_languages_have_the_same_words():
    assert words.languages() == LANGS
    assert set(words.words("en")) == set(words.words("ja"))


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("en", ["People by level", "as of 2026-06-30", "n = 400 people", "Facility management"]),
        ("ja", ["レベル別の人数", "2026年6月30日現在", "400人", "ファシリティマネジメント"]),
    ],
)
def test_title_date_number_and_standard(assessment, framework, lang, expected):
    ax = plot.distribution(assessment, lang=lang)
    text = "\n".join(text.get_text() for text in ax.texts)
    for part in [*expected, framework.title[lang]]:
        assert part in text
    say = words.words(lang)
    assert ax.get_ylabel() == say["people_axis"]
    assert ax.get_xlabel() == say["level_axis"]
    labels = [label.get_text() for label in ax.get_legend().get_texts()]
    assert labels == [say["certain"], say["possible"]]


@pytest.mark.parametrize("lang", LANGS)
def test_what_is_not_the_default_is_said(assessment, framework, lang):
    other = tassei.assess(
        assessment.evidence, framework, as_of=AS_OF, readings={"deeming": "ignore"},
        min_verification="supervisor",
    )  # fmt: skip
    text = "\n".join(t.get_text() for t in drawn(plot.distribution(other, lang=lang)).texts)
    assert framework.label("choice", "deeming.ignore", lang) in text
    assert words.verification_label(other, lang) in text
    plain = "\n".join(t.get_text() for t in plot.distribution(assessment, lang=lang).texts)
    assert framework.label("reading", "deeming", lang) not in plain


@pytest.mark.parametrize("lang", LANGS)
def test_global_settings_stay_as_they_are(assessment, lang):
    plt.rcParams["font.size"] = 7.0
    plt.rcParams["font.family"] = ["serif"]
    before = dict(plt.rcParams)
    drawn(plot.distribution(assessment, lang=lang, by="site"))
    drawn(plot.distribution(assessment, lang=lang))
    assert dict(plt.rcParams) == before
    mpl.rcdefaults()
    mpl.use("Agg")


@pytest.mark.parametrize("lang", LANGS)
def test_axes_from_elsewhere(assessment, lang):
    figure = Figure(figsize=(9, 5), layout="constrained")
    ax = figure.add_subplot()
    assert plot.distribution(assessment, lang=lang, ax=ax) is ax
    drawn(ax)
    assert not plt.get_fignums()


def test_colours_get_darker_with_the_level():
    def light(colour):
        red, green, blue = mpl.colors.to_rgb(colour)
        return 0.299 * red + 0.587 * green + 0.114 * blue

    for levels in ([0, 3, 4, 5, 6], [0, 1], [0, 1, 2, 3, 4, 5, 6, 7]):
        shades = [light(style.level_colours(levels)[level]) for level in levels]
        assert shades == sorted(shades, reverse=True)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("by", [None, "department"])
def test_nothing_is_cut_off(assessment, lang, by):
    ax = drawn(plot.distribution(assessment, by=by, lang=lang))
    box, figure = ax.get_tightbbox(), ax.figure.bbox
    assert box.x0 >= figure.x0 - 1 and box.x1 <= figure.x1 + 1
    assert box.y0 >= figure.y0 - 1 and box.y1 <= figure.y1 + 1


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    "draw",
    [
        lambda a, **on: a.plot.distribution(**on),
        lambda a, **on: a.plot.distribution(by="site", specialty="software", **on),
        lambda a, **on: a.plot.heatmap(by="site", specialty="software", **on),
        lambda a, **on: a.plot.bottlenecks(specialty="software", target=4, **on),
        lambda a, **on: a.plot.bottlenecks(by="site", specialty="software", **on),
        lambda a, **on: a.plot.profile("P00007", "software", **on),
        lambda a, **on: tassei.assess_over(a.evidence, dates=["2024-06-30", AS_OF]).plot(**on),
        lambda a, **on: tassei.assess_over(a.evidence, dates=["2024-06-30", AS_OF]).plot(
            by="site", specialty="software", **on
        ),
    ],
)
def test_a_column_holds_it(assessment, lang, draw):
    figure = plt.figure(figsize=(4, 3), layout="constrained")
    ax = drawn(draw(assessment, lang=lang, ax=figure.add_subplot()))
    box, whole = ax.get_tightbbox(), figure.bbox
    assert box.x0 >= whole.x0 - 1 and box.x1 <= whole.x1 + 1
    assert box.y0 >= whole.y0 - 1 and box.y1 <= whole.y1 + 1
    for axis in (ax.xaxis, ax.yaxis):
        boxes = [label.get_window_extent() for label in axis.get_ticklabels() if label.get_text()]
        assert not any(
            one.shrunk(0.9, 0.8).overlaps(other.shrunk(0.9, 0.8))
            for place, one in enumerate(boxes)
            for other in boxes[:place]
        )
    assert ax.get_window_extent().height > 0.2 * whole.height
    assert min(text.get_fontsize() for text in ax.get_yticklabels()) >= 4.5


@pytest.fixture
def only_the_base_font(monkeypatch):
    base = [f for f in font_manager.fontManager.ttflist if f.name == fonts.BASE_FONT]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", base)
    monkeypatch.setattr(fonts, "_extra_font", lambda: None)


def test_without_a_japanese_font_the_error_says_what_to_install(assessment, only_the_base_font):
    with pytest.raises(fonts.FontError, match=r"pip install 'tassei\[fonts\]'"):
        plot.distribution(assessment, lang="ja")
    with pytest.raises(fonts.FontError, match="no installed font has the characters"):
        plot.distribution(assessment, by="department", lang="en")
    drawn(plot.distribution(assessment, by="department_id", lang="en"))


def test_a_font_of_the_system_comes_before_the_extra():
    pytest.importorskip("matplotlib_fontja", reason="the extra `fonts`", exc_type=ImportError)
    mpl.rcdefaults()
    mpl.use("Agg")
    families = fonts.font_families(["レベル"], "ja")
    wanted = [f for f in words.preferred_fonts("ja") if fonts._system_font(f)]
    assert families[0] == wanted[0]
