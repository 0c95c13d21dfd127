"""Which level of a skill standard each person's evidence proves, why, and what is missing.

    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> tables = {"certifications": {"person_id": ["P1"], "examination": ["AP"]}}
    >>> evidence = tassei.read_evidence(tables, framework)
    >>> tassei.assess(evidence, framework, as_of="2026-03-31").levels()["level"].tolist()
    [3, 3, 3]
"""

import sys as _sys
from importlib.metadata import version as _version
from typing import TYPE_CHECKING, Any

from .error import AssessError, EvidenceError, FrameworkError

if TYPE_CHECKING:  # what __getattr__ fetches, for editors and type checkers
    from . import dask, plot, spark
    from .assessment import Assessment, assess
    from .batches import Batches, assess_batches
    from .comparison import Comparison, compare
    from .coverage import Coverage
    from .evidence import Evidence
    from .explain import Explanation
    from .framework import Framework, frameworks, load_framework
    from .intake import read_evidence
    from .lint import Lint
    from .saved import load
    from .template import write_template
    from .trend import Trend, assess_over
    from .verify import Verification
    from .workforce import synthesize

if _sys.version_info < (3, 12):  # later ones refuse the core by themselves; here it would wait for ever
    try:
        import _xxsubinterpreters as _interpreters  # type: ignore[import-not-found]
    except ImportError:
        pass
    else:
        if _interpreters.get_current() != _interpreters.get_main():
            raise ImportError("tassei, like NumPy, works in the main interpreter, not in sub-interpreters")

__version__ = _version("tassei")

__all__ = [
    "AssessError",
    "Assessment",
    "Batches",
    "Comparison",
    "Coverage",
    "Evidence",
    "EvidenceError",
    "Explanation",
    "Framework",
    "FrameworkError",
    "Lint",
    "Trend",
    "Verification",
    "assess",
    "assess_batches",
    "assess_over",
    "compare",
    "dask",
    "frameworks",
    "load",
    "load_framework",
    "plot",
    "read_evidence",
    "spark",
    "synthesize",
    "write_template",
]

_HOMES = {
    "Assessment": "assessment",
    "Batches": "batches",
    "Comparison": "comparison",
    "Coverage": "coverage",
    "Evidence": "evidence",
    "Explanation": "explain",
    "Framework": "framework",
    "Lint": "lint",
    "Trend": "trend",
    "Verification": "verify",
    "assess": "assessment",
    "assess_batches": "batches",
    "assess_over": "trend",
    "compare": "comparison",
    "frameworks": "framework",
    "load": "saved",
    "load_framework": "framework",
    "read_evidence": "intake",
    "synthesize": "workforce",
    "write_template": "template",
}


def __getattr__(name: str) -> Any:
    # importing tassei imports nothing heavy: each name is fetched when first used
    from importlib import import_module

    if name in ("dask", "plot", "spark"):
        return import_module(f".{name}", __name__)
    if name not in _HOMES:
        raise AttributeError(f"module 'tassei' has no attribute {name!r}")
    value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
