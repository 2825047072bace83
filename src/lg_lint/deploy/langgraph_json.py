"""`langgraph.json` and `aegra.json`: which graphs a server of LangGraph's protocol serves."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from lg_lint.deploy.place import Unread
from lg_lint.deploy.settings import Setting
from lg_lint.deploy.yaml_nodes import Node, documents, guarded


class Server(Struct, frozen=True):
    """What a server is told.

    `graphs` are `file:name` or `module:name` by the graph's id. `app` is the project's own ASGI
    application that is served beside them. `checkpointer` and `store` say that one is configured:
    its path where the project brings its own, else the line of the table, with an empty text.
    """

    line: int = 1
    path: str = ""
    graphs: Mapping[str, Setting] = {}
    app: Setting | None = None
    checkpointer: Setting | None = None
    store: Setting | None = None
    env_file: Setting | None = None
    env: Mapping[str, Setting] = {}
    dependencies: tuple[Setting, ...] = ()
    python_version: Setting | None = None
    unread: tuple[Unread, ...] = ()


def read(data: bytes, path: str = "") -> Server:
    """The file of a server."""
    found = documents(data, path)
    unread = list(found.unread)
    servers: list[Server] = []
    guarded(lambda root: servers.append(_server(root, path, found.unread)), found.roots[:1], unread)
    return servers[0] if servers else Server(path=path, unread=tuple(unread))


def _server(root: Node, path: str, unread: tuple[Unread, ...]) -> Server:
    graphs: dict[str, Setting] = {}
    listed = root.get("graphs")
    for name, node in listed.items() if listed is not None else ():
        setting = node.setting() or node.setting("path")
        if setting is not None:
            graphs[name.text] = setting
    env = root.get("env")
    dependencies = root.get("dependencies")
    each = [node.setting() for node in dependencies.elements()] if dependencies is not None else []
    return Server(
        root.line,
        path,
        graphs,
        root.setting("http", "app"),
        _configured(root, "checkpointer"),
        _configured(root, "store"),
        env.setting() if env is not None else None,
        {
            key.text: value
            for key, node in (env.items() if env is not None else ())
            if (value := node.setting()) is not None
        },
        tuple(setting for setting in each if setting is not None),
        root.setting("python_version"),
        unread,
    )


def _configured(root: Node, key: str) -> Setting | None:
    node = root.get(key)
    if node is None:
        return None
    return node.setting() or node.setting("path") or Setting("", node.line, root.source.path)
