"""Rows of Python objects, as database drivers give them, as an Arrow table."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa

__all__ = ["fetch_rows"]

_ROWS_AT_ONCE = 50_000


def fetch_rows(cursor: Any) -> pa.Table:
    """The rows that a DB-API cursor has not given yet."""
    names = [column[0] for column in cursor.description]
    chunks: list[list[pa.Array]] = [[] for _ in names]
    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
        if isinstance(rows[0], Mapping):  # of two columns of one name it has the last; they are refused later
            rows = [tuple(row[name] for name in names) for row in rows]
        for cells, parts in zip(zip(*rows, strict=True), chunks, strict=True):
            parts.append(_cells(cells))
    return pa.table([_joined(parts) for parts in chunks], names=names)


def _cells(cells: tuple[Any, ...]) -> pa.Array:
    """Cells of one type as that type; of several, or of one that evidence never has, as text."""
    kinds = {type(cell) for cell in cells} - {type(None)}
    mixed = len({float if kind is int else kind for kind in kinds}) > 1
    if mixed or kinds & {Decimal, bytes, memoryview, bytearray}:
        return pa.array([_text(cell) for cell in cells], pa.large_string())
    try:
        return pa.array(cells, pa.large_string() if kinds == {str} else None)
    except (pa.ArrowException, OverflowError, TypeError, ValueError):
        return pa.array([_text(cell) for cell in cells], pa.large_string())


def _joined(parts: list[pa.Array]) -> pa.ChunkedArray:
    kinds = {part.type for part in parts if not pa.types.is_null(part.type)}
    if len(kinds) <= 1:
        kind = kinds.pop() if kinds else pa.null()
    elif kinds == {pa.int64(), pa.float64()}:
        kind = pa.float64()
        try:
            return pa.chunked_array([part.cast(kind) for part in parts], kind)
        except pa.ArrowInvalid:  # whole numbers that a float cannot hold
            kind = pa.large_string()
    else:
        kind = pa.large_string()
    return pa.chunked_array(
        [
            part.cast(kind) if part.type == kind or pa.types.is_null(part.type)
            else pa.array([_text(cell) for cell in part.to_pylist()], kind)
            for part in parts
        ],
        kind,
    )  # fmt: skip


def _text(cell: Any) -> str | None:
    """A cell as it would be written."""
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, bytes | bytearray | memoryview):
        try:
            return bytes(cell).decode()
        except UnicodeDecodeError:
            return f"X'{bytes(cell).hex().upper()}'"
    if isinstance(cell, list | tuple | set | frozenset):
        items = [_text(item) or "" for item in cell]
        return ";".join(items if isinstance(cell, list | tuple) else sorted(items)) or "none"
    return str(cell)
