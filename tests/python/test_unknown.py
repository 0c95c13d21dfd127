"""What to check first: which unknowns hold back how many people's certain levels."""

from __future__ import annotations

import pyarrow as pa
import pytest
import tassei
from random_people import Recipe, random_people, to_frames

AS_OF = "2025-03-31"
HW3 = {
    "start": "2024-04-01", "position": "member", "service": "hardware_service",
    "activities": ["fault_repair"], "outcome": "carried_out", "complexity": ["multi_vendor", "nationwide"],
    "verification": "document",
}  # fmt: skip
EXPERTISE = {
    "kind": "expertise", "area": "customer_trust", "standing": "practises_independently",
    "domain": "hardware_service", "verification": "document",
}  # fmt: skip


def assessed(framework, people, supplied=True, **options):
    """People by name: their engagements, and one contribution each."""
    names = list(people)
    tables = {
        "people": pa.table({"person_id": pa.array(names, pa.string())}),
        "engagements": pa.Table.from_pylist([{"person_id": p, **e} for p in names for e in people[p]]),
    }
    if supplied:
        tables["contributions"] = pa.Table.from_pylist([{"person_id": p, **EXPERTISE} for p in names])
        tables["certifications"] = pa.table({"person_id": pa.array([], pa.string())})
    return tassei.assess(tassei.read_evidence(tables, framework), framework, as_of=AS_OF, **options)


def rows(a):
    return a.to_arrow("unknowns").to_pylist()


def test_what_is_known_holds_nobody_back(framework):
    assert rows(assessed(framework, {"Aoi": [HW3]})) == []


def test_a_column_comes_before_the_records_that_it_is_blank_in(framework):
    open_ = HW3 | {"service": None}
    a = assessed(framework, {"Aoi": [open_], "Ren": [HW3], "Yui": [open_]})
    none = {"row": None, "person_id": None}
    telling = [r for r in rows(a) if r["kind"] == "column"]
    assert telling == [
        {"kind": "column", "table": "engagements", "column": "service", **none,
         "people_rising": 2, "people_settled": 2},
    ]  # fmt: skip
    records = [r for r in rows(a) if r["kind"] == "record"]
    assert [(r["table"], r["row"], r["person_id"]) for r in records] == [
        ("engagements", 0, "Aoi"), ("engagements", 2, "Yui"),
    ]  # fmt: skip
    assert {(r["column"], r["people_rising"], r["people_settled"]) for r in records} == {(None, 1, 1)}
    assert rows(a) == telling + records


def test_two_blanks_of_one_record_are_one_thing_to_check(framework):
    found = rows(assessed(framework, {"Aoi": [HW3 | {"service": None, "position": None}]}))
    assert [(r["kind"], r["table"], r["person_id"]) for r in found] == [("record", "engagements", "Aoi")]


def test_two_records_that_hold_back_only_together_are_none(framework):
    half = HW3 | {"service": None, "start": "2024-10-01"}
    earlier = HW3 | {"service": None, "end": "2024-09-30"}
    assert [r["kind"] for r in rows(assessed(framework, {"Aoi": [earlier, half]}))] == ["column"]


def test_a_start_without_a_date_may_be_long_ago(framework):
    found = rows(assessed(framework, {"Aoi": [HW3 | {"start": None}]}))
    assert [(r["kind"], r["column"]) for r in found] == [("column", "start"), ("record", None)]


def test_evidence_that_nobody_verified(framework):
    self_stated = HW3 | {"verification": "self"}
    unsaid = HW3 | {"verification": None}
    people = {"Aoi": [self_stated], "Ren": [unsaid], "Yui": [HW3]}
    found = rows(assessed(framework, people, min_verification="supervisor"))
    assert [(r["kind"], r["column"], r["person_id"], r["people_rising"]) for r in found] == [
        ("verification", "verification", None, 2),
        ("column", "verification", None, 1),
        ("record", None, "Aoi", 1),
        ("record", None, "Ren", 1),
    ]
    assert rows(assessed(framework, people)) == []


def test_a_table_that_nobody_supplied(framework):
    found = rows(assessed(framework, {"Aoi": [HW3]}, supplied=False))
    assert [(r["kind"], r["table"], r["column"]) for r in found] == [
        ("table", "contributions", None), ("table", "certifications", None),
    ]  # fmt: skip


def test_a_row_is_called_what_its_file_calls_it(framework, tmp_path):
    (tmp_path / "certifications.csv").write_text("person_id,examination\nA,AP\nB,\n")
    a = tassei.assess(tassei.read_evidence(tmp_path, framework), framework, as_of=AS_OF)
    record = next(r for r in rows(a) if r["kind"] == "record")
    assert (record["table"], record["row"], record["person_id"]) == ("certifications", 3, "B")


# --- against filling cells -----------------------------------------------------------------------


def test_columns_are_those_of_completeness(framework):
    recipe = Recipe(seed=32, people=150, strong=0.9, blanks=0.05)
    evidence = tassei.read_evidence(to_frames(random_people(recipe), "polars"), framework)
    a = tassei.assess(evidence, framework, as_of=recipe.as_of)
    told = {
        (r["table"], r["column"]): (r["people_rising"], r["people_settled"])
        for r in rows(a) if r["kind"] in ("column", "table")
    }  # fmt: skip
    assert told == {
        (r["table"], r["column"]): (r["people_rising"], r["people_settled"])
        for r in a.to_arrow("completeness").to_pylist() if r["people_rising"]
    }  # fmt: skip
    ranks = [(r["people_rising"], r["people_settled"]) for r in rows(a)]
    assert ranks == sorted(ranks, reverse=True)
    assert a.unknowns().columns == a.to_arrow("unknowns").column_names


@pytest.mark.parametrize("word", [None, "document"])
def test_one_blank_record_a_person_tells_what_all_blanks_tell(framework, word):
    """Where only one record of a person is not certain, what it can raise is the possible level."""
    recipe = Recipe(seed=33, people=120, strong=1.0)
    tables = random_people(recipe)
    chosen = {}
    for place, row in enumerate(tables["contributions"]):
        row["verification"] = "third_party"
        if row["person_id"] not in chosen:
            chosen[row["person_id"]] = place
            row["standing"] = row["achievement"] = row["area"] = None
    for table in ("engagements", "certifications"):
        for row in tables[table]:
            row["verification"] = "third_party"
    evidence = tassei.read_evidence(to_frames(tables, "pyarrow"), framework)
    a = tassei.assess(evidence, framework, as_of=recipe.as_of, min_verification=word)
    rising = {
        r["person_id"] for r in a.to_arrow("levels").to_pylist() if r["level"] < r["possible_level"]
    }
    told = {r["person_id"]: r for r in rows(a) if r["kind"] == "record"}
    assert rising
    assert set(told) == rising
    assert all((r["row"], r["people_settled"]) == (chosen[p], 1) for p, r in told.items())


def test_the_number_of_threads_changes_nothing(framework):
    recipe = Recipe(seed=34, people=600, blanks=0.05)
    evidence = tassei.read_evidence(to_frames(random_people(recipe), "pyarrow"), framework)
    one, four = (tassei.assess(evidence, framework, as_of=recipe.as_of, threads=n) for n in (1, 4))
    assert one.to_arrow("unknowns").equals(four.to_arrow("unknowns"))
