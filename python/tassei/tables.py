"""What an assessment found, as Arrow tables: the columns of the results contract."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from . import _core
from .additions import additions, gaps
from .bottlenecks import bottlenecks
from .completeness import completeness
from .error import AssessError, listed, near
from .forecast import forecast, forecast_curve
from .ledger import ledger
from .supply import supply
from .suppress import hide_small
from .unknown import unknowns

if TYPE_CHECKING:
    from .assessment import Assessment
    from .evidence import Evidence

__all__ = [
    "MAKERS", "bottlenecks", "check_apart", "check_column", "coded", "completeness", "criteria",
    "distribution", "forecast", "forecast_curve", "groups_of", "head_counts", "ledger", "levels", "sheets",
    "unknowns",
]  # fmt: skip

_PIECE = 1 << 14  # times
_STATUS = ["unmet", "unknown", "met"]
_BASIS = ["none", "evidenced", "deemed"]


def levels(a: Assessment) -> pa.Table:
    """One row a person and specialty."""
    specialties = a.framework.specialties
    return pa.table(
        {
            "person_id": _persons(a, len(specialties)),
            "specialty": _repeated(a, specialties),
            "level": a._core.level.ravel().astype(np.int64),
            "possible_level": a._core.possible_level.ravel().astype(np.int64),
            "basis": _words(a._core.level_basis.ravel(), _BASIS),
        }
    )


def sheets(a: Assessment) -> pa.Table:
    """One row a person and sheet."""
    sheets = a.framework.document.sheets
    return pa.table(
        {
            "person_id": _persons(a, len(sheets)),
            "specialty": _repeated(a, [s.specialty for s in sheets]),
            "level": np.tile(np.array([s.level for s in sheets], np.int64), len(a)),
            "status": _words(a._core.status.ravel(), _STATUS),
            "basis": _words(a._core.basis.ravel(), _BASIS),
            "score": a._core.score.ravel(),
        }
    )


def criteria(
    a: Assessment, person_id: Any = None, specialty: str | None = None, level: int | None = None
) -> pa.Table:
    if specialty is not None:
        a._check_specialty(specialty)
    level = a._check_level(level)
    places = a._places(person_id)
    found = _core.criteria(a._whole, places)
    which = [
        i for i, c in enumerate(a._plan.columns)
        if specialty in (None, c.specialty) and level in (None, c.level)
    ]  # fmt: skip
    columns = [a._plan.columns[i] for i in which]
    count = len(places)
    return pa.table(
        {
            "person_id": a.evidence._ids.take(pa.array(np.repeat(places, len(columns)))),
            "specialty": _repeated(a, [c.specialty for c in columns], count),
            "level": np.tile(np.array([c.level for c in columns], np.int64), count),
            "criterion": _repeated(a, [c.criterion for c in columns], count),
            "status": _words(found.status[:, which].ravel(), _STATUS),
            "low": found.low[:, which].ravel(),
            "high": found.high[:, which].ravel(),
            "required": np.tile(np.array([c.required for c in columns], np.float64), count),
            "unit": _repeated(a, [c.unit for c in columns], count),
            "progress": found.progress[:, which].ravel(),
        }
    )


def distribution(a: Assessment, by: str | None = None, min_group: int = 0) -> pa.Table:
    groups, names = groups_of(a.evidence, by)
    found = _core.distribution(a._core, groups, len(names))
    return head_counts(found, a.evidence, a.framework.specialties, by, names, min_group)


def head_counts(
    found: Any, evidence: Evidence, specialties: list[str], by: str | None, names: pa.Array, min_group: int
) -> pa.Table:
    """Levels and people as the core counts them, a row a specialty, group and level."""
    levels, certain, possible, people = found
    count, depth = len(names), len(levels)
    # group × specialty × level, seen as specialty × group × level
    certain, possible = certain.swapaxes(0, 1), possible.swapaxes(0, 1)
    size = np.maximum(people, 1)[None, :, None]
    places = np.tile(np.repeat(np.arange(count), depth), len(specialties))
    counts = {
        "level": np.tile(np.array(levels, np.int64), len(specialties) * count),
        "certain": certain.ravel(),
        "possible": possible.ravel(),
        "certain_share": (certain / size).ravel(),
        "possible_share": (possible / size).ravel(),
    }
    check_apart(by, ["specialty", *counts])
    group = {} if by is None else {by: names.take(pa.array(places))}
    table = pa.table({"specialty": np.repeat(np.array(specialties), count * depth), **group, **counts})
    return hide_small(table, evidence, by, min_group, places, [name for name in counts if name != "level"])


MAKERS: dict[str, Callable[..., pa.Table]] = {
    "levels": levels,
    "sheets": sheets,
    "criteria": criteria,
    "ledger": ledger,
    "gaps": gaps,
    "additions": additions,
    "distribution": distribution,
    "bottlenecks": bottlenecks,
    "completeness": completeness,
    "forecast": forecast,
    "forecast_curve": forecast_curve,
    "supply": supply,
    "unknowns": unknowns,
}


def groups_of(
    evidence: Evidence, by: str | None, own: Sequence[str] = ()
) -> tuple[npt.NDArray[np.int32], pa.Array]:
    """Each person's group by a column of people, and what the groups are called; one group without.

    `own` are the columns that the table by group has beside.
    """
    if by is None:
        return np.zeros(len(evidence), np.int32), pa.array(["all"])
    check_column(evidence, by)
    check_apart(by, own)
    return coded(evidence._people.column(by))


def check_column(evidence: Evidence, by: str) -> None:
    """Says it, with what there is, where people have no such column."""
    if by not in evidence.groups:
        close = near(by, evidence.groups)
        hint = f"; did you mean {close!r}?" if close else ""
        raise AssessError(f"people have no column {by!r}; they have {listed(evidence.groups)}{hint}")


def check_apart(by: str | None, own: Sequence[str]) -> None:
    """Says it where the column of people is called as one of the table by group's own columns."""
    if by in ("suppressed", *own):
        raise AssessError(f"by={by!r}: the table has a column of that name; give the people's another name")


def _persons(a: Assessment, times: int) -> pa.Array:
    places = np.repeat(np.arange(len(a), dtype=np.int32), times)
    return a.evidence._ids.take(pa.array(places))


def _repeated(a: Assessment, names: Sequence[str], times: int | None = None) -> pa.ChunkedArray:
    """Names over and over: pieces that are one and the same in memory."""
    rows = (len(a) if times is None else times) * len(names)
    codes = np.tile(np.arange(len(names), dtype=np.int32), min(len(a), _PIECE))
    piece = pa.DictionaryArray.from_arrays(codes, pa.array(names, pa.string())).cast(pa.large_string())
    whole, rest = divmod(rows, len(piece)) if len(piece) else (0, 0)
    return pa.chunked_array([piece] * whole + [piece.slice(0, rest)] * (rest > 0), pa.large_string())


def _words(codes: npt.NDArray[np.uint8], words: list[str]) -> pa.Array:
    indices = pa.array(np.ascontiguousarray(codes).astype(np.int8))
    return pa.DictionaryArray.from_arrays(indices, pa.array(words)).cast(pa.large_string())


def coded(column: Any) -> tuple[npt.NDArray[np.int32], pa.Array]:
    """Each person's group and the groups' values, rising; people without one make the last group."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    encoded = pc.dictionary_encode(
        array.cast(pa.large_string()) if pa.types.is_string_view(array.type) else array
    )
    values = encoded.dictionary
    codes = pc.fill_null(encoded.indices, len(values)).to_numpy(zero_copy_only=False).astype(np.int64)
    order = pc.sort_indices(values).to_numpy()
    rank = np.empty(len(values) + 1, np.int32)
    rank[order] = np.arange(len(values), dtype=np.int32)
    rank[-1] = len(values)
    names = values.take(pa.array(order))
    if encoded.null_count:
        names = pa.concat_arrays([names, pa.nulls(1, names.type)])
    return np.ascontiguousarray(rank[codes]), names
