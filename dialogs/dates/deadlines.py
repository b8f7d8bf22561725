"""Deadlines: registration, issue, change of address, reports of employers and agencies, replacement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from dialogs.dates import words
from dialogs.dates.occasion import Occasion, answered, with_request
from dialogs.saying import NamedDate, Part
from dialogs.understanding.happenings import Event
from knowledge.duration import Unit
from knowledge.text import in_chinese
from rules.reckoning import Reckoned


@dataclass(frozen=True)
class Deadline:
    """A topic answered by one period: its parameter, the events it can run from, how the day is told."""

    parameter: str
    events: tuple[Event, ...]
    line: str = words.DEADLINE
    strict_line: str = words.DEADLINE_STRICT
    past_line: str = words.DEADLINE_PAST


def deadline_part(occasion: Occasion, rule: Deadline) -> Part:
    """Return the deadline; the topic's own part when the text gives no period or no day was told."""
    reckoned = _reckoned(occasion, rule)
    if reckoned is None:
        return _asked_for_day(occasion, rule) if occasion.names_time(*rule.events) else _at_once(occasion, rule)
    most, late = _at_most(occasion, rule, reckoned), _unreported(occasion, rule, reckoned)
    workings = [how(reckoned), *([_how_most(most)] if most else [])]
    return answered(
        occasion,
        _line(rule, reckoned, most, occasion.asked_on),
        [*_named(reckoned, most), *_named_late(occasion, late)],
        [address for one in (reckoned, most, late) if one for address in one.parameter.cites],
        workings=workings,
        notes=[*_warnings(occasion, most or reckoned), *_told_late(occasion, late), *_readings(reckoned, most)],
        days=(reckoned.start, reckoned.strict),
    )


def _readings(*reckoned: Reckoned | None) -> list[str]:
    """Return how else the text can be read."""
    told = (one.parameter.readings for one in reckoned if one is not None)
    return [words.READINGS.format(readings=readings) for readings in told if readings]


def _reckoned(occasion: Occasion, rule: Deadline) -> Reckoned | None:
    start = occasion.day_of(*rule.events)
    within = occasion.city.parameters[rule.parameter].duration
    if start is None or within is None or within.number == 0:
        return None
    return occasion.reckoner.deadline(occasion.city, rule.parameter, start)


def _at_once(occasion: Occasion, rule: Deadline) -> Part:
    """Return the topic's own part; where the text says 当场 the deadline is the day itself."""
    within, start = occasion.city.parameters[rule.parameter], occasion.day_of(*rule.events)
    if within.duration is None or within.duration.number or start is None:
        return occasion.part
    return replace(occasion.part, dates=(NamedDate("deadline", start, within.cites[0]),))


def _asked_for_day(occasion: Occasion, rule: Deadline) -> Part:
    counts = occasion.city.parameters[rule.parameter].duration
    return with_request(occasion.part, words.SAY_THE_DAY) if counts and counts.number else occasion.part


def _at_most(occasion: Occasion, rule: Deadline, reckoned: Reckoned) -> Reckoned | None:
    if rule.parameter != "issue_within":
        return None
    return occasion.reckoner.deadline(occasion.city, "issue_at_most", reckoned.start, "deadline_max")


def _line(rule: Deadline, reckoned: Reckoned, most: Reckoned | None, asked_on: date) -> str:
    day = in_chinese(reckoned.day)
    if most is None and reckoned.day < asked_on:
        return rule.past_line.format(day=day)
    if most is not None:
        return words.ISSUED_BY_AT_MOST.format(day=day, most=in_chinese(most.day))
    if reckoned.strict is None or reckoned.strict == reckoned.day:
        return rule.line.format(day=day)
    if reckoned.strict <= asked_on and rule.strict_line == words.DEADLINE_STRICT:
        return words.DEADLINE_STRICT_NOW.format(day=day)
    return rule.strict_line.format(day=day, strict=in_chinese(reckoned.strict))


def _named(reckoned: Reckoned, most: Reckoned | None) -> list[NamedDate]:
    named = [NamedDate(reckoned.name, reckoned.day, reckoned.parameter.cites[0])]
    if reckoned.strict and reckoned.strict != reckoned.day:
        named.append(NamedDate(f"{reckoned.name}_if_start_day_counted", reckoned.strict, reckoned.parameter.cites[0]))
    if most is not None:
        named.append(NamedDate(most.name, most.day, most.parameter.cites[0]))
        named.append(NamedDate("deadline_normal", reckoned.day, reckoned.parameter.cites[0]))
    return named


def how(reckoned: Reckoned) -> str:
    """Return how a deadline was counted."""
    sentence = words.HOW_MONTHS if reckoned.within.unit is Unit.MONTH else words.HOW_DAYS
    return sentence.format(start=in_chinese(reckoned.start), within=reckoned.within, day=in_chinese(reckoned.day))


def _how_most(most: Reckoned) -> str:
    return words.HOW_MOST.format(within=most.within, start=in_chinese(most.start), day=in_chinese(most.day))


def _warnings(occasion: Occasion, reckoned: Reckoned) -> list[str]:
    calendar = occasion.reckoner.calendar
    if reckoned.is_estimated:
        return [words.ESTIMATED.format(year=reckoned.day.year)]
    is_ahead = reckoned.day >= occasion.asked_on
    if is_ahead and reckoned.within.unit is Unit.DAY and not calendar.is_working_day(reckoned.day):
        return [words.NOT_WORKING_DAY.format(day=in_chinese(reckoned.day))]
    return []


def _unreported(occasion: Occasion, rule: Deadline, reckoned: Reckoned) -> Reckoned | None:
    """Return the day from which a change that is not reported costs the time lived here, where the text has one."""
    if rule.parameter != "change_within":
        return None
    return occasion.reckoner.deadline(occasion.city, "change_unreported_after", reckoned.start, "unreported_from")


def _told_late(occasion: Occasion, late: Reckoned | None) -> list[str]:
    if late is None:
        return []
    line = words.UNREPORTED_ALREADY if late.day < occasion.asked_on else words.UNREPORTED
    return [line.format(day=in_chinese(late.day))]


def _named_late(occasion: Occasion, late: Reckoned | None) -> list[NamedDate]:
    if late is None:
        return []
    named = [NamedDate(late.name, late.day, late.parameter.cites[0])]
    if late.day < occasion.asked_on:
        named.append(NamedDate("residence_count_from", occasion.asked_on, late.parameter.cites[0]))
    return named


DEADLINES: Mapping[str, Deadline] = {
    "registration_deadline": Deadline("registration_within", (Event.ARRIVED, Event.RESIDES, Event.CHANGED)),
    "issue_time": Deadline(
        "issue_within", (Event.ACCEPTED, Event.ENDORSED), words.ISSUED_BY, words.ISSUED_STRICT, words.ISSUED_PAST
    ),
    "replacement_time": Deadline(
        "replacement_within", (Event.ACCEPTED, Event.ENDORSED), words.ISSUED_BY, words.ISSUED_STRICT, words.ISSUED_PAST
    ),
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
"""The topics that are answered by one period."""
