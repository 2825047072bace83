"""What expressions of Helm templates are worth, as far as a chart's values say it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Union

from msgspec import Struct

from lg_lint.deploy.settings import Setting
from lg_lint.deploy.yaml_nodes import Node


class Unknown(Struct, frozen=True):
    """An expression whose value no file says."""

    text: str


class Root(Struct, frozen=True):
    """The object that a template is given: `$`, with `.Values` and others in it."""


class Table(Struct, frozen=True):
    """What `dict` makes."""

    entries: Mapping[str, Value]


class Written(Struct, frozen=True):
    """What a helper writes: lines, or a word. It is not `certain` where a part of it is unknown."""

    name: str
    text: str
    certain: bool


Value = Union[Node, Setting, Unknown, Written, Root, Table, None]
"""None is a value that is not there: in a condition it counts as no."""

Include = Callable[[str, "Scope"], Union[Written, None]]
"""What a helper writes by its name; None where there is none of that name."""

_GIVEN = ("Values", "Release", "Chart", "Capabilities", "Template", "Files", "Subcharts")
_DEEPEST = 20
_LONGEST = 2_000
_part = re.compile(r'"(?:\\.|[^"\\])*"|`[^`]*`|\(|\)|\||:=|=|,|[^\s()|,]+')
_path = re.compile(r"\.?[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)*|\.")
_loop = re.compile(r"(?:(\$\w*)\s*(?:,\s*(\$\w+)\s*)?:=)?\s*(.*)", re.DOTALL)
_assignment = re.compile(r"(\$\w+)\s*:?=\s*(.*)", re.DOTALL)
_SAME = (
    *("quote", "squote", "toString", "int", "int64", "float64", "trim", "tpl", "toYaml"),
    *("fromYaml", "default", "trunc", "trimSuffix", "indent", "nindent"),
    "required",
)


class Scope:
    """Where an expression stands: the values, what the dot is, and the variables."""

    def __init__(
        self,
        chart: tuple[Node, ...],
        name: str = "",
        dot: Value = None,
        variables: Mapping[str, Value] | None = None,
        top: bool = True,
        include: Include | None = None,
    ) -> None:
        self.chart = chart
        self.name = name
        self.dot = dot
        self.variables = dict(variables or {})
        self.top = top
        self.include = include

    def inside(self, dot: Value, names: Sequence[str] = (), key: Value = None) -> Scope:
        """The scope of a `with` or of one round of a `range`."""
        scope = Scope(self.chart, self.name, dot, self.variables, False, self.include)
        if len(names) == 2:
            scope.variables[names[0]] = key
        if names:
            scope.variables[names[-1]] = dot
        return scope

    def called(self, context: Sequence[str], text: str) -> Scope:
        """The scope of a helper that is given a context."""
        root = list(context) in (["$"], []) or (list(context) == ["."] and self.top)
        if root:
            return Scope(self.chart, self.name, include=self.include)
        dot = self.dot
        if list(context) != ["."]:
            dot = _evaluated(_bare(context), self, text, 1)
        return Scope(self.chart, self.name, dot, top=False, include=self.include)


def loop(text: str) -> tuple[tuple[str, ...], str]:
    """The variables of a `range` and what it goes through."""
    match = _loop.match(text)
    assert match is not None
    return tuple(name for name in match.group(1, 2) if name), match[3]


def assigns(text: str, scope: Scope) -> bool:
    """Whether an action gives a variable its value; if so, it does."""
    match = _assignment.fullmatch(text)
    if match is None:
        return False
    scope.variables[match[1]] = value(match[2], scope)
    return True


def written(text: str, scope: Scope) -> tuple[Value, int]:
    """What an action writes, and the indentation of the lines that it writes; -1 for a word."""
    parts = _parts(text)
    if parts[:2] == ["tpl", "("]:
        parts = list(_bare(_arguments(parts)[1]))
    stages = _stages(parts)
    last = stages[-1] if stages else []
    if len(last) == 2 and last[0] in ("nindent", "indent") and last[1].isdigit():
        before = [part for stage in stages[:-1] for part in (*stage, "|")][:-1]
        return _evaluated(before, scope, text, 0), int(last[1][:4])
    return _evaluated(parts, scope, text, 0), -1


def value(text: str, scope: Scope) -> Value:
    """What an expression is worth."""
    return _evaluated(_parts(text), scope, text, 0)


def holds(found: Value) -> bool | None:
    """Whether a value counts as yes in a condition; None where it is unknown."""
    if found is None:
        return False
    if isinstance(found, Unknown):
        return None
    if isinstance(found, Root):
        return True
    if isinstance(found, Written):
        return bool(found.text) if found.certain else None
    if isinstance(found, Table):
        return bool(found.entries)
    if isinstance(found, Node):
        if found.kind != "scalar":
            return bool(found.raw.value)
        if found.null:
            return False
        setting = found.setting()
        if setting is None or not setting.known:
            return None
        quoted = found.raw.style in ("'", '"')
        return bool(setting.text) if quoted else _truth(setting.text)
    return _truth(found.text)


def _parts(text: str) -> list[str]:
    return _part.findall(text) if len(text) <= _LONGEST else []


def _truth(text: str) -> bool:
    return text.strip().lower() not in ("", "false", "0", "no", "off", "null", "~")


def _stages(parts: Sequence[str]) -> list[list[str]]:
    """The parts of a pipeline."""
    stages: list[list[str]] = [[]]
    depth = 0
    for part in parts:
        depth += (part == "(") - (part == ")")
        if part == "|" and not depth:
            stages.append([])
        else:
            stages[-1].append(part)
    return [stage for stage in stages if stage]


def _evaluated(parts: Sequence[str], scope: Scope, text: str, depth: int) -> Value:
    stages = _stages(parts)
    if not stages or depth > _DEEPEST:
        return Unknown(text)
    found = _called(stages[0], scope, text, depth)
    for stage in stages[1:]:
        if stage[0] == "default" and len(stage) > 1:
            if holds(found) is False:
                found = _evaluated(stage[1:], scope, text, depth + 1)
        elif stage[0] not in _SAME:
            return Unknown(text)
    return found


def _arguments(parts: Sequence[str]) -> list[list[str]]:
    found: list[list[str]] = []
    depth = 0
    for part in parts:
        if not depth:
            found.append([])
        depth += (part == "(") - (part == ")")
        found[-1].append(part)
    return found


def _called(parts: Sequence[str], scope: Scope, text: str, depth: int) -> Value:
    """A function with its arguments, or a term."""
    arguments = _arguments(parts)
    if len(arguments) == 1:
        return _term(arguments[0], scope, text, depth)
    name = parts[0]
    given = [_evaluated(_bare(each), scope, text, depth + 1) for each in arguments[1:]]
    if name in ("not", "and", "or", "eq", "ne", "empty"):
        return _logic(name, given, text)
    if name == "default" and len(given) == 2:
        return given[0] if holds(given[1]) is False else given[1]
    if name in ("include", "template"):
        return _included(arguments, scope, text)
    if name == "index" and given:
        return _index(given, text)
    if name == "ternary" and len(given) == 3:
        truth = holds(given[2])
        return Unknown(text) if truth is None else given[0 if truth else 1]
    if name == "dict":
        return _table(given, text)
    if name in _SAME:
        return given[0 if name == "tpl" else -1]
    return Unknown(text)


def _included(arguments: Sequence[Sequence[str]], scope: Scope, text: str) -> Value:
    name = arguments[1][0]
    if scope.include is None or name[:1] != '"':
        return Unknown(f"include {name}")
    context = arguments[2] if len(arguments) > 2 else []
    found = scope.include(name[1:-1], scope.called(context, text))
    return Unknown(f"include {name}") if found is None else found


def _bare(argument: Sequence[str]) -> Sequence[str]:
    if argument[0] == "(" and argument[-1] == ")":
        return argument[1:-1]
    return argument


def _logic(name: str, given: Sequence[Value], text: str) -> Value:
    if name in ("eq", "ne"):
        texts = [_text(each) for each in given]
        if len(texts) < 2 or any(each is None for each in texts):
            return Unknown(text)
        return _said((texts[0] in texts[1:]) == (name == "eq"))
    truths = [holds(each) for each in given]
    if name in ("not", "empty"):
        return Unknown(text) if truths[0] is None else _said(not truths[0])
    decides = name == "or"
    for each, truth in zip(given, truths, strict=True):
        if truth is decides:
            return each if decides else _said(False)
    return Unknown(text) if None in truths else given[-1]


def _said(truth: bool) -> Setting:
    return Setting("true" if truth else "false", 1)


def _text(found: Value) -> str | None:
    if isinstance(found, Node):
        setting = found.setting()
        return setting.text if setting is not None and setting.known else None
    if isinstance(found, Setting) or (isinstance(found, Written) and found.certain):
        return found.text
    return "" if found is None else None


def _table(given: Sequence[Value], text: str) -> Value:
    keys = [_text(each) for each in given[::2]]
    if len(given) % 2 or None in keys:
        return Unknown(text)
    return Table({str(key): each for key, each in zip(keys, given[1::2], strict=True)})


def _index(given: Sequence[Value], text: str) -> Value:
    found = given[0]
    for each in given[1:]:
        key = _text(each)
        if not isinstance(found, Node) or key is None:
            return Unknown(text)
        found = found.get(key)
    return found


def _term(parts: Sequence[str], scope: Scope, text: str, depth: int) -> Value:
    if parts[0] == "(":
        inner = parts[1:-1] if parts[-1] == ")" else parts[1:]
        return _evaluated(inner, scope, text, depth + 1)
    term = parts[0]
    if term[:1] in ('"', "`"):
        return Setting(term[1:-1].replace('\\"', '"').replace("\n", " "), 1)
    if re.fullmatch(r"-?\d+(\.\d+)?|true|false", term):
        return Setting(term, 1)
    return _looked_up(term, scope, text)


def _looked_up(term: str, scope: Scope, text: str) -> Value:
    variable = re.match(r"\$\w*", term)
    if variable is not None:
        rest = term[variable.end() :]
        if variable[0] == "$":
            return _global(rest, scope, text)
        if variable[0] not in scope.variables:
            return Unknown(text)
        return _behind(scope.variables[variable[0]], rest, text, scope)
    if not _path.fullmatch(term) or not term.startswith("."):
        return Unknown(text)
    if scope.top:
        return _global(term, scope, text)
    return _behind(scope.dot, term if term != "." else "", text, scope)


def _global(term: str, scope: Scope, text: str) -> Value:
    if term == ".Chart.Name" and scope.name:
        return Setting(scope.name, 1)
    if term in ("", "."):
        return Root()
    if term.startswith(".") and term.split(".")[1] not in _GIVEN:
        return None
    if not term.startswith(".Values.") or not scope.chart:
        return Unknown(text)
    keys = term.split(".")[2:]
    for root in scope.chart:
        found = root.at(*keys)
        if found is not None:
            return found
    return None


def _behind(found: Value, path: str, text: str, scope: Scope) -> Value:
    keys = path.split(".")[1:]
    for at, key in enumerate(keys):
        if isinstance(found, Unknown):
            return Unknown(text)
        if isinstance(found, Root):
            return _global("." + ".".join(keys[at:]), scope, text)
        if isinstance(found, Table):
            found = found.entries.get(key)
            continue
        if not isinstance(found, Node):
            return Unknown(text) if found is not None else None
        found = found.get(key)
    return found
