"""The GitHub action: checked by a schema and by zizmor, and its step run by bash."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
import yaml
from workspace import BAD_ROUTE, Workspace

PROJECT = Path(__file__).parents[2]
FILE = PROJECT / "action.yml"
ACTION = yaml.safe_load(FILE.read_text())
LINT, UPLOAD = ACTION["runs"]["steps"]

PIPX = f"""\
#!/usr/bin/env bash
printf '%s\\n' "$@" > pipx-arguments.txt
while [[ $1 != lg-lint ]]; do shift; done
shift
exec {sys.executable} -m lg_lint "$@"
"""


def test_the_schema_of_actions() -> None:
    command = ["-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions", str(FILE)]
    done = subprocess.run([sys.executable, *command], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout


def test_zizmor_finds_nothing() -> None:
    zizmor = Path(sysconfig.get_path("scripts")) / "zizmor"
    done = subprocess.run(
        [zizmor, "--offline", "--pedantic", "--strict-collection", FILE],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_inputs_come_by_the_environment_alone() -> None:
    assert "${{" not in LINT["run"]
    used = {re.fullmatch(r"\$\{\{ inputs\.([\w-]+) \}\}", each)[1] for each in LINT["env"].values()}
    assert used == set(ACTION["inputs"])


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace.make(tmp_path / "repository")
    (tmp_path / "bin").mkdir()
    pipx = tmp_path / "bin" / "pipx"
    pipx.write_text(PIPX)
    pipx.chmod(0o755)
    return workspace


def step(workspace: Workspace, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the step as GitHub does, with defaults for inputs that are not given."""
    import os

    above = workspace.folder.parent
    values = {name: str(each["default"]) for name, each in ACTION["inputs"].items()}
    values |= {name.replace("_", "-"): value for name, value in inputs.items()}
    environment = {
        variable: values[re.sub(r".*inputs\.([\w-]+).*", r"\1", value)]
        for variable, value in LINT["env"].items()
    }
    return workspace.run(
        *("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", LINT["run"]),
        **environment,
        PATH=f"{above / 'bin'}{os.pathsep}{os.environ['PATH']}",
        RUNNER_TEMP=str(above),
        GITHUB_OUTPUT=str(above / "output.txt"),
        GITHUB_ACTION_PATH=str(PROJECT),
        GITHUB_WORKSPACE=str(workspace.folder),
        GITHUB_STEP_SUMMARY=str(above / "summary.md"),
    )


def arguments(workspace: Workspace) -> list[str]:
    return workspace.read("pipx-arguments.txt").splitlines()


def test_annotations(workspace: Workspace) -> None:
    done = step(workspace)
    assert done.returncode == 1
    assert done.stdout.startswith("::error title=lg-lint (LG101),file=app.py,line=10,")
    assert "LG101" in (workspace.folder.parent / "summary.md").read_text()
    assert not (workspace.folder.parent / "output.txt").exists()
    assert arguments(workspace)[:4] == ["run", "--no-cache", "--spec", str(PROJECT)]


def test_only_what_a_pull_request_changes(workspace: Workspace) -> None:
    workspace.git("switch", "--quiet", "--create", "topic")
    assert step(workspace, diff_base="main").returncode == 0
    workspace.append("app.py", BAD_ROUTE)
    done = step(workspace, diff_base="main")
    assert done.returncode == 1
    assert done.stdout.count("::error") == 1
    assert "line=15," in done.stdout


def test_a_baseline_and_a_version(workspace: Workspace) -> None:
    assert workspace.lint("baseline", "create").returncode == 0
    done = step(workspace, baseline="lg-lint-baseline.json", version="0.1.0")
    assert done.returncode == 0
    assert "lg-lint==0.1.0" in arguments(workspace)


def test_paths_and_arguments_are_lines_of_their_own(workspace: Workspace) -> None:
    hostile = "$(touch hacked); `touch hacked` && touch hacked.py"
    workspace.write(hostile, "")
    done = step(workspace, paths=f"service.py\n{hostile}\n", args="--ignore\nLG101\n")
    assert done.returncode == 0, done.stderr
    assert arguments(workspace)[-5:] == ["--ignore", "LG101", "--", "service.py", hostile]
    assert not (workspace.folder / "hacked").exists()


def test_code_scanning(workspace: Workspace) -> None:
    done = step(workspace, upload_sarif="true")
    assert done.returncode == 1
    assert "see the code scanning alerts" in done.stdout
    name, _, path = (workspace.folder.parent / "output.txt").read_text().strip().partition("=")
    assert name == "sarif-file"
    assert json.loads(Path(path).read_text())["runs"][0]["results"]
    assert UPLOAD["with"]["sarif_file"] == "${{ steps.lint.outputs.sarif-file }}"
    assert "steps.lint.outputs.sarif-file != ''" in UPLOAD["if"]


def test_a_run_that_fails_uploads_nothing(workspace: Workspace) -> None:
    stale = workspace.folder.parent / "lg-lint.sarif"
    stale.write_text("{}")
    done = step(workspace, upload_sarif="true", args="--no-such-option")
    assert done.returncode == 2
    assert not (workspace.folder.parent / "output.txt").exists()
    assert not stale.exists()
