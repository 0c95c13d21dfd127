"""Words and signs that any table may hold, whatever the framework."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from .text import key

__all__ = ["marks", "truth_of"]


@cache
def marks() -> dict[str, Any]:
    """The data file beside this module."""
    text = (files("tassei") / "marks.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data


@cache
def _truths() -> dict[str, bool]:
    data = marks()
    return {key(word): value for value in (True, False) for word in data[str(value).lower()]}


def truth_of(word: str) -> bool:
    """What a mark in a yes-or-no column says.

    Raises
    ------
    ValueError
        The word is no such mark.

    Examples
    --------
    >>> truth_of("○"), truth_of("FALSE")
    (True, False)
    """
    try:
        return _truths()[key(word)]
    except KeyError:
        raise ValueError("is neither true nor false") from None
