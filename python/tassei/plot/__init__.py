"""Pictures of an assessment. Each takes what it shows and returns the Axes it drew on.

Every function is also a method: ``plot.distribution(a, by="site")`` is ``a.plot.distribution(by="site")``;
``trend.plot()`` draws a :class:`tassei.Trend`, ``comparison.plot()`` a :class:`tassei.Comparison`. With
``interactive=True`` some are Altair charts for a notebook instead; as Altair comes, it fetches what draws
them from the network, and after ``altair.renderers.enable("jupyter", offline=True)`` it does not.
"""

from collections.abc import Callable
from typing import Any

from .bottlenecks import bottlenecks
from .completeness import completeness
from .distribution import distribution
from .flow import flow
from .heatmap import heatmap
from .profile import profile
from .readiness import readiness
from .scores import scores
from .style import HATCH
from .supply import supply
from .timeline import timeline
from .trend import trend

# whose first argument is an assessment: these are its methods
PICTURES: dict[str, Callable[..., Any]] = {
    "distribution": distribution,
    "heatmap": heatmap,
    "bottlenecks": bottlenecks,
    "profile": profile,
    "readiness": readiness,
    "scores": scores,
    "supply": supply,
    "completeness": completeness,
    "timeline": timeline,
}

__all__ = [
    "HATCH",
    "PICTURES",
    "bottlenecks",
    "completeness",
    "distribution",
    "flow",
    "heatmap",
    "profile",
    "readiness",
    "scores",
    "supply",
    "timeline",
    "trend",
]
