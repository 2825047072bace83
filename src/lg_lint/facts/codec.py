"""Facts as bytes, for a cache."""

from __future__ import annotations

import io
import pickle
from typing import Any

from lg_lint.facts import tree

_RECORDS = {
    name: kind
    for name, kind in vars(tree).items()
    if isinstance(kind, type)
    and issubclass(kind, (tree.Node, tree.ModuleFacts))
    and kind is not tree.Node
}
_BUILTINS: dict[str, Any] = {"complex": complex, "Ellipsis": ...}


def encode(facts: tree.ModuleFacts) -> bytes:
    """`facts` as bytes; ValueError where they nest too deeply for that."""
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, protocol=5)
    try:
        pickler.dump(facts)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return buffer.getvalue()


def decode(data: bytes) -> tree.ModuleFacts:
    """What `encode` was given; ValueError for anything else. Only records and literals are made."""
    try:
        facts = _Unpickler(io.BytesIO(data)).load()
    except Exception as problem:  # torn data may raise anything
        raise ValueError(f"not facts: {problem}") from problem
    if not isinstance(facts, tree.ModuleFacts):
        raise ValueError("not facts")
    return facts


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if name in _RECORDS and module == _RECORDS[name].__module__:
            return _RECORDS[name]
        if module == "builtins" and name in _BUILTINS:
            return _BUILTINS[name]
        raise pickle.UnpicklingError(f"{module}.{name} is not admitted")
