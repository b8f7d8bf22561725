"""Days of the lunar calendar (农历) and feasts, read relative to today: 去年腊月, 正月初八, 过完年, 中秋节前.

The calendar is borax's table of the Chinese lunar calendar, 1900 to 2100.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from borax.calendars.lunardate import LCalendars, LunarDate, TermUtils

from dialogs.understanding.numbers import read_number
from dialogs.understanding.years import YEAR, year_told
from knowledge.text import NUMERAL
from rules.calendar import Span

_N = f"[{NUMERAL}廿]"
_YEARS = range(1940, 2098)
_YEAR = rf"(?:{YEAR}\s*)?"
_NAMED_MONTHS = {"正": 1, "冬": 11, "腊": 12}
_WINTER = ("冬", "腊")
"""Months that reach into the next year of the sun: 今年腊月 in January is of the lunar year that is ending."""

_PARTS = {
    "里": (1, 30),
    "间": (1, 30),
    "初": (1, 10),
    "头": (1, 10),
    "中": (11, 20),
    "底": (21, 30),
    "末": (21, 30),
    "尾": (21, 30),
}
_LUNAR_DAY = r"初(?P<early>[一二三四五六七八九十])|廿(?P<twenties>[一二三四五六七八九])"
_DAY = rf"(?:{_LUNAR_DAY}|(?P<day>{_N}{{1,3}})(?![{NUMERAL}天个多])[号日]?)"
_SAID = r"(?:农历|阴历|旧历|老历)(?:的|是)?\s*"
_NAMED = re.compile(rf"{_YEAR}(?:{_SAID})?(?P<month>[正冬腊])月份?(?:{_DAY}|(?P<part>[里间初头中底末尾])(?!{_N}))?")
_SAID_SO = re.compile(rf"{_YEAR}{_SAID}(?P<month>{_N}{{1,2}})月份?(?:{_DAY}|(?P<part>[里间初头中底末尾])(?!{_N}))?")
_BY_ITS_DAY = re.compile(
    rf"{_YEAR}(?<![{NUMERAL}闰])(?P<month>十[一二]?|[二三四五六七八九])月(?:{_LUNAR_DAY})(?![号日个家起些位口人共])"
)
"""三月初八 is a day of the lunar calendar even where nobody says so; 三月初 alone is none."""

_FEASTS: dict[str, tuple[int, int]] = {
    "春节": (1, 1),
    "大年初一": (1, 1),
    "年初一": (1, 1),
    "元宵节?": (1, 15),
    "端午节?": (5, 5),
    "七夕节?": (7, 7),
    "中元节": (7, 15),
    "中秋节?": (8, 15),
    "重阳节?": (9, 9),
    "腊八节?": (12, 8),
}
_EVE = "除夕|大年三十|年三十|年夜饭"
_THAT_DAY = ("当天", "那天", "那日")
_STREET = "上河园|[东西南北中]?(?:大?街|路|大道|巷|小区|广场|小学|中学|村|社区|菜)"
_DAYS_AWAY = rf"节?(?:的?[前后])?第?[{NUMERAL}几]+[天日]"
_NO_STREET = rf"(?!{_STREET}|{_DAYS_AWAY})"
"""五一路 and 清明上河园 are no days; 端午节前三天 is told too exactly to be a span and is left unread."""

_HOLIDAYS = {"春节": 7, "国庆": 7, "五一": 5}
"""Days off: 国庆来的 is one of them, 国庆那天 the first."""

_SOLAR_FEASTS = {
    "元旦": (1, 1),
    "三八妇女节": (3, 8),
    "五一": (5, 1),
    "六一": (6, 1),
    "教师节": (9, 10),
    "国庆节?": (10, 1),
}
_NEAR_WORDS = "|".join(
    (
        *_THAT_DAY,
        "前后",
        "左右",
        "那阵子?",
        "那会儿",
        "那几天",
        "期间",
        "放假",
        "前几天",
        "后几天",
        "前",
        "后",
        "完了?",
        "一过",
        "过后",
        "以后",
        "之后",
        "以前",
        "之前",
    )
)
_NEAR = rf"(?:节|劳动节|儿童节)?(?P<near>的?(?:{_NEAR_WORDS}))?"
_ANY_FEAST = "|".join((*_FEASTS, _EVE, *_SOLAR_FEASTS, "清明节?", "冬至"))
_FEAST = re.compile(rf"{_YEAR}(?:过完?了?)?(?P<feast>{_ANY_FEAST}){_NEAR}{_NO_STREET}")
_AFTER_NEW_YEAR = re.compile(
    rf"{_YEAR}(?:过完了?年|过了年|翻过?年|(?<!公)开年|(?<![{NUMERAL}半几多])年后(?=[来到去搬才就回]))"
)
_BEFORE_NEW_YEAR = re.compile(rf"{_YEAR}(?:(?<![{NUMERAL}半几多])年前(?=[来到去搬才就回])|过年前|过年(?=来的|搬的))")
_AROUND = timedelta(days=7)
_SOON = timedelta(days=29)
_BEFORE = timedelta(days=15)


@dataclass(frozen=True)
class Feast:
    """What a word for a day means: `span` is the latest till today, `coming` the next; or both of the year told."""

    span: Span
    coming: Span
    has_year: bool


_InYear = Callable[[int], Span | None]
"""What a word for a day means in a year: the year in which the lunar one begins."""


def read_named(match: re.Match[str], today: date) -> Feast | None:
    """Read 腊月二十三, 正月里, 农历三月十五, 三月初八."""
    groups = match.groupdict()
    month = _NAMED_MONTHS.get(match["month"]) or read_number(match["month"])
    day = _day_number(groups)
    if month is None or not 1 <= month <= 12 or day == 0:
        return None
    part = _PARTS[groups["part"]] if groups.get("part") else None
    return _placed(match, today, lambda year: _in_lunar_year(year, month, day, part))


def read_feast(match: re.Match[str], today: date) -> Feast | None:
    """Read 中秋节, 去年国庆前, 除夕; before, after and around one are spans."""
    near = (match["near"] or "").removeprefix("的")
    if re.fullmatch(_EVE, match["feast"]) and (match["year"] or match["year_word"]):
        return None  # 去年除夕 is the eve that began last year or the one that ended it
    if not near:
        days = next((days for name, days in _HOLIDAYS.items() if match["feast"].startswith(name)), 1)
        return _placed(match, today, lambda year: _lasting(_feast_day(match["feast"], year), days))
    return _placed(match, today, lambda year: _near(_feast_day(match["feast"], year), near))


def read_after_new_year(match: re.Match[str], today: date) -> Feast | None:
    """Read 过完年, 年后: the month after the Spring Festival."""
    return _placed(match, today, lambda year: _near(_lunar_day(year, 1, 1), "后"))


def read_before_new_year(match: re.Match[str], today: date) -> Feast | None:
    """Read 年前, 过年前: the two weeks before the Spring Festival."""
    return _placed(match, today, lambda year: _near(_lunar_day(year, 1, 1), "前"))


PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Feast | None]], ...] = (
    (_NAMED, read_named),
    (_SAID_SO, read_named),
    (_BY_ITS_DAY, read_named),
    (_FEAST, read_feast),
    (_AFTER_NEW_YEAR, read_after_new_year),
    (_BEFORE_NEW_YEAR, read_before_new_year),
)
"""What is looked for, in this order, with what reads it."""


def _placed(match: re.Match[str], today: date, in_year: _InYear) -> Feast | None:
    """Return what the match means: in the year told, or the latest not after today and the next."""
    groups = match.groupdict()
    this_year = LunarDate.from_solar(today).year if groups.get("month") in _WINTER else today.year
    year = year_told(groups, this_year)
    if year is not None:
        span = in_year(year) if year in _YEARS else None
        return Feast(span, span, True) if span else None
    spans = [span for year in range(today.year - 2, today.year + 2) if (span := in_year(year))]
    past = [span for span in spans if span.first <= today]
    coming = [span for span in spans if span.last >= today]
    return Feast(past[-1], (coming or past[-1:])[0], False) if past else None


def _day_number(groups: dict[str, str | None]) -> int | None:
    """Return the day of the month; None for a whole month, 0 for a day that cannot be read."""
    if groups.get("early"):
        return read_number(groups["early"] or "") or 0
    if groups.get("twenties"):
        return 20 + (read_number(groups["twenties"] or "") or 0)
    if groups.get("day"):
        return read_number((groups["day"] or "").replace("廿", "二十")) or 0
    return None


def _lunar_day(year: int, month: int, day: int) -> Span | None:
    if (month, day) == (12, 30):
        day = LCalendars.ndays(year, month)  # 腊月三十 is the eve, in a month of 29 days too
    if not 1 <= day <= LCalendars.ndays(year, month):
        return None
    found = LunarDate(year, month, day).to_solar_date()
    return Span(found, found)


def _in_lunar_year(year: int, month: int, day: int | None, part: tuple[int, int] | None) -> Span | None:
    if day is not None:
        return _lunar_day(year, month, day)
    last = LCalendars.ndays(year, month)
    low, high = part or (1, last)
    first_day, last_day = _lunar_day(year, month, low), _lunar_day(year, month, min(high, last))
    return Span(first_day.first, last_day.first) if first_day and last_day else None


def _feast_day(name: str, year: int) -> Span | None:
    """Return the day of a feast in a year of the sun."""
    if re.fullmatch(_EVE, name):
        new_year = LunarDate(year, 1, 1).to_solar_date()
        return Span(new_year - timedelta(days=1), new_year - timedelta(days=1))
    if name.startswith(("清明", "冬至")):
        found = TermUtils.day_start_from_term(year, name[:2])
        return Span(found, found)
    for written, (month, day) in _SOLAR_FEASTS.items():
        if re.fullmatch(written, name):
            return Span(date(year, month, day), date(year, month, day))
    month, day = next(place for written, place in _FEASTS.items() if re.fullmatch(written, name))
    return _lunar_day(year, month, day)


def _lasting(span: Span | None, days: int) -> Span | None:
    return Span(span.first, span.first + timedelta(days=days - 1)) if span else None


def _near(span: Span | None, near: str) -> Span | None:
    """Return the days before, after or around the day: what people leave vague stays a span."""
    if span is None or near in _THAT_DAY:
        return span
    if near in ("期间", "放假", "那几天"):
        return _lasting(span, 7)
    if near != "前后" and (near.startswith("前") or near.endswith("前")):
        return Span(span.first - _BEFORE, span.first - timedelta(days=1))
    if near != "前后" and ("后" in near or near.startswith(("完", "一过"))):
        return Span(span.last + timedelta(days=1), span.last + _SOON)
    return Span(span.first - _AROUND, span.last + _AROUND)
