"""Questions that ask the same are put together, whatever order they came in."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterable
from itertools import count
from pathlib import Path

import pytest

from bot.staff.clustering import Cluster, clustered, seen, without_marks
from bot.store.questions import KeptQuestion
from dialogs.advisor import Advisor
from dialogs.redaction import redacted
from knowledge.labelled import labelled_questions
from knowledge.library import Library

TRAINING = Path("tests/questions/training")
_moments = count(1)


def asked(text: str, city: str | None = "bazhong", kind: str = "not_covered", topic: str | None = None) -> KeptQuestion:
    return KeptQuestion(float(next(_moments)), kind, text, city, topic)


def put_together(advisor: Advisor, *texts: str) -> list[set[str]]:
    found = clustered(advisor.library, advisor.reader, [asked(text) for text in texts])
    return [{wording.text for wording in one.wordings} for one in found]


@pytest.fixture(scope="module")
def kept(library: Library) -> list[KeptQuestion]:
    """Return the labelled questions as they would be kept: redacted; their topic is the label."""
    return [
        asked(redacted(library, row["question"]), row["city"], "clarify", row["topic"])
        for row in labelled_questions()
        if row["answerable"]
    ]


def members(clusters: Iterable[Cluster]) -> set[frozenset[KeptQuestion]]:
    return {frozenset(one.questions) for one in clusters}


def test_every_question_is_in_exactly_one_group(advisor: Advisor, kept: list[KeptQuestion]) -> None:
    twice = [*kept, *kept[:40]]
    found = clustered(advisor.library, advisor.reader, twice)
    assert Counter(question for one in found for question in one.questions) == Counter(twice)
    assert len({one.key for one in found}) == len(found)


@pytest.mark.parametrize("seed", range(4))
def test_the_order_in_which_they_came_plays_no_part(advisor: Advisor, kept: list[KeptQuestion], seed: int) -> None:
    again = [KeptQuestion(one.at + 1000, "not_covered", one.text, "luoyang") for one in kept[:50]]
    mixed = [*kept, *again]
    random.Random(seed).shuffle(mixed)
    reader = advisor.reader
    assert clustered(advisor.library, reader, mixed) == clustered(advisor.library, reader, [*kept, *again])


def test_of_the_labelled_questions_those_of_one_topic_are_put_together(
    advisor: Advisor, kept: list[KeptQuestion]
) -> None:
    def pairs(counts: Iterable[int]) -> int:
        return sum(number * (number - 1) // 2 for number in counts)

    found = clustered(advisor.library, advisor.reader, kept)
    right = sum(pairs(Counter(question.topic for question in one.questions).values()) for one in found)
    together = pairs(len(one.questions) for one in found)
    alike = pairs(Counter(question.topic for question in kept).values())
    assert right / together > 0.4
    assert right / alike > 0.33
    assert len(found) < 300


def test_the_same_question_of_two_cities_is_one_group(advisor: Advisor) -> None:
    assert put_together(advisor, "巴中居住证能不能网上办", "居住证在安康能不能网上办", "居住证丢了怎么办") == [
        {"巴中居住证能不能网上办", "居住证在安康能不能网上办"},
        {"居住证丢了怎么办"},
    ]


def test_what_was_taken_out_of_a_question_does_not_part_it(advisor: Advisor) -> None:
    texts = {"「某」户口的人居住证丢了补办要「数」元吗", "居住证丢了补办要「数」元吗"}
    assert put_together(advisor, *texts) == [texts]
    assert without_marks("「某」的证在「地名」丢了「数」天") == "的证在 丢了 天"


@pytest.mark.parametrize("text", ["", "  ", "「某」", "？？？", "<script>alert(1)</script>", "\x1b[31m", "a" * 200])
def test_anything_finds_its_group(advisor: Advisor, text: str) -> None:
    assert len(put_together(advisor, text)) == 1


def test_what_is_set_aside_takes_what_asks_the_same_with_it(advisor: Advisor) -> None:
    first = asked("居住证可以网上办吗")
    key = clustered(advisor.library, advisor.reader, [first])[0].key
    later = [asked(text) for text in ("巴中居住证能不能网上办", "居住证能不能网上办", "居住证能不能网上办")]
    found = clustered(advisor.library, advisor.reader, [*later, first, asked("捡到居住证交到哪里")], {key})
    assert [(one.key == key, one.is_aside, len(one.questions)) for one in found] == [(True, True, 4), (False, False, 1)]


def test_what_was_set_aside_can_be_brought_back_one_by_one(advisor: Advisor) -> None:
    alike = [asked(text) for text in ("居住证可以网上办吗", "居住证能不能网上办")]
    keys = {clustered(advisor.library, advisor.reader, [one])[0].key for one in alike}
    assert len(clustered(advisor.library, advisor.reader, alike)) == 1
    assert {one.key for one in clustered(advisor.library, advisor.reader, alike, keys)} == keys


def test_only_what_is_looked_at_is_counted_and_shown(advisor: Advisor) -> None:
    said = [
        KeptQuestion(10.0, "clarify", "居住证能不能网上办", "ankang", "online"),
        KeptQuestion(20.0, "not_covered", "居住证能不能网上办", "bazhong", None),
        KeptQuestion(30.0, "not_covered", "巴中居住证能网上办不", "bazhong", "online"),
    ]
    (group,) = clustered(advisor.library, advisor.reader, said)
    everything = seen(group, lambda _: True)
    assert everything is not None
    assert (everything.count, everything.first, everything.last, everything.topic) == (3, 10.0, 30.0, "online")
    assert everything.cities == (("bazhong", 2), ("ankang", 1))
    assert everything.kinds == (("not_covered", 2), ("clarify", 1))
    assert [example.text for example in everything.examples] == ["居住证能不能网上办", "巴中居住证能网上办不"]
    lately = seen(group, lambda one: one.at > 15 and one.city == "bazhong")
    assert lately is not None
    assert (lately.count, lately.cities, lately.first) == (2, (("bazhong", 2),), 20.0)
    assert seen(group, lambda one: one.city == "luoyang") is None


def test_no_more_than_three_wordings_are_shown(advisor: Advisor) -> None:
    texts = ["居住证能不能网上办", "居住证可以网上办不", "居住证能在网上办吗", "居住证能网上办理吗"]
    (group,) = clustered(advisor.library, advisor.reader, [asked(text) for text in [*texts, texts[3]]])
    found = seen(group, lambda _: True)
    assert found is not None
    assert found.examples[0].text == texts[3]
    assert (len(found.examples), found.is_whole) == (3, False)


def test_no_repr_tells_what_was_asked(advisor: Advisor) -> None:
    groups = clustered(advisor.library, advisor.reader, [asked("居住证能不能网上办")])
    assert "网上" not in repr(groups)
    assert "网上" not in repr(seen(groups[0], lambda _: True))


def test_five_thousand_different_questions_take_less_than_five_seconds(advisor: Advisor) -> None:
    lines = [line for file in sorted(TRAINING.glob("*.tsv")) for line in file.read_text(encoding="utf-8").splitlines()]
    texts = list(dict.fromkeys(line.partition("\t")[2] for line in lines if "\t" in line))
    random.Random(8).shuffle(texts)
    questions = [asked(text) for text in texts[:5000]]
    before = time.process_time()
    found = clustered(advisor.library, advisor.reader, questions)
    assert time.process_time() - before < 5
    assert sum(len(one.questions) for one in found) == 5000
