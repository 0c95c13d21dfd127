"""Threads that share everything. On an interpreter without the GIL they run at the same instant."""

from __future__ import annotations

import os
import stat
import sys
import sysconfig
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import SimpleNamespace

import fresh
import pandas as pd
import pyarrow as pa
import pytest
import tassei
from drawing import AS_OF, LANGS
from tassei.export import write_frame

THREADS = 8
FREE = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
ROUNDS = 3 if FREE else 1
DAYS = ["2024-06-30", "2025-06-30", AS_OF]


@pytest.fixture(scope="module")
def sample():
    return tassei.synthesize(200, seed=4)


@pytest.fixture(autouse=True)
def threads_that_take_turns_often():
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(usual)


def at_once(work, given: Iterable):
    """What `work` finds of each, by as many threads that begin together."""
    given = list(given)
    gate = Barrier(len(given))

    def begin(one):
        gate.wait(60)
        return work(one)

    with ThreadPoolExecutor(len(given)) as pool:
        return list(pool.map(begin, given))


def shared(sample):
    """What threads share, of which nothing has been looked at."""
    framework = tassei.load_framework("itss-v3-2011-customer-service")
    evidence = tassei.read_evidence(sample, framework)
    assessments = [tassei.assess(evidence, as_of=day, threads=1) for day in DAYS[1:]]
    return SimpleNamespace(
        sample=sample, framework=framework, evidence=evidence, before=assessments[0], now=assessments[1],
        trend=tassei.assess_over(evidence, framework, DAYS),
    )  # fmt: skip


def saved(its, folder):
    its.now.save(folder)
    return tassei.load(folder).levels()


JOBS = {
    "assess": lambda its, _: tassei.assess(its.evidence, as_of=AS_OF, threads=2).levels(),
    "assess under readings": lambda its, _: tassei.assess(
        its.evidence, as_of=AS_OF, readings={"overlap": "sum"}
    ).levels(),
    "assess in part": lambda its, _: tassei.assess(its.evidence, as_of=AS_OF, levels=[4, 5]).sheets(),
    "levels": lambda its, _: its.now.levels(),
    "sheets": lambda its, _: its.now.sheets(),
    "scores": lambda its, _: its.now.scores.tobytes(),
    "criteria": lambda its, _: its.now.criteria(level=4),
    "ledger": lambda its, _: its.now.ledger(level=4),
    "distribution": lambda its, _: its.now.distribution(by="site", min_group=5),
    "bottlenecks": lambda its, _: its.now.bottlenecks(by="site", min_group=5),
    "completeness": lambda its, _: its.now.completeness(),
    "unknowns": lambda its, _: its.now.unknowns(),
    "forecast": lambda its, _: its.now.forecast(target=4),
    "gaps": lambda its, _: its.now.gaps(target=4),
    "arrow": lambda its, _: its.now.to_arrow("sheets"),
    "provenance": lambda its, _: {**its.now.provenance, "assessed_at": None},
    "explain": lambda its, _: its.now.explain(its.person, its.framework.specialties[0], 4, "ja").text,
    "gap": lambda its, _: its.now.gap(its.person, its.framework.specialties[0], 4).text,
    "transitions": lambda its, _: tassei.compare(its.before, its.now).transitions(by="site", min_group=5),
    "changes": lambda its, _: tassei.compare(its.before, its.now).changes(),
    "trend": lambda its, _: tassei.assess_over(its.evidence, its.framework, DAYS).levels(),
    "trend by group": lambda its, _: its.trend.distribution(by="site", min_group=5),
    "read": lambda its, _: tassei.read_evidence(its.sample, its.framework).digest,
    "digest": lambda its, _: its.evidence.digest,
    "duplicates": lambda its, _: [its.evidence.duplicates(t).tolist() for t in its.framework.document.tables],
    "summary": lambda its, _: str(its.evidence.summary("ja")),
    "fingerprint": lambda its, _: its.framework.fingerprint,
    "save": saved,
}


def agree(one, other):
    if isinstance(one, pd.DataFrame | pa.Table):
        return one.equals(other)
    return one == other


def test_threads_may_share_everything(sample, tmp_path):
    its = shared(sample)
    its.person = sample["people"]["person_id"].iloc[0]
    alone = {name: job(its, tmp_path / "alone") for name, job in JOBS.items()}
    for number in range(ROUNDS):
        own = shared(sample)
        own.person = its.person

        def differing(thread, own=own, number=number):
            names = list(JOBS)
            start = thread * len(names) // THREADS if number % 2 else 0  # the same or something else at once
            return [
                name
                for name in names[start:] + names[:start]
                if not agree(alone[name], JOBS[name](own, tmp_path / f"{number} {thread}"))
            ]

        assert at_once(differing, range(THREADS)) == [[]] * THREADS


def test_threads_get_one_part_of_a_framework():
    framework = tassei.load_framework("itss-v3-2011-customer-service")
    parts = at_once(lambda _: framework.only("software", levels=[5, 6]), range(THREADS))
    assert all(part is parts[0] for part in parts)


@pytest.mark.skipif(os.name == "nt", reason="no file modes")
def test_files_of_threads_have_the_mode_that_the_umask_says(tmp_path):
    usual = os.umask(0o027)
    try:
        frame = pd.DataFrame({"level": [1, 2]})
        at_once(lambda i: write_frame(frame, tmp_path / f"{i}.csv"), range(THREADS))
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(usual)
    assert [stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()] == [0o640] * THREADS


def test_threads_draw_the_same_pictures_and_leave_the_settings_alone(assessment):
    import matplotlib as mpl
    from tassei.plot.style import png

    def draw(lang):
        return png(lambda: assessment.plot.distribution(lang=lang), dpi=50)

    usual, langs = dict(mpl.rcParams), LANGS * 2
    alone = {lang: draw(lang) for lang in LANGS}
    for _ in range(ROUNDS):
        assert at_once(draw, langs) == [alone[lang] for lang in langs]
    assert dict(mpl.rcParams) == usual


@pytest.mark.skipif(not FREE, reason="the interpreter always has the GIL")
def test_the_core_leaves_the_gil_off():
    fresh.python("", """
        import sys, warnings
        import tassei._core
        assert not sys._is_gil_enabled()
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            framework = tassei.load_framework(tassei.frameworks()[0])
            evidence = tassei.read_evidence(tassei.synthesize(50, seed=3), framework)
            tassei.assess(evidence, framework, as_of="2026-06-30").levels()
        others = [str(one.message) for one in said if "GIL" in str(one.message)]  # of other libraries
        assert others or not sys._is_gil_enabled()
    """, PYTHON_GIL="")
