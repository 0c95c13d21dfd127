"""The grammar of framework files, as data models.

Shapes only: whether a name that a file uses exists is checked where the names
meet, in :mod:`tassei.framework`. The JSON Schema in ``data/schema`` is generated
from these models.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Generic, Literal, TypeVar, Union

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

GRAMMAR_VERSION = 1

Id = Annotated[str, Field(pattern=r"^[^\s.]+$", max_length=120)]
Label = Annotated[dict[str, str], Field(description="text by language code", min_length=1)]
T = TypeVar("T")
_MOST = 1e12  # of weights and costs, so that sums of them stay numbers


class Node(BaseModel):
    """A mapping of the file; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Choose(Node, Generic[T]):
    """A value that a reading decides; without `choices`, the chosen word itself."""

    choose: Id = Field(description="the reading that decides")
    choices: dict[str, T] | None = Field(default=None, description="value by choice")


def _one_of(key: str) -> Discriminator:
    """Tags a union of mappings by the one distinguishing key that is present."""

    def tag(value: Any) -> str:
        has = value if isinstance(value, dict) else getattr(value, "__dict__", {})
        return key if key in has else "plain"

    return Discriminator(tag)


def _or_choose(plain: Any) -> Any:
    return Annotated[
        Union[Annotated[plain, Tag("plain")], Annotated[Choose[plain], Tag("choose")]],
        _one_of("choose"),
    ]


# --- conditions: true, false or unknown of one record -------------------------------------


class Always(Node):
    """True of every record (or false of every record)."""

    always: bool


class ColumnTest(Node):
    """A test of one column. Which keys fit depends on the column's type.

    ordinal: `is`, `in`, `at_least`, `at_most`; category: `is`, `in`;
    set: `items` with `need`; number: `at_least`, `at_most`, `more_than`, `less_than`.
    Words may be names of groups of the column's vocabulary.
    """

    column: Id
    is_: str | None = Field(default=None, alias="is")
    in_: str | list[str] | None = Field(default=None, alias="in", min_length=1)
    at_least: str | int | float | None = None
    at_most: str | int | float | None = None
    more_than: int | float | None = None
    less_than: int | float | None = None
    items: str | list[str] | None = Field(default=None, min_length=1)
    need: _or_choose(int | Literal["any", "all", "some"]) | None = Field(  # type: ignore[valid-type]
        default=None, description="how many of the items; `some`: as rules.some_of says"
    )


class ConditionRef(Node):
    """A named condition, at the sheet's level, a given level, or so many levels above or below.

    Above the highest and below the lowest level of the framework nothing holds.
    """

    condition: Id
    level: int | None = None
    above: Annotated[int, Field(ge=1)] | None = None
    below: Annotated[int, Field(ge=1)] | None = None


class AllOf(Node):
    all: list[Condition] = Field(min_length=1)


class AnyOf(Node):
    any: list[Condition] = Field(min_length=1)


class NoneOf(Node):
    not_: Condition = Field(alias="not")


class AtLeastOf(Node):
    at_least: Annotated[int, Field(ge=0)]
    of: list[Condition] = Field(min_length=1)


class ChooseCondition(Node):
    choose: Id
    choices: dict[str, Condition] = Field(min_length=1)


CONDITION_KEYS = {
    "choose": "a reading's choice", "always": "true or false", "column": "a test of a column",
    "condition": "a named condition", "all": "every part", "any": "some part",
    "not": "the opposite", "of": "at_least so many of",
}  # fmt: skip


def _key_tag(keys: dict[str, str]) -> Callable[[Any], str | None]:
    names = {"not_": "not", "some_of": "some_of"}

    def tag(value: Any) -> str | None:
        if isinstance(value, dict):
            return next((key for key in keys if key in value), None)
        fields = getattr(type(value), "model_fields", {})
        present = {names.get(name, name) for name in fields}
        return next((key for key in keys if key in present), None)

    return tag


def _keyed(keys: dict[str, str]) -> Discriminator:
    return Discriminator(
        _key_tag(keys),
        custom_error_type="no_such_form",
        custom_error_message="expected a mapping with one of the keys " + ", ".join(keys),
    )


Condition = Annotated[
    Union[
        Annotated[ChooseCondition, Tag("choose")],
        Annotated[Always, Tag("always")],
        Annotated[ColumnTest, Tag("column")],
        Annotated[ConditionRef, Tag("condition")],
        Annotated[AllOf, Tag("all")],
        Annotated[AnyOf, Tag("any")],
        Annotated[NoneOf, Tag("not")],
        Annotated[AtLeastOf, Tag("of")],
    ],
    _keyed(CONDITION_KEYS),
]


class NamedCondition(Node):
    """A condition with a name: one form (`when`), or one a level (`levels`)."""

    table: Id
    label: Label | None = None
    when: Condition | None = None
    levels: dict[int, Condition] | None = Field(default=None, min_length=1)


# --- criteria: met, unmet or unknown of one person -----------------------------------------


class Some(Node):
    """Some record satisfies the condition."""

    table: Id
    where: Condition


class Span(Node):
    """A length of time; a year has `rules.days_per_year` days."""

    years: int | float | None = Field(default=None, gt=0)
    days: int | None = Field(default=None, gt=0)


class Duration(Node):
    """Days covered by the records that satisfy the condition."""

    table: Id
    where: Condition
    at_least: _or_choose(Span)  # type: ignore[valid-type]
    overlap: _or_choose(Literal["union", "sum"]) = "union"  # type: ignore[valid-type]


class Longest(Node):
    """Days of the longest stretch that the records cover without a day between."""

    table: Id
    where: Condition
    at_least: _or_choose(Span)  # type: ignore[valid-type]


class Nested(Node):
    """So many of the counted records must also satisfy this condition."""

    where: Condition
    at_least: _or_choose(Annotated[int, Field(ge=1)])  # type: ignore[valid-type]


class Count(Node):
    """How many records satisfy the condition; rows with one identity count once."""

    table: Id
    where: Condition
    at_least: _or_choose(Annotated[int, Field(ge=1)])  # type: ignore[valid-type]
    of_which: list[Nested] = []
    unit: Id


class Distinct(Node):
    """How many different words of a category column the records have."""

    table: Id
    column: Id
    where: Condition
    at_least: _or_choose(Annotated[int, Field(ge=1)])  # type: ignore[valid-type]
    unit: Id


class SheetId(Node):
    specialty: Id
    level: int


class CriterionNode(Node):
    """What every form of criterion may carry."""

    label: Label | None = None
    page: str | None = None
    summary: Label | None = Field(default=None, description="what it asks, in our own words")


class SomeCriterion(CriterionNode):
    some: Some


class DurationCriterion(CriterionNode):
    duration: Duration


class LongestCriterion(CriterionNode):
    longest: Longest


class CountCriterion(CriterionNode):
    count: Count


class DistinctCriterion(CriterionNode):
    distinct: Distinct


QuantityCriterion = SomeCriterion | DurationCriterion | LongestCriterion | CountCriterion | DistinctCriterion


class AlwaysCriterion(CriterionNode):
    always: Literal[True]


class SheetCriterion(CriterionNode):
    sheet: SheetId


class AllCriterion(CriterionNode):
    all: list[Criterion] = Field(min_length=1)


class AnyCriterion(CriterionNode):
    any: list[Criterion] = Field(min_length=1)


class NotCriterion(CriterionNode):
    not_: Criterion = Field(alias="not")


class SomeOfCriterion(CriterionNode):
    """`some_of` a list without a number: as many as `rules.some_of` says."""

    some_of: list[Criterion] = Field(min_length=1)


class AtLeastCriterion(CriterionNode):
    at_least: Annotated[int, Field(ge=0)]
    of: list[Criterion] = Field(min_length=1)


class ChooseCriterion(CriterionNode):
    choose: Id
    choices: dict[str, Criterion] = Field(min_length=1)


CRITERION_KEYS = {
    "choose": "a reading's choice", "some": "some record", "duration": "united days",
    "longest": "days in one stretch", "count": "how many records", "distinct": "how many kinds",
    "always": "always met", "sheet": "another sheet is met", "all": "every part", "any": "some part",
    "not": "the opposite", "some_of": "some of", "of": "at_least so many of",
}  # fmt: skip

Criterion = Annotated[
    Union[
        Annotated[ChooseCriterion, Tag("choose")],
        Annotated[SomeCriterion, Tag("some")],
        Annotated[DurationCriterion, Tag("duration")],
        Annotated[LongestCriterion, Tag("longest")],
        Annotated[CountCriterion, Tag("count")],
        Annotated[DistinctCriterion, Tag("distinct")],
        Annotated[AlwaysCriterion, Tag("always")],
        Annotated[SheetCriterion, Tag("sheet")],
        Annotated[AllCriterion, Tag("all")],
        Annotated[AnyCriterion, Tag("any")],
        Annotated[NotCriterion, Tag("not")],
        Annotated[SomeOfCriterion, Tag("some_of")],
        Annotated[AtLeastCriterion, Tag("of")],
    ],
    _keyed(CRITERION_KEYS),
]


# --- vocabularies and tables ------------------------------------------------------------


class Word(Node):
    label: Label
    aliases: list[str] = []
    printed: str | None = Field(default=None, description="as printed, where it differs")
    page: str | None = None


class Vocabulary(Node):
    """Words in rising order (the order matters for ordinal columns)."""

    label: Label
    words: dict[Id, Word] = Field(min_length=1)
    groups: dict[Id, list[str]] = {}
    empty: list[str] = Field(default=[], description="words for the known empty set")


class Column(Node):
    type: Literal["text", "date", "ordinal", "category", "set", "number"]
    label: Label
    aliases: list[str] = []
    vocabulary: Id | None = None
    role: Literal["person", "identity", "start", "end", "date", "verification"] | None = None
    running: list[str] = Field(default=[], description="words of an end date that mean still running")
    unit: str | None = None
    about: Label | None = None


class Table(Node):
    """An evidence table; one with `unique` has one row a person and keeps other columns."""

    label: Label
    record: Label = Field(description="what one row is called")
    columns: dict[Id, Column] = Field(min_length=1)
    aliases: list[str] = []
    unique: bool = False

    @property
    def person(self) -> str:
        """The column that says whose a row is."""
        return next(name for name, column in self.columns.items() if column.role == "person")


# --- readings, rules, sheets ----------------------------------------------------------------


class ReadingChoice(Node):
    label: Label


class Reading(Node):
    """An interpretation by name: one of `choices`, or a whole number (`number: true`) or none."""

    label: Label
    about: Label | None = None
    choices: dict[str, ReadingChoice] = {}
    number: bool = False
    default: str


class Rules(Node):
    """Framework-wide rules."""

    days_per_year: Annotated[int, Field(ge=1, le=1000)] = 365
    some_of: _or_choose(Annotated[int, Field(ge=1, le=1000)]) = 1  # type: ignore[valid-type]
    cumulative: _or_choose(bool) = False  # type: ignore[valid-type]
    deeming: _or_choose(bool) = True  # type: ignore[valid-type]
    recency_years: Choose[int] | None = None


class Specialty(Node):
    label: Label
    grade: Id | None = Field(default=None, description="the condition that grades a record by level")


class Level(Node):
    label: Label


class Named(Node):
    label: Label


class CriterionName(Node):
    label: Label
    group: Id | None = None
    weight: Annotated[float, Field(ge=0, le=_MOST)] = 1.0


class SheetCondition(Node):
    """A condition for this sheet alone."""

    table: Id
    label: Label | None = None
    when: Condition


class Sheet(Node):
    specialty: Id
    level: int
    page: str | None = None
    conditions: dict[Id, SheetCondition] = {}
    criteria: dict[Id, Criterion] = Field(min_length=1)
    weights: dict[Id, Annotated[float, Field(ge=0, le=_MOST)]] = {}


class Deeming(Node):
    """Evidence that stands for whole sheets."""

    label: Label
    page: str | None = None
    when: Criterion
    sheets: list[SheetId] = Field(min_length=1)


class Cost(Node):
    """What additions to a person's evidence cost, in one unit for the whole file.

    `per: record`: each new record of a table, or each that has a word (`column` with `is` or `in`).
    `per: day`: each new day of a table with periods. `per: item`: each item of a set column, or
    each of those that `is` or `in` names. Costs that meet add up; what none names costs 1 a
    record, 1 a day, nothing an item.
    """

    label: Label
    table: Id
    column: Id | None = None
    is_: str | None = Field(default=None, alias="is")
    in_: str | list[str] | None = Field(default=None, alias="in", min_length=1)
    per: Literal["record", "day", "item"]
    cost: Annotated[int | float, Field(ge=0, le=_MOST)]


class Source(Node):
    title: Label
    publisher: Label
    edition: str
    rights: str
    note: Label | None = None


class English(Node):
    """Which English terms the standard's owner uses; all others are working terms."""

    official: list[str]
    note: str


class Document(Node):
    """A framework file."""

    grammar: Literal[1]
    id: Id
    version: str
    title: Label
    about: Label | None = None
    source: Source | None = None
    english: English | None = None
    job_category: dict[Id, Named] = {}
    levels: dict[int, Level] = Field(min_length=1)
    specialties: dict[Id, Specialty] = Field(min_length=1)
    groups: dict[Id, Named] = {}
    criteria: dict[Id, CriterionName] = Field(min_length=1)
    units: dict[Id, Named] = {}
    vocabularies: dict[Id, Vocabulary] = {}
    tables: dict[Id, Table] = Field(min_length=1)
    readings: dict[Id, Reading] = {}
    rules: Rules = Rules()
    conditions: dict[Id, NamedCondition] = {}
    sheets: list[Sheet] = Field(min_length=1)
    deeming: list[Deeming] = []
    costs: dict[Id, Cost] = {}


Document.model_rebuild()
