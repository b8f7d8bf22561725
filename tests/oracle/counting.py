"""Naive second implementation: months, days and working days, and the form of a limit."""

from __future__ import annotations

import calendar
import importlib
from collections.abc import Mapping
from datetime import date, timedelta

# The library has no type hints; loaded by name so that the type checker needs no setting for it.
chinese_calendar = importlib.import_module("chinese_calendar")

CITIES = ("bazhong", "ankang", "chifeng", "kaifeng", "luoyang")

Value = date | str | bool | int | None
Inputs = Mapping[str, date | bool | str]

ONE_DAY = timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same-numbered day (对应日) some months later or earlier, or the last day of that month."""
    index = day.year * 12 + (day.month - 1) + months
    year = index // 12
    month = index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def is_working_day(day: date) -> bool:
    """Whether a day is a working day (工作日): make-up days (调休上班) included; an unpublished year is Mon-Fri."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def nth_working_day(start: date, n: int, count_start: bool = False, weekdays_only: bool = False) -> date:
    """The n-th working day (第 n 个工作日) after the start day, or from it when the start day is counted."""
    day = start if count_start else start + ONE_DAY
    seen = 0
    while True:
        working = day.weekday() < 5 if weekdays_only else is_working_day(day)
        if working:
            seen += 1
        if seen == n:
            return day
        day += ONE_DAY


def working_days_limit(start: date, n: int) -> dict[str, Value]:
    """A limit of n working days (n 个工作日内)."""
    return {
        "deadline": nth_working_day(start, n),
        "deadline_if_start_day_counted": nth_working_day(start, n, count_start=True),
        "deadline_mon_fri": nth_working_day(start, n, weekdays_only=True),
        "unit": "工作日",
        "n": n,
    }


def calendar_days_limit(start: date, n: int) -> dict[str, Value]:
    """A limit of n calendar days (n 日内): no text moves a limit that ends on a day off (顺延)."""
    return {
        "deadline": start + timedelta(days=n),
        "deadline_if_start_day_counted": start + timedelta(days=n - 1),
        "unit": "日",
        "n": n,
    }


def silent() -> dict[str, Value]:
    """The text gives no number (文本没有写期限)."""
    return {"deadline": None, "no_deadline_in_text": True}


def day_of(inputs: Inputs, *names: str) -> date:
    """The first of the named dates that is given."""
    for name in names:
        value = inputs.get(name)
        if isinstance(value, date):
            return value
    raise KeyError(f"none of {names} given")


def day_or_none(inputs: Inputs, name: str) -> date | None:
    """A date that may be missing."""
    value = inputs.get(name)
    return value if isinstance(value, date) else None


def is_true(inputs: Inputs, name: str) -> bool:
    """A flag that is given and true."""
    return inputs.get(name) is True
