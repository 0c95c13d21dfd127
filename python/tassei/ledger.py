"""The ledger: which record counted for what, certainly or possibly, or the first condition it failed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from . import _core
from . import grammar as g
from .asked import Asked
from .describe import Describer
from .error import AssessError, listed
from .paths import Paths

if TYPE_CHECKING:
    from .assessment import Assessment

__all__ = ["ledger"]

_COUNTS = ["ignored", "possibly", "counted"]
# as the core numbers them
_NOTHING, _LATE, _OLD, _WEAK, _UNDATED, _KIND, _FAILED, _OPEN = range(8)


def ledger(
    a: Assessment, person_id: Any = None, specialty: str | None = None, level: int | None = None,
    lang: str = "en",
) -> pa.Table:  # fmt: skip
    """One row a record and criterion that asks its table, on each sheet."""
    a.framework.check_language(lang)
    if specialty is not None:
        a._check_specialty(specialty)
    level = a._check_level(level)
    document = a.framework.document
    sheets = [
        i for i, s in enumerate(document.sheets)
        if specialty in (None, s.specialty) and level in (None, s.level)
    ]  # fmt: skip
    if not sheets:
        levels = sorted(s.level for s in document.sheets if s.specialty == specialty)
        raise AssessError(f"{specialty} has no level {level!r}; it has {listed(levels)}")
    places = np.array(list(dict.fromkeys(a._places(person_id).tolist())), np.int64)  # each once
    found = _core.ledger(a._whole, places, sheets)
    inquiries = found.inquiries
    tables = list(document.tables)
    number = found.inquiry
    reasons = _Reasons(a, inquiries, lang)
    why = _codes(found, inquiries, len(a._plan.nodes))
    by_inquiry: Callable[[Sequence[Any]], pa.Array] = lambda values: _spread(number, values)  # noqa: E731
    return pa.table(
        {
            "person_id": _dictionary(found.person, a.evidence._ids.take(pa.array(places))),
            "table": by_inquiry([tables[q.table] for q in inquiries]),
            "row": _rows(a, found, inquiries),
            "specialty": by_inquiry([document.sheets[q.sheet].specialty for q in inquiries]),
            "level": np.array([document.sheets[q.sheet].level for q in inquiries], np.int64)[number],
            "criterion": by_inquiry([_criterion(document, q) for q in inquiries]),
            "part": by_inquiry([reasons.part(q) for q in inquiries]),
            "counts": _dictionary(found.counts, pa.array(_COUNTS, pa.large_string())),
            "days": pa.array(found.days, from_pandas=True),
            "low": found.low,
            "high": found.high,
            "grade": _grades(found.grade),
            "possible_grade": _grades(found.possible_grade),
            "reason": _spread(why[0], [reasons.path(*pair) for pair in why[1]]),
            "because": _spread(why[0], [reasons.text(*pair) for pair in why[1]]),
        }
    )


def _criterion(document: g.Document, inquiry: _core.Inquiry) -> str | None:
    if inquiry.criterion < 0:
        return None
    return list(document.sheets[inquiry.sheet].criteria)[inquiry.criterion]


def _rows(a: Assessment, found: Any, inquiries: list[Any]) -> npt.NDArray[np.int64]:
    """Rows as their sources number them."""
    tables = list(a.framework.document.tables)
    numbers = np.array(found.row)
    table_of = np.array([q.table for q in inquiries], np.int16)[found.inquiry]
    for t in sorted({q.table for q in inquiries}):
        if tables[t] in a.evidence._columns:
            at = table_of == t
            numbers[at] = a.evidence._columns[tables[t]].numbering(numbers[at])
    return numbers


def _codes(
    found: Any, inquiries: list[Any], nodes: int
) -> tuple[npt.NDArray[np.int32], list[tuple[int, int]]]:
    """Each row's reason by number, and what each number stands for: why, and of what.

    Of what: a condition by its number, else a inquiry by its place.
    """
    width = max(nodes, len(inquiries), 1)
    of_what = np.where(found.why >= _FAILED, found.condition, found.inquiry)
    key = found.why.astype(np.int32) * width + np.maximum(of_what, 0)
    key[found.why == _NOTHING] = 0
    used = np.flatnonzero(np.bincount(key, minlength=1))
    codes = np.zeros(int(used[-1]) + 1 if len(used) else 1, np.int32)
    codes[used] = np.arange(len(used), dtype=np.int32)
    return codes[key], [divmod(int(k), width) for k in used]


class _Reasons:
    """Reasons as paths of the framework, and in words."""

    def __init__(self, a: Assessment, inquiries: list[Any], lang: str) -> None:
        self.a = a
        self.nodes = a._plan.nodes
        self.inquiries = inquiries
        self.describe = Describer(a.framework, lang)
        self.asked = Asked(a, self.describe)
        self.paths = Paths(a.framework.document)

    def part(self, inquiry: Any) -> str | None:
        form = self.nodes[inquiry.node].form
        part = self.paths.part(form)
        if inquiry.criterion < 0:
            part = f"deeming[{inquiry.deeming}]" + (f".{part}" if part else "")
        if inquiry.nested >= 0:
            nested = f"count.of_which[{inquiry.nested}]"
            part = f"{part}.{nested}" if part else nested
        return part

    def _column(self, why: int, inquiry: Any) -> tuple[str, str]:
        table = list(self.a.framework.document.tables)[inquiry.table]
        if why == _KIND:
            return table, self.nodes[inquiry.node].form.distinct.column
        columns = self.a.framework.document.tables[table].columns
        roles = {c.role: name for name, c in columns.items() if c.role}
        return table, roles["verification"] if why == _WEAK else roles.get("start") or roles["date"]

    def path(self, why: int, of_what: int) -> str | None:
        if why == _NOTHING:
            return None
        if why in (_FAILED, _OPEN):
            return self.paths.defined(self.nodes[of_what])
        if why in (_LATE, _OLD):
            return "as_of" if why == _LATE else "rules.recency_years"
        table, column = self._column(why, self.inquiries[of_what])
        return f"tables.{table}.columns.{column}"

    def text(self, why: int, of_what: int) -> str | None:
        say = self.describe.say
        if why == _NOTHING:
            return None
        if why in (_FAILED, _OPEN):
            return self._condition(why, of_what)
        if why in (_LATE, _OLD, _UNDATED):
            return str(say[{_LATE: "late", _OLD: "old", _UNDATED: "undated"}[why]])
        table, column = self._column(why, self.inquiries[of_what])
        if why == _KIND:
            return str(say["no_kind"].format(column=self.describe.label("column", f"{table}.{column}")))
        vocabulary = self.a.framework.document.tables[table].columns[column].vocabulary
        word = self.describe.label("word", f"{vocabulary}.{self.a.min_verification}")
        return str(say["weak"].format(word=word))

    def _condition(self, why: int, of_what: int) -> str:
        say, info = self.describe.say, self.nodes[of_what]
        if isinstance(info.form, g.ColumnTest):
            kind = say["open"] if why == _OPEN else say["lacks"]
            return str(kind.format(column=self.describe.column(info), test=self.describe.test(info)))
        if self.asked.is_hopeless(info):
            return str(say["hopeless"])
        kind = say["open_label"] if why == _OPEN else say["lacks_label"]
        return str(kind.format(label=self.asked.of_node(info)))


def _spread(codes: npt.NDArray[Any], values: Sequence[Any]) -> pa.Array:
    """`values[code]` for each code, as a dictionary of the different values."""
    distinct = {value: i for i, value in enumerate(dict.fromkeys(v for v in values if v is not None))}
    at = np.array([-1 if v is None else distinct[v] for v in values] or [-1], np.int32)
    indices = at[codes]
    mask = indices < 0 if (at < 0).any() else None
    return pa.DictionaryArray.from_arrays(
        pa.array(indices, mask=mask), pa.array(list(distinct), pa.large_string())
    )


def _dictionary(codes: npt.NDArray[Any], values: pa.Array) -> pa.Array:
    return pa.DictionaryArray.from_arrays(
        pa.array(np.asarray(codes).astype(np.int32, copy=False)), values.cast(pa.large_string())
    )


def _grades(levels: npt.NDArray[np.int16]) -> pa.Array:
    return pa.array(levels.astype(np.int64), mask=levels == 0)
