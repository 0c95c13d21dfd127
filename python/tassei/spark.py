"""The workforce in Spark: assessed where it lies, in buckets of persons.

Spark is no part of tassei; it is there with ``pip install 'tassei[spark]'``.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .error import AssessError
from .part import ISSUES, Job, check_table, new_job
from .raw import Raw, plain

__all__ = ["assess"]

# more than what is trimmed from ids: that only puts some more persons into one bucket
_SPACES = r"[\s\p{Z}\p{C}]+"


def assess(
    tables: Mapping[str, Any],
    framework: Any,
    as_of: dt.date | str | None = None,
    readings: Mapping[str, Any] | None = None,
    min_verification: str | None = None,
    *,
    what: str = "levels",
    buckets: int | None = None,
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
    job = new_job(framework, as_of, readings, min_verification, on_error, names)
    if what == ISSUES:
        job = job.collecting()
    check_table(what, options, (ISSUES,))
    frames = list(tables.values())
    if not frames:
        raise AssessError("there is no table to assess; expected a mapping of table name to Spark data frame")
    for name, frame in tables.items():
        if not hasattr(frame, "sparkSession"):
            raise AssessError(f"{name}: expected a Spark data frame, came {type(frame).__name__}")
    session = frames[0].sparkSession
    buckets = _count(buckets, session)
    schemas = [_schema(frame) for frame in frames]
    head = job.head((name, name, schema) for name, schema in zip(tables, schemas, strict=True))
    job.check_persons(head)
    used = sorted(head.persons)
    inputs, kinds = [], {}
    for place in used:
        # by numbers, since names may have dots in them and differ in nothing but case
        inputs.append(frames[place].toDF(*(f"c{i}" for i in range(len(frames[place].columns)))))
        kinds[place] = inputs[-1].schema
    tagged = []
    for place, frame in zip(used, inputs, strict=True):
        person = schemas[place].names.index(head.persons[place][1])
        key = f.regexp_replace(f.col(f"c{person}").cast("string"), _SPACES, "")
        rows = [
            f.struct(*frame.columns) if other == place else f.lit(None).cast(kinds[other])
            for other in used
        ]
        rows = [column.alias(f"t{other}") for other, column in zip(used, rows, strict=True)]
        bucket = f.pmod(f.xxhash64(key), f.lit(buckets)).cast("int").alias("bucket")
        number = f.monotonically_increasing_id().alias("row")
        tagged.append(frame.select(f.lit(place).alias("table"), bucket, number, *rows))
    schema = job.table(head.evidence, what, options).schema
    large = session.conf.get("spark.sql.execution.arrow.useLargeVarTypes", "false") == "true"
    text = pa.large_string() if large else pa.string()
    schema = pa.schema([(s.name, text if s.type == pa.large_string() else s.type) for s in schema])
    spark_schema = ", ".join(f"`{s.name}` {_SPARK[str(s.type).removeprefix('large_')]}" for s in schema)
    known = {place: (list(tables)[place], schemas[place].names) for place in used}
    if not tagged:
        found = session.createDataFrame([], spark_schema)
    else:
        together = tagged[0]
        for frame in tagged[1:]:
            together = together.unionByName(frame)
        work = _worker(job, known, head.empty, what, options, schema)
        # with a number, since Spark may else divide what is large
        found = together.repartition(buckets, "bucket").sortWithinPartitions("bucket")
        found = found.mapInArrow(work, spark_schema)
    if what == ISSUES:
        of_tables = [tuple(issue.values()) for issue in head.evidence.to_arrow(ISSUES).to_pylist()]
        found = session.createDataFrame(of_tables, spark_schema).unionByName(found)
    return found


_SPARK = {"string": "string", "int64": "bigint", "double": "double", "int32": "int", "bool": "boolean"}


def _schema(frame: Any) -> pa.Schema:
    """Names of columns, and of types as much as persons can have."""
    kinds = {"string": pa.string(), "binary": pa.string(), "void": pa.null(), "double": pa.float64(),
             "float": pa.float32(), "date": pa.date32(), "boolean": pa.bool_()}  # fmt: skip
    kinds |= dict.fromkeys(("byte", "short", "integer", "long"), pa.int64())
    kinds |= dict.fromkeys(("char", "varchar"), pa.string())
    return pa.schema([(f.name, kinds.get(f.dataType.typeName(), pa.struct([]))) for f in frame.schema.fields])


def _count(buckets: Any, session: Any) -> int:
    if buckets is None:
        return int(session.conf.get("spark.sql.shuffle.partitions", "200"))
    if isinstance(buckets, bool) or not isinstance(buckets, int) or buckets < 1:
        raise AssessError(f"buckets is a whole number from 1 on, came {buckets!r}")
    return buckets


def _worker(
    job: Job, known: Mapping[int, tuple[str, list[str]]], empty: list[Raw], what: str,
    options: Mapping[str, Any], schema: pa.Schema,
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:  # fmt: skip
    """What a worker does with its buckets; all that it needs goes with it."""

    def work(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for rows in _buckets(batches):
            raws = [_raw(rows, place, name, columns) for place, (name, columns) in known.items()]
            table = job.table(job.evidence([*raws, *empty]), what, options)
            yield from table.cast(schema).to_batches(max_chunksize=1 << 16)

    return work


def _buckets(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """The rows of one bucket after the other."""
    parts: list[pa.RecordBatch] = []
    for batch in batches:
        bucket = batch.column("bucket").to_numpy()
        starts = np.flatnonzero(bucket[1:] != bucket[:-1]) + 1
        for start, end in zip([0, *starts], [*starts, len(bucket)], strict=True):
            if parts and end > start and parts[-1].column("bucket")[0].as_py() != bucket[start]:
                yield pa.Table.from_batches(parts)
                parts = []
            if end > start:
                parts.append(batch.slice(start, end - start))
    if parts:
        yield pa.Table.from_batches(parts)


def _raw(rows: pa.Table, place: int, name: str, columns: list[str]) -> Raw:
    """The rows of one table, in the order of the source: of two rows of a person the first is kept."""
    mask = pc.equal(rows["table"], place)
    numbers = np.asarray(rows["row"].filter(mask))
    order = pa.array(np.argsort(numbers, kind="stable"))
    cells = rows[f"t{place}"].filter(mask).take(order).flatten()
    taken = {column: plain(cell) for column, cell in zip(columns, cells, strict=True)}
    return Raw(name, name, taken, len(numbers), 0, np.sort(numbers))
