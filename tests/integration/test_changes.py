"""`--diff-base`: only what a branch has changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from workspace import APP, BAD_ROUTE, GRAPH, IMPORT, Workspace

OLD = "app.py:10 LG101"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.make(tmp_path / "repository")


def test_nothing_has_changed(workspace: Workspace) -> None:
    assert workspace.found(".") == [OLD]
    done = workspace.lint("check", "--diff-base", "main")
    assert done.returncode == 0
    assert (
        done.stdout == "All clear; 1 outside of the changes.\n3 files: 1 graph, 1 background run.\n"
    )


def test_a_branch_that_adds_a_route(workspace: Workspace) -> None:
    """The cause lies in files that the branch leaves alone, and the old finding stays unsaid."""
    workspace.git("switch", "--quiet", "--create", "topic")
    workspace.append("app.py", BAD_ROUTE)
    assert workspace.found("--diff-base", "main") == ["app.py:15 LG101"]
    workspace.git("add", "app.py")
    assert workspace.found("--diff-base", "main") == ["app.py:15 LG101"]
    workspace.commit("A route")
    assert workspace.found("--diff-base", "main") == ["app.py:15 LG101"]
    assert workspace.found("--diff-base", "HEAD") == []
    assert workspace.found("--diff-base", "main", "service.py") == []


def test_a_changed_step_of_the_trace_counts(workspace: Workspace) -> None:
    """A helper that turns bad makes routes bad that nobody touched."""
    workspace.append("app.py", BAD_ROUTE)
    workspace.write("service.py", "def reply(question: str) -> str:\n    return question\n")
    workspace.commit("A helper without a graph")
    assert workspace.found("--diff-base", "HEAD") == []
    workspace.write(
        "service.py",
        "from graph import graph\n\n\ndef reply(question: str) -> str:\n"
        '    return graph.invoke({"question": question})["answer"]\n',
    )
    assert workspace.found("--diff-base", "HEAD") == ["app.py:15 LG101"]


def test_what_the_base_did_later_is_no_change(workspace: Workspace) -> None:
    workspace.git("switch", "--quiet", "--create", "topic")
    workspace.append("graph.py", "\n\nLIMIT = 3\n")
    workspace.commit("A limit")
    workspace.git("switch", "--quiet", "main")
    workspace.write("app.py", IMPORT + APP.replace("question: str", "question: str = 'Why?'"))
    workspace.commit("A default")
    workspace.git("switch", "--quiet", "topic")
    assert workspace.found("--diff-base", "main") == []


def test_files_that_git_does_not_know_yet_are_changed(workspace: Workspace) -> None:
    workspace.write("ünï cödé.py", IMPORT + APP)
    workspace.write(".gitignore", "ignored.py\n")
    workspace.write("ignored.py", IMPORT + APP)
    workspace.write("more/routes.py", IMPORT + APP)
    assert workspace.found("--diff-base", "HEAD") == [
        "more/routes.py:10 LG101",
        "ünï cödé.py:10 LG101",
    ]


@pytest.mark.parametrize(
    "name", ["plain.py", "größe.py", 'quo"te.py', "tab\tbed.py", "back\\slash.py", "+++ b.py"]
)
def test_files_of_any_name(workspace: Workspace, name: str) -> None:
    from lg_lint.run.changes import changes_since

    workspace.write(name, "a = 1\n")
    workspace.commit("A name")
    workspace.write(name, "++ b/x = 2\na = 1\n")
    assert changes_since("HEAD", workspace.folder).rows == {
        str(workspace.folder.resolve() / name): [range(1, 2)]
    }


@pytest.mark.parametrize("name", ["plain.py", "this and that.py", "größe.py", 'quo"te.py'])
def test_a_file_that_git_takes_for_binary_has_changed(workspace: Workspace, name: str) -> None:
    from lg_lint.run.changes import changes_since

    workspace.write(".gitattributes", "* -diff\n")
    workspace.write(name, "a = 1\n")
    workspace.commit("A name")
    workspace.write(name, "a = 2\n")
    assert changes_since("HEAD", workspace.folder).rows == {
        str(workspace.folder.resolve() / name): None
    }


def test_rows_of_every_kind_of_hunk(workspace: Workspace) -> None:
    from lg_lint.run.changes import changes_since

    workspace.write("rows.py", "".join(f"{number}\n" for number in range(1, 21)))
    workspace.commit("Rows")
    rows = [f"{number}\n" for number in range(1, 21)]
    rows[2:3] = ["changed\n", "and\n", "longer\n"]
    del rows[9:12]
    rows[-1] = "++ b/last, without an end"
    workspace.write("rows.py", "".join(rows))
    found = changes_since("HEAD", workspace.folder).rows
    assert found == {
        str(workspace.folder.resolve() / "rows.py"): [range(3, 6), range(10, 10), range(19, 20)]
    }


def test_rows_removed_within_a_call_change_it(workspace: Workspace) -> None:
    call = 'graph.invoke(\n        {"question": question},\n        None,\n    )'
    workspace.write("app.py", (IMPORT + APP).replace('graph.invoke({"question": question})', call))
    workspace.commit("A long call")
    assert workspace.found("--diff-base", "HEAD") == []
    workspace.write("app.py", workspace.read("app.py").replace("        None,\n", ""))
    assert workspace.found("--diff-base", "HEAD") == [OLD]


def test_a_renamed_file_is_not_changed(workspace: Workspace) -> None:
    workspace.git("mv", "app.py", "main.py")
    assert workspace.found("--diff-base", "HEAD") == []
    workspace.append("main.py", BAD_ROUTE)
    assert workspace.found("--diff-base", "HEAD") == ["main.py:15 LG101"]


def test_from_a_folder_below_and_with_odd_git_settings(workspace: Workspace) -> None:
    for key, value in {
        "color.ui": "always",
        "core.fsmonitor": "false; touch hooked",
        "diff.external": "touch hooked",
        "diff.interHunkContext": "50",
        "diff.mnemonicPrefix": "true",
        "diff.noprefix": "true",
        "diff.relative": "true",
        "diff.context": "9",
    }.items():
        workspace.git("config", key, value)
    workspace.append("app.py", BAD_ROUTE)
    below = Workspace(workspace.folder / "below")
    below.folder.mkdir()
    assert workspace.found("--diff-base", "HEAD") == ["app.py:15 LG101"]
    assert below.found("--diff-base", "HEAD", "..") == [
        f"{workspace.folder.resolve() / 'app.py'}:15 LG101"
    ]
    assert not list(workspace.folder.rglob("hooked"))


def test_what_git_tells_a_hook_about_itself(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hook that works in a folder below is told of the repository by a relative path."""
    from lg_lint.run.changes import changes_since

    below = workspace.folder / "below"
    below.mkdir()
    workspace.append("app.py", BAD_ROUTE)
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next-index")
    assert list(changes_since("HEAD", below).rows) == [str(workspace.folder.resolve() / "app.py")]


def test_lines_are_counted_anew_after_files_were_written(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fix that adds an import moves what it leaves."""
    from lg_lint.cli.check import check
    from lg_lint.cli.narrowing import Narrowing
    from lg_lint.cli.options import CheckOptions
    from lg_lint.run.check import lint

    monkeypatch.chdir(workspace.folder)
    workspace.append("app.py", BAD_ROUTE)
    options = CheckOptions(**check.make_context("check", ["--diff-base", "HEAD"]).params)
    settings = options.settings()
    narrowing = Narrowing.wanted(options, settings)
    for moved in (0, 20):
        workspace.write("app.py", "import asyncio\n" * moved + workspace.read("app.py"))
        report = lint(options.targets(), settings)
        narrowing.apply(report)
        assert [finding.place.row for finding in report.findings] == [15 + moved]
        assert report.unchanged == 1


@pytest.mark.parametrize(
    ("revision", "said"),
    [
        ("nowhere", 'there is no revision "nowhere" here'),
        ("--output=x", 'there is no revision "--output=x" here'),
        ("", 'there is no revision "" here'),
        ("orphan", '"orphan" and HEAD have no common ancestor here'),
    ],
)
def test_a_revision_that_does_not_help(workspace: Workspace, revision: str, said: str) -> None:
    workspace.git("switch", "--quiet", "--orphan", "orphan")
    workspace.write("graph.py", GRAPH)
    workspace.commit("Another beginning")
    workspace.git("switch", "--quiet", "main")
    done = workspace.lint("check", f"--diff-base={revision}")
    assert done.returncode == 2
    assert done.stdout == ""
    assert said in done.stderr
    assert not (workspace.folder / "x").exists()


def test_no_repository(tmp_path: Path) -> None:
    done = Workspace(tmp_path).lint("check", "--diff-base", "main")
    assert done.returncode == 2
    assert "--diff-base: fatal: not a git repository" in done.stderr


def test_no_git(workspace: Workspace) -> None:
    import sys

    done = workspace.run(sys.executable, "-m", "lg_lint", "--diff-base", "main", PATH="/nowhere")
    assert done.returncode == 2
    assert "git cannot be run" in done.stderr
