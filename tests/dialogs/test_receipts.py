"""A receipt number is read however it is typed, and no wrong digit passes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.receipts import BadReceipt, find_receipt, new_receipt, read_receipt

RECEIPT = "1231-8447-1098"
CHANCE = st.binary(min_size=8, max_size=16)


WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def wide(text: str) -> str:
    """Return the text in full-width characters, as a Chinese keyboard may give them."""
    return text.translate(WIDE)


def digits_of(receipt: str) -> str:
    return receipt.replace("-", "")


@given(CHANCE)
def test_a_new_receipt_is_twelve_digits_in_three_groups_and_reads_back(chance: bytes) -> None:
    receipt = new_receipt(chance)
    assert re.fullmatch(r"[1-9]\d{3}-\d{4}-\d{4}", receipt)
    assert read_receipt(receipt) == receipt
    assert read_receipt(digits_of(receipt)) == receipt
    assert new_receipt(chance) == receipt


def test_the_check_digits_are_those_of_iso_7064_mod_97_10() -> None:
    # The standard: the number with its check digits leaves 1 when divided by 97.
    assert int(digits_of(RECEIPT)) % 97 == 1
    assert new_receipt((231_844_710).to_bytes(8, "big")) == RECEIPT


def test_receipts_differ_and_need_enough_chance() -> None:
    assert len({new_receipt(number.to_bytes(8, "big")) for number in range(5_000)}) == 5_000
    with pytest.raises(ValueError, match="8"):
        new_receipt(b"1234567")


@given(CHANCE)
def test_every_single_wrong_digit_is_caught(chance: bytes) -> None:
    digits = digits_of(new_receipt(chance))
    for at, digit in enumerate(digits):
        for other in set("0123456789") - {digit}:
            typed = digits[:at] + other + digits[at + 1 :]
            assert find_receipt(typed) == BadReceipt(typed)


@given(CHANCE)
def test_every_two_digits_that_changed_places_are_caught(chance: bytes) -> None:
    digits = digits_of(new_receipt(chance))
    for one in range(12):
        for other in range(one + 1, 12):
            if digits[one] == digits[other]:
                continue
            typed = list(digits)
            typed[one], typed[other] = typed[other], typed[one]
            assert find_receipt("".join(typed)) == BadReceipt("".join(typed))


@pytest.mark.parametrize(
    "text",
    [
        *("123184471098", "1231 8447 1098", "1231-8447-1098", wide("123184471098"), wide("1231-8447-1098")),
        *("1231—8447—1098", "1231\u22128447\u22121098", "1231　8447　1098", "1 2 3 1 8 4 4 7 1 0 9 8"),
        *("123-184-471-098", "受理号1231-8447-1098，办得怎么样了", "查一下 123184471098。", "查jz1231-8447-1098"),
        *("我的电话13800138000，受理号是1231 8447 1098", "13800138000 1231-8447-1098", "1231-8447-1098 13800138000"),
        *("前面写错了1231-8447-1089，是1231-8447-1098", "No.1231 - 8447 - 1098"),
    ],
)
def test_a_receipt_is_found_however_it_is_typed(text: str) -> None:
    assert find_receipt(text) == RECEIPT
    assert read_receipt(text) == RECEIPT


@pytest.mark.parametrize("text", ["1231-8447-1089", "受理号是123184471089吗", "1231 8447 1097", wide("9999-9999-9999")])
def test_a_mistyped_receipt_is_told_from_none(text: str) -> None:
    assert isinstance(find_receipt(text), BadReceipt)
    assert read_receipt(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *("", "签注忘了怎么办", "410311199003074518", "13800138000", "6222021001122345678", "6222 0210 0112 2345"),
        *(
            "2026-07-01 1530",
            "2026年7月1日到2027年7月1日",
            "一二三一八四四七一零九八",
            "1231-8447-109",
            "1231,8447,1098",
        ),
        *("1231844710981", "٠١٢٣٤٥٦٧٨٩٠١", "1231\n8447\n1098"),
    ],
)
def test_other_numbers_are_no_receipts(text: str) -> None:
    assert find_receipt(text) is None


@given(st.text())
def test_any_message_can_be_read(text: str) -> None:
    found = find_receipt(text)
    assert found is None or isinstance(found, BadReceipt | str)


def test_check_digits_that_are_never_given_are_no_receipt() -> None:
    body = next(body for body in range(1_000_000_000, 1_000_000_097) if (body * 100 + 1) % 97 == 1)
    receipt = new_receipt((body - 1_000_000_000).to_bytes(8, "big"))
    assert digits_of(receipt) == f"{body}98"
    assert find_receipt(f"{body}01") == BadReceipt(f"{body}01")


def test_a_receipt_never_starts_with_nought() -> None:
    typed = f"{98:012d}"
    assert int(typed) % 97 == 1
    assert find_receipt(typed) == BadReceipt(typed)
