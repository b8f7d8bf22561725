"""Counting months as the texts do: a half-year is complete on the same-numbered day, or on the month's last."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date


def add_months(start: date, months: int) -> date:
    """Return the day `months` later with the same number, or a shorter month's last: 31 August + 6 → 28 February."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last))


def age_on(born: date, day: date) -> int:
    """Return the full years of age (周岁) on `day`: one more on each birthday."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@dataclass(frozen=True)
class Span:
    """A day known only to lie between `first` and `last`, both included; a known day has both the same."""

    first: date
    last: date

    @property
    def is_exact(self) -> bool:
        """True when the day itself is known."""
        return self.first == self.last

    @classmethod
    def of_month(cls, year: int, month: int) -> Span:
        """Return a whole month."""
        return cls(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))

    def plus_months(self, months: int) -> Span:
        """Return the span `months` later."""
        return Span(add_months(self.first, months), add_months(self.last, months))
