"""What the records do for the overview: how many turns there were, and how long they took."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bot.store import counting
from bot.store.counting import By, Counts, TimeKey, TurnKey
from bot.store.opened import Opened


class CountingRecords(Opened):
    """The part of `bot.store.records.Records` about the overview; what holds of its methods holds of these.

    Days are those of Asia/Shanghai; `since` and `until` are both included.
    """

    def add_counts(self, turns: Mapping[TurnKey, int], times: Mapping[TimeKey, int]) -> None:
        """Add turns to what was counted before, all or none; kept for two years."""
        if turns or times:
            with self._writing() as connection:
                counting.add(connection, turns, times)

    def turns_by(self, by: By, since: date, until: date, city: str | None = None) -> Counts:
        """Return how many turns there were by ("day", "channel", "city" or "topic", kind); of one city (None: all)."""
        with self._reading() as connection:
            return counting.turns_by(connection, by, since, until, city)

    def turn_times(self, since: date, until: date) -> dict[TimeKey, int]:
        """Return how many turns there were by (day, milliseconds they took at most; `counting.OVER`: more)."""
        with self._reading() as connection:
            return counting.times(connection, since, until)
