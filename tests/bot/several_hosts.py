"""Hosts that share one Redis and one PostgreSQL, and how a test holds a turn where it wants it."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import psycopg
from redis.asyncio import Redis

from bot.store.base import Claim
from bot.store.engines import RECORDS_LOCK
from bot.store.redis import RedisConversations
from tests.bot.process import Service, running
from tests.bot.servers import PostgresServer, RedisServer
from tests.bot.visiting import written_settings


class Hosts:
    """Where hosts may be started: each in a folder of its own, with the settings and key files of the first."""

    def __init__(self, folder: Path, redis: RedisServer, postgres: PostgresServer) -> None:
        self.folder = folder
        self.redis = redis
        self.database = postgres.database()
        stores = {"JUZHUZHENG_REDIS_URL": redis.url, "JUZHUZHENG_DATABASE_URL": self.database}
        self.settings = {**written_settings(folder), **stores}

    @contextmanager
    def host(self, name: str, *options: str, **settings: str) -> Iterator[Service]:
        """Start one more host; the key files are copied to it as an operator would."""
        self.copy_keys(name)
        with running(self.folder / name, *options, **self.settings, **settings) as service:
            yield service

    def copy_keys(self, name: str) -> Path:
        """Copy the key files of the first host, once there is one; return the new host's folder."""
        first, data = self.folder / "first" / "data", self.folder / name / "data"
        if first != data and first.exists():
            data.mkdir(mode=0o700, parents=True, exist_ok=True)
            for file in ("vault.key", "identity.key"):
                shutil.copy(first / file, data / file)
        return data.parent

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        with psycopg.connect(self.database) as connection:
            found = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()  # noqa: S608
        return int(found[0]) if found else 0


@asynccontextmanager
async def held_records(hosts: Hosts) -> AsyncIterator[None]:
    """Keep every writer of the records waiting, so that a turn is certainly in its middle."""
    async with await psycopg.AsyncConnection.connect(hosts.database, autocommit=True) as connection:
        await connection.execute(f"SELECT pg_advisory_lock({RECORDS_LOCK})".encode())
        yield


async def is_claimed(hosts: Hosts, person: str) -> None:
    """Return once a turn of the person is under way."""
    async with Redis.from_url(hosts.redis.url, decode_responses=True) as redis:
        while True:
            holder = await redis.get(f"juzhuzheng:{{{person}}}:holder")
            if holder and not str(holder).startswith("done:"):
                return
            await asyncio.sleep(0.01)


@asynccontextmanager
async def kept_waiting(hosts: Hosts, people: Iterable[str]) -> AsyncIterator[None]:
    """Hold the turns of `people`, as the stores know them, until the end: their messages certainly wait."""
    claims = RedisConversations(hosts.redis.url)
    try:
        held = [await claims.claim(person, secrets.token_hex(8)) for person in people]
        yield
        for claim in held:
            assert isinstance(claim, Claim)
            await claims.release(claim)
    finally:
        await claims.close()


async def are_waiting(hosts: Hosts, people: Iterable[str], messages: int = 1) -> None:
    """Return once so many messages of each of them have arrived and wait for their turn."""
    async with Redis.from_url(hosts.redis.url) as redis:
        for person in people:
            while True:
                if await redis.zcard(f"juzhuzheng:{{{person}}}:waiting") >= messages:
                    break
                await asyncio.sleep(0.005)
