"""Answers that come too late: each is told once, whatever breaks between the question and the telling."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import cast

import pytest

from bot.wechat import late
from bot.wechat.api import WechatApi
from bot.wechat.api_errors import ApiError
from bot.wechat.ledger import Ledger
from bot.wechat.owed import (
    CALM,
    GO_ON_READING,
    STILL_WORKING,
)
from dialogs.session import Session
from tests.bot.wechat.lateness import (
    PERHAPS,
    VERIFIED,
    Sent,
    goes_on,
    held_up,
    says,
    typed,
    until,
    until_heard,
    verified,
)
from tests.bot.wechat.platform import ACCOUNT, Platform, message, serve

# ------------------------------------------------------------------------------------------------- several late ones


async def test_each_late_answer_is_told_by_a_word_of_its_own_the_oldest_first(tmp_path: Path) -> None:
    async with serve(tmp_path, ACCOUNT, seconds=0.2) as platform:
        async with held_up(platform):
            for question in ("一", "二", "三"):
                assert await says(platform, question) == STILL_WORKING
        told = [await goes_on(platform) for _ in range(3)]
        first, second, third = (f"第{number}次：{said}（None）" for number, said in ((1, "一"), (2, "二"), (3, "三")))
        assert told == [f"{first}\n\n{GO_ON_READING}", f"{second}\n\n{GO_ON_READING}", third]
        assert (await says(platform, "继续")).startswith("第4次"), "all were told: it is a message like any other"


async def test_messages_that_are_late_at_the_same_moment_are_all_told(tmp_path: Path) -> None:
    async with serve(tmp_path, ACCOUNT, seconds=0.2) as platform:
        async with held_up(platform):
            questions = ["一", "二", "三", "四"]
            assert await asyncio.gather(*(says(platform, one) for one in questions)) == [STILL_WORKING] * 4
        told = [await goes_on(platform) for _ in range(4)]
        assert sorted(one.split("：")[1][0] for one in told) == sorted(questions)


async def test_a_word_that_is_pushed_again_gets_what_it_got(tmp_path: Path) -> None:
    async with serve(tmp_path, ACCOUNT, seconds=0.6) as platform:
        too_early, in_time = typed("继续"), typed("继续")
        async with held_up(platform):
            await says(platform, "一")
            await says(platform, "二")
            assert await platform.reply_to(too_early) == STILL_WORKING
        await until_heard(platform, 2)
        # Its second push may not be read by anybody: it takes no answer along.
        assert await platform.reply_to(too_early) == STILL_WORKING
        told = [await platform.reply_to(in_time) for _ in range(3)]
        assert set(told) == {f"第1次：一（None）\n\n{GO_ON_READING}"}
        assert await goes_on(platform) == "第2次：二（None）"


async def test_two_words_at_once_tell_two_answers(tmp_path: Path) -> None:
    async with serve(tmp_path, ACCOUNT, seconds=0.6) as platform:
        async with held_up(platform):
            await says(platform, "一")
            await says(platform, "二")
        await until_heard(platform, 2)
        told = await asyncio.gather(says(platform, "继续"), says(platform, "继续"))
        assert sorted(one.split("\n")[0] for one in told) == ["第1次：一（None）", "第2次：二（None）"]


async def test_of_more_than_are_remembered_the_latest_are(tmp_path: Path) -> None:
    async with serve(tmp_path, ACCOUNT, seconds=0.1) as platform:
        async with held_up(platform):
            for number in range(7):
                assert await says(platform, f"问{number}") == STILL_WORKING
        told = [await goes_on(platform) for _ in range(5)]
        assert [one.split("：")[1][:2] for one in told] == [f"问{number}" for number in range(2, 7)]


# --------------------------------------------------------------------------------------------------- what goes wrong


async def test_a_fault_in_a_late_turn_is_told_calmly_and_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with serve(tmp_path, ACCOUNT, seconds=0.2) as platform:
        platform.advisor.broken = KeyError("我住某街1号")
        async with held_up(platform):
            assert await says(platform, "我住某街1号") == STILL_WORKING
        assert await goes_on(platform) == CALM
        platform.advisor.broken = None
        assert await says(platform, "继续") == "第2次：继续（None）", "it was told"
        assert "turn failed: KeyError" in caplog.text
        assert "某街" not in caplog.text


async def test_a_fault_in_a_late_turn_follows_as_a_message_where_the_account_may(tmp_path: Path) -> None:
    sent = Sent()
    async with verified(tmp_path, sent) as platform:
        platform.advisor.broken = KeyError("x")
        async with held_up(platform):
            assert await says(platform, "要带什么", VERIFIED) == ""
        await asyncio.wait_for(sent.was_asked.wait(), 3)
        assert sent.texts == [CALM]


async def test_an_answer_that_is_kept_nowhere_is_sent_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(late, "LATE_SECONDS", 0.1)
    sent = Sent()
    async with verified(tmp_path, sent) as platform:
        async with held_up(platform):
            assert await says(platform, "要带什么", VERIFIED) == ""
            await platform.conversations.close()
        await asyncio.wait_for(sent.was_asked.wait(), 5)
        assert [one.split("：")[1] for one in sent.texts] == ["要带什么（None）"]


async def test_who_left_while_the_store_was_out_is_forgotten_when_it_is_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with serve(tmp_path, ACCOUNT) as platform:
        await says(platform, "要带什么")
        with closing(sqlite3.connect(tmp_path / "conversations.sqlite")) as database:
            database.execute("ALTER TABLE reply RENAME TO gone")
            assert await platform.reply_to(message("event", Event="unsubscribe", EventKey="")) == ""
            assert "store out: StoreUnavailable" in caplog.text
            database.execute("ALTER TABLE gone RENAME TO reply")
        await until(partial(_is_forgotten, platform))


# --------------------------------------------------------------------------------------------------------- the typing


@pytest.mark.parametrize("refuses", [None, PERHAPS])
async def test_typing_is_shown_once_while_an_answer_takes_long_and_costs_no_message(
    tmp_path: Path, refuses: ApiError | None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(late, "TYPING_SECONDS", 0.05)
    caplog.set_level(logging.INFO, logger="bot")
    sent = Sent(refuses)
    async with verified(tmp_path, sent, seconds=3) as platform:
        asking = asyncio.create_task(says(platform, "要带什么", VERIFIED))
        async with held_up(platform):
            await until(partial(_is_shown, sent))
        assert await asking == "第1次：要带什么（None）"
        assert await says(platform, "快的", VERIFIED) == "第2次：快的（None）"
        assert (sent.typing_shown, sent.texts) == (1, [])
        ledger = Ledger(platform.conversations)
        assert [await ledger.spend(platform.person()) for _ in range(6)] == [True] * 5 + [False]
        assert "typing" not in caplog.text


async def _is_forgotten(platform: Platform) -> bool:
    return await platform.session() == Session()


async def _is_shown(sent: Sent) -> bool:
    return sent.typing_shown > 0


async def test_an_account_that_may_not_send_shows_no_typing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late, "TYPING_SECONDS", 0.05)
    sent = Sent()
    async with serve(tmp_path, ACCOUNT, api=cast(WechatApi, sent), seconds=0.3) as platform:
        async with held_up(platform):
            assert await says(platform, "要带什么") == STILL_WORKING
        assert sent.typing_shown == 0
        assert await goes_on(platform) == "第1次：要带什么（None）"
