"""Explanations as text and as HTML: one set of strings, rendered twice."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from .describe import cell_text, number

if TYPE_CHECKING:
    from .explain import Explanation

__all__ = ["Narrator"]

_SIGNS = {"met": "✓", "unknown": "?", "unmet": "✗"}
# how many records of each kind are shown: what cannot matter any more is not brought up
_SHOWN = {
    "met": {"counted": 3},
    "unknown": {"counted": 8, "possibly": 8, "ignored": 3},
    "unmet": {"counted": 8, "possibly": 8, "ignored": 3},
}
_CSS = """
.tassei-why{font-family:system-ui,sans-serif;line-height:1.5;max-width:60em}
.tassei-why details{margin:.2em 0 .2em 1.2em}.tassei-why summary{cursor:pointer}
.tassei-why .s{display:inline-block;width:1.4em;height:1.4em;line-height:1.4em;text-align:center;
font-weight:700;margin-right:.5em;color:#fff}
.tassei-why .met{background:#00684a;border-radius:50%}
.tassei-why .unknown{background:#8a5a00;border-radius:.2em}
.tassei-why .unmet{background:#a4262c;clip-path:polygon(50% 0,100% 50%,50% 100%,0 50%)}
.tassei-why .quiet{color:#555}.tassei-why ul{margin:.2em 0 .4em 1.2em;padding-left:1em}
.tassei-why .ignored{color:#666}
""".strip().replace("\n", "")


class Narrator:
    """Puts one explanation into words."""

    def __init__(self, explained: Explanation) -> None:
        self.explained = explained
        self.data = explained.to_dict()
        self.describe = explained._describe
        self.say = explained._say

    def heading(self) -> str:
        """Person, sheet and status in one line."""
        data = self.data
        status = self.say["status"][data["status"]]
        basis = self.say["basis"][data["basis"]]
        return str(
            self.say["heading"].format(
                person=self.explained.person_id,
                specialty=self.describe.label("specialty", self.explained.specialty),
                level=self.describe.label("level", self.explained.level),
                status=f"{status} ({basis})" if basis else status,
            )
        )

    def _under_heading(self) -> str:
        data, say = self.data, self.say

        def level(at: int) -> str:
            return self.describe.label("level", at) if at else str(say["no_level"])

        parts = [
            say["standing"].format(
                level=level(data["certain_level"]), possible=level(data["possible_level"])
            ),
            say["as_of"].format(date=data["as_of"]),
            self.explained.assessment.framework.label_title(self.explained.lang),
        ]
        if data["page"]:
            parts.append(say["page"].format(page=data["page"]))
        for name, choice in data["readings"].items():
            if str(choice) != self.explained.assessment.framework.document.readings[name].default:
                choice_label = self.describe.label("choice", f"{name}.{choice}")
                parts.append(
                    say["unofficial_reading"].format(
                        reading=self.describe.label("reading", name), choice=choice_label
                    )
                )
        return " · ".join(parts)

    def _found_text(self, node: dict[str, Any]) -> str:
        say = self.say
        if not node["supplied"]:
            return str(say["not_supplied"].format(table=self.describe.label("table", node["table"])))
        if node["form"] == "always":
            return str(say["always"])
        if node["unit"] == "yes_no":
            kind = "found_yes_no" if node["table"] else "found_truth"
            return str(say[kind][node["status"]])
        low, high = (
            number(node["low"]),
            say["unbounded"] if node["high"] is None else number(node["high"]),
        )
        found = low if low == high else say["range"].format(low=low, high=high)
        unit = self.describe.label("unit", node["unit"])
        return str(say["found"].format(found=found, required=number(node["required"]), unit=unit))

    def _record_text(self, record: dict[str, Any], node: dict[str, Any]) -> str:
        say = self.say
        columns = self.explained.assessment.framework.document.tables[node["table"]].columns
        roles = {c.role: n for n, c in columns.items() if c.role}
        cells = record["cells"]
        parts = []
        if "start" in roles:
            end = cells.get(roles.get("end", "")) or say["running"]
            parts.append(say["period"].format(start=cells.get(roles["start"]) or say["blank"], end=end))
            days = (
                say["days_unknown"]
                if record["days"] is None
                else say["days"].format(days=number(record["days"]))
            )
            if record["counts"] != "ignored":
                parts.append(days)
        elif "date" in roles and roles["date"] in cells:
            parts.append(cells[roles["date"]])
        if record["grade"]:
            parts.append(say["grade"].format(level=self.describe.label("level", record["grade"])))
        if (record["possible_grade"] or 0) > (record["grade"] or 0):
            level = self.describe.label("level", record["possible_grade"])
            parts.append(say["possible_grade"].format(level=level))
        if "start" not in roles:
            words = [cell_text(self.say, v) for n, v in cells.items() if columns[n].type == "category"]
            parts += words[:3]
        parts.append(say["row"].format(row=record["row"]))
        text = " · ".join(parts)
        return f"{text}: {'; '.join(record['because'])}" if record["because"] else text

    def _shown(self, node: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]], int]]:
        """Records by how they count, the most telling ones, and how many are left out."""
        shown = []
        for counts, most in _SHOWN[node["status"]].items():
            records = [r for r in node["records"] if r["counts"] == counts]
            records.sort(key=lambda r: r["shortfall"])
            if records:
                shown.append((counts, records[:most], max(0, len(records) - most)))
        return shown

    def text(self) -> str:
        """The explanation as plain text."""
        lines = [self.heading(), self._under_heading(), ""]
        for node in self.data["criteria"]:
            self._lines(node, 0, lines)
        for node in self.data["deemed_by"]:
            lines.append("")
            self._lines(node | {"label": self.say["deemed"].format(label=node["label"])}, 0, lines)
        return "\n".join(lines)

    def _lines(self, node: dict[str, Any], depth: int, lines: list[str]) -> None:
        indent = "    " * depth
        page = f" ({self.say['page'].format(page=node['page'])})" if node.get("page") else ""
        lines.append(f"{indent}{_SIGNS[node['status']]} {node['label']}{page}: {self._found_text(node)}")
        if node["summary"]:
            lines.append(f"{indent}    {node['summary']}")
        for part in node["parts"]:
            self._lines(part, depth + 1, lines)
        if node["form"] == "nested":
            return
        for counts, records, more in self._shown(node):
            for record in records:
                lines.append(f"{indent}    – {self.say[counts]}: {self._record_text(record, node)}")
            if more:
                lines.append(f"{indent}      {self.say['more'].format(count=more)}")
        if node["table"] and node["supplied"] and not node["records"]:
            record = self.describe.label("record", node["table"])
            lines.append(f"{indent}    – {self.say['no_records'].format(record=record)}")

    def html(self) -> str:
        """The explanation as a folding HTML tree without scripts."""
        body = "".join(self._item(node) for node in self.data["criteria"])
        for node in self.data["deemed_by"]:
            body += self._item(node | {"label": self.say["deemed"].format(label=node["label"])})
        return (
            f'<div class="tassei-why" lang="{html.escape(self.explained.lang)}"><style>{_CSS}</style>'
            f"<p>{self._sign(self.explained.status)}<b>{html.escape(self.heading())}</b><br>"
            f'<span class="quiet">{html.escape(self._under_heading())}</span></p>{body}</div>'
        )

    def _sign(self, status: str) -> str:
        word = html.escape(self.say["status"][status])
        return (
            f'<span class="s {status}" role="img" aria-label="{word}" title="{word}">{_SIGNS[status]}</span>'
        )

    def _item(self, node: dict[str, Any]) -> str:
        page = self.say["page"].format(page=node["page"]) if node.get("page") else ""
        tip = html.escape(" ".join(filter(None, (page, node["summary"]))), quote=True)
        head = (
            f'{self._sign(node["status"])}<span title="{tip}"><b>{html.escape(node["label"])}</b></span> '
            f"{html.escape(self._found_text(node))}"
        )
        inner = f'<div class="quiet">{html.escape(node["summary"])}</div>' if node["summary"] else ""
        inner += "".join(self._item(part) for part in node["parts"])
        rows = ""
        if node["form"] != "nested":
            for counts, records, more in self._shown(node):
                for record in records:
                    text = html.escape(self._record_text(record, node))
                    rows += f'<li class="{counts}"><b>{html.escape(self.say[counts])}</b> {text}</li>'
                if more:
                    rows += f'<li class="quiet">{html.escape(self.say["more"].format(count=more))}</li>'
        inner += f"<ul>{rows}</ul>" if rows else ""
        opened = "" if node["status"] == "met" else " open"
        return f"<details{opened}><summary>{head}</summary>{inner}</details>"
