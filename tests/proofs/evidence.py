"""docs/evidence.md: what was measured, as a page."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from typing import Any

from .proof import Form, Result
from .servers import nginx_version

PACKAGES = (
    "langgraph",
    "langgraph-checkpoint",
    "langgraph-checkpoint-sqlite",
    "langchain",
    "langchain-core",
    "fastapi",
    "starlette",
    "uvicorn",
    "gunicorn",
    "flask",
    "sse-starlette",
    "stamina",
    "tenacity",
    "httpx",
    "httpx-sse",
    "aiohttp",
    "requests",
    "urllib3",
)

INTRODUCTION = """\
# Evidence

Each row is an anti-pattern and its cure, run for real: LangGraph with a scripted chat model,
FastAPI on uvicorn, nginx in front where the rule is about proxies. A client records when each event
arrives, how the stream ends, and how long `/ping`, asked every ten milliseconds, has to wait
meanwhile. Where an error is named, it is what the generator of the events raises; where events are
read, the client is httpx-sse. Rules about clients run the project's own client against its own
server. Rules about growth run the graph on one thread (LangGraph's word for a conversation) and
count bytes and items after each step. LG205 and LG601 to LG611 stream the updates and states of the
rules' own fixtures.

The code is in `tests/proofs/cases/` and `fixtures/`. The tests first assert that lg-lint reports
the rule for each project called bad and not for one called good, then that the claims below the
table hold. `python -m tests.proofs` measures anew and writes this page. Seconds vary from machine
to machine; the claims are ratios and counts of one run.
"""


def page(results: Sequence[Result[Any]]) -> str:
    """The whole page."""
    return "\n".join([INTRODUCTION, _versions(), *_table(results), "", *_claims(results)])


def _versions() -> str:
    names = [f"{name} {version(name)}" for name in PACKAGES]
    python = f"Python {platform.python_version()}"
    return (
        f"Measured with {', '.join(names)}, nginx {nginx_version()}, {python}"
        f" on {platform.system()}, {os.cpu_count()} cores.\n"
    )


def _table(results: Iterable[Result[Any]]) -> Iterator[str]:
    yield "| Rule | Claim | Bad | Good |"
    yield "|---|---|---|---|"
    anchored: set[str] = set()
    for result in results:
        proof = result.proof
        anchor = "" if proof.rule in anchored else f'<a id="{proof.rule.lower()}"></a>'
        anchored.add(proof.rule)
        bad = _cell(result, proof.bad, result.bad)
        good = _cell(result, proof.good, result.good)
        yield f"| {anchor}{proof.rule} | {proof.title} | {bad} | {good} |"


def _cell(result: Result[Any], forms: Sequence[Form[Any]], figures: Sequence[Any]) -> str:
    return "<br>".join(
        f"{form.words}: {result.proof.show(figure)}"
        for form, figure in zip(forms, figures, strict=True)
    )


def _claims(results: Iterable[Result[Any]]) -> Iterator[str]:
    yield "## What the tests assert"
    yield ""
    for result in results:
        yield f"**{result.proof.rule}, {result.proof.title[0].lower()}{result.proof.title[1:]}**"
        yield ""
        for claim, holds in result.claims.items():
            yield f"- {claim}" if holds else f"- REFUTED: {claim}"
        yield ""
