"""What is pushed, how often, and what the person sees of what comes back."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest
from aiohttp import web
from wechatpy.replies import ArticlesReply, TransferCustomerServiceReply

from bot.accounts import Mode, SettingsError
from bot.sandbox.ledger import Delivery, Fate, Outcome
from bot.sandbox.options import Clocks, SandboxOptions, invented_account
from bot.sandbox.people import BANNER, NotFollowing, Person
from bot.sandbox.replies import Flaw, SaidKind
from tests.bot.sandbox.accounts import ACCOUNT, HASTY, STEADY, Answer, Pushed, boxed, echo, sealed


def seen(person: Person) -> list[str]:
    """What stands in the talk: the words of everybody in it."""
    return [bubble.said.text if bubble.said else bubble.text for bubble in person.talk]


def answering(text: str, *, status: int = 200) -> Answer:
    async def answer(_push: Pushed) -> web.Response:
        return web.Response(text=text, status=status)

    return answer


async def never(_push: Pushed) -> web.Response:
    await asyncio.sleep(60)
    raise AssertionError("nobody waits that long")


async def test_a_person_writes_and_reads_the_reply() -> None:
    async with boxed(echo) as (box, account):
        person = box.person()
        delivery = await person.says("要带什么？<b>&")
        assert account.words == ["要带什么？<b>&"]
        assert (delivery.text, delivery.fate, delivery.pushes) == ("您说：要带什么？<b>&", Fate.REPLIED, 1)
        assert seen(person) == ["要带什么？<b>&", "您说：要带什么？<b>&"]
        assert box.ledger.tally().replied == 1


async def test_words_that_end_a_cdata_section_arrive_whole_and_a_careless_reply_with_them_is_none() -> None:
    async with boxed(echo) as (box, account):
        delivery = await box.person().says("a]]>b")
        assert account.words == ["a]]>b"]
        assert delivery.attempts[0].flaw is Flaw.NOT_XML


@pytest.mark.parametrize("mode", list(Mode))
async def test_all_three_modes_are_read_by_another_implementation_and_its_replies_by_ours(mode: Mode) -> None:
    async with boxed(echo, replace(ACCOUNT, mode=mode)) as (box, account):
        assert await box.verify()
        delivery = await box.person().says("好")
        assert delivery.text == "您说：好"
        assert ("Encrypt" in account.pushes[0].body) == (mode is not Mode.PLAIN)
        assert ("好" in account.pushes[0].body) == (mode is not Mode.SAFE)


async def test_every_kind_of_message_arrives_with_its_fields() -> None:
    async with boxed(echo) as (box, account):
        person = box.person()
        await person.sends_image(b"jpeg")
        await person.speaks("怎么办居住证")
        await person.speaks(None)
        await person.sends_video()
        await person.sends_location("某市某区某路1号")
        await person.sends_link("标题", "https://example.com/")
        image, heard, unheard, video, place, link = (push.message for push in account.pushes)
        assert image.image.endswith(image.media_id)
        assert (heard.recognition, unheard.recognition) == ("怎么办居住证", None)
        assert video.type == "video"
        assert place.label == "某市某区某路1号"
        assert (link.title, link.url) == ("标题", "https://example.com/")
        assert len({push.message.id for push in account.pushes}) == 6


async def test_every_kind_of_event_arrives_with_its_fields() -> None:
    async with boxed(echo) as (box, account):
        person = box.person()
        for action in (
            person.follows("station-1"),
            person.clicks("MENU"),
            person.views("https://example.com/"),
            person.reports_position(34.6, 112.4),
            person.answers_popup("template", True),
            person.changes_grant("template", False),
            person.unfollows(),
            person.follows("station-2"),
            person.unfollows(),
            person.follows(),
        ):
            assert (await action).fate is Fate.SILENT
        told = [(push.message._data["Event"], push.message._data.get("EventKey")) for push in account.pushes]
        assert told == [
            ("SCAN", "station-1"), ("CLICK", "MENU"), ("VIEW", "https://example.com/"), ("LOCATION", None),
            ("subscribe_msg_popup_event", None), ("subscribe_msg_change_event", None), ("unsubscribe", None),
            ("subscribe_scan", "station-2"), ("unsubscribe", None), ("subscribe", None),
        ]  # fmt: skip
        assert "qrscene_station-2" in box.ledger.deliveries[7].xml, "wechatpy takes the beginning off"
        popup = account.pushes[4].message._data["SubscribeMsgPopupEvent"]["List"]
        assert (popup["TemplateId"], popup["SubscribeStatusString"]) == ("template", "accept")


async def test_two_taps_on_a_button_in_one_second_are_two_events() -> None:
    async with boxed(echo) as (box, account):
        person = box.person()
        await asyncio.gather(*(person.clicks("MENU") for _ in range(3)))
        assert len({push.message._data["CreateTime"] for push in account.pushes}) == 3


@pytest.mark.parametrize("body", ["success", ""])
async def test_success_and_nothing_are_no_reply_and_no_failure(body: str) -> None:
    async with boxed(answering(body)) as (box, _):
        person = box.person()
        assert (await person.says("好")).fate is Fate.SILENT
        assert seen(person) == ["好"]


async def test_one_article_and_a_handoff_are_shown_and_a_human_keeps_the_messages() -> None:
    async def answer(push: Pushed) -> web.Response:
        if push.message.content == "人工":
            return sealed(push, TransferCustomerServiceReply(message=push.message))
        reply = ArticlesReply(message=push.message)
        reply.add_article({"title": "题", "description": "文", "url": "https://example.com/", "image": ""})
        return sealed(push, reply)

    async with boxed(answer, clocks=replace(STEADY, human=30)) as (box, account):
        person = box.person()
        article = (await person.says("看")).said
        assert article is not None
        assert (article.kind, article.title, article.text) == (SaidKind.NEWS, "题", "文")
        assert (await person.says("人工")).fate is Fate.REPLIED
        assert (await person.says("在吗")).fate is Fate.WITH_HUMAN
        assert len(account.pushes) == 2
        await box.clock.sleep(30)
        assert (await person.says("还在吗")).fate is Fate.REPLIED
        assert box.ledger.tally().lost == 0


# --- five seconds, three times


async def test_without_an_answer_the_same_message_is_pushed_three_times_five_seconds_apart_then_the_banner() -> None:
    async with boxed(never, clocks=HASTY) as (box, account):
        person = box.person()
        started = time.monotonic()
        delivery = await person.says("在吗")
        took = (time.monotonic() - started) * HASTY.speed
        assert delivery.fate is Fate.BANNER
        assert [attempt.outcome for attempt in delivery.attempts] == [Outcome.TIMEOUT] * 3
        assert len({push.message.id for push in account.pushes}) == 1
        assert len({push.query["msg_signature"] for push in account.pushes}) == 3
        assert 15 <= took < 40
        assert seen(person) == ["在吗", BANNER]
        tally = box.ledger.tally()
        assert (tally.lost, tally.late, tally.banners) == (1, 1, 1)


async def test_a_later_push_that_is_answered_is_enough() -> None:
    async def answer(push: Pushed) -> web.StreamResponse:
        return await (echo(push) if len(account.pushes) > 1 else never(push))

    async with boxed(answer, clocks=HASTY) as (box, account):
        delivery = await box.person().says("在吗")
        assert (delivery.text, delivery.pushes) == ("您说：在吗", 2)
        assert not delivery.is_lost
        assert delivery.is_late(4.5)


async def test_a_server_that_is_not_there_is_tried_three_times_at_the_same_pace() -> None:
    async with boxed(echo, clocks=HASTY) as (box, _):
        box.point_at("http://127.0.0.1:1/wechat")
        started = time.monotonic()
        delivery = await box.person().says("在吗")
        assert [attempt.outcome for attempt in delivery.attempts] == [Outcome.UNREACHED] * 3
        assert (time.monotonic() - started) * HASTY.speed >= 10
        assert not await box.verify()


# --- too many failures


async def test_after_five_failures_in_a_row_nothing_is_pushed_for_a_minute() -> None:
    async with boxed(answering("", status=500), clocks=replace(STEADY, rest=30)) as (box, account):
        person = box.person()
        fates = [(await person.says(str(number))).fate for number in range(7)]
        assert fates == [Fate.BANNER] * 5 + [Fate.WITHHELD] * 2
        assert len(account.pushes) == 5
        assert seen(person)[-1] == BANNER
        assert box.is_resting
        await box.clock.sleep(30)
        assert (await person.says("又来")).fate is Fate.BANNER
        assert len(account.pushes) == 6


async def test_an_answer_in_between_begins_the_count_anew() -> None:
    async def answer(push: Pushed) -> web.Response:
        return await echo(push) if push.message.content == "好" else web.Response(status=500)

    async with boxed(answer, failures_before_rest=2) as (box, _):
        person = box.person()
        for word in ("坏", "好", "坏", "好", "坏"):
            await person.says(word)
        assert not box.is_resting
        await person.says("坏")
        assert box.is_resting


# --- who may write, and what a box is


async def test_who_does_not_follow_cannot_write_and_sees_nothing() -> None:
    async with boxed(echo) as (box, account):
        person = box.person()
        await person.unfollows()
        with pytest.raises(NotFollowing, match="关注"):
            await person.says("在吗")
        assert len(account.pushes) == 1


def test_a_box_without_keys_is_refused_and_says_what_to_do() -> None:
    for options, told in (
        ({"account": replace(ACCOUNT, app_secret=None)}, "AppSecret"),
        ({"account": replace(ACCOUNT, aes_key="short")}, "43"),
        ({"callback_url": "127.0.0.1:8080"}, "http://"),
        ({"clocks": Clocks(speed=0)}, "speed"),
        ({"faults": {"previous_key": 0.5}}, "previous_aes_key"),
    ):
        with pytest.raises(SettingsError, match=told):
            SandboxOptions(**({"callback_url": "http://127.0.0.1/", "account": ACCOUNT} | options))  # type: ignore[arg-type]


def test_an_invented_account_is_new_each_time_and_good_for_a_box() -> None:
    first, second = invented_account(), invented_account()
    assert SandboxOptions("http://127.0.0.1/", first).secret != SandboxOptions("http://127.0.0.1/", second).secret
    assert first.aes_key != second.aes_key


async def test_nothing_secret_or_personal_stands_in_a_repr() -> None:
    async with boxed(echo) as (box, _):
        person = box.person("小麦")
        delivery: Delivery = await person.says("我的话")
        told = f"{box.options!r}{person!r}{delivery!r}{list(person.talk)!r}{box.tokens!r}"
        for secret in (ACCOUNT.token, ACCOUNT.aes_key, ACCOUNT.app_secret, person.openid, "小麦", "我的话"):
            assert str(secret) not in told
