"""Words of pictures and reports, and what an assessment's parts are called in them.

The words are data (``words.yaml``); what a standard calls its own things comes from its file.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from . import Assessment, Framework, Trend

__all__ = [
    "basis",
    "headline",
    "languages",
    "level_label",
    "one_line",
    "preferred_fonts",
    "readings",
    "verification_label",
    "words",
]


@lru_cache(maxsize=1)
def _words_file() -> dict[str, Any]:
    said: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text(encoding="utf-8"))
    return said


def languages() -> list[str]:
    """Languages that pictures and reports can be in.

    Examples
    --------
    >>> languages()
    ['en', 'ja']
    """
    return [key for key in _words_file() if key != "fonts"]


def words(lang: str) -> Mapping[str, str]:
    """The words of pictures and reports in one language.

    Raises
    ------
    ValueError
        If there are no words in that language.

    Examples
    --------
    >>> words("en")["level_axis"]
    'Level'
    """
    if lang not in languages():
        raise ValueError(f"lang: expected one of {', '.join(languages())}, got {lang!r}")
    own: Mapping[str, str] = _words_file()[lang]
    return own


def preferred_fonts(lang: str | None = None) -> list[str]:
    """Font families to look for, best first, for one language or for all.

    Examples
    --------
    >>> preferred_fonts("en")
    []
    """
    fonts = _words_file()["fonts"]
    wanted = fonts.values() if lang is None else [fonts.get(lang, [])]
    return [family for families in wanted for family in families]


def level_label(assessment: Assessment, level: int, lang: str) -> str:
    """What a level is called; 0 is named after the lowest level that the framework has.

    Parameters
    ----------
    assessment
        Whose framework is asked.
    level
        0 or a level of the framework.
    lang
        Language of the label.

    Returns
    -------
    str
        Without line breaks.

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> evidence = tassei.read_evidence({"people": {"person_id": ["P1"]}}, framework)
    >>> a = tassei.assess(evidence, framework, as_of="2026-06-30")
    >>> level_label(a, 0, "en"), level_label(a, 4, "ja")
    ('below level 3', 'レベル4')
    """
    framework: Framework = assessment.framework
    if level != 0:
        return framework.label("level", level, lang)
    lowest = framework.label("level", min(framework.levels), lang)
    return one_line(words(lang)["below"].format(level=lowest))


def one_line(text: str) -> str:
    """The text without line breaks.

    Examples
    --------
    >>> one_line("below\\nlevel 3")
    'below level 3'
    """
    return text.replace("\n", " " if text.isascii() else "")


def basis(shown: Assessment | Trend, lang: str, people: bool = True) -> list[str]:
    """As-of date or dates, number of people, standard, and whatever is not the default.

    Parameters
    ----------
    shown
        An assessment, or assessments on several dates.
    lang
        Language of the words.
    people
        Whether the number of people is said.

    Returns
    -------
    list of str

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> evidence = tassei.read_evidence({"people": {"person_id": ["P1"]}}, framework)
    >>> a = tassei.assess(evidence, framework, as_of="2026-06-30")
    >>> basis(a, "en")[:2]
    ['as of 2026-06-30', 'n = 1 people']
    >>> basis(tassei.assess_over(evidence, framework, ["2025-06-30", "2026-06-30"]), "en")[0]
    '2025-06-30 – 2026-06-30'
    """
    say, framework = words(lang), shown.framework
    dates: Any = getattr(shown, "dates", None) or [getattr(shown, "as_of", None)]
    first, last = dates[0], dates[-1]
    parts = [
        say["as_of"].format(year=last.year, month=last.month, day=last.day)
        if first == last
        else say["from_to"].format(first=first, last=last)
    ]
    if people:
        parts.append(say["n"].format(n=len(shown.evidence)))
    parts.append(framework.label_title(lang))
    parts += [
        say["reading"].format(name=name, choice=choice)
        for name, choice, default in readings(shown, lang)
        if choice != default
    ]
    if shown.min_verification is not None:
        parts.append(say["verification"].format(word=verification_label(shown, lang)))
    return parts


def verification_label(assessment: Assessment | Trend, lang: str) -> str:
    """What the least verification that was asked for is called.

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> evidence = tassei.read_evidence({"people": {"person_id": ["P1"]}}, framework)
    >>> a = tassei.assess(evidence, framework, min_verification="document")
    >>> verification_label(a, "en")
    'confirmed by a document'
    """
    framework: Framework = assessment.framework
    asked = str(assessment.min_verification)
    for table in framework.document.tables.values():
        for column in table.columns.values():
            if column.role == "verification":
                return framework.label("word", f"{column.vocabulary}.{asked}", lang)
    return asked


def readings(assessment: Assessment | Trend, lang: str) -> list[tuple[str, str, str]]:
    """Label, choice and default choice of every reading of an assessment.

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> evidence = tassei.read_evidence({"people": {"person_id": ["P1"]}}, framework)
    >>> a = tassei.assess(evidence, framework, readings={"overlap": "sum"})
    >>> [choice != default for _, choice, default in readings(a, "en")].count(True)
    1
    """
    framework: Framework = assessment.framework

    def choice(name: str, key: Any) -> str:
        if str(key) in framework.document.readings[name].choices:
            return framework.label("choice", f"{name}.{key}", lang)
        return words(lang)["none"] if key in (None, "none") else str(key)

    return [
        (framework.label("reading", name, lang), choice(name, chosen), choice(name, default))
        for name, chosen in assessment.readings.items()
        for default in [framework.document.readings[name].default]
    ]


def headline(text: str) -> str:
    """The text with a large first letter.

    Examples
    --------
    >>> headline("level 3")
    'Level 3'
    """
    return text[:1].upper() + text[1:]
