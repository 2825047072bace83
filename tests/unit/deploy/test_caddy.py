"""Caddyfiles: words and blocks, sites, the way of a request, and what a proxy does to a stream."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lg_lint.deploy.caddy.reading import MOST_BYTES, MOST_DEPTH, Caddyfile, Line, read, read_text
from lg_lint.deploy.caddy.sites import GAP, Included, Site, sites
from lg_lint.deploy.caddy.streaming import (
    duration,
    hides_truncation,
    holds_back,
    silence_limit,
    total_limit,
)
from lg_lint.deploy.caddy.ways import Way, way_for


def _site(text: str) -> Site:
    facts = read_text(text)
    assert not facts.unread
    (site,) = sites("Caddyfile", facts).sites
    return site


def _way(text: str, path: str, method: str = "POST") -> Way:
    return way_for(_site(f":80 {{\n{text}\n}}\n"), path, method)


def _proxy(text: str) -> Line:
    proxy = _way(f"reverse_proxy app:8000 {{\n{text}\n}}", "/chat").proxy
    assert proxy is not None
    return proxy


def test_words_keep_their_lines() -> None:
    text = 'a "b c" `d "e"` \\\n  f # not this\n"g \\" h\ni" {\n j <<END\n  k\n  END l\n}\nm#n\n'
    first, second, third = read(text.encode()).lines
    assert [first.name, *first.words] == ["a", "b c", 'd "e"', "f"]
    assert (second.name, second.line) == ('g " h\ni', 3)
    assert second.block is not None
    (inner,) = second.block
    assert (inner.name, inner.words, inner.line) == ("j", ("  k\n  ", "l"), 5)
    assert (third.name, third.line) == ("m#n", 9)


def test_facts_survive_the_cache() -> None:
    facts = read(b":80 {\n reverse_proxy a:1 {\n flush_interval -1\n}\n}\n")
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(facts), type=Caddyfile) == facts


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"a {\nb {\n}\n", 1, "without"),
        (b"a {\n}\n}\n", 3, "unexpected"),
        (b"a {\n b <<X\n", 2, "no end"),
        (b"a \0", 1, "not a text"),
        (b"#" * (MOST_BYTES + 1), 1, "larger than"),
        (b"a {\n" * (MOST_DEPTH + 2), MOST_DEPTH + 1, "too deeply"),
    ],
)
def test_what_cannot_be_read_is_told(data: bytes, line: int, reason: str) -> None:
    facts = read(data)
    assert not facts.lines
    ((unread),) = facts.unread
    assert unread.line == line
    assert reason in unread.reason


WORDS = """{ } {$A} {$A:b} {args[0]} {uri} " ` # : import (a) a @m path /api/* handle handle_path
route reverse_proxy app:80 rewrite uri strip_prefix to transport http read_timeout 5s"""
_words = st.sampled_from([*WORDS.split(), "\n", "\n", "\n"])


@settings(deadline=None, max_examples=300)
@given(
    st.binary(max_size=300)
    | st.lists(_words, max_size=60)
    .map(lambda words: ":80 {\n" + " ".join(words) + "\n}\n")
    .map(str.encode)
)
def test_any_bytes_are_read_or_told(data: bytes) -> None:
    found = sites("Caddyfile", read(data))
    total_limit(found)
    for site in found.sites:
        assert len(site.ports) == len(site.addresses)
        way = way_for(site, "/api/chat")
        if way.proxy is not None:
            holds_back(way.proxy)
            silence_limit(way.proxy)


def test_the_forms_of_sites() -> None:
    text = "{\n admin off\n}\n(common) {\n encode gzip\n}\na.com,\nhttp://b.com, c.com:8443 {\n}\n"
    text += ":80 {\n import common\n}\n"
    found = sites("Caddyfile", read_text(text))
    assert [[each.text for each in site.addresses] for site in found.sites] == [
        ["a.com", "http://b.com", "c.com:8443"],
        [":80"],
    ]
    assert [site.ports for site in found.sites] == [(443, 80, 8443), (80,)]
    assert [each.name for each in found.options] == ["admin"]
    assert [(each.name, each.line) for each in found.sites[1].lines] == [("encode", 5)]


def test_a_site_without_braces_has_the_rest_of_the_file() -> None:
    site = _site("localhost:8080\n\nencode gzip\nreverse_proxy app:8000\n")
    assert site.ports == (8080,)
    assert [each.name for each in site.lines] == ["encode", "reverse_proxy"]


def test_the_environment_is_put_in_or_left_open() -> None:
    facts = read_text("{$ADDRESS::80} {\n reverse_proxy {$HOST}:{$PORT:8000}\n}\n")
    (site,) = sites("Caddyfile", facts).sites
    assert site.ports == (80,)
    assert site.lines[0].words == (f"{GAP}:8000",)
    (site,) = sites("Caddyfile", facts, environment={"ADDRESS": ":81", "HOST": "app"}).sites
    assert site.ports == (81,)
    assert site.lines[0].words == ("app:8000",)


def test_snippets_take_arguments() -> None:
    text = "(proxy) {\n handle_path {args[0]}/* {\n  reverse_proxy {args[1]} {args.2}\n }\n}\n"
    site = _site(text + ":80 {\n import proxy /api app:8000\n}\n")
    (handle,) = site.lines
    assert handle.words == ("/api/*",)
    assert handle.block is not None
    assert handle.block[0].words == ("app:8000", GAP)


def test_imports_that_loop_or_miss_are_told() -> None:
    text = ":80 {\n import a\n reverse_proxy app:80\n}\n"

    def find(pattern: str, _file: str) -> Sequence[Included] | None:
        return [Included("b", read_text("import b\nimport gone\n"))] if pattern in "ab" else None

    found = sites("Caddyfile", read_text(text), find)
    assert [(file, each.line, each.reason) for file, each in found.unread] == [
        ("b", 1, "b imports itself"),
        ("b", 2, "the imported gone was not found"),
    ]
    assert not way_for(found.sites[0], "/chat").is_certain


def test_snippets_that_multiply_end() -> None:
    text = "".join(
        f"(s{number}) {{\n" + f"import s{number + 1}\n" * 9 + "}\n" for number in range(8)
    )
    found = sites("Caddyfile", read_text(f"{text}(s8) {{\nencode\n}}\n:80 {{\nimport s0\n}}\n"))
    assert any("lines" in each.reason for _, each in found.unread)


@pytest.mark.parametrize(
    ("text", "path", "end", "upstream", "at_app"),
    [
        ("reverse_proxy app:1", "/a", "passed", "app:1", "/a"),
        ("reverse_proxy /a/* app:1\nreverse_proxy other:1", "/a/b", "passed", "app:1", "/a/b"),
        ("reverse_proxy other:1\nreverse_proxy /a/* app:1", "/a/b", "passed", "app:1", "/a/b"),
        ("reverse_proxy /a* x:1\nreverse_proxy /a/b* app:1", "/A/b", "passed", "app:1", "/A/b"),
        ("handle_path /api/* {\nreverse_proxy app:1\n}", "/api/b", "passed", "app:1", "/b"),
        (
            "route /api/* {\nuri strip_prefix /api\nreverse_proxy app:1\n}",
            "/api/b",
            "passed",
            "app:1",
            "/b",
        ),
        (
            "rewrite /old/* /new{uri}\nreverse_proxy app:1",
            "/old/b",
            "passed",
            "app:1",
            "/new/old/b",
        ),
        (
            "handle {\nreverse_proxy web:1\n}\nhandle /api/* {\nreverse_proxy app:1\n}",
            "/api/x",
            "passed",
            "app:1",
            "/api/x",
        ),
        (
            "reverse_proxy /a/* {\nto app:1 app:2\nrewrite /v1{uri}\n}",
            "/a/b",
            "passed",
            "app:1",
            "/v1/a/b",
        ),
        (
            "@api path /api/* /v1/*\nreverse_proxy @api app:1\nfile_server",
            "/v1/x",
            "passed",
            "app:1",
            "/v1/x",
        ),
        ("@api path /api/* /v1/*\nreverse_proxy @api app:1\nfile_server", "/x", "files", "", None),
        (
            "@get {\nmethod GET\npath /a*\n}\nrespond @get 204\nreverse_proxy app:1",
            "/a",
            "passed",
            "app:1",
            "/a",
        ),
        ("redir /a /b\nreverse_proxy app:1", "/a", "redirected", "", None),
        ("respond /a 200\nreverse_proxy app:1", "/a", "answered", "", None),
        ("encode gzip", "/a", "nothing", "", None),
    ],
)
def test_the_way_of_a_request(
    text: str, path: str, end: str, upstream: str, at_app: str | None
) -> None:
    way = _way(text, path)
    assert (way.end, way.is_certain) == (end, True)
    assert [each.text for each in way.upstreams[:1]] == ([upstream] if upstream else [])
    if at_app is not None:
        assert way.path == at_app


@pytest.mark.parametrize(
    "text",
    [
        "@x header X a\nreverse_proxy @x other:1\nreverse_proxy app:1",
        "import {$MORE}\nreverse_proxy app:1",
        "reverse_proxy {$PATH}/* other:1\nreverse_proxy app:1\nhandle @gone {\n}",
        "try_files {path} /index.html\nreverse_proxy app:1",
    ],
)
def test_what_may_lead_elsewhere_is_not_sure(text: str) -> None:
    assert not _way(text, "/a").is_certain


def test_caddy_holds_back_only_what_it_is_told_to_buffer() -> None:
    assert holds_back(_proxy("")).is_so is False
    assert holds_back(_proxy("flush_interval 10s")).is_so is False
    answer = holds_back(_proxy("header_up A b\nresponse_buffers 1MB"))
    assert answer.is_so
    assert [(each.name, each.line) for each in answer.because] == [("response_buffers", 4)]
    assert holds_back(_proxy("buffer_responses")).is_so
    assert holds_back(_proxy("response_buffers {$SIZE}")).is_so is None
    assert holds_back(_proxy("import gone")).is_so is None


def test_caddy_bears_silence_unless_it_is_told_not_to() -> None:
    assert silence_limit(_proxy(""))[0] == float("inf")
    limit, setting = silence_limit(_proxy("transport http {\nread_timeout 1m30s\n}"))
    assert (limit, setting.line, setting.is_default) == (90.0, 4, False)
    assert silence_limit(_proxy("transport http {\nread_timeout {$T}\n}"))[0] is None
    assert silence_limit(_proxy("transport http {\nimport gone\n}"))[0] is None


def test_a_limit_of_all_answers() -> None:
    text = "{\n servers {\n  timeouts {\n   write 30s\n  }\n }\n}\n:80 {\n}\n"
    limit, setting = total_limit(sites("Caddyfile", read_text(text)))
    assert setting is not None
    assert (limit, setting.line) == (30.0, 4)
    assert total_limit(sites("Caddyfile", read_text(":80 {\n}\n")))[0] == float("inf")


@pytest.mark.parametrize(
    ("version", "is_hidden"),
    [((2, 6, 2), True), ((2, 7, 6), True), ((2, 8, 0), False), (None, None)],
)
def test_old_versions_hide_that_an_answer_broke_off(
    version: tuple[int, ...] | None, is_hidden: bool | None
) -> None:
    assert hides_truncation(_proxy(""), version).is_so is is_hidden


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30s", 30.0),
        ("1m30s", 90.0),
        ("1.5h", 5400.0),
        ("1d", 86400.0),
        ("0", 0.0),
        ("5", None),
        ("x", None),
    ],
)
def test_times(text: str, seconds: float | None) -> None:
    assert duration(text) == seconds


def test_paths_that_grow_end() -> None:
    grown = "rewrite * {uri}{uri}\n" * 60 + "uri replace / ///////\n" * 60
    way = _way(f"route {{\n{grown}reverse_proxy app:1\n}}", "/a/b")
    assert (way.end, way.path) == ("passed", None)
    snippet = "(a) {\n x " + "{args[0]}" * 400 + "\n}\n"
    site = _site(snippet + ":80 {\n import a " + "y" * 3_000 + "\n}\n")
    assert site.lines[0].words == (GAP,)
