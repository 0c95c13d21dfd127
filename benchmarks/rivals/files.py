"""What is read of the files, and how the other tools code it: small integers, blanks as -1, sets as bits."""

import json
from collections.abc import Iterable
from pathlib import Path

USED = {
    "engagements": [
        "person_id", "engagement_id", "start", "end", "position", "service", "activities", "outcome",
        "complexity", "customer_scope", "computer_rooms", "computer_room_area_m2", "data_center_area_m2",
        "network_sites", "facility_scope",
    ],
    "contributions": ["person_id", "kind", "area", "standing", "achievement", "domain", "date"],
    "certifications": ["person_id", "examination", "date"],
    "people": ["person_id"],
}  # fmt: skip
SETS = ("activities", "complexity")
IDS = ("person_id", "engagement_id")  # a letter and digits: cutting the letter off beats any hashing
BLANK = {"end": 2**30, "date": -(2**30)}  # still running, undated
NUMBERS = ("computer_rooms", "computer_room_area_m2", "data_center_area_m2", "network_sites")


def words_of(folder: Path) -> dict[str, list[str]]:
    return json.loads((folder / "words.json").read_text())


def codes(column: str, words: list[str], texts: Iterable[str]) -> list[int]:
    """What each distinct text of a column stands for."""
    place = {word: i for i, word in enumerate(words)}
    if column not in SETS:
        return [place[text] for text in texts]
    return [sum(1 << place[word] for word in text.split(";") if word in place) for text in texts]


def blank(column: str) -> int:
    """An unknown set proves nothing."""
    return 0 if column in SETS else BLANK.get(column, -1)
