"""Naive second implementation: a job, a home or a study in the five texts (就业、住所、就读)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.oracle.told import NO, UNKNOWN, YES

# The three bases: 就业、住所、就读三条件之一


def employment(city: str, code: str) -> str:
    """Lawful stable employment (合法稳定就业)."""
    if code == "none":
        return NO
    if code in ("labor_contract", "public_employer", "biz_licence_23"):
        # 巴中 3 第四款, 赤峰 15 第三款, 开封 8（一）: 录用（聘用）, 招收并依法签订劳动合同,
        # 在城镇从事第二、三产业并持有工商营业执照; 安康 10, 洛阳 2: in the plain meaning of the words
        return YES
    if city == "kaifeng" and code != "no_contract_job":
        # 开封 8（一）: a closed list
        return NO
    # 开封 8（一） wants a contract, but 9（一） takes 用人单位出具的劳动关系证明
    # 巴中 3 第四款: 等。各县（区）亦可根据实际情况合理确定; 赤峰 15 第三款: 等条件之一的, the list is left open
    # 安康 10, 洛阳 2: not defined
    return UNKNOWN


def housing(city: str, code: str) -> str:
    """Lawful stable housing (合法稳定住所)."""
    if code in ("none", "none_fixed"):
        return NO
    if code in ("own_house", "rent_contract", "employer_dorm", "school_dorm"):
        # 巴中 3 第五款, 赤峰 15 第四款, 开封 8（二）: named; 安康 10, 洛阳 2 plain meaning
        return YES
    if code == "rent_no_contract_landlord_cert":
        # 赤峰 10, 开封 9（二）: 房屋出租人出具的住宿证明; 巴中 5（四）, 安康 11, 洛阳 9: 居住证明材料
        return YES
    if code == "training_dorm" and city == "kaifeng":
        # 开封 8（二）: 用人单位或就读学校提供的宿舍, a closed list
        return NO
    # rent without paper: 巴中 5（四）, 安康 11, 赤峰 15（三）, 开封 9（二）, 洛阳 9 ask for proof
    # a relative's home, a training centre's bed: 巴中 3 第五款 and 赤峰 15 第四款 end in 等
    # 开封 8（二） 有合法所有权的房屋 without saying whose; 安康 10 and 洛阳 2 define nothing
    return UNKNOWN


def study(city: str, code: str) -> str:
    """Continuous study (连续就读)."""
    if code == "none":
        return NO
    if code == "fulltime_enrolled":
        # 巴中 3 第六款, 赤峰 15 第五款, 开封 8（三）: 取得学籍并就读; 安康 10, 洛阳 2 plain meaning
        return YES
    if city in ("bazhong", "chifeng", "kaifeng"):
        # 巴中 3 第六款, 赤峰 15 第五款, 开封 8（三）: only full-time schools with 学籍
        return NO
    # 安康 10, 洛阳 2: not defined
    return UNKNOWN


def entry_state(city: str, kind: Any, code: Any) -> str:
    """One basis the person tells of (一项条件)."""
    if kind == "none":
        return NO
    if not isinstance(code, str) or not code:
        return UNKNOWN
    if kind == "employment":
        return employment(city, code)
    if kind == "housing":
        return housing(city, code)
    return study(city, code)


def basis_state(city: str, facts: Mapping[str, Any]) -> str:
    """Whether one of the three conditions (三条件之一) is met: YES, NO (every one surely absent) or UNKNOWN."""
    listed = facts.get("basis")
    if not isinstance(listed, list) or not listed:
        return UNKNOWN
    kinds = [entry.get("type") for entry in listed]
    states = [entry_state(city, entry.get("type"), entry.get("code")) for entry in listed]
    if YES in states:
        return YES
    if UNKNOWN in states:
        return UNKNOWN
    # the person has none of the three, or neither where they live nor what they do counts
    if "none" in kinds or ("housing" in kinds and ("employment" in kinds or "study" in kinds)):
        return NO
    return UNKNOWN
