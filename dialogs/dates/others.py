"""The half-year, settlement, a move across counties, the dates of the document itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from dialogs.dates import words
from dialogs.dates.deadlines import how
from dialogs.dates.occasion import Occasion, answered, with_request
from dialogs.saying import Kind, NamedDate, Part
from dialogs.understanding.happenings import Event
from knowledge.text import in_chinese
from rules.calendar import add_months
from rules.reckoning import half_year

_LIVES_SINCE = (Event.RESIDES, Event.ARRIVED, Event.CHANGED, Event.HIRED)
"""Whoever says 3月8号到厂里上班的 tells since when they live here."""


def _lives_since(occasion: Occasion) -> date | None:
    """Return since when the person lives here; a move after registering is one inside the city, and begins nothing."""
    since, registered = occasion.day_of(*_LIVES_SINCE), occasion.day_of(Event.REGISTERED)
    moved = occasion.day_of(Event.CHANGED)
    return None if registered is not None and since == moved and since is not None and since > registered else since


def half_year_part(occasion: Occasion) -> Part:
    """Return the day the half-year is complete, from the start this city's text names."""
    rules = occasion.city.eligibility
    if rules is None:
        return occasion.part
    starts = {
        "registration": occasion.day_of(Event.REGISTERED) if "registration" in rules.starts else None,
        "residence": _lives_since(occasion) if "residence" in rules.starts else None,
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


def across_part(occasion: Occasion) -> Part | None:
    """Return when 签注 can follow a move across counties that needs registering anew; None for no such rule.

    The wait runs from the new registration, so nothing is counted before that day is told.
    """
    rule, wait = occasion.city.parameters["change_across"], occasion.city.parameters["change_across_wait"]
    start = occasion.day_of(Event.REGISTERED)
    if rule.choice != "register_anew" or wait.duration is None or start is None:
        return None
    day = add_months(start, wait.duration.number)
    return answered(
        occasion,
        words.ENDORSE_AFTER_MOVE.format(day=in_chinese(day)),
        [NamedDate("half_year_mark", day, wait.cites[0])],
        [*rule.cites, *wait.cites],
        workings=[words.HOW_HALF_YEAR.format(start=in_chinese(start), what="登记", day=in_chinese(day))],
        days=[start],
    )


def settlement_part(occasion: Occasion) -> Part:
    """Return the day on which the years of living here that a settlement condition asks for are full."""
    rule = occasion.city.parameters["settlement_after"]
    start = occasion.day_of(Event.RESIDES, Event.ARRIVED, Event.CHANGED, Event.REGISTERED)
    if rule.duration is None or start is None:
        return occasion.part
    day = add_months(start, rule.duration.number)
    line = words.SETTLES.format(within=rule.duration, day=in_chinese(day))
    how = words.HOW_MONTHS.format(start=in_chinese(start), within=rule.duration, day=in_chinese(day))
    named = [NamedDate("settlement_from", day, rule.cites[0])]
    addresses = [*rule.cites, *(shown.address for shown in occasion.part.quotations)]
    notes = [words.READINGS.format(readings=rule.readings)] if rule.readings else []
    return answered(occasion, line, named, addresses, workings=[how], notes=notes, days=[start])


def document_part(occasion: Occasion) -> Part:
    """Return the topic's own part with the document's dates, where its text writes them."""
    part, city = occasion.part, occasion.city
    if part.kind is not Kind.ANSWER:
        return part
    known = (("published_on", city.issued), ("effective_on", city.effective))
    place = part.quotations[0].address
    return replace(part, dates=tuple(NamedDate(name, day, place) for name, day in known if day))


def effective_part(occasion: Occasion) -> Part:
    """Return the day a text that says 发布之日起三十日后 comes into force, from the day it was published."""
    start = occasion.day_of(Event.PUBLISHED) or occasion.city.issued
    rule = occasion.city.parameters["in_force_after"]
    reckoned = occasion.reckoner.deadline(occasion.city, "in_force_after", start, "effective_on") if start else None
    if reckoned is None or start is None:
        return document_part(occasion)
    other = reckoned.day + timedelta(days=1)
    return answered(
        occasion,
        words.EFFECTIVE.format(day=in_chinese(reckoned.day)),
        [NamedDate("effective_on", reckoned.day, rule.cites[0]), NamedDate("effective_alt", other, rule.cites[0])],
        rule.cites,
        workings=[how(reckoned)],
        notes=[words.EFFECTIVE_OTHER.format(within=reckoned.within, other=in_chinese(other))],
        days=[start],
    )


OTHERS: Mapping[str, Callable[[Occasion], Part]] = {
    "half_year": half_year_part,
    "conditions": half_year_part,
    "settle": settlement_part,
    "settle_years": settlement_part,
    "effective_date": effective_part,
    "document": document_part,
}
