"""Working days (工作日) by the published calendar, make-up Saturdays and Sundays included."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import chinese_calendar

from knowledge.holidays import PublishedYear

_SATURDAY = 5


class WorkCalendar:
    """Knows the working days of every published year; any other year is counted Monday to Friday.

    `added` are years an operator has entered: they go before what the library knows.
    """

    def __init__(self, added: Mapping[int, PublishedYear] | None = None) -> None:
        self._added = dict(added or {})

    def is_published(self, year: int) -> bool:
        """Return whether the holidays of `year` are known."""
        if year in self._added:
            return True
        try:
            chinese_calendar.is_workday(date(year, 1, 1))
        except NotImplementedError:
            return False
        return True

    def is_working_day(self, day: date) -> bool:
        """Return whether `day` is a working day."""
        added = self._added.get(day.year)
        if added is not None:
            return day in added.worked or (day.weekday() < _SATURDAY and day not in added.off)
        if self.is_published(day.year):
            return bool(chinese_calendar.is_workday(day))
        return day.weekday() < _SATURDAY

    def after(self, start: date, count: int) -> date:
        """Return the `count`-th working day after `start`, which is not counted itself. Raises ValueError below 1."""
        if count < 1:
            raise ValueError("count must be 1 or more")
        day = start
        while count:
            day += timedelta(days=1)
            count -= self.is_working_day(day)
        return day
