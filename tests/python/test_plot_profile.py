"""One person against a sheet, as a picture."""

from __future__ import annotations

import matplotlib as mpl
import pytest
import tassei
from drawing import AS_OF, LANGS
from tassei import words

mpl.use("Agg")
import matplotlib.pyplot as plt

pytestmark = pytest.mark.usefixtures("no_figure_stays_open")


def drawn(ax):
    ax.figure.canvas.draw()  # a missing glyph warns here, and warnings are errors
    box, figure = ax.get_tightbbox(), ax.figure.bbox
    assert box.x0 >= figure.x0 - 1 and box.x1 <= figure.x1 + 1
    return ax


@pytest.mark.parametrize("lang", LANGS)
def test_bars_are_the_criteria(framework, lang):
    a = tassei.assess(tassei.read_evidence(tassei.synthesize(60, seed=3), framework), framework, as_of=AS_OF)
    say, colours = words.words(lang), {}
    for person in a.evidence.people["person_id"][:12]:
        ax, data = a.plot.profile(person, "hardware", 4, lang=lang, return_data=True)
        drawn(ax)
        assert data.equals(a.criteria(person, "hardware", 4))
        widths = [bars[0].get_width() for bars in ax.containers]
        low = (100 * data["low"] / data["required"]).clip(upper=150)
        high = (100 * data["high"] / data["required"]).clip(upper=150)
        assert widths[::2] == pytest.approx(low.tolist())
        assert widths[1::2] == pytest.approx((high - low).tolist())
        said = [text.get_text() for text in ax.texts]
        assert sum(text.startswith(("✓", "?", "×")) for text in said) == len(data)
        shown = [text for text in ax.texts if text.get_text().startswith(("✓", "?", "×"))]
        for status, text in zip(data["status"], shown, strict=True):
            assert say[status] in text.get_text()
            colours.setdefault(status, set()).add(text.get_color())
        plt.close("all")
    assert all(len(own) == 1 for own in colours.values())
    assert len(set.union(*colours.values())) == len(colours) == 3


@pytest.mark.parametrize("lang", LANGS)
def test_a_person_of_whom_nothing_is_known(framework, lang):
    evidence = tassei.read_evidence({"people": {"person_id": ["$P_1$"]}}, framework)
    a = tassei.assess(evidence, framework, as_of=AS_OF)
    ax = drawn(a.plot.profile("$P_1$", "software", lang=lang))
    texts = [text.get_text() for text in ax.texts]
    unbounded = a.criteria("$P_1$", "software", 3)["high"].tolist().count(float("inf"))
    more = words.words(lang)["or_more"].format(low=0)
    assert sum(more in text for text in texts) == unbounded > 0
    assert len([line for line in ax.lines if line.get_marker() == 9]) == unbounded  # an arrow each
    assert not any(words.words(lang)["n"].format(n=1) in text for text in texts)
    assert any("$P_1$" in text for text in texts)
    assert words.words(lang)["required_axis"] == ax.get_xlabel()


def test_who_does_not_exist_is_named(framework):
    a = tassei.assess(tassei.read_evidence({"people": {"person_id": ["P1"]}}, framework), framework)
    with pytest.raises(tassei.AssessError, match="no person 'P2'"):
        a.plot.profile("P2", "software")
