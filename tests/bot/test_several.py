"""Two hosts with a folder each, sharing one Redis and one PostgreSQL: as one service."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession

from bot.store.vault import Vault
from bot.wechat.owed import STILL_WORKING
from dialogs import words
from knowledge.library import Library
from tests.bot.declaring import Say, Write, label, until_submission, whole_declaration
from tests.bot.process import Service, refusal
from tests.bot.several_hosts import Hosts, are_waiting, held_records, is_claimed, kept_waiting
from tests.bot.visiting import (
    Follower,
    connected,
    in_turn,
    person_of,
    post_page,
    precheck_steps,
    push,
    receipts_in,
    sealed_push,
)

LEASE_SECONDS = 4.0
"""What is promised of a message whose server died: answered by another this long after, and a second."""
QUESTION, ANSWER = "补办居住证要钱吗", "免收"


@pytest.fixture(scope="module")
def two(hosts: Hosts) -> Iterator[tuple[Service, Service]]:
    with hosts.host("first") as first, hosts.host("second") as second:
        yield first, second


# -------------------------------------------------------------------------------------------- one conversation


async def test_a_precheck_that_alternates_between_the_hosts_reads_as_on_one(
    two: tuple[Service, Service], fresh: str
) -> None:
    steps = precheck_steps()
    async with connected() as session:
        on_one = await Follower(session, f"{fresh}-one").walk(in_turn(two[0]), steps)
        on_both = await Follower(session, f"{fresh}-both").walk(in_turn(*two), steps)
    assert on_both == on_one
    assert "照您说的" in on_one[7]


async def test_a_declaration_with_pages_and_photo_alternates_between_the_hosts(
    two: tuple[Service, Service], hosts: Hosts, fresh: str, library: Library
) -> None:
    steps = whole_declaration(library)
    before = hosts.count("declaration")
    async with connected() as session:
        one, both = Follower(session, f"{fresh}-one"), Follower(session, f"{fresh}-both")
        assert await both.walk(in_turn(*two), steps) == await one.walk(in_turn(two[0]), steps)
        receipt = both.receipt()
        for service in two:
            assert receipt in await both.say(service, "我的申报")
    assert hosts.count("declaration") == before + 2


# -------------------------------------------------------------------------------------------- at the same moment


async def test_the_same_push_to_both_hosts_at_once_is_one_turn(two: tuple[Service, Service], fresh: str) -> None:
    async with connected() as session:
        for number in range(5):
            anna = Follower(session, fresh)
            replies = await asyncio.gather(*(anna.say(service, "看看能不能办", 900_000 + number) for service in two))
            assert replies[0] == replies[1]
            progress = await anna.say(two[number % 2], "进度")
            assert progress != replies[0]


async def test_a_declaration_handed_in_through_both_hosts_at_once_has_one_receipt(
    two: tuple[Service, Service], hosts: Hosts, fresh: str, library: Library
) -> None:
    yes = label(library, "truthful", "yes")
    before = hosts.count("declaration")
    async with connected() as session:
        anna = Follower(session, fresh)
        await anna.walk(in_turn(*two), until_submission(library))
        # The same push twice, and the same words typed once more, from each host.
        pushes = [sealed_push(yes, number, fresh) for number in (800_001, 800_001, 800_002, 800_002)]
        replies = await asyncio.gather(*(push(session, two[i % 2], sealed) for i, sealed in enumerate(pushes)))
        assert hosts.count("declaration") == before + 1
        assert replies[0] == replies[1]
        receipts = {found for reply in replies for found in receipts_in(reply)}
        assert len(receipts) == 1
        assert receipts.pop() in await anna.say(two[1], "我的申报")


async def test_a_page_answered_on_both_hosts_at_once_is_one_answer(
    two: tuple[Service, Service], hosts: Hosts, fresh: str, library: Library
) -> None:
    steps = until_submission(library)
    first_page = next(number for number, step in enumerate(steps) if isinstance(step, Write))
    before = hosts.count("declaration")
    async with connected() as session:
        anna = Follower(session, fresh)
        await anna.walk(in_turn(*two), steps[:first_page])
        number = steps[first_page]
        assert isinstance(number, Write)
        answers = await asyncio.gather(*(post_page(session, service, anna.path, number.answer) for service in two))
        assert {answer.status for answer in answers} <= {303, 410}
        anna.path = next(answer.headers["Location"] for answer in answers if answer.status == 303)
        await anna.walk(in_turn(*two), (*steps[first_page + 1 :], Say(label(library, "truthful", "yes"))))
        assert anna.receipt()
    assert hosts.count("declaration") == before + 1


async def test_a_link_that_two_answers_wait_for_is_used_once(
    hosts: Hosts, two: tuple[Service, Service], fresh: str, library: Library
) -> None:
    person, steps = person_of(two[0], fresh), until_submission(library)
    first_page = next(number for number, step in enumerate(steps) if isinstance(step, Write))
    async with connected() as session:
        anna = Follower(session, fresh)
        await anna.walk(in_turn(*two), steps[:first_page])
        async with kept_waiting(hosts, [person]):
            posts = [asyncio.create_task(post_page(session, host, anna.path, steps[first_page].answer)) for host in two]
            await asyncio.wait_for(are_waiting(hosts, [person], 2), 3)
        assert sorted(answered.status for answered in await asyncio.gather(*posts)) == [303, 410]


async def test_twenty_quick_messages_are_answered_in_order_of_arrival(
    hosts: Hosts, two: tuple[Service, Service], fresh: str
) -> None:
    """Every even message chooses a city, every odd one asks: an answer names the city chosen just before it."""
    person = person_of(two[0], fresh)
    async with connected() as session:
        async with kept_waiting(hosts, [person]):
            tasks = []
            for number in range(20):
                city = "赤峰" if number // 2 % 2 else "洛阳"
                sealed = sealed_push(f"我在{city}" if number % 2 == 0 else QUESTION, 700_000 + number, fresh)
                tasks.append(asyncio.create_task(push(session, two[number % 2], sealed)))
                await asyncio.wait_for(are_waiting(hosts, [person], number + 1), 3)
        replies = await asyncio.gather(*tasks)
        assert words.BUSY not in replies
        for number in range(1, 20, 2):
            expected, other = ("赤峰市", "洛阳市") if number // 2 % 2 else ("洛阳市", "赤峰市")
            assert f"《{expected}" in replies[number], number
            assert f"《{other}" not in replies[number], number
        assert "《赤峰市" in await Follower(session, fresh).say(two[0], QUESTION)


# -------------------------------------------------------------------------------------------- shared limits


async def test_what_a_person_and_an_address_may_send_is_counted_over_both_hosts(
    hosts: Hosts, two: tuple[Service, Service], fresh: str
) -> None:
    assert two
    limits = {"JUZHUZHENG_TURNS_A_MINUTE": "5", "JUZHUZHENG_POSTS_A_MINUTE": "7"}
    with hosts.host("third", **limits) as third, hosts.host("fourth", **limits) as fourth:
        pair = (third, fourth)
        async with connected() as session:
            anna = Follower(session, fresh)
            replies = [await anna.say(pair[number % 2], QUESTION) for number in range(8)]
            assert [reply == words.TOO_MANY for reply in replies] == [False] * 5 + [True] * 3
            statuses = []
            for number in range(10):
                headers = {"X-Forwarded-For": "192.0.2.7"}
                asked = {"json": {"text": QUESTION}, "headers": headers}
                async with session.post(f"{pair[number % 2].url}/api/say", **asked) as response:
                    statuses.append(response.status)
            assert statuses == [200] * 7 + [429] * 3


# -------------------------------------------------------------------------------------------- a host that dies


async def _pushed_until_done(session: ClientSession, service: Service, said: str, name: str) -> str:
    """Push a message as the platform does; on a slow machine the first time is told that it is not done yet."""
    reply = await push(session, service, sealed_push(said, 600_000, name))
    return reply if reply != STILL_WORKING else await push(session, service, sealed_push(said, 600_000, name))


async def _until_well(service: Service) -> None:
    """Wait until it has noticed that its stores answer: to one that stood still they seemed to be out."""
    for _ in range(100):
        if set((await asyncio.to_thread(service.parts)).values()) == {"ok"}:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(service.parts())


async def test_a_message_whose_host_dies_over_it_is_answered_by_the_other(
    hosts: Hosts, two: tuple[Service, Service], fresh: str, library: Library
) -> None:
    """First the host is only stopped for a while, then it is killed: for who waits that is the same."""
    before = hosts.count("declaration")
    with hosts.host("dying") as dying:
        async with connected() as session:
            for round_, is_killed in enumerate((False, True), 1):
                name, yes = f"{fresh}-{round_}", label(library, "truthful", "yes")
                await Follower(session, name).walk(in_turn(two[1]), until_submission(library))
                async with held_records(hosts):
                    lost = asyncio.create_task(push(session, dying, sealed_push(yes, 600_000, name)))
                    await asyncio.wait_for(is_claimed(hosts, person_of(two[0], name)), 10)
                    dying.pause()
                    died = time.monotonic()
                    if is_killed:
                        dying.kill()
                reply = await _pushed_until_done(session, two[1], yes, name)
                assert "回执号" in reply
                assert time.monotonic() - died < LEASE_SECONDS + 1
                if is_killed:
                    with pytest.raises(ClientError):
                        await lost
                else:
                    dying.resume()
                    # It has lost its claim: it says what the other said, or that nothing could be kept, as is true.
                    late = await lost
                    assert late in (reply, STILL_WORKING) or words.PAUSED in late
                    await _until_well(dying)
                assert hosts.count("declaration") == before + round_


# -------------------------------------------------------------------------------------------- a host that is no host


@pytest.mark.parametrize("file", ["vault.key", "identity.key"])
def test_a_host_with_another_key_refuses_to_start(
    hosts: Hosts, two: tuple[Service, Service], tmp_path: Path, file: str
) -> None:
    assert two
    Vault(tmp_path).close()
    (tmp_path / "identity.key").write_bytes(secrets.token_bytes(32))
    folder = hosts.copy_keys(f"wrong-{file}")
    shutil.copy(tmp_path / file, folder / "data" / file)
    said = refusal(folder, **hosts.settings)
    assert "和别的机器不是同一个" in said
    assert file in said
    assert "再启动" in said or "再重新启动" in said
