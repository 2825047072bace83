"""Which locations of nginx hide that a stream has broken off, and whether the stream tells it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.model.hosting.proxied.held_back import HeldBack
from lg_lint.model.hosting.proxied.ways import LocatedAnswer, NginxWay, NginxWays
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.web.sse_frames import maker
from lg_lint.model.web.stream_ends import has_end_marker, has_error_frame


class Hidden(Struct, frozen=True):
    """A way on which half an answer looks like a whole one, and what the application says itself.

    `told` is where nginx is told so, or where it would have to be told otherwise.
    """

    way: NginxWay
    told: LocatedAnswer
    has_error_frame: bool
    has_end_marker: bool

    @property
    def is_told(self) -> bool:
        """Whether a client can see in the stream itself how it has ended."""
        return self.has_error_frame and self.has_end_marker

    @property
    def name(self) -> str:
        """What makes the chunks."""
        response = self.way.served.response
        function = maker(response.generators) if response.generators else self.way.served.route
        return function.name


def hidden_ends(project: Project, response: StreamResponse) -> Iterator[Hidden]:
    """The ways that hide it, of configurations in which all do; those that hold it back are told.

    What mends a way that holds a stream back for its HTTP/1.0 mends this as well.
    """
    ways = project.once(NginxWays)
    found = ways.by_file(response) if ways.files else []
    held = project.once(HeldBack).of(response) if found else []
    for each in found:
        told = [way.hides_truncation() for way in each]
        if not all(answer.is_so for answer in told):
            continue
        frame, marker = has_error_frame(project, response), has_end_marker(project, response)
        for way, answer in zip(each, told, strict=True):
            if way not in held or "proxy_http_version" not in answer.names:
                yield Hidden(way, answer, frame, marker)
