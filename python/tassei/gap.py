"""What is missing to a level: the cheapest additions after which it is certainly reached."""

from __future__ import annotations

import html
from collections.abc import Mapping
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import yaml

from . import _core
from .cost import chosen_costs, core_costs
from .describe import Describer, number

if TYPE_CHECKING:
    from .assessment import Assessment

__all__ = ["Gap", "additions", "gaps"]

_CSS = (
    ".tassei-gap{font-family:system-ui,sans-serif;line-height:1.5;max-width:60em}"
    ".tassei-gap .quiet{color:#555}.tassei-gap li{margin:.3em 0}"
)


# --- for everybody ---------------------------------------------------------------------------------


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
    if target is not None:
        a._check_level(target)
    everybody = np.arange(len(a), dtype=np.int64)
    ready = core_costs(a.framework, chosen_costs(a.framework, costs))
    return _core.gaps(a._core, ready, everybody, target or 0)


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


# --- for one person --------------------------------------------------------------------------------


@cache
def _phrases() -> dict[str, Any]:
    text = (files("tassei") / "gap.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data


class Gap:
    """What a person lacks to a sheet, and every minimal way to it. Made by :meth:`Assessment.gap`.

    Shows itself in a notebook; ``str(gap)`` is its text.

    Attributes
    ----------
    person_id, specialty, lang : str
    level : int
        The level that is aimed at.
    cost : float or None
        Of the cheapest way; 0 where nothing is missing, None where nothing will do.
    exact : bool
        Whether nothing cheaper can exist.

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> evidence = tassei.read_evidence({"people": {"person_id": ["P1"]}}, framework)
    >>> a = tassei.assess(evidence, framework, as_of="2026-03-31")
    >>> print(a.gap("P1", "hardware", 3).text.splitlines()[-2])
    1. a new certification (examination: Applied Information Technology Engineer Examination) (cost 180)
    """

    def __init__(
        self, assessment: Assessment, place: int, person_id: str, specialty: str, level: int, lang: str,
        costs: Mapping[str, float] | None,
    ) -> None:  # fmt: skip
        self.assessment = assessment
        self.person_id = person_id
        self.specialty = specialty
        self.level = level
        self.lang = lang
        self.costs = chosen_costs(assessment.framework, costs)
        self._place = place
        sheets = assessment.framework.document.sheets
        self._sheet_place = next(
            i for i, s in enumerate(sheets) if (s.specialty, s.level) == (specialty, level)
        )
        ready = core_costs(assessment.framework, self.costs)
        self._found = _core.gap(assessment._core, ready, place, self._sheet_place)
        self._describe = Describer(assessment.framework, lang)
        every = _phrases()
        self._say: dict[str, Any] = every.get(lang, every["en"])
        self.cost = self._found.ways[0].cost if self._found.ways else None
        self.exact = bool(self._found.exact)

    # --- as data -----------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """The whole gap as plain, JSON-ready data.

        Returns
        -------
        dict
            Person, sheet, ``cost``, ``exact``; ``missing``: the open criteria of the sheet with
            amount and unit; ``alternatives``, cheapest first: each with ``cost``, ``exact`` and
            its ``additions``, which have ``kind`` (``new``, ``continue``), table, days (0: how long
            does not matter; None: the table has no periods), count, cost, cells, row and text.
        """
        return self._data

    @cached_property
    def _data(self) -> dict[str, Any]:
        a = self.assessment
        at = a.framework.specialties.index(self.specialty)
        return {
            "person_id": self.person_id,
            "specialty": self.specialty,
            "level": self.level,
            "certain_level": int(a._core.level[self._place, at]),
            "as_of": a.as_of.isoformat(),
            "readings": dict(a.readings),
            "costs": dict(self.costs),
            "cost": self.cost,
            "exact": self.exact,
            "missing": self._missing(),
            "alternatives": [
                {
                    "cost": way.cost,
                    "exact": way.exact,
                    "additions": [self._addition(addition) for addition in way.additions],
                }
                for way in self._found.ways
            ],
        }

    def _missing(self) -> list[dict[str, Any]]:
        a = self.assessment
        if self.cost == 0 and not self._found.ways[0].additions:
            return []
        found = _core.criteria(a._core, np.array([self._place], np.int64))
        missing = []
        for i, column in enumerate(a._plan.columns):
            if column.sheet != self._sheet_place or found.status[0, i] == 2:
                continue
            lack = column.required - float(found.low[0, i])
            missing.append(
                {
                    "criterion": column.criterion,
                    "label": self._describe.label("criterion", column.criterion),
                    "missing": lack if lack > 0 else 1.0,
                    "unit": column.unit,
                }
            )
        return missing

    def _addition(self, addition: Any) -> dict[str, Any]:
        a = self.assessment
        name, table = list(a.framework.document.tables.items())[addition.table]
        new = addition.record >= 0
        timed = any(c.role == "start" for c in table.columns.values())
        data = {
            "kind": "new" if new else "continue",
            "table": name,
            "days": int(addition.days) if timed else None,
            "count": addition.count,
            "cost": addition.cost,
            "cells": cells_of(a, self._found.records[addition.record]) if new else {},
            "row": None if new else a.evidence.row_number(name, addition.row),
        }
        data["text"] = self._addition_text(data, addition)
        return data

    # --- in words -------------------------------------------------------------------------------

    def _addition_text(self, data: dict[str, Any], addition: Any) -> str:
        say = self._say
        record = self._describe.label("record", data["table"])
        if data["kind"] == "continue":
            cells = self.assessment.evidence.record(data["table"], addition.row, self.lang)
            table = self.assessment.framework.document.tables[data["table"]]
            words = [
                self._cell(data["table"], name, value) for name, value in cells.items()
                if table.columns[name].type in ("ordinal", "category") and table.columns[name].role is None
            ]  # fmt: skip
            phrase = say["continue_since" if words else "continue"]
            return str(
                phrase.format(
                    span=self._span(data["days"]),
                    record=record,
                    row=data["row"],
                    cells=say["list"].join(words[:3]),
                )
            )
        many = data["count"] > 1
        what = say["new_many" if many else "new_one"].format(record=record, count=data["count"])
        if data["days"]:
            what = say["lasting"].format(what=what, span=self._span(data["days"]))
        cells = [
            self._cell(data["table"], name, self._words(data["table"], name, v))
            for name, v in data["cells"].items()
        ]
        return str(say["with"].format(what=what, cells=say["list"].join(cells)) if cells else what)

    def _words(self, table: str, name: str, value: Any) -> Any:
        vocabulary = self.assessment.framework.document.tables[table].columns[name].vocabulary
        label = lambda word: self._describe.label("word", f"{vocabulary}.{word}")  # noqa: E731
        if isinstance(value, list):
            return [label(word) for word in value]
        return label(value) if isinstance(value, str) else value

    def _cell(self, table: str, name: str, value: Any) -> str:
        if isinstance(value, list):
            value = self._say["items"].join(value) or self._say["nothing"]
        elif isinstance(value, float):
            unit = self.assessment.framework.document.tables[table].columns[name].unit
            value = f"{number(value)} {unit}" if unit else number(value)
        return str(
            self._say["cell"].format(column=self._describe.label("column", f"{table}.{name}"), value=value)
        )

    def _span(self, days: int) -> str:
        say, text = self._say, number(float(days))
        if days < 60:
            return str(say["span_days"]["one" if days == 1 else "many"].format(days=text))
        if days < 2 * 365:
            return str(say["span_months"].format(months=round(days / 30.4), days=text))
        return str(say["span_years"].format(years=f"{days / 365:.1f}".removesuffix(".0"), days=text))

    @property
    def heading(self) -> str:
        """Person, sheet and cost in one line."""
        data, say = self.to_dict(), self._say
        if not data["alternatives"]:
            what = say["hopeless"]
        elif not data["alternatives"][0]["additions"]:
            what = say["met"]
        else:
            what = say["open"].format(cost=number(float(data["cost"])))
        return str(
            say["heading"].format(
                person=self.person_id,
                specialty=self._describe.label("specialty", self.specialty),
                level=self._describe.label("level", self.level),
                what=what,
            )
        )

    def _lines(self) -> tuple[list[str], list[str]]:
        """What stands above the ways, and the ways."""
        data, say = self.to_dict(), self._say
        above = []
        if data["missing"]:
            lacks = []
            for lack in data["missing"]:
                phrase = say["lack_yes_no" if lack["unit"] == "yes_no" else "lack"]
                unit = self._describe.label("unit", lack["unit"])
                amount = number(float(lack["missing"]))
                lacks.append(phrase.format(criterion=lack["label"], amount=amount, unit=unit))
            above.append(say["missing"].format(items=say["list"].join(lacks)))
        now = data["certain_level"]
        level = self._describe.label("level", now) if now else say["no_level"]
        above.append(say["under"].format(level=level, date=data["as_of"]))
        if not data["exact"]:
            above.append(say["inexact"])
        ways = []
        for way in data["alternatives"]:
            if way["additions"]:
                parts = say["and"].join(addition["text"] for addition in way["additions"])
                ways.append((parts, number(float(way["cost"]))))
        return above, [
            str(say["way"].format(number=i + 1, parts=parts, cost=cost))
            for i, (parts, cost) in enumerate(ways)
        ]

    @property
    def text(self) -> str:
        """The gap as plain text: every way on a line."""
        above, ways = self._lines()
        return "\n".join([self.heading, *above, "", *ways]) if ways else self.heading

    @property
    def html(self) -> str:
        """The gap as HTML without scripts."""
        above, ways = self._lines()
        head = f"<p><b>{html.escape(self.heading)}</b>"
        if ways:
            head += "".join(f'<br><span class="quiet">{html.escape(line)}</span>' for line in above)
        rows = "".join(f"<li>{html.escape(way.partition(' ')[2])}</li>" for way in ways)
        return (
            f'<div class="tassei-gap" lang="{html.escape(self.lang)}"><style>{_CSS}</style>{head}</p>'
            + (f"<ol>{rows}</ol>" if rows else "")
            + "</div>"
        )

    def _repr_html_(self) -> str:
        return self.html

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Gap({self.heading!r})"
