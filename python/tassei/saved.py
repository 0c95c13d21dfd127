"""Assessments kept in a folder of Parquet files, and taken out of it again as they were."""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib.util
import json
import os
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from . import _core, tables
from . import grammar as g
from .assessment import Assessment, _verification
from .column import arrow, texts
from .date import EPOCH
from .digest import Digest
from .error import AssessError, FrameworkError, listed
from .evidence import Columns, Evidence, TableReport
from .export import replacing_folder
from .framework import Framework, _revive, check_framework, frameworks, load_framework
from .issue import Issues
from .mapping import Names
from .match import match_columns
from .provenance import stamped
from .raw import Raw
from .sets import Sets
from .table import Blanks, Table

__all__ = ["load", "save"]

_FORMAT = 1
_HEAD = "assessment.json"
_FRAMEWORK = "framework.json"


# --- saving ---------------------------------------------------------------------------------------


def save(a: Assessment, path: str | os.PathLike[str], evidence: bool = True) -> Path:
    """See :meth:`tassei.Assessment.save`."""
    target = Path(path)
    if evidence:
        a._need_evidence()
    if target.exists() and not (target / _HEAD).is_file():
        raise AssessError(f"{target} is there already and is no saved assessment; it is left as it is")
    provenance = a.provenance
    with replacing_folder(target) as folder:
        parquet = _Folder(folder, provenance)
        parquet.write("people", a.evidence._people)
        parquet.write("levels", a.to_arrow("levels"))
        parquet.write("sheets", a.to_arrow("sheets"))
        (folder / _FRAMEWORK).write_text(
            a.framework.document.model_dump_json(by_alias=True, exclude_unset=True), encoding="utf-8"
        )
        if evidence:
            _save_evidence(a.evidence, parquet)
        digests = a.evidence._digests
        head = {
            "format": _FORMAT,
            "provenance": provenance,
            "digests": {"people": digests.people, "tables": digests.tables, "groups": digests.groups},
            "library": a.evidence.library,
            "evidence": evidence,
            "reports": {name: _report(report) for name, report in a.evidence.reports.items()},
            "unknown_tables": a.evidence.unknown_tables,
            "mapping": a.evidence.mapping,
            "files": {file: _sha256(folder / file) for file in sorted(_files(folder))},
        }
        text = json.dumps(head | {"sha256": _own_digest(head)}, ensure_ascii=False, indent=1) + "\n"
        (folder / _HEAD).write_text(text, encoding="utf-8")
    return target


class _Folder:
    """Writes Parquet files that say what they rest on."""

    def __init__(self, folder: Path, provenance: Mapping[str, Any]) -> None:
        self.folder, self.provenance = folder, provenance

    def write(self, name: str, table: pa.Table) -> None:
        file = self.folder / f"{name}.parquet"
        file.parent.mkdir(exist_ok=True)
        pq.write_table(stamped(table, self.provenance), file, compression="zstd")


def _save_evidence(evidence: Evidence, parquet: _Folder) -> None:
    document = evidence.framework.document
    for place, (name, declared) in enumerate(document.tables.items()):
        if name not in evidence._columns:
            continue
        persons = _core.persons_of_rows(evidence._core, place)
        rows = np.flatnonzero(persons >= 0)
        known = evidence._columns[name]
        cells: dict[str, Any] = {declared.person: evidence._ids.take(pa.array(persons[rows]))}
        for column, data in known.cells.items():
            if column != declared.person:
                cells |= _plain_cells(document, column, declared.columns[column], data, rows)
        if declared.unique:
            others = zip(evidence.groups, evidence._people.columns[1:], strict=True)
            cells |= {group: data for group, data in others if group not in cells}
        parquet.write(f"evidence/{name}", pa.table(cells))
        parquet.write(f"rows/{name}", pa.table({"row": np.asarray(known.numbering(rows), np.int64)}))
    parquet.write("issues", evidence._issues)
    for name, rejected in evidence._rejected.items():
        parquet.write(f"rejected/{name}", rejected)


def _plain_cells(
    document: g.Document, name: str, column: g.Column, data: Any, rows: npt.NDArray[np.int64]
) -> dict[str, Any]:
    """A column as a source would have it, by ids."""
    if isinstance(data, pa.ChunkedArray):
        data = texts(data).cast(pa.large_string()) if column.type == "text" else data
        return {name: data.take(pa.array(rows))}
    words = list(document.vocabularies[column.vocabulary or ""].words)
    if not isinstance(data, Sets):
        codes = data[rows].astype(np.int32) - 1
        return {name: pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), pa.array(words))}
    codes = data.codes[rows].astype(np.int32)
    every = np.uint64((1 << len(words)) - 1)
    if np.isin(data.known, [np.uint64(0), every]).all():  # each cell is filled or blank
        said = [
            ";".join(word for i, word in enumerate(words) if has >> i & 1) or "none" if known else None
            for has, known in zip(data.has.tolist(), data.known.tolist(), strict=True)
        ]
        return {name: pa.array(said, pa.string()).take(pa.array(codes))}
    has, known = data.has[codes], data.known[codes]
    bits = [np.uint64(1 << i) for i in range(len(words))]
    return {
        f"{name}.{word}": pa.array((has & bit) != 0, mask=(known & bit) == 0)
        for word, bit in zip(words, bits, strict=True)
    }


def _report(report: TableReport) -> dict[str, Any]:
    said = {name: getattr(report, name) for name in TableReport.__dataclass_fields__ if name != "blanks"}
    return {**said, "unknown": dict(report.unknown), "named": dict(report.named)}


def _files(folder: Path) -> Iterable[str]:
    return (file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


def _own_digest(head: Mapping[str, Any]) -> str:
    """SHA-256 of what the head says, so that a slip of an editor shows; no seal against forgers."""
    said = {name: value for name, value in head.items() if name != "sha256"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


# --- loading --------------------------------------------------------------------------------------


def load(path: str | os.PathLike[str], framework: Framework | None = None) -> Assessment:
    """Takes out an assessment that :meth:`Assessment.save` kept, as it was.

    Nothing is assessed again: levels, sheets and scores are those that were saved, with the framework of
    that day. What is computed on demand (criteria, explanations, gaps, …) comes from the saved evidence.

    Parameters
    ----------
    path : path
        The folder.
    framework : Framework, optional
        The one that it must have been made with. Default: the saved one, whichever it is.

    Returns
    -------
    Assessment

    Raises
    ------
    AssessError
        There is no saved assessment, a file of it is missing or not as it was saved, it was made with
        another framework than the one given (with what differs), or it is in a later format.

    Warns
    -----
    UserWarning
        The bundled framework of the same id is another by now.

    Examples
    --------
    >>> import tassei, tempfile
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> tables = {"certifications": {"person_id": ["P1"], "examination": ["AP"]}}
    >>> a = tassei.assess(tassei.read_evidence(tables, framework), as_of="2026-03-31")
    >>> again = tassei.load(a.save(tempfile.mkdtemp() + "/march"))
    >>> again.levels().equals(a.levels()), again.provenance == a.provenance
    (True, True)
    """
    if framework is not None:
        check_framework(framework)
    folder = Path(path)
    head = _head(folder)
    said = head["provenance"]
    framework = _framework(folder, said, framework)
    people = _table(folder, "people")
    ids = people.column(0).combine_chunks().cast(pa.large_string())
    evidence = _evidence(folder, head, framework, ids, people)
    plan = framework.plan({name: choice for name, choice in said["readings"].items()})
    as_of, enough = dt.date.fromisoformat(said["as_of"]), _verification(framework, said["min_verification"])
    core = evidence._core or _core.Evidence(len(ids), [None] * len(framework.document.tables))
    levels, sheets = _table(folder, "levels"), _table(folder, "sheets")
    found = (
        _numbers(levels, "level", np.int32), _numbers(levels, "possible_level", np.int32),
        _codes(levels, "basis", tables._BASIS), _codes(sheets, "status", tables._STATUS),
        _codes(sheets, "basis", tables._BASIS), _numbers(sheets, "score", np.float64),
    )  # fmt: skip
    results = _core.restore(plan.core, core, as_of.toordinal() - EPOCH, enough, 0, *found)
    at = dt.datetime.fromisoformat(said["assessed_at"])
    return Assessment(
        evidence, framework, plan, results, as_of, said["min_verification"], enough, 0, at, said
    )


def _head(folder: Path) -> dict[str, Any]:
    try:
        head: dict[str, Any] = json.loads((folder / _HEAD).read_text(encoding="utf-8"))
        version, whole = head["format"], head.get("sha256") == _own_digest(head)
    except OSError as error:
        raise AssessError(f"{folder} holds no saved assessment: {_HEAD}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise AssessError(f"{folder / _HEAD}: is not as it was saved") from None
    if version != _FORMAT:
        raise AssessError(f"{folder}: was saved in format {version}; this version of tassei reads {_FORMAT}")
    if not whole:
        raise AssessError(f"{folder}: {_HEAD} is not as it was saved (its SHA-256 is another)")
    for name, digest in head["files"].items():
        if not (folder / name).is_file():
            raise AssessError(f"{folder}: {name} is missing")
        if _sha256(folder / name) != digest:
            raise AssessError(f"{folder}: {name} is not as it was saved (its SHA-256 is another)")
    return head


def _framework(folder: Path, said: Mapping[str, Any], given: Framework | None) -> Framework:
    path = folder / _FRAMEWORK
    saved = _revive(path.read_text(encoding="utf-8"), str(path))
    name = f"{saved.id} {saved.version} (fingerprint {said['framework_fingerprint'][:12]})"
    if saved.fingerprint != said["framework_fingerprint"]:
        raise AssessError(f"{folder}: this version of tassei reads the framework {name} in another way")
    if given is not None and given.fingerprint != saved.fingerprint:
        raise AssessError(
            f"{folder}: was made with {name}, came {given.id} {given.version} (fingerprint "
            f"{given.fingerprint[:12]}); {_differences(saved, given)}. Load it without `framework` to see it "
            "as it was made, and assess its evidence to see it by the other"
        )
    if given is None and saved.id in frameworks():
        try:
            now = load_framework(saved.id)
        except FrameworkError:
            return saved
        places = {(sheet.specialty, sheet.level) for sheet in saved.document.sheets}
        if places <= {(sheet.specialty, sheet.level) for sheet in now.document.sheets}:
            now = now._of_sheets(places)
        if now.fingerprint != saved.fingerprint:
            warnings.warn(
                f"{folder}: was made with {name}; the {saved.id} that comes with this tassei is "
                f"{now.version} (fingerprint {now.fingerprint[:12]}); {_differences(saved, now)}",
                stacklevel=3,
            )
    return given or saved


def _differences(saved: Framework, other: Framework) -> str:
    found = saved.differences(other)
    places = [f"{where} ({one} → {two})" for where, one, two in found.itertuples(index=False)]
    return f"{len(places)} places differ: {listed(places, 5)}" if len(places) > 1 else f"{places[0]} differs"


def _table(folder: Path, name: str) -> pa.Table:
    return pq.read_table(folder / f"{name}.parquet", partitioning=None)


def _numbers(table: pa.Table, name: str, kind: Any) -> npt.NDArray[Any]:
    return np.ascontiguousarray(table.column(name).to_numpy().astype(kind))


def _codes(table: pa.Table, name: str, words: list[str]) -> npt.NDArray[np.uint8]:
    encoded = table.column(name).combine_chunks().dictionary_encode()
    place = np.array([words.index(word) for word in encoded.dictionary.to_pylist()], np.uint8)
    return np.ascontiguousarray(place[encoded.indices.to_numpy()])


def _evidence(
    folder: Path, head: Mapping[str, Any], framework: Framework, ids: pa.Array, people: pa.Table
) -> Evidence:
    library = head["library"] if importlib.util.find_spec(head["library"]) else "pandas"
    reports = {
        name: TableReport(**{**said, "notes": tuple(said["notes"])}) for name, said in head["reports"].items()
    }
    kept = Digest(head["provenance"]["evidence_digest"], **head["digests"], persons={})
    more = (head["unknown_tables"], head["mapping"])
    if not head["evidence"]:
        issues = Issues().table()
        return Evidence(framework, library, None, ids, people, {}, reports, issues, {}, *more, kept)
    index = _core.TextIndex(True)
    index.add(arrow(ids))
    columns, rejected = {}, {}
    cores: list[_core.TableData | None] = []
    for name, declared in framework.document.tables.items():
        if f"rejected/{name}.parquet" in head["files"]:
            rejected[name] = _table(folder, f"rejected/{name}")
        if f"evidence/{name}.parquet" not in head["files"]:
            cores.append(None)
            continue
        table = _read(folder, name, declared, framework.document, reports[name].origin, index)
        columns[name] = Columns(table.cells, table.raw.number)
        cores.append(table.core(len(ids)))
        good = np.ones(table.raw.rows, bool)
        blanks = Blanks(declared, table.cells, table.raw.rows, good)
        reports[name] = TableReport(**{**vars(reports[name]), "blanks": blanks})
    core = _core.Evidence(len(ids), cores)
    issues = _table(folder, "issues")
    evidence = Evidence(framework, library, core, ids, people, columns, reports, issues, rejected, *more)
    if evidence.digest != kept.value:
        raise AssessError(f"{folder}: this version of tassei reads the saved evidence in another way")
    return evidence


def _read(
    folder: Path, name: str, declared: g.Table, document: g.Document, origin: str, index: Any
) -> Table:
    saved = _table(folder, f"evidence/{name}")
    numbers = _table(folder, f"rows/{name}").column("row").to_numpy()
    columns = dict(zip(saved.column_names, saved.columns, strict=True))
    raw = Raw(name, origin, columns, saved.num_rows, 0, numbers)
    issues = Issues()
    matched = match_columns(document, name, raw, Names(), issues)
    table = Table(name, declared, raw, document, matched, Names(), index.find)
    table.find_persons()
    for bad in table.bad:
        issues.add(name, raw, bad)
    if issues:
        raise AssessError(f"{folder}: {issues.message()}")
    return table
