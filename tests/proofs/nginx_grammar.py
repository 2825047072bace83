"""Random nginx configurations, of the directives that matter to a stream."""

from __future__ import annotations

import random
from dataclasses import dataclass

from .nginx_probe import Probe

TYPES = ("text/event-stream", "text/html", "text/plain", "application/x-ndjson")
SCALARS: dict[str, tuple[str, ...]] = {
    "proxy_buffering": ("on", "off", "OFF"),
    "proxy_http_version": ("1.0", "1.1", "1.1"),
    "proxy_read_timeout": ("1", "1s", "900ms", "1m", "60", "'1s 200ms'", "1h30m", "3600s"),
    "gzip": ("on", "on", "on", "off"),
    "gzip_types": (
        "text/event-stream",
        "*",
        "text/plain application/json",
        "text/css application/x-ndjson text/event-stream",
    ),
    "gzip_proxied": ("any", "off"),
    "gzip_min_length": ("0", "1024"),
    "gzip_http_version": ("1.0",),
    "chunked_transfer_encoding": ("on", "off"),
    "proxy_ignore_headers": ("X-Accel-Buffering", "Cache-Control Expires", "x-accel-buffering"),
    "proxy_cache": ("off", "zone"),
    "proxy_cache_valid": ("any 1m", "404 1m"),
    "proxy_cache_methods": ("GET HEAD POST",),
    "proxy_store": ("off",),
    "proxy_send_timeout": ("1s",),
    "send_timeout": ("1s",),
    "keepalive_timeout": ("0", "1s"),
    "postpone_output": ("0", "1460"),
    "proxy_buffer_size": ("4k", "8k"),
    "proxy_next_upstream": ("off", "error timeout http_502"),
    "proxy_request_buffering": ("off",),
    "proxy_max_temp_file_size": ("0",),
    "tcp_nodelay": ("on", "off"),
    "sendfile": ("on",),
}
LISTS = (
    "proxy_set_header Connection ''",
    "proxy_set_header Connection upgrade",
    "proxy_set_header Host $host",
    "proxy_set_header X-Accel-Buffering no",
    "add_header X-Accel-Buffering no",
    "add_header X-Other yes",
    "proxy_pass_header X-Accel-Buffering",
    "proxy_hide_header X-Powered-By",
)


@dataclass
class Drawn:
    """A configuration for one nginx with several servers, and the requests to make of each."""

    text: str
    probes: list[Probe]


def draw(random_: random.Random, ports: list[int], upstream: int) -> Drawn:
    """A configuration with a server on each port."""
    outer = ["proxy_cache_path cache keys_zone=zone:1m;", MAP, *_directives(random_, 2)]
    servers, probes = [], []
    for port in ports:
        locations, uri = _locations(random_, upstream)
        inside = "\n".join((*_directives(random_, 2), *locations))
        servers.append(f"server {{\nlisten 127.0.0.1:{port};\n{inside}\n}}")
        probes += _probes(random_, port, uri)
    return Drawn("\n".join((*outer, *servers)), probes)


def _directives(random_: random.Random, most: int) -> list[str]:
    names = random_.sample(list(SCALARS), random_.randint(0, most))
    if random_.random() < 0.5:
        names = list({*names, "proxy_http_version"})
    for name in ("proxy_read_timeout", "gzip", "gzip_types"):
        if random_.random() < 0.45:
            names = list({*names, name})
    found = [f"{name} {random_.choice(SCALARS[name])};" for name in sorted(names)]
    return found + [f"{each};" for each in random_.sample(LISTS, random_.randint(0, 1))]


PATHS = (
    "/chat/stream",
    "/api/chat/stream",
    "/api/chat/",
    "/api",
    "/api/images/a.js",
    "/API/X.STREAM",
    "//api///chat/stream",
    "/api/%63hat/./x/../stream",
    "/old/chat/stream",
    "/strip/chat/stream",
    "/try/chat",
    "/legacy/api/chat/stream",
    "/var/chat",
    "/mapped/chat",
    "/nowhere",
)
LOCATIONS = (
    "/",
    "/api/",
    "/api/chat",
    "^~ /api/chat/",
    "^~ /api/",
    "= /api/chat/stream",
    "= /chat/stream",
    "~ ^/(api|images)/",
    "~* \\.(js|stream)$",
    "~ ^/(?<part>[a-z]+)/chat",
    "/strip/",
    "/try/",
    "/var/",
    "/old/",
    "/mapped/",
)
SCRIPTS = (
    "rewrite ^/strip/(.*)$ /$1 break;",
    "rewrite ^/strip/(.*)$ /api/$1 last;",
    "rewrite ^/strip/(.*)$ /api/$1;",
    "rewrite ^/api/(.*)$ /v2/$1 break;",
    "rewrite ^/old/(.*)$ /api/$1 last;",
    "rewrite ^/old/(.*)$ /elsewhere/$1 redirect;",
    "rewrite ^/(.*)$ /all/$1 break;",
    "if ($request_method = OPTIONS) { return 204; }",
    "if ($request_method = POST) { rewrite ^ /posted break; }",
    "if ($uri ~ ^/api/(.*)$) { rewrite ^ /from/$1 break; }",
    "if ($mapped) { rewrite ^ /mapped-away break; }",
    "try_files $uri @app;",
    "try_files $uri $uri/ /api/fallback;",
    "try_files $uri =404;",
    "try_files $uri $uri;",
    "return 204;",
    "break;",
    "set $part chosen; rewrite ^ /set/$part break;",
)
MAP = """map $uri $mapped {
default "";
/mapped/chat 1;
~^/api/(.*)$ $1;
}"""


def _locations(random_: random.Random, upstream: int) -> tuple[list[str], str]:
    names = random_.sample(LOCATIONS, random_.randint(1, 5))
    if random_.random() < 0.6:
        names = list(dict.fromkeys(("/", *names)))
    names = list({each.removeprefix("^~ "): each for each in names}.values())
    paths = [each for each in PATHS if any(_meets(name, each) for name in names)] or list(PATHS)
    found = [_location(random_, name, upstream) for name in names]
    own = "\n".join(_directives(random_, 2))
    found.append(f"location @app {{\n{own}\nproxy_pass http://127.0.0.1:{upstream};\n}}")
    if random_.random() < 0.2:
        found.insert(0, "rewrite ^/legacy(/.*)$ $1;")
    return found, random_.choice(paths)


def _meets(name: str, path: str) -> bool:
    word = name.split(" ")[-1]
    return name != "/" and (path.startswith(word) or (word + "/").startswith(path))


def _location(random_: random.Random, name: str, upstream: int, level: int = 0) -> str:
    lines = _directives(random_, 3)
    if random_.random() < 0.35:
        lines.append(random_.choice(SCRIPTS))
    target = f"http://127.0.0.1:{upstream}"
    if random_.random() < 0.2:
        lines.append(f"set $app 127.0.0.1:{upstream};")
        target = "http://$app" + random_.choice(("", "", "/fixed", "/fixed$uri", "$request_uri"))
    elif "~" not in name.replace("^~", "") and random_.random() < 0.4:
        target += random_.choice(("/", "/v1", "/v1/"))
    lines.append(f"proxy_pass {target};")
    if level == 0 and random_.random() < 0.25 and name in ("/", "/api/", "^~ /api/", "/api/chat"):
        inside = random_.choice(("/api/chat/", "~ stream$", "= /api/chat/stream", "^~ /api/chat/s"))
        lines.append(_location(random_, inside, upstream, 1))
    text = "\n".join(lines)
    return f"location {name} {{\n{text}\n}}"


def _probes(random_: random.Random, port: int, uri: str) -> list[Probe]:
    headers = {}
    if random_.random() < 0.35:
        headers["X-Accel-Buffering"] = random_.choice(("no", "NO", "yes", "off"))
    if random_.random() < 0.3:
        headers["Cache-Control"] = random_.choice(("no-cache", "max-age=60", "no-store"))
    media_type = random_.choice((*TYPES, *[TYPES[0]] * 3))
    if random_.random() < 0.3:
        media_type += "; charset=utf-8"
    said = {
        "media_type": media_type,
        "headers": headers,
        "method": random_.choice(("GET", "POST")),
        "accepts_gzip": random_.random() < 0.75,
        "via": random_.random() < 0.2,
        "client": random_.choice(("1.1", "1.1", "1.1", "1.0")),
    }
    return [Probe(port, uri, act, **said) for act in ("stream", "silent", "broken")]
