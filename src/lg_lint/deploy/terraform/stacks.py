"""Terraform: load balancers, functions and services of a project's folders, one stack for each.

A stack is a folder that no other one uses as a module, with the values of its own variables. Files
of variables that Terraform does not load by itself give a stack each.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from msgspec import Struct, structs

from lg_lint.deploy.cloud.platforms import Collector, Found
from lg_lint.deploy.place import Unread
from lg_lint.deploy.terraform import resources
from lg_lint.deploy.terraform.hcl import Hcl
from lg_lint.deploy.terraform.values import Module, Worth, folder_of

MOST_STACKS = 50
MOST_ALTERNATIVES = 6
MOST_USES = 300
"""How many uses of modules are looked at in a stack."""


class Stack(Struct, frozen=True):
    """A folder that is applied, the file of variables that goes with it, and what it makes."""

    folder: str
    variables: str
    found: Found
    unread: tuple[tuple[str, Unread], ...] = ()


def stacks(files: Mapping[str, Hcl]) -> tuple[Stack, ...]:
    """The stacks of a project's `.tf` and `.tfvars` files, by path."""
    named = {posixpath.normpath(path): file for path, file in files.items()}
    sources = {path: file for path, file in named.items() if not path.endswith(".tfvars")}
    folders = {posixpath.dirname(path) for path in sources}
    used = {inner for path, file in sources.items() for inner in _uses(file, path)}
    found: list[Stack] = []
    for folder in sorted(folders - used or folders)[:MOST_STACKS]:
        found += _stacks(folder, named, sources)
    return tuple(found)


def _uses(file: Hcl, path: str) -> Iterator[str]:
    for block in file.blocks:
        if block.kind == "module":
            inner = folder_of(block, posixpath.dirname(path))
            if inner is not None:
                yield inner


def _stacks(folder: str, named: Mapping[str, Hcl], sources: Mapping[str, Hcl]) -> Iterator[Stack]:
    variables = {
        path: file
        for path, file in named.items()
        if path.endswith(".tfvars") and posixpath.dirname(path) == folder
    }
    loaded = [
        path
        for path in sorted(variables, key=lambda each: (each.endswith(".auto.tfvars"), each))
        if path.endswith((".auto.tfvars", "terraform.tfvars"))
    ]
    others = [path for path in sorted(variables) if path not in loaded][:MOST_ALTERNATIVES]
    for other in others or [""]:
        module = Module(folder, sources, {})
        given: dict[str, Worth] = {}
        for path in (*loaded, *([other] if other else [])):
            file = variables[path]
            given.update({key: Worth(each, module, path) for key, each in file.attributes.items()})
        module.given = given
        unread = tuple(
            (path, each)
            for path, file in named.items()
            if posixpath.dirname(path) == folder
            for each in file.unread
        )
        yield Stack(folder, other, _found(module), unread)


def _found(module: Module) -> Found:
    into = Collector()
    for count, each in enumerate(module.each()):
        if count >= MOST_USES:
            break
        resources.collect(each, into)
    found = into.found()
    return structs.replace(found, functions=resources.with_urls(found.functions))
