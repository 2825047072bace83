"""Makes programs, runs and lints each, and shrinks those about which run and linter differ."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import random
import sys
import tempfile
import threading
import types
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lg_lint.base.finding import Confidence
from lg_lint.run.check import lint
from lg_lint.settings import Settings

from . import probes, turns
from .grammar import Choices, Grammar
from .updates import UPDATES
from .waits import WAITING

GRAMMARS = (UPDATES, WAITING)


_STALLS = {"LG102", "LG103"}


@dataclass(frozen=True)
class Outcome:
    """What a run of a program shows, and what the linter says of it."""

    shown: frozenset[str]
    told: frozenset[str]

    def differing(self, rules: frozenset[str]) -> Iterator[str]:
        """The rules about which they differ: one that is told for the same cause counts once."""
        also = {"LG202"} if "LG203" in self.shown | self.told else set()
        if _STALLS & self.shown and _STALLS & self.told:
            also |= _STALLS
        yield from sorted((self.shown ^ self.told) & rules - also)


@dataclass
class Tally:
    """Programs by rule: in how many run and linter agree, and the kinds of the others."""

    programs: int = 0
    agreeing: int = 0
    by_rule: Counter[tuple[str, str]] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    smallest: dict[str, str] = field(default_factory=dict)

    def add(self, other: Tally) -> None:
        self.programs += other.programs
        self.agreeing += other.agreeing
        self.by_rule += other.by_rule
        self.kinds += other.kinds
        for kind, text in other.smallest.items():
            self.smallest.setdefault(kind, text)


def outcome(grammar: Grammar, choices: Choices) -> Outcome | None:
    """Runs and lints one program; None where it fails by itself."""
    text = grammar.write(choices)
    shown = _shown(grammar, text, choices)
    return Outcome(frozenset(shown), _told(text, grammar.rules)) if shown is not None else None


def _shown(grammar: Grammar, text: str, choices: Choices) -> set[str] | None:
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if grammar is WAITING:
                return _waited(text)
            merged = choices["reducer"] != "none"
            return asyncio.run(turns.shown(_loaded(text), choices["shape"], merged=merged))
        except (TypeError, KeyError, AttributeError, ValueError, IndexError):
            return None


def _loaded(text: str) -> dict[str, Any]:
    """The names of a program after its module ran."""
    module = types.ModuleType("program")
    sys.modules["program"] = module
    exec(compile(text, "program.py", "exec", dont_inherit=True), vars(module))
    return vars(module)


def _waited(text: str) -> set[str]:
    seen = probes.Probes()
    before = set(threading.enumerate())
    with seen.placed():
        program = _loaded(text)
        asyncio.run(probes.answered(program["app"]))
        if "POOL" in program:
            program["POOL"].shutdown()
        for thread in set(threading.enumerate()) - before:
            thread.join(timeout=1)
    return seen.seen


def _told(text: str, rules: frozenset[str]) -> frozenset[str]:
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            Path("app.py").write_text(text, encoding="utf-8")
            settings = Settings(select=tuple(sorted(rules)), min_confidence=Confidence.LOW)
            report = lint([Path()], settings)
        finally:
            os.chdir(before)
    assert not report.problems, report.problems
    return frozenset(finding.code for finding in report.findings)


def compared(seed: int, count: int, *, shrinks: bool = True) -> Tally:
    """The tally of `count` programs that run, of all grammars in turn."""
    source, tally = random.Random(seed), Tally()
    while tally.programs < count:
        grammar = GRAMMARS[tally.programs % len(GRAMMARS)]
        choices = grammar.chosen(source)
        found = outcome(grammar, choices)
        if found is None:
            continue
        tally.programs += 1
        wrong = list(found.differing(grammar.rules))
        tally.agreeing += not wrong
        for rule in sorted(grammar.rules):
            if rule in found.shown | found.told:
                tally.by_rule[rule, "wrong" if rule in wrong else "right"] += 1
        for rule in wrong:
            word = "missed" if rule in found.shown else "false"
            small = shrunk(grammar, choices, rule, word) if shrinks else dict(choices)
            kind = f"{rule} {word}: {'; '.join(grammar.rare(small)) or 'the plainest'}"
            tally.kinds[kind] += 1
            tally.smallest.setdefault(kind, grammar.write(small))
    return tally


def shrunk(grammar: Grammar, choices: Choices, rule: str, word: str) -> dict[str, str]:
    """The plainest choices about which run and linter differ in the same way."""
    small = dict(choices)
    while True:
        for plainer in grammar.plainer(small):
            found = outcome(grammar, plainer)
            if found is not None and _differs(grammar, found, rule, word):
                small = plainer
                break
        else:
            return small


def _differs(grammar: Grammar, found: Outcome, rule: str, word: str) -> bool:
    mine = found.shown if word == "missed" else found.told
    return rule in mine and rule in found.differing(grammar.rules)
