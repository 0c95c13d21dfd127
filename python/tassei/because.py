"""Why a record does not count, or counts only possibly: every reason, the first one first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from . import _core
from . import grammar as g
from .asked import Asked
from .describe import Describer, Tree, cell_text
from .paths import Paths
from .plan import NodeInfo

if TYPE_CHECKING:
    from .assessment import Assessment

__all__ = ["Because"]


class Because:
    """Finds reasons of an assessment's records and puts them into words.

    A reason is a dict of ``path`` (in the framework file), ``open`` (whether it is only unknown)
    and ``text``. Nothing that could not matter is a reason: no blank where something fails.
    """

    def __init__(self, assessment: Assessment, describe: Describer, asked: Asked, paths: Paths) -> None:
        self._a = assessment
        self._describe = describe
        self._asked = asked
        self._paths = paths
        self._say = describe.say
        self._nodes = assessment._plan.nodes

    def of(
        self, record: Any, table: str, of_days: bool, kind: str | None, cells: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """The reasons why a record, as the core found it, does not count certainly.

        Parameters
        ----------
        record : RecordFinding
        table : str
        of_days : bool
            Whether the criterion asks for days.
        kind : str or None
            The column whose kinds are told apart.
        cells : dict
            Filled cells of the record.
        """
        if record.counts == _core.Truth.yes:
            return []
        reasons = []
        roles = {c.role: n for n, c in self._a.framework.document.tables[table].columns.items() if c.role}
        if record.truth == _core.Truth.yes:  # it is what is wanted, but nobody knows when or what
            return [self._blank_role(table, kind or roles["start"], dated=of_days)]
        if record.standing == _core.Truth.no:
            day = cells.get(roles.get("start") or roles.get("date", ""))
            late = day is not None and day > self._a.as_of
            reasons.append(
                self._reason("as_of" if late else "rules.recency_years", self._say["late" if late else "old"])
            )
        elif record.truth == _core.Truth.unknown:
            reasons += self._open_standing(record, table, roles, of_days, cells)
        if record.condition == record.truth:
            tree = Tree(record.obstacles, self._nodes)
            if tree.items:
                reasons += self._blame(tree, 0, None, None, cells)
        return list({(r["path"], r["text"]): r for r in reasons}.values())

    def _reason(self, path: str, text: Any, open_: bool = False) -> dict[str, Any]:
        return {"path": path, "open": open_, "text": str(text)}

    def _blank_role(self, table: str, column: str, dated: bool) -> dict[str, Any]:
        text = self._say["undated"]
        if not dated:
            text = self._say["no_kind"].format(column=self._describe.label("column", f"{table}.{column}"))
        return self._reason(f"tables.{table}.columns.{column}", text, open_=True)

    def _open_standing(
        self, record: Any, table: str, roles: dict[Any, str], of_days: bool, cells: dict[str, Any]
    ) -> list[dict[str, Any]]:
        reasons = []
        if record.weakly_verified:
            name = roles["verification"]
            column = self._a.framework.document.tables[table].columns[name]
            word = self._describe.label("word", f"{column.vocabulary}.{self._a.min_verification}")
            kind = "weaker" if name in cells else "unverified"
            text = self._say[kind].format(
                column=self._describe.label("column", f"{table}.{name}"), word=word, value=cells.get(name)
            )
            reasons.append(self._reason(f"tables.{table}.columns.{name}", text, open_=True))
        day = roles.get("start") or roles.get("date")
        recent = self._a.readings.get(self._recency()) not in (None, "none")
        if day is not None and day not in cells and (recent or of_days):
            reasons.append(self._blank_role(table, day, dated=True))
        return reasons

    def _recency(self) -> str:
        rule = self._a.framework.document.rules.recency_years
        return rule.choose if rule else ""

    # --- conditions -----------------------------------------------------------------------------

    def _blame(
        self, tree: Tree, place: int, above: NodeInfo | None, named: NodeInfo | None, cells: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Reasons at or under a place; `above` stands directly above it, alone."""
        _, info, truth = tree.items[place]
        parts = list(tree.parts(place))
        if info is None:
            return [r for part in parts for r in self._blame(tree, part, None, named, cells)]
        if isinstance(info.form, g.ColumnTest):
            return [self._tested(info, cells)]
        if info.label is not None and named is None:
            named = info
        if parts and not _is_choice(info.form):
            # under "all", the innermost name says most
            inner = info if info.label is not None else named
            alone = info if _has_one_part(info.form) else None
            return [r for part in parts for r in self._blame(tree, part, alone, inner, cells)]
        at = above if above is not None and _is_choice(info.form) else info
        path = self._paths.defined(at)
        if self._asked.is_hopeless(info):
            return [self._reason(path, self._say["hopeless"])]
        label = self._describe.condition(named or info) or self._asked.of_node(info)
        tests = {t.form.column: t for t in self._tests(tree, place)}
        if truth == _core.Truth.unknown:
            blank = [self._describe.column(t) for name, t in tests.items() if name not in cells]
            columns = self._say["and"].join(blank or [self._describe.column(t) for t in tests.values()])
            text = self._say["open_any"].format(label=label, columns=columns)
            return [self._reason(path, text, open_=True)]
        values = self._say["and"].join(
            self._say["value"].format(
                column=self._describe.column(t), value=cell_text(self._say, cells[name])
            )
            for name, t in tests.items() if name in cells
        )  # fmt: skip
        text = self._say["none_of"].format(label=label, values=values or self._say["blank"])
        return [self._reason(path, text)]

    def _tests(self, tree: Tree, place: int) -> Iterator[NodeInfo]:
        """Every column test at or under a place; what is denied is not taken apart there."""
        info = tree.items[place][1]
        if info is not None and isinstance(info.form, g.ColumnTest | g.NoneOf):
            yield from self._asked.tests(info)
        for part in tree.parts(place):
            yield from self._tests(tree, part)

    def _tested(self, info: NodeInfo, cells: dict[str, Any]) -> dict[str, Any]:
        column, test = self._describe.column(info), self._describe.test(info)
        path = self._paths.defined(info)
        if info.form.column not in cells:
            return self._reason(path, self._say["open"].format(column=column, test=test), open_=True)
        value = cell_text(self._say, cells[info.form.column])
        return self._reason(path, self._say["needs"].format(column=column, test=test, value=value))


def _is_choice(form: Any) -> bool:
    """Whether no single part is to blame."""
    if isinstance(form, g.AnyOf):
        return len(form.any) != 1
    if isinstance(form, g.AtLeastOf):
        return form.at_least != len(form.of)
    return isinstance(form, g.NoneOf)


def _has_one_part(form: Any) -> bool:
    if isinstance(form, g.AllOf):
        return len(form.all) == 1
    if isinstance(form, g.AtLeastOf):
        return len(form.of) == 1
    return isinstance(form, g.ConditionRef) or (isinstance(form, g.AnyOf) and len(form.any) == 1)
