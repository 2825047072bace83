"""The files of a run: scanned as bytes at once; text and facts when they are asked for."""

from __future__ import annotations

import contextlib
import os

from lg_lint import status_of
from lg_lint.base.digest import digest
from lg_lint.sources.ledger import Ledger
from lg_lint.sources.scan import Scan, scan
from lg_lint.sources.source import Source, SourceError
from lg_lint.sources.text import NOTEBOOK_SUFFIX, decode, load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lg_lint import Status
    from lg_lint.cache.scans import Scans
    from lg_lint.cache.store import Store
    from lg_lint.facts.tree import ModuleFacts
    from lg_lint.run.parse_pool import Workers
    from lg_lint.sources.scan import Plain

    Row = tuple[Plain, tuple[Status, bytes] | None]

_WORTH_A_PROCESS = 400
"""Files that are worth being read by two processes."""


class Files:
    """Files by path. `refused` says of those that hold no Python the row, the column and why.

    Facts come from `store` where it has them, and scans from `known`, which spares reading the
    file. `seen` notes what was read; without a cache nobody asks, and no digests are made. No more
    than `jobs` processes help with a run (0: as many as run side by side); each may take `limits`,
    seconds and bytes, for a file.
    """

    def __init__(self, max_size: int, jobs: int) -> None:
        self.refused: dict[str, tuple[int, int, str]] = {}
        self.scans: dict[str, Scan] = {}
        self.store: Store | None = None
        self.known: Scans | None = None
        self.seen = Ledger()
        self.limits = (0, 0)
        self._max_size = max_size
        self._jobs = jobs
        self._statements: dict[str, str] = {}
        self._sources: dict[str, Source] = {}
        self._facts: dict[str, ModuleFacts] = {}
        self._workers: Workers | None = None

    def read(self, paths: Sequence[str]) -> Iterator[tuple[str, OSError | None]]:
        """Read and scan files, unless what that would say is known: each, with why it could not.

        Another process reads every second one of many.
        """
        is_known = self.known is not None and not self.known.is_empty
        if is_known or not self._is_worth_sharing(paths):
            yield from ((path, self._read(path)) for path in paths)
            return
        from lg_lint.base.fork import map_in_two

        for path, row in zip(paths, map_in_two(self._row, paths)):  # noqa: B905
            yield path, None if path in self.scans else self._take(path, row)

    def _row(self, path: str) -> Row | None:
        """What reading a file has said; None where that takes more than a few words."""
        if self._read(path) is not None or path not in self.scans:
            return None
        return self.scans[path].plain, self.seen.files.get(path)

    def _take(self, path: str, row: Row | None) -> OSError | None:
        """Note what another process has read, or read it here."""
        if row is None:
            return self._read(path)
        plain, seen = row
        self.scans[path] = Scan(*plain)
        if seen is not None:
            self.seen.files[path] = seen
        return None

    def _read(self, path: str) -> OSError | None:
        try:
            if self.known is None:
                self._add(path, load(path, self._max_size)[0], b"")
                return None
            status = status_of(os.stat(path))
            entry = self.known.get(path, status)
            if entry is not None and entry[0].size <= self._max_size:
                self.scans[path], self._statements[path] = entry
                self.seen.files[path] = (status, entry[0].digest)
                return None
            data, result = load(path, self._max_size)
        except OSError as error:
            return error
        name = digest(data)
        self.seen.files[path] = (status_of(result), name)
        self._add(path, data, name)
        return None

    def put(self, path: str, content: str | bytes) -> None:
        """Take a text, or bytes that hold one, in the place of what the file holds."""
        if isinstance(content, str):
            source = Source(content)
        else:
            try:
                source = self._decode(path, content)
            except SourceError as error:
                self.refused[path] = (error.row, error.column, error.message)
                return
        self._sources[path] = source
        self.scans[path] = _scan_text(source.text)

    def _add(self, path: str, data: bytes, name: bytes) -> None:
        found = scan(data, name)
        if not found.is_plain or path.endswith(NOTEBOOK_SUFFIX) or len(data) > self._max_size:
            try:
                source = self._decode(path, data)
            except SourceError as error:
                self.refused[path] = (error.row, error.column, error.message)
                return
            if source.cells:  # what a notebook puts out says nothing about its code
                found = _scan_text(source.text)
        self.scans[path] = found

    def _decode(self, path: str, data: bytes) -> Source:
        return decode(data, notebook=path.endswith(NOTEBOOK_SUFFIX), max_size=self._max_size)

    # --- on demand -------------------------------------------------------------------------

    def source(self, path: str) -> Source:
        """The text of a file that was read."""
        if path not in self._sources:
            self._sources[path] = self._again(path)
        return self._sources[path]

    def peek(self, path: str) -> str:
        """The same for a text that is looked at once."""
        return (self._sources.get(path) or self._again(path)).text

    def import_statements(self) -> dict[str, str]:
        """The import statements of each file, as a text."""
        from lg_lint.program.import_closure import import_statements

        def of_file(path: str) -> str:
            return import_statements(self.peek(path))

        missing = [path for path in self.scans if path not in self._statements]
        found: Iterable[str] = map(of_file, missing)
        if self._is_worth_sharing(missing):
            from lg_lint.base.fork import map_in_two

            found = map_in_two(of_file, missing)
        self._statements.update(zip(missing, found))  # noqa: B905
        return {path: self._statements[path] for path in self.scans}

    def _is_worth_sharing(self, paths: Sequence[str]) -> bool:
        return self._jobs != 1 and len(paths) >= _WORTH_A_PROCESS

    def save_scans(self) -> None:
        """Keep what was scanned, for files that hold Python alone, and let go of what was known.

        Raises OSError.
        """
        statements, self._statements = self._statements, {}
        if self.known is not None:
            scanned = {
                path: (self.seen.files[path][0], self.scans[path], text)
                for path, text in statements.items()
                if path in self.seen.files and path.endswith((".py", ".pyi"))
            }
            known, self.known = self.known, None
            known.save(scanned)

    def _again(self, path: str) -> Source:
        data, _ = load(path, self._max_size)
        known = self.seen.files.get(path)
        self.seen.has_changed |= known is not None and digest(data) != known[1]
        if self.scans[path].is_plain and data.isascii() and not path.endswith(NOTEBOOK_SUFFIX):
            return Source(data.decode())
        return self._decode(path, data)

    def facts(self, path: str) -> ModuleFacts | None:
        """What a file says; None where it was not read."""
        if path not in self.scans:
            return None
        if path not in self._facts:
            facts = self._known(path) or self._extract(path)
            if facts.error is not None:
                self.refused[path] = facts.error
                facts = self._of_cells(path) or facts
            self._facts[path] = facts
        return self._facts[path]

    def _of_cells(self, path: str) -> ModuleFacts | None:
        """What a notebook says in the cells that can be read; None for other files."""
        from lg_lint.facts.extract import extract_cells

        source = self.source(path)
        starts = [cell.start for cell in source.cells]
        return extract_cells(source.text, starts) if starts else None

    def prepare(self, paths: Iterable[str]) -> None:
        """Have the facts of files extracted by others while the run goes on, where that pays."""
        missing = self.missing(paths)
        if self._workers is None:
            from lg_lint.run.parse_pool import WORTH_A_PROCESS

            size = sum(self.scans[path].size for path in missing)
            self._start(size // WORTH_A_PROCESS)
        if self._workers is not None:
            self._workers.submit({path: self.peek(path) for path in missing})

    def _start(self, worth: int) -> None:
        """Begin as many processes as are worth it, if that can be done."""
        from lg_lint.base import fork
        from lg_lint.run.parse_pool import Workers

        jobs = self._jobs or fork.available()
        if worth and jobs > 1 and fork.available() > 1:
            with contextlib.suppress(OSError):  # no process or pipe to be had
                self._workers = Workers(min(jobs, worth), *self.limits)

    def missing(self, paths: Iterable[str]) -> list[str]:
        """The files whose facts nothing has kept."""
        known = self.store.keys if self.store is not None else ()
        return [path for path in paths if self.scans[path].digest not in known]

    def close(self) -> None:
        """Ends the processes that parse."""
        if self._workers is not None:
            self._workers.close()

    def was_parsed(self, path: str) -> bool:
        """Whether this run has asked for the facts of a file."""
        return path in self._facts

    def _known(self, path: str) -> ModuleFacts | None:
        if self.store is None:
            return None
        return _decoded(self.store.get(self.scans[path].digest))

    def _extract(self, path: str) -> ModuleFacts:
        """The facts of a text, from a process where one has it, or where it takes libcst.

        libcst does not survive every text.
        """
        from lg_lint.facts.extract import extract, extract_quickly

        facts = None
        if self._workers is None or not self._workers.has(path):
            facts = extract_quickly(self.peek(path))
            if facts is None and self._workers is None:
                self._start(1)
        if facts is None and self._workers is not None:
            return self._extracted(path, self._workers)
        facts = facts or extract(self.peek(path))
        if self.store is not None:
            from lg_lint.facts.codec import encode

            with contextlib.suppress(ValueError):  # nested too deeply to be kept
                self.store.put(self.scans[path].digest, encode(facts))
        return facts

    def _extracted(self, path: str, workers: Workers) -> ModuleFacts:
        from lg_lint.facts.tree import ModuleFacts

        if not workers.has(path):
            workers.submit({path: self.peek(path)})
        try:
            data = workers.take(path)
        except ChildProcessError as error:
            return ModuleFacts(error=(1, 1, str(error)))
        facts = _decoded(data)
        if data is None or facts is None:
            from lg_lint.facts.extract import extract

            return extract(self.peek(path))
        if self.store is not None:
            self.store.put(self.scans[path].digest, data)
        return facts


def _decoded(data: bytes | None) -> ModuleFacts | None:
    """The facts in `data`; None where they nest too deeply for what is left of the stack."""
    if data is None:
        return None
    from lg_lint.facts.codec import decode as decode_facts

    try:
        return decode_facts(data)
    except ValueError:
        return None


def _scan_text(text: str) -> Scan:
    data = text.encode(errors="surrogatepass")
    return scan(data, digest(data))
