"""The command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import tassei
from click.testing import CliRunner
from tassei.cli import main
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
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_assess_writes_tables(folder, tmp_path, table, suffix):
    out = tmp_path / "new" / f"table{suffix}"
    run("assess", folder, *AS_OF, "--framework", BUNDLED, "--table", table, "--out", out)
    found = pd.read_csv(out) if suffix == ".csv" else pd.read_parquet(out)
    wanted = getattr(expected(folder), table)()
    pd.testing.assert_frame_equal(found, wanted, check_dtype=False)
    assert [path.name for path in out.parent.iterdir()] == [out.name]


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
        (["--out", "levels.xls"], 2, r"expected a name that ends in .csv or .parquet"),
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
    assert (bad.returncode, bad.stdout) == (1, "")
    assert "managr" in bad.stderr and "Traceback" not in bad.stderr
    assert process("assess").returncode == 2
    script = Path(sys.executable).with_name("tassei")
    if script.exists():
        listed = subprocess.run([script, "frameworks"], capture_output=True, text=True, check=True)
        assert BUNDLED in listed.stdout
