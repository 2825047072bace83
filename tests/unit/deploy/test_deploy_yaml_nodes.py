"""YAML and JSON as nodes: lines, merge keys, anchors, and what is never taken apart."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_lint.deploy.settings import Setting, number, seconds, truth
from lg_lint.deploy.yaml_nodes import MOST_BYTES, Node, documents


def root(text: str) -> Node:
    found = documents(text.encode())
    assert not found.unread
    assert found.root is not None
    return found.root


def setting(text: str, *keys: str) -> Setting:
    found = root(text).setting(*keys)
    assert found is not None
    return found


def test_a_value_stands_on_its_own_line_and_not_on_its_keys() -> None:
    found = setting("a:\n  b:\n    three\n", "a", "b")
    assert (found.text, found.line, found.origin) == ("three", 3, "set")


@pytest.mark.parametrize(
    ("text", "word", "line"),
    [
        pytest.param("a: |\n  one\n\n  two\n  three\n", "three", 5, id="literal"),
        pytest.param("a: |-\n  one\n  two", "two", 3, id="literal-without-end"),
        pytest.param("a: >\n  one\n  two\n\n  three\n", "two", 3, id="folded"),
        pytest.param("a: >\n  one\n  two\n\n  three\n", "three", 5, id="folded-paragraph"),
        pytest.param("a: one\n  two\n  three\nb: 1\n", "three", 3, id="plain"),
        pytest.param("a: 'one\n  two\n\n  three'\n", "three", 4, id="single-quoted"),
        pytest.param('a: "one\n  two\n  three"\n', "two", 2, id="double-quoted"),
        pytest.param("a: |\n\n\n  one\n", "one", 4, id="blank-lines-first"),
    ],
)
def test_a_word_inside_of_a_scalar_has_its_own_line(text: str, word: str, line: int) -> None:
    found = setting(text, "a")
    assert found.line_at(found.text.index(word)) == line


@given(st.lists(st.text("ab ", max_size=6), min_size=1, max_size=8))
def test_lines_of_literal_scalars(rows: list[str]) -> None:
    text = "a: |\n" + "".join(f"  x{row}\n" for row in rows)
    found = setting(text, "a")
    at = 0
    for index, row in enumerate(found.text.splitlines()):
        assert found.line_at(at) == index + 2
        at += len(row) + 1


def test_a_part_of_a_scalar_keeps_its_lines() -> None:
    found = setting("a: |\n  one\n  two\n  three\n", "a")
    part = found.part(found.text.index("two"), len(found.text))
    assert (part.line, part.line_at(part.text.index("three"))) == (3, 4)


def test_merge_keys() -> None:
    text = (
        "x: &x {a: 1, b: 1}\ny: &y\n  b: 2\n  c: 2\n"
        "one:\n  <<: *x\n  a: 0\ntwo:\n  c: 0\n  <<: [*x, *y]\n"
    )
    one, two = root(text).get("one"), root(text).get("two")
    assert one is not None
    assert two is not None
    assert {key.text: node.text() for key, node in one.items()} == {"a": "0", "b": "1"}
    assert {key.text: node.text() for key, node in two.items()} == {"a": "1", "b": "1", "c": "0"}


def test_a_merged_value_stands_where_it_is_written() -> None:
    found = setting("x: &x\n  WORKERS: 4\na:\n  <<: *x\n", "a", "WORKERS")
    assert (found.text, found.line) == ("4", 2)


def test_a_node_that_is_part_of_itself() -> None:
    found = root("a: &a\n  <<: *a\n  b: &b [*b]\n").get("a")
    assert found is not None
    assert [key.text for key, _ in found.items()] == ["b"]


def test_merges_that_double_at_each_step_are_followed_once() -> None:
    rows = ["a0: &a0 {k: 1}"]
    rows += [f"a{n}: &a{n}\n  <<: [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40)]
    found = root("\n".join(rows)).get("a39")
    assert found is not None
    assert list(found.entries()) == ["k"]


def test_a_bomb_of_aliases_is_read_and_not_blown_up() -> None:
    rows = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    found = root("\n".join(rows)).get("a59")
    assert found is not None
    assert len(list(found.elements())) == 2


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"a: 1\n" * (MOST_BYTES // 5 + 1), "larger than 512 KiB", id="large"),
        pytest.param(b"\x00\x01\x02", "not a text", id="binary"),
        pytest.param(b"[" * 100_000, "maximum nesting depth", id="deep-flow"),
        pytest.param(b"- " * 100_000, "maximum nesting depth", id="deep-block"),
        pytest.param(b"a: [1", "flow sequence", id="open"),
        pytest.param(b"a: *b", "undefined alias", id="alias"),
        pytest.param(b"a:\n\t- b", "cannot start any token", id="tab"),
    ],
)
def test_what_cannot_be_read_is_told_once(data: bytes, reason: str) -> None:
    found = documents(data)
    assert not found.roots
    assert len(found.unread) == 1
    assert reason in found.unread[0].reason or "expected" in found.unread[0].reason


def test_documents_before_an_error_count() -> None:
    found = documents(b"a: 1\n---\nb: [\n---\nc: 1\n")
    assert [each.text("a") for each in found.roots] == ["1"]
    assert found.unread[0].line >= 3


@pytest.mark.parametrize("indent", [2, "\t", None])
def test_json(indent: int | str | None) -> None:
    value = {"a": {"b": ["x", "\U0001f600", 1.5, True, None]}, "url": "http://x/y"}
    found = documents(json.dumps(value, indent=indent).encode())
    assert not found.unread
    assert found.root is not None
    inner = found.root.at("a", "b")
    assert inner is not None
    assert [each.text() for each in inner.elements()][2:4] == ["1.5", "true"]
    assert found.root.text("url") == "http://x/y"


def test_comments_in_json() -> None:
    text = '{\n  // one\n  "a": "http://x/y", // two\n  "b": 1, //three\n}\n'
    found = documents(text.encode())
    assert not found.unread
    assert found.root is not None
    assert (found.root.text("a"), found.root.setting("b")) == ("http://x/y", Setting("1", 4))


def test_other_encodings() -> None:
    for data in (
        "a: ä\n".encode("utf-16"),
        b"\xef\xbb\xbfa: x\n",
        b"a: \xe4\n",
        b"a: x\r\nb: y\r\n",
    ):
        found = documents(data)
        assert not found.unread
        assert found.root is not None
        assert found.root.text("a")


def test_nothing_is_none_and_a_tag_makes_a_value_unknown() -> None:
    node = root("a:\nb: ~\nc: null\nd: ''\ne: !Ref X\n")
    assert [node.setting(key) for key in "abc"] == [None, None, None]
    assert node.setting("d") == Setting("", 4)
    unknown = node.setting("e")
    assert unknown is not None
    assert not unknown.known


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90", 90),
        ("90s", 90),
        ("1m30s", 90),
        ("1500ms", 1.5),
        ("2h", 7200),
        ("1d", 86400),
        ("", None),
        ("soon", None),
        ("10 apples", None),
        ("9" * 50, None),
        ("1m30x", None),
    ],
)
def test_times(text: str, expected: float | None) -> None:
    assert seconds(Setting(text, 1)) == expected


def test_what_is_unknown_is_no_number_and_no_switch() -> None:
    for origin in ("set", "default", "platform"):
        assert number(Setting("4", 1, origin=origin)) == 4  # type: ignore[arg-type]
    hidden = Setting("4", 1, origin="unknown")
    assert (number(hidden), seconds(hidden), truth(Setting("on", 1, origin="unknown"))) == (
        None,
        None,
        None,
    )
    assert [truth(Setting(text, 1)) for text in ("on", "False", "perhaps")] == [True, False, None]
