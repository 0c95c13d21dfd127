"""One column of a table: from whatever came to what the core reads.

Words are looked up once for each distinct value, never once a row; numbers and days stay where they are.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from . import _core
from . import grammar as g
from .date import EPOCH, NEWEST, OLDEST, parse_date
from .error import listed, near
from .marks import marks, truth_of
from .raw import Bad, Kept, gathered, is_text, pieces, whole, without_views, written
from .sets import Sets, compact
from .text import key, narrow

__all__ = ["Distinct", "Reader", "arrow", "index_column", "listing", "numbers_of", "rows_by_code", "texts"]

_ISO = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}")
_GROUPED = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_SEPARATOR = re.compile(r"([;|、,\n])")
_NO_DAY = np.iinfo(np.int32).min
_FIRST_DAY, _LAST_DAY = OLDEST.toordinal() - EPOCH, NEWEST.toordinal() - EPOCH


class Refused(ValueError):
    """A value that does not fit, with what would."""

    def __init__(self, problem: str, expected: str, hint: str | None = None) -> None:
        super().__init__(problem)
        self.problem, self.expected, self.hint = problem, expected, hint


def arrow(column: Any) -> Any:
    """A column as the core sees it, where it lies."""
    column = column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column])
    if any(map(_lacks_letters, column.chunks)):  # pyarrow before 25 crashes when it hands these out
        column = without_views(column)
    return _core.ArrowColumn(column)


def _lacks_letters(cells: Any) -> bool:
    """Whether short texts, or lists of them, lie in views that have no buffer beside them."""
    cells = getattr(cells, "values", cells)  # of lists
    return cells.type == pa.string_view() and any(buffer is None for buffer in cells.buffers()[2:])


def texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Any plain column as texts; whole floats lose their `.0`."""
    kind = column.type
    if is_text(kind) or (pa.types.is_dictionary(kind) and is_text(kind.value_type)):
        return column
    if pa.types.is_nested(kind):
        return written(column)
    if pa.types.is_floating(kind):
        column = column.cast(pa.float64())
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, pa.float64()), column)
        whole = pc.and_(pc.equal(pc.round(column), column), pc.less(pc.abs(column), 1e15))
        if pc.all(whole, min_count=0).as_py():
            column = column.cast(pa.int64())
    return column.cast(pa.large_string())


class Distinct:
    """The distinct texts of a column, and which of them each row has.

    Of a column of few texts with codes (a dictionary) no number a row is kept: it is cheaper to
    follow the codes again.

    >>> import pyarrow as pa
    >>> found = Distinct(pa.chunked_array([["b", "a"], ["b"]]))
    >>> found.values, found.codes
    (['b', 'a'], array([0, 1, 0], dtype=int32))
    """

    def __init__(self, column: pa.ChunkedArray | Kept) -> None:
        self._index = _core.TextIndex()
        self._codes: npt.NDArray[Any] | None = None
        if isinstance(column, Kept):
            self._codes = self._narrow(column)
        else:
            self._column = index_column(column)
            if pa.types.is_dictionary(column.type):
                self._index.scan(self._column)
            else:
                self._codes = self._index.add(self._column)
        self.values = listing(self._index)

    def _narrow(self, column: Kept) -> npt.NDArray[Any]:
        """Numbers of a column that passes once, as wide as they need to be so far."""
        codes: npt.NDArray[Any] = np.empty(column.rows, np.int8)
        row = 0
        for piece in _for_index(column):
            new = self._index.add(piece)
            if len(self._index) > np.iinfo(codes.dtype).max:
                width = np.int16 if len(self._index) < 1 << 15 else np.int32
                wider: npt.NDArray[Any] = np.empty(column.rows, width)
                wider[:row] = codes[:row]
                codes = wider
            codes[row : row + len(new)] = new
            row += len(new)
        return codes

    @property
    def codes(self) -> npt.NDArray[np.int32]:
        """The number of each row's text; -1: blank."""
        if self._codes is None:
            return self._index.find(self._column)
        return self._codes.astype(np.int32, copy=False)

    def look_up(self, table: npt.NDArray[Any], blank: Any) -> npt.NDArray[Any]:
        """What each row's text has in a table, blank rows `blank`."""
        if self._codes is None:
            return self._index.recode(self._column, table, blank)
        return _core.recode(self._codes, table, blank)


def index_column(column: pa.ChunkedArray) -> Any:
    """A column of which the core can number the texts."""
    return arrow(column if pa.types.is_integer(column.type) else texts(column))


def listing(index: Any) -> list[str]:
    """All texts of an index; what is not UTF-8 in them is replaced."""
    offsets, letters = index.offsets(), index.letters()
    return [
        letters[start:end].decode("utf-8", "replace")
        for start, end in zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)
    ]


def numbers_of(
    column: pa.ChunkedArray | Kept, look_up: Callable[[Any], npt.NDArray[np.int32]]
) -> npt.NDArray[np.int32]:
    """The number that an index gives to each row's text, see :class:`Distinct`."""
    if not isinstance(column, Kept):
        return look_up(index_column(column))
    numbers = np.empty(column.rows, np.int32)
    row = 0
    for piece in _for_index(column):
        new = look_up(piece)
        numbers[row : row + len(new)] = new
        row += len(new)
    return numbers


def _for_index(column: Kept) -> Iterator[Any]:
    """What an index takes, piece by piece; of numbers with fractions all at once, since their texts depend on
    all of them."""
    streamed = iter([whole(column)]) if pa.types.is_floating(column.type) else pieces(column)
    return (index_column(piece) for piece in streamed)


class Reader:
    """Reads the columns of one table and gathers what is bad.

    Parameters
    ----------
    document : grammar.Document
        The framework.
    rows : int
        Rows of the table.
    told : mapping
        By column: what stands for a cell, see :class:`tassei.mapping.Names`.
    """

    def __init__(
        self, document: g.Document, rows: int,
        told: Mapping[str, Mapping[str, str | None]] | None = None,
    ) -> None:  # fmt: skip
        self.document = document
        self.rows = rows
        self.told = told or {}
        self.bad: list[Bad] = []
        self._words: dict[str, dict[str, int]] = {}
        self._separators: dict[int, int] = {}  # by a vocabulary's table of words
        self._bits: dict[int, dict[str, int]] = {}  # and by text

    def refuse(self, column: str, rows: Any, value: Any, why: Refused) -> None:
        found = np.asarray(rows, dtype=np.int64)
        if len(found):
            self.bad.append(Bad(column, found, value, why.problem, why.expected, why.hint))

    def meant(self, name: str, value: str) -> str | None:
        """A cell, or what the mapping says of it; None where it is blank."""
        of_column = self.told.get(name)
        if of_column is not None:
            meant = of_column.get(key(value), value)
            value = "" if meant is None else meant
        return value if value.strip() else None

    def each(
        self, name: str, column: pa.ChunkedArray | Kept, parse: Callable[[str], Any], blank: Any, dtype: Any
    ) -> tuple[npt.NDArray[Any], Distinct]:
        """Parses each distinct text once, and says which of them each row has; bad ones are refused."""
        found = Distinct(column)
        values = found.values
        parsed = np.full(len(values), blank, dtype=dtype)
        wrong: dict[int, Refused] = {}
        for i, value in enumerate(values):
            meant = self.meant(name, value)
            if meant is None:
                continue
            try:
                parsed[i] = parse(meant)
            except Refused as why:
                wrong[i] = why
        if wrong:
            rows = rows_by_code(found.codes, np.fromiter(wrong, np.int64, len(wrong)), len(values))
            for (i, fault), theirs in zip(wrong.items(), rows, strict=True):
                self.refuse(name, theirs, values[i], fault)
        return parsed, found

    # --- types ---------------------------------------------------------------------------------

    def text(self, name: str, column: pa.ChunkedArray | Kept) -> pa.ChunkedArray:
        """Texts as they are, or what the mapping says of them."""
        column = texts(gathered(column))
        if name not in self.told:
            return column
        found = Distinct(column)
        values, codes = found.values, found.codes
        told = [self.told[name].get(value.strip(), value) for value in values]
        meant = pa.array([text if text and text.strip() else None for text in told], pa.large_string())
        return pa.chunked_array([meant.take(pa.array(codes, mask=codes < 0))])

    def date(self, name: str, declared: g.Column, column: pa.ChunkedArray | Kept) -> pa.ChunkedArray:
        """Dates; typed ones stay as they are."""
        kind = column.type
        typed = pa.types.is_date(kind) or pa.types.is_timestamp(kind)
        if not typed:
            return self.written_date(name, declared, column)
        if isinstance(column, Kept):  # in one piece, where days of shuffled rows are found sooner
            column = pa.chunked_array([gathered(column).combine_chunks()])
        if pa.types.is_timestamp(kind) and kind.tz is not None:
            column = pc.local_timestamp(column)
        if name in self.told:  # a mapping knows days, no times of day
            return self.written_date(name, declared, column.cast(pa.date32(), safe=False))
        why = Refused("is no date of this world of work", f"a date from {OLDEST} to {NEWEST}")
        for row in _core.outside(arrow(column), _FIRST_DAY, _LAST_DAY):
            try:
                value = str(column[int(row)].as_py())
            except (OverflowError, ValueError):  # a year that Python's dates do not reach
                value = f"{column[int(row)].value} in {kind}"
            self.refuse(name, [row], value, why)
        return column

    def written_date(
        self, name: str, declared: g.Column, column: pa.ChunkedArray | Kept
    ) -> pa.ChunkedArray:
        running = {key(word) for word in declared.running}

        def parse(value: str) -> int:
            if _ISO.fullmatch(value):  # most dates, and all that a program wrote
                with suppress(ValueError):
                    day = dt.date.fromisoformat(value).toordinal() - EPOCH
                    if _FIRST_DAY <= day <= _LAST_DAY:
                        return day
            if key(value) in running:
                return _NO_DAY
            try:
                return parse_date(value, last=declared.role == "end").toordinal() - EPOCH
            except ValueError as why:
                raise Refused(str(why), "a date such as 2012-04-01") from None

        parsed, found = self.each(name, column, parse, _NO_DAY, np.int32)
        days = found.look_up(parsed, _NO_DAY)
        return pa.chunked_array([pa.array(days, pa.date32(), mask=days == _NO_DAY)])

    def number(self, name: str, column: pa.ChunkedArray | Kept) -> pa.ChunkedArray:
        """Numbers from 0, of any width; NaN is blank."""
        kind = column.type
        if isinstance(column, Kept) and name not in self.told and kind in (pa.float32(), pa.float64()):
            column = _whole_numbers(column)
        else:
            column = whole(column)
        kind = column.type
        if pa.types.is_decimal(kind) or kind == pa.float16():
            column = column.cast(pa.float64())
            kind = column.type
        if not (pa.types.is_integer(kind) or pa.types.is_floating(kind)) or name in self.told:
            parsed, found = self.each(name, column, _number, np.nan, np.float64)
            column = pa.chunked_array([pa.array(found.look_up(parsed, np.nan))])
        wrong = _core.uncountable(arrow(column))
        if len(wrong):
            values = column.take(pa.array(wrong)).cast(pa.float64()).to_numpy()
            for value in np.unique(values):
                problem = "is negative" if value < 0 else "is not a number to compare with"
                self.refuse(name, wrong[values == value], float(value), Refused(problem, "a number from 0"))
        return column

    def word(self, name: str, declared: g.Column, column: pa.ChunkedArray | Kept) -> npt.NDArray[Any]:
        """Words as codes from 1; 0 is blank."""
        words = self.words(declared.vocabulary or "")
        dtype = np.uint8 if len(self.vocabulary(declared).words) < 255 else np.uint16
        parsed, found = self.each(
            name, column, lambda text: self.find(text, words, declared) + 1, 0, dtype
        )
        return found.look_up(parsed, 0)

    def items(self, name: str, declared: g.Column, column: pa.ChunkedArray | Kept) -> Sets:
        """Sets from texts or lists."""
        kind = column.type
        full = np.uint64((1 << len(self.vocabulary(declared).words)) - 1)
        if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
            bits, filled = self.listed_items(name, declared, whole(column))
            return compact(bits, np.where(filled, full, np.uint64(0)))
        words = self.words(declared.vocabulary or "")
        empty = {key(word) for word in self.vocabulary(declared).empty}
        # bit 0 says that the cell is filled, so that 63 items fit a signed word and 64 need objects
        wide = len(self.vocabulary(declared).words) > 62

        def parse(text: str) -> int:
            bits = self.split(text, words, empty, declared, self.told.get(name))
            return 0 if bits is None else bits << 1 | 1

        parsed, found = self.each(name, column, parse, 0, object if wide else np.int64)
        cells = np.append(parsed, 0)  # the last is of blank rows
        known = np.where((cells & 1).astype(bool), full, np.uint64(0))
        sets = compact((cells >> 1).astype(np.uint64), known)
        blank = int(sets.codes[-1])
        return Sets(found.look_up(sets.codes, blank), sets.has, sets.known)

    def listed_items(
        self, name: str, declared: g.Column, column: pa.ChunkedArray
    ) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.bool_]]:
        words = self.words(declared.vocabulary or "")
        inner = column.type.value_type
        if not is_text(inner) and not (pa.types.is_dictionary(inner) and is_text(inner.value_type)):
            inner = pa.large_string()
            column = column.cast(pa.large_list(inner))
        elif pa.types.is_fixed_size_list(column.type):
            column = column.cast(pa.large_list(inner))
        lists = arrow(column)
        items = lists.items()
        index = _core.TextIndex()
        codes = index.add(items)
        values = listing(index)
        word_of = np.full(len(values), -1, np.int32)
        told = self.told.get(name)
        told_bits = np.zeros(len(values), np.uint64)
        named = np.ones(len(values), bool)
        empty = {key(word) for word in self.vocabulary(declared).empty}
        wrong: dict[int, Refused] = {}
        unnamed = Refused("has an item without a name", "items of the vocabulary, or no list at all")
        for i, value in enumerate(values):
            if not value.strip():
                wrong[i] = unnamed
                continue
            if told and key(value) in told:
                meant = told[key(value)]
                named[i] = meant is not None
                told_bits[i] = (self.split(meant, words, empty, declared) or 0) if meant else 0
                continue
            try:
                word_of[i] = self.find(value, words, declared)
            except Refused as why:
                wrong[i] = why
        has, filled = _core.unite_items(lists, codes, word_of)
        if told:
            parents = lists.parents()
            there = np.flatnonzero((parents >= 0) & (codes >= 0))
            rows_of_items, items = parents[there], codes[there]
            has = np.array(has)
            np.bitwise_or.at(has, rows_of_items, told_bits[items])
            passed = np.zeros(len(has), bool)
            passed[rows_of_items] = True  # a list of which nothing is left is blank
            passed[rows_of_items[named[items]]] = False
            filled = filled & ~passed
        if wrong or (codes < 0).any():
            parents = lists.parents()
            codes = np.where(parents < 0, len(values), codes)  # of blank lists nothing is looked at
            rows = rows_by_code(codes, np.fromiter(wrong, np.int64, len(wrong)), len(values))
            for (i, fault), theirs in zip(wrong.items(), rows, strict=True):
                self.refuse(name, np.unique(parents[theirs]), values[i].strip() or None, fault)
            self.refuse(name, np.unique(parents[codes < 0]), None, unnamed)
        return has, filled.astype(bool)

    def item(self, name: str, column: pa.ChunkedArray | Kept) -> npt.NDArray[np.int8]:
        """A yes-or-no column: 1, 0, or -1 where it is blank."""
        if pa.types.is_boolean(column.type) and name not in self.told:
            return np.asarray(pc.fill_null(whole(column).cast(pa.int8()), -1).to_numpy())

        def parse(text: str) -> int:
            try:
                return int(truth_of(text)) + 1
            except ValueError as why:
                raise Refused(str(why), "true, false or blank") from None

        parsed, found = self.each(name, column, parse, 0, np.uint8)
        return found.look_up(parsed, 0).astype(np.int8) - np.int8(1)

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

    def separators(self, words: dict[str, int]) -> int:
        """How many separators a spelling has, at most."""
        if id(words) not in self._separators:  # the table of a vocabulary, which is kept
            self._separators[id(words)] = _separators(words)
        return self._separators[id(words)]

    def find(self, text: str, words: dict[str, int], column: g.Column) -> int:
        place = words.get(key(text))
        if place is not None:
            return place
        names = self.vocabulary(column).words
        spellings = [s for n, w in names.items() for s in (n, *w.label.values(), *w.aliases)]
        close = near(narrow(text), spellings)
        hint = f"did you mean {close!r}?" if close else None
        raise Refused("is an unknown word", f"one of {listed(names)}", hint)

    def split(
        self, text: str, words: dict[str, int], empty: set[str], column: g.Column,
        told: Mapping[str, str | None] | None = None,
    ) -> int | None:  # fmt: skip
        """The items that a text names, as bits; a label may itself hold a separator.

        None where the mapping makes a blank of everything that it names.
        """
        told = told or {}
        named = passed = False
        written = narrow(text)
        if key(written) in empty:
            return 0
        parts = _SEPARATOR.split(written)
        longest = len(parts)
        if "\n" not in written:  # which is white space, too, and so no part of a spelling
            longest = 1 + 2 * max(self.separators(words), _separators(told))
        bits = 0
        known = self._bits.setdefault(id(words), {})
        if longest == 1 and not told and all(part in known for part in parts[::2]):
            for part in parts[::2]:
                bits |= known[part]
            return bits
        i = 0
        while i < len(parts):
            if not parts[i].strip():
                i += 2
                continue
            for j in range(min(len(parts), i + longest), i, -2):
                whole_text = "".join(parts[i:j])
                spelling = key(whole_text)
                if spelling in told:
                    meant = told[spelling]
                    bits |= 0 if meant is None else self.split(meant, words, empty, column) or 0
                    named, passed = named or meant is not None, passed or meant is None
                elif spelling in words or j - i <= 1:
                    known[whole_text] = 1 << self.find(whole_text, words, column)
                    bits |= known[whole_text]
                    named = True
                else:
                    continue
                i = j + 1
                break
        if not named:
            if passed:
                return None
            raise Refused("names no item", "items of the vocabulary, or blank")
        return bits


def _separators(spellings: Iterable[str]) -> int:
    return max((len(_SEPARATOR.findall(spelling)) for spelling in spellings), default=0)


def _whole_numbers(column: Kept) -> pa.ChunkedArray:
    """Numbers in 2 or 4 bytes where none of them has a fraction, as most quantities do."""
    for kind in (pa.int16(), pa.int32()):
        try:
            parts = [part for piece in pieces(column) for part in piece.cast(kind).chunks]
        except pa.ArrowInvalid:
            continue
        return pa.chunked_array([pa.concat_arrays(parts)] if parts else [], kind)
    return whole(column)


def rows_by_code(
    codes: npt.NDArray[np.int32], wanted: npt.NDArray[np.int64], count: int
) -> list[npt.NDArray[np.int64]]:
    """The rows of each wanted code, found in one pass over the rows."""
    place = np.full(count + 1, -1, np.int64)  # the last place is for blank rows
    place[wanted] = np.arange(len(wanted))
    rows = np.flatnonzero(place[codes] >= 0)
    of = place[codes[rows]]
    ends = np.cumsum(np.bincount(of, minlength=len(wanted)))[:-1]
    return np.split(rows[np.argsort(of, kind="stable")], ends) if len(wanted) else []


def _number(text: str) -> float:
    if text.isascii() and text.isdigit():
        return float(text)
    written = narrow(text).replace(" ", "")
    if _GROUPED.fullmatch(written):
        written = written.replace(",", "")
    if _NUMBER.fullmatch(written):
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
