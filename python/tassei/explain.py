"""Explanations: why one person's sheet is met, unmet or unknown, in words."""

from __future__ import annotations

import datetime as dt
import math
from functools import cached_property
from typing import TYPE_CHECKING, Any

from . import _core
from . import grammar as g
from .describe import Describer, Tree, cell_text
from .narrate import Narrator
from .plan import NodeInfo

if TYPE_CHECKING:
    from .assessment import Assessment

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
        self._found = _core.explain(assessment._core, place, self._sheet_place)
        self._describe = Describer(assessment.framework, lang)
        self._say = self._describe.say
        self.status = _STATUS[self._found.truth]

    # --- as data --------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """The whole explanation as plain, JSON-ready data.

        Returns
        -------
        dict
            Person, sheet, status and basis, then ``criteria`` and ``deemed_by``: each with
            status, low, high (None: unbounded), required, unit, page, ``parts`` and
            ``records``; a record has ``counts`` (counted, possibly, ignored), its row, days,
            grade, cells, ``because`` (every reason why it does not count certainly) and
            ``shortfall`` (how many cells would have to say something else).
        """
        return self._data

    @cached_property
    def _data(self) -> dict[str, Any]:
        a = self.assessment
        document = a.framework.document
        at = a.framework.specialties.index(self.specialty)
        criteria = []
        for (name, form), found in zip(self._sheet.criteria.items(), self._found.criteria, strict=True):
            node = self._node(found, a._plan.nodes)
            node |= {
                "criterion": name,
                "label": self._describe.label("criterion", name),
                "page": getattr(form, "page", None) or self._sheet.page,
            }
            group = document.criteria[name].group
            node["group"] = self._describe.label("group", group) if group else None
            criteria.append(node)
        deemed_by = []
        places = [
            d for d in document.deeming
            if any((s.specialty, s.level) == (self.specialty, self.level) for s in d.sheets)
        ]  # fmt: skip
        for deeming, found in zip(places, self._found.deemings, strict=False):
            node = self._node(found, a._plan.nodes)
            deemed_by.append(node | {"label": self._describe.text(deeming.label), "page": deeming.page})
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

    def _node(self, found: Any, nodes: list[NodeInfo]) -> dict[str, Any]:
        info = nodes[found.id]
        # a nested count carries the number of its condition
        nested = not isinstance(info.form, g.CriterionNode)
        table = list(self.assessment.framework.document.tables)[found.table] if found.table >= 0 else None
        supplied = table is None or self.assessment.evidence.reports[table].supplied
        unit = _unit(info.form)
        if nested:
            label = self._say["of_which"].format(label=self._condition(found.id, nodes))
        else:
            label = self._describe.criterion(info)
        summary = getattr(info.form, "summary", None)
        kind = info.form.distinct.column if isinstance(info.form, g.DistinctCriterion) else None
        node: dict[str, Any] = {
            "label": label,
            "summary": self._describe.text(summary) if summary else None,
            "status": _STATUS[found.truth],
            "low": found.low,
            "high": None if math.isinf(found.high) else found.high,
            "required": found.required,
            "unit": unit,
            "form": "nested" if nested else next(iter(type(info.form).model_fields.keys() - _SHARED), ""),
            "table": table,
            "supplied": supplied,
            "records": [self._record(r, table, nodes, kind) for r in found.records if table],
            "parts": [self._node(part, nodes) for part in found.parts],
        }
        for part in node["parts"]:
            if part["form"] == "nested":
                part["unit"] = unit
        return node

    def _condition(self, place: int, nodes: list[NodeInfo]) -> str:
        info = nodes[place]
        while isinstance(info.form, g.ConditionRef) and info.label is None and place > 0:
            place -= 1
            info = nodes[place]
        return self._describe.condition(info)

    def _record(
        self, record: Any, table: str, nodes: list[NodeInfo], kind: str | None
    ) -> dict[str, Any]:
        evidence = self.assessment.evidence
        cells = evidence.record(table, record.row, self.lang)
        counts = _COUNTS[record.truth]
        because = []
        if kind is not None and kind not in cells and counts == "counted":
            # it counts, but nobody knows as what
            counts = "possibly"
            column = self._describe.label("column", f"{table}.{kind}")
            because.append(str(self._say["no_kind"].format(column=column)))
        return {
            "counts": counts,
            "row": evidence.row_number(table, record.row),
            "days": None if math.isinf(record.days) else record.days,
            "shortfall": record.shortfall,
            "grade": record.grade or None,
            "possible_grade": record.possible_grade or None,
            "cells": {name: c.isoformat() if isinstance(c, dt.date) else c for name, c in cells.items()},
            "because": [
                *because,
                *self._standing(record, table, cells),
                *self._reasons(record, nodes, cells),
            ],
        }

    # --- reasons --------------------------------------------------------------------------------

    def _standing(self, record: Any, table: str, cells: dict[str, Any]) -> list[str]:
        reasons = []
        roles = {
            c.role: n for n, c in self.assessment.framework.document.tables[table].columns.items() if c.role
        }
        start = cells.get(roles.get("start") or roles.get("date", ""))
        if record.standing == _core.Truth.no:
            late = start is not None and start > self.assessment.as_of
            reasons.append(self._say["late" if late else "old"])
        elif (
            start is None
            and ("start" in roles or record.standing != _core.Truth.yes)
            and not record.weakly_verified
        ):
            reasons.append(self._say["undated"])
        if record.weakly_verified:
            column = self.assessment.framework.document.tables[table].columns[roles["verification"]]
            word = self._describe.label("word", f"{column.vocabulary}.{self.assessment.min_verification}")
            reasons.append(self._say["weak"].format(word=word))
        return [str(reason) for reason in reasons]

    def _reasons(self, record: Any, nodes: list[NodeInfo], cells: dict[str, Any]) -> list[str]:
        tree = Tree(record.obstacles, nodes)
        return list(dict.fromkeys(self._blame(tree, 0, None, cells))) if tree.items else []

    def _blame(self, tree: Tree, place: int, named: NodeInfo | None, cells: dict[str, Any]) -> list[str]:
        _, info, truth = tree.items[place]
        if info is None:
            return [r for part in tree.parts(place) for r in self._blame(tree, part, named, cells)]
        if isinstance(info.form, g.ColumnTest):
            return [self._tested(info, cells)]
        if info.label is not None and named is None:
            named = info
        one_of_many = isinstance(info.form, g.AnyOf | g.AtLeastOf | g.NoneOf)
        parts = list(tree.parts(place))
        if parts and not one_of_many:
            # under "all", the innermost name says most
            inner = info if info.label is not None else named
            return [r for part in parts for r in self._blame(tree, part, inner, cells)]
        label = self._describe.condition(named or info)
        tests = {t.form.column: t for t in tree.tests(place)}
        if truth == _core.Truth.unknown:
            blank = [self._describe.column(t) for name, t in tests.items() if name not in cells]
            columns = self._say["and"].join(blank or [self._describe.column(t) for t in tests.values()])
            return [self._say["open_any"].format(label=label, columns=columns)]
        values = self._say["and"].join(
            self._say["value"].format(
                column=self._describe.column(t), value=cell_text(self._say, cells[name])
            )
            for name, t in tests.items() if name in cells
        )  # fmt: skip
        return [self._say["none_of"].format(label=label, values=values or self._say["blank"])]

    def _tested(self, info: NodeInfo, cells: dict[str, Any]) -> str:
        column, test = self._describe.column(info), self._describe.test(info)
        if info.form.column not in cells:
            return str(self._say["open"].format(column=column, test=test))
        value = cell_text(self._say, cells[info.form.column])
        return str(self._say["needs"].format(column=column, test=test, value=value))

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
        """The explanation as a folding HTML tree without scripts."""
        return Narrator(self).html()

    def _repr_html_(self) -> str:
        return self.html

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Explanation({self.heading!r})"


_SHARED = set(g.CriterionNode.model_fields)


def _unit(form: Any) -> str:
    if isinstance(form, g.DurationCriterion):
        return "days"
    if isinstance(form, g.CountCriterion):
        return str(form.count.unit)
    if isinstance(form, g.DistinctCriterion):
        return str(form.distinct.unit)
    return "yes_no"
