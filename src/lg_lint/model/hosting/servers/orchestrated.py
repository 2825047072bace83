"""Clusters and platforms: containers of the project's images, and how many of each run."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from lg_lint.deploy.cloud import aws, cloud_run, hosting
from lg_lint.deploy.cloud.platforms import Found
from lg_lint.deploy.dockerfile import Dockerfile, Form, Stage, started_by
from lg_lint.deploy.kubernetes import clusters, reading
from lg_lint.deploy.kubernetes.records import Manifest
from lg_lint.deploy.settings import Setting
from lg_lint.deploy.values import Value, known, value_of
from lg_lint.deploy.words import Command
from lg_lint.model.hosting.servers.files import DeploymentFiles
from lg_lint.model.hosting.servers.images import variables
from lg_lint.model.hosting.servers.layout import Layout
from lg_lint.model.hosting.servers.records import Deployment, Question
from lg_lint.model.hosting.servers.starting import Machine

_PLATFORMS: tuple[tuple[str, Callable[[bytes, str], Found]], ...] = (
    ("cloud-run", cloud_run.read),
    ("aws", aws.read),
    ("render", hosting.render),
    ("digital-ocean", hosting.digital_ocean),
    ("app-engine", hosting.app_engine),
)
_OFTEN = {"app", "api", "backend", "server", "src", "docker", "deploy", "service"}
"""Names that say nothing of what an image is."""


class Image(Struct, frozen=True):
    """An image of the project: its Dockerfile and the folder that it is built from.

    `serves` where it starts a server of Python by itself.
    """

    path: str
    context: str
    read: Dockerfile
    stage: Stage
    names: frozenset[str] = frozenset()
    serves: bool = True

    @property
    def layout(self) -> Layout:
        """The files of a container that is made of it."""
        return Layout(self.context, self.stage.folder, self.read, self.stage)


class Container(Struct, frozen=True):
    """What a cluster or a platform runs, and in how many instances at most."""

    path: str
    line: int
    name: str
    image: Setting | None
    command: Command | None
    args: Command | None
    environment: Mapping[str, Setting]
    is_open: bool
    most: Setting | None
    grace: Setting | None
    is_own: bool
    """Whether a platform runs it, which is for a project's own image."""


class Orchestrated:
    """Reads manifests of clusters and files of platforms, and finds the project's images there."""

    def __init__(self, files: DeploymentFiles, images: list[Image]) -> None:
        self.files = files
        self.images = images

    def deployments(self) -> Iterator[Deployment]:
        for paths, containers in (*self._clusters(), *self._platforms()):
            found = Deployment(os.path.relpath(paths[-1], self.files.root), paths)
            for container in containers:
                self._add(found, container)
            if found.processes or found.questions:
                yield found

    def _clusters(self) -> Iterator[tuple[tuple[str, ...], list[Container]]]:
        read: dict[str, Manifest] = {}
        for path in self.files.of_kind("manifest"):
            data = self.files.data(path)
            if data is not None:
                read[path] = reading.read(data, path)
        for cluster in clusters.clusters(read) if read else ():
            containers = [
                Container(
                    workload.id.path or cluster.paths[-1],
                    each.name.line,
                    each.name.text,
                    each.image,
                    each.command,
                    each.args,
                    reading.environment(each, cluster.maps),
                    False,
                    cluster.most(workload),
                    workload.termination,
                    False,
                )
                for workload in cluster.workloads
                for each in workload.containers
            ]
            yield cluster.paths, containers

    def _platforms(self) -> Iterator[tuple[tuple[str, ...], list[Container]]]:
        for kind, read in _PLATFORMS:
            for path in self.files.of_kind(kind):  # type: ignore[arg-type]
                data = self.files.data(path)
                if data is not None:
                    yield (path,), list(self._of(read(data, path), path))
        for path in self.files.named("fly.", "railway."):
            data = self.files.data(path)
            if data is not None:
                yield (path,), list(self._of(_hosted(path)(data, path), path))

    @staticmethod
    def _of(found: Found, path: str) -> Iterator[Container]:
        for each in found.platforms:
            if each.kind in ("ecs-service", "ecs-scaling"):
                continue
            yield Container(
                each.path or path,
                each.line,
                each.name.text if each.name is not None else "",
                each.image,
                each.command,
                each.args,
                each.env,
                each.more_env,
                each.most,
                each.grace,
                each.kind != "ecs-task",
            )

    def _add(self, found: Deployment, container: Container) -> None:
        image = self._image(container)
        if image is None:
            if container.command is None and container.is_own:
                text = "which image of the project this runs cannot be told"
                found.questions.append(Question(container.path, container.line, text))
            return
        own, origins = variables(image.stage, image.path)
        given = {name: each for name, each in container.environment.items() if name != "*"}
        environment = {**own, **{name: value_of(each) for name, each in given.items()}}
        said = {name: each.path or container.path for name, each in given.items()}
        entry = _form(container.command) or image.stage.entrypoint
        command = _form(container.args)
        if command is None and container.command is None:
            command = image.stage.command
        is_own = container.command is None and (image.stage.entrypoint or container.args is None)
        grace = container.grace
        machine = Machine(
            self.files,
            image.layout,
            image.path if is_own else container.path,
            environment,
            {**origins, **said},
            container.is_open or "*" in container.environment,
            container.name,
            (container.name,),
            (),
            _instances(container),
            value_of(grace) if grace is not None and grace.chosen else None,
            image.path,
            _arguments(container.args, container.path),
        )
        found.processes += machine.processes(started_by(entry, command, environment))

    def _image(self, container: Container) -> Image | None:
        """The image of the project that a container is made of; None where that is not certain."""
        text = known(value_of(container.image)) if container.image is not None else None
        if text is not None:
            name = _plain(re.split(r"[:@]", text.rpartition("/")[2])[0])
            named = [each for each in self.images if each.serves and name in each.names]
            if len(named) == 1:
                return named[0]
            if named or not container.is_own or "/" not in text:
                return None
        serving = [each for each in self.images if each.serves]
        return serving[0] if len(serving) == 1 and container.is_own else None


def _hosted(path: str) -> Callable[[bytes, str], Found]:
    """The reader of a file of fly or railway."""
    if os.path.basename(path).startswith("fly."):
        return hosting.fly
    return hosting.railway_toml if path.endswith(".toml") else hosting.railway_json


def names_of(path: str, context: str, root: str, services: list[str]) -> frozenset[str]:
    """What an image of the project may be called: its service, its folder, the project."""
    folders = [os.path.basename(folder) for folder in (os.path.dirname(path), context, root)]
    return frozenset(map(_plain, [*services, *folders])) - _OFTEN


def _instances(container: Container) -> Value | None:
    """How many run at most, where somebody has said so."""
    most = container.most
    return value_of(most) if most is not None and most.chosen else None


def _form(command: Command | None) -> Form | None:
    if command is None:
        return None
    return Form(command.line, tuple(map(value_of, command.words)))


def _arguments(command: Command | None, path: str) -> dict[tuple[str, int], str]:
    return {(word.text, word.line): path for word in command.words} if command is not None else {}


def _plain(name: str) -> str:
    return re.sub(r"[-_.\s]", "", name).lower()
