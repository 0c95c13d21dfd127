"""One self-contained page about an assessment: numbers, picture, examples, method."""

from __future__ import annotations

import base64
import html
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from .arguments import several, whole_number
from .error import AssessError, listed
from .plot.style import columns_of, png
from .provenance import in_words, meta
from .suppress import MIN_GROUP
from .text import visible
from .trend import assess_over
from .words import headline, languages, level_label, readings, verification_label, words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from . import Assessment, Trend

CSS = """
:root { --ink: #1f2933; --faint: #52606d; --line: #d9dee4; --blue: #1f66a6; }
body { margin: 0; color: var(--ink); background: #f4f6f8; line-height: 1.55;
  font-family: system-ui, "Hiragino Sans", "Yu Gothic UI", "Noto Sans CJK JP", sans-serif; }
main { max-width: 66rem; margin: 0 auto; padding: 1.5rem 2rem 4rem; background: #fff; }
h1 { font-size: 1.7rem; margin: 1.2rem 0 0.2rem; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 0.6rem; }
.head, .note { color: var(--faint); } .note { font-size: 0.9rem; }
img { width: 100%; height: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 0.35rem 0.6rem; border-bottom: 1px solid var(--line); text-align: right; }
th:first-child, td:first-child { text-align: left; }
thead tr:last-child th { border-bottom: 2px solid var(--ink); text-align: right; }
th[colspan] { text-align: center; }
tfoot td { font-weight: 600; border-bottom: 0; } td small { color: var(--faint); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1.2rem; margin: 0; }
dt { color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; }
.example { margin: 0.5rem 0; border: 1px solid var(--line); border-radius: 6px;
  padding: 0 1rem; }
.example[open] { padding-bottom: 0.8rem; }
.example > summary { padding: 0.6rem 0; cursor: pointer; font-weight: 600; }
.pick { position: absolute; opacity: 0; }
.tabs { float: right; margin-top: 1.6rem; } .tabs label { padding: 0.25rem 0.8rem; cursor: pointer;
  border: 1px solid var(--line); border-radius: 6px; }
section { display: none; }
@media print { .tabs { display: none; } body { background: #fff; }
  .person + .person { break-before: page; } }
""".strip()


def page(
    assessment: Assessment,
    examples: Sequence[tuple[str, str]] | None = None,
    langs: Sequence[str] | None = None,
    by: str | None = None,
    min_group: int = MIN_GROUP,
) -> str:
    """A report as one HTML text, with nothing loaded from elsewhere and no scripts.

    Parameters
    ----------
    assessment
        What to report.
    examples
        Pairs (person, specialty) that are explained in full; None chooses three that show
        different things.
    langs
        Languages of the page, the first is shown first; None means all that there are words for.
    by
        A column of people: a picture and a table by group follow.
    min_group
        Groups of fewer people are suppressed, and as many others as it takes that nothing tells them.

    Returns
    -------
    str
        A complete HTML document.

    Raises
    ------
    ValueError
        If there are no words for a language, or no font for its picture.
    AssessError
        If an example or the column does not exist.

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> evidence = tassei.read_evidence({"people": {"person_id": ["P1"]}}, framework)
    >>> a = tassei.assess(evidence, framework, as_of="2026-06-30")
    >>> page(a, langs=["en"])[:15]
    '<!doctype html>'
    """
    langs = _languages(langs, languages())
    min_group = whole_number("min_group", min_group)
    chosen = list(examples) if examples is not None else pick_examples(assessment)
    years = _last_years(assessment)
    sections = {lang: _section(assessment, years, chosen, lang, by, min_group) for lang in langs}
    return _document(assessment, sections, "report_title")


def people_page(
    assessment: Assessment, people: Sequence[str], langs: Sequence[str] | None = None
) -> str:
    """Explanation and gap of chosen people as one HTML text, in print a page for each.

    Parameters
    ----------
    assessment
        What to report.
    people
        Ids of persons.
    langs
        Languages of the page, the first is shown first; None means all that there are words for.

    Returns
    -------
    str
        A complete HTML document.

    Raises
    ------
    ValueError
        If there are no words for a language.
    AssessError
        If there is no such person.

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> evidence = tassei.read_evidence({"people": {"person_id": ["P1"]}}, framework)
    >>> a = tassei.assess(evidence, framework, as_of="2026-06-30")
    >>> people_page(a, ["P1"], langs=["en"]).count("<h2>")
    2
    """
    spoken = [lang for lang in languages() if lang in assessment.framework.languages]
    people = several(people)
    sections = {
        lang: _people_section(assessment, people, lang) for lang in _languages(langs, spoken or languages())
    }
    return _document(assessment, sections, "people_title")


def _document(assessment: Assessment, sections: Mapping[str, str], title: str) -> str:
    """A page whose language is a choice between radio buttons: CSS alone does it."""
    langs = list(sections)
    shown = "".join(
        f"#lang-{lang}:checked ~ main .lang-{lang} {{ display: block; }}\n"
        f"#lang-{lang}:checked ~ main label[for=lang-{lang}] "
        "{ background: var(--ink); color: #fff; }\n"
        f"#lang-{lang}:focus-visible ~ main label[for=lang-{lang}] "
        "{ outline: 3px solid var(--blue); }\n"
        for lang in langs
    )
    picks = "".join(
        f'<input class="pick" type="radio" name="lang" id="lang-{lang}"'
        f"{' checked' if lang == langs[0] else ''}>\n"
        for lang in langs
    )
    names = {lang: _text(words(lang)["language_name"]) for lang in langs}
    tabs = " ".join(
        f'<label for="lang-{lang}" lang="{lang}">{name}</label>' for lang, name in names.items()
    )
    return (
        f'<!doctype html>\n<html lang="{langs[0]}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"{meta(assessment)}\n"
        f"<title>{_text(words(langs[0])[title])}</title>\n<style>\n{CSS}\n{shown}</style>\n</head>\n"
        f"<body>\n{picks}<main>\n"
        + (f'<div class="tabs">{tabs}</div>\n' if len(langs) > 1 else "")
        + "\n".join(sections.values()) + "\n</main>\n</body>\n</html>\n"
    )


def pick_examples(assessment: Assessment) -> list[tuple[str, str]]:
    """Three people who show different things: proven furthest, open by a little, halfway up.

    Parameters
    ----------
    assessment
        From which to choose.

    Returns
    -------
    list of (person, specialty)
        Fewer if there are not three.

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> evidence = tassei.read_evidence({"people": {"person_id": ["P1"]}}, framework)
    >>> a = tassei.assess(evidence, framework, as_of="2026-06-30")
    >>> len(pick_examples(a))
    1
    """
    data = columns_of(assessment.levels())
    rows = list(
        zip(
            data["person_id"], data["specialty"], data["level"], data["possible_level"], strict=True
        )
    )
    found: list[tuple[str, str]] = []

    def take(candidates: Iterable[tuple[Any, ...]], key: Callable[[tuple[Any, ...]], Any]) -> None:
        taken = {person for person, _ in found}
        left = [row for row in candidates if row[0] not in taken]
        if left:
            found.append(max(left, key=key)[:2])

    top = max((level for _, _, level, _ in rows), default=0)
    take((row for row in rows if row[2] == top), lambda row: row[3])
    take((row for row in rows if row[3] > row[2]), lambda row: (row[2] > 0, row[2] - row[3]))
    take((row for row in rows if row[2] < top), lambda row: (row[2] > 0, row[3] == row[2]))
    take(rows, lambda row: row[2])
    return found[:3]


def _languages(langs: Any, every: list[str]) -> list[str]:
    """Those that are given, one or several, else every one."""
    chosen = every if langs is None else several(langs)
    if not chosen:
        raise AssessError(f"a page needs a language; there are {listed(languages())}")
    return chosen


def _text(value: object) -> str:
    return html.escape(str(value))


def _people_section(assessment: Assessment, people: Sequence[str], lang: str) -> str:
    say, label = words(lang), assessment.framework.label
    parts = [
        f'<section class="lang-{lang}" lang="{lang}">',
        f"<h1>{_text(say['people_title'])}</h1>",
        f'<p class="head">{_text(_as_of(assessment, lang))}</p>',
        f'<p class="note">{_text(say["method_text"])}</p>',
    ]
    for person in people:
        place = assessment._place(person)
        parts.append(f'<article class="person"><h2>{_text(visible(person))}</h2>')
        for at, specialty in enumerate(assessment.framework.specialties):
            levels = (assessment._core.level[place, at], assessment._core.possible_level[place, at])
            certain, possible = (level_label(assessment, int(level), lang) for level in levels)
            title = say["standing"].format(
                specialty=headline(label("specialty", specialty, lang)), level=certain, possible=possible
            )
            parts.append(f'<details class="example" open><summary>{_text(title)}</summary>')
            parts.append(assessment.explain(person, specialty, lang=lang).html)
            parts.append(f"<h3>{_text(say['what_is_missing'])}</h3>")
            parts.append(assessment.gap(person, specialty, lang=lang).html + "</details>")
        parts.append("</article>")
    parts += [f"<h2>{_text(say['basis'])}</h2>", _basis(assessment, lang), "</section>"]
    return "\n".join(parts)


def _as_of(assessment: Assessment, lang: str) -> str:
    day = assessment.as_of
    return words(lang)["as_of"].format(year=day.year, month=day.month, day=day.day)


def _section(
    assessment: Assessment, years: Trend, examples: list[tuple[str, str]], lang: str, by: str | None,
    min_group: int,
) -> str:  # fmt: skip
    say, draw = words(lang), assessment.plot
    head = say["head"].format(n=len(assessment.evidence), as_of=_as_of(assessment, lang))
    parts = [
        f'<section class="lang-{lang}" lang="{lang}">',
        f"<h1>{_text(say['report_title'])}</h1>",
        f'<p class="head">{_text(head)}</p>',
        _summary(assessment, lang),
        _picture(say["picture"], say["title"], partial(draw.distribution, lang=lang)),
        f"<h2>{_text(say['table'])}</h2>",
        _table(assessment, lang),
        f'<p class="note">{_text(say["table_note"])}</p>',
    ]
    if by is not None:
        groups = partial(draw.distribution, by=by, min_group=min_group, lang=lang)
        parts.append(_picture(say["by_group"], say["by_group"], groups))
        if min_group > 1:
            parts.append(f'<p class="note">{_text(say["suppression_note"].format(n=min_group))}</p>')
    for name, picture in (
        ("bottlenecks", partial(draw.bottlenecks, lang=lang)),
        ("trend", partial(years.plot, lang=lang)),
        ("completeness", partial(draw.completeness, lang=lang)),
    ):
        parts.append(_picture(say[f"report_{name}"], say[f"{name}_title"], picture))
        parts.append(f'<p class="note">{_text(say[f"report_{name}_note"])}</p>')
    parts += [
        f"<h2>{_text(say['examples'])}</h2>" if examples else "",
        *(_example(assessment, person, specialty, lang) for person, specialty in examples),
        f"<h2>{_text(say['method'])}</h2>",
        f"<p>{_text(say['method_text'])}</p>",
        f"<h2>{_text(say['basis'])}</h2>",
        _basis(assessment, lang),
        "</section>",
    ]
    return "\n".join(part for part in parts if part)


_YEARS = 5  # that the trend of a report looks back


def _last_years(assessment: Assessment) -> Trend:
    """The same evidence on the same day of the years before."""
    day = pd.Timestamp(assessment.as_of)
    days = [(day - pd.DateOffset(years=years)).date() for years in range(_YEARS, -1, -1)]
    return assess_over(
        assessment.evidence, assessment.framework, days, assessment.readings,
        assessment.min_verification, assessment._threads,
    )  # fmt: skip


def _picture(title: str, alt: str, draw: Callable[[], Axes]) -> str:
    data = base64.b64encode(png(draw)).decode("ascii")
    return f'<h2>{_text(title)}</h2>\n<img alt="{_text(alt)}" src="data:image/png;base64,{data}">'


def _counts(assessment: Assessment) -> dict[tuple[str, int], tuple[int, int]]:
    data = columns_of(assessment.distribution())
    keys = zip(data["specialty"], data["level"], strict=True)
    return dict(zip(keys, zip(data["certain"], data["possible"], strict=True), strict=True))


def _levels(assessment: Assessment) -> list[int]:
    return [0, *assessment.framework.levels]


def _summary(assessment: Assessment, lang: str) -> str:
    """For each specialty how many stand in the upper half of the levels."""
    say, counts, levels = words(lang), _counts(assessment), _levels(assessment)
    bar = levels[(len(levels) + 1) // 2 - (len(levels) > 3)]
    lines = []
    for specialty in assessment.framework.specialties:
        pairs = [counts.get((specialty, level), (0, 0)) for level in levels if level >= bar]
        lines.append(
            say["summary"].format(
                specialty=headline(assessment.framework.label("specialty", specialty, lang)),
                level=level_label(assessment, bar, lang),
                certain=sum(certain for certain, _ in pairs),
                possible=sum(possible for _, possible in pairs),
            )
        )
    return "<ul>" + "".join(f"<li>{_text(line)}</li>" for line in lines) + "</ul>"


def _table(assessment: Assessment, lang: str) -> str:
    say, counts = words(lang), _counts(assessment)
    specialties = assessment.framework.specialties
    labels = [headline(assessment.framework.label("specialty", s, lang)) for s in specialties]
    people = len(assessment.evidence)

    def cell(count: int) -> str:
        share = f" <small>({100 * count / people:.1f} %)</small>" if people else ""
        return f"<td>{count:,}{share}</td>"

    groups = "".join(f'<th colspan="2" scope="colgroup">{_text(label)}</th>' for label in labels)
    pair = f"<th>{_text(say['certain_short'])}</th><th>{_text(say['possible_short'])}</th>"
    rows = []
    for level in _levels(assessment):
        cells = "".join(
            cell(count) for s in specialties for count in counts.get((s, level), (0, 0))
        )
        name = _text(headline(level_label(assessment, level, lang)))
        rows.append(f'<tr><td scope="row">{name}</td>{cells}</tr>')
    total = f"<td>{people:,}</td>" * (2 * len(specialties))
    return (
        f'<table><thead><tr><th rowspan="2">{_text(say["level"])}</th>{groups}</tr>'
        f"<tr>{pair * len(specialties)}</tr></thead><tbody>{''.join(rows)}</tbody>"
        f"<tfoot><tr><td>{_text(say['total'])}</td>{total}</tr></tfoot></table>"
    )


def _example(assessment: Assessment, person: str, specialty: str, lang: str) -> str:
    explanation = assessment.explain(person, specialty, lang=lang)
    found = explanation.to_dict()
    title = words(lang)["example"].format(
        person=person,
        specialty=assessment.framework.label("specialty", specialty, lang),
        level=level_label(assessment, found["certain_level"], lang),
        possible=level_label(assessment, found["possible_level"], lang),
    )
    summary = f"<summary>{_text(title)}</summary>"
    return f'<details class="example">{summary}\n{explanation.html}\n</details>'


def _basis(assessment: Assessment, lang: str) -> str:
    say, framework = words(lang), assessment.framework
    rows = [
        (say["framework"], framework.title.get(lang) or framework.id),
        (say["version"], framework.version),
        (say["fingerprint"], framework.fingerprint),
        (say["evaluated"], assessment.as_of.isoformat()),
        *(
            (f"{say['readings']}: {label}", choice)
            for label, choice, _ in readings(assessment, lang)
        ),
        (
            say["minimum"],
            say["none"]
            if assessment.min_verification is None
            else verification_label(assessment, lang),
        ),
        (say["issues"], f"{len(assessment.evidence.issues):,}"),
        *in_words(assessment, lang),
    ]
    return "<dl>" + "".join(f"<dt>{_text(a)}</dt><dd>{_text(b)}</dd>" for a, b in rows) + "</dl>"
