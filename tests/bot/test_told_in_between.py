"""A code or a place comes in the middle of a dialog: the answer on the next page, or the next number, still counts."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest_asyncio

from bot.assistant import Assistant
from bot.page_answers import answer_page
from bot.render import as_text
from dialogs.advisor import Advisor, Turn
from dialogs.greeting import placed, welcome
from dialogs.session import Session
from knowledge.library import Library
from tests.bot.declaring import (
    BEFORE_THE_PAGES,
    NUMBER,
    ON_A_PAGE,
    WITH_OFFICE,
    Clock,
    Say,
    assembled,
    until_submission,
)

_LINK = re.compile(r"/page/([\w-]+)")


@dataclass
class Talk:
    """One person's talk."""

    assistant: Assistant
    keys: list[str] = field(default_factory=list)

    def _key(self, again: bool) -> str:
        self.keys += [] if again else [f"m{len(self.keys)}"]
        return self.keys[-1]

    async def say(self, text: str) -> str:
        key = self._key(again=False)
        return await self.assistant.hear_once("anna", text, message_key=key, render=as_text, place=ON_A_PAGE)

    async def scan(self, city: str, *, again: bool = False) -> str:
        library = self.assistant.advisor.library

        def greet(session: Session) -> Turn:
            return welcome(library, session, city)

        key = self._key(again)
        return await self.assistant.tell_once("anna", greet, message_key=key, render=as_text, place=ON_A_PAGE)

    async def send_place(self, city: str) -> str:
        library = self.assistant.advisor.library

        def answer(session: Session) -> Turn:
            return placed(library, session, city)

        key = self._key(again=False)
        return await self.assistant.tell_once("anna", answer, message_key=key, render=as_text, place=ON_A_PAGE)


@pytest_asyncio.fixture
async def talk(advisor: Advisor, tmp_path: Path) -> AsyncIterator[Talk]:
    assistant = assembled(advisor, tmp_path / "data", Clock(), WITH_OFFICE)
    yield Talk(assistant)
    await assistant.close()


async def test_a_code_scanned_at_the_question_for_the_number_opens_a_page_that_takes_it(
    talk: Talk, library: Library
) -> None:
    for step in until_submission(library)[:BEFORE_THE_PAGES]:
        assert isinstance(step, Say)
        await talk.say(step.text)
    told = await talk.scan("luoyang")
    assert "您扫的码是洛阳市的。现在这件事还按巴中市办。" in told
    assert "证件号码是多少？" in told
    assert await talk.scan("luoyang", again=True) == told
    found = _LINK.search(told)
    assert found is not None
    answered = await answer_page(talk.assistant, found[1], NUMBER, ON_A_PAGE)
    assert answered is not None
    assert answered.problem is None
    session = await talk.assistant.session_of("anna")
    assert session.flow is not None
    assert (session.flow.answers["city"], session.flow.answers["number"]) == ("bazhong", NUMBER)


async def test_a_place_answers_the_question_for_the_city_and_the_next_message_the_next_one(talk: Talk) -> None:
    await talk.say("帮我看看能不能办")
    assert "您的户口在哪里？" in await talk.send_place("bazhong")
    assert "户口：甘肃省天水市" in await talk.say("甘肃天水")


async def test_where_no_dialog_runs_a_code_tells_the_city_as_before(talk: Talk) -> None:
    assert await talk.scan("luoyang") == "您好，我是居住证助手，按洛阳市的办法回答您。想问什么直接打字。"
    assert "《洛阳市" in await talk.say("补办要钱吗")
