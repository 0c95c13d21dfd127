"""Framework files: what is wrong is said all at once, where it stands."""

import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
import tassei
import yaml
from any_framework import framework_of, loaded
from tassei.check import check_names
from tassei.framework import framework_schema
from tassei.grammar import Document

HERE = Path(__file__).parents[1]
BROKEN = sorted((HERE / "frameworks" / "broken").glob("*.yaml"))
ITSS = "itss-v3-2011-customer-service"


def expectations(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    found = {}
    for line in lines:
        for word in ("expect", "says"):
            if line.startswith(f"# {word}: "):
                found[word] = line.split(": ", 1)[1].strip()
    return found["expect"], [part.strip() for part in found["says"].split(",")]


def test_there_is_a_broken_file_for_every_kind_of_mistake():
    assert len(BROKEN) >= 24


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_file_says_where_and_what(path):
    expected, parts = expectations(path)
    with pytest.raises(tassei.FrameworkError) as error:
        tassei.load_framework(path)
    assert path.name in str(error.value)
    problems = [str(problem) for problem in error.value.problems]
    where = [p for p in error.value.problems if (p.path or "the file").startswith(expected)]
    assert where, problems
    assert any(all(part in str(p) for part in parts) for p in where), (parts, problems)


def test_every_mistake_at_once(tmp_path):
    text = (HERE / "frameworks" / "minimal.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    sheet = data["sheets"][0]
    sheet["specialty"] = "nowhere"
    sheet["criteria"]["nothing"] = {"some": {"table": "nowhere", "where": {"always": True}}}
    path = tmp_path / "three.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(tassei.FrameworkError) as error:
        tassei.load_framework(path)
    assert len(error.value.problems) >= 3


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x, x]\nb: [*a, *a]\n",
        "x: " + "[" * 200 + "]" * 200,
        "x: " + "{a: " * 200 + "1" + "}" * 200,
        "\n".join(f"key{i}: 1" for i in range(100_000)),
        "grammar: " + "9" * 400,
        "sheets: [" + ", ".join(["1"] * 100_000) + "]",
        "a\0b",
        "x: .inf",
        "- a list\n",
        "",
    ],
    ids=[
        "aliases",
        "deep lists",
        "deep mappings",
        "many keys",
        "huge",
        "long list",
        "nul",
        "inf",
        "list",
        "empty",
    ],
)
def test_hostile_files_end_in_a_clear_error(tmp_path, text):
    path = tmp_path / "hostile.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(tassei.FrameworkError) as error:
        tassei.load_framework(path)
    assert "hostile.yaml" in str(error.value)
    assert len(str(error.value)) < 20_000


BOMBS = {
    "cycle": "a: &a [*a]\n",
    "laughs": "a: &a [x]\n" + "".join(f"a{i + 1}: &a{i} [{'*a, ' * 9}]\n" for i in range(20)),
    "merges": "a: &a {x: 1}\nb: {<<: [*a, *a]}\n",
    "million items": "sheets: [" + "1, " * 1_000_000 + "1]",
    "million keys": "".join(f"k{i}: 1\n" for i in range(600_000)),
    "one key": "k: 1\n" * 1_000_000,
    "million mappings": "sheets:\n" + "- {a: 1}\n" * 800_000,
    "one word": "title: " + "x" * 7_000_000,
    "deeper and deeper": "x: " + "[" * 100_000,
    "too large": "x: " + "y" * 9_000_000,
    "long number": "grammar: " + "9" * 5_000_000,
    "large exponent": "grammar: 1.0e999999999999",
}


def doubling(conditions, form):
    """Each condition names the one before it twice: spelled out they double with each."""
    text = (HERE / "frameworks" / "minimal.yaml").read_text(encoding="utf-8")
    text = text.replace("where: {always: true}", f"where: {{condition: c{conditions}}}") + "\nconditions:\n"
    text += "  c0: {table: bakes, when: {always: true}}\n"
    for i in range(1, conditions + 1):
        both = f"[{{condition: c{i - 1}}}, {{condition: c{i - 1}}}]"
        text += f"  c{i}: {{table: bakes, when: {{{form}: {both}}}}}\n"
    return text


@pytest.mark.skipif(sys.platform != "linux", reason="limits of address space")
def test_bombs_end_in_little_time_and_memory(tmp_path):
    bombs = BOMBS | {"doubling": doubling(40, "any"), "doubled again": doubling(3000, "all")}
    for i, text in enumerate(bombs.values()):
        (tmp_path / f"bomb{i:02}.yaml").write_text(text, encoding="utf-8")
    code = """
import pathlib, resource, sys, tassei
tassei.load_framework("itss-v3-2011-customer-service")
size = int(next(l for l in open("/proc/self/status") if l.startswith("VmSize")).split()[1]) * 1024
resource.setrlimit(resource.RLIMIT_AS, (size + (512 << 20), resource.RLIM_INFINITY))
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    try:
        tassei.load_framework(path)
        print(path.name, "loaded")
    except tassei.FrameworkError as why:
        assert path.name in str(why) and len(str(why)) < 40_000
        print("refused")
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout == "refused\n" * len(bombs)


def test_bytes_that_are_not_utf_8(tmp_path):
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"title: caf\xe9\n")
    with pytest.raises(tassei.FrameworkError, match="not UTF-8"):
        tassei.load_framework(path)


def test_an_unknown_name_lists_what_is_bundled():
    with pytest.raises(tassei.FrameworkError, match=f"did you mean '{ITSS}'"):
        tassei.load_framework("itss-v3-2011-customer-servise")


def test_the_bundled_file_has_the_twelve_sheets(framework):
    sheets = framework.document.sheets
    pages = {(s.specialty, s.level): s.page for s in sheets}
    order = [(s, level) for s in ("hardware", "software", "facility_management") for level in (6, 5, 4, 3)]
    assert pages == {place: f"CS-{5 + i}" for i, place in enumerate(order)}
    assert sum(len(s.criteria) for s in sheets) == 66


REQUIRED = {
    "hardware": {6: (1095, 4), 5: (1095, 3), 4: (730, 1), 3: (365, None)},
    "software": {6: (1095, 3), 5: (1095, 3), 4: (730, 1), 3: (365, None)},
    "facility_management": {6: (3, 4), 5: (3, 3), 4: (2, 1), 3: (1, None)},
}


def test_what_the_sheets_require(framework):
    found = {(c.specialty, c.level, c.criterion): c.required for c in framework.plan().columns}
    for specialty, levels in REQUIRED.items():
        for level, (responsibility, succession) in levels.items():
            assert found[specialty, level, "responsibility"] == responsibility
            assert found.get((specialty, level, "succession")) == succession
    corrected = framework.plan({"errata": "corrected"}).columns
    assert {
        c.required for c in corrected if (c.specialty, c.level, c.criterion) == ("software", 6, "succession")
    } == {4}


def test_every_reading_of_the_design_is_there_with_its_default_first(framework):
    assert framework.readings() == {
        "activities": "any", "overlap": "union", "size_bands": "or_larger", "cumulative": "no",
        "deeming": "accept", "errata": "as_published", "recency_years": "none",
    }  # fmt: skip


def test_the_fingerprint_is_of_what_is_said(framework, tmp_path):
    text = framework.path.read_text(encoding="utf-8")
    same = tmp_path / "same.yaml"
    same.write_text("# another comment\n" + text.replace("need: 2}", "need:   2}"), encoding="utf-8")
    assert tassei.load_framework(same).fingerprint == framework.fingerprint
    other = tmp_path / "other.yaml"
    other.write_text(text.replace("years: 3", "years: 4", 1), encoding="utf-8")
    assert tassei.load_framework(other).fingerprint != framework.fingerprint


def test_frameworks_pickle_by_content(framework):
    again = pickle.loads(pickle.dumps(framework))
    assert again.fingerprint == framework.fingerprint
    assert repr(again) == repr(framework)


def test_labels_fall_back_to_another_language_and_to_the_id(framework):
    assert framework.label("specialty", "hardware", "ja") == "ハードウェア"
    assert framework.label("specialty", "hardware", "fr")
    assert framework.label("specialty", "nowhere") == "nowhere"
    assert framework.label("word", "position.manager", "ja") == "責任者"
    with pytest.raises(ValueError, match="no labels of 'colour'"):
        framework.label("colour", "red")


def test_every_label_of_the_bundled_file_is_in_both_languages(framework):
    def labels(node):
        if isinstance(node, dict):
            for key, value in node.items():
                if key in ("label", "title", "about", "summary") and isinstance(value, dict):
                    yield value
                yield from labels(value)
        elif isinstance(node, list):
            for item in node:
                yield from labels(item)

    found = list(labels(framework.document.model_dump(exclude_none=True)))
    assert len(found) > 200
    assert all({"ja", "en"} <= label.keys() for label in found)


def test_the_schema_in_the_tree_is_the_one_of_the_grammar():
    command = [sys.executable, "-m", "tassei.schema"]
    printed = subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout
    assert json.loads(printed) == framework_schema()
    kept = (HERE.parent / "data" / "schema" / "framework.schema.json").read_text(encoding="utf-8")
    assert kept == printed, "make schema"


@pytest.mark.parametrize("name", ["minimal", "community-choir"])
def test_files_of_other_fields_load_pickle_and_compile(name):
    framework = tassei.load_framework(HERE / "frameworks" / f"{name}.yaml")
    assert framework.plan().columns
    assert pickle.loads(pickle.dumps(framework)).fingerprint == framework.fingerprint


def test_wrong_readings_are_said_all_at_once(framework):
    chosen = {"overlp": "sum", "errata": "corected", "recency_years": 0, "cumulative": True}
    with pytest.raises(tassei.AssessError) as error:
        framework.readings(chosen)
    said = str(error.value)
    for part in ("'overlp'", "did you mean 'overlap'?", "errata is one of", "did you mean 'corrected'?"):
        assert part in said
    assert "recency_years is 'none' or a whole number from 1 to 9999, came 0" in said
    with pytest.raises(tassei.AssessError, match="1 to 9999"):
        framework.readings({"recency_years": "²"})
    assert "cumulative" not in said.split("; ")[-1]
    assert framework.readings({"cumulative": True, "recency_years": None})["cumulative"] == "yes"


NAMED = {"label": {"en": "x"}}
DAY = {"type": "date", **NAMED}
MOST = "less than or equal to 1000000000000"
WRONG = {
    "level 0": ("levels.0", NAMED, "a level is 1 to"),
    "a day and a start": ("tables.courses.columns.since", DAY | {"role": "start"}, "both a date and a start"),
    "an end and no start": ("tables.courses.columns.until", DAY | {"role": "end"}, "an end but no start"),
    "a start and no end": ("tables.seasons.columns.end", DAY, "a start but no end"),
    "a number that holds or not": (
        "sheets.1.criteria.concerts.count.unit", "yes_no", "a number needs another",
    ),
    "a weight that adds up to infinity": ("criteria.concerts.weight", 1e308, MOST),
    "a sheet's weight likewise": ("sheets.1.weights", {"concerts": 1e308}, MOST),
    "a cost likewise": ("costs", {"x": NAMED | {"table": "concerts", "per": "record", "cost": 1e308}}, MOST),
    "a number of choices": ("readings.overlap.number", True, "is a number or has choices, not both"),
    "a group of nothing": ("vocabularies.style.groups.early", [], "early"),
    "years that are no number": ("rules.recency_years.choose", "overlap", "'overlap' is not a number"),
    "a condition of no table": ("conditions.sung.table", "recitals", "unknown table 'recitals'"),
    "a condition of a sheet, of no table": (
        "sheets.2.conditions.led.table", "recital", "unknown table 'recital'",
    ),
    "a condition of two places": (
        "sheets.2.conditions.sung", {"table": "concerts", "when": {"always": True}}, "of the whole framework",
    ),
    "words of nowhere": ("tables.seasons.columns.duty.vocabulary", "task", "unknown vocabulary 'task'"),
    "a need of nothing": (
        "conditions.sung.when", {"column": "styles", "need": "all"}, "`need` without `items`",
    ),
    "items and no need": (
        "conditions.sung.when", {"column": "styles", "items": "early"}, "`items` without `need`",
    ),
    "more than there are": ("sheets.1.criteria.musicianship.at_least", 4, "at least 4 of 3 can never hold"),
    "above no level": (
        "deeming.0.when.count",
        {
            "table": "concerts", "where": {"condition": "ensemble", "above": 1}, "at_least": 1,
            "unit": "concerts",
        },
        "above or below no level: say `level`",
    ),
}  # fmt: skip
def test_a_vocabulary_has_only_so_many_words():
    words = {f"w{i}": {"label": {"en": f"word {i}"}} for i in range(65_001)}
    column = {"type": "category", "vocabulary": "kind", **NAMED}
    person = {"type": "text", "role": "person", "label": {"en": "y"}}
    document = Document.model_validate(
        {
            "grammar": 1, "id": "x", "version": "1", "title": {"en": "x"}, "levels": {1: NAMED},
            "specialties": {"s": NAMED}, "criteria": {"c": NAMED},
            "vocabularies": {"kind": {**NAMED, "words": words}},
            "tables": {"t": {**NAMED, "record": {"en": "x"}, "columns": {"who": person, "kind": column}}},
            "sheets": [{"specialty": "s", "level": 1, "criteria": {"c": {"always": True}}}],
        }
    )  # fmt: skip
    assert [(p.path, p.message) for p in check_names(document, {})] == [
        ("tables.t.columns.kind.vocabulary", "a vocabulary has at most 65,000 words, came 65001")
    ]


COSTS = {
    "one row a person": ({"table": "singers", "per": "record"}, "one row a person: nothing is added"),
    "items of no column": ({"table": "concerts", "per": "item"}, "needs the `column` of the items"),
    "a word of no column": ({"table": "concerts", "per": "record", "is": "x"}, "`is` and `in` need a"),
    "an unknown column": (
        {"table": "concerts", "per": "item", "column": "stile"}, "unknown column of concerts 'stile'",
    ),
    "a day by a column": (
        {"table": "seasons", "per": "day", "column": "duty"}, "a day costs the same whatever the columns say",
    ),
    "an unknown word among several": (
        {"table": "seasons", "per": "record", "column": "duty", "in": ["conductor", "cook"]},
        "unknown word or group of duty 'cook'",
    ),
}  # fmt: skip


def choir():
    return yaml.safe_load((HERE / "frameworks" / "community-choir.yaml").read_text(encoding="utf-8"))


def problems_of(data, folder):
    path = folder / "wrong.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    with pytest.raises(tassei.FrameworkError) as error:
        tassei.load_framework(path)
    return "\n".join(str(problem) for problem in error.value.problems)


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_place_of_a_large_framework_is_told(name, tmp_path):
    where, value, said = WRONG[name]
    data = choir()
    *above, last = [int(key) if key.isdigit() else key for key in where.split(".")]
    place = data
    for key in above:
        place = place[key]
    place[last] = value
    assert said in problems_of(data, tmp_path)


@pytest.mark.parametrize("name", COSTS)
def test_a_cost_that_cannot_be_is_told(name, tmp_path):
    cost, said = COSTS[name]
    assert said in problems_of(choir() | {"costs": {"effort": NAMED | {"cost": 1} | cost}}, tmp_path)


def test_a_condition_that_cannot_be_compiled_is_told_on_loading(tmp_path):
    some = [{"column": "size", "at_least": n, "at_most": n} for n in range(100)]
    criteria = {"skill": {"some": {"table": "things", "where": {"any": some}}}}
    sheet = {"specialty": "north", "level": 2, "criteria": criteria}
    document = framework_of([sheet], {"skill": {"en": "skill"}})
    with pytest.raises(tassei.FrameworkError) as error:
        loaded(document, tmp_path)
    said = "any.yaml: north 2, skill: a condition on table things has 100 alternatives; at most 64"
    assert said in str(error.value)


def test_a_folder_is_no_framework(tmp_path):
    folder = tmp_path / "framework.yaml"
    folder.mkdir()
    with pytest.raises(tassei.FrameworkError, match="no such file"):
        tassei.load_framework(folder)


def test_of_very_many_mistakes_the_first_are_told(tmp_path):
    path = tmp_path / "again.yaml"
    path.write_text("key: 1\n" * 1000, encoding="utf-8")
    with pytest.raises(tassei.FrameworkError) as error:
        tassei.load_framework(path)
    assert "799 more problems like these" in str(error.value.problems[-1])
