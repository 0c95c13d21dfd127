"""Time and memory of evidence entering: tassei against what a skilled polars user would write.

    python benchmarks/intake.py --rows 10_000_000 [--repeat 3] [--threads 2] [--only typed|csv]

Equal answers come first: every cell of a smaller population, column by column. Then each reading runs
in a process of its own, alternating, and this process watches its memory from outside.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import polars as pl
import psutil
import pyarrow as pa
import tassei
from population import population, written

FRAMEWORK, TABLE, AS_OF = "itss-v3-2011-customer-service", "engagements", "2026-03-31"
FEW = 1_000
SLICE = 500_000  # rows that are written to the CSV at a time
OLDEST, NEWEST = dt.date(1868, 1, 1), dt.date(2199, 12, 31)
ERAS = {
    "明治": ("M", dt.date(1868, 10, 23), dt.date(1912, 7, 29)),
    "大正": ("T", dt.date(1912, 7, 30), dt.date(1926, 12, 24)),
    "昭和": ("S", dt.date(1926, 12, 25), dt.date(1989, 1, 7)),
    "平成": ("H", dt.date(1989, 1, 8), dt.date(2019, 4, 30)),
    "令和": ("R", dt.date(2019, 5, 1), NEWEST),
}
DATE = (
    r"^(?:(?<era>明治|大正|昭和|平成|令和|[MTSHRmtshr])\s*)?(?<year>\d{1,4}|元)"
    r"(?:[年/.-](?:(?<month>\d{1,2})(?:[月/.-](?:(?<day>\d{1,2})日?)?)?)?)?$"
)


# --- what a skilled user would write ----------------------------------------------------------------


def read_polars(path: Path, framework: tassei.Framework, plain: bool = False) -> pl.DataFrame:
    """The CSV as typed columns: words Enum, sets bit masks, dates Date, numbers Float64.

    The parser itself makes words Enums and sets Categoricals; numbers are converted while it streams,
    sets and dates once for each distinct text. Other ways tried came out level or slower: distinct numbers,
    joins in place of replace_strict, everything Categorical, one chunk. `plain` is what most would write:
    `read_csv` of texts, then the same conversions as expressions.
    """
    declared = framework.document.tables[TABLE].columns
    schema: dict[str, Any] = {}
    for column in declared.values():
        kind: Any = pl.String
        if column.type == "set" and not plain:
            kind = pl.Categorical(pl.Categories.random())
        elif column.vocabulary and column.type != "set" and not plain:
            kind = pl.Enum(labels(framework, column))
        schema[column.label["ja"]] = kind
    names = {column.label["ja"]: name for name, column in declared.items()}
    numbers = [plain_number(name) for name, column in declared.items() if column.type == "number"]
    dates = [name for name, column in declared.items() if column.type == "date"]
    if plain:
        frame = pl.read_csv(path, schema_overrides=schema).rename(names).with_columns(numbers)
    else:
        scan = pl.scan_csv(path, schema_overrides=schema).rename(names).with_columns(numbers)
        frame = scan.collect(engine="streaming")
    distinct = frame.lazy().select(pl.col(name).drop_nulls().unique().implode() for name in dates).collect()
    expressions = []
    for name, column in declared.items():
        cell = pl.col(name)
        if column.type == "text":
            expressions.append(cell.str.strip_chars().replace("", None))
        elif column.type == "set" and plain:
            texts = frame[name].drop_nulls().unique()
            masks = set_masks(texts, framework, column)
            expressions.append(cell.replace_strict(texts, masks, return_dtype=pl.UInt64))
        elif column.type == "set":
            texts = frame[name].drop_nulls().unique()
            texts = texts.gather(texts.to_physical().arg_sort())  # codes of own categories run from 0
            masks = set_masks(texts, framework, column)
            expressions.append(pl.lit(masks).gather(cell.to_physical()).alias(name))
        elif column.type == "date":
            texts = distinct[name].explode()
            days = era_days(texts, column.role == "end", column.running)
            expressions.append(cell.replace_strict(texts, days, return_dtype=pl.Date))
        elif column.vocabulary:
            expressions.append(cell.cast(pl.Enum(labels(framework, column))))
        else:
            expressions.append(cell)
    frame = frame.lazy().select(expressions).collect()
    wrong = frame.select(
        (pl.col("end") < pl.col("start")).any(),
        pl.col("person_id").is_null().any(),
        *(
            (pl.col(name) < 0).any().name.prefix("negative ")
            for name, column in declared.items()
            if column.type == "number"
        ),
    )
    if any(wrong.row(0)):
        raise ValueError("an end before its start, a row without a person, or a negative number")
    return frame


def labels(framework: tassei.Framework, column: Any) -> list[str]:
    words = framework.document.vocabularies[column.vocabulary].words.values()
    return [word.label["ja"] for word in words]


def set_masks(texts: pl.Series, framework: tassei.Framework, column: Any) -> pl.Series:
    """Each text's items as bits of the vocabulary; unknown items raise."""
    vocabulary = framework.document.vocabularies[column.vocabulary]
    bits = {label: 1 << i for i, label in enumerate(labels(framework, column))}
    bits |= {name: 1 << i for i, name in enumerate(vocabulary.words)}
    bits |= dict.fromkeys(vocabulary.empty, 0)
    narrow = texts.cast(pl.String).str.normalize("NFKC")
    held = {  # a label may itself hold a separator
        label: name
        for label, name in zip(labels(framework, column), vocabulary.words, strict=True)
        if any(mark in label for mark in ";|、,")
    }
    if held:
        narrow = narrow.str.replace_many(held)
    items = narrow.str.replace_all("[|、,]", ";").str.split(";")
    table = pl.DataFrame({"row": range(len(texts)), "item": items}).explode("item")
    table = table.with_columns(pl.col("item").str.strip_chars().replace_strict(bits, return_dtype=pl.UInt64))
    return table.group_by("row", maintain_order=True).agg(pl.col("item").bitwise_or())["item"]


def era_days(texts: pl.Series, last: bool, running: list[str]) -> pl.Series:
    """Dates by era or not; with `last`, a missing month or day is the last one; others raise."""
    text = pl.col("text").str.normalize("NFKC").str.strip_chars()
    short = {letter: name for name, (letter, *_) in ERAS.items()}
    first = {name: dates[1] for name, dates in ERAS.items()}
    final = {name: dates[2] for name, dates in ERAS.items()}
    frame = (
        pl.LazyFrame({"text": texts})
        .with_columns(text)
        .with_columns(written=pl.col("text").str.replace(r"^(\d{4})(\d{2})(\d{2})$", "$1-$2-$3"))
        .with_columns(pl.col("written").str.extract_groups(DATE).struct.unnest())
        .with_columns(era=pl.col("era").str.to_uppercase().replace(short))
        .with_columns(
            first=pl.col("era").replace_strict(first, default=OLDEST, return_dtype=pl.Date),
            final=pl.col("era").replace_strict(final, default=NEWEST, return_dtype=pl.Date),
            year=pl.col("year").replace("元", "1").cast(pl.Int32),
            month=pl.col("month").cast(pl.Int8).fill_null(12 if last else 1),
            has_day=pl.col("day").is_not_null(),
            day=pl.col("day").cast(pl.Int8).fill_null(1),
        )
        .with_columns(
            year=pl.when(pl.col("era").is_not_null())
            .then(pl.col("year") + pl.col("first").dt.year() - 1)
            .when(pl.col("year") >= 1000)
            .then(pl.col("year"))
        )
        .with_columns(date=pl.date("year", "month", "day"))
    )
    if last:
        frame = frame.with_columns(
            date=pl.when("has_day").then("date").otherwise(pl.col("date").dt.month_end())
        )
    done = frame.with_columns(
        good=pl.col("date").is_between("first", "final").fill_null(False) | pl.col("text").is_in(running)
    ).collect()
    if not done["good"].all():
        raise ValueError(f"no dates: {done.filter(~pl.col('good'))['text'].head(5).to_list()}")
    return done["date"]


def plain_number(name: str) -> pl.Expr:
    """A number with full-width digits and thousands separators; what is no number raises."""
    text = pl.col(name).str.normalize("NFKC").str.strip_chars()
    return text.str.replace_all(",", "", literal=True).cast(pl.Float64)


def typed(frame: pl.DataFrame, framework: tassei.Framework) -> pl.DataFrame:
    """A typed frame in the form of `read_polars`."""
    columns = {}
    for name, column in framework.document.tables[TABLE].columns.items():
        cells = frame[name]
        if column.type == "set":
            texts = cells.cast(pl.String)
            known = texts.drop_nulls().unique()
            cells = texts.replace_strict(known, set_masks(known, framework, column), return_dtype=pl.UInt64)
        elif column.vocabulary:
            words = list(framework.document.vocabularies[column.vocabulary].words)
            cells = cells.cast(pl.String).cast(pl.Enum(words))
        columns[name] = cells
    return pl.DataFrame(columns)


# --- equal answers ----------------------------------------------------------------------------------


def cells_of(evidence: tassei.Evidence) -> pl.DataFrame:
    """What tassei read, in the form of `read_polars`, words as codes."""
    columns = {}
    for name, cells in evidence._columns[TABLE].cells.items():
        if isinstance(cells, pa.ChunkedArray):
            series = pl.Series(pl.from_arrow(cells))
            columns[name] = series.fill_nan(None) if series.dtype.is_float() else series
        elif hasattr(cells, "known"):
            known = pl.Series(cells.known[cells.codes] != 0)
            columns[name] = pl.select(pl.when(known).then(pl.Series(cells.has[cells.codes]))).to_series()
        else:
            codes = pl.Series(cells.astype("uint32"))
            columns[name] = pl.select(pl.when(codes > 0).then(codes - 1)).to_series()
    return pl.DataFrame(columns)


def differences(evidence: tassei.Evidence, frame: pl.DataFrame) -> list[str]:
    """What differs in a column."""
    ours = cells_of(evidence)
    persons = frame["person_id"].unique(maintain_order=True)
    if evidence._ids.to_pylist() != persons.to_list():
        return ["the persons, or their order"]
    frame = frame.drop("person_id")
    if set(ours.columns) != set(frame.columns) or ours.height != frame.height:
        return [f"columns or rows: {ours.shape} against {frame.shape}"]
    found = []
    for name in ours.columns:
        theirs = frame[name]
        if theirs.dtype == pl.Enum:
            theirs = theirs.to_physical()
        a, b = ours[name], theirs.cast(ours[name].dtype)
        unlike = (a.ne_missing(b)).sum()
        if unlike:
            found.append(f"{name}: {unlike:,} cells differ")
    return found


# --- steps, each in a process of its own ------------------------------------------------------------


def make(folder: Path, rows: int, kind: str) -> None:
    """Writes the typed frame and the folder of a CSV, and a CSV of few rows to warm up with."""
    framework = tassei.load_framework(FRAMEWORK)
    frame = population(framework, max(1, rows // 10), {TABLE: rows}, order="grouped")[TABLE]
    if kind != "csv":
        frame.write_ipc(folder / "typed.arrow", compression="uncompressed", record_batch_size=rows)
    if kind != "typed":
        for name, end in (("few", FEW), ("csv", rows)):
            (folder / name).mkdir()
            with (folder / name / f"{TABLE}.csv").open("wb") as file:
                for i, first in enumerate(range(0, min(rows, end), SLICE)):
                    part = frame.slice(first, min(SLICE, end))
                    written(framework, TABLE, part, seed=i).write_csv(file, include_header=i == 0)


def check(folder: Path, kind: str) -> None:
    """Equal answers, or an end."""
    framework = tassei.load_framework(FRAMEWORK)
    found = []
    if kind != "csv":
        frame = pl.read_ipc(folder / "typed.arrow")
        found += differences(tassei.read_evidence({TABLE: frame}, framework), typed(frame, framework))
    if kind != "typed":
        evidence = tassei.read_evidence(folder / "csv", framework)
        for plain in (False, True):
            found += differences(evidence, read_polars(folder / "csv" / f"{TABLE}.csv", framework, plain))
    if found:
        raise SystemExit("the answers differ: " + "; ".join(found))


def tell(**what: Any) -> None:
    print(json.dumps(what), flush=True)


def ready() -> None:
    """Lets allocators hand back what loading left, then waits for the watcher."""
    gc.collect()
    time.sleep(2)
    tell(ready=True)
    sys.stdin.readline()


def run_typed(folder: Path, threads: int) -> None:
    framework = tassei.load_framework(FRAMEWORK)
    frame = pl.read_ipc(folder / "typed.arrow")
    frame = pl.DataFrame([column.rechunk() for column in frame])
    tassei.assess(tassei.read_evidence({TABLE: frame.head(FEW)}, framework), framework, as_of=AS_OF)
    ready()
    start = time.perf_counter()
    evidence = tassei.read_evidence({TABLE: frame}, framework)
    tell(phase="read", seconds=time.perf_counter() - start)
    sys.stdin.readline()
    start = time.perf_counter()
    assessment = tassei.assess(evidence, framework, as_of=AS_OF, threads=threads)
    tell(phase="assess", seconds=time.perf_counter() - start)
    sys.stdin.readline()
    del assessment, evidence
    tell(frame=pa.table(frame).nbytes)


def run_csv(folder: Path, step: str) -> None:
    framework = tassei.load_framework(FRAMEWORK)

    def read(name: str) -> Any:
        if step != "tassei":
            return read_polars(folder / name / f"{TABLE}.csv", framework, plain=step == "read_csv")
        return tassei.read_evidence(folder / name, framework)

    read("few")
    ready()
    start = time.perf_counter()
    kept = read("csv")
    tell(phase="read", seconds=time.perf_counter() - start)
    sys.stdin.readline()
    del kept


# --- the watcher ------------------------------------------------------------------------------------


def arguments(step: str, folder: Path, rows: int, threads: int, only: str) -> list[str]:
    return [
        sys.executable, __file__, "--step", step, "--folder", str(folder), "--rows", str(rows),
        "--threads", str(threads), "--only", only,
    ]  # fmt: skip


def watched(step: str, folder: Path, threads: int) -> dict[str, Any]:
    """Seconds of each phase of a step, and MiB of memory added at its peak and after it."""
    child = subprocess.Popen(
        arguments(step, folder, 0, threads, "both"), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, env=environment(threads),
    )  # fmt: skip
    assert child.stdin and child.stdout and child.stderr
    process = psutil.Process(child.pid)
    peak, over = 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not over.wait(0.005):
            try:
                peak = max(peak, process.memory_info().rss)
            except psutil.Error:
                return

    watcher = threading.Thread(target=watch)
    found: dict[str, Any] = {}
    before = 0
    for line in child.stdout:
        said = json.loads(line)
        if "ready" in said:
            before = peak = process.memory_info().rss
            found["before"] = before / 2**20
            watcher.start()
        elif "phase" in said:
            after = process.memory_info().rss
            phase = said["phase"]
            found[phase] = said["seconds"]
            found[f"{phase} peak"] = (max(peak, after) - before) / 2**20
            found[f"{phase} kept"] = (after - before) / 2**20
            peak = after
        else:
            found["frame"] = said["frame"] / 2**20
            continue
        child.stdin.write("\n")
        child.stdin.flush()
    over.set()
    if watcher.ident is not None:
        watcher.join()
    problem = child.stderr.read().strip().splitlines()
    if child.wait():
        found["problem"] = problem[-1] if problem else f"ended with {child.returncode}"
    return found


def environment(threads: int) -> dict[str, str]:
    return os.environ | ({"POLARS_MAX_THREADS": str(threads)} if threads else {})


def table(runs: dict[str, list[dict[str, Any]]], phases: list[tuple[str, str, str]], frame: float) -> None:
    """One line a measurement; the ratio is to the first line's median."""
    of_frame = "" if not frame else f" {'% of frame':>10}"
    print(f"{'':34} {'min s':>8} {'median s':>8} {'ratio':>6} {'peak MiB':>9} {'kept MiB':>9}{of_frame}")
    base = None
    for title, step, phase in phases:
        good = [run for run in runs[step] if phase in run]
        if not good:
            print(f"{title:34} failed: {runs[step][0].get('problem', '')}")
            continue
        seconds = [run[phase] for run in good]
        middle = statistics.median(seconds)
        base = base or middle
        peak = statistics.median(run[f"{phase} peak"] for run in good)
        kept = statistics.median(run[f"{phase} kept"] for run in good)
        share = "" if not frame else f" {100 * peak / frame:>10.0f}"
        print(
            f"{title:34} {min(seconds):8.3f} {middle:8.3f} {middle / base:6.2f} {peak:9,.0f} {kept:9,.0f}"
            f"{share}"
        )


def main(rows: int, sample: int, repeat: int, threads: int, only: str) -> None:
    print(
        f"tassei {tassei.__version__}, polars {pl.__version__}, pyarrow {pa.__version__}, Python "
        f"{platform.python_version()}; {rows:,} rows, {threads or os.cpu_count()} threads"
    )
    with tempfile.TemporaryDirectory() as temporary:
        small, large = Path(temporary, "small"), Path(temporary, "large")
        for folder, count in ((small, min(rows, sample)), (large, rows)):
            folder.mkdir()
            subprocess.run(arguments("make", folder, count, threads, only), check=True)
            if folder == small:
                subprocess.run(arguments("check", folder, count, threads, only), check=True)
                print(f"equal answers in every cell of {count:,} rows")
        if only != "csv":
            runs = {"typed": [watched("typed", large, threads) for _ in range(repeat)]}
            frame = statistics.median(run.get("frame", 0) for run in runs["typed"])
            print(f"\ntyped: a frame of {frame:,.0f} MiB")
            table(
                runs, [("tassei.assess", "typed", "assess"), ("tassei.read_evidence", "typed", "read")], frame
            )
        if only != "typed":
            runs = {"polars": [], "tassei": [], "read_csv": []}
            for _ in range(repeat):
                for step, found in runs.items():
                    found.append(watched(step, large, threads))
            size = (large / "csv" / f"{TABLE}.csv").stat().st_size / 2**20
            print(f"\nCSV: a file of {size:,.0f} MiB, Japanese words, era dates")
            table(
                runs,
                [
                    ("polars, all tricks", "polars", "read"),
                    ("polars.read_csv and expressions", "read_csv", "read"),
                    ("tassei.read_evidence", "tassei", "read"),
                ],
                0,
            )


def parsed() -> argparse.Namespace:
    def count(text: str) -> int:
        return int(text.replace("_", "").replace(",", ""))

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=count, default=1_000_000)
    parser.add_argument("--sample", type=count, default=100_000, help="rows whose cells are compared")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0, help="of polars and assess; 0: all cores")
    parser.add_argument("--only", choices=["both", "typed", "csv"], default="both")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    given = parsed()
    if given.step is None:
        main(given.rows, given.sample, given.repeat, given.threads, given.only)
    elif given.step == "make":
        make(given.folder, given.rows, given.only)
    elif given.step == "check":
        check(given.folder, given.only)
    elif given.step == "typed":
        run_typed(given.folder, given.threads)
    else:
        run_csv(given.folder, given.step)
