"""How a company's own names of tables, columns and words lead to those of a framework."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from . import grammar as g
from .error import EvidenceError, listed, near
from .text import key

__all__ = ["MAPPING_FILE", "Names", "read_names"]

MAPPING_FILE = "tassei-mapping.yaml"

Cell = str | bool | int | float | None


class _File(BaseModel):
    """A mapping as it stands in a file, or in the arguments of :func:`tassei.read_evidence`."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    tables: dict[str, str] = {}
    columns: dict[str, dict[str, str | None]] = {}
    values: dict[str, dict[str, dict[str, Cell | list[str]]]] = {}


@dataclass(frozen=True)
class Names:
    """A mapping, with every name of the framework's resolved to an id.

    Attributes
    ----------
    tables : dict of str to str
        Table id to what it is called in the source: a file, a sheet, a table, a view or a SELECT.
    columns : dict of str to dict
        By table id: a source column's name, as :func:`tassei.text.key` compares it, to the
        column's id, ``column.item`` or None for a column that is to be passed over.
    values : dict of str to dict
        By table id and column id: a cell, compared likewise, to what stands for it.
    written : dict of str to dict
        The names of `columns` as they were written.
    """

    tables: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Mapping[str, str | None]]] = field(default_factory=dict)
    written: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def read_names(
    document: g.Document,
    tables: Mapping[str, str] | None = None,
    columns: Mapping[str, Mapping[str, str | None]] | None = None,
    values: Mapping[str, Mapping[str, Mapping[str, Any]]] | None = None,
    mapping: str | os.PathLike[str] | Mapping[str, Any] | None = None,
) -> Names:
    """A mapping from a file and from arguments, which go before the file.

    Parameters
    ----------
    document : grammar.Document
        The framework.
    tables, columns, values : mapping, optional
        See :func:`tassei.read_evidence`.
    mapping : path or mapping, optional
        A YAML file with the keys ``tables``, ``columns`` and ``values``, or what it holds.

    Raises
    ------
    EvidenceError
        The file cannot be read, or the mapping leads to what the framework does not have; all
        mistakes at once.

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> names = read_names(framework.document, columns={"engagements": {"担当開始": "start"}})
    >>> dict(names.columns["engagements"])
    {'担当開始': 'start'}
    """
    where, given = "the mapping", mapping or {}
    if isinstance(given, str | os.PathLike):
        where, given = Path(given).name, _load(Path(given))
    file = _validated(given, where)
    arguments = {"tables": tables or {}, "columns": columns or {}, "values": values or {}}
    own = _validated(arguments, "the mapping")
    resolver = _Resolver(document)
    for part, name in ((file, where), (own, "the mapping")):
        resolver.add(part, name)
    if resolver.wrong:
        raise EvidenceError("\n  ".join(["the mapping cannot be followed:", *resolver.wrong]))
    return Names(resolver.tables, resolver.columns, resolver.values, resolver.written)


def _load(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise EvidenceError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise EvidenceError(f"{path.name}: is not UTF-8") from None
    try:
        # every word as it is written: of 0123 or no nothing may get lost
        return _blanked(yaml.load(text, Loader=yaml.BaseLoader)) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise EvidenceError(f"{path.name}{line}: is not YAML: {getattr(error, 'problem', error)}") from None
    except RecursionError:
        raise EvidenceError(f"{path.name}: is nested too deeply") from None


def _blanked(data: Any) -> Any:
    if isinstance(data, dict):
        return {name: _blanked(value) for name, value in data.items()}
    if isinstance(data, list):
        return [_blanked(item) for item in data]
    return None if data in ("", "~", "null") else data


def _validated(data: Any, where: str) -> _File:
    if not isinstance(data, Mapping):
        raise EvidenceError(f"{where}: expected the keys tables, columns and values, came {data!r:.80}")
    try:
        return _File.model_validate(data)
    except ValidationError as error:
        said = [
            f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}"
            for item in error.errors(include_url=False, include_input=False)[:20]
        ]
        raise EvidenceError("\n  ".join([f"{where}: expected tables, columns and values", *said])) from None


class _Resolver:
    """Gathers mappings, and what is wrong with them."""

    def __init__(self, document: g.Document) -> None:
        self.document = document
        self.tables: dict[str, str] = {}
        self.columns: dict[str, dict[str, str | None]] = {}
        self.values: dict[str, dict[str, dict[str, str | None]]] = {}
        self.written: dict[str, dict[str, str]] = {}
        self.wrong: list[str] = []

    def add(self, part: _File, where: str) -> None:
        for name, called in part.tables.items():
            table = self.table(name, f"{where}, tables")
            if table:
                self.tables[table] = called
        for name, columns in part.columns.items():
            table = self.table(name, f"{where}, columns")
            for came, target in columns.items() if table else ():
                place = f"{where}, columns.{name}"
                if target is None or not target.strip():
                    column: str | None = None
                else:
                    column = self.column(table, target, place)
                    if column is None:
                        continue
                self.columns.setdefault(table, {})[key(came)] = column
                self.written.setdefault(table, {})[key(came)] = came
        for name, of_table in part.values.items():
            table = self.table(name, f"{where}, values")
            for column_name, words in of_table.items() if table else ():
                place = f"{where}, values.{name}"
                column = self.column(table, column_name, place)
                if column is None:
                    continue
                for came, target in words.items():
                    told = self.value(table, column, target, f"{place}.{column_name}")
                    self.values.setdefault(table, {}).setdefault(column, {})[key(came)] = told

    def table(self, name: str, where: str) -> str:
        tables = self.document.tables
        for id_, table in tables.items():
            if key(name) in {key(s) for s in (id_, *table.label.values(), *table.aliases)}:
                return id_
        self.say(where, "table", name, tables)
        return ""

    def column(self, table: str, name: str, where: str) -> str | None:
        columns = self.document.tables[table].columns
        before, dot, item = name.partition(".")
        for id_, column in columns.items():
            spellings = {key(s) for s in (id_, *column.label.values(), *column.aliases)}
            if key(name) in spellings:
                return id_
            if dot and column.type == "set" and key(before) in spellings:
                word = self.word(column, item)
                if word is not None:
                    return f"{id_}.{word}"
                self.say(where, f"item of {id_}", item, self.vocabulary(column).words)
                return None
        self.say(where, f"column of {table}", name, columns)
        return None

    def value(self, table: str, column_id: str, target: Any, where: str) -> str | None:
        """The text that is read in place of a cell."""
        if target is None or target == "":
            return None
        base, _, item = column_id.partition(".")
        column = self.document.tables[table].columns[base]
        parts = target if isinstance(target, list) else [target]
        texts = [str(part).lower() if isinstance(part, bool) else str(part) for part in parts]
        if column.vocabulary is not None and not item:
            words = []
            for text in texts:
                empty = {key(word) for word in self.vocabulary(column).empty}
                word = text if column.type == "set" and key(text) in empty else self.word(column, text)
                if word is None and column.type == "set":
                    word = text  # several items in one text; the reader looks at them
                if word is None:
                    self.say(where, f"word of {column.vocabulary}", text, self.vocabulary(column).words)
                    return None
                words.append(word)
            texts = words
        return ";".join(texts)

    def vocabulary(self, column: g.Column) -> g.Vocabulary:
        return self.document.vocabularies[column.vocabulary or ""]

    def word(self, column: g.Column, text: str) -> str | None:
        for id_, word in self.vocabulary(column).words.items():
            if key(text) in {key(s) for s in (id_, *word.label.values(), *word.aliases, word.printed or id_)}:
                return id_
        return None

    def say(self, where: str, kind: str, came: str, options: Iterable[str]) -> None:
        options = list(options)
        close = near(came, options)
        hint = f"; did you mean {close!r}?" if close else ""
        self.wrong.append(f"{where}: there is no {kind} {came!r}; expected one of {listed(options)}{hint}")
