"""nginx's variables, as far as they are known before any request comes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from lg_lint.deploy.nginx.records import Variable
from lg_lint.deploy.nginx.regexes import UnknownMatchError, captures, search
from lg_lint.deploy.nginx.templates import has_gap

_variable = re.compile(r"\$(?:\{(\w+)\}|(\w+))", re.ASCII)
_LONGEST = 2_000
_MOST_LEVELS = 8
_MOST_MAPPED = 500
_PATHS = ("uri", "document_uri")
_EMPTY = ("args", "is_args", "query_string")


class Variables:
    """What `$name` comes to for one request: a text, or None for "not known"."""

    def __init__(
        self, maps: Sequence[Variable], uri: str, method: str, names: Iterable[str] = ()
    ) -> None:
        self._maps = {each.name: each for each in maps}
        self._set: dict[str, str | None] = dict.fromkeys(names, "")
        self._count = 0
        self._captured: dict[str, str | None] = {}
        self._known = {"request_uri": uri, "request_method": method, **dict.fromkeys(_EMPTY, "")}

    def set(self, name: str, text: str, path: str | None) -> None:
        """`set $name text`."""
        self._set[name.lstrip("$")] = self.fill(text, path)

    def forget(self, name: str) -> None:
        """A variable that a condition which is not known may have set."""
        self._set[name.lstrip("$")] = None

    def capture(self, groups: Mapping[str, str | None]) -> None:
        """The groups of the expression that has matched last; those with names stay."""
        texts = {name: text or "" for name, text in groups.items()}
        self._captured = {name: text for name, text in texts.items() if name.isdigit()}
        self._set.update({name: text for name, text in texts.items() if not name.isdigit()})

    def fill(self, text: str, path: str | None, level: int = 0) -> str | None:
        """A text with its variables filled in; None where one of them is not known."""
        parts: list[str] = []
        position = 0
        if len(text) > _LONGEST:
            return None
        for found in _variable.finditer(text):
            value = self._value(found[1] or found[2], path, level)
            if value is None:
                return None
            parts += (text[position : found.start()], value)
            position = found.end()
        filled = "".join((*parts, text[position:]))
        return None if len(filled) > _LONGEST or has_gap(filled) else filled

    def target(self, target: str, path: str | None) -> tuple[str | None, str | None]:
        """The server and the path of a `proxy_pass` with variables; None for what is not known.

        The path is empty where it has none of its own, so that the request's is passed on.
        """
        whole = self.fill(target, path)
        if whole is not None:
            found = re.match(r"(?:\w+://)?([^/?]*)([^?]*)", whole)
            return (found[1], found[2]) if found else (None, None)
        rest = target.rpartition("://")[2]
        cut = re.search(r"/|(?<=\w)(?=\$(?:request_uri|uri)\b)", rest)
        if cut is None:
            return None, ""
        own = self.fill(rest[cut.start() :], path)
        return self.fill(rest[: cut.start()], path), own and own.partition("?")[0]

    def _value(self, name: str, path: str | None, level: int) -> str | None:
        if name in _PATHS:
            return path
        if name.isdigit():
            return self._captured.get(name, "")
        for known in (self._set, self._known):
            if name in known:
                return known[name]
        mapped = self._maps.get(name)
        self._count += 1
        if mapped is None or level == _MOST_LEVELS or self._count > _MOST_MAPPED:
            return None
        return self._mapped(mapped, path, level)

    def _mapped(self, mapped: Variable, path: str | None, level: int) -> str | None:
        results = {value for _, value in mapped.values}
        if len(results) == 1 and any(name == "default" for name, _ in mapped.values):
            return self.fill(results.pop(), path, level + 1)
        source = self.fill(mapped.source, path, level + 1)
        if source is None:
            return None
        try:
            return self.fill(self._row(mapped, source), path, level + 1)
        except UnknownMatchError:
            return None

    def _row(self, mapped: Variable, source: str) -> str:
        """The value for a text: an exact one, then the first expression, then the default."""
        default = ""
        for pattern, value in mapped.values:
            if pattern.lower() == source.lower():
                return value
            if pattern == "default":
                default = value
        for pattern, value in mapped.values:
            if pattern.startswith("~"):
                ignores_case = pattern.startswith("~*")
                found = search(pattern[1 + ignores_case :], source, ignores_case=ignores_case)
                if found:
                    self.capture(captures(found))
                    return value
        return default
