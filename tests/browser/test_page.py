"""The report pages, opened as files, and a notebook as a page: nothing is loaded, all shows and responds."""

import re
import subprocess
import sys

import pytest
import tassei
from playwright.sync_api import expect
from tassei import report


@pytest.fixture(scope="module")
def assessment():
    framework = tassei.load_framework("itss-v3-2011-customer-service")
    evidence = tassei.read_evidence(tassei.synthesize(people=400, seed=3), framework)
    return tassei.assess(evidence, framework, as_of="2026-06-30")


def in_both_languages(tab, pictures, name: str) -> None:
    """Clicks through the languages of a page; a picture of each."""
    for lang, other, letters in (("ja", "en", "[ぁ-ん]"), ("en", "ja", "[a-z]{3}")):
        tab.locator(f"label[for=lang-{lang}]").click()
        expect(tab.locator(f"section[lang={lang}]")).to_be_visible()
        expect(tab.locator(f"section[lang={other}]")).to_be_hidden()
        heading = tab.locator(f"section[lang={lang}] h1")
        assert re.search(letters, heading.inner_text()), heading.inner_text()
        for image in tab.locator("img:visible").all():
            assert image.evaluate("image => image.complete && image.naturalWidth") > 600
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the window"
        tab.screenshot(path=pictures / f"{name}_{lang}.png", full_page=True)


def check_folding(tab, folds: str) -> None:
    """Clicks on the first visible fold, and again."""
    fold = tab.locator(f"{folds}:visible").first
    title, inside = fold.locator("> summary"), fold.locator("> :not(summary)").first
    was = inside.is_visible()
    for shown in (not was, was):
        title.click()
        expect(inside).to_be_visible(visible=shown)


def test_report(tab, assessment, pictures, tmp_path):
    page = tmp_path / "levels.html"
    page.write_text(report.page(assessment, by="department"), encoding="utf-8")
    tab.goto(page.as_uri())
    expect(tab.locator("section:visible")).to_have_count(1)
    in_both_languages(tab, pictures, "report")
    check_folding(tab, "details.example")


def test_language_by_keyboard(tab, assessment, tmp_path):
    tab.goto(assessment.report(tmp_path / "levels.html").resolve().as_uri())
    first = tab.locator("section:visible").get_attribute("lang")
    tab.keyboard.press("Tab")
    tab.keyboard.press("ArrowRight")
    expect(tab.locator("section:visible")).to_have_count(1)
    assert tab.locator("section:visible").get_attribute("lang") != first


def test_people(tab, assessment, pictures, tmp_path):
    levels = assessment.levels().query("level > 0 and possible_level > level")
    chosen = levels["person_id"].drop_duplicates()[:2].tolist()
    tab.goto(assessment.report(tmp_path / "people.html", people=chosen).resolve().as_uri())
    expect(tab.locator("section:visible h2").filter(has_text=chosen[1])).to_be_visible()
    in_both_languages(tab, pictures, "people")
    check_folding(tab, "details.example")
    check_folding(tab, "details.example details")


def test_ids_are_never_markup(tab, assessment, hostile, tmp_path):
    passed = {"person_id": hostile, "examination": ["AP"] * len(hostile)}
    evidence = tassei.read_evidence({"certifications": passed}, assessment.framework)
    a = tassei.assess(evidence, as_of="2026-06-30")
    tab.goto(a.report(tmp_path / "ids.html", people=hostile).resolve().as_uri())
    for person in hostile:
        expect(tab.locator("section:visible h2").filter(has_text=person)).to_be_visible()
    assert tab.evaluate("window.harmed") is None


def test_notebook_as_a_page(unwatched, folder, apart, pictures, tmp_path):
    """What is mailed to a colleague: `jupyter nbconvert --to html`, read without a network."""
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "html", "--execute"]
    command += ["01_quickstart.ipynb", "--output-dir", str(tmp_path)]
    subprocess.run(command, cwd=folder, env=apart, check=True, capture_output=True)
    tab, watch = unwatched
    tab.goto((tmp_path / "01_quickstart.html").as_uri())
    expect(tab.locator("table td").first).to_be_visible()
    picture = tab.locator(".jp-OutputArea-output img").first
    assert picture.evaluate("image => image.complete && image.naturalWidth") > 300
    check_folding(tab, ".jp-OutputArea-output details")
    # nbconvert's own page asks for scripts (formulas, widgets); ours needs none of them
    assert [url for url in watch.outside if "cdnjs.cloudflare.com" not in url] == []
    tab.screenshot(path=pictures / "nbconvert.png", full_page=True)


def test_the_watch_sees(unwatched):
    """A page that calls elsewhere, throws and complains is found out on all three."""
    tab, watch = unwatched
    script = "fetch('http://elsewhere.example/'); console.error('oh'); throw Error('no')"
    happen = tab.expect_event
    with happen("requestfailed"), happen("pageerror"), happen("console"):
        tab.set_content(f"<script>{script}</script>")
    assert watch.outside == ["http://elsewhere.example/"]
    assert {"console: oh", "page: no"} <= set(watch.wrong)
    assert any(line.startswith("failed: http://elsewhere.example/") for line in watch.wrong)
