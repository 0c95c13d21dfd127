"""A compiled framework as a tree again: what the core evaluates, with what the file says there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, TypeVar, cast

from . import _core
from . import grammar as g
from .describe import Describer
from .framework import Framework
from .plan import NodeInfo, Plan

__all__ = ["Leaf", "Outline", "Place", "leaves", "once_each", "under"]

Node = dict[str, Any]  # as the core outlines it: `form`, `id`, and what the form has


@dataclass(frozen=True)
class Place:
    """Where a top criterion stands; a deeming has no criterion."""

    specialty: str
    level: int
    criterion: str | None
    node: Node


@dataclass(frozen=True)
class Leaf:
    """A quantity that a criterion asks of a table: so much of what satisfies all these conditions."""

    form: str  # one of `nodes.QUANTITIES`
    table: int
    where: tuple[Node, ...]
    required: float = 1
    united: bool = True
    column: int = -1

    @property
    def name(self) -> tuple[object, ...]:
        """What tells it from others."""
        where = tuple(node["id"] for node in self.where)
        return self.form, self.table, where, self.required, self.united, self.column


def leaves(node: Node) -> list[Leaf]:
    """The quantities of a leaf node; a count's nested ones are counts of their own."""
    found = [
        Leaf(
            node["form"], node["table"], (node["where"],), node.get("required", 1.0),
            node.get("united", True), node.get("column", -1),
        )
    ]  # fmt: skip
    for part in node.get("of_which", []):
        found.append(Leaf("count", node["table"], (node["where"], part["where"]), part["required"]))
    return found


def under(node: Node) -> Iterator[Node]:
    """The node and every criterion or condition node below it, each before its parts."""
    yield node
    for part in node.get("of", []):
        yield from under(part)
    if "where" in node:
        yield from under(node["where"])
    for part in node.get("of_which", []):
        yield from under(part["where"])


_DEEPEST = 60  # references within references that are followed; each takes several of Python's calls

Method = TypeVar("Method", bound=Callable[..., Any])


def once_each(too_deep: Callable[[], Any]) -> Callable[[Method], Method]:
    """Makes a method that goes down nodes find each answer once, and give up beyond a depth.

    Sheets that ask for sheets make a tree that doubles with every level, of few different nodes.
    """

    def of(method: Method) -> Method:
        @wraps(method)
        def found(self: Any, *nodes: Node) -> Any:
            memory = self.__dict__.setdefault("_once_each", {})
            name = (method, *map(id, nodes))
            if name in memory:
                return memory[name][0]
            depth = self.__dict__.get("_depth", 0)
            if depth >= _DEEPEST:
                return too_deep()
            self._depth = depth + 1
            try:
                answer = method(self, *nodes)
            finally:
                self._depth = depth
            memory[name] = answer, nodes  # nodes that live on give their ids to no others
            return answer

        return cast(Method, found)

    return of


class Outline:
    """The trees of a plan, and words for their nodes."""

    def __init__(self, framework: Framework, plan: Plan, lang: str = "en") -> None:
        self.framework = framework
        self.plan = plan
        self.describe = Describer(framework, lang)
        document = framework.document
        self.tables = list(document.tables.items())
        core = _core.outline(plan.core)
        self.recency_days: int = core["recency_days"]
        self.sheets: list[dict[str, Node]] = core["sheets"]
        self.deemings: list[tuple[Node, list[int]]] = core["deemings"]

    @cached_property
    def places(self) -> list[Place]:
        """Every top criterion, sheet by sheet, then what deems sheets met."""
        sheets = self.framework.document.sheets
        found = [
            Place(sheet.specialty, sheet.level, name, node)
            for sheet, criteria in zip(sheets, self.sheets, strict=True) for name, node in criteria.items()
        ]  # fmt: skip
        for node, deemed in self.deemings:
            found += [Place(sheets[i].specialty, sheets[i].level, None, node) for i in deemed]
        return found

    def column(self, table: int, column: int) -> tuple[str, g.Column]:
        return list(self.tables[table][1].columns.items())[column]

    def words(self, table: int, column: int) -> list[str]:
        """The words of a column's vocabulary, in order."""
        name = self.column(table, column)[1].vocabulary
        return list(self.framework.document.vocabularies[name].words) if name else []

    def info(self, node: Node) -> NodeInfo | None:
        return self.plan.nodes[node["id"]] if node["id"] >= 0 else None

    # --- in words ------------------------------------------------------------------------------

    def condition(self, node: Node) -> str:
        """A condition in words: its name, its test, or its parts."""
        info = self.info(node)
        if info is None:
            return self._joined(node, self.condition)
        if info.name is not None:
            return self.describe.condition(info) or info.name
        if isinstance(info.form, g.ColumnTest):
            return self.describe.condition(info)
        if isinstance(info.form, g.Always):
            return str(self.describe.say["tests"]["always" if node["value"] else "never"])
        if node["form"] == "not":
            return str(self.describe.say["tests"]["not"].format(test=self.condition(node["of"][0])))
        if node["form"] == "constant":
            return str(self.describe.say["tests"]["never"])
        return self._joined(node, self.condition)

    def _joined(self, node: Node, name: Any) -> str:
        parts = [name(part) for part in node["of"]]
        if node["need"] == len(parts):
            return str(self.describe.say["and"]).join(parts)
        if node["need"] == 1:
            return str(self.describe.say["or"]).join(parts)
        need = str(self.describe.say["parts"]["at_least"].format(need=node["need"]))
        return f"{need}: {str(self.describe.say['or']).join(parts)}"

    def criterion(self, node: Node) -> str:
        """A part of a criterion in words."""
        info = self.info(node)
        return self.describe.criterion(info) if info else ""

    def sheet(self, specialty: str, level: int, form: str = "{specialty}, {level}") -> str:
        """A sheet in words."""
        describe = self.describe
        return form.format(
            specialty=describe.label("specialty", specialty), level=describe.label("level", level)
        )
