"""What runs an application or stands before it outside of a cluster: records that many files give.

The adapters are `cloud_run.py`, `aws.py`, `serverless.py`, `hosting.py` and those of `terraform/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from lg_lint.deploy.place import Unread
from lg_lint.deploy.settings import Setting
from lg_lint.deploy.words import Command


class Platform(Struct, frozen=True):
    """A service that a platform runs in one or more instances.

    `kind` is "cloud-run", "ecs-task", "ecs-service", "ecs-scaling", "container-app", "fly",
    "railway", "nixpacks", "render", "digital-ocean" or "app-engine". `least` and `most` are the
    numbers of instances. `timeout` limits the whole answer, in seconds; `grace` is the time between
    SIGTERM and SIGKILL. `command` takes the place of the image's ENTRYPOINT and `args` that of its
    CMD; where a platform has one start command for both, it is `command`. `more_env` says that
    further variables stand elsewhere. `task` is the name of the task that a service runs, or of the
    service that a scaling is for. `address` is the name of a service that other parts of the file
    refer to it by, "" where that is `name`.
    """

    kind: str
    line: int
    path: str = ""
    name: Setting | None = None
    least: Setting | None = None
    most: Setting | None = None
    timeout: Setting | None = None
    grace: Setting | None = None
    concurrency: Setting | None = None
    command: Command | None = None
    args: Command | None = None
    env: Mapping[str, Setting] = {}
    more_env: bool = False
    image: Setting | None = None
    dockerfile: Setting | None = None
    context: Setting | None = None
    target: Setting | None = None
    port: Setting | None = None
    task: Setting | None = None
    strategy: Setting | None = None
    address: str = ""


class LoadBalancer(Struct, frozen=True):
    """A load balancer: "application", "network", "gateway", "classic", "backend" or "unknown".

    `idle` is the silence in seconds after which it cuts; None for kinds that do not. A "backend" is
    a backend service of Google's: with `total` the time is that of the whole answer.
    """

    kind: str
    line: int
    path: str = ""
    name: str = ""
    idle: Setting | None = None
    total: bool = False


class Function(Struct, frozen=True):
    """A function of a serverless platform: `kind` is "lambda", "azure", "vercel" or "gcp".

    `timeout` limits the whole answer, in seconds. `invoke_mode` says whether an answer is streamed:
    `RESPONSE_STREAM` or `BUFFERED`. `fronts` are what it is called by: "rest", "http", "url".
    """

    kind: str
    line: int
    path: str = ""
    name: str = ""
    handler: Setting | None = None
    timeout: Setting | None = None
    invoke_mode: Setting | None = None
    fronts: tuple[str, ...] = ()
    env: Mapping[str, Setting] = {}
    image: Setting | None = None


class Gateway(Struct, frozen=True):
    """An API gateway: `kind` is "rest", "http" or "websocket". HTTP gateways never stream.

    `timeout` is in milliseconds and limits the whole answer, unless `transfer` is `STREAM`.
    """

    kind: str
    line: int
    path: str = ""
    name: str = ""
    timeout: Setting | None = None
    transfer: Setting | None = None


class Rewrite(Struct, frozen=True):
    """A path that a front end hands on to another place."""

    source: Setting
    destination: Setting


class Found(Struct, frozen=True):
    """All that a file says of platforms."""

    platforms: tuple[Platform, ...] = ()
    balancers: tuple[LoadBalancer, ...] = ()
    functions: tuple[Function, ...] = ()
    gateways: tuple[Gateway, ...] = ()
    rewrites: tuple[Rewrite, ...] = ()
    unread: tuple[Unread, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing of interest was found."""
        return not any(getattr(self, name) for name in self.__struct_fields__ if name != "unread")


class Collector:
    """Gathers what is found while a file is read."""

    def __init__(self) -> None:
        self.platforms: list[Platform] = []
        self.balancers: list[LoadBalancer] = []
        self.functions: list[Function] = []
        self.gateways: list[Gateway] = []
        self.rewrites: list[Rewrite] = []
        self.unread: list[Unread] = []

    def found(self) -> Found:
        """What was gathered."""
        return Found(
            tuple(self.platforms),
            tuple(self.balancers),
            tuple(self.functions),
            tuple(self.gateways),
            tuple(self.rewrites),
            tuple(self.unread),
        )


def joined(each: list[Found]) -> Found:
    """What several files say, together."""
    fields: dict[str, Any] = {
        name: tuple(item for found in each for item in getattr(found, name))
        for name in Found.__struct_fields__
    }
    return Found(**fields)
