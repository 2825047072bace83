"""What a configuration comes to: servers, their locations, and the upstreams behind them."""

from __future__ import annotations

from typing import Literal

import msgspec

from lg_lint.deploy.nginx.reading import Directive
from lg_lint.deploy.nginx.settings import DEFAULTS, DOUBTFUL, Setting

Kind = Literal["exact", "prefix", "first", "regex", "named", "if", "server"]
Protocol = Literal["proxy", "uwsgi", "fastcgi", "scgi", "grpc"]


class Place(msgspec.Struct, frozen=True):
    """A line of a file; lines count from 1."""

    file: str
    line: int


class Peer(msgspec.Struct, frozen=True):
    """A server of an upstream, or the one that a `proxy_pass` names itself.

    `host` is None where it is filled in later; `port` where it is, or where nobody says it.
    """

    host: str | None
    port: int | None
    place: Place
    is_backup: bool = False
    is_down: bool = False
    is_socket: bool = False


class Upstream(msgspec.Struct, frozen=True):
    """A group of servers, and how one of them is chosen (`ip_hash`, `hash $arg_thread`, ...)."""

    name: str
    peers: tuple[Peer, ...]
    place: Place
    balancing: str = "round robin"
    is_certain: bool = True


class Pass(msgspec.Struct, frozen=True):
    """Where a location sends its requests on to.

    `target` is the argument as written. `peers` are the servers behind it: those of `upstream`,
    where it names one. `path` is the URI part of `proxy_pass http://app/v1/`, None without one.
    """

    protocol: Protocol
    target: str
    place: Place
    peers: tuple[Peer, ...] = ()
    upstream: str = ""
    path: str | None = None
    is_secure: bool = False
    is_certain: bool = True


class Location(msgspec.Struct, frozen=True):
    """A location and what is in force in it.

    `kind` is `exact` (`=`), `prefix`, `first` (`^~`), `regex` (`~` and `~*`), `named` (`@name`),
    `if` (an `if` that passes requests on by itself; `text` is its condition) or `server` (what is
    said of a server outside of its locations). `script` are the directives of the rewrite module
    and `try_files`, in order.
    """

    kind: Kind
    text: str
    place: Place
    settings: dict[str, tuple[Setting, ...]]
    passes: Pass | None = None
    script: tuple[Directive, ...] = ()
    locations: tuple[Location, ...] = ()
    is_certain: bool = True
    ignores_case: bool = False

    def setting(self, name: str) -> Setting:
        """The directive in force: as given, or nginx's default, told at the line that passes on."""
        place = self.passes.place if self.passes else self.place
        given = self.settings.get(name)
        if given and given[0].is_default:
            return msgspec.structs.replace(given[0], file=place.file, line=place.line)
        if given:
            return given[0]
        default = tuple(DEFAULTS[name].split())
        return Setting(name, default, place.file, place.line, True, DOUBTFUL not in self.settings)

    def all(self, name: str) -> tuple[Setting, ...]:
        """The directives in force of one that may be repeated."""
        return self.settings.get(name, ())

    def own(self, name: str) -> Setting:
        """The directive of this location's protocol: `own("buffering")` is `proxy_buffering`."""
        return self.setting(f"{self.passes.protocol if self.passes else 'proxy'}_{name}")

    @property
    def knows_all_lists(self) -> bool:
        """Whether no gap or missing include may say more than is said."""
        return DOUBTFUL not in self.settings


class Listen(msgspec.Struct, frozen=True):
    """A `listen`: the port (None for a socket or a gap) and whether it is the default server."""

    port: int | None
    place: Place
    address: str = ""
    is_default: bool = False
    is_secure: bool = False
    is_http_2: bool = False


class Server(msgspec.Struct, frozen=True):
    """A server: where it listens, its names, and its locations.

    `outside` is the server itself, as a location without a path. `is_implied` where a file has
    locations without a server: a snippet that some server includes.
    """

    place: Place
    listens: tuple[Listen, ...]
    names: tuple[str, ...]
    outside: Location
    is_implied: bool = False
    is_certain: bool = True

    @property
    def locations(self) -> tuple[Location, ...]:
        """The locations, in their order."""
        return self.outside.locations


class Variable(msgspec.Struct, frozen=True):
    """A `map`: the variable that it makes, what of, and the values by pattern."""

    name: str
    source: str
    values: tuple[tuple[str, str], ...]
    place: Place


class Configuration(msgspec.Struct, frozen=True):
    """Everything that a configuration says about streams.

    `is_whole` where the file has its `http` block: without one, what is in force around its servers
    is said elsewhere, and defaults are nginx's own.
    """

    servers: tuple[Server, ...]
    upstreams: tuple[Upstream, ...] = ()
    maps: tuple[Variable, ...] = ()
    is_whole: bool = False
    version: tuple[int, ...] | None = None
