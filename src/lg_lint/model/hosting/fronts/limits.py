"""How long what stands in front of a stream waits for it: the limits that may cut the stream."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from lg_lint.model.hosting.fronts.balancers import balancers
from lg_lint.model.hosting.fronts.fronts import Fronts
from lg_lint.model.hosting.fronts.ingress_gates import IngressGate
from lg_lint.model.hosting.fronts.nginx_gates import NginxGate
from lg_lint.model.hosting.fronts.platforms import PlatformFront, Platforms
from lg_lint.model.hosting.fronts.records import Front, Limit
from lg_lint.model.hosting.servers.records import Join
from lg_lint.model.hosting.servers.servers import Servers
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.web.applications import Served

Sort = Literal["proxy", "ingress", "balancer", "platform"]


class Wait(Struct, frozen=True):
    """A limit of something that carries a stream. `title` is what stands there.

    `path` and `line` are where it stands, `asked` what clients ask for. `is_certain` where files
    say that the stream passes there.
    """

    sort: Sort
    title: str
    path: str
    line: int
    limit: Limit
    served: Served
    join: Join | None = None
    asked: str = ""
    is_certain: bool = True


class FrontLimits:
    """Answers how long all that carries a stream waits. Ask `project.once(FrontLimits)`.

    A location of nginx right before a program is told by `proxied`.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self.has_files = bool(project.deploying or project.proxy_configs)

    def of(self, response: StreamResponse) -> list[list[Wait]]:
        """The limits, those together of which clients may take any way."""
        groups: dict[tuple[object, ...], list[Wait]] = {}
        for key, wait in self._all(response) if self.has_files else ():
            groups.setdefault((wait.sort, wait.limit.is_total, *key), []).append(wait)
        return list(groups.values())

    def is_known(self, response: StreamResponse) -> bool:
        """Whether it is known how long something in front of a stream bears its silence."""
        fronts = self.project.once(Fronts).to(response).certain if self.has_files else []
        limits = [limit for front in fronts for limit in front.effects.limits]
        limits += [wait.limit for group in self.of(response) for wait in group]
        return any(limit.seconds is not None and not limit.is_total for limit in limits)

    def _all(self, response: StreamResponse) -> Iterator[tuple[tuple[object, ...], Wait]]:
        for front in self.project.once(Fronts).to(response).certain:
            if not _is_reported_as_proxied(front):
                for limit in front.effects.limits:
                    yield _key(front), _of_front(front, limit)
        for join in self.project.once(Servers).joins:
            for served in join.served if join.is_certain else ():
                if served.response is response and served.certain:
                    for each in self.project.once(Platforms).of(None, join):
                        yield from _of_platform(each, served, join)
        for balancer, served in balancers(self.project, response):
            for limit in balancer.limits:
                yield (balancer.path, balancer.line), _wait(balancer, limit, served, None)


def _is_reported_as_proxied(front: Front) -> bool:
    return isinstance(front.gate, NginxGate) and front.inner is None


def _key(front: Front) -> tuple[object, ...]:
    """What tells apart the ways that are not alternatives of a client."""
    inner = id(front.inner) if front.inner is not None else 0
    return id(front.join.deployment), front.kind, inner


def _of_front(front: Front, limit: Limit) -> Wait:
    sort: Sort = "proxy"
    if front.hop == "platform":
        sort = "balancer"
    elif isinstance(front.gate, IngressGate):
        sort = "ingress"
    return Wait(
        sort, front.kind, front.path, front.line, limit, front.served, front.join, front.asked
    )


def _of_platform(
    front: PlatformFront, served: Served, join: Join
) -> Iterator[tuple[tuple[object, ...], Wait]]:
    for limit in front.limits:
        yield (id(join.deployment), front.line), _wait(front, limit, served, join)


def _wait(front: PlatformFront, limit: Limit, served: Served, join: Join | None) -> Wait:
    sort: Sort = "balancer" if "load balancer" in front.kind else "platform"
    return Wait(
        sort, front.kind, front.path, front.line, limit, served, join, is_certain=join is not None
    )
