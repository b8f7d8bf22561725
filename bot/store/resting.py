"""A store that has just failed is left alone for a moment: whoever waits for an answer should not wait for it again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.store.faults import StoreUnavailable

REST_SECONDS = 1.0


class Rest:
    """Lets calls through unless one has failed within the last second. Any thread may use it."""

    def __init__(self, name: str, now: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._now = now
        self._until = 0.0

    @contextmanager
    def around(self) -> Iterator[None]:
        """Raise StoreUnavailable at once while the store rests; begin a rest when it turns out to be out."""
        if self._now() < self._until:
            raise StoreUnavailable(f"{self._name}刚才没有响应，正在等它恢复")
        try:
            yield
        except StoreUnavailable:
            self._until = self._now() + REST_SECONDS
            raise
