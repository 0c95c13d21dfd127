"""What became of evidence as it was read, in numbers: as text, as HTML and as tidy frames."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from .error import listed
from .recount import Recount, summary_words
from .source import to_library
from .text import untypeset

if TYPE_CHECKING:
    from .evidence import Evidence

__all__ = ["ColumnLine", "IssueKind", "Summary", "TableLine", "UnknownColumn", "summarize"]


@dataclass(frozen=True)
class TableLine:
    """What became of a table; `origin` is None where it was not supplied.

    `duplicate_rows` are the numbers of the first five; a `unique` table has one row a person.
    """

    table: str
    label: str
    origin: str | None
    rows: int
    accepted: int
    rejected: int
    blank_rows: int
    encoding: str | None
    duplicates: int
    duplicate_rows: tuple[int, ...]
    notes: tuple[str, ...]
    unique: bool


@dataclass(frozen=True)
class ColumnLine:
    """What accepted rows say in a declared column; `called` is None where it is not there.

    `role` is the column's in the framework; of an ``end`` or ``identity`` a blank has a meaning.
    `parts` counts the columns of the source that it comes from: one an item, maybe.
    """

    table: str
    column: str
    label: str
    called: str | None
    filled: int
    blank: int
    blank_share: float | None
    role: str | None
    parts: int


@dataclass(frozen=True)
class UnknownColumn:
    """A column that the framework does not know, and the known one that looks like it."""

    table: str
    column: str
    near: str | None


@dataclass(frozen=True)
class IssueKind:
    """How many cells of a column have one problem."""

    table: str
    column: str | None
    problem: str
    count: int


@dataclass(frozen=True)
class Summary:
    """How reading went. Made by :meth:`Evidence.summary`.

    Shows itself in a notebook; ``str(summary)`` is its text.

    Attributes
    ----------
    lang, title, library : str
        Language, the framework's title, and what frames come back as.
    people : int
    by_table : tuple of TableLine
    by_column : tuple of ColumnLine
    by_unknown : tuple of UnknownColumn
    by_issue : tuple of IssueKind
        Most frequent first.
    unknown_tables : tuple of str
        What the source has beside the framework's tables.
    groups : tuple of str
        Columns of people by which results can be grouped.
    mapping : str or None
        The mapping file that lay beside the source.

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> tables = {"certifications": {"person_id": ["P1", "P2"], "examination": ["AP", None]}}
    >>> summary = tassei.read_evidence(tables, framework).summary()
    >>> summary.columns.query("column == 'examination'")[["filled", "blank"]].values.tolist()
    [[1, 1]]
    """

    lang: str
    title: str
    library: str
    people: int
    by_table: tuple[TableLine, ...]
    by_column: tuple[ColumnLine, ...]
    by_unknown: tuple[UnknownColumn, ...] = ()
    by_issue: tuple[IssueKind, ...] = ()
    unknown_tables: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    mapping: str | None = None

    # --- as frames ------------------------------------------------------------------------------

    @property
    def tables(self) -> Any:
        """Data frame, one row a table: table, label, origin, rows, accepted, rejected, blank_rows,
        encoding, duplicates, notes. `origin` is missing where the table was not supplied."""
        rows = [asdict(line) | {"notes": "; ".join(line.notes) or None} for line in self.by_table]
        return self._frame(_TABLES, rows)

    @property
    def columns(self) -> Any:
        """Data frame, one row a declared column: table, column, label, called (its name in the
        source, missing where it is not there), filled, blank, blank_share."""
        return self._frame(_COLUMNS, [asdict(line) for line in self.by_column])

    @property
    def unknown_columns(self) -> Any:
        """Data frame, one row a column that the framework does not know: table, column, near."""
        return self._frame(_UNKNOWN, [asdict(line) for line in self.by_unknown])

    @property
    def issues(self) -> Any:
        """Data frame, one row a kind of issue: table, column, problem, count."""
        return self._frame(_ISSUES, [asdict(line) for line in self.by_issue])

    def _frame(self, schema: pa.Schema, rows: list[dict[str, Any]]) -> Any:
        return to_library(pa.Table.from_pylist(rows, schema), self.library)

    # --- in words -------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """The summary as plain text."""
        return "\n".join(self.lines())

    def lines(self, issues: bool = True) -> list[str]:
        """The lines of the text, with or without those on issues."""
        return Recount(self).lines(issues)

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return untypeset(Recount(self).html())


_TABLES = pa.schema(
    [
        ("table", pa.string()), ("label", pa.string()), ("origin", pa.string()), ("rows", pa.int64()),
        ("accepted", pa.int64()), ("rejected", pa.int64()), ("blank_rows", pa.int64()),
        ("encoding", pa.string()), ("duplicates", pa.int64()), ("notes", pa.string()),
    ]
)  # fmt: skip
_COLUMNS = pa.schema(
    [
        ("table", pa.string()), ("column", pa.string()), ("label", pa.string()), ("called", pa.string()),
        ("filled", pa.int64()), ("blank", pa.int64()), ("blank_share", pa.float64()),
    ]
)  # fmt: skip
_UNKNOWN = pa.schema([("table", pa.string()), ("column", pa.string()), ("near", pa.string())])
_ISSUES = pa.schema(
    [("table", pa.string()), ("column", pa.string()), ("problem", pa.string()), ("count", pa.int64())]
)


def summarize(evidence: Evidence, lang: str = "en") -> Summary:
    """The summary of evidence in a language.

    Raises
    ------
    EvidenceError
        There are no words in that language.

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> evidence = tassei.read_evidence({"people": {"person_id": ["P1"]}}, framework)
    >>> print(summarize(evidence).text.splitlines()[0])
    Evidence of 1 person · Skill Standards for IT Professionals V3 2011, Customer Service
    """
    summary_words(lang)
    framework = evidence.framework
    tables, columns, unknown = [], [], []
    for name, declared in framework.document.tables.items():
        report = evidence.reports[name]
        twice = evidence.duplicates(name)
        tables.append(
            TableLine(
                name, framework.label("table", name, lang), report.origin or None, report.rows,
                report.accepted, report.rejected, report.skipped, report.encoding or None,
                len(twice), tuple(twice[:5].tolist()), tuple(report.notes), declared.unique,
            )
        )  # fmt: skip
        for column_id, column in declared.columns.items():
            called = [c for target, c in report.named.items() if target.partition(".")[0] == column_id]
            blank = report.blanks.get(column_id, 0)
            columns.append(
                ColumnLine(
                    name, column_id, framework.label("column", f"{name}.{column_id}", lang),
                    listed(called, 3) or None, report.accepted - blank, blank,
                    blank / report.accepted if report.accepted else None, column.role, len(called),
                )
            )  # fmt: skip
        unknown += [UnknownColumn(name, column, near) for column, near in report.unknown.items()]
    return Summary(
        lang, framework.label_title(lang), evidence.library, len(evidence), tuple(tables), tuple(columns),
        tuple(unknown), _kinds(evidence.to_arrow("issues")), tuple(evidence.unknown_tables),
        tuple(evidence.groups), evidence.mapping,
    )  # fmt: skip


def _kinds(issues: pa.Table) -> tuple[IssueKind, ...]:
    """Issues by table, column and the head of the problem: what comes after a comma is of the cell."""
    names = ["table", "column", "problem"]
    counts: Counter[tuple[str, str | None, str]] = Counter()
    for row in issues.group_by(names).aggregate([([], "count_all")]).to_pylist():
        head = re.split(r"[,:] ", row["problem"])[0]
        counts[row["table"], row["column"], head] += row["count_all"]
    rows = sorted(counts.items(), key=lambda item: (-item[1], item[0][0], item[0][1] or "", item[0][2]))
    return tuple(IssueKind(*kind, count) for kind, count in rows)
