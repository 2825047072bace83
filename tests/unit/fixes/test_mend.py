"""Batches of fixes: taken together where they stand the test, one by one where not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from lg_lint.base.finding import Confidence, Finding, Hop, Place, Severity
from lg_lint.base.fix import Applicability, Fix
from lg_lint.base.problem import Problem
from lg_lint.fixes.applying import Applied, apply
from lg_lint.run.report import Report

Rules = Callable[[Mapping[str, str]], list[Finding]]


def found(path: str, text: str, word: str, remedy: Fix | None, code: str = "LG404") -> Finding:
    row = next(number for number, line in enumerate(text.split("\n"), 1) if word in line)
    column = text.split("\n")[row - 1].index(word) + 1
    place = Place(path, row, column, row, column + len(word))
    return Finding(
        code, "x", f"{word}!", Severity.ERROR, Confidence.HIGH, Hop.NODE, place, fix=remedy
    )


class Project:
    """Texts, and rules that look at them; counts the runs."""

    def __init__(self, texts: dict[str, str], rules: Rules) -> None:
        self.texts, self.rules, self.runs = texts, rules, 0

    def check(self, texts: Mapping[Path, str]) -> Report:
        self.runs += 1
        now = self.texts | {str(path): text for path, text in texts.items()}
        return Report(findings=self.rules(now), sources=dict(now))

    def mended(self, *, unsafe: bool = False, only: list[Finding] | None = None) -> Applied:
        return apply(self.check({}), self.check, unsafe=unsafe, only=only)


def decorators(texts: Mapping[str, str], *words: str) -> list[Finding]:
    return [
        found(path, text, word, Fix.drop_decorator())
        for path, text in texts.items()
        for word in words
        if f"@{word}\n" in text
    ]


def test_disjoint_fixes_are_taken_at_once() -> None:
    texts = {"a.py": "@one\n@two\ndef f(): ...\n", "b.py": "@one\ndef g(): ...\n"}
    project = Project(texts, lambda now: decorators(now, "one", "two"))
    result = project.mended()
    assert result.after == {"a.py": "def f(): ...\n", "b.py": "def g(): ...\n"}
    assert result.before == texts
    assert len(result.fixed) == 3
    assert project.runs == 2


def test_overlapping_fixes_are_taken_one_after_the_other() -> None:
    text = "async def f():\n    return a.invoke(b.invoke(1))\n"

    def rules(now: Mapping[str, str]) -> list[Finding]:
        calls = ["a.invoke(b.invoke(1))", "b.invoke(1)", "a.invoke(await b.ainvoke(1))"]
        remedy = Fix.await_twin("ainvoke")
        return [found("a.py", now["a.py"], call, remedy) for call in calls if call in now["a.py"]]

    result = Project({"a.py": text}, rules).mended()
    assert result.after["a.py"] == (
        "async def f():\n    return await a.ainvoke(await b.ainvoke(1))\n"
    )


def test_edits_that_touch_wait_for_the_next_round() -> None:
    """Two keywords behind the same argument."""
    text = "x = R(g())\n"

    def rules(now: Mapping[str, str]) -> list[Finding]:
        call = now["a.py"].strip().removeprefix("x = ")
        wanted = {"headers": Fix.add_headers({"X": "no"}), "m": Fix.set_keyword("m", "t")}
        return [
            found("a.py", now["a.py"], call, remedy)
            for name, remedy in wanted.items()
            if f"{name}=" not in call
        ]

    project = Project({"a.py": text}, rules)
    assert project.mended().after["a.py"] == 'x = R(g(), headers={"X": "no"}, m="t")\n'
    assert project.runs == 3


def test_an_edit_that_two_fixes_ask_for_is_made_once() -> None:
    text = "import time\nasync def f():\n    time.sleep(1)\n    time.sleep(2)\n"

    def rules(now: Mapping[str, str]) -> list[Finding]:
        text = now["a.py"].replace("asyncio.sleep", "asyncio_sleep")
        return [
            found("a.py", text, call, Fix.await_sleep())
            for call in ("time.sleep(1)", "time.sleep(2)")
            if f" {call}" in text
        ]

    result = Project({"a.py": text}, rules).mended()
    assert result.after["a.py"] == (
        "import asyncio\nimport time\n"
        "async def f():\n    await asyncio.sleep(1)\n    await asyncio.sleep(2)\n"
    )


def test_a_fix_that_brings_a_finding_is_refused_and_the_others_stay() -> None:
    texts = {f"{name}.py": f"@{name}\ndef f(): ...\n" for name in "abcde"}
    texts["other.py"] = "def g(): ...\n"

    def rules(now: Mapping[str, str]) -> list[Finding]:
        new = (
            []
            if "@c" in now["c.py"]
            else [found("other.py", now["other.py"], "def", None, "LG105")]
        )
        return [*decorators(now, *"abcde"), *new]

    project = Project(texts, rules)
    result = project.mended()
    assert set(result.after) == {"a.py", "b.py", "d.py", "e.py"}
    assert [(each.finding.place.path, each.reason) for each in result.refused] == [
        ("c.py", "the fix would bring LG105: def!")
    ]


def test_fixes_that_are_to_blame_are_refused_at_once() -> None:
    """New findings on the rows of every other fix, below an import that others ask for."""
    calls = "".join(f"    r{number}.invoke(1)\n" for number in range(16))
    text = f"import time\nasync def f():\n    time.sleep(1)\n{calls}"
    twin = Fix.await_twin("ainvoke")

    def rules(now: Mapping[str, str]) -> list[Finding]:
        text = now["a.py"]
        old = [f"r{number}.invoke(1)" for number in range(16)]
        new = [f"r{number}.ainvoke(1)" for number in range(0, 16, 2)]
        sleeps = ["time.sleep(1)"]
        return [
            *(
                found("a.py", text, call, Fix.await_sleep(), "LG102")
                for call in sleeps
                if call in text
            ),
            *(found("a.py", text, call, twin, "LG101") for call in old if call in text),
            *(found("a.py", text, call, None, "LG104") for call in new if call in text),
        ]

    project = Project({"a.py": text}, rules)
    result = project.mended()
    assert len(result.fixed) == 9
    assert {each.reason for each in result.refused} == {
        f"the fix would bring LG104: r{number}.ainvoke(1)!" for number in range(0, 16, 2)
    }
    assert project.runs == 4


def test_a_fix_that_cures_nothing_is_refused() -> None:
    text = "@one\ndef f(): ...\n"
    project = Project(
        {"a.py": text}, lambda now: [found("a.py", text, "one", Fix.drop_decorator())]
    )
    result = project.mended()
    assert result.after == {}
    assert result.report.sources == {"a.py": text}
    assert [each.reason for each in result.refused] == ["the finding would still be there"]


def test_a_fix_is_refused_where_the_code_has_another_shape() -> None:
    text = "one = 1\n"
    project = Project(
        {"a.py": text}, lambda now: [found("a.py", text, "one", Fix.drop_decorator())]
    )
    assert [each.reason for each in project.mended().refused] == ["it is no decorator"]
    assert project.runs == 1


def test_a_fix_that_is_refused_now_may_stand_later() -> None:
    """The second one brings a finding as long as the first is there."""
    texts = {"a.py": "@one\n@two\ndef f(): ...\n"}

    def rules(now: Mapping[str, str]) -> list[Finding]:
        text = now["a.py"]
        lonely = "@one" in text and "@two" not in text
        return decorators(now, "two", "one") + ([found("a.py", text, "def", None)] * 2 * lonely)

    assert Project(texts, rules).mended().after == {"a.py": "def f(): ...\n"}


def test_problems_of_the_new_run_refuse_a_fix() -> None:
    project = Project({"a.py": "@one\ndef f(): ...\n"}, lambda now: decorators(now, "one"))

    def check(texts: Mapping[Path, str]) -> Report:
        report = project.check(texts)
        report.problems.append(Problem("the disk is gone"))
        return report

    result = apply(project.check({}), check, unsafe=False)
    assert [each.reason for each in result.refused] == [
        "the project could not be checked again: the disk is gone"
    ]


@pytest.mark.parametrize("unsafe", [False, True])
def test_unsafe_fixes_wait_to_be_asked_for(unsafe: bool) -> None:
    remedy = Fix.drop_decorator().unless("someone counts on it")
    assert remedy.applicability is Applicability.UNSAFE

    def rules(now: Mapping[str, str]) -> list[Finding]:
        text = now["a.py"]
        return [found("a.py", text, "one", remedy)] if "@one" in text else []

    result = Project({"a.py": "@one\ndef f(): ...\n"}, rules).mended(unsafe=unsafe)
    assert bool(result.after) == unsafe


def test_displayed_fixes_are_never_applied() -> None:
    remedy = Fix.drop_decorator().displayed("by hand")
    project = Project(
        {"a.py": "@one\ndef f(): ...\n"}, lambda now: [found("a.py", now["a.py"], "one", remedy)]
    )
    assert project.mended(unsafe=True).after == {}


def test_only_the_chosen_findings_are_fixed() -> None:
    texts = {"a.py": "@one\ndef f(): ...\n", "b.py": "@one\ndef g(): ...\n"}
    project = Project(texts, lambda now: decorators(now, "one"))
    chosen = [each for each in project.check({}).findings if each.place.path == "b.py"]
    assert set(project.mended(only=chosen).after) == {"b.py"}
