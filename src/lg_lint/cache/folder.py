"""Where the cache lies, and which version of everything it belongs to."""

from __future__ import annotations

import os
import sys

from lg_lint import __version__
from lg_lint.cache.sealed import digest

ENVIRONMENT = "LG_LINT_CACHE_DIR"
PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_TAG = b"""Signature: 8a477f597d28d172789f06886806bc55
# What is in this folder can be made again. Written by lg-lint.
"""
_versions: dict[tuple[str, ...], bytes] = {}


def cache_folder(named: str | None = None) -> str:
    """The folder of the cache: as named, as the environment says, or the user's own."""
    named = named or os.environ.get(ENVIRONMENT)
    if named:
        return os.path.abspath(named)
    home = os.path.expanduser("~")
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local")
        return os.path.join(base, "lg-lint", "Cache")
    if sys.platform == "darwin":
        return os.path.join(home, "Library", "Caches", "lg-lint")
    base = os.environ.get("XDG_CACHE_HOME", "")
    return os.path.join(base if os.path.isabs(base) else os.path.join(home, ".cache"), "lg-lint")


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
    """
    key = (package, *more)
    if key not in _versions:
        code = _installed() or _sizes_and_times(package)
        found = [__version__, sys.version, *more, code]
        _versions[key] = digest("\n".join(found).encode(errors="surrogateescape"))
    return _versions[key]


def _installed() -> str:
    """What the installer of this package has noted of its files; empty where none has."""
    record = f"{os.path.dirname(PACKAGE)}/lg_lint-{__version__}.dist-info/RECORD"
    try:
        with open(record, "rb", buffering=0) as file:
            return digest(file.readall()).hex()
    except OSError:
        return ""


def _sizes_and_times(package: str) -> str:
    found = []
    stack = [package]
    while stack:
        with os.scandir(stack.pop()) as entries:
            for entry in entries:
                if entry.name.endswith((".py", ".toml")):
                    status = entry.stat()
                    found.append(f"{entry.path}:{status.st_mtime_ns}:{status.st_size}")
                elif "." not in entry.name and entry.name != "__pycache__":
                    stack.append(entry.path)
    return "\n".join(sorted(found))
