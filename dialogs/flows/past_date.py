"""A day in the past as people tell it: to the day, to the month, by how long ago, or only about."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Any

from dialogs.flows.field import Field, Read, Rejected
from dialogs.flows.scene import Heard, Scene
from dialogs.understanding.dates import moments_in
from dialogs.understanding.durations import Length, lengths_in
from dialogs.understanding.happenings import Event
from knowledge.text import fold, in_chinese, to_int
from rules.calendar import Span, add_months

_MONTH_DAY = re.compile(r"(1[0-2]|0?[1-9])[./-](3[01]|[12]\d|0?[1-9])号?")
_BARE_DAY = re.compile(r"(?:就是|是)?(3[01]|[12]\d|0?[1-9])[号日]?")
_YEAR = re.compile(
    r"(?:就是|是|大概|大约)?(20\d\d|今年|去年|前年|大前年)年?(?P<part>初|年初|中|年中|底|末|年底|年末)?(?:的时候)?"
)
_YEARS_AGO = {"今年": 0, "去年": -1, "前年": -2, "大前年": -3}
_PARTS = {"初": (1, 3), "中": (5, 8), "底": (10, 12), "末": (10, 12)}
_ABOUT_MONTHS, _ABOUT_DAYS = 1, 10
"""How far 大概 and 多 can be off: a month where months or years were named, ten days where days were."""

_LUNAR = re.compile(r"农历|阴历|旧历|老历|腊月|正月(?!\d)|初[一二三四五六七八九十]|端午|中秋|重阳|除夕|春节|过年|清明")
_NO_SUCH_DAY = re.compile(
    r"(?:2|二)月(?:份)?(?:3[01]|30|三十一?)[号日]?|(?:4|6|9|11|四|六|九|十一)月(?:份)?(?:31|三十一)[号日]?"
)
_DAYS = re.compile(r"(\d{1,2})[号日]")
_UNSURE = re.compile(r"好像|可能|大概|大约|左右|前后|记不[清得]|也许|估计|应该是?吧")
_NUMERALS = re.compile("[一二三四五六七八九十]{1,3}")
_ALMOST_MONTHS = 2
"""快一年 is at least ten months."""

_FEW_YEARS = re.compile(r"(?:好|有|十)?几年(?:了|前)?|很多年|好多年|多年|老早|早就|很早|打小|从小|一直")
_LONG_AGO_YEARS = (2, 30)


class PastDate(Field):
    """A day not after today. The value is [first, last], ISO dates: the same day twice when it is known.

    `events` are what it can be the day of: 3月8号登记的 is no day of coming here. None named: of anything.
    """

    def __init__(self, *events: Event) -> None:
        self._events = frozenset(events)

    def read(self, heard: Heard, scene: Scene) -> Read | None:
        told = {one.event for one in heard.understood.told.happenings}
        if heard.has_question_form or (told and self._events and not told & self._events):
            return None
        span, reckoned = self._span(heard.normal, scene.today)
        if span is None:
            return None
        if span.first > scene.today:
            raise Rejected("future", day=show_span(span))
        return Read(span_value(Span(span.first, min(span.last, scene.today))), needs_yes=reckoned)

    def _span(self, text: str, today: date) -> tuple[Span | None, bool]:
        if _LUNAR.search(text):
            raise Rejected("lunar")
        moments = moments_in(text, today)
        if not moments and _NO_SUCH_DAY.search(text):
            raise Rejected("no_such_day")
        if len(set(_DAYS.findall(text))) > 1 and len(moments) == 1:
            raise Rejected("several")
        spans = {moment.span for moment in moments}
        if len(spans) > 1:
            raise Rejected("several")
        if spans:
            span = spans.pop()
            return span, span.is_exact and _UNSURE.search(text) is not None
        short = _short_span(fold(text).strip(" 。.了"), today)
        if short is not None:
            return short, False
        lengths = list(lengths_in(text))
        if len(lengths) > 1:
            raise Rejected("several")
        if lengths:
            return _span_before(lengths[0], today)
        if _FEW_YEARS.search(text):
            low, high = _LONG_AGO_YEARS
            return Span(add_months(today, -12 * high), add_months(today, -12 * low)), False
        return None, False

    def show(self, value: Any, scene: Scene) -> str:
        return show_span(read_span(value))

    def holds(self, value: Any, scene: Scene) -> bool:
        try:
            return isinstance(value, list) and read_span(value).first <= read_span(value).last
        except (TypeError, ValueError):
            return False

    def rejections(self) -> tuple[str, ...]:
        return ("future", "several", "lunar", "no_such_day")


class DayWithin(PastDate):
    """The very day of what was told to lie in a span before: 「8号」 is the 8th of that month."""

    def __init__(self, base: str, *events: Event) -> None:
        super().__init__(*events)
        self._base = base

    def read(self, heard: Heard, scene: Scene) -> Read | None:
        written = _NUMERALS.sub(lambda found: str(to_int(found.group()) or 0), fold(heard.normal))
        match = _BARE_DAY.fullmatch(written.strip(" 。.了"))
        told = scene.answers.get(self._base)
        if match is None or not told:
            return super().read(heard, scene)
        span, number = read_span(told), int(match[1])
        days = (span.first + timedelta(days=count) for count in range((span.last - span.first).days + 1))
        found = [day for day in days if day.day == number and day <= scene.today]
        return Read([found[0].isoformat()] * 2) if len(found) == 1 else super().read(heard, scene)


def _short_span(text: str, today: date) -> Span | None:
    """Return what is meant by 8.1, 15号 or 2024年, said alone: the latest not after today."""
    if match := _MONTH_DAY.fullmatch(text):
        return _latest([(today.year - back, int(match[1]), int(match[2])) for back in (0, 1)], today)
    if (match := _BARE_DAY.fullmatch(text)) and ("号" in text or "日" in text):
        earlier = add_months(today.replace(day=1), -1)
        return _latest([(d.year, d.month, int(match[1])) for d in (today, earlier)], today)
    if match := _YEAR.fullmatch(text):
        year = today.year + _YEARS_AGO[match[1]] if match[1] in _YEARS_AGO else int(match[1])
        low, high = _PARTS.get((match["part"] or "").removeprefix("年"), (1, 12))
        return Span(date(year, low, 1), date(year, high, monthrange(year, high)[1]))
    return None


def _latest(tries: list[tuple[int, int, int]], today: date) -> Span | None:
    for year, month, day in tries:
        if day <= monthrange(year, month)[1] and date(year, month, day) <= today:
            return Span(date(year, month, day), date(year, month, day))
    return None


def _span_before(length: Length, today: date) -> tuple[Span, bool]:
    """Return the day a length ago, to be agreed to; about a length is a span, which waits for nobody's yes."""
    day = length.before(today)
    if length.is_exact:
        return Span(day, day), True
    off = timedelta(days=_ABOUT_DAYS) if length.days and not length.months else None
    unit = 12 if length.months >= 12 and length.months % 12 == 0 else _ABOUT_MONTHS
    if length.tendency < 0:
        unit = min(unit, _ALMOST_MONTHS)
    earlier = day - off if off else add_months(day, -unit)
    later = day + off if off else add_months(day, unit)
    if length.tendency > 0:
        later = day
    if length.tendency < 0:
        earlier = day
    return Span(earlier, min(later, today)), False


def read_span(value: Any) -> Span:
    """Return the span of a value. Raises ValueError for another value."""
    first, last = value
    return Span(date.fromisoformat(first), date.fromisoformat(last))


def span_value(span: Span) -> list[str]:
    """Return a span as a JSON value."""
    return [span.first.isoformat(), span.last.isoformat()]


def show_span(span: Span) -> str:
    """Return a span for people: 2025年10月1日, 2025年10月, 2025年, or from one day to another."""
    first, last = span.first, span.last
    if span.is_exact:
        return in_chinese(first)
    if span == Span.of_month(first.year, first.month):
        return f"{first.year}年{first.month}月"
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year:
        return f"{first.year}年"
    return f"{in_chinese(first)}到{in_chinese(last)}之间"
