"""A company's own names: every rule of a mapping on its edge."""

import datetime as dt
import decimal
import sqlite3

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tassei
import xlsxwriter


def read(framework, cells, table="engagements", on_error="raise", **mapping):
    """Evidence of one frame, with a person a row where nobody else is named."""
    rows = max(map(len, cells.values()), default=0)
    if not any(name in cells for name in ("person_id", "社員")):
        cells = {"person_id": [f"P{i}" for i in range(rows)], **cells}
    return tassei.read_evidence({table: pa.table(cells)}, framework, on_error, **mapping)


def column(evidence, name, table="engagements"):
    rows = evidence.reports[table].rows
    return [evidence.record(table, row).get(name) for row in range(rows)]


def labels(framework, vocabulary, *words):
    return [framework.label("word", f"{vocabulary}.{word}") for word in words]


def refused(framework, source, **mapping):
    with pytest.raises(tassei.EvidenceError) as error:
        tassei.read_evidence(source, framework, **mapping)
    return str(error.value)


def not_followed(framework, **mapping):
    """What is said against a mapping, line by line."""
    head, *lines = refused(framework, {"people": {"person_id": ["P"]}}, **mapping).split("\n  ")
    assert head == "the mapping cannot be followed:"
    return lines


# --- columns ----------------------------------------------------------------------------------------


def test_columns_by_any_name_of_the_framework(framework):
    cells = {"社員": ["P"], "担当開始": ["2012-04-01"], "まで": ["2012-05-01"], "ベンダ": ["○"]}
    columns = {"社員": "person id", "担当開始": "開始日", "まで": "END", "ベンダ": "複雑性.マルチベンダ"}
    evidence = read(framework, cells, columns={"業務経歴": columns})
    assert evidence.record("engagements", 0) == {
        "start": dt.date(2012, 4, 1), "end": dt.date(2012, 5, 1),
        "complexity": labels(framework, "complexity", "multi_vendor"),
    }  # fmt: skip
    assert evidence.reports["engagements"].unknown == {}
    assert evidence.reports["engagements"].named["start"] == "担当開始"


@pytest.mark.parametrize("written", ["担当　開始", "担当開始", " 担当_開始 "])
def test_names_of_the_source_are_compared_as_all_names_are(framework, written):
    evidence = read(framework, {"担当 開始": ["2012"]}, columns={"engagements": {written: "start"}})
    assert column(evidence, "start") == [dt.date(2012, 1, 1)]


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_nothing_passes_a_column_over(framework, nothing):
    cells = {"開始日": ["soon"], "実績開始": ["2012"], "備考": ["x"]}
    columns = {"開始日": nothing, "実績開始": "start", "備考": nothing}
    evidence = read(framework, cells, columns={"engagements": columns})
    assert column(evidence, "start") == [dt.date(2012, 1, 1)]
    assert evidence.reports["engagements"].unknown == {}


def test_a_mapping_goes_before_what_a_column_would_be_by_itself(framework):
    cells = {"start": ["2012-05-01"], "end": ["2012-04-01"]}
    evidence = read(framework, cells, columns={"engagements": {"start": "end", "end": "start"}})
    assert column(evidence, "start") == [dt.date(2012, 4, 1)]


def test_a_mapped_column_that_is_not_there(framework):
    source = {"engagements": {"person_id": ["P"], "担当開始日": ["2012"]}}
    said = refused(framework, source, columns={"engagements": {"担当開始": "start", "備考": None}})
    assert (
        "engagements.担当開始: is named by the mapping, but is not there; "
        "expected one of person_id, 担当開始日; did you mean '担当開始日'?"
    ) in said
    assert "engagements.備考: is named by the mapping, but is not there" in said
    evidence = tassei.read_evidence(
        source, framework, "collect", columns={"engagements": {"担当開始": "start"}}
    )
    assert evidence.issues["column"].tolist() == ["担当開始"]
    assert column(evidence, "start") == [None]


@pytest.mark.parametrize(
    "columns", [{"着任": "start"}, {"着任": "start", "自": "start"}, {"着任": "start", "自": "開始日"}]
)
def test_two_columns_to_one(framework, columns):
    source = {"engagements": {"person_id": ["P"], "自": ["2012"], "着任": ["2013"]}}
    said = refused(framework, source, columns={"engagements": columns})
    assert "engagements.start: '着任' is a second column of this name, beside '自'" in said
    assert "columns={'engagements': {'着任': None}} passes one over" in said
    evidence = tassei.read_evidence(source, framework, columns={"engagements": {"着任": None}})
    assert column(evidence, "start") == [dt.date(2012, 1, 1)]


def test_columns_of_tables_that_did_not_come_may_wait(framework):
    columns = {"contributions": {"日": "date"}, "engagements": {"着任": "start"}}
    assert column(read(framework, {"着任": ["2012"]}, columns=columns), "start") == [dt.date(2012, 1, 1)]


# --- values -----------------------------------------------------------------------------------------


def told(framework, name, words, cells):
    """What is read of the cells of a column whose words a mapping explains."""
    return column(read(framework, {name: cells}, values={"engagements": {name: words}}), name)


def test_words_by_whatever_a_company_says(framework):
    words = {"部長": "責任者", "Ｃ": "team leader", 1: "member", "manager": "member", "不明": None}
    cells = ["部長", "c", "1", " １ ", "manager", "責任者", "不明", None]
    meant = labels(framework, "position", *["manager", "team_leader"], *["member"] * 3, "manager")
    assert told(framework, "position", words, cells) == [*meant, None, None]
    assert told(framework, "position", {1: "member", 2.0: "manager"}, pa.array([1.0, None, 2.0])) == [
        meant[2], None, meant[0]
    ]  # fmt: skip
    assert told(framework, "position", {True: "manager"}, [True, False, None][::2]) == [meant[0], None]


FAR = dt.date(9999, 12, 31)


@pytest.mark.parametrize("far", ["9999-12-31", FAR, dt.datetime(9999, 12, 31)])
@pytest.mark.parametrize(
    "kind", [pa.string(), pa.date32(), pa.date64(), pa.timestamp("s"), pa.timestamp("us")], ids=str
)
def test_an_end_beyond_all_days_is_still_running(framework, far, kind):
    cells = pa.array([FAR, dt.date(2012, 4, 1), None]).cast(pa.date32()).cast(kind)
    said = refused(framework, {"engagements": pa.table({"person_id": ["A", "B", "C"], "end": cells})})
    assert "9999-12-31" in said
    assert told(framework, "end", {far: None}, cells) == [None, dt.date(2012, 4, 1), None]
    assert told(framework, "end", {far: "現在"}, cells)[0] is None
    assert told(framework, "end", {far: "令和2年3月"}, cells)[0] == dt.date(2020, 3, 31)
    assert told(framework, "end", {far: dt.date(2020, 3, 1)}, cells)[0] == dt.date(2020, 3, 1)


def test_a_running_engagement_is_assessed_as_one(framework):
    cells = {"position": ["manager"] * 2, "start": ["2012-04-01"] * 2, "end": ["9999-12-31", None]}
    evidence = read(framework, cells, values={"engagements": {"end": {"9999-12-31": None}}})
    found = tassei.assess(evidence, framework, as_of="2020-03-31").criteria()
    found = found.to_pandas()
    one, other = (found[found.person_id == person].drop(columns="person_id") for person in ("P0", "P1"))
    pd.testing.assert_frame_equal(one.reset_index(drop=True), other.reset_index(drop=True))
    assert found.high.max() == 2922


@pytest.mark.parametrize("kind", [pa.string(), pa.int64(), pa.float64(), pa.decimal128(9, 2)], ids=str)
def test_numbers_that_stand_for_something_else(framework, kind):
    cells = pa.array([-1, 999, 7, None]).cast(kind if kind != pa.decimal128(9, 2) else pa.int64())
    cells = cells if kind != pa.decimal128(9, 2) else pa.array(map(decimal.Decimal, ["-1", "999", "7"]), kind)
    found = told(framework, "network_sites", {-1: None, "999": 1000, "many": 5000}, cells)
    assert found[:3] == [None, 1000.0, 7.0]
    assert told(framework, "network_sites", {-1: None, "2.5": 3}, [-1.0, 2.5]) == [None, 3.0]


ITEMS = {"MV": "multi_vendor", "大規模": ["nationwide", "cross_platform"], "他": None, "特になかった": "なし"}


@pytest.mark.parametrize(
    ("items", "meant"),
    [
        (["MV"], ["multi_vendor"]),
        (["mv", "全国"], ["multi_vendor", "nationwide"]),
        (["MV", "大規模"], ["cross_platform", "multi_vendor", "nationwide"]),
        (["MV", "他"], ["multi_vendor"]),
        (["他"], None),
        (["他", "他"], None),
        (["特になかった"], []),
        (["特になかった", "他"], []),
    ],
)
def test_items_of_sets_in_texts_and_lists_alike(framework, items, meant):
    values = {**ITEMS, "全国": "nationwide"}
    found = [
        told(framework, "complexity", values, cells)
        for cells in (
            [";".join(items), None], ["、".join(items), ""], pa.array([items, None]),
            pa.array([items, None], pa.large_list(pa.string_view())),
            pa.array([items, None], pa.list_(pa.dictionary(pa.int32(), pa.string()))),
        )
    ]  # fmt: skip
    expected = None if meant is None else sorted(labels(framework, "complexity", *meant))
    for one, blank in found:
        assert (one if one is None else sorted(one)) == expected
        assert blank is None


def test_a_whole_cell_goes_before_its_items(framework):
    values = {"MV;他": "none", "他": "nationwide", "MV": "multi_vendor"}
    found = told(framework, "complexity", values, ["MV;他", "他;MV"])
    assert [len(cell) for cell in found] == [0, 2]


def test_wrong_items_beside_mapped_ones_are_still_refused(framework):
    values = {"engagements": {"complexity": ITEMS}}
    for cells in (["MV;whatever"], pa.array([["MV", "whatever"]]), pa.array([["MV", None]])):
        evidence = read(framework, {"complexity": cells}, on_error="collect", values=values)
        assert (evidence.reports["engagements"].rejected, len(evidence.issues)) == (1, 1)


def test_marks_of_one_item(framework):
    multi_vendor = labels(framework, "complexity", "multi_vendor")
    marks = {"◎": True, "△": "いいえ", "?": None}
    evidence = read(
        framework, {"複雑性.multi_vendor": ["◎", "△", "?", "○", None]},
        values={"engagements": {"複雑性.マルチベンダ": marks}},
    )  # fmt: skip
    assert column(evidence, "complexity") == [multi_vendor, [], None, multi_vendor, None]
    flags = pa.array([True, False, None])
    swapped = {"complexity.multi_vendor": {True: False, "false": "yes"}}
    evidence = read(framework, {"complexity.multi_vendor": flags}, values={"engagements": swapped})
    assert column(evidence, "complexity") == [[], multi_vendor, None]


@pytest.mark.parametrize("kind", [pa.string(), pa.dictionary(pa.int32(), pa.string())], ids=str)
def test_persons_who_changed_their_number(framework, kind):
    ids = pa.array(["007", " A1 ", "a1", "Ａ1", "x"]).cast(kind)
    values = {"engagements": {"person_id": {"007": "P7", "A1": "P1", "x": None}}}
    evidence = read(framework, {"person_id": ids, "start": ["2012"] * 5}, on_error="collect", values=values)
    assert evidence.people["person_id"].to_pylist() == ["P7", "P1", "a1", "Ａ1"]
    assert evidence.issues["problem"].to_pylist() == ["is blank"]
    numbers = read(framework, {"person_id": [7, 8]}, values={"engagements": {"person_id": {7: "P7"}}})
    assert numbers.people["person_id"].to_pylist() == ["P7", "8"]


def test_rejected_rows_and_issues_show_what_was_there(framework):
    cells = {"position": ["Ｘ", "部長"], "start": ["2012", "未着手"]}
    values = {"engagements": {"position": {"部長": "manager"}}}
    evidence = read(framework, cells, on_error="collect", values=values)
    assert evidence.issues["value"].to_pylist() == ["Ｘ", "未着手"]
    assert evidence.rejected["engagements"]["position"].to_pylist() == ["Ｘ", "部長"]


# --- tables -----------------------------------------------------------------------------------------


def test_tables_of_frames_files_and_sheets(framework, tmp_path):
    people, passed = pa.table({"person_id": ["P"]}), pa.table({"person_id": ["P"], "examination": ["AP"]})
    (tmp_path / "社員マスタ.csv").write_text("person_id\nP\n", "utf-8")
    pq.write_table(passed, tmp_path / "shikaku 2024.parquet")
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as book:
        for name, table in {"Sheet1": people, "表２": passed}.items():
            sheet = book.add_worksheet(name)
            for i, row in enumerate([table.column_names, *(r.values() for r in table.to_pylist())]):
                sheet.write_row(i, 0, row)
    for source, tables in [
        ({"a": people, "b": passed}, {"people": "a", "資格": "B"}),
        (tmp_path, {"people": "社員マスタ", "certifications": "shikaku_2024"}),
        (tmp_path, {"people": "社員マスタ.csv", "certifications": "shikaku 2024.parquet"}),
        (tmp_path / "book.xlsx", {"people": "sheet1", "certifications": "表2"}),
        ({"x": tmp_path / "社員マスタ.csv", "y": passed}, {"people": "x", "certifications": "y"}),
    ]:
        evidence = tassei.read_evidence(source, framework, tables=tables)
        assert (len(evidence), evidence.reports["certifications"].rows) == (1, 1)


def test_two_tables_may_come_from_one(framework):
    both = pa.table({"person_id": ["P"], "examination": ["AP"], "department": ["x"]})
    tables = {"people": "all", "certifications": "all"}
    evidence = tassei.read_evidence({"all": both}, framework, tables=tables)
    assert (evidence.groups, evidence.reports["certifications"].rows) == (["examination", "department"], 1)


def test_names_of_tables_may_be_swapped(framework, tmp_path):
    """What the source calls people are certifications, and the other way round."""
    people, passed = pa.table({"person_id": ["P"]}), pa.table({"person_id": ["P"], "examination": ["AP"]})
    swapped = {"people": "certifications", "certifications": "people"}
    with duckdb.connect(str(tmp_path / "hr.duckdb")) as connection:
        connection.register("a", people)
        connection.register("b", passed)
        connection.execute(
            "CREATE TABLE certifications AS SELECT * FROM a; CREATE TABLE people AS SELECT * FROM b"
        )
    for source in ({"certifications": people, "people": passed}, tmp_path / "hr.duckdb"):
        evidence = tassei.read_evidence(source, framework, tables=swapped)
        assert (evidence.groups, evidence.reports["certifications"].rows) == ([], 1)


@pytest.mark.parametrize("source", ["frames", "folder", "workbook"])
def test_tables_that_are_not_there(framework, tmp_path, source):
    (tmp_path / "staff.csv").write_text("person_id\nP\n", "utf-8")
    (tmp_path / "people.csv").write_text("person_id\nQ\n", "utf-8")
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as book:
        for name in ("staff", "people"):
            book.add_worksheet(name).write_column(0, 0, ["person_id", "P"])
    frames = {"staff": {"person_id": ["P"]}, "people": {"person_id": ["Q"]}}
    place = {"frames": frames, "folder": tmp_path, "workbook": tmp_path / "book.xlsx"}[source]
    if source == "folder":
        (tmp_path / "book.xlsx").unlink()
    said = refused(framework, place, tables={"engagements": "stafff"})
    assert "engagements: 'stafff' is named by the mapping, but is not there; expected one of" in said
    assert "did you mean 'staff'?" in said
    evidence = tassei.read_evidence(place, framework, "collect", tables={"engagements": "SELECT 1"})
    problems = evidence.issues[evidence.issues["table"] == "engagements"]
    assert problems["value"].tolist() == ["SELECT 1"]
    assert not evidence.reports["engagements"].supplied


def test_tables_of_a_database_are_names_or_selects(framework, tmp_path):
    with duckdb.connect(str(tmp_path / "a.db")) as connection:
        connection.execute("CREATE TABLE 社員 AS SELECT 'P' AS 番号, 1 AS x")
        connection.execute("CREATE SCHEMA hr")
        connection.execute("CREATE TABLE hr.shikaku AS SELECT 'P' AS person_id, 'AP' AS exam")
    lite = sqlite3.connect(tmp_path / "b.db")
    lite.execute("CREATE TABLE 社員 AS SELECT 'P' AS 番号, 1 AS x")
    lite.execute("CREATE TABLE shikaku AS SELECT 'P' AS person_id, 'AP' AS exam")
    lite.commit()
    columns = {"people": {"番号": "person_id", "x": None}, "certifications": {"exam": "examination"}}
    names = ["社員", "SELECT * FROM 社員 WHERE x = 1;", "--\nWITH s AS (SELECT * FROM 社員) SELECT * FROM s"]
    sources = [(tmp_path / "a.db", "hr.shikaku"), (tmp_path / "b.db", "shikaku"), (lite, "SHIKAKU")]
    for source, passed in sources:
        for people in names:
            tables = {"people": people, "certifications": passed}
            evidence = tassei.read_evidence(source, framework, tables=tables, columns=columns)
            assert (evidence.groups, evidence.reports["certifications"].accepted) == ([], 1)
        said = refused(framework, source, tables={"people": "社員1"})
        assert "there is no table or view '社員1'; there are" in said
        assert "did you mean '社員'?" in said
    lite.close()


# --- what is wrong with a mapping -------------------------------------------------------------------


def test_all_mistakes_of_a_mapping_at_once(framework):
    lines = not_followed(
        framework,
        tables={"engagments": "x", "people": " "},
        columns={
            "contribution": {"a": "b"},
            "engagements": {
                "a": "strat", "b": "complexity.multi_vendr", "c": "終了目", "d": "position.manager",
            },
        },
        values={
            "engagements": {
                "positon": {"x": "y"},
                "position": {"x": "managr", "y": ["manager"], "z": {"a": 1}},
                "complexity": {"x": "multi_vendor;nationwid", "y": ["nationwide", "far"], "z": [1]},
                "complexity.multi_vendor": {"x": "perhaps"},
                "end": {"x": "someday", "y": "9999-12-31"},
                "network_sites": {"x": "-5", "y": "3億"},
            }
        },
    )
    expected = [
        "the mapping, tables: there is no table 'engagments'; expected one of people, engagements, "
        "contributions, certifications; did you mean 'engagements'?",
        "the mapping, tables.people: expected what it is called in the source",
        "the mapping, columns: there is no table 'contribution'; .*; did you mean 'contributions'?",
        "the mapping, columns.engagements: there is no column of engagements 'strat'; .*mean 'start'?",
        "the mapping, columns.engagements: there is no item of complexity 'multi_vendr'; "
        ".*; did you mean 'multi_vendor'?",
        "the mapping, columns.engagements: there is no column of engagements '終了目'; .*mean '終了'?",
        "the mapping, columns.engagements: there is no column of engagements 'position.manager'; .*",
        "the mapping, values.engagements: there is no column of engagements 'positon'; .*'position'?",
        "the mapping, values.engagements.position.x: 'managr' is an unknown word; expected one of member, "
        "team_leader, manager; did you mean 'manager'?",
        "the mapping, values.engagements.position.y: expected one word, number or date, or nothing for a "
        "blank; came ['manager']",
        "the mapping, values.engagements.position.z: expected one word, number or date, .*",
        "the mapping, values.engagements.complexity.x: 'multi_vendor;nationwid' is an unknown word; .*",
        "the mapping, values.engagements.complexity.y: 'far' is an unknown word; .*",
        "the mapping, values.engagements.complexity.z: '1' is an unknown word; .*",
        "the mapping, values.engagements.complexity.multi_vendor.x: 'perhaps' .*true, false or blank",
        "the mapping, values.engagements.end.x: 'someday' .*; expected a date such as 2012-04-01",
        "the mapping, values.engagements.end.y: '9999-12-31' .*",
        "the mapping, values.engagements.network_sites.x: -5.0 is negative; expected a number from 0",
        "the mapping, values.engagements.network_sites.y: '3億' is not a number; .*in digits",
    ]
    for line, says in zip(lines, expected, strict=True):
        begin, _, end = says.partition(".*")
        assert line.startswith(begin), line
        assert line.endswith(end), line


def test_one_name_that_leads_to_two_places(framework):
    columns = {"担当 開始": "start", "担当開始": "end", "備考": None, "備 考": None}
    values = {"position": {"部長": "manager", "部 長": "member", "課長": "manager", "課 長": "責任者"}}
    lines = not_followed(framework, columns={"engagements": columns}, values={"engagements": values})
    assert lines == [
        "the mapping, columns.engagements: '担当 開始' and '担当開始' are one name, but lead to two places",
        "the mapping, values.engagements.position: '部長' and '部 長' are one name, but lead to two places",
    ]


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ({"column": {}}, "column: is none of them; did you mean 'columns'?"),
        ({"columns": ["start"]}, "columns: Input should be a valid dictionary"),
        ({"columns": {"engagements": "start"}}, "columns.engagements: Input should be a valid dictionary"),
        ({"columns": {"people": {"a": ["start"]}}}, "columns.people.a: Input should be a valid string"),
        ({"tables": {"people": None}}, "tables.people: Input should be a valid string"),
        ({"values": {"people": {"end": "x"}}}, "values.people.end: Input should be a valid dictionary"),
        ([], "expected the keys tables, columns and values, came []"),
        (5, "expected the keys tables, columns and values, came 5"),
    ],
)
def test_what_is_no_mapping(framework, mapping, says):
    said = refused(framework, {"people": {"person_id": ["P"]}}, mapping=mapping)
    assert said.startswith("the mapping: expected")
    assert says in said


# --- files ------------------------------------------------------------------------------------------

FILE = """
tables:
  engagements: 職歴
columns:
  engagements: {社員: person_id, 着任: start, 離任: end, 備考: }
values:
  engagements:
    end: {9999-12-31: , NULL: ~, '': null}
    position:
      01: member
      1: manager
      no: team_leader
      2012-04-01: member
"""


@pytest.fixture
def export(tmp_path):
    (tmp_path / "職歴.csv").write_text(
        "社員,着任,離任,position,備考\n0123,2012-04-01,9999-12-31,01,a\n0124,2012-04-01,NULL,no,b\n"
        "0125,2012-04-01,2013-03-31,1,c\n0126,2012,2012,2012-04-01,d\n",
        "utf-8",
    )
    (tmp_path / "tassei-mapping.yaml").write_text(FILE, "utf-8")
    return tmp_path


def test_a_file_beside_the_source_is_followed(framework, export):
    words = ["member", "team_leader", "manager", "member"]
    for source in (export, str(export), export / "職歴.csv"):
        evidence = tassei.read_evidence(source, framework)
        assert evidence.mapping == str(export / "tassei-mapping.yaml")
        assert column(evidence, "position") == labels(framework, "position", *words)
        assert column(evidence, "end") == [None, None, dt.date(2013, 3, 31), dt.date(2012, 12, 31)]
        assert evidence.people["person_id"].tolist() == ["0123", "0124", "0125", "0126"]
        assert evidence.reports["engagements"].unknown == {}


def test_a_file_that_is_named_goes_in_its_place(framework, export, monkeypatch):
    (export / "other.yaml").write_text("columns: {people: {社員: person_id}}", "utf-8")
    tables = {"people": "職歴"}
    monkeypatch.chdir(export)
    for mapping in ("other.yaml", export / "other.yaml", {"columns": {"people": {"社員": "person_id"}}}):
        evidence = tassei.read_evidence(export, framework, tables=tables, mapping=mapping)
        assert len(evidence) == 4
        assert evidence.groups == ["着任", "離任", "position", "備考"]
    # a relative path has its own folder, too
    assert tassei.read_evidence("職歴.csv", framework).mapping is not None


def test_arguments_go_before_the_file(framework, export):
    evidence = tassei.read_evidence(
        export, framework,
        columns={"engagements": {"着 任": None, "備考": "engagement_id"}},
        values={"engagements": {"position": {"01": "manager"}, "end": {"NULL": "2020-03-31"}}},
    )  # fmt: skip
    assert column(evidence, "start") == [None] * 4
    assert column(evidence, "engagement_id") == ["a", "b", "c", "d"]
    words = ["manager", "team_leader", "manager", "member"]
    assert column(evidence, "position") == labels(framework, "position", *words)
    assert column(evidence, "end")[:2] == [None, dt.date(2020, 3, 31)]


def test_an_anchor_is_written_once(framework, tmp_path):
    text = """
columns:
  people: &who {社員: person_id}
  certifications: {<<: *who, 試験: examination}
  contributions:
    <<: [*who, {日: date}, {日: area}]
    社員:
values:
  certifications: {examination: {応用: AP}}
"""
    (tmp_path / "m.yaml").write_text(text, "utf-8")
    frames = {
        "people": pl.DataFrame({"社員": ["P"]}),
        "certifications": pl.DataFrame({"社員": ["P"], "試験": ["応用"]}),
        "contributions": pl.DataFrame({"社員": ["Q"], "person_id": ["P"], "日": ["2012"]}),
    }
    evidence = tassei.read_evidence(frames, framework, mapping=tmp_path / "m.yaml")
    assert [evidence.reports[name].accepted for name in frames] == [1, 1, 1]


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "columns:\nvalues:\n", "{}", "\ufeffcolumns: {}"])
def test_files_that_say_nothing(framework, tmp_path, text):
    (tmp_path / "people.csv").write_text("person_id\nP\n", "utf-8")
    (tmp_path / "tassei-mapping.yaml").write_text(text, "utf-8")
    assert len(tassei.read_evidence(tmp_path, framework)) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("columns:\n  people:\n    a: person_id\n    b:\n    a:\n", "m.yaml, line 5: 'a' is there already"),
        ("columns: {}\ncolumns: {}\n", "m.yaml, line 2: 'columns' is there already"),
        ("columns:\n\tpeople: {}\n", "m.yaml, line 2: is not YAML: .*not with tabs"),
        ("columns: {people: [\n", "m.yaml, line 2: is not YAML: "),
        ("? [a, b]\n: c\n", "m.yaml, line 1: expected one word before the colon"),
        ("a: &x [*x]\n", "m.yaml, line 1: is nested too deeply"),
        ("a: " + "[" * 20 + "]" * 20, "m.yaml, line 1: is nested too deeply"),
        ("a: " + "[" * 20_000, "m.yaml"),
        ("columns: {<<: x}\n", "m.yaml, line 1: expected the alias of a mapping"),
        ("just a word\n", "m.yaml: expected the keys tables, columns and values, came 'just a word'"),
        ("- a\n", "m.yaml: expected the keys"),
        ("column: {}\n", "m.yaml: expected tables, columns and values\n  column: is none of them"),
        ("a: 1\n---\nb: 2\n", "m.yaml, line 2: is not YAML: "),
        ("a: \x00", "m.yaml: is not YAML"),
        ("values: {people: {person_id: {a: [b]}}}", "person_id.a: expected one word, .*; came ['b']"),
        ("values: {engagements: {position: {a: 'null'}}}", "position.a: 'null' is an unknown word; .*"),
        ("columns: {people: {a: persn_id}}\n", "m.yaml, columns.people: there is no column of people"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_followed(framework, tmp_path, text, says):
    (tmp_path / "m.yaml").write_text(text, "utf-8")
    said = refused(framework, {"people": {"person_id": ["P"]}}, mapping=tmp_path / "m.yaml")
    begin, _, end = says.partition(".*")
    assert begin in said
    assert said.endswith(end)


def test_files_that_cannot_be_read(framework, tmp_path):
    people = {"people": {"person_id": ["P"]}}
    (tmp_path / "m.yaml").write_bytes("columns: {people: {社員: person_id}}".encode("cp932"))
    assert refused(framework, people, mapping=tmp_path / "m.yaml") == "m.yaml: is not UTF-8"
    assert "none.yaml: cannot be read: No such file" in refused(framework, people, mapping="none.yaml")
    assert "cannot be read: Is a directory" in refused(framework, people, mapping=tmp_path)
    (tmp_path / "tassei-mapping.yaml").write_text("columns: {}", "utf-8")
    said = refused(framework, tmp_path / "tassei-mapping.yaml")
    assert "is a mapping; give the data, and mapping='tassei-mapping.yaml'" in said
