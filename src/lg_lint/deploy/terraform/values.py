"""What expressions of Terraform are worth: through variables, locals, and arguments of modules."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from msgspec import Struct, structs

from lg_lint.deploy.settings import Origin, Setting, truth
from lg_lint.deploy.terraform.hcl import Block, Expression, Hcl

MOST_HOPS = 20
MOST_MODULES = 6
"""How deeply modules are followed: an environment, what it puts together, and their parts."""
_step = re.compile(r'\.([A-Za-z_][\w-]*|\d+)|\[\s*"([^"]*)"\s*\]|\[\s*(\d+)\s*\]')
_SAME = ("jsonencode", "tostring", "tonumber", "tobool", "tolist", "tomap", "toset", "yamlencode")


class Worth(Struct, frozen=True):
    """An expression and the module in which it stands. `origin` says how it came there."""

    expression: Expression
    module: Module
    path: str
    origin: Origin = "set"


class Module:
    """A folder of Terraform files, with the values that its variables have in one use of it."""

    def __init__(
        self,
        folder: str,
        files: Mapping[str, Hcl],
        given: Mapping[str, Worth],
        depth: int = 0,
    ) -> None:
        self.folder = folder
        self.files = files
        self.given = given
        self.depth = depth
        self.variables: dict[str, tuple[Block, str]] = {}
        self.locals: dict[str, tuple[Expression, str]] = {}
        self.outputs: dict[str, tuple[Block, str]] = {}
        self.children: dict[str, tuple[Block, str]] = {}
        self.resources: list[tuple[Block, str]] = []
        self._modules: dict[str, Module | None] = {}
        for path, file in files.items():
            if posixpath.dirname(path) == folder:
                self._add(file, path)

    def _add(self, file: Hcl, path: str) -> None:
        for block in file.blocks:
            label = block.labels[0] if block.labels else ""
            if block.kind == "variable":
                self.variables[label] = (block, path)
            elif block.kind == "locals":
                self.locals.update({key: (each, path) for key, each in block.attributes.items()})
            elif block.kind == "output":
                self.outputs[label] = (block, path)
            elif block.kind == "module":
                self.children[label] = (block, path)
            elif block.kind == "resource" and len(block.labels) == 2:
                self.resources.append((block, path))

    def child(self, name: str) -> Module | None:
        """A module that this one uses, where it is a folder of the project."""
        if name not in self._modules:
            self._modules[name] = self._child(name)
        return self._modules[name]

    def _child(self, name: str) -> Module | None:
        if name not in self.children or self.depth >= MOST_MODULES:
            return None
        block, path = self.children[name]
        folder = folder_of(block, self.folder)
        if folder is None or not any(posixpath.dirname(each) == folder for each in self.files):
            return None
        given = {key: Worth(each, self, path) for key, each in block.attributes.items()}
        return Module(folder, self.files, given, self.depth + 1)

    def each(self) -> Iterator[Module]:
        """This module and those that it uses, as often as it uses them."""
        yield self
        for name, (block, path) in self.children.items():
            inner = self.child(name)
            if inner is not None and self.counted(block, path):
                yield from inner.each()

    def counted(self, block: Block, path: str) -> bool:
        """Whether a resource or module is there: a known `count` of 0 says that it is not."""
        count = block.attributes.get("count")
        if count is None:
            return True
        found = setting(Worth(count, self, path))
        return not (found is not None and found.known and found.text == "0")

    def worth(self, expression: Expression | None, path: str) -> Worth | None:
        """What an expression in this module is worth."""
        return resolved(Worth(expression, self, path)) if expression is not None else None

    def setting(self, expression: Expression | None, path: str) -> Setting | None:
        """The text or number that an expression in this module is; None where nothing is said."""
        if expression is None:
            return None
        found, here = setting(Worth(expression, self, path)), (path, expression.line)
        if found is None or (found.path, found.line) == here:
            return found
        return structs.replace(found, used=here)


def folder_of(block: Block, folder: str) -> str | None:
    """The folder that a module's source names; None where it is not of this project."""
    source = block.attributes.get("source")
    if source is None or source.kind != "literal" or not source.text.startswith((".", "/")):
        return None
    return posixpath.normpath(posixpath.join(folder, source.text))


def setting(worth: Worth, hops: int = MOST_HOPS) -> Setting | None:
    """A value as a setting: None for `null`, unknown for what no file says."""
    found = resolved(worth, hops)
    expression = found.expression
    if expression.kind == "literal":
        if not expression.text and _is_null(expression):
            return None
        return Setting(expression.text, expression.line, found.path, found.origin)
    if expression.kind == "heredoc":
        return Setting(expression.text, expression.line, found.path, "unknown")
    return Setting(expression.text, expression.line, found.path, "unknown")


def _is_null(expression: Expression) -> bool:
    return expression.kind == "literal" and expression.text == ""


def resolved(worth: Worth, hops: int = MOST_HOPS) -> Worth:
    """An expression behind its references; the last one that is known of where one is unknown."""
    expression = worth.expression
    if hops <= 0:
        return worth
    if expression.kind == "reference":
        found = _referred(worth, hops)
        return resolved(found, hops - 1) if found is not None else worth
    if expression.kind == "conditional":
        holds = truth(setting(_instead(worth, expression.items[0]), hops - 1))
        if holds is None:
            return worth
        return resolved(_instead(worth, expression.items[1 if holds else 2]), hops - 1)
    if expression.kind in ("equal", "unequal") and len(expression.items) == 2:
        return _compared(worth, hops)
    if expression.kind == "not" and len(expression.items) == 1:
        return _denied(worth, hops)
    if expression.kind == "call" and expression.items:
        return _called(worth, hops)
    return worth


def _compared(worth: Worth, hops: int) -> Worth:
    sides = [setting(_instead(worth, each), hops - 1) for each in worth.expression.items]
    if hops < 2 or any(side is None or not side.known for side in sides):
        return worth
    same = len({side.text for side in sides if side is not None}) == 1
    return _said(worth, same == (worth.expression.kind == "equal"))


def _denied(worth: Worth, hops: int) -> Worth:
    inner = truth(setting(_instead(worth, worth.expression.items[0]), hops - 1))
    return worth if inner is None else _said(worth, not inner)


def _said(worth: Worth, holds: bool) -> Worth:
    text = "true" if holds else "false"
    return _instead(worth, Expression("literal", worth.expression.line, text))


def _instead(worth: Worth, expression: Expression) -> Worth:
    return Worth(expression, worth.module, worth.path, worth.origin)


def _called(worth: Worth, hops: int) -> Worth:
    name, items = worth.expression.text, worth.expression.items
    if name in _SAME:
        return resolved(_instead(worth, items[0]), hops - 1)
    if name in ("coalesce", "try"):
        for item in items:
            found = resolved(_instead(worth, item), hops - 1)
            if found.expression.kind in ("literal", "list", "object"):
                if found.expression.kind != "literal" or found.expression.text:
                    return found
            else:
                return worth
    return worth


def _steps(text: str) -> tuple[str, list[str]]:
    """The first name of a reference, and what follows."""
    head = re.match(r"[A-Za-z_][\w-]*", text)
    if head is None:
        return "", []
    at, steps = head.end(), []
    while at < len(text):
        match = _step.match(text, at)
        if match is None:
            return "", []
        steps.append(match[1] or match[2] or match[3] or "")
        at = match.end()
    return head[0], steps


def _referred(worth: Worth, hops: int) -> Worth | None:
    head, steps = _steps(worth.expression.text)
    if not steps:
        return None
    module = worth.module
    if head == "var":
        found = _variable(module, steps[0])
        rest = steps[1:]
    elif head == "local" and steps[0] in module.locals:
        expression, path = module.locals[steps[0]]
        found, rest = Worth(expression, module, path, worth.origin), steps[1:]
    elif head == "module" and len(steps) > 1:
        inner = module.child(steps[0])
        if inner is None or steps[1] not in inner.outputs:
            return None
        block, path = inner.outputs[steps[1]]
        value = block.attributes.get("value")
        found = Worth(value, inner, path, worth.origin) if value is not None else None
        rest = steps[2:]
    else:
        return None
    return _inside(found, rest, hops) if found is not None else None


def _variable(module: Module, name: str) -> Worth | None:
    if name in module.given:
        return module.given[name]
    if name not in module.variables:
        return None
    block, path = module.variables[name]
    default = block.attributes.get("default")
    return Worth(default, module, path, "default") if default is not None else None


def _inside(worth: Worth, steps: list[str], hops: int) -> Worth | None:
    for step in steps:
        worth = resolved(worth, hops - 1)
        expression = worth.expression
        inner: Expression | None = None
        if expression.kind == "object":
            inner = expression.entries.get(step)
        elif expression.kind == "list" and step.isdigit() and int(step[:6]) < len(expression.items):
            inner = expression.items[int(step[:6])]
        if inner is None:
            return None
        worth = _instead(worth, inner)
    return worth
