"""A choir: the grammar's other forms, in a field that has nothing to do with skills in IT."""

import math
from pathlib import Path

import pyarrow as pa
import pytest
import tassei

AS_OF = "2026-01-01"
SEASON = {"start": "2023-01-01", "end": "2025-12-31", "duty": "chorister", "missed": 10.0}
CONCERT = {
    "date": "2025-06-01", "duty": "chorister", "styles": ["plainsong", "romantic"], "singers": 12.0,
    "minutes": 30.0, "reception": "completed",
}  # fmt: skip
TABLES = ("seasons", "concerts", "courses", "repertoire")


@pytest.fixture(scope="module")
def choir():
    return tassei.load_framework(Path(__file__).parents[1] / "frameworks" / "community-choir.yaml")


def heard(choir, readings=None, **rows):
    """One singer's assessment; tables that are not named are there and empty."""
    tables = {"singers": {"singer_id": ["Anna"]}}
    for name in TABLES:
        own = [{"singer_id": "Anna", **row} for row in rows.get(name, [])]
        empty = pa.table({"singer_id": pa.array([], pa.string())})
        tables[name] = pa.Table.from_pylist(own) if own else empty
    return tassei.assess(tassei.read_evidence(tables, choir), choir, as_of=AS_OF, readings=readings)


def criterion(a, specialty, level, name):
    rows = a.to_arrow("criteria", specialty=specialty, level=level).to_pylist()
    row = next(row for row in rows if row["criterion"] == name)
    return row["status"], row["low"], row["high"], row["required"], row["unit"]


def status(a, specialty, level):
    rows = a.to_arrow("sheets").to_pylist()
    return next((r["status"], r["basis"]) for r in rows if (r["specialty"], r["level"]) == (specialty, level))


def knows(*skills, command="sure"):
    return [{"skill": skill, "command": command} for skill in skills]


def test_some_of_a_list_without_a_number_is_a_reading(choir):
    one = knows("pitch")
    assert criterion(heard(choir, repertoire=one), "singing", 1, "musicianship")[0] == "unmet"
    assert (
        criterion(heard(choir, {"some_of": "one"}, repertoire=one), "singing", 1, "musicianship")[0] == "met"
    )
    two = criterion(heard(choir, repertoire=knows("pitch", "diction")), "singing", 1, "musicianship")
    assert two == ("met", 1, 1, 1, "yes_no")
    open_ = [*knows("pitch"), {"skill": "rhythm", "command": None}]
    assert criterion(heard(choir, repertoire=open_), "singing", 1, "musicianship") == (
        "unknown",
        0,
        1,
        1,
        "yes_no",
    )


@pytest.mark.parametrize(
    ("end", "days", "expected"), [("2025-12-26", 360, "met"), ("2025-12-25", 359, "unmet")]
)
def test_a_year_has_as_many_days_as_the_file_says(choir, end, days, expected):
    a = heard(choir, seasons=[SEASON | {"start": "2025-01-01", "end": end}])
    assert criterion(a, "singing", 2, "steadiness") == (expected, days, days, 360, "days")


def test_a_half_year_more_and_an_open_interval(choir):
    a = heard(choir, seasons=[SEASON | {"missed": 25.0}])
    assert criterion(a, "singing", 2, "steadiness")[:2] == ("unmet", 0)  # fewer than 25 %
    assert criterion(a, "singing", 4, "steadiness")[3] == 900  # not more than 25 %, two and a half years
    assert criterion(a, "singing", 4, "steadiness")[0] == "met"


def test_overlapping_seasons_add_up_where_the_sheet_says_so(choir):
    half = SEASON | {"start": "2024-01-01", "end": "2025-06-30"}
    a = heard(choir, seasons=[half, half])
    assert criterion(a, "singing", 4, "steadiness")[1] == 2 * 547
    assert criterion(a, "singing", 2, "steadiness")[1] == 547
    assert (
        criterion(heard(choir, {"overlap": "sum"}, seasons=[half, half]), "singing", 2, "steadiness")[1]
        == 2 * 547
    )


@pytest.mark.parametrize(
    ("singers", "styles", "expected"),
    [
        (12.0, ["plainsong", "romantic"], "met"),
        (80.0, ["plainsong", "romantic"], "met"),
        (11.0, ["romantic", "gospel"], "unmet"),
        (11.0, ["plainsong", "polyphony"], "met"),  # all early styles, at the size of the level below
        (3.0, ["plainsong", "polyphony"], "unmet"),
        (12.0, ["plainsong"], "unmet"),  # one style is not some of them
        (12.0, None, "unknown"),
        (None, ["romantic", "gospel"], "unknown"),
    ],
)
def test_counts_within_a_count_with_people_as_size(choir, singers, styles, expected):
    led = CONCERT | {"duty": "section_leader", "singers": singers, "styles": styles}
    plain = CONCERT | {"styles": ["folk"], "reception": "applauded"}
    rows = [plain, plain, plain | {"reception": "completed"}, plain, led]
    found = criterion(heard(choir, concerts=rows), "singing", 4, "concerts")
    assert (found[0], found[3], found[4]) == (expected, 4, "concerts")


def test_what_makes_a_programme_demanding_is_a_reading(choir):
    led = CONCERT | {"duty": "conductor", "styles": ["folk"], "minutes": 45.0, "reception": "applauded"}
    rows = [led] * 4
    assert criterion(heard(choir, concerts=rows), "singing", 4, "concerts")[0] == "unmet"
    assert (
        criterion(heard(choir, {"difficulty": "length"}, concerts=rows), "singing", 4, "concerts")[0] == "met"
    )


def test_one_concert_of_several_rows_counts_once(choir):
    rows = [CONCERT | {"concert_id": "May"}, CONCERT | {"concert_id": "May"}]
    assert criterion(heard(choir, concerts=rows), "singing", 2, "concerts")[:2] == ("unmet", 1)


def test_old_concerts_do_not_count(choir):
    rows = [CONCERT, CONCERT | {"date": "2020-01-01"}]
    assert criterion(heard(choir, concerts=rows), "singing", 2, "concerts")[1] == 2
    assert criterion(heard(choir, {"recency_years": 2}, concerts=rows), "singing", 2, "concerts")[1] == 1
    undated = heard(choir, {"recency_years": 2}, concerts=[CONCERT | {"date": None}])
    assert criterion(undated, "singing", 2, "concerts")[1:3] == (0, 1)


def test_kinds_under_two_readings(choir):
    skills = knows("pitch", "rhythm", "blend")
    assert criterion(heard(choir, repertoire=skills), "singing", 4, "breadth") == ("met", 3, 3, 3, "skills")
    strict = heard(choir, {"thorough": "strict"}, repertoire=skills)
    assert criterion(strict, "singing", 4, "breadth") == ("unmet", 3, 3, 5, "skills")


def test_a_criterion_may_be_chosen_by_a_reading(choir):
    leading = [SEASON | {"duty": "section_leader"}]
    assert criterion(heard(choir, seasons=leading), "singing", 4, "learning")[4] == "yes_no"
    practice = criterion(heard(choir, {"training": "practice"}, seasons=leading), "singing", 4, "learning")
    assert practice == ("met", 1096, 1096, 180, "days")


def test_an_extra_clause_at_the_top(choir):
    great = CONCERT | {"singers": 60.0, "minutes": 60.0}
    course = [{"subject": "choir_management", "date": "2024-01-01"}]
    assert criterion(heard(choir, concerts=[great] * 5), "singing", 10, "concerts")[0] == "unmet"
    assert (
        criterion(heard(choir, concerts=[great] * 5, courses=course), "singing", 10, "concerts")[0] == "met"
    )
    assert (
        criterion(heard(choir, concerts=[great] * 4, courses=course), "singing", 10, "concerts")[0] == "unmet"
    )


def test_a_sheet_may_ask_for_another_and_deeming_reaches_it(choir):
    courses = [
        {"subject": s, "date": "2024-01-01"} for s in ("voice_training", "music_theory", "score_reading")
    ]
    conducted = [CONCERT | {"duty": "assistant_conductor"}]
    a = heard(choir, courses=courses, concerts=conducted)
    assert status(a, "singing", 2) == ("met", "deemed")
    assert status(a, "conducting", 2) == ("met", "evidenced")
    fewer = heard(choir, courses=courses[:2], concerts=conducted)
    assert status(fewer, "singing", 2) == ("unmet", "none")
    assert status(fewer, "conducting", 2) == ("unmet", "none")


def test_never_having_done_something(choir):
    abandoned = [CONCERT | {"duty": "conductor", "reception": "abandoned"}]
    assert criterion(heard(choir), "conducting", 10, "reliability")[:2] == ("met", 1)
    assert criterion(heard(choir, concerts=abandoned), "conducting", 10, "reliability")[:2] == ("unmet", 0)
    unclear = [CONCERT | {"duty": None, "reception": "abandoned"}]
    assert criterion(heard(choir, concerts=unclear), "conducting", 10, "reliability")[0] == "unknown"


def test_scores_go_by_the_sheets_weights(choir):
    a = heard(choir, seasons=[SEASON], concerts=[CONCERT, CONCERT])
    rows = {(r["specialty"], r["level"]): r["score"] for r in a.to_arrow("sheets").to_pylist()}
    # steadiness 2 × 1 (the weight of the whole framework), concerts 3 × 2/4, breadth 1 × 0, learning 0 × 0
    assert math.isclose(rows["singing", 4], 3.5 / 6)


def test_a_level_needs_every_lower_one_here(choir):
    courses = [
        {"subject": s, "date": "2024-01-01"} for s in ("voice_training", "music_theory", "score_reading")
    ]
    a = heard(choir, courses=courses)
    levels = {r["specialty"]: (r["level"], r["basis"]) for r in a.to_arrow("levels").to_pylist()}
    assert levels == {"singing": (2, "deemed"), "conducting": (0, "none")}


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ["a hand in planning", "of which"]),
        ("ja", ["企画への参加", "うち"]),
        (
            "de",
            ["Gemeindechor am Fluss", "a hand in planning", "of which"],
        ),  # English where there is no German
    ],
)
def test_explanations_speak_of_choirs(choir, lang, words):
    a = heard(choir, concerts=[CONCERT])
    text = a.explain("Anna", "singing", 10, lang).text + a.explain("Anna", "singing", 4, lang).text
    assert all(word in text for word in words), text
