"""Pages that show a framework: every sheet in words, in each of its languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tassei
import yaml
from tassei import grammar as g
from tassei.asked import Asked, Phrase
from tassei.describe import Describer, number
from tassei.nodes import QUANTITIES, quantity_of, words_of
from tassei.outline import Outline, under

__all__ = ["page", "pages"]

_OWN = yaml.safe_load((Path(__file__).parent / "standard.yaml").read_text(encoding="utf-8"))


class _Whole(Describer):
    """Lists are never cut short: this is the sheet itself."""

    listed = 1_000


def plain(text: Any) -> str:
    """Text that Markdown leaves as it is."""
    return re.sub(r"([^\w\s])", lambda m: "\\" + m[0] if m[0].isascii() else m[0], str(text))


def table(head: list[str], rows: list[list[list[str]]], widths: str = "auto") -> list[str]:
    """A table whose cells are lines of Markdown."""
    lines = ["```{list-table}", ":class: standard", ":header-rows: 1", f":widths: {widths}", ""]
    for row in [[[cell] for cell in head], *rows]:
        for i, cell in enumerate(row):
            first, *others = cell or [""]
            lines.append(f"{'* ' if i == 0 else '  '}- {first}".rstrip())
            lines += [f"    {line}".rstrip() for line in others]
    return [*lines, "```", ""]


def bullets(tree: list[Any], depth: int = 0) -> list[str]:
    """A tree of (text, parts) as a nested list."""
    lines = []
    for text, parts in tree:
        lines += [f"{'  ' * depth}- {plain(text)}", *bullets(parts, depth + 1)]
    return lines


class Page:
    """One framework in one language."""

    def __init__(self, framework: tassei.Framework, lang: str) -> None:
        self.framework = framework
        self.document = framework.document
        self.lang = lang
        self.own = _OWN.get(lang, _OWN["en"])
        self.outline = Outline(framework, framework.plan(), lang)
        self.describe = self.outline.describe = _Whole(framework, lang)
        name, first = next(iter(self.document.tables.items()))
        person = next(n for n, column in first.columns.items() if column.role == "person")
        nobody = tassei.read_evidence({name: {person: ["P1"]}}, framework)
        self.asked = Asked(tassei.assess(nobody, framework), self.describe)

    def label(self, kind: str, name: Any) -> str:
        return self.framework.label(kind, name, self.lang)

    def table(self, keys: list[str], rows: list[list[list[str]]], widths: str = "auto") -> list[str]:
        return table([plain(self.own[key]) for key in keys], rows, widths)

    def text(self, labels: Any) -> str:
        return self.describe.text(labels) if labels else ""

    def title(self, sheet: g.Sheet | g.SheetId) -> str:
        return self.outline.sheet(sheet.specialty, sheet.level, self.own["sheet"])

    def anchor(self, place: int) -> str:
        return f"{self.framework.id}-{self.lang}-sheet-{place + 1}"

    def lines(self) -> Iterator[str]:
        yield from [f"# {plain(self.framework.label_title(self.lang))}", ""]
        yield from [plain(self.text(self.document.about)), "", f"*{plain(self.own['intro'])}*", ""]
        others = [lang for lang in self.framework.languages if lang != self.lang]
        if others:
            names = {lang: _OWN.get(lang, {"name": lang})["name"] for lang in others}
            links = ", ".join(f"[{name}]({self.framework.id}-{lang}.md)" for lang, name in names.items())
            yield from [f"{plain(self.own['other'])} {links}", ""]
        yield from self.origin()
        for section in (
            self.overview, self.sheets, self.deeming, self.conditions, self.readings, self.tables,
            self.words, self.units, self.costs,
        ):  # fmt: skip
            found = list(section())
            if found:
                yield from [f"## {plain(self.own[section.__name__])}", "", *found]

    def origin(self) -> Iterator[str]:
        said = [("version", f"{self.framework.id} {self.framework.version}")]
        said += [("job", self.text(job.label)) for job in self.document.job_category.values()]
        source = self.document.source
        if source:
            said += [
                ("source", self.text(source.title)), ("publisher", self.text(source.publisher)),
                ("edition", source.edition), ("rights", source.rights), ("note", self.text(source.note)),
            ]  # fmt: skip
        english = self.document.english
        if english:
            said.append(("official", ", ".join(english.official) + ". " + english.note))
        for key, text in said:
            if text:
                yield f"- {plain(self.own[key])}: {plain(text)}"
        yield ""

    def overview(self) -> Iterator[str]:
        places = {(s.specialty, s.level): i for i, s in enumerate(self.document.sheets)}
        levels = sorted(self.document.levels)
        head = [self.own["specialty"], *(self.label("level", level) for level in levels)]
        rows = []
        for name in self.document.specialties:
            row = [[plain(self.label("specialty", name))]]
            for level in levels:
                i = places.get((name, level))
                page = "" if i is None else self.document.sheets[i].page or self.own["criteria"]
                row.append(["–"] if i is None else [f"[{plain(page)}](#{self.anchor(i)})"])
            rows.append(row)
        yield from table([plain(h) for h in head], rows)
        rows = [
            [
                [plain(self.label("criterion", name))],
                [plain(self.label("group", said.group)) if said.group else "–"], [number(said.weight)],
            ]
            for name, said in self.document.criteria.items()
        ]  # fmt: skip
        yield from self.table(["criterion", "group", "weight"], rows)

    def sheets(self) -> Iterator[str]:
        for i, (sheet, nodes) in enumerate(zip(self.document.sheets, self.outline.sheets, strict=True)):
            title = self.title(sheet)
            page = f" ({sheet.page})" if sheet.page else ""
            yield from [f"({self.anchor(i)})=", f"### {plain(title + page)}", ""]
            rows = []
            for name, node in nodes.items():
                form = sheet.criteria[name]
                said = [plain(self.text(form.summary)), ""] if getattr(form, "summary", None) else []
                depends = self.describe.say["and"].join(
                    self.label("reading", r) for r in self.choosers(form, sheet, set())
                )
                note = ["", f"*{plain(self.own['depends'].format(names=depends))}*"] if depends else []
                tree = self.asks(node, sheet)
                rows.append(
                    [[f"**{plain(self.label('criterion', name))}**"], [*said, *bullets(tree), *note],
                     [plain(self.need(node))]]
                )  # fmt: skip
            yield from self.table(["criterion", "asked", "needed"], rows, "16 64 20")

    def need(self, node: dict[str, Any], unit: str | None = None) -> str:
        """How much of it."""
        info = self.outline.info(node) if "id" in node else None
        if unit is None and info is not None:
            if isinstance(info.form, g.AlwaysCriterion):
                return str(self.own["always"])
            if node["form"] not in QUANTITIES or node["form"] == "some":
                return self.outline.criterion(node) or self.own["met"]
            form, quantity = quantity_of(info.form)
            unit = "days" if form in ("duration", "longest") else quantity.unit
        word = self.label("unit", unit)
        if node.get("form") == "longest":
            word = self.outline.describe.say["stretch"].format(unit=word)
        return f"{number(node['required'])} {word}"

    def asks(self, node: dict[str, Any], sheet: g.Sheet | None) -> list[Any]:
        """What a criterion asks of records, and its parts."""
        info = self.outline.info(node)
        if info is None:
            return []
        tree: list[Any] = [self.phrase(p) for p in self.asked.of_criterion(info.form, sheet)]
        for part in node.get("of", []):
            inner = self.outline.info(part)
            title = self.outline.criterion(part)
            need = self.need(part)
            page = getattr(inner.form, "page", None) if inner else None
            said = dict.fromkeys(filter(None, (title, need, page)))
            tree.append((" · ".join(said), self.asks(part, sheet)))
        count = info.form.count if isinstance(info.form, g.CountCriterion) else None
        for nested, part in zip(count.of_which if count else [], node.get("of_which", []), strict=True):
            name = self.asked.name_of_nested(nested, sheet)
            title = self.describe.say["of_which"].format(label=name)
            asked = self.asked.of_nested(nested, sheet)
            inner = [self.phrase(phrase) for phrase in asked if phrase.text != name]
            tree.append((f"{title} · {self.need(part, count.unit)}", inner))
        return tree

    def phrase(self, phrase: Phrase) -> Any:
        """A phrase; a long list of words becomes a list."""
        if len(phrase.words) <= Describer.listed:
            return phrase.text, []
        say = self.describe.say
        listed = str(say["and"]).join(phrase.words)
        count = str(say["tests"]["many"]).format(count=len(phrase.words))
        return phrase.text.replace(listed, count), [(word, []) for word in phrase.words]

    def choosers(self, form: Any, sheet: g.Sheet, seen: set[str]) -> list[str]:
        """The readings that a criterion depends on."""
        found: dict[str, None] = {}
        todo = [form.model_dump(by_alias=True)]
        while todo:
            node = todo.pop()
            if isinstance(node, list):
                todo += node
            if not isinstance(node, dict):
                continue
            if isinstance(node.get("choose"), str):
                found[node["choose"]] = None
            name = node.get("condition")
            if isinstance(name, str) and name not in seen:
                seen.add(name)
                named = sheet.conditions.get(name) or self.document.conditions[name]
                todo.append(named.model_dump(by_alias=True))
            todo += node.values()
        return [name for name in self.document.readings if name in found]

    def deeming(self) -> Iterator[str]:
        rows = []
        for said, (node, _) in zip(self.document.deeming, self.outline.deemings, strict=False):
            for_ = [f"- {plain(self.title(s))}" for s in said.sheets]
            title = [f"**{plain(self.text(said.label))}**", "", plain(said.page or "")]
            rows.append([title, [*bullets(self.asks(node, None)), "", plain(self.need(node))], for_])
        if rows:
            yield from self.table(["evidence", "asked", "stands_for"], rows, "30 40 30")

    def conditions(self) -> Iterator[str]:
        found: dict[str, dict[int, list[str]]] = {}
        for place in self.outline.places:
            for node in under(place.node):
                info = self.outline.info(node)
                if info is not None and info.name and info.label and info.level is not None:
                    found.setdefault(info.name, {}).setdefault(info.level, bullets(self.tree(node, True)))
        order = list(self.document.conditions)
        if found:
            yield from [plain(self.own["conditions_note"]), ""]
        rows = []
        for name in sorted(found, key=lambda n: (order.index(n) if n in order else len(order), n)):
            named = self.document.conditions.get(name) or next(
                s.conditions[name] for s in self.document.sheets if name in s.conditions
            )
            title = f"**{plain(self.text(named.label))}**"
            texts = list(found[name].values())
            if all(text == texts[0] for text in texts):
                rows.append([[title], [plain(self.own["every"])], texts[0]])
                continue
            for level in sorted(found[name]):
                rows.append([[title], [plain(self.label("level", level))], found[name][level]])
        if rows:
            yield from self.table(["conditions", "level", "asked"], rows, "22 14 64")

    def tree(self, node: dict[str, Any], top: bool = False) -> list[Any]:
        """A condition, taken apart down to the next name."""
        info, say = self.outline.info(node), self.describe.say
        if not top and info is not None and info.label is not None:
            return [(self.outline.condition(node), [])]
        value = fixed(node)
        if value is not None:
            return [(say["tests"]["always" if value else "never"], [])]
        if "of" not in node:
            words = self.words_asked(info.form, info.table) if info else ()
            return [self.phrase(Phrase(self.outline.condition(node), words=words))]
        if node["form"] == "not":
            return [(say["parts"]["not"], self.tree(node["of"][0]))]
        parts = [part for part in node["of"] if fixed(part) is None]
        need = node["need"] - sum(fixed(part) is True for part in node["of"])
        if len(parts) == 1:
            return self.tree(parts[0])
        inner = [branch for part in parts for branch in self.tree(part)]
        kind = "all" if need == len(parts) else "any" if need == 1 else "at_least"
        return [(say["parts"][kind].format(need=need), inner)]

    def words_asked(self, form: Any, table: str | None) -> tuple[str, ...]:
        """The words that a test of a column names, in words."""
        names = isinstance(form, g.ColumnTest) and (form.items or form.in_)
        if not names or table is None:
            return ()
        vocabulary = self.document.tables[table].columns[form.column].vocabulary
        found = words_of(names, self.document.vocabularies[vocabulary])
        return tuple(self.label("word", f"{vocabulary}.{name}") for name in found)

    def readings(self) -> Iterator[str]:
        rows = []
        for name, reading in self.document.readings.items():
            choices = [
                f"- **{plain(self.label('choice', f'{name}.{c}'))}** `{c}`" if c == reading.default
                else f"- {plain(self.label('choice', f'{name}.{c}'))} `{c}`"
                for c in reading.choices
            ] or [f"- {plain(self.own['number'])}", f"- **{plain(reading.default)}**"]  # fmt: skip
            title = [f"**{plain(self.text(reading.label))}**", "", f"`{name}`"]
            rows.append([title, [plain(self.text(reading.about))], choices])
        if rows:
            yield from [plain(self.own["readings_note"]), ""]
            yield from self.table(["reading", "about", "choices"], rows, "22 44 34")

    def tables(self) -> Iterator[str]:
        for name, said in self.document.tables.items():
            yield from [f"### {plain(self.label('table', name))} `{name}`", ""]
            yield from [plain(self.own["row"].format(record=self.label("record", name))), ""]
            rows = []
            for column, form in said.columns.items():
                kind = self.own["types"][form.type]
                if form.vocabulary:
                    kind += f" ({self.label('vocabulary', form.vocabulary)})"
                if form.unit:
                    kind += f" ({form.unit})"
                title = [plain(self.label("column", f"{name}.{column}"))]
                rows.append([title, [f"`{column}`"], [plain(kind)], [plain(self.text(form.about))]])
            yield from self.table(["column", "id", "kind", "about"], rows)

    def words(self) -> Iterator[str]:
        yield from [plain(self.own["words_note"]), ""]
        for name, vocabulary in self.document.vocabularies.items():
            yield from [f"### {plain(self.label('vocabulary', name))} `{name}`", ""]
            printed = any(word.printed for word in vocabulary.words.values())
            head = ["word", "id", "printed"] if printed else ["word", "id"]
            rows = [
                [[plain(self.label("word", f"{name}.{word}"))], [f"`{word}`"], [plain(said.printed or "")]]
                for word, said in vocabulary.words.items()
            ]
            yield from self.table(head, [row[: len(head)] for row in rows])

    def units(self) -> Iterator[str]:
        for name in self.document.units:
            yield f"- {plain(self.label('unit', name))} `{name}`"
        yield ""

    def costs(self) -> Iterator[str]:
        rows = [
            [
                [plain(self.text(cost.label))], [f"`{name}`"],
                [f"{number(cost.cost)} / {plain(self.own['per'][cost.per])}"],
            ]
            for name, cost in self.document.costs.items()
        ]  # fmt: skip
        if rows:
            yield from [plain(self.own["costs_note"]), ""]
            yield from self.table(["costs", "id", "cost"], rows)


def fixed(node: dict[str, Any]) -> bool | None:
    """The truth of a condition that no record changes."""
    if node["form"] == "constant":
        return bool(node["value"])
    values = [fixed(part) for part in node.get("of", [])]
    if node["form"] == "not":
        return None if values[0] is None else not values[0]
    if not values or "need" not in node:
        return None
    if values.count(True) >= node["need"]:
        return True
    return False if len(values) - values.count(False) < node["need"] else None


def page(framework: tassei.Framework, lang: str) -> str:
    """A framework in one of its languages, as MyST."""
    return "\n".join(Page(framework, lang).lines()) + "\n"


def pages() -> dict[str, str]:
    """Every page by its path."""
    made, listed = {}, []
    for name in tassei.frameworks():
        framework = tassei.load_framework(name)
        for lang in framework.languages:
            made[f"standard/{framework.id}-{lang}.md"] = page(framework, lang)
            listed.append(f"{framework.label_title(lang)} <{framework.id}-{lang}>")
    made["standard/index.md"] = "\n".join(
        [f"# {_OWN['en']['index']}", "", plain(_OWN["en"]["intro"]), "", plain(_OWN["ja"]["intro"]), "",
         "```{toctree}", ":maxdepth: 2", "", *listed, "```", ""]
    )  # fmt: skip
    return made
