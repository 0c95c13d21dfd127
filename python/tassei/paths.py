"""Where things stand in a framework file."""

from __future__ import annotations

from typing import Any

from . import grammar as g
from .plan import NodeInfo

__all__ = ["Paths"]


class Paths:
    """Key paths of a document's nodes, such as ``sheets[0].criteria.size.some.where``.

    Examples
    --------
    >>> import tassei
    >>> document = tassei.load_framework("itss-v3-2011-customer-service").document
    >>> Paths(document).of(document.sheets[0].criteria["size"])
    'sheets[0].criteria.size'
    """

    def __init__(self, document: g.Document) -> None:
        self._document = document
        self._places: dict[int, tuple[str | int, ...]] = {}
        for name in ("conditions", "sheets", "deeming"):
            self._walk(getattr(document, name), (name,))

    def _walk(self, value: Any, path: tuple[str | int, ...]) -> None:
        if isinstance(value, g.Node):
            self._places[id(value)] = path
            for name, field in type(value).model_fields.items():
                self._walk(getattr(value, name), (*path, field.alias or name))
        elif isinstance(value, dict):
            for key, item in value.items():
                self._walk(item, (*path, str(key)))
        elif isinstance(value, list):
            for i, item in enumerate(value):
                self._walk(item, (*path, i))

    def of(self, form: Any) -> str:
        """The path of a node of the document."""
        return written(self._places[id(form)])

    def defined(self, info: NodeInfo) -> str:
        """The path of what a node says: of a reference, the condition that it names."""
        path = self._places[id(info.form)]
        if info.name is None:
            return written(path)
        if path[0] == "sheets" and info.name in self._document.sheets[int(path[1])].conditions:
            return written((*path[:2], "conditions", info.name))
        return written(("conditions", info.name))

    def part(self, form: Any) -> str | None:
        """The path of a part below its criterion, None for the criterion itself."""
        path = self._places[id(form)]
        depth = 4 if path[0] == "sheets" else 3
        below = list(path[depth:])
        while "choices" in below:  # a reading picks one: the others are no parts
            at = below.index("choices")
            del below[at : at + 2]
        return written(tuple(below)) or None


def written(path: tuple[str | int, ...]) -> str:
    """A path as text.

    >>> written(("sheets", 0, "page"))
    'sheets[0].page'
    """
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).removeprefix(".")
