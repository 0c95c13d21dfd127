"""Framework files as text: what is read, what is refused, and where a mistake is said to be."""

import copy
from pathlib import Path

import pytest
import tassei
import yaml
from tassei.document import parse

MINIMAL = (Path(__file__).parents[1] / "frameworks" / "minimal.yaml").read_text(encoding="utf-8")
ALWAYS = {"always": True}
NUMBER = {"label": {"en": "years"}, "number": True, "default": "none"}


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):
    def ignore_aliases(self, data):
        return True


def problems(tmp_path, text):
    """Where and what, of a file that must be refused."""
    path = tmp_path / "broken.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(tassei.FrameworkError) as error:
        tassei.load_framework(path)
    assert "broken.yaml" in str(error.value)
    assert len(str(error.value)) < 20_000
    assert all(len(str(problem)) < 1000 for problem in error.value.problems)
    return [(problem.path, problem.message) for problem in error.value.problems]


def changed(criterion=None, **sections):
    data = copy.deepcopy(yaml.safe_load(MINIMAL))
    data |= {"units": {"loaves": {"label": {"en": "loaves"}}}} | sections
    if criterion is not None:
        data["sheets"][0]["criteria"]["practice"] = criterion
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False)


def some(where):
    return {"some": {"table": "bakes", "where": where}}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("no", "no"), ("yes", "yes"), ("2012-04-01", "2012-04-01"), ("1:30", "1:30"), ("0x1F", "0x1F"),
        ("010", 10), ("-3", -3), ("2.5", 2.5), ("1.e3", 1000.0), ("true", True), ("~", None), ('"5"', "5"),
        ("'true'", "true"), ("|-\n  5", "5"),
    ],
)  # fmt: skip
def test_plain_words_are_those_of_yaml_1_2(written, read):
    found = parse(f"x: {written}\n", "x.yaml")[0]["x"]
    assert (found, type(found)) == (read, type(read))


def test_keys_are_whole_numbers_or_text_and_know_their_lines():
    data, lines = parse("3: a\n'4': b\nno: c\ntrue:\n  - d\n  - e\n", "x.yaml")
    assert data == {3: "a", "4": "b", "no": "c", "true": ["d", "e"]}
    assert [lines[path] for path in [("3",), ("4",), ("true",), ("true", 1)]] == [1, 2, 4, 6]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("x: !!int 'abc'", "tag"), ("x: !!timestamp x", "tag"), ("x: !!python/object:os.system x", "tag"),
        ("x: !!set {a, b}", "tag"), ("!!str x: 1", "tag"), ("&a x: 1", "anchor"), ("x: *a", "anchor"),
        ("? [a]\n: 1", "key"), ("? {a: 1}\n: 1", "key"), ("a: 1\n---\nb: 1", "second document"),
        ("x: " + "1" + "0" * 400, "digits"), ("x: " + "1" + "0" * 5000, "digits"),
        ("k" * 900 + ": 1", "at most 200"), ('? "' + "k" * 1_000_000 + '"\n: 1', "at most 200"),
        ("x: '\0'", "not YAML"), ('x: "\\ud800"', "not YAML"), ("x:\n\ty", "not YAML"),
    ],
)  # fmt: skip
def test_what_is_not_of_the_grammar_is_refused_by_name(tmp_path, text, word):
    ((_, message),) = problems(tmp_path, text)
    assert word in message


@pytest.mark.parametrize(
    "text",
    [
        "x: " + "[" * 1_000_000,
        "x: " + "{a: " * 300_000,
        "- " * 500_000,
        "\n".join(" " * i + "a:" for i in range(2000)),
    ],
    ids=["lists", "mappings", "dashes", "indented"],
)
def test_depth_is_refused_before_it_costs_anything(tmp_path, text):
    ((_, message),) = problems(tmp_path, text)
    assert message == "nested more than 60 deep"


@pytest.mark.parametrize("key", ["²", "--5", "٣", "1.5", "~"])
def test_odd_keys_are_only_unknown(tmp_path, key):
    assert problems(tmp_path, f'{MINIMAL}\n"{key}": 1\n')[0][0] == key


@pytest.mark.parametrize(
    ("where", "path"),
    [
        ({"column": "baker", "in": {"column": 1}}, "in"),
        ({"column": "baker", "in": ["a", 1]}, "in[1]"),
        ({"column": "baker", "at_least": {"choose": "n"}}, "at_least"),
        ({"column": "baker", "items": ["a"], "need": {"int": 1}}, "need"),
        ({"column": "baker", "need": {"choose": "n", "choices": {"plain": "x"}}}, "need.choices.plain"),
        ({"condition": "x", "level": {"condition": 1}}, "level"),
        ({"choose": "x", "choices": {"choose": {"all": [{"column": 5}]}}}, "choices.choose.all[0].column"),
        ({"not": {"of": [{"condition": 5}], "at_least": 1}}, "not.of[0].condition"),
        ({"any": [{"always": True, "any": 1}]}, "any[0].any"),
    ],
)  # fmt: skip
def test_forms_named_like_keys_do_not_lead_astray(tmp_path, where, path):
    found = [where for where, _ in problems(tmp_path, changed(some(where)))]
    assert f"sheets[0].criteria.practice.some.where.{path}" in found
    assert not any("str" in place or ".int" in place for place in found)


def test_a_number_reading_decides_only_where_a_number_may_be_none(tmp_path):
    count = {"table": "bakes", "where": ALWAYS, "at_least": {"choose": "n"}, "unit": "loaves"}
    ((path, message),) = problems(tmp_path, changed({"count": count}, readings={"n": NUMBER}))
    assert path == "sheets[0].criteria.practice.count.at_least.choose"
    assert "'n' is a number" in message
    where = {"choose": "n", "choices": {"none": ALWAYS}}
    ((path, _),) = problems(tmp_path, changed(some(where), readings={"n": NUMBER}))
    assert path == "sheets[0].criteria.practice.some.where.choose"
    recency = {"recency_years": {"choose": "n", "choices": {"none": 1}}}
    ((path, _),) = problems(tmp_path, changed(readings={"n": NUMBER}, rules=recency))
    assert path == "rules.recency_years.choices"


def test_kinds_of_a_column_without_words(tmp_path):
    tables = copy.deepcopy(yaml.safe_load(MINIMAL)["tables"])
    tables["bakes"]["columns"]["kind"] = {"type": "category", "vocabulary": "knd", "label": {"en": "kind"}}
    distinct = {"table": "bakes", "column": "kind", "where": ALWAYS, "at_least": 2, "unit": "loaves"}
    ((path, _),) = problems(tmp_path, changed({"distinct": distinct}, tables=tables))
    assert path == "tables.bakes.columns.kind.vocabulary"


@pytest.mark.parametrize("default", ["²", "0", "9" * 5000, "-1"])
def test_the_default_of_a_number_reading_is_a_number_of_years(tmp_path, default):
    ((path, _),) = problems(tmp_path, changed(readings={"n": NUMBER | {"default": default}}))
    assert path == "readings.n.default"


def chain(length, width=1):
    named = {
        f"c{i}": {"table": "bakes", "when": {"all": [{"condition": f"c{i + 1}"} for _ in range(width)]}}
        for i in range(length)
    }
    named[f"c{length}"] = {"table": "bakes", "when": {"always": True}}
    return changed(some({"condition": "c0"}), conditions=named)


@pytest.mark.parametrize(("length", "width", "word"), [(3000, 1, "deep"), (40, 2, "100,000")])
def test_references_do_not_replace_aliases_as_a_bomb(tmp_path, length, width, word):
    assert all(word in message for _, message in problems(tmp_path, chain(length, width)))


def test_what_is_nearly_too_deep_is_assessed_and_explained(tmp_path):
    path = tmp_path / "deep.yaml"
    path.write_text(chain(49), encoding="utf-8")
    framework = tassei.load_framework(path)
    evidence = tassei.read_evidence({"bakes": {"baker": ["Ben"]}}, framework)
    a = tassei.assess(evidence, framework, as_of="2026-01-01")
    assert a.explain("Ben", "baking", 1).status == "met"


def test_a_grade_reaches_only_levels_that_are_there(tmp_path):
    sheet = {"specialty": "baking", "criteria": {"practice": {"always": True}}}
    text = changed(
        levels={1: {"label": {"en": "one"}}, 2: {"label": {"en": "two"}}},
        specialties={"baking": {"label": {"en": "baking"}, "grade": "fine"}},
        conditions={
            "fine": {"table": "bakes", "when": {"condition": "well_done"}},
            "well_done": {"table": "bakes", "levels": {1: ALWAYS}},
        },
        sheets=[sheet | {"level": 1}, sheet | {"level": 2}],
    )
    ((path, message),) = problems(tmp_path, text)
    assert (path, "at level 2" in message) == ("specialties.baking.grade", True)


def test_a_long_line_of_sheets_is_no_circle(tmp_path):
    length = 2000

    def sheet(level, practice):
        return {"specialty": "baking", "level": level, "criteria": {"practice": practice}}

    def asks_for(level):
        return {"sheet": {"specialty": "baking", "level": level}}

    sheets = [sheet(i, asks_for(i + 1)) for i in range(1, length)] + [sheet(length, ALWAYS)]
    levels = {i: {"label": {"en": f"level {i}"}} for i in range(1, length + 1)}
    path = tmp_path / "long.yaml"
    path.write_text(changed(levels=levels, sheets=sheets), encoding="utf-8")
    assert len(tassei.load_framework(path).levels) == length
    sheets[-1] = sheet(length, asks_for(1))
    ((_, message),) = problems(tmp_path, changed(levels=levels, sheets=sheets[-1:] + sheets[:-1]))
    assert "circle" in message


@pytest.mark.parametrize("known", [True, False])
def test_many_words_are_looked_up_fast(tmp_path, known):
    words = {f"w{i}": {"label": {"en": f"w{i}"}} for i in range(5000)}
    group = list(words) if known else [f"x{i}" for i in range(5000)]
    text = changed(vocabularies={"v": {"label": {"en": "v"}, "words": words, "groups": {"every": group}}})
    if known:
        path = tmp_path / "many.yaml"
        path.write_text(text, encoding="utf-8")
        tassei.load_framework(path)
    else:
        assert len(problems(tmp_path, text)) == 5000
