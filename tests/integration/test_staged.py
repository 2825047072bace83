"""`--staged`: what the next commit changes, whatever else lies in the folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from workspace import BAD_ROUTE, GOOD_ROUTE, Workspace

NAMES = "def short(text: str) -> str:\n    return text[:9]\n"
SLEEPS = "import time\n\n\ndef short(text: str) -> str:\n    time.sleep(3)\n    return text[:9]\n"
HELPER = "import names\n\n\ndef cut(text: str) -> str:\n    return names.short(text)\n"
ROUTE = """

@app.get("/cut")
async def cut(question: str) -> str:
    return helper.cut(question)
"""
LATER = "\n\nLIMIT = 3\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A route that calls a helper that calls another; and an old route that is bad."""
    workspace = Workspace.make(tmp_path / "application")
    workspace.write("names.py", NAMES)
    workspace.write("helper.py", HELPER)
    workspace.write("app.py", "import helper\n" + workspace.read("app.py") + ROUTE)
    workspace.commit("More")
    return workspace


CUT = "app.py:16 LG103"


def test_nothing_is_staged(workspace: Workspace) -> None:
    workspace.write("names.py", SLEEPS)
    assert workspace.found("--staged") == []
    done = workspace.lint("check", "--staged")
    assert "1 outside of the changes" in done.stdout


def test_the_finding_is_in_another_file(workspace: Workspace) -> None:
    workspace.write("names.py", SLEEPS)
    workspace.git("add", "names.py")
    assert workspace.found("--staged") == [CUT]


def test_what_is_staged_counts_not_what_the_folder_holds(workspace: Workspace) -> None:
    workspace.write("names.py", SLEEPS)
    workspace.git("add", "names.py")
    workspace.write("names.py", NAMES)
    assert workspace.found("--staged") == [CUT], "mended, and not staged again"
    (workspace.folder / "names.py").unlink()
    assert workspace.found("--staged") == [CUT], "gone, and yet in the commit"
    workspace.write("names.py", NAMES + LATER)
    workspace.git("add", "names.py")
    workspace.write("names.py", SLEEPS)
    assert workspace.found("--staged") == [], "broken, and not staged"


def test_a_part_of_a_file_is_staged(workspace: Workspace) -> None:
    """Rows are those of what is staged, though others stand before them by now."""
    workspace.append("app.py", BAD_ROUTE)
    workspace.git("add", "app.py")
    workspace.write("app.py", "# A comment\n" * 9 + workspace.read("app.py") + BAD_ROUTE)
    done = workspace.lint("check", "--staged")
    assert "app.py:21:12" in done.stdout
    assert "return reply(question)" in done.stdout
    assert "Found 1 finding " in done.stdout


def test_files_that_git_does_not_know(workspace: Workspace) -> None:
    workspace.write("scratch.py", workspace.read("app.py"))
    workspace.write("names.py", SLEEPS)
    workspace.git("add", "names.py")
    assert workspace.found("--staged") == [CUT]
    workspace.git("add", "scratch.py")
    assert workspace.found("--staged") == [CUT, "scratch.py:11 LG101", "scratch.py:16 LG103"]


def test_a_file_that_git_shall_forget(workspace: Workspace) -> None:
    workspace.write("names.py", SLEEPS)
    workspace.git("add", "names.py")
    workspace.git("rm", "--quiet", "--cached", "app.py")
    assert workspace.found("--staged") == []


def test_moves(workspace: Workspace) -> None:
    workspace.git("mv", "app.py", "main.py")
    assert workspace.found("--staged") == []
    workspace.append("main.py", BAD_ROUTE)
    workspace.git("add", "main.py")
    assert workspace.found("--staged") == ["main.py:21 LG101"]
    workspace.commit("Moved")
    (workspace.folder / "web").mkdir()
    workspace.git("mv", "names.py", "short.py")
    workspace.write("helper.py", HELPER.replace("names", "short"))
    workspace.write("short.py", SLEEPS)
    workspace.git("add", "--all")
    assert workspace.found("--staged") == ["main.py:16 LG103"]


def test_lines_that_go(workspace: Workspace) -> None:
    workspace.write(
        "names.py", SLEEPS.replace("    time", "    if text:\n        return text\n    time")
    )
    workspace.commit("Slow")
    workspace.write("names.py", SLEEPS)
    workspace.git("add", "--all")
    assert workspace.found("--staged") == [], "no place that is told has changed"


def test_the_first_commit(tmp_path: Path, workspace: Workspace) -> None:
    workspace.git("update-ref", "-d", "HEAD")
    assert workspace.found("--staged") == ["app.py:11 LG101"]
    bare = Workspace(tmp_path / "empty")
    bare.folder.mkdir()
    bare.git("init", "--quiet")
    assert bare.found("--staged") == []
    bare.write("app.py", "import time\n")
    assert bare.found("--staged") == []


def test_a_merge_is_told_of_what_neither_side_has(workspace: Workspace) -> None:
    """One side makes the helper slow, the other calls it: both are good, and the merge is not."""
    workspace.write("app.py", workspace.read("app.py").replace(ROUTE, ""))
    workspace.commit("No route")
    workspace.git("switch", "--quiet", "-c", "side")
    workspace.write("names.py", SLEEPS)
    workspace.append("service.py", BAD_ROUTE.replace("@app", "# @app"))
    workspace.write("other.py", workspace.read("app.py"))
    workspace.commit("A slow helper, and a bad route of its own")
    workspace.git("switch", "--quiet", "main")
    workspace.append("app.py", ROUTE)
    workspace.commit("A route")
    workspace.git("merge", "--no-commit", "--no-ff", "side")
    assert workspace.found("--staged") == [CUT]
    workspace.append("app.py", GOOD_ROUTE)
    workspace.git("add", "app.py")
    assert workspace.found("--staged") == [CUT]


def test_a_worktree_and_a_folder_of_it(tmp_path: Path, workspace: Workspace) -> None:
    beside = Workspace(tmp_path / "beside")
    workspace.git("worktree", "add", "--quiet", "-b", "other", str(beside.folder))
    workspace.write("names.py", SLEEPS)
    workspace.git("add", "names.py")
    assert beside.found("--staged") == []
    beside.write("part/names.py", SLEEPS)
    beside.write("part/helper.py", HELPER)
    beside.write("part/graph.py", beside.read("graph.py"))
    beside.write("part/service.py", beside.read("service.py"))
    beside.write("part/app.py", beside.read("app.py"))
    beside.git("add", "part")
    inside = Workspace(beside.folder / "part")
    assert inside.found("--staged") == ["app.py:11 LG101", CUT]
    assert beside.found("--staged", "part") == [f"part/{each}" for each in ("app.py:11 LG101", CUT)]


def test_a_submodule_is_not_of_the_commit(tmp_path: Path, workspace: Workspace) -> None:
    lib = Workspace.make(tmp_path / "lib", {"names.py": NAMES})
    workspace.git("rm", "--quiet", "names.py")
    allowed = ("-c", "protocol.file.allow=always")
    workspace.git(*allowed, "submodule", "--quiet", "add", str(lib.folder), "lib")
    workspace.write("helper.py", HELPER.replace("import names", "from lib import names"))
    workspace.commit("A submodule")
    workspace.write("lib/names.py", SLEEPS)
    assert workspace.found("--staged") == []
    workspace.append("helper.py", LATER)
    workspace.git("add", "helper.py")
    assert workspace.found("--staged") == [], "a step in the submodule, none in what is staged"
    workspace.write(
        "helper.py",
        workspace.read("helper.py").replace("names.short(text)", "names.short(text + '')"),
    )
    workspace.git("add", "helper.py")
    assert workspace.found("--staged") == [CUT]


def test_the_index_that_git_names(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it does to its hooks in `git commit FILE`; one of another repository does not count."""
    workspace.write("names.py", SLEEPS)
    own = workspace.folder / ".git" / "next-index"
    own.write_bytes((workspace.folder / ".git" / "index").read_bytes())
    workspace.run("git", "add", "names.py", GIT_INDEX_FILE=str(own), check=True)
    assert workspace.found("--staged") == []
    real = Workspace.environment

    def told(path: str) -> list[str]:
        monkeypatch.setattr(
            Workspace, "environment", lambda self: {**real(self), "GIT_INDEX_FILE": path}
        )
        found = workspace.found("--staged")
        monkeypatch.setattr(Workspace, "environment", real)
        return found

    assert told(str(own)) == [CUT]
    assert told(os.path.join(".git", "next-index")) == [CUT]
    outside = workspace.folder.parent / "next-index"
    outside.write_bytes(own.read_bytes())
    assert told(str(outside)) == []


def test_without_a_repository(tmp_path: Path) -> None:
    done = Workspace(tmp_path).lint("check", "--staged")
    assert done.returncode == 2
    assert "--staged: " in done.stderr


def test_a_place_that_shares_its_cause_with_others(workspace: Workspace) -> None:
    """It is told there where the commit changes something."""
    routes = "".join(
        ROUTE.replace("def cut", f"def cut_{at}").replace("/cut", f"/{at}") for at in "abcde"
    )
    workspace.append("app.py", routes)
    workspace.write("names.py", SLEEPS)
    workspace.commit("Slow, in six routes")
    assert workspace.found("--staged") == []
    changed = workspace.read("app.py")
    at = changed.rindex("helper.cut(question)")
    workspace.write("app.py", f"{changed[:at]}helper.cut(question.strip())\n")
    workspace.git("add", "app.py")
    assert workspace.found("--staged") == ["app.py:41 LG103"]
    workspace.commit("One of them")
    workspace.write("names.py", SLEEPS.replace("3", "4"))
    workspace.git("add", "names.py")
    assert len(workspace.found("--staged")) == 1
