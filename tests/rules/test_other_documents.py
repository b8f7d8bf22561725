"""Numbers of passports and passes, all invented: the form is checked, and the check character where there is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.identity_number import BadNumber, check_character
from rules.other_documents import (
    FOREIGN_PASSPORT,
    FOREIGN_RESIDENT,
    HONG_KONG_MACAU_PERMIT,
    PASSPORT,
    PROBLEMS,
    TAIWAN_PERMIT,
    kinds,
    read_document_number,
)
from tests.knowledge.reading import wide

NEW_RESIDENT = "91184019850101123" + check_character("91184019850101123")


def outcome_of(kind: str, text: str) -> str:
    """Return the number that was read, else the problem."""
    try:
        return read_document_number(kind, text)
    except BadNumber as refusal:
        return refusal.problem


@pytest.mark.parametrize(
    ("kind", "typed", "number"),
    [
        (PASSPORT, "E12345678", "E12345678"),
        (PASSPORT, "ea1234567", "EA1234567"),
        (PASSPORT, wide("G12345678"), "G12345678"),
        (PASSPORT, "护照号是 E 1234 5678。", "E12345678"),
        (PASSPORT, "141234567", "141234567"),
        (PASSPORT, "P1234567", "P1234567"),
        (PASSPORT, "SE1234567", "SE1234567"),
        (PASSPORT, "MA1234567", "MA1234567"),
        (FOREIGN_PASSPORT, "Passport No.: AB 123456", "AB123456"),
        (FOREIGN_PASSPORT, "123456789", "123456789"),
        (HONG_KONG_MACAU_PERMIT, "h12345678", "H12345678"),
        (HONG_KONG_MACAU_PERMIT, "M12345678-01", "M1234567801"),
        (TAIWAN_PERMIT, "12345678", "12345678"),
        (TAIWAN_PERMIT, "1234567801（B）", "1234567801"),
        (FOREIGN_RESIDENT, "usa 1100 850101 12", "USA110085010112"),
        (FOREIGN_RESIDENT, f"永居证号{NEW_RESIDENT}", NEW_RESIDENT),
    ],
)
def test_a_number_is_read_as_the_document_shows_it(kind: str, typed: str, number: str) -> None:
    assert read_document_number(kind, typed) == number


@pytest.mark.parametrize(
    ("kind", "typed", "problem"),
    [
        (PASSPORT, "", "none"),
        (PASSPORT, "没有", "none"),
        (PASSPORT, "E123456张", "length"),
        (PASSPORT, "E1234张567", "characters"),
        (PASSPORT, "E123456789", "form"),
        (PASSPORT, "E1234567890", "length"),
        (PASSPORT, "EI1234567", "form"),  # I and O are not used: they look like 1 and 0
        (PASSPORT, "EO1234567", "form"),
        (PASSPORT, "123456789", "form"),
        (FOREIGN_PASSPORT, "A123", "length"),
        (FOREIGN_PASSPORT, "A123456789012345", "length"),
        (HONG_KONG_MACAU_PERMIT, "H1234567", "length"),
        (HONG_KONG_MACAU_PERMIT, "H123456789", "length"),
        (HONG_KONG_MACAU_PERMIT, "C12345678", "form"),  # that is a pass of a mainlander going there
        (TAIWAN_PERMIT, "123456789", "length"),
        (TAIWAN_PERMIT, "T2345678", "form"),
        (FOREIGN_RESIDENT, "USA110085130112", "birth"),
        (FOREIGN_RESIDENT, "USA110085010", "length"),
        (FOREIGN_RESIDENT, "81184019850101123X", "form"),
        (FOREIGN_RESIDENT, "911840198502301231", "birth"),
        (FOREIGN_RESIDENT, NEW_RESIDENT[:-1] + ("1" if NEW_RESIDENT[-1] != "1" else "2"), "check"),
    ],
)
def test_what_is_wrong_is_told(kind: str, typed: str, problem: str) -> None:
    with pytest.raises(BadNumber) as refusal:
        read_document_number(kind, typed)
    assert refusal.value.problem == problem
    assert problem in PROBLEMS


def test_every_kind_is_named_and_the_identity_number_is_none_of_them() -> None:
    assert kinds() == ("护照", "外国护照", "港澳居民来往内地通行证", "台湾居民来往大陆通行证", "外国人永久居留身份证")
    with pytest.raises(KeyError):
        read_document_number("户口簿", "12345678")


@given(st.sampled_from(kinds()), st.text(max_size=40) | st.text("0123456789EGHMX号 -", max_size=24))
def test_any_text_is_refused_with_a_known_problem_or_read_the_same_again(kind: str, text: str) -> None:
    outcome = outcome_of(kind, text)
    assert outcome in PROBLEMS or (len(outcome) <= 18 and outcome_of(kind, outcome) == outcome)
