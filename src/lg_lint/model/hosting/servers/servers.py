"""The deployments of a project with what each program in them serves: the one door of this room."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cached_property

from msgspec import structs

from lg_lint.deploy.dockerfile import Copy, started_by
from lg_lint.deploy.makefile import read_makefile
from lg_lint.deploy.place import Unread, Word
from lg_lint.deploy.procfile import read_procfile
from lg_lint.deploy.services import Service, Services
from lg_lint.deploy.shell import read_script
from lg_lint.deploy.supervisord import read_supervisord
from lg_lint.deploy.systemd import read_unit
from lg_lint.deploy.text import text_of
from lg_lint.deploy.values import known
from lg_lint.model.hosting.servers.carriers import of_image, written_texts
from lg_lint.model.hosting.servers.composed import Composed
from lg_lint.model.hosting.servers.files import DeploymentFiles
from lg_lint.model.hosting.servers.images import Images, variables
from lg_lint.model.hosting.servers.joining import Joining
from lg_lint.model.hosting.servers.layout import Layout
from lg_lint.model.hosting.servers.orchestrated import Image, Orchestrated, names_of
from lg_lint.model.hosting.servers.python_servers import command_of
from lg_lint.model.hosting.servers.records import Deployment, Join, Process, Text
from lg_lint.model.hosting.servers.starting import Machine
from lg_lint.model.project import Project

_READERS: dict[str, Callable[[bytes], Services]] = {
    "procfile": read_procfile,
    "service": read_unit,
    "supervisord": read_supervisord,
}
_PROXYING = (b"proxy_pass", b"reverse_proxy")


class Servers:
    """Reads what a project's deployment files say when it is first asked for.

    Ask `project.once(Servers)`. `deployments` are alternatives: nothing that one says holds in
    another. `joins` has, for each program that serves, the application and its streams.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self.files = DeploymentFiles(project.program, project.deploying, project.unread)
        images = Images(self.files)
        composed = Composed(self.files, images)
        self.deployments: list[Deployment] = list(composed.deployments())
        built = list(self._built(images))
        self.images = [of_image(each.layout, each.path) for each in built]
        orchestrated = Orchestrated(self.files, built)
        clustered = list(orchestrated.deployments())
        self.deployments += self._images(built, composed.used | orchestrated.used)
        self.deployments += clustered
        self.deployments += self._services()
        self.deployments += self._targets()
        self.joins: list[Join] = []
        joining = Joining(project)
        for deployment in self.deployments:
            for process in deployment.processes:
                self.joins += joining.joined(deployment, process)
        self.joins += self._alone(joining)

    def _built(self, images: Images) -> Iterator[Image]:
        """The images that Dockerfiles make."""
        for path in images.paths():
            read = images.read(path)
            stage = read.stage() if read is not None else None
            if read is None or stage is None:
                continue
            context = self._context(path, stage.copies)
            names = names_of(path, context, self.files.root, self._service_names(path))
            image = Image(path, context, read, stage, names)
            started = list(self._alone_in(image))
            yield structs.replace(
                image,
                serves=bool(started),
                ports=frozenset(port for each in started for port in each.own_ports()),
            )

    def _service_names(self, path: str) -> list[str]:
        """The names of the compose services that are built of a Dockerfile."""
        return [
            name
            for deployment in self.deployments
            for carrier in deployment.carriers
            if carrier.dockerfile == path
            for name in carrier.names
        ]

    def _alone_in(self, image: Image) -> Iterator[Process]:
        """What an image starts by itself."""
        environment, origins = variables(image.stage, image.path)
        machine = Machine(
            self.files, image.layout, image.path, environment, origins, dockerfile=image.path
        )
        script = started_by(image.stage.entrypoint, image.stage.command, environment)
        return machine.processes(script)

    def _images(self, built: list[Image], used: set[str]) -> Iterator[Deployment]:
        """Images whose own command no compose file runs: something else will."""
        for image in built:
            if image.serves and image.path not in used:
                processes = list(self._alone_in(image))
                yield Deployment(
                    self._title(image.path),
                    (image.path,),
                    processes,
                    carriers=[of_image(image.layout, image.path)],
                )

    def _context(self, path: str, copies: tuple[Copy, ...]) -> str:
        """The folder from which an image is built: one in which what is copied is there."""
        folder = os.path.dirname(path)
        sources = [
            each.text
            for copy in copies
            if copy.stage is None
            for each in copy.sources
            if "*" not in each.text and "$" not in each.text
        ]
        candidates = []
        while folder.startswith(self.files.root):
            candidates.append(folder)
            folder = os.path.dirname(folder)
        if not sources:
            return candidates[0] if candidates else os.path.dirname(path)
        there = {
            each: sum(os.path.exists(os.path.join(each, text.lstrip("/"))) for text in sources)
            for each in candidates
        }
        return max(candidates, key=lambda each: there[each], default=os.path.dirname(path))

    def _services(self) -> Iterator[Deployment]:
        """Procfiles, units of systemd, and what supervisord starts, unless an image starts it."""
        for name, read in _READERS.items():
            for path in self.files.named(name):
                if path in self.files.followed:
                    continue
                data = self.files.data(path)
                found = Deployment(self._title(path), (path,))
                services = read(data) if data is not None else Services()
                self.files.tell(path, services.unread)
                for service in services.services:
                    found.processes += self._started(path, service)
                yield found

    def _targets(self) -> Iterator[Deployment]:
        """The targets of Makefiles that start something else than is found, each by itself."""
        found = {each.place for deployment in self.deployments for each in deployment.processes}
        for path in self.files.named("makefile"):
            data = self.files.data(path)
            for service in read_makefile(data).services if data is not None else ():
                processes = list(self._started(path, service))
                if any(each.place not in found for each in processes):
                    title = f"{self._title(path)}, {service.name}"
                    yield Deployment(title, (path,), processes)

    def _started(self, path: str, service: Service) -> Iterator[Process]:
        """What a service of a file starts, from the folder of the file where it says no other."""
        folder = known(service.folder) if service.folder is not None else ""
        grace = service.grace
        machine = Machine(
            self.files,
            Layout(os.path.dirname(path), folder),
            path,
            service.environment,
            dict.fromkeys(service.environment, path),
            bool(service.environment_files),
            service.name,
            instances=service.instances,
            grace=Word(f"{grace.seconds:g}s", grace.line) if grace is not None else None,
        )
        return machine.processes(service.script)

    @cached_property
    def written(self) -> list[Text]:
        """The configurations of proxies that scripts write, such as those that set a machine up."""
        found: list[Text] = []
        for path in self.files.named("sh"):
            data = self.files.data(path) or b""
            text = text_of(data) if any(word in data for word in _PROXYING) else None
            if isinstance(text, Unread):
                self.files.tell(path, [text])
            if isinstance(text, str):
                found += written_texts(read_script(text).writes, path)
        return found

    def _alone(self, joining: Joining) -> Iterator[Join]:
        """Servers that code starts, and no file of a deployment."""
        started = {join.process.place for join in self.joins}
        for server in joining.servers:
            command = command_of(self.project.program, server, {})
            if (server.path, command.line) in started:
                continue
            folder = os.path.dirname(server.path)
            deployment = Deployment(self._title(server.path), (server.path,))
            process = Process(command, server.path, folder, (folder,), is_open=True)
            deployment.processes.append(process)
            self.deployments.append(deployment)
            yield joining.of_server(deployment, process, server)

    def _title(self, path: str) -> str:
        return os.path.relpath(path, self.files.root)
