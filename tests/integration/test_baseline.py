"""`lg-lint baseline` and `lg-lint check --baseline`: what a project lives with for now."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from workspace import APP, BAD_ROUTE, GOOD_ROUTE, IMPORT, Workspace

FILE = "lg-lint-baseline.json"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace.make(tmp_path / "repository")
    made = workspace.lint("baseline", "create")
    assert made.stdout == f"{FILE}: 1 finding recorded.\n"
    assert made.returncode == 0
    return workspace


def test_an_entry_names_no_row(workspace: Workspace) -> None:
    assert json.loads(workspace.read(FILE)) == {
        "version": 1,
        "findings": [
            {
                "rule": "LG101",
                "path": "app.py",
                "code": 'return graph.invoke({"question": question})["answer"]',
                "ordinal": 1,
            }
        ],
    }


def test_old_findings_stay_silent_while_lines_move(workspace: Workspace) -> None:
    moved = "".join(f"LIMIT_{number} = {number}\n" for number in range(40))
    body = (IMPORT + APP).replace("    return graph", "    if question:\n        return graph")
    workspace.write("app.py", moved + body)
    assert workspace.found() == ["app.py:51 LG101"]
    done = workspace.lint("check", "--baseline", FILE)
    assert done.returncode == 0
    assert done.stdout == "All clear; 1 in the baseline.\n3 files: 1 graph, 1 background run.\n"
    assert done.stderr == ""


def test_new_findings_are_reported(workspace: Workspace) -> None:
    workspace.append("app.py", BAD_ROUTE)
    assert workspace.found("--baseline", FILE) == ["app.py:15 LG101"]


def test_a_second_row_of_the_same_text_is_new(workspace: Workspace) -> None:
    workspace.append("app.py", APP.partition("\n\n\n")[2].replace("old", "older"))
    workspace.write("copy.py", IMPORT + APP)
    (workspace.folder / "copy.py").rename(workspace.folder / "other.py")
    assert workspace.found("--baseline", FILE) == ["app.py:13 LG101", "other.py:10 LG101"]


def test_stale_entries(workspace: Workspace) -> None:
    workspace.write("app.py", IMPORT + APP.replace("async def", "def"))
    done = workspace.lint("check", "--baseline", FILE)
    assert done.returncode == 0
    stale = f"lg-lint: {FILE}: 1 entry matches no finding any more: lg-lint baseline prune\n"
    assert done.stderr == stale
    for elsewhere in (["service.py"], ["--select", "LG001"]):
        assert workspace.lint("check", "--baseline", FILE, *elsewhere).stderr == ""
    checked = workspace.lint("baseline", "check")
    assert checked.returncode == 1
    assert checked.stdout.splitlines() == [
        'app.py: LG101 return graph.invoke({"question": question})["answer"]',
        f"{FILE}: 1 of 1 entry without a finding.",
    ]
    pruned = workspace.lint("baseline", "prune")
    assert (pruned.returncode, pruned.stdout) == (0, f"{FILE}: 1 of 1 entry removed, 0 left.\n")
    assert json.loads(workspace.read(FILE))["findings"] == []
    assert workspace.lint("baseline", "check").returncode == 0


def test_a_fix_leaves_its_entry_stale(workspace: Workspace) -> None:
    (entry,) = json.loads(workspace.read(FILE))["findings"]
    assert workspace.lint("check", "--fix").returncode == 0
    done = workspace.lint("check", "--fix", "--baseline", FILE)
    assert done.stderr.count("1 entry matches no finding any more") == 1
    assert entry["code"] not in workspace.read("app.py")


def test_a_file_that_is_gone_leaves_its_entries_stale(workspace: Workspace) -> None:
    (workspace.folder / "app.py").unlink()
    assert workspace.lint("baseline", "check").returncode == 1


def test_a_file_that_cannot_be_read_makes_no_entry_stale(workspace: Workspace) -> None:
    before = workspace.read(FILE)
    workspace.write("app.py", "def old(:\n")
    for command in ("check", "prune"):
        done = workspace.lint("baseline", command)
        assert done.returncode == 2
        assert "app.py:1:10: LG000" in done.stderr
    assert workspace.lint("baseline", "create", "--force").returncode == 2
    assert workspace.read(FILE) == before
    done = workspace.lint("check", "--baseline", FILE)
    assert done.returncode == 2
    assert done.stderr == ""


def test_a_baseline_is_not_replaced_unasked(workspace: Workspace) -> None:
    workspace.append("app.py", BAD_ROUTE)
    done = workspace.lint("baseline", "create")
    assert done.returncode == 2
    assert f"{FILE} exists" in done.stderr
    assert workspace.lint("baseline", "create", "--force").returncode == 0
    assert workspace.found("--baseline", FILE) == []


def test_paths_start_at_the_folder_of_the_baseline(workspace: Workspace, tmp_path: Path) -> None:
    nowhere = Workspace(tmp_path)
    file = str(workspace.folder / FILE)
    assert nowhere.found("--baseline", file, str(workspace.folder)) == []
    below = workspace.folder / "ci" / "accepted.json"
    below.parent.mkdir()
    assert nowhere.lint("baseline", "create", "--file", str(below), "repository").returncode == 0
    assert json.loads(below.read_text())["findings"][0]["path"] == "../app.py"
    assert workspace.found("--baseline", "ci/accepted.json") == []


def test_together_with_what_has_changed(workspace: Workspace) -> None:
    workspace.append("app.py", BAD_ROUTE)
    workspace.commit("A route")
    workspace.append("app.py", GOOD_ROUTE.replace("def new", "async def newest"))
    both = ["--baseline", FILE, "--diff-base", "HEAD"]
    assert workspace.found(*both) == ["app.py:20 LG101"]
    done = workspace.lint("check", *both)
    assert "1 in the baseline, 1 outside of the changes." in done.stdout


def test_the_file_keeps_its_mode_and_leaves_no_draft(workspace: Workspace) -> None:
    file = workspace.folder / FILE
    file.chmod(0o640)
    before = sorted(workspace.folder.iterdir())
    assert workspace.lint("baseline", "create", "--force").returncode == 0
    assert file.stat().st_mode & 0o777 == 0o640
    assert sorted(workspace.folder.iterdir()) == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not a baseline: Expecting value"),
        ("[]", "not a baseline of version 1"),
        ('{"version": 2, "findings": []}', "not a baseline of version 1"),
        ('{"version": 1}', "an entry lacks 'findings'"),
        ('{"version": 1, "findings": [{"rule": "LG101"}]}', "an entry lacks 'path'"),
        ('{"version": 1, "findings": [3]}', "not a baseline"),
    ],
)
def test_a_file_that_is_no_baseline(workspace: Workspace, text: str, said: str) -> None:
    workspace.write(FILE, text)
    for command in (["check", "--baseline", FILE], ["baseline", "prune"]):
        done = workspace.lint(*command)
        assert done.returncode == 2
        assert done.stdout == ""
        assert said in done.stderr


def test_no_file(workspace: Workspace) -> None:
    done = workspace.lint("check", "--baseline", "nothing.json")
    assert done.returncode == 2
    assert "nothing.json: cannot be read: No such file or directory" in done.stderr


def test_a_long_row_is_told_apart_by_its_hash(workspace: Workspace) -> None:
    long = APP.replace('["answer"]', '["answer"]' + " + question" * 40)
    workspace.write("app.py", IMPORT + long)
    assert workspace.lint("baseline", "create", "--force").returncode == 0
    assert max(len(line) for line in workspace.read(FILE).splitlines()) < 330
    assert workspace.found("--baseline", FILE) == []
    workspace.write("app.py", IMPORT + long.rstrip() + " + app.title\n")
    assert workspace.found("--baseline", FILE) == ["app.py:10 LG101"]
