"""Naive second implementation of the pre-check (居住证申领条件预审) of five cities, straight from the texts.

Order: barred by scope, every basis surely absent, a decisive fact unknown or left to the office, only the time missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tests.oracle.bases import basis_state
from tests.oracle.half_year import time_state
from tests.oracle.places import scope
from tests.oracle.told import NO, PREFECTURE, UNKNOWN, YES

# What comes of it all, 结论


def papers_state(city: str, facts: Mapping[str, Any]) -> str:
    """Whether the identity card the text asks for exists (居民身份证)."""
    if facts.get("has_id_card") is False and city in ("bazhong", "chifeng"):
        # 巴中 5（二）, 赤峰 15（一）: only the 居民身份证 is named
        return UNKNOWN
    # 安康 11 其他有效身份证明; 开封 9 未办理身份证的，数码相片; 洛阳 10 有效身份证件
    return YES


def verdict(city: str, facts: Mapping[str, Any], as_of: date) -> tuple[str, date | None]:
    """The verdict of the pre-check (预审结论) and, for not_yet, the earliest day (最早可申领日) if known."""
    if city not in PREFECTURE:
        raise ValueError(f"unknown city {city}")
    where = scope(city, facts)
    if where == NO:
        return ("not_eligible", None)
    basis = basis_state(city, facts)
    if basis == NO:
        return ("not_eligible", None)
    time, earliest = time_state(city, facts, as_of)
    if where == UNKNOWN or basis == UNKNOWN or time == UNKNOWN or papers_state(city, facts) == UNKNOWN:
        return ("need_more_info", None)
    if time == NO:
        return ("not_yet", earliest)
    return ("eligible", None)
