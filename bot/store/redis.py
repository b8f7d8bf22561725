"""Conversations in Redis 6 or later: for several processes, on one host or many."""

from __future__ import annotations

import asyncio
import secrets
import time
from contextlib import suppress
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

from bot.store.base import PURGE_SECONDS, REPLY_SECONDS, Claim, ClaimLost, Given, Kept, Limits, NotNow
from bot.store.faults import StoreError
from bot.store.off_loop import off_loop
from bot.store.redis_calls import Call, RedisCalls
from bot.store.redis_scripts import CLAIM, EXISTS, FORGET, NOTE, READ, RELEASE, SAVE, TAKE, WRITE
from bot.store.sealing import DRAFTS, KEYS, REPLIES, Sealing, is_sealed, sealed, unsealed
from bot.store.vault import Vault
from dialogs.session import Session

_PREFIX = "juzhuzheng"
_ASK_AGAIN_SECONDS = 0.02
"""How often a message that waits asks whether it is its turn; one served by this process is told at once."""
_PATIENCE_SECONDS = 1.0
"""A message that has not asked for so long has lost its place: its process is dead."""
_WINDOW_SECONDS = 60


class RedisConversations:
    """Conversations in the Redis at `url`, each entry with its time to live; what is personal is sealed with `vault`.

    A turn is as safe as Redis keeps it: on disk when `save` returns with `appendonly yes`, `appendfsync always` and
    `noeviction` (`juzhuzheng doctor` looks). Nothing is connected before the first call.
    """

    def __init__(self, url: str, vault: Vault | None = None, *, limits: Limits | None = None) -> None:
        self._calls = RedisCalls(url)
        self._sealing = Sealing(vault)
        self._limits = limits or Limits()
        # Weak: a message that waited and got another's reply takes no turn, so nobody would remove its event.
        self._freed: WeakValueDictionary[str, asyncio.Event] = WeakValueDictionary()

    async def claim(self, person: str, message_key: str) -> Claim | Given | NotNow:
        """Take the person's next turn; see the port."""
        ticket = secrets.token_hex(8)
        taken: Claim | Given | NotNow = NotNow.BUSY
        try:
            taken = await self._taken(person, message_key, ticket)
        finally:
            if taken is NotNow.BUSY:
                with suppress(StoreError):
                    await self._release(person, ticket)
        return taken

    async def save(self, claim: Claim, kept: Kept) -> None:
        """Keep the session and the reply; see the port."""
        try:
            is_kept = await self._is_kept(claim, kept)
        except StoreError:
            # Redis or the disk of the keys may be full and nothing else: then the person's next message goes on.
            with suppress(StoreError):
                await self.release(claim)
            raise
        self._tell(claim.person)
        if not is_kept:
            raise ClaimLost

    async def release(self, claim: Claim) -> None:
        """End the claim and keep nothing."""
        await self._release(claim.person, claim.token)

    async def load(self, person: str) -> Session:
        """Return the person's session; a new one when there is none or its time is over."""
        return await self._session(person, await self._calls.run(Call(READ, _keys(person, "session"))))

    async def forget(self, person: str) -> None:
        """Remove the person's session and replies, and destroy the keys they were sealed with."""
        await off_loop(partial(self._sealing.forget, [person], [person]), KEYS)
        await self._calls.run(Call(FORGET, _keys(person, "session", "replies", "holder", "notes")))

    async def take(self, name: str, limit: int, seconds: float) -> bool:
        """Count one more of `name` in all processes; False when there were `limit` in these seconds already."""
        count = await self._calls.run(Call(TAKE, (f"{_PREFIX}:count:{name}",), (_milliseconds(seconds),)))
        return int(count) <= limit

    async def given(self, person: str, message_key: str) -> str | None:
        """Return the reply a message got; see the port."""
        stored = await self._calls.run(Call(READ, _keys(person, f"reply:{message_key}")))
        return None if stored is None else await unsealed(stored, partial(self._sealing.body, person, stored))

    async def note(self, owner: str, name: str, value: str | None, seconds: float = 0.0) -> None:
        """Keep a short text of `owner`; see the port."""
        given = (_milliseconds(seconds), "" if value is None else f"v{value}")
        await self._calls.run(Call(NOTE, _keys(owner, f"note:{name}", "notes"), given))

    async def noted(self, owner: str, name: str) -> str | None:
        """Return the text kept; None when there is none or its time is over."""
        value: str | None = await self._calls.run(Call(READ, _keys(owner, f"note:{name}")))
        return value

    async def ping(self) -> None:
        """Return when the server takes what is written."""
        await self._calls.run(Call(WRITE, (f"{_PREFIX}:ping",)))

    async def info(self) -> dict[str, Any]:
        """Return the server's version and the settings that decide what a crash loses."""
        return await self._calls.info()

    async def purge(self) -> None:
        """Destroy the keys to what Redis has let expire; once an hour, by one process."""
        if not await self.take("purge", 1, PURGE_SECONDS):
            return
        for prefix in (DRAFTS, REPLIES):
            for person in await asyncio.to_thread(self._sealing.owners, prefix, REPLY_SECONDS):
                await self._destroy_unused(person, prefix)

    async def close(self) -> None:
        """Finish what is under way and close the connections."""
        await self._calls.close()

    async def _is_used(self, person: str, prefix: str) -> bool:
        """Tell whether something of the person is there that the key opens."""
        if prefix == REPLIES:
            return bool(await self._calls.run(Call(EXISTS, _keys(person, "replies"))))
        return is_sealed(await self._calls.run(Call(READ, _keys(person, "session"))) or "")

    async def _destroy_unused(self, person: str, prefix: str) -> None:
        if await self._is_used(person, prefix):
            return
        # Under a claim: between a turn's sealing and its saving the entry is not there yet.
        claim = await self.claim(person, secrets.token_hex(8))
        if not isinstance(claim, Claim):
            return
        try:
            if not await self._is_used(person, prefix):
                drafts, replies = ([person], []) if prefix == DRAFTS else ([], [person])
                await asyncio.to_thread(self._sealing.forget, drafts, replies)
        finally:
            await self.release(claim)

    async def _taken(self, person: str, message_key: str, ticket: str) -> Claim | Given | NotNow:
        match await self._asked_until_told(person, message_key, ticket):
            case ["yours", state]:
                return Claim(person, message_key, ticket, await self._session(person, state))
            case ["given", stored]:
                reply = await unsealed(stored, partial(self._sealing.body, person, stored))
                return NotNow.BUSY if reply is None else Given(reply)
            case ["too_many"]:
                return NotNow.TOO_MANY
        return NotNow.BUSY

    async def _asked_until_told(self, person: str, message_key: str, ticket: str) -> list[Any]:
        names = ("session", "holder", "waiting", "seen", "count", f"reply:{message_key}")
        lease, patience = _milliseconds(self._limits.lease_seconds), _milliseconds(_PATIENCE_SECONDS)
        given = (ticket, lease, patience, self._limits.turns_a_minute, _milliseconds(_WINDOW_SECONDS))
        call = Call(CLAIM, _keys(person, *names), given)
        deadline = time.monotonic() + self._limits.wait_seconds
        while True:
            answer: list[Any] = await self._calls.run(call)
            if answer[0] != "wait" or time.monotonic() >= deadline:
                return answer
            freed = self._freed.setdefault(person, asyncio.Event())
            with suppress(TimeoutError):
                async with asyncio.timeout(_ASK_AGAIN_SECONDS):
                    await freed.wait()

    async def _is_kept(self, claim: Claim, kept: Kept) -> bool:
        person = claim.person
        # Sealing destroys the key of the replies that are dropped: never on behalf of a claim that was lost.
        if kept.drops_replies and await self._calls.run(Call(READ, _keys(person, "holder"))) != claim.token:
            return False
        state, reply = await sealed(self._sealing, person, kept)
        keys = ("session", "holder", "replies", f"reply:{claim.message_key}")
        times = _milliseconds(kept.seconds), _milliseconds(REPLY_SECONDS)
        # "s" and "r" before them: an empty reply is one, and none is not.
        given = (claim.token, *times, f"s{state}" if state else "", "" if reply is None else f"r{reply}")
        return bool(await self._calls.run(Call(SAVE, _keys(person, *keys), (*given, int(kept.drops_replies)))))

    async def _release(self, person: str, ticket: str) -> None:
        await self._calls.run(Call(RELEASE, _keys(person, "holder", "waiting", "seen"), (ticket,)))
        self._tell(person)

    def _tell(self, person: str) -> None:
        """Wake the messages of the person that wait in this process."""
        freed = self._freed.pop(person, None)
        if freed is not None:
            freed.set()

    async def _session(self, person: str, state: str | None) -> Session:
        if state is None:
            return Session()
        return await unsealed(state, partial(self._sealing.session, person, state))


def _keys(person: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{_PREFIX}:{{{person}}}:{name}" for name in names)


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
