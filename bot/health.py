"""Which part is in order: looked at by monitoring, never on the way of a message."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from bot import metrics
from bot.store.faults import StoreError

LOOK_SECONDS = 2.0
"""A part that has not answered by then is out; a look is good for as long."""

Look = Callable[[], Awaitable[None]]


class Health:
    """Knows the parts by name, each with a look that raises StoreError when it is out."""

    def __init__(self, looks: dict[str, Look]) -> None:
        self._looks = looks
        self._found: dict[str, str] = {}
        self._until = 0.0
        self._looking = asyncio.Lock()
        self.is_draining = False
        """Whether this process is about to stop: it is ready for no more."""

    async def parts(self) -> dict[str, str]:
        """Return "ok" or "out" for every part, not older than two seconds."""
        async with self._looking:
            if time.monotonic() >= self._until:
                states = await asyncio.gather(*(self._state(name) for name in self._looks))
                self._found = dict(zip(self._looks, states, strict=True))
                self._until = time.monotonic() + LOOK_SECONDS
        return self._found

    async def _state(self, name: str) -> str:
        state = "out"
        with suppress(StoreError, TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await self._looks[name]()
            state = "ok"
        metrics.PART_IS_OUT.labels(name).set(state == "out")
        return state
