"""A summary of evidence in words: one set of strings, as text and as HTML."""

from __future__ import annotations

import html
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import yaml

from .error import EvidenceError, listed
from .layout import aligned
from .text import key

if TYPE_CHECKING:
    from .summary import ColumnLine, Summary, TableLine

__all__ = ["Recount", "summary_words"]

_SHOWN = 12  # kinds of issue
_LONG = 60  # characters of a name
_BAR = 12  # characters of a whole bar
_Blanks = tuple[str, str, str, str, float, str]
# important is what JupyterLab would set otherwise for all cells of tables
_CSS = """
.tassei-evidence{font-family:system-ui,sans-serif;line-height:1.5;max-width:70em}
.tassei-evidence table{border-collapse:collapse;color:inherit;margin:.3em 0 .8em;font-size:.95em;
font-variant-numeric:tabular-nums}
.tassei-evidence th,.tassei-evidence td{padding:.2em .7em;text-align:right;background:none;
border:0;border-bottom:1px solid rgba(128,128,128,.35);white-space:nowrap}
.tassei-evidence th{font-weight:600;border-bottom:2px solid rgba(128,128,128,.6)}
.tassei-evidence .l{text-align:left!important}.tassei-evidence .q{opacity:.72}
.tassei-evidence .bad{font-weight:700}
.tassei-evidence .bar{display:inline-block;width:7em;height:.7em;text-align:left;
background:rgba(128,128,128,.25);border-radius:.2em;overflow:hidden}
.tassei-evidence .bar i{display:block;height:100%;background:#3d85c6}
.tassei-evidence summary{cursor:pointer;font-weight:600}
.tassei-evidence ul{margin:.2em 0 .6em;padding-left:1.4em}.tassei-evidence li{overflow-wrap:anywhere}
""".strip().replace("\n", "")


@cache
def _all_words() -> dict[str, dict[str, str]]:
    data: dict[str, dict[str, str]] = yaml.safe_load(
        (files("tassei") / "summary.yaml").read_text(encoding="utf-8")
    )
    return data


def summary_words(lang: str) -> dict[str, str]:
    """The words of summaries in a language.

    Raises
    ------
    EvidenceError
        There are none.

    Examples
    --------
    >>> summary_words("en")["rows"]
    'Rows'
    """
    words = _all_words()
    if lang not in words:
        raise EvidenceError(f"lang is one of {listed(words)}, came {lang!r}")
    return words[lang]


class Recount:
    """Puts one summary into words."""

    def __init__(self, summary: Summary) -> None:
        self.of = summary
        self.say = summary_words(summary.lang)

    def lines(self, issues: bool = True) -> list[str]:
        """Lines of plain text, with or without those on issues."""
        say = self.say
        lines = [self._title(), "", *self._table_lines()]
        blanks = self._blanks()
        if blanks:
            lines += ["", say["blanks"]]
            flat = [row for _, rows in blanks for row in rows]
            head = ["  " + say["column"], say["called"], say["blank"], say["share"], ""]
            cells = [
                ["  " + name, called, count, share, f"{_bar_text(part)}  {means}".rstrip()]
                for name, called, count, share, part, means in flat
            ]
            body = aligned([head, *cells], left=[0, 1, 4])
            lines.append(body[0])
            rest = iter(body[1:])
            for label, rows in blanks:
                lines.append(label)
                lines += [next(rest) for _ in rows]
        for heading, notes in [*self._notes(), *(self._issues() if issues else ())]:
            lines += ["", heading, *(f"  {note}" for note in notes)]
        return lines

    def html(self) -> str:
        """The same as HTML without scripts, for light and dark pages."""
        say = self.say
        parts = [f"<p><b>{html.escape(self._title())}</b></p>", self._table_html()]
        blanks = self._blanks()
        if blanks:
            parts.append(f"<p>{html.escape(say['blanks'])}</p>")
        head = [say["column"], say["called"], say["blank"], say["share"], "", ""]
        for label, rows in blanks:
            body = [
                [
                    (name, "l"), (called, "l q"), (count, ""), (share, ""), (_bar_html(part, share), "raw"),
                    (means, "l q"),
                ]
                for name, called, count, share, part, means in rows
            ]  # fmt: skip
            parts.append(
                f"<details open><summary>{html.escape(label)}</summary>{_html_table(head, body, (0, 1))}"
                "</details>"
            )
        for heading, notes in [*self._notes(), *self._issues()]:
            items = "".join(f"<li>{html.escape(note)}</li>" for note in notes)
            parts.append(f"<p><b>{html.escape(heading)}</b></p>" + (f"<ul>{items}</ul>" if notes else ""))
        return (
            f'<div class="tassei-evidence" lang="{self.of.lang}"><style>{_CSS}</style>{"".join(parts)}</div>'
        )

    def _title(self) -> str:
        say = self.say["title_one" if self.of.people == 1 else "title"]
        return f"{say.format(people=self.of.people)} · {self.of.title}"

    def _table_head(self) -> list[str]:
        names = ["table", "source", "rows", "accepted", "rejected", "duplicates"]
        names += ["blank_rows"] if any(line.blank_rows for line in self.of.by_table) else []
        names += ["encoding"] if any(line.encoding for line in self.of.by_table) else []
        return names

    def _table_cells(self, line: TableLine) -> list[str]:
        if line.origin is None:
            said = self.say["no_people" if line.unique else "not_supplied"]
            cells = {"table": line.label, "source": said}
            return [cells.get(name, "") for name in self._table_head()]
        cells = {
            "table": line.label, "source": _short(line.origin), "rows": f"{line.rows:,}",
            "accepted": f"{line.accepted:,}", "rejected": f"{line.rejected:,}",
            "duplicates": f"{line.duplicates:,}", "blank_rows": f"{line.blank_rows:,}",
            "encoding": line.encoding or "",
        }  # fmt: skip
        return [cells[name] for name in self._table_head()]

    def _table_left(self) -> list[int]:
        return [i for i, name in enumerate(self._table_head()) if name in ("table", "source", "encoding")]

    def _table_lines(self) -> list[str]:
        head = [self.say[name] for name in self._table_head()]
        return aligned([head, *map(self._table_cells, self.of.by_table)], self._table_left())

    def _table_html(self) -> str:
        names, left = self._table_head(), self._table_left()
        body = []
        for line in self.of.by_table:
            styles = ["l" if i in left else "" for i in range(len(names))]
            if line.origin is None:
                styles = [f"{style} q" for style in styles]
            for name in ("rejected", "duplicates"):
                if getattr(line, name):
                    styles[names.index(name)] = "bad"
            body.append(list(zip(self._table_cells(line), styles, strict=True)))
        return _html_table([self.say[name] for name in names], body, left)

    def _blanks(self) -> list[tuple[str, list[_Blanks]]]:
        """By table: a column's label, its name in the source if another, blanks, their share in words
        and as a number, and what a blank means."""
        say = self.say
        found = []
        for table in self.of.by_table:
            rows = [
                (
                    line.label,
                    _called(line, say),
                    f"{line.blank:,}",
                    f"{100 * line.blank_share:.1f} %",
                    line.blank_share,
                    say.get(f"blank_{line.role}", "") if line.blank else "",
                )
                for line in self.of.by_column
                if line.table == table.table and line.role != "person" and line.blank_share is not None
            ]
            if rows:
                found.append((table.label, rows))
        return found

    def _notes(self) -> list[tuple[str, list[str]]]:
        """A heading with the lines below it, if there are any."""
        say = self.say
        labels = {line.table: line.label for line in self.of.by_table}
        notes = []
        for line in self.of.by_table:
            if line.duplicates:
                name = "duplicate" if line.duplicates > 1 else "duplicate_one"
                rows = say["between"].join(map(str, line.duplicate_rows))
                rows += say["between"] + "…" if line.duplicates > len(line.duplicate_rows) else ""
                notes.append(say[name].format(table=line.label, count=line.duplicates, rows=rows))
            notes += [say["note"].format(table=line.label, note=note) for note in line.notes]
            if line.origin is not None and line.rows == 0 and not line.unique:
                notes.append(say["empty"].format(table=line.label))
        for unknown in self.of.by_unknown:
            form = say["unknown_near" if unknown.near else "unknown_column"]
            column = _short(unknown.column)
            notes.append(form.format(table=labels[unknown.table], column=column, near=unknown.near))
        if self.of.unknown_tables:
            tables = say["between"].join(map(_short, self.of.unknown_tables))
            notes.append(say["unknown_tables"].format(tables=tables))
        if self.of.groups:
            notes.append(say["groups"].format(columns=say["between"].join(map(_short, self.of.groups))))
        if self.of.mapping:
            notes.append(say["mapping"].format(file=self.of.mapping))
        return [(say["notes"], notes)] if notes else []

    def _issues(self) -> list[tuple[str, list[str]]]:
        say = self.say
        count = sum(kind.count for kind in self.of.by_issue)
        if not count:
            return [(say["no_issues"], [])]
        kinds = []
        for kind in self.of.by_issue[:_SHOWN]:
            where = ".".join(filter(None, (kind.table, kind.column)))
            kinds.append(say["issue"].format(count=kind.count, where=where, problem=kind.problem))
        if len(self.of.by_issue) > _SHOWN:
            kinds.append(say["more"].format(count=len(self.of.by_issue) - _SHOWN))
        return [(say["issues" if count > 1 else "issues_one"].format(count=count), kinds)]


def _called(line: ColumnLine, say: Mapping[str, str]) -> str:
    """What a column is called in the source, where that is not what it is called here."""
    if line.called is None:
        return say["absent"]
    if line.parts > 1:
        return say["items"].format(count=line.parts)
    return "" if key(line.called) in {key(line.label), key(line.column)} else _short(line.called)


def _short(text: str) -> str:
    """A name on one line, and not a long one: it comes from somebody's file."""
    text = " ".join(text.split())
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"


def _bar_text(part: float) -> str:
    filled = min(round(_BAR * part) or int(part > 0), _BAR - int(part < 1))
    return "█" * filled + "·" * (_BAR - filled)


def _bar_html(part: float, said: str) -> str:
    return f'<span class="bar" role="img" aria-label="{said}"><i style="width:{100 * part:.1f}%"></i></span>'


def _html_table(
    head: Sequence[str], body: Sequence[Sequence[tuple[str, str]]], left: Collection[int]
) -> str:
    """Cells with a class each; those of the class ``raw`` are HTML already."""

    def cell(text: str, style: str) -> str:
        return f"<td>{text}</td>" if style == "raw" else f'<td class="{style}">{html.escape(text)}</td>'

    names = "".join(
        f'<th scope="col" class="{"l" if i in left else ""}">{html.escape(name)}</th>'
        for i, name in enumerate(head)
    )
    rows = "".join("<tr>" + "".join(cell(*one) for one in row) + "</tr>" for row in body)
    return f"<table><thead><tr>{names}</tr></thead><tbody>{rows}</tbody></table>"
