"""The examples of the rules' pages as whole projects: a fragment, and the frame around it.

The frame is `page_frame.py`. Behind an example comes what makes use of it: its nodes are added to
the graph, what it yields is sent to a client, and so is the graph's run where the example has none.
"""

from __future__ import annotations

import ast
import builtins
import functools
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

FRAME = Path(__file__).with_name("page_frame.py")
FILES = {
    "python": "app.py",
    "dockerfile": "Dockerfile",
    "nginx": "nginx.conf",
    "procfile": "Procfile",
    "yaml": "docker-compose.yml",
    "hcl": "main.tf",
    "toml": "pyproject.toml",
}
"""The file that a block of this language stands for. Several blocks of one are one file.

A block that begins with `# name.conf` stands for that file.
"""

SERVER = "events {{}}\nhttp {{\nserver {{\nlisten 80;\n{}}}\n}}\n"
"""What is around a location of nginx."""

PROCFILE = "web: uvicorn app:app --host 127.0.0.1 --port 8000\n"
"""The program behind it."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


class MissingError(Exception):
    """An example uses a name that neither it nor the frame binds."""


def example(page: str, heading: str) -> dict[str, str]:
    """The text of each file that the blocks below a heading of a page show, by its name.

    Raises KeyError with a block's language where that stands for no file.
    """
    section = re.split(r"^## ", page, flags=re.M)
    (text,) = [part for part in section if part.startswith(f"{heading}\n")]
    files: dict[str, str] = {}
    for language, block in re.findall(r"^```(.*)\n((?:.*\n)*?)```$", text, re.M):
        named = re.match(r"# (\S+\.conf)\n", block)
        name = named[1] if named else FILES[language]
        files[name] = files.get(name, "") + block
    for name, text in files.items():
        if re.match(r"(#.*\n)?location ", text):
            files[name] = SERVER.format(text)
    if "nginx.conf" in files:
        files.setdefault("Procfile", PROCFILE)
    return files


def framed(fragment: str) -> tuple[str, set[int]]:
    """A fragment with the frame around it, and the rows on which the fragment stands."""
    tree = ast.parse(fragment)
    lines = fragment.splitlines()
    module = _Module({name for node in tree.body for name in _bound(node)}, _handed_over(tree))
    rows: set[int] = set()
    before = 0
    for node in tree.body:
        for name in _free(node):
            if name != "graph" or not isinstance(node, Function):
                module.supply(name)
        start = len(module.lines)
        module.lines += lines[before : node.end_lineno]
        rows |= set(range(start + 1, len(module.lines) + 1))
        before = node.end_lineno or before
    for line in _wiring(tree):
        module.add(line)
    module.supply("graph")
    for line in _sending(tree):
        module.add(line)
    if "graph" not in _loaded(tree):
        module.supply("serve")
    return "\n".join([*module.lines, ""]), rows


class _Module:
    """A module in the making: what a statement needs is written before it."""

    def __init__(self, own: set[str], nodes: set[str]) -> None:
        self.lines: list[str] = []
        self._nodes = nodes
        self._there = {*own, *dir(builtins), "__name__"}

    def supply(self, name: str) -> None:
        if name in self._there:
            return
        self._there.add(name)
        if name in self._nodes:
            self.add(f"{name} = step")
        else:
            self.add(_frame().get(name) or _missing(name))

    def add(self, text: str) -> None:
        for name in _free(ast.parse(text)):
            self.supply(name)
        self.lines += text.splitlines()


@functools.cache
def _frame() -> dict[str, str]:
    text = FRAME.read_text(encoding="utf-8")
    supplied = {}
    for node in ast.parse(text).body:
        for name in _bound(node):
            supplied[name] = _only(node, name) or ast.get_source_segment(text, node) or ""
            if isinstance(node, Function):
                supplied[name] = ast.unparse(node)
    return supplied


def _only(node: ast.stmt, name: str) -> str:
    if isinstance(node, ast.ImportFrom):
        return f"from {node.module} import {name}"
    return ""


def _missing(name: str) -> str:
    raise MissingError(name)


def _bound(node: ast.AST) -> Iterator[str]:
    """The names that a statement of a module binds there."""
    if isinstance(node, Function | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from ((each.asname or each.name).partition(".")[0] for each in node.names)
    else:
        yield from (each.id for each in ast.walk(node) if _is_stored(each))


def _free(node: ast.AST) -> list[str]:
    """The names that a statement uses and binds nowhere, in order."""
    inside = set()
    for each in ast.walk(node):
        if isinstance(each, ast.arg):
            inside.add(each.arg)
        elif isinstance(each, ast.ExceptHandler) and each.name:
            inside.add(each.name)
        elif each is not node:
            inside |= set(_bound(each)) if isinstance(each, ast.stmt) else set()
        if _is_stored(each):
            inside.add(each.id)
    used = [each.id for each in ast.walk(node) if isinstance(each, ast.Name)]
    return [name for name in dict.fromkeys(used) if name not in inside]


def _is_stored(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _loaded(tree: ast.Module) -> set[str]:
    names = [each for each in ast.walk(tree) if isinstance(each, ast.Name)]
    return {each.id for each in names if isinstance(each.ctx, ast.Load)}


def _unused(tree: ast.Module) -> list[Function]:
    """The functions of an example that it does nothing with itself."""
    used = _loaded(tree)
    functions = [node for node in tree.body if isinstance(node, Function)]
    return [each for each in functions if each.name not in used and not each.decorator_list]


def _wiring(tree: ast.Module) -> Iterator[str]:
    """A graph of the nodes that an example defines, adds or only names, one after the other."""
    calls = [each for each in ast.walk(tree) if isinstance(each, ast.Call)]
    added = [_first(call) for call in calls if _is(call, "add_node")]
    named = [word for call in calls if _is(call, "add_edge") for word in _words(call)]
    named += [_first(call) for call in calls if _is(call, "add_conditional_edges")]
    nodes = [each.name for each in _unused(tree) if _is_node(each)]
    steps = [name for name in dict.fromkeys(named) if name not in [*added, *nodes]]
    for name in nodes:
        yield f'builder.add_node("{name}", {name})'
    for name in steps:
        yield f'builder.add_node("{name}", step)'
    if not (added or nodes or steps):
        yield 'builder.add_node("step", step)'
        nodes = ["step"]
    if "START" not in ast.unparse(tree):
        order = ["START", *[f'"{name}"' for name in nodes or [*added, *steps][:1]]]
        for one, other in itertools.pairwise(order):
            yield f"builder.add_edge({one}, {other})"


def _handed_over(tree: ast.Module) -> set[str]:
    """The names of functions that an example makes nodes of."""
    calls = [
        each for each in ast.walk(tree) if isinstance(each, ast.Call) and _is(each, "add_node")
    ]
    return {value.id for call in calls for value in call.args[1:] if isinstance(value, ast.Name)}


def _is_node(function: Function) -> bool:
    arguments = function.args.args
    return bool(arguments) and arguments[0].arg == "state"


def _is(call: ast.Call, method: str) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == method


def _first(call: ast.Call) -> str:
    return next(_words(call), "")


def _words(call: ast.Call) -> Iterator[str]:
    constants = [each for each in ast.walk(call) if isinstance(each, ast.Constant)]
    return (each.value for each in constants if isinstance(each.value, str))


def _sending(tree: ast.Module) -> Iterator[str]:
    """A route for each generator of an example that it gives to nobody."""
    for each in _unused(tree):
        if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(each)):
            names = ", ".join(argument.arg for argument in each.args.args)
            yield (
                f'@app.post("/{each.name}")\n'
                f"async def send_{each.name}({ast.unparse(each.args)}):\n"
                f'    headers = {{"X-Accel-Buffering": "no", "Cache-Control": "no-cache"}}\n'
                f"    return StreamingResponse({each.name}({names}), "
                f'media_type="text/event-stream", headers=headers)'
            )
