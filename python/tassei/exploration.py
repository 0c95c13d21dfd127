"""What the explorer shows: plain answers to plain requests, computed from columns when asked."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import _core, tables
from .describe import cell_text, phrases
from .error import AssessError, listed
from .narrate import Narrator
from .suppress import MIN_GROUP, shown_groups
from .tables import check_column, groups_of
from .words import basis, headline, level_label, words

if TYPE_CHECKING:
    from .assessment import Assessment

__all__ = ["PAGE", "Exploration"]

PAGE = 50  # rows of a list that are sent at a time
_KINDS = ("certain", "possible")
_STATUS = ("unmet", "unknown", "met")
_MOST = 200  # characters of a search


class Exploration:
    """Answers of one assessment to whoever clicks through it; knows nothing of widgets.

    Parameters
    ----------
    assessment : Assessment
    by, specialty, min_group, lang
        As in :meth:`Assessment.explore`.

    Raises
    ------
    AssessError
        Unknown column, specialty or language of the framework, or a `min_group` that is none.
    ValueError
        There are no words in that language.

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> evidence = tassei.read_evidence({"people": {"person_id": ["P1"]}}, framework)
    >>> exploration = Exploration(tassei.assess(evidence, framework, as_of="2026-03-31"))
    >>> answer = exploration.answer({"id": 1, "action": "people", "args": {"search": "p"}})
    >>> answer["ok"], [row["person"] for row in answer["data"]["rows"]]
    (True, ['P1'])
    >>> exploration.answer({"id": 2, "action": "person", "args": {"person": "P2"}})["error"]
    "there is no person 'P2' among 1 people"
    """

    def __init__(
        self, assessment: Assessment, by: str | None = None, specialty: str | None = None,
        min_group: int = MIN_GROUP, lang: str = "en",
    ) -> None:  # fmt: skip
        self.say = words(lang)
        assessment._need_evidence()
        framework, evidence = assessment.framework, assessment.evidence
        framework.check_language(lang)
        if specialty is not None:
            assessment._check_specialty(specialty)
        if by is not None:
            check_column(evidence, by)
        for name in evidence.groups if by is None else [by]:
            shown_groups(evidence, name, min_group)
        self.assessment = assessment
        self.by = by
        self.specialties = framework.specialties if specialty is None else [specialty]
        self.min_group = min_group
        self.lang = lang
        self.levels = [0, *framework.levels]
        self._groups: dict[str, tuple[Any, Any, Any, Any]] = {}

    def answer(self, request: Any) -> dict[str, Any]:
        """The answer to ``{"id", "action", "args"}``: ``data``, or the ``error`` that says what is wrong.

        Parameters
        ----------
        request : dict
            `action` is ``population``, ``groups``, ``people``, ``person``, ``criterion`` or ``record``.

        Returns
        -------
        dict
            Plain JSON: ``id`` of the request, ``ok``, ``action``, and ``data`` or ``error``.
        """
        request = request if isinstance(request, Mapping) else {}
        number, action, args = request.get("id"), request.get("action"), request.get("args", {})
        answer = {"id": number if isinstance(number, int | str) else None, "action": str(action)}
        try:
            actions = {
                "population": self._population, "groups": self._of_groups, "people": self._people,
                "person": self._person, "criterion": self._criterion, "record": self._record,
            }  # fmt: skip
            if not isinstance(action, str) or action not in actions:
                raise AssessError(f"there is no action {action!r}; there are {listed(actions)}")
            if not isinstance(args, Mapping):
                raise AssessError(f"args are an object, came {type(args).__name__}")
            return answer | {"ok": True, "data": actions[action](args)}
        except AssessError as why:
            return answer | {"ok": False, "error": str(why)}

    # --- everybody and groups ---------------------------------------------------------------------

    def _population(self, args: Mapping[str, Any]) -> dict[str, Any]:
        found = tables.distribution(self.assessment).to_pydict()
        rows = zip(*(found[name] for name in ("specialty", "level", *_KINDS)), strict=True)
        counts = {(specialty, level): pair for specialty, level, *pair in rows}
        people = len(self.assessment)
        return {
            "title": self.say["explorer_title"],
            "basis": basis(self.assessment, self.lang),
            "people": people,
            "by": self._column(args),
            "columns": self.assessment.evidence.groups,
            "specialties": [
                {
                    "id": specialty,
                    "label": self._specialty_label(specialty),
                    "levels": [
                        self._level(level) | dict(zip(_KINDS, counts[specialty, level], strict=True))
                        for level in self.levels
                    ],
                }
                for specialty in self.specialties
            ],
        }

    def _of_groups(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """How many of each group stand in a cell of the distribution; of hidden groups nothing."""
        by = self._column(args)
        if by is None:
            raise AssessError("by is a column of people, came None")
        specialty, level, kind = self._cell(args)
        _, names, hidden, (_, *counts, people) = self._grouped(by)
        at = self.assessment.framework.specialties.index(specialty), self.levels.index(level)
        here = counts[_KINDS.index(kind)][:, at[0], at[1]]
        first, paging = _paged(args, len(names))
        rows = []
        for group in range(first, min(first + PAGE, len(names))):
            row = {"group": group, "label": self._name(names[group]), "suppressed": bool(hidden[group])}
            if not hidden[group]:
                row |= {"people": int(people[group]), "count": int(here[group])}
            rows.append(row)
        return {
            "title": self._cell_title(specialty, level, kind),
            "by": by,
            "everybody": {"people": len(self.assessment), "count": int(here.sum())},
            "level": self._level(level),
            "rows": rows,
            **paging,
        }

    def _people(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """People of a cell of the distribution, of a group or of everybody, one page of them."""
        a = self.assessment
        chosen = np.ones(len(a), bool)
        title, cell = self.say["explorer_everybody"], None
        if args.get("level") is not None:
            specialty, level, kind = self._cell(args)
            levels = a._core.level if kind == "certain" else a._core.possible_level
            chosen &= levels[:, a.framework.specialties.index(specialty)] == level
            title = cell = self._cell_title(specialty, level, kind)
        if args.get("group") is not None:
            by = self._column(args)
            if by is None:
                raise AssessError("a group needs the column by")
            codes, names, hidden, _ = self._grouped(by)
            group = _number(args, "group", len(names))
            if hidden[group]:
                raise AssessError("this group is suppressed: its people cannot be listed")
            chosen &= codes == group
            title = self._name(names[group])
        places = np.flatnonzero(chosen)
        search = args.get("search") or ""
        if not isinstance(search, str) or len(search) > _MOST:
            raise AssessError(f"search is a text of at most {_MOST} characters")
        search = search.strip().encode("utf-8", "replace").decode("utf-8")
        if search:
            ids = a.evidence._ids.take(pa.array(places))
            places = places[pc.match_substring(ids, search, ignore_case=True).to_numpy(zero_copy_only=False)]
        first, paging = _paged(args, len(places))
        shown = places[first : first + PAGE]
        ids = a.evidence._ids.take(pa.array(shown)).to_pylist()
        standing = [self._standing(int(place)) for place in shown]
        return {
            "title": title,
            "heading": title if cell in (None, title) else self.say["between"].join((title, cell)),
            "specialties": [self._specialty_label(s) for s in self.specialties],
            "rows": [{"person": i, "levels": own} for i, own in zip(ids, standing, strict=True)],
            **paging,
        }

    # --- one person -------------------------------------------------------------------------------

    def _person(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """Levels and sheets of a person, and why one of the sheets is as it is."""
        a = self.assessment
        person, specialty, level = self._sheet(args)
        explained = a.explain(person, specialty, level, self.lang)
        place = explained._place
        document = a.framework.document
        status = phrases(self.lang)["status"]
        sheets = {
            (sheet.specialty, sheet.level): {
                "status": _STATUS[a._core.status[place, i]],
                "word": status[_STATUS[a._core.status[place, i]]],
                "score": float(a._core.score[place, i]),
            }
            for i, sheet in enumerate(document.sheets)
        }
        levels = a.framework.levels
        return {
            "title": person,
            "person": person,
            "levels": [self._level(at) for at in levels],
            "specialties": [
                {
                    "id": own,
                    "label": self._specialty_label(own),
                    "standing": standing,
                    "sheets": [sheets.get((own, at)) for at in levels],
                }
                for own, standing in zip(self.specialties, self._standing(place), strict=True)
            ],
            "specialty": specialty,
            "level": explained.level,
            "why": Narrator(explained).tree(),
        }

    def _criterion(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """A criterion or a part of one, with its records, one page of them."""
        narrator, node, path = self._node(args)
        say = narrator.say
        first, paging = _paged(args, len(node["records"]))
        rows = [
            {
                "record": first + i,
                "text": narrator.record_text(record, node),
                "counts": record["counts"],
                "word": say[record["counts"]],
                "because": record["because"][0] if record["because"] else None,
            }
            for i, record in enumerate(node["records"][first : first + PAGE])
        ]
        return {"title": node["label"], "node": narrator.branch(node, path), "rows": rows, **paging}

    def _record(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """What a record says, every reason, and what else it counts for in the specialty."""
        narrator, node, _ = self._node(args)
        if not node["records"]:
            raise AssessError("there are no records here")
        record = node["records"][_number(args, "record", len(node["records"]))]
        explained, say, describe = narrator.explained, narrator.say, narrator.describe
        table, framework = node["table"], self.assessment.framework
        cells = record["cells"]
        ledger = tables.ledger(self.assessment, explained.person_id, explained.specialty, lang=self.lang)
        same = pc.and_(
            pc.equal(ledger["table"].cast(pa.large_string()), table), pc.equal(ledger["row"], record["row"])
        )
        names = ["level", "criterion", "part", "counts", "because"]
        found = ledger.filter(same).select(names)
        first, paging = _paged(args, found.num_rows)
        title = self.say["explorer_row"].format(
            record=headline(describe.label("record", table)), row=record["row"]
        )
        return {
            "title": title,
            "text": narrator.record_text(record, node),
            "criterion": node["label"],
            "counts": record["counts"],
            "word": say[record["counts"]],
            "because": record["because"],
            "cells": [
                {
                    "label": describe.label("column", f"{table}.{name}"),
                    "text": cell_text(say, cells[name]) if name in cells else None,
                    "blank": say["blank"],
                }
                for name, column in framework.document.tables[table].columns.items()
                if column.role != "person"
            ],
            "elsewhere": self.say["explorer_elsewhere"].format(
                specialty=framework.label("specialty", explained.specialty, self.lang)
            ),
            "rows": [
                {
                    "level": self._level(row["level"]),
                    "criterion": self._in_words(describe, row["criterion"], row["part"]),
                    "counts": row["counts"],
                    "word": say[row["counts"]],
                    "because": row["because"],
                }
                for row in found.slice(first, PAGE).to_pylist()
            ],
            **paging,
        }

    def _node(self, args: Mapping[str, Any]) -> tuple[Narrator, dict[str, Any], list[str | int]]:
        """The node of an explanation that a path leads to."""
        explained = self.assessment.explain(*self._sheet(args), self.lang)
        narrator = Narrator(explained)
        path = args.get("path")
        wrong = AssessError(f"there is no criterion at {path!r}")
        if not isinstance(path, Sequence) or isinstance(path, str) or len(path) < 2:
            raise wrong
        if path[0] not in ("criteria", "deemed_by"):
            raise wrong
        nodes, node = narrator.data[path[0]], None
        for step in path[1:]:
            if isinstance(step, bool) or not isinstance(step, int) or not 0 <= step < len(nodes):
                raise wrong
            node = nodes[step]
            nodes = node["parts"]
        if node is None:
            raise wrong
        return narrator, node, list(path)

    # --- what a request may say -------------------------------------------------------------------

    def _column(self, args: Mapping[str, Any]) -> str | None:
        by = args.get("by", self.by)
        if by is None:
            return None
        if not isinstance(by, str):
            raise AssessError(f"by is a column of people, came {by!r}")
        check_column(self.assessment.evidence, by)
        return by

    def _specialty(self, args: Mapping[str, Any]) -> str:
        specialty = args.get("specialty")
        if specialty not in self.specialties:
            raise AssessError(f"there is no specialty {specialty!r}; there are {listed(self.specialties)}")
        return str(specialty)

    def _cell(self, args: Mapping[str, Any]) -> tuple[str, int, str]:
        specialty, level, kind = self._specialty(args), args.get("level"), args.get("kind")
        if isinstance(level, bool) or level not in self.levels:
            raise AssessError(f"there is no level {level!r}; there are {listed(self.levels)}")
        if kind not in _KINDS:
            raise AssessError(f"kind is one of {listed(_KINDS)}, came {kind!r}")
        return specialty, int(level), str(kind)

    def _sheet(self, args: Mapping[str, Any]) -> tuple[str, str, int | None]:
        person, level = args.get("person"), args.get("level")
        if not isinstance(person, str):
            raise AssessError(f"person is an id, came {person!r}")
        self.assessment._place(person)
        specialty = self._specialty({"specialty": self.specialties[0]} | dict(args))
        if level is not None and (isinstance(level, bool) or not isinstance(level, int)):
            raise AssessError(f"{specialty} has no level {level!r}")
        return person, specialty, level

    # --- in words ---------------------------------------------------------------------------------

    def _grouped(self, by: str) -> tuple[Any, Any, Any, Any]:
        """Each person's group, the groups' names, which are hidden, and the counts of all."""
        if by not in self._groups:
            evidence = self.assessment.evidence
            codes, names = groups_of(evidence, by)
            hidden = shown_groups(evidence, by, self.min_group) != 0
            found = _core.distribution(self.assessment._core, codes, len(names))
            self._groups[by] = codes, names.to_pylist(), hidden, found
        return self._groups[by]

    def _level(self, level: int) -> dict[str, Any]:
        """A level in words, and how high it is among all from 0 to 1."""
        label = headline(level_label(self.assessment, level, self.lang))
        return {"level": level, "label": label, "height": self._height(level)}

    def _height(self, level: int) -> float | None:
        above = self.levels[1:]
        return above.index(level) / max(len(above) - 1, 1) if level in above else None

    def _standing(self, place: int) -> list[dict[str, Any]]:
        """Certain and possible level of a person in each specialty that is shown."""
        core, every = self.assessment._core, self.assessment.framework.specialties
        at = [every.index(s) for s in self.specialties]
        return [
            {kind: self._level(int(levels[place, i])) for kind, levels in pairs}
            for i in at
            for pairs in [zip(_KINDS, (core.level, core.possible_level), strict=True)]
        ]

    def _specialty_label(self, specialty: str) -> str:
        return headline(self.assessment.framework.label("specialty", specialty, self.lang))

    def _cell_title(self, specialty: str, level: int, kind: str) -> str:
        return self.say["explorer_cell"].format(
            specialty=self._specialty_label(specialty),
            level=level_label(self.assessment, level, self.lang),
            kind=self.say[f"{kind}_short"],
        )

    def _name(self, group: Any) -> str:
        return self.say["no_group"] if group is None else str(group)

    def _in_words(self, describe: Any, criterion: str | None, part: str | None) -> str:
        name = describe.label("criterion", criterion) if criterion else None
        return self.say["between"].join(filter(None, (name, part)))

    def html(self) -> str:
        """Everybody by level as static, folding HTML, for where no widget runs."""
        say, data = self.say, self._population({})
        head = [say["explorer_level"], say["certain_short"], say["possible_short"]]
        parts = [
            f'<div class="tassei-explorer-static mathjax_ignore tex2jax_ignore" lang="{_text(self.lang)}">',
            f"<p><b>{_text(say['explorer_title'])}</b><br>{_text(say['between'].join(data['basis']))}</p>",
        ]
        for own in data["specialties"]:
            rows = "".join(
                f"<tr><th>{_text(at['label'])}</th><td>{at['certain']:,}</td><td>{at['possible']:,}</td></tr>"
                for at in own["levels"]
            )
            heads = "".join(f"<th>{_text(name)}</th>" for name in head)
            parts.append(
                f"<details open><summary>{_text(own['label'])}</summary>"
                f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></details>"
            )
        parts.append(f"<p><small>{_text(say['explorer_static'])}</small></p></div>")
        return "".join(parts)


def _text(value: object) -> str:
    return html.escape(str(value))


def _number(args: Mapping[str, Any], name: str, count: int) -> int:
    number = args.get(name)
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < count:
        raise AssessError(f"{name} is a whole number from 0 to {count - 1:,}, came {number!r}")
    return number


def _paged(args: Mapping[str, Any], total: int) -> tuple[int, dict[str, int]]:
    """Where the page that is asked for begins, and what to say about it."""
    page, pages = args.get("page", 1), max(math.ceil(total / PAGE), 1)
    if isinstance(page, bool) or not isinstance(page, int) or not 1 <= page <= pages:
        raise AssessError(f"there is no page {page!r}; there are {pages:,}")
    first = (page - 1) * PAGE
    last = min(first + PAGE, total)
    return first, {"page": page, "pages": pages, "first": min(first + 1, total), "last": last, "total": total}
