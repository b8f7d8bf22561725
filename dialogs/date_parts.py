"""Answers to date questions: the day first, how it was worked out, then the law (签注 has a module of its own)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from dialogs import date_words as words
from dialogs.compose import quotation
from dialogs.saying import Kind, NamedDate, Part
from dialogs.understanding.happenings import Event, Told
from knowledge.address import Address
from knowledge.city import City
from knowledge.duration import Unit
from knowledge.text import in_chinese
from rules.calendar import add_months
from rules.reckoning import Reckoned, Reckoner, half_year


@dataclass(frozen=True)
class Occasion:
    """What a date answer is made from: the city, the topic's own part, what the person told, today and the calendar."""

    city: City
    part: Part
    told: Told
    concepts: frozenset[str]
    asked_on: date
    reckoner: Reckoner

    def day_of(self, *events: Event) -> date | None:
        """Return the day of the first of `events` that is told to the day; else the only day of the message."""
        told = self.told.of(*events)
        if told is not None:
            return told.span.first if told.span.is_exact else None
        days = {moment.span.first for moment in self.told.moments if moment.span.is_exact}
        unnamed = not self.told.happenings or {one.event for one in self.told.happenings} == {Event.NOW}
        return days.pop() if unnamed and len(days) == 1 else None

    def names_time(self, *events: Event) -> bool:
        """Tell whether the message names a time of `events` that is no exact day."""
        told = self.told.of(*events)
        return told is not None and not told.span.is_exact


def answered(
    occasion: Occasion,
    first_line: str,
    dates: Iterable[NamedDate],
    addresses: Iterable[Address],
    *,
    workings: Iterable[str] = (),
    notes: Iterable[str] = (),
    days: Iterable[date | None] = (),
    counts: Iterable[int] = (),
) -> Part:
    """Return the part of a date answer. `days` and `counts` are what the lines say beside `dates`."""
    dates = tuple(dates)
    spoken = [in_chinese(named.day) for named in dates] + [in_chinese(day) for day in days if day]
    city = occasion.city
    quotations = tuple(quotation(city, city.provision(address)) for address in dict.fromkeys(addresses))
    computed = tuple(dict.fromkeys([*spoken, *(f"{count}天" for count in counts)]))
    topic = occasion.part.topic
    return Part(Kind.ANSWER, first_line, topic, quotations, tuple(notes), tuple(workings), dates, computed)


def with_request(part: Part, request: str) -> Part:
    """Return a topic's own part with the request for the date that would let us count."""
    return replace(part, notes=(*part.notes, request))


# --- deadlines ---


@dataclass(frozen=True)
class Deadline:
    """A topic answered by one period: its parameter, the events it can run from, how the day is told."""

    parameter: str
    events: tuple[Event, ...]
    line: str = words.DEADLINE
    strict_line: str = words.DEADLINE_STRICT


def deadline_part(occasion: Occasion, rule: Deadline) -> Part | None:
    """Return the deadline; None when the text gives no period or no day was told."""
    reckoned = _reckoned(occasion, rule)
    if reckoned is None:
        return occasion.part if not occasion.names_time(*rule.events) else _asked_for_day(occasion, rule)
    most = _at_most(occasion, rule, reckoned)
    workings = [_how(reckoned), *([_how_most(most)] if most else []), *_warnings(occasion, most or reckoned)]
    return answered(
        occasion,
        _line(rule, reckoned, most),
        _named(reckoned, most),
        [address for one in (reckoned, most) if one for address in one.parameter.cites],
        workings=workings,
        notes=_further(occasion, rule, reckoned),
        days=(reckoned.start, reckoned.strict),
    )


def _reckoned(occasion: Occasion, rule: Deadline) -> Reckoned | None:
    start = occasion.day_of(*rule.events)
    within = occasion.city.parameters[rule.parameter].duration
    if start is None or within is None or within.number == 0:
        return None
    return occasion.reckoner.deadline(occasion.city, rule.parameter, start)


def _asked_for_day(occasion: Occasion, rule: Deadline) -> Part:
    counts = occasion.city.parameters[rule.parameter].duration
    return with_request(occasion.part, words.SAY_THE_DAY) if counts and counts.number else occasion.part


def _at_most(occasion: Occasion, rule: Deadline, reckoned: Reckoned) -> Reckoned | None:
    if rule.parameter != "issue_within":
        return None
    return occasion.reckoner.deadline(occasion.city, "issue_at_most", reckoned.start, "deadline_max")


def _line(rule: Deadline, reckoned: Reckoned, most: Reckoned | None) -> str:
    day = in_chinese(reckoned.day)
    if most is not None:
        return words.ISSUED_BY_AT_MOST.format(day=day, most=in_chinese(most.day))
    if reckoned.strict is None or reckoned.strict == reckoned.day:
        return rule.line.format(day=day)
    return rule.strict_line.format(day=day, strict=in_chinese(reckoned.strict))


def _named(reckoned: Reckoned, most: Reckoned | None) -> list[NamedDate]:
    named = [NamedDate(reckoned.name, reckoned.day, reckoned.parameter.cites[0])]
    if reckoned.strict and reckoned.strict != reckoned.day:
        named.append(NamedDate(f"{reckoned.name}_if_start_day_counted", reckoned.strict, reckoned.parameter.cites[0]))
    if most is not None:
        named.append(NamedDate(most.name, most.day, most.parameter.cites[0]))
        named.append(NamedDate("deadline_normal", reckoned.day, reckoned.parameter.cites[0]))
    return named


def _how(reckoned: Reckoned) -> str:
    sentence = words.HOW_MONTHS if reckoned.within.unit is Unit.MONTH else words.HOW_DAYS
    return sentence.format(start=in_chinese(reckoned.start), within=reckoned.within, day=in_chinese(reckoned.day))


def _how_most(most: Reckoned) -> str:
    return words.HOW_MOST.format(within=most.within, start=in_chinese(most.start), day=in_chinese(most.day))


def _warnings(occasion: Occasion, reckoned: Reckoned) -> list[str]:
    calendar = occasion.reckoner.calendar
    if reckoned.is_estimated:
        return [words.ESTIMATED.format(year=reckoned.day.year)]
    if reckoned.within.unit is Unit.DAY and not calendar.is_working_day(reckoned.day):
        return [words.NOT_WORKING_DAY.format(day=in_chinese(reckoned.day))]
    return []


def _further(occasion: Occasion, rule: Deadline, reckoned: Reckoned) -> list[str]:
    """Return what the text says of a change that is not reported for long."""
    if rule.parameter != "change_within":
        return []
    late = occasion.reckoner.deadline(occasion.city, "change_unreported_after", reckoned.start)
    return [words.UNREPORTED.format(day=in_chinese(late.day))] if late else []


# --- other dates ---


def half_year_part(occasion: Occasion) -> Part:
    """Return the day the half-year is complete, from the start this city's text names."""
    rules = occasion.city.eligibility
    if rules is None:
        return occasion.part
    starts = {
        "registration": occasion.day_of(Event.REGISTERED) if "registration" in rules.starts else None,
        "residence": occasion.day_of(Event.RESIDES, Event.ARRIVED) if "residence" in rules.starts else None,
    }
    known = {name: start for name, start in starts.items() if start is not None and name in rules.starts}
    if not known or ("registration" in rules.starts and "registration" not in known):
        asks_for = words.FROM_REGISTRATION if "registration" in rules.starts else words.FROM_RESIDENCE
        return with_request(occasion.part, asks_for) if occasion.told.happenings else occasion.part
    full = {name: half_year(occasion.city, start) for name, start in known.items()}
    day = max(full.values())
    line = words.HALF_YEAR_REACHED if day <= occasion.asked_on else words.HALF_YEAR
    return answered(
        occasion,
        line.format(day=in_chinese(day)),
        [NamedDate("half_year_full", day, rules.clock.cites[0])],
        rules.clock.cites,
        workings=[
            words.HOW_HALF_YEAR.format(start=in_chinese(start), what=words.WHAT[name], day=in_chinese(full[name]))
            for name, start in known.items()
        ],
        notes=[words.HALF_YEAR_BOTH] if len(rules.starts) > 1 else (),
        days=[*known.values(), *full.values()],
    )


def settlement_part(occasion: Occasion) -> Part:
    """Return the day on which the years of living here that a settlement condition asks for are full."""
    rule = occasion.city.parameters["settlement_after"]
    start = occasion.day_of(Event.RESIDES, Event.ARRIVED, Event.REGISTERED)
    if rule.duration is None or start is None:
        return occasion.part
    day = add_months(start, rule.duration.number)
    line = words.SETTLES.format(within=rule.duration, day=in_chinese(day))
    how = words.HOW_MONTHS.format(start=in_chinese(start), within=rule.duration, day=in_chinese(day))
    named = [NamedDate("settlement_from", day, rule.cites[0])]
    addresses = [*rule.cites, *(shown.address for shown in occasion.part.quotations)]
    return answered(occasion, line, named, addresses, workings=[how], days=[start])


def effective_part(occasion: Occasion) -> Part:
    """Return the day a text that says 发布之日起三十日后 comes into force, from the day it was published."""
    start = occasion.day_of(Event.PUBLISHED)
    rule = occasion.city.parameters["in_force_after"]
    reckoned = occasion.reckoner.deadline(occasion.city, "in_force_after", start, "effective_on") if start else None
    if reckoned is None:
        return occasion.part
    other = reckoned.day + timedelta(days=1)
    return answered(
        occasion,
        words.EFFECTIVE.format(day=in_chinese(reckoned.day)),
        [NamedDate("effective_on", reckoned.day, rule.cites[0]), NamedDate("effective_alt", other, rule.cites[0])],
        rule.cites,
        workings=[_how(reckoned)],
        notes=[words.EFFECTIVE_OTHER.format(within=reckoned.within, other=in_chinese(other))],
        days=[start],
    )


_DEADLINES: Mapping[str, Deadline] = {
    "registration_deadline": Deadline("registration_within", (Event.ARRIVED, Event.RESIDES, Event.CHANGED)),
    "issue_time": Deadline("issue_within", (Event.ACCEPTED, Event.ENDORSED), words.ISSUED_BY),
    "replacement_time": Deadline("replacement_within", (Event.ACCEPTED, Event.ENDORSED), words.ISSUED_BY),
    **dict.fromkeys(
        ("address_change", "address_change_deadline", "address_change_within", "address_change_late"),
        Deadline("change_within", (Event.CHANGED, Event.ARRIVED)),
    ),
    **dict.fromkeys(("employer_deadline", "employer_duty"), Deadline("employer_reports_within", (Event.HIRED,))),
    **dict.fromkeys(
        ("landlord_deadline", "landlord_duty"), Deadline("landlord_reports_within", (Event.LET, Event.ARRIVED))
    ),
    "agency_duty": Deadline("agency_reports_within", (Event.LET, Event.HIRED)),
    "property_duty": Deadline("property_reports_within", (Event.LET, Event.ARRIVED)),
}
_OTHERS: Mapping[str, Callable[[Occasion], Part]] = {
    "half_year": half_year_part,
    "conditions": half_year_part,
    "settle": settlement_part,
    "settle_years": settlement_part,
    "effective_date": effective_part,
}


def deadline_or_date(occasion: Occasion) -> Part:
    """Return the topic's part with its date worked out, where the topic has one and the person told from when."""
    topic = occasion.part.topic or ""
    if topic in _DEADLINES:
        return deadline_part(occasion, _DEADLINES[topic]) or occasion.part
    return _OTHERS[topic](occasion) if topic in _OTHERS else occasion.part
