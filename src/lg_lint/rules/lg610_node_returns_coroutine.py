"""A node that returns a coroutine instead of awaiting it

## What it does
Finds nodes that are a `def` function or a lambda and return the call of an `async def` function, or
of an async method such as `ainvoke`, without awaiting it. LangGraph takes such a node for a
synchronous one, since only `async def` itself counts.

## Why it cuts the stream
The node's result is a coroutine object: InvalidUpdateError, "Expected dict, got <coroutine ...>",
ends the run under `invoke` and `ainvoke` alike.

## Example
```python
async def answer(state: State, model: Model) -> dict: ...

builder.add_node("answer", lambda state: answer(state, model))
```

## Use instead
```python
async def answer(state: State, model: Model) -> dict: ...

builder.add_node("answer", functools.partial(answer, model=model))
```

## When to ignore
Never: the node cannot work.

## Fix safety
No fix: a lambda cannot await.

## Evidence
[Measured](../evidence.md#lg610): the stream breaks with InvalidUpdateError before the node's
update.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Finding, Hop, Severity
from lg_lint.facts import tree as t
from lg_lint.model.graph import Graph, Node
from lg_lint.model.langgraph.runs import methods
from lg_lint.model.project import Project
from lg_lint.program import inference
from lg_lint.program.call_graph.awaiting import makes_coroutine
from lg_lint.program.site import Site
from lg_lint.program.values import Env, ExternalMethod, ExternalObject, FunctionRef, Instance, Value
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.growth import node_step
from lg_lint.rules.telling.wiring import confidence

_MODELS = ("chat_models", "language_models", "runnables", "langgraph")


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    for graph in project.graphs:
        for node in graph.nodes.values():
            for value in node.values:
                if isinstance(value, FunctionRef) and not value.function.is_async:
                    for site in _coroutines(project, value):
                        yield _finding(rule, project, graph, node, site)


def _coroutines(project: Project, ref: FunctionRef) -> Iterator[Site]:
    program = project.program
    if ref.function.is_generator:
        return
    env = program.env(
        ref.function, program.frame(ref.function, bound=ref.bound, closure=ref.closure)
    )
    for expr in ref.function.result_exprs():
        for part in _ways(expr):
            if isinstance(part, t.Call) and _is_async(project, part, env):
                yield Site(part, env)


def _ways(expr: t.Expr) -> Iterator[t.Expr]:
    if isinstance(expr, t.IfExp):
        yield from _ways(expr.body)
        yield from _ways(expr.orelse)
    else:
        yield expr


def _is_async(project: Project, call: t.Call, env: Env) -> bool:
    values = inference.infer(project.program, call.func, env)
    return bool(values) and all(_makes_coroutine(value) for value in values)


def _makes_coroutine(value: Value) -> bool:
    if makes_coroutine(value):
        return True
    if isinstance(value, ExternalMethod) and isinstance(value.receiver, (ExternalObject, Instance)):
        row = methods().get(value.name, {})
        kind = str(getattr(value.receiver, "type", ""))
        known = any(part in kind for part in _MODELS)
        return known and row.get("kind") == "async" and not row.get("lazy")
    return False


def _finding(rule: Rule, project: Project, graph: Graph, node: Node, site: Site) -> Finding:
    return rule.finding(
        project.at(site),
        f"the run breaks off with InvalidUpdateError: node {node.name!r} of {graph.name} is no "
        "async def and returns a coroutine that nothing awaits",
        trace=[node_step(project, graph, node)],
        help="make the node an async def that awaits the call, or use functools.partial",
        confidence=confidence(project, graph),
    )


RULE = Rule("LG610", "node-returns-coroutine", Severity.ERROR, Hop.NODE, __doc__ or "", check)
