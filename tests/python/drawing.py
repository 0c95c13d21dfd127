"""What the tests of pictures share; their fixtures are in conftest.py."""

from __future__ import annotations

import pandas as pd
import tassei

AS_OF = "2026-06-30"
LANGS = ["en", "ja"]


def drawn(ax):
    """The axes, drawn, with nothing beyond the figure's edge."""
    ax.figure.canvas.draw()  # a missing glyph warns here, and warnings are errors
    box, figure = ax.get_tightbbox(), ax.figure.bbox
    assert box.x0 >= figure.x0 - 1 and box.x1 <= figure.x1 + 1
    assert box.y0 >= figure.y0 - 1 and box.y1 <= figure.y1 + 1
    return ax


def of_people(framework, count, sites):
    """An assessment of people of whom nothing is known but their site."""
    people = pd.DataFrame({"person_id": [f"P{i}" for i in range(count)], "site": sites}, dtype="str")
    return tassei.assess(tassei.read_evidence({"people": people}, framework), framework, as_of=AS_OF)
