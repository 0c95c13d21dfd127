"""Whether evidence still says what a result says."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .assessment import Assessment, assess
from .error import listed
from .evidence import Evidence
from .intake import read_evidence
from .source import to_library
from .tables import _BASIS, _STATUS, _words
from .text import untypeset

__all__ = ["Verification", "verify"]

Places = npt.NDArray[np.int64]
_SCHEMA = pa.schema(
    [
        ("what", pa.string()), ("person_id", pa.large_string()), ("table", pa.string()),
        ("column", pa.string()), ("specialty", pa.string()), ("level", pa.int64()),
        ("saved", pa.string()), ("now", pa.string()),
    ]
)  # fmt: skip


def verify(a: Assessment, evidence: Any, on_error: str = "raise") -> Verification:
    """See :meth:`tassei.Assessment.verify`."""
    if not isinstance(evidence, Evidence):
        evidence = read_evidence(evidence, a.framework, on_error)
    again = assess(evidence, a.framework, a.as_of, a.readings, a.min_verification, a._threads)
    return Verification(a, again)


class Verification:
    """What came of assessing again; made by :meth:`Assessment.verify`.

    True if evidence and results are the same.

    Attributes
    ----------
    again : Assessment
        Of the evidence that was given.
    same_evidence : bool
        The digests of the evidence are the same.
    same_results : bool
        So are everybody's levels, sheets and scores.
    same_groups : bool
        So are the columns of people that results can be grouped by. They prove nothing, so the whole may be
        true without.
    """

    def __init__(self, saved: Assessment, again: Assessment) -> None:
        self.again = again
        self._saved = saved
        own, other = saved.evidence._digests, again.evidence._digests
        self.digests = (own.value, other.value)
        self.same_evidence = own.value == other.value
        self._groups = [n for n in {**own.groups, **other.groups} if own.groups.get(n) != other.groups.get(n)]
        self.same_groups = not self._groups
        left, right = pairs = _pairs(saved, again)
        results = list(_results(saved, again, *pairs))
        self.same_results = not results and len(left) == len(saved) and len(right) == len(again)
        parts = [*_evidence(saved, again, self._groups, *pairs), *results]
        self._differences = pa.concat_tables(parts) if parts else _SCHEMA.empty_table()

    @property
    def differences(self) -> Any:
        """What is not the same.

        Returns
        -------
        data frame
            ``what``: ``evidence`` (a table, and where both sides have the evidence, a person in it),
            ``group`` (a column of people), ``person`` (who is on one side only), ``level``,
            ``possible_level``, ``basis`` (of a specialty), ``status``, ``sheet_basis`` or ``score`` (of a
            sheet). Then ``person_id``, ``table``, ``column``, ``specialty``, ``level`` (of a sheet),
            ``saved`` and ``now``, as far as they apply.
        """
        return to_library(self._differences, self.again.evidence.library)

    def __bool__(self) -> bool:
        return self.same_evidence and self.same_results

    def __repr__(self) -> str:
        people = len(self._saved)
        lines = [f"Verification({people:,} people, as of {self._saved.as_of}):"]
        own, other = self.digests
        if self.same_evidence:
            lines.append(f"  evidence: the same (digest {own[:16]}…)")
        else:
            lines.append(f"  evidence: NOT the same (digest {own[:16]}…, now {other[:16]}…)")
        if self.same_results:
            lines.append("  results: the same levels, sheets and scores")
        else:
            counts = pc.value_counts(self._differences["what"]).to_pylist()
            said = ", ".join(f"{one['values']} {one['counts']:,}" for one in counts)
            lines.append(f"  results: NOT the same; differences: {said}")
        if not self.same_groups:
            lines.append(f"  columns to group by: NOT the same: {listed(self._groups)}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return untypeset(f"<pre>{html.escape(repr(self))}</pre>")


def _rows(what: str, count: int, **columns: Any) -> pa.Table:
    made = {"what": pa.array([what] * count, pa.string()), **columns}
    cells = [
        pa.array(made[f.name]).cast(f.type) if f.name in made else pa.nulls(count, f.type) for f in _SCHEMA
    ]
    return pa.table(cells, _SCHEMA)


def _evidence(
    a: Assessment, again: Assessment, differing: Sequence[str], left: Places, right: Places
) -> Iterator[pa.Table]:
    own, other = a.evidence._digests, again.evidence._digests
    missing = "not supplied"
    for table in dict.fromkeys([*own.tables, *other.tables]):
        saved, now = own.tables.get(table, missing), other.tables.get(table, missing)
        if saved == now:
            continue
        yield _rows("evidence", 1, table=[table], saved=[saved], now=[now])
        if table in own.persons and table in other.persons:
            one, two = own.persons[table][left], other.persons[table][right]
            apart = np.flatnonzero((one != two).any(axis=1))
            ids = a.evidence._ids.take(pa.array(left[apart]))
            count = len(apart)
            yield _rows("evidence", count, person_id=ids, table=[table] * count)
    for column in differing:
        before, after = own.groups.get(column), other.groups.get(column)
        yield _rows("group", 1, column=[column], saved=[before], now=[after])
    for here, there, texts in ((a, again, ("there", "missing")), (again, a, ("missing", "there"))):
        alone = here.evidence._ids.filter(pc.invert(pc.is_in(here.evidence._ids, there.evidence._ids)))
        if len(alone):
            saved_text, now_text = ([text] * len(alone) for text in texts)
            yield _rows("person", len(alone), person_id=alone, saved=saved_text, now=now_text)


def _pairs(a: Assessment, again: Assessment) -> tuple[Places, Places]:
    """Places of those who are on both sides."""
    places = pc.index_in(a.evidence._ids, again.evidence._ids)
    left = np.flatnonzero(pc.is_valid(places).to_numpy(zero_copy_only=False))
    return left, places.drop_null().to_numpy().astype(np.int64)


def _results(a: Assessment, again: Assessment, left: Places, right: Places) -> Iterator[pa.Table]:
    """Of those on both sides."""
    sheets = a.framework.document.sheets
    standing = {"specialty": np.array(a.framework.specialties)}
    sheet = {
        "specialty": np.array([s.specialty for s in sheets]),
        "level": np.array([s.level for s in sheets], np.int64),
    }
    kinds: list[tuple[str, str, list[str] | None, dict[str, Any]]] = [
        ("level", "level", None, standing), ("possible_level", "possible_level", None, standing),
        ("basis", "level_basis", _BASIS, standing), ("status", "status", _STATUS, sheet),
        ("sheet_basis", "basis", _BASIS, sheet), ("score", "score", None, sheet),
    ]  # fmt: skip
    for what, name, words, of in kinds:
        one, two = getattr(a._core, name)[left], getattr(again._core, name)[right]
        person, at = np.nonzero(one != two)
        if len(person) == 0:
            continue
        saved, now = (_said(values[person, at], words) for values in (one, two))
        ids = a.evidence._ids.take(pa.array(left[person]))
        where = {column: values[at] for column, values in of.items()}
        yield _rows(what, len(person), person_id=ids, saved=saved, now=now, **where)


def _said(values: npt.NDArray[Any], words: list[str] | None) -> pa.Array:
    return pa.array(values).cast(pa.string()) if words is None else _words(values, words)
