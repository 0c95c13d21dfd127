"""Results one can stand by: digests, saving and loading, verification."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
import struct
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tassei

ITSS = "itss-v3-2011-customer-service"
DAY = "2026-06-30"
HOSTILE = ["<script>alert(1)</script>", "$x^2$", "=1+1", "+1", "-1", "@A1", "a\"'b", "a\nb", "\u202eabc", "ｱ"]


@pytest.fixture(scope="module")
def sample():
    return tassei.synthesize(300, seed=3)


@pytest.fixture(scope="module")
def evidence(sample, framework):
    return tassei.read_evidence(sample, framework)


@pytest.fixture(scope="module")
def assessment(evidence):
    return tassei.assess(evidence, as_of=DAY)


SMALL = {
    "people": {"person_id": ["P1", "P2"], "site": ["Osaka", "Tokyo"]},
    "engagements": {
        "person_id": ["P1", "P1", "P2"],
        "engagement_id": ["a", None, "b"],
        "start": ["2012-04-01", "2015-01-01", None],
        "end": ["2014-03-31", None, "2020-12-31"],
        "position": ["manager", "member", None],
        "service": ["hardware_service", None, "customer_service"],
        "activities": ["fault_repair", "none", "service_design;fault_repair"],
        "outcome": ["succeeded", "participated", None],
        "complexity.multi_vendor": [True, None, False],
        "complexity.cross_platform": [True, False, None],
        "customer_scope": ["part_of_region_or_industry", None, None],
        "computer_rooms": [None, 2, 0],
        "verification": ["document", None, "self"],
    },
    "contributions": {
        "person_id": ["P2"], "kind": ["succession"], "achievement": ["book"], "date": ["2020-01-01"],
    },
}  # fmt: skip


# --- digest ---------------------------------------------------------------------------------------


def h(data, size):
    return hashlib.blake2b(data, digest_size=size).digest()


def plain_digest(framework, tables):
    """The digest as it is described, from cells as a person would write them."""
    document = framework.document
    names = list(dict.fromkeys(p for t in tables.values() for p in t["person_id"]))
    lines = [("people", everybody(names))]
    for table, columns in sorted(tables.items()):
        persons = {}
        for row in range(len(columns["person_id"])):
            cells = b""
            for column in sorted(document.tables[table].columns):
                declared = document.tables[table].columns[column]
                cells += plain_cell(document, column, declared, columns, row)
            persons.setdefault(columns["person_id"][row], []).append(cells)
        lines.append((table, table_digest(persons)))
    text = "tassei evidence 1\n" + "".join(f"{name} {digest.hex()}\n" for name, digest in lines)
    return h(text.encode(), 32).hex()


def everybody(names):
    return table_digest({name: [b""] for name in names})


def table_digest(persons):
    digests = []
    for person, rows in persons.items():
        said = sized(person.encode()) + b"".join(sized(row) for row in sorted(rows))
        digests.append(h(said, 16))
    return h(b"".join(sorted(digests)), 32)


def sized(data):
    return struct.pack("<I", len(data)) + data


def plain_cell(document, column, declared, columns, row):
    value = columns[column][row] if column in columns else None
    if declared.type == "set":
        words = document.vocabularies[declared.vocabulary].words
        items = {w: columns[f"{column}.{w}"][row] for w in words if f"{column}.{w}" in columns}
        known = {w for w, says in items.items() if says is not None}
        has = {w for w in known if items[w]}
        if value is not None:
            known, has = set(words), set() if value == "none" else set(value.split(";"))
        if not known:
            return b""
        text = f"{column}\0" + ";".join(sorted(has))
        return h((text if known == set(words) else text + "\0" + ";".join(sorted(known - has))).encode(), 8)
    if value is None or declared.role == "person":
        return b""
    if declared.type == "date":
        days = (dt.date.fromisoformat(value) - dt.date(1970, 1, 1)).days
        return h(column.encode(), 8) + struct.pack("<i", days)
    if declared.type == "number":
        return h(column.encode(), 8) + struct.pack("<d", value)
    if declared.type == "text":
        return h(column.encode(), 8) + sized(value.encode())
    return h(f"{column}\0{value}".encode(), 8)


def test_the_digest_is_the_one_that_is_described(framework):
    assert tassei.read_evidence(SMALL, framework).digest == plain_digest(framework, SMALL)


def test_the_digest_minds_no_order_no_file_and_no_library(sample, evidence, framework, tmp_path):
    mixed = {name: frame.sample(frac=1, random_state=7) for name, frame in sample.items()}
    for kind in ("csv", "parquet"):
        (tmp_path / kind).mkdir()
    for name, frame in mixed.items():
        frame.to_csv(tmp_path / "csv" / f"{name}.csv", index=False)
        frame.to_parquet(tmp_path / "parquet" / f"{name}.parquet", index=False)
    sources = {
        "pandas": mixed,
        "polars": {name: pl.from_pandas(frame) for name, frame in mixed.items()},
        "arrow": {name: pa.Table.from_pandas(frame, preserve_index=False) for name, frame in mixed.items()},
        "csv": tmp_path / "csv",
        "parquet": tmp_path / "parquet",
    }
    found = {kind: tassei.read_evidence(source, framework) for kind, source in sources.items()}
    assert {kind: one.digest for kind, one in found.items()} == dict.fromkeys(sources, evidence.digest)
    for one in found.values():
        assert one._digests.groups == evidence._digests.groups


def test_words_in_japanese_and_other_dates_say_the_same(framework):
    one = {"certifications": {"person_id": ["P1"], "examination": ["AP"], "date": ["2012-04-01"]}}
    two = {"資格": {"person_id": [" P1 "], "examination": ["応用情報技術者試験"], "date": ["平成24年4月1日"]}}
    names = {"certifications": "資格"}
    assert (
        tassei.read_evidence(one, framework).digest
        == tassei.read_evidence(two, framework, tables=names).digest
    )


OTHER = {
    "start": "2012-04-02", "end": "2021-01-01", "position": "team_leader", "service": "software_service",
    "activities": "fault_repair;service_design;hardware_installation", "outcome": "carried_out",
    "customer_scope": "nationwide_or_overseas", "computer_rooms": 3, "verification": "third_party",
    "engagement_id": "c", "kind": "mentoring", "achievement": "external_paper", "date": "2020-01-02",
    "person_id": "P3",
}  # fmt: skip


def test_every_single_cell_is_seen(framework):
    digests = {tassei.read_evidence(SMALL, framework).digest}
    changed = 0
    for table in ("engagements", "contributions"):
        for column, cells in SMALL[table].items():
            for row, cell in enumerate(cells):
                item = isinstance(cell, bool) or column.startswith("complexity.")
                others = [None] if column != "person_id" else []
                others += [not cell] if item else [OTHER[column]]
                for other in others:
                    if other == cell:
                        continue
                    tables = json.loads(json.dumps(SMALL))
                    tables[table][column][row] = other
                    if other == "P3":
                        tables["people"] = {"person_id": ["P1", "P2", "P3"], "site": [None] * 3}
                    digests.add(tassei.read_evidence(tables, framework).digest)
                    changed += 1
    assert changed > 50
    assert len(digests) == changed + 1


def test_rows_that_come_twice_or_not_at_all_are_seen(framework):
    once = {"certifications": {"person_id": ["P1"], "examination": ["AP"]}}
    twice = {"certifications": {"person_id": ["P1", "P1"], "examination": ["AP", "AP"]}}
    blank = {"certifications": {"person_id": ["P1", "P1"], "examination": ["AP", None]}}
    with_empty = {**once, "contributions": {"person_id": []}}
    digests = [tassei.read_evidence(t, framework).digest for t in (once, twice, blank, with_empty)]
    assert len(set(digests)) == 4


def test_columns_for_grouping_have_digests_of_their_own(framework):
    one = tassei.read_evidence({"people": {"person_id": ["P1", "P2"], "site": ["A", None]}}, framework)
    two = tassei.read_evidence({"people": {"person_id": ["P2", "P1"], "site": ["A", None]}}, framework)
    assert one.digest == two.digest
    assert one._digests.groups != two._digests.groups


# --- saving and loading ---------------------------------------------------------------------------

TABLES = {
    "levels": {}, "sheets": {}, "criteria": {}, "distribution": {}, "ledger": {}, "gaps": {}, "additions": {},
    "bottlenecks": {}, "completeness": {}, "unknowns": {}, "forecast": {}, "forecast_curve": {"target": 3},
    "supply": {"demand": {("hardware", 3): 5}},
}  # fmt: skip
RESULTS_ONLY = {"levels", "sheets", "distribution", "supply"}


def same(a, b, tables=TABLES):
    for name, options in tables.items():
        assert a.to_arrow(name, **options).equals(b.to_arrow(name, **options)), name


def test_a_saved_assessment_comes_back_as_it_was(assessment, tmp_path):
    again = tassei.load(assessment.save(tmp_path / "march"))
    assert set(TABLES) == set(tassei.assessment.tables.MAKERS)
    same(assessment, again)
    assert again.provenance == assessment.provenance
    assert repr(again) == repr(assessment)
    assert again._repr_html_() == assessment._repr_html_()
    person = assessment.evidence.people["person_id"].iloc[5]
    for lang in ("ja", "en"):
        assert again.explain(person, "hardware", lang=lang).html == assessment.explain(
            person, "hardware", lang=lang
        ).html
        gap = assessment.gap(person, "software", lang=lang)
        assert again.gap(person, "software", lang=lang).text == gap.text
    for by in assessment.evidence.groups:
        assert again.distribution(by=by, min_group=5).equals(assessment.distribution(by=by, min_group=5))
    assert again.evidence.summary().lines() == assessment.evidence.summary().lines()


def test_choices_blanks_rejected_rows_and_row_numbers_come_back(framework, tmp_path):
    tables = json.loads(json.dumps(SMALL))
    for column, cell in zip(tables["engagements"].values(), ["P9", "x", "2012", "2011"], strict=False):
        column.insert(1, cell)  # a row of nobody that ends before it starts
    for column in list(tables["engagements"].values())[4:]:
        column.insert(1, None)
    evidence = tassei.read_evidence(tables, framework, on_error="collect")
    assert len(evidence.issues) == 2
    readings = {"overlap": "sum", "cumulative": "yes", "recency_years": 12}
    a = tassei.assess(evidence, as_of=DAY, readings=readings, min_verification="supervisor")
    again = tassei.Assessment.load(a.save(tmp_path / "march"))
    same(a, again)
    assert again.readings == a.readings
    assert (again.as_of, again.min_verification, again.assessed_at) == (
        a.as_of, a.min_verification, a.assessed_at,
    )  # fmt: skip
    assert again.evidence.issues.equals(evidence.issues)
    assert again.evidence.rejected["engagements"].equals(evidence.rejected["engagements"])
    assert again.ledger("P1")["row"].tolist() == a.ledger("P1")["row"].tolist()
    assert again.evidence.digest == evidence.digest
    assert again.evidence.reports == evidence.reports
    again.save(tmp_path / "again")
    same(again, tassei.load(tmp_path / "again"))


@pytest.mark.parametrize(
    "tables",
    [
        {"certifications": {"person_id": ["P1"], "examination": ["AP"]}},
        {"certifications": {"person_id": [], "examination": []}},
        {"people": {"person_id": ["P1"]}, "engagements": {}},
        {"people": {"person_id": [3, 1, 2], "n": [1.5, None, 2.0], "day": [dt.date(2020, 1, 1)] * 3}},
        {"people": {"person_id": HOSTILE, "site": HOSTILE[::-1]}},
    ],
    ids=["no people table", "nobody", "empty table", "columns of other types", "hostile"],
)
def test_small_and_strange_evidence_comes_back(tables, framework, tmp_path):
    a = tassei.assess(tassei.read_evidence(tables, framework), as_of=DAY)
    again = tassei.load(a.save(tmp_path / "x"))
    same(a, again)
    assert again.evidence.people.equals(a.evidence.people)
    assert bool(again.verify(a.evidence))


def test_the_saved_evidence_is_a_source_too(assessment, framework, tmp_path):
    saved = assessment.save(tmp_path / "march")
    read = tassei.read_evidence(saved / "evidence", framework)
    assert read.digest == assessment.evidence.digest
    assert read.people.equals(assessment.evidence.people)


def test_frames_come_back_in_the_library_they_came_in(sample, framework, tmp_path):
    frames = {name: pl.from_pandas(frame) for name, frame in sample.items()}
    a = tassei.assess(tassei.read_evidence(frames, framework), as_of=DAY)
    again = tassei.load(a.save(tmp_path / "x"))
    assert isinstance(again.levels(), pl.DataFrame)
    assert again.levels().equals(a.levels())


def test_without_evidence_results_are_there_and_the_rest_says_why(assessment, tmp_path):
    saved = assessment.save(tmp_path / "march", evidence=False)
    again = tassei.load(saved)
    assert not (saved / "evidence").exists()
    same(assessment, again, {name: TABLES[name] for name in RESULTS_ONLY})
    assert again.provenance == assessment.provenance
    assert again._repr_html_() == assessment._repr_html_()
    moves = tassei.compare(assessment, assessment).transitions()
    assert tassei.compare(again, assessment).transitions().equals(moves)
    person = assessment.evidence.people["person_id"].iloc[0]
    attempts = {name: lambda name=name: again.to_arrow(name, **TABLES[name]) for name in TABLES}
    attempts |= {
        "explain": lambda: again.explain(person, "hardware"),
        "gap": lambda: again.gap(person, "hardware"),
        "questions": lambda: again.questions(person, "hardware"),
        "compare_levels": lambda: again.compare_levels(person, "hardware", 3, 4),
        "assess": lambda: tassei.assess(again.evidence),
        "assess_over": lambda: tassei.assess_over(again.evidence, again.framework, ["2020-01-01"]),
        "coverage": lambda: again.framework.coverage(again),
        "report": lambda: again.report(tmp_path / "x.html"),
        "to_excel": lambda: again.to_excel(tmp_path / "x.xlsx"),
        "save": lambda: again.save(tmp_path / "whole"),
        "pseudonymise": lambda: again.pseudonymise("kept in a safe").criteria(),
    }
    for name, attempt in attempts.items():
        if name in RESULTS_ONLY:
            continue
        with pytest.raises(tassei.AssessError, match="saved without its evidence"):
            attempt()
    with pytest.raises(tassei.EvidenceError, match="only the results were saved"):
        again.evidence.duplicates("engagements")
    assert again.evidence._repr_html_().startswith("<pre>Evidence(")
    same(again, tassei.load(again.save(tmp_path / "again", evidence=False)), {"levels": {}, "sheets": {}})


def test_results_are_those_that_were_saved_not_computed_anew(assessment, tmp_path):
    """A later core that finds something else does not change what was found."""
    saved = assessment.save(tmp_path / "march", evidence=False)
    levels = pq.read_table(saved / "levels.parquet")
    at = levels.schema.get_field_index("level")
    raised = levels.set_column(at, "level", pa.array(np.full(levels.num_rows, 6)))
    pq.write_table(raised, saved / "levels.parquet")
    head = json.loads((saved / "assessment.json").read_text())
    head["files"]["levels.parquet"] = hashlib.sha256((saved / "levels.parquet").read_bytes()).hexdigest()
    del head["sha256"]
    head["sha256"] = hashlib.sha256(json.dumps(head, sort_keys=True).encode()).hexdigest()
    (saved / "assessment.json").write_text(json.dumps(head))
    again = tassei.load(saved)
    assert set(again.levels()["level"]) == {6}
    found = again.verify(assessment.evidence)
    assert (found.same_evidence, found.same_results) == (True, False)
    assert not found


def test_every_parquet_file_says_what_it_rests_on(assessment, tmp_path):
    saved = assessment.save(tmp_path / "march")
    files = list(saved.rglob("*.parquet"))
    assert len(files) > 8
    for file in files:
        assert json.loads(pq.read_schema(file).metadata[b"tassei"]) == assessment.provenance
    said = assessment.provenance
    assert said["framework"] == ITSS and len(said["framework_fingerprint"]) == 64
    assert said["readings"]["overlap"] == "union" and said["as_of"] == DAY
    assert said["evidence_digest"] == assessment.evidence.digest
    assert said["tassei"] == tassei.__version__
    moment = dt.datetime.fromisoformat(said["assessed_at"])
    assert dt.timedelta(0) <= dt.datetime.now(dt.UTC) - moment < dt.timedelta(hours=1)


def test_a_set_time_makes_the_same_bytes(evidence, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    one, two = (tassei.assess(evidence, as_of=DAY, threads=n).save(tmp_path / str(n)) for n in (1, 2))
    assert "2023-11-14T22:13:20Z" in (one / "assessment.json").read_text()
    names = sorted(file.relative_to(one) for file in one.rglob("*") if file.is_file())
    assert all((one / name).read_bytes() == (two / name).read_bytes() for name in names)


def test_a_changed_or_missing_file_is_said(assessment, tmp_path):
    saved = assessment.save(tmp_path / "march")
    file = saved / "levels.parquet"
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(tassei.AssessError, match=r"levels\.parquet is not as it was saved"):
        tassei.load(saved)
    file.unlink()
    with pytest.raises(tassei.AssessError, match=r"levels\.parquet is missing"):
        tassei.load(saved)
    (saved / "assessment.json").write_text("{")
    with pytest.raises(tassei.AssessError, match="is not as it was saved"):
        tassei.load(saved)
    with pytest.raises(tassei.AssessError, match="holds no saved assessment"):
        tassei.load(tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        lambda head: head["provenance"]["readings"].update(overlap="sum"),
        lambda head: head["provenance"].update(assessed_at="1999-01-01T00:00:00Z"),
        lambda head: head["files"].pop("levels.parquet"),
        lambda head: head.pop("reports"),
        lambda head: head.pop("sha256"),
    ],
)
def test_a_changed_head_is_said(assessment, tmp_path, change):
    saved = assessment.save(tmp_path / "march")
    head = json.loads((saved / "assessment.json").read_text())
    change(head)
    (saved / "assessment.json").write_text(json.dumps(head))
    with pytest.raises(tassei.AssessError, match=r"assessment\.json is not as it was saved"):
        tassei.load(saved)


def test_a_framework_is_none_by_its_name(assessment, tmp_path):
    saved = assessment.save(tmp_path / "march", evidence=False)
    with pytest.raises(tassei.AssessError, match="expected a framework from load_framework, came str"):
        tassei.load(saved, framework=ITSS)


def test_a_later_format_is_said(assessment, tmp_path):
    saved = assessment.save(tmp_path / "march", evidence=False)
    head = json.loads((saved / "assessment.json").read_text())
    head["format"] = 2
    (saved / "assessment.json").write_text(json.dumps(head))
    with pytest.raises(tassei.AssessError, match="in format 2; this version of tassei reads 1"):
        tassei.load(saved)


def test_saving_again_replaces_what_was_saved_and_nothing_else(assessment, tmp_path):
    target = tmp_path / "march"
    target.mkdir()
    (target / "thesis.txt").write_text("mine")
    with pytest.raises(tassei.AssessError, match="is no saved assessment; it is left as it is"):
        assessment.save(target)
    assert [file.name for file in target.iterdir()] == ["thesis.txt"]
    shutil.rmtree(target)
    assessment.save(target)
    assessment.save(target, evidence=False)
    assert not (target / "evidence").exists()
    assert [file.name for file in tmp_path.iterdir()] == ["march"]


# --- other frameworks -----------------------------------------------------------------------------


@pytest.fixture
def changed(framework, tmp_path):
    text = framework.path.read_text(encoding="utf-8")
    path = tmp_path / "changed.yaml"
    path.write_text(text.replace("years: 3", "years: 4", 1), encoding="utf-8")
    return tassei.load_framework(path)


def test_loading_with_another_framework_says_what_differs(assessment, changed, tmp_path, framework):
    saved = assessment.save(tmp_path / "march")
    with pytest.raises(tassei.AssessError) as error:
        tassei.load(saved, framework=changed)
    for part in (framework.fingerprint[:12], changed.fingerprint[:12], "(3 → 4)", "sheets["):
        assert part in str(error.value)
    found = framework.differences(changed)
    assert found[["this", "other"]].to_numpy().tolist() == [["3", "4"]]
    assert found["where"].iloc[0].endswith("years")
    assert tassei.load(saved, framework=framework).framework is framework


def test_a_result_of_an_older_framework_is_seen_by_it_with_a_warning(sample, changed, tmp_path):
    a = tassei.assess(tassei.read_evidence(sample, changed), as_of=DAY)
    saved = a.save(tmp_path / "march")
    changed.path.unlink()  # the saved framework is all that is left
    with pytest.warns(UserWarning, match=r"that comes with this tassei is .*\(4 → 3\)"):
        again = tassei.load(saved)
    same(a, again, {"levels": {}, "criteria": {}, "gaps": {}})
    assert again.framework.fingerprint == changed.fingerprint


def test_differences_name_what_was_added_taken_away_and_reordered(framework):
    document = framework.document.model_copy(deep=True)
    document.title["en"] = "Another"
    del document.groups["professional_contribution"].label["ja"]
    words = document.vocabularies["position"].words
    for word in reversed([*words]):
        words[word] = words.pop(word)
    other = tassei.Framework(document, {}, framework.path)
    found = {where: said for where, *said in framework.differences(other).itertuples(index=False)}
    assert found["title.en"][1] == "Another"
    assert found["groups.professional_contribution.label.ja"][1] is None
    order = ["member; team_leader; manager", "manager; team_leader; member"]
    assert found["vocabularies.position.words"] == order
    assert len(found) == 3


# --- verification ---------------------------------------------------------------------------------


def test_the_same_evidence_confirms(assessment, sample, framework, tmp_path):
    for frames in (sample, {name: frame.iloc[::-1] for name, frame in sample.items()}):
        found = assessment.verify(frames)
        assert found and found.same_evidence and found.same_results
        assert len(found.differences) == 0
    assert "the same levels, sheets and scores" in repr(found)


def test_other_evidence_is_named_by_table_person_and_result(assessment, sample, tmp_path):
    frames = dict(sample)
    levels = assessment.levels()
    proven = (levels["specialty"] == "hardware") & (levels["basis"] == "evidenced")
    person = levels[proven]["person_id"].iloc[0]
    work = sample["engagements"]
    frames["engagements"] = work[work["person_id"] != person]
    loaded = tassei.load(assessment.save(tmp_path / "whole"))
    bare = tassei.load(assessment.save(tmp_path / "bare", evidence=False))
    for a in (assessment, loaded, bare):
        found = a.verify(frames)
        assert (found.same_evidence, found.same_results) == (False, False)
        rows = found.differences
        assert set(rows["person_id"].dropna()) == {person}
        assert set(rows["table"].dropna()) == {"engagements"}
        named = rows[(rows["what"] == "evidence") & rows["person_id"].notna()]
        assert len(named) == (0 if a is bare else 1)
        level = rows[(rows["what"] == "level") & (rows["specialty"] == "hardware")]
        now = found.again.levels().set_index(["person_id", "specialty"])["level"]
        before = levels.set_index(["person_id", "specialty"])["level"]
        assert level[["saved", "now"]].to_numpy().tolist() == [
            [str(before[person, "hardware"]), str(now[person, "hardware"])]
        ]
        assert "NOT the same" in repr(found) and "NOT the same" in found._repr_html_()


def test_people_who_came_and_went_are_named(framework):
    a = tassei.assess(tassei.read_evidence({"people": {"person_id": ["P1", "P2"]}}, framework), as_of=DAY)
    found = a.verify({"people": {"person_id": ["P2", "P3"]}})
    assert (found.same_evidence, found.same_results) == (False, False)
    rows = found.differences
    assert rows[rows["what"] == "person"][["person_id", "saved", "now"]].to_numpy().tolist() == [
        ["P1", "there", "missing"], ["P3", "missing", "there"],
    ]  # fmt: skip


def test_groups_and_tables_that_differ_are_named(framework):
    before = {"people": {"person_id": ["P1"], "site": ["A"]}}
    a = tassei.assess(tassei.read_evidence(before, framework), as_of=DAY)
    found = a.verify({"people": {"person_id": ["P1"], "site": ["B"]}, "certifications": {"person_id": []}})
    rows = found.differences
    assert rows[rows["what"] == "group"]["column"].tolist() == ["site"]
    told = rows[rows["what"] == "evidence"][["table", "saved"]].to_numpy().tolist()
    assert told == [["certifications", "not supplied"]]
    assert not found.same_groups and "columns to group by: NOT the same: site" in repr(found)


def test_columns_to_group_by_prove_nothing(framework):
    before = {"people": {"person_id": ["P1"], "site": ["A"]}}
    a = tassei.assess(tassei.read_evidence(before, framework), as_of=DAY)
    assert a.verify(before).same_groups and "group" not in repr(a.verify(before))
    moved = a.verify({"people": {"person_id": ["P1"], "site": ["B"]}})
    assert moved and moved.same_evidence and not moved.same_groups


def test_a_source_with_bad_cells_is_an_error_unless_collected(assessment, sample):
    frames = dict(sample)
    frames["certifications"] = pd.concat(
        [sample["certifications"], pd.DataFrame({"person_id": ["nobody"], "examination": ["AP"]})]
    )
    with pytest.raises(tassei.EvidenceError, match="is not among the people"):
        assessment.verify(frames)
    assert assessment.verify(frames, on_error="collect")


def test_pseudonyms_are_verified_by_the_same_key(assessment, tmp_path):
    hidden = assessment.pseudonymise("kept in a safe")
    assert hidden.evidence.digest != assessment.evidence.digest
    assert hidden.provenance["evidence_digest"] == hidden.evidence.digest
    again = tassei.load(hidden.save(tmp_path / "hidden"))
    said = b"".join(file.read_bytes() for file in Path(tmp_path / "hidden").rglob("*") if file.is_file())
    for person in assessment.evidence.people["person_id"][:5]:
        assert person.encode() not in said
    same(hidden, again, {"levels": {}, "criteria": {}})
    assert again.verify(assessment.pseudonymise("kept in a safe").evidence)


# --- other files ----------------------------------------------------------------------------------


def test_reports_and_workbooks_say_what_they_rest_on(assessment, tmp_path):
    said = assessment.provenance
    facts = [said["evidence_digest"], said["framework_fingerprint"], said["assessed_at"], tassei.__version__]
    for people in (None, list(assessment.evidence.people["person_id"][:1])):
        page = assessment.report(tmp_path / "report.html", people).read_text(encoding="utf-8")
        assert all(page.count(fact) >= 3 for fact in facts)  # in two languages, and for programs
    for lang, title in (("en", "Digest of the evidence"), ("ja", "実績のダイジェスト")):
        path = assessment.to_excel(tmp_path / "book.xlsx", lang=lang)
        overview = pd.read_excel(path, header=None, engine="calamine")
        row = overview[overview[0] == title]
        assert row[1].tolist() == [said["evidence_digest"]]


def test_files_of_batches_say_what_they_rest_on(assessment, framework, sample, tmp_path):
    ordered = {name: frame.sort_values("person_id") for name, frame in sample.items()}
    batches = tassei.assess_batches(ordered, framework, as_of=DAY, batch_people=50)
    batches.to_parquet(tmp_path / "levels.parquet", sheets=tmp_path / "sheets.parquet")
    for name in ("levels", "sheets"):
        said = json.loads(pq.read_metadata(tmp_path / f"{name}.parquet").metadata[b"tassei"])
        wanted = {**assessment.provenance, "assessed_at": said["assessed_at"]}
        assert said == wanted
