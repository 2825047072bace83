"""The proofs of rules about proxies: nginx runs a project's own configuration before its server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .claims import claim_arrival, claim_truncation, show_arrival, show_end
from .client import Stream, watch
from .measures import HTTP_1_1, behind_nginx
from .proof import Form, Proof
from .servers import free_ports, serving_nginx, uvicorn
from .silence import claim_cut, show_silence

LG504 = "LG504_buffering"
LG505 = "LG505_read_timeout"
LG506 = "LG506_ingress"
LG511 = "LG511_chained"
LG512 = "LG512_truncation"


def through_nginx(project: Path) -> Stream:
    """A client of the project's nginx: only the ports of its configuration are others."""
    with (
        uvicorn(project) as application,
        _serving(project / "nginx.conf", "http://127.0.0.1:8000", application) as url,
    ):
        return watch(f"{url}/api")


def through_two(project: Path) -> Stream:
    """A client of the nginx in front of the project's other one."""
    with (
        uvicorn(project) as application,
        _serving(project / "inner.conf", "http://app:8000", application) as inner,
        _serving(project / "edge.conf", "http://inner:8080", inner) as url,
    ):
        return watch(f"{url}/api")


@contextmanager
def _serving(configuration: Path, behind: str, address: str) -> Iterator[str]:
    """Serve a configuration; what it names `behind` is at that address. Yields its own one."""
    text = configuration.read_text(encoding="utf-8")
    inside = re.fullmatch(r"events \{\}\s+http \{\n(.*)\}\n", text, re.DOTALL)
    assert inside is not None
    (port,) = free_ports(1)
    http = inside[1].replace("listen 8080;", f"listen 127.0.0.1:{port};")
    with serving_nginx(http.replace(behind, address), port):
        yield f"http://127.0.0.1:{port}"


def through_ingress(project: Path) -> Stream:
    """A client of nginx with the defaults of ingress-nginx and the limit of the annotation."""
    text = (project / "k8s.yaml").read_text(encoding="utf-8")
    said = re.search(r'proxy-read-timeout: "(\d+)"', text)
    assert said is not None
    limit = f"proxy_read_timeout {said[1]}s;"
    return behind_nginx(f"{HTTP_1_1} proxy_buffering off; {limit}")(project)


PROXIED: tuple[Proof[Any], ...] = (
    Proof(
        rule="LG504",
        title="A location of nginx that carries a stream which sets no header",
        bad=(
            Form(f"{LG504}/bad", "HTTP/1.0 to the application", through_nginx),
            Form(f"{LG504}/bad_gzip", "HTTP/1.1, `gzip_types` with its type", through_nginx),
        ),
        good=(
            Form(f"{LG504}/good", "HTTP/1.0, `proxy_buffering off`", through_nginx),
            Form(f"{LG504}/good_types", "HTTP/1.1, `gzip` for other types", through_nginx),
        ),
        show=show_arrival,
        claims=claim_arrival,
    ),
    Proof(
        rule="LG505",
        title="A location of nginx that waits for a shorter time than a node is silent",
        bad=(Form(f"{LG505}/bad", "`proxy_read_timeout 2s`", through_nginx),),
        good=(
            Form(f"{LG505}/good", "10 s in the location, 2 s around it", through_nginx),
            Form(f"{LG505}/good_ping", "2 s, and a ping each second", through_nginx),
        ),
        show=show_silence,
        claims=claim_cut,
    ),
    Proof(
        rule="LG506",
        title="An ingress that waits for a shorter time than a node is silent",
        bad=(Form(f"{LG506}/bad", '`proxy-read-timeout: "2"`', through_ingress),),
        good=(
            Form(f"{LG506}/good", '`proxy-read-timeout: "10"`', through_ingress),
            Form(f"{LG506}/good_ping", "2 s, and a ping each second", through_ingress),
        ),
        show=show_silence,
        claims=claim_cut,
    ),
    Proof(
        rule="LG511",
        title="An nginx in front of an nginx, and a stream with `X-Accel-Buffering: no`",
        bad=(Form(f"{LG511}/bad", "HTTP/1.0 to the inner one", through_two),),
        good=(
            Form(f"{LG511}/good", "HTTP/1.1 to the inner one", through_two),
            Form(f"{LG511}/good_header", "the inner one hands the header on", through_two),
        ),
        show=show_arrival,
        claims=claim_arrival,
    ),
    Proof(
        rule="LG512",
        title="A location of nginx, and a run that fails midway without a word",
        bad=(
            Form(f"{LG512}/bad", "HTTP/1.0 to the application", through_nginx),
            Form(
                f"{LG512}/bad_chunked", "HTTP/1.1, `chunked_transfer_encoding off`", through_nginx
            ),
        ),
        good=(Form(f"{LG512}/good", "HTTP/1.1", through_nginx),),
        show=show_end,
        claims=claim_truncation,
    ),
)
