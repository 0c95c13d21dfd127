"""What can go wrong, said once and clearly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Sized
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Any

__all__ = ["AssessError", "EvidenceError", "FrameworkError", "Problem", "listed", "near", "unknown"]

_SHOWN = 20
_LONG = 200  # characters of a word that are compared


def near(word: object, options: Iterable[object]) -> str | None:
    """The one of `options` that looks most like `word`, if any does.

    >>> near("managr", ["member", "manager"])
    'manager'
    """
    texts = {str(option): None for option in options}
    lower = {text.casefold(): text for text in texts}
    found = get_close_matches(str(word)[:_LONG].casefold(), lower, n=1, cutoff=0.6)
    return lower[found[0]] if found else None


def unknown(kind: str, name: object, options: Iterable[object]) -> str:
    """Says that there is none of this name, what there is, and what may have been meant.

    >>> unknown("level", "managr", ["member", "manager"])
    "there is no level 'managr'; there are member, manager; did you mean 'manager'?"
    """
    options = list(options)
    close = near(name, options)
    hint = f"; did you mean {close!r}?" if close else ""
    return f"there is no {kind} {name!r}; there are {listed(options)}{hint}"


def listed(options: Iterable[object], most: int = 12) -> str:
    """`a, b, c`, cut where it gets long."""
    options = options if isinstance(options, Sized) else list(options)
    cut = f", … ({len(options)} in all)" if len(options) > most else ""
    return ", ".join(str(option) for option in islice(options, most)) + cut


@dataclass(frozen=True)
class Problem:
    """One mistake in a framework file.

    Attributes
    ----------
    path : str
        Key path, such as ``sheets[0].criteria.size.some.where``.
    message : str
        What came and what was expected.
    hint : str or None
        What to try.
    line : int or None
        Line in the file, from 1.
    """

    path: str
    message: str
    hint: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        where = f"line {self.line}, " if self.line else ""
        hint = f"; {self.hint}" if self.hint else ""
        return f"{where}{self.path or 'the file'}: {self.message}{hint}"


class FrameworkError(ValueError):
    """A framework file that cannot be used; carries every problem in it.

    Attributes
    ----------
    problems : tuple of Problem
    """

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        self.problems = tuple(problems)
        lines = [message, *(f"  {problem}" for problem in self.problems[:_SHOWN])]
        if len(self.problems) > _SHOWN:
            lines.append(f"  … and {len(self.problems) - _SHOWN} more, in .problems")
        super().__init__("\n".join(lines))


class EvidenceError(ValueError):
    """Evidence that cannot be used; carries every bad cell as a table.

    Attributes
    ----------
    issues : data frame or None
        Columns table, row, column, value, problem, expected, hint.
    """

    def __init__(self, message: str, issues: Any = None) -> None:
        self.issues = issues
        super().__init__(message)


class AssessError(ValueError):
    """An assessment, or a question to one, that makes no sense."""
