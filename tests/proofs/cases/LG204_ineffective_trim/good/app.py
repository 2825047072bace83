"""Trimming by saying which messages go."""

from langchain_core.messages import AIMessage, RemoveMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, MessagesState, StateGraph


def answer(state: MessagesState) -> MessagesState:
    reply = AIMessage(f"{len(state['messages'])} messages so far")
    gone = [RemoveMessage(id=message.id) for message in state["messages"][:-4]]
    return {"messages": [*gone, reply]}


builder = StateGraph(MessagesState)
builder.add_node("answer", answer)
builder.add_edge(START, "answer")
builder.add_edge("answer", END)
graph = builder.compile(checkpointer=InMemorySaver())

QUESTION = {"messages": [{"role": "user", "content": "And then?"}]}
