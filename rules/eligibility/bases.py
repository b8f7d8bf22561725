"""A job, a home or a study: one of the three must count (就业、住所、就读占一样)."""

from __future__ import annotations

from knowledge.eligibility import Eligibility
from rules.eligibility.findings import Findings
from rules.person import Person

_HOME = "housing"
"""Whoever has no home that counts and no job or study that counts either has none of the three."""


def judge_bases(rules: Eligibility, person: Person, found: Findings) -> None:
    """Judge job, home and study; whoever tells of none that counts, and may have others, is asked."""
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
