"""Whatever a file holds: rows that are accepted and rows that are rejected are all the rows that it has.

``TASSEI_FUZZ_SECONDS=200`` in the environment looks that long in each test, each time elsewhere.
"""

import csv
import datetime as dt
import io
import itertools
import os
import time
from contextlib import suppress

import pytest
import tassei
import xlsxwriter
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from tassei.date import parse_date

SECONDS = float(os.environ.get("TASSEI_FUZZ_SECONDS", 0))
NAMES = ["person_id", "position", "start", "end", "complexity", "complexity.multi_vendor", "computer_rooms",
         "remarks"]  # fmt: skip
LABELS = ["対象者ID", "立場", "開始日", "終了日", "複雑性", "複雑性.マルチベンダ", "箇所数", "備考"]
CODECS = {
    "UTF-8": "utf-8", "UTF-8 with BOM": "utf-8-sig", "cp932": "cp932", "UTF-16": "utf-16",
    "UTF-16LE": "utf-16-le", "UTF-16BE": "utf-16-be", "UTF-32": "utf-32",
}  # fmt: skip
REFUSED = ["euc_jp", "iso2022_jp"]


def fuzz(check, examples, **strategies):
    """Looks at some examples, always the same; or at new ones for the seconds that were asked for."""
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    options = {"deadline": None, "suppress_health_check": checks, "database": None}
    if not SECONDS:
        settings(max_examples=examples, derandomize=True, **options)(given(**strategies)(check))()
        return
    end = time.monotonic() + SECONDS
    for start in itertools.count(time.time_ns()):
        run = settings(max_examples=300, **options)(given(**strategies)(check))
        seed(start)(run)()
        if time.monotonic() > end:
            return


def read(framework, path):
    """The evidence, or None where the file is refused with a message that names it."""
    try:
        return tassei.read_evidence(path, framework, on_error="collect")
    except tassei.EvidenceError as error:
        assert path.name in str(error), error
        return None


def is_filled(row):
    return any(not (cell is None or (isinstance(cell, str) and not cell.strip())) for cell in row)


def check_counts(evidence, table="engagements"):
    """Every row is somewhere, and every rejected one has its reason."""
    report = evidence.reports[table]
    assert report.accepted + report.rejected == report.rows
    rejected = evidence.rejected.get(table)
    numbers = [] if rejected is None else rejected["row"].tolist()
    assert len(numbers) == report.rejected
    if "person_id" in report.named:
        assert set(evidence.issues["row"].dropna()) == set(numbers)
    return report, rejected


# --- bytes -------------------------------------------------------------------------------------------

GOOD = [
    "person_id,position,start,end,complexity,computer_rooms\nP1,manager,2012-04-01,,multi_vendor,3\n"
    "P2,責任者,H24.4.1,現在,なし,１，２００\n,,,,,\nP3,boss,2012-02-30,2011,x,3億\n",
    '対象者ID,立場,"開始\n日",,備考\r\nP1,責任者,平成24年4月1日,,"a, ""b""\r\nc"\r\n\r\n'
    "P2,メンバ,2012,,表ソ\r\n",
    "業務一覧 2024年度,,\r\rperson_id,複雑性.マルチベンダ,部署\rP1,○,ﾊｰﾄﾞ\rP1,レ,\r\r",
    "社員番号\nP1\nP2\n",
    "",
]  # fmt: skip
THROWN_IN = [b'"', b",", b"\r", b"\n", b'"",', b"\x00", b"\xff", b"\xef\xbb\xbf", b"\x1b$B", b"\x81", b" "]


@st.composite
def broken_text(draw):
    codec = draw(st.sampled_from([*CODECS.values(), *REFUSED]))
    content = bytearray(draw(st.sampled_from(GOOD)).encode(codec, "ignore"))
    for _ in range(draw(st.integers(0, 6))):
        place = draw(st.integers(0, len(content)))
        way = draw(st.sampled_from(["flip", "cut", "double", "throw in", "end"]))
        end = min(len(content), place + draw(st.integers(1, 30)))
        if way == "flip" and place < len(content):
            content[place] ^= 1 << draw(st.integers(0, 7))
        elif way == "cut":
            del content[place:end]
        elif way == "double":
            content[place:place] = content[place:end]
        elif way == "throw in":
            content[place:place] = draw(st.sampled_from(THROWN_IN))
        elif way == "end":
            del content[place:]
    return bytes(content)


@pytest.mark.parametrize("name", ["engagements.csv", "業務経歴.tsv"])
def test_no_row_of_a_broken_text_is_lost(framework, tmp_path, name):
    path = tmp_path / name
    separator = "\t" if name.endswith("tsv") else ","

    def check(content):
        if separator == "\t":
            content = content.replace(b",", b"\t")
        path.write_bytes(content)
        evidence = read(framework, path)
        if evidence is None:
            return
        report, _ = check_counts(evidence)
        text = content.decode(CODECS[report.encoding])
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
        if "person_id" in report.named and report.rows:
            first = evidence.row_number("engagements", 0) - 1
            if rows[first]:  # another file's mark stands between the header and its first row
                rows[first][0] = rows[first][0].removeprefix("\ufeff")
            assert report.rows == sum(map(is_filled, rows[first:]))

    fuzz(check, 150, content=st.binary(max_size=200) | broken_text())


# --- cells -------------------------------------------------------------------------------------------

NO_LETTERS = "\0\ufeff\x80\uf8f0\uf8f1\uf8f2\uf8f3"  # of no text, or of no Shift_JIS

cell = st.sampled_from([
    "", "", " ", "　", "P1", "P2", "Ｐ３", "責任者", "manager", "boss", "2012-04-01", "H24.4.1",
    "昭和64年1月10日", "令和元年", "現在", "１，２００", "3億", "1,200㎡", "-1", "○", "×", "レ", "表能ソ",
    "なし", "マルチベンダ、新技術",
    'a "b", c', "two\nlines", "two\r\nlines", "x\ry", "実" * 300, "𠮷野家", "é", "=1+1", "#N/A", "\x1b$B",
    "a\tb", "x;y", '"', ",",
]) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters=NO_LETTERS), max_size=6)  # fmt: skip


@st.composite
def grids(draw):
    """Some columns, among them a person's, and rows of any width."""
    names = draw(st.sampled_from([NAMES, LABELS]))
    header = draw(st.permutations([names[0], *draw(st.lists(st.sampled_from(names[1:]), unique=True))]))
    return header, draw(st.lists(st.lists(cell, max_size=len(header) + 1), max_size=8))


def is_also(content, *codecs):
    for codec in codecs:
        with suppress(UnicodeDecodeError):
            content.decode(codec)
            return True
    return False


def test_every_row_of_cells_is_read_or_rejected_as_it_is(framework, tmp_path):
    def check(grid, codec, end, cut, tabs, title):
        header, rows = grid
        path = tmp_path / ("engagements.tsv" if tabs else "engagements.csv")
        text = io.StringIO(newline="")
        long = any("\r" in cell or "\n" in cell for row in rows for cell in row)
        quoting = csv.QUOTE_ALL if long else csv.QUOTE_MINIMAL
        writer = csv.writer(text, lineterminator=end, quoting=quoting, delimiter="\t" if tabs else ",")
        writer.writerows([*title, header, *rows])
        # of UTF-16 without a mark, a name alone could be anything
        content = text.getvalue().removesuffix(end if cut and rows else "").encode(codec, "replace")
        if codec == "cp932" and not content.isascii() and is_also(content, "utf-8", "euc_jp"):
            return  # a few letters of two encodings are the same bytes
        path.write_bytes(content)
        rows = [[c.encode(codec, "replace").decode(codec) for c in row] for row in rows]
        evidence = read(framework, path)
        assert evidence is not None
        first = len(title) + 2
        report, rejected = check_counts(evidence)
        assert report.rows == sum(map(is_filled, rows))
        assert CODECS[report.encoding] == codec or (content.isascii() and report.encoding == "UTF-8")
        for record in () if rejected is None else rejected.to_dict("records"):
            row = rows[record.pop("row") - first]
            if "beyond the header" in record:
                beyond = ("\t" if tabs else ",").join(row[len(header) :])
                assert record.pop("beyond the header") == (beyond if is_filled([beyond]) else "")
            assert list(record.values()) == (row + [""] * len(header))[: len(record)]
        place = header.index(report.named["person_id"])
        persons = {row[place].strip() for row in rows if len(row) > place}
        assert set(evidence.people["person_id"]) <= persons

    fuzz(
        check, 120, grid=grids(), codec=st.sampled_from(list(CODECS.values())),
        end=st.sampled_from(["\n", "\r\n", "\r"]), cut=st.booleans(), tabs=st.booleans(),
        title=st.sampled_from([[], [["業務一覧"]], [["業務一覧", ""], []]]),
    )  # fmt: skip


value = (
    st.none() | cell | st.booleans() | st.integers(-(10**6), 10**12) | st.floats(-1e12, 1e12)
    | st.dates(dt.date(1900, 3, 1), dt.date(2300, 1, 1))
)  # fmt: skip


def test_every_row_of_a_sheet_is_read_or_rejected(framework, tmp_path):
    path = tmp_path / "book.xlsx"

    def check(names, rows, mac):
        with xlsxwriter.Workbook(path, {"date_1904": mac}) as book:
            day = book.add_format({"num_format": "yyyy/mm/dd"})
            sheet = book.add_worksheet("業務経歴")
            for i, row in enumerate([names, *rows]):
                for j, cell in enumerate(row):
                    if isinstance(cell, str):
                        sheet.write_string(i, j, cell)
                    elif isinstance(cell, dt.date):
                        sheet.write_datetime(i, j, cell, day)
                    elif cell is not None:
                        sheet.write(i, j, cell)
        evidence = read(framework, path)
        assert evidence is not None
        report, rejected = check_counts(evidence)
        assert report.rows == sum(map(is_filled, rows))
        if rejected is not None:
            filled = {i for i, row in enumerate(rows, 2) if is_filled(row)}
            assert set(rejected["row"]) <= filled

    header = st.sampled_from([NAMES, LABELS]).flatmap(
        lambda names: st.lists(st.sampled_from(names[1:]), unique=True).map(lambda more: [names[0], *more])
    )
    fuzz(check, 60, names=header, rows=st.lists(st.lists(value, max_size=9), max_size=6), mac=st.booleans())


# --- words of a cell ---------------------------------------------------------------------------------

near_dates = st.from_regex(
    r"(令和|平成|昭和|大正|明治|[RHSTMrhstm])?\s?(元|[0-9０-９]{1,5})"
    r"([年./-]\s?([0-9]{1,3}|元)([月./-]([0-9]{1,3}日?)?)?)?( [0-9:]{1,8})?",
    fullmatch=True,
)


def test_a_date_is_read_or_refused(framework):
    def check(text, last):
        try:
            day = parse_date(text, last)
        except ValueError as error:
            assert str(error).startswith("is no date"), error
        else:
            assert dt.date(1868, 1, 1) <= day <= dt.date(2199, 12, 31)

    fuzz(check, 400, text=near_dates | st.text(max_size=12), last=st.booleans())
