"""Assessments on several dates of the same evidence: how levels move over time."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from . import _core
from .arguments import is_blank, several
from .assessment import assess, parse_day
from .error import AssessError, unknown
from .evidence import Evidence
from .framework import Framework
from .movement import movement_words
from .source import to_library
from .tables import _BASIS, _words, groups_of, head_counts
from .text import untypeset

__all__ = ["Trend", "assess_over"]


def assess_over(
    evidence: Evidence,
    framework: Framework | None = None,
    dates: Iterable[Any] = (),
    readings: Mapping[str, Any] | None = None,
    min_verification: str | None = None,
    threads: int = 0,
) -> Trend:
    """Assesses the same evidence as of several dates, without reading it again.

    Each date is an assessment of its own: records that start later do not count, running ones
    end on it. Of each only the levels are kept.

    Parameters
    ----------
    evidence : Evidence
    framework : Framework, optional
    dates : iterable of date or str
        A list, an array or a range such as ``pandas.date_range``; sorted, each once.
    readings, min_verification, threads
        As in :func:`tassei.assess`.

    Returns
    -------
    Trend

    Raises
    ------
    AssessError
        No dates, one that is none, or what :func:`tassei.assess` refuses.

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> tables = {"certifications": {"person_id": ["P1"], "examination": ["AP"], "date": ["2020-04-01"]}}
    >>> evidence = tassei.read_evidence(tables, framework)
    >>> trend = tassei.assess_over(evidence, framework, ["2020-03-31", "2020-04-01"])
    >>> trend.levels()[["specialty", "level"]].values.tolist()[2:4]
    [['facility_management', 0], ['hardware', 3]]
    """
    kept = []
    days = _days(dates)
    for day in days:
        a = assess(evidence, framework, day, readings, min_verification, threads)
        kept.append(_core.Standings(a._core))
    return Trend(evidence, a.framework, days, kept, a.readings, min_verification)


def _days(dates: Any) -> list[dt.date]:
    if isinstance(dates, str | dt.date) or not isinstance(dates, Iterable):
        raise AssessError(f"dates are several, in a list, came {dates!r}; for one date use assess")
    days = set()
    for date in several(dates):
        if is_blank(date):
            raise AssessError(f"dates have a blank one ({date!r}); expected a date such as 2026-03-31")
        days.add(parse_day(date))
    if not days:
        raise AssessError("dates are empty; expected some, such as ['2025-03-31', '2026-03-31']")
    return sorted(days)


class Trend:
    """Levels as of several dates. Made by :func:`tassei.assess_over`.

    Attributes
    ----------
    evidence : Evidence
    framework : Framework
    dates : list of datetime.date
        Rising.
    readings : dict
    min_verification : str or None
    """

    def __init__(
        self, evidence: Evidence, framework: Framework, dates: list[dt.date], kept: list[Any],
        readings: Mapping[str, Any], min_verification: str | None,
    ) -> None:  # fmt: skip
        self.evidence = evidence
        self.framework = framework
        self.dates = dates
        self.readings = dict(readings)
        self.min_verification = min_verification
        self._kept = kept

    def __len__(self) -> int:
        return len(self.dates)

    def to_arrow(self, name: str = "distribution", **options: Any) -> pa.Table:
        """A table as Arrow: `distribution` or `levels`."""
        makers = {"distribution": self._distribution, "levels": self._levels}
        if name not in makers:
            raise AssessError(unknown("table", name, makers))
        return makers[name](**options)

    def distribution(self, by: str | None = None, min_group: int = 0) -> Any:
        """How many people stood at which level when.

        Parameters
        ----------
        by : str, optional
            A column of people.
        min_group : int
            As in :meth:`tassei.Assessment.distribution`.

        Returns
        -------
        data frame
            ``as_of`` (date), then the columns of :meth:`tassei.Assessment.distribution`.

        Raises
        ------
        AssessError
            People have no such column, or it is called as one of the table's own.
        """
        return to_library(self._distribution(by, min_group), self.evidence.library)

    def levels(self) -> Any:
        """Everybody's level in each specialty on each date.

        Returns
        -------
        data frame
            ``as_of``, then the columns of :meth:`tassei.Assessment.levels`; rows by date, person
            and specialty.
        """
        return to_library(self._levels(), self.evidence.library)

    def _distribution(self, by: str | None = None, min_group: int = 0) -> pa.Table:
        groups, names = groups_of(self.evidence, by, ["as_of"])
        parts = []
        for date, kept in zip(self.dates, self._kept, strict=True):
            found = kept.distribution(groups, len(names))
            table = head_counts(found, self.evidence, self.framework.specialties, by, names, min_group)
            dates = pa.array([date] * table.num_rows, pa.date32())
            parts.append(table.add_column(0, "as_of", dates))
        return pa.concat_tables(parts)

    def _levels(self) -> pa.Table:
        specialties = self.framework.specialties
        people, width = len(self.evidence), len(specialties)
        ids = self.evidence._ids.take(pa.array(np.repeat(np.arange(people), width)))
        codes = pa.array(np.tile(np.arange(width, dtype=np.int32), people))
        names = pa.DictionaryArray.from_arrays(codes, pa.array(specialties)).cast(pa.large_string())
        return pa.concat_tables(
            [
                pa.table(
                    {
                        "as_of": pa.repeat(pa.scalar(date, pa.date32()), people * width),
                        "person_id": ids,
                        "specialty": names,
                        "level": kept.level.ravel().astype(np.int64),
                        "possible_level": kept.possible_level.ravel().astype(np.int64),
                        "basis": _words(kept.level_basis.ravel(), _BASIS),
                    }
                )
                for date, kept in zip(self.dates, self._kept, strict=True)
            ]
        )

    # --- looking -------------------------------------------------------------------------------

    def _counts(self) -> list[tuple[str, dt.date, list[tuple[int, int, int]]]]:
        groups = np.zeros(len(self.evidence), np.int32)
        found = [kept.distribution(groups, 1) for kept in self._kept]
        return [
            (specialty, date, list(zip(f[0], f[1][0, s].tolist(), f[2][0, s].tolist(), strict=True)))
            for s, specialty in enumerate(self.framework.specialties)
            for date, f in zip(self.dates, found, strict=True)
        ]  # fmt: skip

    def _title(self, lang: str) -> str:
        say = movement_words(lang)
        return str(say["trend"].format(n=len(self.evidence), dates=len(self)))

    def _level(self, level: int, lang: str) -> str:
        return self.framework.label("level", level, lang) if level else str(movement_words(lang)["no_level"])

    def text(self, lang: str = "en") -> str:
        """The trend in words, a line a specialty and date."""
        self.framework.check_language(lang)
        lines = [self._title(lang)]
        for specialty, date, counts in self._counts():
            cells = " · ".join(f"{self._level(at, lang)} {c:,} ({p:,})" for at, c, p in counts)
            lines.append(f"{self.framework.label('specialty', specialty, lang)} {date}: {cells}")
        return "\n".join(lines)

    def html(self, lang: str = "en") -> str:
        """The trend as a table, a row a specialty and date."""
        self.framework.check_language(lang)
        rows, head = "", ""
        for specialty, date, counts in self._counts():
            label = html.escape(self.framework.label("specialty", specialty, lang))
            cells = "".join(f"<td>{c:,} <small>({p:,})</small></td>" for _, c, p in counts)
            rows += f'<tr><th scope="row">{label}</th><td>{date}</td>{cells}</tr>'
            head = "".join(
                f'<th scope="col">{html.escape(self._level(at, lang))}</th>' for at, _, _ in counts
            )
        as_of = html.escape(movement_words(lang)["as_of"])
        return (
            f'<div lang="{html.escape(lang)}"><p>{html.escape(self._title(lang))}</p>'
            f'<table><thead><tr><th></th><th scope="col">{as_of}</th>{head}</tr></thead>'
            f"<tbody>{rows}</tbody></table></div>"
        )

    def plot(self, **options: Any) -> Any:
        """The trend as a picture; see :func:`tassei.plot.trend`."""
        from .plot import trend

        return trend(self, **options)

    def _repr_html_(self) -> str:
        return untypeset(self.html())

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        dates = f"{len(self)} dates from {self.dates[0]} to {self.dates[-1]}"
        return f"Trend({len(self.evidence):,} people, {dates})"
