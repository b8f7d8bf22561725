"""What every place for conversations promises: one turn of a person at a time, nothing lost, nothing said twice."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.store.base import Claim, ClaimLost, Given, Kept, NotNow
from dialogs.session import Session
from tests.bot.conversing import TALK, Store, claimed, keep, reply_to, seconds_of

# ------------------------------------------------------------------------------------------------------ what is kept


async def test_a_session_and_a_reply_are_found_again_after_a_restart(store: Store) -> None:
    await keep(store.open())
    await store.close()
    reopened = store.open()
    assert await reopened.load("anna") == TALK
    assert await reply_to(reopened) == "能补。"


async def test_a_stranger_has_an_empty_session_and_a_new_message_no_reply(store: Store) -> None:
    conversations = store.open()
    assert await conversations.load("nobody") == Session()
    assert (await claimed(conversations, "nobody")).session == Session()


async def test_the_next_turn_starts_from_what_the_last_one_left(store: Store) -> None:
    conversations = store.open()
    await keep(conversations)
    assert (await claimed(conversations, key="m2")).session == TALK


async def test_two_processes_may_use_one_place(store: Store) -> None:
    one, other = store.open(), store.open()
    await keep(one, person="anna")
    await keep(other, person="boris")
    assert (await one.load("boris"), await other.load("anna")) == (TALK, TALK)


async def test_without_a_new_session_it_stays_as_it_is(store: Store) -> None:
    conversations = store.open()
    await keep(conversations)
    await keep(conversations, None, "", key="event")
    assert await conversations.load("anna") == TALK


async def test_an_empty_reply_is_one_and_none_is_not(store: Store) -> None:
    conversations = store.open()
    await keep(conversations, reply="", key="event")
    await keep(conversations, reply=None, key="form")
    assert await reply_to(conversations, "event") == ""
    assert await reply_to(conversations, "form") is None


async def test_a_turn_that_drops_replies_leaves_its_own(store: Store) -> None:
    conversations = store.open()
    await keep(conversations, reply="第一句", key="m1")
    await keep(conversations, reply="别人的", person="boris", key="b1")
    await keep(conversations, reply="说完了", key="m2", drops_replies=True)
    assert [await reply_to(conversations, key) for key in ("m1", "m2")] == [None, "说完了"]
    assert await reply_to(conversations, "b1", "boris") == "别人的"


async def test_a_reply_is_kept_for_ten_minutes_and_a_session_for_a_day(store: Store) -> None:
    conversations = store.open()
    await keep(conversations)
    store.let_pass(599)
    assert await reply_to(conversations) == "能补。"
    store.let_pass(1)
    assert await reply_to(conversations) is None
    store.let_pass(86_400 - 601)
    assert await conversations.load("anna") == TALK
    store.let_pass(1)
    assert await conversations.load("anna") == Session()


async def test_every_turn_gives_the_session_another_day(store: Store) -> None:
    conversations = store.open()
    await keep(conversations)
    store.let_pass(80_000)
    await keep(conversations, key="m2")
    store.let_pass(80_000)
    assert await conversations.load("anna") == TALK


async def test_what_has_expired_is_gone_from_the_place_after_a_purge(store: Store) -> None:
    conversations = store.open()
    await keep(conversations, person="person-of-yesterday", key="yesterday", reply="昨天的话")
    store.let_pass(86_400)
    await conversations.purge()
    await store.close()
    if store.server is None:
        assert not any(store.files_with(text) for text in ("person-of-yesterday", "昨天的话"))
    else:
        assert not [key for key in store.milliseconds_left() if "yesterday" in key]


async def test_forgetting_leaves_nothing_of_the_person_and_everything_of_the_others(store: Store) -> None:
    conversations = store.open()
    await keep(conversations, person="person-to-forget", key="message-key", reply="回复的话")
    await keep(conversations, person="another-person")
    await conversations.forget("person-to-forget")
    assert await conversations.load("person-to-forget") == Session()
    assert await conversations.load("another-person") == TALK
    if store.server is None:
        assert not any(store.files_with(text) for text in ("person-to-forget", "message-key", "回复的话"))
        assert store.files_with("another-person")
    else:
        left = [key for key in store.milliseconds_left() if "person-to-forget" in key]
        assert left == ["juzhuzheng:{person-to-forget}:count"]
    assert await reply_to(conversations, "message-key", "person-to-forget") is None


async def test_forgetting_leaves_a_turn_that_is_being_taken(store: Store) -> None:
    conversations = store.open()
    await keep(conversations)
    claim = await claimed(conversations, key="m2")
    await conversations.forget("anna")
    await conversations.save(claim, Kept(Session(), "都删了。"))
    assert await reply_to(conversations, "m2") == "都删了。"
    assert await reply_to(conversations, "m1") is None


@pytest.mark.parametrize(
    "damaged", ["", "[]", "null", "{", '{"topics": null, "city": 5}', '{"topics": [1, null], "offered": "text"}']
)
async def test_a_damaged_session_is_an_empty_one(store: Store, damaged: str) -> None:
    conversations = store.open()
    store.put_session(damaged)
    assert await conversations.load("anna") == Session()
    assert (await claimed(conversations)).session == Session()


async def test_a_place_in_order_says_so_and_a_purge_of_nothing_is_none(store: Store) -> None:
    conversations = store.open()
    await keep(conversations)
    await conversations.ping()
    await conversations.purge()
    assert await conversations.load("anna") == TALK
    assert await reply_to(conversations) == "能补。"


# ------------------------------------------------------------------------------------------------------ whose turn


async def test_a_person_has_one_turn_at_a_time_and_others_do_not_wait_for_it(store: Store) -> None:
    conversations = store.open(wait_seconds=0.1)
    await claimed(conversations, "anna")
    started = time.monotonic()
    assert await conversations.claim("anna", "m2") is NotNow.BUSY
    assert 0.1 <= time.monotonic() - started < 2, "it waits as long as it may, and no longer"
    assert await seconds_of(claimed(conversations, "boris")) < 1


async def test_who_was_told_to_come_back_holds_nobody_up(store: Store) -> None:
    conversations = store.open(wait_seconds=0.1)
    first = await claimed(conversations)
    assert await conversations.claim("anna", "m2") is NotNow.BUSY
    await conversations.release(first)
    assert (await claimed(conversations, key="m3")).message_key == "m3"


async def test_twenty_messages_sent_at_once_are_taken_in_their_order(store: Store) -> None:
    conversations = store.open()
    order: list[int] = []

    async def turn(number: int) -> None:
        claim = await claimed(conversations, key=f"m{number}")
        order.append(number)
        await asyncio.sleep(0.002)
        await conversations.save(claim, Kept(TALK, "好"))

    await asyncio.gather(*(turn(number) for number in range(20)))
    assert order == [*range(20)]


async def test_a_repeat_while_the_first_is_answered_waits_and_gets_the_same_reply(store: Store) -> None:
    conversations = store.open()
    claim = await claimed(conversations)
    repeats = [asyncio.create_task(conversations.claim("anna", "m1")) for _ in range(3)]
    await asyncio.sleep(0.05)
    assert not any(repeat.done() for repeat in repeats)
    await conversations.save(claim, Kept(TALK, "能补。"))
    assert await asyncio.gather(*repeats) == [Given("能补。")] * 3


async def test_a_repeat_afterwards_gets_the_same_reply_and_holds_nothing(store: Store) -> None:
    conversations = store.open(wait_seconds=0.1)
    await keep(conversations)
    assert [await conversations.claim("anna", "m1") for _ in range(3)] == [Given("能补。")] * 3
    await claimed(conversations, key="m2")


async def test_a_repeat_of_what_was_answered_does_not_wait_for_the_message_after_it(store: Store) -> None:
    conversations = store.open()
    await keep(conversations)
    await claimed(conversations, key="m2")
    assert await asyncio.wait_for(conversations.claim("anna", "m1"), 1) == Given("能补。")


async def test_a_turn_given_back_is_free_and_its_message_a_new_one(store: Store) -> None:
    conversations = store.open(wait_seconds=0.1)
    await conversations.release(await claimed(conversations))
    again = await claimed(conversations)
    await conversations.save(again, Kept(TALK, "能补。"))
    assert await reply_to(conversations) == "能补。"


async def test_an_owner_that_never_saves_loses_its_turn_and_what_it_says_late_is_not_kept(store: Store) -> None:
    conversations = store.open(lease_seconds=0.5, wait_seconds=5)
    late = await claimed(conversations)
    await keep(conversations, reply="新的")  # the same message again, taken over
    for kept in (Kept(Session(city="late"), "迟到的"), Kept(Session(), "迟到的", drops_replies=True)):
        with pytest.raises(ClaimLost):
            await conversations.save(late, kept)
    assert await conversations.load("anna") == TALK
    assert await reply_to(conversations) == "新的"


async def test_giving_a_lost_turn_back_takes_it_from_nobody(store: Store) -> None:
    conversations = store.open(lease_seconds=0.5, wait_seconds=5)
    late = await claimed(conversations)
    holder = await claimed(conversations, key="m2")
    await conversations.release(late)
    await conversations.save(holder, Kept(TALK, "好"))
    assert await reply_to(conversations, "m2") == "好"


async def test_a_message_whose_sender_hung_up_holds_nobody_up(store: Store) -> None:
    conversations = store.open()
    first = await claimed(conversations)
    gone = asyncio.create_task(conversations.claim("anna", "m2"))
    behind = asyncio.create_task(conversations.claim("anna", "m3"))
    await asyncio.sleep(0.05)
    gone.cancel()
    await conversations.release(first)
    found = await asyncio.wait_for(behind, 0.8)
    assert isinstance(found, Claim)


async def test_no_turn_of_many_is_lost(store: Store) -> None:
    conversations = store.open(wait_seconds=30)

    async def turn(number: int) -> None:
        claim = await claimed(conversations, key=f"m{number}")
        await asyncio.sleep(0)
        topics = (*claim.session.topics, str(number))
        await conversations.save(claim, Kept(Session(topics=topics), "好"))

    await asyncio.gather(*(turn(number) for number in range(30)))
    assert sorted((await conversations.load("anna")).topics, key=int) == [str(number) for number in range(30)]


# ---------------------------------------------------------------------------------------------------------- how many


async def test_more_turns_a_minute_than_a_person_takes_are_refused_and_repeats_are_none(store: Store) -> None:
    conversations = store.open(turns_a_minute=3, wait_seconds=0.5)
    for number in range(3):
        await keep(conversations, key=f"m{number}")
    assert [await reply_to(conversations, "m2") for _ in range(5)] == ["能补。"] * 5
    assert await conversations.claim("anna", "m3") is NotNow.TOO_MANY
    assert await conversations.claim("anna", "m4") is NotNow.TOO_MANY
    assert await reply_to(conversations, "m0") == "能补。"
    await claimed(conversations, "boris")


async def test_a_name_is_counted_up_to_its_limit_and_anew_after_its_window(store: Store) -> None:
    conversations = store.open()
    assert [await conversations.take("address", 2, 0.3) for _ in range(4)] == [True, True, False, False]
    assert await conversations.take("another", 2, 0.3)
    await asyncio.sleep(0.35)
    assert await conversations.take("address", 2, 0.3)
