"""What the channel does beside answering a question: the rest of a long reply, late answers, clerks, codes, voice."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path
from typing import cast

import pytest

from bot.accounts import AccountType, Hours, WechatAccount
from bot.clock import SHANGHAI
from bot.store.base import Claim
from bot.wechat.answering import ASK_TO_TYPE, TYPE_FOR_CLERK
from bot.wechat.api import WechatApi
from bot.wechat.api_errors import Unreachable, Why
from bot.wechat.desk import FOR_A_CLERK, PIECES_APART
from bot.wechat.owed import NO_MORE, STILL_WORKING
from dialogs.saying import Saying
from tests.bot.wechat.platform import ACCOUNT, WELCOME, Platform, message, read, render, serve, text

pytestmark = pytest.mark.asyncio

VERIFIED = replace(ACCOUNT, app_secret="s", verified=True, type=AccountType.SERVICE)
WITH_CLERKS = replace(VERIFIED, clerk_hours=(Hours(1, 5, time(9), time(17)),), clerk_phone="0827-5261234")


def in_pieces(saying: Saying) -> str:
    """Say everything in three messages."""
    return PIECES_APART.join(f"{render(saying)}，第{number}段" for number in (1, 2, 3))


def for_a_clerk(saying: Saying) -> str:
    said = render(saying)
    return f"{FOR_A_CLERK}{said}" if "人工" in said else said


# ---------------------------------------------------------------------------------------------------------- 「更多」


async def test_the_rest_of_a_long_reply_comes_piece_by_piece(tmp_path: Path) -> None:
    async with serve(tmp_path, ACCOUNT, say=in_pieces) as platform:
        said = [
            await platform.reply_to(text(word, number=n)) for n, word in enumerate(("要带什么", "更多", "“更多”。"))
        ]
        assert said == [f"第1次：要带什么（None），第{number}段" for number in (1, 2, 3)]
        assert await platform.reply_to(text("更多", number=9)) == NO_MORE


async def test_a_newer_short_reply_has_no_more(tmp_path: Path) -> None:
    def say(saying: Saying) -> str:
        return in_pieces(saying) if "长" in render(saying) else render(saying)

    async with serve(tmp_path, ACCOUNT, say=say) as platform:
        assert (await platform.reply_to(text("说长的", number=1))).endswith("第1段")
        assert await platform.reply_to(text("短的", number=2)) == "第2次：短的（None）"
        assert await platform.reply_to(text("更多", number=3)) == NO_MORE


async def test_a_repeated_request_for_more_gets_the_same_piece(tmp_path: Path) -> None:
    async with serve(tmp_path, ACCOUNT, say=in_pieces) as platform:
        await platform.reply_to(text("要带什么", number=1))
        again = [await platform.reply_to(text("更多", number=2)) for _ in range(3)]
        assert set(again) == {"第1次：要带什么（None），第2段"}
        assert (await platform.reply_to(text("更多", number=3))).endswith("第3段")
        # The last piece too, when nothing is noted any more.
        assert (await platform.reply_to(text("更多", number=3))).endswith("第3段")


async def test_without_anything_before_there_is_no_more_and_going_on_is_a_message_like_any_other(
    tmp_path: Path,
) -> None:
    async with serve(tmp_path, ACCOUNT) as platform:
        assert await platform.reply_to(text("更多")) == NO_MORE
        assert await platform.reply_to(text("继续", number=2)) == "第1次：继续（None）"


# --------------------------------------------------------------------------------------------------- late answers


_numbers = itertools.count(10)


class Sent:
    """In the place of the platform's interfaces: what is sent through them, and whether they break."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, str]] = []
        self.has_sent = asyncio.Event()
        self.is_broken = False

    async def send_text(self, openid: str, text: str) -> None:
        if self.is_broken:
            raise Unreachable(Why.NO_CONNECTION)
        self.texts.append((openid, text))
        self.has_sent.set()


@asynccontextmanager
async def held_up(platform: Platform) -> AsyncIterator[None]:
    """Hold the person's turn for a while: whatever they send is late."""
    claim = await platform.conversations.claim(platform.person(), "another message")
    assert isinstance(claim, Claim)
    yield
    await platform.conversations.release(claim)


async def _asked_until_told(platform: Platform, account: WechatAccount = ACCOUNT) -> str:
    """Say 继续 as long as the answer is not there; return what is told then."""
    async with asyncio.timeout(5):
        while True:
            said = await platform.reply_to(text("继续", number=next(_numbers)), account)
            if said != STILL_WORKING:
                return said
            await asyncio.sleep(0.05)


async def test_a_late_answer_is_asked_for_by_a_word_where_nothing_can_be_sent(tmp_path: Path) -> None:
    async with serve(tmp_path, ACCOUNT, seconds=0.2) as platform:
        async with held_up(platform):
            assert await platform.reply_to(text("要带什么", number=1)) == STILL_WORKING
            assert await platform.reply_to(text("继续", number=2)) == STILL_WORKING
        assert await _asked_until_told(platform) == "第1次：要带什么（None）"
        assert platform.advisor.heard == ["要带什么"]
        assert (await platform.reply_to(text("继续", number=4))).startswith("第2次"), "it was told"


async def test_a_late_answer_follows_by_message_once_where_the_account_may(tmp_path: Path) -> None:
    sent = Sent()
    async with serve(tmp_path, VERIFIED, api=cast(WechatApi, sent), seconds=0.2) as platform:
        push = platform.pushed(text("要带什么"), VERIFIED)
        async with held_up(platform):
            assert await platform.post(*push, VERIFIED) == (200, "success")
        await asyncio.wait_for(sent.has_sent.wait(), 3)
        assert await platform.post(*push, VERIFIED) == (200, "success"), "pushed again: it was sent"
        assert sent.texts == [("o-user", "第1次：要带什么（None）")]


async def test_a_late_answer_that_cannot_be_sent_waits_for_the_word(tmp_path: Path) -> None:
    sent = Sent()
    sent.is_broken = True
    async with serve(tmp_path, VERIFIED, api=cast(WechatApi, sent), seconds=0.2) as platform:
        async with held_up(platform):
            assert await platform.reply_to(text("要带什么"), VERIFIED) == ""
        assert await _asked_until_told(platform, VERIFIED) == "第1次：要带什么（None）"


async def test_a_late_tap_is_answered_like_a_message(tmp_path: Path) -> None:
    sent = Sent()
    async with serve(tmp_path, VERIFIED, api=cast(WechatApi, sent), seconds=0.2) as platform:
        async with held_up(platform):
            tapped = message("event", Event="CLICK", EventKey="我能办吗")
            assert await platform.reply_to(tapped, VERIFIED) == ""
        await asyncio.wait_for(sent.has_sent.wait(), 3)
        assert sent.texts == [("o-user", "第1次：我能办吗（None）")]


async def test_asking_for_it_does_not_take_the_turn_from_a_late_answer(tmp_path: Path) -> None:
    async with serve(tmp_path, ACCOUNT, seconds=0.2) as platform:
        async with held_up(platform):
            assert await platform.reply_to(text("要带什么", number=1)) == STILL_WORKING
            for number in (2, 3, 4):
                assert await platform.reply_to(text("继续", number=number)) == STILL_WORKING
        assert await _asked_until_told(platform) == "第1次：要带什么（None）"
        assert platform.advisor.heard == ["要带什么"]


async def test_when_no_message_is_left_the_person_is_told_to_ask(tmp_path: Path) -> None:
    sent = Sent()
    async with serve(tmp_path, VERIFIED, api=cast(WechatApi, sent), seconds=0.2) as platform:
        said = []
        for number in range(6):
            async with held_up(platform):
                said.append(await platform.reply_to(text("要带什么", number=number), VERIFIED))
            await platform.reply_to(text("说完", number=100 + number), VERIFIED)
        assert said == [""] * 5 + [STILL_WORKING]


# ------------------------------------------------------------------------------------------------------------- clerks


@pytest.mark.parametrize(
    ("when", "kind"),
    [(datetime(2026, 11, 23, 10, tzinfo=SHANGHAI), "transfer_customer_service"),
     (datetime(2026, 11, 22, 10, tzinfo=SHANGHAI), "text")],
)  # fmt: skip
async def test_who_asks_for_a_human_is_handed_over_in_office_hours(tmp_path: Path, when: datetime, kind: str) -> None:
    async with serve(tmp_path, WITH_CLERKS, say=for_a_clerk, clock=lambda: when) as platform:
        push = platform.pushed(text("转人工"), WITH_CLERKS)
        replies = [read((await platform.post(*push, WITH_CLERKS))[1], WITH_CLERKS) for _ in range(2)]
        assert [reply["MsgType"] for reply in replies] == [kind] * 2
        if kind == "text":
            assert replies[0]["Content"].startswith("人工现在不在，时间是周一至周五 09:00-17:00。")
            assert "0827-5261234" in replies[0]["Content"]
            assert FOR_A_CLERK not in replies[0]["Content"]


async def test_a_tap_cannot_be_handed_over_and_says_how(tmp_path: Path) -> None:
    monday = datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)
    async with serve(tmp_path, WITH_CLERKS, say=for_a_clerk, clock=lambda: monday) as platform:
        assert (
            await platform.reply_to(message("event", Event="CLICK", EventKey="转人工"), WITH_CLERKS) == TYPE_FOR_CLERK
        )


async def test_an_account_without_clerks_hands_nobody_over(tmp_path: Path) -> None:
    async with serve(tmp_path, ACCOUNT, say=for_a_clerk) as platform:
        assert await platform.reply_to(text("转人工")) == "第1次：转人工（None）"


# ------------------------------------------------------------------------------------- events, voice, places, pictures


@pytest.mark.parametrize(("event", "key"), [("subscribe", ""), ("subscribe", "qrscene_luoyang"), ("SCAN", "luoyang")])
async def test_who_follows_or_scans_is_welcomed_once(tmp_path: Path, event: str, key: str) -> None:
    async with serve(tmp_path, ACCOUNT) as platform:
        followed = message("event", Event=event, EventKey=key)
        assert [await platform.reply_to(followed) for _ in range(2)] == [WELCOME, WELCOME]
        assert platform.advisor.heard == []


async def test_a_button_of_the_menu_says_its_words(tmp_path: Path) -> None:
    async with serve(tmp_path, ACCOUNT) as platform:
        assert await platform.reply_to(message("event", Event="CLICK", EventKey="我能办居住证吗")) == (
            "第1次：我能办居住证吗（None）"
        )


async def test_a_picture_is_not_fetched_without_interfaces(tmp_path: Path) -> None:
    async with serve(tmp_path, ACCOUNT) as platform:
        assert await platform.reply_to(message("image", MediaId="m")) == ASK_TO_TYPE


async def test_a_wrong_key_is_an_alarm_that_is_noted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with serve(tmp_path, ACCOUNT) as platform:
        key = "W" * 43
        status, _ = await platform.post(*platform.pushed(text(), key=key))
        assert status == 400
        assert "wrong key on account jzz" in caplog.text
        assert await platform.conversations.noted(ACCOUNT.app_id, "wrong_key") in ("decryption", "app_id")
