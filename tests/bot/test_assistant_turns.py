"""Turns that meet: of one person, of too many, of nobody because a store is away; and what a turn does not touch."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_asyncio

from bot.assistant import Assistant
from bot.places import Place
from bot.render import as_text
from bot.store import resting
from bot.store.base import Claim, ClaimLost, Given, Kept, Limits
from bot.store.faults import StoreUnavailable
from bot.store.records import Records
from bot.store.resting import Rest
from bot.store.sqlite import SqliteConversations
from dialogs import words
from dialogs.advisor import Advisor, Turn
from dialogs.effects import NOTHING_KNOWN, Declared, Known, Operator, Reminder
from dialogs.saying import Kind, Part, Saying
from dialogs.session import Session
from knowledge import labelled

TODAY = date(2026, 11, 21)
QUESTIONS = [
    (str(row["question"]), str(row["city"]))
    for file in sorted(labelled.QUESTIONS.glob("*.jsonl"))
    for row in labelled.read_rows(file)
    if row.get("answerable")
]
ABOUT_A_HUNDRED = QUESTIONS[:: len(QUESTIONS) // 100]
OFFICE = Operator("江北街道居民服务站", "0827-5261234", "巴中市居住证实施办法", 30, typed=True)
ALL_CITIES = ("ankang", "bazhong", "chifeng", "kaifeng", "luoyang")
OPERATORS = tuple((city, OFFICE) for city in ALL_CITIES)

Start = Callable[..., Assistant]


class Untouchable:
    """Records that nobody may touch but to close them."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the records were asked for {name}")

    def close(self) -> None:
        pass


class OfSomebodyKnown:
    """Records of somebody who has handed in and has reminders; or that are away."""

    def __init__(self, *, is_away: bool = False) -> None:
        self.is_away = is_away
        self.asked = 0

    def known(self, person: str) -> tuple[tuple[Declared, ...], tuple[Reminder, ...]]:
        self.asked += 1
        if self.is_away:
            raise StoreUnavailable("申报数据库 读写不了")
        declared = tuple(
            Declared(receipt, city, status, date(2026, 11, 3))
            for receipt, city, status in (
                ("1231-8447-1098", "bazhong", "waiting"),
                ("2231-8447-1071", "luoyang", "returned"),
            )
        )
        return declared, (Reminder("kaifeng", date(2027, 1, 1), "endorse"),)

    def close(self) -> None:
        pass


@pytest_asyncio.fixture
async def start(tmp_path: Path, advisor: Advisor) -> AsyncIterator[Start]:
    """Yield a function that puts an assistant together; what it is given by keyword is its own."""
    started: list[Assistant] = []

    def make(by: Advisor | None = None, records: Any = None, limits: Limits | None = None, **more: Any) -> Assistant:
        limits = limits or Limits(turns_a_minute=1000)
        conversations = SqliteConversations(tmp_path / "conversations.sqlite3", limits=limits)
        made = Assistant(by or advisor, conversations, cast(Records, records), today=lambda: TODAY, **more)
        started.append(made)
        return made

    yield make
    for assistant in started:
        await assistant.close()


async def said(assistant: Assistant, text: str, key: str, person: str = "anna") -> str:
    return await assistant.hear_once(person, text, message_key=key, render=as_text)


def sentences(saying: Saying) -> list[str]:
    return [part.first_line for part in saying.parts]


# ------------------------------------------------------------------------------------------------- a plain question


async def test_a_question_reads_nothing_from_the_records(start: Start) -> None:
    assistant = start(records=Untouchable(), operators=OPERATORS)
    for number, (question, city) in enumerate(ABOUT_A_HUNDRED):
        saying = await assistant.hear(f"person {number}", question, Place(links="", city=city))
        assert saying.kind is not Kind.FLOW, question


async def test_a_dialog_is_begun_with_what_is_known_of_the_person(start: Start) -> None:
    records = OfSomebodyKnown()
    saying = await start(records=records, operators=OPERATORS).hear("anna", "我的申报", Place(links=""))
    assert records.asked == 1
    assert "1231-8447-1098" in as_text(saying)


async def test_a_question_is_answered_the_same_whether_the_person_is_known_or_not(start: Start) -> None:
    turns = start(records=OfSomebodyKnown(), operators=OPERATORS).turns
    assert len(ABOUT_A_HUNDRED) >= 100
    for question, city in ABOUT_A_HUNDRED:
        place = Place(links="", city=city)
        unread = await turns.before(Claim("anna", "m", "token", Session()), place)
        read = await turns.with_known(unread, place)
        assert read.known.declarations
        (_, without), (_, with_known) = [await turns.take(before, "m", question, place) for before in (unread, read)]
        assert without.saying.kind is not Kind.FLOW, question
        assert without == with_known, question


# ------------------------------------------------------------------------------------------------- together, too many


async def test_two_messages_sent_at_once_are_both_answered_in_their_order(start: Start) -> None:
    assistant = start()
    replies = await asyncio.gather(said(assistant, "我在赤峰", "1"), said(assistant, "补办居住证要钱吗", "2"))
    assert "《赤峰市" in replies[1]
    assert replies[0] != replies[1]
    assert (await assistant.session_of("anna")).city == "chifeng"


async def test_whoever_sends_more_than_is_answered_is_asked_to_wait_and_others_are_not(start: Start) -> None:
    assistant = start(limits=Limits(turns_a_minute=2))
    for key in ("1", "2"):
        assert words.TOO_MANY not in await said(assistant, "补办居住证要钱吗", key)
    assert words.TOO_MANY in await said(assistant, "我在赤峰", "3")
    assert sentences(await assistant.hear("anna", "我在赤峰")) == [words.TOO_MANY]
    assert words.TOO_MANY not in await said(assistant, "补办居住证要钱吗", "2"), "a repeat is no further message"
    assert words.TOO_MANY not in await said(assistant, "补办居住证要钱吗", "4", person="boris")


async def test_a_process_with_all_hands_full_says_so_and_touches_no_store(start: Start) -> None:
    assistant = start(records=Untouchable(), turns_at_once=0)
    assert words.CROWDED in await said(assistant, "我在赤峰", "1")
    assert sentences(await assistant.hear("anna", "我在赤峰")) == [words.CROWDED]
    assert await assistant.session_of("anna") == Session()


async def test_hands_are_free_again_after_every_turn_also_one_that_broke(start: Start) -> None:
    breaks = Breaking()
    assistant = start(breaks, turns_at_once=1)
    for _ in range(3):
        with pytest.raises(KeyError):
            await assistant.hear("anna", "好")
    breaks.is_broken = False
    assert sentences(await assistant.hear("anna", "好")) == ["好"]


async def test_while_earlier_messages_are_answered_the_next_is_asked_to_wait(start: Start) -> None:
    assistant = start(limits=Limits(wait_seconds=0.05))
    claim = await assistant.conversations.claim("anna", "earlier")
    assert isinstance(claim, Claim)
    assert words.BUSY in await said(assistant, "我在赤峰", "1")
    await assistant.conversations.release(claim)
    assert words.BUSY not in await said(assistant, "我在赤峰", "1")


# ------------------------------------------------------------------------------------------------------- what breaks


class Breaking(Advisor):
    """Breaks until it is mended; then it says 好."""

    def __init__(self) -> None:
        self.is_broken = True

    def take_turn(
        self, session: Session, text: str, *, today: date, city: str | None = None, known: Known = NOTHING_KNOWN
    ) -> Turn:
        if self.is_broken:
            raise KeyError(text)
        return Turn(session, Saying(Kind.ANSWER, None, None, (Part(Kind.ANSWER, "好"),)))


async def test_a_fault_in_a_turn_gives_it_back_and_its_message_is_a_new_one(start: Start) -> None:
    breaks = Breaking()
    assistant = start(breaks, limits=Limits(wait_seconds=0.05))
    with pytest.raises(KeyError):
        await said(assistant, "好", "1")
    breaks.is_broken = False
    assert await said(assistant, "好", "1") == "好"


async def test_a_reply_that_cannot_be_rendered_gives_the_turn_back_too(start: Start) -> None:
    assistant = start(limits=Limits(wait_seconds=0.05))

    def fail(_: Saying) -> str:
        raise KeyError

    with pytest.raises(KeyError):
        await assistant.hear_once("anna", "我在赤峰", message_key="1", render=fail)
    assert await assistant.session_of("anna") == Session()
    assert "赤峰" in await said(assistant, "我在赤峰", "1")


async def test_while_the_conversations_are_away_questions_are_answered_and_dialogs_pause(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    assistant = start(records=OfSomebodyKnown())
    await assistant.conversations.close()
    assert "《赤峰市" in await said(assistant, "我在赤峰，补办居住证要钱吗", "1")
    assert words.PAUSED in await said(assistant, "我要申报", "2")
    assert sentences(await assistant.hear("anna", "补办居住证要钱吗")) == [words.PAUSED], "which city, was said before"
    assert await assistant.session_of("anna") == Session()
    assert "store out" in caplog.text
    assert "赤峰" not in caplog.text


async def test_who_was_too_late_gives_the_answer_that_was_given_in_its_place(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant = start()
    save, given = SqliteConversations.save, Kept(Session(city="kaifeng"), "别人答的")

    async def late(self: SqliteConversations, claim: Claim, kept: Kept) -> None:
        await save(self, claim, given)
        raise ClaimLost

    monkeypatch.setattr(SqliteConversations, "save", late)
    assert await said(assistant, "我在赤峰", "1") == "别人答的"
    given = Kept(Session(city="kaifeng"))
    assert words.BUSY in await said(assistant, "我在赤峰", "2"), "nobody has answered yet: it is sent again"
    monkeypatch.undo()
    assert "赤峰" in await said(assistant, "我在赤峰", "2")


async def test_an_event_is_done_once_and_again_when_it_broke(start: Start) -> None:
    assistant = start(limits=Limits(wait_seconds=0.05))
    done: list[str] = []

    async def act() -> str:
        done.append("once more")
        if len(done) == 1:
            raise StoreUnavailable("读写不了")
        return "做完了"

    with pytest.raises(StoreUnavailable):
        await assistant.once("anna", "event", act)
    assert [await assistant.once("anna", "event", act) for _ in range(3)] == ["做完了"] * 3
    assert len(done) == 2
    assert await assistant.conversations.claim("anna", "event") == Given("做完了")


async def test_records_that_failed_are_left_alone_for_a_second(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resting, "REST_SECONDS", 0.3)
    records = OfSomebodyKnown(is_away=True)
    assistant = start(records=records, operators=OPERATORS)
    for person in ("anna", "boris", "clara"):
        assert "现在打不开存着的内容" in as_text(await assistant.hear(person, "我的申报"))
    assert records.asked == 1
    records.is_away = False
    await asyncio.sleep(0.35)
    assert "1231-8447-1098" in as_text(await assistant.hear("anna", "我的申报", Place(links="")))


def test_a_rest_lasts_a_second_and_follows_only_a_store_that_is_out() -> None:
    now = [100.0]
    rest = Rest("数据库", lambda: now[0])
    with pytest.raises(KeyError), rest.around():
        raise KeyError
    with rest.around():
        pass
    with pytest.raises(StoreUnavailable, match="读写不了"), rest.around():
        raise StoreUnavailable("读写不了")
    now[0] += 0.99
    with pytest.raises(StoreUnavailable, match="刚才没有响应"), rest.around():
        raise AssertionError("it was asked")
    now[0] += 0.01
    with rest.around():
        pass
