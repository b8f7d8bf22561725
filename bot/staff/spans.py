"""The days that the overview looks at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.clock import SHANGHAI

PERIODS = {7: "7 天", 30: "30 天", 90: "90 天", 365: "52 周"}
_DAILY_UNTIL = 90


@dataclass(frozen=True)
class Span:
    """The days up to and with `until`, told one by one, or by whole weeks (`weekly`); `city` a slug, None for all."""

    days: int
    until: date
    city: str | None = None

    @property
    def is_weekly(self) -> bool:
        """Tell whether seven days are told together: a year of days is not legible."""
        return self.days > _DAILY_UNTIL

    @property
    def since(self) -> date:
        """The first of the days."""
        return self.until - timedelta(days=self._step * (self.days // self._step) - 1)

    @property
    def begins(self) -> float:
        """When the first day begins in Shanghai, in seconds since 1970."""
        return datetime.combine(self.since, time.min, SHANGHAI).timestamp()

    @property
    def steps(self) -> tuple[date, ...]:
        """The first day of each step."""
        return tuple(
            self.since + timedelta(days=day) for day in range(0, (self.until - self.since).days + 1, self._step)
        )

    def step_of(self, day: date) -> date:
        """Return the step that a day is in."""
        return self.since + timedelta(days=(day - self.since).days // self._step * self._step)

    @property
    def _step(self) -> int:
        return 7 if self.is_weekly else 1


def shown_day(day: date) -> str:
    """Return 7月3日."""
    return f"{day.month}月{day.day}日"
