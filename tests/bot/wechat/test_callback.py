"""The WeChat callback in conversation: one turn a message, one reply however often it comes, never a 500."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from bot.assistant import Assistant
from bot.clock import now_in_shanghai
from bot.identity import Identities
from bot.settings import SettingsError
from bot.store.base import REPLY_SECONDS
from bot.store.sqlite import SqliteConversations
from bot.wechat.answering import ASK_TO_TYPE, Answers
from bot.wechat.callback import REFUSALS, setup_routes
from bot.wechat.desk import desk_of
from bot.wechat.door import WINDOW_SECONDS, Reason
from bot.wechat.owed import CALM
from dialogs.session import Session
from tests.bot.wechat.platform import (
    ACCOUNT,
    CHANGED,
    KEY,
    LUOYANG,
    OLD_KEY,
    WELCOME,
    CountingAdvisor,
    Platform,
    greet,
    message,
    read,
    render,
    serve,
    text,
)


@pytest_asyncio.fixture
async def platform(tmp_path: Path) -> AsyncIterator[Platform]:
    async with serve(tmp_path, ACCOUNT, LUOYANG, CHANGED) as served:
        yield served


# ------------------------------------------------------------------------------------------------------- one message


@pytest.mark.asyncio
async def test_a_question_is_answered_and_the_reply_is_addressed_to_the_person(platform: Platform) -> None:
    status, reply = await platform.post(*platform.pushed(text("要带什么")))
    fields = read(reply)
    assert status == 200
    assert (fields["ToUserName"], fields["FromUserName"]) == ("o-user", "gh_us")
    assert fields["Content"] == "第1次：要带什么（None）"
    assert (await platform.conversations.load(platform.person())).topics == ("要带什么",)


@pytest.mark.asyncio
async def test_an_account_of_one_city_answers_for_its_city(platform: Platform) -> None:
    assert await platform.reply_to(text(), LUOYANG) == "第1次：要带什么（luoyang）"


@pytest.mark.asyncio
async def test_a_message_pushed_again_takes_one_turn_and_gets_the_identical_plaintext(platform: Platform) -> None:
    replies = [await platform.post(*platform.pushed(text())) for _ in range(3)]
    assert len({reply for _, reply in replies}) == 3  # sealed anew each time
    assert all(read(reply) == read(replies[0][1]) for _, reply in replies)
    assert platform.advisor.heard == ["要带什么"]


@pytest.mark.asyncio
async def test_pushes_of_one_message_arriving_together_take_one_turn(platform: Platform) -> None:
    replies = await asyncio.gather(*(platform.reply_to(text()) for _ in range(20)))
    assert set(replies) == {"第1次：要带什么（None）"}
    assert len(platform.advisor.heard) == 1


@pytest.mark.asyncio
async def test_two_people_whose_messages_have_the_same_id_are_both_answered(platform: Platform) -> None:
    assert await platform.reply_to(text("甲问", user="o-a")) == "第1次：甲问（None）"
    assert await platform.reply_to(text("乙问", user="o-b")) == "第2次：乙问（None）"


@pytest.mark.asyncio
async def test_a_restart_between_two_pushes_changes_nothing(platform: Platform, tmp_path: Path) -> None:
    first = await platform.reply_to(text())
    async with serve(tmp_path, ACCOUNT) as restarted:
        assert await restarted.reply_to(text()) == first
    assert restarted.advisor.heard == []


@pytest.mark.asyncio
async def test_the_previous_key_is_answered_with_the_previous_key(platform: Platform) -> None:
    assert await platform.reply_to(text(), CHANGED, key=KEY) == "第1次：要带什么（None）"
    assert await platform.reply_to(text("再问", number=2), CHANGED, key=OLD_KEY) == "第2次：再问（None）"


@pytest.mark.asyncio
async def test_markup_in_a_question_stays_text_in_the_reply(platform: Platform) -> None:
    forged = "x]]]]><![CDATA[></Content><Content>假的"  # arrives as x]]></Content><Content>假的
    status, reply = await platform.post(*platform.pushed(text(forged)))
    assert status == 200
    assert read(reply)["Content"] == "第1次：x]] </Content><Content>假的（None）"


# ------------------------------------------------------------------------------------------------------------ replay


@pytest.mark.asyncio
async def test_a_replayed_request_gets_the_stored_reply_and_takes_no_turn(platform: Platform) -> None:
    request = platform.pushed(text())
    replies = [await platform.post(*request) for _ in range(3)]
    assert {str(read(reply)) for _, reply in replies} == {str(read(replies[0][1]))}
    assert len(platform.advisor.heard) == 1


def test_a_reply_is_kept_as_long_as_any_signature_of_its_message_is_valid() -> None:
    # Signed by a clock that is as much ahead as the window allows, a request is good for twice the window.
    assert (WINDOW_SECONDS, REPLY_SECONDS) == (300, 600)
    assert REPLY_SECONDS >= 2 * WINDOW_SECONDS


@pytest.mark.asyncio
async def test_a_replay_in_the_last_second_of_its_signature_gets_the_stored_reply(tmp_path: Path) -> None:
    clock = [time.time()]
    async with serve(tmp_path, ACCOUNT, now=lambda: clock[0]) as platform:
        request = platform.pushed(text(), at=clock[0] + WINDOW_SECONDS)
        first = await platform.post(*request)
        clock[0] += 2 * WINDOW_SECONDS - 1
        again = await platform.post(*request)
        assert read(again[1]) == read(first[1])
        clock[0] += 2
        assert await platform.post(*request) == (400, "")
        assert platform.app[REFUSALS][Reason.CLOCK] == 1
        assert len(platform.advisor.heard) == 1


@pytest.mark.asyncio
async def test_a_replay_while_the_first_is_being_answered_waits_for_its_reply(platform: Platform) -> None:
    request = platform.pushed(text())
    replies = await asyncio.gather(*(platform.post(*request) for _ in range(5)))
    assert {str(read(reply)) for _, reply in replies} == {str(read(replies[0][1]))}
    assert len(platform.advisor.heard) == 1


@pytest.mark.asyncio
async def test_a_captured_query_with_another_body_is_refused(platform: Platform) -> None:
    query, _ = platform.pushed(text())
    _, body = platform.pushed(text("别的", number=2))
    assert await platform.post(query, body) == (400, "")
    assert platform.app[REFUSALS][Reason.WRONG_SIGNATURE] == 1
    assert platform.advisor.heard == []


# ------------------------------------------------------------------------------------------------------------ events


@pytest.mark.asyncio
async def test_a_new_follower_is_welcomed_and_welcomed_again_when_the_event_is_pushed_again(platform: Platform) -> None:
    event = message("event", Event="subscribe", EventKey="qrscene_7")
    assert [await platform.reply_to(event) for _ in range(2)] == [WELCOME, WELCOME]
    assert platform.advisor.heard == []


@pytest.mark.asyncio
async def test_leaving_forgets_the_person_once_and_says_nothing(platform: Platform) -> None:
    await platform.reply_to(text("第一问"))
    await platform.reply_to(text("别人问", user="o-other"))
    leaving = message("event", Event="unsubscribe", EventKey="")
    assert await platform.reply_to(leaving) == ""
    assert await platform.conversations.load(platform.person()) == Session()
    assert (await platform.conversations.load(platform.person("o-other"))).topics == ("别人问",)
    await platform.reply_to(text("回来了", number=3))
    assert await platform.reply_to(leaving) == ""  # the late second push of the same event
    assert (await platform.conversations.load(platform.person())).topics == ("回来了",)


@pytest.mark.asyncio
@pytest.mark.parametrize("event", ["VIEW", "LOCATION", "an_event_of_next_year"])
async def test_any_other_event_is_taken_in_silence(platform: Platform, event: str) -> None:
    assert await platform.reply_to(message("event", Event=event, EventKey="k", Latitude="34.6")) == ""
    assert platform.advisor.heard == []


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", ["image", "video", "shortvideo", "location", "link", "a_kind_of_next_year"])
async def test_whatever_holds_no_words_gets_a_kind_request_to_type(platform: Platform, kind: str) -> None:
    assert await platform.reply_to(message(kind, MediaId="m", Label=" ", Recognition="")) == ASK_TO_TYPE
    assert platform.advisor.heard == []


# ------------------------------------------------------------------------------------------------- faults of our own


@pytest.mark.asyncio
async def test_a_fault_in_a_turn_is_logged_without_words_or_person_and_answered_calmly(
    platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    platform.advisor.broken = KeyError("我住某街1号 o-user")
    assert await platform.reply_to(text("我住某街1号")) == CALM
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("bot"))
    assert "KeyError" in logged
    assert "in take_turn" in logged
    assert "某街" not in logged
    assert "o-user" not in logged
    platform.advisor.broken = None
    assert await platform.reply_to(text("我住某街1号")) == "第2次：我住某街1号（None）"


@pytest.mark.asyncio
async def test_a_closed_store_is_no_500(platform: Platform, caplog: pytest.LogCaptureFixture) -> None:
    await platform.conversations.close()
    assert await platform.reply_to(text()) == "第1次：要带什么（None）"  # a question needs nothing that is remembered
    assert "store out: StoreUnavailable" in caplog.text


@pytest.mark.asyncio
async def test_a_rendering_that_is_too_long_is_no_500(platform: Platform) -> None:
    assert await platform.reply_to(text("长" * 800)) == CALM


async def test_an_account_without_token_stops_the_start(tmp_path: Path) -> None:
    assistant = Assistant(CountingAdvisor(), SqliteConversations(tmp_path / "c.sqlite"))
    answers = Answers(assistant, Identities(bytes(32)), greet, None, now_in_shanghai)
    with pytest.raises(SettingsError):
        setup_routes(web.Application(), {"bad": desk_of(replace(ACCOUNT, token=""), lambda _: render)}, answers)
    await assistant.close()
