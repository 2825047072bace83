"""Streams that a library compresses, and keeps until enough has come for a block of it.

Django's GZipMiddleware flushes nothing of a plain iterator before its end (django 5.2,
utils/text.py: `compress_sequence`). `enable_compression()` of aiohttp never
flushes between two writes (aiohttp 3.14, http_writer.py: `StreamWriter.write`).
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import named
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.web.applications import Applications, Served
from lg_lint.model.web.body_kinds import body_is_async
from lg_lint.model.web.django_settings import DjangoProjects
from lg_lint.program import inference
from lg_lint.program.site import Site
from lg_lint.program.values import ExternalMethod, ExternalObject

_ENCODING = "content-encoding"


class Kept(Struct, frozen=True):
    """What compresses the streams `held`, of which there is at least one, and where."""

    site: Site
    name: str
    held: list[Served]
    cure: str


def kept_streams(project: Project) -> Iterator[Kept]:
    """All that compresses live streams so."""
    if any(response.live for response in project.responses):
        yield from _by_django(project)
        yield from _by_aiohttp(project)


def _by_django(project: Project) -> Iterator[Kept]:
    projects = DjangoProjects(project.program)
    held: dict[t.Node, tuple[Site, list[Served]]] = {}
    for served in project.once(Applications).of_django():
        response = served.response
        if not response.live or _ENCODING in response.headers or not response.headers_known:
            continue
        if body_is_async(project.program, response.values) is not False:
            continue
        for site in projects.places(served.route.module.path, named("django_gzip")):
            held.setdefault(site.node, (site, []))[1].append(served)
    for site, streams in held.values():
        yield Kept(
            site,
            "GZipMiddleware of Django",
            streams,
            "set the header Content-Encoding: identity on the response, which keeps it as it is",
        )


def _by_aiohttp(project: Project) -> Iterator[Kept]:
    program = project.program
    streams = {each.site.node: each for each in project.responses if each.live}
    for site, scope in program.calls_named("enable_compression"):
        env = program.env(scope)
        for callee in inference.infer(program, site.node.func, env):
            if isinstance(callee, ExternalMethod) and isinstance(callee.receiver, ExternalObject):
                response = streams.get(callee.receiver.site) if callee.receiver.site else None
                served = list(_served(project, response)) if response is not None else []
                if served and callee.receiver.type == named("aiohttp_stream"):
                    name = "enable_compression() of aiohttp"
                    yield Kept(Site(site.node, env), name, served, "send the stream uncompressed")


def _served(project: Project, response: StreamResponse) -> Iterator[Served]:
    for entry in project.once(Applications).entries(response):
        yield Served(response, entry, True)
