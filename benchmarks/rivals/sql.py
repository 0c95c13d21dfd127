"""The question in SQL; what dialects spell differently are the arguments. Written for speed: see `rivals`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from .files import SETS, USED, codes, words_of
from .standard import (
    AP,
    AREAS,
    AS_OF,
    COUNTED,
    DAYS,
    DOMAINS,
    EXPERT,
    FIRST_ACHIEVEMENT,
    FM,
    FM_ITEMS,
    HANDED_ON,
    HW,
    HW_OR_DESIGN,
    IT_ITEMS,
    MANAGES,
    MEETS,
    MENTORS,
    ROWS,
    SHEETS,
    SW,
    WORK,
    standing,
)  # fmt: skip

Both = Callable[[str, str], str]


def terms(bit_and: Both) -> dict[str, str]:
    def has(bits: int) -> str:
        return bit_and("activities", str(bits)) + " <> 0"

    return {
        "csm": has(MANAGES), "hw": has(HW), "hw_or_design": has(HW_OR_DESIGN), "sw": has(SW), "fm": has(FM),
        "success": "outcome = 3", "done": "outcome >= 2", "part": "outcome >= 1",
        "manages": "position = 2", "leads": "position >= 1", "takes_part": "position >= 0",
        "cs_service": "service = 3", "hw_service": "service IN (0, 3)", "sw_service": "service IN (1, 3)",
        "fm_service": "service = 2", "it2": "it >= 2", "fm2": "fm >= 2",
    } | {
        f"{kind}{level}": f"{kind} >= {level}" for kind in ("size", "fm_size") for level in (4, 5, 6)
    }  # fmt: skip


def total(bits: dict[str, int], say: dict[str, str]) -> str:
    """A number made of the bits whose conditions hold."""
    return " + ".join(
        f"CASE WHEN {' AND '.join(say[t] for t in ROWS[name].split(' & '))} THEN {bit} ELSE 0 END"
        for name, bit in bits.items()
    )


def records(bit_and: Both, count: str) -> str:
    """Engagements with their bits; those that count for nothing are left out."""
    say = terms(bit_and)
    return f"""
    SELECT * FROM (
        SELECT person_id, engagement_id, start, stop,
            {total(WORK | MEETS, say)} AS bits, {total(COUNTED, say)} AS counted
        FROM (
            SELECT *,
                CASE WHEN customer_scope >= 3 OR (it >= 4 AND customer_scope >= 2) THEN 6
                     WHEN customer_scope >= 2 OR (it >= 4 AND customer_scope >= 1) THEN 5
                     WHEN customer_scope >= 1 OR (it >= 4 AND customer_scope >= 0) THEN 4 ELSE 3 END AS size,
                CASE WHEN computer_rooms >= 5 OR computer_room_area_m2 >= 5000 OR network_sites >= 300
                          OR data_center_area_m2 >= 5000 OR (fm >= 3 AND medium) THEN 6
                     WHEN medium OR data_center_area_m2 > 0 OR (fm >= 3 AND small) THEN 5
                     WHEN small OR (fm >= 3 AND facility_scope >= 0) THEN 4 ELSE 3 END AS fm_size
            FROM (
                SELECT person_id, engagement_id, start, CAST(least("end", {AS_OF}) + 1 AS INTEGER) AS stop,
                    position, service, activities, outcome, customer_scope,
                    computer_rooms, computer_room_area_m2,
                    data_center_area_m2, network_sites, facility_scope,
                    {count}({bit_and("complexity", str(IT_ITEMS))}) AS it,
                    {count}({bit_and("complexity", str(FM_ITEMS))}) AS fm,
                    computer_rooms BETWEEN 3 AND 4 OR computer_room_area_m2 BETWEEN 2000 AND 4999
                        OR network_sites BETWEEN 100 AND 299 AS medium,
                    computer_rooms BETWEEN 1 AND 2 OR computer_room_area_m2 BETWEEN 1 AND 1999
                        OR network_sites BETWEEN 1 AND 99 AS small
                FROM engagements WHERE start <= {AS_OF} AND outcome >= 1 AND activities <> 0
            ) AS raw
        ) AS sized
    ) AS flagged WHERE bits <> 0"""


def contributions(bit_or: str) -> str:
    """Everything that contributions say of a person, in the bits of one number."""
    cases = []
    for sheet, areas in AREAS.items():
        domain = "" if sheet[-1] == "6" and sheet[:2] != "fm" else f"domain = {DOMAINS[sheet[:2]]} AND "
        cases.append(
            f"CASE WHEN kind = 0 AND {domain}standing >= {standing(sheet)}"
            f" AND area IN ({', '.join(map(str, areas))}) THEN {EXPERT[sheet]} ELSE 0 END"
        )
    cases.append(f"CASE WHEN kind = 2 THEN {MENTORS} ELSE 0 END")
    cases += [
        f"CASE WHEN kind = 1 AND domain = {domain} AND achievement = {i}"
        f" THEN {1 << (FIRST_ACHIEVEMENT + 7 * domain + i)} ELSE 0 END"
        for domain in DOMAINS.values() for i in range(7)
    ]  # fmt: skip
    return (
        f"SELECT person_id, {bit_or}(CAST({' + '.join(cases)} AS BIGINT)) AS gave FROM contributions"
        f' WHERE "date" <= {AS_OF} GROUP BY person_id'
    )


def levels(bit_and: Both, count: str) -> str:
    """Three columns of levels, from what was found about a person."""
    met = {}
    for sheet, (work, bits, expert, succession) in SHEETS.items():
        parts = [f"days_{w} >= {DAYS[w]}" if isinstance(w, str) else f"n_{w[0]} >= {w[1]}" for w in work]
        parts.append(bit_and("did", str(need := sum(MEETS[b] for b in bits))) + f" = {need}")
        need = EXPERT[expert] | (MENTORS if succession else 0)
        parts.append(bit_and("gave", str(need)) + f" = {need}")
        if succession:
            parts.append(f"{count}({bit_and('gave', str(HANDED_ON[succession[0]]))}) >= {succession[1]}")
        met[sheet] = " AND ".join(parts)
    return ", ".join(
        "CAST(CASE "
        + " ".join(f"WHEN {met[f'{field}{level}']} THEN {level}" for level in (6, 5, 4, 3))
        + f" WHEN ap THEN 3 ELSE 0 END AS TINYINT) AS {field}"
        for field in ("hw", "sw", "fm")
    )


def selects(
    folder: Path,
    file: str,
    distinct: Callable[[str], list[str]],
    coded: Callable[[str, list[str], list[int]], str],
) -> Iterator[tuple[str, str]]:
    """Each table's name and the query that reads its columns, coded from their distinct texts."""
    words = words_of(folder)
    for table, columns in USED.items():
        source, cells = file.format(folder / f"{table}.parquet"), []
        for column in columns:
            texts = words.get(column, [])
            if column in SETS:
                texts = distinct(f'SELECT DISTINCT "{column}" FROM {source} WHERE "{column}" IS NOT NULL')
            numbers = codes(column, words[column], texts) if texts else []
            cells.append(f'{coded(column, texts, numbers)} AS "{column}"')
        yield table, f"SELECT {', '.join(cells)} FROM {source}"


COLUMNS = ("person_id", "hw", "sw", "fm")


def found(bit_and: Both, bit_or: str, count: str, passed: str) -> str:
    """The end of the query: everything that was found about a person, and the levels."""
    joins = " ".join(
        f"LEFT JOIN {table} USING (person_id)"
        for table in ("engaged", "days", "counts", "given", "certified")
    )
    return f"""given AS ({contributions(bit_or)}),
    certified AS (
        SELECT DISTINCT person_id, true AS passed FROM certifications
        WHERE examination = {AP} AND "date" <= {AS_OF}
    ),
    found AS (SELECT *, {passed} AS ap FROM people {joins})
    SELECT person_id, {levels(bit_and, count)} FROM found"""
