"""Forms: what is filled in as people do it reads back without an issue."""

import datetime as dt
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
import tassei
from any_framework import framework_of, loaded
from openpyxl.utils import get_column_letter, range_boundaries
from tassei import EvidenceError
from tassei.guide import Guide
from tassei.template import write_template
from tassei.workbook import known_spellings, open_workbook

FRAMEWORKS = Path(__file__).parents[1] / "frameworks"
BUNDLED = "itss-v3-2011-customer-service"
LIBREOFFICE = shutil.which("soffice")


@pytest.fixture(params=[BUNDLED, FRAMEWORKS / "community-choir.yaml", FRAMEWORKS / "minimal.yaml"], ids=str)
def framework(request):
    return tassei.load_framework(request.param)


def choices(book, sheet, cell):
    """What the drop-down list of a cell offers."""
    for rule in sheet.data_validations.dataValidation:
        if rule.type == "list" and cell in rule.sqref:
            if rule.formula1.startswith('"'):
                return rule.formula1.strip('"').split(",")
            name, _, cells = rule.formula1.rpartition("!")
            left, top, _, bottom = range_boundaries(cells.replace("$", ""))
            lists = book[name.strip("'")]
            return [lists.cell(row, left).value for row in range(top, bottom + 1)]
    return None


def fill(framework, path, langs, rows=12):
    """Fills every cell of every sheet in as a user would, and says what each row should become."""
    book = openpyxl.load_workbook(path)
    document = framework.document
    expected = {}
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"][1:]
    assert len(visible) == len(document.tables)
    for sheet, (name, table) in zip(visible, document.tables.items(), strict=True):
        first = int("".join(filter(str.isdigit, sheet.freeze_panes)))
        expected[name] = [{} for _ in range(rows)]
        place = 1
        for column_id, column in table.columns.items():
            words = list(document.vocabularies[column.vocabulary].words) if column.vocabulary else []
            items = words if column.type == "set" else [None]
            for item in items:
                for i in range(rows):
                    cell = sheet.cell(first + i, place)
                    offered = choices(book, sheet, cell.coordinate)
                    said = expected[name][i]
                    if column.type == "set":
                        assert offered == ["○", "×"]
                        cell.value = offered[(i + place) % 2]
                        there = said.setdefault(column_id, [])
                        if cell.value == "○":
                            there.append(framework.label("word", f"{column.vocabulary}.{item}"))
                    elif column.vocabulary:
                        assert len(offered) == len(words)
                        cell.value = offered[i % len(words)]
                        word = words[i % len(words)]
                        said[column_id] = framework.label("word", f"{column.vocabulary}.{word}")
                    elif column.role == "person":
                        said[column_id] = cell.value = f"000{i}"
                    elif column.type == "date":
                        day = dt.date(2015 + i + (column.role == "end"), 4, 1)
                        said[column_id] = cell.value = day
                    elif column.type == "number":
                        said[column_id] = cell.value = float(i * 100)
                    else:
                        said[column_id] = cell.value = f"{column_id} {i}"
                place += 1
        assert sheet.cell(first - 1, place).value is None
    book.save(path)
    return expected


def saved_by_libreoffice(path):
    """The workbook as LibreOffice writes it."""
    folder = path.parent / "libreoffice"
    subprocess.run(
        [LIBREOFFICE, f"-env:UserInstallation=file://{path.parent}/profile", "--headless", "--convert-to",
         "xlsx", "--outdir", folder, path],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return folder / path.name


@pytest.mark.parametrize("program", ["excel", *(["libreoffice"] if LIBREOFFICE else [])])
@pytest.mark.parametrize("langs", [("ja", "en"), ("en", "ja"), ("ja",), "en"])
def test_what_is_filled_in_reads_back(framework, tmp_path, langs, program):
    path = write_template(framework, tmp_path / "form.xlsx", langs)
    expected = fill(framework, path, langs)
    if program == "libreoffice":
        path = saved_by_libreoffice(path)
    evidence = tassei.read_evidence(path, framework)
    assert evidence.to_arrow("issues").num_rows == 0
    people = next((n for n, t in framework.document.tables.items() if t.unique), None)
    for name, rows in expected.items():
        assert evidence.reports[name].accepted == len(rows)
        assert not evidence.reports[name].unknown
        if name == people:
            continue
        person = next(c for c, d in framework.document.tables[name].columns.items() if d.role == "person")
        for i, row in enumerate(rows):
            assert evidence.record(name, i) == {k: v for k, v in row.items() if k != person}
    assert evidence.to_arrow("people").column(0).to_pylist()[:2] == ["0000", "0001"]


def test_the_example_reads_back(framework, tmp_path):
    """The example of the guide, written into each table as it stands there."""
    path = write_template(framework, tmp_path / "form.xlsx")
    book = openpyxl.load_workbook(path)
    document = framework.document
    guide = Guide(framework, [lang for lang in ("ja", "en") if lang in framework.languages])
    for sheet, table in zip(book.worksheets[1:], document.tables.values(), strict=False):
        row = int("".join(filter(str.isdigit, sheet.freeze_panes)))
        place = 1
        for column in table.columns.values():
            example = guide.example(column)
            if column.type != "set":
                sheet.cell(row, place).value = example
                place += 1
                continue
            marked = {line[2:]: line[0] for line in example.splitlines()}
            words = guide.choices(column.vocabulary)
            assert set(marked) <= set(words)
            for i, word in enumerate(words):
                sheet.cell(row, place + i).value = marked.get(word)
            place += len(words)
    book.save(path)
    evidence = tassei.read_evidence(path, framework)
    assert evidence.to_arrow("people").column(0).to_pylist() == ["例 EXAMPLE"]
    for name, table in document.tables.items():
        assert evidence.reports[name].accepted == 1
        assert set(evidence.reports[name].blanks.values()) <= {0}
        if not table.unique:
            assert len(evidence.record(name, 0)) == len(table.columns) - 1


def test_empty_form_reads_back_without_a_row(framework, tmp_path):
    path = write_template(framework, tmp_path / "form.xlsx")
    evidence = tassei.read_evidence(path, framework)
    assert evidence.to_arrow("issues").num_rows == 0
    assert len(evidence) == 0
    for name, table in framework.document.tables.items():
        report = evidence.reports[name]
        # the sheet of persons may stay blank: they are whoever stands in the others
        assert report.supplied == (not table.unique)
        assert report.rows == 0


def test_part_of_a_form_leaves_the_rest_unknown(tmp_path):
    framework = tassei.load_framework(BUNDLED)
    path = write_template(framework, tmp_path / "form.xlsx")
    book = openpyxl.load_workbook(path)
    for name in ("対象者", "資格", "プロフェッショナル貢献"):
        del book[name]
    sheet = book["業務経歴"]
    row = {sheet.cell(1, c).value or sheet.cell(2, c).value: c for c in range(1, sheet.max_column + 1)}
    sheet.cell(5, 1, "0001")
    sheet.cell(5, row["開始日"], "H31.4")
    sheet.cell(5, row["終了日"], "継続中")
    sheet.cell(5, row["複雑性"] + 1, "○")
    book.save(path)
    evidence = tassei.read_evidence(path, framework)
    assert not evidence.reports["certifications"].supplied
    assert evidence.record("engagements", 0)["start"] == dt.date(2019, 4, 1)
    levels = tassei.assess(evidence, framework, as_of=dt.date(2024, 1, 1)).to_arrow("levels").to_pylist()
    assert {row["level"] for row in levels} == {0}
    assert max(row["possible_level"] for row in levels) == 6


def test_mistakes_are_reported_with_the_row_of_the_sheet(tmp_path):
    framework = tassei.load_framework(BUNDLED)
    path = write_template(framework, tmp_path / "form.xlsx")
    book = openpyxl.load_workbook(path)
    book["資格"].append(["P1", "応用情報技術者試験", dt.date(2020, 4, 1), "上司確任"])
    book["対象者"].append(["P1"])
    book.save(path)
    [raw] = [r for r in open_workbook(path, known_spellings(framework.document)) if r.name == "資格"]
    assert raw.first_row == 3
    evidence = tassei.read_evidence(path, framework, on_error="collect")
    assert evidence.to_arrow("issues")["hint"].to_pylist() == ["did you mean '上司確認'?"]


def test_how_the_form_is_made(tmp_path):
    framework = tassei.load_framework(BUNDLED)
    book = openpyxl.load_workbook(write_template(framework, tmp_path / "form.xlsx"))
    assert book.sheetnames == [
        "説明 Guide", "対象者", "業務経歴", "プロフェッショナル貢献", "資格", "選択肢 Lists",
    ]  # fmt: skip
    assert book["選択肢 Lists"].sheet_state == "hidden"
    sheet = book["業務経歴"]
    assert sheet.freeze_panes == "B5"
    header = [[sheet.cell(r, c).value for c in range(1, sheet.max_column + 1)] for r in (1, 3)]
    assert header[0][:4] == ["対象者ID", "業務ID", "開始日", "終了日"]
    assert header[1][:4] == ["person id", "engagement id", "start", "end"]
    end = sheet.cell(1, 4)
    assert "継続中" in end.comment.text and "still running" in end.comment.text
    rules = {rule.type: rule for rule in sheet.data_validations.dataValidation}
    assert rules["date"].errorStyle == "warning" and rules["decimal"].formula1 == "0"
    place = header[0].index("開始日") + 1
    assert sheet.column_dimensions[get_column_letter(place)].width >= 12


def test_guide_explains_everything(framework, tmp_path):
    book = openpyxl.load_workbook(write_template(framework, tmp_path / "form.xlsx"))
    said = {str(cell) for row in book["説明 Guide"].iter_rows(values_only=True) for cell in row if cell}
    whole = "\n".join(said)
    assert "例 EXAMPLE" in said
    for name, table in framework.document.tables.items():
        assert f"({name})" in whole
        for column_id, column in table.columns.items():
            assert column_id in said and column.label["en"] in whole
            if column.vocabulary:
                for word_id, word in framework.document.vocabularies[column.vocabulary].words.items():
                    assert word_id in said and word.label["en"] in whole


def test_guide_says_on_which_pages_a_word_is_asked_for(tmp_path):
    framework = tassei.load_framework(BUNDLED)
    book = openpyxl.load_workbook(write_template(framework, tmp_path / "form.xlsx"))
    rows = {row[1]: row for row in book["説明 Guide"].iter_rows(values_only=True)}
    assert rows["engagement_id"][5].startswith("同じIDの行は1回と数える")
    assert rows["computer_room_area_m2"][2].endswith("[m²]")
    assert rows["fm_construction"][3] == "CS-13, CS-14, CS-15, CS-16"
    assert rows["service_design"][3] == "CS-6"


def test_folder_of_csv_files(framework, tmp_path):
    folder = write_template(framework, tmp_path / "forms")
    tables = framework.document.tables
    assert {file.name for file in folder.iterdir()} == {f"{name}.csv" for name in tables} | {"guide.txt"}
    for name, table in tables.items():
        content = (folder / f"{name}.csv").read_bytes()
        assert content == b"\xef\xbb\xbf" + ",".join(table.columns).encode() + b"\r\n"
    evidence = tassei.read_evidence(folder, framework)
    assert len(evidence) == 0
    assert evidence.to_arrow("issues").num_rows == 0
    guide = (folder / "guide.txt").read_text(encoding="utf-8-sig")
    assert all(word in guide for v in framework.document.vocabularies.values() for word in v.words)


def test_filled_in_forms_are_not_overwritten(tmp_path):
    framework = tassei.load_framework(BUNDLED)
    for path in (tmp_path / "form.xlsx", tmp_path / "forms"):
        write_template(framework, path)
        with pytest.raises(EvidenceError, match="is there already; choose another name, or overwrite=True"):
            write_template(framework, path)
        write_template(framework, path, overwrite=True)


def test_other_files_of_a_folder_stay(tmp_path):
    framework = tassei.load_framework(BUNDLED)
    write_template(framework, tmp_path)
    for name in ("engagements.csv", "table-of-old.csv", "notes.txt"):
        (tmp_path / name).write_text("filled in", encoding="utf-8")
    write_template(framework, tmp_path, overwrite=True)
    assert (tmp_path / "table-of-old.csv").read_text(encoding="utf-8") == "filled in"
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "filled in"
    assert "filled in" not in (tmp_path / "engagements.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("name", ["x" * 300, "x" * 300 + ".xlsx"])
def test_a_name_that_is_too_long(tmp_path, name, overwrite):
    with pytest.raises(EvidenceError, match=r"x: cannot be written: |x\.xlsx: cannot be written: "):
        write_template(tassei.load_framework(BUNDLED), tmp_path / name, overwrite=overwrite)


@pytest.mark.parametrize("name", ["form.xlsx", "forms"])
def test_a_place_that_cannot_be_written(tmp_path, name):
    (tmp_path / "file").touch()
    with pytest.raises(EvidenceError, match=f"{name}: cannot be written: "):
        write_template(tassei.load_framework(BUNDLED), tmp_path / "file" / name)


def test_a_folder_under_the_form_s_name(tmp_path):
    (tmp_path / "form.xlsx").mkdir()
    with pytest.raises(EvidenceError, match=r"form\.xlsx: cannot be written: "):
        write_template(tassei.load_framework(BUNDLED), tmp_path / "form.xlsx")


def test_other_suffixes(tmp_path):
    framework = tassei.load_framework(BUNDLED)
    with pytest.raises(EvidenceError, match=r"a form is an \.xlsx file, or a folder"):
        write_template(framework, tmp_path / "form.docx")


def test_names_that_excel_does_not_allow(tmp_path):
    text = (FRAMEWORKS / "minimal.yaml").read_text(encoding="utf-8")
    framework = tassei.load_framework(FRAMEWORKS / "minimal.yaml")
    name, table = next(iter(framework.document.tables.items()))
    label = next(iter(table.label.values()))
    path = tmp_path / "odd.yaml"
    path.write_text(text.replace(f"label: {{en: {label}}}", 'label: {en: "a/b [c]"}'), encoding="utf-8")
    odd = tassei.load_framework(path)
    book = openpyxl.load_workbook(write_template(odd, tmp_path / "form.xlsx"))
    assert name in book.sheetnames


def test_a_table_that_no_sheet_of_excel_can_be_called_after(tmp_path):
    criterion = {"some": {"table": "things", "where": {"always": True}}}
    sheet = {"specialty": "north", "level": 1, "criteria": {"skill": criterion}}
    document = framework_of([sheet], {"skill": {"en": "skill"}})
    document["tables"]["a:b"] = document["tables"].pop("events") | {"label": {"en": "c/d"}, "aliases": ["e?"]}
    with pytest.raises(EvidenceError, match="a:b has no label or alias that can name an Excel sheet"):
        write_template(loaded(document, tmp_path), tmp_path / "form.xlsx")
    assert not (tmp_path / "form.xlsx").exists()
