"""What Dask gives is what one assessment gives. Here, by threads; by processes in the next file."""

from __future__ import annotations

import runpy

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tassei
from random_people import AS_OF
from workforces import GUIDE, at_once, dask_frames, japanese, numbers_and_texts, refuses_wrong_arguments, same

dd = pytest.importorskip("dask.dataframe", reason="Dask is not installed: make test-distributed")


@pytest.fixture(scope="module")
def frames(tables):
    return dask_frames(tables)


@pytest.mark.parametrize("buckets", [1, 3, 150])
def test_threads_do_as_well_in_any_number_of_buckets(tables, framework, buckets):
    result = tassei.dask.assess(dask_frames(tables, 4), framework, AS_OF, what="sheets", buckets=buckets)
    assert result.npartitions == buckets
    same(result.compute(scheduler="threads"), at_once(tables, framework, "sheets"))


def test_threads_within_a_bucket_change_nothing(tables, framework):
    result = tassei.dask.assess(dask_frames(tables), framework, AS_OF, what="criteria", threads=3)
    same(result.compute(scheduler="threads"), at_once(tables, framework, "criteria"))


def test_there_are_as_many_buckets_as_partitions(tables, framework):
    frames = dask_frames(tables) | {"engagements": dask_frames(tables, 5)["engagements"]}
    result = tassei.dask.assess(frames, framework, AS_OF)
    assert result.npartitions == frames["engagements"].npartitions > 1
    found = result.compute(scheduler="threads")
    assert set(found["person_id"]) == set(tables["people"]["person_id"].to_pylist())


def test_rows_of_many_partitions_keep_their_numbers_apart(tables, framework):
    frames = dask_frames(tables, 3)
    result = tassei.dask.assess(frames, framework, AS_OF, what="ledger").compute(scheduler="threads")
    lengths = {name: frame.map_partitions(len).compute(scheduler="threads") for name, frame in frames.items()}
    numbers = {
        name: [part * 2**33 + row for part, length in enumerate(of_table) for row in range(length)]
        for name, of_table in lengths.items()
    }
    expected = at_once(tables, framework, "ledger")
    expected["row"] = [numbers[t][row] for t, row in zip(expected["table"], expected["row"], strict=True)]
    assert expected["row"].max() > 2**33
    same(result, expected)


@pytest.mark.parametrize("missing", [["people"], ["engagements"], ["people", "engagements", "contributions"]])
def test_a_table_that_is_left_out_is_unknown(frames, tables, framework, missing):
    rest = {n: t for n, t in tables.items() if n not in missing}
    some = {n: frames[n] for n in rest}
    result = tassei.dask.assess(some, framework, AS_OF, what="sheets", buckets=2)
    same(result.compute(scheduler="threads"), at_once(rest, framework, "sheets"))


def test_tables_of_nobody_give_nothing(framework):
    nobody = dask_frames({"people": pa.table({"person_id": pa.array([], pa.string())})})
    result = tassei.dask.assess(nobody, framework, AS_OF, buckets=2)
    assert result.compute(scheduler="threads").empty
    nothing = dask_frames({"engagements": pa.table({"remark": ["x"]})})
    found = tassei.dask.assess(nothing, framework, AS_OF, on_error="collect")
    assert found.compute(scheduler="threads").empty
    assert list(found.columns) == list(result.columns)


def test_persons_are_numbers_or_texts_with_space_around_them(framework):
    tables = numbers_and_texts()
    result = tassei.dask.assess(dask_frames(tables), framework, AS_OF, buckets=3).compute(scheduler="threads")
    same(result, at_once(tables, framework))
    assert sorted(set(result["person_id"])) == ["1", str(2**40), "2"]
    assert set(result[result["person_id"] != "1"]["level"]) == {3}


def test_a_mapping_says_what_columns_words_and_persons_are_called(framework):
    tables, names = japanese()
    names["values"]["people"] = {"person_id": {"三": "一"}}  # who so is there twice
    frames, options = dask_frames(tables), {"on_error": "collect", "buckets": 5, **names}
    result = tassei.dask.assess(frames, framework, AS_OF, what="sheets", **options)
    expected = at_once(tables, framework, "sheets", "collect", names)
    same(result.compute(scheduler="threads"), expected)
    assert set(expected["person_id"]) == {"一", "二"}
    issues = tassei.dask.assess(frames, framework, AS_OF, what="issues", **options)
    issues = issues.compute(scheduler="threads")
    same(issues, at_once(tables, framework, "issues", "collect", names))
    assert issues["problem"].tolist() == ["is there already, in row 0"]


def test_columns_of_pandas_own_types_are_read_as_pandas_has_them(framework):
    people = pd.DataFrame({"person_id": pd.Categorical(["P1", "P2", "P3"])})
    passed = pd.DataFrame({
        "person_id": ["P1", "P2", "P3"], "examination": pd.Categorical(["AP", "FE", None]),
        "date": pd.to_datetime(["2020-12-31 23:30", None, "2021-01-01 00:30"]),
    })  # fmt: skip
    tables = {"people": people, "certifications": passed}
    frames = {name: dd.from_pandas(frame, npartitions=2) for name, frame in tables.items()}
    result = tassei.dask.assess(frames, framework, AS_OF, what="sheets")
    same(result.compute(scheduler="threads"), at_once(tables, framework, "sheets"))


def test_partitions_of_which_pandas_guessed_different_types_are_one_column(framework):
    import dask

    parts = [
        pd.DataFrame({"person_id": ["P1", "P2"], "computer_rooms": [3, 4], "activities": [["a"], []]}),
        pd.DataFrame({"person_id": ["P1", "P2"], "computer_rooms": ["5", None], "activities": ["b", None]}),
        pd.DataFrame({"person_id": ["P3"], "computer_rooms": [None], "activities": [None]}),
    ]
    parts = [part.astype({"computer_rooms": object, "activities": object}) for part in parts]
    with dask.config.set({"dataframe.convert-string": False}):
        frame = dd.from_delayed([dask.delayed(part) for part in parts], meta=parts[2], verify_meta=False)
        result = tassei.dask.assess({"engagements": frame}, framework, AS_OF, what="issues", buckets=1)
        issues = result.compute(scheduler="threads")
    expected = at_once({"engagements": pd.concat(parts, ignore_index=True)}, framework, "issues", "collect")
    assert len(expected) == 2
    same(issues.drop(columns="row"), expected.drop(columns="row"))


@pytest.mark.filterwarnings("ignore:The inplace keyword in DataFrame.reset_index:DeprecationWarning")
def test_the_example_of_the_guide(tables, framework, tmp_path, monkeypatch):
    for name, table in tables.items():
        (tmp_path / "evidence" / name).mkdir(parents=True)
        pq.write_table(table, tmp_path / "evidence" / name / "part.parquet", row_group_size=50)
    monkeypatch.chdir(tmp_path)
    runpy.run_path(GUIDE / "large_dask.py")
    two = {name: tables[name] for name in ["people", "engagements"]}
    same(pd.read_parquet("levels"), at_once(two, framework, as_of="2026-06-30"))


# --- bad cells ------------------------------------------------------------------------------------


def test_a_misspelt_column_is_told_at_once(frames, framework):
    engagements = frames["engagements"].rename(columns={"position": "positon"})
    with pytest.raises(tassei.EvidenceError, match="'positon' is an unknown column"):
        tassei.dask.assess({"engagements": engagements}, framework, AS_OF)
    issues = tassei.dask.assess({"engagements": engagements}, framework, AS_OF, what="issues")
    assert issues.compute(scheduler="threads")["column"].tolist() == ["positon"]
    result = tassei.dask.assess({"engagements": engagements}, framework, AS_OF, on_error="collect")
    renamed = {"engagements": engagements.compute(scheduler="threads")}
    same(result.compute(scheduler="threads"), at_once(renamed, framework, "levels", "collect"))


def test_wrong_arguments_are_told_before_anything_runs(frames, tables, framework):
    refuses_wrong_arguments(tassei.dask.assess, "Dask", frames, tables, framework)
    halves = dask_frames({"people": pa.table({"person_id": [1.5]})})
    with pytest.raises(tassei.EvidenceError, match="person_id is of type double"):
        tassei.dask.assess(halves, framework)


# --- when, where and by whom it is computed -----------------------------------------------------------


def test_nothing_is_computed_before_it_is_asked_for(framework):
    read = []

    def part(number):
        read.append(number)
        return pd.DataFrame({"person_id": [f"P{number}"], "examination": ["AP"]})

    passed = dd.from_map(part, [1, 2], meta=pd.DataFrame({"person_id": ["P"], "examination": ["AP"]}))
    result = tassei.dask.assess({"certifications": passed}, framework, AS_OF)
    assert read == []
    levels = result.compute(scheduler="threads")
    assert sorted(read) == [1, 2]
    assert set(levels["level"]) == {3}


def test_a_named_index_is_a_column(tables, framework):
    frames = dask_frames(tables)
    frames["engagements"] = frames["engagements"].set_index("engagement_id")
    result = tassei.dask.assess(frames, framework, AS_OF).compute(scheduler="threads")
    same(result, at_once(tables, framework, "levels"))


def test_frames_stay_as_they_are(tables, framework):
    frames = {n: t.to_pandas(types_mapper=pd.ArrowDtype) for n, t in tables.items()}
    before = {name: frame.copy(deep=True) for name, frame in frames.items()}
    lazy = {name: dd.from_pandas(frame, npartitions=2, sort=False) for name, frame in frames.items()}
    tassei.dask.assess(lazy, framework, AS_OF).compute(scheduler="threads")
    for name, frame in frames.items():
        pd.testing.assert_frame_equal(frame, before[name])
