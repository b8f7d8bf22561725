"""Dates that follow from a person's date (推算): deadlines of registration, change, issue and report; the half-year.

Conventions: months are complete on the same-numbered day or the month's last; 之日起 N 日 does not count the start day,
and `strict` is the day before, for whoever counts it; working days follow the published calendar.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.city import City
from knowledge.duration import Duration, Unit
from knowledge.parameter import Parameter
from rules.calendar import add_months
from rules.workdays import WorkCalendar


@dataclass(frozen=True)
class Reckoned:
    """A computed day. `name` is its name in the batch contract, `parameter` the rule it comes from.

    It lies `within` of `start`; `strict` is the safer day where the text can be read so (None: it cannot).
    `is_estimated` says that a year it was counted through has no published holidays yet.
    """

    name: str
    day: date
    parameter: Parameter
    start: date
    within: Duration
    strict: date | None = None
    is_estimated: bool = False


class Reckoner:
    """Counts periods on one calendar."""

    def __init__(self, calendar: WorkCalendar | None = None) -> None:
        self.calendar = calendar or WorkCalendar()

    def deadline(self, city: City, parameter: str, start: date, name: str = "deadline") -> Reckoned | None:
        """Return the last day of the period that `parameter` gives from `start`; None where the text is silent.

        Raises KeyError for a parameter that does not exist.
        """
        rule = city.parameters[parameter]
        within = rule.duration
        if within is None:
            return None
        day, strict = self._end(start, within)
        return Reckoned(name, day, rule, start, within, strict, self._is_estimated(within, start, day))

    def _end(self, start: date, within: Duration) -> tuple[date, date | None]:
        if within.unit is Unit.MONTH:
            return add_months(start, within.number), None
        if within.number == 0:
            return start, None
        if within.unit is Unit.DAY:
            day = start + timedelta(days=within.number)
            return day, day - timedelta(days=1)
        return self.calendar.after(start, within.number), self._counting_start(start, within.number)

    def _counting_start(self, start: date, count: int) -> date | None:
        """Return the deadline for whoever counts the start day; None when it is no working day: nothing changes."""
        if not self.calendar.is_working_day(start):
            return None
        return self.calendar.after(start, count - 1) if count > 1 else start

    def _is_estimated(self, within: Duration, start: date, day: date) -> bool:
        years = range(start.year, day.year + 1)
        return within.unit is Unit.WORKING_DAY and not all(self.calendar.is_published(year) for year in years)


def half_year(city: City, start: date) -> date:
    """Return the day on which the half-year that began on `start` is complete.

    Raises KeyError for a city without conditions.
    """
    if city.eligibility is None:
        raise KeyError(f"{city.name}没有申领条件的数据")
    return add_months(start, city.eligibility.months)
