"""When the next level holds if running engagements go on, and how many people get there by month."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from . import _core
from .date import EPOCH
from .error import AssessError

if TYPE_CHECKING:
    from .assessment import Assessment

__all__ = ["STATUS", "forecast", "forecast_curve"]

STATUS = ["not_by_time", "reached", "met"]


def forecast(
    a: Assessment, target: int | None = None, until: Any = None, person_id: Any = None
) -> pa.Table:
    """One row a person and specialty; see :meth:`tassei.Assessment.forecast`."""
    from .tables import _repeated, _words

    places = a._places(person_id)
    sheet, date, possible = _find(a, places, target, until)
    specialties = a.framework.specialties
    levels = np.array([s.level for s in a.framework.document.sheets], np.int64)
    today = a.as_of.toordinal() - EPOCH
    never = date == _core.NO_DAY
    status = np.where((date == today) | (sheet < 0), 2, np.where(never, 0, 1)).astype(np.uint8)
    return pa.table(
        {
            "person_id": a.evidence._ids.take(pa.array(np.repeat(places, len(specialties)))),
            "specialty": _repeated(a, specialties, len(places)),
            "level": a._core.level[places].ravel().astype(np.int64),
            "target": pa.array(levels[sheet], pa.int64(), mask=sheet < 0),
            "date": _dates(date),
            "days": pa.array(date.astype(np.int64) - today, pa.int64(), mask=never),
            "status": _words(status, STATUS),
            "possible_date": _dates(possible),
        }
    )


def forecast_curve(
    a: Assessment, target: int | None = None, until: Any = None, by: str | None = None, min_group: int = 0
) -> pa.Table:
    """One row a specialty, target and month; see :meth:`tassei.Assessment.forecast_curve`."""
    from .suppress import hide_small
    from .tables import groups_of

    groups, names = groups_of(a.evidence, by, ["specialty", "target", "month", *_COUNTS])
    places = np.arange(len(a), dtype=np.int64)
    sheet, date, possible = _find(a, places, target, until)
    count = len(names)
    today = a.as_of.toordinal() - EPOCH
    first = _month(np.array([today], np.int32))[0]
    ends = [_month(days[days != _core.NO_DAY]).max(initial=first) for days in (date, possible)]
    last = max(ends) if until is None else _month(np.array([_until(a, until)], np.int32))[0]
    months = int(last - first) + 1

    sheets = a.framework.document.sheets
    order = {name: i for i, name in enumerate(a.framework.specialties)}
    shown = sorted(np.unique(sheet[sheet >= 0]), key=lambda s: (order[sheets[s].specialty], sheets[s].level))
    group = np.repeat(groups, len(order))

    def by_month(days: npt.NDArray[np.int32], of: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        """Head counts, groups × months; those who were there from the start come in front."""
        found = of & (days != _core.NO_DAY)
        place = np.where(days[found] == today, 0, _month(days[found]) - first + 1)
        cells = group[found].astype(np.int64) * (months + 1) + place
        return np.bincount(cells, minlength=count * (months + 1)).reshape(count, months + 1)

    columns: dict[str, list[Any]] = {name: [] for name in _COUNTS}
    for s in shown:
        of = sheet == s
        certain, maybe = by_month(date, of), by_month(possible, of)
        people = np.bincount(group[of], minlength=count)
        columns["reaching"].append(certain[:, 1:])
        columns["reached"].append(certain.cumsum(axis=1)[:, 1:])
        columns["possible_reached"].append(maybe.cumsum(axis=1)[:, 1:])
        columns["people"].append(np.repeat(people[:, None], months, axis=1))
    size = count * months
    table: dict[str, Any] = {
        "specialty": _repeat([sheets[s].specialty for s in shown], size)
    }
    # every group has the rows of everybody's targets and months: which ones are there tells of no group
    rows = np.tile(np.repeat(np.arange(count), months), len(shown))
    if by is not None:
        table[by] = names.take(pa.array(rows))
    table["target"] = np.repeat(np.array([sheets[s].level for s in shown], np.int64), size)
    starts = (first + np.arange(months)).astype("datetime64[M]").astype("datetime64[D]")
    table["month"] = pa.array(np.tile(starts, count * len(shown)), pa.date32())
    for name, parts in columns.items():
        table[name] = np.concatenate([p.ravel() for p in parts]) if parts else np.empty(0, np.int64)
    return hide_small(pa.table(table), a.evidence, by, min_group, rows, _COUNTS)


_COUNTS = ["reaching", "reached", "possible_reached", "people"]


def _find(a: Assessment, places: npt.NDArray[np.int64], target: int | None, until: Any) -> tuple[Any, ...]:
    target = a._check_level(target)
    last = _core.LAST_DAY if until is None else _until(a, until)
    found = _core.forecast(a._whole, places, target, last)
    return found.sheet, found.date, found.possible_date


def _until(a: Assessment, until: Any) -> int:
    from .assessment import parse_day

    day: dt.date = parse_day(until, "until")
    if day < a.as_of:
        raise AssessError(f"until is the as-of date, {a.as_of}, or later, came {day}")
    return day.toordinal() - EPOCH


def _repeat(names: list[str], times: int) -> pa.Array:
    return pa.array(names, pa.large_string()).take(pa.array(np.repeat(np.arange(len(names)), times)))


def _month(days: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """Months since 1970-01."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _dates(days: npt.NDArray[np.int32]) -> pa.Array:
    return pa.array(days, pa.int32(), mask=days == _core.NO_DAY).cast(pa.date32())
