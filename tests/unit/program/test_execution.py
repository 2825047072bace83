"""Where code runs: which calls keep the world of their frame, which leave it."""

from __future__ import annotations

from textwrap import dedent

import pytest

from lg_lint.facts import tree as t
from lg_lint.program.call_graph.execution import CallNode, Execution, ThreadContext
from lg_lint.program.call_graph.path_search import Paths
from lg_lint.program.store import terminal_name
from lg_lint.program.values import FunctionRef
from model.programs import program_of


def worlds_of_mark(
    text: str, start: str = "start", world: ThreadContext = ThreadContext.LOOP
) -> set[ThreadContext]:
    """The worlds in which `mark()` runs when `start` is entered in a world."""
    program = program_of(dedent(text))
    execution = Execution(program)
    (module,) = program.modules
    function = next(item for item in module.all_functions if item.qualname == start)
    first = execution.state(FunctionRef(function), world)
    reached = {first}
    queue = [first]
    while queue:
        for edge in execution.edges(queue.pop()):
            if edge.target not in reached:
                reached.add(edge.target)
                queue.append(edge.target)
    return {state.world for state in reached if _marks(state)}


def _marks(state: CallNode) -> bool:
    return any(terminal_name(site.node.func) == "mark" for site in state.function.calls)


STAYS = {
    "direct call": """
        async def start():
            helper()
        def helper():
            mark()
    """,
    "awaited coroutine": """
        async def start():
            await helper()
        async def helper():
            mark()
    """,
    "iterated generator": """
        async def start():
            for item in produce():
                pass
        def produce():
            mark()
            yield 1
    """,
    "constructor": """
        class Service:
            def __init__(self):
                mark()
        async def start():
            Service()
    """,
    "callable object": """
        class Service:
            def __call__(self):
                mark()
        async def start():
            Service()()
    """,
    "context manager": """
        from contextlib import contextmanager
        @contextmanager
        def opened():
            mark()
            yield
        async def start():
            with opened():
                pass
    """,
    "__enter__": """
        class Opened:
            def __enter__(self):
                mark()
            def __exit__(self, *args):
                pass
        async def start():
            with Opened():
                pass
    """,
    "property": """
        class Rates:
            @property
            def eur(self):
                mark()
        async def start():
            return Rates().eur
    """,
    "property with a setter": """
        class Rates:
            @property
            def eur(self):
                mark()
            @eur.setter
            def eur(self, value):
                pass
        async def start():
            return Rates().eur
    """,
    "setter of a property": """
        class Rates:
            @property
            def eur(self):
                pass
            @eur.setter
            def eur(self, value):
                mark()
        async def start():
            rates = Rates()
            rates.eur = 1
    """,
    "abstract property": """
        from abc import ABC, abstractmethod
        class Rates(ABC):
            @property
            @abstractmethod
            def eur(self): ...
        class Web(Rates):
            @property
            def eur(self):
                mark()
        async def start(rates: Rates):
            return rates.eur
    """,
    "item of an object": """
        class Pages:
            def __getitem__(self, key):
                mark()
        async def start():
            return Pages()["a"]
    """,
    "item that is set": """
        class Pages:
            def __setitem__(self, key, value):
                mark()
        async def start():
            Pages()["a"] = 1
    """,
    "method of an item": """
        class Page:
            def load(self):
                mark()
        class Pages:
            def __getitem__(self, key):
                return Page()
        async def start():
            return Pages()["a"].load()
    """,
    "membership": """
        class Pages:
            def __contains__(self, key):
                mark()
        async def start():
            return "a" in Pages()
    """,
    "operator": """
        class Query:
            def __or__(self, other):
                mark()
        async def start():
            return Query() | 1
    """,
    "built-in that asks the object": """
        class Pages:
            def __len__(self):
                mark()
        async def start():
            return len(Pages())
    """,
    "iterator of a class": """
        class Pages:
            def __iter__(self):
                return self
            def __next__(self):
                mark()
        async def start():
            for page in Pages():
                pass
    """,
    "generator as __iter__": """
        class Pages:
            def __iter__(self):
                mark()
                yield 1
        async def start():
            return [page for page in Pages()]
    """,
    "method of an iterated object": """
        class Page:
            def load(self):
                mark()
        class Pages:
            def __iter__(self):
                yield Page()
        async def start():
            for page in Pages():
                page.load()
    """,
    "callback of a builtin": """
        async def start():
            sorted([1], key=helper)
        def helper(x):
            mark()
    """,
    "thread that the frame waits for": """
        from concurrent.futures import ThreadPoolExecutor
        async def start():
            pool = ThreadPoolExecutor()
            pool.submit(helper).result()
        def helper():
            mark()
    """,
    "pool joined by its with block": """
        from concurrent.futures import ThreadPoolExecutor
        async def start():
            with ThreadPoolExecutor() as pool:
                future = pool.submit(helper)
        def helper():
            mark()
    """,
    "function given to a helper": """
        async def start():
            run(helper)
        def run(fn):
            return fn()
        def helper():
            mark()
    """,
    "wrapper of the project": """
        def timed(fn):
            async def wrapper():
                return fn()
            return wrapper
        @timed
        def start():
            mark()
        async def use():
            await start()
    """,
}


@pytest.mark.parametrize("text", STAYS.values(), ids=STAYS)
def test_call_keeps_the_loop(text: str) -> None:
    start = "use" if "async def use" in text else "start"
    assert worlds_of_mark(text, start) == {ThreadContext.LOOP}


LEAVES = {
    "to_thread": """
        import asyncio
        async def start():
            await asyncio.to_thread(helper)
        def helper():
            mark()
    """,
    "run_in_executor with a lambda": """
        import asyncio
        async def start():
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(None, lambda: helper())
        def helper():
            mark()
    """,
    "bound method": """
        import asyncio
        class Service:
            def run(self):
                mark()
        async def start():
            service = Service()
            await asyncio.to_thread(service.run)
    """,
    "sync_to_async": """
        from asgiref.sync import sync_to_async
        async def start():
            await sync_to_async(helper)()
        def helper():
            mark()
    """,
    "run_in_threadpool": """
        from starlette.concurrency import run_in_threadpool
        async def start():
            await run_in_threadpool(helper)
        def helper():
            mark()
    """,
    "thread": """
        import threading
        async def start():
            threading.Thread(target=helper).start()
        def helper():
            mark()
    """,
}


@pytest.mark.parametrize("text", LEAVES.values(), ids=LEAVES)
def test_call_leaves_the_loop(text: str) -> None:
    assert worlds_of_mark(text) == {ThreadContext.THREAD}


def test_asyncio_run_has_a_loop_of_its_own() -> None:
    text = """
        import asyncio
        def start():
            asyncio.run(main())
        async def main():
            mark()
    """
    assert worlds_of_mark(text, world=ThreadContext.THREAD) == {ThreadContext.ALONE}


SILENT = {
    "handed on, not called": """
        async def start():
            register(helper)
        def helper():
            mark()
    """,
    "generator that nothing iterates": """
        async def start():
            return produce()
        def produce():
            mark()
            yield
    """,
    "branch that never runs": """
        async def start():
            if False:
                helper()
        def helper():
            mark()
    """,
    "method of the same name": """
        class Other:
            def helper(self):
                mark()
        async def start(thing):
            thing.helper()
    """,
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_call_runs_nothing_here(text: str) -> None:
    assert worlds_of_mark(text) == set()


def test_recursion_ends() -> None:
    text = """
        async def start():
            one()
        def one():
            two()
        def two():
            one()
            mark()
    """
    assert worlds_of_mark(text) == {ThreadContext.LOOP}


def test_chain_is_the_shortest_path_to_each_sink() -> None:
    program = program_of(
        dedent("""
        async def start():
            far()
            near()
        def far():
            near()
        def near():
            mark()
        """)
    )
    execution = Execution(program)
    (module,) = program.modules
    first = execution.state(FunctionRef(module.all_functions[0]), ThreadContext.LOOP)

    def sinks(state: CallNode) -> list[t.Node]:
        return [s.node for s in state.function.calls if terminal_name(s.node.func) == "mark"]

    (chain,) = Paths(execution, sinks).chains(first)
    assert [state.function.name for state in chain.states] == ["start", "near"]
