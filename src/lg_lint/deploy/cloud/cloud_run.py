"""Cloud Run: the service's own file, and `gcloud run deploy` wherever it stands.

Defaults of the platform: 300 s for an answer, 100 instances, 80 requests in each at once, and 10 s
after SIGTERM.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from lg_lint.deploy.cloud.platforms import Collector, Found, Platform
from lg_lint.deploy.kubernetes import pods
from lg_lint.deploy.place import Word
from lg_lint.deploy.settings import Setting, platform, unknown
from lg_lint.deploy.words import MOST_WORDS, Command, filled, split
from lg_lint.deploy.yaml_nodes import Node, documents, guarded

TIMEOUT = "300"
MOST = "100"
CONCURRENCY = "80"
GRACE = "10"
MOST_COMMANDS = 100
"""How many deployments are read of one text."""
_LONGEST_COMMAND = 20_000
_SCALE = "autoscaling.knative.dev/"
_MOST_NODES = 50_000
_command = re.compile(r"\bgcloud\s+(?:(?:beta|alpha)\s+)?run\s+(?:deploy|services\s+update)\b")
_end = re.compile(r"(?<!\\)\n|;|&&|\|\||(?<!\|)\|(?!\|)")
_expression = re.compile(r"\$\{\{[^{}]{0,500}\}\}")
_substitution = re.compile(r"_[A-Z0-9_]+")


def read(data: bytes, path: str = "") -> Found:
    """A service's file, a Cloud Build configuration or a workflow."""
    found = documents(data, path)
    into = Collector()
    into.unread += found.unread

    def one(root: Node) -> None:
        if root.text("apiVersion").startswith(("serving.knative.dev", "run.googleapis.com")):
            into.platforms.append(_service(root))
        elif b"deploy" in data:
            into.platforms += _deploys(root)

    guarded(one, found.roots, into.unread)
    return into.found()


def deploys(text: Setting, variables: Mapping[str, Word] | None = None) -> tuple[Platform, ...]:
    """The services that a shell's text deploys with gcloud, by the flags that are said there."""
    masked = Setting(
        _expression.sub(lambda match: "${" + "_" * (len(match[0]) - 3) + "}", text.text),
        text.line,
        text.path,
        text.origin,
        text.breaks or _row_breaks(text),
    )
    found: list[Platform] = []
    match = _command.search(masked.text)
    while match is not None and len(found) < MOST_COMMANDS:
        end = _end.search(masked.text, match.end())
        last = end.start() if end else len(masked.text)
        part = masked.part(match.start(), min(last, match.start() + _LONGEST_COMMAND))
        words = tuple(_shell(word) for word in split(filled(part, variables or {})))
        found.append(_flagged(words, "update" in match[0]))
        match = _command.search(masked.text, last)
    return tuple(found)


def deployment(words: Sequence[Setting]) -> Platform | None:
    """The service that the words of a command deploy; None where it does something else."""
    texts = [word.text for word in words[:8]]
    for verb in (["run", "deploy"], ["run", "services", "update"]):
        for at in range(len(texts)):
            if texts[at : at + len(verb)] == verb and "gcloud" in texts[:at]:
                return _flagged(tuple(words), verb[-1] == "update")
    return None


def _row_breaks(text: Setting) -> tuple[tuple[int, int], ...]:
    """Each row on the line after that of the one before, where nothing else is known."""
    found = [(0, text.line)]
    for index, match in enumerate(re.finditer("\n", text.text)):
        found.append((match.end(), text.line + index + 1))
    return tuple(found)


def _shell(word: Setting) -> Setting:
    if "$" in word.text and word.known:
        return Setting(word.text, word.line, word.path, "unknown", word.breaks)
    return word


def _service(root: Node) -> Platform:
    template = root.at("spec", "template")
    spec = template.get("spec") if template is not None else None
    annotations = template.at("metadata", "annotations") if template is not None else None
    outer = root.at("metadata", "annotations")
    line = root.line

    def scale(name: str) -> Setting | None:
        for node in (annotations, outer):
            found = node.setting(_SCALE + name) if node is not None else None
            if found is not None:
                return found
        return None

    first = next(iter(pods.containers(spec.get("containers") if spec else None)), None)
    return Platform(
        "cloud-run",
        line,
        root.source.path,
        root.setting("metadata", "name"),
        scale("minScale") or platform("0", line),
        scale("maxScale") or platform(MOST, line),
        (spec.setting("timeoutSeconds") if spec else None) or platform(TIMEOUT, line),
        platform(GRACE, line),
        (spec.setting("containerConcurrency") if spec else None) or platform(CONCURRENCY, line),
        first.command if first else None,
        first.args if first else None,
        {**first.env, **{name: unknown(name, each.line) for name, each in first.references.items()}}
        if first
        else {},
        image=first.image if first else None,
        port=first.ports[0][1] if first and first.ports else None,
    )


def _deploys(root: Node) -> Iterator[Platform]:
    """The deployments in all texts and lists of words of a file."""
    substitutions = root.get("substitutions")
    variables: dict[str, Word] = {}
    for key, node in substitutions.items() if substitutions is not None else ():
        setting = node.setting()
        if setting is not None and _substitution.fullmatch(key.text):
            variables[key.text] = setting
    for node in _walked(root):
        if node.kind == "scalar":
            if "gcloud" in node.raw.value:
                setting = node.setting()
                if setting is not None:
                    yield from deploys(setting, variables)
        elif node.kind == "sequence":
            yield from _listed(node, variables)
        elif node.text("uses").startswith("google-github-actions/deploy-cloudrun"):
            yield _action(node)


def _walked(root: Node) -> Iterator[Node]:
    waiting = [root]
    seen: set[int] = set()
    while waiting and len(seen) < _MOST_NODES:
        node = waiting.pop()
        if id(node.raw) in seen:
            continue
        seen.add(id(node.raw))
        yield node
        waiting += reversed([*(each for _, each in node.items()), *node.elements()])


def _listed(node: Node, variables: Mapping[str, Word]) -> Iterator[Platform]:
    """`["run", "deploy", "name", "--max-instances=5"]`, as Cloud Build writes commands."""
    parts = [each.setting() for each in node.elements()]
    settings = [part for part in parts[:MOST_WORDS] if part is not None]
    texts = [setting.text for setting in settings]
    for at in range(min(len(texts) - 1, 4)):
        if texts[at : at + 2] == ["run", "deploy"]:
            words = [split(filled(each, variables)) for each in settings[at:]]
            yield _flagged(tuple(_shell(word) for each in words for word in each[:1]), False)
            return


def _action(node: Node) -> Platform:
    """A step of a workflow that deploys with Google's own action."""
    given = node.get("with")
    flags = given.setting("flags") if given is not None else None
    words = split(filled(flags, {})) if flags is not None else ()
    base = _flagged(tuple(_shell(word) for word in words), False, node.line, node.source.path)
    if given is None:
        return base
    env = dict(base.env)
    listed = given.setting("env_vars")
    for pair in re.finditer(r"(?<!\w)([A-Za-z_]\w*)=([^,\n]*)", listed.text) if listed else ():
        assert listed is not None
        env[pair[1]] = _shell(listed.part(pair.start(2), pair.end(2)))
    return Platform(
        **{
            **{name: getattr(base, name) for name in base.__struct_fields__},
            "name": _given(given, "service") or base.name,
            "image": _given(given, "image") or base.image,
            "context": _given(given, "source") or base.context,
            "timeout": _given(given, "timeout") or base.timeout,
            "env": env,
            "more_env": base.more_env or given.get("secrets") is not None,
        }
    )


def _given(node: Node, key: str) -> Setting | None:
    found = node.setting(key)
    return _shell(found) if found is not None else None


def _flagged(words: tuple[Setting, ...], update: bool, line: int = 0, path: str = "") -> Platform:
    """The service of a command. What an update leaves out is unknown, not a default."""
    line = words[0].line if words else line
    path = words[0].path if words else path
    flags, names = _flags(words)

    def read_option(default: str, *wanted: str) -> Setting | None:
        for name in wanted:
            if name in flags:
                return flags[name]
        return None if update or not default else platform(default, line)

    env, more = _environment(flags)
    return Platform(
        "cloud-run",
        line,
        path,
        names[0] if names else None,
        read_option("0", "--min-instances", "--min"),
        read_option(MOST, "--max-instances", "--max"),
        read_option(TIMEOUT, "--timeout"),
        platform(GRACE, line),
        read_option(CONCURRENCY, "--concurrency"),
        _list(flags.get("--command")),
        _list(flags.get("--args")),
        env,
        more or update,
        flags.get("--image"),
        None,
        flags.get("--source"),
        port=flags.get("--port"),
    )


def _flags(words: tuple[Setting, ...]) -> tuple[dict[str, Setting], list[Setting]]:
    """The flags with their values, and the words between `deploy` and them."""
    flags: dict[str, Setting] = {}
    names: list[Setting] = []
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if not word.text.startswith("--"):
            if word.text not in ("gcloud", "beta", "alpha", "run", "deploy", "services", "update"):
                names.append(word)
            continue
        name, equals, _ = word.text.partition("=")
        if equals:
            flags[name] = word.part(len(name) + 1, len(word.text))
        elif at < len(words) and not words[at].text.startswith("--"):
            flags[name] = words[at]
            at += 1
    return flags, names


def _environment(flags: Mapping[str, Setting]) -> tuple[dict[str, Setting], bool]:
    found: dict[str, Setting] = {}
    for name in ("--set-env-vars", "--update-env-vars"):
        if name not in flags:
            continue
        text = flags[name]
        for part in _separated(text):
            key, equals, value = part.text.partition("=")
            if equals:
                origin = "unknown" if "$" in value else "set"
                found[key] = Setting(value, part.line, part.path, origin)  # type: ignore[arg-type]
    more = any(
        name in flags
        for name in ("--set-secrets", "--update-secrets", "--env-vars-file", "--update-env-vars")
    )
    return found, more


def _separated(text: Setting) -> Iterator[Setting]:
    """The parts between commas, or between what `^x^` at the start says."""
    separator, start = ",", 0
    match = re.match(r"\^([^^]{1,5})\^", text.text)
    if match is not None:
        separator, start = match[1], match.end()
    while start <= len(text.text):
        end = text.text.find(separator, start)
        end = len(text.text) if end < 0 else end
        yield text.part(start, end)
        start = end + len(separator)


def _list(text: Setting | None) -> Command | None:
    if text is None:
        return None
    return Command(tuple(_separated(text)), text.line)
