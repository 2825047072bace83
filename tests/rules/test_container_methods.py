"""A method of containers is one row: cases under new names of methods, told by the table alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from fixture_cases import (
    all_cases,
    case_id,
    copy_case,
    differences,
    findings_in,
    marks,
    source_files,
)
from lg_lint.knowledge import container_methods, table, type_table
from lg_lint.model.state_flow.function_summary import analyse  # noqa: F401  first of its circle
from lg_lint.model.web.headers import header_methods

from lg_lint.model.state_flow.container_methods import _on_content  # isort: skip
from lg_lint.model.state_flow.mapping_methods import on_mapping  # isort: skip

RENAMED = (
    "append", "appendleft", "extend", "extendleft", "insert", "add", "update", "setdefault", "remove",
    "discard", "clear", "popitem", "pop", "popleft", "difference_update", "intersection_update",
    "symmetric_difference_update", "sort", "reverse",
)  # fmt: skip
CALL = re.compile(rf"(?<!sys\.path)\.({'|'.join(RENAMED)})\(")
"""`sys.path` is known by a row of its own."""
CASES = [
    case
    for case in all_cases()
    if any(CALL.search(path.read_text(encoding="utf-8")) for path in source_files(case))
]
READERS = (container_methods, type_table, header_methods, _on_content, on_mapping)


def renamed(text: str) -> str:
    return CALL.sub(r".new_\1(", text)


@pytest.fixture
def new_names(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The table with each row under a new name, and under no other."""
    rows = table("values")["container_methods"]
    for name in RENAMED:
        monkeypatch.setitem(rows, f"new_{name}", rows[name])
        monkeypatch.delitem(rows, name)
    for reader in READERS:
        reader.cache_clear()
    yield
    monkeypatch.undo()
    for reader in READERS:
        reader.cache_clear()


@pytest.mark.usefixtures("new_names")
@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_all_learn_a_new_row(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as there:
        there.chdir(copy_case(case, tmp_path, renamed))
        wrong = differences(marks(case), findings_in(Path()))
    assert not wrong, "\n".join(wrong)


def test_there_are_such_cases_of_many_rules() -> None:
    assert len({case.parts[-3] for case in CASES}) > 8
