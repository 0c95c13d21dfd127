"""The fewest questions that decide a sheet: their answers really settle it."""

from __future__ import annotations

import datetime as dt
import json
from random import Random

import pyarrow as pa
import pytest
import tassei
from random_people import SETS, Recipe, random_people, to_frames
from slow_evaluator import evaluate

AS_OF = dt.date(2025, 3, 31)
HW3 = {
    "start": dt.date(2024, 4, 1), "position": "member", "service": "hardware_service",
    "activities": ["fault_repair"], "outcome": "carried_out", "complexity": ["multi_vendor", "nationwide"],
    "verification": "document",
}  # fmt: skip
EXPERTISE = {
    "kind": "expertise", "area": "customer_trust", "standing": "practises_independently",
    "domain": "hardware_service", "verification": "document",
}  # fmt: skip
NONE = {"person_id": pa.array([], pa.string())}


def asked(framework, engagement, lang="en", supplied=True, level=3, **options):
    tables = {"engagements": pa.Table.from_pylist([{"person_id": "P1", **engagement}])}
    if supplied:
        tables["contributions"] = pa.Table.from_pylist([{"person_id": "P1", **EXPERTISE}])
        tables["certifications"] = NONE
    a = tassei.assess(tassei.read_evidence(tables, framework), framework, as_of=AS_OF, **options)
    return a.questions("P1", "hardware", level, lang=lang)


def test_one_blank_is_one_question(framework):
    found = asked(framework, HW3 | {"service": None})
    assert found.status == "unknown"
    assert found.met == [
        {
            "kind": "word", "table": "engagements", "row": 0, "column": "service",
            "words": ["hardware_service", "customer_service"],
            "text": "engagement, row 0 · service: hardware service or customer service",
        }
    ]  # fmt: skip
    assert [q["words"] for q in found.unmet] == [["software_service", "facility_management_service"]]
    assert found.exact == {"met": True, "unmet": True}


def test_what_is_decided_needs_no_question(framework):
    found = asked(framework, HW3)
    assert (found.status, found.met, found.unmet) == ("met", [], None)
    assert found.text.splitlines()[-1] == "It is met: there is nothing to ask."
    found = asked(framework, HW3 | {"outcome": "not_completed"})
    assert (found.status, found.met, found.unmet) == ("unmet", None, [])
    assert asked(framework, HW3 | {"outcome": "not_completed"}, "ja").text.endswith(
        "未達成が確定しており、確認すべきことはない。"
    )


def test_one_wrong_answer_decides_what_takes_two_right_ones(framework):
    found = asked(framework, HW3 | {"service": None, "outcome": None})
    assert {q["column"] for q in found.met} == {"service", "outcome"}
    assert len(found.unmet) == 1


def test_the_latest_start_that_is_early_enough_is_named(framework):
    found = asked(framework, HW3 | {"start": None})
    assert [(q["kind"], q["first"], q["last"]) for q in found.met] == [("start", None, "2024-04-01")]
    assert found.met[0]["text"] == "engagement, row 0 · start: 2024-04-01 or earlier"
    assert [(q["first"], q["last"]) for q in found.unmet] == [("2024-04-02", "2025-03-31")]
    assert found.unmet[0]["text"].endswith("2024-04-02 or later")


def test_a_table_that_was_not_supplied_is_asked_for(framework):
    found = asked(framework, HW3, supplied=False)
    # an examination alone deems the sheet met, and so does the contribution that is missing
    assert [(q["kind"], q["full"]) for q in found.met] == [("table", True)]
    assert sorted((q["table"], q["full"]) for q in found.unmet) == [
        ("certifications", False), ("contributions", False),
    ]  # fmt: skip
    assert "(not supplied): the person has no such record" in found.text


def test_verification_that_is_too_weak_is_asked_for(framework):
    found = asked(framework, HW3 | {"verification": "self"}, min_verification="supervisor")
    assert [(q["kind"], q["column"], q["words"]) for q in found.met] == [
        ("verification", "verification", ["supervisor", "document", "third_party"])
    ]
    assert found.unmet is None
    assert "No answers can settle it as not met." in found.text


def test_of_a_set_the_items_that_decide_are_named(framework):
    row = {k: v for k, v in HW3.items() if k != "complexity"} | {"complexity.multi_vendor": True}
    found = asked(framework, row | {"complexity.nationwide": None, "complexity.cross_platform": None})
    (met,) = found.met
    assert met["kind"] == "items"
    assert len(met["has"]) == 1
    assert met["has_not"] == []
    (unmet,) = found.unmet
    assert unmet["has"] == []
    assert "without" in unmet["text"]


EN = """\
P1 · hardware, level 3: not known

It is met, whatever else is unknown, with these 2 answers (no fewer do):
  – engagement, row 0 · service: hardware service or customer service
  – engagement, row 0 · outcome: carried out or succeeded

It is not met, whatever else is unknown, with this answer:
  – engagement, row 0 · service: software service or facility management service"""
JA = """\
P1 · ハードウェア レベル3: 判定不能

ほかの不明な点にかかわらず、次の2つの回答で達成と決まる(これより少ない回答では決まらない):
  – 業務 0行目 · サービス区分: ハードウェアサービスまたはカスタマサービス
  – 業務 0行目 · 遂行結果: 実施または成功裡に遂行

ほかの不明な点にかかわらず、次の1つの回答で未達成と決まる:
  – 業務 0行目 · サービス区分: ソフトウェアサービスまたはファシリティマネジメントサービス"""


@pytest.mark.parametrize(("lang", "text"), [("en", EN), ("ja", JA)])
def test_questions_are_read_aloud(framework, lang, text):
    found = asked(framework, HW3 | {"service": None, "outcome": None}, lang)
    assert found.text == str(found) == text
    for line in text.splitlines():
        assert line.removeprefix("  – ") in found.html
    assert json.loads(json.dumps(found.to_dict())) == found.to_dict()
    assert found.html in found._repr_html_()


def test_names_that_do_not_exist_are_told(framework):
    tables = {"engagements": pa.Table.from_pylist([{"person_id": "P1", **HW3}])}
    a = tassei.assess(tassei.read_evidence(tables, framework), framework, as_of=AS_OF)
    with pytest.raises(tassei.AssessError, match="there is no person 'P2'"):
        a.questions("P2", "hardware")
    with pytest.raises(tassei.AssessError, match="there is no specialty 'hardwear'"):
        a.questions("P1", "hardwear")
    with pytest.raises(tassei.AssessError, match="hardware has no level 2; it has"):
        a.questions("P1", "hardware", 2)
    with pytest.raises(ValueError, match="fr"):
        a.questions("P1", "hardware", lang="fr")
    assert a.questions("P1", "hardware").level == 3


# --- answers are filled in, and everybody is assessed again --------------------------------------


def fill(tables, question, rng):
    """Gives one of the answers of a question."""
    row = tables[question["table"]][question["row"]]
    column, kind = question["column"], question["kind"]
    if kind in ("word", "verification"):
        row[column] = rng.choice(question["words"])
    elif kind == "items":
        if column in row:
            del row[column]
        for item in SETS[column]:
            known = row.get(f"{column}.{item}")
            if item in question["has"] or item in question["has_not"]:
                assert known is None
                row[f"{column}.{item}"] = item in question["has"]
            elif known is None:
                row[f"{column}.{item}"] = rng.choice([None, True, False])
    elif kind == "number":
        low, high = question["low"], question["high"]
        choices = [] if question["low_open"] else [low]
        choices += [] if high is None or question["high_open"] else [high]
        choices.append(low + 1 if high is None else (low + high) / 2)
        row[column] = rng.choice(choices)
    else:
        last = dt.date.fromisoformat(question["last"])
        first = question["first"] and dt.date.fromisoformat(question["first"])
        row[column] = rng.choice([last, first or last - dt.timedelta(days=rng.randint(0, 4000))])


READINGS = [{}, {"recency_years": 3}, {"overlap": "sum", "size_bands": "as_printed"}, {"activities": "all"}]


@pytest.mark.parametrize("readings", READINGS, ids=str)
@pytest.mark.parametrize("word", [None, "supervisor"])
def test_the_answers_settle_the_sheet(framework, readings, word):
    seed = 40 + READINGS.index(readings)
    rng = Random(seed)
    recipe = Recipe(seed=seed, people=40, strong=1.0, blanks=0.08, partial_sets=0.2)
    tables = random_people(recipe)
    evidence = tassei.read_evidence(to_frames(tables, "pyarrow"), framework)
    options = {"as_of": recipe.as_of, "readings": readings, "min_verification": word}
    a = tassei.assess(evidence, framework, **options)
    open_ = [r for r in a.to_arrow("sheets").to_pylist() if r["status"] == "unknown"]
    settled = 0
    for sheet in rng.sample(open_, min(40, len(open_))):
        key = (sheet["person_id"], sheet["specialty"], sheet["level"])
        found = a.questions(*key)
        assert found.status == "unknown"
        for goal in ("met", "unmet"):
            certificate = getattr(found, goal)
            if certificate is None:
                continue
            assert certificate
            then = {
                t: [dict(row) if row["person_id"] == key[0] else {"person_id": ""} for row in rows]
                for t, rows in tables.items()
            }
            for question in certificate:
                fill(then, question, rng)
            own = {t: [row for row in rows if row["person_id"] == key[0]] for t, rows in then.items()}
            assert evaluate(own, **options).sheets[key][0] == goal, (key, goal, certificate)
            settled += 1
            if not found.exact[goal]:
                continue
            # every question is needed
            for left_out in certificate:
                fewer = {
                    t: [dict(r) if r["person_id"] == key[0] else {"person_id": ""} for r in rows]
                    for t, rows in tables.items()
                }
                for question in certificate:
                    if question is not left_out:
                        fill(fewer, question, rng)
                own = {t: [r for r in rows if r["person_id"] == key[0]] for t, rows in fewer.items()}
                assert evaluate(own, **options).sheets[key][0] != goal
    assert settled > 20
