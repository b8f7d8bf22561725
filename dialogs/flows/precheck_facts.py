"""The answers of the pre-check → a person, and a story → answers. Keys of a story are those of the batch contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from dialogs.flows.past_date import read_span, span_value
from dialogs.flows.state import Answers
from knowledge.city import City
from knowledge.eligibility import CODES
from rules.calendar import Span, add_months
from rules.person import BadFacts, Person, read_person

KINDS = tuple(CODES)
"""employment, housing, study: a job, a home and a study."""

_HOME = "housing"
_AREAS = {"township": "乡镇", "town": "县城"}

_ASIDE = (
    "nationality", "age", "proxy", "interrupted", "mobility_impaired", "has_id_card", "address_changed",
    "address_changed_on", "should_hold_local_urban_hukou", "registration_channel",
)  # fmt: skip
"""What a story may tell that is not asked for; it is kept beside the answers under `told`."""


def person_of(answers: Answers, city: City) -> Person:
    """Return the person the answers tell of; what is not answered is unknown."""
    hukou = dict(answers.get("hukou") or {})
    hukou |= {"county": answers["hukou_county"]} if answers.get("hukou_county") else {}
    hukou |= {"area": _AREAS[answers["hukou_township"]]} if answers.get("hukou_township") else {}
    if answers.get("hukou_city"):
        hukou |= answers["hukou_city"]
    residence = {"city": city.name, "province": city.province}
    residence |= {"county": answers["residence_county"]} if answers.get("residence_county") else {}
    residence |= {"area": answers["residence_area"]} if answers.get("residence_area") else {}
    facts: dict[str, Any] = {
        **(answers.get("told") or {}),
        "hukou_place": hukou,
        "residence_place": residence,
        "registered": answers.get("registered"),
        "basis": _bases(answers, city),
    }
    changed = _span(answers, "change_reported_on")
    facts |= {"change_reported_on": changed.first.isoformat()} if changed and changed.is_exact else {}
    registration = _span(answers, "registered_day", "registered_on") if answers.get("registered") else None
    person = read_person(facts)
    return replace(person, registration=registration, moved=_span(answers, "moved_day", "moved_on"))


def are_facts(told: Mapping[str, Any]) -> bool:
    """Tell whether what was kept beside the answers can still be read as facts."""
    try:
        read_person(told)
    except BadFacts:
        return False
    return set(told) <= set(_ASIDE)


def _span(answers: Answers, *names: str) -> Span | None:
    """Return the first of `names` that is told."""
    found = (read_span(answers[name]) for name in names if answers.get(name))
    return next(found, None)


def _bases(answers: Answers, city: City) -> list[dict[str, Any]] | None:
    """Return job, home and study as told, each with its sort where that is known.

    Who has told all there is, and has no home, is without one.
    """
    kinds = told_kinds(answers)
    if not kinds:
        return [{"type": "none"}] if "none" in (answers.get("basis") or []) else None
    bases = [{"type": kind, "code": answers.get(kind)} for kind in kinds]
    if "none" not in (answers.get("more") or []):
        return bases
    if _HOME not in kinds:
        return [*bases, {"type": _HOME, "code": "none_fixed"}]
    rules = city.eligibility
    is_nothing = kinds == [_HOME] and rules and rules.bases[_HOME].counts.get(answers.get(_HOME) or "") is False
    return [{"type": "none"}] if is_nothing else bases


def told_kinds(answers: Answers) -> list[str]:
    """Return which of job, home and study are told of."""
    told = [*(answers.get("basis") or []), *(answers.get("more") or []), *(kind for kind in KINDS if answers.get(kind))]
    return [kind for kind in KINDS if kind in told]


def answers_of(facts: Mapping[str, Any], city: City, today: date) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the answers a story gives, and those reckoned from how long something lasts, which wait for a yes."""
    answers: dict[str, Any] = {}
    if facts.get("hukou_place"):
        answers["hukou"] = dict(facts["hukou_place"])
    if str(facts.get("nationality") or "") not in ("", "中国"):
        answers["hukou"] = {"country": "港澳台或外国"}
    residence = facts.get("residence_place") or {}
    answers |= {f"residence_{key}": residence[key] for key in ("county", "area") if residence.get(key)}
    answers |= _basis_answers(facts.get("basis") or [])
    hints: dict[str, Any] = {}
    for name in ("registered", "moved"):
        span = _told_span(facts, name)
        if span is not None:
            answers[f"{name}_on"] = span_value(span)
        elif facts.get(f"months_{_LASTING[name]}") is not None:
            day = add_months(today, -round(facts[f"months_{_LASTING[name]}"]))
            hints[f"{name}_on"] = span_value(Span(day, day))
    if facts.get("registered") is not None or "registered_on" in answers or "registered_on" in hints:
        answers["registered"] = facts.get("registered") is not False
    if facts.get("change_reported_on"):
        answers["change_reported_on"] = [facts["change_reported_on"]] * 2
    aside = {key: facts[key] for key in _ASIDE if facts.get(key) is not None}
    return answers | ({"told": aside} if aside else {}), hints


_LASTING = {"registered": "registered", "moved": "resided"}


def _told_span(facts: Mapping[str, Any], name: str) -> Span | None:
    if facts.get(f"{name}_on"):
        day = date.fromisoformat(facts[f"{name}_on"])
        return Span(day, day)
    if facts.get(f"{name}_month"):
        year, month = map(int, str(facts[f"{name}_month"]).split("-"))
        return Span.of_month(year, month)
    return read_span(facts[f"{name}_range"]) if facts.get(f"{name}_range") else None


def _basis_answers(bases: list[dict[str, Any]]) -> dict[str, Any]:
    kinds = [base["type"] for base in bases]
    codes = {base["type"]: base["code"] for base in bases if base.get("code") and base["type"] in KINDS}
    return {"basis": kinds, **codes} if kinds else {}
