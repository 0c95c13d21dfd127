"""What Spark gives is what one assessment gives. A real Spark with Python workers of its own."""

from __future__ import annotations

import os
import runpy
import shutil
import sys

import pandas as pd
import pyarrow as pa
import pytest
import tassei
from random_people import AS_OF, spoilt
from workforces import (
    GUIDE,
    READINGS,
    TABLES,
    Dies,
    at_once,
    japanese,
    numbers_and_texts,
    refuses_wrong_arguments,
    same,
    same_in_files,
)

pytest.importorskip("pyspark", reason="PySpark is not installed: make test-distributed")
pytestmark = [
    pytest.mark.skipif(
        shutil.which("java") is None and not os.environ.get("JAVA_HOME"), reason="Spark needs Java"
    ),
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
]


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    folder = tmp_path_factory.mktemp("spark")
    builder = SparkSession.builder.master("local[2, 2]").config("spark.ui.enabled", "false")  # 2 attempts
    builder = builder.config("spark.sql.shuffle.partitions", "4").config("spark.driver.memory", "2g")
    builder = builder.config("spark.sql.warehouse.dir", str(folder / "warehouse"))
    builder = builder.config("spark.local.dir", str(folder / "local")).config(
        "spark.ui.showConsoleProgress", "false"
    )
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


def given(spark, tables):
    # in one partition a row's number is its position
    return {name: spark.createDataFrame(table).coalesce(1) for name, table in tables.items()}


def found(frame):
    return frame.toArrow().to_pandas()


@pytest.fixture(scope="module")
def frames(spark, tables):
    return given(spark, tables)


@pytest.mark.parametrize("what", TABLES)
def test_spark_gives_what_one_assessment_gives(frames, tables, framework, what):
    result = tassei.spark.assess(frames, framework, AS_OF, READINGS, "supervisor", what=what, buckets=3)
    expected = at_once(tables, framework, what, readings=READINGS, min_verification="supervisor")
    assert len(expected) >= 60
    same(found(result), expected)


def test_buckets_may_be_one_or_more_than_there_are_people(frames, tables, framework):
    expected = at_once(tables, framework)
    for buckets in (1, 70):
        result = tassei.spark.assess(frames, framework, AS_OF, buckets=buckets)
        assert result.rdd.getNumPartitions() == buckets
        same(found(result), expected)
    assert tassei.spark.assess(frames, framework, AS_OF).rdd.getNumPartitions() == 4


def test_a_bucket_is_whole_even_when_arrow_comes_in_pieces(spark, frames, tables, framework):
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "3")
    try:
        result = found(tassei.spark.assess(frames, framework, AS_OF, what="ledger", buckets=2))
    finally:
        spark.conf.unset("spark.sql.execution.arrow.maxRecordsPerBatch")
    same(result, at_once(tables, framework, "ledger"))


def test_rows_of_many_partitions_keep_their_numbers_apart(spark, tables, framework):
    from pyspark.sql import functions as f

    frames = {name: spark.createDataFrame(table).repartition(3) for name, table in tables.items()}
    for frame in frames.values():
        frame.cache()
    result = found(tassei.spark.assess(frames, framework, AS_OF, what="ledger", buckets=2))
    numbers = {
        name: frame.select(f.monotonically_increasing_id().alias("row")).toArrow()["row"].to_pylist()
        for name, frame in frames.items()
    }
    expected = at_once({n: frame.toArrow() for n, frame in frames.items()}, framework, "ledger")
    expected["row"] = [numbers[t][row] for t, row in zip(expected["table"], expected["row"], strict=True)]
    same(result, expected)


@pytest.mark.parametrize("missing", [["people"], ["engagements"], ["people", "engagements", "contributions"]])
def test_a_table_that_is_left_out_is_unknown(frames, tables, framework, missing):
    result = tassei.spark.assess(
        {n: t for n, t in frames.items() if n not in missing}, framework, AS_OF, what="sheets"
    )
    rest = {n: t for n, t in tables.items() if n not in missing}
    same(found(result), at_once(rest, framework, "sheets"))


def test_tables_of_nobody_give_nothing(spark, framework):
    nobody = {"people": spark.createDataFrame([], "person_id string")}
    assert found(tassei.spark.assess(nobody, framework, AS_OF, buckets=2)).empty
    nothing = spark.createDataFrame(pa.table({"remark": ["x"]}))
    result = tassei.spark.assess({"engagements": nothing}, framework, AS_OF, on_error="collect")
    assert found(result).empty
    assert result.columns == tassei.spark.assess(nobody, framework, AS_OF).columns


def test_persons_are_numbers_or_texts_with_space_around_them(spark, framework):
    tables = numbers_and_texts()
    result = found(tassei.spark.assess(given(spark, tables), framework, AS_OF, buckets=3))
    same(result, at_once(tables, framework))
    assert sorted(set(result["person_id"])) == ["1", str(2**40), "2"]
    assert set(result[result["person_id"] != "1"]["level"]) == {3}


def test_a_mapping_says_what_columns_and_words_are_called(spark, framework):
    tables, names = japanese()
    result = found(tassei.spark.assess(given(spark, tables), framework, AS_OF, what="sheets", **names))
    same(result, at_once(tables, framework, "sheets", names=names))
    assert set(result["person_id"]) == {"一", "二", "三"}


def test_days_are_those_of_the_session_and_columns_of_every_type_may_stand_by(spark, framework):
    tables = {
        "certifications": pa.table({
            "person_id": ["P1", "P2"], "examination": ["AP", "AP"],
            "date": pd.to_datetime(["2020-12-31 23:30", "2021-01-01 00:30"]),
        }),
    }  # fmt: skip
    frame = spark.createDataFrame(tables["certifications"].to_pandas())
    frame = frame.selectExpr("*", "map(1, 2) AS note", "INTERVAL '1' DAY AS `left.over`")
    result = found(tassei.spark.assess({"certifications": frame}, framework, AS_OF))
    same(result, at_once(tables, framework))
    assert set(result["level"][result["person_id"] == "P1"]) == {3}
    assert set(result["level"][result["person_id"] == "P2"]) == {0}


def test_the_example_of_the_guide(spark, frames, tables, framework):
    for name, frame in frames.items():
        frame.createOrReplaceTempView(name)
    runpy.run_path(GUIDE / "large_spark.py")
    three = {name: tables[name] for name in ["people", "engagements", "certifications"]}
    same(found(spark.table("levels")), at_once(three, framework, as_of="2026-06-30"))


# --- bad cells ------------------------------------------------------------------------------------


def test_bad_cells_are_those_of_one_assessment(spark, tables, framework):
    bad = spoilt(tables)
    frames = given(spark, bad)
    issues = found(tassei.spark.assess(frames, framework, AS_OF, what="issues", buckets=3))
    assert len(issues) >= 9
    same(issues, at_once(bad, framework, "issues", "collect"))
    levels = tassei.spark.assess(frames, framework, AS_OF, on_error="collect", buckets=3)
    same(found(levels), at_once(bad, framework, "levels", "collect"))


def test_a_bad_cell_is_an_error_with_its_row(spark, tables, framework):
    from pyspark.errors import PySparkException

    result = tassei.spark.assess(given(spark, spoilt(tables)), framework, AS_OF, buckets=1)
    with pytest.raises(PySparkException, match=r"'maneger' is an unknown word \(rows 3, 17, 40\)"):
        result.collect()


def test_a_misspelt_column_is_told_at_once(spark, frames, tables, framework):
    engagements = frames["engagements"].withColumnRenamed("position", "positon")
    with pytest.raises(tassei.EvidenceError, match="'positon' is an unknown column"):
        tassei.spark.assess({"engagements": engagements}, framework, AS_OF)
    issues = found(tassei.spark.assess({"engagements": engagements}, framework, AS_OF, what="issues"))
    assert issues["column"].tolist() == ["positon"]
    result = tassei.spark.assess({"engagements": engagements}, framework, AS_OF, on_error="collect")
    renamed = {"engagements": engagements.toArrow()}
    same(found(result), at_once(renamed, framework, "levels", "collect"))


def test_wrong_arguments_are_told_before_anything_runs(frames, tables, framework):
    refuses_wrong_arguments(tassei.spark.assess, "Spark", frames, tables, framework)
    halves = frames["people"].selectExpr("CAST(1.5 AS double) AS person_id")
    with pytest.raises(tassei.EvidenceError, match="person_id is of type double"):
        tassei.spark.assess({"people": halves}, framework)
    with pytest.raises(tassei.EvidenceError, match="persons cannot be mapped here"):
        tassei.spark.assess(frames, framework, values={"people": {"person_id": {"p0001": "P1"}}})


# --- when, where and by whom it is computed -----------------------------------------------------------


def test_nothing_is_computed_before_it_is_asked_for(spark, frames, framework):
    context = spark.sparkContext
    context.setJobGroup("lazy", "of one test")
    before = {name: frame.toArrow() for name, frame in frames.items()}
    jobs = len(context.statusTracker().getJobIdsForGroup("lazy"))
    result = tassei.spark.assess(frames, framework, AS_OF)
    assert len(context.statusTracker().getJobIdsForGroup("lazy")) == jobs
    assert result.count() == 60 * 3
    assert len(context.statusTracker().getJobIdsForGroup("lazy")) > jobs
    assert {name: frame.toArrow() for name, frame in frames.items()} == before


def test_a_worker_compiles_a_framework_once(spark, frames, framework):
    def compiled(batches):
        from tassei.framework import _revive

        for _ in batches:
            info = _revive.cache_info()
            yield pa.RecordBatch.from_pydict({"misses": [info.misses], "hits": [info.hits]})

    tassei.spark.assess(frames, framework, AS_OF, buckets=8, threads=2).count()
    rows = spark.range(0, 2, 1, 2).mapInArrow(compiled, "misses bigint, hits bigint").collect()
    assert {row.misses for row in rows} <= {0, 1}
    assert sum(row.hits for row in rows) > 0


def test_a_worker_that_dies_changes_nothing(frames, tables, framework, tmp_path):
    marker = tmp_path / "died"
    dies = Dies("supervisor", marker)
    result = tassei.spark.assess(frames, framework, AS_OF, None, dies, what="sheets", buckets=3)
    same(found(result), at_once(tables, framework, "sheets", min_verification="supervisor"))
    assert marker.exists()


def test_workers_that_die_again_and_again_are_an_error(frames, framework, tmp_path):
    from py4j.protocol import Py4JJavaError

    dies = Dies("supervisor", tmp_path / "died", always=True)
    result = tassei.spark.assess(frames, framework, AS_OF, None, dies)
    with pytest.raises(Py4JJavaError, match="Python worker exited unexpectedly"):
        result.collect()


@pytest.mark.parametrize("what", ["levels", "sheets"])
def test_200_000_people_of_whom_one_has_200_000_rows(what, spark, many, framework, tmp_path):
    frames = {name: spark.read.parquet(path) for name, path in many.items()}
    result = tassei.spark.assess(frames, framework, AS_OF, what=what, buckets=24)
    result.write.parquet(str(tmp_path / what))
    same_in_files(tmp_path / what, what, many, framework)
