"""Files as people really have them, each with what is to be read from it or said about it.

``python tests/awkward/make.py FOLDER`` writes them all, to be looked at.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl.utils.datetime import MAC_EPOCH

Day = dt.date


@dataclass(frozen=True)
class Case:
    """One awkward file, or folder of files.

    Attributes
    ----------
    name : str
        What it shows.
    make : function
        Writes it into a folder, and gives what is to be read.
    people : list of str, optional
        Everybody who is found.
    records : dict
        By table and row number as a spreadsheet shows it: every filled cell but the person's.
        Rows of these tables that are not named here are rejected or blank.
    issues : list
        Row, column, value, and a part of problem or hint.
    rejected : dict
        By table: numbers of rejected rows.
    says : dict
        By table: attributes of its report.
    fails : str, optional
        The whole message, or what it ends with: the file cannot be read at all.
    """

    name: str
    make: Callable[[Path], Path]
    people: Sequence[str] | None = None
    records: dict[str, dict[int, dict[str, Any]]] = field(default_factory=dict)
    issues: Sequence[tuple[int | None, str | None, str | None, str]] = ()
    rejected: dict[str, list[int]] = field(default_factory=dict)
    says: dict[str, dict[str, Any]] = field(default_factory=dict)
    unknown_tables: Sequence[str] = ()
    fails: str | None = None


CASES: list[Case] = []


def case(name: str, make: Callable[[Path], Path], **expected: Any) -> None:
    CASES.append(Case(name, make, **expected))


def text(content: str, encoding: str = "utf-8", name: str = "engagements.csv") -> Callable[[Path], Path]:
    return data(content.encode(encoding), name)


def data(content: bytes, name: str = "engagements.csv") -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def files(**contents: str) -> Callable[[Path], Path]:
    """A folder of text files; two underscores of a name are its dot."""

    def make(folder: Path) -> Path:
        for name, content in contents.items():
            (folder / name.replace("__", ".")).write_text(content, "utf-8", newline="")
        return folder

    return make


def sheet(
    *rows: Sequence[Any], merged: Sequence[str] = (), name: str = "engagements",
    epoch: dt.datetime | None = None,
) -> Callable[[Path], Path]:  # fmt: skip
    """An .xlsx file of one sheet."""

    def make(folder: Path) -> Path:
        book = openpyxl.Workbook()
        if epoch is not None:
            book.epoch = epoch
        book.active.title = name
        for row in rows:
            book.active.append(list(row))
        for cells in merged:
            book.active.merge_cells(cells)
        book.save(folder / "book.xlsx")
        return folder / "book.xlsx"

    return make


# --- encodings ---------------------------------------------------------------------------------------

SMALL = "対象者ID,立場\nP1,責任者\n"
MANAGER = {"engagements": {2: {"position": "manager"}}}

for encoding, called in [
    ("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 with BOM"), ("cp932", "cp932"), ("utf-16", "UTF-16"),
    ("utf-16-le", "UTF-16LE"), ("utf-16-be", "UTF-16BE"), ("utf-32", "UTF-32"),
]:  # fmt: skip
    case(
        f"encoding {called}", text(SMALL, encoding), people=["P1"], records=MANAGER,
        says={"engagements": {"encoding": called, "rows": 1, "accepted": 1, "rejected": 0, "notes": ()}},
    )  # fmt: skip

case(
    "cp932 letters whose second byte is a backslash, in quotes and at the end of a cell",
    text('対象者ID,立場,部署\r\nソ1,責任者,"表"\r\nP能,メンバ,能\r\n', "cp932"),
    people=["ソ1", "P能"],
    records={"engagements": {2: {"position": "manager"}, 3: {"position": "member"}}},
    says={"engagements": {"encoding": "cp932", "unknown": {"部署": None}}},
)
case(
    "half-width katakana in cp932 is not taken for EUC-JP",
    text("社員番号,ｼﾒｲ\nP1,ﾔﾏﾀﾞ ﾀﾛｳ\nP2,ｽｽﾞｷ\n", "cp932", "people.csv"),
    people=["P1", "P2"],
    says={"people": {"encoding": "cp932", "rows": 2}},
)
case(
    "EUC-JP is refused by name",
    text("対象者ID,立場,開始日\nP1,責任者,平成24年4月1日\n", "euc_jp"),
    fails="engagements.csv: is EUC-JP rather than UTF-8 or cp932 (Shift_JIS); save it as UTF-8",
)
case(
    "ISO-2022-JP is refused by name",
    text("対象者ID,立場\nP1,責任者\n", "iso2022_jp"),
    fails="engagements.csv: is ISO-2022-JP (JIS); save it as UTF-8",
)
case(
    "half a letter (a lone surrogate) in UTF-8",
    data(b"person_id,site\nP1,\xed\xa0\x80" + b"\n"),
    fails="engagements.csv: is neither UTF-8 nor cp932 (Shift_JIS): not UTF-8 at byte 0xed in line 2, "
    "not cp932 at byte 0x80 in line 2; save it as UTF-8",
)
case(
    "half a letter (a lone surrogate) in UTF-16",
    data("person_id,site\nP1,".encode("utf-16") + b"\x00\xd8" + "x\n".encode("utf-16-le")),
    fails="does not go on so; save it anew",
)
case(
    "a letter cut in two at the end of the file",
    data("対象者ID,立場\nP1,責任者".encode()[:-1]),
    fails="not UTF-8 at byte 0xe8 in line 2, not cp932 at byte 0x85 in line 1; save it as UTF-8",
)
case(
    "two encodings in one file",
    data("対象者ID,部署\nP1,営業\n".encode() + "P2,能\n".encode("cp932")),
    fails="; save it as UTF-8",
)
case(
    "zero bytes that a crash left at the end",
    data(b"person_id,position\nP1,manager\n" + b"\x00" * 64),
    fails="engagements.csv: holds a zero byte in line 3, as no text does; save it anew",
)

# --- little or nothing in it -------------------------------------------------------------------------

NOTHING = {"engagements": {"rows": 0, "accepted": 0, "rejected": 0, "supplied": True}}

case("an empty file", data(b""), people=[], says=NOTHING)
case("a file of a byte order mark alone", data(b"\xff\xfe"), people=[], says=NOTHING)
case("a file of blanks and separators alone", text(" ,　,\r\n,,\r\n\r\n"), people=[], says=NOTHING)
case("a header alone", text("対象者ID,立場"), people=[], records={"engagements": {}}, says=NOTHING)
case(
    "a header and blank rows", text("対象者ID,立場\r\n,\r\n\r\n"), people=[], records={"engagements": {}},
    says={"engagements": {"rows": 0, "skipped": 2}},
)  # fmt: skip
case("an empty sheet", sheet(), fails="book.xlsx: no sheet of it holds a table")

# --- lines and quotes --------------------------------------------------------------------------------

TWO = {"engagements": {2: {"position": "manager"}, 3: {"position": "member"}}}

for ends, called in [("\r\n", "CRLF"), ("\r", "CR"), ("\n", "LF")]:
    lines = ["person_id,position", "P1,manager", "P2,member", ""]
    case(f"lines that end in {called}", text(ends.join(lines)), people=["P1", "P2"], records=TWO)
case("lines that end in every way, the last in none", text("person_id,position\rP1,manager\r\nP2,member"),
     people=["P1", "P2"], records=TWO)  # fmt: skip
case(
    "separators, quotes and line ends in quotes: rows are counted, not lines",
    text('person_id,remarks,position\n"P,1","a ""b""\r\nc\nd",manager\n"P""2",,member\nP3,,boss\n'),
    people=["P,1", 'P"2', "P3"],
    records=TWO,
    issues=[(4, "position", "boss", "is an unknown word")],
    rejected={"engagements": [4]},
)
case(
    "a quote that is never closed",
    text('person_id,remarks,position\nP1,a,manager\nP2,"b,member\nP3,c,manager\n'),
    fails="engagements.csv: a quote that opens a cell in line 3 is never closed; close it",
)
case(
    "a quote in the header that is never closed",
    text('person_id,"remarks,position\nP1,a,manager\n'),
    fails="engagements.csv: a quote that opens a cell in line 1 is never closed; close it",
)
case(
    "inches within a cell are no quotes",
    text('person_id,remarks,position\nP1,19" rack,manager\nP2,5",member\n'),
    people=["P1", "P2"],
    records=TWO,
)
case(
    "line ends in the names of columns, before a unit or within a word",
    text('"対象者\nID","開始日\r\n(年月日)",立場\nP1,2012,責任者\n'),
    people=["P1"],
    records={"engagements": {2: {"start": Day(2012, 1, 1), "position": "manager"}}},
    says={"engagements": {"unknown": {}}},
)

# --- rows --------------------------------------------------------------------------------------------

case(
    "blank rows in the middle and at the end keep the others' numbers",
    text("person_id,position\nP1,manager\n\n,\n 　,\nP2,member\nP3,boss\n,,\n\n\n"),
    people=["P1", "P2", "P3"],
    records={"engagements": {2: {"position": "manager"}, 6: {"position": "member"}}},
    issues=[(7, "position", "boss", "is an unknown word")],
    rejected={"engagements": [7]},
    says={"engagements": {"rows": 3, "accepted": 2, "rejected": 1}},
)
case(
    "rows that are too short are blank at their end",
    text("person_id,start,position\nP1\nP2,2012,member\nP3,2013\n"),
    people=["P1", "P2", "P3"],
    records={"engagements": {
        2: {}, 3: {"start": Day(2012, 1, 1), "position": "member"}, 4: {"start": Day(2013, 1, 1)},
    }},
    says={"engagements": {"rows": 3, "notes": ("rows shorter than the header, blank at their end: 2",)}},
)  # fmt: skip
case(
    "a row that is too long is rejected, others keep their places",
    text('person_id,network_sites,position\nP1,"1,200",manager\nP2,1,200,member\nP3,5,manager\n'),
    people=["P1", "P2", "P3"],
    records={"engagements": {
        2: {"network_sites": 1200.0, "position": "manager"}, 4: {"network_sites": 5.0, "position": "manager"},
    }},
    issues=[(3, None, "member", "stands beyond the header: the row has 4 cells"),
            (3, "position", "200", "is an unknown word")],
    rejected={"engagements": [3]},
)  # fmt: skip
case(
    "separators at the end of every row but the header",
    text("person_id,position\nP1,manager,,\nP2,member,, \n"),
    people=["P1", "P2"],
    records=TWO,
    says={"engagements": {"notes": (), "unknown": {}}},
)
case(
    "the first of two rows of a person stays, also where it is the shorter",
    text("person_id,site\nP1\nP2,A\nP1,B\n", name="people.csv"),
    people=["P1", "P2"],
    issues=[(4, "person_id", "P1", "is there already, in row 2")],
    rejected={"people": [4]},
)

# --- headers -----------------------------------------------------------------------------------------

case(
    "title rows above the header",
    text("業務経歴一覧（2024年度）\n\n作成,人事部\n対象者ID,立場\nP1,責任者\n"),
    people=["P1"],
    records={"engagements": {5: {"position": "manager"}}},
)
case(
    "the header in two languages",
    text("対象者ID,立場\nperson id,position\nP1,責任者\n"),
    people=["P1"],
    records={"engagements": {3: {"position": "manager"}}},
)
case(
    "two columns of one name",
    text("対象者ID,立場,立場\nP1,責任者,メンバ\n"),
    fails="engagements.csv: the header (row 1) has '立場' more than once; give each column its own name",
)
case(
    "two columns of one name in a sheet",
    sheet(["業務経歴"], ["対象者ID", "立場", "立場"], ["P1", "責任者", "メンバ"]),
    fails="book.xlsx, sheet engagements: B2 and C2 both say '立場'; give each column its own name",
)
case(
    "two names of one column",
    text("対象者ID,立場,役割\nP1,責任者,メンバ\n"),
    people=["P1"],
    records=MANAGER,
    issues=[(None, "position", "役割", "is a second column of this name, beside '立場'")],
)
case(
    "a column with cells but without a name is listed",
    text("対象者ID,,立場,\nP1,x,責任者,y\n"),
    people=["P1"],
    records=MANAGER,
    says={"engagements": {"unknown": {"column B": None, "column D": None}}},
)
case(
    "a misspelt name of a column",
    text("person_id,positon\nP1,manager\n"),
    people=["P1"],
    records={"engagements": {2: {}}},
    issues=[(None, "positon", "positon", "did you mean 'position'?")],
)
case(
    "no column of persons",
    text("氏名,立場\n山田,責任者\n"),
    people=[],
    issues=[(None, "person_id", None, "the column is missing")],
    rejected={"engagements": [2]},
)

# --- cells as they are written in Japan --------------------------------------------------------------

case(
    "era dates and their boundaries",
    text(
        "対象者ID,開始日\nP1,昭和64年1月7日\nP2,昭和64年1月8日\nP3,昭和64年1月10日\nP4,平成元年1月8日\nP5,令和元年\n"
        "P6,H31.4\nP7,S60.4.1\nP8,平成31年5月1日\nP9,Ｈ２４／４／１\nP10,㍻24年4月1日\nP11,大正15年12月25日\n"
    ),
    records={"engagements": {
        2: {"start": Day(1989, 1, 7)}, 5: {"start": Day(1989, 1, 8)}, 6: {"start": Day(2019, 5, 1)},
        7: {"start": Day(2019, 4, 1)}, 8: {"start": Day(1985, 4, 1)}, 10: {"start": Day(2012, 4, 1)},
        11: {"start": Day(2012, 4, 1)},
    }},
    issues=[
        (3, "start", "昭和64年1月8日", "the era 昭和 runs from 1926-12-25 to 1989-01-07"),
        (4, "start", "昭和64年1月10日", "the era 昭和 runs from 1926-12-25 to 1989-01-07"),
        (9, "start", "平成31年5月1日", "the era 平成 runs from 1989-01-08 to 2019-04-30"),
        (12, "start", "大正15年12月25日", "the era 大正 runs from 1912-07-30 to 1926-12-24"),
    ],
    rejected={"engagements": [3, 4, 9, 12]},
)  # fmt: skip
case(
    "ends without day, as the last day of the month, year or era",
    text("対象者ID,開始日,終了日\nP1,2012/2,2012/2\nP2,2012,2012\nP3,昭和64年,昭和64年\nP4,H31,H31\n"),
    records={"engagements": {
        2: {"start": Day(2012, 2, 1), "end": Day(2012, 2, 29)},
        3: {"start": Day(2012, 1, 1), "end": Day(2012, 12, 31)},
        4: {"start": Day(1989, 1, 1), "end": Day(1989, 1, 7)},
        5: {"start": Day(2019, 1, 1), "end": Day(2019, 4, 30)},
    }},
)  # fmt: skip
case(
    "days with a midnight behind them, as databases export them",
    text("対象者ID,開始日,終了日\nP1,2012/4/1 0:00,2012/04/30 0:00:00\nP2,2012-04-01T00:00:00,\n"),
    records={"engagements": {
        2: {"start": Day(2012, 4, 1), "end": Day(2012, 4, 30)}, 3: {"start": Day(2012, 4, 1)},
    }},
)  # fmt: skip
case(
    "running engagements",
    text("対象者ID,開始日,終了日\nP1,2012,現在\nP2,2012,継続中\nP3,2012,\nP4,2012,　\n"),
    records={"engagements": {row: {"start": Day(2012, 1, 1)} for row in (2, 3, 4, 5)}},
    says={"engagements": {"rejected": 0}},
)
case(
    "full-width digits, units and scales",
    text(
        "対象者ID,コンピュータルーム面積,拠点数\nP1,１，２００,２\nP2,1200㎡,2\nP3,,3億\nP4,１２００．５,\nP5,-1,\nP6,約100,\n"
    ),
    records={"engagements": {
        2: {"computer_room_area_m2": 1200.0, "network_sites": 2.0}, 5: {"computer_room_area_m2": 1200.5},
    }},
    issues=[
        (3, "computer_room_area_m2", "1200㎡", "write 1200 without m2"),
        (4, "network_sites", "3億", "write the number out in digits"),
        (6, "computer_room_area_m2", "-1.0", "is negative"),
        (7, "computer_room_area_m2", "約100", "is not a number"),
    ],
    rejected={"engagements": [3, 4, 6, 7]},
)  # fmt: skip

VENDORS, CRITICAL = "system of several vendors", "mission-critical system"
YES = ["〇", "○", "◯", "●", "◎", "レ", "ﾚ", "✓", "✔", "✔️", "☑", "✅", "有", "はい", "TRUE", "True", "1", "１",
       "ｙｅｓ", "該当"]  # fmt: skip
NO = ["×", "✕", "✘", "無", "いいえ", "FALSE", "0", "０", "no", "非該当", "-"]
MARKS = [f"P{number},{mark}" for number, mark in enumerate([*YES, *NO, "", "△"])]

case(
    "every mark for yes and for no, one column an item",
    text("\n".join(["対象者ID,複雑性.マルチベンダ", *MARKS])),
    records={"engagements": {
        **{row: {"complexity": [VENDORS]} for row in range(2, 2 + len(YES))},
        **{row: {"complexity": []} for row in range(2 + len(YES), 2 + len(YES) + len(NO))},
        2 + len(YES) + len(NO): {},
    }},
    issues=[(3 + len(YES) + len(NO), "complexity.multi_vendor", "△", "is neither true nor false")],
    rejected={"engagements": [3 + len(YES) + len(NO)]},
)  # fmt: skip
case(
    "sets: every separator, nothing, and nobody knows",
    text('対象者ID,複雑性\nP1,マルチベンダ、ミッションクリティカル\nP2,"multi_vendor,mission_critical"\n'
         'P3,"マルチベンダ\nミッションクリティカル"\nP4,なし\nP5,－\nP6,\nP7,マルチベンダ・新技術\n'),
    records={"engagements": {
        2: {"complexity": [VENDORS, CRITICAL]}, 3: {"complexity": [VENDORS, CRITICAL]},
        4: {"complexity": [VENDORS, CRITICAL]}, 5: {"complexity": []}, 6: {"complexity": []}, 7: {},
    }},
    issues=[(8, "complexity", "マルチベンダ・新技術", "is an unknown word")],
    rejected={"engagements": [8]},
)  # fmt: skip
case(
    "words of any width and case, and one that nobody knows",
    text("対象者ID,立場\nP1,ｍａｎａｇｅｒ\nP2, ﾘｰﾀﾞ \nP3,Team  Leader\nP4,managr\n"),
    records={"engagements": {
        2: {"position": "manager"}, 3: {"position": "team leader"}, 4: {"position": "team leader"},
    }},
    issues=[(5, "position", "managr", "did you mean 'manager'?")],
    rejected={"engagements": [5]},
)  # fmt: skip
case(
    "names and ids stay as they are written",
    text("社員番号,氏名\n0012,㈱髙橋\n１２,ﾔﾏﾀﾞ\n 12 ,𠮷野\n", name="社員一覧.csv"),
    people=["0012", "１２", "12"],
    says={"people": {"rows": 3, "accepted": 3}},
)
case(
    "a cell of 300 letters",
    text(f"対象者ID,立場,備考\nP1,責任者,{'実' * 300}\nP2,{'者' * 300},\n"),
    records=MANAGER,
    issues=[(3, "position", "者" * 200, "is an unknown word")],
    rejected={"engagements": [3]},
)
case(
    "a cell of a million letters",
    text(f"対象者ID,備考,立場\nP1,{'実' * 1_000_000},責任者\nP2,x\n"),
    people=["P1", "P2"],
    records={"engagements": {2: {"position": "manager"}, 3: {}}},
)

# --- sheets ------------------------------------------------------------------------------------------

case(
    "a form: a title, groups merged over items, a person merged over rows",
    sheet(
        ["業務経歴シート"],
        [],
        ["対象者ID", "期間", None, "複雑性", None],
        [None, "開始日", "終了日", "マルチベンダ", "ミッションクリティカル"],
        ["P1", Day(2012, 4, 1), "現在", "○", None],
        [None, Day(2013, 4, 1), Day(2014, 3, 31), "×", "レ"],
        ["P2", "平成24年4月1日", None, None, None],
        merged=["A1:E1", "A3:A4", "B3:C3", "D3:E3", "A5:A6"],
        name="業務経歴",
    ),
    people=["P1", "P2"],
    records={"engagements": {
        5: {"start": Day(2012, 4, 1), "complexity": [VENDORS]},
        6: {"start": Day(2013, 4, 1), "end": Day(2014, 3, 31), "complexity": [CRITICAL]},
        7: {"start": Day(2012, 4, 1)},
    }},
)  # fmt: skip
case(
    "blank rows of a sheet, before the data, in it and below it",
    sheet(["person_id", "position"], [], ["P1", "manager"], [None, " "], ["P2", "boss"], ["", "　"], [None]),
    people=["P1", "P2"],
    records={"engagements": {3: {"position": "manager"}}},
    issues=[(5, "position", "boss", "is an unknown word")],
    rejected={"engagements": [5]},
)
case(
    "dates as dates, as texts and as numbers in one column",
    sheet(["person_id", "start"], ["P1", Day(2012, 4, 1)], ["P2", "H24.4.1"], ["P3", 2012], ["P4", 20120401]),
    records={"engagements": {
        2: {"start": Day(2012, 4, 1)}, 3: {"start": Day(2012, 4, 1)}, 4: {"start": Day(2012, 1, 1)},
        5: {"start": Day(2012, 4, 1)},
    }},
)  # fmt: skip
case(
    "dates of Excel for Macintosh, which count from 1904",
    sheet(["person_id", "start"], ["P1", Day(2012, 4, 1)], ["P2", Day(1904, 1, 2)], epoch=MAC_EPOCH),
    records={"engagements": {2: {"start": Day(2012, 4, 1)}, 3: {"start": Day(1904, 1, 2)}}},
)


def first_days(folder: Path) -> Path:
    """Days 1, 59 and 61 of Excel, which takes 1900 for a leap year."""
    with xlsxwriter.Workbook(folder / "book.xlsx") as book:
        sheet, shown = book.add_worksheet("engagements"), book.add_format({"num_format": "yyyy/m/d"})
        sheet.write_row("A1", ["person_id", "start"])
        for row, number in enumerate([1, 59, 61, 41000], 1):
            sheet.write(row, 0, f"P{row}")
            sheet.write_number(row, 1, number, shown)
    return folder / "book.xlsx"


case(
    "the first days of Excel, about a leap day of 1900 that never was",
    first_days,
    records={"engagements": {
        2: {"start": Day(1900, 1, 1)}, 3: {"start": Day(1900, 2, 28)}, 4: {"start": Day(1900, 3, 1)},
        5: {"start": Day(2012, 4, 1)},
    }},
)  # fmt: skip


def formulas(folder: Path) -> Path:
    with xlsxwriter.Workbook(folder / "book.xlsx") as book:
        sheet = book.add_worksheet("engagements")
        sheet.write_row("A1", ["person_id", "position", "network_sites", "start"])
        for row in range(1, 4):
            sheet.write_formula(row, 0, f'="P"&{row}', None, f"P{row}")
        sheet.write_formula("B2", '=IF(1,"manager")', None, "manager")
        sheet.write_formula("C2", "=2*3", None, 6)
        sheet.write_formula("B3", "=VLOOKUP(1,A1:A2,2)", None, "#N/A")
        sheet.write_formula("C4", "=1/0", None, "#DIV/0!")
        sheet.write_formula("D4", '=""', None, "")
    return folder / "book.xlsx"


case(
    "formulas, some with errors",
    formulas,
    people=["P1", "P2", "P3"],
    records={"engagements": {2: {"position": "manager", "network_sites": 6.0}}},
    issues=[
        (3, "position", "#N/A", "is an unknown word"), (4, "network_sites", "#DIV/0!", "is not a number"),
    ],
    rejected={"engagements": [3, 4]},
)  # fmt: skip


def many_sheets(folder: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "メモ"
    book.active.append(["担当", "連絡先"])
    book.active.append(["人事部", "内線123"])
    for name, state, rows in [
        ("対象者", "hidden", [["対象者ID", "部署"], [1001, "表"], [1002, "能"]]),
        ("業務経歴", "visible", [["対象者ID", "立場"], [1001, "責任者"], [1003, "メンバ"]]),
    ]:
        sheet = book.create_sheet(name)
        sheet.sheet_state = state
        for row in rows:
            sheet.append(row)
    book.create_chartsheet("グラフ")
    book.save(folder / "経歴.xlsx")
    (folder / "~$経歴.xlsx").write_bytes(b"\x05owner of the open file")
    (folder / "読んでください.txt").write_text("これは説明です。", "utf-8")
    return folder


case(
    "a hidden sheet of people, notes, a chart, and an open file's lock beside it; whole numbers as ids",
    many_sheets,
    people=["1001", "1002"],
    records={"engagements": {2: {"position": "manager"}}},
    issues=[(3, "person_id", "1003", "is not among the people")],
    rejected={"engagements": [3]},
    unknown_tables=["メモ"],
)


def old_excel(folder: Path) -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet("業務経歴")
    for place, name in enumerate(["対象者ID", "開始日", "立場"]):
        sheet.write(0, place, name)
    sheet.write(1, 0, 1001)
    sheet.write(1, 1, 41000, xlwt.easyxf(num_format_str="yyyy/mm/dd"))
    sheet.write(1, 2, "責任者")
    sheet.write(2, 0, "P2")
    sheet.write(2, 1, 3_000_000_000, xlwt.easyxf(num_format_str="yyyy/mm/dd"))
    book.save(str(folder / "book.xls"))
    return folder / "book.xls"


case(
    "old Excel, with a date beyond all dates",
    old_excel,
    people=["1001", "P2"],
    records={"engagements": {2: {"start": Day(2012, 4, 1), "position": "manager"}}},
    issues=[(3, "start", "3000000000", "is no date")],
    rejected={"engagements": [3]},
)


def open_document(folder: Path) -> Path:
    """OpenDocument writes equal cells and rows that stand beside each other once."""
    document = OpenDocumentSpreadsheet()
    table = Table(name="業務経歴")
    document.spreadsheet.addElement(table)

    def add(*cells: str, repeated: int = 1, wide: int = 1) -> None:
        row = TableRow(numberrowsrepeated=repeated)
        for place, cell in enumerate(cells):
            last = place == len(cells) - 1
            made = TableCell(valuetype="string", numbercolumnsrepeated=wide if last else 1)
            made.addElement(P(text=cell))
            row.addElement(made)
        table.addElement(row)

    add("対象者ID", "複雑性.マルチベンダ", "複雑性.ミッションクリティカル", "立場")
    add("P1", "○", wide=2)
    add("P2", "×", "", "責任者", repeated=2)
    table.addElement(TableRow(numberrowsrepeated=2))
    add("P3")
    table.addElement(TableRow(numberrowsrepeated=1_000_000))
    document.save(str(folder / "book.ods"))
    return folder / "book.ods"


case(
    "an OpenDocument sheet of repeated cells and rows",
    open_document,
    people=["P1", "P2", "P3"],
    records={"engagements": {
        2: {"complexity": [VENDORS, CRITICAL]}, 3: {"complexity": [], "position": "manager"},
        4: {"complexity": [], "position": "manager"}, 7: {},
    }},
)  # fmt: skip
case(
    "a web page under the name of a workbook, as web systems export it",
    text("<html><body><table><tr><td>対象者ID</td></tr></table></body></html>", name="export.xls"),
    fails="export.xls: is a web page or XML under a workbook's name; open it in Excel and save it as .xlsx",
)
case(
    "text under the name of a workbook",
    text("対象者ID,立場\nP1,責任者\n", "cp932", "engagements.xlsx"),
    fails="engagements.xlsx: is no workbook; if it is text, give it the suffix .csv or .tsv",
)

# --- more than one file ------------------------------------------------------------------------------

case(
    "tabs between the cells, and commas in them",
    text('対象者ID\t複雑性\nP1\tマルチベンダ,ミッションクリティカル\nP2\t"なし"\n', "cp932", "業務経歴.tsv"),
    people=["P1", "P2"],
    records={"engagements": {2: {"complexity": [VENDORS, CRITICAL]}, 3: {"complexity": []}}},
)
case(
    "a mapping beside a company's export",
    files(
        PJ実績__csv="社番,担当開始,役割等級,メモ\nP1,H24.4.1,A,x\nP2,不明,B,y\n",
        **{"tassei-mapping__yaml": (
            "tables: {業務経歴: PJ実績}\n"
            "columns: {業務経歴: {社番: 対象者ID, 担当開始: 開始日, 役割等級: 立場, メモ: }}\n"
            "values: {業務経歴: {立場: {A: 責任者, B: メンバ}, 開始日: {不明: }}}\n"
        )},
    ),
    people=["P1", "P2"],
    records={"engagements": {
        2: {"start": Day(2012, 4, 1), "position": "manager"}, 3: {"position": "member"},
    }},
    says={"engagements": {"unknown": {}}},
)  # fmt: skip
case(
    "two files of one table",
    files(engagements__csv="person_id,position\nP1,manager\n", 業務経歴__csv="対象者ID\nP2\n"),
    people=["P1"],
    records=MANAGER,
    issues=[(None, None, "業務経歴.csv", "is a second table of this name, beside engagements.csv")],
)


def write_all(folder: Path) -> None:
    """Each case in a folder of its own."""
    for number, one in enumerate(CASES, 1):
        place = folder / f"{number:02} {one.name}"
        place.mkdir(parents=True)
        one.make(place)


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
