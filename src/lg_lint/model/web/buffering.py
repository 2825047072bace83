"""Which middleware gathers live streams of its application before it sends any of them."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import named
from lg_lint.model.project import Project
from lg_lint.model.versions import Change
from lg_lint.model.web.applications import Applications, Served
from lg_lint.model.web.body_readers import Reading, readings
from lg_lint.model.web.middleware import Installation, dispatch_of, installations
from lg_lint.model.web.responses import EVENT_STREAM
from lg_lint.model.web.stream_conditions import Stream, Truth, negated
from lg_lint.program.scopes import Function

_GZIP = named("gzip_middleware")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class Compression(Struct, frozen=True):
    """A GZipMiddleware that gathers the streams `held`, of which there is at least one.

    `passes_events` says whether its version lets event streams through, and which file decides.
    """

    installation: Installation
    held: list[Served]
    passes_events: Change


class WholeReading(Struct, frozen=True):
    """Middleware whose function `dispatch` reads the bodies of the streams `held` to their end.

    At least one is held. `certain` is False where for none of them it is known that the reading is
    come to.
    """

    installation: Installation
    dispatch: Function
    reading: Reading
    held: list[Served]
    certain: bool


def gathering(project: Project) -> Iterator[Compression | WholeReading]:
    """All that holds streams back; one place in the code several times, for several applications.

    Nothing where the project has no live response, or none that passes through middleware.
    """
    if not any(response.live for response in project.responses):
        return
    applications = project.once(Applications)
    for installation in installations(applications):
        served = applications.served(set(installation.hosts))
        if not served:
            continue
        if installation.is_a(_GZIP):
            yield from _compression(project, installation, served)
        for dispatch in dispatch_of(project.program, installation):
            for reading in readings(project.program, dispatch):
                found = _reading(project, installation, dispatch.function, reading, served)
                if found is not None:
                    yield found


# --- GZipMiddleware ------------------------------------------------------------------------


def _compression(
    project: Project, installation: Installation, served: list[Served]
) -> Iterator[Compression]:
    near = installation.site.path
    passes_events = project.versions.change("gzip-passes-event-streams", near)
    if project.versions.has("gzip-flushes", near):
        return
    held = [item for item in served if _is_held(item, passes_events)]
    if held:
        yield Compression(installation, held, passes_events)


def _is_held(served: Served, passes_events: Change) -> bool:
    response = served.response
    if "content-encoding" in response.headers:
        return False
    if not passes_events.holds:
        return True
    media_type = response.media_type or ""
    return response.media_type_known and not media_type.lower().startswith(EVENT_STREAM)


# --- dispatch functions --------------------------------------------------------------------


def _reading(
    project: Project,
    installation: Installation,
    dispatch: Function,
    reading: Reading,
    served: list[Served],
) -> WholeReading | None:
    judged = [(item, _is_come_to(project, reading, item)) for item in served]
    held = [item for item, truth in judged if truth in (Truth.YES, Truth.OTHER)]
    if not held:
        return None
    certain = any(truth is Truth.YES for _, truth in judged)
    return WholeReading(installation, dispatch, reading, held, certain)


def _is_come_to(project: Project, reading: Reading, served: Served) -> Truth:
    """Whether the body of a stream comes to the reading."""
    stream = Stream(project.program, served.response, _method(served))
    found = Truth.YES
    for condition in reading.conditions:
        truth = stream.judge(condition.test, condition.function)
        truth = truth if condition.wanted else negated(truth)
        if truth in (Truth.NO, Truth.UNKNOWN):
            return Truth.NO
        found = truth if truth is Truth.OTHER else found
    return found


def _method(served: Served) -> str | None:
    """The HTTP method of a route, where its decorator names it."""
    node = served.entry.site.node
    callee = node.func if isinstance(node, t.Call) else node
    name = callee.attr.upper() if isinstance(callee, t.Attribute) else ""
    return name if name in _METHODS else None
