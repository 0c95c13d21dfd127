"""Code in an interpreter of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from textwrap import dedent


def python(start, code, *arguments, **environment):
    """What came of `start` and `code`, each indented by itself; an error fails the test."""
    done = subprocess.run(
        [sys.executable, "-c", dedent(start) + dedent(code), *map(str, arguments)],
        capture_output=True, text=True, encoding="utf-8", timeout=300, env={**os.environ, **environment},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done
