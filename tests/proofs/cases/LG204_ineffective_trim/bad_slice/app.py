"""Trimming by a slice: add_messages merges by id and removes nothing."""

from langchain_core.messages import AIMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, MessagesState, StateGraph


def answer(state: MessagesState) -> MessagesState:
    reply = AIMessage(f"{len(state['messages'])} messages so far")
    return {"messages": [*state["messages"][-4:], reply]}


builder = StateGraph(MessagesState)
builder.add_node("answer", answer)
builder.add_edge(START, "answer")
builder.add_edge("answer", END)
graph = builder.compile(checkpointer=InMemorySaver())

QUESTION = {"messages": [{"role": "user", "content": "And then?"}]}
