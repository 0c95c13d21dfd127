"""The main pictures look as they did: compared with those in ``pictures/``.

``make pictures`` draws those anew; look at each before it is committed.
"""

from __future__ import annotations

import io
import itertools
import os
from functools import cache
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
import tassei
from matplotlib import font_manager
from matplotlib.collections import QuadMesh
from matplotlib.legend import Legend
from matplotlib.testing.compare import calculate_rms
from matplotlib.text import Text
from PIL import Image, ImageChops, ImageDraw
from tassei import plot
from tassei.plot import style

mpl.use("Agg")

pytestmark = pytest.mark.skipif(
    mpl.__version_info__ < (3, 10), reason="before 3.10 hatches are as wide as the reader's settings say"
)

FOLDER = Path(__file__).with_name("pictures")
FRAMEWORK = tassei.load_framework("itss-v3-2011-customer-service")
DATES = ["2022-06-30", "2024-06-30", "2026-06-30"]
DPI = 50
SHRUNK, PART, MOVED = 4, 12, 3  # pixels made one, of these a part's, and by how many one may move
# Of colours (root mean square) and of lines (mean step). From one release of matplotlib to the next they
# differ by less than 14 and 2; without hatches by more than 5 in lines, without a legend by more than 20
# in colours.
SAME = (17.0, 3.5)


@cache
def evidence():
    return tassei.read_evidence(tassei.synthesize(160, seed=3), FRAMEWORK)


@cache
def assessment(as_of=DATES[-1]):
    return tassei.assess(evidence(), FRAMEWORK, as_of=as_of)


def plan():
    counts = dict(zip(FRAMEWORK.levels, (24, 12, 5, 2), strict=True))
    return {(specialty, level): n for specialty in FRAMEWORK.specialties for level, n in counts.items()}


PICTURES = {
    "distribution": lambda lang: plot.distribution(assessment(), lang=lang),
    "distribution_by": lambda lang: plot.distribution(assessment(), by="seniority", lang=lang),
    "heatmap": lambda lang: plot.heatmap(assessment(), by="seniority", lang=lang),
    "bottlenecks": lambda lang: plot.bottlenecks(assessment(), lang=lang),
    "trend": lambda lang: plot.trend(tassei.assess_over(evidence(), FRAMEWORK, DATES), lang=lang),
    "flow": lambda lang: plot.flow(tassei.compare(assessment(DATES[0]), assessment()), lang=lang),
    "scores": lambda lang: plot.scores(assessment(), lang=lang),
    "supply": lambda lang: plot.supply(assessment(), plan(), lang=lang),
}
SHOWN = [*((name, "en") for name in PICTURES), ("distribution_by", "ja"), ("flow", "ja")]


@pytest.fixture(autouse=True)
def _fonts_that_come_with_packages(monkeypatch):
    """Machines have other fonts, and other ways of fitting them to pixels."""
    style.font_families(["あ"], "ja")  # from here on the extra's font is among them
    places = ("matplotlib", "matplotlib_fontja")
    own = [f for f in font_manager.fontManager.ttflist if set(places) & set(Path(f.fname).parts)]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", own)
    monkeypatch.setitem(mpl.rcParams, "text.hinting", "none")


def drawn(name, lang, change=lambda ax: None):
    """The picture as PNG, and where its texts are, in pixels from the upper left."""
    kept = []

    def draw():
        kept.append(PICTURES[name](lang))
        change(kept[0])
        kept[0].figure.set_dpi(DPI)
        return kept[0]

    picture = style.png(draw, dpi=DPI)
    texts = [t for t in kept[0].figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
    high = kept[0].figure.bbox.height
    boxes = [text.get_window_extent() for text in texts]
    return picture, [(b.x0 - 3, high - b.y1 - 3, b.x1 + 3, high - b.y0 + 3) for b in boxes]


def difference(picture, texts, name, lang):
    """How far, in its worst part, it is from the stored picture: in colours, and in lines.

    Texts, which other tests read, are covered. Colours are those of a shrunk picture, where each part may
    have moved a little, as a release of matplotlib or of a font moves it; lines are how often the tone
    changes from pixel to pixel.
    """
    pair = [Image.open(FOLDER / f"{name}-{lang}.png"), Image.open(io.BytesIO(picture))]
    wide, high = (max(sizes) for sizes in zip(*(image.size for image in pair), strict=True))
    assert all(abs(image.width - wide) <= 1 and abs(image.height - high) <= 1 for image in pair)
    covered = []
    for image in pair:
        whole = Image.new("RGB", (wide, high), "white")
        whole.paste(image.convert("RGB"))
        for box in texts:
            ImageDraw.Draw(whole).rectangle(box, "white")
        covered.append(whole)
    was = np.asarray(covered[0].reduce(SHRUNK), float)
    corners = list(itertools.product(*(range(0, size, PART) for size in was.shape[:2])))
    best = np.full(len(corners), np.inf)
    for shift in itertools.product(range(-MOVED, MOVED + 1), repeat=2):
        now = np.asarray(ImageChops.offset(covered[1], *shift).reduce(SHRUNK), float)
        parts = [(slice(y, y + PART), slice(x, x + PART)) for y, x in corners]
        best = np.minimum(best, [calculate_rms(was[part], now[part]) for part in parts])
    lines = [np.abs(np.diff(np.asarray(image.convert("L"), float), axis=1)) for image in covered]
    side = SHRUNK * PART
    rough = [[own[y * SHRUNK :, x * SHRUNK :][:side, :side].mean() for y, x in corners] for own in lines]
    return best.max(), np.abs(np.subtract(*rough)).max()


def same(picture, texts, name, lang):
    colours, lines = difference(picture, texts, name, lang)
    return colours < SAME[0] and lines < SAME[1]


@pytest.mark.parametrize(("name", "lang"), SHOWN)
def test_a_picture_looks_as_it_did(name, lang, tmp_path):
    picture, texts = drawn(name, lang)
    if os.environ.get("TASSEI_PICTURES") == "renew":
        FOLDER.mkdir(exist_ok=True)
        whole = Image.open(io.BytesIO(picture)).convert("RGB")
        whole.quantize(256, Image.Quantize.MAXCOVERAGE, dither=0).save(  # keeps rare colours
            FOLDER / f"{name}-{lang}.png", optimize=True
        )
    path = tmp_path / f"{name}-{lang}.png"
    path.write_bytes(picture)
    assert same(picture, texts, name, lang), f"{path} differs; `make pictures` if it is to"


# --- what the comparison sees -----------------------------------------------------------------------


def other_colours(ax):
    patches = [p for p in ax.patches if p.get_visible() and p.get_facecolor()[:3] != (1, 1, 1)]
    kinds = list(dict.fromkeys(p.get_facecolor() for p in patches))
    for patch in patches:
        patch.set_facecolor(kinds[-1 - kinds.index(patch.get_facecolor())])
    for mesh in ax.collections:
        if isinstance(mesh, QuadMesh):
            mesh.set_cmap(mesh.get_cmap().reversed())
        else:
            mesh.set_color(style.LEVEL_COLOURS[0])
    for line in ax.lines:
        line.set_color(style.LEVEL_COLOURS[0])


def no_hatch(ax):
    for artist in [*ax.patches, *ax.collections]:
        artist.set_hatch(None)


def no_legend(ax):
    for legend in [a for a in ax.get_children() if isinstance(a, Legend)]:
        legend.remove()


def no_title(ax):
    max(ax.texts, key=lambda text: text.get_fontsize()).remove()


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (other_colours, list(PICTURES)),
        (no_hatch, ["distribution", "distribution_by", "bottlenecks", "trend", "flow", "supply"]),
        (no_legend, [name for name in PICTURES if name != "heatmap"]),
        (no_title, list(PICTURES)),
    ],
)
def test_a_changed_picture_is_seen(change, names):
    assert [name for name in names if same(*drawn(name, "en", change), name, "en")] == []
