"""Two levels of one person side by side."""

import json

import pytest
import tassei

AS_OF = "2026-03-31"


@pytest.fixture(scope="module")
def assessed():
    framework = tassei.load_framework("itss-v3-2011-customer-service")
    work = {
        "person_id": ["P1"], "position": ["team_leader"], "service": ["hardware_service"],
        "activities": [["fault_repair"]], "outcome": ["succeeded"], "start": ["2010-01-01"],
        "end": ["2011-12-31"], "complexity": [["multi_vendor", "mission_critical"]],
        "customer_scope": ["part_of_region_or_industry"],
    }  # fmt: skip
    return tassei.assess(tassei.read_evidence({"engagements": work}, framework), framework, as_of=AS_OF)


def rows(contrast):
    return {row["criterion"]: row for row in contrast.to_dict()["criteria"]}


def test_what_one_level_asks_and_the_other_does_not(assessed):
    found = rows(assessed.compare_levels("P1", "hardware", 4, 5))["responsibility"]
    assert found["only_a"] == ["position: team leader or above", "size (level 4)"]
    assert found["only_b"] == ["position: manager or above", "size (level 5)"]
    assert "outcome: succeeded or above" in found["both"]
    assert (found["a"]["status"], found["a"]["low"], found["a"]["required"]) == ("met", 730, 730)
    assert (found["b"]["status"], found["b"]["low"], found["b"]["required"]) == ("unmet", 0, 1095)


def test_of_lists_only_the_words_that_differ_are_said(assessed):
    found = rows(assessed.compare_levels("P1", "hardware", 4, 5))["complexity"]
    assert (found["only_a"], found["only_b"]) == ([], ["activities, only here: service design"])
    assert found["differs"]


def test_lists_of_the_same_length_are_told_apart(assessed):
    found = rows(assessed.compare_levels("P1", "software", 3, 4))["expertise"]
    assert found["only_a"][0] == "area of expertise, only here: trust of the customer" or found["only_a"]
    assert found["only_a"] != found["only_b"]


def test_a_criterion_that_one_level_lacks(assessed):
    contrast = assessed.compare_levels("P1", "hardware", 3, 4)
    found = rows(contrast)["mentoring"]
    assert found["a"] is None and found["b"]["status"] == "unknown"
    assert found["only_b"] == ["kind of contribution: mentoring"]
    assert "– level 3: is not asked" in contrast.text


def test_a_level_beside_itself_differs_nowhere(assessed):
    contrast = assessed.compare_levels("P1", "facility_management", 5, 5)
    assert not any(row["differs"] or row["only_a"] or row["only_b"] for row in rows(contrast).values())


def test_needs_alone_can_differ(assessed):
    found = rows(assessed.compare_levels("P1", "hardware", 4, 5))["succession"]
    assert (found["only_a"], found["only_b"], found["differs"]) == ([], [], True)


def test_an_explanation_is_compared_with_another_level(assessed):
    why = assessed.explain("P1", "hardware", 5, lang="ja")
    contrast = why.compare(4)
    assert contrast.text == assessed.compare_levels("P1", "hardware", 4, 5, lang="ja").text
    assert contrast.heading == "P1 · ハードウェア: レベル4とレベル5の対比"
    assert str(why.compare(3, 4)).startswith("P1 · ハードウェア: レベル3とレベル4の対比")


def test_forms(assessed):
    contrast = assessed.compare_levels("P1", "hardware", 4, 5)
    assert json.loads(contrast.to_json()) == contrast.to_dict()
    assert contrast.html in contrast._repr_html_()
    assert contrast.html in contrast.to_html()
    assert 'aria-label="not met"' in contrast.html and 'title="p. CS-6' in contrast.html
    assert repr(contrast) == "Contrast('P1 · hardware: level 4 and level 5 side by side')"


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("P11", "hardware", 4, 5), ["'P11'", "did you mean 'P1'"]),
        (("P1", "hardwear", 4, 5), ["'hardwear'", "did you mean 'hardware'"]),
        (("P1", "hardware", 4, 7), ["7", "3, 4, 5, 6"]),
        (("P1", "hardware", 4, 5, "fr"), ["'fr'", "ja", "en"]),
    ],
)
def test_questions_that_make_no_sense(assessed, arguments, parts):
    with pytest.raises(tassei.AssessError) as error:
        assessed.compare_levels(*arguments)
    assert all(part in str(error.value) for part in parts)
