"""Allowing one reminder: the page in WeChat, the events that tell of it, and the files that prove the site is ours."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest

from bot.identity import Identities
from bot.wechat.push import Misshapen, convert
from bot.wechat.reminding import GRANTED
from bot.wechat.xml import read_fields
from dialogs.advisor import Advisor
from tests.bot.sandbox.accounts import ACCOUNT
from tests.bot.wechat.sandbox_site import PUBLIC, site

NOTIFYING = replace(
    ACCOUNT, reminder_template="TEMPLATE", reminder_fields={"thing1": "{what}"}, verify_files=("MP_verify_AbC123.txt",)
)


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


POPUP = (
    "<xml><ToUserName>gh_us</ToUserName><FromUserName>o-user</FromUserName><CreateTime>1700000000</CreateTime>"
    "<MsgType>event</MsgType><Event>subscribe_msg_popup_event</Event><SubscribeMsgPopupEvent>{lists}"
    "</SubscribeMsgPopupEvent></xml>"
)
ONE = "<List><TemplateId>{0}</TemplateId><SubscribeStatusString>{1}</SubscribeStatusString></List>"


def test_several_grants_are_read_in_their_order() -> None:
    lists = ONE.format("T1", "accept") + ONE.format("T2", "reject")
    assert convert(read_fields(POPUP.format(lists=lists).encode())).grants == (("T1", True), ("T2", False))


@pytest.mark.parametrize("lists", [ONE.format("T 1", "accept"), "<List><TemplateId>T1</TemplateId></List>"])
def test_a_list_that_makes_no_sense_is_refused(lists: str) -> None:
    with pytest.raises(Misshapen, match="SubscribeMsgPopupEvent"):
        convert(read_fields(POPUP.format(lists=lists).encode()))
