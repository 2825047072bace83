"""Requirements files as pip reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lg_lint.model.versions.pin import Pin, UnreadableError, spelled
from lg_lint.model.versions.ranges import LONGEST, either, of_specifiers

_COMMENT = re.compile(r"(?:^|\s)#.*$")
_OPTIONS = re.compile(r"\s--?[a-z].*$")
_INCLUDE = re.compile(r"-r|-c|--(?:requirement|constraint)(?:=|(?=\s))")
_MOST = 500
"""Times that a file may name one package."""

_FOR_WORK = re.compile(r"dev|test|doc|lint|ci\b")


def is_name(name: str) -> bool:
    """Whether a file's name says that it holds requirements."""
    return name.startswith("requirements") and name.endswith(".txt")


def weight(name: str) -> tuple[bool, bool, str]:
    """A key that sorts what an application runs with before what it is developed with."""
    return (name != "requirements.txt", bool(_FOR_WORK.search(name)), name)


def pins(text: str, path: str, package: str) -> Iterator[Pin]:
    """What the lines about a package allow together. Raises UnreadableError."""
    mention = re.compile(rf"{spelled(package)}(?![\w.-])", re.I)
    lines = ((row, line) for row, line in _lines(text) if "{" not in line)  # templates, variables
    found = [(row, line) for row, line in lines if mention.match(line)]
    if not found:
        return
    if len(found) > _MOST:
        raise UnreadableError(found[_MOST][0], f"the package is named more than {_MOST} times")
    from packaging.requirements import InvalidRequirement, Requirement

    ranges = []
    for row, line in found:
        given = _OPTIONS.sub("", line)
        if len(given) > LONGEST:
            raise UnreadableError(row, f"a requirement of more than {LONGEST:,} characters")
        try:
            ranges.append(of_specifiers(Requirement(given).specifier))
        except (InvalidRequirement, ValueError) as error:
            reason = str(error).partition("\n")[0]
            raise UnreadableError(row, f"not a requirement: {reason}") from None
    yield Pin(package, either(ranges), path, found[0][0])


def includes(text: str) -> Iterator[str]:
    """The files that `-r` and `-c` name, as written."""
    for _, line in _lines(text):
        option = _INCLUDE.match(line)
        if option is None or len(line) > LONGEST:
            continue
        path = line[option.end() :].strip()
        quote = path[:1] if path[:1] in "\"'" else ""
        path = path.removeprefix(quote).removesuffix(quote) if quote else path
        if path and "://" not in path and not {'"', "'"} & set(path):
            yield path


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines with their rows: comments left out, continued lines joined."""
    start = 1
    parts: list[str] = []
    for row, line in enumerate(text.splitlines(), 1):
        if not parts:
            start = row
        continued = line.endswith("\\")
        parts.append(_COMMENT.sub("", line.removesuffix("\\")))
        if not continued:
            yield start, " ".join(parts).strip()
            parts = []
    if parts:
        yield start, " ".join(parts).strip()
