"""How far a long computation has come, as a bar in a terminal or a notebook."""

from __future__ import annotations

import os
import sys
import threading
import warnings
from typing import Any

__all__ = ["bar"]

_OFF = ("0", "off", "no", "false")


def bar(what: str) -> Bar:
    """A bar for something that takes longer than half a second; the core asks for it.

    It is drawn in notebooks and on terminals, never into a file or a pipe, and goes away at the end.
    Threads other than the main one draw none: a pool's bars would overwrite each other.
    The environment variable ``TASSEI_PROGRESS=off`` keeps it away altogether.

    Parameters
    ----------
    what : str
        Name of the computation.

    Examples
    --------
    >>> own = bar("assess")
    >>> own.show(1, 2)
    >>> own.close()
    """
    return Bar(what)


class Bar:
    def __init__(self, what: str) -> None:
        self._bar: Any = None
        beside = threading.current_thread() is not threading.main_thread()
        if beside or os.environ.get("TASSEI_PROGRESS", "").lower() in _OFF:
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a notebook has no widgets: the bar is plain text then
            from tqdm.auto import tqdm

            self._bar = tqdm(
                desc=what, total=1, leave=False, disable=None if _on_a_stream() else False,
                bar_format="{desc}: {percentage:3.0f}%|{bar}| {elapsed}<{remaining}",
            )  # fmt: skip

    def show(self, done: int, total: int) -> None:
        """Draws the bar anew, with the share of what is known to be done."""
        if self._bar is not None:
            self._bar.total = max(total, 1)
            self._bar.n = min(done, total)
            self._bar.refresh()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


def _on_a_stream() -> bool:
    """Not in a notebook, whose kernel draws."""
    shell = sys.modules.get("IPython")
    return shell is None or not hasattr(shell.get_ipython(), "kernel")
