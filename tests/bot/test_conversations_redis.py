"""Conversations that several processes share in one Redis: whose turn it is, whatever the process; when it expires."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import cast

import pytest

from bot.store.base import Claim, ClaimLost, Conversations, Given, Kept, NotNow
from bot.store.redis import RedisConversations
from bot.store.vault import Vault
from dialogs.session import Session
from tests.bot.conversing import DIALOG, TALK, Store, claimed, keep, reply_to
from tests.bot.process import ROOT

ANOTHER_PROCESS = """
import asyncio, sys
from bot.store.redis import RedisConversations
from bot.store.vault import Vault

async def main():
    await RedisConversations(sys.argv[1]).claim("anna", "of a process that dies")
    print("claimed", flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so; ten seconds are too long."""
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110  # what is looked at is in another process
            await asyncio.sleep(0.005)


@contextmanager
def process_that_claims(store: Store) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process that claims the next turn of anna and never ends it."""
    assert store.server is not None
    command = [sys.executable, "-c", ANOTHER_PROCESS, store.server.url]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


# -------------------------------------------------------------------------------------------------- several processes


async def test_messages_at_two_processes_are_taken_in_the_order_in_which_they_came(redis_store: Store) -> None:
    processes = redis_store.open(wait_seconds=20), redis_store.open(wait_seconds=20)
    holder = await claimed(processes[0], key="first")
    order: list[int] = []

    async def turn(conversations: Conversations, number: int) -> None:
        claim = await claimed(conversations, key=f"m{number}")
        order.append(number)
        await conversations.save(claim, Kept(TALK, "好"))

    turns = []
    for number in range(20):
        turns.append(asyncio.create_task(turn(processes[number * 7 % 3 % 2], number)))
        await until(lambda: redis_store.waiting() == len(turns))
    await processes[0].save(holder, Kept(TALK, "好"))
    await asyncio.gather(*turns)
    assert order == [*range(20)]


async def test_no_turn_of_two_processes_is_lost(redis_store: Store) -> None:
    processes = redis_store.open(wait_seconds=20), redis_store.open(wait_seconds=20)

    async def turn(number: int) -> None:
        conversations = processes[number % 2]
        claim = await claimed(conversations, key=f"m{number}")
        await conversations.save(claim, Kept(Session(topics=(*claim.session.topics, str(number))), "好"))

    await asyncio.gather(*(turn(number) for number in range(30)))
    assert sorted((await processes[0].load("anna")).topics, key=int) == [str(number) for number in range(30)]


async def test_a_repeat_at_another_process_waits_and_gets_the_same_reply(redis_store: Store) -> None:
    one, other = redis_store.open(), redis_store.open()
    claim = await claimed(one)
    repeat = asyncio.create_task(other.claim("anna", "m1"))
    await until(lambda: redis_store.waiting() == 1)
    await one.save(claim, Kept(TALK, "能补。"))
    assert await repeat == Given("能补。")
    assert redis_store.waiting() == 0
    assert not cast(RedisConversations, other)._freed, "nothing is left of the waiting"


async def test_what_one_process_lost_another_has_and_the_late_one_keeps_nothing(redis_store: Store) -> None:
    slow, quick = redis_store.open(lease_seconds=0.5), redis_store.open(lease_seconds=0.5)
    late = await claimed(slow)
    await keep(quick, reply="新的")
    with pytest.raises(ClaimLost):
        await slow.save(late, Kept(Session(city="late"), "迟到的"))
    assert (await slow.load("anna"), await reply_to(slow)) == (TALK, "新的")


async def test_a_process_killed_while_it_waited_holds_nobody_up(redis_store: Store) -> None:
    conversations = redis_store.open(lease_seconds=30, wait_seconds=20)
    holder = await claimed(conversations)
    with process_that_claims(redis_store) as process:
        await until(lambda: redis_store.waiting() == 1)
        process.kill()
        process.wait()
        behind = asyncio.create_task(conversations.claim("anna", "m2"))
        await until(lambda: redis_store.waiting() == 2)
        await conversations.save(holder, Kept(TALK, "好"))
        assert isinstance(await asyncio.wait_for(behind, 3), Claim)


async def test_a_process_killed_in_its_turn_is_followed_by_the_next_after_its_lease(redis_store: Store) -> None:
    conversations = redis_store.open()
    with process_that_claims(redis_store) as process:
        assert process.stdout is not None
        assert await asyncio.to_thread(process.stdout.readline) == b"claimed\n"
        process.kill()
        assert isinstance(await conversations.claim("anna", "m2"), Claim)


async def test_processes_count_together(redis_store: Store) -> None:
    one, other = redis_store.open(turns_a_minute=2, wait_seconds=0.2), redis_store.open(turns_a_minute=2)
    taken = [await conversations.take("address", 3, 0.4) for conversations in (one, other, one, other)]
    assert taken == [True, True, True, False]
    await asyncio.sleep(0.45)
    assert await other.take("address", 3, 0.4)
    await keep(one, key="m1")
    await keep(other, key="m2")
    assert await one.claim("anna", "m3") is NotNow.TOO_MANY
    redis_store.let_pass(60)
    assert isinstance(await one.claim("anna", "m3"), Claim)


async def test_one_process_purges_an_hour(redis_store: Store) -> None:
    with closing(Vault(redis_store.folder / "keys", now=redis_store.clock)) as vault:
        one, other = redis_store.open(vault), redis_store.open(vault)
        await one.purge()
        await keep(other, DIALOG, "好", is_personal=True, draft_seconds=1)
        redis_store.let_pass(1200)
        await other.purge()
        assert vault.owners("draft:", older_than=0)
        redis_store.let_pass(2400)
        await other.purge()
        assert not vault.owners("draft:", older_than=0)


# ------------------------------------------------------------------------------------------------------ keys and times


async def test_every_key_of_a_person_lies_on_the_same_server_of_a_cluster(redis_store: Store) -> None:
    conversations = redis_store.open()
    await keep(conversations)
    holder = await claimed(conversations, key="m2")
    waits = asyncio.create_task(conversations.claim("anna", "m3"))
    await until(lambda: redis_store.waiting() == 1)
    names = {key.rpartition("}:")[::2] for key in redis_store.milliseconds_left()}
    assert {tag for tag, _ in names} == {"juzhuzheng:{anna"}
    assert {name for _, name in names} >= {"session", "holder", "replies", "reply:m1", "waiting", "seen", "count"}
    await conversations.release(holder)
    await waits


async def test_everything_has_its_time(redis_store: Store) -> None:
    conversations = redis_store.open()
    await keep(conversations)
    await claimed(conversations, key="m2")
    await conversations.take("address", 5, 60)
    await conversations.ping()
    left = {key.rpartition(":")[2]: time for key, time in redis_store.milliseconds_left().items()}
    expected = {
        "session": 86_400_000,
        "m1": 600_000,
        "replies": 600_000,
        "holder": 4_000,
        "count": 60_000,
        "address": 60_000,
        "ping": 10_000,
    }
    assert left.keys() == expected.keys()
    for name, milliseconds in expected.items():
        assert milliseconds - 3_000 < left[name] <= milliseconds, name


async def test_a_dialog_is_kept_as_long_as_its_turn_says(redis_store: Store) -> None:
    with closing(Vault(redis_store.folder / "keys")) as vault:
        conversations = redis_store.open(vault)
        await keep(conversations, DIALOG, "好", is_personal=True)
        assert redis_store.milliseconds_left()["juzhuzheng:{anna}:session"] > (7 * 86_400 - 5) * 1000
        await keep(conversations, DIALOG, "好", key="m2", is_personal=True, draft_seconds=86_400)
        assert redis_store.milliseconds_left()["juzhuzheng:{anna}:session"] <= 86_400_000


async def test_what_a_crash_would_lose_can_be_read_of_the_server(redis_store: Store) -> None:
    conversations = redis_store.open()
    assert isinstance(conversations, RedisConversations)
    facts = await conversations.info()
    settings = {name: facts[name] for name in ("appendonly", "appendfsync", "maxmemory-policy")}
    assert settings == {"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction"}
    assert int(str(facts["redis_version"]).partition(".")[0]) >= 6


# ------------------------------------------------------------------------------------------------ said twice to Redis


class BreakingWire:
    """A wire to the server that breaks, when told to, just before the next answer passes."""

    def __init__(self, port: int) -> None:
        self._server_port = port
        self._server: asyncio.Server | None = None
        self._breaks = False
        self.broken = 0

    async def start(self) -> int:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        return cast(int, self._server.sockets[0].getsockname()[1])

    def break_at_next_answer(self) -> None:
        self._breaks = True

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, requests = await asyncio.open_connection("127.0.0.1", self._server_port)
        await asyncio.gather(self._carry(reader, requests), self._carry(answers, writer, may_break=True))

    async def _carry(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, may_break: bool = False
    ) -> None:
        while data := await source.read(65_536):
            if may_break and self._breaks:
                self._breaks, self.broken = False, self.broken + 1
                break
            target.write(data)
        target.close()


async def test_what_is_said_again_after_a_broken_connection_is_done_once(redis_store: Store) -> None:
    assert redis_store.server is not None
    wire = BreakingWire(redis_store.server.port)
    conversations = RedisConversations(f"redis://127.0.0.1:{await wire.start()}/0")
    await keep(conversations, key="m0")  # Redis knows the scripts now
    wire.break_at_next_answer()
    claim = await claimed(conversations)
    wire.break_at_next_answer()
    await conversations.save(claim, Kept(Session(city="kaifeng"), "能补。"))
    assert wire.broken == 2
    with redis_store.client() as client:
        assert client.get("juzhuzheng:{anna}:count") == "2"
    assert (await conversations.load("anna")).city == "kaifeng"
    assert await reply_to(conversations) == "能补。"
    await conversations.close()
    await wire.stop()


async def test_a_turn_saved_twice_is_kept_once_and_is_not_lost(redis_store: Store) -> None:
    conversations = redis_store.open()
    claim = await claimed(conversations)
    for _ in range(2):
        await conversations.save(claim, Kept(TALK, "能补。"))
    assert await reply_to(conversations) == "能补。"
    await keep(conversations, Session(city="kaifeng"), key="m2")
    with pytest.raises(ClaimLost):
        await conversations.save(claim, Kept(TALK, "能补。"))
    assert (await conversations.load("anna")).city == "kaifeng"


async def test_scripts_that_redis_has_forgotten_are_told_again(redis_store: Store) -> None:
    conversations = redis_store.open()
    await keep(conversations)
    with redis_store.client() as client:
        client.script_flush()
    claim = await claimed(conversations, key="m2")
    with redis_store.client() as client:
        client.script_flush()
    await conversations.save(claim, Kept(TALK, "好"))
    assert await reply_to(conversations, "m2") == "好"
