"""`--add-ignore`, on an application and on every case of every rule."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from workspace import APP, BAD_ROUTE, IMPORT, Workspace

FIXTURES = Path(__file__).parents[2] / "fixtures"
RULES = sorted(path.name for path in FIXTURES.glob("LG*"))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.make(tmp_path / "repository")


def test_all_findings_get_a_comment(workspace: Workspace) -> None:
    workspace.append("app.py", BAD_ROUTE)
    done = workspace.lint("check", "--add-ignore=until the async driver is in")
    assert done.returncode == 0
    assert done.stderr == "Added ignore comments for 2 findings in 1 file.\n"
    assert done.stdout == "All clear; 2 suppressed.\n3 files: 1 graph.\n"
    lines = workspace.read("app.py").splitlines()
    assert "    # lg-lint: ignore[LG101] until the async driver is in" in lines
    trailing = "    return reply(question)  # lg-lint: ignore[LG101] until the async driver is in"
    assert trailing in lines
    again = workspace.lint("check", "--add-ignore")
    assert again.stderr == ""
    assert workspace.read("app.py").splitlines() == lines


def test_without_a_reason_the_next_word_is_a_path(workspace: Workspace) -> None:
    workspace.write("more/app.py", IMPORT + APP)
    workspace.lint("check", "--add-ignore", "more")
    assert "# lg-lint: ignore[LG101]\n" in workspace.read("more/app.py")
    assert workspace.found() == ["app.py:10 LG101"]


def test_only_what_has_changed(workspace: Workspace) -> None:
    workspace.append("app.py", BAD_ROUTE)
    workspace.lint("check", "--add-ignore", "--diff-base", "HEAD")
    assert workspace.found() == ["app.py:10 LG101"]


def test_what_gets_no_comment_is_still_reported(workspace: Workspace) -> None:
    workspace.write("broken.py", "def old(:\n")
    workspace.write("stale.py", "x = 1  # lg-lint: ignore[LG101]\n")
    done = workspace.lint("check", "--add-ignore", "--output-format", "concise")
    assert done.returncode == 2
    assert [line.split()[1] for line in done.stdout.splitlines()[:2]] == ["LG000", "LG001"]


@pytest.mark.parametrize("other", ["--fix", "--diff", "--fix-only"])
def test_fixes_come_first(workspace: Workspace, other: str) -> None:
    done = workspace.lint("check", "--add-ignore", other)
    assert done.returncode == 2
    assert "in two runs" in done.stderr


@pytest.mark.parametrize("rule", RULES)
def test_every_case_is_silent_with_its_comments(tmp_path: Path, rule: str) -> None:
    """One case of each rule; the comments of the fixture itself stay where they are.

    Comments are written into Python alone: findings in deployment files stay.
    """
    case = min((FIXTURES / rule / "bad").iterdir(), key=lambda path: path.name)
    copy = Workspace(tmp_path / "case")
    shutil.copytree(case, copy.folder)
    (copy.folder / "lg-lint.toml").touch()
    assert any(rule in line for line in copy.found("--tests"))
    copy.lint("check", "--tests", "--add-ignore")
    left = [line for line in copy.found("--tests") if ".py:" in line]
    assert left == []
