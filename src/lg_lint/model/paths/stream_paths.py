"""The paths of a project's streams: the one door of this room."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from lg_lint.base.finding import Finding, Hop, Place
from lg_lint.facts import tree as t
from lg_lint.model.clients.endpoints import Endpoints
from lg_lint.model.clients.requests import StreamedRequest, streamed_requests
from lg_lint.model.entry import Entry
from lg_lint.model.hosting.servers.records import Join
from lg_lint.model.paths.drafts import Draft, attach
from lg_lint.model.paths.graph_hops import folded, graph_hops, runs_in
from lg_lint.model.paths.platform_hops import platform_hops
from lg_lint.model.paths.proxy_hops import proxy_hops
from lg_lint.model.paths.records import StreamPath, badness, weakest_of
from lg_lint.model.paths.server_hops import server_hops
from lg_lint.model.paths.web_hops import handling, making, web_hops, websocket_hops
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.streams.silences import Silences
from lg_lint.model.web.addresses import Addresses
from lg_lint.model.web.applications import Applications, Host
from lg_lint.program.scopes import Function

_USUAL_PATIENCE = 60.0
_BALANCER = "if a load balancer stands in front, how long may a stream be silent, or last?"
_READER = "who reads it, how long does it wait for the next chunk, does it ask again?"
_UPGRADE = "does a proxy stand in front, and does it pass `Upgrade` on?"


def stream_paths(project: Project, findings: Sequence[Finding]) -> list[StreamPath]:
    """The paths of all streaming routes, those with the worst findings first.

    One route has a path for each deployment that serves it: these are alternatives. Deployments
    between which nothing differs share one.
    """
    applications = project.once(Applications)
    found: list[StreamPath] = []
    for response in project.responses:
        entries: list[Entry | None] = list(applications.entries(response)) or [None]
        for entry in entries if response.live else ():
            found += _different(_paths(project, response, entry, findings))
    for entry in project.entries:
        if entry.kind == "websocket":
            found += _different(_paths(project, None, entry, findings))
    return sorted(found, key=_order)


def _different(paths: Iterable[StreamPath]) -> list[StreamPath]:
    found: list[StreamPath] = []
    for path in paths:
        same = next((at for at, each in enumerate(found) if each.hops == path.hops), None)
        if same is None:
            found.append(path)
        else:
            titles = f"{found[same].deployment}, {path.deployment}"
            found[same] = replace(found[same], deployment=titles)
    return found


def _order(path: StreamPath) -> tuple[bool, tuple[int, int], Place, str, str]:
    worst = path.worst
    rank = badness(worst) if worst is not None else (0, 0)
    return worst is None, rank, path.place, path.route, path.deployment


def _paths(
    project: Project,
    response: StreamResponse | None,
    entry: Entry | None,
    findings: Sequence[Finding],
) -> Iterator[StreamPath]:
    place, name, ends = _ends(project, response, entry)
    addresses = project.once(Addresses).of(entry) if entry is not None else ()
    for server in server_hops(project, response, _above(project, response, entry)):
        drafts = [*_of_code(project, response, entry), server.draft]
        drafts += _outside(project, response, server.join)
        attach(findings, drafts, ends)
        hops = tuple(draft.finished() for draft in folded(drafts))
        path = StreamPath(
            addresses[0] if addresses else name, name, place, addresses, server.deployment, hops,
            weakest_of(hops),
        )  # fmt: skip
        worst = path.worst
        yield replace(path, why=f"{worst.code}: {worst.message}") if worst is not None else path


def _ends(
    project: Project, response: StreamResponse | None, entry: Entry | None
) -> tuple[Place, str, frozenset[Place]]:
    """Where a stream is, what it is called by, and the places that stand for it in traces."""
    function = None
    if entry is not None:
        function = entry.ref.function
    elif response is not None:
        function = response.route
    own = project.at(response.site) if response is not None else None
    if function is None:
        assert own is not None
        return own, "(no route)", frozenset({own})
    place = project.place(function.module, function.name_span)
    return place, f"{function.name}()", frozenset({place, own or place})


def _above(project: Project, response: StreamResponse | None, entry: Entry | None) -> set[Host]:
    """The applications and routers that hold a stream."""
    applications = project.once(Applications)
    if response is not None:
        return applications.above(response)
    node, env = (entry.site.node, entry.site.env) if entry is not None else (None, None)
    callee = node.func if isinstance(node, t.Call) else node
    if env is None or not isinstance(callee, t.Attribute):
        return set()
    return applications.holding(applications.hosts(callee.value, env))


def _outside(
    project: Project, response: StreamResponse | None, join: Join | None
) -> Iterator[Draft]:
    """What stands outside of the application."""
    if response is not None:
        yield from proxy_hops(project, response, join)
        yield from platform_hops(project, response, join, _balancer(project, response))
        yield _client(project, response)
        return
    yield Draft(Hop.PROXY, "", is_known=False, question=_UPGRADE)
    yield from platform_hops(project, None, join, _BALANCER)
    yield Draft(Hop.CLIENT, "", is_known=False, question=_READER)


def _of_code(
    project: Project, response: StreamResponse | None, entry: Entry | None
) -> Iterator[Draft]:
    """The hops in the code of the application; drafts are made anew for each path."""
    functions: list[Function] = []
    if response is not None:
        functions = making(project, response)
    elif entry is not None:
        functions = handling(project, entry)
    runs = runs_in(project, functions)
    hops = list(graph_hops(project, runs))
    yield from hops
    if not any(hop.hop is Hop.GRAPH for hop in hops):
        live = response.live_site if response is not None else None
        place = project.at(live) if live is not None else None
        question = "no run of a graph is seen here: what makes the chunks?"
        yield Draft(Hop.GRAPH, "", place, is_known=False, question=question)
    if response is not None:
        yield from web_hops(project, response, functions)
    elif entry is not None:
        yield from websocket_hops(project, entry, functions)


# --- what no file says ---------------------------------------------------------------------


def _balancer(project: Project, response: StreamResponse) -> str:
    """What to ask of a load balancer that no file speaks of."""
    longest = _longest_silence(project, response)
    if longest is None:
        return _BALANCER
    return f"if a load balancer stands in front, is its idle timeout above {longest:g} s?"


def _longest_silence(project: Project, response: StreamResponse) -> float | None:
    """The longest silence whose length the source says; None for none of note."""
    silences = project.once(Silences.of)
    known = [silence.seconds or 0.0 for silence, _ in silences.of_response(response)]
    longest = max(known, default=0.0)
    return longest if longest >= _USUAL_PATIENCE else None


def _client(project: Project, response: StreamResponse) -> Draft:
    found = project.once(_requests).get(id(response))
    if found is None:
        return Draft(Hop.CLIENT, "", is_known=False, question=_READER)
    draft = Draft(Hop.CLIENT, _title(found), project.at(found.site))
    draft.spans = [project.at(found.site)]
    return draft


def _requests(project: Project) -> dict[int, StreamedRequest]:
    """The first request of the project for each of its own responses."""
    found: dict[int, StreamedRequest] = {}
    requests = streamed_requests(project)
    if requests:
        endpoints = Endpoints(project)
        for request in requests:
            endpoint = endpoints.of(request)
            if endpoint is not None and endpoint.response is not None:
                found.setdefault(id(endpoint.response), request)
    return found


def _title(request: StreamedRequest) -> str:
    name = request.name
    return name if name.startswith(f"{request.library}.") else f"{request.library} {name}"
