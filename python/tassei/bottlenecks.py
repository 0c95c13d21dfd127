"""What stands between people and a level: how many lack each criterion, and how many only that one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from .everybody import criteria_in_parts

if TYPE_CHECKING:
    from .assessment import Assessment

__all__ = ["bottlenecks"]

_UNMET, _UNKNOWN = 0, 1
_COUNTS = ["lacking", "open", "only"]


def bottlenecks(
    a: Assessment, target: int | None = None, by: str | None = None, min_group: int = 0
) -> pa.Table:
    """One row a specialty, target (, group) and criterion; see :meth:`tassei.Assessment.bottlenecks`."""
    from .suppress import hide_small
    from .tables import groups_of

    target = a._check_level(target)
    groups, names = groups_of(a.evidence, by, ["specialty", "target", "criterion", "people", *_COUNTS])
    specialties = a.framework.specialties
    sheets = a.framework.document.sheets
    levels = {s: sorted(sheet.level for sheet in sheets if sheet.specialty == s) for s in specialties}
    asked = [(s, level) for s in specialties for level in levels[s] if target in (None, level)]
    columns = {
        sheet: [i for i, c in enumerate(a._plan.columns) if (c.specialty, c.level) == sheet]
        for sheet in asked
    }
    counts = {
        sheet: np.zeros((len(_COUNTS), len(columns[sheet]), len(names)), np.int64) for sheet in asked
    }
    people = {sheet: np.zeros(len(names), np.int64) for sheet in asked}
    for places, part in criteria_in_parts(a):
        status = part.status
        for sheet in asked:
            specialty, level = sheet
            certain = a._core.level[places, specialties.index(specialty)]
            below = certain < level
            if target is None:  # those whose next level it is
                below &= certain >= max((at for at in levels[specialty] if at < level), default=0)
            own = status[below][:, columns[sheet]]
            where = groups[places[below]]
            not_met = (own == _UNMET) | (own == _UNKNOWN)
            alone = not_met & (not_met.sum(axis=1) == 1)[:, None]
            people[sheet] += np.bincount(where, minlength=len(names))
            for which, what in enumerate((own == _UNMET, own == _UNKNOWN, alone)):
                for c in range(what.shape[1]):
                    counts[sheet][which, c] += np.bincount(where[what[:, c]], minlength=len(names))
    rows = [(sheet, g, c) for sheet in asked for g in range(len(names)) for c in range(len(columns[sheet]))]
    place = np.array([g for _, g, _ in rows], np.int64)
    table = {"specialty": pa.array([sheet[0] for sheet, _, _ in rows], pa.large_string())}
    if by is not None:
        table[by] = names.take(pa.array(place))
    table |= {
        "target": pa.array([sheet[1] for sheet, _, _ in rows], pa.int64()),
        "criterion": pa.array(
            [a._plan.columns[columns[sheet][c]].criterion for sheet, _, c in rows], pa.large_string()
        ),
        "people": pa.array([people[sheet][g] for sheet, g, _ in rows], pa.int64()),
    }
    for which, name in enumerate(_COUNTS):
        table[name] = pa.array([counts[sheet][which, c, g] for sheet, g, c in rows], pa.int64())
    return hide_small(pa.table(table), a.evidence, by, min_group, place, ["people", *_COUNTS])
