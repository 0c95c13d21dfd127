"""Words as people write them."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

__all__ = ["key", "narrow"]


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
