"""The awkward files of ``tests/awkward``: each reads right, or fails with the right message."""

import runpy
from pathlib import Path

import pytest
import tassei

MAKE = runpy.run_path(str(Path(__file__).parents[1] / "awkward" / "make.py"))
CASES = MAKE["CASES"]


def named(cases):
    return [pytest.param(case, id=case.name) for case in cases]


@pytest.mark.parametrize("case", named(case for case in CASES if case.fails is None))
def test_it_is_read(framework, tmp_path, case):
    source = case.make(tmp_path)
    evidence = tassei.read_evidence(source, framework, on_error="collect")
    if case.people is not None:
        assert evidence.people["person_id"].tolist() == case.people
    for table, rows in case.records.items():
        report = evidence.reports[table]
        places = {evidence.row_number(table, i): i for i in range(report.rows + report.skipped)}
        rejected = case.rejected.get(table, [])
        filled = {n: r for n, i in places.items() if (r := evidence.record(table, i)) and n not in rejected}
        assert filled == {number: record for number, record in rows.items() if record}
        assert report.accepted == len(rows)
        assert set(rows) <= set(places)
    assert {t: rows["row"].tolist() for t, rows in evidence.rejected.items()} == case.rejected
    for table, said in case.says.items():
        assert {name: getattr(evidence.reports[table], name) for name in said} == said
    assert evidence.unknown_tables == case.unknown_tables or list(case.unknown_tables) == []
    check_issues(evidence.to_arrow("issues").to_pylist(), case.issues)
    if case.issues:
        with pytest.raises(tassei.EvidenceError) as error:
            tassei.read_evidence(source, framework)
        assert len(error.value.issues) == len(case.issues)
    else:
        tassei.read_evidence(source, framework)


def check_issues(found, expected):
    assert [(issue["row"], issue["column"], issue["value"]) for issue in found] == [e[:3] for e in expected]
    for issue, (*_, says) in zip(found, expected, strict=True):
        assert says in f"{issue['problem']}; {issue['hint']}"


@pytest.mark.parametrize("case", named(case for case in CASES if case.fails is not None))
@pytest.mark.parametrize("on_error", ["raise", "collect"])
def test_it_fails_and_says_what_to_mend(framework, tmp_path, case, on_error):
    source = case.make(tmp_path)
    with pytest.raises(tassei.EvidenceError) as error:
        tassei.read_evidence(source, framework, on_error=on_error)
    assert source.name in str(error.value)
    assert str(error.value).endswith(case.fails)


def test_each_case_has_its_own_name():
    names = [case.name for case in CASES]
    assert len(names) == len(set(names)) >= 35


def test_they_can_be_written_to_be_looked_at(tmp_path):
    MAKE["write_all"](tmp_path)
    assert all(any(place.iterdir()) for place in tmp_path.iterdir())
    assert len(list(tmp_path.iterdir())) == len(CASES)
