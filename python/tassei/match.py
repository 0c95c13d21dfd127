"""Which table, column or item of a framework a name in somebody's data stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import grammar as g
from .error import listed, near
from .issue import Issues
from .mapping import Names
from .raw import Raw
from .text import key

__all__ = ["Matched", "match_columns", "match_tables"]


@dataclass
class Matched:
    """The columns of a table by what they stand for.

    Attributes
    ----------
    columns : dict of str to column
        By column id.
    items : dict of str to dict
        By set column and number of the item's word.
    left : list of str
        Names that the framework does not know.
    named : dict of str to str
        By column id or ``column.item``: what it is called in the source.
    """

    columns: dict[str, Any] = field(default_factory=dict)
    items: dict[str, dict[int, Any]] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)


def match_tables(
    document: g.Document, raws: Sequence[Raw], names: Names, issues: Issues
) -> tuple[dict[str, Raw], dict[str, str | None]]:
    """Tables by id, and those that nobody knows, with the known one that they look like."""
    tables = document.tables
    spellings = {
        key(s): name for name, t in tables.items() for s in (name, *t.label.values(), *t.aliases)
    }
    called: dict[str, list[str]] = {}
    for name, written in names.tables.items():
        called.setdefault(key(written), []).append(name)
    found: dict[str, Raw] = {}
    unknown: dict[str, str | None] = {}
    for raw in raws:
        own = [spellings[key(raw.name)]] if key(raw.name) in spellings else []
        known = called.get(key(raw.name)) or called.get(key(raw.origin)) or own
        if not known:
            close = near(raw.name, (t for t in tables if t not in found))
            if raw.sheet and not close:
                unknown[raw.name] = None  # notes and charts lie in workbooks and folders too
            else:
                issues.say(
                    raw.name, None, "", raw.origin, "is an unknown table", f"one of {listed(tables)}",
                    tables, raw.name,
                )  # fmt: skip
        for name in known:
            if name in found:
                issues.say(
                    name, None, "", raw.origin,
                    f"is a second table of this name, beside {found[name].origin}", "one of them",
                )  # fmt: skip
            else:
                found[name] = raw
    there = {key(name) for raw in raws for name in (raw.name, raw.origin)}
    for name, written in names.tables.items():
        if key(written) not in there:
            options = [raw.name for raw in raws]
            issues.say(
                name, None, "", written, "is named by the mapping, but is not there",
                f"one of {listed(options)}", options,
            )  # fmt: skip
    if unknown and not found and not issues:
        issues.say(
            listed(unknown), None, "", raws[0].origin, "holds no table of the framework",
            f"one of {listed(tables)}",
        )  # fmt: skip
    return found, unknown


def match_columns(document: g.Document, table: str, raw: Raw, names: Names, issues: Issues) -> Matched:
    """The columns of a table; names that lead nowhere or to one place twice are issues."""
    declared = document.tables[table].columns
    spellings = {key(s): n for n, c in declared.items() for s in (n, *c.label.values(), *c.aliases)}
    told = names.columns.get(table, {})
    found = Matched()
    for name in raw.columns:
        if key(name) in told:
            target = told[key(name)]
            if target is None:
                continue
        else:
            target = _target(document, table, name, spellings, declared, issues)
        if target is None:
            found.left.append(name)
        elif target in found.named:
            issues.say(
                table, None, target, name, f"is a second column of this name, beside {found.named[target]!r}",
                f"one column each; columns={{{table!r}: {{{name!r}: None}}}} passes one over",
            )  # fmt: skip
        elif target:
            found.named[target] = name
            column, _, item = target.partition(".")
            if item:
                words = list(document.vocabularies[declared[column].vocabulary or ""].words)
                found.items.setdefault(column, {})[words.index(item)] = raw.column(name)
            else:
                found.columns[column] = raw.column(name)
    there = {key(name) for name in raw.columns}
    for spelling, written in names.written.get(table, {}).items():
        if spelling not in there and raw.columns:
            issues.say(
                table, None, written, None, "is named by the mapping, but is not there",
                f"one of {listed(raw.columns)}", raw.columns, written,
            )  # fmt: skip
    return found


def _target(
    document: g.Document, table: str, name: str, spellings: Mapping[str, str],
    declared: Mapping[str, g.Column], issues: Issues,
) -> str | None:  # fmt: skip
    """A column's id, ``column.item``, None for a stranger, or "" where an issue says what is wrong."""
    column = spellings.get(key(name))
    if column is not None:
        return column
    before, dot, item = name.partition(".")
    column = spellings.get(key(before))
    if not dot or column is None or declared[column].type != "set":
        return None
    words = document.vocabularies[declared[column].vocabulary or ""].words
    for id_, word in words.items():
        if key(item) in {key(s) for s in (id_, *word.label.values(), *word.aliases, word.printed or id_)}:
            return f"{column}.{id_}"
    issues.say(table, None, name, item, "is an unknown item", f"one of {listed(words)}", words)
    return ""
