"""Children of records: every record that a field holds, whatever the kind of the field."""

from __future__ import annotations

import pytest
from facts_snippets import SNIPPETS

from lg_lint.facts import tree
from lg_lint.facts.extract import extract


def held(value: object) -> list[tree.Node]:
    """The records that a value is or holds."""
    if isinstance(value, tree.Node):
        return [value]
    return [node for item in value for node in held(item)] if isinstance(value, tuple) else []


@pytest.mark.parametrize("text", [*SNIPPETS, "from ..a import b as c\nglobal d\n"])
def test_children_are_all_records_that_the_fields_hold(text: str) -> None:
    stack: list[tree.Node] = list(extract(text).body)
    while stack:
        node = stack.pop()
        expected = [each for name in node.__struct_fields__ for each in held(getattr(node, name))]
        assert list(tree.children(node)) == expected
        stack += expected
