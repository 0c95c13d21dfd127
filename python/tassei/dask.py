"""The workforce in Dask: assessed in parallel, in buckets of persons.

Dask is no part of tassei; it is there with ``pip install 'tassei[dask]'``.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from . import _core
from .column import index_column
from .error import AssessError
from .intake import _ids
from .part import ISSUES, Job, check_buckets, job_of_engine, person_texts
from .raw import Raw, plain, some
from .source import _as_written, _frame, named_index

__all__ = ["assess"]

_ROWS = 33  # bits of a row's number within its partition
# the same in all partitions, whatever is blank in them
_PANDAS = {
    pa.large_string(): pd.StringDtype("pyarrow"), pa.string(): pd.StringDtype("pyarrow"),
    pa.int64(): pd.Int64Dtype(), pa.int32(): pd.Int32Dtype(), pa.bool_(): pd.BooleanDtype(),
}  # fmt: skip


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
    """Assesses Dask data frames, and gives what :class:`tassei.Assessment` gives as a Dask data frame.

    All tables are brought together once, in buckets of persons, and each bucket is assessed by
    one worker. Nothing is computed before the result is asked for.

    Parameters
    ----------
    tables : mapping of str to dask.dataframe.DataFrame
        By evidence table, as in :func:`tassei.read_evidence`. A table that is given is complete, also
        for persons without rows in it; one that is not is unknown for everybody.
    framework : Framework
    as_of, readings, min_verification
        As in :func:`tassei.assess`; today is the day of this call.
    what : str
        ``levels``, ``sheets``, ``criteria``, ``ledger``, ``gaps``, ``additions``, or ``issues``: the bad
        cells, whatever `on_error` says.
    buckets : int, optional
        Partitions of the result. A worker holds the rows of a bucket at once, so more of them take
        less memory. Default: as many as the table with most partitions has.
    threads : int
        Of each bucket; Dask works on several at a time.
    on_error : {"raise", "collect"}
        ``raise``: the first bucket with bad cells is an error, which carries those of that bucket.
        ``collect``: go on with the good rows.
    columns, values, mapping
        As in :func:`tassei.read_evidence`.
    **options
        Of the method that `what` names, but for persons.

    Returns
    -------
    dask.dataframe.DataFrame
        Columns as those of the method; rows in no order, with no index. Numbers that are whole are of
        pandas' type ``Int64``, texts of ``string``.

    Raises
    ------
    AssessError
        Dask is not installed, or as in :func:`tassei.assess`.
    EvidenceError
        Tables or columns that the framework cannot make sense of; while it is computed, bad
        cells with ``on_error="raise"``.

    Notes
    -----
    A `row` of ``issues`` or ``ledger`` is the row's position in its partition, plus 2**33 for each
    partition before it: its position where the frame has one partition.

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> tables = {name: dd.read_parquet(f"{name}/") for name in ["people", "engagements"]}  # doctest: +SKIP
    >>> levels = tassei.dask.assess(tables, framework, as_of="2026-03-31")  # doctest: +SKIP
    >>> levels.to_parquet("levels/", write_index=False)  # doctest: +SKIP
    """
    try:
        import dask.dataframe as dd
    except ImportError:
        raise AssessError("Dask is not installed: pip install 'tassei[dask]'") from None
    names = {"columns": columns, "values": values, "mapping": mapping}
    job = job_of_engine(
        tables, "Dask", lambda frame: isinstance(frame, dd.DataFrame), what, options,
        framework, as_of, readings, min_verification, on_error, names, threads,
    )  # fmt: skip
    tables = {name: _with_index(frame) for name, frame in tables.items()}
    frames = list(tables.values())
    buckets = check_buckets(buckets, max(frame.npartitions for frame in frames))
    head = job.head((name, name, _schema(name, frame._meta)) for name, frame in tables.items())
    schema = job.table(head.evidence, what, options).schema
    parts = []
    for place in sorted(head.persons):
        frame = frames[place][head.used[place]]
        numbers = dd.from_map(_number, range(frame.npartitions), meta=_number(0))
        packed = frame.map_partitions(
            _pack, numbers, job, list(tables)[place], place, *head.persons[place], buckets,
            meta=_packed([], [], []), align_dataframes=False,
        )  # fmt: skip
        parts.append(packed.clear_divisions())
    if parts:
        together = dd.concat(parts).set_index("bucket", divisions=list(range(buckets + 1)))
        known = {place: (list(tables)[place], head.used[place]) for place in sorted(head.persons)}
        found = together.map_partitions(
            _assess, job, known, head.empty, what, options, schema,
            meta=_pandas(schema.empty_table()), clear_divisions=True,
        )  # fmt: skip
    else:
        found = dd.from_pandas(_pandas(schema.empty_table()), npartitions=1)
    of_tables = head.evidence.to_arrow(ISSUES)
    if what == ISSUES and of_tables.num_rows:
        found = dd.concat([dd.from_pandas(_pandas(of_tables), npartitions=1).clear_divisions(), found])
    return found


def _with_index(frame: Any) -> Any:
    return frame.reset_index() if named_index(frame._meta) else frame


def _schema(name: str, nobody: pd.DataFrame) -> pa.Schema:
    return pa.table(_frame(name, nobody).columns).schema


def _pandas(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas(types_mapper=_PANDAS.get)
    return frame


# --- from partitions to buckets ---------------------------------------------------------------------


def _number(partition: int) -> pd.DataFrame:
    return pd.DataFrame({"partition": [partition]})


def _packed(buckets: Any, tables: Any, rows: Any) -> pd.DataFrame:
    """Rows as bytes, so that every type of column comes through a shuffle."""
    return pd.DataFrame({
        "bucket": np.asarray(buckets, np.int64),
        "table": np.asarray(tables, np.int64),
        "rows": pd.array(rows, dtype=pd.ArrowDtype(pa.large_binary())),
    })  # fmt: skip


def _pack(
    frame: pd.DataFrame, number: pd.DataFrame, job: Job, name: str, place: int, table: str, person: str,
    buckets: int,
) -> pd.DataFrame:  # fmt: skip
    """A partition's rows by the bucket of their person."""
    cells = {column: _decoded(cells) for column, cells in _frame(name, frame).columns.items()}
    rows = np.arange(len(frame))
    index = _core.TextIndex(True)
    codes = index.add(index_column(person_texts(job, table, cells[person])))
    bucket = rows % buckets  # rows of nobody are only to be told, and would all meet in one bucket
    hashes = pd.util.hash_array(np.asarray(_ids(index).to_pylist(), object))
    bucket[codes >= 0] = hashes[codes[codes >= 0]] % np.uint64(buckets)
    order = np.argsort(bucket, kind="stable")
    numbers = rows + (int(number["partition"].iloc[0]) << _ROWS)
    # by numbers, since names may differ in nothing that Arrow's files keep
    own = {str(i): some(column, order) for i, column in enumerate(cells.values())}
    sorted_ = pa.table({**own, "row": numbers[order]})
    used, starts = np.unique(bucket[order], return_index=True)
    pieces = [_bytes(sorted_[start:end]) for start, end in pairwise([*starts, len(order)])]
    return _packed(used, np.full(len(used), place), pieces)


def _decoded(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Not as codes: every bucket would carry all the words."""
    return cells.cast(cells.type.value_type) if pa.types.is_dictionary(cells.type) else cells


def _bytes(rows: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows.combine_chunks())
    return bytes(sink.getvalue())


# --- what a worker does with a bucket ---------------------------------------------------------------


def _assess(
    bucket: pd.DataFrame, job: Job, known: Mapping[int, tuple[str, list[str]]], empty: list[Raw],
    what: str, options: Mapping[str, Any], schema: pa.Schema,
) -> pd.DataFrame:  # fmt: skip
    if not len(bucket):
        return _pandas(schema.empty_table())
    raws = [
        _raw(name, columns, bucket["rows"][bucket["table"] == place])
        for place, (name, columns) in known.items()
    ]
    return _pandas(job.table(job.evidence([*raws, *empty], "pandas"), what, options))


def _raw(name: str, columns: list[str], packed: Any) -> Raw:
    """The rows of one table, in the order of the source: of two rows of a person the first is kept."""
    pieces = [pa.ipc.open_stream(piece).read_all() for piece in packed]
    if not pieces:
        return Raw(name, name, {column: pa.chunked_array([], pa.null()) for column in columns}, 0, 0)
    numbers = np.concatenate([piece["row"].to_numpy() for piece in pieces])
    order = np.argsort(numbers, kind="stable")
    taken = {
        column: plain(some(_joined(name, column, [piece[str(i)] for piece in pieces]), order))
        for i, column in enumerate(columns)
    }
    return Raw(name, name, taken, len(numbers), 0, numbers[order])


def _joined(table: str, name: str, pieces: list[pa.ChunkedArray]) -> pa.ChunkedArray:
    """Cells of all partitions, whose types pandas may have guessed differently."""
    try:
        tables = [pa.table({name: cells}) for cells in pieces]
        return pa.concat_tables(tables, promote_options="permissive")[name]
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        return _as_written(table, name, [cell for cells in pieces for cell in cells.to_pylist()])
