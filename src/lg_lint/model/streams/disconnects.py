"""What a generator of a response still wants to store when its client has left.

The server cancels the task that sends the response. The generator is then ended where it waits:
nothing after its loop runs, and what awaits in `finally` or in the handler of the cancellation is
cancelled at that very await (measured with Starlette, FastAPI and Litestar under uvicorn).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.streams.stores import Stored, Stores
from lg_lint.model.web.error_frames import tries
from lg_lint.program.blocks import blocks_of, leaves
from lg_lint.program.call_graph.execution import CallNode, ThreadContext
from lg_lint.program.control_flow import own_nodes
from lg_lint.program.scopes import CallSite, Function
from lg_lint.program.store import terminal_name
from lg_lint.program.values import GeneratorOf

AFTER, FINALLY, CANCELLED = "after the loop", "finally", "cancelled"
"""Where a store stands: behind the streaming loop, in `finally`, in a handler of the end."""

_ENDS = {"CancelledError", "GeneratorExit", "BaseException"}
_STARTS = {"create_task", "ensure_future", "shield", "run_coroutine_threadsafe", "start_soon"}
_CLEANING = {"delete", "remove", "clear", "clean", "cleanup", "close", "release", "drop"}
_SCOPES = {"CancelScope", "move_on_after", "fail_after"}


class Lost(Struct, frozen=True):
    """One store that does not happen: the generator, the place in it, and what is stored.

    `part` is AFTER, FINALLY or CANCELLED. `loop` is the statement after which nothing runs; None
    for the other two.
    """

    function: Function
    part: str
    site: CallSite
    stored: Stored
    loop: t.Node | None


def lost_stores(project: Project, response: StreamResponse) -> Iterator[list[Lost]]:
    """What a client which leaves takes away, generator by generator, in the order of the code.

    Nothing is told of a generator that stores the same in a way that lasts as well.
    """
    for node in _generators(project, response):
        found = list(_Generator(project, node).lost())
        if found:
            yield found


def _generators(project: Project, response: StreamResponse) -> list[CallNode]:
    """The generators that a response iterates, itself or through others; each function once.

    With them those that a `with` around chunks enters: their exits run when the client leaves.
    """
    execution = project.execution
    queue = [
        execution.state(ref, _context(ref.function.is_async)) for ref in response.generators
    ] + [
        execution.generator_state(value, _context(value.function.function.is_async))
        for value in response.values
        if isinstance(value, GeneratorOf)
    ]
    found: dict[Function, CallNode] = {}
    while queue:
        node = queue.pop(0)
        if node.function not in found:
            found[node.function] = node
            left = _left_before(node.function)
            queue += [
                edge.target
                for edge in execution.edges(node)
                if edge.target.function.yields and edge.node not in left
            ]
    return list(found.values())


def _left_before(function: Function) -> set[t.Node]:
    """The contexts that a generator enters and leaves between two chunks."""
    return {
        item.context
        for statement in function.withs
        if not _yields(statement.body)
        for item in statement.items
    }


def _context(is_async: bool) -> ThreadContext:
    return ThreadContext.LOOP if is_async else ThreadContext.THREAD


class _Generator:
    def __init__(self, project: Project, node: CallNode) -> None:
        self._function = node.function
        self._node = node
        self._stores = project.once(_stores)
        self._loops = list(_streaming(node.function))
        self._tries = [item for item in tries(node.function) if _yields(item.body)]

    def lost(self) -> Iterator[Lost]:
        found: list[Lost] = []
        is_kept = False
        for site in self._function.calls:
            if site.is_dead or _cleans_up(site):
                continue
            part, loop = self._part(site)
            if not part:
                continue
            stored = self._stored(site, part)
            if stored is not None:
                found.append(Lost(self._function, part, site, stored, loop))
            elif part != AFTER and self._stores.by_call(self._node, site) is not None:
                is_kept = True
        yield from (item for item in found if item.part != AFTER or not is_kept)

    def _stored(self, site: CallSite, part: str) -> Stored | None:
        """What a call stores, where it is not sheltered from the end of the generator."""
        if part == AFTER:
            return self._stores.by_call(self._node, site)
        if not self._function.is_async or not _is_cancelled(site, self._function):
            return None
        return self._stores.by_call(self._node, site)

    def _part(self, site: CallSite) -> tuple[str, t.Node | None]:
        for statement in reversed(self._tries):
            if t.in_block(statement.final, site.node):
                return FINALLY, None
            for handler in statement.handlers:
                if t.in_block(handler.body, site.node):
                    return (CANCELLED, None) if _catches_the_end(handler) else ("", None)
        for loop in self._loops:
            if loop.end <= site.node.start and _leads_on(self._function, loop, site):
                return AFTER, loop
        return "", None


def _cleans_up(site: CallSite) -> bool:
    """Whether a call takes away what the stream alone has used: no part of an answer is in it."""
    name = (terminal_name(site.node.func) or "").lstrip("_").removeprefix("a")
    return name.partition("_")[0] in _CLEANING


def _stores(project: Project) -> Stores:
    return Stores(project.program, project.execution)


def _streaming(function: Function) -> Iterator[t.Node]:
    """The outermost loops that yield, and the statements that hand the turn to a generator."""
    loops = [loop for loop in function.loops if _yields((loop,))]
    yield from (
        loop for loop in loops if not any(o is not loop and t.holds(o, loop) for o in loops)
    )
    for each in function.yields:
        if each.delegates and not any(t.holds(loop, each) for loop in loops):
            yield each


def _yields(body: Iterable[t.Node]) -> bool:
    return any(isinstance(node, t.Yield) for node in own_nodes(body))


def _catches_the_end(handler: t.Handler) -> bool:
    """Whether a handler runs where the task of the response is cancelled."""
    if handler.type is None:
        return True
    types = handler.type.items if isinstance(handler.type, t.Sequence) else (handler.type,)
    return any(terminal_name(item) in _ENDS for item in types)


def _leads_on(function: Function, loop: t.Node, site: CallSite) -> bool:
    """Whether what comes after a loop leads to a call: no other branch, nothing that leaves."""
    block: t.Block = function.node.body if isinstance(function.node, t.FunctionDef) else ()
    while True:
        holder = next((item for item in block if t.holds(item, loop)), None)
        if holder is None or holder is loop:
            return True
        inner = next((each for each in blocks_of(holder) if t.in_block(each, loop)), None)
        if inner is None:
            return True
        if not t.holds(holder, site.node):
            if leaves(inner):
                return False
        elif not t.in_block(inner, site.node) and not isinstance(holder, (t.Try, t.With)):
            return False
        block = inner


def _is_cancelled(site: CallSite, function: Function) -> bool:
    """Whether a call in an ending generator waits, and for nothing that is shielded."""
    if any(_is_shield(statement) for statement in site.enclosing):
        return False
    around = [
        call.node
        for call in function.calls
        if call is not site and any(t.holds(arg.value, site.node) for arg in call.node.args)
    ]
    if any(terminal_name(node.func) in _STARTS for node in around):
        return False
    return (
        site.awaited
        or site.handed
        or any(call.awaited for call in function.calls if call.node in around)
    )


def _is_shield(statement: t.Node) -> bool:
    """Whether a `with` keeps what is in it from being cancelled: `CancelScope(shield=True)`."""
    return isinstance(statement, t.With) and any(
        isinstance(item.context, t.Call)
        and terminal_name(item.context.func) in _SCOPES
        and item.context.argument("shield") is not None
        for item in statement.items
    )
