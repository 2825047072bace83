"""The hooks, run by pre-commit itself in a repository that commits with them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from workspace import BAD_ROUTE, GOOD_ROUTE, GRAPH, SERVICE, Workspace

PROJECT = Path(__file__).parents[2]
PACKAGE = ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml", "src")

APP = """\
from fastapi import FastAPI
from service import reply

app = FastAPI()
"""


DIRECT_ROUTE = """

from graph import graph


@app.get("/direct")
async def direct(question: str) -> dict:
    return graph.invoke({"question": question})
"""


class Hooked:
    """An application that commits through hooks."""

    def __init__(self, workspace: Workspace, home: Path) -> None:
        self.workspace = workspace
        self.home = str(home)

    def pre_commit(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = (sys.executable, "-m", "pre_commit", *arguments)
        return self.workspace.run(*command, PRE_COMMIT_HOME=self.home, PRE_COMMIT_COLOR="never")

    def commit(self, *files: str) -> subprocess.CompletedProcess[str]:
        self.workspace.git("add", *files)
        return self.workspace.run(
            *("git", "commit", "--message", "A change"),
            PRE_COMMIT_HOME=self.home,
            PRE_COMMIT_COLOR="never",
        )


@pytest.fixture(scope="session")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The project as a repository that offers hooks, from the files as they are now."""
    folder = tmp_path_factory.mktemp("hooks")
    for name in PACKAGE:
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    return Workspace.make(folder, {})


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps the environment of the hooks, which is built but once."""
    return tmp_path_factory.mktemp("pre-commit")


def make(
    folder: Path, hooks: Workspace, home: Path, hook: str, options: str = "", settings: str = ""
) -> Hooked:
    revision = hooks.git("rev-parse", "HEAD").stdout.strip()
    config = f"""\
repos:
  - repo: {hooks.folder}
    rev: {revision}
    hooks:
      - id: {hook}
{options}"""
    files = {
        ".pre-commit-config.yaml": config,
        "graph.py": GRAPH,
        "service.py": SERVICE,
        "app.py": APP,
        "lg-lint.toml": settings,
    }
    hooked = Hooked(Workspace.make(folder / "repository", files), home)
    installed = hooked.pre_commit("install")
    assert installed.returncode == 0, installed.stdout + installed.stderr
    return hooked


def test_the_manifest_is_valid() -> None:
    done = Workspace(PROJECT).run(
        sys.executable, "-m", "pre_commit", "validate-manifest", ".pre-commit-hooks.yaml"
    )
    assert done.returncode == 0, done.stdout


def test_a_commit_is_refused_mended_and_made(tmp_path: Path, hooks: Workspace, home: Path) -> None:
    """The cause lies in modules that are not staged."""
    hooked = make(tmp_path, hooks, home, "lg-lint-files")
    workspace = hooked.workspace
    before = workspace.git("rev-parse", "HEAD").stdout
    workspace.append("app.py", BAD_ROUTE)
    refused = hooked.commit("app.py")
    said = refused.stdout + refused.stderr
    assert refused.returncode == 1, said
    assert "- exit code: 1" in said
    assert "app.py:9:12" in said
    assert "service.py:5:12  graph.invoke() runs here" in said
    assert workspace.git("rev-parse", "HEAD").stdout == before

    workspace.write("app.py", APP + GOOD_ROUTE)
    made = hooked.commit("app.py")
    assert made.returncode == 0, made.stdout + made.stderr
    assert workspace.git("rev-parse", "HEAD").stdout != before


def test_only_staged_files_are_reported(tmp_path: Path, hooks: Workspace, home: Path) -> None:
    hooked = make(tmp_path, hooks, home, "lg-lint-files")
    hooked.workspace.append("app.py", BAD_ROUTE)
    hooked.workspace.commit("A bad route, past the hooks")
    hooked.workspace.append("service.py", "\n\nLIMIT = 3\n")
    made = hooked.commit("service.py")
    assert made.returncode == 0, made.stdout + made.stderr


def test_excluded_files_are_left_out(tmp_path: Path, hooks: Workspace, home: Path) -> None:
    """pre-commit names files that the settings exclude."""
    settings = 'extend-exclude = ["legacy"]\n'
    hooked = make(tmp_path, hooks, home, "lg-lint-files", settings=settings)
    for name in ("legacy/app.py", "current/app.py"):
        hooked.workspace.write(name, APP + BAD_ROUTE)
    made = hooked.commit("legacy/app.py")
    assert made.returncode == 0, made.stdout + made.stderr
    refused = hooked.commit("current/app.py")
    assert refused.returncode == 1, refused.stdout + refused.stderr


def test_the_exclude_of_pre_commit(tmp_path: Path, hooks: Workspace, home: Path) -> None:
    hooked = make(tmp_path, hooks, home, "lg-lint-files", options="        exclude: ^legacy/\n")
    hooked.workspace.write("legacy/app.py", APP + BAD_ROUTE)
    made = hooked.commit("legacy/app.py")
    assert made.returncode == 0, made.stdout + made.stderr
    assert "(no files to check)Skipped" in made.stdout + made.stderr


def test_arguments_are_passed_on(tmp_path: Path, hooks: Workspace, home: Path) -> None:
    options = '        args: ["--ignore", "LG101"]\n'
    hooked = make(tmp_path, hooks, home, "lg-lint-files", options=options)
    hooked.workspace.append("app.py", BAD_ROUTE)
    made = hooked.commit("app.py")
    assert made.returncode == 0, made.stdout + made.stderr


def test_what_can_be_fixed_is_fixed_and_staged_again(
    tmp_path: Path, hooks: Workspace, home: Path
) -> None:
    hooked = make(tmp_path, hooks, home, "lg-lint-fix")
    workspace = hooked.workspace
    workspace.append("app.py", DIRECT_ROUTE)
    refused = hooked.commit("app.py")
    said = refused.stdout + refused.stderr
    assert refused.returncode == 1, said
    assert "files were modified by this hook" in said
    assert "await graph.ainvoke(" in workspace.read("app.py")
    made = hooked.commit("app.py")
    assert made.returncode == 0, made.stdout + made.stderr
    assert workspace.git("status", "--porcelain").stdout == ""


def test_old_findings_of_a_staged_file_stay_silent(
    tmp_path: Path, hooks: Workspace, home: Path
) -> None:
    options = "        args: [--diff-base, HEAD]\n"
    hooked = make(tmp_path, hooks, home, "lg-lint-files", options=options)
    hooked.workspace.append("app.py", DIRECT_ROUTE)
    hooked.workspace.commit("A bad route, past the hooks")
    hooked.workspace.append("app.py", GOOD_ROUTE)
    made = hooked.commit("app.py")
    assert made.returncode == 0, made.stdout + made.stderr
    hooked.workspace.append("app.py", BAD_ROUTE.replace("new", "newer"))
    refused = hooked.commit("app.py")
    assert refused.returncode == 1
    assert "Found 1 finding " in refused.stdout + refused.stderr


def test_the_whole_project_is_reported(tmp_path: Path, hooks: Workspace, home: Path) -> None:
    hooked = make(tmp_path, hooks, home, "lg-lint-project")
    hooked.workspace.append("app.py", BAD_ROUTE)
    hooked.workspace.commit("A bad route, past the hooks")
    hooked.workspace.append("service.py", "\n\nLIMIT = 3\n")
    refused = hooked.commit("service.py")
    assert refused.returncode == 1
    assert "app.py:9:12" in refused.stdout + refused.stderr


# --- what the commit changes ---------------------------------------------------------------

NAMES = """\
import names


def reply(question: str) -> str:
    return names.short(question)
"""
PURE = "def short(text: str) -> str:\n    return text[:9]\n"
SLEEPS = "import time\n\n\ndef short(text: str) -> str:\n    time.sleep(3)\n    return text[:9]\n"


@pytest.fixture
def staged(tmp_path: Path, hooks: Workspace, home: Path) -> Hooked:
    """A route calls a helper that calls another, which does no harm; and one that does, of old."""
    hooked = make(tmp_path, hooks, home, "lg-lint")
    workspace = hooked.workspace
    workspace.write("names.py", PURE)
    workspace.write("helper.py", NAMES)
    old = BAD_ROUTE.replace("new", "old")
    route = BAD_ROUTE.replace("return reply", "return helper.reply")
    workspace.write(
        "app.py", APP.replace("from service", "import helper\nfrom service") + old + route
    )
    workspace.write("graph.py", GRAPH)
    workspace.commit("A route that is old and bad, past the hooks")
    return hooked


def said(done: subprocess.CompletedProcess[str]) -> str:
    return done.stdout + done.stderr


def test_the_commit_that_breaks_another_file_is_refused(staged: Hooked) -> None:
    """The finding is in app.py, which is not staged; what is old there is not told."""
    staged.workspace.write("names.py", SLEEPS)
    refused = staged.commit("names.py")
    assert refused.returncode == 1, said(refused)
    assert "app.py:15:12" in said(refused)
    assert "names.py:5:5" in said(refused)
    assert "Found 1 finding " in said(refused)
    staged.workspace.write("names.py", PURE.replace("9", "8"))
    made = staged.commit("names.py")
    assert made.returncode == 0, said(made)


def test_what_is_not_staged_does_not_count(staged: Hooked) -> None:
    """Neither edits that stay behind, in the same file or in others, nor files unknown to git."""
    workspace = staged.workspace
    workspace.write("names.py", SLEEPS)
    workspace.write("scratch.py", APP + BAD_ROUTE)
    workspace.append("helper.py", "\n\nLIMIT = 3\n")
    made = staged.commit("helper.py")
    assert made.returncode == 0, said(made)
    assert workspace.read("names.py") == SLEEPS


def test_old_findings_of_a_staged_file_are_not_told(staged: Hooked) -> None:
    staged.workspace.append("app.py", "\n\nLIMIT = 3\n")
    made = staged.commit("app.py")
    assert made.returncode == 0, said(made)


def test_a_file_that_moves_is_not_new(staged: Hooked) -> None:
    staged.workspace.git("mv", "app.py", "main.py")
    made = staged.commit("main.py")
    assert made.returncode == 0, said(made)


def test_the_first_commit_is_told_of_as_a_whole(
    tmp_path: Path, hooks: Workspace, home: Path
) -> None:
    hooked = make(tmp_path, hooks, home, "lg-lint")
    workspace = hooked.workspace
    workspace.append("app.py", BAD_ROUTE)
    workspace.git("update-ref", "-d", "HEAD")
    refused = hooked.commit(".")
    assert refused.returncode == 1, said(refused)
    assert "app.py:9:12" in said(refused)


def test_without_anything_staged_all_files_are_told_of(staged: Hooked) -> None:
    """As where a server runs the hooks, or somebody does by hand."""
    done = staged.pre_commit("run", "--all-files")
    assert done.returncode == 1, said(done)
    assert "app.py:10:12" in said(done)
    assert staged.pre_commit("run").returncode == 0
    staged.workspace.git("commit", "--quiet", "--allow-empty", "--no-verify", "-m", "Nothing")
    refs = ("--from-ref", "HEAD~1", "--to-ref", "HEAD")
    assert staged.pre_commit("run", *refs).returncode == 0
    staged.workspace.write("names.py", SLEEPS)
    staged.workspace.commit("Past the hooks")
    done = staged.pre_commit("run", *refs)
    assert done.returncode == 1, said(done)
    assert "Found 1 finding " in said(done)


def test_a_commit_with_paths_has_an_index_of_its_own(staged: Hooked) -> None:
    """`git commit FILE` leaves out what else is staged."""
    workspace = staged.workspace
    workspace.write("names.py", SLEEPS)
    workspace.git("add", "names.py")
    workspace.append("helper.py", "\n\nLIMIT = 3\n")
    environment = {"PRE_COMMIT_HOME": staged.home, "PRE_COMMIT_COLOR": "never"}
    made = workspace.run("git", "commit", "-m", "One file", "helper.py", **environment)
    assert made.returncode == 0, said(made)
    refused = workspace.run("git", "commit", "-m", "The rest", **environment)
    assert refused.returncode == 1, said(refused)
    refused = workspace.run("git", "commit", "-a", "-m", "The rest", **environment)
    assert refused.returncode == 1, said(refused)


def test_a_worktree_and_a_project_in_a_folder(tmp_path: Path, hooks: Workspace, home: Path) -> None:
    """The settings file of the folder decides there, also for a hook that starts above it."""
    hooked = make(tmp_path, hooks, home, "lg-lint")
    workspace = hooked.workspace
    for name in ("graph.py", "service.py", "app.py"):
        workspace.git("mv", name, f"x-{name}")
        workspace.write(f"backend/{name}", workspace.read(f"x-{name}"))
        workspace.git("rm", "--quiet", "--force", "--cached", f"x-{name}")
        (workspace.folder / f"x-{name}").unlink()
    workspace.append("backend/app.py", BAD_ROUTE)
    workspace.write("backend/service.py", "import graph\n" + NAMES)
    workspace.write("backend/names.py", PURE)
    workspace.write("backend/lg-lint.toml", 'ignore = ["LG101"]\n')
    workspace.commit("In a folder")
    beside = tmp_path / "beside"
    workspace.git("worktree", "add", "--quiet", "-b", "other", str(beside))
    elsewhere = Hooked(Workspace(beside), str(home))
    elsewhere.workspace.write("backend/names.py", SLEEPS)
    refused = elsewhere.commit("backend/names.py")
    assert refused.returncode == 1, said(refused)
    assert "backend/app.py:9:12" in said(refused)
    elsewhere.workspace.write("backend/lg-lint.toml", 'ignore = ["LG103"]\n')
    made = elsewhere.commit("backend")
    assert made.returncode == 0, said(made)
