"""The result of an earlier run of the same command line, where nothing has changed since.

A record says what a run has looked at: each folder with the entries that matter, each file with
its time, size and digest, and each place where a file would have mattered. Times alone are not
trusted within two seconds of the run, as clocks of file systems may be that coarse; files with
new times but their old content are taken for unchanged, such as those of a fresh checkout.
"""

from __future__ import annotations

import marshal
import os
import sys
import time

from lg_lint.cache import folder, sealed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

COARSE = 2_000_000_000
LISTED = frozenset(
    {".git", ".gitignore", ".lg-lint.toml", "lg-lint.toml", "pyproject.toml", "pyvenv.cfg"}
    | {"setup.cfg", "setup.py"}
)
SUFFIXES = (".py", ".pyi", ".ipynb", ".conf")
IDLE = b"i"
"""How the gist of a file begins that took no part."""

_MOST_LOOKS = 10
"""Changed files that took part and are looked into one by one: with more, a run is as quick."""

_WORTH_A_PROCESS = 1_500
"""Files whose times are worth being compared by two processes."""

_VARIABLES = (
    "CI_PROJECT_DIR", "COLUMNS", "FORCE_COLOR", "GITHUB_WORKSPACE", "HOME", "LANG", "LC_ALL",
    "LC_CTYPE", "NO_COLOR", "PYTHONIOENCODING", "PYTHONUTF8", "TERM", "XDG_CACHE_HOME",
)  # fmt: skip

Status = tuple[int, int, int]
"""Time of the last change in nanoseconds, size, inode."""


class Record:
    """What a run has looked at, and what it wrote.

    `folders` holds lists of path, status and entries; `files`, in lists of a folder's path, the
    names, statuses, digests and, where not all matters, gists of files in it. `places` are other
    paths with the digest of what is there. Entries called `skipped` were not looked at. `root` is
    that of the project.
    """

    __slots__ = ("files", "folders", "key", "made", "output", "places", "root", "skipped", "status")

    def __init__(
        self,
        key: str,
        root: str,
        made: int,
        skipped: list[str],
        folders: list[list[Any]],
        files: list[list[Any]],
        places: list[tuple[str, bytes]],
        status: int,
        output: bytes | memoryview = b"",
    ) -> None:
        self.key = key
        self.root = root
        self.made = made
        self.skipped = skipped
        self.folders = folders
        self.files = files
        self.places = places
        self.status = status
        self.output = output

    @classmethod
    def read(cls, spot: Spot) -> Record | None:
        """The record of a run; None where there is none that can be trusted."""
        content = sealed.read(spot.path, spot.version)
        if content is None:
            return None
        size, parts = marshal.loads(content)
        record = cls(*parts)
        record.output = content[len(content) - size :]
        return record if record.key == spot.key else None

    def write(self, spot: Spot) -> None:
        """The output goes last, where it need not be taken apart. Raises OSError."""
        parts = (
            self.key, self.root, self.made, self.skipped, self.folders, self.files, self.places,
            self.status,
        )  # fmt: skip
        content = marshal.dumps((len(self.output), parts)) + self.output
        sealed.write(spot.path, spot.version, content)


class Spot:
    """Where the record of a run is kept, and what identifies the run."""

    __slots__ = ("cache", "key", "path", "version")

    def __init__(self, arguments: list[str], cache: str) -> None:
        terminal = (sys.stdout.isatty(), sys.stdout.encoding, sys.flags.utf8_mode)
        variables = [f"{name}={os.environ.get(name)}" for name in _VARIABLES]
        variables += [f"{name}={os.environ[name]}" for name in os.environ if name[:7] == "LG_LINT"]
        self.key = repr((arguments, os.getcwd(), terminal, variables))
        name = sealed.digest(self.key.encode(errors="surrogateescape")).hex()
        self.cache = cache
        self.path = os.path.join(cache, "runs", name)
        self.version = folder.version()


def replay(arguments: list[str]) -> Spot | None:
    """Write what the same run has written before, and end the process.

    Where that cannot be done, returns the spot for a record; None where none may be kept.
    """
    try:
        spot = Spot(arguments, folder.cache_folder(_cache_dir(arguments)))
    except (OSError, AttributeError):  # no working directory, no stdout
        return None
    if "--no-cache" in arguments or "_LG_LINT_COMPLETE" in os.environ:
        return None
    record = Record.read(spot)
    if record is not None:
        _replay(record, spot)
    return spot


def _cache_dir(arguments: list[str]) -> str | None:
    for index, argument in enumerate(arguments):
        if argument.startswith("--cache-dir="):
            return argument.partition("=")[2]
        if argument == "--cache-dir" and index + 1 < len(arguments):
            return arguments[index + 1]
    return None


def _replay(record: Record, spot: Spot) -> None:
    started = time.time_ns()
    comparison = _Comparison(record, spot.cache)
    if not comparison.holds():
        return
    if comparison.news:
        record.made = started
        try:  # noqa: SIM105  (contextlib is slow to import)
            record.write(spot)
        except OSError:
            pass
    output = memoryview(record.output)
    try:
        while output:
            output = output[os.write(1, output) :]
    except BrokenPipeError:
        pass
    os._exit(record.status)


def listing(path: str, skipped: frozenset[str]) -> str:
    """The entries of a folder that a run may look at. Raises OSError."""
    with os.scandir(path) as entries:
        return listed(entries, skipped)


def listed(entries: Iterable[os.DirEntry[str]], skipped: frozenset[str]) -> str:
    """The names of the entries that count, in one text."""
    found = [
        entry.name
        for entry in entries
        if entry.name not in skipped
        and (
            entry.name.endswith(SUFFIXES)
            or entry.name in LISTED
            or "nginx" in entry.name
            or entry.name.startswith("requirements")
            or _is_folder(entry)
        )
    ]
    return "\0".join(sorted(found))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a symlink that leads to itself
        return False


def status_of(result: os.stat_result) -> Status:
    return (result.st_mtime_ns, result.st_size, result.st_ino)


def fingerprint(path: str) -> bytes:
    """What is at a path: the digest of a file, or what else it is."""
    try:
        with open(path, "rb", buffering=0) as file:
            return sealed.digest(file.readall())
    except IsADirectoryError:
        return b"folder"
    except OSError:
        return b""


class _Comparison:
    """What a record says against what there is. `news`: the same, with other times."""

    def __init__(self, record: Record, cache: str) -> None:
        self.news = False
        self._record = record
        self._cache = cache
        self._looks = _MOST_LOOKS
        self._settled = record.made - COARSE

    def holds(self) -> bool:
        record = self._record
        skipped = frozenset(record.skipped)
        try:
            return (
                all(self._same_folder(folder, skipped) for folder in record.folders)
                and self._same_files(record.files)
                and all(fingerprint(path) == known for path, known in record.places)
            )
        except OSError:
            return False

    def _same_files(self, batches: list[list[Any]]) -> bool:
        if sum(len(batch[1]) for batch in batches) < _WORTH_A_PROCESS:
            return all(self._is_untouched(batch) or self._same_batch(*batch) for batch in batches)
        from lg_lint.beside import spread

        untouched = spread(self._is_untouched, batches)
        return all(map(lambda same, batch: same or self._same_batch(*batch), untouched, batches))

    def _same_folder(self, folder: list[Any], skipped: frozenset[str]) -> bool:
        path: str = folder[0]
        (mtime, _, inode), entries = folder[1], str(folder[2])
        now = os.stat(path)
        if now.st_mtime_ns == mtime <= self._settled and now.st_ino == inode:
            return True
        folder[1] = status_of(now)
        self.news = True
        return listing(path, skipped) == entries

    def _is_untouched(self, batch: list[Any]) -> bool:
        folder, names, statuses = batch[:3]
        now = _statuses(folder, names)
        return bool(now == statuses and max(now)[0] <= self._settled)

    def _leaves_result(self, path: str, gist: bytes, known: bytes) -> bool:
        """Whether a changed file leaves the result as it was."""
        self._looks -= gist[:1] != IDLE
        if not gist or self._looks < 0:
            return False
        from lg_lint.cache.gists import leaves_result

        return leaves_result(path, gist, known, self._cache, self._record.root)

    def _same_batch(
        self,
        folder: str,
        names: list[str],
        statuses: list[Status],
        digests: list[bytes],
        gists: list[bytes],
    ) -> bool:
        self.news = True
        for index, status in enumerate(_statuses(folder, names)):
            is_same = status == statuses[index]
            if is_same and status[0] <= self._settled:
                continue
            gist = gists[index]
            if status[1] != statuses[index][1] and not gist:
                return False
            path = f"{folder}/{names[index]}"
            digest = fingerprint(path)
            if digest != digests[index] and not self._leaves_result(path, gist, digests[index]):
                return False
            statuses[index], digests[index] = status, digest
        return True


def _statuses(folder: str, names: list[str]) -> list[Status]:
    results = map(os.stat, [f"{folder}/{name}" for name in names])
    return [(each.st_mtime_ns, each.st_size, each.st_ino) for each in results]
