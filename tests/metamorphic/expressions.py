"""Other ways to write an expression that mean the same, as templates."""

from __future__ import annotations

from typing import NamedTuple


class Template(NamedTuple):
    """What an expression becomes, what has to be imported for it, and what has to be defined."""

    text: str
    imports: str = ""
    definition: str = ""


THROUGH = "def through_(it):\n    return it\n"
APPLY = "def apply_(function, *args, **kwargs):\n    return function(*args, **kwargs)\n"
BOX = "class Box_:\n    def __init__(self, it):\n        self.it = it\n"
LAZY = """\
class Lazy_:
    def __init__(self, it):
        self._it = it

    @property
    def it(self):
        return self._it
"""
ITEMS = """\
class Items_:
    def __init__(self, it):
        self._it = it

    def __getitem__(self, key):
        return self._it
"""
PROXY = """\
class Proxy_:
    def __init__(self, it):
        self._it = it

    def __getattr__(self, name):
        return getattr(self._it, name)
"""
CALLED = """\
class Called_:
    def __init__(self, it):
        self.it = it

    def __call__(self, *args, **kwargs):
        return self.it(*args, **kwargs)
"""
RECORD = "@dataclasses.dataclass\nclass Record_:\n    it: object = None\n"
PAIR = 'Pair_ = collections.namedtuple("Pair_", ["it", "other"])\n'
GIVE = "def give_(it):\n    yield it\n"
MAKE = "def make_(it):\n    def inner():\n        return it\n\n    return inner\n"
HELD = "held_ = None\n\n\ndef hold_(it):\n    global held_\n    held_ = it\n    return held_\n"
OPS = """\
class Ops_:
    @staticmethod
    def same(it):
        return it

    @classmethod
    def again(cls, it):
        return cls.same(it)
"""
SAME = """\
def same_(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


@same_
def wrapped_(it):
    return it
"""
REGISTER = """\
registry_ = {}


def register_(name):
    def keep(it):
        registry_[name] = it
        return it

    return keep
"""

OBJECTS = {
    "walrus": Template("(it_ := {o})"),
    "conditional": Template("({o} if True else None)"),
    "or": Template("({o} or None)"),
    "cast": Template("typing.cast(typing.Any, {o})", "import typing"),
    "item of a dict": Template('{{"it": {o}}}["it"]'),
    "get of a dict": Template('{{"it": {o}}}.get("it")'),
    "pop of a dict": Template('{{"it": {o}}}.pop("it")'),
    "item of a list": Template("[{o}][0]"),
    "last of a tuple": Template("(None, {o})[-1]"),
    "identity lambda": Template("(lambda it: it)({o})"),
    "default of a lambda": Template("(lambda it={o}: it)()"),
    "identity function": Template("through_({o})", "", THROUGH),
    "namespace": Template("types.SimpleNamespace(it={o}).it", "import types"),
    "next": Template("next(iter([{o}]))"),
    "attribute": Template("Box_({o}).it", "", BOX),
    "property": Template("Lazy_({o}).it", "", LAZY),
    "own getitem": Template("Items_({o})[0]", "", ITEMS),
    "dataclass": Template("Record_({o}).it", "import dataclasses", RECORD),
    "dataclass by keyword": Template("Record_(it={o}).it", "import dataclasses", RECORD),
    "named tuple": Template("Pair_({o}, None).it", "import collections", PAIR),
    "generator": Template("next(give_({o}))", "", GIVE),
    "closure": Template("make_({o})()", "", MAKE),
    "global": Template("hold_({o})", "", HELD),
    "static method": Template("Ops_.same({o})", "", OPS),
    "class method": Template("Ops_.again({o})", "", OPS),
    "wrapped function": Template("wrapped_({o})", "import functools", SAME),
    "itemgetter": Template('operator.itemgetter("it")({{"it": {o}}})', "import operator"),
    "attrgetter": Template('operator.attrgetter("it")(Box_({o}))', "import operator", BOX),
    "getattr of an object": Template('getattr(Box_({o}), "it")', "", BOX),
    "starred": Template("[*[{o}]][0]"),
    "dict of spreads": Template('{{**{{"it": {o}}}}}["it"]'),
    "registered": Template('(register_("it")({o}), registry_["it"])[1]', "", REGISTER),
}
"""An object, handed through something."""

CALLS = {
    "getattr": Template('getattr({o}, "{m}")({a})'),
    "attrgetter": Template('operator.attrgetter("{m}")({o})({a})', "import operator"),
    "methodcaller": Template('operator.methodcaller("{m}", {a})({o})', "import operator"),
    "partial": Template("functools.partial({o}.{m})({a})", "import functools"),
    "partial with arguments": Template("functools.partial({o}.{m}, {a})()", "import functools"),
    "lambda": Template("(lambda *args, **kwargs: {o}.{m}(*args, **kwargs))({a})"),
    "lambda without arguments": Template("(lambda: {o}.{m}({a}))()"),
    "applied": Template("apply_({o}.{m}, {a})", "", APPLY),
    "proxy": Template("Proxy_({o}).{m}({a})", "", PROXY),
    "own call": Template("Called_({o}.{m})({a})", "", CALLED),
    "bound method of a dict": Template('{{"it": {o}.{m}}}["it"]({a})'),
    "bound method of an object": Template("Box_({o}.{m}).it({a})", "", BOX),
    "dunder call": Template("{o}.{m}.__call__({a})"),
}
"""A call of a method: `o` is the object, `m` the method's name, `a` the arguments."""

READS = {
    "get": Template('{s}.get("{k}")'),
    "getitem": Template('{s}.__getitem__("{k}")'),
    "copy": Template('dict({s})["{k}"]'),
    "spread": Template('{{**{s}}}["{k}"]'),
    "itemgetter": Template('operator.itemgetter("{k}")({s})', "import operator"),
    "lambda": Template('(lambda it: it["{k}"])({s})'),
    "helper": Template('pick_({s}, "{k}")', "", "def pick_(it, key):\n    return it[key]\n"),
    "getattr": Template('getattr({s}, "get")("{k}")'),
    "merged": Template('({s} | {{}})["{k}"]'),
}
"""A read of a key of the state."""

JOINED = "def joined_(left, right):\n    return left + right\n"
GROWN = """\
def grown_(left, right):
    both = list(left)
    both.extend(right)
    return both
"""
APPENDED = """\
def appended_(left, right):
    both = left[:]
    for each in right:
        both.append(each)
    return both
"""

JOINS = {
    "spread": Template("[*{l}, *{r}]"),
    "copy": Template("list({l}) + {r}"),
    "operator": Template("operator.add({l}, {r})", "import operator"),
    "sum": Template("sum([{l}, {r}], [])"),
    "chain": Template("list(itertools.chain({l}, {r}))", "import itertools"),
    "comprehension": Template("[each_ for each_ in {l}] + {r}"),
    "nested comprehension": Template("[each_ for part_ in ({l}, {r}) for each_ in part_]"),
    "dunder": Template("({l}).__add__({r})"),
    "helper": Template("joined_({l}, {r})", "", JOINED),
    "extending helper": Template("grown_({l}, {r})", "", GROWN),
    "appending helper": Template("appended_({l}, {r})", "", APPENDED),
    "slice": Template("({l})[:] + {r}"),
    "sorted copy": Template("[*({l}).copy(), *{r}]"),
}
"""Two lists joined, of which the left is not a display."""

UPDATES = {
    "dict": Template("dict({d})"),
    "spread": Template("{{**{d}}}"),
    "merged": Template("{{}} | {d}"),
    "helper": Template("through_({d})", "", THROUGH),
    "pairs": Template("dict(list({d}.items()))"),
    "keywords": Template("dict(**{d})"),
    "comprehension": Template("{{key_: value_ for key_, value_ in {d}.items()}}"),
    "conditional": Template("{d} if True else {{}}"),
}
"""The dict that a function returns."""

NODES = {
    "dict": Template('{{"it": {o}}}["it"]'),
    "partial": Template("functools.partial({o})", "import functools"),
    "attribute": Template("Box_({o}).it", "", BOX),
    "static method": Template(
        "Holder_{n}.it", "", "class Holder_{n}:\n    it = staticmethod({o})\n"
    ),
    "identity function": Template("through_({o})", "", THROUGH),
    "wrapper": Template("same_({o})", "import functools\nimport inspect", """\
def same_(function):
    if inspect.iscoroutinefunction(function):
        @functools.wraps(function)
        async def wrapper(*args, **kwargs):
            return await function(*args, **kwargs)
    else:
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return function(*args, **kwargs)

    return wrapper
"""),
    "runnable": Template(
        "RunnableLambda_({o})",
        "from langchain_core.runnables import RunnableLambda as RunnableLambda_",
    ),
    "conditional": Template("({o} if True else None)"),
    "getattr of a module": Template('getattr(sys.modules[__name__], "{o}")', "import sys"),
    "globals": Template('globals()["{o}"]'),
}  # fmt: skip
"""The function of a node."""
