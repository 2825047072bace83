"""Objects of the standard library whose fields are what their construction is given."""

from __future__ import annotations

from lg_lint.facts import tree as t
from lg_lint.program.inference import arguments, containers, core
from lg_lint.program.store import Program
from lg_lint.program.values import Container, Env, ExternalObject, Values, strings

_NAMESPACES = {"types.SimpleNamespace", "argparse.Namespace"}
_TUPLES = "collections.namedtuple"
_TUPLE = "collections.namedtuple()"


def constructed(maker: ExternalObject, node: t.Call, env: Env) -> Values:
    """What calling a class gives that `namedtuple()` has made; nothing for other objects."""
    return (ExternalObject(_TUPLE, node, env, maker),) if maker.type == _TUPLES else ()


def field(program: Program, value: ExternalObject, name: str) -> Values:
    """What the construction of an object gives one of its fields; empty where it gives nothing."""
    site, env = value.site, value.env
    if not isinstance(site, t.Call) or env is None:
        return ()
    if value.type in _NAMESPACES:
        return arguments.given(program, site, env, name, None) or ()
    if value.type == _TUPLE and isinstance(value.base, ExternalObject):
        names = _field_names(program, value.base)
        position = names.index(name) if name in names else None
        return arguments.given(program, site, env, name, position) or ()
    return ()


def _field_names(program: Program, maker: ExternalObject) -> list[str]:
    if not isinstance(maker.site, t.Call) or maker.env is None:
        return []
    named = arguments.given(program, maker.site, maker.env, "field_names", 1) or ()
    found = [name for text in strings(named) for name in text.replace(",", " ").split()]
    for value in named:
        if isinstance(value, Container):
            found += strings(core.union(containers.items_of(program, value)))
    return found
