"""Whether meeting one criterion means meeting another, and whether one can be met at all."""

from __future__ import annotations

from collections.abc import Iterable

from .grid import Grid, TooLarge
from .nodes import QUANTITIES
from .outline import Leaf, Node, Outline, leaves, once_each

__all__ = ["Logic"]


class Logic:
    """Reasons about the criteria of one outline; what is too large to settle is None.

    What is proven holds for records without blanks; of quantities only what the sufficient rules
    below show counts as proven.
    """

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self._known: dict[tuple[object, ...], bool | None] = {}

    # --- conditions ----------------------------------------------------------------------------

    def covers(self, table: int, given: tuple[Node, ...], then: tuple[Node, ...]) -> bool | None:
        """Whether every record that satisfies all of `given` satisfies all of `then`."""
        name = ("covers", _ids(given), _ids(then))
        if name not in self._known:
            try:
                grid = Grid(self.outline, table, [*given, *then])
                self._known[name] = not bool((grid.all(given) & ~grid.all(then)).any())
            except TooLarge:
                self._known[name] = None
        return self._known[name]

    def can_hold(self, table: int, where: tuple[Node, ...]) -> bool | None:
        """Whether some record satisfies all of the conditions."""
        name = ("can hold", _ids(where))
        if name not in self._known:
            try:
                self._known[name] = bool(Grid(self.outline, table, where).all(where).any())
            except TooLarge:
                self._known[name] = None
        return self._known[name]

    # --- criteria that can never be met ----------------------------------------------------------

    @once_each(lambda: None)
    def possible(self, node: Node) -> bool | None:
        """Whether some evidence meets a criterion; of parts, whether each can be met, if not together."""
        form = node["form"]
        if form == "constant":
            return bool(node["value"])
        if form in QUANTITIES:
            return _all([self._possible_leaf(leaf) for leaf in leaves(node)])
        if form == "at_least":
            parts = [self.possible(part) for part in node["of"]]
            return _enough(parts, node["need"])
        if form == "not":
            return _not(self.never_unmet(node["of"][0]))
        own = self.possible_all(self._criteria(node))
        return _any([own, *(self.possible(deeming) for deeming in self._deemings(node))])

    @once_each(lambda: None)
    def never_unmet(self, node: Node) -> bool | None:
        """Whether no evidence fails a criterion; it may leave it unknown."""
        form = node["form"]
        if form == "constant":
            return bool(node["value"])
        if form == "at_least":
            return _enough([self.never_unmet(part) for part in node["of"]], node["need"])
        if form == "not":
            return _not(self.possible(node["of"][0]))
        return False

    @once_each(lambda: None)
    def settled(self, node: Node) -> bool | None:
        """What a criterion or condition is where nothing at all is known; None: unknown.

        True and False are then its truth whatever else is known.
        """
        if node["form"] == "constant":
            return bool(node["value"])
        if node["form"] == "at_least":
            return _enough([self.settled(part) for part in node["of"]], node["need"])
        return _not(self.settled(node["of"][0])) if node["form"] == "not" else None

    def possible_all(self, nodes: Iterable[Node]) -> bool | None:
        """Whether each of the criteria can be met, if not together."""
        return _all([self.possible(node) for node in nodes])

    def _possible_leaf(self, leaf: Leaf) -> bool | None:
        recent = self.outline.recency_days
        united = leaf.form == "longest" or (leaf.form == "duration" and leaf.united)
        if united and recent and leaf.required > recent:
            return False
        if leaf.form != "distinct":
            return self.can_hold(leaf.table, leaf.where)
        kinds = self.kinds(leaf)
        return None if kinds is None else kinds >= leaf.required

    def kinds(self, leaf: Leaf) -> int | None:
        """How many words of its column records that count can have."""
        try:
            grid = Grid(self.outline, leaf.table, leaf.where, [leaf.column])
        except TooLarge:
            return None
        return sum(1 for _ in grid.each(grid.all(leaf.where), leaf.column))

    # --- implication -----------------------------------------------------------------------------

    @once_each(lambda: None)
    def implies(self, given: Node, then: Node) -> bool | None:
        """Whether meeting `given` means meeting `then`; False: not shown; None: too large."""
        if self.settled(then) or self.possible(given) is False:
            return True
        if then["form"] == "at_least":
            return _enough([self.implies(given, part) for part in then["of"]], then["need"])
        if given["form"] == "at_least":
            # of `need` parts that are met, at least one must be among those that imply it
            parts = [self.implies(part, then) for part in given["of"]]
            return _enough(parts, len(parts) - given["need"] + 1) if given["need"] > 0 else False
        if given["form"] == "not" and then["form"] == "not":
            return self.implies(then["of"][0], given["of"][0])
        if given["form"] == "sheet" and then["form"] == "sheet" and given["sheet"] == then["sheet"]:
            return True
        if given["form"] == "sheet":
            own = _any([self.implies(part, then) for part in self._criteria(given)])
            return _all([own, *(self.implies(deeming, then) for deeming in self._deemings(given))])
        if then["form"] == "sheet":
            own = _all([self.implies(given, part) for part in self._criteria(then)])
            return _any([own, *(self.implies(given, deeming) for deeming in self._deemings(then))])
        if given["form"] in QUANTITIES and then["form"] in QUANTITIES:
            wanted = leaves(then)
            return _all([_any([self._gives(have, want) for have in leaves(given)]) for want in wanted])
        return False

    def _criteria(self, sheet: Node) -> list[Node]:
        return list(self.outline.sheets[sheet["sheet"]].values())

    def _deemings(self, sheet: Node) -> list[Node]:
        return [when for when, deemed in self.outline.deemings if sheet["sheet"] in deemed]

    def _gives(self, have: Leaf, want: Leaf) -> bool | None:
        if have.table != want.table or not _as_much(have, want):
            return False
        return self.covers(have.table, have.where, want.where)


def _as_much(have: Leaf, want: Leaf) -> bool:
    if want.form == "some":
        return True
    # days in one stretch are days in all
    same = have.form == want.form or (have.form == "longest" and want.form == "duration")
    if not same or have.required < want.required:
        return False
    if want.form == "distinct":
        return have.column == want.column
    return want.form != "duration" or have.united or not want.united


def _ids(nodes: tuple[Node, ...]) -> tuple[int, ...]:
    return tuple(node["id"] for node in nodes)


def _not(truth: bool | None) -> bool | None:
    return None if truth is None else not truth


def _enough(truths: list[bool | None], need: int) -> bool | None:
    certain = sum(t is True for t in truths)
    possible = sum(t is not False for t in truths)
    return True if certain >= need else False if possible < need else None


def _all(truths: list[bool | None]) -> bool | None:
    return _enough(truths, len(truths))


def _any(truths: list[bool | None]) -> bool | None:
    return _enough(truths, 1)
