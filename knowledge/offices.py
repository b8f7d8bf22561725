"""The offices an operator has entered (受理点): where to go in a city and county. No text of law says an address."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

from knowledge.city import City
from knowledge.datafile import CityError
from knowledge.divisions import short_name


@dataclass(frozen=True)
class Office:
    """One office; `area_served` says for whom it is there, `checked_on` when somebody last made sure of it."""

    city: str
    county: str
    area_served: str
    name: str
    address: str
    phone: str
    hours: str
    note: str
    checked_on: date


COLUMNS = tuple(field.name for field in fields(Office))
_NEEDED = ("city", "name", "address", "checked_on")
_PHONE = re.compile(r"[\d\-—()（）转、,， ]{3,40}")


class Offices:
    """A directory of offices; empty when the operator has entered none."""

    def __init__(self, offices: Iterable[Office] = ()) -> None:
        self._offices = tuple(offices)

    def of(self, city: City, county: str | None = None) -> tuple[Office, ...]:
        """Return the offices of a city, those of `county` alone where it has any."""
        here = tuple(office for office in self._offices if office.city in (city.slug, city.name, city.short))
        if county is None:
            return here
        near = tuple(office for office in here if short_name(office.county) == short_name(county))
        return near or here


def read_offices(file: Path, cities: Iterable[City]) -> Offices:
    """Read `offices.csv`. Raises CityError, naming line and column."""
    known = {name for city in cities for name in (city.slug, city.name, city.short)}
    try:
        rows = csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines())
    except (OSError, UnicodeDecodeError) as error:
        raise CityError(file, "-", f"读不了（{error}）", "请放一个 UTF-8 的 csv 文件") from error
    if tuple(rows.fieldnames or ()) != COLUMNS:
        raise CityError(file, "第 1 行", "列名不对", f"第一行写 {','.join(COLUMNS)}")
    return Offices(_office(file, rows.line_num, row, known) for row in rows)


def _office(file: Path, number: int, row: dict[str, str], known: set[str]) -> Office:
    if None in row or None in row.values():
        raise CityError(file, f"第 {number} 行", "列数不对", "有逗号的内容要放在英文双引号里")
    values = {name: (row[name] or "").strip() for name in COLUMNS}
    for name in _NEEDED:
        if not values[name]:
            raise CityError(file, f"第 {number} 行 {name}", "没有写", f"{'、'.join(_NEEDED)} 都要写")
    if values["city"] not in known:
        raise CityError(file, f"第 {number} 行 city", f"没有“{values['city']}”", f"可用：{'、'.join(sorted(known))}")
    if values["phone"] and not _PHONE.fullmatch(values["phone"]):
        raise CityError(file, f"第 {number} 行 phone", "不像电话号码", "只写数字和横线，如 0379-12345678")
    try:
        checked = date.fromisoformat(values.pop("checked_on"))
    except ValueError as error:
        raise CityError(file, f"第 {number} 行 checked_on", "不是日期", "请写成 2026-11-21") from error
    return Office(**values, checked_on=checked)
