"""Every number here is invented: made from an area, a day and a sequence, with the check character worked out."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rules.identity_number import (
    PROBLEMS,
    BadNumber,
    IdentityNumber,
    check_character,
    disagreements,
    find_identity_number,
    read_identity_number,
)
from tests.knowledge.reading import wide

TODAY = date(2026, 11, 21)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
"""As GB 11643-1999 prints them; the program works them out."""


def numbered(body: str) -> str:
    """Append the check character by the table of the standard: remainder 0 is 1, 1 is 0, 2 is X, 3 is 9 …"""
    remainder = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, body, strict=True)) % 11
    return body + "10X98765432"[remainder]


MALE, FEMALE_X = numbered("51190219900307123"), numbered("51190219900307128")
BODIES = st.builds(
    lambda area, born, order: f"{area:06}{born:%Y%m%d}{order:03}",
    st.sampled_from([511902, 150402, 410203, 610902, 110101, 440401, 810000, 830000]),
    st.dates(date(1910, 1, 1), TODAY),
    st.integers(0, 999),
)


def problem_of(text: str) -> str:
    with pytest.raises(BadNumber) as refusal:
        read_identity_number(text, TODAY)
    assert refusal.value.problem in PROBLEMS
    return refusal.value.problem


def outcome_of(text: str) -> str:
    """Return the number that was read, else the problem."""
    try:
        return read_identity_number(text, TODAY).number
    except BadNumber as refusal:
        return refusal.problem


def test_the_check_character_is_the_one_of_the_examples_in_the_standard() -> None:
    # GB 11643-1999, annex: two examples, neither of them a person's
    assert check_character("11010519491231002") == "X"
    assert check_character("44052418800101001") == "4"
    assert (MALE, FEMALE_X) == ("511902199003071239", "51190219900307128X")


def test_a_number_tells_birth_sex_and_area() -> None:
    read = read_identity_number(MALE, TODAY)
    assert read == IdentityNumber(MALE, date(1990, 3, 7), True, "居民身份证", "四川省", "巴州区")
    assert (read.sex, read.area_code) == ("男", "511902")
    assert read_identity_number(FEMALE_X, TODAY).sex == "女"


@pytest.mark.parametrize(
    "typed",
    [
        *(wide(FEMALE_X), FEMALE_X.lower(), FEMALE_X[:-1] + "\u00d7", FEMALE_X[:-1] + "*", FEMALE_X[:-1] + wide("*")),
        *("511902 19900307 128X", "511902-19900307-128X", " 5119 0219 9003 0712 8X ", " ".join(FEMALE_X)),
        *(f"身份证号是{FEMALE_X}", f"我的公民身份号码：{FEMALE_X}。", f"ID No. {FEMALE_X}", f"{FEMALE_X}的"),
        *(f"“{FEMALE_X}”", f"{FEMALE_X}，电话13812345678", "5119\u200b02199003\u2014071\u300028X"),
    ],
)  # fmt: skip
def test_the_ways_people_write_it_are_one_number(typed: str) -> None:
    assert read_identity_number(typed, TODAY).number == FEMALE_X


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", "characters"),
        ("我不想说", "characters"),
        ("X", "characters"),
        ("511902********1239", "characters"),
        ("E12345678", "characters"),
        (MALE[:5] + "X" + MALE[6:], "characters"),
        (MALE[:17] + "A", "characters"),
        (MALE[:17], "length"),
        (MALE + "1", "length"),
        (f"{MALE}，{FEMALE_X}", "length"),
        ("13812345678", "length"),
        ("511902900307123", "old"),
        ("511902901307123", "length"),  # 15 digits whose month is 13 are no number of the first generation
        ("991902900307123", "length"),
        ("62220212345678901", "length"),
        (numbered("91190219900307123"), "area"),
        (numbered("01190219900307123"), "area"),
        (numbered("81000119900307123"), "area"),
        (numbered("51190219900230123"), "birth"),
        (numbered("51190219900431123"), "birth"),
        (numbered("51190219001301123"), "birth"),
        (numbered("51190219000229123"), "birth"),  # 1900 was no leap year
        (numbered("51190220261122123"), "future"),
        (numbered("51190219051120123"), "too_old"),
        (MALE[:17] + "8", "check"),
        (MALE[:17] + "X", "check"),
    ],
)
def test_what_is_wrong_is_told(typed: str, problem: str) -> None:
    assert problem_of(typed) == problem


def test_the_edges_of_time_are_inside() -> None:
    assert read_identity_number(numbered("51190220261121123"), TODAY).born == TODAY
    assert read_identity_number(numbered("51190219051122123"), TODAY).born == date(1905, 11, 22)  # still 120
    assert read_identity_number(numbered("51190220000229123"), TODAY).born == date(2000, 2, 29)


@pytest.mark.parametrize(
    ("body", "province", "county"),
    [
        ("51302919500307123", "四川省", "大竹县"),  # abolished in 1999; before 1982 the code was another county's
        ("61240119900307123", "陕西省", "安康市"),  # a county-level city until 2000
        ("51999919900307123", "四川省", None),  # no list has it
        ("44190019900307123", "广东省", "东莞市"),  # a city without counties
        ("51000019900307123", "四川省", None),
        ("71010119900307123", "台湾省", None),
    ],
)
def test_an_abolished_or_unknown_county_is_no_reason_to_refuse(body: str, province: str, county: str | None) -> None:
    read = read_identity_number(numbered(body), TODAY)
    assert (read.province, read.county, read.kind) == (province, county, "居民身份证")


@pytest.mark.parametrize(
    ("area", "province"),
    [("810000", "香港特别行政区"), ("820000", "澳门特别行政区"), ("830000", "台湾省")],
)
def test_a_residence_permit_of_hong_kong_macau_and_taiwan_residents_is_known_by_its_area(
    area: str, province: str
) -> None:
    read = read_identity_number(numbered(f"{area}19900307123"), TODAY)
    assert (read.kind, read.province, read.county) == ("港澳台居民居住证", province, None)


@given(BODIES)
def test_every_well_formed_number_is_read_and_tells_what_it_was_made_of(body: str) -> None:
    read = read_identity_number(numbered(body), TODAY)
    assert f"{read.area_code}{read.born:%Y%m%d}" == body[:14]
    assert read.is_male == (body[16] in "13579")


@given(BODIES, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_no_single_wrong_character_passes(body: str, place: int, wrong: str) -> None:
    number = numbered(body)
    assume(number[place] != wrong)
    assert problem_of(number[:place] + wrong + number[place + 1 :])


@given(BODIES, st.integers(0, 16))
def test_no_two_neighbours_exchanged_pass(body: str, place: int) -> None:
    number = numbered(body)
    assume(number[place] != number[place + 1])
    assert problem_of(number[:place] + number[place + 1] + number[place] + number[place + 2 :])


def test_every_wrong_digit_of_one_number_is_caught_one_by_one() -> None:
    wrong = [MALE[:i] + digit + MALE[i + 1 :] for i in range(18) for digit in "0123456789X" if digit != MALE[i]]
    assert len(wrong) == 180
    assert {problem_of(number) for number in wrong} == {"characters", "area", "birth", "future", "too_old", "check"}


@given(st.text(max_size=60) | st.text("0123456789Xx\u00d7-  号是", max_size=40))
def test_any_text_is_read_or_refused_with_a_known_problem(text: str) -> None:
    outcome = outcome_of(text)
    assert outcome in PROBLEMS or len(outcome) == 18


@given(
    BODIES,
    st.sampled_from(["", "我的号码", "手机13812345678，身份证", "a "]),
    st.sampled_from(["", "，谢谢", " 28岁", "的"]),
)
def test_a_number_is_found_where_it_stands_right_or_mistyped(body: str, before: str, after: str) -> None:
    for number in (numbered(body), body + "5", wide(numbered(body))):
        assert find_identity_number(before + number + after) == (len(before), len(before) + 18)


@pytest.mark.parametrize(
    "text", ["", "13812345678", "6222021234567890123", "511902900307123", "2026-11-21 2026-11-22", MALE + "0"]
)
def test_what_has_another_form_is_not_found(text: str) -> None:
    assert find_identity_number(text) is None


def test_what_was_told_otherwise_is_named_and_what_was_not_told_is_not() -> None:
    read = read_identity_number(MALE, TODAY)
    day, other = date(1990, 3, 7), date(1990, 3, 7) + timedelta(days=1)
    assert disagreements(read) == disagreements(read, born=day, is_male=True) == ()
    assert disagreements(read, born=other) == ("born",)
    assert disagreements(read, born=other, is_male=False) == ("born", "is_male")
    assert disagreements(read, is_male=False) == ("is_male",)


def test_neither_a_refusal_nor_the_number_read_shows_it_to_a_log() -> None:
    assert "1990" not in repr(read_identity_number(MALE, TODAY))
    with pytest.raises(BadNumber) as refusal:
        read_identity_number(MALE[:17] + "8", TODAY)
    assert "1990" not in f"{refusal.value!r}{refusal.value}"


@pytest.mark.parametrize("body", ["", "1234567890123456", "1234567890123456x", wide("12345678901234567")])
def test_a_check_character_needs_seventeen_digits(body: str) -> None:
    with pytest.raises(ValueError, match="17"):
        check_character(body)
