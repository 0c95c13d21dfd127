"""What one person lacks to a level, and every minimal way there."""

from __future__ import annotations

import html
from collections.abc import Mapping
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from . import _core
from .additions import cells_of
from .cost import chosen_costs, core_costs
from .describe import Describer, number
from .text import untypeset, visible

if TYPE_CHECKING:
    from .assessment import Assessment

__all__ = ["Gap"]

_FEW = 3  # longer lists of words are only counted
_CSS = (
    ".tassei-gap{font-family:system-ui,sans-serif;line-height:1.5;max-width:60em}"
    ".tassei-gap .quiet{color:#555}.tassei-gap li{margin:.3em 0}"
)


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
        framework = assessment.framework
        self.assessment = assessment
        self.person_id = person_id
        self.specialty = specialty
        self.level = level
        self.lang = lang
        self.costs = chosen_costs(framework, costs)
        self._place = place
        sheet = next(
            i for i, s in enumerate(framework.document.sheets) if (s.specialty, s.level) == (specialty, level)
        )
        self._found = _core.gap(assessment._whole, core_costs(framework, self.costs), place, sheet)
        self._say: dict[str, Any] = _phrases().get(lang, _phrases()["en"])
        self._describe = Describer(framework, lang)
        self.cost = self._found.ways[0].cost if self._found.ways else None
        self.exact = bool(self._found.exact)

    # --- as data -----------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """The whole gap as plain, JSON-ready data.

        Returns
        -------
        dict
            Person, sheet, ``cost``, ``exact``; ``missing``: the open criteria with amount and unit;
            ``alternatives``, cheapest first: each with ``cost``, ``exact``, ``text`` and its
            ``additions``, which have ``kind`` (``new``, ``continue``), table, days (0: how long does
            not matter; None: the table has no periods), count, cost, row, ``cells`` by ids and
            ``leeway``: by column the words, or the items of which as many, that would do as well.
        """
        return self._data

    @cached_property
    def _data(self) -> dict[str, Any]:
        a = self.assessment
        at = a.framework.specialties.index(self.specialty)
        columns = [a._plan.columns[c] for c in self._found.criteria]
        return {
            "person_id": self.person_id,
            "specialty": self.specialty,
            "level": self.level,
            "certain_level": int(a._core.level[self._place, at]),
            "as_of": a.as_of.isoformat(),
            "readings": dict(a.readings),
            "min_verification": a.min_verification,
            "costs": dict(self.costs),
            "cost": self.cost,
            "exact": self.exact,
            "missing": [
                {"criterion": c.criterion, "level": c.level, "missing": lack, "unit": c.unit}
                for c, lack in zip(columns, self._found.missing, strict=True)
            ],
            "alternatives": [self._way(way) for way in self._found.ways],
        }

    def _way(self, way: Any) -> dict[str, Any]:
        additions = [self._addition(x, leeway) for x, leeway in zip(way.additions, way.leeway, strict=True)]
        text = self._say["and"].join(self._addition_text(x) for x in _alike(additions))
        for addition in additions:
            del addition["distinct"]
        return {"cost": way.cost, "exact": way.exact, "text": text, "additions": additions}

    def _addition(self, addition: Any, leeway: list[Any]) -> dict[str, Any]:
        a = self.assessment
        name, table = list(a.framework.document.tables.items())[addition.table]
        new = addition.record >= 0
        timed = any(c.role == "start" for c in table.columns.values())
        cells = cells_of(a, self._found.records[addition.record]) if new else {}
        room: dict[str, Any] = {}
        for column_id, of in zip(cells, leeway, strict=True):
            vocabulary = a.framework.document.vocabularies.get(table.columns[column_id].vocabulary or "")
            words = list(vocabulary.words) if vocabulary else []
            if table.columns[column_id].type == "number":
                room[column_id] = "more" if of.more else []
            elif table.columns[column_id].type == "set":
                room[column_id] = [word for i, word in enumerate(words) if of.items >> i & 1]
            else:
                room[column_id] = [words[i] for i in of.words]
        return {
            "kind": "new" if new else "continue",
            "table": name,
            "days": int(addition.days) if timed else None,
            "count": addition.count,
            "cost": addition.cost,
            "row": None if new else a.evidence.row_number(name, addition.row),
            "cells": cells if new else self._running(name, addition.row),
            "leeway": room,
            "distinct": [c for c, of in zip(cells, leeway, strict=True) if of.distinct],
        }

    def _running(self, table: str, row: int) -> dict[str, Any]:
        """What says most about a running record: its words, by their labels."""
        columns = self.assessment.framework.document.tables[table].columns
        cells = self.assessment.evidence.record(table, row, self.lang)
        plain = ("ordinal", "category")
        words = {n: v for n, v in cells.items() if columns[n].type in plain and columns[n].role is None}
        return dict(list(words.items())[:3])

    # --- in words -------------------------------------------------------------------------------

    def _addition_text(self, data: dict[str, Any]) -> str:
        say, table = self._say, data["table"]
        record = self._describe.label("record", table)
        if data["kind"] == "continue":
            cells = [self._cell(table, name, value) for name, value in data["cells"].items()]
            what = say["continue"].format(span=self._span(data["days"]), record=record, row=data["row"])
        else:
            cells = [
                self._cell(table, name, self._value(data, name, value))
                for name, value in data["cells"].items()
            ]
            what = say["new_many" if data["count"] > 1 else "new_one"].format(
                record=record, count=data["count"]
            )
            if data["days"]:
                what = say["lasting"].format(what=what, span=self._span(data["days"]))
        return str(say["with"].format(what=what, cells=say["list"].join(cells)) if cells else what)

    def _cell(self, table: str, name: str, value: str) -> str:
        return str(
            self._say["cell"].format(column=self._describe.label("column", f"{table}.{name}"), value=value)
        )

    def _value(self, data: dict[str, Any], name: str, value: Any) -> str:
        """A cell in words, with what would do as well."""
        say = self._say
        column = self.assessment.framework.document.tables[data["table"]].columns[name]
        leeway = data["leeway"][name]
        if column.type == "number":
            text = f"{number(value)} {column.unit}" if column.unit else number(value)
            return str(say["or_more"].format(number=text) if leeway == "more" else text)

        def labels(words: list[str]) -> str:
            found = [self._describe.label("word", f"{column.vocabulary}.{word}") for word in words]
            return str(say["items"]).join(found)

        if name in data["distinct"] and isinstance(value, list):
            return str(say["different"].format(need=len(value), count=len(leeway), words=labels(value)))
        if column.type == "set":
            if len(leeway) <= len(value):
                return labels(value) or str(say["nothing"])
            few = len(leeway) <= _FEW
            phrase = "of_few" if few else "of_many" if len(value) > 1 else "one_of_many"
            words = labels(leeway if few else value)
            return str(say[phrase].format(need=len(value), count=len(leeway), words=words))
        vocabulary = list(self.assessment.framework.document.vocabularies[column.vocabulary or ""].words)
        if len(leeway) > 1 and column.type == "ordinal" and leeway == vocabulary[vocabulary.index(value) :]:
            return str(say["or_above"].format(word=labels([value])))
        if len(leeway) > _FEW:
            return str(say["one_of_many"].format(count=len(leeway), words=labels([value])))
        return str(say["or"]).join(labels([word]) for word in leeway or [value])

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
                person=visible(self.person_id),
                specialty=self._describe.label("specialty", self.specialty),
                level=self._describe.label("level", self.level),
                what=what,
            )
        )

    def _lack(self, lack: dict[str, Any]) -> str:
        say = self._say
        text = say["lack_yes_no" if lack["unit"] == "yes_no" else "lack"].format(
            criterion=self._describe.label("criterion", lack["criterion"]),
            amount=number(float(lack["missing"])),
            unit=self._describe.label("unit", lack["unit"]),
        )
        if lack["level"] != self.level:
            text = say["of_level"].format(lack=text, level=self._describe.label("level", lack["level"]))
        return str(text)

    def _above(self) -> list[str]:
        """What stands between the heading and the ways."""
        data, say = self.to_dict(), self._say
        if not data["missing"]:
            return []
        now = data["certain_level"]
        level = self._describe.label("level", now) if now else say["no_level"]
        lines = [
            say["missing"].format(items=say["list"].join(self._lack(lack) for lack in data["missing"])),
            say["under"].format(level=level, date=data["as_of"]),
        ]
        return [str(line) for line in lines] + ([] if data["exact"] else [str(say["inexact"])])

    def _ways(self) -> list[str]:
        return [
            str(self._say["way"].format(number=i + 1, parts=way["text"], cost=number(float(way["cost"]))))
            for i, way in enumerate(self.to_dict()["alternatives"])
            if way["additions"]
        ]

    @property
    def text(self) -> str:
        """The gap as plain text: every way on a line."""
        ways = self._ways()
        return "\n".join([self.heading, *self._above(), *([""] if ways else []), *ways])

    @property
    def html(self) -> str:
        """The gap as HTML without scripts."""
        head = f"<p><b>{html.escape(self.heading)}</b>"
        head += "".join(f'<br><span class="quiet">{html.escape(line)}</span>' for line in self._above())
        rows = "".join(f"<li>{html.escape(way.partition(' ')[2])}</li>" for way in self._ways())
        return (
            f'<div class="tassei-gap" lang="{html.escape(self.lang)}"><style>{_CSS}</style>{head}</p>'
            + (f"<ol>{rows}</ol>" if rows else "")
            + "</div>"
        )

    def _repr_html_(self) -> str:
        return untypeset(self.html)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Gap({self.heading!r})"


def _alike(additions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Additions with those made one that differ only in a word that has to differ."""
    groups: dict[str, dict[str, Any]] = {}
    for place, addition in enumerate(additions):
        apart = addition["distinct"]
        same = {n: v for n, v in addition["cells"].items() if n not in apart}
        known = repr((addition["table"], same, addition["leeway"]))
        name = known if apart and not addition["days"] else str(place)
        if name not in groups:
            groups[name] = addition | {"cells": dict(addition["cells"])}
            continue
        group = groups[name]
        group["count"] += addition["count"]
        for column in apart:
            words = group["cells"][column]
            group["cells"][column] = [
                *([words] if isinstance(words, str) else words),
                addition["cells"][column],
            ]
    return list(groups.values())
