"""Handed to a clerk: what was talked of is sent first, once, where the account may; and nothing a person wrote."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from bot.accounts import Hours
from bot.sandbox.faults import Fault
from bot.sandbox.people import Person
from bot.sandbox.replies import SaidKind
from bot.wechat.handing import gist_of
from dialogs.advisor import Advisor
from dialogs.session import Session
from knowledge.library import Library
from tests.bot.sandbox.accounts import ACCOUNT
from tests.bot.wechat.sandbox_site import site

ALWAYS = tuple(Hours(day, day, time(0), time(23, 59)) for day in range(1, 8))
WITH_CLERKS = replace(ACCOUNT, clerk_hours=ALWAYS)


def told(person: Person) -> list[str]:
    return [bubble.said.text for bubble in person.talk if bubble.said is not None and "转人工" in bubble.said.text]


async def test_the_gist_comes_before_the_clerk_and_once(advisor: Advisor, tmp_path: Path) -> None:
    async with site(advisor, tmp_path, WITH_CLERKS) as (_, box, _assistant):
        person = box.person()
        await person.says("我叫张三，13800138000，巴中补办居住证要钱吗")
        box.faults.set_chance(Fault.DUPLICATE, 1.0)
        delivery = await person.says("转人工")
        assert delivery.said is not None
        assert delivery.said.kind is SaidKind.HANDOFF
        assert person.is_with_human
        await box.settled()
        (gist,) = told(person)
        assert gist.startswith("马上转人工。您刚才问的是：巴中市；")
        assert "张三" not in gist
        assert "138" not in gist


async def test_who_asked_nothing_yet_is_handed_over_without(advisor: Advisor, tmp_path: Path) -> None:
    async with site(advisor, tmp_path, WITH_CLERKS) as (_, box, _assistant):
        person = box.person()
        delivery = await person.says("转人工")
        assert delivery.said is not None
        assert delivery.said.kind is SaidKind.HANDOFF
        assert told(person) == []


@pytest.mark.parametrize("fault", [Fault.API_BROKEN, Fault.API_BUSY, Fault.QUOTA])
async def test_whatever_the_interfaces_do_the_person_is_handed_over(
    advisor: Advisor, tmp_path: Path, fault: Fault
) -> None:
    async with site(advisor, tmp_path, WITH_CLERKS, faults={fault: 1.0}) as (_, box, _assistant):
        person = box.person()
        await person.says("巴中补办居住证要钱吗")
        delivery = await person.says("转人工")
        assert delivery.said is not None
        assert delivery.said.kind is SaidKind.HANDOFF
        assert told(person) == []


def test_the_gist_is_the_city_and_the_latest_subjects(library: Library) -> None:
    titles = [library.topics[slug].title for slug in (*library.topics,)[:4]]
    talked = Session(city="bazhong", topics=("gone", *(*library.topics,)[:4]))
    assert gist_of(library, talked) == "；".join((library.cities["bazhong"].name, *titles[1:]))
    assert gist_of(library, Session(city="bazhong")) == ""
