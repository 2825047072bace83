"""Ignore comments: what they hide, what is said about those that hide nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_lint.base.finding import Confidence, Finding, Hop, Place, Severity, Step
from lg_lint.rules import registry
from lg_lint.rules.rule import Rule
from lg_lint.run.suppression import Pragmas, Suppressed, suppress

PIECES = st.one_of(
    st.sampled_from(["# lg-lint: ignore[", "LG901", ", third", "]", "# noqa: ", "\r", "\n", '"""']),
    st.text("ab#[](){}'\"\\\n\t :,@=é", max_size=4),
)
EVERY = frozenset({"LG000", "LG001", "LG002", "LG901", "LG902", "LG911"})


@pytest.fixture(autouse=True)
def rules(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Rules of our own, so that no real one is needed."""
    own = tuple(
        Rule(
            code=code,
            name=name,
            severity=Severity.ERROR,
            hop=Hop.NODE,
            page="Page",
            check=lambda _rule, _project: (),
        )
        for code, name in (("LG901", "first-rule"), ("LG902", "second-rule"), ("LG911", "third"))
    )
    monkeypatch.setattr(registry, "BUILT_IN", (*registry.BUILT_IN, *own))
    registry.names.cache_clear()
    yield
    registry.names.cache_clear()


def finding(
    row: int, code: str = "LG901", *, end: int | None = None, path: str = "a.py"
) -> Finding:
    place = Place(path, row, 1, end or row, 9)
    return Finding(code, "n", "m", Severity.ERROR, Confidence.HIGH, Hop.NODE, place)


def run(text: str, *findings: Finding, checked: frozenset[str] = EVERY) -> Suppressed:
    pragmas = {"a.py": Pragmas.parse(text)}
    return suppress(findings, pragmas, checked=checked, reported={"a.py"})


def is_hidden(text: str, row: int, code: str = "LG901", *, end: int | None = None) -> bool:
    return bool(run(text, finding(row, code, end=end)).hidden)


def extra(text: str, *findings: Finding, checked: frozenset[str] = EVERY) -> list[str]:
    return [f"{each.code} {each.message}" for each in run(text, *findings, checked=checked).extra]


# --- what is hidden ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "comment",
    [
        "# lg-lint: ignore[LG901]",
        "# lg-lint: ignore[LG901] the run is short",
        "#lg-lint:ignore [ LG911 , LG901 ]",
        "# lg-lint: ignore[first-rule]",
        "# lg-lint: ignore[LG90]",
        "# type: ignore[x]  # lg-lint: ignore[LG901]",
        "# lg-lint: ignore[LG911] a  # lg-lint: ignore[LG901] b",
        "# lg-lint: file-ignore[LG901]",
        "# noqa: LG901",
        "# NOQA:E501,LG901 because",
        "# noqa: E501 LG901",
    ],
)
def test_a_comment_hides_what_it_names_on_its_line(comment: str) -> None:
    text = f"x = f()  {comment}\ny\n"
    assert is_hidden(text, 1)
    assert not is_hidden(text, 1, "LG001")
    assert is_hidden(text, 2) == ("file-ignore" in comment)


@pytest.mark.parametrize(
    "line",
    [
        "s = '# lg-lint: ignore[LG901]'",
        's = """\n# lg-lint: ignore[LG901]"""',
        "x  # lg-lint ignore[LG901]",
        "x  # lg-lint: ignore",
        "x  # lg-lint: ignore[]",
        "x  # lg-lint: ignore[ALL]",
        "x  # lg-lint: ignore[LG901",
        "x  # lg-lint: disable[LG901]",
        "x  # noqa",
        "x  # noqa: E501",
        "# noqa: LG901\nx",
        "# flake8: noqa: LG901\nx",
    ],
)
def test_what_hides_nothing(line: str) -> None:
    assert not is_hidden(line, line.count("\n") + 1)


def test_a_comment_of_its_own_speaks_of_the_statement_below() -> None:
    text = """\
before()
# lg-lint: ignore[LG901] one
# prose between

# lg-lint: ignore[LG902] two
call(
    a,
)
after()
"""
    assert [is_hidden(text, row) for row in (1, 6, 7, 8, 9)] == [False, True, True, True, False]
    assert is_hidden(text, 6, "LG902")


def test_a_comment_at_the_end_of_a_statement_speaks_of_all_of_it() -> None:
    text = "x = f(\n    a,  # lg-lint: ignore[LG902]\n    b,\n)  # lg-lint: ignore[LG901]\ny\n"
    assert [is_hidden(text, row) for row in (1, 2, 3, 4, 5)] == [True, True, True, True, False]
    assert [is_hidden(text, row, "LG902") for row in (1, 2, 3)] == [False, True, False]
    assert is_hidden(text, 1, "LG902", end=4)


def test_a_comment_between_brackets_speaks_of_the_line_below() -> None:
    text = "x = f(\n    # lg-lint: ignore[LG901]\n\n    # why\n    a,\n    b,\n)\n"
    assert [is_hidden(text, row) for row in (1, 5, 6)] == [False, True, False]


@pytest.mark.parametrize("row", [2, 3, 4, 5])
def test_a_comment_above_or_at_the_end_holds_for_decorators_and_header(row: int) -> None:
    header = "@one\n@two(\n    3)\nasync def f(a):"
    body = "\n    pass\n"
    assert is_hidden(f"# lg-lint: ignore[LG901]\n{header}{body}", row)
    assert is_hidden(f"\n{header}  # lg-lint: ignore[LG901]{body}", row)
    assert not is_hidden(f"# lg-lint: ignore[LG901]\n{header}{body}", 6)


def test_a_comment_in_the_body_does_not_hide_what_is_said_of_the_whole_function() -> None:
    text = "def f():\n    x = 1  # lg-lint: ignore[LG901]\n    return x\n"
    assert not is_hidden(text, 1, end=3)
    assert is_hidden("def f():  # lg-lint: ignore[LG901]\n    x = 1\n", 1, end=2)


def test_rows_are_counted_as_the_interpreter_does() -> None:
    text = "a = '\x0c\u2028'\r\nb\rc  # lg-lint: ignore[LG901]\n"
    assert [is_hidden(text, row) for row in (2, 3, 4)] == [False, True, False]


def test_a_text_that_does_not_parse_is_read_line_by_line() -> None:
    text = "def f(:\n  '''\n# lg-lint: ignore[LG901]\n\ng()\nh()  # lg-lint: ignore[LG902]\n"
    assert is_hidden(text, 5)
    assert is_hidden(text, 6, "LG902")
    assert is_hidden("def f(:\n '''\n# lg-lint: file-ignore[LG000]\n", 1, "LG000")


def test_a_comment_on_any_step_of_the_trace_hides_the_finding() -> None:
    pragmas = {
        "a.py": Pragmas.parse("x\n"),
        "b.py": Pragmas.parse("y  # lg-lint: ignore[LG901]\n"),
        "c.py": Pragmas.parse("z  # lg-lint: ignore[LG901]\n"),
    }
    steps = tuple(Step(finding(1, path=path).place, "calls") for path in ("b.py", "c.py", "d.py"))
    base = finding(1)
    traced = Finding(
        base.code, "n", "m", base.severity, base.confidence, base.hop, base.place, trace=steps
    )
    found = suppress([traced, base], pragmas, checked=EVERY, reported=pragmas)
    assert (found.hidden, found.kept, found.extra) == ([traced], [base], [])


@given(st.lists(PIECES, max_size=12).map("".join))
def test_names_are_found_where_they_stand_whatever_the_text(text: str) -> None:
    lines = re.split(r"\r\n|\n|\r", text)
    pragmas = Pragmas.parse(text)
    for pragma in pragmas.pragmas:
        if not pragma.foreign:
            assert lines[pragma.row - 1].startswith(pragma.selector, pragma.column - 1)
    for complaint in pragmas.complaints:
        assert complaint.column + complaint.width <= len(lines[complaint.row - 1]) + 1


# --- what is said of comments --------------------------------------------------------------


def test_an_unused_comment_is_reported_name_by_name() -> None:
    text = "x  # lg-lint: ignore[LG901, third]\n"
    [found] = run(text, finding(1)).extra
    assert (found.code, found.place) == ("LG001", Place("a.py", 1, 29, 1, 34))
    assert "third" in found.message
    assert extra("# lg-lint: file-ignore[LG901]\n") == ["LG001 nothing to ignore here for LG901"]
    assert extra("# lg-lint: ignore[LG90]") == ["LG001 nothing to ignore here for LG90"]


def test_used_comments_and_noqa_are_not_reported() -> None:
    assert extra("x  # lg-lint: ignore[LG90]\n", finding(1)) == []
    assert extra("x  # noqa: LG901, LG999\n") == []


def test_only_rules_that_were_checked_can_be_unused() -> None:
    text = "x  # lg-lint: ignore[LG90]\n"
    assert extra(text, checked=EVERY - {"LG902"}) == []
    assert extra(text, checked=EVERY - {"LG001"}) == []
    assert extra(text, checked=EVERY - {"LG911"}) != []


def test_nothing_is_said_of_files_that_are_not_reported_or_not_readable() -> None:
    text = "x  # lg-lint: ignore[LG901, LG9X]\n"
    pragmas = {"a.py": Pragmas.parse(text)}
    assert suppress([], pragmas, checked=EVERY, reported=()).extra == []
    assert [each[:5] for each in extra(text, finding(1, "LG000"))] == ["LG002"]


def test_the_report_of_an_unused_comment_can_be_ignored() -> None:
    assert extra("x  # lg-lint: ignore[LG901, LG001] only on Windows\n") == []
    assert extra("# lg-lint: ignore[LG901, LG001]\nx\n") == []
    assert extra("# lg-lint: file-ignore[LG001]\nx  # lg-lint: ignore[LG901]\n") == []


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("ignore[LG9O2]", 'no rule "LG9O2"; did you mean "LG902"?'),
        ("ignore[frist-rule]", 'no rule "frist-rule"; did you mean "first-rule"?'),
        ("file-ignore[qqq]", 'no rule "qqq"'),
        ("ignore", 'name the codes to ignore: "ignore[LG101]"'),
        ("file-ignore[ , ] why", 'name the codes to ignore: "file-ignore[LG101]"'),
        ("ignore[ALL]", '"ALL" hides everything: name the codes to ignore'),
        ("ignore[LG901", "the bracket of the ignore comment is not closed"),
        ("ingore[LG901]", 'no instruction "ingore"; did you mean "ignore"?'),
        ("disable=LG901", 'no instruction "disable"; write "ignore[...]"'),
    ],
)
def test_a_comment_that_cannot_be_followed_is_reported(comment: str, message: str) -> None:
    text = f"x  # lg-lint: {comment}\n"
    assert extra(text) == [f"LG002 {message}"]
    assert extra(text, checked=EVERY - {"LG002"}) == []


def test_prose_that_speaks_of_the_tool_is_left_alone() -> None:
    assert extra("# lg-lint: this call is short\n# lg-lint is run in CI\n# lg-lint:\n") == []
