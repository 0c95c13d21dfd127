"""Every picture, found by itself: nobody, one person, many groups, nothing known, very many people."""

from __future__ import annotations

import inspect
import itertools
import re
from functools import cache

import matplotlib as mpl
import pandas as pd
import pytest
import tassei
from drawing import LANGS
from tassei import plot

mpl.use("Agg")
import matplotlib.pyplot as plt

pytestmark = pytest.mark.usefixtures("no_figure_stays_open")

DATES = ["2024-06-30", "2026-06-30"]
FRAMEWORK = tassei.load_framework("itss-v3-2011-customer-service")
EVERY = {
    name: inspect.signature(picture).parameters
    for name, picture in vars(plot).items()
    if name in plot.__all__ and inspect.isfunction(picture) and name != "columns_of"
}


# --- people -----------------------------------------------------------------------------------------


@cache
def sample():
    return {name: table.convert_dtypes() for name, table in tassei.synthesize(180, seed=3).items()}


def first(count, groups):
    """So many people of the sample with all they have, in so many groups of a column ``site``."""
    ids = sample()["people"]["person_id"][:count]
    tables = {name: table[table["person_id"].isin(ids)] for name, table in sample().items()}
    sites = [f"$S{at % groups}$ <b>" for at in range(count)]
    return tables | {"people": tables["people"].assign(site=pd.Series(sites, ids.index, "str"))}


CASES = {
    "one person": lambda: first(1, 1),
    "nobody": lambda: first(0, 1),
    "one group": lambda: first(12, 1),
    "60 groups": lambda: first(180, 60),
    "8 groups": lambda: first(180, 8),
    "nothing known": lambda: {"people": first(12, 2)["people"]},
    "very many": lambda: very_many(),
}


@cache
def very_many():
    """200,000 people: few with few records, repeated under new ids; one column alone has blanks."""
    ids, times, tables = sample()["people"]["person_id"][:40], 5_000, {}
    for name, table in sample().items():
        own = table[table["person_id"].isin(ids)].drop_duplicates("person_id")
        usual = own.mode().iloc[0].dropna().drop(["end", "customer_scope"], errors="ignore")
        own = own.fillna({**usual, "start": own["start"].min()} if "start" in own else usual.to_dict())
        number = pd.Series(range(times)).repeat(len(own)).astype("str").array
        copies = pd.concat([own] * times, ignore_index=True)
        tables[name] = copies.assign(person_id=copies["person_id"] + "-" + number)
    return tables


@cache
def subject(kind, case):
    """What a picture's first argument is called, of a case."""
    evidence = tassei.read_evidence(CASES[case](), FRAMEWORK)
    if kind == "trend":
        return tassei.assess_over(evidence, FRAMEWORK, DATES)
    if kind == "comparison":
        return tassei.compare(*(tassei.assess(evidence, FRAMEWORK, as_of=day) for day in DATES))
    return tassei.assess(evidence, FRAMEWORK, as_of=DATES[1])


def arguments(name, case, by=None, **more):
    """What a picture is called with: its subject, and whatever has no default."""
    (kind, _), *others = EVERY[name].items()
    evidence = subject("assessment", case).evidence
    column = by or "site"
    demand = evidence.people[[column]].drop_duplicates().assign(
        specialty=FRAMEWORK.specialties[0], level=FRAMEWORK.levels[0], people=2
    )
    values = {
        "by": column,
        "person_id": next(iter(evidence.people["person_id"]), "P00001"),
        "specialty": FRAMEWORK.specialties[0],
        "demand": {(FRAMEWORK.specialties[0], FRAMEWORK.levels[0]): 9} if by is None else demand,
    }
    needed = {p: values[p] for p, parameter in others if parameter.default is inspect.Parameter.empty}
    return [subject(kind, case)], needed | ({"by": by} if by else {}) | more


def draws(name, case, **options):
    """Draws without a warning, which would be an error, under a title that can be read in full."""
    positional, named = arguments(name, case, return_data=True, **options)
    ax, data = getattr(plot, name)(*positional, **named)
    figure = ax.figure
    figure.canvas.draw()
    title = max(ax.texts, key=lambda text: text.get_fontsize())
    assert re.search(r"\w", title.get_text())
    box = title.get_window_extent()
    assert box.x0 >= -1 and box.x1 <= figure.bbox.x1 + 1 and box.y1 <= figure.bbox.y1 + 1
    assert isinstance(data, pd.DataFrame)
    return ax, data


BY = [(name, "site") for name in EVERY if "by" in EVERY[name]]
BY += [(name, None) for name in EVERY if "by" not in EVERY[name] or EVERY[name]["by"].default is None]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("case", ["one person", "nobody", "one group", "60 groups", "nothing known"])
@pytest.mark.parametrize(("name", "by"), BY)
def test_every_picture_draws(name, by, case, lang):
    if case == "nobody" and ("person_id" in EVERY[name] or "comparison" in EVERY[name]):
        with pytest.raises(tassei.AssessError, match="person"):  # there is nothing to draw
            draws(name, case, by=by, lang=lang)
        return
    _, data = draws(name, case, by=by, lang=lang)
    assert by is None or by in data
    if by is not None and case == "nothing known" and len(data):
        assert set(data[by]) == {"$S0$ <b>", "$S1$ <b>"}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("name", "by"), BY)
def test_every_picture_can_be_read_in_a_column(name, by, lang):
    ax = plt.figure(figsize=(4, 3), layout="constrained").add_subplot()
    draws(name, "8 groups", by=by, lang=lang, ax=ax)
    whole = ax.figure.bbox
    for label in (ax.xaxis.label, *ax.get_yticklabels()):
        box = label.get_window_extent()
        assert box.x0 >= -1 and box.x1 <= whole.x1 + 1, label.get_text()
    titles = [text.get_window_extent() for text in ax.texts if text.get_gid() == "block"]
    rows = [label.get_window_extent() for label in ax.get_yticklabels() if label.get_text()]
    columns = [label.get_window_extent() for label in ax.get_xticklabels() if label.get_text()]
    for boxes in (titles, rows, columns):
        for one, other in itertools.combinations(boxes, 2):
            assert min(one.x1 - other.x0, other.x1 - one.x0, one.y1 - other.y0, other.y1 - one.y0) < 1.5


@pytest.mark.parametrize("name", EVERY)
def test_every_picture_draws_very_many_people(name):
    ax, data = draws(name, "very many", by="site_id" if EVERY[name].get("by") else None)
    assert len(ax.figure.axes) == 1 and len(data)


# --- what pictures have in common -------------------------------------------------------------------

ORDER = [
    "demand", "person_id", "by", "specialty", "of", "level", "target", "until", "min_group", "lang", "ax",
    "interactive", "return_data",
]  # fmt: skip


def test_pictures_take_the_same_arguments_in_the_same_order():
    for name, parameters in EVERY.items():
        subject_of, *others = parameters
        assert others == [p for p in ORDER if p in others], name
        assert {"specialty", "lang", "ax", "return_data"} <= set(others), name
        assert ("by" in others) == ("min_group" in others), name
        assert (subject_of == "assessment") == (name in plot.PICTURES), name
        assert subject_of in ("assessment", "trend", "comparison"), name
        for other, parameter in itertools.product(EVERY.values(), ("min_group", "lang", "ax", "return_data")):
            if parameter in other and parameter in others:
                assert other[parameter].default == parameters[parameter].default, (name, parameter)
    assert len(EVERY) >= len(plot.PICTURES) + 2


def test_pictures_say_the_same_of_what_they_have_in_common():
    said = {}
    for name in EVERY:
        text = inspect.getdoc(getattr(plot, name)).partition("Returns\n---")[0]
        found = re.findall(r"^(\w+)\n((?: {4}.+\n)+)", text, re.MULTILINE)
        for parameter, sentences in found:
            first_sentence = re.split(r"[;.]\s", " ".join(sentences.split()) + " ")[0]
            said.setdefault(parameter, {}).setdefault(first_sentence, []).append(name)
    for parameter in ("min_group", "lang", "ax", "return_data", "interactive"):
        assert len(said[parameter]) == 1, said[parameter]
        documented = next(iter(said[parameter].values()))
        assert documented == [name for name in EVERY if parameter in EVERY[name]]
