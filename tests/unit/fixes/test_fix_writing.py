"""Fixed files are written as they were encoded, or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from lg_lint.base.rewriting import NotWrittenError, rewrite


@pytest.mark.parametrize(
    ("data", "before", "after", "expected"),
    [
        (b"a = 1\r\nb\r\n", "a = 1\r\nb\r\n", "a = 2\r\nb\r\n", b"a = 2\r\nb\r\n"),
        (b"a\rb\r", "a\rb\r", "c\rb\r", b"c\rb\r"),
        (b"\xef\xbb\xbfa = '\xc3\xa9'", "a = 'é'", "b = 'é'", b"\xef\xbb\xbfb = '\xc3\xa9'"),
        (
            b"# coding: latin-1\n'\xe9'\n",
            "# coding: latin-1\n'é'\n",
            "# coding: latin-1\n'éé'\n",
            b"# coding: latin-1\n'\xe9\xe9'\n",
        ),
        (b"", "", "x", b"x"),
    ],
)
def test_encoding_and_line_ends_stay(
    tmp_path: Path, data: bytes, before: str, after: str, expected: bytes
) -> None:
    path = tmp_path / "app.py"
    path.write_bytes(data)
    rewrite(path, before, after, str(tmp_path))
    assert path.read_bytes() == expected
    assert [each.name for each in tmp_path.iterdir()] == ["app.py"]


def test_mode_and_link_stay(tmp_path: Path) -> None:
    target = tmp_path / "real.py"
    target.write_text("old\n")
    target.chmod(0o750)
    link = tmp_path / "link.py"
    link.symlink_to("real.py")
    rewrite(link, "old\n", "new\n", str(tmp_path))
    assert link.is_symlink()
    assert os.readlink(link) == "real.py"
    assert target.read_text() == "new\n"
    assert stat.S_IMODE(target.stat().st_mode) == 0o750


@pytest.mark.parametrize(
    ("data", "after", "reason"),
    [
        (b"other\n", "new\n", "changed meanwhile"),
        (b"# coding: ascii\n", "é", "ascii"),
        (b"# coding: nonsense\n", "new\n", "nonsense"),
        (b"\xff\n", "new\n", "invalid"),
    ],
)
def test_what_cannot_be_written_stays(tmp_path: Path, data: bytes, after: str, reason: str) -> None:
    path = tmp_path / "app.py"
    path.write_bytes(data)
    before = "old\n" if data == b"other\n" else data.decode("latin-1")
    with pytest.raises(NotWrittenError, match=reason):
        rewrite(path, before, after, str(tmp_path))
    assert path.read_bytes() == data


def test_file_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotWrittenError, match="No such file"):
        rewrite(tmp_path / "app.py", "old\n", "new\n", str(tmp_path))


def test_failure_on_the_way_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "app.py"
    path.write_text("old\n")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(NotWrittenError, match="No space left"):
        rewrite(path, "old\n", "new\n", str(tmp_path))
    assert path.read_text() == "old\n"
    assert [each.name for each in tmp_path.iterdir()] == ["app.py"]
