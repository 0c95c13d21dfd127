"""The explorer's pages without a notebook: Python answers the browser directly."""

import pandas as pd
import pytest
import tassei
from playwright.sync_api import expect

HOSTILE = "<img src=x onerror=\"document.title='run'\">"
# a stand-in for the widget's model: it asks Python through the function `answer`
START = """async ([code, css, state]) => {
  document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
  const module = await import(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
  window.heard = [];
  const model = {
    get: (name) => state[name],
    on: (_, act) => heard.push(act),
    off: (_, act) => heard.splice(heard.indexOf(act), 1),
    send: async (request) => { const said = await answer(request); heard.forEach((act) => act(said)); },
  };
  window.end = module.default.render({ model, el: document.body });
}"""


@pytest.fixture(scope="module")
def hostile():
    """Ids, group names and a column that would run if they were taken for markup; one group is small."""
    tables = dict(tassei.synthesize(people=400, seed=3))
    first = tables["people"]["person_id"].iloc[6]
    for name, frame in tables.items():
        tables[name] = frame.assign(person_id=frame["person_id"].replace(first, HOSTILE))
    groups = pd.Series([HOSTILE] * 300 + ["b"] * 97 + ["c"] * 3)
    tables["people"] = tables["people"].assign(**{HOSTILE: groups.to_numpy()})
    tables["engagements"] = tables["engagements"].assign(engagement_id=HOSTILE)
    framework = tassei.load_framework("itss-v3-2011-customer-service")
    return tassei.assess(tassei.read_evidence(tables, framework), as_of="2026-06-30")


@pytest.fixture
def page(tab, hostile, tmp_path):
    blank = tmp_path / "blank.html"
    blank.write_text("<!doctype html><meta charset=utf-8><title>blank</title>", encoding="utf-8")
    explorer = hostile.explore(by=HOSTILE)
    tab.expose_function("answer", explorer.exploration.answer)
    tab.goto(blank.as_uri())
    state = {"say": explorer.say, "start": explorer.start, "lang": explorer.lang}
    tab.evaluate(START, [explorer._esm, explorer._css, state])
    return tab


def at(page, view):
    return expect(page.locator(f"[data-view={view}]"))


def test_texts_are_never_markup(page):
    page.locator("[data-key=everybody]").click()
    page.locator("[data-key=search]").fill("ONERROR")
    expect(page.locator(".tassei-link")).to_have_text([HOSTILE])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".tassei-heading")).to_have_text(HOSTILE)
    page.locator(".tassei-inner > button:visible").first.click()
    page.locator(".tassei-link").first.click()
    expect(page.locator("dd").filter(has_text=HOSTILE)).to_be_visible()
    assert page.locator("img").count() == 0 and page.title() == "blank"


def test_suppressed_groups_cannot_be_opened(page):
    page.locator("[data-key=hardware-0-certain]").click()
    hidden = page.locator(".tassei-suppressed")
    expect(hidden).to_have_count(2)
    assert hidden.locator("button").count() == 0
    assert page.locator("[data-key^=group-]").count() == 1


def test_lists_are_turned_and_left_where_they_were_entered(page):
    page.locator("[data-key=everybody]").click()
    at(page, "people").to_be_visible()
    page.locator("[data-key=next]").click()
    expect(page.locator(".tassei-range")).to_have_text("51 to 100 of 400")
    expect(page.locator("[data-key=next]")).to_be_focused()
    assert page.locator(".tassei-list tbody tr").count() == 50
    person = page.locator(".tassei-link").nth(3)
    name = person.inner_text()
    person.click()
    expect(page.locator(".tassei-heading")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".tassei-link").nth(3)).to_be_focused()
    assert page.locator(".tassei-link").nth(3).inner_text() == name


def test_what_is_refused_is_said_and_the_page_stays(page):
    page.evaluate("() => { answer = async ({ id }) => ({ id, ok: false, error: 'no such thing' }); }")
    page.locator("[data-key=everybody]").click()
    expect(page.get_by_role("status")).to_have_text("no such thing")
    at(page, "population").to_be_visible()


def test_a_view_that_is_taken_away_listens_no_more(page):
    assert page.evaluate("heard.length") == 1
    assert page.evaluate("end(), heard.length") == 0
