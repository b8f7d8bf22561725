"""Calls that wait for a disk or a server, made off the event loop and not waited for without end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from bot.store.faults import StoreUnavailable

ANSWER_SECONDS = 3.0
"""A person is told after so long that it does not work now; the platform of official accounts gives up after five."""

_AFTER_A_STANDSTILL = 0.5

T = TypeVar("T")


async def off_loop(act: Callable[[], T], what: str) -> T:
    """Return what `act` returns; `what` names the store. Raises StoreUnavailable when it takes too long.

    Then its thread goes on and gives up a little later. What it may still do must be such that it is done once.
    """
    call = asyncio.create_task(asyncio.to_thread(act))
    # Twice: when this very process stood still, the first time is over before the store could answer.
    for seconds in (ANSWER_SECONDS, _AFTER_A_STANDSTILL):
        done, _ = await asyncio.wait({call}, timeout=seconds)
        if done:
            return call.result()
    call.add_done_callback(_let_go)
    raise StoreUnavailable(f"{what}太慢，没有等它；请检查磁盘或数据库服务器，好了会自己恢复")


def _let_go(call: asyncio.Task[T]) -> None:
    """Look at what came too late, so that it is not reported as forgotten."""
    if not call.cancelled():
        call.exception()
