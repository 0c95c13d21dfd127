"""Frameworks: skill standards as data."""

from __future__ import annotations

import hashlib
import html
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import grammar as g
from .arguments import one_of, several
from .check import check_names
from .document import Lines, load, path_text
from .error import AssessError, FrameworkError, listed, near, unknown
from .nodes import sheets_under
from .plan import Plan, build, is_cumulative
from .text import untypeset

if TYPE_CHECKING:
    import pandas as pd

    from .coverage import Coverage
    from .lint import Lint

__all__ = ["Framework", "check_framework", "framework_schema", "frameworks", "load_framework"]


def data_folders(name: str) -> list[Path]:
    """Where the package keeps data: beside its modules, and in a source tree beside them."""
    import tassei

    places = [Path(folder) / "data" / name for folder in tassei.__path__]
    places += [Path(folder).parents[1] / "data" / name for folder in tassei.__path__]
    return [place for place in places if place.is_dir()]


def frameworks() -> list[str]:
    """Names of the bundled frameworks.

    Examples
    --------
    >>> import tassei
    >>> "itss-v3-2011-customer-service" in tassei.frameworks()
    True
    """
    return sorted({file.stem for folder in data_folders("frameworks") for file in folder.glob("*.yaml")})


def load_framework(name_or_path: str | os.PathLike[str]) -> Framework:
    """Loads a bundled framework by name, or any framework file by path.

    Parameters
    ----------
    name_or_path : str or path
        One of :func:`frameworks`, or a YAML file of the grammar in ``framework.schema.json``.

    Returns
    -------
    Framework

    Raises
    ------
    FrameworkError
        With every problem in the file: where, what came, what was expected, what to try.

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> framework.levels
    [3, 4, 5, 6]
    """
    text = os.fspath(name_or_path)
    for folder in data_folders("frameworks"):
        if (folder / f"{text}.yaml").is_file():
            return Framework(*load(folder / f"{text}.yaml"), folder / f"{text}.yaml")
    path = Path(text)
    if not path.is_file():
        close = near(text, frameworks())
        hint = f"; did you mean {close!r}?" if close else ""
        raise FrameworkError(
            f"there is no framework {text!r} and no such file; bundled are {listed(frameworks())}{hint}"
        )
    framework = Framework(*load(path), path)
    try:
        framework.plan()  # of the defaults; it is kept, since it is wanted anyway
    except FrameworkError as error:
        raise FrameworkError(f"{path.name}: {error}") from None
    return framework


def check_framework(framework: Any) -> None:
    """Says it where something else was given: a name, say."""
    if not isinstance(framework, Framework):
        raise AssessError(f"expected a framework from load_framework, came {type(framework).__name__}")


def framework_schema() -> dict[str, Any]:
    """JSON Schema of framework files, for editors."""
    schema = g.Document.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


class Framework:
    """A skill standard; immutable. Made by :func:`load_framework`.

    Attributes
    ----------
    id, version : str
    title : dict of str to str
        By language.
    document : grammar.Document
        What the file says.
    path : pathlib.Path
        The file.

    Raises
    ------
    FrameworkError
        The document uses names that lead nowhere.
    """

    def __init__(
        self, document: g.Document, lines: Lines, path: Path,
        left_out: Iterable[tuple[str, int]] = (),
    ) -> None:  # fmt: skip
        problems = check_names(document, lines)
        if problems:
            count = f"{len(problems)} problem{'s' if len(problems) != 1 else ''}"
            raise FrameworkError(f"{path.name}: {count}", problems)
        self.document = document
        self.path = path
        self.id = document.id
        self.version = document.version
        self.title = dict(document.title)
        self._plans: dict[str, Plan] = {}
        self._left_out = frozenset(left_out)  # sheets of the file that this is only a part of
        self._parts: dict[frozenset[tuple[str, int]], Framework] = {}

    def __reduce__(self) -> Any:
        return _revive, (
            self.document.model_dump_json(by_alias=True, exclude_unset=True),
            str(self.path),
            self._left_out,
        )

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of what the file says, whatever its layout and comments."""
        text = json.dumps(self._said(), ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def specialties(self) -> list[str]:
        return list(self.document.specialties)

    @property
    def levels(self) -> list[int]:
        """Levels that have a sheet, rising."""
        return sorted({sheet.level for sheet in self.document.sheets})

    @property
    def languages(self) -> list[str]:
        return list(self.title)

    def only(
        self,
        specialties: str | Iterable[str] | None = None,
        levels: int | Iterable[int] | None = None,
        below: bool = False,
    ) -> Framework:
        """The framework with these sheets and no others: what nobody asks for is not computed.

        Each of its answers is the one that the whole framework gives. It is another document, with a
        fingerprint of its own, and goes wherever a framework goes.

        Parameters
        ----------
        specialties : str or list of str, optional
            Default: all.
        levels : int or list of int, optional
            Default: all. A person's level is then the highest of these.
        below : bool
            The sheets below them too, on which they rest where levels are cumulative. Sheets that a
            criterion refers to come along in any case.

        Returns
        -------
        Framework

        Raises
        ------
        AssessError
            Unknown specialties or levels, all of them, or none that have a sheet together.

        Examples
        --------
        >>> import tassei
        >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
        >>> part = framework.only("software", levels=[5, 6])
        >>> part.specialties, part.levels
        (['software'], [5, 6])
        """
        places = {(sheet.specialty, sheet.level) for sheet in self.document.sheets}
        chosen: dict[str, list[Any]] = {}
        wrong = []
        given: list[tuple[str, Any, list[Any]]] = [
            ("specialty", specialties, self.specialties), ("level", levels, self.levels)
        ]  # fmt: skip
        for kind, asked, there in given:
            chosen[kind] = there if asked is None else several(asked)
            if not chosen[kind]:
                wrong.append(f"no {kind} is given; there are {listed(there)}")
            for name in chosen[kind]:
                if name not in there:
                    wrong.append(unknown(kind, name, there))
        if wrong:
            raise AssessError("; ".join(wrong))
        wanted = {(s, n) for s, n in places if s in chosen["specialty"] and n in chosen["level"]}
        if not wanted:
            raise AssessError(
                f"no sheet is of {listed(chosen['specialty'])} and of level {listed(chosen['level'])}"
            )
        if below:
            wanted |= {(s, n) for s, n in places if any(s == its and n < top for its, top in wanted)}
        return self._of_sheets(wanted)

    def _of_sheets(self, places: Iterable[tuple[str, int]]) -> Framework:
        """The framework with these sheets, by specialty and level, and those that they refer to."""
        d = self.document
        wanted = set(places)
        deeming: list[g.Deeming] = []
        size = -1
        while size != len(wanted):
            size = len(wanted)
            deeming = []
            for one in d.deeming:
                own = [sheet for sheet in one.sheets if (sheet.specialty, sheet.level) in wanted]
                if own:
                    deeming.append(one.model_copy(update={"sheets": own}))
            asked = [c for s in d.sheets if (s.specialty, s.level) in wanted for c in s.criteria.values()]
            asked += [one.when for one in deeming]
            wanted |= {(sheet.specialty, sheet.level) for node in asked for sheet in sheets_under(node)}
        if wanted == {(sheet.specialty, sheet.level) for sheet in d.sheets}:
            return self
        key = frozenset(wanted)
        if key not in self._parts:
            sheets = [sheet for sheet in d.sheets if (sheet.specialty, sheet.level) in wanted]
            kept = {sheet.specialty for sheet in sheets}
            named = {name: one for name, one in d.specialties.items() if name in kept}
            document = d.model_copy(update={"sheets": sheets, "specialties": named, "deeming": deeming})
            left_out = {(sheet.specialty, sheet.level) for sheet in d.sheets} - wanted
            part = Framework(document, {}, self.path, self._left_out | left_out)
            self._parts.setdefault(key, part)  # another thread may have been first
        return self._parts[key]

    def readings(self, chosen: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Every reading with its choice: the default, or what was chosen.

        Raises
        ------
        AssessError
            Unknown readings or choices, all of them.

        Examples
        --------
        >>> import tassei
        >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
        >>> framework.readings({"cumulative": "yes"})["cumulative"]
        'yes'
        """
        complete: dict[str, Any] = {}
        for name, reading in self.document.readings.items():
            default = reading.default
            complete[name] = int(default) if reading.number and default.isdigit() else default
        wrong = []
        if not isinstance(chosen, Mapping | None):
            raise AssessError(f"readings are choices by name, came {type(chosen).__name__}")
        for name, choice in (chosen or {}).items():
            if name not in self.document.readings:
                wrong.append(unknown("reading", name, complete))
                continue
            reading = self.document.readings[name]
            if reading.number:
                text = "none" if choice is None else str(choice)
                if not re.fullmatch("none|[1-9][0-9]{0,3}", text):
                    wrong.append(f"{name} is 'none' or a whole number from 1 to 9999, came {choice!r}")
                else:
                    complete[name] = "none" if text == "none" else int(text)
                continue
            text = ("no", "yes")[choice] if isinstance(choice, bool) else choice
            if text not in reading.choices:
                close = near(choice, reading.choices)
                hint = f"; did you mean {close!r}?" if close else ""
                wrong.append(f"{name} is one of {listed(reading.choices)}, came {choice!r}{hint}")
            complete[name] = text
        if wrong:
            raise AssessError("; ".join(wrong))
        return complete

    def plan(self, readings: Mapping[str, Any] | None = None) -> Plan:
        """The framework compiled under readings; compiled once for each choice of readings.

        Raises
        ------
        AssessError
            Unknown readings or choices, or cumulative levels of which some were left out by `only`.
        """
        complete = self.readings(readings)
        if self._left_out and is_cumulative(self.document, complete):
            kept = {(sheet.specialty, sheet.level) for sheet in self.document.sheets}
            gone = {f"{s} {n}" for s, n in self._left_out if any(s == its and n < top for its, top in kept)}
            if gone:
                raise AssessError(
                    f"levels are cumulative under these readings, and {listed(sorted(gone))} was left out: "
                    "take it along with only(…, below=True)"
                )
        name = json.dumps(complete, sort_keys=True)
        if name not in self._plans:
            self._plans.setdefault(name, build(self.document, complete))  # another thread may have been first
        return self._plans[name]

    def lint(self, readings: Mapping[str, Any] | None = None, lang: str = "en") -> Lint:
        """Looks for what in the standard contradicts, repeats or never matters.

        Facts about the standard, not mistakes of it: levels that can be had without the one
        below (each with an invented person as witness, confirmed by an assessment), criteria that
        can never be met or never decide, alternatives that never help, words that no sheet asks
        for, and words that stand at one level and not at the next.

        Parameters
        ----------
        readings : dict, optional
            As in :func:`tassei.assess`.
        lang : str
            A language of the framework.

        Returns
        -------
        Lint

        Raises
        ------
        AssessError
            Unknown reading, choice or language.

        Notes
        -----
        Exact for single records without blanks, over the few classes of values that the tests
        tell apart; what is too large to look through, or neither shown nor refuted, is said.

        Examples
        --------
        >>> import tassei
        >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
        >>> [f.where for f in framework.lint().of("always_met")][0]
        'hardware, level 3'
        """
        from .lint import lint

        return lint(self, readings, lang)

    def coverage(self, evidence: Any) -> Coverage:
        """Which nodes of the framework some evidence ever drives to met, unmet and unknown.

        Parameters
        ----------
        evidence : Assessment, Evidence or an iterable of them
            Evidence is assessed by the default readings, as of today.

        Returns
        -------
        Coverage

        Raises
        ------
        AssessError
            Nothing was given, or something of another framework.

        Examples
        --------
        >>> import tassei
        >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
        >>> tables = {"certifications": {"person_id": ["P1"], "examination": ["AP"]}}
        >>> evidence = tassei.read_evidence(tables, framework)
        >>> framework.coverage(evidence).missing().head(1)[["criterion", "truth"]].values.tolist()
        [['responsibility', 'met']]
        """
        from .coverage import coverage

        return coverage(self, evidence)

    def differences(self, other: Framework) -> pd.DataFrame:
        """Where another framework, or another version of this one, says something else.

        Parameters
        ----------
        other : Framework

        Returns
        -------
        pandas.DataFrame
            ``where`` (a path of the framework file), ``this`` and ``other`` (what stands there, blank where
            nothing does); no rows where the fingerprints are the same.

        Examples
        --------
        >>> import tassei
        >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
        >>> len(framework.differences(framework))
        0
        """
        import pandas as pd

        one, two = (json.loads(json.dumps(each._said())) for each in (self, other))
        return pd.DataFrame(list(_apart(one, two, ())), columns=["where", "this", "other"], dtype=object)

    def _said(self) -> dict[str, Any]:
        return self.document.model_dump(mode="json", by_alias=True, exclude_unset=True)

    def label(self, kind: str, name: Any, lang: str = "en") -> str:
        """The label of something in a language, else in any language, else its id.

        Parameters
        ----------
        kind : str
            ``specialty``, ``level``, ``criterion``, ``group``, ``unit``, ``table``, ``reading``,
            ``column`` (``table.column``), ``choice`` (``reading.choice``), ``word``
            (``vocabulary.word``) or ``record`` (what a table's row is called).
        name : str or int
            Its id.
        lang : str
            Language code.

        Examples
        --------
        >>> import tassei
        >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
        >>> framework.label("specialty", "software", "ja")
        'ソフトウェア'
        """
        labels = self._labels(kind, name)
        if not labels:
            return str(name).rsplit(".", 1)[-1]
        return labels.get(lang) or next(iter(labels.values()))

    def _labels(self, kind: str, name: Any) -> Mapping[str, str]:
        d = self.document
        plain: dict[str, Mapping[Any, Any]] = {
            "specialty": d.specialties, "level": d.levels, "criterion": d.criteria, "group": d.groups,
            "unit": d.units, "table": d.tables, "reading": d.readings, "vocabulary": d.vocabularies,
        }  # fmt: skip
        if kind in plain:
            found = plain[kind].get(name)
            return found.label if found else {}
        if kind == "record":
            return d.tables[name].record if name in d.tables else {}
        outer, _, inner = str(name).partition(".")
        nested = {
            "column": lambda: d.tables[outer].columns[inner].label,
            "word": lambda: d.vocabularies[outer].words[inner].label,
            "choice": lambda: d.readings[outer].choices[inner].label,
        }
        if kind not in nested:
            raise ValueError(
                f"there are no labels of {kind!r}; there are {listed([*plain, *nested, 'record'])}"
            )
        try:
            found_label: Mapping[str, str] = nested[kind]()
        except KeyError:
            return {}
        return found_label

    def label_title(self, lang: str = "en") -> str:
        """The framework's title in a language, else in any."""
        return self.title.get(lang) or next(iter(self.title.values()))

    def check_level(self, level: Any) -> int | None:
        """The level that is meant, None for None; an AssessError, with what there is, for any other."""
        own = one_of(level, self.levels)
        if own is None and level is not None:
            raise AssessError(f"there is no level {level!r}; there are {listed(self.levels)}")
        return own

    def check_language(self, lang: str) -> str:
        """`lang`, if the framework speaks it; else an AssessError."""
        if lang not in self.languages:
            raise AssessError(f"there is no language {lang!r}; there are {listed(self.languages)}")
        return lang

    def __repr__(self) -> str:
        d = self.document
        return (
            f"Framework({self.id!r}, version {self.version!r}: {len(d.sheets)} sheets, "
            f"{len(d.specialties)} specialties, levels {listed(self.levels)})"
        )

    def _repr_html_(self) -> str:
        d = self.document
        places = {(s.specialty, s.level): s for s in d.sheets}
        titles = " · ".join(html.escape(title) for title in self.title.values())
        head = "".join(f"<th>{html.escape(self.label('level', level))}</th>" for level in self.levels)
        body = ""
        for name in d.specialties:
            both = " ".join(html.escape(t) for t in d.specialties[name].label.values())
            cells = ""
            for level in self.levels:
                sheet = places.get((name, level))
                page = f" ({html.escape(sheet.page)})" if sheet and sheet.page else ""
                cells += f"<td>{len(sheet.criteria)}{page}</td>" if sheet else "<td></td>"
            body += f"<tr><th>{both}</th>{cells}</tr>"
        rights = f"<p><small>{html.escape(d.source.rights)}</small></p>" if d.source else ""
        return untypeset(
            f"<p><b>{titles}</b><br><code>{html.escape(self.id)}</code> {html.escape(self.version)}: "
            "criteria of each sheet (page)</p>"
            f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table>{rights}"
        )


def _apart(one: Any, other: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str, str | None, str | None]]:
    """The innermost places where two documents differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in dict.fromkeys([*one, *other]):
            yield from _apart(one.get(name, _NOWHERE), other.get(name, _NOWHERE), (*path, name))
        if one == other and list(one) != list(other):
            yield path_text(path), "; ".join(one), "; ".join(other)  # the order of an ordinal says something
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for i, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from _apart(left, right, (*path, i))
    elif one != other:
        yield path_text(path), _brief(one), _brief(other)


_NOWHERE = object()


def _brief(said: Any) -> str | None:
    if said is _NOWHERE:
        return None
    text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    return text if len(text) <= 200 else text[:199] + "…"


@lru_cache(maxsize=8)  # a worker process gets it with every task, and is to compile it once
def _revive(text: str, path: str, left_out: frozenset[tuple[str, int]] = frozenset()) -> Framework:
    return Framework(g.Document.model_validate_json(text, strict=False), {}, Path(path), left_out)
