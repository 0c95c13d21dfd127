"""What evidence says as 64 hexadecimal digits: the same for the same evidence, however it is kept.

A digest does not depend on the order of rows and people, on threads, on how a file writes things or on what
columns are called there, and changes with every cell that is read. It is defined so that others can
compute it; all hashes are BLAKE2b (RFC 7693), numbers have their lowest byte first, texts are UTF-8
without the white space around them.

A *tag* of a text is its hash of 8 bytes. The *cells of a row* are those that are filled, but for the person,
in the order of their columns' ids:

- a date: the tag of the column's id, and the days since 1970-01-01 in 4 bytes;
- a number: the tag of the column's id, and the number as a double in 8 bytes, zero without a sign;
- a word: the tag of ``column NUL word``, by ids;
- a set: the tag of ``column NUL items``, the items' ids in order with ``;`` between; where it is not known
  of every word whether it is there, another NUL and the ids of those that are known not to be;
- a text: the tag of the column's id, its length in 4 bytes, and the text.

The *digest of a person in a table* is the hash of 16 bytes of the id and then of all rows, ordered by their
bytes, each behind its length in 4 bytes. The *digest of a table* is the hash of 32 bytes of the digests of
the persons with rows, in order. The *digest of evidence* is the hash of 32 bytes of lines that end in a line
feed: ``tassei evidence 1``, then ``people`` with the digest of a table in which everybody has one row without
cells, then in the order of their ids the tables that were supplied, each with its digest in hexadecimal.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from . import _core
from .column import arrow, texts
from .raw import plain, written

if TYPE_CHECKING:
    from .evidence import Evidence

__all__ = ["Digest", "Gathered", "digest_of"]

_NOTHING = np.empty(0, np.uint64)
_AT_ONCE = 1 << 21  # digests
_PIECE = 1 << 18  # and of a file


@dataclass(frozen=True)
class Digest:
    """Digests of evidence.

    Attributes
    ----------
    value : str
        Of all that an assessment reads.
    people : str
        Of who there is.
    tables : dict of str to str
        Of the tables that were supplied.
    groups : dict of str to str
        Of people's other columns, as texts. They decide no level and are not in `value`: one file says
        1, another 1.0.
    persons : dict of str to array of uint8, shape (people, 16)
        By table, of each person; zeros where a person has no rows.
    """

    value: str
    people: str
    tables: Mapping[str, str]
    groups: Mapping[str, str]
    persons: Mapping[str, npt.NDArray[np.uint8]]


def digest_of(evidence: Evidence) -> Digest:
    """The digests of evidence; :attr:`Evidence.digest` keeps them."""
    ids, core = arrow(evidence._ids), _everybody(evidence)
    people, tables = _core.digest(core, 0, ids, [], 0)[0].hex(), _tables(evidence)
    groups = {
        name: _core.digest(core, 0, ids, [(-1, _tag(name), _NOTHING, _text(column))], 0)[0].hex()
        for name, column in zip(evidence.groups, evidence._people.columns[1:], strict=True)
    }
    wholes = {name: whole.hex() for name, (whole, _) in tables.items()}
    return Digest(
        _value(people, wholes), people, wholes, groups,
        {name: persons for name, (_, persons) in tables.items()},
    )  # fmt: skip


class Gathered:
    """The digest of evidence that comes in batches, with each person in one of them.

    It is that of all of the evidence at once. Digests of persons lie in files without a name meanwhile,
    16 bytes a person and table, and memory does not depend on how many there are.

    Parameters
    ----------
    folder : path
        Where those files are made.

    Examples
    --------
    >>> import tempfile, tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> passed = {"person_id": ["P1", "P2"], "examination": ["AP", "FE"]}
    >>> with Gathered(tempfile.gettempdir()) as gathered:
    ...     for row in (1, 0):
    ...         one = {name: [cells[row]] for name, cells in passed.items()}
    ...         gathered.add(tassei.read_evidence({"certifications": one}, framework))
    ...     gathered.value() == tassei.read_evidence({"certifications": passed}, framework).digest
    True
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = folder
        self._open = ExitStack()
        self._people = self._file()
        self._tables: dict[str, IO[bytes]] = {}

    def _file(self) -> IO[bytes]:
        return self._open.enter_context(TemporaryFile(dir=self._folder))

    def add(self, evidence: Evidence) -> None:
        """Takes in the next batch."""
        people = _core.digest(_everybody(evidence), 0, arrow(evidence._ids), [], 0)[1]
        self._people.write(people.tobytes())
        for name, (_, persons) in _tables(evidence).items():
            if name not in self._tables:
                self._tables[name] = self._file()
            self._tables[name].write(persons[persons.any(axis=1)].tobytes())

    def value(self) -> str:
        """The digest of all batches."""
        return _value(_in_order(self._people), {name: _in_order(file) for name, file in self._tables.items()})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()


def _value(people: str, tables: Mapping[str, str]) -> str:
    lines = ["tassei evidence 1", f"people {people}", *(f"{name} {tables[name]}" for name in sorted(tables))]
    return blake2b("".join(f"{line}\n" for line in lines).encode(), digest_size=32).hexdigest()


def _everybody(evidence: Evidence) -> Any:
    """A table in which everybody has one row without cells."""
    rows = np.arange(len(evidence), dtype=np.int32)
    return _core.Evidence(len(evidence), [_core.TableData(0, rows, len(evidence))])


def _tables(evidence: Evidence) -> dict[str, tuple[bytes, npt.NDArray[np.uint8]]]:
    """Of the tables that were supplied: their digests, and those of each person in them."""
    document, ids = evidence.framework.document, arrow(evidence._ids)
    tables = {}
    for place, (name, declared) in enumerate(document.tables.items()):
        if name not in evidence._columns:
            continue
        cells = evidence._columns[name].cells
        order = {column: i for i, column in enumerate(declared.columns)}
        told = []
        for column in sorted(cells):
            kind = declared.columns[column]
            text = arrow(texts(cells[column])) if kind.type == "text" else None
            if kind.role != "person":
                words = _tags(document, column, kind, cells[column])
                told.append((order[column], _tag(column), words, text))
        tables[name] = _core.digest(evidence._core, place, ids, told, 0)
    return tables


def _in_order(file: IO[bytes]) -> str:
    """The hash of a file's digests in order; as many as fit into some memory are put in order at once."""
    whole = blake2b(digest_size=32)
    goes = 1 + file.seek(0, os.SEEK_END) // (16 * _AT_ONCE)
    edges = [(go << 16) // goes for go in range(goes + 1)]  # of their first two bytes
    for low, high in pairwise(edges):
        file.seek(0)
        found = []
        while piece := file.read(16 * _PIECE):
            words = np.frombuffer(piece, ">u8").reshape(-1, 2)
            first = words[:, 0] >> 48
            found.append(words[(first >= low) & (first < high)])
        words = np.concatenate(found or [np.empty((0, 2), ">u8")])
        whole.update(words[np.lexsort((words[:, 1], words[:, 0]))].astype(">u8").tobytes())
    return whole.hexdigest()


def _tag(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


def _tags(document: Any, name: str, column: Any, cells: Any) -> npt.NDArray[np.uint64]:
    """What stands for each word of a column, or for each of its distinct sets."""
    if column.vocabulary is None:
        return _NOTHING
    words = list(document.vocabularies[column.vocabulary].words)
    if column.type != "set":
        return np.array([_tag(f"{name}\0{word}") for word in words], np.uint64)
    every = (1 << len(words)) - 1
    tags = []
    for has, known in zip(cells.has.tolist(), cells.known.tolist(), strict=True):
        here, absent = (
            ";".join(sorted(word for i, word in enumerate(words) if bits >> i & 1))
            for bits in (has, known & ~has)
        )
        tags.append(_tag(f"{name}\0{here}" if known & every == every else f"{name}\0{here}\0{absent}"))
    return np.array(tags, np.uint64)


def _text(column: pa.ChunkedArray) -> Any:
    column = plain(column)
    return arrow(written(column) if pa.types.is_nested(column.type) else texts(column))
