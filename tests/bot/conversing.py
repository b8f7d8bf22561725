"""Where a test keeps conversations: in a file or in a real Redis, opened as often as there are processes."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Awaitable
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import redis

from bot.store.base import SESSION_SECONDS, Claim, Conversations, Given, Kept, Limits
from bot.store.redis import RedisConversations
from bot.store.sqlite import SqliteConversations
from bot.store.vault import Vault
from dialogs.flows.state import FlowState
from dialogs.session import Session
from tests.bot.keeping import found_in
from tests.bot.servers import RedisServer

TALK = Session(city="luoyang", topics=("overdue",), waiting=(), offered=("去哪里签注",))
SECRET = "渠县天星镇红旗村2组15号"
DIALOG = Session(city="bazhong", flow=FlowState("declaration", {"address": SECRET}, touched="2026-11-02"))


class Clock:
    """A clock that is set by hand, in seconds since 1970."""

    def __init__(self) -> None:
        self.time = time.time()

    def __call__(self) -> float:
        return self.time


class Store:
    """One place for conversations: a file in `folder`, or the Redis `server`. What `open` gives, `close` closes."""

    def __init__(self, folder: Path, server: RedisServer | None = None) -> None:
        self.folder = folder
        self.server = server
        self.clock = Clock()
        self._opened: list[Conversations] = []

    @property
    def file(self) -> Path:
        return self.folder / "conversations.sqlite3"

    def open(self, vault: Vault | None = None, **limits: Any) -> Conversations:
        """Open the place, as one process more."""
        given = Limits(**{"turns_a_minute": 1000, **limits})
        opened: Conversations
        if self.server is None:
            opened = SqliteConversations(self.file, vault, limits=given, now=self.clock)
        else:
            opened = RedisConversations(self.server.url, vault, limits=given)
        self._opened.append(opened)
        return opened

    async def close(self) -> None:
        """Close what is open."""
        while self._opened:
            await self._opened.pop().close()

    def let_pass(self, seconds: float) -> None:
        """Let time pass for what is kept; Redis removes what is past its time, as it would by then."""
        self.clock.time += seconds
        if self.server is None:
            return
        with self.client() as client:
            for key, left in self.milliseconds_left().items():
                client.pexpire(key, max(0, round(left - seconds * 1000)))

    def client(self) -> redis.Redis:
        """Return a client of its own to the server."""
        assert self.server is not None
        return redis.Redis.from_url(self.server.url, decode_responses=True)

    def milliseconds_left(self) -> dict[str, int]:
        """Return the time to live of every key in Redis; -1: for ever."""
        with self.client() as client:
            keys = cast(list[str], client.keys())
            return {key: cast(int, client.pttl(key)) for key in keys}

    def waiting(self, person: str = "anna") -> int:
        """Return how many messages of the person wait for their turn in Redis."""
        with self.client() as client:
            return cast(int, client.zcard(f"juzhuzheng:{{{person}}}:waiting"))

    def put_session(self, state: str, person: str = "anna") -> None:
        """Write a session behind the store's back."""
        if self.server is None:
            with closing(sqlite3.connect(self.file)) as database, database:
                until = self.clock() + SESSION_SECONDS
                database.execute("INSERT OR REPLACE INTO session VALUES (?, ?, ?)", (person, until, state))
        else:
            with self.client() as client:
                client.set(f"juzhuzheng:{{{person}}}:session", state)

    def session(self, person: str) -> str:
        """Read a session behind the store's back, as it is kept."""
        if self.server is None:
            with closing(sqlite3.connect(self.file)) as database:
                return str(database.execute("SELECT state FROM session WHERE person = ?", (person,)).fetchone()[0])
        with self.client() as client:
            return str(client.get(f"juzhuzheng:{{{person}}}:session"))

    def files_with(self, text: str) -> list[str]:
        """Return the files on disk in which the text stands: the database and its journals, or Redis' own."""
        return found_in(self.folder if self.server is None else self.server.folder, text.encode())


async def claimed(store: Conversations, person: str = "anna", key: str = "m1") -> Claim:
    """Claim a turn that must be granted."""
    found = await store.claim(person, key)
    assert isinstance(found, Claim), found
    return found


async def keep(
    store: Conversations,
    session: Session | None = TALK,
    reply: str | None = "能补。",
    *,
    person: str = "anna",
    key: str = "m1",
    **more: Any,
) -> None:
    """Take a whole turn."""
    await store.save(await claimed(store, person, key), Kept(session, reply, **more))


async def reply_to(store: Conversations, key: str = "m1", person: str = "anna") -> str | None:
    """Return the reply that a repeat of the message gets; None when the message is a new one."""
    found = await store.claim(person, key)
    if isinstance(found, Claim):
        await store.release(found)
        return None
    assert isinstance(found, Given), found
    return found.reply


async def seconds_of(work: Awaitable[Any]) -> float:
    """Return how long the work takes."""
    started = time.monotonic()
    await work
    return time.monotonic() - started
