"""What the records do for the overview:  how many turns there were, and how long they took."""

from __future__ import annotations

from bot.store.opened import Opened


class CountingRecords(Opened):
    """The part of `bot.store.records.Records` about the overview; what holds of its methods holds of these."""
