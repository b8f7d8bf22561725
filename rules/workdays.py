"""Working days (工作日) by the published calendar, make-up Saturdays and Sundays included."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from chinese_calendar import holidays, workdays

from knowledge.holidays import PublishedYear

_SATURDAY = 5
_PUBLISHED = range(min(holidays).year, max(holidays).year + 1)
"""The years that the library knows."""


class WorkCalendar:
    """Knows the working days of every published year; any other year is counted Monday to Friday.

    `added` are years an operator has entered: they go before what the library knows.
    """

    def __init__(self, added: Mapping[int, PublishedYear] | None = None) -> None:
        self._added = dict(added or {})

    def is_published(self, year: int) -> bool:
        """Return whether the holidays of `year` are known."""
        return year in self._added or year in _PUBLISHED

    def is_working_day(self, day: date) -> bool:
        """Return whether `day` is a working day."""
        added = self._added.get(day.year)
        if added is not None:
            return day in added.worked or (day.weekday() < _SATURDAY and day not in added.off)
        # A year that is not published has no days of either sort. The library's own `is_workday` looks through all of
        # its days to tell which years it knows, for every day that it is asked about.
        return day in workdays or (day.weekday() < _SATURDAY and day not in holidays)

    def after(self, start: date, count: int) -> date:
        """Return the `count`-th working day after `start`, which is not counted itself. Raises ValueError below 1."""
        if count < 1:
            raise ValueError("count must be 1 or more")
        day = start
        while count:
            day += timedelta(days=1)
            count -= self.is_working_day(day)
        return day
