"""What is behind a symptom, and all symptoms on one page."""

from __future__ import annotations

import click

from lg_lint.rules.registry import all_rules
from lg_lint.rules.telling.likeness import alike
from lg_lint.rules.telling.symptoms import SYMPTOMS, Cause, Symptom, causes, command

_INTRO = """\
# What is seen, and what it can come from

Each symptom with the rules that can be its cause, how it looks with each, and the command that
looks for them in a project. `lg-lint rule --symptom "your own words"` finds the symptom,
`lg-lint rule LG101` prints the page of a rule, and `lg-lint path` shows all that is known of one
stream, from the node to the client.
"""


def explained(told: str, output_format: str) -> str:
    """The symptoms that a description means, with what can be behind each."""
    known = _known()
    found = alike(told, known)
    if not found:
        there_is = ", ".join(f'"{symptom.name}"' for symptom in SYMPTOMS)
        raise click.UsageError(f"no symptom is like {told[:60]!r}; there are {there_is}")
    if output_format == "json":
        import json

        return json.dumps([_record(each, known[each]) for each in found], indent=2) + "\n"
    part = _markdown if output_format == "markdown" else _plain
    return "\n".join(part(symptom, known[symptom]) for symptom in found)


def page() -> str:
    """All symptoms, as `docs/symptoms.md` shows them."""
    known = _known()
    index = "\n".join(f"- [{each.name}](#{_anchor(each)}): {each.meaning}" for each in known)
    parts = (_markdown(symptom, found, link="rules/") for symptom, found in known.items())
    return "\n".join([_INTRO, index, "", *parts])


def _known() -> dict[Symptom, list[Cause]]:
    rules = all_rules()
    return {symptom: list(causes(symptom, rules)) for symptom in SYMPTOMS}


def _anchor(symptom: Symptom) -> str:
    return symptom.name.replace(" ", "-")


def _plain(symptom: Symptom, found: list[Cause]) -> str:
    width = max(len(cause.rule.name) for cause in found)
    rows = (f"  {cause.rule.code} {cause.rule.name:{width}}  {cause.seen}" for cause in found)
    head = f"{symptom.name}: {symptom.meaning}"
    return "\n".join([head, "", *rows, "", f"  {command(found)}", ""])


def _markdown(symptom: Symptom, found: list[Cause], link: str | None = None) -> str:
    head = [f"## {symptom.name}", "", symptom.meaning, ""]
    rows = [
        f"| {_linked(cause, link)} | {cause.rule.name} | {cause.seen.replace('|', '/')} |"
        for cause in found
    ]
    table = ["| Rule | Name | What is seen |", "| --- | --- | --- |", *rows, ""]
    return "\n".join([*head, *table, f"    {command(found)}", ""])


def _linked(cause: Cause, link: str | None) -> str:
    code = cause.rule.code
    return f"[{code}]({link}{code}.md)" if link is not None else code


def _record(symptom: Symptom, found: list[Cause]) -> dict[str, object]:
    rules = [
        {"code": cause.rule.code, "name": cause.rule.name, "seen": cause.seen} for cause in found
    ]
    return {
        "symptom": symptom.name,
        "meaning": symptom.meaning,
        "rules": rules,
        "command": command(found),
    }
