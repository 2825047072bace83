"""What stands before services in a cluster: ingresses, routes of other kinds, and their limits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lg_lint.deploy.kubernetes import records as k
from lg_lint.deploy.settings import Setting, platform
from lg_lint.deploy.yaml_nodes import Node

KINDS = ("Ingress", "Route", "IngressRoute", "HTTPRoute", "VirtualService")
_path = re.compile(r"Path(?:Prefix)?\([`'\"]([^`'\"]{1,500})[`'\"]")


def raw(node: Node | None, *keys: str) -> str:
    """A text that names something, be it known or not: `{{ include "a.name" . }}` is a name too."""
    found = node.setting(*keys) if node is not None else None
    return found.text if found is not None else ""


def settings(node: Node | None) -> dict[str, Setting]:
    """The texts of a mapping."""
    found: dict[str, Setting] = {}
    for key, each in node.items() if node is not None else ():
        setting = each.setting()
        if setting is not None:
            found[key.text] = setting
    return found


def front(name: k.Name, root: Node) -> k.Ingress:
    """An Ingress, or what other controllers have in its place."""
    spec = root.get("spec")
    annotations = settings(root.at("metadata", "annotations"))
    if spec is None:
        return k.Ingress(name, annotations.get("kubernetes.io/ingress.class"), annotations)
    if name.kind == "Ingress":
        setting = spec.setting("ingressClassName") or annotations.get("kubernetes.io/ingress.class")
        return k.Ingress(name, setting, annotations, tuple(_routes(spec)))
    readers = {
        "Route": ("openshift", _openshift),
        "IngressRoute": ("traefik", _traefik),
        "HTTPRoute": ("gateway", _gateway),
        "VirtualService": ("istio", _istio),
    }
    controller, read = readers[name.kind]
    return k.Ingress(name, platform(controller, name.line), annotations, tuple(read(spec)))


def _openshift(spec: Node) -> Iterator[k.Route]:
    service = spec.setting("to", "name")
    if service is not None:
        port = spec.setting("port", "targetPort")
        yield k.Route(spec.setting("path"), service, port, spec.setting("host"), "Prefix")


def _traefik(spec: Node) -> Iterator[k.Route]:
    for rule in _elements(spec.get("routes")):
        setting = rule.setting("match")
        match = _path.search(setting.text) if setting is not None else None
        path = setting.part(match.start(1), match.end(1)) if setting is not None and match else None
        for each in _elements(rule.get("services")):
            service = each.setting("name")
            if service is not None:
                yield k.Route(path, service, each.setting("port"), None, "Prefix")


def _gateway(spec: Node) -> Iterator[k.Route]:
    for rule in _elements(spec.get("rules")):
        paths = [each.setting("path", "value") for each in _elements(rule.get("matches"))]
        for each in _elements(rule.get("backendRefs")):
            service = each.setting("name")
            for path in paths or [None]:
                if service is not None:
                    yield k.Route(path, service, each.setting("port"), None, "Prefix")


def _istio(spec: Node) -> Iterator[k.Route]:
    for rule in _elements(spec.get("http")):
        matches = [*_elements(rule.get("match"))]
        paths = [each.setting("uri", "prefix") or each.setting("uri", "exact") for each in matches]
        for each in _elements(rule.get("route")):
            service = each.setting("destination", "host")
            port = each.setting("destination", "port", "number")
            for path in paths or [None]:
                if service is not None:
                    yield k.Route(path, service, port, None, "Prefix")


def _routes(spec: Node) -> Iterator[k.Route]:
    default = spec.get("defaultBackend") or spec.get("backend")
    if default is not None:
        yield from _route(None, default, None, "")
    rules = spec.get("rules")
    for rule in rules.elements() if rules is not None else ():
        paths = rule.at("http", "paths")
        for each in paths.elements() if paths is not None else ():
            backend = each.get("backend")
            if backend is not None:
                yield from _route(
                    each.setting("path"), backend, rule.setting("host"), raw(each, "pathType")
                )


def _route(
    path: Setting | None, backend: Node, host: Setting | None, path_type: str
) -> Iterator[k.Route]:
    """A path and its service, in the form of today and in that before `networking.k8s.io/v1`."""
    service = backend.setting("service", "name") or backend.setting("serviceName")
    port = (
        backend.setting("service", "port", "number")
        or backend.setting("service", "port", "name")
        or backend.setting("servicePort")
    )
    if service is not None:
        yield k.Route(path, service, port, host, path_type)


def limits(name: k.Name, root: Node) -> Iterator[k.Limit]:
    """The times that a resource sets for requests."""
    spec = root.get("spec")
    if name.kind == "BackendConfig":
        yield from _limit(name, spec, ("timeoutSec",), True)
    elif name.kind == "KongIngress":
        yield from _limit(name, root, ("proxy", "read_timeout"), False, 0.001)
    elif name.kind == "VirtualService" and spec is not None:
        for rule in _elements(spec.get("http")):
            hosts = tuple(raw(each, "destination", "host") for each in _elements(rule.get("route")))
            yield from _limit(name, rule, ("timeout",), True, services=hosts)
    elif name.kind == "HTTPRoute" and spec is not None:
        for rule in _elements(spec.get("rules")):
            names = tuple(raw(each, "name") for each in _elements(rule.get("backendRefs")))
            yield from _limit(name, rule, ("timeouts", "request"), True, services=names)
            yield from _limit(name, rule, ("timeouts", "backendRequest"), True, services=names)


def _limit(
    name: k.Name,
    node: Node | None,
    keys: tuple[str, ...],
    total: bool,
    unit: float = 1.0,
    services: tuple[str, ...] = (),
) -> Iterator[k.Limit]:
    found = node.setting(*keys) if node is not None else None
    if found is not None:
        yield k.Limit(name, found, total, unit, services)


def _elements(node: Node | None) -> Iterator[Node]:
    return node.elements() if node is not None else iter(())
