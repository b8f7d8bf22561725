"""What a data file names as evidence must stand in the city's text."""

from __future__ import annotations

from pathlib import Path

from knowledge.address import Address
from knowledge.city import City
from knowledge.datafile import CityError


def expect_address(file: Path, key: str, city: City, notation: str) -> Address:
    """Return the place that `notation` ("12", "9p2(4)") means in this city's text. Raises CityError."""
    try:
        address = city.normal_address(Address.parse(notation))
        city.provision(address)
    except (KeyError, ValueError) as error:
        raise CityError(file, key, f"{notation}：{error.args[0]}", "请对照原文改正条、款、项") from error
    return address
