"""Which blanks hold people back: what would become certain if a column were filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from . import _core
from .date import EPOCH

if TYPE_CHECKING:
    from .assessment import Assessment

__all__ = ["completeness", "people_rising"]

# blanks of these have a meaning of their own, or cannot be
_NEVER_OPEN = {"person", "identity", "end"}
_SCHEMA = pa.schema(
    [
        ("table", pa.string()), ("column", pa.string()), ("blank", pa.int64()), ("blank_share", pa.float64()),
        ("people_rising", pa.int64()), ("people_settled", pa.int64()),
    ]
)  # fmt: skip


def completeness(a: Assessment) -> pa.Table:
    """One row a column with blanks, or a table that was not supplied; most telling first.

    Each column is filled, alone, with what is best for each person, and everybody assessed again.
    """
    rows = []
    document = a.framework.document
    for t, (name, table) in enumerate(document.tables.items()):
        report = a.evidence.reports[name]
        if table.unique:
            continue
        columns = [
            (c, column_id) for c, (column_id, column) in enumerate(table.columns.items())
            if column.role not in _NEVER_OPEN and report.blanks.get(column_id, 0)
        ]  # fmt: skip
        if not report.supplied:
            columns = [(0, None)]
        for c, column_id in columns:
            filled = [[False] * len(other.columns) for other in document.tables.values()]
            filled[t][c] = True
            rising, settled = people_rising(a, a._enough, filled)
            blank = report.blanks.get(column_id) if column_id else None
            rows.append(
                {
                    "table": name,
                    "column": column_id,
                    "blank": blank,
                    "blank_share": blank / report.accepted if blank is not None else None,
                    "people_rising": rising,
                    "people_settled": settled,
                }
            )
    rows.sort(key=lambda row: (-row["people_rising"], -row["people_settled"]))
    return pa.Table.from_pylist(rows, _SCHEMA)


def people_rising(
    a: Assessment, enough: list[int], filled: list[list[bool]] | None = None
) -> tuple[int, int]:
    """How many people some certain level of whom rises under other options, and as high as it can."""
    core = _core.assess(
        a._plan.core, a.evidence._core, a.as_of.toordinal() - EPOCH, enough, a._threads, filled or []
    )
    rising = core.level > a._core.level
    settled = rising & (core.level == a._core.possible_level)
    return int(np.count_nonzero(rising.any(axis=1))), int(np.count_nonzero(settled.any(axis=1)))
