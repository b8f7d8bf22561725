"""Calls to Redis: those of one moment share a round trip; a server that is out is not waited for again and again."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from redis import exceptions
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from bot.store.batching import Batches
from bot.store.faults import StoreUnavailable
from bot.store.resting import Rest

ANSWER_SECONDS = 1.0
"""A server that has not answered by then is out."""


@dataclass(frozen=True)
class Call:
    """A script with its keys and arguments."""

    script: str
    keys: tuple[str, ...]
    arguments: tuple[str | int, ...] = ()


class RedisCalls:
    """Runs scripts on the Redis at `url`. Raises StoreUnavailable, with no word of the address or what was sent."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(
            url,
            socket_timeout=ANSWER_SECONDS,
            socket_connect_timeout=ANSWER_SECONDS,
            decode_responses=True,
            max_connections=4,
            # A connection that died while idle is noticed at the next call: once more, on a new one.
            retry=Retry(NoBackoff(), 1),
            retry_on_error=[exceptions.ConnectionError],
        )
        self._batches = Batches[Call, Any](self._run_all)
        self._rest = Rest("Redis ")

    async def run(self, call: Call) -> Any:
        """Return what the script returns."""
        return await self._batches.ask(call)

    async def info(self) -> dict[str, Any]:
        """Return what the server says of itself and its settings. Raises StoreUnavailable."""
        with _told():
            facts = dict(await self._redis.info())
            for name in ("appendonly", "appendfsync", "maxmemory-policy"):
                facts[name] = (await self._redis.config_get(name)).get(name)
        return facts

    async def close(self) -> None:
        """Finish what is under way and close the connections."""
        await self._batches.drain()
        await self._redis.aclose()

    async def _run_all(self, calls: Sequence[Call]) -> Sequence[Any]:
        with self._rest.around(), _told():
            return await self._pipelined(calls)

    async def _pipelined(self, calls: Sequence[Call]) -> Sequence[Any]:
        answers = await self._sent(calls, by_digest=True)
        unknown = [index for index, answer in enumerate(answers) if isinstance(answer, exceptions.NoScriptError)]
        if unknown:  # the first time, and after a restart of the server
            again = await self._sent([calls[index] for index in unknown], by_digest=False)
            for index, answer in zip(unknown, again, strict=True):
                answers[index] = answer
        return [_unavailable(answer) if isinstance(answer, exceptions.RedisError) else answer for answer in answers]

    async def _sent(self, calls: Sequence[Call], *, by_digest: bool) -> list[Any]:
        pipeline = self._redis.pipeline(transaction=False)
        for call in calls:
            given = (*call.keys, *call.arguments)
            if by_digest:
                pipeline.evalsha(_digest(call.script), len(call.keys), *given)
            else:
                pipeline.eval(call.script, len(call.keys), *given)
        async with asyncio.timeout(2 * ANSWER_SECONDS):
            answers: list[Any] = await pipeline.execute(raise_on_error=False)
        return answers


@cache
def _digest(script: str) -> str:
    return hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest()


@contextmanager
def _told() -> Iterator[None]:
    """Turn what the client raises into StoreUnavailable."""
    try:
        yield
    except (exceptions.RedisError, OSError, TimeoutError) as error:
        raise _unavailable(error) from None


def _unavailable(error: Exception) -> StoreUnavailable:
    """Return what is told of an error; its own text may name the address or quote what was sent."""
    kind = "OutOfMemoryError" if "OOM" in str(error) else type(error).__name__
    return StoreUnavailable(f"Redis 读写不了（{kind}）；请检查 Redis 服务器和内存，好了会自己恢复")
