"""Which nginx configurations let a stream through at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from lg_lint.model.proxies import pass_streams

OFF = "proxy_buffering off;"
MODERN = "proxy_http_version 1.1;"


def config(http: str = "", server: str = "", location: str = "") -> str:
    return (
        f"http {{ {http} server {{ {server} location / {{ proxy_pass http://app; {location} }} }} }}"
    )


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        (config(), False),
        (config(location=OFF), True),
        (config(http=OFF), True),
        (config(http=OFF, location="proxy_buffering on;"), False),
        (config(server=MODERN), True),
        (config(server=MODERN, http="gzip on;"), False),
        (config(server=MODERN, http="gzip on;", location="gzip off;"), True),
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
    assert pass_streams([path]) is passes


def test_every_location_has_to_pass(tmp_path: Path) -> None:
    for name, location in (("a.conf", OFF), ("b.conf", "")):
        (tmp_path / name).write_text(config(location=location))
    assert pass_streams([tmp_path / "a.conf"])
    assert not pass_streams([tmp_path / "a.conf", tmp_path / "b.conf"])


def test_no_configuration_passes_nothing() -> None:
    assert not pass_streams([])
