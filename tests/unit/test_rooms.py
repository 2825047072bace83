"""The direction of the house: which room may import which, and what each room may not know."""

from __future__ import annotations

import ast
import builtins
import functools
import re
import sys
from pathlib import Path

import pytest

from lg_lint.knowledge import _tables, files, table
from lg_lint.rules.registry import BUILT_IN, all_rules

PROJECT = Path(__file__).parents[2]
sys.path.insert(0, str(PROJECT / "scripts"))

from rooms import PACKAGE, arrows, circles, imports, modules, room_of  # noqa: E402

GROUND = {"base", "ground"}
ENGINE = {"facts", "program", "program.inference", "program.call_graph"}
NOUNS = {"model", "model.versions", "knowledge"}

BELOW = {
    "base": set(),
    "ground": {"base"},
    "facts": {"base"},
    "deploy": {"base", "facts", "knowledge"},
    "program": {"base", "facts"},
    "program.inference": {"facts", "program"},
    "program.call_graph": {"facts", "program", "program.inference"},
    "knowledge": {"base", "program"},
    "model.versions": {"base", "knowledge"},
    "model": {"base", "knowledge", "model.versions", *ENGINE},
    "model.state_flow": {"model", "knowledge", *ENGINE},
    "model.langgraph": {"base", "model.state_flow", *NOUNS, *ENGINE},
    "model.web": {*NOUNS, *ENGINE},
    "model.retries": {"model.langgraph", *NOUNS, *ENGINE},
    "model.blocking": {
        "model.graph_analysis", "model.hosting", "model.langgraph", "model.web", *NOUNS, *ENGINE,
    },
    "model.graph_analysis": {
        "model.langgraph", "model.state_flow", "model.web", *NOUNS, *ENGINE,
    },
    "model.streams": {"model.langgraph", "model.web", "model.retries", *NOUNS, *ENGINE},
    "model.clients": {"model.retries", *NOUNS, *ENGINE},
    "model.hosting": {
        "base", "deploy", "model.graph_analysis", "model.langgraph", "model.web", *NOUNS, *ENGINE,
    },
    "model.assembly": {
        "base", "model.graph_analysis", "model.hosting", "model.langgraph", "model.retries", "model.web",
        *NOUNS, *ENGINE,
    },
    "model.paths": {
        "base", "deploy", "model.clients", "model.graph_analysis", "model.hosting",
        "model.langgraph", "model.streams", "model.web", *NOUNS, *ENGINE,
    },
    "rules": {
        "base", "model.blocking", "model.clients", "model.graph_analysis", "model.hosting",
        "model.langgraph", "model.retries", "model.state_flow", "model.streams", "model.web",
        *NOUNS, *ENGINE,
    },
    "settings": {"base", "program", "rules"},
    "sources": {"settings", *GROUND},
    "cache": {"facts", "program", "sources", *GROUND},
    "run": {
        "cache", "facts", "knowledge", "model", "model.assembly", "model.langgraph",
        "model.versions", "program", "program.call_graph", "rules", "settings", "sources", *GROUND,
    },
    "fixes": {"base", "run", "sources"},
    "drawing": {
        "base", "model", "model.graph_analysis", "model.langgraph", "model.paths", "model.streams",
        *ENGINE,
    },
    "reports": {"model.assembly", "rules", "run", *GROUND},
    "cli": {
        "cache", "drawing", "fixes", "reports", "rules", "run", "settings", "sources", *GROUND,
    },
    "__main__": {"cache", "cli", "ground"},
}  # fmt: skip
"""What each room may import. An arrow that is not in here is a change of design."""

CORES = ("program.inference", "model.state_flow")
"""The two rooms whose files call one another in a circle: values and callees, steps and calls."""

STANDARD = {"builtins", "lg_lint", *sys.stdlib_module_names}
DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+(\(\))?")
OF_PYTHON = {"func", "path", "read", "tool", "toml", "wait"}
"""Words of the tables that Python's own library and files have, too: `asyncio.wait`, `[tool.x]`."""
FILES = (".py", ".pyi", ".toml", ".cfg", ".json")


def test_every_arrow_is_in_the_table() -> None:
    new = [
        f"{start} -> {end}: {each.module} imports {each.imported}"
        for (start, end), between in arrows().items()
        if end not in BELOW.get(start, ())
        for each in between
    ]
    assert not new, "\n" + "\n".join(new)


def test_a_new_arrow_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BELOW, "rules", BELOW["rules"] - {"model.streams"})
    with pytest.raises(AssertionError, match=r"rules -> model\.streams: rules\.\w+ imports"):
        test_every_arrow_is_in_the_table()


def test_the_table_goes_one_way() -> None:
    both = [(start, end) for start, ends in BELOW.items() for end in ends]
    assert not circles(both)


def test_every_room_is_in_the_table() -> None:
    assert {room_of(module) for module in modules()} <= set(BELOW)


def test_no_circle_but_the_two_cores() -> None:
    outside = [
        circle
        for circle in circles(imports())
        if {room_of(module) for module in circle} not in [{core} for core in CORES]
    ]
    assert not outside, outside


def test_a_circle_is_found() -> None:
    assert circles([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")]) == [["a", "b", "c"]]


def _names_of_libraries(path: Path) -> set[str]:
    """The dotted names in a file's strings that are neither Python's own nor files."""
    return {
        text
        for text in _strings(path)
        if DOTTED.fullmatch(text.removesuffix("."))
        and text.split(".")[0] not in STANDARD
        and not text.endswith(FILES)
    }


@functools.cache
def _words_of_libraries() -> set[str]:
    """The packages and last names of the tables, but for those that are words of Python as well."""
    names = _strings_of_tables(_tables())
    dotted = {name.removesuffix("()") for name in names if DOTTED.fullmatch(name)}
    known = {name for name in dotted if name.split(".")[0] not in STANDARD}
    words = {name.split(".")[0] for name in known} | {name.split(".")[-1] for name in known}
    words |= {*table("forwarders"), *table("bags")} - {
        *files()["libraries/python.toml"]["forwarders"]
    }
    own = {part for name in dotted - known for part in name.split(".")}
    kinds = (builtins, str, list, dict, set, type(_words_of_libraries))
    own |= {name for kind in kinds for name in dir(kind)}
    return words - own - OF_PYTHON


def _strings_of_tables(value: object) -> set[str]:
    if isinstance(value, dict):
        parts = [*value, *(part for key, part in value.items() if key not in ("sources", "source"))]
        return set().union(*map(_strings_of_tables, parts))
    if isinstance(value, list):
        return set().union(*map(_strings_of_tables, value))
    return {value} if isinstance(value, str) else set()


@functools.cache
def _strings(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    loose = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    return {
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in loose
    }


def test_the_program_names_no_library() -> None:
    words = _words_of_libraries()
    assert {"run_in_threadpool", "add_task", "RunnableSequence", "state", "langgraph"} <= words
    known = {
        path.relative_to(PACKAGE / "program").as_posix(): names
        for path in (PACKAGE / "program").rglob("*.py")
        if (names := _names_of_libraries(path) | (_strings(path) & words))
    }
    assert known == {}


NO_LIBRARY = {
    "fastapi.yield": "the model's own word for a path operation that yields",
}
"""Dotted texts in the model and the rules that name nothing of a library. Nothing is to join them."""


@pytest.mark.parametrize("room", ["model", "rules"])
def test_names_of_libraries_are_rows_of_tables(room: str) -> None:
    files = (*FILES, ".lock", ".txt", ".yaml", ".internal")
    told = {
        f"{path.relative_to(PACKAGE)}: {name}"
        for path in (PACKAGE / room).rglob("*.py")
        for name in _names_of_libraries(path)
        if name not in NO_LIBRARY and not name.endswith(files)
    }
    assert not told, "\n".join(sorted(told))


def test_each_text_that_is_no_library_is_there() -> None:
    texts = {text for path in PACKAGE.rglob("*.py") for text in _strings(path)}
    assert set(NO_LIBRARY) <= texts


@pytest.mark.parametrize("text", ["run_in_threadpool", "fastapi", "nest_asyncio.apply"])
def test_a_library_in_the_program_is_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "calls.py"
    file.write_text(f'"""On {text}."""\n_KNOWN = {{"list", "{text}"}}\n', encoding="utf-8")
    assert _names_of_libraries(file) | (_strings(file) & _words_of_libraries()) == {text}


RECORDS = {"program.call_graph.execution", "program.scopes", "program.site", "program.values"}
"""The modules of the program whose records a rule may name: what the model's answers hold."""

ANALYSES = {
    "lg204_ineffective_trim": "asks whether what trims is a comprehension",
    "lg404_retry_never_runs": "looks for the retries among all functions",
    "telling.fix_planning": "looks at the place of the call that a fix rewrites",
    "telling.response_fixes": "looks at the arguments of the call that a fix rewrites",
}
"""Rules, and what they say alike, that work something out themselves. It may only become shorter."""

MOST_LINES = 150
"""So long may the code of a rule be, below the page that its docstring is."""

RULES = sorted((PACKAGE / "rules").glob("lg*.py"))


def _works_out() -> dict[str, set[str]]:
    """What files of rules import to work something out: the tree, and answers about the program."""
    found: dict[str, set[str]] = {}
    for each in imports():
        room, _, name = each.module.partition(".")
        asked = each.imported.split(".")[0] in ("facts", "program") and each.imported not in RECORDS
        if room == "rules" and asked:
            found.setdefault(name, set()).add(each.imported)
    return found


def _code_lines(path: Path) -> int:
    text = path.read_text(encoding="utf-8")
    return len(text.splitlines()) - (ast.parse(text).body[0].end_lineno or 0)


def test_rules_ask_and_tell() -> None:
    found = _works_out()
    assert set(found) == set(ANALYSES), {name: found.get(name) for name in {*found} ^ {*ANALYSES}}


def test_analysis_in_a_rule_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(ANALYSES, "telling.fix_planning")
    with pytest.raises(AssertionError, match=r"telling\.fix_planning.*program\.await_places"):
        test_rules_ask_and_tell()


def test_rules_are_short() -> None:
    assert len(RULES) > 30
    found = {path.stem: _code_lines(path) for path in RULES}
    assert not {name: lines for name, lines in found.items() if lines > MOST_LINES}


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md"])
def test_each_rule_is_in_the_readme_and_in_the_changelog(name: str) -> None:
    text = (PROJECT / name).read_text(encoding="utf-8")
    codes = {rule.code for rule in all_rules()} - {rule.code for rule in BUILT_IN}
    assert not sorted(code for code in codes if not re.search(rf"\b{code}\b", text))
