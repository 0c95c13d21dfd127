"""The one verb, and what it finds."""

from __future__ import annotations

import copy
import datetime as dt
import html
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from . import _core, tables
from .arguments import one_of, several, whole_number
from .date import EPOCH, parse_date
from .error import AssessError, listed, near, unknown
from .evidence import Evidence
from .framework import Framework, check_framework
from .plan import Plan, is_cumulative
from .provenance import now, provenance_of
from .source import to_library
from .suppress import MIN_GROUP
from .text import key, untypeset

if TYPE_CHECKING:
    from .contrast import Contrast
    from .explain import Explanation
    from .explorer import Explorer
    from .gap import Gap
    from .plot.accessor import Plots
    from .question import Questions
    from .verify import Verification

__all__ = ["Assessment", "assess"]

_ALONE = "this result was saved without its evidence (evidence=False): only levels and sheets are known"


def assess(
    evidence: Evidence,
    framework: Framework | None = None,
    as_of: dt.date | str | None = None,
    readings: Mapping[str, Any] | None = None,
    min_verification: str | None = None,
    threads: int = 0,
    *,
    specialties: str | Iterable[str] | None = None,
    levels: int | Iterable[int] | None = None,
) -> Assessment:
    """Finds for everybody which levels the evidence proves, certainly and possibly.

    Parameters
    ----------
    evidence : Evidence
        From :func:`tassei.read_evidence`.
    framework : Framework, optional
        The one that the evidence was read for; another version of it is accepted if its
        tables are the same. Default: the evidence's own.
    as_of : date or str, optional
        The day on which people are seen: later records do not count, running ones end.
        Default: today. Always recorded in the result.
    readings : dict, optional
        Choices for readings of the framework, such as ``{"overlap": "sum"}``.
    min_verification : str, optional
        Records with a weaker or no verification count only as possible.
        Default: all count as stated.
    threads : int
        0 takes every core that the process may use. The result is the same for any number.
    specialties, levels : str, int, or lists of them, optional
        Only these, which takes less time: no other sheet is in the result, and a person's level is the
        highest of these. With cumulative levels those below come along. See :meth:`Framework.only`.

    Returns
    -------
    Assessment

    Raises
    ------
    AssessError
        An unknown reading, choice, verification, specialty or level, a date that is none, or a
        framework with other tables.

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> tables = {"certifications": {"person_id": ["P1"], "examination": ["AP"]}}
    >>> evidence = tassei.read_evidence(tables, framework)
    >>> a = tassei.assess(evidence, framework, as_of="2026-03-31")
    >>> a.levels()[["specialty", "level", "basis"]].head(1).to_dict("records")
    [{'specialty': 'hardware', 'level': 3, 'basis': 'deemed'}]
    """
    if not isinstance(evidence, Evidence):
        raise AssessError(f"expected evidence from read_evidence, came {type(evidence).__name__}")
    if evidence._core is None:
        raise AssessError(_ALONE)
    framework = evidence.framework if framework is None else framework
    check_framework(framework)
    theirs, ours = evidence.framework.document, framework.document
    if theirs is not ours and (theirs.tables, theirs.vocabularies) != (
        ours.tables,
        ours.vocabularies,
    ):
        raise AssessError(
            f"the evidence was read for {evidence.framework.id} {evidence.framework.version}, whose tables "
            f"or vocabularies differ from those of {framework.id} {framework.version}: read it again"
        )
    threads = whole_number("threads", threads)
    day = parse_day(as_of)
    enough = _verification(framework, min_verification)
    if specialties is not None or levels is not None:
        below = is_cumulative(framework.document, framework.readings(readings))
        framework = framework.only(specialties, levels, below=below)
    plan = framework.plan(readings)
    cores = threads or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else threads
    core = _core.assess(plan.core, evidence._core, day.toordinal() - EPOCH, enough, cores)
    return Assessment(evidence, framework, plan, core, day, min_verification, enough, cores)


def parse_day(day: Any, name: str = "as_of") -> dt.date:
    """A day that a user gives: a date, a text, or None for today."""
    if day is None:
        return dt.date.today()
    if isinstance(day, dt.date) and day == day:  # pandas' NaT is no day, and not even equal to itself
        return day.date() if isinstance(day, dt.datetime) else day
    text = str(day.astype("datetime64[D]")) if hasattr(day, "astype") else str(day)  # a NumPy date
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):  # any day that a date could have said
        with suppress(ValueError):
            return dt.date.fromisoformat(text)
    try:
        return parse_date(text, last=True)
    except ValueError as why:
        raise AssessError(f"{name} {text!r} {why}; expected a date such as 2026-03-31") from None


def _verification(framework: Framework, wanted: str | None) -> list[int]:
    """For each table the place of the word that is enough; -1 where the table has no verification."""
    enough = []
    options: dict[str, None] = {}
    found = wanted is None
    for table in framework.document.tables.values():
        column = next((c for c in table.columns.values() if c.role == "verification"), None)
        place = -1
        if column is not None and wanted is not None:
            words = framework.document.vocabularies[column.vocabulary or ""].words
            options |= dict.fromkeys(words)
            for i, (name, word) in enumerate(words.items()):
                if key(str(wanted)) in {key(s) for s in (name, *word.label.values(), *word.aliases)}:
                    place = i
                    found = True
        enough.append(place)
    if not found:
        close = near(wanted, options)
        hint = f"; did you mean {close!r}?" if close else ""
        raise AssessError(f"min_verification is one of {listed(options)}, came {wanted!r}{hint}")
    return enough


class Assessment:
    """What an assessment found; immutable. Made by :func:`tassei.assess`.

    Attributes
    ----------
    evidence : Evidence
    framework : Framework
    as_of : datetime.date
    readings : dict
        Every reading with its choice.
    min_verification : str or None
    assessed_at : datetime.datetime
        When, in UTC.
    """

    def __init__(
        self, evidence: Evidence, framework: Framework, plan: Plan, core: Any, as_of: dt.date,
        min_verification: str | None, enough: list[int], threads: int,
        assessed_at: dt.datetime | None = None, provenance: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self.evidence = evidence
        self.framework = framework
        self.as_of = as_of
        self.readings = dict(plan.readings)
        self.min_verification = min_verification
        self._plan = plan
        self._core = core
        self._enough = enough
        self._threads = threads
        self.assessed_at = assessed_at or now()
        self._provenance = provenance

    def __len__(self) -> int:
        return len(self.evidence)

    # --- tables --------------------------------------------------------------------------------

    def to_arrow(self, name: str = "levels", **options: Any) -> pa.Table:
        """A table as Arrow, by the name of the method that gives it: `levels`, `forecast`, …"""
        if name not in tables.MAKERS:
            raise AssessError(unknown("table", name, tables.MAKERS))
        return tables.MAKERS[name](self, **options)

    def _frame(self, table: pa.Table) -> Any:
        return to_library(table, self.evidence.library)

    def levels(self) -> Any:
        """Each person's level in each specialty.

        Returns
        -------
        data frame
            ``person_id``, ``specialty``, ``level`` and ``possible_level`` (int64; 0 is none),
            ``basis`` (``evidenced``, ``deemed``, ``none``): why `level` holds.
        """
        return self._frame(tables.levels(self))

    def sheets(self) -> Any:
        """Each person's standing on each sheet.

        Returns
        -------
        data frame
            ``person_id``, ``specialty``, ``level``, ``status`` (``met``, ``unmet``,
            ``unknown``), ``basis``, ``score`` (float64 in [0, 1]: weighted mean progress of
            the sheet's criteria; no substitute for the level).
        """
        return self._frame(tables.sheets(self))

    @property
    def scores(self) -> npt.NDArray[np.float64]:
        """Scores as the core keeps them, persons × sheets, seen without a copy; read-only."""
        scores: npt.NDArray[np.float64] = self._core.score
        return scores

    def criteria(self, person_id: Any = None, specialty: str | None = None, level: int | None = None) -> Any:
        """Each person's standing on each criterion of each sheet.

        Computed when asked for: for everybody these are many rows, so ask for what you need.

        Parameters
        ----------
        person_id : str or sequence of str, optional
        specialty : str, optional
        level : int, optional

        Returns
        -------
        data frame
            ``person_id``, ``specialty``, ``level``, ``criterion``, ``status``, ``low``, ``high``,
            ``required`` (float64, in `unit`; ``high`` may be infinite), ``unit``, ``progress``.

        Raises
        ------
        AssessError
            Unknown person, specialty or level.
        """
        return self._frame(tables.criteria(self, person_id, specialty, level))

    def ledger(
        self, person_id: Any = None, specialty: str | None = None, level: int | None = None, lang: str = "en"
    ) -> Any:
        """Which record counted for what, certainly or possibly, or the first condition it failed.

        Every record stands against every criterion that asks its table, on each sheet. Computed
        when asked for: for everybody these are many rows, so ask for what you need. Texts are
        categories.

        Parameters
        ----------
        person_id : str or sequence of str, optional
        specialty : str, optional
        level : int, optional
        lang : str
            A language of the framework, for `because`.

        Returns
        -------
        data frame
            ``person_id``, ``table``, ``row`` (as the source numbers it), ``specialty``, ``level``,
            ``criterion`` (blank where the record deems the whole sheet met), ``part`` (of the
            criterion, or the deeming; blank for the criterion itself), ``counts`` (``counted``,
            ``possibly``, ``ignored``), ``days`` (of the record, up to the as-of date; blank where
            its start is), ``low`` and ``high`` (what it adds to the criterion's, beyond what
            earlier records gave: they sum to those of :meth:`criteria`), ``grade`` and
            ``possible_grade`` (blank for none), ``reason`` (the first condition that it failed,
            or what is blank, as a path of the framework file) and ``because`` (in words).

        Raises
        ------
        AssessError
            Unknown person, specialty, level or language.

        Examples
        --------
        >>> import tassei
        >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
        >>> tables = {"certifications": {"person_id": ["P1"], "examination": ["FE"]}}
        >>> a = tassei.assess(tassei.read_evidence(tables, framework), as_of="2026-03-31")
        >>> a.ledger("P1", "hardware", 3)[["counts", "reason"]].to_dict("records")
        [{'counts': 'ignored', 'reason': 'deeming[0].when.some.where'}]
        """
        return self._frame(tables.ledger(self, person_id, specialty, level, lang))

    def distribution(self, by: str | None = None, min_group: int = 0) -> Any:
        """How many people stand at which level, certainly and possibly.

        Parameters
        ----------
        by : str, optional
            A column of people: counts and shares are then those of each group.
        min_group : int
            Numbers of groups of fewer people are blank, and those of as many others as it takes that
            no subtraction tells them, also not from tables by other columns. 0 shows all.

        Returns
        -------
        data frame
            ``specialty``, (the `by` column,) ``level``, ``certain`` and ``possible`` (people
            whose level, or possible level, this is), ``certain_share`` and ``possible_share``;
            with `min_group` also ``suppressed``: whether the row's numbers are hidden.

        Raises
        ------
        AssessError
            People have no such column, it is called as one of the table's own, or `min_group` is no
            whole number from 0 on.
        """
        return self._frame(tables.distribution(self, by, min_group))

    def bottlenecks(self, target: int | None = None, by: str | None = None, min_group: int = 0) -> Any:
        """Of those below a level, how many lack each criterion, and how many lack only that one.

        Parameters
        ----------
        target : int, optional
            A level, for everybody certainly below it. Default: each level, for those whose next it is.
        by : str, optional
            A column of people: numbers are then those of each group.
        min_group : int
            As in :meth:`distribution`.

        Returns
        -------
        data frame
            ``specialty``, (the `by` column,) ``target``, ``criterion``, ``people`` (certainly below the
            target), ``lacking`` (of them: the criterion is unmet), ``open`` (it is unknown) and ``only``
            (it is unmet or unknown, and every other criterion of the sheet is met).

        Raises
        ------
        AssessError
            Unknown level or column of people.

        Examples
        --------
        >>> import tassei
        >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
        >>> evidence = tassei.read_evidence({"people": {"person_id": ["P1"]}, "engagements": {}}, framework)
        >>> a = tassei.assess(evidence, framework, as_of="2026-03-31")
        >>> a.bottlenecks(target=3)[["criterion", "lacking", "open"]].values.tolist()[0]
        ['responsibility', 1, 0]
        """
        return self._frame(tables.bottlenecks(self, target, by, min_group))

    def completeness(
        self, by: str | None = None, min_group: int = 0, specialty: str | None = None
    ) -> Any:
        """Which blank columns hold back how many people's levels.

        Parameters
        ----------
        by : str, optional
            A column of people: numbers of people are then those of each group.
        min_group : int
            As in :meth:`distribution`: without `by` nothing is hidden, since numbers of everybody never are.
        specialty : str, optional
            Only levels of this specialty. Default: of any.

        Returns
        -------
        data frame
            One row a column with blanks, or a table that was not supplied (`column` is blank
            then), most telling first: ``table``, ``column``, ``blank`` (cells),
            ``blank_share``, ``people_rising`` (people of whom some certain level would rise if
            this column alone were filled with what is best for them) and ``people_settled``
            (of whom it would rise to the possible level). With `by` one row a column and group, with
            ``people`` (of the group) in place of the blanks; with `min_group` also ``suppressed``.

        Raises
        ------
        AssessError
            Unknown specialty or column of people, or `min_group` is no whole number from 0 on.

        Examples
        --------
        >>> import tassei
        >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
        >>> tables = {"certifications": {"person_id": ["P1", "P2"], "examination": ["AP", None]}}
        >>> a = tassei.assess(tassei.read_evidence(tables, framework), as_of="2026-03-31")
        >>> found = a.completeness()
        >>> found[found["column"] == "examination"][["blank", "people_rising"]].astype(int).values.tolist()
        [[1, 1]]
        """
        return self._frame(tables.completeness(self, by, min_group, specialty))

    def supply(self, demand: Any, by: str | None = None, min_group: int = 0) -> Any:
        """People at each level against the head counts that a plan asks for, and who is missing.

        Places are filled from the highest level down; whoever is not needed at a level may fill a
        place below, so that as few places as possible stay empty, in total and from each level on.

        Parameters
        ----------
        demand : data frame or mapping
            Columns ``specialty``, ``level``, ``people`` (the head count that is asked for) and, with
            `by`, that column; or without `by` also ``{(specialty, level): people}``.
        by : str, optional
            A column of people: numbers are then those of each group, which lend each other nobody.
        min_group : int
            As in :meth:`distribution`. What was asked for is never hidden.

        Returns
        -------
        data frame
            ``specialty``, (the `by` column,) ``level``, ``demand`` (blank where nothing was asked for),
            ``certain`` and ``possible`` (people at that level), ``short_certain`` and ``short_possible``
            (places that stay empty when everybody stands at the certain, or at the possible level; blank
            where `demand` is); with `min_group` also ``suppressed``. What is short in total, or from a
            level on, lies between the two; at a single level it need not, since whoever stands higher
            fills a higher place first.

        Raises
        ------
        AssessError
            A demand that cannot be used, with every row that is wrong; or no such column of people.

        Examples
        --------
        >>> import tassei
        >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
        >>> tables = {"certifications": {"person_id": ["P1"], "examination": ["AP"]}}
        >>> a = tassei.assess(tassei.read_evidence(tables, framework), as_of="2026-03-31")
        >>> found = a.supply({("hardware", 3): 2})
        >>> found[found["demand"].notna()][["certain", "short_certain"]].astype(int).values.tolist()
        [[1, 1]]
        """
        return self._frame(tables.MAKERS["supply"](self, demand, by, min_group))

    def unknowns(self) -> Any:
        """What to check first: which unknowns, each alone, could raise how many people's levels.

        Returns
        -------
        data frame
            Most telling first; what can raise nobody is left out. ``kind`` is ``column`` (all blanks of
            a column; see :meth:`completeness`), ``table`` (one that was not supplied), ``verification``
            (all records of a table whose verification is weaker than was asked, or blank) or
            ``record`` (one record's blanks, dates and verification together). Then ``table``,
            ``column``, ``row`` (as the source numbers it) and ``person_id`` of a record,
            ``people_rising`` (people of whom some certain level would rise if this were known and
            best for them) and ``people_settled`` (of whom it would rise to the possible level).

        Examples
        --------
        >>> import tassei
        >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
        >>> passed = {"person_id": ["P1"], "examination": [None]}
        >>> a = tassei.assess(tassei.read_evidence({"certifications": passed}, framework), framework)
        >>> a.unknowns()[["kind", "table", "people_rising"]].iloc[-1].to_dict()
        {'kind': 'record', 'table': 'certifications', 'people_rising': 1}
        """
        return self._frame(tables.unknowns(self))

    def forecast(self, target: int | None = None, until: Any = None, person_id: Any = None) -> Any:
        """When each person reaches the next level if running engagements go on and nothing else changes.

        The date is the first day, from the as-of date on, as of which an assessment of the same
        evidence under the same readings finds the target's sheet met: running engagements go on,
        records dated later count from their dates, and under ``recency_years`` days also fall out
        again, so that a sheet that holds on the date need not hold for ever. Where levels are
        cumulative, the sheets below it hold on that day as well.

        Parameters
        ----------
        target : int, optional
            A level. Default: of each person and specialty the next above the certain level.
        until : date or str, optional
            The last day that is looked at. Default: 9999-12-31.
        person_id : str or sequence of str, optional
            Default: everybody.

        Returns
        -------
        data frame
            One row a person and specialty: ``person_id``, ``specialty``, ``level`` (certain now),
            ``target`` (blank where there is no such or no higher level), ``date`` (blank: time
            alone never does it, or not by `until`), ``days`` from the as-of date, ``status``
            (``met``: already, or there is no target; ``reached``: on that date; ``not_by_time``),
            ``possible_date`` (first day on which the sheet holds or may hold).

        Raises
        ------
        AssessError
            Unknown level or person, or an `until` before the as-of date.

        Examples
        --------
        >>> import tassei
        >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
        >>> tables = {"certifications": {"person_id": ["P1"], "examination": ["AP"], "date": ["2027-10-20"]}}
        >>> evidence = tassei.read_evidence(tables, framework)
        >>> a = tassei.assess(evidence, framework, as_of="2026-03-31")
        >>> a.forecast(target=3)[["specialty", "days", "status"]].head(1).to_dict("records")
        [{'specialty': 'hardware', 'days': 568, 'status': 'reached'}]
        """
        return self._frame(tables.forecast(self, target, until, person_id))

    def forecast_curve(
        self, target: int | None = None, until: Any = None, by: str | None = None, min_group: int = 0
    ) -> Any:
        """How many people reach their target in which month; see :meth:`forecast`.

        Parameters
        ----------
        target : int, optional
            A level. Default: of each person and specialty the next above the certain level.
        until : date or str, optional
            The last month has this day. Default: the last in which somebody reaches a target.
        by : str, optional
            A column of people: head counts are then those of each group.
        min_group : int
            As in :meth:`distribution`. Which targets and months there are is always everybody's.

        Returns
        -------
        data frame
            ``specialty``, (the `by` column,) ``target``, ``month`` (its first day), ``reaching``
            (people who reach the target in that month), ``reached`` (by its end, with those who
            had it on the as-of date), ``possible_reached`` and ``people`` (who have that target);
            with `min_group` also ``suppressed``.

        Raises
        ------
        AssessError
            Unknown level or column of people, an `until` before the as-of date, or `min_group` is no
            whole number from 0 on.

        Examples
        --------
        >>> import tassei
        >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
        >>> tables = {"certifications": {"person_id": ["P1"], "examination": ["AP"], "date": ["2026-05-20"]}}
        >>> evidence = tassei.read_evidence(tables, framework)
        >>> curve = tassei.assess(evidence, framework, as_of="2026-03-31").forecast_curve(target=3)
        >>> curve[curve["specialty"] == "hardware"]["reached"].tolist()
        [0, 0, 1]
        """
        return self._frame(tables.forecast_curve(self, target, until, by, min_group))

    def gaps(self, target: int | None = None, costs: Mapping[str, float] | None = None) -> Any:
        """What everybody lacks to the next level, criterion by criterion.

        Parameters
        ----------
        target : int, optional
            A level for everybody who is below it. Default: each person's next level.
        costs : dict of str to float, optional
            Costs of the framework file to set otherwise, by name.

        Returns
        -------
        data frame
            One row a person, specialty and open criterion: ``person_id``, ``specialty``, ``level``
            (certain now), ``target``, ``of_level`` (whose sheet has the criterion: `target`, or with
            cumulative levels one below it), ``criterion``, ``missing`` (float64, in ``unit``), ``cost``
            of the cheapest additions that meet the whole sheet (blank where nothing will do) and
            ``exact`` (nothing cheaper can exist).

        Raises
        ------
        AssessError
            Unknown level or cost name, or a cost that is no number from 0 on.

        Examples
        --------
        >>> import tassei
        >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
        >>> evidence = tassei.read_evidence({"people": {"person_id": ["P1"]}}, framework)
        >>> a = tassei.assess(evidence, framework, as_of="2026-03-31")
        >>> a.gaps()[["specialty", "target", "criterion", "missing", "unit"]].values.tolist()[0]
        ['hardware', 3, 'responsibility', 365.0, 'days']
        """
        return self._frame(tables.MAKERS["gaps"](self, target, costs))

    def additions(self, target: int | None = None, costs: Mapping[str, float] | None = None) -> Any:
        """The cheapest additions to everybody's evidence after which the next level certainly holds.

        New days lie after the as-of date, one after the other. Nothing unknown is counted on.

        Parameters
        ----------
        target : int, optional
            A level for everybody who is below it. Default: each person's next level.
        costs : dict of str to float, optional
            Costs of the framework file to set otherwise, by name.

        Returns
        -------
        data frame
            One row an addition: ``person_id``, ``specialty``, ``level``, ``target``, ``addition`` (from 1),
            ``table``, ``kind`` (``new``, or ``continue`` where a running record goes on), ``days`` (0: how
            long does not matter; blank: the table has no periods), ``count`` (of records alike), ``cost``
            (of all of them), ``cells`` (those that matter, by ids) and ``row`` (of the running record).

        Raises
        ------
        AssessError
            Unknown level or cost name, or a cost that is no number from 0 on.

        Examples
        --------
        >>> import tassei
        >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
        >>> evidence = tassei.read_evidence({"people": {"person_id": ["P1"]}}, framework)
        >>> a = tassei.assess(evidence, framework, as_of="2026-03-31")
        >>> a.additions()[["table", "kind", "cost", "cells"]].values.tolist()[0]
        ['certifications', 'new', 180.0, 'examination=AP']
        """
        return self._frame(tables.MAKERS["additions"](self, target, costs))

    # --- records to stand by -----------------------------------------------------------------------

    @property
    def provenance(self) -> dict[str, Any]:
        """What this result rests on; every file with a result carries it.

        Returns
        -------
        dict
            ``framework``, ``framework_version``, ``framework_fingerprint``, ``as_of``, ``readings``,
            ``min_verification``, ``assessed_at`` (UTC), ``tassei`` (the version), ``people``, ``records``
            (that were accepted, by table) and ``evidence_digest`` (see :attr:`Evidence.digest`).

        Notes
        -----
        The environment variable ``SOURCE_DATE_EPOCH`` sets the time, so that files can be made again
        byte by byte.

        Examples
        --------
        >>> import tassei
        >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
        >>> evidence = tassei.read_evidence({"people": {"person_id": ["P1"]}}, framework)
        >>> a = tassei.assess(evidence, framework, as_of="2026-03-31")
        >>> a.provenance["as_of"], a.provenance["evidence_digest"] == evidence.digest
        ('2026-03-31', True)
        """
        if self._provenance is None:
            self._provenance = provenance_of(self)
        return copy.deepcopy(dict(self._provenance))

    def save(self, path: str | os.PathLike[str], evidence: bool = True) -> Path:
        """Keeps the assessment in a folder, for :func:`tassei.load` and for everything that reads Parquet.

        Parameters
        ----------
        path : path
            The folder. An assessment that is saved there already is replaced when the new one is whole;
            anything else stays as it is.
        evidence : bool
            Also keep the evidence, from which criteria, explanations, gaps and the like are computed.
            Without it only people, their columns for grouping, levels, sheets and scores are kept.

        Returns
        -------
        pathlib.Path

        Raises
        ------
        AssessError
            Something else is there, or the evidence is not there to be kept.

        Notes
        -----
        The folder holds ``levels.parquet``, ``sheets.parquet`` and ``people.parquet``, each with
        :attr:`provenance` in its metadata, the framework, the evidence by canonical ids
        (``evidence/`` can be read by :func:`tassei.read_evidence`), its issues and rejected rows, and
        ``assessment.json`` with the SHA-256 of every file.

        Examples
        --------
        >>> import pathlib, tassei, tempfile
        >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
        >>> evidence = tassei.read_evidence({"people": {"person_id": ["P1"]}}, framework)
        >>> a = tassei.assess(evidence, framework, as_of="2026-03-31")
        >>> saved = a.save(pathlib.Path(tempfile.mkdtemp()) / "march", evidence=False)
        >>> sorted(file.name for file in saved.iterdir())
        ['assessment.json', 'framework.json', 'levels.parquet', 'people.parquet', 'sheets.parquet']
        """
        from .saved import save

        return save(self, path, evidence)

    @staticmethod
    def load(path: str | os.PathLike[str], framework: Framework | None = None) -> Assessment:
        """Takes out a saved assessment; the same as :func:`tassei.load`."""
        from .saved import load

        return load(path, framework)

    def verify(self, evidence: Any, on_error: str = "raise") -> Verification:
        """Assesses evidence again as it was done, and says whether evidence and results are the same.

        Parameters
        ----------
        evidence : Evidence, or what read_evidence reads
            A source is read for the framework of this assessment.
        on_error : {"raise", "collect"}
            For a source, as in :func:`tassei.read_evidence`.

        Returns
        -------
        Verification
            True if both are the same; ``differences`` lists what is not.

        Raises
        ------
        AssessError
            The evidence was read for other tables.
        EvidenceError
            The source cannot be used.

        Examples
        --------
        >>> import tassei
        >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
        >>> tables = {"certifications": {"person_id": ["P1"], "examination": ["AP"]}}
        >>> a = tassei.assess(tassei.read_evidence(tables, framework), as_of="2026-03-31")
        >>> bool(a.verify(tables))
        True
        >>> found = a.verify({"certifications": {"person_id": ["P1"], "examination": ["FE"]}})
        >>> found.same_evidence, found.same_results
        (False, False)
        >>> changed = found.differences
        >>> changed[changed["what"] == "level"][["specialty", "saved", "now"]].values.tolist()[0]
        ['hardware', '3', '0']
        """
        from .verify import verify

        return verify(self, evidence, on_error)

    @property
    def _whole(self) -> Any:
        """The core's assessment with the evidence, for all that is not there without it."""
        self._need_evidence()
        return self._core

    def _need_evidence(self) -> None:
        if self.evidence._core is None:
            raise AssessError(_ALONE)

    # --- one person ------------------------------------------------------------------------------

    def gap(
        self, person_id: Any, specialty: str, level: int | None = None,
        costs: Mapping[str, float] | None = None, lang: str = "en",
    ) -> Gap:  # fmt: skip
        """Says what a person lacks to a sheet, and every minimal way to it, cheapest first.

        Parameters
        ----------
        person_id : str
        specialty : str
        level : int, optional
            Default: the next level above the person's certain one, or the highest.
        costs : dict of str to float, optional
            Costs of the framework file to set otherwise, by name.
        lang : str
            A language of the framework.

        Returns
        -------
        Gap
            With ``text``, ``html`` and ``to_dict()``; shows itself in a notebook.

        Raises
        ------
        AssessError
            Unknown person, specialty, level, language or cost name, with what exists.
        """
        from .gap import Gap

        place, wanted = self._sheet(person_id, specialty, level, lang)
        return Gap(self, place, str(person_id), specialty, wanted, lang, costs)

    def explain(
        self, person_id: Any, specialty: str, level: int | None = None, lang: str = "en"
    ) -> Explanation:
        """Says why a person's sheet is met, unmet or unknown.

        Parameters
        ----------
        person_id : str
        specialty : str
        level : int, optional
            Default: the next level above the person's certain one, or the highest.
        lang : str
            A language of the framework.

        Returns
        -------
        Explanation
            With ``text``, ``html`` and ``to_dict()``; shows itself in a notebook.

        Raises
        ------
        AssessError
            Unknown person, specialty, level or language, with what exists.
        """
        from .explain import Explanation

        place, level = self._sheet(person_id, specialty, level, lang)
        return Explanation(self, place, str(person_id), specialty, level, lang)

    def questions(
        self, person_id: Any, specialty: str, level: int | None = None, lang: str = "en"
    ) -> Questions:
        """The fewest questions about a person whose answers could decide a sheet.

        Parameters
        ----------
        person_id : str
        specialty : str
        level : int, optional
            Default: the next level above the person's certain one, or the highest.
        lang : {"en", "ja"}

        Returns
        -------
        Questions
            The smallest set of blanks, with answers, that settles the sheet as met whatever the
            other blanks are, and the smallest that settles it as unmet; shows itself in a notebook.

        Raises
        ------
        AssessError
            Unknown person, specialty, level or language, with what exists.

        Examples
        --------
        >>> import tassei
        >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
        >>> passed = {"person_id": ["P1"], "examination": [None]}
        >>> a = tassei.assess(tassei.read_evidence({"certifications": passed}, framework), framework)
        >>> a.questions("P1", "hardware").met[0]["text"]
        'certification, row 0 · examination: Applied Information Technology Engineer Examination'
        """
        from .question import Questions

        place, level = self._sheet(person_id, specialty, level, lang)
        return Questions(self, place, str(person_id), specialty, level, lang)

    def pseudonymise(self, key: str | bytes, keep: Sequence[str] = ()) -> Assessment:
        """The same assessment under opaque ids, which are the same for the same person and key.

        Nothing is assessed again. Of the columns of people only those of `keep` stay; texts of the
        records, issues and rejected rows, which may hold names, are left out, and ids of records become
        opaque too. Row numbers stay: they
        tell nothing to whoever does not have the source.

        Parameters
        ----------
        key : str or bytes
            A secret of 8 bytes or more. Whoever has it and the ids can find out who is who.
        keep : sequence of str
            Columns of people that stay for grouping.

        Returns
        -------
        Assessment

        Raises
        ------
        AssessError
            The key is too short, or people have no such column.

        Notes
        -----
        HMAC-SHA-256 (RFC 2104) of the id, cut to 80 bits, in base 32.

        Examples
        --------
        >>> import tassei
        >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
        >>> evidence = tassei.read_evidence({"people": {"person_id": ["P1"]}}, framework)
        >>> a = tassei.assess(evidence, framework, as_of="2026-03-31")
        >>> a.pseudonymise("kept in a safe").levels()["person_id"].iloc[0]
        'L7KMFOOCUVZ5P5TJ'
        """
        from .pseudonym import pseudonymise

        return pseudonymise(self, key, keep)

    def _sheet(self, person_id: Any, specialty: str, level: int | None, lang: str) -> tuple[int, int]:
        """The place of a person, and the level that is meant."""
        place = self._place(person_id)
        self._check_specialty(specialty)
        self.framework.check_language(lang)
        levels = sorted(s.level for s in self.framework.document.sheets if s.specialty == specialty)
        if level is None:
            now = int(self._core.level[place, self.framework.specialties.index(specialty)])
            level = next((at for at in levels if at > now), levels[-1])
            return place, level
        own = one_of(level, levels)
        if own is None:
            raise AssessError(f"{specialty} has no level {level!r}; it has {listed(levels)}")
        return place, own

    def compare_levels(
        self, person_id: Any, specialty: str, level_a: int, level_b: int, lang: str = "en"
    ) -> Contrast:
        """What two levels ask differently of a person, and how the person stands, side by side.

        Parameters
        ----------
        person_id : str
        specialty : str
        level_a, level_b : int
        lang : str
            A language of the framework.

        Returns
        -------
        Contrast
            With ``text``, ``html`` and ``to_dict()``; shows itself in a notebook.

        Raises
        ------
        AssessError
            Unknown person, specialty, level or language, with what exists.
        """
        from .contrast import Contrast

        return Contrast(*(self.explain(person_id, specialty, level, lang) for level in (level_a, level_b)))

    def _places(self, person_id: Any = None) -> npt.NDArray[np.int64]:
        """The places of a person or several, as given; by default of everybody."""
        if person_id is None:
            return np.arange(len(self), dtype=np.int64)
        return np.array([self._place(person) for person in several(person_id)], np.int64)

    def _place(self, person_id: Any) -> int:
        place = self.evidence.place(person_id)
        if place is None:
            close = near(person_id, self.evidence._ids.slice(0, 5000).to_pylist())
            hint = f"; did you mean {close!r}?" if close else ""
            raise AssessError(f"there is no person {person_id!r:.80} among {len(self):,} people{hint}")
        return place

    def _check_specialty(self, specialty: str) -> None:
        if specialty not in self.framework.specialties:
            raise AssessError(unknown("specialty", specialty, self.framework.specialties))

    def _check_level(self, level: Any) -> int | None:
        return self.framework.check_level(level)

    # --- looking -----------------------------------------------------------------------------------

    @property
    def plot(self) -> Plots:
        """Pictures: ``a.plot.distribution(by="site")``; see :mod:`tassei.plot` for all of them."""
        from .plot.accessor import Plots

        return Plots(self)

    def explore(
        self, by: str | None = None, specialty: str | None = None, min_group: int = MIN_GROUP,
        lang: str = "en",
    ) -> Explorer:  # fmt: skip
        """A widget to click through: from everybody by group and list to a person, a criterion and a record.

        For notebooks in JupyterLab, VS Code and the like; elsewhere it shows as static numbers (a page
        exported together with the widgets' state plays it instead, and fetches the player from the
        network). Only what is on the screen leaves Python.

        It lists people by name and shows their records, which is personal data by nature: it is for
        those who may see people. Groups that are suppressed show no numbers and open no list, but who
        may list everybody can compare lists; to hand numbers on, use :meth:`report`.

        Parameters
        ----------
        by : str, optional
            A column of people to group by at first; another can be chosen in the widget.
        specialty : str, optional
            Only this one. Default: all.
        min_group : int
            Groups of fewer people are suppressed, and as many others as it takes that nothing tells
            their numbers; 0 shows all.
        lang : {"en", "ja"}

        Returns
        -------
        Explorer

        Raises
        ------
        ImportError
            The extra ``widget`` is not installed.
        AssessError
            Unknown column, specialty or language of the framework, or a `min_group` that is none.
        ValueError
            There are no words in that language.

        Examples
        --------
        >>> import tassei
        >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
        >>> evidence = tassei.read_evidence({"people": {"person_id": ["P1"]}}, framework)
        >>> tassei.assess(evidence, framework, as_of="2026-03-31").explore()
        Explorer(1 people, itss-v3-2011-customer-service, as of 2026-03-31)
        """
        from .explorer import Explorer

        return Explorer(self, by, specialty, min_group, lang)

    def report(
        self, path: str | os.PathLike[str], people: Sequence[str] | None = None, by: str | None = None,
        min_group: int = MIN_GROUP, lang: str | Sequence[str] | None = None,
    ) -> Path:  # fmt: skip
        """Writes one self-contained page: numbers and pictures for management, or chosen people.

        Nothing is loaded from elsewhere and no script runs; the page opens from a mail attachment.

        Parameters
        ----------
        path : path
            A file name that ends in ``.html``; replaced only when the page is whole.
        people : sequence of str, optional
            Ids of persons: explanation and gap of each, in print a page for each.
        by : str, optional
            A column of people: the management page then also shows groups.
        min_group : int
            Groups of fewer people are suppressed, and as many others as it takes that nothing tells them.
        lang : str or sequence of str, optional
            Languages of the page, the first is shown first. Default: all.

        Returns
        -------
        pathlib.Path

        Raises
        ------
        AssessError
            No HTML name, unknown person or column.
        ValueError
            Unknown language.
        """
        from .export import replacing
        from .report import page, people_page

        target = Path(path)
        if target.suffix.lower() not in (".html", ".htm"):
            raise AssessError(f"{target.name}: expected a name that ends in .html")
        text = (
            page(self, langs=lang, by=by, min_group=min_group, examples=[])
            if people is None
            else people_page(self, people, lang)
        )
        with replacing(target) as file:
            file.write_text(text, encoding="utf-8")
        return target

    def to_excel(
        self, path: str | os.PathLike[str], lang: str = "en", by: str | None = None,
        min_group: int = MIN_GROUP, people: Sequence[str] = (),
    ) -> Path:  # fmt: skip
        """Writes a workbook: overview, distribution, levels, sheets, next level, gaps and what holds back.

        Headers and ids are in words, stay in sight and have filters; levels, shares and statuses are
        coloured, the same level by the same blue everywhere. Text stays text, whatever it looks like.

        Parameters
        ----------
        path : path
            A file name that ends in ``.xlsx``; replaced only when the workbook is whole.
        lang : {"en", "ja"}
        by : str, optional
            A column of people: a sheet of groups comes beside.
        min_group : int
            In that sheet groups of fewer people are suppressed, and as many others as it takes.
        people : sequence of str
            Ids of persons whose ledger is written too.

        Returns
        -------
        pathlib.Path

        Raises
        ------
        AssessError
            No workbook's name, more rows than a sheet holds, unknown person or column.
        EvidenceError
            The extra ``excel`` is not installed, or a text is too long for a cell.

        Examples
        --------
        >>> import pathlib, tempfile, tassei
        >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
        >>> evidence = tassei.read_evidence({"people": {"person_id": ["P1"]}}, framework)
        >>> a = tassei.assess(evidence, as_of="2026-03-31")
        >>> a.to_excel(pathlib.Path(tempfile.mkdtemp()) / "out.xlsx", lang="ja").name
        'out.xlsx'
        """
        from .book import write_book

        return write_book(self, Path(path), lang, by, min_group, people)

    def __repr__(self) -> str:
        return (
            f"Assessment({len(self):,} people, {self.framework.id}, as of {self.as_of}, "
            f"{len(self.framework.document.sheets)} sheets)"
        )

    def _repr_html_(self) -> str:
        table = tables.distribution(self).to_pydict()
        levels = sorted(set(table["level"]))
        cell = {
            (s, at): (c, p)
            for s, at, c, p in zip(
                table["specialty"], table["level"], table["certain"], table["possible"], strict=True
            )
        }
        head = "".join(f"<th>{at or '–'}</th>" for at in levels)
        body = ""
        for specialty in self.framework.specialties:
            counts = "".join(
                f"<td>{cell[specialty, at][0]:,} <small>({cell[specialty, at][1]:,})</small></td>"
                for at in levels
            )
            body += f"<tr><th>{html.escape(self.framework.label('specialty', specialty))}</th>{counts}</tr>"
        changed = {
            name: choice for name, choice in self.readings.items()
            if str(choice) != self.framework.document.readings[name].default
        }  # fmt: skip
        notes = [f"as of {self.as_of}", f"fingerprint {self.framework.fingerprint[:12]}"]
        notes += [f"{name}: {choice}" for name, choice in changed.items()]
        if self.min_verification:
            notes.append(f"verified at least by: {self.min_verification}")
        return untypeset(
            f"<p><b>{html.escape(self.framework.label_title())}</b>: {len(self):,} people by level, certain "
            f"(possible)</p><table><thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table>"
            f"<p><small>{html.escape(' · '.join(notes))}</small></p>"
        )
