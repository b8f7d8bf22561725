"""Where the household is registered and where the person lives: does the move count in this city?"""

from __future__ import annotations

from dataclasses import replace

from knowledge.city import City
from knowledge.divisions import prefecture_of, short_name
from knowledge.eligibility import Eligibility, Inside
from rules.eligibility.findings import Findings
from rules.person import Person, Place


def judge_places(city: City, rules: Eligibility, person: Person, found: Findings) -> None:
    """Judge the two places to the level at which this city decides."""
    hukou, home = _located(person.hukou), person.residence
    if rules.town is not None and home.area is None:
        found.ask("town", rules.town, "residence_area")
    elif rules.town is not None and home.area == "乡镇":
        found.note("town", rules.town, False)
        found.is_barred = True
    if hukou.city is None and hukou.province is None:
        found.ask("inside_city", rules.inside_city, "hukou_place")
    elif hukou.city is None and same(hukou.province, home.province or city.province):
        found.ask("inside_city", rules.inside_city, "hukou_city")
    elif not same(hukou.city, city.name):
        found.note("inside_city", rules.inside_city, True)
    else:
        _judge_inside(rules, hukou, home, found)


def _judge_inside(rules: Eligibility, hukou: Place, home: Place, found: Findings) -> None:
    """Judge a person whose hukou is in the same city."""
    if rules.inside_rule is Inside.OFFICE and not same(hukou.county, home.county):
        found.ask("inside_city", rules.inside_city, rules.inside_city.ask)
        return
    decides_by_county = rules.inside_rule is Inside.COUNTY or rules.township_to_own_town
    if decides_by_county and (hukou.county is None or home.county is None):
        found.ask("inside_city", rules.inside_city, "hukou_county" if hukou.county is None else "residence_county")
        return
    same_county = same(hukou.county, home.county)
    if rules.inside_rule is Inside.COUNTY:
        may = not same_county and not _are_districts(hukou.county, home.county)
    else:
        may = False
        if rules.township_to_own_town and same_county and home.area is None:
            return  # asked for already: it decides
        if rules.township_to_own_town and same_county and home.area in ("城区", "县城"):
            if hukou.township is None and hukou.area is None:
                found.ask("inside_city", rules.inside_city, "hukou_township")
                return
            may = hukou.township is not None or hukou.area == "乡镇"
    found.note("inside_city", rules.inside_city, may)
    found.is_barred = found.is_barred or not may


def _located(place: Place) -> Place:
    """Return `place` with its city and province, where its county alone tells them."""
    seat = prefecture_of(place.county, place.province) if place.county and place.city is None else None
    return place if seat is None else replace(place, province=seat[0], city=seat[1])


def _are_districts(one: str | None, other: str | None) -> bool:
    return all(name is not None and name.endswith("区") for name in (one, other))


def same(one: str | None, other: str | None) -> bool:
    """Return whether two names mean one place: 巴州 and 巴州区."""
    return one is not None and other is not None and short_name(one) == short_name(other)
