"""A period as our data and the texts write it: 15日, 7个工作日, 1个月, 半年, 3年, 当场."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What a period counts: calendar days 日, working days 工作日, or calendar months 个月 (a year is twelve)."""

    DAY = "日"
    WORKING_DAY = "个工作日"
    MONTH = "个月"


_WRITTEN = re.compile(r"(?P<number>[1-9]\d*)(?P<unit>日|个工作日|个月|年)")
_MONTHS_IN = {"半年": 6, "年": 12}


@dataclass(frozen=True)
class Duration:
    """`number` of `unit`; 当场 is zero days. `written` is how the data file writes it."""

    number: int
    unit: Unit
    written: str

    @classmethod
    def parse(cls, written: str) -> Duration:
        """Read 15日, 7个工作日, 1个月, 半年, 3年 or 当场. Raises ValueError, naming the forms that are read."""
        if written == "当场":
            return cls(0, Unit.DAY, written)
        if written == "半年":
            return cls(_MONTHS_IN[written], Unit.MONTH, written)
        match = _WRITTEN.fullmatch(written)
        if match is None:
            raise ValueError(f"“{written}”不是期限；请写成 15日、7个工作日、1个月、半年、3年 或 当场")
        number, unit = int(match["number"]), match["unit"]
        if unit == "年":
            return cls(number * _MONTHS_IN[unit], Unit.MONTH, written)
        return cls(number, Unit(unit), written)

    def __str__(self) -> str:
        return self.written
