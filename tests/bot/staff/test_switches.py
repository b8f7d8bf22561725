"""Switching off: seen first, confirmed, read by residents at once, and undone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.staff.switches import default_sentence, dialogs_of, title_of, what_of
from dialogs.advisor import Advisor
from dialogs.published import LONGEST_SENTENCE, OWN_DATA, Switch, problem_with
from knowledge.library import Library
from tests.bot.staff.answering import answering
from tests.bot.staff.answering import resident_hears as hears
from tests.bot.staff.console import Desk, Office

QUESTION = "办居住证要带什么材料"
SENTENCE = "这一项正在核对，请打 12345。"


@pytest_asyncio.fixture
async def service(advisor: Advisor, tmp_path: Path) -> AsyncIterator[Office]:
    """Yield the service, which answers by what is published."""
    async with answering(advisor, tmp_path) as opened:
        yield opened


async def resident_hears(service: Office, text: str = QUESTION, city: str = "bazhong") -> str:
    return "\n".join(part["first_line"] for part in (await hears(service, text, city))["parts"])


async def look(desk: Desk, city: str, topic: str, sentence: str = "") -> tuple[int, str]:
    response = await desk.post("/staff/switches", {"city": city, "topic": topic, "sentence": sentence, "act": "look"})
    return response.status, await response.text()


async def switch_off(desk: Desk, city: str, topic: str, sentence: str = SENTENCE) -> None:
    """Look at it and confirm what is shown."""
    _, page = await look(desk, city, topic, sentence)
    shown = page.partition("停用</button>")[0]
    names = ("city", "topic", "sentence", "seen")
    fields = {name: found[1] for name in names if (found := re.search(rf'name="{name}" value="([^"]*)"', shown))}
    response = await desk.post("/staff/switches", {**fields, "act": "off"})
    assert response.headers["Location"] == "/staff/switches?done=off", page


@pytest.fixture
def topic(advisor: Advisor) -> str:
    """Return the topic of QUESTION."""
    found = advisor.reader.read(QUESTION, "bazhong").topics
    assert len(found) == 1
    return found[0]


async def test_a_topic_of_one_city_is_off_there_alone_until_it_is_on_again(service: Office, topic: str) -> None:
    before = await resident_hears(service)
    desk = await service.desk("zhao")
    assert "现在没有停用的" in await desk.text("/staff/switches")
    status, page = await look(desk, "bazhong", topic, SENTENCE)
    assert status == 200
    assert SENTENCE in re.sub(r"<[^>]+>", "", page.partition('class="reads"')[2].partition("</p>")[0])
    assert await resident_hears(service) == before  # looked at, not done
    await switch_off(desk, "bazhong", topic)
    assert await resident_hears(service) == SENTENCE
    assert SENTENCE not in await resident_hears(service, city="ankang")
    assert SENTENCE not in await resident_hears(service, "居住证丢了怎么补办")
    page = await desk.text("/staff/switches")
    assert all(part in page for part in ("现在停用的", SENTENCE, "zhao同志", "2026-11-02 09:30"))
    assert (await desk.post("/staff/switches/on", {"city": "bazhong", "topic": topic})).status == 303
    assert await resident_hears(service) == before
    acts = [(row.by, row.what, row.about) for row in service.records.audited(limit=9, about=f"bazhong/{topic}")]
    assert acts == [("zhao", "switch_on", f"bazhong/{topic}"), ("zhao", "switch_off", f"bazhong/{topic}")]


async def test_everything_of_a_city_and_a_dialog_everywhere(service: Office) -> None:
    desk = await service.desk("admin")
    await switch_off(desk, "ankang", "*", "安康暂停。")
    await switch_off(desk, "*", "precheck", "预审暂停。")
    assert await resident_hears(service, city="ankang") == "安康暂停。"
    start = title_of(service.assistant.advisor.library, "precheck")
    assert await resident_hears(service, start, "luoyang") == "预审暂停。"
    assert "暂停" not in await resident_hears(service, city="luoyang")
    page = await desk.text("/staff/switches")
    assert "安康的全部回答" in page
    assert f"各市“{start}”" in page


async def test_nothing_is_off_that_was_not_shown_as_it_is(service: Office, topic: str) -> None:
    desk = await service.desk("zhao")
    given = {"city": "bazhong", "topic": topic, "sentence": SENTENCE, "act": "off"}
    for seen in ("", "x", f"bazhong/{topic}/另一句", f"ankang/{topic}/{SENTENCE}"):
        response = await desk.post("/staff/switches", {**given, "seen": seen})
        assert response.status == 200
        assert "确定停用" in await response.text()
    assert service.records.switches() == ()


PROBLEMS = {
    "请选哪个市、停什么": ("", "*", ""),
    "没有“nowhere”这个城市": ("nowhere", "*", ""),
    "没有“nothing”这一项": ("*", "nothing", ""),
    "不能停用": ("*", "erase", ""),
    "缩到 400 个以内": ("*", "*", "停" * 401),
    "代码符号": ("*", "*", "<script>alert(1)</script>"),
}


@pytest.mark.parametrize("problem", PROBLEMS)
async def test_what_cannot_be_is_said_in_words(service: Office, problem: str) -> None:
    desk = await service.desk("zhao")
    status, page = await look(desk, *PROBLEMS[problem])
    assert status == 422
    assert problem in page
    assert "<script>alert" not in page
    assert "确定停用" not in page


async def test_what_is_not_off_is_not_switched_on(service: Office) -> None:
    desk = await service.desk("zhao")
    for fields in ({"city": "bazhong", "topic": "*"}, {}):
        response = await desk.post("/staff/switches/on", fields)
        assert response.status == 409
        assert "没有停用" in await response.text()


async def test_what_a_later_release_has_no_more_can_still_be_switched_on(service: Office) -> None:
    service.records.switch_off("gone", "gone_too", SENTENCE, "zhao", service.clock())
    desk = await service.desk("zhao")
    assert "gone“gone_too”" in await desk.text("/staff/switches")
    assert (await desk.post("/staff/switches/on", {"city": "gone", "topic": "gone_too"})).status == 303
    assert service.records.switches() == ()


def test_every_default_sentence_is_one_that_may_be_said(library: Library) -> None:
    names = [None, *dialogs_of(library), *library.topics]
    for city in (None, *library.cities):
        for name in names:
            bare = Switch(city, name, "")
            sentence = default_sentence(library, bare)
            assert what_of(library, bare) in sentence
            assert len(sentence) <= LONGEST_SENTENCE
            assert problem_with(library, Switch(city, name, sentence)) is None


def test_the_dialogs_of_the_menu_come_first_and_those_of_rights_never(library: Library) -> None:
    found = dialogs_of(library)
    assert {*found[:3]} == {"precheck", "declaration", "remind"}
    assert not OWN_DATA & {*found}
    assert "common" not in found
