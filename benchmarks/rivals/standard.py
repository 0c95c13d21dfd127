"""The twelve sheets by hand: codes are the places of words in the standard's vocabularies."""

AS_OF = 20543  # 2026-03-31
HW, SW, FM, MANAGES, HW_OR_DESIGN = 0b10000111, 0b10111000, 0b1111100000000, 1 << 7, 0b11000111
IT_ITEMS, FM_ITEMS = 0b111111, 0b1111000000
AP = 3
DAYS = {"hw6": 1095, "hw5": 1095, "hw4": 730, "hw3": 365, "sw5": 1095, "sw4": 730, "sw3": 365}

# Bits of an engagement: whose work it counts for, then what criteria it meets by itself.
WORK = {name: 1 << i for i, name in enumerate(DAYS)}
MEETS = {
    name: 1 << (7 + i)
    for i, name in enumerate([
        "hw6_complex", "hw5_complex", "hw4_complex", "hw3_complex",
        "sw5_complex", "sw4_complex", "sw3_complex", "fm4_complex",
        "fm3_complex", "hw6_size", "hw5_size", "hw4_size", "sw5_size", "sw4_size",
        "fm6_size", "fm5_size", "fm4_size", "fm3_work",
    ])
}  # fmt: skip
# Facility work that is counted, by engagement: the grades that it has in the position asked for.
COUNTED = {name: 1 << i for i, name in enumerate(["lead4", "manage4", "manage5", "manage6"])}

# Bits of a contribution: expertise a sheet, mentoring, then seven achievements for each of four domains.
AREAS = {
    "hw6": [0, 1, 2, 10, 14, 17, 18, 19],
    "hw5": [0, 1, 3, 4, 5, 2, 10, 14, 17, 18],
    "hw4": [0, 1, 3, 4, 5, 11, 15, 17],
    "hw3": [0, 1, 3, 4, 5, 2, 16, 17],
    "sw5": [0, 6, 7, 8, 9, 10, 14, 17, 18],
    "sw4": [0, 6, 7, 8, 9, 11, 15, 17],
    "sw3": [0, 6, 7, 8, 9, 16, 17],
    "fm6": [20, 21, 22, 10, 14],
    "fm5": [20, 21, 23, 12, 15],
    "fm4": [20, 21, 13, 15],
    "fm3": [24, 15, 25],
}
EXPERT = {name: 1 << i for i, name in enumerate(AREAS)}
MENTORS = 1 << 11
FIRST_ACHIEVEMENT = 12
DOMAINS = {"hw": 0, "sw": 1, "fm": 2, "csm": 3}
HANDED_ON = {name: 0x7F << (FIRST_ACHIEVEMENT + 7 * place) for name, place in DOMAINS.items()}


def areas(sheet: str) -> int:
    return sum(1 << area for area in AREAS[sheet])


def standing(sheet: str) -> int:
    return int(sheet[-1]) - 3


# What a record must be, as products of terms; the terms are spelled by each tool.
_WORK = "{f} & {outcome} & {position} & {f}_service & it2{size}"
ROWS = {"hw6": "csm & success & manages & cs_service & it2 & size6"}
for _f in ("hw", "sw"):
    for _level, _outcome, _position, _size in (
        (5, "success", "manages", " & size5"), (4, "success", "leads", " & size4"),
        (3, "done", "takes_part", ""),
    ):  # fmt: skip
        ROWS[f"{_f}{_level}"] = _WORK.format(f=_f, outcome=_outcome, position=_position, size=_size)
ROWS |= {
    "hw6_complex": "csm & success & manages & it2",
    "hw5_complex": "hw_or_design & success & it2",
    "hw4_complex": "hw & success & it2",
    "hw3_complex": "hw & part & it2",
    "sw5_complex": "sw & success & manages & it2",
    "sw4_complex": "sw & success & it2",
    "sw3_complex": "sw & part & it2",
    "fm4_complex": "fm & success & fm2",
    "fm3_complex": "fm & done & fm2",
    "hw6_size": "csm & success & size6",
    "hw5_size": "hw & success & size5",
    "hw4_size": "hw & success & size4",
    "sw5_size": "sw & success & size5",
    "sw4_size": "sw & success & size4",
    "fm6_size": "fm & success & fm_size6",
    "fm5_size": "fm & success & fm_size5",
    "fm4_size": "fm & success & fm_size4",
    "fm3_work": "fm & done & takes_part & fm_service & fm2",
    "lead4": "fm & success & leads & fm_service & fm2 & fm_size4",
    "manage4": "fm & success & manages & fm_service & fm2 & fm_size4",
    "manage5": "fm & success & manages & fm_service & fm2 & fm_size5",
    "manage6": "fm & success & manages & fm_service & fm2 & fm_size6",
}

# A sheet: work in days or engagements, bits of its engagements, expertise, succession (domain, how many).
SHEETS = {
    "hw6": (["hw6"], ["hw6_complex", "hw6_size"], "hw6", ("csm", 4)),
    "hw5": (["hw5"], ["hw5_complex", "hw5_size"], "hw5", ("hw", 3)),
    "hw4": (["hw4"], ["hw4_complex", "hw4_size"], "hw4", ("hw", 1)),
    "hw3": (["hw3"], ["hw3_complex"], "hw3", None),
    "sw6": (["hw6"], ["hw6_complex", "hw6_size"], "hw6", ("csm", 3)),
    "sw5": (["sw5"], ["sw5_complex", "sw5_size"], "sw5", ("sw", 3)),
    "sw4": (["sw4"], ["sw4_complex", "sw4_size"], "sw4", ("sw", 1)),
    "sw3": (["sw3"], ["sw3_complex"], "sw3", None),
    "fm6": ([("manage5", 3), ("manage6", 1)], ["fm4_complex", "fm6_size"], "fm6", ("fm", 4)),
    "fm5": ([("manage4", 3), ("manage5", 1)], ["fm4_complex", "fm5_size"], "fm5", ("fm", 3)),
    "fm4": ([("lead4", 2)], ["fm4_complex", "fm4_size"], "fm4", ("fm", 1)),
    "fm3": ([], ["fm3_work", "fm3_complex"], "fm3", None),
}
