"""Frameworks that are easy to load and hard to think about: whatever is asked of them comes to an end."""

from __future__ import annotations

import pytest
import tassei
from any_framework import framework_of, loaded

EVENT = {"some": {"table": "events", "where": {"column": "rank", "is": "high"}}}


def ladder(folder, criteria):
    """One specialty whose levels ask for these, from level 1 on."""
    sheets = [
        {"specialty": "north", "level": level, "criteria": {"skill": asked}}
        for level, asked in enumerate(criteria, 1)
    ]
    levels = {level: {"label": {"en": f"level {level}"}} for level in range(1, len(sheets) + 1)}
    return loaded(framework_of(sheets, {"skill": {"en": "skill"}}, levels=levels), folder)


def sheet(level):
    return {"sheet": {"specialty": "north", "level": level}}


def assessed(framework, **tables):
    tables = {name: {"who": ["P1"]} for name in ("events", "things")} | tables
    return tassei.assess(tassei.read_evidence(tables, framework), as_of="2026-03-31")


def test_sheets_that_each_ask_for_two_others(tmp_path):
    """Spelled out, the last of them has a hundred million parts."""
    top = 40
    pairs = [{"all": [sheet(level - 1), sheet(level - 2)]} for level in range(3, top + 1)]
    framework = ladder(tmp_path, [EVENT, EVENT, *pairs])
    a = assessed(framework, events={"who": ["P1"], "rank": [None]})
    assert a.levels()[["level", "possible_level"]].to_numpy()[0].tolist() == [0, top]
    assert not framework.lint().of("easier")
    assert framework.coverage(a).people == 1
    assert "rank" in a.questions("P1", "north", top).text
    assert a.explain("P1", "north", top).text
    assert len(a.gap("P1", "north", top).to_dict()["alternatives"][0]["additions"]) == 1


def test_a_long_chain_of_sheets(tmp_path):
    top = 400
    framework = ladder(tmp_path, [EVENT, *(sheet(level) for level in range(1, top))])
    a = assessed(framework, events={"who": ["P1"], "rank": ["high"]})
    assert a.levels()["level"].tolist()[0] == top
    assert not framework.lint().of("easier")
    assert framework.coverage(a).share() > 0


@pytest.mark.parametrize("many", ["records", "days"])
def test_no_witness_has_more_rows_than_a_person_can_have(tmp_path, many):
    every = {"where": {"always": True}}
    asked = {
        "records": {"count": {"table": "events", "at_least": 10**14, "unit": "pieces"} | every},
        "days": {"duration": {"table": "stays", "at_least": {"days": 10**14}} | every},
    }[many]
    lower = {"some": {"table": "things", "where": {"always": True}}}
    lint = ladder(tmp_path, [lower, asked]).lint()
    assert [(f.kind, f.level) for f in lint if f.level is not None] == [("open", 1)]


@pytest.mark.parametrize("first", ["many", "one"])
def test_what_a_gap_finds_does_not_hang_on_what_was_asked_before(tmp_path, first):
    """Where many sets of demands are asked for, less is looked at for each; one is asked for alone too."""

    def count(number, need):
        where = {"column": "size", "at_least": number, "at_most": number}
        return {"count": {"table": "things", "where": where, "at_least": need, "unit": "pieces"}}

    asked = {  # of the 128 sets that one of two ways each makes, only the dearest takes too much
        "many": {"all": [{"any": [count(2 * i, 1), count(2 * i + 1, 4)]} for i in range(7)]},
        "one": {"all": [count(2 * i + 1, 4) for i in range(7)]},
    }
    names = dict(zip([first, *({*asked} - {first})], ["north", "south"], strict=True))
    sheets = [
        {"specialty": name, "level": 1, "criteria": {"skill": asked[which]}} for which, name in names.items()
    ]
    a = assessed(loaded(framework_of(sheets, {"skill": {"en": "skill"}}), tmp_path))
    found = {row["specialty"]: (row["cost"], row["exact"]) for row in a.to_arrow("gaps").to_pylist()}
    assert found == {names["many"]: (7, False), names["one"]: (28, True)}
    gap = a.gap("P1", names["one"], 1).to_dict()
    assert (gap["cost"], gap["exact"]) == (28, True)
