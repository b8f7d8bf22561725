"""What the office decides: why it is needed to say why, what a duplicate points to, and what is noted of it all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from bot.store.faults import NoSuchDeclaration
from bot.store.records import Records
from dialogs.effects import (
    EXPORTED,
    RECEIPT,
    STATUS,
    Correct,
    Export,
    LookUp,
    Status,
    Withdraw,
)
from dialogs.receipts import new_receipt
from dialogs.returning import LONGEST_NOTE, OTHER, RETURN_REASONS
from tests.bot.decided import audited, due
from tests.bot.keeping import DAY, DECLARATION, DEMONSTRATION, NAME, NOW, NUMBER, TODAY, Place, carry_out, submit

ABSENT = new_receipt(b"12345678")


@pytest.fixture
def records(place: Place) -> Iterator[Records]:
    with place.opened() as (opened, _):
        yield opened


# -------------------------------------------------------------------------------------------------- reading


@pytest.mark.parametrize("reason", ["", "  ", "\u3000\n"])
def test_without_a_reason_nobody_reads_and_nobody_exports(records: Records, reason: str) -> None:
    receipt = submit(records)
    with pytest.raises(ValueError, match="请先写为什么要看"):
        records.read_declaration(receipt, "clerk", reason)
    with pytest.raises(ValueError, match="请先写为什么要看"):
        records.export(["kuajing"], Status.WAITING, "clerk", reason, 10)
    assert records.accesses_of(receipt) == ()


def test_an_export_notes_every_declaration_and_the_export_and_the_person_sees_it(
    records: Records, place: Place
) -> None:
    first = submit(records)
    carry_out(records, "boris", replace(DECLARATION, identity="2"), now=NOW + 1)
    carry_out(records, "carla", replace(DECLARATION, identity="3", station="涧西区"), now=NOW + 2)
    submit(records, "anna", DEMONSTRATION)
    taken = records.export(["kuajing", "other"], Status.WAITING, "clerk", "月报", 2, now=NOW + 3)
    assert taken[0].declared.receipt == first
    assert [read.items for read in taken] == [DECLARATION.items] * 2
    for read in taken:
        (noted,) = records.accesses_of(read.declared.receipt)
        assert (noted.what, noted.reader, noted.reason, noted.at) == ("exported", "clerk", "月报", NOW + 3)
    assert audited(place) == [("clerk", "exported", "kuajing other", "waiting 2")]
    assert "工作人员导出：2026-07-01 09:30" in carry_out(records, "anna", Export())[EXPORTED]
    (only,) = records.export(["kuajing"], Status.WAITING, "clerk", "月报", 9, station="涧西区", now=NOW)
    assert records.export(["kuajing"], Status.WAITING, "clerk", "月报", 9, before=only.declared.submitted_on) == ()
    assert only.station == "涧西区"


# ----------------------------------------------------------------------------------------------- registering


@pytest.mark.parametrize(
    ("day", "told"), [(date(2026, 7, 2), "还没有到；今天是2026年7月1日"), (date(1984, 12, 31), "太早了")]
)
def test_a_day_that_cannot_be_is_refused_and_nothing_changes(
    records: Records, place: Place, day: date, told: str
) -> None:
    receipt = submit(records)
    with pytest.raises(ValueError, match=told):
        records.record_registration(receipt, day, "clerk", NOW)
    assert (records.find_waiting(receipt).status, audited(place), due(records)) == (Status.WAITING, [], [])


@pytest.mark.parametrize("day", [TODAY, date(1985, 1, 1)])
def test_the_first_and_the_last_day_that_can_be_are_taken(records: Records, day: date) -> None:
    receipt = submit(records)
    records.record_registration(receipt, day, "clerk", NOW)
    assert records.declarations_of("anna")[0].registered_on == day


def test_what_was_already_in_the_past_in_shanghai_is_no_future_elsewhere(records: Records) -> None:
    receipt = submit(records)
    after_midnight = NOW + 14.6 * 3600
    records.record_registration(receipt, date(2026, 7, 2), "clerk", after_midnight)
    assert records.declarations_of("anna")[0].registered_on == date(2026, 7, 2)


# ------------------------------------------------------------------------------------------ giving one back


@pytest.mark.parametrize("code", [code for code in RETURN_REASONS if code != OTHER])
def test_a_reason_of_the_list_needs_no_words_and_takes_some(records: Records, code: str) -> None:
    receipt = submit(records)
    for note, added in (("", ""), ("请看\n 第二页 ", "（请看 第二页）")):
        records.return_to_person(receipt, code, "clerk", NOW, note=note)
        (declared,) = records.declarations_of("anna")
        assert (declared.status, declared.returned_for) == (Status.RETURNED, code)
        assert declared.reason == f"{RETURN_REASONS[code].label}{added}"


@pytest.mark.parametrize(
    ("code", "note", "told"),
    [
        ("照片看不清", "", "从列表里选一个"),
        ("", "", "从列表里选一个"),
        (OTHER, "", "写一句退回的原因"),
        (OTHER, "\u200b \0", "写一句退回的原因"),
        (OTHER, "长" * (LONGEST_NOTE + 1), "100字以内"),
        ("in_person", "长" * (LONGEST_NOTE + 1), "100字以内"),
        (OTHER, "请打开 www.example.cn 缴费", "网址"),
        ("in_person", '<a href="x">点这里</a>', "代码符号"),
    ],
)
def test_what_is_no_reason_is_refused_and_nothing_changes(
    records: Records, place: Place, code: str, note: str, told: str
) -> None:
    receipt = submit(records)
    with pytest.raises(ValueError, match=told):
        records.return_to_person(receipt, code, "clerk", NOW, note=note)
    assert (records.find_waiting(receipt).status, audited(place), due(records)) == (Status.WAITING, [], [])


def test_the_clerks_own_words_stand_sealed_and_nowhere_else(records: Records, place: Place) -> None:
    receipt = submit(records)
    records.return_to_person(receipt, OTHER, "clerk", NOW, note=f"{NAME}的门牌不清楚")
    assert NAME not in place.text()
    assert audited(place) == [("clerk", "returned", receipt, OTHER)]
    assert records.find_waiting(receipt, NOW).returned_for == OTHER


def test_corrected_it_waits_again_and_the_reason_is_gone(records: Records) -> None:
    receipt = submit(records)
    records.return_to_person(receipt, "photo_unclear", "clerk", NOW)
    carry_out(records, "anna", Correct(receipt, (("手机", "13900139000"),)))
    (declared,) = records.declarations_of("anna")
    assert (declared.status, declared.reason, declared.returned_for) == (Status.WAITING, "", "")
    assert due(records) == [], "who has corrected it need not be told"


# -------------------------------------------------------------------------------------------------- duplicates


def twice(records: Records, **changed: object) -> tuple[str, str]:
    """Return the receipts of two declarations of two accounts."""
    other = replace(DECLARATION, **changed)  # type: ignore[arg-type]
    return submit(records), carry_out(records, "boris", other, now=NOW + 1)[RECEIPT]


def test_a_duplicate_points_to_the_one_that_counts_is_kept_30_days_and_the_office_may_still_look(
    records: Records, place: Place
) -> None:
    first, second = twice(records)
    records.mark_duplicate(second, first.replace("-", ""), "clerk", NOW + 2)
    found = records.find_waiting(second, NOW)
    assert (found.status, found.duplicate_of) == (Status.DUPLICATE, first)
    assert records.read_declaration(second, "clerk", "核对").duplicate_of == first
    assert records.find_waiting(first).status == Status.WAITING
    assert audited(place) == [("clerk", "duplicate", second, first)]
    records.purge(NOW + 2 + 30 * DAY - 1)
    assert len(records.declarations_of("boris")) == 1
    records.purge(NOW + 2 + 30 * DAY)
    assert records.declarations_of("boris") == ()
    assert len(records.declarations_of("anna")) == 1


def test_the_person_reads_which_one_counts_in_the_export_and_from_another_telephone(records: Records) -> None:
    first, second = twice(records)
    records.mark_duplicate(second, first, "clerk", NOW)
    (declared,) = records.declarations_of("boris")
    assert declared.reason == f"回执号{first}的那份"
    assert f"为准的：回执号{first}的那份" in carry_out(records, "boris", Export())[EXPORTED]
    found = carry_out(records, "carla", LookUp(second, NUMBER))
    assert (found[STATUS], found["reason"]) == (Status.DUPLICATE, f"回执号{first}的那份")


def test_a_receipt_of_somebody_else_is_not_told(records: Records) -> None:
    first, second = twice(records, identity="another number")
    records.mark_duplicate(second, first, "clerk", NOW)
    (declared,) = records.declarations_of("boris")
    assert declared.reason == "另一份"
    assert first not in carry_out(records, "boris", Export())[EXPORTED]
    assert records.find_waiting(second, NOW).duplicate_of == first, "the office knows"


def test_what_it_cannot_be_a_duplicate_of_is_told_and_nothing_changes(records: Records, place: Place) -> None:
    first, second = twice(records)
    in_other_city = submit(records, "carla", replace(DECLARATION, city="other"))
    taken_back = submit(records, "dora")
    carry_out(records, "dora", Withdraw(taken_back))
    demonstration = submit(records, "erik", DEMONSTRATION)
    for of, told in (
        (second, "是同一份"),
        (in_other_city, "不是同一个城市"),
        (taken_back, "找不到"),
        (demonstration, "找不到"),
        (ABSENT, "找不到"),
        ("", "找不到"),
    ):
        with pytest.raises(ValueError, match=told):
            records.mark_duplicate(second, of, "clerk", NOW)
    assert (records.find_waiting(second).status, audited(place)) == (Status.WAITING, [])
    records.mark_duplicate(second, first, "clerk", NOW)
    with pytest.raises(ValueError, match="找不到"):
        records.mark_duplicate(first, second, "clerk", NOW)


def test_a_registered_one_counts_too_and_is_itself_no_duplicate_any_more(records: Records) -> None:
    first, second = twice(records)
    records.record_registration(first, TODAY, "clerk", NOW)
    with pytest.raises(NoSuchDeclaration):
        records.mark_duplicate(first, second, "clerk", NOW)
    records.mark_duplicate(second, first, "clerk", NOW)
    for decide in (
        lambda: records.mark_duplicate(second, first, "clerk", NOW),
        lambda: records.record_registration(second, TODAY, "clerk", NOW),
        lambda: records.return_to_person(second, "in_person", "clerk", NOW),
    ):
        with pytest.raises(NoSuchDeclaration):
            decide()


def test_whoever_had_a_duplicate_closed_may_hand_in_again(records: Records) -> None:
    first, second = twice(records)
    records.mark_duplicate(second, first, "clerk", NOW)
    assert carry_out(records, "boris", DECLARATION)[RECEIPT] not in (first, second)
