"""Code whose pieces build on each other, each on the one before twice: work that is done again for
each way through such a chain doubles with each link.

Each function gives the files of a small project of so many links, by path.
"""

from __future__ import annotations

from collections.abc import Callable

Files = dict[str, str]

_HEAD = """\
import asyncio
import operator
from time import sleep
from typing import Annotated, Literal, Optional, TypedDict, Union

from fastapi import APIRouter, Depends, FastAPI
from fastapi.responses import StreamingResponse
from langgraph.graph import END, START, StateGraph


class State(TypedDict, total=False):
    items: list
    kind: str


leaf = StateGraph(State).add_node("l", lambda state: {"kind": "x"}).add_edge(START, "l").compile()
"""
_TAIL = """

async def node(state: State):
    {use}
    return {{"kind": "x"}}


graph = StateGraph(State).add_node("a", node).add_edge(START, "a").add_edge("a", END).compile()
"""


def _links(first: str, link: str, use: str) -> Callable[[int], Files]:
    """A link for each number `{i}`; `{j}` is the one before, `{n}` the last."""

    def make(count: int) -> Files:
        lines = [link.format(i=i, j=i - 1) for i in range(1, count + 1)]
        body = "\n".join([first.format(), *lines])
        return {"app.py": _HEAD + body + _TAIL.format(use=use.format(n=count))}

    return make


def _inside(first: str, link: str, last: str) -> Callable[[int], Files]:
    """The same in the body of a node."""

    def make(count: int) -> Files:
        lines = [link.format(i=i, j=i - 1) for i in range(1, count + 1)]
        body = "\n    ".join([first.format(), *lines, last.format(n=count)])
        return {"app.py": _HEAD + _TAIL.format(use=body).replace('    return {"kind": "x"}\n', "")}

    return make


def _star_imports(count: int) -> Files:
    """Each module takes everything from two, which take everything from two."""
    files = {"m0_a.py": "from time import sleep\n", "m0_b.py": "from time import sleep\n"}
    for i in range(1, count + 1):
        both = f"from m{i - 1}_a import *\nfrom m{i - 1}_b import *\n"
        files[f"m{i}_a.py"] = files[f"m{i}_b.py"] = both
    code = _HEAD + _TAIL.format(use="sleep(2)\n    missing_everywhere()")
    head = "from time import sleep\n"
    files["app.py"] = code.replace(head, f"from m{count}_a import *\nfrom m{count}_b import *\n")
    return files


def _re_exports(count: int) -> Files:
    files = {"m0_a.py": "from time import sleep\n", "m0_b.py": "from time import sleep\n"}
    for i in range(1, count + 1):
        both = (
            f"try:\n    from m{i - 1}_a import sleep\n"
            f"except ImportError:\n    from m{i - 1}_b import sleep\n"
        )
        files[f"m{i}_a.py"] = files[f"m{i}_b.py"] = both
    code = _HEAD + _TAIL.format(use="sleep(2)")
    files["app.py"] = code.replace("from time import", f"from m{count}_a import")
    return files


def _subgraphs(count: int) -> Files:
    lines = ["g0 = StateGraph(State).add_node('a', step).add_edge(START, 'a').compile()"]
    lines += [
        f"g{i} = StateGraph(State).add_node('a', g{i - 1}).add_node('b', g{i - 1})"
        f".add_edge(START, 'a').add_edge('a', 'b').compile()"
        for i in range(1, count + 1)
    ]
    body = "def step(state):\n    return {'kind': 'x'}\n\n\n" + "\n".join(lines)
    return {"app.py": _HEAD + body + _TAIL.format(use=f"g{count}.invoke(state)")}


def _branches(count: int) -> Files:
    body = "\n".join(f"    if state['kind'] == '{i}':\n        sleep({i})" for i in range(count))
    code = _HEAD + _TAIL.format(use=f"items = state['items']\n{body}")
    return {"app.py": code.replace('{"kind": "x"}', '{"items": items + [1]}')}


def _nested_branches(count: int) -> Files:
    parts = ["items = []"]
    for i in range(count):
        parts.append(f"    try:\n        items = items + [f(state, {i})]")
        parts.append(f"    except ValueError:\n        items = state['items']\n        sleep({i})")
        parts.append("    for item in state['items']:\n        items.append(item)")
    code = _HEAD + _TAIL.format(use="\n".join(parts))
    return {"app.py": code.replace('{"kind": "x"}', '{"items": items}')}


def _streams(count: int) -> Files:
    lines = [
        "async def s0():\n    for i in range(3):\n        await asyncio.sleep(2)\n        yield i"
    ]
    lines += [
        f"async def s{i}():\n    async for x in s{i - 1}():\n        yield x\n"
        f"    async for x in s{i - 1}():\n        yield x"
        for i in range(1, count + 1)
    ]
    route = f"""

app = FastAPI()


@app.get("/")
async def chat():
    return StreamingResponse(s{count}(), media_type="text/event-stream")
"""
    return {"app.py": _HEAD + "\n\n\n".join(lines) + route + _TAIL.format(use="pass")}


def _wide_callbacks(count: int) -> Files:
    """Four layers of functions that call what they are given, each from so many places."""
    layers = ["def f0(call):\n    call.invoke(None)\n"]
    for i in range(1, 5):
        calls = "".join(f"    f{i - 1}(call)\n" for _ in range(count))
        layers.append(f"def f{i}(call):\n    call.invoke(1)\n{calls}")
    return {"app.py": _HEAD + "\n\n".join(layers) + _TAIL.format(use="f4(leaf)")}


def _helper_chain(count: int) -> Files:
    lines = ["def h0(state):\n    return state['items'] + [1]"]
    lines += [
        f"def h{i}(state):\n    if state['kind']:\n        return h{i - 1}(state)\n"
        f"    return h{i - 1}(state)"
        for i in range(1, count + 1)
    ]
    code = _HEAD + "\n\n\n".join(lines) + _TAIL.format(use="pass")
    return {"app.py": code.replace('{"kind": "x"}', f'{{"items": h{count}(state)}}')}


def _routers(count: int) -> Files:
    lines = ["r0 = APIRouter()\n\n\n@r0.get('/x')\nasync def chat():\n    sleep(2)\n\n"]
    lines += [
        f"r{i} = APIRouter()\nr{i}.include_router(r{i - 1}, prefix='/a')\n"
        f"r{i}.include_router(r{i - 1}, prefix='/b')"
        for i in range(1, count + 1)
    ]
    end = f"\napp = FastAPI()\napp.include_router(r{count})\n"
    return {"app.py": _HEAD + "\n".join(lines) + end + _TAIL.format(use="pass")}


def _loop_of_names(count: int) -> Files:
    """Names of a loop that are all made of each other."""
    names = [f"v{i}" for i in range(count)]
    spread = ", ".join(f"**{name}" for name in names)
    items = ", ".join(f"*w{i}" for i in range(count))
    lines = [f"{name} = {{'k': leaf}}\n    w{i} = [leaf]" for i, name in enumerate(names)]
    lines += ["while state:"]
    lines += [
        f"    {name} = {{{spread}}}\n        w{i} = [{items}]" for i, name in enumerate(names)
    ]
    lines += ["v0['k'].invoke(None)", "w0[0].invoke(None)"]
    return {"app.py": _HEAD + _TAIL.format(use="\n    ".join(lines))}


DOUBLING: dict[str, Callable[[int], Files]] = {
    "dicts spread": _links(
        "v0 = {{'k': leaf}}", "v{i} = {{**v{j}, **v{j}}}", "v{n}['k'].invoke(None)"
    ),
    "lists spread": _links("v0 = [leaf]", "v{i} = [*v{j}, *v{j}]", "v{n}[0].invoke(None)"),
    "dicts joined": _links("v0 = {{'k': leaf}}", "v{i} = v{j} | v{j}", "v{n}['k'].invoke(None)"),
    "lists added": _links("v0 = [leaf]", "v{i} = v{j} + v{j}", "v{n}[0].invoke(None)"),
    "tuples of tuples": _links(
        "v0 = (leaf, leaf)", "v{i} = (v{j}, v{j})", "leaf.invoke(v{n}[0][1])"
    ),
    "dicts of dicts": _links(
        "v0 = {{'a': leaf, 'b': leaf}}",
        "v{i} = {{'a': v{j}, 'b': v{j}}}",
        "leaf.invoke(v{n}['a']['b'])",
    ),
    "subscripts": _links(
        "v0 = {{'k': [leaf]}}", "v{i} = {{'k': v{j}['k'] + v{j}['k']}}", "v{n}['k'][0].invoke(None)"
    ),
    "conditional expressions": _links(
        "v0 = leaf", "v{i} = v{j} if State else v{j}", "v{n}.invoke(None)"
    ),
    "operands of or": _links("v0 = leaf", "v{i} = v{j} or (v{j} and v{j})", "v{n}.invoke(None)"),
    "texts formatted": _links("v0 = 'text'", "v{i} = f'{{v{j}}}{{v{j}}}'", "leaf.invoke(v{n})"),
    "texts added": _links("v0 = 'text'", "v{i} = v{j} + v{j}", "leaf.invoke(v{n})"),
    "calls": _links(
        "def v0(x):\n    return x",
        "def v{i}(x):\n    return v{j}(v{j}(x))",
        "v{n}(leaf).invoke(None)",
    ),
    "calls with two ways": _links(
        "def v0(x, y):\n    return x or y",
        "def v{i}(x, y):\n    return v{j}(v{j}(x, y), v{j}(y, x))",
        "v{n}(leaf, leaf).invoke(None)",
    ),
    "callers of callers": _links(
        "def v0(x):\n    x.invoke(None)", "def v{i}(x):\n    v{j}(x)\n    v{j}(x)", "v{n}(leaf)"
    ),
    "methods": _links(
        "class V0:\n    def run(self, x):\n        x.invoke(None)",
        "class V{i}:\n    def __init__(self):\n        self.a = V{j}()\n        self.b = V{j}()\n"
        "    def run(self, x):\n        self.a.run(x)\n        self.b.run(x)",
        "V{n}().run(leaf)",
    ),
    "decorators": _links(
        "def v0(f):\n    return f",
        "def v{i}(f):\n    @v{j}\n    @v{j}\n    def inner(*args):\n"
        "        return f(*args) or f(*args)\n    return inner",
        "v{n}(leaf).invoke(None)",
    ),
    "closures": _links(
        "def v0():\n    return leaf",
        "def v{i}():\n    return (lambda: v{j}() or v{j}())()",
        "v{n}().invoke(None)",
    ),
    "partials": _links(
        "from functools import partial\nv0 = partial(leaf.invoke, None)",
        "v{i} = partial(v{j}) if State else partial(v{j})",
        "v{n}()",
    ),
    "bases": _links(
        "class V0:\n    def run(self):\n        leaf.invoke(None)",
        "class A{i}(V{j}): ...\nclass B{i}(V{j}): ...\nclass V{i}(A{i}, B{i}): ...",
        "V{n}().run()",
    ),
    "annotations": _links(
        "class V0:\n    def run(self):\n        leaf.invoke(None)",
        "V{i} = Union[V{j}, Optional[V{j}]]",
        "x: V{n} = globals()['x']\n    x.run()",
    ),
    "literals": _links(
        "V0 = Literal['a', 'b']",
        "V{i} = Literal[V{j}, V{j}]",
        "x: V{n} = 'a'\n    leaf.invoke(None)",
    ),
    "generators": _links(
        "def v0():\n    yield leaf",
        "def v{i}():\n    yield from v{j}()\n    for x in v{j}():\n        yield x",
        "for x in v{n}():\n        x.invoke(None)",
    ),
    "comprehensions": _links(
        "v0 = [leaf]", "v{i} = [x for x in v{j} if x in v{j}]", "v{n}[0].invoke(None)"
    ),
    "comprehensions in each other": _links(
        "v0 = [leaf]",
        "v{i} = [[x for x in v{j}] for y in v{j}]",
        "v{n}[0].invoke(None)\n    leaf.invoke(None)",
    ),
    "context managers": _links(
        "from contextlib import contextmanager\n@contextmanager\ndef v0():\n    yield leaf",
        "@contextmanager\ndef v{i}():\n    with v{j}() as a, v{j}() as b:\n        yield a or b",
        "with v{n}() as x:\n        x.invoke(None)",
    ),
    "dependencies": _links(
        "def v0():\n    leaf.invoke(None)\n    return leaf",
        "async def v{i}(a=Depends(v{j}), b=Depends(v{j})):\n    return a or b",
        "pass\n\n\napp = FastAPI()\n\n\n@app.get('/')\n"
        "async def chat(x=Depends(v{n})):\n    x.invoke(None)",
    ),
    "lists of a node": _inside(
        "v0 = state['items']",
        "v{i} = v{j} + v{j}",
        "leaf.invoke(None)\n    return {{'items': v{n}}}",
    ),
    "spreads of a node": _inside(
        "v0 = {{'items': state['items']}}",
        "v{i} = {{**v{j}, **v{j}}}",
        "leaf.invoke(None)\n    return v{n}",
    ),
    "dicts of a node": _inside(
        "v0 = {{'items': state['items']}}",
        "v{i} = {{'items': v{j}, 'kind': v{j}}}",
        "leaf.invoke(None)\n    return v{n}",
    ),
    "helpers of a node": _helper_chain,
    "star imports": _star_imports,
    "re-exports": _re_exports,
    "subgraphs": _subgraphs,
    "branches one after the other": _branches,
    "handlers one after the other": _nested_branches,
    "streams": _streams,
    "routers": _routers,
    "names of a loop": _loop_of_names,
}
"""Chains in which each link leads to the one before by two ways."""


def _repeated(line: str, before: str = "", after: str = "") -> Callable[[int], Files]:
    def make(count: int) -> Files:
        body = "".join(line.format(i=i) for i in range(count))
        return {"app.py": _HEAD + before + body + after}

    return make


def _plain_chain(count: int) -> Files:
    lines = ["def step(state):\n    return {'kind': 'x'}\n\n\nb = StateGraph(State)\n"]
    lines += [f"b.add_node('n{i}', step)\n" for i in range(count)]
    lines += [f"b.add_edge('n{i}', 'n{i + 1}')\n" for i in range(count - 1)]
    lines += ["b.add_edge(START, 'n0')\ngraph = b.compile()\n"]
    return {"app.py": _HEAD + "".join(lines)}


def _complete(count: int) -> Files:
    lines = ["def step(state):\n    return {'kind': 'x'}\n\n\nb = StateGraph(State)\n"]
    lines += [f"b.add_node('n{i}', step)\n" for i in range(count)]
    lines += [f"b.add_edge('n{i}', 'n{j}')\n" for i in range(count) for j in range(count) if i != j]
    lines += ["b.add_edge(START, 'n0')\ngraph = b.compile()\n"]
    return {"app.py": _HEAD + "".join(lines)}


def _ladder(count: int) -> Files:
    """Two nodes a step, each with edges to both of the next."""
    lines = ["def step(state):\n    return {'kind': 'x'}\n\n\nb = StateGraph(State)\n"]
    lines += [f"b.add_node('{k}{i}', step)\n" for i in range(count) for k in "ab"]
    lines += [
        f"b.add_edge('{k}{i}', '{m}{i + 1}')\n"
        for i in range(count - 1)
        for k in "ab"
        for m in "ab"
    ]
    lines += ["b.add_edge(START, 'a0')\nb.add_edge(START, 'b0')\ngraph = b.compile()\n"]
    return {"app.py": _HEAD + "".join(lines)}


def _runs(count: int) -> Files:
    body = "    leaf.invoke({})\n" * count
    return {"app.py": _HEAD + _TAIL.format(use="pass") + f"\n\nasync def chat():\n{body}"}


def _many_keys(count: int) -> Files:
    keys = "".join(f'        "k{i}": 1,\n' for i in range(count))
    use = f"return {{\n{keys}    }}"
    return {"app.py": _HEAD + _TAIL.format(use=use)}


def _cases(count: int) -> Files:
    body = "".join(f"        case {i}:\n            x = {i}\n" for i in range(count))
    use = f"match state['kind']:\n{body}    leaf.invoke(x)"
    return {"app.py": _HEAD + _TAIL.format(use=use)}


def _elifs(count: int) -> Files:
    body = "".join(
        f"    {'el' if i else ''}if state['kind'] == {i}:\n        x = {i}\n" for i in range(count)
    )
    return {"app.py": _HEAD + _TAIL.format(use=f"x = 0\n{body}    leaf.invoke(x)")}


def _routes(count: int) -> Files:
    """So many routes, each of which calls each of as many functions that do nothing wrong."""
    callees = "".join(f"def f{i}(x):\n    return open(x)\n\n\n" for i in range(count))
    calls = "".join(f"    f{i}(1)\n" for i in range(count))
    files = {"callees.py": callees, "app.py": _HEAD + _TAIL.format(use="pass")}
    for start in range(0, count, 30):
        routes = "".join(
            f"@app.get('/{i}')\nasync def r{i}():\n{calls}\n\n" for i in range(start, start + 30)
        )
        head = "from fastapi import FastAPI\nfrom app import graph\nfrom callees import *\n\n\n"
        files[f"routes{start}.py"] = f"{head}app = FastAPI()\n\n\n{routes}"
    return files


def _reassigned(count: int) -> Files:
    body = "\n    ".join("x = x + [1]" for i in range(count))
    code = _HEAD + _TAIL.format(use=f"x = state['items']\n    {body}\n    sleep(2)")
    return {"app.py": code.replace('{"kind": "x"}', '{"items": x}')}


def _reassigned_in_loop(count: int) -> Files:
    body = "\n        ".join("x = f(x)" for i in range(count))
    code = _HEAD + _TAIL.format(use=f"x = 1\n    while x:\n        {body}\n    sleep(2)")
    return {"app.py": code}


def _loops(count: int) -> Files:
    body = "".join(f"    for x in range({i}):\n        y = y + x\n" for i in range(count))
    return {"app.py": _HEAD + _TAIL.format(use=f"y = 0\n{body}    sleep(2)")}


def _items_written(count: int) -> Files:
    body = "".join(f"    d['k{i}'] = sleep\n    d['k{i}'](1)\n" for i in range(count))
    return {"app.py": _HEAD + _TAIL.format(use=f"d = {{}}\n{body}    sleep(2)")}


def _attributes_written(count: int) -> Files:
    body = "".join(
        f"class C{i}:\n    def __init__(self):\n        self.x = sleep\n\n    def run(self):\n"
        f"        self.x(1)\n\n\n"
        for i in range(count)
    )
    calls = "".join(f"    C{i}().run()\n" for i in range(count))
    return {"app.py": _HEAD + body + _TAIL.format(use=f"pass\n{calls}")}


def _attributes_from_outside(count: int) -> Files:
    body = "".join(
        f"class C{i}:\n    ...\n\n\nc{i} = C{i}()\nc{i}.x = sleep\n" for i in range(count)
    )
    calls = "".join(f"    c{i}.x(1)\n" for i in range(count))
    return {"app.py": _HEAD + body + _TAIL.format(use=f"pass\n{calls}")}


def _namesakes(count: int) -> Files:
    body = "".join(f"class C{i}:\n    def run(self, x):\n        x(1)\n\n\n" for i in range(count))
    calls = "".join(f"    C{i}().run(sleep)\n" for i in range(count))
    return {"app.py": _HEAD + body + _TAIL.format(use=f"pass\n{calls}")}


def _subclasses(count: int) -> Files:
    body = "class C:\n    def run(self):\n        raise NotImplementedError\n\n\n"
    body += "".join(
        f"class C{i}(C):\n    def run(self):\n        sleep(1)\n\n\n" for i in range(count)
    )
    return {"app.py": _HEAD + body + _TAIL.format(use="C().run()")}


def _builder(count: int) -> Files:
    calls = "".join(f"    .add_node('n{i}', node)\n" for i in range(count))
    edges = "".join(f"    .add_edge('n{i}', 'n{i + 1}')\n" for i in range(count - 1))
    code = _HEAD + _TAIL.format(use="sleep(2)")
    last = "    .add_edge(START, 'n0')\n    .compile()\n)\n"
    return {"app.py": f"{code}\ng = (\n    StateGraph(State)\n{calls}{edges}{last}"}


def _conditional(count: int) -> Files:
    """So many nodes, each with a router that may name each."""
    lines = ["def step(state):\n    return {'kind': 'x'}\n\n\nb = StateGraph(State)\n"]
    names = ", ".join(f"'n{i}'" for i in range(count))
    lines += [f"def route(state) -> Literal[{names}]:\n    return state['kind']\n\n\n"]
    lines += [
        f"b.add_node('n{i}', step)\nb.add_conditional_edges('n{i}', route)\n" for i in range(count)
    ]
    lines += ["b.add_edge(START, 'n0')\ngraph = b.compile()\n"]
    return {"app.py": _HEAD + "".join(lines)}


def _channels(count: int) -> Files:
    fields = "".join(f"    f{i}: Annotated[list, operator.add]\n" for i in range(count))
    nodes = "".join(
        f"def n{i}(state: Wide):\n    return {{'f{i}': state['f{i}'] + [1]}}\n\n\n"
        for i in range(count)
    )
    adds = "".join(f"b.add_node('n{i}', n{i})\nb.add_edge(START, 'n{i}')\n" for i in range(count))
    code = (
        f"class Wide(TypedDict):\n{fields}\n\n{nodes}b = StateGraph(Wide)\n{adds}g = b.compile()\n"
    )
    return {"app.py": _HEAD + code}


def _nested(opening: str, last: str) -> Callable[[int], Files]:
    """Blocks in each other (Python takes 20 loops, and 100 rows of spaces)."""

    def make(count: int) -> Files:
        body = "".join("    " * (i + 1) + opening.format(i=i) + "\n" for i in range(count))
        return {"app.py": _HEAD + _TAIL.format(use=f"pass\n{body}{'    ' * (count + 1)}{last}")}

    return make


GROWING: dict[str, Callable[[int], Files]] = {
    "nodes in a chain of plain edges": _plain_chain,
    "nodes all joined": _complete,
    "nodes in a ladder": _ladder,
    "runs of one function": _runs,
    "keys of one return": _many_keys,
    "cases of one match": _cases,
    "branches of one if": _elifs,
    "routes and what they call": _routes,
    "values of one name": _reassigned,
    "values of one name in a loop": _reassigned_in_loop,
    "loops of one function": _loops,
    "items written and read": _items_written,
    "attributes of one name": _attributes_written,
    "attributes written from outside": _attributes_from_outside,
    "methods of one name": _namesakes,
    "subclasses": _subclasses,
    "calls of a builder": _builder,
    "routers of one graph": _conditional,
    "channels and nodes": _channels,
    "callbacks through four layers": _wide_callbacks,
    "blocks in each other": _nested("if state[{i}]:", "sleep(2)"),
}
"""Much of one thing, in one place."""
