"""Several processes on one port: as one service, whichever of them answers, dies or is told to stop."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import ClientConnectorError, ClientError

from tests.bot.process import Service, refusal
from tests.bot.several_hosts import Hosts, are_waiting, kept_waiting
from tests.bot.visiting import Follower, connected, person_of, push, sealed_push

QUESTION, ANSWER = "补办居住证要钱吗", "免收"


@pytest.fixture(scope="module")
def worked(hosts: Hosts) -> Iterator[Service]:
    with hosts.host("first", "--workers", "2", JUZHUZHENG_POSTS_A_MINUTE="1000000") as service:
        yield service


async def _asked_until(service: Service, is_enough: int) -> int:
    """Ask on new connections; return how many were answered of as many."""
    answered = 0
    for _ in range(is_enough):
        async with connected(10) as session:
            assert ANSWER in await Follower(session, f"o{secrets.token_hex(8)}").say(service, f"巴中{QUESTION}")
            answered += 1
    return answered


async def test_both_workers_answer_and_their_counts_are_one(worked: Service) -> None:
    before = worked.counts()["juzhuzheng_turns_total"]
    asked = await _asked_until(worked, 40)
    # Each worker answers the internal listener as well: whichever does, it tells of both.
    assert {worked.counts()["juzhuzheng_turns_total"] - before for _ in range(10)} == {asked}
    by_worker = _turns_by_file(worked)
    assert len(by_worker) == 2, by_worker


def _turns_by_file(service: Service) -> list[str]:
    """Return the files of counts in which workers that live counted turns."""
    living = {str(worker) for worker in service.workers()}
    files = (service.data / "metrics").glob("counter_*.db")
    return [file.name for file in files if file.stem.removeprefix("counter_") in living]


async def test_a_worker_that_is_killed_is_replaced_and_nobody_sees_more_than_a_broken_connection(
    worked: Service,
) -> None:
    first = set(worked.workers())
    killed = min(first)
    outcomes: list[str] = []

    async def people() -> None:
        until = time.monotonic() + 3
        while time.monotonic() < until:
            try:
                await _asked_until(worked, 1)
                outcomes.append("answered")
            except ClientError:
                outcomes.append("broken")

    async def kill() -> None:
        await asyncio.sleep(0.5)
        os.kill(killed, signal.SIGKILL)

    await asyncio.gather(people(), people(), people(), kill())
    assert outcomes.count("answered") > 5 * outcomes.count("broken")
    now = set(worked.workers())
    assert len(now) == 2
    assert killed not in now
    assert first & now, "the other one went on"


async def test_told_to_stop_it_answers_what_is_under_way_and_ends_in_order(
    hosts: Hosts, worked: Service, fresh: str
) -> None:
    """The last one: it ends the service that the tests above had."""
    people = {person_of(worked, name): name for name in (f"{fresh}-{number}" for number in range(12))}
    written = len(worked.logged())
    async with connected() as session:
        async with kept_waiting(hosts, people):
            pushes = [sealed_push(f"巴中{QUESTION}", 500_000, name) for name in people.values()]
            waiting = [asyncio.create_task(push(session, worked, sealed)) for sealed in pushes]
            await asyncio.wait_for(are_waiting(hosts, people), 3)
            worked.process.terminate()
            await asyncio.sleep(0.3)
            assert worked.process.poll() is None, "it waits for the answers under way"
            async with connected(1) as late:
                with pytest.raises(ClientConnectorError):
                    await late.get(f"{worked.url}/healthz")
        replies = await asyncio.gather(*waiting)
    assert all(ANSWER in reply for reply in replies)
    assert await asyncio.to_thread(worked.process.wait, 15) == 0
    assert [line for line in worked.logged()[written:] if line.get("level") != "info"] == []


def test_several_workers_without_redis_are_refused(tmp_path: Path) -> None:
    said = refusal(tmp_path, "--workers", "2")
    assert "JUZHUZHENG_REDIS_URL" in said
