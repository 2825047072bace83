"""One run: from paths and settings to findings."""

from __future__ import annotations

import gc
import os
import re
import sys
import time
from contextlib import contextmanager
from functools import partial

from lg_lint.base.problem import Problem
from lg_lint.run.files import Files
from lg_lint.run.report import Report
from lg_lint.settings.nearest import Nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from lg_lint.base.finding import Finding
    from lg_lint.facts.tree import ModuleFacts
    from lg_lint.model.project import Project
    from lg_lint.program.import_closure import Imports
    from lg_lint.program.modules import ModuleFinder
    from lg_lint.program.store import Program
    from lg_lint.settings import Settings
    from lg_lint.sources.discovery import Discovery

_CHECKED_TEXT = 64 * 1024
_FRAMES = 10_000
_ADDS_PATHS = re.compile(r"\bpath\.(?:append|insert|extend)\(|\baddsitedir\(")


def lint(
    paths: Sequence[str | Path],
    settings: Settings,
    texts: Mapping[Path, str | bytes] | None = None,
    *,
    cache: str | None = None,
    jobs: int = 1,
    progress: Callable[[str], None] | None = None,
    nearest: Nearest | None = None,
    revealing: bool = False,
) -> Report:
    """Lint `paths`: files and folders whose findings are reported.

    The whole project that holds them is read, so that a cause in an unnamed file is seen. `texts`
    stand for what files would hold, be there such files or not. `cache` is the folder in which
    facts are kept, if any. `jobs` processes read the files, 0: as many as run side by side.
    `progress` is told of each file that is read or looked into. `nearest` tells the settings of
    files that have their own; else `settings` are those of all. `revealing` where ignore comments
    hide nothing.
    """
    run = _Run(paths, settings, texts or {}, cache, jobs, progress or _unseen)
    run.nearest = nearest or run.nearest
    run.revealing = revealing
    return run.report()


def _unseen(_stage: str) -> None:
    pass


class _Run:
    """The stages of one run, in order; each leaves its result for the next."""

    def __init__(
        self,
        paths: Sequence[str | Path],
        settings: Settings,
        texts: Mapping[Path, str | bytes],
        cache: str | None,
        jobs: int,
        progress: Callable[[str], None],
    ) -> None:
        self.paths = paths
        self.texts = {os.path.realpath(path): text for path, text in texts.items()}
        self.progress = progress
        self.settings = settings
        self.nearest = Nearest(settings)
        self.revealing = False
        self.result = Report()
        self.cache = cache
        self.files = Files(settings.max_file_size, jobs)
        self.files.limits = (settings.max_time, settings.max_memory)
        self.reported: set[str] = set()
        self.tests: set[str] = set()
        self.import_digests: dict[str, bytes] = {}
        self.working_directory = os.getcwd()

    def report(self) -> Report:
        collected, depth = gc.isenabled(), sys.getrecursionlimit()
        gc.disable()
        sys.setrecursionlimit(max(depth, _FRAMES))
        try:
            with self._stage("discover"):
                discovery = self._discover()
            with self._stage("read"):
                self._open_store(discovery.root)
                self._read(discovery)
            findings: list[Finding] = []
            if seeds := self._seeds():
                self.result.naming = len(self.reported.intersection(seeds))
                findings = self._examine(discovery, seeds)
            else:
                self._save_scans()
            self._check_rest()
            if self.files.refused:
                findings += self._refused()
            self._note_fingerprints(findings)
            with self._stage("settle"):
                self._settle(findings)
            self._save_store()
        finally:
            self.files.close()
            sys.setrecursionlimit(depth)
            if collected:
                gc.enable()
        return self.result

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        timings = self.result.timings
        start = time.perf_counter() - timings.get("parse", 0)
        yield
        timings[name] = time.perf_counter() - timings.get("parse", 0) - start

    def display(self, path: str) -> str:
        """A path as reported: relative to the working directory where it lies below it."""
        inside = path.startswith(self.working_directory + os.sep)
        return path[len(self.working_directory) + 1 :] if inside else path

    # --- stages ----------------------------------------------------------------------------

    def _discover(self) -> Discovery:
        from lg_lint.sources.discovery import discover

        discovery = discover(self.paths, self.settings, self.texts)
        self.result.problems += discovery.problems
        self.files.seen = self.result.seen = discovery.seen
        for found in discovery.files:
            path = found.path
            if found.is_test and not self.settings.tests:
                self.tests.add(path)
                self.result.test_files += found.reported
            elif found.reported:
                self.reported.add(path)
        self.result.files = len(self.reported)
        self.result.reported = frozenset(self.reported)
        self.result.empty = [self.display(path) for path in discovery.empty]
        self.nearest.learn(discovery.settings, self.reported)
        self.result.problems += [Problem(str(error)) for error in self.nearest.mistakes]
        return discovery

    def _read(self, discovery: Discovery) -> None:
        paths = []
        for found in discovery.files:
            path = found.path
            if path in self.tests:
                continue
            given = self.texts.get(os.path.realpath(path)) if self.texts else None
            if given is not None:
                self.files.put(path, given)
            else:
                paths.append(path)
        unread = []
        for path, error in self.files.read(paths):
            self.progress("read")
            if error is not None:
                discovery.seen.has_changed = True
                unread.append((path, error.strerror or type(error).__name__))
        self.result.problems += [
            Problem(f"cannot read: {reason}", self.display(path))
            for path, reason in sorted(unread)
            if path in self.reported
        ]

    def _open_store(self, root: str) -> None:
        if self.cache is not None:
            from lg_lint.cache.scans import Scans
            from lg_lint.cache.store import Store

            self.files.store = Store(self.cache, root)
            self.files.known = Scans(self.cache, root)

    def _save_store(self) -> None:
        store = self.files.store
        if store is None:
            return
        if store.damage is not None:
            self.result.notes.append(f"cache: {store.damage}; started anew")
        with self._noting_refusal():
            store.save()

    def _save_scans(self) -> None:
        """Done as soon as all is scanned: what has been kept by then would be held to the end."""
        with self._noting_refusal():
            self.files.save_scans()

    @contextmanager
    def _noting_refusal(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.result.notes.append(f"cache: not written: {error.strerror}: {error.filename}")

    def _note_fingerprints(self, findings: Iterable[Finding]) -> None:
        """Note the fingerprint of each file that no finding speaks of."""
        own_words = self.settings.graph_factories or self.settings.graph_types
        if self.cache is None or own_words:
            return
        from lg_lint.cache import fingerprints

        if self.settings.max_file_size < fingerprints.MOST:
            return
        reported = {place.path for finding in findings for place in finding.places_reached}
        reported.update(call.place.path for call in self.result.unresolved)
        silent = {path for path in self.files.scans if self.display(path) not in reported}
        self.files.seen.fingerprints.update(
            fingerprints.of_files(
                self.files.scans, self.files.was_parsed, self.import_digests, silent
            )
        )

    def _refused(self) -> Iterator[Finding]:
        """A finding for each reported file that holds no Python."""
        from lg_lint.base.finding import Place
        from lg_lint.rules.registry import UNREADABLE

        for path, (row, column, message) in self.files.refused.items():
            if path in self.reported:
                place = Place(self.display(path), row, column, row, column + 1)
                yield UNREADABLE.finding(place, message)

    def _examine(self, discovery: Discovery, seeds: list[str]) -> list[Finding]:
        """What the rules find. A part that wants too much is given up, and the others go on."""
        from lg_lint.run.bounded_parts import Parts

        self.result.codes = self.nearest.codes
        size = sum(scan.size for scan in self.files.scans.values())
        parts = Parts(self.settings, self.result.codes, size, self.reported, self.display)
        findings: list[Finding] = []
        with self._stage("resolve"):
            program = parts.attempt("what names mean", lambda: self._program(discovery.root, seeds))
        if program is not None:
            from lg_lint.model.assembly.recognised import recognised
            from lg_lint.model.assembly.resolution import unknown_calls
            from lg_lint.run.modelling import Modelling

            modelling = Modelling(program, discovery, self.result, self.display)
            with self._stage("model"):
                first = partial(modelling.first, self.settings, self.reported)
                project = self.result.project = parts.attempt("the graphs", first)
            if project is not None:
                with self._stage("check"):
                    findings += parts.check(project, modelling.anew)
                    self._note_unread(project)
                    if not parts.given_up:
                        self.result.recognised = recognised(project, self.reported)
                        total, unknown = unknown_calls(project, self.reported)
                        self.result.blind = (len(unknown), total)
        self._give_up(parts.given_up)
        return findings + parts.given_up

    def _note_unread(self, project: Project) -> None:
        """What of the deployment files could not be read: told with its place, and no finding."""
        from lg_lint.base.finding import Place, Unresolved

        for path, (row, reason) in sorted(project.unread.items()):
            message = f"not read: {reason}; the rest is judged without it"
            place = Place(self.display(path), row, 1, row, 1)
            self.result.unread.append(Unresolved(place, message))

    def _give_up(self, given_up: list[Finding]) -> None:
        """A part that was given up is always told, also where its finding would not be shown."""
        if given_up:
            self.result.is_partial = True
        if "LG000" not in self.settings.shown_codes:
            self.result.problems += [Problem(each.message, each.place.path) for each in given_up]

    def _program(self, root: str, seeds: list[str]) -> Program:
        """The modules of each process that takes part, read before anything is asked."""
        from lg_lint.knowledge import type_table
        from lg_lint.program.modules import ModuleFinder

        types = type_table()
        finder = ModuleFinder(root, self.files.scans, types.packages)
        imports = self._imports(finder)
        from lg_lint.model.assembly.processes import load
        from lg_lint.program.store import Program
        from lg_lint.run.data_files import DataFiles

        program = Program(finder, self._facts, types)
        program.importers = imports.importers
        program.read_data = DataFiles(root, self.files.seen.places.add).read
        files, searching = self.files, self._searching(imports)
        load(program, imports, seeds, files.prepare, files.peek, searching, self.reported)
        return program

    def _searching(self, imports: Imports) -> list[str]:
        """The files that may add to the path on which Python searches modules."""
        named = {*imports.naming("sys"), *imports.naming("site")}
        return [path for path in sorted(named) if _ADDS_PATHS.search(self.files.peek(path))]

    def _imports(self, finder: ModuleFinder) -> Imports:
        """What the import statements of all files say."""
        from lg_lint.cache.fingerprints import import_digest
        from lg_lint.program.import_closure import Imports

        statements = self.files.import_statements()
        if self.cache is not None:
            self.import_digests = {path: import_digest(each) for path, each in statements.items()}
        self._save_scans()
        return Imports(finder, statements)

    def _seeds(self) -> list[str]:
        """The files without which there would be nothing to check."""
        own = (*self.settings.graph_factories, *self.settings.graph_types)
        words = {name.rpartition(".")[2] for name in own}
        return [path for path in self.files.scans if self._is_seed(path, words)]

    def _is_seed(self, path: str, words: Collection[str]) -> bool:
        """Whether a file speaks of graphs or streams, or has one of the project's own words."""
        if self.files.scans[path].is_seed:
            return True
        return bool(words) and any(word in self.files.peek(path) for word in words)

    def _facts(self, path: str) -> ModuleFacts | None:
        self.progress("resolve")
        start = time.perf_counter()
        facts = self._read_facts(path)
        timings = self.result.timings
        timings["parse"] = timings.get("parse", 0) + time.perf_counter() - start
        return facts

    def _read_facts(self, path: str) -> ModuleFacts | None:
        from lg_lint.base.budget import Budget, GaveUp, within

        try:
            with within(Budget(self.settings.max_time, self.settings.max_memory)):
                return self.files.facts(path)
        except GaveUp as error:
            self.files.refused[path] = (1, 1, f"gave up on this file: {error}")
            self.result.is_partial = True
        return None

    def _check_rest(self) -> None:
        """Looks for syntax errors in files that take no part, as far as that costs little."""
        from lg_lint.sources.text import compiles

        named = {os.path.abspath(path) for path in self.paths}
        budget = _CHECKED_TEXT
        for path in sorted(self.reported):
            scan = self.files.scans.get(path)
            if scan is None or self.files.was_parsed(path):
                continue
            budget -= scan.size
            if path not in named and budget < 0:
                continue
            if not compiles(self.files.source(path).text):
                self._read_facts(path)

    def _settle(self, findings: list[Finding]) -> None:
        """What ignore comments and settings leave, in order of place."""
        with_pragmas = [path for path, scan in self.files.scans.items() if scan.has_pragmas]
        if not findings and not with_pragmas:
            return
        from lg_lint.run.finalize import Finalizer

        settling = Finalizer(
            self.files, self.display, self.nearest, self.reported, revealing=self.revealing
        )
        settling.add_other_texts(findings, [os.path.abspath(path) for path in self.paths])
        settling.settle(findings, with_pragmas, self.result)
