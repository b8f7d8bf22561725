"""Whose turn it is, within one process: one message of a person at a time, in the order they came."""

from __future__ import annotations

import asyncio
import itertools
import math
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from bot.store.base import Limits


@dataclass
class _Line:
    """Who is being answered, until when the claim holds, and who waits."""

    holder: str | None = None
    until: float = 0.0
    waiting: deque[str] = field(default_factory=deque)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def is_free_for(self, token: str, now: float) -> bool:
        """Tell whether the first who waits may begin and is this one."""
        return self.waiting[0] == token and (self.holder is None or self.until <= now)

    def tell(self) -> None:
        """Wake everyone who waits."""
        self.changed.set()
        self.changed = asyncio.Event()


class Lines:
    """The lines of all persons. A holder that does not leave in time loses its place to the next."""

    def __init__(self, limits: Limits, now: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._now = now
        self._tokens = itertools.count()
        self._lines: dict[str, _Line] = {}

    async def enter(self, person: str) -> str | None:
        """Return a token when it is this message's turn; None when the wait was too long."""
        token = str(next(self._tokens))
        line = self._lines.get(person)
        if line is None:
            line = self._lines[person] = _Line()
        line.waiting.append(token)
        try:
            return token if await self._is_reached(line, token) else None
        finally:
            with suppress(ValueError):
                line.waiting.remove(token)
            if line.holder != token:
                self._tidy(person, line)

    def leave(self, person: str, token: str) -> None:
        """End a turn; without holding it nothing happens."""
        line = self._lines.get(person)
        if line is not None and line.holder == token:
            line.holder = None
            self._tidy(person, line)

    def is_busy(self, person: str) -> bool:
        """Tell whether a message of the person is being answered or waits."""
        return person in self._lines

    def holds(self, person: str, token: str) -> bool:
        """Tell whether the turn is still this token's."""
        line = self._lines.get(person)
        return line is not None and line.holder == token

    def stay(self, person: str, token: str) -> bool:
        """Tell whether the turn is still this token's; then nobody takes it over until it leaves."""
        line = self._lines.get(person)
        if line is None or line.holder != token:
            return False
        line.until = math.inf
        return True

    def tidy_up(self) -> None:
        """Forget holders that must be dead and have nobody behind them."""
        for person, line in [*self._lines.items()]:
            if not line.waiting and line.until <= self._now():
                del self._lines[person]

    async def _is_reached(self, line: _Line, token: str) -> bool:
        deadline = self._now() + self._limits.wait_seconds
        while not line.is_free_for(token, self._now()):
            ends = [deadline, *([line.until] if line.holder and line.until > self._now() else [])]
            with suppress(TimeoutError):
                async with asyncio.timeout(min(ends) - self._now()):
                    await line.changed.wait()
            if self._now() >= deadline and not line.is_free_for(token, self._now()):
                return False
        line.holder, line.until = token, self._now() + self._limits.lease_seconds
        return True

    def _tidy(self, person: str, line: _Line) -> None:
        if line.holder is None and not line.waiting:
            self._lines.pop(person, None)
        else:
            line.tell()
