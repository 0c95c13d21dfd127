"""Set cells as the core reads them: items that are there, and items that are known, as bits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Sets", "compact", "merge"]


@dataclass(frozen=True)
class Sets:
    """Set cells: a code a row, and the distinct cells, as bits of items that are there and known."""

    codes: npt.NDArray[np.uint16] | npt.NDArray[np.int32]
    has: npt.NDArray[np.uint64]
    known: npt.NDArray[np.uint64]


def compact(has: npt.NDArray[np.uint64], known: npt.NDArray[np.uint64]) -> Sets:
    """Set cells with each distinct one kept once.

    >>> import numpy as np
    >>> compact(np.array([1, 2, 1], np.uint64), np.array([3, 3, 3], np.uint64)).codes
    array([0, 1, 0], dtype=uint16)
    """
    first = pc.dictionary_encode(pa.array(has))
    second = pc.dictionary_encode(pa.array(known))
    if len(second.dictionary) <= 1:
        known_of = np.full(len(first.dictionary), known[0] if len(known) else 0, np.uint64)
        return Sets(_codes(first), _numpy(first.dictionary), known_of)
    width = len(second.dictionary)
    pair = first.indices.to_numpy(zero_copy_only=False).astype(np.int64) * width
    pair += second.indices.to_numpy(zero_copy_only=False)
    both = pc.dictionary_encode(pa.array(pair))
    pairs = both.dictionary.to_numpy(zero_copy_only=False)
    return Sets(
        _codes(both),
        _numpy(first.dictionary)[pairs // width],
        _numpy(second.dictionary)[pairs % width],
    )


def merge(base: Sets | None, rows: int, marked: Sequence[tuple[int, npt.NDArray[np.int8]]]) -> Sets:
    """Set cells with columns of single items laid over them."""
    has = base.has[base.codes].copy() if base else np.zeros(rows, np.uint64)
    known = base.known[base.codes].copy() if base else np.zeros(rows, np.uint64)
    for item, marks_of_rows in marked:
        bit = np.uint64(1 << item)
        has[marks_of_rows == 1] |= bit
        known[marks_of_rows >= 0] |= bit
    return compact(has, known)


def _codes(encoded: pa.DictionaryArray) -> npt.NDArray[np.uint16] | npt.NDArray[np.int32]:
    narrow = np.uint16 if len(encoded.dictionary) < 1 << 16 else np.int32
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    return np.ascontiguousarray(codes.astype(narrow, copy=False))


def _numpy(array: pa.Array) -> npt.NDArray[np.uint64]:
    return np.ascontiguousarray(array.to_numpy(zero_copy_only=False).astype(np.uint64, copy=False))
