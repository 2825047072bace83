"""What would mend a finding: told by its rule, turned into text edits on demand by `fixes`."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace


class Applicability(str, Enum):
    """Who may apply a fix: anyone, someone who reads the reason, or only a reader's own hands."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY = "display"


class FixKind(str, Enum):
    """What is done at the place of the finding."""

    AWAIT_TWIN = "await-twin"
    ITERATE_TWIN = "iterate-twin"
    AWAIT_SLEEP = "await-sleep"
    ADD_HEADERS = "add-headers"
    SET_KEYWORD = "set-keyword"
    SET_EXPRESSION = "set-expression"
    DROP_OLD_ITEMS = "drop-old-items"
    DROP_DECORATOR = "drop-decorator"
    ENCODE_PAYLOAD = "encode-payload"


class Edit(Struct, frozen=True, order=True):
    """One replacement in a file: rows and columns as in a place, the end exclusive."""

    row: int
    column: int
    end_row: int
    end_column: int
    content: str


class Fix(Struct, frozen=True):
    """The cure of one finding. `message` is an order; `reason` says why it is not safe.

    `span` is what is changed, where that is only part of the finding's place.
    `edits` are empty until they have been worked out (`fixes.cures.resolved`).
    """

    cure: FixKind
    message: str
    parameters: tuple[tuple[str, str], ...] = ()
    applicability: Applicability = Applicability.SAFE
    reason: str = ""
    span: tuple[int, int, int, int] | None = None
    edits: tuple[Edit, ...] = ()

    @classmethod
    def await_twin(cls, twin: str) -> Fix:
        """`x.invoke(...)` at the finding's place becomes `await x.ainvoke(...)`."""
        return cls(FixKind.AWAIT_TWIN, f"await {twin}()", (("twin", twin),))

    @classmethod
    def iterate_twin(cls, twin: str) -> Fix:
        """`for` over the call at the finding's place becomes `async for` over its twin."""
        return cls(FixKind.ITERATE_TWIN, f"iterate {twin}() with `async for`", (("twin", twin),))

    @classmethod
    def await_sleep(cls) -> Fix:
        """The statement `time.sleep(x)` becomes `await asyncio.sleep(x)`."""
        return cls(FixKind.AWAIT_SLEEP, "await asyncio.sleep()")

    @classmethod
    def add_headers(cls, headers: Mapping[str, str]) -> Fix:
        """The response call gets these headers; a literal dict of headers keeps its others."""
        names = " and ".join(headers)
        return cls(FixKind.ADD_HEADERS, f"add {names}", tuple(headers.items()))

    @classmethod
    def set_keyword(cls, keyword: str, value: str) -> Fix:
        """The call gets `keyword="value"`, or the string that it is given there is replaced."""
        return cls(FixKind.SET_KEYWORD, f'set {keyword}="{value}"', ((keyword, value),))

    @classmethod
    def set_expression(cls, keyword: str, code: str) -> Fix:
        """The call gets `keyword=code`, in the place of what it is given there."""
        return cls(FixKind.SET_EXPRESSION, f"set {keyword}={code}", ((keyword, code),))

    @classmethod
    def drop_old_items(cls) -> Fix:
        """`{"k": state["k"] + [x]}` at the key's place becomes `{"k": [x]}`."""
        return cls(FixKind.DROP_OLD_ITEMS, "return only the new items")

    @classmethod
    def drop_decorator(cls) -> Fix:
        """The decorator at the finding's place is removed."""
        return cls(FixKind.DROP_DECORATOR, "remove the decorator")

    @classmethod
    def encode_payload(cls, span: tuple[int, int, int, int], *, text: bool) -> Fix:
        """The expression between the braces of an f-string there becomes JSON.

        `text` is JSON as it is; else jsonable_encoder makes it so, in the place of `str(...)`.
        """
        call = "json.dumps()" if text else "json.dumps(jsonable_encoder())"
        kind = "text" if text else "object"
        return cls(FixKind.ENCODE_PAYLOAD, f"encode it with {call}", (("kind", kind),), span=span)

    def unless(self, reason: str) -> Fix:
        """The same, unsafe where there is a reason."""
        if not reason:
            return self
        return replace(self, applicability=Applicability.UNSAFE, reason=reason)

    def displayed(self, reason: str) -> Fix:
        """The same for a reader's own hands."""
        return replace(self, applicability=Applicability.DISPLAY, reason=reason)

    def with_edits(self, edits: tuple[Edit, ...]) -> Fix:
        """The same fix, worked out."""
        return replace(self, edits=edits)
