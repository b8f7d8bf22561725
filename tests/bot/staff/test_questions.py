"""The page of what was not answered: from what people asked to what is done about it."""

from __future__ import annotations

import re

import pytest

from bot.store.feedback import Feedback
from bot.store.questions import KeptQuestion
from tests.bot.declaring import DAY
from tests.bot.staff.console import Desk, Office

NASTY = [
    "<script>alert(1)</script>怎么办居住证",
    '"><img src=x onerror=alert(1)>签注',
    "javascript:alert(1)",
    "{{ 7 * 7 }}居住证",
    "居住证\x1b[31m红\x1b[0m",
    "居住证]]><x>",
    "=HYPERLINK(1)居住证",
]
ONLINE, ELDER, FINE = "居住证能不能网上办", "老人腿脚不便能不能上门办", "捡到别人的居住证交到哪里"


def keep(
    service: Office, *texts: str, city: str | None = "bazhong", kind: str = "not_covered", days: float = 1
) -> None:
    rows = [KeptQuestion(service.clock() - days * DAY + n, kind, text, city) for n, text in enumerate(texts)]
    service.records.keep_questions(rows)


def groups_in(page: str) -> list[str]:
    return re.findall(r'<li class="group" id="q-[0-9a-f]{12}">.*?</li>\s*(?=<li class="group"|</ol>)', page, re.DOTALL)


def key_in(group: str) -> str:
    found = re.search(r"/staff/questions/([0-9a-f]{64})/", group)
    assert found, group
    return found[1]


def text_of(group: str) -> str:
    return re.sub(r"<[^>]+>|\s+", " ", group)


async def test_the_most_asked_comes_first_with_where_and_when(service: Office) -> None:
    keep(service, ELDER, city="ankang")
    keep(service, ONLINE, "巴中居住证能不能网上办", ONLINE, days=20)
    keep(service, ONLINE, city=None, kind="clarify")
    desk = await service.desk("li")
    first, second = groups_in(await desk.text("/staff/questions"))
    said = text_of(first)
    assert re.search(r"4\s+次", said)
    assert all(part in said for part in (ONLINE, "巴中 3", "没说城市 1", "说没写 3", "反问了 1", "10月13日 到 11月1日"))
    assert ELDER in second
    assert re.search(r"1\s+次", text_of(second))
    assert f"/staff/faq/new?cluster={key_in(first)}&amp;city=bazhong" in first


async def test_time_city_and_kind_narrow_what_is_shown(service: Office) -> None:
    keep(service, ONLINE, days=100)
    keep(service, ELDER, city="ankang", kind="clarify")
    keep(service, FINE, city=None, kind="unsupported_city")
    desk = await service.desk("zhao")
    shown = {
        "": {ELDER, FINE},
        "?days=180": {ONLINE, ELDER, FINE},
        "?days=7&city=ankang": {ELDER},
        "?city=-": {FINE},
        "?kind=clarify": {ELDER},
        "?days=90&city=bazhong": set(),
        "?days=5&city=nowhere&kind=x": set(),
    }
    for asked, texts in shown.items():
        page = await desk.text(f"/staff/questions{asked}")
        assert {text for text in (ONLINE, ELDER, FINE) if text in page} == texts, asked
    assert "没有没答好的问题" in await desk.text("/staff/questions?city=luoyang")


async def test_what_is_older_than_what_is_kept_or_newer_than_a_minute(service: Office) -> None:
    desk = await service.desk("li")
    keep(service, ONLINE, days=181)
    assert ONLINE not in await desk.text("/staff/questions?days=180")
    keep(service, ELDER)
    assert ELDER not in await desk.text("/staff/questions")
    service.clock.at += 61
    assert ELDER in await desk.text("/staff/questions")


async def test_new_questions_come_within_a_minute_however_often_something_is_set_aside(service: Office) -> None:
    keep(service, ONLINE)
    desk = await service.desk("li")
    key = key_in(groups_in(await desk.text("/staff/questions"))[0])
    service.clock.at += 40
    await desk.post(f"/staff/questions/{key}/aside")
    keep(service, ELDER)
    assert ELDER not in await desk.text("/staff/questions")
    service.clock.at += 21
    assert ELDER in await desk.text("/staff/questions")


async def test_a_group_is_set_aside_and_brought_back_for_everybody(service: Office) -> None:
    keep(service, ONLINE, ONLINE, ELDER)
    li, zhao = await service.desk("li"), await service.desk("zhao")
    group = groups_in(await li.text("/staff/questions"))[0]
    response = await li.post(f"/staff/questions/{key_in(group)}/aside", {"days": "7", "city": "bazhong", "kind": ""})
    assert response.headers["Location"] == "/staff/questions?done=aside&days=7&city=bazhong"
    page = await zhao.text("/staff/questions")
    shown, _, folded = page.partition("放下的 1 组")
    assert ONLINE not in shown
    assert ONLINE in folded
    assert "写成回答" not in page  # a reviewer does not write
    service.clock.at += 61
    keep(service, "巴中居住证能不能网上办", days=0.1)
    assert re.search(r"3\s+次", text_of((await zhao.text("/staff/questions")).partition("放下的 1 组")[2]))
    await li.post(f"/staff/questions/{key_in(group)}/back")
    assert "放下的" not in await zhao.text("/staff/questions")
    acts = [(row.by, row.what, row.about) for row in service.records.audited(limit=9, about=key_in(group))]
    assert acts == [("li", "bring_back", key_in(group)), ("li", "set_aside", key_in(group))]


@pytest.mark.parametrize("key", ["x", "a" * 63, "g/../x", "é" * 64])
async def test_what_is_no_group_is_not_set_aside(service: Office, key: str) -> None:
    desk = await service.desk("li")
    assert (await desk.post(f"/staff/questions/{key}/aside")).status == 404
    assert service.records.aside() == frozenset()


async def test_what_has_an_answer_by_now_is_marked(service: Office) -> None:
    keep(service, "第一次办居住证要带什么材料")
    keep(service, "食堂几点开饭")
    groups = groups_in(await (await service.desk("li")).text("/staff/questions"))
    assert {("要带什么材料" in group): ("现在能答" in group) for group in groups} == {True: True, False: False}


async def test_answers_called_useless_are_shown_with_their_topic(service: Office, desk_of_li: Desk) -> None:
    topic, other = list(service.assistant.advisor.library.topics.values())[:2]
    opinions = [(topic, False)] * 3 + [(topic, True)] + [(other, True)]
    now = service.clock()
    service.records.keep_feedback([Feedback(now - 60, good, "bazhong", one.slug, "answer") for one, good in opinions])
    service.records.keep_questions([KeptQuestion(now - 60, "clarify", "「某」那个呢", "bazhong", topic.slug)])
    page = await desk_of_li.text("/staff/questions")
    table = page.partition("被说没用的")[2]
    assert topic.title in table
    assert other.title not in table
    assert f"/staff/faq/new?topic={topic.slug}&amp;city=bazhong" in table
    assert "这一题被说没用 3 次" in text_of(groups_in(page)[0])


@pytest.fixture
async def desk_of_li(service: Office) -> Desk:
    return await service.desk("li")


async def test_many_groups_come_page_by_page_and_none_is_lost(service: Office, desk_of_li: Desk) -> None:
    topics = list(service.assistant.advisor.library.topics.values())
    keep(service, *[f"{topic.title}食堂{n}" for n, topic in enumerate(topics)])
    pages = [await desk_of_li.text(f"/staff/questions?page={page}") for page in (1, 2, 3, 99)]
    keys = [[key_in(group) for group in groups_in(page)] for page in pages]
    assert len(keys[0]) == 30
    assert not {*keys[0]} & {*keys[1]}
    assert keys[3]
    assert "下一页" in pages[0]
    assert "下一页" not in pages[3]


async def test_of_more_than_can_be_looked_at_the_latest_are(
    service: Office, desk_of_li: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.staff.questions.MOST_QUESTIONS", 3)
    titles = [topic.title for topic in list(service.assistant.advisor.library.topics.values())[:8]]
    keep(service, *titles)
    now = service.clock()
    service.records.keep_questions([KeptQuestion(now, "answer", "没记的", "bazhong")])
    page = await desk_of_li.text("/staff/questions")
    assert [title for title in titles if title in page] == titles[-3:]
    keep(service, *titles[:3], days=0.5)
    service.clock.at += 61
    page = await desk_of_li.text("/staff/questions")
    assert [title for title in titles if title in page] == titles[:3]


@pytest.mark.parametrize("text", NASTY)
async def test_whatever_was_asked_is_shown_as_text(service: Office, desk_of_li: Desk, text: str) -> None:
    keep(service, text)  # as if the redaction had let it through
    page = await desk_of_li.text("/staff/questions")
    assert len(groups_in(page)) == 1
    for piece in ("<script>alert", "<img src=x", "49居住证", '"><img', 'href="javascript'):
        assert piece not in page


async def test_a_page_is_shown_while_nothing_is_kept(service: Office) -> None:
    page = await (await service.desk("zhao")).text("/staff/questions")
    assert "没有没答好的问题" in page
    assert "JUZHUZHENG_KEEP_QUESTIONS" in page  # this service keeps none
