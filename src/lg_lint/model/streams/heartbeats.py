"""Whether something of a response reaches the client while nothing else is ready to be sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from lg_lint.facts import tree as t
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.web.responses import EVENT_STREAM, PATH_OPERATION
from lg_lint.model.web.tables import response_classes
from lg_lint.program import inference
from lg_lint.program.call_graph.execution import ThreadContext
from lg_lint.program.scopes import CallSite, Function
from lg_lint.program.store import terminal_name
from lg_lint.program.values import NONE, Const, Env, GeneratorOf, Values

_WORDS = re.compile(r"heart_?-?beat|keep_?-?alive|(?<![a-z])ping(?![a-z])", re.IGNORECASE)
_TIMED = {"wait_for", "timeout", "timeout_at", "move_on_after", "fail_after"}
_PATIENCE = ("timeout", "delay", "block", "timeout_seconds")
_NEXT = {"__anext__", "anext", "asend"}
_TASKS = {"ensure_future", "create_task"}
_NEVER = float("inf")
_DEPTH = 2


def has_heartbeat(project: Project, response: StreamResponse, limit: float) -> bool:
    """Whether a client gets something at least every `limit` seconds, or that cannot be seen.

    A class that pings, a wait with a timeout, and code that speaks of heartbeats count; so does a
    body that another library wraps.
    """
    if any(not isinstance(value, GeneratorOf) for value in response.values):
        return True
    if _interval(project, response) < limit:
        return True
    return any(_beats(project, function, limit) for function in _reach(project, response))


class Heartbeat(str, Enum):
    """What is known of a heartbeat. UNKNOWN where another library wraps the body."""

    PING = "ping"
    CODE = "heartbeat"
    NONE = "no heartbeat"
    UNKNOWN = "heartbeat ?"


def heartbeat(project: Project, response: StreamResponse) -> tuple[Heartbeat, float]:
    """What is known, with the seconds between pings of the response's class: 0 if unseen."""
    interval = _interval(project, response)
    if interval < _NEVER:
        return Heartbeat.PING, interval
    if any(not isinstance(value, GeneratorOf) for value in response.values):
        return Heartbeat.UNKNOWN, 0.0
    found = any(_beats(project, function, _NEVER) for function in _reach(project, response))
    return (Heartbeat.CODE if found else Heartbeat.NONE), 0.0


def _interval(project: Project, response: StreamResponse) -> float:
    """The seconds between the pings that the response's class sends: 0 if unseen, else infinite."""
    if response.type == PATH_OPERATION:
        streams = response.media_type == EVENT_STREAM or not response.media_type_known
        return 0.0 if streams else _NEVER
    made = response_classes().get(response.type)
    call = response.site.node
    if made is None or not isinstance(call, t.Call):
        return _NEVER
    if made.heartbeat is None:
        asked = any(_WORDS.search(arg.keyword) for arg in call.args if arg.keyword)
        return 0.0 if asked else _NEVER
    expr = call.argument(made.heartbeat.keyword)
    if expr is None:
        return made.heartbeat.seconds
    values = inference.infer(project.program, expr, response.site.env)
    if values == (NONE,):
        return made.heartbeat.seconds
    return _NEVER if _is_zero(values) else _seconds(values, unknown=0.0)


def _is_zero(values: Values) -> bool:
    return all(isinstance(value, Const) and value.value == 0 for value in values)


def _seconds(values: Values, unknown: float) -> float:
    numbers = [
        float(value.value)
        for value in values
        if isinstance(value, Const) and isinstance(value.value, (int, float))
    ]
    return max(numbers) if numbers and len(numbers) == len(values) else unknown


# --- what the generators do ----------------------------------------------------------------


def _reach(project: Project, response: StreamResponse) -> Iterator[Function]:
    """The generators, what is defined beside them, and what they call, a few calls deep."""
    seen: dict[Function, None] = {}
    for ref in response.generators:
        outer = ref.function
        while isinstance(outer.parent, Function):
            outer = outer.parent
        for function in (ref.function, *_nested(outer)):
            seen.setdefault(function)
        world = ThreadContext.LOOP if ref.function.is_async else ThreadContext.THREAD
        states = [project.execution.state(ref, world)]
        for _ in range(_DEPTH):
            states = [edge.target for state in states for edge in project.execution.edges(state)]
            seen.update(dict.fromkeys(state.function for state in states))
    yield from seen


def _nested(function: Function) -> Iterator[Function]:
    for inner in function.functions:
        yield inner
        yield from _nested(inner)


def _beats(project: Project, function: Function, limit: float) -> bool:
    env = project.program.env(function)
    timed = [site for site in function.calls if _is_timed(project, site.node, env, limit)]
    if any(not _cancels(function, site) for site in timed):
        return True
    if timed:
        return False  # the first ping ends the stream: what else is sent there does not matter
    if _WORDS.search(function.name):
        return True
    for node in t.walk(function.node):
        text = node.id if isinstance(node, t.Name) else getattr(node, "attr", None)
        text = text if text is not None else getattr(node, "value", None)
        if isinstance(text, str) and _WORDS.search(text):
            return True
    return any(_is_comment(item.value) for item in function.yields)


def _cancels(function: Function, site: CallSite) -> bool:
    """Whether a wait that gives up cancels the generator whose next item it waits for.

    `wait_for(agen.__anext__(), 5)`, `async with timeout(5):` around it. What is shielded goes on,
    and so does a queue's `get()`; around a whole loop it ends the answer, before a proxy does.
    """
    call = site.node
    if terminal_name(call.func) == "wait_for":
        return bool(call.args) and _is_next(function, call.args[0].value)
    around = next(
        (each for each in function.withs if any(item.context is call for item in each.items)),
        None,
    )
    if around is None:
        return False
    parts = [node for part in around.body for node in t.walk(part)]
    return any(isinstance(node, t.Call) and _is_next(function, node) for node in parts)


def _is_next(function: Function, expr: t.Expr, depth: int = 0) -> bool:
    """Whether an expression is the next item of a generator, or a task for it, not shielded."""
    if isinstance(expr, t.Name) and depth < _DEPTH:
        values = [binding.value for binding in function.bindings.get(expr.id, ())]
        return any(value is not None and _is_next(function, value, depth + 1) for value in values)
    if not isinstance(expr, t.Call):
        return False
    name = terminal_name(expr.func)
    if name in _TASKS and expr.args:
        return _is_next(function, expr.args[0].value, depth)
    return name in _NEXT


def _is_comment(value: t.Expr | None) -> bool:
    """`": still here\\n\\n"`, which readers of an event stream skip."""
    if isinstance(value, t.JoinedString) and value.parts:
        value = value.parts[0]
    text = value.value if isinstance(value, t.Constant) else None
    return isinstance(text, (str, bytes)) and text[:1] in (":", b":")


def _is_timed(project: Project, call: t.Call, env: Env, limit: float) -> bool:
    """A wait that gives up before the limit, as far as its seconds can be seen."""
    name = terminal_name(call.func)
    expr = next((arg.value for arg in call.args if arg.keyword in _PATIENCE), None)
    if expr is None and name in _TIMED and call.args:
        expr = call.argument("timeout", 1 if name == "wait_for" else 0)
    if expr is None:
        return False
    values = inference.infer(project.program, expr, env)
    if values == (NONE,):
        return False
    return _seconds(values, unknown=0.0) < limit
