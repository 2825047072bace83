"""A place in the program."""

from __future__ import annotations

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.program.values import Env


class Site(Struct, frozen=True):
    """A place in the program: a node of the tree and the environment it stands in."""

    node: t.Node
    env: Env

    @property
    def path(self) -> str:
        """The absolute path of the file."""
        return self.env.scope.module.path

    @property
    def span(self) -> t.Span:
        """(row, column, end row, end column), from 1."""
        return self.node.span
