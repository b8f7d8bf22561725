"""What may be sent to whom and how often: rights, windows, the typing sign, notifications."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.sandbox.options import AccountKind
from bot.sandbox.replies import SaidKind
from tests.bot.sandbox.accounts import HASTY, STEADY
from tests.bot.sandbox.calling import calling, menu_to, text_to


@pytest.mark.parametrize(
    ("kind", "verified", "codes"),
    [
        (AccountKind.SERVICE, True, (0, 0, 0)),
        (AccountKind.SUBSCRIPTION, True, (0, 40200, 0)),
        (AccountKind.TEST, False, (0, 40200, 0)),
        (AccountKind.SERVICE, False, (48001, 48001, 0)),
        (AccountKind.SUBSCRIPTION, False, (48001, 48001, 48001)),
    ],
)
async def test_what_an_account_may_do_follows_from_what_it_is(
    kind: AccountKind, verified: bool, codes: tuple[int, ...]
) -> None:
    async with calling(kind=kind, is_verified=verified) as caller:
        person = caller.box.person()
        await person.says("在吗")
        menu = {"button": [{"type": "click", "name": "办事", "key": "A"}]}
        sent = await caller.send(person), await caller.code("message/custom/send", menu_to(person))
        assert (*sent, await caller.code("menu/create", menu)) == codes


async def test_after_words_five_messages_may_be_sent_and_none_after_two_days() -> None:
    async with calling(clocks=replace(STEADY, message_window=30)) as caller:
        person = caller.box.person()
        assert await caller.send(person) == 45015
        await person.says("在吗")
        assert [await caller.send(person, str(number)) for number in range(6)] == [0] * 5 + [45047]
        await person.says("还在吗")
        assert await caller.send(person) == 0
        await caller.box.clock.sleep(30)
        assert await caller.send(person) == 45015


async def test_after_a_click_three_messages_may_be_sent_for_a_minute_and_it_opens_no_two_days() -> None:
    async with calling(clocks=replace(STEADY, touch_window=30)) as caller:
        person = caller.box.person()
        await person.clicks("A")
        assert [await caller.send(person, str(number)) for number in range(4)] == [0, 0, 0, 45047]
        await caller.box.clock.sleep(30)
        assert await caller.send(person) == 45015


async def test_who_left_is_sent_nothing() -> None:
    async with calling() as caller:
        person = caller.box.person()
        await person.says("在吗")
        await person.unfollows()
        assert await caller.send(person) == 43004
        assert await caller.code("message/custom/send", {"touser": "o-nobody"}) == 40003


async def test_what_is_sent_is_seen_and_counts_as_the_answer_of_the_message_that_had_none() -> None:
    async with calling(clocks=HASTY) as caller:
        person = caller.box.person()
        caller.box.point_at("http://127.0.0.1:1/")
        delivery = await person.says("在吗")
        assert delivery.is_lost
        assert await caller.send(person, "在") == 0
        assert not delivery.is_lost
        assert [said.text for said in delivery.also_said] == ["在"]
        await caller.send(person, "在")
        assert delivery.is_doubled
        bubble = person.talk[-1].said
        assert bubble is not None
        assert bubble.text == "在"


async def test_articles_and_options_are_shown_and_an_option_that_is_tapped_comes_back_with_its_id() -> None:
    async with calling() as caller:
        person = caller.box.person()
        await person.says("在吗")
        assert await caller.code("message/custom/send", menu_to(person)) == 0
        shown = person.talk[-1].said
        assert shown is not None
        assert (shown.kind, shown.options) == (SaidKind.OPTIONS, (("1", "能"), ("2", "不能")))
        await person.says("不能", menu_id="2")
        assert caller.account.pushes[-1].message._data["bizmsgmenuid"] == "2"
        article = {"title": "题", "description": "文", "url": "https://example.com/"}
        news = {"touser": person.openid, "msgtype": "news", "news": {"articles": [article]}}
        assert await caller.code("message/custom/send", news) == 0
        news["news"] = {"articles": [article, article]}
        assert await caller.code("message/custom/send", news) == 45008


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"text": {"content": ""}}, 44004),
        ({"text": {"content": "好" * 683}}, 45002),
        ({"text": {"content": "\ud800"}}, 47001),
        ({"text": None}, 44004),
        ({"msgtype": "poem"}, 40008),
        ({"touser": 1}, 40003),
    ],
)
async def test_what_cannot_be_sent_uses_nothing_up(change: dict[str, Any], code: int) -> None:
    async with calling() as caller:
        person = caller.box.person()
        await person.says("在吗")
        assert await caller.code("message/custom/send", text_to(person, "好") | change) == code
        assert person.windows.left(caller.box.clock.now()) == 5


async def test_the_typing_sign_needs_words_of_late_and_goes_with_the_reply() -> None:
    async with calling(clocks=replace(STEADY, typing_window=30, typing=100)) as caller:
        person = caller.box.person()
        typing = {"touser": person.openid, "command": "Typing"}
        assert await caller.code("message/custom/typing", typing) == 45080
        await person.says("在吗")
        assert [await caller.code("message/custom/typing", typing) for _ in range(2)] == [0, 45081]
        assert person.sees_typing
        await caller.send(person)
        assert not person.sees_typing
        await caller.box.clock.sleep(30)
        assert await caller.code("message/custom/typing", typing) == 45080


async def test_one_grant_is_one_notification_and_its_fate_is_pushed() -> None:
    async with calling() as caller:
        person = caller.box.person()
        notice = {"touser": person.openid, "template_id": "T", "data": {"thing1": {"value": "该签注了"}}}
        path = "message/subscribe/bizsend"
        assert await caller.code(path, notice) == 43101
        await person.answers_popup("T", True)
        assert [await caller.code(path, notice) for _ in range(2)] == [0, 43101]
        await caller.box.settled()
        sent = caller.account.pushes[-1].message._data["SubscribeMsgSentEvent"]["List"]
        assert (sent["TemplateId"], sent["ErrorStatus"]) == ("T", "success")
        await person.answers_popup("T", True, is_long_term=True)
        assert [await caller.code(path, notice) for _ in range(3)] == [0, 0, 0]
        await person.changes_grant("T", False)
        assert await caller.code(path, notice) == 43101
        assert await caller.code(path, notice | {"data": {"thing1": "x"}}) == 47003
        await person.answers_popup("T", True)
        await person.unfollows()
        await person.follows()
        assert await caller.code(path, notice) == 43101, "a grant ends with the following"
