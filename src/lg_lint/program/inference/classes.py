"""Classes of the project: what they are, and the order in which Python searches their bases."""

from __future__ import annotations

from collections import Counter, deque

from lg_lint.facts import tree as t
from lg_lint.program.inference import core
from lg_lint.program.scopes import Class, Function, Scope
from lg_lint.program.store import Program
from lg_lint.program.values import ANYTHING, ClassRef, External, Value, Values


def class_ref(program: Program, node: t.ClassDef, scope: Scope) -> Values:
    """The value of a class statement: the class, or what the knowledge declares it to be."""
    if id(node) in program.declared:
        return (External(program.declared[id(node)]),)
    for cls in scope.classes:
        if cls.node is node:
            return (ClassRef(cls),)
    return ANYTHING


def base_classes(program: Program, cls: Class) -> list[Value]:
    """The values of a class's bases, generics stripped."""
    env = program.env(cls.parent or cls.module)
    found: list[Value] = []
    for base in cls.node.bases:
        if base.keyword is not None or base.star:
            continue
        expr = base.value.value if isinstance(base.value, t.Subscript) else base.value
        found.extend(core.infer(program, expr, env))
    return found


def lineage(program: Program, cls: Class) -> list[Class]:
    """The class and its bases in the project, in the order in which attributes are searched."""
    table = program.memo.lineages
    return table.get(cls) or program.memo.ask(table, cls, [cls], _lineage, program, cls)


def _lineage(program: Program, cls: Class) -> list[Class]:
    """C3; depth first where no such order exists, a class below itself left out."""
    parents: dict[Class, list[Class]] = {}
    ordered: dict[Class, list[Class]] = {}
    stack = [cls]
    while stack:
        current = stack[-1]
        if current not in parents:
            parents[current] = [
                value.cls for value in base_classes(program, current) if isinstance(value, ClassRef)
            ]
            stack += [parent for parent in parents[current] if parent not in parents]
            continue
        stack.pop()
        if current not in ordered:
            above = [parent for parent in parents[current] if parent in ordered]
            ordered[current] = [current, *_merged([*(ordered[item] for item in above), above])]
    return ordered[cls]


def _merged(orders: list[list[Class]]) -> list[Class]:
    """One order that keeps each of several, as far as there is one."""
    if len(orders) <= 2:
        return list(orders[0])
    found: list[Class] = []
    queues = [deque(order) for order in orders if order]
    waiting = Counter(item for queue in queues for item in list(queue)[1:])
    while queues:
        head = next((queue[0] for queue in queues if not waiting[queue[0]]), queues[0][0])
        found.append(head)
        for queue in queues:
            if queue[0] is head:
                queue.popleft()
                if queue:
                    waiting[queue[0]] -= 1
            elif waiting[head] and head in queue:
                queue.remove(head)
        queues = [queue for queue in queues if queue]
    return found


def external_bases(program: Program, cls: Class) -> list[str]:
    """Canonical names of the outside classes that a class inherits from, along its lineage."""
    return [
        value.name
        for owner in lineage(program, cls)
        for value in base_classes(program, owner)
        if isinstance(value, External)
    ]


def subclasses(program: Program, cls: Class) -> list[Class]:
    """The classes of the project below a class, nearest first."""
    table = program.memo.below
    found = table.get(cls)
    return (
        found if found is not None else program.memo.ask(table, cls, [], _subclasses, program, cls)
    )


def _subclasses(program: Program, cls: Class) -> list[Class]:
    found: dict[Class, None] = {}
    queue = deque([cls])
    while queue:
        current = queue.popleft()
        for candidate in program.classes_with_base(current.name):
            if candidate in found or candidate is cls:
                continue
            if any(
                isinstance(value, ClassRef) and value.cls is current
                for value in base_classes(program, candidate)
            ):
                found[candidate] = None
                queue.append(candidate)
    return list(found)


def find_method(program: Program, cls: Class, name: str) -> Function | None:
    """The method that an object of the class has under a name."""
    for owner in lineage(program, cls):
        function = owner.method(name)
        if function is not None:
            return function
    return None
