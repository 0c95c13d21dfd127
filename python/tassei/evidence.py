"""What is known about people, read and checked: columns that the core reads where they lie."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from .error import EvidenceError, unknown
from .raw import Numbering
from .sets import Sets
from .source import to_library
from .summary import Summary, summarize

if TYPE_CHECKING:
    from .digest import Digest
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
    """Cells of a table as parsed, and how its source numbers the rows."""

    cells: Mapping[str, Any]
    numbering: Numbering


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
        The mapping file that was used.

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
        unknown_tables: Sequence[str] = (), mapping: str | None = None, kept: Digest | None = None,
    ) -> None:  # fmt: skip
        self.framework = framework
        self.library = library
        self.reports = dict(reports)
        self.unknown_tables = list(unknown_tables)
        self.mapping = mapping
        self._core = core  # None: only the results were kept
        self._kept = kept
        self._ids = ids
        self._people = people
        self._columns = dict(columns)
        self._issues = issues
        self._rejected = dict(rejected)
        self._places: dict[str, int] | None = None
        self._twice: dict[str, npt.NDArray[np.int64]] = {}
        self._shown: dict[tuple[str, int], npt.NDArray[np.uint8]] = {}

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def people(self) -> Any:
        """Data frame of person_id and the grouping columns, one row a person."""
        return to_library(self._people, self.library)

    def __reduce__(self) -> Any:
        raise TypeError(
            "evidence, and what is found from it, is not pickled or copied: keep an assessment with save(), "
            "and take it out again with tassei.load()"
        )

    @property
    def groups(self) -> list[str]:
        """Columns of people by which results can be grouped."""
        return list(self._people.column_names[1:])

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

    @property
    def digest(self) -> str:
        """64 hexadecimal digits that stand for what was read: the same for the same evidence.

        They depend neither on the order of rows and people nor on the kind of file, and change with
        every cell that an assessment reads. How they come about is said in :mod:`tassei.digest`.

        Examples
        --------
        >>> import tassei
        >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
        >>> one = {"certifications": {"person_id": ["P1", "P2"], "examination": ["AP", "FE"]}}
        >>> two = {"certifications": {"資格": ["基本情報技術者試験", "AP"], "person_id": ["P2", "P1"]}}
        >>> names = {"certifications": {"資格": "examination"}}
        >>> same = tassei.read_evidence(two, framework, columns=names)
        >>> tassei.read_evidence(one, framework).digest == same.digest
        True
        """
        return self._digests.value

    @cached_property
    def _digests(self) -> Digest:
        from .digest import digest_of

        if self._kept is not None:
            return self._kept
        return digest_of(self)

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

        def label(at: int) -> str:
            return self.framework.label("word", f"{column.vocabulary}.{words[at]}", lang)

        if isinstance(cells, Sets):
            code = cells.codes[row]
            if not cells.known[code]:
                return None
            return [label(i) for i in range(len(words)) if int(cells.has[code]) >> i & 1]
        code = int(cells[row])
        return label(code - 1) if code else None

    def row_number(self, table: str, row: int) -> int:
        """The number of a row, by its position, as the user sees it in the source."""
        return int(self._columns[table].numbering(row))

    def to_arrow(self, name: str = "people") -> pa.Table:
        """`people`, `issues`, or the rejected rows of a table (``rejected.engagements``) as Arrow."""
        tables = {"people": self._people, "issues": self._issues}
        tables |= {f"rejected.{table}": rows for table, rows in self._rejected.items()}
        return tables[name]

    def duplicates(self, table: str) -> npt.NDArray[np.int64]:
        """Accepted rows that say the same as an earlier row of the same person.

        What counts is what is read, not how it is written, of every column that an assessment
        looks at; a table of persons has none.

        Parameters
        ----------
        table : str

        Returns
        -------
        array of int64
            Numbers of the rows as :meth:`row_number` gives them, rising.

        Raises
        ------
        EvidenceError
            The framework has no such table.

        Examples
        --------
        >>> import tassei
        >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
        >>> passed = {"person_id": ["P1", "P1"], "examination": ["AP", "応用情報技術者試験"]}
        >>> evidence = tassei.read_evidence({"certifications": passed}, framework)
        >>> evidence.duplicates("certifications").tolist()
        [1]
        """
        tables = self.framework.document.tables
        if table not in tables:
            raise EvidenceError(unknown("table", table, tables))
        if self._core is None:
            raise EvidenceError("only the results were saved, not the evidence")
        if table not in self._twice:
            rows = np.empty(0, np.int64)
            if table in self._columns and not tables[table].unique:
                found = self._core.duplicates(list(tables).index(table))
                rows = np.asarray(self._columns[table].numbering(found), np.int64)
            rows.flags.writeable = False
            self._twice[table] = rows
        return self._twice[table]

    def summary(self, lang: str = "en") -> Summary:
        """How reading went: rows, blanks, duplicates, encodings, unknown names, issues.

        Parameters
        ----------
        lang : {"en", "ja"}

        Returns
        -------
        Summary
            Shows itself; ``.tables`` and ``.columns`` are data frames.

        Raises
        ------
        EvidenceError
            There are no words in that language.

        Examples
        --------
        >>> import tassei
        >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
        >>> evidence = tassei.read_evidence({"people": {"person_id": ["P1"]}}, framework)
        >>> evidence.summary().tables["accepted"].tolist()
        [1, 0, 0, 0]
        """
        return summarize(self, lang)

    def __repr__(self) -> str:
        tables = ", ".join(
            f"{name} {report.accepted:,}" if report.supplied else f"{name} not supplied"
            for name, report in self.reports.items()
        )
        count = self._issues.num_rows
        issues = f", {count:,} issue{'s' if count > 1 else ''}" if count else ""
        return f"Evidence({len(self):,} people; {tables}{issues})"

    def _repr_html_(self) -> str:
        if self._core is None:
            return f"<pre>{html.escape(repr(self))}</pre>"
        return self.summary()._repr_html_()
