"""What the result of a run depends on in a file of which it tells nothing, in short.

Of a file that took no part that is what it imports, and that it still takes none. Of a file that
took part it is the code: comments and layout may be other ones.
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
"""What an idle file says where none takes part, so that it does not matter what they import."""

MOST = 1 << 20
"""Bytes of a file above which it is looked into anew."""

_CODE, _SEED = b"c", b"s"


def said(import_statements: str) -> bytes:
    """What a file says to the others, in short."""
    return digest(import_statements.encode(errors="surrogatepass"))


def of_unparsed(said: bytes) -> bytes:
    """The fingerprint of a file that took no part, by what it imports."""
    return IDLE + said


def of_code(said: bytes, *, is_seed: bool) -> bytes:
    """The fingerprint of a file that took part, by its code and by whether a search began there."""
    return (_SEED if is_seed else _CODE) + said


def of_files(
    scans: Mapping[str, Scan],
    was_parsed: Callable[[str], bool],
    said: Mapping[str, bytes],
    silent: Collection[str],
) -> Iterator[tuple[str, bytes]]:
    """The gist of each file that has one: what it `said`, of a `silent` one that took part."""
    for path, scan in scans.items():
        if not path.endswith(".py") or scan.has_pragmas:
            continue
        if was_parsed(path):
            if path in said and path in silent:
                yield path, of_code(said[path], is_seed=scan.is_seed)
        elif not scan.is_seed:
            yield path, of_unparsed(said.get(path) or ANYTHING)


def keeps_result(path: str, gist: bytes, known: bytes, base: str, root: str) -> bool:
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
    if found.has_pragmas or found.is_seed != (gist[:1] == _SEED):
        return False
    try:
        text = decode(data, notebook=False, max_size=MOST).text
    except SourceError:
        return False
    if gist[1:] not in (ANYTHING, said(import_statements(text))):
        return False
    if gist[:1] == IDLE:
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
