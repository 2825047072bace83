"""What the nginx configurations of a repository do to a stream.

Facts from ngx_http_proxy_module and ngx_http_gzip_module: directives are inherited from `http` to
`server` to `location`, the inner one replaces the outer. A stream passes at once where
`proxy_buffering off` is set, or where the upstream is spoken to in HTTP/1.1 and the answer is not
compressed. Before nginx 1.29.7 the upstream's default is HTTP/1.0, which buffers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_INHERITED = ("proxy_buffering", "proxy_http_version", "gzip")
_PROXIES = ("proxy_pass", "uwsgi_pass")


def pass_streams(configs: list[Path]) -> bool:
    """Whether there are locations that proxy, and all of them let a stream through at once.

    A file that nginx could not read counts for nothing.
    """
    verdicts = [verdict for path in configs for verdict in _locations(path)]
    return bool(verdicts) and all(verdicts)


def _locations(path: Path) -> Iterator[bool]:
    import crossplane

    try:
        payload = crossplane.parse(
            str(path), single=True, check_ctx=False, check_args=False, comments=False
        )
    except (OSError, ValueError, RecursionError):
        return
    for config in payload.get("config", ()):
        yield from _walk(config.get("parsed", ()), {})


def _walk(block: list[dict[str, Any]], outer: Mapping[str, str]) -> Iterator[bool]:
    """The verdict of each block below that proxies; `outer` holds the inherited directives."""
    here = dict(outer)
    for line in block:
        if line["directive"] in _INHERITED and line["args"]:
            here[line["directive"]] = line["args"][0]
    if any(line["directive"] in _PROXIES for line in block):
        yield _passes(here)
    for line in block:
        if "block" in line and line["directive"] != "upstream":
            yield from _walk(line["block"], here)


def _passes(directives: Mapping[str, str]) -> bool:
    if directives.get("proxy_buffering", "on") == "off":
        return True
    compressed = directives.get("gzip", "off") == "on"
    return directives.get("proxy_http_version", "1.0") == "1.1" and not compressed
