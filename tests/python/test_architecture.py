"""The page for those who carry on is true: its files are there, and its example is listed whole."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
FOLDERS = ("", "python/tassei", "cpp/src", "cpp/include/tassei", "cpp/bindings", "tests/python", "tests/cpp")
SOURCES = (".py", ".pyi", ".yaml", ".cpp", ".hpp", ".json")
# the example kind by its names in code, and by the words around it
NAMES = re.compile(r'\bLongest|def longest|longest_days|"longest"|\.longest\b|\blongest:')
ABOUT = re.compile(r"longest|stretch", re.IGNORECASE)


def named_files(text: str) -> set[str]:
    found = set(re.findall(r"[\w/.-]+\.(?:pyi?|yaml|cpp|hpp|md|json|ipynb)\b", text))
    return {name for name in found if "NAME" not in name}


def test_files_of_the_page_exist():
    named = named_files(PAGE)
    assert len(named) > 50
    assert not {name for name in named if not any((ROOT / folder / name).is_file() for folder in FOLDERS)}


def test_the_list_for_a_criterion_kind_names_each_file_of_the_example():
    section = PAGE.split("## To add a criterion kind")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    listed = {name for row in rows for name in named_files(row)}
    changed = {
        file.relative_to(ROOT).as_posix()
        for folder in ("cpp", "python", "data/schema", "docs", "tests")
        for file in (ROOT / folder).rglob("*")
        if file.suffix in SOURCES and NAMES.search(file.read_text("utf-8"))
    }
    changed.discard("tests/python/test_architecture.py")
    assert changed <= listed, "the page forgets these"
    idle = {name for name in listed if not ABOUT.search((ROOT / name).read_text(encoding="utf-8"))}
    assert not idle, "the example does not show what to do there"


def test_reasons_for_lines_that_no_test_runs_are_of_lines_that_are_there():
    reasons = yaml.safe_load((ROOT / "docs" / "uncovered.yaml").read_text(encoding="utf-8"))
    for file, texts in reasons.items():
        lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
        pairs = [f"{line.strip()} {after.strip()}" for line, after in pairwise(["", *lines])]
        assert texts and all(reason.strip() for reason in texts.values()), file
        assert not [text for text in texts if not any(text in pair for pair in pairs)], file
