"""Serverless Framework, Vercel and Azure Functions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lg_lint.deploy.cloud.platforms import Collector, Found, Function, Rewrite
from lg_lint.deploy.place import Word
from lg_lint.deploy.settings import Setting, platform, unknown
from lg_lint.deploy.yaml_nodes import Node, documents, guarded

FRAMEWORK = "6"
"""The seconds of a function where the Serverless Framework is not told any."""
VERCEL = "300"
AZURE = "300"
_variable = re.compile(r"\$\{(self:)?([\w.]+)(?:,\s*'?([^'{}]*)'?)?\}")
_MOST_HOPS = 5


def framework(data: bytes, path: str = "") -> Found:
    """A `serverless.yml`."""
    found = documents(data, path)
    into = Collector()
    into.unread += found.unread

    def one(root: Node) -> None:
        functions = root.get("functions")
        for name, node in functions.items() if functions is not None else ():
            if node.kind == "mapping":
                into.functions.append(_function(root, name, node))

    guarded(one, found.roots[:1], into.unread)
    return into.found()


def vercel(data: bytes, path: str = "") -> Found:
    """A `vercel.json`: the times of its functions, and where its paths lead."""
    found = documents(data, path)
    into = Collector()
    into.unread += found.unread

    def one(root: Node) -> None:
        functions = root.get("functions")
        for name, node in functions.items() if functions is not None else ():
            timeout = node.setting("maxDuration") or platform(VERCEL, name.line)
            into.functions.append(Function("vercel", name.line, path, name.text, timeout=timeout))
        builds = root.get("builds")
        for each in builds.elements() if builds is not None else ():
            if each.text("use").startswith("@vercel/python"):
                timeout = each.setting("config", "maxDuration") or platform(VERCEL, each.line)
                into.functions.append(
                    Function("vercel", each.line, path, each.text("src"), timeout=timeout)
                )
        into.rewrites += _rewrites(root)

    guarded(one, found.roots[:1], into.unread)
    return into.found()


def azure_host(data: bytes, path: str = "") -> Found:
    """A `host.json`: the time that all functions beside it have."""
    found = documents(data, path)
    into = Collector()
    into.unread += found.unread

    def one(root: Node) -> None:
        if root.get("version") is None and root.get("functionTimeout") is None:
            return
        setting = root.setting("functionTimeout")
        timeout = _clock(setting) if setting is not None else platform(AZURE, root.line)
        into.functions.append(Function("azure", root.line, path, timeout=timeout))

    guarded(one, found.roots[:1], into.unread)
    return into.found()


def azure_function(data: bytes, path: str = "") -> Found:
    """A `function.json`: one function that HTTP calls, and the file with its code."""
    found = documents(data, path)
    into = Collector()
    into.unread += found.unread

    def one(root: Node) -> None:
        bindings = root.get("bindings")
        kinds = [each.text("type") for each in bindings.elements()] if bindings is not None else []
        if "httpTrigger" in kinds:
            handler = root.setting("scriptFile")
            into.functions.append(
                Function("azure", root.line, path, handler=handler, fronts=("http",))
            )

    guarded(one, found.roots[:1], into.unread)
    return into.found()


def _function(root: Node, name: Word, node: Node) -> Function:
    url = node.get("url")
    mode = None
    if url is not None:
        streamed = url.setting("invokeMode") if url.kind == "mapping" else None
        mode = _value(root, streamed)
    env: dict[str, Setting] = {}
    for where in (root.at("provider", "environment"), node.get("environment")):
        for key, each in where.items() if where is not None else ():
            env[key.text] = _value(root, each.setting()) or unknown("", key.line)
    timeout = _value(root, node.setting("timeout") or root.setting("provider", "timeout"))
    return Function(
        "lambda",
        name.line,
        node.source.path,
        name.text,
        _value(root, node.setting("handler")),
        timeout or platform(FRAMEWORK, name.line),
        mode,
        tuple(dict.fromkeys(_fronts(node))),
        env,
        _value(root, node.setting("image")),
    )


def _fronts(node: Node) -> Iterator[str]:
    if node.get("url") is not None:
        yield "url"
    events = node.get("events")
    for each in events.elements() if events is not None else ():
        keys = list(each.entries()) if each.kind == "mapping" else [each.text()]
        for key in keys:
            if key in ("http", "httpApi", "alb"):
                yield {"http": "rest", "httpApi": "http", "alb": "load-balancer"}[key]


def _value(root: Node, setting: Setting | None) -> Setting | None:
    """A value with `${self:custom.x}` followed; other variables are unknown."""
    for _ in range(_MOST_HOPS):
        if setting is None or not setting.known or "${" not in setting.text:
            return setting
        match = _variable.fullmatch(setting.text.strip())
        if match is None or not match[1]:
            break
        inner = root.setting(*match[2].split("."))
        if inner is None:
            if match[3] is not None:
                return Setting(match[3], setting.line, setting.path, "default")
            break
        setting = inner
    if setting is None:
        return None
    return Setting(setting.text, setting.line, setting.path, "unknown")


def _rewrites(root: Node) -> Iterator[Rewrite]:
    for name, keys in (("rewrites", ("source", "destination")), ("routes", ("src", "dest"))):
        listed = root.get(name)
        for each in listed.elements() if listed is not None else ():
            source, destination = each.setting(keys[0]), each.setting(keys[1])
            if source is not None and destination is not None:
                yield Rewrite(source, destination)


def _clock(setting: Setting) -> Setting:
    """`00:05:00` in seconds; -1 is no limit."""
    parts = setting.text.split(":")
    if len(parts) != 3 or not all(part.isdigit() and len(part) < 5 for part in parts):
        return Setting(setting.text, setting.line, setting.path, "unknown")
    hours, minutes, rest = map(int, parts)
    return Setting(str(hours * 3600 + minutes * 60 + rest), setting.line, setting.path)
