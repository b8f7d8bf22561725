"""The yearly 签注 (endorsement): its window, and what lateness does in this city."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from knowledge.city import City
from knowledge.duration import Unit
from rules.calendar import add_months

_YEAR = 12
_DAY = timedelta(days=1)


class Anchor(StrEnum):
    """From what the year runs: 居住每满 1 年, 签发之日, 证件有效期满; the options of `endorsement_counts_from`."""

    RESIDENCE = "residence"
    ISSUE = "issue"
    EXPIRY = "expiry"


class State(StrEnum):
    """Where a permit stands on a day."""

    EARLY = "early"
    OPEN = "open"
    LATE = "late"


class Outcome(StrEnum):
    """What the text says of a permit that is endorsed late, on the day it is.

    RESTORED: works again, the years run from that day, whether earlier ones count is not stated. KEPT: works again,
    the years run on. RESTARTED: works again, the years begin anew. REGISTER_ANEW: registration first. VOID: 自动失效.
    """

    RESTORED = "restored"
    KEPT = "kept"
    RESTARTED = "restarted"
    REGISTER_ANEW = "register_anew"
    VOID = "void"


@dataclass(frozen=True)
class Cycle:
    """One year of 签注: `opens` and `last` are both days on which it can be done; `full` is the day the year is full.

    Where the text counts to the expiry date of the permit, that day is `full` and still in time; else the last day is
    the one before.
    """

    opens: date
    last: date
    full: date

    def state(self, day: date) -> State:
        """Return where a permit that was not endorsed stands on `day`."""
        if day < self.opens:
            return State.EARLY
        return State.OPEN if day <= self.last else State.LATE


@dataclass(frozen=True)
class Lateness:
    """What follows from endorsing on `day`, after `cycle.last`.

    `broken_from` is the first day without a working permit. `limit` is the last day for the better outcome, where the
    text has one, `strict_limit` the safer reading of it. `counts_from` is the day the years run from, if the text says.
    """

    outcome: Outcome
    broken_from: date
    limit: date | None = None
    strict_limit: date | None = None
    counts_from: date | None = None


def anchor_of(city: City) -> Anchor | None:
    """Return what the year runs from in this city; None where the text is silent."""
    choice = city.parameters["endorsement_counts_from"].choice
    return Anchor(choice) if choice else None


def expiry_after(city: City, issued: date) -> date | None:
    """Return the day a permit issued on `issued` expires, where the text gives its validity (有效期限)."""
    validity = city.parameters["validity"].duration
    return add_months(issued, validity.number) if validity else None


def cycle_ending(city: City, full: date) -> Cycle | None:
    """Return the cycle of the year that is full, or of the permit that expires, on `full`; None for a silent text."""
    anchor, window = anchor_of(city), city.parameters["endorsement_window"].duration
    if anchor is None or window is None:
        return None
    opens = add_months(full, -window.number) if window.unit is Unit.MONTH else full - timedelta(days=window.number)
    return Cycle(opens, full if anchor is Anchor.EXPIRY else full - _DAY, full)


def first_cycle(city: City, start: date) -> Cycle | None:
    """Return the first year's cycle; `start` is of the city's own anchor. None where the text is silent."""
    return _nth_cycle(city, start, 1)


def _nth_cycle(city: City, start: date, number: int) -> Cycle | None:
    years = number - 1 if anchor_of(city) is Anchor.EXPIRY else number
    return cycle_ending(city, add_months(start, _YEAR * years))


def cycle_on(city: City, start: date, today: date) -> Cycle | None:
    """Return the cycle whose last day is the next one on or after `today`, had every year before been endorsed."""
    number = 1
    cycle = _nth_cycle(city, start, number)
    while cycle is not None and cycle.last < today:
        number += 1
        cycle = _nth_cycle(city, start, number)
    return cycle


def last_cycle_before(city: City, start: date, day: date) -> Cycle | None:
    """Return the last cycle that was over before `day`; None when none was, or for a silent text."""
    number, found = 1, None
    cycle = _nth_cycle(city, start, number)
    while cycle is not None and cycle.last < day:
        found, number = cycle, number + 1
        cycle = _nth_cycle(city, start, number)
    return found


def lateness(city: City, cycle: Cycle, day: date) -> Lateness | None:
    """Return what endorsing on `day` does when the cycle was missed; None when it is in time, or for a silent text."""
    effect, years = city.parameters["late_effect"].choice, city.parameters["late_years"].choice
    if cycle.state(day) is not State.LATE or effect is None:
        return None
    broken_from = cycle.last + _DAY
    if effect == "void":
        return Lateness(Outcome.VOID, broken_from)
    if city.parameters["late_restored_by"].choice is None:
        return None
    keeps = city.parameters["late_keeps_years_within"].duration
    if years == "kept_or_restart":
        if keeps is None:
            return None
        limit = broken_from + timedelta(days=keeps.number)
        if day <= limit:
            return Lateness(Outcome.KEPT, broken_from, limit, limit - _DAY)
        return Lateness(Outcome.RESTARTED, broken_from, limit, limit - _DAY, day)
    within = city.parameters["late_restores_within"].duration
    restores_until = add_months(cycle.full, within.number) if within else None
    if restores_until is not None and day > restores_until:
        if city.parameters["late_afterwards"].choice is None:
            return None
        return Lateness(Outcome.REGISTER_ANEW, broken_from, restores_until)
    strict = restores_until - _DAY if restores_until else None
    return Lateness(Outcome.RESTORED, broken_from, restores_until, strict, day if years == "from_makeup" else None)
