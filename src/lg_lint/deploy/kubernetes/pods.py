"""Pods: containers as Kubernetes and Knative write them."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.deploy.kubernetes.records import Container, Probe, Reference
from lg_lint.deploy.place import Word
from lg_lint.deploy.settings import Setting
from lg_lint.deploy.words import MOST_WORDS, Command
from lg_lint.deploy.yaml_nodes import Node

_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_SOURCES = {"configMapKeyRef": "ConfigMap", "secretKeyRef": "Secret"}
_WHOLE = {"configMapRef": "ConfigMap", "secretRef": "Secret"}


def containers(node: Node | None) -> tuple[Container, ...]:
    """The containers of a pod."""
    return tuple(_container(each) for each in _elements(node) if each.kind == "mapping")


def command(node: Node | None) -> Command | None:
    """A command or its arguments; a text is one word, since no shell takes it apart."""
    if node is None:
        return None
    parts = [each.setting() for each in node.elements()]
    if node.kind == "scalar":
        parts = [node.setting()]
    words = tuple(part for part in parts[:MOST_WORDS] if part is not None)
    return Command(words, node.line)


def config_volumes(node: Node | None) -> dict[str, str]:
    """The volumes that are config maps: the name of each map by that of the volume."""
    found: dict[str, str] = {}
    for each in _elements(node):
        name, map_name = each.setting("name"), each.setting("configMap", "name")
        if name is not None and map_name is not None:
            found[name.text] = map_name.text
    return found


def _elements(node: Node | None) -> Iterator[Node]:
    return node.elements() if node is not None else iter(())


def _container(node: Node) -> Container:
    name = node.setting("name")
    env: dict[str, Setting] = {}
    references: dict[str, Reference] = {}
    for each in _elements(node.get("env")):
        key = each.setting("name")
        if key is None:
            continue
        value = each.setting("value")
        reference = _reference(each)
        if value is not None:
            env[key.text] = value
        elif reference is not None:
            references[key.text] = reference
        else:
            env[key.text] = Setting("", each.line, each.source.path)
    return Container(
        Word(name.text if name is not None else "", node.line),
        node.setting("image"),
        command(node.get("command")),
        command(node.get("args")),
        node.setting("workingDir"),
        env,
        references,
        tuple(_env_from(node.get("envFrom"))),
        tuple(_ports(node.get("ports"))),
        tuple(_mounts(node.get("volumeMounts"))),
        tuple(_probes(node)),
    )


def _reference(node: Node) -> Reference | None:
    source = node.get("valueFrom")
    for key, each in source.items() if source is not None else ():
        name, inner = each.setting("name"), each.setting("key")
        if key.text in _SOURCES and name is not None:
            return Reference(
                _SOURCES[key.text], name.text, key.line, inner.text if inner is not None else ""
            )
        return Reference(key.text, "", key.line)
    return None


def _env_from(node: Node | None) -> Iterator[Reference]:
    for each in _elements(node):
        prefix = each.setting("prefix")
        for key, kind in _WHOLE.items():
            name = each.setting(key, "name")
            if name is not None:
                yield Reference(
                    kind, name.text, name.line, prefix=prefix.text if prefix is not None else ""
                )


def _ports(node: Node | None) -> Iterator[tuple[str, Setting]]:
    for each in _elements(node):
        number, name = each.setting("containerPort"), each.setting("name")
        if number is not None:
            yield (name.text if name is not None else "", number)


def _mounts(node: Node | None) -> Iterator[tuple[str, Setting]]:
    for each in _elements(node):
        name, path = each.setting("name"), each.setting("mountPath")
        if name is not None and path is not None:
            yield (name.text, path)


def _probes(node: Node) -> Iterator[Probe]:
    for kind in _PROBES:
        each = node.get(kind)
        if each is not None:
            yield Probe(
                kind,
                each.line,
                each.setting("httpGet", "path"),
                each.setting("periodSeconds"),
                each.setting("timeoutSeconds"),
                each.setting("failureThreshold"),
            )
