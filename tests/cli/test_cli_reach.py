"""Nothing goes unchecked in silence: what a command line means, and where its output goes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lg_lint.cli import run

Captured = pytest.CaptureFixture[str]

ROUTE = """\
from fastapi import FastAPI
from langchain_openai import ChatOpenAI
from langgraph.prebuilt import create_react_agent

agent = create_react_agent(ChatOpenAI(), [])
app = FastAPI()


@app.get("/chat")
async def chat(question: str) -> dict:
    return agent.invoke({"messages": question})
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to be checked, with a cache of its own."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LG_LINT_CACHE_DIR", str(tmp_path / "cache"))
    return folder


def write(folder: Path, name: str, text: str = ROUTE) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def found(capsys: Captured, *arguments: str) -> list[str]:
    """The findings of a run, as `path:row CODE`."""
    assert run(["--output-format", "concise", "--quiet", *arguments]) in (0, 1)
    lines = capsys.readouterr().out.splitlines()
    return [
        line.rpartition(": LG")[0].rpartition(":")[0] + " LG" + line.rpartition(": LG")[2][:3]
        for line in lines
    ]


# --- words that are nearly right -----------------------------------------------------------


@pytest.mark.parametrize(("word", "near"), [("chek", "check"), ("rules", "rule")])
def test_a_word_that_is_nearly_a_command(
    word: str, near: str, project: Path, capsys: Captured
) -> None:
    write(project, "app.py")
    assert run([word]) == 2
    assert f'no command and no path "{word}"; did you mean "{near}"?' in capsys.readouterr().err
    write(project, f"{word}/app.py")
    assert run([word]) == 1


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("LG210", "LG201"),
        ("lg1001", "LG101"),
        ("LG1O1", "LG101"),
        ("L202", "LG202"),
        ("303", "LG303"),
        ("LG60", "LG601"),
        ("sync_graph_call_on_loop", "sync-graph-call-on-loop"),
        ("blocking-sleep", "blocking-sleep-in-node"),
    ],
)
def test_a_word_that_is_nearly_a_rule(word: str, near: str, capsys: Captured) -> None:
    assert run(["rule", word]) == 2
    assert f'did you mean "{near}"?' in capsys.readouterr().err


@pytest.mark.parametrize("word", ["E501", "zzz"])
def test_a_word_that_is_no_rule_at_all(word: str, capsys: Captured) -> None:
    assert run(["check", "--select", word]) == 2
    assert f'no rule "{word}"; see lg-lint rule --all' in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--baseline", "--diff-base", "--output-file"])
def test_an_option_that_a_second_one_would_replace(
    option: str, project: Path, capsys: Captured
) -> None:
    write(project, "app.py")
    assert run([option, "one", f"{option}=two"]) == 2
    assert f"{option} is given twice" in capsys.readouterr().err


def test_a_variable_that_nobody_reads(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(project, "app.py")
    os.utime(project / "app.py", (1, 1))
    os.utime(project, (1, 1))
    monkeypatch.setenv("LG_LINT_OUTPUT_FORMT", "json")
    for _ in range(2):
        told = 'LG_LINT_OUTPUT_FORMT is not read; did you mean "LG_LINT_OUTPUT_FORMAT"?'
        assert told in lg_lint("lg-lint", project).stderr


# --- where output goes ---------------------------------------------------------------------


def lg_lint(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A run through a shell, with `lg-lint` for the command."""
    return subprocess.run(
        command.replace("lg-lint", f'"{sys.executable}" -m lg_lint'),
        shell=True,
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "LG_LINT_CACHE_DIR": str(folder.parent / "cache")},
        timeout=60,
        check=False,
    )


needs_full = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is full")


@needs_full
def test_a_full_disk_is_told_in_one_line_also_by_a_run_that_is_written_again(
    project: Path,
) -> None:
    write(project, "app.py")
    os.utime(project / "app.py", (1, 1))
    for _ in range(2):
        assert lg_lint("lg-lint", project).returncode == 1
        done = lg_lint("lg-lint > /dev/full", project)
        assert done.returncode == 2
        assert done.stderr == "lg-lint: stdout cannot be written to: No space left on device\n"
        os.utime(project, (1, 1))


@needs_full
@pytest.mark.parametrize("command", ["lg-lint --help", "lg-lint version", "lg-lint rule --all"])
def test_a_full_disk_is_no_defect_of_other_commands(command: str, project: Path) -> None:
    done = lg_lint(f"{command} > /dev/full", project)
    assert done.returncode == 2
    assert done.stderr == "lg-lint: stdout cannot be written to: No space left on device\n"


@needs_full
def test_a_stderr_that_is_full_too_is_survived(project: Path) -> None:
    assert lg_lint("lg-lint missing.py > /dev/full 2> /dev/full", project).returncode == 2


def test_a_closed_stdout_is_told_in_one_line(project: Path) -> None:
    write(project, "app.py")
    done = lg_lint("lg-lint >&-", project)
    assert (done.returncode, done.stderr) == (2, "lg-lint: stdout is closed\n")


def test_nothing_of_a_closed_stderr_goes_to_stdout(project: Path) -> None:
    write(project, "app.py")
    done = lg_lint("lg-lint --output-format json app.py missing.py 2>&-", project)
    assert done.returncode == 2
    assert done.stdout.startswith("[")


# --- names with blanks ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["my app.py", "pages/1_📊 Chat page.py", "a b/c d.py"])
def test_a_file_that_no_import_can_name_is_a_program(
    name: str, project: Path, capsys: Captured
) -> None:
    write(project, name)
    for arguments in ((), (name,), ("--no-cache",)):
        assert found(capsys, *arguments) == [f"{name}:11 LG101"]


# --- what there is to check ----------------------------------------------------------------

STREAM = """\
import asyncio

from fastapi import BackgroundTasks, FastAPI
from fastapi.responses import StreamingResponse
from graph import agent

app = FastAPI()


@app.get("/stream")
async def stream(question: str) -> StreamingResponse:
    async def lines():
        async for part in agent.astream({"messages": question}):
            yield f"data: {part}\\n\\n"

    return StreamingResponse(lines(), media_type="text/event-stream")


async def report(question: str) -> None:
    await agent.ainvoke({"messages": question})


@app.post("/later")
async def later(question: str, tasks: BackgroundTasks) -> dict:
    tasks.add_task(report, question)
    asyncio.create_task(agent.ainvoke({"messages": question}))
    return {}
"""
GRAPH = """\
from langchain_openai import ChatOpenAI
from langgraph.prebuilt import create_react_agent

agent = create_react_agent(ChatOpenAI(), [])
"""


def last_line(capsys: Captured, *arguments: str, status: int = 0) -> str:
    assert run(list(arguments)) == status
    return capsys.readouterr().out.splitlines()[-1]


@pytest.mark.parametrize("form", ["full", "concise", "grouped", "agent"])
def test_the_last_line_says_what_was_recognised(form: str, project: Path, capsys: Captured) -> None:
    write(project, "plain.py", "print(1)\n")
    write(project, "lg-lint.toml", "")
    wanted = ("--output-format", form)
    nothing = "nothing here looks like LangGraph or a stream."
    assert last_line(capsys, *wanted) == f"1 file: {nothing}"
    write(project, "graph.py", GRAPH)
    write(project, "app.py", STREAM)
    all_of_it = "3 files: 1 graph, 1 streaming route, 2 background runs."
    assert last_line(capsys, "--ignore", "LG", *wanted, status=0) == all_of_it
    assert last_line(capsys, *wanted, status=1) == all_of_it
    elsewhere = "elsewhere in the project: 1 graph, 1 streaming route, 2 background runs."
    assert last_line(capsys, *wanted, "plain.py").endswith(elsewhere)


def test_a_run_that_is_written_again_says_it_too(project: Path) -> None:
    write(project, "graph.py", GRAPH)
    for _ in range(3):
        done = lg_lint("lg-lint", project)
        assert done.stdout == "All clear.\n1 file: 1 graph.\n"
        for path in (project, project / "graph.py"):
            os.utime(path, (1, 1))


def test_a_project_that_only_names_it(project: Path, capsys: Captured) -> None:
    write(project, "app.py", "from langgraph.graph import StateGraph\n")
    assert run([]) == 0
    told = "1 file: nothing here looks like LangGraph or a stream, though 1 file may name one.\n"
    assert capsys.readouterr().out == told


@pytest.mark.parametrize("path", ["empty", "gone", "notes.md", "settled/out"])
def test_a_named_path_without_python_is_to_be_mended(
    path: str, project: Path, capsys: Captured
) -> None:
    write(project, "app.py", "print(1)\n")
    write(project, "notes.md", "# Notes\n")
    write(project, "settled/out/app.py", "print(1)\n")
    write(project, "settled/lg-lint.toml", 'exclude = ["out/*"]\n')
    (project / "empty").mkdir()
    for form in ("full", "json", "github", "sarif"):
        assert run(["--output-format", form, path]) == 2
        assert f"lg-lint: {path}: " in capsys.readouterr().err


@pytest.mark.parametrize("name", ["serve", "serve.cgi", "site.wsgi", "serve.tac"])
def test_a_named_file_is_python_whatever_its_suffix(
    name: str, project: Path, capsys: Captured
) -> None:
    write(project, name, "#!/usr/bin/env python3\n" + ROUTE)
    assert found(capsys, name) == [f"{name}:12 LG101"]


def test_a_hook_names_what_others_take_for_python(project: Path) -> None:
    write(project, ".pdbrc", "break app.py:3\n")
    assert run([".pdbrc"]) == 2
    assert run(["--force-exclude", ".pdbrc"]) == 0


def test_settings_that_exclude_everything(project: Path, capsys: Captured) -> None:
    write(project, "app.py")
    write(project, "lg-lint.toml", 'exclude = ["*"]\n')
    assert run(["."]) == 2
    assert "no Python file to check here" in capsys.readouterr().err
    assert last_line(capsys) == "0 files: nothing here looks like LangGraph or a stream."
    assert run(["--force-exclude", "app.py"]) == 0, "as a hook names what is excluded"


def test_no_rule_is_left(project: Path, capsys: Captured) -> None:
    write(project, "app.py")
    assert run(["--select", "LG101", "--ignore", "LG101"]) == 0
    assert capsys.readouterr().out.startswith("No rule is selected.\n")


def test_the_list_of_files_tells_it_too(project: Path, capsys: Captured) -> None:
    (project / "empty").mkdir()
    assert run(["--show-files", "empty"]) == 2
    assert "lg-lint: empty: no Python file to check here" in capsys.readouterr().err
    assert run(["baseline", "create", "empty"]) == 2
    assert run(["graph", "empty"]) == 2


def test_test_code_that_is_left_out_is_counted(project: Path, capsys: Captured) -> None:
    write(project, "src/tests/test_app.py")
    assert last_line(capsys, "src").endswith("1 file of test code left out: --tests.")


def test_a_folder_of_links_is_what_they_lead_to(project: Path, capsys: Captured) -> None:
    write(project, "code/app.py")
    (project / "links").mkdir()
    (project / "links" / "one.py").symlink_to(project / "code" / "app.py")
    (project / "links" / "two.py").symlink_to(project / "code" / "app.py")
    assert found(capsys, "links") == ["links/one.py:11 LG101"]
    assert found(capsys, ".") == ["code/app.py:11 LG101"]


def test_a_file_that_cannot_be_read_is_told_whatever_is_selected(
    project: Path, capsys: Captured
) -> None:
    (project / "app.py").write_bytes(b"x = '\xff'\n" + ROUTE.encode())
    assert run(["--select", "LG101"]) == 2
    assert "LG000" in capsys.readouterr().out
    assert run(["--select", "LG101", "--ignore", "LG000"]) == 0


# --- settings ------------------------------------------------------------------------------


def test_the_nearest_settings_of_each_file_decide(project: Path, capsys: Captured) -> None:
    """Whatever else is named, and from wherever."""
    write(project, "lg-lint.toml", 'select = ["LG2"]\n')
    write(project, "app.py")
    write(project, "svc/pyproject.toml", '[tool.lg-lint]\nselect = ["LG1"]\n')
    write(project, "svc/a.py")
    write(project, "svc/deep/b.py")
    write(project, "other/pyproject.toml", '[tool.lg-lint]\nseverity = { LG101 = "info" }\n')
    write(project, "other/c.py")
    write(project, "bare/pyproject.toml", '[project]\nname = "bare"\n')
    write(project, "bare/d.py")
    a, b, c = (f"{name} LG101" for name in ("svc/a.py:11", "svc/deep/b.py:11", "other/c.py:11"))
    assert found(capsys) == [c, a, b]
    for names in (["svc/a.py"], ["svc/a.py", "app.py"], ["svc/a.py", "bare"]):
        assert found(capsys, *names) == [a], names
    assert found(capsys, "svc", "other/c.py") == [c, a, b]
    assert run(["--output-format", "json", "other", "app.py"]) == 1
    assert '"severity": "info"' in capsys.readouterr().out
    assert found(capsys, "--isolated", "app.py") == ["app.py:11 LG101"]
    assert found(capsys, "--select", "LG2", ".") == []
    assert found(capsys, "--config", "lg-lint.toml", "svc") == []


@pytest.mark.parametrize(
    ("settings", "count"),
    [
        ('ignore = ["LG1"]', 0),
        ('min-confidence = "high"', 1),
        ('per-file-ignores = { "a.py" = ["LG101"] }', 0),
        ('per-file-ignores = { "app.py" = ["LG101"] }', 1),
        ('extend = "../base.toml"', 0),
    ],
)
def test_what_the_nearest_settings_say(
    settings: str, count: int, project: Path, capsys: Captured
) -> None:
    write(project, "base.toml", 'ignore = ["LG101"]\n')
    write(project, "app.py", "print(1)\n")
    write(project, "svc/lg-lint.toml", f"{settings}\n")
    write(project, "svc/a.py")
    assert len(found(capsys, "app.py", "svc/a.py")) == len(found(capsys, "svc")) == count


def test_ignore_comments_for_rules_that_only_another_folder_checks(
    project: Path, capsys: Captured
) -> None:
    write(project, "lg-lint.toml", 'select = ["LG0", "LG2"]\n')
    write(project, "app.py", "x = 1  # lg-lint: ignore[LG101] why\n")
    write(project, "svc/lg-lint.toml", "")
    write(project, "svc/a.py", "x = 1  # lg-lint: ignore[LG101] why\n" + ROUTE)
    assert found(capsys) == ["svc/a.py:12 LG101", "svc/a.py:1 LG001"] or found(capsys) == [
        "svc/a.py:1 LG001",
        "svc/a.py:12 LG101",
    ]


def test_a_run_sees_that_nested_settings_change(project: Path) -> None:
    write(project, "app.py", "print(1)\n")
    write(project, "svc/a.py")

    def settled(time: int) -> int:
        for path in (project, project / "svc", *project.rglob("*.*")):
            os.utime(path, (time, time))
        for _ in range(2):
            status = lg_lint("lg-lint", project).returncode
        return status

    assert settled(1) == 1
    write(project, "svc/lg-lint.toml", 'ignore = ["LG101"]\n')
    assert settled(2) == 0
    (project / "svc/lg-lint.toml").write_text('ignore = ["LG201"]\n')
    assert lg_lint("lg-lint", project).returncode == 1
    (project / "svc/lg-lint.toml").write_text("ignore = [\n")
    done = lg_lint("lg-lint", project)
    assert done.returncode == 2
    assert "svc/lg-lint.toml:" in done.stderr


def test_the_settings_of_a_file_are_shown(project: Path, capsys: Captured) -> None:
    write(project, "lg-lint.toml", 'fail-on = "error"\n')
    write(project, "svc/lg-lint.toml", 'fail-on = "never"\n')
    write(project, "svc/a.py")
    assert run(["--show-settings", "svc/a.py"]) == 0
    out = capsys.readouterr().out
    assert 'fail-on = "never"' in out
    assert f"# From {project / 'svc/lg-lint.toml'}\n" in out


# --- files that look like settings ---------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("pyproject.toml", "[tool.lg_lint]\n", '1: [tool.lg_lint] is not read; did you mean "['),
        ("pyproject.toml", "\n[tool.lglint.severity]\n", "2: [tool.lglint] is not read"),
        ("pyproject.toml", "[tool.lg.lint]\n", "1: [tool.lg.lint] is not read"),
        ("pyproject.toml", "[tool.LG-Lint]\n", "1: [tool.LG-Lint] is not read"),
        ("pyproject.toml", "[tool.lg-lnt]\n", "1: [tool.lg-lnt] is not read"),
        ("lg_lint.toml", "", 'not read; did you mean to call it "lg-lint.toml"?'),
        (".lglint.toml", "", 'not read; did you mean to call it ".lg-lint.toml"?'),
        ("svc/lg_lint.toml", "", 'not read; did you mean to call it "lg-lint.toml"?'),
        ("svc/pyproject.toml", "[tool.lg_lint]\n", "1: [tool.lg_lint] is not read"),
        (".lg-lint.toml", "", "not read, as lg-lint.toml beside it counts"),
    ],
)
def test_what_was_meant_for_settings_is_told(
    name: str, text: str, told: str, project: Path, capsys: Captured
) -> None:
    write(project, "svc/a.py")
    if name == ".lg-lint.toml":
        write(project, "lg-lint.toml", "")
    for _ in range(2):
        assert run(["app.py", "."][1:]) == 1
        assert "warning" not in capsys.readouterr().err
    write(project, name, text)
    for _ in range(2):
        assert run(["."]) == 1, "no error"
        said = capsys.readouterr().err
        assert said.startswith(f"lg-lint: warning: {project / name}:")
        assert told in said


def test_tools_of_other_names_are_left_alone(project: Path, capsys: Captured) -> None:
    write(project, "app.py", "print(1)\n")
    tables = ("pylint", "ruff.lint", "lint", "flint", "lglite", "langgraph")
    text = "".join(f"[tool.{name}]\n" for name in tables) + '[project]\nname = "lg_lint"\n'
    write(project, "pyproject.toml", text)
    assert run(["."]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "content",
    [
        b"[tool.lg-lint]\nignore = ['LG1'",
        b"[tool.lg_lint\n",
        "[tool.lg-lint]\n".encode("utf-16"),
        b"[tool.other]\nx = '\xff'\n",
        b"[[tool.lg-lint]]\nignore = ['LG1']\n",
    ],
)
def test_a_project_file_that_cannot_be_read_is_an_error(
    content: bytes, project: Path, capsys: Captured
) -> None:
    write(project, "app.py")
    (project / "pyproject.toml").write_bytes(content)
    assert run([]) == 2
    assert f"{project / 'pyproject.toml'}:" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["lg-lint.toml", "pyproject.toml", "svc/.lg-lint.toml"])
def test_a_settings_file_that_is_a_broken_link(name: str, project: Path, capsys: Captured) -> None:
    write(project, "svc/app.py")
    (project / name).symlink_to("nowhere.toml")
    assert run([]) == 2
    assert f"{project / name}: cannot be read: the link leads nowhere" in capsys.readouterr().err


# --- what is hidden ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings",
    [
        'ignore = ["LG101"]',
        'select = ["LG2"]',
        'exclude = ["app.py"]',
        'extend-exclude = ["*.py"]',
        'fail-on = "never"',
        'per-file-ignores = { "*" = ["LG101"] }',
        'min-confidence = "high"',
        'severity = { LG101 = "info" }\nfail-on = "error"',
        'extend = "base.toml"',
    ],
)
def test_what_settings_hide_can_be_seen(settings: str, project: Path, capsys: Captured) -> None:
    write(project, "app.py")
    write(project, "base.toml", 'ignore = ["LG101"]\n')
    write(project, "lg-lint.toml", f"{settings}\n")
    if "min-confidence" not in settings:
        assert run([]) == 0
    for _ in range(2):
        assert run(["--no-ignores"]) == 1
        assert "[error, high]" in capsys.readouterr().out
    assert run(["--no-ignores", "--ignore", "LG101"]) == 0, "the command line counts"


def test_what_settings_reveal_stays_to_be_seen(project: Path, capsys: Captured) -> None:
    write(project, "build/app.py")
    write(project, "dist/app.py")
    write(project, "lg-lint.toml", 'exclude = ["dist"]\nmin-confidence = "low"\ntests = true\n')
    write(project, "tests/test_app.py")
    seen = ["build/app.py:11 LG101", "tests/test_app.py:11 LG101"]
    assert found(capsys) == found(capsys, "--no-ignores") == seen


def test_what_comments_and_baselines_hide_can_be_seen(project: Path, capsys: Captured) -> None:
    hidden = ROUTE.replace("question})", "question})  # noqa: LG101")
    write(project, "app.py", "# lg-lint: file-ignore[LG101]\n" + hidden)
    write(project, "old.py")
    assert run(["baseline", "create"]) == 0
    assert run(["--baseline", "lg-lint-baseline.json"]) == 0
    capsys.readouterr()
    wanted = ["app.py:12 LG101", "old.py:11 LG101"]
    assert found(capsys, "--no-ignores", "--baseline", "lg-lint-baseline.json") == wanted
    for option in ("--fix", "--add-ignore", "--diff"):
        assert run(["--no-ignores", option]) == 2


# --- what is staged ------------------------------------------------------------------------


@pytest.mark.usefixtures("project")
def test_staged_goes_with_nothing_that_writes() -> None:
    for more in (["--fix"], ["--add-ignore"], ["--diff-base", "HEAD"], ["--stdin-filename", "x"]):
        assert run(["--staged", *more]) == 2
