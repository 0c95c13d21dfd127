"""Two levels of one person side by side: what they ask differently, and how the person stands."""

from __future__ import annotations

import html
import json
from typing import Any

from . import grammar as g
from .asked import Asked, Phrase
from .explain import Explanation
from .narrate import block, found_text, page, sign
from .nodes import criterion_parts
from .text import untypeset, visible

__all__ = ["Contrast"]

_SIGNS = {"met": "✓", "unknown": "?", "unmet": "✗"}
_KEPT = ("status", "low", "high", "required", "unit", "page", "summary", "asks")


class Contrast:
    """What two levels ask differently of one person. Made by :meth:`Assessment.compare_levels`.

    Shows itself in a notebook; ``str(contrast)`` is its text.

    Attributes
    ----------
    a, b : Explanation
        Of the two levels.

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> evidence = tassei.read_evidence({"people": {"person_id": ["P1"]}}, framework)
    >>> c = tassei.assess(evidence, framework, as_of="2026-03-31").compare_levels("P1", "hardware", 4, 5)
    >>> c.to_dict()["criteria"][0]["only_b"][0]
    'position: manager or above'
    """

    def __init__(self, a: Explanation, b: Explanation) -> None:
        self.a = a
        self.b = b
        self._describe = a._describe
        self._say = a._say

    def to_dict(self) -> dict[str, Any]:
        """The comparison as plain, JSON-ready data.

        Returns
        -------
        dict
            Person, specialty, the two levels with their status, then ``criteria``: each with
            ``a`` and ``b`` (None where the level has no such criterion; else status, low, high,
            required, unit, page, summary, asks), what both ask of a record (``both``), what only
            one asks (``only_a``, ``only_b``) and whether anything differs (``differs``).
        """
        first, second = self.a.to_dict(), self.b.to_dict()
        sides = [{c["criterion"]: c for c in side["criteria"]} for side in (first, second)]
        order = self.a.assessment.framework.document.criteria
        criteria = []
        for name in (n for n in order if n in sides[0] or n in sides[1]):
            a, b = (side.get(name) for side in sides)
            asks_a, asks_b = (self._asks(side, name) for side in (self.a, self.b))
            criteria.append(
                {
                    "criterion": name,
                    "label": (a or b or {})["label"],
                    "a": {key: a[key] for key in _KEPT} if a else None,
                    "b": {key: b[key] for key in _KEPT} if b else None,
                    "both": [ask.text for ask in asks_a if ask in asks_b],
                    "only_a": self._only(asks_a, asks_b),
                    "only_b": self._only(asks_b, asks_a),
                    "differs": asks_a != asks_b or _needs(a) != _needs(b),
                }
            )
        return {
            "person_id": first["person_id"],
            "specialty": first["specialty"],
            "a": {key: first[key] for key in ("level", "status", "basis", "page")},
            "b": {key: second[key] for key in ("level", "status", "basis", "page")},
            "as_of": first["as_of"],
            "criteria": criteria,
        }

    def to_json(self, indent: int | None = 2) -> str:
        """:meth:`to_dict` as JSON text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False, indent=indent)

    def _asks(self, side: Explanation, name: str) -> list[Phrase]:
        """What a level's criterion and its parts ask of records."""
        sheet = side._sheet
        if name not in sheet.criteria:
            return []
        return list(dict.fromkeys(self._of(sheet.criteria[name], sheet, side._asked)))

    def _of(self, form: Any, sheet: g.Sheet, asked: Asked) -> list[Phrase]:
        form = asked.chosen(form)
        found = asked.of_criterion(form, sheet)
        if isinstance(form, g.CountCriterion):
            for nested in form.count.of_which:
                label = asked.name_of_nested(nested, sheet)
                found.append(Phrase(self._say["of_which"].format(label=label)))
        for _, part in criterion_parts(form):
            found += self._of(part, sheet, asked)
        return found

    def _only(self, asks: list[Phrase], others: list[Phrase]) -> list[str]:
        """What one level asks and the other does not; of lists, the words that only it names."""
        say, texts = self._say["contrast"], []
        for ask in (ask for ask in asks if ask not in others):
            alike = (o for o in others if (o.column, o.need) == (ask.column, ask.need) and o.words)
            other = next(alike, None)
            if not ask.words or other is None:
                texts.append(ask.text)
                continue
            more = "".join(say["word"].format(word=word) for word in ask.words if word not in other.words)
            if more:
                texts.append(say["more"].format(column=ask.column, words=more.removesuffix(", ")))
        return texts

    def _level(self, side: Explanation) -> str:
        return self._describe.label("level", side.level)

    @property
    def heading(self) -> str:
        """Person, specialty and the two levels in one line."""
        return str(
            self._say["contrast"]["heading"].format(
                person=visible(self.a.person_id),
                specialty=self._describe.label("specialty", self.a.specialty),
                a=self._level(self.a), b=self._level(self.b),
            )
        )  # fmt: skip

    def _standing(self, explained: Explanation, node: dict[str, Any] | None) -> str:
        """How the person stands on one side."""
        if node is None:
            return str(self._say["contrast"]["none"])
        whole = next(c for c in explained.to_dict()["criteria"] if c["criterion"] == node["criterion"])
        return found_text(self._say, self._describe, whole)

    @property
    def text(self) -> str:
        """The comparison as plain text."""
        say = self._say["contrast"]
        data = self.to_dict()
        lines = [self.heading]
        for side in (self.a, self.b):
            lines.append(f"{_SIGNS[side.status]} {side.heading}")
        for row in data["criteria"]:
            lines += ["", row["label"]]
            for side, key in ((self.a, "a"), (self.b, "b")):
                node = row[key] and row[key] | {"criterion": row["criterion"]}
                mark = _SIGNS[node["status"]] if node else "–"
                lines.append(f"    {mark} {self._level(side)}: {self._standing(side, node)}")
                if row[f"only_{key}"]:
                    asks = self._say["semicolon"].join(row[f"only_{key}"])
                    lines.append(f"        {say['only'].format(asks=asks)}")
            if not row["differs"]:
                lines.append(f"    {say['same']}")
        return "\n".join(lines)

    @property
    def html(self) -> str:
        """The comparison as an HTML table, for a notebook or another page."""
        say = self._say["contrast"]
        data = self.to_dict()
        heads = "".join(
            f"<th>{sign(self._say, side.status)}{html.escape(self._level(side))}</th>"
            for side in (self.a, self.b)
        )
        rows = ""
        for row in data["criteria"]:
            cells = ""
            for side, key in ((self.a, "a"), (self.b, "b")):
                node = row[key] and row[key] | {"criterion": row["criterion"]}
                mark = sign(self._say, node["status"]) if node else ""
                text = html.escape(self._standing(side, node))
                asks = "".join(f"<li>{html.escape(ask)}</li>" for ask in row[f"only_{key}"])
                tip = self._tip(node)
                cells += f'<td title="{tip}">{mark}{text}' + (f"<ul>{asks}</ul>" if asks else "") + "</td>"
            both = html.escape(self._say["semicolon"].join(row["both"]) or "–")
            same = "" if row["differs"] else f'<br><span class="quiet">{html.escape(say["same"])}</span>'
            rows += f'<tr><th>{html.escape(row["label"])}{same}</th>{cells}<td class="quiet">{both}</td></tr>'
        head = f"<p><b>{html.escape(self.heading)}</b></p>"
        table = f"<table><thead><tr><th></th>{heads}<th>{html.escape(say['both'])}</th></tr></thead>"
        return block(self.a.lang, f"{head}{table}<tbody>{rows}</tbody></table>")

    def _tip(self, node: dict[str, Any] | None) -> str:
        if node is None:
            return ""
        at = self._say["page"].format(page=node["page"]) if node["page"] else None
        return html.escape(" · ".join(filter(None, (at, node["summary"]))), quote=True)

    def to_html(self) -> str:
        """:attr:`html` as a page of its own, readable in light and dark."""
        return page(self.heading, self.a.lang, self.html)

    def _repr_html_(self) -> str:
        return untypeset(self.html)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Contrast({self.heading!r})"


def _needs(node: dict[str, Any] | None) -> Any:
    return node and (node["required"], node["unit"], node["form"], [_needs(part) for part in node["parts"]])
