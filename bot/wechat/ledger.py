"""How many messages may still be pushed to a person: counted here, so that the platform is never asked to refuse one.

A message of the person opens 48 hours for five; a click on a menu, following or scanning a code one minute for three.
Each opens a window of its own; what is pushed is taken from the longest one first. Shared by all processes.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from time import time

from bot.store.base import Conversations


@dataclass(frozen=True)
class Allowance:
    """So many pushes within so many seconds."""

    pushes: int
    seconds: float


class Opened(StrEnum):
    """What of a person opens a window."""

    BY_MESSAGE = "message"
    BY_TAP = "tap"


ALLOWANCES = {Opened.BY_MESSAGE: Allowance(5, 48 * 3600.0), Opened.BY_TAP: Allowance(3, 60.0)}
_SPARE_SECONDS = 5.0
"""A window is closed so much earlier here: clocks differ, and a push takes its time."""
_AGAIN_SECONDS = 60.0
"""A window is opened anew at most so often: counting fewer pushes than are allowed does no harm."""


class Ledger:
    """The windows of all persons of one account. Methods raise StoreUnavailable."""

    def __init__(
        self, notes: Conversations, now: Callable[[], float] = time, allowances: dict[Opened, Allowance] = ALLOWANCES
    ) -> None:
        self._notes = notes
        self._now = now
        self._allowances = allowances

    async def heard(self, person: str, how: Opened) -> None:
        """Note that the person did what opens a window."""
        allowance = self._allowances[how]
        if await self._notes.take(f"{person}:{how}:opened", 1, min(_AGAIN_SECONDS, allowance.seconds / 2)):
            window = f"{self._now() + allowance.seconds - min(_SPARE_SECONDS, allowance.seconds / 10)}"
            await self._notes.note(person, how, f"{window} {secrets.token_hex(4)}", allowance.seconds)

    async def spend(self, person: str) -> bool:
        """Take one push from an open window; False when none is left."""
        for how, allowance in self._allowances.items():
            noted = await self._notes.noted(person, how)
            if noted is None:
                continue
            until, _, window = noted.partition(" ")
            if float(until) > self._now() and await self._notes.take(
                f"{person}:{window}", allowance.pushes, allowance.seconds
            ):
                return True
        return False
