"""The workbook of an assessment, read back."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest
import tassei
from tassei import words

AS_OF = "2026-06-30"
HOSTILE = ["=1+1", "+x", "-y", "@z", "https://example.com"]


@pytest.fixture(scope="module")
def framework():
    return tassei.load_framework("itss-v3-2011-customer-service")


@pytest.fixture(scope="module")
def assessment(framework):
    evidence = tassei.read_evidence(tassei.synthesize(80, seed=3), framework)
    return tassei.assess(evidence, framework, as_of=AS_OF)


def rows(book, title):
    return [list(row) for row in book[title].iter_rows(min_row=2, values_only=True)]


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_sheets_hold_the_tables(assessment, framework, lang, tmp_path):
    person = assessment.levels()["person_id"].iloc[0]
    path = assessment.to_excel(tmp_path / "out.xlsx", lang=lang, by="site_id", people=[person])
    book, say = openpyxl.load_workbook(path), words.words(lang)
    names = [
        "distribution", "groups", "levels", "sheets", "next", "gaps", "bottlenecks", "completeness", "ledger",
    ]  # fmt: skip
    assert book.sheetnames == [say["book_overview"], *(say[f"book_{name}"] for name in names)]
    levels = assessment.levels()
    found = rows(book, say["book_levels"])
    assert [row[0] for row in found] == levels["person_id"].tolist()
    assert [row[2:4] for row in found] == levels[["level", "possible_level"]].to_numpy().tolist()
    label = framework.label("specialty", "hardware", lang)
    assert label.lower() in {row[1].lower() for row in found}
    scores = [row[5] for row in rows(book, say["book_sheets"])]
    assert scores == pytest.approx(assessment.sheets()["score"].tolist())
    assert len(rows(book, say["book_ledger"])) == len(assessment.ledger(person))
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref is not None
    overview = [row[1].value for row in book[say["book_overview"]].iter_rows()]
    assert framework.fingerprint in overview and pd.Timestamp(AS_OF) in overview
    assert book[say["book_sheets"]].conditional_formatting


def test_text_stays_text(framework, tmp_path):
    people = pd.DataFrame({"person_id": HOSTILE, "site": HOSTILE})
    a = tassei.assess(tassei.read_evidence({"people": people}, framework), framework, as_of=AS_OF)
    book = openpyxl.load_workbook(a.to_excel(tmp_path / "out.xlsx", by="site", min_group=0))
    cells = [row[0] for row in book["Levels"].iter_rows(min_row=2)]
    assert {cell.value for cell in cells} == set(HOSTILE)
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)


@pytest.mark.parametrize("count", [0, 1])
def test_few_people(framework, tmp_path, count):
    evidence = tassei.read_evidence({"people": {"person_id": ["P1"][:count]}}, framework)
    a = tassei.assess(evidence, framework, as_of=AS_OF)
    book = openpyxl.load_workbook(a.to_excel(tmp_path / "out.xlsx"))
    assert len(rows(book, "Levels")) == 3 * count


def test_whole_or_not_at_all(assessment, tmp_path):
    with pytest.raises(tassei.AssessError, match=r"ends in \.xlsx"):
        assessment.to_excel(tmp_path / "out.csv")
    with pytest.raises(tassei.AssessError, match="P99999"):
        assessment.to_excel(tmp_path / "out.xlsx", people=["P99999"])
    assert not list(tmp_path.iterdir())
