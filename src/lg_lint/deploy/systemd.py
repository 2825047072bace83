"""Units of systemd: what they start, in which environment, and how long they may take to stop."""

from __future__ import annotations

import re

from lg_lint.deploy.ini import Entry, Section, read_ini
from lg_lint.deploy.place import Word
from lg_lint.deploy.services import Grace, Service, Services, seconds
from lg_lint.deploy.shell import Script, plain_words, read_words
from lg_lint.deploy.shell.builtins import MOST_NAMES
from lg_lint.deploy.values import Environment, Unknown, Value, known

_STARTS = ("ExecStartPre", "ExecStart")
_MOST = 100
_LONGEST = 4096
_ALONE = re.compile(r"\$([A-Za-z_]\w{0,200})")
_INSIDE = re.compile(r"\$\$|\$\{([A-Za-z_]\w{0,200})\}")
_LIMITS = ("TimeoutSec", "TimeoutStopSec")


def read_unit(data: bytes, environment: Environment | None = None) -> Services:
    """The service of a unit file; none where it has no `[Service]`. Any bytes are accepted.

    `environment` is what its environment files are known to say; they win over `Environment=`.
    """
    ini = read_ini(data, is_systemd=True)
    found = []
    for section in ini.sections:
        if section.name == "Service" and section.every("ExecStart"):
            found.append(_service(section, environment or {}))
    return Services(tuple(found), ini.unread)


def _service(section: Section, given: Environment) -> Service:
    own = _environment(section)
    files = tuple(
        _specified(Word(word.text.removeprefix("-"), word.line))
        for word in section.every("EnvironmentFile")
    )
    together = {**own, **given}
    folder = section.last("WorkingDirectory")
    starts = [entry for name in _STARTS for entry in section.entries_of(name)]
    scripts = [_started(entry, together) for entry in starts[:_MOST]]
    return Service(
        name="",
        line=section.every("ExecStart")[0].line,
        script=Script(
            tuple(run for script in scripts for run in script.runs),
            tuple(write for script in scripts for write in script.writes),
            tuple(each for script in scripts for each in script.unread),
        ),
        environment=own,
        environment_files=files,
        folder=_specified(Word(folder.text.removeprefix("-"), folder.line)) if folder else None,
        grace=_grace(section),
    )


def _environment(section: Section) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for line in section.every("Environment"):
        for word in plain_words(line.text, line.line):
            name, _, text = word.text.partition("=")
            if len(found) < MOST_NAMES:
                found[name] = _specified(Word(text, line.line))
    for line in section.every("PassEnvironment"):
        for word in plain_words(line.text, line.line):
            found[word.text] = Unknown(f"${word.text}", line.line)
    return found


def _specified(word: Word) -> Value:
    """A text in which `%i` and its kin stand for what the unit's name says."""
    text = word.text.replace("%%", "\0")
    if "%" in text:
        return Unknown(word.text, word.line)
    return Word(text.replace("\0", "%"), word.line)


def _started(entry: Entry, environment: Environment) -> Script:
    """A command line: variables count in it, nothing else of a shell does."""
    words = [
        value
        for word in _words(entry)
        for value in _substituted(word, environment)
    ]  # fmt: skip
    if words and isinstance(words[0], Word):
        words[0] = Word(words[0].text.lstrip("@-:+!|"), words[0].line)
    return read_words(words, environment)


def _words(entry: Entry) -> tuple[Word, ...]:
    """The words of a command line, each with its own line where no quote goes on to the next."""
    if any(row.text.count(quote) % 2 for row in entry.rows for quote in "'\""):
        return plain_words(entry.value.text, entry.value.line)
    return tuple(word for row in entry.rows for word in plain_words(row.text, row.line))


def _substituted(word: Word, environment: Environment) -> list[Value]:
    """`$NAME` that stands alone falls apart at blanks; `${NAME}` counts anywhere, quoted or not."""
    alone = _ALONE.fullmatch(word.text)
    if alone is not None:
        text = known(environment.get(alone[1]))
        if text is None:
            return [Unknown(word.text, word.line)]
        return [Word(each, word.line) for each in text.split()[:_MOST]]
    parts: list[str] = []
    at = 0
    for match in _INSIDE.finditer(word.text):
        text = "$" if match[1] is None else known(environment.get(match[1]))
        if text is None or len(text) > _LONGEST:
            return [Unknown(word.text, word.line)]
        parts += [word.text[at : match.start()], text]
        at = match.end()
        if len(parts) > _MOST:
            return [Unknown(word.text, word.line)]
    return [_specified(Word("".join([*parts, word.text[at:]]), word.line))]


def _grace(section: Section) -> Grace | None:
    found = None
    for name in _LIMITS:
        value = section.last(name)
        length = seconds(value)
        if value is not None and length is not None:
            length = float("inf") if length == 0 else length
            found = Grace(length, name, value.line)
    mode = section.last("SendSIGKILL")
    if mode is not None and (known(mode) or "").lower() in ("no", "false", "0", "off"):
        return Grace(float("inf"), "SendSIGKILL", mode.line)
    return found
