"""Servers, locations and ways that real configurations have; the proofs run the commoner ones."""

from __future__ import annotations

import pytest

from lg_lint.deploy.nginx.including import whole
from lg_lint.deploy.nginx.reading import read
from lg_lint.deploy.nginx.records import Configuration
from lg_lint.deploy.nginx.rewriting import Way, location_for, server_for
from lg_lint.deploy.nginx.servers import configuration
from lg_lint.deploy.nginx.settings import seconds
from lg_lint.deploy.nginx.streaming import (
    Response,
    compresses,
    hides_truncation,
    holds_back,
    http_version,
    passes_on_buffering_header,
    silence_limit,
)


def _read(text: str, version: tuple[int, ...] | None = None) -> Configuration:
    facts = read(text.encode())
    assert not facts.unread
    return configuration(whole("nginx.conf", facts), version)


def _way(text: str, uri: str) -> Way:
    read_ = _read(text)
    return location_for(read_, read_.servers[0], uri)


def test_a_bare_location_belongs_to_a_server_that_is_implied() -> None:
    found = _read("proxy_buffering off;\nlocation /a { proxy_pass http://app:8000; }\n")
    (server,) = found.servers
    assert server.is_implied
    assert not found.is_whole
    answer = holds_back(server.locations[0], Response())
    assert answer.is_so is False
    assert [(each.name, each.line) for each in answer.because] == [("proxy_buffering", 1)]


def test_a_snippet_for_the_inside_of_a_location_is_one() -> None:
    (server,) = _read("proxy_http_version 1.1;\nproxy_pass http://app;\n").servers
    assert server.outside.passes is not None
    assert http_version(server.outside).is_so


def test_servers_of_a_stream_block_pass_no_requests() -> None:
    assert not _read("stream { server { listen 1; proxy_pass a; } } http { }").servers


def test_what_decides_has_its_line_and_says_whether_it_is_a_default() -> None:
    text = "http {\n gzip_types text/event-stream;\nserver { gzip on;\n location / {\n"
    text += "proxy_http_version 1.1;\nproxy_pass http://a; } } }"
    location = _read(text).servers[0].locations[0]
    answer = holds_back(location, Response())
    assert answer.is_so
    assert [(each.name, each.line, each.is_default) for each in answer.because] == [
        ("proxy_buffering", 6, True),
        ("gzip_types", 2, False),
        ("gzip", 3, False),
    ]
    limit, setting = silence_limit(location)
    assert (limit, setting.name, setting.line, setting.is_default) == (
        60.0,
        "proxy_read_timeout",
        6,
        True,
    )


@pytest.mark.parametrize(
    ("version", "is_held"),
    [(None, True), ((1, 29, 6), True), ((1, 29, 7), False), ((1, 31), False)],
)
def test_newer_versions_speak_http_1_1(version: tuple[int, ...] | None, is_held: bool) -> None:
    read_ = _read("server { location / { proxy_pass http://a; } }", version)
    location = read_.servers[0].locations[0]
    assert holds_back(location, Response()).is_so is is_held
    assert hides_truncation(location, Response()).is_so is is_held


def test_headers_are_inherited_only_where_a_location_has_none() -> None:
    text = (
        "server { proxy_set_header A a; proxy_set_header B b; location / { proxy_pass http://a; }"
    )
    text += "location /c { proxy_set_header C c; proxy_pass http://a; } }"
    first, second = _read(text).servers[0].locations
    assert [each.value for each in first.all("proxy_set_header")] == ["A a", "B b"]
    assert [each.value for each in second.all("proxy_set_header")] == ["C c"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("300", 300.0),
        ("5m", 300.0),
        ("1h30m", 5400.0),
        ("1h 30m", 5400.0),
        ("500ms", 0.5),
        ("1d", 86400.0),
        ("30m1h", None),
        ("1.5s", None),
        ("", None),
        ("$t", None),
        ("5 m", None),
    ],
)
def test_times(text: str, expected: float | None) -> None:
    assert seconds(text) == expected


def test_upstreams_have_their_servers_and_how_one_is_chosen() -> None:
    text = "upstream app { ip_hash; server a:8000 weight=2; server b backup; server unix:/s down; }"
    text += "server { location / { proxy_pass http://app/v1/; } }"
    found = _read(text)
    (upstream,) = found.upstreams
    assert upstream.balancing == "ip_hash"
    assert [(each.host, each.port, each.is_backup, each.is_down) for each in upstream.peers] == [
        ("a", 8000, False, False),
        ("b", 80, True, False),
        ("/s", None, False, True),
    ]
    passes = found.servers[0].locations[0].passes
    assert passes is not None
    assert (passes.upstream, passes.path, passes.peers) == ("app", "/v1/", upstream.peers)


@pytest.mark.parametrize(
    ("target", "host", "port", "path"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1", 8000, None),
        ("https://api.example.com/x", "api.example.com", 443, "/x"),
        ("http://[::1]:81/", "[::1]", 81, "/"),
        ("http://$app:8000", None, 8000, None),
        ("http://app:${PORT}", "app", None, None),
        ("http://{{ .Values.host }}:80/", None, 80, "/"),
        ("http://unix:/run/a.sock:/v1/", "/run/a.sock", None, "/v1/"),
        ("http://$host$request_uri", None, 80, "$request_uri"),
    ],
)
def test_the_server_behind(target: str, host: str | None, port: int | None, path: str) -> None:
    passes = _read(f'location / {{ proxy_pass "{target}"; }}').servers[0].locations[0].passes
    assert passes is not None
    (peer,) = passes.peers
    assert (peer.host, peer.port, passes.path) == (host, port, path)


def test_a_named_location_is_where_no_file_is() -> None:
    text = "server {\n location / {\n try_files $uri @app;\n }\n location @app {\n"
    text += "  rewrite /api/(.*) /$1 break;\n  proxy_pass http://a;\n }\n}"
    way = _way(text, "/api/chat")
    assert (way.end, way.path, way.is_certain) == ("passed", "/chat", True)
    assert [each.line for each in way.steps] == [2, 3, 5, 6, 7]


def test_a_variable_target_is_followed_to_its_constant() -> None:
    text = "map $http_upgrade $connection { default upgrade; '' close; }\n"
    text += "map $uri $backend { default app:8000; }\n"
    text += "server { location /api/ { proxy_pass http://$backend; }\n"
    text += "location /x/ { set $up $connection; proxy_pass http://$up:1/y$uri; } }"
    way = _way(text, "/api/chat")
    assert (way.end, way.host, way.path, way.is_certain) == (
        "passed",
        "app:8000",
        "/api/chat",
        True,
    )
    way = _way(text, "/x/chat")
    assert (way.host, way.path) == (None, "/y/x/chat")


def test_what_a_condition_that_is_not_known_changes_is_not_sure() -> None:
    text = "server { location / { if ($http_x) { return 403; } proxy_pass http://a; }\n"
    text += "location /b { if ($http_x) { rewrite ^ /c break; } proxy_pass http://a; }\n"
    text += "location /c { if ($http_x) { proxy_pass http://c; } proxy_pass http://a; } }"
    assert _way(text, "/a").is_certain
    assert not _way(text, "/b").is_certain
    assert not _way(text, "/c").is_certain


def test_a_gap_for_locations_makes_the_choice_doubtful() -> None:
    text = "server { {{ LOCATIONS }}\n location / { proxy_pass http://a; } }"
    assert not _way(text, "/a").is_certain
    text = (
        "server { location /{{ x }}/ { proxy_pass http://b; } location / { proxy_pass http://a; } }"
    )
    assert not _way(text, "/a").is_certain
    text = text.replace("/{{", "/api{{")
    assert _way(text, "/a").is_certain


def test_the_server_is_chosen_by_port_and_name() -> None:
    text = "server { listen 80; server_name a.example.com; }\n"
    text += "server { listen 80 default_server; server_name _; }\n"
    text += "server { listen 80; server_name *.example.com ~^x\\d+$; }\n"
    text += "server { listen [::]:81; }\nserver { listen $PORT; }"
    found = _read(text)

    def line(port: int, host: str = "") -> int:
        server = server_for(found, port, host)
        assert server is not None
        return server.place.line

    assert line(80, "a.example.com") == 1
    assert line(80, "b.example.com") == 3
    assert line(80, "x12") == 3
    assert line(80, "other") == line(80) == 2
    assert line(81) == 4


@pytest.mark.parametrize("kind", ["uwsgi", "fastcgi", "scgi"])
def test_other_protocols_wait_and_hide_a_broken_end(kind: str) -> None:
    location = _read(f"location / {{ {kind}_pass app:1; }}").servers[0].locations[0]
    assert holds_back(location, Response()).is_so
    assert hides_truncation(location, Response()).is_so


def test_other_protocols_have_their_own_directives() -> None:
    text = "server { proxy_buffering off; uwsgi_read_timeout 5m;\n"
    text += "location /u { include uwsgi_params; uwsgi_pass app:3031; }\n"
    text += "location /v { uwsgi_pass app:3031; uwsgi_buffering off; }\n"
    text += "location /g { grpc_pass grpc://app:1; } }"
    uwsgi, off, grpc = _read(text).servers[0].locations
    assert holds_back(uwsgi, Response()).is_so
    assert hides_truncation(uwsgi, Response()).is_so
    assert silence_limit(uwsgi)[0] == 300.0
    assert holds_back(off, Response()).is_so is False
    assert holds_back(grpc, Response()).is_so is False


@pytest.mark.parametrize("kind", ["brotli", "zstd"])
def test_other_compression_is_not_known_to_pass(kind: str) -> None:
    text = f"server {{ proxy_http_version 1.1; {kind} on; {kind}_types text/event-stream;\n"
    text += "location / { proxy_pass http://a; } }"
    location = _read(text).servers[0].locations[0]
    assert compresses(location, Response()).is_so is None
    assert holds_back(location, Response()).is_so is None
    assert holds_back(location, Response("text/plain")).is_so is False


def test_the_header_reaches_a_proxy_in_front_only_where_it_is_named() -> None:
    text = "server { location / { proxy_pass http://a; }\n"
    text += "location /b { proxy_pass_header X-Accel-Buffering; proxy_pass http://a; }\n"
    text += "location /c { add_header X-Accel-Buffering no; proxy_pass http://a; } }"
    own = Response(headers=(("X-Accel-Buffering", "no"),))
    locations = _read(text).servers[0].locations
    assert [passes_on_buffering_header(each, own).is_so for each in locations] == [
        False,
        True,
        True,
    ]
    assert [passes_on_buffering_header(each, Response()).is_so for each in locations] == [
        False,
        False,
        True,
    ]


def test_variables_that_multiply_end() -> None:
    maps = "".join(f"map $uri $x{n} {{ default {f'$x{n + 1}' * 9}; }}\n" for n in range(8))
    text = maps + "map $uri $x8 { default ''; }\n"
    text += "server { location / { rewrite ^ /$x0 break; proxy_pass http://a; } }"
    assert _way(text, "/a").path is None
    text = f"server {{ set $a {'a' * 1900}; rewrite ^ /{'$a' * 9000}; }}"
    assert _way(text, "/a").path is None
