"""The work of planning fixes grows with a file, not with its square: calls are counted."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from lg_lint.base.finding import Confidence, Finding, Hop, Place, Severity
from lg_lint.base.fix import Fix
from lg_lint.fixes.applying import apply
from lg_lint.fixes.kinds import FixContext
from lg_lint.fixes.parsed import Refusal
from lg_lint.run.report import Report

FUNCTION = "async def f():\n    {code}\n"
FIXES = {
    "await": ("g.invoke({})", "g.invoke({})", Fix.await_twin("ainvoke")),
    "sleep": ("time.sleep(1)", "time.sleep(1)", Fix.await_sleep()),
    "headers": ("return R(g())", "R(g())", Fix.add_headers({"X": "no"})),
}


def project(code: str, call: str, remedy: Fix, number: int) -> tuple[str, list[Finding]]:
    lines = FUNCTION.format(code=code).splitlines()
    text = "".join(f"{line}\n" for line in lines) * number
    column = lines[1].index(call) + 1
    places = (
        Place("a.py", 2 + 2 * at, column, 2 + 2 * at, column + len(call)) for at in range(number)
    )
    found = [
        Finding("LG101", "x", "x", Severity.ERROR, Confidence.HIGH, Hop.NODE, place, fix=remedy)
        for place in places
    ]
    return text, found


def calls(work: Callable[[], object]) -> int:
    """The calls of functions, Python's own and others."""
    count = 0

    def note(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def planned(text: str, found: list[Finding]) -> None:
    shop = FixContext({"a.py": text})
    for finding in found:
        assert shop.edits(finding)


def mended(text: str, found: list[Finding]) -> None:
    def again(texts: Mapping[Path, str]) -> Report:
        return Report(sources={str(path): content for path, content in texts.items()})

    report = Report(found, sources={"a.py": text})
    assert len(apply(report, again, unsafe=False).fixed) == len(found)


def blamed(text: str, found: list[Finding]) -> None:
    """A run that finds all of them still there."""
    report = Report(found, sources={"a.py": text})
    assert not apply(report, lambda _texts: report, unsafe=False).fixed


@pytest.mark.parametrize("work", [planned, mended, blamed])
@pytest.mark.parametrize("fix", FIXES.values(), ids=FIXES)
def test_work_grows_with_the_findings(
    work: Callable[[str, list[Finding]], None], fix: tuple[str, str, Fix]
) -> None:
    few, many = (calls(lambda number=number: work(*project(*fix, number))) for number in (30, 90))
    assert many < 3.5 * few


def test_a_place_with_several_nodes_gives_the_one_of_the_kind() -> None:
    text = "async def f():\n    g.invoke({})\n"
    place = Place("a.py", 2, 5, 2, 17)
    remedy = Fix.drop_decorator()
    found = Finding("LG1", "x", "x", Severity.ERROR, Confidence.HIGH, Hop.NODE, place, fix=remedy)
    with pytest.raises(Refusal, match="no decorator"):
        FixContext({"a.py": text}).edits(found)
