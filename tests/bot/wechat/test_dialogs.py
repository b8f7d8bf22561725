"""A dialog in WeChat: every reply fits, pages open where there is an address, and a push that comes again changes
nothing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from dialogs.advisor import Advisor
from knowledge.library import Library
from tests.bot.declaring import (
    BEFORE_THE_PAGES,
    HUKOU,
    NUMBER,
    WITH_OFFICE,
    Operators,
    Say,
    label,
    readable_in,
    receipt_in,
    until_submission,
    whole_declaration,
)
from tests.bot.full_site import Client, full_site, give
from tests.bot.keeping import ADDRESS, PHONE
from tests.bot.wechat.platform import ACCOUNT, KEY, encrypt, envelope, read, text

pytestmark = pytest.mark.asyncio

PUBLIC = "https://jzz.example.gov.cn"
MOST_BYTES = 2047
_LINK = re.compile(r"https?://\S+/page/[\w-]+")


class Follower:
    """Somebody who writes to the account; every reply is read as the platform reads it."""

    def __init__(self, client: Client, name: str = "o-user") -> None:
        self.client = client
        self.name = name
        self.numbers = itertools.count(1)
        self.heard = ""

    async def push(self, content: str, number: int) -> str:
        encrypted = encrypt(text(content, number=number, user=self.name), key=KEY, app_id=ACCOUNT.app_id)
        query, body = envelope(encrypted, nonce=f"nonce{number}x{next(self.numbers)}", timestamp=_now())
        async with self.client.post(f"/wechat/{ACCOUNT.name}", params=query, data=body) as response:
            assert response.status == 200
            content = str(read(await response.text())["Content"])
        assert len(content.encode()) <= MOST_BYTES
        return content

    async def say(self, content: str) -> str:
        self.heard = await self.push(content, next(self.numbers) + 1000)
        return self.heard

    def link(self) -> str:
        (found,) = _LINK.findall(self.heard)
        return str(found)


def _now() -> str:
    import time

    return str(int(time.time()))


@asynccontextmanager
async def following(
    advisor: Advisor,
    folder: Path,
    *,
    public_url: str | None = None,
    operators: Operators = (),
) -> AsyncIterator[Follower]:
    served = full_site(advisor, folder, public_url=public_url, accounts=(ACCOUNT,), operators=operators)
    async with served as (client, _):
        yield Follower(client)


async def test_a_declaration_with_pages_on_the_public_address(
    advisor: Advisor, tmp_path: Path, library: Library
) -> None:
    async with following(advisor, tmp_path, public_url=PUBLIC, operators=WITH_OFFICE) as anna:
        for step in until_submission(library)[:BEFORE_THE_PAGES]:
            assert isinstance(step, Say)
            await anna.say(step.text)
        assert anna.link().startswith(f"{PUBLIC}/page/")
        path = anna.link().removeprefix(PUBLIC)
        for answer in (NUMBER, PHONE):
            response = await give(anna.client, path, answer)
            assert response.status == 303
            path = response.headers["Location"].removeprefix(PUBLIC)
        done = await (await give(anna.client, path, HUKOU)).text()
        assert "请回到对话，发“继续”" in done
        assert "#continue" not in done
        await anna.say("继续")
        await anna.say("巴州区")
        await anna.say("江北街道")
        await give(anna.client, anna.link().removeprefix(PUBLIC), ADDRESS)
        for content in ("继续", "跳过", "跳过", "跳过"):
            await anna.say(content)
        receipt = receipt_in(await anna.say(label(library, "truthful", "yes")))
        assert receipt in await anna.say("我的申报")
        assert readable_in(tmp_path) == {}


async def test_where_no_page_can_be_opened_a_demonstration_is_typed(
    advisor: Advisor, tmp_path: Path, library: Library
) -> None:
    async with following(advisor, tmp_path) as anna:
        for step in whole_declaration(library):
            content = step.text if isinstance(step, Say) else "跳过" if isinstance(step.answer, bytes) else step.answer
            reply = await anna.say(content)
            assert "/page/" not in reply
            assert "⟦" not in reply
        assert receipt_in(anna.heard)
        assert readable_in(tmp_path) == {}


async def test_where_no_page_can_be_opened_an_office_gets_no_number_by_message(
    advisor: Advisor, tmp_path: Path, library: Library
) -> None:
    async with following(advisor, tmp_path, operators=WITH_OFFICE) as anna:
        for step in until_submission(library)[:BEFORE_THE_PAGES]:
            assert isinstance(step, Say)
            await anna.say(step.text)
        reply = await anna.say(NUMBER)
        assert NUMBER not in reply
        assert readable_in(tmp_path) == {}
        assert "在网页上填" not in reply, "there is no page to fill it in"


async def test_the_number_of_a_choice_is_enough(advisor: Advisor, tmp_path: Path) -> None:
    async with following(advisor, tmp_path, public_url=PUBLIC) as anna:
        for content in ("我要申报", "2", "1", "1", "1"):
            await anna.say(content)
        assert "叫什么名字" in anna.heard


async def test_a_push_that_comes_three_times_is_one_turn(advisor: Advisor, tmp_path: Path, library: Library) -> None:
    async with following(advisor, tmp_path) as anna:
        for number, step in enumerate(whole_declaration(library), start=1):
            content = step.text if isinstance(step, Say) else "跳过" if isinstance(step.answer, bytes) else step.answer
            replies = {await anna.push(content, number) for _ in range(3)}
            assert len(replies) == 1, content
        assert (await anna.say("我的申报")).count("填的，还没受理") == 1


async def test_every_dialog_and_every_question_within_it_fits(advisor: Advisor, tmp_path: Path) -> None:
    titles = [wording.say("title") for name, wording in advisor.library.wordings.items() if name != "common"]
    async with following(advisor, tmp_path, public_url=PUBLIC) as anna:
        for city in advisor.library.cities.values():
            for title in titles:
                for content in (
                    title,
                    city.short,
                    "1",
                    "帮助",
                    "为什么问",
                    "进度",
                    "办居住证要带什么",
                    "取消",
                    "不办了",
                ):
                    await anna.say(content)


async def test_a_reminder_is_a_file_on_the_public_address(advisor: Advisor, tmp_path: Path) -> None:
    async with following(advisor, tmp_path, public_url=PUBLIC) as anna:
        await anna.say("我在赤峰")
        reply = await anna.say("提醒我明年3月1号去签注")
        assert f"{PUBLIC}/calendar/chifeng/endorse/2027-03-01.ics" in reply
