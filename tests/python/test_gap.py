"""What is missing: the additions really reach the level, none of them in vain."""

from __future__ import annotations

import datetime as dt
import json
import textwrap
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import tassei
from random_people import AS_OF, SETS, Recipe, random_people, to_frames

LATE = AS_OF + dt.timedelta(days=40_000)  # after every day that is added
HW3 = {
    "position": "member", "service": "hardware_service", "activities": ["fault_repair"],
    "outcome": "carried_out", "complexity": ["multi_vendor", "mission_critical"],
    "start": dt.date(2020, 1, 2), "end": None,
}  # fmt: skip
EXPERTISE = {
    "kind": "expertise", "area": "it_main_components", "standing": "practises_independently",
    "domain": "hardware_service",
}  # fmt: skip


def assessed(framework, engagements=(), contributions=(), certifications=(), **options):
    rows = {"engagements": engagements, "contributions": contributions, "certifications": certifications}
    tables = {"people": pa.table({"person_id": ["P1"]})}
    for name, own in rows.items():
        filled = [{"person_id": "P1", **row} for row in own]
        nobody = pa.table({"person_id": pa.array([], pa.string())})
        tables[name] = pa.Table.from_pylist(filled) if filled else nobody
    return tassei.assess(tassei.read_evidence(tables, framework), framework, as_of=AS_OF, **options)


def listed(a, name="additions", **options) -> list[dict[str, Any]]:
    return a.to_arrow(name, **options).to_pylist()


# --- applying additions ------------------------------------------------------------------------------


def still(tables, person):
    """A person's rows with time standing still: nothing counts later that does not count now."""
    own = {}
    for name in ("engagements", "contributions", "certifications"):
        rows = [(i, dict(row)) for i, row in enumerate(tables.get(name, [])) if row["person_id"] == person]
        kept = []
        for i, row in rows:
            first = row.get("start" if name == "engagements" else "date")
            if first is not None and first > AS_OF:
                continue
            if name == "engagements" and (row.get("end") is None or row["end"] > AS_OF):
                row["end"] = AS_OF
            kept.append((i, row))
        own[name] = kept
    return own


def cells(text: str) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for part in filter(None, text.split(", ")):
        name, _, value = part.partition("=")
        if name in SETS:
            row[name] = [] if value == "none" else value.split(";")
        else:
            row[name] = float(value) if value.replace(".", "").isdigit() else value
    return row


def applied(tables, person, additions, name):
    """The person's rows after additions, as those of a person called `name`."""
    own = still(tables, person)
    last = AS_OF
    for number, addition in enumerate(additions):
        days = addition["days"] or 0
        span = {"start": last + dt.timedelta(days=1), "end": last + dt.timedelta(days=days)} if days else {}
        last += dt.timedelta(days=days)
        if addition["kind"] == "continue":
            row = next(row for i, row in own[addition["table"]] if i == addition["row"])
            row["engagement_id"] = row.get("engagement_id") or f"running {number}"
            own[addition["table"]].append((None, row | span))
            continue
        for copy in range(addition["count"]):
            new = cells(addition["cells"]) | span
            if addition["table"] == "engagements":
                # without a start it counts, and nobody knows for how many days
                new |= {"engagement_id": f"new {number} {copy}"}
                new.setdefault("end", AS_OF)
            own[addition["table"]].append((None, new))
    return {table: [row | {"person_id": name} for _, row in rows] for table, rows in own.items()}


def whole(rows):
    """Sets in the form of items wherever one row of the table has that form."""
    for column, items in SETS.items():
        if not any(key.startswith(f"{column}.") for row in rows for key in row):
            continue
        for row in rows:
            known = row.pop(column, None)
            if known is not None:
                row.update({f"{column}.{item}": item in known for item in items})
    return rows


@pytest.mark.parametrize(
    ("recipe", "options"),
    [
        (Recipe(seed=1, people=120), {}),
        (Recipe(seed=2, people=120, blanks=0.15), {}),
        (Recipe(seed=3, people=60, blanks=0.05), {"target": 6}),
        (Recipe(seed=4, people=60), {"readings": {"cumulative": "yes"}, "target": 5}),
        (Recipe(seed=5, people=60, blanks=0.1), {"readings": {"overlap": "sum", "activities": "all"}}),
        (Recipe(seed=6, people=60), {"readings": {"size_bands": "as_printed", "deeming": "ignore"}}),
        (Recipe(seed=7, people=60), {"min_verification": "document"}),
        (Recipe(seed=8, people=60, not_supplied=("contributions",)), {}),
    ],
    ids=["plain", "blanks", "to_6", "cumulative", "sum", "as_printed", "verified", "not_supplied"],
)
def test_the_additions_reach_the_sheet_and_none_is_in_vain(framework, recipe, options):
    target = options.get("target")
    asked = {name: value for name, value in options.items() if name != "target"}
    tables = random_people(recipe)
    evidence = tassei.read_evidence(to_frames(tables, "polars"), framework)
    a = tassei.assess(evidence, framework, as_of=AS_OF, **asked)
    wanted = defaultdict(list)
    for row in listed(a, target=target):
        wanted[row["person_id"], row["specialty"], row["target"]].append(row)
    gaps = listed(a, "gaps", target=target)
    assert {(g["person_id"], g["specialty"], g["target"]) for g in gaps} == set(wanted)
    assert all(g["exact"] for g in gaps)

    crowd: dict[str, list] = {"people": [], "engagements": [], "contributions": [], "certifications": []}
    expected = {}
    for (person, specialty, level), additions in wanted.items():
        for left_out in range(-1, len(additions)):
            name = f"{person} {specialty} {left_out}"
            crowd["people"].append({"person_id": name})
            kept = [addition for i, addition in enumerate(additions) if i != left_out]
            for table, rows in applied(tables, person, kept, name).items():
                crowd[table] += rows
            expected[name] = specialty, level, left_out < 0
    tables_after = {table: whole(rows) if table == "engagements" else rows for table, rows in crowd.items()}
    after = tassei.read_evidence(to_frames(tables_after, "polars"), framework)
    later = tassei.assess(after, framework, as_of=LATE, **asked)
    if a.readings["cumulative"] == "yes":
        found = {(r["person_id"], r["specialty"]): r["level"] for r in listed(later, "levels")}
        reached = {name: found[name, specialty] >= level for name, (specialty, level, _) in expected.items()}
    else:
        status = {(r["person_id"], r["specialty"], r["level"]): r["status"] for r in listed(later, "sheets")}
        reached = {name: status[name, s, level] == "met" for name, (s, level, _) in expected.items()}
    assert {name for name in expected if reached[name] != expected[name][2]} == set()
    assert len(wanted) > 50


# --- edges -------------------------------------------------------------------------------------------


def test_what_is_just_met_lacks_nothing_and_one_day_short_is_one_day(framework):
    assert assessed(framework, [HW3], [EXPERTISE]).levels()["level"][0].as_py() == 3
    short = assessed(framework, [HW3 | {"start": dt.date(2020, 1, 3)}], [EXPERTISE])
    (gap,) = [r for r in listed(short, "gaps") if r["specialty"] == "hardware"]
    assert (gap["criterion"], gap["missing"], gap["unit"], gap["cost"]) == ("responsibility", 1, "days", 1)
    (addition,) = [r for r in listed(short) if r["specialty"] == "hardware"]
    assert (addition["kind"], addition["days"], addition["row"], addition["cells"]) == (
        "continue",
        1,
        0,
        None,
    )


def test_a_job_that_has_ended_does_not_go_on(framework):
    yesterday = AS_OF - dt.timedelta(days=1)
    ended = assessed(framework, [HW3 | {"end": yesterday}], [EXPERTISE])
    (addition,) = [r for r in listed(ended) if r["specialty"] == "hardware"]
    assert (addition["kind"], addition["days"]) == ("new", 1)


def test_unknown_evidence_does_not_shorten_a_gap(framework):
    nothing = assessed(framework, readings={"deeming": "ignore"})
    blank = [{"start": dt.date(2010, 1, 1)}] * 3
    unknown = assessed(framework, blank, [{"kind": None}] * 6, readings={"deeming": "ignore"})
    assert unknown.levels()["possible_level"].to_pylist() == [6, 6, 6]
    assert [r["cost"] for r in listed(unknown, "gaps")] == [r["cost"] for r in listed(nothing, "gaps")]


def test_nobody_lacks_a_level_above_the_highest(framework):
    a = assessed(framework, [HW3], [EXPERTISE])
    assert {r["target"] for r in listed(a, "gaps", target=3) if r["specialty"] == "hardware"} == set()
    assert {r["target"] for r in listed(a, "gaps", target=5)} == {5}


# --- tables ------------------------------------------------------------------------------------------


def test_open_criteria_and_what_they_lack(framework):
    recipe = Recipe(seed=11, people=80, blanks=0.1)
    evidence = tassei.read_evidence(to_frames(random_people(recipe), "pandas"), framework)
    a = tassei.assess(evidence, as_of=AS_OF)
    level = {(r["person_id"], r["specialty"]): r["level"] for r in listed(a, "levels")}
    expected = {}
    for r in listed(a, "criteria"):
        above = [at for at in framework.levels if at > level[r["person_id"], r["specialty"]]]
        if above and r["level"] == above[0] and r["status"] != "met":
            expected[r["person_id"], r["specialty"], r["criterion"]] = r
    found = listed(a, "gaps")
    assert {(r["person_id"], r["specialty"], r["criterion"]) for r in found} == set(expected)
    for r in found:
        of = expected[r["person_id"], r["specialty"], r["criterion"]]
        assert (r["target"], r["of_level"], r["unit"]) == (of["level"], of["level"], of["unit"])
        assert r["level"] == level[r["person_id"], r["specialty"]]
        # of a count with a nested part more may be missing than of the outer one
        assert r["missing"] >= max(of["required"] - of["low"], 1)
        assert r["missing"] == of["required"] - of["low"] or r["unit"] == "engagements"
    parts = defaultdict(float)
    for r in listed(a):
        parts[r["person_id"], r["specialty"]] += r["cost"]
    assert {(r["person_id"], r["specialty"]): r["cost"] for r in found} == pytest.approx(dict(parts))


def test_the_number_of_threads_changes_nothing(framework):
    frames = to_frames(random_people(Recipe(seed=12, people=300, blanks=0.05)), "pyarrow")
    evidence = tassei.read_evidence(frames, framework)
    one, four = (tassei.assess(evidence, as_of=AS_OF, threads=n) for n in (1, 4))
    for name in ("gaps", "additions"):
        assert one.to_arrow(name).equals(four.to_arrow(name))


def test_tables_come_back_in_the_library_of_the_evidence(framework):
    import pandas as pd

    frames = to_frames(random_people(Recipe(seed=13, people=5)), "pandas")
    a = tassei.assess(tassei.read_evidence(frames, framework), as_of=AS_OF)
    assert isinstance(a.gaps(), pd.DataFrame)
    assert isinstance(a.additions(), pd.DataFrame)


def test_nobody_at_all_has_no_gaps(framework):
    evidence = tassei.read_evidence({"people": {"person_id": pa.array([], pa.string())}}, framework)
    a = tassei.assess(evidence, as_of=AS_OF)
    assert len(a.gaps()) == len(a.additions()) == 0


# --- costs -------------------------------------------------------------------------------------------


def test_costs_choose_among_the_ways(framework):
    a = assessed(framework)
    (exam,) = [r for r in listed(a) if r["specialty"] == "software"]
    assert (exam["table"], exam["cost"], exam["cells"]) == ("certifications", 180, "examination=AP")
    dear = [r for r in listed(a, costs={"examinations": 1000}) if r["specialty"] == "software"]
    assert [r["table"] for r in dear] == ["engagements", "contributions"]
    assert [r["cost"] for r in dear] == [30 + 365 + 2 * 30, 60]
    assert dear[0]["days"] == 365
    free = [r for r in listed(a, costs={"examinations": 1000, "days": 0}) if r["specialty"] == "software"]
    assert [r["cost"] for r in free] == [30 + 2 * 30, 60]


@pytest.mark.parametrize(
    ("costs", "says"),
    [
        ({"publication": 1}, "did you mean 'publications'"),
        ({"publications": -1}, "came -1"),
        ({"publications": float("nan")}, "from 0 on"),
        ({"publications": "much"}, "came 'much'"),
        ({"publications": True}, "came True"),
    ],
)
def test_a_cost_that_makes_no_sense_says_what_would(framework, costs, says):
    a = assessed(framework)
    for ask in (a.gaps, a.additions, lambda costs: a.gap("P1", "hardware", costs=costs)):
        with pytest.raises(tassei.AssessError, match=says):
            ask(costs=costs)


def test_an_unknown_level_person_specialty_or_language_says_what_exists(framework):
    a = assessed(framework)
    for ask, says in (
        (lambda: a.gaps(target=7), "3, 4, 5, 6"),
        (lambda: a.additions(target=7), "3, 4, 5, 6"),
        (lambda: a.gap("P2", "hardware"), "no person 'P2' among 1 people"),
        (lambda: a.gap("P1", "hard"), "hardware"),
        (lambda: a.gap("P1", "hardware", 7), "3, 4, 5, 6"),
        (lambda: a.gap("P1", "hardware", lang="fr"), "ja, en"),
    ):
        with pytest.raises(tassei.AssessError, match=says):
            ask()


def test_a_framework_without_costs_takes_one_a_record_and_one_a_day(tmp_path):
    from pathlib import Path

    file = Path(__file__).parent.parent / "frameworks" / "community-choir.yaml"
    choir = tassei.load_framework(file)
    a = tassei.assess(tassei.read_evidence({"singers": {"singer_id": ["S1"]}}, choir), as_of="2026-03-31")
    for row in listed(a):
        assert row["cost"] == row["count"] + (row["days"] or 0)
    with pytest.raises(tassei.AssessError, match="names none"):
        a.gaps(costs={"days": 2})


# --- one person ----------------------------------------------------------------------------------------


def test_every_way_of_one_person_is_told_cheapest_first(framework):
    a = assessed(framework, [HW3 | {"start": dt.date(2020, 6, 1)}], [EXPERTISE])
    gap = a.gap("P1", "hardware", 3)
    data = gap.to_dict()
    assert json.loads(json.dumps(data)) == data
    costs = [way["cost"] for way in data["alternatives"]]
    assert costs == sorted(costs) == [151, 180, 30 + 2 * 30 + 151]
    assert [way["additions"][0]["kind"] for way in data["alternatives"]] == ["continue", "new", "new"]
    assert gap.cost == 151 and gap.exact
    exam = "Applied Information Technology Engineer Examination"
    assert gap.text.splitlines() == [
        "P1 · hardware, level 3: cheapest way at cost 151",
        "missing: responsibility 151 days",
        "certain now: none · as of 2020-12-31 · each way alone is enough, cheapest first",
        "",
        "1. about 5 months (151 days) more in the engagement of row 0 (position: member; service: hardware "
        "service; outcome: carried out) (cost 151)",
        f"2. a new certification (examination: {exam}) (cost 180)",
        "3. a new engagement of about 5 months (151 days) (position: member or above; service: hardware "
        "service or customer service; activities: one of 4, such as hardware installation; outcome: carried "
        "out or above; complexity: 2 of 6, such as system across platforms, system of several vendors) "
        "(cost 241)",
    ]
    japanese = a.gap("P1", "hardware", 3, lang="ja").text
    assert (
        "0行目の業務をあと約5か月(151日)続ける(立場「メンバ」、サービス区分「ハードウェアサービス」"
        in japanese
    )
    assert "新たな合格1件(試験「応用情報技術者試験」)" in japanese
    assert (
        "サービス区分「ハードウェアサービスまたはカスタマサービス」、活動「ハードウェア導入など4項目のうち1項目」"
        in japanese
    )
    for lang in ("en", "ja"):
        page = a.gap("P1", "hardware", 3, lang=lang)._repr_html_()
        assert page.count("<li>") == 3 and f'lang="{lang}"' in page and "<script" not in page


def test_a_sheet_that_is_met_lacks_nothing(framework):
    gap = assessed(framework, [HW3], [EXPERTISE]).gap("P1", "hardware", 3)
    assert gap.cost == 0 and gap.to_dict()["missing"] == []
    assert str(gap) == "P1 · hardware, level 3: nothing is missing"


def test_a_sheet_that_nothing_reaches_says_so(tmp_path):
    framework = """
        grammar: 1
        id: bakery
        version: "1"
        title: {en: Baking}
        levels: {1: {label: {en: level 1}}}
        specialties: {baking: {label: {en: baking}}}
        criteria: {practice: {label: {en: practice}}}
        tables:
          bakes:
            label: {en: bakes}
            record: {en: bake}
            columns: {baker: {type: text, role: person, label: {en: baker}}}
        sheets:
          - specialty: baking
            level: 1
            criteria: {practice: {some: {table: bakes, where: {always: false}}}}
    """
    (tmp_path / "bakery.yaml").write_text(textwrap.dedent(framework), encoding="utf-8")
    bakery = tassei.load_framework(tmp_path / "bakery.yaml")
    a = tassei.assess(tassei.read_evidence({"bakes": {"baker": ["P1"]}}, bakery), as_of=AS_OF)
    gap = a.gap("P1", "baking", 1)
    assert gap.to_dict()["alternatives"] == [] and gap.cost is None
    assert gap.heading == "P1 · baking, level 1: no addition to the evidence will do"
    assert gap.heading in str(gap)


def test_what_lower_levels_lack_is_told_with_their_level():
    choir = tassei.load_framework(Path(__file__).parents[1] / "frameworks" / "community-choir.yaml")
    a = tassei.assess(tassei.read_evidence({"singers": {"singer_id": ["S1"]}}, choir), as_of=AS_OF)
    gap = a.gap("S1", "singing", 4)
    assert {lack["level"] for lack in gap.to_dict()["missing"]} == {1, 2, 4}
    assert choir.label("level", 1) in gap.text


def test_the_gap_of_one_is_that_of_all(framework):
    recipe = Recipe(seed=14, people=40, blanks=0.1)
    evidence = tassei.read_evidence(to_frames(random_people(recipe), "pandas"), framework)
    a = tassei.assess(evidence, as_of=AS_OF)
    costs = {(r["person_id"], r["specialty"]): (r["target"], r["cost"]) for r in listed(a, "gaps")}
    for (person, specialty), (target, cost) in costs.items():
        gap = a.gap(person, specialty)
        assert (gap.level, gap.cost) == (target, pytest.approx(cost))
        assert all(np.isfinite(way["cost"]) for way in gap.to_dict()["alternatives"])


def test_additions_that_need_different_words_are_told_as_one(framework):
    lectures = [
        {"kind": "succession", "achievement": word, "domain": "customer_service_management"}
        for word in ("book", "patent_application")
    ]
    text = assessed(framework, contributions=lectures).gap("P1", "hardware", 6).text
    assert (
        "2 times a new contribution (kind of contribution: succession of skills; achievement: 2 different "
        "ones of 5, such as work in a professional community, paper published outside the company; domain: "
        "customer service management)"
    ) in text


def test_every_way_reaches_the_sheet_also_with_what_would_do_as_well(framework):
    recipe = Recipe(seed=15, people=40, blanks=0.1)
    tables = random_people(recipe)
    evidence = tassei.read_evidence(to_frames(tables, "polars"), framework)
    a = tassei.assess(evidence, as_of=AS_OF)
    crowd: dict[str, list] = {"people": [], "engagements": [], "contributions": [], "certifications": []}
    expected = {}

    def expect(gap, additions, name):
        ready = [x | {"cells": plain(x["cells"]) if x["kind"] == "new" else None} for x in additions]
        crowd["people"].append({"person_id": name})
        for table, rows in applied(tables, gap.person_id, ready, name).items():
            crowd[table] += rows
        expected[name] = gap.specialty, gap.level

    def plain(found):
        texts = {n: ";".join(v) or "none" if isinstance(v, list) else v for n, v in found.items()}
        return ", ".join(f"{n}={v:g}" if isinstance(v, float) else f"{n}={v}" for n, v in texts.items())

    for person in sorted({row["person_id"] for row in tables["people"]}):
        for specialty in framework.specialties:
            gap = a.gap(person, specialty)
            for w, way in enumerate(gap.to_dict()["alternatives"]):
                name = f"{person} {specialty} {w}"
                expect(gap, way["additions"], name)
                for i, x in enumerate(way["additions"]):
                    for column, leeway in x["leeway"].items():
                        value = x["cells"][column]
                        if leeway == "more":
                            other = value * 3 + 7
                        elif isinstance(value, list):
                            other = leeway[-len(value) :] if value else value
                        else:
                            other = leeway[-1]
                        same = [y["cells"].get(column) for y in way["additions"]].count(other)
                        if same and x["table"] == "contributions" and column == "achievement":
                            continue  # another record has it already
                        swapped = list(way["additions"])
                        swapped[i] = x | {"cells": x["cells"] | {column: other}}
                        expect(gap, swapped, f"{name} {i} {column}")
    crowd["engagements"] = whole(crowd["engagements"])
    later = tassei.assess(tassei.read_evidence(to_frames(crowd, "polars"), framework), as_of=LATE)
    status = {(r["person_id"], r["specialty"], r["level"]): r["status"] for r in listed(later, "sheets")}
    assert {name for name, sheet in expected.items() if status[name, *sheet] != "met"} == set()
    assert len(expected) > 1000
