"""Text files of cells as a table: what each row and column of the file becomes."""

import csv
import io
import os
import random
import sys
from pathlib import Path

import pytest
import tassei
from tassei import EvidenceError, delimited
from tassei.delimited import detect_encoding, open_delimited
from tassei.workbook import known_spellings


@pytest.fixture(scope="module")
def document():
    return tassei.load_framework("itss-v3-2011-customer-service").document


@pytest.fixture
def table(document, tmp_path):
    """Writes a file and reads it."""

    def read(content, name="engagements.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return open_delimited(path, document, known_spellings(document))

    return read


def cells(raw):
    return {name: column.to_pylist() for name, column in raw.columns.items()}


def refused(table, content):
    with pytest.raises(EvidenceError) as error:
        table(content)
    return str(error.value)


def test_a_table(table):
    raw = table("person_id,site\nP1,Osaka\nP2,\n")
    assert (raw.name, raw.origin, raw.rows, raw.first_row) == ("engagements", "engagements.csv", 2, 2)
    assert (raw.encoding, raw.notes, list(raw.bad)) == ("UTF-8", (), [])
    assert cells(raw) == {"person_id": ["P1", "P2"], "site": ["Osaka", ""]}


@pytest.mark.parametrize("content", ["", "\n", ",,\n", " \t　\n", "\ufeff", '""\n', '"",""'])
def test_nothing_is_a_table_without_columns(table, content):
    raw = table(content)
    assert (raw.columns, raw.rows) == ({}, 0)


def test_one_column(table):
    assert cells(table("person_id\nP1\n\n\nP2")) == {"person_id": ["P1", "", "", "P2"]}
    assert cells(table("person_id\n,\nP1,\n")) == {"person_id": ["", "P1"]}


def test_without_a_known_name_the_first_row_of_two_cells_is_the_header(table):
    raw = table("our export\n\na,b\n1,2\n")
    assert (cells(raw), raw.first_row) == ({"a": ["1"], "b": ["2"]}, 4)
    raw = table("a\n1\n")
    assert (cells(raw), raw.first_row) == ({"a": ["1"]}, 2)


def test_the_header_is_found_below_any_number_of_blank_rows(table):
    raw = table("\n" * 300 + "person_id,site\nP1,A\n")
    assert (cells(raw), raw.first_row) == ({"person_id": ["P1"], "site": ["A"]}, 302)


def test_a_title_longer_than_what_is_parsed_at_once(table):
    raw = table('"' + "実\n" * 700_000 + '"\nperson_id,site\nP1,A\n')
    assert (cells(raw), raw.first_row) == ({"person_id": ["P1"], "site": ["A"]}, 3)


def test_a_cell_longer_than_what_is_parsed_at_once(table):
    for rows in (["P1", "x" * 5_000_000], ["P1"], ["P1", "A", "x" * 200_000]):
        raw = table("person_id,site\n" + ",".join(rows) + "\n")
        assert [c[0] for c in cells(raw).values()] == [*rows, ""][:2]


def test_columns_without_names(table):
    raw = table("person_id,, ,site,\nP1,x, ,A,\nP2,,　,B\n")
    assert cells(raw) == {"person_id": ["P1", "P2"], "column B": ["x", ""], "site": ["A", "B"]}
    raw = table("person_id,,column B\nP1,x,y\n")
    assert cells(raw) == {"person_id": ["P1"], "column B'": ["x"], "column B": ["y"]}


def test_short_and_long_rows_stay_where_they_are(table):
    raw = table("person_id,site,team\nP1\nP2,A,x\nP3,B,y,\nP4,C,z,more\nP5,D\n\nP6,E,x, \nP7,F,w\n")
    assert cells(raw)["person_id"] == ["P1", "P2", "P3", "P4", "P5", "", "P6", "P7"]
    assert cells(raw)["team"] == ["", "x", "y", "z", "", "", "x", "w"]
    assert raw.number(3) == 5
    [bad] = raw.bad
    assert (bad.rows.tolist(), bad.value) == ([3], "more")
    assert raw.notes == ("rows shorter than the header, blank at their end: 2",)


def test_what_stands_beyond_the_header_is_kept_whole_and_shown_in_part(tmp_path):
    framework = tassei.load_framework("itss-v3-2011-customer-service")
    (tmp_path / "engagements.csv").write_text("person_id\nP1," + "x" * 300 + "\n", "utf-8")
    evidence = tassei.read_evidence(tmp_path, framework, on_error="collect")
    assert evidence.rejected["engagements"]["beyond the header"].tolist() == ["x" * 300]
    assert evidence.issues["value"].tolist() == ["x" * 200]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('"person_id,site\nP1,A\n', 1),
        ('person_id,site\nP1,"A\nP2,B\n', 2),
        ('person_id,site\nP1,A\n"P2,B\n', 3),
        ('person_id,site\nP1,A\nP2,"\n', 3),
        ('person_id,site\r\nP1,A\r\nP2,"', 3),
        ('person_id,site\rP1,5"\rP2,"A\r', 3),
        ('person_id,site\nP1,"A\nB"\nP2,"A""\n', 4),
        ('person_id,site,team\n' + "P1,A,x\n" * 200 + 'P2,"A', 202),
        ('person_id,site,team\n' + "P1,A,x\n" * 200 + 'P2,A,"x""\n\n', 202),
    ],
)  # fmt: skip
def test_a_quote_that_is_never_closed_takes_no_rows_with_it(table, content, line):
    said = f"engagements.csv: a quote that opens a cell in line {line} is never closed; close it"
    assert refused(table, content) == said


@pytest.mark.parametrize("last", ['"A"', 'A"', '"A"""', '""', '"A"x', '"A\n"', '5"\n', '"A",', '"",""'])
def test_quotes_that_are_closed(table, last):
    raw = table("person_id,site\nP1,B\nP2," + last)
    expected = next(csv.reader(io.StringIO(last, newline="")))[0]
    assert cells(raw)["site"] == ["B", expected]


def test_what_was_read_stays_when_the_file_changes(table, tmp_path):
    raw = table("person_id,position\n" + "P1,manager\n" * 1000)
    path = tmp_path / "engagements.csv"
    with path.open("r+b") as file:
        file.write(b"x" * path.stat().st_size)
    assert cells(raw) == {"person_id": ["P1"] * 1000, "position": ["manager"] * 1000}


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("content", ['person_id,site\n"P1,A\n', "a,a\n", "person_id\n\0\n"])
def test_a_file_that_was_refused_can_be_mended_while_the_error_is_looked_at(table, content, tmp_path):
    """Windows lets nobody write into a file that is mapped or open."""
    with pytest.raises(EvidenceError) as error:
        table(content)
    assert str(error.value)
    assert str(tmp_path) not in Path("/proc/self/maps").read_text(encoding="utf-8")
    opened = [os.path.realpath(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd")]
    assert not [file for file in opened if file.startswith(str(tmp_path))]


# --- encodings ---------------------------------------------------------------------------------------


def test_utf16_without_mark_is_told_from_text_with_a_zero(table):
    for encoding in ("UTF-16LE", "UTF-16BE"):
        assert detect_encoding("a,一\r\n".encode(encoding), "x.csv") == encoding
    for content in (b"person_id,site\nP1,a\x00\n", b"person_id,site\nP\x00,ab\n", b"\x00" * 100):
        assert "holds a zero byte in line" in refused(table, content)


@pytest.mark.parametrize("byte", [b"\x80", b"\xa0", b"\xfd", b"\xfe", b"\xff"])
def test_bytes_that_shift_jis_has_not(table, byte):
    content = "person_id,site\nP1,表\nP2,".encode("cp932") + byte + b"\n"
    assert f"not cp932 at byte {byte[0]:#04x} in line 3" in refused(table, content)


def test_an_escape_sign_alone_is_not_jis(table):
    for cell in ("\x1b$B", "\x1b$B=1+1", "\x1b(B"):
        assert cells(table(f"person_id\n{cell}\n")) == {"person_id": [cell]}


def test_what_is_not_utf8_only_far_behind(table, monkeypatch):
    """Of a long file the encoding is told from its start, and again where it does not go on so."""
    monkeypatch.setattr(delimited, "_BLOCK", 64)
    rows = "P1,Osaka\n" * 50
    for last in ("P2,表\n", "P2\n表\n", "P2,A,表\n"):
        raw = table(f"person_id,site\n{rows}{last}".encode("cp932"))
        assert (raw.encoding, raw.rows) == ("cp932", 50 + last.count("\n"))
        assert "\ufffd" not in str(cells(raw)) + str(raw.bad)
    content = f"person_id,site\n{rows}P2,".encode() + b"\xff\xff\n"
    assert "not UTF-8 at byte 0xff in line 52" in refused(table, content)
    raw = table(f"person_id,site\n{rows}P2,表,\ufffd\n")
    assert (raw.encoding, [bad.value for bad in raw.bad]) == ("UTF-8", ["\ufffd"])


# --- against the csv module --------------------------------------------------------------------------

WORDS = ["", "a", "P1", 'q"x', "a,b", "x\ny", "表", " ", '"']


@pytest.mark.parametrize("seed", range(40))
def test_the_same_rows_as_the_csv_module_wherever_the_text_is_cut(table, monkeypatch, seed):
    draw = random.Random(seed)
    monkeypatch.setattr(delimited, "_PARSED", draw.choice([8, 16, 33, 64, 200]))
    monkeypatch.setattr(delimited, "_JOINED", draw.choice([1, 2, 3, 7, 1000]))
    header = ["person_id", "position", "remarks", "start"][: draw.randint(1, 4)]
    width = len(header)
    rows = [
        [draw.choice(WORDS) for _ in range(width if draw.random() < 0.8 else draw.randint(0, width + 2))]
        for _ in range(draw.randint(0, 40))
    ]
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=draw.choice(["\n", "\r\n"])).writerows([header, *rows])
    raw = table(text.getvalue())
    found = [list(row) for row in zip(*cells(raw).values(), strict=True)]
    assert found == [(row + [""] * width)[:width] for row in rows]
    beyond = [i for i, row in enumerate(rows) if any(cell.strip() for cell in row[width:])]
    assert [int(bad.rows[0]) for bad in raw.bad] == beyond


def test_a_person_called_like_a_column_is_no_header(table):
    raw = table("person_id\nSTART\n")
    assert raw.columns["person_id"].to_pylist() == ["START"]


def test_a_file_of_a_header_alone_has_no_rows(table):
    assert table("person_id,site\n").rows == 0


def test_a_letter_of_no_encoding_late_in_a_file(table):
    late = b"person_id,site\n" + b"P1,Osaka\n" * 200_000 + b"P2,\xff\xfe\n"
    assert "not UTF-8 at byte 0xff in line 200,002" in refused(table, late)
    more_cells = b"person_id,site\n" + b"P1,Osaka\n" * 200_000 + b"P2,\xff\xfe,too,many\n"
    assert "not UTF-8 at byte 0xff in line 200,002" in refused(table, more_cells)


def test_a_folder_is_no_file_of_cells(document, tmp_path):
    (tmp_path / "engagements.csv").mkdir()
    with pytest.raises(EvidenceError, match="cannot be read"):
        open_delimited(tmp_path / "engagements.csv", document, known_spellings(document))


def test_rows_of_too_many_cells_in_a_table_of_nobody(tmp_path):
    (tmp_path / "people.csv").write_text("person_id\nP1\n")
    (tmp_path / "engagements.csv").write_text("site,position\nOsaka,member\nTokyo,member,too,many\n")
    framework = tassei.load_framework("itss-v3-2011-customer-service")
    issues = tassei.read_evidence(tmp_path, framework, on_error="collect").issues
    assert 3 in set(issues["row"]) and {"engagements"} == set(issues["table"])
