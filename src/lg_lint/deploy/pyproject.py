"""What a pyproject.toml starts: console scripts, and the tasks of task runners."""

from __future__ import annotations

from msgspec import Struct

from lg_lint.deploy.place import Unread, Word
from lg_lint.deploy.services import Service
from lg_lint.deploy.shell import Script, read_script
from lg_lint.deploy.toml_nodes import Table, read
from lg_lint.deploy.values import Environment

_SCRIPTS = (("project", "scripts"), ("tool", "poetry", "scripts"))
_TASKS = (
    ("tool", "poe", "tasks"), ("tool", "taskipy", "tasks"), ("tool", "pdm", "scripts"),
    ("tool", "pixi", "tasks"), ("tool", "rye", "scripts"),
)  # fmt: skip
_COMMANDS = ("cmd", "shell", "chain")
_MOST = 300


class Pyproject(Struct, frozen=True):
    """What can be started by name.

    `scripts` are console scripts: a program's name, and the `module:function` that it calls.
    `tasks` are commands of poe, taskipy, pdm, pixi, rye and hatch. `entrypoint` is what `fastapi
    run` serves where it is told nothing, None where the file does not say it.
    """

    scripts: dict[str, Word] = {}
    tasks: tuple[Service, ...] = ()
    entrypoint: Word | None = None
    unread: tuple[Unread, ...] = ()


def read_pyproject(data: bytes, environment: Environment | None = None) -> Pyproject:
    """The scripts and tasks of a pyproject.toml. Any bytes are accepted."""
    table, unread = read(data)
    if table is None:
        return Pyproject(unread=unread)
    scripts: dict[str, Word] = {}
    for keys in _SCRIPTS:
        for name, setting in list(table.settings(*keys).items())[:_MOST]:
            scripts.setdefault(name, Word(setting.text, setting.line))
    found = [
        _task(name, task, environment)
        for tasks in _tables(table)
        for name, task in _items(tasks)[:_MOST]
    ]  # fmt: skip
    entrypoint = table.setting("tool", "fastapi", "entrypoint")
    return Pyproject(
        scripts,
        tuple(each for each in found if each is not None),
        Word(entrypoint.text, entrypoint.line) if entrypoint is not None else None,
        unread,
    )


def _tables(table: Table) -> list[Table]:
    """The tables of tasks."""
    found = [table.get(*keys) for keys in _TASKS]
    environments = table.get("tool", "hatch", "envs")
    for _, each in _items(environments) if environments is not None else ():
        found.append(each.get("scripts"))
    return [each for each in found if each is not None]


def _items(table: Table) -> list[tuple[str, Table]]:
    names = table.value if isinstance(table.value, dict) else ()
    pairs = [(name, table.get(name)) for name in names]
    return [(name, each) for name, each in pairs if each is not None]


def _task(name: str, task: Table, environment: Environment | None) -> Service | None:
    """A task: one text, one under `cmd` or `shell`, or a list of either."""
    scripts = [
        read_script(each.value, environment, line=each.line)
        for part in [task, *task.elements()][:_MOST]
        for each in [part, *(part.get(key) for key in _COMMANDS)]
        if each is not None and isinstance(each.value, str)
    ]
    if not scripts:
        return None
    together = Script(
        tuple(run for script in scripts for run in script.runs),
        tuple(write for script in scripts for write in script.writes),
        tuple(each for script in scripts for each in script.unread),
    )
    return Service(name=name, line=task.line, script=together)
