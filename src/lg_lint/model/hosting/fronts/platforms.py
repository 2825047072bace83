"""What runs a program and stands before it without a configuration of its own: platforms."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.deploy.cloud.platforms import LoadBalancer, Platform
from lg_lint.deploy.settings import Setting, seconds
from lg_lint.model.hosting.fronts.fronts import Fronts
from lg_lint.model.hosting.fronts.records import ENDLESS, Front, FrontQuestion, Limit
from lg_lint.model.hosting.servers.records import Join
from lg_lint.model.hosting.servers.servers import Servers
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse

_NAMES = {
    "cloud-run": "Cloud Run", "ecs-task": "ECS", "container-app": "Azure Container Apps",
    "fly": "Fly", "railway": "Railway", "nixpacks": "Nixpacks", "render": "Render",
    "digital-ocean": "DigitalOcean", "app-engine": "App Engine",
}  # fmt: skip
_BALANCERS = {
    "application": "AWS load balancer", "classic": "AWS load balancer (classic)",
    "network": "AWS network load balancer", "gateway": "AWS gateway load balancer",
    "backend": "Google load balancer", "unknown": "load balancer",
}  # fmt: skip
_SILENT = ("network", "gateway")
"""Kinds that do not cut a stream for its silence."""


class PlatformFront(Struct, frozen=True, eq=False):
    """A platform, or a load balancer, that a stream passes."""

    kind: str
    path: str
    line: int
    limits: tuple[Limit, ...] = ()
    facts: tuple[str, ...] = ()

    @property
    def lines(self) -> set[tuple[str, int]]:
        """The places that make it what it is: its own, and those of its limits."""
        return {(self.path, self.line), *((each.path, each.line) for each in self.limits)}


class Platforms:
    """Answers what a program runs on. Ask `project.once(Platforms)`."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.servers = project.once(Servers) if project.deploying else None

    def of(self, response: StreamResponse | None, join: Join | None) -> list[PlatformFront]:
        """What stands between a program and its clients, the nearest to it first."""
        if join is None:
            return []
        found: list[PlatformFront] = []
        platform = join.process.platform
        if platform is not None:
            found.append(_platform(platform, join))
        found += self._ingresses(response, join)
        balancers = _balancers(join)
        if len(balancers) == 1 and platform is not None and platform.kind == "ecs-task":
            found.append(balancer_front(balancers[0], join.process.path))
        return found

    def questions(self, join: Join | None) -> Iterator[FrontQuestion]:
        """Load balancers and containers that may be those of a program."""
        for deployment in self.servers.deployments if self.servers is not None else ():
            found = deployment.found
            is_own = join is not None and join.deployment is deployment
            told = is_own and len(_balancers(join)) == 1 if join is not None else False
            for each in found.balancers if found is not None and not told else ():
                kind = _BALANCERS.get(each.kind, each.kind)
                path = each.path or deployment.paths[-1]
                yield FrontQuestion(kind, path, each.line, "which program it leads to is not said")
            for asked in deployment.questions if not is_own else ():
                if found is not None or deployment.cluster is not None:
                    yield FrontQuestion("container", asked.path, asked.line, asked.text)

    def _ingresses(self, response: StreamResponse | None, join: Join) -> Iterator[PlatformFront]:
        """The load balancers that an ingress orders."""
        fronts: list[Front] = []
        if response is not None:
            fronts = self.project.once(Fronts).to(response).certain
        for front in fronts:
            if front.join is join and front.hop == "platform":
                yield PlatformFront(front.kind, front.path, front.line, front.effects.limits)


def _balancers(join: Join) -> list[LoadBalancer]:
    found = join.deployment.found
    return list(found.balancers) if found is not None else []


def balancer_front(each: LoadBalancer, path: str) -> PlatformFront:
    """A load balancer; `path` is the file of one that does not say its own."""
    path = each.path or path
    limits = (_limit(each.idle, path, each.line, is_total=each.total),)
    if each.kind in _SILENT:
        limits = (Limit(ENDLESS, path, each.line, is_default=True),)
    return PlatformFront(_BALANCERS.get(each.kind, each.kind), path, each.line, limits)


def _platform(platform: Platform, join: Join) -> PlatformFront:
    path = platform.path or join.process.path
    kind = _NAMES.get(platform.kind, platform.kind)
    limits: tuple[Limit, ...] = ()
    if platform.timeout is not None:
        limits = (_limit(platform.timeout, path, platform.line, is_total=True),)
    facts = []
    grace = seconds(platform.grace)
    if grace is not None:
        facts.append(f"killed {grace:g} s after SIGTERM")
    name = platform.name
    title = f"{kind} {name.text}" if name is not None and name.known else kind
    return PlatformFront(title, path, platform.line, limits, tuple(facts))


def _limit(setting: Setting | None, path: str, line: int, *, is_total: bool) -> Limit:
    if setting is None:
        return Limit(None, path, line, is_total)
    found = seconds(setting)
    is_written = setting.chosen
    where = (setting.path or path, setting.line) if is_written else (path, line)
    return Limit(found, *where, is_total, not is_written)
