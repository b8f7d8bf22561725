"""What the office decides is told once, where the person is: on WeChat, on the site, in the terminal; and goes on."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime
from html import unescape
from pathlib import Path
from typing import cast

import pytest
import pytest_asyncio

from bot.assistant import Assistant
from bot.channels.web import COOKIE
from bot.clock import SHANGHAI
from bot.identity import Identities
from bot.places import Place
from bot.render import as_text
from bot.store.faults import StoreUnavailable
from bot.store.reaching import UNNEEDED_SECONDS, Due
from bot.store.records import Records
from bot.telling import IN_SHORT, TO_TELL, facts_of, told, told_at_visit
from bot.terminal import chat
from bot.wechat.api import WechatApi
from bot.wechat.desk import desk_of
from bot.wechat.ledger import Ledger, Opened
from bot.wechat.reminding import GRANT_SECONDS, GRANTED, Reminding, with_reminders
from dialogs.advisor import Advisor, Turn
from dialogs.effects import RECEIPT, Remind, Status
from dialogs.returning import OTHER, RETURN_REASONS
from dialogs.saying import Kind, Saying
from dialogs.session import Session
from knowledge.library import Library
from tests.bot.asking import Client, ask
from tests.bot.blocking import Blocking
from tests.bot.declaring import (
    DAY,
    WITH_OFFICE,
    Clock,
    assembled,
    whole_declaration,
)
from tests.bot.full_site import full_site, take
from tests.bot.keeping import DECLARATION, NAME
from tests.bot.wechat.test_reminding import NOTIFYING, VERIFIED, Sent

ID = "0123456789abcdef"
SECRET = f"{NAME}的门牌号不清楚"
BACK = "您在巴中的填报被退回：照片看不清。回复“更正”就能改，回复“我的申报”看全部。"
NOTED = "您在巴中的填报，受理的地方已经登记了。回复“我的申报”看登记日期。"
ON_WECHAT = Place(links="https://example.org", channel="wechat", reach=(VERIFIED.name, "o-anna"))


def records_of(assistant: Assistant | Blocking) -> Records:
    assert assistant.records is not None
    return assistant.records


# ------------------------------------------------------------------------------------------------- what is said


def test_no_sentence_of_a_decision_holds_more_than_the_city_and_the_list(library: Library) -> None:
    for kind, reason in [(Status.RETURNED, code) for code in RETURN_REASONS] + [
        (Status.REGISTERED, ""),
        (Status.DUPLICATE, ""),
    ]:
        due = _due(kind, reason)
        sentence = told(library, due)
        assert sentence.startswith("您在洛阳的填报")
        assert sentence.endswith("。")
        assert "1231" not in sentence
        assert reason in ("", OTHER) or RETURN_REASONS[reason].label in sentence
        facts = facts_of(library, due)
        assert facts == {"what": IN_SHORT[kind], "day": "2026年11月2日", "city": "洛阳市"}
        assert len(f"{facts['city']}居住证：{facts['what']}") <= 20, "as much as a field of a template takes"


def _due(kind: str, reason: str = "") -> Due:
    return Due("x", "anna", "luoyang", date(2026, 11, 2), f"{kind}:1231-8447-1098:{reason}")


# ------------------------------------------------------------------------------------------------------ on WeChat


class Town:
    """An assistant with its stores, a person on WeChat who has handed in, and what delivers to her."""

    def __init__(self, assistant: Assistant, clock: Clock) -> None:
        self.assistant, self.clock = assistant, clock
        self.records = records_of(assistant)
        self.ledger = Ledger(assistant.conversations, clock)
        self.sent = Sent()

    async def hand_in(self, place: Place = ON_WECHAT, *, is_demonstration: bool = False) -> str:
        """Hand in as the last yes of the form does, on that channel."""
        wanted = replace(DECLARATION, city="bazhong", is_demonstration=is_demonstration)
        turn = Turn(Session(), Saying(Kind.FLOW, None, None, ()), None, (wanted,))
        return (await self.assistant.turns.results("anna", "k", turn, place))[RECEIPT]

    async def deliver(self, *, notifies: bool = False) -> int:
        account = NOTIFYING if notifies else VERIFIED
        desks = {account.name: replace(desk_of(account, lambda _: as_text), api=cast(WechatApi, self.sent))}
        now = datetime.fromtimestamp(self.clock(), SHANGHAI)
        return await Reminding(self.assistant, self.records, desks, self.ledger, lambda: now).deliver()

    async def says(self, text: str, key: str) -> str:
        reply = await self.assistant.hear_once("anna", text, message_key=key, render=as_text, place=ON_WECHAT)
        noted = await self.assistant.conversations.noted("anna", TO_TELL)
        return await with_reminders(self.assistant, "anna", key, reply, noted, math.inf)


@pytest_asyncio.fixture
async def town(advisor: Advisor, tmp_path: Path) -> AsyncIterator[Town]:
    clock = Clock()
    assistant = assembled(advisor, tmp_path, clock, WITH_OFFICE)
    yield Town(assistant, clock)
    await assistant.close()


async def test_in_the_window_it_is_sent_at_once_and_once(town: Town) -> None:
    receipt = await town.hand_in()
    await town.ledger.heard("anna", Opened.BY_MESSAGE)
    town.records.return_to_person(receipt, "photo_unclear", "clerk", town.clock(), note=SECRET)
    assert [await town.deliver() for _ in range(3)] == [1, 0, 0]
    assert town.sent.texts == [("o-anna", BACK)]
    assert BACK not in await town.says("补办要钱吗", "m1")


async def test_without_a_window_it_comes_with_the_next_answer_and_once(town: Town) -> None:
    receipt = await town.hand_in()
    town.records.return_to_person(receipt, OTHER, "clerk", town.clock(), note=SECRET)
    await town.deliver()
    assert town.sent.texts == []
    first = await town.says("补办要钱吗", "m1")
    assert first.startswith("您在巴中的填报被退回。回复“我的申报”看原因")
    assert SECRET not in first
    assert await town.says("补办要钱吗", "m1") == first
    assert "填报被退回" not in await town.says("补办要钱吗", "m2")
    assert SECRET in await town.says("我的申报", "m3")


async def test_a_notification_that_was_allowed_for_a_reminder_is_spent_only_where_nothing_else_goes(
    town: Town,
) -> None:
    receipt = await town.hand_in()
    await town.assistant.conversations.note("anna", GRANTED, "", GRANT_SECONDS)
    await town.ledger.heard("anna", Opened.BY_MESSAGE)
    town.records.return_to_person(receipt, "photo_unclear", "clerk", town.clock())
    await town.deliver(notifies=True)
    assert (town.sent.notified, town.sent.texts) == ([], [("o-anna", BACK)])
    town.clock.at += 3 * DAY
    town.records.record_registration(receipt, town.clock.today(), "clerk", town.clock())
    await town.deliver(notifies=True)
    ((openid, _, fields),) = town.sent.notified
    assert (openid, fields["thing1"]) == ("o-anna", "巴中市居住证：填报已经登记")


async def test_whom_to_reach_is_kept_from_handing_in_until_the_decision_is_told(town: Town) -> None:
    receipt = await town.hand_in()
    assert town.records.reach_of("anna") is not None
    town.records.purge(town.clock() + UNNEEDED_SECONDS)
    assert town.records.reach_of("anna") is not None, "an office may still decide"
    town.records.record_registration(receipt, town.clock.today(), "clerk", town.clock())
    town.records.purge(town.clock() + UNNEEDED_SECONDS)
    assert town.records.reach_of("anna") is not None, "it is not told yet"
    await town.deliver()
    town.records.purge(town.clock() + UNNEEDED_SECONDS)
    assert town.records.reach_of("anna") is None


@pytest.mark.parametrize("why", ["a demonstration", "a channel without a way back"])
async def test_whom_to_reach_is_not_kept_for_nothing(town: Town, why: str) -> None:
    is_demonstration = why == "a demonstration"
    await town.hand_in(ON_WECHAT if is_demonstration else Place(links=""), is_demonstration=is_demonstration)
    assert town.records.reach_of("anna") is None


# ------------------------------------------------------------------------------------------------------ on the site


@pytest_asyncio.fixture
async def site(advisor: Advisor, library: Library, tmp_path: Path) -> AsyncIterator[tuple[Client, Assistant, str]]:
    """Serve the site to somebody who has handed in there; yield her browser too, and the receipt."""
    async with full_site(advisor, tmp_path / "data", operators=WITH_OFFICE) as (client, assistant):
        await take(client, *whole_declaration(library))
        (cookie,) = [cookie.value for cookie in client.session.cookie_jar if cookie.key == COOKIE]
        (known,) = records_of(assistant).declarations_of(Identities(bytes(32)).of("web", cookie))
        yield client, assistant, known.receipt


async def opened_page(client: Client, **headers: str) -> str:
    response = await client.get("/", headers=headers)
    assert response.status == 200
    return unescape(await response.text())


async def test_the_page_says_it_above_the_talk_when_it_is_opened_and_once(
    site: tuple[Client, Assistant, str],
) -> None:
    client, assistant, receipt = site
    records_of(assistant).return_to_person(receipt, "photo_unclear", "clerk", assistant.turns.now())
    assert BACK not in await opened_page(client, **{"Sec-Purpose": "prefetch"}), "nobody has seen that"
    assert (await client.head("/")).status == 200
    page = await opened_page(client)
    assert page.count(BACK) == 1
    assert page.index("您好！") < page.index(BACK) < page.index('id="typing"')
    assert BACK not in await opened_page(client)
    assert "told" not in (await ask(client, "补办要钱吗"))[1]


async def test_the_next_answer_says_it_where_the_page_was_open_and_the_same_message_again_too(
    site: tuple[Client, Assistant, str],
) -> None:
    client, assistant, receipt = site
    records_of(assistant).record_registration(receipt, assistant.turns.today(), "clerk", assistant.turns.now())
    _, first = await ask(client, "补办要钱吗", id=ID)
    assert first["told"] == [NOTED]
    assert (await ask(client, "补办要钱吗", id=ID))[1] == first
    assert "told" not in (await ask(client, "补办要钱吗"))[1]
    assert NOTED not in await opened_page(client)


async def test_two_decisions_are_told_each_once_also_within_ten_minutes(site: tuple[Client, Assistant, str]) -> None:
    client, assistant, receipt = site
    records_of(assistant).return_to_person(receipt, "photo_unclear", "clerk", assistant.turns.now())
    assert (await ask(client, "补办要钱吗"))[1]["told"] == [BACK]
    records_of(assistant).record_registration(receipt, assistant.turns.today(), "clerk", assistant.turns.now())
    assert (await ask(client, "补办要钱吗"))[1]["told"] == [NOTED]


async def test_a_browser_without_scripts_reads_it_with_the_next_answer(site: tuple[Client, Assistant, str]) -> None:
    client, assistant, receipt = site
    records_of(assistant).return_to_person(receipt, "photo_unclear", "clerk", assistant.turns.now())
    page = unescape(await (await client.post("/say", data={"text": "补办要钱吗"})).text())
    assert page.index(BACK) < page.index("补办要钱吗")
    assert BACK not in await opened_page(client)


async def test_of_who_has_only_asked_the_records_are_not_even_read(
    advisor: Advisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[object] = []
    monkeypatch.setattr(Records, "due_at_visit", lambda *given: read.append(given) or ())
    async with full_site(advisor, tmp_path / "data", operators=WITH_OFFICE) as (client, _):
        await ask(client, "补办要钱吗")
        await ask(client, "洛阳")
        await opened_page(client)
        assert read == []
        await ask(client, "我要申报")
        await ask(client, "洛阳补办要钱吗")
        assert len(read) == 1


async def test_where_the_records_are_out_the_answer_comes_all_the_same(
    site: tuple[Client, Assistant, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def out(*_: object) -> None:
        raise StoreUnavailable("磁盘坏了")

    client, assistant, receipt = site
    records_of(assistant).return_to_person(receipt, "photo_unclear", "clerk", assistant.turns.now())
    with monkeypatch.context() as broken:
        broken.setattr(Records, "due_at_visit", out)
        reply, said = await ask(client, "补办要钱吗")
        assert (reply.status, "told" in said) == (200, False)
    assistant.turns._rest._until = 0.0
    assert BACK in await opened_page(client), "then the next visit tells it"


async def test_a_reminder_whose_day_has_come_is_told_here_too(town: Town) -> None:
    today = town.clock.today()
    town.records.carry_out("k", "anna", [Remind("luoyang", today, "endorse")], today, town.clock())
    lines = await told_at_visit(town.assistant, "anna", "m1")
    assert lines == ("提醒您：2026年11月2日，可以去签注（洛阳市）。",)
    assert await told_at_visit(town.assistant, "anna", "m1") == lines
    assert await told_at_visit(town.assistant, "anna", "m2") == ()
    assert await town.deliver() == 0, "and not pushed after that"


# ------------------------------------------------------------------------------------------------- in the terminal


def test_the_terminal_says_it_with_the_next_reply(
    advisor: Advisor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = Clock()
    with_office = assembled(advisor, tmp_path, clock, WITH_OFFICE)
    wanted = replace(DECLARATION, city="bazhong")
    results = records_of(with_office).carry_out("k", "terminal", [wanted], clock.today(), clock())
    records_of(with_office).return_to_person(results[RECEIPT], "photo_unclear", "clerk", clock())
    chat(with_office, iter(["补办要钱吗", "洛阳"]))
    out = capsys.readouterr().out
    assert out.count(BACK) == 1
    assert out.index(BACK) < out.index("您住在哪个城市")
