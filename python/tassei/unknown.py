"""What to check first: which unknowns, once known, could raise how many people's certain levels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from . import _core
from .completeness import completeness, people_rising

if TYPE_CHECKING:
    from .assessment import Assessment

__all__ = ["KINDS", "unknowns"]

KINDS = ["table", "column", "verification", "record"]
_SCHEMA = pa.schema(
    [
        ("kind", pa.string()), ("table", pa.string()), ("column", pa.string()), ("row", pa.int64()),
        ("person_id", pa.large_string()), ("people_rising", pa.int64()), ("people_settled", pa.int64()),
    ]
)  # fmt: skip


def unknowns(a: Assessment) -> pa.Table:
    """One row an unknown that could raise somebody; see :meth:`tassei.Assessment.unknowns`."""
    rows = []
    for row in completeness(a).to_pylist():
        if row["people_rising"]:
            row["kind"] = "column" if row["column"] else "table"
            rows.append({name: row.get(name) for name in _SCHEMA.names})
    rows += _verifications(a)
    table = pa.concat_tables([pa.Table.from_pylist(rows, _SCHEMA), _records(a)])
    # stable: what raises as many stays in the order of kinds, then of tables, people and rows
    order = np.lexsort([-table[name].to_numpy() for name in ("people_settled", "people_rising")])
    return table.take(pa.array(order))


def _verifications(a: Assessment) -> list[dict[str, Any]]:
    """What if every record of a table were verified well enough?"""
    rows = []
    for t, (name, table) in enumerate(a.framework.document.tables.items()):
        if a._enough[t] < 0 or not a.evidence.reports[name].supplied:
            continue
        enough = [-1 if i == t else word for i, word in enumerate(a._enough)]
        rising, settled = people_rising(a, enough)
        column = next(c for c, column in table.columns.items() if column.role == "verification")
        if rising:
            rows.append(
                {
                    "kind": "verification", "table": name, "column": column,
                    "people_rising": rising, "people_settled": settled,
                }
            )  # fmt: skip
    return rows


def _records(a: Assessment) -> pa.Table:
    persons, tables, places, settles = _core.telling_records(a._whole)
    names = list(a.framework.document.tables)
    rows = np.empty(len(places), np.int64)
    for t in np.unique(tables):
        own = tables == t
        rows[own] = a.evidence._columns[names[t]].numbering(places[own])
    count = len(rows)
    return pa.table(
        [
            pa.array(["record"] * count, pa.string()),
            pa.DictionaryArray.from_arrays(tables.astype(np.int32), pa.array(names)).cast(pa.string()),
            pa.nulls(count, pa.string()),
            rows,
            a.evidence._ids.take(pa.array(persons)).cast(pa.large_string()),
            np.ones(count, np.int64),
            settles,
        ],
        schema=_SCHEMA,
    )
