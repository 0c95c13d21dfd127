"""Two assessments of the same people: who moved, from where to where, and by what."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from . import _core
from .assessment import Assessment
from .error import AssessError, listed, unknown
from .everybody import AT_ONCE
from .movement import html, movement_words, text
from .source import to_library
from .suppress import blanked, hidden_in_part
from .tables import groups_of
from .text import untypeset

__all__ = ["Comparison", "compare"]

_STATUS = ["unmet", "unknown", "met", "absent"]
_ABSENT, _MET, _DEEMED = 3, 2, 2
_COUNTS = ["certain", "possible"]


def compare(a: Assessment, b: Assessment) -> Comparison:
    """Compares two assessments of (some of) the same people.

    They may differ in anything: as-of date, readings, verification, version of the framework,
    evidence. Persons are matched by ``person_id``, specialties and criteria by their ids.

    Parameters
    ----------
    a, b : Assessment
        Before and after. Frames come back in the library of `a`'s evidence.

    Returns
    -------
    Comparison

    Raises
    ------
    AssessError
        Not assessments, or no person or no specialty is in both.

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> tables = {"certifications": {"person_id": ["P1"], "examination": ["AP"]}}
    >>> evidence = tassei.read_evidence(tables, framework)
    >>> a = tassei.assess(evidence, framework, as_of="2026-03-31")
    >>> b = tassei.assess(evidence, framework, as_of="2026-03-31", readings={"deeming": "ignore"})
    >>> c = tassei.compare(a, b)
    >>> c.differs
    {'reading deeming': ('accept', 'ignore')}
    >>> c.changes()[["specialty", "level_before", "level_after", "moved_by"]].values.tolist()[0]
    ['hardware', 3, 0, '3 deemed']
    """
    for one in (a, b):
        if not isinstance(one, Assessment):
            raise AssessError(f"expected two assessments from assess, came {type(one).__name__}")
    return Comparison(a, b)


class Comparison:
    """Two assessments of the same people. Made by :func:`tassei.compare`.

    Shows itself in a notebook; ``str(comparison)`` is its text.

    Attributes
    ----------
    before, after : Assessment
    specialties : list of str
        Those that both have.
    differs : dict of str to (before, after)
        In what the assessments differ: ``as_of``, ``min_verification``, ``framework``,
        ``version``, ``fingerprint``, ``evidence`` and ``reading …``.
    """

    def __init__(self, before: Assessment, after: Assessment) -> None:
        self.before = before
        self.after = after
        ids, others = before.evidence._ids, after.evidence._ids
        found = pc.index_in(ids, value_set=others.cast(ids.type)).to_numpy(zero_copy_only=False)
        both = np.flatnonzero(~np.isnan(found)) if found.dtype.kind == "f" else np.arange(len(found))
        self._person_before = both.astype(np.int64)
        self._person_after = found[both].astype(np.int64)
        if not len(both):
            raise AssessError(
                f"the assessments have no person in common: {_some(ids)} and {_some(others)} are others"
            )
        mine, theirs = before.framework.specialties, after.framework.specialties
        self.specialties = [s for s in mine if s in theirs]
        if not self.specialties:
            raise AssessError(
                f"the frameworks have no specialty in common: {listed(mine)} and {listed(theirs)}"
            )
        self._specialty_before = np.array([mine.index(s) for s in self.specialties], np.int32)
        self._specialty_after = np.array([theirs.index(s) for s in self.specialties], np.int32)
        self.differs = _differences(before, after)

    def __len__(self) -> int:
        return len(self._person_before)

    @property
    def _paired(self) -> tuple[Any, Any, Any, Any, Any, Any]:
        return (
            self.before._core, self.after._core, self._person_before, self._person_after,
            self._specialty_before, self._specialty_after,
        )  # fmt: skip

    # --- tables --------------------------------------------------------------------------------

    def to_arrow(self, name: str = "transitions", **options: Any) -> pa.Table:
        """A table as Arrow: `transitions`, `changes`, `criteria` or `unmatched`."""
        makers = {
            "transitions": self._transitions, "changes": self._changes, "criteria": self._criteria,
            "unmatched": self._unmatched,
        }  # fmt: skip
        if name not in makers:
            raise AssessError(unknown("table", name, makers))
        return makers[name](**options)

    def _frame(self, table: pa.Table) -> Any:
        return to_library(table, self.before.evidence.library)

    def transitions(self, by: str | None = None, min_group: int = 0) -> Any:
        """How many people went from which level to which.

        Parameters
        ----------
        by : str, optional
            A column of people, as the evidence before has it.
        min_group : int
            With `by`, numbers of groups of which fewer people are in both assessments are blank, and
            those of as many others as it takes that no subtraction tells them: neither from tables
            by other columns nor from the distributions before and after, which also have the people
            of one assessment only. Where too few people are in one only, all groups are hidden,
            since the numbers of everybody tell theirs. 0 shows all.

        Returns
        -------
        data frame
            ``specialty``, (the `by` column,) ``level_before``, ``level_after``, ``certain`` and
            ``possible``: people whose level, or possible level, moved so. Every pair of levels has
            a row; 0 is no level. With `min_group` also ``suppressed``: whether the row's numbers
            are hidden.

        Raises
        ------
        AssessError
            People have no such column, it is called as one of the table's own, or `min_group` is no
            whole number from 0 on.
        """
        return self._frame(self._transitions(by, min_group))

    def changes(self) -> Any:
        """Who moved, and by which criteria.

        Returns
        -------
        data frame
            One row a person and specialty whose level or possible level differs:
            ``person_id``, ``specialty``, ``level_before``, ``level_after``, ``possible_before``,
            ``possible_after`` and ``moved_by``: the criteria, as ``level criterion``, of the
            sheets between whose status differs (``level deemed``: an examination stands for the
            sheet in one only); blank where none does, as where only the rule of the
            levels below changed.
        """
        return self._frame(self._changes())

    def criteria(self) -> Any:
        """The criteria behind :meth:`changes`, one row each.

        Returns
        -------
        data frame
            ``person_id``, ``specialty``, ``level``, ``criterion``, ``status_before`` and
            ``status_after`` (``absent``: that sheet has no such criterion).
        """
        return self._frame(self._criteria())

    def unmatched(self) -> Any:
        """People in one assessment only: ``person_id``, ``only_in`` (``before``, ``after``)."""
        return self._frame(self._unmatched())

    def _grouped(self, by: str | None) -> tuple[npt.NDArray[np.int32], pa.Array]:
        own = ["specialty", "level_before", "level_after", *_COUNTS]
        groups, names = groups_of(self.before.evidence, by, own)
        return np.ascontiguousarray(groups[self._person_before]), names

    def _hidden(self, by: str, min_group: int) -> npt.NDArray[np.bool_]:
        """By group, whether its numbers would tell of too few people."""
        own, part = self.before.evidence, self._person_before
        sides = ((own, part), (self.after.evidence, self._person_after))
        first, second = (hidden_in_part(own, by, min_group, part, *side) for side in sides)
        return first | second

    def _transitions(self, by: str | None = None, min_group: int = 0) -> pa.Table:
        groups, names = self._grouped(by)
        every, certain, possible = _core.transitions(*self._paired, groups, len(names))
        certain, possible = certain.swapaxes(0, 1), possible.swapaxes(0, 1)
        depth, count, many = len(every), len(names), len(self.specialties)
        table: dict[str, Any] = {"specialty": np.repeat(np.array(self.specialties), count * depth**2)}
        if by is not None:
            table[by] = names.take(pa.array(np.tile(np.repeat(np.arange(count), depth**2), many)))
        levels = np.array(every, np.int64)
        table |= {
            "level_before": np.tile(np.repeat(levels, depth), many * count),
            "level_after": np.tile(levels, many * count * depth),
            "certain": certain.ravel(),
            "possible": possible.ravel(),
        }
        found = pa.table(table)
        if not min_group:
            return found
        hidden = np.zeros(count, bool) if by is None else self._hidden(by, min_group)
        return blanked(found, np.tile(np.repeat(hidden, depth**2), many), _COUNTS)

    @cached_property
    def _moves(self) -> _Moves:
        return _Moves(self)

    def _changes(self) -> pa.Table:
        m = self._moves
        return pa.table(
            {
                "person_id": m.ids,
                "specialty": _named(m.specialty, self.specialties),
                "level_before": m.level[0],
                "level_after": m.level[1],
                "possible_before": m.possible[0],
                "possible_after": m.possible[1],
                "moved_by": m.moved_by(),
            }
        )

    def _criteria(self) -> pa.Table:
        m = self._moves
        move, which = np.nonzero(m.moved[:, : len(m.asked)])
        return pa.table(
            {
                "person_id": m.ids.take(pa.array(move)),
                "specialty": _named(which, [a[0] for a in m.asked]),
                "level": np.array([a[1] for a in m.asked], np.int64)[which],
                "criterion": _named(which, [a[2] for a in m.asked]),
                "status_before": _named(m.status[0][move, which], _STATUS),
                "status_after": _named(m.status[1][move, which], _STATUS),
            }
        )

    def _unmatched(self) -> pa.Table:
        parts = []
        for one, matched, word in (
            (self.before, self._person_before, "before"), (self.after, self._person_after, "after"),
        ):  # fmt: skip
            alone = np.ones(len(one), bool)
            alone[matched] = False
            ids = one.evidence._ids.cast(pa.large_string()).filter(pa.array(alone))
            parts.append(pa.table({"person_id": ids, "only_in": pa.array([word] * len(ids), pa.string())}))
        return pa.concat_tables(parts)

    # --- looking -------------------------------------------------------------------------------

    def text(self, lang: str = "en") -> str:
        """The comparison in words.

        Parameters
        ----------
        lang : {"en", "ja"}
        """
        return text(self, self.before.framework.check_language(lang))

    def html(self, lang: str = "en") -> str:
        """The comparison as tables of head counts, a level before a row.

        Parameters
        ----------
        lang : {"en", "ja"}
        """
        return html(self, self.before.framework.check_language(lang))

    def plot(self, **options: Any) -> Any:
        """Who moved between levels, as a picture; see :func:`tassei.plot.flow` for what it takes."""
        from .plot import flow

        return flow(self, **options)

    def _repr_html_(self) -> str:
        return untypeset(self.html())

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"Comparison({len(self):,} people; {listed(self.differs) or 'nothing'} differs)"


class _Moves:
    """Persons and specialties that moved, and the criteria of the sheets between."""

    def __init__(self, c: Comparison) -> None:
        pair, self.specialty = _core.moves(*c._paired)
        a, b = c.before, c.after
        sides = (
            (a, c._person_before[pair], c._specialty_before[self.specialty]),
            (b, c._person_after[pair], c._specialty_after[self.specialty]),
        )
        self.ids = a.evidence._ids.take(pa.array(sides[0][1]))
        self.level = [x._core.level[p, s].astype(np.int64) for x, p, s in sides]
        self.possible = [x._core.possible_level[p, s].astype(np.int64) for x, p, s in sides]
        columns = [(x.specialty, x.level, x.criterion) for one in (a, b) for x in one._plan.columns]
        self.asked = [x for x in dict.fromkeys(columns) if x[0] in c.specialties]
        sheets = dict.fromkeys((x[0], x[1]) for x in self.asked)
        self.names = [f"{at} {name}" for _, at, name in self.asked] + [f"{at} deemed" for _, at in sheets]
        self.status = [_status(x, p, self.asked) for x, p, _ in sides]
        deemed = [_deemed(x, p, list(sheets)) for x, p, _ in sides]
        old, new = self.status
        # that a criterion is absent is as good as met
        differs = np.where(old == _ABSENT, _MET, old) != np.where(new == _ABSENT, _MET, new)
        self.moved = np.hstack([differs, deemed[0] != deemed[1]]) & self._between(c, list(sheets))

    def _between(self, c: Comparison, sheets: list[tuple[str, int]]) -> npt.NDArray[np.bool_]:
        """By move, the columns of sheets above the lower and up to the higher level."""
        columns = [(s, at) for s, at, _ in self.asked] + sheets
        own = np.array([c.specialties.index(s) for s, _ in columns])[None, :] == self.specialty[:, None]
        at = np.array([at for _, at in columns])[None, :]
        inside = np.zeros(own.shape, bool)
        for old, new in (self.level, self.possible):
            inside |= (at > np.minimum(old, new)[:, None]) & (at <= np.maximum(old, new)[:, None])
        return np.asarray(own & inside)

    def moved_by(self) -> pa.Array:
        packed, inverse = np.unique(np.packbits(self.moved, axis=1), axis=0, return_inverse=True)
        patterns = np.unpackbits(packed, axis=1, count=len(self.names)).astype(bool)
        texts = ["; ".join(np.array(self.names)[row]) or None for row in patterns]
        return pa.array(texts, pa.large_string()).take(pa.array(inverse.ravel()))


def _status(
    a: Assessment, persons: npt.NDArray[np.int64], asked: list[tuple[str, int, str]]
) -> npt.NDArray[np.uint8]:
    """By move and criterion: what the assessment says."""
    own = {(c.specialty, c.level, c.criterion): i for i, c in enumerate(a._plan.columns)}
    known = [i for i, name in enumerate(asked) if name in own]
    places = [own[asked[i]] for i in known]
    found = np.full((len(persons), len(asked)), _ABSENT, np.uint8)
    for first in range(0, len(persons), AT_ONCE):
        some, inverse = np.unique(persons[first : first + AT_ONCE], return_inverse=True)
        status = _core.criteria(a._whole, some).status
        found[first : first + AT_ONCE, known] = status[inverse.reshape(-1, 1), places]
    return found


def _deemed(
    a: Assessment, persons: npt.NDArray[np.int64], sheets: list[tuple[str, int]]
) -> npt.NDArray[np.bool_]:
    own = {(s.specialty, s.level): i for i, s in enumerate(a.framework.document.sheets)}
    found = np.zeros((len(persons), len(sheets)), bool)
    for i, name in enumerate(sheets):
        if name in own:
            found[:, i] = a._core.basis[persons, own[name]] == _DEEMED
    return found


def _differences(a: Assessment, b: Assessment) -> dict[str, tuple[Any, Any]]:
    say = movement_words("en")
    pairs: dict[str, tuple[Any, Any]] = {
        "as_of": (str(a.as_of), str(b.as_of)),
        "min_verification": (a.min_verification or say["nothing"], b.min_verification or say["nothing"]),
        "framework": (a.framework.id, b.framework.id),
        "version": (a.framework.version, b.framework.version),
        "fingerprint": (a.framework.fingerprint[:12], b.framework.fingerprint[:12]),
        "evidence": tuple(say["evidence"]) if a.evidence is not b.evidence else ("", ""),
    }
    for name in dict.fromkeys([*a.readings, *b.readings]):
        sides = (x.readings.get(name, say["not_asked"]) for x in (a, b))
        pairs[f"reading {name}"] = tuple(sides)
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _named(codes: npt.NDArray[Any], names: list[str]) -> pa.Array:
    indices = pa.array(np.ascontiguousarray(codes).astype(np.int32))
    return pa.DictionaryArray.from_arrays(indices, pa.array(names, pa.string())).cast(pa.large_string())


def _some(ids: pa.Array) -> str:
    return listed([*ids.slice(0, 3).to_pylist(), *(["…"] if len(ids) > 3 else [])]) or "nobody"
