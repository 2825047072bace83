"""`python -m benchmarks.peers`: what lg-lint and other tools catch in `fixtures/`, counted.

The tools are installed from PyPI into an environment in the user's cache folder and run over a copy
of the fixtures. For each rule of lg-lint:

- A marked defect is caught when a finding of the tool that speaks of the same matter, under
  whatever code (`findings.py` holds the list), names the marked line, the line above or below it,
  or any line of the trace by which lg-lint proves it: a tool that points at the sleep catches the
  call that leads there. A tool that names graphs and nodes and no lines catches every mark of the
  rule in its case.
- A silent case of the rule is wrongly flagged when any finding of the same matter is in it.
- Last, findings of those matters in cases that have no such defect and were written for other
  rules.

Codes about matters of which lg-lint has no rule are not counted, for or against. A dash: the tool
has nothing to say on the matter. The fixtures are lg-lint's own, and its tests hold it to them: its
column is what they mark, not a measure of lg-lint on code that it has not seen.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.environment import PROJECT, Environment, environment
from benchmarks.peers.cases import Case, copied_cases
from benchmarks.peers.counting import Count, counts, elsewhere, traces
from benchmarks.peers.findings import Finding
from benchmarks.peers.tools import Run, Tool, tools

README = PROJECT / "README.md"
PAGE = PROJECT / "docs" / "peers.md"
NOTHING = "-"
BEGIN, END = "<!-- peers -->\n", "<!-- end peers -->"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--only", help="tools with this in their name, printed, nothing written")
    options = parser.parse_args()
    found = environment()
    with tempfile.TemporaryDirectory() as folder:
        cases = copied_cases(Path(folder).resolve() / "fixtures")
        rules = sorted({mark.rule for case in cases for mark in case.marks})
        columns = [
            tool
            for tool in tools(rules)
            if tool.name == "lg-lint" or not options.only or options.only in tool.name
        ]
        run = Run(found, Path(folder).resolve() / "fixtures", cases)
        said = {tool.name: findings_of(tool, run) for tool in columns}
    short, long = tables(cases, rules, columns, said, found)
    if options.only:
        print(long)
    else:
        PAGE.write_text(page(long, columns, found), encoding="utf-8")
        text = README.read_text(encoding="utf-8")
        marked = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)
        README.write_text(marked.sub(lambda _: BEGIN + short + END, text), encoding="utf-8")


def findings_of(tool: Tool, run: Run) -> list[Finding]:
    if tool.package in run.env.missing:
        return []
    print(tool.name, flush=True)
    return tool.run(run)


def tables(
    cases: Sequence[Case],
    rules: Sequence[str],
    columns: Sequence[Tool],
    said: dict[str, list[Finding]],
    env: Environment,
) -> tuple[str, str]:
    """The table with all columns as counts, and a short one of what was caught."""
    steps = traces(said["lg-lint"])
    head = f"| rule | {' | '.join(tool.name for tool in columns)} |\n"
    head += f"|---|{'---|' * len(columns)}\n"
    short, long = [head], [head]
    sums = {tool.name: [0, 0, 0, 0] for tool in columns}
    for rule in rules:
        cells = []
        for tool in columns:
            count = counts(cases, said[tool.name], rule, steps)
            if rule in tool.speaks_of and tool.package not in env.missing:
                for at, number in enumerate(
                    (count.caught, count.marked, count.flagged, count.silent)
                ):
                    sums[tool.name][at] += number
                cells.append((f"{count.caught}/{count.marked}", _both(count)))
            else:
                cells.append((NOTHING, NOTHING))
        short.append(f"| {rule} | {' | '.join(cell for cell, _ in cells)} |\n")
        long.append(f"| {rule} | {' | '.join(cell for _, cell in cells)} |\n")
    totals = {name: Count(*numbers) for name, numbers in sums.items()}
    short.append(_row("caught", [_part(t.caught, t.marked) for t in totals.values()]))
    short.append(_row("wrongly flagged", [_part(t.flagged, t.silent) for t in totals.values()]))
    long.append(_row("all", [_both(each) if each.marked else NOTHING for each in totals.values()]))
    other = [str(elsewhere(cases, said[tool.name])) for tool in columns]
    long.append(_row("findings in cases of other rules", other))
    return "".join(short), "".join(long)


def _row(name: str, cells: Sequence[str]) -> str:
    return f"| **{name}** | {' | '.join(cells)} |\n"


def _part(count: int, of: int) -> str:
    return f"{count}/{of}" if of else NOTHING


def _both(count: Count) -> str:
    return f"{count.caught}/{count.marked}, {count.flagged}/{count.silent}"


def page(table: str, columns: Sequence[Tool], env: Environment) -> str:
    explained = (__doc__ or "").split("\n\n", 1)[1].replace("`findings.py`", _link())
    listed = "".join(f"- {_described(tool, env)}\n" for tool in columns)
    return (
        "# What other tools find in the fixtures\n\n"
        "Written by `python -m benchmarks.peers`. Each cell: of the marked defects those caught, "
        "then of\nthe silent cases those wrongly flagged.\n\n"
        f"{table}\n## How it is counted\n\n{explained}\n## The tools and their settings\n\n{listed}"
    )


def _link() -> str:
    return "[findings.py](../benchmarks/peers/findings.py)"


def _described(tool: Tool, env: Environment) -> str:
    if reason := env.missing.get(tool.package):
        return f"{tool.name}: not installed: {reason}"
    return f"{tool.name} {env.versions.get(tool.package, '')}: {tool.settings}"


if __name__ == "__main__":
    main()
