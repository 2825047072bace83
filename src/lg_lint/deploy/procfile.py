"""Procfiles: one line for each kind of process."""

from __future__ import annotations

import re

from lg_lint.deploy.place import Unread
from lg_lint.deploy.services import Service, Services
from lg_lint.deploy.shell import read_script
from lg_lint.deploy.text import text_of
from lg_lint.deploy.values import Environment

_LINE = re.compile(r"\s*([A-Za-z0-9_-]{1,100}):\s*(\S.*)")
_MOST = 500


def read_procfile(data: bytes, environment: Environment | None = None) -> Services:
    """The processes of a Procfile; a shell starts each of them. Any bytes are accepted.

    On Heroku the platform itself sets WEB_CONCURRENCY where nobody does: that is not told here.
    """
    text = text_of(data)
    if isinstance(text, Unread):
        return Services(unread=(text,))
    found: list[Service] = []
    unread: list[Unread] = []
    for number, row in enumerate(text.split("\n"), 1):
        match = _LINE.match(row)
        if match is None or len(found) >= _MOST:
            if row.strip() and not row.lstrip().startswith("#"):
                unread.append(Unread(number, "a line that names no process"))
            continue
        script = read_script(match[2], environment, line=number)
        found.append(Service(name=match[1], line=number, script=script))
        unread += script.unread
    return Services(tuple(found), tuple(unread[:20]))
