"""What an import of the package costs: seen by what it loads, as times differ from machine to machine."""

import subprocess
import sys

HEAVY = {
    "altair", "anywidget", "dask", "duckdb", "IPython", "matplotlib", "numpy", "pandas", "polars", "pyarrow",
    "pydantic", "pyspark", "xlsxwriter", "yaml",
}  # fmt: skip

ASSESSED = """
framework = tassei.load_framework("itss-v3-2011-customer-service")
tables = {"certifications": {"person_id": ["P1"], "examination": ["AP"]}}
a = tassei.assess(tassei.read_evidence(tables, framework), as_of="2026-06-30")
assert list(a.levels()["level"]) == [3, 3, 3]
"""


def loaded(code: str) -> set[str]:
    """The heavy packages that a fresh interpreter has loaded in the end."""
    said = f"import sys, tassei\n{code}\nprint(*{HEAVY!r}.intersection(sys.modules))"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def test_the_package_loads_nothing_heavy() -> None:
    assert loaded("") == set()


def test_names_are_listed_without_being_loaded() -> None:
    assert loaded("assert 'assess' in dir(tassei) and tassei.__version__") == set()


def test_assessing_loads_what_it_works_with_and_nothing_to_draw_with() -> None:
    assert loaded(ASSESSED) == {"numpy", "pandas", "pyarrow", "pydantic", "yaml"}


def test_the_command_says_what_it_can_do_without_what_it_draws_with() -> None:
    code = "from tassei.cli import main\nmain(['--help'], standalone_mode=False)"
    assert not loaded(code) & {"altair", "IPython", "matplotlib", "polars", "pydantic"}


def test_every_public_name_is_there() -> None:
    code = "print([name for name in tassei.__all__ if not hasattr(tassei, name)])"
    done = subprocess.run(
        [sys.executable, "-c", f"import tassei\n{code}"], capture_output=True, text=True, timeout=120
    )
    assert done.stdout == "[]\n", done.stderr
