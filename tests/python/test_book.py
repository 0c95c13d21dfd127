"""The workbook of an assessment, read back."""

from __future__ import annotations

import datetime as dt
import math
import subprocess
import sys

import openpyxl
import pandas as pd
import pytest
import tassei
from tassei import words
from tassei.layout import columns_wide

AS_OF = "2026-06-30"
HOSTILE = ["=1+1", "+x", "-y", "@z", "https://example.com"]


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


@pytest.fixture(scope="module", params=["en", "ja"])
def written(request, assessment, tmp_path_factory):
    """The whole workbook in a language."""
    path = tmp_path_factory.mktemp("book") / "out.xlsx"
    person = assessment.levels()["person_id"].iloc[0]
    assessment.to_excel(path, lang=request.param, by="site_id", min_group=10, people=[person])
    return openpyxl.load_workbook(path), words.words(request.param), request.param


def column(sheet, head):
    [place] = [cell.column for cell in sheet[1] if cell.value.lower() == head.lower()]
    return [cells[0] for cells in sheet.iter_rows(min_row=2, min_col=place, max_col=place)]


def test_words_for_every_header_and_id(written, assessment, framework):
    book, _, lang = written
    document, ids = framework.document, {"yes_no"}
    for name in ["distribution", "levels", "sheets", "criteria", "gaps", "bottlenecks", "completeness"]:
        ids |= set(assessment.to_arrow(name).column_names)
    ids |= set(assessment.to_arrow("ledger", person_id=[], lang=lang).column_names)
    ids |= {"met", "unmet", "unknown", "none", "evidenced", "deemed", "counted", "possibly", "ignored"}
    ids |= {*document.specialties, *document.criteria, *document.units, *document.tables}
    ids |= {name for table in document.tables.values() for name in table.columns}
    for sheet in book.worksheets[1:]:
        cells = {cell for row in sheet.iter_rows(values_only=True) for cell in row}
        assert not cells & (ids - set(assessment.evidence.groups))
    heads = {cell.value for sheet in book.worksheets[1:] for cell in sheet[1]}
    assert lang == "en" or not any(head.isascii() for head in heads - {"site_id"})


def test_next_level(written, assessment, framework):
    book, say, lang = written
    sheet = book[say["book_next"]]
    levels = assessment.levels().set_index(["person_id", "specialty"])["level"]
    wanted = assessment.criteria()
    now = levels.loc[list(zip(wanted["person_id"], wanted["specialty"], strict=True))].to_numpy()
    following = {0: 3, 3: 4, 4: 5, 5: 6, 6: 7}
    wanted = wanted[wanted["level"] == [following[level] for level in now]]
    assert [cell.value for cell in column(sheet, say["column_person_id"])] == wanted["person_id"].tolist()
    labels = [words.headline(framework.label("criterion", name, lang)) for name in wanted["criterion"]]
    assert [cell.value for cell in column(sheet, say["column_criterion"])] == labels
    statuses = [words.headline(say[status]) for status in wanted["status"]]
    assert [cell.value for cell in column(sheet, say["column_status"])] == statuses
    low = [cell.value for cell in column(sheet, say["column_low"])]
    assert low == pytest.approx(wanted["low"].tolist())
    high = [math.inf if cell.value == say["no_limit"] else cell.value
            for cell in column(sheet, say["column_high"])]  # fmt: skip
    assert high == pytest.approx(wanted["high"].tolist()) and math.inf in high


def test_shares_are_percent_and_levels_have_one_blue(written):
    book, say, _ = written
    for name, head in [("sheets", "score"), ("next", "progress"), ("distribution", "certain_share"),
                       ("completeness", "blank_share")]:  # fmt: skip
        cells = column(book[say[f"book_{name}"]], say[f"column_{head}"])
        assert {cell.number_format for cell in cells if cell.value is not None} == {"0.0%"}
        assert max(cell.value for cell in cells if cell.value is not None) <= 1
    blues = {}
    for name, head in [
        ("levels", "level"), ("levels", "possible_level"), ("gaps", "target"), ("gaps", "of_level"),
        ("bottlenecks", "target"), ("distribution", "level"),
    ]:  # fmt: skip
        sheet = book[say[f"book_{name}"]]
        at = column(sheet, say[f"column_{head}"])[0].coordinate
        for rules in sheet.conditional_formatting:
            for rule in rules.rules if at in rules.sqref else []:
                blues.setdefault(rule.formula[0], set()).add(rule.dxf.fill.bgColor.rgb)
    assert list(blues) == ["3", "4", "5", "6"]
    assert [len(shades) for shades in blues.values()] == [1, 1, 1, 1]
    assert len(set.union(*blues.values())) == 4
    sheet = book[say["book_levels"]]
    below = [cell for cell in column(sheet, say["column_level"]) if cell.value == 0]
    assert words.one_line(say["below"].format(level="")).strip() in below[0].number_format


def test_suppressed_groups_say_so(written, assessment):
    book, say, _ = written
    hidden = assessment.distribution(by="site_id", min_group=10)["suppressed"].tolist()
    cells = [cell.value for cell in column(book[say["book_groups"]], say["column_certain"])]
    assert any(hidden) and not all(hidden)
    assert [cell == say["column_suppressed"] for cell in cells] == hidden
    overview = [cell.value for cell in book.worksheets[0]["B"]]
    assert say["suppression_note"].format(n=10) in overview


def test_overview_links_to_every_sheet(written):
    book, _, _ = written
    overview = book.worksheets[0]
    links = [cell.hyperlink.location for cell in overview["A"] if cell.hyperlink]
    assert links == [f"'{name}'!A1" for name in book.sheetnames[1:]]
    for sheet in book.worksheets[1:]:
        assert sheet.page_setup.orientation == "landscape" and sheet.print_title_rows == "$1:$1"
        assert sheet.page_setup.fitToHeight == 0 and sheet.sheet_properties.pageSetUpPr.fitToPage


def test_long_texts_are_not_cut_off(written):
    book, say, _ = written
    sheet = book[say["book_ledger"]]
    cells = [cell for cell in column(sheet, say["column_because"]) if columns_wide(cell.value or "") > 65]
    assert cells
    for cell in cells:
        assert cell.alignment.wrap_text and sheet.row_dimensions[cell.row].height >= 30


def test_dates_stay_dates_and_no_group_is_said(framework, tmp_path):
    people = pd.DataFrame({"person_id": ["P1", "P2"], "hired": [dt.date(2020, 4, 1), None]})
    a = tassei.assess(tassei.read_evidence({"people": people}, framework), framework, as_of=AS_OF)
    book = openpyxl.load_workbook(a.to_excel(tmp_path / "out.xlsx", by="hired", min_group=0))
    cells = column(book["By group"], "hired")
    assert {cell.value for cell in cells} == {dt.datetime(2020, 4, 1), "not stated"}
    assert {cell.number_format for cell in cells if cell.is_date} == {"yyyy-mm-dd"}


@pytest.mark.parametrize("name", ["site", "status", "unit", "criterion", "table", "column"])
def test_text_stays_text(framework, tmp_path, name):
    texts = framework.path.read_text(encoding="utf-8")
    for label, hostile in [("succession of skills", "'=2+2'"), ("achievements", "'@SUM(A1)'")]:
        texts = texts.replace(f"en: {label}}}", f"en: {hostile}}}")
    (tmp_path / "own.yaml").write_text(texts, encoding="utf-8")
    own = tassei.load_framework(tmp_path / "own.yaml")
    people = pd.DataFrame({"person_id": HOSTILE, name: HOSTILE})
    a = tassei.assess(tassei.read_evidence({"people": people}, own), own, as_of=AS_OF)
    book = openpyxl.load_workbook(a.to_excel(tmp_path / "out.xlsx", by=name, min_group=0, people=HOSTILE))
    cells = column(book["Levels"], "Person")
    assert {cell.value for cell in cells} == set(HOSTILE)
    assert {cell.value for cell in column(book["By group"], name)} == set(HOSTILE)
    found = {cell.value for cell in column(book["Bottlenecks"], "Criterion")}
    assert "=2+2" in found
    for sheet in book.worksheets[1:]:
        for row in sheet.iter_rows():
            assert not any(cell.data_type == "f" or cell.hyperlink for cell in row)


@pytest.mark.parametrize("count", [0, 1])
def test_few_people(framework, tmp_path, count):
    evidence = tassei.read_evidence({"people": {"person_id": ["P1"][:count]}}, framework)
    a = tassei.assess(evidence, framework, as_of=AS_OF)
    book = openpyxl.load_workbook(a.to_excel(tmp_path / "out.xlsx"))
    assert len(rows(book, "Levels")) == 3 * count


@pytest.mark.parametrize("name", ["level", "specialty", "certain", "suppressed"])
def test_people_with_a_column_called_like_ours(framework, tmp_path, name):
    people = pd.DataFrame({"person_id": ["P1"], name: ["x"]})
    a = tassei.assess(tassei.read_evidence({"people": people}, framework), framework, as_of=AS_OF)
    with pytest.raises(tassei.AssessError, match=f"by='{name}'.*another name"):
        a.to_excel(tmp_path / "out.xlsx", by=name)
    assert not list(tmp_path.iterdir())


def test_whole_or_not_at_all(assessment, tmp_path):
    with pytest.raises(tassei.AssessError, match=r"ends in \.xlsx"):
        assessment.to_excel(tmp_path / "out.csv")
    with pytest.raises(tassei.AssessError, match="P99999"):
        assessment.to_excel(tmp_path / "out.xlsx", people=["P99999"])
    assert not list(tmp_path.iterdir())


def test_too_many_rows_leave_the_old_file(framework, tmp_path):
    many = tassei.read_evidence({"people": {"person_id": [f"P{i}" for i in range(88_000)]}}, framework)
    path = tmp_path / "out.xlsx"
    path.write_text("old")
    with pytest.raises(tassei.AssessError, match=r"sheets: 1,056,000 rows .* holds 1,048,575; .*Parquet"):
        tassei.assess(many, framework, as_of=AS_OF).to_excel(path)
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_without_the_library(tmp_path):
    code = """
import sys
sys.modules["xlsxwriter"] = None
import tassei
framework = tassei.load_framework("itss-v3-2011-customer-service")
evidence = tassei.read_evidence({"people": {"person_id": ["P1"]}}, framework)
try:
    tassei.assess(evidence).to_excel(sys.argv[1])
except tassei.EvidenceError as error:
    print(error)
"""
    path = tmp_path / "out.xlsx"
    path.write_text("old")
    run = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    assert "pip install 'tassei[excel]'" in run.stdout
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]
