"""Which nodes of a framework some evidence ever drives to met, unmet and unknown."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from . import _core
from .assessment import Assessment, assess
from .error import AssessError
from .evidence import Evidence
from .imply import Logic
from .outline import Node, Outline, Place
from .source import to_library
from .text import untypeset

if TYPE_CHECKING:
    from .framework import Framework

__all__ = ["Coverage", "CoveredNode", "coverage"]

_TRUTHS = ("met", "unmet", "unknown")


@dataclass
class CoveredNode:
    """A node, and how often it came to which truth.

    Attributes
    ----------
    specialty, level, criterion : str, int, str
        The top criterion; ``deeming`` is what deems the sheet met.
    path : str
        From the top criterion down, by form and number of the part.
    kind : str
        ``criterion`` (judged of people) or ``condition`` (judged of records).
    text : str
        The node in words.
    reachable : tuple of str
        The truths that it can come to at all, as far as that is known.
    met, unmet, unknown : int
        People, or records, of whom it was so.
    """

    specialty: str
    level: int
    criterion: str
    path: str
    kind: str
    text: str
    reachable: tuple[str, ...]
    met: int = 0
    unmet: int = 0
    unknown: int = 0

    @property
    def missing(self) -> list[str]:
        """Truths that it can come to and never came to."""
        return [truth for truth in self.reachable if not getattr(self, truth)]


def coverage(framework: Framework, evidence: Any) -> Coverage:
    """See :meth:`tassei.Framework.coverage`."""
    given = [evidence] if isinstance(evidence, Assessment | Evidence) else evidence
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise AssessError(f"expected assessments or evidence, came {type(evidence).__name__}")
    nodes: dict[tuple[Any, ...], CoveredNode] = {}
    plans: dict[int, list[tuple[CoveredNode, int]]] = {}
    people = sets = 0
    for one in given:
        a = assess(one, framework) if isinstance(one, Evidence) else one
        if not isinstance(a, Assessment):
            raise AssessError(f"expected assessments or evidence, came {type(one).__name__}")
        if a.framework.fingerprint != framework.fingerprint:
            raise AssessError(
                f"an assessment is by {a.framework.id} {a.framework.version} "
                f"({a.framework.fingerprint[:12]}), expected {framework.id} {framework.version} "
                f"({framework.fingerprint[:12]})"
            )
        if id(a._plan) not in plans:
            plans[id(a._plan)] = list(_join(nodes, Outline(framework, framework.plan(a.readings))))
        _add(plans[id(a._plan)], a)
        people, sets = people + len(a), sets + 1
    if not sets:
        raise AssessError("nothing was given; expected assessments or evidence")
    return Coverage(framework, tuple(nodes.values()), people)


def _join(nodes: dict[tuple[Any, ...], CoveredNode], outline: Outline) -> Iterator[tuple[CoveredNode, int]]:
    """The nodes of an outline among those known, with their ids; new ones are added."""
    logic = Logic(outline)
    for place in outline.places:
        for path, kind, node, table in _walk(place.node):
            name = (place.specialty, place.level, place.criterion or "deeming", path, kind)
            known = nodes.get(name)
            if known is None:
                known = CoveredNode(*name, _text(outline, place, path, kind, node), ())
                nodes[name] = known
            reachable = {*known.reachable, *_reachable(logic, kind, node, table)}
            known.reachable = tuple(truth for truth in _TRUTHS if truth in reachable)
            yield known, node["id"]


def _walk(node: Node, path: str = "") -> Iterator[tuple[str, str, Node, int]]:
    """Every node with its path and kind; a nested count is a criterion and a condition."""
    yield path, "criterion", node, -1
    for i, part in enumerate(node.get("of", [])):
        yield from _walk(part, f"{path}/{i}")
    if "where" in node:
        yield from _conditions(node["where"], f"{path}/where", node["table"])
    for i, part in enumerate(node.get("of_which", [])):
        under = f"{path}/of_which.{i}"
        yield under, "criterion", part | {"form": "nested", "id": part["where"]["id"], "outer": node}, -1
        yield from _conditions(part["where"], f"{under}/where", node["table"])


def _conditions(node: Node, path: str, table: int) -> Iterator[tuple[str, str, Node, int]]:
    yield path, "condition", node, table
    for i, part in enumerate(node.get("of", [])):
        yield from _conditions(part, f"{path}/{i}", table)


def _text(outline: Outline, place: Place, path: str, kind: str, node: Node) -> str:
    if kind == "condition":
        return outline.condition(node)
    if node["form"] == "nested":
        return str(outline.describe.say["of_which"].format(label=outline.condition(node["where"])))
    if path or place.criterion is None:
        return outline.criterion(node)
    return outline.describe.label("criterion", place.criterion)


def _reachable(logic: Logic, kind: str, node: Node, table: int) -> list[str]:
    """The truths that are not ruled out."""
    if kind == "condition":
        never = logic.can_hold(table, (node,)) is False
        always = logic.covers(table, (), (node,)) is True
    elif node["form"] == "nested":
        count = node["outer"] | {"of_which": [{"where": node["where"], "required": node["required"]}]}
        never, always = logic.possible(count) is False, False
    else:
        never, always = logic.possible(node) is False, logic.never_unmet(node) is True
    # what is settled where nothing is known is never unknown
    out = {"met": never, "unmet": always, "unknown": logic.settled(node) is not None}
    return [truth for truth in _TRUTHS if not out[truth]]


def _add(nodes: list[tuple[CoveredNode, int]], a: Assessment) -> None:
    people, records = _core.coverage(a._whole)
    for node, at in nodes:
        tallies = people if node.kind == "criterion" else records
        if at < len(tallies):
            unmet, unknown, met = (int(count) for count in tallies[at])
            node.met, node.unmet, node.unknown = node.met + met, node.unmet + unmet, node.unknown + unknown


class Coverage:
    """What evidence drives a framework's nodes to. Made by :meth:`tassei.Framework.coverage`.

    Shows itself in a notebook.

    Attributes
    ----------
    framework : Framework
    nodes : tuple of CoveredNode
        Of every reading that was seen.
    people : int
        Over all assessments.
    """

    def __init__(self, framework: Framework, nodes: tuple[CoveredNode, ...], people: int) -> None:
        self.framework = framework
        self.nodes = nodes
        self.people = people

    def share(self, kind: str = "criterion") -> float:
        """Of the truths that nodes of a kind can come to, the share that they came to, 0 to 1."""
        wanted = [(node, truth) for node in self.nodes if node.kind == kind for truth in node.reachable]
        return sum(truth not in node.missing for node, truth in wanted) / len(wanted) if wanted else 1.0

    def to_arrow(self, kind: str | None = None) -> pa.Table:
        """:meth:`to_frame` as Arrow."""
        rows = [node for node in self.nodes if kind in (None, node.kind)]
        text = ("specialty", "criterion", "path", "kind", "text")
        columns: dict[str, Any] = {n: pa.array([getattr(r, n) for r in rows], pa.string()) for n in text}
        columns["level"] = np.array([r.level for r in rows], np.int64)
        for truth in _TRUTHS:
            columns[truth] = np.array([getattr(r, truth) for r in rows], np.int64)
        columns["missing"] = pa.array([", ".join(r.missing) for r in rows], pa.string())
        order = ["specialty", "level", "criterion", "path", "kind", "text", *_TRUTHS, "missing"]
        return pa.table({name: columns[name] for name in order})

    def to_frame(self, kind: str | None = None, library: str = "pandas") -> Any:
        """One row a node.

        Parameters
        ----------
        kind : {"criterion", "condition"}, optional
        library : {"pandas", "polars", "pyarrow"}

        Returns
        -------
        data frame
            ``specialty``, ``level``, ``criterion``, ``path``, ``kind``, ``text``, ``met``,
            ``unmet``, ``unknown`` (people for a criterion, records for a condition) and
            ``missing``: truths that the node can come to and never came to.
        """
        return to_library(self.to_arrow(kind), library)

    def missing(self, kind: str = "criterion", library: str = "pandas") -> Any:
        """One row a truth that a node of a kind can come to and never came to.

        Returns
        -------
        data frame
            ``specialty``, ``level``, ``criterion``, ``path``, ``text``, ``truth``.
        """
        rows = [
            {n: getattr(node, n) for n in ("specialty", "level", "criterion", "path", "text")} | {"truth": t}
            for node in self.nodes if node.kind == kind for t in node.missing
        ]  # fmt: skip
        names = [(n, pa.string()) for n in ("specialty", "criterion", "path", "text", "truth")]
        names.insert(1, ("level", pa.int64()))
        return to_library(pa.Table.from_pylist(rows, pa.schema(names)), library)

    def _repr_html_(self) -> str:
        rows = ""
        outline = Outline(self.framework, self.framework.plan())
        for node in self.nodes:
            if node.kind == "criterion":
                sheet = outline.sheet(node.specialty, node.level)
                cells = "".join(
                    f"<td>{getattr(node, t):,}{'' if t in node.reachable else ' –'}</td>" for t in _TRUTHS
                )
                name = html.escape(f"{sheet}: {node.text}{' ' + node.path if node.path else ''}")
                missing = html.escape(", ".join(node.missing))
                rows += f'<tr><th scope="row">{name}</th>{cells}<td>{missing}</td></tr>'
        head = "".join(f'<th scope="col">{word}</th>' for word in (*_TRUTHS, "missing"))
        return untypeset(
            f"<p>{html.escape(str(self))}</p><table><thead><tr><th></th>{head}</tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )

    def __str__(self) -> str:
        return (
            f"{self.people:,} people reach {self.share():.1%} of what criteria can come to, and "
            f"{self.share('condition'):.1%} of what conditions can"
        )

    def __repr__(self) -> str:
        return f"Coverage({self.framework.id!r}: {self})"
