"""The pages of the API reference, from what the package says is public."""

from __future__ import annotations

import inspect

import tassei
import tassei.plot

__all__ = ["pages"]

_ENGINES = ["tassei.spark", "tassei.dask"]
# what methods give back: named by no list of their own
_RESULTS = ["contrast.Contrast", "gap.Gap", "question.Questions", "summary.Summary"]


def _heading(text: str, line: str = "=") -> str:
    return f"{text}\n{line * len(text)}\n\n"


def _summary(module: str, names: list[str]) -> str:
    listed = "".join(f"   {module}.{name}\n" for name in names)
    return f".. autosummary::\n\n{listed}\n"


def pages() -> dict[str, str]:
    """Every page by its path."""
    names = [name for name in tassei.__all__ if not inspect.ismodule(getattr(tassei, name))]
    classes = [n for n in names if inspect.isclass(getattr(tassei, n))]
    errors = [n for n in classes if issubclass(getattr(tassei, n), Exception)]
    classes = [n for n in classes if n not in errors]
    functions = [n for n in names if n not in classes and n not in errors]
    pictures = list(tassei.plot.PICTURES)
    drawn = [n for n in tassei.plot.__all__ if inspect.isfunction(getattr(tassei.plot, n))]
    drawn = pictures + [n for n in drawn if n not in pictures]
    constants = [n for n in tassei.plot.__all__ if n not in drawn and n != "PICTURES"]

    made = {}
    made["api/functions.rst"] = (
        _heading("Functions") + ".. currentmodule:: tassei\n\n"
        + "".join(f".. autofunction:: tassei.{name}\n\n" for name in functions)
    )  # fmt: skip
    for name in classes:
        made[f"api/{name}.rst"] = (
            _heading(name) + ".. currentmodule:: tassei\n\n"
            f".. autoclass:: tassei.{name}()\n   :members:\n   :special-members: __len__\n"
        )
    made["api/results.rst"] = (
        _heading("What methods give back")
        + "".join(f".. autoclass:: tassei.{name}()\n   :members:\n\n" for name in _RESULTS)
    )  # fmt: skip
    made["api/digest.rst"] = (
        _heading("Digest of evidence") + ".. automodule:: tassei.digest\n   :no-members:\n"
    )
    made["api/errors.rst"] = _heading("Errors") + "".join(
        f".. autoexception:: tassei.{name}()\n   :members:\n   :show-inheritance:\n\n" for name in errors
    )
    made["api/plot.rst"] = (
        _heading("Pictures") + ".. automodule:: tassei.plot\n   :no-members:\n\n"
        "These are methods of ``a.plot`` as well: " + ", ".join(f":func:`{n}`" for n in pictures) + ".\n\n"
        + "".join(f".. autofunction:: tassei.plot.{name}\n\n" for name in drawn)
        + "".join(f".. autodata:: tassei.plot.{name}\n\n" for name in constants)
        + ".. py:data:: tassei.plot.PICTURES\n\n   The pictures that are methods, by name.\n\n"
        + _heading("Languages and fonts", "-")
        + ".. autofunction:: tassei.words.languages\n\n.. autoexception:: tassei.fonts.FontError\n"
    )
    made["api/engines.rst"] = _heading("Spark and Dask") + "".join(
        f".. automodule:: {name}\n   :no-members:\n\n.. autofunction:: {name}.assess\n\n" for name in _ENGINES
    )
    made["api/index.rst"] = (
        _heading("API reference")
        + "What is documented here is public; everything else may change.\n\n"
        + _summary("tassei", functions + classes + errors)
        + _summary("tassei.plot", drawn)
        + "".join(_summary(name, ["assess"]) for name in _ENGINES)
        + ".. toctree::\n   :hidden:\n\n   functions\n"
        + "".join(f"   {name}\n" for name in classes)
        + "   plot\n   engines\n   results\n   digest\n   errors\n"
    )
    return made
