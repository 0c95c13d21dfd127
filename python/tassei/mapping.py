"""How a company's own names of tables, columns and words lead to those of a framework."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from . import grammar as g
from .column import Reader
from .error import EvidenceError, listed, near
from .text import key

__all__ = ["MAPPING_FILE", "Names", "read_names"]

MAPPING_FILE = "tassei-mapping.yaml"
_DEEPEST = 8


def _written(cell: Any) -> Any:
    """A cell as a file has it."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    return str(cell) if isinstance(cell, int | float | dt.date) else cell


Written = Annotated[str, BeforeValidator(_written)]


class _File(BaseModel):
    """A mapping as it stands in a file, or in the arguments of :func:`tassei.read_evidence`."""

    model_config = ConfigDict(extra="forbid")

    tables: dict[Written, Written] = {}
    columns: dict[Written, dict[Written, str | None]] = {}
    values: dict[Written, dict[Written, dict[Written, Any]]] = {}


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
        By table id and column id: a cell, compared likewise (of text columns as it is, trimmed), to
        what stands for it; None for a blank.
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
    where, given = "the mapping", {} if mapping is None else mapping
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
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        return {} if node is None else _plain(node, path.name, _DEEPEST)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        said = getattr(error, "problem", None) or str(error).splitlines()[0]
        hint = "; indent with blanks, not with tabs" if "\\t" in said else ""
        raise EvidenceError(f"{path.name}{line}: is not YAML: {said}{hint}") from None
    except RecursionError:
        raise EvidenceError(f"{path.name}: is nested too deeply") from None


def _plain(node: yaml.Node, name: str, depth: int) -> Any:
    """What a file says, every word as it is written: of 0123, no or NULL nothing may get lost."""
    if depth == 0:
        raise EvidenceError(f"{name}, line {node.start_mark.line + 1}: is nested too deeply")
    if isinstance(node, yaml.ScalarNode):
        blank = not node.style and node.value in ("", "~", "null")
        return None if blank else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, name, depth - 1) for item in node.value]
    own: dict[str, Any] = {}
    merged: dict[str, Any] = {}
    for word, value in node.value:
        place = f"{name}, line {word.start_mark.line + 1}"
        if not isinstance(word, yaml.ScalarNode):
            raise EvidenceError(f"{place}: expected one word before the colon")
        if word.value in own:
            raise EvidenceError(f"{place}: {word.value!r} is there already")
        data = _plain(value, name, depth - 1)
        if word.value == "<<" and not word.style:
            for part in data if isinstance(data, list) else [data]:
                if not isinstance(part, dict):
                    raise EvidenceError(f"{place}: expected the alias of a mapping after <<")
                merged = part | merged
        else:
            own[word.value] = data
    return merged | own


def _validated(data: Any, where: str) -> _File:
    if not isinstance(data, Mapping):
        raise EvidenceError(f"{where}: expected the keys tables, columns and values, came {data!r:.80}")
    # what is left empty in a file says nothing
    filled = {part: {} if about is None else about for part, about in data.items()}
    try:
        return _File.model_validate(filled)
    except ValidationError as error:
        said = []
        for item in error.errors(include_url=False, include_input=False)[:20]:
            place, problem = [str(part) for part in item["loc"]], item["msg"]
            if item["type"] == "extra_forbidden":
                close = near(place[0], _File.model_fields)
                problem = "is none of them" + (f"; did you mean {close!r}?" if close else "")
            said.append(f"{'.'.join(place)}: {problem}")
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
            if table and not called.strip():
                self.wrong.append(f"{where}, tables.{name}: expected what it is called in the source")
            elif table:
                self.tables[table] = called
        for name, columns in part.columns.items():
            table = self.table(name, f"{where}, columns")
            place = f"{where}, columns.{name}"
            seen: dict[str, tuple[str, Any]] = {}
            for came, target in columns.items() if table else ():
                blank = target is None or not target.strip()
                column = None if blank else self.column(table, target or "", place)
                if (blank or column) and self.once(seen, key(came), came, column, place):
                    self.columns.setdefault(table, {})[key(came)] = column
                    self.written.setdefault(table, {})[key(came)] = came
        for name, of_table in part.values.items():
            table = self.table(name, f"{where}, values")
            for column_name, words in of_table.items() if table else ():
                column = self.column(table, column_name, f"{where}, values.{name}")
                if column is not None:
                    self.add_words(table, column, words, f"{where}, values.{name}.{column_name}")

    def add_words(self, table: str, column: str, words: Mapping[str, Any], place: str) -> None:
        told = self.values.setdefault(table, {}).setdefault(column, {})
        # texts are names and ids: what looks alike need not be the same
        exact = self.document.tables[table].columns[column.partition(".")[0]].type == "text"
        seen: dict[str, tuple[str, Any]] = {}
        for came, target in words.items():
            spelling = came.strip() if exact else key(came)
            meant = self.value(table, column, target, f"{place}.{came}")
            if self.once(seen, spelling, came, meant, place):
                told[spelling] = meant

    def once(
        self, seen: dict[str, tuple[str, Any]], spelling: str, came: str, meant: Any, place: str
    ) -> bool:
        """Whether no other spelling of the same name or cell says something else."""
        earlier, said = seen.setdefault(spelling, (came, meant))
        if said != meant:
            self.wrong.append(f"{place}: {earlier!r} and {came!r} are one name, but lead to two places")
        return bool(said == meant)

    def table(self, name: str, where: str) -> str:
        tables = self.document.tables
        spellings = {i: (i, *table.label.values(), *table.aliases) for i, table in tables.items()}
        return self.found(name, spellings, "table", where) or ""

    def column(self, table: str, name: str, where: str) -> str | None:
        columns = self.document.tables[table].columns
        spellings = {i: (i, *column.label.values(), *column.aliases) for i, column in columns.items()}
        before, dot, item = name.partition(".")
        for id_, column in columns.items():
            known = {key(s) for s in spellings[id_]}
            if dot and column.type == "set" and key(before) in known and key(name) not in known:
                words = self.vocabulary(column).words.items()
                items = {i: (i, *w.label.values(), *w.aliases, w.printed or i) for i, w in words}
                word = self.found(item, items, f"item of {id_}", where)
                return word and f"{id_}.{word}"
        return self.found(name, spellings, f"column of {table}", where)

    def found(
        self, came: str, spellings: Mapping[str, Iterable[str]], kind: str, where: str
    ) -> str | None:
        """The id that a name stands for."""
        for id_, known in spellings.items():
            if key(came) in {key(spelling) for spelling in known}:
                return id_
        close = near(came, spellings) or near(came, (s for known in spellings.values() for s in known))
        hint = f"; did you mean {close!r}?" if close else ""
        self.wrong.append(f"{where}: there is no {kind} {came!r}; expected one of {listed(spellings)}{hint}")
        return None

    def value(self, table: str, column_id: str, target: Any, where: str) -> str | None:
        """The text that is read in place of a cell, looked at as the reader will."""
        several = isinstance(target, list | tuple | set | frozenset)
        texts = [_written(part) for part in (target if several else [target])]
        if texts == [None] or texts == [""]:
            return None
        base, _, item = column_id.partition(".")
        column = self.document.tables[table].columns[base]
        in_set = column.type == "set" and not item
        if not all(isinstance(text, str) for text in texts) or (several and not in_set):
            wanted = "words" if in_set else "one word, number or date"
            self.wrong.append(f"{where}: expected {wanted}, or nothing for a blank; came {target!r:.80}")
            return None
        reader = Reader(self.document, 1)
        bits = 0
        for text in texts:
            cells = pa.chunked_array([pa.array([text], pa.large_string())])
            if item:
                reader.item(column_id, cells)
            elif in_set:
                sets = reader.items(column_id, column, cells)
                bits |= int(sets.has[sets.codes[0]])
            elif column.type == "date":
                reader.date(column_id, column, cells)
            elif column.type == "number":
                reader.number(column_id, cells)
            elif column.vocabulary is not None:
                code = int(reader.word(column_id, column, cells)[0])
                texts = [list(self.vocabulary(column).words)[code - 1]] if code else texts
        for bad in reader.bad:
            hint = f"; {bad.hint}" if bad.hint else ""
            self.wrong.append(f"{where}: {bad.value!r} {bad.problem}; expected {bad.expected}{hint}")
        if not in_set:
            return None if texts[0] is None else str(texts[0])
        vocabulary = self.vocabulary(column)
        return ";".join(word for i, word in enumerate(vocabulary.words) if bits >> i & 1) or next(
            iter(vocabulary.empty), None
        )

    def vocabulary(self, column: g.Column) -> g.Vocabulary:
        return self.document.vocabularies[column.vocabulary or ""]
