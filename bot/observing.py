"""What is counted and logged of every turn: kinds, times and faults, never who it was or what was said."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from prometheus_client import Counter, Histogram

from bot import metrics
from bot.faults import trace_of
from bot.store.faults import StoreError
from dialogs.saying import Saying

_log = logging.getLogger(__name__)


@cache
def _counts_of(channel: str, kind: str) -> tuple[Counter, Histogram]:
    """Return what counts the turns of a channel and kind: finding it by its labels costs more than counting."""
    return metrics.TURNS.labels(channel, kind), metrics.TURN_SECONDS.labels(channel)


class Observer:
    """Sees turns, repeats, limits and faults."""

    def saw_turn(self, channel: str, saying: Saying, seconds: float) -> None:
        """Count a turn that was answered."""
        turns, times = _counts_of(channel, saying.kind)
        turns.inc()
        times.observe(seconds)
        _log.info(
            "turn",
            extra={"channel": channel, "kind": saying.kind, "city": saying.city, "ms": round(seconds * 1000, 1)},
        )

    def saw_duplicate(self, channel: str) -> None:
        """Count a message that was delivered again and got the reply it had."""
        metrics.DUPLICATES.labels(channel).inc()
        _log.info("duplicate", extra={"channel": channel})

    def saw_limit(self, limit: str) -> None:
        """Count a message that got no turn."""
        metrics.LIMITED.labels(limit).inc()
        _log.info("limited", extra={"limit": limit})

    def saw_store_fault(self, part: str, error: StoreError) -> None:
        """Count and log that a store could not be used."""
        metrics.STORE_FAULTS.labels(part, type(error).__name__).inc()
        _log.error("store out: %s", type(error).__name__, extra={"part": part})

    def saw_fault(self, channel: str, error: BaseException) -> None:
        """Count and log an error of our own: its kind and place; its text may quote the person."""
        metrics.FAULTS.labels(channel).inc()
        _log.error("turn failed: %s", trace_of(error), extra={"channel": channel})

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Count a turn as being taken."""
        metrics.UNDER_WAY.inc()
        try:
            yield
        finally:
            metrics.UNDER_WAY.dec()
