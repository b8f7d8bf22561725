"""How often something happened in the running window, within one process."""

from __future__ import annotations

import time
from collections.abc import Callable


class Counters:
    """Counters by name; each begins anew when its window has ended."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._counts: dict[str, tuple[int, float]] = {}

    def take(self, name: str, limit: int, seconds: float) -> bool:
        """Count one more; False when there were `limit` in these `seconds` already."""
        now = self._now()
        count, until = self._counts.get(name, (0, now + seconds))
        if until <= now:
            count, until = 0, now + seconds
        self._counts[name] = (count + 1, until)
        return count < limit

    def tidy_up(self) -> None:
        """Forget the windows that have ended."""
        now = self._now()
        for name in [name for name, (_, until) in self._counts.items() if until <= now]:
            del self._counts[name]
