"""A front: something that carries streams of a program to its clients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Protocol

from msgspec import Struct, field

from lg_lint.deploy.nginx.records import Peer
from lg_lint.model.hosting.servers.records import Carrier, Deployment, Join
from lg_lint.model.response import StreamResponse
from lg_lint.model.web.applications import Served

ENDLESS = float("inf")


class Limit(Struct, frozen=True):
    """A time after which a front cuts a stream.

    `seconds` is None where it is not known, and endless where it never does. It counts silence, or
    with `is_total` the whole answer. `is_default` where no file says it: then `line` is where it
    would have to stand.
    """

    seconds: float | None
    path: str
    line: int
    is_total: bool = False
    is_default: bool = False


class Arriving(Struct, frozen=True):
    """A response as it arrives at a front.

    `buffering` is what its `X-Accel-Buffering` says, "" where it has none, None where it is not
    known: nginx keeps the header of what is behind it to itself.
    """

    response: StreamResponse
    buffering: str | None

    @property
    def may_say(self) -> tuple[str, ...]:
        """All that the header may be."""
        return ("", "no") if self.buffering is None else (self.buffering,)


class Effects(Struct, frozen=True):
    """What a front does to a stream. Each is None where it is not known.

    `buffering` is what it tells a proxy in front of it, as in `Arriving`.
    """

    limits: tuple[Limit, ...] = ()
    holds_back: bool | None = None
    buffering: str | None = None
    hides_truncation: bool | None = None
    facts: tuple[str, ...] = ()
    lines: tuple[tuple[str, int], ...] = ()


class Way(Struct, frozen=True):
    """A path that a client asks for so that a gate passes another one on."""

    path: str
    is_certain: bool = True


class Gate(Protocol):
    """A place of a configuration that passes requests on.

    `kind` is what stands there ("caddy", "ingress-nginx"), `text` what it is for, such as a path.
    `deployment` is the one that it belongs to, None for a machine's own; `carrier` the container
    that it runs in, None where it is none of the project's.
    """

    kind: str
    text: str
    path: str
    line: int
    deployment: Deployment | None
    carrier: Carrier | None

    def peers(self) -> Iterator[Peer]:
        """The servers that it passes to."""

    def joins(self, peer: Peer, joins: list[Join]) -> list[Join]:
        """The programs that one of these may be."""

    def ways(self, arriving: str) -> Iterator[Way]:
        """How clients reach a path behind it."""

    def effects(self, arriving: Arriving, /) -> Effects:
        """What it does to a stream that it carries."""


class Front(Struct, frozen=True, eq=False):
    """A front that carries a stream. `asked` is the path that its clients ask for.

    `inner` is the front behind it, None where its next hop is the program. `hop` is "platform" for
    what no configuration of a proxy describes.
    """

    hop: Literal["proxy", "platform"]
    kind: str
    text: str
    path: str
    line: int
    served: Served
    join: Join
    arriving: Arriving
    effects: Effects
    asked: str = ""
    inner: Front | None = None
    gate: Gate | None = None


class FrontQuestion(Struct, frozen=True):
    """A front that may carry a stream, and what is not certain of it."""

    kind: str
    path: str
    line: int
    text: str


class Found(Struct):
    """The fronts of a stream, the nearest to the program first, and those that are not certain."""

    certain: list[Front] = field(default_factory=list)
    questions: list[FrontQuestion] = field(default_factory=list)
