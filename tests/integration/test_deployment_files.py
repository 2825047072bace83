"""Findings in files that hold no Python: ignore comments, excerpts, what is shown of them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lg_lint.run.check import lint
from lg_lint.settings import Settings, load

FIXTURES = Path(__file__).parents[2] / "fixtures" / "LG501" / "bad"
DOCKER, COMPOSE = "workers_in_dockerfile", "variable_through_a_merge_key"


def project(case: str, folder: Path, name: str = "", old: str = "", new: str = "") -> Path:
    root = folder / "project"
    shutil.copytree(FIXTURES / case, root, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "pyproject.toml").write_text("")
    if name:
        text = (root / name).read_text()
        assert old in text
        (root / name).write_text(text.replace(old, new))
    return root


def codes(root: Path, *names: str) -> list[str]:
    report = lint([root / name for name in names] or [root], Settings(select=("LG0", "LG5")))
    return [finding.code for finding in report.findings]


@pytest.mark.parametrize(
    ("case", "name", "old", "new"),
    [
        (DOCKER, "Dockerfile", "# expect-next-line: LG501 error high", "# lg-lint: ignore[LG501]"),
        (DOCKER, "Dockerfile", "FROM python", "# lg-lint: file-ignore[LG501]\nFROM python"),
        (COMPOSE, "compose.yaml", "# expect: LG501", "# lg-lint: ignore[LG501] one thread each"),
        (DOCKER, "graph.py", "InMemorySaver())", "InMemorySaver())  # lg-lint: ignore[LG501]"),
        ("jobs_in_a_dict", "Procfile", "# expect-next-line: LG501", "# lg-lint: ignore[LG501]"),
    ],
)
def test_ignore_comment_hides(tmp_path: Path, case: str, name: str, old: str, new: str) -> None:
    assert codes(project(case, tmp_path, name, old, new)) == []


def test_ignore_comment_for_another_rule_hides_nothing(tmp_path: Path) -> None:
    root = project(COMPOSE, tmp_path, "compose.yaml", "# expect: LG501", "# lg-lint: ignore[LG502]")
    assert "LG501" in codes(root)


def test_the_line_is_quoted(tmp_path: Path) -> None:
    report = lint([project(DOCKER, tmp_path)], Settings(select=("LG501",)))
    (finding,) = report.findings
    line = report.sources[finding.place.path].splitlines()[finding.place.row - 1]
    assert '"--workers", "4"' in line


def test_what_is_not_named_is_not_shown(tmp_path: Path) -> None:
    assert codes(project(DOCKER, tmp_path), "main.py") == []


def test_a_project_without_streams_reads_no_deployment_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = project(DOCKER, tmp_path)
    (root / "main.py").write_text("from graph import graph\n\ngraph.invoke({})\n")

    def refuse(*_: object) -> None:
        raise AssertionError("a deployment file is read")

    monkeypatch.setattr("lg_lint.model.hosting.servers.files.DeploymentFiles.__init__", refuse)
    assert codes(root) == []


@pytest.mark.parametrize(
    ("deploy", "found"),
    [
        ([], ["compose.dev.yaml:4", "compose.yaml:4"]),
        (["!compose.dev.yaml"], ["compose.yaml:4"]),
        (["compose.dev.yaml"], ["compose.dev.yaml:4"]),
        (["*.yaml", "!compose.yaml"], ["compose.dev.yaml:4"]),
        (["deploy/**"], []),
    ],
)
def test_settings_say_which_deployment_files_count(
    tmp_path: Path, deploy: list[str], found: list[str]
) -> None:
    root = project(DOCKER, tmp_path)
    (root / "Dockerfile").unlink()
    text = (
        'services:\n  api:\n    build: .\n    command: ["uvicorn", "main:app", "--workers", "4"]\n'
    )
    (root / "compose.yaml").write_text(text)
    (root / "compose.dev.yaml").write_text(text)
    (root / "lg-lint.toml").write_text(f"deploy = {deploy}\n")
    report = lint([root], load(root, overrides={"select": ["LG501"]}))
    assert [f"{Path(each.place.path).name}:{each.place.row}" for each in report.findings] == found
