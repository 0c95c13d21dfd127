"""The ledger: it adds up to the criteria, agrees with the explanations and says the first reason."""

import math
from pathlib import Path
from random import Random

import pyarrow as pa
import pytest
import tassei
from random_people import Recipe, random_people, to_frames

AS_OF = "2026-03-31"
CHOIR = Path(__file__).parents[1] / "frameworks" / "community-choir.yaml"
WORK = {
    "person_id": "P1", "position": "manager", "service": "hardware_service", "activities": ["fault_repair"],
    "outcome": "succeeded", "complexity": ["multi_vendor", "mission_critical"],
    "customer_scope": "whole_region_or_industry",
}  # fmt: skip
KEYS = ["person_id", "specialty", "level", "criterion"]


def assessed(framework, rows, library="pandas", **options):
    columns = [c for c in framework.document.tables["engagements"].columns if any(c in r for r in rows)]
    table = pa.table({c: pa.array([row.get(c) for row in rows]) for c in columns})
    frame = table.to_pandas() if library == "pandas" else table
    evidence = tassei.read_evidence({"engagements": frame}, framework)
    return tassei.assess(evidence, framework, as_of=AS_OF, **options)


def responsibility(framework, rows, level=5, **options):
    found = assessed(framework, rows, **options).ledger("P1", "hardware", level)
    found = found[found["criterion"] == "responsibility"]
    columns = ["row", "counts", "days", "low", "high", "because"]
    return [tuple(row) for row in found[columns].astype(object).where(found[columns].notna(), None).values]


def test_days_that_overlap_are_added_once(framework):
    rows = [
        WORK | {"start": "2010-01-01", "end": "2011-12-31"},
        WORK | {"start": "2011-01-01", "end": "2012-12-30"},
        WORK | {"start": "2011-02-01", "end": "2011-02-28"},
    ]
    assert responsibility(framework, rows) == [
        (0, "counted", 730, 730, 730, None),
        (1, "counted", 730, 365, 365, None),
        (2, "counted", 28, 0, 0, None),
    ]


def test_the_first_of_two_failing_conditions_is_the_reason(framework):
    wrong = {"position": "member", "outcome": "participated"}
    rows = [WORK | {"start": "2010-01-01", "end": "2010-12-31"} | wrong]
    assert responsibility(framework, rows) == [(0, "ignored", 365, 0, 0, "position: needs manager or above")]


def test_a_blank_is_not_the_reason_where_something_fails(framework):
    rows = [WORK | {"start": None, "end": None, "position": None, "outcome": "participated"}]
    assert responsibility(framework, rows) == [
        (0, "ignored", None, 0, 0, "outcome: needs succeeded or above")
    ]


def test_a_blank_keeps_a_record_possible(framework):
    rows = [WORK | {"start": "2010-01-01", "end": "2010-12-31", "outcome": None}]
    assert responsibility(framework, rows) == [
        (0, "possibly", 365, 0, 365, "outcome is blank (needs succeeded or above)")
    ]


def test_an_undated_record_adds_nothing_certain_and_has_no_bound(framework):
    rows = [WORK | {"start": None, "end": "2010-12-31"}]
    assert responsibility(framework, rows) == [(0, "possibly", None, 0, math.inf, "its date is blank")]


def test_late_old_and_weakly_verified_records(framework):
    rows = [
        WORK | {"start": "2026-04-01", "end": "2026-12-31", "verification": "document"},
        WORK | {"start": "2001-01-01", "end": "2001-12-31", "verification": "document"},
        WORK | {"start": "2026-01-01", "end": "2027-12-31", "verification": "self"},
    ]
    options = {"readings": {"recency_years": 3}, "min_verification": "supervisor"}
    found = responsibility(framework, rows, **options)
    assert [(f[1], f[2]) for f in found] == [("ignored", 0), ("ignored", 0), ("possibly", 90)]
    assert [f[5].split()[0] for f in found] == ["after", "before", "verification"]
    paths = assessed(framework, rows, **options).ledger("P1", "hardware", 5)["reason"].tolist()[:3]
    assert paths == ["as_of", "rules.recency_years", "tables.engagements.columns.verification"]


def test_a_grade_has_both_ends(framework):
    rows = [WORK | {"start": "2010-01-01", "end": "2010-12-31", "complexity": None}]
    found = assessed(framework, rows).ledger("P1", "hardware", 5)
    assert found["grade"].isna().all()
    assert set(found["possible_grade"]) == {6.0}  # four items would open the size of level 6


def test_rows_are_numbered_as_the_source_numbers_them(framework, tmp_path):
    (tmp_path / "engagements.csv").write_text("person_id,position\nP1,member\nP2,manager\n")
    evidence = tassei.read_evidence(tmp_path, framework)
    found = tassei.assess(evidence, framework, as_of=AS_OF).ledger("P2")
    assert set(found["row"]) == {3}


def test_an_examination_stands_for_the_whole_sheet(framework):
    tables = {"certifications": {"person_id": ["P1", "P1"], "examination": ["AP", "FE"]}}
    a = tassei.assess(tassei.read_evidence(tables, framework), framework, as_of=AS_OF)
    found = a.ledger("P1", "software")
    assert found["level"].tolist() == [3, 3]
    assert found["criterion"].isna().all()
    assert found["part"].tolist() == ["deeming[0]", "deeming[0]"]
    assert found["counts"].tolist() == ["counted", "ignored"]


def test_a_nested_count_has_rows_of_its_own(framework):
    site = WORK | {
        "service": "facility_management_service", "activities": ["fm_design"], "start": "2015-01-01",
        "end": "2015-12-31", "complexity": ["fm_many_sites", "fm_mission_critical"], "computer_rooms": 3.0,
        "engagement_id": "a",
    }  # fmt: skip
    found = assessed(framework, [site, site]).ledger("P1", "facility_management", 5)
    found = found[found["criterion"] == "responsibility"]
    assert found["part"].isna().tolist() == [True, True, False, False]
    assert found["part"].tolist()[2:] == ["count.of_which[0]"] * 2
    assert found["low"].tolist() == [1, 0, 1, 0]  # two rows of one engagement


def test_reasons_in_japanese(framework):
    a = assessed(framework, [WORK | {"start": "2010-01-01", "position": "member"}])
    found = a.ledger("P1", "hardware", 5, lang="ja")
    assert "立場: 「責任者以上」が必要" in found["because"].tolist()


def test_nobody_and_no_records(framework):
    evidence = tassei.read_evidence({"people": {"person_id": ["P1"]}}, framework)
    found = tassei.assess(evidence, framework, as_of=AS_OF).ledger()
    assert len(found) == 0
    assert list(found)[:4] == ["person_id", "table", "row", "specialty"]


def test_texts_are_dictionaries_in_arrow(framework):
    table = assessed(framework, [WORK], library="pyarrow").ledger()
    texts = ["person_id", "table", "specialty", "criterion", "part", "counts", "reason", "because"]
    assert all(pa.types.is_dictionary(table.schema.field(name).type) for name in texts)


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        ({"person_id": "P11"}, ["'P11'", "did you mean 'P1'"]),
        ({"specialty": "hardwear"}, ["'hardwear'", "did you mean 'hardware'"]),
        ({"level": 7}, ["7", "3, 4, 5, 6"]),
        ({"lang": "fr"}, ["'fr'", "ja", "en"]),
    ],
)
def test_questions_that_make_no_sense(framework, arguments, parts):
    with pytest.raises(tassei.AssessError) as error:
        assessed(framework, [WORK]).ledger(**arguments)
    assert all(part in str(error.value) for part in parts)


def test_a_level_that_one_specialty_does_not_have():
    choir = tassei.load_framework(Path(__file__).parents[1] / "frameworks" / "community-choir.yaml")
    a = tassei.assess(tassei.read_evidence({"singers": {"singer_id": ["S1"]}}, choir), as_of=AS_OF)
    with pytest.raises(tassei.AssessError, match="conducting has no level 4; it has 2, 10"):
        a.ledger(specialty="conducting", level=4)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"readings": {"overlap": "sum", "size_bands": "as_printed"}},
        {"readings": {"recency_years": 4}, "min_verification": "document"},
    ],
)
def test_it_adds_up_and_agrees_with_the_explanations(framework, options):
    recipe = Recipe(people=40, seed=11, strong=0.8, blanks=0.12, partial_sets=0.2)
    evidence = tassei.read_evidence(to_frames(random_people(recipe), "pandas"), framework)
    a = tassei.assess(evidence, framework, as_of=recipe.as_of, **options)
    everything = a.ledger().astype({name: object for name in [*KEYS[:2], "criterion", "part", "counts"]})
    whole = everything[everything["part"].isna()]
    sums = whole.groupby(KEYS)[["low", "high"]].sum()
    criteria = a.criteria().set_index(KEYS)
    for key, row in criteria.iterrows():
        found = sums.loc[key] if key in sums.index else {"low": 0, "high": 0}
        if row["unit"] == "yes_no" and key not in sums.index:
            continue  # asks nothing of records
        assert (found["low"], found["high"]) == (row["low"], row["high"]), key
    by_sheet = dict(list(whole.groupby(KEYS)))
    statuses = a.sheets()
    for person, specialty, level in statuses[KEYS[:3]].drop_duplicates().head(240).itertuples(index=False):
        for node in a.explain(person, specialty, level).to_dict()["criteria"]:
            rows = by_sheet.get((person, specialty, level, node["criterion"]))
            expected = [
                (r["row"], r["counts"], r["low"], math.inf if r["high"] is None else r["high"],
                 r["grade"], r["possible_grade"], r["first"])
                for r in node["records"]
            ]  # fmt: skip
            columns = ["row", "counts", "low", "high", "grade", "possible_grade", "reason"]
            found = [] if rows is None else [
                tuple(None if v != v else v for v in row)
                for row in rows[columns].astype(object).itertuples(index=False)
            ]  # fmt: skip
            assert found == expected


def test_one_thread_finds_what_four_find(framework):
    recipe = Recipe(people=60, seed=3, blanks=0.1)
    evidence = tassei.read_evidence(to_frames(random_people(recipe), "pandas"), framework)
    one, four = (tassei.assess(evidence, framework, as_of=AS_OF, threads=n).ledger() for n in (1, 4))
    assert one.equals(four)
    some = one["person_id"].unique()[3]
    alone = tassei.assess(evidence, framework, as_of=AS_OF).ledger(some).astype(str)
    assert alone.equals(one[one["person_id"] == some].astype(str).reset_index(drop=True))


def random_choir(choir, seed, singers=10):
    """Rows of a choir's tables with cells of any kind, many of them blank."""
    rng = Random(seed)
    tables = {"singers": {"singer_id": [f"s{i}" for i in range(singers)]}}
    for name, table in list(choir.document.tables.items())[1:]:
        rows = []
        for i in range(singers):
            for _ in range(rng.randrange(6)):
                rows.append({c: random_cell(rng, choir, column) for c, column in table.columns.items()})
                rows[-1]["singer_id"] = f"s{i}"
                ends = sorted(v for v in (rows[-1].get("start"), rows[-1].get("end")) if v)
                if len(ends) == 2:
                    rows[-1] |= dict(zip(("start", "end"), ends, strict=True))
        tables[name] = pa.table({c: pa.array([row[c] for row in rows]) for c in table.columns})
    return tables


def random_cell(rng, choir, column):
    if rng.random() < 0.2:
        return None
    if column.type == "date":
        return f"{rng.randrange(2008, 2027)}-{rng.randrange(1, 13):02d}-01"
    if column.type == "number":
        return float(rng.randrange(0, 100))
    words = list(choir.document.vocabularies[column.vocabulary].words) if column.vocabulary else ["a", "b"]
    return rng.sample(words, rng.randint(0, len(words))) if column.type == "set" else rng.choice(words)


@pytest.mark.parametrize("seed", range(3))
def test_it_agrees_with_the_explanations_of_another_framework(seed):
    choir = tassei.load_framework(CHOIR)
    a = tassei.assess(tassei.read_evidence(random_choir(choir, seed), choir), choir, as_of="2026-01-01")
    rows = a.to_arrow("levels").to_pylist()
    ledger = {}
    for lang in choir.languages:
        table = a.to_arrow("ledger", lang=lang)
        for row in table.to_pylist():
            key = tuple(row[k] for k in ("person_id", "specialty", "level", "criterion", "part"))
            ledger.setdefault((lang, *key), []).append((row["row"], row["counts"], row["low"], row["reason"]))
            assert (row["because"] is None) == (row["counts"] == "counted")
    seen = 0
    for sheet in choir.document.sheets:
        for person in sorted({row["person_id"] for row in rows}):
            for lang in choir.languages:
                why = a.explain(person, sheet.specialty, sheet.level, lang)
                assert why.text and why.to_html() and why.compare(sheet.level).text
                for node in why.to_dict()["criteria"]:
                    expected = [(r["row"], r["counts"], r["low"], r["first"]) for r in node["records"]]
                    key = (lang, person, sheet.specialty, sheet.level, node["criterion"], None)
                    assert ledger.get(key, []) == expected
                    seen += len(expected)
    assert seen > 200
