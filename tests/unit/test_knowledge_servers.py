"""The rows of `[servers.programs]` are what the installed servers say of their options."""

from __future__ import annotations

import sys

import pytest
from gunicorn.config import Config as GunicornConfig

from lg_lint.knowledge import table

PROGRAMS = table("servers")["programs"]
KEPT = {
    "workers", "worker_class", "threads", "timeout", "keep_alive", "graceful_timeout", "max_requests",
    "max_requests_jitter", "reload", "no_reload", "preload", "factory", "host", "port", "bind", "uds",
    "fd", "root_path", "folder", "env_file", "configuration", "app", "entrypoint", "file",
}  # fmt: skip


def row_of(program: str) -> tuple[set[str], set[str]]:
    """The options of a row that take a value, and the switches that it knows."""
    row = PROGRAMS[program]
    return {*row.get("options", {}), *row.get("values", ())}, set(row.get("switches", {}))


def uvicorns() -> tuple[set[str], set[str]]:
    import click
    import uvicorn  # noqa: F401

    found = sys.modules["uvicorn.main"].main  # type: ignore[attr-defined]
    options = [each for each in found.params if isinstance(each, click.Option)]
    values = {name for each in options if not each.is_flag for name in each.opts}
    return values, {name for each in options if each.is_flag for name in each.opts}


def of_argparse(actions: list[object]) -> tuple[set[str], set[str]]:
    values: set[str] = set()
    switches: set[str] = set()
    for action in actions:
        nargs = getattr(action, "nargs", None)
        (switches if nargs in (0, "?") else values).update(getattr(action, "option_strings", ()))
    return values, switches


def gunicorns() -> tuple[set[str], set[str]]:
    return of_argparse(GunicornConfig().parser()._actions)  # type: ignore[arg-type]


@pytest.mark.parametrize(("program", "read"), [("uvicorn", uvicorns), ("gunicorn", gunicorns)])
def test_each_option_of_an_installed_server_takes_a_value_or_none(program: str, read) -> None:  # type: ignore[no-untyped-def]
    values, switches = read()
    with_value, known_switches = row_of(program)
    assert values - with_value == set(), "they take a value, and the row does not know it"
    assert switches & with_value == set(), "they take none"
    assert values & known_switches == set()


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_option_is_two_things(program: str) -> None:
    row = PROGRAMS[program]
    kinds = [set(row.get("options", {})), set(row.get("switches", {})), set(row.get("values", ()))]
    assert sum(map(len, kinds)) == len(set().union(*kinds))
    assert row["stack"] in ("asgi", "wsgi", "own", "class")
    assert row["processes"] in ("one", "workers")
    assert row["target"] in ("application", "file", "module", "none")


def test_settings_have_the_names_that_are_documented() -> None:
    from lg_lint.deploy.server_command import ServerCommand

    documented = (ServerCommand.__doc__ or "").replace("\n", " ")
    assert all(name in documented for name in KEPT - {"file"})


def test_gunicorns_worker_classes_are_those_that_it_has() -> None:
    from gunicorn.workers import SUPPORTED_WORKERS

    rows = {**table("servers")["asgi_classes"], **table("servers")["wsgi_classes"]}
    for alias, path in SUPPORTED_WORKERS.items():
        assert rows[alias] == rows[path]


def test_defaults_are_those_of_the_installed_servers() -> None:
    import inspect

    import hypercorn
    import uvicorn

    gunicorn = GunicornConfig().settings
    said = PROGRAMS["gunicorn"]["defaults"]
    for name, setting in (
        ("timeout", "timeout"),
        ("graceful_timeout", "graceful_timeout"),
        ("keep_alive", "keepalive"),
        ("threads", "threads"),
    ):
        assert said[name] == str(gunicorn[setting].default)
    parameters = inspect.signature(uvicorn.Config).parameters
    said = PROGRAMS["uvicorn"]["defaults"]
    assert said["keep_alive"] == str(parameters["timeout_keep_alive"].default)
    assert (said["host"], said["port"]) == (
        parameters["host"].default,
        str(parameters["port"].default),
    )
    assert parameters["timeout_graceful_shutdown"].default is None
    config = hypercorn.Config()
    said = PROGRAMS["hypercorn"]["defaults"]
    assert float(said["graceful_timeout"]) == config.graceful_timeout
    assert float(said["keep_alive"]) == config.keep_alive_timeout
    assert [said["bind"]] == config.bind
