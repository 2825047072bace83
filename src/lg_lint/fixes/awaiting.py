"""Blocking calls in async functions, turned into awaited ones."""

from __future__ import annotations

import libcst as cst

from lg_lint.base.finding import Place
from lg_lint.base.fix import Edit, Fix
from lg_lint.fixes.imports import imported_as
from lg_lint.fixes.parsed import Parsed, Point, Refusal

_COLLECTIONS = (cst.ListComp, cst.SetComp, cst.DictComp)


def await_twin(parsed: Parsed, place: Place, remedy: Fix) -> list[Edit]:
    """Renames a blocking call to its async twin and awaits it."""
    call = parsed.find(cst.Call, place)
    rename = _rename(parsed, call, dict(remedy.parameters)["twin"])
    _check_frame(parsed, call)
    parent = parsed.parent(call)
    if isinstance(parent, cst.Await):
        return [rename]
    binds_tighter = (
        (isinstance(parent, (cst.Attribute, cst.Subscript)) and parent.value is call)
        or (isinstance(parent, cst.Call) and parent.func is call)
    ) and not call.lpar
    opening, closing = ("(await ", ")") if binds_tighter else ("await ", "")
    edits = [parsed.insert(parsed.start(call), opening), rename]
    return [*edits, parsed.insert(parsed.end(call), closing)] if closing else edits


def iterate_twin(parsed: Parsed, place: Place, remedy: Fix) -> list[Edit]:
    """Renames a call that is iterated to its async twin, and iterates it with `async for`."""
    call = parsed.find(cst.Call, place)
    rename = _rename(parsed, call, dict(remedy.parameters)["twin"])
    _check_frame(parsed, call)
    parent = parsed.parent(call)
    if isinstance(parent, (cst.For, cst.CompFor)) and parent.iter is call:
        if parent.asynchronous is not None:
            raise Refusal("it is iterated asynchronously already")
        return [parsed.insert(_keyword(parsed, parent), "async "), rename]
    return [*_comprehension_for_list(parsed, call, parent), rename]


def await_sleep(parsed: Parsed, place: Place, remedy: Fix) -> list[Edit]:  # noqa: ARG001
    """Turns `time.sleep(x)` into `await asyncio.sleep(x)`, importing asyncio where it has to."""
    call = parsed.find(cst.Call, place)
    if not isinstance(parsed.parent(call), cst.Expr):
        raise Refusal("it is no statement of its own")
    if len(call.args) != 1 or call.args[0].star or call.args[0].keyword is not None:
        raise Refusal("its argument is not a plain one")
    _check_frame(parsed, call)
    name, edits = imported_as(parsed, "asyncio", call)
    return [*edits, parsed.replace(call.func, f"await {name}.sleep")]


def _keyword(parsed: Parsed, loop: cst.For | cst.CompFor) -> Point:
    """Where the word `for` stands: libcst counts the blanks ahead of it to a comprehension's."""
    start = parsed.start(loop)
    ahead = parsed.between(start, parsed.start(loop.target))
    return parsed.moved(start, ahead.rindex("for"))


def _rename(parsed: Parsed, call: cst.Call, twin: str) -> Edit:
    if not isinstance(call.func, cst.Attribute) or twin != f"a{call.func.attr.value}":
        raise Refusal(f"it is not called by the name that {twin} is the twin of")
    return parsed.replace(call.func.attr, twin)


def _comprehension_for_list(parsed: Parsed, call: cst.Call, parent: cst.CSTNode) -> list[Edit]:
    """`list(x.stream())` as `[part async for part in x.astream()]`."""
    outer = parsed.parent(parent)
    if (
        not isinstance(parent, cst.Arg)
        or not isinstance(outer, cst.Call)
        or not isinstance(outer.func, cst.Name)
        or outer.func.value != "list"
        or len(outer.args) != 1
        or parent.star
        or parent.keyword is not None
        or call.lpar
    ):
        raise Refusal("it is not iterated by a `for`")
    behind = parsed.between(parsed.end(call), parsed.end(outer))
    ahead = parsed.between(parsed.start(outer), parsed.start(call))
    if "#" in behind or "#" in ahead:
        raise Refusal("a comment stands in the way")
    return [
        Edit(*parsed.start(outer), *parsed.start(call), "[part async for part in "),
        Edit(*parsed.end(call), *parsed.end(outer), "]"),
    ]


def _check_frame(parsed: Parsed, node: cst.CSTNode) -> None:
    """Refuses where `await` would be a syntax error, or belong to another frame."""
    comprehensions = 0
    below = node
    for ancestor in parsed.ancestors(node):
        if isinstance(ancestor, _COLLECTIONS):
            comprehensions += 1
        elif isinstance(ancestor, cst.FunctionDef):
            if ancestor.asynchronous is None or below is not ancestor.body:
                break
            if comprehensions > 1:
                raise Refusal("comprehensions nest here, which older Pythons cannot await in")
            return
        elif isinstance(ancestor, (cst.Lambda, cst.GeneratorExp, cst.ClassDef)):
            break
        below = ancestor
    raise Refusal("it does not stand directly in an async function")
