"""The twelve sheets of ITSS V3 2011 Customer Service, decided the slow and obvious way.

It shares nothing with the package: the standard stands below as Python literals, a truth is True,
False or None (unknown), and a period is a set of days. The package must agree with it.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field
from typing import Any

# --- words -------------------------------------------------------------------------------------

POSITIONS = ["member", "team_leader", "manager"]
SERVICES = [
    "hardware_service",
    "software_service",
    "facility_management_service",
    "customer_service",
]
ACTIVITIES = [
    "hardware_installation",
    "fault_repair",
    "hardware_preventive_maintenance",
    "software_installation_delivery",
    "first_second_line_support",
    "software_preventive_maintenance",
    "service_design",
    "customer_service_management",
    "fm_marketing",
    "fm_design",
    "fm_construction_management",
    "fm_construction",
    "fm_maintenance",
]
OUTCOMES = ["not_completed", "participated", "carried_out", "succeeded"]
SYSTEM_COMPLEXITY = [
    "cross_platform",
    "multi_vendor",
    "advanced_technology",
    "mission_critical",
    "continuous_operation",
    "nationwide",
]
FACILITY_COMPLEXITY = [
    "fm_mission_critical",
    "fm_continuous_operation",
    "fm_many_sites",
    "fm_disaster_crime_prevention",
]
COMPLEXITY = SYSTEM_COMPLEXITY + FACILITY_COMPLEXITY
CUSTOMER_SCOPES = [
    "specific_customer",
    "part_of_region_or_industry",
    "whole_region_or_industry",
    "nationwide_or_overseas",
]
FACILITY_SCOPES = ["partial", "whole"]
VERIFICATIONS = ["self", "supervisor", "document", "third_party"]
KINDS = ["expertise", "succession", "mentoring"]
STANDINGS = [
    "practises_independently",
    "guides_juniors",
    "contributes_in_company",
    "contributes_to_industry",
]
ACHIEVEMENTS = [
    "community_activity",
    "book",
    "external_paper",
    "internal_paper",
    "external_lecture",
    "internal_lecture",
    "patent_application",
]
DOMAINS = [
    "hardware_service",
    "software_service",
    "facility_management",
    "customer_service_management",
]
SCALES = {
    "position": POSITIONS,
    "outcome": OUTCOMES,
    "customer_scope": CUSTOMER_SCOPES,
    "facility_scope": FACILITY_SCOPES,
    "verification": VERIFICATIONS,
    "standing": STANDINGS,
}

# --- the twelve sheets -------------------------------------------------------------------------

SPECIALTIES = ["hardware", "software", "facility_management"]
LEVELS = [3, 4, 5, 6]
CRITERIA = ["responsibility", "complexity", "size", "expertise", "succession", "mentoring"]
YEAR = 365

MANAGEMENT = ["customer_service_management"]
HARDWARE_WORK = [
    "hardware_installation",
    "fault_repair",
    "hardware_preventive_maintenance",
    "customer_service_management",
]
SOFTWARE_WORK = [
    "software_installation_delivery",
    "first_second_line_support",
    "software_preventive_maintenance",
    "customer_service_management",
]
FACILITY_WORK = [
    "fm_marketing",
    "fm_design",
    "fm_construction_management",
    "fm_construction",
    "fm_maintenance",
]

HARDWARE_PROPOSALS = [
    "proposals_system_maintenance_management",
    "proposals_hardware_installation",
    "proposals_fault_repair",
    "proposals_hardware_preventive_maintenance",
]
MANAGEMENT_PROPOSALS = ["proposals_customer_service_management"]
SOFTWARE_PROPOSALS = [
    "proposals_software_technology",
    "proposals_software_installation_delivery",
    "proposals_first_second_line_support",
    "proposals_software_preventive_maintenance",
]
AREAS = {
    ("hardware", 6): [
        "it_main_components",
        "proposals_system_maintenance_management",
        "proposals_customer_service_management",
        "staffing_profitability_whole_team",
        "customer_satisfaction_improvement",
        "service_level_management",
        "stable_operation",
        "customer_commendation",
    ],
    ("hardware", 5): [
        "it_main_components",
        *HARDWARE_PROPOSALS,
        *MANAGEMENT_PROPOSALS,
        "staffing_profitability_whole_team",
        "customer_satisfaction_improvement",
        "service_level_management",
        "stable_operation",
    ],
    ("hardware", 4): [
        "it_main_components",
        *HARDWARE_PROPOSALS,
        "profitability_own_team",
        "customer_satisfaction_attainment",
        "service_level_management",
    ],
    ("hardware", 3): [
        "it_main_components",
        *HARDWARE_PROPOSALS,
        *MANAGEMENT_PROPOSALS,
        "customer_trust",
        "service_level_management",
    ],
    ("software", 5): [
        "it_main_components",
        *SOFTWARE_PROPOSALS,
        "staffing_profitability_whole_team",
        "customer_satisfaction_improvement",
        "service_level_management",
        "stable_operation",
    ],
    ("software", 4): [
        "it_main_components",
        *SOFTWARE_PROPOSALS,
        "profitability_own_team",
        "customer_satisfaction_attainment",
        "service_level_management",
    ],
    ("software", 3): [
        "it_main_components",
        *SOFTWARE_PROPOSALS,
        "customer_trust",
        "service_level_management",
    ],
    ("facility_management", 6): [
        "fm_process",
        "fm_regulations_certifications",
        "facility_strategy_planning",
        "staffing_profitability_whole_team",
        "customer_satisfaction_improvement",
    ],
    ("facility_management", 5): [
        "fm_process",
        "fm_regulations_certifications",
        "facility_strategy_planning_own_area",
        "staffing_profitability_own_team",
        "customer_satisfaction_attainment",
    ],
    ("facility_management", 4): [
        "fm_process",
        "fm_regulations_certifications",
        "staffing_profitability_tracking_own_team",
        "customer_satisfaction_attainment",
    ],
    ("facility_management", 3): [
        "fm_basic_knowledge",
        "customer_satisfaction_attainment",
        "user_needs_advice",
    ],
}
AREAS["software", 6] = AREAS["hardware", 6]
ALL_AREAS = sorted({area for areas in AREAS.values() for area in areas})

HARDWARE_SERVICES = ["hardware_service", "customer_service"]
SOFTWARE_SERVICES = ["software_service", "customer_service"]

# position, services, activities, outcome: the sheet's own conditions on an engagement
OWN_CONDITIONS = {
    ("hardware", 6): ("manager", ["customer_service"], MANAGEMENT, "succeeded"),
    ("hardware", 5): ("manager", HARDWARE_SERVICES, HARDWARE_WORK, "succeeded"),
    ("hardware", 4): ("team_leader", HARDWARE_SERVICES, HARDWARE_WORK, "succeeded"),
    ("hardware", 3): ("member", HARDWARE_SERVICES, HARDWARE_WORK, "carried_out"),
    ("software", 6): ("manager", ["customer_service"], MANAGEMENT, "succeeded"),
    ("software", 5): ("manager", SOFTWARE_SERVICES, SOFTWARE_WORK, "succeeded"),
    ("software", 4): ("team_leader", SOFTWARE_SERVICES, SOFTWARE_WORK, "succeeded"),
    ("software", 3): ("member", SOFTWARE_SERVICES, SOFTWARE_WORK, "carried_out"),
    ("facility_management", 6): (
        "manager",
        ["facility_management_service"],
        FACILITY_WORK,
        "succeeded",
    ),
    ("facility_management", 5): (
        "manager",
        ["facility_management_service"],
        FACILITY_WORK,
        "succeeded",
    ),
    ("facility_management", 4): (
        "team_leader",
        ["facility_management_service"],
        FACILITY_WORK,
        "succeeded",
    ),
    ("facility_management", 3): (
        "member",
        ["facility_management_service"],
        FACILITY_WORK,
        "carried_out",
    ),
}
YEARS = {6: 3, 5: 3, 4: 2, 3: 1}
# times, at this grade or above, and the grade that one of them must have
TIMES = {6: (3, 5, 6), 5: (3, 4, 5), 4: (2, 4, None), 3: (1, 3, None)}

# position (if asked), activities and outcome of the complexity criterion
COMPLEXITY_CONDITIONS = {
    ("hardware", 6): ("manager", MANAGEMENT, "succeeded"),
    ("hardware", 5): (None, [*HARDWARE_WORK, "service_design"], "succeeded"),
    ("hardware", 4): (None, HARDWARE_WORK, "succeeded"),
    ("hardware", 3): (None, HARDWARE_WORK, "participated"),
    ("software", 6): ("manager", MANAGEMENT, "succeeded"),
    ("software", 5): ("manager", SOFTWARE_WORK, "succeeded"),
    ("software", 4): (None, SOFTWARE_WORK, "succeeded"),
    ("software", 3): (None, SOFTWARE_WORK, "participated"),
    ("facility_management", 6): (None, FACILITY_WORK, "succeeded"),
    ("facility_management", 5): (None, FACILITY_WORK, "succeeded"),
    ("facility_management", 4): (None, FACILITY_WORK, "succeeded"),
    ("facility_management", 3): (None, FACILITY_WORK, "carried_out"),
}
STANDING = {
    6: "contributes_to_industry",
    5: "contributes_in_company",
    4: "guides_juniors",
    3: "practises_independently",
}
EXPERTISE_DOMAIN = {
    "hardware": "hardware_service",
    "software": "software_service",
    "facility_management": "facility_management",
}  # at levels 3 to 5, and facility management at 6: levels 6 of the other two take any
ACHIEVEMENTS_NEEDED = {
    "hardware": {6: 4, 5: 3, 4: 1},
    "software": {6: 3, 5: 3, 4: 1},
    "facility_management": {6: 4, 5: 3, 4: 1},
}
SOFTWARE_6_CORRECTED = 4

READINGS: dict[str, Any] = {
    "activities": "any",
    "overlap": "union",
    "size_bands": "or_larger",
    "cumulative": "no",
    "deeming": "accept",
    "errata": "as_published",
    "recency_years": None,
}

# --- three-valued truth ------------------------------------------------------------------------

Truth = bool | None
Row = dict[str, Any]


def at_least(k: int, truths: list[Truth]) -> Truth:
    if truths.count(True) >= k:
        return True
    if truths.count(True) + truths.count(None) < k:
        return False
    return None


def all_of(*truths: Truth) -> Truth:
    return False if False in truths else None if None in truths else True


def any_of(*truths: Truth) -> Truth:
    return True if True in truths else None if None in truths else False


# --- conditions on one row ---------------------------------------------------------------------


def reaches(row: Row, column: str, word: str) -> Truth:
    value = row.get(column)
    scale = SCALES[column]
    return None if value is None else scale.index(value) >= scale.index(word)


def is_one_of(row: Row, column: str, words: list[str]) -> Truth:
    value = row.get(column)
    return None if value is None else value in words


def within(row: Row, column: str, lowest: float, below: float = math.inf) -> Truth:
    value = row.get(column)
    return None if value is None else lowest <= value < below


def positive_below(row: Row, column: str, below: float) -> Truth:
    value = row.get(column)
    return None if value is None else 0 < value < below


def items(row: Row, column: str, names: list[str]) -> list[Truth]:
    """A filled set is complete; otherwise each item has a cell of its own."""
    whole = row.get(column)
    if whole is not None:
        return [name in whole for name in names]
    return [row.get(f"{column}.{name}") for name in names]


def does(row: Row, activities: list[str], readings: dict) -> Truth:
    found = items(row, "activities", activities)
    return at_least(len(activities) if readings["activities"] == "all" else 1, found)


# --- complexity, size and grade of an engagement ------------------------------------------------


def complexity_items(row: Row, specialty: str, k: int) -> Truth:
    names = FACILITY_COMPLEXITY if specialty == "facility_management" else SYSTEM_COMPLEXITY
    return at_least(k, items(row, "complexity", names))


def has_complexity(row: Row, specialty: str) -> Truth:
    return complexity_items(row, specialty, 2)


def customer_size(row: Row, specialty: str, level: int) -> Truth:
    base, with_complexity = {
        6: ("nationwide_or_overseas", "whole_region_or_industry"),
        5: ("whole_region_or_industry", "part_of_region_or_industry"),
        4: ("part_of_region_or_industry", "specific_customer"),
    }[level]
    return any_of(
        reaches(row, "customer_scope", base),
        all_of(
            complexity_items(row, specialty, 4),
            reaches(row, "customer_scope", with_complexity),
        ),
    )


def large_rooms_or_network(row: Row) -> Truth:
    return any_of(
        within(row, "computer_rooms", 5),
        within(row, "computer_room_area_m2", 5000),
        within(row, "network_sites", 300),
    )


def middle_rooms_or_network(row: Row) -> Truth:
    return any_of(
        within(row, "computer_rooms", 3, 5),
        within(row, "computer_room_area_m2", 2000, 5000),
        within(row, "network_sites", 100, 300),
    )


def small_rooms_or_network(row: Row) -> Truth:
    return any_of(
        within(row, "computer_rooms", 1, 3),
        positive_below(row, "computer_room_area_m2", 2000),
        within(row, "network_sites", 1, 100),
    )


def facility_size(row: Row, level: int) -> Truth:
    complex_enough = complexity_items(row, "facility_management", 3)
    if level == 6:
        return any_of(
            large_rooms_or_network(row),
            within(row, "data_center_area_m2", 5000),
            all_of(complex_enough, middle_rooms_or_network(row)),
        )
    if level == 5:
        return any_of(
            middle_rooms_or_network(row),
            positive_below(row, "data_center_area_m2", 5000),
            all_of(complex_enough, small_rooms_or_network(row)),
        )
    return any_of(
        small_rooms_or_network(row),
        all_of(complex_enough, reaches(row, "facility_scope", "partial")),
    )


def printed_size(row: Row, specialty: str, level: int) -> Truth:
    if specialty == "facility_management":
        return facility_size(row, level)
    return customer_size(row, specialty, level)


def has_size(row: Row, specialty: str, level: int, readings: dict) -> Truth:
    if level == 3:
        return True
    here = printed_size(row, specialty, level)
    if level == 6 or readings["size_bands"] == "as_printed":
        return here
    return any_of(here, has_size(row, specialty, level + 1, readings))


def has_grade(row: Row, specialty: str, level: int, readings: dict) -> Truth:
    return all_of(has_complexity(row, specialty), has_size(row, specialty, level, readings))


# --- records: which count at all, and on which days ---------------------------------------------


@dataclass(frozen=True)
class Question:
    as_of: dt.date
    readings: dict[str, Any]
    min_verification: str | None

    def first_day(self) -> int:
        """The first day that recency lets count."""
        years = self.readings["recency_years"]
        if years in (None, "none"):
            return -1
        return self.as_of.toordinal() - int(years) * YEAR + 1

    def minds_age(self) -> bool:
        return self.first_day() > 0


@dataclass
class Record:
    row: Row
    counts: Truth  # before any sheet is asked: its dates and its verification
    days: range | None = None  # None: not known


def verified(row: Row, question: Question) -> Truth:
    if question.min_verification is None:
        return True
    return True if reaches(row, "verification", question.min_verification) else None


def engagement(row: Row, question: Question) -> Record:
    start, end, as_of = row.get("start"), row.get("end"), question.as_of
    if start is not None and start > as_of:
        return Record(row, False)
    last = as_of if end is None else min(end, as_of)
    recent = last.toordinal() >= question.first_day()
    if start is None:
        timely = True if not question.minds_age() else None if recent else False
        return Record(row, all_of(timely, verified(row, question)))
    first = max(start.toordinal(), question.first_day())
    days = range(first, last.toordinal() + 1)
    return Record(row, all_of(recent, verified(row, question)), days)


def dated(row: Row, question: Question) -> Record:
    date = row.get("date")
    if date is None:
        timely = None if question.minds_age() else True
    else:
        timely = question.first_day() <= date.toordinal() <= question.as_of.toordinal()
    return Record(row, all_of(timely, verified(row, question)))


@dataclass
class Person:
    """Records of one person; None is a table that nobody supplied."""

    engagements: list[Record] | None
    contributions: list[Record] | None
    certifications: list[Record] | None


def truths_of(records: list[Record], condition) -> list[Truth]:
    return [all_of(r.counts, condition(r.row)) if r.counts is not False else False for r in records]


# --- quantities: [low, high] ---------------------------------------------------------------------


def existence(records: list[Record] | None, condition) -> tuple[float, float]:
    if records is None:
        return 0, 1
    truths = truths_of(records, condition)
    return float(True in truths), float(True in truths or None in truths)


def number_of_days(ranges: list[range], overlap: str) -> int:
    if overlap == "sum":
        return sum(len(days) for days in ranges)
    return len(set().union(*ranges))


def duration(records: list[Record] | None, condition, overlap: str) -> tuple[float, float]:
    if records is None:
        return 0, math.inf
    truths = truths_of(records, condition)
    certain = [r.days for r, t in zip(records, truths, strict=True) if t is True]
    possible = [r.days for r, t in zip(records, truths, strict=True) if t is not False]
    low = number_of_days([days for days in certain if days is not None], overlap)
    if None in possible:
        return low, math.inf
    return low, low if possible == certain else number_of_days(possible, overlap)


def times(records: list[Record] | None, condition) -> tuple[float, float]:
    if records is None:
        return 0, math.inf
    engagements: dict[Any, list[Truth]] = {}
    for number, (record, truth) in enumerate(zip(records, truths_of(records, condition), strict=True)):
        name = record.row.get("engagement_id")
        own = ("row", number) if name is None else ("id", name)
        engagements.setdefault(own, []).append(truth)
    truths = [any_of(*rows) for rows in engagements.values()]
    return truths.count(True), truths.count(True) + truths.count(None)


def kinds(records: list[Record] | None, condition, column: str, n: int) -> tuple[float, float]:
    if records is None:
        return 0, n
    truths = truths_of(records, condition)
    certain = {r.row.get(column) for r, t in zip(records, truths, strict=True) if t is True} - {None}
    possible = [r.row.get(column) for r, t in zip(records, truths, strict=True) if t is not False]
    high = len(set(possible) - {None}) + possible.count(None)
    return len(certain), min(high, n)


# --- criteria ------------------------------------------------------------------------------------


@dataclass
class Criterion:
    low: float
    high: float
    required: float
    unit: str
    also: Truth = True  # the nested part of a count

    def truth(self) -> Truth:
        return all_of(compare(self.low, self.high, self.required), self.also)

    def progress(self) -> float:
        return min(1.0, self.low / self.required)


def compare(low: float, high: float, required: float) -> Truth:
    return True if low >= required else False if high < required else None


def yes_no(low_high: tuple[float, float]) -> Criterion:
    return Criterion(*low_high, 1, "yes_no")


def responsibility(person: Person, specialty: str, level: int, readings: dict) -> Criterion:
    position, services, activities, outcome = OWN_CONDITIONS[specialty, level]

    def own(row: Row) -> Truth:
        return all_of(
            reaches(row, "position", position),
            is_one_of(row, "service", services),
            does(row, activities, readings),
            reaches(row, "outcome", outcome),
        )

    if specialty != "facility_management":
        low_high = duration(
            person.engagements,
            lambda row: all_of(own(row), has_grade(row, specialty, level, readings)),
            readings["overlap"],
        )
        return Criterion(*low_high, YEARS[level] * YEAR, "days")

    required, outer_grade, inner_grade = TIMES[level]

    def outer(row: Row) -> Truth:
        return all_of(own(row), has_grade(row, specialty, outer_grade, readings))

    def inner(row: Row) -> Truth:
        return all_of(outer(row), has_grade(row, specialty, inner_grade, readings))

    criterion = Criterion(*times(person.engagements, outer), required, "engagements")
    if inner_grade is not None:
        criterion.also = compare(*times(person.engagements, inner), 1)
    return criterion


def complexity(person: Person, specialty: str, level: int, readings: dict) -> Criterion:
    position, activities, outcome = COMPLEXITY_CONDITIONS[specialty, level]
    return yes_no(
        existence(
            person.engagements,
            lambda row: all_of(
                True if position is None else reaches(row, "position", position),
                does(row, activities, readings),
                reaches(row, "outcome", outcome),
                has_complexity(row, specialty),
            ),
        )
    )


def size(person: Person, specialty: str, level: int, readings: dict) -> Criterion:
    if level == 3:
        return yes_no((1, 1))
    _, _, activities, outcome = OWN_CONDITIONS[specialty, level]
    return yes_no(
        existence(
            person.engagements,
            lambda row: all_of(
                does(row, activities, readings),
                reaches(row, "outcome", outcome),
                has_size(row, specialty, level, readings),
            ),
        )
    )


def expertise(person: Person, specialty: str, level: int, readings: dict) -> Criterion:
    any_domain = level == 6 and specialty != "facility_management"
    domain = [EXPERTISE_DOMAIN[specialty]]
    return yes_no(
        existence(
            person.contributions,
            lambda row: all_of(
                is_one_of(row, "kind", ["expertise"]),
                is_one_of(row, "area", AREAS[specialty, level]),
                reaches(row, "standing", STANDING[level]),
                True if any_domain else is_one_of(row, "domain", domain),
            ),
        )
    )


def succession(person: Person, specialty: str, level: int, readings: dict) -> Criterion:
    domain = EXPERTISE_DOMAIN[specialty]
    required = ACHIEVEMENTS_NEEDED[specialty][level]
    if level == 6 and specialty != "facility_management":
        domain = "customer_service_management"
    if (specialty, level) == ("software", 6) and readings["errata"] == "corrected":
        required = SOFTWARE_6_CORRECTED
    low_high = kinds(
        person.contributions,
        lambda row: all_of(is_one_of(row, "kind", ["succession"]), is_one_of(row, "domain", [domain])),
        "achievement",
        len(ACHIEVEMENTS),
    )
    return Criterion(*low_high, required, "achievements")


def mentoring(person: Person, specialty: str, level: int, readings: dict) -> Criterion:
    return yes_no(existence(person.contributions, lambda row: is_one_of(row, "kind", ["mentoring"])))


def criteria_of_sheet(person: Person, specialty: str, level: int, readings: dict) -> dict[str, Criterion]:
    parts = [responsibility, complexity, size, expertise]
    if level > 3:
        parts += [succession, mentoring]
    return {part.__name__: part(person, specialty, level, readings) for part in parts}


def deemed(person: Person, level: int, readings: dict) -> Truth:
    if level != 3 or readings["deeming"] == "ignore":
        return False
    low_high = existence(person.certifications, lambda row: is_one_of(row, "examination", ["AP"]))
    return compare(*low_high, 1)


# --- sheets and levels ---------------------------------------------------------------------------


def word(truth: Truth) -> str:
    return {True: "met", False: "unmet", None: "unknown"}[truth]


def highest(sheets: dict[int, bool], cumulative: bool) -> int:
    reached = 0
    for level in LEVELS:
        if sheets[level]:
            reached = level
        elif cumulative:
            break
    return reached


@dataclass
class Result:
    """Answers under their keys; a row of the package's frames is a key and an answer."""

    # (person, specialty): (level, possible_level, basis)
    levels: dict[tuple, tuple] = field(default_factory=dict)
    # (person, specialty, level): (status, basis, score)
    sheets: dict[tuple, tuple] = field(default_factory=dict)
    # (person, specialty, level, criterion): (status, low, high, required, unit, progress)
    criteria: dict[tuple, tuple] = field(default_factory=dict)

    @classmethod
    def of_assessment(cls, assessment) -> Result:
        """The package's answer; the columns are named, so their order does not matter."""
        return cls(
            levels=_by_key(assessment.levels(), ("person_id", "specialty"), LEVEL_FIELDS),
            sheets=_by_key(assessment.sheets(), ("person_id", "specialty", "level"), SHEET_FIELDS),
            criteria=_by_key(
                assessment.criteria(),
                ("person_id", "specialty", "level", "criterion"),
                CRITERION_FIELDS,
            ),
        )

    def of_person(self, person: str) -> Result:
        def own(part: dict) -> dict:
            return {key: value for key, value in part.items() if key[0] == person}

        return Result(own(self.levels), own(self.sheets), own(self.criteria))


LEVEL_FIELDS = ("level", "possible_level", "basis")
SHEET_FIELDS = ("status", "basis", "score")
CRITERION_FIELDS = ("status", "low", "high", "required", "unit", "progress")


def _values(frame, column: str) -> list:
    values = frame[column]
    for method in ("to_pylist", "to_list"):  # pyarrow; pandas and polars
        if hasattr(values, method):
            return getattr(values, method)()
    return list(values)


def _by_key(frame, key: tuple[str, ...], fields: tuple[str, ...]) -> dict[tuple, tuple]:
    keys = list(zip(*(_values(frame, column) for column in key), strict=True))
    answers = zip(*(_values(frame, column) for column in fields), strict=True)
    found = dict(zip(keys, answers, strict=True))
    assert len(found) == len(keys), f"a frame has two rows of one {key}"
    return found


def people_of(tables: dict[str, list[Row]]) -> list[str]:
    if "people" in tables:
        return [row["person_id"] for row in tables["people"]]
    return list(dict.fromkeys(row["person_id"] for rows in tables.values() for row in rows))


def records_by_person(
    tables: dict[str, list[Row]], table: str, read, question: Question
) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for row in tables.get(table, []):
        found.setdefault(row["person_id"], []).append(read(row, question))
    return found


def evaluate(
    tables: dict[str, list[Row]],
    as_of: dt.date,
    readings: dict[str, Any] | None = None,
    min_verification: str | None = None,
) -> Result:
    chosen = {**READINGS, **(readings or {})}
    assert set(chosen) == set(READINGS), f"unknown reading in {readings}"
    question = Question(as_of, chosen, min_verification)
    tables_of_evidence = {
        "engagements": engagement,
        "contributions": dated,
        "certifications": dated,
    }
    records = {
        table: records_by_person(tables, table, read, question) for table, read in tables_of_evidence.items()
    }
    result = Result()
    for name in people_of(tables):
        person = Person(
            **{
                table: records[table].get(name, []) if table in tables else None
                for table in tables_of_evidence
            }
        )
        for specialty in SPECIALTIES:
            _evaluate_specialty(result, name, person, specialty, chosen)
    return result


def _evaluate_specialty(result: Result, name: str, person: Person, specialty: str, readings: dict) -> None:
    statuses: dict[int, Truth] = {}
    bases: dict[int, str] = {0: "none"}
    for level in LEVELS:
        criteria = criteria_of_sheet(person, specialty, level, readings)
        evidenced = all_of(*(c.truth() for c in criteria.values()))
        examined = deemed(person, level, readings)
        statuses[level] = any_of(evidenced, examined)
        bases[level] = "evidenced" if evidenced else "deemed" if examined else "none"
        score = sum(c.progress() for c in criteria.values()) / len(criteria)
        result.sheets[name, specialty, level] = (word(statuses[level]), bases[level], score)
        for title, c in criteria.items():
            result.criteria[name, specialty, level, title] = (
                word(c.truth()),
                float(c.low),
                float(c.high),
                float(c.required),
                c.unit,
                c.progress(),
            )
    cumulative = readings["cumulative"] == "yes"
    reached = highest({level: s is True for level, s in statuses.items()}, cumulative)
    possible = highest({level: s is not False for level, s in statuses.items()}, cumulative)
    result.levels[name, specialty] = (reached, possible, bases[reached])
