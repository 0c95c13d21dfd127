"""A large random population for benchmarks: typed polars columns, fixed seed.

Cells are drawn from the framework's own vocabularies, so that nothing here is tied to one standard.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import tassei

FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2026, 3, 31)


def population(
    framework: tassei.Framework, people: int, rows: dict[str, int], seed: int = 1, blank: float = 0.05,
    order: str = "shuffled",
) -> dict[str, Any]:
    """Frames of random evidence: `rows` a table, blanks at a rate; rows grouped by person or shuffled."""
    rng = np.random.default_rng(seed)
    ids = pl.Series("person_id", [f"P{i:08d}" for i in range(people)])
    frames: dict[str, Any] = {}
    for name, count in rows.items():
        table = framework.document.tables[name]
        persons = rng.integers(0, people, count)
        if order != "shuffled":
            persons.sort()
        frame: dict[str, Any] = {}
        span = (LAST_DAY - FIRST_DAY).days
        starts = rng.integers(0, span, count).astype("timedelta64[D]") + np.datetime64(FIRST_DAY)
        for column_id, column in table.columns.items():
            if column.role == "person":
                frame[column_id] = ids.gather(pl.Series(persons))
                continue
            if column.role in ("start", "date"):
                series = pl.Series(starts)
            elif column.role == "end":
                series = pl.Series(starts + rng.integers(30, 1500, count).astype("timedelta64[D]"))
            elif column.type == "number":
                series = pl.Series(rng.choice([0.0, 1, 2, 3, 5, 150, 400, 2500, 6000], count))
            elif column.type == "text":
                series = pl.Series(rng.integers(0, max(1, count // 2), count).astype(str))
            else:
                series = words(framework, column, count, rng)
            keep = 0 if column.role == "start" else blank
            if keep and column.type != "text":
                filled = pl.lit(pl.Series(rng.random(count) >= keep))
                series = pl.select(pl.when(filled).then(series)).to_series()
            frame[column_id] = series
        frames[name] = pl.DataFrame(frame)
    return frames


def words(framework: tassei.Framework, column: Any, count: int, rng: np.random.Generator) -> pl.Series:
    """Random words of a column, as Categorical; sets as texts."""
    vocabulary = list(framework.document.vocabularies[column.vocabulary].words)
    if column.type != "set":
        weights = np.arange(1.0, len(vocabulary) + 1)
        codes = rng.choice(len(vocabulary), count, p=weights / weights.sum())
        return pl.Series(vocabulary).gather(pl.Series(codes)).cast(pl.Categorical)
    cells = []
    for _ in range(500):
        size = int(rng.integers(0, min(6, len(vocabulary)) + 1))
        cells.append(";".join(rng.choice(vocabulary, size, replace=False)) or "none")
    return pl.Series(cells).gather(pl.Series(rng.integers(0, len(cells), count))).cast(pl.Categorical)


ERAS = {"令和": ("R", dt.date(2019, 5, 1)), "平成": ("H", dt.date(1989, 1, 8))}  # enough for FIRST_DAY


def written(framework: tassei.Framework, table: str, frame: pl.DataFrame, seed: int = 1) -> pl.DataFrame:
    """The frame as people in Japan fill in a sheet: labels, era dates, separators, full-width digits."""
    rng = np.random.default_rng(seed)
    declared = framework.document.tables[table]
    columns = {}
    for column_id, column in declared.columns.items():
        cells = frame[column_id]
        if column.type == "date":
            cells = era_dates(cells, rng, column.running)
        elif column.type == "number":
            cells = digits(cells, rng)
        elif column.type != "text":
            vocabulary = framework.document.vocabularies[column.vocabulary]
            labels = {word: entry.label["ja"] for word, entry in vocabulary.words.items()}
            if column.type == "set":
                mark = rng.choice(["、", ";"])
                labels |= {
                    text: mark.join(labels[word] for word in text.split(";")) if text != "none" else "なし"
                    for text in cells.cast(pl.String).drop_nulls().unique().to_list()
                }
            cells = cells.cast(pl.String).replace_strict(labels, return_dtype=pl.String)
        columns[column.label["ja"]] = cells
    return pl.DataFrame(columns)


def era_dates(days: pl.Series, rng: np.random.Generator, running: list[str]) -> pl.Series:
    """Dates in four forms: 2012-04-01, 2012/4/1, 平成24年4月1日, H24.4.1; a few ends as running words."""
    day = pl.col("day")
    year, month, date = day.dt.year(), day.dt.month(), day.dt.day()
    kanji, short = pl.lit(None, pl.String), pl.lit(None, pl.String)
    for name, (letter, first) in reversed(ERAS.items()):
        of_era = year - first.year + 1
        number = pl.when(of_era == 1).then(pl.lit("元")).otherwise(of_era.cast(pl.String))
        long = pl.format("{}{}年{}月{}日", pl.lit(name), number, month, date)
        kanji = pl.when(day >= first).then(long).otherwise(kanji)
        brief = pl.format("{}{}.{}.{}", pl.lit(letter), of_era, month, date)
        short = pl.when(day >= first).then(brief).otherwise(short)
    forms = [day.dt.to_string("%Y-%m-%d"), pl.format("{}/{}/{}", year, month, date), kanji, short]
    if running:
        forms.append(pl.when(day.is_not_null()).then(pl.lit(running[0])))
    shares = [0.2, 0.2, 0.3, 0.28, 0.02] if running else [0.2, 0.2, 0.3, 0.3]
    frame = pl.DataFrame({"day": days, "form": rng.choice(len(forms), len(days), p=shares)})
    chosen = pl.lit(None, pl.String)
    for i, form in enumerate(forms):
        chosen = pl.when(pl.col("form") == i).then(form).otherwise(chosen)
    return frame.select(chosen).to_series()


def digits(numbers: pl.Series, rng: np.random.Generator) -> pl.Series:
    """Numbers plain, with thousands separators, or in full-width digits; large ones of many values."""
    count = len(numbers)
    values = np.where(numbers.fill_null(0).to_numpy() >= 100, rng.integers(100, 20000, count), numbers)
    known = ~np.isnan(values)
    distinct, codes = np.unique(np.where(known, values, 0).astype(np.int64), return_inverse=True)
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    plain, grouped = [str(n) for n in distinct], [f"{n:,}" for n in distinct]
    places = codes + len(distinct) * rng.choice(3, count, p=[0.7, 0.2, 0.1])
    texts = pl.Series(plain + grouped + [text.translate(wide) for text in plain]).gather(pl.Series(places))
    return pl.select(pl.when(pl.lit(pl.Series(known))).then(texts)).to_series()
