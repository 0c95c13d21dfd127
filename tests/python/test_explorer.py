"""The explorer: its answers without a browser, and what it shows where no widget runs."""

from __future__ import annotations

import json
import sys

import nbformat
import pandas as pd
import pytest
import tassei
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from tassei import words
from tassei.exploration import PAGE, Exploration

AS_OF = "2026-06-30"
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def exploration(assessment):
    return Exploration(assessment, by="department_id")


def of_people(framework, ids, **columns):
    people = pd.DataFrame({"person_id": pd.Series(ids, dtype="str"), **columns})
    evidence = tassei.read_evidence({"people": people}, framework)
    return tassei.assess(evidence, framework, as_of=AS_OF)


def ask(exploration, action, **args):
    """What comes back over the wire."""
    answer = exploration.answer({"id": 7, "action": action, "args": args})
    answer = json.loads(json.dumps(answer, allow_nan=False))
    assert answer["id"] == 7
    assert answer["ok"], answer
    return answer["data"]


def refusal(exploration, action, **args):
    answer = exploration.answer({"id": 8, "action": action, "args": args})
    assert answer["id"] == 8 and answer["ok"] is False and "data" not in answer
    return answer["error"]


def everybody(exploration, **args):
    """People of every page."""
    first = ask(exploration, "people", **args)
    pages = [ask(exploration, "people", **args, page=page) for page in range(1, first["pages"] + 1)]
    assert all(len(page["rows"]) <= PAGE for page in pages)
    return [row["person"] for page in pages for row in page["rows"]]


# --- everybody, groups, lists ---------------------------------------------------------------


def test_the_population_is_the_distribution(exploration, assessment):
    shown = ask(exploration, "population")
    found = [
        (own["id"], at["level"], at["certain"], at["possible"])
        for own in shown["specialties"] for at in own["levels"]
    ]  # fmt: skip
    table = assessment.distribution()[["specialty", "level", "certain", "possible"]]
    assert found == list(table.itertuples(index=False, name=None))


@pytest.mark.parametrize("kind", ["certain", "possible"])
def test_the_list_of_a_cell_is_who_stands_there(exploration, assessment, kind):
    levels = assessment.levels()
    column = "level" if kind == "certain" else "possible_level"
    for level in [0, *assessment.framework.levels]:
        rows = levels[(levels["specialty"] == "software") & (levels[column] == level)]
        listed = everybody(exploration, specialty="software", level=level, kind=kind)
        assert listed == rows["person_id"].tolist()


def test_the_list_of_a_group_is_who_stands_there_in_it(exploration, assessment):
    cell = {"specialty": "hardware", "level": 3, "kind": "certain"}
    groups = ask(exploration, "groups", **cell)
    people = assessment.evidence.people
    own = assessment.levels().query("specialty == 'hardware' and level == 3")["person_id"]
    for row in groups["rows"]:
        members = people.loc[people["department_id"] == row["label"], "person_id"]
        assert row["people"] == len(members)
        listed = everybody(exploration, **cell, group=row["group"])
        assert listed == [p for p in members if p in set(own)]
        assert row["count"] == len(listed)


def test_suppressed_groups_show_no_number_and_open_no_list(framework):
    sites = ["A"] * 9 + ["B"] * 4 + ["C"] * 8 + [None] * 7
    few = Exploration(of_people(framework, [f"P{i}" for i in range(28)], site=sites), by="site")
    cell = {"specialty": "software", "level": 0, "kind": "certain"}
    rows = ask(few, "groups", **cell)["rows"]
    assert [row["label"] for row in rows] == ["A", "B", "C", words.words("en")["no_group"]]
    assert [row["suppressed"] for row in rows].count(True) >= 2 and rows[1]["suppressed"]
    for row in rows:
        if row["suppressed"]:
            assert set(row) == {"group", "label", "suppressed"}
            assert "suppressed" in refusal(few, "people", **cell, group=row["group"])
            assert "suppressed" in refusal(few, "people", by="site", group=row["group"], search="P")
        else:
            assert len(everybody(few, **cell, group=row["group"])) == row["count"]


def test_search_finds_ids_whatever_their_case(exploration):
    found = ask(exploration, "people", search=" p0039 ")
    assert [row["person"] for row in found["rows"]] == [f"P0039{i}" for i in range(10)]
    assert ask(exploration, "people", search="nobody at all")["total"] == 0
    assert ask(exploration, "people", search=".*")["total"] == 0
    assert ask(exploration, "people", search="\ud800")["total"] == 0


# --- one person -------------------------------------------------------------------------------


def test_a_person_has_levels_sheets_and_the_explanation(exploration, assessment):
    shown = ask(exploration, "person", person="P00007", specialty="software", level=4)
    sheets = assessment.sheets().query("person_id == 'P00007'")
    assert [s["status"] for own in shown["specialties"] for s in own["sheets"]] == [
        sheets.query("specialty == @own['id'] and level == @at['level']")["status"].item()
        for own in shown["specialties"] for at in shown["levels"]
    ]  # fmt: skip
    text = assessment.explain("P00007", "software", 4).text
    why = shown["why"]
    assert text.startswith(f"{why['heading']}\n{why['note']}\n{why['verdict']}\n")
    for node in why["nodes"]:
        assert node["label"] in text and node["found"] in text


def test_records_are_those_of_the_ledger(exploration, assessment):
    ledger = assessment.ledger("P00007", "hardware", 3)
    why = ask(exploration, "person", person="P00007", specialty="hardware", level=3)["why"]
    sheet = {"person": "P00007", "specialty": "hardware", "level": 3}
    seen = 0
    for node in why["nodes"]:
        if node["path"][0] != "criteria" or not node["records"]:
            continue
        shown = ask(exploration, "criterion", **sheet, path=node["path"])
        assert shown["total"] == node["records"]
        label = exploration.assessment.framework.label
        names = {label("criterion", c): c for c in ledger["criterion"].dropna()}
        own = ledger[(ledger["criterion"] == names[node["label"]]) & ledger["part"].isna()]
        assert [row["counts"] for row in shown["rows"]] == own["counts"].tolist()
        for row in shown["rows"]:
            record = ask(exploration, "record", **sheet, path=node["path"], record=row["record"])
            assert record["counts"] == row["counts"]
            assert (row["because"] is None) == (record["because"] == [])
            here = [r for r in record["rows"] if r["level"]["level"] == 3 and r["criterion"] == node["label"]]
            assert [r["counts"] for r in here] == [row["counts"]]
            seen += 1
    assert seen > 3


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_level_of_the_way_in_both_languages(assessment, lang):
    own = Exploration(assessment, lang=lang, specialty="software")
    assert [s["id"] for s in ask(own, "population")["specialties"]] == ["software"]
    shown = ask(own, "person", person="P00007")
    assert shown["why"]["heading"] == assessment.explain("P00007", "software", lang=lang).heading
    assert "there is no specialty 'hardware'" in refusal(own, "person", person="P00007", specialty="hardware")


# --- what makes no sense ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "args", "said"),
    [
        ("people", {"page": 0}, "there is no page 0; there are 8"),
        ("people", {"page": 9}, "there is no page 9"),
        ("people", {"page": "2"}, "there is no page '2'"),
        ("people", {"page": True}, "there is no page True"),
        ("people", {"search": ["P"]}, "search is a text"),
        ("people", {"search": "x" * 201}, "search is a text"),
        ("people", {"group": 99}, "group is a whole number"),
        ("people", {"group": -1}, "group is a whole number"),
        ("people", {"group": 0, "by": None}, "needs the column"),
        ("people", {"group": 0, "by": "depart"}, "people have no column 'depart'"),
        ("people", {"level": 3}, "there is no specialty None"),
        ("people", {"level": 9, "specialty": "software", "kind": "certain"}, "there is no level 9"),
        ("people", {"level": [3], "specialty": "software", "kind": "certain"}, "there is no level"),
        ("people", {"level": 3, "specialty": "software", "kind": "maybe"}, "kind is one of"),
        ("groups", {"by": None}, "by is a column"),
        ("groups", {"by": {}}, "by is a column"),
        ("person", {}, "person is an id"),
        ("person", {"person": "P99999"}, "there is no person 'P99999'"),
        ("person", {"person": "\ud800"}, "there is no person"),
        ("person", {"person": "P00007", "specialty": "cooking"}, "there is no specialty 'cooking'"),
        ("person", {"person": "P00007", "level": 99}, "has no level 99"),
        ("person", {"person": "P00007", "level": "3"}, "has no level '3'"),
        ("criterion", {"person": "P00007"}, "there is no criterion"),
        ("criterion", {"person": "P00007", "path": "criteria"}, "there is no criterion"),
        ("criterion", {"person": "P00007", "path": ["records", 0]}, "there is no criterion"),
        ("criterion", {"person": "P00007", "path": ["criteria", 99]}, "there is no criterion"),
        ("record", {"person": "P00007", "path": ["criteria", 0], "record": 999}, "record"),
        ("delete", {}, "there is no action 'delete'"),
        (None, {}, "there is no action None"),
    ],
)
def test_an_answer_says_what_is_wrong(exploration, action, args, said):
    error = refusal(exploration, action, **args)
    assert said in error
    json.dumps(error).encode()


@pytest.mark.parametrize("request_", [None, 3, [], "x", {}, {"action": []}, {"action": "people", "args": 3}])
def test_what_is_no_request_is_answered_too(exploration, request_):
    answer = exploration.answer(request_)
    assert answer["ok"] is False and answer["id"] is None and answer["error"]


def test_bad_arguments_are_refused_at_once(assessment):
    with pytest.raises(tassei.AssessError, match="did you mean 'department"):
        assessment.explore(by="departmen")
    with pytest.raises(tassei.AssessError, match="did you mean 'software'"):
        assessment.explore(specialty="softwear")
    with pytest.raises(tassei.AssessError, match="min_group"):
        assessment.explore(min_group=-1)
    with pytest.raises(ValueError, match="lang: expected one of en, ja"):
        assessment.explore(lang="fr")


def test_nobody(framework):
    empty = Exploration(of_people(framework, []))
    assert ask(empty, "population")["people"] == 0
    assert ask(empty, "people")["rows"] == []


# --- the widget -----------------------------------------------------------------------------------


def test_the_widget_answers_with_what_the_exploration_says(assessment):
    explorer = assessment.explore(by="site_id", lang="ja")
    assert explorer.start == ask(explorer.exploration, "population")
    assert explorer.start["by"] == "site_id"
    assert explorer.say["back"] == words.words("ja")["explorer_back"]
    sent = []
    explorer.send = lambda content, buffers=None: sent.append(content)
    explorer._handle_custom_msg({"id": "a-1", "action": "people", "args": {"page": 2}}, [])
    explorer._handle_custom_msg({"id": "a-2", "action": "person", "args": {"person": "?"}}, [])
    assert [(answer["id"], answer["ok"]) for answer in sent] == [("a-1", True), ("a-2", False)]
    assert sent[0]["data"]["first"] == PAGE + 1


def test_what_the_browser_gets_loads_nothing_and_writes_no_markup(assessment):
    explorer = assessment.explore()
    for name in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert name not in explorer._esm
    assert "http" not in explorer._esm + explorer._css
    assert "import" not in explorer._esm and "@import" not in explorer._css and "url(" not in explorer._css


def test_hostile_texts_are_escaped_where_no_widget_runs(framework):
    hostile = of_people(framework, [HOSTILE, "P2"], **{HOSTILE: ["a", "b"]})
    explorer = hostile.explore(by=HOSTILE, min_group=0)
    assert HOSTILE not in explorer.exploration.html()
    row = ask(explorer.exploration, "people", search="onerror")["rows"][0]
    assert ask(explorer.exploration, "person", person=row["person"])["person"] == HOSTILE


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_notebook_has_the_widget_and_static_numbers_beside(assessment, tmp_path, monkeypatch, lang):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    code = f"""
import tassei
framework = tassei.load_framework("itss-v3-2011-customer-service")
evidence = tassei.read_evidence(tassei.synthesize(400, seed=3), framework)
tassei.assess(evidence, framework, as_of="{AS_OF}").explore(lang="{lang}")
"""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    client = NotebookClient(notebook, kernel_name="python3", timeout=120, store_widget_state=False)
    client.execute()
    (output,) = notebook.cells[0].outputs
    assert "application/vnd.jupyter.widget-view+json" in output["data"]
    assert output["data"]["text/html"].count("<details") == 3
    page, _ = HTMLExporter().from_notebook_node(notebook)
    say = words.words(lang)
    table = assessment.distribution()
    assert say["explorer_title"] in page and say["explorer_static"] in page
    for number in [*table["certain"], *table["possible"]]:
        assert f"<td>{number:,}</td>" in page


def test_without_anywidget_the_error_says_what_to_install(assessment, monkeypatch):
    monkeypatch.delitem(sys.modules, "tassei.explorer", raising=False)
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(ImportError, match=r"pip install 'tassei\[widget\]'"):
        assessment.explore()
