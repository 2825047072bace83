"""Calls of outside functions that hand values on: builtins, functools, asyncio, importlib."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lg_lint.facts import tree as t
from lg_lint.program.inference import (
    attributes,
    calls,
    classes,
    containers,
    core,
    data_files,
    named_modules,
    parameters,
    texts,
)
from lg_lint.program.scopes import Function, Scope
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import (
    ANYTHING,
    UNKNOWN,
    ClassRef,
    Const,
    Container,
    Env,
    ExternalMethod,
    ExternalObject,
    FunctionRef,
    Instance,
    ModuleRef,
    Offloader,
    Partial,
    Super,
    Value,
    Values,
    behind_partials,
    strings,
)

_SAME = {
    "typing.cast": 1, "builtins.staticmethod": 0, "builtins.tuple": 0, "builtins.sorted": 0,
    "builtins.reversed": 0, "builtins.iter": 0, "copy.copy": 0,
    "copy.deepcopy": 0, "asyncio.create_task": 0, "asyncio.ensure_future": 0,
    "asyncio.shield": 0, "asyncio.wait_for": 0, "builtins.aiter": 0, "functools.lru_cache": 0,
    "functools.cache": 0, "contextlib.aclosing": 0, "contextlib.closing": 0,
}  # fmt: skip


_TOLD = 2
"""How many letters of a name must be written for it to tell which methods are meant."""

_ENTERS = {"__enter__", "__aenter__", "enter_context", "enter_async_context"}


def call(program: Program, name: str, node: t.Call, env: Env) -> Values:
    """What a call of an outside function or class gives."""
    name = program.types.canonical(name)
    if name in _SAME:
        return _argument(program, node, env, _SAME[name]) or ANYTHING
    if program.types.own_loops.get(name, -1) >= 0:
        return _run_alone(program, node, env)
    if name in program.types.offloaders:
        return _offloaded(program, name, node, env)
    if name in _SPECIAL:
        return _SPECIAL[name](program, node, env)
    if name in program.types.loaders:
        return named_modules.member_named(program, node, env)
    if name in program.types.readers:
        return data_files.read(program, program.types.readers[name], node, env)
    result = program.types.result(name)
    if result == "argument":
        return _argument(program, node, env, 0) or ANYTHING
    wrapped = _wrapped(program, node, env) if name in program.types.decorators else ()
    functions = [value for value in wrapped if isinstance(value, (FunctionRef, Instance, Partial))]
    if functions:
        kind = program.types.decorators[name]
        return tuple(ExternalObject(kind, node, env, value) for value in functions)
    return (ExternalObject(result or _made_class(program, name) or name, node, env),)


def _made_class(program: Program, name: str) -> str | None:
    """The class whose alternative constructor this is: `FAISS.load_local`, `Chroma.from_texts`."""
    owner, _, method = name.rpartition(".")
    is_class = owner.rpartition(".")[2][:1].isupper()
    return owner if is_class and method.startswith(program.types.constructors) else None


def _wrapped(program: Program, node: t.Call, env: Env) -> Values:
    """The function that a call turns into an object: `RunnableLambda(f)`, `Tool(func=f)`."""
    for name in ("func", "coroutine"):
        expr = node.argument(name, 0)
        if expr is not None:
            return core.infer(program, expr, env)
    return ()


def _argument(program: Program, node: t.Call, env: Env, position: int) -> Values:
    if position < len(node.args) and not node.args[position].star:
        return core.infer(program, node.args[position].value, env)
    return ()


def call_method(program: Program, method: ExternalMethod, node: t.Call, env: Env) -> Values:
    """What a method of an outside object gives; of a project object, by its outside base."""
    receiver = method.receiver
    if isinstance(receiver, Const):
        return texts.method(program, method, node, env)
    if isinstance(receiver, ClassRef) and method.name == "__subclasses__":
        return named_modules.subclasses_of(program, receiver, env)
    if method.name in _ENTERS and isinstance(receiver, ExternalObject):
        return _entered(program, receiver, node, env)
    if isinstance(receiver, ExternalObject):
        if receiver.type == data_files.ENTRY_POINT and method.name == "load":
            return data_files.loaded(program, receiver)
        kinds = [receiver.type]
    elif isinstance(receiver, Instance):
        kinds = classes.external_bases(program, receiver.cls)
    elif isinstance(receiver, ExternalMethod):
        return (ExternalObject(f"{receiver.name}.{method.name}()", node, env, receiver),)
    elif isinstance(receiver, ClassRef) and method.name == "__subclasses__":
        below = tuple(ClassRef(cls) for cls in classes.subclasses(program, receiver.cls))
        return (containers.holding(program, node, env, below),)
    else:
        return ANYTHING
    for kind in kinds:
        if f"{kind}.{method.name}" in program.types.offloaders:
            return _offloaded(program, f"{kind}.{method.name}", node, env, receiver)
        if program.types.own_loop_method(kind, method.name):
            return _run_alone(program, node, env)
        result = program.types.method(kind, method.name)
        if result == "self":
            return (receiver,)
        if result == "copy":
            copied = isinstance(receiver, ExternalObject)
            return (ExternalObject(kind, node, env, receiver),) if copied else (receiver,)
        if result == "base":
            base = receiver.base if isinstance(receiver, ExternalObject) else None
            return calls.call(program, base, node, env) if base is not None else ANYTHING
        if result is not None:
            return (ExternalObject(result, node, env, receiver),)
    return (
        (ExternalObject(f"{kinds[0]}.{method.name}()", node, env, receiver),) if kinds else ANYTHING
    )


def item(program: Program, value: ExternalObject) -> Values:
    """What an item of an outside object is, by what its `__getitem__` gives."""
    kind = program.types.method(value.type, "__getitem__")
    if kind is None:
        return ANYTHING
    return (value,) if kind == "self" else (ExternalObject(kind, base=value),)


def _entered(program: Program, receiver: ExternalObject, node: t.Call, env: Env) -> Values:
    """What entering by hand gives: `manager.__enter__()`, `stack.enter_context(manager)`."""
    from lg_lint.program.inference import containers

    given = _argument(program, node, env, 0)
    return containers.entered(program, given or (receiver,), ()) or ANYTHING


def _offloaded(
    program: Program, name: str, node: t.Call, env: Env, pool: Value | None = None
) -> Values:
    """`to_thread(f, x)` gives what `f(x)` gives; `sync_to_async(f)` a callable of that kind.

    What a pool gives for a function of which nothing is known is a future.
    """
    position = program.types.offloaders[name]
    if position < 0:
        return tuple(Offloader(value) for value in _argument(program, node, env, 0)) or ANYTHING
    functions = _argument(program, node, env, position)
    given = core.union(_called(program, value, env) for value in functions) or ANYTHING
    future = program.types.returns.get(name)
    if pool is None or future is None or any(map(core.known, given)):
        return given
    is_own = any(isinstance(behind_partials(value), FunctionRef) for value in functions)
    return given if is_own else (ExternalObject(future, node, env, pool),)


def _run_alone(program: Program, node: t.Call, env: Env) -> Values:
    """`asyncio.run(f())` gives what `f()` gives, and so does `anyio.run(f)`."""
    given = _argument(program, node, env, 0)
    return (
        core.union(
            _called(program, value, env) if isinstance(value, FunctionRef) else (value,)
            for value in given
        )
        or ANYTHING
    )


def _called(program: Program, value: object, env: Env) -> Values:
    if isinstance(value, FunctionRef) and not value.function.is_generator:
        frame = program.frame(value.function, bound=value.bound, closure=value.closure)
        return calls.returned_values(program, value, frame)
    if isinstance(value, ExternalMethod) and isinstance(value.receiver, ExternalObject):
        result = program.types.method(value.receiver.type, value.name)
        if result in ("self", "copy"):
            return (value.receiver,)
        return (ExternalObject(result, base=value.receiver),) if result else ANYTHING
    return ANYTHING


def _partial(program: Program, node: t.Call, env: Env) -> Values:
    return tuple(Partial(value, node, env) for value in _argument(program, node, env, 0)) or (
        UNKNOWN,
    )


def _getattr(program: Program, node: t.Call, env: Env) -> Values:
    names = strings(_argument(program, node, env, 1))
    receivers = _argument(program, node, env, 0)
    found = [
        attributes.attribute_values(program, receiver, name, env.scope.module)
        for receiver in receivers
        for name in names
    ]
    if not names and len(node.args) > 1:
        found += _by_pattern(program, receivers, node.args[1].value, env)
    default = _argument(program, node, env, 2)
    values = core.union((*found, default))
    bag = terminal_name(node.args[0].value) if node.args else None
    if not names or names[0] in program.types.bags or any(core.known(value) for value in values):
        return values or ANYTHING
    if bag in program.types.bags:  # getattr(request.app.state, "graph", None)
        module = env.scope.module
        return attributes.app_state_writes(program, bag, names[0], module) or values or ANYTHING
    return values or ANYTHING


def _by_pattern(program: Program, receivers: Values, name: t.Expr, env: Env) -> Iterator[Values]:
    """The methods whose names a text such as `f"do_{name}"` may be, where some of it is known."""
    if not isinstance(name, t.JoinedString):
        return
    parts = [strings(core.infer(program, part, env)) for part in name.parts]
    start = parts[0][0] if parts and len(parts[0]) == 1 else ""
    end = parts[-1][0] if len(parts) > 1 and len(parts[-1]) == 1 else ""
    if len(start) + len(end) < _TOLD:
        return
    for value in receivers:
        if isinstance(value, (Instance, ClassRef)):
            methods = {
                function.name: None
                for owner in classes.lineage(program, value.cls)
                for function in owner.functions
            }
        elif isinstance(value, ModuleRef):
            methods = {function.name: None for function in value.module.functions}
        else:
            continue
        for method in methods:
            if method.startswith(start) and method.endswith(end):
                yield attributes.attribute_values(program, value, method, env.scope.module)


def _next(program: Program, node: t.Call, env: Env) -> Values:
    return containers.elements(program, _argument(program, node, env, 0), ())


def _gather(program: Program, node: t.Call, env: Env) -> Values:
    items = tuple(arg.value for arg in node.args if arg.keyword is None and not arg.star)
    key = ("gather", id(node))
    if key not in program.made:
        program.made[key] = t.Sequence(node.at, "tuple", items)
    return (Container("tuple", program.made[key], env),)


def _dict(program: Program, node: t.Call, env: Env) -> Values:
    """A dict of its own, but for a copy: that is what it copies, where this is no list of pairs."""
    made: Values = (Container("dict", node, env),)
    if len(node.args) != 1 or node.args[0].keyword is not None or node.args[0].star:
        return made
    first = core.infer(program, node.args[0].value, env)
    pairs = any(isinstance(value, Container) and value.kind != "dict" for value in first)
    return made if pairs or not first else first


def _pairs(kind: str) -> Callable[[Program, t.Call, Env], Values]:
    return lambda program, node, env: (Container(kind, node, env),)


def _type(program: Program, node: t.Call, env: Env) -> Values:
    if len(node.args) != 1:
        return ANYTHING
    return core.union(
        attributes.attribute_values(program, value, "__class__")
        for value in _argument(program, node, env, 0)
    )


def _vars(program: Program, node: t.Call, env: Env) -> Values:
    if not node.args:
        return ANYTHING
    return core.union(
        attributes.attribute_values(program, value, "__dict__")
        for value in _argument(program, node, env, 0)
    )


def _made(kind: str) -> Callable[[Program, t.Call, Env], Values]:
    """A container of a kind that a call makes; a copy of what it is given counts as that."""

    def made(program: Program, node: t.Call, env: Env) -> Values:
        return _argument(program, node, env, 0) or (Container(kind, node, env),)

    return made


def _globals(program: Program, node: t.Call, env: Env) -> Values:
    return (ModuleRef(env.scope.module),)


def _super(program: Program, node: t.Call, env: Env) -> Values:
    """The classes behind one, for an object: those of the method around it, where none is named."""
    if len(node.args) >= 2:
        owners = core.infer(program, node.args[0].value, env)
        receivers = core.infer(program, node.args[1].value, env)
        return (
            tuple(
                Super(owner.cls, receiver)
                for owner in owners
                for receiver in receivers
                if isinstance(owner, ClassRef)
            )
            or ANYTHING
        )
    scope: Scope | None = env.scope
    frame = env.frame
    while scope is not None and not (isinstance(scope, Function) and scope.cls is not None):
        if isinstance(scope, Function):
            frame = frame.closure if frame is not None else None
        scope = scope.parent
    if not isinstance(scope, Function) or scope.cls is None:
        return ANYTHING
    return tuple(Super(scope.cls, value) for value in parameters.receiver(program, scope, frame))


_SPECIAL: dict[str, Callable[[Program, t.Call, Env], Values]] = {
    **named_modules.FUNCTIONS,
    "importlib.metadata.entry_points": data_files.entry_points,
    "functools.partial": _partial,
    "functools.partialmethod": _partial,
    "builtins.getattr": _getattr,
    "builtins.next": _next,
    "builtins.anext": _next,
    "asyncio.gather": _gather,
    "builtins.dict": _dict,
    "builtins.enumerate": _pairs("enumerate"),
    "builtins.zip": _pairs("zip"),
    "builtins.super": _super,
    "builtins.globals": _globals,
    "builtins.type": _type,
    "builtins.vars": _vars,
    "builtins.list": _made("list"),
    "builtins.set": _made("set"),
    "collections.deque": _pairs("list"),
}
