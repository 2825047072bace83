"""Which nginx configurations let a stream through at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from lg_lint.model.hosting.proxies import Location, locations, longest_patience, pass_streams

OFF = "proxy_buffering off;"
MODERN = "proxy_http_version 1.1;"


def config(http: str = "", server: str = "", location: str = "") -> str:
    return f"http {{ {http} server {{ {server} location / {{ proxy_pass http://app; {location} }} }} }}"


def blocks(*paths: Path) -> list[Location]:
    return [each for path in paths for each in locations(str(path))]


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        (config(), False),
        (config(location=OFF), True),
        (config(http=OFF), True),
        (config(http=OFF, location="proxy_buffering on;"), False),
        (config(server=MODERN), True),
        (config(server=MODERN, http="gzip on;"), True),
        (config(server=MODERN, http="gzip on; gzip_types text/css application/json;"), True),
        (config(server=MODERN, http="gzip on; gzip_types text/event-stream;"), False),
        (config(server=MODERN, http="gzip on; gzip_types *;"), False),
        (config(server=MODERN, http="gzip on; gzip_types *;", location="gzip off;"), True),
        (config(http="gzip on;", location=OFF), True),
        ("http { server { location / { root /srv; } } }", False),
        ("location / { proxy_pass http://app; proxy_buffering off; }", True),
        ("this is { no configuration", False),
        ("", False),
    ],
)
def test_one_file(tmp_path: Path, text: str, passes: bool) -> None:
    path = tmp_path / "nginx.conf"
    path.write_text(text)
    assert pass_streams(blocks(path)) is passes


def test_every_location_has_to_pass(tmp_path: Path) -> None:
    for name, location in (("a.conf", OFF), ("b.conf", "")):
        (tmp_path / name).write_text(config(location=location))
    assert pass_streams(blocks(tmp_path / "a.conf"))
    assert not pass_streams(blocks(tmp_path / "a.conf", tmp_path / "b.conf"))


def test_no_configuration_passes_nothing() -> None:
    assert not pass_streams([])


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (config(), 60),
        (config(location="proxy_read_timeout 30;"), 30),
        (config(http="proxy_read_timeout 5m;"), 300),
        (config(http="proxy_read_timeout 5m;", location="proxy_read_timeout 1h30m;"), 5400),
        (config(server="proxy_read_timeout 500ms;"), 0.5),
        (config(server="proxy_read_timeout $patience;"), float("inf")),
        ("location / { uwsgi_pass app; proxy_read_timeout 30s; }", 60),
        ("http { proxy_read_timeout 30s; server { location / { root /srv; } } }", None),
        ("this is { no configuration", None),
    ],
)
def test_patience_of_one_file(tmp_path: Path, text: str, seconds: float | None) -> None:
    path = tmp_path / "nginx.conf"
    path.write_text(text)
    found = longest_patience(blocks(path))
    assert (found.seconds if found else None) == seconds


def test_the_most_patient_location_of_all_files_counts(tmp_path: Path) -> None:
    short, long = tmp_path / "short.conf", tmp_path / "long.conf"
    short.write_text(config(location="proxy_read_timeout 10s;"))
    long.write_text("# one\n" + config(location="\nproxy_read_timeout 90s;"))
    found = longest_patience(blocks(short, long))
    assert found is not None
    assert (found.path, found.row, found.seconds) == (str(long), 3, 90)
