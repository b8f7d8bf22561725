"""May this person apply, by this city's text? Each condition met, not met or unknown, with its provision."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from knowledge.address import Address
from knowledge.city import City
from knowledge.divisions import prefecture_of, short_name
from knowledge.eligibility import Clause, Effect, Eligibility, Inside, Presumption
from rules.calendar import Span, add_months
from rules.person import Person, Place

_PROOFS = {"housing_proof": ("materials_home", "materials"), "employment_proof": ("materials_job", "materials")}
"""The topics that say which proof counts, for what is still to be shown."""

_HOME = "housing"
"""Whoever has no home that counts and no job or study that counts either has none of the three."""

_ADULT = 16
"""未满 16 周岁: below this age a guardian applies or registers for the person, where a text says so (巴中 第七条)."""


class Verdict(StrEnum):
    """The verdicts of the batch contract."""

    ELIGIBLE = "eligible"
    NOT_YET = "not_yet"
    NOT_ELIGIBLE = "not_eligible"
    NEED_MORE_INFO = "need_more_info"


@dataclass(frozen=True)
class Reason:
    """A condition and the provision it stands in. `met` None: unknown, left to the office, or presumed not to apply."""

    condition: str
    address: Address
    met: bool | None
    detail: str = ""


@dataclass(frozen=True)
class Assessment:
    """The verdict with what carries it. `earliest` only for NOT_YET, where it can be derived."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    earliest: date | None = None
    presumed: tuple[str, ...] = ()


@dataclass
class _Findings:
    """What has been found so far; `missing` are fact keys and names of what the office decides."""

    reasons: list[Reason] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    is_barred: bool = False
    lacks_time: bool = False
    is_open_ended: bool = False
    earliest: list[date] = field(default_factory=list)
    has_basis: bool = True
    presumed: list[str] = field(default_factory=list)
    restarted_on: date | None = None

    def note(self, condition: str, clause: Clause, met: bool | None, detail: str = "") -> None:
        """Add a reason for each provision of the clause."""
        self.reasons += [Reason(condition, address, met, detail) for address in clause.cites]

    def ask(self, condition: str, clause: Clause, *keys: str) -> None:
        """Add what must still be known, or decided by the office."""
        self.note(condition, clause, None)
        self.missing += [key for key in keys if key]


def assess(city: City, person: Person, today: date) -> Assessment:
    """Return what `city`'s text says for `person` on `today`. Raises KeyError for a city without conditions."""
    rules = city.eligibility
    if rules is None:
        raise KeyError(f"{city.name}没有申领条件的数据")
    found = _Findings()
    if not person.is_mainlander:
        found.note("people", rules.people, False)
        return Assessment(Verdict.NOT_ELIGIBLE, tuple(found.reasons), ())
    _judge_places(city, rules, person, found)
    _judge_presumptions(city, rules, person, found, today)
    _judge_bases(rules, person, found)
    _judge_clock(rules, person, found, today)
    _add_how_to_apply(city, person, found)
    verdict = _verdict(found)
    dated = verdict is Verdict.NOT_YET and not found.is_open_ended
    earliest = max(found.earliest, default=None) if dated else None
    missing = tuple(dict.fromkeys(found.missing)) if verdict is Verdict.NEED_MORE_INFO else ()
    return Assessment(verdict, tuple(found.reasons), missing, earliest, tuple(found.presumed))


def _verdict(found: _Findings) -> Verdict:
    if found.is_barred or not found.has_basis:
        return Verdict.NOT_ELIGIBLE
    if found.missing:
        return Verdict.NEED_MORE_INFO
    return Verdict.NOT_YET if found.lacks_time else Verdict.ELIGIBLE


# --- places ---


def _judge_places(city: City, rules: Eligibility, person: Person, found: _Findings) -> None:
    hukou, home = _located(person.hukou), person.residence
    if rules.town is not None and home.area is None:
        found.ask("town", rules.town, "residence_area")
    elif rules.town is not None and home.area == "乡镇":
        found.note("town", rules.town, False)
        found.is_barred = True
    if hukou.city is None and hukou.province is None:
        found.ask("inside_city", rules.inside_city, "hukou_place")
    elif hukou.city is None and _same(hukou.province, home.province or city.province):
        found.ask("inside_city", rules.inside_city, "hukou_city")
    elif not _same(hukou.city, city.name):
        found.note("inside_city", rules.inside_city, True)
    else:
        _judge_inside(rules, hukou, home, found)


def _judge_inside(rules: Eligibility, hukou: Place, home: Place, found: _Findings) -> None:
    """Judge a person whose hukou is in the same city."""
    if rules.inside_rule is Inside.OFFICE and not _same(hukou.county, home.county):
        found.ask("inside_city", rules.inside_city, rules.inside_city.ask)
        return
    decides_by_county = rules.inside_rule is Inside.COUNTY or rules.township_to_own_town
    if decides_by_county and (hukou.county is None or home.county is None):
        found.ask("inside_city", rules.inside_city, "hukou_county" if hukou.county is None else "residence_county")
        return
    same_county = _same(hukou.county, home.county)
    if rules.inside_rule is Inside.COUNTY:
        may = not same_county and not _are_districts(hukou.county, home.county)
    else:
        may = False
        if rules.township_to_own_town and same_county and home.area is None:
            return  # asked for already: it decides
        if rules.township_to_own_town and same_county and home.area in ("城区", "县城"):
            if hukou.township is None:
                found.ask("inside_city", rules.inside_city, "hukou_township")
                return
            may = True
    found.note("inside_city", rules.inside_city, may)
    found.is_barred = found.is_barred or not may


def _located(place: Place) -> Place:
    """Return `place` with its city and province, where its county alone tells them."""
    seat = prefecture_of(place.county, place.province) if place.county and place.city is None else None
    return place if seat is None else replace(place, province=seat[0], city=seat[1])


def _are_districts(one: str | None, other: str | None) -> bool:
    return all(name is not None and name.endswith("区") for name in (one, other))


def _same(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and short_name(one) == short_name(other)


# --- what is presumed not to apply ---


def _judge_presumptions(city: City, rules: Eligibility, person: Person, found: _Findings, today: date) -> None:
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
    city: City, name: str, presumption: Presumption, person: Person, found: _Findings, today: date
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


# --- bases ---


def _judge_bases(rules: Eligibility, person: Person, found: _Findings) -> None:
    if person.has_no_base:
        found.note("conditions", rules.conditions, False)
        found.has_basis = False
        return
    if not person.bases:
        found.ask("conditions", rules.conditions, "basis")
        return
    outcomes: list[bool | None] = []
    asks: list[str] = []
    for base in person.bases:
        basis = rules.bases[base.kind]
        outcome = basis.counts.get(base.code or "")
        outcomes.append(outcome)
        found.note(f"basis.{base.kind}", basis.clause, outcome, base.code or "")
        if outcome is None:
            asks.append(basis.clause.ask or f"basis_{base.kind}")
    surely_none = {base.kind for base in person.bases} > {_HOME}
    enough = True if True in outcomes else False if surely_none and None not in outcomes else None
    found.note("conditions", rules.conditions, enough)
    found.missing += (asks or ["basis"]) if enough is None else []
    found.has_basis = enough is not False


# --- the half-year ---


def _judge_clock(rules: Eligibility, person: Person, found: _Findings, today: date) -> None:
    for start in sorted(rules.starts):
        if start == "registration":
            _judge_registration(rules, person, found, today)
        elif person.moved or person.months_resided is not None or "registration" not in rules.starts:
            _judge_residence(rules, person, found, today)


def _judge_residence(rules: Eligibility, person: Person, found: _Findings, today: date) -> None:
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
    _judge_start("moved_on", moved, months, rules, found, today)


def _judge_registration(rules: Eligibility, person: Person, found: _Findings, today: date) -> None:
    if person.registered is False:
        found.note("clock", rules.clock, False)
        found.lacks_time = found.is_open_ended = True
    elif person.registered is None and person.months_registered is None:
        found.ask("clock", rules.clock, "registered")
    else:
        _judge_start("registered_on", person.registration, person.months_registered, rules, found, today)


def _judge_start(
    key: str, start: Span | None, months: float | None, rules: Eligibility, found: _Findings, today: date
) -> None:
    """Judge one start of the half-year: a day, a span of days, or the months told; a restart goes before them."""
    if found.restarted_on is not None:
        start = Span(found.restarted_on, found.restarted_on)
    if start is None:
        if months is None:
            found.ask("clock", rules.clock, key)
        else:
            found.note("clock", rules.clock, months >= rules.months)
            if months < rules.months:
                found.lacks_time = found.is_open_ended = True
        return
    complete = start.plus_months(rules.months)
    if complete.last <= today:
        found.note("clock", rules.clock, True)
    elif complete.first > today:
        found.note("clock", rules.clock, False)
        found.lacks_time = True
        found.earliest += [complete.last] if complete.is_exact else []
    else:
        found.ask("clock", rules.clock, key)


# --- how to apply ---


def _add_how_to_apply(city: City, person: Person, found: _Findings) -> None:
    """Add the provisions on who applies for whom, where this person needs them; they decide nothing."""
    wanted = [topic for key in dict.fromkeys(found.missing) for topic in _PROOFS.get(key, ())]
    if person.proxy or (person.age is not None and person.age < _ADULT) or person.presumed.get("mobility_impaired"):
        wanted += ["proxy", "registration_proxy"]
    if any(base.kind == "study" for base in person.bases):
        wanted += ["school_collective", "exempt_study"]
    if person.presumed.get("has_id_card"):
        wanted += ["materials_no_id", "other_id"]
    if person.registration_channel:
        wanted += ["registration_how", "entrusted"]
    for topic in wanted:
        ruling = city.rulings.get(topic)
        if ruling is not None and ruling.says is not None:
            found.reasons += [Reason(topic, address, None) for address in ruling.cites]
