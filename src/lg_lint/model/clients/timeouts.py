"""How long a client waits for the next piece of an answer, or for all of it."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import names, table
from lg_lint.model.clients.requests import StreamedRequest
from lg_lint.program import inference
from lg_lint.program.call_graph.outside_calls import OutsideCall, made_by
from lg_lint.program.store import Program
from lg_lint.program.values import NONE, Const, Container, External, Value, Values

_DEFAULTS = names("default_timeouts")


class Limit(Struct, frozen=True):
    """Seconds that a client waits: between two reads, or in `total`.

    `site` is the call that says so; None where the library does by default.
    """

    seconds: float
    total: bool
    site: OutsideCall | None = None


def limits(program: Program, request: StreamedRequest) -> list[Limit]:
    """The limits that surely hold for a request; none where one cannot be known, or there is none.

    A value with several origins counts with the longest.
    """
    construction = request.construction
    if request.client is not None and construction is None:
        return []
    if construction is not None and _is_set_later(program, request):
        return []
    for site in (request.site, construction):
        if site is None or (request.is_sdk and site is request.site):
            continue
        given = _given(program, site)
        if given is not None:
            return _parsed(program, request.library, given, site, site is request.site)
    row = timeout_row(request.library)
    default = row.get("functions", {}).get(request.name, row.get("default"))
    return [Limit(float(default), row["counts"] == "total")] if default is not None else []


def timeout_row(library: str) -> dict[str, Any]:
    """What the table says of a library's timeouts: default, error, a better value."""
    found: dict[str, Any] = table("clients")["timeouts"][library]
    return found


def spelled_at(site: OutsideCall, expression: str) -> str | None:
    """An expression such as `httpx.Timeout(10)`, with its module as the file of a call names it.

    None where the file does not import the module, or the call is not what decides its timeout:
    its arguments are unpacked, or hold a name.
    """
    given = site.node.argument("timeout")
    if site.is_spread or not isinstance(given, (t.Constant, t.Sequence, t.Call, type(None))):
        return None
    module, dot, rest = expression.partition(".")
    if not dot:
        return expression
    name = site.env.scope.module.imported_as(module)
    return f"{name}.{rest}" if name is not None else None


def _given(program: Program, site: OutsideCall) -> Values | None:
    """What a call is given as its timeout; None where it leaves that open."""
    if site.node.argument("timeout") is None:
        return _spread(program, site) if site.is_spread else None
    values = site.argument(program, "timeout")
    is_default = bool(values) and all(
        isinstance(value, External) and value.name in _DEFAULTS for value in values
    )
    return None if is_default else values


def _spread(program: Program, site: OutsideCall) -> Values | None:
    """The timeout among unpacked arguments; empty where they cannot be seen."""
    held = [inference.infer(program, arg.value, site.env) for arg in site.node.args if arg.star]
    found = inference.entry_of(program, inference.union(held), "timeout")
    literal = all(isinstance(value, Container) for values in held for value in values)
    return found or (None if literal else ())


def _is_set_later(program: Program, request: StreamedRequest) -> bool:
    """Whether something assigns to the client's `timeout`."""
    client = request.client
    for write in program.writes_of("timeout"):
        owners = inference.infer(program, write.target.value, program.env(write.scope))
        if any(owner == client for owner in owners):
            return True
    return False


def _parsed(
    program: Program, library: str, values: Values, site: OutsideCall, of_request: bool
) -> list[Limit]:
    """The longest of what the values say; nothing where one of them is open or without limit."""
    longest: list[Limit] = []
    for value in values:
        found = _Reader(program, library, site, of_request).limits(value)
        if not found:
            return []
        if not longest or found[0].seconds > longest[0].seconds:
            longest = found
    return longest


class _Reader(Struct, frozen=True):
    program: Program
    library: str
    site: OutsideCall
    of_request: bool

    def limits(self, value: Value) -> list[Limit]:
        row, made = timeout_row(self.library), made_by(value)
        if made is not None and getattr(value, "type", "") == row.get("limits"):
            return self._object(made)
        if value == NONE and self.library == "aiohttp" and not self.of_request:
            return [Limit(float(row["default"]), total=True)]
        total = self.library == "aiohttp"
        seconds = self._number(value) if total else self._silence(value)
        return [Limit(seconds, total, self.site)] if seconds else []

    def _silence(self, value: Value) -> float | None:
        """A number, or the second of a tuple: connect, read, ..."""
        if isinstance(value, Container) and value.kind == "tuple":
            given = inference.sequence(self.program, (value,))
            return self._longest(given[1]) if given is not None and len(given) > 1 else None
        return self._number(value)

    def _object(self, made: OutsideCall) -> list[Limit]:
        """`httpx.Timeout(10, read=60)`, `aiohttp.ClientTimeout(total=60)`."""
        if made.is_spread:
            return []
        if self.library == "aiohttp":
            both: list[tuple[str, int | None, bool]] = [("total", 0, True), ("sock_read", 2, False)]
        elif made.node.argument("read") is not None:
            both = [("read", None, False)]
        else:
            both = [("total" if self.library == "urllib3" else "timeout", 0, False)]
        found = [
            (self._longest(made.argument(self.program, name, position)), total)
            for name, position, total in both
        ]
        return [Limit(seconds, total, self.site) for seconds, total in found if seconds]

    def _longest(self, values: Values) -> float | None:
        numbers = [self._silence(value) for value in values]
        known = [number for number in numbers if number is not None]
        return max(known) if known and len(known) == len(numbers) else None

    def _number(self, value: Value) -> float | None:
        if isinstance(value, Const) and isinstance(value.value, (int, float)):
            limited = value.kind != "bool" and value.value > 0
            return float(value.value) if limited else None
        return None
