"""The containers of clusters: manifests, kustomizations and charts of Helm."""

from __future__ import annotations

import os
from collections.abc import Iterator

from lg_lint.deploy.helm import charts
from lg_lint.deploy.kinds import YAML
from lg_lint.deploy.kubernetes import clusters, reading
from lg_lint.deploy.kubernetes import records as k
from lg_lint.deploy.kubernetes.records import Manifest
from lg_lint.deploy.values import value_of
from lg_lint.model.hosting.servers.carriers import lines_of
from lg_lint.model.hosting.servers.containers import Container, Group
from lg_lint.model.hosting.servers.files import DeploymentFiles
from lg_lint.model.hosting.servers.records import Text, is_below


def groups(files: DeploymentFiles) -> Iterator[Group]:
    """One for each cluster: a kustomization, a chart with the values of a file, a plain folder."""
    folders = [os.path.dirname(path) for path in files.of_kind("helm-chart")]
    for folder in folders:
        yield from _releases(files, folder)
    read: dict[str, Manifest] = {}
    for path in files.of_kind("manifest"):
        data = files.data(path)
        if data is not None and not any(_is_template(path, folder) for folder in folders):
            read[path] = reading.read(data, path)
            files.tell(path, read[path].unread)
    for cluster in clusters.clusters(read) if read else ():
        title = os.path.relpath(cluster.paths[0], files.root)
        yield Group(
            title=title,
            paths=cluster.paths,
            containers=tuple(_containers(cluster)),
            cluster=cluster,
            unread=cluster.unread,
        )


def _releases(files: DeploymentFiles, folder: str) -> Iterator[Group]:
    """A chart with its own values, and with each file that goes over these."""
    below = [path for path in files.paths if is_below(path, folder)]
    templates = {path: files.data(path) for path in below if _is_template(path, folder)}
    own = os.path.join(folder, "values.yaml")
    others = [
        path
        for path in below
        if path != own and path not in templates and path.endswith(YAML) and _is_values(path)
    ]
    chart = os.path.join(folder, "Chart.yaml")
    for release in charts.releases(
        {path: data for path, data in templates.items() if data is not None},
        {own: files.data(own) or b""},
        {path: files.data(path) or b"" for path in others},
        charts.name(files.data(chart) or b""),
    ):
        paths = (chart, *release.values[::-1])
        yield Group(
            title=os.path.relpath(release.values[0], files.root),
            paths=paths,
            containers=tuple(_containers(release.cluster)),
            cluster=release.cluster,
            unread=release.unread,
        )


def _is_template(path: str, chart: str) -> bool:
    return is_below(path, os.path.join(chart, "templates"))


def _is_values(path: str) -> bool:
    folder, name = os.path.split(path)
    return name.startswith("values") or os.path.basename(folder) == "values"


def _containers(cluster: clusters.Cluster) -> Iterator[Container]:
    for workload in cluster.workloads:
        services = [each for each in cluster.services if workload in cluster.behind(each)]
        for each in workload.containers:
            environment = reading.environment(each, cluster.maps)
            yield Container(
                path=workload.id.path or cluster.paths[-1],
                line=each.name.line,
                name=each.name.text,
                unit=unit(workload),
                names=tuple(service.id.name.lower() for service in services),
                image=each.image,
                folder=each.working_dir,
                command=reading.expanded(each.command, environment) if each.command else None,
                args=reading.expanded(each.args, environment) if each.args else None,
                environment=environment,
                most=cluster.most(workload),
                grace=workload.termination,
                ports=tuple(value_of(port) for _, port in each.ports),
                named_ports=tuple(
                    value_of(port) for service in services for port, _ in service.ports
                ),
                texts=tuple(_texts(cluster, workload, each)),
            )


def unit(workload: k.Workload) -> str:
    """What the containers of a pod have in common."""
    return f"{workload.id.kind}/{workload.id.name}"


def _texts(
    cluster: clusters.Cluster, workload: k.Workload, container: k.Container
) -> Iterator[Text]:
    """The configurations that a container sees in mounted config maps."""
    told: set[str] = set()
    for volume, target in container.mounts:
        found = cluster.maps.get(workload.config_volumes.get(volume, ""))
        if found is None or found.id.name in told:
            continue
        told.add(found.id.name)
        for key, text in found.data.items():
            if text.known and "\n" in text.text:
                path = text.path or found.id.path or cluster.paths[-1]
                yield Text(path, os.path.join(target.text, key), lines_of(text))
