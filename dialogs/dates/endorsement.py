"""签注 with the person's own dates: the window, the days left, or what lateness does in this city."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from dialogs.dates import words
from dialogs.dates.lateness import LATE_TOPICS, WINDOW_RULES, Year, late_part
from dialogs.dates.occasion import Occasion, addresses_of, answered, with_request
from dialogs.saying import NamedDate, Part
from dialogs.understanding.happenings import Event
from knowledge.city import City
from knowledge.text import in_chinese
from rules.endorsement import (
    Anchor,
    Cycle,
    State,
    anchor_of,
    cycle_ending,
    cycle_on,
    expiry_after,
    first_cycle,
    last_cycle_before,
)

WINDOW_TOPICS = ("endorsement_window", "endorsement_yearly")

_EVENTS = {
    Anchor.ISSUE: (Event.ISSUED,),
    Anchor.EXPIRY: (Event.EXPIRED,),
}
_ENDORSED_BEFORE = "_endorsed_before"
"""The concept of a person who says that the earlier years were endorsed."""

_NEVER_ENDORSED = "_never_endorsed"
"""The concept of a person who says never to have endorsed."""

_JUST_MISSED = 60
"""Whoever asks within so many days of a last day gone by has not endorsed yet."""


def endorsement_part(occasion: Occasion) -> Part:
    """Return the window or the lateness; the topic's own part when the city's anchor was not told."""
    anchor = anchor_of(occasion.city)
    if anchor is None:
        return occasion.part
    year = _year(occasion, anchor)
    if year is None:
        tells_time = bool(occasion.told.happenings or occasion.told.lasting)
        return with_request(occasion.part, words.SAY_ANCHOR[anchor]) if tells_time else occasion.part
    told = occasion.told.of(Event.ENDORSED)
    is_earlier_year = _ENDORSED_BEFORE in occasion.concepts and occasion.part.topic not in LATE_TOPICS
    if told is not None and is_earlier_year and told.span.last < occasion.asked_on:
        told = None
    day = told.span.first if told is not None and told.span.is_exact else occasion.asked_on
    if anchor is not Anchor.EXPIRY and _ENDORSED_BEFORE in occasion.concepts and occasion.part.topic not in LATE_TOPICS:
        year = _this_year(occasion, year, anchor)
    if year.cycle.state(day) is not State.LATE:
        return _in_time(occasion, year, day)
    just_missed = (day - year.cycle.last).days <= _JUST_MISSED and day == occasion.asked_on
    if just_missed or occasion.part.topic in LATE_TOPICS or told is not None or year.is_about or _was_missed(occasion):
        return late_part(occasion, year, day)
    return _next_window(occasion, year)


def _this_year(occasion: Occasion, year: Year, anchor: Anchor) -> Year:
    """Return the year in question of a person who endorsed the earlier ones: one just missed, else the coming one."""
    since = occasion.asked_on - timedelta(days=_JUST_MISSED)
    cycle = cycle_on(occasion.city, year.start, since) or year.cycle
    if cycle.state(occasion.asked_on) is not State.LATE:
        return Year(cycle, _how(occasion.city, anchor, year.start, cycle), year.start)
    coming = cycle_on(occasion.city, year.start, occasion.asked_on) or cycle
    return Year(coming, _how(occasion.city, anchor, year.start, coming), year.start)


def _was_missed(occasion: Occasion) -> bool:
    return occasion.told.since(Event.EXPIRED) is not None or "late" in occasion.concepts


def _year(occasion: Occasion, anchor: Anchor) -> Year | None:
    city = occasion.city
    since = occasion.told.since(Event.EXPIRED)
    full, expires_on = occasion.day_of(Event.FULL), occasion.day_of(Event.EXPIRED)
    if full is not None:
        return _from_full_day(city, full)
    if expires_on is not None and anchor is not Anchor.EXPIRY:
        return _from_printed_day(city, expires_on)
    start = _residence_since(occasion) if anchor is Anchor.RESIDENCE else occasion.day_of(*_EVENTS[anchor])
    if start is not None:
        cycle = _missed_cycle(occasion, start) if _was_missed(occasion) else first_cycle(city, start)
        return Year(cycle, _how(city, anchor, start, cycle), start, note=_open_start(occasion)) if cycle else None
    issued = occasion.told.of(Event.ISSUED)
    if anchor is Anchor.EXPIRY and issued is not None and issued.span.is_exact:
        expires = expiry_after(city, issued.span.first)
        cycle = first_cycle(city, expires) if expires else None
        how = _how_from_issue(city, issued.span.first, expires) if expires else ""
        return Year(cycle, how, issued.span.first) if cycle else None
    if since is not None and since.length.is_exact:
        full = since.length.before(occasion.asked_on)
        year = _from_full_day(city, full)
        return Year(year.cycle, "", full, is_about=True) if year else None
    return None


def _missed_cycle(occasion: Occasion, start: date) -> Cycle | None:
    """Return the year that was missed: the first, if the person never endorsed; else the last one gone by."""
    city, first = occasion.city, first_cycle(occasion.city, start)
    if first is None or _NEVER_ENDORSED in occasion.concepts:
        return first
    told = occasion.day_of(Event.ENDORSED)
    return last_cycle_before(city, start, told or occasion.asked_on) or first


def _residence_since(occasion: Occasion) -> date | None:
    """Return the day the person says the year runs from; else the earlier of coming and registering: the safer one.

    A registration told with a missed 签注 may be the new one, and begins no year.
    """
    told = occasion.day_of(Event.RESIDES)
    if told is not None:
        return told
    is_late = occasion.part.topic in LATE_TOPICS or _was_missed(occasion)
    days = [occasion.day_of(Event.ARRIVED), None if is_late else occasion.day_of(Event.REGISTERED)]
    return min((day for day in days if day is not None), default=None)


def _open_start(occasion: Occasion) -> str:
    """Return that the text does not say from when the year runs, unless the person said it."""
    readings = occasion.city.parameters["endorsement_counts_from"].readings
    is_said = occasion.day_of(Event.RESIDES) is not None
    return "" if is_said or not readings else words.READINGS.format(readings=readings)


def _from_printed_day(city: City, full: date) -> Year | None:
    """Return the year of a permit that says until when it is good: that day itself is still in time."""
    cycle = cycle_ending(city, full)
    how = words.HOW_PRINTED.format(full=in_chinese(full))
    return Year(replace(cycle, last=full), how, full) if cycle else None


def _from_full_day(city: City, full: date) -> Year | None:
    """Return the year that is full on a told day."""
    cycle = cycle_ending(city, full)
    return Year(cycle, words.HOW_FULL_TOLD.format(full=in_chinese(full)), full) if cycle else None


def _how(city: City, anchor: Anchor, start: date, cycle: Cycle) -> str:
    told = {"start": in_chinese(start), "full": in_chinese(cycle.full)}
    if anchor is Anchor.EXPIRY:
        return words.HOW_EXPIRY.format(**told, window=city.parameters["endorsement_window"].duration)
    return (words.HOW_RESIDENCE if anchor is Anchor.RESIDENCE else words.HOW_ISSUE).format(**told)


def _how_from_issue(city: City, issued: date, expires: date) -> str:
    return words.HOW_EXPIRY_FROM_ISSUE.format(
        start=in_chinese(issued), full=in_chinese(expires), validity=city.parameters["validity"].duration
    )


# --- in time ---


def _window_dates(city: City, cycle: Cycle) -> list[NamedDate]:
    place = city.parameters["endorsement_window"].cites[0]
    full = "expires_on" if anchor_of(city) is Anchor.EXPIRY else "anniversary"
    return [
        NamedDate("window_open", cycle.opens, place),
        NamedDate("window_last_day", cycle.last, place),
        NamedDate(full, cycle.full, place),
    ]


def _in_time(occasion: Occasion, year: Year, day: date) -> Part:
    cycle = year.cycle
    between = words.GO_BETWEEN.format(opens=in_chinese(cycle.opens), last=in_chinese(cycle.last))
    left = (cycle.last - day).days
    line, workings = between, [year.how]
    if cycle.state(day) is State.OPEN and day == occasion.asked_on:
        line = words.OPEN_NOW.format(last=in_chinese(cycle.last), left=left) if left else words.LAST_DAY_TODAY
    elif day != occasion.asked_on:
        workings.insert(0, words.IN_TIME.format(day=in_chinese(day)))
    rules = WINDOW_RULES + (("validity",) if occasion.told.of(Event.ISSUED) else ())
    return answered(
        occasion,
        line,
        _window_dates(occasion.city, cycle),
        addresses_of(occasion.city, *rules, "late_effect"),
        workings=workings,
        notes=[year.note] if year.note else (),
        days=[year.start, day],
        counts=[left],
    )


def _next_window(occasion: Occasion, year: Year) -> Part:
    """Answer who does not say that a year was missed: the coming window, and what if the last one was."""
    city = occasion.city
    start = year.cycle.full if anchor_of(city) is Anchor.EXPIRY else year.start
    is_void = city.parameters["late_effect"].choice == "void"
    coming = cycle_on(city, start, occasion.asked_on) or year.cycle
    before = last_cycle_before(city, start, occasion.asked_on) or year.cycle
    return answered(
        occasion,
        words.NEXT_WINDOW.format(opens=in_chinese(coming.opens), last=in_chinese(coming.last)),
        _window_dates(city, coming),
        addresses_of(city, *WINDOW_RULES, "late_effect"),
        workings=[(words.MISSED_IF_VOID if is_void else words.MISSED_IF).format(last=in_chinese(before.last))],
        days=[before.last],
    )
