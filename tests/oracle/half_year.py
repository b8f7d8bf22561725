"""Naive second implementation: since when the half-year runs in the five texts (居住满半年)."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date
from typing import Any

from tests.oracle.told import NO, UNKNOWN, YES, add_months, as_date, as_number

# How long somebody must have lived there, 居住满半年

Time = tuple[str, date | None]


def by_start(start: date, as_of: date) -> Time:
    """Half a year (半年、六个月) from a known day."""
    mark = add_months(start, 6)
    return (YES, None) if as_of >= mark else (NO, mark)


def by_span(first: date, last: date, as_of: date) -> Time:
    """Half a year from a day known only to lie between two others."""
    if as_of >= add_months(last, 6):
        return (YES, None)
    if as_of < add_months(first, 6):
        return (NO, None if first != last else add_months(first, 6))
    return (UNKNOWN, None)


def span_of_month(text: str) -> tuple[date, date]:
    """First and last day of "2026-03"."""
    year = int(text[:4])
    month = int(text[5:7])
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def span_of_range(value: Any) -> tuple[date, date] | None:
    """First and last day of a range given as two dates, as a mapping or as text."""
    if isinstance(value, Mapping):
        ends = [as_date(item) for item in value.values()]
    elif isinstance(value, (list, tuple)):
        ends = [as_date(item) for item in value]
    elif isinstance(value, str):
        for mark in ("/", "~", "..", "至", ","):
            if mark in value:
                return span_of_range([item.strip(" .") for item in value.split(mark) if item.strip(" .")])
        return None
    else:
        return None
    days = [day for day in ends if day is not None]
    return (min(days), max(days)) if len(days) == 2 else None


# Where the text has people register, besides 派出所、公安机关 and 受托机构
GOOD_CHANNELS = {
    # 巴中 4（二）: 社区警务室, 微信公众号, 互联网平台
    "bazhong": ["微信", "公众号", "平台", "网"],
    # 安康 9: 受公安机关委托的社区服务机构
    "ankang": ["社区服务"],
    # 赤峰 2, 10: 公安机关; 苏木乡镇（街道）、流动人口服务管理中心 as 受理机构
    "chifeng": ["街道", "苏木", "乡镇", "流动人口服务", "受理机构"],
    # 开封 7: 派出所、警务室或者受公安部门委托的社区服务机构（登记站）
    "kaifeng": ["登记站", "社区服务"],
    # 洛阳 5, 8: 县级公安机关或者乡（镇）人民政府、街道办事处
    "luoyang": ["街道", "乡政府", "镇政府", "人民政府", "办事处"],
}


def channel_state(city: str, facts: Mapping[str, Any]) -> str:
    """Whether the registration was made where the text wants it (登记渠道)."""
    channel = facts.get("registration_channel")
    if not isinstance(channel, str) or not channel.strip():
        return YES
    if any(word in channel for word in ["派出所", "公安", "警务", "受托", *GOOD_CHANNELS[city]]):
        return YES
    if any(word in channel for word in ("公司", "单位", "工厂", "物业", "房东", "宾馆", "旅馆", "中介")):
        # told to somebody who is not the office: not a registration
        return NO
    return UNKNOWN


def registration_start(city: str, facts: Mapping[str, Any]) -> tuple[date, date] | None:
    """The first and last day on which the registration can have been made (登记日)."""
    on = as_date(facts.get("registered_on"))
    if on is not None:
        moved = as_date(facts.get("moved_on"))
        if moved is not None and moved > on and city != "kaifeng":
            # 巴中 3 第三款 在居住地居住并办理, 赤峰 2 在本旗县区居住并办理, 洛阳 2 居住六个月: both must have begun
            on = moved
        return on, on
    month = facts.get("registered_month")
    if isinstance(month, str) and month:
        return span_of_month(month)
    return span_of_range(facts.get("registered_range"))


def time_by_registration(city: str, facts: Mapping[str, Any], as_of: date) -> Time:
    """Half a year counted from registration (登记之日起)."""
    channel = channel_state(city, facts)
    if facts.get("registered") is False or channel == NO:
        return (NO, None)
    if channel == UNKNOWN:
        return (UNKNOWN, None)
    span = registration_start(city, facts)
    if span is not None:
        return by_span(span[0], span[1], as_of)
    months = as_number(facts.get("months_registered"))
    if months is not None:
        return (YES, None) if months >= 6 else (NO, None)
    # registration is what counts: 居住 alone, or an employer's own list, does not tell when it was made
    return (UNKNOWN, None)


def time_by_residence(facts: Mapping[str, Any], as_of: date) -> Time:
    """安康 10: half a year counted from living there (在居住地居住半年以上)."""
    on = as_date(facts.get("moved_on"))
    if on is not None:
        return by_start(on, as_of)
    month = facts.get("moved_month")
    if isinstance(month, str) and month:
        first, last = span_of_month(month)
        return by_span(first, last, as_of)
    months = as_number(facts.get("months_resided"))
    if months is not None:
        return (YES, None) if months >= 6 else (NO, None)
    # who registered half a year ago has lived there at least as long; the other way round nothing follows
    registered = time_by_registration("ankang", facts, as_of)
    return registered if registered[0] == YES else (UNKNOWN, None)


def change_after_registration(facts: Mapping[str, Any]) -> bool:
    """Whether the address changed after the registration that is counted from (居住地址变更)."""
    changed = as_date(facts.get("address_changed_on"))
    registered = as_date(facts.get("registered_on"))
    if changed is None:
        return facts.get("address_changed") is True
    # registered after the move: that registration is the start
    return registered is None or changed > registered


def time_after_change(facts: Mapping[str, Any], as_of: date) -> Time | None:
    """赤峰 19 第二款: a change not reported within a month starts the time anew; None where it does not."""
    if not change_after_registration(facts):
        return None
    changed = as_date(facts.get("address_changed_on"))
    reported = as_date(facts.get("change_reported_on"))
    done = reported if reported is not None else as_of
    if changed is not None and done <= add_months(changed, 1):
        # reported within a month, or the month is still running
        return None
    if reported is None:
        # long ago or undated, and whether it was reported is not known
        return (UNKNOWN, None)
    restart = by_start(reported, as_of)
    # without the day of the change nobody can tell whether the month was kept, unless it no longer matters
    return (UNKNOWN, None) if changed is None and restart[0] == NO else restart


def time_state(city: str, facts: Mapping[str, Any], as_of: date) -> Time:
    """Whether half a year is complete (已满半年), and the day it will be if it is known."""
    if facts.get("interrupted") is True and city in ("ankang", "luoyang"):
        # 洛阳 2: 连续居住六个月以上; 安康 10: 居住 itself is counted
        return (UNKNOWN, None)
    if city == "ankang":
        return time_by_residence(facts, as_of)
    # 巴中 3 第三款, 赤峰 2 第一款, 开封 8, 洛阳 8: registration
    time = time_by_registration(city, facts, as_of)
    if city != "chifeng" or facts.get("registered") is False:
        return time
    change = time_after_change(facts, as_of)
    if change is None or change[0] == YES:
        return time
    # 赤峰 19 第二款: counted from the report, which is later
    return change
