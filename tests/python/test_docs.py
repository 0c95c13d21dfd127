"""The site's generated pages are whole; `make docs` builds it with every warning an error."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tassei
import tassei.plot

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
CHOIR = ROOT / "tests/frameworks/community-choir.yaml"
BUNDLED = "itss-v3-2011-customer-service"


def module(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"docs_{name}", DOCS / f"{name}.py")
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@pytest.fixture(scope="module")
def standard():
    return module("standard")


def as_read(text: str) -> str:
    """Markdown without its backslashes."""
    return re.sub(r"\\(.)", r"\1", text)


def labels(node: Any, lang: str) -> Iterator[str]:
    """Every label and summary of a framework file in a language."""
    if isinstance(node, list):
        for part in node:
            yield from labels(part, lang)
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("label", "summary", "about", "title", "record") and isinstance(value, dict):
                yield value.get(lang) or next(iter(value.values()))
            else:
                yield from labels(value, lang)


@pytest.mark.parametrize("name", [BUNDLED, CHOIR], ids=["bundled", "choir"])
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_page_has_every_sheet_and_label(standard, name, lang):
    framework = tassei.load_framework(name)
    said = framework.document.model_dump(by_alias=True, exclude_none=True)
    page = as_read(standard.page(framework, lang))
    headings = re.findall(r"^### (.*)$", page, re.M)
    for sheet in framework.document.sheets:
        specialty = framework.label("specialty", sheet.specialty, lang)
        level = framework.label("level", sheet.level, lang)
        assert [h for h in headings if h.startswith(specialty) and level in h and sheet.page in h]
    assert [label for label in labels(said, lang) if label not in page] == []


def test_a_sheet_says_its_thresholds_areas_and_conditions(standard):
    page = as_read(standard.page(tassei.load_framework(BUNDLED), "en"))
    sheet = page.split("### hardware, level 6 (CS-5)")[1].split("###")[0]
    assert "1,095 days" in sheet and "4 achievements" in sheet
    assert "area of expertise: one of the 8 listed" in sheet
    assert "- letter of thanks from a customer" in sheet
    assert "depends on: listed activities, overlapping periods, upper bounds of size" in sheet
    deeming = page.split("## What stands for whole sheets")[1].split("## ")[0]
    assert "Applied Information Technology Engineer Examination" in deeming
    assert "CS-8, CS-12, CS-16" in deeming
    conditions = page.split("## Conditions by name")[1].split("## ")[0]
    assert "computer room area: ≥ 5,000 m²" in conditions
    assert "complexity: 4 of: the 6 listed" in conditions and "- mission-critical system" in conditions
    assert "**each day once** `union`" in page.split("## Readings")[1]


def test_a_criterion_that_a_reading_decides_follows_the_framework_file(standard, tmp_path):
    text = CHOIR.read_text(encoding="utf-8")
    other = tmp_path / "other.yaml"
    other.write_text(text.replace("default: lenient", "default: strict"), encoding="utf-8")
    pages = [as_read(standard.page(tassei.load_framework(path), "en")) for path in (CHOIR, other)]
    needed = [re.search(r"\*\*breadth\*\*.*?- (\d) skills", page, re.S)[1] for page in pages]
    assert needed == ["3", "5"]


def test_markdown_in_labels_stays_text(standard):
    text = "a*b* [x](y) `c` <b> | $d$ _e_ #1 {f}"
    escaped = standard.plain(text)
    assert as_read(escaped) == text
    assert not re.search(r"(?<!\\)[*\[\]()`<>|$#{}]", escaped)


def test_the_reference_has_every_public_name():
    text = "\n".join(module("reference").pages().values())
    documented = set(re.findall(r":: (tassei\.[\w.]+)", text))
    assert {f"tassei.{n}" for n in tassei.__all__} <= documented
    assert {f"tassei.plot.{n}" for n in [*tassei.plot.__all__, *tassei.plot.PICTURES]} <= documented


def test_the_tables_of_contents_are_whole():
    for folder in ("guide", "decisions", "notebooks"):
        index = (DOCS / folder / "index.md").read_text(encoding="utf-8")
        tree = index.split("```{toctree}")[1].split("```")[0]
        listed = [line for line in tree.splitlines() if line and not line.startswith(":")]
        home = ROOT / "notebooks" if folder == "notebooks" else DOCS / folder
        pages = {p.stem for p in home.iterdir() if p.suffix in (".md", ".ipynb") and p.stem != "index"}
        assert pages and {p for p in pages if any(Path(p).match(line) for line in listed)} == pages


def test_every_block_of_the_guide_is_executed():
    for page in [DOCS / "index.md", *(DOCS / "guide").glob("*.md")]:
        text = page.read_text(encoding="utf-8")
        fences = set(re.findall(r"^```(\S+)", text, re.M))
        assert fences <= {"{code-cell}", "{toctree}", "{literalinclude}", "sh"}, page.name
        assert "{code-cell}" in fences or page.name == "index.md"
