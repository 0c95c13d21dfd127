"""The pictures for a notebook: Vega-Lite charts that answer to the pointer, drawn from the same tables."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..error import AssessError
from ..words import basis, headline, one_line, preferred_fonts, words
from .style import (
    FAINT,
    GRID,
    INK,
    LEVEL_COLOURS,
    block_names,
    columns_of,
    folded,
    group_names,
    level_colours,
    level_names,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from altair import FacetChart

    from .. import Assessment

__all__ = ["bottlenecks_chart", "distribution_chart", "heatmap_chart"]

_WIDTH, _ROW = 230, 44  # of a block and of a group's row, in pixels
_DIM = 0.15  # opacity of what was not clicked on
_COUNTS = ["lacking", "open", "only"]


def _altair(ax: Any) -> Any:
    if ax is not None:
        raise AssessError("interactive=True makes a chart of its own: leave out ax or interactive")
    try:
        import altair
    except ImportError as error:
        raise ImportError(
            "interactive pictures need altair: pip install 'tassei[interactive]'", name="altair"
        ) from error
    return altair


def distribution_chart(
    assessment: Assessment, frame: Any, by: str | None, specialties: list[str], of: str, lang: str,
    ax: Any = None,
) -> FacetChart:
    """The table of :meth:`tassei.Assessment.distribution` as a chart.

    Building it loads nothing; what shows it is Altair's renderer.

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> evidence = tassei.read_evidence(tassei.synthesize(50, seed=1), framework)
    >>> a = tassei.assess(evidence, framework, as_of="2026-06-30")
    >>> len(a.plot.distribution(interactive=True).data["values"]) == len(a.distribution())
    True
    """
    alt, say = _altair(ax), words(lang)
    rows, groups = _rows(assessment, frame, by, lang)
    names = {at: one_line(name) for at, name in level_names(assessment, lang).items()}
    colours = level_colours(list(names))
    kinds = [say["certain_short"], say["possible_short"]]
    # one row of the table is two bars: Vega makes them, so that the data stay the table
    bars = (
        alt.Chart()
        .transform_filter("isValid(datum.certain)")
        .transform_fold(["certain", "possible"], as_=["which", "people"])
        .transform_calculate(
            kind=f"datum.which == 'certain' ? {_quoted(kinds[0])} : {_quoted(kinds[1])}",
            share="datum.which == 'certain' ? datum.certain_share : datum.possible_share",
        )
    )
    kind = alt.selection_point(fields=["kind"], bind="legend", name="which_kind")
    level = alt.selection_point(fields=["level_name"], bind="legend", name="which_level")
    tooltip = [
        alt.Tooltip("block:N", title=headline(say["column_specialty"])),
        alt.Tooltip("level_name:N", title=say["level_axis"]),
        alt.Tooltip("kind:N", title=headline(say["column_status"])),
        alt.Tooltip("people:Q", title=say["people_axis"], format=",d"),
        alt.Tooltip("share:Q", title=say["share_axis" if by is not None else "share_all"], format=".1%"),
    ]
    shade = alt.Color(
        "level_name:N", title=say["level_axis"],
        scale=alt.Scale(domain=list(names.values()), range=[colours[at] for at in names]),
    )  # fmt: skip
    full = {"color": shade, **_told_apart(alt, kinds, kind & level, FAINT)}
    if by is None:
        drawn = bars.mark_bar(stroke=FAINT, strokeWidth=1).encode(
            x=alt.X("level_name:N", title=say["level_axis"], sort=list(names.values())).axis(labelAngle=-35),
            xOffset=alt.XOffset("kind:N", sort=kinds),
            y=alt.Y("people:Q", title=say["people_axis"]).axis(format=",d", tickMinStep=1),
            tooltip=tooltip,
            **full,
        )
        return _facets(alt, assessment, [drawn.add_params(kind, level)], rows, specialties, say["title"],
                       lang, height=240)  # fmt: skip
    share = of == "share"
    drawn = bars.mark_bar(stroke=FAINT, strokeWidth=1).encode(
        y=_group_axis(alt, groups),
        yOffset=alt.YOffset("kind:N", sort=kinds),
        x=alt.X(f"{'share' if share else 'people'}:Q", stack="zero",
                title=_lines(say["share_axis" if share else "people_axis"]))
        .axis(format="%" if share else ",d", tickCount=4)
        .scale(domainMax=1 if share else alt.Undefined),
        order=alt.Order("level:Q"),
        tooltip=[alt.Tooltip("group:N", title=by), *tooltip],
        **full,
    )  # fmt: skip
    layers = [drawn.add_params(kind, level), _said(alt, "datum.suppressed", say["suppressed"], groups)]
    return _facets(alt, assessment, layers, rows, specialties, say["title"], lang, len(groups) * _ROW)


def heatmap_chart(
    assessment: Assessment, frame: Any, by: str, specialties: list[str], lang: str, ax: Any = None
) -> FacetChart:
    """The table of :meth:`tassei.Assessment.distribution` as a field of groups by levels.

    Building it loads nothing; what shows it is Altair's renderer.

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> evidence = tassei.read_evidence(tassei.synthesize(50, seed=1), framework)
    >>> a = tassei.assess(evidence, framework, as_of="2026-06-30")
    >>> sorted(a.plot.heatmap(by="site_id", min_group=0, interactive=True).data["values"][0])[:3]
    ['block', 'certain', 'certain_share']
    """
    alt, say = _altair(ax), words(lang)
    rows, groups = _rows(assessment, frame, by, lang)
    names = {at: one_line(name) for at, name in level_names(assessment, lang).items()}
    tooltip = [
        alt.Tooltip("group:N", title=by),
        alt.Tooltip("block:N", title=headline(say["column_specialty"])),
        alt.Tooltip("level_name:N", title=say["level_axis"]),
        alt.Tooltip("certain:Q", title=headline(say["column_certain"]), format=",d"),
        alt.Tooltip("possible:Q", title=headline(say["column_possible"]), format=",d"),
        alt.Tooltip("certain_share:Q", title=headline(say["column_certain_share"]), format=".1%"),
        alt.Tooltip("possible_share:Q", title=headline(say["column_possible_share"]), format=".1%"),
    ]
    across = alt.X("level_name:N", title=say["level_axis"], sort=list(names.values()))
    cells = "format(datum.certain, ',d') + ' (' + format(datum.possible, ',d') + ')'"
    layers = _field(
        alt, "certain_share", say["column_certain_share"], cells, "isValid(datum.certain)", across,
        groups, tooltip,
    )  # fmt: skip
    layers.append(_said(alt, "datum.suppressed", say["suppressed"], groups))
    return _facets(alt, assessment, layers, rows, specialties, say["heatmap_title"], lang,
                   len(groups) * 0.7 * _ROW, [say["heatmap_cells"]], 58 * len(names))  # fmt: skip


def bottlenecks_chart(
    assessment: Assessment, frame: Any, by: str | None, specialties: list[str], which: str, lang: str,
    ax: Any = None,
) -> FacetChart:
    """The table of :meth:`tassei.Assessment.bottlenecks` as a chart.

    Building it loads nothing; what shows it is Altair's renderer.

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> evidence = tassei.read_evidence(tassei.synthesize(50, seed=1), framework)
    >>> a = tassei.assess(evidence, framework, as_of="2026-06-30")
    >>> a.plot.bottlenecks(target=3, interactive=True).data["values"][0]["row"]
    'Level 3: responsibility'
    """
    alt, say, framework = _altair(ax), words(lang), assessment.framework
    rows, groups = _rows(assessment, frame, by, lang)
    for row in rows:
        row["criterion_name"] = framework.label("criterion", row["criterion"], lang)
        row["target_name"] = headline(framework.label("level", row["target"], lang))
        row["row"] = say["criterion_of"].format(level=row["target_name"], criterion=row["criterion_name"])
    names = list(dict.fromkeys(row["criterion_name"] for row in rows))
    tooltip = [
        *([alt.Tooltip("group:N", title=by)] if by is not None else []),
        alt.Tooltip("block:N", title=headline(say["column_specialty"])),
        alt.Tooltip("target_name:N", title=headline(say["column_target"])),
        alt.Tooltip("criterion_name:N", title=headline(say["column_criterion"])),
        alt.Tooltip("people:Q", title=say["below_people"], format=",d"),
        *(alt.Tooltip(f"{name}:Q", title=headline(say[f"column_{name}"]), format=",d") for name in _COUNTS),
    ]
    title = say["bottlenecks_title"]
    if by is not None:
        across = alt.X("criterion_name:N", title=None, sort=names)
        cells = "format(datum.lacking, ',d') + '+' + format(datum.open, ',d')"
        layers = _field(
            alt, "lacking_share", say["lacking"], cells, "datum.people > 0", across, groups, tooltip
        )
        layers += [
            _said(alt, "datum.suppressed", say["suppressed"], groups),
            _said(alt, "isValid(datum.people) && datum.people == 0", say["nobody_below"], groups),
        ]
        return _facets(alt, assessment, layers, rows, specialties, title, lang, len(groups) * 0.7 * _ROW,
                       [which, say["lacking_field"]], 62 * len(names), "independent")  # fmt: skip
    kinds = [say["lacking"], say["open"]]
    kind = alt.selection_point(fields=["kind"], bind="legend", name="which_kind")
    order = list(dict.fromkeys(row["row"] for row in sorted(rows, key=lambda row: row["target"])))
    down = alt.Y("row:N", title=None, sort=order).axis(labelLimit=260)
    bars = (
        alt.Chart()
        .transform_filter("datum.people > 0")
        .transform_fold(["lacking", "open"], as_=["which", "count"])
        .transform_calculate(
            kind=f"datum.which == 'lacking' ? {_quoted(kinds[0])} : {_quoted(kinds[1])}",
            share="datum.count / datum.people",
        )
        .mark_bar(color=LEVEL_COLOURS[1], stroke=LEVEL_COLOURS[1], strokeWidth=1.2)
        .encode(
            y=down,
            x=alt.X("share:Q", title=_lines(say["below_axis"]))
            .axis(format="%", tickCount=4)
            .scale(domain=[0, 1]),
            order=alt.Order("which:N"),
            tooltip=tooltip,
            **_told_apart(alt, kinds, kind, LEVEL_COLOURS[1]),
        )
        .add_params(kind)
    )
    only = (
        alt.Chart()
        .transform_filter("datum.people > 0 && datum.only > 0")
        .transform_calculate(share="datum.only / datum.people")
        .mark_bar(color=INK, height=5)
        .encode(y=down, x="share:Q", tooltip=tooltip)
    )
    nobody = (
        alt.Chart()
        .transform_filter("datum.people == 0")
        .mark_text(align="left", color=FAINT, dx=4)
        .encode(y=down, x=alt.datum(0), text=alt.value(say["nobody_below"]))
    )
    return _facets(alt, assessment, [bars, only, nobody], rows, specialties, title, lang, 22 * len(order),
                   [say["only_line"]])  # fmt: skip


def _rows(
    assessment: Assessment, frame: Any, by: str | None, lang: str
) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows of a table with what its ids are called, and the groups in their order."""
    say, framework = words(lang), assessment.framework
    data = columns_of(frame)
    if by is not None:
        data["group"] = group_names(data[by], say, str)
        plain = (int, float, str, type(None))  # others, such as dates, JSON does not have
        data[by] = [value if isinstance(value, plain) else str(value) for value in data[by]]
    rows = [dict(zip(data, values, strict=True)) for values in zip(*data.values(), strict=True)]
    names = {at: one_line(name) for at, name in level_names(assessment, lang).items()}
    for row in rows:
        row["block"] = headline(framework.label("specialty", row["specialty"], lang))
        if "level" in row:
            row["level_name"] = names[row["level"]]
    return rows, list(dict.fromkeys(data.get("group", [])))


def _lines(title: str) -> list[str]:
    """A title of an axis, which may not be longer than the axis."""
    return folded(title, _WIDTH / 11.5).split("\n")


def _quoted(text: str) -> str:
    """A text within an expression of Vega."""
    return json.dumps(text, ensure_ascii=False)


def _told_apart(alt: Any, kinds: list[str], clicked: Any, colour: str) -> dict[str, Any]:
    """Certain is filled and has a firm outline, possible is hardly filled and has a dashed one."""
    legend = alt.Legend(symbolFillColor=colour, symbolStrokeColor=INK)
    return {
        "opacity": alt.Opacity(
            "kind:N", title=None, scale=alt.Scale(domain=kinds, range=[1.0, 0.55]), legend=legend
        ),
        "strokeDash": alt.StrokeDash(
            "kind:N", title=None, scale=alt.Scale(domain=kinds, range=[[1, 0], [3, 2]]), legend=legend
        ),
        "fillOpacity": alt.condition(
            clicked,
            alt.FillOpacity("kind:N", legend=None, scale=alt.Scale(domain=kinds, range=[1.0, 0.45])),
            alt.value(_DIM),
        ),
        "strokeOpacity": alt.condition(clicked, alt.value(1), alt.value(_DIM)),
    }


def _group_axis(alt: Any, groups: list[str]) -> Any:
    return alt.Y("group:N", title=None, sort=groups).axis(labelLimit=240)


def _said(alt: Any, where: str, text: str, groups: list[str]) -> Any:
    """A text in place of numbers, once a row, at its beginning."""
    return (
        alt.Chart()
        .transform_filter(where)
        .transform_aggregate(rows="count()", groupby=["group", "block"])
        .mark_text(align="left", color=FAINT, dx=4)
        .encode(y=_group_axis(alt, groups), x=alt.value(0), text=alt.value(text))
    )


def _field(
    alt: Any, share: str, title: str, cells: str, where: str, across: Any, groups: list[str],
    tooltip: list[Any],
) -> list[Any]:  # fmt: skip
    """Cells shaded by a share, and the numbers in them."""
    made = alt.Chart().transform_filter(where)
    if share == "lacking_share":
        made = made.transform_calculate(lacking_share="datum.lacking / datum.people")
    ramp = alt.Scale(domain=[0, 1], range=["#f4f8fb", *LEVEL_COLOURS])
    places = {"x": across.axis(labelAngle=-40 if across.title is None else 0), "y": _group_axis(alt, groups)}
    return [
        made.mark_rect(stroke="white").encode(
            color=alt.Color(f"{share}:Q", title=headline(title), scale=ramp).legend(format="%"),
            tooltip=tooltip,
            **places,
        ),
        made.transform_calculate(cell=cells)
        .mark_text(fontSize=10)
        .encode(
            text="cell:N",
            color=alt.condition(f"datum.{share} > 0.45", alt.value("white"), alt.value(INK)),
            tooltip=tooltip,
            **places,
        ),
    ]


def _facets(
    alt: Any, assessment: Assessment, layers: list[Any], rows: list[dict[str, Any]], specialties: list[str],
    title: str, lang: str, height: float, more: Sequence[str] = (), width: float = _WIDTH,
    across: str = "shared",
) -> FacetChart:  # fmt: skip
    """Layers side by side, a block a specialty, over one table, in our looks."""
    say = words(lang)
    blocks = block_names(assessment.framework, specialties, lang)
    parts = [*basis(assessment, lang), *([] if rows else [say["nobody"]])]
    subtitle = [say["between"].join(parts), *more]
    texts = [title, *subtitle, *blocks, *(row.get("group", "") for row in rows)]
    fonts = [] if "".join(texts).isascii() else preferred_fonts()
    layered = alt.layer(*layers).properties(width=width, height=max(height, 30))
    chart: FacetChart = (
        layered.facet(
            column=alt.Column("block:N", title=None, sort=blocks).header(labelFontSize=13, labelColor=INK),
            data=alt.InlineData(values=rows),
        )
        .properties(title=alt.TitleParams(title, subtitle=subtitle, anchor="start"))
        .resolve_scale(x=across)
        .configure(font=", ".join([*fonts, "sans-serif"]))
        .configure_title(fontSize=16, color=INK, subtitleColor=FAINT, subtitleFontSize=11, offset=12)
        .configure_axis(labelColor=INK, titleColor=INK, gridColor=GRID, titleFontWeight="normal")
        .configure_legend(labelColor=INK, titleColor=INK, titleFontWeight="normal")
        .configure_view(stroke=None)
    )
    return chart
