"""Evidence larger than memory, assessed some people at a time."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from . import _core
from .arguments import whole_number
from .assessment import Assessment
from .column import index_column
from .digest import Gathered
from .error import AssessError, EvidenceError
from .export import replacing
from .framework import Framework
from .intake import _ids, _mapping_beside
from .part import ISSUES, Job, check_table, new_job, person_texts
from .provenance import KEY, provenance_of, written
from .raw import Raw, plain
from .source import _frame, to_library
from .store import PARQUET, Flow, parquet_flow, parquet_paths

__all__ = ["Batches", "assess_batches"]

_PEOPLE = 10_000
_WIDE = pa.decimal128(20)  # whole numbers of every width


def assess_batches(
    source: Any,
    framework: Framework,
    as_of: dt.date | str | None = None,
    readings: Mapping[str, Any] | None = None,
    min_verification: str | None = None,
    threads: int = 0,
    on_error: str = "raise",
    *,
    batch_people: int = _PEOPLE,
    tables: Mapping[str, str] | None = None,
    columns: Mapping[str, Mapping[str, str | None]] | None = None,
    values: Mapping[str, Mapping[str, Mapping[str, Any]]] | None = None,
    mapping: str | os.PathLike[str] | Mapping[str, Any] | None = None,
) -> Batches:
    """Assesses evidence that does not fit into memory, some people at a time.

    Every table must come in the order of its person ids: ``ORDER BY person_id``. Tables are read side
    by side and cut between persons, so that memory depends on `batch_people` and on the size of
    the pieces in which tables come, not on how many people there are.

    Parameters
    ----------
    source : path or mapping
        - a folder with a Parquet or Arrow file, or a folder of Parquet files, a table;
        - a mapping of table name to such a file or folder, to an Arrow stream (a
          ``RecordBatchReader``, a DuckDB relation, anything with ``__arrow_c_stream__``), a
          ``pyarrow.dataset`` or a frame.
    framework : Framework
    as_of, readings, min_verification, threads
        As in :func:`tassei.assess`.
    on_error : {"raise", "collect"}
        ``raise``: the first batch with bad cells is an error, which carries those of that batch.
        ``collect``: go on with the good rows; :attr:`Batches.issues` has the rest.
    batch_people : int
        How many people are assessed at once.
    tables, columns, values, mapping
        As in :func:`tassei.read_evidence`.

    Returns
    -------
    Batches
        To be gone through, or written. Nothing has been read yet but the tables' columns.

    Raises
    ------
    EvidenceError
        A source that cannot be used. While it is read: a table that is not in order, with its row and
        person, and bad cells with ``on_error="raise"``.
    AssessError
        As in :func:`tassei.assess`.

    Notes
    -----
    Texts are in order when they rise by their UTF-8 bytes (the order of the collation ``C``), without
    the white space around them; whole numbers when they rise. Ids must be the one or the other in all
    tables. The results are those of :func:`tassei.assess`, in the order of the ids.

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> evidence = {"certifications": {"person_id": ["P1", "P2"], "examination": ["AP", "FE"]}}
    >>> batches = tassei.assess_batches(evidence, framework, as_of="2026-03-31", batch_people=1)
    >>> [a.levels()["level"].tolist() for a in batches]
    [[3, 3, 3], [0, 0, 0]]
    """
    batch_people = whole_number("batch_people", batch_people, 1)
    mapping = _mapping_beside(source) if mapping is None else mapping
    names = {"tables": tables, "columns": columns, "values": values, "mapping": mapping}
    job = new_job(framework, as_of, readings, min_verification, on_error, names, threads)
    flows, library = _open(source)
    return Batches(job, flows, library, batch_people)


class Batches:
    """Assessments of some people after the others; made by :func:`tassei.assess_batches`.

    Going through it gives an :class:`Assessment` for each batch of people. Files can be gone through
    again and again, streams once.
    """

    def __init__(self, job: Job, flows: list[Flow], library: str, batch_people: int) -> None:
        self._job = job
        self._library = library
        self._size = batch_people
        self._head = job.head((flow.name, flow.origin, flow.schema) for flow in flows)
        self._flows = [flow for i, flow in enumerate(flows) if i in self._head.persons]
        self._persons = [self._head.persons[i] for i in sorted(self._head.persons)]
        self._nobody = job.assess(self._head.evidence)  # a wrong argument is said at once
        self._issues = [self._head.evidence.to_arrow(ISSUES)]
        self._gone = False
        kinds: dict[bool, str] = {}
        for flow, (table, column) in zip(self._flows, self._persons, strict=True):
            kind = flow.schema.field(column).type
            if not pa.types.is_null(kind):
                ids = person_texts(job, table, pa.chunked_array([], kind))
                kinds.setdefault(pa.types.is_integer(ids.type), flow.origin)
        if len(kinds) > 1:
            raise EvidenceError(
                f"person ids are whole numbers in {kinds[True]} but texts in {kinds[False]}, which have "
                "different orders; write them in one type"
            )

    def __iter__(self) -> Iterator[Assessment]:
        if self._gone and any(flow.once for flow in self._flows):
            raise AssessError("the streams have been read; open them again, or give files")
        self._gone = True
        self._issues = self._issues[:1]
        return self._assessments()

    def _assessments(self) -> Iterator[Assessment]:
        queues = [
            _Queue(flow, self._job, *person)
            for flow, person in zip(self._flows, self._persons, strict=True)
        ]
        for raws in _parts(queues, self._size):
            evidence = self._job.evidence([*raws, *self._head.empty], self._library)
            if evidence._issues.num_rows:
                self._issues.append(evidence._issues)
            yield self._job.assess(evidence)

    @property
    def issues(self) -> Any:
        """Data frame of the bad cells so far, as :attr:`Evidence.issues`; kept in memory."""
        found = pa.concat_tables(self._issues)
        place = {name: i for i, name in enumerate(self._job.framework.document.tables)}
        tables = np.array([place.get(table, -1) for table in found["table"].to_pylist()], np.int64)
        order = pa.array(np.lexsort((found["row"].fill_null(-1).to_numpy(), tables)))
        return to_library(found.take(order), self._library)

    def to_reader(self, name: str = "levels", **options: Any) -> pa.RecordBatchReader:
        """A table as a stream that DuckDB, polars and others take; people are assessed as it is read.

        Parameters
        ----------
        name : {"levels", "sheets", "criteria", "ledger", "gaps", "additions"}
        **options
            Of the method of that name, but for persons.

        Returns
        -------
        pyarrow.RecordBatchReader

        Raises
        ------
        AssessError
            There is no such table, or it is not made of rows about one person each.

        Examples
        --------
        >>> import tassei
        >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
        >>> evidence = {"certifications": {"person_id": ["P1", "P2"], "examination": ["AP", "FE"]}}
        >>> batches = tassei.assess_batches(evidence, framework, as_of="2026-03-31")
        >>> batches.to_reader("sheets").read_all().num_rows
        24
        """
        check_table(name, options)
        schema = self._nobody.to_arrow(name, **options).schema

        def pieces() -> Iterator[pa.RecordBatch]:
            for assessment in self:
                yield from assessment.to_arrow(name, **options).cast(schema).to_batches()

        return pa.RecordBatchReader.from_batches(schema, pieces())

    def levels(self) -> pa.RecordBatchReader:
        """The levels of :meth:`Assessment.levels` as a stream."""
        return self.to_reader("levels")

    def to_parquet(
        self, levels: str | os.PathLike[str] | None = None, *, digest: bool = True,
        **paths: str | os.PathLike[str],
    ) -> int:  # fmt: skip
        """Writes tables to Parquet files as they come, in one go through the evidence.

        A file appears under its name only when all of them are complete; where something
        goes wrong, those that were there stay as they are. Their metadata hold
        :attr:`Assessment.provenance`.

        Parameters
        ----------
        levels : path, optional
        digest : bool
            Whether the digest of the evidence is among that, which takes about as long as reading and
            assessing, and 16 bytes a person and evidence table on the disk of the first table.
        **paths : path
            By table: ``sheets="sheets.parquet"``; tables as in :meth:`to_reader`.

        Returns
        -------
        int
            How many people were assessed.

        Raises
        ------
        AssessError
            No path was given, or there is no such table.

        Examples
        --------
        >>> import pathlib, tempfile, tassei
        >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
        >>> evidence = {"certifications": {"person_id": ["P1", "P2"], "examination": ["AP", "FE"]}}
        >>> batches = tassei.assess_batches(evidence, framework, as_of="2026-03-31")
        >>> folder = pathlib.Path(tempfile.mkdtemp())
        >>> batches.to_parquet(folder / "levels.parquet", sheets=folder / "sheets.parquet")
        2
        >>> sorted(path.name for path in folder.iterdir())
        ['levels.parquet', 'sheets.parquet']
        """
        wanted = {} if levels is None else {"levels": levels}
        wanted |= paths
        if not wanted:
            raise AssessError('nothing to write: to_parquet("levels.parquet")')
        for name in wanted:
            check_table(name, {})
        places = [Path(path).resolve() for path in wanted.values()]
        if len(set(places)) < len(places):
            raise AssessError(f"each table needs a file of its own, came {', '.join(map(str, places))}")
        for place in places:
            if any(flow.path in (place, place.parent) for flow in self._flows):
                raise AssessError(f"{place} is evidence that is read for it; choose another folder")
        people = 0
        records: Counter[str] = Counter()
        with ExitStack() as files, ExitStack() as open_:
            writers = {}
            for name, path in zip(wanted, places, strict=True):
                schema = self._nobody.to_arrow(name).schema
                file = files.enter_context(replacing(path))
                writers[name] = open_.enter_context(pq.ParquetWriter(file, schema))
            gathered = open_.enter_context(Gathered(places[0].parent)) if digest else None
            if gathered is not None:
                gathered.add(self._nobody.evidence)  # which tables there are
            for assessment in self:
                people += len(assessment)
                if gathered is not None:
                    gathered.add(assessment.evidence)
                records.update({t: r.accepted for t, r in assessment.evidence.reports.items() if r.supplied})
                for name, writer in writers.items():
                    writer.write_table(assessment.to_arrow(name).cast(writer.schema))
            facts = provenance_of(self._nobody, digest=False) | {
                "people": people,
                "records": dict(records),
                "evidence_digest": None if gathered is None else gathered.value(),
            }
            for writer in writers.values():
                writer.add_key_value_metadata({KEY: written(facts)})
        return people

    def __repr__(self) -> str:
        tables = ", ".join(flow.origin for flow in self._flows)
        return f"Batches(of {self._size:,} people, from {tables})"


# --- sources --------------------------------------------------------------------------------------


def _open(source: Any) -> tuple[list[Flow], str]:
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        if path.is_dir():
            paths = parquet_paths(path)
            if not paths:
                raise EvidenceError(f"the folder {path} holds no Parquet or Arrow table; {_ELSE}")
            return [parquet_flow(found) for found in paths], "pandas"
        return [_file(str(source))], "pandas"
    if not isinstance(source, Mapping):
        raise EvidenceError(
            f"expected a folder, or a mapping of table name to file or stream, came {type(source).__name__}"
        )
    flows, library = [], None
    for name, given in source.items():
        flow = _file(given) if isinstance(given, str | os.PathLike) else _stream(str(name), given)
        flows.append(replace(flow, name=str(name)))
        module = type(given).__module__.split(".")[0]
        library = library or {"polars": "polars", "pyarrow": "pyarrow"}.get(module, "pandas")
    return flows, library or "pandas"


_ELSE = "other sources are read whole, by read_evidence"


def _file(given: str | os.PathLike[str]) -> Flow:
    path = Path(given)
    if path.exists() and not path.is_dir() and path.suffix.lower() not in PARQUET:
        raise EvidenceError(f"{path.name}: expected {', '.join(sorted(PARQUET))}, or a folder; {_ELSE}")
    return parquet_flow(path)


def _stream(name: str, given: Any) -> Flow:
    if isinstance(given, ds.Dataset):
        return Flow(name, name, given.schema, 0, lambda: given.to_batches(batch_readahead=1))
    whole = isinstance(given, Mapping | pa.Table) or type(given).__module__.startswith(("pandas", "polars"))
    if whole or not hasattr(given, "__arrow_c_stream__"):
        raw = _frame(name, given)  # or says why not
        table = pa.table(raw.columns)
        return Flow(name, name, table.schema, 0, table.to_batches)
    reader = pa.RecordBatchReader.from_stream(given)
    return Flow(name, name, reader.schema, 0, lambda: reader, once=True)


# --- cutting between persons ----------------------------------------------------------------------


class _Queue:
    """The rows of a table that have been read and not yet assessed, and where each person's begin."""

    def __init__(self, flow: Flow, job: Job, table: str, column: str) -> None:
        self.flow, self.job, self.table, self.column = flow, job, table, column
        self.batches = iter(flow.batches())
        self.ended = False
        self.before = 0  # rows that are gone
        self.rows = flow.schema.empty_table()
        self.ids: Any = None
        self.starts = np.empty(0, np.int64)

    @property
    def complete(self) -> int:
        """How many persons' rows are all here: of the last one more may follow."""
        return len(self.starts) if self.ended else max(0, len(self.starts) - 1)

    def fill(self, persons: int) -> None:
        parts, starts, rows = [self.rows], [], self.rows.num_rows
        ids: list[Any] = []
        there = len(self.starts)
        while not self.ended and there <= persons:
            batch = next(self.batches, None)
            if batch is None:
                self.ended = True
                break
            last = ids[-1][-1] if ids else self.ids[-1] if self.ids is not None and len(self.ids) else None
            new, begin = self.persons(pa.Table.from_batches([batch]), rows, last)
            if len(begin):
                ids.append(new)
                starts.append(begin + rows)
                there += len(begin)
            parts.append(pa.Table.from_batches([batch]))
            rows += batch.num_rows
        if len(parts) > 1:
            self.rows = pa.concat_tables(parts)
        if ids:
            kept = [] if self.ids is None else [self.ids]
            self.ids = pa.concat_arrays([*kept, *ids])
            self.starts = np.concatenate([self.starts, *starts])

    def persons(self, batch: pa.Table, rows: int, last: Any) -> tuple[Any, Any]:
        """Who is new in a batch, and from which row; the first may be the `last` one still."""
        column = person_texts(self.job, self.table, batch.column(self.column))
        index = _core.TextIndex(True)
        codes = index.add(index_column(column))
        highest = np.maximum.accumulate(np.concatenate([[-1], codes]))
        begin = np.flatnonzero(codes > highest[:-1])
        ids = column.combine_chunks().take(pa.array(begin)).cast(_WIDE) if _whole(column) else _ids(index)
        back = np.flatnonzero((codes >= 0) & (codes < highest[1:]))  # somebody who was there before
        if len(begin) > 1:
            falls = pc.less(ids[1:], ids[:-1]).to_numpy(zero_copy_only=False)
            back = np.concatenate([back, begin[1:][falls]])
        if len(begin) and last is not None and pc.less(ids[0], last).as_py():
            back = np.concatenate([back, begin[:1]])
        if len(back):
            row = int(back.min())
            earlier = codes[:row][codes[:row] >= 0]
            after = last if len(earlier) == 0 else ids[int(earlier[-1])]
            self.refuse(row + rows, str(ids[int(codes[row])]), str(after))
        if len(begin) and last is not None and ids[0] == last:
            return ids[1:], begin[1:]
        return ids, begin

    def refuse(self, row: int, person: str, after: str) -> None:
        number = self.flow.first_row + self.before + row
        raise EvidenceError(
            f"{self.flow.origin}, row {number}: the person {person!r} comes after {after!r}; all tables must "
            f"be in the order of {self.column} to be assessed in batches: ORDER BY {self.column} (texts by "
            "their bytes, whole numbers as such), so that the rows of each person stand together"
        )

    def cut(self, limit: Any, everything: bool) -> Raw:
        """The rows of all persons up to one, or all that are left."""
        count = len(self.starts) if everything else 0
        if not everything and self.ids is not None and len(self.ids):
            count = int(pc.sum(pc.less_equal(self.ids, limit)).as_py() or 0)
        end = self.rows.num_rows if count == len(self.starts) and self.ended else 0
        if count < len(self.starts) and count:
            end = int(self.starts[count])
        taken = self.rows.slice(0, end)
        columns = {name: plain(taken.column(i)) for i, name in enumerate(taken.column_names)}
        raw = Raw(self.flow.name, self.flow.origin, columns, end, self.flow.first_row + self.before)
        if end:
            self.rows = self.rows.slice(end)
            self.before += end
            self.starts = self.starts[count:] - end
            self.ids = None if self.ids is None else self.ids[count:]
        return raw


def _whole(column: pa.ChunkedArray) -> bool:
    return bool(pa.types.is_integer(column.type))


def _parts(queues: list[_Queue], size: int) -> Iterator[list[Raw]]:
    """The rows of so many persons at a time, of all tables."""
    while True:
        for queue in queues:
            queue.fill(size)
        heads = [q.ids[: min(size, q.complete)] for q in queues if q.ids is not None and q.complete]
        ids = pc.unique(pa.concat_arrays(heads)) if heads else pa.array([])
        done = all(queue.ended for queue in queues)
        everything = done and len(ids) <= size and all(q.complete <= size for q in queues)
        if everything:
            if any(queue.rows.num_rows for queue in queues):
                yield [queue.cut(None, True) for queue in queues]
            return
        limit = ids.take(pc.sort_indices(ids)[:size])[-1]
        yield [queue.cut(limit, False) for queue in queues]
