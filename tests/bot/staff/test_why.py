"""Why a question gets its answer: the same turn as a resident's, and nothing of it is kept."""

from __future__ import annotations

import html
import re
from urllib.parse import quote

from bot.assistant import Place
from bot.learning import Learning
from bot.render import as_text
from dialogs.explaining import RANKED, scored, stages_of
from dialogs.published import FaqEntry, Published, Switch
from dialogs.session import Session
from knowledge.address import Address
from tests.bot.staff.console import Office

QUESTION = "签注过期了怎么办"


async def explained(service: Office, question: str, city: str = "") -> str:
    desk = await service.desk("wang")
    return html.unescape(await desk.text(f"/staff/why?q={quote(question)}&city={city}"))


def reply_in(page: str) -> str:
    found = re.search(r'<p class="reply">(.*?)</p>', page, re.DOTALL)
    assert found
    return found[1]


async def test_the_answer_is_the_one_that_a_resident_gets(service: Office) -> None:
    for question, city in ((QUESTION, "chifeng"), (QUESTION, ""), ("办证要几天", "luoyang"), ("我要申报", "bazhong")):
        turn = service.assistant.advisor.take_turn(Session(), question, today=service.clock.today(), city=city or None)
        assert reply_in(await explained(service, question, city)) == as_text(turn.saying)


async def test_every_stage_that_found_something_is_shown_with_what_it_found(service: Office) -> None:
    advisor = service.assistant.advisor
    page = await explained(service, "赤峰签注過期了30天咋办")
    for stage in stages_of(
        advisor.library, advisor.reader.read("赤峰签注過期了30天咋办", None, (), service.clock.today())
    ):
        if stage.found and stage.name != RANKED:
            assert f"<dt>{stage.name}</dt>" in page
            assert all(line in page for line in stage.found)


async def test_the_candidates_have_their_share_and_what_speaks_for_and_against_them(service: Office) -> None:
    advisor = service.assistant.advisor
    candidates = scored(advisor.library, advisor.reader.read(QUESTION, "chifeng", (), service.clock.today()))
    assert candidates[0].topic == "overdue"
    assert candidates[0].score > 0.9
    assert candidates[0].signals[0][1] > 0
    assert any(weight < 0 for _, weight in candidates[1].signals)
    page = await explained(service, QUESTION, "chifeng")
    for candidate in candidates:
        assert candidate.title in page
        assert f"{candidate.score * 100:.0f}%" in page
    assert f"{candidates[0].signals[0][0]} +{candidates[0].signals[0][1]:.1f}" in page


async def test_nothing_of_the_question_is_kept(service: Office) -> None:
    learning = Learning(service.assistant.advisor.library, service.records, service.clock)
    service.assistant.learning = learning
    await explained(service, "积分落户怎么算", "bazhong")
    await learning.flush()
    assert service.records.questions(0.0, 10) == ()
    await service.assistant.hear("somebody", "积分落户怎么算", Place(city="bazhong"))
    await learning.flush()
    assert len(service.records.questions(0.0, 10)) == 1  # a resident's is


async def test_a_city_that_is_not_there_counts_as_none_chosen(service: Office) -> None:
    assert reply_in(await explained(service, QUESTION, "nowhere")) == reply_in(await explained(service, QUESTION))


async def test_answers_and_switches_of_the_staff_show_at_once(service: Office) -> None:
    assistant, ask = service.assistant, "暂住证丢在火车上了怎么补"
    before = await explained(service, ask, "bazhong")
    entry = FaqEntry("e7", "bazhong", (ask,), "照居住证补领来办。", (Address("10"),))
    assistant.publish(assistant.advisor.with_published(Published(entries=(entry,))))
    page = await explained(service, ask, "bazhong")
    assert "照居住证补领来办。" not in before
    assert "照居住证补领来办。" in reply_in(page)
    assert "（编号 e7）" in page
    off = Switch("bazhong", None, "系统正在核对，请打12345。")
    assistant.publish(assistant.advisor.with_published(Published(switches=(off,), entries=(entry,))))
    page = await explained(service, ask, "bazhong")
    assert "系统正在核对，请打12345。" in reply_in(page)
    assert "编号 e7" not in page
