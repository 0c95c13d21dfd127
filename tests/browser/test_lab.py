"""The notebooks in a real JupyterLab: they run, their tables, pictures and folding trees show and respond."""

import re
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Page, expect

NOTEBOOKS = sorted(path.name for path in Path(__file__).parents[2].glob("notebooks/*.ipynb"))
CELL = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell"

WRONG = ", ".join(f"[data-mime-type='application/vnd.jupyter.{kind}']" for kind in ("error", "stderr"))
PART = 1600   # pixels

# What the last line of a cell says, and what the reader then sees below it.
SHOWS = {
    r"\.plot(\.\w+)?\(.*\);$": "img",
    r"\.(head|sample|reset_index)\([^()]*\)$|^a\.levels\(\)|^display\(": "table",
    r"^a\.explain\(|\.lint\(.*\)$": "details",
    r"^a\.gap\(": "ol li",
    r"interactive=True.*\)$": "svg.marks",
}

START = """
import tassei
from IPython.display import HTML

framework = tassei.load_framework("itss-v3-2011-customer-service")
evidence = tassei.read_evidence(tassei.synthesize(people=400, seed=3), framework)
a = tassei.assess(evidence, framework, as_of="2026-06-30")
half = a.criteria(level=4).query("status == 'unknown' and unit == 'days' and low > 0").iloc[0]
person, specialty = half["person_id"], half["specialty"]
""".strip()

# Everything that can be in Japanese.
JAPANESE = [
    'evidence.summary(lang="ja")',
    'a.explain(person, specialty, lang="ja")',
    'a.gap(person, specialty, lang="ja")',
    'a.questions(person, specialty, lang="ja")',
    'a.compare_levels(person, specialty, 3, 4, lang="ja")',
    'HTML(tassei.compare(tassei.assess(evidence, framework, as_of="2025-06-30"), a).html(lang="ja"))',
    'framework.lint(lang="ja")',
    'a.plot.distribution(lang="ja");',
    'a.plot.profile(person, specialty, 4, lang="ja");',
]


# With ids that a browser or MathJax would make something of.
OF_IDS = """
import tassei

framework = tassei.load_framework("itss-v3-2011-customer-service")
passed = {{"person_id": {ids!r}, "examination": ["AP"] * {count}}}
a = tassei.assess(tassei.read_evidence({{"certifications": passed}}, framework), as_of="2026-06-30")
""".strip()


def write(notebook: Path, sources: list[str]) -> Path:
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), notebook)
    return notebook


def run(page: Page, lab: str, notebook: Path) -> list[str]:
    """Opens a notebook, runs all by the menu, waits until the kernel is through; the sources of its cells."""
    sources = [cell.source for cell in nbformat.read(notebook, 4).cells if cell.cell_type == "code"]
    page.goto(f"{lab}/lab/tree/{notebook.name}?reset")
    # "Run All" runs what is there: an idle kernel comes before the last cells do
    expect(page.locator(CELL)).to_have_count(len(sources), timeout=60_000)
    kernel = page.locator("#jp-main-statusbar").get_by_text(re.compile(r"^Python 3 .*\| Idle$"))
    expect(kernel).to_be_visible(timeout=60_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    numbers = [re.compile(rf"^\[{n}\]:$") for n in range(1, len(sources) + 1)]
    expect(page.locator(f"{CELL} .jp-InputPrompt")).to_have_text(numbers, timeout=60_000)
    expect(kernel).to_be_visible(timeout=60_000)
    assert page.locator(CELL).locator(WRONG).all_text_contents() == []
    return sources


def check_shows(page: Page, sources: list[str]) -> None:
    """Below each cell is what its last line promises."""
    for at, source in enumerate(sources):
        cell = page.locator(CELL).nth(at)
        cell.scroll_into_view_if_needed()   # the lab draws a picture only when its cell comes into view
        output = cell.locator(".jp-OutputArea-output")
        for pattern, tag in SHOWS.items():
            if re.search(pattern, source.splitlines()[-1]):
                expect(output.locator(tag).first, source).to_be_visible()
    for picture in page.locator(f"{CELL} .jp-OutputArea-output img").all():
        picture.scroll_into_view_if_needed()
        assert picture.evaluate("image => image.complete && image.naturalWidth") > 300


def check_folding(page: Page, trees: str) -> int:
    """Clicks on the first folds below each cell open and shut them; how many there were."""
    folds = page.locator(f"{trees} details:visible").all()[:6]
    for fold in folds:
        title, inside = fold.locator("> summary"), fold.locator("> :not(summary)").first
        was = fold.evaluate("fold => fold.open")
        for shown in (not was, was):
            title.click()
            expect(inside).to_be_visible(visible=shown)
    return len(folds)


def photograph(page: Page, pictures: Path, name: str) -> None:
    """The whole notebook, in a window as high as all its cells, cut into pictures of a screen or two."""
    outer = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer")
    size = page.viewport_size
    for _ in range(3):   # cells get their true heights only when they come into view
        outer.evaluate("box => box.scrollTop = 0")
        height = outer.locator(".jp-WindowedPanel-viewport").bounding_box()["height"]
        page.set_viewport_size({"width": 1400, "height": min(int(height) + 150, 15_000)})
        page.wait_for_timeout(300)
    for at, top in enumerate(range(0, page.viewport_size["height"], PART), start=1):
        clip = {"x": 280, "y": top, "width": 1100, "height": min(PART, page.viewport_size["height"] - top)}
        page.screenshot(path=pictures / f"{name}_{at}.png", clip=clip)
    page.set_viewport_size(size)


def test_what_goes_wrong_is_seen(tab, lab, folder):
    notebook = write(folder / "wrong.ipynb", ["import sys\nprint('oh dear', file=sys.stderr)", "1 / 0"])
    with pytest.raises(AssertionError, match=r"oh dear.*by zero"):
        run(tab, lab, notebook)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook(tab, lab, folder, pictures, name):
    sources = run(tab, lab, folder / name)
    check_shows(tab, sources)
    folds = check_folding(tab, f"{CELL} .jp-OutputArea-output")
    assert folds or not any(".explain(" in source for source in sources)
    photograph(tab, pictures, Path(name).stem)


def test_in_japanese(tab, lab, folder, pictures):
    check_shows(tab, run(tab, lab, write(folder / "japanese.ipynb", [START, *JAPANESE])))
    assert check_folding(tab, f"{CELL} .jp-OutputArea-output")
    shown = tab.locator(f"{CELL} .jp-OutputArea-output [lang=ja]")
    assert shown.count() >= 5
    assert all(re.search("[ぁ-んァ-ヶ一-龠]", text) for text in shown.all_text_contents())
    for words in (".tassei-why td", ".tassei-evidence td.l"):
        expect(tab.locator(f"{CELL} {words}").first).to_have_css("text-align", "left")
    photograph(tab, pictures, "japanese")


def press_until(page: Page, key: str, target: str) -> None:
    """Presses a key until what has the focus is what is looked for."""
    for _ in range(60):
        page.keyboard.press(key)
        if page.evaluate("target => document.activeElement.matches(target)", target):
            return
    pytest.fail(f"{key} does not reach {target}")


@pytest.fixture
def explorer(tab, lab, folder, request):
    """The widget, ready on its first page."""
    notebook = folder / f"{request.node.name}.ipynb"   # of its own: a notebook keeps its kernel
    run(tab, lab, write(notebook, [START, 'a.explore(by="department", lang="ja")']))
    widget = tab.locator(f"{CELL} .tassei-explorer")
    expect(widget.locator("[data-view=population]")).to_be_visible()
    return widget


def test_explorer_by_mouse(tab, explorer, pictures):
    tab.set_viewport_size({"width": 1400, "height": 1600})
    steps = [
        ("population", ".tassei-count"), ("groups", ".tassei-count"), ("people", ".tassei-link"),
        ("person", ".tassei-tree > details[open] > .tassei-inner > button"), ("criterion", ".tassei-link"),
    ]  # fmt: skip
    for view, target in steps:
        expect(explorer.locator(f"[data-view={view}]")).to_be_visible()
        explorer.screenshot(path=pictures / f"explorer_{view}.png")
        explorer.locator(target).first.click()
    expect(explorer.locator("[data-view=record] dl")).to_be_visible()
    explorer.screenshot(path=pictures / "explorer_record.png")
    expect(explorer.locator("nav li")).to_have_count(6)
    explorer.locator(".tassei-crumb").first.click()
    expect(explorer.locator("[data-view=population]")).to_be_visible()


def test_explorer_by_keyboard(tab, explorer):
    explorer.locator(".tassei-heading").focus()
    steps = [
        ("population", ".tassei-count"), ("groups", ".tassei-count"), ("people", ".tassei-link"),
        ("person", ".tassei-inner > button"), ("criterion", ".tassei-link"),
    ]  # fmt: skip
    for view, target in steps:
        expect(explorer.locator(f"[data-view={view}] .tassei-heading")).to_be_focused()
        press_until(tab, "ArrowDown", target)
        tab.keyboard.press("Enter")
    expect(explorer.locator("[data-view=record] dl")).to_be_visible()
    for view in ("criterion", "person", "people", "groups", "population"):
        tab.keyboard.press("Escape")
        expect(explorer.locator(f"[data-view={view}]")).to_be_visible()
    assert tab.locator(CELL).count() == 2   # no key meant the notebook


@pytest.mark.parametrize("shown", ["explain", "gap", "questions"])
def test_ids_are_never_markup(tab, lab, folder, hostile, shown):
    start = OF_IDS.format(ids=hostile, count=len(hostile))
    sources = [start, *(f"a.{shown}({person!r}, 'hardware')" for person in hostile)]
    run(tab, lab, write(folder / f"ids_{shown}.ipynb", sources))
    for at, person in enumerate(hostile, start=1):
        output = tab.locator(CELL).nth(at).locator(".jp-OutputArea-output")
        output.scroll_into_view_if_needed()
        expect(output).to_contain_text(person)
    tab.wait_for_timeout(1000)  # mathematics is set a little later
    assert tab.locator("mjx-container, .MathJax").count() == 0
    assert tab.evaluate("window.harmed") is None
