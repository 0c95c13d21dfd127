"""Files of cells in every format of workbook, and those that cannot be read: each with what to mend."""

import datetime as dt
import io
import re
import zipfile
from functools import cache

import openpyxl
import pytest
import xlsxwriter
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odf.opendocument import OpenDocumentSpreadsheet, load
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P
from tassei import EvidenceError
from tassei.workbook import open_workbook
from workbooks import cells, changed, only, refused, write_book


@pytest.fixture
def book(tmp_path):
    return lambda *merges, **sheets: write_book(tmp_path / "book.xlsx", *merges, **sheets)


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


def far_workbook(path, cell="XFD1048576", value="x"):
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("people")
        sheet.write_row("A1", ["person_id", "site"])
        sheet.write_row("A2", ["P1", "Osaka"])
        sheet.write(cell, value)
    return path


def too_far(path, column, row):
    return (
        f"{path.name}, sheet people: has cells as far off as column {column} and row {row}; "
        "delete what stands beside and below the table"
    )


@pytest.mark.parametrize("value", ["x", 1])
@pytest.mark.parametrize("column", ["GV", "ZZ", "AAA", "XFD"])
def test_a_cell_far_off(tmp_path, column, value):
    path = far_workbook(tmp_path / "far.xlsx", f"{column}1048576", value)
    assert refused(path) == too_far(path, column, "1,048,576")


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml.replace('<c r="XFD1048576"', '<c s="0" r="XFD1048576"'),
        lambda xml: xml.replace('r="XFD1048576"', "r = 'XFD1048576'"),
        lambda xml: re.sub(r"<(/?)(\w)", r"<\1x:\2", xml).replace("xmlns=", "xmlns:x="),
    ],
    ids=["order", "quotes", "prefix"],
)
def test_a_cell_far_off_however_it_is_written(tmp_path, change):
    path = changed(far_workbook(tmp_path / "far.xlsx"), "xl/worksheets/sheet1.xml", change)
    assert refused(path) == too_far(path, "XFD", "1,048,576")


def test_a_row_beyond_all_rows(tmp_path):
    path = far_workbook(tmp_path / "far.xlsx", "A3", "P2")
    changed(path, "xl/worksheets/sheet1.xml", lambda xml: re.sub(r'(r="A?)3"', r'\g<1>4000000000"', xml))
    assert refused(path) == too_far(path, "B", "4,000,000,000")


def test_a_wide_table_is_read(tmp_path):
    raw = only(far_workbook(tmp_path / "wide.xlsx", "ALL1000"))
    assert (raw.rows, list(raw.columns)) == (999, ["person_id", "site", "column ALL"])


def test_a_far_cell_that_is_only_painted(tmp_path):
    path = tmp_path / "painted.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("people")
        sheet.write_row("A1", ["person_id", "site"])
        sheet.write_row("A2", ["P1", "Osaka"])
        sheet.write_blank("XFD1048576", None, workbook.add_format({"bg_color": "yellow"}))
    assert cells(only(path)) == {"person_id": ["P1"], "site": ["Osaka"]}


def repeated(path, rows, columns, **attributes):
    """An .ods file with a row that stands for many, and a cell in it that does."""
    document = OpenDocumentSpreadsheet()
    table = Table(name="people")
    document.spreadsheet.addElement(table)
    for names, tall, wide in ((["person_id", "a", "b"], 1, 1), (["P1", "x"], rows, columns)):
        row = TableRow(numberrowsrepeated=tall)
        for name in names:
            last = name == names[-1]
            cell = TableCell(
                valuetype="string", numbercolumnsrepeated=wide if last else 1, **(attributes if last else {})
            )
            cell.addElement(P(text=name))
            row.addElement(cell)
        table.addElement(row)
    document.save(str(path))
    return path


def test_cells_of_open_document_repeated_far_off(tmp_path):
    path = repeated(tmp_path / "far.ods", 1_048_575, 16_000)
    assert refused(path) == too_far(path, "WQK", "1,048,576")


def test_repeated_cells_and_errors_of_open_document(tmp_path):
    path = repeated(tmp_path / "book.ods", 2, 2)
    assert cells(only(path)) == {"person_id": ["P1", "P1"], "a": ["x", "x"], "b": ["x", "x"]}
    space = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'

    def with_error(xml):  # as LibreOffice writes it
        cell = r'<table:table-cell ([^>]*columns-repeated="2"[^>]*)>\s*<text:p>x</text:p>'
        error = f'<table:table-cell {space} office:string-value="" calcext:value-type="error" '
        found, count = re.subn(cell, error + r"\1><text:p>#N/A</text:p>", xml)
        assert count == 1
        return found

    changed(path, "content.xml", with_error)
    assert cells(only(path)) == {"person_id": ["P1", "P1"], "a": ["#N/A"] * 2, "b": ["#N/A"] * 2}


def test_more_than_memory_holds(book, monkeypatch):
    def load_workbook(content):
        raise MemoryError

    monkeypatch.setattr("python_calamine.load_workbook", load_workbook)
    said = "book.xlsx: takes more memory than there is; save it as .csv"
    assert refused(book(people=[["id", "site"]])) == said


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
