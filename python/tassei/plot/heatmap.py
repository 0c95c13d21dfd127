"""Groups by levels as a field of shares: where in the house which level is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..suppress import MIN_GROUP
from ..words import basis, words
from .field import draw_field, field_frame, in_cells
from .interactive import heatmap_chart
from .style import (
    block_names,
    block_title,
    chosen,
    columns_of,
    group_names,
    heading,
    level_names,
    level_ticks,
    looks,
    new_axes,
    room,
    rows_of,
    say_nobody,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .. import Assessment

__all__ = ["heatmap"]


def heatmap(
    assessment: Assessment,
    by: str,
    specialty: str | None = None,
    min_group: int = MIN_GROUP,
    lang: str = "en",
    ax: Axes | None = None,
    interactive: bool = False,
    return_data: bool = False,
) -> Any:
    """Groups by levels: the darker a cell, the larger the share of the group's people at that level.

    In a cell stand the head counts, certain and, where there is room, in brackets possible; the colour
    is of the certain.

    Parameters
    ----------
    assessment
        What to show.
    by
        Column of the people to group by.
    specialty
        One specialty of the framework; None shows them all side by side.
    min_group
        Groups of fewer people are shown as suppressed, and as many others as it takes that nothing
        tells their numbers; 0 shows all.
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
        The frame is that of ``assessment.distribution(by, min_group)``, of the specialties shown.

    Raises
    ------
    AssessError
        If the specialty or the column does not exist.
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
    >>> plot.heatmap(a, by="site_id", ax=Figure().add_subplot()).get_xlabel()
    'Level'
    """
    say = words(lang)
    specialties = chosen(assessment.framework, specialty)
    frame = rows_of(
        assessment.distribution(by=by, min_group=min_group), specialties, assessment.framework.specialties
    )
    if interactive:
        chart = heatmap_chart(assessment, frame, by, specialties, lang, ax)
        return (chart, frame) if return_data else chart
    data = columns_of(frame)
    levels = [0, *assessment.framework.levels]
    groups = list(dict.fromkeys(data[by]))
    shape = (len(specialties), len(groups), len(levels))

    def cells(name: str) -> np.ndarray:
        return np.array(data[name], float).reshape(shape)  # hidden numbers are NaN

    share, certain, possible = (cells(name) for name in ("certain_share", "certain", "possible"))
    blocks = block_names(assessment.framework, specialties, lang)
    names = level_names(assessment, lang)
    subtitle = basis(assessment, lang)
    rows = group_names(groups, say)
    with looks([*say.values(), *blocks, *subtitle, *names.values(), *rows], lang):
        height = 2.2 + 0.42 * max(len(groups), 1)
        ax = ax or new_axes(max(6.4, 2.2 + 3.4 * len(blocks)), height)
        step = len(levels) + 0.5
        field_frame(ax, rows, len(blocks) * step - 0.5)
        wide = room(ax) / (len(blocks) * step)
        size, between = in_cells(ax, wide, 6.0, 3.2, 3.2, len(groups))
        subtitle.append(say["heatmap_cells" if between else "heatmap_certain"])
        for block, title in enumerate(blocks):
            left = block * step
            texts = [
                [f"{own:,.0f}{between}({may:,.0f})" if between else f"{own:,.0f}" for own, may in row]
                for row in np.dstack([certain[block], possible[block]])
            ]
            hidden = np.isnan(share[block]).any(axis=1)
            draw_field(ax, left, share[block], texts, hidden, size, say, wide * len(levels))
            block_title(ax, left + len(levels) / 2, title, wide * step)
        if not len(assessment):
            say_nobody(ax, lang)
        ticks = [block * step + at + 0.5 for block in range(len(blocks)) for at in range(len(levels))]
        level_ticks(ax, ticks, levels, names, wide)
        ax.set_xlabel(say["level_axis"])
        heading(ax, say["heatmap_title"], subtitle, say["between"], [])
    return (ax, frame) if return_data else ax
