"""Nodes that read, copy, grow, bound and return a value of the state (LG201, LG202, LG203, LG205).

Each program has one key under test, `notes`; `q` is the question of a turn and `n` a counter.
"""

from __future__ import annotations

import re

from .grammar import Choices, Forms, Grammar, indented

DICT_STATES = ("typed dict", "partial typed dict")

SCHEMAS = {
    "typed dict": "class State(TypedDict):\n    q: str\n    n: int\n    notes: {notes}",
    "partial typed dict": "class State(TypedDict, total=False):\n    q: str\n    n: int\n    notes: {notes}",
    "pydantic": 'class State(BaseModel):\n    q: str = ""\n    n: int = 0\n    notes: {notes} = {default}',
    "dataclass": '@dataclass\nclass State:\n    q: str = ""\n    n: int = 0\n    notes: {notes} = {field}',
}
SHAPES = {"list": "list[str]", "text": "str", "dict": "dict[str, str]"}
EMPTY = {"list": "[]", "text": '""', "dict": "{}"}

REDUCERS = {
    "none": "",
    "operator.add": "operator.add",
    "own function": "added",
    "lambda": "lambda old, new: old + new",
    "capped": "capped",
}

READS_OF_DICTS = {
    "subscript": 'state["notes"]',
    "get": 'state.get("notes", {empty})',
    "get or": 'state.get("notes") or {empty}',
    "copy of the state": 'dict(state)["notes"]',
    "spread": '{**state}["notes"]',
    "itemgetter": 'operator.itemgetter("notes")(state)',
    "helper": "told(state)",
    "method taken": 'getter(state)("notes")',
    "values of a loop": '{key: value for key, value in state.items()}["notes"]',
    "named key": "state[KEY]",
    "copy()": 'state.copy()["notes"]',
    "deepcopy": 'copy.deepcopy(state)["notes"]',
    "dict.get": 'dict.get(state, "notes")',
    "popped": 'dict(state).pop("notes")',
    "spread into a call": "told_by(**state)",
    "picked": 'next(value for key, value in state.items() if key == "notes")',
    "object": "Box(state).notes",
    "lambda": '(lambda given: given["notes"])(state)',
}
READS_OF_OBJECTS = {
    "attribute": "state.notes",
    "getattr": 'getattr(state, "notes")',
    "getattr with default": 'getattr(state, "notes", {empty})',
    "attrgetter": 'operator.attrgetter("notes")(state)',
    "vars": 'vars(state)["notes"]',
    "helper": "told(state)",
}

COPIES = {
    "list": {
        "none": "old", "list()": "list(old)", "slice": "old[:]", "copy()": "old.copy()", "star": "[*old]",
        "copy module": "copy.copy(old)", "deepcopy": "copy.deepcopy(old)", "comprehension": "[each for each in old]",
        "helper": "copied(old)", "sorted": "sorted(old)", "plus": "old + []", "json": "json.loads(json.dumps(old))",
        "tuple": "list(tuple(old))", "iter": "[*iter(old)]", "map": "list(map(str, old))", "times": "old * 1",
        "pickle": "pickle.loads(pickle.dumps(old))", "or": "old or []", "unpacked": "list((*old,))",
        "enumerate": "[each for _, each in enumerate(old)]", "reversed": "list(reversed(old))",
    },
    "text": {"none": "old", "str()": "str(old)", "f-string": 'f"{old}"'},
    "dict": {
        "none": "old", "dict()": "dict(old)", "copy()": "old.copy()", "spread": "{**old}", "union": "old | {}",
        "deepcopy": "copy.deepcopy(old)", "comprehension": "{key: value for key, value in old.items()}",
        "pairs": "dict(old.items())",
    },
}  # fmt: skip

GROWTHS = {
    "list": {
        "plus": "new = mine + [text]",
        "star": "new = [*mine, text]",
        "append": "mine.append(text)\nnew = mine",
        "extend": "mine.extend([text])\nnew = mine",
        "augmented": "mine += [text]\nnew = mine",
        "insert": "mine.insert(0, text)\nnew = mine",
        "slice store": "mine[len(mine):] = [text]\nnew = mine",
        "helper gives": "new = joined(mine, text)",
        "helper changes": "add_to(mine, text)\nnew = mine",
        "chain": "new = list(itertools.chain(mine, [text]))",
        "sum": "new = sum([mine, [text]], [])",
        "nested comprehension": "new = [each for part in (mine, [text]) for each in part]",
        "loop": "new = []\nfor each in mine:\n    new.append(each)\nnew.append(text)",
        "operator": "new = operator.add(mine, [text])",
        "object": "pad = Pad(mine)\npad.write(text)\nnew = pad.pages",
        "bound append": "put = mine.append\nput(text)\nnew = mine",
        "generator": "new = list(following(mine, text))",
        "reduce": "new = functools.reduce(lambda a, b: a + b, [mine, [text]])",
        "if": "new = mine\nif text:\n    new = mine + [text]",
        "starred target": "*new, = *mine, text",
        "in place operator": "new = operator.iadd(mine, [text])",
        "deque": "held = deque(mine)\nheld.append(text)\nnew = list(held)",
        "lock": "with threading.Lock():\n    mine.append(text)\nnew = mine",
        "own list": "new = Notes(mine)\nnew.add(text)",
        "partial": "new = functools.partial(joined, mine)(text)",
        "in a dict": 'box = {"items": mine}\nbox["items"].append(text)\nnew = box["items"]',
        "set in a dict": 'box = {"items": mine}\nbox["items"] = box["items"] + [text]\nnew = box["items"]',
        "namespace": "box = types.SimpleNamespace(items=mine)\nbox.items.append(text)\nnew = box.items",
        "setdefault": 'box = {}\nbox.setdefault("items", mine).append(text)\nnew = box["items"]',
        "swap": "mine, new = [], mine + [text]",
        "conditional": "new = mine + [text] if text else mine",
        "star arguments": "new = gathered(*mine, text)",
        "insort": "bisect.insort(mine, text)\nnew = mine",
        "recursion": "new = repeated(mine, text, 1)",
        "try": "new = mine\ntry:\n    new = [*mine, text]\nfinally:\n    print(text)",
        "two steps": "first = [*mine]\nsecond = first\nsecond.append(text)\nnew = first",
        "nested function": "def put():\n    mine.append(text)\n\n\nput()\nnew = mine",
        "nested function gives": "def made():\n    return mine + [text]\n\n\nnew = made()",
        "walrus": "print(new := [*mine, text])",
        "only the new": "new = [text]",
        "the same again": 'new = list(dict.fromkeys([*mine, "fixed"]))',
        "longest": "new = [max(mine, key=len)]",
        "one text": 'new = [", ".join(mine)[:9]]',
        "in place of the last": "new = [*mine[:-1], text]",
        "filtered": "new = [each for each in mine if each != 'first']",
        "last two": "new = mine[-2:] + [text]",
        "counted": "new = [str(len(mine))]",
    },
    "text": {
        "plus": "new = mine + text",
        "augmented": "mine += text\nnew = mine",
        "f-string": 'new = f"{mine} {text}"',
        "join": 'new = " ".join([mine, text])',
        "format": 'new = "{} {}".format(mine, text)',
        "percent": 'new = "%s %s" % (mine, text)',
        "helper gives": "new = joined(mine, text)",
        "only the new": "new = text",
        "upper": "new = mine.upper()",
        "first line": "new = mine[:3] + text",
    },
    "dict": {
        "union": "new = mine | {text: text}",
        "spread": "new = {**mine, text: text}",
        "store": "mine[text] = text\nnew = mine",
        "update": "mine.update({text: text})\nnew = mine",
        "setdefault": "mine.setdefault(text, text)\nnew = mine",
        "augmented": "mine |= {text: text}\nnew = mine",
        "helper changes": "put_in(mine, text)\nnew = mine",
        "dict of pairs": "new = dict([*mine.items(), (text, text)])",
        "fixed key": 'new = {**mine, "last": text}',
        "only the new": "new = {text: text}",
    },
}

BOUNDS = {
    "list": {
        "none": "",
        "slice": "new = new[-4:]",
        "if long": "if len(new) > 4:\n    new = new[-4:]",
        "del": "del new[:-4]",
        "pop": "while len(new) > 4:\n    new.pop(0)",
        "helper": "new = last(new)",
        "deque": "new = list(deque(new, maxlen=4))",
        "reset": "if len(new) > 4:\n    new = []",
        "of another": "other = new[-4:]",
        "islice": "new = list(itertools.islice(new, 4))",
        "logged": 'if len(new) > 4:\n    print("long")',
    },
    "text": {
        "none": "",
        "slice": "new = new[-9:]",
        "if long": "if len(new) > 9:\n    new = new[-9:]",
    },
    "dict": {
        "none": "",
        "pop": "while len(new) > 4:\n    new.pop(next(iter(new)))",
        "reset": "if len(new) > 4:\n    new = {}",
        "clear": "if len(new) > 4:\n    new.clear()",
    },
}

RETURNS = {
    "display": 'return {"notes": new}',
    "dict()": "return dict(notes=new)",
    "command": 'return Command(update={"notes": new})',
    "built": 'update = {}\nupdate["notes"] = new\nreturn update',
    "helper": "return as_update(new)",
    "spread": 'extra = {"n": 1}\nreturn {**extra, "notes": new}',
    "pairs": 'return {key: value for key, value in [("notes", new)]}',
    "update()": 'update = {"n": 1}\nupdate.update(notes=new)\nreturn update',
    "zip": 'return dict(zip(["notes"], [new]))',
    "command of pairs": 'return Command(update=[("notes", new)])',
    "list of commands": 'return [Command(update={"notes": new})]',
    "conditional": 'return {"notes": new} if text else {}',
    "finally": 'try:\n    return {"notes": new}\nfinally:\n    print("done")',
    "walrus": 'return (update := {"notes": new})',
    "match": 'match text:\n    case "":\n        return {}\n    case _:\n        return {"notes": new}',
    "either": 'if {q}:\n    return {"notes": new}\nreturn {}',
    "left out": 'return {"n": 1}',
    "nothing": "return {}",
    "stored in the state": '{store} = new\nreturn {"n": 1}',
    "stored and returned": "{store} = new\nreturn {whole}",
}

NODES = {
    "function": ("def work(state: State):\n{body}", "work"),
    "async function": ("async def work(state: State):\n{body}", "work"),
    "method": ("class Worker:\n    def run(self, state: State):\n{body2}", "Worker().run"),
    "callable object": ("class Worker:\n    def __call__(self, state: State):\n{body2}", "Worker()"),
    "closure": ("def made(limit):\n    def work(state: State):\n{body2}\n\n    return work", "made(3)"),
    "partial": ("def work(state: State, limit):\n{body}", "functools.partial(work, limit=3)"),
    "decorated": (
        "def logged(function):\n    @functools.wraps(function)\n    def inner(*args, **kwargs):\n"
        "        return function(*args, **kwargs)\n\n    return inner\n\n\n@logged\ndef work(state: State):\n{body}",
        "work",
    ),
    "runnable": ("def work(state: State):\n{body}", 'RunnableLambda(work).with_config(tags=["x"])'),
    "static method": ("class Worker:\n    @staticmethod\n    def run(state: State):\n{body2}", "Worker.run"),
    "lambda around": ("def inner(state: State):\n{body}", "lambda state: inner(state)"),
    "pipe": ("def work(state: State):\n{body}", "RunnableLambda(lambda state: state) | RunnableLambda(work)"),
    "retry": ("def work(state: State):\n{body}", "RunnableLambda(work).with_retry(stop_after_attempt=2)"),
    "method of a subclass": (
        "class Base:\n    def __call__(self, state: State):\n        return self.run(state)\n\n\n"
        "class Worker(Base):\n    def run(self, state: State):\n{body2}",
        "Worker()",
    ),
    "calls another": ("def inner(state: State):\n{body}\n\n\ndef work(state: State):\n    return inner(state)", "work"),
}  # fmt: skip

ONE = 'builder.add_edge(START, "work")\nbuilder.add_edge("work", END)\n'
ROUND = (
    'builder.add_node("step", step)\nbuilder.add_edge(START, "work")\nbuilder.add_edge("work", "step")\n'
    'builder.add_conditional_edges("step", route, ["work", END])\n'
)
WIRINGS = {
    "add_node": 'builder.add_node("work", {node})',
    "loop": 'for name, node in {"work": {node}}.items():\n    builder.add_node(name, node)',
    "helper": 'def add(graph, name, node):\n    graph.add_node(name, node)\n\n\nadd(builder, "work", {node})',
    "bound method": 'put = builder.add_node\nput("work", {node})',
}
GRAPHS = {
    "thread": ONE + "graph = builder.compile(checkpointer=InMemorySaver())",
    "thread by options": ONE
    + 'options = {"checkpointer": InMemorySaver()}\ngraph = builder.compile(**options)',
    "sequence on a thread": (
        'builder.add_node("step", step)\nbuilder.add_edge(START, "work")\nbuilder.add_edge("work", "step")\n'
        'builder.add_edge("step", END)\ngraph = builder.compile(checkpointer=InMemorySaver())'
    ),
    "one run": ONE + "graph = builder.compile()",
    "round": ROUND + "graph = builder.compile()",
}

STEPS = {
    "counts": 'return {"n": {n} + 1}',
    "counts by helper": 'return {"n": one_more({n})}',
    "does nothing": 'return {"n": {n}}',
    "sets back": 'return {"n": 0}',
}
ROUTES = {
    "counter": 'return "work" if {n} < 4 else END',
    "counter reached": 'if {n} >= 4:\n    return END\nreturn "work"',
    "counter exactly": 'return END if {n} == 4 else "work"',
    "question": 'return "work" if {q} else END',
    "counter or question": 'return "work" if {n} < 4 or {q} else END',
    "counter and question": 'return "work" if {n} < 4 and {q} else END',
    "counter only logged": 'if {n} >= 4:\n    print("many")\nreturn "work" if {q} else END',
    "in a range": 'return "work" if {n} in range(4) else END',
    "not": 'if not {n} < 4:\n    return END\nreturn "work"',
    "table": 'return {True: "work", False: END}[{n} < 4]',
    "helper asks": 'return "work" if goes_on(state) else END',
    "named limit": 'return "work" if {n} < LIMIT else END',
    "length": 'return "work" if len({notes}) < 4 else END',
    "in a variable": 'goal = "work"\nif {n} > 3:\n    goal = END\nreturn goal',
}

HEAD = """import bisect
import copy
import functools
import itertools
import json
import operator
import pickle
import threading
import types
from collections import deque
from dataclasses import dataclass, field
from typing import Annotated, TypedDict

from langchain_core.runnables import RunnableLambda
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command
from pydantic import BaseModel

KEY = "notes"
LIMIT = 4
"""

HELPERS = {
    "told": "def told(state):\n    return {read}",
    "getter": "def getter(state):\n    return state.get",
    "copied": "def copied(items):\n    return list(items)",
    "joined": "def joined(items, text):\n    return items + {one}",
    "add_to": "def add_to(items, text):\n    items.append(text)",
    "put_in": "def put_in(items, text):\n    items[text] = text",
    "last": "def last(items):\n    return items[-4:]",
    "following": "def following(items, text):\n    yield from items\n    yield text",
    "Pad": (
        "class Pad:\n    def __init__(self, pages):\n        self.pages = pages\n\n"
        "    def write(self, text):\n        self.pages = [*self.pages, text]"
    ),
    "Notes": "class Notes(list):\n    def add(self, text):\n        self.append(text)",
    "gathered": "def gathered(*items):\n    return list(items)",
    "repeated": (
        "def repeated(items, text, times):\n    if times == 0:\n        return items\n"
        "    return repeated(items + [text], text, times - 1)"
    ),
    "told_by": "def told_by(notes, **others):\n    return notes",
    "Box": (
        "class Box:\n    def __init__(self, state):\n        self.state = state\n\n    @property\n    def notes(self):\n"
        '        return self.state["notes"]'
    ),
    "goes_on": "def goes_on(state):\n    return {n} < 4",
    "as_update": 'def as_update(value):\n    return {"notes": value}',
    "one_more": "def one_more(number):\n    return number + 1",
    "added": "def added(old, new):\n    return old + new",
    "capped": "def capped(old, new):\n    return (old + new)[-8:]",
}


def _has_keys(choices: Choices) -> bool:
    return choices["schema"] in DICT_STATES


def _reducers(choices: Choices) -> Forms:
    return REDUCERS if choices["shape"] == "list" else {"none": ""}


def _reads(choices: Choices) -> Forms:
    return READS_OF_DICTS if _has_keys(choices) else READS_OF_OBJECTS


def _graphs(choices: Choices) -> Forms:
    """A dict under the question of the run grows once, however many rounds there are."""
    return {
        name: text
        for name, text in GRAPHS.items()
        if not (choices["shape"] == "dict" and name == "round")
    }


def _steps(choices: Choices) -> Forms:
    return STEPS if choices["graph"] == "round" else {"counts": STEPS["counts"]}


def _routes(choices: Choices) -> Forms:
    return ROUTES if choices["graph"] == "round" else {"counter": ROUTES["counter"]}


def _write(choices: Choices) -> str:
    shape, keyed = choices["shape"], _has_keys(choices)
    notes, empty = SHAPES[shape], EMPTY[shape]
    reducer = REDUCERS[choices["reducer"]]
    annotated = f"Annotated[{notes}, {reducer}]" if reducer else notes
    schema = SCHEMAS[choices["schema"]]
    maker = {
        "list": "field(default_factory=list)",
        "text": '""',
        "dict": "field(default_factory=dict)",
    }
    schema = schema.replace("{notes}", annotated).replace("{default}", empty)
    schema = schema.replace("{field}", maker[shape])
    own = {
        "{q}": 'state["q"]' if keyed else "state.q",
        "{n}": 'state["n"]' if keyed else "state.n",
        "{notes}": 'state["notes"]' if keyed else "state.notes",
        "{store}": 'state["notes"]' if keyed else "state.notes",
        "{whole}": "state" if keyed else '{"notes": state.notes}',
        "{empty}": empty,
        "{one}": "[text]" if shape == "list" else "text",
        "{read}": 'state["notes"]' if keyed else "state.notes",
    }

    def filled(text: str) -> str:
        for name, value in own.items():
            text = text.replace(name, value)
        return text

    body = "\n".join(
        part
        for part in (
            "text = {q}",
            f"old = {_reads(choices)[choices['read']]}",
            f"mine = {COPIES[shape][choices['copy']]}",
            GROWTHS[shape][choices["growth"]],
            BOUNDS[shape][choices["bound"]],
            RETURNS[choices["return"]],
        )
        if part
    )
    body = filled(body)
    made, name = NODES[choices["node"]]
    node = made.replace("{body2}", indented(body, 2)).replace("{body}", indented(body))
    parts = [schema, node]
    graph = GRAPHS[choices["graph"]]
    if '"step"' in graph:
        parts.append("def step(state: State):\n" + indented(filled(STEPS[choices["step"]])))
    if "route" in graph:
        parts.append("def route(state: State):\n" + indented(filled(ROUTES[choices["route"]])))
    added = WIRINGS[choices["wiring"]].replace("{node}", name)
    wiring = f"builder = StateGraph(State)\n{added}\n{graph}\n"
    text = "\n\n\n".join(parts)
    helpers = [
        filled(helper) for name, helper in HELPERS.items() if re.search(rf"\b{name}\b", text)
    ]
    return "\n\n\n".join([HEAD + "", *helpers, *parts, wiring])


UPDATES = Grammar(
    "updates",
    frozenset(("LG201", "LG202", "LG203", "LG205")),
    (
        ("schema", lambda _: SCHEMAS),
        ("shape", lambda _: SHAPES),
        ("reducer", _reducers),
        ("read", _reads),
        ("copy", lambda chosen: COPIES[chosen["shape"]]),
        ("growth", lambda chosen: GROWTHS[chosen["shape"]]),
        ("bound", lambda chosen: BOUNDS[chosen["shape"]]),
        ("return", lambda _: RETURNS),
        ("node", lambda _: dict.fromkeys(NODES, "")),
        ("wiring", lambda _: WIRINGS),
        ("graph", _graphs),
        ("step", _steps),
        ("route", _routes),
    ),
    _write,
)
