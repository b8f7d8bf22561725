"""Counting turns for the overview: in memory, in batches to the records, with nothing of who asked or what was said."""

from __future__ import annotations

import asyncio
import logging
from bisect import bisect_left
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from bot import metrics
from bot.clock import SHANGHAI
from bot.store.counting import OVER, UNDER, TimeKey, TurnKey
from bot.store.faults import StoreError
from bot.store.records import Records
from dialogs.saying import Saying

_log = logging.getLogger(__name__)

_MOST = 20_000
"""Different keys in memory at once. Days, channels, cities, topics and kinds are few: never reached in fifteen seconds,
but for where nothing is ever flushed."""
_BUCKETS = (*UNDER, OVER)


class Counting:
    """Counts turns by day, channel, city, topic and kind, and how long they took; `flush` adds it to the records.

    A turn costs about a microsecond. While the records are out what was counted is dropped, not kept waiting.
    """

    def __init__(self, records: Records, now: Callable[[], float]) -> None:
        self._records = records
        self._now = now
        self._turns: dict[TurnKey, int] = {}
        self._times: dict[TimeKey, int] = {}
        self._day, self._begins, self._ends = date.min, 0.0, 0.0

    def note(self, channel: str, saying: Saying, seconds: float) -> None:
        """Count a turn that was answered within `seconds`."""
        at = self._now()
        if not self._begins <= at < self._ends:
            self._turn_page(at)
        turns, times, day = self._turns, self._times, self._day
        key = (day, channel, saying.city or "", saying.topic or "", saying.kind.value)
        if key in turns:
            turns[key] += 1
        elif len(turns) < _MOST:
            turns[key] = 1
        else:
            metrics.COUNTS.labels("dropped").inc()
            return
        took = (day, _BUCKETS[bisect_left(UNDER, seconds * 1000.0)])
        times[took] = times.get(took, 0) + 1

    async def flush(self) -> None:
        """Add what was counted since the last time to the records."""
        turns, self._turns = self._turns, {}
        times, self._times = self._times, {}
        if not turns:
            return
        try:
            await asyncio.to_thread(self._records.add_counts, turns, times)
        except StoreError as error:
            metrics.COUNTS.labels("dropped").inc(sum(turns.values()))
            _log.error("counts dropped: %s", type(error).__name__)
        else:
            metrics.COUNTS.labels("kept").inc(sum(turns.values()))

    def _turn_page(self, at: float) -> None:
        """Note which day it is in Shanghai and when it begins and ends: asked for each turn it would cost too much."""
        self._day = datetime.fromtimestamp(at, SHANGHAI).date()
        self._begins = datetime.combine(self._day, time.min, SHANGHAI).timestamp()
        self._ends = datetime.combine(self._day + timedelta(days=1), time.min, SHANGHAI).timestamp()
