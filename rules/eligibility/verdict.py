"""May this person apply, by this city's text? Each condition met, not met or unknown, with its provision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from knowledge.city import City
from rules.eligibility.bases import judge_bases
from rules.eligibility.clock import judge_clock, judge_presumptions
from rules.eligibility.findings import Findings, Reason
from rules.eligibility.places import judge_places
from rules.next_steps import needs_another
from rules.person import Person

_PROOFS = {"housing_proof": ("materials_home", "materials"), "employment_proof": ("materials_job", "materials")}
"""The topics that say which proof counts, for what is still to be shown."""

_HOW_TO: Mapping[str, Callable[[Person], bool]] = {
    "proxy": needs_another,
    "registration_proxy": needs_another,
    "school_collective": lambda person: any(base.kind == "study" for base in person.bases),
    "exempt_study": lambda person: any(base.kind == "study" for base in person.bases),
    "materials_no_id": lambda person: bool(person.presumed.get("has_id_card")),
    "other_id": lambda person: bool(person.presumed.get("has_id_card")),
    "registration_deadline": lambda person: person.registered is False,
    "registration_how": lambda person: person.registration_channel is not None,
    "entrusted": lambda person: person.registration_channel is not None,
}
"""The topics that say how to go about it, and whom each concerns."""


class Verdict(StrEnum):
    """The verdicts of the batch contract."""

    ELIGIBLE = "eligible"
    NOT_YET = "not_yet"
    NOT_ELIGIBLE = "not_eligible"
    NEED_MORE_INFO = "need_more_info"


@dataclass(frozen=True)
class Assessment:
    """The verdict with what carries it. `earliest` only for NOT_YET, where it can be derived."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    earliest: date | None = None
    presumed: tuple[str, ...] = ()


def assess(city: City, person: Person, today: date) -> Assessment:
    """Return what `city`'s text says for `person` on `today`. Raises KeyError for a city without conditions."""
    rules = city.eligibility
    if rules is None:
        raise KeyError(f"{city.name}没有申领条件的数据")
    found = Findings()
    if not person.is_mainlander:
        found.note("people", rules.people, False)
        return Assessment(Verdict.NOT_ELIGIBLE, tuple(found.reasons), ())
    judge_places(city, rules, person, found)
    judge_presumptions(city, rules, person, found, today)
    judge_bases(rules, person, found)
    judge_clock(rules, person, found, today)
    add_how_to_apply(city, person, found)
    verdict = _verdict(found)
    dated = verdict is Verdict.NOT_YET and not found.is_open_ended
    earliest = max(found.earliest, default=None) if dated else None
    missing = tuple(dict.fromkeys(found.missing)) if verdict is Verdict.NEED_MORE_INFO else ()
    return Assessment(verdict, tuple(found.reasons), missing, earliest, tuple(found.presumed))


def _verdict(found: Findings) -> Verdict:
    if found.is_barred or not found.has_basis:
        return Verdict.NOT_ELIGIBLE
    if found.missing:
        return Verdict.NEED_MORE_INFO
    return Verdict.NOT_YET if found.lacks_time else Verdict.ELIGIBLE


def add_how_to_apply(city: City, person: Person, found: Findings) -> None:
    """Add the provisions on how to go about it that this person needs; they decide nothing."""
    wanted = [topic for key in dict.fromkeys(found.missing) for topic in _PROOFS.get(key, ())]
    wanted += [topic for topic, concerns in _HOW_TO.items() if concerns(person)]
    for topic in wanted:
        ruling = city.rulings.get(topic)
        if ruling is not None and ruling.says is not None:
            found.reasons += [Reason(topic, address, None) for address in ruling.cites]
