"""Reads manifests: what each kind of resource says, and nothing about how they belong together."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lg_lint.deploy.kubernetes import kustomizations, pods
from lg_lint.deploy.kubernetes import records as k
from lg_lint.deploy.kubernetes.fronts import KINDS, front, limits, raw, settings
from lg_lint.deploy.settings import Setting, unknown
from lg_lint.deploy.words import Command
from lg_lint.deploy.yaml_nodes import Documents, Node, documents, guarded

_LONGEST = 20_000
_reference = re.compile(r"\$?\$\(([A-Za-z_][\w.-]*)\)")
NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""What a kustomization's file is called."""
WORKLOADS = {
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "DeploymentConfig": ("spec", "template"),
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


def _resources(root: Node) -> Iterator[Node]:
    if raw(root, "kind").endswith("List") and root.get("items") is not None:
        items = root.get("items")
        yield from items.elements() if items is not None else ()
    elif root.kind == "mapping":
        yield root


def _read_one(root: Node, into: dict[str, list[Any]], kustomization: list[k.Kustomization]) -> None:
    kind = raw(root, "kind")
    if kind in ("Kustomization", "Component") or (not kind and _is_kustomization(root)):
        kustomization.append(kustomizations.kustomization(root, manifest))
        return
    metadata = root.get("metadata")
    name = k.Name(
        kind,
        raw(metadata, "name") or raw(metadata, "generateName"),
        root.line,
        root.source.path,
        raw(metadata, "namespace"),
    )
    if kind in WORKLOADS:
        into["workloads"].append(_workload(name, root))
    elif kind == "Service" and not raw(root, "apiVersion").startswith("serving.knative"):
        into["services"].append(_service(name, root))
    elif kind in ("HorizontalPodAutoscaler", "ScaledObject"):
        into["autoscalers"].append(_autoscaler(name, root))
    elif kind == "ConfigMap":
        into["config_maps"].append(k.ConfigMap(name, settings(root.get("data"))))
    elif kind in KINDS:
        into["ingresses"].append(front(name, root))
    into["limits"] += limits(name, root)


def _is_kustomization(root: Node) -> bool:
    """Whether a document without a kind is a kustomization: the file's name says so, if known."""
    name = posixpath.basename(root.source.path)
    keys = ("resources", "patches", "bases", "components")
    return name in ("", *NAMES) and any(key in root.entries() for key in keys)


def _texts(node: Node | None) -> dict[str, str]:
    return {key: setting.text for key, setting in settings(node).items()}


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
    return k.Service(name, _texts(root.at("spec", "selector")), tuple(ports), settings(annotations))


def _autoscaler(name: k.Name, root: Node) -> k.Autoscaler:
    spec = root.get("spec")
    target = spec.get("scaleTargetRef") if spec is not None else None
    keda = name.kind == "ScaledObject"
    names = ("minReplicaCount", "maxReplicaCount") if keda else ("minReplicas", "maxReplicas")
    return k.Autoscaler(
        name,
        (
            raw(target, "kind") or ("Deployment" if target else ""),
            raw(target, "name"),
        ),
        spec.setting(names[0]) if spec is not None else None,
        spec.setting(names[1]) if spec is not None else None,
    )


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


def expanded(command: Command, env: Mapping[str, Setting]) -> Command:
    """A command with `$(NAME)` put in as Kubernetes does it; what is not set stays as it stands.

    A word is unknown where a variable of it is, or where unknown names may be set.
    """
    return Command(
        tuple(_expanded(word, env) for word in command.words), command.line, command.form
    )


def _expanded(word: Setting, env: Mapping[str, Setting]) -> Setting:
    if "$(" not in word.text or len(word.text) > _LONGEST:
        return word
    known, length = word.known, 0

    def value(match: re.Match[str]) -> str:
        nonlocal known, length
        if match[0].startswith("$$"):
            return match[0][1:]
        found = env.get(match[1])
        if found is None:
            known = known and "*" not in env
            return match[0]
        length += len(found.text)
        known = known and found.known and length <= _LONGEST
        return found.text if length <= _LONGEST else ""

    text = _reference.sub(value, word.text)
    if text == word.text and known == word.known:
        return word
    breaks = word.breaks if len(text) == len(word.text) else ()
    return Setting(text, word.line, word.path, word.origin if known else "unknown", breaks)
