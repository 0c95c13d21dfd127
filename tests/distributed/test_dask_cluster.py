"""What Dask gives is what one assessment gives. A real cluster of processes."""

from __future__ import annotations

import pytest
import tassei
from random_people import AS_OF, spoilt
from workforces import READINGS, TABLES, Dies, at_once, dask_frames, same, same_in_files

pytest.importorskip("distributed", reason="Dask is not installed: make test-distributed")
dd = pytest.importorskip("dask.dataframe", reason="Dask is not installed: make test-distributed")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    import dask
    from distributed import Client, LocalCluster

    folder = str(tmp_path_factory.mktemp("dask"))
    with (
        dask.config.set({"temporary-directory": folder, "distributed.scheduler.allowed-failures": 1}),
        LocalCluster(2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def frames(tables):
    return dask_frames(tables)


@pytest.mark.parametrize("what", TABLES)
def test_dask_gives_what_one_assessment_gives(cluster, frames, tables, framework, what):
    result = tassei.dask.assess(frames, framework, AS_OF, READINGS, "supervisor", what=what, buckets=3)
    expected = at_once(tables, framework, what, readings=READINGS, min_verification="supervisor")
    assert len(expected) >= 60
    found = result.compute()
    same(found, expected)
    assert result.dtypes.equals(found.dtypes)


def test_bad_cells_are_those_of_one_assessment(cluster, tables, framework):
    bad = spoilt(tables)
    frames = dask_frames(bad)
    issues = tassei.dask.assess(frames, framework, AS_OF, what="issues", buckets=3).compute()
    assert len(issues) >= 9
    same(issues, at_once(bad, framework, "issues", "collect"))
    levels = tassei.dask.assess(frames, framework, AS_OF, on_error="collect", buckets=3)
    same(levels.compute(), at_once(bad, framework, "levels", "collect"))


def test_a_bad_cell_is_an_error_with_its_row(cluster, tables, framework):
    result = tassei.dask.assess(dask_frames(spoilt(tables)), framework, AS_OF, buckets=1)
    said = r"'maneger' is an unknown word \(rows 3, 17, 40\)"
    with pytest.raises(tassei.EvidenceError, match=said) as error:
        result.compute()
    assert {3, 17, 40} <= set(error.value.issues["row"])


def test_a_worker_compiles_a_framework_once(cluster, frames, framework):
    def compiled():
        from tassei.framework import _revive

        return _revive.cache_info().misses, _revive.cache_info().hits

    cluster.run(lambda: __import__("tassei.framework").framework._revive.cache_clear())
    tassei.dask.assess(frames, framework, AS_OF, buckets=20, threads=2).compute()
    counts = list(cluster.run(compiled).values())
    assert {misses for misses, _ in counts} <= {0, 1}
    assert sum(hits for _, hits in counts) >= 10


def test_a_worker_that_dies_changes_nothing(cluster, frames, tables, framework, tmp_path):
    marker = tmp_path / "died"
    dies = Dies("supervisor", marker)
    result = tassei.dask.assess(frames, framework, AS_OF, None, dies, what="sheets", buckets=3)
    same(result.compute(), at_once(tables, framework, "sheets", min_verification="supervisor"))
    assert marker.exists()


def test_workers_that_die_again_and_again_are_an_error(cluster, frames, framework, tmp_path):
    from distributed import KilledWorker

    dies = Dies("supervisor", tmp_path / "died", always=True)
    with pytest.raises(KilledWorker):
        tassei.dask.assess(frames, framework, AS_OF, None, dies, buckets=2).compute()


@pytest.mark.parametrize("what", ["levels", "sheets"])
def test_200_000_people_of_whom_one_has_200_000_rows(what, cluster, many, framework, tmp_path):
    frames = {name: dd.read_parquet(path, blocksize="8MiB") for name, path in many.items()}
    result = tassei.dask.assess(frames, framework, AS_OF, what=what, buckets=24)
    result.to_parquet(tmp_path / what, write_index=False)
    same_in_files(tmp_path / what, what, many, framework)
