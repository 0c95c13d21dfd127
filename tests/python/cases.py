"""Cases of the standard, read from `tests/cases/*.yaml`; the format is told there."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from random_people import COLUMNS, SETS, WORDS
from slow_evaluator import CRITERION_FIELDS, LEVEL_FIELDS, READINGS, SHEET_FIELDS, Result

FOLDER = Path(__file__).resolve().parent.parent / "cases"
TOLERANCE = 1e-6
FILE_KEYS = {"about", "as_of", "records", "cases"}
CASE_KEYS = {
    "name",
    "why",
    "as_of",
    "readings",
    "min_verification",
    "evidence",
    "not_supplied",
    "expect",
}

Row = dict[str, Any]


@dataclass(frozen=True)
class Case:
    id: str
    name: str
    person: str
    why: str
    as_of: dt.date
    readings: dict[str, Any]
    min_verification: str | None
    tables: dict[str, list[Row]]
    # (part of a Result, key, field, value)
    expected: list[tuple[str, tuple, str, Any]] = field(repr=False)

    def options(self) -> dict[str, Any]:
        return {
            "as_of": self.as_of,
            "readings": self.readings,
            "min_verification": self.min_verification,
        }

    def check(self, result: Result) -> None:
        wrong = [
            f"{' '.join(map(str, key[1:]))}: {name} is {found!r}, expected {value!r}"
            for part, key, name, value in self.expected
            if not same(found := _answer(result, part, key, name), value)
        ]
        assert not wrong, f"{self.id} ({self.why})\n" + "\n".join(wrong)


FIELDS = {"levels": LEVEL_FIELDS, "sheets": SHEET_FIELDS, "criteria": CRITERION_FIELDS}


def _answer(result: Result, part: str, key: tuple, name: str):
    answers = getattr(result, part)
    if key not in answers:
        return "missing"
    return answers[key][FIELDS[part].index(name)]


def same(found, value) -> bool:
    if isinstance(value, str) or isinstance(found, str):
        return found == value
    return found == value or math.isclose(found, value, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def load_cases(folder: Path = FOLDER) -> list[Case]:
    cases = [case for file in sorted(folder.glob("*.yaml")) for case in _read_file(file)]
    ids = [case.id for case in cases]
    assert len(ids) == len(set(ids)), sorted(name for name in ids if ids.count(name) > 1)
    return cases


def _read_file(file: Path) -> list[Case]:
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert set(content) <= FILE_KEYS, f"{file.name}: {set(content) - FILE_KEYS}"
    records = {name: _row(row, {}, None) for name, row in content.get("records", {}).items()}
    return [
        _case(f"{file.stem}-{number:03d}", file.stem, case, content.get("as_of"), records)
        for number, case in enumerate(content["cases"], start=1)
    ]


def _case(person: str, stem: str, raw: dict, as_of: dt.date | None, records: dict) -> Case:
    label = f"{stem}: {raw['name']}"
    assert set(raw) <= CASE_KEYS, f"{label}: {set(raw) - CASE_KEYS}"
    not_supplied = set(raw.get("not_supplied", []))
    evidence = raw["evidence"]
    assert set(evidence) | not_supplied <= set(COLUMNS), f"{label}: unknown table"
    assert not set(evidence) & not_supplied, f"{label}: a table is given and not supplied"
    tables = {
        table: [_row(row, records, table, person) for row in evidence.get(table, [])]
        for table in COLUMNS
        if table not in not_supplied
    }
    if "people" in tables:
        tables["people"] = [{"person_id": person}]
    readings = raw.get("readings", {})
    for reading, choice in readings.items():
        # YAML reads a bare yes or no as a truth value.
        assert reading in READINGS, f"{label}: {reading}"
        assert not isinstance(choice, bool), f"{label}: {reading}"
    return Case(
        id=label,
        name=raw["name"],
        person=person,
        why=raw.get("why", ""),
        as_of=raw.get("as_of", as_of),
        readings=readings,
        min_verification=raw.get("min_verification"),
        tables=tables,
        expected=_expected(raw["expect"], person, label),
    )


def _row(raw: Row, records: dict[str, Row], table: str | None, person: str | None = None) -> Row:
    cells = {**(records[raw["like"]] if "like" in raw else {}), **raw}
    cells.pop("like", None)
    for column, value in cells.items():
        _check_cell(column, value, table)
    return cells if person is None else {"person_id": person, **cells}


def _check_cell(column: str, value: Any, table: str | None) -> None:
    """A misspelt word would make a case pass for a wrong reason."""
    name, _, item = column.partition(".")
    tables = [table] if table else list(COLUMNS)
    kinds = [COLUMNS[t][name] for t in tables if name in COLUMNS[t]]
    assert kinds, f"unknown column {column}"
    if item:
        assert item in SETS[name], f"unknown column {column}"
        assert value in (True, False, None), f"{column}: {value!r}"
    elif value is None:
        return
    elif name in SETS:
        assert set(value) <= set(SETS[name]), f"{column}: {set(value) - set(SETS[name])}"
    elif name in WORDS:
        assert value in WORDS[name], f"{column}: {value!r}"
    else:
        types = {"date": dt.date, "number": (int, float), "text": str}
        assert isinstance(value, types[kinds[0]]), f"{column}: {value!r}"


def _expected(raw: dict, person: str, label: str) -> list[tuple[str, tuple, str, Any]]:
    found = []
    for part, answers in raw.items():
        for words, fields in answers.items():
            specialty, *rest = words.split(" ")
            key = (person, specialty, *(int(w) if w.isdigit() else w for w in rest))
            assert len(key) == {"levels": 2, "sheets": 3, "criteria": 4}[part], f"{label}: {words}"
            for name, value in fields.items():
                assert name in FIELDS[part], f"{label}: {name}"
                found.append((part, key, name, value))
    assert found, f"{label} expects nothing"
    return found
