"""Compose: the services of each deployment, with the images that they are built of."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from lg_lint.deploy import compose, dotenv
from lg_lint.deploy.compose_files import Deployment as Composition
from lg_lint.deploy.compose_files import deployments
from lg_lint.deploy.dockerfile import Dockerfile, Form, Stage, read_dockerfile, started_by
from lg_lint.deploy.settings import Setting
from lg_lint.deploy.values import Value, known, value_of
from lg_lint.deploy.words import Command
from lg_lint.model.hosting.servers.carriers import of_service
from lg_lint.model.hosting.servers.files import DeploymentFiles
from lg_lint.model.hosting.servers.images import Images, variables
from lg_lint.model.hosting.servers.layout import Layout, Mount
from lg_lint.model.hosting.servers.records import Deployment, Question
from lg_lint.model.hosting.servers.starting import Machine


class Composed:
    """Reads the compose files of a project.

    `used` are the Dockerfiles whose own command some service runs: these are told with the service.
    """

    def __init__(self, files: DeploymentFiles, images: Images) -> None:
        self.files = files
        self.images = images
        self.used: set[str] = set()

    def deployments(self) -> Iterator[Deployment]:
        """One deployment for each set of compose files that are run together."""
        read = {path: self._read(path) for path in self.files.of_kind("compose")}
        for found in deployments(read):
            yield self._deployment(found)

    def _read(self, path: str) -> compose.Compose:
        data = self.files.data(path) or b""
        beside = os.path.join(os.path.dirname(path), ".env")
        found = compose.read(data, self._names(beside) or {}, path)
        self.files.tell(path, found.unread)
        return found

    def _names(self, path: str) -> dict[str, Setting] | None:
        data = self.files.data(path)
        return dotenv.read(data, path) if data is not None else None

    def _deployment(self, found: Composition) -> Deployment:
        paths = tuple(map(str, found.paths))
        title = os.path.relpath(paths[-1], self.files.root)
        deployment = Deployment(title, paths, is_certain=found.certain)
        deployment.questions += [
            Question(path, item.line, item.reason) for path, item in found.unread
        ]
        for path, item in found.unread:
            self.files.tell(path, [item])
        for name, service in found.services.items():
            self._add(deployment, name, service, found.configs)
        return deployment

    def _add(
        self,
        deployment: Deployment,
        name: str,
        service: compose.Service,
        configs: Mapping[str, compose.Text],
    ) -> None:
        folder = os.path.dirname(deployment.paths[0])
        context, path, read = self._image(service, folder)
        stage = self._stage(service, read)
        if service.build is not None and read is None and context is not None:
            line = service.build.line
            text = f"the Dockerfile of {name} is not there"
            deployment.questions.append(Question(self._path(service, deployment), line, text))
        own, origins = variables(stage, path)
        given = compose.environment(service, lambda each: self._names(_joined(folder, each)))
        is_open = given.pop("*", None) is not None
        environment = {**own, **{key: value_of(each) for key, each in given.items()}}
        paths = {key: each.path or deployment.paths[-1] for key, each in given.items()}
        layout = Layout(
            context or folder,
            known_folder(service, stage),
            read,
            stage,
            tuple(_mounts(service, folder)),
        )
        deployment.carriers.append(of_service(service, layout, path, deployment.paths[-1], configs))
        entry = _form(service.entrypoint) or (stage.entrypoint if stage else None)
        command = _form(service.command)
        if command is None and service.entrypoint is None and stage is not None:
            command = stage.command
            self.used.add(path)
        machine = Machine(
            self.files,
            layout,
            self._first(service, stage, deployment, path),
            environment,
            {**origins, **paths},
            is_open,
            name,
            tuple(filter(None, (name, known(service.container_name)))),
            tuple(port.target for port in service.ports) or service.expose,
            service.replicas and value_of(service.replicas),
            service.stop_grace_period and value_of(service.stop_grace_period),
            path,
            self._arguments(service, deployment),
            tuple(port.published for port in service.ports if port.published is not None),
        )
        script = started_by(entry, command, environment)
        deployment.processes += machine.processes(script)

    def _first(
        self, service: compose.Service, stage: Stage | None, deployment: Deployment, path: str
    ) -> str:
        """The file in which the first word of a service's command stands."""
        has_entry = stage is not None and stage.entrypoint is not None and not service.entrypoint
        if has_entry or not (service.command or service.entrypoint):
            return path
        return self._path(service, deployment)

    def _arguments(
        self, service: compose.Service, deployment: Deployment
    ) -> dict[tuple[str, int], str]:
        """The words that a service adds to its image's entry point."""
        path = self._path(service, deployment)
        words = service.command.words if service.command is not None else ()
        return {(word.text, word.line): path for word in words}

    @staticmethod
    def _path(service: compose.Service, deployment: Deployment) -> str:
        """The file in which a service's command stands, or else the service."""
        command = service.command or service.entrypoint
        named = next((word.path for word in command.words if word.path), "") if command else ""
        return named or deployment.paths[-1]

    def _image(
        self, service: compose.Service, folder: str
    ) -> tuple[str | None, str, Dockerfile | None]:
        """The folder that an image is built from, its Dockerfile, and what this says."""
        build = service.build
        text = known(value_of(build.context)) if build is not None else None
        if build is None or text is None:
            return None, "", None
        folder = os.path.dirname(build.context.path) or folder
        context = _joined(folder, text)
        arguments = {name: value_of(each) for name, each in build.args.items()}
        if build.inline is not None:
            return (
                context,
                build.inline.path,
                read_dockerfile(build.inline.text.encode(), arguments),
            )
        name = known(value_of(build.dockerfile)) if build.dockerfile is not None else "Dockerfile"
        if name is None:
            return context, "", None
        path = _joined(context, name)
        return context, path, self.images.read(path, arguments)

    @staticmethod
    def _stage(service: compose.Service, read: Dockerfile | None) -> Stage | None:
        target = service.build.target if service.build is not None else None
        if read is None:
            return None
        return read.stage(known(value_of(target))) if target is not None else read.stage()


def _joined(folder: str, path: str) -> str:
    return os.path.normpath(os.path.join(folder, path))


def known_folder(service: compose.Service, stage: Stage | None) -> str | None:
    """The folder of a container in which its command starts."""
    if service.working_dir is not None:
        return known(value_of(service.working_dir))
    return stage.folder if stage is not None else ""


def _mounts(service: compose.Service, folder: str) -> Iterator[Mount]:
    for mount in service.volumes:
        source, target = known(value_of(mount.source)), known(value_of(mount.target))
        if source is not None and target is not None and source.startswith((".", "/")):
            where = os.path.dirname(mount.source.path) or folder
            yield Mount(_joined(where, source), target)


def _form(command: Command | None) -> Form | None:
    """A command as the words that a container gets; unknown ones stay as they are written."""
    if command is None:
        return None
    words: tuple[Value, ...] = tuple(map(value_of, command.words))
    return Form(command.line, words)
