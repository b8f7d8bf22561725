"""A declaration is found from another device with both numbers, and not by trying."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from bot.store.records import Records
from dialogs.effects import STATUS, Erase, LookUp, Withdraw
from dialogs.receipts import new_receipt
from tests.bot.keeping import DAY, DECLARATION, NOW, NUMBER, Place, carry_out, submit


@pytest.fixture
def records(place: Place) -> Iterator[Records]:
    with place.opened() as (opened, _):
        yield opened


def test_a_declaration_is_found_from_another_device_with_both_numbers(records: Records) -> None:
    receipt = submit(records)
    assert carry_out(records, "phone", LookUp(receipt, NUMBER)) == {STATUS: "waiting", "city": "kuajing"}
    records.return_to_person(receipt, "other", "clerk", note="门牌号不清楚")
    assert carry_out(records, "phone", LookUp(receipt, NUMBER))["reason"] == "门牌号不清楚"
    records.record_registration(receipt, date(2026, 7, 3), "clerk", NOW + 3 * DAY)
    told = carry_out(records, "phone", LookUp(receipt, NUMBER))
    assert told == {STATUS: "registered", "city": "kuajing", "registered_on": "2026-07-03"}
    assert carry_out(records, "phone", LookUp(receipt, "wrong")) == {STATUS: "none"}


def test_after_five_wrong_tries_a_person_is_locked_out_for_the_day(records: Records) -> None:
    receipt = submit(records)
    wrong = [LookUp(new_receipt(bytes([number] * 8)), NUMBER) for number in range(4)]
    assert {carry_out(records, "phone", *tries)[STATUS] for tries in [(one,) for one in wrong]} == {"none"}
    assert carry_out(records, "phone", LookUp(receipt, NUMBER))[STATUS] == "waiting"
    assert carry_out(records, "phone", LookUp("不记得了", NUMBER), key="fifth")[STATUS] == "none"
    assert carry_out(records, "phone", LookUp("不记得了", NUMBER), key="fifth")[STATUS] == "none"
    assert carry_out(records, "phone", LookUp(receipt, NUMBER)) == {STATUS: "locked"}
    carry_out(records, "phone", Erase())
    assert carry_out(records, "phone", LookUp(receipt, NUMBER)) == {STATUS: "locked"}
    assert carry_out(records, "other", LookUp(receipt, NUMBER))[STATUS] == "waiting"
    tomorrow = records.carry_out("k", "phone", [LookUp(receipt, NUMBER)], date(2026, 7, 2), NOW)
    assert tomorrow[STATUS] == "waiting"


def test_after_five_wrong_tries_by_anybody_a_receipt_is_locked_for_the_day(records: Records) -> None:
    receipt = submit(records)
    for number in range(5):
        assert carry_out(records, f"guesser {number}", LookUp(receipt, str(number)))[STATUS] == "none"
    assert carry_out(records, "phone", LookUp(receipt, NUMBER)) == {STATUS: "locked"}
    other = submit(records, declaration=replace(DECLARATION, identity="2"))
    assert carry_out(records, "phone", LookUp(other, "2"))[STATUS] == "waiting"


def test_what_is_no_receipt_number_locks_nobody_else_out(records: Records) -> None:
    told = [carry_out(records, f"guesser {number}", LookUp("没有", NUMBER))[STATUS] for number in range(7)]
    assert set(told) == {"none"}


def test_a_withdrawn_declaration_is_found_by_nobody(records: Records) -> None:
    receipt = submit(records)
    carry_out(records, "anna", Withdraw(receipt))
    for identity in (NUMBER, ""):
        assert carry_out(records, "phone", LookUp(receipt, identity)) == {STATUS: "none"}
