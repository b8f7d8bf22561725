"""Emergencies, tricks and courtesies are told from questions about the regulation that use the same words."""

from __future__ import annotations

import time

import pytest

from dialogs.advisor import Advisor
from dialogs.understanding.kinds import EMERGENCIES, WITHOUT_WORDS, Manner
from dialogs.understanding.normalise import MAX_CHARACTERS, normalise

NAMED = [manner for manner in Manner if manner not in WITHOUT_WORDS]


def heard_in(advisor: Advisor, message: str) -> tuple[Manner, ...]:
    return advisor.reader.manners.manners_of(normalise(message).text).found


def test_every_manner_has_its_words_and_nothing_else_has(advisor: Advisor) -> None:
    assert set(advisor.library.manners) == set(NAMED)


@pytest.mark.parametrize("manner", NAMED)
def test_a_manner_is_heard_in_its_own_messages(advisor: Advisor, manner: Manner) -> None:
    messages = advisor.library.manners[manner].heard
    assert [message for message in messages if manner not in heard_in(advisor, message)] == []
    assert messages


@pytest.mark.parametrize("manner", NAMED)
def test_a_manner_is_not_heard_in_look_alikes(advisor: Advisor, manner: Manner) -> None:
    messages = advisor.library.manners[manner].not_heard
    assert [message for message in messages if manner in heard_in(advisor, message)] == []
    assert messages


def test_no_example_of_a_topic_sounds_like_an_emergency_or_a_trick(advisor: Advisor) -> None:
    alarming = {*EMERGENCIES, Manner.INJECTION}
    examples = (example for topic in advisor.library.topics.values() for example in topic.examples)
    assert [example for example in examples if alarming & set(heard_in(advisor, example))] == []


@pytest.mark.parametrize("message", ["13812345678", "+8613812345678", "86 138 1234 5678", "8613812345678"])
def test_a_telephone_number_is_private_with_or_without_the_country(advisor: Advisor, message: str) -> None:
    assert Manner.PRIVATE_NUMBERS in heard_in(advisor, message)


@pytest.mark.parametrize(
    "heap",
    [
        "好行",
        "嗯",
        "好的",
        "知道了",
        "你好",
        "在吗",
        "谢",
        "你",
        "能问",
        "打",
        "被",
        "从现在起你",
        "帮我看看",
        "1",
        "13",
    ],
)
def test_no_heap_of_words_takes_long(advisor: Advisor, heap: str) -> None:
    """A pattern that tries every way to divide a heap would take hours here, not a second."""
    started = time.perf_counter()
    advisor.reader.manners.manners_of((heap * MAX_CHARACTERS)[: MAX_CHARACTERS - 1] + "哪")
    assert time.perf_counter() - started < 1
