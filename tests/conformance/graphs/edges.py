"""Every form in which edges are added."""

# ruff: noqa

from __future__ import annotations

import operator
from typing import Annotated, Any, Literal, TypedDict

from langgraph.constants import END as THE_END
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, Send


class State(TypedDict, total=False):
    text: str
    items: list[str]
    results: Annotated[list[str], operator.add]


def node(state: State) -> dict[str, Any]:
    return {"results": ["x"]}


def other(state: State) -> dict[str, Any]:
    return {"results": ["y"]}


points = StateGraph(State)
points.add_node("a", node)
points.add_node("b", other)
points.set_entry_point("a")
points.add_edge("a", "b")
points.set_finish_point("b")
points.compile()

literals = StateGraph(State)
literals.add_node("a", node)
literals.add_edge("__start__", "a")
literals.add_edge("a", "__end__")
literals.compile()

renamed_end = StateGraph(State)
renamed_end.add_node("a", node)
renamed_end.add_edge(START, "a")
renamed_end.add_edge("a", THE_END)
renamed_end.compile()

joins = StateGraph(State)
for name in ["a", "b", "c"]:
    joins.add_node(name, node)
joins.add_node("join", other)
joins.add_edge(START, "a")
joins.add_edge(START, "b")
joins.add_edge("b", "c")
joins.add_edge(["a", "c"], "join")
joins.add_edge("join", END)
joins.compile()

BRANCHES = ["a", "b"]
join_of_variable = StateGraph(State)
for name in BRANCHES:
    join_of_variable.add_node(name, node)
    join_of_variable.add_edge(START, name)
join_of_variable.add_node("join", other, defer=True)
join_of_variable.add_edge(BRANCHES, "join")
join_of_variable.compile()

chain = (
    StateGraph(State)
    .add_node("a", node)
    .add_node("b", other)
    .add_edge(START, "a")
    .add_edge("a", "b")
    .add_edge("b", END)
    .compile()
)

pairs = StateGraph(State)
for name in ("a", "b", "c"):
    pairs.add_node(name, node)
for source, target in [(START, "a"), ("a", "b"), ("b", "c"), ("c", END)]:
    pairs.add_edge(source, target)
pairs.compile()

ORDER = ["a", "b", "c"]
pairwise = StateGraph(State)
for name in ORDER:
    pairwise.add_node(name, node)
pairwise.add_edge(START, ORDER[0])
for source, target in zip(ORDER, ORDER[1:]):
    pairwise.add_edge(source, target)
pairwise.add_edge(ORDER[-1], END)
pairwise.compile()


# --- conditional edges ---------------------------------------------------------------------


def plain_router(state: State) -> str:
    return "b" if state.get("text") else END


def literal_router(state: State) -> Literal["b", "__end__"]:
    return "b"


def list_router(state: State) -> list[str]:
    return ["a", "b"]


async def async_router(state: State) -> str:
    if state.get("text"):
        return "yes"
    return "no"


class Routes:
    def choose(self, state: State) -> Literal["a", "b"]:
        return "a"

    def __call__(self, state: State) -> Literal["a", "b"]:
        return "b"


def two() -> StateGraph:
    made = StateGraph(State)
    made.add_node("a", node)
    made.add_node("b", other)
    made.add_edge(START, "a")
    return made


dict_map = StateGraph(State)
dict_map.add_node("a", node)
dict_map.add_node("b", other)
dict_map.add_edge(START, "a")
dict_map.add_conditional_edges("a", async_router, {"yes": "b", "no": END})
dict_map.compile()

list_map = StateGraph(State)
list_map.add_node("a", node)
list_map.add_node("b", other)
list_map.add_edge(START, "a")
list_map.add_conditional_edges("a", plain_router, ["b", END])
list_map.compile()

bool_map = StateGraph(State)
bool_map.add_node("a", node)
bool_map.add_node("b", other)
bool_map.add_edge(START, "a")
bool_map.add_conditional_edges("a", lambda state: bool(state.get("text")), {True: "b", False: END})
bool_map.compile()

keyword_map = StateGraph(State)
keyword_map.add_node("a", node)
keyword_map.add_node("b", other)
keyword_map.add_edge(START, "a")
keyword_map.add_conditional_edges(source="a", path=async_router, path_map={"yes": "b", "no": END})
keyword_map.compile()

MAPPING = {"yes": "b", "no": END}
variable_map = StateGraph(State)
variable_map.add_node("a", node)
variable_map.add_node("b", other)
variable_map.add_edge(START, "a")
variable_map.add_conditional_edges("a", async_router, MAPPING)
variable_map.compile()

comprehended_map = StateGraph(State)
for name in ("a", "b"):
    comprehended_map.add_node(name, node)
comprehended_map.add_edge(START, "a")
comprehended_map.add_conditional_edges(
    "a", plain_router, {name: name for name in ("a", "b")} | {END: END}
)
comprehended_map.compile()

annotated_router = StateGraph(State)
annotated_router.add_node("a", node)
annotated_router.add_node("b", other)
annotated_router.add_edge(START, "a")
annotated_router.add_conditional_edges("a", literal_router)
annotated_router.compile()

without_map = StateGraph(State)
without_map.add_node("a", node)
without_map.add_node("b", other)
without_map.add_edge(START, "a")
without_map.add_conditional_edges("a", plain_router)
without_map.compile()

returns_list = StateGraph(State)
returns_list.add_node("a", node)
returns_list.add_node("b", other)
returns_list.add_conditional_edges(START, list_router)
returns_list.compile()

routes = Routes()
method_router = StateGraph(State)
method_router.add_node("a", node)
method_router.add_node("b", other)
method_router.add_conditional_edges(START, routes.choose)
method_router.compile()

conditional_entry = StateGraph(State)
conditional_entry.add_node("a", node)
conditional_entry.add_node("b", other)
conditional_entry.set_conditional_entry_point(async_router, {"yes": "a", "no": "b"})
conditional_entry.compile()

two_routers = StateGraph(State)
two_routers.add_node("a", node)
two_routers.add_node("b", other)
two_routers.add_edge(START, "a")
two_routers.add_conditional_edges("a", plain_router, {"b": "b", END: END})
two_routers.add_conditional_edges("a", async_router, {"yes": "b", "no": END})
two_routers.compile()

routers_in_loop = StateGraph(State)
for name in ("a", "b"):
    routers_in_loop.add_node(name, node)
    routers_in_loop.add_conditional_edges(name, async_router, {"yes": "b", "no": END})
routers_in_loop.add_edge(START, "a")
routers_in_loop.compile()


# --- Command and Send ----------------------------------------------------------------------


def annotated_command(state: State) -> Command[Literal["b", "__end__"]]:
    return Command(goto="b")


def command_in_union(state: State) -> Command[Literal["b"]] | dict[str, Any]:
    return {}


def bare_command(state: State) -> Command:
    return Command(goto="b" if state.get("text") else END)


def fan_out(state: State) -> list[Send]:
    return [Send("b", {"text": item}) for item in state.get("items", [])]


commands = StateGraph(State)
commands.add_node("a", annotated_command)
commands.add_node("b", other)
commands.add_edge(START, "a")
commands.compile()

union_command = StateGraph(State)
union_command.add_node("a", command_in_union)
union_command.add_node("b", other)
union_command.add_edge(START, "a")
union_command.compile()

unannotated = StateGraph(State)
unannotated.add_node("a", bare_command)
unannotated.add_node("b", other)
unannotated.add_edge(START, "a")
unannotated.compile()

destinations = StateGraph(State)
destinations.add_node("a", bare_command, destinations=("b", END))
destinations.add_node("b", other, destinations={"a": "again"})
destinations.add_edge(START, "a")
destinations.compile()

sends = StateGraph(State)
sends.add_node("a", node)
sends.add_node("b", other)
sends.add_edge(START, "a")
sends.add_conditional_edges("a", fan_out, ["b"])
sends.compile()

sends_without_map = StateGraph(State)
sends_without_map.add_node("a", node)
sends_without_map.add_node("b", other)
sends_without_map.add_edge(START, "a")
sends_without_map.add_conditional_edges("a", fan_out)
sends_without_map.compile()
