"""Small groups: which numbers are shown, so that no hidden ones can be worked out from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from . import _core
from .arguments import whole_number

if TYPE_CHECKING:
    from .evidence import Evidence

__all__ = ["MIN_GROUP", "blanked", "hidden_groups", "hidden_in_part", "hide_small", "shown_groups"]

MIN_GROUP = 5  # people; pictures and reports hide smaller groups unless told otherwise
_MOST_GROUPS = 200  # a column with more is looked at beside everybody only


def shown_groups(evidence: Evidence, by: str, min_group: int) -> npt.NDArray[np.uint8]:
    """Which groups of a column may be shown: 0 shown, 1 too small, 2 hidden beside a small one.

    Every column of people that could be grouped by is looked at together, as if all its tables were
    published: nothing hidden is a sum or difference of what any of them shows.

    Parameters
    ----------
    evidence : Evidence
    by : str
        A column of people.
    min_group : int
        The fewest people that a shown group has; 0 and 1 show all.

    Returns
    -------
    array of uint8
        By group, rising by value as in the tables, people without one last.

    Raises
    ------
    AssessError
        `min_group` is no whole number from 0 on.

    Notes
    -----
    Complementary suppression, audited on the linear system of all tables: A. Hundepool et al.,
    Statistical Disclosure Control (Wiley, 2012), chapter 4.

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> people = {"person_id": [f"P{i}" for i in range(20)], "site": ["A"] * 9 + ["B"] * 2 + ["C"] * 9}
    >>> evidence = tassei.read_evidence({"people": people}, framework)
    >>> shown_groups(evidence, "site", 5).tolist()
    [2, 1, 0]
    """
    min_group = whole_number("min_group", min_group)
    known: dict[tuple[str, int], npt.NDArray[np.uint8]] = evidence._shown
    if (by, min_group) in known:
        return known[by, min_group]
    columns = _looked_at(evidence, by)
    codes = np.ascontiguousarray([groups for groups, _ in columns.values()], np.int32)
    shown = _core.suppress(codes, [len(names) for _, names in columns.values()], int(min_group))
    known |= {(name, min_group): own for name, own in zip(columns, shown, strict=True)}
    return known[by, min_group]


def hidden_groups(evidence: Evidence, by: str | None, min_group: int, count: int) -> npt.NDArray[np.bool_]:
    """Which of so many groups are hidden: none without `by` or with a `min_group` of 0."""
    if by is None or not whole_number("min_group", min_group):
        return np.zeros(count, bool)
    return np.asarray(shown_groups(evidence, by, min_group) != 0)


def _looked_at(
    evidence: Evidence, by: str | None = None
) -> dict[str, tuple[npt.NDArray[np.int32], pa.Array]]:
    """Groups of people and their names by column, of all columns that are looked at together with one."""
    from .tables import coded

    every = {name: coded(evidence._people.column(name)) for name in evidence.groups}
    columns = {name: found for name, found in every.items() if len(found[1]) <= _MOST_GROUPS}
    return columns if by is None or by in columns else {by: every[by]}


def hidden_in_part(
    source: Evidence, by: str, min_group: int, part: npt.NDArray[np.int64],
    among: Evidence, place: npt.NDArray[np.int64],
) -> npt.NDArray[np.bool_]:  # fmt: skip
    """Which groups of a part of the people are hidden, beside published tables of all of `among`.

    Parameters
    ----------
    source : Evidence
        Whose groups they are.
    by : str
    min_group : int
    part : array of int64
        Places of the part's people in `source`.
    among : Evidence
        Whose tables by each of its columns are published as :func:`shown_groups` says.
    place : array of int64
        Places of the same people in `among`.

    Notes
    -----
    The tables of all and of the part are audited as one system. Where that would hide what is
    published anyway (a group of `among`, or the people beside the part), all groups are hidden.
    """
    own = np.asarray(shown_groups(source, by, min_group) != 0)
    if source is among and len(part) == len(among):
        return own
    columns = _looked_at(source, by)
    codes, counts, fixed = [], [], []
    for name, (groups, names) in _looked_at(among).items():
        codes.append(groups)
        counts.append(len(names))
        fixed.append(shown_groups(among, name, min_group) == 0)
    for groups, names in columns.values():
        inner = np.full(len(among), len(names), np.int32)  # people beside the part
        inner[place] = groups[part]
        codes.append(inner)
        counts.append(len(names) + 1)
        fixed.append(np.arange(len(names) + 1) == len(names))
    found = _core.suppress(np.ascontiguousarray(codes, np.int32), counts, int(min_group))
    told = any((shown[must] != 0).any() for shown, must in zip(found, fixed, strict=True))
    at = len(found) - len(columns) + list(columns).index(by)
    return np.asarray(own | told | (found[at][:-1] != 0))


def hide_small(
    table: pa.Table, evidence: Evidence, by: str | None, min_group: int, places: Any, counts: list[str]
) -> pa.Table:
    """A table by group with the numbers of hidden groups blank, and a column ``suppressed`` that says so.

    Parameters
    ----------
    table : pyarrow.Table
    evidence : Evidence
    by : str or None
        The column of people that the table is grouped by; without one nothing is hidden.
    min_group : int
        0 leaves the table as it is.
    places : array of int
        By row, the place of its group.
    counts : list of str
        Columns that are numbers about the group.
    """
    if not whole_number("min_group", min_group):
        return table
    if by is None:
        return blanked(table, np.zeros(table.num_rows, bool), counts)
    return blanked(table, shown_groups(evidence, by, min_group)[np.asarray(places)] != 0, counts)


def blanked(table: pa.Table, hidden: npt.NDArray[np.bool_], counts: list[str]) -> pa.Table:
    """The table with some rows' numbers blank, and a column ``suppressed`` that says which."""
    for name in counts:
        column = table.column(name).combine_chunks()
        cells = pa.array(column.to_numpy(zero_copy_only=False), column.type, mask=hidden)
        table = table.set_column(table.column_names.index(name), name, cells)
    return table.append_column("suppressed", pa.array(hidden))
