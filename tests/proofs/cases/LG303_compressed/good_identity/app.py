"""A plain generator whose answer says that it is encoded, behind GZipMiddleware."""

import json
import os
from collections.abc import Iterator
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path
from langchain_core.language_models import BaseChatModel
from langgraph.graph import END, START, MessagesState, StateGraph
from proof_models import ScriptedModel

model: BaseChatModel = ScriptedModel(tokens=list("abcdefgh"), pause=0.15)
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no", "Content-Encoding": "identity"}


def answer(state: MessagesState) -> dict[str, Any]:
    return {"messages": [model.invoke(state["messages"])]}


builder = StateGraph(MessagesState)
builder.add_node("answer", answer)
builder.add_edge(START, "answer")
builder.add_edge("answer", END)
graph = builder.compile()


def ping(_: HttpRequest) -> HttpResponse:
    return HttpResponse("pong")


def chunks(question: str) -> Iterator[str]:
    messages = [{"role": "user", "content": question}]
    try:
        for chunk, _ in graph.stream({"messages": messages}, stream_mode="messages"):
            yield f"data: {json.dumps(chunk.text)}\n\n"
    except Exception:
        yield "event: error\ndata: {}\n\n"


def run(request: HttpRequest) -> StreamingHttpResponse:
    body = chunks(request.GET["question"])
    return StreamingHttpResponse(body, content_type="text/event-stream", headers=HEADERS)


urlpatterns = [path("ping", ping), path("run", run)]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
application = get_wsgi_application()
