"""nginx texts to directives: lines, templates, texts in other files, includes, and bad input."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lg_lint.deploy.nginx.including import MOST_DIRECTIVES, Included, whole
from lg_lint.deploy.nginx.matching import normal_path
from lg_lint.deploy.nginx.reading import (
    MOST_BYTES,
    MOST_DEPTH,
    Nginx,
    read,
    read_lines,
    read_text,
)
from lg_lint.deploy.nginx.regexes import UnknownMatchError, search
from lg_lint.deploy.nginx.rewriting import location_for
from lg_lint.deploy.nginx.servers import configuration
from lg_lint.deploy.nginx.streaming import Response, hides_truncation, holds_back, silence_limit
from lg_lint.deploy.place import Word


def _names(nginx: Nginx) -> list[tuple[str, int]]:
    return [(each.name, each.line) for each in nginx.directives]


def test_each_argument_has_its_own_line() -> None:
    text = "gzip_types text/css\n  # text/html\n  text/event-stream;\nhttp {\n gzip on; }\n"
    types, http = read(text.encode()).directives
    assert [(each.text, each.line) for each in types.arguments] == [
        ("text/css", 1),
        ("text/event-stream", 3),
    ]
    assert http.block is not None
    assert (http.block[0].name, http.block[0].line) == ("gzip", 5)


def test_facts_survive_the_cache() -> None:
    facts = read(b"server { location / { proxy_pass http://app; } }\n{{ x }}\n")
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(facts), type=Nginx) == facts


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"server {", "end of file"),
        (b"server { } }", "unexpected"),
        (b"gzip 'on;\n", "end of file"),
        (b"gzip on;\0", "not a text"),
        (b"#" * (MOST_BYTES + 1), "larger than"),
        (b"a {" * (MOST_DEPTH + 5) + b"}" * (MOST_DEPTH + 5), "nested too deeply"),
    ],
)
def test_what_cannot_be_read_is_told_and_nothing_of_it_is_taken(text: bytes, reason: str) -> None:
    facts = read(text)
    assert not facts.directives
    assert [reason in each.reason for each in facts.unread] == [True]


def test_the_line_of_a_mistake_is_that_in_the_file() -> None:
    assert read_text("gzip on;\n}\n", 40).unread[0].line == 41


WORDS = """server { } ; location / = ~ ^~ @a (a+)+ ^/(.*)$ http:// $1 $uri $x {{ }} ${Y} include a.conf
proxy_pass http://app http://$x/y upstream map set rewrite break last return 204 try_files if ($x)
proxy_buffering off proxy_read_timeout 5s 1h2 gzip on gzip_types * ' " # \\"""
_words = st.sampled_from([*WORDS.split(), "\n", ";", "}"])
_texts = st.lists(_words, max_size=60).map(
    lambda words: (
        "server { location / { proxy_pass http://a; } " + " ".join(words) + " }"
    ).encode()
)


@settings(deadline=None, max_examples=400)
@given(st.binary(max_size=400) | _texts)
def test_any_bytes_are_read_or_told(data: bytes) -> None:
    facts = read(data)
    read_text(data.decode("utf-8", "replace"), 7, in_shell=True)
    found = configuration(whole("a.conf", facts))
    for server in found.servers:
        for location in server.locations:
            holds_back(location, Response())
            hides_truncation(location, Response())
            silence_limit(location)
        location_for(found, server, "/chat/stream")


def test_a_template_says_where_its_gaps_are() -> None:
    text = """\
{{- if .Values.gzip }}
gzip on;
{{- end }}
{{/* a comment
   over lines */}}
proxy_read_timeout {{ .Values.timeout }}s;
{{ LOCATIONS }}
${EXTRA}
proxy_pass http://{{ .Values.host }}:8000;
"""
    facts = read(text.encode())
    assert not facts.unread
    assert _names(facts) == [
        ("gzip", 2),
        ("proxy_read_timeout", 6),
        ("{{ LOCATIONS }}", 7),
        ("${EXTRA}", 8),
        ("proxy_pass", 9),
    ]
    assert [each.is_certain for each in facts.directives] == [False, True, True, True, True]
    assert [each.is_gap for each in facts.directives] == [False, False, True, True, False]
    assert [(each.text, each.line) for each in facts.gaps] == [
        ("{{ .Values.timeout }}", 6),
        ("{{ LOCATIONS }}", 7),
        ("${EXTRA}", 8),
        ("{{ .Values.host }}", 9),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "proxy_buffering {{ if .x }}off{{ else }}on{{ end }};",
        "proxy_buffering {{ .x }};",
        "proxy_buffering ${X};",
        "{% if x %}proxy_buffering off;{% endif %}",
        "<% if x %>\nproxy_buffering off;\n<% end %>",
        "{{#x}}\nproxy_buffering off;\n{{/x}}",
    ],
)
def test_what_a_template_decides_is_not_known(line: str) -> None:
    text = f"location / {{\n{line}\nproxy_pass http://app;\n}}"
    facts = read(text.encode())
    assert not facts.unread
    (server,) = configuration(whole("a.conf", facts)).servers
    assert holds_back(server.locations[0], Response()).is_so is None


def test_an_unquoted_heredoc_has_variables_of_the_shell() -> None:
    text = "proxy_set_header Host \\$host;\nlisten $PORT; proxy_pass http://\\\n${HOST:-app}:80;\n"
    facts = read_text(text, 10, in_shell=True)
    assert [(each.name, each.words, each.line) for each in facts.directives] == [
        ("proxy_set_header", ("Host", "$host"), 10),
        ("listen", ("$PORT",), 11),
        ("proxy_pass", ("http://", "${HOST:-app}:80"), 11),
    ]
    assert [each.text for each in facts.gaps] == ["$PORT", "${HOST:-app}"]


def test_lines_from_several_commands_keep_their_lines() -> None:
    parts = [Word("server {", 4), Word("listen 80;\nlocation / {", 6), Word("gzip on; }}", 9)]
    (server,) = read_lines(parts).directives
    assert server.block is not None
    assert [(each.name, each.line) for each in server.block] == [("listen", 6), ("location", 7)]
    assert server.block[1].block is not None
    assert server.block[1].block[0].line == 9


def _find(**files: str):
    def find(pattern: str, _file: str) -> Sequence[Included] | None:
        name = pattern.removesuffix(".conf")
        if pattern == "all/*.conf":
            return [Included(each, read(text.encode())) for each, text in sorted(files.items())]
        return [Included(pattern, read(files[name].encode()))] if name in files else None

    return find


def test_includes_are_put_in_with_their_files() -> None:
    main = read(b"http { include all/*.conf; gzip off; }")
    found = whole(
        "nginx.conf", main, _find(a="proxy_buffering off;\n", b="\nserver { listen 81; }")
    )
    (http,) = found.directives
    assert http.block is not None
    assert [(each.name, each.file, each.line) for each in http.block] == [
        ("proxy_buffering", "a", 1),
        ("server", "b", 2),
        ("gzip", "nginx.conf", 1),
    ]


def test_an_include_of_itself_ends_and_is_told() -> None:
    loop = _find(a="include b.conf; gzip on;", b="include a.conf;")
    found = whole("a.conf", read(b"include b.conf; gzip on;"), loop)
    assert [each.name for each in found.directives] == ["gzip"]
    assert [(file, "itself" in each.reason) for file, each in found.unread] == [("b.conf", True)]


def test_includes_that_multiply_end() -> None:
    files = {f"f{number}": f"include f{number + 1}.conf;" * 9 for number in range(8)}
    found = whole("x", read(b"include f0.conf;"), _find(**files, f8="gzip on;"))
    assert len(found.directives) <= MOST_DIRECTIVES
    assert any("directives" in each.reason for _, each in found.unread)


def test_a_missing_include_makes_doubtful_what_it_may_say() -> None:
    text = b"server { location / { include more.conf; proxy_pass http://a; }\n"
    text += b"location /b { include proxy_params; include mime.types; proxy_pass http://a; }\n"
    text += b"location /c { proxy_buffering off; include more.conf; proxy_pass http://a; } }"
    found = whole("a.conf", read(text))
    assert [each.reason for _, each in found.unread] == ["the included more.conf was not found"]
    locations = configuration(found).servers[0].locations
    answers = [holds_back(each, Response()).is_so for each in locations]
    assert answers == [None, True, False]


def test_an_include_that_cannot_be_read_is_told_and_doubtful() -> None:
    main = read(b"server { include a.conf; location / { proxy_pass http://a; } }")
    found = whole("main", main, _find(a="gzip 'on"))
    assert [file for file, _ in found.unread] == ["a.conf"]
    (server,) = configuration(found).servers
    assert holds_back(server.locations[0], Response()).is_so is None


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("/a/b?c=d", "/a/b"),
        ("//a///b/", "/a/b/"),
        ("/a/./b/../c", "/a/c"),
        ("/a/..", "/"),
        ("/%61%2Fb", "/a/b"),
        ("/../a", None),
        ("a", None),
    ],
)
def test_a_path_is_compared_as_nginx_does(uri: str, path: str | None) -> None:
    assert normal_path(uri) == path


@pytest.mark.parametrize("pattern", ["(a+)+$", "((a{1,9}){1,9})*b", "(?:a|a*)*c", "a*" * 9 + "b"])
def test_an_expression_that_takes_too_long_is_not_known(pattern: str) -> None:
    with pytest.raises(UnknownMatchError):
        search(pattern, "a" * 390)


@pytest.mark.parametrize("pattern", [r"^(?>a)", r"a++", r"(?|a|b)", r"\Ka", "(", "(*UTF8)a"])
def test_an_expression_of_pcre_alone_is_not_known(pattern: str) -> None:
    with pytest.raises(UnknownMatchError):
        search(pattern, "a")


def test_a_named_group_is_pythons_as_well() -> None:
    found = search(r"^/(?<part>[a-z]+)/([^/]*)$", "/api/x")
    assert found is not None
    assert found["part"] == "api"
