"""The platform's API: tokens, menus, files, codes, and what goes wrong with them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from aiohttp import ClientError

from bot.sandbox.faults import Fault
from tests.bot.sandbox.accounts import SECRET, STEADY
from tests.bot.sandbox.calling import calling


async def test_the_same_token_is_given_until_it_has_a_successor_and_both_are_good_for_a_while() -> None:
    clocks = replace(STEADY, token=60, token_overlap=30)
    async with calling(clocks=clocks) as caller:
        first = caller.token
        assert 30 < (await caller.fetch())["expires_in"] <= 60
        assert caller.token == first
        await caller.box.clock.sleep(30)
        await caller.fetch()
        assert caller.token != first
        assert await caller.code("getcallbackip", access_token=first) == 0
        await caller.box.clock.sleep(30)
        assert await caller.code("getcallbackip", access_token=first) == 42001
        assert await caller.code("getcallbackip") == 0


async def test_a_forced_token_ends_the_old_one_and_is_given_twenty_times_a_day() -> None:
    async with calling() as caller:
        first = caller.token
        for _ in range(20):
            assert "access_token" in await caller.fetch(force_refresh=True)
        assert await caller.code("getcallbackip", access_token=first) == 40001
        assert (await caller.fetch(force_refresh=True))["errcode"] == 45009


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"appid": "wxother"}, 40013),
        ({"secret": "wrong"}, 40125),
        ({"secret": "密"}, 40125),
        ({"grant_type": ""}, 40002),
    ],
)
async def test_wrong_credentials_are_told_apart(given: dict[str, str], code: int) -> None:
    async with calling() as caller:
        answer = await caller.fetch(**given)
        assert answer["errcode"] == code
        assert SECRET not in str(answer)


async def test_an_address_that_is_not_on_the_list_is_named() -> None:
    async with calling(whitelist=frozenset({"10.0.0.5"})) as caller:
        answer = await caller.fetch()
        assert answer["errcode"] == 40164
        assert "127.0.0.1" in answer["errmsg"]


async def test_a_missing_and_an_invented_token_are_told_apart() -> None:
    async with calling() as caller:
        assert await caller.code("getcallbackip", access_token="") == 41001
        assert await caller.code("getcallbackip", access_token="invented") == 40014


def button(name: str = "办事", **more: Any) -> dict[str, Any]:
    return {"type": "click", "name": name, "key": "A"} | more


@pytest.mark.parametrize(
    ("buttons", "code"),
    [
        ([button("四个汉字"), button("abcdefgh"), {"name": "更多", "sub_button": [button("八个汉字八个汉字")] * 5}], 0),
        ([], 40016),
        ([button()] * 4, 40016),
        ([button("五个汉字的")], 40018),
        ([{"name": "更多", "sub_button": [button()] * 6}], 40023),
        ([{"name": "更多", "sub_button": [button("八个汉字八个汉字九")]}], 40025),
        ([button(key="键" * 43)], 40019),
        ([button(key="a" * 128)], 0),
        ([button(type="view")], 40020),
        ([button(type="view", url="https://example.com/")], 0),
        ([button(type="dance")], 40017),
        (["办事"], 40018),
    ],
)
async def test_a_menu_fits_a_telephone_or_is_refused(buttons: list[Any], code: int) -> None:
    async with calling() as caller:
        assert await caller.code("menu/create", {"button": buttons}) == code


async def test_a_menu_is_read_back_and_deleted() -> None:
    async with calling() as caller:
        assert await caller.code("menu/get") == 46003
        await caller.code("menu/create", {"button": [button()]})
        assert (await caller.call("menu/get"))["menu"]["button"] == [{**button(), "sub_button": []}]
        assert await caller.code("menu/delete") == 0
        assert await caller.code("menu/get") == 46003


async def test_a_photo_is_fetched_as_it_was_sent_and_a_wrong_id_says_so() -> None:
    async with calling() as caller:
        await caller.box.person().sends_image(b"\xff\xd8photo", "image/jpeg")
        query = {"access_token": caller.token, "media_id": caller.account.pushes[0].message.media_id}
        async with caller.session.get(f"{caller.box.api_url}/cgi-bin/media/get", params=query) as response:
            assert (response.content_type, await response.read()) == ("image/jpeg", b"\xff\xd8photo")
        assert await caller.code("media/get", media_id="invented") == 40007


async def test_codes_carry_a_scene_and_permanent_ones_have_no_end() -> None:
    async with calling() as caller:
        scene = {"scene": {"scene_str": "luoyang-1"}}
        short = await caller.call(
            "qrcode/create", {"action_name": "QR_STR_SCENE", "expire_seconds": 600, "action_info": scene}
        )
        lasting = await caller.call("qrcode/create", {"action_name": "QR_LIMIT_STR_SCENE", "action_info": scene})
        assert (short["expire_seconds"], "expire_seconds" in lasting) == (600, False)
        assert [code.scene for code in caller.box.api.codes.made] == ["luoyang-1"] * 2
        scene["scene"]["scene_str"] = "x" * 65
        assert await caller.code("qrcode/create", {"action_name": "QR_STR_SCENE", "action_info": scene}) == 40097


async def test_the_ticket_of_the_pages_and_the_addresses_of_the_platform_are_told() -> None:
    async with calling() as caller:
        assert (await caller.call("ticket/getticket", type="jsapi"))["ticket"]
        assert await caller.code("ticket/getticket", type="other") == 40097
        assert (await caller.call("getcallbackip"))["ip_list"] == ["127.0.0.1"]


async def test_a_token_ends_before_its_time_and_a_new_one_is_good() -> None:
    async with calling() as caller:
        for fault, code in ((Fault.TOKEN_REVOKED, 40001), (Fault.TOKEN_EXPIRED, 42001)):
            caller.box.faults.set_chance(fault, 1)
            assert await caller.code("getcallbackip") == code
            caller.box.faults.set_chance(fault, 0)
            assert await caller.code("getcallbackip") == code
            await caller.fetch()
            assert await caller.code("getcallbackip") == 0
        assert caller.box.tokens.made == 3


async def test_a_quota_that_is_used_up_and_a_platform_that_is_busy_do_nothing() -> None:
    async with calling() as caller:
        person = caller.box.person()
        await person.says("在吗")
        for fault, codes in ((Fault.QUOTA, (45047, 45009)), (Fault.API_BUSY, (-1, -1))):
            caller.box.faults.set_chance(fault, 1)
            assert (await caller.send(person), await caller.code("getcallbackip")) == codes
            caller.box.faults.set_chance(fault, 0)
        assert caller.box.ledger.api_messages == 0


async def test_a_broken_platform_answers_500_or_half_a_sentence() -> None:
    async with calling() as caller:
        caller.box.faults.set_chance(Fault.API_BROKEN, 1)
        answers = set()
        for _ in range(20):
            async with caller.session.get(f"{caller.box.api_url}/cgi-bin/getcallbackip") as response:
                answers.add((response.status, (await response.text())[:6]))
        assert answers == {(500, "<html>"), (200, '{"errc')}


async def test_a_slow_platform_answers_after_all_and_an_unheard_one_has_sent() -> None:
    async with calling() as caller:
        person = caller.box.person()
        await person.says("在吗")
        caller.box.faults.set_chance(Fault.API_SLOW, 1)
        started = caller.box.clock.now()
        assert await caller.send(person, "慢") == 0
        assert caller.box.clock.now() - started >= STEADY.api_slowness
        caller.box.faults.set_chance(Fault.API_SLOW, 0)
        caller.box.faults.set_chance(Fault.API_UNHEARD, 1)
        with pytest.raises(ClientError):
            await caller.send(person, "没听见")
        assert caller.box.ledger.api_messages == 2


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
async def test_what_is_no_json_is_refused(raw: bytes) -> None:
    async with calling() as caller:
        url = f"{caller.box.api_url}/cgi-bin/menu/create"
        async with caller.session.post(url, params={"access_token": caller.token}, data=raw) as response:
            assert (await response.json())["errcode"] == 47001
