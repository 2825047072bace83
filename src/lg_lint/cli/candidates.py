"""What a shell may complete: the rules and the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem


def rules(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Codes and names of rules, after the last comma."""
    from lg_lint.rules.registry import all_rules

    words = {word: each.summary for each in all_rules() for word in (each.code, each.name)}
    return _matching(words, incomplete)


def selectors(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The same, and the word for all of them."""
    return [*_matching({"ALL": "Every rule"}, incomplete), *rules(ctx, param, incomplete)]


def settings(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of settings."""
    from lg_lint.settings import options

    return _matching({option.key: option.doc for option in options().values()}, incomplete)


def symptoms(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names of symptoms."""
    from lg_lint.rules.telling.symptoms import SYMPTOMS

    return _matching({symptom.name: symptom.meaning for symptom in SYMPTOMS}, incomplete)


def _matching(words: dict[str, str], incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    before, comma, last = incomplete.rpartition(",")
    return [
        CompletionItem(f"{before}{comma}{word}", help=about)
        for word, about in words.items()
        if word.casefold().startswith(last.casefold())
    ]
