"""Which calls hold the thread that makes them: tables, and what the parts of a chain run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from lg_lint.facts import tree as t
from lg_lint.knowledge import derived, named, names, table
from lg_lint.model.langgraph.callables import is_graph
from lg_lint.model.langgraph.runnables import is_chain, of_value
from lg_lint.program import inference
from lg_lint.program.scopes import CallSite, Scope, enclosing_function
from lg_lint.program.store import Program
from lg_lint.program.values import (
    ClassRef,
    Container,
    External,
    ExternalMethod,
    ExternalObject,
    FunctionRef,
    Instance,
    Unknown,
    Value,
    strings,
)

MODEL = named("chat_model")
_RUNNABLE = named("runnable")
_RUNS = {"invoke", "stream", "batch", "transform", "batch_as_completed"}
_KEPT = names("same_runnable")
_SHARED = names("shared_class_names")
"""Names of classes that several libraries have."""

_IMPLIED = {"__enter__": "with", "__iter__": "iterating", "__next__": "iterating"}
"""What Python calls by itself, and how messages say so."""

_MAX_DEPTH = 12


class Blocking(Struct, frozen=True):
    """A call that blocks: how messages name it, what it waits for, what async code uses instead.

    `certain` is False where the receiver may as well be one that does not block; `awaitable` says
    that `cure` is a coroutine, or an async generator, of the library, as the tests have seen.
    `lazy` where not the call waits, but what it gives does, once it is iterated; `unless` are
    arguments, with their positions, that keep it from waiting where they are false.
    """

    title: str
    kind: str
    cure: str
    certain: bool = True
    awaitable: bool = False
    lazy: bool = False
    unless: tuple[tuple[str, int], ...] = ()


class BlockingCalls:
    """Tells whether calling a value blocks. `own` are dotted names from the user's settings."""

    def __init__(self, program: Program, own: tuple[str, ...] = ()) -> None:
        self.program = program
        self.own = own
        canonical = program.types.canonical
        self.functions: dict[str, dict[str, Any]] = {}
        self.methods: dict[str, list[dict[str, Any]]] = {}
        for row in table("blocking")["functions"]:
            for name in row["names"]:
                self.functions[canonical(f"{row['module']}.{name}")] = row
        for row in table("blocking")["methods"]:
            self.methods.setdefault(row["class"], []).append(row)

    def of(self, callee: Value) -> Blocking | None:
        """What a call of `callee` waits for; None where it is not known to block."""
        if isinstance(callee, External):
            return self._function(callee.name)
        if isinstance(callee, ExternalMethod):
            return self._method(callee.receiver, (callee.name,), 0)
        if isinstance(callee, ExternalObject):
            return self._method(callee, ("__call__",), 0)
        if isinstance(callee, FunctionRef) and self.own and _dotted(callee) & set(self.own):
            name = callee.function.qualname
            return Blocking(f"{name}()", "own", "asyncio.to_thread")
        return None

    def _function(self, name: str) -> Blocking | None:
        if name in self.own:
            return Blocking(f"{name}()", "own", "asyncio.to_thread")
        row = self.functions.get(name)
        if row is not None:
            return Blocking(f"{name}()", row["kind"], row["cure"], unless=_unless(row))
        wait = derived.of_function(name)
        if wait is not None:
            return _derived(f"{name}()", wait)
        owner, _, method = name.rpartition(".")
        if owner and method in ("from_documents", "from_texts") and owner[-1:].isalpha():
            kinds = self.program.types.lineage(owner)
            if named("vector_store") in kinds:
                title = f"{_short(owner)}.{method}()"
                return Blocking(title, "http", f"a{method}", awaitable=True)
        return None

    # --- methods ---------------------------------------------------------------------------

    def _method(self, receiver: Value, path: tuple[str, ...], depth: int) -> Blocking | None:
        """The row for `receiver.<path>()`, with the objects that the receiver was made from."""
        if depth > _MAX_DEPTH:
            return None
        if isinstance(receiver, ExternalMethod):
            return self._method(receiver.receiver, (receiver.name, *path), depth + 1)
        if isinstance(receiver, (Instance, ClassRef)):
            kinds = inference.external_bases(self.program, receiver.cls)
            found = [self._row(kind, path, receiver.cls.name, receiver) for kind in kinds]
            return next((item for item in found if item is not None), None)
        if not isinstance(receiver, ExternalObject) or is_graph(self.program, receiver):
            return None
        if self._is_in_memory(receiver) or _was_awaited(receiver):
            return None
        row = self._row(receiver.type, path, _short(receiver.type), receiver)
        if row is not None:
            return row
        if len(path) == 1 and path[0] in _RUNS:
            return self._runnable(receiver, path[0], depth)
        if receiver.type.endswith("()") and receiver.base is not None:
            made = receiver.type.removesuffix("()").rpartition(".")[2]
            if made in _KEPT:
                return self._method(receiver.base, path, depth + 1)
            return self._method(receiver.base, (made, *path), depth + 1)
        return None

    def _row(self, kind: str, path: tuple[str, ...], name: str, receiver: Value) -> Blocking | None:
        dotted = ".".join(path)
        if f"{kind}.{dotted}" in self.own:
            return Blocking(f"{name}.{dotted}()", "own", "asyncio.to_thread")
        for owner in self.program.types.lineage(kind):
            for row in self.methods.get(owner, ()):
                if _covers(row, path, dotted) and _was_made_with(row, receiver):
                    cure = str(row["cure"]).format(name=path[-1])
                    tool = row["kind"] == "tool"
                    kind = "http" if tool else row["kind"]
                    seen = "async" in row and not row.get("stub")
                    title, lazy = _title(row, name, path), row.get("lazy", False)
                    return Blocking(title, kind, cure, not tool, seen, lazy, _unless(row))
        wait = derived.of_method(kind, path)
        return _derived(_title({}, name, path), wait) if wait is not None else None

    def _is_in_memory(self, value: ExternalObject) -> bool:
        """Whether a database is one of the process itself: `sqlite3.connect(":memory:")`."""
        if isinstance(value.base, ExternalObject) and self._is_in_memory(value.base):
            return True
        row = table("blocking")["in_memory"].get(value.type)
        if row is None or not isinstance(value.site, t.Call) or value.env is None:
            return False
        given = value.site.argument(row["argument"], row.get("position"))
        values = inference.infer(self.program, given, value.env) if given is not None else ()
        texts = strings(values)
        return bool(texts) and len(texts) == len(values) and set(texts) <= set(row["names"])

    # --- runnables -------------------------------------------------------------------------

    def _runnable(self, value: ExternalObject, method: str, depth: int) -> Blocking | None:
        """A chain of LangChain blocks for as long as the models and lookups in it do."""
        lineage = self.program.types.lineage(value.type)
        if _RUNNABLE not in lineage:
            return None
        if value.type == _RUNNABLE and value.base is None:
            return Blocking(f"{_short(_RUNNABLE)}.{method}()", "model", f"a{method}", False)
        found = [item for part in self._parts(value) if (item := self._part(part, method, depth))]
        best = sorted(found, key=lambda item: (not item.certain, item.kind != "model"))
        if not best:
            return None
        return replace(best[0], title=f"chain.{method}()", cure=f"a{method}", awaitable=True)

    def _parts(self, value: ExternalObject) -> Iterator[Value]:
        if is_chain(value):
            yield from (part for part in of_value(self.program, value).unknown() if part != value)
        elif isinstance(value.base, ExternalObject):
            yield value.base

    def _part(self, value: Value, method: str, depth: int) -> Blocking | None:
        if isinstance(value, Unknown):
            return Blocking("", "model", "", certain=False)
        if isinstance(value, Container) and value.kind == "dict":
            entries = inference.entries_of(self.program, value)
            parts = [
                self._part(item, method, depth + 1) for _, values in entries for item in values
            ]
            return next((item for item in parts if item is not None and item.certain), None)
        return self._method(value, (method,), depth + 1)


def _derived(title: str, wait: derived.Wait) -> Blocking:
    return Blocking(title, wait.kind, wait.cure, wait.certain, lazy=wait.lazy)


def _unless(row: dict[str, Any]) -> tuple[tuple[str, int], ...]:
    return tuple(row.get("unless", {}).items())


def waits_there(blocking: Blocking, site: CallSite, scope: Scope) -> bool:
    """Whether a call of a frame waits as it is written: its arguments, and who takes its items."""
    for name, position in blocking.unless:
        given = site.node.argument(name, position)
        if isinstance(given, t.Constant) and given.value in (False, 0):
            return False
    return not blocking.lazy or _is_iterated(site.node, scope)


def _is_iterated(node: t.Node, scope: Scope) -> bool:
    """Whether a frame itself takes the items of what a call gives, at once or by a name."""
    names = {
        binding.name
        for bindings in scope.bindings.values()
        for binding in bindings
        if binding.value is node
    }
    return any(
        not iteration.is_async
        and (
            iteration.iterable is node
            or (isinstance(iteration.iterable, t.Name) and iteration.iterable.id in names)
        )
        for iteration in scope.iterations
    )


def _was_awaited(value: ExternalObject) -> bool:
    """Whether a method's call was awaited for an object: then its class is the one with coroutines.

    `result = await self.session.exec(query)` is a result that is there already, whatever else
    the session may be in other places.
    """
    if value.base is None or not isinstance(value.site, t.Call) or value.env is None:
        return False
    scope = enclosing_function(value.env.scope) or value.env.scope.module
    return any(site.awaited for site in scope.calls if site.node is value.site)


def is_model(program: Program, value: Value) -> bool:
    """Whether a value is a chat model itself."""
    return isinstance(value, ExternalObject) and MODEL in program.types.lineage(value.type)


def _covers(row: dict[str, Any], path: tuple[str, ...], dotted: str) -> bool:
    if dotted in row.get("names", ()):
        return True
    ends = row.get("anywhere", ())
    if not ends or "aio" in path or path[-1] in row.get("silent", ()):
        return False
    return path[-1] in ends or ("*" in ends and len(path) == 1 and not path[0].startswith("_"))


def _was_made_with(row: dict[str, Any], value: Value) -> bool:
    """Whether an object was given the arguments without which its methods do not wait."""
    wanted = row.get("made_with")
    if wanted is None:
        return True
    site = value.site if isinstance(value, ExternalObject) else None
    if not isinstance(site, t.Call):
        return False
    given = [site.argument(name, position) for name, position in wanted.items()]
    return all(
        each is not None and not (isinstance(each, t.Constant) and each.value in (False, 0))
        for each in given
    )


def _title(row: dict[str, Any], name: str, path: tuple[str, ...]) -> str:
    *before, last = path
    if last in _IMPLIED:
        made = f"{name}.{'.'.join(before)}()" if before else name
        return f"{_IMPLIED[last]} {made}"
    if path == ("__call__",):
        return f"{name}()"
    long = len(path) > 1 and path[-1] in row.get("anywhere", ())
    return f"{name}...{path[-1]}()" if long else f"{name}.{'.'.join(path)}()"


def _short(name: str) -> str:
    """A class as messages name it: `ChatOpenAI`, with its library where several have the name."""
    package, _, rest = name.partition(".")
    last = rest.rpartition(".")[2] or package
    if last in _SHARED:
        return f"{package}.{last}"
    return last if last[:1].isupper() else ".".join(name.split(".")[-2:])


def _dotted(ref: FunctionRef) -> set[str]:
    """Every dotted name that a project function can be meant by."""
    path = ref.function.module.path.removesuffix(".py").removesuffix("/__init__")
    parts = [*path.split("/"), ref.function.qualname]
    return {".".join(parts[start:]) for start in range(1, len(parts))}
