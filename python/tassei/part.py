"""Assessing some of the people at a time: what batches, Spark and Dask have in common."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from .arguments import whole_number
from .assessment import Assessment, assess, parse_day
from .column import Reader, texts
from .error import AssessError, EvidenceError, listed, unknown
from .evidence import Evidence
from .framework import Framework, check_framework
from .intake import Intake
from .issue import Issues
from .mapping import Names, read_names
from .match import match_columns
from .raw import Raw, is_text, once, plain

__all__ = [
    "ISSUES",
    "PART_TABLES",
    "Head",
    "Job",
    "check_buckets",
    "check_table",
    "job_of_engine",
    "new_job",
    "person_texts",
]

ISSUES = "issues"
# of an assessment's tables those in which each row is about one person
PART_TABLES = ("levels", "sheets", "criteria", "ledger", "gaps", "additions")
_OPTIONS = {
    "criteria": {"specialty", "level"}, "ledger": {"specialty", "level", "lang"}, "gaps": {"target"},
}  # fmt: skip


@dataclass(frozen=True)
class Job:
    """What is to be done with each part of the people; pickles, so that it can be sent to workers."""

    framework: Framework
    names: Names
    as_of: dt.date
    readings: Mapping[str, Any] = field(default_factory=dict)
    min_verification: str | None = None
    on_error: str = "raise"
    threads: int = 0

    def evidence(self, raws: Iterable[Raw], library: str = "pyarrow") -> Evidence:
        """Evidence about some people; what is wrong with whole tables is the head's to say."""
        intake = Intake(self.framework, list(raws), self.names, self.threads)
        evidence = intake.read(library, None)
        evidence._issues = evidence._issues.filter(pc.is_valid(evidence._issues["row"]))
        intake.issues.found = [found for found in intake.issues.found if len(found[2].rows)]
        if self.on_error == "raise" and intake.issues:
            raise EvidenceError(intake.issues.message(), evidence.issues)
        return evidence

    def assess(self, evidence: Evidence) -> Assessment:
        return assess(
            evidence, self.framework, self.as_of, self.readings, self.min_verification, self.threads
        )

    def table(self, evidence: Evidence, what: str, options: Mapping[str, Any]) -> pa.Table:
        """A table about the people of some evidence, with texts as texts."""
        if what == ISSUES:
            return evidence.to_arrow(ISSUES)
        table = self.assess(evidence).to_arrow(what, **options)
        return table.cast(pa.schema([(f.name, _simple(f.type)) for f in table.schema]))

    def collecting(self) -> Job:
        return replace(self, on_error="collect")

    def check_persons(self, head: Head) -> None:
        """Says it where the mapping changes persons, by whom rows are brought together unread."""
        for table, column in head.persons.values():
            if self.framework.document.tables[table].person in self.names.values.get(table, {}):
                raise EvidenceError(f"{table}.{column}: persons cannot be mapped here; map them in the frame")

    def head(self, tables: Iterable[tuple[str, str, pa.Schema]]) -> Head:
        """Looks at names, origins and schemas of tables before any row of them is read."""
        raws = []
        for name, origin, schema in tables:
            once(origin, schema.names)
            columns = {f.name: plain(pa.chunked_array([], f.type)) for f in schema}
            raws.append(Raw(name, origin, columns, 0, 0))
        intake = Intake(self.framework, raws, self.names)
        evidence = intake.read("pyarrow", None)
        if intake.issues and self.on_error == "raise":
            raise EvidenceError(intake.issues.message(), evidence.issues)
        persons: dict[int, tuple[str, str]] = {}
        used: dict[int, list[str]] = {}
        for table, raw in intake.raws.items():
            person = self.framework.document.tables[table].person
            matched = match_columns(self.framework.document, table, raw, self.names, Issues())
            if person in matched.named:
                place = next(i for i, one in enumerate(raws) if one is raw)
                persons.setdefault(place, (table, matched.named[person]))
                used.setdefault(place, list(matched.named.values()))
                _check_ids(raw.origin, matched.named[person], raw.columns[matched.named[person]].type)
        return Head(evidence, persons, used, [raw for raw in intake.raws.values() if not raw.columns])


@dataclass(frozen=True)
class Head:
    """What is known of tables before their rows.

    Attributes
    ----------
    evidence : Evidence
        About nobody; its issues are about whole tables and columns.
    persons : dict of int to (str, str)
        By a table's place: what evidence table it is, and which column says whose a row is. What
        is not here is not read.
    used : dict of int to list of str
        The columns of it that the framework knows.
    empty : list of Raw
        Evidence tables without columns, of which it is known that they have no rows.
    """

    evidence: Evidence
    persons: Mapping[int, tuple[str, str]]
    used: Mapping[int, list[str]]
    empty: list[Raw]


def new_job(
    framework: Any, as_of: Any, readings: Mapping[str, Any] | None, min_verification: str | None,
    on_error: str, names: Mapping[str, Any], threads: int = 0,
) -> Job:  # fmt: skip
    """A job, of which everything that needs no evidence has been checked."""
    check_framework(framework)
    if on_error not in ("raise", "collect"):
        raise EvidenceError(f"on_error is 'raise' or 'collect', came {on_error!r}")
    found = read_names(framework.document, **names)
    return Job(
        framework, found, parse_day(as_of), framework.readings(readings), min_verification, on_error,
        whole_number("threads", threads),
    )  # fmt: skip


def check_table(what: str, options: Mapping[str, Any], extra: tuple[str, ...] = ()) -> None:
    """Says it where `what` is no table that can be had part by part."""
    if what not in PART_TABLES + extra:
        raise AssessError(
            f"{what!r} is no table that can be had part by part; there are {listed(PART_TABLES + extra)}"
        )
    for option in options:
        if option not in _OPTIONS.get(what, ()):
            raise AssessError(unknown(f"option of {what}", option, sorted(_OPTIONS.get(what, ()))))


def job_of_engine(
    tables: Mapping[str, Any], engine: str, is_frame: Callable[[Any], bool], what: str,
    options: Mapping[str, Any], *told: Any,
) -> Job:  # fmt: skip
    """A job for the tables of Spark or Dask; `told` is told to :func:`new_job`."""
    job = new_job(*told)
    check_table(what, options, (ISSUES,))
    if not tables:
        raise AssessError(
            f"there is no table to assess; expected a mapping of table name to {engine} data frame"
        )
    for name, frame in tables.items():
        if not is_frame(frame):
            raise AssessError(f"{name}: expected a {engine} data frame, came {type(frame).__name__}")
    return job.collecting() if what == ISSUES else job


def check_buckets(buckets: Any, default: int) -> int:
    """Into how many parts people are divided."""
    if buckets is None:
        return default
    if isinstance(buckets, bool) or not isinstance(buckets, int) or buckets < 1:
        raise AssessError(f"buckets is a whole number from 1 on, came {buckets!r}")
    return buckets


def person_texts(job: Job, table: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whose each row is, as the mapping has it."""
    person = job.framework.document.tables[table].person
    told = job.names.values.get(table, {})
    column = plain(column)
    if person in told:
        return Reader(job.framework.document, len(column), told).text(person, column)
    return column if pa.types.is_integer(column.type) else texts(column)


def _check_ids(origin: str, column: str, kind: pa.DataType) -> None:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    if not (is_text(kind) or pa.types.is_integer(kind) or pa.types.is_null(kind)):
        raise EvidenceError(
            f"{origin}: {column} is of type {kind}, in which the same person can be written in several ways "
            "in several parts; make it text or whole numbers"
        )


def _simple(kind: pa.DataType) -> pa.DataType:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return pa.large_string() if is_text(kind) else kind
