"""Streaming responses: what they iterate, and which headers they set."""

from __future__ import annotations

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.program.scopes import Function
from lg_lint.program.site import Site
from lg_lint.program.values import FunctionRef, Values


class StreamResponse(Struct, eq=False):
    """One response that streams: a constructor call, or a path operation with `yield`.

    `type` is the canonical class name (`starlette.responses.StreamingResponse`, ...), or
    "fastapi.yield" for a path operation that is a generator. `content` is the value of the body,
    `generators` the project functions that produce it, innermost last; `route` the function
    that holds the call. `media_type_known` is False where the type is given by something that
    cannot be seen; a known None means that none is sent. `headers` maps lower-case names to
    values where they are literal; `headers_known` is False where some header may come from an
    unknown value, `headers_replaced` is True where others take their place later.
    """

    site: Site
    type: str
    content: t.Expr | None
    values: Values
    generators: list[FunctionRef] = field(default_factory=list)
    route: Function | None = None
    media_type: str | None = None
    media_type_known: bool = True
    headers: dict[str, str | None] = field(default_factory=dict)
    headers_known: bool = True
    headers_replaced: bool = False
    live: bool = False
    live_site: Site | None = None

    @property
    def call(self) -> t.Call | None:
        """The call at its place, which makes the response or its body; None for anything else."""
        return self.site.node if isinstance(self.site.node, t.Call) else None
