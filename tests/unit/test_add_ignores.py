"""Ignore comments that are written: where they stand, and that they hide what they are for."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from lg_lint.base.finding import Confidence, Finding, Hop, Place, Severity
from lg_lint.base.rewriting import NotWrittenError
from lg_lint.run.add_ignores import WIDTH, add_ignores, annotated
from lg_lint.run.suppression import Pragmas


def finding(row: int, end: int | None = None, code: str = "LG101", path: str = "app.py") -> Finding:
    place = Place(path, row, 5, end or row, 9)
    return Finding(
        code, "some-rule", "It stalls", Severity.ERROR, Confidence.HIGH, Hop.GRAPH, place
    )


@pytest.mark.parametrize(
    ("before", "row", "after"),
    [
        pytest.param("run()\n", 1, "run()  # lg-lint: ignore[LG101] why\n", id="trailing"),
        pytest.param("run()", 1, "run()  # lg-lint: ignore[LG101] why", id="no-line-end"),
        pytest.param("run()  \n", 1, "run()  # lg-lint: ignore[LG101] why\n", id="blanks"),
        pytest.param(
            "run()  # loud\n", 1, "# lg-lint: ignore[LG101] why\nrun()  # loud\n", id="comment"
        ),
        pytest.param(
            "if a:\n\trun(\n\t\tb,\n\t)\n",
            3,
            "if a:\n\t# lg-lint: ignore[LG101] why\n\trun(\n\t\tb,\n\t)\n",
            id="inside-brackets",
        ),
        pytest.param(
            "a = b + \\\n    run()\n",
            2,
            "# lg-lint: ignore[LG101] why\na = b + \\\n    run()\n",
            id="continued",
        ),
        pytest.param(
            'a = f"""\n{run()}\n"""\n',
            2,
            '# lg-lint: ignore[LG101] why\na = f"""\n{run()}\n"""\n',
            id="inside-a-string",
        ),
        pytest.param(
            "@node\n@retry\nasync def f(\n    a,\n):\n    pass\n",
            3,
            "# lg-lint: ignore[LG101] why\n@node\n@retry\nasync def f(\n    a,\n):\n    pass\n",
            id="decorated",
        ),
        pytest.param(
            "if a:\n    pass\nelif run(\n    b\n):\n    pass\n",
            3,
            "if a:\n    pass\n# lg-lint: ignore[LG101] why\nelif run(\n    b\n):\n    pass\n",
            id="between-branches",
        ),
        pytest.param(
            "for a in run():\n    pass\n",
            1,
            "for a in run():  # lg-lint: ignore[LG101] why\n    pass\n",
            id="header",
        ),
        pytest.param(
            "a\r\nrun(\r\n)\r\n",
            2,
            "a\r\n# lg-lint: ignore[LG101] why\r\nrun(\r\n)\r\n",
            id="windows",
        ),
        pytest.param(
            "\r\nrun(b, '#')",
            2,
            "\r\n# lg-lint: ignore[LG101] why\r\nrun(b, '#')",
            id="windows-without-line-end",
        ),
    ],
)
def test_where_the_comment_stands(before: str, row: int, after: str) -> None:
    assert annotated(before, [finding(row)], "why") == after
    moved = row + after.count("\n") - before.count("\n")
    assert Pragmas.parse(after).hide("LG101", finding(moved).place)
    assert not Pragmas.parse(after).hide("LG102", finding(moved).place)


def test_the_width_of_a_line() -> None:
    comment = "  # lg-lint: ignore[LG101]"
    fits = "a" * (WIDTH - len(comment))
    assert annotated(fits, [finding(1)], "") == fits + comment
    assert annotated(fits + "a", [finding(1)], "") == f"{comment.strip()}\n{fits}a"


def test_several_findings() -> None:
    before = "one()\ntwo(\n    three(),\n    four(),\n)\n"
    found = [finding(4, code="LG102"), finding(3), finding(3), finding(1)]
    assert annotated(before, found, "") == (
        "one()  # lg-lint: ignore[LG101]\n"
        "# lg-lint: ignore[LG101, LG102]\n"
        "two(\n    three(),\n    four(),\n)\n"
    )


def test_a_reason_stays_on_one_line() -> None:
    after = annotated("run()\n", [finding(1)], "  it is\nknown\t now ")
    assert after == "run()  # lg-lint: ignore[LG101] it is known now\n"


def test_syntax_that_cannot_be_compared_is_left_alone() -> None:
    with pytest.raises(NotWrittenError):
        annotated("def f(:\n    run()\n", [finding(2)], "")


@pytest.mark.parametrize(
    ("mark", "encoding"), [(b"", "utf-8"), (codecs.BOM_UTF8, "utf-8"), (b"", "latin-1")]
)
def test_a_file_keeps_its_encoding_and_mode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mark: bytes, encoding: str
) -> None:
    monkeypatch.chdir(tmp_path)
    text = f"# coding: {encoding}\nrun('é')\r\n"
    file = tmp_path / "app.py"
    file.write_bytes(mark + text.encode(encoding))
    file.chmod(0o755)
    (tmp_path / "link.py").symlink_to("app.py")
    added = add_ignores(
        [finding(2, path="link.py")], {"link.py": text}, "wegen Größe", str(tmp_path)
    )
    assert (added.findings, added.files, added.refused) == (1, 1, {})
    after = text.replace("\r\n", "  # lg-lint: ignore[LG101] wegen Größe\r\n")
    assert file.read_bytes() == mark + after.encode(encoding)
    assert file.stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "link.py").is_symlink()


def test_what_no_comment_is_written_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("app.py", "notes.ipynb", "changed.py", "Dockerfile", "nginx.conf"):
        (tmp_path / name).write_text("run()\n")
    found = [
        *(finding(1, code=code) for code in ("LG000", "LG001", "LG002")),
        *(finding(1, path=name) for name in ("notes.ipynb", "Dockerfile", "nginx.conf")),
        finding(1, path="changed.py"),
    ]
    sources = {"app.py": "run()\n", "Dockerfile": "run()\n", "changed.py": "run(1)\n"}
    added = add_ignores(found, sources, "", str(tmp_path))
    assert (added.findings, added.files) == (0, 0)
    assert added.refused == {"changed.py": "it was changed meanwhile"}
    assert {path.read_text() for path in tmp_path.iterdir()} == {"run()\n"}
