"""Every snippet of the usage pages: files are written, commands run, settings and YAML checked."""

from __future__ import annotations

import doctest
import json
import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from workspace import Workspace

from lg_lint.settings import load

PROJECT = Path(__file__).parents[2]
PAGES = sorted((PROJECT / "docs" / "usage").glob("*.md"))
SCRIPTS = Path(sysconfig.get_path("scripts"))
OWN_ACTION = "lg-lint/lg-lint"

FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")


class Snippet(NamedTuple):
    page: Path
    row: int
    language: str
    body: str

    @property
    def id(self) -> str:
        return f"{self.page.stem}-{self.row}-{self.language}"

    @property
    def file(self) -> str:
        """The name in the comment on the first line."""
        return self.body.partition("\n")[0].removeprefix("# ")


def snippets(page: Path) -> list[Snippet]:
    text = page.read_text(encoding="utf-8")
    return [
        Snippet(page, text.count("\n", 0, match.start()) + 1, match["language"], match["body"])
        for match in FENCE.finditer(text)
    ]


ALL = [snippet for page in PAGES for snippet in snippets(page)]
SESSION = {"python", "console", "toml"}
SHELLS = {"sh", "bash", "zsh", "fish", "powershell"}


def of(*languages: str) -> list[object]:
    return [pytest.param(each, id=each.id) for each in ALL if each.language in languages]


def test_no_snippet_goes_unchecked() -> None:
    assert {each.language for each in ALL} <= SESSION | SHELLS | {"yaml", "markdown"}
    assert {page.stem for page in PAGES} == {
        *("README", "agents", "github", "gitlab", "path", "pre-commit", "resolution", "shell")
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_session_goes_as_the_page_says(page: Path, tmp_path: Path) -> None:
    """The files of a page are written and its commands run, from top to bottom."""
    workspace = Workspace(tmp_path / "application")
    workspace.folder.mkdir()
    for snippet in snippets(page):
        if snippet.language in ("python", "toml"):
            workspace.write(snippet.file, snippet.body)
        elif snippet.language == "console":
            for command, expected in commands(snippet.body):
                check_output(command, expected, workspace)


def commands(body: str) -> list[tuple[str, str]]:
    found = []
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        found.append((command, expected))
    return found


def check_output(command: str, expected: str, workspace: Workspace) -> None:
    done = subprocess.run(
        ["bash", "-c", f"{command} 2>&1"],
        cwd=workspace.folder,
        env=environment(workspace.folder),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode in (0, 1), f"$ {command}\n{done.stdout}{done.stderr}"
    checker = doctest.OutputChecker()
    same = checker.check_output(expected, done.stdout, doctest.ELLIPSIS)
    assert same, f"$ {command}\n{done.stdout}"


def environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "HOME": str(folder.parent),
        "LG_LINT_CACHE_DIR": str(folder.parent / "cache"),
        **{f"GIT_{role}_{what}": "a@b.c" for role in ("AUTHOR", "COMMITTER") for what in NAMES},
    }


NAMES = ("NAME", "EMAIL")


@pytest.mark.parametrize("snippet", of("toml"))
def test_settings_are_read(snippet: Snippet, tmp_path: Path) -> None:
    (tmp_path / snippet.file).write_text(snippet.body)
    load(tmp_path)


@pytest.mark.parametrize("snippet", of(*SHELLS))
def test_lines_for_shells_name_commands_that_there_are(snippet: Snippet) -> None:
    if snippet.language in ("sh", "bash", "zsh"):
        subprocess.run(["bash", "-n", "-c", snippet.body], check=True)
    for command in re.findall(r"lg-lint (\w+ \w+)", snippet.body):
        arguments = [sys.executable, "-m", "lg_lint", *command.split()]
        done = subprocess.run(arguments, capture_output=True, encoding="utf-8", check=True)
        assert done.stdout


SCHEMAS = {
    ".gitlab-ci.yml": ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"],
    ".github/workflows/lg-lint.yml": ["--builtin-schema", "vendor.github-workflows"],
}


@pytest.mark.parametrize("snippet", of("yaml"))
def test_yaml_is_what_its_reader_wants(snippet: Snippet, tmp_path: Path) -> None:
    file = tmp_path / snippet.file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(snippet.body)
    if snippet.file == ".pre-commit-config.yaml":
        run("pre_commit", "validate-config", str(file))
        check_hooks(yaml.safe_load(snippet.body))
        return
    run("check_jsonschema", *SCHEMAS[snippet.file], str(file))
    if snippet.file != ".gitlab-ci.yml":
        audit(file)
        check_action(yaml.safe_load(snippet.body))
    check_lines(snippet.body, tmp_path)


def run(module: str, *arguments: str) -> None:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def audit(file: Path) -> None:
    """Our own action may be named by its version: its hash is not known before the release."""
    policies = {OWN_ACTION: "ref-pin", "*": "hash-pin"}
    settings = file.parents[2] / "zizmor.yml"
    settings.write_text(
        json.dumps({"rules": {"unpinned-uses": {"config": {"policies": policies}}}})
    )
    command = [str(SCRIPTS / "zizmor"), "--offline", "--config", str(settings), str(file)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def check_hooks(config: dict[str, object]) -> None:
    manifest = yaml.safe_load((PROJECT / ".pre-commit-hooks.yaml").read_text())
    offered = {hook["id"] for hook in manifest}
    repositories = config["repos"]
    assert isinstance(repositories, list)
    for repository in repositories:
        for hook in repository["hooks"]:
            assert hook["id"] in offered


def check_action(workflow: dict[str, object]) -> None:
    inputs = yaml.safe_load((PROJECT / "action.yml").read_text())["inputs"]
    jobs = workflow["jobs"]
    assert isinstance(jobs, dict)
    for step in (step for job in jobs.values() for step in job["steps"]):
        if step.get("uses", "").startswith(OWN_ACTION):
            assert set(step["with"]) <= set(inputs)


def check_lines(text: str, folder: Path) -> None:
    """The commands in a pipeline are ones that lg-lint takes."""
    Workspace.make(folder / "application", {"empty.py": ""})
    lines = re.findall(r"(?:- |run lg-lint==0\.1\.0 )(lg-lint check.*|--output.*)$", text, re.M)
    assert lines or OWN_ACTION in text
    for line in lines:
        arguments = line.removeprefix("lg-lint check")
        command = f"lg-lint check {arguments}"
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder / "application",
            env={**environment(folder), "CI_MERGE_REQUEST_DIFF_BASE_SHA": "HEAD"},
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
