"""The sample workforce and its generator."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tassei
import yaml
from tassei.assumptions import load_assumptions, workforce_folder
from tassei.workforce import write_table

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "workforce"
TABLES = ["people", "engagements", "contributions", "certifications"]
LEVELS = [0, 3, 4, 5, 6]
# iSRF 2006: share of people at this level or above
SURVEY = {3: 0.502, 4: 0.168, 5: 0.040}


@pytest.fixture(scope="module")
def sample():
    return tassei.synthesize(people=2400, seed=2011)


@pytest.fixture(scope="module")
def levels(sample, framework):
    evidence = tassei.read_evidence(sample, framework)
    return tassei.assess(evidence, framework, as_of=load_assumptions().as_of).levels()


def test_the_same_seed_gives_the_same_workforce():
    one, two = tassei.synthesize(200, seed=5), tassei.synthesize(200, seed=5)
    for table in TABLES:
        pd.testing.assert_frame_equal(one[table], two[table])


def test_another_seed_gives_another_workforce():
    one, two = tassei.synthesize(200, seed=5), tassei.synthesize(200, seed=6)
    assert not one["engagements"].equals(two["engagements"])
    assert not one["people"].equals(two["people"])


@pytest.mark.parametrize("table", TABLES)
def test_the_files_in_the_tree_are_what_the_generator_gives(table, sample, tmp_path):
    write_table(sample[table], tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == (SAMPLE / f"{table}.csv").read_bytes()


def test_the_package_brings_the_sample():
    assert sorted(path.stem for path in workforce_folder().glob("*.csv")) == sorted(TABLES)
    assert sum((SAMPLE / f"{table}.csv").stat().st_size for table in TABLES) < 3_000_000


def test_files_are_read_without_issues(framework):
    evidence = tassei.read_evidence(SAMPLE, framework)
    assert len(evidence) == 2400
    assert len(evidence.issues) == 0
    assert not any(report.unknown for report in evidence.reports.values() if report.supplied)


def test_files_and_frames_give_the_same_levels(levels, framework):
    evidence = tassei.read_evidence(SAMPLE, framework)
    from_files = tassei.assess(evidence, framework, as_of=load_assumptions().as_of).levels()
    pd.testing.assert_frame_equal(levels, from_files)


def test_every_level_occurs_in_every_specialty(levels):
    for specialty, found in levels.groupby("specialty"):
        assert sorted(found["level"].unique()) == LEVELS, specialty


def test_every_level_occurs_with_other_seeds_too(framework):
    for seed in (1, 2, 3):
        evidence = tassei.read_evidence(tassei.synthesize(seed=seed), framework)
        found = tassei.assess(evidence, framework, as_of=load_assumptions().as_of).distribution()
        assert (found["certain"] > 0).all(), found[found["certain"] == 0]


def test_best_levels_bracket_the_survey(levels):
    best = levels.groupby("person_id")[["level", "possible_level"]].max()
    for level, surveyed in SURVEY.items():
        certain, possible = (best >= level).mean()
        assert certain - 0.03 < surveyed < possible + 0.03, level
        assert abs(certain - surveyed) < 0.06 and abs(possible - surveyed) < 0.06, level


def test_a_visible_minority_is_open(levels):
    levels = levels.assign(open=levels["possible_level"] != levels["level"])
    assert 0.05 < levels.groupby("person_id")["open"].any().mean() < 0.20
    assert 0.02 < levels["open"].mean() < 0.10


def test_examinations_matter(levels, sample):
    assert len(sample["certifications"]) > 200
    assert set(levels["basis"]) == {"evidenced", "deemed", "none"}


def test_careers_are_dated_over_twenty_years(sample):
    engagements = sample["engagements"]
    as_of = pd.Timestamp(load_assumptions().as_of)
    assert engagements["start"].max() <= as_of
    assert engagements["start"].min() < as_of - pd.Timedelta(days=20 * 365)
    assert engagements["end"].isna().any(), "running"
    assert (engagements["end"] > as_of).any(), "ending later"
    assert not (engagements["end"] < engagements["start"]).any()


def test_engagements_overlap_and_share_ids(sample):
    rows = sample["engagements"].dropna(subset=["start"]).sort_values(["person_id", "start"])
    before = rows.groupby("person_id")["end"].shift()
    assert (rows["start"] <= before).mean() > 0.1
    named = rows.dropna(subset=["engagement_id"])
    assert named.duplicated(["person_id", "engagement_id"]).sum() > 100
    assert named.groupby("engagement_id")["person_id"].nunique().max() > 1


def test_blanks_are_commoner_in_older_records(sample):
    rows = sample["engagements"].dropna(subset=["start"])
    blank = rows[["position", "outcome", "complexity", "verification"]].isna().mean(axis=1)
    old = rows["start"] < "2015-01-01"
    assert blank[old].mean() > 1.2 * blank[~old].mean() > 0
    assert rows["person_id"].notna().all()


def test_people_have_groups(sample):
    people = sample["people"]
    assert people["person_id"].is_unique
    for column in ("department_id", "site_id", "seniority"):
        assert people[column].nunique() >= 4, column
    assert people["department"].str.contains("部").all()
    assert people["department_id"].map(str.isascii).all()


@pytest.mark.parametrize("people", [0, 1, 7])
def test_few_people(people, framework):
    tables = tassei.synthesize(people, seed=1)
    assert len(tables["people"]) == people
    assert list(tables) == TABLES
    assert len(tassei.read_evidence(tables, framework)) == people


def test_a_negative_number_of_people_is_an_error():
    with pytest.raises(ValueError, match="people is a whole number from 0 on, came -1"):
        tassei.synthesize(-1)


# --- assumptions -----------------------------------------------------------------------------


@pytest.fixture
def book():
    return copy.deepcopy(yaml.safe_load((SAMPLE / "assumptions.yaml").read_text("utf-8")))


def test_assumptions_may_be_a_mapping_or_a_file(book, tmp_path):
    file = tmp_path / "own.yaml"
    file.write_text(yaml.safe_dump(book, sort_keys=False), encoding="utf-8")
    one, two = tassei.synthesize(30, 1, book), tassei.synthesize(30, 1, file)
    pd.testing.assert_frame_equal(one["engagements"], two["engagements"])


def test_shares_decide(book):
    for name, stage in book["stages"].items():
        stage["share"] = 1 if name == "authority" else 0
    engagements = tassei.synthesize(50, 1, book)["engagements"]
    assert (engagements.groupby("person_id")["position"].last().dropna() == "manager").all()


def test_without_blanks_nothing_is_open(book, framework):
    book["blanks"]["tables"] = {}
    evidence = tassei.read_evidence(tassei.synthesize(300, 1, book), framework)
    levels = tassei.assess(evidence, framework, as_of=book["as_of"]).levels()
    assert (levels["level"] == levels["possible_level"]).all()


def _misspell(book):
    book["carers"] = book.pop("careers")


def _unknown_stage(book):
    book["events"][0]["bundles"][0]["stages"] = ["entri"]


def _missing_case(book):
    del book["careers"]["columns"]["position"]["cases"]["lead"]


def _negative_weight(book):
    book["tracks"]["hardware"]["share"] = -1


def _a_value_too_many(book):
    book["people"]["groups"][0]["rows"][0]["values"].append("one more")


def _distinct_of_no_words(book):
    book["events"][0]["bundles"][0]["distinct"] = "nothing"


def _column_of_no_table(book):
    columns = book["events"][0]["bundles"][0]["columns"]
    columns["shoe size"] = next(iter(columns.values()))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_misspell, "carers: Extra inputs are not permitted"),
        (_unknown_stage, "no stage 'entri'; there are entry, skilled"),
        (_missing_case, r"careers\.columns\.position: no case for lead"),
        (_a_value_too_many, r"people\.groups .* does not fit the columns"),
        (_distinct_of_no_words, "the distinct column needs words"),
        (_column_of_no_table, "'shoe size' is not among the table's columns"),
        (_negative_weight, r"tracks\.hardware\.share: Input should be greater"),
    ],
)
def test_bad_assumptions_are_named(book, spoil, message):
    spoil(book)
    with pytest.raises(ValueError, match=message):
        tassei.synthesize(10, 1, book)


def test_assumptions_that_are_not_yaml(tmp_path):
    (tmp_path / "broken.yaml").write_text("stages: [", encoding="utf-8")
    with pytest.raises(ValueError, match=r"broken\.yaml is not YAML"):
        tassei.synthesize(10, 1, tmp_path / "broken.yaml")


def test_no_word_of_the_standard_in_the_generator(framework):
    import inspect

    from tassei import assumptions, workforce

    text = inspect.getsource(workforce) + inspect.getsource(assumptions)
    document = framework.document
    words = {*document.specialties, *document.criteria}
    for table in document.tables.values():
        words |= set(table.columns) - {"start", "end", "date"}
    for vocabulary in document.vocabularies.values():
        words |= set(vocabulary.words)
    found = {word for word in words if f'"{word}"' in text or f"'{word}'" in text}
    assert not found


def test_numbers_of_the_readme(levels):
    """What data/workforce/README.md says of the sample."""
    best = levels.groupby("person_id")[["level", "possible_level"]].max()
    shares = {level: (100 * (best >= level).mean()).round(1).tolist() for level in (3, 4, 5)}
    text = (SAMPLE / "README.md").read_text("utf-8")
    for level, (certain, possible) in shares.items():
        row = next(line for line in text.splitlines() if line.startswith(f"  | {level} |"))
        assert f"| {certain} % |" in row and row.endswith(f"| {possible} % |"), (row, shares)
    assert np.isclose(levels["level"].eq(0).mean(), 0.753, atol=0.01)
