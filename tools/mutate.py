"""Plants faults in the framework file and in the core, one at a time, and sees whether the tests catch them.

    python tools/mutate.py framework|core [--only WORD]

Each fault is a text that is replaced where it occurs for the n-th of so many times, so that none is planted
beside its place. Nothing of the checkout is touched: what is changed is a copy in build/mutate.

A faulty framework meets the people and questions of test_against_slow.py, whose right answers are worked out
once, and the cases. The core is built once with all its faults: each is an expression that becomes a choice
between the wrong and the right one, and TASSEI_FAULT says which fault is chosen. So it meets the C++ tests,
and if they pass, Python tests.
"""

# ruff: noqa: E501 (a fault stands in one line)
from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
import zlib
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / "build/mutate"
SITE = HOME / "site"
TREE = HOME / "tree"
FRAMEWORK = Path("data/frameworks/itss-v3-2011-customer-service.yaml")
FAST = ["test_cases.py", "test_against_slow.py"]
BEYOND = [
    "test_laws.py", "test_explain_goldens.py", "test_coverage.py", "test_compare.py", "test_gap.py",
    "test_large_frameworks.py",
]  # fmt: skip
PLANTED = """#pragma once
#include <cstdlib>

inline const unsigned long chosen_fault = [] {
    const char* number = std::getenv("TASSEI_FAULT");
    return number == nullptr ? 0UL : std::strtoul(number, nullptr, 10);
}();

constexpr bool planted(unsigned long number) { return !__builtin_is_constant_evaluated() && chosen_fault == number; }
"""
LONGEST = 600  # seconds; what takes longer hangs, and that is caught too


@dataclass(frozen=True)
class Fault:
    file: str
    right: str
    wrong: str
    place: int = 0  # the first, second, … occurrence
    of: int = 1  # so often the text occurs

    def plant(self, text: str, wrong: str = "") -> str:
        parts = text.split(self.right)
        if len(parts) - 1 != self.of:
            raise SystemExit(f"{self.file}: {self.right!r} occurs {len(parts) - 1} times, not {self.of}")
        at = self.place + 1
        return self.right.join(parts[:at]) + (wrong or self.wrong) + self.right.join(parts[at:])

    def number(self) -> int:
        return zlib.crc32(str(self).encode())

    def __str__(self) -> str:
        where = f" ({self.place + 1} of {self.of})" if self.of > 1 else ""
        return f"{Path(self.file).name}: {self.right.strip()} → {self.wrong.strip()}{where}"


def rule(right: str, wrong: str, place: int = 0, of: int = 1) -> Fault:
    return Fault(str(FRAMEWORK), right, wrong, place, of)


def core(file: str, right: str, wrong: str, place: int = 0, of: int = 1) -> Fault:
    return Fault(f"cpp/{file}", right, wrong, place, of)


RULES = [
    # thresholds one off, ends of bands
    rule("{column: computer_rooms, at_least: 5}", "{column: computer_rooms, more_than: 5}"),
    rule("{column: computer_room_area_m2, at_least: 5000}", "{column: computer_room_area_m2, more_than: 5000}"),
    rule("{column: network_sites, at_least: 300}", "{column: network_sites, at_least: 301}"),
    rule("computer_rooms, at_least: 3, at_most: 4", "computer_rooms, at_least: 3, at_most: 3"),
    rule("computer_rooms, at_least: 3, at_most: 4", "computer_rooms, at_least: 3, at_most: 5"),
    rule("at_least: 2000, less_than: 5000", "more_than: 2000, less_than: 5000"),
    rule("at_least: 2000, less_than: 5000", "at_least: 2000, at_most: 5000"),
    rule("at_least: 100, less_than: 300", "at_least: 99, less_than: 300"),
    rule("at_least: 100, less_than: 300", "at_least: 100, at_most: 300"),
    rule("computer_rooms, at_least: 1, at_most: 2", "computer_rooms, at_least: 0, at_most: 2"),
    rule("computer_room_area_m2, more_than: 0", "computer_room_area_m2, at_least: 0"),
    rule("network_sites, at_least: 1, less_than: 100", "network_sites, at_least: 2, less_than: 100"),
    rule("{column: data_center_area_m2, at_least: 5000}", "{column: data_center_area_m2, more_than: 5000}"),
    rule("data_center_area_m2, more_than: 0, less_than: 5000", "data_center_area_m2, more_than: 0, at_most: 5000"),
    # numbers of items, years, times, kinds
    rule("items: it, need: 2", "items: it, need: 1"),
    rule("items: it, need: 4", "items: it, need: 3", 1, 3),
    rule("items: facility, need: 2", "items: facility, need: 3"),
    rule("items: facility, need: 3", "items: facility, need: 2", 2, 3),
    rule("days_per_year: 365", "days_per_year: 366"),
    rule("at_least: {years: 3}", "at_least: {years: 2}", 2, 4),
    rule("at_least: {years: 2}", "at_least: {years: 3}", 1, 2),
    rule("at_least: {years: 1}", "at_least: {years: 2}", 0, 2),
    rule("at_least: {choose: errata, choices: {as_published: 3", "at_least: {choose: errata, choices: {as_published: 4"),
    rule("corrected: 4}", "corrected: 3}"),
    rule("of_which: [{where: {condition: facility_grade}, at_least: 1}]", "of_which: []", 0, 2),
    rule("of_which: [{where: {condition: facility_grade}, at_least: 1}]",
         "of_which: [{where: {condition: facility_grade}, at_least: 2}]", 1, 2),
    rule("{condition: facility_grade, level: 5}", "{condition: facility_grade}"),
    rule("{condition: facility_grade, level: 4}", "{condition: facility_grade, level: 3}"),
    # words of scales, one off
    rule("customer_scope, at_least: whole_region_or_industry}", "customer_scope, at_least: part_of_region_or_industry}", 1, 2),
    rule("customer_scope, at_least: specific_customer}", "customer_scope, at_least: part_of_region_or_industry}"),
    rule("facility_scope, at_least: partial}", "facility_scope, at_least: whole}"),
    rule("position, at_least: team_leader}", "position, at_least: member}", 1, 3),
    rule("position, at_least: manager}", "position, at_least: team_leader}", 3, 9),
    rule("outcome, at_least: participated}", "outcome, at_least: carried_out}", 1, 2),
    rule("outcome, at_least: carried_out}", "outcome, at_least: participated}", 2, 3),
    rule("outcome, at_least: succeeded}", "outcome, at_least: carried_out}", 4, 10),
    rule("standing, at_least: contributes_to_industry}", "standing, at_least: contributes_in_company}", 2, 3),
    rule("standing, at_least: guides_juniors}", "standing, at_least: practises_independently}", 0, 3),
    # and for or, words left out or taken in, another column, another group
    rule("{all: [{condition: it_complexity}, {condition: it_size}]}", "{any: [{condition: it_complexity}, {condition: it_size}]}"),
    rule("{all: [{condition: facility_complexity}, {condition: facility_size}]}", "{condition: facility_size}"),
    rule("service, in: [software_service, customer_service]}", "service, in: [software_service]}", 2, 3),
    rule("items: [service_design, hardware]", "items: hardware"),
    rule("[fm_basic_knowledge, customer_satisfaction_attainment, user_needs_advice]",
         "[fm_basic_knowledge, customer_satisfaction_attainment]"),
    rule("in: [it_main_components, software_proposals, customer_trust, service_level_management]",
         "in: [it_main_components, software_proposals, service_level_management]"),
    rule("domain, is: customer_service_management}", "domain, is: hardware_service}", 0, 2),
    rule("column: achievement", "column: domain", 3, 9),
    rule("- {specialty: software, level: 3}", "- {specialty: software, level: 4}"),
    # readings turned round
    rule("choices: {accept: true, ignore: false}", "choices: {accept: true, ignore: true}"),
    rule('choices: {"no": false, "yes": true}', 'choices: {"no": true, "yes": true}'),
    rule("overlap: {choose: overlap}", "overlap: sum", 3, 8),
    rule("need: {choose: activities}", "need: all", 5, 15),
    rule("or_larger: {any: [{condition: facility_size_as_printed}, {condition: facility_size, above: 1}]}", "or_larger: {condition: facility_size_as_printed}"),
    rule("as_printed: {condition: facility_size_as_printed}", "as_printed: {condition: facility_size, above: 1}"),
]

CORE = [
    # three values, ranges
    core("include/tassei/truth.hpp", "certain >= need", "certain > need"),
    core("include/tassei/truth.hpp", "possible < need", "possible <= need"),
    core("include/tassei/truth.hpp", "quantity.low >= required", "quantity.low > required"),
    core("include/tassei/truth.hpp", "quantity.low >= required", "quantity.high >= required"),
    core("include/tassei/truth.hpp", "quantity.high < required", "quantity.high <= required"),
    core("include/tassei/truth.hpp", "std::min(a, b)", "std::max(a, b)"),
    core("include/tassei/truth.hpp", "truth == Truth::no", "truth != Truth::yes"),
    core("include/tassei/statistics.hpp", "low / required", "low / (required + 1)"),
    # which records count, and from when to when
    core("include/tassei/record.hpp", "std::min(end, as_of_)", "end"),
    core("include/tassei/record.hpp", "start != no_day && start > as_of_", "start != no_day && start >= as_of_"),
    core("include/tassei/record.hpp", "end != no_day && end < oldest_", "end != no_day && end <= oldest_"),
    core("include/tassei/record.hpp", "std::max(start, oldest_)", "start"),
    core("include/tassei/record.hpp", "std::min(standing.counts, undated)", "standing.counts"),
    core("include/tassei/record.hpp", "start > as_of_ || (recent_only && start < oldest_)", "start >= as_of_ || (recent_only && start < oldest_)"),
    core("include/tassei/record.hpp", "start > as_of_ || (recent_only && start < oldest_)", "start > as_of_ || (recent_only && start <= oldest_)"),
    core("src/record.cpp", "std::int64_t{as_of} - framework.recency_days + 1", "std::int64_t{as_of} - framework.recency_days"),
    core("src/record.cpp", "word < enough_", "word <= enough_"),
    core("src/record.cpp", "dates.start[i] > as_of_", "dates.start[i] >= as_of_"),
    core("src/record.cpp", "std::min(standing.counts, Truth::unknown)", "std::max(standing.counts, Truth::unknown)"),
    core("src/record.cpp", "found[i] & Truth::unknown", "found[i] | Truth::unknown"),
    # conditions
    core("src/criterion.cpp", "x > condition.low", "x >= condition.low"),
    core("src/criterion.cpp", "x >= condition.low", "x > condition.low"),
    core("src/criterion.cpp", "x < condition.high", "x <= condition.high"),
    core("src/criterion.cpp", "x <= condition.high", "x < condition.high"),
    core("src/criterion.cpp", "above && below", "above || below"),
    core("src/criterion.cpp", "std::isnan(x)", "false"),
    core("src/criterion.cpp", "cell.word < 0", "false"),
    core("src/criterion.cpp", "condition.items & ~cell.known", "condition.items & cell.known"),
    core("src/criterion.cpp", "has + blank", "blank"),
    core("src/lane.cpp", "size - group->need + 1", "size - group->need"),
    core("src/lane.cpp", "x->need >= y.need", "x->need <= y.need"),
    core("src/lane.cpp", "x.low_open || !y.low_open", "true"),
    core("src/lane.cpp", "low && high", "low || high"),
    core("src/lane.cpp", "truth != Truth::yes", "truth == Truth::no"),
    core("src/lookup.cpp", "std::nextafter(cuts[i], infinity)", "cuts[i]"),
    core("src/lookup.cpp", "(terms.certain & bank_.terms_of_clause[i]) == 0", "(terms.possible & bank_.terms_of_clause[i]) == 0"),
    core("src/lookup.cpp", "before.possible & own.possible", "before.possible | own.possible"),
    core("src/places.cpp", "x >= at[k]", "x > at[k]"),
    core("src/places.cpp", "x == x ? sum : blank", "sum"),
    core("src/places.cpp", "x >= cut.at", "x > cut.at"),
    # without "- blank" in `step` nothing changes, for the step of a blank, the first class there is, is always 0
    core("src/places.cpp", "steps[i] -= step(i)", "steps[i] += step(i)"),
    core("src/places.cpp", "static_cast<std::uint16_t>(counts[i])", "static_cast<std::uint16_t>(Truth::yes)"),
    # days: united and summed
    # with "end >= before" nothing changes: no day is added, and the latest end stays
    core("src/lane_days.cpp", "end > before", "end > before + 1"),
    core("src/lane_days.cpp", "record.start - 1", "record.start"),
    core("src/lane_days.cpp", "std::max(latest[k], before_start)", "before_start"),
    core("src/lane_days.cpp", "records[at - 1].start > record.start", "records[at - 1].start < record.start"),
    core("src/lane_days.cpp", "&Dated::start", "&Dated::end"),
    core("src/lane_days.cpp", "1U << k", "2U << k"),
    core("src/person.cpp", "(record.certain ^ record.possible) & lanes", "Word{0}"),
    core("src/person.cpp", "std::int64_t{record.end} + 1 - record.start", "std::int64_t{record.end} - record.start"),
    core("src/person.cpp", "(rows[i])", "(table.first + static_cast<std::int64_t>(i))"),
    core("src/lane_days.cpp", "record.start > latest + 1", "record.start > latest"),
    core("src/lane_days.cpp", "std::max(days, latest - first + 1)", "latest - first + 1"),
    # a person's records, counts, kinds
    core("src/person.cpp", "x >= cut", "x > cut"),
    core("src/person.cpp", "counts == Truth::yes", "counts != Truth::no"),
    core("src/person.cpp", "counts != Truth::no", "counts == Truth::yes"),
    core("src/person.cpp", "(lanes.possible & wanted) != 0", "(lanes.certain & wanted) != 0"),
    core("src/person.cpp", "one.identity >= 0", "true"),
    core("src/person.cpp", "i + 1 < identified_.size() && identified_[i + 1].identity == one.identity", "false"),
    core("src/person.cpp", "std::ranges::sort(identified_, {}, &Identified::identity)", "identified_.begin()"),
    core("src/person.cpp", "word >= 0", "word > 0"),
    core("src/person.cpp", "std::popcount(kinds.seen.certain) + kinds.certainly_blank", "std::popcount(kinds.seen.possible) + kinds.certainly_blank"),
    core("src/person.cpp", "std::popcount(kinds.seen.possible) + kinds.blank", "std::popcount(kinds.seen.possible)"),
    core("src/person.cpp", "starts_filled || is_filled(t, place(i))", "starts_filled"),
    core("src/person.cpp", "column_filled || is_filled(t, place)", "true"),
    # criteria, sheets, levels, scores
    core("src/person.cpp", "evidenced | deemed", "evidenced & deemed"),
    core("src/person.cpp", "evidenced == Truth::yes", "evidenced != Truth::no"),
    core("src/person.cpp", "truth == Truth::yes ? 1 : 0", "truth != Truth::no ? 1 : 0"),
    core("src/person.cpp", "(met_[word] & mask) == mask", "(met_[word] & mask) != 0"),
    core("src/person.cpp", "(met_[plain.word] & plain.mask) == plain.mask", "(met_[plain.word] & plain.mask) != 0"),
    core("src/person.cpp", "(open_[plain.word] & plain.mask) == plain.mask", "(open_[plain.word] & plain.mask) != 0"),
    core("src/person.cpp", "part.sum[value] += plan_.weights[i]", "part.sum[value] += 1.0"),
    core("src/person.cpp", "progress_of(range.low, direct.required)", "progress_of(range.high, direct.required)"),
    core("src/person.cpp", "criteria_[c] = nobody_criteria_[c]", "criteria_[c] = criteria_[c]"),
    core("src/person.cpp", "quantities_[feed->aggregate] = nobody_quantities_[feed->aggregate]", "quantities_[feed->aggregate] = quantities_[feed->aggregate]"),
    core("src/plan.cpp", "f.united ? AggregateKind::united_days : AggregateKind::summed_days", "AggregateKind::summed_days"),
    core("src/plan.cpp", "AtLeast{2, {f.where, nested.where}}", "AtLeast{1, {f.where, nested.where}}"),
    core("src/plan.cpp", "node.need = f.need", "node.need = 1"),
    core("src/plan.cpp", "plan_.sheets[static_cast<std::size_t>(s)].level", "-plan_.sheets[static_cast<std::size_t>(s)].level"),
    core("src/assess.cpp", "below & status[i]", "below | status[i]"),
    core("src/assess.cpp", "truth == Truth::yes", "truth != Truth::no"),
    core("src/assess.cpp", "truth != Truth::no", "truth == Truth::yes"),
    core("src/assess.cpp", "progress_of(found.range.low, required)", "progress_of(found.range.high, required)"),
    # what is counted over people, and asked beyond levels
    core("src/statistics.cpp", "place(assessment.possible_level[p * specialties + s])", "place(assessment.level[p * specialties + s])"),
    core("src/compare.cpp", "rank(after.possible_level[a])", "rank(after.level[a])"),
    core("src/compare.cpp", "before.level[b] == after.level[a] && before.possible_level[b] == after.possible_level[a]",
         "before.level[b] == after.level[a] || before.possible_level[b] == after.possible_level[a]"),
    core("src/unknown.cpp", "rises || at.level > level[s]", "rises || at.level >= level[s]"),
    core("src/unknown.cpp", "at.level > level[s] && at.level == possible[s]", "at.level > level[s]"),
    core("src/suppress.cpp", "own[n].people < least", "own[n].people <= least"),
    core("src/suppress.cpp", "left[g] > 0 && left[g] < least_", "left[g] > 0 && left[g] <= least_"),
    core("src/suppress.cpp", "left[g] > 0 && left[g] < least_", "left[g] > 1 && left[g] < least_"),
    core("src/suppress.cpp", "beyond > tolerance * size", "true"),
    core("src/coverage.cpp", "clock(row).counts == Truth::no", "clock(row).counts != Truth::yes"),
    core("src/forecast.cpp", "(from >= required) == (to >= required)", "(from > required) == (to > required)"),
    # "+ recency()" instead of "+ recency() - 1" in `begins` changes nothing: both are ends of the same straight line
    core("src/forecast.cpp", "std::ceil((required - from) / pace)", "std::floor((required - from) / pace)"),
    core("src/forecast.cpp", "turn(std::int64_t{day} + recency())", "turn(std::int64_t{day} + recency() - 1)"),
    core("src/forecast.cpp", "level ? at == *level : at > now", "level ? at == *level : at >= now"),
    core("src/gap.cpp", "at > level && (target == 0 || at == target)", "at >= level && (target == 0 || at == target)"),
    core("src/ways.cpp", "in_vain(way, asked)", "false"),
    core("src/ways.cpp", "records >= open.missing", "records > open.missing"),
    core("src/ways.cpp", "days >= part.days[i]", "days > part.days[i]"),
    core("src/ways.cpp", "stretch >= part.stretches[i]", "stretch > part.stretches[i]"),
    core("src/ways.cpp", "std::popcount(words) - std::popcount(open.seen) >= open.missing",
         "std::popcount(words) - std::popcount(open.seen) > open.missing"),
    core("src/kind.cpp", "plan_.framework.tables[static_cast<std::size_t>(shortage.table)].unique", "false"),
    core("src/supply.cpp", "fresh >= shortage.open[i].missing", "fresh > shortage.open[i].missing"),
    core("src/supply.cpp", "left > 0 ? 1 : 0", "left > 1 ? 2 : 1"),
    core("src/supply.cpp", "known->second.work <= most_work_", "true"),
    core("src/supply.cpp", "found.work > most_work_ ? cut_short : key", "key"),
    core("src/supposition.cpp", "(good ? 1 : 0)", "0"),
    core("src/cheapest.cpp", "has > bound.most", "has >= bound.most"),
    # taking the dearest item first, not the cheapest, changes nothing but the time: all are tried
    core("src/cheapest.cpp", "found && !(so_far < effort)", "found"),
    core("src/day_cost.cpp", "std::max(most, std::ceil(sum / 2))", "std::ceil(sum / 2)"),
    core("src/day_cost.cpp", "all - other", "all"),
    # records as they come in
    core("src/column.cpp", "day < first || day > last", "day < first || day >= last"),
    core("src/column.cpp", "last != no_day && last < start[row]", "last != no_day && last <= start[row]"),
    core("src/column.cpp", "!blank && word >= 0", "!blank && word > 0"),
    # "row > ends_[piece]" changes nothing there: the search for a row starts one piece early
    core("src/values.cpp", "piece.first = rows_", "piece.first = 0"),
    core("src/arrow.cpp", "ends[i + 1] < ends[i]", "ends[i + 1] <= ends[i]"),
    core("src/arrow.cpp", "last > array.children[0]->length", "last >= array.children[0]->length"),
]


def write(file: Path, content: bytes) -> None:
    """Leaves a file alone that says this already, so that it is not built again."""
    if not file.exists() or file.read_bytes() != content:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def with_choices(file: str, text: str) -> str:
    """Sources in which every fault of a file can be chosen."""
    places = defaultdict(list)
    for fault in CORE:
        if fault.file == file:
            fault.plant(text)
            places[fault.right, fault.place, fault.of].append(fault)
    marks = {}
    for n, faults in enumerate(places.values()):
        marks[f"@fault {n}@"] = faults
        text = faults[0].plant(text, f"@fault {n}@")
    for mark, faults in marks.items():
        choice = "".join(f"planted({f.number()}u) ? ({f.wrong}) : " for f in faults)
        text = text.replace(mark, f"({choice}({faults[0].right}))")
    return text


def prepare() -> None:
    """Copies of the package, as it is installed or linked, and of the sources."""
    import tassei

    shutil.rmtree(SITE, ignore_errors=True)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(tassei.__file__).parent, SITE / "tassei", ignore=ignored)
    for name in ("cpp", "tests/cpp", "tests/fuzz", "data/frameworks", "data/workforce"):
        for file in (ROOT / name).rglob("*"):
            if file.is_file():
                at = str(file.relative_to(ROOT))
                content = file.read_bytes()
                if name == "cpp":
                    content = with_choices(at, content.decode()).encode()
                write(TREE / at, content)
    for name in ("CMakeLists.txt", "pyproject.toml"):
        write(TREE / name, (ROOT / name).read_bytes())
    write(TREE / "planted.hpp", PLANTED.encode())


def run(command: list[str | Path], **options) -> bool:
    """Whether a command ends well, and in time."""
    try:
        done = subprocess.run(
            [str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            timeout=LONGEST, check=False, **options,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def pytest(files: list[str], chosen: dict[str, str]) -> bool:
    tests = [ROOT / "tests/python" / name for name in files]
    return run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--rootdir", ROOT, *tests],
        cwd=HOME, env={**os.environ, "PYTHONPATH": str(SITE), "PYTHONDONTWRITEBYTECODE": "1", **chosen},
    )


class Comparisons:
    """What test_against_slow.py compares, with the right answers, and the cases."""

    def __init__(self) -> None:
        import pytest

        sys.path.insert(0, str(ROOT / "tests/python"))
        from cases import load_cases
        from random_people import random_people
        from slow_evaluator import evaluate

        self._found: list[tuple] = []
        pytest.main(
            ["-qq", "-p", "no:cacheprovider", "--rootdir", str(ROOT), str(ROOT / "tests/python/test_against_slow.py")],
            plugins=[self],
        )
        self.people = []
        for recipe, library, options in self._found:
            tables = random_people(recipe)
            self.people.append((tables, library, options, evaluate(tables, **options)))
        Random(1).shuffle(self.people)  # kinds of people by turns
        self.cases = load_cases()

    def pytest_collection_modifyitems(self, items) -> None:
        """Instead of comparing, note what would be compared."""
        for module in {item.module for item in items}:
            module.compare = self._note

    def _note(self, recipe, framework, library="pandas", **options) -> None:
        asked = {"as_of": recipe.as_of, "readings": {}, "min_verification": None, **options}
        self._found.append((recipe, library, asked))

    def catch(self, framework) -> str:
        from against_slow import ask, differing_keys

        for tables, library, options, expected in self.people:
            if differing_keys(expected, ask(tables, framework, library, options)):
                return "random people"
        for case in self.cases:
            options = {"readings": {}, "min_verification": None, **case.options()}
            try:
                case.check(ask(case.tables, framework, "pandas", options))
            except AssertionError:
                return "cases"
        return ""


def timed(catch, fault: Fault) -> tuple[Fault, str, float]:
    began = time.monotonic()
    return fault, catch(fault), time.monotonic() - began


def catches_rule(comparisons: Comparisons, fault: Fault) -> str:
    import tassei

    file = HOME / FRAMEWORK.name
    file.write_text(fault.plant((ROOT / FRAMEWORK).read_text("utf-8")), "utf-8")
    try:
        framework = tassei.load_framework(file)
    except tassei.FrameworkError:
        return "loading"
    return comparisons.catch(framework)


def catches_core(fault: Fault) -> str:
    """First what is quick, then what is slow, then Python."""
    chosen = {"TASSEI_FAULT": str(fault.number())}
    for tests in ("~[slow]", "[slow]"):
        if not run([HOME / "cmake/tassei_tests", "-a", tests], env={**os.environ, **chosen}):
            return "C++ tests"
    return "" if pytest(FAST + BEYOND, chosen) else "Python tests"


def configure(prefix: str) -> None:
    subprocess.run(
        ["cmake", "-S", TREE, "-B", HOME / "cmake", "-G", "Ninja", "-DTASSEI_TESTS=ON", "-DTASSEI_PYTHON=ON",
         "-DCMAKE_BUILD_TYPE=Mutate", f"-DCMAKE_CXX_FLAGS=-O1 -w -include {TREE / 'planted.hpp'}", f"-DCMAKE_PREFIX_PATH={prefix}",
         f"-DPython_EXECUTABLE={sys.executable}"],
        check=True, stdout=subprocess.DEVNULL,
    )
    subprocess.run(["cmake", "--build", HOME / "cmake"], check=True, stdout=subprocess.DEVNULL)
    for module in (HOME / "cmake").glob("_core*.so"):
        shutil.copy2(module, SITE / "tassei" / module.name)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("where", choices=["framework", "core"])
    parser.add_argument("--only", default="", help="faults whose line has this in it")
    parser.add_argument("--prefix", default="", help="CMake's prefix path, of the core")
    asked = parser.parse_args()
    faults = [f for f in (RULES if asked.where == "framework" else CORE) if asked.only in str(f)]
    for fault in faults:
        fault.plant((ROOT / fault.file).read_text("utf-8"))  # all stand where they should
    HOME.mkdir(parents=True, exist_ok=True)
    if asked.where == "framework":
        comparisons = Comparisons()
        import tassei

        right = not comparisons.catch(tassei.load_framework(ROOT / FRAMEWORK))
    else:
        prepare()
        configure(asked.prefix)
        right = run([HOME / "cmake/tassei_tests"]) and pytest(FAST, {})
    if not right:
        print("the tests fail without a fault")
        return 1
    catch = catches_core if asked.where == "core" else partial(catches_rule, comparisons)
    escaped = 0
    # tests of the core are processes of their own
    with ThreadPoolExecutor(os.cpu_count() if asked.where == "core" else 1) as pool:
        for number, (fault, caught, took) in enumerate(pool.map(partial(timed, catch), faults), 1):
            escaped += not caught
            said = f"caught by {caught}" if caught else "ESCAPED"
            print(f"{number}/{len(faults)} {fault}: {said}, {took:.0f} s", flush=True)
    print(f"{len(faults) - escaped} of {len(faults)} faults caught")
    return 1 if escaped else 0


if __name__ == "__main__":
    sys.exit(main())
