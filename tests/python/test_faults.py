"""What goes wrong around a program: full disks, little memory, files that change, zones and locales."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import tassei

ITSS = "itss-v3-2011-customer-service"
DAY = "2026-06-30"

START = """
    import errno, os, resource, signal, sys
    from pathlib import Path
    import pandas as pd, tassei
    framework = tassei.load_framework("itss-v3-2011-customer-service")
    sample = tassei.synthesize(400, seed=3)
    evidence = tassei.read_evidence(sample, framework)
    a = tassei.assess(evidence, as_of="2026-06-30")
"""


def run(code, *arguments, **environment):
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(START) + textwrap.dedent(code), *map(str, arguments)],
        capture_output=True, text=True, encoding="utf-8", timeout=300,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


# --- a full disk ----------------------------------------------------------------------------------

WRITES = {
    "report.html": "a.report(path, lang='en')",
    "people.html": "a.report(path, [a.evidence.people['person_id'][i] for i in range(9)], lang='en')",
    "book.xlsx": "a.to_excel(path)",
    "saved": "a.save(path)",
    "bare": "a.save(path, evidence=False)",
    "table.csv": "write_frame(a.criteria(), path, a.provenance)",
    "table.parquet": "write_frame(a.ledger(), path, a.provenance)",
    "table.xlsx": "write_frame(a.criteria(), path, a.provenance)",
    "form.xlsx": "tassei.write_template(framework, path, overwrite=True)",
    "batches.parquet": "tassei.assess_batches(ordered, framework).to_parquet(path, sheets=path.parent / 's.parquet')",
}  # fmt: skip

FULL = """
    from tassei.export import write_frame
    ordered = {name: frame.sort_values("person_id") for name, frame in sample.items()}
    import matplotlib, xlsxwriter  # what they keep on the disk is not the matter
    path = Path(sys.argv[1])
    import tempfile
    tempfile.tempdir = str(path.parent)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    if len(sys.argv) > 2:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
    try:
        DO
        print("written")
    except (OSError, ValueError) as why:
        print(str(why).splitlines()[0])
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    again = tassei.assess(evidence, as_of="2026-06-30")
    assert again.levels().equals(a.levels())  # the process goes on
"""


def content(place):
    files = [place] if place.is_file() else sorted(place.rglob("*"))
    return {str(file): file.read_bytes() for file in files if file.is_file()}


@pytest.mark.skipif(sys.platform == "win32", reason="no limits of that kind")
@pytest.mark.parametrize("name", WRITES)
def test_a_disk_that_takes_no_more_leaves_the_old_file_and_nothing_else(name, tmp_path):
    code = FULL.replace("DO", WRITES[name])
    path = tmp_path / name
    said = run(code, path, 3000)
    assert "nothing was written" in said and str(path) in said, said
    assert list(tmp_path.iterdir()) == []
    assert run(code, path) == "written\n"
    before = content(tmp_path)
    said = run(code, path, 3000)
    assert "nothing was written" in said and str(path) in said, said
    assert content(tmp_path) == before


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 64 KiB."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)]
    if sys.platform != "linux" or os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs the right to mount")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("name", ["report.html", "book.xlsx", "saved", "table.csv"])
def test_a_file_system_that_is_really_full(name, small_disk):
    said = run(FULL.replace("DO", WRITES[name]), small_disk / name)
    assert "No space left on device; nothing was written" in said
    assert list(small_disk.iterdir()) == []
