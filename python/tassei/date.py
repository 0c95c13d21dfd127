"""Dates as people write them, also by Japanese era."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from functools import cache
from typing import Any

from .marks import marks
from .text import narrow

__all__ = ["parse_date"]

EPOCH = dt.date(1970, 1, 1).toordinal()
OLDEST, NEWEST = dt.date(1868, 1, 1), dt.date(2199, 12, 31)


@cache
def _pattern() -> tuple[re.Pattern[str], dict[str, Any]]:
    data = marks()
    eras = {era[k]: era for era in data["eras"] for k in ("name", "letter")}
    unit = data["date_units"]
    names = "|".join(re.escape(name) for name in eras)
    sep = r"\s*[-/.]\s*"
    year = rf"(?:(?P<era>{names})\s*)?(?P<year>\d{{1,4}}|{data['first_year']})"
    pattern = (
        rf"{year}\s*(?:{unit['year']}\s*|(?={sep})|$)"
        rf"(?:(?:{sep})?(?P<month>\d{{1,2}})\s*(?:{unit['month']}\s*|(?={sep})|$)"
        rf"(?:(?:{sep})?(?P<day>\d{{1,2}})\s*(?:{unit['day']})?)?)?"
        r"(?:[T\s]\s*(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?)?"  # a time of that day
    )
    return re.compile(pattern, re.IGNORECASE), eras


def parse_date(text: str, last: bool = False) -> dt.date:
    """A date in any of the accepted forms.

    Parts that are missing are the first ones, or with `last` the last ones, of the year or month.

    Parameters
    ----------
    text : str
        ``2012-04-01``, ``2012/4/1``, ``2012-04``, ``2012``, ``20120401``, 平成24年4月1日, ``H24.4.1``.
    last : bool
        Whether a date without day (and month) means the last day.

    Returns
    -------
    datetime.date

    Raises
    ------
    ValueError
        With what is wrong with the text.

    Examples
    --------
    >>> parse_date("H24.4.1"), parse_date("2012-02", last=True)
    (datetime.date(2012, 4, 1), datetime.date(2012, 2, 29))
    """
    written = narrow(text)
    compact = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", written)
    if compact:
        written = "-".join(compact.groups())
    pattern, eras = _pattern()
    match = pattern.fullmatch(written)
    if match is None:
        raise ValueError("is no date")
    era = next((e for name, e in eras.items() if (match["era"] or "").upper() == name.upper()), None)
    if era is None and len(match["year"]) != 4:
        raise ValueError("is no date: a year has four digits")
    year = 1 if not match["year"].isdigit() else int(match["year"])
    if era is not None:
        year += int(era["first"][:4]) - 1
    month = int(match["month"]) if match["month"] else 12 if last else 1
    if not 1 <= month <= 12:
        raise ValueError(f"is no date: there is no month {month}")
    if not OLDEST.year <= year <= NEWEST.year:
        raise ValueError(f"is no date of this world of work: {OLDEST.year} to {NEWEST.year}")
    length = calendar.monthrange(year, month)[1]
    day = int(match["day"]) if match["day"] else length if last else 1
    if not 1 <= day <= length:
        raise ValueError(f"is no date: {year}-{month:02} has {length} days")
    date = dt.date(year, month, day)
    if era is not None:
        first = dt.date.fromisoformat(era["first"])
        final = dt.date.fromisoformat(era["last"]) if "last" in era else dt.date.max
        if not match["day"]:  # a month or year in which the era begins or ends is cut at its edge
            date = min(max(date, first), final) if _touches(match, year, month, first, final) else date
        if not first <= date <= final:
            until = f" to {final}" if "last" in era else ""
            raise ValueError(f"is no date: the era {era['name']} runs from {first}{until}")
    return date


def _touches(match: re.Match[str], year: int, month: int, first: dt.date, final: dt.date) -> bool:
    months = [month] if match["month"] else [1, 12]
    start = dt.date(year, months[0], 1)
    end = dt.date(year, months[-1], calendar.monthrange(year, months[-1])[1])
    return start <= final and end >= first
