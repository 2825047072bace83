"""Generated scripts, run by a real shell: it starts the programs and writes the files that were read.

What is known must be so; what is read as unknown may be anything, and what is read as perhaps may be
left out.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from lg_lint.deploy.place import Word
from lg_lint.deploy.scripts import files_of
from lg_lint.deploy.shell import Run, Script, read_script
from lg_lint.deploy.values import Value

SCRIPTS = 240
ENVIRONMENT = {"A": "one", "B": "two words", "E": "", "N": "3", "Q": "it's"}
PROGRAMS = ("serve", "migrate", "other")
ARGUMENTS = ("api", "x y", "")
SHELL = shutil.which("sh") or "/bin/sh"
RECORDER = """#!/bin/sh
{
  printf 'RUN\\037%s\\037' "$PWD"
  printf '%s\\037' "${0##*/}" "$@"
  printf '%s\\n' "${X-unset}"
} >> "$RECORD"
"""


class Maker:
    """Makes a script of the statements that matter, from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.functions: list[str] = []

    def script(self) -> str:
        return "\n".join(self.statement(3) for _ in range(self.random.randint(2, 7))) + "\n"

    def pick(self, *choices: str) -> str:
        return self.random.choice(choices)

    def word(self) -> str:
        parts = [self.part() for _ in range(self.random.choice((1, 1, 1, 2, 3)))]
        return "".join(parts)

    def part(self) -> str:
        name = self.pick("A", "B", "E", "N", "Q", "U", "V")
        return self.pick(
            self.pick("a", "b.c", "--port=80", "-w", "x:y", "a\\ b", "%"),
            f"${name}",
            f'"${name}"',
            f"${{{name}}}",
            f"${{{name}:-d}}",
            f'"${{{name}:-$A e}}"',
            f"${{{name}-d}}",
            f"${{{name}:+p}}",
            f"'${name}'",
            f'"q ${{{name}}} \\$A \\" r"',
            "$1",
            '"$2"',
            '"$@"',
            "$#",
            "$(echo s)",
        )

    def command(self) -> str:
        words = " ".join(self.word() for _ in range(self.random.randint(0, 3)))
        before = self.pick("", "", "", "X=1 ", 'X="$A" ', "env X=2 ", "exec ", "nohup ")
        return f"{before}{self.pick(*PROGRAMS)} {words}".rstrip()

    def condition(self) -> str:
        return self.pick(
            '[ "$A" = one ]', '[ "$A" != one ]', '[ -z "$E" ]', '[ -n "$U" ]', '[ "$N" -gt 2 ]',
            '[ "${U:-dev}" = dev ]', "true", "false", "! true", '[ "$1" = api ]', '[ -d d1 ]',
            "[ ! -n \"$E\" ]", '[ "$V" = v ]',
        )  # fmt: skip

    def block(self, depth: int) -> str:
        return "\n".join(self.statement(depth - 1) for _ in range(self.random.randint(1, 2)))

    def statement(self, depth: int) -> str:
        plain = [
            self.command,
            self.command,
            lambda: f"V={self.word()}".replace('"$@"', "v").replace("$(echo s)", "v"),
            lambda: self.pick("export X=5", "X=6", "unset X", "X=7; export X", "unset V", "V=v"),
            lambda: self.pick(
                'cd "$DIR/d1"', "cd /", "cd ..", "(cd /; serve)", 'cd "$DIR"', "cd ."
            ),
            lambda: self.pick(
                "set -- api", 'set -- "$@" more', "set -- x y; shift", "set --", "set -a", "set +a"
            ),
            lambda: f"{self.condition()} && {self.command()}",
            lambda: f"{self.condition()} || {self.command()}",
            lambda: f"{self.command()} && {self.command()}",
            lambda: "serve | cat > /dev/null",
            lambda: (
                f"sh -c 'serve {self.pick('$X', '$A', '$1', '${X:-9}')}; other' sh0 {self.word()}"
            ),
            lambda: "eval \"serve '$A' \\$N; V=v\"",
            lambda: f"serve \\\n  {self.word()} # {self.word()}",
            self.write,
        ]
        nested = [
            lambda: f"if {self.condition()}; then\n{self.block(depth)}\nelse\n{self.block(depth)}\nfi",
            lambda: f"if {self.condition()}; then {self.block(depth)}\nelif {self.condition()}; then\n{self.block(depth)}\nfi",
            lambda: f'case "{self.pick("$A", "$1", "$U", "${U:-api}")}" in\n  api|on*) {self.block(depth)}\n  ;;\n  d?) serve d ;;\n  *)\n{self.block(depth)}\n  ;;\nesac',
            lambda: f"{{ {self.block(depth)}\n}}",
            lambda: f"(\n{self.block(depth)}\n)",
            lambda: f"for i in one; do\n{self.block(depth)}\nserve $i\ndone",
            lambda: self.function(depth),
        ]  # fmt: skip
        return self.random.choice([*plain, *(nested if depth else [])])()

    def function(self, depth: int) -> str:
        name = f"f{len(self.functions)}"
        self.functions.append(name)
        return f"{name}() {{\n{self.block(depth)}\n}}\n{name} {self.word()}"

    def write(self) -> str:
        target = self.pick("w1", "w2", '"$DIR/w3"')
        sign = self.pick(">", ">>")
        shown = self.pick("$A", "$B x", "plain", "\\$host")
        return self.pick(
            f'echo "{shown}" {sign} {target}',
            f"cat {sign} {target} <<EOF\nl $A \\$host ${{N:-4}}\nsecond '$B' \"q\"\nEOF",
            f"cat <<'EOF' {sign} {target}\n$A \\n\nEOF",
            f"cat <<-EOF | tee {target} > /dev/null\n\tt $A\n\tEOF",
            f"{{ echo one; echo $A; }} {sign} {target}",
            f"printf '%s\\n' \"$A\" b {sign} {target}",
        )


def run_really(script: str, folder: Path) -> tuple[list[list[str]], dict[str, str]]:
    """What a shell starts: folder, program, words and X of each; and the files that are there."""
    programs, work = folder / "bin", folder / "work"
    for each in (programs, work / "d1"):
        each.mkdir(parents=True)
    for name in PROGRAMS:
        (programs / name).write_text(RECORDER)
        (programs / name).chmod(0o755)
    record = folder / "record"
    record.touch()
    environment = {
        **ENVIRONMENT, "PATH": f"{programs}:{os.environ['PATH']}", "RECORD": str(record), "DIR": str(work),
    }  # fmt: skip
    subprocess.run(
        [SHELL, "-c", script, "script", *ARGUMENTS],
        cwd=work, env=environment, capture_output=True, timeout=30, check=False,
    )  # fmt: skip
    runs = [line.split("\x1f")[1:] for line in record.read_text().splitlines()]
    files = {str(path): path.read_text() for path in work.rglob("w?")}
    return runs, files


def told(runs: list[Run]) -> str:
    return "\n".join(
        f"{run.is_certain} {run.folder} {[getattr(w, 'text', w) for w in run.words]} {run.environment.get('X')}"
        for run in runs
    )


def placed(folder: str | None, work: Path) -> str | None:
    return None if folder is None else os.path.normpath(work / folder)


def fits(run: Run, seen: list[str], work: Path) -> bool:
    """Whether a program that was read is the one that was seen."""
    folder = placed(run.folder, work)
    x = run.environment.get("X")
    *words, last = seen[1:]
    is_there = folder is None or os.path.normpath(seen[0]) == folder
    has_x = (x is None and last == "unset") or (x is not None and said(x, last))
    return is_there and has_x and all_fit(tuple(run.words), tuple(words))


def said(value: Value, text: str) -> bool:
    return not isinstance(value, Word) or value.text == text


def all_fit(values: tuple[Value, ...], texts: tuple[str, ...]) -> bool:
    """An unknown word stands for any number of words."""
    if not values:
        return not texts
    if isinstance(values[0], Word):
        return bool(texts) and values[0].text == texts[0] and all_fit(values[1:], texts[1:])
    return any(all_fit(values[1:], texts[at:]) for at in range(len(texts) + 1))


def explained(runs: list[Run], seen: list[list[str]], work: Path) -> bool:
    """Whether each run that is sure was seen, in this order, and nothing else was but the others."""

    @cache
    def rest(at: int, seen_at: int) -> bool:
        if at == len(runs):
            return seen_at == len(seen)
        if (
            seen_at < len(seen)
            and fits(runs[at], seen[seen_at], work)
            and rest(at + 1, seen_at + 1)
        ):
            return True
        return not runs[at].is_certain and rest(at + 1, seen_at)

    return rest(0, 0)


@pytest.mark.skipif(os.name != "posix", reason="there is no such shell")
@pytest.mark.parametrize("seed", range(SCRIPTS))
def test_a_shell_does_what_was_read(seed: int, tmp_path: Path) -> None:
    script = Maker(seed).script()
    seen, files = run_really(script, tmp_path)
    work = tmp_path / "work"
    known = {name: Word(text, 1) for name, text in {**ENVIRONMENT, "DIR": str(work)}.items()}
    found = read_script(script, known, [Word(word, 1) for word in ARGUMENTS])
    runs = [
        run
        for run in found.runs
        if not isinstance(run.words[0], Word) or run.words[0].text in PROGRAMS
    ]
    assert not found.unread
    assert explained(runs, seen, work), f"{script}\nread:\n{told(runs)}\nseen:\n{seen}"
    compare(found, files, work, script)


def compare(found: Script, files: dict[str, str], work: Path, script: str) -> None:
    """Each file that is sure to be written has the lines that were read."""
    kept = files_of(found.writes)
    places = [os.path.normpath(work / (each.folder or ".") / each.path.text) for each in kept]
    for written, place in zip(kept, places, strict=True):
        if places.count(place) > 1:
            continue  # by two ways to name its folder
        folder = placed(written.folder, work)
        if not written.is_certain or folder is None or not isinstance(written.path, Word):
            continue
        path = os.path.normpath(os.path.join(folder, written.path.text))
        text = "".join(f"{line.text}\n" for line in written.lines)
        if path.startswith(str(work)):
            assert path in files, f"{script}\n{path}"
            assert files[path] == text or not all(each.is_certain for each in found.writes), (
                f"{script}\n{path}: {files[path]!r} is not {text!r}"
            )
