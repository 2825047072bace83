"""What simple expressions of a Python file mean: numbers, texts, and the environment."""

from __future__ import annotations

from msgspec import Struct, field

from lg_lint.deploy.values import Environment, known
from lg_lint.facts import tree

_LARGEST = 10**9
_LONGEST = 4096
_DEEPEST = 30
_COUNTS = frozenset((
    "multiprocessing.cpu_count", "os.cpu_count", "os.process_cpu_count", "psutil.cpu_count",
))  # fmt: skip
_VARIABLES = frozenset(("os.getenv", "os.environ.get"))


class Text(Struct, frozen=True):
    """A text that is known."""

    text: str


class Number(Struct, frozen=True):
    """A number: exact, or only that it is `least` or more (None: nothing is known of it).

    `text` is an exact one as it is written; of a bool `true` or `false`.
    """

    least: float | None
    is_exact: bool
    text: str = ""


_ANY = Number(None, False)


class Evaluation(Struct):
    """Reads expressions under names that have a value; a name that is None has one that is unknown.

    `environment` is what the program is started with.
    """

    environment: Environment
    names: dict[str, Text | Number | None] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)

    def take_import(self, statement: tree.Import | tree.ImportFrom) -> None:
        """Remembers what an import binds."""
        prefix = f"{statement.module}." if isinstance(statement, tree.ImportFrom) else ""
        for alias in statement.names:
            name = alias.asname or alias.name
            if not prefix and alias.asname is None:
                name = alias.name.partition(".")[0]
                self.imports[name] = name
            else:
                self.imports[name] = prefix + alias.name

    def value(self, node: tree.Expr, depth: int = 0) -> Text | Number | None:
        """What an expression means; None where that is not known."""
        if depth > _DEEPEST:
            return None
        if isinstance(node, tree.Constant):
            return _constant(node.value)
        if isinstance(node, tree.Name):
            return self.names.get(node.id)
        if isinstance(node, tree.Sequence):
            return self.value(node.items[0], depth + 1) if node.items else None
        if isinstance(node, tree.JoinedString):
            return self._joined(node, depth)
        if isinstance(node, tree.Call):
            return self._call(node, depth)
        if isinstance(node, tree.Subscript):
            return self._item(node)
        if isinstance(node, tree.BinOp):
            return _operated(
                self.value(node.left, depth + 1), node.op, self.value(node.right, depth + 1)
            )
        if isinstance(node, tree.BoolOp):
            return self._first(node, depth)
        if isinstance(node, tree.UnaryOp) and node.op == "-":
            return _operated(Number(0, True, "0"), "-", self.value(node.operand, depth + 1))
        if isinstance(node, tree.IfExp):
            one, other = self.value(node.body, depth + 1), self.value(node.orelse, depth + 1)
            return one if one == other else None
        return None

    def dotted(self, node: tree.Expr) -> str:
        """The full name of what is called, by the imports; "" where it is none."""
        parts: list[str] = []
        while isinstance(node, tree.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, tree.Name):
            return ""
        head = self.imports.get(node.id, node.id if node.id in _BUILTINS else "")
        return ".".join([head, *reversed(parts)]) if head and node.id not in self.names else ""

    def _joined(self, node: tree.JoinedString, depth: int) -> Text | None:
        parts = [_text(self.value(part, depth + 1)) for part in node.parts]
        if None in parts:
            return None
        return _short("".join(part for part in parts if part is not None))

    def _call(self, node: tree.Call, depth: int) -> Text | Number | None:
        name = self.dotted(node.func)
        if name in _COUNTS or (name == "len" and "sched_getaffinity" in _inner_name(node)):
            return Number(1, False)
        if name in _VARIABLES:
            return self._variable(node, depth)
        if any(arg.star or arg.keyword for arg in node.args):
            return None
        values = [self.value(arg.value, depth + 1) for arg in node.args]
        if name in ("int", "float", "str") and len(values) == 1:
            return _converted(name, values[0])
        if name in ("min", "max") and len(values) > 1:
            numbers = [each if isinstance(each, Number) else _ANY for each in values]
            return _extreme(name, numbers)
        return None

    def _variable(self, node: tree.Call, depth: int) -> Text | Number | None:
        name = node.argument("key", 0)
        text = name.value if isinstance(name, tree.Constant) else None
        if not isinstance(text, str):
            return None
        if text in self.environment:
            found = known(self.environment[text])
            return None if found is None else _short(found)
        default = node.argument("default", 1)
        return self.value(default, depth + 1) if default is not None else None

    def _item(self, node: tree.Subscript) -> Text | None:
        """`os.environ["NAME"]`."""
        if self.dotted(node.value) != "os.environ" or not isinstance(node.index, tree.Constant):
            return None
        found = known(self.environment.get(str(node.index.value)))
        return None if found is None else _short(found)

    def _first(self, node: tree.BoolOp, depth: int) -> Text | Number | None:
        """`a or b`: the first that is true."""
        left = self.value(node.left, depth + 1)
        if node.op != "or" or left is None:
            return None
        if isinstance(left, Text):
            return left if left.text else self.value(node.right, depth + 1)
        if left.least is not None and left.least > 0:
            return left
        return self.value(node.right, depth + 1) if left.is_exact else None


_BUILTINS = frozenset(("int", "float", "str", "min", "max", "len"))


def _inner_name(node: tree.Call) -> str:
    inner = node.args[0].value if node.args else None
    func = inner.func if isinstance(inner, tree.Call) else None
    return func.attr if isinstance(func, tree.Attribute) else ""


def _constant(value: object) -> Text | Number | None:
    if isinstance(value, bool):
        return Number(int(value), True, "true" if value else "false")
    if isinstance(value, (int, float)) and abs(value) <= _LARGEST:
        return _exact(value)
    return _short(value) if isinstance(value, str) else None


def _exact(value: float) -> Number:
    return Number(value, True, str(value))


def _short(text: str) -> Text | None:
    return Text(text) if len(text) <= _LONGEST else None


def _text(value: Text | Number | None) -> str | None:
    if isinstance(value, Text):
        return value.text
    return value.text if isinstance(value, Number) and value.is_exact else None


def _converted(name: str, value: Text | Number | None) -> Text | Number | None:
    if name == "str":
        text = _text(value)
        return None if text is None else _short(text)
    if isinstance(value, Number):
        if value.is_exact and value.least is not None and name == "int":
            return _exact(int(value.least))
        return value
    if value is None or len(value.text) > 20:
        return None
    try:
        number = int(value.text) if name == "int" else float(value.text)
    except ValueError:
        return None
    return _exact(number) if abs(number) <= _LARGEST else None


def _operated(
    left: Text | Number | None, operator: str, right: Text | Number | None
) -> Text | Number | None:
    if operator == "+" and isinstance(left, Text) and isinstance(right, Text):
        return _short(left.text + right.text)
    if not isinstance(left, Number) or not isinstance(right, Number):
        return None
    if left.least is None or right.least is None:
        return None
    operate = _OPERATORS.get(operator)
    if operate is None:
        return None
    if left.is_exact and right.is_exact:
        return operate(left.least, right.least)
    grows = operator in ("+", "*") and left.least >= 0 and right.least >= 0
    shrinks = operator in ("-", "/", "//") and right.is_exact and right.least > 0
    if not grows and not shrinks:
        return None
    least = operate(left.least, right.least)
    return Number(least.least, False) if least is not None else None


def _divided(left: float, right: float) -> Number | None:
    return _within(left / right) if right else None


def _floored(left: float, right: float) -> Number | None:
    return _within(left // right) if right else None


def _within(value: float) -> Number | None:
    return _exact(value) if abs(value) <= _LARGEST else None


_OPERATORS = {
    "+": lambda a, b: _within(a + b),
    "-": lambda a, b: _within(a - b),
    "*": lambda a, b: _within(a * b),
    "/": _divided,
    "//": _floored,
}


def _extreme(name: str, numbers: list[Number]) -> Number | None:
    """`min` and `max`: a number that is not known leaves a bound."""
    least = [each.least for each in numbers]
    if all(each.is_exact for each in numbers):
        return _exact((min if name == "min" else max)(each for each in least if each is not None))
    if name == "max":
        known_ones = [each for each in least if each is not None]
        return Number(max(known_ones), False) if known_ones else None
    if None in least:
        return None
    lowest = min(each for each in least if each is not None)
    exact = [each.least for each in numbers if each.is_exact and each.least is not None]
    if exact and min(exact) <= lowest:  # nothing can be below it
        return _exact(min(exact))
    return Number(lowest, False)
