"""去哪办: the offices an operator entered, near where the person lives; else that none is on file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dialogs.advisor import Advisor
from dialogs.saying import Kind, Saying
from dialogs.session import Session
from knowledge.library import Library
from knowledge.offices import Office, Offices

TODAY = date(2026, 11, 21)


def office(county: str, number: int = 1) -> Office:
    return Office(
        "luoyang", county, "", f"{county}大厅{number}", "某某路1号", "0379-1", "工作日", "", date(2026, 11, 1)
    )


@pytest.fixture(scope="module")
def filled(library: Library) -> Advisor:
    offices = [office("涧西区"), *(office("洛龙区", number) for number in range(1, 6))]
    return Advisor(replace(library, offices=Offices(offices)))


def ask(advisor: Advisor, text: str) -> Saying:
    return advisor.take_turn(Session(), text, today=TODAY, city="luoyang").saying


def test_the_office_of_the_county_that_is_named_is_told_with_the_day_it_was_checked(filled: Advisor) -> None:
    notes = ask(filled, "我住涧西区，去哪里办居住证").parts[0].notes
    assert "涧西区大厅1：某某路1号，0379-1，工作日（2026年11月1日核对）" in notes
    assert not any("洛龙" in note for note in notes)


def test_many_offices_are_counted_instead_of_listed(filled: Advisor) -> None:
    notes = ask(filled, "我住洛龙区，去哪里办居住证").parts[0].notes
    assert sum("大厅" in note for note in notes) == 3
    assert any("还有 2 处" in note for note in notes)


def test_without_a_directory_it_is_said_that_none_is_on_file(advisor: Advisor) -> None:
    assert any("地址、电话和办公时间我这里没有" in note for note in ask(advisor, "去哪里办居住证").parts[0].notes)


def test_who_asks_what_the_text_does_not_say_or_for_a_person_is_told_where_to_ask(filled: Advisor) -> None:
    silent = ask(filled, "洛阳补办居住证要钱吗").parts[0]
    assert silent.kind is Kind.NOT_COVERED
    assert any("大厅" in note for note in silent.notes)
    assert any("大厅" in note for note in ask(filled, "转人工").parts[0].notes)


def test_without_a_directory_nothing_is_added_to_a_silence(advisor: Advisor) -> None:
    assert not any("地址" in note for note in ask(advisor, "洛阳补办居住证要钱吗").parts[0].notes)


def test_other_questions_name_no_office(filled: Advisor) -> None:
    assert not any("大厅" in note for part in ask(filled, "办居住证多久能拿到").parts for note in part.notes)
