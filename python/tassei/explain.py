"""Explanations: why one person's sheet is met, unmet or unknown, in words."""

from __future__ import annotations

import datetime as dt
import json
import math
from functools import cached_property
from typing import TYPE_CHECKING, Any

from . import _core
from . import grammar as g
from .asked import Asked
from .because import Because
from .describe import Describer
from .narrate import Narrator, page
from .paths import Paths
from .plan import NodeInfo
from .text import untypeset

if TYPE_CHECKING:
    from .assessment import Assessment
    from .contrast import Contrast

__all__ = ["Explanation"]

_STATUS = {_core.Truth.yes: "met", _core.Truth.unknown: "unknown", _core.Truth.no: "unmet"}
_COUNTS = {_core.Truth.yes: "counted", _core.Truth.unknown: "possibly", _core.Truth.no: "ignored"}


class Explanation:
    """Why a person's sheet is met, unmet or unknown. Made by :meth:`Assessment.explain`.

    Shows itself in a notebook; ``str(explanation)`` is its text.

    Attributes
    ----------
    person_id, specialty, lang : str
    level : int
    status : str
        ``met``, ``unmet`` or ``unknown``.

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> tables = {"certifications": {"person_id": ["P1"], "examination": ["AP"]}}
    >>> evidence = tassei.read_evidence(tables, framework)
    >>> a = tassei.assess(evidence, framework, as_of="2026-03-31")
    >>> print(a.explain("P1", "hardware", 3).text.splitlines()[0])
    P1 · hardware, level 3: met (deemed met)
    """

    def __init__(
        self,
        assessment: Assessment,
        place: int,
        person_id: str,
        specialty: str,
        level: int,
        lang: str,
    ) -> None:
        self.assessment = assessment
        self.person_id = person_id
        self.specialty = specialty
        self.level = level
        self.lang = lang
        self._place = place
        sheets = assessment.framework.document.sheets
        self._sheet_place = next(
            i for i, s in enumerate(sheets) if (s.specialty, s.level) == (specialty, level)
        )
        self._sheet = sheets[self._sheet_place]
        self._found = _core.explain(assessment._whole, place, self._sheet_place)
        self._describe = Describer(assessment.framework, lang)
        self._say = self._describe.say
        self._asked = Asked(assessment, self._describe)
        self._because = Because(assessment, self._describe, self._asked, Paths(assessment.framework.document))
        self.status = _STATUS[self._found.truth]

    # --- as data --------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """The whole explanation as plain, JSON-ready data.

        Returns
        -------
        dict
            Person, sheet, status and basis, then ``criteria`` and ``deemed_by``: each with
            status, low, high (None: unbounded), required, unit, page, ``asks`` (what a record must
            satisfy), ``blamed`` (whether it is why the node above is not met), ``matters`` (False:
            the node above is met whatever this one is), ``parts`` and ``records``. A record has
            ``counts`` (counted, possibly, ignored), its row, ``days``, ``low`` and ``high`` (what
            it adds beyond earlier records; None: unbounded), grade, cells, ``because`` (every
            reason why it does not count certainly), ``first`` (the path of the first reason),
            ``reasons`` (each with path, text, and whether it is only open) and ``shortfall``
            (how many cells would have to say something else).
        """
        return self._data

    @cached_property
    def _data(self) -> dict[str, Any]:
        a = self.assessment
        document = a.framework.document
        at = a.framework.specialties.index(self.specialty)
        criteria = []
        for (name, form), found in zip(self._sheet.criteria.items(), self._found.criteria, strict=True):
            node = self._node(
                found, a._plan.nodes, getattr(form, "page", None) or self._sheet.page, self._sheet
            )
            node |= {"criterion": name, "label": self._describe.label("criterion", name)}
            group = document.criteria[name].group
            node["group"] = self._describe.label("group", group) if group else None
            criteria.append(node)
        deemed_by = []
        places = [
            d for d in document.deeming
            if any((s.specialty, s.level) == (self.specialty, self.level) for s in d.sheets)
        ]  # fmt: skip
        for deeming, found in zip(places, self._found.deemings, strict=False):
            node = self._node(found, a._plan.nodes, deeming.page, None)
            deemed_by.append(node | {"label": self._describe.text(deeming.label)})
        for node in criteria:
            met = node["status"] == "met"
            _mark(node, not met and node["status"] == self.status, met or self.status != "met")
        for node in deemed_by:
            _mark(node, False, node["status"] == "met" or self.status != "met")
        basis = {_core.Basis.evidenced: "evidenced", _core.Basis.deemed: "deemed"}
        return {
            "person_id": self.person_id,
            "specialty": self.specialty,
            "level": self.level,
            "status": self.status,
            "basis": basis.get(self._found.basis, "none"),
            "page": self._sheet.page,
            "certain_level": int(a._core.level[self._place, at]),
            "possible_level": int(a._core.possible_level[self._place, at]),
            "as_of": a.as_of.isoformat(),
            "framework": a.framework.id,
            "version": a.framework.version,
            "fingerprint": a.framework.fingerprint,
            "readings": dict(a.readings),
            "min_verification": a.min_verification,
            "criteria": criteria,
            "deemed_by": deemed_by,
        }

    def _node(
        self, found: Any, nodes: list[NodeInfo], page: str | None, sheet: g.Sheet | None, nested: Any = None
    ) -> dict[str, Any]:
        """A node of a criterion; `nested` is what a count asks of some of its records."""
        info = nodes[found.id]
        table = list(self.assessment.framework.document.tables)[found.table] if found.table >= 0 else None
        supplied = table is None or self.assessment.evidence.reports[table].supplied
        unit = _unit(info.form)
        of_days = isinstance(info.form, _OF_DAYS)
        page = getattr(info.form, "page", None) or page
        if nested is None:
            label = self._describe.criterion(info)
            asks = self._asked.of_criterion(info.form, sheet)
        else:
            label = self._say["of_which"].format(label=self._asked.name_of_nested(nested, sheet))
            asks = self._asked.of_nested(nested, sheet)
        summary = getattr(info.form, "summary", None)
        kind = info.form.distinct.column if isinstance(info.form, g.DistinctCriterion) else None
        of_which = info.form.count.of_which if isinstance(info.form, g.CountCriterion) else []
        node: dict[str, Any] = {
            "label": label,
            "page": page,
            "summary": self._describe.text(summary) if summary else None,
            "status": _STATUS[found.truth],
            "low": found.low,
            "high": None if math.isinf(found.high) else found.high,
            "required": found.required,
            "unit": unit,
            "form": "nested" if nested is not None else _form(info.form),
            "asks": [phrase.text for phrase in asks],
            "table": table,
            "supplied": supplied,
            "records": [self._record(r, table, of_days, kind) for r in found.records if table],
            "parts": [
                self._node(part, nodes, page, sheet, of_which[i] if of_which else None)
                for i, part in enumerate(found.parts)
            ],
        }
        for part in node["parts"]:
            if part["form"] == "nested":
                part["unit"] = unit
        return node

    def _record(self, record: Any, table: str, of_days: bool, kind: str | None) -> dict[str, Any]:
        evidence = self.assessment.evidence
        cells = evidence.record(table, record.row, self.lang)
        reasons = self._because.of(record, table, of_days, kind, cells)
        return {
            "counts": _COUNTS[record.counts],
            "row": evidence.row_number(table, record.row),
            "days": None if math.isinf(record.days) else record.days,
            "low": record.low,
            "high": None if math.isinf(record.high) else record.high,
            "shortfall": record.shortfall,
            "grade": record.grade or None,
            "possible_grade": record.possible_grade or None,
            "cells": {name: c.isoformat() if isinstance(c, dt.date) else c for name, c in cells.items()},
            "first": reasons[0]["path"] if reasons else None,
            "because": list(dict.fromkeys(r["text"] for r in reasons)),
            "reasons": reasons,
        }

    def to_json(self, indent: int | None = 2) -> str:
        """:meth:`to_dict` as JSON text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False, indent=indent)

    def compare(self, level_a: int, level_b: int | None = None) -> Contrast:
        """Two levels of the same person side by side; by default one and this explanation's.

        See :meth:`Assessment.compare_levels`.
        """
        second = self.level if level_b is None else level_b
        return self.assessment.compare_levels(self.person_id, self.specialty, level_a, second, self.lang)

    # --- in words -------------------------------------------------------------------------------

    @property
    def heading(self) -> str:
        """Person, sheet and status in one line."""
        return Narrator(self).heading()

    @property
    def text(self) -> str:
        """The explanation as plain text."""
        return Narrator(self).text()

    @property
    def html(self) -> str:
        """The explanation as a folding HTML tree without scripts, for a notebook or another page."""
        return Narrator(self).html()

    def to_html(self) -> str:
        """:attr:`html` as a page of its own, readable in light and dark."""
        return page(self.heading, self.lang, self.html)

    def _repr_html_(self) -> str:
        return untypeset(self.html)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Explanation({self.heading!r})"


def _mark(node: dict[str, Any], blamed: bool, matters: bool) -> None:
    """Marks a node and its parts: what is to blame above it, and whether it still matters there."""
    node["blamed"] = blamed and matters
    node["matters"] = matters
    negated = node["form"] == "not"
    for part in node["parts"]:
        same = negated or (part["status"] == node["status"] != "met")
        beside = not negated and node["status"] == "met" != part["status"]
        _mark(part, node["blamed"] and same, matters and not beside)


_OF_DAYS = g.DurationCriterion | g.LongestCriterion
_SHARED = set(g.CriterionNode.model_fields)


def _form(form: Any) -> str:
    """The key that says what a criterion is."""
    return next((name for name in type(form).model_fields if name not in _SHARED), "").rstrip("_")


def _unit(form: Any) -> str:
    if isinstance(form, _OF_DAYS):
        return "days"
    if isinstance(form, g.CountCriterion):
        return str(form.count.unit)
    if isinstance(form, g.DistinctCriterion):
        return str(form.distinct.unit)
    return "yes_no"
