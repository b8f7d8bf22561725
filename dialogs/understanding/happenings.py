"""What happened on a date of a message: 受理, 签发, 到期, 搬来, 登记 … told by the words nearest to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from dialogs.understanding.dates import Moment, moments_in, next_of
from dialogs.understanding.durations import Length, lengths_in
from knowledge.happening import HappeningWords
from rules.calendar import Span


class Event(StrEnum):
    """What a date can be the date of; its words are in `knowledge/happenings.toml`."""

    EXPIRED = "expired"
    ISSUED = "issued"
    FULL = "full"
    ACCEPTED = "accepted"
    REGISTERED = "registered"
    CHANGED = "changed"
    HIRED = "hired"
    LET = "let"
    ENDORSED = "endorsed"
    PUBLISHED = "published"
    ARRIVED = "arrived"
    RESIDES = "resides"
    NOW = "now"


@dataclass(frozen=True)
class Happening:
    """An event with its day or span of days; `start`..`end` is where the message says both."""

    event: Event
    span: Span
    start: int
    end: int


@dataclass(frozen=True)
class Lasting:
    """An event that began a `length` ago: 过期二十天, 住了七个月, 登记五个月."""

    event: Event
    length: Length


@dataclass(frozen=True)
class Told:
    """All that a message says of time."""

    happenings: tuple[Happening, ...] = ()
    lasting: tuple[Lasting, ...] = ()
    moments: tuple[Moment, ...] = ()

    def of(self, *events: Event) -> Happening | None:
        """Return the first happening of the first of `events` that there is."""
        return next((told for event in events for told in self.happenings if told.event is event), None)

    def only(self, *events: Event) -> Happening | None:
        """Return the happening of the first of `events` that there is; None when it is told with different days.

        Of a change of address the first day is the move; a later one is its report.
        """
        first = self.of(*events)
        if first is None or first.event is Event.CHANGED:
            return first
        differ = any(one.event is first.event and one.span != first.span for one in self.happenings)
        return None if differ else first

    def since(self, *events: Event) -> Lasting | None:
        """Return the first event of `events` that is told by how long ago it began."""
        return next((told for event in events for told in self.lasting if told.event is event), None)


_CLAUSE_END = re.compile(r"[,，。;；!！?？\s]")
DATED = "_dated"
"""How the names of concepts begin that a date gives."""

_GENERAL = (Event.ARRIVED, Event.RESIDES)
"""Events told by words that stand in many sentences; any other word beside the date goes before."""

_LONG_AGO = 183
"""An expiry without a year that would be more days ago than this is the coming one."""

_IS_OVER = re.compile("过期|逾期|没签|没去签|到期了|补签|忘了?签|失效")
_UP_TO = re.compile(r"(?:到|截至|截止)$")
_RANGE = re.compile(r"\s*(?:[-—~－]+|至|到)\s*")
_OF_THE_PERMIT = (Event.EXPIRED, Event.ISSUED)
_OTHER_PAPER = re.compile(
    "合同|房租|租金|驾照|驾驶证|身份证|社保|医保|工作证|执照|护照|学生证|健康证|保险|暂住证|户口本|通行证"
)
_GOES_ON = (Event.REGISTERED, Event.ARRIVED, Event.RESIDES, Event.HIRED, Event.CHANGED)
_MORE_THAN = re.compile("超过?了?$")
"""超过半年 is at least a day more than half a year."""

_WRITTEN_DAY = re.compile(r"[\d月号日]")


class TimeReader:
    """Reads what a message says of time. Raises KeyError when an event has no words."""

    def __init__(self, words: Mapping[str, HappeningWords]) -> None:
        self._words = {event: words[event] for event in Event}

    def told_in(self, text: str, today: date) -> Told:
        """Return what a normalised message says of time, relative to `today`."""
        moments = moments_in(text, today)
        lasting = (self._lasting(text, length) for length in lengths_in(text, moments))
        return Told(tuple(self._happenings(text, moments, today)), tuple(one for one in lasting if one), tuple(moments))

    def concepts_of(self, told: Told) -> frozenset[str]:
        """Return the concepts that the dates and durations of a message give."""
        events = {one.event for one in told.happenings} | {one.event for one in told.lasting}
        return frozenset(concept for event in events if (concept := self._words[event].concept))

    def _happenings(self, text: str, moments: list[Moment], today: date) -> Iterator[Happening]:
        for index, moment in enumerate(moments):
            earlier = moments[index - 1] if index else None
            begins = earlier.end if earlier else 0
            ends = moments[index + 1].start if index + 1 < len(moments) else len(text)
            if _RANGE.fullmatch(text[moment.end : ends]) and ends < len(text):
                continue  # 2025.12.01-2026.12.01: the range is told by its end
            if earlier and _RANGE.fullmatch(text[earlier.end : moment.start]):
                begins = moments[index - 2].end if index > 1 else 0
                before = _last_clause(text[begins : earlier.start])
            else:
                before = _last_clause(text[begins : moment.start])
            after = _CLAUSE_END.split(text[moment.end : ends])[0]
            if moment.span.last == today and _UP_TO.search(before):
                continue  # 到今天住了半年: until when, not since
            found = self._nearest(before, after)
            if found is None or (found[0] in _OF_THE_PERMIT and _is_of_another_paper(before + after)):
                continue
            event, back, ahead = found
            is_coming = _is_coming(event, moment, today) and not _IS_OVER.search(text)
            span = next_of(moment, today) if is_coming else _carried(event, earlier, moment, today)
            yield Happening(event, span, moment.start - back, moment.end + ahead)

    def _nearest(self, before: str, after: str) -> tuple[Event, int, int] | None:
        """Return the event whose words reach the date, those before it first, then the shortest way.

        With it comes how far the words go back and ahead.
        """
        reached = [
            (event in _GENERAL, side, match.end() - match.start(), order, event)
            for order, (event, words) in enumerate(self._words.items())
            for side, match in ((0, words.before.search(before)), (1, words.after.match(after)))
            if match is not None
        ]
        if not reached:
            return None
        _, side, length, _, event = min(reached)
        return (event, 0, length) if side else (event, length, 0)

    def _lasting(self, text: str, length: Length) -> Lasting | None:
        before, after = _last_clause(text[: length.start]), text[length.end :]
        for event, words in self._words.items():
            if words.lasting.search(before) or words.ago.match(after):
                return Lasting(event, _a_day_more(length) if _MORE_THAN.search(before) else length)
        return None


def _a_day_more(length: Length) -> Length:
    return replace(length, days=length.days + 1)


def _is_of_another_paper(clause: str) -> bool:
    """Tell whether a date is told of a contract or another card, not of the permit."""
    return _OTHER_PAPER.search(clause) is not None and "居住证" not in clause


def _carried(event: Event, earlier: Moment | None, moment: Moment, today: date) -> Span:
    """Return the span, in the year told before it when it goes on from there: 2024年10月来的，10月20号登记."""
    if earlier is None or not earlier.has_year or moment.has_year or event not in _GOES_ON:
        return moment.span
    years = earlier.span.first.year - moment.span.first.year
    span = moment.span.plus_months(12 * years)
    return span if earlier.span.first <= span.last <= today else moment.span


def _last_clause(text: str) -> str:
    return _CLAUSE_END.split(text)[-1]


def _is_coming(event: Event, moment: Moment, today: date) -> bool:
    far_back = (today - moment.span.last).days > _LONG_AGO
    return far_back and not moment.has_year and event in (Event.EXPIRED, Event.ENDORSED, Event.FULL)


def without_days(text: str, told: Told) -> str:
    """Return `text` without the days it names and the words that only announce them (签发日期是): they ask nothing."""
    announced = {one.end: one.start for one in told.happenings}
    for moment in reversed(told.moments):
        if moment.span.is_exact and _WRITTEN_DAY.search(text[moment.start : moment.end]):
            text = text[: announced.get(moment.end, moment.start)] + text[moment.end :]
    return text
