"""What explains a framework's form to the people who fill it in: its columns and words, as rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from . import grammar as g
from .framework import Framework

__all__ = ["Guide", "form_file", "form_words"]


@cache
def form_file() -> dict[str, Any]:
    """The names of sheets beside the tables, marks, examples, and the form's own words by language."""
    data: dict[str, Any] = yaml.safe_load((files("tassei") / "template.yaml").read_text(encoding="utf-8"))
    return data


def form_words(lang: str) -> dict[str, Any]:
    """The form's own words in a language, else in English."""
    own: dict[str, Any] = form_file().get(lang) or form_file()["en"]
    return own


def _both(parts: Sequence[str]) -> str:
    return " / ".join(dict.fromkeys(part for part in parts if part))


class Guide:
    """The explanations, as rows of cells with a style each."""

    def __init__(self, framework: Framework, langs: Sequence[str]) -> None:
        self.framework, self.langs = framework, langs
        self.document = framework.document
        self.pages = _pages(framework.document)

    def ui(self, name: str) -> str:
        """One of the form's own words, in all its languages."""
        return _both([form_words(lang)[name] for lang in self.langs])

    def label(self, kind: str, name: str) -> list[str]:
        """What the framework calls a thing, a label a language."""
        return [self.framework.label(kind, name, lang) for lang in self.langs]

    def rows(self) -> Iterator[tuple[str, list[str]]]:
        """Style (``title``, ``section``, ``head``, ``text``, ``cells`` or ``blank``) and cells."""
        title = _both([self.framework.label_title(lang) for lang in self.langs])
        yield "title", [f"{title}: {self.ui('title')}"]
        yield "text", [f"{self.framework.id} {self.framework.version}"]
        source = self.document.source
        if source:
            yield "text", [f"{self.ui('source')}: {_both([_of(source.title, one) for one in self.langs])}"]
            yield "text", [source.rights]
        yield "blank", []
        yield "section", [self.ui("how")]
        for lang in self.langs:
            for i, rule in enumerate(form_words(lang)["rules"], 1):
                yield "text", [f"{i}. {rule}"]
        for name, table in self.document.tables.items():
            yield from self.table(name, table)
        used = {c.vocabulary for t in self.document.tables.values() for c in t.columns.values()}
        for name, vocabulary in self.document.vocabularies.items():
            if name in used:
                yield from self.vocabulary(name, vocabulary)

    def table(self, name: str, table: g.Table) -> Iterator[tuple[str, list[str]]]:
        yield "blank", []
        yield "section", [f"{self.ui('table')}: {_both(self.label('table', name))} ({name})"]
        for lang in self.langs:
            record = self.framework.label("record", name, lang)
            yield "text", [form_words(lang)["one_row" if table.unique else "row"].format(record=record)]
        yield (
            "head",
            [self.ui(n) for n in ("column", "id", "kind", "words", "example", "about")],
        )
        for column_id, column in table.columns.items():
            words = self.framework.label("vocabulary", column.vocabulary, self.langs[0])
            yield (
                "cells",
                [
                    _both(self.label("column", f"{name}.{column_id}")),
                    column_id,
                    self.kind(column),
                    f"{words} ({column.vocabulary})" if column.vocabulary else "",
                    self.example(column),
                    "\n".join(self.about(column)),
                ],
            )

    def kind(self, column: g.Column) -> str:
        yes, no = form_file()["marks"]
        said = [form_words(lang)["kinds"][column.type].format(yes=yes, no=no) for lang in self.langs]
        unit = f" [{column.unit}]" if column.unit else ""
        return _both(said) + unit + (f" ({self.ui('required')})" if column.role == "person" else "")

    def about(self, column: g.Column) -> list[str]:
        """What a column's own file says about it, a line a language."""
        lines = [_of(column.about, lang) for lang in self.langs] if column.about else []
        if column.running:
            lines.append(f"{self.ui('running')}: {', '.join(column.running)}")
        return lines

    def example(self, column: g.Column) -> str:
        given = form_file()["examples"]
        if column.vocabulary is None:
            return str(given.get(column.role, given.get(column.type) or given["date"]))
        labels = self.choices(column.vocabulary)
        if column.type != "set":
            return labels[len(labels) // 2]
        yes, no = form_file()["marks"]
        return "\n".join(f"{yes if i < 2 else no} {label}" for i, label in enumerate(labels[:3]))

    def choices(self, vocabulary: str) -> list[str]:
        """Labels of a vocabulary's words in the first language."""
        words = self.document.vocabularies[vocabulary].words
        return [self.framework.label("word", f"{vocabulary}.{word}", self.langs[0]) for word in words]

    def vocabulary(self, name: str, vocabulary: g.Vocabulary) -> Iterator[tuple[str, list[str]]]:
        yield "blank", []
        yield "section", [f"{self.ui('words')}: {_both(self.label('vocabulary', name))} ({name})"]
        yield "head", [self.ui(n) for n in ("word", "id", "printed", "page", "also")]
        for word_id, word in vocabulary.words.items():
            yield (
                "cells",
                [
                    _both(self.label("word", f"{name}.{word_id}")),
                    word_id,
                    word.printed or "",
                    word.page or self.pages.get((name, word_id), ""),
                    ", ".join(word.aliases),
                ],
            )


def _pages(document: g.Document) -> dict[tuple[str, str], str]:
    """The pages of the sheets that ask for a word, by vocabulary and word."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for sheet in document.sheets:
        if not sheet.page:
            continue
        for column_name, named in _asked(document, sheet):
            for table in document.tables.values():
                column = table.columns.get(column_name)
                if column is None or column.vocabulary is None:
                    continue
                vocabulary = document.vocabularies[column.vocabulary]
                for one in named:
                    for word in vocabulary.groups.get(one, [one]):
                        if word in vocabulary.words:
                            found.setdefault((column.vocabulary, word), {})[sheet.page] = None
    return {place: ", ".join(pages) for place, pages in found.items()}


def _asked(document: g.Document, sheet: g.Sheet) -> Iterator[tuple[str, list[str]]]:
    """Columns that a sheet's criteria test, each with the words that the test names."""
    todo: list[tuple[Any, int]] = [
        (criterion.model_dump(by_alias=True), sheet.level) for criterion in sheet.criteria.values()
    ]
    seen = set()
    while todo:
        node, level = todo.pop()
        if isinstance(node, list):
            todo += [(part, level) for part in node]
        if not isinstance(node, dict):
            continue
        todo += [(part, level) for part in node.values()]
        if "column" in node:
            tests = [node.get(k) for k in ("is", "in", "at_least", "at_most", "items")]
            lists = [test if isinstance(test, list) else [test] for test in tests]
            yield node["column"], [word for words in lists for word in words if isinstance(word, str)]
        name = node.get("condition")
        if not isinstance(name, str):
            continue
        at = node.get("level") or level
        levels = sorted(document.levels)
        shift = (node.get("above") or 0) - (node.get("below") or 0)
        place = levels.index(at) + shift if at in levels else -1
        if not 0 <= place < len(levels) or (name, place) in seen:
            continue
        seen.add((name, place))
        if name in sheet.conditions:
            todo.append((sheet.conditions[name].model_dump(by_alias=True), level))
        elif name in document.conditions:
            said = document.conditions[name]
            form = said.when if said.when is not None else (said.levels or {}).get(levels[place])
            if form is not None:
                todo.append((form.model_dump(by_alias=True), levels[place]))


def _of(label: Any, lang: str) -> str:
    return str(label.get(lang) or next(iter(label.values())))
