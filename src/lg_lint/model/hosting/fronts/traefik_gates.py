"""Traefik, as labels of compose services configure it: each router of a service."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.deploy.nginx.records import Peer, Place
from lg_lint.deploy.traefik import Router, routers
from lg_lint.model.hosting.fronts.records import ENDLESS, Arriving, Effects, Limit, Way
from lg_lint.model.hosting.servers.records import Carrier, Deployment, Join
from lg_lint.model.hosting.servers.servers import Servers


class TraefikGate:
    """A router that leads to the service whose labels it stands in."""

    kind = "traefik"

    def __init__(self, deployment: Deployment, service: Carrier, router: Router) -> None:
        self.deployment: Deployment | None = deployment
        self.carrier: Carrier | None = None
        self.service, self.router = service, router
        self.path = router.rule.path or service.path
        self.line = router.rule.line
        self.text = ", ".join(path for path, _ in router.paths) or "/"

    def peers(self) -> Iterator[Peer]:
        """The service that the labels stand in."""
        yield Peer(self.service.name, None, Place(self.path, self.line))

    def joins(self, peer: Peer, joins: list[Join]) -> list[Join]:
        """The program of that service in the same deployment."""
        return [
            each
            for each in joins
            if each.deployment is self.deployment and each.process.name == peer.host
        ]

    def ways(self, arriving: str) -> Iterator[Way]:
        """The paths of clients that the router's rule takes, with the prefixes that it strips."""
        taken = self.router.stripped
        for path in dict.fromkeys([*(prefix + arriving for prefix in taken), arriving]):
            stripped = next((each for each in taken if path.startswith(each + "/")), "")
            if path[len(stripped) :] == arriving and self.router.fits(path):
                yield Way(path, self.router.is_certain)

    def effects(self, arriving: Arriving) -> Effects:
        """Whether it holds chunks back; it has no limit of silence of its own."""
        router = self.router
        is_unknown = router.compresses or router.is_open
        held = True if router.buffering else None if is_unknown else False
        lines = [(each.path or self.path, each.line) for each in router.buffering]
        limit = Limit(ENDLESS, self.path, self.line, is_default=True)
        facts = ("compresses",) if router.compresses else ()
        places = ((self.path, self.line), *lines)
        return Effects((limit,), held, arriving.buffering, False, facts, places)


def traefik_gates(servers: Servers) -> Iterator[TraefikGate]:
    """The routers in the labels of compose services."""
    for deployment in servers.deployments:
        for carrier in deployment.carriers:
            for router in routers(carrier.labels):
                yield TraefikGate(deployment, carrier, router)
