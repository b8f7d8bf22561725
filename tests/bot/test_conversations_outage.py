"""A Redis that is stopped, killed, paused or full: told within seconds, waited for once, and then as before."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.store.base import Conversations, Kept
from bot.store.faults import StoreUnavailable
from bot.store.resting import REST_SECONDS
from bot.store.sqlite_file import ConversationsFile
from dialogs.session import Session
from tests.bot.conversing import TALK, Store, claimed, keep, reply_to, seconds_of
from tests.bot.servers import RedisServer, redis_server

AT_ONCE = 0.5


@pytest.fixture(scope="module")
def server_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis-outage")) as server:
        yield server


@pytest.fixture
def server(server_of_its_own: RedisServer) -> RedisServer:
    server_of_its_own.resume()
    server_of_its_own.start()
    server_of_its_own.empty()
    return server_of_its_own


@pytest_asyncio.fixture
async def conversations(server: RedisServer, tmp_path: Path) -> AsyncIterator[Conversations]:
    store = Store(tmp_path, server)
    yield store.open()
    await store.close()


async def told_after(work: Awaitable[object]) -> float:
    """Return after how many seconds the work ends with StoreUnavailable."""
    started = time.monotonic()
    with pytest.raises(StoreUnavailable) as caught:
        await work
    assert "127.0.0.1" not in str(caught.value)
    return time.monotonic() - started


async def all_are_told_at_once(conversations: Conversations) -> None:
    """Within the rest after a failure nothing is asked of Redis."""
    everything = (
        conversations.claim("anna", "m9"),
        conversations.load("anna"),
        conversations.forget("anna"),
        conversations.take("address", 5, 60),
        conversations.ping(),
    )
    assert max(await asyncio.gather(*map(told_after, everything))) < AT_ONCE


async def test_a_stopped_redis_is_told_within_seconds_and_then_at_once(
    conversations: Conversations, server: RedisServer
) -> None:
    await keep(conversations)
    claim = await claimed(conversations, key="m2")
    server.stop()
    assert await told_after(conversations.save(claim, Kept(TALK, "好"))) < 2.5
    await all_are_told_at_once(conversations)
    await asyncio.sleep(REST_SECONDS)
    assert await told_after(conversations.ping()) < 2.5


async def test_a_redis_that_was_never_there_is_told_the_same(tmp_path: Path, server: RedisServer) -> None:
    server.stop()
    store = Store(tmp_path, server)
    assert await told_after(store.open().claim("anna", "m1")) < 2.5
    await store.close()


async def test_after_a_power_cut_what_was_saved_is_there_and_nothing_is_opened_anew(
    conversations: Conversations, server: RedisServer
) -> None:
    await keep(conversations)
    server.stop(gently=False)
    await told_after(conversations.load("anna"))
    server.start()
    await asyncio.sleep(REST_SECONDS)
    assert await conversations.load("anna") == TALK
    assert await reply_to(conversations) == "能补。"
    await keep(conversations, key="m2")


async def test_a_restart_that_nobody_noticed_costs_nothing(conversations: Conversations, server: RedisServer) -> None:
    await keep(conversations)
    server.stop(gently=False)
    server.start()
    assert await conversations.load("anna") == TALK
    await keep(conversations, key="m2")


async def test_a_redis_that_does_not_answer_is_not_waited_for_again_and_again(
    conversations: Conversations, server: RedisServer
) -> None:
    for person in ("anna", "boris"):
        await keep(conversations, person=person, reply=f"{person}：能补。")
    server.pause()
    waited = await asyncio.gather(*(told_after(conversations.load(f"p{number}")) for number in range(20)))
    assert max(waited) < 3
    await all_are_told_at_once(conversations)
    server.resume()
    await asyncio.sleep(REST_SECONDS)
    # Answers that came too late belong to nobody.
    assert [await reply_to(conversations, person=person) for person in ("anna", "boris")] == [
        "anna：能补。",
        "boris：能补。",
    ]
    assert await conversations.load("anna") == TALK


async def test_a_full_redis_is_told_as_such_keeps_nothing_by_halves_and_recovers(
    conversations: Conversations, server: RedisServer, tmp_path: Path
) -> None:
    await keep(conversations)
    claim = await claimed(conversations, key="m2")
    with Store(tmp_path, server).client() as client:
        client.config_set("maxmemory", 1)
        for work in (
            conversations.save(claim, Kept(Session(city="kaifeng"), "好")),
            conversations.ping(),
            conversations.take("address", 5, 60),
        ):
            with pytest.raises(StoreUnavailable, match=r"OutOfMemoryError.*内存"):
                await work
        assert await conversations.load("anna") == TALK
        assert await seconds_of(reply_to(conversations, "m2")) < 1, "a turn that could not be kept is over"
        client.config_set("maxmemory", 0)
    assert await reply_to(conversations, "m2") is None
    await keep(conversations, key="m2")
    await conversations.ping()


async def test_a_store_that_was_closed_says_so(tmp_path: Path) -> None:
    store = Store(tmp_path)
    conversations = store.open()
    claim = await claimed(conversations)
    await store.close()
    everything = (
        conversations.claim("boris", "b1"),
        conversations.load("anna"),
        conversations.save(claim, Kept(TALK, "好")),
        conversations.ping(),
        conversations.purge(),
        conversations.forget("anna"),
    )
    for work in everything:
        await told_after(work)


@pytest.mark.parametrize("content", [b"no database" * 99, b"SQLite format 3\x00" + bytes(4000)])
def test_a_damaged_file_is_told_with_what_to_do(tmp_path: Path, content: bytes) -> None:
    store = Store(tmp_path)
    store.file.write_bytes(content)
    with pytest.raises(StoreUnavailable, match=r"会话库打不开.*删去它再启动"):
        store.open()


def test_a_folder_that_cannot_be_written_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"会话库打不开.*文件夹权限"):
        Store(tmp_path / "no folder").open()


async def test_what_a_full_disk_refuses_is_not_kept_and_the_turn_is_free_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full: 她住在某街1号")

    store = Store(tmp_path)
    conversations = store.open(wait_seconds=0.1)
    with monkeypatch.context() as disk:
        disk.setattr(ConversationsFile, "write", full)
        claim = await claimed(conversations)
        with pytest.raises(StoreUnavailable) as caught:
            await conversations.save(claim, Kept(TALK, "能补。"))
    assert "某街" not in str(caught.value)
    assert "磁盘" in str(caught.value)
    assert await reply_to(conversations) is None
    await keep(conversations)
    assert await reply_to(conversations) == "能补。"
    await store.close()
