"""Fixtures of more than one file; a file that needs others of the name has its own."""

from __future__ import annotations

import pytest
import tassei
from drawing import AS_OF


@pytest.fixture(scope="session")
def framework():
    return tassei.load_framework("itss-v3-2011-customer-service")


@pytest.fixture(scope="module")
def assessment(framework):
    evidence = tassei.read_evidence(tassei.synthesize(400, seed=3), framework)
    return tassei.assess(evidence, framework, as_of=AS_OF)


@pytest.fixture
def no_figure_stays_open():
    yield
    import matplotlib.pyplot as plt

    plt.close("all")
