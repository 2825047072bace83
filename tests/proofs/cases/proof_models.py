"""What the cases talk to instead of a provider: a scripted chat model and a flaky service."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult


class ScriptedModel(BaseChatModel):
    """Streams `tokens`, `pause` seconds apart; the first `failures` answers break off midway."""

    tokens: list[str]
    pause: float = 0.0
    failures: int = 0

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _script(self) -> Iterator[str]:
        if self.failures == 0:
            yield from self.tokens
            return
        self.failures -= 1
        yield from self.tokens[: len(self.tokens) // 2]
        raise ConnectionError("the provider closed the connection")

    def _stream(
        self,
        messages: list[BaseMessage],  # noqa: ARG002
        stop: list[str] | None = None,  # noqa: ARG002
        run_manager: Any = None,
        **kwargs: Any,  # noqa: ARG002
    ) -> Iterator[ChatGenerationChunk]:
        for token in self._script():
            time.sleep(self.pause)
            chunk = ChatGenerationChunk(message=AIMessageChunk(content=token))
            if run_manager:
                run_manager.on_llm_new_token(token, chunk=chunk)
            yield chunk

    async def _astream(
        self,
        messages: list[BaseMessage],  # noqa: ARG002
        stop: list[str] | None = None,  # noqa: ARG002
        run_manager: Any = None,
        **kwargs: Any,  # noqa: ARG002
    ) -> AsyncIterator[ChatGenerationChunk]:
        for token in self._script():
            await asyncio.sleep(self.pause)
            chunk = ChatGenerationChunk(message=AIMessageChunk(content=token))
            if run_manager:
                await run_manager.on_llm_new_token(token, chunk=chunk)
            yield chunk

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: Any = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> ChatResult:
        answer = "".join(str(c.message.content) for c in self._stream(messages, stop, **kwargs))
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=answer))])


class FlakyService:
    """Answers from the second call of each run on; the first call of a run fails."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    async def fetch(self, run: str) -> str:
        if run in self.seen:
            return "found"
        self.seen.add(run)
        raise ConnectionError("the service closed the connection")
