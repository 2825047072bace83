"""The fronts of each stream: the one door of this room.

Each gate of a proxy's configuration is asked from its end: which programs it passes to, and by
which path a client reaches the stream through it. Gates in front of gates are found alike.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.deploy.values import whole_number
from lg_lint.model.hosting.fronts.caddy_gates import caddy_gates
from lg_lint.model.hosting.fronts.ingress_gates import ingress_gates
from lg_lint.model.hosting.fronts.nginx_gates import nginx_gates
from lg_lint.model.hosting.fronts.records import Arriving, Found, Front, FrontQuestion, Gate
from lg_lint.model.hosting.fronts.traefik_gates import traefik_gates
from lg_lint.model.hosting.proxied.peers import LOOPBACK
from lg_lint.model.hosting.servers.records import Carrier, Deployment, Join
from lg_lint.model.hosting.servers.servers import Servers
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.web.answers import buffering_header
from lg_lint.model.web.applications import Served
from lg_lint.model.web.route_paths import RoutePaths

_MOST_IN_A_ROW = 3
_PLATFORMS = ("AWS load balancer", "Google load balancer")


class Fronts:
    """Answers with the fronts of a stream. Ask `project.once(Fronts)`.

    Those of different deployments are alternatives: `front.join` says of which program it is.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self.gates: list[Gate] = []
        self._known: dict[int, Found] = {}
        self._joins: list[Join] = []
        if project.proxy_configs or project.deploying:
            servers = project.once(Servers)
            self._joins = servers.joins
            self.gates += nginx_gates(project)
            self.gates += caddy_gates(servers)
            self.gates += ingress_gates(servers)
            self.gates += traefik_gates(servers)

    def to(self, response: StreamResponse) -> Found:
        """The fronts that carry a stream, those nearest to the program first."""
        if id(response) not in self._known:
            found = self._known[id(response)] = Found()
            for gate in self.gates:
                for served, join in self._behind(gate, response, found):
                    self._walk(gate, served, join, found)
            self._outer(found)
        return self._known[id(response)]

    def _behind(
        self, gate: Gate, response: StreamResponse, found: Found
    ) -> Iterator[tuple[Served, Join]]:
        """The stream as the programs behind a gate serve it, where that is one application."""
        for peer in gate.peers():
            joins = gate.joins(peer, self._joins)
            if len({each.hosts for each in joins}) > 1:
                if any(_serves(each, response) for each in joins):
                    _ask(found, gate, "which of several applications it leads to is not certain")
                continue
            for join in joins:
                if not join.is_certain:
                    continue
                for served in join.served:
                    if served.response is response and served.certain:
                        yield served, join

    def _walk(self, gate: Gate, served: Served, join: Join, found: Found) -> None:
        paths = self._paths(served, join)
        if paths is None:
            _ask(found, gate, f"the path of {served.route.name}() cannot be seen")
            return
        front = self._front(gate, served, join, paths, None, found)
        if front is not None:
            found.certain.append(front)

    def _front(
        self,
        gate: Gate,
        served: Served,
        join: Join,
        paths: tuple[str, ...],
        inner: Front | None,
        found: Found,
    ) -> Front | None:
        for path in paths:
            for way in gate.ways(path):
                if not way.is_certain:
                    _ask(found, gate, f"whether {way.path} is passed on here cannot be seen")
                    continue
                arriving = self._arriving(served.response, inner)
                return Front(
                    "platform" if gate.kind in _PLATFORMS else "proxy",
                    gate.kind,
                    gate.text,
                    gate.path,
                    gate.line,
                    served,
                    join,
                    arriving,
                    gate.effects(arriving),
                    way.path,
                    inner,
                    gate,
                )
        return None

    def _arriving(self, response: StreamResponse, inner: Front | None) -> Arriving:
        told = inner.effects.buffering if inner else buffering_header(self.project, response)
        return Arriving(response, told)

    def _outer(self, found: Found) -> None:
        """The gates in front of those that are known: of their deployment, or of its machine."""
        inner = list(found.certain)
        for _ in range(_MOST_IN_A_ROW):
            outer = []
            for front in inner:
                carrier = front.gate.carrier if front.gate is not None else None
                for gate in self.gates if carrier is not None else ():
                    if gate is front.gate or carrier is None:
                        continue
                    if _leads_to(gate, carrier, front.join.deployment):
                        made = self._front(
                            gate, front.served, front.join, (front.asked,), front, found
                        )
                        if made is not None:
                            outer.append(made)
            found.certain += outer
            inner = outer

    def _paths(self, served: Served, join: Join) -> tuple[str, ...] | None:
        """The paths at which a program answers with a stream."""
        routes = self.project.once(RoutePaths)
        own, roots = routes.of(served.entry, join.hosts), routes.roots(join.hosts)
        if own is None or roots is None:
            return None
        return (*own, *(root.rstrip("/") + path for root in roots for path in own))


def _serves(join: Join, response: StreamResponse) -> bool:
    return any(served.response is response for served in join.served)


def _leads_to(gate: Gate, carrier: Carrier, deployment: Deployment) -> bool:
    """Whether a gate passes to a container of a deployment that runs another proxy."""
    if gate.carrier is carrier:
        return False
    if gate.deployment is None or (gate.carrier is not None and gate.carrier.is_on_host):
        published = {whole_number(each) for each in carrier.published}
        return any(
            peer.host in LOOPBACK and peer.port is not None and peer.port in published
            for peer in gate.peers()
        )
    return gate.deployment is deployment and any(
        (peer.host or "").lower() in carrier.names for peer in gate.peers()
    )


def _ask(found: Found, gate: Gate, text: str) -> None:
    question = FrontQuestion(gate.kind, gate.path, gate.line, text)
    if question not in found.questions:
        found.questions.append(question)
