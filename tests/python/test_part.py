"""What is sent to the workers of Spark and Dask, and what is said where those are missing."""

from __future__ import annotations

import pickle
import subprocess
import sys
import textwrap

import pytest
import tassei
from drawing import AS_OF

WORKER = textwrap.dedent(
    """
    import pickle, sys

    with open(sys.argv[1], "rb") as file:
        task = file.read()
    with open(sys.argv[2], "rb") as file:
        tables = pickle.load(file)
    import tassei

    frameworks = [pickle.loads(task) for _ in range(3)]
    levels = [
        tassei.assess(tassei.read_evidence(tables, framework), framework, sys.argv[3], threads=1).levels()
        for framework in frameworks
    ]
    plans = {id(framework.plan()) for framework in frameworks}
    with open(sys.argv[4], "wb") as file:
        pickle.dump((levels[2], len(plans), frameworks[2].fingerprint), file)
    """
)


def test_a_framework_is_sent_by_content_and_compiled_once_in_a_process(tmp_path):
    tables = tassei.synthesize(200, seed=3)
    path = tmp_path / "standard.yaml"  # a file that no worker has
    path.write_bytes(tassei.load_framework("itss-v3-2011-customer-service").path.read_bytes())
    framework = tassei.load_framework(path)
    path.unlink()
    names = [tmp_path / name for name in ("task", "tables", "found")]
    names[0].write_bytes(pickle.dumps(framework))
    names[1].write_bytes(pickle.dumps(tables))
    command = [sys.executable, "-c", WORKER, *map(str, names[:2]), AS_OF, str(names[2])]
    subprocess.run(command, check=True)
    levels, plans, fingerprint = pickle.loads(names[2].read_bytes())
    expected = tassei.assess(tassei.read_evidence(tables, framework), framework, AS_OF).levels()
    assert levels.equals(expected)
    assert plans == 1
    assert fingerprint == framework.fingerprint


@pytest.mark.parametrize(("engine", "library"), [("spark", "pyspark.sql"), ("dask", "dask.dataframe")])
def test_an_engine_that_is_not_installed_is_told(engine, library, monkeypatch, framework):
    monkeypatch.setitem(sys.modules, library.split(".")[0], None)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(tassei.AssessError, match=rf"is not installed: pip install 'tassei\[{engine}\]'"):
        getattr(tassei, engine).assess({}, framework)


def test_importing_tassei_and_its_engines_imports_neither_library():
    said = "import sys, tassei; tassei.spark, tassei.dask; print({'pyspark', 'dask'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", said], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "set()"
