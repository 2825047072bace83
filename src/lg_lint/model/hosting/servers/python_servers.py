"""Servers that Python code starts: `uvicorn.run(...)` and `uvicorn.Server(...)`."""

from __future__ import annotations

import os
from collections.abc import Iterator

from lg_lint.deploy.place import Word
from lg_lint.deploy.processes import Processes, of_uvicorn_run, of_uvicorn_server
from lg_lint.deploy.python_values import Evaluation, Number, Text
from lg_lint.deploy.server_command import ServerCommand
from lg_lint.deploy.server_options import Given
from lg_lint.deploy.values import AtLeast, Environment, Unknown, Value
from lg_lint.facts import tree as t
from lg_lint.knowledge import names
from lg_lint.program import inference
from lg_lint.program.scopes import CallSite, Scope
from lg_lint.program.store import Program
from lg_lint.program.values import Const, Container, External

_RUN = names("uvicorn_run")
_CONFIG = names("uvicorn_config")
_SETTINGS = {
    "workers": "workers",
    "reload": "reload",
    "timeout_graceful_shutdown": "graceful_timeout",
    "timeout_keep_alive": "keep_alive",
    "limit_max_requests": "max_requests",
    "host": "host",
    "port": "port",
    "root_path": "root_path",
    "factory": "factory",
}


class PythonServer:
    """A call that starts a server. `app` is what it is given: the application, or its name.

    `spread` are the displays that it takes apart: `options` of `run(**options)`.
    """

    def __init__(
        self, site: CallSite, app: t.Expr, spread: list[t.Dict], *, is_config: bool
    ) -> None:
        self.site = site
        self.app = app
        self.spread = spread
        self.is_config = is_config

    def argument(self, keyword: str) -> t.Expr | None:
        """What is given by a name, in the call or in a display that it takes apart."""
        return self.site.node.argument(keyword) or _entry(self.spread, keyword)

    @property
    def path(self) -> str:
        """The file that the call stands in."""
        return self.site.scope.module.path


def python_servers(program: Program) -> list[PythonServer]:
    """The calls outside tests that start uvicorn."""
    found = []
    for name, meant, is_config in (("run", _RUN, False), ("Config", _CONFIG, True)):
        for site, scope in program.calls_named(name):
            if scope.module.is_test or site.is_dead:
                continue
            spread = _spread(program, site, scope)
            app = site.node.argument("app", 0) or _entry(spread, "app")
            if app is None:
                continue
            callees = inference.infer(program, site.node.func, program.env(scope))
            if any(isinstance(each, External) and each.name in meant for each in callees):
                found.append(PythonServer(site, app, spread, is_config=is_config))
    return found


def _spread(program: Program, site: CallSite, scope: Scope) -> list[t.Dict]:
    """The displays that a call takes apart, where their names mean the same as in the call."""
    env = program.env(scope)
    return [
        value.node
        for arg in site.node.args
        if arg.star == "**"
        for value in inference.infer(program, arg.value, env)
        if isinstance(value, Container) and isinstance(value.node, t.Dict)
        if value.env.scope in (scope, scope.module)
    ]


def _entry(displays: list[t.Dict], name: str) -> t.Expr | None:
    """What a display has under a key, where one alone has it."""
    found = [
        value
        for display in displays
        for key, value in display.items
        if isinstance(key, t.Constant) and key.value == name
    ]
    return found[0] if len(found) == 1 else None


def command_of(program: Program, server: PythonServer, environment: Environment) -> ServerCommand:
    """The server that a call starts in an environment."""
    settings = dict(_settings(program, server, environment))
    name = _name(program, server)
    row = server.site.node.row
    if server.is_config:
        counted, failure = of_uvicorn_server(), ""
    else:
        counted, failure = of_uvicorn_run(
            settings.get("workers"), settings.get("reload"), name is None, environment
        )
        if any(arg.star for arg in server.site.node.args):
            counted = Processes(counted.least, False, counted.why)
    return ServerCommand(
        "uvicorn", row, Word(name, row) if name is not None else None,
        "application" if name is not None else "none", settings, "asgi", "loop", counted, failure,
        folder=None,
    )  # fmt: skip


def _name(program: Program, server: PythonServer) -> str | None:
    """The text that names the application; None where the application itself is given."""
    values = inference.infer(program, server.app, program.env(server.site.scope))
    texts = [each.value for each in values if isinstance(each, Const)]
    if len(values) == len(texts) == 1 and isinstance(texts[0], str) and ":" in texts[0]:
        return texts[0]
    if isinstance(server.app, t.JoinedString):
        last = server.app.parts[-1] if server.app.parts else None
        tail = last.value if isinstance(last, t.Constant) else ""
        if isinstance(tail, str) and tail.startswith(":"):
            stem = os.path.splitext(os.path.basename(server.path))[0]
            return f"{stem}{tail}"
    return None


def _settings(
    program: Program, server: PythonServer, environment: Environment
) -> Iterator[tuple[str, Given]]:
    for keyword, setting in _SETTINGS.items():
        expr = server.argument(keyword)
        if expr is None or (isinstance(expr, t.Constant) and expr.value is None):
            continue
        yield setting, Given(keyword, _value(program, server, expr, environment), "code")


def _value(program: Program, server: PythonServer, expr: t.Expr, environment: Environment) -> Value:
    row = expr.row
    evaluation = Evaluation(environment)
    for scope in {server.site.scope.module: None, server.site.scope: None}:
        _take(evaluation, scope)
    found = evaluation.value(expr)
    if isinstance(found, Text):
        return Word(found.text, row)
    if isinstance(found, Number) and found.is_exact:
        return Word(found.text, row)
    if isinstance(found, Number) and found.least is not None and found.least >= 0:
        return AtLeast("workers", row, int(found.least))
    return Unknown("?", row)


def _take(evaluation: Evaluation, scope: Scope) -> None:
    """Learn the imports of a scope, and its names that are bound once."""
    for name, bindings in scope.bindings.items():
        for each in bindings:
            if isinstance(each.node, (t.Import, t.ImportFrom)):
                evaluation.take_import(each.node)
        only = bindings[0]
        if only.kind == "import":
            continue
        is_plain = len(bindings) == 1 and only.kind == "assign" and not only.unpack
        value = only.value if is_plain else None
        evaluation.names[name] = evaluation.value(value) if value is not None else None
