"""Kubernetes: the paths of an Ingress, or of what other controllers have in its place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lg_lint.deploy.kubernetes import records as k
from lg_lint.deploy.kubernetes.clusters import Cluster
from lg_lint.deploy.kubernetes.ingress import Behaviour, behaviour
from lg_lint.deploy.nginx.records import Peer, Place
from lg_lint.deploy.nginx.regexes import UnknownMatchError, search
from lg_lint.deploy.settings import Setting, number, seconds, truth
from lg_lint.deploy.values import whole_number
from lg_lint.model.hosting.fronts.records import ENDLESS, Arriving, Effects, Limit, Way
from lg_lint.model.hosting.servers.records import Carrier, Deployment, Join
from lg_lint.model.hosting.servers.servers import Servers

_REWRITE = "nginx.ingress.kubernetes.io/rewrite-target"
_REGEX = "nginx.ingress.kubernetes.io/use-regex"
_literal = re.compile(r"\^?((?:/[\w.-]+)*)")
_NAMES = {
    "ingress-nginx": "ingress-nginx", "nginx-inc": "F5 nginx ingress", "unknown": "ingress",
    "alb": "AWS load balancer", "gce": "Google load balancer",
}  # fmt: skip


class IngressGate:
    """A path of an Ingress."""

    carrier: Carrier | None = None

    def __init__(
        self, deployment: Deployment, cluster: Cluster, ingress: k.Ingress, route: k.Route
    ) -> None:
        self.cluster, self.ingress, self.route = cluster, ingress, route
        self.deployment: Deployment | None = deployment
        self.behaviour: Behaviour = behaviour(ingress, _controllers_map(cluster))
        self.controller = self.behaviour.controller
        self.kind = _NAMES.get(self.controller, self.controller)
        self.text = route.path.text if route.path is not None else "/"
        setting = route.path or route.service
        self.path = setting.path or ingress.id.path or deployment.paths[-1]
        self.line = setting.line

    def peers(self) -> Iterator[Peer]:
        """The service that the path leads to, by its name and port."""
        if self.route.service.text:
            port = number(self.route.port)
            place = Place(self.path, self.route.service.line)
            yield Peer(self.route.service.text, int(port) if port else None, place)

    def joins(self, peer: Peer, joins: list[Join]) -> list[Join]:
        """The programs of the same deployment behind that service."""
        name = (peer.host or "").lower()
        inside = [each for each in joins if each.deployment is self.deployment]
        found = [each for each in inside if name in each.process.names]
        wanted = self._target(peer)
        return [each for each in found if wanted is None or _may_listen(each, wanted)]

    def _target(self, peer: Peer) -> int | None:
        """The port of the pod that a service leads to, where it is a known number."""
        service = self.cluster.named(self.route.service.text)
        for port, target in service.ports if service is not None else ():
            if peer.port is None or number(port) == peer.port:
                found = number(target)
                return int(found) if found is not None else None
        return None

    def ways(self, arriving: str) -> Iterator[Way]:
        """The paths of clients that this one passes on as `arriving`, where no other takes them."""
        literal = _literal.match(self.text)
        before = literal[1] if literal is not None else ""
        for path in dict.fromkeys((arriving, before.rstrip("/") + arriving)):
            passed = self._passed(path)
            if passed == arriving and not self._is_taken(path):
                yield Way(path, self.route.path is None or self.route.path.known)

    def _passed(self, path: str) -> str | None:
        """The path that arrives for one that a client asks for; None where it is not passed on."""
        target = self.ingress.annotations.get(_REWRITE)
        match = self._match(path)
        if match is None:
            return None
        if target is None or self.controller != "ingress-nginx":
            return path
        if not target.known:
            return None
        if isinstance(match, bool):
            return target.text if "$" not in target.text else None
        found = re.sub(r"\$(\d)", lambda each: _group(match, int(each[1])), target.text)
        return found if found.startswith("/") else f"/{found}"

    def _match(self, path: str) -> re.Match[str] | bool | None:
        return _matches(self.route, path, is_regex=self._is_regex)

    @property
    def _is_regex(self) -> bool:
        """Whether paths are regular expressions: said so, or made so by a target to rewrite to."""
        is_regex = truth(self.ingress.annotations.get(_REGEX))
        return self.controller == "ingress-nginx" and (
            bool(is_regex) or _REWRITE in self.ingress.annotations
        )

    def _is_taken(self, path: str) -> bool:
        """Whether a longer path of the same host takes a request first."""
        own = len(self.text)
        for ingress in self.cluster.ingresses:
            for other in ingress.routes:
                if other is self.route or _text(other.host) != _text(self.route.host):
                    continue
                if other.path is None or len(other.path.text) <= own:
                    continue
                if _matches(other, path, is_regex=self._is_regex) is not None:
                    return True
        return False

    def effects(self, arriving: Arriving) -> Effects:
        """Its limits of time, and whether it holds chunks back; not how it ends."""
        behaviour = self.behaviour
        limits = list(self._limits())
        lines = [(self.path, self.line), *((each.path, each.line) for each in limits)]
        for setting in (
            behaviour.buffering,
            behaviour.http_version,
            behaviour.gzip,
            behaviour.chunked,
        ):
            if setting is not None and setting.chosen:
                lines.append((setting.path or self.path, setting.line))
        version = behaviour.http_version
        is_told = version is not None and version.known and version.chosen
        facts = (f"HTTP/{version.text}",) if version is not None and is_told else ()
        held = self._holds_back(arriving)
        return Effects(tuple(limits), held, facts=facts, lines=tuple(lines))

    def _limits(self) -> Iterator[Limit]:
        behaviour = self.behaviour
        if behaviour.read_timeout is not None:
            found = seconds(behaviour.read_timeout, behaviour.unit)
            yield Limit(
                ENDLESS if found == 0 else found,
                behaviour.read_timeout.path or self.path,
                behaviour.read_timeout.line,
                behaviour.total,
                not behaviour.read_timeout.chosen,
            )
        elif self.controller in ("traefik", "istio"):
            yield Limit(ENDLESS, self.path, self.line, is_default=True)
        for each in self.cluster.limits:
            if self.route.service.text in each.services:
                text = each.timeout
                yield Limit(
                    seconds(text, each.unit), text.path or each.id.path or self.path, text.line,
                    each.total,
                )  # fmt: skip

    def _holds_back(self, arriving: Arriving) -> bool | None:
        if self.controller in ("traefik", "istio", "alb", "openshift"):
            return False
        buffers = truth(self.behaviour.buffering)
        if buffers is None:
            return None
        if not buffers:
            return False
        if arriving.buffering == "no":
            return False
        version = self.behaviour.http_version
        if version is None or not version.known:
            return None
        is_held = version.text == "1.0"
        return None if is_held and arriving.buffering is None else is_held


def ingress_gates(servers: Servers) -> Iterator[IngressGate]:
    """The paths of all ingresses, each with the cluster that it is applied with."""
    for deployment in servers.deployments:
        cluster = deployment.cluster
        for ingress in cluster.ingresses if cluster is not None else ():
            for route in ingress.routes:
                assert cluster is not None
                yield IngressGate(deployment, cluster, ingress, route)


def _controllers_map(cluster: Cluster) -> k.ConfigMap | None:
    """The controller's own settings, where the cluster has them."""
    for each in cluster.config_maps:
        if "ingress" in each.id.name and ("controller" in each.id.name or "nginx" in each.id.name):
            return each
    return None


def _may_listen(join: Join, port: int) -> bool:
    """Whether a program may answer at a port: where its own are known, at these alone."""
    process = join.process
    own = process.command.value("port")
    given = [own] if own is not None else list(process.ports)
    known = {whole_number(each) for each in given}
    return not known or None in known or port in known


def _matches(route: k.Route, path: str, *, is_regex: bool) -> re.Match[str] | bool | None:
    """How a path of an Ingress takes a request in; None where it does not."""
    if route.path is None:
        return True
    text = route.path.text
    if not route.path.known:
        return None
    if is_regex and route.path_type not in ("Exact", "Prefix"):
        try:
            return search(f"^{text}", path)
        except UnknownMatchError:
            return None
    if route.path_type == "Exact":
        return True if path == text else None
    text = text.removesuffix("*").rstrip("/")
    if is_regex:
        try:
            return search(f"^{text}", path)
        except UnknownMatchError:
            return None
    return True if path == text or path.startswith(text + "/") else None


def _group(match: re.Match[str], index: int) -> str:
    try:
        return match[index] or ""
    except IndexError:
        return ""


def _text(setting: Setting | None) -> str:
    return setting.text if setting is not None else ""
