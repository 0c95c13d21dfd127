"""A part of a framework gives the answers that the whole gives."""

from __future__ import annotations

import pickle
import re

import numpy as np
import pytest
import tassei
from random_people import Recipe, random_people, to_frames

AS_OF = "2026-03-31"
PARTS = [
    {"specialties": "software"},
    {"levels": 5},
    {"levels": [3, 6]},
    {"specialties": ["hardware", "facility_management"], "levels": [4, 5]},
]


@pytest.fixture(scope="module")
def evidence(framework):
    return tassei.read_evidence(tassei.synthesize(300, seed=8), framework)


def sheets(a):
    return a.sheets().set_index(["person_id", "specialty", "level"]).sort_index()


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("readings", [{}, {"cumulative": "yes"}, {"deeming": "ignore", "overlap": "sum"}])
def test_each_sheet_is_as_the_whole_finds_it(framework, evidence, part, readings):
    whole = sheets(tassei.assess(evidence, as_of=AS_OF, readings=readings))
    found = sheets(tassei.assess(evidence, as_of=AS_OF, readings=readings, **part))
    assert found.equals(whole.loc[found.index])
    kept = set(found.index.droplevel("person_id"))
    asked = framework.only(**part)
    wanted = {(s, n) for s in asked.specialties for n in asked.levels}
    below = {(s, n) for s, top in wanted for n in framework.levels if n < top}
    assert kept == (wanted | below if readings.get("cumulative") == "yes" else wanted)


@pytest.mark.parametrize("part", PARTS)
def test_a_level_is_the_highest_of_those_asked_for(framework, evidence, part):
    status = sheets(tassei.assess(evidence, as_of=AS_OF))["status"].unstack("level")
    asked = framework.only(**part)
    levels = tassei.assess(evidence, as_of=AS_OF, **part).levels()
    assert list(levels["specialty"].unique()) == asked.specialties
    own = status[asked.levels].loc[list(zip(levels["person_id"], levels["specialty"], strict=True))]
    met = (own == "met").to_numpy() * np.array(asked.levels)
    open_ = (own != "unmet").to_numpy() * np.array(asked.levels)
    assert (levels["level"].to_numpy() == met.max(axis=1)).all()
    assert (levels["possible_level"].to_numpy() == open_.max(axis=1)).all()


def test_cumulative_levels_take_those_below_along(framework, evidence):
    whole = tassei.assess(evidence, as_of=AS_OF, readings={"cumulative": "yes"}).levels()
    part = tassei.assess(evidence, as_of=AS_OF, readings={"cumulative": "yes"}, levels=5).levels()
    assert (part["level"] == whole["level"].clip(upper=5)).all()


def test_without_those_below_cumulative_levels_are_an_error(framework, evidence):
    part = framework.only(levels=5)
    with pytest.raises(tassei.AssessError, match=r"hardware 3, .*left out.*below=True"):
        tassei.assess(evidence, part, as_of=AS_OF, readings={"cumulative": "yes"})
    again = pickle.loads(pickle.dumps(part))
    with pytest.raises(tassei.AssessError, match="left out"):
        tassei.assess(evidence, again, as_of=AS_OF, readings={"cumulative": "yes"})


def test_other_answers_work_on_a_part(framework, evidence):
    whole = tassei.assess(evidence, as_of=AS_OF)
    part = tassei.assess(evidence, as_of=AS_OF, specialties="software", levels=[4, 5])
    person = whole.levels().query("specialty == 'software'").sort_values("level")["person_id"].iloc[-1]
    lines = part.explain(person, "software", 5).text.splitlines()
    assert lines[0] == whole.explain(person, "software", 5).text.splitlines()[0]
    mine = part.criteria().set_index(["person_id", "level", "criterion"])
    all_of_them = whole.criteria(specialty="software").set_index(["person_id", "level", "criterion"])
    assert mine["low"].equals(all_of_them["low"].loc[mine.index])
    assert set(part.gaps()["specialty"]) == {"software"}


def test_less_is_compiled(framework):
    whole, part = framework.plan().core, framework.only("software", 6).plan().core
    assert part.lanes < whole.lanes / 2
    assert framework.only("software", 6) is framework.only(["software"], [6])
    assert framework.only() is framework


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({"specialties": "softwear"}, "no specialty 'softwear'.*did you mean 'software'"),
        ({"levels": 7}, "no level 7"),
        ({"specialties": "x", "levels": [3, 9]}, "no specialty 'x'.*no level 9"),
        ({"levels": []}, "no level is given; there are 3"),
    ],
)
def test_mistakes(evidence, part, message):
    with pytest.raises(tassei.AssessError, match=message):
        tassei.assess(evidence, as_of=AS_OF, **part)


def test_what_sheets_refer_to_comes_along(tmp_path, framework):
    text = framework.path.read_text(encoding="utf-8")
    referring = """
deeming:
  - label: {en: from the other side, ja: 他分野から}
    when: {sheet: {specialty: hardware, level: 6}}
    sheets: [{specialty: software, level: 5}]
"""
    changed, count = re.subn(r"\ndeeming:\n.*?\n(?=\n)", referring, text, flags=re.DOTALL)
    assert count == 1
    path = tmp_path / "referring.yaml"
    path.write_text(changed, encoding="utf-8")
    part = tassei.load_framework(path).only("software", 5)
    assert {(s.specialty, s.level) for s in part.document.sheets} == {("software", 5), ("hardware", 6)}


def test_random_people(framework):
    people = random_people(Recipe(seed=12, people=60, blanks=0.1, partial_sets=0.3))
    evidence = tassei.read_evidence(to_frames(people, "pandas"), framework)
    whole = sheets(tassei.assess(evidence, as_of=AS_OF))
    for sheet in framework.document.sheets:
        part = sheets(tassei.assess(evidence, as_of=AS_OF, specialties=sheet.specialty, levels=sheet.level))
        assert part.equals(whole.loc[part.index])
