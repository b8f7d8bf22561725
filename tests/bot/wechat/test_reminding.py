"""A reminder comes on its day: as a message where that is allowed, else with the next answer; never twice."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import cast

import pytest_asyncio

from bot.accounts import AccountType, WechatAccount
from bot.assistant import Assistant
from bot.clock import SHANGHAI
from bot.places import Place
from bot.render import as_text
from bot.store.records import Records
from bot.telling import TO_TELL
from bot.wechat.api import WechatApi
from bot.wechat.api_errors import NotAuthorised, NotGranted, Unreachable, Why
from bot.wechat.desk import desk_of
from bot.wechat.ledger import Ledger, Opened
from bot.wechat.reminding import GRANTED, Reminding, with_reminders
from dialogs.advisor import Advisor
from tests.bot.declaring import DAY, Clock, assembled
from tests.bot.wechat.platform import ACCOUNT

MORNING = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
SENTENCE = "提醒您：2026年11月23日，可以去签注（洛阳市）。"
VERIFIED = replace(ACCOUNT, app_secret="s", verified=True, type=AccountType.SERVICE)

NOTIFYING = replace(
    VERIFIED, reminder_template="T1", reminder_fields={"thing1": "{city}居住证：{what}", "time2": "{day}"}
)


@dataclass
class Sent:
    """In the place of the platform's interfaces."""

    texts: list[tuple[str, str]] = field(default_factory=list)
    breaks: Exception | None = None
    refuses: Exception | None = None

    notified: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    async def send_text(self, openid: str, text: str) -> None:
        if self.breaks is not None:
            raise self.breaks
        self.texts.append((openid, text))

    async def notify(self, openid: str, template_id: str, _page: str, data: dict[str, str]) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.notified.append((openid, template_id, data))


@dataclass
class Town:
    """An assistant with its stores on the day of the reminder, and what delivers reminders."""

    assistant: Assistant
    clock: Clock
    ledger: Ledger
    sent: Sent
    now: datetime = MORNING

    def reminding(self, *, is_able: bool = True, account: WechatAccount = VERIFIED) -> Reminding:
        records = self.assistant.records
        assert isinstance(records, Records)
        api = cast(WechatApi, self.sent) if is_able else None
        desks = {ACCOUNT.name: replace(desk_of(account, lambda _: as_text), api=api)}
        return Reminding(self.assistant, records, desks, self.ledger, lambda: self.now)

    async def says(self, text: str, key: str) -> str:
        reply = await self.assistant.hear_once("anna", text, message_key=key, render=as_text, place=self.place)
        return await self.reply_to(key, reply)

    async def reply_to(self, key: str, reply: str) -> str:
        """Return a reply as it goes out."""
        noted = await self.assistant.conversations.noted("anna", TO_TELL)
        return await with_reminders(self.assistant, "anna", key, reply, noted, math.inf)

    @property
    def place(self) -> Place:
        return Place(channel="wechat", usual_city="luoyang", reach=(ACCOUNT.name, "o-anna"))


@pytest_asyncio.fixture
async def town(advisor: Advisor, tmp_path: Path) -> AsyncIterator[Town]:
    clock = Clock()
    clock.at += 19 * DAY
    assistant = assembled(advisor, tmp_path, clock)
    place = Town(assistant, clock, Ledger(assistant.conversations, clock), Sent())
    for number, words in enumerate(("设提醒", "洛阳", "可以去签注", "11月23日")):
        await place.says(words, f"s{number}")
    clock.at += 2 * DAY
    yield place
    await assistant.close()


async def test_it_is_sent_once_on_its_day(town: Town) -> None:
    await town.ledger.heard("anna", Opened.BY_MESSAGE)
    assert [await town.reminding().deliver() for _ in range(3)] == [1, 0, 0]
    assert town.sent.texts == [("o-anna", SENTENCE)]
    assert SENTENCE not in await town.says("补办要钱吗", "m1")


async def test_nobody_is_woken(town: Town) -> None:
    await town.ledger.heard("anna", Opened.BY_MESSAGE)
    town.now = MORNING.replace(hour=5)
    assert await town.reminding().deliver() == 0
    town.now = MORNING.replace(hour=21)
    assert await town.reminding().deliver() == 0


async def test_without_a_window_it_comes_with_the_next_answer_and_once(town: Town) -> None:
    assert await town.reminding().deliver() == 1
    assert town.sent.texts == []
    first = await town.says("补办要钱吗", "m1")
    assert first.startswith(f"{SENTENCE}\n\n")
    assert await town.says("补办要钱吗", "m1") == first, "pushed again: the same reply"
    assert SENTENCE not in await town.says("补办要钱吗", "m2")


async def test_an_account_that_may_not_send_tells_it_with_the_next_answer(town: Town) -> None:
    await town.ledger.heard("anna", Opened.BY_MESSAGE)
    await town.reminding(is_able=False).deliver()
    assert (await town.says("补办要钱吗", "m1")).startswith(SENTENCE)


async def test_when_the_platform_refuses_it_comes_with_the_next_answer(town: Town) -> None:
    await town.ledger.heard("anna", Opened.BY_MESSAGE)
    town.sent.breaks = NotAuthorised(48001)
    await town.reminding().deliver()
    assert (await town.says("补办要钱吗", "m1")).startswith(SENTENCE)


async def test_when_nobody_knows_whether_it_arrived_it_is_not_sent_again_and_told_later(town: Town) -> None:
    await town.ledger.heard("anna", Opened.BY_MESSAGE)
    town.sent.breaks = Unreachable(Why.TOO_SLOW)
    await town.reminding().deliver()
    town.sent.breaks = None
    assert await town.reminding().deliver() == 0
    assert SENTENCE not in await town.says("补办要钱吗", "m1"), "it may have arrived a moment ago"
    town.clock.at += 301
    assert await town.reminding().deliver() == 0
    assert town.sent.texts == []


async def test_a_reply_without_room_waits_for_the_next(town: Town) -> None:
    await town.reminding().deliver()
    long = "长" * 670
    assert await town.reply_to("m1", long) == long
    assert (await town.reply_to("m2", "短")).startswith(SENTENCE)


async def test_who_allowed_a_notification_gets_it_once_and_needs_no_window(town: Town) -> None:
    await town.assistant.conversations.note("anna", GRANTED, "", 600)
    assert await town.reminding(account=NOTIFYING).deliver() == 1
    assert town.sent.notified == [("o-anna", "T1", {"thing1": "洛阳市居住证：可以去签注", "time2": "2026年11月23日"})]
    assert town.sent.texts == []
    assert await town.assistant.conversations.noted("anna", GRANTED) is None, "one grant, one notification"


async def test_without_a_grant_it_is_a_message(town: Town) -> None:
    await town.ledger.heard("anna", Opened.BY_MESSAGE)
    await town.reminding(account=NOTIFYING).deliver()
    assert (town.sent.notified, town.sent.texts) == ([], [("o-anna", SENTENCE)])


async def test_a_grant_that_was_taken_back_leaves_the_message(town: Town) -> None:
    await town.assistant.conversations.note("anna", GRANTED, "", 600)
    await town.ledger.heard("anna", Opened.BY_MESSAGE)
    town.sent.refuses = NotGranted(43101)
    await town.reminding(account=NOTIFYING).deliver()
    assert town.sent.texts == [("o-anna", SENTENCE)]
