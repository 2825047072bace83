"""Reads kustomizations and patches."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lg_lint.deploy.kubernetes import records as k
from lg_lint.deploy.settings import Setting
from lg_lint.deploy.yaml_nodes import Documents, Node, Source, compose

MOST_PATCHES = 500
Read = Callable[[Documents], k.Manifest]


def kustomization(root: Node, read: Read) -> k.Kustomization:
    """What a kustomization puts together; `read` reads the manifests in its patches."""
    replicas: dict[str, Setting] = {}
    for each in _elements(root.get("replicas")):
        name, count = each.setting("name"), each.setting("count")
        if name is not None and count is not None:
            replicas[name.text] = count
    return k.Kustomization(
        root.line,
        (*_texts(root.get("resources")), *_texts(root.get("bases"))),
        tuple(_texts(root.get("components"))),
        tuple(_patches(root, read))[:MOST_PATCHES],
        replicas,
        tuple(_generated(root.get("configMapGenerator"))),
    )


def operations(root: Node) -> tuple[k.Operation, ...]:
    """The steps of a JSON patch; none where a document is something else."""
    found = []
    for each in root.elements():
        op, path = each.setting("op"), each.setting("path")
        if op is None or path is None:
            return ()
        value = each.get("value")
        values = [item.setting() for item in value.elements()] if value is not None else []
        found.append(
            k.Operation(
                op.text,
                path.text,
                each.line,
                value.setting() if value is not None else None,
                tuple(item for item in values if item is not None),
            )
        )
    return tuple(found)


def _elements(node: Node | None) -> Iterator[Node]:
    return node.elements() if node is not None else iter(())


def _texts(node: Node | None) -> Iterator[Setting]:
    for each in _elements(node):
        found = each.setting()
        if found is not None:
            yield found


def _patches(root: Node, read: Read) -> Iterator[k.Patch]:
    for each in _elements(root.get("patches")):
        yield from _patch(each, read)
    for each in _elements(root.get("patchesJson6902")):
        yield from _patch(each, read)
    for each in _elements(root.get("patchesStrategicMerge")):
        setting = each.setting()
        if setting is not None:
            yield _said(setting, ("", ""), read)


def _patch(node: Node, read: Read) -> Iterator[k.Patch]:
    target = node.get("target")
    kind = target.setting("kind") if target is not None else None
    name = target.setting("name") if target is not None else None
    key = (kind.text if kind is not None else "", name.text if name is not None else "")
    file, inline = node.setting("path"), node.setting("patch")
    if inline is not None:
        yield _said(inline, key, read)
    elif file is not None:
        yield k.Patch(node.line, key, file)
    elif node.kind == "scalar" and node.setting() is not None:
        setting = node.setting()
        assert setting is not None
        yield _said(setting, key, read)


def _said(setting: Setting, target: tuple[str, str], read: Read) -> k.Patch:
    """A patch that is a file's name, or itself a text of YAML."""
    if "\n" not in setting.text and ":" not in setting.text:
        return k.Patch(setting.line, target, setting)
    rows = [setting.line]
    offset = 0
    for row in setting.text.split("\n"):
        rows.append(setting.line_at(offset + len(row) - len(row.lstrip())))
        offset += len(row) + 1
    found = compose(Source(setting.text, setting.path, tuple(rows[1:])))
    inner = read(found)
    return k.Patch(setting.line, target, None, inner, inner.operations)


def _generated(node: Node | None) -> Iterator[k.Generated]:
    for each in _elements(node):
        name = each.setting("name")
        if name is None:
            continue
        literals = {}
        for literal in _texts(each.get("literals")):
            key, equals, _ = literal.text.partition("=")
            if equals:
                literals[key] = literal.part(len(key) + 1, len(literal.text))
        env = each.setting("env")
        yield k.Generated(
            name,
            literals,
            tuple(_texts(each.get("files"))),
            (*_texts(each.get("envs")), *((env,) if env is not None else ())),
        )
