"""Working days: make-up Saturdays count, holidays do not, and a year not yet published is Monday to Friday."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.holidays import PublishedYear
from rules.workdays import WorkCalendar

CALENDAR = WorkCalendar()
NEXT = PublishedYear(off=frozenset({date(2027, 1, 1)}), worked=frozenset({date(2027, 1, 2)}))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 9, 20), True),  # a Sunday worked for 国庆
        (date(2026, 9, 25), False),  # 中秋
        (date(2026, 10, 1), False),
        (date(2026, 10, 10), True),  # a Saturday worked
        (date(2026, 11, 21), False),  # an ordinary Saturday
        (date(2026, 11, 23), True),
    ],
)
def test_the_published_calendar_decides(day: date, works: bool) -> None:
    assert CALENDAR.is_working_day(day) is works


def test_every_day_of_the_published_years_is_what_the_library_says_of_it() -> None:
    day = date(2004, 1, 1)
    while day.year < 2027:
        assert CALENDAR.is_working_day(day) is chinese_calendar.is_workday(day)
        day += timedelta(days=1)
    assert [year for year in range(2000, 2030) if CALENDAR.is_published(year)] == list(range(2004, 2027))


def test_a_year_not_yet_published_is_counted_monday_to_friday_until_an_operator_enters_it() -> None:
    assert not CALENDAR.is_published(2027)
    assert CALENDAR.is_working_day(date(2027, 1, 1))
    entered = WorkCalendar({2027: NEXT})
    assert entered.is_published(2027)
    assert not entered.is_working_day(date(2027, 1, 1))
    assert entered.is_working_day(date(2027, 1, 2))
    assert entered.after(date(2026, 12, 31), 1) == date(2027, 1, 2)


def test_no_day_can_be_counted_to() -> None:
    with pytest.raises(ValueError, match="1 or more"):
        CALENDAR.after(date(2026, 1, 1), 0)


@given(st.dates(date(2020, 1, 1), date(2028, 12, 31)), st.integers(1, 40))
def test_between_the_start_and_the_nth_working_day_lie_n_minus_one_others(start: date, count: int) -> None:
    end = CALENDAR.after(start, count)
    between = [start + timedelta(days=number) for number in range(1, (end - start).days)]
    assert CALENDAR.is_working_day(end)
    assert sum(map(CALENDAR.is_working_day, between)) == count - 1
