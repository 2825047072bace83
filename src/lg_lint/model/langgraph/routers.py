"""What routers return and gotos name: node names, keys of a path map, Sends."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from lg_lint.facts import tree as t
from lg_lint.knowledge import container_methods, named
from lg_lint.model.graph import Channel, Result, name_of
from lg_lint.model.langgraph.node_names import SEND
from lg_lint.program import inference
from lg_lint.program.control_flow import outcomes
from lg_lint.program.site import Site
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import Const, Container, Env, ExternalObject, FunctionRef, Value

_FLAGS = ("==", "!=", "<", ">", "<=", ">=", "in", "not in", "is", "is not")
_MAX_DEPTH = 6
_COMMAND = named("command")


class Results(Struct):
    """The values found, and whether there are no others."""

    found: list[Result] = field(default_factory=list)
    closed: bool = True

    def add(self, value: object, site: Site, *, send: bool = False) -> None:
        """Takes in a value that is returned at a place, by a `Send` or as it is."""
        self.found.append(Result(value, site, send))

    def merge(self, other: Results) -> None:
        """Takes in other results: there may be further ones where either says so."""
        self.found += other.found
        self.closed = self.closed and other.closed


class Reader(Struct):
    """Reads results; `channels` lets `state["next"]` mean what its annotation admits."""

    program: Program
    channels: dict[str, Channel]

    def router(self, refs: list[FunctionRef]) -> Results:
        """What routers return: where a body does not say all, its Literal annotation does."""
        results = Results(closed=bool(refs))
        for ref in refs:
            frame = self.program.frame(ref.function, bound=ref.bound, closure=ref.closure)
            env = self.program.env(ref.function, frame)
            own = Results(closed=not ref.function.is_generator)
            for expr in ref.function.result_exprs():
                self.read(expr, env, own)
            declared = literal(self.program, ref) if not own.closed else None
            if declared is not None:
                known = {result.value for result in own.found if not result.send}
                own.found += [item for item in declared if item.value not in known]
                own.closed = True
            results.merge(own)
        return results

    def read(self, expr: t.Expr, env: Env, into: Results, depth: int = 0) -> None:
        """Adds what an expression may be."""
        site = Site(expr, env)
        if depth > _MAX_DEPTH:
            into.closed = False
        elif isinstance(expr, t.IfExp):
            self.read(expr.body, env, into, depth + 1)
            self.read(expr.orelse, env, into, depth + 1)
        elif isinstance(expr, t.Sequence):
            for item in expr.items:
                inner = item.value if isinstance(item, t.Starred) else item
                self.read(inner, env, into, depth + 1)
        elif isinstance(expr, t.Comprehension):
            self._many(expr.element, env, into, depth)
        elif isinstance(expr, t.Await):
            self.read(expr.value, env, into, depth + 1)
        elif _is_flag(expr):
            into.add(True, site)
            into.add(False, site)
        elif isinstance(expr, t.BinOp) and expr.op == "+":
            self._sum(expr, env, into, depth)
        else:
            self._values(expr, env, into, depth)

    def _many(self, expr: t.Expr, env: Env, into: Results, depth: int) -> None:
        inner = Results()
        self.read(expr, env, inner, depth + 1)
        into.found += [replace(result, many=True) for result in inner.found]
        into.closed = into.closed and inner.closed

    def _sum(self, expr: t.BinOp, env: Env, into: Results, depth: int) -> None:
        values = inference.infer(self.program, expr, env)
        if all(isinstance(value, Const) for value in values):
            self._values(expr, env, into, depth)
            return
        self.read(expr.left, env, into, depth + 1)
        self.read(expr.right, env, into, depth + 1)

    def _values(self, expr: t.Expr, env: Env, into: Results, depth: int) -> None:
        declared = self._of_state(expr, env)
        if declared is not None:
            into.merge(declared)
            return
        values = inference.infer(self.program, expr, env)
        if not values:
            into.closed = False
        for value in values:
            self._value(value, Site(expr, env), into, depth)

    def _value(self, value: Value, site: Site, into: Results, depth: int) -> None:
        name = name_of(value)
        if isinstance(value, Const):
            into.add(value.value, site)
        elif name is not None:
            into.add(name, site)
        elif isinstance(value, ExternalObject) and value.type == SEND:
            self._send(value, into, depth)
        elif isinstance(value, Container) and value.kind != "dict":
            self._container(value, site, into, depth)
        else:
            into.closed = False

    def _container(self, value: Container, site: Site, into: Results, depth: int) -> None:
        if depth > _MAX_DEPTH:
            into.closed = False
        elif isinstance(value.node, (t.Sequence, t.Comprehension)):
            self.read(value.node, value.env, into, depth + 1)
            self._appended(site, into, depth)
        elif isinstance(value.node, t.BinOp):
            for items in inference.items_of(self.program, value):
                for item in items:
                    self._value(item, site, into, depth + 1)
        else:
            into.closed = False

    def _appended(self, site: Site, into: Results, depth: int) -> None:
        """What `name.append(x)` and its kin add to a list that a router builds."""
        if not isinstance(site.node, t.Name):
            return
        name = site.node.id
        for call in site.env.scope.calls:
            func = call.node.func
            if not (isinstance(func, t.Attribute) and terminal_name(func.value) == name):
                continue
            loops = any(isinstance(part, (t.For, t.While)) for part in call.enclosing)
            add = self._many if loops else self.read
            for added in container_methods().added(call.node):
                add(added, site.env, into, depth + 1)
        for bindings in site.env.scope.bindings.get(name, ()):
            if bindings.kind == "augmented" and bindings.value is not None:
                self.read(bindings.value, site.env, into, depth + 1)

    def _send(self, value: ExternalObject, into: Results, depth: int) -> None:
        node = value.site.argument("node", 0) if isinstance(value.site, t.Call) else None
        if node is None or value.env is None:
            into.closed = False
            return
        inner = Results()
        self.read(node, value.env, inner, depth + 1)
        into.found += [replace(result, send=True) for result in inner.found]
        into.closed = into.closed and inner.closed

    def _of_state(self, expr: t.Expr, env: Env) -> Results | None:
        """The Literal annotation of a key of the state that the expression reads."""
        key = key_read(expr)
        channel = self.channels.get(key) if key is not None else None
        if channel is None or channel.annotation is None:
            return None
        values = list(_literals(self.program, channel.annotation, channel.site.env))
        if not values or None in (value for value, _ in values):
            return None
        given = [Result(value, Site(expr, env), declared=True) for value, _ in values]
        results = Results(given)
        if isinstance(expr, t.Call) and len(expr.args) > 1:
            self.read(expr.args[1].value, env, results, 1)
        return results


def _is_flag(expr: t.Expr) -> bool:
    if isinstance(expr, t.Compare):
        return all(op in _FLAGS for op in expr.ops)
    if isinstance(expr, t.UnaryOp):
        return expr.op == "not"
    return isinstance(expr, t.Call) and isinstance(expr.func, t.Name) and expr.func.id == "bool"


def key_read(expr: t.Expr, state: str = "state") -> str | None:
    """The key of `state["key"]`, `state.get("key")` or `state.key`."""
    if isinstance(expr, t.Subscript) and terminal_name(expr.value) == state:
        key: t.Expr | None = expr.index
    elif isinstance(expr, t.Call) and isinstance(expr.func, t.Attribute) and expr.args:
        reads = container_methods().of(expr).reads_key
        named = reads and terminal_name(expr.func.value) == state
        key = expr.args[0].value if named else None
    elif isinstance(expr, t.Attribute) and terminal_name(expr.value) == state:
        return expr.attr
    else:
        return None
    return key.value if isinstance(key, t.Constant) and isinstance(key.value, str) else None


# --- annotations ---------------------------------------------------------------------------


def literal(program: Program, ref: FunctionRef) -> list[Result] | None:
    """The values that `-> Literal[...]`, or a list of them, or a Command's parameter admit."""
    node = ref.function.node
    if not isinstance(node, t.FunctionDef) or node.returns is None:
        return None
    env = program.env(ref.function.parent or ref.function.module)
    found = list(_literals(program, node.returns, env))
    if not found or any(value is None for value, _ in found):
        return None
    return [Result(value, site, declared=True) for value, site in found]


def path_map_of_annotation(program: Program, ref: FunctionRef) -> dict[object, str] | None:
    """The map that LangGraph makes of a router annotated with a Literal and nothing around it."""
    node = ref.function.node
    if not isinstance(node, t.FunctionDef) or node.returns is None:
        return None
    env = program.env(ref.function.parent or ref.function.module)
    head = _unquoted(program, node.returns, env)
    if not (isinstance(head, t.Subscript) and terminal_name(head.value) == "Literal"):
        return None
    found = [value for value, _ in _literals(program, head, env)]
    return {value: value for value in found if isinstance(value, str)} or None


def _literals(program: Program, annotation: t.Expr, env: Env) -> Iterator[tuple[object, Site]]:
    """Each value of the Literals in an annotation, with its place; None for one that is unknown."""
    for part in t.walk(annotation):
        if isinstance(part, t.Subscript) and terminal_name(part.value) == "Literal":
            items = part.index.items if isinstance(part.index, t.Sequence) else (part.index,)
            for item in items:
                yield from _items(program, item, env)
        elif isinstance(part, t.Name):
            alias = _unquoted(program, part, env)
            if alias is not part and isinstance(alias, t.Subscript):
                yield from _literals(program, alias, env)


def _items(program: Program, item: t.Expr, env: Env) -> Iterator[tuple[object, Site]]:
    for value in inference.infer(program, item, env):
        if isinstance(value, Const):
            yield value.value, Site(item, env)
        else:
            yield name_of(value), Site(item, env)


def _unquoted(program: Program, annotation: t.Expr, env: Env) -> t.Expr:
    """What a name that stands for an annotation stands for: `Route = Literal["a", "b"]`."""
    if not isinstance(annotation, t.Name):
        return annotation
    scope = env.scope
    while scope is not None:
        for binding in scope.bindings.get(annotation.id, ()):
            if binding.kind == "assign" and isinstance(binding.value, t.Subscript):
                head = terminal_name(binding.value.value)
                if head == "Literal":
                    return binding.value
        if scope.parent is None:
            break
        scope = scope.parent
    return annotation


# --- Commands ---------------------------------------------------------------------------------


def ends_in_goto(program: Program, ref: FunctionRef) -> bool:
    """Whether all that a function gives back are Commands that name where a run goes on."""
    node, env = ref.function.node, program.env(ref.function)
    if not isinstance(node, t.FunctionDef) or ref.function.is_generator:
        return False
    if "next" in outcomes(node.body) or any(back.value is None for back in ref.function.returns):
        return False
    given = [inference.infer(program, expr, env) for expr in ref.function.result_exprs()]
    return bool(given) and all(
        bool(values) and all(_is_goto(value) for value in values) for values in given
    )


def _is_goto(value: Value) -> bool:
    made = value.site if isinstance(value, ExternalObject) and value.type == _COMMAND else None
    if not isinstance(made, t.Call):
        return False
    return made.argument("goto") is not None and made.argument("graph") is None
