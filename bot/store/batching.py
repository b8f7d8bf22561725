"""What is asked while a batch is under way is carried out together as the next one: one commit, one round trip."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")


class Batches(Generic[Q, A]):
    """Hands requests over in batches, one batch at a time, in the order they came.

    `carry_out` returns an answer a request in the same order, or an error in its place; what it raises, every request
    of the batch gets.
    """

    def __init__(self, carry_out: Callable[[Sequence[Q]], Awaitable[Sequence[A | Exception]]]) -> None:
        self._carry_out = carry_out
        self._waiting: list[tuple[Q, asyncio.Future[A]]] = []
        self._work: asyncio.Task[None] | None = None

    async def ask(self, request: Q) -> A:
        """Return the answer to `request` once its batch is done."""
        answer: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, answer))
        if self._work is None:
            self._work = asyncio.create_task(self._go_on())
        return await answer

    async def drain(self) -> None:
        """Wait until nothing is under way."""
        while self._work is not None:
            await self._work

    async def _go_on(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                await self._carry_out_one(batch)
        finally:
            self._work = None

    async def _carry_out_one(self, batch: Sequence[tuple[Q, asyncio.Future[A]]]) -> None:
        try:
            answers = await self._carry_out([request for request, _ in batch])
        except Exception as error:  # handed on to everyone who waits
            answers = [error] * len(batch)
        for (_, future), answer in zip(batch, answers, strict=True):
            if future.cancelled():
                continue
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)
