"""Supply and demand: how many people a plan asks for at a level, and how many of them are missing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .arguments import is_blank
from .error import AssessError, EvidenceError, listed, near
from .suppress import hide_small
from .text import key, narrow

if TYPE_CHECKING:
    from .assessment import Assessment

__all__ = ["supply"]

_MOST = 10**9  # people at one level
_SHOWN = 20


def supply(a: Assessment, demand: Any, by: str | None = None, min_group: int = 0) -> pa.Table:
    """One row a specialty (, group) and level; see :meth:`tassei.Assessment.supply`."""
    from .tables import distribution, groups_of

    counts = ["certain", "possible"]
    shorts = [f"short_{name}" for name in counts]
    _, names = groups_of(a.evidence, by, ["people", "demand", *shorts])  # the first of a plan's
    found = distribution(a, by)
    specialties, levels = a.framework.specialties, [0, *a.framework.levels]
    shape = (len(specialties), len(names), len(levels))
    asked = _asked(a, demand, by, names.to_pylist())
    wanted = np.full(shape, -1, np.int64)  # -1: nothing was asked
    for (specialty, group, level), people in asked.items():
        wanted[specialties.index(specialty), group, levels.index(level)] = people
    table = found.select([name for name in found.column_names if not name.endswith("_share")])
    place = table.column_names.index("level") + 1
    table = table.add_column(place, "demand", pa.array(wanted.ravel(), mask=wanted.ravel() < 0))
    for name in counts:
        people = found.column(name).to_numpy().reshape(shape)
        table = table.append_column(f"short_{name}", pa.array(_short(people, wanted).ravel()))
    places = np.tile(np.repeat(np.arange(len(names)), len(levels)), len(specialties))
    table = hide_small(table, a.evidence, by, min_group, places, [*counts, *shorts])
    for name in shorts:
        cells = pc.if_else(table["demand"].is_valid(), table[name], pa.scalar(None, pa.int64()))
        table = table.set_column(table.column_names.index(name), name, cells)
    return table


def _short(people: npt.NDArray[np.int64], wanted: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """How many people are missing at each level of the last axis, which rises.

    Places are filled from the highest level down, and whoever is not needed at a level may fill a place
    below. A place at a level or above can be filled by people of that level or above only, so for every
    level at least max over the levels L from there on of (places from L on − people from L on) places
    stay empty; that is what the greedy way leaves empty, so that no other way leaves less, neither in
    total nor from any level on.
    """
    short = np.zeros_like(people)
    free = np.zeros(people.shape[:-1], np.int64)
    for at in reversed(range(people.shape[-1])):
        free = free + people[..., at] - np.maximum(wanted[..., at], 0)
        short[..., at] = np.maximum(-free, 0)
        free = np.maximum(free, 0)
    return short


# --- the plan ---------------------------------------------------------------------------------------


def _asked(a: Assessment, demand: Any, by: str | None, groups: list[Any]) -> dict[tuple[str, int, int], int]:
    """People asked for by specialty, place of the group and level."""
    wrong: list[str] = []
    d = a.framework.document
    specialties = {
        key(said): name for name, s in d.specialties.items() for said in (*s.label.values(), name)
    }
    levels = {s: sorted(sheet.level for sheet in d.sheets if sheet.specialty == s) for s in d.specialties}
    places: dict[Any, int] = {str(group): at for at, group in enumerate(groups) if group is not None}
    places |= {group: at for at, group in enumerate(groups)}
    asked: dict[tuple[str, int, int], int] = {}
    first: dict[tuple[str, int, int], str] = {}
    for row, (group, said, of_level, people) in _rows(demand, by):

        def bad(column: str, value: Any, expected: str, options: Any = (), row: str = row) -> None:
            close = near(value, options)
            hint = f"; did you mean {close!r}?" if close else ""
            came = "it is blank" if _blank(value) else f"came {str(value)!r}"
            wrong.append(f"{row}, {column}: {came}, expected {expected}{hint}")

        specialty = None if _blank(said) else specialties.get(key(str(said)))
        if specialty is None:
            bad("specialty", said, f"one of {listed(d.specialties)}", d.specialties)
        level = _whole(of_level)
        there = a.framework.levels if specialty is None else levels[specialty]
        if level not in there:
            bad("level", of_level, f"one of {listed(there)}")
            level = None
        count = _whole(people)
        if count is None:
            bad("people", people, f"a whole number from 0 to {_MOST:,}")
        place: int | None = 0
        if by is not None:
            group = None if _blank(group) else group
            place = places.get(group, places.get(str(group).strip()))
            if place is None:
                known = [g for g in groups if g is not None]
                bad(by, group, f"one of {listed(known)}", known)
        if specialty is None or level is None or place is None:
            continue
        where = (specialty, place, level)
        if where in first:
            wrong.append(f"{row}: asks for the same as {first[where]}, expected one head count")
        first.setdefault(where, row)
        if count is not None:
            asked.setdefault(where, count)
    if wrong:
        more = [f"… and {len(wrong) - _SHOWN} more"] if len(wrong) > _SHOWN else []
        count_said = f"{len(wrong)} problem{'s' if len(wrong) > 1 else ''}"
        raise AssessError("\n  ".join([f"demand: {count_said}", *wrong[:_SHOWN], *more]))
    return asked


def _rows(demand: Any, by: str | None) -> list[tuple[str, tuple[Any, Any, Any, Any]]]:
    """What each row is called, and its group, specialty, level and head count as they came."""
    from .source import _frame

    if isinstance(demand, Mapping) and all(isinstance(name, tuple) for name in demand):
        if by is not None and demand:
            raise AssessError(f"demand: came a mapping by level, expected a frame with a column {by}")
        odd = [name for name in demand if len(name) != 2]
        if odd:
            raise AssessError(f"demand: came {odd[0]!r}, expected keys such as (specialty, level)")
        return [(f"{name!r}", (None, *name, people)) for name, people in demand.items()]
    try:
        raw = _frame("demand", demand)
    except EvidenceError as error:
        raise AssessError(str(error)) from None
    needed = ["specialty", "level", "people"] + ([by] if by is not None else [])
    wrong = []
    for name in needed:
        if name not in raw.columns:
            close = near(name, [column for column in raw.columns if column not in needed])
            wrong.append(f"no column {name!r}" + (f"; did you mean {close!r}?" if close else ""))
    if wrong:
        came = listed(raw.columns) or "none"
        raise AssessError(f"demand: expected columns {listed(needed)}, came {came}: " + "; ".join(wrong))
    cells = [raw.columns[name].to_pylist() for name in needed]
    groups = cells[3] if by is not None else [None] * raw.rows
    return [
        (f"row {row}", values) for row, values in enumerate(zip(groups, *cells[:3], strict=True))
    ]  # fmt: skip


def _blank(value: Any) -> bool:
    return is_blank(value) or not str(value).strip()


def _whole(value: Any) -> int | None:
    """The whole number that a cell says, as a number or as text."""
    text = narrow(str(value))
    if not re.fullmatch(r"\d{1,10}(\.0*)?", text, re.ASCII):
        return None
    number = int(text.partition(".")[0])
    return number if number <= _MOST else None
