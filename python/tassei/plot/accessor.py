"""Pictures as methods: ``a.plot.distribution()`` is ``plot.distribution(a)``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, update_wrapper
from typing import Any

__all__ = ["Plots"]


class Plots:
    """The pictures of one assessment, each a method named as the function of :mod:`tassei.plot`.

    Examples
    --------
    >>> import tassei
    >>> from matplotlib.figure import Figure
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> evidence = tassei.read_evidence({"people": {"person_id": ["P1"]}}, framework)
    >>> a = tassei.assess(evidence, framework, as_of="2026-06-30")
    >>> a.plot.distribution(ax=Figure().add_subplot()).get_ylabel()
    'Head count (people)'
    """

    def __init__(self, assessment: Any) -> None:
        self._assessment = assessment

    def __getattr__(self, name: str) -> Callable[..., Any]:
        from . import PICTURES

        if name not in PICTURES:
            there = ", ".join(PICTURES)
            raise AttributeError(f"there is no picture {name!r}; there are {there}")
        return update_wrapper(partial(PICTURES[name], self._assessment), PICTURES[name])

    def __dir__(self) -> list[str]:
        from . import PICTURES

        return list(PICTURES)

    def __repr__(self) -> str:
        return f"Plots({', '.join(dir(self))})"
