"""Answers on 签注 with the person's own dates: the window, the days left, and what lateness does in this city."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dialogs import date_words as words
from dialogs.date_parts import Occasion, answered, with_request
from dialogs.saying import NamedDate, Part
from dialogs.understanding.happenings import Event
from knowledge.address import Address
from knowledge.city import City
from knowledge.text import in_chinese
from rules.endorsement import (
    Anchor,
    Cycle,
    Lateness,
    Outcome,
    State,
    anchor_of,
    cycle_ending,
    cycle_on,
    expiry_after,
    first_cycle,
    lateness,
)  # fmt: skip
from rules.reckoning import half_year

WINDOW_TOPICS = ("endorsement_window", "endorsement_yearly")
LATE_TOPICS = ("overdue", "overdue_years")

_EVENTS = {
    Anchor.RESIDENCE: (Event.RESIDES, Event.REGISTERED, Event.ARRIVED),
    Anchor.ISSUE: (Event.ISSUED,),
    Anchor.EXPIRY: (Event.EXPIRED,),
}
_WINDOW_RULES = ("endorsement_window", "endorsement_counts_from")
_LATE_RULES = (
    "late_effect",
    "late_restored_by",
    "late_restores_within",
    "late_afterwards",
    "late_years",
    "late_keeps_years_within",
)


@dataclass(frozen=True)
class _Year:
    """The cycle a person asks about and how it was found; `is_about` when the day was only told by a duration."""

    cycle: Cycle
    how: str
    start: date
    is_about: bool = False


def endorsement_part(occasion: Occasion) -> Part:
    """Return the window or the lateness; the topic's own part when the city's anchor was not told."""
    anchor = anchor_of(occasion.city)
    year = _year(occasion, anchor) if anchor else None
    if year is None:
        tells_time = bool(occasion.told.happenings or occasion.told.lasting)
        return with_request(occasion.part, words.SAY_ANCHOR[anchor]) if anchor and tells_time else occasion.part
    told = occasion.told.of(Event.ENDORSED)
    day = told.span.first if told is not None and told.span.is_exact else occasion.asked_on
    if year.cycle.state(day) is not State.LATE:
        return _in_time(occasion, year, day)
    if occasion.part.topic in LATE_TOPICS or told is not None or year.is_about or _was_missed(occasion):
        return _late(occasion, year, day)
    return _next_window(occasion, year)


def _was_missed(occasion: Occasion) -> bool:
    return occasion.told.since(Event.EXPIRED) is not None or "overdue" in occasion.concepts


def _year(occasion: Occasion, anchor: Anchor) -> _Year | None:
    city = occasion.city
    since = occasion.told.since(Event.EXPIRED)
    expired = occasion.told.of(Event.EXPIRED)
    if anchor is not Anchor.EXPIRY and expired is not None and expired.span.is_exact:
        return _from_full_day(city, expired.span.first)
    start = occasion.day_of(*_EVENTS[anchor])
    if start is not None:
        cycle = first_cycle(city, start)
        return _Year(cycle, _how(city, anchor, start, cycle), start) if cycle else None
    issued = occasion.told.of(Event.ISSUED)
    if anchor is Anchor.EXPIRY and issued is not None and issued.span.is_exact:
        expires = expiry_after(city, issued.span.first)
        cycle = first_cycle(city, expires) if expires else None
        how = _how_from_issue(city, issued.span.first, expires) if expires else ""
        return _Year(cycle, how, issued.span.first) if cycle else None
    if since is not None:
        full = since.length.before(occasion.asked_on)
        year = _from_full_day(city, full)
        return _Year(year.cycle, "", full, is_about=True) if year else None
    return None


def _from_full_day(city: City, full: date) -> _Year | None:
    """Return the year a told expiry day ends: where the text counts from residence or issue, the day it is full."""
    cycle = cycle_ending(city, full)
    return _Year(cycle, words.HOW_FULL_TOLD.format(full=in_chinese(full)), full) if cycle else None


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


def _addresses(city: City, *names: str) -> list[Address]:
    """Return the provisions that carry the named rules, where the text states them."""
    rules = [city.parameters[name] for name in names]
    return [evidence.address for rule in rules for evidence in rule.evidence]


def _in_time(occasion: Occasion, year: _Year, day: date) -> Part:
    cycle = year.cycle
    between = words.GO_BETWEEN.format(opens=in_chinese(cycle.opens), last=in_chinese(cycle.last))
    left = (cycle.last - day).days
    line, workings = between, [year.how]
    if cycle.state(day) is State.OPEN and day == occasion.asked_on:
        line = words.OPEN_NOW.format(last=in_chinese(cycle.last), left=left) if left else words.LAST_DAY_TODAY
    elif day != occasion.asked_on:
        workings.insert(0, words.IN_TIME.format(day=in_chinese(day)))
    rules = _WINDOW_RULES + (("validity",) if occasion.told.of(Event.ISSUED) else ())
    return answered(
        occasion,
        line,
        _window_dates(occasion.city, cycle),
        _addresses(occasion.city, *rules, "late_effect"),
        workings=workings,
        days=[year.start, day],
        counts=[left],
    )


def _next_window(occasion: Occasion, year: _Year) -> Part:
    """Answer who does not say that a year was missed: the coming window, and what if the last one was."""
    city = occasion.city
    start = year.cycle.full if anchor_of(city) is Anchor.EXPIRY else year.start
    coming = cycle_on(city, start, occasion.asked_on) or year.cycle
    before = max((c for c in _earlier(city, start, coming)), key=lambda c: c.last, default=year.cycle)
    return answered(
        occasion,
        words.NEXT_WINDOW.format(opens=in_chinese(coming.opens), last=in_chinese(coming.last)),
        _window_dates(city, coming),
        _addresses(city, *_WINDOW_RULES, "late_effect"),
        workings=[words.MISSED_IF.format(last=in_chinese(before.last))],
        days=[before.last],
    )


def _earlier(city: City, start: date, coming: Cycle) -> list[Cycle]:
    """Return the cycle before the coming one."""
    day = coming.last - timedelta(days=366)
    before = cycle_on(city, start, day)
    return [before] if before and before.last < coming.last else []


# --- late ---


def _late(occasion: Occasion, year: _Year, day: date) -> Part:
    city, cycle = occasion.city, year.cycle
    late = lateness(city, cycle, day)
    if late is None:
        return occasion.part
    lines = _LateLines(city, cycle, late, day)
    first, workings = lines.first(), [lines.how_late()]
    if year.is_about:
        first, workings = occasion.part.first_line, [words.ABOUT.format(line=first)]
    if late.outcome in (Outcome.KEPT, Outcome.RESTARTED):
        workings.append(lines.how_limit())
    return answered(
        occasion,
        first,
        lines.dates(),
        _late_places(occasion, *(() if year.is_about else _WINDOW_RULES)),
        workings=workings,
        notes=[*([words.ABOUT_CHECK] if year.is_about else []), *lines.notes()],
        days=[day, year.start, late.limit, late.strict_limit, late.broken_from],
        counts=[lines.days_late],
    )


def _late_places(occasion: Occasion, *further: str) -> list[Address]:
    """Return the provisions of the topic's own answer, then those the reckoning rests on."""
    own = [shown.address for shown in occasion.part.quotations]
    return [*own, *_addresses(occasion.city, *_LATE_RULES, *further)]


@dataclass(frozen=True)
class _LateLines:
    """What is said of a missed year."""

    city: City
    cycle: Cycle
    late: Lateness
    day: date

    @property
    def days_late(self) -> int:
        """Days since the year was full; where the text counts to the expiry date, since the permit stopped."""
        start = self.late.broken_from if anchor_of(self.city) is Anchor.EXPIRY else self.cycle.full
        return (self.day - start).days

    def first(self) -> str:
        """Return the first line."""
        late = self.late
        limit = in_chinese(late.limit) if late.limit else ""
        strict = in_chinese(late.strict_limit) if late.strict_limit else ""
        match late.outcome:
            case Outcome.VOID:
                return words.VOID.format(last=in_chinese(self.cycle.last))
            case Outcome.REGISTER_ANEW:
                return words.REGISTER_ANEW.format(limit=limit)
            case Outcome.KEPT:
                return words.KEPT.format(limit=limit, strict=strict)
            case Outcome.RESTARTED:
                return words.RESTARTED.format(counts=in_chinese(self.day))
        return words.RESTORED_UNTIL.format(limit=limit) if late.limit else words.RESTORED

    def how_late(self) -> str:
        """Return how many days late it is, and from when."""
        told = {"full": in_chinese(self.cycle.full), "day": in_chinese(self.day), "late": self.days_late}
        if anchor_of(self.city) is Anchor.EXPIRY:
            return words.LATE_EXPIRY.format(**told, broken=in_chinese(self.late.broken_from))
        return words.LATE_LAST.format(**told, last=in_chinese(self.cycle.last))

    def how_limit(self) -> str:
        """Return why the years run on or begin anew."""
        late = self.late
        limit = in_chinese(late.limit) if late.limit else ""
        told = {"broken": in_chinese(late.broken_from), "limit": limit, "day": in_chinese(self.day)}
        return (words.KEPT_LIMIT if late.outcome is Outcome.KEPT else words.RESTARTED_LIMIT).format(**told)

    def notes(self) -> list[str]:
        """Return what the text leaves open and whom to ask."""
        office = (self.city.parameters["endorsement_at"].words or ("受理机构",))[0]
        if self.late.outcome is Outcome.VOID:
            return [words.VOID_CHECK]
        if self.late.outcome is Outcome.REGISTER_ANEW:
            half = in_chinese(half_year(self.city, self.day))
            return [words.HALF_ANEW.format(day=in_chinese(self.day), half=half, office=office)]
        if self.late.outcome is Outcome.RESTORED:
            return [words.COUNTS_FROM.format(counts=in_chinese(self.day), office=office)]
        return []

    def dates(self) -> list[NamedDate]:
        """Return the computed dates by their names in the batch contract."""
        city, cycle, late = self.city, self.cycle, self.late
        place = city.parameters["late_effect"].cites[-1]
        if anchor_of(city) is Anchor.EXPIRY:
            found: list[tuple[str, date | None]] = [("expires_on", cycle.full), ("suspended_from", late.broken_from)]
            found += [("last_day_to_keep_continuity", late.limit), ("last_day_conservative", late.strict_limit)]
        else:
            found = [("anniversary", cycle.full), ("last_day_in_time", cycle.last)]
            found += [("last_day_to_restore", late.limit)]
        if late.outcome is Outcome.REGISTER_ANEW:
            found += [("reregistered_on", self.day), ("half_year_mark_if_reregistered", half_year(city, self.day))]
        found += [("residence_count_from", late.counts_from)]
        return [NamedDate(name, day, place) for name, day in found if day]
