"""A decision is due to be told at once, in the place of what was to be told before, and is none of the reminders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from bot.store.notices import Notice
from bot.store.records import Records
from dialogs.effects import EXPORTED, CancelReminders, Correct, Erase, Export, Remind, Status, Withdraw
from tests.bot.decided import audited, due
from tests.bot.keeping import DECLARATION, NOW, TODAY, Place, carry_out, submit


@pytest.fixture
def records(place: Place) -> Iterator[Records]:
    with place.opened() as (opened, _):
        yield opened


def test_every_decision_is_due_at_once_and_only_the_newest_of_a_declaration(records: Records) -> None:
    receipt = submit(records)
    records.return_to_person(receipt, "photo_unclear", "clerk", NOW)
    assert due(records) == [Notice(Status.RETURNED, receipt, "photo_unclear")]
    records.return_to_person(receipt, "in_person", "clerk", NOW)
    assert due(records) == [Notice(Status.RETURNED, receipt, "in_person")]
    records.record_registration(receipt, TODAY, "clerk", NOW)
    assert due(records) == [Notice(Status.REGISTERED, receipt)]


def test_returned_twice_for_the_same_reason_is_told_twice(records: Records) -> None:
    receipt = submit(records)
    for number in range(2):
        records.return_to_person(receipt, "photo_unclear", "clerk", NOW)
        (claimed,) = records.claim_due(TODAY, NOW, 10)
        assert records.begin_delivery(claimed.id, NOW), number
        assert records.end_delivery(claimed.id, "messaged", NOW)
        carry_out(records, "anna", Correct(receipt, (("手机", f"1390013900{number}"),)))


def test_the_same_day_registered_again_is_no_news_and_another_day_is(records: Records) -> None:
    receipt = submit(records)
    records.record_registration(receipt, TODAY, "clerk", NOW)
    (claimed,) = records.claim_due(TODAY, NOW, 10)
    records.record_registration(receipt, TODAY, "clerk", NOW)
    assert records.begin_delivery(claimed.id, NOW)
    records.record_registration(receipt, date(2026, 6, 1), "clerk", NOW)
    assert due(records) == [Notice(Status.REGISTERED, receipt)]


def test_a_notice_is_none_of_the_persons_reminders_and_stays_when_they_are_cancelled(records: Records) -> None:
    receipt = submit(records)
    carry_out(records, "anna", Remind("kuajing", TODAY, "endorsement"))
    records.return_to_person(receipt, "in_person", "clerk", NOW)
    assert [one.what for one in records.reminders_of("anna")] == ["endorsement"]
    export = carry_out(records, "anna", Export())[EXPORTED]
    assert export.count("签注到期") == 1
    assert "办理结果的通知：2026年7月1日，跨境市" in export
    carry_out(records, "anna", CancelReminders())
    assert (records.reminders_of("anna"), due(records)) == ((), [Notice(Status.RETURNED, receipt, "in_person")])


@pytest.mark.parametrize("way", ["withdrawn", "erased"])
def test_who_has_taken_it_back_is_told_nothing_any_more(records: Records, place: Place, way: str) -> None:
    receipt, other = submit(records), submit(records, "anna", replace(DECLARATION, city="other"))
    records.return_to_person(receipt, "in_person", "clerk", NOW)
    records.return_to_person(other, "in_person", "clerk", NOW)
    carry_out(records, "anna", Withdraw(receipt) if way == "withdrawn" else Erase())
    left = due(records)
    assert left == ([Notice(Status.RETURNED, other, "in_person")] if way == "withdrawn" else [])


def test_a_decision_that_fails_leaves_neither_a_note_nor_a_notice(
    records: Records, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    receipt = submit(records)
    monkeypatch.setattr("bot.store.office.note_due", fail)
    with pytest.raises(RuntimeError):
        records.return_to_person(receipt, "in_person", "clerk", NOW)
    assert (records.accesses_of(receipt), audited(place)) == ((), [])
    assert records.find_waiting(receipt).status == Status.WAITING
