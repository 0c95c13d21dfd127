"""Any framework at all, people to ask, and the answers that obvious loops give.

A framework is drawn as the mapping that its file holds, with every form of the grammar. The loops
read that mapping as it stands: they share nothing with the package.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import tassei
import yaml
from hypothesis import strategies as st
from slow_evaluator import Truth, at_least

Node = dict[str, Any]
Row = dict[str, Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]

AS_OF = dt.date(2026, 3, 31)
WORDS = {
    "rank": ["low", "mid", "high"],
    "kind": ["red", "green", "blue", "grey"],
    "tool": ["saw", "axe", "awl"],
    "trust": ["told", "seen", "proved"],
}
GROUPS = {"kind": {"warm": ["red"], "cold": ["green", "blue"]}, "tool": {"sharp": ["saw", "axe"]}}
LEVELS = [1, 2, 5]
SPECIALTIES = ["north", "south"]
CHOICES = {"way": ["a", "b"], "need": ["any", "all"], "mode": ["union", "sum"]}
_COLUMNS = {
    "rank": {"type": "ordinal", "vocabulary": "rank"},
    "kind": {"type": "category", "vocabulary": "kind"},
    "tools": {"type": "set", "vocabulary": "tool"},
    "size": {"type": "number"},
}
_PERIOD = {"start": {"type": "date", "role": "start"}, "end": {"type": "date", "role": "end"}}
_TABLES: dict[str, Node] = {
    "people": {"unique": True, "columns": {"rank": _COLUMNS["rank"], "size": _COLUMNS["size"]}},
    "jobs": {
        "columns": {
            "job": {"type": "text", "role": "identity"}, **_PERIOD, **_COLUMNS,
            "trust": {"type": "ordinal", "vocabulary": "trust", "role": "verification"},
        }
    },
    "events": {"columns": {"day": {"type": "date", "role": "date"}, **_COLUMNS}},
    "stays": {"columns": {**_PERIOD, "kind": _COLUMNS["kind"]}},
    "things": {"columns": dict(_COLUMNS)},
}  # fmt: skip
_UNITS = ["pieces", "days", "yes_no"]


def columns_of(table: str) -> dict[str, Node]:
    """The columns of a table that have no role, by name."""
    return {name: c for name, c in _TABLES[table]["columns"].items() if "role" not in c}


# --- a framework ------------------------------------------------------------------------------------


def framework_of(sheets: list[Node], criteria: dict[str, dict[str, str]], **more: Any) -> Node:
    """The mapping of a framework file with these sheets."""
    vocabularies = {
        name: {
            "label": {"en": name}, "groups": GROUPS.get(name, {}),
            "words": {word: {"label": {"en": word}} for word in words},
            **({"empty": ["nothing"]} if name == "tool" else {}),
        }
        for name, words in WORDS.items()
    }  # fmt: skip
    who = {"type": "text", "role": "person", "label": {"en": "who"}}
    tables = {}
    for name, table in _TABLES.items():
        columns = {column: {**of, "label": {"en": column}} for column, of in table["columns"].items()}
        words = {"label": {"en": name}, "record": {"en": f"one of {name}"}}
        tables[name] = {**table, **words, "columns": {"who": who, **columns}}
    readings: Node = {"recent": {"label": {"en": "recent"}, "number": True, "default": "none"}}
    for name, choices in CHOICES.items():
        labels = {choice: {"label": {"en": choice}} for choice in choices}
        readings[name] = {"label": {"en": name}, "default": choices[0], "choices": labels}
    return {
        "grammar": 1, "id": "any", "version": "1", "title": {"en": "any", "ja": "任意"},
        "levels": {level: {"label": {"en": f"level {level}"}} for level in LEVELS},
        "specialties": {name: {"label": {"en": name}} for name in SPECIALTIES},
        "criteria": {name: {"label": label} for name, label in criteria.items()},
        "units": {name: {"label": {"en": name}} for name in _UNITS},
        "vocabularies": vocabularies, "tables": tables, "readings": readings, "sheets": sheets, **more,
    }  # fmt: skip


class _Plain(yaml.SafeDumper):
    """Says again what stands somewhere else, since framework files have no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def loaded(document: Node, folder: Path) -> tassei.Framework:
    """The framework of a document."""
    path = folder / "any.yaml"
    path.write_text(yaml.dump(document, Dumper=_Plain, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return tassei.load_framework(path)


class _Maker:
    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.conditions: dict[str, Node] = {}
        self.local: dict[str, Node] = {}  # the sheet's own

    def one(self, options: Iterable[Any]) -> Any:
        return self.draw(st.sampled_from(list(options)))

    def number(self, low: int, high: int) -> int:
        return int(self.draw(st.integers(low, high)))

    def chance(self, out_of: int) -> bool:
        return self.number(1, out_of) == out_of

    def some(self, options: Iterable[Any]) -> list[Any]:
        return self.draw(st.lists(st.sampled_from(list(options)), min_size=1, max_size=3, unique=True))

    def label(self, text: str) -> dict[str, str]:
        return {"en": text, "ja": f"「{text}」"} if self.chance(2) else {"en": text}

    def value(self, make: Callable[[], Any]) -> Any:
        """A value, or one that a reading chooses."""
        if self.chance(6):
            return {"choose": "way", "choices": {choice: make() for choice in CHOICES["way"]}}
        return make()

    # --- conditions ------------------------------------------------------------------------------

    def test(self, table: str) -> Node:
        column = self.one(columns_of(table))
        kind = columns_of(table)[column]["type"]
        node: Node = {"column": column}
        if kind == "number":
            for name in self.some(["at_least", "at_most", "more_than", "less_than"])[:2]:
                node[name] = self.one([0, 1, 2, 2.5, 7, -1])
            return node
        vocabulary = columns_of(table)[column]["vocabulary"]
        words, groups = WORDS[vocabulary], list(GROUPS.get(vocabulary, ()))
        if kind == "set":
            node["items"] = self.one(groups) if self.chance(4) else self.some(words)
            most = len(spelled(node["items"], vocabulary))
            node["need"] = self.one(["any", "all", "some", self.number(1, most), {"choose": "need"}])
            return node
        fitting = ["is", "in"] + (["at_least", "at_most"] if kind == "ordinal" else [])
        for name in self.some(fitting)[:2]:
            node[name] = self.some([*words, *groups]) if name == "in" else self.one(words)
        return node

    def condition(self, table: str, deep: int, outside: bool = False) -> Node:
        """One of any form; `outside` of any sheet no level is there to count from."""
        known = self.conditions | self.local
        named = [name for name, made in known.items() if made["table"] == table]
        options = ["always"] + 4 * ["column"] * bool(columns_of(table)) + 3 * ["condition"] * bool(named)
        if deep:
            options += ["all", "any", "not", "of", "choose"]
        form = self.one(options)
        if form == "column":
            return self.test(table)
        if form == "always":
            return {"always": self.chance(2)}
        if form == "condition":
            node: Node = {"condition": self.one(named)}
            levelled = "levels" in known[node["condition"]]
            where = self.number(0, 3)
            if where == 1 or (outside and levelled):
                node["level"] = self.one(LEVELS)
            elif where > 1 and not outside:
                node["above" if where == 2 else "below"] = self.number(1, 2)
            return node

        def inner() -> Node:
            return self.condition(table, deep - 1, outside)

        if form == "not":
            return {"not": inner()}
        if form == "choose":
            return {"choose": "way", "choices": {choice: inner() for choice in CHOICES["way"]}}
        parts = [inner() for _ in range(self.number(1, 3))]
        return {"at_least": self.number(0, len(parts)), "of": parts} if form == "of" else {form: parts}

    # --- criteria -----------------------------------------------------------------------------------

    def criterion(self, deep: int, sheets: list[Node], outside: bool = False) -> Node:
        options = ["some", "some", "count", "count", "duration", "longest", "distinct", "always"]
        if deep:
            options += ["all", "any", "not", "of", "some_of", "choose"]
        form = self.one(options + ["sheet"] * bool(sheets))
        node: Node = {}
        if form == "always":
            node = {"always": True}
        elif form == "sheet":
            node = {"sheet": self.one([{"specialty": s["specialty"], "level": s["level"]} for s in sheets])}
        elif form == "not":
            node = {"not": self.criterion(deep - 1, sheets, outside)}
        elif form == "choose":
            chosen = {choice: self.criterion(deep - 1, sheets, outside) for choice in CHOICES["way"]}
            return {"choose": "way", "choices": chosen}
        elif form in ("all", "any", "of", "some_of"):
            parts = [self.criterion(deep - 1, sheets, outside) for _ in range(self.number(1, 3))]
            node = {form: parts}
            if form == "of":
                node["at_least"] = self.number(0, len(parts))
        else:
            node = {form: self.quantity(form, outside)}
        if self.chance(4):
            node["label"] = self.label(f"asks for {form}")
        return node

    def quantity(self, form: str, outside: bool) -> Node:
        tables = list(_TABLES)
        if form in ("duration", "longest"):
            tables = ["jobs", "stays"]
        elif form == "distinct":
            tables = [table for table in _TABLES if "kind" in columns_of(table)]
        table = self.one(tables)
        node: Node = {"table": table, "where": self.condition(table, 2, outside)}
        if form in ("duration", "longest"):
            node["at_least"] = self.value(lambda: self.one([{"days": 3}, {"years": 1}, {"years": 0.5}]))
            if form == "duration" and self.chance(2):
                node["overlap"] = self.one(["union", "sum", {"choose": "mode"}])
        elif form in ("count", "distinct"):
            node["at_least"] = self.value(lambda: self.number(1, 3))
            node["unit"] = self.one(_UNITS[:2])
        if form == "count" and self.chance(2):
            node["of_which"] = [
                {
                    "where": self.condition(table, 1, outside),
                    "at_least": self.value(lambda: self.number(1, 2)),
                }
                for _ in range(self.number(1, 2))
            ]
        if form == "distinct":
            node["column"] = "kind"
        return node

    # --- the whole ------------------------------------------------------------------------------------

    def document(self) -> Node:
        for i in range(self.number(0, 3)):
            table = self.one(_TABLES)
            made: Node = {"table": table}
            if self.chance(2):
                made["label"] = self.label(f"condition {i}")
            if self.chance(2):
                made["when"] = self.condition(table, 2, outside=True)
            else:
                made["levels"] = {level: self.condition(table, 1, outside=True) for level in LEVELS}
            self.conditions[f"c{i}"] = made
        sheets: list[Node] = []
        for specialty in SPECIALTIES[: self.number(1, 2)]:
            for level in self.draw(st.permutations(LEVELS))[: self.number(1, 3)]:
                names = self.some(["skill", "luck", "care"])
                sheet: Node = {"specialty": specialty, "level": level}
                self.local = {}
                if self.chance(3):
                    table = self.one(_TABLES)
                    own = {"table": table, "when": self.condition(table, 1), "label": self.label("own")}
                    self.local = sheet["conditions"] = {"own": own}
                sheet["criteria"] = {name: self.criterion(2, sheets) for name in names}
                if self.chance(4):
                    sheet["weights"] = {names[0]: self.one([0, 0.5, 3])}
                sheets.append(sheet)
        self.local = {}
        deeming = []
        if self.chance(2):
            when = self.criterion(1, [], outside=True)
            targets = self.draw(st.lists(st.sampled_from(sheets), min_size=1, max_size=2, unique_by=id))
            deeming = [
                {
                    "label": self.label("deemed"), "when": when,
                    "sheets": [{"specialty": s["specialty"], "level": s["level"]} for s in targets],
                }
            ]  # fmt: skip
        specialties: Node = {name: {"label": self.label(name)} for name in SPECIALTIES}
        if self.conditions and self.chance(2):
            specialties["north"]["grade"] = self.one(self.conditions)
        rules: Node = {"days_per_year": self.one([365, 10]), "some_of": self.one([1, 1, 2])}
        for name in ("cumulative", "deeming"):
            if self.chance(2):
                rules[name] = self.value(lambda: self.chance(2))
        if self.chance(2):
            rules["recency_years"] = {"choose": "recent"}
        labels = {name: self.label(name) for name in ("skill", "luck", "care")}
        return framework_of(
            sheets, labels, specialties=specialties, rules=rules, conditions=self.conditions,
            deeming=deeming, costs=self.costs(),
        )  # fmt: skip

    def costs(self) -> Node:
        found: Node = {}
        for i in range(self.number(0, 2)):
            table = self.one(["jobs", "events", "things"])
            cost: Node = {"label": {"en": f"cost {i}"}, "table": table, "cost": self.one([0, 1, 2.5, 40])}
            per = self.one(["record", "word", "item"] + ["day"] * (table == "jobs"))
            cost["per"] = "record" if per == "word" else per
            if per == "word":
                cost |= {"column": "kind", "is": self.one(WORDS["kind"])}
            elif per == "item":
                cost |= {"column": "tools"}
            found[f"cost{i}"] = cost
        return found


def _document(draw: Draw) -> Node:
    return _Maker(draw).document()


documents = st.composite(_document)


# --- people ---------------------------------------------------------------------------------------------


def _people(draw: Draw) -> dict[str, list[Row]]:
    """Rows by table of three people; a table may be left out, and so may a column."""
    found: dict[str, list[Row]] = {"people": [{"who": f"P{i}"} for i in range(3)]}
    for row in found["people"]:
        for column, of in columns_of("people").items():
            row[column] = draw(_cell(of))
    for table in list(_TABLES)[1:]:
        if draw(st.integers(0, 7)) == 0:
            continue
        left_out = draw(st.sampled_from([None, None, None, *columns_of(table)]))
        by_item = draw(st.booleans())
        rows = []
        for _ in range(draw(st.integers(0, 5))):
            row: Row = {"who": f"P{draw(st.integers(0, 2))}"}
            for column, of in _TABLES[table]["columns"].items():
                if column == left_out:
                    continue
                if of["type"] == "set" and by_item:
                    for item in WORDS["tool"]:
                        row[f"{column}.{item}"] = draw(st.sampled_from([None, True, False, True]))
                elif of.get("role") == "end":
                    longer = draw(st.sampled_from([None, 0, 1, 2, 5, 12, 400]))
                    known = row["start"] or AS_OF - dt.timedelta(days=500)
                    row[column] = None if longer is None else known + dt.timedelta(days=longer)
                else:
                    row[column] = draw(_cell(of))
            rows.append(row)
        found[table] = rows
    return found


def _cell(column: Node) -> st.SearchStrategy[Any]:
    kind = column["type"]
    if kind == "date":
        days = st.sampled_from([-1, 0, 1, 2, 3, 5, 9, 10, 11, 15, 364, 365, 366, 800])
        return st.one_of(st.none(), *2 * [days.map(lambda ago: AS_OF - dt.timedelta(days=ago))])
    if kind == "text":
        return st.sampled_from([None, "x", "y"])
    if kind == "number":
        return st.sampled_from([None, 0.0, 1.0, 2.0, 2.5, 3.0, 7.0, 8.0])
    words = WORDS[column["vocabulary"]]
    if kind == "set":
        return st.none() | st.lists(st.sampled_from(words), unique=True, max_size=3).map(sorted)
    return st.sampled_from([None, *words])


people = st.composite(_people)


def _asked(draw: Draw) -> Node:
    """How an assessment is asked for."""
    readings: Node = {name: draw(st.sampled_from(choices)) for name, choices in CHOICES.items()}
    readings["recent"] = draw(st.sampled_from(["none", 1, 2]))
    weakest = draw(st.sampled_from([None, None, *WORDS["trust"]]))
    return {"readings": readings, "min_verification": weakest}


asked = st.composite(_asked)


# --- other evidence of one person ---------------------------------------------------------------------------


def column_of(table: str, role: str) -> str | None:
    """The column of a table that has a role."""
    return next((name for name, c in _TABLES[table]["columns"].items() if c.get("role") == role), None)


def still(tables: dict[str, list[Row]], person: str) -> dict[str, list[tuple[int | None, Row]]]:
    """A person's rows by number, with time standing still: nothing counts later that does not count now."""
    found: dict[str, list[tuple[int | None, Row]]] = {}
    for table, rows in tables.items():
        found[table] = []
        for i, row in enumerate(rows):
            first = row.get(column_of(table, "start") or column_of(table, "date") or "")
            if row["who"] != person or (first is not None and first > AS_OF):
                continue
            end = column_of(table, "end")
            known = {} if end is None else {end: min(row[end] or AS_OF, AS_OF)}
            found[table].append((i, row | known))
    return found


def with_additions(
    tables: dict[str, list[Row]], person: str, additions: list[Node], name: str
) -> dict[str, list[Row]]:
    """The person's rows after additions, as those of a person called `name`."""
    own = still(tables, person)
    until = dict.fromkeys(_TABLES, AS_OF)  # tables share no days
    for number, addition in enumerate(additions):
        table, days = addition["table"], addition["days"] or 0
        last = until[table]
        span = {"start": last + dt.timedelta(days=1), "end": last + dt.timedelta(days=days)} if days else {}
        if addition["kind"] == "continue":
            row = next(row for i, row in own[table] if i == addition["row"])
            if last == AS_OF:
                row["end"] = span["end"]
            else:
                if "job" in row:
                    row["job"] = row["job"] or f"running {number}"
                own[table].append((None, row | span))
        for copy in range(addition["count"] if addition["kind"] == "new" else 0):
            new = addition["cells"] | span
            if column_of(table, "end"):
                new.setdefault("end", AS_OF)  # without a start it counts, and nobody knows for how many days
            if column_of(table, "identity"):
                new["job"] = f"new {number} {copy}"
            own.setdefault(table, []).append((None, new))
        until[table] += dt.timedelta(days=days)
    return {table: [row | {"who": name} for _, row in rows] for table, rows in own.items()}


def with_answers(
    tables: dict[str, list[Row]], person: str, questions: list[Node], pick: Callable[[list[Any]], Any]
) -> dict[str, list[Row]]:
    """The person's rows after answers to questions, each of which leaves room for a pick."""
    own = {table: [dict(row) for row in rows] for table, rows in tables.items()}
    for question in questions:
        table, column = question["table"], question["column"]
        if question["kind"] == "table":
            own[table] = []
            continue
        row = own[table][question["row"]]
        if question["kind"] in ("word", "verification"):
            row[column] = pick(question["words"])
        elif question["kind"] == "items":
            row |= {f"{column}.{item}": True for item in question["has"]}
            row |= {f"{column}.{item}": False for item in question["has_not"]}
        elif question["kind"] == "number":
            low, high = question["low"], question["high"]
            ends = [low] * (not question["low_open"])
            ends += [] if high is None or question["high_open"] else [high]
            row[column] = pick([*ends, low + 7.25 if high is None else (low + high) / 2])
        else:
            first = question["first"] or "2000-01-01"
            row[column] = dt.date.fromisoformat(pick([first, question["last"]]))
    return {table: [row for row in rows if row["who"] == person] for table, rows in own.items()}


def alike(rows: list[Row]) -> list[Row]:
    """Rows whose sets are all spelled by item where one is."""
    if not any(name.startswith("tools.") for row in rows for name in row):
        return rows
    spelled = []
    for row in rows:
        whole = row.get("tools")
        items = {} if whole is None else {f"tools.{item}": item in whole for item in WORDS["tool"]}
        spelled.append({name: value for name, value in row.items() if name != "tools"} | items)
    return spelled


# --- obvious loops -----------------------------------------------------------------------------------------


def spelled(words: str | list[str], vocabulary: str) -> list[str]:
    """Words with the groups among them spelled out, each once."""
    groups = GROUPS.get(vocabulary, {})
    flat = [w for word in ([words] if isinstance(words, str) else words) for w in groups.get(word, [word])]
    return list(dict.fromkeys(flat))


class Obvious:
    """Decides one person's sheets by a document, rows by table, and what was asked."""

    def __init__(
        self, document: Node, tables: dict[str, list[Row]], person: str, asked: Node, as_of: dt.date = AS_OF
    ) -> None:
        self.as_of = as_of
        self.document = document
        self.tables = tables
        self.person = person
        self.readings = asked["readings"]
        self.weakest = asked["min_verification"]
        rules = document["rules"]
        years = self.readings["recent"] if "recency_years" in rules else "none"
        self.oldest = None
        if years != "none":
            self.oldest = as_of - dt.timedelta(days=years * rules["days_per_year"] - 1)
        self.sheets = {(s["specialty"], s["level"]): s for s in document["sheets"]}
        self.local: dict[str, Node] = {}
        self.known: dict[tuple[str, int], tuple[Truth, Truth]] = {}

    def chosen(self, value: Any) -> Any:
        while isinstance(value, dict) and "choose" in value:
            choice = self.readings[value["choose"]]
            value = value["choices"][choice] if "choices" in value else choice
        return value

    # --- conditions --------------------------------------------------------------------------------

    def holds(self, node: Node, row: Row, table: str, level: int | None) -> Truth:
        node = self.chosen(node)
        if "always" in node:
            return bool(node["always"])
        if "column" in node:
            return self.tests(node, row, columns_of(table)[node["column"]])
        if "condition" in node:
            return self.refers(node, row, table, level)
        if "not" in node:
            inner = self.holds(node["not"], row, table, level)
            return None if inner is None else not inner
        parts = next(node[name] for name in ("all", "any", "of") if name in node)
        need = {"all": len(parts), "any": 1}.get(next(iter({"all", "any"} & set(node)), ""))
        return at_least(
            node["at_least"] if need is None else need,
            [self.holds(part, row, table, level) for part in parts],
        )

    def refers(self, node: Node, row: Row, table: str, level: int | None) -> Truth:
        if "level" in node:
            level = node["level"]
        elif "above" in node or "below" in node:
            assert level is not None
            place = LEVELS.index(level) + node.get("above", 0) - node.get("below", 0)
            if not 0 <= place < len(LEVELS):
                return False
            level = LEVELS[place]
        named = (self.document["conditions"] | self.local)[node["condition"]]
        return self.holds(named["when"] if "when" in named else named["levels"][level], row, table, level)

    def tests(self, node: Node, row: Row, column: Node) -> Truth:
        name = node["column"]
        if column["type"] == "set":
            items = spelled(node["items"], column["vocabulary"])
            need = self.chosen(node["need"])
            need = {"any": 1, "all": len(items), "some": self.document["rules"]["some_of"]}.get(need, need)
            whole = row.get(name)
            has = [row.get(f"{name}.{item}") if whole is None else item in whole for item in items]
            return at_least(need, has)
        value = row.get(name)
        if value is None:
            return None
        if column["type"] == "number":
            return (
                value >= node.get("at_least", -math.inf) and value <= node.get("at_most", math.inf)
                and value > node.get("more_than", -math.inf) and value < node.get("less_than", math.inf)
            )  # fmt: skip
        words = WORDS[column["vocabulary"]]
        place = words.index(value)
        return (
            value == node.get("is", value)
            and ("in" not in node or value in spelled(node["in"], column["vocabulary"]))
            and place >= words.index(node.get("at_least", words[0]))
            and place <= words.index(node.get("at_most", words[-1]))
        )

    # --- records ----------------------------------------------------------------------------------------

    def stands(self, row: Row, table: str) -> tuple[Truth, set[dt.date] | None]:
        """Whether a record counts, whatever else it says, and its days; None: nobody knows which."""
        roles = {c.get("role"): name for name, c in _TABLES[table]["columns"].items()}
        counts: Truth = True
        days: set[dt.date] | None = set()
        first = row.get(roles.get("start", roles.get("date", "")))
        if "start" in roles or "date" in roles:
            last = row.get(roles["end"]) if "end" in roles else first
            if first is not None and first > self.as_of:
                return False, set()
            if self.oldest is not None:
                if last is not None and last < self.oldest:
                    return False, set()
                if first is None:
                    counts = None
            days = None
            if first is not None:
                end = self.as_of if last is None else min(last, self.as_of)
                begin = first if self.oldest is None else max(first, self.oldest)
                days = {begin + dt.timedelta(days=n) for n in range((end - begin).days + 1)}
        if self.weakest is not None and "verification" in roles:
            stated = row.get(roles["verification"])
            trust = WORDS["trust"]
            if stated is None or trust.index(stated) < trust.index(self.weakest):
                counts = None
        return counts, days

    def records(self, node: Node, level: int | None) -> list[tuple[Truth, Row, set[dt.date] | None]]:
        """The records that satisfy a quantity's condition or may do so."""
        table = node["table"]
        found = []
        for row in self.tables[table]:
            if row["who"] == self.person:
                counts, days = self.stands(row, table)
                truth = at_least(2, [counts, self.holds(node["where"], row, table, level)])
                if truth is not False:
                    found.append((truth, row, days))
        return found

    # --- criteria ---------------------------------------------------------------------------------------

    def days(self, span: Node) -> float:
        span = self.chosen(span)
        if "days" in span:
            return float(span["days"])
        return float(math.ceil(span["years"] * self.document["rules"]["days_per_year"]))

    def meets(self, node: Node, level: int | None) -> tuple[Truth, float, float, float]:
        """Status, low, high and what is required."""
        node = self.chosen(node)
        for form in ("some", "count", "duration", "longest", "distinct"):
            if form in node:
                return self.amount(form, node[form], level)
        truth = self.combined(node, level)
        return truth, float(truth is True), float(truth is not False), 1.0

    def combined(self, node: Node, level: int | None) -> Truth:
        if "always" in node:
            return True
        if "sheet" in node:
            return self.sheet(node["sheet"]["specialty"], node["sheet"]["level"])[0]
        if "not" in node:
            inner = self.meets(node["not"], level)[0]
            return None if inner is None else not inner
        name = next(name for name in ("all", "any", "of", "some_of") if name in node)
        parts = node[name]
        need = {"all": len(parts), "any": 1, "some_of": self.document["rules"]["some_of"]}.get(name)
        truths = [self.meets(part, level)[0] for part in parts]
        return at_least(node["at_least"] if need is None else need, truths)

    def amount(self, form: str, node: Node, level: int | None) -> tuple[Truth, float, float, float]:
        required = 1.0
        if form in ("duration", "longest"):
            required = self.days(node["at_least"])
        elif form != "some":
            required = float(self.chosen(node["at_least"]))
        if node["table"] not in self.tables:
            high = {"some": 1.0, "distinct": float(len(WORDS["kind"]))}.get(form, math.inf)
            return self.compared(0.0, high, required), 0.0, high, required
        records = self.records(node, level)
        sure = [r for r in records if r[0] is True]
        if form == "some":
            low, high = float(bool(sure)), float(bool(records))
        elif form == "distinct":
            low = len({r[1].get("kind") for r in sure} - {None})
            kinds = {r[1].get("kind") for r in records} - {None}
            high = len(kinds) + sum(r[1].get("kind") is None for r in records)
            high = min(high, len(WORDS["kind"]))
        elif form == "count":
            low, high = self.many(sure), self.many(records)
        else:
            low, high = (self.length(form, node, some) for some in (sure, records))
            if any(r[2] is None for r in records):
                high = math.inf
        truth = self.compared(low, high, required)
        truths = [truth]
        for nested in node.get("of_which", []):
            inner = [
                (at_least(2, [truth, self.holds(nested["where"], row, node["table"], level)]), row, days)
                for truth, row, days in records
            ]
            few = self.many([r for r in inner if r[0] is True])
            most = self.many([r for r in inner if r[0] is not False])
            truths.append(self.compared(few, most, self.chosen(nested["at_least"])))
        return at_least(len(truths), truths), float(low), float(high), required

    def many(self, records: list[Any]) -> int:
        """How many; rows of one identity are one."""
        named = {row.get("job") for _, row, _ in records} - {None}
        return len(named) + sum(row.get("job") is None for _, row, _ in records)

    def length(self, form: str, node: Node, records: list[Any]) -> int:
        days = [days for _, _, days in records if days is not None]
        if form == "duration" and self.chosen(node.get("overlap", "union")) == "sum":
            return sum(map(len, days))
        every = set().union(*days)
        if form == "duration":
            return len(every)
        best = 0
        for day in every:
            run = 0
            while day + dt.timedelta(days=run) in every:
                run += 1
            best = max(best, run)
        return best

    def compared(self, low: float, high: float, required: float) -> Truth:
        return True if low >= required else None if high >= required else False

    # --- sheets ------------------------------------------------------------------------------------------

    def criteria(self, specialty: str, level: int) -> dict[str, tuple[Truth, float, float, float]]:
        """What meets() says of each criterion of a sheet, by name."""
        sheet = self.sheets[specialty, level]
        before, self.local = self.local, sheet.get("conditions", {})
        found = {name: self.meets(criterion, level) for name, criterion in sheet["criteria"].items()}
        self.local = before
        return found

    def sheet(self, specialty: str, level: int) -> tuple[Truth, str]:
        """Status and basis."""
        if (specialty, level) not in self.known:
            truths = [truth for truth, *_ in self.criteria(specialty, level).values()]
            own = at_least(len(truths), truths)
            deemed: Truth = False
            if self.chosen(self.document["rules"].get("deeming", True)):
                for deeming in self.document["deeming"]:
                    if {"specialty": specialty, "level": level} in deeming["sheets"]:  # no sheet's own there
                        deemed = at_least(1, [deemed, self.meets(deeming["when"], None)[0]])
            self.known[specialty, level] = own, deemed
        own, deemed = self.known[specialty, level]
        basis = "evidenced" if own is True else "deemed" if deemed is True else "none"
        return at_least(1, [own, deemed]), basis

    def level(self, specialty: str) -> tuple[int, int, str]:
        """Level, possible level and basis."""
        cumulative = self.chosen(self.document["rules"].get("cumulative", False))
        level, possible, basis, below = 0, 0, "none", True
        for at in sorted(level for name, level in self.sheets if name == specialty):
            truth, of = self.sheet(specialty, at)
            if cumulative:
                truth = at_least(2, [truth, below])
            below = truth
            if truth is True:
                level, basis = at, of
            if truth is not False:
                possible = at
        return level, possible, basis
