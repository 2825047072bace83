"""Trimming by returning fewer messages: add_messages merges by id and removes nothing."""

from langchain_core.messages import AIMessage, trim_messages
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, MessagesState, StateGraph


def answer(state: MessagesState) -> MessagesState:
    reply = AIMessage(f"{len(state['messages'])} messages so far")
    kept = trim_messages(state["messages"], max_tokens=4, token_counter=len, strategy="last")
    return {"messages": [*kept, reply]}


builder = StateGraph(MessagesState)
builder.add_node("answer", answer)
builder.add_edge(START, "answer")
builder.add_edge("answer", END)
graph = builder.compile(checkpointer=InMemorySaver())

QUESTION = {"messages": [{"role": "user", "content": "And then?"}]}
