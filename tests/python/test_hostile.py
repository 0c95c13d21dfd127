"""Names and ids that would be markup, mathematics or formulas, wherever they are shown."""

from __future__ import annotations

import csv
import re
from html.parser import HTMLParser

import matplotlib
import matplotlib.pyplot as plt
import openpyxl
import pandas as pd
import pytest
import tassei

matplotlib.use("agg")

DAY = "2026-06-30"
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</title><b>x",
    "$x^2$",
    "$\\frac{1}{",
    "\\(x\\)",
    "=1+1",
    '=HYPERLINK("http://example.org","x")',
    "+1",
    "-1",
    "@SUM(A1)",
    "'quoted\"",
    "{name}",
    "%s %(x)s",
    "a\nb",
    "a\tb",
    "\u202eabc",
    "\u200bx",
    "a\x01b",
    "http://example.org",
    "&amp;",
    "`x`",
    "../../etc/passwd",
    "長" * 300,
]


@pytest.fixture(scope="module")
def assessment(framework):
    """A workforce whose people, groups and engagements are all called something hostile."""
    count = len(HOSTILE)
    sample = tassei.synthesize(3 * count, seed=3)
    people = sample["people"]
    names = {old: HOSTILE[i] if i < count else old for i, old in enumerate(people["person_id"])}
    frames = {name: frame.assign(person_id=frame["person_id"].map(names)) for name, frame in sample.items()}
    frames["people"]["site"] = (HOSTILE * 3)[: len(people)]
    work = frames["engagements"]
    work["engagement_id"] = [HOSTILE[i % count] for i in range(len(work))]
    evidence = tassei.read_evidence(frames, framework)
    return tassei.assess(evidence, as_of=DAY)


class Elements(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data):
        self.text += data


def check_html(page, *shown):
    found = Elements()
    found.feed(page)
    assert not {"script", "b "} & set(found.tags)
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    links = [value for name, value in found.attributes if name in ("src", "href")]
    assert all(link.startswith(("data:image", "#")) for link in links)
    assert found.tags.count("img") == page.count("<img alt=")
    for text in shown:
        assert " ".join(text.split()) in " ".join(found.text.split()), text


def test_explanations_gaps_and_questions_show_ids_as_they_are(assessment):
    for person in HOSTILE:
        for found in (
            assessment.explain(person, "hardware"),
            assessment.gap(person, "hardware", lang="ja"),
            assessment.questions(person, "hardware"),
            assessment.compare_levels(person, "software", 3, 4),
        ):
            check_html(found._repr_html_())
            assert found.text if hasattr(found, "text") else True


def test_no_id_turns_or_hides_the_words_beside_it(assessment):
    """A verdict must not be overwritten by an escape of the terminal, nor turned around by a mark."""
    for person in HOSTILE:
        for found in (
            assessment.explain(person, "hardware"),
            assessment.gap(person, "hardware"),
            assessment.questions(person, "hardware"),
            assessment.compare_levels(person, "software", 3, 4),
        ):
            for shown in (str(found), found._repr_html_()):
                assert not re.search("[\x00-\x09\x0b-\x1f\u202a-\u202e]", shown)
    assert "\\u202eabc · " in assessment.explain("\u202eabc", "hardware").text


def test_reports_show_ids_as_they_are(assessment, tmp_path):
    page = assessment.report(tmp_path / "people.html", HOSTILE).read_text(encoding="utf-8")
    check_html(page, *(name for name in HOSTILE if name.isprintable()))
    page = assessment.report(tmp_path / "all.html", by="site", min_group=0).read_text(encoding="utf-8")
    check_html(page)


def test_pages_of_the_command_line_show_ids_as_they_are(assessment, tmp_path):
    from click.testing import CliRunner
    from tassei.cli import main

    assessment.save(tmp_path / "saved")
    for person in HOSTILE[:4]:
        out = tmp_path / "page.html"
        source = str(tmp_path / "saved" / "evidence")
        arguments = ["explain", source, person, "hardware", "--as-of", DAY, "--html", str(out)]
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 0, result.output
        page = out.read_text(encoding="utf-8")
        check_html(page, person)
        assert page.count("</title>") == 1


def test_mathematics_stays_text_in_notebooks(assessment):
    """JupyterLab typesets $…$ in HTML outputs, but for elements of a class that its MathJax knows."""
    compared = tassei.compare(assessment, assessment)
    shown = [
        assessment, compared, assessment.evidence, assessment.verify(assessment.evidence),
        assessment.explain("$x^2$", "hardware"), assessment.gap("$x^2$", "hardware"),
        assessment.questions("$x^2$", "hardware"), assessment.compare_levels("$x^2$", "hardware", 3, 4),
        tassei.assess_over(assessment.evidence, dates=["2025-01-01", DAY]), assessment.framework.lint(),
        assessment.framework, assessment.framework.coverage(assessment),
    ]  # fmt: skip
    for one in shown:
        assert one._repr_html_().startswith('<div class="mathjax_ignore tex2jax_ignore">')
    assert "mathjax_ignore" in assessment.explore().exploration.html()


def test_displays_of_everybody_are_harmless(assessment, framework):
    other = tassei.assess(assessment.evidence, as_of="2020-01-01")
    compared = tassei.compare(other, assessment)
    for shown in (assessment, assessment.evidence, compared, assessment.verify(assessment.evidence)):
        check_html(shown._repr_html_())
    bad = {"people": {"person_id": HOSTILE, "<b>x</b>": HOSTILE}, "engagements": {"person_id": HOSTILE * 2,
           "start": ["<script>"] * (2 * len(HOSTILE)), "<script>": HOSTILE * 2}}  # fmt: skip
    evidence = tassei.read_evidence(bad, framework, on_error="collect")
    check_html(evidence._repr_html_())


def test_the_explorer_hands_over_text_not_markup(assessment):
    explorer = assessment.explore(by="site", min_group=0)
    check_html(explorer.exploration.html())
    asked = {"action": "people", "by": "site", "group": HOSTILE[0]}
    assert explorer.exploration.answer(asked)  # the widget sets textContent: see the browser tests
    source = (tassei.__path__[0] + "/explorer.js")
    with open(source, encoding="utf-8") as file:
        assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|outerHTML", file.read())


def test_workbooks_hold_text_and_no_formula(assessment, tmp_path):
    path = assessment.to_excel(tmp_path / "book.xlsx", by="site", min_group=0, people=HOSTILE)
    book = openpyxl.load_workbook(path)
    seen = set()
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", (sheet.title, cell.coordinate, cell.value)
                assert cell.hyperlink is None or sheet is book.worksheets[0]
                seen.add(cell.value)
    shown = {name for name in HOSTILE if name.isprintable()}
    assert shown <= seen


def test_tables_of_the_command_line_hold_ids_as_they_are(assessment, tmp_path):
    from tassei.export import write_frame

    frame = assessment.levels()
    for kind in ("csv", "parquet", "xlsx"):
        write_frame(frame, tmp_path / f"levels.{kind}", assessment.provenance)
    with open(tmp_path / "levels.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert [row[0] for row in rows[1:]] == frame["person_id"].tolist()
    assert pd.read_parquet(tmp_path / "levels.parquet").equals(frame)
    sheet = openpyxl.load_workbook(tmp_path / "levels.xlsx").worksheets[0]
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert all(cell.data_type == "s" for cell in cells)
    printable = [p for p in frame["person_id"] if p.isprintable()]
    assert [c.value for c in cells if str(c.value).isprintable() and c.value in printable] == printable


PICTURES = {
    "distribution": lambda a: a.plot.distribution(by="site", min_group=0),
    "heatmap": lambda a: a.plot.heatmap(by="site", min_group=0),
    "bottlenecks": lambda a: a.plot.bottlenecks(by="site", min_group=0),
    "completeness": lambda a: a.plot.completeness(by="site", min_group=0),
    "scores": lambda a: a.plot.scores(by="site", min_group=0),
    "readiness": lambda a: a.plot.readiness(by="site", min_group=0),
}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_take_names_of_groups_as_text(name, assessment):
    check_picture(PICTURES[name](assessment))


def check_picture(axes):
    axes.figure.canvas.draw()
    for text in axes.figure.findobj(matplotlib.text.Text):
        if "$" in text.get_text() and text.get_visible():
            assert not text.get_parse_math(), text
        assert "\u202e" not in text.get_text() and "\x01" not in text.get_text()
    plt.close("all")


@pytest.mark.parametrize("person", HOSTILE)
def test_pictures_of_a_person_take_the_id_as_text(person, assessment):
    for axes in (assessment.plot.timeline(person), assessment.plot.profile(person, "hardware")):
        check_picture(axes)
