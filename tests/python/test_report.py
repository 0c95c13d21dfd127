"""The report page."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pandas as pd
import pytest
import tassei
from tassei import report, words

AS_OF = "2026-06-30"
VOID = {"meta", "img", "br", "input", "hr", "col", "wbr"}


@pytest.fixture(scope="module")
def page(assessment):
    return report.page(assessment)


class Balanced(HTMLParser):
    """Fails where a tag is closed that is not the last one opened."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag


def test_the_page_is_whole_and_loads_nothing(page):
    parser = Balanced()
    parser.feed(page)
    assert parser.open == []
    assert "<script" not in page
    assert not re.search(r"""(?:src|href)\s*=\s*(?!["']?data:)""", page)
    assert "url(" not in page and "@import" not in page


def test_both_languages_are_in_it(page):
    for lang in words.languages():
        assert words.words(lang)["report_title"] in page
        assert f'<section class="lang-{lang}" lang="{lang}">' in page
        assert words.words(lang)["report_trend_note"] in page
    pictures = 4  # distribution, bottlenecks, trend, completeness
    assert page.count("data:image/png;base64,") == pictures * len(words.languages())


def test_numbers_are_those_of_the_distribution(assessment):
    page = report.page(assessment, langs=["en"])
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    cells = [int(n.replace(",", "")) for n in re.findall(r"<td>([\d,]+)", body)]
    table = assessment.distribution()
    expected = [
        row[column]
        for level in sorted(set(table["level"]))
        for _, row in table[table["level"] == level].iterrows()
        for column in ("certain", "possible")
    ]
    assert cells == expected


def test_the_basis_is_recorded(page, assessment, framework):
    for part in (framework.fingerprint, framework.version, AS_OF):
        assert part in page
    for name in assessment.readings:
        assert framework.label("reading", name, "ja") in page


def test_examples_show_different_things(assessment):
    examples = report.pick_examples(assessment)
    assert len({person for person, _ in examples}) == 3
    rows = assessment.levels().set_index(["person_id", "specialty"])
    found = [rows.loc[example] for example in examples]
    assert found[0]["level"] == rows["level"].max()
    assert found[1]["possible_level"] > found[1]["level"]


def test_chosen_examples(assessment):
    page = report.page(assessment, examples=[("P00007", "software")], langs=["en"])
    assert page.count('<details class="example">') == 1
    assert "P00007" in page
    with pytest.raises(tassei.AssessError, match="P99999"):
        report.page(assessment, examples=[("P99999", "software")], langs=["en"])


def test_text_of_the_evidence_is_escaped(framework):
    people = pd.DataFrame({"person_id": ["<i>&", "x"], "site": ["s", "s"]})
    evidence = tassei.read_evidence({"people": people}, framework)
    page = report.page(tassei.assess(evidence, framework, as_of=AS_OF), langs=["en"])
    assert "<i>&" not in page
    assert "&lt;i&gt;&amp;" in page


def test_nobody(framework):
    people = pd.DataFrame({"person_id": pd.Series([], dtype="str")})
    evidence = tassei.read_evidence({"people": people}, framework)
    assert "0 people" in report.page(tassei.assess(evidence, framework, as_of=AS_OF))


def test_an_unknown_language(assessment):
    with pytest.raises(ValueError, match="lang: expected one of en, ja, got 'fr'"):
        report.page(assessment, langs=["fr"])


def test_groups_with_small_ones_suppressed(assessment):
    page = report.page(assessment, examples=[], langs=["en"], by="site_id")
    assert page.count("data:image/png;base64,") == 5
    assert "Groups of fewer than 5 people are suppressed" in page
    with pytest.raises(tassei.AssessError, match="did you mean 'site"):
        report.page(assessment, examples=[], langs=["en"], by="site_di")


def test_people_have_explanation_and_gap(assessment, framework):
    page = report.people_page(assessment, ["P00007", "P00008"])
    Balanced().feed(page)
    assert page.count('<article class="person">') == 2 * 2
    for specialty in framework.specialties:
        assert assessment.explain("P00007", specialty, lang="ja").html in page
        assert assessment.gap("P00008", specialty).html in page
    assert "<script" not in page
    with pytest.raises(tassei.AssessError, match="P99999"):
        report.people_page(assessment, ["P99999"])


def test_a_report_is_written_whole_or_not_at_all(assessment, tmp_path):
    path = assessment.report(tmp_path / "out.html", by="site_id", lang="ja")
    assert path.read_text(encoding="utf-8").startswith('<!doctype html>\n<html lang="ja">')
    assessment.report(tmp_path / "people.html", people="P00007", lang=["en"])
    before = path.read_text(encoding="utf-8")
    with pytest.raises(tassei.AssessError):
        assessment.report(path, people=["P99999"])
    assert path.read_text(encoding="utf-8") == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.html", "people.html"]
    with pytest.raises(tassei.AssessError, match=r"ends in \.html"):
        assessment.report(tmp_path / "out.pdf")


def test_the_trend_ends_on_the_day_of_the_report_also_in_a_leap_year(framework):
    evidence = tassei.read_evidence(tassei.synthesize(20, seed=3), framework)
    a = tassei.assess(evidence, framework, as_of="2024-02-29", readings={"overlap": "sum"})
    trend = report._last_years(a)
    assert [str(day) for day in trend.dates][0::5] == ["2019-02-28", "2024-02-29"]
    assert trend.readings == a.readings
    assert trend.distribution().tail(15)["certain"].tolist() == a.distribution()["certain"].tolist()
