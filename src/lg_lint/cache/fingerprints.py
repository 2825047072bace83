"""Fingerprints: what the result of a run depends on in a file that no finding speaks of.

Of a file that took no part these are its imports, and that it still takes none. Of a file that took
part it is the code as well: comments and layout may change.
"""

from __future__ import annotations

import contextlib

from lg_lint.base.digest import digest
from lg_lint.cache.sealed import IDLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from lg_lint.sources.scan import Scan

ANYTHING = b"anything"
"""The imports of an idle file where none takes part: it does not matter what they are."""

MOST = 1 << 20
"""Bytes of a file above which it is looked into anew."""

_CODE, _SEED = b"c", b"s"


def import_digest(import_statements: str) -> bytes:
    """The digest of what a file imports."""
    return digest(import_statements.encode(errors="surrogatepass"))


def of_unparsed(imports: bytes) -> bytes:
    """The fingerprint of a file that took no part, by what it imports."""
    return IDLE + imports


def of_code(imports: bytes, *, is_seed: bool) -> bytes:
    """The fingerprint of a file that took part; its code is that of the cached facts."""
    return (_SEED if is_seed else _CODE) + imports


def of_files(
    scans: Mapping[str, Scan],
    was_parsed: Callable[[str], bool],
    imports: Mapping[str, bytes],
    silent: Collection[str],
) -> Iterator[tuple[str, bytes]]:
    """The fingerprint of each file that has one; of those that took part, the `silent` ones alone.

    `imports` are the digests of what files import.
    """
    for path, scan in scans.items():
        if not path.endswith(".py") or scan.has_pragmas:
            continue
        if was_parsed(path):
            if path in imports and path in silent:
                yield path, of_code(imports[path], is_seed=scan.is_seed)
        elif not scan.is_seed:
            yield path, of_unparsed(imports.get(path) or ANYTHING)


def keeps_result(path: str, fingerprint: bytes, known: bytes, base: str, root: str) -> bool:
    """Whether a changed file leaves the result of a run as it was. Raises OSError.

    `known` is the digest of what the file held, whose facts the cache in `base` has for `root`.
    """
    from lg_lint.base import door
    from lg_lint.program.import_closure import import_statements
    from lg_lint.sources.scan import scan
    from lg_lint.sources.source import SourceError
    from lg_lint.sources.text import decode

    data = door.read(path, MOST)
    found = scan(data, digest(data))
    if found.has_pragmas or found.is_seed != (fingerprint[:1] == _SEED):
        return False
    try:
        text = decode(data, notebook=False, max_size=MOST).text
    except SourceError:
        return False
    if fingerprint[1:] not in (ANYTHING, import_digest(import_statements(text))):
        return False
    if fingerprint[:1] == IDLE:
        from lg_lint.sources.text import compiles

        return compiles(text)
    return _has_the_same_code(text, found.digest, known, base, root)


def _has_the_same_code(text: str, name: bytes, known: bytes, base: str, root: str) -> bool:
    """Whether a text differs in places alone from the one called `known`; keeps its facts if so."""
    from lg_lint.cache.store import Store
    from lg_lint.facts import codec, extract, tree

    store = Store(base, root)
    data = store.get(known)
    try:
        facts = extract.extract_quickly(text) if data is not None else None
        if (
            data is None
            or facts is None
            or facts.error
            or not tree.same_code(codec.decode(data), facts)
        ):
            return False
        store.put(name, codec.encode(facts))
    except (ValueError, RecursionError):  # nested too deeply
        return False
    with contextlib.suppress(OSError):
        store.save(all_asked=False)
    return True
