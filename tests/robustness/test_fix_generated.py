"""Random applications, put together from defects, layouts and comments: fixed, parsed, compared."""

from __future__ import annotations

import ast
import io
import os
import tempfile
import tokenize
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lg_lint.base.finding import Confidence
from lg_lint.fixes.applying import apply
from lg_lint.run.check import lint
from lg_lint.run.report import Report
from lg_lint.settings import Settings

TOPS = (
    "",
    '"""An application."""\nfrom __future__ import annotations\n\n',
    "# Licence\n\nimport asyncio as aio\n",
    "import os; import json\n",
    "import sys\n\nif sys.argv[1:]:\n    import asyncio\n    import json\n\n",
)
HEAD = """\
import operator
import time
from typing import Annotated, TypedDict

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langchain_openai import ChatOpenAI
from langgraph.graph import END, START, StateGraph
from tenacity import retry


class State(TypedDict, total=False):
    notes: Annotated[list[str], operator.add]


async def base(state: State) -> State:
    return {"notes": ["x"]}


builder = StateGraph(State)
builder.add_node("base", base)
builder.add_edge(START, "base")
builder.add_edge("base", END)
graph = builder.compile()
model = ChatOpenAI()
app = FastAPI()


async def frames(q):
    async for part in graph.astream({"notes": [q]}):
        yield f"data: {part}\\n\\n"
"""

# Each fragment is a defect in some layout; `{n}` numbers it, `{c}` is a comment or nothing.
FRAGMENTS = (
    """
@app.get("/{n}")
async def route_{n}(q: str):
    return graph.invoke({{"notes": [q]}}){c}
""",
    """
@app.get("/{n}")
async def route_{n}(q: str):
    found = (  {c}
        graph
        .invoke({{"notes": [q]}}, {c}
        )["notes"]
    )
    return [graph.invoke({{"notes": [each]}}) for each in found]{c}
""",
    """
@app.get("/{n}")
async def route_{n}(q: str):
    parts = [part{c}
             for part in graph.stream({{"notes": [q]}})
             if part]
    for i in range(2): print(i); graph.invoke(graph.invoke({{"notes": [q]}})){c}
    return parts, list( graph.stream({{"notes": [q]}}) )
""",
    """
async def gen_{n}(q):
    for  part in graph . stream( {{"notes": [q]}} ) :{c}
        yield part
    else: yield None


@app.get("/{n}")
async def route_{n}(q: str):
    return StreamingResponse(gen_{n}(q), media_type='text/plain'){c}
""",
    """
async def work_{n}(state: State) -> State:
    if state: time.sleep( 1 ){c}
    time.sleep(2); time.sleep(3){c}
    return {{"notes": state["notes"] + [  "new"{c}
    ]}}


builder.add_node("work_{n}", work_{n})
builder.add_edge("base", "work_{n}")
""",
    """
async def ask_{n}(state: State) -> State:
    text = f"{{model.invoke('x').content}}"{c}
    for part in model.stream(model.invoke(text)): text += part.content{c}
    return {{"notes": [model.invoke(text){c}
        .content]}}


builder.add_node("ask_{n}", ask_{n})
builder.add_edge("base", "ask_{n}")
""",
    """
@app.get("/{n}")
async def route_{n}(q: str):
    return StreamingResponse(
        frames(q),{c}
        media_type="text/plain"{c}
    )
""",
    """
@app.get("/{n}")
async def route_{n}(q: str):
    return StreamingResponse(frames(q), headers={{'X-Other': 'é'}}, {c}
                             )
""",
    """
@retry{c}
async def again_{n}(q):
    async for part in graph.astream({{"notes": [q]}}):{c}
        yield part


@app.get("/{n}")
async def route_{n}(q: str):
    return StreamingResponse(again_{n}(q), headers={{
        "X-Accel-Buffering": "off",{c}
    }})
""",
)
COMMENTS = ("", "  # why", "  # ünï", "  #", "  # graph.invoke(q) # twice")


@st.composite
def applications(draw: st.DrawFn) -> str:
    parts = [draw(st.sampled_from(TOPS)) + HEAD]
    for number in range(draw(st.integers(1, 4))):
        comment = draw(st.sampled_from(COMMENTS))
        parts.append(draw(st.sampled_from(FRAGMENTS)).format(n=number, c=comment))
    text = draw(st.sampled_from(["\n", "\n\n"])).join(parts)
    if draw(st.booleans()):
        text = text.replace("    ", "\t")
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


def comments(text: str) -> Counter[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text, newline=None).readline)
    return Counter(token.string for token in tokens if token.type == tokenize.COMMENT)


def check(texts: Mapping[Path, str]) -> Report:
    return lint([Path()], Settings(select=("ALL",), min_confidence=Confidence.LOW), texts)


# A run takes a third of a second: enough to meet each fragment with each layout over some runs.
@settings(
    max_examples=25, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(applications())
def test_random_applications(text: str) -> None:
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            Path("app.py").write_bytes(text.encode())
            first = apply(check({}), check, unsafe=True)
            fixed = first.after["app.py"]
            again = apply(
                first.report, lambda more: check({Path("app.py"): fixed, **more}), unsafe=True
            )
        finally:
            os.chdir(before)
    assert first.refused == []
    assert [each.code for each in first.report.findings if each.fix is not None] == []
    assert again.after == {}
    assert_only_claimed(text, fixed)


def assert_only_claimed(before: str, after: str) -> None:
    """The tree is the old one once every claim is taken back; comments and line ends are as before."""
    assert plain(ast.parse(before)) == plain(ast.parse(after))
    assert ADDED & names(after) <= imported(after)
    lost = comments(before) - comments(after)
    dropped = before.count("@retry") - after.count("@retry")
    assert sum(lost.values()) <= dropped
    assert comments(after) - comments(before) == Counter()
    assert ("\r\n" in before) == ("\r\n" in after)
    assert after.count("\r") == (after.count("\n") if "\r\n" in before else 0)


def names(text: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}


def imported(text: str) -> set[str]:
    """What the module's own imports bind, whatever else is the case."""
    statements = ast.parse(text).body
    imports = [each for each in statements if isinstance(each, (ast.Import, ast.ImportFrom))]
    return {alias.asname or alias.name for each in imports for alias in each.names}


def plain(tree: ast.Module) -> str:
    return ast.dump(_Plain().visit(tree))


ADDED = {"asyncio", "aio", "json", "jsonable_encoder"}
IMPORTS = ("import asyncio", "import json", "from fastapi.encoders import jsonable_encoder")


class _Plain(ast.NodeTransformer):
    """Makes what a fix may change look the same before and after."""

    def visit_Module(self, node: ast.Module) -> ast.AST:
        self.generic_visit(node)
        node.body = [each for each in node.body if ast.unparse(each) not in IMPORTS]
        return node

    def visit_Await(self, node: ast.Await) -> ast.AST:
        return self.visit(node.value)

    def visit_AsyncFor(self, node: ast.AsyncFor) -> ast.AST:
        plain = ast.For(node.target, node.iter, node.body, node.orelse, node.type_comment)
        return self.generic_visit(ast.copy_location(plain, node))

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        for each in node.generators:
            each.is_async = 0
        self.generic_visit(node)
        if ast.unparse(node.elt) == "part" and not node.generators[0].ifs:
            call = ast.Call(ast.Name("list", ast.Load()), [node.generators[0].iter], [])
            return ast.fix_missing_locations(ast.copy_location(call, node))
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        node.attr = {"ainvoke": "invoke", "astream": "stream"}.get(node.attr, node.attr)
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name("time", node.ctx) if node.id in ("asyncio", "aio") else node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "StreamingResponse":
            node.keywords = []
        encodes = ast.unparse(node.func) in ("json.dumps", "jsonable_encoder")
        return node.args[0] if encodes else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        return self.visit(node.right)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.decorator_list = [each for each in node.decorator_list if ast.unparse(each) != "retry"]
        return node
