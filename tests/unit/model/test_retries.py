"""Loops, decorators, helpers and policies that run something again after a failure."""

from __future__ import annotations

import pytest

from lg_lint.facts import tree as t
from lg_lint.model.assembly import build
from lg_lint.model.retries.loops import RetryLoop, retry_loops
from lg_lint.model.retries.policies import policies
from lg_lint.model.retries.retry_helpers import Retriers
from lg_lint.program.control_flow import following, outcomes, own_nodes, statements_after
from lg_lint.program.scopes import Function
from lg_lint.program.store import Program

from .programs import program_of


def function_in(program: Program, name: str) -> Function:
    for module in program.modules:
        for function in module.all_functions:
            if function.name == name:
                return function
    raise AssertionError(name)


def body_of(source: str) -> t.Block:
    node = function_in(program_of(source), "f").node
    assert isinstance(node, t.FunctionDef)
    return node.body


def call_in(block: t.Block, name: str) -> t.Call:
    for node in own_nodes(block):
        if isinstance(node, t.Call) and isinstance(node.func, t.Name) and node.func.id == name:
            return node
    raise AssertionError(name)


def loops_in(source: str) -> tuple[list[RetryLoop], t.Block]:
    program = program_of(source)
    function = function_in(program, "f")
    assert isinstance(function.node, t.FunctionDef)
    return list(retry_loops(program, function)), function.node.body


def repeated(source: str) -> bool:
    loops, body = loops_in(source)
    return any(loop.repeats(call_in(body, "risky")) for loop in loops)


class TestFlow:
    @pytest.mark.parametrize(
        ("body", "ways"),
        [
            ("pass", {"next"}),
            ("return 1", {"return"}),
            ("if a:\n        return 1", {"next", "return"}),
            ("if a:\n        return 1\n    else:\n        raise E", {"return", "raise"}),
            ("while True:\n        a()", set()),
            ("while True:\n        break", {"next"}),
            ("for x in a:\n        return x", {"next", "return"}),
            ("try:\n        return 1\n    except E:\n        pass", {"next", "return"}),
            ("try:\n        a()\n    finally:\n        return 1", {"return"}),
            ("with a:\n        raise E", {"raise"}),
            ("exit()", {"raise"}),
        ],
    )
    def test_ways_out_of_a_block(self, body: str, ways: set[str]) -> None:
        assert outcomes(body_of(f"def f(a):\n    {body}\n")) == ways

    def test_success_in_a_try_goes_on_after_it(self) -> None:
        block = body_of("def f():\n    try:\n        risky()\n    except E:\n        return 1\n")
        assert following(block, call_in(block, "risky")) == {"next"}

    def test_statements_of_the_other_branch_do_not_follow(self) -> None:
        block = body_of(
            "def f(a):\n    if a:\n        risky()\n        return\n    else:\n        b()\n    c()\n"
        )
        assert list(statements_after(block, call_in(block, "risky"))) == [block[0].body[1]]  # type: ignore[union-attr]

    def test_a_loop_brings_control_back_to_its_start(self) -> None:
        block = body_of("def f(xs):\n    for x in xs:\n        a()\n        risky()\n    b()\n")
        after = list(statements_after(block, call_in(block, "risky")))
        assert call_in(tuple(after), "a")
        assert call_in(tuple(after), "b")


class TestLoops:
    @pytest.mark.parametrize(
        "source",
        [
            "def f():\n  for n in range(3):\n    try:\n      return risky()\n    except E:\n      continue\n",
            "def f():\n  while True:\n    try:\n      risky()\n      break\n    except E:\n      pass\n",
            "def f():\n  n = 0\n  while n < 3:\n    try:\n      return risky()\n    except E:\n      n += 1\n",
            "def f():\n  done = False\n  while not done:\n    try:\n      risky()\n      done = True\n"
            "    except E:\n      pass\n",
            "def f():\n  for n in range(3):\n    try:\n      risky()\n    except E:\n      wait()\n"
            "    else:\n      break\n",
            "def f(models):\n  for m in models:\n    try:\n      return risky(m)\n    except E:\n      log()\n",
            "def f():\n  for n in range(3):\n    try:\n      r = risky()\n      if r:\n        return r\n"
            "    except E:\n      pass\n",
            "from tenacity import Retrying\ndef f():\n  for attempt in Retrying():\n    with attempt:\n"
            "      risky()\n",
            "import stamina\nasync def f():\n  async for attempt in stamina.retry_context(on=E):\n"
            "    with attempt:\n      await risky()\n",
        ],
    )
    def test_a_failure_runs_it_again(self, source: str) -> None:
        assert repeated(source)

    @pytest.mark.parametrize(
        "source",
        [
            "def f(xs):\n  for x in xs:\n    try:\n      risky(x)\n    except E:\n      continue\n",
            "def f():\n  for n in range(3):\n    try:\n      return risky()\n    except E:\n      raise\n",
            "def f():\n  for n in range(1):\n    try:\n      return risky()\n    except E:\n      pass\n",
            "def f():\n  while True:\n    q = read()\n    try:\n      risky(q)\n    except E:\n      tell()\n",
            "def f():\n  while True:\n    try:\n      return risky()\n    except asyncio.CancelledError:\n"
            "      pass\n",
            "def f():\n  for n in range(3):\n    try:\n      prepare()\n      break\n    except E:\n"
            "      continue\n  risky()\n",
            "def f():\n  try:\n    for n in range(3):\n      risky()\n  except E:\n    pass\n",
        ],
    )
    def test_a_failure_does_not_run_it_again(self, source: str) -> None:
        assert not repeated(source)

    @pytest.mark.parametrize(
        ("note", "handler", "gives_up"),
        [
            ("sent = True", "if sent:\n        raise", True),
            ("sent += 1", "if sent > 0 or n == 2:\n        return", True),
            ("out.append(x)", "if out:\n        break", True),
            ("self.sent = True", "if self.sent:\n        raise", True),
            ("sent = True", "if n == 2:\n        raise", False),
            ("sent = True", "if sent:\n        log()", False),
            ("text += x", "pass", False),
        ],
    )
    def test_a_guard_looks_at_what_each_item_sets(
        self, note: str, handler: str, *, gives_up: bool
    ) -> None:
        loops, body = loops_in(
            "def f(self, out, sent, text):\n"
            "  for n in range(3):\n"
            "    try:\n"
            "      for x in stream():\n"
            f"        {note}\n"
            "        yield x\n"
            "      return\n"
            "    except E:\n"
            f"      {handler}\n"
        )
        inner = next(n for n in own_nodes(body) if isinstance(n, t.For) and n.span[1] == 7)
        assert [loop.gives_up_once_sent(inner) for loop in loops] == [gives_up]


class TestRetriers:
    @pytest.mark.parametrize(
        ("imports", "decorator", "restarts"),
        [
            ("from tenacity import retry", "retry", False),
            ("import tenacity", "tenacity.retry(stop=tenacity.stop_after_attempt(3))", False),
            ("import tenacity as tn", "tn.AsyncRetrying().wraps", False),
            ("import backoff", "backoff.on_exception(backoff.expo, E)", False),
            ("from stamina import retry as again", "again(on=E)", True),
            ("import retrying", "retrying.retry", False),
        ],
    )
    def test_decorators_of_libraries(self, imports: str, decorator: str, *, restarts: bool) -> None:
        program = program_of(f"{imports}\n@{decorator}\ndef f():\n    yield 1\n")
        found = list(Retriers(program).decorations(function_in(program, "f")))
        assert [item.retrier.restarts_generators for item in found] == [restarts]

    @pytest.mark.parametrize(
        ("imports", "decorator"),
        [
            ("from tenacity import retry, stop_after_attempt", "retry(stop=stop_after_attempt(1))"),
            ("import stamina", "stamina.retry(on=E, attempts=1)"),
            ("from functools import cache", "cache"),
            ("from policies import retry", "retry"),
        ],
    )
    def test_decorators_that_retry_nothing(self, imports: str, decorator: str) -> None:
        program = program_of(f"{imports}\n@{decorator}\ndef f():\n    yield 1\n")
        assert not list(Retriers(program).decorations(function_in(program, "f")))

    def test_a_retry_above_a_context_manager_does_not_see_the_generator(self) -> None:
        program = program_of(
            "from contextlib import contextmanager\nfrom tenacity import retry\n"
            "@retry\n@contextmanager\ndef f():\n    yield 1\n"
        )
        assert not list(Retriers(program).decorations(function_in(program, "f")))

    @pytest.mark.parametrize(
        ("inner", "restarts"),
        [
            ("return await fn(*args)", False),
            ("for item in fn(*args):\n            yield item\n          return", True),
        ],
    )
    def test_own_decorators_are_read_by_their_body(self, inner: str, *, restarts: bool) -> None:
        program = program_of(
            "def again(attempts):\n"
            "  def decorate(fn):\n"
            "    async def wrapper(*args):\n"
            "      for n in range(attempts):\n"
            "        try:\n"
            f"          {inner}\n"
            "        except E:\n"
            "          continue\n"
            "    return wrapper\n"
            "  return decorate\n"
            "@again(3)\n"
            "async def f():\n"
            "  yield 1\n"
        )
        found = list(Retriers(program).decorations(function_in(program, "f")))
        assert [(item.retrier.name, item.retrier.restarts_generators) for item in found] == [
            ("again", restarts)
        ]

    @pytest.mark.parametrize(
        "helper",
        [
            "async def again(fn, *args):\n  while True:\n    try:\n      return await fn(*args)\n"
            "    except E:\n      pass\n",
            "from tenacity import AsyncRetrying\nagain = AsyncRetrying()\n",
            "import tenacity\nasync def again(fn, *args):\n"
            "  async for attempt in tenacity.AsyncRetrying():\n    with attempt:\n"
            "      return await fn(*args)\n",
        ],
    )
    def test_helpers_that_get_a_function(self, helper: str) -> None:
        program = program_of(
            f"{helper}\nasync def work(x): ...\nasync def f(x):\n    await again(work, x)\n"
        )
        function = function_in(program, "f")
        found = list(Retriers(program).retried_calls(function, program.env(function)))
        assert [item.target.function.name for item in found] == ["work"]  # type: ignore[union-attr]

    def test_a_helper_that_calls_once_retries_nothing(self) -> None:
        program = program_of(
            "async def once(fn):\n    return await fn()\n"
            "async def work(): ...\nasync def f():\n    await once(work)\n"
        )
        function = function_in(program, "f")
        assert not list(Retriers(program).retried_calls(function, program.env(function)))


GRAPH = """
from langgraph.graph import StateGraph
from langgraph.types import RetryPolicy
def node(state): ...
def other(state): ...
builder = StateGraph(dict)
{wiring}
graph = builder.compile()
"""


class TestPolicies:
    @pytest.mark.parametrize(
        ("wiring", "covered"),
        [
            ('builder.add_node("a", node, retry_policy=RetryPolicy())', ["a"]),
            ('builder.add_node("a", node, retry=RetryPolicy(max_attempts=2))', ["a"]),
            ('builder.add_node("a", node, retry_policy=[RetryPolicy()])', ["a"]),
            (
                'given = {"retry_policy": RetryPolicy()}\nbuilder.add_node("a", node, **given)',
                ["a"],
            ),
            ('builder.add_node("a", node, retry_policy=RetryPolicy(max_attempts=1))', []),
            ('builder.add_node("a", node)', []),
            (
                'builder.set_node_defaults(retry_policy=RetryPolicy())\nbuilder.add_node("a", node)\n'
                'builder.add_node("b", other)',
                ["a", "b"],
            ),
            (
                "builder.set_node_defaults(retry_policy=RetryPolicy())\n"
                'builder.add_node("a", node, retry_policy=RetryPolicy(max_attempts=1))\n'
                'builder.add_node("b", other)',
                ["b"],
            ),
            (
                'for name in ("a", "b"):\n    builder.add_node(name, node, retry_policy=RetryPolicy())',
                ["a", "b"],
            ),
        ],
    )
    def test_nodes_that_a_policy_covers(self, wiring: str, covered: list[str]) -> None:
        project, _ = build.project(program_of(GRAPH.format(wiring=wiring)))
        found = [policy.node.name for policy in policies(project) if policy.node is not None]
        assert sorted(found) == covered

    def test_a_policy_set_on_the_compiled_graph_covers_all_nodes(self) -> None:
        text = GRAPH.format(wiring='builder.add_node("a", node)')
        project, _ = build.project(program_of(f"{text}graph.retry_policy = RetryPolicy()\n"))
        assert [policy.node.name for policy in policies(project) if policy.node] == ["a"]

    def test_an_own_class_of_that_name_is_no_policy(self) -> None:
        text = GRAPH.format(wiring='builder.add_node("a", node, retry_policy=RetryPolicy())')
        own = text.replace("from langgraph.types import RetryPolicy", "class RetryPolicy: ...")
        project, _ = build.project(program_of(own))
        assert not list(policies(project))

    def test_functional_policies(self) -> None:
        project, _ = build.project(
            program_of(
                "from langgraph.func import entrypoint, task\n"
                "from langgraph.types import RetryPolicy\n"
                "@task(retry_policy=RetryPolicy())\n"
                "async def draft(x): ...\n"
                "@entrypoint(retry=RetryPolicy())\n"
                "async def flow(x): ...\n"
            )
        )
        found = list(policies(project))
        assert [policy.node.name for policy in found if policy.node] == ["flow"]
        assert [policy.task.function.name for policy in found if policy.task] == ["draft"]

    @pytest.mark.parametrize(
        ("middleware", "names"),
        [
            ("ModelRetryMiddleware()", ["ModelRetryMiddleware"]),
            ("ModelRetryMiddleware(max_retries=0)", []),
            ('ModelFallbackMiddleware("gpt")', ["ModelFallbackMiddleware"]),
            ("ToolRetryMiddleware()", []),
        ],
    )
    def test_agent_middleware(self, middleware: str, names: list[str]) -> None:
        kind = middleware.partition("(")[0]
        project, _ = build.project(
            program_of(
                "from langchain.agents import create_agent\n"
                f"from langchain.agents.middleware import {kind}\n"
                f"agent = create_agent('gpt', tools=[], middleware=[{middleware}])\n"
            )
        )
        assert [policy.name for policy in policies(project)] == names
