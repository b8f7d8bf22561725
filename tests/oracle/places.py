"""Naive second implementation: whose move the five texts are about (人员、地域范围)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.oracle.told import CHIFENG_THREE, COUNTIES, NO, PREFECTURE, PROVINCE, SHARED_NAMES, UNKNOWN, YES, bare, part

# Which persons the text is about, 人员范围


def foreign_word(text: str) -> bool:
    """Whether a nationality or country as written is none of the mainland's (外国、无国籍)."""
    if "无国籍" in text or "外国" in text:
        return True
    return not any(word in text for word in ("内地", "大陆", "中国", "中华"))


def from_outside_mainland(facts: Mapping[str, Any]) -> bool:
    """Whether the person is not a mainland resident (港澳台居民、外国人、无国籍人)."""
    nationality = facts.get("nationality")
    hukou = facts.get("hukou_place")
    province = part(hukou, "province")
    country = part(hukou, "country")
    told = nationality.strip() if isinstance(nationality, str) else ""
    everything = f"{told} {province} {country}"
    if any(word in everything for word in ("香港", "澳门", "台湾", "港澳")):
        return True
    if told and foreign_word(told):
        return True
    return country is not None and foreign_word(country)


# Which places the text is about, 地域范围


def in_prefecture(city: str, place: Any) -> str:
    """Whether a place lies in the prefecture-level city (设区的市): YES, NO or UNKNOWN."""
    province = part(place, "province")
    town = part(place, "city")
    county = part(place, "county")
    ours = [bare(name) for name in COUNTIES[city].split()]
    if province is not None and PROVINCE[city] not in province:
        return NO
    if town is not None:
        if bare(town) == PREFECTURE[city]:
            return YES
        # a county-level city written in the place of the prefecture
        return YES if bare(town) in ours else NO
    if county is not None:
        if bare(county) not in ours:
            return NO
        if bare(county) in SHARED_NAMES and province is None:
            return UNKNOWN
        return YES
    return UNKNOWN


def county_of(city: str, place: Any) -> str | None:
    """The county (县、市、区、旗) without its ending, or None when it is not known."""
    county = part(place, "county")
    if county is not None:
        return bare(county)
    town = part(place, "city")
    if town is not None and bare(town) != PREFECTURE[city]:
        return bare(town)
    return None


def is_district(city: str, place: Any) -> bool:
    """Whether the place is in a district (市辖区)."""
    county = part(place, "county")
    if county is None:
        return False
    if county.endswith("区"):
        return True
    return any(full.endswith("区") and bare(full) == bare(county) for full in COUNTIES[city].split())


def area_of(place: Any) -> str | None:
    """城区, 县城 or 乡镇, or None when it is not known."""
    area = part(place, "area")
    if area is not None:
        return area
    township = part(place, "township")
    if township is not None and township.endswith("街道"):
        return "城区"
    return None


def from_other_township(hukou: Any, residence: Any) -> str:
    """巴中 3 第二款: 本县（市、区）内户籍在其他乡镇的人口, the county being the same."""
    home_area = area_of(hukou)
    home_township = part(hukou, "township")
    here_township = part(residence, "township")
    if home_area in ("城区", "县城"):
        return NO
    if home_township is not None and here_township is not None and bare(home_township) == bare(here_township):
        return NO
    if home_area is None and home_township is None:
        return UNKNOWN
    return YES


def scope_bazhong(hukou: Any, residence: Any) -> str:
    """巴中 3: another city's urban area (其他城市), or a township's people in their own county's urban area."""
    area = area_of(residence)
    # 巴中 3 第二款: 其他城市 is 政府所在地城区, 本县例外 also needs 县（市、区）城区: a village or township is neither
    if area == "乡镇":
        return NO
    inside = in_prefecture("bazhong", hukou)
    if inside == YES:
        home = county_of("bazhong", hukou)
        here = county_of("bazhong", residence)
        if home is None or here is None:
            return UNKNOWN
        # 巴中 3 第二款: 不含常住户口所在地城市内部跨行政区域, but for the own county's other townships
        if home != here or from_other_township(hukou, residence) == NO:
            return NO
        if from_other_township(hukou, residence) == UNKNOWN:
            return UNKNOWN
    if inside == UNKNOWN or area is None:
        return UNKNOWN
    # 巴中 3 第二款: 常住户口所在地城市之外, or the exception
    return YES


def scope_ankang(hukou: Any, residence: Any) -> str:
    """安康 2 第二款: left the county of the hukou for another county; district to district inside the city excepted."""
    inside = in_prefecture("ankang", hukou)
    if inside == UNKNOWN:
        return UNKNOWN
    if inside == NO:
        return YES
    home = county_of("ankang", hukou)
    here = county_of("ankang", residence)
    if home is None or here is None:
        return UNKNOWN
    if home == here:
        return NO
    # 安康 2 第二款: 但在本市行政区域内区与区之间居住的人员除外
    if is_district("ankang", hukou) and is_district("ankang", residence):
        return NO
    return YES


def scope_chifeng(hukou: Any, residence: Any) -> str:
    """赤峰 2: hukou outside this banner or county; between the three districts no card."""
    inside = in_prefecture("chifeng", hukou)
    if inside == UNKNOWN:
        return UNKNOWN
    if inside == NO:
        return YES
    home = county_of("chifeng", hukou)
    here = county_of("chifeng", residence)
    if home is None or here is None:
        return UNKNOWN
    # 赤峰 2 第一款: 旗县区以外户籍的公民
    if home == here:
        return NO
    # 赤峰 2 第二款: 市辖三区（红山区、元宝山区、松山区）之间户籍人员相互流动的，不予办理居住证
    if home in CHIFENG_THREE and here in CHIFENG_THREE:
        return NO
    return YES


def scope_kaifeng(hukou: Any) -> str:
    """开封 7 第二款: another city or county, not inside the city of the hukou (不含…城市内部跨行政区域)."""
    inside = in_prefecture("kaifeng", hukou)
    if inside == UNKNOWN:
        return UNKNOWN
    return NO if inside == YES else YES


def scope_luoyang(hukou: Any, residence: Any) -> str:
    """洛阳 2, 8: left the place of the hukou (离开户籍所在地), 非本地户籍, neither of them defined."""
    inside = in_prefecture("luoyang", hukou)
    if inside == UNKNOWN:
        return UNKNOWN
    if inside == NO:
        return YES
    home = county_of("luoyang", hukou)
    here = county_of("luoyang", residence)
    if home is not None and home == here:
        # 洛阳 2: has not left the county or district of the hukou
        return NO
    # 洛阳 2, 8: whether 本地 is the district, the city proper or the whole city is left to the office
    return UNKNOWN


def scope(city: str, facts: Mapping[str, Any]) -> str:
    """Whether the text applies to this person (适用范围): YES, NO or UNKNOWN."""
    # 安康 2 第三款, 赤峰 31, 开封 28: 按照国家有关规定; 巴中 3 and 洛阳 2: 公民离开（常住）户口所在地
    if from_outside_mainland(facts):
        return NO
    # 巴中 6: 应当办理居住地城镇户口的情形，不予办理居住证
    if city == "bazhong" and facts.get("should_hold_local_urban_hukou") is True:
        return NO
    hukou = facts.get("hukou_place")
    residence = facts.get("residence_place")
    # every text: 居住地 in this city (安康 2 本市行政区域内, 洛阳 2 到本市, 开封 2 我市行政区域内)
    if in_prefecture(city, residence) == NO:
        return NO
    if city == "bazhong":
        return scope_bazhong(hukou, residence)
    if city == "ankang":
        return scope_ankang(hukou, residence)
    if city == "chifeng":
        return scope_chifeng(hukou, residence)
    if city == "kaifeng":
        return scope_kaifeng(hukou)
    return scope_luoyang(hukou, residence)
