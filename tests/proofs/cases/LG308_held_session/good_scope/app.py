"""Of the scope of the function."""

import tempfile
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI
from fastapi.responses import StreamingResponse
from langchain_core.language_models import BaseChatModel
from langgraph.graph import END, START, MessagesState, StateGraph
from proof_models import ScriptedModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

model: BaseChatModel = ScriptedModel(tokens=list("abcdefgh"), pause=0.5)


async def answer(state: MessagesState) -> MessagesState:
    return {"messages": [await model.ainvoke(state["messages"])]}


builder = StateGraph(MessagesState)
builder.add_node("answer", answer)
builder.add_edge(START, "answer")
builder.add_edge("answer", END)
graph = builder.compile()

engine = create_async_engine(
    f"sqlite+aiosqlite:///{tempfile.mktemp(suffix='.db')}",
    poolclass=AsyncAdaptedQueuePool,
    pool_size=3,
    max_overflow=0,
    pool_timeout=1.5,
)
sessions = async_sessionmaker(engine)
app = FastAPI()
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


async def get_session() -> AsyncIterator[AsyncSession]:
    async with sessions() as session:
        yield session


async def events(question: str) -> AsyncIterator[str]:
    messages = [{"role": "user", "content": question}]
    try:
        async for chunk, _ in graph.astream({"messages": messages}, stream_mode="messages"):
            yield f"data: {chunk.text}\n\n"
    except Exception:
        yield "event: error\ndata: {}\n\n"
    yield "event: end\ndata: {}\n\n"


@app.get("/ping")
async def ping() -> str:
    return "pong"


@app.get("/other")
async def other() -> int:
    async with sessions() as session:
        return await session.scalar(text("select 1")) or 0


@app.get("/run")
async def run(
    question: str, session: Annotated[AsyncSession, Depends(get_session, scope="function")]
) -> StreamingResponse:
    await session.execute(text("select 1"))
    return StreamingResponse(events(question), media_type="text/event-stream", headers=HEADERS)
