"""Every rule parameter of a city with its value and verbatim evidence (the batch contract's `facts`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from knowledge.address import Address
from knowledge.city import City, Stance
from knowledge.duration import Duration
from knowledge.eligibility import Clause, Eligibility
from knowledge.parameter import Parameter


def facts_of(city: City) -> list[dict[str, Any]]:
    """Return a row for each parameter, condition of applying and topic; `value` null where the city is silent.

    A `note` says what a silent text does say, or how a value can be read in two ways.
    """
    conditions = _conditions(city, city.eligibility) if city.eligibility else []
    return [*_document(city), *map(_parameter, city.parameters.values()), *conditions, *_topics(city)]


def _parameter(parameter: Parameter) -> dict[str, Any]:
    value = parameter.value
    row: dict[str, Any] = {
        "parameter": parameter.kind.name,
        "value": str(value) if isinstance(value, Duration) else list(value) if isinstance(value, tuple) else value,
        "evidence": [{**one.address.to_json(), "quote": one.quote} for one in parameter.evidence],
    }
    note = parameter.note or parameter.readings
    return row | {"note": note} if note else row


def _row(city: City, parameter: str, value: object, cites: Iterable[Address]) -> dict[str, Any]:
    evidence = [{**address.to_json(), "quote": city.provision(address).text} for address in cites]
    return {"parameter": parameter, "value": value, "evidence": evidence if value is not None else []}


def _document(city: City) -> list[dict[str, Any]]:
    block = (Address("preamble"),) if city.act.preamble else ()
    return [_row(city, "document.number", city.number, block), _row(city, "document.status", city.status, block)]


def _topics(city: City) -> list[dict[str, Any]]:
    return [
        _row(city, f"topic.{slug}", None if ruling.stance is Stance.SILENT else ruling.says, ruling.cites)
        for slug, ruling in city.rulings.items()
    ]


def _conditions(city: City, rules: Eligibility) -> list[dict[str, Any]]:
    def row(name: str, value: object, clause: Clause | None) -> dict[str, Any]:
        return _row(city, f"eligibility.{name}", value if clause else None, clause.cites if clause else ())

    rows = [
        row("conditions", "employment|housing|study", rules.conditions),
        row("people", "mainland", rules.people),
        row("inside_city", rules.inside_rule.value, rules.inside_city),
        row("inside_city.township_to_own_town", rules.township_to_own_town or None, rules.inside_city),
        row("town", True, rules.town),
        row("clock.length", f"P{rules.months}M", rules.clock),
        row("clock.starts", sorted(rules.starts), rules.clock),
    ]
    words = {True: "met", False: "not_met", None: "office"}
    for name, basis in rules.bases.items():
        rows += [row(f"basis.{name}.{code}", words[counts], basis.clause) for code, counts in basis.counts.items()]
    rows += [
        row(f"exception.{name}", presumption.effect.value, presumption.clause)
        for name, presumption in rules.exceptions.items()
    ]
    return rows
