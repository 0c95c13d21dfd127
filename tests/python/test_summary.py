"""What a summary says of evidence: every number by hand."""

import dataclasses
import html
import pickle
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import tassei
import yaml
from tassei import recount
from tassei.summary import summarize

BUNDLED = "itss-v3-2011-customer-service"
ENGAGEMENTS = """\
担当者番号,業務ID,担当開始,end,立場,備考,complexty,複雑性.multi_vendor,複雑性.mission_critical,outcome
P1,A,2020-04-01,2021-03-31,責任者,x,y,○,×,実施
P1,A,2020-04-01,2021-03-31,manager,他,y,○,×,carried_out
P1,A,2020/4/1,令和3年3月31日,manager,,,TRUE,FALSE,完了

P2,,2020-04-01,,,,,,,
P2,,2020-04-01,2019-04-01,,,,,,
P2,,2020-04-01,,managr,,,,,
P9
"""


@pytest.fixture(scope="module")
def framework():
    return tassei.load_framework(BUNDLED)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("evidence")
    (place / "people.csv").write_text("社員番号,部署,site\nP1,保守,Osaka\nP2,,\n", encoding="utf-8-sig")
    (place / "業務経歴.csv").write_bytes(ENGAGEMENTS.encode("cp932"))
    (place / "memo.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (place / "資格.csv").write_text("person_id,examination\n", encoding="utf-8")
    mapping = {"columns": {"engagements": {"担当者番号": "person_id", "担当開始": "start"}}}
    (place / "tassei-mapping.yaml").write_text(yaml.safe_dump(mapping, allow_unicode=True), encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def evidence(framework, folder):
    return tassei.read_evidence(folder, framework, on_error="collect")


@pytest.fixture(scope="module")
def summary(evidence):
    return evidence.summary()


def rows(frame):
    """By the first columns that are names."""
    return {row.pop("table"): row for row in pa.Table.from_pandas(frame).to_pylist()}


def by_column(frame, table):
    records = pa.Table.from_pandas(frame).to_pylist()
    return {row["column"]: row for row in records if row["table"] == table}


# --- frames -----------------------------------------------------------------------------------


def test_tables(summary):
    names = ["table", "label", "origin", "rows", "accepted", "rejected", "blank_rows", "encoding",
             "duplicates", "notes"]  # fmt: skip
    assert list(summary.tables.columns) == names
    found = rows(summary.tables)
    assert list(found) == ["people", "engagements", "contributions", "certifications"]
    assert found["people"] == {
        "label": "people", "origin": "people.csv", "rows": 2, "accepted": 2, "rejected": 0, "blank_rows": 0,
        "encoding": "UTF-8 with BOM", "duplicates": 0, "notes": None,
    }  # fmt: skip
    work = found["engagements"]
    assert (work["origin"], work["encoding"]) == ("業務経歴.csv", "cp932")
    assert (work["rows"], work["accepted"], work["rejected"], work["blank_rows"]) == (7, 4, 3, 1)
    assert work["duplicates"] == 2
    assert "shorter than the header" in work["notes"]
    assert (found["contributions"]["origin"], found["contributions"]["rows"]) == (None, 0)
    assert found["certifications"]["origin"] == "資格.csv"


def test_columns(framework, summary):
    names = ["table", "column", "label", "called", "filled", "blank", "blank_share"]
    assert list(summary.columns.columns) == names
    tables = framework.document.tables
    assert len(summary.columns) == sum(len(table.columns) for table in tables.values())
    found = by_column(summary.columns, "engagements")
    said = {name: (row["called"], row["filled"], row["blank"]) for name, row in found.items()}
    assert said["person_id"] == ("担当者番号", 4, 0)
    assert said["engagement_id"] == ("業務ID", 3, 1)
    assert said["start"] == ("担当開始", 4, 0)
    assert said["end"] == ("end", 3, 1)
    assert said["position"] == ("立場", 3, 1)
    assert said["complexity"] == ("複雑性.multi_vendor, 複雑性.mission_critical", 3, 1)
    assert said["service"] == (None, 0, 4)
    assert found["position"]["blank_share"] == 0.25
    assert {row["blank_share"] for row in by_column(summary.columns, "contributions").values()} == {None}


def test_unknown_names_are_listed(summary, evidence):
    assert summary.unknown_columns.astype(object).where(lambda f: f.notna(), None).to_numpy().tolist() == [
        ["engagements", "備考", None], ["engagements", "complexty", "complexity"],
    ]  # fmt: skip
    assert summary.unknown_tables == ("memo",)
    assert summary.groups == ("部署", "site")
    assert summary.mapping == evidence.mapping


def test_issues_by_kind(summary, evidence):
    assert summary.issues.to_numpy().tolist() == [
        ["engagements", "end", "is before the start", 1],
        ["engagements", "person_id", "is not among the people", 1],
        ["engagements", "position", "is an unknown word", 1],
    ]
    assert summary.issues["count"].sum() == len(evidence.issues)


def test_kinds_that_differ_in_the_cell_are_one(framework):
    dates = {"person_id": ["P1"] * 4, "start": ["2020-13-01", "2020-14-01", "2021-02-30", None],
             "position": ["a", "b", "b", None]}  # fmt: skip
    found = tassei.read_evidence({"engagements": dates}, framework, on_error="collect").summary().by_issue
    assert [(kind.column, kind.problem, kind.count) for kind in found] == [
        ("position", "is an unknown word", 3), ("start", "is no date", 3),
    ]  # fmt: skip


def test_of_many_kinds_of_mistakes_the_most_frequent_are_told(framework):
    words = ("position", "service", "outcome", "customer_scope", "facility_scope", "verification")
    numbers = ("computer_rooms", "computer_room_area_m2", "network_sites")
    rows = {"person_id": ["P1", "P1"], "start": ["2020-13-01", None], "end": ["x", None]}
    rows |= {name: ["?", "?"] for name in words} | {name: ["many", None] for name in numbers}
    more = {"person_id": ["P1"], "domain": ["?"], "achievement": ["?"], "date": ["?"]}
    tables = {"engagements": rows, "contributions": more}
    found = tassei.read_evidence(tables, framework, on_error="collect").summary()
    assert len(found.by_issue) == 14
    assert "… and 2 more kinds" in found.text


def test_frames_are_of_the_library_of_the_evidence(framework):
    for frame, kind in ((pl.DataFrame({"person_id": ["P1"]}), pl.DataFrame),
                        (pd.DataFrame({"person_id": ["P1"]}), pd.DataFrame),
                        (pa.table({"person_id": ["P1"]}), pa.Table)):  # fmt: skip
        summary = tassei.read_evidence({"people": frame}, framework).summary()
        for made in (summary.tables, summary.columns, summary.unknown_columns, summary.issues):
            assert isinstance(made, kind)


def test_a_summary_is_a_plain_value(summary, evidence):
    assert summary == evidence.summary() == pickle.loads(pickle.dumps(summary))
    assert hash(summary) == hash(evidence.summary())
    with pytest.raises(dataclasses.FrozenInstanceError):
        summary.people = 3


# --- duplicates -------------------------------------------------------------------------------


def test_duplicates_by_the_row_of_the_file(evidence):
    # rows 2, 3 and 4 say the same in other words; remarks are no column of the framework
    assert evidence.duplicates("engagements").tolist() == [3, 4]
    assert evidence.duplicates("people").tolist() == []
    assert evidence.duplicates("contributions").tolist() == []


def test_duplicates_are_of_one_person_and_same_in_every_column(framework):
    cells = {
        "person_id": ["P1", "P2", "P1", "P1", "P2", "P1"],
        "examination": ["AP", "AP", "AP", "AP", None, "AP"],
        "date": ["2020-04", "2020-04", "2020-04-01", "2020-05", None, "2020/04/01"],
    }
    evidence = tassei.read_evidence({"certifications": cells}, framework)
    found = evidence.duplicates("certifications")
    assert found.tolist() == [2, 5]
    assert found.dtype == "int64" and not found.flags.writeable
    assert evidence.duplicates("certifications") is found
    assert tassei.read_evidence({"certifications": {"person_id": ["P1", "P1"]}}, framework).duplicates(
        "certifications"
    ).tolist() == [1]


def test_duplicates_of_what_is_rejected_do_not_count(framework):
    cells = {"person_id": ["P1", "P1", "P1"], "examination": ["APP", "APP", "AP"]}
    evidence = tassei.read_evidence({"certifications": cells}, framework, on_error="collect")
    assert evidence.duplicates("certifications").tolist() == []


def test_duplicates_of_no_table(evidence):
    with pytest.raises(tassei.EvidenceError, match=r"no table 'engagement'.*did you mean 'engagements'"):
        evidence.duplicates("engagement")


# --- in words ---------------------------------------------------------------------------------


def test_text(summary, folder):
    lines = str(summary).splitlines()
    assert lines[0].startswith("Evidence of 2 people · Skill Standards")
    assert " ".join(lines[2].split()) == "Table Source Rows Accepted Rejected Duplicates Blank rows Encoding"
    [work] = [line for line in lines if line.startswith("engagements  ")]
    assert work.split() == ["engagements", "業務経歴.csv", "7", "4", "3", "2", "1", "cp932"]
    assert any("not supplied" in line for line in lines if line.startswith("contributions"))
    [position] = [line for line in lines if line.startswith("  position ")]
    assert position.split() == ["position", "立場", "1", "25.0", "%", "███·········"]
    [service] = [line for line in lines if line.startswith("  service ")]
    assert service.split() == ["service", "not", "there", "4", "100.0", "%", "█" * 12]
    [complexity] = [line for line in lines if line.startswith("  complexity ")]
    assert complexity.split()[1:3] == ["2", "columns"]
    [end] = [line for line in lines if line.startswith("  end ")]
    assert end.endswith("blank: still running")
    text = str(summary)
    assert "2 rows say the same as an earlier row of the same person (rows 3, 4)" in text
    assert "the column '備考' is unknown and was not read" in text
    assert "it looks like 'complexity'" in text
    assert "the framework knows no such table: memo" in text
    assert "kept for grouping: 部署, site" in text
    assert f"mapping used: {folder / 'tassei-mapping.yaml'}" in text
    assert "certifications: is there without a row, so that everybody is known to have none" in text
    assert "3 issues" in text and "1 × engagements.position: is an unknown word" in text
    assert "3 issues" not in "\n".join(summary.lines(issues=False))
    assert text == summary.text == "\n".join(summary.lines())


def test_japanese(evidence, framework):
    text = evidence.summary("ja").text
    for said in (
        "2人の実績データ", "業務経歴", "提供なし", "空欄は「継続中」", "「備考」は未知の列", "部署、site",
        "問題 3件",
    ):  # fmt: skip
        assert said in text
    assert "engagements  " not in text


def test_words_are_the_same_in_both_languages(evidence):
    file = Path(recount.__file__).with_name("summary.yaml")
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert set(data) == {"en", "ja"} and set(data["en"]) == set(data["ja"])
    with pytest.raises(tassei.EvidenceError, match="lang is one of en, ja, came 'fr'"):
        evidence.summary("fr")


def test_nothing_bad_is_said_once(framework):
    evidence = tassei.read_evidence({"people": {"person_id": ["P1"]}}, framework)
    assert evidence.summary().text.endswith("no issues")
    assert "Blank cells" not in evidence.summary().text


def test_people_that_are_not_supplied(framework):
    text = tassei.read_evidence({"certifications": {"person_id": ["P1"]}}, framework).summary().text
    assert "not supplied: whoever stands in the other tables" in text
    assert text.count("not supplied: unknown for everybody") == 2


class Page(HTMLParser):
    """The cells of tables, and a check that tags close as they opened."""

    def __init__(self, text):
        super().__init__()
        self.open, self.cells, self.tags = [], [], set()
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.add(tag)
        assert not {name for name, _ in attrs} & {"src", "href", "onclick"}

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in ("td", "th", "li", "p", "b", "summary"):
            self.cells.append(data)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_html_says_what_the_text_says(evidence, lang):
    found = evidence.summary(lang)
    page = Page(found._repr_html_())
    text = "".join(found.text.split())
    assert all("".join(cell.split()) in text for cell in page.cells)
    assert {"table", "details", "style"} <= page.tags and "script" not in page.tags
    assert "url(" not in found._repr_html_() and "color:#000" not in found._repr_html_()
    assert 'aria-label="25.0 %"><i style="width:25.0%">' in found._repr_html_()


def test_names_from_files_are_escaped_and_kept_short(framework):
    name = "<script>alert(1)</script>\nA"
    frame = pd.DataFrame({"person_id": ["P1"], name: ["x"], "長" * 300: ["y"]})
    evidence = tassei.read_evidence({"certifications": frame}, framework)
    page = evidence._repr_html_()
    assert "<script>" not in page and html.escape("<script>alert(1)</script> A") in page
    assert "長" * 60 not in page and "長" * 59 + "…" in page
    Page(page)
    assert "</script> A" in evidence.summary().text
    assert evidence.summary().by_unknown[1].column == "長" * 300


def test_repr_is_one_line(evidence):
    assert repr(evidence) == (
        "Evidence(2 people; people 2, engagements 4, contributions not supplied, certifications 0, 3 issues)"
    )
    assert evidence._repr_html_() == summarize(evidence)._repr_html_()


def test_bars_are_full_and_empty_only_where_the_column_is(framework):
    count = 1000
    cells = {
        "person_id": [f"P{i}" for i in range(count)],
        "service": ["HW"] * count,
        "position": ["member"] * (count - 1) + [None],
        "outcome": ["done"] + [None] * (count - 1),
    }
    text = tassei.read_evidence({"engagements": cells}, framework).summary().text
    bars = {line.split()[0]: line.split()[-1] for line in text.splitlines() if line.startswith("  ")}
    assert bars["service"] == "·" * 12
    assert bars["position"] == "█" + "·" * 11
    assert bars["outcome"] == "█" * 11 + "·"
    assert bars["activities"] == "█" * 12


def test_a_workbook(framework, tmp_path):
    path = tmp_path / "book.xlsx"
    passed = pd.DataFrame({"person_id": ["P1"], "examination": ["AP"]})
    with pd.ExcelWriter(path, engine="xlsxwriter") as book:
        passed.to_excel(book, sheet_name="資格", index=False)
        pd.DataFrame({"chart": [1], "b": [2]}).to_excel(book, sheet_name="グラフ", index=False)
    found = tassei.read_evidence(path, framework).summary()
    assert found.unknown_tables == ("グラフ",)
    assert "Encoding" not in found.text and "Blank rows" not in found.text
