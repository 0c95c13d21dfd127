"""Makes the workbook of the notebook `02_your_data`: the sample workforce as a company would keep it.

Titles above the tables, headers of two rows, merged cells, dates by era, full-width digits, circles, words
of the house, a legend on a sheet of its own, and some mistakes. Run from the project's root.
"""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pandas as pd
import tassei
import xlsxwriter

PEOPLE = 150
OUT = Path("notebooks/exports/業務経歴_2026年3月末.xlsx")
SAMPLE = Path("data/workforce")

POSITIONS = {"manager": "課長", "team_leader": "主任", "member": "担当"}
VERIFICATIONS = {"self": "本人", "supervisor": "上長", "document": "書類", "third_party": "監査"}
ERAS = [
    (dt.date(2019, 5, 1), "令和", "R"),
    (dt.date(1989, 1, 8), "平成", "H"),
    (dt.date(1926, 12, 25), "昭和", "S"),
]
NUMBERS = ("computer_rooms", "computer_room_area_m2", "data_center_area_m2", "network_sites")


def era(day: dt.date, short: bool) -> str:
    first, name, letter = next(era for era in ERAS if day >= era[0])
    year = day.year - first.year + 1
    if short:
        return f"{letter}{year}.{day.month}.{day.day}"
    return f"{name}{'元' if year == 1 else year}年{day.month}月{day.day}日"


def wide(text: str) -> str:
    return text.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789,"})


def main() -> None:
    rng = random.Random(2026)
    framework = tassei.load_framework("itss-v3-2011-customer-service")
    names = ("people", "engagements", "contributions", "certifications")
    frames = {name: pd.read_csv(SAMPLE / f"{name}.csv", dtype=str, keep_default_na=False) for name in names}
    chosen = set(frames["people"]["person_id"].head(PEOPLE))
    frames = {name: frame[frame["person_id"].isin(chosen)] for name, frame in frames.items()}

    def label(vocabulary: str, word: str) -> str:
        return framework.label("word", f"{vocabulary}.{word}", "ja") if word else ""

    def date(text: str) -> object:
        if not text:
            return None
        day = dt.date.fromisoformat(text)
        kind = rng.random()
        if day < dt.date(2019, 5, 1) and kind < 0.5:
            return era(day, kind < 0.25)
        return day if kind < 0.8 else f"{day.year}/{day.month}/{day.day}"

    OUT.parent.mkdir(exist_ok=True)
    book = xlsxwriter.Workbook(OUT, {"default_date_format": "yyyy/m/d"})
    book.set_properties({"created": dt.datetime(2026, 3, 31)})
    look = {"bold": True, "bg_color": "#DDEBF7", "border": 1, "align": "center", "valign": "vcenter"}
    head = book.add_format({**look, "text_wrap": True})
    title = book.add_format({"bold": True, "font_size": 14})
    cell = book.add_format({"border": 1, "valign": "top"})
    dated = book.add_format({"border": 1, "valign": "top", "num_format": "yyyy/m/d"})

    sheet = book.add_worksheet("社員一覧")
    sheet.write(0, 0, "保守サービス本部　社員一覧", title)
    sheet.write_row(2, 0, ["社員番号", "部署", "勤務地", "役職"], head)
    people = frames["people"]
    for row, person in enumerate(people.itertuples(), 3):
        sheet.write_row(row, 0, [person.person_id, person.department, person.site, person.seniority], cell)
    sheet.set_column(0, 3, 16)

    sheet = book.add_worksheet("業務経歴")
    complexity = list(framework.document.vocabularies["complexity"].words)
    sheet.merge_range(0, 0, 0, 12, "保守サービス本部　業務経歴一覧（2026年3月末現在）", title)
    sheet.write(1, 0, "人事部作成・社外秘")
    singles = ["社員番号", "案件番号", None, None, "役割", "サービス", "担当業務", "結果", "お客様の範囲"]
    numbers = ["機械室の数", "機械室の面積（㎡）", "データセンタの面積（㎡）", "ネットワーク拠点の数"]
    for column, name in enumerate(singles):
        if name:
            sheet.merge_range(3, column, 4, column, name, head)
    sheet.merge_range(3, 2, 3, 3, "担当期間", head)
    sheet.write_row(4, 2, ["開始", "終了"], head)
    first = len(singles)
    sheet.merge_range(3, first, 3, first + len(complexity) - 1, "複雑性", head)
    for i, word in enumerate(complexity):
        sheet.write(4, first + i, label("complexity", word), head)
    for i, name in enumerate([*numbers, "施設の範囲", "確認", "備考"]):
        column = first + len(complexity) + i
        sheet.merge_range(3, column, 4, column, name, head)
    columns = frames["engagements"].columns
    row = 5
    for person, records in frames["engagements"].groupby("person_id", sort=False):
        top = row
        for record in records.to_dict("records"):
            cells = [None, record["engagement_id"], date(record["start"])]
            running = rng.choice(["現在", "継続中", dt.date(9999, 12, 31)])
            cells.append(date(record["end"]) if record["end"] else running)
            cells.append(POSITIONS.get(record["position"], ""))
            cells.append(label("service", record["service"]))
            items = [label("activities", item) for item in record["activities"].split(";") if item]
            cells.append("、".join(items))
            cells.append(label("outcome", record["outcome"]))
            cells.append(label("customer_scope", record["customer_scope"]))
            said = record["complexity"]
            for word in complexity:
                cells.append("" if not said else "○" if word in said.split(";") else "×")
            for name in NUMBERS:
                text = record[name]
                if text and rng.random() < 0.1:
                    cells.append(wide(f"{float(text):,.0f}"))
                else:
                    cells.append(float(text) if text else None)
            cells.append(label("facility_scope", record["facility_scope"]))
            cells.append(VERIFICATIONS.get(record["verification"], ""))
            cells.append("")
            for column, value in enumerate(cells):
                if value is None or value == "":
                    sheet.write_blank(row, column, None, cell)
                elif isinstance(value, dt.date):
                    sheet.write_datetime(row, column, value, dated)
                else:
                    sheet.write(row, column, value, cell)
            row += 1
        if row - top > 1:
            sheet.merge_range(top, 0, row - 1, 0, person, cell)
        else:
            sheet.write(top, 0, person, cell)
    mistakes = [
        (8, 2, "昭和64年1月10日"), (12, first + len(complexity) + 1, "1,200㎡"), (20, 4, "課帳"),
        (33, 2, dt.date(2031, 4, 1)), (47, first + len(complexity), "約10室"),
    ]  # fmt: skip
    for at, column, value in mistakes:
        if isinstance(value, dt.date):
            sheet.write_datetime(at, column, value, dated)
            sheet.write(at, 3, "2030/3/31", cell)
        else:
            sheet.write(at, column, value, cell)
    sheet.set_column(0, len(columns) + len(complexity), 13)
    sheet.freeze_panes(5, 1)

    sheet = book.add_worksheet("専門貢献")
    sheet.write(0, 0, "プロフェッショナル貢献", title)
    sheet.write_row(2, 0, ["社員番号", "種別", "領域", "到達度", "実績", "分野", "日付", "確認"], head)
    for row, record in enumerate(frames["contributions"].to_dict("records"), 3):
        sheet.write(row, 0, record["person_id"], cell)
        vocabularies = ("kind", "area", "standing", "achievement", "domain")
        for column, name in enumerate(vocabularies, 1):
            declared = framework.document.tables["contributions"].columns[name]
            sheet.write(row, column, label(declared.vocabulary, record[name]), cell)
        sheet.write(row, 6, record["date"], cell)
        sheet.write(row, 7, VERIFICATIONS.get(record["verification"], ""), cell)
    sheet.set_column(0, 7, 18)

    sheet = book.add_worksheet("資格")
    sheet.write_row(0, 0, ["社員番号", "合格した試験", "合格日", "確認"], head)
    for row, record in enumerate(frames["certifications"].to_dict("records"), 1):
        verified = VERIFICATIONS.get(record["verification"], "")
        sheet.write_row(row, 0, [record["person_id"], record["examination"], record["date"], verified], cell)

    sheet = book.add_worksheet("凡例")
    sheet.write(0, 0, "○：該当　×：非該当　空欄：未確認")
    sheet.write(1, 0, "終了が 9999/12/31 のものは継続中")
    book.close()
    print(f"{OUT}: {OUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
