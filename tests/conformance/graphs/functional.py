"""Functional graphs: one node of the entrypoint's name."""

from __future__ import annotations

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.func import entrypoint, task


@task
def work(number: int) -> int:
    return number


@entrypoint()
def plain(numbers: list[int]) -> list[int]:
    return [work(number).result() for number in numbers]


@entrypoint(checkpointer=InMemorySaver())
async def saved(numbers: list[int], *, previous: list[int] | None = None) -> list[int]:
    return [*(previous or []), *numbers]
