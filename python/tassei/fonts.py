"""Fonts that have every character of a picture: a missing glyph is an error, not a box."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from matplotlib import font_manager

from .words import preferred_fonts

__all__ = ["FontError", "font_families"]

BASE_FONT = "DejaVu Sans"  # comes with matplotlib


class FontError(ValueError):
    """No installed font has the characters that a picture needs."""


@lru_cache(maxsize=256)
def _characters(path: str) -> frozenset[int]:
    try:
        return frozenset(font_manager.get_font(path).get_charmap())
    except (OSError, RuntimeError):
        return frozenset()


def _system_font(family: str) -> str | None:
    for entry in font_manager.fontManager.ttflist:
        if entry.name == family:
            return entry.fname
    return None


def _extra_font() -> tuple[str, str] | None:
    """Family and file of the font that the extra `fonts` brings.

    The package is only located: importing it would change the user's global settings.
    """
    found = importlib.util.find_spec("matplotlib_fontja")
    for folder in (found.submodule_search_locations or []) if found else []:
        for path in sorted(Path(folder).rglob("*.ttf")):
            family = font_manager.get_font(str(path)).family_name
            if _system_font(family) is None:
                font_manager.fontManager.addfont(str(path))
            return family, str(path)
    return None


def font_families(texts: Iterable[str], lang: str = "en") -> list[str]:
    """Font families that have every character of the texts, best first.

    Parameters
    ----------
    texts
        What is going to be drawn.
    lang
        Its language, which decides the preferred fonts.

    Returns
    -------
    list of str
        For ``font.family``; matplotlib takes each character from the first that has it.

    Raises
    ------
    FontError
        If a character is in no font, with what to install.

    Examples
    --------
    >>> font_families(["level"])
    ['DejaVu Sans']
    """
    missing = {ord(c) for text in texts for c in text if not c.isspace()}
    families: list[str] = []

    def take(family: str, path: str | None) -> None:
        if path is not None and missing & _characters(path):
            families.append(family)
            missing.difference_update(_characters(path))

    def take_preferred(families: list[str]) -> None:
        for family in families:
            if missing:
                take(family, _system_font(family))
        if missing and (extra := _extra_font()) is not None:
            take(*extra)

    # One font for a whole text looks better than two: the language's own comes first.
    if preferred_fonts(lang) and missing - _characters(_system_font(BASE_FONT) or ""):
        take_preferred(preferred_fonts(lang))
    take(BASE_FONT, _system_font(BASE_FONT))
    if missing:
        take_preferred(preferred_fonts())
    if missing:
        for entry in font_manager.fontManager.ttflist:
            if missing and entry.style == "normal" and entry.name not in families:
                take(entry.name, entry.fname)
    if missing:
        shown = "".join(chr(c) for c in sorted(missing)[:12])
        raise FontError(
            f"no installed font has the characters {shown!r}; install one with "
            "`pip install 'tassei[fonts]'` or from the system (for example the packages "
            "fonts-noto-cjk or fonts-ipaexfont)"
        )
    return families or [BASE_FONT]
