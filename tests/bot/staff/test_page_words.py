"""What pages say before anything is done: short, calm, and enough to go on."""

from __future__ import annotations

from bot.staff.rights import ROLE_WORDS
from tests.bot.staff.console import Office


async def test_a_form_that_is_not_begun_says_what_is_lacking_without_alarm(service: Office) -> None:
    li = await service.desk("li")
    page = await li.text("/staff/faq/new")
    assert '<p class="banner">还差：请选城市。</p>' in page
    assert 'class="problem"' not in page
    fields = {"city": "bazhong", "asks": "周末开门吗", "line": "5个工作日拿证。", "places": "8条"}
    shown = await (await li.post("/staff/api/faq/preview", fields)).text()
    assert 'class="problem"' in shown, "what was written and is wrong is said plainly"


async def test_who_gives_out_roles_reads_what_each_may_do(service: Office) -> None:
    admin = await service.desk("admin")
    for path in ("/staff/people", "/staff/people/wang"):
        page = await admin.text(path)
        for word in ROLE_WORDS.values():
            assert f"{word}：" in page


async def test_every_page_of_the_box_leads_to_the_whole_texts(service: Office) -> None:
    wang = await service.desk("wang")
    for path in ("/staff", "/staff?q=qqqq"):
        page = await wang.text(path)
        for slug, city in service.assistant.advisor.library.cities.items():
            assert f'<a href="/staff/law/{slug}">{city.short}</a>' in page
            assert (await wang.get(f"/staff/law/{slug}")).status == 200


async def test_why_says_what_it_is_for_until_it_is_asked(service: Office) -> None:
    wang = await service.desk("wang")
    assert "照群众的话写一句" in await wang.text("/staff/why")
    assert "照群众的话写一句" not in await wang.text("/staff/why?q=签注过期")
