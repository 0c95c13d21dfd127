"""Fixtures of all engines."""

from __future__ import annotations

import pytest
import tassei
import workforces


@pytest.fixture(scope="session")
def framework():
    return tassei.load_framework("itss-v3-2011-customer-service")


@pytest.fixture(scope="session")
def tables():
    return workforces.people()


@pytest.fixture(scope="session")
def many(tmp_path_factory):
    """200,000 people in Parquet files, one of whom has 200,000 rows."""
    return workforces.skewed(tmp_path_factory.mktemp("many"))
