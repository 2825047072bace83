"""What a call stores: a row, a document, a message; directly or in the functions that it calls."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.knowledge import table
from lg_lint.program import inference
from lg_lint.program.call_graph.execution import CallEdge, CallNode, Execution
from lg_lint.program.scopes import CallSite, owner
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import (
    ClassRef,
    Env,
    External,
    ExternalMethod,
    ExternalObject,
    FunctionRef,
    Instance,
    Value,
    constant,
)

_MAX_DEPTH = 6
_WORD = re.compile(r"\s*\(?\s*([A-Za-z]+)")


class Stored(Struct, frozen=True):
    """A call that stores: the path of calls down to it, and whether that is certain.

    `edges` lead from the function that was asked to the one that holds `site`; none where it is
    that function's own call.
    """

    site: CallSite
    edges: tuple[CallEdge, ...]
    certain: bool


class Stores(Struct):
    """Answers for calls of functions in their activations; each function is read once."""

    program: Program
    execution: Execution
    _known: dict[CallNode, Stored | None] = field(default_factory=dict)

    def by_call(self, node: CallNode, site: CallSite, depth: int = 0) -> Stored | None:
        """What a call in `node` stores, the surest there is; None where nothing is seen to be.

        `depth` counts the calls that led to `node`.
        """
        callees = [callees for known, callees in self.execution.calls(node) if known is site]
        direct = self._direct(site, node.env, callees[0] if callees else ())
        if direct is not None:
            return Stored(site, (), direct)
        if depth > _MAX_DEPTH:
            return None
        followed = (
            self._through(edge, depth)
            for edge in self.execution.edges(node)
            if edge.node is site.node
        )
        return _first_certain(item for item in followed if item is not None)

    def _through(self, edge: CallEdge, depth: int) -> Stored | None:
        node = edge.target
        if node not in self._known:
            self._known[node] = None  # while it is asked: a call of itself adds nothing
            self._known[node] = _first_certain(
                stored
                for site in node.function.calls
                if not site.is_dead
                if (stored := self.by_call(node, site, depth + 1)) is not None
            )
        found = self._known[node]
        return None if found is None else Stored(found.site, (edge, *found.edges), found.certain)

    def _direct(self, site: CallSite, env: Env, callees: Iterable[Value]) -> bool | None:
        """Whether a call itself stores: True, False where its name alone says so, None if not."""
        name = terminal_name(site.node.func)
        if name is None:
            return None
        if name in _writes("statements") and self._is_write(site.node, env):
            return True
        known = [value for value in callees if inference.known(value)]
        if any(map(_stores, known)) or self._is_of_model(site.node.func, name, env):
            return True
        if not all(map(_is_declared, known)):
            return None
        return False if _sounds_like_it(name) and self._is_outside(site.node.func, env) else None

    def _is_outside(self, func: t.Expr, env: Env) -> bool:
        """Whether a name is a method's, or a function's that an import brings."""
        if isinstance(func, t.Attribute):
            return True
        if not isinstance(func, t.Name):
            return False
        bindings = owner(env.scope, func.id).bindings.get(func.id, ())
        return any(binding.kind == "import" for binding in bindings)

    def _is_write(self, call: t.Call, env: Env) -> bool:
        """Whether the first argument is a statement that writes, as text or as an object."""
        first = next((arg.value for arg in call.args if not arg.star), None)
        if first is None:
            return False
        texts = [text for text in _texts(first) if text]
        for value in inference.infer(self.program, first, env):
            text = constant(value)
            if isinstance(text, str):
                texts.append(text)
            elif isinstance(value, ExternalObject) and isinstance(value.site, t.Call):
                texts += [text for arg in value.site.args for text in _texts(arg.value)]
                if _made_by(value) in _writes("functions"):
                    return True
        words = [match.group(1).lower() for text in texts[:1] if (match := _WORD.match(text))]
        return any(word in _writes("keywords") for word in words)

    def _is_of_model(self, func: t.Expr, name: str, env: Env) -> bool:
        """Whether a method is that of a model: `Message.objects.acreate`, `message.save`."""
        if name not in _models("methods") or not isinstance(func, t.Attribute):
            return False
        expr: t.Expr = func.value
        while True:
            for value in inference.infer(self.program, expr, env):
                if isinstance(value, (ClassRef, Instance)):
                    bases = inference.external_bases(self.program, value.cls)
                    return not _models("bases").isdisjoint(bases)
            if not isinstance(expr, t.Attribute):
                return False
            expr = expr.value


def _first_certain(found: Iterable[Stored]) -> Stored | None:
    """The first that is certain, else the first."""
    best = None
    for item in found:
        if item.certain:
            return item
        best = best or item
    return best


def _is_declared(value: Value) -> bool:
    """Whether a callee has no body to follow: an outside function, a method of a protocol."""
    if isinstance(value, FunctionRef):
        return inference.is_abstract(value.function)
    return isinstance(value, External)


def _stores(value: Value) -> bool:
    """Whether a callee is a method of a client that stores."""
    if not isinstance(value, ExternalMethod):
        return False
    receiver: Value = value.receiver
    while isinstance(receiver, ExternalMethod):  # `client.chat.transcripts.insert_one`
        receiver = receiver.receiver
    kind = receiver.type if isinstance(receiver, ExternalObject) else ""
    return value.name in _clients().get(kind.partition(".")[0], frozenset())


def _made_by(value: ExternalObject) -> str:
    """The function whose result an object is."""
    kind = value.type
    while kind.endswith("()") and kind.count("()") > 1:
        kind = kind[:-2].rpartition(".")[0]
    return kind.removesuffix("()")


def _texts(expr: t.Expr) -> Iterator[str]:
    """The literal text that an expression begins with."""
    if isinstance(expr, t.Constant) and isinstance(expr.value, str):
        yield expr.value
    elif isinstance(expr, t.JoinedString) and expr.parts:
        yield from _texts(expr.parts[0])
    elif isinstance(expr, t.Call) and expr.args and terminal_name(expr.func) == "text":
        yield from _texts(expr.args[0].value)


def _sounds_like_it(name: str) -> bool:
    """Whether a name says that something is stored, with or without an `a` for async."""
    plain = name.strip("_")
    return any(
        each in _words("whole") or each.partition("_")[0] in _words("first")
        for each in (plain, plain.removeprefix("a"))
    )


@functools.cache
def _clients() -> dict[str, frozenset[str]]:
    """The methods that store, by the package of the client."""
    found: dict[str, frozenset[str]] = {}
    for row in table("stores")["clients"]:
        for package in row["packages"]:
            found[package] = found.get(package, frozenset()) | frozenset(row["methods"])
    return found


@functools.cache
def _writes(key: str) -> frozenset[str]:
    return frozenset(table("stores")["writes"][key])


@functools.cache
def _words(key: str) -> frozenset[str]:
    return frozenset(table("stores")["words"][key])


@functools.cache
def _models(key: str) -> frozenset[str]:
    return frozenset(table("stores")["models"][key])
