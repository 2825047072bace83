"""Which manifests are one deployment: kustomizations over their bases, and plain folders."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from msgspec import Struct, structs

from lg_lint.deploy.kubernetes import records as k
from lg_lint.deploy.kubernetes.reading import NAMES
from lg_lint.deploy.place import Unread
from lg_lint.deploy.settings import Setting, unknown
from lg_lint.deploy.words import Command

_DEEPEST = 10
_GROUPS = ("workloads", "services", "autoscalers", "ingresses", "config_maps", "limits")

T = TypeVar("T", k.Workload, k.Service, k.Autoscaler, k.Ingress, k.ConfigMap)


class Cluster(Struct, frozen=True):
    """Resources that are applied together, and the files that say so.

    `unread` are files that a kustomization names and that are not there, with its path.
    """

    paths: tuple[str, ...]
    workloads: tuple[k.Workload, ...] = ()
    services: tuple[k.Service, ...] = ()
    autoscalers: tuple[k.Autoscaler, ...] = ()
    ingresses: tuple[k.Ingress, ...] = ()
    config_maps: tuple[k.ConfigMap, ...] = ()
    limits: tuple[k.Limit, ...] = ()
    unread: tuple[tuple[str, Unread], ...] = ()

    @property
    def maps(self) -> dict[str, k.ConfigMap]:
        """The config maps by name."""
        return {each.id.name: each for each in self.config_maps}

    def behind(self, service: k.Service) -> tuple[k.Workload, ...]:
        """The workloads whose pods a service leads to."""
        wanted = service.selector.items()
        if not wanted:
            return ()
        return tuple(each for each in self.workloads if wanted <= each.labels.items())

    def named(self, service: str) -> k.Service | None:
        """The service of a name."""
        return next((each for each in self.services if each.id.name == service), None)

    def most(self, workload: k.Workload) -> Setting:
        """How many pods a workload has at most: its autoscaler's word, else its own number."""
        scaling = self.scaling(workload)
        if scaling is None:
            return workload.instances
        return scaling.most or unknown("", scaling.id.line, scaling.id.path)

    def scaling(self, workload: k.Workload) -> k.Autoscaler | None:
        """The autoscaler of a workload."""
        for each in self.autoscalers:
            if each.target in (workload.id.key, ("", workload.id.name)):
                return each
        return None


def clusters(files: Mapping[str, k.Manifest]) -> tuple[Cluster, ...]:
    """The deployments that a project's manifests describe, by path; charts are asked for apart."""
    return _Files(files).clusters()


def together(files: Mapping[str, k.Manifest]) -> Cluster:
    """The resources of files that are applied as they are, such as the templates of a chart."""
    groups: dict[str, Any] = {
        name: tuple(item for each in files.values() for item in getattr(each, name))
        for name in _GROUPS
    }
    return Cluster(tuple(files), **groups)


class _Files:
    def __init__(self, files: Mapping[str, k.Manifest]) -> None:
        self.files = {posixpath.normpath(path): each for path, each in files.items()}
        self.unread: list[tuple[str, Unread]] = []
        self.used: set[str] = set()

    def clusters(self) -> tuple[Cluster, ...]:
        tops = [path for path, each in self.files.items() if each.kustomization is not None]
        parts = {part for path in tops for part in self._parts(path)}
        built = []
        for path in tops:
            self.unread, self.used = [], set()
            cluster = self._built(path, 0)
            if path not in parts:
                used = sorted(self.used - {path})
                built.append(
                    structs.replace(cluster, paths=(path, *used), unread=tuple(self.unread))
                )
            parts |= self.used
        folders: dict[str, dict[str, k.Manifest]] = {}
        for path, each in self.files.items():
            if path not in parts and each.kustomization is None and not each.empty:
                folders.setdefault(posixpath.dirname(path), {})[path] = each
        return (*built, *(together(each) for each in folders.values()))

    def _parts(self, path: str) -> set[str]:
        """The kustomizations that a kustomization builds on."""
        kustomization = self.files[path].kustomization
        assert kustomization is not None
        found = set()
        for each in (*kustomization.resources, *kustomization.components):
            where = self._where(path, each)
            if where in self.files and where != path:
                found.add(where)
        return found

    def _where(self, path: str, setting: Setting) -> str:
        found = posixpath.normpath(posixpath.join(posixpath.dirname(path), setting.text))
        if found in self.files:
            return found
        for name in NAMES:
            if posixpath.join(found, name) in self.files:
                return posixpath.join(found, name)
        return found

    def _built(self, path: str, depth: int) -> Cluster:
        kustomization = self.files[path].kustomization
        self.used.add(path)
        if kustomization is None or depth > _DEEPEST:
            return together({path: self.files[path]})
        cluster = Cluster((path,))
        for each in kustomization.resources:
            cluster = _joined(cluster, self._resource(path, each, depth))
        for each in kustomization.components:
            where = self._where(path, each)
            component = self.files[where].kustomization if where in self.files else None
            if component is not None and depth < _DEEPEST and where not in self.used:
                inner = self._built(where, depth + 1)
                cluster = self._patched(_joined(cluster, inner), component, where)
        cluster = _joined(cluster, _generated(kustomization, path))
        cluster = self._patched(cluster, kustomization, path)
        return _scaled(cluster, kustomization)

    def _resource(self, path: str, setting: Setting, depth: int) -> Cluster:
        where = self._where(path, setting)
        if where in self.files and (where not in self.used or depth == 0):
            return self._built(where, depth + 1)
        if (
            where not in self.files
            and "://" not in setting.text
            and not setting.text.startswith("github.com")
        ):
            self.unread.append((path, Unread(setting.line, f"{setting.text} is not there")))
        return Cluster(())

    def _patched(self, cluster: Cluster, kustomization: k.Kustomization, path: str) -> Cluster:
        for patch in kustomization.patches:
            manifest, operations = patch.manifest, patch.operations
            if patch.file is not None:
                where = self._where(path, patch.file)
                manifest = self.files.get(where)
                if manifest is None:
                    told = Unread(patch.file.line, f"{patch.file.text} is not there")
                    self.unread.append((path, told))
                    continue
                self.used.add(where)
                operations = manifest.operations
            if manifest is not None and not operations:
                cluster = _over(cluster, manifest, patch.target)
            cluster = _stepped(cluster, operations, patch.target)
        return cluster


def _joined(first: Cluster, second: Cluster) -> Cluster:
    groups: dict[str, Any] = {
        name: getattr(first, name) + getattr(second, name) for name in _GROUPS
    }
    return Cluster(first.paths, **groups)


def _over(cluster: Cluster, manifest: k.Manifest, target: tuple[str, str]) -> Cluster:
    """A cluster with a strategic merge patch over it: what it leaves out stays as it is."""
    return structs.replace(
        cluster,
        workloads=_each_over(cluster.workloads, manifest.workloads, target),
        services=_each_over(cluster.services, manifest.services, target),
        autoscalers=_each_over(cluster.autoscalers, manifest.autoscalers, target),
        ingresses=_each_over(cluster.ingresses, manifest.ingresses, target),
        config_maps=_each_over(cluster.config_maps, manifest.config_maps, target),
    )


def _each_over(olds: tuple[T, ...], news: tuple[T, ...], target: tuple[str, str]) -> tuple[T, ...]:
    found = list(olds)
    for new in news:
        for index, old in enumerate(found):
            if _is_meant(old.id, target if target != ("", "") else new.id.key):
                found[index] = _merged(old, new)
    return tuple(found)


def _is_meant(name: k.Name, target: tuple[str, str]) -> bool:
    kind, wanted = target
    if kind and kind != name.kind:
        return False
    if not wanted or wanted == name.name:
        return True
    try:
        return len(wanted) < 200 and re.fullmatch(_safe(wanted), name.name) is not None
    except re.error:
        return False


def _safe(pattern: str) -> str:
    """A target's name is a regular expression; of these only `.*` and `|` are used."""
    return "|".join(
        ".*".join(re.escape(part) for part in each.strip("^$").split(".*")[:4])
        for each in pattern.split("|")
    )


def _merged(old: Any, new: Any) -> Any:
    """A record over another of its kind: tables by key, containers by name, the rest if said."""
    changes: dict[str, Any] = {}
    for name in old.__struct_fields__:
        before, after = getattr(old, name), getattr(new, name)
        if name == "id":
            continue
        if isinstance(before, Mapping):
            changes[name] = {**before, **after}
        elif name == "containers":
            changes[name] = _containers(before, after)
        elif after is not None and after not in ((), ("", "")):
            changes[name] = after
    return structs.replace(old, **changes)


def _containers(
    olds: tuple[k.Container, ...], news: tuple[k.Container, ...]
) -> tuple[k.Container, ...]:
    found = {each.name.text: each for each in olds}
    for new in news:
        old = found.get(new.name.text)
        merged = new if old is None else structs.replace(_merged(old, new), name=old.name)
        found[new.name.text] = merged
    return tuple(found.values())


def _scaled(cluster: Cluster, kustomization: k.Kustomization) -> Cluster:
    if not kustomization.replicas:
        return cluster
    workloads = tuple(
        structs.replace(each, replicas=kustomization.replicas[each.id.name])
        if each.id.name in kustomization.replicas
        else each
        for each in cluster.workloads
    )
    return structs.replace(cluster, workloads=workloads)


def _generated(kustomization: k.Kustomization, path: str) -> Cluster:
    """The config maps that are made of literals and files; what a file says is unknown here."""
    maps = []
    for each in kustomization.generated:
        data = dict(each.literals)
        for file in each.files:
            key, equals, name = file.text.partition("=")
            name = name if equals else key
            data[key if equals else posixpath.basename(key)] = unknown(name, file.line, path)
        maps.append(k.ConfigMap(k.Name("ConfigMap", each.name.text, each.name.line, path), data))
    return Cluster((), config_maps=tuple(maps))


def _stepped(
    cluster: Cluster, operations: Iterable[k.Operation], target: tuple[str, str]
) -> Cluster:
    """A cluster with the steps of a JSON patch taken that matter here."""
    for step in operations:
        if step.op not in ("add", "replace", "remove"):
            continue
        value = step.value if step.op != "remove" else None
        keys = [key.replace("~1", "/").replace("~0", "~") for key in step.path.split("/")[1:]]
        changes: dict[str, Any] = {}
        for name in _GROUPS[:5]:
            changes[name] = tuple(
                _step(each, keys, value, step) if _is_meant(each.id, target) else each
                for each in getattr(cluster, name)
            )
        cluster = structs.replace(cluster, **changes)
    return cluster


def _step(record: Any, keys: list[str], value: Setting | None, step: k.Operation) -> Any:
    tail = tuple(keys)
    fields = {
        ("spec", "replicas"): "replicas",
        ("spec", "minReplicas"): "least",
        ("spec", "maxReplicas"): "most",
        ("spec", "ingressClassName"): "ingress_class",
        ("spec", "template", "spec", "terminationGracePeriodSeconds"): "grace",
    }
    name = fields.get(tail, "")
    if name and hasattr(record, name):
        return structs.replace(record, **{name: value})
    table = {("metadata", "annotations"): "annotations", ("data",): "data"}.get(tail[:-1], "")
    if table and hasattr(record, table):
        entries = {key: each for key, each in getattr(record, table).items() if key != tail[-1]}
        if value is not None:
            entries[tail[-1]] = value
        return structs.replace(record, **{table: entries})
    if isinstance(record, k.Workload) and tail[:4] == ("spec", "template", "spec", "containers"):
        return _container_step(record, tail[4:], value, step)
    return record


def _container_step(
    record: k.Workload, tail: tuple[str, ...], value: Setting | None, step: k.Operation
) -> k.Workload:
    if len(tail) != 2 or not tail[0].isdigit() or int(tail[0][:4]) >= len(record.containers):
        return record
    index = int(tail[0])
    changes: dict[str, Any] = {}
    if tail[1] in ("args", "command"):
        removed = step.op == "remove"
        changes[tail[1]] = None if removed else Command(step.values, step.line)
    elif tail[1] == "image":
        changes["image"] = value
    containers = list(record.containers)
    containers[index] = structs.replace(containers[index], **changes)
    return structs.replace(record, containers=tuple(containers))
