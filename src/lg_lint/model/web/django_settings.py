"""Which settings of Django a view is served under, and the middleware that these install."""

from __future__ import annotations

import os

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.program import inference
from lg_lint.program.scopes import Module
from lg_lint.program.site import Site
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import Container, Values, strings

_LIST = "MIDDLEWARE"


class DjangoProjects(Struct):
    """The settings modules of a program, read when a view first asks for them."""

    program: Program
    _modules: list[Module] | None = None
    _middleware: dict[str, Values] = field(default_factory=dict)

    def middleware(self, path: str) -> list[Values]:
        """What the settings nearest to a file name as middleware, for each folder of settings."""
        found: dict[str, Values] = {}
        for module in self._nearest(path):
            if module.path not in self._middleware:
                self._middleware[module.path] = self._named(module)
            folder = os.path.dirname(module.path)
            found[folder] = found.get(folder, ()) + self._middleware[module.path]
        return list(found.values())

    def places(self, path: str, middleware: str) -> list[Site]:
        """Where the settings nearest to a file name one piece of middleware in their list."""
        return [
            Site(node, self.program.env(module))
            for module in self._nearest(path)
            for binding in module.bindings.get(_LIST, ())
            if binding.value is not None
            for node in t.walk(binding.value)
            if isinstance(node, t.Constant) and node.value == middleware
        ]

    def folders(self, path: str) -> set[str]:
        """The folders of the settings nearest to a file."""
        return {os.path.dirname(module.path) for module in self._nearest(path)}

    def _nearest(self, path: str) -> list[Module]:
        """The settings that share most folders with a file."""
        if self._modules is None:
            self._modules = list(filter(None, map(self._settings, self.program.finder.files)))
        shared = {id(each): _shared(each.path, path) for each in self._modules}
        most = max(shared.values(), default=0)
        return [each for each in self._modules if shared[id(each)] == most]

    def _settings(self, path: str) -> Module | None:
        """The module of a file that lists middleware, where its name says settings."""
        folder, name = os.path.split(path)
        if "settings" not in name and os.path.basename(folder) != "settings":
            return None
        module = self.program.module(path)
        return module if module is not None and _LIST in module.bindings else None

    def _named(self, module: Module) -> Values:
        found: list[Values] = []
        for value in inference.module_attribute(self.program, module, _LIST):
            if isinstance(value, Container):
                for items in inference.items_of(self.program, value):
                    found += [self._meant(name, module) for name in strings(items)]
        env = self.program.env(module)
        for site in module.calls:
            func = site.node.func
            if isinstance(func, t.Attribute) and terminal_name(func.value) == _LIST:
                for arg in site.node.args:
                    texts = strings(inference.infer(self.program, arg.value, env))
                    found += [self._meant(name, module) for name in texts]
        return inference.union(found)

    def _meant(self, dotted: str, module: Module) -> Values:
        """The class or function that a dotted name in the settings means."""
        head, _, name = dotted.rpartition(".")
        owners = inference.absolute(self.program, head, module) if head else ()
        return inference.union(
            inference.attribute_values(self.program, each, name) for each in owners
        )


def _shared(first: str, second: str) -> int:
    """How many folders two files have in common, from the top."""
    common = os.path.commonpath([os.path.dirname(first), os.path.dirname(second)])
    return len(common.split(os.sep))
