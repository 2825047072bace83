"""A timeout that is added to a call, or replaced there."""

from __future__ import annotations

import pytest
from test_fix_cures import cured

from lg_lint.base.fix import Fix
from lg_lint.fixes.parsed import Refusal

PATIENT = Fix.set_expression("timeout", "httpx.Timeout(10, read=None)")
PAIR = Fix.set_expression("timeout", "(10, None)")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("«f()»\n", "f(timeout=httpx.Timeout(10, read=None))\n"),
        ("«f(a, b=1)»\n", "f(a, b=1, timeout=httpx.Timeout(10, read=None))\n"),
        (
            "with «f(\n    a,\n    b,\n)» as g:\n    pass\n",
            "with f(\n    a,\n    b,\n    timeout=httpx.Timeout(10, read=None),\n) as g:\n    pass\n",
        ),
        ("«f(a, timeout=5, b=1)»\n", "f(a, timeout=httpx.Timeout(10, read=None), b=1)\n"),
        ("«f(timeout=T(5, read=5))»\n", "f(timeout=httpx.Timeout(10, read=None))\n"),
        ("«f(timeout=(5, 5))»\n", "f(timeout=(httpx.Timeout(10, read=None)))\n"),
    ],
)
def test_timeout_is_set(code: str, expected: str) -> None:
    assert cured(code, PATIENT) == expected


@pytest.mark.parametrize("given", ["5", "(5, 5)", "T(5)"])
def test_pair_keeps_its_parentheses(given: str) -> None:
    assert cured(f"«f(timeout={given})»\n", PAIR) == "f(timeout=(10, None))\n"


@pytest.mark.parametrize("given", ["limit", "self.timeout", "LIMITS['read']", "a or b"])
def test_timeout_that_is_set_elsewhere_is_left_alone(given: str) -> None:
    with pytest.raises(Refusal, match="set elsewhere"):
        cured(f"«f(timeout={given})»\n", PATIENT)


def test_unpacked_arguments_may_hold_it() -> None:
    with pytest.raises(Refusal, match="unpacked"):
        cured("«f(**options)»\n", PATIENT)
