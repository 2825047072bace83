"""Which files are found, reported and taken for test code, on real folders."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lg_lint.settings import Settings, load
from lg_lint.sources.discovery import Discovery, discover


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "tests" / "project"  # a project below a folder called tests
    root.mkdir(parents=True)
    (root / "pyproject.toml").write_text("")
    return root


def write(root: Path, *names: str, text: str = "") -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def names(found: Discovery, *, reported: bool | None = None) -> list[str]:
    return [
        Path(file.path).relative_to(found.root).as_posix()
        for file in found.files
        if reported is None or file.reported == reported
    ]


def marked_tests(found: Discovery) -> list[str]:
    return [Path(f.path).relative_to(found.root).as_posix() for f in found.files if f.is_test]


def test_the_whole_project_is_found_and_the_named_folder_reported(project: Path) -> None:
    write(project, "src/app.py", "src/stubs.pyi", "src/book.ipynb", "lib/helper.py", "src/x.txt")
    found = discover([project / "src"], Settings())
    assert found.root == str(project)
    assert names(found) == ["lib/helper.py", "src/app.py", "src/book.ipynb", "src/stubs.pyi"]
    assert names(found, reported=False) == ["lib/helper.py"]
    assert found.problems == []


def test_root_is_the_nearest_marked_folder_above_all_paths(project: Path) -> None:
    write(project, "one/setup.py", "one/a.py", "two/b.py")
    assert discover([project / "one/a.py"], Settings()).root == str(project / "one")
    assert discover([project / "one", project / "two"], Settings()).root == str(project)


def test_without_a_marker_only_named_paths_are_walked(tmp_path: Path) -> None:
    write(tmp_path, "named/a.py", "other/b.py", "c.py", "d.py")
    found = discover([tmp_path / "named", tmp_path / "c.py"], Settings())
    assert found.root == str(tmp_path)
    assert names(found) == ["c.py", "named/a.py"]


def test_the_home_folder_is_no_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    write(tmp_path, "pyproject.toml", "work/a.py", "private/b.py")
    found = discover([tmp_path / "work"], Settings())
    assert found.root == str(tmp_path / "work")
    assert names(found) == ["a.py"]


@pytest.mark.parametrize("name", ["gone.py", "a.py/b.py", "x" * 5000, "nul\0.py"])
def test_a_missing_path_is_a_problem_and_the_rest_is_found(project: Path, name: str) -> None:
    write(project, "a.py")
    found = discover([project / name, project / "a.py"], Settings())
    assert names(found, reported=True) == ["a.py"]
    assert [problem.path for problem in found.problems] == [str(project / name)]


def test_an_unreadable_folder_is_a_problem_where_it_is_reported(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project, "src/a.py", "locked/b.py")
    real = os.scandir

    def scandir(path: str) -> os.ScandirIterator[str]:  # type: ignore[name-defined]
        if os.path.basename(path) == "locked":
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    [problem] = discover([project], Settings()).problems
    assert (problem.path, "Permission denied" in problem.message) == (
        str(project / "locked"),
        True,
    )
    assert discover([project / "src"], Settings()).problems == []


def test_default_excludes_hold_unless_named(project: Path) -> None:
    package = ".venv/lib/python3.12/site-packages/pack/mod.py"
    write(project, "a.py", "build/b.py", "node_modules/c.py", package)
    assert names(discover([project], Settings())) == ["a.py"]
    assert names(discover([project / "build"], Settings())) == ["a.py", "build/b.py"]
    for name in (".venv", ".venv/lib", ".venv/lib/python3.12/site-packages", package):
        assert package in names(discover([project / name], Settings()), reported=True)


def test_a_virtual_environment_by_another_name_is_left_out(project: Path) -> None:
    write(project, "a.py", "env311/pyvenv.cfg", "env311/lib/b.py")
    assert names(discover([project], Settings())) == ["a.py"]
    assert "env311/lib/b.py" in names(discover([project / "env311"], Settings()))


def test_nested_gitignore_files_with_negation(project: Path) -> None:
    write(project, ".gitignore", text="gen/\n*_pb2.py\n/only_here.py\n# note\nkeep_pb2.txt\n")
    write(project, "sub/.gitignore", text="!wanted_pb2.py\nlocal.py\n")
    write(project, "a.py", "only_here.py", "sub/only_here.py", "local.py", "sub/local.py")
    write(project, "x_pb2.py", "sub/x_pb2.py", "sub/wanted_pb2.py", "gen/b.py", "sub/gen/c.py")
    expected = ["a.py", "local.py", "sub/only_here.py", "sub/wanted_pb2.py"]
    assert names(discover([project], Settings())) == expected
    everything = discover([project], Settings(respect_gitignore=False))
    assert len(names(everything)) == 10


@pytest.mark.parametrize(
    "pattern",
    [
        *("a.p[xy]", "a.p[^x]", "a.p[!x]", "\\a.py", "?.py", "*.py", "a*", "a.py   ", "p", "q/"),
        *("**/a.py", "p/**/a.py", "p/**", "p/*", "/p/q/a.py", "/**/q/*", "!a.py\n*.py"),
    ],
)
def test_gitignore_patterns_of_every_form(project: Path, pattern: str) -> None:
    write(project, ".gitignore", text=f"{pattern}\n")
    write(project, "p/q/a.py")
    assert names(discover([project], Settings())) == []


@pytest.mark.parametrize(
    "pattern",
    [
        *("a.py/", "a", ".py", "b.py", "a.p[!y]", "#a.py", "/a.py", "*.PY", "*/a.py"),
        *("*.py\n!a.py", "a.p[[:digit:]]"),
    ],
)
def test_gitignore_patterns_that_name_something_else(project: Path, pattern: str) -> None:
    write(project, ".gitignore", text=f"{pattern}\n")
    write(project, "p/q/a.py")
    assert names(discover([project], Settings())) == ["p/q/a.py"]


def test_a_folder_that_is_ignored_cannot_be_brought_back_from_inside(project: Path) -> None:
    write(project, ".gitignore", text="gen/\n!gen/keep.py\n")
    write(project, "gen/keep.py", "a.py")
    assert names(discover([project], Settings())) == ["a.py"]


def test_gitignore_of_the_repository_above_the_project_holds(tmp_path: Path) -> None:
    (tmp_path / ".git" / "info").mkdir(parents=True)
    write(tmp_path, ".git/info/exclude", text="secret.py\n")
    write(tmp_path, ".gitignore", text="/pack/out/\n*.gen.py\n")
    write(tmp_path, "pack/pyproject.toml", "pack/a.py", "pack/out/b.py", "pack/c.gen.py")
    write(tmp_path, "pack/secret.py")
    found = discover([tmp_path / "pack"], Settings())
    assert names(found) == ["a.py"]


def test_an_ignored_path_that_is_named_is_walked(project: Path) -> None:
    write(project, ".gitignore", text="scratch/\nlone.py\n")
    write(project, "scratch/a.py", "scratch/deep/b.py", "lone.py")
    write(project, "scratch/.gitignore", text="skip.py\n")
    write(project, "scratch/skip.py")
    found = discover([project / "scratch", project / "lone.py"], Settings())
    assert names(found, reported=True) == ["lone.py", "scratch/a.py", "scratch/deep/b.py"]


def test_broken_gitignore_lines_do_no_harm(project: Path) -> None:
    (project / ".gitignore").write_bytes(b"\xff\xfe!\n!\n\\\n[\nfoo\\\n[?-.]\nout.py\n")
    write(project, "a.py", "out.py")
    assert names(discover([project], Settings())) == ["a.py"]


def test_exclude_patterns_start_from_the_settings_file(project: Path) -> None:
    write(project, "a.py", "app/gen/b.py", "gen/c.py", "lib/old.py", "app/old_1.py", "app/d.py")
    write(
        project,
        "pyproject.toml",
        text='[tool.lg-lint]\nextend-exclude = ["app/gen", "old*.py", "/gen/"]\n',
    )
    settings = load(project)
    assert names(discover([project], settings)) == ["a.py", "app/d.py"]
    assert "gen/c.py" in names(discover([project / "gen"], settings), reported=True)


def test_exclude_replaces_the_defaults(project: Path) -> None:
    write(project, "build/a.py", "mine/b.py")
    write(project, "pyproject.toml", text='[tool.lg-lint]\nexclude = ["mine"]\n')
    assert names(discover([project], load(project))) == ["build/a.py"]


def test_a_pattern_speaks_of_what_is_below_the_settings_file_only(tmp_path: Path) -> None:
    write(tmp_path, "gen/app [1]/pyproject.toml", text='[tool.lg-lint]\nextend-exclude=["gen"]\n')
    write(tmp_path, "gen/app [1]/a.py", "gen/app [1]/sub/gen/b.py")
    root = tmp_path / "gen/app [1]"
    assert names(discover([root], load(root))) == ["a.py"]


def test_a_named_file_is_reported_though_excluded_unless_forced(project: Path) -> None:
    write(project, ".gitignore", text="ignored.py\n")
    write(project, "build/a.py", "ignored.py", "b.py", "skip/c.py")
    write(project, "pyproject.toml", text='[tool.lg-lint]\nextend-exclude = ["skip"]\n')
    named = [project / name for name in ("build/a.py", "ignored.py", "b.py", "skip/c.py")]
    found = discover(named, load(project))
    assert names(found, reported=True) == ["b.py", "build/a.py", "ignored.py", "skip/c.py"]
    forced = discover(named, load(project, overrides={"force-exclude": True}))
    assert names(forced) == ["b.py"]


def test_test_code_is_told_from_the_project_root(project: Path) -> None:
    write(project, "app.py", "test_a.py", "b_test.py", "conftest.py", "tests/helper.py")
    write(project, "pkg/test/c.py", "pkg/testing.py", "contest.py")
    found = discover([project], Settings())
    assert marked_tests(found) == [
        "b_test.py",
        "conftest.py",
        "pkg/test/c.py",
        "test_a.py",
        "tests/helper.py",
    ]


@pytest.mark.parametrize("name", ["tests", "tests/unit", "tests/unit/test_a.py"])
def test_named_test_code_is_meant(project: Path, name: str) -> None:
    write(project, "tests/unit/test_a.py", "test_other.py")
    assert marked_tests(discover([project / name], Settings())) == ["test_other.py"]
    forced = discover([project / name], Settings(force_exclude=True))
    assert marked_tests(forced) == ["test_other.py", "tests/unit/test_a.py"]


def test_a_folder_of_tests_without_a_project_is_meant(tmp_path: Path) -> None:
    write(tmp_path, "tests/test_a.py")
    found = discover([tmp_path / "tests"], Settings())
    assert (names(found), marked_tests(found)) == (["test_a.py"], [])


def test_symlink_loops_end_and_real_folders_are_walked_once(project: Path) -> None:
    write(project, "pkg/a.py")
    (project / "pkg/up").symlink_to(project)
    (project / "pkg/self").symlink_to(project / "pkg")
    (project / "alias").symlink_to(project / "pkg")
    (project / "higher").symlink_to(project.parent)
    (project / "dead.py").symlink_to(project / "gone.py")
    assert names(discover([project], Settings())) == ["pkg/a.py"]
    assert names(discover([project / "alias"], Settings()), reported=True) == ["pkg/a.py"]


def test_a_linked_folder_outside_the_project_belongs_to_it(project: Path) -> None:
    write(project.parent, "shared/common.py", "shared/back/d.py")
    (project / "common").symlink_to(project.parent / "shared")
    (project.parent / "shared/loop").symlink_to(project.parent / "shared")
    assert names(discover([project], Settings())) == ["common/back/d.py", "common/common.py"]


def test_a_linked_file_is_reported_under_its_own_name_only(project: Path) -> None:
    write(project, "real.py")
    write(project.parent, "outside.py")
    (project / "alias.py").symlink_to(project / "real.py")
    (project / "from_outside.py").symlink_to(project.parent / "outside.py")
    found = discover([project], Settings())
    assert names(found) == ["alias.py", "from_outside.py", "real.py"]
    assert names(found, reported=False) == ["alias.py"]


def test_folders_and_pipes_named_like_files(project: Path) -> None:
    write(project, "odd.py/inner.py")
    os.mkfifo(project / "pipe.py")
    assert names(discover([project], Settings())) == ["odd.py/inner.py"]
    [problem] = discover([project / "pipe.py"], Settings()).problems
    assert problem.path == str(project / "pipe.py")


def test_named_files_that_are_not_python_are_passed_over(project: Path) -> None:
    write(project, "script", text="#!/usr/bin/env python3\n")
    write(project, "shell", text="#!/bin/sh\n")
    write(project, "nginx.conf")
    named = [project / name for name in ("script", "shell", "nginx.conf")]
    assert names(discover(named, Settings())) == ["script"]


def test_two_runs_agree_and_paths_are_sorted(project: Path) -> None:
    write(project, *(f"{folder}/m{i}.py" for folder in "cab" for i in range(20)))
    first = discover([project], Settings())
    assert names(first) == names(discover([project], Settings()))
    assert names(first) == sorted(names(first))
