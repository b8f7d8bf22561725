"""The platform's API: what goes out and what comes back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio

from bot.wechat.api import Code, WechatApi
from bot.wechat.api_errors import OtherApiError, Unreachable, Why
from tests.bot.wechat.fake_api import MENU, OPENID, PICTURE, WORDS, Platform, platform_running


@pytest_asyncio.fixture
async def platform() -> AsyncIterator[Platform]:
    async with platform_running() as running:
        yield running


# ------------------------------------------------------------------------------------------------ what goes out


async def sent(platform: Platform, act: Callable[[WechatApi], Awaitable[object]]) -> Any:
    await act(platform.api())
    call = platform.fake.calls[-1]
    assert call.query == {"access_token": platform.fake.token}
    return call.body


async def test_a_text_goes_in_utf_8_as_it_is(platform: Platform) -> None:
    said = await sent(platform, lambda api: api.send_text(OPENID, WORDS))
    assert said == {"touser": OPENID, "msgtype": "text", "text": {"content": WORDS}}
    assert WORDS.replace('"', '\\"').encode() in platform.fake.calls[-1].raw, "escapes are shown to people as they are"


async def test_a_broken_emoji_does_not_lose_the_message(platform: Platform) -> None:
    said = await sent(platform, lambda api: api.send_text(OPENID, "好\ud83c的"))
    assert said["text"]["content"] == "好?的"


async def test_an_article_and_options_go_as_the_platform_names_their_parts(platform: Platform) -> None:
    said = await sent(platform, lambda api: api.send_article(OPENID, "第四条", "全文", "https://jzz.example/4"))
    article = {"title": "第四条", "description": "全文", "url": "https://jzz.example/4", "picurl": ""}
    assert said == {"touser": OPENID, "msgtype": "news", "news": {"articles": [article]}}
    said = await sent(
        platform, lambda api: api.send_options(OPENID, "问哪个？", [("1", "办证"), ("2", "签注")], "点一下")
    )
    listed = [{"id": "1", "content": "办证"}, {"id": "2", "content": "签注"}]
    menu = {"head_content": "问哪个？", "list": listed, "tail_content": "点一下"}
    assert said == {"touser": OPENID, "msgtype": "msgmenu", "msgmenu": menu}


@pytest.mark.parametrize(("is_on", "command"), [(True, "Typing"), (False, "CancelTyping")])
async def test_typing_is_shown_and_taken_back(platform: Platform, is_on: bool, command: str) -> None:
    assert await sent(platform, lambda api: api.typing(OPENID, is_on)) == {"touser": OPENID, "command": command}


async def test_typing_twice_is_typing_once(platform: Platform) -> None:
    platform.fake.says("message/custom/typing", 45081, "typing already")
    await platform.api().typing(OPENID, True)


@pytest.mark.parametrize("page", ["", "pages/reminder"])
async def test_a_notification_leads_to_its_page_if_it_has_one(platform: Platform, page: str) -> None:
    said = await sent(
        platform, lambda api: api.notify(OPENID, "tpl-7", page, {"thing1": "签注", "date2": "2025-03-01"})
    )
    data = {"thing1": {"value": "签注"}, "date2": {"value": "2025-03-01"}}
    assert said == {"touser": OPENID, "template_id": "tpl-7", "data": data} | ({"page": page} if page else {})


async def test_a_menu_that_was_published_is_read_again_and_removed(platform: Platform) -> None:
    api = platform.api()
    assert await api.read_menu() is None
    await api.create_menu(MENU)
    assert await api.read_menu() == MENU
    await api.delete_menu()
    assert await api.read_menu() is None
    await api.delete_menu()


# ------------------------------------------------------------------------------------------------ what comes back


async def test_a_picture_is_downloaded_with_what_the_platform_calls_it(platform: Platform) -> None:
    media = await platform.api().download("a picture")
    assert (media.content_type, media.body) == ("image/jpeg", PICTURE)
    assert "picture" not in repr(media)


async def test_an_error_in_place_of_a_picture_is_an_error_although_it_is_called_plain_text(platform: Platform) -> None:
    with pytest.raises(OtherApiError) as caught:
        await platform.api().download("gone")
    assert caught.value.code == 40007


@pytest.mark.parametrize("answer", [b"", b"<html>", b'{"video_url": "http://v"}'])
async def test_what_is_no_picture_is_none(platform: Platform, answer: bytes) -> None:
    platform.fake.answers("media/get", body=answer, content_type="text/plain" if answer else "image/jpeg")
    with pytest.raises(Unreachable) as caught:
        await platform.api().download("a picture")
    assert caught.value.why is Why.UNREADABLE


async def test_codes_are_for_a_while_or_for_ever(platform: Platform) -> None:
    api = platform.api()
    assert await api.make_code("station_7", 600) == Code("gQH47joAAAA=", "http://weixin.qq.com/q/kZgfwMTm", 600)
    assert await api.make_code("站点_7", None) == Code("gQH47joAAAA=", "http://weixin.qq.com/q/kZgfwMTm", None)
    temporary, permanent = (call.body for call in platform.fake.calls if call.path == "qrcode/create")
    scenes = [{"scene": {"scene_str": scene}} for scene in ("station_7", "站点_7")]
    assert temporary == {"action_name": "QR_STR_SCENE", "action_info": scenes[0], "expire_seconds": 600}
    assert permanent == {"action_name": "QR_LIMIT_STR_SCENE", "action_info": scenes[1]}


@pytest.mark.parametrize(("scene", "seconds"), [("", 600), ("长" * 65, 600), ("s", 0), ("s", -1), ("s", 2_592_001)])
async def test_a_code_that_cannot_be_made_is_not_asked_for(platform: Platform, scene: str, seconds: int) -> None:
    with pytest.raises(ValueError, match="请"):
        await platform.api().make_code(scene, seconds)
    assert platform.fake.calls == []


async def test_the_ticket_is_fetched_once_for_all_and_kept_sealed(platform: Platform) -> None:
    here, there = platform.api(), platform.api()
    tickets = await asyncio.gather(*(api.jsapi_ticket() for api in [here, there] * 20))
    (ticket,) = set(tickets)
    assert platform.fake.counted() == {"stable_token": 1, "ticket/getticket": 1}
    assert platform.fake.calls[-1].query == {"access_token": platform.fake.token, "type": "jsapi"}
    assert len(platform.notes.texts) == 2
    assert ticket not in str(platform.notes.texts)


async def test_the_addresses_of_the_platform_are_a_list(platform: Platform) -> None:
    assert await platform.api().callback_addresses() == ["101.226.62.77", "2402:4e00::/32"]


@pytest.mark.parametrize("listed", [None, "101.226.62.77", [7], ["<script>"]])
async def test_addresses_that_are_none_are_not_believed(platform: Platform, listed: object) -> None:
    platform.fake.answers("getcallbackip", text=json.dumps({"ip_list": listed}), content_type="application/json")
    with pytest.raises(Unreachable):
        await platform.api().callback_addresses()
