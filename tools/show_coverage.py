"""Prints how many lines of the core and the package tests run, and the others with their reasons.

python tools/show_coverage.py build/coverage: what `make coverage` measured there. With --keep, what was
counted in the core so far is kept beside, before tests with more threads go on. The reasons stand in
docs/uncovered.yaml, by file: a text of the first line of a stretch or of the line above it, and why no
test runs it. It is an error if a stretch has no reason.
"""

import json
import subprocess
import sys
from itertools import groupby, pairwise
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
LEAST = 95  # per cent, of the core and of the package


def count_core(build: Path) -> list[dict]:
    """What gcov has counted up to now, by file."""
    command = [sys.executable, "-m", "gcovr", "--root", ".", "--json", "-"]
    command += ["--filter", "cpp/(src|include|bindings)/", "--merge-mode-functions=separate"]
    command += ["--gcov-ignore-parse-errors=all", str(build)]
    found = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    return found["files"]


def of_core(build: Path) -> dict[str, dict[int, bool]]:
    """By file and line, whether it was run: as was counted before the Python tests, or after them.

    Threads that count at once lose counts; where a line's count is the difference of others, few
    may become none.
    """
    kept = build / "core.json"
    before = json.loads(kept.read_text()) if kept.exists() else []
    files: dict[str, dict[int, bool]] = {}
    for file in [*before, *count_core(build)]:
        lines = files.setdefault(file["file"], {})
        source = (ROOT / file["file"]).read_text(encoding="utf-8").splitlines()
        for line in file["lines"]:  # one of a template comes once for each of its uses
            number = line["line_number"]
            # at braces the compiler puts what nobody wrote, such as the way out of an exception
            if any(letter.isalnum() for letter in source[number - 1]):
                lines[number] = lines.get(number, False) or line["count"] > 0
        # a statement with a lambda is counted at its end; the line that opens one is run if the next one is
        for after, number in pairwise(sorted(lines, reverse=True)):
            if source[number - 1].endswith("{") or follows(source[number - 1], source[after - 1]):
                lines[number] = lines[number] or lines[after]
    return files


def follows(line: str, after: str) -> bool:
    """Whether a line is reached by no other way than over the line before."""
    marks = ("case ", "default", "else", "}", "public:", "private:")
    alone = not set("{}") & set(line) and not line.strip().startswith(marks) and "= default" not in line
    same = len(line) - len(line.lstrip()) == len(after) - len(after.lstrip())
    return alone and same and line.endswith(";") and not after.strip().startswith(marks)


def of_package(build: Path) -> dict[str, dict[int, bool]]:
    report = build / "package.json"
    command = [sys.executable, "-m", "coverage", "json", "--quiet", "-o", str(report)]
    subprocess.run(command, cwd=ROOT, check=True)
    return {
        file: {**dict.fromkeys(lines["executed_lines"], True), **dict.fromkeys(lines["missing_lines"], False)}
        for file, lines in json.loads(report.read_text())["files"].items()
    }


def stretches(lines: dict[int, bool]) -> list[tuple[int, int]]:
    """First and last of lines that follow one another, but for blank ones and comments, and were not run."""
    runs = groupby(sorted(lines), key=lambda number: lines[number])
    return [(own[0], own[-1]) for covered, numbers in runs if not covered and (own := list(numbers))]


def tell(title: str, files: dict[str, dict[int, bool]], reasons: dict[str, dict[str, str]]) -> list[str]:
    """Prints share and stretches; what is wrong with them."""
    every = [run for lines in files.values() for run in lines.values()]
    share = 100 * sum(every) / max(len(every), 1)
    print(f"{title}: {share:.1f}% of {len(every):,} lines, {len(every) - sum(every):,} not run")
    faults = [] if share > LEAST else [f"{title}: {share:.1f}% is not above {LEAST}%"]
    unused = {file: dict.fromkeys(texts) for file, texts in reasons.items() if file in files}
    for file, lines in sorted(files.items()):
        source = (ROOT / file).read_text(encoding="utf-8").splitlines()
        for first, last in stretches(lines):
            text = source[first - 1].strip()
            known = " ".join(source[max(first - 2, 0) : first])
            part = next((part for part in reasons.get(file, {}) if part in known), None)
            place = f"{file}:{first}" if first == last else f"{file}:{first}–{last}"
            if part is None:
                faults.append(f"{place}: no reason given: {text}")
            else:
                unused[file].pop(part, None)
                print(f"  {place}: {text[:60]}: {reasons[file][part]}")
    for file, parts in unused.items():  # random tests run a line at times, and at times not
        for part in parts:
            print(f"  {file}: a reason for no line: {part}")
    return faults


def main() -> None:
    build = Path(sys.argv[1]).resolve()
    if "--keep" in sys.argv:
        (build / "core.json").write_text(json.dumps(count_core(build)))
        return
    reasons = yaml.safe_load((ROOT / "docs/uncovered.yaml").read_text(encoding="utf-8"))
    core, package = of_core(build), of_package(build)
    faults = tell("C++ core", core, reasons) + tell("Python package", package, reasons)
    faults += [f"{file}: reasons for no file" for file in reasons.keys() - core.keys() - package.keys()]
    if faults:
        sys.exit("\n".join(["", "Lines that no test runs need a reason in docs/uncovered.yaml:", *faults]))


if __name__ == "__main__":
    main()
