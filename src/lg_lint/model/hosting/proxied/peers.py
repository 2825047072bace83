"""Which server of a configuration is which program of the project, by its host and its port."""

from __future__ import annotations

import os
from collections.abc import Iterator

from lg_lint.deploy.nginx.records import Peer
from lg_lint.deploy.values import known, whole_number
from lg_lint.model.hosting.proxied.carried import Carried
from lg_lint.model.hosting.servers.records import Join, Process, is_below

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]", "0.0.0.0"})
_MACHINE = frozenset({"host.docker.internal", "172.17.0.1", "host.containers.internal"})


def joins_behind(peer: Peer, path: str, by: Carried | None, joins: list[Join]) -> list[Join]:
    """The programs that a peer may be, as a configuration in that file names it.

    In a container, names are those of its own deployment. Elsewhere they are those of the compose
    file that is nearest; ports tell apart what has no name. A program of which no port is known is
    none of these.
    """
    if peer.host is None:
        return []
    if peer.is_socket:
        return [each for each in joins if _socket(each.process) == peer.host]
    if by is None:
        return _outside(peer, path, joins)
    inside = [each for each in joins if each.deployment is by.deployment]
    if peer.host in _MACHINE or (peer.host in LOOPBACK and by.carrier.is_on_host):
        return _on_machine(peer, joins)
    if peer.host in LOOPBACK:
        mates = [each for each in inside if _is_beside(each.process, by)]
        return [each for each in mates if peer.port in set(each.process.own_ports())]
    return _named(peer, inside)


def _outside(peer: Peer, path: str, joins: list[Join]) -> list[Join]:
    """For the nginx of a machine, or one of which no container is known."""
    named = _named(peer, joins, is_port=False)
    if named:
        return _named(peer, _nearest(named, path))
    return _on_machine(peer, joins) if peer.host in LOOPBACK else []


def _named(peer: Peer, joins: list[Join], *, is_port: bool = True) -> list[Join]:
    host = (peer.host or "").lower()
    if ".svc" in host:
        host = host.partition(".")[0]
    found = [each for each in joins if host in each.process.names]
    return [each for each in found if not is_port or _may_listen(peer.port, each.process, found)]


def _may_listen(port: int | None, process: Process, named: list[Join]) -> bool:
    """Whether a program of that name listens at a port: the only one does where none is known."""
    ports = {*process.own_ports(), *_service_ports(process)}
    if port is None or port in ports:
        return True
    same = [each for each in named if each.deployment is named[0].deployment]
    return not ports and len(same) == 1


def _is_beside(process: Process, by: Carried) -> bool:
    """Whether a program is in the same container, or the same pod."""
    unit = by.carrier.unit
    return process.unit == unit if unit else process.name == by.carrier.name


def _service_ports(process: Process) -> Iterator[int]:
    for each in process.named_ports:
        number = whole_number(each)
        if number is not None:
            yield number


def _nearest(joins: list[Join], configuration: str) -> list[Join]:
    """Those of the deployments that stand nearest above a file; all where none stands above it."""
    above = [
        (len(os.path.dirname(each.deployment.paths[0])), each)
        for each in joins
        if is_below(configuration, os.path.dirname(each.deployment.paths[0]))
    ]
    longest = max((length for length, _ in above), default=0)
    return [each for length, each in above if length == longest] or joins


def _on_machine(peer: Peer, joins: list[Join]) -> list[Join]:
    """The programs that answer at a port of the machine; containers do where it is published."""
    return [
        each
        for each in joins
        if peer.port is not None and peer.port in set(_machine_ports(each.process))
    ]


def _machine_ports(process: Process) -> Iterator[int]:
    if not process.names:
        yield from process.own_ports()
    for each in process.published:
        number = whole_number(each)
        if number is not None:
            yield number


def _socket(process: Process) -> str | None:
    """The socket at which a program listens, instead of a port."""
    bind = known(process.command.value("bind")) or known(process.command.value("uds")) or ""
    return bind.removeprefix("unix:") if "/" in bind else None
