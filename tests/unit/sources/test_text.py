"""Bytes to text: encodings, line ends, what cannot be read, notebooks."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_lint.base.finding import Confidence, Finding, Hop, Place, Severity, Step
from lg_lint.sources.cells import localize
from lg_lint.sources.notebook import plain_python
from lg_lint.sources.source import Source, SourceError
from lg_lint.sources.text import decode, load

LIMIT = 2_000_000


def text_of(data: bytes) -> str:
    return decode(data, notebook=False, max_size=LIMIT).text


def error_of(data: bytes, *, notebook: bool = False, limit: int = LIMIT) -> SourceError:
    with pytest.raises(SourceError) as caught:
        decode(data, notebook=notebook, max_size=limit)
    return caught.value


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        ("é = 'ß'\n".encode(), "é = 'ß'\n"),
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        (b"\xef\xbb\xbf# coding: utf-8\n", "# coding: utf-8\n"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "# -*- coding: latin-1 -*-\nx = 'é'\n"),
        (b"#!/x\n# vim: set fileencoding=cp1252 :\n'\x80'", None),
        (b"x = 1\r\ny = 2\rz = 3\n", "x = 1\r\ny = 2\rz = 3\n"),
        (b"'''\n# coding: latin-1'''\nx = '\xc3\xa9'", "'''\n# coding: latin-1'''\nx = 'é'"),
        (b"x\n\n# coding: nonsense\n", "x\n\n# coding: nonsense\n"),
    ],
)
def test_text_is_decoded_as_the_interpreter_would(data: bytes, text: str | None) -> None:
    if text is None:
        text = "#!/x\n# vim: set fileencoding=cp1252 :\n'€'"
    assert text_of(data) == text


@pytest.mark.parametrize(
    ("data", "row", "column", "words"),
    [
        (b"x = 1\ny = '\xff'\n", 2, 6, "0xff is not valid utf-8"),
        ("é = 'ßx".encode() + b"\xe9'", 1, 8, "0xe9 is not valid utf-8"),
        (b"\xef\xbb\xbfab\xff", 1, 3, "0xff"),
        (b"a\r\nb\rc\xff", 3, 2, "0xff"),
        (b"# coding: ascii\n# \xc3\xa9\n", 2, 3, "not valid"),
        (b"\n# coding: klingon\n", 2, 1, "unknown encoding: klingon"),
        (b"\xef\xbb\xbf# coding: latin-1\n", 1, 1, "encoding problem"),
        (b"# coding: rot13\n", 1, 1, "not an encoding of text"),
        (b"# coding: undefined\n", 1, 1, "not an encoding of text"),
        ("x = 1".encode("utf-16"), 1, 1, "UTF-16"),
        ("x = 1".encode("utf-32"), 1, 1, "UTF-32"),
        (b"a = 1\nbc\0d", 2, 3, "NUL"),
    ],
)
def test_bytes_that_are_no_source(data: bytes, row: int, column: int, words: str) -> None:
    error = error_of(data)
    assert (error.row, error.column) == (row, column)
    assert words in error.message


@given(st.binary(max_size=200))
def test_any_bytes_give_text_or_a_place(data: bytes) -> None:
    try:
        text = text_of(data)
    except SourceError as error:
        place = (error.row, error.column)
        lines = re.split(rb"\r\n|\n|\r", data)
        assert (1, 1) <= place <= (len(lines), len(lines[error.row - 1]) + 1)  # noqa: PT017
    else:
        assert "\0" not in text
    with pytest.raises(SourceError):
        decode(data, notebook=True, max_size=LIMIT)


def read(path: Path, max_size: int) -> str:
    return decode(load(str(path), max_size)[0], notebook=False, max_size=max_size).text


def test_reading_a_file_a_large_one_and_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"x = 1\r\n")
    assert read(path, LIMIT) == "x = 1\r\n"
    path.write_bytes(b"x = 1\n" * 1000)
    with pytest.raises(SourceError, match="max-file-size"):
        read(path, 5999)
    assert len(read(path, 6000)) == 6000
    with pytest.raises(IsADirectoryError):
        read(tmp_path, LIMIT)


@pytest.mark.skipif(not os.path.exists("/proc/cpuinfo"), reason="no such file here")
def test_a_file_may_hold_more_than_its_size_says() -> None:
    data, status = load("/proc/cpuinfo", LIMIT)
    assert status.st_size == 0
    assert data.startswith(b"processor")
    assert len(load("/proc/cpuinfo", 50)[0]) == 51


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_what_has_no_end_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "zero.py").symlink_to("/dev/zero")
    for name in ("pipe.py", "zero.py"):
        with pytest.raises(OSError, match="not a regular file"):
            load(str(tmp_path / name), LIMIT)


# --- notebooks -----------------------------------------------------------------------------


def code(*lines: str, **metadata: object) -> dict[str, Any]:
    return {"cell_type": "code", "source": [f"{line}\n" for line in lines], "metadata": metadata}


def notebook(*cells: object, language: str | None = "python") -> bytes:
    metadata = {"kernelspec": {"language": language}} if language else {}
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4}).encode()


def joined(*cells: object, language: str | None = "python") -> Source:
    return decode(notebook(*cells, language=language), notebook=True, max_size=LIMIT)


MARKDOWN = {"cell_type": "markdown", "source": "# Title"}


def test_code_cells_are_joined_and_rows_lead_back_to_cells() -> None:
    last = {"cell_type": "code", "source": "y = 2\nz = 3"}
    source = joined(MARKDOWN, code("import a", "x = 1"), MARKDOWN, last)
    rows = source.text.split("\n")
    assert source.locate(rows.index("x = 1") + 1) == (2, 2)
    assert source.locate(rows.index("y = 2") + 1) == (4, 1)
    assert source.locate(rows.index("z = 3") + 1) == (4, 2)
    assert Source("x").locate(7) == (None, 7)


def test_a_finding_is_put_into_its_cells() -> None:
    source = joined(code("a"), MARKDOWN, code("b", "c"))
    row = source.text.split("\n").index("c") + 1
    book, module = Place("n.ipynb", row, 1, row, 2), Place("m.py", row, 1, row, 2)
    finding = Finding(
        "LG101",
        "n",
        "m",
        Severity.ERROR,
        Confidence.HIGH,
        Hop.NODE,
        module,
        trace=(Step(book, "s"), Step(module, "t")),
    )
    placed = localize(finding, {"n.ipynb": source, "m.py": Source("x")})
    assert placed.place == module
    assert placed.trace[0].place == Place("n.ipynb", 2, 1, 2, 2, cell=3)
    assert localize(placed, {"n.ipynb": source}) == placed


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        (["%matplotlib inline", "x = 1"], ["pass", "x = 1"]),
        (["!pip install \\", "  a 'b", "x"], ["pass", "", "x"]),
        (["if x:", "    !ls", "    %cd it's"], ["if x:", "    pass", "    pass"]),
        (["out = !ls", "t = %timeit -o f()"], ["out = get_ipython()", "t = get_ipython()"]),
        (["x?", "?x.y", "x.y??", "a = b"], ["pass", "pass", "pass", "a = b"]),
        (["%%time", "x = 1"], ["", "x = 1"]),
        (["", "%%bash", "for x in *; do", "done"], ["", "", "", ""]),
        (["%%capture out", "!ls", "y"], ["", "pass", "y"]),
        (["x = (a", "  % b)"], ["x = (a", "  % b)"]),
        (["x = a \\", "  % b"], ["x = a \\", "  % b"]),
        (['s = """', "!not a command", '"""', "!ls"], ['s = """', "!not a command", '"""', "pass"]),
        (["s = f'''a", "%b''' # '''", "%c"], ["s = f'''a", "%b''' # '''", "pass"]),
        (["s = '(' # (", "%c"], ["s = '(' # (", "pass"]),
        (["x = 5 % 2; y = a != b"], ["x = 5 % 2; y = a != b"]),
        (["x != y"], ["x != y"]),
        (["# is it so?", "x = 'why?'"], ["# is it so?", "x = 'why?'"]),
    ],
)
def test_ipython_syntax_is_replaced_row_by_row(cell: list[str], plain: list[str]) -> None:
    assert plain_python(cell) == plain
    compile("\n".join(plain), "cell", "exec")


@given(st.lists(st.text("ab%!?=\"'()#\\ \t", max_size=12), max_size=8))
def test_rows_are_kept_whatever_a_cell_holds(lines: list[str]) -> None:
    assert len(plain_python(lines)) == len(lines)


def test_other_languages_give_no_code() -> None:
    assert joined(code("x <- 1"), language="R").text == ""
    assert joined(code("x = 1"), language=None).text == "x = 1\n\n"
    sql = code("select 1", vscode={"languageId": "sql"})
    assert joined(sql, code("x = 1")).cells[0].number == 2


@pytest.mark.parametrize(
    ("data", "row", "words"),
    [
        (b"", 1, "not a notebook"),
        (b'{"cells": [\n  {"cell_type": }\n]}', 2, "not a notebook"),
        (b"[]", 1, "no cells"),
        (b'{"worksheets": []}', 1, "older than 4"),
        (notebook({"cell_type": "code", "source": 5}), 1, "cell 1"),
        (notebook(code("x = '\0'")), 1, "NUL"),
        (notebook(code("x = '\ud800'")), 1, "surrogate"),
        (b'{"cells": [' + b"9" * 5000 + b"]}", 1, "not a notebook"),
        (b"[" * 100_000, 1, "not a notebook"),
        (b'{\n"\xff"}', 2, "not valid utf-8"),
    ],
)
def test_broken_notebooks(data: bytes, row: int, words: str) -> None:
    error = error_of(data, notebook=True)
    assert error.row == row
    assert words in error.message


def test_odd_cells_that_hold_no_code_are_passed_over() -> None:
    assert joined(3, {}, {"cell_type": "raw", "source": "%"}, code("x")).cells[0].number == 4


def test_pictures_in_a_notebook_do_not_count_as_code() -> None:
    cell = code("x = 1") | {"outputs": [{"data": "A" * 5000}]}
    assert decode(notebook(cell), notebook=True, max_size=1000).text
    big = code(*["x = 1"] * 300)
    assert "max-file-size" in error_of(notebook(big), notebook=True, limit=1000).message
