"""Conditions on records that NumPy's arrays and polars' expressions spell alike; SQL has its own."""

from collections.abc import Callable
from functools import reduce
from operator import and_
from typing import Any

from .standard import FM, HW, HW_OR_DESIGN, MANAGES, ROWS, SW

Cell = Callable[[str], Any]


def sizes(cell: Cell) -> tuple[list[Any], list[Any]]:
    """What makes IT work and facilities as large as 6, 5 and 4 ask; `it` and `fm` are counted before."""

    def within(column: str, low: int, high: int) -> Any:
        return (cell(column) >= low) & (cell(column) <= high)

    rooms, area, sites = "computer_rooms", "computer_room_area_m2", "network_sites"
    scope, data_center, it4, fm3 = (
        cell("customer_scope"), cell("data_center_area_m2"), cell("it") >= 4, cell("fm") >= 3,
    )  # fmt: skip
    large = (cell(rooms) >= 5) | (cell(area) >= 5000) | (cell(sites) >= 300)
    medium = within(rooms, 3, 4) | within(area, 2000, 4999) | within(sites, 100, 299)
    small = within(rooms, 1, 2) | within(area, 1, 1999) | within(sites, 1, 99)
    return (
        [(scope >= wide) | it4 & (scope >= wide - 1) for wide in (3, 2, 1)],
        [
            large | (data_center >= 5000) | fm3 & medium,
            medium | (data_center > 0) | fm3 & small,
            small | fm3 & (cell("facility_scope") >= 0),
        ],
    )


def terms(cell: Cell) -> dict[str, Any]:
    def has(bits: int) -> Any:
        return cell("activities") & bits != 0

    outcome, position, service = cell("outcome"), cell("position"), cell("service")
    return {
        "csm": has(MANAGES), "hw": has(HW), "hw_or_design": has(HW_OR_DESIGN), "sw": has(SW), "fm": has(FM),
        "success": outcome == 3, "done": outcome >= 2, "part": outcome >= 1,
        "manages": position == 2, "leads": position >= 1, "takes_part": position >= 0,
        "cs_service": service == 3, "hw_service": (service == 0) | (service == 3),
        "sw_service": (service == 1) | (service == 3), "fm_service": service == 2,
        "it2": cell("it") >= 2, "fm2": cell("fm") >= 2,
    } | {
        f"{kind}{n}": cell(kind) >= n for kind in ("size", "fm_size") for n in (4, 5, 6)
    }  # fmt: skip


def holds(name: str, say: dict[str, Any]) -> Any:
    """Whether a record is what a row of the standard asks for."""
    return reduce(and_, (say[term] for term in ROWS[name].split(" & ")))
