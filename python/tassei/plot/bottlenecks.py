"""What stands between people and their next level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Patch

from ..suppress import MIN_GROUP
from ..words import basis, headline, words
from .field import draw_field, field_frame, in_cells
from .interactive import bottlenecks_chart
from .style import (
    FAINT,
    GRID,
    INK,
    LEVEL_COLOURS,
    block_names,
    block_ticks,
    block_title,
    chosen,
    columns_of,
    dress,
    ems,
    fit,
    folded,
    group_names,
    hatched,
    heading,
    kind_legend,
    looks,
    new_axes,
    room,
    row_labels,
    rows_of,
    say_nobody,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from .. import Assessment

__all__ = ["bottlenecks"]


def bottlenecks(
    assessment: Assessment,
    by: str | None = None,
    specialty: str | None = None,
    target: int | None = None,
    min_group: int = MIN_GROUP,
    lang: str = "en",
    ax: Axes | None = None,
    interactive: bool = False,
    return_data: bool = False,
) -> Any:
    """Of those below a level, how many lack each criterion, and how many lack only that one.

    A bar is the share of those people who certainly lack the criterion (solid) and of whom it is not
    known (hatched), with head counts beside it; the dark line within it is those who lack nothing else.
    With `by`, a field of groups by criteria of one level: the darker a cell, the larger the share
    that lacks the criterion.

    Parameters
    ----------
    assessment
        What to show.
    by
        Column of the people to group by.
    specialty
        One specialty of the framework; None shows them all side by side.
    target
        A level, for everybody below it. None: each level for those whose next it is; with `by`, the
        one that is next for most people.
    min_group
        Groups of fewer people are shown as suppressed, and as many others as it takes that nothing
        tells their numbers; 0 shows all. Without `by` nothing is hidden.
    lang
        Language of title, axes and labels.
    ax
        Where to draw; None makes a new figure.
    interactive
        A chart that answers to the pointer instead of a picture, from the same table; it needs
        ``tassei[interactive]`` and no `ax`, and is shown by Altair's renderer; see :mod:`tassei.plot`.
    return_data
        Also return the table behind the picture.

    Returns
    -------
    matplotlib.axes.Axes or altair.FacetChart; (Axes, frame) with ``return_data=True``
        The frame is that of ``assessment.bottlenecks(target, by, min_group)``, of the specialties, and
        with `by` of the level, shown.

    Raises
    ------
    AssessError
        If the specialty, the level or the column does not exist.
    ValueError
        If the language is not one of :func:`languages`.
    FontError
        If no installed font has the characters to be drawn.
    ImportError
        If altair is needed and missing.

    Examples
    --------
    >>> import tassei
    >>> from matplotlib.figure import Figure
    >>> from tassei import plot
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> evidence = tassei.read_evidence(tassei.synthesize(50, seed=1), framework)
    >>> a = tassei.assess(evidence, framework, as_of="2026-06-30")
    >>> plot.bottlenecks(a, ax=Figure().add_subplot()).get_xlabel()
    'Share of those below the level (%)'
    """
    framework = assessment.framework
    specialties = chosen(framework, specialty)
    draw, level = _bars, assessment._check_level(target)
    frame = assessment.bottlenecks(target, by, min_group if by is not None else 0)
    frame = rows_of(frame, specialties, framework.specialties)
    if by is not None:
        draw = _field
        if target is None:
            level = _next_of_most(assessment, specialties)
            frame = rows_of(frame, [level], framework.levels, "target")
    which = ""
    if by is not None:
        which = words(lang)["next_is" if target is None else "below_it"].format(
            level=framework.label("level", level, lang)
        )
    if interactive:
        chart = bottlenecks_chart(assessment, frame, by, specialties, which, lang, ax)
        return (chart, frame) if return_data else chart
    ax = draw(assessment, columns_of(frame), by, specialties, which, lang, ax)
    return (ax, frame) if return_data else ax


def _next_of_most(assessment: Assessment, specialties: list[str]) -> int:
    """The level that is the next one of most people."""
    data = columns_of(assessment.bottlenecks())
    below = {
        (s, level): people
        for s, level, people in zip(data["specialty"], data["target"], data["people"], strict=True)
        if s in specialties
    }
    levels: Sequence[int] = assessment.framework.levels
    return max(levels, key=lambda level: sum(below.get((s, level), 0) for s in specialties))


def _bars(
    assessment: Assessment, data: Any, by: Any, specialties: Sequence[str], which: str, lang: str,
    ax: Axes | None,
) -> Axes:
    say, framework = words(lang), assessment.framework
    rows = list(dict.fromkeys(zip(data["target"], data["criterion"], strict=True)))
    rows.sort(key=lambda row: row[0])  # stable: criteria stay in the order of the sheet
    blocks = block_names(framework, specialties, lang)
    labels = [
        say["criterion_of"].format(
            level=headline(framework.label("level", level, lang)),
            criterion=framework.label("criterion", criterion, lang),
        )
        for level, criterion in rows
    ]
    subtitle = basis(assessment, lang)
    with looks([*say.values(), *blocks, *labels, *subtitle], lang):
        ax = ax or new_axes(max(7.2, 2.6 + 3.6 * len(blocks)), 2.6 + 0.36 * max(len(rows), 1))
        row_labels(ax, labels)
        step, bar = 175.0, 100.0
        scale = room(ax) / len(blocks) / step  # points that a per cent is wide
        counts = [
            say["lacking_of"].format(lacking=lacking, open=unknown, people=people)
            if people
            else say["nobody_below"]
            for people, lacking, unknown in zip(data["people"], data["lacking"], data["open"], strict=True)
        ]
        longest = max(map(ems, counts), default=1)
        size = max(min(7.5, ax.get_yticklabels()[0].get_fontsize(), (step - bar - 10) * scale / longest), 4.0)
        keys = zip(data["specialty"], data["target"], data["criterion"], strict=True)
        numbers = zip(data["people"], data["lacking"], data["open"], data["only"], counts, strict=True)
        for (name, own, criterion), (people, lacking, unknown, only, text) in zip(keys, numbers, strict=True):
            left, row = specialties.index(name) * step, rows.index((own, criterion))
            if not people:
                ax.text(left + 2, row, text, va="center", fontsize=size, color=FAINT)
                continue
            share = 100 / people
            ax.barh(row, lacking * share, 0.62, left=left, color=LEVEL_COLOURS[1], zorder=2)
            open_ = ax.barh(row, unknown * share, 0.62, left=left + lacking * share, zorder=2)
            hatched(open_.patches, [LEVEL_COLOURS[1]])
            ax.barh(row, only * share, 0.2, left=left, color=INK, zorder=3)
            ax.text(left + bar + 3, row, text, va="center", fontsize=size, color=FAINT)
        for block, title in enumerate(blocks):
            block_title(ax, block * step + 50, title, 1.2 * bar * scale)
        ticks = [0, 50, 100] if bar * scale > 60 else [0, 100]
        block_ticks(ax, len(blocks), step, ticks)
        ax.set_xlim(-1, len(blocks) * step - 5)
        ax.set_ylim(max(len(rows), 1) - 0.4, -0.6)
        ax.grid(axis="x", color=GRID, linewidth=0.7)
        ax.set_axisbelow(True)
        ax.set_xlabel(say["below_axis"])
        kinds = kind_legend(say["lacking"], say["open"], LEVEL_COLOURS[1])
        kinds.append(Patch(facecolor=INK, label=say["only"]))
        heading(ax, say["bottlenecks_title"], [*subtitle, say["lacking_cells"]], say["between"], [kinds])
        dress(ax)
    return ax


def _field(
    assessment: Assessment, data: Any, by: Any, specialties: Sequence[str], which: str, lang: str,
    ax: Axes | None,
) -> Axes:
    say, framework = words(lang), assessment.framework
    groups = list(dict.fromkeys(data[by]))
    criteria: dict[str, list[str]] = {s: [] for s in specialties}
    cells: dict[tuple[Any, ...], tuple[Any, Any, Any]] = {}
    numbers = zip(data["people"], data["lacking"], data["open"], strict=True)
    keys = zip(data["specialty"], data[by], data["criterion"], strict=True)
    for (s, group, criterion), found in zip(keys, numbers, strict=True):
        if criterion not in criteria[s]:
            criteria[s].append(criterion)
        cells[s, group, criterion] = found
    specialties = [s for s in specialties if criteria[s]]
    blocks = block_names(framework, specialties, lang)
    names = {c: framework.label("criterion", c, lang) for own in criteria.values() for c in own}
    rows = group_names(groups, say)
    subtitle = [*basis(assessment, lang), which]
    with looks([*say.values(), *blocks, *names.values(), *rows, *subtitle], lang):
        width = max(7.2, 2.6 + sum(1.3 + 0.75 * len(criteria[s]) for s in specialties))
        ax = ax or new_axes(width, 3.0 + 0.42 * max(len(groups), 1))
        ends = 1.2  # what the number of people beside a block takes
        starts = np.cumsum([0.0, *(len(criteria[s]) + ends + 0.4 for s in specialties)])
        field_frame(ax, rows, max(starts[-1] - 0.4, 1))
        scale = room(ax) / max(starts[-1], 1)
        shown = [names[c] for s in specialties for c in criteria[s]]
        small = 8.5 * fit(ax)
        upright = [folded(name, scale / small) for name in shown]
        fits = all(small * ems(line) <= scale for name in upright for line in name.split("\n"))
        below = 0.0 if fits else small * max(map(ems, shown))
        size, between = in_cells(ax, scale, 4.2, 2.2, 2.2, len(groups), below if fit(ax) < 1 else 0.0)
        subtitle.append(say["lacking_field" if between else "lacking_only"])
        for s, left, title in zip(specialties, starts, blocks, strict=False):
            own, wide = criteria[s], len(criteria[s])
            shares, texts = np.full((len(groups), wide), np.nan), [[""] * wide for _ in groups]
            hidden = [cells[s, group, own[0]][0] is None for group in groups]
            for row in np.flatnonzero(np.logical_not(hidden)).tolist():
                group = groups[row]
                people = cells[s, group, own[0]][0]
                ax.text(
                    left + wide + 0.1, row, say["of_people"].format(n=int(people)), va="center",
                    fontsize=size, color=FAINT,
                )  # fmt: skip
                if not people:
                    ax.text(
                        left + wide / 2, row, say["nobody_below"], ha="center", va="center", fontsize=size,
                        color=FAINT,
                    )  # fmt: skip
                    continue
                for column, criterion in enumerate(own):
                    _, lacking, unknown = cells[s, group, criterion]
                    shares[row, column] = lacking / people
                    texts[row][column] = f"{int(lacking):,}"
                    if between:
                        texts[row][column] += f"{between.strip(' ')}+{int(unknown):,}"
            draw_field(ax, left, shares, texts, hidden, size, say, scale * wide)
            block_title(ax, left + wide / 2, title, scale * wide)
        places = [left + i + 0.5 for s, left in zip(specialties, starts, strict=False)
                  for i in range(len(criteria[s]))]  # fmt: skip
        ax.set_xticks(places, upright if fits else shown, fontsize=small, rotation=0 if fits else 90)
        if not len(assessment):
            say_nobody(ax, lang)
        heading(ax, say["bottlenecks_title"], subtitle, say["between"], [])
    return ax
