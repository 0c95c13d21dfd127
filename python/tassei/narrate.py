"""Explanations as text and as HTML: one set of strings, rendered twice."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .describe import Describer, cell_text, number
from .text import visible
from .words import verification_label

if TYPE_CHECKING:
    from .explain import Explanation

__all__ = ["Narrator", "block", "found_text", "page", "sign"]

_SIGNS = {"met": "✓", "unknown": "?", "unmet": "✗"}
_RECORD_SIGNS = {"counted": "✓", "possibly": "?", "ignored": "✗"}
# how many records of each kind are shown: what cannot matter any more is not brought up
_SHOWN = {
    "met": {"counted": 5},
    "unknown": {"counted": 8, "possibly": 8, "ignored": 3},
    "unmet": {"counted": 8, "possibly": 8, "ignored": 3},
}
# state by shape as well as colour; text keeps the colour of its surroundings, light or dark;
# important is what JupyterLab would set otherwise for all cells of tables
_CSS = """
.tassei-why{font-family:system-ui,sans-serif;line-height:1.5;max-width:60em}
.tassei-why details{margin:.2em 0 .2em 1.2em}.tassei-why summary{cursor:pointer}
.tassei-why .s{display:inline-block;width:1.4em;height:1.4em;line-height:1.4em;text-align:center;
font-weight:700;margin-right:.5em;color:#fff}
.tassei-why .met{background:#00684a;border-radius:50%}
.tassei-why .unknown{background:#8a5a00;border-radius:.2em}
.tassei-why .unmet{background:#a4262c;clip-path:polygon(50% 0,100% 50%,50% 100%,0 50%)}
.tassei-why .quiet{opacity:.75}.tassei-why ul{margin:.2em 0 .4em 1.2em;padding-left:1em}
.tassei-why li{list-style:none;text-indent:-1.2em}
.tassei-why li>b{display:inline-block;min-width:1.2em;text-indent:0}
.tassei-why .asks li{list-style:disc;text-indent:0}
.tassei-why table{border-collapse:collapse}
.tassei-why td,.tassei-why th{border:1px solid rgba(128,128,128,.5);padding:.3em .6em;
text-align:left!important;vertical-align:top}.tassei-why th{white-space:nowrap}
.tassei-why th .quiet{white-space:normal;font-weight:400}
.tassei-why td ul{margin:0;padding-left:1.2em}
.tassei-why td li{list-style:disc;text-indent:0}
@media(prefers-color-scheme:dark){.tassei-why .s{color:#111}.tassei-why .met{background:#4cc38a}
.tassei-why .unknown{background:#e5a93c}.tassei-why .unmet{background:#ff8f8f}}
""".strip().replace("\n", "")


def sign(say: Mapping[str, Any], status: str) -> str:
    """A status as HTML: a shape, a glyph and a word."""
    word = html.escape(say["status"][status])
    return f'<span class="s {status}" role="img" aria-label="{word}" title="{word}">{_SIGNS[status]}</span>'


def block(lang: str, body: str) -> str:
    """HTML with its style, for a notebook or another page."""
    return f'<div class="tassei-why" lang="{html.escape(lang)}"><style>{_CSS}</style>{body}</div>'


def page(title: str, lang: str, body: str) -> str:
    """A page of its own, readable in light and dark."""
    return (
        f'<!doctype html>\n<html lang="{html.escape(lang)}">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{html.escape(title)}</title>\n{body}\n</html>\n"
    )


def found_text(say: Mapping[str, Any], describe: Describer, node: Mapping[str, Any]) -> str:
    """What was found of a criterion, and what is needed."""
    if not node["supplied"]:
        return str(say["not_supplied"].format(table=describe.label("table", node["table"])))
    if node["form"] == "always":
        return str(say["always"])
    if node["unit"] == "yes_no":
        kind = "found_yes_no" if node["table"] else "found_truth"
        return str(say[kind][node["status"]])
    low, high = number(node["low"]), say["unbounded"] if node["high"] is None else number(node["high"])
    found = low if low == high else say["range"].format(low=low, high=high)
    unit = describe.label("unit", node["unit"])
    needed = say["stretch"].format(unit=unit) if node["form"] == "longest" else unit
    text = say["found"].format(found=found, required=number(node["required"]), unit=needed)
    if node["matters"] and node["high"] is not None and node["high"] < node["required"]:
        text += say["short"].format(missing=number(node["required"] - node["high"]), unit=unit)
    return str(text)


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
                person=visible(self.explained.person_id),
                specialty=self.describe.label("specialty", self.explained.specialty),
                level=self.describe.label("level", self.explained.level),
                status=f"{status} ({basis})" if basis else status,
            )
        )

    def under_heading(self) -> str:
        """Levels, as-of date and standard, and whatever is not the default."""
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
        if data["min_verification"] is not None:
            word = verification_label(self.explained.assessment, self.explained.lang)
            parts.append(say["verified"].format(word=word))
        return " · ".join(parts)

    def verdict(self) -> str:
        """What decides, in one or two sentences."""
        data, say = self.data, self.say

        def names(which: list[dict[str, Any]]) -> str:
            return str(say["and"].join(node["label"] for node in which))

        to_blame = [node for node in data["criteria"] if node["blamed"]]
        if data["status"] == "met":
            missing = [node for node in data["criteria"] if node["status"] != "met"]
            if not missing:
                return str(say["verdict"]["met"])
            by = names([node for node in data["deemed_by"] if node["status"] == "met"])
            return str(say["verdict"]["deemed"].format(by=by, names=names(missing)))
        text = str(say["verdict"][data["status"]].format(names=names(to_blame)))
        others = [node for node in data["criteria"] if node["status"] == "unknown" and not node["blamed"]]
        return text + (str(say["verdict"]["also"].format(names=names(others))) if others else "")

    def _found_text(self, node: dict[str, Any]) -> str:
        text = found_text(self.say, self.describe, node)
        return text if node["matters"] else text + self.say["beside"]

    def _record_text(self, record: dict[str, Any], node: dict[str, Any]) -> str:
        text = self.record_text(record, node)
        return f"{text}: {self.say['semicolon'].join(record['because'])}" if record["because"] else text

    def record_text(self, record: dict[str, Any], node: dict[str, Any]) -> str:
        """A record of a node in one line, without the reasons why it does not count."""
        say = self.say
        columns = self.explained.assessment.framework.document.tables[node["table"]].columns
        roles = {c.role: n for n, c in columns.items() if c.role}
        cells = record["cells"]
        parts = [visible(cells[roles["identity"]])] if roles.get("identity") in cells else []
        if "start" in roles:
            parts.append(self._period(cells.get(roles["start"]), cells.get(roles.get("end", ""))))
        elif "date" in roles and roles["date"] in cells:
            parts.append(cells[roles["date"]])
        if record["counts"] != "ignored":
            parts += self._added(record, node, "start" in roles)
        if record["grade"]:
            parts.append(say["grade"].format(level=self.describe.label("level", record["grade"])))
        if (record["possible_grade"] or 0) > (record["grade"] or 0):
            level = self.describe.label("level", record["possible_grade"])
            parts.append(say["possible_grade"].format(level=level))
        if "start" not in roles:
            words = [cell_text(self.say, v) for n, v in cells.items() if columns[n].type == "category"]
            parts += words[:3]
        parts.append(say["row"].format(row=record["row"]))
        return " · ".join(parts)

    def _period(self, start: str | None, end: str | None) -> str:
        """From when to when a record goes, up to the as-of date."""
        say, last = self.say, self.data["as_of"]
        if start is not None and start > last and end is None:
            return str(say["from"].format(start=start))
        if start is not None and start > last:
            shown = end
        elif end is None:
            shown = say["running"].format(day=last)
        else:
            shown = say["cut"].format(day=last, end=end) if end > last else end
        return str(say["period"].format(start=start or say["unknown_start"], end=shown))

    def _added(self, record: dict[str, Any], node: dict[str, Any], timed: bool) -> list[str]:
        """The record's days and what it adds beyond earlier records."""
        say, end = self.say, "low" if record["counts"] == "counted" else "high"
        texts = []
        if timed:
            days = record["days"]
            # days that make no stretch longer are not counted already
            plain = days is None or node["form"] != "duration"
            overlap = 0 if plain else days - (record[end] or 0)
            kind = "days_unknown" if days is None else "overlap" if overlap else "days"
            texts.append(say[kind].format(days=number(days or 0), overlap=number(overlap)))
        if record[end] == 0:
            record_word = self.describe.label("record", node["table"])
            if node["form"] == "count":
                texts.append(say["again"].format(record=record_word))
            elif node["form"] == "distinct":
                texts.append(say["again_kind"])
        return [str(text) for text in texts]

    def _shown(self, node: dict[str, Any]) -> list[tuple[str, list[str], int]]:
        """Records by how they count, the most telling ones in words, and how many are left out."""
        shown: list[tuple[str, list[str], int]] = []
        if not node["matters"] and node["status"] != "met":
            return shown
        for counts, most in _SHOWN[node["status"]].items():
            records = [r for r in node["records"] if r["counts"] == counts]
            records.sort(key=lambda r: r["shortfall"])
            if not records:
                continue
            groups: dict[Any, list[dict[str, Any]]] = {}
            for i, record in enumerate(records):
                # records that fail alike are said once
                alike = tuple(r["path"] for r in record["reasons"]) if counts == "ignored" else i
                groups.setdefault(alike, []).append(record)
            texts = [
                self._record_text(first, node)
                + (str(self.say["likewise"].format(count=len(others))) if others else "")
                for first, *others in list(groups.values())[:most]
            ]
            left = sum(len(group) for group in list(groups.values())[most:])
            shown.append((counts, texts, left))
        return shown

    def tree(self) -> dict[str, Any]:
        """The explanation as JSON-ready texts, for whoever draws the tree; records are only counted."""
        nodes = [self.branch(node, ["criteria", i]) for i, node in enumerate(self.data["criteria"])]
        for i, node in enumerate(self.data["deemed_by"]):
            label = self.say["deemed"].format(label=node["label"])
            nodes.append(self.branch(node, ["deemed_by", i]) | {"label": label})
        return {
            "status": self.data["status"],
            "heading": self.heading(),
            "note": self.under_heading(),
            "verdict": self.verdict(),
            "nodes": nodes,
        }

    def branch(self, node: dict[str, Any], path: list[str | int]) -> dict[str, Any]:
        """One node with its parts as texts; `path` says where it stands."""
        return {
            "path": path,
            "label": node["label"],
            "status": node["status"],
            "word": self.say["status"][node["status"]],
            "found": self._found_text(node),
            "summary": node["summary"],
            "page": self.say["page"].format(page=node["page"]) if node["page"] else None,
            "asks": node["asks"],
            "open": node["status"] != "met" and node["matters"],
            "records": len(node["records"]),
            "parts": [self.branch(part, [*path, i]) for i, part in enumerate(node["parts"])],
        }

    def text(self) -> str:
        """The explanation as plain text."""
        lines = [self.heading(), self.under_heading(), self.verdict(), ""]
        for node in self.data["criteria"]:
            self._lines(node, 0, lines, self.data["page"])
        for node in self.data["deemed_by"]:
            lines.append("")
            self._lines(node | {"label": self.say["deemed"].format(label=node["label"])}, 0, lines)
        return "\n".join(lines)

    def _lines(self, node: dict[str, Any], depth: int, lines: list[str], above: str | None = None) -> None:
        indent = "    " * depth
        said = node["page"] and node["page"] != above
        at = f" ({self.say['page'].format(page=node['page'])})" if said else ""
        lines.append(f"{indent}{_SIGNS[node['status']]} {node['label']}{at}: {self._found_text(node)}")
        if node["summary"]:
            lines.append(f"{indent}    {node['summary']}")
        for part in node["parts"]:
            self._lines(part, depth + 1, lines, node["page"])
        if node["form"] == "nested" and not node["blamed"]:
            return
        shown = self._shown(node)
        for counts, records, more in shown:
            lines += [f"{indent}    – {self.say[counts]}: {record}" for record in records]
            if more:
                lines.append(f"{indent}      {self.say['more'].format(count=more)}")
        if node["matters"] and node["status"] != "met" and node["asks"] and not shown:
            if node["supplied"] and not node["records"]:
                record = self.describe.label("record", node["table"])
                lines.append(f"{indent}    – {self.say['no_records'].format(record=record)}")
            lines.append(f"{indent}    {self._asks(node)}")

    def _asks(self, node: dict[str, Any]) -> str:
        return str(self.say["asks"].format(asks=self.say["semicolon"].join(node["asks"])))

    def html(self) -> str:
        """The explanation as a folding HTML tree without scripts."""
        body = "".join(self._item(node) for node in self.data["criteria"])
        for node in self.data["deemed_by"]:
            body += self._item(node | {"label": self.say["deemed"].format(label=node["label"])})
        head = (
            f"<p>{sign(self.say, self.explained.status)}<b>{html.escape(self.heading())}</b><br>"
            f'<span class="quiet">{html.escape(self.under_heading())}</span><br>'
            f"{html.escape(self.verdict())}</p>"
        )
        return block(self.explained.lang, head + body)

    def _item(self, node: dict[str, Any]) -> str:
        say = self.say
        at = say["page"].format(page=node["page"]) if node["page"] else ""
        tip = html.escape(" · ".join(filter(None, (node["label"], at, node["summary"]))), quote=True)
        head = (
            f'{sign(say, node["status"])}<span title="{tip}"><b>{html.escape(node["label"])}</b></span> '
            f"{html.escape(self._found_text(node))}"
        )
        inner = f'<div class="quiet">{html.escape(node["summary"])}</div>' if node["summary"] else ""
        if node["asks"]:
            asks = "".join(f"<li>{html.escape(ask)}</li>" for ask in node["asks"])
            word = html.escape(say["asked"])
            inner += f'<details><summary class="quiet">{word}</summary><ul class="asks">{asks}</ul></details>'
        inner += "".join(self._item(part) for part in node["parts"])
        inner += self._records(node) if node["form"] != "nested" or node["blamed"] else ""
        opened = " open" if node["status"] != "met" and node["matters"] else ""
        return f"<details{opened}><summary>{head}</summary>{inner}</details>"

    def _records(self, node: dict[str, Any]) -> str:
        rows = ""
        for counts, records, more in self._shown(node):
            for record in records:
                text, word = html.escape(record), html.escape(self.say[counts])
                rows += f'<li class="{counts}"><b>{_RECORD_SIGNS[counts]}</b> <i>{word}</i> {text}</li>'
            if more:
                rows += f'<li class="quiet">{html.escape(self.say["more"].format(count=more))}</li>'
        return f"<ul>{rows}</ul>" if rows else ""
