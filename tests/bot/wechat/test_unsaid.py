"""Late answers that could not be sent: told with the next reply or offered there, each once."""

from __future__ import annotations

import time
from pathlib import Path
from typing import cast

from bot.wechat.api import WechatApi
from bot.wechat.owed import (
    ANSWER_IS_HERE,
    ANSWER_IS_READY,
    ANSWERS_ARE_READY,
    GO_ON_READING,
    IF_NOT_SEEN,
)
from dialogs.saying import Saying
from tests.bot.wechat.lateness import (
    PERHAPS,
    SURELY_NOT,
    VERIFIED,
    Sent,
    asked_late,
    held_up,
    numbers,
    says,
    typed,
    until_unsaid,
    verified,
)
from tests.bot.wechat.platform import render, serve, text


async def test_an_answer_that_could_not_be_sent_comes_before_the_next_reply_and_once(tmp_path: Path) -> None:
    sent = Sent(SURELY_NOT)
    async with verified(tmp_path, sent) as platform:
        await asked_late(platform, sent)
        following = typed("要多久")
        told = [await platform.reply_to(following, VERIFIED) for _ in range(3)]
        assert set(told) == {f"{ANSWER_IS_HERE}\n第1次：要带什么（None）\n\n第2次：要多久（None）"}
        assert await says(platform, "再问", VERIFIED) == "第3次：再问（None）"
        assert (await says(platform, "继续", VERIFIED)).startswith("第4次"), "it was told"


async def test_a_message_that_was_answered_before_takes_nothing_along_when_it_is_pushed_again(tmp_path: Path) -> None:
    sent = Sent(SURELY_NOT)
    async with verified(tmp_path, sent) as platform:
        before = text("早先", number=next(numbers), created=int(time.time()) - 20)
        assert await platform.reply_to(before, VERIFIED) == "第1次：早先（None）"
        await asked_late(platform, sent)
        assert await platform.reply_to(before, VERIFIED) == "第1次：早先（None）"
        assert (await says(platform, "要多久", VERIFIED)).startswith(f"{ANSWER_IS_HERE}\n第2次：要带什么（None）")


async def test_an_answer_that_perhaps_arrived_is_offered_and_not_told_twice(tmp_path: Path) -> None:
    sent = Sent(PERHAPS)
    async with verified(tmp_path, sent) as platform:
        await asked_late(platform, sent)
        assert await says(platform, "要多久", VERIFIED) == f"{IF_NOT_SEEN}\n\n第2次：要多久（None）"
        assert await says(platform, "再问", VERIFIED) == "第3次：再问（None）"
        assert await says(platform, "继续", VERIFIED) == "第1次：要带什么（None）"


async def test_a_word_tells_what_was_surely_not_seen_before_what_perhaps_was(tmp_path: Path) -> None:
    sent = Sent(PERHAPS)
    async with verified(tmp_path, sent) as platform:
        await asked_late(platform, sent, "一")
        sent.refuses = SURELY_NOT
        async with held_up(platform):
            assert await says(platform, "二", VERIFIED) == ""
        await until_unsaid(platform, sent, 2)
        told = [await says(platform, "继续", VERIFIED) for _ in range(2)]
        assert told == ["第2次：二（None）", "第1次：一（None）"]


async def test_several_answers_that_could_not_be_sent_are_offered_one_by_one(tmp_path: Path) -> None:
    sent = Sent(SURELY_NOT)
    async with verified(tmp_path, sent) as platform:
        async with held_up(platform):
            for question in ("一", "二"):
                assert await says(platform, question, VERIFIED) == ""
        await until_unsaid(platform, sent, 2)
        assert await says(platform, "别的", VERIFIED) == f"{ANSWERS_ARE_READY}\n\n第3次：别的（None）"
        assert await says(platform, "继续", VERIFIED) == f"第1次：一（None）\n\n{GO_ON_READING}"
        assert await says(platform, "继续", VERIFIED) == "第2次：二（None）"


async def test_an_answer_too_long_to_stand_before_a_reply_is_offered(tmp_path: Path) -> None:
    def say(saying: Saying) -> str:
        return render(saying) + ("长" * 600 if "长" in render(saying) else "")

    sent = Sent(SURELY_NOT)
    async with serve(tmp_path, VERIFIED, api=cast(WechatApi, sent), seconds=0.2, say=say) as platform:
        await asked_late(platform, sent, "说长的")
        assert (await says(platform, "说长的", VERIFIED)).startswith(f"{ANSWER_IS_READY}\n\n第2次")
        assert (await says(platform, "继续", VERIFIED)).startswith("第1次：说长的")
