"""Rows of text that stand under each other, whatever script they are in."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

__all__ = ["aligned", "columns_wide"]


def columns_wide(text: str) -> int:
    """Columns that a text takes on a terminal or in a sheet: wide characters take two.

    >>> columns_wide("立場 A")
    6
    """
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def aligned(rows: Sequence[Sequence[str]], left: Sequence[int]) -> list[str]:
    """Rows as lines of text; the columns numbered in `left` are flush left, the others right.

    >>> aligned([["a", "10"], ["bcd", "5"]], left=[0])
    ['a    10', 'bcd   5']
    """
    widths = [max(map(columns_wide, column)) for column in zip(*rows, strict=True)]

    def padded(number: int, text: str) -> str:
        fill = " " * (widths[number] - columns_wide(text))
        return text + fill if number in left else fill + text

    return ["  ".join(padded(number, text) for number, text in enumerate(row)).rstrip() for row in rows]
