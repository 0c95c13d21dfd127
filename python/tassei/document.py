"""Framework files: from YAML text to plain data, with the line of every key."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from .error import FrameworkError, Problem, listed, near
from .grammar import GRAMMAR_VERSION, Document

_DEEPEST = 60
_TOO_DEEP = f"nested more than {_DEEPEST} deep"  # the parser's own limit may come first
_LARGEST = 8 * 1024 * 1024
_MOST_NODES = 150_000  # values; the bundled file has some thousands
_LONGEST_KEY = 200
_MOST_DIGITS = 15
_MOST = 200  # problems of shape that are put into words

Path_ = tuple[str | int, ...]
Lines = dict[Path_, int]


_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?[0-9]+\.[0-9]*(?:[eE][-+]?[0-9]+)?|[-+]?\.inf")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}


def path_text(path: tuple[str | int, ...]) -> str:
    """`sheets[0].criteria` for ``("sheets", 0, "criteria")``."""
    text = ""
    for key in path:
        text += f"[{key}]" if isinstance(key, int) and not isinstance(key, bool) else f".{key}"
    return text.lstrip(".")


class _Reader:
    """Builds plain data from the parser's events; the first thing that is not of the grammar ends it.

    Plain words are those of YAML 1.2: `no`, `yes` and dates are text, `010` is ten.
    """

    def __init__(self, text: str) -> None:
        self.events = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        self.lines: Lines = {}
        self.problems: list[Problem] = []
        self.nodes = 0

    def read(self) -> Any:
        next(self.events)  # the stream starts
        if isinstance(next(self.events), yaml.StreamEndEvent):
            return None
        data = self.value(next(self.events), ())
        next(self.events)  # the document ends
        more = next(self.events)
        if not isinstance(more, yaml.StreamEndEvent):
            raise self.refusal(more, (), "a second document; expected one")
        return data

    def refusal(self, event: Any, path: Path_, message: str, hint: str | None = None) -> FrameworkError:
        return FrameworkError(message, [Problem(path_text(path), message, hint, _line(event))])

    def value(self, event: Any, path: Path_) -> Any:
        self.lines.setdefault(path, _line(event))
        self.nodes += 1
        if self.nodes > _MOST_NODES:
            raise self.refusal(event, path[:4], f"more than {_MOST_NODES:,} values in one file")
        if event.anchor:
            raise self.refusal(
                event, (), f"an anchor or alias, {event.anchor[:80]!r}, is not part of the grammar",
                "name the condition under `conditions` and refer to it",
            )  # fmt: skip
        if event.tag:
            raise self.refusal(event, path, f"a tag, {event.tag[:80]!r}, is not part of the grammar")
        if len(path) > _DEEPEST:
            raise self.refusal(event, path[:4], _TOO_DEEP)
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Any] = []
            while not isinstance(item := next(self.events), yaml.SequenceEndEvent):
                items.append(self.value(item, (*path, len(items))))
            return items
        return self.scalar(event, path)

    def mapping(self, path: Path_) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent) or len(event.value) > _LONGEST_KEY:
                message = f"a key is one word of at most {_LONGEST_KEY} characters"
                raise self.refusal(event, path, message)
            # of plain words only whole numbers (levels) are more than text as keys
            key: Any = event.value
            if event.implicit[0] and _INT.fullmatch(event.value):
                key = self.scalar(event, path)
            # in a path they must not look like places in a list
            inner = (*path, str(key))
            if key in result:
                self.problems.append(
                    Problem(path_text(inner), f"the key {key!r} comes twice", None, _line(event))
                )
            self.lines[inner] = _line(event)
            if event.anchor or event.tag:
                self.value(event, path)
            result[key] = self.value(next(self.events), inner)
        return result

    def scalar(self, event: Any, path: Path_) -> Any:
        text = event.value
        if not event.implicit[0]:  # in quotes
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INT.fullmatch(text):
            if len(text) > _MOST_DIGITS:
                message = f"a whole number has at most {_MOST_DIGITS} digits, came {len(text)}"
                raise self.refusal(event, path, message)
            return int(text)
        if _FLOAT.fullmatch(text):
            return float(text.replace(".inf", "inf"))
        return text


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def parse(text: str, name: str) -> tuple[dict[str, Any], Lines]:
    """YAML text as plain data and the lines of its keys.

    Raises
    ------
    FrameworkError
        Not YAML, an anchor or a tag, a key that comes twice, or nested too deeply.
    """
    if len(text) > _LARGEST:
        raise FrameworkError(f"{name}: more than {_LARGEST:,} characters")
    reader = _Reader(text)
    try:
        data = reader.read()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or str(error).splitlines()[0]
        rows = text.splitlines()
        row = rows[mark.line] if mark and mark.line < len(rows) else ""
        hint = "indent with spaces, not with a tab" if "\t" in row else None
        message = _TOO_DEEP if "nesting depth" in what else f"not YAML: {what}"
        problem = Problem("", message, hint, mark.line + 1 if mark else None)
        raise FrameworkError(_counted(name, [problem]), [problem]) from None
    except FrameworkError as error:
        raise FrameworkError(_counted(name, error.problems), error.problems) from None
    problems = reader.problems
    if not problems and not isinstance(data, dict):
        came = "nothing" if data is None else type(data).__name__
        problems = [Problem("", f"expected a mapping of sections, came {came}")]
    if len(problems) > _MOST:
        more = Problem("", f"{len(problems) - _MOST:,} more problems like these")
        problems = [*problems[:_MOST], more]
    if problems:
        raise FrameworkError(_counted(name, problems), problems)
    return data, reader.lines


def validate(data: dict[str, Any], lines: Lines) -> tuple[Document | None, list[Problem]]:
    """The document, or what of its shape is wrong."""
    try:
        return Document.model_validate(data), []
    except ValidationError as error:
        items = error.errors(include_url=False, include_input=False)
        found: dict[tuple[str, str], Problem] = {}
        for item in items[:_MOST]:
            problem = _problem(item, data, lines)
            found.setdefault((problem.path, problem.message), problem)
        if len(items) > _MOST:
            more = Problem("", f"{len(items) - _MOST:,} more problems like these")
            found["", more.message] = more
        return None, list(found.values())


def _problem(item: Any, data: dict[str, Any], lines: Lines) -> Problem:
    path, value, siblings = _follow(item["loc"], data)
    kind = item["type"]
    hint = None
    if kind == "extra_forbidden":
        message = f"unknown key {path[-1]!r}"
        if siblings:
            message += f"; expected {listed(siblings)}"
        close = near(path[-1], siblings)
        hint = f"did you mean {close!r}?" if close else None
    elif kind == "missing":
        message = f"the key {item['loc'][-1]!r} is missing"
        path = path[:-1]
    elif path == ("grammar",):
        message = f"came {str(value)[:40]}, this version of tassei reads grammar {GRAMMAR_VERSION}"
    else:
        came = (
            "a mapping" if isinstance(value, dict) else "a list" if isinstance(value, list) else repr(value)
        )
        if kind == "no_such_form" and isinstance(value, dict):
            came = f"the keys {listed(value)}"
            options = item["msg"].split("keys ")[-1].split(", ")
            close = next((c for key in value if (c := near(key, options))), None)
            hint = f"did you mean {close!r}?" if close else None
        message = f"{item['msg'][0].lower()}{item['msg'][1:]}, came {came[:200]}"
    line = next((lines[path[:n]] for n in range(len(path), -1, -1) if path[:n] in lines), None)
    return Problem(path_text(path), message, hint, line)


@cache
def _schema() -> dict[str, Any]:
    return Document.model_json_schema(by_alias=True)


def _resolve(node: Any) -> Any:
    while isinstance(node, dict) and "$ref" in node:
        node = _schema()["$defs"][node["$ref"].rsplit("/", 1)[-1]]
    return node


def _follow(loc: tuple[Any, ...], data: Any) -> tuple[tuple[Any, ...], Any, list[str]]:
    """Where a location of pydantic's lies in the data, what stands there, and what its mapping may hold.

    The location also names which form of a union was tried; the grammar, walked in step, tells those
    tags from keys of the file.
    """
    path: list[Any] = []
    value = data
    node: Any = _schema()
    siblings: list[str] = []
    for key in loc:
        node = _resolve(node)
        union = False
        while "anyOf" in node:
            options = [_resolve(option) for option in node["anyOf"] if option.get("type") != "null"]
            node = next((o for o in options if isinstance(value, list) == ("items" in o)), options[0])
            union = union or len(options) > 1
        if union:  # pydantic names the member of a union that it tried, as it names a form
            continue
        if "oneOf" in node:
            forms = [_resolve(option) for option in node["oneOf"]]
            plain = [form for form in forms if "choose" not in form.get("properties", {})]
            tagged = [form for form in forms if key in form.get("properties", {})]
            node = (plain if key == "plain" else tagged or forms)[0]
            continue
        if key == "[key]" or not isinstance(value, dict | list):
            continue
        siblings = list(node.get("properties", {}))
        if isinstance(value, list):
            if not isinstance(key, int):
                continue
            value = value[key] if key < len(value) else None
            path.append(key)
            node = node.get("items", {})
        else:
            number = int(key) if _INT.fullmatch(str(key)) else key
            value = value[key] if key in value else value.get(number)
            path.append(str(key))
            others = [*node.get("patternProperties", {}).values(), node.get("additionalProperties")]
            node = node.get("properties", {}).get(key) or next((o for o in others if isinstance(o, dict)), {})
    return tuple(path), value, siblings


def load(path: Path) -> tuple[Document, Lines]:
    """Reads a framework file and checks its shape.

    Raises
    ------
    FrameworkError
        With every problem of shape, or the file cannot be read.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            text = file.read(_LARGEST + 1)
    except OSError as error:
        raise FrameworkError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise FrameworkError(f"{path}: not UTF-8 (byte {error.start})") from None
    data, lines = parse(text, path.name)
    document, problems = validate(data, lines)
    if document is None:
        raise FrameworkError(_counted(path.name, problems), problems)
    return document, lines


def _counted(name: str, problems: Sequence[Problem]) -> str:
    return f"{name}: {len(problems)} problem{'s' if len(problems) != 1 else ''}"
