"""Programs of supervisord: their commands, environments and the time that they get to stop."""

from __future__ import annotations

import re

from lg_lint.deploy.ini import Section, read_ini
from lg_lint.deploy.place import Word
from lg_lint.deploy.services import Grace, Service, Services, seconds
from lg_lint.deploy.shell import plain_words, read_words
from lg_lint.deploy.shell.builtins import MOST_NAMES
from lg_lint.deploy.values import Environment, Unknown, Value, known

_EXPANSION = re.compile(r"%\((\w{1,200})\)(?:\d*[sd])|%%")
_MOST = 500
_OFF = ("false", "no", "off", "0")


def read_supervisord(data: bytes, environment: Environment | None = None) -> Services:
    """The programs of a configuration. Any bytes are accepted.

    `environment` is that of supervisord itself: `%(ENV_X)s` is X in it, and its programs have it.
    """
    ini = read_ini(data)
    given = dict(environment or {})
    for section in ini.sections:
        if section.name == "supervisord":
            given |= _environment(section, given)
    found: list[Service] = []
    for section in ini.sections:
        kind, _, name = section.name.partition(":")
        command = section.last("command")
        if kind in ("program", "fcgi-program") and command is not None and len(found) < _MOST:
            found.append(_service(section, name.strip(), command, given))
    return Services(tuple(found), ini.unread)


def _service(section: Section, name: str, command: Word, given: Environment) -> Service:
    own = _environment(section, given)
    together = {**given, **own}
    words = [
        _expanded(word, together) for word in plain_words(command.text, command.line)
    ]  # fmt: skip
    folder, instances = section.last("directory"), section.last("numprocs")
    starts = section.last("autostart")
    return Service(
        name=name,
        line=command.line,
        script=read_words(words, together),
        environment=own,
        folder=_expanded(folder, together) if folder is not None else None,
        instances=_expanded(instances, together) if instances is not None else None,
        grace=_grace(section),
        is_started=starts is None or starts.text.lower() not in _OFF,
    )


def _environment(section: Section, given: Environment) -> dict[str, Value]:
    """`KEY="value",OTHER="value"`."""
    line = section.last("environment")
    if line is None:
        return {}
    found: dict[str, Value] = {}
    for word in plain_words(_divided(line.text), line.line):
        name, has_value, text = word.text.partition("=")
        if has_value and len(found) < MOST_NAMES:
            found[name] = _expanded(Word(text, word.line), given)
    return found


def _divided(text: str) -> str:
    """The same with blanks for the commas that are not between quotes."""
    quote = ""
    chars = []
    for char in text:
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char == ",":
            char = " "
        chars.append(char)
    return "".join(chars)


def _expanded(word: Word, environment: Environment) -> Value:
    """A text with what is known of `%(ENV_X)s` in it."""
    parts: list[str] = []
    at = 0
    for match in _EXPANSION.finditer(word.text):
        text = "%" if match[0] == "%%" else _variable(match[1], environment)
        if text is None:
            return Unknown(word.text, word.line)
        parts += [word.text[at : match.start()], text]
        at = match.end()
    return Word("".join([*parts, word.text[at:]]), word.line)


def _variable(name: str, environment: Environment) -> str | None:
    return known(environment.get(name[4:])) if name.startswith("ENV_") else None


def _grace(section: Section) -> Grace | None:
    value = section.last("stopwaitsecs")
    length = seconds(value)
    if value is None or length is None:
        return None
    return Grace(length, "stopwaitsecs", value.line)
