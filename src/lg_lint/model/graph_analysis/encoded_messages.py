"""Calls that make JSON of a chunk of a graph's stream with messages in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import named, names
from lg_lint.model.graph import GraphRun
from lg_lint.model.graph_analysis.message_chunks import Layout, has_messages, layout, message_keys
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.program import inference
from lg_lint.program.await_places import enclosing
from lg_lint.program.scopes import Binding, Function
from lg_lint.program.site import Site
from lg_lint.program.store import terminal_name
from lg_lint.program.values import Env, External, ExternalObject, FunctionRef

_STREAMS = (named("stream"), named("async_stream"))
_ENCODERS = names("json_encoders")
_PRINTS = {"builtins.str", "builtins.repr"}
_CATCH = {"TypeError", "Exception", "BaseException"}
_DEPTH = 3


class MessageEncoding(Struct, frozen=True):
    """JSON made of messages: it raises, or is what Python prints of them where `printed`.

    `site` is the `yield` around the call, else the call in the generator; `encoder` the
    function's full name. `certain` where messages surely come.
    """

    response: StreamResponse
    site: Site
    run: GraphRun
    encoder: str
    printed: bool
    certain: bool


class _Held(Struct, frozen=True):
    """A value that holds messages; `whole` for a payload of the state's keys or of nodes' names."""

    run: GraphRun
    certain: bool
    whole: bool = False


class _Given(Struct, frozen=True):
    """What a helper's parameter gets."""

    expr: t.Expr
    frame: _Frame


class _Frame(Struct, frozen=True):
    """Where an expression stands: its scope, the call in it that is judged, and what it got."""

    env: Env
    at: t.Node
    given: Mapping[str, _Given] = {}


def encoded_messages(project: Project) -> Iterator[MessageEncoding]:
    """Those in the generators of responses, and in helpers that get the chunk; each place once."""
    found: set[t.Node] = set()
    if not project.runs:
        return
    encodings = _Encodings(project)
    for response in project.responses:
        for ref in response.generators:
            for each in encodings.of(ref.function, response):
                if each.site.node not in found:
                    found.add(each.site.node)
                    yield each


class _Encodings:
    def __init__(self, project: Project) -> None:
        self.project, self.program = project, project.program
        self.runs: dict[t.Node, GraphRun] = {run.call: run for run in project.runs}

    def of(self, function: Function, response: StreamResponse) -> Iterator[MessageEncoding]:
        env = self.program.env(function)
        for site in function.calls:
            found = self._encoded(site.node, _Frame(env, site.node), 0)
            if found is None or _falls_back(function, site.node):
                continue
            held, encoder, printed = found
            around = [item for item in function.yields if t.holds(item, site.node)]
            place = Site(around[0] if around else site.node, env)
            yield MessageEncoding(response, place, held.run, encoder, printed, held.certain)

    def _encoded(self, call: t.Call, frame: _Frame, depth: int) -> tuple[_Held, str, bool] | None:
        """What a call, or a helper that it calls, encodes; and whether it prints that."""
        for callee in inference.infer(self.program, call.func, frame.env):
            if isinstance(callee, External) and callee.name in _ENCODERS:
                printed = self._prints(call, frame.env)
                value = call.argument("obj", 0)
                held = None if printed is None or value is None else self._held(value, frame)
                if held is not None and printed is not None:
                    return held, callee.name, printed
            elif isinstance(callee, FunctionRef) and depth < _DEPTH and call.args:
                inner = _Frame(self.program.env(callee.function), call, _given(callee, call, frame))
                for site in callee.function.calls:
                    if _falls_back(callee.function, site.node):
                        continue
                    at = _Frame(inner.env, site.node, inner.given)
                    found = self._encoded(site.node, at, depth + 1)
                    if found is not None:
                        return found
        return None

    def _prints(self, call: t.Call, env: Env) -> bool | None:
        """Whether what is no JSON is printed; None where something else is made of it."""
        if call.argument("cls") is not None or any(arg.star for arg in call.args):
            return None
        default = call.argument("default")
        if default is None:
            return False
        if isinstance(default, t.Lambda):
            return True if _printing(default.body) else None
        values = inference.infer(self.program, default, env)
        printed = {getattr(value, "name", "") for value in values}
        return True if printed and printed <= _PRINTS else None

    # --- what holds messages ---------------------------------------------------------------

    def _held(self, expr: t.Expr, frame: _Frame) -> _Held | None:
        if isinstance(expr, t.Name):
            if expr.id in frame.given:
                given = frame.given[expr.id]
                return self._held(given.expr, given.frame)
            bindings = frame.env.scope.bindings.get(expr.id, ())
            found = [self._bound(binding, frame) for binding in bindings]
            return found[0] if found and None not in found else None
        if isinstance(expr, t.Dict):
            return self._first([value for _, value in expr.items], frame)
        if isinstance(expr, t.Sequence):
            return self._first(list(expr.items), frame)
        if isinstance(expr, t.Subscript):
            return self._part(expr, frame)
        return None

    def _first(self, parts: list[t.Expr], frame: _Frame) -> _Held | None:
        return next(filter(None, (self._held(part, frame) for part in parts)), None)

    def _part(self, expr: t.Subscript, frame: _Frame) -> _Held | None:
        """`update["agent"]`, `state["messages"]`, `state["messages"][-1]`."""
        held = self._held(expr.value, frame)
        if held is None or not isinstance(expr.index, (t.Constant, t.UnaryOp)):
            return None
        if not held.whole:
            number = getattr(expr.index, "value", 0)
            return held if not isinstance(number, str) else None
        key = getattr(expr.index, "value", None)
        if any(key in message_keys(graph) for graph in held.run.graphs):
            return _Held(held.run, held.certain)
        return None

    def _bound(self, binding: Binding, frame: _Frame) -> _Held | None:
        if binding.value is None:
            return None
        if binding.kind == "assign" and not binding.unpack:
            return self._held(binding.value, frame)
        if binding.kind != "element":
            return None
        iterated = binding.value
        if isinstance(iterated, t.Call) and isinstance(iterated.func, t.Attribute):
            wanted = {"items": (1,), "values": ()}.get(iterated.func.attr)
            if wanted is not None and binding.unpack == wanted:
                held = self._held(iterated.func.value, frame)
                return held if held is not None and held.whole else None
        return self._streamed(binding, frame)

    def _streamed(self, binding: Binding, frame: _Frame) -> _Held | None:
        """An item of a run's stream, or a part of one."""
        assert binding.value is not None
        values = inference.infer(self.program, binding.value, frame.env)
        runs = [
            self.runs.get(value.site)
            for value in values
            if isinstance(value, ExternalObject) and value.type in _STREAMS and value.site
        ]
        run = runs[0] if len(runs) == len(values) == 1 else None
        built = layout(self.program, run) if run is not None else None
        if run is None or built is None:
            return None
        if built.modes == {"messages"} and binding.unpack == (*built.payload, 0):
            return _Held(run, True)
        if binding.unpack not in ((), built.payload):
            return None
        modes = _modes_at(built, binding, frame)
        found = [has_messages(self.project, run, mode) for mode in modes]
        if not found or None in found:
            return None
        return _Held(run, all(found), binding.unpack == built.payload)


def _printing(body: t.Expr) -> bool:
    return isinstance(body, t.Call) and terminal_name(body.func) in {"str", "repr"}


def _given(callee: FunctionRef, call: t.Call, frame: _Frame) -> dict[str, _Given]:
    params = [param for param in callee.function.params if param.kind in ("positional", "keyword")]
    if callee.bound is not None and callee.function.self_name:
        params = params[1:]
    found: dict[str, _Given] = {}
    for index, param in enumerate(params):
        value = call.argument(param.name, index if param.kind == "positional" else None)
        if value is not None:
            found[param.name] = _Given(value, frame)
    return found


def _modes_at(built: Layout, binding: Binding, frame: _Frame) -> set[str]:
    """The modes that an item may be of where the call stands; none where a test leaves it open."""
    loop, scope = binding.node, frame.env.scope
    if not isinstance(loop, t.For) or not isinstance(scope, Function):
        return set(built.modes)
    around = enclosing(scope, frame.at)
    watched = {
        name
        for name, bound in scope.bindings.items()
        if any(each.node is loop and each.unpack in (built.mode, binding.unpack) for each in bound)
    }
    modes = set(built.modes)
    for node in t.walk(loop):
        if not isinstance(node, t.If) or not _mentions(node.test, watched):
            continue
        if node not in around:
            return set() if len(modes) > 1 else modes
        asked = _asked(node.test)
        if built.mode is None or asked is None:
            return set() if built.mode is not None or not _is_type_test(node.test) else modes
        inside = t.in_block(node.body, frame.at)
        modes = modes & asked if inside else modes - asked
    return modes


def _mentions(test: t.Expr, names_: set[str]) -> bool:
    return any(isinstance(node, t.Name) and node.id in names_ for node in t.walk(test))


def _is_type_test(test: t.Expr) -> bool:
    return isinstance(test, t.Name) or (
        isinstance(test, t.Call) and terminal_name(test.func) == "isinstance"
    )


def _asked(test: t.Expr) -> set[str] | None:
    """The mode that a test asks for: `mode == "updates"`."""
    if not isinstance(test, t.Compare) or test.ops != ("==",):
        return None
    texts = {
        side.value
        for side in (test.left, *test.comparators)
        if isinstance(side, t.Constant) and isinstance(side.value, str)
    }
    return texts or None


def _falls_back(function: Function, call: t.Node) -> bool:
    """Whether another attempt follows in the same round where a call raises TypeError."""
    for part in reversed(enclosing(function, call)):
        if isinstance(part, (t.For, t.While)):
            return False
        if isinstance(part, t.Try) and t.in_block(part.body, call):
            caught = [handler.type for handler in part.handlers]
            inside = any(isinstance(node, (t.For, t.While)) for node in part.body)
            return not inside and any(
                kind is None or terminal_name(kind) in _CATCH for kind in caught
            )
    return False
