"""Telephone numbers, all invented, in the ways people type and say them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.identity_number import BadNumber
from rules.telephone import PROBLEMS, Telephone, find_telephone, read_telephone
from tests.knowledge.reading import wide

MOBILE = "13812345678"
MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
LANDLINES = st.from_regex(
    r"(010-|028-)[2-8][0-9]{7}|(0827|0915|0476|0379)-[2-8][0-9]{6}|0371-[2-8][0-9]{7}", fullmatch=True
)
ALOUD = str.maketrans("0123456789", "零幺二三四五六七八九")


def problem_of(text: str) -> str:
    with pytest.raises(BadNumber) as refusal:
        read_telephone(text)
    assert refusal.value.problem in PROBLEMS
    return refusal.value.problem


def outcome_of(text: str) -> str:
    """Return the number that was read, else the problem."""
    try:
        return read_telephone(text).number
    except BadNumber as refusal:
        return refusal.problem


@pytest.mark.parametrize(
    "typed",
    [
        *(MOBILE, wide(MOBILE), "138 1234 5678", "138-1234-5678", wide("138 1234 5678")),
        *("+86 13812345678", "8613812345678", "0086-138-1234-5678", wide("+") + "86（138）1234 5678", "013812345678"),
        *("手机号是13812345678。", "我电话13812345678，随时打", f"{MOBILE} {MOBILE}", f"28岁，{MOBILE}"),
        *("幺三八幺二三四五六七八", "一三八一二三四五六七八", "幺三八，幺二三四，五六七八", "一三八 1234 五六七八"),
        f"身份证511902199003071239 电话{MOBILE}",
    ],
)  # fmt: skip
def test_the_ways_people_write_a_mobile_number_are_one(typed: str) -> None:
    assert read_telephone(typed) == Telephone(MOBILE, is_mobile=True)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0827-5200000", "0827-5200000"),
        ("08275200000", "0827-5200000"),
        ("827 5200000", "0827-5200000"),
        ("（0827）5200000", "0827-5200000"),
        ("+86 827-5200000", "0827-5200000"),
        ("座机零八二七，五二零零零零零", "0827-5200000"),
        ("010-62345678", "010-62345678"),
        ("1062345678", "010-62345678"),
        ("0371 6555 1234", "0371-65551234"),
        ("028-85551234转801", "028-85551234-801"),
        ("0371-65551234-12", "0371-65551234-12"),
    ],
)
def test_a_landline_is_written_with_its_area_code(typed: str, number: str) -> None:
    assert read_telephone(typed) == Telephone(number, is_mobile=False)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", "none"),
        ("没有电话", "none"),
        ("我有2个号", "none"),
        ("511902199003071239", "none"),  # an identity number is no telephone
        ("13812345678或13987654321", "two"),
        ("138 1234 5678 139 8765 4321", "two"),
        ("13812345678，0827-5200000", "two"),
        ("13812345678，5200000", "two"),
        ("1381234567", "length"),
        ("138123456789", "length"),
        ("138 1234 5678 9", "length"),
        ("5200000", "length"),
        ("0827-520000", "length"),
        ("6222021234567890123", "length"),
        ("12812345678", "prefix"),
        ("4008001234", "prefix"),
        ("026-62345678", "prefix"),  # no city has 026
        ("800-820-8820", "prefix"),
        ("+852 6123 4567", "prefix"),
        ("+1 381 234 5678", "prefix"),
        ("0827-1200000", "length"),
    ],
)
def test_what_is_wrong_is_told(typed: str, problem: str) -> None:
    assert problem_of(typed) == problem


@pytest.mark.parametrize("code", "110 119 120 122 12110 12345 12348 12367 10086 95588 96110 999".split())
def test_an_emergency_number_or_a_short_code_is_nobodys(code: str) -> None:
    assert problem_of(code) == problem_of(f"打{code}吧") == problem_of(f"0827-{code}") == "length"


@given(MOBILES, st.lists(st.sampled_from(["", " ", "-"]), min_size=10, max_size=10))
def test_a_mobile_number_is_read_wherever_its_gaps_are_and_aloud(number: str, gaps: list[str]) -> None:
    spaced = number[:2] + "".join(gap + digit for gap, digit in zip(gaps, number[2:], strict=False))
    assert read_telephone(spaced).number == number
    assert read_telephone(number.translate(ALOUD)).number == number


@given(MOBILES | LANDLINES)
def test_what_is_read_is_read_the_same_again(number: str) -> None:
    assert read_telephone(number) == read_telephone(read_telephone(number).number)
    assert read_telephone(number).number == number
    assert read_telephone(number).is_mobile == ("-" not in number)


@given(MOBILES, MOBILES)
def test_two_different_numbers_are_never_one(first: str, second: str) -> None:
    if first != second:
        assert problem_of(f"{first} {second}") == problem_of(f"打{first}，不通打{second}") == "two"


@given(st.text(max_size=60) | st.text("0123456789 -+幺三八零、转", max_size=40))
def test_any_text_is_read_or_refused_with_a_known_problem(text: str) -> None:
    outcome = outcome_of(text)
    assert outcome in PROBLEMS or outcome_of(outcome) == outcome


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"幸福路1号{MOBILE}", MOBILE),
        (f"打{wide(MOBILE)}", wide(MOBILE)),
        ("电话0827-5200000。", "0827-5200000"),
        ("138 1234 5678", "138 1234 5678"),
    ],
)
def test_a_number_is_found_where_it_stands(text: str, found: str) -> None:
    span = find_telephone(text)
    assert span is not None
    assert text[span[0] : span[1]] == found


@pytest.mark.parametrize("text", ["", "3-2-1401", "幸福路138号1234室5678", "6222021234567890123", "2026-11-21", "110"])
def test_doors_days_and_accounts_are_not_found(text: str) -> None:
    assert find_telephone(text) is None
