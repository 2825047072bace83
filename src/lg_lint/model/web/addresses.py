"""Under which methods and paths a route is reached, as far as the source says."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.model.entry import Entry
from lg_lint.model.project import Project
from lg_lint.model.web.applications import Applications, Host
from lg_lint.model.web.tables import INCLUSIONS
from lg_lint.program import inference
from lg_lint.program.store import terminal_name
from lg_lint.program.values import Const, Container, Env, strings

UNKNOWN_PREFIX = "…"
"""A part of a path that the source does not say."""

_VERBS = ("get", "post", "put", "patch", "delete", "head", "options")
_PATHS = ("path", "rule", "route", "url")
_PREFIXES = ("prefix", "url_prefix")
_REPLACING = "register_blueprint"
_LISTED = ("routes", "route_handlers")
_MOST = 8


class _Above(Struct, frozen=True):
    """What takes a router in, under which prefix, and whether that replaces the router's own."""

    outer: Host
    prefix: str
    replaces: bool = False


class Addresses:
    """The addresses of a project's routes: ask `project.once(Addresses)`."""

    def __init__(self, project: Project) -> None:
        self.program = project.program
        self.applications = project.once(Applications)
        self._own: dict[Host, str] = {}
        self._above: dict[Host, list[_Above]] = {}
        for call, env in self.applications.constructors():
            self._constructed(call, env)
        for name in INCLUSIONS:
            for call, env in self.applications.calls(name):
                self._included(name, call, env)

    def of(self, entry: Entry) -> tuple[str, ...]:
        """Each address as "POST /chat", the method left out where it is not known; none without."""
        node, env = entry.site.node, entry.site.env
        if not isinstance(node, t.Call):
            return ()
        methods, path = self._said(node, env)
        if path is None:
            return ()
        hosts = self.applications.hosts(node, env)
        if not hosts and isinstance(node.func, t.Attribute):
            hosts = self.applications.hosts(node.func.value, env)
        prefixes = {prefix: None for host in hosts for prefix in self._prefixes(host, frozenset())}
        return tuple(
            f"{method} {_joined(prefix, path)}".strip()
            for prefix in list(prefixes or {"": None})[:_MOST]
            for method in methods
        )

    # --- what a registration says --------------------------------------------------------------

    def _said(self, call: t.Call, env: Env) -> tuple[list[str], str | None]:
        """The methods of a registration, "" for one that is not known, and its own path."""
        name = (terminal_name(call.func) or "").removeprefix("add_").removesuffix("_route")
        methods = [name.upper()] if name in _VERBS else self._methods(call, env)
        first = self._text(call.args[0].value, env) if call.args else None
        if first is not None and first.isupper() and first.isalpha() and len(call.args) > 1:
            return [first], self._text(call.args[1].value, env)
        for keyword in _PATHS:
            expr = call.argument(keyword)
            if expr is not None:
                return methods, self._text(expr, env)
        return methods, first

    def _methods(self, call: t.Call, env: Env) -> list[str]:
        expr = call.argument("methods")
        found: dict[str, None] = {}
        for value in inference.infer(self.program, expr, env) if expr is not None else ():
            if isinstance(value, Container):
                for items in inference.items_of(self.program, value):
                    found.update(dict.fromkeys(map(str.upper, strings(items))))
        return list(found) or [""]

    def _text(self, expr: t.Expr, env: Env) -> str | None:
        values = inference.infer(self.program, expr, env)
        texts = [
            each.value for each in values if isinstance(each, Const) and isinstance(each.value, str)
        ]
        return texts[0] if texts and len(texts) == len(values) else None

    # --- prefixes ------------------------------------------------------------------------------

    def _constructed(self, call: t.Call, env: Env) -> None:
        """A router's own prefix, and what its lists of routes hold."""
        hosts = self.applications.hosts(call, env)
        for keyword in _PREFIXES:
            expr = call.argument(keyword)
            if expr is not None:
                self._own.update(dict.fromkeys(hosts, self._prefix(expr, env)))
        inner = call.argument("app", 1)
        mounted = inner is not None or call.argument("routes") is not None
        if terminal_name(call.func) == "Mount" and mounted:
            expr = call.argument("path", 0)
            own = self._prefix(expr, env) if expr is not None else UNKNOWN_PREFIX
            self._own.update(dict.fromkeys(hosts, own))
            for host in self.applications.hosts(inner, env) if inner is not None else ():
                self._put(host, hosts, "")
        for keyword in _LISTED:
            for value in self.applications.listed(call.argument(keyword), env):
                for host in self.applications.of_values((value,)):
                    self._put(host, hosts, "")

    def _included(self, name: str, call: t.Call, env: Env) -> None:
        given = INCLUSIONS[name].of(call)
        if given is None or not isinstance(call.func, t.Attribute):
            return
        outer = self.applications.hosts(call.func.value, env)
        prefixes = [call.argument(keyword) for keyword in _PREFIXES]
        expr = next((each for each in prefixes if each is not None), None)
        if expr is None and INCLUSIONS[name].position == 1:
            expr = call.argument("path", 0)
        prefix = self._prefix(expr, env) if expr is not None else ""
        inner = set(self.applications.hosts(given, env))
        for value in self.applications.listed(given, env) if outer else ():
            inner |= self.applications.of_values((value,))
        for host in inner:
            self._put(host, outer, prefix, replaces=name == _REPLACING and expr is not None)

    def _put(self, inner: Host, outer: set[Host], prefix: str, *, replaces: bool = False) -> None:
        self._above.setdefault(inner, []).extend(
            _Above(host, prefix, replaces) for host in outer if host != inner
        )

    def _prefix(self, expr: t.Expr, env: Env) -> str:
        text = self._text(expr, env)
        return UNKNOWN_PREFIX if text is None else text

    def _prefixes(self, host: Host, seen: frozenset[Host]) -> Iterator[str]:
        """What stands before the paths of a router, up to each application that takes it in."""
        own = self._own.get(host, "")
        above = [each for each in self._above.get(host, ()) if each.outer not in seen]
        if not above or len(seen) > _MOST:
            yield own
        for each in above[:_MOST] if len(seen) <= _MOST else ():
            for prefix in self._prefixes(each.outer, seen | {host}):
                yield _joined(_joined(prefix, each.prefix), "" if each.replaces else own)


def _joined(prefix: str, path: str) -> str:
    """Two parts of a path, with one slash between them."""
    if not prefix or not path:
        return prefix or path
    return f"{prefix.rstrip('/')}/{path.lstrip('/')}"
