"""Workbooks as companies really have them: each read right, or refused with what to mend."""

import datetime as dt
import zipfile

import openpyxl
import pyarrow as pa
import pytest
import tassei
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import MAC_EPOCH
from tassei.workbook import known_spellings, open_workbook
from workbooks import cells, changed, only, refused, write_book


@pytest.fixture(scope="module")
def known(framework):
    return known_spellings(framework.document)


@pytest.fixture
def book(tmp_path):
    return lambda *merges, **sheets: write_book(tmp_path / "book.xlsx", *merges, **sheets)


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


def test_merged_blanks_of_data_stay_blank(book):
    rows = [["id", "x", "y"], ["P1", None, 2], ["P2", None, 3]]
    found = cells(only(book("B2:B3", people=rows)))
    assert found == {"id": ["P1", "P2"], "x": [None, None], "y": [2, 3]}


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


def test_a_group_and_its_item_in_one_name_beside_them(book):
    rows = [["id", "a", None, "b", None, "a.x"], [None, "x", "y", "x", "y", None], ["P1", 1, 2, 3, 4, 5]]
    merges = ["A1:A2", "B1:C1", "D1:E1", "F1:F2"]
    message = refused(book(*merges, people=rows))
    assert message == (
        "book.xlsx, sheet people: B2 and F2 both say 'a.x'; give each column its own name"
    )
    rows[0][5] = "a.z"
    raw = only(book(*merges, people=rows))
    assert cells(raw) == {"id": ["P1"], "a.x": [1], "a.y": [2], "b.x": [3], "b.y": [4], "a.z": [5]}


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


def test_a_table_saved_as_a_workbook_may_have_a_sheet_of_any_name(framework, tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Sheet1"
    for row in (["person_id", "position"], ["P1", "member"]):
        book.active.append(row)
    book.save(tmp_path / "engagements.xlsx")
    evidence = tassei.read_evidence(tmp_path / "engagements.xlsx", framework)
    assert evidence.reports["engagements"].accepted == 1
