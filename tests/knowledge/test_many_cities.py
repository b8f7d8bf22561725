"""Forty cities beside each other: each is known by its names, answers by its own text, and slows no other down."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import FrameType

import pytest

from dialogs.advisor import Advisor
from dialogs.saying import Kind, Saying
from dialogs.session import Session
from knowledge.labelled import QUESTIONS, read_rows
from knowledge.loading import CityError, open_library
from tests.bench.cities import grow

TODAY = date(2026, 11, 21)
NUMBER = 40
ASKED = [row["question"] for row in read_rows(QUESTIONS / "kaifeng.jsonl")][:80]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    grown = tmp_path_factory.mktemp("many") / "cities"
    grow(grown, NUMBER)
    return grown


@pytest.fixture(scope="module")
def many(folder: Path) -> Advisor:
    return Advisor(open_library(folder))


def ask(advisor: Advisor, text: str, city: str | None = None) -> Saying:
    return advisor.take_turn(Session(), text, today=TODAY, city=city).saying


def ask_all(advisor: Advisor) -> list[str | None]:
    return [ask(advisor, question, "kaifeng").city for question in ASKED]


def calls_of(action: Callable[[], object]) -> int:
    """Return how many functions, Python's own among them, an action calls."""
    count = 0

    def seen(frame: FrameType, event: str, _: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(seen)
    try:
        action()
    finally:
        sys.setprofile(None)
    return count


def test_so_many_cities_stand_there_each_with_names_of_its_own(many: Advisor) -> None:
    cities = many.library.cities.values()
    assert len(cities) == NUMBER
    names = [name for city in cities for name in {city.name, city.short, *city.aliases}]
    assert len(names) == len(set(names))


def test_every_city_is_known_by_each_of_its_names(many: Advisor) -> None:
    for city in many.library.cities.values():
        for name in (city.name, city.short, city.slug):
            saying = ask(many, f"我在{name}，多久发证")
            assert (saying.city, saying.topic) == (city.slug, "issue_time"), name
            assert {shown.city for shown in saying.quotations} <= {city.slug}


def test_a_question_of_a_known_city_calls_as_few_functions_among_forty_as_among_five(
    many: Advisor, advisor: Advisor
) -> None:
    assert ask_all(many) == ask_all(advisor)  # what is built on first use is built
    among_forty, among_five = calls_of(lambda: ask_all(many)), calls_of(lambda: ask_all(advisor))
    assert among_forty < 1.1 * among_five


def test_a_city_that_is_broken_stops_the_start_however_many_are_sound(folder: Path) -> None:
    file = sorted(folder.iterdir())[-1] / "topics.toml"
    sound = file.read_text(encoding="utf-8")
    file.write_text(sound.replace("\nfee", "\nfees", 1), encoding="utf-8")
    try:
        with pytest.raises(CityError, match=file.parent.name):
            open_library(folder)
    finally:
        file.write_text(sound, encoding="utf-8")


def test_more_cities_than_there_are_names_for_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="至多"):
        grow(tmp_path / "cities", 100_000)


def test_fewer_than_the_five_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="至少 5 个"):
        grow(tmp_path / "cities", 4)


def test_an_answer_says_nothing_else_because_other_cities_are_there(many: Advisor, advisor: Advisor) -> None:
    for topic in advisor.library.topics.values():
        answered = ask(many, topic.title, "chifeng")
        assert answered == ask(advisor, topic.title, "chifeng"), topic.title
        assert answered.kind is not Kind.CLARIFY, topic.title
