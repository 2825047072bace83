"""What the files have in common that say which programs a machine starts."""

from __future__ import annotations

import re

from msgspec import Struct

from lg_lint.deploy.place import Unread
from lg_lint.deploy.shell.records import Script
from lg_lint.deploy.values import Value, known


class Grace(Struct, frozen=True):
    """How long a program may go on after it was told to stop; then it is killed.

    `seconds` is infinite where nothing kills it. `name` is the setting that says so.
    """

    seconds: float
    name: str
    line: int


class Service(Struct, frozen=True, kw_only=True):
    """A program, or a chain of them, under one name of a Procfile, a unit, a Makefile and so on.

    `script` is what it starts; relative folders in it start at `folder`, None where none is said.
    `environment` are the variables that the file gives, `environment_files` the files that give
    more. `instances` is how often it is started, None for once. `grace` is None where the file is
    silent: the default of its kind counts. `needs` names the services that are started before, in a
    Makefile.
    """

    name: str
    line: int
    script: Script
    environment: dict[str, Value] = {}
    environment_files: tuple[Value, ...] = ()
    folder: Value | None = None
    instances: Value | None = None
    grace: Grace | None = None
    is_started: bool = True
    needs: tuple[str, ...] = ()


class Services(Struct, frozen=True):
    """The services of one file, in order, and what could not be read of it."""

    services: tuple[Service, ...] = ()
    unread: tuple[Unread, ...] = ()


_UNITS = {
    "": 1.0, "s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0, "ms": 0.001, "msec": 0.001,
    "us": 1e-6, "m": 60.0, "min": 60.0, "minute": 60.0, "minutes": 60.0, "h": 3600.0, "hr": 3600.0,
    "hour": 3600.0, "hours": 3600.0, "d": 86400.0, "day": 86400.0, "days": 86400.0,
}  # fmt: skip
_TIME = re.compile(r"\s*(\d{1,9}(?:\.\d{1,9})?)\s*([a-z]*)")


def seconds(value: Value | None) -> float | None:
    """A time such as `5`, `90s`, `1min 30s` or `infinity`, in seconds; None where it is none."""
    text = (known(value) or "").strip().lower()
    if text == "infinity":
        return float("inf")
    total, at = 0.0, 0
    for match in _TIME.finditer(text[:100]):
        if match.start() != at or match[2] not in _UNITS:
            return None
        total += float(match[1]) * _UNITS[match[2]]
        at = match.end()
    return total if at and at == len(text) else None
