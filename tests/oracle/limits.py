"""Naive second implementation: limits of registration, issue, change and report in the five texts."""

from __future__ import annotations

from datetime import date

from tests.oracle.counting import (
    Inputs,
    Value,
    add_months,
    calendar_days_limit,
    day_of,
    day_or_none,
    is_true,
    silent,
    working_days_limit,
)

# Registration: 居住登记、暂住登记

# 安康 9（一）-（五）: people who need not register
ANKANG_EXEMPT = (
    "hotel_registered",  # （一）已办理旅馆业住宿登记的
    "hospital_registered",  # （二）已在医院办理住院登记的
    "in_rescue_station",  # （三）在救助站接受救助的
    "studying",  # （四）在全日制教育机构或者培训机构学习的
    "relative_home_within_30_days",  # （五）居住在具有本地户籍的亲属家中，居住时间在30日以下的
)


def register_deadline(city: str, inputs: Inputs) -> dict[str, Value]:
    """By when a newcomer must register (居住登记期限)."""
    if city == "ankang":
        for name in ANKANG_EXEMPT:
            if is_true(inputs, name):
                # 安康 9 第二款: 可以不办理居住登记
                return {"deadline": None, "exempt": True}
        # 安康 9 第一款: 到达居住地之日起5个工作日内
        return working_days_limit(day_of(inputs, "arrived_on"), 5)
    if city == "chifeng":
        # 赤峰 10: 自到达居住地之日起七个工作日内
        return working_days_limit(day_of(inputs, "arrived_on"), 7)
    # 巴中 4 only items and ways; 开封 7 应主动申报, no number; 洛阳 8 拟办理居住证的, no number
    return silent()


# Issue of the card: 发证


def issue_in_ankang(start: date, *, remote: bool) -> dict[str, Value]:
    """安康: three working days, fifteen days at most (一般和最长)."""
    # 安康 12: 自受理之日起3日工作日内; 可以延长发放期限，但最长不得超过15日
    longest = calendar_days_limit(start, 15)
    normal = working_days_limit(start, 3)
    out: dict[str, Value] = {
        "deadline_normal": normal["deadline"],
        "deadline_normal_if_start_day_counted": normal["deadline_if_start_day_counted"],
        "deadline_max": longest["deadline"],
        "deadline_max_if_start_day_counted": longest["deadline_if_start_day_counted"],
    }
    if remote:
        out["unit"] = "日（最长15日）"
        out["n"] = 15
    else:
        out.update(normal)
    return out


def issue_deadline(city: str, inputs: Inputs) -> dict[str, Value]:
    """By when the office must issue the card (制作发放居住证的期限); `reissue` = 换领、补领."""
    start = day_of(inputs, "accepted_on")
    reissue = is_true(inputs, "reissue")
    if city == "chifeng":
        # 赤峰 17 第二款: 申领、换领、补领，自受理之日起30日内
        return calendar_days_limit(start, 30)
    if city == "luoyang":
        # 洛阳 11: 自受理之日起十五个工作日内核发; 洛阳 14 第二款: the same for 换领、补领
        return working_days_limit(start, 15)
    if reissue:
        # 巴中 10, 安康 15, 开封 20: no number for a card that is renewed
        return silent()
    if city == "bazhong":
        # 巴中 8: 符合条件的应当当场制作发证
        return {"deadline": start, "on_the_spot": True, "unit": "当场", "n": 0}
    if city == "kaifeng":
        # 开封 12: 自受理之日起 15 日内制作发放
        return calendar_days_limit(start, 15)
    return issue_in_ankang(start, remote=is_true(inputs, "remote"))


# Change of address: 变更居住地


def change_in_chifeng(changed: date, reported: date | None) -> dict[str, Value]:
    """赤峰: seven working days, and a month until the time begins anew (变更登记)."""
    # 赤峰 19 第一款: 自变更之日起七个工作日内申报居住变更登记
    out = working_days_limit(changed, 7)
    # 赤峰 19 第二款: 一个月未申报变更登记的，居住时间自重新申报居住登记或者变更登记之日起计算
    out["last_day_to_keep_continuity"] = add_months(changed, 1)
    out["next_step"] = "到新居住地公安机关申报居住变更登记"
    if reported is not None:
        late = reported > add_months(changed, 1)
        out["residence_count"] = "restart_from_report" if late else "continuous"
        out["residence_count_from"] = reported if late else None
    return out


def change_in_kaifeng(inputs: Inputs, changed: date, reported: date | None) -> dict[str, Value]:
    """开封: fifteen days to endorse within a county; across counties a new registration (更换居住地)."""
    if is_true(inputs, "cross_county"):
        # 开封 17 第二款: no number; 申报暂住登记，满半年后，再办理签注; 开封 19（五）: 使用功能中止
        out = silent()
        out["next_step"] = "到现居住地登记站申报暂住登记"
        out["card"] = "suspended"
        if reported is not None:
            out["half_year_mark"] = add_months(reported, 6)
        return out
    # 开封 17 第一款: 更换居住地 15 日内到现居住地登记站申请办理签注手续
    out = calendar_days_limit(changed, 15)
    out["next_step"] = "到现居住地登记站办理签注"
    return out


def address_change(city: str, inputs: Inputs) -> dict[str, Value]:
    """By when a changed address must be reported (居住变更); `cross_county` = moved to another county of the city."""
    changed = day_of(inputs, "changed_on")
    reported = day_or_none(inputs, "reported_on")
    if city == "chifeng":
        return change_in_chifeng(changed, reported)
    if city == "kaifeng":
        return change_in_kaifeng(inputs, changed, reported)
    out = silent()
    if city == "ankang":
        # 安康 14: 可以到变更后居住地公安派出所办理, a choice without a number
        out["next_step"] = "到变更后居住地公安派出所办理居住地址变更登记"
    if city == "luoyang":
        # 洛阳 14 第一款: 城市区 to 县（市） or back, 应当, without a number
        out["next_step"] = "到新居住地县级公安机关或者受托机构办理变更登记"
    # 巴中: nothing about a changed address
    return out


# Duties of others to report: 报告义务

AGENCY_WORDS = ("agency", "intermediary", "broker", "中介")
PROPERTY_WORDS = ("property", "物业")
LANDLORD_WORDS = ("landlord", "lessor", "owner", "房东", "出租人")
SCHOOL_WORDS = ("school", "学校", "办学机构")


def said(who: str, words: tuple[str, ...]) -> bool:
    """Whether one of the words is in the name of who has the duty."""
    return any(word in who.lower() for word in words)


def report_deadline(city: str, inputs: Inputs) -> dict[str, Value]:
    """By when employers, agencies, property managers, landlords or schools must report (报告期限)."""
    who = inputs.get("who")
    name = who if isinstance(who, str) else "employer"
    if city == "chifeng":
        if said(name, AGENCY_WORDS):
            # 赤峰 8: 自介绍成交之日起七个工作日内
            return working_days_limit(day_of(inputs, "event_on"), 7)
        if said(name, PROPERTY_WORDS):
            # 赤峰 7: 应当在七个工作日内; from which day is not written, the given day is taken
            return working_days_limit(day_of(inputs, "event_on"), 7)
        if said(name, LANDLORD_WORDS):
            # 赤峰 9: 登记、督促并报告, no number
            return silent()
        if said(name, SCHOOL_WORDS):
            # 赤峰 5 第三款: only 协助
            return silent()
        # 赤峰 6: 自聘用之日起七个工作日内
        return working_days_limit(day_of(inputs, "event_on"), 7)
    out = silent()
    if city == "ankang" and (said(name, LANDLORD_WORDS) or said(name, PROPERTY_WORDS)):
        # 安康 18: 在流动人口入住时登记, to record and to urge, no report and no number
        out["record_at_move_in"] = True
    # 安康 17 employers record, no number; 巴中 7 schools apply for their students, no number;
    # 开封 6 and 洛阳 6: only 协助
    return out
