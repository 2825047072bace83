"""The paths at which an application answers for a route: its own, and what holds it before it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.model.entry import Entry
from lg_lint.model.project import Project
from lg_lint.model.web.applications import Applications, Host
from lg_lint.model.web.tables import INCLUSIONS
from lg_lint.program import inference
from lg_lint.program.values import Const, Env

_OWN = ("prefix", "url_prefix")
_DEEPEST = 6
_MOST = 8
_parameter = re.compile(r"\{[^{}]*\}|<[^<>]*>|(?<=/):\w+")

Text = str


class RoutePaths(Struct):
    """Answers where a route is, as far as all parts of its path are literal.

    `_prefix` has what an application, router or blueprint puts before all of its routes, and
    `_held` who takes whom in, with what it puts before: None where that cannot be seen.
    """

    project: Project
    _prefix: dict[Host, str | None] = field(default_factory=dict)
    _root: dict[Host, str | None] = field(default_factory=dict)
    _held: dict[Host, list[tuple[Host, str | None]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        applications = self.project.once(Applications)
        for call, env in applications.constructors():
            for host in applications.hosts(call, env):
                self._prefix.setdefault(host, self._said(call, env, _OWN))
                self._root.setdefault(host, self._said(call, env, ("root_path",)))
        for name, inner in INCLUSIONS.items():
            for call, env in applications.calls(name):
                given = inner.of(call)
                if given is None or not isinstance(call.func, t.Attribute):
                    continue
                before = self._before(name, call, env)
                outers = applications.hosts(call.func.value, env)
                for held in applications.hosts(given, env):
                    self._held.setdefault(held, []).extend((outer, before) for outer in outers)

    def of(self, entry: Entry, hosts: Iterable[Host]) -> tuple[str, ...] | None:
        """The paths of a route at one of some applications; None where they cannot be seen."""
        node, env = entry.site.node, entry.site.env
        if not isinstance(node, t.Call) or not isinstance(node.func, t.Attribute):
            return None
        own = self._path(node, env)
        owners = self.project.once(Applications).hosts(node.func.value, env)
        if own is None or not owners:
            return None
        wanted = set(hosts)
        found = {path for owner in owners for path in self._up(owner, own, wanted, 0)}
        if None in found or not found or len(found) > _MOST:
            return None
        return tuple(sorted(_sample(path) for path in found if path is not None))

    def roots(self, hosts: Iterable[Host]) -> tuple[str, ...] | None:
        """What applications take away from the beginning of a path; None where it is not seen."""
        found = {self._root.get(host, "") for host in hosts}
        return None if None in found else tuple(sorted(each for each in found if each))

    def _up(self, host: Host, path: str, wanted: set[Host], depth: int) -> Iterator[str | None]:
        prefix = self._prefix.get(host, "")
        if prefix is None or depth > _DEEPEST:
            yield None
            return
        path = prefix.rstrip("/") + path
        if host in wanted:
            yield path
        for outer, before in self._held.get(host, ()):
            if before is None:
                yield None
            else:
                yield from self._up(outer, before.rstrip("/") + path, wanted, depth + 1)

    def _before(self, name: str, call: t.Call, env: Env) -> str | None:
        """What an inclusion puts before the paths of what it takes in."""
        if name in ("mount", "add_subapp"):
            return self._text(call.argument("path" if name == "mount" else "prefix", 0), env)
        return self._said(call, env, _OWN)

    def _said(self, call: t.Call, env: Env, names: tuple[str, ...]) -> str | None:
        if any(arg.star for arg in call.args):
            return None
        for name in names:
            expr = call.argument(name)
            if expr is not None:
                return self._text(expr, env)
        return ""

    def _path(self, call: t.Call, env: Env) -> str | None:
        expr = call.argument("path", 0) or call.argument("rule")
        text = self._text(expr, env)
        return text if text is not None and (not text or text.startswith("/")) else None

    def _text(self, expr: t.Expr | None, env: Env) -> str | None:
        """The one text that an expression is."""
        values = inference.infer(self.project.program, expr, env) if expr is not None else ()
        value = values[0] if len(values) == 1 else None
        return value.value if isinstance(value, Const) and isinstance(value.value, str) else None


def _sample(path: str) -> str:
    """A path with something in the place of each parameter."""
    return _parameter.sub("1", path) or "/"
