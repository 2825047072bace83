"""The value of a name, through everything that real applications put between it and its origin."""

from __future__ import annotations

import pytest

from model.programs import program_of
from program.revealed import revealed

GRAPH = {
    "graphs.py": """
        from langgraph.graph import StateGraph
        builder = StateGraph(dict)
        graph = builder.compile()
        def make():
            return StateGraph(dict).compile()
    """
}
COMPILED = {"CompiledStateGraph object"}

ONE_FILE = {
    "chained builder": """
        from langgraph.graph import StateGraph
        reveal(StateGraph(dict).add_node("a", a).add_edge("a", "b").compile())
    """,
    "module under another name": """
        import langgraph.graph as lg
        reveal(lg.StateGraph(dict).compile())
    """,
    "conditional expression": """
        from langgraph.graph import StateGraph
        b = StateGraph(dict)
        g = b.compile() if flag else b.compile(checkpointer=saver)
        reveal(g)
    """,
    "factory without annotation": """
        from langgraph.graph import StateGraph
        def make():
            b = StateGraph(dict)
            return b.compile()
        reveal(make())
    """,
    "factory with a wrong annotation": """
        from typing import Any
        from langgraph.graph import StateGraph
        def make() -> dict:
            return StateGraph(dict).compile()
        reveal(make())
    """,
    "cached factory": """
        from functools import lru_cache
        from langgraph.graph import StateGraph
        @lru_cache(maxsize=1)
        def make():
            return StateGraph(dict).compile()
        reveal(make())
    """,
    "awaited factory": """
        from langgraph.graph import StateGraph
        async def make():
            return StateGraph(dict).compile()
        async def main():
            reveal(await make())
    """,
    "global set in a function": """
        from langgraph.graph import StateGraph
        graph = None
        def start():
            global graph
            graph = StateGraph(dict).compile()
        def use():
            reveal(graph)
    """,
    "attribute set in __init__": """
        from langgraph.graph import StateGraph
        class Service:
            def __init__(self):
                self.graph = StateGraph(dict).compile()
            def use(self):
                reveal(self.graph)
    """,
    "attribute set lazily": """
        from langgraph.graph import StateGraph
        class Service:
            graph = None
            def load(self):
                if self.graph is None:
                    self.graph = StateGraph(dict).compile()
                return self.graph
        reveal(Service().load())
    """,
    "property": """
        from langgraph.graph import StateGraph
        class Service:
            @property
            def graph(self):
                return StateGraph(dict).compile()
        reveal(Service().graph)
    """,
    "injected by the constructor's caller": """
        from langgraph.graph import StateGraph
        class Service:
            def __init__(self, graph):
                self.graph = graph
            def use(self):
                reveal(self.graph)
        Service(StateGraph(dict).compile())
    """,
    "dataclass field": """
        from dataclasses import dataclass
        from typing import Any
        from langgraph.graph import StateGraph
        @dataclass
        class Service:
            graph: Any
            def use(self):
                reveal(self.graph)
        Service(graph=StateGraph(dict).compile())
    """,
    "untyped parameter": """
        from langgraph.graph import StateGraph
        def use(graph):
            reveal(graph)
        use(StateGraph(dict).compile())
    """,
    "partial": """
        from functools import partial
        from langgraph.graph import StateGraph
        def use(graph, question):
            reveal(graph)
        partial(use, StateGraph(dict).compile())("hello")
    """,
    "dict registry by key": """
        from langgraph.graph import StateGraph
        GRAPHS = {"a": StateGraph(dict).compile(), "b": 3}
        reveal(GRAPHS["a"])
    """,
    "dict registry filled later": """
        from langgraph.graph import StateGraph
        GRAPHS = {}
        GRAPHS["a"] = StateGraph(dict).compile()
        def get(name):
            reveal(GRAPHS.get(name))
    """,
    "unpacked tuple": """
        from langgraph.graph import StateGraph
        def pair():
            return StateGraph(dict).compile(), "config"
        graph, config = pair()
        reveal(graph)
    """,
    "decorator of the project": """
        import functools
        from langgraph.graph import StateGraph
        def logged(fn):
            @functools.wraps(fn)
            def wrapper(*args):
                return fn(*args)
            return wrapper
        @logged
        def make():
            return StateGraph(dict).compile()
        reveal(make())
    """,
    "with_config keeps the graph": """
        from langgraph.graph import StateGraph
        reveal(StateGraph(dict).compile().with_config({"tags": []}))
    """,
    "getattr with a literal": """
        from langgraph.graph import StateGraph
        class Holder:
            graph = StateGraph(dict).compile()
        reveal(getattr(Holder(), "graph"))
    """,
    "async with": """
        from contextlib import asynccontextmanager
        from langgraph.graph import StateGraph
        @asynccontextmanager
        async def opened():
            yield StateGraph(dict).compile()
        async def main():
            async with opened() as graph:
                reveal(graph)
    """,
    "rebinding hides what was before": """
        from langgraph.graph import StateGraph
        graph = 1
        graph = StateGraph(dict).compile()
        reveal(graph)
    """,
    "annotation alone": """
        from langgraph.graph.state import CompiledStateGraph
        def use(graph: CompiledStateGraph | None = None):
            reveal(graph)
    """,
    "quoted annotation": """
        from langgraph.graph.state import CompiledStateGraph
        def use(graph: "CompiledStateGraph"):
            reveal(graph)
    """,
}


@pytest.mark.parametrize("text", ONE_FILE.values(), ids=ONE_FILE)
def test_graph_is_seen_in_one_file(text: str) -> None:
    assert revealed(text) - {"None"} == COMPILED


MANY_FILES = {
    "from import": {"app.py": "from graphs import graph\nreveal(graph)"},
    "import and attribute": {"app.py": "import graphs\nreveal(graphs.graph)"},
    "import in a function": {
        "app.py": "def f():\n    from graphs import make as m\n    reveal(m())"
    },
    "star import": {"app.py": "from graphs import *\nreveal(graph)"},
    "literal import_module": {
        "app.py": "import importlib\nreveal(importlib.import_module('graphs').graph)"
    },
    "package that exports again": {
        "pkg/__init__.py": "from .inner import graph as the_graph",
        "pkg/inner.py": "from graphs import graph",
        "app.py": "from pkg import the_graph\nreveal(the_graph)",
    },
    "package that imports its own modules": {
        "pkg/__init__.py": "from . import inner\nfrom pkg import outer\nreveal(outer.graph)",
        "pkg/inner.py": "from graphs import graph",
        "pkg/outer.py": "import pkg\ngraph = pkg.inner.graph",
    },
    "src layout": {
        "src/pkg/__init__.py": "",
        "src/pkg/made.py": "from langgraph.graph import StateGraph\ng = StateGraph(dict).compile()",
        "src/pkg/web/app.py": "from ..made import g\nreveal(g)",
        "src/pkg/web/__init__.py": "",
    },
    "tried import": {
        "app.py": """
            try:
                from graphs import graph
            except ImportError:
                graph = None
            reveal(graph)
        """
    },
    "set on a module by another": {
        "holder.py": "graph = None",
        "app.py": """
            import holder, graphs
            holder.graph = graphs.make()
            def use():
                reveal(holder.graph)
        """,
    },
    "class variable of a base in another file": {
        "base.py": "from graphs import graph\nclass Base:\n    g = graph",
        "app.py": "from base import Base\nclass Mine(Base):\n    def f(self):\n        reveal(self.g)",
    },
    "circular imports": {
        "one.py": "from two import graph",
        "two.py": "from one import *\nfrom graphs import graph",
        "app.py": "from one import graph\nreveal(graph)",
    },
}


@pytest.mark.parametrize("files", MANY_FILES.values(), ids=MANY_FILES)
def test_graph_is_seen_across_files(files: dict[str, str]) -> None:
    assert revealed({**GRAPH, **files}) - {"None"} == COMPILED


OTHERS = {
    "rival branches stay apart": (
        """
        if flag:
            x = 1
            reveal(x)
        else:
            x = 2
        """,
        {"1"},
    ),
    "loops carry values back": (
        """
        x = 1
        for i in items:
            reveal(x)
            x = 2
        """,
        {"1", "2"},
    ),
    "a function sees what a branch may have set": (
        """
        x = 1
        if flag:
            x = 2
        def f():
            reveal(x)
        """,
        {"1", "2"},
    ),
    "a function sees what every branch has set": (
        """
        x = 1
        if flag:
            x = 2
        else:
            x = 3
        x = 4
        def f():
            reveal(x)
        """,
        {"4"},
    ),
    "f-string of known parts": ('a = "x"\nreveal(f"{a}-1")', {"'x-1'"}),
    "enum member": (
        """
        from enum import Enum
        class Names(Enum):
            A = "alpha"
        reveal(Names.A.value)
        """,
        {"'alpha'"},
    ),
    "override decides over the base": (
        """
        class Base:
            def run(self):
                raise NotImplementedError
        class One(Base):
            def run(self):
                return 1
        def use(b: Base):
            reveal(b.run())
        """,
        {"1"},
    ),
    "items of a dict": ('for k, v in {"a": 1}.items():\n    reveal(v)', {"1"}),
    "second of zip": ('for a, b in zip([1], ["x"]):\n    reveal(b)', {"'x'"}),
    "closure over the call's argument": (
        """
        def outer(x):
            def inner():
                return x
            return inner
        reveal(outer(1)())
        """,
        {"1"},
    ),
    "recursion ends": ("def f(n):\n    return f(n - 1) if n else 0\nreveal(f(3))", {"0"}),
    "a generator that delegates to itself ends": (
        """
        def walk(node):
            yield 1
            for part in node.parts:
                yield from walk(part)
        for each in walk(tree):
            reveal(each)
        """,
        {"1"},
    ),
    "self-spreading dict ends": (
        'd = {}\nfor i in x:\n    d = {**d, "k": 1}\nreveal(d["k"])',
        {"1", "?"},
    ),
    "a project class is no graph": (
        """
        class StateGraph:
            def compile(self):
                return 5
        reveal(StateGraph().compile())
        """,
        {"5"},
    ),
    "calling a generator runs nothing": ("def g():\n    yield 1\nreveal(g())", {"generator g"}),
    "what a thread returns": (
        "import asyncio\ndef f():\n    return 7\nasync def m():\n    reveal(await asyncio.to_thread(f))",
        {"7"},
    ),
    "an unknown name of an unknown module": (
        "from elsewhere import thing\nreveal(thing)",
        {"elsewhere.thing"},
    ),
    "nothing is guessed": ("def f(x):\n    reveal(x.graph)", {"?"}),
}


@pytest.mark.parametrize(("text", "expected"), OTHERS.values(), ids=OTHERS)
def test_values(text: str, expected: set[str]) -> None:
    assert revealed(text) == expected


def test_test_code_says_nothing_about_parameters() -> None:
    files = {
        "app.py": "def use(x):\n    reveal(x)",
        "tests/test_use.py": "from app import use\nuse(1)",
    }
    assert revealed(files) == {"?"}


def test_two_packages_of_one_repository() -> None:
    files = {
        "services/api/pyproject.toml": "",
        "services/api/src/api/__init__.py": "",
        "services/api/src/api/app.py": "from core.graphs import graph\nreveal(graph)",
        "libs/core/src/core/__init__.py": "",
        "libs/core/src/core/graphs.py": GRAPH["graphs.py"],
    }
    assert (
        revealed({path: text for path, text in files.items() if path.endswith(".py")}) == COMPILED
    )


def test_coroutine_handed_to_asyncio_runs_nothing_by_itself() -> None:
    program = program_of(
        "async def f():\n    await asyncio.wait_for(event.wait(), 1)\n    event.wait()"
    )
    sites = program.calls_named("wait")
    assert [site.is_coroutine for site, _ in sites] == [True, False]


MERGED = {
    "keywords alone": ("dict(x=a)", {"def a"}),
    "a dict and keywords": ("dict(ONE, y=b)", {"def a"}),
    "a dict and another": ("dict(TWO, **ONE)", {"def a"}),
    "spread alone": ("dict(**ONE)", {"def a"}),
    "pairs": ("dict([('y', b), ('x', a)])", {"def a"}),
    "pairs of a comprehension": ("dict((name, a) for name in names)", {"def a"}),
    "pairs side by side": ("dict(zip(names, [a]))", {"def a"}),
    "a copy": ("dict(ONE)", {"def a"}),
    "a copy of entries": ("dict(ONE.items())", {"def a"}),
    "what another gives": ("dict(dict(TWO, **ONE), z=b)", {"def a"}),
}


@pytest.mark.parametrize(("call", "wanted"), MERGED.values(), ids=MERGED)
def test_a_dict_has_all_that_its_call_is_given(call: str, wanted: set[str]) -> None:
    head = "def a(): ...\ndef b(): ...\nONE, TWO = {'x': a}, {'y': b}\n"
    assert revealed(f"{head}reveal({call}['x'])") == wanted
    assert revealed(f"{head}held = {call}\nreveal(held.get('x'))") == wanted


def test_the_keywords_of_a_dict_are_beside_what_it_copies() -> None:
    head = "def a(): ...\ndef b(): ...\nONE, TWO = {'x': a}, {'y': b}\n"
    assert revealed(f"{head}for each in dict(ONE, **TWO).values(): reveal(each)") == {
        "def a",
        "def b",
    }
    assert revealed(f"{head}reveal(dict(ONE, y=b)['y'])") == {"def b"}


@pytest.mark.parametrize(("many", "is_open"), [(24, False), (25, True), (60, True)])
def test_of_very_many_values_the_rest_is_anything(many: int, is_open: bool) -> None:
    lines = [f"def f{number}(): ..." for number in range(many)]
    names = ", ".join(f"f{number}" for number in range(many))
    found = revealed("\n".join([*lines, f"for each in [{names}]: reveal(each)"]))
    assert ("?" in found) == is_open
    assert len(found) == 24


WRITTEN = {
    "a module's name, from outside": {
        "held.py": "store = None\ndef use():\n    reveal(store)",
        "app.py": "import held\ndef a(): ...\nheld.store = a",
    },
    "a module's name that it never binds": {
        "held.py": "def use():\n    reveal(store)",
        "app.py": "import held\ndef a(): ...\nheld.store = a",
    },
    "setattr on a module": {
        "held.py": "store = None\ndef use():\n    reveal(store)",
        "app.py": "import held\ndef a(): ...\nsetattr(held, 'store', a)",
    },
    "globals()": {
        "app.py": "def a(): ...\ndef f():\n    globals()['x'] = a\ndef use():\n    reveal(x)",
    },
    "read from globals()": {
        "app.py": "def a(): ...\nreveal(globals()['a'])",
    },
    "setattr on an object": {
        "app.py": "class C: ...\ndef a(): ...\nc = C()\nsetattr(c, 'x', a)\nreveal(c.x)",
    },
    "update with a display": {
        "app.py": "def a(): ...\nD = {}\nD.update({'x': a})\nreveal(D['x'])",
    },
    "update with keywords": {
        "app.py": "def a(): ...\nD = {}\nD.update(x=a)\nreveal(D['x'])",
    },
    "setdefault": {
        "app.py": "def a(): ...\nD = {}\nD.setdefault('x', a)\nreveal(D['x'])",
    },
    "field given by cls(...)": {
        "app.py": """
            from dataclasses import dataclass
            def a(): ...
            @dataclass
            class C:
                x: object = None
                @classmethod
                def made(cls):
                    return cls(x=a)
            reveal(C.made().x)
        """,
    },
    "constructor called as cls(...)": {
        "app.py": """
            def a(): ...
            class C:
                def __init__(self, x):
                    self.x = x
                @classmethod
                def made(cls):
                    return cls(a)
            class D(C): ...
            reveal(D.made().x)
        """,
    },
    "field of a base, by position": {
        "app.py": """
            from dataclasses import dataclass
            def a(): ...
            @dataclass
            class B:
                y: int
            @dataclass
            class C(B):
                x: object
            reveal(C(1, a).x)
        """,
    },
    "getattr by a pattern": {
        "app.py": """
            class C:
                def do_x(self): ...
                def other(self): ...
            def use(name):
                reveal(getattr(C(), f"do_{name}"))
        """,
    },
}


@pytest.mark.parametrize("files", WRITTEN.values(), ids=WRITTEN)
def test_what_is_written_from_elsewhere_is_read(files: dict[str, str]) -> None:
    found = {word for word in revealed(files) if word.startswith(("def ", "bound "))}
    assert len(found) == 1, revealed(files)


def test_a_name_of_another_module_is_left_alone() -> None:
    files = {
        "held.py": "store = 1\ndef use():\n    reveal(store)",
        "app.py": "import other\ndef a(): ...\nother.store = a",
        "other.py": "store = None",
    }
    assert revealed(files) == {"1"}
