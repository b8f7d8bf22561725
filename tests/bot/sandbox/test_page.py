"""The page through which somebody chats with an account without having one."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession
from wechatpy.replies import TextReply

from bot.sandbox.sandbox import Sandbox
from bot.sandbox.view import numbered_options, pieces_of
from tests.bot.sandbox.accounts import ACCOUNT, SECRET, Naive, Pushed, boxed, echo, sealed

OPTION = '<a href="weixin://bizmsgmenu?msgmenucontent=%E8%83%BD&amp;msgmenuid=yes">能办</a>'


class Visitor:
    def __init__(self, box: Sandbox, account: Naive, session: ClientSession) -> None:
        self.box, self.account, self.session = box, account, session
        self.openid = box.person().openid

    async def post(self, name: str, /, **given: Any) -> dict[str, Any]:
        async with self.session.post(f"{self.box.url}/sandbox/{name}", json=given) as response:
            answer: dict[str, Any] = await response.json()
            return answer

    async def act(self, action: str, **given: Any) -> dict[str, Any]:
        """Do something and wait until the box is done with it."""
        answer = await self.post("do", person=self.openid, action=action, **given)
        await self.box.settled()
        return answer

    async def state(self) -> dict[str, Any]:
        async with self.session.get(f"{self.box.url}/sandbox/state", params={"person": self.openid}) as response:
            found: dict[str, Any] = await response.json()
            return found

    async def person(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.state())["person"]
        return found


@asynccontextmanager
async def visiting(answer: Any = echo) -> AsyncIterator[Visitor]:
    async with boxed(answer) as (box, account), ClientSession() as session:
        yield Visitor(box, account, session)


async def test_the_page_and_what_belongs_to_it_come_from_the_box_alone() -> None:
    async with visiting() as visitor:
        whole = ""
        for path in ("/", "/sandbox/sandbox.css", "/sandbox/sandbox.js"):
            async with visitor.session.get(visitor.box.url + path) as response:
                assert response.status == 200
                policy = response.headers["Content-Security-Policy"]
                whole += await response.text()
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert 'lang="zh-CN"' in whole
        assert 'name="viewport"' in whole
        for foreign in ("//cdn", "style=", "onclick", "innerHTML", "eval("):
            assert foreign not in whole


async def test_who_types_sees_the_reply_and_every_push_in_the_raw() -> None:
    async with visiting() as visitor:
        assert await visitor.act("says", text="要带什么") == {}
        person = await visitor.person()
        assert [bubble["side"] for bubble in person["talk"]] == ["person", "account"]
        assert person["talk"][1]["pieces"] == [{"text": "您说：要带什么"}]
        exchange = person["exchanges"][0]
        assert "<![CDATA[要带什么]]>" in exchange["xml"]
        assert (exchange["fate"], len(exchange["pushes"])) == ("已回复", 1)
        assert "<Encrypt>" in exchange["pushes"][0]["request"]
        assert "您说：要带什么" in exchange["pushes"][0]["plain"]


async def test_everything_a_telephone_can_send_is_sent() -> None:
    async with visiting() as visitor:
        picture = base64.b64encode(b"\xff\xd8photo").decode()
        given: tuple[tuple[str, dict[str, Any]], ...] = (
            ("image", {"picture": picture}), ("voice", {"text": "怎么办"}), ("voice", {}), ("video", {}),
            ("location", {"text": "某路1号"}), ("link", {"text": "题", "url": "https://example.com/"}),
            ("click", {"key": "A"}), ("view", {"url": "https://example.com/"}), ("position", {}),
            ("grant", {"text": "T", "accepts": True}), ("follow", {"scene": "station"}), ("unfollow", {}),
            ("follow", {}),
        )  # fmt: skip
        for action, more in given:
            assert await visitor.act(action, **more) == {}, action
        assert len(visitor.account.pushes) == len(given)
        async with visitor.session.get(visitor.account.pushes[0].message.image) as response:
            assert await response.read() == b"\xff\xd8photo"


async def test_options_are_there_to_tap() -> None:
    async def offering(push: Pushed) -> Any:
        text = f"能办吗？{OPTION} 见 https://example.com/a 。\n1. 能\n2. 不能"
        return sealed(push, TextReply(content=text, message=push.message))

    async with visiting(offering) as visitor:
        await visitor.act("says", text="问")
        bubble = (await visitor.person())["talk"][-1]
        assert [option["says"] for option in bubble["options"]] == ["1", "2"]
        tapped = next(piece for piece in bubble["pieces"] if "says" in piece)
        assert tapped == {"text": "能办", "says": "能", "menu_id": "yes"}
        await visitor.act("says", text=tapped["says"], menu_id=tapped["menu_id"])
        assert visitor.account.pushes[-1].message._data["bizmsgmenuid"] == "yes"


async def test_the_menu_that_was_published_is_there_and_the_faults_can_be_switched() -> None:
    async with visiting() as visitor:
        visitor.box.api.menu = {"button": [{"type": "click", "name": "办事", "key": "A"}]}
        assert await visitor.post("fault", fault="duplicate", chance=1) == {}
        await visitor.act("says", text="好")
        state = await visitor.state()
        assert [button["name"] for button in state["menu"]] == ["办事"]
        duplicate = state["faults"][0]
        assert (duplicate["fault"], duplicate["chance"], duplicate["happened"]) == ("duplicate", 1, 1)
        assert state["tally"]["推送"] == 2
        assert [push["is_repeat"] for push in state["person"]["exchanges"][0]["pushes"]] == [False, True]


async def test_another_follower_can_be_added_and_the_address_verified() -> None:
    async with visiting() as visitor:
        added = await visitor.post("person", name="老石")
        assert [one["name"] for one in (await visitor.state())["people"]][1:] == ["老石"]
        visitor.openid = added["openid"]
        assert await visitor.act("says", text="好") == {}
        assert await visitor.post("verify") == {"is_verified": True}


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("do", {"person": "o-nobody", "action": "says", "text": "好"}, "没有这个人"),
        ("do", {"action": "dance"}, "没有这个动作"),
        ("do", {"action": "says", "text": ""}, "写点什么"),
        ("do", {"action": "image", "picture": "*"}, "换一张"),
        ("fault", {"fault": "meteor", "chance": 1}, "没有这种故障"),
        ("fault", {"fault": "drop", "chance": 2}, "0 和 1"),
        ("fault", {"fault": "drop", "chance": None}, "没有这种故障"),
        ("fault", {"fault": "previous_key", "chance": 1}, "previous_aes_key"),
    ],
)
async def test_what_cannot_be_done_is_said_in_a_sentence(name: str, given: dict[str, Any], told: str) -> None:
    async with visiting() as visitor:
        answer = await visitor.post(name, **({"person": visitor.openid} | given))
        assert told in answer["error"]
        assert visitor.account.pushes == []


async def test_who_left_is_told_to_follow_first() -> None:
    async with visiting() as visitor:
        await visitor.act("unfollow")
        assert "关注" in (await visitor.act("says", text="好"))["error"]


async def test_a_foreign_page_can_neither_send_nor_read() -> None:
    async with visiting() as visitor:
        url = f"{visitor.box.url}/sandbox/do"
        body = f'{{"person":"{visitor.openid}","action":"says","text":"x"}}'
        async with visitor.session.post(url, data=body, headers={"Content-Type": "text/plain"}) as response:
            assert response.status == 400
        async with visitor.session.get(
            f"{visitor.box.url}/sandbox/state", headers={"Host": "evil.example"}
        ) as response:
            assert response.status == 403
        assert visitor.account.pushes == []


async def test_no_key_stands_on_the_page() -> None:
    async with visiting() as visitor:
        await visitor.act("says", text="好")
        told = str(await visitor.state())
        for secret in (ACCOUNT.token, ACCOUNT.aes_key, SECRET):
            assert secret not in told


async def test_a_push_that_is_under_way_keeps_nobody_waiting() -> None:
    async def slow(push: Pushed) -> Any:
        await asyncio.sleep(0.1)
        return await echo(push)

    async with visiting(slow) as visitor:
        await visitor.post("do", person=visitor.openid, action="says", text="好")
        person = await visitor.person()
        assert [bubble["text"] for bubble in person["talk"]] == ["好"]
        assert person["exchanges"][0]["fate"] == "正在推送"
        await visitor.box.settled()
        assert (await visitor.person())["exchanges"][0]["fate"] == "已回复"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("选一个\n1. 能\n2. 不能", ["1", "2"]),
        ("1. 一\n2. 二\n还有\n1. 甲\n2. 乙", ["1", "2"]),
        ("1、能\n2、不能", ["1", "2"]),
        ("3. 独自", []),
        ("1. 一\n3. 三", []),
        ("没有", []),
    ],
)
def test_numbered_options_are_the_last_that_count_from_one(text: str, says: list[str]) -> None:
    assert [option["says"] for option in numbered_options(text)] == says


def test_nothing_but_links_of_the_web_and_options_can_be_tapped() -> None:
    pieces = pieces_of('a<a href="javascript:alert(1)">b</a><a href="https://example.com/?a=1&amp;b=2">c</a><b>d')
    assert pieces == [
        {"text": "a"},
        {"text": "b"},
        {"text": "c", "url": "https://example.com/?a=1&b=2"},
        {"text": "<b>d"},
    ]
