"""Instructions that the core takes on a fixed population, counted by callgrind: `make bench-check`.

    python benchmarks/instructions.py [--renew] [--profile FOLDER]

Counts are the same on a busy machine. Those that are kept are in instructions.json, with what they were
counted with; where that differs, the difference is said and nothing fails. `--profile` keeps callgrind's
files for callgrind_annotate.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
KEPT = HERE / "instructions.json"
PEOPLE = 5_000
MOST = 0.02  # a larger change is reported
HEADER = Path("/usr/include/valgrind/callgrind.h")


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--renew", action="store_true", help="keep the new counts")
    asked.add_argument("--profile", type=Path, help="a folder for callgrind's files")
    asked.add_argument("--work", help=argparse.SUPPRESS)  # what is run within valgrind
    options = asked.parse_args()
    if options.work:
        return work(ctypes.CDLL(options.work))
    if not shutil.which("valgrind") or not HEADER.exists():
        print("make bench-check needs valgrind: apt-get install valgrind")
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        found = {"with": tools(), "instructions": counted(options.profile or Path(scratch), Path(scratch))}
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {"with": {}, "instructions": {}}
    worse = compare(kept, found)
    if options.renew or not KEPT.exists():
        KEPT.write_text(json.dumps(found, indent=1) + "\n")
        print(f"kept in {KEPT.name}")
        return 0
    return worse


def counted(home: Path, scratch: Path) -> dict[str, int]:
    """Runs this file within valgrind, and reads what it wrote down."""
    home.mkdir(parents=True, exist_ok=True)
    speaker = scratch / "callgrind.so"
    subprocess.run(
        ["cc", "-O1", "-shared", "-fPIC", "-o", speaker, HERE / "callgrind.c"], check=True
    )  # fmt: skip
    # nothing that differs from run to run: addresses, hashes, threads, bars
    always = {
        "PYTHONHASHSEED": "0", "PYTHONMALLOC": "malloc", "TASSEI_PROGRESS": "off", "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system",
    }  # fmt: skip
    command = [
        "setarch", "-R", "valgrind", "--quiet", "--tool=callgrind", "--instr-atstart=no",
        f"--callgrind-out-file={home.resolve()}/callgrind.out", sys.executable, __file__, "--work", speaker,
    ]  # fmt: skip
    done = subprocess.run(command, env=os.environ | always, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"valgrind failed:\n{done.stderr}")
    found = {}
    for file in sorted(home.glob("callgrind.out.*")):  # one for each time that counting ended
        text = file.read_text()
        what = re.search(r"^desc: Trigger: Client Request: (.+)$", text, re.MULTILINE)
        if what:
            # the line after a call has what was spent in it, which is counted where it was spent
            own = re.sub(r"^calls=.*\n.*\n", "", text, flags=re.MULTILINE)
            found[what[1]] = sum(map(int, re.findall(r"^[-+*\d]\S* (\d+)$", own, re.MULTILINE)))
    return found


def work(valgrind: Any) -> int:
    """Everything once before, so that what is made only once is not counted."""
    import careers
    import numpy as np
    import pyarrow as pa
    import tassei
    import tassei.progress
    from tassei import _core

    pa.set_cpu_count(1)
    framework = tassei.load_framework(careers.FRAMEWORK)

    def population(people: int, order: str) -> dict[str, pa.Table]:
        part, rng = careers.part(people, np.random.default_rng(1)), np.random.default_rng(2)
        return {
            table: careers.in_words(framework, table, careers.in_order(columns, order, rng))
            for table, columns in part.items()
        }

    def once(people: int, count: Callable[[str, Callable[[], Any]], Any]) -> None:
        grouped, shuffled = population(people, "grouped"), population(people, "shuffled")
        evidence = count("read grouped", lambda: tassei.read_evidence(grouped, framework))
        mixed = count("read shuffled", lambda: tassei.read_evidence(shuffled, framework))
        found = count("assess grouped", lambda: tassei.assess(evidence, as_of=careers.AS_OF, threads=1))
        count("assess shuffled", lambda: tassei.assess(mixed, as_of=careers.AS_OF, threads=1))
        everybody = np.arange(len(found), dtype=np.int64)
        count("criteria", lambda: _core.criteria(found._core, everybody))
        count("levels table", lambda: found.to_arrow("levels"))

    def count(what: str, run: Callable[[], Any]) -> Any:
        valgrind.begin()
        result = run()
        valgrind.end(what.encode())
        return result

    once(50, lambda what, run: run())
    once(PEOPLE, count)
    return 0


def tools() -> dict[str, str]:
    """What counts depend on but for our own code; the compiler is the one that built the core."""
    import tassei._core as core

    comment = subprocess.run(
        ["readelf", "-p", ".comment", core.__file__], capture_output=True, text=True, check=True
    ).stdout
    compilers = sorted(set(re.findall(r"\]\s+(.+)", comment)))
    valgrind = subprocess.run(["valgrind", "--version"], capture_output=True, text=True, check=True).stdout
    return {
        "compiler": "; ".join(compilers), "valgrind": valgrind.strip(), "machine": platform.machine(),
        "C library": " ".join(platform.libc_ver()), "Python": platform.python_version(),
        **{name: version(name) for name in ("numpy", "pandas", "pyarrow")},
    }  # fmt: skip


def compare(kept: dict[str, Any], found: dict[str, Any]) -> int:
    """1 if a count has changed by more than 2 %, or is not there any more, with the same tools."""
    different = {
        name: (kept["with"].get(name), of)
        for name, of in found["with"].items()
        if kept["with"].get(name) != of
    }
    changed = False
    print(f"{'':<16} {'kept':>15} {'now':>15}   change")
    for what in kept["instructions"] | found["instructions"]:
        before, now = kept["instructions"].get(what), found["instructions"].get(what)
        change = now / before - 1 if before and now else None
        mark = "" if change is not None and abs(change) <= MOST else "  <- more than 2 %"
        changed |= bool(mark)
        said = f"{change:+.2%}" if change is not None else "new" if now else "gone"
        print(f"{what:<16} {before or 0:>15,} {now or 0:>15,}   {said}{mark if change is not None else ''}")
    if different and kept["with"]:
        print("The kept counts were taken with something else, so that changes may not be ours:")
        for name, (before, now) in different.items():
            print(f"  {name}: {before}, now {now}")
        return 0
    if changed and kept["with"]:
        print("If the change is meant: make bench-check RENEW=1")
    return int(changed)


if __name__ == "__main__":
    sys.exit(main())
