"""What an attribute of a value is: of modules, classes, objects of the project and outside ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lg_lint.facts import tree as t
from lg_lint.program.inference import (
    callers,
    calls,
    classes,
    containers,
    core,
    decorators,
    hints,
    imports,
    named_modules,
    records,
)
from lg_lint.program.neighbours import near
from lg_lint.program.scopes import END, AttributeWrite, Class, Function, Module, Scope
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import (
    ANYTHING,
    FIELDS,
    ClassRef,
    Const,
    Container,
    External,
    ExternalMethod,
    ExternalObject,
    FunctionRef,
    Instance,
    ModuleRef,
    Partial,
    Super,
    Unknown,
    Value,
    Values,
)

_PARTIAL_METHOD = External("functools.partialmethod")


def attribute_values(
    program: Program, value: Value, name: str, reader: Module | None = None
) -> Values:
    """`value.name`, as a module reads it."""
    if isinstance(value, ModuleRef):
        return module_attribute(program, value.module, name)
    if isinstance(value, Container):
        return named_modules.info_attribute(program, value, name) or (ExternalMethod(value, name),)
    if name == "__dict__" and isinstance(value, (Instance, ClassRef)):
        return (ExternalObject(FIELDS, base=value),)
    if isinstance(value, Instance):
        if name == "__class__":
            return (ClassRef(value.cls),)
        return instance_attribute(program, value, name)
    if isinstance(value, ClassRef):
        if name == "__name__":
            return (Const(value.cls.name, "str"),)
        return class_attribute(program, value.cls, name)
    if isinstance(value, Super):
        return super_attribute(program, value, name)
    if isinstance(value, External):
        inside = imports.folder_attribute(program, value, name)
        if inside is not None:
            return inside
        kind = program.types.attribute(value.name, name)
        if kind is not None:
            return (ExternalObject(kind),)
        return (External(program.types.canonical(f"{value.name}.{name}")),)
    if isinstance(value, ExternalObject):
        return external_attribute(program, value, name, reader)
    if isinstance(value, Const):
        return (value,) if name in ("value", "name") else (ExternalMethod(value, name),)
    if isinstance(value, Unknown):
        return ANYTHING
    if name == "__call__" and isinstance(value, (FunctionRef, ExternalMethod, Partial)):
        return (value,)
    if isinstance(value, FunctionRef):
        if name == "__name__":
            return (Const(value.function.name, "str"),)
        written = _written_on_function(program, value.function, name)
        if written:
            return written
    return (ExternalMethod(value, name),)


# --- modules -------------------------------------------------------------------------------


def module_attribute(program: Program, module: Module, name: str) -> Values:
    """`module.name`: its own binding, what others assign to it, a submodule."""
    return core.memoized(
        program, ("module", module, name), lambda: _module_attribute(program, module, name)
    )


def _module_attribute(program: Program, module: Module, name: str) -> Values:
    own = own_name(program, module, name)
    if own is not None:
        return own
    if name.startswith("__"):
        return named_modules.module_fact(program, module, name) or ANYTHING
    if module.is_package:
        folder = module.path.rpartition("/")[0]
        found = imports.member(program, folder, name)
        if any(not isinstance(value, Unknown) for value in found):
            return found
    return ANYTHING


def own_name(program: Program, module: Module, name: str) -> Values | None:
    """What a module itself or others bind its name to; None where nobody does."""
    if name in module.bindings or name in module.writers:
        return core.module_name(program, module, name, END)
    return (
        written_on_module(program, module, name) or imports.from_star(program, module, name) or None
    )


def written_on_module(program: Program, module: Module, name: str) -> Values:
    """What is assigned to `module.name`, there by `globals()` or in other files."""
    if not program.writes_of(name):
        return ()
    return core.memoized(
        program, ("written", module, name), lambda: _written_on_module(program, module, name)
    )


def _written_on_module(program: Program, module: Module, name: str) -> Values:
    found: list[Values] = []
    for write in program.writes_of(name):
        if not program.may_meet(module, write.scope.module):
            continue
        if write.value is not None and _may_be_module(write) and not write.scope.module.is_test:
            env = program.env(write.scope)
            owners = core.infer(program, write.target.value, env)
            if any(isinstance(value, ModuleRef) and value.module is module for value in owners):
                found.append(_write_values(program, write))
    return core.union(found)


def _written_on_function(program: Program, function: Function, name: str) -> Values:
    """What is assigned to an attribute of a function: `run.cache = {}`."""
    return core.union(
        _write_values(program, write)
        for write in program.writes_of(name)
        if terminal_name(write.target.value) == function.name and not write.scope.module.is_test
        for owner in core.infer(program, write.target.value, program.env(write.scope))
        if isinstance(owner, FunctionRef) and owner.function is function
    )


def _may_be_module(write: AttributeWrite) -> bool:
    """Whether what an assignment writes to may be a module: imported, or asked for by a call."""
    root: t.Expr = write.target.value
    while isinstance(root, t.Attribute):
        root = root.value
    if not isinstance(root, t.Name):
        return isinstance(root, (t.Call, t.Subscript))
    scope: Scope | None = write.scope
    while scope is not None:
        if root.id in scope.bindings:
            return any(binding.kind in ("import", "assign") for binding in scope.bindings[root.id])
        scope = scope.parent
    return False


# --- classes -------------------------------------------------------------------------------


def class_attribute(program: Program, cls: Class, name: str) -> Values:
    """`Class.name`: a method, an enum member, a class variable."""
    return core.memoized(
        program, ("class", cls, name), lambda: _class_attribute(program, cls, name)
    )


def _class_attribute(program: Program, cls: Class, name: str) -> Values:
    for owner in classes.lineage(program, cls):
        function = owner.method(name)
        if function is not None and id(function.node) in program.declared:
            return (External(program.declared[id(function.node)]),)
        if function is not None:
            bound = ClassRef(cls) if _is_classmethod(function) else None
            return (FunctionRef(function, bound=bound),)
        if name in owner.bindings:
            env = program.env(owner)
            values = [
                core.binding_values(program, binding, env) for binding in owner.bindings[name]
            ]
            return core.union((*values, _written_on_class(program, cls, name)))
    written = _written_on_class(program, cls, name)
    if written:
        return written
    meta = _metaclass_method(program, cls, name)
    if meta is not None:
        return (FunctionRef(meta, bound=ClassRef(cls)),)
    return inherited(program, cls, name) or (ExternalMethod(ClassRef(cls), name),)


def inherited(program: Program, cls: Class, name: str) -> Values:
    """What an outside base gives the classes below it under a name, as the tables tell."""
    kinds = (program.types.attribute(base, name) for base in classes.external_bases(program, cls))
    return next(((ExternalObject(kind),) for kind in kinds if kind is not None), ())


def _written_on_class(program: Program, cls: Class, name: str) -> Values:
    return core.union(_write_values(program, write) for write in writes_on(program, cls, name))


def _metaclass_method(program: Program, cls: Class, name: str) -> Function | None:
    """The method that a class has as an object of its metaclass."""
    for owner in classes.lineage(program, cls):
        for base in owner.node.bases:
            if base.keyword == "metaclass":
                env = program.env(owner.parent or owner.module)
                for value in core.infer(program, base.value, env):
                    if isinstance(value, ClassRef):
                        return classes.find_method(program, value.cls, name)
    return None


def super_attribute(program: Program, value: Super, name: str) -> Values:
    """`super().name`: of the next class that has it, bound to the receiver."""
    receiver = value.receiver
    is_ours = isinstance(receiver, (Instance, ClassRef))
    order = classes.lineage(program, receiver.cls) if is_ours else []  # type: ignore[union-attr]
    behind = order[order.index(value.cls) + 1 :] if value.cls in order else []
    for owner in behind or classes.lineage(program, value.cls)[1:]:
        function = owner.method(name)
        if function is not None:
            ref = FunctionRef(function, bound=None if function.is_static else receiver)
            return calls.call_result(program, ref) if program.is_property(function) else (ref,)
        if name in owner.bindings:
            return class_attribute(program, owner, name)
    if isinstance(receiver, Instance) and classes.external_bases(program, value.cls):
        return (ExternalMethod(receiver, name),)
    return ANYTHING


def _is_classmethod(function: Function) -> bool:
    return any(terminal_name(decorator) == "classmethod" for decorator in function.decorators)


# --- objects -------------------------------------------------------------------------------


def instance_attribute(program: Program, value: Instance, name: str) -> Values:
    """`obj.name` of a project class: method, property, what any method or caller assigns."""
    return core.memoized(
        program, ("instance", value, name), lambda: _instance_attribute(program, value, name)
    )


def _instance_attribute(program: Program, value: Instance, name: str) -> Values:
    function = classes.find_method(program, value.cls, name)
    if function is not None:
        return _method(program, value, function)
    found = [_write_values(program, write) for write in writes_on(program, value.cls, name)]
    declared: t.Expr | None = None
    for owner in classes.lineage(program, value.cls):
        for binding in owner.bindings.get(name, ()):
            declared = declared or binding.annotation
            if binding.value is not None or binding.kind != "assign":
                values = core.binding_values(program, binding, program.env(owner))
                found.append(tuple(_bound(program, item, value) for item in values))
            if binding.annotation is not None or binding.value is None:
                found.append(_field_values(program, owner, name))
    found += [calls.call_result(program, ref) for ref in _getters(program, value, name)]
    values = core.union(found)
    if any(core.known(item) for item in values):
        return values
    for write in writes_on(program, value.cls, name):
        declared = declared or write.annotation
    if declared is not None:
        annotated = hints.annotated_values(program, declared, program.env(value.cls))
        if annotated:
            return annotated
    if not values and classes.external_bases(program, value.cls):
        return inherited(program, value.cls, name) or (ExternalMethod(value, name),)
    return values or _asked_for(program, value, name) or ANYTHING


def _asked_for(program: Program, value: Instance, name: str) -> Values:
    """What the `__getattr__` of an object's class gives for a name that it has no attribute of."""
    getter = classes.find_method(program, value.cls, "__getattr__")
    if getter is None or len(getter.params) != 2:
        return ()
    asked = ((getter.params[1].name, (Const(name, "str"),)),)
    frame = program.frame(getter, bound=value, given=asked)
    return calls.returned_values(program, FunctionRef(getter, bound=value), frame)


def _bound(program: Program, value: Value, receiver: Instance) -> Value:
    """A value of a class as its object gives it: a `partialmethod` takes the receiver first."""
    if not isinstance(value, Partial) or not isinstance(value.func, FunctionRef):
        return value
    if _PARTIAL_METHOD not in core.infer(program, value.call.func, value.env):
        return value
    return Partial(FunctionRef(value.func.function, bound=receiver), value.call, value.env)


def _method(program: Program, value: Instance, function: Function) -> Values:
    if id(function.node) in program.declared:
        return (External(program.declared[id(function.node)]),)
    found = _with_overrides(program, value, function)
    if not program.is_property(function):
        return core.union(as_decorated(program, ref) for ref in found)
    return core.union(
        calls.returned_values(program, ref, program.frame(ref.function, bound=ref.bound))
        for ref in found
    )


def as_decorated(program: Program, ref: FunctionRef) -> Values:
    """A bound method, or the functions that decorators of the project put in its place."""
    function = ref.function
    if not function.decorators or function.is_static or _is_classmethod(function):
        return (ref,)
    env = program.env(function.parent or function.module)
    assert isinstance(function.node, t.FunctionDef)
    made = tuple(
        FunctionRef(value.function, bound=ref.bound, closure=value.closure)
        for value in decorators.decorated(program, function.node, env)
        if isinstance(value, FunctionRef) and value.function.cls is None
    )
    return made or (ref,)


def methods(program: Program, value: Instance, name: str) -> list[FunctionRef]:
    """The methods that an object may run under a name: overrides too where a body says nothing."""
    function = classes.find_method(program, value.cls, name)
    return _with_overrides(program, value, function) if function is not None else []


def accessors(program: Program, value: Instance, name: str, *, stored: bool) -> list[FunctionRef]:
    """The functions that reading a property of an object runs, or assigning to it."""
    found = [ref for ref in methods(program, value, name) if program.is_property(ref.function)]
    if not stored:
        return found or list(_getters(program, value, name))
    return [
        FunctionRef(setter, bound=ref.bound)
        for ref in found
        if ref.function.cls is not None
        for setter in ref.function.cls.functions
        if setter.name == name and setter.accessor == "setter"
    ]


def _getters(program: Program, value: Instance, name: str) -> Iterator[FunctionRef]:
    """The functions that `name = property(get)` in a class runs."""
    for owner in classes.lineage(program, value.cls):
        for binding in owner.bindings.get(name, ()):
            call = binding.value
            if isinstance(call, t.Call) and terminal_name(call.func) in program.types.properties:
                for arg in call.args[:1]:
                    for getter in core.infer(program, arg.value, program.env(owner)):
                        if isinstance(getter, FunctionRef):
                            yield FunctionRef(getter.function, bound=value)


def _with_overrides(program: Program, value: Instance, function: Function) -> list[FunctionRef]:
    found = [FunctionRef(function, bound=value)]
    if is_abstract(function):
        found += [
            FunctionRef(override, bound=Instance(cls))
            for cls in classes.subclasses(program, value.cls)
            if (override := cls.method(function.name)) is not None
        ]
    return found


def is_abstract(function: Function) -> bool:
    """Whether a body says nothing: docstring, `...`, `pass`, `raise NotImplementedError`."""
    body = function.node.body if isinstance(function.node, t.FunctionDef) else ()
    if any(terminal_name(decorator) == "abstractmethod" for decorator in function.decorators):
        return True
    return isinstance(body, tuple) and all(
        isinstance(statement, t.Raise)
        or (isinstance(statement, t.Jump) and statement.kind == "pass")
        or (isinstance(statement, t.ExprStatement) and isinstance(statement.value, t.Constant))
        for statement in body
    )


def _field_values(program: Program, owner: Class, name: str) -> Values:
    """A field of a dataclass-like class: what its constructor calls give."""
    if classes.find_method(program, owner, "__init__") is not None:
        return ()
    fields = [
        binding.name
        for base in reversed(classes.lineage(program, owner))
        for bindings in base.bindings.values()
        for binding in bindings
        if binding.annotation is not None
    ]
    position = fields.index(name) if name in fields else None
    found = []
    for cls in (owner, *classes.subclasses(program, owner)):
        for site in callers.constructions(program, cls):
            expr = site.node.argument(name, position)
            if expr is not None:
                found.append(core.infer(program, expr, program.env(site.scope)))
    return core.union(found)


def writes_on(program: Program, cls: Class, name: str) -> Iterator[AttributeWrite]:
    """The assignments to `name` on objects of a class: through `self`, or from outside."""
    family: list[Class] | None = None
    for write in program.writes_of(name):
        if write.scope.module.is_test:
            continue
        receiver = write.target.value
        method = _method_around(write.scope)
        if isinstance(receiver, t.Name) and method and receiver.id in (method.self_name,):
            if family is None:
                family = [*classes.lineage(program, cls), *classes.subclasses(program, cls)]
            if method.cls in family:
                yield write
        elif isinstance(receiver, (t.Name, t.Attribute)):
            owners = core.infer(program, receiver, program.env(write.scope))
            if any(
                isinstance(owner, (Instance, ClassRef)) and owner.cls is cls for owner in owners
            ):
                yield write


def _method_around(scope: Scope | None) -> Function | None:
    while isinstance(scope, Function):
        if scope.cls is not None:
            return scope
        scope = scope.parent
    return None


def _write_values(program: Program, write: AttributeWrite) -> Values:
    env = program.env(write.scope)
    if write.value is None:
        return ()
    values = core.infer(program, write.value, env)
    if write.kind == "enter":
        return containers.entered(program, values, write.unpack)
    if write.kind == "element":
        return containers.elements(program, values, write.unpack)
    return containers.unpacked(program, values, write.unpack)


# --- outside objects -----------------------------------------------------------------------


def external_attribute(
    program: Program, value: ExternalObject, name: str, reader: Module | None = None
) -> Values:
    """An attribute of an outside object: a known one, what the project assigns to it, a method."""
    kind = program.types.attribute(value.type, name)
    if kind is not None and kind.startswith("$"):
        return hints.type_argument(program, value, int(kind[1:])) or ANYTHING
    if kind is not None:
        return (ExternalObject(kind, base=value),)
    held = records.field(program, value, name)
    if program.types.method(value.type, name) is None and program.writes_of(name):
        written = core.memoized(
            program,
            ("written", value.type, name, reader),
            lambda: _written(program, external_writes(program, value, name, reader), reader),
        )
        if written:
            return core.union((held, written))
    return held or (ExternalMethod(value, name),)


def external_writes(
    program: Program, value: ExternalObject, name: str, reader: Module | None = None
) -> Iterator[AttributeWrite]:
    """The assignments `x.name = ...` where `x` may be an outside object of the same class."""
    for write in program.writes_of(name):
        module = write.scope.module
        if module.is_test or (reader is not None and not program.may_meet(reader, module)):
            continue
        owners = core.infer(program, write.target.value, program.env(write.scope))
        if any(isinstance(owner, ExternalObject) and owner.type == value.type for owner in owners):
            yield write


def app_state_writes(program: Program, bag: str, name: str, reader: Module) -> Values:
    """What the project assigns to `<something>.bag.name`, for a bag that is open to all."""
    writes = [
        write for write in program.writes_of(name) if terminal_name(write.target.value) == bag
    ]
    return core.memoized(
        program, ("bag", bag, name, reader), lambda: _written(program, writes, reader)
    )


def _written(program: Program, writes: Iterable[AttributeWrite], reader: Module | None) -> Values:
    """What assignments give an attribute, for a module that reads it.

    An object that nothing identifies is one of the reader's own application.
    """
    if reader is not None:
        writes = near(program, writes, lambda write: write.scope.module, reader)
    return core.union(_write_values(program, write) for write in writes)
