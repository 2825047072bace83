"""Chat models in values: bare, bound, in chains, and whether their tokens reach a stream."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lg_lint.facts import tree as t
from lg_lint.knowledge import named, names
from lg_lint.program import inference
from lg_lint.program.store import Program
from lg_lint.program.values import (
    Const,
    Container,
    Env,
    ExternalObject,
    FunctionRef,
    Instance,
    Value,
    Values,
)

_CHAT_MODEL = named("chat_model")
_SEQUENCE = named("runnable_sequence")
_WRAPPERS = names("runnable_wrappers")
_NAME = re.compile(
    r"langchain\w*\.(\w+\.)*(Azure)?Chat(?!Prompt|Message|Generation|Result)[A-Z]\w*"
)
_SILENT_TAGS = {"nostream", "langsmith:nostream"}
_DEPTH = 8


def streams_tokens(program: Program, value: Value, depth: int = 0) -> bool:
    """Whether running a value calls a chat model whose tokens the mode "messages" shows."""
    if depth > _DEPTH or is_silenced(program, value):
        return False
    if isinstance(value, Instance):
        return any(
            _is_chat_type(program, base) for base in inference.external_bases(program, value.cls)
        )
    if not isinstance(value, ExternalObject):
        return False
    if isinstance(value.base, ExternalObject):
        derived = value.type in _WRAPPERS or _is_chat_type(program, value.type)
        return derived and streams_tokens(program, value.base, depth + 1)
    if value.type == _SEQUENCE:
        return any(streams_tokens(program, part, depth + 1) for part in parts(program, value))
    return _is_chat_type(program, value.type) and not isinstance(value.base, FunctionRef)


def parts(program: Program, value: ExternalObject) -> Iterator[Value]:
    """The two sides of `first | second`."""
    if isinstance(value.site, t.BinOp) and value.env is not None:
        yield from inference.infer(program, value.site.left, value.env)
        yield from inference.infer(program, value.site.right, value.env)


def _is_chat_type(program: Program, name: str) -> bool:
    return _CHAT_MODEL in program.types.lineage(name) or _NAME.fullmatch(name) is not None


def is_quiet(program: Program, value: Value) -> bool:
    """Whether a model was silenced anywhere on its way to this value."""
    while isinstance(value, ExternalObject):
        if is_silenced(program, value):
            return True
        if value.base is None:
            return False
        value = value.base
    return False


# --- silence -------------------------------------------------------------------------------


def is_silenced(program: Program, value: Value) -> bool:
    """Whether the call that made a value tags it `nostream`, or turns streaming off."""
    if not isinstance(value, ExternalObject) or value.env is None:
        return False
    call = value.site
    if not isinstance(call, t.Call):
        return False
    method = call.func.attr if isinstance(call.func, t.Attribute) else ""
    config = call.argument("config", 0 if method == "with_config" else None)
    if config is not None and config_is_silent(program, config, value.env):
        return True
    if _has_silent_tag(program, _given(program, call, "tags", value.env)):
        return True
    off = _given(program, call, "disable_streaming", value.env)
    streaming = _given(program, call, "streaming", value.env)
    return _surely(off, True) or _surely(streaming, False)


def config_is_silent(program: Program, config: t.Expr, env: Env) -> bool:
    """Whether a RunnableConfig holds the tag `nostream`."""
    values = inference.infer(program, config, env)
    tags = [inference.entry_of(program, values, "tags")]
    for value in values:
        if isinstance(value, ExternalObject) and isinstance(value.site, t.Call) and value.env:
            tags.append(_given(program, value.site, "tags", value.env))
    return _has_silent_tag(program, inference.union(tags))


def _given(program: Program, call: t.Call, keyword: str, env: Env) -> Values:
    """What a call gives a keyword, also through `**options`."""
    found: list[Values] = []
    for arg in call.args:
        if arg.keyword == keyword:
            found.append(inference.infer(program, arg.value, env))
        elif arg.star == "**":
            found.append(inference.keyword_of(program, arg.value, env, keyword))
    return inference.union(found)


def _surely(values: Values, wanted: bool) -> bool:
    return bool(values) and all(
        isinstance(value, Const) and value.value is wanted for value in values
    )


def _has_silent_tag(program: Program, values: Values) -> bool:
    for value in values:
        if isinstance(value, Container):
            for item in inference.items_of(program, value):
                if any(isinstance(tag, Const) and tag.value in _SILENT_TAGS for tag in item):
                    return True
    return False
