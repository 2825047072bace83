"""Caddy: each `reverse_proxy` of a site."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator

from lg_lint.deploy.caddy import streaming
from lg_lint.deploy.caddy.reading import Caddyfile, Line, read, read_text
from lg_lint.deploy.caddy.sites import GAP, Included, Site, Sites, sites
from lg_lint.deploy.caddy.ways import way_for
from lg_lint.deploy.nginx.records import Peer, Place
from lg_lint.model.hosting.fronts.records import Arriving, Effects, Limit, Way
from lg_lint.model.hosting.proxied.carried import Carried, Carriers
from lg_lint.model.hosting.proxied.peers import joins_behind
from lg_lint.model.hosting.servers.records import Carrier, Deployment, Join
from lg_lint.model.hosting.servers.servers import Servers

_PLAIN = re.compile(r"(?:https?|h2c)?(?:://)?(\[[^\]]*\]|[^:/\s]*)(?::(\d{1,5}))?/?")
_version = re.compile(r"caddy:(\d+)\.(\d+)(?:\.(\d+))?")
_MOST_DEPTH = 8


class CaddyGate:
    """A `reverse_proxy` of a site, as one deployment runs it."""

    kind = "caddy"

    def __init__(
        self, whole: Sites, site: Site, proxy: Line, file: str, by: Carried | None
    ) -> None:
        self.whole, self.site, self.proxy, self.by = whole, site, proxy, by
        self.path = proxy.file or file
        self.line = proxy.line
        self.text = next((word for word in proxy.words if word.startswith("/")), "")
        self.deployment: Deployment | None = by.deployment if by is not None else None
        self.carrier: Carrier | None = by.carrier if by is not None else None

    def peers(self) -> Iterator[Peer]:
        """The upstreams that are named outright; none for those with a placeholder."""
        for word in _upstreams(self.proxy):
            match = _PLAIN.fullmatch(word)
            if match is not None and GAP not in word and "{" not in word:
                host = match[1] or "localhost"
                port = int(match[2]) if match[2] else (443 if word.startswith("https") else 80)
                yield Peer(host, port, Place(self.path, self.line))

    def joins(self, peer: Peer, joins: list[Join]) -> list[Join]:
        """The programs that listen where an upstream points to."""
        return joins_behind(peer, self.path, self.by, joins)

    def ways(self, arriving: str) -> Iterator[Way]:
        """The paths of clients that this proxy passes on as `arriving`."""
        for path in dict.fromkeys((arriving, *self._before(arriving))):
            way = way_for(self.site, path)
            if way.proxy is self.proxy and way.path == arriving:
                yield Way(path, way.is_certain)

    def _before(self, arriving: str) -> Iterator[str]:
        """Paths that `handle_path` or `uri strip_prefix` may make `arriving` of."""
        for text in _prefixes(self.site.lines, 0):
            yield text.rstrip("/") + arriving

    def effects(self, arriving: Arriving) -> Effects:
        """Its limits of time, and whether it holds chunks back or hides a torn answer."""
        silence, setting = streaming.silence_limit(self.proxy)
        total, where = streaming.total_limit(self.whole)
        limits = [
            Limit(silence, setting.file or self.path, setting.line, is_default=setting.is_default)
        ]
        if where is not None:
            limits.append(Limit(total, where.file or self.path, where.line, is_total=True))
        held = streaming.holds_back(self.proxy)
        lines = [(each.file or self.path, each.line) for each in held.because]
        return Effects(
            tuple(limits),
            held.is_so,
            arriving.buffering,
            streaming.hides_truncation(self.proxy, self._version()).is_so,
            lines=((self.path, self.line), *((each.path, each.line) for each in limits), *lines),
        )

    def _version(self) -> tuple[int, ...] | None:
        match = _version.search(self.carrier.image) if self.carrier is not None else None
        return tuple(int(each) for each in match.groups("0")) if match is not None else None


def caddy_gates(servers: Servers) -> Iterator[CaddyGate]:
    """The gates of all Caddyfiles of a project."""
    carriers = Carriers(servers, "caddy")
    read_files: dict[str, Caddyfile] = {}
    for path in servers.files.named("caddyfile"):
        data = servers.files.data(path)
        if data is not None:
            found = read_files[path] = read(data)
            servers.files.tell(path, found.unread)
    included: set[str] = set()

    def find(pattern: str, file: str) -> list[Included] | None:
        wanted = os.path.normpath(os.path.join(os.path.dirname(file), pattern.lstrip("/")))
        found = [path for path in read_files if path == wanted and path != file]
        included.update(found)
        return [Included(path, read_files[path]) for path in found] or None

    whole = {path: sites(path, each, find) for path, each in read_files.items()}
    for path, each in whole.items():
        for file, unread in each.unread:
            servers.files.tell(file, [unread])
        if path not in included:
            by: Iterable[Carried | None] = carriers.of(path) or (None,)
            for one in by:
                yield from _of_sites(each, path, one)
    for carried, text in carriers.texts():
        content = "\n".join(row.text for row in text.lines)
        if "reverse_proxy" in content and text.lines and "{{" not in content:
            first = text.lines[0].line
            made = sites(text.path, read_text(content, first))
            yield from _of_sites(made, text.path, carried)


def _of_sites(whole: Sites, path: str, by: Carried | None) -> Iterator[CaddyGate]:
    for site in whole.sites:
        for proxy in _proxies(site.lines, 0):
            yield CaddyGate(whole, site, proxy, path, by)


def _proxies(lines: Iterable[Line], depth: int) -> Iterator[Line]:
    for each in lines:
        if each.name == "reverse_proxy":
            yield each
        elif each.block is not None and depth < _MOST_DEPTH:
            yield from _proxies(each.block, depth + 1)


def _prefixes(lines: Iterable[Line], depth: int) -> Iterator[str]:
    """What directives take away from the beginning of a path."""
    for each in lines:
        if each.name == "handle_path" and each.words:
            yield each.words[0].removesuffix("*")
        elif each.name == "uri" and "strip_prefix" in each.words:
            yield each.words[-1]
        if each.block is not None and depth < _MOST_DEPTH:
            yield from _prefixes(each.block, depth + 1)


def _upstreams(proxy: Line) -> Iterator[str]:
    words = proxy.words
    if words and (words[0].startswith(("/", "@")) or words[0] == "*"):
        words = words[1:]
    yield from words
    for each in proxy.block or ():
        if each.name == "to":
            yield from each.words
