"""Lines on which a careless pattern goes back and forth for minutes, read by each reader of text."""

from __future__ import annotations

import contextlib
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

from lg_lint.base import door
from lg_lint.base.suggest import suggest
from lg_lint.cache.recording import _extends
from lg_lint.deploy.nginx.settings import seconds
from lg_lint.facts.extract import extract
from lg_lint.facts.from_libcst.refusal import _without_strings, refusal, unreadable
from lg_lint.model.clients.endpoints import _has_parameter
from lg_lint.model.versions import locks, pyproject, requirements
from lg_lint.model.versions.pin import UnreadableError
from lg_lint.model.versions.ranges import of_poetry
from lg_lint.program.import_closure import import_statements
from lg_lint.run.suppression import Pragmas, suppress
from lg_lint.settings import SettingsError, load
from lg_lint.settings.loading import _row
from lg_lint.sources.ignores import IgnoreRules, ignored, read_rules
from lg_lint.sources.notebook import join_cells, plain_python
from lg_lint.sources.scan import scan
from lg_lint.sources.source import SourceError
from lg_lint.sources.text import decode

MANY = 100_000


@pytest.fixture(autouse=True)
def _no_hang() -> Iterator[None]:
    """A guard, not a measure: each of these took minutes, or had no end."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, 20)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.signal(signal.SIGPROF, before)


REQUIREMENTS = {
    "blanks": "starlette" + " " * MANY + "x\n",
    "include": "-r" + " " * MANY + 'a"b"c\n',
    "version": "starlette==" + "1." * MANY + "1\n",
    "specifiers": "starlette" + ">=1," * MANY + "<2\n",
    "marker": "starlette; " + "(" * MANY + "\n",
    "lines": "starlette==0.1\n" * MANY,
    "continued": "starlette \\\n" * MANY,
    "options": "starlette " + "- " * MANY + "\n",
}


@pytest.mark.parametrize("text", REQUIREMENTS.values(), ids=REQUIREMENTS)
def test_requirements(text: str) -> None:
    list(requirements.includes(text))
    with contextlib.suppress(UnreadableError):
        list(requirements.pins(text, "requirements.txt", "starlette"))


def test_requirements_that_say_something_are_still_read() -> None:
    (pin,) = requirements.pins("starlette==0.30   # why\n", "r.txt", "starlette")
    assert pin.text == "starlette 0.30"
    hashes = " ".join(f"--hash=sha256:{number:064}" for number in range(200))
    (pin,) = requirements.pins(f"starlette==0.30 {hashes}\n", "r.txt", "starlette")
    assert pin.text == "starlette 0.30"
    text = (
        "-r  a.txt\n-rb.txt\n--requirement=c.txt\n-c 'd e.txt'\n--requirement f.txt\n-r http://x\n"
    )
    assert list(requirements.includes(text)) == ["a.txt", "b.txt", "c.txt", "d e.txt", "f.txt"]


LOCKS = {
    "names": '[[package]]\nname = "x"\n' + '\nname = "starlette"\n' * MANY,
    "tables": '[[package]]\nname = "starlette"\nversion = "0.30.0"\n' * MANY,
    "no table": '\nname = "starlette"\n' * MANY,
    "large table": '[[package]]\nname = "starlette"\nfiles = [' + '"a",' * (5 * MANY) + "]\n",
    "deep table": '[[package]]\nname = "starlette"\nfiles = ' + "[" * MANY + "\n",
}


@pytest.mark.parametrize("text", LOCKS.values(), ids=LOCKS)
def test_locks(text: str) -> None:
    with contextlib.suppress(UnreadableError):
        list(locks.pins(text, "uv.lock", "starlette"))


def test_pyproject() -> None:
    blank = "\n" * MANY
    text = f"{blank}[tool.poetry.dependencies]\nstarlette = '^0.30'\n{blank}"
    (pin,) = pyproject.pins(text, "pyproject.toml", "starlette")
    assert pin.row == MANY + 2
    list(pyproject.pins(f"[project]\ndependencies = ['starlette{' ' * MANY}x']", "p", "starlette"))
    with pytest.raises(ValueError, match="too long"):
        of_poetry("^1" + " " * MANY + "x")


def test_settings(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("\n" * MANY + "# lg-lint\n")
    load(tmp_path, isolated=False)
    (tmp_path / "lg-lint.toml").write_text("\n" * MANY + "extend" + " " * MANY + "x")
    assert not _extends(str(tmp_path / "lg-lint.toml"))
    assert _row("[tool.lg-lint]\n[" + "select " * MANY + "\n" + "select = 1\n", "select") == 2
    with pytest.raises(SettingsError, match="no option"):
        load(tmp_path, config=[f"{'a' * MANY} = 1"])
    assert suggest("a" * MANY, ["select"]) == ""


NOTEBOOK = {
    "blanks": " " * MANY + "x",
    "name and blanks": "a" + " " * MANY + "x",
    "blanks and sign": " " * MANY + "=" + " " * MANY + "x",
    "open strings": "'\\" * MANY,
    "magics": "\n".join(["%%time"] * 20_000),
    "questions": "a" * MANY + " ?" + " " * MANY + "x",
}


@pytest.mark.parametrize("text", NOTEBOOK.values(), ids=NOTEBOOK)
def test_cells(text: str) -> None:
    assert len(plain_python(text.split("\n"))) == text.count("\n") + 1


def test_magics_are_still_told_apart() -> None:
    lines = ["files = !ls", "x.y [0] =  %pwd", "a != b", "a = !", "%%time", "x = f(a, %b)", "?x"]
    assert plain_python(lines) == [
        "files = get_ipython()", "x.y [0] =  get_ipython()", "a != b", "a = get_ipython()",
        "pass", "x = f(a, %b)", "pass",
    ]  # fmt: skip
    assert plain_python(["", "%%time", "%%time", "%%bash", "ls"]) == [""] * 5
    assert plain_python(["%%time", "", "x"]) == ["", "", "x"]


def test_documents_of_many_small_values() -> None:
    with pytest.raises(SourceError):
        join_cells("[" * MANY)
    assert join_cells(json.dumps({"cells": [[]] * MANY, "metadata": {}})).text == ""


COMMENTS = {
    "noqa": "x = 1 " + "# noqa: " * MANY,
    "noqa behind a mistake": "x = = 1\n" + "# noqa: " * MANY + "lg-lint:",
    "names": "x = 1 # lg-lint: ignore[" + "LG101," * MANY + "]",
    "unknown names": "x = 1 # lg-lint: ignore["
    + ",".join(f"abc{number}" for number in range(5_000))
    + "]",
    "verb": "x = 1 # lg-lint: " + "a" * MANY,
    "blanks": "x = 1 #" + " " * MANY + "lg-lint",
    "open strings": "x = 1 # lg-lint: ignore[LG101]\n" + "'\\" * MANY,
    "alone": "x = 1\n" + "# lg-lint: ignore[LG101]\n" * 30_000,
}


@pytest.mark.parametrize("text", COMMENTS.values(), ids=COMMENTS)
def test_comments(text: str) -> None:
    scan(text.encode(), b"")
    Pragmas.parse(f"{text}\n")


def test_idle_comments_are_found_one_by_one() -> None:
    text = "x = 1  # lg-lint: ignore[LG101] why\n" * 30_000
    left = suppress(
        [], {"a.py": Pragmas.parse(text)}, checked=frozenset({"LG001", "LG101"}), reported=["a.py"]
    )
    assert [finding.place.row for finding in left.extra] == list(range(1, 30_001))


IMPORTS = {
    "open brackets": "from a import (\n" * MANY,
    "blanks": "from" + " " * MANY + "\nimport" + " " * MANY,
    "commas": "import " + "a, " * MANY,
}


@pytest.mark.parametrize("text", IMPORTS.values(), ids=IMPORTS)
def test_imports(text: str) -> None:
    import_statements(text)


def test_strings_and_words_of_refused_texts() -> None:
    for text in ("'\\" * MANY, "'''" + "\\a" * MANY, "a" * MANY, '"""' + "'''\"" * MANY, "\\"):
        assert len(_without_strings(text)) == len(text)
        unreadable(text + "(" * 300)
    text = "a " * MANY + "x"
    error = SyntaxError(f"error at 1:{len(text)}: expected one of NEWLINE, EOF")
    assert refusal(text, error) == (
        1,
        len(text),
        "expected the end of the line or the end of the file, found 'x'",
    )


def test_lines_of_wide_characters() -> None:
    (statement,) = extract("x = ['é', " + "a, " * 20_000 + "b, 'é', c]\n").body
    assert statement.span == (1, 1, 1, 10 + 60_000 + 11)
    extract("x = [" + "lambda *a: 0, " * 20_000 + "]\n")


def test_encodings_that_take_the_square_of_a_text() -> None:
    for name in ("punycode", "idna", "utf-7", "unicode_escape", "raw_unicode_escape", "undefined"):
        data = f"# coding: {name}\n".encode() + b"x" * MANY
        with pytest.raises(SourceError, match="not an encoding of text"):
            decode(data, notebook=False, max_size=2 * MANY)
    for name in ("latin-1", "cp1252", "koi8-r", "gbk", "shift_jis", "euc_jp", "mac-roman", "utf8"):
        data = f"# coding: {name}\nx = 1\n".encode()
        assert decode(data, notebook=False, max_size=2 * MANY).text.endswith("x = 1\n")


def test_patterns_of_many_stars(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*a*a*a*a*a*a*a*a*a*a*b\n" + "**/a/" * 20 + "b\n*.log\n")
    rules = read_rules(str(tmp_path))
    assert rules is not None
    name = str(tmp_path / ("a" * 250))
    assert not ignored(name, [rules], folder=False)
    assert ignored(str(tmp_path / "x.log"), [rules], folder=False)
    assert not ignored(name, [IgnoreRules("", ["*a*a*a*a*a*a*a*a*b"])], folder=False)


def test_times_and_parameters() -> None:
    assert seconds("9" * MANY) is None
    assert seconds("1h30m") == 5400
    assert not _has_parameter("{" * MANY)
    assert _has_parameter("a{b}")
    assert _has_parameter("<a>")
    assert not _has_parameter(">a<")


def test_what_the_door_keeps_out(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * 101)
    (tmp_path / "endless").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe")
    for name, why in (("large", "larger"), ("endless", "regular"), ("pipe", "regular")):
        with pytest.raises(door.UnfitError, match=why):
            door.read(tmp_path / name, 100)
    with pytest.raises(IsADirectoryError):
        door.read(tmp_path)
    assert door.read(tmp_path / "large", 101) == b"x" * 101
