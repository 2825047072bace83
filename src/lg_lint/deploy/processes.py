"""How many processes serve, by the order in which servers ask for that number."""

from __future__ import annotations

from msgspec import Struct

from lg_lint.deploy.place import Word
from lg_lint.deploy.server_options import Given, Options, Row
from lg_lint.deploy.values import AtLeast, Environment, Unknown, Value, known, whole_number

_DEFAULT = Given("", Word("1", 0), "default")


class Processes(Struct, frozen=True):
    """How many processes serve.

    There are `least` or, where not `is_exact`, more. `why` is the setting that decided; its origin
    is "default" (with line 0) where nothing was said, "code" where Python decides.
    """

    least: int
    is_exact: bool
    why: Given


def processes(row: Row, options: Options, environment: Environment) -> Processes:
    """How many processes a server has, from its settings and then from its environment.

    One that reloads has one, whatever is asked for.
    """
    if row["processes"] == "one":
        return Processes(1, True, _DEFAULT)
    reload = options.settings.get("reload") if row.get("reload") == "one" else None
    if reload is not None and known(reload.value) == "true":
        return Processes(1, True, reload)
    found = _without_reload(row, options, environment, reload)
    if reload is None or not isinstance(reload.value, Unknown) or found.least == 1:
        return found
    return Processes(1, False, reload)


def _without_reload(
    row: Row, options: Options, environment: Environment, reload: Given | None
) -> Processes:
    asked = _asked(row, options, environment)
    if asked is None:
        is_said = "concurrency" in row and "env_file" in options.settings
        return Processes(1, not (options.is_open or is_said), _DEFAULT)
    return _counted(row, asked, reload is None and options.is_open)


def _asked(row: Row, options: Options, environment: Environment) -> Given | None:
    """The setting that gives the number of workers."""
    setting = options.settings.get("workers")
    if setting is not None:
        return setting
    if options.is_open:
        return None
    for name in row.get("concurrency", ()):
        if name in environment:
            return options.from_variable(name, environment[name])
    return None


def _counted(row: Row, asked: Given, may_reload: bool) -> Processes:
    number = whole_number(asked.value)
    if number is None:
        least = asked.value.least if isinstance(asked.value, AtLeast) else 1
        return Processes(least, False, asked)
    if row.get("reload") == "one":
        number = number or 1
        if may_reload and number > 1 and asked.origin != "command":
            return Processes(1, False, asked)
    if row.get("none_is_one"):
        number = number or 1
    return Processes(max(number, 0), True, asked)


def failure(program: str, options: Options, environment: Environment, target: Value | None) -> str:
    """Why a server does not start; "" where nothing speaks against it."""
    if options.settings.get("check") is not None:
        return "it only checks its settings"
    asked = options.settings.get("workers")
    concurrency = environment.get("WEB_CONCURRENCY")
    if asked is None and concurrency is not None and program in ("uvicorn", "fastapi run"):
        asked = Given("WEB_CONCURRENCY", concurrency, "environment")
    for setting in (asked, _gunicorns(program, concurrency)):
        text = known(setting.value) if setting is not None else None
        if setting is not None and text is not None and whole_number(setting.value) is None:
            return f"{setting.name} is {text!r}, which is no number"
    if asked is not None and (whole_number(asked.value) or 0) < 0 and program == "gunicorn":
        return f"{asked.name} is below 0"
    if program in ("uvicorn", "gunicorn") and target is None and not options.is_open:
        return "it names no application"
    text = known(target)
    if program == "uvicorn" and text is not None and not all(text.partition(":")):
        return f"{text!r} is no application: module and name are divided by a colon"
    return ""


def _gunicorns(program: str, concurrency: object) -> Given | None:
    """gunicorn reads the variable first, whatever decides in the end."""
    if program != "gunicorn" or not isinstance(concurrency, Word):
        return None
    return Given("WEB_CONCURRENCY", concurrency, "environment")


def of_uvicorn_run(
    workers: Given | None,
    reload: Given | None,
    is_object: bool,
    environment: Environment,
) -> tuple[Processes, str]:
    """What `uvicorn.run` starts, and why it does not.

    `workers` and `reload` are its arguments, `is_object` says that it is given the application
    itself and no text that names it. `UVICORN_WORKERS` is not asked here, WEB_CONCURRENCY is.
    """
    given = {"workers": workers, "reload": reload}
    options = Options({name: each for name, each in given.items() if each is not None})
    row = {"processes": "workers", "reload": "one", "concurrency": ("WEB_CONCURRENCY",)}
    found = processes(row, options, environment)
    reloads = reload is not None and known(reload.value) == "true"
    if is_object and (reloads or (found.is_exact and found.least > 1)):
        return found, "the application is given as an object, not as text that names it"
    return found, ""


def of_uvicorn_server() -> Processes:
    """What `uvicorn.Server(uvicorn.Config(...)).run()` starts: one process, whatever is said."""
    return Processes(1, True, _DEFAULT)
