"""From a server's command to the application of the project that it serves.

The file of `package.module:name` is looked for where the command imports from, then by the end of
its path among the files that the process may hold. Where several are meant the join is a question.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from msgspec import structs

from lg_lint.deploy.server_command import ServerCommand
from lg_lint.deploy.values import known
from lg_lint.facts import tree as t
from lg_lint.knowledge import names
from lg_lint.model.hosting.processes import imported_files, module_imports
from lg_lint.model.hosting.servers.python_servers import PythonServer, command_of, python_servers
from lg_lint.model.hosting.servers.reached import is_reached
from lg_lint.model.hosting.servers.records import Deployment, Join, Process
from lg_lint.model.project import Project
from lg_lint.model.web.applications import Applications, Host, Served
from lg_lint.model.web.django_settings import DjangoProjects
from lg_lint.program import inference
from lg_lint.program.import_closure import closure
from lg_lint.program.scopes import Module
from lg_lint.program.values import External, ExternalObject, FunctionRef, Value


class Joining:
    """Answers which application a process serves."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.program = project.program
        self.applications = project.once(Applications)
        self.servers = python_servers(self.program)

    def joined(self, deployment: Deployment, process: Process) -> Iterator[Join]:
        """The applications that a process serves: one, or those that a program of Python starts."""
        command = process.command
        if command.program == "python":
            yield from self._of_program(deployment, process)
            return
        text = known(command.target)
        if command.target_kind not in ("application", "file") or text is None:
            yield Join(deployment, process, question="the command names no application")
            return
        yield self._named(deployment, process, text)

    def of_server(self, deployment: Deployment, process: Process, server: PythonServer) -> Join:
        """The join of a call that starts a server."""
        text = known(process.command.target)
        if text is not None:
            return self._named(deployment, process, text)
        env = self.program.env(server.site.scope)
        values = inference.infer(self.program, server.app, env)
        return self._of_values(deployment, process, server.path, values)

    def _of_program(self, deployment: Deployment, process: Process) -> Iterator[Join]:
        """`python main.py`: the servers that the file, or what it imports, starts."""
        text = known(process.command.target) or ""
        is_file = process.command.target_kind == "file"
        stem = text.removesuffix(".py") if is_file else text.replace(".", "/")
        found = self._files(process, stem) or self._files(process, f"{stem}/__main__")
        if len(found) != 1:
            yield Join(deployment, process, question=_several(text, found))
            return
        module = self.program.module(found[0])  # a script that names its application alone is new
        servers = python_servers(self.program)
        own = [each for each in servers if each.path == found[0]]
        if not own and module is not None:
            inside = closure({module.path}, self._imports(module))
            others = [each for each in servers if each.path in inside]
            own = [each for each in others if is_reached(self.program, module, inside, each)]
            if others and not own:
                where = self.project.display(others[0].path)
                question = f"whether {text} comes to the server of {where} cannot be seen"
                yield Join(deployment, process, question=question)
        for server in own:
            command = command_of(self.program, server, process.environment)
            inner = _with(process, command, server.path, found[0])
            yield self.of_server(deployment, inner, server)

    def _imports(self, module: Module) -> dict[str, set[str]]:
        own = {module.path: set(module_imports(self.program, module))}
        return self.project.once(imported_files) | own

    def _named(self, deployment: Deployment, process: Process, text: str) -> Join:
        name, _, attribute = text.partition(":")
        if process.command.target_kind == "file" and name.endswith(".py"):
            stem = name.removesuffix(".py")
        else:
            stem = name.replace(".", "/")
        found = self._files(process, stem)
        if len(found) != 1:
            return Join(deployment, process, question=_several(text, found))
        module = self.program.module(found[0])
        if module is None:
            return Join(deployment, process, question=f"{text} cannot be read")
        values = self._values(module, attribute.partition("(")[0])
        return self._of_values(deployment, process, module.path, values)

    def _values(self, module: Module, attribute: str) -> tuple[Value, ...]:
        for name in (attribute,) if attribute else ("app", "api", "application"):
            found: list[Value] = []
            for value in inference.module_attribute(self.program, module, name):
                found.append(value)
                if isinstance(value, FunctionRef):
                    found += inference.returned_values(self.program, value, None)
            if any(not _is_unknown(value) for value in found):
                return tuple(found)
        return self._made_when_asked(module)

    def _made_when_asked(self, module: Module) -> tuple[Value, ...]:
        """What a module's own `__getattr__` gives for a name that it does not have."""
        return tuple(
            made
            for value in inference.module_attribute(self.program, module, "__getattr__")
            if isinstance(value, FunctionRef)
            for made in inference.returned_values(self.program, value, None)
        )

    def _of_values(
        self, deployment: Deployment, process: Process, path: str, values: tuple[Value, ...]
    ) -> Join:
        hosts = self._unwrapped(values)
        if not hosts and self._is_of_django(path):
            return Join(deployment, process, path, served=self._of_django(path))
        if not hosts:
            text = "which application this serves cannot be seen"
            return Join(deployment, process, path, question=text)
        served = tuple(self.applications.served(set(hosts)))
        return Join(deployment, process, path, frozenset(hosts), served)

    def _is_of_django(self, path: str) -> bool:
        """Whether a module makes the application of Django's settings."""
        meant = names("django_application")
        return any(
            isinstance(callee, External) and callee.name in meant
            for name in {each.rpartition(".")[2] for each in meant}
            for site, scope in self.program.calls_named(name)
            if scope.module.path == path
            for callee in inference.infer(self.program, site.node.func, self.program.env(scope))
        )

    def _of_django(self, path: str) -> tuple[Served, ...]:
        """The streams of the views under the same settings as a module."""
        django = self.project.once(_django)
        own = django.folders(path)
        found = self.applications.of_django()
        return tuple(
            each for each in found if not own or django.folders(each.response.site.path) & own
        )

    def _unwrapped(self, values: tuple[Value, ...], depth: int = 0) -> set[Host]:
        """The applications that values are, also inside of what wraps them: `Middleware(app)`."""
        found = self.applications.of_values(values)
        if found or depth > 3:
            return found
        for value in values:
            if not isinstance(value, ExternalObject) or value.env is None:
                continue
            if isinstance(value.site, t.Call):
                for arg in value.site.args:
                    inner = inference.infer(self.program, arg.value, value.env)
                    found |= self._unwrapped(inner, depth + 1)
        return found

    # --- which file a name means ---------------------------------------------------------------

    def _files(self, process: Process, stem: str) -> list[str]:
        """The files that a name means: the one where it is imported from, else all that fit."""
        ends = (f"{stem}.py", f"{stem}/__init__.py")
        for root in process.roots:
            for end in ends:
                path = os.path.normpath(os.path.join(root, end))
                if path in self.program.finder.files:
                    return [path]
        for area in _above(process.area, self.program.finder.root):
            found = self._ending(area, [f"/{os.path.normpath(end)}" for end in ends])
            if found:
                return found
        return []

    def _ending(self, area: str, ends: list[str]) -> list[str]:
        """The files below a folder whose paths end so; one right below it comes first."""
        start = area.rstrip(os.sep) + os.sep
        direct = [area + end for end in ends if area + end in self.program.finder.files]
        if direct:
            return direct[:1]
        return sorted(
            path
            for path in self.program.finder.files
            if path.startswith(start) and path.endswith(tuple(ends))
        )


def _django(project: Project) -> DjangoProjects:
    return DjangoProjects(project.program)


def _above(folder: str, root: str) -> Iterator[str]:
    """A folder and those above it, at most the root."""
    while folder == root or folder.startswith(root.rstrip(os.sep) + os.sep):
        yield folder
        if folder == root:
            return
        folder = os.path.dirname(folder)


def _several(text: str, found: list[str]) -> str:
    if not found:
        return f"no file of the project is {text}"
    return f"{text} may be any of {len(found)} files"


def _is_unknown(value: Value) -> bool:
    return not inference.known(value)


def _with(process: Process, command: ServerCommand, path: str, start: str) -> Process:
    roots = (os.path.dirname(start), *process.roots)
    return structs.replace(process, command=command, path=path, roots=roots)
