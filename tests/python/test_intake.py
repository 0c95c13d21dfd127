"""Reading evidence: every form of a cell, every mistake with its place, nothing lost."""

import datetime as dt
import sqlite3
import sys
from contextlib import closing

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import tassei
from hypothesis import given, settings
from hypothesis import strategies as st
from tassei import _core
from tassei.date import parse_date

ISSUE_COLUMNS = ["table", "row", "column", "value", "problem", "expected", "hint"]


def read(framework, table="engagements", on_error="raise", **columns):
    rows = max(len(cells) for cells in columns.values())
    frame = {"person_id": [f"P{i}" for i in range(rows)]} | columns
    return tassei.read_evidence({table: frame}, framework, on_error=on_error)


def cell(evidence, column, row=0, table="engagements"):
    return evidence.record(table, row).get(column)


def refused(framework, source, **options):
    with pytest.raises(tassei.EvidenceError) as error:
        tassei.read_evidence(source, framework, **options)
    return error.value


# --- dates ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2012-04-01", "2012-04-01", "2012-04-01"),
        ("2012/4/1", "2012-04-01", "2012-04-01"),
        ("20120401", "2012-04-01", "2012-04-01"),
        ("2012.4.1", "2012-04-01", "2012-04-01"),
        ("2012年4月1日", "2012-04-01", "2012-04-01"),
        ("２０１２年４月１日", "2012-04-01", "2012-04-01"),
        ("平成24年4月1日", "2012-04-01", "2012-04-01"),
        ("H24.4.1", "2012-04-01", "2012-04-01"),
        ("h24/4/1", "2012-04-01", "2012-04-01"),
        ("S60.4.1", "1985-04-01", "1985-04-01"),
        ("H31.4", "2019-04-01", "2019-04-30"),
        ("令和元年5月1日", "2019-05-01", "2019-05-01"),
        ("令和元年", "2019-05-01", "2019-12-31"),
        ("昭和64年1月7日", "1989-01-07", "1989-01-07"),
        ("2012-04", "2012-04-01", "2012-04-30"),
        ("2012年2月", "2012-02-01", "2012-02-29"),
        ("2012", "2012-01-01", "2012-12-31"),
        ("2012-04-01 00:00:00", "2012-04-01", "2012-04-01"),
        ("2012-04-01T23:59:59.5", "2012-04-01", "2012-04-01"),
        ("2012/4/1 9:30", "2012-04-01", "2012-04-01"),
    ],
)
def test_dates_as_they_are_written(text, first, last):
    assert parse_date(text).isoformat() == first
    assert parse_date(text, last=True).isoformat() == last


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("昭和64年1月10日", "昭和"), ("平成元年1月7日", "平成"), ("令和元年4月30日", "令和"),
        ("2012-02-30", "29 days"), ("2012-13-01", "no month 13"), ("12/4/1", "four digits"),
        ("soon", "no date"), ("2012-04-01 24:00", "no date"),
        ("2012-04-01T10:00Z", "no date"), ("4000-01-01", "1868 to 2199"), ("", "no date"),
    ],
)  # fmt: skip
def test_dates_that_do_not_exist(text, says):
    with pytest.raises(ValueError, match="no date") as error:
        parse_date(text)
    assert says in str(error.value)


def test_a_start_is_the_first_day_and_an_end_the_last(framework):
    evidence = read(framework, start=["2012-04"], end=["2012-04"])
    assert cell(evidence, "start") == dt.date(2012, 4, 1)
    assert cell(evidence, "end") == dt.date(2012, 4, 30)


@pytest.mark.parametrize("running", ["現在", "継続中", "present", "", "  "])
def test_running_engagements_have_no_end(framework, running):
    assert cell(read(framework, start=["2012"], end=[running]), "end") is None


@pytest.mark.parametrize(
    "cells",
    [
        pa.array([dt.date(2012, 4, 1)]),
        pa.array([dt.datetime(2012, 4, 1, 13)], pa.timestamp("us")),
        pa.array([dt.datetime(2012, 3, 31, 16, tzinfo=dt.UTC)], pa.timestamp("s", "Asia/Tokyo")),
        pa.array([dt.date(2012, 4, 1)], pa.date64()),
        pa.array([2012]).cast(pa.int16()),
        pa.array(["2012-04-01"], pa.string_view()),
        pa.chunked_array([["2012-04-01"]]).dictionary_encode(),
    ],
    ids=["date32", "timestamp", "zone", "date64", "year", "view", "dictionary"],
)
def test_typed_dates(framework, cells):
    found = cell(
        tassei.read_evidence({"engagements": {"person_id": ["P"], "start": cells}}, framework), "start"
    )
    assert found in (dt.date(2012, 4, 1), dt.date(2012, 1, 1))


# --- words, sets, numbers ------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["manager", "MANAGER", " manager ", "責任者", "ｍａｎａｇｅｒ"])
def test_words_by_id_label_and_width(framework, text):
    assert cell(read(framework, position=[text]), "position") == framework.label("word", "position.manager")


def test_columns_and_tables_go_by_their_labels(framework):
    evidence = tassei.read_evidence({"業務経歴": {"対象者ID": ["P1"], "立場": ["リーダ"]}}, framework)
    assert evidence.record("engagements", 0) == {"position": framework.label("word", "position.team_leader")}


def test_an_unknown_word_says_where_and_what_else(framework):
    error = refused(framework, {"engagements": {"person_id": ["P", "Q"], "position": ["manager", "managr"]}})
    (issue,) = error.issues.to_dict("records")
    assert list(error.issues) == ISSUE_COLUMNS
    assert (issue["table"], issue["row"], issue["column"], issue["value"]) == (
        "engagements",
        1,
        "position",
        "managr",
    )
    assert issue["hint"] == "did you mean 'manager'?"
    assert "engagements.position: 'managr' is an unknown word (row 1); expected one of member" in str(error)


@pytest.mark.parametrize(
    "text",
    [
        "multi_vendor;nationwide",
        "multi_vendor | nationwide",
        "multi_vendor、nationwide",
        "multi_vendor,nationwide",
        "マルチベンダ；nationwide",
    ],
)
def test_sets_by_every_separator(framework, text):
    assert len(cell(read(framework, complexity=[text]), "complexity")) == 2


def test_sets_known_empty_and_blank(framework):
    evidence = read(framework, complexity=["none", "なし", "-", "", None])
    assert [cell(evidence, "complexity", row) for row in range(5)] == [[], [], [], None, None]


def test_labels_with_separators_inside_are_one_item(framework):
    for word in ("continuous_operation", "advanced_technology", "fm_continuous_operation"):
        label = framework.label("word", f"complexity.{word}", "ja")
        assert cell(read(framework, complexity=[f"{label}、multi_vendor"]), "complexity")[-1]
        assert len(cell(read(framework, complexity=[f"{label}、multi_vendor"]), "complexity")) == 2


def test_sets_as_lists(framework):
    lists = pa.array([["multi_vendor", "nationwide"], [], None])
    evidence = read(framework, complexity=lists)
    assert [cell(evidence, "complexity", row) for row in range(3)][1:] == [[], None]
    assert len(cell(evidence, "complexity", 0)) == 2


@pytest.mark.parametrize("column", ["complexity.multi_vendor", "複雑性.マルチベンダシステム環境"])
def test_sets_as_one_column_an_item(framework, column):
    evidence = read(framework, **{column: ["○", "×", "", "TRUE", "いいえ"]})
    label = framework.label("word", "complexity.multi_vendor")
    assert [cell(evidence, "complexity", row) for row in range(5)] == [[label], [], None, [label], []]


def test_a_set_and_an_item_column_must_not_contradict_each_other(framework):
    frame = {"person_id": ["P"], "complexity": ["nationwide"], "complexity.multi_vendor": [True]}
    assert "contradicts complexity" in str(refused(framework, {"engagements": frame}))


@pytest.mark.parametrize(
    ("text", "value"), [("1200", 1200), ("1,200", 1200), ("１，２００", 1200), ("12.5", 12.5), ("0", 0)]
)
def test_numbers_as_they_are_written(framework, text, value):
    assert cell(read(framework, computer_room_area_m2=[text]), "computer_room_area_m2") == value


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("1,200㎡", "without"),
        ("3億", "in digits"),
        ("-5", None),
        (-5.0, None),
        (float("inf"), None),
        ("many", None),
    ],
)
def test_numbers_that_are_none(framework, value, hint):
    error = refused(framework, {"engagements": {"person_id": ["P"], "network_sites": [value]}})
    (issue,) = error.issues.to_dict("records")
    assert issue["column"] == "network_sites"
    if hint:
        assert hint in issue["hint"]


# --- persons, tables, columns ---------------------------------------------------------------------


def test_whole_numbers_are_ids_as_they_look(framework):
    frames = {
        "people": pd.DataFrame({"person_id": [1, 2]}),
        "engagements": pd.DataFrame({"person_id": [1.0, np.nan]}),
    }
    evidence = tassei.read_evidence(frames, framework, on_error="collect")
    assert evidence.people["person_id"].tolist() == ["1", "2"]
    assert evidence.issues["problem"].tolist() == ["is blank"]


def test_names_are_left_as_they_are(framework):
    frames = {"people": {"person_id": ["Ｐ１", "㈱"], "department": ["ﾊｰﾄﾞ", "１課"]}}
    people = tassei.read_evidence(frames, framework).people
    assert people["person_id"].tolist() == ["Ｐ１", "㈱"]
    assert people["department"].tolist() == ["ﾊｰﾄﾞ", "１課"]


@pytest.mark.parametrize(
    ("frames", "says"),
    [
        ({"people": {"person_id": ["P", "P"]}}, "'P' is there already, in row 0"),
        (
            {"people": {"person_id": ["P"]}, "engagements": {"person_id": ["Q"]}},
            "'Q' is not among the people",
        ),
        ({"engagements": {"person_id": [None]}}, "person_id: is blank (row 0)"),
        ({"engagements": {"position": ["member"]}}, "the column is missing; expected a column person_id"),
        ({"engagements": {"person_id": ["P"], "positon": ["member"]}}, "did you mean 'position'?"),
        ({"engagments": {"person_id": ["P"]}}, "did you mean 'engagements'?"),
        (
            {"engagements": {"person_id": ["P"], "complexity.multi_vendr": [True]}},
            "did you mean 'multi_vendor'?",
        ),
        (
            {"engagements": {"person_id": ["P"], "start": ["2012-04-01"], "end": ["2012-03-31"]}},
            "is before the start, 2012-04-01 (row 0)",
        ),
        ({"engagements": 5}, "cannot read a builtins.int"),
    ],
)
def test_each_mistake_has_one_clear_message(framework, frames, says):
    error = refused(framework, frames)
    assert says in str(error), str(error)
    if error.issues is not None:
        assert len(error.issues) == 1


def test_other_columns_are_listed(framework):
    evidence = read(framework, position=["member"], remarks=["x"])
    assert evidence.reports["engagements"].unknown == {"remarks": None}


def test_all_mistakes_at_once(framework):
    frame = {
        "person_id": ["P", "Q", None], "position": ["boss", "member", "member"],
        "start": ["2012-02-30", "x", None],
        "network_sites": ["-1", "2", "3"],
    }  # fmt: skip
    error = refused(framework, {"engagements": frame})
    assert len(error.issues) == 5


def test_collecting_keeps_good_rows_and_rejected_ones(framework, tmp_path):
    (tmp_path / "engagements.csv").write_text(
        "person_id,position,start\nP1,manager,2012-04-01\nP2,boss,2012-04-01\nP3,member,2012-99\n", "utf-8"
    )
    evidence = tassei.read_evidence(tmp_path, framework, on_error="collect")
    report = evidence.reports["engagements"]
    assert (report.rows, report.accepted, report.rejected) == (3, 1, 2)
    assert evidence.rejected["engagements"].to_dict("records") == [
        {"row": 3, "person_id": "P2", "position": "boss", "start": "2012-04-01"},
        {"row": 4, "person_id": "P3", "position": "member", "start": "2012-99"},
    ]
    assert evidence.issues["row"].tolist() == [3, 4]
    assert evidence.row_number("engagements", 0) == 2


def test_long_rows_are_kept_with_all_their_cells(framework, tmp_path):
    text = "person_id,row,position\nP1,7,manager\nP2,8,manager,x,y\n"
    (tmp_path / "engagements.csv").write_text(text, "utf-8")
    evidence = tassei.read_evidence(tmp_path, framework, on_error="collect")
    assert evidence.rejected["engagements"].to_dict("records") == [
        {"row number": 3, "person_id": "P2", "row": "8", "position": "manager", "beyond the header": "x,y"}
    ]


def test_a_file_without_persons_counts_its_filled_rows(framework, tmp_path):
    (tmp_path / "engagements.csv").write_text("position,remark\n,\nmanager,\n,\n", "utf-8")
    evidence = tassei.read_evidence(tmp_path, framework, on_error="collect")
    report = evidence.reports["engagements"]
    assert (report.rows, report.accepted, report.rejected, report.skipped) == (1, 0, 1, 2)
    assert evidence.rejected["engagements"]["row"].tolist() == [3]


garbage = st.one_of(
    st.none(), st.text(max_size=6), st.sampled_from(["manager", "2012-04", "member", "none", "1"])
)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.lists(st.tuples(garbage, garbage, garbage, garbage, garbage), max_size=8))
def test_no_row_is_lost_whatever_the_cells_hold(rows):
    framework = tassei.load_framework("itss-v3-2011-customer-service")
    names = ["person_id", "position", "start", "complexity", "network_sites"]
    frame = {name: pa.array([row[i] for row in rows], pa.string()) for i, name in enumerate(names)}
    evidence = tassei.read_evidence({"engagements": frame}, framework, on_error="collect")
    report = evidence.reports["engagements"]
    assert report.accepted + report.rejected == report.rows == len(rows)
    assert len(evidence.rejected.get("engagements", [])) == report.rejected
    assert set(evidence.issues["row"].dropna()) >= set(
        evidence.rejected.get("engagements", {"row": []})["row"]
    )
    tassei.assess(evidence, framework, as_of="2020")


# --- files and frames -----------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_files_of_every_encoding(framework, tmp_path, encoding):
    text = '対象者ID,立場,部署\r\nP1,責任者,"表,能\r\nソ"\r\n'
    (tmp_path / "業務経歴.csv").write_bytes(text.encode(encoding))
    evidence = tassei.read_evidence(tmp_path, framework)
    assert cell(evidence, "position") == framework.label("word", "position.manager")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("engagements.csv", b"person_id,position\nP1,manager,5\n", "'5' stands beyond the header"),
        ("engagements.csv", b"person_id,person_id\nP1,P2\n", "more than once"),
        ("engagements.csv", b"person_id\n\xff\x80\x81\xfd\n", "neither UTF-8 nor cp932"),
        ("notes.txt", b"x", "holds no table"),
    ],
)
def test_files_that_cannot_be_read(framework, tmp_path, name, content, says):
    (tmp_path / name).write_bytes(content)
    assert says in str(refused(framework, tmp_path))


def test_empty_files_and_missing_folders(framework, tmp_path):
    assert "there is no folder" in str(refused(framework, tmp_path / "nowhere"))
    (tmp_path / "engagements.csv").write_bytes(b"")
    (tmp_path / "contributions.csv").write_bytes(b"person_id,kind\n")
    evidence = tassei.read_evidence(tmp_path, framework)
    assert evidence.reports["engagements"].supplied
    assert (len(evidence), evidence.reports["contributions"].rows) == (0, 0)


def test_blanks_are_counted_where_they_can_be(framework):
    frames = {
        "people": {"person_id": ["P1", "P2"], "site": ["x", None]},
        "engagements": {"person_id": ["P1", "P2"], "position": ["member", None]},
    }
    reports = tassei.read_evidence(frames, framework).reports
    assert reports["people"].blanks == {}
    assert (reports["engagements"].blanks["position"], reports["engagements"].blanks["service"]) == (1, 2)
    assert "person_id" not in reports["engagements"].blanks


def test_every_kind_of_frame_reads_the_same(framework):
    cells = {
        "person_id": ["P1", "P2", "P1"],
        "position": ["manager", None, "責任者"],
        "network_sites": [1.0, None, 3.5],
    }
    cells["start"] = [dt.date(2012, 4, 1), None, dt.date(2013, 1, 1)]
    table = pa.table(cells)
    relation = duckdb.from_arrow(table)
    frames = [
        table, pd.DataFrame(cells), pl.DataFrame(cells), pl.DataFrame(cells).lazy(), relation,
        pl.DataFrame(cells).with_columns(pl.col("position").cast(pl.Categorical)),
        pd.DataFrame(cells).astype({"position": "category"}),
        pa.concat_tables([table.slice(0, 1), table.slice(1)]), pa.concat_tables([table, table]).slice(3),
    ]  # fmt: skip
    found = [
        [evidence.record("engagements", row) for row in range(3)]
        for evidence in (tassei.read_evidence({"engagements": frame}, framework) for frame in frames)
    ]
    assert all(rows == found[0] for rows in found)
    assert found[0][2]["network_sites"] == 3.5


def addresses(array):
    """Where the values of an array lie."""
    return array.buffers()[1].address + array.offset * array.type.bit_width // 8


@pytest.mark.parametrize(
    "kind",
    ["date32", "date64", "timestamp[s]", "timestamp[ns]", "int8", "uint8", "int16", "uint16", "int32",
     "uint32", "int64", "uint64", "float32", "float64"],
)  # fmt: skip
@pytest.mark.parametrize("chunks", [1, 3])
def test_days_and_numbers_are_seen_where_they_lie(framework, kind, chunks):
    dated = kind.startswith(("date", "time"))
    cells = [dt.date(2012, 4, 1), None, dt.date(2013, 1, 1)] if dated else [1, None, 3]
    alias = {"date32": pa.date32(), "date64": pa.date64()}.get(kind)
    part = pa.array([None, *cells]).cast(alias or kind).slice(1)
    column = pa.chunked_array([part] + [part.take(pa.array([0, 1, 2]))] * (chunks - 1))
    name = "start" if dated else "network_sites"
    ids = [f"P{i}" for i in range(len(column))]
    table = pa.table({"person_id": ids, name: column})
    evidence = tassei.read_evidence({"engagements": table}, framework)
    kept = evidence._columns["engagements"].cells[name]
    there = [addresses(chunk) for chunk in column.chunks]
    assert [addresses(chunk) for chunk in kept.chunks] == there
    assert _core.ArrowColumn(kept).addresses == there
    expected = [dt.date(2012, 4, 1), None, dt.date(2013, 1, 1)] if dated else [1.0, None, 3.0]
    assert [cell(evidence, name, row) for row in range(len(column))] == expected * chunks


def test_polars_columns_are_seen_where_they_lie(framework):
    days = [dt.date(2012, 4, 1), dt.date(2013, 1, 1)]
    frame = pl.DataFrame({"person_id": ["P", "Q"], "start": days, "network_sites": [1.5, 2.0]})
    evidence = tassei.read_evidence({"engagements": frame}, framework)
    for name in ("start", "network_sites"):
        address = frame[name].to_physical().to_numpy(allow_copy=False).__array_interface__["data"][0]
        assert _core.ArrowColumn(evidence._columns["engagements"].cells[name]).addresses == [address]


def test_the_core_refuses_what_is_no_evidence():
    for column in (5, pa.chunked_array([[b"x"]]), pa.chunked_array([[{"a": 1}]])):
        with pytest.raises(tassei.EvidenceError):
            _core.ArrowColumn(column)


@pytest.mark.parametrize(
    "indices", ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]
)
@pytest.mark.parametrize("texts", ["string", "large_string", "string_view"])
def test_dictionaries_that_differ_from_chunk_to_chunk(framework, indices, texts):
    def chunk(codes, words):
        words = pa.array(words, getattr(pa, texts)())
        return pa.DictionaryArray.from_arrays(pa.array(codes).cast(indices), words)

    position = pa.chunked_array([
        chunk([0, 1, None], ["manager", "member"]), chunk([1, 0], ["manager", "リーダ"]),
        chunk([0, 1, 1], ["member", None]).slice(1), chunk([0], ["member", "nobody has this"]),
    ])  # fmt: skip
    ids = pa.chunked_array([chunk([0, 0, 0, 1], ["P", "Q", "nobody"]), chunk([0, 1, 1, 1], ["Q", "P"])])
    evidence = tassei.read_evidence(
        {"engagements": pa.table({"person_id": ids, "position": position})}, framework
    )
    words = ["manager", "member", None, "team_leader", "manager", None, None, "member"]
    labels = [word and framework.label("word", f"position.{word}") for word in words]
    assert [cell(evidence, "position", row) for row in range(8)] == labels
    assert evidence.people["person_id"].to_pylist() == ["P", "Q"]


def test_frames_without_rows_or_chunks(framework):
    kinds = {
        "person_id": pa.string_view(),
        "start": pa.date32(),
        "position": pa.dictionary(pa.int8(), pa.string()),
    }
    empty = pa.table({name: pa.chunked_array([], kind) for name, kind in kinds.items()})
    assert len(tassei.read_evidence({"engagements": empty}, framework)) == 0
    gaps = pa.table({"person_id": pa.chunked_array([[], ["P"], [], ["Q"]], pa.string())})
    assert len(tassei.read_evidence({"engagements": gaps}, framework)) == 2


# no buffer of letters comes of this cast
VIEWS = pa.array(["fault_repair", "fm_design"]).cast(pa.string_view())


@pytest.mark.parametrize("cells", [
    VIEWS, pa.ListArray.from_arrays([0, 1, 2], VIEWS), pa.LargeListArray.from_arrays([0, 1, 2], VIEWS),
    pa.FixedSizeListArray.from_arrays(VIEWS, 1),
], ids=lambda cells: str(cells.type))  # fmt: skip
def test_short_texts_in_views_without_letters_beside_them_are_read(framework, cells):
    found = read(framework, activities=pa.chunked_array([cells]))
    assert cell(found, "activities", 0) == ["fault repair"]
    assert cell(found, "activities", 1) == ["design of IT facilities"]


MISTAKES = {
    "people": {"person_id": ["P1", "P2", "P1", None], "site": ["a", "b", "c", "d"]},
    "engagements": {
        "person_id": ["P1", "P2", "P9", None, "P1"],
        "position": ["manager", "king", "member", "member", "member"],
        "computer_rooms": ["-3", "x", "2", "2", "2"],
        "start": ["2020-01-01", "2020-01-01", "2020-01-01", "2020-01-01", "2020-01-02"],
        "end": ["2021-01-01", "soon", None, None, "2020-01-01"],
        "activities": ["fault_repair", "repair; bogus", None, "", "none"],
    },
}
FORMS = {
    "polars": pl.DataFrame,
    "strings": pa.table,
    "large strings": lambda cells: pa.table({n: pa.array(c, pa.large_string()) for n, c in cells.items()}),
    "views": lambda cells: pa.table({n: pa.array(c, pa.string_view()) for n, c in cells.items()}),
    "codes": lambda cells: pa.table({n: pa.array(c).dictionary_encode() for n, c in cells.items()}),
}


def told(evidence):
    """What is said of bad cells, and what is kept, as plain lists."""
    tables = {"issues": evidence.issues, "people": evidence.people, **evidence.rejected}
    return {name: pa.table(table).to_pylist() for name, table in tables.items()}


def as_pandas(cells):
    return pd.DataFrame(cells, dtype=object)


@pytest.mark.parametrize("form", FORMS)
def test_mistakes_are_told_alike_whatever_the_frames(framework, form):
    frames = {name: as_pandas(cells) for name, cells in MISTAKES.items()}
    expected = told(tassei.read_evidence(frames, framework, on_error="collect"))
    assert len(expected["issues"]) == 10
    frames = {name: FORMS[form](cells) for name, cells in MISTAKES.items()}
    assert told(tassei.read_evidence(frames, framework, on_error="collect")) == expected
    with pytest.raises(tassei.EvidenceError, match="10 problems"):
        tassei.read_evidence(frames, framework)


def test_lists_of_views_are_told_of(framework):
    words = pa.array([["fault_repair"], ["bogus"]], pa.list_(pa.string_view()))
    frame = pa.table({"person_id": ["P1", "P2"], "activities": words})
    evidence = tassei.read_evidence({"engagements": frame}, framework, on_error="collect")
    assert evidence.issues["value"].to_pylist() == ["bogus"]
    assert evidence.rejected["engagements"]["activities"].to_pylist() == [["bogus"]]


def test_anything_that_speaks_arrow_is_a_frame(framework):
    class Foreign:
        def __arrow_c_stream__(self, requested_schema=None):
            return pa.table({"person_id": ["P"], "examination": ["AP"]}).__arrow_c_stream__(requested_schema)

    assert len(tassei.read_evidence({"certifications": Foreign()}, framework)) == 1


@pytest.mark.parametrize(
    "kind", [pa.list_(pa.string()), pa.large_list(pa.string_view()), pa.list_(pa.string(), 2)]
)
def test_list_columns_with_offsets_and_blanks(framework, kind):
    cells = [
        ["nationwide", "nationwide"],
        ["multi_vendor", "nationwide"],
        None,
        ["cross_platform", "multi_vendor"],
    ]
    lists = pa.array(cells, kind)
    frame = pa.table({"person_id": ["P", "Q", "R"], "complexity": lists.slice(1)})
    evidence = tassei.read_evidence({"engagements": frame}, framework)
    assert [len(cell(evidence, "complexity", row) or []) for row in range(3)] == [2, 0, 2]
    assert cell(evidence, "complexity", 1) is None


def test_wrong_items_are_refused_where_they_stand(framework):
    cells = [["nationwide"], [], None, ["nationwid", "multi_vendor"], [None], ["nationwid"]]
    frame = {"person_id": [f"P{i}" for i in range(6)], "complexity": pa.array(cells)}
    evidence = tassei.read_evidence({"engagements": frame}, framework, on_error="collect")
    assert sorted(zip(evidence.issues["row"], evidence.issues["value"].fillna(""), strict=True)) == [
        (3, "nationwid"), (4, ""), (5, "nationwid")
    ]  # fmt: skip


def test_identities_are_those_of_one_person(framework):
    """The rule asks for three engagements; rows with one id are one of them, however they are ordered."""
    rows = [("P", "1"), ("Q", "1"), ("P", " 1 "), ("P", "２"), ("P", None), ("Q", "3"), ("P", ""), ("Q", "1")]
    for order in (range(8), reversed(range(8))):
        order = list(order)
        frame = {"person_id": [rows[i][0] for i in order], "engagement_id": [rows[i][1] for i in order]}
        fm = {
            "position": "manager", "service": "facility_management_service", "activities": "fm_design",
            "outcome": "succeeded", "complexity": "fm_many_sites;fm_mission_critical", "computer_rooms": 5,
            "start": "2012",
        }  # fmt: skip
        frame |= {name: [value] * 8 for name, value in fm.items()}
        evidence = tassei.read_evidence({"engagements": frame}, framework)
        found = tassei.assess(evidence, framework, as_of="2020").criteria()
        counts = found[(found.specialty == "facility_management") & (found.level == 6)]
        counts = counts[counts.criterion == "responsibility"].set_index("person_id")["low"]
        assert counts.to_dict() == {"P": 4.0, "Q": 2.0}


# --- sources that are none ----------------------------------------------------------------------

ENGAGED = {"person_id": ["P1"], "position": ["member"]}


SURROGATE = pd.Index(["person_id", "si\ud800te"], dtype=object)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (7, "came int"),
        ({"engagements": 7}, "cannot read a builtins.int"),
        ({"engagements": pd.DataFrame([["P1", "a", "b"]], columns=["person_id", "site", "site"])}, "once"),
        ({"engagements": pa.table([["P1"], ["a"], ["b"]], ["person_id", "site", "site"])}, "site"),
        ({"engagements": ENGAGED | {"site": ["a", "b"]}}, "its columns have different lengths"),
        ({"engagements": {"person_id": "P1"}}, "engagements.person_id: expected a list of cells, came 'P1'"),
        ({"engagements": {"person_id": 1}}, "engagements.person_id: expected a list of cells, came 1"),
        ({"engagements": {"person_id": ["P1"], 1: ["a"], "1": ["b"]}}, "'1' more than once"),
        ({"engagements": {"person_id": ["P1"], "si\ud800te": ["a"]}}, "half a letter"),
        ({"engagements": pd.DataFrame([["P1", "a"]], columns=SURROGATE)}, "half a letter"),
        ({"engagements": {"person_id": ["P1"], "site": ["\ud800"]}}, "half a letter"),
        ({"engagements": pd.DataFrame({"person_id": ["P1"], "site": pd.Series(["\ud800"], dtype=object)})},
         "half a letter"),
    ],
    ids=["number", "number for a table", "pandas twice", "Arrow twice", "lengths", "a text", "a number",
         "twice as text", "a name", "a name in pandas", "surrogate", "in pandas"],
)  # fmt: skip
def test_what_is_no_source_is_told(framework, source, said):
    assert said in str(refused(framework, source))


def test_on_error_is_one_of_two_words(framework):
    assert "'raise' or 'collect', came 'ignore'" in str(refused(framework, {}, on_error="ignore"))
    with pytest.raises(tassei.AssessError, match="expected a framework from load_framework, came str"):
        tassei.assess_batches({}, "itss", "2026-06-30")
    with pytest.raises(tassei.AssessError, match="expected a framework from load_framework, came str"):
        tassei.read_evidence({}, "itss")


INDEXES = [["engagement_id"], ["person_id"], ["person_id", "engagement_id"], ["service"]]


@pytest.mark.parametrize("index", INDEXES)
def test_a_named_index_of_pandas_is_columns(framework, index):
    """Without the engagement's id one engagement in two rows would count twice."""
    sample = tassei.synthesize(60, seed=3)
    whole = tassei.read_evidence(sample, framework)
    work = sample["engagements"]
    for frame in (work.set_index(index), work.set_index(index, drop=False)):
        indexed = tassei.read_evidence(sample | {"engagements": frame}, framework)
        assert indexed.digest == whole.digest
    unnamed = work.set_index(pd.Index(range(1, len(work) + 1)))
    assert tassei.read_evidence(sample | {"engagements": unnamed}, framework).digest == whole.digest


def test_periods_of_pandas_are_first_and_last_days(framework):
    frame = pd.DataFrame({"person_id": ["P1", "P2"]})
    frame["start"] = pd.Series([pd.Period("2020-02", "M"), pd.NaT], dtype="period[M]")
    frame["end"] = pd.Series([pd.Period("2024-02", "M"), pd.NaT], dtype="period[M]")
    evidence = tassei.read_evidence({"engagements": frame}, framework)
    assert (cell(evidence, "start"), cell(evidence, "end")) == (dt.date(2020, 2, 1), dt.date(2024, 2, 29))
    assert cell(evidence, "start", 1) is None


def test_a_file_of_several_tables_is_not_one_table(framework, tmp_path):
    path = tmp_path / "all.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE engagements (person_id TEXT)")
        db.execute("CREATE TABLE certifications (person_id TEXT)")
    assert "holds 2 tables" in str(refused(framework, {"engagements": path}))


def test_of_very_many_kinds_of_problem_the_first_are_told(framework):
    words = [f"nobody {i}" for i in range(120)]
    said = str(refused(framework, {"engagements": {"person_id": ["P1"] * 120, "position": words}}))
    assert "more kinds of problem" in said and said.count("\n") < 60


def test_cells_of_rare_types_say_what_they_hold(framework):
    index = pa.array([0, 1], pa.int8())
    views = pa.DictionaryArray.from_arrays(index, pa.array(["member", "manager"], pa.string_view()))
    words = pa.RunEndEncodedArray.from_arrays(pa.array([1, 2], pa.int32()), pa.array(["member", "manager"]))
    for position in (views, words):
        evidence = tassei.read_evidence(
            {"engagements": pa.table({"person_id": ["P1", "P2"], "position": position})}, framework
        )
        assert [cell(evidence, "position", row) for row in (0, 1)] == ["member", "manager"]
    for kind in (pa.list_view(pa.string()), pa.large_list_view(pa.string())):
        sets = pa.array([None, ["fault_repair"], []], kind)
        evidence = tassei.read_evidence(
            {"engagements": pa.table({"person_id": ["P1", "P2", "P3"], "activities": sets})}, framework
        )
        assert [cell(evidence, "activities", row) for row in range(3)] == [None, ["fault repair"], []]
    not_text = pa.table({"person_id": ["P1"], "position": pa.array([b"\xff"])})
    assert "X'FF'" in str(refused(framework, {"engagements": not_text}))


def test_items_of_white_space_are_told(framework):
    lists = {"person_id": ["P1"], "activities": [["fault_repair", " "]]}
    assert "has an item without a name" in str(refused(framework, {"engagements": lists}))


def test_a_year_that_no_calendar_reaches(framework):
    far = pa.array([2**60], pa.timestamp("s"))
    table = pa.table({"person_id": ["P1"], "start": far})
    assert "is no date of this world of work" in str(refused(framework, {"engagements": table}))


def test_counts_of_columns_are_a_mapping(framework):
    blanks = tassei.read_evidence({"engagements": ENGAGED}, framework).reports["engagements"].blanks
    assert dict(blanks) == {name: blanks[name] for name in blanks}
    assert len(blanks) == len(dict(blanks)) and repr(blanks) == repr(dict(blanks))
    assert blanks["position"] == 0 and blanks["start"] == 1
    assert "person_id" not in blanks


def test_frames_of_polars_need_polars(framework, monkeypatch):
    people = pl.DataFrame({"person_id": ["P1"], "position": ["member"]})
    evidence = tassei.read_evidence({"engagements": people}, framework)
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(tassei.EvidenceError, match="polars is not installed"):
        tassei.assess(evidence, as_of="2026-06-30").levels()


def test_a_cell_of_nothing_but_separators_names_no_item(framework):
    assert cell(read(framework, activities=["; fault_repair ;"]), "activities") == ["fault repair"]
    said = str(refused(framework, {"engagements": {"person_id": ["P1"], "activities": [" ; "]}}))
    assert "names no item" in said


def test_what_does_not_fit_the_core_is_an_error_of_the_package(framework):
    a = tassei.assess(tassei.read_evidence({"engagements": ENGAGED}, framework), as_of="2026-06-30")
    with pytest.raises(tassei.AssessError, match="person"):
        _core.questions(a._core, 99, 0)
    with pytest.raises(tassei.FrameworkError):
        grade = _core.Grade(1, _core.Condition.constant(True))
        nowhere = _core.Specialty("of no table", 7, [grade])
        _core.compile(_core.Framework("empty", [], [nowhere], [], [], True, 0))
    lists = _core.ArrowColumn(pa.chunked_array([[["a"], ["b"]]]))
    with pytest.raises(tassei.EvidenceError, match="a number for every item"):
        _core.unite_items(lists, np.zeros(3, np.int32), np.zeros(1, np.int32))
    table = _core.TableData(1, np.zeros(1, np.int32), 1)
    with pytest.raises(tassei.EvidenceError, match="no column number 2"):
        table.set_dates(2, _core.ArrowColumn(pa.chunked_array([pa.array([0], pa.date32())])))
