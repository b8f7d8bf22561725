"""Naive second implementation of every date (期限) in the five texts, city by city."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from tests.oracle.counting import (
    CITIES,
    ONE_DAY,
    Inputs,
    Value,
    add_months,
    day_of,
    day_or_none,
)
from tests.oracle.endorsements import endorse_overdue, endorse_window
from tests.oracle.limits import address_change, issue_deadline, register_deadline, report_deadline

# Dates of the text itself: 施行日期


def document_date(city: str, inputs: Inputs) -> dict[str, Value]:
    """When the regulation took effect (施行日期)."""
    if city == "bazhong":
        # 巴中 title block, 21: 2020年9月3日公布，自 2020 年 11 月 1 日起施行
        return {"published_on": date(2020, 9, 3), "effective_on": date(2020, 11, 1)}
    if city == "luoyang":
        # 洛阳 title block, 24: 2016年1月12日公布，自2016年2月15日起施行
        return {"published_on": date(2016, 1, 12), "effective_on": date(2016, 2, 15)}
    if city == "chifeng":
        # 赤峰 33: 自发布之日起三十日后施行; title block: 2017年5月23日
        published = day_or_none(inputs, "published_on") or date(2017, 5, 23)
        return {
            "published_on": published,
            "effective_on": published + timedelta(days=30),
            "effective_alt": published + timedelta(days=31),
        }
    if city == "kaifeng":
        # 开封 31: 自印发之日起施行; colophon 2018年1月2日印发; title block 2017年12月30日
        return {
            "published_on": date(2017, 12, 30),
            "effective_on": date(2018, 1, 2),
            "effective_alt": date(2017, 12, 30),
        }
    # 安康 30: 自2021年  月  日起施行，有效期至2026年  月  日, both left open
    return {"published_on": None, "effective_on": None, "expires_on": None, "draft": True}


# Half a year: 满半年


def half_year(city: str, inputs: Inputs) -> dict[str, Value]:
    """When the half-year for an application is complete (居住满半年)."""
    if city == "ankang":
        # 安康 10: 在居住地居住半年以上
        start = day_of(inputs, "moved_on", "arrived_on", "residence_counts_from")
    else:
        # 巴中 3 第三款 登记已满半年; 赤峰 2 办理暂住登记已满半年
        # 开封 8 办理暂住登记满半年以上; 洛阳 2 六个月, 8 计时起点证明
        start = day_of(inputs, "registered_on", "residence_counts_from")
    if city == "chifeng":
        # 赤峰 19 第二款: 一个月未申报变更登记的，居住时间自重新申报居住登记或者变更登记之日起计算
        changed = day_or_none(inputs, "address_changed_on")
        reported = day_or_none(inputs, "change_reported_on")
        if changed is not None and reported is not None and reported > add_months(changed, 1):
            start = reported
    mark = add_months(start, 6)
    out: dict[str, Value] = {
        "counts_from": start,
        "half_year_mark": mark,
        "half_year_mark_if_day_after": mark + ONE_DAY,
    }
    as_of = day_or_none(inputs, "as_of")
    if as_of is not None:
        out["complete"] = as_of >= mark
    return out


KINDS: dict[str, Callable[[str, Inputs], dict[str, Value]]] = {
    "endorse_window": endorse_window,
    "endorse_overdue": endorse_overdue,
    "register_deadline": register_deadline,
    "issue_deadline": issue_deadline,
    "address_change": address_change,
    "report_deadline": report_deadline,
    "document_date": document_date,
    "half_year": half_year,
}


def expected(city: str, kind: str, inputs: Inputs) -> dict[str, Value]:
    """What the text says for one city, one kind of question and the dates given (期限的标准答案)."""
    if city not in CITIES:
        raise ValueError(f"unknown city {city}")
    return KINDS[kind](city, inputs)
