"""Calls that wait for a disk or a server, made off the event loop and not waited for without end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from bot.store.faults import StoreUnavailable

ANSWER_SECONDS = 3.0
"""A person is told after so long that it does not work now; the platform of official accounts gives up after five."""

T = TypeVar("T")


async def off_loop(act: Callable[[], T], what: str) -> T:
    """Return what `act` returns; `what` names the store. Raises StoreUnavailable when it takes too long.

    Then its thread goes on and gives up a little later. What it may still do must be such that it is done once.
    """
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return await asyncio.to_thread(act)
    except TimeoutError:
        raise StoreUnavailable(f"{what}太慢，没有等它；请检查磁盘或数据库服务器，好了会自己恢复") from None
