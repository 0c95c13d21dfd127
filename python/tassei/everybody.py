"""The criteria of everybody, so many people at a time: all at once they are too many to be held."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from . import _core

if TYPE_CHECKING:
    from .assessment import Assessment

__all__ = ["AT_ONCE", "criteria_in_parts"]

AT_ONCE = 50_000  # persons


def criteria_in_parts(a: Assessment) -> Iterator[tuple[npt.NDArray[np.int64], Any]]:
    """Places of some people, and the core's criteria of them: a row a person, a column a criterion."""
    for first in range(0, len(a), AT_ONCE):
        places = np.arange(first, min(first + AT_ONCE, len(a)), dtype=np.int64)
        yield places, _core.criteria(a._whole, places)
