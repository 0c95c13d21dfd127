"""The rows of a sheet that name its columns: found, and read as one name a column."""

from __future__ import annotations

from typing import Any

from .spreadsheet import Sheet, written
from .text import key

__all__ = ["Header", "header_row"]

_LOOKED_AT = 100  # rows among which a header is looked for
_DEPTH = 4  # rows of one header


def header_row(cells: list[list[Any]], known: frozenset[str]) -> int | None:
    """Where the header starts: the first row with most known names, or with two filled cells."""
    looked_at = cells[:_LOOKED_AT]
    if known:
        counts = [sum(_is_known(cell, known) for cell in row) for row in looked_at]
        if any(counts):
            return counts.index(max(counts))
    filled = [sum(cell is not None for cell in row) for row in looked_at]
    two = next((i for i, count in enumerate(filled) if count > 1), None)
    if two is not None or known:
        return two
    return next((i for i, count in enumerate(filled) if count), None)


def _forms(text: str) -> list[str]:
    """What a cell of a header may mean: the whole of it, or one of its lines."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [" ".join(lines), "".join(lines), *lines] if len(lines) > 1 else [text.strip()]


def _is_known(cell: Any, known: frozenset[str]) -> bool:
    return isinstance(cell, str) and any(key(form) in known for form in _forms(cell))


class Header:
    """The rows that name the columns: one or more, in one or more languages.

    Without `again`, in one language: what is below is data, whatever it says.

    Attributes
    ----------
    names : list of (str or None)
        By column.
    row : int
        Number of the row with the names, as a spreadsheet shows it.
    end : int
        The row below all of them.
    """

    def __init__(self, sheet: Sheet, top: int, known: frozenset[str], again: bool = True) -> None:
        self.cells, self.known = sheet.cells, known
        width = len(self.cells[top])
        self.merges = [m for m in sheet.merges if m[0] < top + 4 * _DEPTH and m[1] < width]
        self.end = self.row = top + self.depth(top)
        self.parts = self.stacked(top, self.end)
        self.above(top)
        self.names = [self.name(parts) for parts in self.parts]
        filled = self.filled(top)
        while again and known and self.again(self.end, filled):  # the same in another language
            start, self.end = self.end, self.end + self.depth(self.end)
            others = [self.name(parts) for parts in self.stacked(start, self.end)]
            self.names = [
                other if other and not (name and key(name) in known) and key(other) in known else name
                for name, other in zip(self.names, others, strict=True)
            ]

    def filled(self, row: int) -> int:
        return sum(cell is not None for cell in self.cells[row])

    def again(self, row: int, of: int) -> bool:
        """Whether a row says the names once more, having about as many cells as the first."""
        if row >= len(self.cells):
            return False
        filled = self.filled(row)
        named = sum(_is_known(cell, self.known) for cell in self.cells[row])
        return filled > 0 and 3 * named >= 2 * filled and 2 * filled >= of

    def depth(self, top: int) -> int:
        """How many rows a header has that starts in `top`."""
        tall = [bottom - top + 1 for first, _, bottom, _ in self.merges if first == top]
        deepest = min(max((d for d in tall if d <= _DEPTH), default=1), len(self.cells) - top)
        if deepest > 1 or top + 1 >= len(self.cells):
            return deepest
        below = {(left, right) for first, left, _, right in self.merges if first == top + 1}
        groups = [
            (left, right)
            for first, left, _, right in self.merges
            if first == top and left < right and (left, right) not in below
        ]
        inside = {place for left, right in groups for place in range(left, right + 1)}
        row = list(enumerate(self.cells[top + 1]))
        items = [cell for place, cell in row if place in inside and cell is not None]
        # a row of items has nothing below the other columns' names; a row of data has a person there
        named = {place for place, cell in enumerate(self.cells[top]) if cell is not None} - inside
        others = [cell for place, cell in row if place in named and cell is not None]
        return 2 if items and not others and all(isinstance(cell, str) for cell in items) else 1

    def stacked(self, top: int, end: int) -> list[list[str]]:
        """By column, the names that stand above each other, from the outermost group inwards."""
        rows = [list(row) for row in self.cells[top:end]]
        for first, left, bottom, right in self.merges:
            if top <= first < end:
                for row in range(first, min(bottom + 1, end)):
                    width = len(rows[row - top])
                    rows[row - top][left : right + 1] = [self.cells[first][left]] * (
                        min(right + 1, width) - left
                    )
        columns = []
        for column in zip(*rows, strict=True):
            parts = [written(cell).strip() for cell in column if cell is not None]
            columns.append(list(dict.fromkeys(parts)))
        return columns

    def above(self, top: int) -> None:
        """Takes in groups merged over some of the columns in the row above the names."""
        named = [place for place, parts in enumerate(self.parts) if parts]
        for first, left, bottom, right in self.merges:
            if bottom != top - 1 or left == right or self.cells[first][left] is None:
                continue
            group = self.cells[first][left]
            title = left <= named[0] if not self.known else not _is_known(group, self.known)
            for place in range(left, min(right + 1, len(self.parts))):
                if not title and self.parts[place]:
                    self.parts[place].insert(0, written(group).strip())

    def name(self, parts: list[str]) -> str | None:
        if not parts:
            return None
        *groups, last = parts
        if not self.known:
            return ".".join(" ".join(part.split("\n")) for part in (*groups[-1:], last))
        dotted = [f"{a}.{b}" for group in groups for a in _forms(group) for b in _forms(last)]
        under = [f"{a}.{last}" for group in groups[::-1] for a in _forms(group) if key(a) in self.known]
        for name in (*dotted, *_forms(last)):
            if key(name) in self.known:
                return name
        return under[0] if under else _forms(last)[0]

    def one_cell(self, places: list[int]) -> bool:
        """Whether columns have their name from one merged cell."""
        return any(left <= places[0] and places[-1] <= right for _, left, _, right in self.merges)
