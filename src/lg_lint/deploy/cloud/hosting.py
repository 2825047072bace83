"""Fly, Railway, Nixpacks, Render, DigitalOcean and App Engine.

Defaults of the platforms: Fly kills 5 s after its signal, Render after 30 s.
"""

from __future__ import annotations

from lg_lint.deploy import toml_nodes
from lg_lint.deploy.cloud.platforms import Collector, Found, Platform
from lg_lint.deploy.settings import Setting, platform, unknown
from lg_lint.deploy.toml_nodes import Table
from lg_lint.deploy.words import Command, Filled, split
from lg_lint.deploy.yaml_nodes import Node, documents, guarded

FLY_GRACE = "5"
RENDER_GRACE = "30"


def fly(data: bytes, path: str = "") -> Found:
    """A `fly.toml`: one record for each process, or one for all."""
    table, unread = toml_nodes.read(data, path)
    into = Collector()
    into.unread += unread
    if table is None:
        return into.found()
    processes = table.settings("processes")
    grace = table.setting("kill_timeout") or platform(FLY_GRACE)
    least = table.setting("http_service", "min_machines_running")
    for name, command in processes.items() or ((None, None),):
        into.platforms.append(
            Platform(
                "fly",
                command.line if command is not None else 1,
                path,
                Setting(name, command.line, path) if name and command else table.setting("app"),
                least,
                grace=grace,
                args=_command(command) or _experimental(table),
                env=table.settings("env"),
                more_env=True,
                image=table.setting("build", "image"),
                dockerfile=table.setting("build", "dockerfile"),
                target=table.setting("build", "build-target"),
                port=table.setting("http_service", "internal_port"),
                strategy=table.setting("http_service", "concurrency", "type"),
            )
        )
    return into.found()


def railway_toml(data: bytes, path: str = "") -> Found:
    """A `railway.toml`."""
    table, unread = toml_nodes.read(data, path)
    into = Collector()
    into.unread += unread
    if table is not None:
        into.platforms.append(_railway(table, path))
    return into.found()


def railway_json(data: bytes, path: str = "") -> Found:
    """A `railway.json`."""
    found = documents(data, path)
    into = Collector()
    into.unread += found.unread
    guarded(lambda root: into.platforms.append(_railway(root, path)), found.roots[:1], into.unread)
    return into.found()


def nixpacks(data: bytes, path: str = "") -> Found:
    """A `nixpacks.toml`: the start command of what Railway and its like build by themselves."""
    table, unread = toml_nodes.read(data, path)
    into = Collector()
    into.unread += unread
    start = table.setting("start", "cmd") if table is not None else None
    if start is not None:
        command = _command(start)
        into.platforms.append(
            Platform("nixpacks", start.line, path, command=command, more_env=True)
        )
    return into.found()


def digital_ocean(data: bytes, path: str = "") -> Found:
    """An application of DigitalOcean: `.do/app.yaml`."""
    found = documents(data, path)
    into = Collector()
    into.unread += found.unread

    def one(root: Node) -> None:
        spec = root.get("spec") or root
        services = spec.get("services")
        for each in services.elements() if services is not None else ():
            into.platforms.append(_component(each))

    guarded(one, found.roots[:1], into.unread)
    return into.found()


def render(data: bytes, path: str = "") -> Found:
    """A `render.yaml`: its web and private services."""
    found = documents(data, path)
    into = Collector()
    into.unread += found.unread

    def one(root: Node) -> None:
        services = root.get("services")
        for each in services.elements() if services is not None else ():
            if each.text("type") in ("web", "pserv") and each.text("runtime") != "static":
                into.platforms.append(_rendered(each))

    guarded(one, found.roots[:1], into.unread)
    return into.found()


def app_engine(data: bytes, path: str = "") -> Found:
    """An `app.yaml` of App Engine; other files of that name say nothing."""
    found = documents(data, path)
    into = Collector()
    into.unread += found.unread

    def one(root: Node) -> None:
        if not root.text("runtime") or root.get("apiVersion") is not None:
            return
        manual = root.setting("manual_scaling", "instances")
        variables = root.get("env_variables")
        env = {
            key.text: each.setting() or unknown("", key.line)
            for key, each in (variables.items() if variables is not None else ())
        }
        most = (
            manual
            or root.setting("automatic_scaling", "max_instances")
            or root.setting("automatic_scaling", "max_num_instances")
            or root.setting("basic_scaling", "max_instances")
        )
        least = root.setting("automatic_scaling", "min_instances")
        into.platforms.append(
            Platform(
                "app-engine",
                root.line,
                path,
                root.setting("service"),
                manual or least,
                most,
                command=_command(root.setting("entrypoint")),
                env=env,
            )
        )

    guarded(one, found.roots[:1], into.unread)
    return into.found()


def _command(setting: Setting | None) -> Command | None:
    """A start command: a text that a shell is given, split without its variables put in."""
    if setting is None:
        return None
    return Command(split(Filled(setting)), setting.line, "text")


def _experimental(table: Table) -> Command | None:
    listed = table.get("experimental", "cmd")
    if listed is None:
        return None
    words = [each.scalar() for each in listed.elements()]
    return Command(tuple(word for word in words if word is not None), listed.line)


def _railway(node: Table | Node, path: str) -> Platform:
    replicas = node.setting("deploy", "numReplicas")
    regions = node.get("deploy")
    if replicas is None and isinstance(regions, Node) and regions.get("multiRegionConfig"):
        replicas = unknown("multiRegionConfig", regions.line, path)
    start = node.setting("deploy", "startCommand")
    return Platform(
        "railway",
        start.line if start is not None else node.line,
        path,
        None,
        replicas or platform("1"),
        replicas or platform("1"),
        grace=node.setting("deploy", "drainingSeconds"),
        command=_command(start),
        more_env=True,
        dockerfile=node.setting("build", "dockerfilePath"),
        target=node.setting("build", "buildTarget")
        or node.setting("build", "dockerfile", "target"),
    )


def _component(node: Node) -> Platform:
    env: dict[str, Setting] = {}
    listed = node.get("envs")
    for each in listed.elements() if listed is not None else ():
        key = each.setting("key")
        if key is not None:
            env[key.text] = each.setting("value") or unknown("", key.line, key.path)
    count = node.setting("instance_count") or platform("1", node.line)
    return Platform(
        "digital-ocean",
        node.line,
        node.source.path,
        node.setting("name"),
        node.setting("autoscaling", "min_instance_count") or count,
        node.setting("autoscaling", "max_instance_count") or count,
        command=_command(node.setting("run_command")),
        env=env,
        more_env=True,
        image=node.setting("image", "repository"),
        dockerfile=node.setting("dockerfile_path"),
        context=node.setting("source_dir"),
        port=node.setting("http_port"),
    )


def _rendered(node: Node) -> Platform:
    env: dict[str, Setting] = {}
    more = False
    listed = node.get("envVars")
    for each in listed.elements() if listed is not None else ():
        key, value = each.setting("key"), each.setting("value")
        if key is None:
            more = True
            continue
        env[key.text] = value or unknown("", key.line, key.path)
    count = node.setting("numInstances") or platform("1", node.line)
    return Platform(
        "render",
        node.line,
        node.source.path,
        node.setting("name"),
        node.setting("scaling", "minInstances") or count,
        node.setting("scaling", "maxInstances") or count,
        grace=node.setting("maxShutdownDelaySeconds") or platform(RENDER_GRACE, node.line),
        command=_command(node.setting("startCommand") or node.setting("dockerCommand")),
        env=env,
        more_env=more,
        image=node.setting("image", "url"),
        dockerfile=node.setting("dockerfilePath"),
        context=node.setting("dockerContext") or node.setting("rootDir"),
    )
