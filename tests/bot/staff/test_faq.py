"""Answers written by staff: from what was asked to the answer that residents get, and back."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.staff.faq_checking import CHECKS, Checks
from bot.staff.rights import Role
from bot.store.publishing import State
from bot.store.questions import KeptQuestion
from dialogs.advisor import Advisor
from knowledge.labelled import labelled_questions
from tests.bot.staff.answering import ASKED, LINE, WORDS, answering, resident_hears, saved, text_of, told
from tests.bot.staff.console import Office


@pytest_asyncio.fixture
async def service(advisor: Advisor, tmp_path: Path) -> AsyncIterator[Office]:
    """Yield the service, which answers by what is published."""
    async with answering(advisor, tmp_path) as opened:
        yield opened


async def test_from_what_was_asked_to_the_answer_and_back(service: Office) -> None:
    service.records.keep_questions([KeptQuestion(service.clock() - 60, "not_covered", f"巴中{ASKED}", "bazhong")])
    li, zhao = await service.desk("li"), await service.desk("zhao")
    found = re.search(r'href="(/staff/faq/new\?cluster=[^"]+)"', await li.text("/staff/questions"))
    assert found
    form = await li.text(found[1].replace("&amp;", "&"))
    assert f'rows="5" required>{ASKED}</textarea>' in form
    assert 'value="bazhong" selected' in form
    number = await saved(li)

    page = await zhao.text(f"/staff/faq/{number}")
    assert all(part in text_of(page) for part in ("等审核", LINE, WORDS, "通过", "没有一道的回答变了", "li同志"))
    assert (await resident_hears(service))["kind"] == "not_covered"
    assert (await zhao.post(f"/staff/faq/{number}/approve")).headers["Location"] == f"/staff/faq/{number}?done=faq_live"

    heard = await resident_hears(service)
    assert heard["kind"] == "answer"
    assert [part["first_line"] for part in heard["parts"]] == [LINE]
    assert service.assistant.publishing is not None
    await service.assistant.publishing.flush()
    assert "今天用了 1 次，30 天 1 次" in await zhao.text(f"/staff/faq/{number}")
    assert re.search(rf"{LINE} .* 1 1$", text_of(await li.text("/staff/faq")))
    service.clock.at += 61
    assert "现在能答" in await li.text("/staff/questions")

    assert (await zhao.post(f"/staff/faq/{number}/take-back")).status == 303
    assert (await resident_hears(service))["kind"] == "not_covered"
    assert "撤下的 1 条" in await li.text("/staff/faq")
    history = text_of((await li.text(f"/staff/faq/{number}")).partition("经过")[2])
    assert re.findall(r"同志 (\S+) ", history) == ["撤下", "上线", "试答完", "试答完", "送审", "写"]


async def test_taking_back_a_second_text_leaves_the_first_in_force(service: Office) -> None:
    li, zhao = await service.desk("li"), await service.desk("zhao")
    first = await saved(li)
    await li.text(f"/staff/faq/{first}")
    await zhao.post(f"/staff/faq/{first}/approve")
    entry = service.records.revision(first).faq.id
    assert 'value="bazhong" selected' in await li.text(f"/staff/faq/new?revision={first}")
    second = await saved(li, entry=entry, line="受理的是居住地公安派出所；几点上班，办法没有写。")
    await li.text(f"/staff/faq/{second}")
    await zhao.post(f"/staff/faq/{second}/approve")
    assert "用回上一稿：“办法只写了" in await zhao.text(f"/staff/faq/{second}")
    assert (await told(zhao, f"/staff/faq/{first}/take-back"))[0] == 409  # not the one in force
    await zhao.post(f"/staff/faq/{second}/take-back")
    assert (await resident_hears(service))["parts"][0]["first_line"] == LINE


async def test_whoever_wrote_it_cannot_put_it_into_force(service: Office) -> None:
    service.add("both", Role.EDITOR, Role.REVIEWER)
    both, zhao = await service.desk("both"), await service.desk("zhao")
    number = await saved(both)
    page = await both.text(f"/staff/faq/{number}")
    assert "要另一位审核人员来上线" in page
    assert f"/staff/faq/{number}/approve" not in page
    status, said = await told(both, f"/staff/faq/{number}/approve")
    assert status == 409
    assert "自己写的不能自己上线" in said
    assert (await zhao.post(f"/staff/faq/{number}/approve")).status == 303


async def test_a_text_that_makes_an_answer_worse_is_a_draft_again(service: Office) -> None:
    row = next(r for r in labelled_questions() if r["city"] == "bazhong" and r["answerable"] and not r["city_in_text"])
    li, zhao = await service.desk("li"), await service.desk("zhao")
    number = await saved(li, asks=row["question"])
    page = text_of(await li.text(f"/staff/faq/{number}"))
    assert "退回了" in page
    assert "没有通过：1 道变差" in page
    assert row["question"] in page.partition("回答变了的")[2]
    assert (await told(zhao, f"/staff/faq/{number}/approve"))[0] == 409
    draft = service.records.entries(State.DRAFT)[0]
    assert draft.faq == service.records.revision(number).faq
    again = await li.text(f"/staff/faq/{draft.id}")
    assert "试答没有通过：有 1 道题变差了。" in again
    assert f"/staff/faq/new?revision={draft.id}" in again
    await saved(li, entry=draft.faq.id)
    assert service.records.revision(draft.id).faq.asks == (ASKED, "周末派出所开不开门")


async def test_a_draft_is_changed_until_it_is_handed_in(service: Office) -> None:
    li = await service.desk("li")
    number = await saved(li, "save", line="", places="")
    assert service.records.revision(number).state is State.DRAFT
    entry = service.records.revision(number).faq.id
    status, said = await told(li, f"/staff/faq/{number}/check")
    assert (status, service.records.revision(number).state) == (422, State.DRAFT)
    assert "请写答案" in said
    assert await saved(li, "save", entry=entry) == number
    assert (await li.post(f"/staff/faq/{number}/check")).status == 303
    assert "等审核" in await li.text(f"/staff/faq/{number}")
    later = await saved(li, "save", entry=entry, line="另一句")
    assert later != number
    assert service.records.revision(number).faq.line == LINE
    assert (await told(li, f"/staff/faq/{number}/check"))[0] == 409


async def test_a_refusal_has_a_reason_that_the_author_reads(service: Office) -> None:
    li, zhao = await service.desk("li"), await service.desk("zhao")
    number = await saved(li)
    await li.text(f"/staff/faq/{number}")
    status, said = await told(zhao, f"/staff/faq/{number}/refuse", reason="  ")
    assert status == 422
    assert "请写退回的原因" in said
    assert (await zhao.post(f"/staff/faq/{number}/refuse", {"reason": "说得太<b>满</b>"})).status == 303
    page = await li.text(f"/staff/faq/{number}")
    assert "说得太&lt;b&gt;满" in page
    assert "改一改再送" in page
    assert (await told(zhao, f"/staff/faq/{number}/approve"))[0] == 409


async def test_a_trial_that_broke_off_is_begun_again(service: Office) -> None:
    li, zhao = await service.desk("li"), await service.desk("zhao")
    number = await saved(li, "save")
    service.records.hand_in(number, "li", service.clock())  # and the process died
    page = await zhao.text(f"/staff/faq/{number}")
    assert "试答还没有结果" in page
    assert "/approve" not in page
    assert "再试一次" in await li.text(f"/staff/faq/{number}")
    assert (await li.post(f"/staff/faq/{number}/check")).status == 303
    assert "通过" in text_of(await zhao.text(f"/staff/faq/{number}")).partition("题库试答")[2]


async def test_while_it_is_tried_the_page_says_so_and_loads_itself_again(
    service: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.staff.faq_checking.PATIENCE_SECONDS", 0.0)
    li = await service.desk("li")
    number = await saved(li)
    response = await li.get(f"/staff/faq/{number}")
    assert response.headers["Refresh"] == "2"
    assert "正在用全部题库试答" in await response.text()
    monkeypatch.undo()
    response = await li.get(f"/staff/faq/{number}")
    assert "Refresh" not in response.headers
    assert "正在用全部题库试答" not in await response.text()


async def test_a_stop_does_not_wait_for_a_trial(service: Office) -> None:
    checks: Checks = service.internal.app[CHECKS]
    number = await saved(await service.desk("li"))
    await checks.close()
    assert not checks.is_under_way(number)
    assert service.records.revision(number).state is State.WAITING


async def test_two_reviewers_at_once_are_told_what_the_other_did(service: Office) -> None:
    service.add("sun", Role.REVIEWER)
    number = await saved(await service.desk("li"))
    zhao, sun = await service.desk("zhao"), await service.desk("sun")
    await zhao.text(f"/staff/faq/{number}")
    assert (await zhao.post(f"/staff/faq/{number}/approve")).status == 303
    status, said = await told(sun, f"/staff/faq/{number}/refuse", reason="晚了")
    assert status == 409
    assert "刚才已经被处理过" in said
