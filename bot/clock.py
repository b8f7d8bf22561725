"""What day and time it is where the regulations hold."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def today_in_shanghai() -> date:
    """Return today's date in Asia/Shanghai whatever the machine's zone."""
    return datetime.now(SHANGHAI).date()


def now_in_shanghai() -> datetime:
    """Return the moment in Asia/Shanghai."""
    return datetime.now(SHANGHAI)
