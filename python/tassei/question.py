"""What to ask about one person: the fewest answers that decide a sheet, in words."""

from __future__ import annotations

import datetime as dt
import html
import math
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from . import _core
from .date import EPOCH
from .describe import Describer, number
from .text import untypeset, visible

if TYPE_CHECKING:
    from .assessment import Assessment

__all__ = ["Questions"]

_STATUS = {_core.Truth.yes: "met", _core.Truth.unknown: "unknown", _core.Truth.no: "unmet"}
_KIND = {kind: name for name, kind in _core.Question.Kind.__members__.items()}


@cache
def _phrases() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((files("tassei") / "question.yaml").read_text(encoding="utf-8"))
    return data


class Questions:
    """The fewest questions that could decide a sheet. Made by :meth:`Assessment.questions`.

    A certificate is a set of unknowns of the person's records (blank cells, starts without a date,
    weak verifications, tables that were not supplied), each with its answer, such that an
    assessment of the evidence with these answers settles the sheet, whatever the other unknowns
    turn out to be. `met` is a smallest one that settles it as met, `unmet` a smallest one that
    settles it as unmet. Dates after the as-of date are no answers, nor is a worse verification.

    Attributes
    ----------
    person_id, specialty, lang : str
    level : int
    status : str
        ``met``, ``unmet`` or ``unknown``, as the evidence stands.
    met, unmet : list of dict, or None
        None where no answers settle it so. Each question has ``kind`` (``word``, ``items``,
        ``number``, ``start``, ``date``, ``verification``, ``table``), ``table``, ``row`` (as the
        source numbers it), ``column``, ``text``, and its answers: ``words`` (any of them),
        ``has`` and ``has_not`` (items), ``low``, ``high``, ``low_open``, ``high_open`` (numbers),
        ``first`` and ``last`` (days, None: unbounded) or ``full`` (of a table: all that is asked
        for, or nothing). Any combination of the answers does.
    exact : dict of str to bool
        For ``met`` and ``unmet``: whether no smaller set does (or, where there is None, none at
        all). Where all sets were too many to be tried, no question can be left out, at least.

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> tables = {"certifications": {"person_id": ["P1"], "examination": [None]}}
    >>> evidence = tassei.read_evidence(tables, framework)
    >>> a = tassei.assess(evidence, framework, as_of="2026-03-31")
    >>> [(q["column"], q["words"]) for q in a.questions("P1", "hardware", 3).met]
    [('examination', ['AP'])]
    """

    def __init__(
        self, assessment: Assessment, place: int, person_id: str, specialty: str, level: int, lang: str
    ) -> None:
        self.assessment = assessment
        self.person_id = person_id
        self.specialty = specialty
        self.level = level
        self.lang = lang
        self._describe = Describer(assessment.framework, lang)
        self._say = _phrases().get(lang, _phrases()["en"])
        sheets = assessment.framework.document.sheets
        sheet = next(i for i, s in enumerate(sheets) if (s.specialty, s.level) == (specialty, level))
        found = _core.questions(assessment._whole, place, sheet)
        self.status = _STATUS[found.status]
        self.exact = {"met": found.met.exact, "unmet": found.unmet.exact}
        self.met = self._certificate(found.met)
        self.unmet = self._certificate(found.unmet)

    # --- as data --------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain, JSON-ready data."""
        return {
            "person_id": self.person_id,
            "specialty": self.specialty,
            "level": self.level,
            "as_of": self.assessment.as_of.isoformat(),
            "status": self.status,
            "met": self.met,
            "unmet": self.unmet,
            "exact": dict(self.exact),
        }

    def _certificate(self, found: Any) -> list[dict[str, Any]] | None:
        if not found.found:
            return None
        questions = [self._question(q) for q in found.questions]
        tables = list(self.assessment.framework.document.tables)
        return sorted(questions, key=lambda q: (tables.index(q["table"]), q["row"] or 0))

    def _question(self, q: Any) -> dict[str, Any]:
        evidence = self.assessment.evidence
        document = self.assessment.framework.document
        table = list(document.tables)[q.table]
        kind = _KIND[q.kind]
        data: dict[str, Any] = {"kind": kind, "table": table, "row": None, "column": None}
        if kind == "table":
            data["full"] = q.full
            answer = self._say["full" if q.full else "empty"]
            label = self._describe.label("table", table)
            return data | {"text": self._say["whole_table"].format(table=label, answer=answer)}
        column = list(document.tables[table].columns)[q.column]
        data |= {"row": evidence.row_number(table, q.row), "column": column}
        form = document.tables[table].columns[column]
        words = list(document.vocabularies[form.vocabulary].words) if form.vocabulary else []
        if kind in ("word", "verification"):
            data["words"] = [words[w] for w in q.words]
            answer = self._listed("or", form, data["words"])
        elif kind == "items":
            data["has"], data["has_not"] = (
                [word for w, word in enumerate(words) if bits >> w & 1] for bits in (q.has, q.has_not)
            )
            answer = self._say["and"].join(
                self._say[name].format(items=self._listed("and", form, data[name]))
                for name in ("has", "has_not") if data[name]
            )  # fmt: skip
        elif kind == "number":
            data |= {"low": q.low, "high": None if math.isinf(q.high) else q.high}
            data |= {"low_open": q.low_open, "high_open": q.high_open}
            answer = self._interval(data) + (f" {form.unit}" if form.unit else "")
        else:
            data |= {"first": _day(q.first), "last": _day(q.last)}
            answer = self._days(data)
        where = self._say["where"].format(record=self._describe.label("record", table), row=data["row"])
        label = self._describe.label("column", f"{table}.{column}")
        return data | {"text": self._say["question"].format(where=where, column=label, answer=answer)}

    def _listed(self, how: str, form: Any, words: list[str]) -> str:
        return str(self._say[how]).join(
            self._describe.label("word", f"{form.vocabulary}.{word}") for word in words
        )

    def _interval(self, data: dict[str, Any]) -> str:
        low, high = data["low"], data["high"]
        if low == high:
            return str(self._say["exactly"].format(number=number(low)))
        ends = []
        if low > 0 or data["low_open"] or high is None:
            ends.append(f"{'>' if data['low_open'] else '≥'} {number(low)}")
        if high is not None:
            ends.append(f"{'<' if data['high_open'] else '≤'} {number(high)}")
        return str(self._say["and"]).join(ends)

    def _days(self, data: dict[str, Any]) -> str:
        first, last = data["first"], data["last"]
        today = self.assessment.as_of.isoformat()
        if first is None:
            name = "any_day" if last == today else "until"
        elif first == last:
            name = "on"
        else:
            name = "since" if last == today else "between"
        return str(self._say[name].format(first=first, last=last))

    # --- in words -------------------------------------------------------------------------------

    @property
    def heading(self) -> str:
        """Person, sheet and status in one line."""
        say = self._describe.say
        return str(
            say["heading"].format(
                person=visible(self.person_id),
                specialty=self._describe.label("specialty", self.specialty),
                level=self._describe.label("level", self.level),
                status=say["status"][self.status],
            )
        )

    def _parts(self) -> list[tuple[str, list[str]]]:
        """Lines, each with the questions under it."""
        if self.status != "unknown":
            return [(self._say["already"][self.status], [])]
        parts: list[tuple[str, list[str]]] = []
        for goal, certificate in (("met", self.met), ("unmet", self.unmet)):
            if certificate is None:
                parts.append((self._say["never" if self.exact[goal] else "not_found"][goal], []))
                continue
            count = len(certificate)
            told = self._say["count_one" if count == 1 else "count"].format(count=count)
            note = "" if count == 1 else self._say["fewest" if self.exact[goal] else "not_fewest"]
            line = self._say["settles"][goal].format(count=told, note=note)
            parts.append((line, [q["text"] for q in certificate]))
        return parts

    @property
    def text(self) -> str:
        """The questions as plain text."""
        lines = [self.heading]
        for line, questions in self._parts():
            lines += ["", line, *(f"  – {question}" for question in questions)]
        return "\n".join(lines)

    @property
    def html(self) -> str:
        """The questions as HTML without scripts."""
        body = f"<p><b>{html.escape(self.heading)}</b></p>"
        for line, questions in self._parts():
            items = "".join(f"<li>{html.escape(question)}</li>" for question in questions)
            body += f"<p>{html.escape(line)}</p>" + (f"<ul>{items}</ul>" if items else "")
        return f'<div class="tassei-questions" lang="{self.lang}">{body}</div>'

    def _repr_html_(self) -> str:
        return untypeset(self.html)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Questions({self.heading!r})"


def _day(day: int) -> str | None:
    if day == _core.NO_DAY:
        return None
    return dt.date.fromordinal(max(day + EPOCH, 1)).isoformat()
