"""Which streams leave their client without a word when the work inside them fails."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import names
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.versions import Change
from lg_lint.model.web.bodies import is_body
from lg_lint.model.web.error_frames import asks_for_failure, drains, fails_through_queue, guards
from lg_lint.model.web.middleware import under_dispatch
from lg_lint.model.web.responses import EVENT_STREAM, PATH_OPERATION, change_of
from lg_lint.program import inference
from lg_lint.program.call_graph.execution import ThreadContext
from lg_lint.program.scopes import CallSite, Function, owner
from lg_lint.program.site import Site
from lg_lint.program.store import terminal_name
from lg_lint.program.values import Container, ExternalMethod, ExternalObject

_QUEUES = names("queues")
_TAKES = names("queue_takes")
_PACES = {"sleep", "is_disconnected"}
_DEPTH = 3


def generator_expressions(response: StreamResponse) -> list[Site]:
    """The generator expressions and other comprehensions that a response iterates itself."""
    return [
        Site(value.node, value.env)
        for value in response.values
        if isinstance(value, Container) and isinstance(value.node, t.Comprehension)
    ]


def is_passed_on(project: Project, response: StreamResponse) -> bool:
    """Whether no route sends a response itself, and another one passes its chunks on."""
    own = {ref.function for ref in response.generators}
    if not own or any(
        entry.kind == "route" and entry.ref.function is response.route for entry in project.entries
    ):
        return False
    return any(
        other is not response and own < {ref.function for ref in other.generators}
        for other in project.responses
    )


def only_paces(site: Site) -> bool:
    """Whether a place only waits, for time to pass or for the client: a failure is unlikely."""
    return isinstance(site.node, t.Call) and terminal_name(site.node.func) in _PACES


class Hiding(Struct, frozen=True):
    """The changes of libraries that may end a body cleanly when the work inside it fails.

    FastAPI's for its own event streams, Starlette's under a BaseHTTPMiddleware; None for what is
    not on the way of the response.
    """

    event_stream: Change | None = None
    middleware: Change | None = None

    @property
    def in_effect(self) -> Change | None:
        """The one that does so in the version that the project has; None where none does."""
        changes = (self.event_stream, self.middleware)
        return next((each for each in changes if each is not None and each.holds), None)


def hiding(project: Project, response: StreamResponse) -> Hiding:
    """What may make half an answer of a response look like a whole one."""
    events, middleware = None, None
    if response.type == PATH_OPERATION and response.media_type == EVENT_STREAM:
        events = change_of(response, project.versions)
    if response in project.once(under_dispatch):
        middleware = project.versions.change("middleware-hides-failures", response.site.path)
    return Hiding(events, middleware)


# --- before the try ------------------------------------------------------------------------


def await_before_try(function: Function) -> CallSite | None:
    """The first call that a generator awaits before it guards its work, so that it fails unseen.

    Left out are calls inside of any `try`, those that only wait, and those of another answer that
    ends before. None where there is none; the function has at least one guard.
    """
    first = min(guard.start for guard in guards(function))
    for site in function.calls:
        outside = not any(isinstance(item, t.Try) for item in site.enclosing)
        if not site.awaited or not outside or site.node.start > first:
            continue
        if terminal_name(site.node.func) not in _PACES and not _is_left(site, first):
            return site
    return None


def _is_left(site: CallSite, first: t.Position) -> bool:
    """Whether a branch around a call returns or raises before `first`: another answer."""
    return any(
        t.in_block(body, site.node)
        and isinstance(body[-1], (t.Return, t.Raise))
        and body[-1].end < first
        for statement in site.enclosing
        if isinstance(statement, t.If)
        for body in (statement.body, statement.orelse)
    )


# --- who else tells of a failure -----------------------------------------------------------


def is_reported_elsewhere(project: Project, response: StreamResponse) -> bool:
    """Whether something else than a guard in its generators tells the client of a failure.

    What fills the queue that the chunks come from, a test of a task's exception, or a generator
    of another response that cannot be seen.
    """
    site = response.live_site
    if _only_relays(project, site) or (site is not None and _is_unseen_body(site)):
        return True
    functions = [ref.function for ref in response.generators]
    if any(map(asks_for_failure, functions)):
        return True
    return any(map(drains, functions)) and fails_through_queue(
        project.program, _around(project, response)
    )


def _only_relays(project: Project, site: Site | None) -> bool:
    """Whether the chunks come from a queue: what fills it has to say how its run ended."""
    if site is None or not isinstance(site.node, t.Call):
        return False
    taken = [
        value
        for node in t.walk(site.node)
        if isinstance(node, t.Attribute) and node.attr in _TAKES
        for value in inference.infer(project.program, node, site.env)
    ]
    return bool(taken) and all(
        isinstance(value, ExternalMethod)
        and isinstance(value.receiver, ExternalObject)
        and value.receiver.type in _QUEUES
        for value in taken
    )


def _is_unseen_body(site: Site) -> bool:
    """Whether the chunks are those of another response, whose generator cannot be seen."""
    if is_body(site.node):  # type: ignore[arg-type]
        return True
    if not isinstance(site.node, t.Name):
        return False
    bindings = owner(site.env.scope, site.node.id).bindings.get(site.node.id, ())
    return any(each.value is not None and is_body(each.value) for each in bindings)


def _around(project: Project, response: StreamResponse) -> Iterator[Function]:
    """What is defined beside the generators, and what they call or start, a few calls deep."""
    found: dict[Function, None] = {}
    for ref in response.generators:
        outer = ref.function
        while isinstance(outer.parent, Function):
            outer = outer.parent
        queue = list(outer.functions)
        while queue:
            inner = queue.pop()
            found.setdefault(inner)
            queue += inner.functions
        world = ThreadContext.LOOP if ref.function.is_async else ThreadContext.THREAD
        states = [project.execution.state(ref, world)]
        for _ in range(_DEPTH):
            states = [edge.target for state in states for edge in project.execution.edges(state)]
            found.update(dict.fromkeys(state.function for state in states))
    yield from found
