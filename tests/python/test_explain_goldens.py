"""Explanations word for word, a file a situation, language and form.

``TASSEI_UPDATE_GOLDENS=1 pytest tests/python/test_explain_goldens.py`` writes them anew; read what changed.
"""

import os
from pathlib import Path

import pyarrow as pa
import pytest
import tassei

GOLDENS = Path(__file__).parents[1] / "golden" / "explain"
UPDATE = os.environ.get("TASSEI_UPDATE_GOLDENS") == "1"
PERSON = "P-0042"
WORK = {
    "engagement_id": "E-1", "position": "manager", "service": "hardware_service",
    "activities": ["fault_repair", "hardware_preventive_maintenance"], "outcome": "succeeded",
    "complexity": ["multi_vendor", "mission_critical"], "customer_scope": "whole_region_or_industry",
    "start": "2010-01-01", "end": "2012-12-30", "verification": "document",
}  # fmt: skip
SITE = {
    "position": "manager", "service": "facility_management_service", "activities": ["fm_design"],
    "outcome": "succeeded", "complexity": ["fm_mission_critical", "fm_many_sites"],
    "computer_room_area_m2": 0.0, "data_center_area_m2": 0.0, "network_sites": 0.0,
    "facility_scope": "whole",
}  # fmt: skip


def site(engagement, start, end, rooms):
    return SITE | {"engagement_id": engagement, "start": start, "end": end, "computer_rooms": rooms}


def gifts(domain, standing, achievements, area="it_main_components"):
    """Contributions that meet what a level asks of them."""
    given = {"domain": domain, "date": "2015-04-01", "verification": "document"}
    return [
        {"kind": "expertise", "area": area, "standing": standing, **given},
        *({"kind": "succession", "achievement": achievement, **given} for achievement in achievements),
        {"kind": "mentoring", **given},
    ]


HARDWARE_5 = gifts(
    "hardware_service", "contributes_in_company", ["book", "internal_paper", "internal_lecture"]
)  # fmt: skip
SITUATIONS = {
    "met_by_overlapping_engagements": {
        "engagements": [
            WORK | {"end": "2011-12-31"},
            WORK | {"engagement_id": "E-2", "start": "2011-01-01", "end": "2012-12-31"},
            WORK | {"engagement_id": "E-3", "start": "2011-07-01", "end": "2011-12-31"},
        ],
        "contributions": HARDWARE_5,
        "explain": ("hardware", 5),
    },
    "unknown_because_of_a_blank_outcome": {
        "engagements": [
            WORK | {"outcome": None},
            WORK | {"engagement_id": "E-2", "start": "2013-04-01", "end": "2014-03-31"},
        ],
        "contributions": HARDWARE_5,
        "explain": ("hardware", 5),
    },
    "deemed_by_examination": {
        "engagements": [WORK | {"position": "member", "end": "2010-10-31"}],
        "certifications": [{"examination": "AP", "date": "2018-06-20", "verification": "document"}],
        "explain": ("software", 3),
    },
    "four_items_open_the_smaller_size": {
        "engagements": [
            WORK | {
                "complexity": ["multi_vendor", "mission_critical", "continuous_operation", "nationwide"],
                "customer_scope": "part_of_region_or_industry",
            },
            WORK | {
                "engagement_id": "E-2", "start": "2014-01-01", "end": "2014-12-31",
                "customer_scope": "part_of_region_or_industry",
            },
        ],
        "contributions": HARDWARE_5,
        "explain": ("hardware", 5),
    },
    "three_engagements_of_grades_6_5_5": {
        "engagements": [
            site("F-1", "2012-04-01", "2013-03-31", 5.0),
            site("F-2", "2014-04-01", "2015-03-31", 3.0),
            site("F-2", "2015-04-01", "2015-09-30", 3.0),
            site("F-3", "2016-04-01", "2017-03-31", 4.0),
            site("F-4", "2018-04-01", "2019-03-31", 1.0),
        ],
        "contributions": gifts(
            "facility_management", "contributes_to_industry",
            ["book", "external_paper", "external_lecture", "patent_application"], "fm_process",
        ),
        "explain": ("facility_management", 6),
    },
    "undated_engagement": {
        "engagements": [
            WORK | {"start": None, "end": None},
            WORK | {"engagement_id": "E-2", "start": "2013-04-01", "end": "2014-03-31"},
        ],
        "contributions": HARDWARE_5,
        "explain": ("hardware", 5),
    },
    "weakly_verified": {
        "engagements": [
            WORK | {"verification": "self"},
            WORK | {
                "engagement_id": "E-2", "start": "2013-04-01", "end": "2014-03-31", "verification": None,
            },
        ],
        "contributions": HARDWARE_5,
        "explain": ("hardware", 5),
        "options": {"min_verification": "supervisor"},
    },
    "as_of_cuts_the_running_engagement": {
        "engagements": [
            WORK | {"start": "2024-04-03", "end": None},
            WORK | {
                "engagement_id": "E-2", "start": "2023-04-03", "end": "2027-03-31", "outcome": "carried_out",
            },
            WORK | {"engagement_id": "E-3", "start": "2023-04-03", "end": "2024-04-02"},
            WORK | {"engagement_id": "E-4", "start": "2026-04-01", "end": None},
        ],
        "contributions": HARDWARE_5,
        "explain": ("hardware", 5),
    },
    "a_leader_where_a_manager_is_asked": {
        "engagements": [
            WORK | {"position": "team_leader", "end": "2014-12-31"},
            WORK | {
                "engagement_id": "E-2", "position": "member", "outcome": None, "start": None,
                "customer_scope": "specific_customer",
            },
        ],
        "contributions": HARDWARE_5[:3],
        "explain": ("hardware", 5),
    },
    "nothing_supplied_but_a_name": {"explain": ("software", 4)},
    "levels_4_and_5_side_by_side": {
        "engagements": [WORK | {"position": "team_leader"}],
        "contributions": gifts("hardware_service", "guides_juniors", ["book"]),
        "compare": ("hardware", 4, 5),
    },
    "facility_levels_4_and_6_side_by_side": {
        "engagements": [
            site("F-1", "2012-04-01", "2013-03-31", 5.0),
            site("F-2", "2014-04-01", "2015-03-31", 1.0),
        ],
        "contributions": gifts("facility_management", "guides_juniors", ["book"], "fm_process"),
        "compare": ("facility_management", 4, 6),
    },
}  # fmt: skip


def told(framework, situation, lang):
    tables = {"people": pa.table({"person_id": [PERSON]})}
    for table in ("engagements", "contributions", "certifications"):
        rows = [{"person_id": PERSON, **row} for row in situation.get(table, [])]
        columns = [c for c in framework.document.tables[table].columns if any(c in row for row in rows)]
        if rows:
            tables[table] = pa.table({c: pa.array([row.get(c) for row in rows]) for c in columns})
        elif len(situation) > 1:  # somebody was asked, and there is nothing
            tables[table] = pa.table({"person_id": pa.array([], pa.string())})
    evidence = tassei.read_evidence(tables, framework)
    a = tassei.assess(evidence, framework, as_of="2026-03-31", **situation.get("options", {}))
    if "compare" in situation:
        return a.compare_levels(PERSON, *situation["compare"], lang)
    return a.explain(PERSON, *situation["explain"], lang)


@pytest.mark.parametrize("form", ["txt", "html"])
@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("name", SITUATIONS)
def test_word_for_word(framework, name, lang, form):
    said = told(framework, SITUATIONS[name], lang)
    came = said.text + "\n" if form == "txt" else said.to_html()
    path = GOLDENS / f"{name}.{lang}.{form}"
    if UPDATE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(came, encoding="utf-8")
    assert came == path.read_text(encoding="utf-8")


def test_no_golden_is_left_over():
    endings = ("en.txt", "en.html", "ja.txt", "ja.html")
    expected = {f"{name}.{ending}" for name in SITUATIONS for ending in endings}
    assert {path.name for path in GOLDENS.iterdir()} == expected
