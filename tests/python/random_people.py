"""Random people with evidence, from a seed: near every threshold, or anywhere at all."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from random import Random
from typing import Any

from slow_evaluator import (
    ACHIEVEMENTS,
    ACHIEVEMENTS_NEEDED,
    ACTIVITIES,
    ALL_AREAS,
    AREAS,
    COMPLEXITY,
    CUSTOMER_SCOPES,
    DOMAINS,
    EXPERTISE_DOMAIN,
    FACILITY_COMPLEXITY,
    FACILITY_SCOPES,
    KINDS,
    LEVELS,
    OUTCOMES,
    OWN_CONDITIONS,
    POSITIONS,
    SERVICES,
    SPECIALTIES,
    STANDING,
    STANDINGS,
    SYSTEM_COMPLEXITY,
    TIMES,
    VERIFICATIONS,
    YEARS,
)

Row = dict[str, Any]
Tables = dict[str, list[Row]]

AS_OF = dt.date(2020, 12, 31)
EXAMINATIONS = ["AP", "FE"]
NUMBERS = ["computer_rooms", "computer_room_area_m2", "data_center_area_m2", "network_sites"]
SETS = {"activities": ACTIVITIES, "complexity": COMPLEXITY}
COLUMNS = {
    "people": {"person_id": "text", "department": "text"},
    "engagements": {
        "person_id": "text",
        "engagement_id": "text",
        "start": "date",
        "end": "date",
        "position": "text",
        "service": "text",
        "activities": "set",
        "outcome": "text",
        "complexity": "set",
        "customer_scope": "text",
        **dict.fromkeys(NUMBERS, "number"),
        "facility_scope": "text",
        "verification": "text",
    },
    "contributions": {
        "person_id": "text",
        "kind": "text",
        "area": "text",
        "standing": "text",
        "achievement": "text",
        "domain": "text",
        "date": "date",
        "verification": "text",
    },
    "certifications": {
        "person_id": "text",
        "examination": "text",
        "date": "date",
        "verification": "text",
    },
}
WORDS = {
    "position": POSITIONS,
    "service": SERVICES,
    "outcome": OUTCOMES,
    "customer_scope": CUSTOMER_SCOPES,
    "facility_scope": FACILITY_SCOPES,
    "verification": VERIFICATIONS,
    "kind": KINDS,
    "area": ALL_AREAS,
    "standing": STANDINGS,
    "achievement": ACHIEVEMENTS,
    "domain": DOMAINS,
    "examination": EXAMINATIONS,
}

# Both ends of every band, and what lies just outside.
EDGES = {
    "computer_rooms": [0, 1, 2, 3, 4, 5, 10],
    "computer_room_area_m2": [0, 0.5, 1, 1999, 1999.5, 2000, 4999, 4999.5, 5000, 9000],
    "data_center_area_m2": [0, 1, 4999, 5000, 20000],
    "network_sites": [0, 1, 99, 100, 299, 300, 1000],
}
SIZES_OF_GRADE = {
    6: [
        ("computer_rooms", 5),
        ("computer_rooms", 10),
        ("computer_room_area_m2", 5000),
        ("network_sites", 300),
        ("data_center_area_m2", 5000),
    ],
    5: [
        ("computer_rooms", 3),
        ("computer_rooms", 4),
        ("computer_room_area_m2", 2000),
        ("computer_room_area_m2", 4999.5),
        ("network_sites", 100),
        ("network_sites", 299),
        ("data_center_area_m2", 1),
        ("data_center_area_m2", 4999),
    ],
    4: [
        ("computer_rooms", 1),
        ("computer_rooms", 2),
        ("computer_room_area_m2", 0.5),
        ("computer_room_area_m2", 1999.5),
        ("network_sites", 1),
        ("network_sites", 99),
    ],
    3: [("computer_rooms", 0)],
}


@dataclass(frozen=True)
class Recipe:
    seed: int
    people: int = 50
    strong: float = 0.7  # share of people whose evidence is built toward some sheets
    blanks: float = 0.0  # how often a cell is blank, in every column
    partial_sets: float = 0.0  # how often a set is given item by item
    missing_columns: int = 0  # columns left out of each table
    not_supplied: tuple[str, ...] = ()
    as_of: dt.date = AS_OF


def random_people(recipe: Recipe) -> Tables:
    rng = Random(recipe.seed)
    tables: Tables = {table: [] for table in COLUMNS}
    for number in range(recipe.people):
        person = f"p{number:04d}"
        tables["people"].append({"person_id": person, "department": rng.choice(["east", "west", None])})
        own = _strong(rng, recipe) if rng.random() < recipe.strong else _weak(rng, recipe)
        for table, rows in own.items():
            rng.shuffle(rows)
            tables[table] += [{"person_id": person, **row} for row in rows]
    for table in list(tables)[1:]:
        _blank(rng, recipe, table, tables[table])
        # Rows of one person need not stand together.
        rng.shuffle(tables[table])
        _leave_out_columns(rng, recipe, tables[table])
    for table in recipe.not_supplied:
        del tables[table]
    return tables


# --- weak: anything goes -------------------------------------------------------------------------


def _weak(rng: Random, recipe: Recipe) -> Tables:
    return {
        "engagements": [_any_engagement(rng, recipe.as_of) for _ in range(rng.randrange(5))],
        "contributions": [_any_contribution(rng, recipe.as_of) for _ in range(rng.randrange(5))],
        "certifications": [_any_certification(rng, recipe.as_of) for _ in range(rng.choice([0, 0, 0, 1, 2]))],
    }


def _some(rng: Random, words: list[str], at_least: int = 0) -> list[str]:
    return rng.sample(words, rng.randint(at_least, len(words)))


def _any_date(rng: Random, as_of: dt.date) -> dt.date:
    """Within twelve years before, at the edges of as-of and of the recency windows, or after."""
    if rng.random() < 0.15:
        years = rng.choice([0, 0, 1, 3, 5])
        return as_of - dt.timedelta(days=365 * years + rng.randint(-1, 1))
    return as_of - dt.timedelta(days=rng.randint(-200, 12 * 365))


def _any_engagement(rng: Random, as_of: dt.date) -> Row:
    start = _any_date(rng, as_of)
    end = start + dt.timedelta(days=rng.choice([0, 1, 364, 365, 729, rng.randint(0, 1500)]))
    if rng.random() < 0.15:  # about the edges of the recency windows
        end = max(start, as_of - dt.timedelta(days=365 * rng.choice([1, 3, 5]) + rng.randint(-1, 1)))
    row = {
        "engagement_id": rng.choice([None, None, "a", "b", "c"]),
        "start": start,
        "end": rng.choice([end, end, end, None]),
        "activities": _some(rng, ACTIVITIES),
        "complexity": _some(rng, COMPLEXITY),
    }
    for column in ("position", "service", "outcome", "customer_scope", "facility_scope"):
        row[column] = rng.choice(WORDS[column])
    for column in NUMBERS:
        row[column] = rng.choice(EDGES[column])
    row["verification"] = rng.choice(VERIFICATIONS)
    return row


def _any_contribution(rng: Random, as_of: dt.date) -> Row:
    row = {
        column: rng.choice(WORDS[column]) for column in ("kind", "area", "standing", "achievement", "domain")
    }
    return {**row, "date": _any_date(rng, as_of), "verification": rng.choice(VERIFICATIONS)}


def _any_certification(rng: Random, as_of: dt.date) -> Row:
    return {
        "examination": rng.choice(EXAMINATIONS),
        "date": _any_date(rng, as_of),
        "verification": rng.choice(VERIFICATIONS),
    }


# --- strong: built toward a sheet, now and then a hair short of it --------------------------------


def _strong(rng: Random, recipe: Recipe) -> Tables:
    as_of = recipe.as_of
    own: Tables = {"engagements": [], "contributions": [], "certifications": []}
    slip = rng.choice([0.0, 0.0, 0.02, 0.08])
    for _ in range(rng.choice([1, 1, 2])):
        specialty, level = rng.choice(SPECIALTIES), rng.choice(LEVELS)
        own["engagements"] += _engagements_toward(rng, specialty, level, slip, as_of)
        own["contributions"] += _contributions_toward(rng, specialty, level, slip, as_of)
    if rng.random() < 0.3:
        own["engagements"].append(_any_engagement(rng, as_of))
    if own["engagements"] and rng.random() < 0.1:
        own["engagements"].append(dict(rng.choice(own["engagements"])))
    if rng.random() < 0.3:
        own["contributions"].append(_any_contribution(rng, as_of))
    if rng.random() < 0.2:
        own["certifications"].append(_any_certification(rng, as_of))
    trusted = rng.random() < 0.6
    for rows in own.values():
        for row in rows:
            if trusted:
                row["verification"] = "third_party"
    return own


def _toward(rng: Random, words: list[str], word: str, slip: float) -> str:
    needed = words.index(word)
    if needed > 0 and rng.random() < slip:
        return words[needed - 1]
    return words[rng.choice([needed, needed, rng.randrange(needed, len(words))])]


def _one_of(rng: Random, words: list[str], every: list[str], slip: float) -> str:
    return rng.choice(every if rng.random() < slip else words)


def _periods(rng: Random, total: int, as_of: dt.date) -> list[tuple[dt.date, dt.date | None]]:
    """Periods whose union has `total` days: one, two that adjoin or overlap, or two apart."""
    last = as_of - dt.timedelta(days=rng.choice([0, 0, 1, 30, rng.randint(0, 2000)]))
    first = last - dt.timedelta(days=total - 1)
    end = rng.choice([last, None, as_of + dt.timedelta(days=90)]) if last == as_of else last
    shape = rng.choice(["one", "overlap", "apart"]) if total > 2 else "one"
    if shape == "one":
        return [(first, end)]
    middle = first + dt.timedelta(days=rng.randrange(1, total - 1))
    if shape == "overlap":
        # No overlap at all when the second starts on the day after the middle.
        start = middle + dt.timedelta(days=rng.choice([1, 0, -1, -rng.randrange(total)]))
        return [(first, middle), (max(start, first), end)]
    gap = dt.timedelta(days=rng.randint(1, 400))
    return [(first - gap, middle - gap), (middle + dt.timedelta(days=1), end)]


def _engagements_toward(rng: Random, specialty: str, level: int, slip: float, as_of: dt.date) -> list[Row]:
    if specialty == "facility_management":
        return _facility_engagements(rng, level, slip, as_of)
    total = YEARS[level] * 365 + rng.choice([0, 0, 0, 1, 30, 400, -1 if slip else 0])
    return [
        _customer_engagement(rng, specialty, level, slip, period) for period in _periods(rng, total, as_of)
    ]


def _own_cells(rng: Random, specialty: str, level: int, slip: float) -> Row:
    position, services, activities, outcome = OWN_CONDITIONS[specialty, level]
    does = list(activities) if rng.random() < 0.4 else _some(rng, activities, 1)
    if does == activities and rng.random() < 0.5:
        does.append("service_design")
    if rng.random() < slip:
        does = _some(rng, ACTIVITIES)
    return {
        "position": _toward(rng, POSITIONS, position, slip),
        "service": _one_of(rng, services, SERVICES, slip),
        "activities": does,
        "outcome": _toward(rng, OUTCOMES, outcome, slip),
        "facility_scope": rng.choice(FACILITY_SCOPES),
        "customer_scope": rng.choice(CUSTOMER_SCOPES),
        "verification": rng.choice(VERIFICATIONS),
    }


def _customer_engagement(rng: Random, specialty: str, level: int, slip: float, period: tuple) -> Row:
    base = max(level - 3, 0)  # the place of the scope that the level asks for
    alternative = level > 3 and rng.random() < 0.35
    scope = base - 1 if alternative else rng.choice([base, base, 3])
    needed = 4 if alternative else 2
    k = needed - 1 if rng.random() < slip else rng.choice([needed, needed, needed + 1, 6])
    some_facility = _some(rng, FACILITY_COMPLEXITY) if rng.random() < 0.2 else []
    return {
        **_own_cells(rng, specialty, level, slip),
        "engagement_id": rng.choice([None, None, "a", "b"]),
        "start": period[0],
        "end": period[1],
        "complexity": rng.sample(SYSTEM_COMPLEXITY, k) + some_facility,
        "customer_scope": CUSTOMER_SCOPES[scope],
        **{column: rng.choice([0, rng.choice(EDGES[column])]) for column in NUMBERS},
    }


def _facility_engagements(rng: Random, level: int, slip: float, as_of: dt.date) -> list[Row]:
    required, outer, inner = TIMES[level]
    number = required + rng.choice([0, 0, 0, 1])
    if rng.random() < slip:
        number -= 1
    grades = [rng.choice([outer, outer, min(outer + 1, 6)]) for _ in range(number)]
    if inner is not None and grades and rng.random() >= slip:
        grades[0] = inner
    if rng.random() < slip:
        grades = [max(3, grade - 1) for grade in grades]
    rows = []
    for number, grade in enumerate(grades):
        start = _any_date(rng, as_of) if rng.random() < 0.3 else as_of - dt.timedelta(days=900)
        row = {
            **_own_cells(rng, "facility_management", level, slip),
            "engagement_id": rng.choice([None, f"f{number}", f"f{number}"]),
            "start": start,
            "end": rng.choice([None, start + dt.timedelta(days=rng.randint(0, 700))]),
            **_facility_size(rng, grade, slip),
        }
        rows.append(row)
        if rng.random() < 0.15:
            rows.append({**row, **_facility_size(rng, rng.choice(LEVELS), slip)})
    if rows and rng.random() < slip:
        rng.choice(rows)["engagement_id"] = "f0"
    return rows


def _facility_size(rng: Random, grade: int, slip: float) -> Row:
    """Cells that have the grade, by its own band or by the band below and three items."""
    alternative = grade > 3 and rng.random() < 0.3
    needed = 3 if alternative else 2
    k = needed - 1 if rng.random() < slip else rng.randint(needed, 4)
    row: Row = {
        "complexity": rng.sample(FACILITY_COMPLEXITY, k)
        + (_some(rng, SYSTEM_COMPLEXITY) if rng.random() < 0.2 else []),
        **dict.fromkeys(NUMBERS, 0),
    }
    column, number = rng.choice(SIZES_OF_GRADE[grade - 1 if alternative else grade])
    row[column] = number
    if rng.random() < 0.2:
        column = rng.choice(NUMBERS)
        row[column] = rng.choice(EDGES[column])
    return row


def _contributions_toward(rng: Random, specialty: str, level: int, slip: float, as_of: dt.date) -> list[Row]:
    domain = EXPERTISE_DOMAIN[specialty]
    passes_on = domain
    if level == 6 and specialty != "facility_management":
        passes_on = "customer_service_management"
    rows = [
        {
            **_any_contribution(rng, as_of),
            "kind": "expertise",
            "area": _one_of(rng, AREAS[specialty, level], ALL_AREAS, slip),
            "standing": _toward(rng, STANDINGS, STANDING[level], slip),
            "domain": _one_of(rng, [domain], DOMAINS, slip),
        }
    ]
    if level > 3:
        number = ACHIEVEMENTS_NEEDED[specialty][level] + rng.choice(
            [0, 0, 0, 1, -1 if slip or level == 6 else 0]
        )
        for achievement in rng.sample(ACHIEVEMENTS, number):
            rows.append(
                {
                    **_any_contribution(rng, as_of),
                    "kind": "succession",
                    "achievement": achievement,
                    "domain": _one_of(rng, [passes_on], DOMAINS, slip),
                }
            )
        if rng.random() < 0.2:
            rows.append(dict(rng.choice(rows)))
    if level > 3 and rng.random() >= slip:
        rows.append({**_any_contribution(rng, as_of), "kind": "mentoring"})
    for row in rows:
        if rng.random() < 0.7:
            row["date"] = as_of - dt.timedelta(days=rng.choice([0, 364, 365, 1094, 1095, 2000]))
    return rows


# --- blanks --------------------------------------------------------------------------------------


def _blank(rng: Random, recipe: Recipe, table: str, rows: list[Row]) -> None:
    care: dict[str, float] = {}  # people differ: some leave no blank at all
    for row in rows:
        rate = recipe.blanks * care.setdefault(row["person_id"], rng.choice([0, 0.5, 1, 2]))
        for column in COLUMNS[table]:
            if column == "person_id":
                continue
            # An item form would not do where no row of the column is partly known.
            if column in SETS and rng.random() < recipe.partial_sets:
                _split_set(rng, row, column, rate)
            elif rng.random() < rate:
                row[column] = None


def _split_set(rng: Random, row: Row, column: str, rate: float) -> None:
    known = row.pop(column)
    unknown_rate = rng.choice([0, rate, 2 * rate, 0.5])
    for item in SETS[column]:
        row[f"{column}.{item}"] = None if rng.random() < unknown_rate else item in known


def _leave_out_columns(rng: Random, recipe: Recipe, rows: list[Row]) -> None:
    columns = sorted({key for row in rows for key in row} - {"person_id"})
    for column in rng.sample(columns, min(recipe.missing_columns, len(columns))):
        for row in rows:
            row.pop(column, None)


# --- frames --------------------------------------------------------------------------------------


def to_frames(tables: Tables, library: str) -> dict[str, Any]:
    """Each table as a frame of `library`; a column that no row has is left out."""
    make = {"pandas": _pandas, "polars": _polars, "pyarrow": _pyarrow}[library]
    return {table: make(*_columns(table, rows)) for table, rows in tables.items()}


def _columns(table: str, rows: list[Row]) -> tuple[dict[str, list], dict[str, str]]:
    """Columns of cells, and their types; a set goes item by item as soon as one row does."""
    cells: dict[str, list] = {}
    types: dict[str, str] = {}
    keys = {key for row in rows for key in row}
    for column, kind in COLUMNS[table].items():
        dotted = [f"{column}.{item}" for item in SETS.get(column, [])]
        if any(name in keys for name in dotted):
            for item, name in zip(SETS[column], dotted, strict=True):
                cells[name] = [_item(row, column, item) for row in rows]
                types[name] = "truth"
        elif column in keys or not rows:
            cells[column] = [row.get(column) for row in rows]
            types[column] = kind
    return cells, types


def _item(row: Row, column: str, item: str) -> bool | None:
    if row.get(column) is not None:
        return item in row[column]
    return row.get(f"{column}.{item}")


def _pandas(cells: dict[str, list], types: dict[str, str]):
    import pandas as pd

    def series(values: list, kind: str):
        if kind == "date":
            return pd.Series(pd.to_datetime(pd.Series(values, dtype="object")))
        if kind == "number":
            return pd.Series([math.nan if v is None else v for v in values], dtype="float64")
        if kind == "truth":
            return pd.Series(values, dtype="boolean")
        if kind == "set":
            return pd.Series([None if v is None else sorted(v) for v in values], dtype="object")
        return pd.Series(values, dtype="str")

    return pd.DataFrame({name: series(values, types[name]) for name, values in cells.items()})


def _polars(cells: dict[str, list], types: dict[str, str]):
    import polars as pl

    dtypes = {
        "text": pl.String,
        "date": pl.Date,
        "number": pl.Float64,
        "truth": pl.Boolean,
        "set": pl.List(pl.String),
    }
    return pl.DataFrame(
        _plain(cells, types),
        schema={name: dtypes[kind] for name, kind in types.items()},
        strict=False,
    )


def _pyarrow(cells: dict[str, list], types: dict[str, str]):
    import pyarrow as pa

    dtypes = {
        "text": pa.string(),
        "date": pa.date32(),
        "number": pa.float64(),
        "truth": pa.bool_(),
        "set": pa.list_(pa.string()),
    }
    return pa.table(
        _plain(cells, types),
        schema=pa.schema([(name, dtypes[kind]) for name, kind in types.items()]),
    )


def _plain(cells: dict[str, list], types: dict[str, str]) -> dict[str, list]:
    def plain(value, kind: str):
        if value is None or kind not in ("set", "number"):
            return value
        return sorted(value) if kind == "set" else float(value)

    return {name: [plain(value, types[name]) for value in values] for name, values in cells.items()}


def spoilt(tables):
    """Arrow tables with bad cells of every kind, still in order if they were."""
    import pandas as pd
    import pyarrow as pa

    frames = {name: table.to_pandas() for name, table in tables.items()}
    engagements = frames["engagements"]
    engagements["position"] = engagements["position"].astype(object)
    engagements.loc[[3, 17, 40], "position"] = "maneger"
    engagements.loc[20, "computer_rooms"] = -1.0
    engagements.loc[25, "start"] = pd.Timestamp("2031-01-01").date()
    engagements.loc[25, "end"] = pd.Timestamp("2030-01-01").date()
    people = frames["people"]
    frames["people"] = pd.concat([people[:5], people[4:]], ignore_index=True)
    certifications = frames["certifications"]
    strangers = pd.DataFrame({"person_id": ["a stranger", None, "zz"], "examination": ["AP", "AP", "AP"]})
    frames["certifications"] = pd.concat([strangers[:2], certifications, strangers[2:]], ignore_index=True)
    schemas = {name: table.schema for name, table in tables.items()}
    return {n: pa.Table.from_pandas(f, schemas[n], preserve_index=False) for n, f in frames.items()}
