"""Allowing one reminder: the page in WeChat, the events that tell of it, and the files that prove the site is ours."""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.clock import SHANGHAI
from bot.identity import Identities
from bot.render import as_text
from bot.sandbox.faults import Fault
from bot.sandbox.options import Clocks
from bot.sandbox.people import Person
from bot.sandbox.replies import SaidKind
from bot.sandbox.sandbox import Sandbox
from bot.store.records import Records
from bot.wechat.desk import desk_of
from bot.wechat.ledger import Ledger
from bot.wechat.push import Misshapen, convert
from bot.wechat.reminding import GRANTED, Reminding
from bot.wechat.setting_up import api_of
from bot.wechat.xml import read_fields
from dialogs.advisor import Advisor
from tests.bot.declaring import Clock
from tests.bot.sandbox.accounts import ACCOUNT
from tests.bot.wechat.sandbox_site import PUBLIC, site

NOTIFYING = replace(
    ACCOUNT, reminder_template="TEMPLATE", reminder_fields={"thing1": "{what}"}, verify_files=("MP_verify_AbC123.txt",)
)


SENTENCE = "提醒您：2026年12月24日，可以去签注（洛阳市）。"


async def test_the_page_is_signed_for_its_address_and_loads_the_platforms_script_alone(
    advisor: Advisor, tmp_path: Path
) -> None:
    async with (
        site(advisor, tmp_path, NOTIFYING) as (client, box, _),
        client.get(f"/wechat/{NOTIFYING.name}/remind") as response,
    ):
        assert response.status == 200
        shown = await response.text()
        policy = response.headers["Content-Security-Policy"]
        assert "script-src 'self' https://res.wx.qq.com;" in policy
        given = dict(re.findall(r'data-(timestamp|nonce|signature)="([^"]+)"', shown))
        ticket = box.api.codes.jsapi_ticket
        url = f"{PUBLIC}/wechat/{NOTIFYING.name}/remind"
        signed = f"jsapi_ticket={ticket}&noncestr={given['nonce']}&timestamp={given['timestamp']}&url={url}"
        assert given["signature"] == hashlib.sha1(signed.encode(), usedforsecurity=False).hexdigest()
        assert 'template="TEMPLATE"' in shown
        assert str(ticket) not in shown


async def test_an_account_that_may_not_notify_has_no_such_page(advisor: Advisor, tmp_path: Path) -> None:
    async with (
        site(advisor, tmp_path, ACCOUNT) as (client, _, _),
        client.get(f"/wechat/{ACCOUNT.name}/remind") as response,
    ):
        assert response.status == 404
        assert "手机日历" in await response.text()


async def test_only_the_files_that_were_given_are_served(advisor: Advisor, tmp_path: Path) -> None:
    async with site(advisor, tmp_path, NOTIFYING) as (client, _, _):
        async with client.get("/MP_verify_AbC123.txt") as response:
            assert (response.status, await response.text()) == (200, "AbC123")
        async with client.get("/MP_verify_other.txt") as response:
            assert response.status == 404


async def test_a_grant_is_noted_and_taken_back_and_the_reminder_offers_the_page(
    advisor: Advisor, tmp_path: Path
) -> None:
    async with site(advisor, tmp_path, NOTIFYING) as (_, box, assistant):
        person = box.person()
        who = Identities(bytes(32)).of("wechat", NOTIFYING.name, person.openid)
        for words in ("设提醒", "洛阳", "可以去签注"):
            await person.says(words)
        delivery = await person.says("2026年12月24日")
        assert f"{PUBLIC}/wechat/{NOTIFYING.name}/remind" in delivery.text
        await person.answers_popup("ANOTHER", True)
        assert await assistant.conversations.noted(who, GRANTED) is None
        await person.answers_popup("TEMPLATE", True)
        assert await assistant.conversations.noted(who, GRANTED) == ""
        await person.changes_grant("TEMPLATE", False)
        assert await assistant.conversations.noted(who, GRANTED) is None


@asynccontextmanager
async def reminded(
    advisor: Advisor, folder: Path, chances: dict[Fault, float]
) -> AsyncIterator[tuple[Person, Sandbox, Reminding]]:
    """Somebody whose reminder went out as a notification, which the platform took and did with as `chances` say."""
    clock = Clock()
    clocks = Clocks(speed=20)
    async with site(advisor, folder, NOTIFYING, clock, clocks=clocks) as (_, box, assistant):
        assert isinstance(assistant.records, Records)
        person = box.person()
        for words in ("设提醒", "洛阳", "可以去签注", "2026年12月24日"):
            await person.says(words)
        await person.answers_popup("TEMPLATE", True)
        for fault, chance in chances.items():
            box.faults.set_chance(fault, chance)
        clock.at = datetime(2026, 12, 24, 9, tzinfo=SHANGHAI).timestamp()
        async with ClientSession() as session:
            api = api_of(NOTIFYING, session, assistant.conversations, Identities(bytes(32)), box.api_url)
            desks = {NOTIFYING.name: replace(desk_of(NOTIFYING, lambda _: as_text), api=api)}
            now = partial(datetime.fromtimestamp, clock.at, SHANGHAI)
            reminding = Reminding(assistant, assistant.records, desks, Ledger(assistant.conversations, clock), now)
            assert await reminding.deliver() == 1
            await box.settled()
            yield person, box, reminding


def seen(person: Person) -> list[str]:
    """Return the notifications that the person was shown."""
    said = [bubble.said for bubble in person.talk if bubble.said is not None]
    return [one.text for one in said if one.kind is SaidKind.NOTIFICATION]


async def test_a_notification_that_arrived_is_all_that_is_told(advisor: Advisor, tmp_path: Path) -> None:
    async with reminded(advisor, tmp_path, {}) as (person, _, reminding):
        assert seen(person) == ["thing1：可以去签注"]
        assert SENTENCE not in (await person.says("补办要钱吗")).text
        assert await reminding.deliver() == 0


async def test_a_notification_that_did_not_arrive_is_told_with_the_next_reply_and_once(
    advisor: Advisor, tmp_path: Path
) -> None:
    # The event that tells of it is pushed twice.
    async with reminded(advisor, tmp_path, {Fault.UNDELIVERED: 1.0, Fault.DUPLICATE: 1.0}) as (person, box, reminding):
        assert seen(person) == []
        first = await person.says("补办要钱吗")
        assert first.text.startswith(f"{SENTENCE}\n\n")
        await box.settled()
        assert SENTENCE not in (await person.says("要多久")).text
        assert await reminding.deliver() == 0
        assert not first.is_doubled


POPUP = (
    "<xml><ToUserName>gh_us</ToUserName><FromUserName>o-user</FromUserName><CreateTime>1700000000</CreateTime>"
    "<MsgType>event</MsgType><Event>subscribe_msg_popup_event</Event><SubscribeMsgPopupEvent>{lists}"
    "</SubscribeMsgPopupEvent></xml>"
)
SENT = POPUP.replace("popup_event", "sent_event").replace("SubscribeMsgPopupEvent", "SubscribeMsgSentEvent")
STATUS = "<List><TemplateId>{0}</TemplateId><MsgID>1</MsgID><ErrorStatus>{1}</ErrorStatus></List>"
ONE = "<List><TemplateId>{0}</TemplateId><SubscribeStatusString>{1}</SubscribeStatusString></List>"


def test_several_grants_are_read_in_their_order() -> None:
    lists = ONE.format("T1", "accept") + ONE.format("T2", "reject")
    assert convert(read_fields(POPUP.format(lists=lists).encode())).grants == (("T1", True), ("T2", False))


def test_notifications_that_did_not_arrive_are_named() -> None:
    lists = STATUS.format("T1", "success") + STATUS.format("T2", "failed:user block") + STATUS.format("T3", "failed")
    assert convert(read_fields(SENT.format(lists=lists).encode())).undelivered == ("T2", "T3")
    assert convert(read_fields(POPUP.format(lists=ONE.format("T1", "reject")).encode())).undelivered == ()


async def test_a_switch_in_the_settings_allows_nothing_by_itself(advisor: Advisor, tmp_path: Path) -> None:
    async with site(advisor, tmp_path, NOTIFYING) as (_, box, assistant):
        person = box.person()
        who = Identities(bytes(32)).of("wechat", NOTIFYING.name, person.openid)
        await person.changes_grant("TEMPLATE", True)
        assert await assistant.conversations.noted(who, GRANTED) is None


@pytest.mark.parametrize("lists", [ONE.format("T 1", "accept"), "<List><TemplateId>T1</TemplateId></List>"])
def test_a_list_that_makes_no_sense_is_refused(lists: str) -> None:
    with pytest.raises(Misshapen, match="SubscribeMsgPopupEvent"):
        convert(read_fields(POPUP.format(lists=lists).encode()))
