"""Words as people write them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from .layout import columns_wide

__all__ = ["key", "narrow", "printable", "untypeset", "visible"]

# what would turn, hide or overwrite the words beside it: controls, and marks of direction
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def narrow(text: str) -> str:
    """NFKC and trimmed: for codes, words, numbers and dates, never for names.

    >>> narrow(" １，２００㎡ ")
    '1,200m2'
    """
    return unicodedata.normalize("NFKC", text).strip()


@lru_cache(1 << 12)
def key(text: str) -> str:
    """What two spellings of one word have in common.

    >>> key("Team Leader") == key("team_leader")
    True
    """
    return "".join(narrow(text).casefold().replace("_", " ").split())


def printable(text: str, most: int = 40) -> str:
    """A name on one line, of so many columns at most, for places that have no room for others.

    >>> printable("a\\nb\\u202e")
    'a b'
    """
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if columns_wide(text) <= most:
        return text
    while columns_wide(text) >= most:
        text = text[: min(len(text), most) - 1]
    return text + "…"


def visible(name: object) -> str:
    """A name within a sentence: of what would turn, hide or overwrite the rest the code is written out.

    >>> visible("P1\u202e")
    'P1\\\\u202e'
    """
    return _UNSEEN.sub(lambda found: found.group().encode("unicode_escape").decode(), str(name))


def untypeset(html: str) -> str:
    """HTML in which notebooks do not take what stands between dollar signs for mathematics.

    >>> untypeset("<p>$x^2$</p>")
    '<div class="mathjax_ignore tex2jax_ignore"><p>$x^2$</p></div>'
    """
    return f'<div class="mathjax_ignore tex2jax_ignore">{html}</div>'
