"""What everybody lacks to a level, and the cheapest additions that reach it, as tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from . import _core
from .cost import chosen_costs, core_costs

if TYPE_CHECKING:
    from .assessment import Assessment

__all__ = ["additions", "cells_of", "gaps"]


def gaps(a: Assessment, target: int | None = None, costs: Mapping[str, float] | None = None) -> pa.Table:
    """One row a person, specialty and open criterion."""
    found = _found(a, target, costs)
    at = found.criterion_gap
    columns = a._plan.columns
    sheets = np.array([s.level for s in a.framework.document.sheets], np.int64)
    which = found.criterion
    cost = found.cost[at]
    return pa.table(
        {
            **_who(a, found, at),
            "of_level": sheets[np.array([c.sheet for c in columns], np.int64)[which]],
            "criterion": _picked([c.criterion for c in columns], which),
            "missing": found.missing,
            "unit": _picked([c.unit for c in columns], which),
            "cost": pa.array(cost, mask=np.isinf(cost)),
            "exact": pa.array(found.exact[at].astype(bool)),
        }
    )


def additions(a: Assessment, target: int | None = None, costs: Mapping[str, float] | None = None) -> pa.Table:
    """One row an addition of the cheapest way."""
    found = _found(a, target, costs)
    at = found.addition_gap
    first = np.searchsorted(at, at, side="left")
    tables = list(a.framework.document.tables.items())
    timed = np.array([any(c.role == "start" for c in t.columns.values()) for _, t in tables])
    texts = [cells_text(a, record) for record in found.records]
    new = found.record >= 0
    table = found.table
    numbers = np.zeros(len(at), np.int64)
    for t, (name, _) in enumerate(tables):
        mine = np.flatnonzero(~new & (table == t))
        if len(mine):
            numbers[mine] = [a.evidence.row_number(name, int(row)) for row in found.row[mine]]
    return pa.table(
        {
            **_who(a, found, at),
            "addition": np.arange(len(at), dtype=np.int64) - first + 1,
            "table": _picked([name for name, _ in tables], table),
            "kind": _picked(["continue", "new"], new.astype(np.int32)),
            "days": pa.array(found.days.astype(np.int64), mask=~timed[table] if len(at) else None),
            "count": found.count.astype(np.int64),
            "cost": found.addition_cost,
            "cells": _picked([*texts, None], np.where(new, found.record, len(texts)).astype(np.int32)),
            "row": pa.array(numbers, mask=new),
        }
    )


def _found(a: Assessment, target: int | None, costs: Mapping[str, float] | None) -> Any:
    target = a._check_level(target)
    everybody = np.arange(len(a), dtype=np.int64)
    ready = core_costs(a.framework, chosen_costs(a.framework, costs))
    return _core.gaps(a._whole, ready, everybody, target or 0)


def _who(a: Assessment, found: Any, at: Any) -> dict[str, Any]:
    person, specialty = found.person[at], found.specialty[at]
    sheets = np.array([s.level for s in a.framework.document.sheets], np.int64)
    return {
        "person_id": a.evidence._ids.take(pa.array(person)),
        "specialty": _picked(a.framework.specialties, specialty),
        "level": a._core.level[person, specialty].astype(np.int64),
        "target": sheets[found.sheet[at]],
    }


def _picked(names: list[Any], codes: Any) -> pa.Array:
    codes = pa.array(np.ascontiguousarray(codes, dtype=np.int32))
    return pa.array(names, pa.large_string()).take(codes)


def cells_text(a: Assessment, record: Any) -> str:
    """The cells of a record to be, by ids: ``position=manager, complexity=multi_vendor;nationwide``."""
    parts = []
    for name, value in cells_of(a, record).items():
        text = ";".join(value) or "none" if isinstance(value, list) else value
        parts.append(f"{name}={text:g}" if isinstance(text, float) else f"{name}={text}")
    return ", ".join(parts)


def cells_of(a: Assessment, record: Any) -> dict[str, Any]:
    """Column id to word, list of items or number."""
    document = a.framework.document
    columns = list(list(document.tables.values())[record.table].columns.items())
    found: dict[str, Any] = {}
    for cell in record.cells:
        name, column = columns[cell.column]
        if column.type == "number":
            found[name] = cell.number
            continue
        words = list(document.vocabularies[column.vocabulary or ""].words)
        if column.type == "set":
            found[name] = [word for i, word in enumerate(words) if cell.items >> i & 1]
        else:
            found[name] = words[cell.word]
    return found
