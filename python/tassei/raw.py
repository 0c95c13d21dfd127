"""A table as it came, before anything is known of what it means."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .error import EvidenceError, listed

__all__ = [
    "Bad", "Kept", "Numbering", "Raw", "Shelf", "gathered", "is_text", "once", "pieces", "plain", "some",
    "whole", "without_views", "written",
]  # fmt: skip


@dataclass(frozen=True)
class Bad:
    """Rows of a column that hold the same bad value; no rows: the whole column or table."""

    column: str
    rows: npt.NDArray[np.int64]
    value: Any
    problem: str
    expected: str
    hint: str | None = None


@dataclass(frozen=True)
class Numbering:
    """What the user sees as the number of a row, or of an array of rows.

    >>> Numbering(2)(0)
    2
    """

    first_row: int
    numbers: Any = None

    def __call__(self, row: Any) -> Any:
        return row + self.first_row if self.numbers is None else self.numbers[row]


@dataclass(frozen=True)
class Kept:
    """A column that stays in its file, and is read as often as somebody asks.

    Attributes
    ----------
    type : pyarrow.DataType
        As :func:`plain` leaves it.
    rows : int
    read : callable
        Gives all of it.
    stream : callable
        Gives it piece by piece, in order; what is read is gone when the next piece comes.
    """

    type: pa.DataType
    rows: int
    read: Callable[[], pa.ChunkedArray]
    stream: Callable[[], Iterator[pa.ChunkedArray]]


def whole(column: pa.ChunkedArray | Kept) -> pa.ChunkedArray:
    """A column in memory."""
    return column.read() if isinstance(column, Kept) else column


def pieces(column: pa.ChunkedArray | Kept) -> Iterator[pa.ChunkedArray]:
    """A column piece by piece, of which only one is in memory; one piece where all of it is there anyway."""
    return column.stream() if isinstance(column, Kept) else iter([column])


def gathered(column: pa.ChunkedArray | Kept) -> pa.ChunkedArray:
    """A column in memory, in its pieces: one that is read whole grows by being copied."""
    if not isinstance(column, Kept):
        return column
    return pa.chunked_array([part for piece in pieces(column) for part in piece.chunks], column.type)


@dataclass(frozen=True)
class Raw:
    """A table as it came.

    Attributes
    ----------
    name : str
        What it is called there.
    origin : str
        What to call it in messages.
    columns : mapping of str to pyarrow.ChunkedArray
        Of a type that evidence is read from, see :func:`plain`; a file may be read for them.
    rows : int
    first_row : int
        What the user sees as the number of the first row: 2 below a header line, else 0.
    numbers : array of int, optional
        The number of each row as the user sees it, where they are not consecutive.
    bad : sequence of Bad
        Rows that are no rows of the table.
    encoding : str
        Of a text file.
    notes : tuple of str
        What else is worth knowing about the file.
    sheet : bool
        Whether people keep it by hand, so that rows blank throughout are none, and a table of
        persons without rows is not filled in.
    """

    name: str
    origin: str
    columns: Mapping[str, Any]
    rows: int
    first_row: int
    numbers: Any = None
    bad: Sequence[Bad] = ()
    encoding: str = ""
    notes: tuple[str, ...] = ()
    sheet: bool = False

    @property
    def number(self) -> Numbering:
        return Numbering(self.first_row, self.numbers)

    def column(self, name: str) -> pa.ChunkedArray | Kept:
        """A column, where it lies."""
        return self.columns.kept(name) if isinstance(self.columns, Shelf) else self.columns[name]


class Shelf(Mapping[str, pa.ChunkedArray]):
    """Columns that stay in their file; each look reads one.

    >>> import pyarrow as pa
    >>> cells = pa.chunked_array([["P1"]])
    >>> shelf = Shelf({"person_id": Kept(cells.type, 1, lambda: cells, lambda: iter([cells]))})
    >>> shelf["person_id"].to_pylist()
    ['P1']
    """

    def __init__(self, columns: Mapping[str, Kept]) -> None:
        self._columns = columns

    def kept(self, name: str) -> Kept:
        return self._columns[name]

    def __getitem__(self, name: str) -> pa.ChunkedArray:
        return self._columns[name].read()

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


def some(column: pa.ChunkedArray, rows: Any) -> pa.ChunkedArray:
    """Some rows of a column, by number; Arrow itself picks no views of texts.

    >>> import pyarrow as pa
    >>> some(pa.chunked_array([pa.array(["a", "b", "c"], pa.string_view())]), [0, 2]).to_pylist()
    ['a', 'c']
    """
    return without_views(column).take(pa.array(rows))


def without_views(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Views of texts, and lists of them, as texts."""
    kind, text = column.type, pa.large_string()
    if pa.types.is_string_view(kind):
        return column.cast(text)
    if pa.types.is_nested(kind) and pa.types.is_string_view(getattr(kind, "value_type", None)):
        return column.cast(pa.large_list(text))
    return column


def once(origin: str, names: Sequence[str]) -> None:
    """Says it where a table has several columns of one name, or a name is no text."""
    halves = [name for name in names if any("\ud800" <= letter <= "\udfff" for letter in name)]
    if halves:
        raise EvidenceError(f"{origin}: the column {halves[0]!r} holds half a letter; decode the text anew")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise EvidenceError(f"{origin}: has {listed(repr(t) for t in twice)} more than once")


def plain(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Cells as one of the types that evidence is read from; the rest as text.

    >>> import pyarrow as pa
    >>> plain(pa.chunked_array([[b"P1"]])).to_pylist()
    ['P1']
    """
    kind = cells.type
    types = pa.types
    if isinstance(kind, pa.BaseExtensionType):
        if kind.extension_name == "arrow.uuid":
            return written(cells)
        return plain(pa.chunked_array([c.storage for c in cells.chunks], kind.storage_type))
    if types.is_run_end_encoded(kind):
        return plain(pa.chunked_array([pc.run_end_decode(c) for c in cells.chunks], kind.value_type))
    if types.is_dictionary(kind):
        if types.is_string_view(kind.value_type):  # of which Arrow takes, casts and writes none
            parts = [_words_as_texts(c) for c in cells.chunks]
            return pa.chunked_array(parts, pa.dictionary(kind.index_type, pa.large_string()))
        return cells if is_text(kind.value_type) else plain(cells.cast(kind.value_type))
    if types.is_list_view(kind) or types.is_large_list_view(kind):
        return plain(pa.chunked_array([_lists(c) for c in cells.chunks], pa.large_list(kind.value_type)))
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        inner = kind.value_type
        if types.is_dictionary(inner):
            if types.is_string_view(inner.value_type):
                codes = pa.large_list(pa.dictionary(inner.index_type, pa.large_string()))
                cells = pa.chunked_array([_lists(c, _words_as_texts) for c in cells.chunks], codes)
            inner = inner.value_type
        simple = is_text(inner) or types.is_primitive(inner) or types.is_null(inner)
        return cells if simple else written(cells)
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_binary_view(kind):
        try:
            return cells.cast(pa.large_binary()).cast(pa.large_string())
        except pa.ArrowInvalid:
            return written(cells)
    if is_text(kind) or types.is_boolean(kind) or types.is_integer(kind) or types.is_floating(kind):
        return cells
    if types.is_decimal(kind) or types.is_date(kind) or types.is_timestamp(kind) or types.is_null(kind):
        return cells
    return written(cells)


def _words_as_texts(codes: pa.Array) -> pa.Array:
    return pa.DictionaryArray.from_arrays(codes.indices, codes.dictionary.cast(pa.large_string()))


def _lists(cells: pa.Array, made: Callable[[pa.Array], pa.Array] = lambda items: items) -> pa.Array:
    """Lists of every kind as large ones, of items that are `made` of theirs.

    Arrow's own cast of views leaves offsets that fall where the last list is empty.
    """
    sizes = pc.list_value_length(cells).fill_null(0).to_numpy(zero_copy_only=False)
    offsets = pa.array(np.concatenate([[0], np.cumsum(sizes)]), pa.int64())
    return pa.LargeListArray.from_arrays(offsets, made(cells.flatten()), mask=cells.is_null())


def is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def written(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    def text(cell: Any) -> str | None:
        if isinstance(cell, bytes):
            return f"X'{cell.hex().upper()}'"
        if isinstance(cell, list | dict | tuple):
            return json.dumps(cell, ensure_ascii=False, default=str)
        return None if cell is None else str(cell)

    return pa.chunked_array([pa.array([text(cell) for cell in cells.to_pylist()], pa.large_string())])
