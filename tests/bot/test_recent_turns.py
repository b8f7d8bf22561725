"""A question asked again is understood once, and nobody can tell: every answer is the one that would be given anew."""

from __future__ import annotations

import gc
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.places import Place
from bot.recent_turns import RecentTurns
from bot.render import as_text
from bot.store.base import Limits
from bot.store.sqlite import SqliteConversations
from dialogs import words
from dialogs.advisor import Advisor, Turn
from dialogs.effects import NOTHING_KNOWN, Known
from dialogs.saying import Kind, Part, Saying
from dialogs.session import Session
from knowledge.labelled import QUESTIONS, read_rows
from tests.bot.blocking import Blocking

TODAY = date(2026, 11, 21)
QUESTION = "补办居住证要钱吗"
GOING_ON = (
    "要钱不",
    "那要带什么",
    "我老婆呢",
    "几天",
    "2",
    "1",
    "赤峰",
    "我在开封",
    "那洛阳呢",
    "谢谢",
    "你好",
    "办证",
    "有用",
    "没用",
)
ASKED = [
    str(row["question"]) for file in sorted(QUESTIONS.glob("*.jsonl")) for row in read_rows(file) if row.get("question")
]


class Counting(Advisor):
    """The real advisor, and how often it was asked."""

    def __init__(self, advisor: Advisor) -> None:
        self._advisor = advisor
        self.library = advisor.library
        self.asked = 0

    def take_turn(
        self, session: Session, text: str, *, today: date, city: str | None = None, known: Known = NOTHING_KNOWN
    ) -> Turn:
        self.asked += 1
        return self._advisor.take_turn(session, text, today=today, city=city, known=known)


@contextmanager
def opened(advisor: Advisor, file: Path) -> Iterator[Blocking]:
    conversations = SqliteConversations(file, limits=Limits(turns_a_minute=1_000_000))
    assistant = Blocking(Assistant(advisor, conversations, today=lambda: TODAY))
    try:
        yield assistant
    finally:
        assistant.close()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[Advisor], Blocking]]:
    """Return a function that opens an assistant with conversations of its own."""
    with_exit = []

    def make(advisor: Advisor) -> Blocking:
        opening = opened(advisor, tmp_path / f"{len(with_exit)}.sqlite3")
        with_exit.append(opening)
        return opening.__enter__()

    yield make
    for opening in with_exit:
        opening.__exit__(None, None, None)


def test_the_third_who_asks_the_same_takes_no_turn(start: Callable[[Advisor], Blocking], advisor: Advisor) -> None:
    counting = Counting(advisor)
    assistant = start(counting)
    said = [assistant.hear(f"p{number}", QUESTION, Place(usual_city="luoyang")) for number in range(2)]
    before = counting.asked
    said += [assistant.hear(f"q{number}", QUESTION, Place(usual_city="luoyang")) for number in range(5)]
    assert counting.asked == before
    assert len(set(said)) == 1


def test_in_conversations_of_all_sorts_every_answer_is_the_one_without_memory(
    start: Callable[[Advisor], Blocking], advisor: Advisor
) -> None:
    with_memory, without = start(advisor), start(advisor)
    without.assistant.turns.recent.find = lambda keys: None  # type: ignore[method-assign]
    chance = random.Random(20261121)
    few = chance.sample(ASKED, 25)
    places = (Place(), Place(usual_city="luoyang"), Place(city="kaifeng", links=""))
    for _ in range(500):
        person, place = f"p{chance.randrange(40)}", chance.choice(places)
        text = chance.choice(few if chance.random() < 0.6 else GOING_ON)
        assert with_memory.hear(person, text, place) == without.hear(person, text, place), text
        assert with_memory.session_of(person) == without.session_of(person), text


def test_whose_answer_is_not_rated_yet_is_not_told_what_others_are_who_have(
    start: Callable[[Advisor], Blocking], advisor: Advisor
) -> None:
    assistant = start(advisor)
    for number in range(4):
        said = [
            as_text(assistant.hear(f"p{number}", text, Place(usual_city="luoyang")))
            for text in (QUESTION, "有用", "有用")
        ]
        assert said[1:] == [words.RATED_USEFUL, words.NOTHING_TO_RATE]


@pytest.mark.parametrize(
    "text",
    ["我要申报", "我的身份证号是511123198805123620，能办吗", "有人要打我", "问" * 201, "导出我的信息"],
    ids=["a dialog", "a number", "an emergency", "a long story", "my data"],
)
def test_what_is_no_question_of_many_is_taken_anew_each_time(
    start: Callable[[Advisor], Blocking], advisor: Advisor, text: str
) -> None:
    counting = Counting(advisor)
    assistant = start(counting)
    for number in range(3):
        assistant.hear(f"p{number}", text, Place(usual_city="luoyang"))
    before = counting.asked
    assistant.hear("another", text, Place(usual_city="luoyang"))
    assert counting.asked > before


def test_nothing_that_was_written_once_is_in_memory(start: Callable[[Advisor], Blocking], advisor: Advisor) -> None:
    assistant = start(advisor)
    written = "补办居住证要钱吗" + "欧阳小麦"
    assistant.hear("p", written, Place(usual_city="luoyang"))
    recent = assistant.assistant.turns.recent
    assert recent._held == {}
    assert "欧阳小麦" not in repr(vars(recent))


def test_on_another_day_the_turn_is_another() -> None:
    recent = RecentTurns()
    keys = {str(recent.keys_of(Session(), QUESTION, None, date(2026, 11, day), False)) for day in (21, 22)}
    assert len(keys) == 2


# ------------------------------------------------------------------------------------------------------- its bounds


def held(recent: RecentTurns, number: int) -> Turn:
    """Have a turn of its own held."""
    turn = Turn(Session(), Saying(Kind.ANSWER, None, None, (Part(Kind.ANSWER, str(number)),)))
    keys = recent.keys_of(Session(), str(number), None, TODAY, False)
    for _ in range(2):
        recent.note(keys, turn, lambda: True)
    assert recent.find(keys) == turn
    return turn


def test_so_many_are_held_and_the_unused_go_first() -> None:
    recent = RecentTurns()
    first = recent.keys_of(Session(), "0", None, TODAY, False)
    for number in range(2_500):
        held(recent, number)
        assert recent.find(first) is not None, "what is used stays"
    assert (len(recent._held), len(recent._by_saying)) == (1000, 1000)
    assert len(recent._seen) <= 10_000


def test_a_saying_is_rendered_once_and_new_functions_each_time_leave_nothing_behind() -> None:
    recent = RecentTurns()
    turn, calls = held(recent, 1), []

    def render(saying: Saying) -> str:
        calls.append(saying)
        return as_text(saying)

    assert len({recent.rendered(turn.saying, render) for _ in range(3)}) == 1
    assert len(calls) == 1
    for _ in range(50):
        recent.rendered(turn.saying, partial(as_text))
    gc.collect()
    assert sum(len(one.rendered) for one in recent._held.values()) <= 4
