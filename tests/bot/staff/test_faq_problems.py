"""What may not stand in an answer written by staff, and how it is shown: as text, everywhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from markupsafe import escape

from bot.regression import Report
from bot.render import as_wechat_text
from bot.staff.faq_writing import named_places, read_places
from bot.wechat.reply import sanitise
from bot.wechat.xml import read_fields
from dialogs.advisor import Advisor
from dialogs.session import Session
from knowledge.address import Address
from knowledge.library import Library
from tests.bot.staff.answering import ASKED, FIELDS, LINE, WORDS, answering, resident_hears, told
from tests.bot.staff.console import Office


@pytest_asyncio.fixture
async def service(advisor: Advisor, tmp_path: Path) -> AsyncIterator[Office]:
    """Yield the service, which answers by what is published."""
    async with answering(advisor, tmp_path) as opened:
        yield opened


PROBLEMS = {
    "请选城市": {"city": "x"},
    "请写答案": {"line": "  "},
    "请至少写一种问法": {"asks": "\r\n"},
    "请至少选一条依据": {"places": ""},
    "共21条，没有第九十九条": {"places": "8条\n99条"},
    "“随便”看不出是第几条": {"places": "随便"},
    "依据的条文里没有“5工作日”": {"line": "5个工作日就能拿到证。"},
    "“安康”": {"asks": "安康派出所周末上班吗"},
    "代码符号": {"line": "<script>alert(1)</script>"},
    "缩到 200 个以内": {"line": "好" * 201},
}


@pytest.mark.parametrize("problem", PROBLEMS)
async def test_what_is_wrong_is_said_in_words_and_nothing_is_handed_in(service: Office, problem: str) -> None:
    li = await service.desk("li")
    fields = {**FIELDS, **PROBLEMS[problem]}
    for path, act in (("/staff/api/faq/preview", ""), ("/staff/faq/new", "look"), ("/staff/faq/new", "hand_in")):
        status, said = await told(li, path, **fields, act=act)
        assert problem in said, (path, act)
        assert "<script>alert" not in said
        assert status == (422 if act == "hand_in" else 200)
    assert service.records.entries() == ()


async def test_a_draft_whose_provision_cannot_be_read_is_not_kept_without_it(service: Office) -> None:
    status, said = await told(
        await service.desk("li"), "/staff/faq/new", **{**FIELDS, "places": "8条\n八九"}, act="save"
    )
    assert status == 422
    assert "还没有存：“八九”看不出是第几条" in said
    assert "8条\n八九</textarea>" in said
    assert service.records.entries() == ()


async def test_the_preview_is_what_the_resident_reads(service: Office) -> None:
    li = await service.desk("li")
    status, said = await told(li, "/staff/api/faq/preview", **FIELDS)
    assert status == 200
    assert all(part in said for part in (LINE, WORDS, "核对过了", "本条由工作人员整理。", "/staff/law/bazhong/8"))
    assert "<html" not in said


ODD = [
    "javascript:alert(1)就行。",
    "=1+1，@SUM(1)，去派出所。",
    "'; drop table faq; -- 就去派出所。",
    '" onmouseover="alert(1)',
]


@pytest.mark.parametrize("line", ODD)
async def test_what_the_verifier_lets_pass_is_text_on_every_channel(service: Office, line: str) -> None:
    city = service.assistant.advisor.library.cities["bazhong"]
    places, now = read_places(city, "8条")[0], service.clock()
    number = service.records.draft(None, "bazhong", [ASKED], line.replace("1", "一"), places, "li", now)
    service.records.hand_in(number, "li", now)
    service.records.keep_report(number, Report(1, 1, 1).to_json(), "li", now)
    service.records.approve(number, "zhao", now)
    assert service.assistant.publishing is not None
    await service.assistant.publishing.refresh(service.assistant)
    said = line.replace("1", "一")
    assert (await resident_hears(service))["parts"][0]["first_line"] == said
    async with ClientSession() as session:
        url = service.public.make_url("/say")
        page = await (await session.post(url, data={"text": ASKED, "city": "bazhong"})).text()
    assert str(escape(said)) in page
    saying = service.assistant.advisor.take_turn(Session(), ASKED, today=service.clock.today(), city="bazhong").saying
    text = as_wechat_text(saying)
    assert text.startswith(said)
    xml = f"<xml><Content><![CDATA[{sanitise(text)}]]></Content></xml>"
    assert read_fields(xml.encode()) == {"Content": [text]}
    for path in ("/staff/faq", f"/staff/faq/{number}", f"/staff/faq/new?revision={number}"):
        assert str(escape(said)) in await (await service.desk("li")).text(path)


async def test_a_topic_opens_the_form_with_its_provisions(service: Office, library: Library) -> None:
    li = await service.desk("li")
    slug = next(slug for slug, ruling in library.cities["bazhong"].rulings.items() if ruling.cites)
    form = await li.text(f"/staff/faq/new?topic={slug}&city=bazhong")
    assert library.topics[slug].title in form
    named = named_places(library.cities["bazhong"], library.cities["bazhong"].rulings[slug].cites[:6])
    assert f"{named}</textarea>" in form
    for path in ("?topic=x&city=y", "?cluster=x", f"?cluster={'a' * 64}&city=bazhong", ""):
        assert "群众怎么问" in await li.text(f"/staff/faq/new{path}")
    assert (await li.get("/staff/faq/new?revision=77")).status == 409
    assert (await li.get("/staff/faq/new?revision=x")).status == 404


def test_every_provision_is_read_again_as_it_is_named(library: Library) -> None:
    for city in library.cities.values():
        for address in map(city.normal_address, city.addresses()):
            assert read_places(city, named_places(city, [address])) == ((address,), None)


async def test_an_entry_whose_provision_is_gone_can_still_be_looked_at(service: Office) -> None:
    number = service.records.draft(None, "bazhong", [ASKED], LINE, [Address("99")], "li", service.clock())
    elsewhere = service.records.draft(None, "gone", [ASKED], LINE, [Address("8")], "li", service.clock())
    li = await service.desk("li")
    assert "没有“99”这个条款" in await li.text(f"/staff/faq/{number}")
    assert "没有“gone”这个城市" in await li.text(f"/staff/faq/{elsewhere}")
    for one in (number, elsewhere):
        assert LINE in await li.text(f"/staff/faq/new?revision={one}")
    assert "gone" in await li.text("/staff/faq")
