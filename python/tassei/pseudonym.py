"""Opaque ids in place of people's own, the same for the same key."""

from __future__ import annotations

import base64
import copy
import hashlib
import hmac
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from .arguments import several
from .column import Distinct
from .error import AssessError
from .evidence import Columns, Evidence
from .tables import check_column

if TYPE_CHECKING:
    from .assessment import Assessment

__all__ = ["pseudonymise"]

_LETTERS = 16  # of base 32: 80 bits


def pseudonymise(a: Assessment, key: str | bytes, keep: Sequence[str] = ()) -> Assessment:
    """The same assessment under opaque ids; see :meth:`tassei.Assessment.pseudonymise`."""
    if not isinstance(key, str | bytes | bytearray):  # bytes of a number would be as many zeros
        raise AssessError(f"key: expected a text or bytes, came {type(key).__name__}")
    secret = key.encode("utf-8") if isinstance(key, str) else bytes(key)
    if len(secret) < 8:
        raise AssessError(f"key: expected a secret of 8 bytes or more, came {len(secret)}")
    keep = several(keep)
    for name in keep:
        check_column(a.evidence, name)
    a._need_evidence()
    other = copy.copy(a)
    other.evidence = _opaque(a.evidence, secret, keep)
    other._provenance = {**a.provenance, "evidence_digest": other.evidence.digest}
    return other


def opaque_id(secret: bytes, person_id: str) -> str:
    """HMAC-SHA-256 (RFC 2104) of an id, cut to 80 bits, in base 32 (RFC 4648).

    >>> opaque_id(b"a secret", "P1") == opaque_id(b"a secret", "P1") != opaque_id(b"another", "P1")
    True
    """
    digest = hmac.new(secret, person_id.encode("utf-8"), hashlib.sha256).digest()
    return base64.b32encode(digest).decode("ascii")[:_LETTERS]


def _opaque_texts(column: pa.ChunkedArray, secret: bytes) -> pa.ChunkedArray:
    found = Distinct(column)
    names = [opaque_id(secret, text.strip()) if text.strip() else None for text in found.values]
    names.append(None)  # of blank cells
    return pa.chunked_array([pa.array(names, pa.large_string()).take(pa.array(found.codes % len(names)))])


def _opaque(evidence: Evidence, secret: bytes, keep: Sequence[str]) -> Evidence:
    names = [opaque_id(secret, person) for person in evidence._ids.to_pylist()]
    if len(set(names)) < len(names):
        raise AssessError("two people would have the same pseudonym; choose another key")
    ids = pa.array(names, evidence._ids.type)
    people = evidence._people.select([evidence._people.column_names[0], *keep])
    people = people.set_column(0, people.column_names[0], ids)
    # free text and what could not be read may hold names; numbers of rows lead back to the source
    columns = {}
    for table, known in evidence._columns.items():
        cells = dict(known.cells)
        for name, column in evidence.framework.document.tables[table].columns.items():
            if column.type == "text" and name in cells:
                text = cells.pop(name)
                if column.role == "identity":  # which rows are one thing has to stay
                    cells[name] = _opaque_texts(text, secret)
        columns[table] = Columns(cells, known.numbering)
    return Evidence(
        evidence.framework, evidence.library, evidence._core, ids, people, columns, evidence.reports,
        evidence._issues.slice(0, 0), {name: rows.slice(0, 0) for name, rows in evidence._rejected.items()},
    )  # fmt: skip
