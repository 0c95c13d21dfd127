"""What stands between people and their next level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Patch

from ..words import basis, headline, words
from .style import (
    FAINT,
    GRID,
    INK,
    LEVEL_COLOURS,
    block_title,
    chosen,
    columns_of,
    dress,
    hatched,
    heading,
    kind_legend,
    looks,
    new_axes,
    rows_of,
    say_nobody,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .. import Assessment

__all__ = ["bottlenecks"]


def bottlenecks(
    assessment: Assessment,
    specialty: str | None = None,
    target: int | None = None,
    lang: str = "en",
    ax: Axes | None = None,
    return_data: bool = False,
) -> Axes | tuple[Axes, Any]:
    """Of those below a level, how many lack each criterion, and how many lack only that one.

    A bar is the share of those people who certainly lack the criterion (solid) and of whom it is not
    known (hatched), with head counts at its end; the dark line within it is those who lack nothing else.

    Parameters
    ----------
    assessment
        What to show.
    specialty
        One specialty of the framework; None shows them all side by side.
    target
        A level, for everybody below it. None: each level for those whose next it is.
    lang
        Language of title, axes and labels.
    ax
        Where to draw; None makes a new figure.
    return_data
        Also return the table behind the picture.

    Returns
    -------
    matplotlib.axes.Axes, or (Axes, frame) with ``return_data=True``
        The frame is that of ``assessment.bottlenecks(target)``, of the specialties shown.

    Raises
    ------
    AssessError
        If the specialty or the level does not exist.
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
    >>> plot.bottlenecks(a, ax=Figure().add_subplot()).get_xlabel()
    'Share of those below the level (%)'
    """
    say, framework = words(lang), assessment.framework
    specialties = chosen(framework, specialty)
    frame = rows_of(assessment.bottlenecks(target), specialties, framework.specialties)
    data = columns_of(frame)
    rows = list(dict.fromkeys(zip(data["target"], data["criterion"], strict=True)))
    rows.sort(key=lambda row: row[0])  # stable: criteria stay in the order of the sheet
    blocks = [headline(framework.label("specialty", s, lang)) for s in specialties]
    labels = [
        say["criterion_of"].format(
            level=headline(framework.label("level", level, lang)),
            criterion=framework.label("criterion", criterion, lang),
        )
        for level, criterion in rows
    ]
    subtitle = basis(assessment, lang)
    with looks([*say.values(), *blocks, *labels, *subtitle], lang):
        ax = ax or new_axes(max(7.2, 2.6 + 3.2 * len(blocks)), 2.6 + 0.36 * max(len(rows), 1))
        step = 125.0
        keys = zip(data["specialty"], data["target"], data["criterion"], strict=True)
        numbers = zip(data["people"], data["lacking"], data["open"], data["only"], strict=True)
        for (name, level, criterion), (people, lacking, unknown, only) in zip(keys, numbers, strict=True):
            left, row = specialties.index(name) * step, rows.index((level, criterion))
            share = 100 / max(people, 1)
            ax.barh(row, lacking * share, 0.62, left=left, color=LEVEL_COLOURS[1], zorder=2)
            bar = ax.barh(row, unknown * share, 0.62, left=left + lacking * share, zorder=2)
            hatched(bar.patches, [LEVEL_COLOURS[1]])
            ax.barh(row, only * share, 0.2, left=left, color=INK, zorder=3)
            ax.text(
                left + (lacking + unknown) * share + 1.5, row, f"{lacking:,}+{unknown:,}", va="center",
                fontsize=7.5, color=FAINT,
            )  # fmt: skip
        for block, title in enumerate(blocks):
            block_title(ax, block * step + 50, title)
        ax.set_xticks(
            [block * step + mark for block in range(len(blocks)) for mark in (0, 50, 100)],
            [str(mark) for _ in blocks for mark in (0, 50, 100)],
        )
        ax.set_xlim(-1, len(blocks) * step - 5)
        ax.set_yticks(np.arange(len(rows)), labels)
        ax.set_ylim(max(len(rows), 1) - 0.4, -0.6)
        ax.tick_params(axis="y", length=0)
        ax.grid(axis="x", color=GRID, linewidth=0.7)
        ax.set_axisbelow(True)
        ax.set_xlabel(say["below_axis"])
        if not len(assessment):
            say_nobody(ax, lang)
        kinds = kind_legend(say["lacking"], say["open"], LEVEL_COLOURS[1])
        heading(
            ax, say["bottlenecks_title"], subtitle, say["between"],
            [[*kinds, Patch(facecolor=INK, label=say["only"])]],
        )  # fmt: skip
        dress(ax)
    return (ax, frame) if return_data else ax
