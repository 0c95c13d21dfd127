"""Plants faults in the framework file and in the core, one at a time, and sees whether the tests catch them.

    python tools/mutate.py framework|core [--only WORD]

Each fault is a text that is replaced where it occurs for the n-th of so many times, so that none is planted
beside its place. Nothing of the checkout is touched: what is changed is a copy in build/mutate.

A faulty framework meets the people and questions of test_against_slow.py, whose right answers are worked out
once, and the cases. A faulty core is built anew and meets the C++ tests, and if they pass, Python tests.
"""

# ruff: noqa: E501 (a fault stands in one line)
from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / "build/mutate"
SITE = HOME / "site"
TREE = HOME / "tree"
FRAMEWORK = Path("data/frameworks/itss-v3-2011-customer-service.yaml")
FAST = ["test_cases.py", "test_against_slow.py"]
BEYOND = ["test_laws.py", "test_explain_goldens.py", "test_coverage.py", "test_compare.py", "test_gap.py"]
LONGEST = 600  # seconds; what takes longer hangs, and that is caught too


@dataclass(frozen=True)
class Fault:
    file: str
    right: str
    wrong: str
    place: int = 0  # the first, second, … occurrence
    of: int = 1  # so often the text occurs

    def plant(self, text: str) -> str:
        parts = text.split(self.right)
        if len(parts) - 1 != self.of:
            raise SystemExit(f"{self.file}: {self.right!r} occurs {len(parts) - 1} times, not {self.of}")
        at = self.place + 1
        return self.right.join(parts[:at]) + self.wrong + self.right.join(parts[at:])

    def __str__(self) -> str:
        where = f" ({self.place + 1} of {self.of})" if self.of > 1 else ""
        return f"{Path(self.file).name}: {self.right.strip()} → {self.wrong.strip()}{where}"


def rule(right: str, wrong: str, place: int = 0, of: int = 1) -> Fault:
    return Fault(str(FRAMEWORK), right, wrong, place, of)


def core(file: str, right: str, wrong: str, place: int = 0, of: int = 1) -> Fault:
    return Fault(f"cpp/src/{file}.cpp", right, wrong, place, of)


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
    core("criterion", "x > condition.low : x >= condition.low", "x > condition.low : x > condition.low"),
    core("criterion", "x > condition.low : x >= condition.low", "x >= condition.low : x >= condition.low"),
    core("criterion", "x < condition.high : x <= condition.high", "x < condition.high : x < condition.high"),
    core("criterion", "x < condition.high : x <= condition.high", "x <= condition.high : x <= condition.high"),
    core("criterion", "above && below", "above || below"),
    core("criterion", "if (std::isnan(x)) return Truth::unknown;", "if (std::isnan(x)) return Truth::no;"),
    core("criterion", "if (cell.word < 0) return Truth::unknown;", "if (cell.word < 0) return Truth::no;"),
    core("criterion", "condition.items & ~cell.known", "condition.items & cell.known"),
    core("criterion", "at_least(condition.need, has, has + blank)", "at_least(condition.need, has, blank)"),
    core("record", "framework.recency_days + 1", "framework.recency_days"),
    core("record", "word < enough_ &&", "word <= enough_ &&"),
    core("record", "start != no_day && start > as_of_) standing", "start != no_day && start >= as_of_) standing"),
    core("record", "end != no_day && end < oldest_", "end != no_day && end <= oldest_"),
    core("record", "std::min(end, as_of_)", "std::max(end, as_of_)"),
    core("record", "standing.start = std::max(start, oldest_)", "standing.start = start"),
    core("record", "recent_only && start < oldest_", "recent_only && start <= oldest_"),
    core("record", "start > as_of_ || (recent_only", "start >= as_of_ || (recent_only"),
    core("record", "> as_of_ ? Truth::no : Truth::yes", ">= as_of_ ? Truth::no : Truth::yes"),
    core("record", "std::min(standing.counts, Truth::unknown)", "std::max(standing.counts, Truth::unknown)"),
    core("assess", "below & status[i] : status[i]", "below | status[i] : status[i]"),
    core("assess", "if (truth == Truth::yes) {", "if (truth != Truth::no) {"),
    core("assess", "if (truth != Truth::no) at.possible", "if (truth == Truth::yes) at.possible"),
    core("assess", "        below = truth;", "        below = status[i];"),
    core("statistics", "++result.possible[base + place(assessment.possible_level", "++result.possible[base + place(assessment.level"),
    core("statistics", "groups[p] >= count", "groups[p] > count"),
    core("compare", "rank(after.possible_level[a])", "rank(after.level[a])"),
    core("compare", "before.level[b] == after.level[a] && before", "before.level[b] == after.level[a] || before"),
    core("unknown", "at.level > level[s];", "at.level >= level[s];"),
    core("unknown", "at.level == possible[s]", "at.level >= level[s]"),
    core("suppress", "own[n].people < least)", "own[n].people <= least)"),
    core("suppress", "left[g] > 0 && left[g] < least_", "left[g] > 0 && left[g] <= least_"),
    core("suppress", "left[g] > 0 && left[g] < least_", "left[g] > 1 && left[g] < least_"),
    core("evidence", "std::size_t>(person) + 1];", "std::size_t>(person)];"),
    core("column", "day < first || day > last", "day < first || day >= last"),
    core("column", "value < 0 || std::isinf", "value <= 0 || std::isinf"),
    core("column", "last != no_day && last < start[row]", "last != no_day && last <= start[row]"),
    core("column", "if (!blank && word >= 0)", "if (!blank && word > 0)"),
    core("values", "while (row >= ends_[piece]) ++piece;", "while (row > ends_[piece]) ++piece;"),
    core("arrow", "falls |= ends[i + 1] < ends[i]", "falls |= ends[i + 1] <= ends[i]"),
    core("arrow", "last > array.children[0]->length", "last >= array.children[0]->length"),
    core("coverage", "clock(row).counts == Truth::no", "clock(row).counts != Truth::yes"),
]


def prepare() -> None:
    """Copies of the package, as it is installed or linked, and of the sources."""
    import tassei

    shutil.rmtree(SITE, ignore_errors=True)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(tassei.__file__).parent, SITE / "tassei", ignore=ignored)
    for name in ("cpp", "tests/cpp", "tests/fuzz", "data/frameworks", "data/workforce"):
        for file in (ROOT / name).rglob("*"):
            copy = TREE / file.relative_to(ROOT)
            if file.is_file() and (not copy.exists() or copy.read_bytes() != file.read_bytes()):
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(file, copy)
    for name in ("CMakeLists.txt", "pyproject.toml"):
        shutil.copy2(ROOT / name, TREE / name)


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


def pytest(files: list[str]) -> bool:
    tests = [ROOT / "tests/python" / name for name in files]
    return run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--rootdir", ROOT, *tests],
        cwd=HOME, env={**os.environ, "PYTHONPATH": str(SITE), "PYTHONDONTWRITEBYTECODE": "1"},
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


def catches_rule(fault: Fault, comparisons: Comparisons) -> str:
    import tassei

    file = HOME / FRAMEWORK.name
    file.write_text(fault.plant((ROOT / FRAMEWORK).read_text("utf-8")), "utf-8")
    try:
        framework = tassei.load_framework(file)
    except tassei.FrameworkError:
        return "loading"
    return comparisons.catch(framework)


def build(target: str) -> bool:
    return run(["cmake", "--build", HOME / "cmake", "--target", target])


def catches_core(fault: Fault) -> str:
    file = TREE / fault.file
    text = (ROOT / fault.file).read_text("utf-8")
    file.write_text(fault.plant(text), "utf-8")
    try:
        if not build("tassei_tests"):
            return "compiler"
        if not run([HOME / "cmake/tassei_tests", "-a"]):
            return "C++ tests"
        build("_core")
        for module in (HOME / "cmake").glob("_core*.so"):
            shutil.copy2(module, SITE / "tassei" / module.name)
        return "" if pytest(FAST + BEYOND) else "Python tests"
    finally:
        file.write_text(text, "utf-8")


def configure(prefix: str) -> None:
    subprocess.run(
        ["cmake", "-S", TREE, "-B", HOME / "cmake", "-G", "Ninja", "-DTASSEI_TESTS=ON", "-DTASSEI_PYTHON=ON",
         "-DCMAKE_BUILD_TYPE=Mutate", "-DCMAKE_CXX_FLAGS=-O1", f"-DCMAKE_PREFIX_PATH={prefix}",
         f"-DPython_EXECUTABLE={sys.executable}"],
        check=True, stdout=subprocess.DEVNULL,
    )
    subprocess.run(["cmake", "--build", HOME / "cmake"], check=True, stdout=subprocess.DEVNULL)


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
        right = run([HOME / "cmake/tassei_tests"]) and pytest(FAST)
    if not right:
        print("the tests fail without a fault")
        return 1
    escaped = 0
    for number, fault in enumerate(faults, 1):
        began = time.monotonic()
        caught = catches_rule(fault, comparisons) if asked.where == "framework" else catches_core(fault)
        escaped += not caught
        said = f"caught by {caught}" if caught else "ESCAPED"
        print(f"{number}/{len(faults)} {fault}: {said}, {time.monotonic() - began:.0f} s", flush=True)
    print(f"{len(faults) - escaped} of {len(faults)} faults caught")
    return 1 if escaped else 0


if __name__ == "__main__":
    sys.exit(main())
