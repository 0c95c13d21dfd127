"""Every case holds for the package, through its public API."""

from __future__ import annotations

import pytest
import tassei
from cases import Case, load_cases
from random_people import SETS, to_frames
from slow_evaluator import Result

CASES = load_cases()


def _batch(case: Case) -> tuple:
    """Cases with one batch are assessed together: same options, same tables, same kind of sets."""
    by_item = frozenset(
        (table, column)
        for table, rows in case.tables.items()
        for column in SETS
        if any(key.startswith(f"{column}.") for row in rows for key in row)
    )
    return (
        case.as_of,
        tuple(sorted(case.readings.items())),
        case.min_verification,
        frozenset(case.tables),
        by_item,
    )


@pytest.fixture(scope="session")
def results(framework) -> dict[str, Result]:
    """The package's answer to each case, by case; a batch that fails is an answer as well."""
    batches: dict[tuple, list[Case]] = {}
    for case in CASES:
        batches.setdefault(_batch(case), []).append(case)
    found = {}
    for cases in batches.values():
        try:
            result = _assess(cases, framework)
        except Exception as error:  # so that one broken batch does not hide the others
            result = error
        found.update({case.id: result for case in cases})
    return found


def _assess(cases: list[Case], framework) -> Result:
    tables = {table: [row for case in cases for row in case.tables[table]] for table in cases[0].tables}
    evidence = tassei.read_evidence(to_frames(tables, "pandas"), framework)
    return Result.of_assessment(tassei.assess(evidence, framework, **cases[0].options()))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case: Case, results):
    result = results[case.id]
    if isinstance(result, Exception):
        raise result
    case.check(result)


def test_a_sheet_has_rows_only_for_its_criteria(results):
    result = next(r for r in results.values() if isinstance(r, Result))
    person = next(iter(result.levels))[0]
    titles = {level: [] for level in (3, 4, 5, 6)}
    for name, specialty, level, criterion in result.criteria:
        if (name, specialty) == (person, "hardware"):
            titles[level].append(criterion)
    business = ["responsibility", "complexity", "size"]
    assert sorted(titles[3]) == sorted([*business, "expertise"])
    for level in (4, 5, 6):
        assert sorted(titles[level]) == sorted([*business, "expertise", "succession", "mentoring"])
