"""Patterns are sorted out only where they cannot match: what is found with the sieve is what is found without it."""

from __future__ import annotations

import re
from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dialogs.understanding.dates import _READERS
from dialogs.understanding.durations import _LENGTH, _MAY_BE_LENGTH
from dialogs.understanding.needles import LETTER, needles_of
from dialogs.understanding.sieve import Sieve
from knowledge.labelled import read_rows
from knowledge.library import Library
from tests.labels import every_file


@cache
def messages() -> tuple[str, ...]:
    rows = [row for file in every_file() for row in read_rows(file)]
    return tuple(str(row[key]) for row in rows for key in ("question", "story", "text") if key in row)


@pytest.mark.parametrize(
    ("pattern", "needles"),
    [
        ("居委会", {"居委", "委会"}),
        ("证(?=到期|过期)", {"证"}),
        ("(?<!不用)代办", {"代办"}),
        ("(?:收|交).{0,3}(?:钱|费)", {"收", "交"}),
        ("补[办领]", {"补办", "补领"}),
        ("过(?:了)?期", {"过", "期"}),
        ("钱+吗", {"钱", "吗"}),
        ("年{0,2}月?底", {"底"}),
        ("房东|中介", {"房东", "中介"}),
        (r"\d月", {"月"}),
        ("[^年]底", {"底"}),
        ("[一-九]楼", {"楼"}),
        ("app", {LETTER}),
        ("^罚$", {"罚"}),
        ("罚{}", {"罚"}),
    ],
)
def test_a_needle_stands_in_whatever_the_pattern_is_found_in(pattern: str, needles: set[str]) -> None:
    found = needles_of(pattern)
    assert found
    assert found <= needles


@pytest.mark.parametrize(
    "pattern",
    [
        "房东|.*",  # one way to match needs nothing
        "房?",
        "(?!)",
        r"(?i)房",
        r"\u623f",
        r"\x41东",
        r"(房)\1东",
        r"(?P<who>房)(?P=who)",
        "(?>房)东",
        "",
    ],
)
def test_of_what_is_not_read_nothing_is_said(pattern: str) -> None:
    assert needles_of(pattern) == frozenset()


def test_a_pattern_with_room_for_remarks_is_always_left() -> None:
    assert Sieve([re.compile("房 东", re.VERBOSE)]).left_for("房东") == [0]


def test_a_letter_is_found_in_either_case() -> None:
    sieve = Sieve([re.compile("app|公众号", re.IGNORECASE)])
    assert (sieve.left_for("用APP办"), sieve.left_for("公众号"), sieve.left_for("网站")) == ([0], [0], [])


HARD = (
    "(?:去|来)(?:了|过)?.{0,2}[办领]证",
    "[收交]?费|钱{2,3}",
    "a?房(?:东|主)+",
    "第[一二三]条|(?<!不)罚",
    "年{,2}审",
)


@given(st.data())
def test_what_a_pattern_matches_holds_one_of_its_needles(data: st.DataObject) -> None:
    pattern = data.draw(st.sampled_from(HARD))
    text = data.draw(st.from_regex(pattern))
    if re.search(pattern, text):
        assert any(needle in text for needle in needles_of(pattern))


def patterns_of(library: Library) -> list[re.Pattern[str]]:
    """Return every pattern that is looked for behind a sieve, and others like them."""
    manners = [words.pattern for words in library.manners.values()]
    details = [detail.asked for detail in library.details.values()]
    return [*library.concepts.values(), *library.story.values(), *manners, *details, *(one for one, _ in _READERS)]


def test_what_is_found_with_the_sieve_is_what_is_found_without_it(library: Library) -> None:
    patterns = patterns_of(library)
    sieve = Sieve(patterns)
    missed = [
        (patterns[place].pattern[:40], text)
        for text in messages()
        for place in set(range(len(patterns))) - set(sieve.left_for(text))
        if patterns[place].search(text)
    ]
    assert missed == []


def test_most_patterns_are_sorted_out(library: Library) -> None:
    patterns = patterns_of(library)
    sieve = Sieve(patterns)
    left = [len(sieve.left_for(text)) for text in messages()]
    assert sum(left) < len(patterns) * len(left) / 5


def tells_a_length(text: str) -> bool:
    return any(match[unit] for match in _LENGTH.finditer(text) for unit in ("years", "months", "weeks", "days"))


@given(st.from_regex(_LENGTH, fullmatch=True).filter(tells_a_length))
@example("八多个月")
@example("二十日")
@example("两 星期")
def test_no_duration_is_passed_over(text: str) -> None:
    assert _MAY_BE_LENGTH.search(text)


def test_few_messages_that_tell_no_duration_are_read_for_one() -> None:
    read = [text for text in messages() if _MAY_BE_LENGTH.search(text)]
    assert len([text for text in read if tells_a_length(text)]) > len(read) / 2
