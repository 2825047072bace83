"""What a run keeps for the next one: used where nothing has changed, harmless where it is broken."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import lg_lint
from lg_lint import COARSE, RunKey, RunRecord, __version__
from lg_lint.cache import folder
from lg_lint.cache.recording import remember
from lg_lint.cache.store import Store
from lg_lint.facts import codec
from lg_lint.run import files
from lg_lint.run.check import lint
from lg_lint.settings import Settings
from lg_lint.sources.ledger import Ledger
from lg_lint.sources.text import load

GRAPH = """\
from langgraph.graph import StateGraph

builder = StateGraph(dict)
builder.add_node("a", print)
graph = builder.compile()
"""
ROUTE = """\
from fastapi import FastAPI

from graph import graph

app = FastAPI()


@app.get("/")
async def chat() -> dict:
    return graph.invoke({})
"""
STREAM = """\
import asyncio

from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import StreamingResponse

app = FastAPI()
app.add_middleware(GZipMiddleware)


async def ticks():
    while True:
        await asyncio.sleep(1)
        yield "tick"


@app.get("/")
async def tick() -> StreamingResponse:
    return StreamingResponse(ticks(), media_type="text/plain")
"""
LOCK = '[[package]]\nname = "starlette"\nversion = "1.4.0"\n'
OLD = 1_600_000_000_000_000_000
HEAVY = {"libcst", "click", "lg_lint.run.check"}


class Project:
    """A project, a cache beside it, and runs that are processes."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.cache = folder / "cache"
        self.root.mkdir()
        self.write("pyproject.toml", "")
        self.write("graph.py", GRAPH)
        self.write("route.py", ROUTE)

    def write(self, name: str, text: str, when: int = OLD) -> None:
        (self.root / name).write_text(text, encoding="utf-8", errors="surrogateescape")
        self.touch(name, when)

    def touch(self, name: str, when: int) -> None:
        os.utime(self.root / name, ns=(when, when))

    def run(self, *arguments: str, flags: tuple[str, ...] = ()) -> tuple[int, str, str]:
        done = subprocess.run(
            [
                *(sys.executable, *flags, "-m", "lg_lint", "check", "--output-format", "concise"),
                *("--cache-dir", str(self.cache), *arguments),
            ],
            cwd=self.root,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    def imports(self, *arguments: str) -> tuple[set[str], str]:
        """Which of the heavy modules a run imports, and what it writes."""
        modules, out = self.modules(*arguments)
        return HEAVY & modules, out

    def modules(self, *arguments: str) -> tuple[set[str], str]:
        _, out, err = self.run(*arguments, flags=("-X", "importtime"))
        return {line.rpartition("|")[2].strip() for line in err.splitlines()}, out

    def settle(self) -> None:
        """Let the time pass within which a file might change again and keep its time."""
        time.sleep(COARSE / 1e9 + 0.1)

    def kept(self, pattern: str) -> list[Path]:
        return sorted(self.cache.glob(pattern))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_an_unchanged_project_is_answered_without_parser_and_click(project: Project) -> None:
    first = project.run()
    assert first[0] == 1
    assert "LG101" in first[1]
    assert project.imports() == (set(), first[1])
    assert project.run() == first


def test_where_times_tell_that_nothing_has_changed_one_module_is_enough(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "site"
    shutil.copytree(lg_lint.PACKAGE, installed / "lg_lint")
    record = installed / f"lg_lint-{__version__}.dist-info" / "RECORD"
    record.parent.mkdir()
    record.write_text("lg_lint/__init__.py,sha256=a,6\n")
    monkeypatch.setenv("PYTHONPATH", str(installed))
    project.settle()
    _, first, _ = project.run()
    modules, out = project.modules()
    assert out == first
    assert {name for name in modules if name.startswith("lg_lint")} == {"lg_lint"}


def test_a_changed_file_is_seen(project: Project) -> None:
    project.run()
    project.write("route.py", ROUTE.replace("graph.invoke", "await graph.ainvoke"))
    status, out, _ = project.run()
    assert (status, "LG101" in out) == (0, False), out


IDLE = "import json\n\n\ndef load(text):\n    return json.loads(text)\n"


@pytest.mark.parametrize("word", ["value", "größe"])
def test_a_changed_file_that_takes_no_part_is_passed_over(project: Project, word: str) -> None:
    project.write("idle.py", IDLE)
    first = project.run()
    assert first[0] == 1
    changed = f"{IDLE}\n\ndef dump({word}):\n    return json.dumps({word})\n"
    project.write("idle.py", changed, OLD + 1)
    assert project.imports() == (set(), first[1])
    project.write("idle.py", IDLE, OLD + 2)
    assert project.imports() == (set(), first[1])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ROUTE, "idle.py:10:12: LG101"),
        (
            "from graph import graph\n\n\nasync def main():\n    graph.invoke({})\n",
            "route.py:10:12: LG101",
        ),
        ("def broken(:\n", "idle.py:1:13: LG000"),
        (IDLE + "# \udce9\n", "idle.py:6:3: LG000"),
        (IDLE + "\nx = 1  # lg-lint: ignore[LG101]\n", "LG001"),
        (f"{IDLE}\nname = 'langgraph'\n", None),
    ],
)
def test_a_file_that_comes_to_take_part_is_looked_into(
    project: Project, text: str, expected: str | None
) -> None:
    project.write("idle.py", IDLE)
    first = project.run()
    project.write("idle.py", text, OLD + 1)
    imported, out = project.imports()
    assert "lg_lint.run.check" in imported
    assert (expected or first[1]) in out


def test_an_idle_file_that_a_graph_comes_to_use_is_idle_no_longer(project: Project) -> None:
    project.write("idle.py", "import time\n\n\ndef wait():\n    pass\n")
    project.run()
    route = ROUTE.replace("    return", "    wait()\n    return")
    project.write("route.py", "from idle import wait\n" + route)
    assert "LG103" not in project.run()[1]
    project.write("idle.py", "import time\n\n\ndef wait():\n    time.sleep(1)\n", OLD + 1)
    assert "LG103" in project.run()[1]


HELPER = """\
import time


def pause(seconds=5):
    return time.monotonic() + seconds
"""


CALLING = "from helper import pause\n" + ROUTE.replace("    return", "    pause()\n    return")


def helped(project: Project) -> str:
    """What is said of a project whose route calls a helper, of which nothing is said."""
    project.write("helper.py", HELPER)
    project.write("route.py", CALLING)
    _, out, _ = project.run()
    assert "LG101" in out
    assert "helper" not in out
    return out


@pytest.mark.parametrize(
    "text",
    [
        HELPER.replace("):", "):  # how long"),
        "# A helper.\n" + HELPER,
        HELPER.replace("seconds=5", "\n    seconds=5,\n"),
        HELPER.replace("):", "):  # für wie lange"),
        "# -*- coding: utf-8 -*-\n" + HELPER,
    ],
)
def test_new_comments_and_layout_of_a_file_without_findings_are_passed_over(
    project: Project, text: str
) -> None:
    first = helped(project)
    project.write("helper.py", text, OLD + 1)
    kept = set(Store(str(project.cache), str(project.root)).keys)
    assert project.imports() == (set(), first)
    assert kept < set(Store(str(project.cache), str(project.root)).keys)
    project.write("helper.py", text + "\n# the end\n", OLD + 2)
    assert project.imports() == (set(), first), "facts of a text that was passed over are kept"
    blocking = text.replace("time.monotonic", "time.sleep")
    project.write("helper.py", blocking, OLD + 3)
    assert "helper.py" in project.run()[1] + project.run("--output-format=full")[1]


@pytest.mark.parametrize(
    "text",
    [
        HELPER.replace("5", "6"),
        HELPER + "\n# lg-lint: ignore[LG101]\n",
        HELPER + "\n# as langgraph does\n",
        HELPER + '\nTEXT = """\nfrom graph import graph\n"""\n',
        HELPER + "\n# from graph import graph\nimport graph\n",
        HELPER + "\ndef broken(:\n",
        HELPER + "\nTEXT = 'é'\n",
        HELPER + "\n# \udce9\n",
    ],
)
def test_all_else_that_is_new_in_such_a_file_is_looked_into(project: Project, text: str) -> None:
    helped(project)
    project.write("helper.py", text, OLD + 1)
    imported, out = project.imports()
    assert "lg_lint.run.check" in imported
    assert out == project.run("--no-cache")[1]


def test_a_comment_in_a_file_with_a_finding_moves_it(project: Project) -> None:
    helped(project)
    moved = "# A route.\n" + (project.root / "route.py").read_text(encoding="utf-8")
    project.write("route.py", moved, OLD + 1)
    assert "route.py:13:12: LG101" in project.run()[1]


def test_very_many_new_comments_are_not_looked_into_one_by_one(project: Project) -> None:
    route = ROUTE
    for number in range(12):
        project.write(f"helper_{number}.py", HELPER)
        route = f"import helper_{number}\n" + route.replace(
            "    return", f"    helper_{number}.pause()\n    return"
        )
    project.write("route.py", route)
    first = project.run()
    for changed, expected in ((3, set()), (12, {"lg_lint.run.check"})):
        for number in range(changed):
            text = f"{HELPER}\n# changed with {changed}\n"
            project.write(f"helper_{number}.py", text, OLD + changed)
        assert project.imports() == (expected, first[1])


def test_one_changed_file_of_very_many_is_seen(project: Project) -> None:
    names = [f"file_{number:04}.py" for number in range(900)]
    for name in names:
        project.write(name, IDLE)
    first = project.run()
    assert project.imports() == (set(), first[1])
    for name in names[::150]:
        project.write(name, ROUTE, OLD + 1)
        assert f"{name}:10:12: LG101" in project.run()[1]


def test_where_no_file_takes_part_imports_do_not_matter(project: Project) -> None:
    for name in ("graph.py", "route.py"):
        (project.root / name).unlink()
    project.write("idle.py", IDLE)
    first = project.run()
    assert first[0] == 0
    project.write("idle.py", "import os\n" + IDLE, OLD + 1)
    assert project.imports() == (set(), first[1])
    project.write("idle.py", ROUTE.replace("import graph", "import langgraph"), OLD + 2)
    assert "lg_lint.run.check" in project.imports()[0]


def test_unchanged_files_are_not_read_again(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("idle.py", IDLE * 3000)  # more than is looked through for syntax errors
    project.settle()
    project.write("recent.py", IDLE)
    cache = str(project.cache)
    lint([project.root], Settings(), cache=cache)
    project.write("graph.py", GRAPH + "\n\nlate = graph\n", OLD + 1)
    read: set[str] = set()

    def noting(path: str, max_size: int) -> tuple[bytes, os.stat_result]:
        read.add(os.path.basename(path))
        return load(path, max_size)

    monkeypatch.setattr(files, "load", noting)
    warm = lint([project.root], Settings(), cache=cache)
    assert "idle.py" not in read
    assert {"graph.py", "recent.py"} <= read
    cold = lint([project.root], Settings())
    assert "idle.py" in read
    assert warm.findings == cold.findings
    assert [each.code for each in cold.findings] == ["LG101"]


def test_kept_facts_that_nest_too_deeply_for_the_stack_are_made_anew(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = str(project.cache)
    before = lint([project.root], Settings(), cache=cache)
    asked: list[bytes] = []

    def refusing(data: bytes) -> None:
        asked.append(data)
        raise ValueError("not facts")

    monkeypatch.setattr(codec, "decode", refusing)
    assert lint([project.root], Settings(), cache=cache).findings == before.findings
    assert asked


def test_a_lower_limit_holds_for_files_that_are_known(project: Project) -> None:
    project.write("large.py", IDLE * 30)
    cache = str(project.cache)
    before = lint([project.root], Settings(), cache=cache)
    assert [each.code for each in before.findings] == ["LG101"]
    lower = Settings(max_file_size=len(IDLE) * 20)
    after = lint([project.root], lower, cache=cache)
    assert [each.code for each in after.findings] == ["LG000", "LG101"]
    assert after.findings == lint([project.root], lower).findings


def test_a_low_limit_leaves_no_file_idle(project: Project) -> None:
    project.write("pyproject.toml", "[tool.lg-lint]\nmax-file-size = 1000\n")
    project.write("idle.py", IDLE)
    assert "LG000" not in project.run()[1]
    project.write("idle.py", IDLE + "x = 1\n" * 500, OLD + 1)
    assert "LG000" in project.run()[1]


def test_other_options_parse_nothing_anew(project: Project) -> None:
    first = project.run()
    imported, out = project.imports("--color", "never")
    assert "libcst" not in imported
    assert out == first[1]


def test_an_edit_of_the_same_size_at_the_same_time_is_seen(project: Project) -> None:
    now = (project.root / "route.py").stat().st_ctime_ns
    project.write("route.py", ROUTE, when=now)
    assert project.run()[0] == 1
    mended = ROUTE.replace("async def chat", "def       chat")
    assert len(mended) == len(ROUTE)
    project.write("route.py", mended, when=now)
    assert project.run()[0] == 0


@pytest.mark.parametrize("name", ["route.py", "requirements.txt"])
def test_an_edit_that_sets_the_time_back_is_seen_when_all_has_settled(
    project: Project, name: str
) -> None:
    """As by `cp -p` from one of two files of one archive: same size, same time, same inode."""
    project.write("stream.py", STREAM)
    pin = "starlette==0.45.3\n"
    project.write("requirements.txt", pin)
    project.settle()
    first = project.run()
    assert project.run() == first
    texts = {
        "route.py": ROUTE.replace("async def chat", "def       chat"),
        "requirements.txt": pin.replace("0.45.3", "1.40.0"),
    }
    project.write(name, texts[name])
    assert project.run() == project.run("--no-cache") != first


def test_a_fresh_checkout_is_told_by_its_content(project: Project) -> None:
    first = project.run()
    for name in ("graph.py", "route.py"):
        (project.root / name).unlink()
        project.write(name, {"graph.py": GRAPH, "route.py": ROUTE}[name], when=OLD + 5_000_000_000)
    assert project.imports() == (set(), first[1])


@pytest.mark.parametrize("name", ["more.py", ".gitignore", "pyproject.toml", "lg-lint.toml"])
def test_new_files_and_settings_are_seen(project: Project, name: str) -> None:
    assert project.run()[0] == 1
    texts = {
        "more.py": ROUTE.replace("chat", "talk"),
        ".gitignore": "route.py\n",
        "pyproject.toml": "[tool.lg-lint]\nignore = ['LG101']\n",
        "lg-lint.toml": "ignore = ['LG101']\n",
    }
    project.write(name, texts[name])
    status, out, _ = project.run()
    assert out.count("LG101") == (2 if name == "more.py" else 0)
    assert status == (1 if name == "more.py" else 0)


def test_a_file_that_names_graphs_is_seen(project: Project) -> None:
    """It is new, then says something else, then is gone: each has its say about LG605."""
    pausing = GRAPH.replace("print", "pause") + "from langgraph.types import interrupt\n"
    project.write("graph.py", pausing + "\n\ndef pause(state):\n    return interrupt({})\n")
    chosen = ("--select", "LG605", ".")
    assert "LG605" in project.run(*chosen)[1]
    project.write("aegra.json", '{"graphs": {"g": "./graph.py:graph"}}')
    assert "LG605" not in project.run(*chosen)[1]
    project.write("aegra.json", '{"graphs": {"g": "./route.py:graph"}}', when=OLD + 5_000_000_000)
    (project.root / "route.py").write_text("graph = None\n", encoding="utf-8")
    assert "LG605" in project.run(*chosen)[1]
    project.write("aegra.json", '{"graphs": {"g": "./graph.py:graph"}}', when=OLD + 9_000_000_000)
    assert "LG605" not in project.run(*chosen)[1]
    (project.root / "aegra.json").unlink()
    assert "LG605" in project.run(*chosen)[1]


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_edited_a_run_says_what_one_without_a_cache_says(
    project: Project, seed: int
) -> None:
    texts = {
        "graph.py": [GRAPH, "# A graph.\n" + GRAPH, GRAPH.replace("graph =", "other =")],
        "route.py": [ROUTE, "# A route.\n" + ROUTE, CALLING, CALLING + "# end\n"],
        "helper.py": [
            HELPER,
            HELPER + "# no\n",
            HELPER.replace("time.monotonic", "time.sleep"),
            None,
        ],
        "idle.py": [IDLE, IDLE + "import route\n", "def broken(:\n", None],
        "stream.py": [STREAM, None],
        "requirements.txt": ["starlette==0.45.3\n", "starlette==1.40.0\n", None],
        "uv.lock": [LOCK, None],
        ".gitignore": ["route.py\n", "stream.py\n", None],
        "lg-lint.toml": ["ignore = ['LG101']\n", "ignore = ['LG303']\n", "broken [", None],
        "nginx.conf": ["server {\n  location / {\n    proxy_pass http://app;\n  }\n}\n", None],
    }
    chance = random.Random(seed)
    for tick in range(10):
        name = chance.choice(sorted(texts))
        text = chance.choice(texts[name])
        if text is not None:
            project.write(name, text, when=OLD + tick)
        else:
            (project.root / name).unlink(missing_ok=True)
        project.touch(".", OLD + tick)
        expected = project.run("--no-cache")
        assert project.run() == expected, (name, text)
        assert project.run() == expected, (name, text)


@pytest.mark.parametrize("clock", ["fine", "coarse"])
def test_a_changed_pin_is_seen(project: Project, clock: str) -> None:
    project.write("stream.py", STREAM)
    now = (project.root / "stream.py").stat().st_ctime_ns
    pins = (("0.45.3", "error"), ("1.40.0", None), ("0.46.0", "warning"))
    for tick, (pin, severity) in enumerate(pins):
        when = OLD + tick if clock == "fine" else now
        project.write("requirements.txt", f"starlette=={pin}\n", when=when)
        status, out, _ = project.run("--select", "LG303")
        assert status == (0 if severity is None else 1)
        assert (f"starlette {pin} (requirements.txt)" in out) is (severity is not None)
        assert project.run("--select", "LG303")[:2] == (status, out)


PAUSE = """\
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt


def ask(state: dict) -> dict:
    return {"answer": interrupt("go on?")}


builder = StateGraph(dict)
builder.add_node("ask", ask)
builder.add_edge(START, "ask")
graph = builder.compile()
"""


@pytest.mark.parametrize("name", ["langgraph.json", "aegra.json"])
def test_a_new_or_changed_file_that_names_graphs_is_seen(project: Project, name: str) -> None:
    served = '{"graphs": {"a": "./ask.py:graph"}}'
    project.write("ask.py", PAUSE)
    assert project.run("--select", "LG605")[0] == 1
    for tick, (text, status) in enumerate([(served, 0), ("{}", 1), (served, 0), ("{", 1)]):
        project.write(name, text, when=OLD + tick)
        assert project.run("--select", "LG605")[0] == status


@pytest.mark.parametrize(
    ("name", "text"),
    [("uv.lock", LOCK), ("requirements-prod.txt", "starlette==1.4.0\n")],
)
def test_a_new_lock_is_seen(project: Project, name: str, text: str) -> None:
    project.write("stream.py", STREAM)
    assert project.run("--select", "LG303")[0] == 0
    project.write(name, text)
    assert f"starlette 1.4.0 ({name})" in project.run("--select", "LG303")[1]


def test_a_repository_around_the_project_is_seen(project: Project) -> None:
    project.write("../.gitignore", "route.py\n")
    project.touch(".", OLD)  # as long ago as the files in it, so that times alone are compared
    assert project.run()[0] == 1
    repository = project.root.parent / ".git"
    repository.mkdir()
    assert project.run()[0] == 0
    repository.rmdir()
    assert project.run()[0] == 1


@pytest.mark.parametrize("meanwhile", [False, True])
def test_settings_that_change_during_a_run_are_not_taken_for_its_own(
    tmp_path: Path, meanwhile: bool
) -> None:
    settings = tmp_path / "lg-lint.toml"
    settings.write_text("")
    seen = Ledger(str(tmp_path))
    if meanwhile:
        os.utime(settings, ns=(seen.made, seen.made))
    seen.places.add(str(settings))
    spot = RunKey(["check"], str(tmp_path / "cache"))
    remember(spot, seen, 0, b"")
    assert (RunRecord.read(spot) is None) is meanwhile


def test_a_removed_file_is_seen(project: Project) -> None:
    project.run()
    (project.root / "route.py").unlink()
    assert project.run()[0] == 0


@pytest.mark.parametrize("pattern", ["runs/*", "facts/*.index", "facts/*.*[0-9a-f]"])
@pytest.mark.parametrize("damage", ["torn", "foreign", "empty"])
def test_a_broken_cache_means_a_cold_run(project: Project, pattern: str, damage: str) -> None:
    first = project.run()
    files = project.kept(pattern)
    assert files
    for file in files:
        data = file.read_bytes()
        file.write_bytes(
            {"torn": data[: len(data) // 2], "foreign": b"\x80\x05N.", "empty": b""}[damage]
        )
    if not pattern.startswith("runs"):
        for file in project.kept("runs/*"):
            file.unlink()
        assert "cache: " in project.run("-v")[2]
    assert project.run() == first


def test_the_cache_lies_outside_the_project(project: Project) -> None:
    before = sorted(project.root.rglob("*"))
    project.run()
    assert sorted(project.root.rglob("*")) == before
    if os.name == "posix":
        assert project.cache.stat().st_mode & 0o077 == 0


def test_no_cache_neither_reads_nor_writes(project: Project) -> None:
    assert project.run("--no-cache")[0] == 1
    assert not project.cache.exists()


def test_a_folder_that_cannot_be_written_to_is_no_error(project: Project) -> None:
    project.cache.write_text("a file")
    project.cache /= "below"
    assert project.run()[0] == 1
    assert "cache: not written" in project.run("-v")[2]


def test_runs_side_by_side(project: Project) -> None:
    with ThreadPoolExecutor(4) as pool:
        results = set(pool.map(lambda _: project.run(), range(4)))
    assert len(results) == 1
    assert project.run() in results


def test_clean_removes_caches_alone(project: Project) -> None:
    command = [sys.executable, "-m", "lg_lint", "clean", "--cache-dir"]
    project.run()
    assert subprocess.run([*command, project.cache], timeout=60, check=False).returncode == 0
    assert not project.cache.exists()
    assert subprocess.run([*command, project.root], timeout=60, check=False).returncode == 2
    assert project.root.exists()


def test_the_installers_list_or_the_files_themselves_tell_versions_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "lg_lint"
    package.mkdir()
    module = package / "rule.py"
    module.write_text("x = 1")
    monkeypatch.setattr(lg_lint, "PACKAGE", str(package))

    def version() -> bytes:
        monkeypatch.setattr(folder, "_versions", {})
        return folder.version(str(package))

    found = [version()]
    module.write_text("x = 10")
    found.append(version())
    installed = tmp_path / f"lg_lint-{__version__}.dist-info"
    installed.mkdir()
    for digests in ("lg_lint/rule.py,sha256=a,6", "lg_lint/rule.py,sha256=b,6"):
        (installed / "RECORD").write_text(digests)
        found.append(version())
    assert len(set(found)) == 4
    assert version() == found[-1]


def test_more_facts_than_are_held_in_memory_come_back(tmp_path: Path) -> None:
    facts = {bytes([number]) * 16: os.urandom(400_000) for number in range(8)}
    first = Store(str(tmp_path), "project")
    for key, content in facts.items():
        first.put(key, content)
    assert not list(tmp_path.iterdir())
    first.save()
    second = Store(str(tmp_path), "project")
    some = dict(list(facts.items())[:3])
    assert {key: second.get(key) for key in some} == some
    second.put(b"more" * 4, b"content")
    second.save()  # less than half of what is there is still of use: the rest goes
    third = Store(str(tmp_path), "project")
    assert set(third.keys) == {*some, b"more" * 4}
    assert {key: third.get(key) for key in third.keys} == {**some, b"more" * 4: b"content"}
    assert len(list((tmp_path / "facts").iterdir())) == 2


def test_a_file_that_facts_cannot_wait_in_is_said_when_they_are_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        def write(self, _data: bytes) -> None:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", Full)
    store = Store(str(tmp_path), "project")
    for key in (b"first", b"second"):
        store.put(key, bytes(1 << 20))
    with pytest.raises(OSError, match="No space"):
        store.save()
    assert not list(tmp_path.iterdir())


SERVED = """\
import json

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph

graph = StateGraph(dict).add_node("a", print).add_edge(START, "a").compile(InMemorySaver())
app = FastAPI()


async def events(thread: str):
    async for chunk in graph.astream({}, {"configurable": {"thread_id": thread}}):
        yield json.dumps(chunk)


@app.get("/")
async def chat(thread: str):
    return StreamingResponse(events(thread))
"""
COMPOSED = "services:\n  api:\n    build: .\n    command: uvicorn served:app --workers ${N:-1}\n"


def test_a_changed_deployment_file_is_seen(project: Project) -> None:
    """Files that are new, say something else, or are named by another one that stays as it is."""
    project.write("served.py", SERVED)
    steps: list[tuple[str, str | None, int]] = [
        ("Procfile", "web: uvicorn served:app\n", 0),
        ("Procfile", "web: uvicorn served:app --workers 2\n", 1),
        ("Procfile", "web: ./start.sh\n", 0),
        ("start.sh", "exec uvicorn served:app --workers 3\n", 1),
        ("start.sh", "exec uvicorn served:app --workers 1\n", 0),
        ("compose.yaml", COMPOSED, 0),
        (".env", "N=4\n", 1),
        (".env", "N=1\n", 0),
        ("Dockerfile", 'FROM python\nCMD ["gunicorn", "-k", "asgi", "served:app"]\n', 0),
        ("gunicorn.conf.py", "workers = 4\n", 1),
        ("gunicorn.conf.py", None, 0),
    ]
    for tick, (name, text, status) in enumerate(steps):
        if text is None:
            (project.root / name).unlink()
        else:
            project.write(name, text, when=OLD + tick)
        for _ in range(2):
            assert project.run("--select", "LG501")[0] == status, (name, text)
