"""Checks what make dist built: python tools/check_dist.py dist.

What is in the sdist and the wheel, what the wheel needs of a system, and that it runs where no compiler is.
"""

import json
import os
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
IN_SDIST = {
    "CMakeLists.txt", "LICENSE", "NOTICE", "PKG-INFO", "README.md", "pyproject.toml",
    "cpp/bindings/module.cpp", "cpp/include/tassei/assess.hpp", "cpp/src/assess.cpp",
    "data/frameworks/itss-v3-2011-customer-service.yaml", "python/tassei/__init__.py",
    "python/tassei/_core.pyi", "python/tassei/py.typed", "tests/cpp/assess_test.cpp",
}  # fmt: skip
NOT_IN_SDIST = {".ci", ".venv", "build", "dist", "output"}  # folders at the top
IN_WHEEL = {
    "tassei/__init__.py", "tassei/_core.pyi", "tassei/py.typed", "tassei/words.yaml",
    "tassei/data/frameworks/itss-v3-2011-customer-service.yaml", "tassei/data/workforce/people.csv",
}  # fmt: skip


def check(good: bool, said: str) -> None:
    if not good:
        sys.exit(f"check-dist: {said}")


def only(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    check(len(found) == 1, f"expected one {pattern} in {folder}, found {[path.name for path in found]}")
    return found[0]


def check_contents(sdist: Path, wheel: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    check(names >= IN_SDIST, f"{sdist.name} lacks {sorted(IN_SDIST - names)}")
    stray = {name for name in names if name.partition("/")[0] in NOT_IN_SDIST}
    stray |= {name for name in names if name.endswith((".so", ".pyd", ".pyc"))}
    check(not stray, f"{sdist.name} should not have {sorted(stray)[:5]}")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    check(names >= IN_WHEEL, f"{wheel.name} lacks {sorted(IN_WHEEL - names)}")
    core = {name for name in names if name.startswith("tassei/_core.") and name.endswith((".so", ".pyd"))}
    check(len(core) == 1, f"{wheel.name} has the extensions {sorted(core)}")
    licences = {name.rpartition("/")[2] for name in names if ".dist-info/licenses/" in name} - {""}
    check(licences == {"LICENSE", "NOTICE"}, f"{wheel.name} has the licences {sorted(licences)}")
    stray = {name for name in names if name.endswith((".cpp", ".hpp", ".a", ".pyc"))}
    check(not stray, f"{wheel.name} should not have {sorted(stray)[:5]}")


def quickstart() -> str:
    cells = json.loads((ROOT / "notebooks/01_quickstart.ipynb").read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return "\n".join(["import matplotlib", "matplotlib.use('agg')", "display = print", *code])


def run_without_a_compiler(wheel: Path) -> None:
    """The quickstart in an environment with nothing but the wheel and what it asks for."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        venv.create(folder / "venv", with_pip=True)
        programs = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
        # no compiler can be found, and the tree that this script lies in neither
        bare = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        bare |= {"PATH": str(programs), "CC": "none", "CXX": "none", "MPLCONFIGDIR": name}

        def run(program: str, *arguments: str) -> str:
            command = [programs / program, *arguments]
            done = subprocess.run(command, cwd=folder, env=bare, capture_output=True, text=True)
            check(done.returncode == 0, f"{command} failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
            return done.stdout

        run("python", "-m", "pip", "install", "--quiet", "--only-binary", ":all:", f"{wheel}[plot,fonts]")
        (folder / "quickstart.py").write_text(quickstart(), encoding="utf-8")
        run("python", "quickstart.py")
        print(run("tassei", "--version").strip(), "runs the quickstart without a compiler")
        check((folder / "levels.csv").stat().st_size > 10_000, "the quickstart wrote no levels")


def main() -> None:
    folder = Path(sys.argv[1]).resolve()
    sdist, wheel = only(folder, "*.tar.gz"), only(folder, "*.whl")
    check_contents(sdist, wheel)
    subprocess.run([sys.executable, "-m", "twine", "check", "--strict", sdist, wheel], check=True)
    if sys.platform == "linux":
        check("manylinux" in wheel.name, f"{wheel.name} is for this machine only")
        subprocess.run([sys.executable, "-m", "auditwheel", "show", wheel], check=True)
    run_without_a_compiler(wheel)
    print(f"{sdist.name}, {wheel.name}: good")


if __name__ == "__main__":
    main()
