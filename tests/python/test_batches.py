"""Evidence assessed batch by batch gives what assessing it at once gives, in little memory."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.feather
import pyarrow.parquet as pq
import pytest
import tassei
from random_people import AS_OF, Recipe, random_people, spoilt, to_frames
from tassei import digest

GUIDE = Path(__file__).resolve().parents[2] / "docs/guide"
TABLES = ["levels", "sheets", "criteria", "ledger", "gaps", "additions"]


def in_order(tables):
    return {name: table.sort_by("person_id") for name, table in tables.items()}


@pytest.fixture(scope="module")
def tables():
    return in_order(to_frames(random_people(Recipe(seed=11, people=60, blanks=0.1)), "pyarrow"))


def as_streams(tables, rows=7):
    return {
        name: pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=rows))
        for name, table in tables.items()
    }


def at_once(tables, framework, name, on_error="raise", **options):
    evidence = tassei.read_evidence(tables, framework, on_error)
    return tassei.assess(evidence, framework, as_of=AS_OF, **options).to_arrow(name).to_pandas()


def joined(batches, name):
    return pd.concat([a.to_arrow(name).to_pandas() for a in batches], ignore_index=True)


def same(found, expected):
    texts = {c: "object" for c in expected if isinstance(expected[c].dtype, pd.CategoricalDtype)}
    pd.testing.assert_frame_equal(found.astype(texts), expected.astype(texts))


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_batches_give_what_one_assessment_gives(tables, framework, size, name):
    batches = tassei.assess_batches(
        as_streams(tables), framework, AS_OF, {"overlap": "sum"}, "supervisor", batch_people=size
    )
    expected = at_once(
        tables, framework, name, readings={"overlap": "sum"}, min_verification="supervisor"
    )
    same(joined(batches, name), expected)


def test_batches_are_as_large_as_asked_for(tables, framework):
    batches = tassei.assess_batches(as_streams(tables), framework, AS_OF, batch_people=7)
    assert [len(a) for a in batches] == [7] * 8 + [4]


@pytest.mark.parametrize("missing", ["people", "engagements", "certifications"])
def test_a_table_that_is_left_out_is_unknown_in_every_batch(tables, framework, missing):
    given = {name: table for name, table in tables.items() if name != missing}
    found = joined(tassei.assess_batches(given, framework, AS_OF, batch_people=2), "sheets")
    expected = at_once(given, framework, "sheets")
    if missing == "people":  # whoever comes first is then first
        order = ["person_id", "specialty", "level"]
        expected = expected.sort_values(order, ignore_index=True)
        found = found.sort_values(order, ignore_index=True)
    same(found, expected)


@pytest.mark.parametrize("empty", [{}, pa.table({"person_id": pa.array([], pa.string())}), pa.table({})])
def test_a_table_without_rows_is_known_to_be_empty_in_every_batch(tables, framework, empty):
    given = {**tables, "certifications": empty}
    same(
        joined(tassei.assess_batches(given, framework, AS_OF, batch_people=3), "sheets"),
        at_once(given, framework, "sheets"),
    )


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_bad_rows_are_told_by_their_rows_of_the_whole_table(tables, framework, size):
    bad = spoilt(tables)
    evidence = tassei.read_evidence(bad, framework, "collect")
    batches = tassei.assess_batches(as_streams(bad), framework, AS_OF, on_error="collect", batch_people=size)
    same(joined(batches, "levels"), at_once(bad, framework, "levels", "collect"))
    order = ["table", "row", "column"]
    expected = evidence.to_arrow("issues").to_pandas().sort_values(order, ignore_index=True)
    assert len(expected) >= 9
    pd.testing.assert_frame_equal(
        batches.issues.to_pandas().sort_values(order, ignore_index=True), expected
    )


def test_rejected_rows_stand_in_the_batch_of_their_person(tables, framework):
    batches = tassei.assess_batches(spoilt(tables), framework, AS_OF, on_error="collect", batch_people=7)
    found = [a.evidence.rejected["engagements"] for a in batches if "engagements" in a.evidence.rejected]
    assert [row for part in found for row in part["row"].to_pylist()] == [3, 17, 20, 25, 40]


def test_the_first_bad_batch_is_an_error_with_the_rows_of_the_whole_table(tables, framework):
    bad = {**tables, "engagements": spoilt(tables)["engagements"]}
    with pytest.raises(tassei.EvidenceError, match=r"'maneger' is an unknown word \(row 3\)"):
        list(tassei.assess_batches(bad, framework, AS_OF, batch_people=2))


def test_issues_of_whole_columns_are_told_once_and_first(tables, framework):
    given = tables["engagements"].rename_columns(
        ["positon" if name == "position" else name for name in tables["engagements"].column_names]
    )
    with pytest.raises(tassei.EvidenceError, match="'positon' is an unknown column"):
        tassei.assess_batches({"engagements": given}, framework, AS_OF)
    batches = tassei.assess_batches(
        {"engagements": given}, framework, AS_OF, on_error="collect", batch_people=7
    )
    assert batches.issues.to_pydict()["column"] == ["positon"]
    same(joined(batches, "levels"), at_once({"engagements": given}, framework, "levels", "collect"))
    assert batches.issues.to_pydict()["column"] == ["positon"]


# --- order ----------------------------------------------------------------------------------------


def test_a_table_in_another_order_is_an_error_with_row_and_person(framework):
    people = {"person_id": ["P1", "P2", "P3"]}
    passed = {"person_id": ["P1", "P3", "P2"], "examination": ["AP", "AP", "AP"]}
    batches = tassei.assess_batches({"people": people, "certifications": passed}, framework, AS_OF)
    with pytest.raises(tassei.EvidenceError) as error:
        list(batches)
    assert "certifications, row 2: the person 'P2' comes after 'P3'" in str(error.value)
    assert "ORDER BY person_id" in str(error.value)


@pytest.mark.parametrize("rows", [1, 2, 10])
def test_a_person_who_comes_again_is_an_error(framework, rows):
    passed = pa.table({"person_id": ["P1", "P2", "P1"], "examination": ["AP", "AP", "AP"]})
    batches = tassei.assess_batches(
        as_streams({"certifications": passed}, rows), framework, AS_OF, batch_people=1
    )
    with pytest.raises(tassei.EvidenceError, match="certifications, row 2: the person 'P1' comes after 'P2'"):
        list(batches)


def test_texts_are_in_the_order_of_their_bytes_and_numbers_as_numbers(framework):
    def assessed(ids):
        passed = pa.table({"person_id": ids, "examination": ["AP"] * len(ids)})
        batches = tassei.assess_batches({"certifications": passed}, framework, AS_OF, batch_people=1)
        return [a.to_arrow("levels")["person_id"][0].as_py() for a in batches]

    assert assessed(["10", " 9", "Ä", "青"]) == ["10", "9", "Ä", "青"]
    assert assessed([9, 10, 2**40]) == ["9", "10", str(2**40)]
    assert assessed(pa.array([9, 2**64 - 1], pa.uint64())) == ["9", str(2**64 - 1)]
    with pytest.raises(tassei.EvidenceError, match="'10' comes after '9'"):
        assessed(["9", "10"])


def test_ids_are_of_one_type_in_all_tables(framework):
    given = {"people": {"person_id": [1, 2]}, "certifications": {"person_id": ["1"], "examination": ["AP"]}}
    with pytest.raises(tassei.EvidenceError, match="whole numbers in people but texts in certifications"):
        tassei.assess_batches(given, framework, AS_OF)
    with pytest.raises(tassei.EvidenceError, match="person_id is of type double"):
        tassei.assess_batches({"people": {"person_id": [1.5, 2.0]}}, framework, AS_OF)


def test_a_mapping_says_what_columns_and_persons_are_called(framework):
    given = {"certifications": {"社員番号": ["x1", "x2"], "資格": ["応用", "応用"]}}
    batches = tassei.assess_batches(
        given, framework, AS_OF, batch_people=1,
        columns={"certifications": {"資格": "examination"}},
        values={"certifications": {"examination": {"応用": "AP"}, "person_id": {"x1": "P1", "x2": "P2"}}},
    )  # fmt: skip
    found = joined(batches, "levels")
    assert found["person_id"].unique().tolist() == ["P1", "P2"]
    assert (found["level"] == 3).all()


# --- sources and results ----------------------------------------------------------------------------


@pytest.fixture
def folder(tables, tmp_path):
    """One table a file, one in a folder of files, one in an Arrow file."""
    path = tmp_path / "evidence"
    (path / "engagements").mkdir(parents=True)
    half = tables["engagements"].num_rows // 2
    pq.write_table(tables["engagements"][:half], path / "engagements" / "part-2.parquet", row_group_size=9)
    pq.write_table(tables["engagements"][half:], path / "engagements" / "part-10.parquet")
    pq.write_table(tables["people"], path / "people.parquet")
    pa.feather.write_feather(tables["contributions"], path / "contributions.arrow", chunksize=11)
    with pa.ipc.new_stream(str(path / "certifications.arrow"), tables["certifications"].schema) as writer:
        writer.write_table(tables["certifications"], max_chunksize=2)
    return path


def test_a_folder_is_read_piece_by_piece(folder, framework):
    batches = tassei.assess_batches(folder, framework, AS_OF, batch_people=7)
    expected = at_once(folder, framework, "ledger")
    same(joined(batches, "ledger"), expected)
    same(joined(batches, "ledger"), expected)  # files can be read again
    given = {"people": folder / "people.parquet", "engagements": folder / "engagements"}
    same(
        joined(tassei.assess_batches(given, framework, AS_OF, batch_people=7), "levels"),
        at_once(given, framework, "levels"),
    )


def test_streams_are_read_once(tables, framework):
    batches = tassei.assess_batches(as_streams(tables), framework, AS_OF)
    list(batches)
    with pytest.raises(tassei.AssessError, match="the streams have been read"):
        list(batches)


def test_results_are_streams_too(folder, tables, framework):
    duckdb = pytest.importorskip("duckdb")
    batches = tassei.assess_batches(folder, framework, AS_OF, batch_people=7)
    with duckdb.connect() as connection:
        connection.register("found", batches.levels())
        counted = connection.sql("SELECT count(*), sum(level) FROM found").fetchall()[0]
    expected = at_once(folder, framework, "levels")
    assert counted == (len(expected), expected["level"].sum())
    only = batches.to_reader("criteria", specialty="hardware", level=3).read_all().to_pandas()
    every = at_once(folder, framework, "criteria")
    same(only, every[(every["specialty"] == "hardware") & (every["level"] == 3)].reset_index(drop=True))


def test_nobody_gives_tables_without_rows(framework, tmp_path):
    batches = tassei.assess_batches({"people": {"person_id": []}}, framework, AS_OF)
    assert list(batches) == []
    for name in TABLES:
        assert batches.to_reader(name).read_all().num_rows == 0
    assert batches.to_parquet(tmp_path / "levels.parquet") == 0
    assert pq.read_table(tmp_path / "levels.parquet").column_names[0] == "person_id"


def test_files_are_written_as_batches_come(folder, framework, tmp_path):
    paths = {name: tmp_path / f"{name}.parquet" for name in TABLES}
    batches = tassei.assess_batches(folder, framework, AS_OF, batch_people=7)
    assert batches.to_parquet(**paths) == 60
    for name, path in paths.items():
        same(pq.read_table(path).to_pandas(), at_once(folder, framework, name))


def test_the_guide_says_how_tables_are_put_in_order(framework, tmp_path, monkeypatch):
    duckdb = pytest.importorskip("duckdb")
    tables = to_frames(random_people(Recipe(seed=12, people=30)), "pyarrow")
    (tmp_path / "export" / "engagements").mkdir(parents=True)
    (tmp_path / "evidence").mkdir()
    half = tables["engagements"].num_rows // 2
    pq.write_table(tables["engagements"][:half], tmp_path / "export" / "engagements" / "b.parquet")
    pq.write_table(tables["engagements"][half:], tmp_path / "export" / "engagements" / "a.parquet")
    monkeypatch.chdir(tmp_path)
    duckdb.sql((GUIDE / "large_grouped.sql").read_text())
    found = joined(tassei.assess_batches("evidence", framework, AS_OF, batch_people=4), "levels")
    expected = at_once({"engagements": tables["engagements"].sort_by("person_id")}, framework, "levels")
    same(found, expected)


def test_an_error_half_way_leaves_what_was_there(tables, framework, tmp_path):
    levels = tmp_path / "levels.parquet"
    levels.write_bytes(b"of last month")
    bad = spoilt(tables)
    batches = tassei.assess_batches(bad, framework, AS_OF, batch_people=1)
    with pytest.raises(tassei.EvidenceError):
        batches.to_parquet(levels, sheets=tmp_path / "sheets.parquet")
    assert levels.read_bytes() == b"of last month"
    assert [path.name for path in tmp_path.iterdir()] == ["levels.parquet"]


def test_wrong_arguments_are_told_before_anything_is_read(tables, framework, tmp_path):
    def batches(source=None, **options):
        return tassei.assess_batches(source or tables, framework, **options)

    with pytest.raises(tassei.AssessError, match="batch_people is a whole number from 1 on, came 0"):
        batches(batch_people=0)
    with pytest.raises(tassei.AssessError, match=r"there is no reading 'overlp'; .*did you mean 'overlap'"):
        batches(readings={"overlp": "sum"})
    with pytest.raises(tassei.AssessError, match="as_of 'soon'"):
        batches(as_of="soon")
    with pytest.raises(tassei.EvidenceError, match="on_error is 'raise' or 'collect', came 'ignore'"):
        batches(on_error="ignore")
    with pytest.raises(tassei.AssessError, match="min_verification is one of"):
        batches(min_verification="hearsay")
    with pytest.raises(tassei.AssessError, match="'distribution' is no table that can be had part by part"):
        batches().to_reader("distribution")
    with pytest.raises(tassei.AssessError, match="there is no option of criteria 'person_id'"):
        batches().to_reader("criteria", person_id="p0001")
    with pytest.raises(tassei.AssessError, match="nothing to write"):
        batches().to_parquet()
    with pytest.raises(tassei.AssessError, match="a file of its own"):
        batches().to_parquet(tmp_path / "a.parquet", sheets=tmp_path / "a.parquet")
    (tmp_path / "people.csv").write_text("person_id\nP1\n")
    with pytest.raises(tassei.EvidenceError, match="read whole, by read_evidence"):
        batches({"people": tmp_path / "people.csv"})
    with pytest.raises(tassei.EvidenceError, match="holds no Parquet or Arrow table"):
        batches(tmp_path)
    with pytest.raises(tassei.EvidenceError, match="there is no file or folder"):
        batches({"people": tmp_path / "people.parquet"})


def test_a_broken_file_is_an_evidence_error(tmp_path, framework):
    path = tmp_path / "people.parquet"
    path.write_bytes(b"PAR1 no more")
    with pytest.raises(tassei.EvidenceError, match="is not a Parquet file, or was cut off"):
        tassei.assess_batches({"people": path}, framework, AS_OF)
    path = tmp_path / "people.arrow"
    path.write_bytes(b"nothing of Arrow's")
    with pytest.raises(tassei.EvidenceError, match="cannot be read"):
        tassei.assess_batches({"people": path}, framework, AS_OF)


# --- memory -----------------------------------------------------------------------------------------

PEAK = textwrap.dedent(
    """
    import resource, sys
    import tassei

    source, out, batch = sys.argv[1], sys.argv[2], int(sys.argv[3])
    framework = tassei.load_framework("itss-v3-2011-customer-service")
    batches = tassei.assess_batches(source, framework, "2026-06-30", batch_people=batch, threads=1)
    people = batches.to_parquet(out)
    print(people, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    """
)


def written(folder, tables, times):
    """The same people again and again, under rising ids."""
    folder.mkdir()
    for name, table in tables.items():
        with pq.ParquetWriter(folder / f"{name}.parquet", table.schema) as writer:
            for i in range(times):
                ids = pa.array([f"{i:05d}-{person}" for person in table["person_id"].to_pylist()])
                writer.write_table(table.set_column(0, "person_id", ids.cast(pa.large_string())))


@pytest.mark.skipif(sys.platform == "win32", reason="the peak is measured differently there")
def test_ten_times_the_people_take_no_more_memory(framework, tmp_path):
    sample = tassei.synthesize(people=2000, seed=1)
    tables = in_order({n: pa.Table.from_pandas(f, preserve_index=False) for n, f in sample.items()})
    peaks = {}
    for times in (4, 40):
        written(tmp_path / f"x{times}", tables, times)
        command = [sys.executable, "-c", PEAK, tmp_path / f"x{times}", tmp_path / "levels.parquet", "2000"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        people, peaks[times] = map(int, done.stdout.split())
        assert people == 2000 * times
    assert peaks[40] < peaks[4] * 1.35, peaks


@pytest.mark.parametrize("sorted_at_once", [3, 1 << 21])
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_files_of_batches_carry_the_digest_of_all(
    tables, framework, tmp_path, monkeypatch, size, sorted_at_once
):
    monkeypatch.setattr(digest, "_AT_ONCE", sorted_at_once)
    batches = tassei.assess_batches(tables, framework, AS_OF, batch_people=size)
    folder = tmp_path / "not" / "there yet"
    batches.to_parquet(folder / "levels.parquet", sheets=folder / "sheets.parquet")
    evidence = tassei.read_evidence(tables, framework)
    for name in ("levels", "sheets"):
        said = json.loads(pq.read_metadata(folder / f"{name}.parquet").metadata[b"tassei"])
        assert said["evidence_digest"] == evidence.digest
    assert len(list(folder.iterdir())) == 2


def test_the_digest_of_batches_can_be_left_out(tables, framework, tmp_path):
    tassei.assess_batches(tables, framework, AS_OF).to_parquet(tmp_path / "levels.parquet", digest=False)
    said = json.loads(pq.read_metadata(tmp_path / "levels.parquet").metadata[b"tassei"])
    assert said["evidence_digest"] is None
    assert said["people"] == tables["people"].num_rows


def test_tables_without_rows_are_in_the_digest_of_batches(framework, tmp_path):
    tables = {"certifications": {"person_id": [], "examination": []}}
    assert tassei.assess_batches(tables, framework, AS_OF).to_parquet(tmp_path / "levels.parquet") == 0
    said = json.loads(pq.read_metadata(tmp_path / "levels.parquet").metadata[b"tassei"])
    assert said["evidence_digest"] == tassei.read_evidence(tables, framework).digest
    others = tassei.read_evidence({"contributions": {"person_id": []}}, framework)
    assert said["evidence_digest"] != others.digest


def test_batches_say_what_they_are_of(tables, framework):
    batches = tassei.assess_batches(tables, framework, AS_OF, batch_people=2000)
    assert repr(batches).startswith("Batches(of 2,000 people, from ")
    assert all(name in repr(batches) for name in tables)


def test_one_file_and_a_dataset_are_sources_too(tables, framework, tmp_path):
    path = tmp_path / "engagements.parquet"
    pq.write_table(tables["engagements"], path)
    alone = {"engagements": tables["engagements"]}
    expected = at_once(alone, framework, "levels")
    for source in (path, {"engagements": ds.dataset(path)}):
        same(joined(tassei.assess_batches(source, framework, AS_OF), "levels"), expected)
    with pytest.raises(tassei.EvidenceError, match="or a mapping of table name to file or stream, came int"):
        tassei.assess_batches(7, framework, AS_OF)
