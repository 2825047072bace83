"""Where streaming responses are made: calls of their classes, of the project's subclasses too."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.model.response import StreamResponse
from lg_lint.model.web.tables import Parameter, ResponseClass, response_classes
from lg_lint.program import inference
from lg_lint.program.scopes import Class
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import (
    ClassRef,
    Container,
    Env,
    External,
    ExternalMethod,
    ExternalObject,
    Instance,
    Partial,
    Value,
)


class Construction(Struct, frozen=True, eq=False):
    """One call that makes a streaming response.

    `layers` are the calls whose arguments the outside class gets, the nearest first: for a
    subclass of the project, `super().__init__(...)` in its own frame, then the call itself where
    that passes its arguments on.
    """

    call: t.Call
    env: Env
    made: ResponseClass
    cls: Class | None
    layers: tuple[tuple[t.Call, Env], ...]

    def argument(self, parameter: Parameter | None) -> tuple[t.Expr, Env] | None:
        """The expression given for a parameter, and where to read it."""
        if parameter is None:
            return None
        for call, env in self.layers:
            expr = parameter.of(call)
            if expr is not None:
                return expr, env
        return None

    def may_hold(self, program: Program, parameter: Parameter) -> bool:
        """Whether a `**` argument of the call may give a parameter that nothing else gives."""
        call, env = self.layers[-1]
        for arg in call.args:
            if arg.star != "**":
                continue
            for value in inference.infer(program, arg.value, env):
                if not isinstance(value, Container):
                    return True
                if inference.entry_of(program, (value,), parameter.keyword):
                    return True
        return False


def constructions(program: Program) -> Iterator[Construction]:
    """The calls that make streaming responses, tests left out, each once."""
    seen: set[t.Node] = set()
    for name in _names(program):
        for site, scope in program.calls_named(name):
            if site.node in seen or scope.module.is_test:
                continue
            env = program.env(scope)
            for callee in inference.infer(program, site.node.func, env):
                outer = callee
                callee = outer.func if isinstance(outer, Partial) else outer
                made = _made(program, callee)
                if made is not None:
                    seen.add(site.node)
                    cls = callee.cls if isinstance(callee, ClassRef) else None
                    layers = _layers(program, site.node, env, cls)
                    if isinstance(outer, Partial):
                        layers = (*layers, (_keywords(outer.call), outer.env))
                    yield Construction(site.node, env, made, cls, layers)
                    break


def response_class(program: Program, value: Value) -> ResponseClass | None:
    """The row of a response class: of the class itself, or of the outside base nearest to it."""
    rows = response_classes()
    if isinstance(value, External):
        return rows.get(value.name)
    if isinstance(value, ClassRef):
        for base in inference.external_bases(program, value.cls):
            if base in rows:
                return rows[base]
    return None


def _made(program: Program, callee: Value) -> ResponseClass | None:
    if isinstance(callee, ExternalMethod) and isinstance(callee.receiver, ExternalObject):
        for row in response_classes().values():
            for maker in row.makers:
                owner, _, name = maker.rpartition(".")
                if name == callee.name and owner in program.types.lineage(callee.receiver.type):
                    return row
    return response_class(program, callee)


def _keywords(call: t.Call) -> t.Call:
    """What `functools.partial(...)` gives by name: its positions are those of another call."""
    return t.Call(call.at, call.func, tuple(arg for arg in call.args if arg.keyword is not None))


def _names(program: Program) -> list[str]:
    """The last names under which response classes are called."""
    names: list[str] = []
    for row in response_classes().values():
        names.append(row.type.rpartition(".")[2])
        names += [maker.rpartition(".")[2] for maker in row.makers]
    queue = list(dict.fromkeys(names))
    names = []
    while queue:
        name = queue.pop(0)
        if name in names:
            continue
        names.append(name)
        queue += _partials(program, name)
        queue += [
            cls.name
            for cls in program.classes_with_base(name)
            if response_class(program, ClassRef(cls)) is not None
        ]
    return names


def _partials(program: Program, name: str) -> list[str]:
    """The names that hold `functools.partial(Class, ...)`."""
    made = {site.node: site.scope for site, position in program.forwarded(name) if not position}
    return [
        binding.name
        for node, scope in made.items()
        for bindings in scope.bindings.values()
        for binding in bindings
        if binding.kind == "assign" and binding.value is node
    ]


def _layers(
    program: Program, call: t.Call, env: Env, cls: Class | None
) -> tuple[tuple[t.Call, Env], ...]:
    init = inference.find_method(program, cls, "__init__") if cls is not None else None
    if cls is None or init is None:
        return ((call, env),)
    frame = program.frame(init, call=call, caller=env, bound=Instance(cls))
    for site in init.calls:
        if terminal_name(site.node.func) == "__init__":
            inner = (site.node, program.env(init, frame))
            passed_on = any(arg.star for arg in site.node.args)
            return (inner, (call, env)) if passed_on else (inner,)
    return ((call, env),)


def direct_call(program: Program, response: StreamResponse) -> t.Call | None:
    """The call that makes a response of an outside class, where it can be given a keyword more.

    None for a class of the project's, a body that a view returns, and calls with `*` or `**`.
    """
    call = response.site.node
    if not isinstance(call, t.Call) or any(arg.star for arg in call.args):
        return None
    only = call.args[0].value if len(call.args) == 1 else None
    if isinstance(only, t.Comprehension) and only.kind == "generator":
        return None
    made = inference.infer(program, call.func, response.site.env)
    known = response_classes()
    return call if all(isinstance(v, External) and v.name in known for v in made) else None
