"""What users give as arguments, in one form."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from .error import AssessError

__all__ = ["is_blank", "one_of", "several", "whole_number"]


def whole_number(name: str, given: Any, least: int = 0, most: int | None = 2**31 - 1) -> int:
    """A whole number of any library; more than `most`, by default what the core counts to, is `most`.

    Examples
    --------
    >>> whole_number("min_group", 5)
    5

    Raises
    ------
    AssessError
        It is none, or less than `least`.
    """
    if not isinstance(given, bool) and hasattr(given, "__index__"):
        number = operator.index(given)
        if number >= least:
            return number if most is None else min(number, most)
    raise AssessError(f"{name} is a whole number from {least} on, came {given!r}")


def several(given: Any) -> list[Any]:
    """One thing, or things of any library, as a list.

    Examples
    --------
    >>> several("P1"), several(("P1", 2))
    (['P1'], ['P1', 2])
    """
    given = given.as_py() if isinstance(given, pa.Scalar) else given
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        return [given]
    return [one.as_py() if isinstance(one, pa.Scalar) else one for one in given]


def is_blank(cell: Any) -> bool:
    """Whether a cell of any library says nothing.

    Examples
    --------
    >>> is_blank(None), is_blank(float("nan")), is_blank("")
    (True, True, False)
    """
    try:
        return cell is None or bool(cell != cell)  # NaN and NaT differ from themselves
    except TypeError:  # pandas' NA is neither equal nor different
        return True


def one_of(given: Any, options: Sequence[int]) -> int | None:
    """Which of some numbers is meant, also by a number of another type; None: none of them.

    Examples
    --------
    >>> one_of(4.0, [3, 4]), one_of("4", [3, 4])
    (4, None)
    """
    try:
        return next((option for option in options if given == option), None)
    except (TypeError, ValueError):  # arrays, and blanks that are neither equal nor different
        return None
