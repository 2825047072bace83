"""Facts as bytes, for a cache and for the way from one process to another."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from lg_lint.facts import tree

_ELLIPSIS, _COMPLEX = 0, 1


def encode(facts: tree.ModuleFacts) -> bytes:
    """`facts` as bytes; ValueError where they nest too deeply, or hold what no format takes.

    That is a whole number of more than 64 bits, or half of a character (a lone surrogate).
    """
    try:
        return _encoder.encode(facts)
    except (RecursionError, OverflowError, UnicodeError) as problem:
        raise ValueError(f"not to be encoded: {problem}") from None


def decode(data: bytes) -> tree.ModuleFacts:
    """What `encode` was given; ValueError for anything else. Only records and literals are made."""
    try:
        return _decoder().decode(data)
    except (msgspec.DecodeError, ValueError, RecursionError) as problem:
        raise ValueError(f"not facts: {problem}") from problem


def _extended(value: Any) -> msgspec.msgpack.Ext:
    """A literal that the format does not know."""
    if value is ...:
        return msgspec.msgpack.Ext(_ELLIPSIS, b"")
    return msgspec.msgpack.Ext(_COMPLEX, repr(complex(value)).encode())


def _restored(code: int, data: memoryview) -> object:
    return ... if code == _ELLIPSIS else complex(bytes(data).decode())


_encoder = msgspec.msgpack.Encoder(enc_hook=_extended)


@cache
def _decoder() -> msgspec.msgpack.Decoder[tree.ModuleFacts]:
    """Made when there is something to decode, as it looks at the types of all records."""
    return msgspec.msgpack.Decoder(tree.ModuleFacts, ext_hook=_restored)
