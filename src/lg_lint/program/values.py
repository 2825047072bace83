"""Abstract values: what an expression may be, as far as the source says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Union

from msgspec import Struct, field

from lg_lint.facts import tree as t

if TYPE_CHECKING:
    from lg_lint.program.scopes import Binding, Class, Function, Module, Scope


class CallContext(Struct, frozen=True, eq=False):
    """One activation of a function; interned, so that identity is equality.

    `call` and `caller` say which call made it, where that is known: then parameters mean that
    call's arguments. `bound` is the receiver of a method, `closure` the frame in which a nested
    function was defined, `given` values that were bound directly (a decorator's function, the
    leading arguments of a partial).
    """

    function: Function
    call: t.Call | None = None
    caller: Env | None = None
    bound: Value | None = None
    closure: CallContext | None = None
    given: tuple[tuple[str, tuple[Value, ...]], ...] = ()
    depth: int = 0


class Env(Struct, frozen=True, eq=False):
    """Where an expression is evaluated; interned, so that identity is equality.

    `names` holds what an unrolled loop binds, `known` what expressions and bindings mean here.
    """

    scope: Scope
    frame: CallContext | None = None
    names: tuple[tuple[str, tuple[Value, ...]], ...] = ()
    known: dict[t.Node | Binding, tuple[Value, ...]] = field(default_factory=dict)


class Unknown(Struct, frozen=True):
    """Anything. `reason` says what could not be seen through."""

    reason: str = ""


class Const(Struct, frozen=True):
    """A literal that is not a display. `kind` keeps `1`, `1.0` and `True` apart."""

    value: object
    kind: str = ""


class ModuleRef(Struct, frozen=True):
    """A module of the project."""

    module: Module


class External(Struct, frozen=True):
    """A symbol of a module outside the project, by its canonical dotted name."""

    name: str


class ExternalObject(Struct, frozen=True):
    """An object of an outside class.

    `site` is the call that made it (its identity), `env` where that call stands, `base` the value
    whose method was called, where one was.
    """

    type: str
    site: t.Node | None = None
    env: Env | None = None
    base: Value | None = None


class ExternalMethod(Struct, frozen=True):
    """An attribute of an outside object or of a project object with an outside base class."""

    receiver: Value
    name: str


class FunctionRef(Struct, frozen=True):
    """A function; `bound` is the object of a bound method, `closure` the call that defined it."""

    function: Function
    bound: Value | None = None
    closure: CallContext | None = None


class ClassRef(Struct, frozen=True):
    """A class of the project."""

    cls: Class


class Instance(Struct, frozen=True):
    """An object of a project class."""

    cls: Class


class Container(Struct, frozen=True):
    """A display, comprehension or constructor call of a list, tuple, set or dict."""

    kind: str
    node: t.Node
    env: Env


class Partial(Struct, frozen=True):
    """`functools.partial(func, ...)`: the call gives the leading arguments."""

    func: Value
    call: t.Call
    env: Env


def behind_partials(value: Value) -> Value:
    """What partials, one in another, give their arguments to; any other value itself."""
    while isinstance(value, Partial):
        value = value.func
    return value


class GeneratorOf(Struct, frozen=True):
    """What a call of a generator function returns: nothing has run yet."""

    function: FunctionRef
    call: t.Call | None = None
    env: Env | None = None


class Super(Struct, frozen=True):
    """`super()`: what the classes behind `cls` in the order of the receiver's class give it."""

    cls: Class
    receiver: Value


class Offloader(Struct, frozen=True):
    """A callable that runs another one in a worker thread, such as `sync_to_async(f)`."""

    func: Value


Value = Union[
    Unknown, Const, ModuleRef, External, ExternalObject, ExternalMethod, FunctionRef, ClassRef,
    Instance, Container, Partial, GeneratorOf, Super, Offloader,
]  # fmt: skip
Values = tuple[Value, ...]

NONE = Const(None, "NoneType")
UNKNOWN = Unknown()
ANYTHING: Values = (UNKNOWN,)
FIELDS = "builtins.vars"
"""The type of `vars(x)` and `x.__dict__`, whose base is `x`."""


def constant(value: object) -> Value:
    """The value of a literal; unknown where it cannot be hashed."""
    try:
        hash(value)
    except TypeError:
        return UNKNOWN
    return Const(value, type(value).__name__)


def strings(values: Values) -> list[str]:
    """The texts among constant values."""
    return [
        value.value for value in values if isinstance(value, Const) and isinstance(value.value, str)
    ]
