"""What people ask in the benchmark: the labelled questions, each hardly ever twice, or a hundred popular ones."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import Any

from knowledge.labelled import QUESTIONS, read_rows
from knowledge.loading import open_library
from tests.bench.jobs import Message
from tests.labels import OWN

PEOPLE = 200
POPULAR = 100

CONVERSATION = ("我能办居住证吗", "洛阳", "帮我看看能不能办", "陕西渭南", "1和2", "签了劳动合同", "登记过", "去年一月")
VERDICT = "这是预审"
"""What the last reply of the conversation must hold: it went all the way."""

_OPENINGS = ("", "请问", "你好，", "问一下，", "麻烦问下，", "老师好，", "我想问", "想咨询下，")
_QUESTIONS = {"ankang", "bazhong", "chifeng", "kaifeng", "luoyang", "second"}
"""The files of questions; the others hold messages of other kinds."""
_APART = 40
"""So many people talk side by side: nobody says the next thing before the last was answered."""


def all_texts() -> list[str]:
    """Return the labelled questions that a text answers, each once, in the same order every time."""
    return list(dict.fromkeys(row["question"].strip() for row in _rows()))


def all_questions() -> list[str]:
    """Return the same with the city named in each, so that it is answered and not asked back."""
    cities = open_library().cities
    return list(
        dict.fromkeys(
            row["question"].strip() if row["city_in_text"] else f"{cities[row['city']].name}，{row['question'].strip()}"
            for row in _rows()
        )
    )


def _rows() -> Iterator[dict[str, Any]]:
    """Yield questions only: what begins a dialog, greets or complains costs something else, and a dialog has a table
    of its own.
    """
    for file in [*sorted(QUESTIONS.glob("*.jsonl")), *sorted(OWN.glob("unseen/*.jsonl"))]:
        if file.stem in _QUESTIONS:
            yield from (row for row in read_rows(file) if row["answerable"])


class Mix:
    """Hands out messages of one kind; `seed` makes people and order, the same for every server."""

    def __init__(self, name: str, seed: int) -> None:
        chance = random.Random(f"{name} {seed}")
        texts = all_questions()
        chance.shuffle(texts)
        # In turn: who has not been answered yet does not ask again.
        self._people = itertools.cycle([f"o{seed}-{number}" for number in range(PEOPLE)])
        self._texts = _distinct(texts) if name == "distinct" else _popular(texts[:POPULAR], chance)

    def take(self, count: int) -> tuple[Message, ...]:
        """Return the next messages."""
        return tuple(Message(next(self._people), next(self._texts)) for _ in range(count))


def _distinct(texts: list[str]) -> Iterator[str]:
    """Yield texts of which none is like another: each round of them begins with other words."""
    for number in itertools.count():
        first = _OPENINGS[number % len(_OPENINGS)] * (number // len(_OPENINGS) + 1)
        yield from (first + text for text in texts)


def _popular(texts: list[str], chance: random.Random) -> Iterator[str]:
    """Yield texts by Zipf's law: the second half as often as the first, the third a third as often."""
    weights = [1 / rank for rank in range(1, len(texts) + 1)]
    while True:
        yield chance.choices(texts, weights)[0]


def conversations(people: int, seed: int) -> tuple[Message, ...]:
    """Return the check of `people` people from the first word to the verdict, people talking side by side."""
    messages: list[Message] = []
    for first in range(0, people, _APART):
        group = range(first, min(people, first + _APART))
        for step, text in enumerate(CONVERSATION, start=1):
            must_say = VERDICT if step == len(CONVERSATION) else ""
            messages += [Message(f"d{seed}-{person}", text, must_say) for person in group]
    return tuple(messages)
