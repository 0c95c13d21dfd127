"""The explorer: a notebook widget to click from everybody to a single record."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

try:
    import anywidget
    import traitlets
except ImportError as error:
    raise ImportError(
        "the explorer needs anywidget: pip install 'tassei[widget]'", name="anywidget"
    ) from error

from .exploration import Exploration
from .suppress import MIN_GROUP
from .words import words

if TYPE_CHECKING:
    from .assessment import Assessment

__all__ = ["Explorer"]

_FOLDER = Path(__file__).parent
_SHARED = ("certain_short", "possible_short", "certain", "possible", "suppressed", "nobody")


class Explorer(anywidget.AnyWidget):
    """Clicks through an assessment; made by :meth:`Assessment.explore`, which see.

    Attributes
    ----------
    exploration : Exploration
        What answers; to be asked without a browser too.
    lang : str

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> evidence = tassei.read_evidence({"people": {"person_id": ["P1"]}}, framework)
    >>> explorer = Explorer(tassei.assess(evidence, framework, as_of="2026-03-31"), lang="ja")
    >>> explorer.say["back"]
    '戻る'
    """

    _esm = (_FOLDER / "explorer.js").read_text(encoding="utf-8")
    _css = (_FOLDER / "explorer.css").read_text(encoding="utf-8")
    say = traitlets.Dict().tag(sync=True)
    start = traitlets.Dict().tag(sync=True)
    lang = traitlets.Unicode("en").tag(sync=True)

    def __init__(
        self, assessment: Assessment, by: str | None = None, specialty: str | None = None,
        min_group: int = MIN_GROUP, lang: str = "en",
    ) -> None:  # fmt: skip
        self.exploration = Exploration(assessment, by, specialty, min_group, lang)
        every = words(lang)
        own = {key[9:]: word for key, word in every.items() if key.startswith("explorer_")}
        start = self.exploration.answer({"action": "population"})["data"]
        super().__init__(say=own | {key: every[key] for key in _SHARED}, start=start, lang=lang)
        self.on_msg(lambda _, request, __: self.send(self.exploration.answer(request)))

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        data: Any = bundle[0] if isinstance(bundle, tuple) else bundle
        data["text/html"] = self.exploration.html()
        return bundle

    def __repr__(self) -> str:
        a = self.exploration.assessment
        return f"Explorer({len(a):,} people, {a.framework.id}, as of {a.as_of})"
