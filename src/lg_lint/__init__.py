"""lg-lint finds why a LangGraph stream cuts off, stalls or arrives late.

The ground floor: what an earlier run of the same command line has written, and whether it holds.
A record says what a run has looked at: each folder with the entries that matter, each file with
its time, size, inode and digest, and each place where a file would have mattered. Times alone are
not trusted within two seconds of the run, as clocks of file systems may be that coarse. What
looks as if it had changed is a `Doubt`, which `cache.renewal` looks into for `__main__`.

A run in which nothing has changed needs this module and `__main__` alone. It is as short in time
as Python's own start, so that an import is dear: `__future__`, `hashlib`, and even a further module
of the package.
"""

import marshal
import os
import sys
from _imp import source_hash  # SipHash; `importlib.util`, which makes it public, is slow to import

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__version__ = "0.1.0"

PACKAGE = os.path.dirname(os.path.abspath(__file__))
COARSE = 2_000_000_000
"""Nanoseconds within which a file may have changed again and kept its time."""

FOLDER = b"folder"
"""What is kept of a place with a folder, where else a file would have mattered."""

SECRET = "LG_LINT_CACHE_SECRET"
"""The variable for a secret where the user's own folder does not last, as in CI."""

_MARK = b"lg-lint cache\n"
_HEAD = len(_MARK) + 16
_WORTH_A_PROCESS = 1_500
"""Files whose times are worth being compared by two processes."""

_VARIABLES = (
    "CI_PROJECT_DIR", "COLUMNS", "FORCE_COLOR", "GITHUB_WORKSPACE", "HOME", "LANG", "LC_ALL",
    "LC_CTYPE", "NO_COLOR", "PYTHONIOENCODING", "PYTHONUTF8", "TERM", "XDG_CACHE_HOME",
)  # fmt: skip

Status = tuple[int, int, int]
"""Time of the last change in nanoseconds, size, inode.

The time is that of the content or that of the inode, whichever is later: programs that copy or
unpack set the first back, and nothing but a clock can set back the second. Where the first lies in
the future it is not trusted.
"""


class RunRecord:
    """What a run has looked at, and what it wrote.

    `folders` holds lists of path, status and entries; `files`, in lists of a folder's path, the
    names, statuses, digests and, where not all matters, fingerprints of files in it. `places` are
    paths without a file, each with what is there: nothing, or `FOLDER`. Entries called `skipped`
    were not looked at. `root` is that of the project, `made` the time in nanoseconds.
    """

    __slots__ = ("files", "folders", "key", "made", "output", "places", "root", "skipped", "status")

    def __init__(
        self,
        key: str,
        root: str,
        made: int,
        skipped: "list[str]",
        folders: "list[list[Any]]",
        files: "list[list[Any]]",
        places: "list[tuple[str, bytes]]",
        status: int,
        output: "bytes | memoryview" = b"",
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
    def read(cls, spot: "RunKey") -> "RunRecord | None":
        """The record of a run; None where there is none that can be trusted."""
        content = read_sealed(spot.path, spot.version)
        if content is None:
            return None
        size, parts = marshal.loads(content)
        record = cls(*parts)
        record.output = content[len(content) - size :]
        return record if record.key == spot.key else None


class RunKey:
    """Where the record of a run is kept, and what identifies the run."""

    __slots__ = ("cache", "key", "path", "version")

    def __init__(self, arguments: "list[str]", cache: str) -> None:
        terminal = (terminal_width(), sys.stdout.encoding, sys.flags.utf8_mode)
        variables = [f"{name}={os.environ.get(name)}" for name in _VARIABLES]
        variables += [
            f"{name}={os.environ[name]}"
            for name in os.environ
            if name[:7] == "LG_LINT" and name != SECRET
        ]
        self.key = repr((arguments, os.getcwd(), terminal, variables))
        self.cache = cache
        name = source_hash(0, self.key.encode(errors="surrogateescape")).hex()
        self.path = os.path.join(cache, "runs", name)
        self.version = _version()


def terminal_width() -> "int | None":
    """The columns of the terminal that stdout is, 0 where it does not say; None for no terminal."""
    if sys.stdout is None or not sys.stdout.isatty():
        return None
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError):
        return 0


class Doubt:
    """A record of which some folders or files look changed, and which they are."""

    __slots__ = ("files", "folders", "record")

    def __init__(
        self, record: RunRecord, folders: "list[list[Any]]", files: "list[list[Any]]"
    ) -> None:
        self.record = record
        self.folders = folders
        self.files = files


def run_key(arguments: "list[str]") -> "RunKey | None":
    """Where the record of a run may be kept; None where none may."""
    try:
        spot = RunKey(arguments, cache_folder(_cache_dir(arguments)))
    except (OSError, AttributeError):  # no working directory, no stdout
        return None
    return None if "--no-cache" in arguments or "_LG_LINT_COMPLETE" in os.environ else spot


def replay(spot: RunKey) -> "Doubt | None":
    """End the process with what the same run has written before, if nothing looks changed.

    Else returns what does; None where there is no record.
    """
    record = RunRecord.read(spot)
    if record is None:
        return None
    doubt = _changed(record)
    if doubt is None:
        finish(record)
    return doubt


def finish(record: RunRecord) -> None:
    """Write what a run has written, and end the process."""
    os._exit(record.status if _write(record.output) else 2)


def _cache_dir(arguments: "list[str]") -> "str | None":
    for index, argument in enumerate(arguments):
        if argument.startswith("--cache-dir="):
            return argument.partition("=")[2]
        if argument == "--cache-dir" and index + 1 < len(arguments):
            return arguments[index + 1]
    return None


def cache_folder(named: "str | None" = None) -> str:
    """The folder of the cache: as named, as the environment says, or the user's own."""
    named = named or os.environ.get("LG_LINT_CACHE_DIR")
    return os.path.abspath(named) if named else own_folder()


def own_folder() -> str:
    """The user's own folder for caches of this package."""
    home = os.path.expanduser("~")
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local")
        return os.path.join(base, "lg-lint", "Cache")
    if sys.platform == "darwin":
        return os.path.join(home, "Library", "Caches", "lg-lint")
    base = os.environ.get("XDG_CACHE_HOME", "")
    return os.path.join(base if os.path.isabs(base) else os.path.join(home, ".cache"), "lg-lint")


def _version() -> bytes:
    """Names the code of this package in this very Python."""
    code = installed()
    if not code:
        from lg_lint.base.sizes import sizes_and_times

        code = sizes_and_times(PACKAGE)
    return source_hash(0, b"%b\n%b\n%b" % (__version__.encode(), sys.version.encode(), code))


def installed() -> bytes:
    """The digests that the installer of this package keeps of its files; empty where none has."""
    try:
        return _content(f"{PACKAGE}-{__version__}.dist-info/RECORD")
    except OSError:
        return b""


def key_of_user() -> int:
    """What makes a seal that nobody else can make; 0 where the user has none.

    It is kept where no checkout puts files, and read by the user alone: git makes files that others
    may read, too.
    """
    secret = os.environ.get(SECRET)
    if secret:
        data = secret.encode(errors="surrogateescape")
    else:
        path = os.path.join(own_folder(), "secret")
        try:
            is_shared = os.name == "posix" and os.stat(path).st_mode & 0o77
            data = b"" if is_shared or is_in_checkout(path) else _content(path)
        except OSError:
            return 0
    return int.from_bytes(source_hash(0, data), "little", signed=True) if len(data) > 15 else 0


def is_in_checkout(path: str) -> bool:
    """Whether a folder above a path, and below the user's own, is that of a repository."""
    home = os.path.expanduser("~")
    folder = os.path.dirname(path)
    while folder not in (home, os.path.dirname(folder)):
        if os.path.lexists(f"{folder}/.git"):
            return True
        folder = os.path.dirname(folder)
    return False


def seal(content: "bytes | memoryview", version: bytes, key: int) -> bytes:
    """What stands before `content` in a file, so that one that is torn or foreign is known."""
    return _MARK + version[:8] + source_hash(key, content)


def read_sealed(path: str, version: bytes) -> "memoryview | None":
    """The content of a sealed file; None where it is missing, torn, foreign or outdated."""
    try:
        data = _content(path)
    except OSError:
        return None
    content, key = memoryview(data)[_HEAD:], key_of_user()
    return content if key and data[:_HEAD] == seal(content, version, key) else None


def _content(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:
        return file.readall()


# --- comparing ----------------------------------------------------------------------------


def status_of(result: os.stat_result) -> Status:
    """What tells two states of a file apart: its later time in ns, its size in bytes, its inode."""
    return (max(result.st_mtime_ns, result.st_ctime_ns), result.st_size, result.st_ino)


def statuses(folder: str, names: "list[str]") -> "list[Status]":
    """Of files in a folder. Raises OSError where one is gone."""
    return [status_of(os.stat(f"{folder}/{name}")) for name in names]


def _changed(record: RunRecord) -> "Doubt | None":
    """What is not as the record says, as far as times tell; None where everything is."""
    trusted_until = record.made - COARSE

    def is_untouched(batch: "list[Any]") -> bool:
        try:
            now = statuses(batch[0], batch[1])
        except OSError:
            return False
        return bool(now == batch[2] and max(now)[0] <= trusted_until)

    touched = [folder for folder in record.folders if not _same_folder(folder, trusted_until)]
    if sum(len(batch[1]) for batch in record.files) < _WORTH_A_PROCESS:
        same = [is_untouched(batch) for batch in record.files]
    else:
        from lg_lint.base.fork import map_in_two

        same = map_in_two(is_untouched, record.files)
    if not touched and all(same) and all(_same_place(*place) for place in record.places):
        return None
    files = [batch for batch, is_same in zip(record.files, same, strict=True) if not is_same]
    return Doubt(record, touched, files)


def _same_folder(folder: "list[Any]", trusted_until: int) -> bool:
    path, (changed, _, inode), _ = folder
    try:
        now = status_of(os.stat(path))
    except OSError:
        return False
    return bool(now[0] == changed <= trusted_until and now[2] == inode)


def _same_place(path: str, known: bytes) -> bool:
    return os.path.isdir(path) if known else not os.access(path, os.F_OK)


def _write(output: "bytes | memoryview") -> bool:
    """Write to stdout; whether it took that. A reader that has gone away is not an error."""
    output = memoryview(output)
    try:
        while output:
            output = output[os.write(1, output) :]
    except BrokenPipeError:
        pass
    except OSError as error:
        try:  # noqa: SIM105  (contextlib is slow to import)
            os.write(2, f"lg-lint: stdout cannot be written to: {error.strerror}\n".encode())
        except OSError:
            pass
        return False
    return True
