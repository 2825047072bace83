"""What clusters and platforms run, before it is known which image of the project it is."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from lg_lint.deploy.cloud.platforms import Found, Platform
from lg_lint.deploy.kubernetes.clusters import Cluster
from lg_lint.deploy.place import Unread
from lg_lint.deploy.settings import Setting
from lg_lint.deploy.values import Value
from lg_lint.deploy.words import Command
from lg_lint.model.hosting.servers.records import Text


class Container(Struct, frozen=True, kw_only=True):
    """A container, and in how many instances it runs at most.

    `unit` is what it is part of, such as a pod: containers of one unit share a machine. `names` are
    those of the services that lead to it, `ports` its own, `named_ports` those of the services.
    `dockerfile` and `context` say what its image is made of, `folder` where its command starts,
    `texts` are configurations that it is given.
    """

    path: str
    line: int
    name: str = ""
    unit: str = ""
    names: tuple[str, ...] = ()
    image: Setting | None = None
    dockerfile: Setting | None = None
    context: Setting | None = None
    folder: Setting | None = None
    command: Command | None = None
    args: Command | None = None
    environment: Mapping[str, Setting] = {}
    is_open: bool = False
    most: Setting | None = None
    grace: Setting | None = None
    ports: tuple[Value, ...] = ()
    named_ports: tuple[Value, ...] = ()
    texts: tuple[Text, ...] = ()
    platform: Platform | None = None

    @property
    def is_own(self) -> bool:
        """Whether a platform runs it in a form that is made for a project's own image."""
        return self.platform is not None and self.platform.kind not in ("ecs-task", "container-app")


class Group(Struct, frozen=True, kw_only=True):
    """Containers that are deployed together, by files of which later ones go over earlier ones.

    `cluster` is what is applied with them, `found` what a stack makes beside them.
    """

    title: str
    paths: tuple[str, ...]
    containers: tuple[Container, ...]
    cluster: Cluster | None = None
    found: Found | None = None
    unread: tuple[tuple[str, Unread], ...] = ()
