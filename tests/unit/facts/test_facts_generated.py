"""Generated programs: spans hold, and the same text always says the same."""

from __future__ import annotations

import libcst as cst
from facts_dump import dump, walk_all
from hypothesis import given, settings
from hypothesis import strategies as st

from lg_lint.facts import tree
from lg_lint.facts.extract import extract
from lg_lint.facts.from_libcst.extract import extract as extract_by_libcst
from lg_lint.facts.from_libcst.extract import placed

_blank = st.sampled_from(["", " ", "  ", "\t", " \\\n "])
_name = st.sampled_from(["a", "bc", "i", "in_", "not_", "\u00e9", "lambda_", "async_"])
_atom = st.one_of(
    _name,
    st.sampled_from(["1", ".5", "0x1F", "2j", "None", "...", "()", "'x'", "'''y\n'''", "b'z'"]),
    st.sampled_from(["f'{a}'", "f'{a!r:>{b}} {{'", "'x' f'y{i}'", "rf'\\d{a}'"]),
)


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def joined(*parts: object) -> st.SearchStrategy[str]:
        strategies = [
            part if isinstance(part, st.SearchStrategy) else st.just(part) for part in parts
        ]
        return st.tuples(*strategies).map("".join)

    operator = st.sampled_from(
        [
            "+",
            "-",
            "*",
            "**",
            "//",
            "@",
            "<<",
            "|",
            "<",
            "!=",
            " and ",
            " or ",
            " not in ",
            " is not ",
        ]
    )
    return st.one_of(
        joined("(", _blank, inner, _blank, ")"),
        joined("(", inner, ")", operator, _blank, "(", inner, ")"),
        joined("(", inner, _blank, ")", operator, "-", _name),
        joined(st.sampled_from(["-", "~", "not ", "+"]), _blank, "(", inner, ")"),
        joined(_name, _blank, "(", inner, ",", _blank, "k=", inner, ", *", _name, ")"),
        joined(_name, _blank, ".", _blank, _name, "[", inner, ":", _blank, inner, "]"),
        joined("[", inner, ",", _blank, inner, _blank, ",", _blank, "]"),
        joined("{", inner, _blank, ":", inner, ", **", _name, "}"),
        joined("[", inner, " for ", _name, " in (", inner, ") if ", _name, "]"),
        joined("(", inner, ")if ", _name, " else (", inner, ")"),
        joined("(lambda ", _name, "=", inner, ":", inner, ")"),
        joined("(", inner, ",", _blank, ")"),
    )


_expression = st.recursive(_atom, _grown, max_leaves=8)
_line = st.one_of(
    _expression,
    st.tuples(_name, _expression).map(" = ".join),
    st.tuples(_name, _expression).map(" += ".join),
    _expression.map("return {}".format),
    _expression.map("def f(a, /, *, b: {}): pass".format),
    _expression.map("if {}: pass; a;".format),
    _expression.map("for i in {}:\n    # if\n    continue".format),
    _expression.map("@a\nclass C(B, k={}):\n\n    '''doc'''".format),
    _expression.map("with a as b, {}: pass".format),
    _expression.map("assert a, {} # not".format),
)
_newline = st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\n  # c\n"])
_program = st.lists(st.tuples(_line, _newline).map("".join), max_size=5).map("".join)


@given(_program)
@settings(max_examples=200, deadline=None)
def test_generated_programs(text: str) -> None:
    facts = extract(text)
    assert facts.error is None, facts.error
    assert dump(facts) == dump(extract_by_libcst(text))
    trees = [facts.body, placed(cst.parse_module(text))]
    for body in trees:
        for node in walk_all(body):
            if isinstance(node, tree.Slice):
                node.at = 0  # libcst counts blanks in here
    assert dump(trees[0]) == dump(trees[1])


@given(st.text(alphabet="ab1.,:;=+-*()[]{}'\"f#\\ \n\t\r\x0c@\u00e9!<>", max_size=30))
@settings(max_examples=500, deadline=None)
def test_any_text_is_facts_or_an_error(text: str) -> None:
    facts = extract(text)
    if facts.error is not None:
        row, column, message = facts.error
        assert 1 <= row <= text.count("\n") + text.count("\r") + 1
        assert 1 <= column <= len(text) + 1
        assert message
        assert "\n" not in message
