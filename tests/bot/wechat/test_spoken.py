"""What is not typed: words that were only heard, and places that were sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.wechat.answering import NOT_HEARD
from dialogs.advisor import Advisor
from tests.bot.sandbox.accounts import ACCOUNT
from tests.bot.wechat.sandbox_site import site

pytestmark = pytest.mark.asyncio
RIGHT = "对，是这句"


@pytest.mark.parametrize("yes", ["1", "对", "是的", RIGHT])
async def test_what_was_heard_is_repeated_and_answered_after_a_yes(advisor: Advisor, tmp_path: Path, yes: str) -> None:
    async with site(advisor, tmp_path, ACCOUNT) as (_, box, _assistant):
        person = box.person()
        heard = await person.speaks("洛阳补办居住证要钱吗")
        assert "我听到的是：「洛阳补办居住证要钱吗」" in heard.text
        assert "免收" not in heard.text
        assert "第十五条" in (await person.says(yes)).text


async def test_a_yes_may_be_spoken_too_and_anything_else_is_a_message_of_its_own(
    advisor: Advisor, tmp_path: Path
) -> None:
    async with site(advisor, tmp_path, ACCOUNT) as (_, box, _assistant):
        person = box.person()
        await person.speaks("洛阳补办居住证要钱吗")
        assert "第十五条" in (await person.speaks("对的")).text
        await person.speaks("洛阳补办居住证要钱吗")
        assert "巴中" in (await person.says("巴中多久能拿到证")).text


@pytest.mark.parametrize(("cry", "number"), [("救命有人打我", "110"), ("我不想活了", "12356")])
async def test_who_cries_for_help_is_not_asked_to_confirm(
    advisor: Advisor, tmp_path: Path, cry: str, number: str
) -> None:
    async with site(advisor, tmp_path, ACCOUNT) as (_, box, _assistant):
        said = (await box.person().speaks(cry)).text
        assert number in said
        assert "我听到的是" not in said


async def test_numbers_that_were_spoken_are_not_repeated(advisor: Advisor, tmp_path: Path) -> None:
    async with site(advisor, tmp_path, ACCOUNT) as (_, box, _assistant):
        said = (await box.person().speaks("我的身份证号是511123198805123620帮我查一下")).text
        assert "511123198805123620" not in said
        assert "不会记下" in said


async def test_a_minute_of_speech_is_repeated_in_short_and_taken_whole(advisor: Advisor, tmp_path: Path) -> None:
    long = "我是从甘肃过来的在这边打工好几年了一直住在城里头" * 10 + "洛阳补办居住证要钱吗"
    async with site(advisor, tmp_path, ACCOUNT) as (_, box, _assistant):
        person = box.person()
        assert "…" in (await person.speaks(long)).text
        assert (await person.says("对")).text


async def test_what_was_not_heard_is_said_so(advisor: Advisor, tmp_path: Path) -> None:
    async with site(advisor, tmp_path, ACCOUNT) as (_, box, _assistant):
        assert (await box.person().speaks(None)).text == NOT_HEARD


async def test_a_dialog_and_its_numbers_stay_while_something_is_heard(advisor: Advisor, tmp_path: Path) -> None:
    async with site(advisor, tmp_path, ACCOUNT) as (_, box, _assistant):
        person = box.person()
        for words in ("巴中", "帮我看看能不能办", "四川成都"):
            asked = (await person.says(words)).text
        assert "2. 县城" in asked
        await person.speaks("那个要带什么材料过来")
        await person.says("2")
        assert "县城" in (await person.says("进度")).text


async def test_a_place_tells_the_city_and_nothing_else(advisor: Advisor, tmp_path: Path) -> None:
    async with site(advisor, tmp_path, ACCOUNT) as (_, box, _assistant):
        person = box.person()
        said = (await person.sends_location("河南省洛阳市西工区体育场路")).text
        assert "按洛阳市的办法" in said
        assert "体育" not in said
        assert "认不出是哪个市" in (await person.sends_location("北京市朝阳区某路")).text


async def test_a_place_sent_in_a_dialog_answers_none_of_its_questions(advisor: Advisor, tmp_path: Path) -> None:
    async with site(advisor, tmp_path, ACCOUNT) as (_, box, _assistant):
        person = box.person()
        for words in ("巴中", "帮我看看能不能办"):
            await person.says(words)
        assert "现在这件事还按巴中市办" in (await person.sends_location("河南省洛阳市西工区体育场路")).text
        assert "户口：" not in (await person.says("进度")).text
