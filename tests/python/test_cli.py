"""The command line."""

from __future__ import annotations

import datetime as dt
import html
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import duckdb
import numpy as np
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
import tassei
from click.testing import CliRunner
from tassei.cli import Source, main
from tassei.export import write_frame
from tassei.workforce import write_table

AS_OF = ["--as-of", "2026-06-30"]
BUNDLED = "itss-v3-2011-customer-service"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> str:
    """Evidence of a few people in CSV files."""
    place = tmp_path_factory.mktemp("evidence")
    for name, frame in tassei.synthesize(60, seed=3).items():
        write_table(frame, place / f"{name}.csv")
    return str(place)


@pytest.fixture
def bad_folder(tmp_path) -> str:
    pd.DataFrame(
        {
            "person_id": ["P1", "P1", "P1"],
            "start": ["2020-04-01", "2021-13-01", "2022-04-01"],
            "end": ["2021-03-31", None, "2021-03-31"],
            "position": ["managr", "member", "member"],
        }
    ).to_csv(tmp_path / "engagements.csv", index=False)
    return str(tmp_path)


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, [str(a) for a in arguments])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result.output


def read_table(path: Path) -> pd.DataFrame:
    if path.suffix == ".xlsx":
        return pd.read_excel(path, engine="calamine")
    return pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)


def facts(path: Path) -> dict:
    """What a file with a result rests on, by itself."""
    if path.suffix == ".csv":
        beside = path.with_name(path.name + "-metadata.json").read_text(encoding="utf-8")
        assert json.loads(beside)["url"] == path.name
        return json.loads(beside)["notes"][0]["tassei"]
    if path.suffix == ".parquet":
        return json.loads(pq.read_schema(path).metadata[b"tassei"])
    rows = pd.read_excel(path, "tassei", engine="calamine", dtype=str, keep_default_na=False)
    said = dict(zip(rows["what"], rows["said"], strict=True))
    parts = ("readings", "records", "people", "min_verification")
    return {name: json.loads(fact) if name in parts else fact for name, fact in said.items()}


def expected(folder, **options):
    framework = tassei.load_framework(BUNDLED)
    evidence = tassei.read_evidence(folder, framework)
    return tassei.assess(evidence, framework, as_of=AS_OF[1], **options)


# --- frameworks and check -----------------------------------------------------------


def test_frameworks():
    assert BUNDLED in run("frameworks")


def test_version():
    assert tassei.__version__ in run("--version")


def test_check_of_good_evidence(folder):
    assert "60 people, no issues" in run("check", folder)


def test_check_prints_the_summary(folder):
    text = run("check", folder)
    framework = tassei.load_framework(BUNDLED)
    said = tassei.read_evidence(folder, framework).summary()
    assert "\n".join(said.lines(issues=False)) in text
    assert "業務経歴" in run("check", folder, "--lang", "ja")
    assert "lang is one of en, ja" in run("check", folder, "--lang", "fr", code=1)


def test_check_of_bad_evidence(bad_folder, tmp_path):
    out = tmp_path / "out" / "issues.csv"
    text = run("check", bad_folder, "--out", out, code=1)
    assert "engagements.position: 'managr'" in text
    assert "did you mean 'manager'?" in text
    assert "2021-13-01" in text
    issues = pd.read_csv(out)
    assert len(issues) == 3
    assert "3 issues" in text
    names = ["table", "row", "column", "value", "problem", "expected", "hint"]
    assert list(issues.columns) == names
    assert "no issues" not in text


def test_of_very_many_kinds_of_issue_the_first_are_printed(tmp_path):
    words = [f"nobody {i}" for i in range(300)]
    pd.DataFrame({"person_id": ["P1"] * 300, "position": words}).to_csv(tmp_path / "engagements.csv")
    assert "more kinds; --out writes all of them to a file" in run("check", tmp_path, code=1)
    out = tmp_path / "out" / "issues.csv"
    assert f"more kinds, all in {out}" in run("check", tmp_path, "--out", out, code=1)


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".xlsx"])
def test_issues_as_a_file(bad_folder, tmp_path_factory, suffix):
    out = tmp_path_factory.mktemp("issues") / "new" / f"issues{suffix}"
    run("check", bad_folder, "--out", out, code=1)
    framework = tassei.load_framework(BUNDLED)
    wanted = tassei.read_evidence(bad_folder, framework, on_error="collect").issues
    pd.testing.assert_frame_equal(read_table(out), wanted, check_dtype=False)
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def test_no_issues_as_a_file(folder, tmp_path):
    for suffix in (".csv", ".parquet", ".xlsx"):
        out = tmp_path / f"issues{suffix}"
        run("check", folder, "--out", out)
        assert list(read_table(out).columns)[:2] == ["table", "row"]
        assert len(read_table(out)) == 0


def test_issues_as_a_workbook_are_ready_to_work_with(tmp_path):
    values = ["=1+1", "0012", "https://example.org", "責任者" * 40, "2020-13-01"]
    frame = pd.DataFrame({"person_id": [f"{i:04}" for i in range(5)], "position": values})
    frame.to_csv(tmp_path / "engagements.csv", index=False)
    out = tmp_path / "issues.xlsx"
    run("check", tmp_path / "engagements.csv", "--out", out, code=1)
    [sheet] = openpyxl.load_workbook(out).worksheets
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:G6"
    column = [cell.value for cell in sheet[1]].index("value")
    cells = [row[column] for row in sheet.iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == values
    assert {(cell.data_type, cell.number_format, cell.hyperlink) for cell in cells} == {("s", "@", None)}
    rows = [row[1].value for row in sheet.iter_rows(min_row=2)]
    assert rows == [2, 3, 4, 5, 6]
    widths = {letter: column.width for letter, column in sheet.column_dimensions.items()}
    assert widths["D"] > widths["B"] and max(widths.values()) < 62


def test_a_workbook_without_its_library(folder, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    text = run("assess", folder, *AS_OF, "--out", tmp_path / "levels.xlsx", code=1)
    assert text == "Error: to write a workbook, xlsxwriter is needed: pip install 'tassei[excel]'\n"
    assert list(tmp_path.iterdir()) == []


def test_what_does_not_go_into_a_workbook(tmp_path):
    with pytest.raises(tassei.EvidenceError, match=r"2,000,000 rows do not go into a sheet, .* 1,048,575"):
        write_frame(pd.DataFrame({"n": np.zeros(2_000_000, np.int8)}), tmp_path / "big.xlsx")
    with pytest.raises(tassei.EvidenceError, match="value, row 1: 32,768 characters do not go into a cell"):
        write_frame(pd.DataFrame({"value": ["", "x" * 32_768]}), tmp_path / "long.xlsx")


def test_a_workbook_of_every_kind_of_cell(tmp_path):
    days = [dt.date(2020, 4, 1), None, dt.date(2021, 4, 1)]
    frame = pd.DataFrame(
        {"number": [1.5, np.nan, np.inf], "whole": pd.array([1, None, 3], "Int64"), "day": days,
         "yes": [True, False, True], "text": ["a", None, "b"]}
    )  # fmt: skip
    write_frame(frame, tmp_path / "all.xlsx")
    [sheet] = openpyxl.load_workbook(tmp_path / "all.xlsx").worksheets
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        [1.5, 1, dt.datetime(2020, 4, 1), True, "a"],
        [None, None, None, False, None],
        ["inf", 3, dt.datetime(2021, 4, 1), True, "b"],
    ]


# --- sources --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sources(folder, tmp_path_factory) -> dict[str, str]:
    """The same evidence in other forms."""
    place = tmp_path_factory.mktemp("sources")
    tables = {path.stem: pd.read_csv(path, dtype=str) for path in Path(folder).iterdir()}
    with pd.ExcelWriter(place / "evidence.xlsx", engine="xlsxwriter") as book:
        for name, table in tables.items():
            table.to_excel(book, sheet_name=name, index=False)
    (place / "parquet").mkdir()
    for name, table in tables.items():
        table.to_parquet(place / "parquet" / f"{name}.parquet", index=False)
    with closing(sqlite3.connect(place / "evidence.sqlite")) as lite:
        for name, table in tables.items():
            table.to_sql(name, lite, index=False)
    with duckdb.connect(place / "evidence.duckdb") as duck:
        for name in tables:
            duck.execute(f"CREATE TABLE {name} AS FROM '{place}/parquet/{name}.parquet'")
    return {
        "workbook": str(place / "evidence.xlsx"),
        "parquet": str(place / "parquet"),
        "sqlite": str(place / "evidence.sqlite"),
        "duckdb": str(place / "evidence.duckdb"),
        "url": f"duckdb:///{place}/evidence.duckdb",
    }


@pytest.mark.parametrize("kind", ["workbook", "parquet", "sqlite", "duckdb", "url"])
def test_every_kind_of_source(folder, sources, tmp_path, kind):
    source, out = sources[kind], tmp_path / "levels.parquet"
    assert f"{source}: 60 people, no issues" in run("check", source)
    run("assess", source, *AS_OF, "--out", out)
    pd.testing.assert_frame_equal(read_table(out), expected(folder).levels(), check_dtype=False)
    explained = run("explain", source, "P00003", "software", *AS_OF)
    assert explained.splitlines()[0] == run("explain", folder, "P00003", "software", *AS_OF).splitlines()[0]


def test_one_file_as_a_source(folder):
    assert "people          not supplied: whoever" in run("check", Path(folder) / "engagements.csv")


def test_a_file_of_no_known_kind(tmp_path):
    (tmp_path / "levels.docx").write_text("hello")
    assert "is no file that is read here" in run("check", tmp_path / "levels.docx", code=1)


def test_a_url_s_password_is_not_shown():
    url = "postgresql://me:secret@127.0.0.1:1/hr?password=secret&connect_timeout=1"
    text = run("check", url, code=1)
    assert "hr: cannot connect" in text and "secret" not in text
    assert Source(url, {}, None).shown == "postgresql://127.0.0.1:1/hr"
    assert Source("sqlite:////tmp/a.db", {}, None).shown == "sqlite:////tmp/a.db"


def test_names_of_tables(sources, tmp_path):
    named = ["--tables", "people=SELECT * FROM people WHERE person_id = 'P00003'",
             "--tables", "engagements=SELECT * FROM engagements WHERE person_id = 'P00003'",
             "--tables", "contributions=SELECT * FROM contributions WHERE person_id = 'P00003'",
             "--tables", "資格=SELECT * FROM certifications WHERE person_id = 'P00003'"]  # fmt: skip
    assert "1 people, no issues" in run("check", sources["duckdb"], *named)
    out = tmp_path / "levels.csv"
    run("assess", sources["duckdb"], *AS_OF, *named, "--out", out)
    assert set(pd.read_csv(out)["person_id"]) == {"P00003"}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--tables", "people"], 2, "Invalid value for '--tables': expected name=what, got 'people'"),
        (["--tables", "people="], 2, "expected name=what"),
        (["--tables", "peeple=x"], 1, "there is no table 'peeple'"),
        (["--mapping", "nowhere.yaml"], 2, "does not exist"),
    ],
)
def test_mistakes_in_names(folder, arguments, code, message):
    assert message in run("check", folder, *arguments, code=code)


def test_a_mapping(tmp_path):
    cells = {"番号": ["P1", "P1"], "役": ["主", "主"], "開始日": ["2020-04-01", None]}
    pd.DataFrame(cells).to_csv(tmp_path / "work.csv", index=False)
    mapping = tmp_path / "names" / "ours.yaml"
    mapping.parent.mkdir()
    mapping.write_text(
        "tables: {engagements: work}\ncolumns: {engagements: {番号: person_id, 役: position}}\n"
        "values: {engagements: {position: {主: manager}}}\n", encoding="utf-8"
    )  # fmt: skip
    assert "1 people, no issues" in run("check", tmp_path / "work.csv", "--mapping", mapping)
    assert "holds no table of the framework" in run("check", tmp_path / "work.csv", code=1)


# --- forms ------------------------------------------------------------------------------


def test_template(tmp_path):
    out = tmp_path / "new" / "form.xlsx"
    assert run("template", out) == f"{out}: 4 tables to fill in\n"
    assert "0 people, no issues" in run("check", out)
    assert "is there already" in run("template", out, code=1)
    run("template", out, "--overwrite", "--framework", BUNDLED, "--lang", "en")
    assert openpyxl.load_workbook(out).sheetnames[1:4] == ["people", "engagements", "contributions"]


def test_template_as_a_folder(tmp_path):
    out = tmp_path / "forms"
    run("template", out, "--lang", "en, ja")
    assert "guide.txt" in {path.name for path in out.iterdir()}
    assert "0 people, no issues" in run("check", out)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["form.xlsx", "--lang", "fr"], "there is no language 'fr'"),
        (["form.docx"], "a form is an .xlsx file, or a folder"),
        (["x" * 300 + ".xlsx"], "File name too long"),
        (["form.xlsx", "--framework", "nope"], "there is no framework 'nope'"),
    ],
)
def test_template_of_nothing(tmp_path, arguments, message):
    name, *options = arguments
    assert message in run("template", tmp_path / name, *options, code=1)
    assert list(tmp_path.iterdir()) == []


# --- assess ---------------------------------------------------------------------------


def test_assess_prints_the_distribution(folder):
    lines = run("assess", folder, *AS_OF).splitlines()
    table = expected(folder).distribution()
    assert len(lines) == len(table) + 1
    cells = [line.replace("facility management", "").replace("below 3", "0").split()
             for line in lines[1:]]  # fmt: skip
    counts = [[int(n) for n in row[-4:-2]] for row in cells]
    assert counts == table[["certain", "possible"]].to_numpy().tolist()


@pytest.mark.parametrize("table", ["levels", "sheets", "criteria", "distribution"])
@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".xlsx"])
def test_assess_writes_tables(folder, tmp_path, table, suffix):
    out = tmp_path / "new" / f"table{suffix}"
    run("assess", folder, *AS_OF, "--framework", BUNDLED, "--table", table, "--out", out)
    wanted = getattr(expected(folder), table)()
    pd.testing.assert_frame_equal(read_table(out).astype(wanted.dtypes), wanted)
    beside = [f"{out.name}-metadata.json"] if suffix == ".csv" else []
    assert sorted(path.name for path in out.parent.iterdir()) == [out.name, *beside]
    assert facts(out) == {**expected(folder).provenance, "assessed_at": facts(out)["assessed_at"]}


def test_csv_is_marked_as_utf8_so_that_excel_reads_it(folder, bad_folder, tmp_path):
    table, issues = tmp_path / "levels.csv", tmp_path / "issues.csv"
    run("assess", folder, *AS_OF, "--framework", BUNDLED, "--out", table)
    run("check", bad_folder, "--out", issues, code=1)
    for path in (table, issues):
        marked = path.read_bytes()
        assert marked.startswith(b"\xef\xbb\xbf") and not marked.startswith(b"\xef\xbb\xbf" * 2)


def test_readings_and_verification_are_passed_on(folder, tmp_path):
    out = tmp_path / "levels.csv"
    run("assess", folder, *AS_OF, "--reading", "deeming=ignore", "--reading", "recency_years=5",
        "--min-verification", "document", "--out", out)  # fmt: skip
    wanted = expected(
        folder, readings={"deeming": "ignore", "recency_years": 5}, min_verification="document"
    )
    pd.testing.assert_frame_equal(pd.read_csv(out), wanted.levels(), check_dtype=False)
    assert not wanted.levels().equals(expected(folder).levels())


def test_a_failing_write_leaves_the_old_file(folder, tmp_path, monkeypatch):
    out = tmp_path / "levels.csv"
    out.write_text("old", encoding="utf-8")

    def fails(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr(pd.DataFrame, "to_csv", fails)
    assert "disk full" in run("assess", folder, *AS_OF, "--out", out, code=1)
    assert out.read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["levels.csv"]


def test_assess_goes_on_with_the_good_rows(bad_folder, tmp_path):
    out = tmp_path / "out.csv"
    assert "3 issues" in run("assess", bad_folder, *AS_OF, "--out", out)
    assert set(pd.read_csv(out)["person_id"]) == {"P1"}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--framework", "itss-v3-2011-customer-servis"], 1, "did you mean"),
        (["--reading", "overlap=both"], 1, "overlap is one of"),
        (["--reading", "overlaps=sum"], 1, "there is no reading 'overlaps'"),
        (["--reading", "overlap"], 2, "expected name=choice"),
        (["--min-verification", "hearsay"], 1, "min_verification is one of"),
        (["--as-of", "2026-02-30"], 2, "--as-of"),
        (["--table", "level"], 2, "--table"),
        (["--out", "levels.xls"], 2, "expected a name that ends in .csv, .parquet or .xlsx"),
    ],
)
def test_mistakes_get_a_message(folder, arguments, code, message):
    assert message in run("assess", folder, *AS_OF, *arguments, code=code)


def test_a_missing_folder(tmp_path):
    assert "does not exist" in run("assess", tmp_path / "nowhere", code=2)


def test_an_empty_folder(tmp_path):
    assert "holds no table" in run("assess", tmp_path, code=1)


# --- explain --------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_explain(folder, lang):
    text = run("explain", folder, "P00003", "software", "--level", "4", "--lang", lang, *AS_OF)
    wanted = expected(folder).explain("P00003", "software", level=4, lang=lang)
    assert text.rstrip() == wanted.text.rstrip()


def test_explain_as_a_page(folder, tmp_path):
    out = tmp_path / "out.html"
    run("explain", folder, "P00003", "software", "--lang", "ja", "--html", out, *AS_OF)
    text = out.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>") and "P00003" in text and 'lang="ja"' in text
    assert expected(folder).explain("P00003", "software", lang="ja").html in text


def test_a_report_of_everybody_or_of_some(folder, tmp_path):
    out = tmp_path / "out.html"
    assert str(out) in run("report", folder, "--out", out, "--lang", "en", *AS_OF)
    everybody = out.read_text(encoding="utf-8")
    run("report", folder, "--person", "P00003", "--out", out, "--lang", "en", *AS_OF)
    assert everybody != out.read_text(encoding="utf-8") and "P00003" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("person", "specialty", "more", "message"),
    [
        ("P99999", "software", [], "P99999"),
        ("P00003", "softwear", [], "did you mean 'software'?"),
        ("P00003", "software", ["--level", "9"], "9"),
        ("P00003", "software", ["--lang", "fr"], "fr"),
    ],
)
def test_explain_of_nothing(folder, person, specialty, more, message):
    assert message in run("explain", folder, person, specialty, *more, *AS_OF, code=1)


# --- synthesize and demo ------------------------------------------------------------------


def test_synthesize(tmp_path):
    run("synthesize", "--people", "20", "--seed", "4", "--out", tmp_path)
    wanted = tassei.synthesize(20, seed=4)
    assert {path.stem for path in tmp_path.iterdir()} == set(wanted)
    write_table(wanted["engagements"], tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "engagements.csv").read_bytes()


def test_demo(tmp_path):
    text = run("demo", "--out", tmp_path / "demo")
    assert "2,400 people as of 2026-06-30" in text
    for name in ("levels.csv", "levels_en.png", "levels_ja.png", "report.html"):
        assert str(tmp_path / "demo" / name) in text
    assert (tmp_path / "demo" / "levels_ja.png").read_bytes().startswith(b"\x89PNG")
    assert len(pd.read_csv(tmp_path / "demo" / "levels.csv")) == 7200
    assert "make notebook" in text


# --- for real --------------------------------------------------------------------------


def test_as_a_process(bad_folder, folder):
    def process(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "tassei.cli", *arguments],
            capture_output=True, text=True, check=False, encoding="utf-8",
        )  # fmt: skip

    good = process("assess", folder, *AS_OF)
    assert (good.returncode, good.stderr) == (0, "")
    assert "facility management" in good.stdout
    bad = process("check", bad_folder)
    assert bad.returncode == 1
    assert bad.stdout.startswith("Evidence of 1 person") and "managr" not in bad.stdout
    assert "managr" in bad.stderr and "Traceback" not in bad.stderr
    assert process("assess").returncode == 2
    script = Path(sys.executable).with_name("tassei")
    if script.exists():
        listed = subprocess.run([script, "frameworks"], capture_output=True, text=True, check=True)
        assert BUNDLED in listed.stdout


@pytest.mark.parametrize("encoding", ["cp932", "latin-1"])
def test_a_pipe_of_any_encoding_gets_every_line(folder, encoding):
    """Japanese Windows has cp932, which lacks some signs."""
    arguments = ["explain", str(folder), "P00001", "hardware", *AS_OF, "--lang", "ja"]
    done = subprocess.run(
        [sys.executable, "-m", "tassei.cli", *arguments], capture_output=True, check=False,
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    whole = CliRunner().invoke(main, arguments).output.splitlines()
    lines = done.stdout.decode(encoding).splitlines()
    assert len(lines) == len(whole)
    assert lines[0].startswith("P00001 - ") or encoding == "latin-1"
    if encoding == "cp932":
        assert "未達成" in lines[0] or "達成" in lines[0]


def test_letters_that_a_code_page_lacks_are_written_out():
    assert BUNDLED in run("frameworks")
    text = "P1 · 長 – \U00020bb7"
    assert text.encode("cp932", "tassei").decode("cp932") == "P1 - 長 - \\U00020bb7"


# --- questions about one person, and about a standard ---------------------------------------------


@pytest.mark.parametrize("command", ["explain", "gap", "questions"])
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_answers_about_a_person_as_text_and_page(folder, tmp_path, command, lang):
    asked = ["P00020", "software", "--as-of", "2026-06-30", "--lang", lang]
    said = run(command, folder, *asked)
    assert "P00020" in said.splitlines()[0]
    page = tmp_path / "page.html"
    assert str(page) in run(command, folder, *asked, "--html", page)
    assert f'<html lang="{lang}">' in page.read_text("utf-8")


@pytest.mark.parametrize("command", ["explain", "gap", "questions"])
def test_nobody_of_that_name(folder, command):
    assert "there is no person 'P0'" in run(command, folder, "P0", "software", code=1)


@pytest.mark.parametrize("table", ["completeness", "ledger", "unknowns", "forecast", "gaps", "additions"])
def test_every_table_is_written(folder, tmp_path, table):
    out = tmp_path / "table.csv"
    run("assess", folder, "--as-of", "2026-06-30", "--table", table, "--out", out)
    assert len(out.read_text("utf-8").splitlines()) > 1


@pytest.mark.parametrize(("lang", "word"), [("en", "can be had without the one below"), ("ja", "レベル")])
def test_lint_of_the_bundled_standard(lang, word):
    assert word in run("lint", "--lang", lang)


def test_a_saved_result_is_verified_and_what_changed_is_listed(folder, tmp_path):
    saved = tmp_path / "march"
    said = run("assess", folder, *AS_OF, "--framework", BUNDLED, "--save", saved)
    assert f"{saved}: saved" in said
    assert tassei.load(saved).levels().equals(expected(folder).levels())
    assert "the same levels, sheets and scores" in run("verify", saved, folder)
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    certified = pd.read_csv(other / "certifications.csv")
    write_table(certified.iloc[1:], other / "certifications.csv")
    out = tmp_path / "differences.csv"
    said = run("verify", saved, other, "--out", out, code=1)
    assert "evidence: NOT the same" in said
    assert pd.read_csv(out)["person_id"].dropna().unique().tolist() == [certified["person_id"].iloc[0]]


def test_a_result_without_evidence_can_be_kept_and_verified(folder, tmp_path):
    saved = tmp_path / "march"
    run("assess", folder, *AS_OF, "--save", saved, "--no-save-evidence")
    assert not (saved / "evidence").exists()
    assert "the same levels, sheets and scores" in run("verify", saved, folder)
    assert "holds no saved assessment" in run("verify", folder, folder, code=1)


def test_pages_say_what_they_rest_on_for_programs_too(folder, tmp_path):
    page = tmp_path / "page.html"
    person = pd.read_csv(Path(folder) / "people.csv")["person_id"].iloc[0]
    run("explain", folder, person, "hardware", *AS_OF, "--html", page)
    found = re.search(r'<meta name="tassei" content="([^"]*)">', page.read_text(encoding="utf-8"))
    assert json.loads(html.unescape(found[1]))["evidence_digest"] == expected(folder).evidence.digest
