"""The rows of one package: its classes, what waits in them, and what leads from one to another."""

from __future__ import annotations

import inspect
import re
import types
from typing import Any

from . import hints, modules, sources, twins
from .inference import Bound, Object, Static, attribute, lifted, result
from .reach import Reach, Wait

_NEVER = {
    "close", "copy", "with_options", "as_dict", "to_dict", "dict", "json", "model_dump", "clone",
    "get_name", "getName", "serialize", "deserialize", "from_dict", "to_json", "from_json",
    "model_dump_json", "to_str", "schema", "validate", "construct", "parse_obj", "parse_raw",
    "parse_file", "from_orm", "update_forward_refs", "model_construct", "model_validate",
    "model_validate_json", "model_json_schema", "model_copy", "release_conn", "shutdown_default",
}  # fmt: skip
_PROTOCOLS = ("__init__", "__call__", "__enter__", "__iter__", "__next__")
_SUFFIXES = ("{}_async", "async_{}", "a{}", "aio_{}", "{}Async")
_LOOKS = re.compile(
    r"^(set_|is_|has_|to_|from_|as_|with_|on_|add_\w*callback|call_later|remove_timeout|\w+_from_url|close|path$|reference$|where$|order_by"
    r"|limit$|offset$|select$|configure|register|enable|disable|format|parse|validate|generate_)"
)
"""How the names of methods begin that ask nobody, whatever the class."""
_CONNECTS = re.compile(
    r"^(async_)?(connect|login|open|create_connection|download|fetch|resolve|query|search|scrape)"
)
"""Names of functions that are told although they give an object: others may only make it."""
_ARRIVED = re.compile(r"(Response|EventHandler|ResponseContent|WithRawResponse)$")
"""Classes of what has come already: their methods would wait where a stream was asked for."""


class Package:
    """What is known of one package; `row` is its entry in the list."""

    def __init__(self, row: dict[str, Any], version: str) -> None:
        self.row, self.version = row, version
        self.modules = modules.load(row["modules"], row.get("names", []))
        self.public = {*row["modules"], *row.get("names", ())}
        self.tops = {name.partition(".")[0] for name in row["modules"]}
        self.offered = modules.offered(self.modules)
        self.reach = Reach({*self.tops, *row.get("also", ())})
        self.model = re.compile(row.get("model", "(?!)"))
        self.skip = re.compile(row.get("skip", "(?!)"))
        self.weak = row.get("weak", True)
        self.every = re.compile(row.get("every", "(?!)"))
        self.connecting = re.compile(row.get("connecting", "(?!)"))
        self.names: dict[type, str] = {}
        self.aliases: dict[str, str] = {}
        self._name()
        self.pairs = twins.pairs(self._all())
        self.classes: dict[type, dict[str, Any]] = {}
        self.iterated: set[tuple[type, str]] = set()

    def _all(self) -> list[type]:
        found: dict[type, None] = {}
        for module in self.modules:
            for value in list(vars(module).values()):
                if isinstance(value, type) and self._is_own(value):
                    found[value] = None
        return list(found)

    def _is_own(self, cls: type) -> bool:
        return str(cls.__module__).partition(".")[0] in self.tops

    def _name(self) -> None:
        """A class goes by its shortest public name."""
        for name, value in sorted(self.offered.items(), key=_rank):
            if isinstance(value, type):
                first = self.names.setdefault(value, name)
                module, _, last = name.rpartition(".")
                root = module in (*self.tops, *self.row["modules"])
                if first != name and (last == value.__name__ or root):
                    self.aliases[name] = first

    def name(self, cls: type) -> str:
        return self.names.get(cls) or f"{cls.__module__}.{cls.__qualname__}"

    # --- classes ---------------------------------------------------------------------------

    def explore(self) -> None:
        queue = [cls for cls in self.names if self._is_own(cls) and not _is_data(cls)]
        queue += [value.cls for each in self.offered.values() for value in self._led(each)]
        while queue:
            cls = queue.pop()
            if cls in self.classes or not self._is_own(cls) or not self._counts(cls):
                continue
            self.classes[cls] = entry = self._class(cls)
            queue += [each for each in entry["gives"].values() if isinstance(each, type)]

    def _led(self, value: Any) -> list[Object]:
        """The objects that a public function gives, or that a public value is."""
        if isinstance(value, type):
            return []
        found = lifted(value)
        given = [found] if isinstance(found, Object) else result(found)
        return [each for each in given if isinstance(each, Object) and self._is_own(each.cls)]

    def _counts(self, cls: type) -> bool:
        if {BaseException, tuple, dict} & set(cls.__mro__) or _ARRIVED.search(cls.__name__):
            return False
        if self.skip.search(self.name(cls)):
            return False
        return not twins.marked(cls) or cls.__name__ == "AsyncResult"

    def _class(self, cls: type) -> dict[str, Any]:
        waits: dict[str, tuple[str, bool, str]] = {}
        gives: dict[str, Any] = {}
        lazy: list[str] = []
        names = [*twins.methods(cls), *(name for name in _PROTOCOLS if _has(cls, name))]
        for name in names:
            how = self._waits(cls, name)
            if how is not None:
                waits[name] = how
                function = sources.plain(inspect.getattr_static(cls, name))
                generates = function is not None and _is_generator(cls, name, function)
                if generates or (cls, name) in self.iterated:
                    lazy.append(name)
            if name != "__init__":
                self._give(gives, name, cls, called=True)
        for name in _attributes(cls):
            self._give(gives, name, cls, called=False)
        return {"waits": waits, "gives": gives, "lazy": lazy}

    def lazy(self, cls: type) -> list[str]:
        """The methods that wait where what they give is iterated, not where they are called."""
        entry = self.classes[cls]
        found = list(entry["lazy"])
        for name, given in entry["gives"].items():
            other = self.classes.get(cls if given == "self" else given)
            waits = other["waits"].keys() if other is not None else set()
            if name not in entry["waits"] and {"__iter__", "__next__"} & waits:
                found.append(name)
        return sorted(found)

    def _give(self, gives: dict[str, Any], name: str, cls: type, called: bool) -> None:
        values = attribute(Object(cls), name)
        if called:
            values = [each for value in values for each in result(value)]
        for value in values:
            own = isinstance(value, Object) and self._is_own(value.cls)
            if own and not twins.marked(value.cls):
                gives[name] = "self" if value.cls is cls else value.cls
                return

    # --- waits -----------------------------------------------------------------------------

    def _waits(self, cls: type, name: str) -> tuple[str, bool, str] | None:
        """How it was found that a method waits, whether that is sure, and of what kind it is."""
        value = inspect.getattr_static(cls, name)
        if name in _NEVER or twins.is_coroutine(value, cls):
            return None
        if name == "__init__" and not self.connecting.search(self.name(cls)):
            return None
        if self.skip.search(f"{self.name(cls)}.{name}"):
            return None
        other = self._same_class(cls, name)
        if other is not None:
            return f"coroutine {other.format('*')}", True, self._kind(cls, name, None)
        wait = self._reached(cls, name, value)
        twin = self.pairs.get(cls)
        if twin is not None and name[0] != "_":
            its = inspect.getattr_static(twin, name, None)
            if its is not None:
                if twins.is_iterated(its) and not twins.is_coroutine(its, twin):
                    self.iterated.add((cls, name))
                elif not twins.is_coroutine(its, twin):
                    return None
                reached = f", reaches {wait.what}" if wait is not None else ""
                return f"twin{reached}", True, self._kind(cls, name, wait)
        if wait is None and self._is_request(cls, name, value):
            return "any call", False, self._kind(cls, name, None)
        if wait is None or not (wait.sure or (self.weak and name != "__init__")):
            return None
        return f"reaches {wait.what}", wait.sure, self._kind(cls, name, wait)

    def _reached(self, cls: type, name: str, value: Any) -> Wait | None:
        function = sources.plain(value)
        if function is None or not self._is_package(function):
            return None
        return self.reach.value(Bound(cls, name, value))

    def _is_request(self, cls: type, name: str, value: Any) -> bool:
        """Whether a class is one whose methods all ask a server, but for those that only look."""
        function = sources.plain(value)
        if not self.every.search(self.name(cls)) or name.startswith("_") or function is None:
            return False
        if isinstance(value, (property, classmethod)) or not self._is_package(function):
            return False
        return not _LOOKS.match(name) and not self.reach.is_plain(function, cls)

    def _is_package(self, function: types.FunctionType) -> bool:
        top = str(function.__module__).partition(".")[0]
        return top in self.tops or top in self.row.get("also", ())

    def _same_class(self, cls: type, name: str) -> str | None:
        if not self.row.get("twinned", True) or name.startswith("_"):
            return None
        for form in _SUFFIXES:
            other = inspect.getattr_static(cls, form.format(name), None)
            if other is not None and twins.is_coroutine(other):
                return form
        return None

    def _kind(self, cls: type, name: str, wait: Wait | None) -> str:
        if self.model.search(f"{cls.__name__}.{name}"):
            return "model"
        own = str(self.row.get("kind", "http"))
        what = wait.what if wait is not None and own == "http" else ""
        if what.startswith(("subprocess.", "os.")):
            return "process"
        if what.startswith(("threading.", "queue.", "concurrent.")):
            return "wait"
        return own

    # --- functions -------------------------------------------------------------------------

    def functions(self) -> tuple[dict[str, tuple[str, bool, str]], dict[str, str]]:
        """Public functions that wait, and the classes of what others give."""
        waits: dict[str, tuple[str, bool, str]] = {}
        gives: dict[str, str] = {}
        for name, value in self.offered.items():
            if isinstance(value, type) or self.skip.search(name):
                continue
            for each in self._led(value):
                if each.cls in self.classes:
                    gives.setdefault(name, self.name(each.cls))
            how = self._function(name, value)
            if how is not None:
                waits[name] = how
        return waits, gives

    def _function(self, name: str, value: Any) -> tuple[str, bool, str] | None:
        found = lifted(value)
        if isinstance(found, Bound):
            return self._waits(found.cls, found.name) if self._is_own(found.cls) else None
        if isinstance(value, types.MethodType):
            return self._waits(value.__self__, value.__name__)
        function = sources.plain(value)
        if function is None or not isinstance(found, Static) or twins.is_coroutine(function):
            return None
        module, _, last = name.rpartition(".")
        kind = "model" if self.model.search(name) else str(self.row.get("kind", "http"))
        if self._led(value) and not _CONNECTS.search(last):
            return None
        wait = self.reach.value(found)
        for form in _SUFFIXES if self.row.get("twinned", True) else ():
            ready = twins.is_coroutine(self.offered.get(f"{module}.{form.format(last)}"))
            if ready and (wait is not None or module in self.public):
                return f"coroutine {form.format('*')}", True, kind
        if wait is None or not wait.sure:
            return None
        return f"reaches {wait.what}", True, kind


def _is_data(cls: type) -> bool:
    """Whether a class stands among those of what is sent and received."""
    parts = set(str(cls.__module__).split("."))
    return bool(parts & {"types", "types_", "_types", "errors", "exceptions", "enums", "schemas"})


def _rank(item: tuple[str, Any]) -> tuple[bool, int, str]:
    """A class's own name first, then the shortest."""
    name, value = item
    own = isinstance(value, type) and name.rpartition(".")[2] == value.__name__
    return (not own, len(name), name)


def _has(cls: type, name: str) -> bool:
    value = inspect.getattr_static(cls, name, None)
    return isinstance(value, types.FunctionType)


def _is_generator(cls: type, name: str, function: types.FunctionType) -> bool:
    """Whether calling a method runs nothing yet; one under a decorator is a context manager."""
    value = inspect.getattr_static(cls, name)
    bare = value.__func__ if isinstance(value, (staticmethod, classmethod)) else value
    return bare is function and inspect.isgeneratorfunction(function)


def _attributes(cls: type) -> list[str]:
    """The public attributes of the instances of a class that are no methods."""
    found: dict[str, None] = {}
    for base in cls.__mro__:
        for name, value in vars(base).items():
            if not name.startswith("_") and not isinstance(value, types.FunctionType):
                found[name] = None
        for name in hints.of_class(base):
            found[name] = None
        from .inference import _assigned

        if base is not object:
            for name in _assigned(base, cls):
                found[name] = None
    return [name for name in found if not name.startswith("_")]
