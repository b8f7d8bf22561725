"""The half-year: from when it runs in this city, and what begins it anew."""

from __future__ import annotations

from datetime import date

from knowledge.city import City
from knowledge.eligibility import Effect, Eligibility, Presumption
from rules.calendar import Span, add_months
from rules.eligibility.findings import Findings
from rules.person import Person

_REGISTERED, _RESIDES = "clock.registration", "clock.residence"
_DAY_OF = {_REGISTERED: "registered_on", _RESIDES: "moved_on"}
"""The fact to ask for when a start of the half-year is not known."""

CLOCKS = frozenset(_DAY_OF)
"""The conditions that time alone decides."""


def judge_presumptions(city: City, rules: Eligibility, person: Person, found: Findings, today: date) -> None:
    """Judge what is presumed not to apply: told to apply, it bars, is for the office, or begins the time anew."""
    for name, presumption in rules.exceptions.items():
        told = person.presumed.get(name)
        if told is None:
            found.note(name, presumption.clause, None)
            found.presumed.append(name)
        elif told and presumption.effect is Effect.BARRED:
            found.note(name, presumption.clause, False)
            found.is_barred = True
        elif told and presumption.effect is Effect.RESTARTS:
            _judge_restart(city, name, presumption, person, found, today)
        elif told:
            found.ask(name, presumption.clause, presumption.clause.ask)


def _judge_restart(
    city: City, name: str, presumption: Presumption, person: Person, found: Findings, today: date
) -> None:
    """Judge a change of address: reported in time it changes nothing, later the time runs from the report."""
    within = city.parameters["change_unreported_after"].duration
    if person.changed_on is None or within is None:
        found.ask(name, presumption.clause, presumption.clause.ask)
        return
    limit, reported = add_months(person.changed_on, within.number), person.change_reported_on
    if reported is None and person.registration is not None and person.registration.first > person.changed_on:
        reported = person.registration.first  # 重新申报居住登记
    if reported is None and today > limit:
        found.ask(name, presumption.clause, "change_reported_on")
    elif reported is not None and reported > limit:
        found.note(name, presumption.clause, False)
        found.restarted_on = reported
    else:
        found.note(name, presumption.clause, True)


def judge_clock(rules: Eligibility, person: Person, found: Findings, today: date) -> None:
    """Judge the half-year from each start that the text names."""
    for start in sorted(rules.starts):
        if start == "registration":
            _judge_registration(rules, person, found, today)
        elif person.moved or person.months_resided is not None or "registration" not in rules.starts:
            _judge_residence(rules, person, found, today)


def _judge_residence(rules: Eligibility, person: Person, found: Findings, today: date) -> None:
    """Judge since when the person lives here: at the latest since they registered here."""
    registered, moved, months = person.registration, person.moved, person.months_resided
    if moved is None and registered is not None:
        if "registration" in rules.starts:
            return  # the registration is judged by itself, and nobody has lived here for less
        is_full = registered.plus_months(rules.months).last <= today
        moved = registered if is_full and months is None else None
    elif moved is not None and registered is not None and not moved.is_exact:
        moved = Span(moved.first, min(moved.last, max(moved.first, registered.last)))
    if months is None and (person.months_registered or 0) >= rules.months:
        months = person.months_registered
    _judge_start(_RESIDES, moved, months, rules, found, today)


def _judge_registration(rules: Eligibility, person: Person, found: Findings, today: date) -> None:
    if person.registered is False:
        found.note(_REGISTERED, rules.clock, False)
        found.lacks_time = found.is_open_ended = True
    elif person.registered is None and person.months_registered is None:
        found.ask(_REGISTERED, rules.clock, "registered")
    else:
        _judge_start(_REGISTERED, person.registration, person.months_registered, rules, found, today)


def _judge_start(
    clock: str, start: Span | None, months: float | None, rules: Eligibility, found: Findings, today: date
) -> None:
    """Judge one start of the half-year: a day, a span of days, or the months told; a restart goes before them."""
    if found.restarted_on is not None:
        start = Span(found.restarted_on, found.restarted_on)
    if start is None:
        if months is None:
            found.ask(clock, rules.clock, _DAY_OF[clock])
        else:
            found.note(clock, rules.clock, months >= rules.months)
            if months < rules.months:
                found.lacks_time = found.is_open_ended = True
        return
    complete = start.plus_months(rules.months)
    if complete.last <= today:
        found.note(clock, rules.clock, True)
    elif complete.first > today:
        found.note(clock, rules.clock, False)
        found.lacks_time = True
        found.is_open_ended = found.is_open_ended or not complete.is_exact
        found.earliest.append(complete.last)
    else:
        found.ask(clock, rules.clock, _DAY_OF[clock])
