"""The quick look at names never misses what a pattern means."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from lg_lint.sources.ignores import IgnoreRules
from lg_lint.sources.names import Names

PARTS = st.text("ab.*?[]!^-\\\\ \t", min_size=1, max_size=6)
PATTERNS = st.builds(
    lambda sign, parts, slash: sign + "/".join(parts) + slash,
    st.sampled_from(["", "!", "/", "**/"]),
    st.lists(PARTS, min_size=1, max_size=3),
    st.sampled_from(["", "/", " ", "\\ "]),
)
NAMES = st.text("ab.!^-*[ \\", min_size=1, max_size=5)


@given(PATTERNS, NAMES, st.booleans())
@example("*.py[cod]", "a.pyc", False)
@example("a[!b]", "ac", False)
@example("a[^b]", "ac", False)
@example("a\\*b", "a*b", False)
@example("*\\*b", "xx*b", False)
@example("logs/*", "a", True)
@example("a/**", "b", False)
@example("/a/**/", "b", True)
@example("a/** ", "b", False)
@example("[a]/*", "b", False)
@example("[a]b[b]", "abb", True)
def test_every_name_that_a_pattern_matches_may_be_meant(
    pattern: str, name: str, is_folder: bool
) -> None:
    try:
        spec = GitIgnoreSpec.from_lines([pattern])
    except (ValueError, re.error):
        return
    folder = "/".join(part for part in pattern.strip("!/ ").split("/")[:-1] if part != "**")
    for path in (name, f"{folder}/{name}", f"x/{name}"):
        if spec.check_file(path + ("/" if is_folder else "")).include is not None:
            parents = [part for part in path.split("/")[:-1] if part]
            named_above = any(
                spec.check_file("/".join(parts) + "/").include is not None
                for parts in (parents[:end] for end in range(1, 1 + len(parents)))
            )
            assert named_above or Names([pattern]).may_mean(path)


@pytest.mark.parametrize("name", ["build", "x.pyc", "a$py.class", "core.7", "b.egg-info", "é"])
def test_usual_patterns_are_told_apart_by_name(name: str) -> None:
    names = Names(["build/", "*.py[cod]", "*$py.class", "core.*", "*.egg-info/", "/dist", "!é"])
    assert names.may_mean(name)
    assert not names.may_mean(f"_{name}_")


def test_what_is_in_a_folder_is_told_apart_by_the_folder() -> None:
    names = Names(["logs/*", "!/a/data/**", "x/"])
    assert names.may_mean("logs/a.py")
    assert names.may_mean("b/logs/a.py")
    assert names.may_mean("a/data/b/c.py")
    assert names.may_mean("a/data")
    assert not names.may_mean("b/a.py")
    assert not names.may_mean("b")


def test_a_folder_is_covered_by_what_names_one_above_it() -> None:
    rules = IgnoreRules("/p", ["build/"])
    assert rules.covers("/p/build/inner")
    assert rules.judge("/p/build", folder=True)
    assert rules.judge("/p/build/inner", folder=True) is None
    assert rules.judge("/p/build", folder=False) is None
