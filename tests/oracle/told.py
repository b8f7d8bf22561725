"""What the naive second implementation reads of facts: dates, numbers, names of places."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date
from typing import Any

YES = "yes"
NO = "no"
UNKNOWN = "unknown"

PREFECTURE = {"bazhong": "巴中", "ankang": "安康", "chifeng": "赤峰", "kaifeng": "开封", "luoyang": "洛阳"}
PROVINCE = {"bazhong": "四川", "ankang": "陕西", "chifeng": "内蒙古", "kaifeng": "河南", "luoyang": "河南"}

# Names of the counties (县、市、区、旗) of each city, so that a county named without its city is recognised.
COUNTIES = {
    "bazhong": "巴州区 恩阳区 通江县 南江县 平昌县",
    "ankang": "汉滨区 汉阴县 石泉县 宁陕县 紫阳县 岚皋县 平利县 镇坪县 旬阳市 旬阳县 白河县",
    "chifeng": (
        "红山区 元宝山区 松山区 阿鲁科尔沁旗 巴林左旗 巴林右旗 林西县 克什克腾旗 翁牛特旗 喀喇沁旗 宁城县 敖汉旗"
    ),
    "kaifeng": "龙亭区 顺河回族区 鼓楼区 禹王台区 祥符区 开封县 杞县 通许县 尉氏县 兰考县",
    "luoyang": (
        "老城区 西工区 瀍河回族区 涧西区 洛龙区 吉利区 偃师区 偃师市 孟津区 孟津县 "
        "新安县 栾川县 嵩县 汝阳县 宜阳县 洛宁县 伊川县 伊滨区 高新区"
    ),
}

# County names that also exist outside the five cities.
SHARED_NAMES = ["鼓楼", "松山", "高新", "老城"]

CHIFENG_THREE = ["红山", "元宝山", "松山"]


def add_months(day: date, months: int) -> date:
    """The same-numbered day (对应日) some months later, or the last day of that month."""
    index = day.year * 12 + (day.month - 1) + months
    year = index // 12
    month = index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def as_date(value: Any) -> date | None:
    """A date given as a date or as ISO text."""
    if isinstance(value, date):
        return value
    if isinstance(value, str) and value:
        return date.fromisoformat(value)
    return None


def as_number(value: Any) -> float | None:
    """A number of months, if one is given."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value)


RANKS = "特别行政区 维吾尔自治区 壮族自治区 回族自治区 自治区 回族区 地区 省 市 县 区 旗 镇 乡"


def bare(name: str) -> str:
    """A place name without the word for its rank (省、市、县、区、旗), if at least two characters are left."""
    name = name.strip()
    for ending in RANKS.split():
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return name[: -len(ending)]
    return name


def part(place: Any, key: str) -> str | None:
    """One level of a place as written, or None when it is not known."""
    if not isinstance(place, Mapping):
        return None
    value = place.get(key)
    return value.strip() if isinstance(value, str) and value.strip() else None
