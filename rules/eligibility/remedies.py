"""Counterfactuals: for each condition not met the smallest change that would meet it, or the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from knowledge.address import Address
from knowledge.city import City
from knowledge.eligibility import Clause, Eligibility, Inside
from rules.calendar import add_months
from rules.eligibility.clock import CLOCKS
from rules.eligibility.places import same
from rules.eligibility.verdict import Assessment, Verdict
from rules.person import Person

_STEPS = (
    ("housing", "rent_no_contract_no_cert", "rent_no_contract_landlord_cert"),
    ("housing", "rent_no_contract_no_cert", "rent_contract"),
    ("employment", "no_contract_job", "labor_contract"),
    ("study", "study_no_local_xueji", "fulltime_enrolled"),
    ("housing", "relative_home", "rent_contract"),
    ("employment", "gig_no_contract", "labor_contract"),
    ("employment", "gig_no_contract", "biz_licence_23"),
    ("housing", "training_dorm", "rent_contract"),
    ("employment", "primary_sector", "labor_contract"),
    ("housing", "none_fixed", "rent_contract"),
    ("study", "training_class", "fulltime_enrolled"),
)
"""From what a person has to what would count, the shortest way first; kinds and codes are those of the contract."""

_FROM_NOTHING = ("housing", "rent_contract")
"""Whoever has none of the three is nearest to a home: it asks for no employer and no school."""


@dataclass(frozen=True)
class Remedy:
    """One change and the provisions that ask for it.

    `change` is a key of `dialogs.words.CHECK_CHANGES`, or the code of the job, home or study that would count.
    `day` is the day the condition is met when only time is missing; for `register` when it is done today.
    """

    condition: str
    change: str
    cites: tuple[Address, ...]
    day: date | None = None


def remedies(city: City, person: Person, found: Assessment, today: date) -> tuple[Remedy, ...]:
    """Return a remedy for each condition that is not met, or open, and that a person can change; none if eligible."""
    rules = city.eligibility
    unmet = {reason.condition for reason in found.reasons if reason.met is False}
    if rules is None or found.verdict is Verdict.ELIGIBLE or "people" in unmet:
        return ()
    possible = (
        _place(rules, person, unmet),
        _of_clause("should_hold_local_urban_hukou", "settle", rules, unmet),
        _nearest_basis(rules, person) if _lacks_basis(found) else None,
        _clock(rules, person, found, unmet, today),
    )
    return tuple(remedy for remedy in possible if remedy is not None)


def _of_clause(condition: str, change: str, rules: Eligibility, unmet: set[str]) -> Remedy | None:
    exception = rules.exceptions.get(condition)
    return Remedy(condition, change, exception.clause.cites) if exception and condition in unmet else None


def _place(rules: Eligibility, person: Person, unmet: set[str]) -> Remedy | None:
    if "inside_city" in unmet:
        if rules.inside_rule is not Inside.COUNTY:
            return None
        stayed = same(person.hukou.county, person.residence.county)
        change = "live_in_another_county" if stayed else "live_outside_the_districts"
        return Remedy("inside_city", change, rules.inside_city.cites)
    if "town" in unmet and rules.town is not None:
        return Remedy("town", "live_in_town", rules.town.cites)
    return None


def _lacks_basis(found: Assessment) -> bool:
    return any(reason.condition == "conditions" and reason.met is not True for reason in found.reasons)


def _nearest_basis(rules: Eligibility, person: Person) -> Remedy | None:
    """Return the nearest of the three bases: the shortest step from something the person has."""
    has = {(base.kind, base.code) for base in person.bases}
    for kind, code, target in _STEPS:
        if (kind, code) in has and rules.bases[kind].counts.get(target):
            return Remedy(f"basis.{kind}", target, _cites(rules, kind))
    kind, target = _FROM_NOTHING
    would_count = person.has_no_base and rules.bases[kind].counts.get(target)
    return Remedy(f"basis.{kind}", target, _cites(rules, kind)) if would_count else None


def _cites(rules: Eligibility, kind: str) -> tuple[Address, ...]:
    clause: Clause = rules.bases[kind].clause
    return clause.cites


def _clock(rules: Eligibility, person: Person, found: Assessment, unmet: set[str], today: date) -> Remedy | None:
    if not unmet & CLOCKS:
        return None
    if person.registered is False and "registration" in rules.starts:
        return Remedy("clock", "register", rules.clock.cites, add_months(today, rules.months))
    return Remedy("clock", "wait", rules.clock.cites, found.earliest)
