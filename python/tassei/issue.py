"""Everything that is wrong with evidence, gathered to be said at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from .error import listed, near
from .raw import Bad, Raw

__all__ = ["Issues"]

_SCHEMA = pa.schema(
    [
        ("table", pa.string()), ("row", pa.int64()), ("column", pa.string()), ("value", pa.string()),
        ("problem", pa.string()), ("expected", pa.string()), ("hint", pa.string()),
    ]
)  # fmt: skip
_SHOWN = 20
_LONG = 200  # characters of a value


class Issues:
    """What is bad, by table.

    Examples
    --------
    >>> issues = Issues()
    >>> issues.say("people", None, "person_id", None, "the column is missing", "a column person_id")
    >>> issues.table().num_rows
    1
    """

    def __init__(self) -> None:
        self.found: list[tuple[str, Raw | None, Bad]] = []

    def __bool__(self) -> bool:
        return bool(self.found)

    def say(
        self, table: str, raw: Raw | None, column: str, value: Any, problem: str, expected: str,
        options: Any = None, word: str | None = None,
    ) -> None:  # fmt: skip
        """Something is wrong with a whole table or column; `options` may hold what `word` was to be."""
        close = near(value if word is None else word, options) if options is not None else None
        hint = f"did you mean {close!r}?" if close else None
        self.add(table, raw, Bad(column, np.empty(0, np.int64), value, problem, expected, hint))

    def add(self, table: str, raw: Raw | None, bad: Bad) -> None:
        self.found.append((table, raw, bad))

    def table(self) -> pa.Table:
        """One row a cell, as they stand in their tables; what is wrong with a whole table comes first."""
        parts: dict[str, list[pa.Array]] = {name: [] for name in _SCHEMA.names}
        places: dict[str, int] = {}
        ranks = []
        for table, raw, bad in self.found:
            count = max(1, len(bad.rows))
            numbers = pa.nulls(1, pa.int64()) if len(bad.rows) == 0 else pa.array(_numbers(raw, bad))
            value = None if bad.value is None else _printable(str(bad.value))[:_LONG]
            first = pa.array(np.zeros(count, np.int8))
            cells = {"table": table, "column": bad.column or None, "value": value, "problem": bad.problem,
                     "expected": bad.expected, "hint": bad.hint}  # fmt: skip
            for name, text in cells.items():
                parts[name].append(pa.array([text], pa.string()).take(first))
            parts["row"].append(numbers)
            place = places.setdefault(table, len(places))
            ranks.append((place, numbers.fill_null(-1).to_numpy()))
        if not ranks:
            return _SCHEMA.empty_table()
        joined = pa.table([pa.chunked_array(parts[field.name], field.type) for field in _SCHEMA], _SCHEMA)
        tables = np.concatenate([np.full(len(rows), place) for place, rows in ranks])
        order = np.lexsort((np.concatenate([rows for _, rows in ranks]), tables))
        return joined.take(pa.array(order)).combine_chunks()

    def message(self) -> str:
        """The first of them in words."""
        count = sum(max(1, len(bad.rows)) for _, _, bad in self.found)
        lines = [f"{count:,} problem{'s' if count != 1 else ''} in the evidence (all of them in .issues):"]
        for table, raw, bad in self.found[:_SHOWN]:
            where = f"{table}.{bad.column}" if bad.column else table
            value = f"{_printable(str(bad.value))[:_LONG]!r} " if bad.value is not None else ""
            rows = ""
            if len(bad.rows):
                shown = listed(_numbers(raw, bad).tolist(), 5)
                rows = f" (row {shown})" if len(bad.rows) == 1 else f" (rows {shown})"
            hint = f"; {bad.hint}" if bad.hint else ""
            lines.append(f"  {where}: {value}{bad.problem}{rows}; expected {bad.expected}{hint}")
        if len(self.found) > _SHOWN:
            lines.append(f"  … and {len(self.found) - _SHOWN:,} more kinds of problem")
        lines.append('on_error="collect" goes on with the good rows and keeps the rejected ones.')
        return "\n".join(lines)


def _numbers(raw: Raw | None, bad: Bad) -> np.ndarray:
    return bad.rows if raw is None else raw.number(bad.rows)


def _printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
