"""Whether the names in a framework file meet: every mistake at once, where it stands."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from . import grammar as g
from .circle import CircleFinder
from .cost import check_cost
from .document import path_text
from .error import Problem, listed, near
from .rule import LARGEST_SET, RuleChecker
from .text import key

__all__ = ["check_names"]

_HIGHEST = 1_000_000
_LONGEST_WORD = 200
_MOST_HINTS = 20
_ROLE_TYPES = {
    "person": ("text",), "identity": ("text",), "start": ("date",), "end": ("date",),
    "date": ("date",), "verification": ("ordinal",),
}  # fmt: skip


def check_names(document: g.Document, lines: Mapping[tuple[Any, ...], int]) -> list[Problem]:
    """Every name that leads nowhere and every rule that cannot be evaluated."""
    checker = _Checker(document, lines)
    checker.run()
    return checker.problems


class _Checker:
    def __init__(self, document: g.Document, lines: Mapping[tuple[Any, ...], int]) -> None:
        self.document = document
        self.lines = lines
        self.problems: list[Problem] = []
        self.path: list[str | int] = []
        self._seen: set[tuple[str, str]] = set()

    # --- where we are, and what we say -----------------------------------------------------

    @contextmanager
    def at(self, *keys: str | int) -> Iterator[None]:
        self.path.extend(keys)
        yield
        del self.path[len(self.path) - len(keys) :]

    def say(self, message: str, hint: str | None = None) -> None:
        path = tuple(self.path)
        line = next((self.lines[path[:n]] for n in range(len(path), -1, -1) if path[:n] in self.lines), None)
        text = path_text(path)
        if (text, message) not in self._seen:
            self._seen.add((text, message))
            self.problems.append(Problem(text, message, hint, line))

    def known(self, word: Any, options: Collection[Any], kind: str) -> bool:
        if word in options:
            return True
        # looking for the nearest is slow where there is much to look at and much to look for
        close = near(word, options) if len(self.problems) < _MOST_HINTS else None
        expected = f"expected one of {listed(options)}" if options else f"there is no {kind} at all"
        came = repr(word)[:_LONGEST_WORD]
        self.say(f"unknown {kind} {came}; {expected}", f"did you mean {close!r}?" if close else None)
        return False

    # --- sections ----------------------------------------------------------------------------

    def run(self) -> None:
        d = self.document
        for level in d.levels:
            if not 1 <= level <= _HIGHEST:
                with self.at("levels", str(level)):
                    self.say(f"a level is 1 to {_HIGHEST:,}, came {level}", "0 stands for no level at all")
        for name, vocabulary in d.vocabularies.items():
            with self.at("vocabularies", name):
                self.vocabulary(vocabulary)
        owner: dict[str, str] = {}
        for name, table in d.tables.items():
            with self.at("tables", name):
                self.spellings(name, table, owner)
                self.table(table)
        for name, reading in d.readings.items():
            with self.at("readings", name):
                self.reading(reading)
        for name, criterion in d.criteria.items():
            if criterion.group is not None:
                with self.at("criteria", name, "group"):
                    self.known(criterion.group, d.groups, "group")
        RuleChecker(d, self.say, self.at, self.known).run()
        for name, cost in d.costs.items():
            with self.at("costs", name):
                check_cost(d, cost, self.say, self.at, self.known)
        if not self.problems:
            CircleFinder(d, self.say, self.at).run()

    def vocabulary(self, vocabulary: g.Vocabulary) -> None:
        owner: dict[str, str] = {}
        for name, word in vocabulary.words.items():
            with self.at("words", name):
                self.spellings(name, word, owner)
                if word.printed is not None:
                    self.spelling(word.printed, name, owner, "printed")
        for i, empty in enumerate(vocabulary.empty):
            if key(empty) in owner:
                with self.at("empty", i):
                    self.say(f"{empty!r} already stands for {owner[key(empty)]!r}")
        for name, words in vocabulary.groups.items():
            with self.at("groups", name):
                if name in vocabulary.words:
                    self.say(f"the group {name!r} has the name of a word")
                if not words:
                    self.say(f"the group {name!r} has no words")
                for i, member in enumerate(words):
                    with self.at(i):
                        self.known(member, vocabulary.words, "word")

    def spelling(self, text: str, name: str, owner: dict[str, str], *keys: str | int) -> None:
        other = owner.setdefault(key(text), name)
        if other != name:
            with self.at(*keys):
                self.say(f"{text!r} already stands for {other!r}")

    def spellings(self, name: str, labelled: Any, owner: dict[str, str]) -> None:
        """Id, labels and aliases of one thing, which must not be those of another."""
        self.spelling(name, name, owner)
        for lang, label in labelled.label.items():
            self.spelling(label, name, owner, "label", lang)
        for i, alias in enumerate(labelled.aliases):
            self.spelling(alias, name, owner, "aliases", i)

    def table(self, table: g.Table) -> None:
        owner: dict[str, str] = {}
        roles: dict[str, str] = {}
        for name, column in table.columns.items():
            with self.at("columns", name):
                self.spellings(name, column, owner)
                if column.role is not None:
                    with self.at("role"):
                        other = roles.setdefault(column.role, name)
                        if other != name:
                            self.say(f"the role {column.role!r} is already that of {other!r}")
                        if column.type not in _ROLE_TYPES[column.role]:
                            expected = listed(_ROLE_TYPES[column.role])
                            self.say(f"a {column.role} is of type {expected}, came {column.type}")
                needs_words = column.type in ("ordinal", "category", "set")
                if needs_words and column.vocabulary is None:
                    self.say(f"a {column.type} column needs a vocabulary")
                elif not needs_words and column.vocabulary is not None:
                    with self.at("vocabulary"):
                        self.say(f"a {column.type} column has no vocabulary, came {column.vocabulary!r}")
                elif needs_words:
                    with self.at("vocabulary"):
                        self.column_words(column)
        if "person" not in roles:
            self.say("no column has the role 'person'", "every table says whose rows these are")
        if "end" in roles and "start" not in roles:
            self.say("has an end but no start")
        if "start" in roles and "end" not in roles:
            self.say("has a start but no end", "what lasts one day has the role 'date' instead")
        if "date" in roles and "start" in roles:
            self.say("has both a date and a start: a record is of a day or of a period")

    def column_words(self, column: g.Column) -> None:
        if not self.known(column.vocabulary, self.document.vocabularies, "vocabulary"):
            return
        words = len(self.document.vocabularies[column.vocabulary or ""].words)
        if column.type == "set" and words > LARGEST_SET:
            self.say(f"a set has at most {LARGEST_SET} items, came {words}")
        elif words > 65000:
            self.say(f"a vocabulary has at most 65,000 words, came {words}")

    def reading(self, reading: g.Reading) -> None:
        if reading.number and reading.choices:
            self.say("is a number or has choices, not both")
        with self.at("default"):
            if not reading.number:
                self.known(reading.default, reading.choices, "choice")
            elif not re.fullmatch("none|[1-9][0-9]{0,3}", reading.default):
                came = repr(reading.default)[:_LONGEST_WORD]
                self.say(f"expected 'none' or a whole number from 1 to 9999, came {came}")
