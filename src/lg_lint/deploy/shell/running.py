"""Follows a script from its first command to its last, without running it."""

from __future__ import annotations

from collections.abc import Sequence

from lg_lint.deploy.place import Unread, Word
from lg_lint.deploy.shell import builtins, writing
from lg_lint.deploy.shell.conditions import holds, is_test, matches
from lg_lint.deploy.shell.expanding import State, expanded, one_value
from lg_lint.deploy.shell.lexing import lines_of
from lg_lint.deploy.shell.parsing import parsed
from lg_lint.deploy.shell.prefixes import Prefixed, without_prefixes
from lg_lint.deploy.shell.records import Run, Script, Written
from lg_lint.deploy.shell.tree import (
    Arms,
    Background,
    Block,
    Branches,
    Chain,
    Group,
    Loop,
    Node,
    Pipe,
    Simple,
)
from lg_lint.deploy.values import Unknown, Value, known

_STEPS = 5000
_RUNS = 500
_DEEPEST = 12


class Walk:
    """One way through a script. `runs` and `writes` grow as it goes."""

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self.writes: list[Written] = []
        self.unread: list[Unread] = []
        self._functions: dict[str, Block] = {}
        self._inert: set[str | None] = set()
        self._steps = 0
        self._depth = 0
        self._is_certain = True
        self._is_background = False
        self._may_have_left = False
        self._prefixes: tuple[str, ...] = ()
        self._outputs: list[writing.Output] = []

    def script(self, lines: Sequence[Word], state: State) -> bool:
        """Follows a script. False where it does not come to its end, as after `exec`."""
        tree = parsed(lines)
        self.unread += [Unread(line, reason) for line, reason in tree.unread]
        return self.block(tree.body, state)

    def block(self, block: Block, state: State) -> bool:
        """Follows statements; False where what comes behind them is not reached."""
        return all(self._node(node, state) for node in block)

    def _node(self, node: Node, state: State) -> bool:
        self._steps += 1
        if self._steps > _STEPS or self._depth > _DEEPEST:
            if not any(each.reason == "too long to follow" for each in self.unread):
                self.unread.append(Unread(_line(node), "too long to follow"))
            return False
        if isinstance(node, Simple):
            return self._simple(node, state)
        if isinstance(node, Chain):
            return self._chain(node, state)
        if isinstance(node, Pipe):
            return self._pipe(node, state)
        if isinstance(node, Group):
            return self._group(node, state)
        if isinstance(node, Branches):
            return self._branches(node, state)
        if isinstance(node, Loop):
            return self._loop(node, state)
        if isinstance(node, Arms):
            return self._arms(node, state)
        if isinstance(node, Background):
            return self._background(node, state)
        self._functions[node.name] = node.body
        self._inert.discard(node.name)
        if all(self._is_inert(each) for each in node.body):
            self._inert.add(node.name)
        return True

    def _is_inert(self, node: Node) -> bool:
        """Whether a function's body does nothing that is asked for, as one that prints."""
        if isinstance(node, Group):
            return not node.redirects and all(self._is_inert(each) for each in node.body)
        if isinstance(node, Branches):
            blocks = [block for arm in node.arms for block in arm] + [node.otherwise]
            return all(self._is_inert(each) for block in blocks for each in block)
        if not isinstance(node, Simple) or node.redirects or node.assignments:
            return False
        name = node.words[0].plain if node.words else ":"
        return name in builtins.SILENT or name in writing.WRITERS or name == "local"

    def _background(self, node: Background, state: State) -> bool:
        before, self._is_background = self._is_background, True
        self._apart((node.part,), state)
        self._is_background = before
        return True

    def _apart(self, block: Block, state: State) -> None:
        """Follows statements in a shell of their own: they change and end no other."""
        left = self._may_have_left
        self.block(block, state.copy())
        self._may_have_left = left

    def _pipe(self, node: Pipe, state: State) -> bool:
        if len(node.parts) == 1:
            return self._node(node.parts[0], state)
        source = node.parts[0]
        for part in node.parts:
            written = isinstance(part, Simple) and writing.through_tee(source, part, state)
            if written:
                self._writes(written, state)
            self._apart((part,), state)
        return True

    def _group(self, node: Group, state: State) -> bool:
        outputs = [
            writing.Output(each) for each in node.redirects if each.operator in writing.OUTPUTS
        ]
        self._outputs += outputs
        goes_on = True
        if node.is_subshell:
            self._apart(node.body, state)
        else:
            goes_on = self.block(node.body, state)
        del self._outputs[len(self._outputs) - len(outputs) :]
        return goes_on

    def _chain(self, node: Chain, state: State) -> bool:
        """`a && b` means both, unless `a` only decides; `a || b` means `a`."""
        goes_on = self._node(node.parts[0], state)
        last = holds((node.parts[0],), state)
        is_question = is_test(node.parts[0])
        for joint, part in zip(node.joints, node.parts[1:]):  # noqa: B905
            if not goes_on:
                return False
            is_wanted = last if last is not None else None
            if joint == "||":
                is_wanted = None if is_wanted is None else not is_wanted
            if is_wanted is False:
                continue
            if is_wanted or (joint == "&&" and not is_question):
                goes_on = self._node(part, state)
            else:
                goes_on = self._perhaps([(part,), ()], state)
            last, is_question = holds((part,), state), is_question or is_test(part)
            if joint == "||":
                last = None
        return goes_on

    def _branches(self, node: Branches, state: State) -> bool:
        possible: list[Block] = []
        for condition, body in node.arms:
            verdict = holds(condition, state)
            if verdict is None and len(condition) == 1 and not is_test(condition[0]):
                self._perhaps([condition, ()], state)
            if verdict is not False:
                possible.append(body)
            if verdict:
                return self._perhaps(possible, state)
        return self._perhaps([*possible, node.otherwise], state)

    def _arms(self, node: Arms, state: State) -> bool:
        subject = known(one_value(node.subject, state))
        possible: list[Block] = []
        for patterns, body in node.arms:
            texts = [known(one_value(pattern, state)) for pattern in patterns]
            if subject is not None and None not in texts:
                if any(matches(subject, text or "") for text in texts):
                    return self._perhaps([*possible, body], state)
                continue
            possible.append(body)
            if "*" in texts:
                return self._perhaps(possible, state)
        return self._perhaps([*possible, ()], state)

    def _loop(self, node: Loop, state: State) -> bool:
        is_certain = node.kind == "while" and holds(node.condition, state)
        if node.variable:
            state.variables[node.variable] = None
        if is_certain:
            return self.block(node.body, state)
        self._perhaps([(*node.condition, *node.body), ()], state)
        return True

    def _perhaps(self, blocks: Sequence[Block], state: State) -> bool:
        """Follows blocks of which one is taken; afterwards only what they agree in is known."""
        if len(blocks) == 1:
            return self.block(blocks[0], state)
        before, self._is_certain = self._is_certain, False
        ends = []
        for block in blocks:
            end = state.copy()
            if self.block(block, end):
                ends.append(end)
        self._is_certain = before
        if ends:
            _merge(ends, state)
        return bool(ends)

    def _simple(self, node: Simple, state: State) -> bool:
        if self._only_prints(node):
            return True
        words = expanded(node.words, state)
        if not words:
            builtins.assign(node.assignments, state)
            self._writes(writing.written(node, (), state, self._outputs), state)
            return True
        self._writes(writing.written(node, words, state, self._outputs), state)
        name = known(words[0])
        if name in self._functions:
            return name in self._inert or self._call(name, words[1:], state)
        if name in builtins.CHANGES:
            builtins.assign(node.assignments, state)
            builtins.CHANGES[name](words[1:], state)
            return True
        if name in ("exit", "return"):
            return name == "return"
        if name == "eval":
            return self._eval(words[1:], state)
        if name in writing.WRITERS or name in builtins.SILENT:
            return True
        return self._start(node, words, state)

    def _eval(self, words: tuple[Value, ...], state: State) -> bool:
        """A text that is a script of this very shell."""
        texts = [known(word) for word in words]
        if None in texts or self._depth >= _DEEPEST:
            state.is_open = True
            return True
        self._depth += 1
        text = " ".join(text for text in texts if text is not None)
        goes_on = self.script(lines_of(text, words[0].line), state) if words else True
        self._depth -= 1
        return goes_on

    def _only_prints(self, node: Simple) -> bool:
        name = node.words[0].plain if node.words else None
        is_plain = name in writing.WRITERS or name in builtins.SILENT
        return is_plain and not (node.redirects or self._outputs or name in self._functions)

    def _call(self, name: str | None, words: tuple[Value, ...], state: State) -> bool:
        before, state.arguments = state.arguments, words
        self._depth += 1
        goes_on = self.block(self._functions[name or ""], state)
        self._depth -= 1
        state.arguments = before
        return goes_on

    def _start(self, node: Simple, words: tuple[Value, ...], state: State) -> bool:
        inner = state.copy()
        builtins.assign(node.assignments, inner)
        inner.exported |= {each.name for each in node.assignments}
        is_last = known(words[0]) == "exec"
        self.words(words, inner, node)
        if not is_last or len(words) < 2:
            return True
        self._may_have_left = self._may_have_left or not self._is_certain
        return False

    def words(self, words: Sequence[Value], state: State, node: Simple | None = None) -> None:
        """Follows a command whose words are known: what its prefixes start in the end."""
        found = without_prefixes(words)
        if not found.words and found.script is None:
            return
        builtins.unset([Word(name, 1) for name in found.unset], state)
        for name, value in found.environment.items():
            state.variables[name] = known(value)
            state.exported.add(name)
        if found.folder is not None:
            builtins.change_folder((found.folder,), state)
        before, self._prefixes = self._prefixes, (*self._prefixes, *found.prefixes)
        if found.script is not None:
            self._inner(found, state)
        elif len(self.runs) < _RUNS:
            self.runs.append(self._run(found, state, node))
        self._prefixes = before

    def _inner(self, found: Prefixed, state: State) -> None:
        """A script that is an argument, as of `sh -c`.

        Where a part of it is not known, that part stands in it as it was written, and is as
        unknown to the inner shell.
        """
        script = found.script
        if script is None:
            return
        inner = state.copy()
        inner.variables = {
            name: text
            for name, text in state.variables.items()
            if name in state.exported or text is None
        }
        inner.arguments = found.words[1:]
        before, self._functions = self._functions, {}
        inert, self._inert = self._inert, set()
        left = self._may_have_left
        self._depth += 1
        if self._depth <= _DEEPEST:
            self.script(lines_of(script.text, script.line), inner)
        self._depth -= 1
        self._functions, self._inert, self._may_have_left = before, inert, left

    def _run(self, found: Prefixed, state: State, node: Simple | None) -> Run:
        targets = {
            each.operator: one_value(each.target, state)
            for each in (node.redirects if node else ())
        }
        return Run(
            found.words,
            found.words[0].line,
            builtins.environment(state, found.words[0].line),
            state.folder,
            self._is_certain and not self._may_have_left,
            state.is_open,
            self._is_background,
            self._prefixes,
            targets.get("<"),
            targets.get(">") or targets.get(">>"),
            tuple(state.unset - state.variables.keys()),
        )

    def _writes(self, written: Sequence[Written], state: State) -> None:
        self.writes += [
            Written(
                each.path,
                each.lines,
                each.line,
                each.appends,
                state.folder,
                self._is_certain and not self._may_have_left,
            )
            for each in written
        ]

    def result(self) -> Script:
        """What was found on the way."""
        return Script(tuple(self.runs), tuple(self.writes), tuple(self.unread[:20]))


def _merge(ends: Sequence[State], state: State) -> None:
    names = {name for end in ends for name in end.variables}
    first = ends[0]
    if all(end.variables == first.variables for end in ends):
        state.variables = first.variables
    else:
        state.variables = {name: _agreed(name, ends) for name in names}
    arrays = {name for end in ends for name in end.arrays}
    state.arrays = {
        name: _common(name, [end.arrays.get(name, ()) for end in ends]) for name in arrays
    }
    state.exported = {name for end in ends for name in end.exported}
    folders = {end.folder for end in ends}
    state.folder = folders.pop() if len(folders) == 1 else None
    state.is_open = any(end.is_open for end in ends)
    state.unset = frozenset.union(*(end.unset for end in ends))
    state.exports_all = any(end.exports_all for end in ends)
    if any(end.arguments != first.arguments for end in ends):
        state.arguments = None
    else:
        state.arguments = first.arguments


def _common(name: str, arrays: Sequence[tuple[Value, ...]]) -> tuple[Value, ...]:
    """The words with which an array begins on all ways; what follows is one unknown word."""
    first = arrays[0]
    if all(array == first for array in arrays):
        return first
    at = 0
    while all(len(array) > at and array[at] == first[at] for array in arrays):
        at += 1
    line = next(array[-1].line for array in arrays if array)
    return (*first[:at], Unknown(f"${{{name}[@]}}", line))


def _agreed(name: str, ends: Sequence[State]) -> str | None:
    """The text of a variable that all ways give it; None where they differ."""
    text = ends[0].variables.get(name)
    is_same = all(name in end.variables and end.variables[name] == text for end in ends)
    return text if is_same else None


def _line(node: Node) -> int:
    return node.line if isinstance(node, (Simple,)) else 1
