"""Days of the lunar calendar and feasts, checked against the published holidays and against facts of the calendar."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.understanding.dates import moments_in, next_of
from rules.calendar import Span

TODAY = date(2026, 11, 21)
PUBLISHED = range(2004, 2027)
"""Years whose days off the State Council has published."""


def span_of(text: str, today: date = TODAY) -> Span:
    """Return the one span named in the text."""
    (moment,) = moments_in(text, today)
    return moment.span


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("去年腊月来的", date(2026, 1, 19), date(2026, 2, 16)),
        ("腊月二十三搬来", date(2026, 2, 10), date(2026, 2, 10)),
        ("腊月廿三搬来", date(2026, 2, 10), date(2026, 2, 10)),
        ("正月初八到的", date(2026, 2, 24), date(2026, 2, 24)),
        ("农历三月十五登记的", date(2026, 5, 1), date(2026, 5, 1)),
        ("三月初八来的", date(2026, 4, 24), date(2026, 4, 24)),
        ("三月初来的", date(2026, 3, 1), date(2026, 3, 10)),
        ("八月十五号来的", date(2026, 8, 15), date(2026, 8, 15)),
        ("八月十五到期", date(2026, 8, 15), date(2026, 8, 15)),
        ("23年腊月初八来的", date(2024, 1, 18), date(2024, 1, 18)),
        ("腊月三十到的", date(2026, 2, 16), date(2026, 2, 16)),
        ("去年中秋来的", date(2025, 10, 6), date(2025, 10, 6)),
        ("国庆来的", date(2026, 10, 1), date(2026, 10, 7)),
        ("国庆那天来的", date(2026, 10, 1), date(2026, 10, 1)),
        ("过完年来的", date(2026, 2, 18), date(2026, 3, 18)),
        ("中秋节前来的", date(2026, 9, 10), date(2026, 9, 24)),
        ("清明来的", date(2026, 4, 5), date(2026, 4, 5)),
        ("除夕到的", date(2026, 2, 16), date(2026, 2, 16)),
    ],
)
def test_what_people_say(text: str, first: date, last: date) -> None:
    assert span_of(text) == Span(first, last)


@pytest.mark.parametrize("text", ["农历闰六月初三来的", "农历六月三十一来的", "2150年正月初一来的", "正月三十一号来的"])
def test_a_day_that_is_not_in_the_calendar_is_none(text: str) -> None:
    assert all(not moment.span.is_exact for moment in moments_in(text, TODAY))


@pytest.mark.parametrize(
    "text",
    [
        "三年前来的",
        "半年后来签注",
        "公开年报",
        "在清明上河园上班",
        "五一路登记的",
        "六一小学上学",
        "端午节前三天来的",
        "去年除夕来的",
        "九月初一家三口搬来",
    ],
)
def test_a_number_of_years_a_street_and_what_is_told_otherwise_are_no_feast(text: str) -> None:
    assert [moment for moment in moments_in(text, TODAY) if moment.span.is_exact or moment.coming] == []


def test_in_january_this_lunar_year_is_the_one_that_is_ending() -> None:
    assert span_of("今年腊月初八来的", date(2027, 1, 20)) == Span(date(2027, 1, 15), date(2027, 1, 15))


def test_what_will_be_is_the_coming_feast_and_not_a_year_of_365_days_later() -> None:
    (moment,) = moments_in("中秋节到期", TODAY)
    assert next_of(moment, TODAY) == Span(date(2027, 9, 15), date(2027, 9, 15))


@pytest.mark.parametrize(
    ("feast", "holiday"),
    [
        ("大年初一", "Spring Festival"),
        ("端午节", "Dragon Boat Festival"),
        ("中秋节", "Mid-autumn Festival"),
        ("清明节", "Tomb-sweeping Day"),
    ],
)
def test_feasts_fall_on_published_days_off(feast: str, holiday: str) -> None:
    for year in PUBLISHED[4:]:
        day = span_of(f"{year}年{feast}", date(2027, 12, 31)).first
        off, name = chinese_calendar.get_holiday_detail(day)
        both_together = year in (2012, 2020, 2023, 2025) and feast in ("中秋节", "端午节")
        assert off
        within_the_week_off = feast == "中秋节" and day.month == 10 and name == "National Day"
        assert name == holiday or both_together or within_the_week_off, (year, feast, name)


@given(
    st.dates(date(1990, 1, 1), date(2080, 12, 31)),
    st.sampled_from(["正月初八", "腊月二十三", "中秋节", "除夕", "端午", "国庆"]),
)
def test_the_latest_one_is_at_most_a_lunar_year_ago_and_the_next_is_not_past(today: date, words: str) -> None:
    (moment,) = moments_in(words, today)
    assert timedelta(0) <= today - moment.span.first <= timedelta(days=385)
    assert next_of(moment, today).last >= today
