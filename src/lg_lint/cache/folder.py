"""The folder of the cache, and which version of the code what lies in it belongs to."""

from __future__ import annotations

import os
import sys

from lg_lint import PACKAGE, __version__, installed
from lg_lint.base.digest import digest
from lg_lint.base.sizes import sizes_and_times
from lg_lint.cache.sealed import own_key

_TAG = b"""Signature: 8a477f597d28d172789f06886806bc55
# What is in this folder can be made again. Written by lg-lint.
"""
_versions: dict[tuple[str, ...], bytes] = {}


def create(base: str) -> None:
    """Make the folder, for the user alone, marked as one that backups may leave out."""
    os.makedirs(base, mode=0o700, exist_ok=True)
    tag = os.path.join(base, "CACHEDIR.TAG")
    if not os.path.exists(tag):
        with open(tag, "wb") as file:
            file.write(_TAG)


def is_cache(base: str) -> bool:
    """Whether `create` has made a folder, so that it may be removed."""
    try:
        with open(os.path.join(base, "CACHEDIR.TAG"), "rb") as file:
            return file.read() == _TAG
    except OSError:
        return False


def version(package: str = PACKAGE, *more: str) -> bytes:
    """Names the code below a folder of this package, in this very Python.

    What an installer has put there is named by the list of digests that it keeps beside it. Where
    there is none, as in a checkout which is being worked on, sizes and times tell the code apart.
    The user's secret is part of it, so that nobody else can make what bears it.
    """
    secret = own_key()
    key = (package, *more, str(secret))
    if key not in _versions:
        code = installed() or sizes_and_times(package)
        parts = "\n".join((__version__, sys.version, *more)).encode(errors="surrogateescape")
        _versions[key] = digest(parts + b"\n" + code, secret.to_bytes(8, "little", signed=True))
    return _versions[key]
