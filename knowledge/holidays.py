"""Holidays an operator has entered for years the library does not know yet (`holidays.toml`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from knowledge.datafile import CityError, expect_table, read_toml


@dataclass(frozen=True)
class PublishedYear:
    """A year's holidays as published: the weekdays off, and the weekend days worked for them (调休上班)."""

    off: frozenset[date]
    worked: frozenset[date]


def read_holidays(file: Path) -> Mapping[int, PublishedYear]:
    """Read years: `[2027]` with `off` and `worked`, lists of dates. Raises CityError."""
    return {_year(file, key): _published(file, key, value) for key, value in read_toml(file).items()}


def _year(file: Path, key: str) -> int:
    if not (key.isascii() and key.isdigit() and len(key) == 4):
        raise CityError(file, key, "不是年份", "请写成 [2027]")
    return int(key)


def _published(file: Path, key: str, value: object) -> PublishedYear:
    table = expect_table(file, key, value)
    if set(table) != {"off", "worked"}:
        raise CityError(file, key, "键不对", "写 off（放假的日子）和 worked（调休上班的日子）")
    return PublishedYear(*(_days(file, key, name, table[name]) for name in ("off", "worked")))


def _days(file: Path, key: str, name: str, value: object) -> frozenset[date]:
    if not isinstance(value, list) or not all(type(day) is date and day.year == int(key) for day in value):
        raise CityError(file, f"{key}.{name}", "不是这一年的日期", f"请写成 [{key}-10-01, {key}-10-02]，不加引号")
    if any((day.weekday() >= 5) is (name == "off") for day in value):
        raise CityError(file, f"{key}.{name}", "星期不对", "off 只写放假的星期一到五，worked 只写上班的星期六、日")
    return frozenset(value)
