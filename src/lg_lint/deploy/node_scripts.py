"""Scripts of a package.json, and the applications of pm2."""

from __future__ import annotations

from lg_lint.deploy.literal import Items, Literal, Table, read_literals
from lg_lint.deploy.place import Unread, Word
from lg_lint.deploy.services import Grace, Service, Services
from lg_lint.deploy.shell import Script, plain_words, read_script, read_words
from lg_lint.deploy.text import text_of
from lg_lint.deploy.values import Environment, Unknown, Value, known, whole_number

_MOST = 300
_NONE = ("none", "")


def read_package(data: bytes, environment: Environment | None = None) -> Services:
    """The scripts of a package.json, each by its name. Any bytes are accepted."""
    text = text_of(data)
    if isinstance(text, Unread):
        return Services(unread=(text,))
    found: list[Service] = []
    for top in read_literals(text)[:1]:
        scripts = top.get("scripts") if isinstance(top, Table) else None
        if not isinstance(scripts, Table):
            continue
        for name, value in list(scripts.entries.items())[:_MOST]:
            if isinstance(value, Word):
                script = read_script(value.text, environment, line=value.line)
                found.append(Service(name=name, line=value.line, script=script))
    return Services(tuple(found), tuple(u for each in found for u in each.script.unread)[:20])


def read_pm2(data: bytes, environment: Environment | None = None) -> Services:
    """The applications of a pm2 ecosystem file, in JavaScript or JSON. Any bytes are accepted.

    Of an expression that must be evaluated nothing is known. A program that is not Node's is
    started as often as `instances` says.
    """
    text = text_of(data)
    if isinstance(text, Unread):
        return Services(unread=(text,))
    found = [
        _application(each, environment or {})
        for each in _applications(read_literals(text))[:_MOST]
    ]  # fmt: skip
    unread = [each for service in found for each in service.script.unread]
    return Services(tuple(found), tuple(unread[:20]))


def _applications(tops: tuple[Literal, ...]) -> list[Table]:
    for top in tops:
        apps = top.get("apps") if isinstance(top, Table) else top
        items = apps.items if isinstance(apps, Items) else (apps,)
        found = [each for each in items if isinstance(each, Table) and "script" in each.entries]
        if found:
            return found
    return []


def _application(table: Table, given: Environment) -> Service:
    own = _variables(table)
    together = {**given, **own}
    words = _words(table)
    name = _text(table.get("name"))
    return Service(
        name=known(name) or "",
        line=words[0].line if words else table.line,
        script=read_words(words, together) if words else Script(),
        environment=own,
        folder=_text(table.get("cwd")),
        instances=_text(table.get("instances")),
        grace=_grace(table),
    )


def _text(value: Literal | None) -> Value | None:
    return value if isinstance(value, (Word, Unknown)) else None


def _variables(table: Table) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name in ("env", "env_production"):
        variables = table.get(name)
        if isinstance(variables, Table):
            for key, value in list(variables.entries.items())[:_MOST]:
                found[key] = _text(value) or Unknown("{}", table.line)
    return found


def _words(table: Table) -> tuple[Value, ...]:
    """The command: the interpreter, where there is one, then the script, then its arguments."""
    script = _text(table.get("script"))
    if script is None:
        return ()
    words: list[Value] = list(plain_words(script.text, script.line))
    if isinstance(script, Unknown) or not words:
        words = [script] if isinstance(script, Unknown) else []
    interpreter = _text(table.get("interpreter", "exec_interpreter"))
    if interpreter is not None and known(interpreter) not in _NONE:
        words = [interpreter, *_arguments(table.get("interpreter_args")), *words]
    elif (known(script) or "").endswith(".py"):
        words.insert(0, Word("python", script.line))
    return (*words, *_arguments(table.get("args")))


def _arguments(value: Literal | None) -> tuple[Value, ...]:
    if isinstance(value, Items):
        return tuple(_text(each) or Unknown("{}", value.line) for each in value.items)
    if isinstance(value, Word):
        return plain_words(value.text, value.line)
    return (value,) if isinstance(value, Unknown) else ()


def _grace(table: Table) -> Grace | None:
    value = _text(table.get("kill_timeout"))
    number = whole_number(value)
    if value is None or number is None:
        return None
    return Grace(number / 1000, "kill_timeout", value.line)
