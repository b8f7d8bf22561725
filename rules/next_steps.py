"""What follows a verdict: the papers this person brings, who may go for them, how long it takes, what it costs."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.city import City
from knowledge.parameter import Parameter
from rules.person import Person

ADULT = 16
"""未满 16 周岁: below this age a guardian applies, where a text says so (巴中 第七条, 开封 第十条)."""

_REGISTERING = (
    "registration_at",
    "registration_online",
    "registration_ids",
    "registration_with",
    "registration_within",
)
"""Who has not registered does that first."""

PROOFS = {"employment": "materials_employment", "housing": "materials_housing", "study": "materials_study"}
"""The proof a basis needs: one of those the text lists is enough where it says so (之一)."""


@dataclass(frozen=True)
class NextStep:
    """One thing to know before going: its name and the parameter that says it, or is silent on it."""

    name: str
    parameter: Parameter


def next_steps(city: City, person: Person) -> tuple[NextStep, ...]:
    """Return the steps in the order a person needs them; a proof only for the bases this person has that count."""
    rules, parameters = city.eligibility, city.parameters
    learns = any(base.kind == "study" for base in person.bases)
    through_school = learns and parameters["apply_by_school"].value is not None
    names = [*(_REGISTERING if person.registered is False else ())]
    names += ["apply_by_school" if through_school else "apply_at", "materials"]
    for base in person.bases:
        counts = rules is not None and rules.bases[base.kind].counts.get(base.code or "") is not False
        if counts and parameters[PROOFS[base.kind]].words:
            names.append(PROOFS[base.kind])
    if person.presumed.get("has_id_card"):
        names.append("materials_without_id")
    if needs_another(person):
        names += ["apply_by_others", "apply_by_others_bring"]
    names += ["issue_within", "issue_at_most", "fee_first"]
    always = {"apply_at", "materials", "issue_within", "fee_first", "apply_by_others"}
    steps = (NextStep(name, parameters[name]) for name in dict.fromkeys(names))
    return tuple(step for step in steps if step.name in always or step.parameter.value is not None)


def needs_another(person: Person) -> bool:
    """Return whether someone else goes for this person: a child, who cannot walk well, or who says so."""
    is_child = person.age is not None and person.age < ADULT
    return bool(person.proxy) or is_child or bool(person.presumed.get("mobility_impaired"))
