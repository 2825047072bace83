"""How each tool is run over the cases, at the settings that serve it best, and read."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks.environment import HERE, PROJECT, Environment
from benchmarks.peers.cases import Case
from benchmarks.peers.findings import BLOCKING, MATTERS, Finding, rules_of

SECONDS_A_CASE = 20
SEMGREP_RULES = HERE / "semgrep.yml"
# The names by which a user of flake8-async could list the graph's synchronous methods.
ASYNC200 = ",".join(
    f"*{owner}.{method}->a{method}"
    for owner in ("graph", "agent", "app", "workflow")
    for method in ("invoke", "stream", "batch", "get_state", "get_state_history", "update_state")
)


@dataclass(frozen=True)
class Run:
    """One run over all cases: the environment, the folder that holds the cases, the cases."""

    env: Environment
    folder: Path
    cases: Sequence[Case]

    def output(
        self, command: Sequence[str], cwd: Path | None = None, seconds: float | None = None
    ) -> str:
        """What a command prints; a command that has to be stopped counts as far as it came."""
        environment = {**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONWARNINGS": "ignore"}
        started = subprocess.Popen(
            command,
            cwd=cwd or self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        try:
            output, errors = started.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            started.kill()
            return started.communicate()[0]
        if started.returncode not in (0, 1):
            raise RuntimeError(f"{command[0]}: status {started.returncode}: {errors[-500:]}")
        return output

    def place(self, path: str, row: int, cwd: Path | None = None) -> tuple[Case, str, int] | None:
        """A place in a case; None for one outside, such as in an installed library."""
        full = Path(os.path.normpath((cwd or self.folder) / path))
        for case in self.cases:
            if full.is_relative_to(case.root):
                return case, full.relative_to(case.root).as_posix(), row
        return None

    def finding(
        self, rules: Iterable[str], places: Iterable[tuple[str, int]], cwd: Path | None = None
    ) -> list[Finding]:
        known = [each for path, row in places if (each := self.place(path, row, cwd))]
        if not known or not (spoken := tuple(rules)):
            return []
        return [Finding(known[0][0].name, spoken, tuple((path, row) for _, path, row in known))]

    def driven(self, module: str, *arguments: str) -> Iterator[tuple[Case, Any]]:
        """Each case with what one of the drivers, in the tools' environment, answered."""
        roots = [str(case.root) for case in self.cases]
        command = [str(self.env.python), "-m", module, *arguments, *roots]
        answers = json.loads(self.output(command))
        return ((case, answers[str(case.root)]) for case in self.cases)

    def each_about_blocking(self, one: Callable[[Case], list[Finding]]) -> list[Finding]:
        """What is started for each case, and takes a second: where it could say something."""
        about = [
            case
            for case in self.cases
            if case.name.startswith(BLOCKING) or any(mark.rule in BLOCKING for mark in case.marks)
        ]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return [finding for found in pool.map(one, about) for finding in found]


def lg_lint(run: Run) -> list[Finding]:
    return [
        finding
        for case, answers in run.driven("benchmarks.peers.own")
        for code, places in answers
        for finding in run.finding([code], places, case.root)
    ]


def ruff(run: Run) -> list[Finding]:
    command = [run.env.script("ruff"), "check", "--select", "ASYNC", "--preview", "--isolated"]
    found = json.loads(run.output([*command, "--no-cache", "--output-format", "json", "."]))
    return [
        finding
        for each in found
        for finding in run.finding(
            rules_of(each["code"] or ""), [(each["filename"], each["location"]["row"])]
        )
    ]


def flake8_async(run: Run) -> list[Finding]:
    command = [run.env.script("flake8"), "--isolated", "--select", "ASYNC", "--asyncio"]
    command += ["--async200-blocking-calls", ASYNC200, "--format", "%(path)s:%(row)d:%(code)s", "."]
    found = []
    for line in run.output(command).splitlines():
        path, row, code = line.rsplit(":", 2)
        found += run.finding(rules_of(code), [(path, int(row))])
    return found


def hydroid(run: Run) -> list[Finding]:
    command = [run.env.script("hydroid"), "--format", "json", "--cpu", "--no-cache"]
    command += ["--python", str(run.env.python), "."]

    def one(case: Case) -> list[Finding]:
        found = []
        for each in json.loads(run.output(command, case.root))["diagnostics"]:
            steps = [each["location"], *(step["location"] for step in each["chain"])]
            places = [(step["path"], step["line"]) for step in steps]
            found += run.finding(BLOCKING, places, case.root)
        return found

    return run.each_about_blocking(one)


def agentguard(run: Run) -> list[Finding]:
    command = [run.env.script("agentguard"), "scan", "--format", "json", "--no-cache"]
    found = []
    for each in json.loads(run.output([*command, "--min-confidence", "low", "."])):
        steps = [each["location"], *(step.get("location", step) for step in each["related"])]
        places = [(step["file"], step["line"]) for step in steps]
        found += run.finding(rules_of(each["rule_id"]), places)
    return found


def semgrep(run: Run) -> list[Finding]:
    command = [run.env.script("semgrep"), "scan", "--metrics=off", "--disable-version-check"]
    command += ["--no-git-ignore", "--quiet", "--json", "--config", str(SEMGREP_RULES), "."]
    return [
        finding
        for each in json.loads(run.output(command))["results"]
        for finding in run.finding(
            each["extra"]["metadata"]["matter"], [(each["path"], each["start"]["line"])]
        )
    ]


def imported(run: Run, tool: str) -> list[Finding]:
    """A tool that imports a graph and names its nodes, not their lines."""
    return [
        Finding(case.name, rules, ())
        for case, codes in run.driven("benchmarks.peers.imported", tool)
        for code in codes
        if (rules := rules_of(code))
    ]


def blockbuster(run: Run) -> list[Finding]:
    """It sees what runs."""
    command = [str(run.env.python), "-m", "benchmarks.peers.executed"]

    def one(case: Case) -> list[Finding]:
        found = []
        output = run.output([*command, str(case.root)], seconds=SECONDS_A_CASE)
        for line in output.splitlines():
            places = [(path, row) for path, row in json.loads(line)]
            found += run.finding(BLOCKING, places, case.root)
        return found

    return run.each_about_blocking(one)


@dataclass(frozen=True)
class Tool:
    """A column of the table: the package it comes from, what it can speak of, how it is run."""

    name: str
    package: str
    speaks_of: frozenset[str]
    run: Callable[[Run], list[Finding]]
    settings: str


def _of(*codes: str) -> frozenset[str]:
    return frozenset(rule for code in codes for rule in rules_of(code))


def _semgrep_matters() -> frozenset[str]:
    rules = yaml.safe_load(SEMGREP_RULES.read_text())["rules"]
    return frozenset(code for rule in rules for code in rule["metadata"]["matter"])


def tools(rules: Iterable[str]) -> list[Tool]:
    agent = _of(*(code for code in MATTERS if code.startswith("AG")))
    gebra = _of(*(code for code in MATTERS if "-" in code))
    return [
        Tool("lg-lint", "lg-lint", frozenset(rules), lg_lint, "all rules, low confidence shown"),
        Tool("ruff ASYNC", "ruff", _of("ASYNC2"), ruff, "`--select ASYNC --preview`"),
        Tool(
            "flake8-async",
            "flake8-async",
            _of("ASYNC2", "ASYNC103", "ASYNC104"),
            flake8_async,
            "all codes, and the graph's methods given to ASYNC200 by the names they usually have",
        ),
        Tool(
            "hydroid-cli",
            "hydroid-cli",
            _of("hydroid"),
            hydroid,
            "`--cpu --python`, where the libraries are; on the cases about blocking",
        ),
        Tool(
            "langgraph-lint",
            "langgraph-lint",
            _of("LG001", "LG003"),
            lambda run: imported(run, "langgraph-lint"),
            "on every graph that a module of the case holds, severity medium and high",
        ),
        Tool("agentguard-linter", "agentguard-linter", agent, agentguard, "low confidence shown"),
        Tool(
            "gebra",
            "gebra",
            gebra,
            lambda run: imported(run, "gebra"),
            "on every graph that a module of the case holds, advisories counted",
        ),
        Tool(
            "blockbuster",
            "blockbuster",
            _of("blockbuster"),
            blockbuster,
            "watches code run: each application, script or graph of the cases about blocking is "
            "run under it, again and again until it shows nothing new",
        ),
        Tool(
            "semgrep",
            "semgrep",
            _semgrep_matters(),
            semgrep,
            "rules written for this table, [semgrep.yml](../benchmarks/semgrep.yml); "
            "none of its registry knows LangGraph",
        ),
    ]
