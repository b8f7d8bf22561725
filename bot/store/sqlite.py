"""The embedded default: conversations in one SQLite file, for one serving process.

Reads happen at once; writes go to a thread of their own, and those that come while it is busy share the next commit.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from bot.store.base import PURGE_SECONDS, REPLY_SECONDS, Claim, ClaimLost, Given, Kept, Limits, NotNow
from bot.store.batching import Batches
from bot.store.counters import Counters
from bot.store.faults import told_plainly
from bot.store.lines import Lines
from bot.store.off_loop import off_loop
from bot.store.sealing import DRAFTS, KEYS, Sealing, is_sealed, sealed, unsealed
from bot.store.sqlite_file import ConversationsFile, Row
from bot.store.vault import Vault
from dialogs.session import Session

_NAME = "会话库"
_FAULTS = (sqlite3.Error, RuntimeError)
"""What a file raises; a RuntimeError when it is closed already."""

T = TypeVar("T")


class SqliteConversations:
    """Conversations in a file: sessions for 24 hours after the last turn, dialogs for 7 days, replies for 10 minutes.

    What is personal is sealed with `vault`; without one it is not written. A turn is on disk when `save` returns.
    Whose turn it is, is known to this process alone: one process serves from a file.
    """

    def __init__(
        self,
        path: Path,
        vault: Vault | None = None,
        *,
        limits: Limits | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._now = now
        self._limits = limits or Limits()
        self._sealing = Sealing(vault)
        self._lines = Lines(self._limits)
        self._counters = Counters()
        self._saves = Batches[Row, None](self._save_all)
        self._file = ConversationsFile(path)
        self._thread = ThreadPoolExecutor(1, "conversations")

    async def claim(self, person: str, message_key: str) -> Claim | Given | NotNow:
        """Take the person's next turn; see the port."""
        if self._lines.is_busy(person):  # what was answered needs no turn, and no waiting for one
            reply = await self.given(person, message_key)
            if reply is not None:
                return Given(reply)
        token = await self._lines.enter(person)
        if token is None:
            return NotNow.BUSY
        found: Claim | Given | NotNow = NotNow.BUSY
        try:
            found = await self._found(person, message_key, token)
        finally:
            if not isinstance(found, Claim):
                self._lines.leave(person, token)
        return found

    async def save(self, claim: Claim, kept: Kept) -> None:
        """Keep the session and the reply; see the port."""
        try:
            if not self._lines.holds(claim.person, claim.token):
                raise ClaimLost
            row = await self._row(claim, kept)
            # Somebody may have taken over while the vault was slow; nobody may while the disk is.
            if not self._lines.stay(claim.person, claim.token):
                raise ClaimLost
            await self._saves.ask(row)
        finally:
            self._lines.leave(claim.person, claim.token)

    async def release(self, claim: Claim) -> None:
        """End the claim and keep nothing."""
        self._lines.leave(claim.person, claim.token)

    async def load(self, person: str) -> Session:
        """Return the person's session; a new one when there is none or its time is over."""
        return await self._session(person, self._find(person, "")[1])

    async def forget(self, person: str) -> None:
        """Remove the person's session and replies, and destroy the keys they were sealed with."""
        await off_loop(partial(self._sealing.forget, [person], [person]), KEYS)
        await self._written(partial(self._file.forget, person))

    async def take(self, name: str, limit: int, seconds: float) -> bool:
        """Count one more of `name` in this process; False when there were `limit` in these seconds already."""
        return self._counters.take(name, limit, seconds)

    async def given(self, person: str, message_key: str) -> str | None:
        """Return the reply a message got; see the port."""
        return await self._reply(person, self._find(person, message_key)[0])

    async def note(self, owner: str, name: str, value: str | None, seconds: float = 0.0) -> None:
        """Keep a short text of `owner`; see the port."""
        await self._written(partial(self._file.note, owner, name, value, self._now() + seconds))

    async def noted(self, owner: str, name: str) -> str | None:
        """Return the text kept; None when there is none or its time is over."""
        with told_plainly(_FAULTS, _NAME):
            return self._file.noted(owner, name, self._now())

    async def ping(self) -> None:
        """Return when the file can be written."""
        await self._written(self._file.touch)

    async def purge(self) -> None:
        """Remove what is past its time, and destroy the keys to it; once an hour those too that open nothing."""
        self._lines.tidy_up()
        self._counters.tidy_up()
        for person in await self._written(partial(self._file.purge_open, self._now())):
            purge = partial(self._file.purge_sealed, person, self._now(), self._sealing.forget)
            await self._in_turn(person, partial(self._written, purge))
        if self._counters.take("purge", 1, PURGE_SECONDS):
            for person in await asyncio.to_thread(self._sealing.owners, DRAFTS, REPLY_SECONDS):
                await self._in_turn(person, partial(self._destroy_unused, person))

    async def _in_turn(self, person: str, act: Callable[[], Awaitable[None]]) -> None:
        """Do it while no turn of the person is under way: the key of what is just being kept would be destroyed."""
        token = await self._lines.enter(person)
        if token is None:
            return
        try:
            await act()
        finally:
            self._lines.leave(person, token)

    async def _destroy_unused(self, person: str) -> None:
        if not is_sealed(self._find(person, "")[1] or ""):
            await off_loop(partial(self._sealing.forget, [person], []), KEYS)

    async def close(self) -> None:
        """Finish what is under way and close the file."""
        await self._saves.drain()
        self._thread.shutdown(wait=True)
        self._file.close()

    async def _found(self, person: str, message_key: str, token: str) -> Claim | Given | NotNow:
        stored, state = self._find(person, message_key)
        reply = await self._reply(person, stored)
        if reply is not None:
            return Given(reply)
        if not self._counters.take(person, self._limits.turns_a_minute, 60):
            return NotNow.TOO_MANY
        return Claim(person, message_key, token, await self._session(person, state))

    def _find(self, person: str, message_key: str) -> tuple[str | None, str | None]:
        with told_plainly(_FAULTS, _NAME):
            return self._file.find(person, message_key, self._now())

    async def _reply(self, person: str, stored: str | None) -> str | None:
        return None if stored is None else await unsealed(stored, partial(self._sealing.body, person, stored))

    async def _session(self, person: str, state: str | None) -> Session:
        if state is None:
            return Session()
        return await unsealed(state, partial(self._sealing.session, person, state))

    async def _row(self, claim: Claim, kept: Kept) -> Row:
        now = self._now()
        state, reply = await sealed(self._sealing, claim.person, kept)
        return Row(claim.person, state, now, now + kept.seconds, kept.drops_replies, claim.message_key, reply)

    async def _save_all(self, rows: Sequence[Row]) -> Sequence[None]:
        await self._written(partial(self._file.write, rows))
        return [None] * len(rows)

    async def _written(self, act: Callable[[], T]) -> T:
        """Return what `act` returns on the writer's thread."""
        with told_plainly(_FAULTS, _NAME):
            return await asyncio.get_running_loop().run_in_executor(self._thread, act)
