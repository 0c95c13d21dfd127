"""A sample workforce, drawn from assumptions that are written down.

The generator knows stages, tracks, careers and events, and nothing of any skill standard:
every table, column and word comes from the assumptions file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .arguments import whole_number
from .assumptions import (
    Assumptions,
    Blanks,
    By,
    Careers,
    Events,
    Items,
    Number,
    People,
    Words,
    load_assumptions,
)

__all__ = ["synthesize", "write_table"]

DAYS_PER_YEAR = 365.25
EPOCH = np.datetime64("1970-01-01", "D")

# Only Generator.random is used, and everything else is derived from it: numpy promises no
# stable streams for its distributions, and the sample in the repository has to stay the same.


# --- drawing ------------------------------------------------------------------------------------


def _quantile(values: list[float], u: np.ndarray) -> np.ndarray:
    return np.asarray(np.interp(u, np.linspace(0, 1, len(values)), values))


def _pick(weights: Iterable[float], u: np.ndarray) -> np.ndarray:
    """Index of the weight in whose share of [0, 1) each u falls."""
    edges = np.cumsum(np.asarray(list(weights), dtype=float))
    return np.minimum(np.searchsorted(edges / edges[-1], u, side="right"), len(edges) - 1)


def _spread(shares: Iterable[float], n: int, rng: np.random.Generator) -> np.ndarray:
    """Indices in the proportions of the shares, as exactly as n allows, in random order."""
    u = (np.arange(n) + rng.random(n)) / max(n, 1)
    return _pick(shares, u[np.argsort(rng.random(n), kind="stable")])


def _first_by_weight(shares: Iterable[float], k: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Rows × items, True for k different items of each row, the heavier the likelier."""
    weights = np.asarray(list(shares), dtype=float)
    keys = rng.random((len(k), len(weights))) ** (1 / np.maximum(weights, 1e-12))
    order = np.argsort(-keys, axis=1, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(len(weights))[None, :], axis=1)
    return rank < k[:, None]


class _Texts:
    """A column of texts as codes into its distinct texts; -1 is blank."""

    def __init__(self, n: int) -> None:
        self.codes = np.full(n, -1, dtype=np.int32)
        self.texts: dict[str, int] = {}

    def put(self, rows: np.ndarray | slice, codes: np.ndarray, texts: list[str]) -> None:
        own = np.array([self.texts.setdefault(t, len(self.texts)) for t in texts], dtype=np.int32)
        self.codes[rows] = own[codes]

    def take(self, rows: np.ndarray) -> _Texts:
        taken = _Texts(0)
        taken.codes, taken.texts = self.codes[rows], self.texts
        return taken

    def blank(self, rows: np.ndarray) -> None:
        self.codes[rows] = -1

    def series(self) -> pd.Series:
        texts = np.array([*self.texts, None], dtype=object)  # the last is for -1
        return pd.Series(texts[self.codes], dtype="str")


class _Numbers:
    """A column of numbers; NaN is blank."""

    def __init__(self, n: int) -> None:
        self.numbers = np.full(n, np.nan)
        self.digits = 0

    def take(self, rows: np.ndarray) -> _Numbers:
        taken = _Numbers(0)
        taken.numbers, taken.digits = self.numbers[rows], self.digits
        return taken

    def blank(self, rows: np.ndarray) -> None:
        self.numbers[rows] = np.nan

    def series(self) -> pd.Series:
        values = pd.Series(self.numbers)
        return values.astype("Int64") if self.digits <= 0 else values


class _Dates:
    """A column of days since the epoch; NaT is blank."""

    def __init__(self, days: np.ndarray) -> None:
        self.dates = EPOCH + days.astype("timedelta64[D]")

    def take(self, rows: np.ndarray) -> _Dates:
        taken = _Dates(np.empty(0))
        taken.dates = self.dates[rows]
        return taken

    def blank(self, rows: np.ndarray) -> None:
        self.dates[rows] = np.datetime64("NaT")

    def series(self) -> pd.Series:
        return pd.Series(self.dates.astype("datetime64[s]"))


def _leaves(
    draw: Any, rows: np.ndarray, place: dict[str, np.ndarray], names: dict[str, list[str]]
) -> Iterator[tuple[Any, np.ndarray]]:
    """(leaf, rows) for every leaf of a draw and the rows that it is for."""
    if not isinstance(draw, By):
        yield draw, rows
        return
    where = place[draw.by][rows]
    for code, name in enumerate(names[draw.by]):
        case = draw.cases.get(name, draw.otherwise)
        own = rows[where == code]
        if case is not None and len(own):
            yield from _leaves(case, own, place, names)


def _draw_column(
    draw: Any, n: int, place: dict[str, np.ndarray], names: dict[str, list[str]], rng: np.random.Generator
) -> Any:
    column: Any = None  # of texts or numbers, by the first leaf
    for leaf, rows in _leaves(draw, np.arange(n), place, names):
        if isinstance(leaf, Number):
            column = column or _Numbers(n)
            column.digits = max(column.digits, leaf.digits)
            values = _quantile(leaf.number, rng.random(len(rows)))
            column.numbers[rows] = np.round(values, leaf.digits)
        elif isinstance(leaf, Words):
            column = column or _Texts(n)
            column.put(rows, _pick(leaf.words.values(), rng.random(len(rows))), list(leaf.words))
        elif isinstance(leaf, Items):
            column = column or _Texts(n)
            column.put(rows, *_draw_items(leaf, len(rows), rng))
    return column or _Texts(n)


def _draw_items(leaf: Items, n: int, rng: np.random.Generator) -> tuple[np.ndarray, list[str]]:
    sizes = np.array(list(leaf.size))[_pick(leaf.size.values(), rng.random(n))]
    chosen = _first_by_weight(leaf.items.values(), sizes, rng)
    bits, codes = np.unique(chosen @ (1 << np.arange(len(leaf.items))), return_inverse=True)
    names = list(leaf.items)
    texts = []
    for bit in bits.tolist():
        found = leaf.always + [name for i, name in enumerate(names) if bit >> i & 1]
        texts.append(leaf.separator.join(dict.fromkeys(found)) or leaf.empty)
    return codes, texts


# --- people, careers, events -------------------------------------------------------------------


class _Population:
    """Everybody's track, stages and the days on which the stages began."""

    def __init__(self, n: int, assumptions: Assumptions, rng: np.random.Generator) -> None:
        stages = list(assumptions.stages.values())
        self.n = n
        self.names = {"stage": list(assumptions.stages), "track": list(assumptions.tracks)}
        self.as_of = int((np.datetime64(assumptions.as_of, "D") - EPOCH).astype(int))

        stage_shares = np.array([stage.share for stage in stages])
        track_shares = np.array([track.share for track in assumptions.tracks.values()])
        joint = np.outer(stage_shares, track_shares).ravel()
        self.stage, self.track = np.divmod(_spread(joint, n, rng), len(track_shares))

        others = np.tile(track_shares, (n, 1))
        others[np.arange(n), self.track] = 0
        edges = np.cumsum(others, axis=1)
        other = (rng.random(n)[:, None] * edges[:, -1:] >= edges).sum(axis=1)
        has_other = (rng.random(n) < assumptions.second_track.chance) & (edges[:, -1] > 0)
        self.second_track = np.where(has_other, np.minimum(other, len(track_shares) - 1), -1)

        years = np.zeros((n, len(stages)))
        for number, stage in enumerate(stages):
            u = rng.random(n)
            passed = np.where(self.stage > number, _quantile(stage.years, u), 0)
            years[:, number] = np.where(
                self.stage == number, _quantile(stage.last_years, u), passed
            )
        longest = assumptions.longest_career_years
        years *= np.minimum(1, longest / np.maximum(years.sum(axis=1), 1e-9))[:, None]
        days = np.round(years * DAYS_PER_YEAR).astype(np.int64)
        self.career_start = self.as_of - days.sum(axis=1)
        self.stage_start = self.career_start[:, None] + np.cumsum(days, axis=1) - days
        self.stage_end = self.stage_start + days

        self.blank_factor = _quantile(assumptions.blanks.people, rng.random(n))
        self.keys = np.array(
            [assumptions.people.key_format.format(i + 1) for i in range(n)], dtype=object
        )

    def stage_at(self, person: np.ndarray, day: np.ndarray) -> np.ndarray:
        reached = (self.stage_start[person] <= day[:, None]).sum(axis=1) - 1
        return np.asarray(np.clip(reached, 0, self.stage[person]))


def _people(population: _Population, people: People, rng: np.random.Generator) -> pd.DataFrame:
    frame = {people.key: pd.Series(population.keys, dtype="str")}
    for group in people.groups:
        weights = np.empty((population.n, len(group.rows)))
        for number, row in enumerate(group.rows):
            stage = [row.stages.get(name, 1.0) for name in population.names["stage"]]
            track = [row.tracks.get(name, 1.0) for name in population.names["track"]]
            weights[:, number] = (
                row.weight * np.array(stage)[population.stage] * np.array(track)[population.track]
            )
        edges = np.cumsum(weights, axis=1)
        u = rng.random(population.n)[:, None] * edges[:, -1:]
        code = np.minimum((u >= edges).sum(axis=1), len(group.rows) - 1)
        for position, column in enumerate(group.columns):
            texts = _Texts(population.n)
            texts.put(slice(None), code, [row.texts[position] for row in group.rows])
            frame[column] = texts.series()
    months = (EPOCH + population.career_start.astype("timedelta64[D]")).astype("datetime64[M]")
    frame[people.started] = pd.Series(np.datetime_as_string(months), dtype="str")
    return pd.DataFrame(frame)


def _career_rows(
    population: _Population, careers: Careers, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """person, first day, last day and whether it is side work."""
    shortest = max(_quantile(careers.years, np.array([0.25]))[0] * DAYS_PER_YEAR, 30.0)
    longest = (population.as_of - population.career_start).max(initial=0)
    slots = int(longest / shortest) + 2
    shape = (population.n, slots)
    length = np.maximum(_quantile(careers.years, rng.random(shape)) * DAYS_PER_YEAR, 1)
    gap = _quantile(careers.gap_days, rng.random(shape))
    gap[:, 0] = 0
    step = np.maximum(length + gap, 1)  # from one start to the next
    start = population.career_start[:, None] + np.cumsum(step, axis=1) - step + gap
    start = np.maximum(np.floor(start), population.career_start[:, None]).astype(np.int64)
    end = start + np.ceil(length).astype(np.int64) - 1
    person, slot = np.nonzero(start <= population.as_of)
    start, end = start[person, slot], end[person, slot]

    chosen = np.flatnonzero(rng.random(len(person)) < careers.side.chance)
    begun = np.minimum(end[chosen], population.as_of) - start[chosen]
    side_start = start[chosen] + np.floor(rng.random(len(chosen)) * (begun + 1)).astype(np.int64)
    side_length = _quantile(careers.side.years, rng.random(len(chosen))) * DAYS_PER_YEAR
    side_end = side_start + np.maximum(np.ceil(side_length), 1).astype(np.int64) - 1
    return (
        np.concatenate([person, person[chosen]]),
        np.concatenate([start, side_start]),
        np.concatenate([end, side_end]),
    )


def _crews(track: np.ndarray, start: np.ndarray, crew: int, rng: np.random.Generator) -> np.ndarray:
    """Numbers of pieces of work: rows of one track that begin together share one."""
    order = np.lexsort((rng.random(len(start)), track, start // 182))
    group = (start // 182)[order] * (track.max(initial=0) + 1) + track[order]
    first = np.r_[True, group[1:] != group[:-1]][: len(group)]
    position = np.arange(len(group)) - np.maximum.accumulate(
        np.where(first, np.arange(len(group)), 0)
    )
    number = np.empty(len(start), dtype=np.int64)
    number[order] = np.cumsum(position % crew == 0)
    return number


def _careers(
    population: _Population, assumptions: Assumptions, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
    careers = assumptions.careers
    person, start, end = _career_rows(population, careers, rng)
    n = len(person)
    second = population.second_track[person]
    elsewhere = (second >= 0) & (rng.random(n) < assumptions.second_track.rows)
    track = np.where(elsewhere, second, population.track[person])
    place = {"track": track, "stage": population.stage_at(person, start)}
    columns = {
        name: _draw_column(draw, n, place, population.names, rng)
        for name, draw in careers.columns.items()
    }
    number = _crews(track, start, careers.identity.crew, rng)

    long = (np.minimum(end, population.as_of) - start) > 60
    split = np.flatnonzero((rng.random(n) < careers.split) & long)
    share = 0.3 + 0.4 * rng.random(len(split))
    cut = start[split] + (share * (np.minimum(end, population.as_of) - start)[split]).astype(int)
    rows = np.concatenate([np.arange(n), split])
    all_start, all_end = start[rows], end[rows]
    all_end[split] = cut - 1
    all_start[n:] = cut

    order = np.lexsort((rows, all_start, person[rows]))
    rows, all_start, all_end = rows[order], all_start[order], all_end[order]
    unfinished = all_end > population.as_of
    ends = _Dates(all_end)
    ends.blank(unfinished & (rng.random(len(rows)) < careers.running))
    numbers, codes = np.unique(number[rows], return_inverse=True)
    identity = _Texts(len(rows))
    identity.put(
        slice(None), codes, [careers.identity.format.format(i + 1) for i in range(len(numbers))]
    )
    table = {careers.identity.column: identity, careers.start: _Dates(all_start), careers.end: ends}
    table |= {name: column.take(rows) for name, column in columns.items()}
    return person[rows], all_start, table


def _events(
    population: _Population, events: Events, assumptions: Assumptions, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
    persons, days, parts = [], [], []
    for bundle in events.bundles:
        stages = [population.names["stage"].index(name) for name in bundle.stages]
        wanted = bundle.tracks or population.names["track"]
        tracks = [population.names["track"].index(name) for name in wanted]
        for stage in stages:
            reached = population.stage == stage if bundle.last else population.stage >= stage
            for second in [False, True] if bundle.second_track else [False]:
                track = population.second_track if second else population.track
                who = np.flatnonzero(reached & np.isin(track, tracks))
                if second:
                    who = who[rng.random(len(who)) < assumptions.second_track.rows]
                counts = np.array(list(bundle.count))[
                    _pick(bundle.count.values(), rng.random(len(who)))
                ]
                person, part = _bundle_rows(
                    population, bundle, stage, track, who, counts, events, rng
                )
                first = population.stage_start[person, stage]
                length = np.maximum(population.stage_end[person, stage] - first, 1)
                persons.append(person)
                days.append(first + np.floor(rng.random(len(person)) * length).astype(np.int64))
                parts.append(part)
    person, day = np.concatenate(persons), np.concatenate(days)
    order = np.lexsort((day, person))
    table: dict[str, Any] = {}
    for name in events.columns:
        if name == events.date:
            table[name] = _Dates(day[order])
            continue
        joined = _Texts(len(person))
        at = 0
        for part in parts:
            column = part[name]
            known = np.flatnonzero(column.codes >= 0)
            joined.put(at + known, column.codes[known], list(column.texts))
            at += len(column.codes)
        table[name] = joined.take(order)
    return person[order], day[order], table


def _bundle_rows(
    population: _Population, bundle: Any, stage: int, track: np.ndarray, who: np.ndarray, counts: np.ndarray,
    events: Events, rng: np.random.Generator,
) -> tuple[np.ndarray, dict[str, Any]]:  # fmt: skip
    if bundle.distinct:
        words = bundle.columns[bundle.distinct].words
        at, word = np.nonzero(_first_by_weight(words.values(), counts, rng))
        person = who[at]
    else:
        person = np.repeat(who, counts)
    n = len(person)
    place = {"track": track[person], "stage": np.full(n, stage)}
    part = {}
    for name in events.columns:
        part[name] = _Texts(n)
        if name == bundle.distinct:
            part[name].put(slice(None), word, list(words))
        elif name in bundle.columns:
            part[name] = _draw_column(bundle.columns[name], n, place, population.names, rng)
    return person, part


def _blank(
    table: dict[str, Any], rates: Mapping[str, float], person: np.ndarray, day: np.ndarray,
    population: _Population, blanks: Blanks, rng: np.random.Generator,
) -> None:  # fmt: skip
    age = (population.as_of - day) / DAYS_PER_YEAR
    factor = (1 + blanks.per_year * age) * population.blank_factor[person]
    for name, rate in rates.items():
        hit = rng.random(len(person)) < rate * factor
        if name in table:
            table[name].blank(hit)


def synthesize(
    people: int = 2000,
    seed: int = 2011,
    assumptions: str | Path | Mapping[str, Any] | None = None,
) -> dict[str, pd.DataFrame]:
    """Draw a workforce with dated careers, contributions and examinations.

    Parameters
    ----------
    people
        How many people.
    seed
        The same seed gives the same workforce, whatever the machine.
    assumptions
        An assumptions file, the same as a mapping, or None for the one that comes with the
        package. All tables, columns, words, shares and rates stand there, with their sources.

    Returns
    -------
    dict of str to pandas.DataFrame
        One frame a table, with the columns that :func:`tassei.read_evidence` expects. Dates are
        ``datetime64[s]``, numbers ``Int64`` or ``float64``, everything else text; blanks are
        missing values.

    Raises
    ------
    AssessError
        If `people` or `seed` is no whole number from 0 on.
    ValueError
        If the assumptions are not well-formed.

    Examples
    --------
    >>> tables = synthesize(people=50, seed=1)
    >>> len(tables["people"])
    50
    """
    people, seed = whole_number("people", people, most=None), whole_number("seed", seed, most=None)
    book = load_assumptions(assumptions)
    rng = np.random.default_rng(seed)
    population = _Population(people, book, rng)
    frames = {book.people.table: _people(population, book.people, rng)}
    drawn = {book.careers.table: _careers(population, book, rng)}
    drawn |= {events.table: _events(population, events, book, rng) for events in book.events}
    for name, (person, day, table) in drawn.items():
        rates = book.blanks.tables.get(name, {})
        _blank(table, rates, person, day, population, book.blanks, rng)
        frame = {book.people.key: pd.Series(population.keys[person], dtype="str")}
        frames[name] = pd.DataFrame(
            frame | {column: values.series() for column, values in table.items()}
        )
    return frames


def write_table(frame: pd.DataFrame, target: str | Path) -> None:
    """Write one table as CSV, in the form in which the sample workforce is kept: UTF-8, no byte order mark.

    Parameters
    ----------
    frame
        One table of :func:`synthesize`.
    target
        The file.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_table(synthesize(people=3)["people"], folder + "/people.csv")
    """
    frame.to_csv(target, index=False, date_format="%Y-%m-%d", lineterminator="\n")
