"""Naive second implementation: the yearly 签注 and its lateness in the five texts."""

from __future__ import annotations

from datetime import date, timedelta

from tests.oracle.counting import (
    ONE_DAY,
    Inputs,
    Value,
    add_months,
    day_of,
    day_or_none,
)

# When the card must be endorsed, 签注


def due_day(city: str, inputs: Inputs, roll_to: date | None) -> date:
    """The day a year is full (满一年之日), or 赤峰's expiry day (有效期满); the first not past `roll_to` when given."""
    if city == "chifeng" and day_or_none(inputs, "expires_on") is not None:
        # 赤峰 20: 证件有效期满, the day printed on the card
        return day_of(inputs, "expires_on")
    if city == "chifeng":
        # 赤峰 17: 有效期限为一年
        start = day_of(inputs, "issued_on", "residence_counts_from")
    elif city == "luoyang":
        # 洛阳 13: 自居住证签发之日起每满一年
        start = day_of(inputs, "issued_on", "residence_counts_from")
    else:
        # 巴中 9, 安康 13, 开封 16: 居住每满 1 年
        start = day_of(inputs, "residence_counts_from", "registered_on", "moved_on", "issued_on")
    years = 1
    due = add_months(start, 12)
    if roll_to is not None:
        while last_day_in_time(city, due) < roll_to:
            years += 1
            due = add_months(start, 12 * years)
    return due


def last_day_in_time(city: str, due: date) -> date:
    """The last day of the window (签注期的最后一天)."""
    if city == "chifeng":
        # 赤峰 20: 有效期满前30日内, up to the expiry day itself
        return due
    # 巴中 9 每满 1 年之前; 安康 13 每满1年之日前; 开封 16 每满 1 年之日前; 洛阳 13 每满一年前
    return due - ONE_DAY


def first_day(city: str, due: date) -> date:
    """The first day of the window (签注期的第一天)."""
    if city == "chifeng":
        # 赤峰 20: 有效期满前30日内
        return due - timedelta(days=30)
    # 巴中 9 之前的 1 个月内; 安康 13 前1个月内; 开封 16 前 1 个月内; 洛阳 13 前一个月内
    return add_months(due, -1)


def endorse_window(city: str, inputs: Inputs) -> dict[str, Value]:
    """When to have the card endorsed (年度签注期)."""
    as_of = day_or_none(inputs, "as_of")
    due = due_day(city, inputs, as_of)
    last = last_day_in_time(city, due)
    opens = first_day(city, due)
    out: dict[str, Value] = {
        "expires_on" if city == "chifeng" else "anniversary": due,
        "window_open": opens,
        "window_last_day": last,
    }
    if as_of is not None:
        out["in_window"] = opens <= as_of <= last
        out["days_left"] = (last - as_of).days
    return out


def overdue_times(city: str, due: date, acts: date) -> dict[str, Value]:
    """The days that decide about a late endorsement (逾期的各个日期)."""
    last = last_day_in_time(city, due)
    late = acts > last
    if city == "chifeng":
        # 赤峰 20: 逾期未办理签注手续的，其使用功能中止; 自中止之日起30日内
        suspended_from = due + ONE_DAY
        keep = suspended_from + timedelta(days=30)
        return {
            "expires_on": due,
            "suspended_from": suspended_from,
            "last_day_to_keep_continuity": keep,
            "last_day_conservative": keep - ONE_DAY,
            "days_since_suspension": (acts - suspended_from).days if late else None,
        }
    out: dict[str, Value] = {
        "anniversary": due,
        "last_day_in_time": last,
        "days_after_anniversary": (acts - due).days if late else None,
    }
    if city == "kaifeng":
        # 开封 18: 逾期不超过半年补办签注手续的
        out["last_day_to_restore"] = add_months(due, 6)
        out["last_day_to_restore_conservative"] = add_months(last, 6)
    return out


def overdue_effect(city: str, due: date, acts: date) -> dict[str, Value]:
    """What has become of the card and of the years of residence (使用功能、居住年限)."""
    # 巴中 9, 安康 13, 开封 18: 居住年限自补办签注手续之日起连续计算
    restored: dict[str, Value] = {
        "card_before": "suspended",
        "card_after": "restored",
        "residence_count": "counts_from_makeup_date",
        "residence_count_from": acts,
    }
    if city == "luoyang":
        # 洛阳 13: 签注有效期满未再申办签注手续的，居住证自动失效
        return {"card_before": "invalid", "card_after": "must_reapply"}
    if city == "bazhong" or city == "ankang":
        # 巴中 9, 安康 13: 使用功能中止; 补办签注手续的，使用功能恢复, without a last day for it
        return restored
    if city == "chifeng":
        # 赤峰 20: 自中止之日起30日内办理的，恢复，连续计算
        if acts <= due + ONE_DAY + timedelta(days=30):
            return {"card_before": "suspended", "card_after": "restored", "residence_count": "continuous"}
        # 赤峰 20: 30日内未办理的，自使用功能恢复之日起重新计算
        return restored | {"residence_count": "restart_from_restoration"}
    if acts <= add_months(due, 6):
        # 开封 19（三） 中止; 18: 逾期不超过半年补办签注手续的，使用功能恢复
        return restored
    # 开封 18: 超过半年申请补办签注手续的，需重新申报暂住登记; 8: 暂住登记满半年
    out: dict[str, Value] = {"card_before": "suspended", "card_after": "must_reregister"}
    return out | {"reregistered_on": acts, "half_year_mark_if_reregistered": add_months(acts, 6)}


def endorse_overdue(city: str, inputs: Inputs) -> dict[str, Value]:
    """What a late endorsement does to the card and to the years of residence (逾期签注的后果)."""
    due = due_day(city, inputs, None)
    last = last_day_in_time(city, due)
    acts = day_of(inputs, "endorsed_on", "as_of")
    out = overdue_times(city, due, acts)
    if acts > last:
        return out | overdue_effect(city, due, acts)
    out["card_before"] = "valid"
    out["card_after"] = "valid"
    out["residence_count"] = "continuous"
    if day_or_none(inputs, "endorsed_on") is None:
        out["days_left"] = (last - acts).days
    return out
