"""Workbooks as companies really have them: each read right, or refused with what to mend."""

import datetime as dt
import io
import re
import zipfile
from functools import cache

import openpyxl
import pyarrow as pa
import pytest
import tassei
import xlsxwriter
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odf.opendocument import OpenDocumentSpreadsheet, load
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P
from openpyxl.utils.datetime import MAC_EPOCH
from tassei import EvidenceError
from tassei.workbook import known_spellings, open_workbook


@pytest.fixture(scope="module")
def framework():
    return tassei.load_framework("itss-v3-2011-customer-service")


@pytest.fixture(scope="module")
def known(framework):
    return known_spellings(framework.document)


@pytest.fixture
def book(tmp_path):
    """Writes rows and merges as an .xlsx file, a sheet for each keyword, and gives its path."""

    def write(*merges, **sheets):
        path = tmp_path / "book.xlsx"
        workbook = openpyxl.Workbook()
        workbook.remove(workbook.active)
        for name, rows in sheets.items():
            sheet = workbook.create_sheet(name)
            for row in rows:
                sheet.append(row)
            for cells in merges:
                sheet.merge_cells(cells)
        workbook.save(path)
        return path

    return write


def cells(raw):
    return {name: column.to_pylist() for name, column in raw.columns.items()}


def only(path, spellings=None):
    [raw] = open_workbook(path, spellings)
    assert all(len(column) == raw.rows for column in raw.columns.values())
    return raw


def refused(path, spellings=None):
    with pytest.raises(EvidenceError) as error:
        open_workbook(path, spellings)
    return str(error.value)


def changed(path, part, change):
    """The same file with one part of its archive changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part].decode()).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


# --- where the table is ------------------------------------------------------------------------------


def test_plain_sheet(book):
    raw = only(book(people=[["person_id", "site"], ["P1", "Osaka"], ["P2", None]]))
    assert (raw.name, raw.rows, raw.first_row) == ("people", 2, 2)
    assert raw.origin == "book.xlsx, sheet people"
    assert cells(raw) == {"person_id": ["P1", "P2"], "site": ["Osaka", None]}


def test_title_rows_above_the_header(book):
    rows = [["社員一覧 2024年度"], [], ["作成", "人事部"], ["対象者ID", "部署"], ["P1", "A"]]
    raw = only(book("A1:C1", people=rows), ["対象者ID", "部署"])
    assert (raw.first_row, cells(raw)) == (5, {"対象者ID": ["P1"], "部署": ["A"]})


def test_title_merged_over_the_whole_table_is_no_group(book):
    path = book("A1:C1", people=[["社員一覧"], ["person_id", "site", "team"], ["P1", "A", "B"]])
    assert list(only(path).columns) == ["person_id", "site", "team"]
    assert list(only(path, ["person_id"]).columns) == ["person_id", "site", "team"]


def test_header_that_does_not_start_in_a1(tmp_path):
    path = tmp_path / "offset.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("people")
        sheet.write_row("C5", ["person_id", "site"])
        sheet.write_row("C6", ["P1", "Osaka"])
    raw = only(path)
    assert (raw.first_row, cells(raw)) == (6, {"person_id": ["P1"], "site": ["Osaka"]})


def test_trailing_blank_rows_and_columns_are_dropped(tmp_path):
    path = tmp_path / "blank.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("people")
        sheet.write_row("A1", ["person_id", "site", "", "  "])
        sheet.write_row("A2", ["P1", "Osaka", "", " "])
        for row in range(2, 500):
            sheet.write_row(row, 0, ["", " ", "　"])
            sheet.write_blank(row, 30, None, workbook.add_format({"bg_color": "yellow"}))
    raw = only(path)
    assert (raw.rows, list(raw.columns)) == (1, ["person_id", "site"])


def test_blank_rows_between_header_and_data_and_within(book):
    raw = only(book(people=[["person_id", "site"], [], [], ["P1", "A"], [], ["P2", "B"]]))
    assert (raw.first_row, raw.rows) == (4, 3)  # row numbers stay those of the sheet
    assert cells(raw)["person_id"] == ["P1", None, "P2"]


def test_header_only(book):
    raw = only(book(people=[["person_id", "site"]]))
    assert (raw.rows, raw.first_row, list(raw.columns)) == (0, 2, ["person_id", "site"])


def test_merged_header_only(book):
    raw = only(book("A1:A2", "B1:B2", people=[["person_id", "site"]]))
    assert (list(raw.columns), raw.rows) == (["person_id", "site"], 0)


def test_merged_blanks_beside_the_header(book):
    raw = only(book("D1:E1", people=[["person_id", "site"], ["P1", "Osaka"]]))
    assert cells(raw) == {"person_id": ["P1"], "site": ["Osaka"]}


def test_one_column(book, known):
    for spellings in (None, known):
        raw = only(book(people=[["person_id"], ["P1"], ["P2"]]), spellings)
        assert cells(raw) == {"person_id": ["P1", "P2"]}


def test_sheets_that_are_no_tables(book, known):
    path = book(
        **{
            "対象者": [["対象者ID"], ["P1"]],
            "説明 Guide": [["a", "b"]],
            "メモ": [["送付済み"], ["要確認"]],
            "空": [],
        }
    )
    assert [raw.name for raw in open_workbook(path, known)] == ["対象者"]
    assert "no sheet of it holds a table" in refused(book(メモ=[["送付済み"]]), known)
    assert "no sheet of it holds a table" in refused(book(空=[]))


def test_hidden_sheets_are_read(tmp_path):
    path = tmp_path / "hidden.xlsx"
    workbook = openpyxl.Workbook()
    workbook.active.append(["person_id", "site"])
    for state in ("hidden", "veryHidden"):
        sheet = workbook.create_sheet(state)
        sheet.sheet_state = state
        sheet.append(["a", "b"])
    workbook.create_chartsheet("chart")
    workbook.save(path)
    assert [raw.name for raw in open_workbook(path)] == ["Sheet", "hidden", "veryHidden"]


# --- merged cells and headers of several rows --------------------------------------------------------


def test_merged_cells_of_data_all_hold_the_value(book):
    rows = [["id", "x", "y", "z"], ["P1", 1, 2], [None, 3, None, 7], [None, None, None, 8], ["P2", 5, 6]]
    assert cells(only(book("A2:A4", "B3:C4", people=rows))) == {
        "id": ["P1", "P1", "P1", "P2"], "x": [1, 3, 3, 5], "y": [2, 3, 3, 6], "z": [None, 7, 8, None],
    }  # fmt: skip


def test_room_that_a_merged_cell_leaves_is_no_record(book):
    rows = [["id", "x"], ["P1", 1], [None], ["P2", 2], [None, None]]
    raw = only(book("A2:A3", "B2:B3", "A4:A9", people=rows))
    assert cells(raw) == {"id": ["P1", None, "P2"], "x": [1, None, 2]}


def test_groups_merged_over_items(book, known):
    path = book("A1:A2", "B1:B2", "C1:D1", 業務経歴=[
        ["対象者ID", "開始日", "複雑性"],
        [None, None, "マルチベンダ", "ミッションクリティカル"],
        ["P1", dt.date(2020, 4, 1), "○", None],
    ])  # fmt: skip
    for spellings in (None, known):
        raw = only(path, spellings)
        assert list(raw.columns) == [
            "対象者ID",
            "開始日",
            "複雑性.マルチベンダ",
            "複雑性.ミッションクリティカル",
        ]
        assert (raw.rows, raw.first_row) == (1, 3)


def test_groups_where_the_other_names_are_not_merged(book, known):
    above = [["対象者ID", "複雑性", None], [None, "マルチベンダ", "新技術"], ["P1", "○", "×"]]
    below = [[None, "複雑性", None], ["対象者ID", "マルチベンダ", "新技術"], ["P1", "○", "×"]]
    for rows in (above, below):
        for spellings in (None, known):
            raw = only(book("B1:C1", engagements=rows), spellings)
            assert cells(raw) == {"対象者ID": ["P1"], "複雑性.マルチベンダ": ["○"], "複雑性.新技術": ["×"]}


def test_groups_that_only_decorate(book, known):
    rows = [
        ["基本情報", None, "期間", None],
        ["対象者ID", "業務ID", "開始日", "終了日"],
        ["P1", "E1", None, None],
    ]
    raw = only(book("A1:B1", "C1:D1", engagements=rows), known)
    assert list(raw.columns) == ["対象者ID", "業務ID", "開始日", "終了日"]


def test_unknown_item_keeps_its_group_so_that_it_is_reported(book, known, framework):
    rows = [["対象者ID", "複雑性", None], [None, "マルチベンダ", "マルチベンタ"], ["P1", "○", "×"]]
    raw = only(book("B1:C1", 業務経歴=rows), known)
    evidence = tassei.read_evidence({raw.name: pa.table(raw.columns)}, framework, on_error="collect")
    assert evidence.to_arrow("issues")["problem"].to_pylist() == ["is an unknown item"]


def test_header_in_two_languages_is_read_once(book, known):
    rows = [
        ["対象者ID", "開始日", "複雑性", None],
        [None, None, "マルチベンダ", "ミッションクリティカル"],
        ["person id", "start", "complexity", None],
        [None, None, "multi vendor", "mission critical"],
        ["P1", dt.date(2020, 4, 1), "○", None],
    ]
    raw = only(book("A1:A2", "B1:B2", "C1:D1", "A3:A4", "B3:B4", "C3:D3", engagements=rows), known)
    assert list(raw.columns) == ["対象者ID", "開始日", "複雑性.マルチベンダ", "複雑性.ミッションクリティカル"]
    assert (raw.rows, raw.first_row) == (1, 5)
    raw = only(book(people=[["対象者ID"], ["person_id"], ["P1"]]), known)
    assert cells(raw) == {"対象者ID": ["P1"]}


def test_two_languages_in_one_cell(book, known):
    raw = only(book(people=[["対象者ID\nperson id", "所\n属"], ["P1", "A"]]), known)
    assert cells(raw) == {"対象者ID": ["P1"], "所 属": ["A"]}


def test_squared_paper_where_every_cell_is_merged(book, known):
    rows = [["対象者ID", None, "開始日", None], ["P1", None, "2020-04", None], ["P2", None, "2021-04", None]]
    merges = [f"{a}{row}:{b}{row}" for row in (1, 2, 3) for a, b in (("A", "B"), ("C", "D"))]
    for spellings in (None, known):
        raw = only(book(*merges, engagements=rows), spellings)
        assert cells(raw) == {"対象者ID": ["P1", "P2"], "開始日": ["2020-04", "2021-04"]}


def test_duplicate_headers_name_both_cells(book):
    message = refused(book(people=[["title"], ["id", "site", "id"], ["P1", "A", "P2"]]))
    assert message == "book.xlsx, sheet people: A2 and C2 both say 'id'; give each column its own name"


def test_filled_column_without_a_name_is_not_lost(book):
    raw = only(book(people=[["id", "site"], ["P1", "A", "stray"]]))
    assert cells(raw)["column C"] == ["stray"]


# --- what stands in cells ----------------------------------------------------------------------------


def test_types_of_columns(book):
    day, moment = dt.date(2020, 4, 1), dt.datetime(2020, 4, 1, 9, 30)
    raw = only(book(t=[
        ["whole", "part", "date", "moment", "yes", "mixed", "dated", "blank"],
        [1.0, 1.5, day, moment, True, 1.0, day, None],
        [None, 2, None, day, False, "12", "2020年5月", None],
        [3, 3, dt.datetime(2021, 1, 1), None, None, 0.1 + 0.2, moment, None],
        [4, 1e20, day, None, None, True, None, None],
    ]))  # fmt: skip
    kinds = {name: str(column.type) for name, column in raw.columns.items()}
    assert kinds == {
        "whole": "int64", "part": "double", "date": "date32[day]", "moment": "timestamp[us]",
        "yes": "bool", "mixed": "large_string", "dated": "large_string", "blank": "large_string",
    }  # fmt: skip
    assert cells(raw)["whole"] == [1, None, 3, 4]
    assert cells(raw)["date"] == [day, None, dt.date(2021, 1, 1), day]
    assert cells(raw)["mixed"] == ["1", "12", "0.3", "TRUE"]
    assert cells(raw)["dated"] == ["2020-04-01", "2020年5月", "2020-04-01T09:30:00", None]


@pytest.mark.parametrize(
    "format", ["yyyy/m/d", 'yyyy"年"m"月"d"日"', "[$-411]ge.m.d", "yyyy/m", "[$-F800]dddd, mmmm dd, yyyy"]
)
def test_dates_however_they_are_shown(tmp_path, format):
    path = tmp_path / "dates.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("t")
        sheet.write_row("A1", ["id", "day"])
        sheet.write("A2", "P1")
        sheet.write_number("B2", 43922, workbook.add_format({"num_format": format}))
    assert cells(only(path))["day"] == [dt.date(2020, 4, 1)]


def test_both_date_systems(tmp_path):
    for name, epoch in (("1900", None), ("1904", MAC_EPOCH)):
        path = tmp_path / f"{name}.xlsx"
        workbook = openpyxl.Workbook()
        if epoch:
            workbook.epoch = epoch
        workbook.active.append(["id", "day"])
        workbook.active.append(["P1", dt.date(2020, 4, 1)])
        workbook.save(path)
        with zipfile.ZipFile(path) as archive:
            assert (b"date1904" in archive.read("xl/workbook.xml")) == (name == "1904")
        assert cells(only(path))["day"] == [dt.date(2020, 4, 1)]


def test_number_that_is_not_shown_as_a_date_stays_a_number(book):
    assert cells(only(book(t=[["id", "day"], ["P1", 43922]])))["day"] == [43922]


def test_errors_keep_their_text(book, framework):
    path = book(
        業務経歴=[
            ["対象者ID", "開始日", "コンピュータルーム数"],
            ["P1", "#N/A", "#DIV/0!"],
            ["P2", "2020-04", 3],
        ]
    )
    raw = only(path)
    assert cells(raw)["コンピュータルーム数"] == ["#DIV/0!", "3"]
    evidence = tassei.read_evidence({raw.name: pa.table(raw.columns)}, framework, on_error="collect")
    assert evidence.to_arrow("issues")["value"].to_pylist() == ["#N/A", "#DIV/0!"]


def test_errors_in_cells_without_a_place(book):
    path = book(t=[["id", "x", "y"], ["P1", None, "#REF!"], ["P2", "#NAME?", None]])
    with zipfile.ZipFile(path) as archive:
        assert b't="e"' in archive.read("xl/worksheets/sheet1.xml")
    assert cells(only(path)) == {"id": ["P1", "P2"], "x": [None, "#NAME?"], "y": ["#REF!", None]}


def test_formulas_give_their_last_values(tmp_path):
    path = tmp_path / "formulas.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("t")
        sheet.write_row("A1", ["id", "n", "text"])
        sheet.write_formula("A2", '="P"&1', None, "P1")
        sheet.write_formula("B2", "=1+2", None, 3)
        sheet.write_formula("C2", "=NA()", None, "#N/A")
    assert cells(only(path)) == {"id": ["P1"], "n": [3], "text": ["#N/A"]}


def test_texts_stay_as_they_are(tmp_path):
    long = "実" * 300
    path = tmp_path / "texts.xlsx"
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.append(["id", "text"])
    for text in ("0012", "'0012", long, "表ソ能\\", 'a "b", c', "two\nlines", "=1+1", "𠮷野家", " padded "):
        sheet.append(["P", text])
        sheet.cell(sheet.max_row, 2).data_type = "s"
        sheet.cell(sheet.max_row, 2).quotePrefix = True
    workbook.save(path)
    assert cells(only(path))["text"] == [
        "0012", "'0012", long, "表ソ能\\", 'a "b", c', "two\nlines", "=1+1", "𠮷野家", " padded ",
    ]  # fmt: skip


def test_readings_above_kanji_are_not_part_of_the_text(tmp_path):
    path = tmp_path / "furigana.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("people")
        sheet.write_row("A1", ["person_id", "site"])
        sheet.write_row("A2", ["P1", "大阪"])
    said = '<rPh sb="0" eb="2"><t>オオサカ</t></rPh><phoneticPr fontId="1"/>'
    changed(path, "xl/sharedStrings.xml", lambda xml: xml.replace("<t>大阪</t>", "<t>大阪</t>" + said))
    assert cells(only(path))["site"] == ["大阪"]


def test_macro_workbook(tmp_path):
    path = tmp_path / "macros.xlsm"
    workbook = openpyxl.Workbook()
    workbook.active.append(["id", "n"])
    workbook.active.append(["P1", 1])
    workbook.save(path)
    assert cells(only(path)) == {"id": ["P1"], "n": [1]}


# --- other formats -----------------------------------------------------------------------------------


@pytest.mark.parametrize("mac", [False, True])
def test_old_excel(tmp_path, mac):
    path = tmp_path / "old.xls"
    workbook = xlwt.Workbook()
    workbook.dates_1904 = mac
    sheet = workbook.add_sheet("業務経歴")
    sheet.write_merge(0, 1, 0, 0, "対象者ID")
    sheet.write_merge(0, 0, 1, 2, "複雑性")
    for place, text in enumerate(["マルチベンダ", "新技術"], 1):
        sheet.write(1, place, text)
    sheet.write_merge(0, 1, 3, 3, "開始日")
    sheet.write_merge(0, 1, 4, 4, "室数")
    shown = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    sheet.write_merge(2, 3, 0, 0, 1001.0)
    for row in (2, 3):
        sheet.write(row, 1, True)
        serial = (dt.date(2020, 4, 1) - (dt.date(1904, 1, 1) if mac else dt.date(1899, 12, 30))).days
        sheet.write(row, 3, serial, shown)
    sheet.row(2).set_cell_error(4, 42)
    workbook.save(str(path))
    raw = only(path)
    assert raw.first_row == 3
    assert cells(raw) == {
        "対象者ID": [1001, 1001], "複雑性.マルチベンダ": [True, True], "複雑性.新技術": [None, None],
        "開始日": [dt.date(2020, 4, 1)] * 2, "室数": ["#N/A", None],
    }  # fmt: skip


def open_document(path, manifest=None):
    def cell(text, **attributes):
        made = TableCell(valuetype=attributes.pop("valuetype", "string"), **attributes)
        made.addElement(P(text=text))
        return made

    tall = {"numberrowsspanned": 2, "numbercolumnsspanned": 1}
    wide = {"numberrowsspanned": 1, "numbercolumnsspanned": 2}
    document = OpenDocumentSpreadsheet()
    table = Table(name="業務経歴")
    document.spreadsheet.addElement(table)
    rows = [
        [cell("対象者ID", **tall), cell("開始日", **tall), cell("複雑性", **wide), CoveredTableCell()],
        [CoveredTableCell(numbercolumnsrepeated=2), cell("マルチベンダ"), cell("新技術")],
        [cell("P1", **tall), cell("2020/4/1", valuetype="date", datevalue="2020-04-01"),
         cell("TRUE", valuetype="boolean", booleanvalue="true"), TableCell(numbercolumnsrepeated=1000)],
        [CoveredTableCell(), cell("2021/4/1", valuetype="date", datevalue="2021-04-01")],
    ]  # fmt: skip
    for row in rows:
        made = TableRow()
        for element in row:
            made.addElement(element)
        table.addElement(made)
    table.addElement(TableRow(numberrowsrepeated=1_000_000))
    document.save(str(path))
    return path


def test_open_document(tmp_path):
    raw = only(open_document(tmp_path / "book.ods"))
    assert (raw.name, raw.first_row) == ("業務経歴", 3)
    assert cells(raw) == {
        "対象者ID": ["P1", "P1"], "開始日": [dt.date(2020, 4, 1), dt.date(2021, 4, 1)],
        "複雑性.マルチベンダ": [True, None], "複雑性.新技術": [None, None],
    }  # fmt: skip


def test_wide_merged_cells_of_open_document(tmp_path):
    path = open_document(tmp_path / "book.ods")
    document = load(path)
    [table] = document.getElementsByType(Table)
    made = TableRow()
    for text in ("P2", "P3"):
        made.addElement(TableCell(valuetype="string", numbercolumnsspanned=3))
        made.lastChild.addElement(P(text=text))
        made.addElement(CoveredTableCell(numbercolumnsrepeated=2))
    table.insertBefore(made, table.lastChild)
    document.save(str(path))
    assert [column[-1] for column in cells(only(path)).values()] == ["P2", "P2", "P2", "P3"]


def test_errors_of_open_document(tmp_path):
    path = open_document(tmp_path / "book.ods")

    def with_error(xml):  # as LibreOffice writes it
        space = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
        said = f'<table:table-cell {space} office:value-type="string" office:string-value="" '
        error = said + 'calcext:value-type="error"><text:p>#N/A</text:p>'
        return re.sub(r"<table:table-cell [^>]*boolean[^>]*>\s*<text:p>TRUE</text:p>", error, xml)

    changed(path, "content.xml", with_error)
    with zipfile.ZipFile(path) as archive:
        assert b'calcext:value-type="error"' in archive.read("content.xml")
    assert cells(only(path))["複雑性.マルチベンダ"] == ["#N/A", None]


def test_workbook_under_another_suffix(tmp_path, book):
    path = tmp_path / "book.xls"
    path.write_bytes(book(people=[["id", "site"], ["P1", "A"]]).read_bytes())
    assert cells(only(path)) == {"id": ["P1"], "site": ["A"]}


# --- what cannot be read -----------------------------------------------------------------------------


def compound_file(*streams):
    """The beginnings of a file in the container of old Excel and of encrypted files."""
    entries = b"".join((name.encode("utf-16-le")).ljust(128, b"\0") for name in ("Root Entry", *streams))
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + entries.ljust(512, b"\0")


def test_password(tmp_path):
    path = tmp_path / "locked.xlsx"
    path.write_bytes(compound_file("EncryptionInfo", "EncryptedPackage"))
    assert refused(path) == ("locked.xlsx: is protected by a password; save a copy without one and read that")


def test_password_of_old_excel(tmp_path):
    path = tmp_path / "locked.xls"
    workbook = xlwt.Workbook()
    workbook.add_sheet("t").write(0, 0, "id")
    workbook.save(str(path))
    content = path.read_bytes()
    assert (
        content.count(b"\xe1\x00\x02\x00\xb0\x04") == 1
    )  # a record before the sheets: now it says encrypted
    path.write_bytes(content.replace(b"\xe1\x00\x02\x00\xb0\x04", b"\x2f\x00\x02\x00\x00\x00"))
    assert "protected by a password" in refused(path)


def test_password_of_open_document(tmp_path):
    path = open_document(tmp_path / "locked.ods")
    changed(path, "META-INF/manifest.xml", lambda xml: xml.replace("</", "<manifest:encryption-data/></", 1))
    assert "protected by a password" in refused(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"id,site\nP1,A\n", "give it the suffix .csv or .tsv"),
        (b"<html><table><tr><td>id</td></tr></table></html>", "open it in Excel and save it as .xlsx"),
        (b"PK\x03\x04 cut off", "is broken, or no workbook"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 2000, "is broken, or no workbook"),
    ],
)
def test_files_that_are_no_workbooks(tmp_path, content, said):
    path = tmp_path / "book.xlsx"
    path.write_bytes(content)
    message = refused(path)
    assert said in message and message.startswith("book.xlsx: ")


def test_zip_of_something_else(tmp_path):
    path = tmp_path / "book.xlsx"
    for name, said in (("readme.txt", "is broken, or no workbook"), ("xl/workbook.bin", "save it as .xlsx")):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, "nothing")
        assert said in refused(path)


def test_missing_file(tmp_path):
    assert "cannot be read: No such file" in refused(tmp_path / "none.xlsx")


def test_missing_library(book, tmp_path):
    """In a Python without the libraries, what to install is said."""
    import subprocess
    import sys

    code = (
        "import sys; sys.modules['python_calamine'] = None\n"
        "from tassei.workbook import open_workbook\n"
        f"open_workbook({str(book(t=[['id', 'x']]))!r})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (
        "EvidenceError: book.xlsx: to read it, python_calamine is needed: pip install 'tassei[excel]'"
        in done.stderr
    )


@pytest.mark.parametrize("far", ["x", 1])
def test_a_cell_far_off(tmp_path, far):
    path = tmp_path / "far.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("people")
        sheet.write_row("A1", ["person_id", "site"])
        sheet.write_row("A2", ["P1", "Osaka"])
        sheet.write("XFD1048576", far)
    assert refused(path) == (
        "far.xlsx, sheet people: has cells as far off as column XFD and row 1,048,576; "
        "delete what stands beside and below the table"
    )


# --- laws --------------------------------------------------------------------------------------------

cell = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**9), 10**9), st.floats(-1e9, 1e9, allow_subnormal=False),
    st.dates(dt.date(1905, 1, 1), dt.date(2199, 1, 1)),
    st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=8).filter(lambda t: t.strip()),
)  # fmt: skip


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(cell, min_size=3, max_size=3), max_size=6))
def test_no_filled_row_is_lost(tmp_path, rows):
    path = tmp_path / "cells.xlsx"
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        sheet = workbook.add_worksheet("t")
        shown = workbook.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["one", "two", "three"])
        for i, row in enumerate(rows, 1):
            for j, value in enumerate(row):
                if isinstance(value, dt.date):
                    sheet.write_datetime(i, j, value, shown)
                elif isinstance(value, str):
                    sheet.write_string(i, j, value)
                elif value is not None:
                    sheet.write(i, j, value)
    raw = only(path)
    found = list(zip(*cells(raw).values(), strict=True))
    offset = raw.first_row - 2
    for i, row in enumerate(rows):
        got = found[i - offset] if 0 <= i - offset < len(found) else (None,) * 3
        assert [value is None for value in row] == [value is None for value in got]
        for value, same in zip(row, got, strict=True):
            if isinstance(value, str):
                assert same == value
            elif isinstance(value, dt.date):
                assert str(same)[:10] == value.isoformat()


@cache
def small_workbook():
    buffer = io.BytesIO()
    workbook = openpyxl.Workbook()
    workbook.active.append(["id", "n"])
    workbook.active.append(["P1", 1])
    workbook.save(buffer)
    return buffer.getvalue()


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_broken_bytes_never_crash(tmp_path, data):
    content = bytearray(small_workbook())
    for _ in range(data.draw(st.integers(1, 20))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "broken.xlsx"
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    try:
        open_workbook(path)
    except EvidenceError as error:
        assert "broken.xlsx" in str(error)
