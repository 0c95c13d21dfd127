"""What a result rests on, carried by every file that holds one."""

from __future__ import annotations

import datetime as dt
import html
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from .assessment import Assessment

__all__ = ["KEY", "beside", "in_words", "meta", "now", "provenance_of", "stamped", "write_beside", "written"]

KEY = "tassei"  # of the metadata of a Parquet file


def now() -> dt.datetime:
    """This second in UTC, or the one of ``SOURCE_DATE_EPOCH``, for files that can be made again."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdecimal():
        return dt.datetime.fromtimestamp(int(epoch), dt.UTC)
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def provenance_of(a: Assessment, digest: bool = True) -> dict[str, Any]:
    """See :attr:`tassei.Assessment.provenance`."""
    from . import __version__

    evidence = a.evidence
    digests = evidence._digests if digest else None
    return {
        "framework": a.framework.id,
        "framework_version": a.framework.version,
        "framework_fingerprint": a.framework.fingerprint,
        "as_of": a.as_of.isoformat(),
        "readings": dict(a.readings),
        "min_verification": a.min_verification,
        "assessed_at": a.assessed_at.isoformat().replace("+00:00", "Z"),
        "tassei": __version__,
        "people": len(evidence),
        "records": {name: report.accepted for name, report in evidence.reports.items() if report.supplied},
        "evidence_digest": None if digests is None else digests.value,
    }


def stamped(table: pa.Table, provenance: Mapping[str, Any]) -> pa.Table:
    """A table whose metadata say what it rests on."""
    return table.replace_schema_metadata({**(table.schema.metadata or {}), KEY: written(provenance)})


def written(provenance: Mapping[str, Any]) -> str:
    return json.dumps(provenance, ensure_ascii=False)


def in_words(a: Assessment, lang: str) -> list[tuple[str, str]]:
    """What a page for people says of it beside framework, day and readings."""
    from .words import words

    say, said = words(lang), a.provenance
    return [
        (say["evidence_digest"], said["evidence_digest"]),
        (say["assessed_at"], said["assessed_at"]),
        (say["assessed_by"], f"tassei {said['tassei']}"),
    ]


def meta(a: Assessment) -> str:
    """The same for programs, as an element of a page's head."""
    return f'<meta name="{KEY}" content="{html.escape(written(a.provenance))}">'


def beside(path: Path) -> Path:
    """Where the metadata of a CSV file are: the place of the W3C's "CSV on the Web".

    >>> beside(Path("out/levels.csv")).name
    'levels.csv-metadata.json'
    """
    return path.with_name(f"{path.name}-metadata.json")


def write_beside(path: Path, target: Path, columns: list[str], provenance: Mapping[str, Any]) -> None:
    """Metadata of the CSV file `path`, as CSV on the Web has them."""
    said = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": path.name,
        "tableSchema": {"columns": [{"titles": name} for name in columns]},
        "notes": [{KEY: provenance}],
    }
    target.write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
