"""Design-time checks of a framework: what in a standard contradicts, repeats or never matters."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import yaml

from .linter import Linter
from .source import to_library
from .text import untypeset
from .witness import Rows, evidence_of

if TYPE_CHECKING:
    from .evidence import Evidence
    from .framework import Framework

__all__ = ["Finding", "Lint", "lint"]


@cache
def _words() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((files("tassei") / "lint.yaml").read_text(encoding="utf-8"))
    return data


@dataclass(frozen=True)
class Finding:
    """One thing worth knowing about a framework; a fact about it, not a mistake of it.

    Attributes
    ----------
    kind : str
        ``easier``, ``open``, ``never_met``, ``always_met``, ``never_decides``, ``never_helps``,
        ``unused_words``, ``words_differ`` or ``too_large``.
    where : str
        The sheet or vocabulary, in words.
    message : str
    specialty, level, criterion : str, int, str or None
        The sheet and criterion meant, where there is one.
    person : str or None
        What the witness is called.
    witness : dict of str to list of dict, or None
        Rows by table, without a person: evidence by which the finding can be seen.
    """

    kind: str
    where: str
    message: str
    specialty: str | None = None
    level: int | None = None
    criterion: str | None = None
    person: str | None = None
    witness: Rows | None = None


def lint(framework: Framework, readings: Mapping[str, Any] | None = None, lang: str = "en") -> Lint:
    """See :meth:`tassei.Framework.lint`."""
    framework.check_language(lang)
    complete = framework.readings(readings)
    say = _words().get(lang, _words()["en"])
    found = [Finding(**finding) for finding in Linter(framework, complete, lang, say).findings()]
    order = list(say["kinds"])
    found.sort(key=lambda finding: order.index(finding.kind))
    return Lint(framework, complete, lang, tuple(_numbered(found)))


def _numbered(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Witnesses are called W1, W2, … in the order of the findings."""
    number = 0
    for finding in findings:
        if finding.witness is None:
            yield finding
            continue
        number += 1
        person = f"W{number}"
        yield replace(finding, person=person, message=finding.message.replace("{person}", person))


class Lint:
    """What design-time checks found. Made by :meth:`tassei.Framework.lint`.

    Shows itself in a notebook; ``str(lint)`` is its text. ``len(lint)`` and iteration are over
    the findings.

    Attributes
    ----------
    framework : Framework
    readings : dict
        Under which the framework was looked at.
    lang : str
    findings : tuple of Finding
    """

    def __init__(
        self, framework: Framework, readings: Mapping[str, Any], lang: str, findings: tuple[Finding, ...]
    ) -> None:
        self.framework = framework
        self.readings = dict(readings)
        self.lang = lang
        self.findings = findings
        self._say = _words().get(lang, _words()["en"])

    def __len__(self) -> int:
        return len(self.findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def of(self, kind: str) -> list[Finding]:
        """The findings of one kind."""
        if kind not in self._say["kinds"]:
            raise ValueError(f"there is no kind {kind!r}; there are {', '.join(self._say['kinds'])}")
        return [finding for finding in self.findings if finding.kind == kind]

    @property
    def evidence(self) -> Evidence:
        """Every witness as evidence, to be assessed by whoever doubts it."""
        return evidence_of(self.framework, {f.person: f.witness for f in self if f.person and f.witness})

    def to_arrow(self) -> pa.Table:
        """The findings as Arrow; the witness as JSON."""
        columns = {
            "kind": pa.string(), "where": pa.string(), "message": pa.string(), "specialty": pa.string(),
            "level": pa.int64(), "criterion": pa.string(), "person": pa.string(), "witness": pa.string(),
        }  # fmt: skip
        rows = [{name: getattr(f, name) for name in columns} | {"witness": _json(f.witness)} for f in self]
        return pa.Table.from_pylist(rows, pa.schema(list(columns.items())))

    def to_frame(self, library: str = "pandas") -> Any:
        """The findings as a data frame.

        Parameters
        ----------
        library : {"pandas", "polars", "pyarrow"}

        Returns
        -------
        data frame
            ``kind``, ``where``, ``message``, ``specialty``, ``level``, ``criterion``, ``person``
            and ``witness`` (JSON: rows by table).
        """
        return to_library(self.to_arrow(), library)

    # --- looking -------------------------------------------------------------------------------

    def _title(self) -> list[str]:
        title = self._say["title"].format(
            title=self.framework.label_title(self.lang), version=self.framework.version, n=len(self)
        )
        changed = [
            f"{self.framework.label('reading', name, self.lang)}: "
            f"{self.framework.label('choice', f'{name}.{choice}', self.lang)}"
            for name, choice in self.readings.items()
            if str(choice) != self.framework.document.readings[name].default
        ]
        return [title, *([self._say["readings"].format(readings=", ".join(changed))] if changed else [])]

    def _by_kind(self) -> Iterator[tuple[str, list[Finding]]]:
        for kind, label in self._say["kinds"].items():
            if found := self.of(kind):
                yield label, found

    @property
    def text(self) -> str:
        """The findings as plain text, by kind."""
        lines = self._title()
        for label, found in self._by_kind():
            lines += ["", f"{label} ({len(found)})"]
            lines += [f"  {f.where}: {f.message}" for f in found]
        return "\n".join(lines if self.findings else [*lines, self._say["none"]])

    @property
    def html(self) -> str:
        """The findings as folding lists, with the rows of the witnesses."""
        body = ""
        for label, found in self._by_kind():
            items = "".join(
                f"<li><b>{html.escape(f.where)}</b>: {html.escape(f.message)}{self._witness(f)}</li>"
                for f in found
            )
            head = f"{html.escape(label)} ({len(found)})"
            body += f"<details open><summary>{head}</summary><ul>{items}</ul></details>"
        title = "<br>".join(html.escape(line) for line in self._title())
        body = body or f"<p>{html.escape(self._say['none'])}</p>"
        return f'<div lang="{html.escape(self.lang)}"><p>{title}</p>{body}</div>'

    def _witness(self, finding: Finding) -> str:
        if finding.witness is None:
            return ""
        tables = ""
        for name, rows in finding.witness.items():
            columns = list(dict.fromkeys(column for row in rows for column in row))
            label = html.escape(self.framework.label("table", name, self.lang))
            titles = [self.framework.label("column", f"{name}.{c}", self.lang) for c in columns]
            head = "".join(f'<th scope="col">{html.escape(title)}</th>' for title in titles)
            body = "".join(
                "<tr>" + "".join(f"<td>{html.escape(_cell(row.get(c)))}</td>" for c in columns) + "</tr>"
                for row in rows
            )
            tables += (
                f"<table><caption>{label}</caption><thead><tr>{head}</tr></thead>"
                f"<tbody>{body}</tbody></table>"
            )
        person = html.escape(self._say["person"].format(person=finding.person))
        return f"<details><summary>{person}</summary>{tables}</details>"

    def _repr_html_(self) -> str:
        return untypeset(self.html)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Lint({self.framework.id!r}, {len(self)} findings)"


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "–"
    return f"{value:g}" if isinstance(value, float) else "" if value is None else str(value)


def _json(witness: Rows | None) -> str | None:
    return None if witness is None else json.dumps(witness, ensure_ascii=False, default=str)
