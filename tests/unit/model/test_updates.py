"""What a node is read to write."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from lg_lint.model.langgraph.state_schema import of_class
from lg_lint.model.state_flow.function_summary import FunctionUpdates, Update, analyse
from lg_lint.program.values import FunctionRef

from .programs import program_of

HEAD = """
import copy, dataclasses, operator
from collections import deque
from typing import Annotated, TypedDict
from langchain_core.messages import RemoveMessage, trim_messages, filter_messages
from langgraph.graph import END, MessagesState
from langgraph.graph.message import REMOVE_ALL_MESSAGES, add_messages
from langgraph.types import Command, Overwrite

class State(TypedDict):
    question: str
    log: list[str]
    found: dict[str, str]
    text: str
    seen: set[str]
    turns: int
    messages: Annotated[list, add_messages]
"""


def node(body: str, more: str = "", head: str = HEAD) -> FunctionUpdates:
    """The updates of `def node(state: State)` with this body."""
    source = (
        f"{head}\n{dedent(more)}\ndef node(state: State):\n{indent(dedent(body).strip(), '    ')}\n"
    )
    program = program_of(source)
    module = program.module("/project/app.py")
    assert module is not None
    state = next(cls for cls in module.classes if cls.name == "State")
    channels = {channel.key: channel for channel in of_class(program, state)}
    function = next(item for item in module.functions if item.name == "node")
    return analyse(program, FunctionRef(function), channels)


def only(found: FunctionUpdates, key: str) -> Update:
    (update,) = [update for update in found.updates if update.key == key]
    return update


GROWING = {
    "sum": 'return {"log": state["log"] + [state["question"]]}',
    "get with default": 'return {"log": state.get("log", []) + ["x"]}',
    "or": 'return {"log": (state.get("log") or []) + ["x"]}',
    "in front": 'return {"log": ["x"] + state["log"]}',
    "spread": 'return {"log": [*state["log"], "x"]}',
    "append in place": 'log = state["log"]\nlog.append("x")\nreturn {"log": log}',
    "append to a copy": 'log = list(state["log"])\nlog.append("x")\nreturn {"log": log}',
    "copy method": 'log = state["log"].copy()\nlog.extend(["x"])\nreturn {"log": log}',
    "deepcopy": 'log = copy.deepcopy(state["log"])\nlog.insert(0, "x")\nreturn {"log": log}',
    "full slice": 'log = state["log"][:]\nlog += ["x"]\nreturn {"log": log}',
    "in a loop": 'log = state["log"]\nfor i in range(3):\n    log.append(i)\nreturn {"log": log}',
    "in a branch": 'log = state["log"]\nif state["question"]:\n    log = log + ["x"]\n'
    'return {"log": log}',
    "in a try": 'log = state["log"]\ntry:\n    log.append(call())\nexcept Exception:\n    pass\n'
    'return {"log": log}',
    "dict built step by step": 'out = {}\nout["log"] = state["log"] + ["x"]\nreturn out',
    "command": 'return Command(goto="a", update={"log": state["log"] + ["x"]})',
    "command in a list": 'return [Command(update={"log": state["log"] + ["x"]})]',
    "command in a variable": 'update = {"log": state["log"] + ["x"]}\n'
    "command = Command(goto=END, update=update)\nreturn command",
    "whole state": 'state["log"].append("x")\nreturn state',
    "rebound": 'state["log"] = state["log"] + ["x"]\nreturn state',
    "augmented key": 'state["log"] += ["x"]\nreturn state',
    "setdefault": 'state.setdefault("log", []).append("x")\nreturn state',
    "update method": 'state.update(log=state["log"] + ["x"])\nreturn state',
    "spread state": 'return {**state, "log": state["log"] + ["x"]}',
    "dict of state": 'out = dict(state)\nout["log"] = out["log"] + ["x"]\nreturn out',
    "dict key": 'return {"found": {**state["found"], state["question"]: "x"}}',
    "dict store": 'found = state["found"]\nfound[state["question"]] = 1\nreturn {"found": found}',
    "dict union": 'return {"found": state["found"] | {state["question"]: 1}}',
    "dict update": 'found = dict(state["found"])\nfound.update(call())\nreturn {"found": found}',
    "string": 'return {"text": state["text"] + "more"}',
    "f-string": "return {'text': f\"{state['text']} more\"}",
    "set": 'return {"seen": state["seen"] | {state["question"]}}',
    "set add": 'seen = state["seen"]\nseen.add(1)\nreturn {"seen": seen}',
    "nested": 'found = state["found"]\nfound["a"].append(1)\nreturn {"found": found}',
}


@pytest.mark.parametrize("body", GROWING.values(), ids=GROWING.keys())
def test_growth(body: str) -> None:
    found = node(body)
    grown = [u for u in found.updates if u.key in u.content.keys and u.content.grown]
    assert len(grown) == 1
    assert not grown[0].content.bounded


NOT_GROWING = {
    "fresh": 'return {"log": ["x"]}',
    "fresh, appended": 'log = []\nlog.append("x")\nreturn {"log": log}',
    "unchanged": 'return {"log": state["log"]}',
    "another key": 'return {"log": state["seen"] | {1}}',
    "only a prompt": 'prompt = state["log"] + ["x"]\nreturn {"text": call(prompt)}',
    "empty addition": 'return {"log": state["log"] + []}',
    "fixed key": 'return {"found": {**state["found"], "title": "x"}}',
    "fixed keys in a loop": 'found = dict(state["found"])\nfor key in ("a", "b"):\n'
    '    found[key] = 1\nreturn {"found": found}',
    "counter": 'return {"turns": state["turns"] + 1}',
    "copied by a loop": 'log = []\nfor item in state["log"]:\n    log.append(item)\n'
    'return {"log": log}',
    "replaced item": 'log = state["log"]\nlog[0] = "x"\nreturn {"log": log}',
    "overwritten in the update": 'out = {"log": state["log"] + ["x"]}\n'
    'out.update({"log": ["y"]})\nreturn out',
    "cleared": 'log = state["log"]\nlog.clear()\nlog.append("x")\nreturn {"log": log}',
}


@pytest.mark.parametrize("body", NOT_GROWING.values(), ids=NOT_GROWING.keys())
def test_no_growth(body: str) -> None:
    found = node(body)
    assert found.updates
    assert not any(u.content.grown and u.key in u.content.keys for u in found.updates)


BOUNDED = {
    "slice before": 'log = state["log"][-20:]\nlog.append("x")\nreturn {"log": log}',
    "slice after": 'log = state["log"] + ["x"]\nreturn {"log": log[-20:]}',
    "sliced in place": 'log = state["log"]\nlog.append("x")\nlog[:] = log[-20:]\n'
    'return {"log": log}',
    "del": 'log = state["log"]\nlog.append("x")\ndel log[:-20]\nreturn {"log": log}',
    "pop": 'log = state["log"]\nlog.append("x")\nlog.pop(0)\nreturn {"log": log}',
    "deque": 'log = deque(state["log"], maxlen=9)\nlog.append("x")\nreturn {"log": list(log)}',
    "trim_messages": 'return {"log": trim_messages(state["log"] + ["x"], max_tokens=9)}',
    "length checked before": 'log = state["log"]\nif len(log) < 20:\n    log = log + ["x"]\n'
    'return {"log": log}',
    "length checked, left": 'if len(state["log"]) >= 20:\n    return {}\n'
    'return {"log": state["log"] + ["x"]}',
    "length checked after": 'log = state["log"] + ["x"]\nif len(log) > 20:\n    log = log[1:]\n'
    'return {"log": log}',
    "conditional expression": 'log = state["log"] + ["x"]\n'
    'return {"log": log[-20:] if len(log) > 20 else log}',
}


@pytest.mark.parametrize("body", BOUNDED.values(), ids=BOUNDED.keys())
def test_bounded(body: str) -> None:
    content = node(body).updates[-1].content
    assert content.keys == {"log"}
    assert content.bounded


def test_slice_of_the_prompt_bounds_nothing() -> None:
    found = node(
        'recent = state["log"][-5:]\nreturn {"text": call(recent), "log": state["log"] + [1]}'
    )
    assert not only(found, "log").content.bounded


def test_dedupe_is_noted_and_no_bound() -> None:
    body = 'log = state["log"]\nif state["question"] not in log:\n    log.append(1)\nreturn {"log": log}'
    content = only(node(body), "log").content
    assert content.unique
    assert content.grown
    assert not content.bounded


def test_filter_is_partial() -> None:
    content = only(node('return {"log": [x for x in state["log"] if x]}'), "log").content
    assert content.partial
    assert content.keys == {"log"}


# --- markers -------------------------------------------------------------------------------


def test_remove_message() -> None:
    body = 'return {"messages": [RemoveMessage(id=m.id) for m in state["messages"][:-5]]}'
    content = only(node(body), "messages").content
    assert content.removes
    assert not content.reads


@pytest.mark.parametrize("all_of_them", ["REMOVE_ALL_MESSAGES", '"__remove_all__"'])
def test_remove_all(all_of_them: str) -> None:
    body = f'return {{"messages": [RemoveMessage(id={all_of_them}), *state["messages"][-5:]]}}'
    assert only(node(body), "messages").content.clears


@pytest.mark.parametrize(
    "value", ['Overwrite(state["log"][-5:])', '{"__overwrite__": state["log"][-5:]}']
)
def test_overwrite(value: str) -> None:
    assert only(node(f'return {{"log": {value}}}'), "log").content.clears


def test_cut_of_messages_is_a_trim() -> None:
    assert only(node('return {"messages": state["messages"][-5:]}'), "messages").content.trimmed


def test_replacing_the_last_item_is_no_trim() -> None:
    body = 'return {"messages": state["messages"][:-1] + [call()]}'
    assert not only(node(body), "messages").content.trimmed


# --- the whole state -----------------------------------------------------------------------


def test_whole_state_gives_every_key() -> None:
    found = node("return state")
    assert {update.key for update in found.updates} == {
        "question", "log", "found", "text", "seen", "turns", "messages",
    }  # fmt: skip
    assert all(update.whole_state for update in found.updates)


@pytest.mark.parametrize(
    "body",
    [
        'return {k: v for k, v in state.items() if k != "log"}',
        'return {k: v for k, v in state.items() if k not in ("log", "text")}',
        'out = dict(state)\nout.pop("log")\nreturn out',
        'out = {**state}\ndel out["log"]\nreturn out',
    ],
)
def test_whole_state_without_a_key(body: str) -> None:
    keys = {update.key for update in node(body).updates}
    assert "log" not in keys
    assert "question" in keys


def test_key_named_beside_the_spread_wins() -> None:
    update = only(node('return {**state, "log": ["x"]}'), "log")
    assert not update.content.reads
    assert not update.whole_state


def test_keys_of_the_annotation_only() -> None:
    more = "class Part(TypedDict):\n    log: list[str]\n"
    program = program_of(f"{HEAD}\n{more}\ndef node(part: Part):\n    return part\n")
    (module,) = program.modules
    channels = {c.key: c for cls in module.classes for c in of_class(program, cls)}
    found = analyse(program, FunctionRef(module.functions[-1]), channels)
    assert {update.key for update in found.updates} == {"log"}


ATTRIBUTES = """
from dataclasses import dataclass, field, replace
from pydantic import BaseModel

class State(BaseModel):
    log: list[str] = []
"""


@pytest.mark.parametrize(
    "body",
    [
        'return {"log": state.log + ["x"]}',
        'return {"log": [*state.log, "x"]}',
        'state.log = state.log + ["x"]\nreturn state',
        'state.log.append("x")\nreturn state',
        'return state.model_copy(update={"log": state.log + ["x"]})',
        'return State(log=state.log + ["x"])',
        'return replace(state, log=state.log + ["x"])',
    ],
)
def test_state_with_attributes(body: str) -> None:
    update = only(node(body, head=ATTRIBUTES), "log")
    assert update.content.grown
    assert update.content.keys == {"log"}


# --- helpers -------------------------------------------------------------------------------


def test_helper_that_builds_the_update() -> None:
    more = 'def build(given):\n    return {"log": given["log"] + ["x"]}\n'
    update = only(node("return build(state)", more), "log")
    assert update.content.grown
    assert update.key_site.span[0] < update.returned.span[0]


def test_helper_that_changes_in_place() -> None:
    more = "def push(log, item):\n    log.append(item)\n"
    body = 'log = state["log"]\npush(log, "x")\nreturn {"log": log}'
    assert only(node(body, more), "log").content.grown


def test_helper_that_cuts() -> None:
    more = "def keep(items, count=5):\n    return items[-count:]\n"
    content = only(node('return {"messages": keep(state["messages"])}', more), "messages").content
    assert content.bounded
    assert content.trimmed


def test_nested_function_that_closes_over_the_list() -> None:
    body = """
    log = state["log"]

    def push(item):
        log.append(item)

    push("x")
    return {"log": log}
    """
    assert only(node(body), "log").content.grown


def test_recursive_helper_ends() -> None:
    more = "def again(items):\n    return again(items + [1])\n"
    assert not only(node('return {"log": again(state["log"])}', more), "log").content.grown


def test_later_helper_wins() -> None:
    more = 'def push(state):\n    return {"log": ["only"]}\n'
    body = 'out = {"log": state["log"] + ["x"]}\nout.update(push(state))\nreturn out'
    assert not only(node(body, more), "log").content.reads


# --- ways out ------------------------------------------------------------------------------


def test_generator_node_writes_its_last_yield() -> None:
    found = node('yield {"text": "first"}\nyield {"log": state["log"] + ["x"]}')
    assert [update.key for update in found.updates] == ["log"]


def test_each_way_out_counts() -> None:
    found = node('if state["text"]:\n    return {"log": []}\nreturn {"text": "x"}')
    assert len(found.paths) == 2
    assert not found.always("log")


def test_raise_is_no_way_out() -> None:
    found = node('if state["text"]:\n    raise ValueError\nreturn {"log": []}')
    assert found.always("log")


def test_unknown_result_is_said() -> None:
    (path,) = node("return call(state)").paths
    assert path.unknown
    assert not path.updates


def test_changes_that_are_not_returned_are_noted() -> None:
    (path,) = node('state["log"].append("x")\nstate["text"] = "y"\nreturn {"turns": 1}').paths
    assert [(change.key, change.kind) for change in path.mutations] == [
        ("log", "in place"),
        ("text", "rebound"),
    ]
    assert path.keys == {"turns"}


def test_comparison_with_a_literal_is_noted() -> None:
    found = node('if state["turns"] >= 3:\n    return "end"\nreturn "again"')
    assert [comparison.values for comparison in found.comparisons] == [{"turns"}]


def test_comparison_of_two_keys_names_the_other() -> None:
    found = node('return state["turns"] >= state["found"]["most"]')
    assert [(item.values, item.limits) for item in found.comparisons] == [
        ({"turns"}, {"found"}),
        ({"found"}, {"turns"}),
    ]
