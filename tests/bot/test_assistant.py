"""Between channels and dialogs: one turn for one message, and no fault reaches a person or a log in their words."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.assistant import Assistant, Place
from bot.render import as_text
from bot.store.sqlite import SqliteConversations
from dialogs import words
from dialogs.advisor import Advisor, Turn
from dialogs.effects import NOTHING_KNOWN, Known
from dialogs.saying import Kind
from dialogs.session import Session
from knowledge.loading import open_library
from rules.proof import ProofError
from tests.bot.blocking import Blocking

SECRET = "我叫张三丰"


class UnprovenAdvisor(Advisor):
    """Composes what does not verify."""

    def __init__(self) -> None:
        pass

    def take_turn(
        self, session: Session, text: str, *, today: date, city: str | None = None, known: Known = NOTHING_KNOWN
    ) -> Turn:
        raise ProofError("luoyang「9999元」：引文里没有 9999元")


@pytest.fixture
def start(tmp_path: Path, advisor: Advisor) -> Iterator[Callable[..., Blocking]]:
    """Return a function that opens an assistant on one store, as after a restart."""
    opened: list[Blocking] = []

    def make(by: Advisor | None = None) -> Blocking:
        opened.append(Blocking(Assistant(by or advisor, SqliteConversations(tmp_path / "conversations.sqlite3"))))
        return opened[-1]

    yield make
    for assistant in opened:
        assistant.close()


def test_a_message_delivered_again_gets_the_same_reply_and_takes_no_second_turn(
    start: Callable[..., Blocking],
) -> None:
    assistant = start()
    first = assistant.hear_once("a", "洛阳签注过期了咋办", message_key="1", render=as_text)
    assistant.hear_once("a", "补办要钱吗", message_key="2", render=as_text)
    assert start().hear_once("a", "洛阳签注过期了咋办", message_key="1", render=as_text) == first
    assert assistant.session_of("a").topics == ("fee_reissue",)


def test_the_session_goes_on_after_a_restart(start: Callable[..., Blocking]) -> None:
    start().hear("a", "我在赤峰，补办居住证要钱吗")
    assert start().hear("a", "那开封呢").city == "kaifeng"


def test_persons_do_not_share_a_session(start: Callable[..., Blocking]) -> None:
    assistant = start()
    assistant.hear("a", "我在赤峰")
    assert assistant.hear("b", "补办居住证要钱吗").kind is Kind.CLARIFY


def test_a_channels_usual_city_answers_until_the_person_names_another(start: Callable[..., Blocking]) -> None:
    assistant = start()

    def say(text: str, key: str) -> str:
        return assistant.hear_once("a", text, message_key=key, render=as_text, place=Place(usual_city="luoyang"))

    assert "《洛阳市" in say("补办居住证要钱吗", "1")
    assert "《赤峰市" in say("我在赤峰，补办要钱吗", "2")
    assert "《赤峰市" in say("签注过期了怎么办", "3")


def test_a_reply_that_does_not_verify_is_withheld_and_told_to_the_operator_alone(
    start: Callable[..., Blocking], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        saying = start(UnprovenAdvisor()).hear("a", SECRET)
    assert [part.first_line for part in saying.parts] == [words.PROOF_FAILED]
    assert "9999元" in caplog.text
    assert SECRET not in caplog.text


async def test_the_day_reaches_the_turn(tmp_path: Path) -> None:
    told: list[date] = []

    class Listener(Advisor):
        def __init__(self) -> None:
            pass

        def take_turn(
            self, session: Session, text: str, *, today: date, city: str | None = None, known: Known = NOTHING_KNOWN
        ) -> Turn:
            told.append(today)
            raise ProofError("只听")

    store = SqliteConversations(tmp_path / "conversations.sqlite3")
    await Assistant(Listener(), store, today=lambda: date(2030, 1, 2)).hear("a", "好")
    assert told == [date(2030, 1, 2)]


def test_a_line_whose_answer_fails_is_told_and_the_run_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    from bot.batch import Asking, run
    from tests.bot.fakes import BrokenAdvisor

    for broken in (UnprovenAdvisor(), BrokenAdvisor()):
        broken.library = open_library()
        rows = list(run([f'{{"id": 1, "text": "{SECRET}"}}'] * 2, Asking(broken, date(2030, 1, 2))))
        assert [worked for _, worked in rows] == [False, False]
        assert all('"error"' in row for row, _ in rows)
    assert SECRET not in caplog.text


def test_today_is_the_day_in_shanghai(advisor: Advisor, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot import clock as module

    class Midnight:
        @staticmethod
        def now(zone: object) -> object:
            from datetime import UTC, datetime

            return datetime(2026, 12, 31, 17, 0, tzinfo=UTC).astimezone(zone)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "datetime", Midnight)
    assert module.today_in_shanghai() == date(2027, 1, 1)
