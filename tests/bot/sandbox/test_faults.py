"""What goes wrong when it is told to, and what the ledger says of accounts that bear it and of those that do not."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest

from bot.sandbox.faults import Fault, Faults
from bot.sandbox.ledger import Fate, Outcome
from tests.bot.sandbox.accounts import HASTY, ROTATING, STEADY, boxed, counting, echo, once_each

FASTER = replace(STEADY, speed=100, patience=500, late=450)
"""A hundred times as fast, and five of our seconds to answer all the same."""


async def test_a_message_pushed_again_after_its_reply_is_doubled_by_an_account_that_forgets() -> None:
    async with boxed(counting(), faults={Fault.DUPLICATE: 1}, clocks=FASTER) as (box, account):
        delivery = await box.person().says("好")
        await box.settled()
        assert [attempt.is_repeat for attempt in delivery.attempts] == [False, True]
        assert len({push.message.id for push in account.pushes}) == 1
        assert delivery.text == "第1次", "the second reply is noted and not shown"
        assert box.ledger.tally().doubled == 1


async def test_an_account_that_remembers_doubles_nothing() -> None:
    async with boxed(once_each(), faults={Fault.DUPLICATE: 1}, clocks=FASTER) as (box, account):
        for person in (box.person(), box.person()):
            await person.says("好")
        await box.settled()
        assert len(account.pushes) == 4
        assert box.ledger.tally().doubled == 0


async def test_two_messages_of_one_person_arrive_the_other_way_round_and_both_are_answered() -> None:
    clocks = replace(STEADY, overtaking=90)
    async with boxed(echo, faults={Fault.REORDER: 1}, clocks=clocks) as (box, account):
        person, started = box.person(), box.clock.now()
        first = asyncio.create_task(person.says("先"))
        await asyncio.sleep(0)
        second = await person.says("后")
        assert (await first).text == "您说：先"
        assert second.text == "您说：后"
        assert account.words == ["后", "先"]
        older, newer = account.pushes[1].message, account.pushes[0].message
        assert older.id < newer.id
        assert box.clock.now() - started < clocks.overtaking, "it is let go when it was overtaken"


async def test_a_message_that_nothing_overtakes_arrives_all_the_same() -> None:
    async with boxed(echo, faults={Fault.REORDER: 1}) as (box, _):
        started = box.clock.now()
        assert (await box.person().says("独自")).fate is Fate.REPLIED
        assert box.clock.now() - started >= STEADY.overtaking


async def test_a_message_arrives_late_and_nobody_is_blamed() -> None:
    async with boxed(echo, faults={Fault.DELAY: 1}, clocks=FASTER, seed=1) as (box, _):
        person = box.person()
        started = box.clock.now()
        for _ in range(5):
            await person.says("好")
        assert box.clock.now() - started > 5
        assert box.ledger.tally().late == 0


async def test_two_people_have_the_same_id_never_three_and_nobody_has_one_twice() -> None:
    async with boxed(echo, faults={Fault.SAME_ID: 0.7}, clocks=FASTER) as (box, account):
        people = [box.person() for _ in range(4)]
        for number in range(60):
            await people[number * number % 11 % 4].says(str(number))
        sent = [(push.message.source, push.message.id) for push in account.pushes]
        assert len(set(sent)) == 60
        owners = Counter(identity for _, identity in sent)
        assert max(owners.values()) == 2


async def test_an_account_by_id_alone_gives_somebody_elses_reply_and_that_is_seen_as_invalid() -> None:
    kept: dict[str, str] = {}

    async def by_id_alone(push):  # type: ignore[no-untyped-def]
        response = await echo(push)
        response.text = kept.setdefault(str(push.message.id), str(response.text))
        return response

    async with boxed(by_id_alone, faults={Fault.SAME_ID: 1}, clocks=FASTER) as (box, _):
        first, second = box.person(), box.person()
        await first.says("一")
        assert (await second.says("二")).is_invalid


async def test_both_keys_are_used_while_they_change_and_each_reply_needs_its_own() -> None:
    async with boxed(echo, ROTATING, faults={Fault.PREVIOUS_KEY: 0.5}, clocks=FASTER) as (box, account):
        person = box.person()
        for number in range(20):
            assert (await person.says(str(number))).fate is Fate.REPLIED
        assert len({push.crypto.key for push in account.pushes if push.crypto}) == 2


async def test_an_account_that_seals_with_the_new_key_only_is_not_understood() -> None:
    async def with_the_new_key(push):  # type: ignore[no-untyped-def]
        return await echo(replace(push, crypto=newest))

    async with boxed(with_the_new_key, ROTATING, clocks=FASTER) as (box, account):
        person = box.person()
        newest = None
        account.answer = echo
        await person.says("新")
        newest, account.answer = account.pushes[0].crypto, with_the_new_key
        box.faults.set_chance(Fault.PREVIOUS_KEY, 1)
        assert [one.flaw for one in (await person.says("旧")).attempts] == ["key"]


async def test_a_dropped_connection_brings_the_same_message_again_and_the_last_push_is_never_dropped() -> None:
    async with boxed(once_each(), faults={Fault.DROP: 1}, clocks=HASTY) as (box, _):
        delivery = await box.person().says("好")
        outcomes = [attempt.outcome for attempt in delivery.attempts]
        assert outcomes == [Outcome.DROPPED, Outcome.DROPPED, Outcome.REPLY]
        assert (box.ledger.tally().lost, box.ledger.tally().doubled) == (0, 0)
        assert [later.started - earlier.started >= 4.9 for earlier, later in pairwise(delivery.attempts)] == [
            True,
            True,
        ]


async def test_what_is_handled_twice_is_seen_though_the_first_reply_was_dropped() -> None:
    clocks = replace(HASTY, longest_drop=HASTY.patience)
    async with boxed(counting(), faults={Fault.DROP: 1}, clocks=clocks, seed=2) as (box, _):
        delivery = await box.person().says("好")
        assert delivery.text == "第3次"
        assert box.ledger.tally().doubled == 1


def test_the_same_seed_brings_the_same_faults_and_switching_one_moves_no_other() -> None:
    def drawn(seed: int, **chances: float) -> list[bool]:
        faults = Faults({Fault(name): chance for name, chance in chances.items()}, seed)
        return [(faults.happens(Fault.DROP), faults.happens(Fault.DELAY))[0] for _ in range(200)]

    assert drawn(1, drop=0.3) == drawn(1, drop=0.3, delay=0.9)
    assert drawn(1, drop=0.3) != drawn(2, drop=0.3)
    assert 30 < sum(drawn(1, drop=0.3)) < 90
    assert not any(drawn(1))


def test_a_probability_beyond_one_is_refused() -> None:
    with pytest.raises(ValueError, match="0 和 1"):
        Faults({Fault.DROP: 1.5}, 0)


async def test_under_many_faults_an_account_that_remembers_loses_nothing_and_doubles_nothing() -> None:
    chances = dict.fromkeys((Fault.DUPLICATE, Fault.REORDER, Fault.DELAY, Fault.SAME_ID, Fault.PREVIOUS_KEY), 0.2)
    async with boxed(once_each(), ROTATING, faults=chances, clocks=FASTER) as (box, _):

        async def talk() -> None:
            person = box.person()
            for number in range(10):
                await person.says(str(number))

        await asyncio.gather(*(talk() for _ in range(20)))
        await box.settled()
        tally = box.ledger.tally()
        assert (tally.messages, tally.replied) == (200, 200)
        assert (tally.lost, tally.doubled, tally.invalid, tally.pending) == (0, 0, 0, 0)
        assert all(box.faults.happened[fault] for fault in chances)
