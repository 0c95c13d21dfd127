"""The form of an assumptions file: what a sample workforce is drawn from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError

from .framework import data_folders

__all__ = ["Assumptions", "load_assumptions", "workforce_folder"]


class Node(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Weights = Annotated[dict[str, Annotated[float, Field(ge=0)]], Field(min_length=1)]
Quantiles = Annotated[
    list[float],
    Field(min_length=1, description="values at equally spaced probabilities from 0 to 1"),
]
Chance = Annotated[float, Field(ge=0, le=1)]


class Words(Node):
    """One word by weight."""

    words: Weights


class Items(Node):
    """Several items without repetition: so many as `size` says, those in `always` first."""

    items: Weights
    size: dict[int, Annotated[float, Field(ge=0)]] = Field(min_length=1)
    always: list[str] = []
    empty: str = Field(description="the word for no item at all")
    separator: str = ";"


class Number(Node):
    number: Quantiles
    digits: int = 0


class Blank(Node):
    """Not recorded for these rows."""

    blank: Literal[True]


class By(Node):
    """Another draw for each track or stage."""

    by: Literal["track", "stage"]
    cases: dict[str, Draw] = Field(min_length=1)
    otherwise: Draw | None = None


def _form(value: Any) -> str:
    keys = value if isinstance(value, dict) else type(value).model_fields
    return next((key for key in ("words", "items", "number", "blank") if key in keys), "by")


Draw = Annotated[
    Annotated[Words, Tag("words")]
    | Annotated[Items, Tag("items")]
    | Annotated[Number, Tag("number")]
    | Annotated[Blank, Tag("blank")]
    | Annotated[By, Tag("by")],
    Discriminator(_form),
]


class Stage(Node):
    share: Annotated[float, Field(ge=0)] = Field(description="of people whose last stage it is")
    years: Quantiles = Field(description="spent in it before the next one")
    last_years: Quantiles = Field(description="spent in it so far, when it is the last one")


class Track(Node):
    share: Annotated[float, Field(ge=0)]


class GroupRow(Node):
    texts: list[str] = Field(alias="values")
    weight: float = 1.0
    tracks: dict[str, float] = {}
    stages: dict[str, float] = {}


class Group(Node):
    """Columns that are filled together, one row of values a person."""

    columns: list[str] = Field(min_length=1)
    rows: list[GroupRow] = Field(min_length=1)


class People(Node):
    table: str
    key: str
    key_format: str
    started: str = Field(description="column of the month in which the career started")
    groups: list[Group] = []


class SecondTrack(Node):
    chance: Chance
    rows: Chance = Field(description="share of such a person's career on the second track")


class Side(Node):
    chance: Chance
    years: Quantiles


class Identity(Node):
    column: str
    format: str
    crew: int = Field(ge=1, description="rows that share one identity")


class Careers(Node):
    """One row a piece of work: one after the other, with gaps, overlaps and side work."""

    table: str
    start: str
    end: str
    identity: Identity
    years: Quantiles
    gap_days: Quantiles
    side: Side
    split: Chance = Field(description="share of rows that are written down as two")
    running: Chance = Field(description="share of unfinished rows without an end")
    columns: dict[str, Draw]


class Bundle(Node):
    """Records that belong to a stage: of everybody who has reached it, dated within it."""

    stages: list[str]
    tracks: list[str] | None = None
    last: bool = Field(default=False, description="only where it is the last stage")
    second_track: bool = Field(default=False, description="also for people's second tracks")
    count: dict[int, Annotated[float, Field(ge=0)]] = Field(min_length=1)
    distinct: str | None = Field(default=None, description="column whose words do not repeat")
    columns: dict[str, Draw]


class Events(Node):
    """One row a dated fact."""

    table: str
    date: str
    columns: list[str]
    bundles: list[Bundle]


class Blanks(Node):
    per_year: float = Field(description="growth of the rate for each year of a record's age")
    people: Quantiles = Field(description="factor by person: some records are kept worse")
    tables: dict[str, dict[str, Chance]]


class Assumptions(Node):
    """An assumptions file."""

    about: str
    sources: list[str] = []
    as_of: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
    longest_career_years: float
    stages: dict[str, Stage] = Field(min_length=1)
    tracks: dict[str, Track] = Field(min_length=1)
    second_track: SecondTrack
    people: People
    careers: Careers
    events: list[Events] = []
    blanks: Blanks


By.model_rebuild()
Careers.model_rebuild()
Bundle.model_rebuild()


# --- where the files are --------------------------------------------------------------------


def workforce_folder() -> Path:
    """The folder of the sample workforce that comes with the package.

    Returns
    -------
    Path
        Folder with ``assumptions.yaml`` and one CSV file a table.

    Raises
    ------
    FileNotFoundError
        If the installation is incomplete.

    Examples
    --------
    >>> (workforce_folder() / "assumptions.yaml").exists()
    True
    """
    for folder in data_folders("workforce"):
        if (folder / "assumptions.yaml").is_file():
            return folder
    raise FileNotFoundError("the sample workforce is missing from this installation of tassei")


def load_assumptions(source: str | Path | Mapping[str, Any] | None = None) -> Assumptions:
    """Read and check an assumptions file.

    Parameters
    ----------
    source
        A YAML file, the same as a mapping, or None for the one that comes with the package.

    Returns
    -------
    Assumptions

    Raises
    ------
    ValueError
        If the file is not YAML or does not have the form of an assumptions file; all faults
        are named at once.

    Examples
    --------
    >>> load_assumptions().as_of
    '2026-06-30'
    """
    if isinstance(source, Mapping):
        name, content = "assumptions", dict(source)
    else:
        path = Path(source) if source is not None else workforce_folder() / "assumptions.yaml"
        name = path.name
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
        except yaml.YAMLError as error:
            raise ValueError(f"{name} is not YAML: {error}") from error
    try:
        assumptions = Assumptions.model_validate(content)
    except ValidationError as error:
        faults = [
            f"  {'.'.join(map(str, fault['loc'])) or '(top)'}: {fault['msg']}"
            for fault in error.errors()
        ]
        raise ValueError(f"{name} is no assumptions file:\n" + "\n".join(faults)) from error
    _check_names(name, assumptions)
    return assumptions


def _check_names(name: str, assumptions: Assumptions) -> None:
    """Every stage, track and column that the file mentions has to exist."""
    known = {"stage": list(assumptions.stages), "track": list(assumptions.tracks)}
    faults: list[str] = []

    def check(what: str, names: Iterable[str], where: str) -> None:
        faults.extend(
            f"  {where}: no {what} {found!r}; there are {', '.join(known[what])}"
            for found in names
            if found not in known[what]
        )

    def check_draw(draw: Any, where: str, stages: Iterable[str], tracks: Iterable[str]) -> None:
        if not isinstance(draw, By):
            return
        check(draw.by, draw.cases, where)
        needed = stages if draw.by == "stage" else tracks
        missing = [key for key in needed if key not in draw.cases]
        if missing and draw.otherwise is None:
            faults.append(f"  {where}: no case for {', '.join(missing)}, and no otherwise")
        for key, case in draw.cases.items():
            check_draw(case, f"{where}.{key}", stages, tracks)
        check_draw(draw.otherwise, f"{where}.otherwise", stages, tracks)

    for group in assumptions.people.groups:
        where = f"people.groups ({', '.join(group.columns)})"
        for row in group.rows:
            check("stage", row.stages, where)
            check("track", row.tracks, where)
            if len(row.texts) != len(group.columns):
                faults.append(f"  {where}: {row.texts} does not fit the columns")
    for column, draw in assumptions.careers.columns.items():
        check_draw(draw, f"careers.columns.{column}", known["stage"], known["track"])
    for events in assumptions.events:
        for number, bundle in enumerate(events.bundles):
            where = f"events.{events.table}.bundles.{number}"
            check("stage", bundle.stages, where)
            check("track", bundle.tracks or [], where)
            if bundle.distinct and not isinstance(bundle.columns.get(bundle.distinct), Words):
                faults.append(f"  {where}: the distinct column needs words")
            for column, draw in bundle.columns.items():
                tracks = bundle.tracks or known["track"]
                check_draw(draw, f"{where}.columns.{column}", bundle.stages, tracks)
                if column not in events.columns:
                    faults.append(f"  {where}: {column!r} is not among the table's columns")
    if faults:
        raise ValueError(f"{name} names what it does not have:\n" + "\n".join(faults))
