"""Requests that a library sends again by itself: urllib3, and clients of events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import named
from lg_lint.model.clients.endpoints import Endpoint, Endpoints
from lg_lint.model.clients.repeated_requests import resumes_alone, speaks_of_resuming
from lg_lint.model.clients.requests import StreamedRequest
from lg_lint.model.project import Project
from lg_lint.program import inference
from lg_lint.program.call_graph.outside_calls import OutsideCall, made_by
from lg_lint.program.control_flow import outcomes
from lg_lint.program.store import Program
from lg_lint.program.values import Const, Container, Value, Values, strings

_ADAPTER = named("adapter")
_RETRY = named("adapter_retry")
_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"})
_DEFAULT_TOTAL = 10
_POOL_DEFAULT = 3


class Resending(Struct, frozen=True):
    """How often a request is sent again where no answer comes, and the call that says so."""

    times: int
    site: OutsideCall


class ResentRun(Struct, frozen=True):
    """A request that is sent again by itself, and what starts anew each time."""

    request: StreamedRequest
    resending: Resending
    endpoint: Endpoint


def resent_runs(
    project: Project, endpoints: Endpoints, requests: Iterable[StreamedRequest]
) -> Iterator[ResentRun]:
    """The requests, of those given, whose resending starts a run again; none that resumes."""
    for request in requests:
        found = resending(project.program, request)
        endpoint = endpoints.of(request) if found is not None else None
        if found is None or endpoint is None or resumes_alone(project, request):
            continue
        if endpoints.starts_a_run(request, endpoint):
            yield ResentRun(request, found, endpoint)


class AskedAgain(Struct, frozen=True):
    """A request that its client sends anew by itself; `leaves` where the loop ends by itself."""

    request: StreamedRequest
    endpoint: Endpoint
    leaves: bool


def asked_again(
    project: Project, endpoints: Endpoints, requests: Iterable[StreamedRequest]
) -> Iterator[AskedAgain]:
    """The requests, of those given, that are sent anew when the answer has ended.

    None where the route that answers knows what was sent already.
    """
    for request in requests:
        endpoint = endpoints.of(request) if request.asks_again else None
        if endpoint is None or not endpoints.starts_a_run(request, endpoint):
            continue
        response = endpoint.response
        route = response.route if response is not None else None
        if route is not None and speaks_of_resuming(route.node):
            continue
        body = request.loop.body if request.loop is not None else ()
        leaves = not outcomes(body).isdisjoint({"break", "return", "raise"})
        yield AskedAgain(request, endpoint, leaves)


def resending(program: Program, request: StreamedRequest) -> Resending | None:
    """What sends a request again; None where nothing does, or it cannot be known."""
    if request.library == "requests":
        found = next(_mounted(program, request), None)
    elif request.library == "urllib3":
        found = _pooled(program, request)
    else:
        found = None
    if found is None or request.verb is None or request.verb not in found.verbs:
        return None
    return Resending(found.times, found.site)


class _Policy(Struct, frozen=True):
    times: int
    verbs: frozenset[str]
    site: OutsideCall


def _mounted(program: Program, request: StreamedRequest) -> Iterator[_Policy]:
    """`session.mount("https://", HTTPAdapter(max_retries=...))`."""
    for found, scope in program.calls_named("mount"):
        func, env = found.node.func, program.env(scope)
        if not isinstance(func, t.Attribute) or request.construction is None:
            continue
        mount = OutsideCall(found.node, env)
        owners = inference.infer(program, func.value, env)
        if request.client not in owners or not _covers(program, mount, request):
            continue
        for value in mount.argument(program, "adapter", 1):
            made = made_by(value)
            if made is not None and getattr(value, "type", "") == _ADAPTER:
                policy = _policy(program, made.argument(program, "max_retries", 2), made)
                if policy is not None:
                    yield policy


def _covers(program: Program, mount: OutsideCall, request: StreamedRequest) -> bool:
    """Whether an adapter's prefix fits the address, as far as both are literal."""
    prefixes = mount.texts(program, "prefix", 0)
    urls = strings(inference.infer(program, request.url, request.site.env)) if request.url else []
    return not prefixes or not urls or any(urls[0].startswith(prefix) for prefix in prefixes)


def _pooled(program: Program, request: StreamedRequest) -> _Policy | None:
    """`PoolManager(retries=...)`, `pool.request(..., retries=...)`; three by default."""
    construction = request.construction
    if request.client is not None and construction is None:
        return None
    for site in (request.site, construction):
        if site is not None and site.is_spread:
            return None
        if site is not None and site.node.argument("retries") is not None:
            return _policy(program, site.argument(program, "retries"), site)
    return _Policy(_POOL_DEFAULT, _IDEMPOTENT, construction or request.site)


def _policy(program: Program, given: Values, site: OutsideCall) -> _Policy | None:
    """What a number or a Retry object does; None where it sends nothing again, or is unknown."""
    if len(given) != 1:
        return None
    times, made = _count(given[0]), made_by(given[0])
    if times:
        return _Policy(times, _IDEMPOTENT, site)
    if made is None or made.is_spread or getattr(given[0], "type", "") != _RETRY:
        return None
    counts = [
        _DEFAULT_TOTAL if made.node.argument(keyword, position) is None else _number(values)
        for keyword, position in (("total", 0), ("read", 2))
        for values in (made.argument(program, keyword, position),)
    ]
    if 0 in counts:
        return None
    known = [count for count in counts if count is not None]
    return _Policy(min(known, default=_DEFAULT_TOTAL), _verbs(program, made), site)


def _verbs(program: Program, made: OutsideCall) -> frozenset[str]:
    """The methods that a Retry object may send again: all for None and False."""
    given = made.argument(program, "allowed_methods", 6)
    given = given or made.argument(program, "method_whitelist")
    if not given:
        return _IDEMPOTENT
    if any(isinstance(value, Const) and value.value in (None, False) for value in given):
        return _IDEMPOTENT | {"POST", "PATCH"}
    return frozenset(name for value in given for name in _names(program, value))


def _names(program: Program, value: Value) -> Iterator[str]:
    made = made_by(value)
    if isinstance(value, Container):
        for item in inference.items_of(program, value):
            yield from (text.upper() for text in strings(item))
    elif made is not None and getattr(value, "type", "") == "builtins.frozenset":
        for inner in made.argument(program, "", 0):
            yield from _names(program, inner)


def _count(value: Value) -> int | None:
    if isinstance(value, Const) and isinstance(value.value, int):
        return int(value.value)
    return None


def _number(values: Values) -> int | None:
    """A single number; 0 for False; None where it is open."""
    return _count(values[0]) if len(values) == 1 else None
