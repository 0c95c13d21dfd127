"""Which blanks hold people back: what would become certain if a column were filled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from . import _core
from .date import EPOCH

if TYPE_CHECKING:
    from .assessment import Assessment

__all__ = ["completeness", "people_rising", "who_rises"]

# blanks of these have a meaning of their own, or cannot be
_NEVER_OPEN = {"person", "identity", "end"}
_COUNTS = ["people_rising", "people_settled"]
_SCHEMA = pa.schema(
    [
        ("table", pa.string()), ("column", pa.string()), ("blank", pa.int64()), ("blank_share", pa.float64()),
        ("people_rising", pa.int64()), ("people_settled", pa.int64()),
    ]
)  # fmt: skip


def completeness(
    a: Assessment, by: str | None = None, min_group: int = 0, specialty: str | None = None
) -> pa.Table:
    """One row a column with blanks, or a table that was not supplied (, and group); most telling first.

    Each column is filled, alone, with what is best for each person, and everybody assessed again.
    """
    from .suppress import hide_small
    from .tables import groups_of

    a._need_evidence()
    if specialty is not None:
        a._check_specialty(specialty)
    groups, names = groups_of(a.evidence, by, ["table", "column", "people", *_COUNTS])
    sizes = np.bincount(groups, minlength=len(names))
    by_group: list[npt.NDArray[np.int64]] = []  # people who rise, and who settle, by group
    rows: list[dict[str, Any]] = []
    document = a.framework.document
    for t, (name, table) in enumerate(document.tables.items()):
        report = a.evidence.reports[name]
        if table.unique:
            continue
        columns: list[tuple[int, str | None]] = [
            (c, column_id) for c, (column_id, column) in enumerate(table.columns.items())
            if column.role not in _NEVER_OPEN and report.blanks.get(column_id, 0)
        ]  # fmt: skip
        if not report.supplied:
            columns = [(0, None)]
        for c, column_id in columns:
            filled = [[False] * len(other.columns) for other in document.tables.values()]
            filled[t][c] = True
            who = who_rises(a, a._enough, filled, specialty)
            by_group.append(np.array([np.bincount(groups[some], minlength=len(names)) for some in who]))
            blank = report.blanks.get(column_id) if column_id else None
            rows.append(
                {
                    "table": name,
                    "column": column_id,
                    "blank": blank,
                    "blank_share": blank / report.accepted if blank is not None else None,
                    "people_rising": int(who[0].sum()),
                    "people_settled": int(who[1].sum()),
                }
            )
    order = sorted(
        range(len(rows)), key=lambda i: (-rows[i]["people_rising"], -rows[i]["people_settled"])
    )  # fmt: skip
    table = pa.Table.from_pylist([rows[i] for i in order], _SCHEMA)
    if by is None:
        return hide_small(table, a.evidence, by, min_group, np.zeros(len(order), np.int64), _COUNTS)
    counts = np.array([by_group[i] for i in order], np.int64).reshape(len(order), 2, len(names))
    times = np.repeat(np.arange(len(order)), len(names))
    places = np.tile(np.arange(len(names)), len(order))
    table = table.select(["table", "column"]).take(pa.array(times))
    table = table.append_column(by, names.take(pa.array(places)))
    table = table.append_column("people", pa.array(sizes[places], pa.int64()))
    for which, name in enumerate(_COUNTS):
        table = table.append_column(name, pa.array(counts[:, which].ravel(), pa.int64()))
    return hide_small(table, a.evidence, by, min_group, places, ["people", *_COUNTS])


def people_rising(
    a: Assessment, enough: list[int], filled: list[list[bool]] | None = None
) -> tuple[int, int]:
    """How many people some certain level of whom rises under other options, and as high as it can."""
    rising, settled = who_rises(a, enough, filled)
    return int(np.count_nonzero(rising)), int(np.count_nonzero(settled))


def who_rises(
    a: Assessment, enough: list[int], filled: list[list[bool]] | None = None, specialty: str | None = None
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Whose certain level rises under other options, in some or one specialty, and as high as it can."""
    a._need_evidence()
    core = _core.assess(
        a._plan.core, a.evidence._core, a.as_of.toordinal() - EPOCH, enough, a._threads, filled or []
    )
    own = slice(None)
    if specialty is not None:
        own = slice(at := a.framework.specialties.index(specialty), at + 1)
    rising = core.level[:, own] > a._core.level[:, own]
    settled = rising & (core.level[:, own] == a._core.possible_level[:, own])
    return rising.any(axis=1), settled.any(axis=1)
