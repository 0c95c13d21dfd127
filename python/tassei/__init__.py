"""Which level of a skill standard each person's evidence proves, why, and what is missing.

    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> tables = {"certifications": {"person_id": ["P1"], "examination": ["AP"]}}
    >>> evidence = tassei.read_evidence(tables, framework)
    >>> tassei.assess(evidence, framework, as_of="2026-03-31").levels()["level"].tolist()
    [3, 3, 3]
"""

from contextlib import suppress as _suppress
from importlib import import_module as _import_module
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


def _in_main_interpreter() -> bool:
    for name in ("_interpreters", "_xxsubinterpreters"):  # the latter before Python 3.13
        with _suppress(ImportError):
            interpreters: Any = _import_module(name)
            return bool(interpreters.get_current() == interpreters.get_main())
    return True


if not _in_main_interpreter():  # before 3.12 the core would wait for ever; later some other library complains
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
    if name in ("dask", "plot", "spark"):
        return _import_module(f".{name}", __name__)
    if name not in _HOMES:
        raise AttributeError(f"module 'tassei' has no attribute {name!r}")
    value = getattr(_import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
