"""`lg-lint rule`: what a rule is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from lg_lint.base.suggest import suggest_rule
from lg_lint.cli import candidates
from lg_lint.cli.output import write
from lg_lint.rules.telling.terms import TERMS, section, terms_in

if TYPE_CHECKING:
    from lg_lint.rules.rule import Rule


@click.command(short_help="Explain a rule, or all rules.")
@click.argument("name", metavar="[CODE|NAME]", required=False, shell_complete=candidates.rules)
@click.option("--all", "all_rules", is_flag=True, help="Explain every rule.")
@click.option("--terms", is_flag=True, help="Explain the words that the pages of rules use.")
@click.option(
    "--symptom",
    metavar="WORDS",
    shell_complete=candidates.symptoms,
    help='Explain what can be behind what is seen, such as "all at the end".',
)
@click.option(
    "--output-format",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How to print it.",
)
def rule(
    name: str | None, all_rules: bool, terms: bool, symptom: str | None, output_format: str
) -> None:
    """Explain a rule, named by its code or its name, all rules, or a symptom."""
    if all_rules + terms + (name is not None) + (symptom is not None) != 1:
        raise click.UsageError("name one rule, or give --all, --terms or --symptom")
    if terms:
        write(_terms(output_format), None, color=False)
        return
    if symptom is not None:
        from lg_lint.cli.symptom import explained

        write(explained(symptom, output_format), None, color=False)
        return
    from lg_lint.rules.registry import all_rules as registered

    rules = registered()
    chosen = rules if name is None else (find(name, rules),)
    if output_format == "json":
        text = _json([describe(rule) for rule in chosen], single=name is not None)
    else:
        page = markdown if output_format == "markdown" else plain
        text = "\n".join(page(rule) for rule in chosen)
    write(text, None, color=False)


def find(name: str, rules: tuple[Rule, ...]) -> Rule:
    """The rule of that code or name, in any case."""
    wanted = name.casefold()
    for candidate in rules:
        if wanted in (candidate.code.casefold(), candidate.name):
            return candidate
    names = {candidate.code: candidate.name for candidate in rules}
    hint = suggest_rule(name, names) or "; see lg-lint rule --all"
    raise click.UsageError(f"there is no rule {name!r}{hint}")


def describe(rule: Rule) -> dict[str, Any]:
    """A rule as JSON shows it."""
    return {
        "name": rule.name,
        "code": rule.code,
        "summary": rule.summary,
        "severity": rule.severity.value,
        "hop": rule.hop.value,
        "fix_availability": rule.fixable,
        "explanation": rule.page.strip(),
        "status": {"since": rule.since},
        "url": rule.url,
    }


def _json(records: list[dict[str, Any]], *, single: bool) -> str:
    import json

    return json.dumps(records[0] if single else records, indent=2) + "\n"


def plain(rule: Rule) -> str:
    """A rule as text."""
    return f"{rule.code} {rule.name}\n\n{_facts(rule)}\n\n{_page(rule)}\n"


def markdown(rule: Rule) -> str:
    """A rule as Markdown."""
    return f"# {rule.code}: {rule.name}\n\n{_facts(rule)}\n\n{_page(rule)}\n"


def _page(rule: Rule) -> str:
    """The page, and what the terms on it mean."""
    page = rule.page.strip()
    found = terms_in(page)
    return f"{page}\n\n{section(found)}" if found else page


def _terms(output_format: str) -> str:
    """All terms."""
    if output_format == "json":
        import json

        return json.dumps({term.name: term.meaning for term in TERMS}, indent=2) + "\n"
    return section(TERMS, "# Terms\n") + "\n"


def _facts(rule: Rule) -> str:
    return (
        f"Severity: {rule.severity.value}. Hop: {rule.hop.value}. "
        f"Fix: {rule.fixable}. Since {rule.since}."
    )
