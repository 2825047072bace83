"""Which server of a configuration is which program of the project, by its host and its port."""

from __future__ import annotations

import os
from collections.abc import Iterator

from lg_lint.deploy.nginx.records import Peer
from lg_lint.deploy.values import known, whole_number
from lg_lint.model.hosting.servers.records import Join, Process

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]", "0.0.0.0"})


def joins_behind(peer: Peer, configuration: str, joins: list[Join]) -> list[Join]:
    """The programs that a peer may be, as a configuration in that file names it.

    Names of services are those of the compose file that is nearest; ports tell apart what has no
    name. A program of which no port is known is none of these.
    """
    if peer.host is None or peer.is_socket:
        return []
    named = [each for each in joins if peer.host in each.process.names]
    if named:
        near = _nearest(named, configuration)
        return [each for each in near if peer.port in (None, *_ports(each.process))]
    if peer.host in LOOPBACK and peer.port is not None:
        return [each for each in joins if _answers_at(each.process, peer.port)]
    return []


def _nearest(joins: list[Join], configuration: str) -> list[Join]:
    """Those of the deployments that stand nearest above a file; all where none stands above it."""
    above = [
        (len(os.path.dirname(each.deployment.paths[0])), each)
        for each in joins
        if configuration.startswith(
            os.path.dirname(each.deployment.paths[0]).rstrip(os.sep) + os.sep
        )
    ]
    longest = max((length for length, _ in above), default=0)
    return [each for length, each in above if length == longest] or joins


def _answers_at(process: Process, port: int) -> bool:
    """Whether a program on the same machine listens at a port; one in a container does not."""
    return not process.names and port in set(_ports(process))


def _ports(process: Process) -> Iterator[int]:
    command = process.command
    bind = known(command.value("bind"))
    port = whole_number(command.value("port") or command.default("port"))
    if bind is not None:
        port = _number(bind)
    elif port is None:
        port = _number(known(command.default("bind")) or "")
    if port is not None:
        yield port
    if command.value("port") is None and bind is None:
        for each in process.ports:
            number = whole_number(each)
            if number is not None:
                yield number


def _number(bind: str) -> int | None:
    text = bind.rpartition(":")[2]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None
