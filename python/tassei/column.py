"""One column of a table: from whatever came to what the core reads.

Words are looked up once for each distinct value, never once a row.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from . import grammar as g
from .date import NEWEST, OLDEST, parse_date
from .error import listed, near
from .marks import marks, truth_of
from .text import key, narrow

__all__ = ["Bad", "Reader", "Sets", "distinct", "texts"]

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Bad:
    """Rows of a column that hold the same bad value."""

    column: str
    rows: Rows
    value: Any
    problem: str
    expected: str
    hint: str | None = None


class Refused(ValueError):
    """A value that does not fit, with what would."""

    def __init__(self, problem: str, expected: str, hint: str | None = None) -> None:
        super().__init__(problem)
        self.problem, self.expected, self.hint = problem, expected, hint


@dataclass(frozen=True)
class Sets:
    """Set cells: a code a row, and the distinct cells, as bits of items that are there and known."""

    codes: npt.NDArray[np.int32]
    has: npt.NDArray[np.uint64]
    known: npt.NDArray[np.uint64]

    def take(self, rows: Any) -> Sets:
        return Sets(np.ascontiguousarray(self.codes[rows]), self.has, self.known)


def whole(column: Any) -> pa.Array:
    """A column as one array, without a copy where it is one chunk."""
    if not isinstance(column, pa.ChunkedArray):
        return column
    if column.num_chunks == 1:
        return column.chunk(0)
    if pa.types.is_dictionary(column.type):
        column = column.unify_dictionaries()
    if column.num_chunks == 0:
        return pa.array([], column.type)
    if pa.types.is_string(column.type) or pa.types.is_string_view(column.type):
        column = column.cast(pa.large_string())
    return column.combine_chunks()


def texts(array: pa.Array) -> pa.Array:
    """Any plain column as large strings; whole floats lose their `.0`."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        return texts(array.dictionary).take(array.indices)
    if pa.types.is_floating(kind):
        rounded = pc.round(array)
        if pc.all(pc.or_kleene(pc.equal(rounded, array), pc.is_nan(array)), min_count=0).as_py():
            array = pc.if_else(pc.is_nan(array), pa.scalar(None, kind), array).cast(pa.int64())
    if pa.types.is_null(kind):
        return pa.nulls(len(array), pa.large_string())
    return array.cast(pa.large_string())


def distinct(array: pa.Array) -> tuple[list[str], npt.NDArray[np.int32]]:
    """The distinct texts of a column, and which of them each row has (-1: blank)."""
    if pa.types.is_dictionary(array.type):
        values = texts(array.dictionary).to_pylist()
        indices = array.indices
    else:
        encoded = pc.dictionary_encode(texts(array))
        values, indices = encoded.dictionary.to_pylist(), encoded.indices
    codes = pc.fill_null(indices.cast(pa.int32()), -1).to_numpy(zero_copy_only=False)
    return ["" if v is None else v for v in values], codes


class Reader:
    """Reads the columns of one table and gathers what is bad.

    Parameters
    ----------
    document : grammar.Document
        The framework.
    rows : int
        Rows of the table.
    """

    def __init__(self, document: g.Document, rows: int) -> None:
        self.document = document
        self.rows = rows
        self.bad: list[Bad] = []
        self._words: dict[str, dict[str, int]] = {}

    def refuse(self, column: str, rows: Any, value: Any, why: Refused) -> None:
        found = np.asarray(rows, dtype=np.int64)
        if len(found):
            self.bad.append(Bad(column, found, value, why.problem, why.expected, why.hint))

    def each(
        self, name: str, array: pa.Array, parse: Callable[[str], Any], blank: Any, dtype: Any
    ) -> npt.NDArray[Any]:
        """Parses each distinct text once; bad ones are refused and left blank."""
        values, codes = distinct(array)
        parsed = np.full(len(values) + 1, blank, dtype=dtype)  # the last place is for blank rows
        for i, value in enumerate(values):
            if not value.strip():
                continue
            try:
                parsed[i] = parse(value)
            except Refused as why:
                self.refuse(name, np.flatnonzero(codes == i), value, why)
        return parsed[codes]

    # --- types ---------------------------------------------------------------------------------

    def text(self, array: pa.Array) -> pa.Array:
        """Trimmed text; blank cells are null."""
        trimmed = pc.utf8_trim_whitespace(texts(array))
        if pc.any(pc.equal(trimmed, ""), min_count=0).as_py():
            trimmed = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.large_string()), trimmed)
        return trimmed

    def date(self, name: str, column: g.Column, array: pa.Array) -> pa.Array:
        """Dates as date32; typed dates are taken as they are."""
        kind = array.type
        if pa.types.is_date32(kind):
            dates = array
        elif pa.types.is_date64(kind) or pa.types.is_timestamp(kind):
            if pa.types.is_timestamp(kind) and kind.tz is not None:
                array = pc.local_timestamp(array)
            dates = array.cast(pa.date32(), safe=False)
        else:
            epoch = dt.date(1970, 1, 1).toordinal()
            running = {key(word) for word in column.running}

            def parse(value: str) -> int:
                if key(value) in running:
                    return no_date
                try:
                    return parse_date(value, last=column.role == "end").toordinal() - epoch
                except ValueError as why:
                    raise Refused(str(why), "a date such as 2012-04-01") from None

            no_date = np.iinfo(np.int32).min
            days = self.each(name, array, parse, no_date, np.int32)
            return pa.array(days, pa.date32(), mask=days == no_date)
        days = dates.cast(pa.int32())
        epoch = dt.date(1970, 1, 1).toordinal()
        outside = pc.or_(
            pc.less(days, OLDEST.toordinal() - epoch), pc.greater(days, NEWEST.toordinal() - epoch)
        )
        if pc.any(outside, min_count=0).as_py():
            why = Refused("is no date of this world of work", f"a date from {OLDEST} to {NEWEST}")
            for row in np.flatnonzero(pc.fill_null(outside, False).to_numpy(zero_copy_only=False)):
                day = int(days[int(row)].as_py())
                text = str(dt.date(1970, 1, 1) + dt.timedelta(day)) if abs(day) < 700_000 else f"day {day}"
                self.refuse(name, [row], text, why)
        return dates

    def number(self, name: str, array: pa.Array) -> pa.Array:
        """Numbers from 0 as float64; NaN is blank."""
        kind = array.type
        if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            numbers = array if pa.types.is_float64(kind) else array.cast(pa.float64(), safe=False)
        else:
            numbers = pa.array(self.each(name, array, _number, math.nan, np.float64), pa.float64())
        values = _values(numbers, np.float64)
        valid = (
            np.ones(len(values), bool)
            if numbers.null_count == 0
            else pc.is_valid(numbers).to_numpy(zero_copy_only=False)
        )
        with np.errstate(invalid="ignore"):
            wrong = ((values < 0) | np.isinf(values)) & valid
        for value in np.unique(values[wrong]):
            problem = "is negative" if value < 0 else "is not a number to compare with"
            self.refuse(
                name,
                np.flatnonzero(wrong & (values == value)),
                float(value),
                Refused(problem, "a number from 0"),
            )
        return numbers

    def word(self, name: str, column: g.Column, array: pa.Array) -> npt.NDArray[Any]:
        """Words as codes from 1; 0 is blank."""
        words = self.words(column.vocabulary or "")
        dtype = np.uint8 if len(self.vocabulary(column).words) < 255 else np.uint16
        return self.each(name, array, lambda text: self.find(text, words, column) + 1, 0, dtype)

    def items(self, name: str, column: g.Column, array: pa.Array) -> Sets:
        """Sets from texts or lists."""
        kind = array.type
        words = self.words(column.vocabulary or "")
        if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
            if pa.types.is_fixed_size_list(kind):
                array = array.cast(pa.large_list(kind.value_type))
            bits, known = self.listed_items(name, column, array, words)
        else:
            empty = {key(word) for word in self.vocabulary(column).empty}
            # bit 0 says that the cell is filled, so that 63 items fit a signed word and 64 need objects
            wide = len(self.vocabulary(column).words) > 62
            parsed = self.each(
                name, array, lambda text: self.split(text, words, empty, column) << 1 | 1, 0,
                object if wide else np.int64,
            )  # fmt: skip
            known = (parsed & 1).astype(bool)
            bits = (parsed >> 1).astype(np.uint64)
        full = np.uint64((1 << len(self.vocabulary(column).words)) - 1)
        return compact(bits, np.where(known, full, np.uint64(0)))

    def listed_items(
        self, name: str, column: g.Column, array: pa.Array, words: dict[str, int]
    ) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.bool_]]:
        known = pc.is_valid(array).to_numpy(zero_copy_only=False)
        parents = pc.list_parent_indices(array).to_numpy(zero_copy_only=False)
        values, codes = distinct(array.flatten())
        bits = np.zeros(len(array), np.uint64)
        blank = np.asarray([not value.strip() for value in values] + [True])[codes]
        if blank.any():
            why = Refused("has an item without a name", "items of the vocabulary, or no list at all")
            self.refuse(name, np.unique(parents[blank]), None, why)
        for i, value in enumerate(values):
            if not value.strip():
                continue
            rows = parents[codes == i]
            try:
                word = self.find(value, words, column)
            except Refused as why:
                self.refuse(name, np.unique(rows), value, why)
                continue
            bits[rows] |= np.uint64(1 << word)
        return bits, known

    def item(self, name: str, array: pa.Array) -> npt.NDArray[np.int8]:
        """A yes-or-no column: 1, 0, or -1 where it is blank."""
        if pa.types.is_boolean(array.type):
            filled = pc.fill_null(array.cast(pa.int8()), -1)
            return np.asarray(filled.to_numpy(zero_copy_only=False))

        def parse(text: str) -> int:
            try:
                return int(truth_of(text))
            except ValueError as why:
                raise Refused(str(why), "true, false or blank") from None

        return self.each(name, array, parse, -1, np.int8)

    # --- words ---------------------------------------------------------------------------------

    def vocabulary(self, column: g.Column) -> g.Vocabulary:
        return self.document.vocabularies[column.vocabulary or ""]

    def words(self, vocabulary: str) -> dict[str, int]:
        """Every spelling of every word."""
        if vocabulary not in self._words:
            self._words[vocabulary] = {
                key(spelling): i
                for i, (name, word) in enumerate(self.document.vocabularies[vocabulary].words.items())
                for spelling in (name, *word.label.values(), *word.aliases, word.printed)
                if spelling is not None
            }
        return self._words[vocabulary]

    def find(self, text: str, words: dict[str, int], column: g.Column) -> int:
        place = words.get(key(text))
        if place is not None:
            return place
        names = self.vocabulary(column).words
        spellings = [s for n, w in names.items() for s in (n, *w.label.values(), *w.aliases)]
        close = near(narrow(text), spellings)
        hint = f"did you mean {close!r}?" if close else None
        raise Refused("is an unknown word", f"one of {listed(names)}", hint)

    def split(self, text: str, words: dict[str, int], empty: set[str], column: g.Column) -> int:
        """The items that a text names, as bits; a label may itself hold a separator."""
        written = narrow(text)
        if key(written) in empty:
            return 0
        pieces = re.split(r"([;|、,\n])", written)
        bits = 0
        i = 0
        while i < len(pieces):
            if not pieces[i].strip():
                i += 2
                continue
            for j in range(len(pieces), i, -2):
                whole_text = "".join(pieces[i:j])
                if key(whole_text) in words or j - i <= 1:
                    bits |= 1 << self.find(whole_text, words, column)
                    i = j + 1
                    break
        if not bits:
            raise Refused("names no item", "items of the vocabulary, or blank")
        return bits


def compact(has: npt.NDArray[np.uint64], known: npt.NDArray[np.uint64]) -> Sets:
    """Set cells with each distinct one kept once."""
    first = pc.dictionary_encode(pa.array(has))
    second = pc.dictionary_encode(pa.array(known))
    if len(second.dictionary) <= 1:
        codes = first.indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
        known_of = np.full(len(first.dictionary), known[0] if len(known) else 0, np.uint64)
        return Sets(np.ascontiguousarray(codes), _numpy(first.dictionary), known_of)
    width = len(second.dictionary)
    pair = first.indices.to_numpy(zero_copy_only=False).astype(np.int64) * width
    pair += second.indices.to_numpy(zero_copy_only=False)
    both = pc.dictionary_encode(pa.array(pair))
    pairs = both.dictionary.to_numpy(zero_copy_only=False)
    return Sets(
        np.ascontiguousarray(both.indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)),
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


def _numpy(array: pa.Array) -> npt.NDArray[np.uint64]:
    return np.ascontiguousarray(array.to_numpy(zero_copy_only=False).astype(np.uint64, copy=False))


def _values(array: pa.Array, dtype: Any) -> npt.NDArray[Any]:
    """The values as they lie in memory, whatever stands at blank places."""
    buffer = array.buffers()[1]
    if buffer is None:
        return np.empty(0, dtype)
    return np.frombuffer(buffer, dtype)[array.offset : array.offset + len(array)]


def values_and_validity(array: pa.Array, dtype: Any) -> tuple[Any, Any, int]:
    """Values, validity bitmap (or None) and its offset, all without a copy."""
    validity = array.buffers()[0] if array.null_count else None
    bits = None if validity is None else np.frombuffer(validity, np.uint8)
    return _values(array, dtype), bits, array.offset


def _number(text: str) -> float:
    written = narrow(text).replace(" ", "")
    if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?", written):
        written = written.replace(",", "")
    if re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", written):
        return float(written)
    digits = re.match(r"[^\d]*([\d,.]+)(.*)", written)
    hint = None
    if digits:
        scaled = any(scale in written for scale in marks()["scales"])
        hint = (
            "write the number out in digits"
            if scaled
            else f"write {digits[1]} without {digits[2] or 'signs'}"
        )
    raise Refused("is not a number", "a number from 0, such as 1200", hint)
