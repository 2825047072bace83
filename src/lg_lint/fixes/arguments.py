"""Arguments and dict entries added to calls, laid out as their neighbours are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Union

import libcst as cst

from lg_lint.base.finding import Place
from lg_lint.base.fix import Edit, Fix
from lg_lint.fixes.parsed import Parsed, Point, Refusal

_Item = Union[cst.Arg, cst.BaseDictElement]


def set_keyword(parsed: Parsed, place: Place, remedy: Fix) -> list[Edit]:
    """Gives a call a keyword argument with a string, or replaces the string it has."""
    call = parsed.find(cst.Call, place)
    ((keyword, value),) = remedy.parameters
    text = _quoted(parsed, call, value)
    given = _keyword(call, keyword)
    if given is None:
        return _added_argument(parsed, call, f"{keyword}={text}")
    if not isinstance(given, cst.SimpleString) and not _is_none(given):
        raise Refusal(f"{keyword} is not a plain string")
    return [parsed.replace(given, text)]


def set_expression(parsed: Parsed, place: Place, remedy: Fix) -> list[Edit]:
    """Gives a call a keyword argument with an expression, or replaces a literal or call it has."""
    call = parsed.find(cst.Call, place)
    ((keyword, code),) = remedy.parameters
    given = _keyword(call, keyword)
    if given is None:
        return _added_argument(parsed, call, f"{keyword}={code}")
    if not isinstance(given, (cst.BaseNumber, cst.Tuple, cst.Call)):
        raise Refusal(f"{keyword} is set elsewhere")
    return [parsed.replace(given, code[1:-1] if given.lpar and code[0] == "(" else code)]


def add_headers(parsed: Parsed, place: Place, remedy: Fix) -> list[Edit]:
    """Adds entries to the literal `headers` of a call, or gives it the argument."""
    call = parsed.find(cst.Call, place)
    given = _keyword(call, "headers")
    entries = [
        f"{_quoted(parsed, call, name)}: {_quoted(parsed, call, value)}"
        for name, value in remedy.parameters
    ]
    if given is None:
        return _added_argument(parsed, call, f"headers={{{', '.join(entries)}}}")
    if not isinstance(given, cst.Dict):
        raise Refusal("the headers are not a literal dict")
    present = _entries(given)
    missing = [
        entry
        for entry, (name, _) in zip(entries, remedy.parameters, strict=True)
        if name.lower() not in present
    ]
    edits = [
        parsed.replace(present[name.lower()], _quoted(parsed, call, value))
        for name, value in remedy.parameters
        if _is_wrong(present.get(name.lower()), name, value)
    ]
    return edits + (_appended(parsed, given, given.elements, missing) if missing else [])


def _is_wrong(given: cst.BaseExpression | None, name: str, value: str) -> bool:
    """Whether a header has a literal value that does not do what the remedy's does."""
    if name != "X-Accel-Buffering" or not isinstance(given, cst.SimpleString):
        return False
    return str(given.evaluated_value).strip().lower() != value


def _entries(node: cst.Dict) -> dict[str, cst.BaseExpression]:
    found = {}
    for element in node.elements:
        if not isinstance(element, cst.DictElement) or not isinstance(
            element.key, cst.SimpleString
        ):
            raise Refusal("not all names of headers are literal")
        found[str(element.key.evaluated_value).lower()] = element.value
    return found


def _is_none(given: cst.BaseExpression) -> bool:
    return isinstance(given, cst.Name) and given.value == "None"


def _keyword(call: cst.Call, name: str) -> cst.BaseExpression | None:
    if any(arg.star for arg in call.args):
        raise Refusal("unpacked arguments may hold it already")
    for arg in call.args:
        if arg.keyword is not None and arg.keyword.value == name:
            return arg.value
    return None


def _added_argument(parsed: Parsed, call: cst.Call, text: str) -> list[Edit]:
    if len(call.args) == 1:
        only = call.args[0].value
        if isinstance(only, cst.GeneratorExp) and not only.lpar:
            raise Refusal("a bare generator expression takes no further argument")
    return _appended(parsed, call, call.args, [text])


def _appended(
    parsed: Parsed, owner: cst.Call | cst.Dict, items: Sequence[_Item], texts: list[str]
) -> list[Edit]:
    """New last items: each on its row where the last item has one to itself."""
    row, column = parsed.end(owner)
    close: Point = (row, column - 1)
    if not items:
        return [parsed.insert(close, ", ".join(texts))]
    last = items[-1]
    end = parsed.end(last)
    comma = last.comma if isinstance(last.comma, cst.Comma) else None
    if end[0] == row or not parsed.begins_row(last):
        return [parsed.insert(end, "".join(f", {text}" for text in texts))]
    indent = parsed.indent(parsed.start(last)[0])
    at_row = (parsed.start(comma)[0] if comma else end[0]) + 1
    rows = "".join(f"{indent}{text},{parsed.newline}" for text in texts)
    edits = [] if comma else [parsed.insert(end, ",")]
    return [*edits, parsed.insert((at_row, 1), rows)]


def _quoted(parsed: Parsed, near: cst.CSTNode, value: str) -> str:
    """A string literal in the quotes that the code near it uses."""
    code = parsed.source(near)
    quote = "'" if "'" in code and '"' not in code else '"'
    return f"{quote}{value}{quote}"
