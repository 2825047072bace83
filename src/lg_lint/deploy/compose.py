"""Compose files to facts: the services of one file, with its variables put in.

How several files become one deployment is in `compose_files.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from lg_lint.deploy import words
from lg_lint.deploy.place import Unread, Word
from lg_lint.deploy.settings import Setting, platform, unknown
from lg_lint.deploy.words import Command
from lg_lint.deploy.yaml_nodes import Node, documents, guarded

GRACE = "10s"
"""What Docker waits after SIGTERM where `stop_grace_period` is not said."""
_RESETS = ("!reset", "!override")


class Build(Struct, frozen=True):
    """How the image of a service is made."""

    line: int
    context: Setting
    dockerfile: Setting | None = None
    target: Setting | None = None
    args: Mapping[str, Setting] = {}
    inline: Setting | None = None


class Port(Struct, frozen=True):
    """A port of the container, and the one of the host that leads there, where one is said."""

    target: Setting
    published: Setting | None = None


class Mount(Struct, frozen=True):
    """A path of the host, a volume or a configuration, and where the container sees it."""

    source: Setting
    target: Setting


class Extends(Struct, frozen=True):
    """The service whose settings a service begins with; without a file it is in the same one."""

    service: Setting
    file: Setting | None = None


class Text(Struct, frozen=True):
    """A named configuration: its text, or the file that holds it."""

    line: int
    content: Setting | None = None
    file: Setting | None = None


class Service(Struct, frozen=True):
    """A service. What is not said is None or empty: `instances` and `grace` know what holds then.

    `resets` are the fields that an override file takes away or replaces whole.
    """

    name: Word
    image: Setting | None = None
    build: Build | None = None
    command: Command | None = None
    entrypoint: Command | None = None
    environment: Mapping[str, Setting] = {}
    env_files: tuple[Setting, ...] = ()
    ports: tuple[Port, ...] = ()
    expose: tuple[Setting, ...] = ()
    volumes: tuple[Mount, ...] = ()
    configs: tuple[Mount, ...] = ()
    labels: Mapping[str, Setting] = {}
    working_dir: Setting | None = None
    container_name: Setting | None = None
    network_mode: Setting | None = None
    replicas: Setting | None = None
    stop_grace_period: Setting | None = None
    stop_signal: Setting | None = None
    depends_on: tuple[Word, ...] = ()
    profiles: tuple[Setting, ...] = ()
    extends: Extends | None = None
    resets: tuple[str, ...] = ()

    @property
    def instances(self) -> Setting:
        """How many containers run: 1 where nothing is said."""
        return self.replicas or platform("1", self.name.line)

    @property
    def grace(self) -> Setting:
        """How long a container has after SIGTERM: 10 s where nothing is said."""
        return self.stop_grace_period or platform(GRACE, self.name.line)


class Compose(Struct, frozen=True):
    """What a compose file says."""

    services: Mapping[str, Service] = {}
    include: tuple[Setting, ...] = ()
    configs: Mapping[str, Text] = {}
    unread: tuple[Unread, ...] = ()


def read(data: bytes, variables: Mapping[str, Word] | None = None, path: str = "") -> Compose:
    """A compose file, with the variables of its `.env` put in where they are used."""
    found = documents(data, path)
    unread = list(found.unread)
    services: dict[str, Service] = {}
    include: list[Setting] = []
    configs: dict[str, Text] = {}
    reader = _Reader(variables or {})

    def one(root: Node) -> None:
        include.extend(reader.included(root))
        configs.update(reader.texts(root.get("configs")))
        for name, node in _mapping(root.get("services")):
            if node.kind == "mapping":
                services[name.text] = reader.service(name, node)

    guarded(one, found.roots[:1], unread)
    return Compose(services, tuple(include), configs, tuple(unread))


def environment(
    service: Service, read: Callable[[str], Mapping[str, Setting] | None]
) -> dict[str, Setting]:
    """The variables that a service is given: those of its files, and over them its own.

    `read` gives the names of a file as it is named, None where it is not there: then `*` stands
    for variables whose names are unknown.
    """
    found: dict[str, Setting] = {}
    for file in service.env_files:
        names = read(file.text) if file.known else None
        found.update(names if names is not None else {"*": unknown(file.text, file.line)})
    found.update(service.environment)
    return found


class _Reader:
    def __init__(self, variables: Mapping[str, Word]) -> None:
        self.variables = variables

    def value(self, node: Node | None, *keys: str) -> Setting | None:
        return words.value(node.setting(*keys) if node is not None else None, self.variables)

    def service(self, name: Word, node: Node) -> Service:
        deploy = node.get("deploy")
        return Service(
            name,
            self.value(node, "image"),
            self.build(node.get("build")),
            self.command(node, "command"),
            self.command(node, "entrypoint"),
            self.table(node.get("environment")),
            tuple(self.env_files(node.get("env_file"))),
            tuple(self.ports(node.get("ports"))),
            tuple(self.texts_of(node.get("expose"))),
            tuple(self.mounts(node.get("volumes"))),
            tuple(self.mounts(node.get("configs"), "")),
            self.table(node.get("labels")),
            self.value(node, "working_dir"),
            self.value(node, "container_name"),
            self.value(node, "network_mode"),
            self.value(deploy, "replicas") or self.value(node, "scale"),
            self.value(node, "stop_grace_period"),
            self.value(node, "stop_signal"),
            tuple(_names(node.get("depends_on"))),
            tuple(self.texts_of(node.get("profiles"))),
            self.extends(node.get("extends")),
            tuple(key.text for key, value in node.items() if value.tag in _RESETS),
        )

    def command(self, node: Node, key: str) -> Command | None:
        """A command: None where nothing is said, one without words where it is taken away."""
        entry = node.entries().get(key)
        if entry is None or entry[1].null:
            return None
        value = entry[1]
        if value.kind == "sequence":
            parts = [part for part in map(_element, value.elements()) if part is not None]
            return words.command(parts, entry[0].line, self.variables)
        setting = value.setting()
        return words.command_of_text(setting, self.variables) if setting is not None else None

    def build(self, node: Node | None) -> Build | None:
        if node is None:
            return None
        if node.kind == "scalar":
            context = self.value(node)
            return Build(node.line, context) if context is not None else None
        return Build(
            node.line,
            self.value(node, "context") or platform(".", node.line),
            self.value(node, "dockerfile"),
            self.value(node, "target"),
            self.table(node.get("args")),
            node.setting("dockerfile_inline"),
        )

    def table(self, node: Node | None) -> dict[str, Setting]:
        """Names and values, written as a mapping or as a list of `NAME=value`."""
        found: dict[str, Setting] = {}
        if node is None:
            return found
        for name, each in node.items():
            setting = self.value(each)
            if setting is None and each.kind == "scalar":
                setting = self.handed_on(name.text, name.line, each.source.path)
            if setting is not None:
                found[name.text] = setting
        for each in node.elements():
            setting = each.setting()
            if setting is None:
                continue
            key, *rest = words.filled(setting, self.variables).parts("=", 1)
            found[key.text] = rest[0] if rest else self.handed_on(key.text, key.line, key.path)
        return found

    def handed_on(self, name: str, line: int, path: str) -> Setting:
        """A name without a value: what the shell or `.env` has for it."""
        found = self.variables.get(name)
        return Setting(found.text, line, path) if found else unknown("", line, path)

    def env_files(self, node: Node | None) -> Iterator[Setting]:
        for each in _each(node):
            found = self.value(each) if each.kind == "scalar" else self.value(each, "path")
            if found is not None:
                yield found

    def ports(self, node: Node | None) -> Iterator[Port]:
        for each in _each(node):
            if each.kind == "mapping":
                target = self.value(each, "target")
                if target is not None:
                    yield Port(target, self.value(each, "published"))
                continue
            setting = each.setting()
            if setting is not None:
                *before, target = words.filled(setting, self.variables).parts(":")
                target = target.part(0, len(target.text.partition("/")[0]))
                yield Port(target, before[-1] if before else None)

    def mounts(self, node: Node | None, separator: str = ":") -> Iterator[Mount]:
        for each in _each(node):
            if each.kind == "mapping":
                source = self.value(each, "source")
                target = self.value(each, "target") or source
                if source is not None and target is not None:
                    yield Mount(source, target)
                continue
            setting = each.setting()
            if setting is None:
                continue
            parts = words.filled(setting, self.variables).parts(":") if separator else (setting,)
            yield Mount(parts[0], parts[min(1, len(parts) - 1)])

    def extends(self, node: Node | None) -> Extends | None:
        if node is None:
            return None
        service = self.value(node) if node.kind == "scalar" else self.value(node, "service")
        if service is None:
            return None
        return Extends(service, None if node.kind == "scalar" else self.value(node, "file"))

    def texts_of(self, node: Node | None) -> Iterator[Setting]:
        for each in _each(node):
            found = self.value(each)
            if found is not None:
                yield found

    def texts(self, node: Node | None) -> dict[str, Text]:
        return {
            name.text: Text(name.line, self.value(each, "content"), self.value(each, "file"))
            for name, each in _mapping(node)
            if each.kind == "mapping"
        }

    def included(self, root: Node) -> Iterator[Setting]:
        for each in _each(root.get("include")):
            if each.kind == "scalar":
                yield from self.texts_of(each)
            else:
                yield from self.texts_of(each.get("path"))


def _mapping(node: Node | None) -> Iterator[tuple[Word, Node]]:
    return node.items() if node is not None else iter(())


def _each(node: Node | None) -> Iterator[Node]:
    """The elements of a list, or the one thing that stands in its place."""
    if node is None:
        return
    if node.kind == "sequence":
        yield from node.elements()
    else:
        yield node


def _element(node: Node) -> Setting | None:
    return node.setting()


def _names(node: Node | None) -> Iterator[Word]:
    for name, _ in _mapping(node):
        yield name
    for each in node.elements() if node is not None else ():
        found = each.setting()
        if found is not None:
            yield Word(found.text, found.line)
