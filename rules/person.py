"""What is known of a person who asks whether they may apply. None is unknown, never "no"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from knowledge.eligibility import CODES
from rules.calendar import Span

_PLACE_KEYS = {"country", "province", "city", "county", "township", "area"}
_AREAS = {"城区", "县城", "乡镇"}
_BASIS_KEYS = {"type", "code", "detail"}
_BASIS_TYPES = {"employment", "housing", "study", "none"}
_MAINLAND = re.compile("内地|大陆|中国|中华")
_BEYOND = re.compile("香港|澳门|台湾|港澳|外国|无国籍")
_TEXTS = ("nationality", "registration_channel", "proxy")
_TRUTHS = (
    "interrupted", "registered", "mobility_impaired", "has_id_card", "address_changed", "should_hold_local_urban_hukou",
)  # fmt: skip
_NUMBERS = ("months_resided", "months_registered", "age")
_DATES = ("moved_on", "registered_on", "address_changed_on", "change_reported_on", "employer_internal_registration_on")
_MONTHS = ("moved_month", "registered_month")
KEYS = {*_TEXTS, *_TRUTHS, *_NUMBERS, *_DATES, *_MONTHS, "hukou_place", "residence_place", "registered_range", "basis"}


class BadFacts(Exception):
    """Facts that cannot be read; the text names the key and what to write."""


@dataclass(frozen=True)
class Place:
    """A place as people name it; `area` is 城区, 县城 or 乡镇."""

    city: str | None = None
    county: str | None = None
    township: str | None = None
    area: str | None = None
    province: str | None = None


@dataclass(frozen=True)
class Base:
    """A job, a home or a study: `kind` is employment, housing or study; `code` says which sort, None if unknown."""

    kind: str
    code: str | None


@dataclass(frozen=True)
class Person:
    """The facts of the batch contract, read. `has_no_base`: the person says to have none of the three.

    `presumed` tells of each exception whether it applies; for `has_id_card` that is having none.
    """

    is_mainlander: bool
    hukou: Place
    residence: Place
    moved: Span | None
    registered: bool | None
    registration: Span | None
    months_resided: float | None
    months_registered: float | None
    bases: tuple[Base, ...]
    has_no_base: bool
    age: float | None
    proxy: str | None
    presumed: Mapping[str, bool | None]
    changed_on: date | None = None
    change_reported_on: date | None = None
    registration_channel: str | None = None


def read_person(facts: Mapping[str, Any]) -> Person:
    """Read `facts` of the batch contract. Raises BadFacts for an unknown key or a value of the wrong kind."""
    unknown = sorted(set(facts) - KEYS)
    if unknown:
        raise BadFacts(f"没有“{unknown[0]}”这一项")
    registration = _span(facts, "registered_on", "registered_month", "registered_range")
    bases, has_none = _bases(facts.get("basis"))
    registered = _truth(facts, "registered")
    return Person(
        is_mainlander=_is_mainlander(facts),
        hukou=_place(facts, "hukou_place"),
        residence=_place(facts, "residence_place"),
        moved=_span(facts, "moved_on", "moved_month"),
        registered=True if registered is None and registration else registered,
        registration=registration,
        months_resided=_number(facts, "months_resided"),
        months_registered=_number(facts, "months_registered"),
        bases=bases,
        has_no_base=has_none,
        age=_number(facts, "age"),
        proxy=_text(facts, "proxy"),
        presumed=_presumed(facts),
        changed_on=_date(facts, "address_changed_on"),
        change_reported_on=_date(facts, "change_reported_on"),
        registration_channel=_text(facts, "registration_channel"),
    )


def _text(facts: Mapping[str, Any], key: str) -> str | None:
    value = facts.get(key)
    if value is not None and not isinstance(value, str):
        raise BadFacts(f"“{key}”应是文字")
    return value or None


def _is_mainlander(facts: Mapping[str, Any]) -> bool:
    """Return whether the person is a mainland resident: said so, or nothing else said, hukou place included."""
    place = facts.get("hukou_place")
    told = [_text(facts, "nationality")]
    told += [place.get("country"), place.get("province")] if isinstance(place, dict) else []
    if any(isinstance(one, str) and _BEYOND.search(one) for one in told):
        return False
    return all(_MAINLAND.search(one) for one in told[:2] if isinstance(one, str) and one)


def _truth(facts: Mapping[str, Any], key: str) -> bool | None:
    value = facts.get(key)
    if value is not None and not isinstance(value, bool):
        raise BadFacts(f"“{key}”应是 true 或 false")
    return value


def _presumed(facts: Mapping[str, Any]) -> dict[str, bool | None]:
    """Return of each exception whether it applies; a day of a change tells that there was one."""
    found = {name: _applies(facts, name) for name in _TRUTHS if name != "registered"}
    if found["address_changed"] is None and facts.get("address_changed_on") is not None:
        found["address_changed"] = True
    _date(facts, "employer_internal_registration_on")  # read for its form: it starts no half-year
    return found


def _applies(facts: Mapping[str, Any], key: str) -> bool | None:
    """Return whether an exception applies: having an identity card is the rule, having none the exception."""
    truth = _truth(facts, key)
    return not truth if key == "has_id_card" and truth is not None else truth


def _number(facts: Mapping[str, Any], key: str) -> float | None:
    value = facts.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2000:
        raise BadFacts(f"“{key}”应是数字")
    return float(value)


def _day(value: object, key: str) -> date:
    try:
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            raise ValueError
        return date.fromisoformat(value)
    except ValueError as error:
        raise BadFacts(f"“{key}”应写成 2026-03-01 这样的日期") from error


def _date(facts: Mapping[str, Any], key: str) -> date | None:
    return None if facts.get(key) is None else _day(facts[key], key)


def _span(facts: Mapping[str, Any], day: str, month: str, span: str | None = None) -> Span | None:
    """Return the day, else the month, else the range that is known."""
    if facts.get(day) is not None:
        known = _day(facts[day], day)
        return Span(known, known)
    if facts.get(month) is not None:
        match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", str(facts[month]))
        if match is None:
            raise BadFacts(f"“{month}”应写成 2026-03")
        return Span.of_month(int(match[1]), int(match[2]))
    value = facts.get(span) if span else None
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 2:
        raise BadFacts(f"“{span}”应是两个日期")
    first, last = sorted(_day(entry, str(span)) for entry in value)
    return Span(first, last)


def _place(facts: Mapping[str, Any], key: str) -> Place:
    value = facts.get(key) or {}
    if not isinstance(value, dict) or set(value) - _PLACE_KEYS:
        raise BadFacts(f"“{key}”只写 {'、'.join(sorted(_PLACE_KEYS))}")
    if any(entry is not None and not isinstance(entry, str) for entry in value.values()):
        raise BadFacts(f"“{key}”里都应是文字")
    if value.get("area") is not None and value["area"] not in _AREAS:
        raise BadFacts(f"“{key}”的 area 应是 {'、'.join(sorted(_AREAS))}")
    return Place(**{name: value.get(name) or None for name in ("city", "county", "township", "area", "province")})


def _bases(value: object) -> tuple[tuple[Base, ...], bool]:
    if value is None:
        return (), False
    if not isinstance(value, list):
        raise BadFacts("“basis”应是列表")
    found: list[Base] = []
    has_none = False
    for entry in value:
        if not isinstance(entry, dict) or set(entry) - _BASIS_KEYS or entry.get("type") not in _BASIS_TYPES:
            raise BadFacts("“basis”每项写 type（employment、housing、study 或 none）、code、detail")
        if entry["type"] == "none":
            has_none = True
        else:
            found.append(Base(entry["type"], _code(entry["type"], entry.get("code"))))
    return tuple(found), has_none and not found


def _code(kind: str, code: object) -> str | None:
    if code is not None and code not in CODES[kind]:
        raise BadFacts(f"“basis”的 code 没有“{code}”；{kind} 可用：{'、'.join(CODES[kind])}")
    return str(code) if code is not None else None
