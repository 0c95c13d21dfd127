"""How far people are on each sheet: the distribution of scores, with the people themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from matplotlib.lines import Line2D

from ..everybody import criteria_in_parts
from ..suppress import MIN_GROUP, hidden_groups
from ..words import basis, headline, words
from .style import (
    FAINT,
    GRID,
    HATCH,
    INK,
    block_names,
    block_ticks,
    block_title,
    chosen,
    dress,
    edge,
    fit,
    group_labels,
    group_names,
    heading,
    is_small,
    kind_legend,
    level_colours,
    looks,
    new_axes,
    room,
    row_labels,
    say_nobody,
    say_suppressed,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .. import Assessment

__all__ = ["scores"]

_MOST_DOTS = 2_000  # a row; more are but a smear
_GRID = np.arange(201) / 2  # percent
_BANDWIDTH = 2.5  # percent; the same in each row, so that rows compare
_STEP = 146.0  # from block to block: 100 percent, and room for head counts
_GOLDEN = (np.sqrt(5) - 1) / 2
_UNMET, _MET = 0, 2


def scores(
    assessment: Assessment,
    by: str | None = None,
    specialty: str | None = None,
    level: int | None = None,
    min_group: int = MIN_GROUP,
    lang: str = "en",
    ax: Axes | None = None,
    return_data: bool = False,
) -> Axes | tuple[Axes, Any]:
    """How the scores on each sheet are distributed, proven solid and possible hatched.

    A score is the weighted mean of how far each criterion of the sheet is met; no substitute for the
    level. Each dot below a curve is a person, the diamond their median, the numbers at the right how
    many people meet the sheet, certainly (possibly). Curves are as high as their row, whatever the
    number of people.

    Parameters
    ----------
    assessment
        What to show.
    by
        Column of the people to group by: a row is then a group, on the sheets of one level.
    specialty
        One specialty of the framework; None shows them all side by side.
    level
        One level. None shows all or, with `by`, the lowest that not everybody meets.
    min_group
        Groups of fewer people are shown as suppressed, and as many others as it takes that nothing
        tells their numbers; 0 shows all. Of suppressed groups nobody is drawn; without `by`
        nothing is hidden.
    lang
        Language of title, axes and labels.
    ax
        Where to draw; None makes a new figure.
    return_data
        Also return the table behind the picture.

    Returns
    -------
    matplotlib.axes.Axes, or (Axes, frame) with ``return_data=True``
        The frame has a row a sheet and person shown: ``person_id``, ``specialty``, ``level``, (the `by`
        column,) ``score`` and ``possible_score`` in [0, 1]. Suppressed groups are not in it.

    Raises
    ------
    AssessError
        If the specialty, the level or the column does not exist.
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
    >>> plot.scores(a, ax=Figure().add_subplot()).get_xlabel()
    'Score: share of what the sheet asks for (%)'
    """
    from ..tables import groups_of

    say, framework = words(lang), assessment.framework
    specialties = chosen(framework, specialty)
    level = assessment._check_level(level)
    codes, names = groups_of(assessment.evidence, by, ["specialty", "level", "score", "possible_score"])
    sheets = {
        (s.level, s.specialty): i
        for i, s in enumerate(framework.document.sheets)
        if s.specialty in specialties and level in (None, s.level)
    }
    # level by level, specialties as the framework orders them
    sheets = dict(sorted(sheets.items(), key=lambda item: (item[0][0], specialties.index(item[0][1]))))
    status = assessment._core.status
    levels = sorted({at for at, _ in sheets})
    if by is not None and level is None:
        short = (at for (at, _), i in sheets.items() if not (status[:, i] == _MET).all())
        levels = [next(short, levels[0])]
    sheets = {key: i for key, i in sheets.items() if key[0] in levels}
    shown = ~hidden_groups(assessment.evidence, by, min_group, len(names))
    proven, possible = assessment.scores, _possible(assessment)

    groups = group_names(names.to_pylist(), say)
    blocks = block_names(framework, specialties, lang)
    of_level = {at: headline(framework.label("level", at, lang)) for at in levels}
    sizes = np.bincount(codes, minlength=len(names))
    labels = list(of_level.values())
    title = say["scores_title"]
    if by is not None:
        title = say["scores_of"].format(level=of_level[levels[0]])
        people_of = [n if seen else None for n, seen in zip(sizes.tolist(), shown, strict=True)]
        labels = group_labels(groups, people_of, say)
    order = np.argsort(codes, kind="stable")
    people = np.split(order, np.cumsum(sizes)[:-1]) if len(names) else []
    # (block, row, sheet, people): what is drawn where
    rows = [
        (specialties.index(name), row if by is not None else levels.index(at), i, own)
        for (at, name), i in sheets.items()
        for row, own in enumerate(people)
        if shown[row]
    ]
    thinned = any(len(own) > _MOST_DOTS for *_, own in rows)
    subtitle = basis(assessment, lang)
    with looks([*say.values(), *blocks, *labels, *subtitle], lang):
        ax = ax or new_axes(max(7.2, 2.2 + 3.4 * len(blocks)), max(2.6 + 0.8 * max(len(labels), 1), 4.0))
        colours = level_colours([0, *framework.levels])
        small = fit(ax)
        row_labels(ax, labels)
        scale = room(ax) / len(blocks) / _STEP  # points that a per cent is wide
        counts = [_met(status[own, i]) for _, _, i, own in rows]
        both = 40 * scale / (0.58 * max(map(len, counts), default=1)) >= 4
        if not both:
            counts = [count.partition(" ")[0] for count in counts]
        subtitle.append(say["scores_met" if both else "scores_certain"])
        subtitle += [say["scores_thinned"].format(n=_MOST_DOTS)] if thinned else []
        letters = max(map(len, counts), default=1)
        size = min(max(40 * scale / (0.58 * letters), 4.0), 8.0 * small)
        for (block, row, i, own), count in zip(rows, counts, strict=True):
            colour = colours[framework.document.sheets[i].level]
            _ridge(ax, block * _STEP, row, 100 * proven[own, i], 100 * possible[own, i], colour, small)
            ax.text(block * _STEP + 103, row - 0.12, count, fontsize=size, color=INK, clip_on=False)
        for block, name in enumerate(blocks):
            block_title(ax, block * _STEP + 50, name, 0.95 * _STEP * scale)
            for row in np.flatnonzero(~shown).tolist():
                say_suppressed(ax, block * _STEP, row, say, _STEP * scale)
        marks = (0, 50, 100) if 100 * scale > 60 else (0, 100)
        block_ticks(ax, len(blocks), _STEP, marks)
        ax.set_xlim(-3, len(blocks) * _STEP - 4)
        ax.set_ylim(max(len(labels), 1) - 0.55, -0.72)
        ax.spines["left"].set_visible(False)
        ax.grid(axis="x", color=GRID, linewidth=0.7)
        ax.set_axisbelow(True)
        ax.set_xlabel(say["scores_axis"])
        if not len(assessment):
            say_nobody(ax, lang)
        dot: dict[str, Any] = {"color": "none", "markeredgecolor": "none", "markerfacecolor": FAINT}
        handles = [  # in a column there is room for the curves' two
            *kind_legend(say["scores_proven"], say["scores_possible"]),
            Line2D([], [], marker="o", markersize=3, label=say["scores_person"], **dot),
            Line2D([], [], marker="D", markersize=5, label=say["scores_median"], **dot | {
                "markerfacecolor": "white", "markeredgecolor": INK}),
        ]  # fmt: skip
        heading(ax, title, subtitle, say["between"], [handles[:2] if is_small(ax) else handles])
        dress(ax)
    if not return_data:
        return ax
    return ax, assessment._frame(_tidy(assessment, by, sheets, shown[codes], codes, names, possible))


def _possible(a: Assessment) -> npt.NDArray[np.float64]:
    """Scores if every blank were filled with what is best: persons × sheets, as ``a.scores``."""
    document, columns = a.framework.document, a._plan.columns
    weights = np.zeros((len(columns), len(document.sheets)))
    for c, column in enumerate(columns):
        own = document.sheets[column.sheet].weights
        weights[c, column.sheet] = own.get(column.criterion, document.criteria[column.criterion].weight)
    required = np.array([column.required for column in columns])
    total = weights.sum(axis=0)
    found = np.empty(a.scores.shape)
    for places, criteria in criteria_in_parts(a):
        high = criteria.high
        part = np.where(high >= required, 1.0, np.maximum(high, 0) / np.where(required > 0, required, 1.0))
        # dividing last keeps a full sheet at exactly 1
        found[places] = part @ weights / np.where(total > 0, total, 1.0)
    return found


def _met(status: npt.NDArray[np.uint8]) -> str:
    return f"{(status == _MET).sum():,} ({(status != _UNMET).sum():,})"


def _density(percent: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """A Gaussian kernel density on the grid; what would lie beyond 0 and 100 is folded back."""
    counts = np.bincount(np.rint(2 * percent).astype(np.int64), minlength=len(_GRID))
    mirrors = np.stack([_GRID, -_GRID, 200 - _GRID])
    kernel = np.exp(-(((_GRID[:, None] - mirrors[:, None]) / _BANDWIDTH) ** 2) / 2).sum(axis=0)
    return np.asarray((kernel / kernel.sum(axis=0)) @ counts)


def _ridge(ax: Axes, left: float, row: Any, proven: Any, possible: Any, colour: str, small: float) -> None:
    if not len(proven):
        return
    curves = _density(proven), _density(possible)
    scale = 0.6 / max(curve.max() for curve in curves)
    low, high = (row - scale * curve for curve in curves)
    x, dark = left + _GRID, edge(colour)
    ax.fill_between(x, row, high, facecolor="none", edgecolor=dark, hatch=HATCH, linewidth=0, zorder=2)
    ax.fill_between(x, row, low, facecolor=colour, linewidth=0, zorder=3)
    ax.plot(x, high, color=FAINT, linewidth=0.8, zorder=4)
    ax.plot(x[[0, -1]], [row, row], color=FAINT, linewidth=0.6, zorder=4)
    dots = np.sort(proven)
    if len(dots) > _MOST_DOTS:
        dots = dots[np.linspace(0, len(dots) - 1, _MOST_DOTS).astype(np.int64)]
    jitter = (np.arange(len(dots)) + 0.5) * _GOLDEN % 1
    ax.scatter(
        left + dots, row + 0.07 + 0.22 * jitter, s=3, color=FAINT, alpha=0.4, linewidths=0,
        zorder=3, rasterized=True,
    )  # fmt: skip
    ax.plot(
        left + np.median(proven), row, marker="D", markersize=5 * small, markerfacecolor="white",
        markeredgecolor=INK, zorder=5, clip_on=False,
    )  # fmt: skip


def _tidy(
    a: Assessment, by: Any, sheets: Any, shown: Any, codes: Any, names: Any, possible: Any
) -> pa.Table:
    places, columns = np.flatnonzero(shown), list(sheets.values())
    count = len(places)
    found = a.framework.document.sheets
    table = {
        "person_id": a.evidence._ids.take(pa.array(np.tile(places, len(columns)))),
        "specialty": pa.array([found[i].specialty for i in columns], pa.large_string()).take(
            pa.array(np.repeat(np.arange(len(columns)), count))
        ),
        "level": np.repeat(np.array([found[i].level for i in columns], np.int64), count),
    }
    if by is not None:
        table[by] = names.take(pa.array(np.tile(codes[places], len(columns))))
    for name, values in (("score", a.scores), ("possible_score", possible)):
        table[name] = values[np.ix_(places, columns)].ravel(order="F")
    return pa.table(table)
