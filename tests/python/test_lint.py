"""Design-time checks of a framework: each finding can be seen, and none is missing."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from pathlib import Path
from random import Random

import pandas as pd
import pytest
import tassei
from any_framework import framework_of, loaded
from random_people import Recipe, random_people
from slow_evaluator import AREAS, LEVELS, SPECIALTIES, evaluate
from tassei import _core
from tassei.grid import Grid, TooLarge
from tassei.imply import Logic
from tassei.linter import Linter
from tassei.outline import Outline, under
from tassei.witness import AS_OF

FRAMEWORKS = Path(__file__).resolve().parent.parent / "frameworks"
READINGS = [
    {},
    {"size_bands": "as_printed"},
    {"activities": "all", "errata": "corrected"},
    {"recency_years": 2},
]


@pytest.fixture(scope="module")
def choir():
    return tassei.load_framework(FRAMEWORKS / "community-choir.yaml")


# --- the standard itself --------------------------------------------------------------------------


def test_the_levels_of_the_standard_that_do_not_need_the_one_below(framework):
    found = {(f.specialty, f.level, f.criterion) for f in framework.lint().of("easier")}
    expertise = {(s, level, "expertise") for s in SPECIALTIES for level in LEVELS[:-1]}
    # the domain of a succession changes at level 6 of these two
    assert found == expertise | {("hardware", 5, "succession"), ("software", 5, "succession")}
    assert not framework.lint().of("open")


@pytest.mark.parametrize("readings", READINGS, ids=str)
def test_every_witness_holds_for_the_slow_evaluator(framework, readings):
    for f in framework.lint(readings).of("easier"):
        rows = {name: [{"person_id": "W", **row} for row in t] for name, t in f.witness.items()}
        tables = {
            "people": [{"person_id": "W"}],
            "engagements": [],
            "contributions": [],
            "certifications": [],
        }
        result = evaluate(tables | rows, AS_OF, {**readings})
        upper = min(level for level in LEVELS if level > f.level)
        assert result.sheets["W", f.specialty, upper][0] == "met"
        assert result.sheets["W", f.specialty, f.level][0] == "unmet"
        assert result.criteria["W", f.specialty, f.level, f.criterion][0] == "unmet"


def test_as_printed_medium_work_does_not_count_at_level_5(framework):
    """Level 6 asks for three engagements of grade 5, level 5 for three of grade 4: CS-13, CS-14."""
    found, as_printed = (
        {(f.specialty, f.level, f.criterion) for f in framework.lint(readings).of("easier")}
        for readings in ({}, {"size_bands": "as_printed"})
    )
    assert as_printed - found == {("facility_management", 5, "responsibility")}


@pytest.mark.parametrize("readings", READINGS, ids=str)
def test_nobody_misses_a_criterion_below_that_is_not_found(framework, readings):
    lint = framework.lint(readings)
    found = {(f.specialty, f.level, f.criterion) for f in lint if f.kind in ("easier", "open")}
    idle = {(f.specialty, f.level, f.criterion) for f in lint.of("never_decides")}
    seen = 0
    for seed in (1, 2):
        tables = random_people(Recipe(seed=seed, people=400, strong=1.0))
        result = evaluate(tables, dt.date(2020, 12, 31), readings)
        criteria: dict[tuple, dict] = {}
        for (*sheet, criterion), answer in result.criteria.items():
            criteria.setdefault(tuple(sheet), {})[criterion] = answer[0]
        for (person, specialty, level), (status, basis, _) in result.sheets.items():
            missed = {c for c, s in criteria[person, specialty, level].items() if s != "met"}
            assert not missed or any((specialty, level, c) not in idle for c in missed)
            if status == "met" and basis == "evidenced" and level > 3:
                below = (person, specialty, level - 1)
                missed = {c for c, s in criteria[below].items() if s != "met"}
                seen += bool(missed)
                assert {(specialty, level - 1, c) for c in missed} <= found
    assert seen


def test_the_witnesses_can_be_assessed_again(framework):
    lint = framework.lint()
    a = tassei.assess(lint.evidence, framework, AS_OF)
    sheets = a.to_arrow("sheets").to_pylist()
    status = {(r["person_id"], r["specialty"], r["level"]): r["status"] for r in sheets}
    for f in lint.of("easier"):
        assert (status[f.person, f.specialty, f.level + 1], status[f.person, f.specialty, f.level]) == (
            "met", "unmet",
        )  # fmt: skip


def test_criteria_that_never_decide(framework):
    found = {(f.specialty, f.level, f.criterion) for f in framework.lint().of("never_decides")}
    expected = {(s, level, c) for s in SPECIALTIES for level in LEVELS for c in ("complexity", "size")}
    assert found == expected - {(s, 3, "size") for s in SPECIALTIES}
    always = {(f.specialty, f.level, f.criterion) for f in framework.lint().of("always_met")}
    assert always == {(s, 3, "size") for s in SPECIALTIES}


def test_a_window_shorter_than_the_years_asked(framework):
    found = {
        (f.specialty, f.level, f.criterion) for f in framework.lint({"recency_years": 2}).of("never_met")
    }
    assert found == {(s, level, "responsibility") for s in ("hardware", "software") for level in (5, 6)}
    assert not framework.lint({"recency_years": 3}).of("never_met")
    # added up, days may overlap
    assert not framework.lint({"recency_years": 2, "overlap": "sum"}).of("never_met")


def test_words_of_areas_at_one_level_and_not_at_the_next(framework):
    found = [f for f in framework.lint().of("words_differ") if f.criterion == "expertise"]
    assert {(f.specialty, f.level) for f in found} == {(s, at) for s in SPECIALTIES for at in (4, 5, 6)}
    for f in found:
        above, below = set(AREAS[f.specialty, f.level]), set(AREAS[f.specialty, f.level - 1])
        for words, here, there in (
            (above - below, f.level, f.level - 1),
            (below - above, f.level - 1, f.level),
        ):
            part = f"at level {here} and not at level {there}: "
            said = f.message.partition(part)[2].partition("; ")[0]
            labels = [framework.label("word", f"area.{word}") for word in words]
            assert all(label in said for label in labels)
            assert bool(labels) == (part in f.message)
    design = [f for f in framework.lint().of("words_differ") if "service design" in f.message]
    assert ("hardware", 5, "complexity") in {(f.specialty, f.level, f.criterion) for f in design}


def test_words_that_no_sheet_asks_for(framework):
    outcome, examinations = framework.lint().of("unused_words")
    assert outcome.message == "not completed"
    assert "Fundamental" in examinations.message
    assert "Applied" not in examinations.message


def test_alternatives_that_never_help(framework):
    texts = [f.message for f in framework.lint().of("never_helps")]
    assert "“size (level 6)”: “size as printed (level 5)” holds whenever it does" in texts
    as_printed = [f.message for f in framework.lint({"size_bands": "as_printed"}).of("never_helps")]
    assert not as_printed


# --- looking ----------------------------------------------------------------------------------------


def test_text_html_and_frame(framework):
    lint = framework.lint()
    assert str(lint).startswith(f"{framework.title['en']}, version {framework.version}: {len(lint)} findings")
    assert lint._repr_html_().count("witness: W") == len(lint.of("easier"))
    frame = lint.to_frame()
    assert frame["kind"].tolist() == [f.kind for f in lint]
    assert set(json.loads(frame["witness"].tolist()[0])) == {"engagements", "contributions"}
    assert lint.to_frame("polars").height == len(lint)
    with pytest.raises(ValueError, match="'easy'"):
        lint.of("easy")


def test_japanese(framework):
    lint = framework.lint({"size_bands": "as_printed"}, lang="ja")
    assert "サイズの上限: 印刷どおり" in lint.text
    assert "W1はハードウェア レベル4を満たすがハードウェア レベル3を満たさない: 専門性が未達成" in lint.text
    assert 'lang="ja"' in lint.html
    assert len(lint) == len(framework.lint({"size_bands": "as_printed"}))
    with pytest.raises(tassei.AssessError, match="'fr'"):
        framework.lint(lang="fr")
    with pytest.raises(tassei.AssessError, match="did you mean 'overlap'"):
        framework.lint({"overlapp": "sum"})


# --- frameworks made to be found fault with ------------------------------------------------------------


def bakery(tmp_path, criteria: str, top: str = ""):
    text = (FRAMEWORKS / "minimal.yaml").read_text(encoding="utf-8")
    text = text.replace("      baker:", COLUMNS + "      baker:").replace("tables:\n", WORDS + "tables:\n", 1)
    text = text.replace("  practice: {label: {en: practice}}\n", NAMES)
    text = text.replace("      practice: {some: {table: bakes, where: {always: true}}}\n", criteria)
    if top:
        text = text.replace(
            "  1: {label: {en: level 1}}\n", "  1: {label: {en: one}}\n  2: {label: {en: two}}\n"
        )
        text += f"  - specialty: baking\n    level: 2\n    criteria:\n{top}"
    file = tmp_path / "bakery.yaml"
    file.write_text(text, encoding="utf-8")
    return tassei.load_framework(file)


NAMES = "  practice: {label: {en: practice}}\n  more: {label: {en: more}}\n"
WORDS = """units: {breads: {label: {en: breads}}}

vocabularies:
  bread: {label: {en: bread}, words: {rye: {label: {en: rye}}, wheat: {label: {en: wheat}}, oat: {label: {en: oat}}}}
  seeds: {label: {en: seeds}, words: {poppy: {label: {en: poppy}}, sesame: {label: {en: sesame}}, flax: {label: {en: flax}}}}

"""  # noqa: E501
COLUMNS = """      bread: {type: category, vocabulary: bread, label: {en: bread}}
      seeds: {type: set, vocabulary: seeds, label: {en: seeds}}
      loaves: {type: number, label: {en: loaves}}
"""
RYE = "{column: bread, is: rye}"


@pytest.mark.parametrize(
    "where",
    [
        "{all: [{column: bread, is: rye}, {column: bread, is: oat}]}",
        "{all: [{column: loaves, at_least: 5}, {column: loaves, less_than: 5}]}",
        "{all: [{column: seeds, items: [poppy, flax], need: 2}, "
        "{not: {column: seeds, items: [flax], need: any}}]}",
        "{column: loaves, less_than: 0}",
    ],
)
def test_conditions_that_contradict_each_other(tmp_path, where):
    made = bakery(tmp_path, f"      practice: {{some: {{table: bakes, where: {where}}}}}\n")
    (finding,) = made.lint().of("never_met")
    assert (finding.criterion, finding.where) == ("practice", "baking, level 1")


@pytest.mark.parametrize(("many", "met"), [(2, True), (3, False)])
def test_more_kinds_than_there_can_be(tmp_path, many, met):
    where = "{column: bread, in: [rye, oat]}"
    distinct = f"{{table: bakes, column: bread, where: {where}, at_least: {many}, unit: breads}}"
    made = bakery(tmp_path, f"      practice: {{distinct: {distinct}}}\n")
    assert bool(made.lint().of("never_met")) != met


def test_one_criterion_within_another(tmp_path):
    criteria = (
        "      practice: {some: {table: bakes, where: {column: loaves, at_least: 3}}}\n"
        f"      more: {count('{column: loaves, more_than: 3}', 2)}\n"
    )
    (finding,) = bakery(tmp_path, criteria).lint().of("never_decides")
    assert (finding.criterion, finding.message) == ("practice", "practice: whoever meets more meets it too")


def test_of_two_equal_criteria_one_decides(tmp_path):
    criteria = "".join(f"      {c}: {{some: {{table: bakes, where: {RYE}}}}}\n" for c in ("practice", "more"))
    assert [f.criterion for f in bakery(tmp_path, criteria).lint().of("never_decides")] == ["more"]


def test_an_alternative_within_another_and_one_that_is_dead(tmp_path):
    where = (
        "{any: [{column: loaves, at_least: 3}, {column: loaves, at_least: 5}, "
        "{all: [{column: bread, is: rye}, {column: bread, is: oat}]}]}"
    )
    made = bakery(tmp_path, f"      practice: {{some: {{table: bakes, where: {where}}}}}\n")
    texts = sorted(f.message for f in made.lint().of("never_helps"))
    assert texts == [
        "“bread: rye, bread: oat” can never hold there",
        "“loaves: ≥ 5”: “loaves: ≥ 3” holds whenever it does",
    ]


def test_alternatives_among_criteria(tmp_path):
    made = bakery(tmp_path, f"      practice: {{any: [{some(RYE)}, {count(RYE, 2)}]}}\n")
    (finding,) = made.lint().of("never_helps")
    assert finding.criterion == "practice"


def some(where: str) -> str:
    return f"{{some: {{table: bakes, where: {where}}}}}"


def count(where: str, many: int, more: str = "") -> str:
    return f"{{count: {{table: bakes, where: {where}, at_least: {many}, unit: breads{more}}}}}"


def kinds(where: str, many: int) -> str:
    return f"{{distinct: {{table: bakes, column: bread, where: {where}, at_least: {many}, unit: breads}}}}"


ANY, OAT = "{always: true}", "{column: bread, is: oat}"
TWO_OR_MORE, FOUR_OR_MORE = "{column: loaves, at_least: 2}", "{column: loaves, at_least: 4}"
TWO_TO_FOUR = "{column: loaves, at_least: 2, at_most: 4}"
WITH_RYE = f", of_which: [{{where: {RYE}, at_least: 1}}]"


@pytest.mark.parametrize(
    ("lower", "upper", "easier"),
    [
        (count(ANY, 2), count(ANY, 3), False),
        (count(ANY, 4), count(ANY, 3), True),
        (some(TWO_TO_FOUR), some(FOUR_OR_MORE), True),
        (some(TWO_OR_MORE), some(FOUR_OR_MORE), False),
        (f"{{not: {some(RYE)}}}", some(OAT), True),
        (kinds(ANY, 2), kinds("{column: loaves, at_least: 1}", 2), False),
        (kinds(ANY, 3), kinds(ANY, 2), True),
        (f"{{any: [{some(RYE)}, {some(OAT)}]}}", some("{column: bread, in: [rye, wheat]}"), True),
        (f"{{any: [{some(RYE)}, {some(OAT)}]}}", some("{column: bread, in: [rye, oat]}"), None),
        (count(ANY, 2, WITH_RYE), count(RYE, 2), False),
        (count(ANY, 2, WITH_RYE), count("{column: seeds, items: [flax], need: all}", 2), True),
        (some(RYE), "{sheet: {specialty: baking, level: 1}}", False),
    ],
)
def test_a_level_above_another(tmp_path, lower, upper, easier):
    """None: it is not, but no rule shows it."""
    made = bakery(tmp_path, f"      practice: {lower}\n", f"      practice: {upper}\n")
    lint = made.lint()
    assert [f.kind for f in lint if f.kind in ("easier", "open")] == {
        True: ["easier"], False: [], None: ["open"],
    }[easier]  # fmt: skip


def test_what_is_neither_shown_nor_refuted_is_said(tmp_path):
    """Three of one kind or three of another: nobody with five of either misses it, and no rule shows it."""
    three = "{{count: {{table: bakes, where: {{column: loaves, {}: 5}}, at_least: 3, unit: breads}}}}"
    lower = f"{{any: [{three.format('less_than')}, {three.format('at_least')}]}}"
    upper = "{count: {table: bakes, where: {always: true}, at_least: 5, unit: breads}}"
    made = bakery(tmp_path, f"      practice: {lower}\n", f"      practice: {upper}\n")
    assert [f.kind for f in made.lint() if f.kind in ("easier", "open")] == ["open"]


# --- the reasoning behind it ---------------------------------------------------------------------------


def random_record(rng: Random, document, table):
    row = {}
    for name, column in table.columns.items():
        words = list(document.vocabularies[column.vocabulary].words) if column.vocabulary else []
        if column.type == "set":
            row[name] = rng.sample(words, rng.randint(0, len(words)))
        elif words:
            row[name] = rng.choice(words)
        elif column.type == "number":
            row[name] = float(
                rng.choice([0, 1, 2, 3, 4, 5, 12, 40, 41, 80, 99, 100, 299, 300, 1999, 2000, 5000])
            )
    return row


@pytest.mark.parametrize("which", ["framework", "choir"])
def test_implications_hold_for_random_records(which, request):
    """What is said to imply something does so for every record that the core judges."""
    made = request.getfixturevalue(which)
    outline = Outline(made, made.plan())
    logic = Logic(outline)
    rng = Random(7)
    frames = {}
    for name, table in made.document.tables.items():
        person = next(c for c, column in table.columns.items() if column.role == "person")
        rows = [{person: "P", **random_record(rng, made.document, table)} for _ in range(300)]
        frames[name] = rows[:1] if table.unique else rows
    evidence = tassei.read_evidence({name: pd.DataFrame(rows) for name, rows in frames.items()}, made)
    a = tassei.assess(evidence, made, AS_OF)
    # explain finds each record's truth; compare the conditions of every pair of criteria of one table
    truths: dict[int, list] = {}
    nodes = {}
    for i, sheet in enumerate(outline.sheets):
        found = _core.explain(a._core, 0, i)
        for finding, node in zip(found.criteria, sheet.values(), strict=True):
            if "where" in node and finding.records:
                nodes[node["id"]] = node
                truths[node["id"]] = [r.condition == _core.Truth.yes for r in finding.records]
    assert len(nodes) > 8
    shown = 0
    for one, other in itertools.permutations(nodes.values(), 2):
        if one["table"] != other["table"]:
            continue
        if logic.covers(one["table"], (one["where"],), (other["where"],)):
            shown += 1
            pairs = zip(truths[one["id"]], truths[other["id"]], strict=True)
            assert all(then for given, then in pairs if given)
    assert shown
    for node in nodes.values():
        assert logic.can_hold(node["table"], (node["where"],)) or not any(truths[node["id"]])


def plainly(node, row, outline, table, without=()) -> bool:
    """A condition of a record that has no blanks, the obvious way."""
    parts = [plainly(part, row, outline, table, without) for part in node.get("of", [])]
    if node["id"] in without:
        return False
    if node["form"] == "constant":
        return node["value"]
    if node["form"] == "not":
        return not parts[0]
    if node["form"] == "at_least":
        return sum(parts) >= node["need"]
    name, _ = outline.column(table, node["column"])
    words = outline.words(table, node["column"])
    if node["form"] == "one_of":
        return words.index(row[name]) in node["words"]
    if node["form"] == "contains":
        return sum(bool(node["items"] >> words.index(item) & 1) for item in row[name]) >= node["need"]
    above = row[name] > node["low"] or (row[name] == node["low"] and not node["low_open"])
    return above and (row[name] < node["high"] or (row[name] == node["high"] and not node["high_open"]))


@pytest.mark.parametrize("readings", [{}, {"size_bands": "as_printed"}, None], ids=str)
def test_without_the_alternatives_that_never_help_no_record_is_judged_otherwise(framework, choir, readings):
    made = choir if readings is None else framework
    linter = Linter(made, made.readings(readings), "en", made.lint(readings)._say)
    outline = linter.outline
    rng = Random(5)
    rows = {
        t: [random_record(rng, made.document, table) for _ in range(100)]
        for t, (_, table) in enumerate(outline.tables)
    }
    kept = dropped = 0
    for place in outline.places:
        for node in under(place.node):
            if "where" not in node:
                continue
            table, root = node["table"], node["where"]
            idle = {
                p["id"] for p, _ in linter._idle_conditions(Grid(outline, table, [root]), table, (), root)
            }
            whole = [plainly(root, row, outline, table) for row in rows[table]]
            assert whole == [plainly(root, row, outline, table, idle) for row in rows[table]]
            dropped += len(idle)
            for part in (
                p for n in under(root) if 0 < n.get("need", 0) < len(n.get("of", [])) for p in n["of"]
            ):
                kept += whole != [plainly(root, row, outline, table, {part["id"]}) for row in rows[table]]
    assert kept
    assert dropped or readings


def test_every_kind_of_record_is_on_the_grid(framework):
    """Each class is told from every other one by some test, and has a value that is in it."""
    outline = Outline(framework, framework.plan())
    node = next(p.node for p in outline.places if p.specialty == "facility_management" and p.level == 5)
    grid = Grid(outline, node["table"], [node["where"]])
    for axis in grid._axes:
        seen = [tuple(test[i] for test in axis.tests.values()) for i in range(len(axis.samples))]
        assert len(set(seen)) == len(seen)
    tests = [n for n in under(node["where"]) if "column" in n]
    assert {n["column"] for n in tests} == set(grid.columns)


def test_what_is_too_large_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr("tassei.grid.CELLS", 1)
    made = bakery(tmp_path, f"      practice: {{some: {{table: bakes, where: {RYE}}}}}\n")
    with pytest.raises(TooLarge):
        outline = Outline(made, made.plan())
        node = outline.places[0].node
        Grid(outline, node["table"], [node["where"]])
    assert [f.kind for f in made.lint() if f.kind != "unused_words"] == ["too_large"]


def test_a_set_of_which_too_many_parts_are_asked_is_too_large(tmp_path):
    """Each of 17 items alone makes 131,072 sets that differ."""
    items = {f"t{i}": {"label": {"en": f"tool {i}"}} for i in range(17)}
    each = [{"column": "tools", "items": [item], "need": 1} for item in items]
    criterion = {"some": {"table": "things", "where": {"any": each}}}
    kinds = {"table": "things", "column": "kind", "where": {"any": each}, "at_least": 2, "unit": "pieces"}
    level = {"specialty": "north", "criteria": {"skill": criterion, "luck": {"distinct": kinds}}}
    whole = {"some": {"table": "things", "where": {"all": each}}}
    sheets = [level | {"level": 1}, {"specialty": "north", "level": 2, "criteria": {"skill": whole}}]
    document = framework_of(sheets, {"skill": {"en": "skill"}, "luck": {"en": "luck"}})
    document["vocabularies"]["tool"] = {"label": {"en": "tool"}, "words": items}
    found = loaded(document, tmp_path).lint()
    too_large = [(f.level, f.criterion) for f in found.of("too_large")]
    assert too_large == [(1, "skill"), (1, "luck"), (2, "skill")]
    assert not {"easier", "never_met", "always_met"} & {f.kind for f in found}


def test_criteria_of_odd_forms(tmp_path):
    def some(table, **where):
        return {"some": {"table": table, "where": where or {"always": True}}}

    impossible, easy = some("things", always=False), {"always": True}
    many = {"count": {"table": "things", "where": {"always": True}, "at_least": 2, "unit": "pieces"}}
    lower = {"skill": {"all": [easy, many]}, "luck": some("events")}
    upper = {
        "skill": {"any": [impossible, some("events")]}, "luck": {"at_least": 0, "of": [many]},
        "care": {"all": [easy, some("events", column="rank", **{"is": "low"})]},
    }  # fmt: skip
    sheets = [{"specialty": "north", "level": n, "criteria": asked} for n, asked in ((1, lower), (2, upper))]
    above = {"skill": {"sheet": {"specialty": "north", "level": 2}}}
    above["luck"] = {"any": [above["skill"], many]}
    sheets.append({"specialty": "north", "level": 5, "criteria": above})
    document = framework_of(sheets, {name: {"en": name} for name in ("skill", "luck", "care")})
    lint = loaded(document, tmp_path).lint()
    easier = next(f for f in lint.of("easier") if (f.level, f.criterion) == (1, "skill"))
    assert [row["rank"] for row in easier.witness["events"]] == ["low"] and "things" not in easier.witness
    assert (2, "skill") in {(f.level, f.criterion) for f in lint.of("never_helps")}
    assert [(f.level, f.criterion) for f in lint.of("always_met")] == [(2, "luck")]
    never_decides = {(f.level, f.criterion) for f in lint.of("never_decides")}
    assert {(5, "luck"), (2, "skill")} <= never_decides


def test_one_negation_within_another(tmp_path):
    def few(most):
        count = {"table": "things", "where": {"always": True}, "at_least": most, "unit": "pieces"}
        return {"not": {"count": count}}

    sheet = {"specialty": "north", "level": 1, "criteria": {"skill": few(2), "luck": few(1)}}
    document = framework_of([sheet], {"skill": {"en": "skill"}, "luck": {"en": "luck"}})
    found = loaded(document, tmp_path).lint().of("never_decides")
    assert [f.criterion for f in found] == ["skill"]  # who has none has fewer than two


def test_a_way_that_needs_records_that_cannot_be_is_passed_over(tmp_path):
    low, high = ({"column": "rank", "is": rank} for rank in ("low", "high"))
    both = {"some": {"table": "events", "where": {"all": [low, high]}}}
    within = {
        "table": "events", "where": low, "at_least": 2, "unit": "pieces",
        "of_which": [{"where": high, "at_least": 1}],
    }  # fmt: skip
    lower = {"skill": {"some": {"table": "things", "where": {"always": True}}}}
    possible = {"some": {"table": "events", "where": low}}
    sheets = [
        {"specialty": name, "level": level, "criteria": criteria}
        for name, never in (("north", both), ("south", {"count": within}))
        for level, criteria in ((1, lower), (2, {"luck": {"any": [never, possible]}}))
    ]
    lint = loaded(framework_of(sheets, {name: {"en": name} for name in ("skill", "luck")}), tmp_path).lint()
    easier = lint.of("easier")
    assert [(f.specialty, f.criterion) for f in easier] == [("north", "skill"), ("south", "skill")]
    for f in easier:
        assert list(f.witness) == ["events"] and [row["rank"] for row in f.witness["events"]] == ["low"]


def test_the_choir_in_all_its_forms(choir):
    lint = choir.lint()
    assert {f.kind for f in lint} >= {"easier", "never_helps", "words_differ"}
    for f in lint.of("easier"):
        assert f.person in f.message
