"""What additions cost: the costs of a framework file by name, checked and made ready for the core."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from numbers import Real
from typing import TYPE_CHECKING, Any

from . import _core
from . import grammar as g
from .error import AssessError, listed, near
from .nodes import words_of

if TYPE_CHECKING:
    from .framework import Framework

__all__ = ["chosen_costs", "core_costs"]

_WORDS = ("ordinal", "category")


def check_cost(
    document: g.Document,
    cost: g.Cost,
    say: Callable[..., None],
    at: Callable[..., AbstractContextManager[None]],
    known: Callable[..., bool],
) -> None:
    """Says what is wrong with a cost of a framework file."""
    with at("table"):
        if not known(cost.table, document.tables, "table"):
            return
    table = document.tables[cost.table]
    if table.unique:
        say(f"{cost.table!r} has one row a person: nothing is added to it")
    if cost.per == "day" and not any(column.role == "start" for column in table.columns.values()):
        say(f"{cost.table!r} has no column with the role 'start': no days")
    if cost.column is None:
        if cost.per == "item":
            say("`per: item` needs the `column` of the items")
        if cost.is_ is not None or cost.in_ is not None:
            say("`is` and `in` need a `column`")
        return
    with at("column"):
        if not known(cost.column, table.columns, f"column of {cost.table}"):
            return
    column = table.columns[cost.column]
    if cost.per == "day":
        say("a day costs the same whatever the columns say: no `column`")
    elif (cost.per == "item") != (column.type == "set") or column.type not in (*_WORDS, "set"):
        expected = "a set" if cost.per == "item" else listed(_WORDS)
        say(f"`per: {cost.per}` is of {expected}, {cost.column!r} is of type {column.type}")
    elif cost.per == "record" and (cost.is_ is None) == (cost.in_ is None):
        say("a record's cost by a column has either `is` or `in`")
    vocabulary = document.vocabularies.get(column.vocabulary or "")
    if vocabulary is not None:
        if cost.is_ is not None:
            with at("is"):
                known(cost.is_, vocabulary.words, f"word of {column.vocabulary}")
        for word in [cost.in_] if isinstance(cost.in_, str) else cost.in_ or []:
            with at("in"):
                options = [*vocabulary.words, *vocabulary.groups]
                known(word, options, f"word or group of {column.vocabulary}")


def chosen_costs(framework: Framework, costs: Mapping[str, float] | None) -> dict[str, float]:
    """Every named cost of a framework: what its file says, or what was chosen.

    Raises
    ------
    AssessError
        A name that the framework does not have, or a cost that is no number from 0 on.

    Examples
    --------
    >>> import tassei
    >>> framework = tassei.load_framework("itss-v3-2011-customer-service")
    >>> chosen_costs(framework, {"publications": 30})["publications"]
    30.0
    """
    named = framework.document.costs
    complete = {name: float(cost.cost) for name, cost in named.items()}
    wrong = []
    if not isinstance(costs, Mapping | None):
        raise AssessError(f"costs are numbers by name, came {type(costs).__name__}")
    for name, cost in (costs or {}).items():
        if name not in named:
            close = near(name, named)
            there = f"there are {listed(named)}" if named else f"{framework.id} names none"
            wrong.append(
                f"there is no cost {name!r}; {there}" + (f"; did you mean {close!r}?" if close else "")
            )
        elif isinstance(cost, bool) or not isinstance(cost, Real) or not 0 <= cost < math.inf:
            wrong.append(f"the cost {name} is a number from 0 on, came {cost!r}")
        else:
            complete[name] = float(cost)
    if wrong:
        raise AssessError("; ".join(wrong))
    return complete


def core_costs(framework: Framework, chosen: Mapping[str, float]) -> list[Any]:
    """Costs by table, as the core adds them up."""
    document = framework.document
    found = []
    for table_id, table in document.tables.items():
        own = {name: cost for name, cost in document.costs.items() if cost.table == table_id}
        by_record = [name for name, cost in own.items() if cost.per == "record"]
        by_day = [name for name, cost in own.items() if cost.per == "day"]
        record = sum(chosen[name] for name in by_record if own[name].column is None) if by_record else 1.0
        day = sum(chosen[name] for name in by_day) if by_day else 1.0
        words = []
        for column_id, column in table.columns.items():
            vocabulary = document.vocabularies.get(column.vocabulary or "")
            costs = dict.fromkeys(vocabulary.words, 0.0) if vocabulary else {}
            for name, cost in own.items():
                if cost.column != column_id or vocabulary is None:
                    continue
                for word in _meant(cost, vocabulary):
                    costs[word] += chosen[name]
            words.append(list(costs.values()))
        found.append(_core.TableCosts(float(record), float(day), words))
    return found


def _meant(cost: g.Cost, vocabulary: g.Vocabulary) -> list[str]:
    if cost.is_ is not None:
        return [cost.is_]
    return words_of(cost.in_, vocabulary) if cost.in_ is not None else list(vocabulary.words)
