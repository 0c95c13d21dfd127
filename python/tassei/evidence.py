"""What is known about people, read and checked: columns that the core reads where they lie."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from .column import Sets
from .raw import Raw
from .source import to_library

if TYPE_CHECKING:
    from .framework import Framework

__all__ = ["Evidence", "TableReport"]


@dataclass(frozen=True)
class TableReport:
    """What became of a table's rows.

    Attributes
    ----------
    origin : str
        File or name that it came under; empty where it was not supplied.
    rows, accepted, rejected : int
        ``accepted + rejected == rows``.
    blanks : dict of str to int
        Blank cells of each declared column among accepted rows; a column that is
        not there is blank throughout.
    unknown : dict of str to (str or None)
        Columns that the framework does not know, with the known one they look like.
    skipped : int
        Rows of a sheet or text file that are blank throughout; they are none of ``rows``.
    encoding : str
        Of a text file.
    notes : tuple of str
        What else is worth knowing about the file.
    named : dict of str to str
        What each column, or ``column.item``, is called in the source.
    """

    origin: str = ""
    rows: int = 0
    accepted: int = 0
    rejected: int = 0
    blanks: Mapping[str, int] = field(default_factory=dict)
    unknown: Mapping[str, str | None] = field(default_factory=dict)
    skipped: int = 0
    encoding: str = ""
    notes: tuple[str, ...] = ()
    named: Mapping[str, str] = field(default_factory=dict)

    @property
    def supplied(self) -> bool:
        return bool(self.origin)


@dataclass(frozen=True)
class Columns:
    """Cells of a table as parsed, and the table as it came."""

    cells: Mapping[str, Any]
    raw: Raw


class Evidence:
    """Evidence about people, made by :func:`tassei.read_evidence`; immutable.

    Attributes
    ----------
    framework : Framework
        Whose tables these are.
    library : str
        ``pandas``, ``polars`` or ``pyarrow``: what frames come back as.
    reports : dict of str to TableReport
        By table.
    unknown_tables : list of str
        Sheets, files and tables of the source that the framework does not know.
    mapping : str or None
        The mapping file that lay beside the source.

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> evidence = tassei.read_evidence({"people": {"person_id": ["P1"]}}, framework)
    >>> len(evidence)
    1
    """

    def __init__(
        self, framework: Framework, library: str, core: Any, ids: pa.Array, people: pa.Table,
        columns: Mapping[str, Columns], reports: Mapping[str, TableReport],
        issues: pa.Table, rejected: Mapping[str, pa.Table],
        unknown_tables: Sequence[str] = (), mapping: str | None = None,
    ) -> None:  # fmt: skip
        self.framework = framework
        self.library = library
        self.reports = dict(reports)
        self.unknown_tables = list(unknown_tables)
        self.mapping = mapping
        self._core = core
        self._ids = ids
        self._people = people
        self._columns = dict(columns)
        self._issues = issues
        self._rejected = dict(rejected)
        self._places: dict[str, int] | None = None

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def people(self) -> Any:
        """Data frame of person_id and the grouping columns, one row a person."""
        return to_library(self._people, self.library)

    @property
    def groups(self) -> list[str]:
        """Columns of people by which results can be grouped."""
        return self._people.column_names[1:]

    @property
    def issues(self) -> Any:
        """Data frame of every bad cell: table, row, column, value, problem, expected, hint.

        `row` is the row as a spreadsheet numbers it (the header is row 1) for files, and the
        position from 0 for frames; it is blank where a whole column or table is meant.
        """
        return to_library(self._issues, self.library)

    @property
    def rejected(self) -> dict[str, Any]:
        """Rejected rows by table, untouched, with their `row` in front."""
        return {name: to_library(table, self.library) for name, table in self._rejected.items()}

    def place(self, person_id: object) -> int | None:
        """Where a person stands in the core's columns."""
        if self._places is None:
            self._places = {value: i for i, value in enumerate(self._ids.to_pylist())}
        return self._places.get(str(person_id))

    def record(self, table: str, row: int, lang: str = "en") -> dict[str, Any]:
        """The filled cells of one row, words by their labels.

        Parameters
        ----------
        table : str
        row : int
            Position in the source, from 0.
        lang : str

        Returns
        -------
        dict
            Column id to text, number, date or list of labels.
        """
        found: dict[str, Any] = {}
        for name, cells in self._columns[table].cells.items():
            value = self._cell(table, name, cells, row, lang)
            if value is not None:
                found[name] = value
        return found

    def _cell(self, table: str, name: str, cells: Any, row: int, lang: str) -> Any:
        column = self.framework.document.tables[table].columns[name]
        if isinstance(cells, pa.ChunkedArray):
            value = cells[row].as_py()
            if value is None or value != value:
                return None
            if column.type == "date":
                return value.date() if isinstance(value, dt.datetime) else value
            return float(value) if column.type == "number" else str(value).strip() or None
        words = list(self.framework.document.vocabularies[column.vocabulary or ""].words)
        label = lambda i: self.framework.label("word", f"{column.vocabulary}.{words[i]}", lang)  # noqa: E731
        if isinstance(cells, Sets):
            code = cells.codes[row]
            if not cells.known[code]:
                return None
            return [label(i) for i in range(len(words)) if int(cells.has[code]) >> i & 1]
        code = int(cells[row])
        return label(code - 1) if code else None

    def row_number(self, table: str, row: int) -> int:
        """The number of a row, by its position, as the user sees it in the source."""
        return int(self._columns[table].raw.number(row))

    def to_arrow(self, name: str = "people") -> pa.Table:
        """`people`, `issues`, or the rejected rows of a table (``rejected.engagements``) as Arrow."""
        tables = {"people": self._people, "issues": self._issues}
        tables |= {f"rejected.{table}": rows for table, rows in self._rejected.items()}
        return tables[name]

    def summary(self) -> list[dict[str, Any]]:
        """One dict a table: label, origin, rows, accepted, rejected, share of blank cells."""
        rows = []
        for name, report in self.reports.items():
            cells = report.accepted * len(report.blanks)
            rows.append(
                {
                    "table": name,
                    "from": report.origin or "not supplied",
                    "rows": report.rows,
                    "accepted": report.accepted,
                    "rejected": report.rejected,
                    "blank": sum(report.blanks.values()) / cells if cells else 0.0,
                    "unknown_columns": ", ".join(report.unknown),
                }
            )
        return rows

    def __repr__(self) -> str:
        tables = ", ".join(
            f"{name} {report.accepted:,}" if report.supplied else f"{name} not supplied"
            for name, report in self.reports.items()
        )
        issues = f", {self._issues.num_rows:,} issues" if self._issues.num_rows else ""
        return f"Evidence({len(self):,} people; {tables}{issues})"

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{html.escape(h)}</th>" for h in self.summary()[0])
        body = ""
        for row in self.summary():
            cells = [
                f"{v:.0%}"
                if isinstance(v, float)
                else f"{v:,}"
                if isinstance(v, int)
                else html.escape(str(v))
                for v in row.values()
            ]
            body += "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
        issues = self._issues.num_rows
        note = (
            f"<p>{issues:,} issues: see <code>.issues</code> and <code>.rejected</code></p>" if issues else ""
        )
        return (
            f"<p><b>Evidence</b> of {len(self):,} people for {html.escape(self.framework.id)}</p>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"
        )

