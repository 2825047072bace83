"""Which container runs a proxy's configuration, and which application a file stands with."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TypeVar

from msgspec import Struct

from lg_lint.model.hosting.servers.records import Carrier, Deployment, Text, is_below
from lg_lint.model.hosting.servers.servers import Servers

_Placed = TypeVar("_Placed", bound=Carrier)


class Carried(Struct, frozen=True, eq=False):
    """A container of a deployment, in which a configuration is."""

    deployment: Deployment
    carrier: Carrier


class Carriers:
    """Answers which containers have a file that a program reads, such as nginx."""

    def __init__(self, servers: Servers, program: str) -> None:
        self.servers = servers
        self.program = program

    def of(self, path: str) -> list[Carried]:
        """The containers that have a file, each with its deployment."""
        return [
            Carried(deployment, carrier)
            for deployment in self.servers.deployments
            for carrier in deployment.carriers
            if carrier.carries(path, self.program)
        ]

    def running(self) -> list[Carrier]:
        """The containers, and images that no deployment names, that run the program."""
        found = [each for one in self.servers.deployments for each in one.carriers]
        return [each for each in (*found, *self.servers.images) if self.program in each.image]

    def texts(self) -> Iterator[tuple[Carried | None, Text]]:
        """The configurations that stand in files of other kinds, with the container that has it."""
        told: set[str] = set()
        for deployment in self.servers.deployments:
            for carrier in deployment.carriers:
                for text in carrier.texts:
                    told.add(text.path)
                    yield Carried(deployment, carrier), text
        for carrier in self.servers.images:
            for text in carrier.texts if carrier.path not in told else ():
                yield None, text
        for text in self.servers.written:
            yield None, text


def nearest(path: str, carriers: Sequence[_Placed]) -> list[_Placed]:
    """Those whose files share the deepest folder with a path."""
    depths = [len(os.path.commonpath([path, each.path])) for each in carriers]
    most = max(depths, default=0)
    return [each for each, depth in zip(carriers, depths, strict=True) if depth == most]


class Areas:
    """Answers which folder a deployment file speaks for: the nearest above with an application."""

    def __init__(self, servers: Servers) -> None:
        self._modules = sorted({each.module for each in servers.joins if each.module})
        self._root = servers.files.root

    def of(self, path: str) -> str:
        """The folder that a file speaks for; the root where none above it holds an application."""
        folder = os.path.dirname(path)
        while folder != self._root and is_below(folder, self._root):
            if any(is_below(each, folder) for each in self._modules):
                return folder
            folder = os.path.dirname(folder)
        return self._root
