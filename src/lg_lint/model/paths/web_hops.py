"""The hops of an application: what makes the chunks, the response, and middleware around it."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Hop
from lg_lint.model.entry import Entry
from lg_lint.model.paths.drafts import Draft, body
from lg_lint.model.paths.graph_hops import runs_in
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.streams.heartbeats import Heartbeat, heartbeat
from lg_lint.model.web.answers import Answers, Evidence, may_carry
from lg_lint.model.web.applications import Applications
from lg_lint.model.web.error_frames import guards
from lg_lint.model.web.failures import is_reported_elsewhere
from lg_lint.model.web.middleware import Installation, dispatch_of, installations
from lg_lint.model.web.responses import ANTI_BUFFERING, PATH_OPERATION
from lg_lint.program.call_graph.execution import CallNode, ThreadContext
from lg_lint.program.scopes import Function
from lg_lint.program.values import ClassRef, External, FunctionRef, Value

_DEEPEST = 12


def making(project: Project, response: StreamResponse) -> list[Function]:
    """The functions that make the chunks of a response: its generators, and all that they call.

    Where none of these runs a graph, what the route starts beside them is asked as well.
    """
    execution = project.execution
    states = [
        execution.state(ref, ThreadContext.LOOP if ref.function.is_async else ThreadContext.THREAD)
        for ref in response.generators
    ]
    found = _reached(project, states)
    if response.route is not None and not runs_in(project, found):
        started = _reached(project, [execution.state_of(response.route)])
        return list(dict.fromkeys([*found, *started]))
    return found


def handling(project: Project, entry: Entry) -> list[Function]:
    """A websocket's handler, and all that it calls."""
    return _reached(project, [project.execution.state(entry.ref, entry.world)])


def _reached(project: Project, states: list[CallNode]) -> list[Function]:
    found = {state.function: None for state in states}
    seen = set(states)
    for _ in range(_DEEPEST):
        edges = [edge for state in states for edge in project.execution.edges(state)]
        states = list({edge.target: None for edge in edges if edge.target not in seen})
        seen.update(states)
        found.update({state.function: None for state in states})
    return list(found)


def web_hops(
    project: Project, response: StreamResponse, functions: list[Function]
) -> Iterator[Draft]:
    """The generator, the response, and the middleware around it in the order of the source."""
    yield _generator(project, response, functions)
    yield _response(project, response)
    yield from _middleware(project, response)


def websocket_hops(project: Project, entry: Entry, functions: list[Function]) -> Iterator[Draft]:
    """The handler, and the socket: its messages pass no middleware for responses."""
    function = entry.ref.function
    place = project.place(function.module, function.name_span)
    draft = Draft(Hop.GENERATOR, f"{function.name}()", place)
    draft.facts.append("on the event loop" if function.is_async else "in a thread")
    for each in functions:
        draft.spans += body(project, each)
    yield draft
    yield Draft(Hop.RESPONSE, "websocket", project.at(entry.site))


# --- what makes the chunks -----------------------------------------------------------------


def _generator(project: Project, response: StreamResponse, functions: list[Function]) -> Draft:
    draft = Draft(Hop.GENERATOR, "?", project.at(response.site))
    if response.generators:
        first = response.generators[0].function
        draft.title = ", ".join(f"{ref.function.name}()" for ref in response.generators[:3])
        draft.place = project.place(first.module, first.name_span)
        draft.facts.append("on the event loop" if first.is_async else "in a thread")
        draft.facts.append(_error_frame(project, response))
    elif response.live_site is not None:
        draft.title, draft.place = "no function of its own", project.at(response.live_site)
    else:
        draft.is_known = False
        draft.question = "what makes the chunks, and what does it send when the run fails?"
    draft.facts.append(_heartbeat(project, response))
    for function in functions:
        draft.spans += body(project, function)
    draft.facts = list(filter(None, draft.facts))
    return draft


def _error_frame(project: Project, response: StreamResponse) -> str:
    if any(any(guards(ref.function)) for ref in response.generators):
        return "error frame"
    if is_reported_elsewhere(project, response):
        return "error frame ?"
    return "no error frame"


def _heartbeat(project: Project, response: StreamResponse) -> str:
    found, seconds = heartbeat(project, response)
    if found is Heartbeat.PING and seconds:
        return f"ping every {seconds:g} s"
    return found.value


# --- the response --------------------------------------------------------------------------


def _response(project: Project, response: StreamResponse) -> Draft:
    name = response.type.rpartition(".")[2]
    title = "path operation with yield" if response.type == PATH_OPERATION else name
    media = response.media_type or "no media type"
    facts = [media if response.media_type_known else "media type ?", _header(project, response)]
    draft = Draft(Hop.RESPONSE, title, project.at(response.site), list(filter(None, facts)))
    draft.spans = [project.at(response.site)]
    for entry in project.once(Applications).entries(response):
        draft.spans += body(project, entry.ref.function)
    if response.route is not None:
        draft.spans += body(project, response.route)
    return draft


def _header(project: Project, response: StreamResponse) -> str:
    if may_carry(response):
        value = response.headers[ANTI_BUFFERING]
        return f"X-Accel-Buffering: {'?' if value is None else value}"
    evidence = project.once(Answers).of(response)
    if evidence is Evidence.YES:
        return "X-Accel-Buffering: no"
    if evidence is Evidence.MAYBE or not response.headers_known:
        return "X-Accel-Buffering ?"
    return "no X-Accel-Buffering"


# --- middleware ----------------------------------------------------------------------------


def _middleware(project: Project, response: StreamResponse) -> Iterator[Draft]:
    """What stands around the response, in the order of the source."""
    applications = project.once(Applications)
    above = applications.above(response)
    for each in project.once(_installed):
        if not each.hosts & above:
            continue
        dispatch = [ref.function for ref in dispatch_of(project.program, each)]
        draft = Draft(Hop.MIDDLEWARE, _name(each.value), project.at(each.site))
        if dispatch:
            draft.facts.append("BaseHTTPMiddleware")
        draft.spans = [project.at(each.site)]
        for function in dispatch:
            draft.spans += body(project, function)
        yield draft


def _installed(project: Project) -> list[Installation]:
    return list(installations(project.once(Applications)))


def _name(value: Value) -> str:
    if isinstance(value, External):
        return value.name.rpartition(".")[2]
    if isinstance(value, ClassRef):
        return value.cls.name
    if isinstance(value, FunctionRef):
        return f"{value.function.name}()"
    return "middleware ?"
