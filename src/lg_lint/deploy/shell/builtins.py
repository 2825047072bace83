"""Commands of the shell itself: they start nothing, and change what the next ones see."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lg_lint.deploy.place import Word
from lg_lint.deploy.shell.expanding import State, expanded, one_value
from lg_lint.deploy.shell.parsing import is_name
from lg_lint.deploy.shell.tree import Assignment
from lg_lint.deploy.values import Environment, Unknown, Value, known

SILENT = frozenset((
    "alias", "break", "continue", "false", "hash", "getopts", "jobs", "kill", "let", "mkdir",
    "pwd", "sleep", "test", "[", "[[", "trap", "true", "type", "ulimit", "umask", "wait", ":",
))  # fmt: skip


MOST_NAMES = 1000


def started(environment: Environment, arguments: Sequence[Value] | None) -> State:
    """What a script knows when it begins."""
    return State(
        {name: known(value) for name, value in environment.items()},
        exported=set(environment),
        arguments=None if arguments is None else tuple(arguments),
    )


def environment(state: State, line: int) -> dict[str, Value]:
    """What a program that is started sees; a name whose text is not known is Unknown."""
    return {
        name: Unknown(f"${name}", line) if text is None else Word(text, line)
        for name, text in state.variables.items()
        if name in state.exported
    }


def assign(assignments: Sequence[Assignment], state: State) -> None:
    """Gives variables their values, from left to right."""
    for each in assignments:
        if each.is_array:
            before = state.arrays.get(each.name, ()) if each.appends else ()
            state.arrays[each.name] = (*before, *expanded(each.values, state))
            continue
        text = known(one_value(each.values[0], state)) if each.values else ""
        if each.appends and text is not None:
            before_text = state.variables.get(each.name)
            text = None if before_text is None else before_text + text
        if len(state.variables) < MOST_NAMES:
            state.variables[each.name] = text
        if state.exports_all:
            state.exported.add(each.name)


def change_folder(words: Sequence[Value], state: State) -> None:
    """`cd folder`."""
    texts = [word for word in words if not (known(word) or "").startswith("-")]
    target = known(texts[0]) if texts else None
    if target is None:
        state.folder = None
    elif state.folder is not None or target.startswith("/"):
        state.folder = joined(state.folder or "", target)


def joined(folder: str, target: str) -> str:
    """The folder to which `target` leads from another one."""
    if target.startswith("/"):
        folder = "/"
    root = "/" if folder.startswith("/") else ""
    parts = [part for part in folder.split("/") if part]
    for part in target.split("/"):
        if part == ".." and (parts or root) and parts[-1:] != [".."]:
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return (root + "/".join(parts))[:4096]


def _export(words: Sequence[Value], state: State) -> None:
    for name in _declare(words, state):
        state.exported.add(name)


def _typeset(words: Sequence[Value], state: State) -> None:
    is_exported = any((known(word) or "").startswith("-") and "x" in word.text for word in words)
    names = _declare(words, state)
    if is_exported:
        state.exported.update(names)


def _declare(words: Sequence[Value], state: State) -> list[str]:
    """Names, and `name=value` of a word that stood behind `export` or `declare`."""
    names = []
    for word in words:
        name, has_value, text = word.text.partition("=")
        if not is_name(name):
            continue
        names.append(name)
        if has_value:
            state.variables[name] = text if isinstance(word, Word) else None
    return names


def unset(words: Sequence[Value], state: State) -> None:
    """Takes variables away."""
    for word in words:
        if is_name(word.text):
            state.variables.pop(word.text, None)
            state.exported.discard(word.text)
            state.unset |= {word.text}
            state.arrays.pop(word.text, None)


def _read(words: Sequence[Value], state: State) -> None:
    for word in words:
        if is_name(word.text):
            state.variables[word.text] = None


def _source(words: Sequence[Value], state: State) -> None:
    """A file that is read in. A virtual environment's own sets nothing that matters."""
    target = known(words[0]) if words else None
    if target is None or not target.endswith("/activate"):
        state.is_open = True
    state.is_open = state.is_open or target is None


def _set(words: Sequence[Value], state: State) -> None:
    texts = [known(word) for word in words]
    if "--" in texts:
        state.arguments = tuple(words[texts.index("--") + 1 :])
        return
    for text in texts:
        if text is not None and text.startswith("-") and "a" in text and text[1:2] != "o":
            state.exports_all = True
        elif text == "+a":
            state.exports_all = False
        elif text == "allexport":
            state.exports_all = True


def _shift(words: Sequence[Value], state: State) -> None:
    count = known(words[0]) if words else "1"
    arguments = state.arguments
    state.arguments = None
    if arguments is None or count is None or not count.isdigit() or len(count) > 3:
        return
    gone = arguments[: int(count)]
    if len(gone) == int(count) and all(isinstance(each, Word) for each in gone):
        state.arguments = arguments[int(count) :]


CHANGES: dict[str | None, Callable[[Sequence[Value], State], None]] = {
    "cd": change_folder,
    "pushd": change_folder,
    "export": _export,
    "declare": _typeset,
    "typeset": _typeset,
    "local": _typeset,
    "readonly": _typeset,
    "unset": unset,
    "read": _read,
    "source": _source,
    ".": _source,
    "set": _set,
    "shift": _shift,
}
