"""The soak finds a fault that is planted in a copy of the framework, and tells it by one small person."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
import tassei
from against_slow import ask, differences, random_options
from slow_evaluator import READINGS, evaluate

SOAK = Path(__file__).parents[1] / "soak.py"
FRAMEWORK = Path(tassei.__file__).parent / "data/frameworks/itss-v3-2011-customer-service.yaml"
if not FRAMEWORK.exists():  # in a checkout the frameworks lie beside the package
    FRAMEWORK = Path(__file__).parents[2] / "data/frameworks" / FRAMEWORK.name

FAULTS = {
    "rooms": ("computer_rooms, at_least: 3, at_most: 4", "computer_rooms, at_least: 4, at_most: 4"),
    "reading": ('choices: {"no": false, "yes": true}', 'choices: {"no": false, "yes": false}'),
}


def soak(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, str(SOAK), "--workers", "1", "--people", "4000", "--seed", "7", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_and_told_by_a_small_person(tmp_path, framework, fault):
    right, wrong = FAULTS[fault]
    text = FRAMEWORK.read_text("utf-8")
    assert text.count(right) == 1
    faulty = tmp_path / "faulty.yaml"
    faulty.write_text(text.replace(right, wrong), "utf-8")

    run = soak("--framework", str(faulty))
    assert run.returncode == 1, run.stdout + run.stderr

    # what is printed runs as it stands
    pasted = re.search(r"^def (test_seed_\d+)\(framework\):\n(    .*\n)+", run.stdout, re.MULTILINE)
    assert pasted, run.stdout
    names = {"ask": ask, "differences": differences, "evaluate": evaluate}
    exec("import datetime as dt\n" + pasted[0], names)
    with pytest.raises(AssertionError):
        names[pasted[1]](tassei.load_framework(faulty))
    names[pasted[1]](framework)

    # nothing stands in it that the fault does not need
    rows = pasted[0].count("'person_id'")
    if fault == "rooms":
        assert rows == 2  # the person and one engagement
        assert "'computer_rooms': 3" in pasted[0]
        assert "'readings': {}" in pasted[0]
    else:
        assert rows <= 5
        assert "'readings': {'cumulative': 'yes'}" in pasted[0]


def test_readings_are_varied():
    options = [random_options(Random(seed)) for seed in range(400)]
    chosen = {(name, word) for given in options for name, word in given["readings"].items()}
    assert {name for name, _ in chosen} == set(READINGS)
    assert len(chosen) == 16
    assert len({(o["as_of"], o["min_verification"]) for o in options}) == 16
