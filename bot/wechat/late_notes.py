"""The messages of a person that are answered late, as notes that every process reads and two may write at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.store.base import REPLY_SECONDS, Conversations

NOTE_SECONDS = REPLY_SECONDS - 30.0
"""A note never outlives the reply it points to."""

MOST_LATE = 5
"""So many are remembered; of more than that within ten minutes one that was told, else the oldest makes room."""

WAITS, DOUBTED = "waits", "doubted"
_SENDING = "sending@"
SENDING_SECONDS = 30.0
"""Sending that has not ended by then never will."""


@dataclass(frozen=True)
class Late:
    """A message answered late, noted at `at`, in seconds since 1970.

    `state`: it waits; it was sent and may have arrived (doubted); it is being sent since then; else the key of the
    message with which it was told.
    """

    slot: int
    at: float
    key: str
    state: str

    @property
    def waits(self) -> bool:
        """Whether nobody told it, or nobody knows."""
        return self.state in (WAITS, DOUBTED)

    @property
    def is_sent(self) -> bool:
        """Whether sending it was begun."""
        return self.state.startswith(_SENDING)

    def is_being_sent(self, now: float) -> bool:
        """Whether it is on its way as a message."""
        return self.is_sent and now < float(self.state.removeprefix(_SENDING)) + SENDING_SECONDS


def sending(now: float) -> str:
    """Return the state of a message whose answer begins to be sent."""
    return f"{_SENDING}{now:.3f}"


class LateNotes:
    """The late messages of all persons. Methods raise StoreError."""

    def __init__(self, conversations: Conversations, now: Callable[[], float]) -> None:
        self._conversations = conversations
        self._now = now

    async def of(self, person: str) -> list[Late]:
        """Return those that are remembered, the oldest first."""
        noted = await asyncio.gather(*(self._conversations.noted(person, _name(slot)) for slot in range(MOST_LATE)))
        return sorted((_read(slot, one) for slot, one in enumerate(noted) if one), key=lambda late: late.at)

    async def add(self, person: str, key: str) -> None:
        """Remember a message; the same one once, however often."""
        late = await self.of(person)
        if not any(one.key == key for one in late):
            await self.keep(person, Late(await self._free_slot(person, late), self._now(), key, WAITS))

    async def keep(self, person: str, late: Late) -> None:
        """Write one anew."""
        value = f"{late.at:.3f} {late.key} {late.state}"
        await self._conversations.note(person, _name(late.slot), value, NOTE_SECONDS)

    async def remove(self, person: str, key: str) -> None:
        """Forget a message."""
        for one in await self.of(person):
            if one.key == key:
                await self._conversations.note(person, _name(one.slot), None)

    async def _free_slot(self, person: str, late: Iterable[Late]) -> int:
        for slot in range(MOST_LATE):
            # Counted, so that two that are late at the same moment never take the same one.
            if await self._conversations.take(f"{person}:{_name(slot)}", 1, NOTE_SECONDS):
                return slot
        used = {one.slot: (one.waits, one.at) for one in late}
        return min(range(MOST_LATE), key=lambda slot: used.get(slot, (False, 0.0)))


def _name(slot: int) -> str:
    return f"late:{slot}"


def _read(slot: int, noted: str) -> Late:
    at, key, state = noted.split(" ")
    return Late(slot, float(at), key, state)
