"""Payloads of event frames, written as JSON."""

from __future__ import annotations

import libcst as cst

from lg_lint.base.finding import Place
from lg_lint.base.fix import Edit, Fix
from lg_lint.fixes.imports import imported_as, joined
from lg_lint.fixes.parsed import Parsed, Refusal

_EXPRESSIONS: tuple[type[cst.BaseExpression], ...] = (
    cst.Call,
    cst.Name,
    cst.Attribute,
    cst.Dict,
)


def encode_payload(parsed: Parsed, place: Place, remedy: Fix) -> list[Edit]:
    """Wraps what an f-string prints as an event's data in `json.dumps`."""
    payload = parsed.find(_EXPRESSIONS, place)
    braces = parsed.parent(payload)
    if not isinstance(braces, cst.FormattedStringExpression):
        raise Refusal("it does not stand between the braces of an f-string")
    if braces.equal is not None or braces.conversion is not None or braces.format_spec is not None:
        raise Refusal("the f-string formats it")
    value = _unprinted(payload)
    start, end = parsed.start(payload), parsed.end(payload)
    inner_start, inner_end = parsed.start(value), parsed.end(value)
    if "#" in parsed.between(start, inner_start) + parsed.between(inner_end, end):
        raise Refusal("a comment stands in the way")
    json, imports = imported_as(parsed, "json", payload)
    opening, closing = f"{json}.dumps(", ")"
    if dict(remedy.parameters)["kind"] == "object":
        encoder, more = imported_as(parsed, "fastapi.encoders", payload, "jsonable_encoder")
        opening, closing, imports = f"{opening}{encoder}(", "))", [*imports, *more]
    edits = [Edit(*start, *inner_start, opening), Edit(*inner_end, *end, closing)]
    return [*joined(imports), *edits]


def _unprinted(payload: cst.BaseExpression) -> cst.BaseExpression:
    """What `str(...)` and `repr(...)`, the only calls that a rule has encoded, are given."""
    while isinstance(payload, cst.Call):
        if len(payload.args) != 1 or payload.args[0].star or payload.args[0].keyword is not None:
            raise Refusal("its argument is not a plain one")
        payload = payload.args[0].value
    return payload
