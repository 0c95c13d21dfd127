"""The workforce in Spark: assessed where it lies, in buckets of persons.

Spark is no part of tassei; it is there with ``pip install 'tassei[spark]'``.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .error import AssessError
from .part import ISSUES, Job, check_buckets, job_of_engine
from .raw import Raw, plain

__all__ = ["assess"]

# more than what is trimmed from ids: that only puts some more persons into one bucket
_SPACES = r"[\s\p{Z}\p{C}]+"
_ROWS = 1 << 16


def assess(
    tables: Mapping[str, Any],
    framework: Any,
    as_of: dt.date | str | None = None,
    readings: Mapping[str, Any] | None = None,
    min_verification: str | None = None,
    *,
    what: str = "levels",
    buckets: int | None = None,
    threads: int = 1,
    on_error: str = "raise",
    columns: Mapping[str, Mapping[str, str | None]] | None = None,
    values: Mapping[str, Mapping[str, Mapping[str, Any]]] | None = None,
    mapping: str | os.PathLike[str] | Mapping[str, Any] | None = None,
    **options: Any,
) -> Any:
    """Assesses Spark data frames, and gives what :class:`tassei.Assessment` gives as a Spark data frame.

    All tables are brought together once, in buckets of persons, and each bucket is assessed by
    one worker. Nothing is computed before the result is asked for.

    Parameters
    ----------
    tables : mapping of str to pyspark.sql.DataFrame
        By evidence table, as in :func:`tassei.read_evidence`. A table that is given is complete, also
        for persons without rows in it; one that is not is unknown for everybody.
    framework : Framework
    as_of, readings, min_verification
        As in :func:`tassei.assess`; today is the day of this call.
    what : str
        ``levels``, ``sheets``, ``criteria``, ``ledger``, ``gaps``, ``additions``, or ``issues``: the bad
        cells, whatever `on_error` says.
    buckets : int, optional
        A worker holds the rows of one bucket at a time, so more of them take less memory. Default:
        ``spark.sql.shuffle.partitions``.
    threads : int
        Of each bucket; Spark works on several at a time.
    on_error : {"raise", "collect"}
        ``raise``: a bucket with bad cells fails, and what Spark raises has the message of
        :class:`tassei.EvidenceError` in it. ``collect``: go on with the good rows.
    columns, values, mapping
        As in :func:`tassei.read_evidence`; what stands for a person cannot be mapped.
    **options
        Of the method that `what` names, but for persons.

    Returns
    -------
    pyspark.sql.DataFrame
        Columns as those of the method; rows in no order.

    Raises
    ------
    AssessError
        PySpark is not installed, or as in :func:`tassei.assess`.
    EvidenceError
        Tables or columns that the framework cannot make sense of.

    Notes
    -----
    Rows of Spark have no numbers: a `row` of ``issues`` or ``ledger`` is the row's
    ``monotonically_increasing_id()``, which is its position where the frame has one partition.

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> tables = {name: spark.table(name) for name in ["people", "engagements"]}  # doctest: +SKIP
    >>> levels = tassei.spark.assess(tables, framework, as_of="2026-03-31")  # doctest: +SKIP
    >>> levels.groupBy("specialty", "level").count().show()  # doctest: +SKIP
    """
    try:
        from pyspark.sql import functions as f
    except ImportError:
        raise AssessError("PySpark is not installed: pip install 'tassei[spark]'") from None
    names = {"columns": columns, "values": values, "mapping": mapping}
    job = job_of_engine(
        tables, "Spark", lambda frame: hasattr(frame, "sparkSession"), what, options,
        framework, as_of, readings, min_verification, on_error, names, threads,
    )  # fmt: skip
    frames = list(tables.values())
    session = frames[0].sparkSession
    buckets = check_buckets(buckets, int(session.conf.get("spark.sql.shuffle.partitions", "200")))
    head = job.head((name, name, _schema(frame)) for name, frame in tables.items())
    job.check_persons(head)
    large = session.conf.get("spark.sql.execution.arrow.useLargeVarTypes", "false") == "true"
    text = pa.large_string() if large else pa.string()
    schema = job.table(head.evidence, what, options).schema
    schema = pa.schema([(s.name, text if s.type == pa.large_string() else s.type) for s in schema])
    spark_schema = ", ".join(f"`{s.name}` {_SPARK[str(s.type).removeprefix('large_')]}" for s in schema)
    places = sorted(head.persons)
    # by numbers, since names may have dots in them and differ in nothing but case
    numbered = {i: frames[i].toDF(*(f"c{j}" for j in range(len(frames[i].columns)))) for i in places}
    cells = {i: [f"c{frames[i].columns.index(name)}" for name in head.used[i]] for i in places}
    kinds = {i: numbered[i].select(cells[i]).schema for i in places}
    parts = []
    for i in places:
        person = f.col(f"c{frames[i].columns.index(head.persons[i][1])}").cast("string")
        person = f.regexp_replace(person, _SPACES, "")
        row = f.monotonically_increasing_id()
        # rows of nobody are only to be told, and would all meet in one bucket
        person = f.when(f.length(person) > 0, person).otherwise(row.cast("string"))
        other = {j: f.lit(None).cast(kinds[j]) for j in places if j != i}
        rows = [(other.get(j, f.struct(*cells[i]))).alias(f"t{j}") for j in places]
        parts.append(
            numbered[i].select(f.lit(i).alias("table"), person.alias("person"), row.alias("row"), *rows)
        )
    if parts:
        # with a number, since Spark may else divide what is large
        together = reduce(lambda one, two: one.unionByName(two), parts).repartition(buckets, "person")
        known = {i: (list(tables)[i], head.used[i]) for i in places}
        work = _worker(job, known, head.empty, what, options, schema)
        found = together.drop("person").mapInArrow(work, spark_schema)
    else:
        found = session.createDataFrame(schema.empty_table())
    of_tables = head.evidence.to_arrow(ISSUES)
    if what == ISSUES and of_tables.num_rows:
        found = session.createDataFrame(of_tables.cast(schema)).unionByName(found)
    return found


_SPARK = {"string": "string", "int64": "bigint", "double": "double", "int32": "int", "bool": "boolean"}


def _schema(frame: Any) -> pa.Schema:
    """Names of columns, and of types as much as persons can have."""
    kinds = {"string": pa.string(), "binary": pa.string(), "void": pa.null(), "double": pa.float64(),
             "float": pa.float32(), "date": pa.date32(), "boolean": pa.bool_()}  # fmt: skip
    kinds |= dict.fromkeys(("byte", "short", "integer", "long"), pa.int64())
    kinds |= dict.fromkeys(("char", "varchar"), pa.string())
    return pa.schema([(f.name, kinds.get(f.dataType.typeName(), pa.struct([]))) for f in frame.schema.fields])


def _worker(
    job: Job, known: Mapping[int, tuple[str, list[str]]], empty: list[Raw], what: str,
    options: Mapping[str, Any], schema: pa.Schema,
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:  # fmt: skip
    """What a worker does with a bucket; all that it needs goes with it."""

    def work(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        bucket = [batch for batch in batches if batch.num_rows]  # pieces of maxRecordsPerBatch rows
        if bucket:
            raws = [_raw(bucket, place, name, columns) for place, (name, columns) in known.items()]
            bucket.clear()
            table = job.table(job.evidence([*raws, *empty]), what, options)
            for piece in table.to_batches(max_chunksize=_ROWS):
                yield piece.cast(schema)

    return work


def _raw(bucket: list[pa.RecordBatch], place: int, name: str, columns: list[str]) -> Raw:
    """The rows of one table, in the order of the source: of two rows of a person the first is kept."""
    parts = [batch.filter(pc.equal(batch["table"], place)) for batch in bucket]
    numbers = np.concatenate([part["row"].to_numpy() for part in parts])
    order = pa.array(np.argsort(numbers, kind="stable"))
    cells = [part[f"t{place}"].flatten() for part in parts]
    taken = {
        column: plain(pa.chunked_array([piece[i] for piece in cells]).take(order))
        for i, column in enumerate(columns)
    }
    return Raw(name, name, taken, len(numbers), 0, np.sort(numbers))
