"""What an Ingress does to a stream, by its controller, its annotations and the controller's map.

Sources: ingress-nginx `internal/ingress/controller/config/config.go` (`NewDefault`: buffering off,
HTTP/1.1, read timeout 60 s), F5's nginx.org annotations (buffering on, 60 s), Kong (60 000 ms),
the AWS load balancer's `idle_timeout.timeout_seconds` (60 s), GKE's backend timeout (30 s for the
whole answer), the router of OpenShift (HAProxy, 30 s). Traefik and Istio neither buffer nor limit
silence of a backend by default; Istio's `timeout` is a limit of its own (`records.Limit`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from msgspec import Struct

from lg_lint.deploy.kubernetes.records import ConfigMap, Ingress
from lg_lint.deploy.settings import Setting, platform, seconds, truth

Controller = Literal[
    "ingress-nginx",
    "nginx-inc",
    "traefik",
    "kong",
    "alb",
    "gce",
    "openshift",
    "istio",
    "unknown",
]

_COMMUNITY = "nginx.ingress.kubernetes.io/"
_PREFIXES: tuple[tuple[str, Controller], ...] = (
    (_COMMUNITY, "ingress-nginx"),
    ("nginx.org/", "nginx-inc"),
    ("nginx.com/", "nginx-inc"),
    ("konghq.com/", "kong"),
    ("traefik.ingress.kubernetes.io/", "traefik"),
    ("alb.ingress.kubernetes.io/", "alb"),
    ("networking.gke.io/", "gce"),
    ("kubernetes.io/ingress.global-static-ip-name", "gce"),
)
_CLASSES: tuple[tuple[str, Controller], ...] = (
    ("traefik", "traefik"),
    ("kong", "kong"),
    ("alb", "alb"),
    ("gce", "gce"),
    ("openshift", "openshift"),
    ("istio", "istio"),
    ("nginx", "ingress-nginx"),
)
_idle = re.compile(r"idle_timeout\.timeout_seconds=(\d+)")
_directive = re.compile(
    r"\b(proxy_read_timeout|proxy_buffering|proxy_http_version|gzip|chunked_transfer_encoding)"
    r"\s+([^;\s]{1,40})\s*;"
)


class Behaviour(Struct, frozen=True):
    """What a controller does with an answer. None is what a controller does not have.

    `read_timeout` is written in `unit` seconds; with `total` it limits the whole answer, without it
    the silence in it. `buffering` is of the form "on" or "off".
    """

    controller: Controller
    read_timeout: Setting | None = None
    unit: float = 1.0
    total: bool = False
    buffering: Setting | None = None
    http_version: Setting | None = None
    gzip: Setting | None = None
    chunked: Setting | None = None

    @property
    def silence(self) -> float | None:
        """The seconds after which an answer is cut; None where unknown or without limit."""
        return seconds(self.read_timeout, self.unit)


def controller(ingress: Ingress) -> Controller:
    """Which controller serves an Ingress, by its class, and by its annotations without one."""
    ingress_class = ingress.ingress_class
    by_annotation = next(_by_annotation(ingress.annotations), None)
    if ingress_class is None:
        return by_annotation or "unknown"
    if not ingress_class.known:
        return "unknown"
    for word, name in _CLASSES:
        if word in ingress_class.text.lower():
            if name == "ingress-nginx" and by_annotation == "nginx-inc":
                return by_annotation
            return name
    return "unknown"


def behaviour(ingress: Ingress, settings: ConfigMap | None = None) -> Behaviour:
    """What the controller of an Ingress does; `settings` is the controller's own config map."""
    name = controller(ingress)
    data = settings.data if settings is not None else {}
    line = _line(ingress)
    annotations = ingress.annotations
    if name == "ingress-nginx":
        return _community(annotations, data, line)
    if name == "nginx-inc":
        return _inc(annotations, data, line)
    if name == "kong":
        return Behaviour(
            name,
            annotations.get("konghq.com/read-timeout") or platform("60000", line),
            0.001,
            http_version=platform("1.1", line),
            buffering=_switch(annotations.get("konghq.com/response-buffering"))
            or platform("on", line),
        )
    if name == "alb":
        return Behaviour(name, _alb(annotations) or platform("60", line))
    if name == "openshift":
        setting = annotations.get("haproxy.router.openshift.io/timeout")
        return Behaviour(name, setting or platform("30s", line), buffering=platform("off", line))
    if name == "gce":
        return Behaviour(name, platform("30", line), total=True)
    return Behaviour(name)


def _line(ingress: Ingress) -> int:
    """Where what nobody says would have to stand: at the annotations, or else before the paths."""
    own = [each.line for each in ingress.annotations.values() if each.path in ("", ingress.id.path)]
    if own:
        return min(own)
    ingress_class = ingress.ingress_class
    return (
        ingress_class.line
        if ingress_class is not None and ingress_class.chosen
        else ingress.id.line
    )


def _by_annotation(annotations: Mapping[str, Setting]) -> Iterator[Controller]:
    for prefix, name in _PREFIXES:
        if any(key.startswith(prefix) for key in annotations):
            yield name


def _community(
    annotations: Mapping[str, Setting], data: Mapping[str, Setting], line: int
) -> Behaviour:
    snippet = _snippet(
        annotations.get(_COMMUNITY + "configuration-snippet"),
        annotations.get(_COMMUNITY + "server-snippet"),
    )

    def setting(name: str, default: str) -> Setting:
        found = snippet.get(name.replace("-", "_")) or annotations.get(_COMMUNITY + name)
        return found or data.get(name) or platform(default, line)

    return Behaviour(
        "ingress-nginx",
        setting("proxy-read-timeout", "60"),
        buffering=_switch(setting("proxy-buffering", "off")),
        http_version=setting("proxy-http-version", "1.1"),
        gzip=snippet.get("gzip") or _switch(data.get("use-gzip")) or platform("off", line),
        chunked=snippet.get("chunked_transfer_encoding"),
    )


def _inc(annotations: Mapping[str, Setting], data: Mapping[str, Setting], line: int) -> Behaviour:
    snippet = _snippet(
        annotations.get("nginx.org/location-snippets"), annotations.get("nginx.org/server-snippets")
    )

    def setting(name: str, default: str) -> Setting:
        found = annotations.get("nginx.org/" + name) or snippet.get(name.replace("-", "_"))
        return found or data.get(name) or platform(default, line)

    return Behaviour(
        "nginx-inc",
        setting("proxy-read-timeout", "60s"),
        buffering=_switch(setting("proxy-buffering", "on")),
        http_version=snippet.get("proxy_http_version") or platform("1.1", line),
        gzip=snippet.get("gzip") or platform("off", line),
        chunked=snippet.get("chunked_transfer_encoding"),
    )


def _snippet(*texts: Setting | None) -> dict[str, Setting]:
    """The directives of the snippets; what stands in the first counts before the others."""
    found: dict[str, Setting] = {}
    for text in texts:
        for match in _directive.finditer(text.text) if text is not None else ():
            assert text is not None
            found.setdefault(match[1], text.part(match.start(2), match.end(2)))
    return found


def _switch(setting: Setting | None) -> Setting | None:
    """A switch as "on" or "off", whatever words it is written in."""
    is_on = truth(setting)
    if setting is None or is_on is None:
        return setting
    return Setting("on" if is_on else "off", setting.line, setting.path, setting.origin)


def _alb(annotations: Mapping[str, Setting]) -> Setting | None:
    setting = annotations.get("alb.ingress.kubernetes.io/load-balancer-attributes")
    match = _idle.search(setting.text) if setting is not None else None
    return setting.part(match.start(1), match.end(1)) if setting is not None and match else None
