"""Addresses, all invented: exact enough to find the door, or not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.detailed_address import PROBLEMS, BadAddress, read_detailed_address
from tests.knowledge.reading import wide


def outcome_of(text: str) -> str:
    """Return the address that was read, else the problem."""
    try:
        return read_detailed_address(text)
    except BadAddress as refusal:
        return refusal.problem


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        *((typed, "幸福路12号") for typed in ("幸福路12号", f"幸福路{wide('12')}号。")),
        *((typed, "幸福路12号") for typed in (" 幸福路 12 号\n", "我住在幸福路12号")),
        *((typed, "幸福路12号") for typed in ("地址：幸福路12号", "我的住址是幸福路12号")),
        *((typed, "幸福路12号") for typed in ("现住幸福路12号", "在幸福路12号")),
        ("云州市江北区幸福路12号院3栋2单元501室", "云州市江北区幸福路12号院3栋2单元501室"),
        ("阳光小区 3栋 2单元 501", "阳光小区3栋2单元501"),
        ("阳光小区3-2-501", "阳光小区3-2-501"),
        ("幸福路12 3栋", "幸福路12 3栋"),  # a gap between two numbers is kept: 12 3 is not 123
        ("幸福路十二号", "幸福路十二号"),
        ("振兴大街乙3号", "振兴大街乙3号"),
        ("人民路118", "人民路118"),
        ("现代花园3号楼", "现代花园3号楼"),
        ("在建工地板房2排3号", "在建工地板房2排3号"),
        ("某镇幸福村三组", "某镇幸福村三组"),
        ("某镇幸福村", "某镇幸福村"),
        ("某镇幸福村一社", "某镇幸福村一社"),
        ("某苏木某嘎查三队", "某苏木某嘎查三队"),
        ("住在某某厂宿舍", "某某厂宿舍"),
        ("幸福路12号😀", "幸福路12号"),
        ("\U000313f9家湾子3号", "\U000313f9家湾子3号"),  # a Han of extension H is not dropped
    ],
)  # fmt: skip
def test_an_address_is_read(typed: str, address: str) -> None:
    assert read_detailed_address(typed) == address


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        *(("", "too_short"), ("3号", "too_short"), ("我住的地方", "too_short"), ("。。。。。。", "too_short")),
        *(("云州市江北区", "only_area"), ("江北街道", "only_area")),
        *(("幸福社区", "only_area"), ("江北区幸福大道", "only_area")),
        *(("三门峡市湖滨区", "only_area"), ("中关村街道", "only_area")),
        *(("中关村大街", "only_area"), ("第三社区", "only_area")),
        *(("南京大学路", "only_area"), ("阳光小区", "only_area")),
        *(("12号线", "only_area"), ("就在火车站旁边", "only_area")),
        *(("住在农村里面", "only_area"), ("门牌号怎么写", "only_area")),
        *(("写到12号楼可以吗", "only_area"), ("12号楼要不要写？", "only_area")),
        *(("幸福路12号 13812345678", "contains_number"), ("511902199003071239幸福路1号", "contains_number")),
        *((f"幸福路1号{wide('0827-5200000')}", "contains_number"), ("幸福路1号 6222021234567890", "contains_number")),
        ("幸福路" * 40 + "1号", "too_long"),
    ],
)  # fmt: skip
def test_what_is_not_exact_enough_is_told(typed: str, problem: str) -> None:
    assert outcome_of(typed) == problem
    assert problem in PROBLEMS


def test_the_bounds_are_four_and_a_hundred_and_twenty() -> None:
    assert read_detailed_address("某路1号") == "某路1号"
    assert read_detailed_address("幸" * 117 + "12号") == "幸" * 117 + "12号"
    assert outcome_of("幸" * 118 + "12号") == "too_long"


@given(
    st.sampled_from(["", "云州市", "江北区", "某镇"]),
    st.sampled_from(["幸福路", "人民街", "向阳巷"]),
    st.integers(1, 999),
    st.sampled_from(["", "3栋", "2单元501室", "附1号"]),
)
def test_a_street_with_a_number_is_enough_and_without_it_is_not(area: str, street: str, number: int, rest: str) -> None:
    assert outcome_of(f"{area}{street}{number}号{rest}") == f"{area}{street}{number}号{rest}"
    assert outcome_of(f"云州市{area}{street}") == "only_area"


@given(st.text(max_size=150) | st.text("我住在地址：路号村3-1 a", max_size=40))
def test_any_text_is_refused_with_a_known_problem_or_bounded(text: str) -> None:
    outcome = outcome_of(text)
    if outcome not in PROBLEMS:
        assert 4 <= len(outcome) <= 120
        assert outcome == outcome.strip()
        outcome.encode("utf-8")
