"""Months are counted as the texts count them: to the same-numbered day, or to the last of a shorter month."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.calendar import Span, add_months

DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("start", "complete"),
    [
        ("2026-05-22", "2026-11-22"),
        ("2026-07-01", "2027-01-01"),
        ("2026-08-31", "2027-02-28"),
        ("2027-08-31", "2028-02-29"),
        ("2026-12-31", "2027-06-30"),
    ],
)
def test_a_half_year_is_complete_on_the_same_day_of_the_month(start: str, complete: str) -> None:
    assert add_months(date.fromisoformat(start), 6) == date.fromisoformat(complete)


@given(DAYS, st.integers(1, 48))
def test_more_months_end_later_and_an_earlier_start_never_ends_later(start: date, months: int) -> None:
    assert add_months(start, months) < add_months(start, months + 1)
    assert add_months(start - timedelta(days=1), months) <= add_months(start, months)


def test_a_month_is_a_span_of_all_its_days() -> None:
    assert Span.of_month(2028, 2) == Span(date(2028, 2, 1), date(2028, 2, 29))
    assert not Span.of_month(2028, 2).is_exact
    assert Span(date(2028, 2, 1), date(2028, 2, 1)).is_exact
