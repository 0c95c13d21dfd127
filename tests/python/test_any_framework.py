"""Frameworks of any form: the core agrees with obvious loops, and everything that tells about it can.

``TASSEI_FRAMEWORKS=1000`` in the environment draws so many in each test, others each time; pytest's
``--hypothesis-seed`` says which.
"""

import datetime as dt
import os
import re

import any_framework as any_
import pyarrow as pa
import pytest
import tassei
from any_framework import AS_OF, Obvious, asked, documents, loaded, people
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

WORDS = {True: "met", False: "unmet", None: "unknown"}
HOLE = re.compile(r"\S  |: ($|[:;,)])|, *(,|$)|\(\)|「」|None|\b(nan|inf)\b|[{}]")  # where words are missing


def drawn(examples):
    """Draws always the same frameworks; or others, as many as the environment asks for."""
    many = os.environ.get("TASSEI_FRAMEWORKS")
    return settings(
        max_examples=int(many or examples), derandomize=many is None, deadline=None, database=None,
        phases=[Phase.generate, *([Phase.shrink] if many else [])],
        suppress_health_check=[
            HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much,
        ],
    )  # fmt: skip


def assessed(framework, tables, asked, as_of=AS_OF):
    frames = {name: framed(any_.alike(rows)) for name, rows in tables.items()}
    evidence = tassei.read_evidence(frames, framework)
    weakest = asked["min_verification"]
    return tassei.assess(
        evidence, framework, as_of=as_of, readings=asked["readings"],
        **({} if weakest is None else {"min_verification": weakest}),
    )  # fmt: skip


def status_of(a):
    """By person, specialty and level."""
    rows = a.to_arrow("sheets").to_pylist()
    return {(row["person_id"], row["specialty"], row["level"]): row["status"] for row in rows}


def is_cumulative(document, asked):
    return Obvious(document, {}, "", asked).chosen(document["rules"].get("cumulative", False))


def framed(rows):
    """Rows as a table that has the columns of all of them."""
    names = dict.fromkeys(name for row in rows for name in row) or {"who": None}
    table = pa.table({name: pa.array([row.get(name) for row in rows]) for name in names})
    return table if rows else table.cast(pa.schema({"who": pa.string()}))


def test_the_core_agrees_with_obvious_loops(tmp_path):
    @drawn(300)
    @given(document=documents(), tables=people(), asked=asked())
    def check(document, tables, asked):
        framework = loaded(document, tmp_path)
        a = assessed(framework, tables, asked)
        obvious = {f"P{i}": Obvious(document, tables, f"P{i}", asked) for i in range(3)}
        for row in a.to_arrow("criteria").to_pylist():
            person = obvious[row["person_id"]]
            truth, *range_ = person.criteria(row["specialty"], row["level"])[row["criterion"]]
            found = row["status"], row["low"], row["high"], row["required"]
            assert found == (WORDS[truth], *range_), row
        for row in a.to_arrow("sheets").to_pylist():
            truth, basis = obvious[row["person_id"]].sheet(row["specialty"], row["level"])
            assert (row["status"], row["basis"]) == (WORDS[truth], basis), row
        for row in a.to_arrow("levels").to_pylist():
            expected = obvious[row["person_id"]].level(row["specialty"])
            assert (row["level"], row["possible_level"], row["basis"]) == expected, row

    check()


def test_everything_that_tells_about_it_can(tmp_path):
    @drawn(60)
    @given(document=documents(), tables=people(), asked=asked())
    def check(document, tables, asked):
        framework = loaded(document, tmp_path)
        a = assessed(framework, tables, asked)
        status = status_of(a)
        said = []
        for lang in ("en", "ja"):
            assert framework.lint(asked["readings"], lang).text
            said += [row["because"] for row in a.to_arrow("ledger", lang=lang).to_pylist() if row["because"]]
            for (person, specialty, level), expected in status.items():
                explained = a.explain(person, specialty, level, lang)
                assert explained.to_dict()["status"] == expected
                assert explained.text and explained.html
                said += explained.text.splitlines()
                gap = a.gap(person, specialty, level, lang=lang)
                assert expected != "met" or gap.cost == 0 or is_cumulative(document, asked)
                assert gap.text and gap.html
                said += gap.text.splitlines()
                questions = a.questions(person, specialty, level, lang)
                assert questions.status == expected
                assert questions.text and questions.html
                said += questions.text.splitlines()
        assert [line for line in said if HOLE.search(line)] == []
        for name in ("unknowns", "gaps", "additions", "completeness", "bottlenecks", "distribution"):
            a.to_arrow(name)
        framework.coverage(a).missing()

    check()


def test_every_way_that_a_gap_names_reaches_the_sheet_and_nothing_of_it_is_in_vain(tmp_path):
    late = AS_OF + dt.timedelta(days=3000)

    @drawn(150)
    @given(document=documents(), tables=people(), asked=asked())
    def check(document, tables, asked):
        asked["readings"]["recent"] = "none"  # else what counts now may be too old then
        framework = loaded(document, tmp_path)
        a = assessed(framework, tables, asked)
        crowd = {name: [] for name in tables}
        wanted = {}
        for person in ("P0", "P1"):
            for sheet in document["sheets"]:
                gap = a.gap(person, sheet["specialty"], sheet["level"]).to_dict()
                for number, way in enumerate(gap["alternatives"]):
                    for left_out in range(-1, len(way["additions"])):
                        name = f"{person} {sheet['specialty']} {sheet['level']} {number} {left_out}"
                        kept = [x for i, x in enumerate(way["additions"]) if i != left_out]
                        for table, rows in any_.with_additions(tables, person, kept, name).items():
                            crowd.setdefault(table, []).extend(rows)
                        wanted[name] = sheet["specialty"], sheet["level"], left_out < 0
        if not wanted:
            return
        later = assessed(framework, crowd, asked, late)
        levels = {(r["person_id"], r["specialty"]): r["level"] for r in later.to_arrow("levels").to_pylist()}
        status = status_of(later)
        for name, (specialty, level, whole) in wanted.items():
            reached = status[name, specialty, level] == "met"
            if is_cumulative(document, asked):
                reached = levels[name, specialty] >= level
            # a table that others supply here may be all that was missing
            assert reached == whole or (reached and set(crowd) > set(tables)), name

    check()


def test_the_answers_to_questions_settle_the_sheet(tmp_path):
    @drawn(150)
    @given(document=documents(), tables=people(), asked=asked(), data=st.data())
    def check(document, tables, asked, data):
        framework = loaded(document, tmp_path)
        a = assessed(framework, tables, asked)
        tables = {table: any_.alike(rows) for table, rows in tables.items()}
        for sheet in document["sheets"]:
            questions = a.questions("P0", sheet["specialty"], sheet["level"])
            for goal in ("met", "unmet"):
                certificate = getattr(questions, goal)
                if not certificate or any(q.get("full") for q in certificate):
                    continue
                answered = any_.with_answers(
                    tables, "P0", certificate, lambda options: data.draw(st.sampled_from(options))
                )
                settled = status_of(assessed(framework, answered, asked))
                assert settled["P0", sheet["specialty"], sheet["level"]] == goal

    check()


def test_what_is_said_of_frameworks_times_and_records_is_so(tmp_path):
    @drawn(100)
    @given(document=documents(), tables=people(), asked=asked())
    def check(document, tables, asked):
        framework = loaded(document, tmp_path)
        a = assessed(framework, tables, asked)
        criteria = a.to_arrow("criteria").to_pylist()
        ledger = a.to_arrow("ledger").to_pylist()
        for row in criteria:
            at = row["person_id"], row["specialty"], row["level"], row["criterion"]
            mine = [
                r
                for r in ledger
                if (r["person_id"], r["specialty"], r["level"], r["criterion"], r["part"]) == (*at, None)
            ]
            if mine:
                assert sum(r["low"] for r in mine) == row["low"], at
                assert sum(r["high"] for r in mine) == row["high"], at
        for finding in framework.lint(asked["readings"]):
            rows = [
                r
                for r in criteria
                if (r["specialty"], r["level"], r["criterion"])
                == (finding.specialty, finding.level, finding.criterion)
            ]
            if finding.kind == "never_met":
                assert all(r["status"] != "met" for r in rows), finding
            if finding.kind == "always_met":
                assert all(r["status"] == "met" for r in rows), finding
        for row in a.to_arrow("forecast").to_pylist():
            if row["status"] != "reached":
                continue
            for date, reached in ((row["date"], True), (row["date"] - dt.timedelta(days=1), False)):
                obvious = Obvious(document, tables, row["person_id"], asked, date)
                truth = obvious.sheet(row["specialty"], row["target"])[0]
                if is_cumulative(document, asked):
                    truth = obvious.level(row["specialty"])[0] >= row["target"]
                assert (truth is True) == reached, (row, date)

    check()


# --- forms that few standards have, in words ---------------------------------------------------------------

NOT_WARM = {"not": {"column": "kind", "in": "warm", "is": "red"}}
SAID = {
    "what is denied": (NOT_WARM, {"kind": "red"}, "not (kind: red, one of red): not reached (kind: red)"),
    "what may be denied": (NOT_WARM, {"kind": None}, "not (kind: red, one of red): open, since blank: kind"),
    "alternatives of several tests": (
        {"any": [{"column": "rank", "is": "mid"}, {"all": [{"column": "kind", "is": "red"}, NOT_WARM]}]},
        {"rank": "low", "kind": "blue"},
        "rank: mid or (kind: red, not (kind: red, one of red)): not reached (rank: low, kind: blue)",
    ),
    "alternatives of which one needs no telling": (
        {"at_least": 2, "of": [{"always": True}, {"not": {"column": "kind", "is": "red"}}]},
        {"kind": "red"},
        "not kind: red: not reached (kind: red)",
    ),
    "an alternative that is the only one": (
        {"at_least": 1, "of": [{"any": [{"column": "kind", "is": "red"}, {"column": "rank", "is": "mid"}]}]},
        {"kind": "blue", "rank": "low"},
        "kind: red or rank: mid: not reached (kind: blue, rank: low)",
    ),
    "what no record satisfies": ({"any": [{"always": False}]}, {}, "no record satisfies what is asked"),
    "a level that is not there": (
        {"condition": "below", "below": 1}, {"rank": "low"}, "no record satisfies what is asked",
    ),
    "a condition of the sheet's own": (
        {"not": {"condition": "own"}}, {"rank": "high"}, "not rank: mid or above: not reached (rank: high)",
    ),
}  # fmt: skip


def asking(where, folder, form="some", **more):
    """A framework of one criterion."""
    own = {"own": {"table": "things", "when": {"column": "rank", "at_least": "mid"}}}
    criterion = {form: {"table": "things", "where": where, **more}}
    sheet = {"specialty": "north", "level": 1, "conditions": own, "criteria": {"skill": criterion}}
    below = {"below": {"table": "things", "when": {"always": True}}}
    return loaded(any_.framework_of([sheet], {"skill": {"en": "skill"}}, conditions=below), folder)


@pytest.mark.parametrize("case", SAID)
def test_why_a_record_does_not_count(case, tmp_path):
    where, cells, said = SAID[case]
    framework = asking(where, tmp_path)
    tables = {"people": framed([{"who": "P0"}]), "things": framed([{"who": "P0", "rank": "mid", **cells}])}
    a = tassei.assess(tassei.read_evidence(tables, framework), framework, as_of=AS_OF)
    assert said in a.explain("P0", "north", 1).text
    assert len(a.to_arrow("ledger").column("because").drop_null()) == 1


@pytest.mark.parametrize(
    ("where", "called"),
    [
        ({"always": True}, "anything"),
        ({"condition": "below", "below": 1}, "what no record has"),
        ({"at_least": 2, "of": [{"always": True}, {"column": "kind", "is": "red"}]}, "kind: red"),
        ({"at_least": 2, "of": [{"always": False}, {"always": False}, {"column": "kind", "is": "red"}]},
         "what no record has"),
        ({"not": {"always": True}}, "what no record has"),
        ({"not": {"always": False}}, "anything"),
        ({"at_least": 1, "of": [{"always": True}, {"column": "kind", "is": "red"}]}, "anything"),
        (
            {"any": [{"column": "rank", "is": "low"}, {"always": False}, NOT_WARM["not"]]},
            "rank: low or (kind: red, one of red)",
        ),
    ],
)
def test_what_an_of_which_without_a_name_is_called(where, called, tmp_path):
    nested = [{"where": where, "at_least": 1}]
    framework = asking({"always": True}, tmp_path, "count", at_least=1, unit="pieces", of_which=nested)
    a = tassei.assess(tassei.read_evidence({"people": framed([{"who": "P0"}])}, framework), framework)
    assert f"of which: {called}: nothing is known" in a.explain("P0", "north", 1).text


def test_nothing_is_added_where_a_person_has_one_row(tmp_path):
    criterion = {"some": {"table": "people", "where": {"column": "rank", "is": "high"}}}
    sheet = {"specialty": "north", "level": 1, "criteria": {"skill": criterion}}
    framework = loaded(any_.framework_of([sheet], {"skill": {"en": "skill"}}), tmp_path)
    people = {"people": framed([{"who": "P0", "rank": "low"}, {"who": "P1", "rank": None}])}
    a = tassei.assess(tassei.read_evidence(people, framework), framework)
    for person in ("P0", "P1"):
        gap = a.gap(person, "north").to_dict()
        assert (gap["cost"], gap["exact"], gap["alternatives"]) == (None, True, [])
    assert a.questions("P1", "north").met[0]["words"] == ["high"]


def test_a_date_that_only_one_day_answers(tmp_path):
    criterion = {"some": {"table": "events", "where": {"always": True}}}
    sheet = {"specialty": "north", "level": 1, "criteria": {"skill": criterion}}
    rules = {"days_per_year": 1, "recency_years": {"choose": "recent"}}
    framework = loaded(any_.framework_of([sheet], {"skill": {"en": "skill"}}, rules=rules), tmp_path)
    tables = {"people": framed([{"who": "P0"}]), "events": framed([{"who": "P0", "kind": "red"}])}
    evidence = tassei.read_evidence(tables, framework)
    a = tassei.assess(evidence, framework, as_of=AS_OF, readings={"recent": 1})
    for lang in ("en", "ja"):
        asked = a.questions("P0", "north", lang=lang).met
        assert [(q["first"], q["last"]) for q in asked] == [("2026-03-31", "2026-03-31")]
        assert asked[0]["text"].endswith(": 2026-03-31")


def test_a_number_that_only_one_number_answers(tmp_path):
    framework = asking({"column": "size", "at_least": 2.5, "at_most": 2.5}, tmp_path)
    tables = {"people": framed([{"who": "P0"}]), "things": framed([{"who": "P0", "rank": "low"}])}
    a = tassei.assess(tassei.read_evidence(tables, framework), framework)
    (question,) = a.questions("P0", "north").met
    assert (question["low"], question["high"]) == (2.5, 2.5)
    assert question["text"] == "one of things, row 0 · size: 2.50"
