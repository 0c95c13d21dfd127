"""One person against a sheet: what is proven of each criterion, and how far it may reach."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ..describe import number
from ..text import printable
from ..words import basis, headline, words
from .style import (
    FAINT,
    GRID,
    INK,
    LEVEL_COLOURS,
    columns_of,
    dress,
    ems,
    fit,
    folded,
    hatched,
    heading,
    kind_legend,
    looks,
    new_axes,
    room,
    row_labels,
    span,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .. import Assessment

__all__ = ["profile"]

_FURTHEST = 150.0  # % of what is required; more is drawn to the edge, and written
_MARKS = {"met": "✓", "unknown": "?", "unmet": "×"}
# Blue, grey and vermilion are told apart with any sight, and dark enough to be read.
_STATUS_COLOURS = {"met": LEVEL_COLOURS[2], "unknown": FAINT, "unmet": "#b03a06"}


def profile(
    assessment: Assessment,
    person_id: str,
    specialty: str,
    level: int | None = None,
    lang: str = "en",
    ax: Axes | None = None,
    return_data: bool = False,
) -> Axes | tuple[Axes, Any]:
    """One person against a sheet: per criterion what is proven (solid) and what may be (hatched).

    Parameters
    ----------
    assessment
        What to show.
    person_id, specialty
        Whose sheet.
    level
        Default: the next level above the person's certain one, or the highest.
    lang
        Language of title, axes and labels.
    ax
        Where to draw; None makes a new figure.
    return_data
        Also return the table behind the picture.

    Returns
    -------
    matplotlib.axes.Axes, or (Axes, frame) with ``return_data=True``
        The frame is that of ``assessment.criteria(person_id, specialty, level)``.

    Raises
    ------
    AssessError
        If person, specialty or level does not exist.
    ValueError
        If the language is not one of :func:`languages`.
    FontError
        If no installed font has the characters to be drawn.

    Examples
    --------
    >>> import tassei
    >>> from matplotlib.figure import Figure
    >>> from tassei import plot
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> evidence = tassei.read_evidence(tassei.synthesize(50, seed=1), framework)
    >>> a = tassei.assess(evidence, framework, as_of="2026-06-30")
    >>> plot.profile(a, "P00007", "software", ax=Figure().add_subplot()).get_xlabel()
    'Share of what is required (%)'
    """
    say, framework = words(lang), assessment.framework
    _, level = assessment._sheet(person_id, specialty, level, lang)
    frame = assessment.criteria(person_id, specialty, level)
    data = columns_of(frame)
    rows = list(
        zip(
            data["criterion"], data["status"], data["low"], data["high"], data["required"], data["unit"],
            strict=True,
        )
    )  # fmt: skip
    labels = [headline(framework.label("criterion", row[0], lang)) for row in rows]
    title = say["profile_title"].format(
        person=printable(str(person_id)),
        specialty=framework.label("specialty", specialty, lang),
        level=framework.label("level", level, lang),
    )
    subtitle = basis(assessment, lang, people=False)
    found = [_found(row, say, framework, lang) for row in rows]
    with looks([*say.values(), *labels, *found, title, *subtitle, *_MARKS.values()], lang):
        ax = ax or new_axes(8.4, 2.3 + 0.5 * len(rows))
        row_labels(ax, labels)
        size, wide = 9 * fit(ax), room(ax)
        found = [folded(text, 0.55 * wide / size) for text in found]
        beside = size * max(ems(line) for text in found for line in text.split("\n")) / wide
        for place, (_, status, low, high, required, _) in enumerate(rows):
            proven, possible = (
                min(100 * value / required, _FURTHEST) if required else 100.0 for value in (low, high)
            )
            ax.barh(place, proven, 0.5, color=LEVEL_COLOURS[2], zorder=2)
            bar = ax.barh(place, possible - proven, 0.5, left=proven, zorder=2)
            hatched(bar.patches, [LEVEL_COLOURS[2]])
            bar.patches[0].set_visible(possible > proven)
            if math.isinf(high):  # on and on
                ax.plot(_FURTHEST + 3, place, marker=9, markersize=size, color=LEVEL_COLOURS[2])
            ax.text(
                _FURTHEST + 12, place, found[place], va="center", fontsize=size,
                color=_STATUS_COLOURS[status],
            )  # fmt: skip
        ax.axvline(100, color=INK, linewidth=1.4, zorder=3)
        ax.set_ylim(len(rows) - 0.5, -0.5)
        ax.set_xlim(0, (_FURTHEST + 12) / (1 - min(beside, 0.6)))
        marks = [0, 50, 100, 150] if wide * (1 - beside) > 130 else [0, 100]
        ax.set_xticks(marks, list(map(str, marks)), fontsize=10 * fit(ax))
        ax.spines["bottom"].set_bounds(0, _FURTHEST)
        ax.set_xlabel(say["required_axis"], loc="left")
        ax.grid(axis="x", color=GRID, linewidth=0.7)
        ax.set_axisbelow(True)
        kinds = kind_legend(say["proven"], say["may_be"], LEVEL_COLOURS[2])
        heading(ax, title, subtitle, say["between"], [kinds])
        dress(ax)
        for text in [*ax.texts, *ax.get_yticklabels()]:
            text.set_parse_math(False)  # a person may be called $a$
        ax.xaxis.label.set_color(FAINT)
    return (ax, frame) if return_data else ax


def _found(row: tuple[Any, ...], say: Any, framework: Any, lang: str) -> str:
    """Status, and what was found of what is required, in words."""
    _, status, low, high, required, unit = row
    word = f"{_MARKS[status]} {say[status]}"
    if unit == "yes_no":
        return word
    amount = say["of_required"].format(
        found=span(low, high, say), required=number(required), unit=framework.label("unit", unit, lang)
    )
    return f"{word}{say['between']}{amount}"
