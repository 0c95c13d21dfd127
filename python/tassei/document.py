"""Framework files: from YAML text to plain data, with the line of every key."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from .error import FrameworkError, Problem, listed, near
from .grammar import GRAMMAR_VERSION, Document

_DEEPEST = 60
_LARGEST = 8 * 1024 * 1024
_MOST = 200  # problems of shape that are put into words

Lines = dict[tuple[str | int, ...], int]


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML 1.2's plain words: `no`, `yes` and dates are text."""

    yaml_implicit_resolvers: dict[str, list[Any]] = {}  # noqa: RUF012


for _tag, _pattern, _first in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("float", r"^(?:[-+]?[0-9]+\.[0-9]*(?:[eE][-+]?[0-9]+)?|[-+]?\.inf)$", "-+.0123456789"),
    ("null", r"^(?:~|null|)$", ["~", "n", ""]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


def path_text(path: tuple[str | int, ...]) -> str:
    """`sheets[0].criteria` for ``("sheets", 0, "criteria")``."""
    text = ""
    for key in path:
        text += f"[{key}]" if isinstance(key, int) and not isinstance(key, bool) else f".{key}"
    return text.lstrip(".")


def _plain(node: yaml.Node, path: tuple[str | int, ...], lines: Lines, problems: list[Problem]) -> Any:
    lines[path] = node.start_mark.line + 1
    if len(path) > _DEEPEST:
        problem = Problem(path_text(path[:4]) + "…", f"nested more than {_DEEPEST} deep")
        raise FrameworkError("too deep", [problem])
    if isinstance(node, yaml.MappingNode):
        result: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = _plain(key_node, (*path, "?"), {}, problems)
            if not isinstance(key, str | int):
                key = str(key)
            line = key_node.start_mark.line + 1
            if key in result:
                problems.append(
                    Problem(path_text((*path, str(key))), f"the key {key!r} comes twice", None, line)
                )
            # integer keys (levels) must not look like list places in a path
            step = key if isinstance(key, str) else str(key)
            result[key] = _plain(value_node, (*path, step), lines, problems)
            lines[(*path, step)] = line
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, i), lines, problems) for i, item in enumerate(node.value)]
    return yaml.constructor.SafeConstructor().construct_object(node)


def parse(text: str, name: str) -> tuple[dict[str, Any], Lines]:
    """YAML text as plain data and the lines of its keys.

    Raises
    ------
    FrameworkError
        Not YAML, an anchor, a key that comes twice, or nested too deeply.
    """
    if len(text) > _LARGEST:
        raise FrameworkError(f"{name}: {len(text):,} characters; at most {_LARGEST:,} are read")
    problems: list[Problem] = []
    lines: Lines = {}
    try:
        for event in yaml.parse(text, Loader=_Loader):
            if getattr(event, "anchor", None):
                problem = Problem(
                    "", f"an anchor or alias, {event.anchor!r}, is not part of the grammar",
                    "name the condition under `conditions` and refer to it",
                    event.start_mark.line + 1,
                )  # fmt: skip
                raise FrameworkError(f"{name}: 1 problem", [problem])
        node = yaml.compose(text, Loader=_Loader)
        data = None if node is None else _plain(node, (), lines, problems)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or str(error).splitlines()[0]
        line = text.splitlines()[mark.line] if mark and mark.line < text.count("\n") else ""
        hint = "indent with spaces, not with a tab" if "\t" in line else None
        problem = Problem("", f"not YAML: {what}", hint, mark.line + 1 if mark else None)
        raise FrameworkError(f"{name}: 1 problem", [problem]) from None
    except RecursionError:
        raise FrameworkError(
            f"{name}: 1 problem", [Problem("", f"nested more than {_DEEPEST} deep")]
        ) from None
    except FrameworkError as error:
        raise FrameworkError(f"{name}: 1 problem", error.problems) from None
    if not isinstance(data, dict):
        came = "nothing" if data is None else type(data).__name__
        raise FrameworkError(
            f"{name}: 1 problem", [Problem("", f"expected a mapping of sections, came {came}")]
        )
    if problems:
        raise FrameworkError(f"{name}: {len(problems)} problems", problems)
    return data, lines


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
        options = [_resolve(option) for option in node.get("anyOf", []) if option.get("type") != "null"]
        if len(options) == 1:
            node = options[0]
        elif options:
            node = next((o for o in options if isinstance(value, list) == ("items" in o)), options[0])
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
            number = int(key) if str(key).lstrip("-").isdigit() else key
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
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FrameworkError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise FrameworkError(f"{path}: not UTF-8 (byte {error.start})") from None
    data, lines = parse(text, path.name)
    document, problems = validate(data, lines)
    if document is None:
        raise FrameworkError(_counted(path.name, problems), problems)
    return document, lines


def _counted(name: str, problems: list[Problem]) -> str:
    return f"{name}: {len(problems)} problem{'s' if len(problems) != 1 else ''}"
