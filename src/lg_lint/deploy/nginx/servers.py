"""A configuration's directives to its servers, locations and upstreams."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lg_lint.deploy.nginx.including import Whole
from lg_lint.deploy.nginx.reading import Directive
from lg_lint.deploy.nginx.records import (
    Configuration,
    Kind,
    Listen,
    Location,
    Pass,
    Peer,
    Place,
    Protocol,
    Server,
    Upstream,
    Variable,
)
from lg_lint.deploy.nginx.settings import Settings, by_default, inner
from lg_lint.deploy.nginx.templates import has_gap

_PASSES: dict[str, Protocol] = {
    "proxy_pass": "proxy",
    "uwsgi_pass": "uwsgi",
    "fastcgi_pass": "fastcgi",
    "scgi_pass": "scgi",
    "grpc_pass": "grpc",
}
_SCRIPT = ("rewrite", "return", "break", "set", "if", "try_files")
_MODIFIERS: dict[str, Kind] = {"=": "exact", "^~": "first", "~": "regex", "~*": "regex"}
_BALANCING = ("ip_hash", "hash", "least_conn", "least_time", "random", "sticky")
_HTTP_PORTS = {"http": 80, "https": 443}
_target = re.compile(r"(?:(https?|grpcs?|uwsgi|suwsgi|fastcgi|scgi)://)?(.*)", re.DOTALL)


def configuration(whole: Whole, version: tuple[int, ...] | None = None) -> Configuration:
    """The servers of a configuration, as nginx of that version runs them.

    A file without `http` is taken for the inside of one; locations without a server belong to one
    that is implied, and directives without a location are what is said of that server.
    """
    blocks = [each for each in whole.directives if each.name == "http" and each.block is not None]
    content = [inside for each in blocks for inside in each.block or ()]
    if not blocks:
        content = list(whole.directives)
    outer = inner(by_default(version), content)
    work = _Servers(content)
    servers = [work.server(each, outer) for each in content if _is_block(each, "server")]
    loose = [each for each in content if each.name in ("location", "if", *_PASSES)]
    if loose and not blocks:
        servers.append(work.implied(content, outer, loose[0]))
    return Configuration(
        tuple(servers), tuple(work.upstreams.values()), work.maps, bool(blocks), version
    )


def _is_block(directive: Directive, name: str) -> bool:
    return directive.name == name and directive.block is not None


class _Servers:
    """The servers of one `http`, which share its upstreams."""

    def __init__(self, content: Sequence[Directive]) -> None:
        groups = [each for each in content if _is_block(each, "upstream") and each.arguments]
        self.upstreams = {each.words[0]: _upstream(each) for each in groups}
        self.maps = tuple(_map(each) for each in content if _is_block(each, "map"))
        self.constants: dict[str, str] = {}

    def server(self, directive: Directive, outer: Settings) -> Server:
        block = directive.block or ()
        self.constants = _constants(block)
        listens = [_listen(each) for each in block if each.name == "listen" and each.arguments]
        names = [word for each in block if each.name == "server_name" for word in each.words]
        return Server(
            _place(directive),
            tuple(listens),
            tuple(names),
            self._location("server", "", directive, block, inner(outer, block)),
            is_certain=directive.is_certain,
        )

    def implied(self, content: Sequence[Directive], outer: Settings, first: Directive) -> Server:
        block = [each for each in content if each.name not in ("server", "upstream", "map")]
        outside = self._location("server", "", first, block, outer)
        return Server(_place(first), (), (), outside, is_implied=True)

    def _location(
        self, kind: Kind, text: str, at: Directive, block: Sequence[Directive], settings: Settings
    ) -> Location:
        """A location, given what is in force in it."""
        passes = next(
            (self._pass(each) for each in block if each.name in _PASSES and each.arguments), None
        )
        return Location(
            kind,
            text,
            _place(at),
            dict(settings),
            passes,
            tuple(each for each in block if each.name in _SCRIPT),
            tuple(self._inside(block, settings)),
            at.is_certain,
            at.name == "location" and at.words[:1] == ("~*",),
        )

    def _inside(self, block: Sequence[Directive], settings: Settings) -> Iterator[Location]:
        for each in block:
            if each.block is None or not each.arguments:
                continue
            if each.name == "location":
                kind, text = _match(each.words)
                yield self._location(kind, text, each, each.block, inner(settings, each.block))
            elif each.name == "if" and any(line.name in _PASSES for line in each.block):
                words = inner(settings, each.block)
                yield self._location("if", " ".join(each.words)[1:-1], each, each.block, words)

    def _pass(self, directive: Directive) -> Pass:
        target = directive.words[0]
        place = _place(directive)
        found = _target.match(target)
        scheme, rest = (found[1] or "", found[2]) if found else ("", target)
        host, path = _split(rest)
        if host in self.constants:
            match = _target.match(self.constants[host])
            scheme, host = (match[1] or scheme, match[2]) if match else (scheme, host)
        group = self.upstreams.get(host)
        peers = group.peers if group else (_peer(host, place, _HTTP_PORTS.get(scheme)),)
        return Pass(
            _PASSES[directive.name],
            target,
            place,
            peers,
            host if group else "",
            path,
            scheme in ("https", "grpcs", "suwsgi"),
            directive.is_certain and (group is None or group.is_certain),
        )


def _constants(block: Sequence[Directive]) -> dict[str, str]:
    """The variables of a server that are set once, to a host that is written out.

    People write these so that nginx asks for the address of a container with each request.
    """
    found: dict[str, list[str]] = {}
    waiting = list(block)
    while waiting:
        each = waiting.pop()
        waiting += each.block or ()
        if each.name == "set" and len(each.words) == 2:
            found.setdefault(each.words[0], []).append(each.words[1])
    return {
        name: texts[0]
        for name, texts in found.items()
        if len(texts) == 1 and "$" not in texts[0] and "/" not in texts[0].rpartition("://")[2]
    }


def _place(directive: Directive) -> Place:
    return Place(directive.file, directive.line)


def _match(words: Sequence[str]) -> tuple[Kind, str]:
    if len(words) > 1 and words[0] in _MODIFIERS:
        return _MODIFIERS[words[0]], words[1]
    text = words[0]
    for sign in ("^~", "~*", "=", "~"):  # nginx takes them without a space, too
        if text.startswith(sign) and len(text) > len(sign):
            return _MODIFIERS[sign], text[len(sign) :]
    return ("named" if text.startswith("@") else "prefix"), text


def _split(rest: str) -> tuple[str, str | None]:
    """`app:8000/v1/` to the server and the URI part; `unix:/run/app.sock:/v1/` as well."""
    if rest.startswith("unix:"):
        socket, colon, path = rest[5:].partition(":")
        return f"unix:{socket}", path if colon else None
    cut = re.search(r"[/?]|(?<=[\w}])\$(?=request_uri|uri\b|is_args)", rest)
    return (rest[: cut.start()], rest[cut.start() :]) if cut else (rest, None)


def _peer(text: str, place: Place, default_port: int | None = None) -> Peer:
    if text.startswith("unix:"):
        return Peer(text[5:], None, place, is_socket=True)
    found = re.fullmatch(r"(\[[^\]]*\]|.*?)(?::([^:]*))?", text, re.DOTALL)
    host, port = (found[1], found[2]) if found else (text, None)
    if port is not None and not (port.isascii() and port.isdigit() and len(port) < 6):
        return Peer(None if has_gap(host) else host, None, place)
    known = int(port) if port is not None else default_port
    return Peer(None if has_gap(host) else host, known, place)


def _upstream(directive: Directive) -> Upstream:
    peers: list[Peer] = []
    balancing, is_certain = "round robin", directive.is_certain
    for each in directive.block or ():
        if each.name == "server" and each.arguments:
            peer = _peer(each.words[0], _place(each), 80)
            options = each.words[1:]
            peers.append(
                Peer(
                    peer.host,
                    peer.port,
                    peer.place,
                    "backup" in options,
                    "down" in options,
                    peer.is_socket,
                )
            )
        elif each.name in _BALANCING:
            balancing = " ".join((each.name, *each.words))
        is_certain = is_certain and each.is_certain and not each.is_gap
    return Upstream(directive.words[0], tuple(peers), _place(directive), balancing, is_certain)


def _listen(directive: Directive) -> Listen:
    address, *options = directive.words
    host, _, port = address.rpartition(":")
    if address.startswith("unix:"):
        host, port = address, ""
    elif not port.isdigit() and not has_gap(address):
        host, port = address, "80"
    known = int(port) if port.isascii() and port.isdigit() and len(port) < 6 else None
    is_default = "default_server" in options or "default" in options
    return Listen(known, _place(directive), host, is_default, "ssl" in options, "http2" in options)


def _map(directive: Directive) -> Variable:
    source, name = (*directive.words, "", "")[:2]
    rows = [
        (each.name, each.words[0] if each.words else "")
        for each in directive.block or ()
        if each.name not in ("hostnames", "volatile") or each.words
    ]
    return Variable(name.lstrip("$"), source, tuple(rows), _place(directive))
