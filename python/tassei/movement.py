"""Comparisons in words and as tables: one set of numbers, rendered twice."""

from __future__ import annotations

from functools import cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml

from . import _core

if TYPE_CHECKING:
    from .comparison import Comparison

__all__ = ["facts", "html", "movement_words", "text"]


@cache
def _words() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((files("tassei") / "movement.yaml").read_text(encoding="utf-8"))
    return data


def movement_words(lang: str) -> dict[str, Any]:
    """The words of a language; English where there are none."""
    every = _words()
    found: dict[str, Any] = every.get(lang, every["en"])
    return found


def text(c: Comparison, lang: str) -> str:
    """What differs, then a line a specialty: how many went up, stayed, went down."""
    table = c.to_arrow("transitions")
    columns = {name: table.column(name).to_numpy() for name in table.column_names}
    step = np.sign(columns["level_after"] - columns["level_before"])
    lines = facts(c, lang)
    for specialty in c.specialties:
        own = columns["specialty"] == specialty
        count = {
            f"{p}{word}": int(columns[kind][own & (step == sign)].sum())
            for p, kind in (("", "certain"), ("p_", "possible"))
            for word, sign in (("up", 1), ("same", 0), ("down", -1))
        }
        label = c.before.framework.label("specialty", specialty, lang)
        lines.append(movement_words(lang)["direction"].format(specialty=label, **count))
    return "\n".join(lines)


def html(c: Comparison, lang: str) -> str:
    """What differs, then a table a specialty: levels before by levels after."""
    say = movement_words(lang)
    levels, certain, possible = _core.transitions(*c._paired, np.zeros(len(c), np.int32), 1)
    names = [escape(_level(c, at, lang)) for at in levels]
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    body = ""
    for s, specialty in enumerate(c.specialties):
        label = c.before.framework.label("specialty", specialty, lang)
        rows = ""
        for i, name in enumerate(names):
            cells = "".join(
                f"<td>{_strong(count, i == j)} <small>({may:,})</small></td>"
                for j, (count, may) in enumerate(zip(certain[0, s, i], possible[0, s, i], strict=True))
            )
            rows += f'<tr><th scope="row">{name}</th>{cells}</tr>'
        body += (
            f"<table><caption>{escape(say['matrix'].format(specialty=label))}</caption>"
            f"<thead><tr><th></th>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )
    said = " · ".join(escape(fact) for fact in facts(c, lang))
    return f'<div lang="{escape(lang)}"><p>{said}</p>{body}</div>'


def facts(c: Comparison, lang: str) -> list[str]:
    """How many people are in both, and in what the assessments differ."""
    say = movement_words(lang)
    before, after = len(c.before) - len(c), len(c.after) - len(c)
    said = [say["title"].format(n=len(c))]
    if before or after:
        said.append(say["only"].format(before=before, after=after))
    if not c.differs:
        said.append(say["same_question"])
    for what, sides in c.differs.items():
        old, new = (_side(c, what, side, lang) for side in sides)
        said.append(say["differs"].format(what=_thing(c, what, lang), before=old, after=new))
    return said


def _thing(c: Comparison, what: str, lang: str) -> str:
    things = movement_words(lang)["things"]
    if what in things:
        return str(things[what])
    return c.before.framework.label("reading", what.removeprefix("reading "), lang)


def _side(c: Comparison, what: str, side: Any, lang: str) -> str:
    """A side of a difference, in the language of the reader."""
    say, english = movement_words(lang), movement_words("en")
    for name in ("nothing", "not_asked"):
        if side == english[name]:
            return str(say[name])
    if what == "evidence":
        return str(say["evidence"][english["evidence"].index(side)])
    if what.startswith("reading "):
        return c.before.framework.label("choice", f"{what.removeprefix('reading ')}.{side}", lang)
    return str(side)


def _level(c: Comparison, level: int, lang: str) -> str:
    if not level:
        return str(movement_words(lang)["no_level"])
    here = level in c.before.framework.document.levels
    return (c.before if here else c.after).framework.label("level", level, lang)


def _strong(count: int, stayed: bool) -> str:
    return f"{count:,}" if stayed or not count else f"<b>{count:,}</b>"
