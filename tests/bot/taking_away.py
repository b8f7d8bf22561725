"""What is taken away from a service and given back: its servers, its key file, the room on its disk."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from redis import Redis

from tests.bot.process import Service, running
from tests.bot.servers import PostgresServer, RedisServer, Server, postgres_server, redis_server
from tests.bot.visiting import written_settings


@dataclass(frozen=True)
class Parts:
    """One service with servers of its own."""

    service: Service
    redis: RedisServer
    postgres: PostgresServer
    settings: dict[str, str]


@contextmanager
def with_servers(folder: Path) -> Iterator[Parts]:
    """Start Redis, PostgreSQL and a service on them."""
    with redis_server(folder / "redis") as redis, postgres_server(folder / "postgres") as postgres:
        stores = {"JUZHUZHENG_REDIS_URL": redis.url, "JUZHUZHENG_DATABASE_URL": postgres.database()}
        settings = {**written_settings(folder), **stores}
        with running(folder / "host", **settings) as service:
            yield Parts(service, redis, postgres, settings)


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Make the data folder of a service in `folder` a file system of 32 MiB. Needs root: PermissionError."""
    if os.geteuid() != 0:
        raise PermissionError("a file system can only be mounted by root")
    data = folder / "data"
    data.mkdir(mode=0o700, parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m,mode=700", "tmpfs", str(data)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(data)], check=True)


@contextmanager
def ended(server: Server, *, gently: bool) -> Iterator[None]:
    """Stop the server and start it again."""
    server.stop(gently=gently)
    try:
        yield
    finally:
        server.start()


@contextmanager
def paused(server: Server) -> Iterator[None]:
    """Let nothing of the server run for a while."""
    server.pause()
    try:
        yield
    finally:
        server.resume()


@contextmanager
def without_memory(server: RedisServer) -> Iterator[None]:
    """Let Redis refuse what needs memory."""
    with Redis.from_url(server.url) as redis:
        redis.config_set("maxmemory", 1)
        try:
            yield
        finally:
            redis.config_set("maxmemory", 0)


@contextmanager
def without_scripts(server: RedisServer) -> Iterator[None]:
    """Let Redis forget the scripts it knew."""
    with Redis.from_url(server.url) as redis:
        redis.script_flush()
        yield


@contextmanager
def without_key_file(data: Path) -> Iterator[None]:
    """Move the master key away and back."""
    (data / "vault.key").rename(data / "aside")
    try:
        yield
    finally:
        (data / "aside").rename(data / "vault.key")


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """Fill the file system of the folder to the last byte (ENOSPC), and empty it again."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65_536, 512, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    try:
        yield
    finally:
        filler.unlink()


CONVERSATIONS, RECORDS = {"conversations"}, {"records", "keys"}
FAULTS: dict[str, tuple[Callable[[Parts], AbstractContextManager[None]], float, set[str]]] = {
    "Redis killed": (lambda parts: ended(parts.redis, gently=False), 1.5, CONVERSATIONS),
    "Redis paused": (lambda parts: paused(parts.redis), 2.5, CONVERSATIONS),
    "Redis out of memory": (lambda parts: without_memory(parts.redis), 1.0, CONVERSATIONS),
    "Redis without scripts": (lambda parts: without_scripts(parts.redis), 0.2, set()),
    "PostgreSQL killed": (lambda parts: ended(parts.postgres, gently=False), 1.5, RECORDS),
    "PostgreSQL paused": (lambda parts: paused(parts.postgres), 4.0, RECORDS),
    "without vault.key": (lambda parts: without_key_file(parts.service.data), 1.0, {"keys"}),
}
"""Each fault: what it is, for how many seconds it lasts, and which parts are out meanwhile."""
