"""The cases of a city's `cases.toml`: what a person worked out from the text, told apart from what the program says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from knowledge.address import Address
from knowledge.city import City
from knowledge.datafile import read_toml
from knowledge.duration import Duration
from knowledge.text import squeeze
from rules.calendar import add_months
from rules.endorsement import cycle_ending, first_cycle, lateness
from rules.reckoning import Reckoner, half_year

KINDS = ("says", "holds", "values", "half_year", "endorsement", "late", "deadline")


def differing(city: City, file: Path) -> list[str]:
    """Return the cases that the city does not answer as written."""
    cases = read_toml(file)
    assert set(cases) <= set(KINDS), f"{file}: 没有 {set(cases) - set(KINDS)} 这一节"
    return [
        f"{kind}.{key}: {wanted} ≠ {found}"
        for kind in KINDS
        for key, wanted in cases.get(kind, {}).items()
        for found in [_found(city, kind, key, wanted)]
        if found != wanted
    ]


def _found(city: City, kind: str, key: str, wanted: Any) -> Any:
    """Return what the program says where a case expects `wanted`."""
    match kind:
        case "says":
            says = city.rulings[key].says or ""
            return wanted if wanted in says else says
        case "holds":
            text = squeeze(city.provision(city.normal_address(Address.parse(key))).in_full)
            return [part for part in wanted if squeeze(part) in text]
        case "values":
            return _plain(city.parameters[key].value)
        case "deadline":
            return [wanted[0], *_deadline(city, key, wanted[0])]
        case "half_year":
            return half_year(city, date.fromisoformat(key))
    return _endorsed(city, kind, date.fromisoformat(key), wanted)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, Duration) else value


def _deadline(city: City, parameter: str, start: date) -> Iterator[date | None]:
    rule = city.parameters[parameter].duration
    if rule is not None and rule.unit == "个月":
        yield add_months(start, rule.number)
    else:
        found = Reckoner().deadline(city, parameter, start)
        yield found.day if found else None


def _endorsed(city: City, kind: str, start: date, wanted: list[Any]) -> list[Any]:
    cycle = first_cycle(city, start)
    if cycle is None:
        return []
    if kind == "endorsement":
        return [cycle.opens, cycle.last]
    ending = cycle_ending(city, cycle.full)
    late = lateness(city, ending, wanted[0]) if ending else None
    return [wanted[0], late.outcome.value if late else None]
