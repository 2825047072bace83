"""The containers of platforms: Cloud Run, ECS, fly, railway, render and their like."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator

from lg_lint.deploy.cloud import aws, cloud_run, hosting
from lg_lint.deploy.cloud.platforms import Found, Platform
from lg_lint.deploy.settings import Setting, number
from lg_lint.deploy.terraform.hcl import read as read_hcl
from lg_lint.deploy.terraform.stacks import stacks
from lg_lint.deploy.text import text_of
from lg_lint.deploy.values import value_of
from lg_lint.model.hosting.servers.containers import Container, Group
from lg_lint.model.hosting.servers.files import DeploymentFiles

_KINDS: tuple[tuple[str, Callable[[bytes, str], Found]], ...] = (
    ("cloud-run", cloud_run.read),
    ("aws", aws.read),
    ("render", hosting.render),
    ("digital-ocean", hosting.digital_ocean),
    ("app-engine", hosting.app_engine),
    ("fly", hosting.fly),
    ("railway-toml", hosting.railway_toml),
    ("railway-json", hosting.railway_json),
    ("nixpacks", hosting.nixpacks),
)
_told = re.compile(r"\s*(?:#|echo\b|printf\b)")
_TERRAFORM = (".tf", ".tfvars")


def groups(files: DeploymentFiles) -> Iterator[Group]:
    """One for each file of a platform, and for each stack of Terraform."""
    read = {
        path: found
        for kind, reader in _KINDS
        for path in files.of_kind(kind)  # type: ignore[arg-type]
        if (found := _read(files, path, reader)) is not None
    }
    for path, found in read.items():
        services = [each for one in read.values() for each in one.platforms]
        yield Group(
            title=os.path.relpath(path, files.root),
            paths=(path,),
            containers=tuple(_containers(found, path, services)),
            found=found,
            unread=tuple((path, each) for each in found.unread),
        )
    yield from _deployed(files)
    yield from _stacks(files)


def _deployed(files: DeploymentFiles) -> Iterator[Group]:
    """What scripts deploy with gcloud."""
    for path in files.named("sh"):
        data = files.data(path) or b""
        text = text_of(data) if b"gcloud" in data else None
        if isinstance(text, str):
            rows = ["" if _told.match(row) else row for row in text.split("\n")]
            found = Found(platforms=cloud_run.deploys(Setting("\n".join(rows), 1, path)))
            yield Group(
                title=os.path.relpath(path, files.root),
                paths=(path,),
                containers=tuple(_containers(found, path, [])),
                found=found,
            )


def _read(files: DeploymentFiles, path: str, reader: Callable[[bytes, str], Found]) -> Found | None:
    data = files.data(path)
    return reader(data, path) if data is not None else None


def _stacks(files: DeploymentFiles) -> Iterator[Group]:
    paths = [path for path in files.paths if path.endswith(_TERRAFORM)]
    read = {path: data for path in paths if (data := files.data(path)) is not None}
    for stack in stacks({path: read_hcl(data) for path, data in read.items()}) if read else ():
        inside = [path for path in paths if os.path.dirname(path) == stack.folder]
        title = os.path.relpath(stack.variables or inside[0], files.root)
        yield Group(
            title=title,
            paths=tuple(inside),
            containers=tuple(_containers(stack.found, inside[0], stack.found.platforms)),
            found=stack.found,
            unread=stack.unread,
        )


def _containers(
    found: Found, path: str, services: list[Platform] | tuple[Platform, ...]
) -> Iterator[Container]:
    for each in found.platforms:
        if each.kind in ("ecs-service", "ecs-scaling"):
            continue
        yield Container(
            path=each.path or path,
            line=each.line,
            name=each.name.text if each.name is not None and each.name.known else "",
            image=each.image,
            dockerfile=each.dockerfile,
            context=each.context,
            command=each.command,
            args=each.args,
            environment=each.env,
            is_open=each.more_env,
            most=_tasks(each, services) if each.kind == "ecs-task" else each.most,
            grace=each.grace,
            ports=(value_of(each.port),) if each.port is not None else (),
            platform=each,
        )


def _tasks(task: Platform, all_of: list[Platform] | tuple[Platform, ...]) -> Setting | None:
    """How many tasks run: what the service says that runs it, or else what scales this."""
    services = [
        each for each in all_of if each.kind == "ecs-service" and _is_meant(each.task, task)
    ]
    if len(services) != 1:
        return None
    scaled = [each for each in all_of if each.kind == "ecs-scaling"]
    own = [each for each in scaled if _names(each.task, services[0])]
    found = own if own or len(scaled) > 1 else scaled
    most = found[0].most if len(found) == 1 else services[0].most
    return most if number(most) is not None else None


def _is_meant(setting: Setting | None, task: Platform) -> bool:
    """Whether a service runs a task: by its family, or by its resource."""
    if setting is None or task.task is None:
        return False
    wanted, given = task.task.text, setting.text
    stem = wanted.removesuffix(".arn")
    return given.partition(":")[0] == wanted or (stem != wanted and stem in given)


def _names(setting: Setting | None, service: Platform) -> bool:
    """Whether what is scaled is a service: referred to by its address, or named at the end."""
    if setting is None:
        return False
    if service.address and f"{service.address.partition('.')[0]}." in setting.text:
        return f"{service.address}." in setting.text
    name = service.name.text if service.name is not None and service.name.known else ""
    last = setting.text.rpartition("/")[2]
    return bool(name) and re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", last) is not None
