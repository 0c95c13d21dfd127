"""What goes wrong around a program: full disks, little memory, files that change, zones and locales."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
import threading
import zoneinfo

import fresh
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tassei
from tassei.export import replacing_folder

DAY = "2026-06-30"

START = """
    import os, resource, signal, sys, tempfile, threading
    from pathlib import Path
    import numpy as np, pandas as pd, tassei
    framework = tassei.load_framework("itss-v3-2011-customer-service")
"""


def run(code, *arguments, **environment):
    return fresh.python(START, code, *arguments, **{"TASSEI_PROGRESS": "off", **environment}).stdout


@pytest.fixture(scope="module")
def sample():
    return tassei.synthesize(60, seed=3)


# --- a full disk ----------------------------------------------------------------------------------

WRITES = {
    "report.html": "a.report(path, lang='en')",
    "people.html": "a.report(path, list(a.evidence.people['person_id'][:5]), lang='en')",
    "book.xlsx": "a.to_excel(path)",
    "saved": "a.save(path)",
    "bare": "a.save(path, evidence=False)",
    "table.csv": "write_frame(a.criteria(), path, a.provenance)",
    "table.parquet": "write_frame(a.ledger(), path, a.provenance)",
    "table.xlsx": "write_frame(a.criteria(), path, a.provenance)",
    "form.xlsx": "tassei.write_template(framework, path, overwrite=True)",
    "levels.parquet": "tassei.assess_batches(ordered, framework).to_parquet(path, sheets=path.parent / 's')",
}

FULL = """
    from tassei.export import write_frame
    sample = tassei.synthesize(60, seed=3)
    evidence = tassei.read_evidence(sample, framework)
    a = tassei.assess(evidence, as_of="2026-06-30")
    ordered = {name: frame.sort_values("person_id") for name, frame in sample.items()}
    path = Path(sys.argv[1])
    tempfile.tempdir = str(path.parent)

    def write():
        try:
            DO
            return "written"
        except (OSError, ValueError) as why:
            return str(why).splitlines()[0]

    def there():
        return {str(f): f.read_bytes() for f in path.parent.rglob("*") if f.is_file()}
"""

LIMITED = """
    def limit(size):
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limit(2000)
    first = write()
    nothing = there()
    limit(resource.RLIM_INFINITY)
    second = write()
    before = there()
    limit(2000)
    third = write()
    limit(resource.RLIM_INFINITY)
    assert nothing == {}, list(nothing)
    assert second == "written", second
    assert there() == before
    assert {f.name for f in path.parent.iterdir()} == {
        Path(f).relative_to(path.parent).parts[0] for f in before
    }
    for said in (first, third):
        assert "nothing was written" in said and str(path.parent) in said, said
    assert tassei.assess(evidence, as_of="2026-06-30").levels().equals(a.levels())  # the process goes on
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limits of that kind")
@pytest.mark.parametrize("name", WRITES)
def test_a_disk_that_takes_no_more_leaves_the_old_file_and_nothing_else(name, tmp_path):
    run(textwrap.dedent(FULL).replace("DO", WRITES[name]) + textwrap.dedent(LIMITED), tmp_path / name)


def test_a_folder_that_is_not_finished_leaves_the_old_one_and_nothing_else(tmp_path):
    place = tmp_path / "saved"
    for name in ("first", "second"):
        try:
            with replacing_folder(place) as new:
                (new / name).touch()
                if name == "second":
                    raise KeyError(name)
        except KeyError:
            assert name == "second"
    assert [path.name for path in tmp_path.rglob("*")] == ["saved", "first"]


@pytest.mark.parametrize("at", [1, 2])
def test_ctrl_c_between_the_two_renames_leaves_the_old_folder(tmp_path, monkeypatch, at):
    place = tmp_path / "saved"
    with replacing_folder(place) as new:
        (new / "first").touch()
    rename, renames = os.rename, []

    def interrupted(*names):
        renames.append(names)
        if len(renames) == at:
            raise KeyboardInterrupt
        rename(*names)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt), replacing_folder(place) as new:
        (new / "second").touch()
        patch.setattr(os, "rename", interrupted)
    assert [path.name for path in tmp_path.rglob("*")] == ["saved", "first"]


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 16 KiB."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(place)]
    if sys.platform != "linux" or os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs the right to mount")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("name", ["report.html", "book.xlsx", "saved", "table.csv"])
def test_a_file_system_that_is_really_full(name, small_disk):
    code = textwrap.dedent(FULL).replace("DO", WRITES[name]) + "\nprint(write(), len(there()))"
    assert run(code, small_disk / name).endswith(
        f"No space left on device; nothing was written: '{small_disk / name}' 0\n"
    )
    assert list(small_disk.iterdir()) == []


# --- little memory --------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="limits of address space")
def test_too_little_memory_is_said_and_the_process_goes_on():
    said = run("""
        sample = tassei.synthesize(500, seed=3)
        times = 100
        frames = {}
        for name, frame in sample.items():
            many = pd.concat([frame] * times, ignore_index=True)
            copy = np.repeat(np.arange(times), len(frame)).astype(str)
            many["person_id"] = many["person_id"].astype(str) + "-" + copy
            frames[name] = many
        a = tassei.assess(tassei.read_evidence(frames, framework), as_of="2026-06-30")
        small = tassei.read_evidence(sample, framework)
        before = tassei.assess(small, as_of="2026-06-30").criteria()

        def limit(room):
            size = int(next(l for l in open("/proc/self/status") if l.startswith("VmSize")).split()[1])
            resource.setrlimit(resource.RLIMIT_AS, (size * 1024 + room, resource.RLIM_INFINITY))

        limit(24 << 20)
        try:
            a.criteria()
        except MemoryError as why:
            print(why)
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        assert tassei.assess(small, as_of="2026-06-30").criteria().equals(before)
    """)
    # it is the core's or NumPy's array that there is no room for, and its error that says so
    assert ("not enough memory" in said and "assess_batches" in said) or "Unable to allocate" in said


@pytest.mark.skipif(sys.platform != "linux", reason="limits of address space")
def test_where_no_thread_can_start_one_does_it_all():
    said = run("""
        sample = tassei.read_evidence(tassei.synthesize(2000, seed=3), framework)
        before = tassei.assess(sample, as_of="2026-06-30", threads=1)
        expected = before.levels(), before.criteria()
        size = int(next(l for l in open("/proc/self/status") if l.startswith("VmSize")).split()[1])
        room = 6 << 20  # a thread's stack takes 8 MB
        resource.setrlimit(resource.RLIMIT_AS, (size * 1024 + room, resource.RLIM_INFINITY))
        done = threading.Event()
        try:
            while True:  # stacks of threads that have ended are taken again
                threading.Thread(target=done.wait).start()
        except RuntimeError as why:
            print(why)
        a = tassei.assess(sample, as_of="2026-06-30", threads=64)
        done.set()
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        print(a.levels().equals(expected[0]) and a.criteria().equals(expected[1]))
    """)
    assert said == "can't start new thread\nTrue\n"


# --- files that change ----------------------------------------------------------------------------


def test_a_csv_file_that_is_rewritten_while_it_is_read_never_harms(sample, framework, tmp_path):
    """Cut short and written anew, over and over: an error, or what stood there."""
    for name, frame in sample.items():
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    file = tmp_path / "engagements.csv"
    header, _, rows = file.read_bytes().partition(b"\n")
    whole = header + b"\n" + rows * 200
    ended = threading.Event()

    def rewrite():
        while not ended.is_set():
            file.write_bytes(whole[: len(whole) // 3])
            with file.open("ab") as more:
                more.write(whole[len(whole) // 3 :])

    file.write_bytes(whole)
    expected = len(tassei.read_evidence(tmp_path, framework)._columns["engagements"].cells["start"])
    writer = threading.Thread(target=rewrite)
    writer.start()
    found = []
    try:
        for _ in range(15):
            try:
                evidence = tassei.read_evidence(tmp_path, framework, on_error="collect")
                found.append(evidence.reports["engagements"].rows)
            except tassei.EvidenceError as error:
                found.append(str(error))
    finally:
        ended.set()
        writer.join()
    assert all(one <= expected if isinstance(one, int) else "engagements" in one for one in found)
    file.write_bytes(whole)
    assert tassei.read_evidence(tmp_path, framework).reports["engagements"].rows == expected


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_a_csv_file_that_grows_while_it_is_read_is_an_error(framework, tmp_path):
    from tassei.delimited import open_delimited

    file = tmp_path / "certifications.csv"
    rows = "".join(f"P{i},AP\n" for i in range(2_000_000))
    file.write_text("person_id,examination\n" + rows)
    ended = threading.Event()

    def append():
        while not ended.is_set():
            with file.open("a") as more:
                more.write("Q1,FE\n")

    writer = threading.Thread(target=append)
    writer.start()
    try:
        with pytest.raises(tassei.EvidenceError, match=r"certifications\.csv: was changed while it was read"):
            for _ in range(200):
                open_delimited(file, framework.document, ())
    finally:
        ended.set()
        writer.join()


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_a_file_that_was_cut_short_is_an_error(sample, framework, kind, tmp_path):
    table = pa.Table.from_pandas(sample["engagements"], preserve_index=False)
    file = tmp_path / f"engagements.{kind}"
    if kind == "parquet":
        pq.write_table(table, file)
    else:
        with pa.OSFile(str(file), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
    whole = file.read_bytes()
    for part in (0.1, 0.5, 0.99):
        file.write_bytes(whole[: int(len(whole) * part)])
        for read in (tassei.read_evidence, tassei.assess_batches):
            with pytest.raises(tassei.EvidenceError, match=file.name):
                read(tmp_path, framework)


def test_a_file_put_in_the_place_of_another_while_batches_are_read(framework, tmp_path):
    """Batches go on with the file that was opened, or say that it is gone; they mix nothing."""
    file = tmp_path / "certifications.parquet"
    ids = [f"P{i:06}" for i in range(200_000)]
    pq.write_table(pa.table({"person_id": ids, "examination": ["AP"] * len(ids)}), file, row_group_size=5000)
    batches = iter(tassei.assess_batches(tmp_path, framework, batch_people=5000))
    levels = [set(next(batches).levels()["level"])]
    other = tmp_path / "other"
    pq.write_table(pa.table({"person_id": ids, "examination": ["FE"] * len(ids)}), other, row_group_size=5000)
    os.replace(other, file)
    levels += [set(a.levels()["level"]) for a in batches]
    assert levels == [{3}] * 40


# --- zones and locales ----------------------------------------------------------------------------

PLACES = {
    "Japan": {"TZ": "Asia/Tokyo", "LC_ALL": "ja_JP.UTF-8"},
    "a server in America": {"TZ": "America/New_York", "LC_ALL": "C"},
    "Germany on a ship": {"TZ": "Pacific/Kiritimati", "LC_ALL": "de_DE.UTF-8"},
}

EVERYTHING = """
    import hashlib, locale
    if "LOCPATH" in os.environ:
        locale.setlocale(locale.LC_ALL, "")  # an error where there is no such locale
    tables = {name: frame for name, frame in tassei.synthesize(60, seed=3).items()}
    folder = Path(sys.argv[1])
    for name, frame in tables.items():
        frame.to_csv(folder / f"{name}.csv", index=False, encoding="utf-8")
    moments = tables["engagements"].copy()
    moments["start"] = pd.to_datetime(moments["start"]) + pd.Timedelta(hours=23, minutes=30)
    for source in (folder, {**tables, "engagements": moments}):
        a = tassei.assess(tassei.read_evidence(source, framework), as_of="2026-06-30")
        out = folder / "out"
        out.mkdir(exist_ok=True)
        a.report(out / "report.html")
        a.save(out / "saved")
        a.to_excel(out / "book.xlsx", lang="ja")
        from tassei.export import write_frame
        write_frame(a.criteria(), out / "criteria.csv", a.provenance)
        said = a.evidence.digest + a.explain(a.evidence.people["person_id"][3], "hardware", lang="ja").text
        print(hashlib.sha256(said.encode()).hexdigest())
        for file in sorted(out.rglob("*")):
            if file.is_file():
                print(file.relative_to(out), hashlib.sha256(file.read_bytes()).hexdigest())
"""


@pytest.fixture(scope="module")
def plain_run(tmp_path_factory):
    return run(EVERYTHING, tmp_path_factory.mktemp("plain"), TZ="UTC", SOURCE_DATE_EPOCH="1700000000")


@pytest.fixture(scope="module")
def locales(tmp_path_factory):
    """Where the locales are that are set; without the system's sources of locales only the variables are."""
    home = tmp_path_factory.mktemp("locales")
    for name in {place["LC_ALL"] for place in PLACES.values()} - {"C"}:
        language, encoding = name.split(".")
        made = [shutil.which("localedef") or "localedef", "-i", language, "-f", encoding, str(home / name)]
        try:
            subprocess.run(made, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            return {}
    return {"LOCPATH": str(home)}


@pytest.mark.parametrize("place", PLACES)
def test_results_are_the_same_bytes_everywhere(place, plain_run, locales, tmp_path):
    zoneinfo.ZoneInfo(PLACES[place]["TZ"])  # that there is such a zone
    there = {**PLACES[place], **locales, "SOURCE_DATE_EPOCH": "1700000000"}
    assert run(EVERYTHING, tmp_path, **there) == plain_run


def test_today_is_the_day_where_the_program_runs(framework):
    code = "print(tassei.assess(tassei.read_evidence({'people': {'person_id': ['P1']}}, framework)).as_of)"
    days = {run(code, TZ=zone).strip() for zone in ("Pacific/Kiritimati", "Pacific/Midway")}
    assert len(days) == 2  # they are 25 hours apart


def test_moments_are_the_days_that_they_say(framework):
    """A time with a zone counts by its own clock, whatever the machine's."""
    moment = pd.Timestamp("2024-12-31 23:30", tz="Asia/Tokyo")
    frame = pd.DataFrame({"person_id": ["P1"], "examination": ["AP"], "date": [moment]})
    evidence = tassei.read_evidence({"certifications": frame}, framework)
    plain = frame.assign(date=["2024-12-31"])
    assert evidence.digest == tassei.read_evidence({"certifications": plain}, framework).digest


def test_a_folder_that_cannot_be_written_is_named(sample, framework, tmp_path):
    a = tassei.assess(tassei.read_evidence(sample, framework), as_of=DAY)
    (tmp_path / "file").write_text("mine")
    for write in (a.report, a.to_excel):
        with pytest.raises(OSError, match="file"):
            write(tmp_path / "file" / ("x.html" if write == a.report else "x.xlsx"))
    with pytest.raises(tassei.AssessError, match="is no saved assessment"):
        a.save(tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"
    assert shutil.disk_usage(tmp_path).free > 0
