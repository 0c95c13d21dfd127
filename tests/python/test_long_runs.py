"""Long computations: Ctrl-C ends them, bars show them, a fork does not hurt them."""

from __future__ import annotations

import os
import signal
import sys

import fresh
import numpy as np
import pytest
import tassei
from any_framework import framework_of, loaded

MANY = """
    import os, signal, sys, threading, time
    import numpy as np, pandas as pd, tassei
    framework = tassei.load_framework("itss-v3-2011-customer-service")
    sample = tassei.synthesize(500, seed=3)
    def many(times):
        frames = {}
        for name, frame in sample.items():
            frame = pd.concat([frame] * times, ignore_index=True)
            copy = np.repeat(np.arange(times), len(frame) // times).astype(str)
            frame["person_id"] = frame["person_id"].astype(str) + "-" + copy
            frames[name] = frame
        return tassei.read_evidence(frames, framework)
"""


def run(code, **environment):
    return fresh.python(MANY, code, **environment)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to oneself")
def test_ctrl_c_ends_a_long_run_at_once_and_breaks_nothing():
    done = run("""
        a = tassei.assess(many(20), as_of="2026-03-31", threads=1)
        def press():
            time.sleep(0.3)
            pressed.append(time.monotonic())
            os.kill(os.getpid(), signal.SIGINT)
        pressed = []
        threading.Thread(target=press).start()
        try:
            for _ in range(1000):
                a.gaps()
        except KeyboardInterrupt:
            print("stopped")
        after = time.monotonic() - pressed[0]
        assert after < 5, after  # that it does not run to its end, not how fast the machine is
        again = tassei.assess(a.evidence, as_of="2026-03-31", threads=2)
        assert (again.levels() == a.levels()).all(axis=None)
    """, TASSEI_PROGRESS="off")
    assert done.stdout == "stopped\n"


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to oneself")
@pytest.mark.parametrize("what", ["gap", "gaps", "questions"])
def test_ctrl_c_ends_what_takes_long_for_one_person(what, tmp_path):
    """A framework can ask for so much that a single person's gap or questions take minutes."""
    parts = [
        [{"count": {"table": "things", "where": {"column": "size", "at_least": n, "at_most": n},
                    "at_least": 5 + n % 4, "unit": "pieces"}} for n in range(8 * i, 8 * i + 8)]
        for i in range(20)
    ]  # fmt: skip
    sheet = {"specialty": "north", "level": 1, "criteria": {"skill": {"all": [{"any": p} for p in parts]}}}
    path = loaded(framework_of([sheet], {"skill": {"en": "skill"}}), tmp_path).path
    done = fresh.python(f"""
        import os, signal, threading, time, tassei
        framework = tassei.load_framework({str(path)!r})
        things = {{"who": ["P1"] * 90, "size": [None] * 90}}
        a = tassei.assess(tassei.read_evidence({{"things": things}}, framework), as_of="2026-03-31")
        ask = {{
            "gap": lambda: a.gap("P1", "north", 1),
            "gaps": lambda: a.gaps(),
            "questions": lambda: a.questions("P1", "north", 1),
        }}[{what!r}]
        def press():
            time.sleep(0.5)
            os.kill(os.getpid(), signal.SIGINT)
        threading.Thread(target=press).start()
        try:
            while True:
                ask()
        except KeyboardInterrupt:
            print("stopped")
    """, "", TASSEI_PROGRESS="off")
    assert done.stdout == "stopped\n"


def test_a_bar_that_fails_ends_the_run_and_is_what_is_said():
    done = run("""
        import tassei.progress
        class Broken:
            def close(self): pass
            def show(self, done, total): raise RuntimeError(f"{0 <= done <= total}")
        tassei.progress.bar = lambda what: Broken()
        times = 10
        while times < 10_000:  # until it takes half a second
            a = tassei.assess(many(times), as_of="2026-03-31", threads=1)
            times *= 4
            try:
                a.gaps()
            except RuntimeError as why:
                print(why)
                break
    """)
    assert done.stdout == "True\n"


def test_bars_say_how_far_it_is_and_leave_nothing_behind(monkeypatch, capsys):
    from tassei.progress import Bar

    own = Bar("assess")
    own.show(3, 4)
    own.close()
    assert capsys.readouterr().err == ""  # no terminal
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    own = Bar("assess")
    own.show(3, 4)
    shown = capsys.readouterr().err
    own.close()
    assert "assess:  75%" in shown
    monkeypatch.setenv("TASSEI_PROGRESS", "off")
    own = Bar("assess")
    own.show(3, 4)
    own.close()
    assert "%" not in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # a fork beside threads of others
def test_after_a_fork_the_child_assesses_too():
    framework = tassei.load_framework("itss-v3-2011-customer-service")
    evidence = tassei.read_evidence(tassei.synthesize(1500, seed=3), framework)
    before = tassei.assess(evidence, as_of="2026-03-31", threads=2)
    child = os.fork()
    if child == 0:
        after = tassei.assess(evidence, as_of="2026-03-31", threads=2)
        os._exit(0 if np.array_equal(after._core.level, before._core.level) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_signals_are_left_to_other_threads():
    """A run outside the main thread is none of Ctrl-C's business, and works."""
    import threading

    framework = tassei.load_framework("itss-v3-2011-customer-service")
    evidence = tassei.read_evidence(tassei.synthesize(1500, seed=3), framework)
    found = []
    thread = threading.Thread(target=lambda: found.append(tassei.assess(evidence, as_of="2026-03-31")))
    before = signal.getsignal(signal.SIGINT)
    thread.start()
    thread.join()
    assert len(found[0]) == 1500
    assert signal.getsignal(signal.SIGINT) is before


SUB_INTERPRETER = """
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
other = interpreters.create()
code = '''
try:
    import tassei
    tassei.load_framework("itss-v3-2011-customer-service").plan()
except ImportError as error:
    assert "tassei, like NumPy, works in the main interpreter" in str(error), error
else:
    raise AssertionError("imported")
'''
failed = interpreters.run_string(other, code)
assert failed is None, failed
import tassei
print(tassei.frameworks())
"""


def test_a_sub_interpreter_is_told_that_it_cannot():
    """NumPy cannot be in one either."""
    assert "itss" in fresh.python("", SUB_INTERPRETER).stdout
