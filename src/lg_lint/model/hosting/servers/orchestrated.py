"""Clusters and platforms: containers of the project's images, and how many of each run."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping

from msgspec import Struct, structs

from lg_lint.deploy.dockerfile import Dockerfile, Form, Stage, started_by
from lg_lint.deploy.place import Word
from lg_lint.deploy.values import Environment, Value, known, value_of, whole_number
from lg_lint.deploy.words import Command
from lg_lint.model.hosting.servers import clustered, hosted
from lg_lint.model.hosting.servers.carriers import of_image
from lg_lint.model.hosting.servers.containers import Container, Group
from lg_lint.model.hosting.servers.files import DeploymentFiles
from lg_lint.model.hosting.servers.images import variables
from lg_lint.model.hosting.servers.layout import Layout
from lg_lint.model.hosting.servers.records import Carrier, Deployment, Question
from lg_lint.model.hosting.servers.starting import Machine

_OFTEN = {"app", "api", "backend", "server", "src", "docker", "deploy", "service"}
"""Names that say nothing of what an image is."""


class Image(Struct, frozen=True):
    """An image of the project: its Dockerfile and the folder that it is built from.

    `serves` where it starts a server of Python by itself, `ports` are those at which that listens.
    """

    path: str
    context: str
    read: Dockerfile
    stage: Stage
    names: frozenset[str] = frozenset()
    serves: bool = True
    ports: frozenset[int] = frozenset()

    @property
    def layout(self) -> Layout:
        """The files of a container that is made of it."""
        return Layout(self.context, self.stage.folder, self.read, self.stage)


class Orchestrated:
    """Reads manifests of clusters and files of platforms, and finds the project's images there.

    `used` are the Dockerfiles whose own command some container runs.
    """

    def __init__(self, files: DeploymentFiles, images: list[Image]) -> None:
        self.files = files
        self.images = images
        self.used: set[str] = set()

    def deployments(self) -> Iterator[Deployment]:
        """One deployment for each group of files that runs something of the project."""
        for group in (*clustered.groups(self.files), *hosted.groups(self.files)):
            found = Deployment(group.title, group.paths, cluster=group.cluster, found=group.found)
            for path, each in group.unread:
                self.files.tell(path, [each])
            for container in group.containers:
                self._add(found, container, group)
            if _is_of_use(found, group):
                yield found

    def _add(self, found: Deployment, container: Container, group: Group) -> None:
        image = self._image(container) or self._by_port(container, group)
        found.carriers.append(self._carrier(container, image))
        if image is not None and not image.serves and container.command is None:
            return
        if image is None and container.command is None and container.args is None:
            if container.is_own:
                text = "which image of the project this runs cannot be told"
                found.questions.append(Question(container.path, container.line, text))
            return
        stage, path = (image.stage, image.path) if image is not None else (None, "")
        own, origins = variables(stage, path)
        given = {name: each for name, each in container.environment.items() if name != "*"}
        environment = {**own, **{name: value_of(each) for name, each in given.items()}}
        paths = {name: each.path or container.path for name, each in given.items()}
        machine = self._machine(container, image, environment, {**origins, **paths})
        entry = _form(container.command) or (stage.entrypoint if stage is not None else None)
        command = _form(container.args)
        if command is None and container.command is None and stage is not None:
            command = stage.command
            self.used.add(path)
        for process in machine.processes(started_by(entry, command, environment)):
            process.unit, process.platform = container.unit, container.platform
            process.named_ports = container.named_ports
            found.processes.append(process)

    def _machine(
        self,
        container: Container,
        image: Image | None,
        environment: Environment,
        origins: Mapping[str, str],
    ) -> Machine:
        entry = image.stage.entrypoint if image is not None else None
        is_own = container.command is None and (entry is not None or container.args is None)
        grace = container.grace
        return Machine(
            self.files,
            self._layout(container, image),
            image.path if is_own and image is not None else container.path,
            environment,
            origins,
            container.is_open or "*" in container.environment,
            container.name,
            container.names or (container.name,),
            container.ports,
            _instances(container),
            value_of(grace) if grace is not None and grace.chosen else None,
            image.path if image is not None else "",
            _arguments(container.args, container.path),
        )

    def _layout(self, container: Container, image: Image | None) -> Layout:
        """The files of a container; what a platform builds by itself has those of its folder."""
        folder = known(value_of(container.folder)) if container.folder is not None else None
        if image is not None:
            return structs.replace(image.layout, folder=folder) if folder else image.layout
        context = known(value_of(container.context)) if container.context is not None else ""
        beside = os.path.dirname(container.path) if container.is_own else self.files.root
        base = self.files.root if context else beside
        return Layout(os.path.normpath(os.path.join(base, (context or "").lstrip("/"))), folder)

    @staticmethod
    def _carrier(container: Container, image: Image | None) -> Carrier:
        made = of_image(image.layout, image.path) if image is not None else None
        name = known(value_of(container.image)) if container.image is not None else None
        return Carrier(
            container.path,
            container.line,
            container.name,
            container.names,
            made.image if made is not None else name or "",
            image.path if image is not None else "",
            made.sources if made is not None else (),
            (*container.texts, *(made.texts if made is not None else ())),
            unit=container.unit,
        )

    def _image(self, container: Container) -> Image | None:
        """The image of the project that a container is made of; None where that is not certain."""
        if container.dockerfile is not None:
            return self._of_file(container)
        text = known(value_of(container.image)) if container.image is not None else None
        if text is not None:
            name = re.split(r"[:@]", text.rpartition("/")[2])[0]
            named = [each for each in self.images if _plain(name) in each.names]
            named = [each for each in named if each.serves] or named
            if len(named) > 1:
                named = [each for each in named if _file_words(each.path) & _words(name)] or named
            if len(named) == 1:
                return named[0]
            if named or not container.is_own or "/" not in text:
                return None
        serving = [each for each in self.images if each.serves]
        return serving[0] if len(serving) == 1 and container.is_own else None

    def _by_port(self, container: Container, group: Group) -> Image | None:
        """The one image that serves, where its port is that of this container and of no other.

        An image of a registry whose name no file of the project has is asked, and one of which
        nobody knows the name; those of Docker's own library are none of the project.
        """
        serving = [each for each in self.images if each.serves]
        if len(serving) != 1 or container.command is not None or container.dockerfile is not None:
            return None
        text = known(value_of(container.image)) if container.image is not None else "?/"
        if text is not None and "/" not in text:
            return None
        same = [each for each in group.containers if _ports(each) & serving[0].ports]
        return serving[0] if same == [container] else None

    def _of_file(self, container: Container) -> Image | None:
        """The image whose Dockerfile a platform is told, from its own folder or the project's."""
        name = known(value_of(container.dockerfile)) if container.dockerfile is not None else None
        if name is None:
            return None
        context = known(value_of(container.context)) if container.context is not None else None
        bases = [os.path.dirname(container.path), self.files.root]
        bases += [os.path.join(base, context.lstrip("/")) for base in bases if context]
        wanted = {os.path.normpath(os.path.join(base, name.lstrip("/"))) for base in bases}
        found = [each for each in self.images if each.path in wanted]
        return found[0] if len(found) == 1 else None


def _is_of_use(found: Deployment, group: Group) -> bool:
    said = group.found
    stands = said is not None and bool(said.balancers or said.functions or said.gateways)
    has_texts = any(each.texts or each.sources for each in found.carriers)
    return bool(found.processes or found.questions or stands or has_texts)


def names_of(path: str, context: str, root: str, services: list[str]) -> frozenset[str]:
    """What an image of the project may be called: its service, its folder, the project."""
    folders = [os.path.basename(folder) for folder in (os.path.dirname(path), context, root)]
    return frozenset(map(_plain, [*services, *folders])) - _OFTEN


def _instances(container: Container) -> Value | None:
    """How many run at most, where somebody has said so."""
    most = container.most
    return value_of(most) if most is not None and most.chosen else None


def _ports(container: Container) -> set[int]:
    return {number for each in container.ports if (number := whole_number(each)) is not None}


def _form(command: Command | None) -> Form | None:
    if command is None:
        return None
    if command.form == "text" and any(_is_of_shell(word.text) for word in command.words):
        text = " ".join(map(_as_written, command.texts))
        return Form(command.line, lines=(Word(text, command.line),))
    return Form(command.line, tuple(map(value_of, command.words)))


def _is_of_shell(word: str) -> bool:
    return word in ("&&", "||", ";", "|", "exec", "cd", "export") or word.endswith(";")


def _as_written(word: str) -> str:
    """A word of a command as a shell may read it again."""
    if re.fullmatch(r"[^\s\"'\\]+", word):
        return word
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _arguments(command: Command | None, path: str) -> dict[tuple[str, int], str]:
    return {(word.text, word.line): path for word in command.words} if command is not None else {}


def _words(name: str) -> set[str]:
    return set(re.split(r"[-_.\s]", name.lower()))


def _file_words(path: str) -> set[str]:
    """What the name of a Dockerfile says of its image: `service` of `Dockerfile.service`."""
    return _words(os.path.basename(path)) - {"dockerfile", "containerfile"}


def _plain(name: str) -> str:
    return re.sub(r"[-_.\s]", "", name).lower()
