"""`python -m benchmarks.pycg CHECKOUT`: the call graph on PyCG's micro-benchmark, case by case.

`CHECKOUT` is one of https://github.com/vitsalis/PyCG. A case is sound where every edge that it
expects is found, complete where no other one is.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from lg_lint.facts.extract import extract
from lg_lint.knowledge import type_table
from lg_lint.program import inference
from lg_lint.program.call_graph.execution import CallNode, Execution, ThreadContext
from lg_lint.program.modules import ModuleFinder
from lg_lint.program.scopes import Function, Module, Scope
from lg_lint.program.store import Program, scopes
from lg_lint.program.values import (
    ClassRef,
    Const,
    Container,
    External,
    ExternalMethod,
    ExternalObject,
    Instance,
    Value,
)

Edge = tuple[str, str]


def program_of(folder: Path) -> Program:
    """All Python files below a folder as one program."""
    texts = {str(path): path.read_text() for path in sorted(folder.rglob("*.py"))}
    finder = ModuleFinder(str(folder), texts, type_table().packages)
    program = Program(finder, lambda path: extract(texts[path]), type_table())
    for path in texts:
        program.module(path)
    return program


class Graph:
    """The edges of a program, each activation of a function taken for the function itself."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.program = program_of(folder)
        self.execution = Execution(self.program)
        self.lambdas: dict[Function, str] = {}

    def edges(self) -> set[Edge]:
        found: set[Edge] = set()
        reached: set[CallNode] = set()
        frames = [scope for module in self.program.modules for scope in scopes(module)]
        entered = {id(scope) for scope in frames if not isinstance(scope, Function)}
        for first in sorted(frames, key=lambda scope: isinstance(scope, Function)):
            if isinstance(first, Function) and id(first) in entered:
                continue
            queue = [self.execution.state_of(first, None, ThreadContext.LOOP)]  # type: ignore[arg-type]
            while queue:
                state = queue.pop()
                if state in reached:
                    continue
                reached.add(state)
                entered.add(id(state.function))
                name = self.name(state.function)
                for edge in self.execution.edges(state):
                    found.add((name, self.name(edge.target.function)))
                    queue.append(edge.target)
                found |= {(name, outside) for outside in self.outside(state)}
        return found

    def name(self, scope: Scope) -> str:
        if isinstance(scope, Module):
            path = Path(scope.path).relative_to(self.folder).with_suffix("")
            parts = path.parts[:-1] if path.name == "__init__" else path.parts
            return ".".join(parts)
        assert scope.parent is not None
        if isinstance(scope, Function) and scope.name == "<lambda>":
            same = [item for item in scope.parent.functions if item.name == "<lambda>"]
            return f"{self.name(scope.parent)}.<lambda{same.index(scope) + 1}>"
        return f"{self.name(scope.parent)}.{scope.name}"  # type: ignore[attr-defined]

    def outside(self, state: CallNode) -> Iterator[str]:
        """What a frame calls of the language and of libraries, in the benchmark's words."""
        for _, callees in self.execution.calls(state):
            for callee in callees:
                yield from self.named(callee)

    def named(self, callee: Value) -> Iterator[str]:
        if isinstance(callee, External):
            head, _, last = callee.name.rpartition(".")
            yield f"<builtin>.{last}" if head == "builtins" else callee.name
        elif isinstance(callee, ClassRef):
            if inference.find_method(self.program, callee.cls, "__init__") is None:
                bases = inference.external_bases(self.program, callee.cls)
                yield from (f"{base}.__init__" for base in bases if "builtins" not in base)
        elif isinstance(callee, ExternalMethod):
            receiver = callee.receiver
            if isinstance(receiver, ExternalObject) and not receiver.type.startswith("builtins"):
                yield f"{receiver.type}.{callee.name}"
            elif isinstance(receiver, Instance):
                bases = inference.external_bases(self.program, receiver.cls)
                yield from (f"{base}.{callee.name}" for base in bases if "builtins" not in base)
            elif isinstance(receiver, Const) and isinstance(receiver.value, str):
                yield f"<**PyStr**>.{callee.name}"
            elif isinstance(receiver, Container):
                kind = {"dict": "Dict", "tuple": "Tuple"}.get(receiver.kind, "List")
                yield f"<**Py{kind}**>.{callee.name}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--show", action="store_true", help="each edge that is missed or too many")
    parser.add_argument("--only", default="", help="cases whose name holds this")
    options = parser.parse_args()
    counts = dict.fromkeys(("cases", "sound", "complete", "expected", "found", "reported"), 0)
    for case in sorted(options.checkout.glob("micro-benchmark/snippets/*/*/callgraph.json")):
        folder = case.parent
        name = f"{folder.parent.name}/{folder.name}"
        if options.only not in name:
            continue
        wanted = {(a, b) for a, called in json.loads(case.read_text()).items() for b in called}
        found = Graph(folder).edges()
        counts["cases"] += 1
        counts["sound"] += wanted <= found
        counts["complete"] += found <= wanted
        counts["expected"] += len(wanted)
        counts["found"] += len(wanted & found)
        counts["reported"] += len(found)
        if options.show:
            for mark, edges in (("missed", wanted - found), ("extra", found - wanted)):
                for start, end in sorted(edges):
                    print(f"{mark:7} {name}: {start} -> {end}")
    print(", ".join(f"{key} {count}" for key, count in counts.items()))


if __name__ == "__main__":
    main()
