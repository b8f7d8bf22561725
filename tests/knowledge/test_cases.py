"""Every city answers the cases that were worked out by hand from its text."""

from __future__ import annotations

import pytest

from knowledge.library import Library
from tests.knowledge.cases import differing
from tests.knowledge.reading import CITIES

NAMES = sorted(folder.name for folder in CITIES.glob("*/"))


@pytest.mark.parametrize("city", NAMES)
def test_a_city_says_and_counts_what_a_person_worked_out_from_its_text(library: Library, city: str) -> None:
    assert differing(library.cities[city], CITIES / city / "cases.toml") == []


@pytest.mark.parametrize("city", NAMES)
def test_every_stated_value_that_decides_has_a_case(library: Library, city: str) -> None:
    from knowledge.datafile import read_toml
    from knowledge.parameter import ValueKind

    values = read_toml(CITIES / city / "cases.toml")["values"]
    parameters = library.cities[city].parameters.values()
    decide = {one.kind.name for one in parameters if one.value is not None and one.kind.kind is not ValueKind.WORDS}
    assert decide <= set(values)
