"""Dates as people write them, read relative to today: 今年3月8号, 上个月15号, 26.3.8, 昨天."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from dialogs.understanding.lunar import PATTERNS as LUNAR_PATTERNS
from dialogs.understanding.lunar import Feast
from dialogs.understanding.numbers import read_number
from dialogs.understanding.sieve import Sieve
from dialogs.understanding.years import YEAR, year_told
from knowledge.text import NUMERAL, blanked
from rules.calendar import Span, add_months

_N = f"[{NUMERAL}]"
_YEARS = range(1940, 2100)
"""Years that can be meant; a day of another year is none."""

_DAYS_AGO = {
    **dict.fromkeys(("今天", "今日", "今儿", "今个", "今儿个"), 0),
    **dict.fromkeys(("昨天", "昨日", "昨儿", "昨个", "昨儿个", "夜儿"), -1),
    **dict.fromkeys(("前天", "前日", "前儿", "前儿个"), -2),
    **dict.fromkeys(("明天", "明日", "明儿", "明儿个"), 1),
    "大前天": -3,
    "后天": 2,
    "大后天": 3,
}
_WEEKDAYS = "一二三四五六日天"
_PARTS_OF_MONTH = {"初": (1, 10), "中": (11, 20), "中旬": (11, 20), "底": (21, 31), "末": (21, 31)}

_MONTH_NUMBER = r"(?<![\d十])(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])\s*月"
_MONTH_DAY = rf"{_MONTH_NUMBER}(?:份)?\s*(?P<day>{_N}{{1,3}})\s*(?:[号日]|(?![\d年月个天周]))"
_FULL = re.compile(rf"(?:{YEAR}\s*)?{_MONTH_DAY}")
_DOTTED = re.compile(
    r"(?<![\d.])(?P<year>20\d\d|\d\d)(?P<mark>[-./])(?P<month>1[0-2]|0?[1-9])(?P=mark)(?P<day>3[01]|[12]\d|0?[1-9])(?![\d.])号?"
)
_COMPACT = re.compile(r"(?<![\d号码])(?P<year>20\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?!\d)")
_NEAR_MONTH_DAY = re.compile(rf"(?P<which>上上?个?月|这个?月|本月|当月|下个?月)的?\s*(?P<day>{_N}{{1,3}})\s*[号日]")
_MONTH = re.compile(rf"(?:{YEAR}\s*)?{_MONTH_NUMBER}(?:份|(?P<part>初|中旬?|底|末))?(?![\d{NUMERAL}]*[号日])(?!没有)")
_YEAR_DOTTED_MONTH = re.compile(r"(?<![\d.])(?P<year>20\d\d)[-./](?P<month>1[0-2]|0?[1-9])(?![\d./-])")
_NEAR_MONTH = re.compile(r"(?P<which>上上?个?月|这个?月|本月|当月|下个?月)(?P<part>初|中旬?|底|末)?(?!\s*[\d一二三])")
_DAY_WORD = re.compile(f"(?<![啥多])(?:{'|'.join(sorted(_DAYS_AGO, key=len, reverse=True))})")
_WEEKDAY = re.compile(rf"(?P<which>上上?个?|这个?|本|下下?个?)(?:周|星期|礼拜)(?P<weekday>[{_WEEKDAYS}])")
_DAYS_BACK = re.compile(rf"(?P<count>{_N}+)\s*天(?:之?前|以前)")
_BARE_DAY = re.compile(
    rf"(?<![第令字\d{NUMERAL}月有])(?P<day>{_N}{{1,3}})号(?![线楼院令文门店车铺机码房])(?=[^,，。？?!\d]{{0,10}}(?:去|来|到|受理|办|交|补|换|搬|登|领|签|发|过|就|才))"
)
_LUNAR_BEFORE = re.compile(r"(?:农历|阴历|旧历|老历)(?:的|是)?$|闰$|(?:去年|前年|明年)(?:的)?$")
_SAME_DAY = re.compile("当天|当日|同一天|同天")
_WEEKDAY_AFTER = re.compile(rf"(?:那天)?[（(]?(?:周|星期|礼拜)[{_WEEKDAYS}][)）]?|那天|当天|这天|那日")


@dataclass(frozen=True)
class Moment:
    """A day or span of days named in a message, at `start`..`end` of its text. `has_year`: it says of which year.

    `coming` is the next such day, where it is not simply a year later (中秋节).
    """

    start: int
    end: int
    span: Span
    has_year: bool
    coming: Span | None = None


_ReadSpan = Callable[[re.Match[str], date], Span | None]
_ReadFeast = Callable[[re.Match[str], date], Feast | None]


def moments_in(text: str, today: date) -> list[Moment]:
    """Return the days and months named in `text`, in order; a date that does not exist (2月30日) is none.

    A day without a year is the latest one not after `today`: what has happened. `next_of` gives the coming one.
    """
    found: list[Moment] = []
    for place in _SIEVE.left_for(text):
        pattern, read = _READERS[place]
        for match in list(pattern.finditer(text)):
            moment = read(text, match, today)
            if moment is not None:
                found.append(moment)
                text = blanked(text, moment.start, moment.end)
    if found:
        found += _same_days(text, found)
    return sorted(found, key=lambda moment: moment.start)


def _feast(read: _ReadFeast, text: str, match: re.Match[str], today: date) -> Moment | None:
    feast = read(match, today)
    if feast is None:
        return None
    return Moment(match.start(), _end(text, match), feast.span, feast.has_year, feast.coming)


def _solar(read: _ReadSpan, text: str, match: re.Match[str], today: date) -> Moment | None:
    span = None if _is_lunar(text, match) else read(match, today)
    if span is None:
        return None
    return Moment(match.start(), _end(text, match), span, _says_year(match.groupdict()))


def _end(text: str, match: re.Match[str]) -> int:
    """Return where a date ends, its day of the week included."""
    after = _WEEKDAY_AFTER.match(text, match.end())
    return after.end() if after else match.end()


def _is_lunar(text: str, match: re.Match[str]) -> bool:
    """Tell whether a date is of the lunar calendar, or a day word of another year (去年今天): neither is read."""
    before, after = text[: match.start()], text[match.end() :]
    return _LUNAR_BEFORE.search(before) is not None or after.startswith("中秋")


def _same_days(text: str, found: list[Moment]) -> list[Moment]:
    """Return the days that are told as the same as the one before: 10月20号搬的，当天就登记了."""
    same = []
    for match in _SAME_DAY.finditer(text):
        before = max((moment for moment in found if moment.end <= match.start()), key=lambda one: one.end, default=None)
        if before is not None and before.span.is_exact:
            same.append(Moment(match.start(), match.end(), before.span, before.has_year))
    return same


def _says_year(groups: dict[str, str | None]) -> bool:
    return bool(groups.get("year") or groups.get("year_word")) or "month" not in groups


def next_of(moment: Moment, today: date) -> Span:
    """Return the coming day for a date without a year: what will happen."""
    span = moment.span
    if moment.has_year or span.last >= today:
        return span
    return moment.coming or span.plus_months(12)


def _day(year: int, month: int, day: int | None) -> Span | None:
    if year not in _YEARS:
        return None
    try:
        known = date(year, month, day or 0)
    except ValueError:
        return None
    return Span(known, known)


def _full(match: re.Match[str], today: date) -> Span | None:
    month, day, year = read_number(match["month"]), read_number(match["day"]), year_told(match.groupdict(), today.year)
    if month is None or day is None:
        return None
    if year is not None:
        return _day(year, month, day)
    here, before = _day(today.year, month, day), _day(today.year - 1, month, day)
    return here if here and here.first <= today else before or here


def _near_month(which: str, today: date) -> date:
    back = which.count("上") - which.count("下")
    return add_months(today.replace(day=1), -back)


def _near_month_day(match: re.Match[str], today: date) -> Span | None:
    first = _near_month(match["which"], today)
    return _day(first.year, first.month, read_number(match["day"]))


def _bare_day(match: re.Match[str], today: date) -> Span | None:
    """Read 13号: the latest one not after today."""
    number = read_number(match["day"])
    here = _day(today.year, today.month, number)
    before = add_months(today.replace(day=1), -1)
    return here if here and here.first <= today else _day(before.year, before.month, number)


def _part(span: Span, part: str | None) -> Span:
    if not part:
        return span
    low, high = _PARTS_OF_MONTH[part]
    return Span(span.first.replace(day=low), span.first.replace(day=min(high, span.last.day)))


def _month(match: re.Match[str], today: date) -> Span | None:
    month, year = read_number(match["month"]), year_told(match.groupdict(), today.year)
    if month is None:
        return None
    if year is None:
        year = today.year if month <= today.month else today.year - 1
    if year not in _YEARS:
        return None
    return _part(Span.of_month(year, month), match.groupdict().get("part"))


def _whole_near_month(match: re.Match[str], today: date) -> Span | None:
    first = _near_month(match["which"], today)
    return _part(Span.of_month(first.year, first.month), match["part"])


def _day_word(match: re.Match[str], today: date) -> Span | None:
    day = today + timedelta(days=_DAYS_AGO[match.group()])
    return Span(day, day)


def _weekday(match: re.Match[str], today: date) -> Span | None:
    weeks = match["which"].count("下") - match["which"].count("上")
    wanted = min(_WEEKDAYS.index(match["weekday"]), 6)
    day = today + timedelta(days=wanted - today.weekday(), weeks=weeks)
    return Span(day, day)


def _days_back(match: re.Match[str], today: date) -> Span | None:
    count = read_number(match["count"])
    if count is None or count > 3650:
        return None
    day = today - timedelta(days=count)
    return Span(day, day)


_SOLAR_PATTERNS: tuple[tuple[re.Pattern[str], _ReadSpan], ...] = (
    (_DOTTED, _full),
    (_COMPACT, _full),
    (_FULL, _full),
    (_NEAR_MONTH_DAY, _near_month_day),
    (_YEAR_DOTTED_MONTH, _month),
    (_WEEKDAY, _weekday),
    (_BARE_DAY, _bare_day),
    (_DAYS_BACK, _days_back),
    (_MONTH, _month),
    (_NEAR_MONTH, _whole_near_month),
    (_DAY_WORD, _day_word),
)
_READERS = (
    *((pattern, partial(_feast, read)) for pattern, read in LUNAR_PATTERNS),
    *((pattern, partial(_solar, read)) for pattern, read in _SOLAR_PATTERNS),
)
"""What is looked for, in this order: days of the lunar calendar take their words first."""

_SIEVE = Sieve(pattern for pattern, _ in _READERS)
"""Few messages name a day: for most nothing at all is left to look for."""
