"""Every span against libcst's own position metadata, against the text, and by both parsers."""

from __future__ import annotations

import ast
import importlib.util
import warnings
from collections import Counter
from pathlib import Path

import libcst as cst
import pytest
from facts_dump import dump, walk_all
from facts_snippets import SNIPPETS
from libcst.metadata import MetadataWrapper, PositionProvider

from lg_lint.facts import tree
from lg_lint.facts.extract import abstract, extract, extract_quickly
from lg_lint.facts.from_ast import strings
from lg_lint.facts.from_ast.source import Source
from lg_lint.facts.from_libcst.cursor import Cursor
from lg_lint.facts.from_libcst.extract import extract as extract_by_libcst
from lg_lint.facts.from_libcst.extract import placed

_SAME_PLACE = {
    "Attribute": "Attribute",
    "Call": "Call",
    "Arg": "Arg",
    "BinaryOperation": "BinOp",
    "BooleanOperation": "BoolOp",
    "UnaryOperation": "UnaryOp",
    "Comparison": "Compare",
    "IfExp": "IfExp",
    "Await": "Await",
    "Yield": "Yield",
    "Lambda": "Lambda",
    "Subscript": "Subscript",
    "Dict": "Dict",
    "NamedExpr": "NamedExpr",
    "ListComp": "Comprehension",
    "SetComp": "Comprehension",
    "DictComp": "Comprehension",
    "Param": "Param",
    "FunctionDef": "FunctionDef",
    "ClassDef": "ClassDef",
    "If": "If",
    "For": "For",
    "While": "While",
    "With": "With",
    "Try": "Try",
    "TryStar": "Try",
    "ExceptHandler": "Handler",
    "ExceptStarHandler": "Handler",
    "Match": "Match",
    "MatchCase": "Case",
    "Expr": "ExprStatement",
    "Assign": "Assign",
    "AnnAssign": "Assign",
    "TypeAlias": "Assign",
    "AugAssign": "AugAssign",
    "Del": "Delete",
    "Return": "Return",
    "Raise": "Raise",
    "Assert": "Assert",
    "Pass": "Jump",
    "Break": "Jump",
    "Continue": "Jump",
    "Global": "ScopeDeclaration",
    "Nonlocal": "ScopeDeclaration",
    "Import": "Import",
    "ImportFrom": "ImportFrom",
    "ImportAlias": "Alias",
}


def _sample() -> list[Path]:
    files: list[Path] = []
    for package in ("langgraph.pregel", "starlette", "click", "_pytest"):
        spec = importlib.util.find_spec(package)
        assert spec is not None
        assert spec.submodule_search_locations
        below = sorted(Path(spec.submodule_search_locations[0]).rglob("*.py"))
        files += [path for path in below if 2_000 < path.stat().st_size < 16_000][:6]
    return files


class _Places(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self) -> None:
        super().__init__()
        self.found: Counter[tuple[str, tree.Span]] = Counter()
        self.names: Counter[tree.Span] = Counter()

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.TypeParameters):
            return False
        kind = _SAME_PLACE.get(type(node).__name__)
        is_bare = isinstance(node, cst.Arg) and not node.star and node.keyword is None
        if kind is not None and not is_bare:
            self.found[(kind, self._span(node))] += 1
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            self.names[self._span(node.name)] += 1
        if isinstance(node, (cst.Import, cst.ImportFrom)) and not isinstance(
            node.names, cst.ImportStar
        ):
            for alias in node.names:
                alias.visit(self)
        return not isinstance(node, (cst.Import, cst.ImportFrom, cst.ImportAlias))

    def _span(self, node: cst.CSTNode) -> tree.Span:
        place = self.get_metadata(PositionProvider, node)
        start, end = place.start, place.end
        return (start.line, start.column + 1, end.line, end.column + 1)


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _slice(lines: list[str], span: tree.Span) -> str:
    row, column, end_row, end_column = span
    if row == end_row:
        return lines[row - 1][column - 1 : end_column - 1]
    middle = lines[row : end_row - 1]
    return "\n".join([lines[row - 1][column - 1 :], *middle, lines[end_row - 1][: end_column - 1]])


def _is_placed_otherwise(node: tree.Node) -> bool:
    """Whether libcst counts parentheses, or names what we do not."""
    if isinstance(node, tree.Arg):
        return not node.star and node.keyword is None
    if isinstance(node, tree.Comprehension):
        return node.kind == "generator"
    return isinstance(node, tree.Alias) and node.name == "*"


def _check(facts: tree.ModuleFacts, text: str) -> None:
    assert facts.error is None
    nodes = walk_all(facts.body)

    wrapper = MetadataWrapper(cst.parse_module(text.removeprefix("\ufeff")))
    places = _Places()
    wrapper.visit(places)
    compared = set(_SAME_PLACE.values())
    ours = Counter(
        (type(node).__name__, node.span)
        for node in nodes
        if type(node).__name__ in compared and not _is_placed_otherwise(node)
    )
    assert ours == places.found
    definitions = [n for n in nodes if isinstance(n, (tree.FunctionDef, tree.ClassDef))]
    assert Counter(node.name_span for node in definitions) == places.names

    lines = _lines(text.removeprefix("\ufeff"))
    for node in nodes:
        written = _slice(lines, node.span)
        if isinstance(node, tree.Name):
            assert written == node.id
        elif isinstance(node, tree.Sequence) and node.kind != "tuple":
            assert written[0] + written[-1] == ("[]" if node.kind == "list" else "{}")
        elif isinstance(node, tree.JoinedString):
            assert written[-1] in "'\""
        elif isinstance(node, tree.Starred):
            assert written.startswith("*")
        elif isinstance(node, tree.Generator):
            assert " in" in written or ")in" in written
        elif isinstance(node, tree.Slice):
            assert ":" in written


@pytest.fixture
def no_fallback(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: cst.Module) -> tree.Block:
        raise AssertionError("the cursor lost its way")

    monkeypatch.setattr("lg_lint.facts.from_libcst.extract.placed", refuse)


@pytest.mark.usefixtures("no_fallback")
@pytest.mark.parametrize("path", _sample(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_installed_sources(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    _check(extract_by_libcst(text), text)
    assert dump(abstract(text)) == dump(extract_by_libcst(text).body)


@pytest.mark.usefixtures("no_fallback")
@pytest.mark.parametrize("text", SNIPPETS)
def test_snippets(text: str) -> None:
    bare = text.removeprefix("\ufeff")
    _check(extract_by_libcst(bare), bare)
    assert dump(extract(text)) == dump(extract_by_libcst(bare))


def test_few_snippets_need_libcst(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those in syntax newer than the Python that runs, and a few oddities."""
    asked = []

    def note(text: str) -> tree.ModuleFacts:
        asked.append(text)
        return tree.ModuleFacts()

    monkeypatch.setattr("lg_lint.facts.from_libcst.extract.extract", note)
    for text in SNIPPETS:
        extract(text)
    assert len(asked) < len(SNIPPETS) / 4
    assert "match x:\n case {**rest}: pass\n" in "".join(asked)


@pytest.mark.parametrize(
    "text",
    [
        "def \\\nf(): pass\n",
        "def f(* \\\n a): pass\n",
        "match x:\n case (\n  a.b): pass\n",
        "match x:\n case {**rest}: pass\n",
    ],
)
def test_places_that_python_does_not_tell_are_asked_of_libcst(text: str) -> None:
    ast.parse(text)
    assert extract_quickly(text) is None
    assert extract(text).body


def test_a_name_in_a_string_has_to_be_where_python_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before 3.12, Python counts some places in strings wrongly."""
    monkeypatch.setattr(strings, "_PLACES_ARE_RELIABLE", False)
    text = "x = f'{a} {b:{c}}'\n"
    assert extract_quickly(text) is not None
    monkeypatch.setattr(Source, "has", lambda _, name, row, column: name != "c")
    assert extract_quickly(text) is None
    assert dump(extract(text)) == dump(extract_by_libcst(text))


@pytest.mark.parametrize("text", SNIPPETS)
def test_fallback_says_the_same(text: str) -> None:
    bare = text.removeprefix("\ufeff")
    assert dump(placed(cst.parse_module(bare))) == dump(extract_by_libcst(bare).body)


def test_a_lost_cursor_falls_back(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "async def f(a):\n    return await (a.b)\n"
    expected = dump(extract_by_libcst(text))
    monkeypatch.setattr("lg_lint.facts.from_libcst.extract.Cursor", lambda _: Cursor("else: other"))
    assert dump(extract_by_libcst(text)) == expected


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("\\\na\n", (2, 1, 2, 2)),
        ("a = 1\n\x0cb\n", (2, 2, 2, 3)),
        ("'\x0b\u2028'\nb\n", (2, 1, 2, 2)),
        ("x = '''\r\n'''\rb", (3, 1, 3, 2)),
        ("\ufeffa", (1, 1, 1, 2)),
    ],
)
def test_places_that_libcst_loses(text: str, span: tree.Span) -> None:
    assert extract(text).body[-1].span == span


def test_constants_are_where_their_value_is_written() -> None:
    for path in _sample()[::4]:
        text = path.read_text(encoding="utf-8")
        lines = _lines(text)
        body = extract(text).body
        in_strings = {
            id(part)
            for node in walk_all(body)
            if isinstance(node, tree.JoinedString)
            for part in node.parts
        }
        for node in walk_all(body):
            if isinstance(node, tree.Constant) and id(node) not in in_strings:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    assert ast.literal_eval(f"({_slice(lines, node.span)})") == node.value
