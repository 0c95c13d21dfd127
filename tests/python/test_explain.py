"""Explanations: they agree with the tables, name what decides, and speak both languages."""

import json
import re
from pathlib import Path

import pyarrow as pa
import pytest
import tassei
from random_people import Recipe, random_people, to_frames

AS_OF = "2026-03-31"
CHOIR = Path(__file__).parents[1] / "frameworks" / "community-choir.yaml"
HW5 = {
    "position": "manager", "service": "hardware_service", "activities": ["fault_repair"],
    "outcome": "succeeded", "complexity": ["multi_vendor", "mission_critical"],
    "customer_scope": "whole_region_or_industry",
}  # fmt: skip


def explained(framework, engagements=(), level=5, specialty="hardware", lang="en", person="P1", **options):
    columns = framework.document.tables["engagements"].columns
    rows = [{"person_id": person, **row} for row in engagements]
    frame = {c: pa.array([row.get(c) for row in rows]) for c in columns if any(c in row for row in rows)}
    if not rows:
        frame = {"person_id": pa.array([], pa.string())}
    tables = {
        "people": {"person_id": [person]}, "engagements": pa.table(frame),
        "contributions": pa.table({"person_id": pa.array([], pa.string())}),
    }  # fmt: skip
    evidence = tassei.read_evidence(tables, framework)
    a = tassei.assess(evidence, framework, as_of=AS_OF, **options)
    return a.explain(person, specialty, level, lang)


def criterion(explanation, name):
    return next(c for c in explanation.to_dict()["criteria"] if c["criterion"] == name)


def test_a_day_short_says_found_and_needed_with_the_page(framework):
    why = explained(framework, [HW5 | {"start": "2010-01-01", "end": "2012-12-29"}])
    found = criterion(why, "responsibility")
    assert (found["status"], found["low"], found["required"], found["unit"]) == ("unmet", 1094, 1095, "days")
    assert found["page"] == "CS-6"
    assert str(why) == why.text
    assert "found 1,094, needed 1,095 days" in why.text
    assert "2010-01-01 to 2012-12-29 · 1,094 days · matches level 5" in why.text


def test_the_record_that_does_not_count_says_why(framework):
    why = explained(
        framework, [HW5 | {"start": "2010-01-01", "end": "2012-12-31", "position": "team_leader"}]
    )
    (record,) = criterion(why, "responsibility")["records"]
    assert record["counts"] == "ignored"
    assert record["because"] == ["position: needs manager or above, is team leader"]
    assert record["shortfall"] == 1


def test_conditions_that_hold_are_not_blamed(framework):
    why = explained(framework, [HW5 | {"start": "2010-01-01", "end": "2012-12-31", "outcome": None}])
    (record,) = criterion(why, "responsibility")["records"]
    assert record["counts"] == "possibly"
    assert record["because"] == ["outcome is blank (needs succeeded or above)"]


def test_a_size_out_of_reach_shows_what_the_record_says(framework):
    row = HW5 | {"start": "2010-01-01", "end": "2012-12-31", "customer_scope": "specific_customer"}
    why = explained(framework, [row])
    (record,) = criterion(why, "size")["records"]
    assert "size (level 5): not reached" in record["because"][0]
    assert "customer scope: a specific customer" in record["because"][0]


def test_a_blank_that_leaves_the_size_open_is_named(framework):
    row = HW5 | {"start": "2010-01-01", "end": "2012-12-31", "customer_scope": None}
    (record,) = criterion(explained(framework, [row]), "size")["records"]
    assert record["because"] == ["size (level 5): open, since blank: customer scope"]


def test_late_old_undated_and_unverified_records(framework):
    rows = [
        HW5 | {"start": "2026-04-01", "end": "2027-01-01", "verification": "document"},
        HW5 | {"start": "2001-01-01", "end": "2002-01-01", "verification": "document"},
        HW5 | {"start": None, "end": None, "verification": "document"},
        HW5 | {"start": "2025-01-01", "end": "2025-01-31", "verification": "self"},
    ]
    why = explained(framework, rows, readings={"recency_years": 3}, min_verification="supervisor")
    because = [r["because"] for r in criterion(why, "responsibility")["records"]]
    assert because[0] == ["after the as-of date"]
    assert because[1] == ["before the days that count"]
    assert because[2] == ["its date is blank"]
    assert because[3][0].startswith("verification is weaker than ")
    assert "found 0 to an unknown number" in why.text


def test_a_table_that_was_not_supplied_is_said_to_be_unknown(framework):
    evidence = tassei.read_evidence({"people": {"person_id": ["P1"]}}, framework)
    why = tassei.assess(evidence, framework, as_of=AS_OF).explain("P1", "software", 6)
    assert "nothing is known: the table contributions was not supplied" in why.text
    assert why.status == "unknown"


def test_a_person_without_records(framework):
    assert "no engagement at all" in explained(framework).text


def test_nested_counts_show_both(framework):
    row = HW5 | {
        "service": "facility_management_service", "activities": ["fm_design"], "start": "2015-01-01",
        "end": "2015-12-31", "complexity": ["fm_many_sites", "fm_mission_critical"], "computer_rooms": 3.0,
        "computer_room_area_m2": 0.0, "network_sites": 0.0, "data_center_area_m2": 0.0,
    }  # fmt: skip
    why = explained(framework, [row, row, row], 6, "facility_management")
    found = criterion(why, "responsibility")
    assert (found["status"], found["low"]) == ("unmet", 3)
    assert (found["parts"][0]["low"], found["parts"][0]["required"]) == (0, 1)
    assert "of which: " in why.text
    assert "found 0, needed 1 engagements" in why.text


def test_a_kind_that_nobody_knows_only_may_count(framework):
    tables = {
        "contributions": {
            "person_id": ["P1"], "kind": ["succession"], "domain": ["software_service"], "achievement": [None]
        }
    }  # fmt: skip
    evidence = tassei.read_evidence(tables, framework)
    why = tassei.assess(evidence, framework, as_of=AS_OF).explain("P1", "software", 4)
    found = criterion(why, "succession")
    assert (found["low"], found["high"]) == (0, 1)
    (record,) = found["records"]
    assert (record["counts"], record["because"]) == ("possibly", ["achievement is blank"])


def test_deemed_sheets_name_the_examination(framework):
    evidence = tassei.read_evidence(
        {"certifications": {"person_id": ["P1"], "examination": ["応用情報技術者試験"]}}, framework
    )
    a = tassei.assess(evidence, framework, as_of=AS_OF)
    assert "met (deemed met)" in a.explain("P1", "software", 3).heading
    assert "みなし: 応用情報技術者試験の合格" in a.explain("P1", "software", 3, lang="ja").text


def test_japanese_is_japanese_throughout(framework):
    why = explained(framework, [HW5 | {"start": "2010-01-01", "end": "2012-12-29"}], lang="ja")
    assert why.heading == "P1 · ハードウェア レベル5: 未達成"
    assert "実績 1,094、必要 1,095 日" in why.text
    words = set(re.findall(r"[A-Za-z]{2,}", why.text)) - {"CS", "ITSS", "IT", "P1"}
    assert words <= {"V3"}, words


def test_html_shows_state_by_shape_and_word_and_escapes_names(framework):
    hostile = '<script>alert(1)</script>"&$x$'
    why = explained(framework, [HW5 | {"start": "2010-01-01", "end": "2012-12-29"}], person=hostile)
    page = why.html
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert 'aria-label="not met"' in page and "✗" in page and "✓" in page
    assert "<details open>" in page and "<details>" in page
    assert page in why._repr_html_()


def test_the_dictionary_is_json(framework):
    why = explained(framework, [HW5 | {"start": None}])
    data = json.loads(json.dumps(why.to_dict(), ensure_ascii=False, allow_nan=False))
    assert data["fingerprint"] == framework.fingerprint
    assert data["readings"]["overlap"] == "union"
    assert data["as_of"] == AS_OF


def test_the_default_level_is_the_next_one(framework):
    evidence = tassei.read_evidence(
        {"certifications": {"person_id": ["P1"], "examination": ["AP"]}}, framework
    )
    a = tassei.assess(evidence, framework, as_of=AS_OF)
    assert a.explain("P1", "software").level == 4


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("P12", "hardware"), ["'P12'", "did you mean 'P1'"]),
        (("P1", "hardwear"), ["'hardwear'", "software", "did you mean 'hardware'"]),
        (("P1", "hardware", 7), ["7", "3, 4, 5, 6"]),
        (("P1", "hardware", 5, "fr"), ["'fr'", "ja", "en"]),
    ],
)
def test_questions_that_make_no_sense(framework, arguments, parts):
    evidence = tassei.read_evidence({"people": {"person_id": ["P1"]}}, framework)
    a = tassei.assess(evidence, framework, as_of=AS_OF)
    with pytest.raises(tassei.AssessError) as error:
        a.explain(*arguments)
    assert all(part in str(error.value) for part in parts)


@pytest.mark.parametrize(
    "readings", [{}, {"size_bands": "as_printed", "overlap": "sum"}, {"recency_years": 4}]
)
def test_explanations_agree_with_the_tables(framework, readings):
    """The plain evaluation behind explanations is another path through the core than the lanes."""
    recipe = Recipe(people=40, seed=5, strong=0.8, blanks=0.1)
    evidence = tassei.read_evidence(to_frames(random_people(recipe), "pandas"), framework)
    a = tassei.assess(evidence, framework, as_of=recipe.as_of, readings=readings, min_verification="document")
    rows = a.criteria().set_index(["person_id", "specialty", "level", "criterion"])
    statuses = a.sheets().set_index(["person_id", "specialty", "level"])
    for (person, specialty, level), row in statuses.iterrows():
        data = a.explain(person, specialty, level).to_dict()
        assert (data["status"], data["basis"]) == (row["status"], row["basis"])
        for node in data["criteria"]:
            table = rows.loc[(person, specialty, level, node["criterion"])]
            high = float("inf") if node["high"] is None else node["high"]
            assert (node["status"], node["low"], high) == (table["status"], table["low"], table["high"])


def test_overlapping_days_are_said_and_counted_once(framework):
    rows = [
        HW5 | {"start": "2010-01-01", "end": "2011-12-31"},
        HW5 | {"start": "2011-01-01", "end": "2012-12-31"},
    ]
    why = explained(framework, rows)
    records = criterion(why, "responsibility")["records"]
    assert [(r["days"], r["low"], r["high"]) for r in records] == [(730, 730, 730), (731, 366, 366)]
    assert "731 days, 365 of them counted already" in why.text


def test_all_failing_conditions_and_the_first(framework):
    row = HW5 | {
        "start": "2026-06-01", "end": "2026-12-31", "position": "member", "outcome": "participated",
    }  # fmt: skip
    (record,) = criterion(explained(framework, [row]), "responsibility")["records"]
    assert record["first"] == "as_of"
    assert [r["path"] for r in record["reasons"]] == [
        "as_of", "sheets[1].conditions.work.when.all[0]", "sheets[1].conditions.performed.when.all[1]"
    ]  # fmt: skip
    assert record["because"][0] == "after the as-of date"
    assert not any(r["open"] for r in record["reasons"])


def test_a_blank_that_could_not_matter_is_not_blamed(framework):
    row = HW5 | {"start": None, "end": None, "outcome": None, "position": "member", "verification": None}
    why = explained(framework, [row], min_verification="document")
    (record,) = criterion(why, "responsibility")["records"]
    assert record["because"] == ["position: needs manager or above, is member"]
    (record,) = criterion(why, "complexity")["records"]  # nobody asks when
    assert [r["path"].rsplit(".", 1)[-1] for r in record["reasons"]] == ["verification", "all[1]"]


def test_what_decides_a_sheet_is_blamed_and_nothing_else(framework):
    why = explained(framework, [HW5 | {"start": "2010-01-01", "end": "2012-12-31", "outcome": None}])
    blamed = {c["criterion"]: c["blamed"] for c in why.to_dict()["criteria"]}
    assert why.status == "unmet"  # there are no contributions at all
    assert blamed == {
        "responsibility": False, "complexity": False, "size": False,
        "expertise": True, "succession": True, "mentoring": True,
    }  # fmt: skip
    assert "Also not known: responsibility, complexity, size." in why.text


def test_what_an_examination_makes_good_does_not_matter(framework):
    evidence = tassei.read_evidence(
        {"certifications": {"person_id": ["P1"], "examination": ["AP"]}}, framework
    )
    why = tassei.assess(evidence, framework, as_of=AS_OF).explain("P1", "software", 3)
    matters = {c["criterion"]: (c["status"], c["matters"]) for c in why.to_dict()["criteria"]}
    assert matters["responsibility"] == ("unknown", False)
    assert matters["size"] == ("met", True)
    assert not any(c["blamed"] for c in why.to_dict()["criteria"])
    assert "The evidence alone does not prove: responsibility, complexity, expertise." in why.text


def test_an_alternative_that_is_not_needed_is_not_blamed():
    choir = tassei.load_framework(CHOIR)
    tables = {
        "singers": {"singer_id": ["Anna"]},
        "seasons": {"singer_id": ["Anna"], "start": ["2020-01-01"], "duty": ["chorister"]},
        "repertoire": {"singer_id": ["Anna"] * 10, "command": ["teaching"] * 10},
    }
    a = tassei.assess(tassei.read_evidence(tables, choir), choir, as_of=AS_OF)
    nodes = [
        node for sheet in choir.document.sheets
        for node in a.explain("Anna", sheet.specialty, sheet.level).to_dict()["criteria"]
        if node["form"] == "any" and node["status"] == "met"
    ]  # fmt: skip
    (leading, teaching) = nodes[0]["parts"]
    assert (leading["status"], leading["matters"], leading["blamed"]) == ("unmet", False, False)
    assert (teaching["status"], teaching["matters"]) == ("met", True)


def test_every_node_has_a_page_and_what_it_asks(framework):
    for sheet in framework.document.sheets:
        why = explained(framework, [HW5 | {"start": "2010-01-01"}], sheet.level, sheet.specialty)
        for node in why.to_dict()["criteria"]:
            assert node["page"] == sheet.page
            assert all(part["page"] == sheet.page for part in node["parts"])
            assert bool(node["asks"]) == (node["form"] != "always")


def test_json_is_the_dictionary(framework):
    why = explained(framework, [HW5 | {"start": None}], lang="ja")
    assert json.loads(why.to_json()) == why.to_dict()
    assert "ハードウェア" in why.to_json()


def test_a_page_stands_alone_in_light_and_dark(framework):
    page = explained(framework, [HW5 | {"start": "2010-01-01"}], lang="ja").to_html()
    assert page.startswith('<!doctype html>\n<html lang="ja">')
    assert 'content="light dark"' in page and "prefers-color-scheme:dark" in page
    assert not re.search(r'(src|href)="|url\(|@import|<script', page)


def test_records_that_fail_alike_are_said_once(framework):
    years = range(2010, 2015)
    rows = [HW5 | {"start": f"{y}-01-01", "end": f"{y}-12-31", "position": "member"} for y in years]
    text = explained(framework, rows).text
    assert text.count("needs manager or above") == 1
    assert "(and 4 more likewise)" in text
