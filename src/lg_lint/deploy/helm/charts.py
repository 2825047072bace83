"""Helm charts: one deployment for the chart's own values, and one for each file over them."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from lg_lint.deploy.helm import templates as helm_templates
from lg_lint.deploy.kubernetes import clusters, reading
from lg_lint.deploy.place import Unread
from lg_lint.deploy.yaml_nodes import Node

MOST_ALTERNATIVES = 8


class Release(Struct, frozen=True):
    """A chart with the values of some files, the one that wins first.

    `unread` are the parts of templates and values that could not be read, with their files.
    """

    values: tuple[str, ...]
    cluster: clusters.Cluster
    unread: tuple[tuple[str, Unread], ...] = ()


def name(data: bytes) -> str:
    """The name that a `Chart.yaml` gives, or nothing."""
    found = helm_templates.values(data)
    return found.root.text("name") if found.root is not None else ""


def releases(
    templates: Mapping[str, bytes],
    own: Mapping[str, bytes],
    others: Mapping[str, bytes],
    chart: str = "",
) -> tuple[Release, ...]:
    """The deployments of a chart, by path. `templates` are all files of that folder.

    `own` holds the chart's `values.yaml`; `others` are files of values that go over it, each for a
    deployment of its own. Without any values, all that depends on them is unknown.
    """
    unread: list[tuple[str, Unread]] = []
    defaults = _roots(own, unread)
    found = [_release(templates, defaults, tuple(own), chart, unread)]
    for path, data in list(others.items())[:MOST_ALTERNATIVES]:
        told: list[tuple[str, Unread]] = []
        over = _roots({path: data}, told)
        if over:
            found.append(_release(templates, (*over, *defaults), (path, *own), chart, told))
    return tuple(found)


def _roots(files: Mapping[str, bytes], unread: list[tuple[str, Unread]]) -> tuple[Node, ...]:
    found: list[Node] = []
    for path, data in files.items():
        read = helm_templates.values(data, path)
        unread += [(path, each) for each in read.unread]
        found += read.roots[:1]
    return tuple(found)


def _release(
    templates: Mapping[str, bytes],
    values: tuple[Node, ...],
    paths: tuple[str, ...],
    chart: str,
    unread: list[tuple[str, Unread]],
) -> Release:
    manifests = {}
    told = list(unread)
    helped: dict[str, list[helm_templates.Piece]] = {}
    for data in templates.values():
        helped.update(helm_templates.helpers(data) if b"define" in data else {})
    for path, data in templates.items():
        if not path.endswith((".yaml", ".yml", ".json")):
            continue
        found = helm_templates.documents_of(data, values, path, chart, helped)
        manifest = reading.manifest(found)
        told += [(path, each) for each in manifest.unread]
        manifests[path] = manifest
    return Release(paths, clusters.together(manifests), tuple(told))
