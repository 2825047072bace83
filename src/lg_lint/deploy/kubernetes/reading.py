"""Reads manifests: what each kind of resource says, and nothing about how they belong together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lg_lint.deploy.kubernetes import kustomizations, pods
from lg_lint.deploy.kubernetes import records as k
from lg_lint.deploy.settings import Setting, unknown
from lg_lint.deploy.yaml_nodes import Documents, Node, documents, guarded

WORKLOADS = {
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "Rollout": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "Pod": (),
}


def read(data: bytes, path: str = "") -> k.Manifest:
    """The manifests of a file without template actions."""
    return manifest(documents(data, path))


def manifest(found: Documents) -> k.Manifest:
    """The manifests of documents that were composed before, such as those of a Helm template."""
    unread = list(found.unread)
    collected: dict[str, list[Any]] = {
        name: [] for name in k.Manifest.__struct_fields__ if name not in ("kustomization", "unread")
    }
    kustomization: list[k.Kustomization] = []

    def one(root: Node) -> None:
        for resource in _resources(root):
            _read_one(resource, collected, kustomization)
        collected["operations"] += kustomizations.operations(root)

    guarded(one, found.roots, unread)
    fields: dict[str, Any] = {name: tuple(each) for name, each in collected.items()}
    return k.Manifest(
        **fields,
        kustomization=kustomization[0] if kustomization else None,
        unread=tuple(unread),
    )


def is_manifest(root: Node) -> bool:
    """Whether a document is a resource of Kubernetes, whatever the file's name is."""
    return root.get("kind") is not None and root.get("apiVersion") is not None


def _resources(root: Node) -> Iterator[Node]:
    if _raw(root, "kind").endswith("List") and root.get("items") is not None:
        items = root.get("items")
        yield from items.elements() if items is not None else ()
    elif root.kind == "mapping":
        yield root


def _read_one(root: Node, into: dict[str, list[Any]], kustomization: list[k.Kustomization]) -> None:
    kind = _raw(root, "kind")
    if kind in ("Kustomization", "Component") or (
        not kind and ("resources" in root.entries() or "patches" in root.entries())
    ):
        kustomization.append(kustomizations.kustomization(root, manifest))
        return
    metadata = root.get("metadata")
    name = k.Name(
        kind,
        _raw(metadata, "name") or _raw(metadata, "generateName"),
        root.line,
        root.source.path,
        _raw(metadata, "namespace"),
    )
    if kind in WORKLOADS:
        into["workloads"].append(_workload(name, root))
    elif kind == "Service" and not _raw(root, "apiVersion").startswith("serving.knative"):
        into["services"].append(_service(name, root))
    elif kind in ("HorizontalPodAutoscaler", "ScaledObject"):
        into["autoscalers"].append(_autoscaler(name, root))
    elif kind == "Ingress":
        into["ingresses"].append(_ingress(name, root))
    elif kind == "ConfigMap":
        into["config_maps"].append(k.ConfigMap(name, _settings(root.get("data"))))
    else:
        into["limits"] += _limits(name, root)


def _raw(node: Node | None, *keys: str) -> str:
    """A text that names something, be it known or not: `{{ include "a.name" . }}` is a name too."""
    found = node.setting(*keys) if node is not None else None
    return found.text if found is not None else ""


def _settings(node: Node | None) -> dict[str, Setting]:
    found: dict[str, Setting] = {}
    for key, each in node.items() if node is not None else ():
        setting = each.setting()
        if setting is not None:
            found[key.text] = setting
    return found


def _texts(node: Node | None) -> dict[str, str]:
    return {key: setting.text for key, setting in _settings(node).items()}


def _workload(name: k.Name, root: Node) -> k.Workload:
    pod = root.at(*WORKLOADS[name.kind]) if WORKLOADS[name.kind] else root
    spec = pod.get("spec") if pod is not None else None
    if spec is None:
        return k.Workload(name, root.setting("spec", "replicas"))
    return k.Workload(
        name,
        root.setting("spec", "replicas"),
        spec.setting("terminationGracePeriodSeconds"),
        _texts(pod.at("metadata", "labels") if pod is not None else None),
        pods.containers(spec.get("containers")),
        pods.config_volumes(spec.get("volumes")),
    )


def _service(name: k.Name, root: Node) -> k.Service:
    ports = []
    listed = root.at("spec", "ports")
    for each in listed.elements() if listed is not None else ():
        port = each.setting("port")
        if port is not None:
            ports.append((port, each.setting("targetPort") or port))
    annotations = root.at("metadata", "annotations")
    return k.Service(
        name, _texts(root.at("spec", "selector")), tuple(ports), _settings(annotations)
    )


def _autoscaler(name: k.Name, root: Node) -> k.Autoscaler:
    spec = root.get("spec")
    target = spec.get("scaleTargetRef") if spec is not None else None
    keda = name.kind == "ScaledObject"
    names = ("minReplicaCount", "maxReplicaCount") if keda else ("minReplicas", "maxReplicas")
    return k.Autoscaler(
        name,
        (
            _raw(target, "kind") or ("Deployment" if target else ""),
            _raw(target, "name"),
        ),
        spec.setting(names[0]) if spec is not None else None,
        spec.setting(names[1]) if spec is not None else None,
    )


def _ingress(name: k.Name, root: Node) -> k.Ingress:
    spec = root.get("spec")
    annotations = _settings(root.at("metadata", "annotations"))
    said = spec.setting("ingressClassName") if spec is not None else None
    return k.Ingress(
        name,
        said or annotations.get("kubernetes.io/ingress.class"),
        annotations,
        tuple(_routes(spec)) if spec is not None else (),
    )


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
                    each.setting("path"), backend, rule.setting("host"), _raw(each, "pathType")
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


def _limits(name: k.Name, root: Node) -> Iterator[k.Limit]:
    spec = root.get("spec")
    if name.kind == "BackendConfig":
        yield from _limit(name, spec, ("timeoutSec",), True)
    elif name.kind == "KongIngress":
        yield from _limit(name, root, ("proxy", "read_timeout"), False, 0.001)
    elif name.kind == "VirtualService" and spec is not None:
        for rule in _elements(spec.get("http")):
            hosts = tuple(
                _raw(each, "destination", "host") for each in _elements(rule.get("route"))
            )
            yield from _limit(name, rule, ("timeout",), True, services=hosts)
    elif name.kind == "HTTPRoute" and spec is not None:
        for rule in _elements(spec.get("rules")):
            names = tuple(_raw(each, "name") for each in _elements(rule.get("backendRefs")))
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


def environment(container: k.Container, maps: Mapping[str, k.ConfigMap]) -> dict[str, Setting]:
    """The variables of a container, with those that stand in config maps put in.

    What stands in a secret or in a map that is not there is unknown. `*` stands for all the
    variables of such a map, whose names are unknown as well.
    """
    found: dict[str, Setting] = {}
    for each in container.env_from:
        source = maps.get(each.name) if each.kind == "ConfigMap" else None
        if source is None:
            found["*"] = unknown(each.name, each.line)
            continue
        found.update({each.prefix + key: value for key, value in source.data.items()})
    found.update(container.env)
    for name, each in container.references.items():
        source = maps.get(each.name) if each.kind == "ConfigMap" else None
        value = source.data.get(each.key) if source is not None else None
        found[name] = value or unknown(f"{each.name}.{each.key}", each.line)
    return found
